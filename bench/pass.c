/* SPDX-License-Identifier: MIT */
/*
 * The parts of a pass by themselves, each beside a plain copy of the bytes that it has to touch:
 * which of them the memory holds up, and which their own arithmetic. Includes private headers, so
 * it is built beside the program and not installed.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clones.h"
#include "base/elementary.h"
#include "cli/bench.h"
#include "economy/economy_internal.h"

#define LEAST_SECONDS .002 /* a kernel is repeated until the clock does not matter */

/* A world with a solution in its workspace, on which the parts are repeated. */
typedef struct bed {
    const ful_economy_model *m;
    ful_economy_work *w;
    const ful_economy_shock *shock;
    ful__mixing mixing;
    double *f;      /* a residual, unknowns */
    double *number; /* N*J above zero, for exp and log */
} bed;

/* ---- worlds ---------------------------------------------------------------------------------- */

/* Sizes log-normal, trade by size and a home bias, tariffs up to a fifth, inputs half of output. */
static ful_status dense_world(ful_economy_data *out, int countries, int sectors, ful_arena *arena,
                              ful_error *err)
{
    const size_t N = (size_t)countries, J = (size_t)sectors;
    double *flow = ful_arena_take(arena, J * N * N, sizeof *flow);
    double *tariff = ful_arena_take(arena, J * N * N, sizeof *tariff);
    double *input = ful_arena_take(arena, N * J * J, sizeof *input);
    double *theta = ful_arena_take(arena, J, sizeof *theta);
    if (!flow || !tariff || !input || !theta)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a world of %d countries",
                        countries);
    for (size_t a = 0; a < J * N * N; a++) {
        const size_t n = a / N % N, i = a % N;
        const double buyer = exp(ful_normal_quantile(ful_uniform(1, 0, (uint32_t)n)));
        const double seller = exp(ful_normal_quantile(ful_uniform(1, 0, (uint32_t)i)));
        const double noise = exp(.5 * ful_normal_quantile(ful_uniform(1, 1, (uint32_t)a)));
        flow[a] = buyer * seller * (n == i ? 5.0 * (double)N : noise);
        tariff[a] = n == i ? 0 : .2 * ful_uniform(1, 2, (uint32_t)a);
    }
    for (size_t a = 0; a < N * J * J; a++)
        input[a] = .45 / (double)J * (.8 + .4 * ful_uniform(1, 3, (uint32_t)a));
    for (size_t j = 0; j < J; j++)
        theta[j] = 3 + 5 * ful_uniform(1, 4, (uint32_t)j);
    *out = (ful_economy_data){.countries = countries,
                              .sectors = sectors,
                              .flow = flow,
                              .tariff = tariff,
                              .input = input,
                              .theta = theta,
                              .closure = FUL_CLOSURE_ZERO};
    return FUL_OK;
}

/* ---- the parts ------------------------------------------------------------------------------- */

static void flows(bed *b)
{
    ful__economy_trade(b->m, b->w);
}

static void costs(bed *b)
{
    const ful__unknowns x = ful__parts(b->m, b->w->x);
    ful__economy_costs(b->m, b->w, &x);
}

static void needs(bed *b)
{
    for (int n = 0; n < b->m->N; n++)
        ful__economy_inputs(b->m, b->w, n, b->number + n * b->m->J);
}

static void blocks(bed *b)
{
    memset(b->f, 0, sizeof *b->f * (size_t)b->w->unknowns);
    ful__precondition(b->m, b->w, b->f);
}

static void mix(bed *b)
{
    ful__mixing_remember(&b->mixing, b->w);
    ful__mixing_advance(&b->mixing, b->w, 1, 1e-12);
}

static void pass(bed *b)
{
    ful__economy_pass(b->m, b->w, b->shock, b->w->x, b->f);
}

/* As where flows have opened or closed since the last shock. */
static void prepare(bed *b)
{
    b->w->followed = 0;
    if (ful__economy_prepare(b->m, b->w, b->shock, NULL) != FUL_OK)
        abort(); /* it was prepared before */
}

static void outcomes(bed *b)
{
    ful__economy_outcomes(b->m, b->w, b->shock);
}

FUL_CLONES
static void exp_all(int n, double *x)
{
    for (int a = 0; a < n; a++)
        x[a] = ful__exp(-x[a]);
}

FUL_CLONES
static void log_all(int n, double *x)
{
    for (int a = 0; a < n; a++)
        x[a] = 2 + ful__log(x[a]);
}

static void exponentials(bed *b)
{
    exp_all(b->m->N * b->m->J, b->number);
}

static void logarithms(bed *b)
{
    log_all(b->m->N * b->m->J, b->number);
}

/* Bytes of the flows that a pass reads: arrays that are not the same, and who sells. */
static double flow_bytes(const bed *b)
{
    const ful_economy_work *w = b->w;
    const double numbers =
        b->m->seller ? (double)b->m->flows : (double)b->m->P * b->m->N * b->m->stride;
    const int arrays = 1 + (w->customs != w->weight) + (w->paid != w->customs);
    return numbers * (8.0 * arrays + (b->m->seller ? 2.0 : 0));
}

