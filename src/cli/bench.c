/* SPDX-License-Identifier: MIT */
/* fulcrum bench: how fast the solver is on this machine, beside what the memory can do. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "fulcrum/import.h"
#include "output/document.h"

#define ROUNDS 11
/* A share and a share over one plus tariff, read once each in a pass. */
#define BYTES_PER_FLOW 16.0

typedef struct bench_row {
    const char *name;
    int countries, sectors, passes;
    double seconds, residual, flow_rate, copy_rate;
} bench_row;

static double now(void)
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

static double median(double *x)
{
    qsort(x, ROUNDS, sizeof *x, ascending);
    return x[ROUNDS / 2];
}

/* Bytes read and written per second by a plain copy of a working set of `bytes`. */
static double copy_rate(size_t bytes)
{
    char *from = malloc(bytes), *to = malloc(bytes);
    double seconds[ROUNDS] = {0};
    const int repeats = (int)(((size_t)1 << 26) / bytes) + 1;
    if (!from || !to) {
        free(from);
        free(to);
        return 0;
    }
    memset(from, 1, bytes);
    memset(to, 2, bytes);
    volatile char sink = 0;
    for (int r = 0; r < ROUNDS; r++) {
        const double start = now();
        for (int k = 0; k < repeats; k++) {
            memcpy(to, from, bytes);
            from[k % (int)bytes] = to[0]; /* keeps the copy from being dropped */
        }
        seconds[r] = (now() - start) / repeats;
        sink = (char)(sink + to[bytes / 2]);
    }
    free(from);
    free(to);
    return 2.0 * (double)bytes / median(seconds);
}

/* Cold solves of one shock; the certificate is checked once. */
static ful_status time_solve(bench_row *row, const ful_economy_model *model,
                             const ful_economy_shock *shock, ful_error *err)
{
    ful_economy_work *work;
    ful_economy_report report = {0, 0};
    ful_economy_certificate certificate;
    double seconds[ROUNDS];
    ful_status status = ful_economy_work_new(&work, model, NULL, err);
    for (int r = 0; r < ROUNDS && status == FUL_OK; r++) {
        ful_economy_work_reset(work);
        const double start = now();
        status = ful_economy_solve(&report, model, work, shock, NULL, err);
        seconds[r] = now() - start;
    }
    if (status == FUL_OK)
        status = ful_economy_certify(&certificate, model, work, shock, NULL, err);
    ful_economy_work_free(work);
    if (status != FUL_OK)
        return status;
    if (!(certificate.max_violation <= FUL_CERTIFIED))
        return ful_fail(err, FUL_NOT_CONVERGED, "row %s: violation %.3g", row->name,
                        certificate.max_violation);
    row->countries = ful_economy_countries(model);
    row->sectors = ful_economy_sectors(model);
    const double flows = (double)row->countries * row->countries * row->sectors;
    row->seconds = median(seconds);
    row->passes = report.passes;
    row->residual = report.residual;
    row->flow_rate = BYTES_PER_FLOW * flows * report.passes / row->seconds;
    row->copy_rate = copy_rate((size_t)(BYTES_PER_FLOW * flows));
    return FUL_OK;
}

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

/* The deficit-free benchmark of Caliendo & Parro (2015), then NAFTA's tariffs. */
static ful_status bench_nafta(bench_row *row, const char *reference, ful_error *err)
{
    char folder[FUL_ERROR_FILE];
    ful_arena *arena;
    ful_economy_data data, balanced;
    ful_economy_model *first = NULL, *second = NULL;
    ful_economy_work *work = NULL;
    ful_economy_report report;
    double *tariff = NULL;
    row->name = "nafta";
    snprintf(folder, sizeof folder, "%s/caliendo-parro-1993", reference);
    ful_status status = ful_arena_new(&arena, NULL, err);
    if (status != FUL_OK)
        return status;
    status = ful_import_blocks(&data, folder, "tariffs1993.txt", arena, err);
    if (status == FUL_OK)
        status = ful_import_block_tariffs(&tariff, &data, folder, "tariffs2005.txt", arena, err);
    if (status == FUL_OK)
        status = ful_economy_model_new(&first, NULL, &data, NULL, err);
    if (status == FUL_OK)
        status = ful_economy_work_new(&work, first, NULL, err);
    if (status == FUL_OK)
        status = ful_economy_solve(&report, first, work, NULL, NULL, err);
    if (status == FUL_OK)
        status = ful_economy_rebase(&balanced, first, work, NULL, arena, err);
    if (status == FUL_OK)
        status = ful_economy_model_new(&second, NULL, &balanced, NULL, err);
    if (status == FUL_OK) {
        nafta_tariffs(tariff, &data);
        const ful_economy_shock shock = {.tariff = tariff};
        status = time_solve(row, second, &shock, err);
    }
    ful_economy_work_free(work);
    ful_economy_model_free(second);
    ful_economy_model_free(first);
    ful_arena_free(arena);
    return status;
}

