/* SPDX-License-Identifier: MIT */
/*
 * A slow, plain solver of three countries and two sectors, written from docs/theory/economy.md with
 * every feature of it: damped steps until nothing moves. It shares nothing with the library.
 */
#ifndef FULCRUM_TEST_PLAIN_H
#define FULCRUM_TEST_PLAIN_H

#include "ful_test.h"

#include "fulcrum/economy.h"

/* Rounding keeps the logs of prices and spending moving by less than this. */
#define STILL 3e-12

enum { N = 3, J = 2, P = 3, H = 3, CAPS = 3 };

typedef double flows[P][N][N];
typedef double cells[N][J];

typedef struct plain {
    /* the benchmark; a sector without a second product leaves its flows at zero */
    int sector[P];
    flows flow, latent, tariff, tax;
    double input[N][J][J], theta[J], kappa[N], phi[N], limit[N];
    double sigma_f[N], sigma_m[N], sigma_v[N];
    int households, household_country[H];
    double own[H][J], own_revenue[H], own_transfer[H];
    double basket[H][J]; /* zeros: what the others leave of the country's final demand */
    ful_closure closure;
    /* the shock */
    flows open, reopened, new_tariff, new_tax;
    cells productivity;
    double granted[N];
    int caps;
    flows grip[CAPS];
    double value[CAPS], quantity[CAPS];
    ful_rent rent[CAPS];
    /* what follows from the benchmark */
    double product_share[P][N], bought[P][N];
    cells base_output, base_spending, base_value, beta, alpha;
    double base_bill[N], base_revenue[N], base_transfer[N], base_exports[N], base_imports[N], world;
    /* the solution */
    cells price, cost, output, spending, value_added;
    double final_price[N], income[N], revenue[N], transfer[N], exports[N], imports[N];
    flows sales;
    int component[N];
    ful_economy_cap_state cap[CAPS];
    ful_economy_outcome outcome[N];
    ful_economy_household_outcome household[H];
    /* between steps */
    double labour_share[N][J], input_share[N][J][J];
    double shipped[N], received[N];
} plain;

#define EACH_FLOW                                                                                  \
    for (int p = 0; p < P; p++)                                                                    \
        for (int n = 0; n < N; n++)                                                                \
            for (int i = 0; i < N; i++)

static inline double power_mean(int count, const double *weight, const double *price, double s)
{
    double sum = 0;
    for (int k = 0; k < count; k++)
        sum += weight[k] * (s == 1 ? log(price[k]) : pow(price[k], 1 - s));
    return s == 1 ? exp(sum) : pow(sum, 1 / (1 - s));
}

static inline void plain_benchmark(plain *x)
{
    EACH_FLOW
    {
        const int j = x->sector[p];
        const double customs = x->flow[p][n][i] * (1 + x->tax[p][n][i]);
        x->bought[p][n] += customs * (1 + x->tariff[p][n][i]);
        x->base_spending[n][j] += customs * (1 + x->tariff[p][n][i]);
        x->base_output[i][j] += x->flow[p][n][i];
        x->base_revenue[n] += customs * x->tariff[p][n][i];
        x->base_revenue[i] += x->flow[p][n][i] * x->tax[p][n][i];
        x->base_exports[i] += n == i ? 0 : customs;
        x->base_imports[n] += n == i ? 0 : customs;
    }
    for (int n = 0; n < N; n++) {
        double income = 0;
        for (int p = 0; p < P; p++)
            x->product_share[p][n] = x->bought[p][n] / x->base_spending[n][x->sector[p]];
        for (int j = 0; j < J; j++) {
            x->beta[n][j] = 1;
            x->alpha[n][j] = x->base_spending[n][j];
            for (int k = 0; k < J; k++) {
                x->beta[n][j] -= x->input[n][j][k];
                x->alpha[n][j] -= x->input[n][k][j] * x->base_output[n][k];
            }
            income += x->alpha[n][j];
            x->base_value[n][j] = x->beta[n][j] * x->base_output[n][j];
            x->base_bill[n] += x->base_value[n][j];
            /* where the solution starts */
            x->price[n][j] = 1;
            x->spending[n][j] = x->base_spending[n][j];
            x->value_added[n][j] = x->base_value[n][j];
        }
        for (int j = 0; j < J; j++)
            assert_true((x->alpha[n][j] /= income) > 0);
        x->base_transfer[n] = income - x->base_bill[n] - x->base_revenue[n];
        x->world += x->base_bill[n];
    }
}

