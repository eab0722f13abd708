/* SPDX-License-Identifier: MIT */
/*
 * The certificate: every equation of the model recomputed from the raw benchmark and the solution,
 * in the order of the theory note. It knows the public meaning of the numbers and nothing of how
 * they were found: no weights, logs or shares of the solver are used.
 */
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

/* Cells below this part of world value added are measured against it, not against themselves. */
#define FLOOR 1e-12

typedef struct audit {
    const ful_economy_model *m;
    const ful_economy_view *now;
    const ful_economy_shock *shock;
    double *cost;          /* N*J, recomputed */
    double *power;         /* N*J, cost ^ -theta */
    double *log_price;     /* N*J */
    double *share;         /* N: one row of trade shares */
    double *sales;         /* N*J, received by each seller */
    double *paid;          /* N, tariffs collected */
    double *bought, *sold; /* N, trade with others */
    int *label;            /* N, trade component */
} audit;

/* What is not a number violates every equation. */
static void worst(double *violation, double gap, double scale)
{
    const double v = fabs(gap) / scale;
    if (!(v <= *violation))
        *violation = isnan(v) ? INFINITY : v;
}

static double final_price(const audit *x, int n)
{
    const int J = x->m->J;
    double log_price = 0;
    for (int j = 0; j < J; j++)
        log_price += x->m->alpha[n * J + j] * x->log_price[n * J + j];
    return exp(log_price);
}

/* wages and unit costs from wage bills and prices */
static void audit_costs(audit *x, ful_economy_certificate *c)
{
    const ful_economy_model *m = x->m;
    const int N = m->N, J = m->J;
    for (int i = 0; i < N; i++) {
        double bill = 0, base = 0;
        for (int j = 0; j < J; j++) {
            bill += x->now->value_added[i * J + j];
            base += m->value_added[i * J + j];
        }
        const double phi = m->phi[i], price = final_price(x, i);
        worst(&c->prices, price - x->now->final_price[i], price);
        const double wage = pow(bill / base, 1 / (1 + phi)) * pow(price, phi / (1 + phi));
        for (int j = 0; j < J; j++) {
            const int a = i * J + j;
            const double output = x->now->output[a], before = m->value_added[a];
            double log_cost = 0, beta = 1;
            for (int k = 0; k < J; k++) {
                const double gamma = m->input[(size_t)a * (size_t)J + (size_t)k];
                log_cost += gamma * x->log_price[i * J + k];
                beta -= gamma;
            }
            double own = wage;
            if (!isinf(m->kappa[i]) && before > 0 && x->now->value_added[a] > 0)
                own *= pow(x->now->value_added[a] / bill * base / before, 1 / m->kappa[i]);
            log_cost += beta * log(own);
            if (x->shock && x->shock->productivity)
                log_cost -= log(x->shock->productivity[a]);
            x->cost[a] = exp(log_cost);
            x->power[a] = exp(-m->theta[j] * log_cost);
            if (output > 0) {
                worst(&c->labour, x->cost[a] - x->now->cost[a], x->cost[a]);
                worst(&c->labour, beta * output - x->now->value_added[a],
                      beta * output + FLOOR * m->world);
            }
        }
    }
}

