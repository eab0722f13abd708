/* SPDX-License-Identifier: MIT */
/* Private to the gradient: the pass, linearised at a solution and transposed. */
#ifndef FULCRUM_ECONOMY_ADJOINT_H
#define FULCRUM_ECONOMY_ADJOINT_H

#include "economy/economy_internal.h"

/*
 * Adjoints: bar_z is the derivative of (outcome + lambda . gaps) with respect to z, with everything
 * that z is computed from held. Names as in economy_internal.h; `unit` is the log of unit cost
 * before productivity, `bundle` that of inputs.
 */
typedef struct ful__adjoint {
    const ful_economy_model *m;
    ful_economy_work *w;
    const ful_economy_shock *shock;
    ful__unknowns at;     /* the solution */
    ful__unknowns lambda; /* of the gaps */
    ful__unknowns out;    /* receives the adjoints of the unknowns */
    /* what is differentiated; seed 0: only lambda */
    double seed;
    int country;
    ful_economy_outcome_kind kind;
    double *output, *cost, *unit, *value_added, *wage, *bundle;    /* N*J */
    double *bill, *revenue, *transfer, *exports, *imports, *index; /* N; index: of final demand */
    ful_economy_gradient *gradient;
    int wanted; /* whether derivatives with respect to parameters are; 0 while lambda is sought */
} ful__adjoint;

/* Point the arrays into the scratch of the workspace. */
void ful__adjoint_begin(ful__adjoint *x);

/* One transposed pass; where wanted also the derivatives with respect to every parameter. */
void ful__adjoint_pass(ful__adjoint *x);

/* Parts of it: flows (adjoint_trade.c), caps (adjoint_caps.c), hubs (adjoint_hubs.c). */
void ful__adjoint_trade(ful__adjoint *x);
void ful__adjoint_caps_before(ful__adjoint *x);
void ful__adjoint_caps_after(ful__adjoint *x);
void ful__adjoint_hubs_before(ful__adjoint *x);
void ful__adjoint_hubs_after(ful__adjoint *x);
/* What a unit of weight of entry k of cap c is worth in its grip, once rows are known. */
double ful__adjoint_gripped(const ful__adjoint *x, int c, int k);

/* Adjoints of a customs value and of a receipt of one dollar on a flow of i to n; cell: i's sector.
 */
typedef struct ful__worth {
    double customs, paid;
} ful__worth;

static inline ful__worth ful__worth_of(const ful__adjoint *x, int n, int i, int cell)
{
    const double foreign = i != n ? x->imports[n] + x->exports[i] : 0;
    return (ful__worth){x->revenue[i] - x->revenue[n] + foreign, x->output[cell] - x->revenue[i]};
}

/* log of the change of gross taxes on a flow; and the part of its weight that openness scales, the
 * rest being latent. */
double ful__tax_change(const ful__adjoint *x, size_t a);
double ful__opened(const ful__adjoint *x, size_t a);

/* Derivative of the log of a power mean with respect to s = 1 - sigma, given its shares, the logs
 * it averages and its own log. */
double ful__index_slope(int n, double s, const double *share, const double *log_price,
                        double index);

#endif
