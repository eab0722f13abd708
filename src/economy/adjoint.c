/* SPDX-License-Identifier: MIT */
/*
 * The pass, linearised at a solution and transposed: production and demand. The steps of the pass
 * are taken in reverse order, each turning adjoints of what it computes into adjoints of what it
 * reads (docs/theory/economy.md, "The gradient"). Flows are in adjoint_trade.c.
 */
#include "economy/adjoint.h"

#include <math.h>
#include <string.h>

/* Below this |1 - sigma| the slope of a power mean is taken from its cumulants. */
#define SMALL_POWER 1e-3

void ful__adjoint_begin(ful__adjoint *x)
{
    const size_t N = (size_t)x->m->N, cells = N * (size_t)x->m->J;
    double **const by_cell[] = {&x->output,      &x->cost, &x->unit,
                                &x->value_added, &x->wage, &x->bundle};
    double **const by_country[] = {&x->bill,    &x->revenue, &x->transfer,
                                   &x->exports, &x->imports, &x->index};
    double *next = x->w->cell;
    for (size_t k = 0; k < 6; k++, next += cells)
        *by_cell[k] = next;
    for (size_t k = 0; k < 6; k++, next += N)
        *by_country[k] = next;
}

double ful__index_slope(int n, double s, const double *share, const double *log_price, double index)
{
    double mean = 0, variance = 0, third = 0;
    for (int k = 0; k < n; k++)
        mean += share[k] * log_price[k];
    if (fabs(s) >= SMALL_POWER)
        return (mean - index) / s;
    for (int k = 0; k < n; k++) {
        const double d = log_price[k] - mean;
        variance += share[k] * d * d;
        third += share[k] * d * d * d;
    }
    return variance / 2 - s * third / 6;
}

static double log_unit(const ful_economy_work *w, int a)
{
    return w->log_cost[a] + (w->has_productivity ? w->log_productivity[a] : 0);
}

static double log_bundle(const ful__adjoint *x, int a)
{
    const int n = a / x->m->J;
    return x->m->sigma_m[n] != 1 || x->m->sigma_v[n] != 1 ? x->w->log_input[a] : 0;
}

/* gamma'_kj of country n: share of input k in the cost of j */
static double input_share(const ful__adjoint *x, int n, int j, int k)
{
    const ful_economy_model *m = x->m;
    const int a = n * m->J + j;
    const double gamma = m->input[(size_t)a * (size_t)m->J + (size_t)k];
    const double sm = 1 - m->sigma_m[n], sv = 1 - m->sigma_v[n];
    if ((sm == 0 && sv == 0) || gamma == 0)
        return gamma;
    const double bundle = log_bundle(x, a);
    return gamma * exp(sm * (x->at.p[n * m->J + k] - bundle) + sv * (bundle - log_unit(x->w, a)));
}

/* ---- what is differentiated -------------------------------------------------------------------
 */

static void seed(ful__adjoint *x)
{
    const ful_economy_model *m = x->m;
    const ful_economy_work *w = x->w;
    const int n = x->country;
    const ful_economy_outcome *o = &w->outcome[n];
    switch (x->kind) {
    case FUL_WELFARE: {
        const double part = x->seed * o->welfare / w->income[n];
        x->bill[n] += part;
        x->revenue[n] += part;
        x->transfer[n] += part;
        x->index[n] -= x->seed * o->welfare;
        break;
    }
    case FUL_REAL_INCOME: {
        const double part = x->seed * o->real_income / (w->demanded[n] + w->revenue[n]);
        x->bill[n] += part;
        x->revenue[n] += part;
        x->index[n] -= x->seed * o->real_income;
        break;
    }
    case FUL_REAL_GDP:
        for (int a = n * m->J; a < n * m->J + m->J; a++) {
            const double volume = x->seed / w->cost[a] / m->wage_bill[n];
            x->output[a] += volume;
            x->cost[a] -= volume * w->output[a];
        }
        break;
    case FUL_EXPORTS:
        x->exports[n] += x->seed / m->exports[n];
        break;
    case FUL_IMPORTS:
        x->imports[n] += x->seed / m->imports[n];
        break;
    }
}

/* ---- demand ------------------------------------------------------------------------------------
 */

/* Spending on a basket out of an income: returns the adjoint of the income. Prices and the index of
 * the basket get theirs. */
static double basket_adjoint(ful__adjoint *x, int n, const double *basket, double income,
                             double log_index, const double *per_need)
{
    const ful_economy_model *m = x->m;
    const int J = m->J;
    const double s = 1 - m->sigma_f[n], *log_price = x->at.p + n * J;
    double share[FUL__MAX_SECTORS], to_income = 0, moved = 0, slope = 0;
    for (int k = 0; k < J; k++) {
        share[k] = s == 0 ? basket[k] : basket[k] * exp(s * (log_price[k] - log_index));
        const double bought = per_need[k] * share[k] * income;
        to_income += per_need[k] * share[k];
        moved += bought;
        slope += bought * (log_price[k] - log_index);
        x->out.p[n * J + k] += s * bought;
    }
    for (int k = 0; k < J; k++)
        x->out.p[n * J + k] -= s * moved * share[k];
    if (x->wanted && x->gradient->sigma_f)
        x->gradient->sigma_f[n] -=
            slope - s * moved * ful__index_slope(J, s, share, log_price, log_index);
    return to_income;
}