static const struct {
    const char *name;
    void (*run)(bed *b);
    /* bytes: a number for each flow is counted apart; by input share, cell and unknown */
    double input, cell, unknown;
} part[] = {
    {"flows", flows, 0, 0, 0},
    {"costs", costs, 8, 0, 0},
    {"needs", needs, 8, 0, 0},
    {"blocks", blocks, 4, 0, 0},
    {"exp", exponentials, 0, 16, 0},
    {"log", logarithms, 0, 16, 0},
    {"pass", pass, 0, 0, 0},
    {"prepare", prepare, 0, 0, 0},
    {"mixing", mix, 0, 0, 12.0 * 16 + 48},
    {"outcomes", outcomes, 0, 0, 0},
};

static double time_part(bed *b, int which)
{
    double seconds[BENCH_ROUNDS];
    int repeats = 1;
    for (int r = -1; r < BENCH_ROUNDS; r++) { /* the first round finds how often to repeat */
        const double start = bench_now();
        for (int k = 0; k < repeats; k++)
            part[which].run(b);
        const double taken = bench_now() - start;
        if (r >= 0)
            seconds[r] = taken / repeats;
        else if (taken < LEAST_SECONDS)
            repeats = (int)(LEAST_SECONDS / taken) + 1;
    }
    return bench_median(seconds, BENCH_ROUNDS);
}

static void time_parts(bed *b, const char *world)
{
    const double N = b->m->N, J = b->m->J;
    for (int k = 0; k < (int)(sizeof part / sizeof *part); k++) {
        double bytes =
            part[k].input * N * J * J + part[k].cell * N * J + part[k].unknown * b->w->unknowns;
        if (part[k].run == flows)
            bytes = flow_bytes(b);
        for (size_t a = 0; a < (size_t)(b->m->N * b->m->J); a++)
            b->number[a] = 1;
        const double seconds = time_part(b, k);
        printf("%-12s %-8s %12.2f", world, part[k].name, 1e6 * seconds);
        if (bytes > 0) {
            const double copy = bench_copy_rate((size_t)bytes, b->w->threads);
            printf(" %10.2f %10.2f %8.2f", 1e-9 * bytes / seconds, 1e-9 * copy,
                   bytes / seconds / copy);
        }
        putchar('\n');
        fflush(stdout);
    }
}

/* Solve a tenth of every tariff or an embargo, then time the parts where the solve ended. */
static ful_status time_world(const char *name, const ful_economy_data *data,
                             const ful_economy_shock *shock, ful_error *err)
{
    ful_economy_model *model = NULL;
    bed b = {.shock = shock, .mixing = {.depth = 16}};
    ful_economy_report report;
    ful_economy_options options;
    ful_economy_options_default(&options);
    options.tolerance = 1e-8;
    options.threads = ful_threads(NULL);
    ful_status status = ful_economy_model_new(&model, NULL, data, NULL, err);
    if (status == FUL_OK)
        status = ful_economy_work_new(&b.w, model, NULL, err);
    if (status == FUL_OK)
        status = ful_economy_solve(&report, model, b.w, shock, &options, err);
    if (status == FUL_OK) {
        b.m = model;
        b.f = calloc((size_t)b.w->unknowns, sizeof *b.f);
        b.number = malloc((size_t)(model->N * model->J) * sizeof *b.number);
        if (b.f && b.number)
            time_parts(&b, name);
        else
            status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for the parts of %s", name);
        free(b.f);
        free(b.number);
    }
    ful_economy_work_free(b.w);
    ful_economy_model_free(model);
    return status;
}

/* Tariffs are halved, or, at product level, everybody closes trade with one country. */
static ful_status make_and_time(const char *name, const bench_size *size, ful_error *err)
{
    ful_arena *arena;
    ful_economy_data data;
    ful_economy_shock shock = {0};
    ful_status status = ful_arena_new(&arena, NULL, err);
    if (status != FUL_OK)
        return status;
    if (size->products == 0) {
        status = dense_world(&data, size->countries, size->sectors, arena, err);
        const size_t count = (size_t)(size->sectors * size->countries * size->countries);
        double *tariff = ful_arena_take(arena, count, sizeof *tariff);
        for (size_t a = 0; tariff && status == FUL_OK && a < count; a++)
            tariff[a] = data.tariff[a] / 2;
        shock.tariff = tariff;
    } else {
        status = bench_product_world(&data, size, arena, err);
        if (status == FUL_OK)
            shock.openness = bench_embargo(&data, bench_middle_country(&data, arena), arena);
    }
    if (status == FUL_OK)
        status = time_world(name, &data, &shock, err);
    ful_arena_free(arena);
    return status;
}

int main(void)
{
    static const struct {
        const char *name;
        bench_size size;
    } world[] = {{"31x40", {31, 40, 0, 0}},
                 {"43x22", {43, 22, 0, 0}},
                 {"44x50", {44, 50, 0, 0}},
                 {"100x60", {100, 60, 0, 0}},
                 {"product-1e5", {60, 20, 400, 100000}},
                 {"product-1e6", {120, 40, 1500, 1000000}},
                 {"product-1e7", {220, 50, 5000, 10000000}}};
    printf("%-12s %-8s %12s %10s %10s %8s\n", "world", "part", "us", "GB/s", "copy GB/s", "ratio");
    for (size_t k = 0; k < sizeof world / sizeof *world; k++) {
        ful_error err = {0};
        if (make_and_time(world[k].name, &world[k].size, &err) != FUL_OK) {
            fprintf(stderr, "bench/pass: %s: %s\n", world[k].name, err.text);
            return 1;
        }
    }
    return 0;
}
