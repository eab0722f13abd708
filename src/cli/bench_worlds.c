/* SPDX-License-Identifier: MIT */
/* Single solves of whole worlds: NAFTA, the western embargo on Russia, an embargo at product level.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/bench.h"
#include "fulcrum/import.h"

#define DENSE_BYTES 16.0  /* a share and a share over one plus tariff, as if all were taxed */
#define SPARSE_BYTES 10.0 /* a share and who sells; without tariffs there is no second share */

/* One shock, solved again and again from the same start. */
typedef struct job {
    const ful_economy_model *model;
    const ful_economy_shock *shock, *neighbour; /* neighbour: NULL for a cold start */
    ful_economy_options options;
    ful_economy_work *work, *start;
    ful_economy_report report;
} job;

static ful_status to_the_start(void *user, ful_error *err)
{
    job *j = user;
    (void)err;
    if (j->neighbour)
        ful_economy_work_copy(j->work, j->start);
    else
        ful_economy_work_reset(j->work);
    return FUL_OK;
}

static ful_status solve(void *user, ful_error *err)
{
    job *j = user;
    return ful_economy_solve(&j->report, j->model, j->work, j->shock, &j->options, err);
}

/* Fill in what a row says of its solves; the certificate is checked once, outside the time. */
static ful_status time_job(bench_row *row, job *j, ful_error *err)
{
    ful_economy_certificate certificate;
    ful_economy_report report;
    j->options.stop = cli_stop();
    ful_status status = ful_economy_work_new(&j->work, j->model, NULL, err);
    if (status == FUL_OK && j->neighbour)
        status = ful_economy_work_new(&j->start, j->model, NULL, err);
    if (status == FUL_OK && j->neighbour)
        status = ful_economy_solve(&report, j->model, j->start, j->neighbour, &j->options, err);
    if (status == FUL_OK)
        status = bench_rounds(&row->seconds, to_the_start, solve, j, err);
    if (status == FUL_OK)
        status = ful_economy_certify(&certificate, j->model, j->work, j->shock, NULL, err);
    ful_economy_work_free(j->work);
    ful_economy_work_free(j->start);
    if (status != FUL_OK)
        return status;
    row->threads = j->options.threads;
    row->solves = 1;
    row->tolerance = j->options.tolerance;
    row->passes = j->report.passes;
    row->residual = j->report.residual;
    row->violation = certificate.max_violation;
    return FUL_OK;
}

void bench_extents(bench_row *row, const ful_economy_data *data)
{
    const size_t N = (size_t)data->countries;
    row->countries = data->countries;
    row->sectors = data->sectors;
    row->products = data->products > 0 ? data->products : data->sectors;
    row->flows = data->row ? data->row[(size_t)row->products * N] : (size_t)row->products * N * N;
    row->bytes_per_flow = data->row ? SPARSE_BYTES : DENSE_BYTES;
    row->copies = 1;
}

static job one_thread(const ful_economy_model *model, const ful_economy_shock *shock)
{
    job j = {.model = model, .shock = shock};
    ful_economy_options_default(&j.options);
    j.options.threads = 1;
    return j;
}

/* ---- nafta ----------------------------------------------------------------------------------- */

/* Tariffs of 2005 between Canada, Mexico and the USA, those of 1993 elsewhere. */
static void nafta_tariffs(double *tariff, const ful_economy_data *data)
{
    const int N = data->countries;
    unsigned char member[512] = {0};
    for (int n = 0; n < N; n++)
        member[n] = strcmp(data->country[n], "Canada") == 0 ||
                    strcmp(data->country[n], "Mexico") == 0 || strcmp(data->country[n], "USA") == 0;
    for (int j = 0; j < data->sectors; j++)
        for (int n = 0; n < N; n++)
            for (int i = 0; i < N; i++)
                if (!member[n] || !member[i] || n == i) {
                    const size_t a = ((size_t)j * (size_t)N + (size_t)n) * (size_t)N + (size_t)i;
                    tariff[a] = data->tariff[a];
                }
}

/* The deficit-free benchmark of Caliendo & Parro (2015). */
static ful_status without_deficits(ful_economy_data *out, const ful_economy_data *data,
                                   ful_arena *arena, ful_error *err)
{
    ful_economy_model *model = NULL;
    ful_economy_work *work = NULL;
    ful_economy_report report;
    ful_status status = ful_economy_model_new(&model, NULL, data, NULL, err);
    if (status == FUL_OK)
        status = ful_economy_work_new(&work, model, NULL, err);
    if (status == FUL_OK)
        status = ful_economy_solve(&report, model, work, NULL, NULL, err);
    if (status == FUL_OK)
        status = ful_economy_rebase(out, model, work, NULL, arena, err);
    ful_economy_work_free(work);
    ful_economy_model_free(model);
    return status;
}

ful_status bench_nafta(bench_row *row, const bench_setup *setup, ful_error *err)
{
    char folder[FUL_ERROR_FILE];
    ful_arena *arena;
    ful_economy_data data, balanced;
    ful_economy_model *model = NULL;
    double *tariff = NULL;
    snprintf(folder, sizeof folder, "%s/caliendo-parro-1993", setup->reference);
    ful_status status = ful_arena_new(&arena, NULL, err);
    if (status != FUL_OK)
        return status;
    status = ful_import_blocks(&data, folder, "tariffs1993.txt", arena, err);
    if (status == FUL_OK)
        status = ful_import_block_tariffs(&tariff, &data, folder, "tariffs2005.txt", arena, err);
    if (status == FUL_OK)
        status = without_deficits(&balanced, &data, arena, err);
    if (status == FUL_OK)
        status = ful_economy_model_new(&model, NULL, &balanced, NULL, err);
    if (status == FUL_OK) {
        nafta_tariffs(tariff, &data);
        const ful_economy_shock shock = {.tariff = tariff};
        job j = one_thread(model, &shock);
        bench_extents(row, &data);
        status = time_job(row, &j, err);
    }
    ful_economy_model_free(model);
    ful_arena_free(arena);
    return status;
}