/* one buyer's purchases of one sector: price index, shares, flows */
static void audit_row(audit *x, int j, int n, ful_economy_certificate *c)
{
    const ful_economy_model *m = x->m;
    const int N = m->N, J = m->J;
    const double theta = m->theta[j], price = x->now->price[n * J + j];
    const double spending = x->now->spending[n * J + j];
    double base = 0, sum = 0, shares = 0;
    for (int i = 0; i < N; i++) {
        const size_t a = ((size_t)j * (size_t)N + (size_t)n) * (size_t)N + (size_t)i;
        base += m->flow[a] * (1 + (m->tariff ? m->tariff[a] : 0));
    }
    for (int i = 0; i < N; i++) {
        const size_t a = ((size_t)j * (size_t)N + (size_t)n) * (size_t)N + (size_t)i;
        const double before = 1 + (m->tariff ? m->tariff[a] : 0);
        const double after = x->shock && x->shock->tariff ? 1 + x->shock->tariff[a] : before;
        double open = m->flow[a] * (x->shock && x->shock->openness ? x->shock->openness[a] : 1);
        if (m->latent && x->shock && x->shock->latent_openness)
            open += m->latent[a] * x->shock->latent_openness[a];
        x->share[i] = 0;
        if (open > 0 && base > 0)
            x->share[i] = open * before / base * x->power[i * J + j];
        if (after != before)
            x->share[i] *= pow(after / before, -theta);
        sum += x->share[i];
    }
    worst(&c->prices, pow(sum, -1 / theta) - price, price);
    for (int i = 0; i < N; i++) {
        const size_t a = ((size_t)j * (size_t)N + (size_t)n) * (size_t)N + (size_t)i;
        const double before = m->tariff ? m->tariff[a] : 0;
        const double after = x->shock && x->shock->tariff ? x->shock->tariff[a] : before;
        const double part = x->share[i] / sum, value = part * spending / (1 + after);
        shares += x->now->flow[a] * (1 + after) / spending;
        worst(&c->shares, value - x->now->flow[a], value + FLOOR * m->world);
        x->sales[i * J + j] += value;
        x->paid[n] += value * after;
        if (i != n) {
            x->bought[n] += value;
            x->sold[i] += value;
        }
    }
    worst(&c->shares, shares - 1, 1);
}

static void audit_trade(audit *x, ful_economy_certificate *c)
{
    const int N = x->m->N, J = x->m->J;
    for (int j = 0; j < J; j++)
        for (int n = 0; n < N; n++)
            if (x->now->spending[n * J + j] > 0)
                audit_row(x, j, n, c);
    for (int a = 0; a < N * J; a++)
        worst(&c->goods, x->sales[a] - x->now->output[a], x->sales[a] + FLOOR * x->m->world);
}

/* income and what it is spent on */
static void audit_spending(audit *x, ful_economy_certificate *c)
{
    const ful_economy_model *m = x->m;
    const int N = m->N, J = m->J;
    for (int n = 0; n < N; n++) {
        double earned = 0;
        for (int j = 0; j < J; j++)
            earned += x->now->value_added[n * J + j];
        const double transfer = x->now->transfer[n], income = earned + x->paid[n] + transfer;
        worst(&c->income, income - x->now->income[n], earned + x->paid[n] + fabs(transfer));
        worst(&c->income, x->paid[n] - x->now->revenue[n], earned);
        for (int k = 0; k < J; k++) {
            double need = m->alpha[n * J + k] * income;
            for (int j = 0; j < J; j++)
                need += m->input[(size_t)(n * J + j) * (size_t)J + (size_t)k] *
                        x->now->output[n * J + j];
            worst(&c->spending, need - x->now->spending[n * J + k], need + FLOOR * m->world);
        }
    }
}

/* Label the countries that trade with one another, directly or through others, by their lowest. */
static void audit_components(audit *x)
{
    const int N = x->m->N, J = x->m->J;
    for (int n = 0; n < N; n++)
        x->label[n] = n;
    for (int changed = 1; changed;) {
        changed = 0;
        for (int j = 0; j < J; j++)
            for (int n = 0; n < N; n++)
                for (int i = 0; i < N; i++) {
                    if (x->label[n] == x->label[i] ||
                        !(x->now->flow[((size_t)j * (size_t)N + (size_t)n) * (size_t)N +
                                       (size_t)i] > 0))
                        continue;
                    const int low = x->label[n] < x->label[i] ? x->label[n] : x->label[i];
                    x->label[n] = x->label[i] = low;
                    changed = 1;
                }
    }
}

/* What a receiver or giver may carry: its limit times the trade it rides on. */
static double room(const audit *x, int n)
{
    return x->m->limit[n] * (x->m->transfer[n] > 0 ? x->bought[n] : x->sold[n]);
}

/* What the givers of a component pay in all when each pays s times its benchmark, up to its
 * room. */