/* The baskets that are not given. */
static inline void plain_baskets(plain *x)
{
    for (int n = 0; n < N; n++) {
        const double income = x->base_bill[n] + x->base_revenue[n] + x->base_transfer[n];
        double left[J], sum = 0;
        for (int k = 0; k < J; k++) {
            left[k] = x->alpha[n][k] * income;
            for (int h = 0; h < x->households; h++)
                if (x->household_country[h] == n) {
                    double own = x->own_revenue[h] * x->base_revenue[n] +
                                 x->own_transfer[h] * x->base_transfer[n];
                    for (int j = 0; j < J; j++)
                        own += x->own[h][j] * x->base_value[n][j];
                    left[k] -= x->basket[h][k] * own;
                }
            sum += left[k];
        }
        for (int h = 0; h < x->households; h++)
            for (int k = 0; k < J && x->household_country[h] == n; k++)
                if (x->basket[h][k] == 0)
                    assert_true((x->basket[h][k] = left[k] / sum) > 0);
    }
}

/* (1), (2) and (9). */
static inline void plain_costs(plain *x)
{
    for (int n = 0; n < N; n++) {
        double bill = 0;
        for (int j = 0; j < J; j++)
            bill += x->value_added[n][j];
        x->final_price[n] = power_mean(J, x->alpha[n], x->price[n], x->sigma_f[n]);
        const double y = bill / x->base_bill[n], sv = x->sigma_v[n], sm = x->sigma_m[n];
        for (int j = 0; j < J; j++) {
            const double inputs = 1 - x->beta[n][j];
            double g[J];
            for (int k = 0; k < J; k++)
                g[k] = x->input[n][j][k] / inputs;
            const double l = x->value_added[n][j] / x->base_value[n][j] / y;
            const double wage = pow(y * pow(x->final_price[n], x->phi[n]), 1 / (1 + x->phi[n])) *
                                pow(l, 1 / x->kappa[n]);
            const double both[2] = {wage, power_mean(J, g, x->price[n], sm)};
            const double weight[2] = {x->beta[n][j], inputs};
            const double unit = power_mean(2, weight, both, sv);
            x->cost[n][j] = unit / x->productivity[n][j];
            x->labour_share[n][j] = x->beta[n][j] * pow(wage / unit, 1 - sv);
            for (int k = 0; k < J; k++)
                x->input_share[n][j][k] = x->input[n][j][k] *
                                          pow(x->price[n][k] / both[1], 1 - sm) *
                                          pow(both[1] / unit, 1 - sv);
        }
    }
}

/* One part of one flow, of which `spent` is spent: what its seller receives and who gets the rest.
 * Part CAPS is the one that no cap grips. */
static inline void plain_part(plain *x, int part, int p, int n, int i, double spent)
{
    const int j = x->sector[p], gripped = part < CAPS;
    const ful_rent rent = gripped ? x->rent[part] : FUL_RENT_BUYER;
    const double tariff = 1 + x->new_tariff[p][n][i], tax = 1 + x->new_tax[p][n][i];
    const double dear = gripped ? exp(x->cap[part].premium) : 1;
    const double received = isinf(dear)             ? 0
                            : rent == FUL_RENT_LOST ? spent / (tariff * tax)
                                                    : spent / (tariff * tax * dear);
    if (isinf(dear))
        return;
    const double customs = received * tax * (rent == FUL_RENT_SELLER ? dear : 1);
    const double arrives = rent == FUL_RENT_LOST ? received / dear : received;
    const double gain = rent == FUL_RENT_BUYER    ? (dear - 1) * tariff * tax * received
                        : rent == FUL_RENT_SELLER ? (tax * dear - tax) * received
                                                  : received * (1 - 1 / dear);
    x->sales[p][n][i] += received;
    x->output[i][j] += received;
    x->revenue[n] += customs * (tariff - 1) + (rent == FUL_RENT_BUYER ? gain : 0);
    x->revenue[i] += received * (tax - 1) + (rent == FUL_RENT_SELLER ? gain : 0);
    if (gripped) {
        x->cap[part].value += customs;
        x->cap[part].quantity += arrives / x->cost[i][j];
        x->cap[part].rent += gain;
    }
    if (n == i)
        return;
    x->exports[i] += customs;
    x->imports[n] += customs;
    /* at benchmark prices, which include the export tax; what melts was shipped */
    x->shipped[i] += received / x->cost[i][j] * (1 + x->tax[p][n][i]);
    x->received[n] += arrives / x->cost[i][j] * (1 + x->tax[p][n][i]);
}