/* ---- wiod ------------------------------------------------------------------------------------ */

ful_status bench_wiod_world(ful_economy_data *out, const bench_setup *setup, ful_arena *arena,
                            ful_error *err)
{
    char folder[FUL_ERROR_FILE];
    snprintf(folder, sizeof folder, "%s/wiod-2014", setup->reference);
    /* the elasticity of the published comparisons, for every sector */
    const ful_import_options options = {.theta = "5"};
    ful_import table;
    const ful_status status =
        ful_import_read(&table, FUL_IMPORT_SHARES, folder, &options, arena, err);
    if (status != FUL_OK)
        return status;
    *out = table.data;
    out->closure = FUL_CLOSURE_FIXED;
    return FUL_OK;
}

/* Openness between Russia and the west, everyone but a few and the rest of the world. */
static double *western_embargo(const ful_economy_data *data, double openness, ful_arena *arena)
{
    static const char *const outside[] = {"CHN", "IND", "IDN", "BRA", "MEX", "TUR", "ROW", "RUS"};
    const size_t N = (size_t)data->countries;
    unsigned char west[512] = {0};
    size_t russia = 0;
    for (size_t n = 0; n < N; n++) {
        west[n] = 1;
        for (size_t k = 0; k < sizeof outside / sizeof *outside; k++)
            if (strcmp(data->country[n], outside[k]) == 0)
                west[n] = 0;
        if (strcmp(data->country[n], "RUS") == 0)
            russia = n;
    }
    double *m = ful_arena_take(arena, (size_t)data->sectors * N * N, sizeof *m);
    for (size_t a = 0; m && a < (size_t)data->sectors * N * N; a++) {
        const size_t n = a / N % N, i = a % N;
        m[a] = (n == russia && west[i]) || (i == russia && west[n]) ? openness : 1;
    }
    return m;
}

static ful_status time_wiod(bench_row *row, const bench_setup *setup, int warm, ful_error *err)
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
        const ful_economy_shock closed = {.openness = western_embargo(&data, 0, arena)};
        const ful_economy_shock half = {.openness = western_embargo(&data, .5, arena)};
        job j = one_thread(model, &closed);
        j.neighbour = warm ? &half : NULL;
        bench_extents(row, &data);
        status = closed.openness && half.openness
                     ? time_job(row, &j, err)
                     : ful_fail(err, FUL_ERR_MEMORY, "out of memory for an embargo");
    }
    ful_economy_model_free(model);
    ful_arena_free(arena);
    return status;
}

ful_status bench_wiod(bench_row *row, const bench_setup *setup, ful_error *err)
{
    return time_wiod(row, setup, 0, err);
}

ful_status bench_wiod_warm(bench_row *row, const bench_setup *setup, ful_error *err)
{
    return time_wiod(row, setup, 1, err);
}

/* ---- products -------------------------------------------------------------------------------- */

/* Everybody closes trade with the country in the middle. */
static ful_status time_products(bench_row *row, const bench_setup *setup, const bench_size *size,
                                ful_error *err)
{
    ful_arena *world, *arena = NULL;
    ful_economy_data data;
    ful_economy_model *model = NULL;
    double *openness = NULL;
    ful_status status = ful_arena_new(&world, NULL, err);
    if (status != FUL_OK)
        return status;
    status = ful_arena_new(&arena, NULL, err);
    if (status == FUL_OK)
        status = bench_product_world(&data, size, world, err);
    if (status == FUL_OK) {
        bench_extents(row, &data);
        openness = bench_embargo(&data, bench_middle_country(&data, world), arena);
        status = openness ? ful_economy_model_new(&model, NULL, &data, NULL, err)
                          : ful_fail(err, FUL_ERR_MEMORY, "out of memory for an embargo");
    }
    ful_arena_free(world); /* the model has copies; what is measured is the solver's memory */
    if (status == FUL_OK) {
        const ful_economy_shock shock = {.openness = openness};
        job j = one_thread(model, &shock);
        j.options.tolerance = 1e-8;
        j.options.threads = setup->threads;
        status = time_job(row, &j, err);
    }
    ful_economy_model_free(model);
    ful_arena_free(arena);
    return status;
}

ful_status bench_product_1e4(bench_row *row, const bench_setup *setup, ful_error *err)
{
    return time_products(row, setup, &(bench_size){30, 10, 100, 10000}, err);
}

ful_status bench_product_1e5(bench_row *row, const bench_setup *setup, ful_error *err)
{
    return time_products(row, setup, &(bench_size){60, 20, 400, 100000}, err);
}

ful_status bench_product_1e6(bench_row *row, const bench_setup *setup, ful_error *err)
{
    return time_products(row, setup, &(bench_size){120, 40, 1500, 1000000}, err);
}

ful_status bench_product_1e7(bench_row *row, const bench_setup *setup, ful_error *err)
{
    return time_products(row, setup, &(bench_size){220, 50, 5000, 10000000}, err);
}