static double paid_at(const audit *x, int component, double s)
{
    double paid = 0;
    for (int n = 0; n < x->m->N; n++)
        if (x->label[n] == component && x->m->transfer[n] < 0)
            paid += fmin(-x->m->transfer[n] * s, room(x, n));
    return paid;
}

/* The financed transfers of one component: the common rate of the givers by bisection. */
static void audit_finance(audit *x, int component, ful_economy_certificate *c)
{
    const ful_economy_model *m = x->m;
    double wanted = 0;
    for (int n = 0; n < m->N; n++)
        if (x->label[n] == component && m->transfer[n] > 0)
            wanted += fmin(m->transfer[n], room(x, n));
    double low = 0, high = 1;
    while (paid_at(x, component, high) < wanted && high < 1e12)
        high *= 2;
    for (int step = 0; step < 100; step++) {
        const double middle = 0.5 * (low + high);
        if (paid_at(x, component, middle) < wanted)
            low = middle;
        else
            high = middle;
    }
    const double paid = fmin(wanted, paid_at(x, component, high));
    for (int n = 0; n < m->N; n++) {
        if (x->label[n] != component)
            continue;
        double due = 0;
        if (m->transfer[n] > 0 && wanted > 0)
            due = fmin(m->transfer[n], room(x, n)) * (paid / wanted);
        else if (m->transfer[n] < 0)
            due = -fmin(-m->transfer[n] * high, room(x, n));
        worst(&c->transfers, x->now->transfer[n] - due, x->now->income[n]);
    }
}

/* Transfers as the closure has them, in money that holds the value added of each component. */
static void audit_transfers(audit *x, ful_economy_certificate *c)
{
    const ful_economy_model *m = x->m;
    audit_components(x);
    for (int k = 0; k < m->N; k++) {
        double sum = 0, before = 0, now = 0;
        for (int n = 0; n < m->N; n++)
            if (x->label[n] == k) {
                sum += x->now->transfer[n];
                for (int j = 0; j < m->J; j++) {
                    before += m->value_added[n * m->J + j];
                    now += x->now->value_added[n * m->J + j];
                }
            }
        if (!(before > 0))
            continue;
        worst(&c->income, now - before, before);
        worst(&c->transfers, sum, before);
        if (m->closure == FUL_CLOSURE_FINANCED)
            audit_finance(x, k, c);
    }
    for (int n = 0; n < m->N && m->closure != FUL_CLOSURE_FINANCED; n++)
        worst(&c->transfers,
              x->now->transfer[n] - (m->closure == FUL_CLOSURE_FIXED ? m->transfer[n] : 0),
              x->now->income[n]);
}

ful_status ful_economy_certify(ful_economy_certificate *out, const ful_economy_model *model,
                               const ful_economy_work *work, const ful_economy_shock *shock,
                               const ful_allocator *allocator, ful_error *err)
{
    const ful_allocator *source = ful__allocator_or_default(allocator);
    const size_t N = (size_t)model->N, cells = N * (size_t)model->J;
    const size_t bytes = (4 * cells + 4 * N) * sizeof(double) + N * sizeof(int);
    double *block = ful__take(source, bytes);
    if (!block)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a certificate");
    ful_economy_view now;
    ful_economy_view_get(&now, model, work);
    audit x = {.m = model,
               .now = &now,
               .shock = shock,
               .cost = block,
               .sales = block + cells,
               .power = block + 2 * cells,
               .log_price = block + 3 * cells,
               .share = block + 4 * cells,
               .paid = block + 4 * cells + N,
               .bought = block + 4 * cells + 2 * N,
               .sold = block + 4 * cells + 3 * N,
               .label = (int *)(block + 4 * cells + 4 * N)};
    memset(out, 0, sizeof *out);
    for (size_t a = 0; a < cells; a++)
        x.log_price[a] = log(now.price[a]);
    audit_costs(&x, out);
    audit_trade(&x, out);
    audit_spending(&x, out);
    audit_transfers(&x, out);
    const double all[] = {out->prices, out->shares, out->goods,    out->spending,
                          out->income, out->labour, out->transfers};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (!(all[k] <= out->max_violation))
            out->max_violation = all[k];
    ful__give(source, block, bytes);
    return FUL_OK;
}
