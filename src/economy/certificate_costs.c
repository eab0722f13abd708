/* SPDX-License-Identifier: MIT */
/* The certificate's prices of nests: wages, unit costs, cost shares and final prices. */
#include "base/clones.h"
#include "economy/certificate_internal.h"

#include <string.h>

/* Beyond this the difference from 1 keeps no more digits than the power itself. */
#define NEAR (-0.5)

double ful__audit_lift(double *lift, double *keep, const double *log_price, int count, double s)
{
    double top = -INFINITY;
    for (int k = 0; k < count; k++) {
        lift[k] = s == 1 ? log_price[k] : (1 - s) * log_price[k];
        keep[k] = 1;
        if (!(lift[k] <= top))
            top = lift[k];
    }
    if (s == 1)
        return 0;
    for (int k = 0; k < count; k++) {
        const double fall = lift[k] - top;
        if (fall > NEAR) {
            lift[k] = expm1(fall);
            keep[k] = 1 + lift[k];
        } else {
            keep[k] = exp(fall);
            lift[k] = keep[k] - 1;
        }
    }
    return top;
}

double ful__audit_mean(double s, double top, double lift, double keep)
{
    if (s == 1)
        return lift;
    return (top + (lift > NEAR ? log1p(lift) : log(keep))) / (1 - s);
}

/* The final price of a country by its own basket; powers are kept for what households want. */
static void final_price(ful__audit *x, int n)
{
    const ful_economy_model *m = x->m;
    const int J = m->J;
    const size_t cell = (size_t)n * (size_t)J;
    double *lift = x->taste_lift + cell, *keep = x->taste_keep + cell;
    const double top = ful__audit_lift(lift, keep, x->log_price + cell, J, m->sigma_f[n]);
    x->taste_top[n] = top;
    x->log_final_price[n] =
        ful__audit_mean(m->sigma_f[n], top, ful__product(m->alpha + cell, lift, (size_t)J),
                        ful__product(m->alpha + cell, keep, (size_t)J));
    const double price = exp(x->log_final_price[n]);
    ful__worst(&x->c->prices, price - x->now->final_price[n], price);
}

/* What a country's sectors spend on inputs, by the prices of inputs: means of `price` by their
 * shares, which need not sum to one. */
FUL_CLONES
static void means(int J, const double *restrict gamma, const double *restrict price,
                  double *restrict mean)
{
    for (int j = 0; j < J; j++)
        mean[j] = ful__product(gamma + (size_t)j * (size_t)J, price, (size_t)J);
}

FUL_CLONES
static void sums(int J, const double *restrict gamma, double *restrict sum)
{
    for (int j = 0; j < J; j++)
        sum[j] = ful__total(gamma + (size_t)j * (size_t)J, (size_t)J);
}

/* What its sectors, each at a scale of its own, need of each input. */
FUL_CLONES
static void add_needs(int J, const double *restrict gamma, const double *restrict scale,
                      double *restrict need)
{
    for (int j = 0; j < J; j++)
        for (int k = 0; k < J; k++)
            need[k] += scale[j] * gamma[j * J + k];
}

/* A country's wage bill, before and now, and from them the log of pay per efficiency unit, labour
 * at its place. */
static double log_wage(ful__audit *x, int n)
{
    const ful_economy_model *m = x->m;
    const size_t J = (size_t)m->J, cell = (size_t)n * J;
    for (size_t j = 0; j < J; j++)
        x->base_value[cell + j] = x->inputs[j] < 1 ? (1 - x->inputs[j]) * m->output[cell + j] : 0;
    x->bill_before[n] = ful__total(x->base_value + cell, J);
    x->bill[n] = ful__total(x->now->value_added + cell, J);
    return (log(x->bill[n] / x->bill_before[n]) + m->phi[n] * x->log_final_price[n]) /
           (1 + m->phi[n]);
}

