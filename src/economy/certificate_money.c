/* SPDX-License-Identifier: MIT */
/* The certificate of money: components and their numeraires, transfers, incomes, what they buy. */
#include "economy/certificate_internal.h"

/* Halvings after which the financiers' rate is known to the last bit. */
#define HALVINGS 100

int ful__audit_root(ful__audit *x, int n)
{
    while (x->label[n] != n)
        n = x->label[n] = x->label[x->label[n]];
    return n;
}

/* Countries in the order of their components, which are named by their first country. */
static void list_members(ful__audit *x)
{
    const int N = x->m->N;
    int *next = x->first;
    for (int n = 0; n < N; n++) {
        x->label[n] = ful__audit_root(x, n);
        next[x->label[n] + 1]++;
        if (x->label[n] != x->now->component[n])
            x->c->income = INFINITY;
    }
    for (int n = 0; n < N; n++)
        next[n + 1] += next[n];
    next[N + 1] = N;
    for (int n = N - 1; n >= 0; n--)
        x->member[--next[x->label[n] + 1]] = n;
}

/* What is paid in all where each giver of the list pays s times its benchmark, up to its room. */
static double paid_at(const ful__audit *x, const int *list, int count, double s)
{
    double paid = 0;
    for (int k = 0; k < count; k++)
        if (x->m->transfer[list[k]] < 0)
            paid += fmin(-x->m->transfer[list[k]] * s, x->room[list[k]]);
    return paid;
}

