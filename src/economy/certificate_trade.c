/* SPDX-License-Identifier: MIT */
/*
 * The certificate's sweeps over flows: once over the benchmark, once over the solution. A row, what
 * one buyer spends on one product, is worked off in short loops without branches; arrays that are
 * not given are replaced by a row of zeros or ones.
 */
#include "base/clones.h"
#include "economy/certificate_internal.h"

/* Sums run in lanes, so that every variant of the code gives the same bits. */
#define LANES 4

static inline double total(const double *v, size_t count)
{
    double lane[LANES] = {0};
    size_t k = 0;
    for (; k + LANES <= count; k += LANES)
        for (int l = 0; l < LANES; l++)
            lane[l] += v[k + (size_t)l];
    for (; k < count; k++)
        lane[0] += v[k];
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

/* To each seller of the row its part of what. */
static inline void spread(double *restrict to, const double *restrict what, size_t count,
                          const uint16_t *seller)
{
    for (size_t k = 0; k < count; k++)
        to[seller ? seller[k] : k] += what[k];
}

/* ---- the benchmark --------------------------------------------------------------------------- */

FUL_CLONES
static void benchmark_row(ful__audit *x, size_t r, size_t n, size_t j)
{
    const ful_economy_model *m = x->m;
    const size_t first = m->row[r], count = m->row[r + 1] - first;
    const uint16_t *seller = m->seller ? m->seller + first : NULL;
    const double *flow = m->flow + first;
    const double *rate = m->tariff ? m->tariff + first : x->row.zero;
    const double *tax = m->export_tax ? m->export_tax + first : x->row.zero;
    double *customs = x->row.customs, *duty = x->row.value;
    for (size_t k = 0; k < count; k++) {
        customs[k] = flow[k] * (1 + tax[k]);
        duty[k] = customs[k] * rate[k];
    }
    const double gross = total(customs, count), duties = m->tariff ? total(duty, count) : 0;
    x->row_spending[r] = gross + duties;
    x->base_spending[n * (size_t)m->J + j] += gross + duties;
    x->revenue_before[n] += duties;
    spread(x->base_sales + j * (size_t)m->N, flow, count, seller);
    for (size_t k = 0; m->export_tax && k < count; k++)
        x->revenue_before[seller ? seller[k] : k] += tax[k] * flow[k];
    for (size_t k = 0; k < count; k++)
        if ((seller ? seller[k] : k) == n)
            customs[k] = 0;
    x->bought_before[n] += total(customs, count);
    spread(x->sold_before, customs, count, seller);
}

void ful__audit_benchmark(ful__audit *x)
{
    const ful_economy_model *m = x->m;
    const size_t N = (size_t)m->N, J = (size_t)m->J;
    for (size_t p = 0, r = 0; p < (size_t)m->P; p++)
        for (size_t n = 0; n < N; n++, r++)
            benchmark_row(x, r, n, (size_t)m->product_sector[p]);
    for (size_t n = 0; n < N; n++) {
        double spent = 0, sales = 0;
        for (size_t j = 0; j < J; j++) {
            const double *gamma = m->input + (n * J + j) * J, output = x->base_sales[j * N + n];
            double inputs = 0;
            for (size_t k = 0; k < J; k++)
                inputs += gamma[k];
            x->base_value[n * J + j] = inputs < 1 ? (1 - inputs) * output : 0;
            x->bill_before[n] += x->base_value[n * J + j];
            spent += x->base_spending[n * J + j];
            sales += output;
        }
        /* income less value added less revenue, inputs cancelling: the deficit at customs values */
        x->transfer_before[n] = spent - sales - x->revenue_before[n];
        ful__worst(&x->c->transfers, x->transfer_before[n] - m->transfer[n], spent + sales);
    }
}

/* ---- the solution ---------------------------------------------------------------------------- */

/* The terms of (3) but for 1 / E_np, and prices with taxes over prices at the gate. */
FUL_CLONES
static double terms(ful__audit *x, const ful__audit_market *at, const double *power)
{
    const ful_economy_model *m = x->m;
    const size_t first = at->first, count = at->count;
    const double *zero = x->row.zero;
    const double *restrict flow = m->flow + first;
    const double *restrict open = x->openness ? x->openness + first : x->row.one;
    const double *restrict latent = m->latent && x->reopened ? m->latent + first : zero;
    const double *restrict reopened = m->latent && x->reopened ? x->reopened + first : zero;
    const double *restrict rate = m->tariff ? m->tariff + first : zero;
    const double *restrict tax = m->export_tax ? m->export_tax + first : zero;
    double *restrict whole = x->row.whole, *restrict before = x->row.before,
                     *restrict after = x->row.after;
    for (size_t k = 0; k < count; k++) {
        const double possible = flow[k] * open[k] + latent[k] * reopened[k];
        before[k] = (1 + rate[k]) * (1 + tax[k]);
        after[k] = (1 + at->rate[k]) * (1 + at->tax[k]);
        whole[k] = possible != 0 ? possible * before[k] * power[k] : 0;
    }
    double change = 1, response = 1;
    for (size_t k = 0; x->tax_changes && k < count; k++) {
        if (after[k] == before[k] || !(whole[k] > 0))
            continue;
        if (after[k] / before[k] != change) {
            change = after[k] / before[k];
            response = pow(change, -m->theta[at->j]);
        }
        whole[k] *= response;
    }
    return x->caps ? 0 : total(whole, count);
}

/* X' and customs values of the free parts. */
FUL_CLONES
static void values(ful__audit *x, const ful__audit_market *at)
{
    const double *restrict whole = x->row.whole, *restrict after = x->row.after;
    double *restrict value = x->row.value, *restrict customs = x->row.customs,
                     *restrict arrived = x->row.arrived;
    for (size_t k = 0; k < at->count; k++) {
        value[k] = arrived[k] = whole[k] * at->scale / after[k];
        customs[k] = value[k] * (1 + at->tax[k]);
    }
}

/* The published flows, against trade shares. */
FUL_CLONES
static void compare_flows(ful__audit *x, const ful__audit_market *at)
{
    const double *restrict value = x->row.value, *restrict flow = x->now->flow + at->first;
    const double seen = x->c->shares, floor = x->floor;
    int more = 0;
    for (size_t k = 0; k < at->count; k++)
        more |= !(fabs(value[k] - flow[k]) <= seen * (value[k] + floor));
    for (size_t k = 0; more && k < at->count; k++)
        ful__worst(&x->c->shares, value[k] - flow[k], value[k] + floor);
}

/* Taxes on the row to whom they belong. */
FUL_CLONES
static void taxes(ful__audit *x, const ful__audit_market *at)
{
    const double *restrict customs = x->row.customs;
    double paid = 0, terms_paid = 0;
    for (size_t k = 0; k < at->count && at->rate != x->row.zero; k++) {
        paid += at->rate[k] * customs[k];
        terms_paid += fabs(at->rate[k] * customs[k]);
    }
    x->paid[at->n] += paid;
    x->paid_terms[at->n] += terms_paid;
    for (size_t k = 0; k < at->count && at->tax != x->row.zero; k++) {
        const size_t i = at->seller ? at->seller[k] : k;
        x->paid[i] += at->tax[k] * x->row.value[k];
        x->paid_terms[i] += fabs(at->tax[k] * x->row.value[k]);
    }
}

/* Trade with others, in money and at benchmark prices; who trades with whom. */
FUL_CLONES
static void trade(ful__audit *x, const ful__audit_market *at)
{
    const ful_economy_model *m = x->m;
    const size_t count = at->count, N = (size_t)m->N;
    const double *restrict tax = m->export_tax ? m->export_tax + at->first : x->row.zero;
    const double *restrict inverse = at->inverse;
    double *restrict customs = x->row.customs, *restrict value = x->row.value,
                     *restrict arrived = x->row.arrived;
    spread(x->sales + (size_t)at->j * N, value, count, at->seller);
    for (size_t k = 0; k < count; k++)
        if ((at->seller ? at->seller[k] : k) == (size_t)at->n)
            customs[k] = value[k] = arrived[k] = 0;
    for (size_t k = 0; k < count; k++) {
        value[k] *= (1 + tax[k]) * inverse[k];
        arrived[k] *= (1 + tax[k]) * inverse[k];
    }
    x->bought[at->n] += total(customs, count);
    x->received[at->n] += total(arrived, count);
    spread(x->sold, customs, count, at->seller);
    spread(x->shipped, value, count, at->seller);
}

static void join(ful__audit *x, const ful__audit_market *at)
{
    const double *flow = x->now->flow + at->first;
    for (size_t k = 0; x->parts > 1 && k < at->count; k++) {
        const int i = at->seller ? at->seller[k] : (int)k;
        if (x->label[i] == x->label[at->n] || !(flow[k] > 0))
            continue;
        const int a = ful__audit_root(x, i), b = ful__audit_root(x, at->n);
        x->label[a > b ? a : b] = a < b ? a : b;
        x->parts -= a != b;
    }
}

/* Numbers of sellers in the order of a sparse row. */
static const double *gathered(double *row, const double *of, const ful__audit_market *at)
{
    if (!at->seller)
        return of;
    for (size_t k = 0; k < at->count; k++)
        row[k] = of[at->seller[k]];
    return row;
}

/* One buyer's purchases of one product. */
static void market(ful__audit *x, size_t r, int n, int j)
{
    const ful_economy_model *m = x->m;
    const size_t first = m->row[r], sector = (size_t)j * (size_t)m->N;
    const size_t cell = (size_t)n * (size_t)m->J + (size_t)j;
    ful__audit_market at = {.r = r,
                            .first = first,
                            .count = m->row[r + 1] - first,
                            .n = n,
                            .j = j,
                            .seller = m->seller ? m->seller + first : NULL,
                            .rate = x->tariff ? x->tariff + first : x->row.zero,
                            .tax = x->export_tax ? x->export_tax + first : x->row.zero};
    at.inverse = gathered(x->row.inverse, x->inverse + sector, &at);
    const double *power = gathered(x->row.power, x->power + sector, &at);
    const double base = x->row_spending[r], spending = x->now->spending[cell];
    double sum = terms(x, &at, power);
    if (x->caps)
        sum = ful__audit_grip_terms(x, &at) + total(x->row.whole, at.count);
    if (base > 0 && spending != 0) {
        const double part = base / x->base_spending[cell];
        x->log_index[cell] -= part * log(sum / base) / m->theta[j];
        at.scale = part * spending / sum;
    }
    values(x, &at);
    if (x->caps)
        ful__audit_grip_values(x, &at);
    compare_flows(x, &at);
    taxes(x, &at);
    trade(x, &at);
    join(x, &at);
}

void ful__audit_trade(ful__audit *x)
{
    const ful_economy_model *m = x->m;
    const int N = m->N, J = m->J;
    for (int n = 0; n < N; n++)
        x->label[n] = n;
    x->parts = N;
    size_t r = 0;
    for (int p = 0; p < m->P; p++)
        for (int n = 0; n < N; n++)
            market(x, r++, n, m->product_sector[p]);
    for (int n = 0; n < N; n++)
        for (int j = 0; j < J; j++) {
            const size_t a = (size_t)n * (size_t)J + (size_t)j;
            const double sales = x->sales[(size_t)j * (size_t)N + (size_t)n];
            ful__worst(&x->c->goods, sales - x->now->output[a], sales + x->floor);
            if (x->now->spending[a] != 0)
                ful__worst(&x->c->prices, x->log_index[a] - x->log_price[a], 1);
        }
}
