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
void ful__exp_all(double *x, int n)
{
    for (int a = 0; a < n; a++)
        x[a] = ful__exp(x[a]);
}

FUL_CLONES
void ful__by_sector(const ful_economy_model *m, const double *cells, double *out)
{
    ful__transpose(m->N, m->J, cells, m->J, out, m->stride);
}

FUL_CLONES
void ful__by_country(const ful_economy_model *m, const double *sectors, double *out)
{
    ful__transpose(m->J, m->N, sectors, m->stride, out, m->J);
}

/* x <- expm1(s x) of another array */
FUL_CLONES
static void powers(double *x, double s, const double *log_price, int n)
{
    for (int k = 0; k < n; k++)
        x[k] = ful__expm1(s * log_price[k]);
}

/* The input shares of country n: of every user j a row over inputs k, block_lead apart. */
static const double *inputs_of(const ful_economy_model *m, int n)
{
    return m->input_rows + (size_t)(n * m->J) * (size_t)m->block_lead;
}

/* sum_k gamma_jk x_k for every sector j of one country */
FUL_CLONES
static void each_user(const ful_economy_model *m, int i, const double *x, double *out)
{
    const int J = m->J, lead = m->block_lead;
    const double *row = inputs_of(m, i);
    double padded[FUL__MAX_SECTORS];
    memcpy(padded, x, sizeof(double) * (size_t)J);
    memset(padded + J, 0, sizeof(double) * (size_t)(lead - J));
    int j = 0;
    for (; j + 4 <= J; j += 4)
        ful__product_four(lead, row + j * lead, (size_t)lead, padded, out + j);
    for (; j < J; j++)
        out[j] = ful__product(lead, row + j * lead, padded);
}

/* sum_j gamma_jk made_j for every input k */
FUL_CLONES
static void each_input(const ful_economy_model *m, int n, const double *made, double *out)
{
    ful__combine(m->J, m->block_lead, inputs_of(m, n), made, out);
}

/* log of a power mean from the weighted sum of expm1(s x) and that of exp(s x) */
static double power_mean(double s, double less_one, double plain)
{
    return (less_one > -0.5 ? ful__log1p(less_one) : ful__log(plain)) / s;
}

FUL_CLONES
static double mean(int n, const double *weight, const double *x)
{
    return ful__product(n, weight, x);
}

