/* SPDX-License-Identifier: MIT */
/* Time, and the yardstick of a row: how fast this memory is copied. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/bench.h"

#define COPIED_A_ROUND ((size_t)1 << 26) /* bytes at least, so that the clock does not matter */

double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *x, int count)
{
    qsort(x, (size_t)count, sizeof *x, ascending);
    return x[count / 2];
}

ful_status bench_rounds(double *seconds, bench_step before, bench_step timed, void *job,
                        ful_error *err)
{
    double taken[BENCH_ROUNDS];
    const double first = bench_now();
    int rounds = 0;
    while (rounds < BENCH_ROUNDS && (rounds == 0 || bench_now() - first < BENCH_ROUND_SECONDS)) {
        ful_status status = before ? before(job, err) : FUL_OK;
        const double start = bench_now();
        if (status == FUL_OK)
            status = timed(job, err);
        if (status != FUL_OK)
            return status;
        taken[rounds++] = bench_now() - start;
    }
    *seconds = bench_median(taken, rounds);
    return FUL_OK;
}

typedef struct copies {
    size_t bytes, repeats;
    char **from, **to;
} copies;

static ful_status copy(void *user, int index, int thread)
{
    const copies *c = user;
    char *from = c->from[index], *to = c->to[index];
    (void)thread;
    for (size_t k = 0; k < c->repeats; k++) {
        memcpy(to, from, c->bytes);
        from[k % c->bytes] = to[c->bytes - 1]; /* keeps the copy from being dropped */
    }
    return FUL_OK;
}

/* A first touch of the memory, by the kind of thread that will copy it. */
static ful_status fill(void *user, int index, int thread)
{
    const copies *c = user;
    (void)thread;
    memset(c->from[index], 1, c->bytes);
    memset(c->to[index], 2, c->bytes);
    return FUL_OK;
}

double bench_copy_rate(size_t bytes, int threads)
{
    char *block[2 * 256] = {NULL};
    copies c = {bytes, COPIED_A_ROUND / bytes + 1, block, block + 256};
    const ful_run run = {.threads = threads};
    double seconds[BENCH_ROUNDS], rate = 0;
    int ready = threads <= 256;
    for (int k = 0; k < threads && ready; k++) {
        c.from[k] = malloc(bytes);
        c.to[k] = malloc(bytes);
        ready = c.from[k] && c.to[k];
    }
    if (ready && ful_parallel_for(threads, &run, NULL, fill, &c) == FUL_OK) {
        for (int r = 0; r < BENCH_ROUNDS; r++) {
            const double start = bench_now();
            if (ful_parallel_for(threads, &run, NULL, copy, &c) != FUL_OK)
                ready = 0;
            seconds[r] = (bench_now() - start) / (double)c.repeats;
        }
        if (ready)
            rate = 2.0 * (double)bytes * threads / bench_median(seconds, BENCH_ROUNDS);
    }
    for (int k = 0; k < 2 * 256; k++)
        free(block[k]);
    return rate;
}
