/* SPDX-License-Identifier: MIT */
/*
 * The nests of production and demand: unit costs from wages and prices, and back from output and
 * income to what is bought. A country whose elasticities are one is Cobb-Douglas and takes no
 * exponential; elsewhere a power mean costs one exponential for each price, since the price of an
 * input is the same for all its users.
 *
 * With s = 1 - sigma a power mean is log1p(sum of weights * expm1(s log price)) / s: no digits are
 * lost as s goes to zero. Where prices are so far from one that the sum comes near -1, the plain
 * sum of powers keeps the digits.
 */
#include "base/clones.h"
#include "base/elementary.h"
#include "base/lanes.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

/* Nearer to one than this an elasticity is one: the mean of logs differs by less than 1e-12. */
#define SIGMA_ONE 1e-13

static int is_one(double sigma)
{
    return fabs(sigma - 1) < SIGMA_ONE;
}

FUL_CLONES
static void exp_all(double *x, int n)
{
    for (int a = 0; a < n; a++)
        x[a] = ful__exp(x[a]);
}

/* x <- expm1(s x) of another array */
FUL_CLONES
static void powers(double *x, double s, const double *log_price, int n)
{
    for (int k = 0; k < n; k++)
        x[k] = ful__expm1(s * log_price[k]);
}

/* sum_k gamma_jk x_k for every sector j of one country */
FUL_CLONES
static void each_user(const ful_economy_model *m, int i, const double *x, double *out)
{
    double sum[512];
    ful__combine(m->J, m->block_lead, m->input_columns + (size_t)(i * m->J) * (size_t)m->block_lead,
                 x, sum);
    memcpy(out, sum, sizeof(double) * (size_t)m->J);
}

/* sum_j gamma_jk made_j for every input k */
FUL_CLONES
static void each_input(const ful_economy_model *m, int n, const double *made, double *out)
{
    ful__combine(m->J, m->block_lead, m->input_rows + (size_t)(n * m->J) * (size_t)m->block_lead,
                 made, out);
}

/* log of a power mean from the weighted sum of expm1(s x) and that of exp(s x) */
static double power_mean(double s, double less_one, double plain)
{
    return (less_one > -0.5 ? ful__log1p(less_one) : ful__log(plain)) / s;
}

/* log of the price of a basket; scratch holds J */
static double basket_price(int J, double sigma, const double *basket, const double *log_price,
                           double *scratch)
{
    const double s = 1 - sigma;
    if (is_one(sigma))
        return ful__product(J, basket, log_price);
    powers(scratch, s, log_price, J);
    const double less_one = ful__product(J, basket, scratch);
    double plain = 0;
    for (int k = 0; less_one <= -0.5 && k < J; k++)
        plain += basket[k] * ful__exp(s * log_price[k]);
    return power_mean(s, less_one, plain);
}

/* log of the price of final demand, of the country and of its households */
static void final_prices(const ful_economy_model *m, ful_economy_work *w, int n,
                         const double *log_price)
{
    const int J = m->J;
    w->final_price[n] =
        basket_price(J, m->sigma_f[n], m->alpha + n * J, log_price, w->need_scale + n * J);
    for (int k = m->first_household[n]; k < m->first_household[n + 1]; k++) {
        const int h = m->household[k];
        w->household_price[h] =
            basket_price(J, m->sigma_f[n], m->basket + h * J, log_price, w->need_scale + n * J);
    }
}

/* log unit costs where value added and inputs, or inputs among themselves, are CES */
static void ces_costs(const ful_economy_model *m, ful_economy_work *w, int i,
                      const double *log_price)
{
    const int J = m->J;
    const double sm = 1 - m->sigma_m[i], sv = 1 - m->sigma_v[i];
    double *input = w->log_input + i * J, *power = w->need_scale + i * J;
    const int linear = is_one(m->sigma_m[i]);
    powers(power, sm, log_price, J);
    for (int k = 0; k < J; k++) /* not 1 + power: of a price far from one that keeps no digit */
        w->price_power[i * J + k] = ful__exp(sm * log_price[k]);
    double plain[512];
    each_user(m, i, linear ? log_price : power, input);
    each_user(m, i, w->price_power + i * J, plain);
    for (int j = 0; j < J; j++) {
        const int a = i * J + j;
        const double beta = m->beta[a], wage = w->log_wage[a];
        input[j] = beta < 1 ? input[j] / (1 - beta) : 0;
        if (!linear)
            input[j] = beta < 1 ? power_mean(sm, input[j], plain[j] / (1 - beta)) : 0;
        double cost = beta * wage + (1 - beta) * input[j];
        if (!is_one(m->sigma_v[i]))
            cost = power_mean(sv,
                              beta * ful__expm1(sv * wage) + (1 - beta) * ful__expm1(sv * input[j]),
                              beta * ful__exp(sv * wage) + (1 - beta) * ful__exp(sv * input[j]));
        w->log_cost[a] = cost;
        w->beta[a] = beta * ful__exp(sv * (wage - cost));
    }
}