/* (3), (4) and (5); returns the largest move of a price. */
static inline double plain_trade(plain *x)
{
    double moved = 0;
    memset(x->sales, 0, sizeof x->sales);
    memset(x->output, 0, sizeof x->output);
    double *const sums[] = {x->revenue, x->exports, x->imports, x->shipped, x->received};
    for (size_t k = 0; k < sizeof sums / sizeof *sums; k++)
        memset(sums[k], 0, N * sizeof(double));
    for (int c = 0; c < CAPS; c++)
        x->cap[c].value = x->cap[c].quantity = x->cap[c].rent = 0;
    cells index = {{0}};
    for (int p = 0; p < P; p++)
        for (int n = 0; n < N; n++) {
            const int j = x->sector[p];
            double term[CAPS + 1][N], sum = 0;
            for (int i = 0; i < N && x->bought[p][n] > 0; i++) {
                const double before = (1 + x->tariff[p][n][i]) * (1 + x->tax[p][n][i]);
                const double after = (1 + x->new_tariff[p][n][i]) * (1 + x->new_tax[p][n][i]);
                const double all = (x->flow[p][n][i] * x->open[p][n][i] +
                                    x->latent[p][n][i] * x->reopened[p][n][i]) *
                                   before / x->bought[p][n] *
                                   pow(x->cost[i][j] * after / before, -x->theta[j]);
                double rest = 1;
                for (int c = 0; c < x->caps; c++) {
                    rest -= x->grip[c][p][n][i];
                    term[c][i] = all * x->grip[c][p][n][i] * exp(-x->theta[j] * x->cap[c].premium);
                    sum += term[c][i];
                }
                term[CAPS][i] = all * rest;
                sum += term[CAPS][i];
            }
            if (!(sum > 0))
                continue;
            index[n][j] -= x->product_share[p][n] * log(sum) / x->theta[j];
            const double spent = x->product_share[p][n] * x->spending[n][j];
            for (int i = 0; i < N; i++) {
                for (int c = 0; c < x->caps; c++)
                    plain_part(x, c, p, n, i, term[c][i] / sum * spent);
                plain_part(x, CAPS, p, n, i, term[CAPS][i] / sum * spent);
            }
        }
    for (int n = 0; n < N; n++)
        for (int j = 0; j < J; j++) {
            moved = fmax(moved, fabs(index[n][j] - log(x->price[n][j])));
            x->price[n][j] *= exp(0.5 * (index[n][j] - log(x->price[n][j])));
        }
    return moved;
}

static inline void plain_components(plain *x)
{
    for (int n = 0; n < N; n++)
        x->component[n] = n;
    for (int round = 0; round < N; round++)
        EACH_FLOW if (x->sales[p][n][i] > 0)
        {
            const int a = x->component[n], b = x->component[i], low = a < b ? a : b;
            x->component[n] = x->component[i] = low;
        }
}

/* The closure; financed as the rate at which what givers pay meets what receivers are due. */
static inline void plain_transfers(plain *x)
{
    for (int n = 0; n < N; n++)
        x->transfer[n] = x->closure == FUL_CLOSURE_FIXED ? x->base_transfer[n] : 0;
    for (int c = 0; x->closure == FUL_CLOSURE_FINANCED && c < N; c++) {
        double due = 0, room = 0, low = 0, high = 1e9;
        for (int n = 0; n < N; n++) {
            if (x->component[n] != c)
                continue;
            if (x->base_transfer[n] > 0)
                due += x->transfer[n] = fmin(x->base_transfer[n], x->limit[n] * x->imports[n]);
            else
                room += x->limit[n] * x->exports[n];
        }
        for (int n = 0; n < N; n++)
            if (x->component[n] == c && x->base_transfer[n] > 0 && room < due)
                x->transfer[n] *= room / due;
        for (int step = 0; step < 200; step++) {
            const double rate = 0.5 * (low + high);
            double paid = 0;
            for (int n = 0; n < N; n++)
                if (x->component[n] == c && x->base_transfer[n] <= 0) {
                    x->transfer[n] =
                        -fmin(-x->base_transfer[n] * rate, x->limit[n] * x->exports[n]);
                    paid -= x->transfer[n];
                }
            *(paid < due ? &low : &high) = rate;
        }
    }
    for (int n = 0; n < N; n++)
        x->transfer[n] += x->granted[n];
}

/* What a basket costs, and an income in it by sector. */
static inline double plain_buys(const plain *x, int n, const double *basket, double income,
                                double *wanted)
{
    const double price = power_mean(J, basket, x->price[n], x->sigma_f[n]);
    for (int k = 0; k < J; k++)
        wanted[k] += basket[k] * pow(x->price[n][k] / price, 1 - x->sigma_f[n]) * income;
    return price;
}

