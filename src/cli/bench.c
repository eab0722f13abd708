/* SPDX-License-Identifier: MIT */
/* fulcrum bench: how fast the solver is on this machine, beside what the memory can do. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/bench.h"
#include "output/document.h"

typedef ful_status (*timing)(bench_row *row, const bench_setup *setup, ful_error *err);

/* Every row, in the order of the table. */
static const struct {
    const char *name;
    enum { NOTHING, REFERENCE, CASE } needs;
    int series; /* belongs to a curve: its exponent is against the row before */
    timing time;
} known[] = {
    {"nafta", REFERENCE, 0, bench_nafta},
    {"wiod", REFERENCE, 0, bench_wiod},
    {"wiod-warm", REFERENCE, 0, bench_wiod_warm},
    {"coalitions", REFERENCE, 0, bench_coalitions},
    {"case", CASE, 0, bench_case},
    {"case-warm", CASE, 0, bench_case_warm},
    {"game", CASE, 0, bench_game},
    {"packages", CASE, 0, bench_packages},
    {"product-1e4", NOTHING, 0, bench_product_1e4},
    {"product-1e5", NOTHING, 1, bench_product_1e5},
    {"product-1e6", NOTHING, 1, bench_product_1e6},
    {"product-1e7", NOTHING, 1, bench_product_1e7},
};
#define ROWS ((int)(sizeof known / sizeof *known))

/* ---- a row in a process of its own ----------------------------------------------------------- */

/* What the process writes back: less than PIPE_BUF bytes, so in one piece. */
typedef struct letter {
    ful_status status;
    ful_error err;
    bench_row row;
} letter;

static void write_letter(int to, int which, const bench_setup *setup)
{
    letter l = {.row.name = known[which].name};
    struct rusage used;
    l.status = known[which].time(&l.row, setup, &l.err);
    if (getrusage(RUSAGE_SELF, &used) == 0)
        l.row.peak_bytes = 1024.0 * (double)used.ru_maxrss;
    const ssize_t written = write(to, &l, sizeof l);
    exit(written == (ssize_t)sizeof l ? EXIT_ANSWERED : EXIT_INTERNAL);
}

/* Time a row in a child, so that its peak of memory is its own and no row warms the next one's. */
static ful_status time_apart(bench_row *row, int which, const bench_setup *setup, ful_error *err)
{
    int ends[2], state = 0;
    letter l = {.status = FUL_OK};
    fflush(NULL);
    if (pipe(ends) != 0)
        return ful_fail(err, FUL_ERR_MEMORY, "no pipe for a process");
    const pid_t child = fork();
    if (child == 0)
        write_letter(ends[1], which, setup);
    close(ends[1]);
    ssize_t got = -1;
    while (child > 0 && (got = read(ends[0], &l, sizeof l)) < 0 && errno == EINTR)
        kill(child, SIGINT); /* an interrupt may be meant for this process alone */
    close(ends[0]);
    while (child > 0 && waitpid(child, &state, 0) < 0 && errno == EINTR)
        ;
    if (child < 0 || got != (ssize_t)sizeof l || !WIFEXITED(state) || WEXITSTATUS(state) != 0)
        return ful_fail(err, *cli_stop() ? FUL_INTERRUPTED : FUL_ERR_MEMORY,
                        "row %s: its process ended without an answer", known[which].name);
    if (l.status != FUL_OK)
        *err = l.err;
    *row = l.row;
    return l.status;
}

/* The yardstick: a copy of what a pass reads, by as many threads. */
static void rate(bench_row *row)
{
    if (row->passes == 0)
        return;
    const double bytes = row->bytes_per_flow * (double)row->flows;
    const double own = row->copies == row->threads ? bytes : bytes / row->threads;
    row->flow_rate = bytes * row->passes / row->seconds;
    row->copy_rate = bench_copy_rate((size_t)own, row->threads);
}

static ful_status time_row(bench_row *row, int which, const bench_setup *setup, ful_error *err)
{
    ful_status status = time_apart(row, which, setup, err);
    if (status == FUL_OK && !(row->violation <= BENCH_CERTIFIED * row->tolerance))
        status =
            ful_fail(err, FUL_NOT_CONVERGED, "row %s: violation %.3g", row->name, row->violation);
    if (status == FUL_OK && *cli_stop())
        status = ful_fail(err, FUL_INTERRUPTED, "after row %s", row->name);
    if (status != FUL_OK)
        return status;
    rate(row);
    row->exponent = NAN;
    if (known[which].series && row[-1].name == known[which - 1].name)
        row->exponent =
            log(row->seconds / row[-1].seconds) / log((double)row->flows / (double)row[-1].flows);
    return FUL_OK;
}

/* ---- the table ------------------------------------------------------------------------------- */

static json_t *row_json(const bench_row *r)
{
    return json_pack(
        "{s:s, s:i, s:i, s:i, s:I, s:i, s:i, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "name", r->name, "countries", r->countries, "sectors", r->sectors, "products", r->products,
        "flows", (json_int_t)r->flows, "threads", r->threads, "solves", r->solves, "seconds",
        document_real(r->seconds), "passes", r->passes, "tolerance", document_real(r->tolerance),
        "residual", document_real(r->residual), "violation", document_real(r->violation),
        "bytes_per_flow", document_real(r->bytes_per_flow), "flow_bytes_per_second",
        document_real(r->flow_rate), "copy_bytes_per_second", document_real(r->copy_rate),
        "peak_bytes", document_real(r->peak_bytes), "exponent",
        isnan(r->exponent) ? json_null() : document_real(r->exponent));
}

