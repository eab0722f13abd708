/* SPDX-License-Identifier: MIT */
/* All coalitions of Russia's ten largest partners: 1,024 embargoes, solved and certified. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bench.h"

#define MEMBERS 10
#define COALITIONS (1 << MEMBERS)
/* A thread takes all coalitions that agree on the largest members and differ on the others, in the
 * order of a Gray code: each differs by one member from the one before, mostly by a small one. */
#define FIXED 3
#define SERIES (1 << FIXED)

/* A thread's own. */
typedef struct bench_thread {
    ful_economy_work *work;
    double *openness;
    int passes;
    double residual, violation;
} bench_thread;

typedef struct job {
    const ful_economy_data *data;
    const ful_economy_model *model;
    int russia, member[MEMBERS]; /* the smallest partner first, as the lowest bit */
    ful_run run;
    ful_economy_options options;
    bench_thread *thread;
    ful_error *err;
} job;

/* Trade of Russia with each, the rest of the world aside; the ten largest, smallest first. */
static void find_members(job *j)
{
    const ful_economy_data *d = j->data;
    const size_t N = (size_t)d->countries;
    double *trade = j->thread[0].openness; /* free until the first solve */
    memset(trade, 0, N * sizeof *trade);
    for (int n = 0; n < d->countries; n++)
        if (strcmp(d->country[n], "RUS") == 0)
            j->russia = n;
    for (size_t a = 0; a < (size_t)d->sectors * N * N; a++) {
        const size_t n = a / N % N, i = a % N;
        trade[i] += n == (size_t)j->russia ? d->flow[a] : 0;
        trade[n] += i == (size_t)j->russia ? d->flow[a] : 0;
    }
    for (size_t n = 0; n < N; n++)
        if (n == (size_t)j->russia || strcmp(d->country[n], "ROW") == 0)
            trade[n] = -1;
    for (int k = MEMBERS - 1; k >= 0; k--) {
        int largest = 0;
        for (int n = 1; n < d->countries; n++)
            largest = trade[n] > trade[largest] ? n : largest;
        j->member[k] = largest;
        trade[largest] = -1;
    }
}

static void set_openness(double *m, const job *j, int coalition)
{
    const size_t N = (size_t)j->data->countries, russia = (size_t)j->russia;
    for (size_t s = 0; s < (size_t)j->data->sectors; s++)
        for (int k = 0; k < MEMBERS; k++) {
            const size_t partner = (size_t)j->member[k];
            const double open = coalition >> k & 1 ? 0 : 1;
            m[(s * N + partner) * N + russia] = m[(s * N + russia) * N + partner] = open;
        }
}

/* All coalitions with the same largest members. */
static ful_status solve_series(void *user, int series, int thread)
{
    job *j = user;
    bench_thread *t = &j->thread[thread];
    const ful_economy_shock shock = {.openness = t->openness};
    ful_economy_work_reset(t->work);
    for (int k = 0; k < COALITIONS / SERIES; k++) {
        ful_economy_report report;
        ful_economy_certificate certificate;
        set_openness(t->openness, j, series << (MEMBERS - FIXED) | (k ^ k >> 1));
        ful_error *err = series == 0 ? j->err : NULL; /* one thread writes it */
        ful_status status = ful_economy_solve(&report, j->model, t->work, &shock, &j->options, err);
        if (status == FUL_OK)
            status = ful_economy_certify(&certificate, j->model, t->work, &shock, NULL, err);
        if (status != FUL_OK)
            return status;
        t->passes += report.passes;
        t->residual = fmax(t->residual, report.residual);
        t->violation = fmax(t->violation, certificate.max_violation);
    }
    return FUL_OK;
}

/* What a thread needs, and the threads' sums in the row. */
static ful_status solve_all(bench_row *row, job *j, ful_error *err)
{
    const size_t flows = row->flows;
    ful_status status = FUL_OK;
    for (int k = 0; k < row->threads && status == FUL_OK; k++) {
        bench_thread *t = &j->thread[k];
        t->openness = malloc(flows * sizeof *t->openness);
        status = t->openness ? ful_economy_work_new(&t->work, j->model, NULL, err)
                             : ful_fail(err, FUL_ERR_MEMORY, "out of memory for an embargo");
    }
    if (status == FUL_OK) {
        find_members(j);
        for (int k = 0; k < row->threads; k++)
            for (size_t a = 0; a < flows; a++)
                j->thread[k].openness[a] = 1;
        const double start = bench_now();
        status = ful_parallel_for(SERIES, &j->run, NULL, solve_series, j);
        row->seconds = bench_now() - start;
    }
    for (int k = 0; k < row->threads; k++) {
        const bench_thread *t = &j->thread[k];
        row->passes += t->passes;
        row->residual = fmax(row->residual, t->residual);
        row->violation = fmax(row->violation, t->violation);
        ful_economy_work_free(t->work);
        free(t->openness);
    }
    if (status != FUL_OK && !err->text[0])
        return ful_fail(err, status, "a coalition has no solution");
    return status;
}

ful_status bench_coalitions(bench_row *row, const bench_setup *setup, ful_error *err)
{
    ful_arena *arena;
    ful_economy_data data;
    ful_economy_model *model = NULL;
    ful_status status = ful_arena_new(&arena, NULL, err);
    if (status != FUL_OK)
        return status;
    status = bench_wiod_world(&data, setup, arena, err);
    if (status == FUL_OK)
        status = ful_economy_model_new(&model, NULL, &data, NULL, err);
    if (status == FUL_OK) {
        bench_extents(row, &data);
        row->threads = row->copies = setup->threads;
        row->solves = COALITIONS;
        job j = {.data = &data,
                 .model = model,
                 .run = {.threads = setup->threads, .stop = cli_stop()},
                 .thread = ful_arena_take(arena, (size_t)setup->threads, sizeof(bench_thread)),
                 .err = err};
        ful_economy_options_default(&j.options);
        j.options.stop = cli_stop();
        row->tolerance = j.options.tolerance;
        status = j.thread ? solve_all(row, &j, err)
                          : ful_fail(err, FUL_ERR_MEMORY, "out of memory for an embargo");
    }
    ful_economy_model_free(model);
    ful_arena_free(arena);
    return status;
}