static void wants_adjoint(ful__adjoint *x, int n, const double *per_need)
{
    const ful_economy_model *m = x->m;
    const ful_economy_work *w = x->w;
    const int J = m->J, first = m->first_household[n], end = m->first_household[n + 1];
    if (first == end) {
        const double income =
            basket_adjoint(x, n, m->alpha + n * J, w->income[n], log(w->final_price[n]), per_need);
        x->out.y[n] += income * m->wage_bill[n] * exp(x->at.y[n]);
        x->revenue[n] += income;
        x->transfer[n] += income;
    }
    for (int q = first; q < end; q++) {
        const int h = m->household[q];
        const double income = basket_adjoint(x, n, m->basket + h * J, w->household_income[h],
                                             log(w->household_price[h]), per_need);
        for (int j = 0; j < J; j++)
            x->value_added[n * J + j] += income * m->own[h * J + j];
        x->revenue[n] += income * m->own_revenue[h];
        x->transfer[n] += income * m->own_transfer[h];
    }
}

/* sum_k per_need_k sum_j gamma'_kj Y_j: to outputs, and where nests are CES to prices, bundles and
 * unit costs. */
static void inputs_adjoint(ful__adjoint *x, int n, const double *per_need)
{
    const ful_economy_model *m = x->m;
    const int J = m->J;
    const double sm = 1 - m->sigma_m[n], sv = 1 - m->sigma_v[n];
    const int nested = sm != 0 || sv != 0;
    for (int j = 0; j < J; j++) {
        const int a = n * J + j;
        double bought = 0;
        for (int k = 0; k < J; k++) {
            const double part = per_need[k] * input_share(x, n, j, k), q = part * x->w->output[a];
            x->output[a] += part;
            bought += q;
            if (nested)
                x->out.p[n * J + k] += sm * q;
            if (x->wanted && x->gradient->sigma_m && q != 0)
                x->gradient->sigma_m[n] -= q * (x->at.p[n * J + k] - x->w->log_input[a]);
        }
        if (nested) {
            x->bundle[a] += (sv - sm) * bought;
            x->unit[a] -= sv * bought;
        }
        if (x->wanted && x->gradient->sigma_v)
            x->gradient->sigma_v[n] -= bought * (x->w->log_input[a] - log_unit(x->w, a));
    }
}

static void spending_adjoint(ful__adjoint *x)
{
    const ful_economy_model *m = x->m;
    const ful_economy_work *w = x->w;
    const int J = m->J;
    for (int n = 0; n < m->N; n++) {
        double wants[FUL__MAX_SECTORS], inputs[FUL__MAX_SECTORS];
        const int volume = x->kind == FUL_REAL_GDP && n == x->country && x->seed != 0;
        for (int k = 0; k < J; k++) {
            const int a = n * J + k;
            wants[k] = w->demand[a] ? x->lambda.e[a] / w->spending[a] : 0;
            inputs[k] = wants[k] - (volume ? x->seed / (w->price[a] * m->wage_bill[n]) : 0);
        }
        wants_adjoint(x, n, wants);
        inputs_adjoint(x, n, inputs);
        if (!volume)
            continue;
        for (int j = 0; j < J; j++) /* inputs are deflated by their prices */
            for (int k = 0; k < J; k++)
                x->out.p[n * J + k] += x->seed * input_share(x, n, j, k) * w->output[n * J + j] /
                                       (w->price[n * J + k] * m->wage_bill[n]);
    }
}

/* ---- wage bills and labour ---------------------------------------------------------------------
 */

static int is_employed(const ful__adjoint *x, int a)
{
    return x->m->value_added[a] > 0 && x->w->value_added[a] > 0;
}

static void labour_adjoint(ful__adjoint *x)
{
    const ful_economy_model *m = x->m;
    const ful_economy_work *w = x->w;
    const int J = m->J;
    for (int n = 0; n < m->N; n++) {
        const int mobile = isinf(m->kappa[n]);
        double shares = 0;
        for (int a = n * J; a < n * J + J && !mobile; a++) {
            x->out.l[a] -= x->lambda.l[a];
            if (!is_employed(x, a))
                continue;
            x->value_added[a] += x->lambda.l[a] / w->value_added[a];
            shares += x->lambda.l[a];
        }
        x->bill[n] += (x->lambda.y[n] - shares) / w->demanded[n];
        x->out.y[n] -= x->lambda.y[n];
        for (int a = n * J; a < n * J + J; a++) {
            const double sv = 1 - m->sigma_v[n];
            const double earned = (x->value_added[a] += x->bill[n]) * w->value_added[a];
            x->output[a] += w->beta[a] * x->value_added[a];
            x->wage[a] += sv * earned;
            x->unit[a] -= sv * earned;
            if (x->wanted && x->gradient->sigma_v)
                x->gradient->sigma_v[n] -= earned * (w->log_wage[a] - log_unit(w, a));
        }
    }
}