/* What labour moved into a sector adds to the log of its pay, (1). */
static double log_crowding(const ful__audit *x, int n, size_t a)
{
    const double before = x->base_value[a], now = x->now->value_added[a];
    if (isinf(x->m->kappa[n]) || !(before > 0) || !(now > 0))
        return 0;
    return log(now / before * (x->bill_before[n] / x->bill[n])) / x->m->kappa[n];
}

/* Unit cost and cost shares of one sector, (2); the scale of its inputs is left in x->scale. */
static void sector(ful__audit *x, int n, int j, double wage, double top)
{
    const ful_economy_model *m = x->m;
    const size_t a = (size_t)n * (size_t)m->J + (size_t)j;
    const double output = x->now->output[a], inputs = x->inputs[j];
    const double mean_keep = inputs > 0 ? x->mean_keep[j] / inputs : 1;
    const double weight[2] = {inputs < 1 ? 1 - inputs : 0, inputs};
    double part[2] = {wage + log_crowding(x, n, a), 0}, lift[2], keep[2];
    if (inputs > 0)
        part[1] = ful__audit_mean(m->sigma_m[n], top, x->mean_lift[j] / inputs, mean_keep);
    if (!(weight[0] > 0))
        part[0] = part[1];
    if (!(weight[1] > 0))
        part[1] = part[0];
    const double height = ful__audit_lift(lift, keep, part, 2, m->sigma_v[n]);
    const double kept = weight[0] * keep[0] + weight[1] * keep[1];
    double log_cost =
        ful__audit_mean(m->sigma_v[n], height, weight[0] * lift[0] + weight[1] * lift[1], kept);
    if (x->productivity)
        log_cost -= log(x->productivity[a]);
    const double cost = exp(log_cost);
    const size_t seller = (size_t)j * (size_t)m->N + (size_t)n;
    x->power[seller] = exp(-m->theta[j] * log_cost);
    x->inverse[seller] = cost > 0 && cost < INFINITY ? 1 / cost : 0;
    x->scale[j] = 0;
    double labour = 0;
    if (output != 0) {
        labour = weight[0] * keep[0] / kept * output;
        ful__worst(&x->c->labour, cost - x->now->cost[a], cost);
        x->volume[n] += output / cost;
        x->volume_terms[n] += output / cost;
        x->scale[j] = keep[1] / kept * output / mean_keep;
    }
    ful__worst(&x->c->labour, labour - x->now->value_added[a], labour + x->floor);
}

static void country(ful__audit *x, int n)
{
    const ful_economy_model *m = x->m;
    const int J = m->J;
    const size_t cell = (size_t)n * (size_t)J;
    const double *gamma = m->input + cell * (size_t)J;
    for (int k = 0; k < J; k++) {
        const int bought = x->now->spending[cell + (size_t)k] != 0;
        x->log_price[cell + (size_t)k] = bought ? log(x->now->price[cell + (size_t)k]) : 0;
        x->raw[k] = 0;
    }
    sums(J, gamma, x->inputs);
    final_price(x, n);
    const double wage = log_wage(x, n);
    const double top = ful__audit_lift(x->lift, x->keep, x->log_price + cell, J, m->sigma_m[n]);
    means(J, gamma, x->lift, x->mean_lift);
    if (m->sigma_m[n] == 1) /* all that is kept is one */
        memcpy(x->mean_keep, x->inputs, sizeof *x->inputs * (size_t)J);
    else
        means(J, gamma, x->keep, x->mean_keep);
    for (int j = 0; j < J; j++)
        sector(x, n, j, wage, top);
    add_needs(J, gamma, x->scale, x->raw);
    for (int k = 0; k < J; k++) {
        const double need = x->keep[k] * x->raw[k];
        const double volume = need > 0 ? need / x->now->price[cell + (size_t)k] : 0;
        x->need[cell + (size_t)k] = x->need_terms[cell + (size_t)k] = need;
        x->volume[n] -= volume;
        x->volume_terms[n] += volume;
    }
}

void ful__audit_costs(ful__audit *x)
{
    for (int n = 0; n < x->m->N; n++)
        country(x, n);
}