/* log of the price of a basket; scratch holds J */
static double basket_price(int J, double sigma, const double *basket, const double *log_price,
                           double *scratch)
{
    const double s = 1 - sigma;
    if (is_one(sigma))
        return mean(J, basket, log_price);
    powers(scratch, s, log_price, J);
    const double less_one = mean(J, basket, scratch);
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

/* log(1 + x) / s of all */
FUL_CLONES
static void power_means(double *x, double s, int n)
{
    for (int k = 0; k < n; k++)
        x[k] = ful__log1p(x[k]) / s;
}

/* log prices of the bundles of inputs of one country; powers of prices are kept for demand */
static void bundle_prices(const ful_economy_model *m, ful_economy_work *w, int i,
                          const double *log_price)
{
    const int J = m->J;
    const double s = 1 - m->sigma_m[i], *beta = m->beta + i * J;
    double *input = w->log_input + i * J, *power = w->price_power + i * J;
    double less_one[FUL__MAX_SECTORS], plain[FUL__MAX_SECTORS];
    for (int k = 0; k < J; k++)
        power[k] = s * log_price[k];
    ful__exp_all(power, J);
    powers(less_one, s, log_price, J);
    each_user(m, i, is_one(m->sigma_m[i]) ? log_price : less_one, input);
    int far = 0; /* see power_mean */
    for (int j = 0; j < J; j++) {
        input[j] = beta[j] < 1 ? input[j] / (1 - beta[j]) : 0;
        far |= input[j] <= -0.5;
    }
    if (is_one(m->sigma_m[i]))
        return;
    if (far)
        each_user(m, i, power, plain);
    memcpy(less_one, input, sizeof(double) * (size_t)J);
    power_means(input, s, J);
    for (int j = 0; far && j < J; j++)
        if (less_one[j] <= -0.5)
            input[j] = power_mean(s, less_one[j], plain[j] / (1 - beta[j]));
}

/* log unit costs where value added and inputs, or inputs among themselves, are CES */
static void ces_costs(const ful_economy_model *m, ful_economy_work *w, int i,
                      const double *log_price)
{
    const int J = m->J;
    const double s = 1 - m->sigma_v[i], *beta = m->beta + i * J, *wage = w->log_wage + i * J;
    double *input = w->log_input + i * J, *cost = w->log_cost + i * J, *share = w->beta + i * J;
    double of_wages[FUL__MAX_SECTORS], of_inputs[FUL__MAX_SECTORS];
    bundle_prices(m, w, i, log_price);
    if (is_one(m->sigma_v[i])) {
        for (int j = 0; j < J; j++)
            cost[j] = beta[j] * wage[j] + (1 - beta[j]) * input[j];
        return;
    }
    powers(of_wages, s, wage, J);
    powers(of_inputs, s, input, J);
    for (int j = 0; j < J; j++)
        of_wages[j] = cost[j] = beta[j] * of_wages[j] + (1 - beta[j]) * of_inputs[j];
    power_means(cost, s, J);
    for (int j = 0; j < J; j++) {
        if (of_wages[j] <= -0.5)
            cost[j] = power_mean(s, of_wages[j],
                                 beta[j] * ful__exp(s * wage[j]) +
                                     (1 - beta[j]) * ful__exp(s * input[j]));
        share[j] = s * (wage[j] - cost[j]);
    }
    ful__exp_all(share, J);
    for (int j = 0; j < J; j++)
        share[j] *= beta[j];
}

/* log wages by sector: labour that cannot move is paid what it is short of */
static void sector_wages(const ful_economy_model *m, ful_economy_work *w, int i,
                         const ful__unknowns *x)
{
    const double wage = (x->y[i] + m->phi[i] * w->final_price[i]) / (1 + m->phi[i]);
    const int mobile = isinf(m->kappa[i]);
    for (int a = i * m->J; a < (i + 1) * m->J; a++)
        w->log_wage[a] = mobile ? wage : wage + x->l[a] / m->kappa[i];
}

/* log_cost += beta * wage */
FUL_CLONES
static void add_wages(int n, const double *restrict beta, const double *restrict wage,
                      double *restrict log_cost)
{
    for (int j = 0; j < n; j++)
        log_cost[j] += beta[j] * wage[j];
}

static void country_costs(const ful_economy_model *m, ful_economy_work *w, int i,
                          const ful__unknowns *x)
{
    const int J = m->J, at = i * J;
    final_prices(m, w, i, x->p + at);
    sector_wages(m, w, i, x);
    if (!is_one(m->sigma_m[i]) || !is_one(m->sigma_v[i])) {
        ces_costs(m, w, i, x->p + at);
        return;
    }
    each_user(m, i, x->p + at, w->log_cost + at);
    add_wages(J, m->beta + at, w->log_wage + at, w->log_cost + at);
}

/* x <- exp(-theta x) where the sector sells, else 0 */
FUL_CLONES
static void attractions(int n, double theta, double *restrict x, const double *restrict sells)
{
    for (int i = 0; i < n; i++) {
        const double c = ful__exp(-theta * x[i]);
        x[i] = sells[i] > 0 ? c : 0;
    }
}

void ful__economy_costs(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x)
{
    const int N = m->N, J = m->J, stride = m->stride;
    for (int i = 0; i < N; i++)
        country_costs(m, w, i, x);
    for (int a = 0; w->has_productivity && a < N * J; a++)
        w->log_cost[a] -= w->log_productivity[a];
    ful__by_sector(m, w->log_cost, w->ctheta);
    for (int j = 0; j < J; j++)
        attractions(stride, m->theta[j], w->ctheta + j * stride, w->sells + j * stride);
}

/* ---- demand ---------------------------------------------------------------------------------- */

/* out += scale * x */
FUL_CLONES
static void add_scaled(int n, double scale, const double *restrict x, double *restrict out)
{
    for (int k = 0; k < n; k++)
        out[k] += scale * x[k];
}

void ful__economy_inputs(const ful_economy_model *m, ful_economy_work *w, int n, double *need)
{
    const int J = m->J;
    const double sm = 1 - m->sigma_m[n], sv = 1 - m->sigma_v[n];
    double sum[FUL__MAX_SECTORS];
    if (is_one(m->sigma_m[n]) && is_one(m->sigma_v[n])) {
        each_input(m, n, w->output + n * J, sum);
        add_scaled(J, 1, sum, need);
        return;
    }
    /* gamma' factors into what belongs to the user, here, and to the input, below */
    double *made = w->need_scale + n * J;
    for (int j = 0; j < J; j++) {
        const int a = n * J + j;
        const double cost = w->log_cost[a] + (w->has_productivity ? w->log_productivity[a] : 0);
        const double input = w->log_input[a];
        made[j] = sv * (input - cost) - sm * input;
    }
    ful__exp_all(made, J);
    for (int j = 0; j < J; j++)
        made[j] *= w->output[n * J + j];
    each_input(m, n, made, sum);
    for (int k = 0; k < J; k++)
        need[k] += sum[k] * w->price_power[n * J + k];
}

/* need += what one basket takes of an income */
static void add_basket(int J, double sigma, const double *basket, double income,
                       const double *log_price, double log_index, double *need)
{
    double share[FUL__MAX_SECTORS];
    if (is_one(sigma)) {
        add_scaled(J, income, basket, need);
        return;
    }
    for (int k = 0; k < J; k++)
        share[k] = (1 - sigma) * (log_price[k] - log_index);
    ful__exp_all(share, J);
    for (int k = 0; k < J; k++)
        need[k] += basket[k] * share[k] * income;
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
