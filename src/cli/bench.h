/* SPDX-License-Identifier: MIT */
/* Private to fulcrum bench: a row of its table, how a row is timed, and the worlds that are. */
#ifndef FULCRUM_CLI_BENCH_H
#define FULCRUM_CLI_BENCH_H

#include "cli/cli.h"

#define BENCH_ROUNDS 11          /* a time is the median of as many, */
#define BENCH_ROUND_SECONDS 10.0 /* or of those that begin within this */

/* A certificate may be violated by as many tolerances: what FUL_CERTIFIED is to the default one. */
#define BENCH_CERTIFIED 100

/* One line of the table. What is timed fills all but the last group. */
typedef struct bench_row {
    const char *name;
    int countries, sectors, products;
    size_t flows;
    int threads, solves, passes; /* passes of all solves together */
    double seconds;              /* of all solves together */
    double tolerance;            /* on the residual */
    double residual, violation;  /* the largest; violation by the certificate */
    double bytes_per_flow;       /* that a pass has to read */
    int copies;                  /* threads that walk the whole working set rather than a part */

    double peak_bytes; /* of memory that was resident at a time */
    double flow_rate, copy_rate;
    double exponent; /* of time in flows against the row before; NaN where there is none */
} bench_row;

/* What the rows are made from. */
typedef struct bench_setup {
    const char *reference; /* folder of reference data, NULL where there is none */
    const cli_case *c;     /* NULL where no case was given */
    int threads;
} bench_setup;

/* ---- bench_clock.c ---- */

double bench_now(void);
/* The median; sorts x. */
double bench_median(double *x, int count);
/* Bytes read and written per second when each of `threads` copies `bytes` of its own; 0 where memory
 * is out. */
double bench_copy_rate(size_t bytes, int threads);

/* A step of a job: what comes before the clock, and what is timed. */
typedef ful_status (*bench_step)(void *job, ful_error *err);
/* Median seconds of `timed`, each after `before` (nullable). */
ful_status bench_rounds(double *seconds, bench_step before, bench_step timed, void *job,
                        ful_error *err);

/* ---- bench_worlds.c, bench_case.c, bench_coalitions.c: each fills its row, or says why not ---- */

/* The world of WIOD 2014 under the elasticity 5, with its transfers. */
ful_status bench_wiod_world(ful_economy_data *out, const bench_setup *setup, ful_arena *arena,
                            ful_error *err);
/* Extents of a row whose world is `data`. */
void bench_extents(bench_row *row, const ful_economy_data *data);
ful_status bench_nafta(bench_row *row, const bench_setup *setup, ful_error *err);
ful_status bench_wiod(bench_row *row, const bench_setup *setup, ful_error *err);
ful_status bench_wiod_warm(bench_row *row, const bench_setup *setup, ful_error *err);
ful_status bench_coalitions(bench_row *row, const bench_setup *setup, ful_error *err);
ful_status bench_case(bench_row *row, const bench_setup *setup, ful_error *err);
ful_status bench_case_warm(bench_row *row, const bench_setup *setup, ful_error *err);
/* No pass over flows in these: flows, passes and rates are 0. */
ful_status bench_game(bench_row *row, const bench_setup *setup, ful_error *err);
ful_status bench_packages(bench_row *row, const bench_setup *setup, ful_error *err);
ful_status bench_product_1e4(bench_row *row, const bench_setup *setup, ful_error *err);
ful_status bench_product_1e5(bench_row *row, const bench_setup *setup, ful_error *err);
ful_status bench_product_1e6(bench_row *row, const bench_setup *setup, ful_error *err);
ful_status bench_product_1e7(bench_row *row, const bench_setup *setup, ful_error *err);

/* ---- bench_products.c ---- */

/* How large a made-up world is. */
typedef struct bench_size {
    int countries, sectors, products;
    size_t flows; /* wanted; what comes out is within a few per cent */
} bench_size;

/* A world at product level, the same for everybody: sizes and capacities are log-normal, trade
 * follows them and distance, each country sells at home whatever it buys, and of the other flows
 * the largest are kept. Arrays are taken from `arena`. */
ful_status bench_product_world(ful_economy_data *out, const bench_size *size, ful_arena *arena,
                               ful_error *err);
/* Openness of a flow array of `data` when everybody closes trade with `country`. */
double *bench_embargo(const ful_economy_data *data, int country, ful_arena *arena);
/* The country in the middle when they are sorted by spending. */
int bench_middle_country(const ful_economy_data *data, ful_arena *arena);

#endif