/* (6), (7) and (8); returns the largest move. */
static inline double plain_incomes(plain *x)
{
    double moved = 0, bill[N] = {0}, wanted[N][J] = {{0}};
    int peopled[N] = {0};
    for (int n = 0; n < N; n++)
        for (int j = 0; j < J; j++) {
            const double value = x->labour_share[n][j] * x->output[n][j];
            const double gap = log(value / x->value_added[n][j]);
            moved = fmax(moved, fabs(gap));
            x->value_added[n][j] *= exp(0.1 * gap);
            bill[n] += x->value_added[n][j];
            for (int k = 0; k < J; k++)
                wanted[n][k] += x->input_share[n][j][k] * x->output[n][j];
        }
    for (int n = 0; n < N; n++)
        x->income[n] = bill[n] + x->revenue[n] + x->transfer[n];
    for (int h = 0; h < x->households; h++) {
        const int n = x->household_country[h];
        double before = x->own_revenue[h] * x->base_revenue[n],
               now = x->own_revenue[h] * x->revenue[n];
        for (int j = 0; j < J; j++) {
            before += x->own[h][j] * x->base_value[n][j];
            now += x->own[h][j] * x->value_added[n][j];
        }
        const double given_before = x->own_transfer[h] * x->base_transfer[n];
        const double given = x->own_transfer[h] * x->transfer[n];
        const double price = plain_buys(x, n, x->basket[h], now + given, wanted[n]);
        x->household[h].welfare = (now + given) / (before + given_before) / price;
        x->household[h].real_income = before > 0 ? now / before / price : NAN;
        peopled[n] = 1;
    }
    for (int n = 0; n < N; n++)
        for (int k = 0; k < J; k++) {
            if (!peopled[n] && k == 0)
                plain_buys(x, n, x->alpha[n], x->income[n], wanted[n]);
            const double gap = log(wanted[n][k] / x->spending[n][k]);
            moved = fmax(moved, fabs(gap));
            x->spending[n][k] *= exp(0.5 * gap);
        }
    return moved;
}

/* Every component holds its value added. */
static inline void plain_numeraire(plain *x)
{
    for (int c = 0; c < N; c++) {
        double before = 0, now = 0;
        for (int n = 0; n < N; n++)
            for (int j = 0; j < J && x->component[n] == c; j++) {
                before += x->base_value[n][j];
                now += x->value_added[n][j];
            }
        for (int n = 0; n < N; n++)
            for (int j = 0; j < J && x->component[n] == c; j++) {
                x->value_added[n][j] *= before / now;
                x->spending[n][j] *= before / now;
            }
    }
}

/* (10), after a trade. */
static inline double plain_caps(plain *x)
{
    double moved = 0;
    for (int c = 0; c < x->caps; c++) {
        if (x->value[c] == 0 || x->quantity[c] == 0) {
            x->cap[c].premium = INFINITY;
            continue;
        }
        const double z = fmax(x->cap[c].value / x->value[c], x->cap[c].quantity / x->quantity[c]);
        const double premium = fmax(0, x->cap[c].premium + 0.2 * log(z));
        moved = fmax(moved, fabs(premium - x->cap[c].premium));
        x->cap[c].premium = premium;
    }
    return moved;
}

static inline void plain_outcomes(plain *x)
{
    for (int n = 0; n < N; n++) {
        double bill = 0, volume = 0;
        for (int j = 0; j < J; j++) {
            bill += x->value_added[n][j];
            volume += x->output[n][j] / x->cost[n][j];
            for (int k = 0; k < J; k++)
                volume -= x->input_share[n][j][k] * x->output[n][j] / x->price[n][k];
        }
        const double before = x->base_bill[n] + x->base_revenue[n], price = x->final_price[n];
        x->outcome[n] =
            (ful_economy_outcome){.welfare = x->income[n] / (before + x->base_transfer[n]) / price,
                                  .real_income = (bill + x->revenue[n]) / before / price,
                                  .real_gdp = volume / x->base_bill[n],
                                  .exports = x->exports[n] / x->base_exports[n],
                                  .imports = x->imports[n] / x->base_imports[n],
                                  .exports_volume = x->shipped[n] / x->base_exports[n],
                                  .imports_volume = x->received[n] / x->base_imports[n]};
    }
}

/* From benchmark and shock to the solution. */
static inline void plain_solve(plain *x)
{
    plain_benchmark(x);
    plain_baskets(x);
    double moved = 1;
    for (int step = 0; step < 200000 && !(moved < STILL); step++) {
        plain_costs(x);
        moved = plain_trade(x);
        plain_components(x);
        plain_transfers(x);
        moved = fmax(moved, plain_incomes(x));
        moved = fmax(moved, plain_caps(x));
        plain_numeraire(x);
    }
    if (!(moved < STILL))
        fail_msg("no equilibrium: the last step moved %g", moved);
    plain_outcomes(x);
}

#endif