static int print_json(const bench_row *row, int rows, const ful_situation *s)
{
    json_t *list = json_array(), *document;
    for (int k = 0; k < rows; k++)
        json_array_append_new(list, row_json(&row[k]));
    if (s)
        document = document_new(s, "bench", -1);
    else
        document = json_pack("{s:{s:s, s:n, s:n, s:s, s:n}}", "fulcrum", "version", ful_version(),
                             "case", "case_sha256", "command", "bench", "seed");
    json_object_set_new(document, "rows", list);
    return cli_finish_json(document);
}

static void print_head(void)
{
    printf("%-12s %9s %9s %7s %10s %8s %9s %9s %8s %6s\n", "row", "countries", "flows", "threads",
           "ms", "passes", "flow GB/s", "copy GB/s", "peak MB", "power");
}

static void print_row(const bench_row *r)
{
    printf("%-12s %9d %9zu %7d %10.3f %8d %9.2f %9.2f %8.1f", r->name, r->countries, r->flows,
           r->threads, 1e3 * r->seconds, r->passes, 1e-9 * r->flow_rate, 1e-9 * r->copy_rate,
           1e-6 * r->peak_bytes);
    if (isnan(r->exponent))
        printf(" %6s\n", "");
    else
        printf(" %6.2f\n", r->exponent);
    fflush(stdout);
}

/* ---- the command ----------------------------------------------------------------------------- */

/* Mark the rows that --rows names, all without it. */
static int select_rows(unsigned char *wanted, const char *list)
{
    memset(wanted, !list, ROWS);
    for (const char *at = list; at; at = *at ? at + 1 : NULL) {
        char name[32];
        const int length = (int)strcspn(at, ",");
        int found = -1;
        snprintf(name, sizeof name, "%.*s", length, at);
        for (int k = 0; k < ROWS; k++)
            if (strcmp(known[k].name, name) == 0)
                found = k;
        if (found < 0) {
            const char *names[ROWS];
            for (int k = 0; k < ROWS; k++)
                names[k] = known[k].name;
            const char *near = ful_nearest_name(name, ROWS, names);
            return cli_usage_error("--rows: there is no row '%s'%s%s%s", name,
                                   near ? " (did you mean '" : "", near ? near : "",
                                   near ? "'?)" : "");
        }
        wanted[found] = 1;
        at += length;
        if (!*at)
            break;
    }
    return EXIT_ANSWERED;
}

/* Why a row cannot be had, NULL where it can. */
static const char *lacks(int which, const bench_setup *setup)
{
    if (known[which].needs == REFERENCE && !setup->reference)
        return "--reference names no folder";
    if (known[which].needs == CASE && !setup->c)
        return "no case given";
    return NULL;
}

/* Time what is wanted; a folder that only the environment names may lack what a row needs. */
static int time_rows(bench_row *row, int *rows, const unsigned char *wanted,
                     const bench_setup *setup, const cli_args *args)
{
    for (int k = 0; k < ROWS; k++) {
        ful_error err = {0};
        const char *why = wanted[k] ? lacks(k, setup) : NULL;
        if (why)
            fprintf(stderr, "fulcrum bench: row %s left out: %s\n", known[k].name, why);
        if (why || !wanted[k])
            continue;
        if (time_row(&row[*rows], k, setup, &err) == FUL_OK) {
            if (!args->json && *rows == 0)
                print_head();
            if (!args->json)
                print_row(&row[*rows]);
            ++*rows;
        } else if (err.status != FUL_ERR_FILE || args->reference) {
            return cli_fail(&err);
        } else {
            fprintf(stderr, "fulcrum bench: row %s left out: %s: %s\n", known[k].name, err.file,
                    err.text);
        }
    }
    return EXIT_ANSWERED;
}

static int run(const cli_args *args)
{
    bench_row room[ROWS + 1] = {{0}}, *row = room + 1; /* there is always a row before */
    unsigned char wanted[ROWS];
    int rows = 0;
    cli_case c = {0};
    bench_setup setup = {.reference = args->reference,
                         .threads = ful_threads(&(ful_run){.threads = args->threads})};
    if (!setup.reference)
        setup.reference = getenv("FULCRUM_REFERENCE");
    if (setup.reference && !*setup.reference)
        setup.reference = NULL;
    int code = select_rows(wanted, args->rows);
    if (code == EXIT_ANSWERED && args->folder)
        code = cli_open(&c, args);
    setup.c = args->folder ? &c : NULL;
    if (code == EXIT_ANSWERED)
        code = time_rows(row, &rows, wanted, &setup, args);
    if (code == EXIT_ANSWERED)
        code = args->json ? print_json(row, rows, c.s) : cli_finish();
    cli_close(&c);
    return code;
}

static const cli_option options[] = {OPT_ROWS, OPT_REFERENCE, OPT_THREADS, OPT_JSON, OPT_COUNT};
const cli_command cli_bench = {
    "bench",
    "how fast the solver is on this machine",
    "bench [CASE] [--reference DIR] [--rows LIST]",
    "Time solves (median of 11) beside a plain copy of what a pass over the flows reads.\n"
    "  nafta           tariffs inside NAFTA, 31 countries, 40 sectors, cold, to 1e-10\n"
    "  wiod            the western embargo on Russia, 44 x 50, cold; wiod-warm: from half of it\n"
    "  coalitions      1,024 embargoes by Russia's ten largest partners, each certified\n"
    "  case            a counterfactual of CASE with its certificate, cold; case-warm: from "
    "another\n"
    "  game            the game of CASE's corner package, once its incomes are known; packages:\n"
    "                  of every package and contract, with corners and what each lever adds\n"
    "  product-1e4 ... an embargo in a made-up world of 1e4 to 1e7 product flows, cold, to 1e-8\n"
    "nafta, wiod and coalitions need the reference data. coalitions and products use all cores,\n"
    "or --threads; the others one thread. 'power' is the exponent of time in flows.",
    -1,
    options,
    run};
