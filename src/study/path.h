/* SPDX-License-Identifier: MIT */
/* Private to the attribution: a path between two shocks, places on it, gradients at its nodes. */
#ifndef FULCRUM_STUDY_PATH_H
#define FULCRUM_STUDY_PATH_H

#include "fulcrum/study.h"

#define FUL__NODES 6 /* of a panel */

/* A place on the path. */
typedef struct ful__station {
    double t, outcome;
    unsigned char *binds; /* caps, then countries: whose bound or finance limit binds */
} ful__station;

/* An argument of the path: where it starts and ends, NULL where the shocks say nothing. */
typedef struct ful__argument {
    const double *from, *to;
    double otherwise; /* stands for an absent `from` */
    size_t count;     /* how many numbers it has */
} ful__argument;

/* Rates come last: they are given at both ends or at neither. */
enum {
    FUL__OPENNESS,
    FUL__LATENT,
    FUL__PRODUCTIVITY,
    FUL__TARIFF,
    FUL__EXPORT_TAX,
    FUL__ARGUMENTS
};

/* A node of a panel: its gradient, and what each cap contributes per unit of the path. */
typedef struct ful__node {
    double t;
    double *gradient[FUL__ARGUMENTS];
    double *cap;
    double violation;
    ful_error err;
} ful__node;

/* What a thread needs of its own. */
typedef struct ful__place {
    ful_economy_work *work;
    double *value[FUL__ARGUMENTS]; /* at the thread's place on the path */
    ful_economy_cap *cap;
} ful__place;

typedef struct ful__path {
    const ful_economy_model *model;
    const ful_economy_shock *to;
    ful__argument argument[FUL__ARGUMENTS];
    ful_economy_cap *start_cap; /* bounds at the start */
    int country, countries;
    ful_economy_outcome_kind kind;
    ful_economy_view benchmark;
    ful_economy_work *end[2]; /* solutions at both ends */
    int ends;                 /* how many of them are solved */
    ful__place *place;             /* one per thread, and one more for the path itself */
    ful__node node[FUL__NODES];
    ful_economy_options options;
    ful_attribution *out;
} ful__path;

/* Solve at x->t, in the first thread's place, and note what binds there. */
ful_status ful__path_visit(ful__station *x, ful__path *p, ful_error *err);

int ful__path_same_binding(const ful__path *p, const ful__station *a, const ful__station *b);

/* Solve and differentiate at p->node[index].t; a ful_work_fn. */
ful_status ful__path_solve_node(void *path, int index, int thread);

/* The contributions of all arguments at a node, per unit of the path. */
double ful__path_rate(const ful__path *p, const ful__node *x);

#endif
