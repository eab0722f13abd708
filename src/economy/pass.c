/* SPDX-License-Identifier: MIT */
/*
 * One pass over the economy: from prices, spending and wage bills to what they imply.
 *
 * Notation (docs/theory/economy.md): x holds log y (change of the wage bill), log P, log E' and,
 * where labour is not fully mobile, log l. The flows are touched once, row by row: a row (sector j,
 * buyer n) needs two sums over sellers, sum W c^-theta and sum V c^-theta, and adds its purchases
 * to each seller. W and V stand ready in the workspace, so a pass takes no exponential per flow.
 */
#include "base/clones.h"
#include "base/elementary.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

#define LANES 8 /* partial sums, so that the order of summation is fixed and fits the vectors */

/* sum_k a_k b_k, in the fixed order of the lanes */
static inline double product(int n, const double *a, const double *b)
{
    double s[LANES] = {0};
    int k = 0;
    for (; k + LANES <= n; k += LANES)
        for (int l = 0; l < LANES; l++)
            s[l] += a[k + l] * b[k + l];
    for (int l = 0; k < n; k++, l++)
        s[l] += a[k] * b[k];
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

/*
 * All flows of one sector. In: cost^-theta, spending (log). Out: the price sums, the sellers'
 * receipts before their own cost^-theta, and for each buyer what it pays abroad and in tariffs.
 */
FUL_CLONES
static void trade_sector(int N, const double *weight, const double *paid, const double *c,
                         const double *spending, double *sum, double *receipt, double *imports,
                         double *own_sales, double *revenue)
{
    for (int n = 0; n < N; n++)
        receipt[n] = 0;
    for (int n = 0; n < N; n++) {
        const double *w = weight + (size_t)n * (size_t)N, *v = paid + (size_t)n * (size_t)N;
        const double s = product(N, w, c);
        sum[n] = s;
        if (!(s > 0) || spending[n] == 0)
            continue;
        const double scale = spending[n] / s, t = product(N, v, c);
        for (int i = 0; i < N; i++)
            receipt[i] += scale * v[i];
        const double own = scale * v[n] * c[n];
        imports[n] += scale * t - own;
        own_sales[n] += own;
        revenue[n] += spending[n] - scale * t;
    }
}

FUL_CLONES
static void exp_all(double *x, int n)
{
    for (int a = 0; a < n; a++)
        x[a] = ful__exp(x[a]);
}

FUL_CLONES
static void log_all(double *x, int n)
{
    for (int a = 0; a < n; a++)
        x[a] = ful__log(x[a]);
}

/* log of the inputs' cost: sum_k gamma_k log P_k for every sector of one country */
FUL_CLONES
static void input_costs(int J, const double *input, const double *log_price, double *cost)
{
    for (int j = 0; j < J; j++)
        cost[j] = product(J, input + (size_t)j * (size_t)J, log_price);
}

/* log costs and cost^-theta */
static void costs(const ful_economy_model *m, ful_economy_work *w, const ful_economy_shock *shock,
                  const ful__unknowns *x)
{
    const int N = m->N, J = m->J;
    for (int i = 0; i < N; i++) {
        const double *log_price = x->p + i * J;
        const double log_final = product(J, m->alpha + i * J, log_price);
        w->final_price[i] = log_final;
        const double wage = (x->y[i] + m->phi[i] * log_final) / (1 + m->phi[i]);
        input_costs(J, m->input + (size_t)(i * J) * (size_t)J, log_price, w->log_cost + i * J);
        for (int j = 0; j < J; j++) {
            const int a = i * J + j;
            const double own = isinf(m->kappa[i]) ? wage : wage + x->l[a] / m->kappa[i];
            w->log_cost[a] += m->beta[a] * own;
            if (shock && shock->productivity)
                w->log_cost[a] -= log(shock->productivity[a]);
            w->ctheta[(size_t)j * (size_t)N + (size_t)i] = -m->theta[j] * w->log_cost[a];
        }
    }
    exp_all(w->ctheta, N * J);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < J; j++)
            if (!w->active[i * J + j])
                w->ctheta[(size_t)j * (size_t)N + (size_t)i] = 0;
}

static double larger(double a, double b)
{
    return b > a || isnan(b) ? b : a; /* a NaN must not be lost */
}

/* trade in every sector; prices and their residual */
static double trade(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x,
                    ful__unknowns *g)
{
    const int N = m->N, J = m->J;
    double residual = 0;
    double *sum = w->demanded; /* N, free until the wage bills */
    memset(w->imports, 0, sizeof(double) * (size_t)N);
    memset(w->exports, 0, sizeof(double) * (size_t)N);
    memset(w->revenue, 0, sizeof(double) * (size_t)N);
    double *spending = w->row, *receipt = w->row + N, *sums = w->price;
    memcpy(w->spending, x->e, sizeof(double) * (size_t)(N * J));
    exp_all(w->spending, N * J);
    for (int a = 0; a < N * J; a++)
        w->spending[a] = w->demand[a] ? w->spending[a] : 0;
    for (int j = 0; j < J; j++) {
        const double *c = w->ctheta + (size_t)j * (size_t)N;
        const size_t block = ful__at(N, j, 0, 0);
        for (int n = 0; n < N; n++)
            spending[n] = w->spending[n * J + j];
        trade_sector(N, w->weight + block, w->paid + block, c, spending, sum, receipt, w->imports,
                     w->exports, w->revenue);
        for (int n = 0; n < N; n++) {
            const int a = n * J + j;
            w->output[a] = c[n] * receipt[n];
            w->value_added[a] = m->beta[a] * w->output[a];
            sums[a] = sum[n] > 0 ? sum[n] : 1;
        }
    }
    log_all(sums, N * J);
    for (int a = 0; a < N * J; a++) {
        g->p[a] = w->demand[a] ? -sums[a] / m->theta[a % J] : x->p[a];
        residual = larger(residual, fabs(g->p[a] - x->p[a]));
    }
    /* exports held the domestic sales so far */
    for (int n = 0; n < N; n++) {
        double output = 0;
        for (int j = 0; j < J; j++)
            output += w->output[n * J + j];
        w->exports[n] = output - w->exports[n];
    }
    return residual;
}

