/* SPDX-License-Identifier: MIT */
/* Private to the payoffs: the table of incomes and the nodes of which it is made. */
#ifndef FULCRUM_STUDY_PAYOFFS_INTERNAL_H
#define FULCRUM_STUDY_PAYOFFS_INTERNAL_H

#include "fulcrum/study.h"

#define FUL__RELIEFS 3 /* none, that of a freeze, that of dismantling */

struct ful_payoffs {
    ful_arena *arena;
    const ful_world *world;
    ful_grid grid;
    unsigned moving; /* bits: held parts that may move */
    int from, to;    /* days [from, to) whose law is the pressure; from == to: of the regime's date */
    int steps;       /* of adaptation */
    int columns, joint, entries;
    double *income[2];        /* entries x columns; without, with pressure */
    /* the same where some that may move stay at their start: by the bits of those that do move, counted
     * over those that may; the last is `income` */
    double *slice[1 << FUL_MAX_HELD][2];
    unsigned char *solved[2]; /* entries: solved rather than interpolated */
    double *lever;            /* levers x columns */
    int parts;
    ful_enforced part[FUL_BARGAIN_MAX_GROUPS];
    int solves;
    double max_violation;
};

/* A node of the table, or between its nodes: what it holds fixed, and the incomes there. */
typedef struct ful__income_node {
    double level[FUL_BARGAIN_MAX_GROUPS]; /* of each part */
    int relief, adaptation, pressure;     /* steps 0..2, 0..K-1; non-zero: under pressure */
    unsigned lifted, imposed;             /* levers whose tariffs are moved */
    double income[FUL_MAX_COLUMNS];
    double violation;
} ful__income_node;

/* Nodes that follow each other from one cold start: few where several threads are to have work. */
enum { FUL__SHORT_BLOCK = 32, FUL__LONG_BLOCK = 1 << 20 };

/* Solve the nodes, `block` of them from one cold start: the same bits for any number of threads. */
ful_status ful__income_solve(ful__income_node *nodes, int count, int block,
                             const ful_payoffs *payoffs, const ful_run *run, ful_error *err);

/* Payoffs whose pressure is the law of days [from, to), with the levels of that year. Hubs have had
 * the time until then: adaptation has one step. */
ful_status ful__payoffs_of_days(ful_payoffs **out, const ful_world *world, ful_grid grid, int from,
                                int to, const ful_run *run, ful_error *err);

/* Cut the table for each choice of held parts that move. */
ful_status ful__income_slice(ful_payoffs *f, ful_error *err);

/* The table of an offer's game. */
const double *ful__income_of(const ful_payoffs *f, const ful_offer *offer);

/* The node of an entry of the table. */
ful__income_node ful__income_entry(const ful_payoffs *payoffs, int pressure, int entry);

/* Fill f->income, and count what was solved (exact: table.c; interpolated: interpolate.c). What only
 * they need is taken from `scratch`. */
ful_status ful__income_exact(ful_payoffs *f, ful_arena *scratch, const ful_run *run,
                             ful_error *err);
ful_status ful__income_interpolated(ful_payoffs *f, ful_arena *scratch, const ful_run *run,
                                    ful_error *err);

/* The promised share of coverage given back at a step of relief. */
double ful__income_relief(const ful_payoffs *payoffs, int step);

static inline double ful__param(const double *p, ful_param k)
{
    return k == FUL_NO_PARAM ? 0 : p[k];
}

#endif