static void country_costs(const ful_economy_model *m, ful_economy_work *w, int i,
                          const ful__unknowns *x)
{
    const int J = m->J;
    const double *log_price = x->p + i * J;
    final_prices(m, w, i, log_price);
    const double wage = (x->y[i] + m->phi[i] * w->final_price[i]) / (1 + m->phi[i]);
    for (int a = i * J; a < i * J + J; a++)
        w->log_wage[a] = isinf(m->kappa[i]) ? wage : wage + x->l[a] / m->kappa[i];
    if (!is_one(m->sigma_m[i]) || !is_one(m->sigma_v[i])) {
        ces_costs(m, w, i, log_price);
        return;
    }
    each_user(m, i, log_price, w->log_cost + i * J);
    for (int a = i * J; a < i * J + J; a++)
        w->log_cost[a] += m->beta[a] * w->log_wage[a];
}

void ful__economy_costs(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x)
{
    const int N = m->N, J = m->J, stride = m->lead ? m->lead : N;
    for (int i = 0; i < N; i++)
        country_costs(m, w, i, x);
    for (int a = 0; w->has_productivity && a < N * J; a++)
        w->log_cost[a] -= w->log_productivity[a];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < J; j++)
            w->ctheta[j * stride + i] = -m->theta[j] * w->log_cost[i * J + j];
    exp_all(w->ctheta, J * stride);
    for (int j = 0; j < J; j++)
        for (int i = 0; i < stride; i++)
            if (i >= N || !w->active[i * J + j])
                w->ctheta[j * stride + i] = 0;
}

/* ---- demand ---------------------------------------------------------------------------------- */

void ful__economy_inputs(const ful_economy_model *m, ful_economy_work *w, int n, double *need)
{
    const int J = m->J;
    const double sm = 1 - m->sigma_m[n], sv = 1 - m->sigma_v[n];
    double sum[512];
    if (is_one(m->sigma_m[n]) && is_one(m->sigma_v[n])) {
        each_input(m, n, w->output + n * J, sum);
        for (int k = 0; k < J; k++)
            need[k] += sum[k];
        return;
    }
    /* gamma' factors into what belongs to the user, here, and to the input, below */
    double *made = w->need_scale + n * J;
    for (int j = 0; j < J; j++) {
        const int a = n * J + j;
        const double cost = w->log_cost[a] + (w->has_productivity ? w->log_productivity[a] : 0);
        const double input = w->log_input[a];
        made[j] = w->output[a] * ful__exp(sv * (input - cost) - sm * input);
    }
    each_input(m, n, made, sum);
    for (int k = 0; k < J; k++)
        need[k] += sum[k] * w->price_power[n * J + k];
}

/* need += what one basket takes of an income */
static void add_basket(int J, double sigma, const double *basket, double income,
                       const double *log_price, double log_index, double *need)
{
    for (int k = 0; k < J; k++) {
        double share = basket[k];
        if (!is_one(sigma))
            share *= ful__exp((1 - sigma) * (log_price[k] - log_index));
        need[k] += share * income;
    }
}

void ful__economy_wants(const ful_economy_model *m, ful_economy_work *w, int n,
                        const double *log_price, double *need)
{
    const int J = m->J;
    const double sigma = m->sigma_f[n];
    if (m->first_household[n] == m->first_household[n + 1])
        add_basket(J, sigma, m->alpha + n * J, w->income[n], log_price, w->final_price[n], need);
    for (int k = m->first_household[n]; k < m->first_household[n + 1]; k++) {
        const int h = m->household[k];
        double income = m->own_revenue[h] * w->revenue[n] + m->own_transfer[h] * w->transfer[n];
        for (int j = 0; j < J; j++)
            income += m->own[h * J + j] * w->value_added[n * J + j];
        w->household_income[h] = income;
        add_basket(J, sigma, m->basket + h * J, income, log_price, w->household_price[h], need);
    }
}