/* The common rate of the givers by bisection; INFINITY where all limits together fall short. */
static double giving_rate(const ful__audit *x, const int *list, int count, double wanted)
{
    double low = 0, high = 1;
    if (!(paid_at(x, list, count, INFINITY) > wanted))
        return INFINITY;
    while (paid_at(x, list, count, high) < wanted)
        high *= 2;
    for (int step = 0; step < HALVINGS && low < high; step++) {
        const double middle = 0.5 * (low + high);
        if (paid_at(x, list, count, middle) < wanted)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* What the closure "financed" has the countries of a component receive, left in x->room. */
static void finance(ful__audit *x, const int *list, int count)
{
    const double *transfer = x->m->transfer, *limit = x->m->limit;
    double wanted = 0;
    for (int k = 0; k < count; k++) {
        const int n = list[k];
        x->room[n] = limit[n] * (transfer[n] > 0 ? x->bought[n] : x->sold[n]);
        if (transfer[n] > 0)
            wanted += fmin(transfer[n], x->room[n]);
    }
    const double rate = giving_rate(x, list, count, wanted);
    const double paid = fmin(wanted, paid_at(x, list, count, rate));
    for (int k = 0; k < count; k++) {
        const int n = list[k];
        if (transfer[n] > 0)
            x->room[n] = wanted > 0 ? fmin(transfer[n], x->room[n]) * (paid / wanted) : 0;
        else
            x->room[n] = transfer[n] < 0 ? -fmin(-transfer[n] * rate, x->room[n]) : 0;
    }
}

/* A component holds its value added, its transfers balance, and each is what the closure says. */
static void component(ful__audit *x, const int *list, int count)
{
    const ful_economy_model *m = x->m;
    const double *transfer = x->now->transfer;
    double before = 0, now = 0, sum = 0;
    for (int k = 0; k < count; k++) {
        before += x->bill_before[list[k]];
        now += x->bill[list[k]];
        sum += transfer[list[k]];
    }
    ful__worst(&x->c->income, now - before, before);
    ful__worst(&x->c->transfers, sum, before);
    if (m->closure == FUL_CLOSURE_FINANCED)
        finance(x, list, count);
    for (int k = 0; k < count; k++) {
        const int n = list[k];
        double due = x->granted ? x->granted[n] : 0;
        if (m->closure != FUL_CLOSURE_ZERO)
            due += m->closure == FUL_CLOSURE_FIXED ? m->transfer[n] : x->room[n];
        ful__worst(&x->c->transfers, transfer[n] - due, x->bill[n] + fabs(due));
    }
}

void ful__audit_transfers(ful__audit *x)
{
    list_members(x);
    for (int k = 0; k < x->m->N; k++)
        if (x->label[k] == k)
            component(x, x->member + x->first[k + 1], x->first[k + 2] - x->first[k + 1]);
}

/* ---- incomes and spending -------------------------------------------------------------------- */

/* A ratio to the benchmark against the published one; NaN where the benchmark has none. The floor
 * is that of the money it counts. */
static void ratio(double *violation, double published, double now, double before, double floor)
{
    if (!(before > 0)) {
        if (!isnan(published))
            *violation = INFINITY;
        return;
    }
    ful__worst(violation, now - published * before, fabs(now) + floor);
}

/* A household's income by source, before or now. */
static double earned(const ful__audit *x, int h, const double *value_added, const double *revenue)
{
    const ful_economy_model *m = x->m;
    const int n = m->household_country[h];
    const size_t J = (size_t)m->J;
    return m->own_revenue[h] * revenue[n] +
           ful__product(m->own + (size_t)h * J, value_added + (size_t)n * J, J);
}

/* What one household earns, buys and gets for it. */
static void household(ful__audit *x, int h)
{
    const ful_economy_model *m = x->m;
    const int n = m->household_country[h], J = m->J;
    const size_t cell = (size_t)n * (size_t)J;
    const double *basket = m->basket + (size_t)h * (size_t)J, s = m->sigma_f[n];
    const double *lift = x->taste_lift + cell, *keep = x->taste_keep + cell;
    const double own_before = earned(x, h, x->base_value, x->revenue_before);
    const double own_now = earned(x, h, x->now->value_added, x->paid);
    const double before = own_before + m->own_transfer[h] * m->transfer[n];
    const double now = own_now + m->own_transfer[h] * x->now->transfer[n];
    const double mean_lift = ful__product(basket, lift, (size_t)J);
    const double mean_keep = ful__product(basket, keep, (size_t)J);
    const double price = exp(ful__audit_mean(s, x->taste_top[n], mean_lift, mean_keep));
    const double terms =
        ful__product(m->own + (size_t)h * (size_t)J, x->now->value_added + cell, (size_t)J) +
        m->own_revenue[h] * x->paid_terms[n] + m->own_transfer[h] * fabs(x->now->transfer[n]);
    for (int k = 0; k < J; k++) {
        const double share = basket[k] * keep[k] / mean_keep;
        x->need[cell + (size_t)k] += share * now;
        x->need_terms[cell + (size_t)k] += share * terms;
    }
    x->shared[n] += now;
    const ful_economy_household_outcome *o = &x->now->household[h];
    double *violation = &x->c->households;
    ratio(violation, o->welfare, now / price, before, x->floor);
    ratio(violation, o->real_income, own_now / price, own_before, x->floor);
}

/* A country without households buys as one. */
static void country_buys(ful__audit *x, int n)
{
    const ful_economy_model *m = x->m;
    const size_t J = (size_t)m->J, cell = (size_t)n * J;
    const double kept = ful__product(m->alpha + cell, x->taste_keep + cell, J);
    const double terms = x->bill[n] + x->paid_terms[n] + fabs(x->now->transfer[n]);
    for (size_t k = 0; k < J; k++) {
        const double share = m->alpha[cell + k] * x->taste_keep[cell + k] / kept;
        x->need[cell + k] += share * x->income[n];
        x->need_terms[cell + k] += share * terms;
    }
}

/* The published outcomes of a country. */
static void outcomes(ful__audit *x, int n)
{
    const ful_economy_outcome *o = &x->now->outcome[n];
    double *violation = &x->c->outcomes;
    const double price = exp(x->log_final_price[n]),
                 earned_before = x->bill_before[n] + x->revenue_before[n];
    ratio(violation, o->welfare, x->income[n] / price, earned_before + x->transfer_before[n],
          x->floor);
    ratio(violation, o->real_income, (x->bill[n] + x->paid[n]) / price, earned_before, x->floor);
    ful__worst(violation, x->volume[n] - o->real_gdp * x->bill_before[n], x->volume_terms[n]);
    ratio(violation, o->exports, x->sold[n], x->sold_before[n], x->floor);
    ratio(violation, o->imports, x->bought[n], x->bought_before[n], x->floor);
    ratio(violation, o->exports_volume, x->shipped[n], x->sold_before[n], x->floor);
    ratio(violation, o->imports_volume, x->received[n], x->bought_before[n], x->floor);
}

void ful__audit_incomes(ful__audit *x)
{
    const ful_economy_model *m = x->m;
    const int N = m->N, J = m->J;
    for (int n = 0; n < N; n++) {
        const double transfer = x->now->transfer[n];
        const double terms = x->bill[n] + x->paid_terms[n] + fabs(transfer);
        x->income[n] = x->bill[n] + x->paid[n] + transfer;
        x->shared[n] = 0;
        ful__worst(&x->c->income, x->income[n] - x->now->income[n], terms);
        ful__worst(&x->c->income, x->paid[n] - x->now->revenue[n], terms);
        outcomes(x, n);
    }
    for (int h = 0; h < m->households; h++) {
        household(x, h);
        x->peopled[m->household_country[h]] = 1;
    }
    for (int n = 0; n < N; n++) {
        if (x->peopled[n])
            ful__worst(&x->c->households, x->shared[n] - x->income[n],
                       x->bill[n] + x->paid_terms[n] + fabs(x->now->transfer[n]));
        else
            country_buys(x, n);
        for (int k = 0; k < J; k++) {
            const double need = x->need[(size_t)n * (size_t)J + (size_t)k];
            ful__worst(&x->c->spending, need - x->now->spending[(size_t)n * (size_t)J + (size_t)k],
                       x->need_terms[(size_t)n * (size_t)J + (size_t)k] + x->floor);
        }
    }
}