/* ---- costs -------------------------------------------------------------------------------------
 */

/* The slopes of the nests in their elasticities. */
static void nest_slopes(ful__adjoint *x, int n, int j, double unit, double bundle)
{
    const ful_economy_model *m = x->m;
    const ful_economy_work *w = x->w;
    const int J = m->J, a = n * J + j;
    double share[FUL__MAX_SECTORS];
    const double inputs = 1 - w->beta[a], base = 1 - m->beta[a];
    const double two[2] = {w->beta[a], inputs}, logs[2] = {w->log_wage[a], w->log_input[a]};
    if (!(base > 0))
        return;
    for (int k = 0; k < J; k++)
        share[k] = input_share(x, n, j, k) / inputs;
    if (x->gradient->sigma_v)
        x->gradient->sigma_v[n] -=
            unit * ful__index_slope(2, 1 - m->sigma_v[n], two, logs, log_unit(w, a));
    if (x->gradient->sigma_m)
        x->gradient->sigma_m[n] -=
            (bundle + inputs * unit) *
            ful__index_slope(J, 1 - m->sigma_m[n], share, x->at.p + n * J, w->log_input[a]);
}

static void costs_adjoint(ful__adjoint *x, int n)
{
    const ful_economy_model *m = x->m;
    const ful_economy_work *w = x->w;
    const int J = m->J;
    double wages = 0;
    for (int j = 0; j < J; j++) {
        const int a = n * J + j;
        const double unit = x->cost[a] + x->unit[a], inputs = 1 - w->beta[a];
        const double through = unit + (inputs > 0 ? x->bundle[a] / inputs : 0);
        for (int k = 0; k < J; k++)
            x->out.p[n * J + k] += input_share(x, n, j, k) * through;
        x->wage[a] += w->beta[a] * unit;
        wages += x->wage[a];
        if (!isinf(m->kappa[n]))
            x->out.l[a] += x->wage[a] / m->kappa[n];
        if (x->wanted && x->gradient->productivity)
            x->gradient->productivity[a] -=
                x->cost[a] / (x->shock && x->shock->productivity ? x->shock->productivity[a] : 1);
        if (x->wanted && (x->gradient->sigma_m || x->gradient->sigma_v))
            nest_slopes(x, n, j, unit, x->bundle[a]);
        if (x->wanted && x->gradient->kappa && is_employed(x, a))
            x->gradient->kappa[n] += x->wage[a] * log(w->value_added[a] / w->demanded[n] *
                                                      m->wage_bill[n] / m->value_added[a]);
    }
    const double idle = m->phi[n], log_index = log(w->final_price[n]);
    x->out.y[n] += wages / (1 + idle);
    x->index[n] += wages * idle / (1 + idle);
    if (x->wanted && x->gradient->phi)
        x->gradient->phi[n] += wages * (log_index - x->at.y[n]) / ((1 + idle) * (1 + idle));
}

static void index_adjoint(ful__adjoint *x, int n)
{
    const ful_economy_model *m = x->m;
    const int J = m->J;
    const double s = 1 - m->sigma_f[n], log_index = log(x->w->final_price[n]);
    double share[FUL__MAX_SECTORS];
    for (int k = 0; k < J; k++) {
        share[k] = m->alpha[n * J + k] * exp(s * (x->at.p[n * J + k] - log_index));
        x->out.p[n * J + k] += x->index[n] * share[k];
    }
    if (x->wanted && x->gradient->sigma_f)
        x->gradient->sigma_f[n] -=
            x->index[n] * ful__index_slope(J, s, share, x->at.p + n * J, log_index);
}

void ful__adjoint_pass(ful__adjoint *x)
{
    const ful_economy_model *m = x->m;
    const size_t N = (size_t)m->N, cells = N * (size_t)m->J;
    memset(x->w->cell, 0, sizeof(double) * (6 * cells + 6 * N));
    memset(x->out.y, 0, sizeof(double) * ful__all_unknowns(m));
    if (x->seed != 0)
        seed(x);
    spending_adjoint(x);
    ful__transfers_adjoint(m, x->w, x->shock, x->transfer, x->exports, x->imports);
    labour_adjoint(x);
    ful__adjoint_trade(x);
    for (int n = 0; n < m->N; n++) {
        costs_adjoint(x, n);
        index_adjoint(x, n);
    }
    for (size_t a = 0; a < cells; a++)
        if (!x->w->demand[a])
            x->out.p[a] = x->out.e[a] = 0;
}
