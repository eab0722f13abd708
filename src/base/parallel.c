/* SPDX-License-Identifier: MIT */
/* The only threading of the library: a loop whose items are handed out in order. */
#include "fulcrum/base.h"

#ifndef __wasm__
#include <pthread.h>
#include <unistd.h>
#endif

#define MAX_THREADS 256

#ifdef __wasm__

int ful_threads(const ful_run *run)
{
    (void)run;
    return 1;
}

ful_status ful_parallel_for(int count, const ful_run *run, const char *what, ful_work_fn fn,
                            void *user)
{
    for (int i = 0; i < count; i++) {
        if (run && run->stop && *run->stop)
            return FUL_INTERRUPTED;
        const ful_status status = fn(user, i, 0);
        if (status != FUL_OK)
            return status;
        if (what && run && run->progress)
            run->progress->report(run->progress->user, what, i + 1, count);
    }
    return FUL_OK;
}

#else

typedef struct loop {
    pthread_mutex_t lock; /* guards next, done, failed and status */
    int count, next, done;
    int failed; /* lowest index that failed; count while none has */
    ful_status status;
    const ful_run *run;
    const char *what;
    ful_work_fn fn;
    void *user;
} loop;

typedef struct worker {
    loop *loop;
    int thread;
} worker;

int ful_threads(const ful_run *run)
{
    long n = run && run->threads > 0 ? run->threads : sysconf(_SC_NPROCESSORS_ONLN);
    if (n < 1)
        n = 1;
    return n > MAX_THREADS ? MAX_THREADS : (int)n;
}

/* The next index, or -1. Items below a failed one still run, so that the lowest failure is known
 * whatever the timing; items above it do not matter any more. */
static int take(loop *l)
{
    int index = -1;
    pthread_mutex_lock(&l->lock);
    if (l->run && l->run->stop && *l->run->stop && l->status >= 0 && l->failed == l->count)
        l->status = FUL_INTERRUPTED;
    if (l->next < l->failed && l->status != FUL_INTERRUPTED)
        index = l->next++;
    pthread_mutex_unlock(&l->lock);
    return index;
}

static void finish(loop *l, int index, ful_status status)
{
    pthread_mutex_lock(&l->lock);
    l->done++;
    if (status != FUL_OK && index < l->failed) {
        l->failed = index;
        l->status = status;
    }
    if (l->what && l->run && l->run->progress)
        l->run->progress->report(l->run->progress->user, l->what, l->done, l->count);
    pthread_mutex_unlock(&l->lock);
}

static void *work(void *argument)
{
    worker *w = argument;
    for (int i = take(w->loop); i >= 0; i = take(w->loop))
        finish(w->loop, i, w->loop->fn(w->loop->user, i, w->thread));
    return NULL;
}

ful_status ful_parallel_for(int count, const ful_run *run, const char *what, ful_work_fn fn,
                            void *user)
{
    loop l = {.count = count, .failed = count, .status = FUL_OK, .run = run, .what = what,
              .fn = fn, .user = user};
    if (count <= 0)
        return FUL_OK;
    if (pthread_mutex_init(&l.lock, NULL) != 0)
        return FUL_ERR_MEMORY;

    pthread_t handle[MAX_THREADS];
    worker workers[MAX_THREADS];
    int threads = ful_threads(run);
    if (threads > count)
        threads = count;
    /* the caller is thread 0; where a thread cannot be started the others do its share */
    int started = 1;
    for (; started < threads; started++) {
        workers[started] = (worker){&l, started};
        if (pthread_create(&handle[started], NULL, work, &workers[started]) != 0)
            break;
    }
    workers[0] = (worker){&l, 0};
    work(&workers[0]);
    for (int i = 1; i < started; i++)
        pthread_join(handle[i], NULL);
    pthread_mutex_destroy(&l.lock);
    return l.status;
}

#endif