/* what the sectors of one country buy as inputs, added to `need` */
FUL_CLONES
static void input_needs(int J, const double *input, const double *output, double *need)
{
    for (int j = 0; j < J; j++) {
        const double *row = input + (size_t)j * (size_t)J;
        for (int k = 0; k < J; k++)
            need[k] += row[k] * output[j];
    }
}

/* income and spending */
static double spend(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x,
                    ful__unknowns *g)
{
    const int N = m->N, J = m->J;
    double residual = 0;
    for (int n = 0; n < N; n++) {
        double *need = g->e + n * J;
        w->income[n] = w->demanded[n] + w->revenue[n] + w->transfer[n];
        for (int k = 0; k < J; k++)
            need[k] = m->alpha[n * J + k] * w->income[n];
        input_needs(J, m->input + (size_t)(n * J) * (size_t)J, w->output + n * J, need);
    }
    for (int a = 0; a < N * J; a++) {
        if (w->demand[a])
            residual = larger(residual, fabs(g->e[a] / w->spending[a] - 1));
        /* a buyer that an iterate leaves without income comes down by e a pass instead of
         * vanishing */
        g->e[a] = w->demand[a] && g->e[a] > 0 ? g->e[a] : w->spending[a] * 0.36787944117144233;
        g->e[a] = g->e[a] > 0 ? g->e[a] : 1;
    }
    log_all(g->e, N * J);
    for (int a = 0; a < N * J; a++)
        g->e[a] = w->demand[a] ? g->e[a] : x->e[a];
    return residual;
}

/* wage bills, and the division of labour between sectors */
static double labour(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x,
                     ful__unknowns *g)
{
    const int N = m->N, J = m->J;
    double residual = 0;
    for (int n = 0; n < N; n++) {
        double bill = 0;
        for (int j = 0; j < J; j++)
            bill += w->value_added[n * J + j];
        w->demanded[n] = bill;
        const double ratio = bill / (m->wage_bill[n] * exp(x->y[n]));
        residual = larger(residual, fabs(ratio - 1));
        g->y[n] = x->y[n] + m->step[n] * (ratio > 0 ? log(ratio) : -1);
        if (isinf(m->kappa[n])) {
            memcpy(g->l + n * J, x->l + n * J, sizeof(double) * (size_t)J);
            continue;
        }
        double *share = g->l + n * J; /* of the wage bill against the benchmark's; 1 where idle */
        for (int a = n * J; a < n * J + J; a++)
            g->l[a] = m->value_added[a] > 0 && w->value_added[a] > 0
                          ? w->value_added[a] / bill * m->wage_bill[n] / m->value_added[a]
                          : 1;
        log_all(share, J);
        for (int j = 0; j < J; j++) {
            const int a = n * J + j;
            const double step = 1 / (1 + m->theta[j] * m->beta[a] / m->kappa[n]);
            const double gap =
                m->value_added[a] > 0 && w->value_added[a] > 0 ? share[j] - x->l[a] : 0;
            residual = larger(residual, fabs(gap));
            g->l[a] = x->l[a] + step * gap;
        }
    }
    return residual;
}

static ful__unknowns parts(const ful_economy_model *m, double *x)
{
    const int cells = m->N * m->J;
    return (ful__unknowns){x, x + m->N, x + m->N + cells, x + m->N + 2 * cells};
}

/* Every component keeps the value added of its benchmark: prices have a unit again. Returns how far
 * they had drifted. */
static double normalise(const ful_economy_model *m, const ful_economy_work *w, ful__unknowns *g)
{
    const int N = m->N, J = m->J;
    double drift = 0;
    for (int c = 0; c < N; c++) {
        double base = 0, now = 0;
        for (int n = 0; n < N; n++)
            if (w->component[n] == c) {
                base += m->wage_bill[n];
                now += m->wage_bill[n] * exp(g->y[n]);
            }
        if (!(base > 0))
            continue;
        const double shift = log(now / base);
        drift = larger(drift, fabs(shift));
        for (int n = 0; n < N; n++)
            if (w->component[n] == c) {
                g->y[n] -= shift;
                for (int a = n * J; a < n * J + J; a++) {
                    g->p[a] -= w->demand[a] ? shift : 0;
                    g->e[a] -= w->demand[a] ? shift : 0;
                }
            }
    }
    return drift;
}

double ful__economy_pass(const ful_economy_model *m, ful_economy_work *w,
                         const ful_economy_shock *shock, const double *x, double *g)
{
    const ful__unknowns from = parts(m, (double *)x);
    ful__unknowns to = parts(m, g);
    costs(m, w, shock, &from);
    double residual = trade(m, w, &from, &to);
    residual = larger(residual, labour(m, w, &from, &to));
    ful__economy_transfers(m, w);
    residual = larger(residual, spend(m, w, &from, &to));
    return larger(residual, normalise(m, w, &to));
}