/* The case's headline regime, enforced at the leverage level by everybody but the target. */
static ful_status bench_case(bench_row *row, const cli_case *c, ful_error *err)
{
    const ful_situation *s = c->s;
    const int cells = s->actors * s->groups, day = s->regime[s->headline].date;
    double *levels = calloc((size_t)cells, sizeof *levels);
    ful_measures_work *work = NULL;
    ful_economy_shock shock;
    row->name = "case";
    if (!levels)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory");
    for (int k = 0; k < cells; k++)
        levels[k] = k / s->groups == s->target ? 0 : s->leverage_level;
    const ful_setting setting = {.from = day, .to = day + 1, .enforcement = levels};
    ful_status status = ful_measures_work_new(&work, ful_world_measures(c->world), NULL, err);
    if (status == FUL_OK)
        status = ful_measures_apply(&shock, ful_world_measures(c->world), work, &setting, err);
    if (status == FUL_OK)
        status = time_solve(row, ful_world_economy(c->world), &shock, err);
    ful_measures_work_free(work);
    free(levels);
    return status;
}

static json_t *row_json(const bench_row *r)
{
    return json_pack("{s:s, s:i, s:i, s:i, s:o, s:i, s:o, s:o, s:o, s:i}", "name", r->name,
                     "countries", r->countries, "sectors", r->sectors, "flows",
                     r->countries * r->countries * r->sectors, "seconds", document_real(r->seconds),
                     "passes", r->passes, "residual", document_real(r->residual),
                     "flow_bytes_per_second", document_real(r->flow_rate), "copy_bytes_per_second",
                     document_real(r->copy_rate), "threads", 1);
}

static int print_rows(const bench_row *row, int rows, const ful_situation *s, int json)
{
    if (json) {
        json_t *list = json_array(), *document;
        for (int k = 0; k < rows; k++)
            json_array_append_new(list, row_json(&row[k]));
        if (s)
            document = document_new(s, "bench", -1);
        else
            document = json_pack("{s:{s:s, s:n, s:n, s:s, s:n}}", "fulcrum", "version",
                                 ful_version(), "case", "case_sha256", "command", "bench", "seed");
        json_object_set_new(document, "rows", list);
        return cli_finish_json(document);
    }
    printf("%-8s %9s %8s %7s %10s %10s %10s %10s\n", "row", "economies", "sectors", "passes", "ms",
           "residual", "flow GB/s", "copy GB/s");
    for (int k = 0; k < rows; k++)
        printf("%-8s %9d %8d %7d %10.3f %10.1e %10.2f %10.2f\n", row[k].name, row[k].countries,
               row[k].sectors, row[k].passes, 1e3 * row[k].seconds, row[k].residual,
               1e-9 * row[k].flow_rate, 1e-9 * row[k].copy_rate);
    return cli_finish();
}

static int run(const cli_args *args)
{
    bench_row row[2];
    int rows = 0, code = EXIT_ANSWERED;
    ful_error err = {0};
    cli_case c = {0};
    const char *reference = args->reference ? args->reference : getenv("FULCRUM_REFERENCE");
    if (!reference || !*reference)
        fputs("fulcrum bench: row nafta left out: --reference names no folder\n", stderr);
    else if (bench_nafta(&row[rows], reference, &err) == FUL_OK)
        rows++;
    else if (args->reference)
        code = cli_fail(&err);
    else
        fprintf(stderr, "fulcrum bench: row nafta left out: %s: %s\n", err.file, err.text);
    if (code == EXIT_ANSWERED && args->folder)
        code = cli_open(&c, args);
    else if (code == EXIT_ANSWERED)
        fputs("fulcrum bench: row case left out: no case given\n", stderr);
    if (code == EXIT_ANSWERED && args->folder) {
        if (bench_case(&row[rows], &c, &err) == FUL_OK)
            rows++;
        else
            code = cli_fail(&err);
    }
    if (code == EXIT_ANSWERED)
        code = print_rows(row, rows, c.s, args->json);
    cli_close(&c);
    return code;
}

static const cli_option options[] = {OPT_REFERENCE, OPT_JSON, OPT_COUNT};
const cli_command cli_bench = {
    "bench",
    "how fast the solver is on this machine",
    "bench [CASE] [--reference DIR]",
    "Time cold solves to 1e-10 on one thread (median of 11) beside a plain copy of the same\n"
    "working set. Rows: nafta (needs the reference data) and case.",
    -1,
    options,
    run};
