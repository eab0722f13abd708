/* SPDX-License-Identifier: MIT */
/*
 * The certificate's sweeps over flows: once over the benchmark, once over the solution. A row, what
 * one buyer spends on one product, is worked off in short loops without branches; arrays that are
 * not given are replaced by a row of zeros or ones.
 */
#include "base/clones.h"
#include "economy/certificate_internal.h"

/* To each seller of the row its part of what. */
static inline void spread(double *restrict to, const double *restrict what,
                          const ful__audit_market *at)
{
    if (at->seller)
        for (size_t k = 0; k < at->count; k++)
            to[at->seller[k]] += what[k];
    else
        for (size_t k = 0; k < at->count; k++)
            to[k] += what[k];
}

/* ---- the benchmark --------------------------------------------------------------------------- */

/* Prices with taxes over prices at the gate. */
static inline void tax_up(double *restrict gross, size_t count, const double *restrict rate,
                          const double *restrict tax)
{
    for (size_t k = 0; k < count; k++)
        gross[k] = (1 + rate[k]) * (1 + tax[k]);
}

static inline void multiply(double *restrict to, size_t count, const double *restrict a,
                            const double *restrict b)
{
    for (size_t k = 0; k < count; k++)
        to[k] = a[k] * b[k];
}

/* Flows at customs values, or what they are worth without changes of cost. */
static inline void clear(double *customs, size_t count, const double *flow, const double *tax)
{
    for (size_t k = 0; k < count; k++)
        customs[k] = flow[k] * (1 + tax[k]);
}

/* The row in the benchmark: spending, revenue, trade with others. */
FUL_CLONES
static void row_before(ful__audit *x, ful__audit_market *at)
{
    const ful_economy_model *m = x->m;
    const size_t count = at->count, sector = (size_t)at->j * (size_t)m->N;
    const double *flow = m->flow + at->first, *tax = at->tax_before;
    const double *rate = m->tariff ? m->tariff + at->first : x->row.zero;
    double *customs = x->row.customs, duties = 0;
    tax_up(x->row.before, count, rate, tax);
    clear(customs, count, flow, tax);
    if (m->tariff) {
        multiply(x->row.duty, count, customs, rate);
        duties = ful__total(x->row.duty, count);
    }
    at->base = ful__total(customs, count) + duties;
    x->base_spending[at->cell] += at->base;
    x->revenue_before[at->n] += duties;
    if (at->own < count) {
        x->base_own[sector + (size_t)at->n] += flow[at->own];
        customs[at->own] = 0;
    }
    x->bought_before[at->n] += ful__total(customs, count);
    if (!m->export_tax) {
        spread(x->base_abroad + sector, customs, at);
        return;
    }
    spread(x->sold_before, customs, at);
    for (size_t k = 0; k < count; k++) {
        const size_t i = at->seller ? at->seller[k] : k;
        x->revenue_before[i] += tax[k] * flow[k];
        x->base_abroad[sector + i] += k == at->own ? 0 : flow[k];
    }
}

/* What follows from the benchmark's rows: output, spending, transfers. */
static void compare_benchmark(ful__audit *x)
{
    const ful_economy_model *m = x->m;
    const size_t N = (size_t)m->N, J = (size_t)m->J;
    for (size_t n = 0; n < N; n++) {
        double spent = 0, sales = 0;
        for (size_t j = 0; j < J; j++) {
            const double bought = x->base_spending[n * J + j], abroad = x->base_abroad[j * N + n];
            const double sold = abroad + x->base_own[j * N + n];
            ful__worst(&x->c->goods, sold - m->output[n * J + j], sold + x->floor);
            ful__worst(&x->c->shares, bought - m->spending[n * J + j], bought + x->floor);
            spent += bought;
            sales += sold;
            if (!m->export_tax)
                x->sold_before[n] += abroad;
        }
        /* income less value added less revenue, inputs cancelling: the deficit at customs values */
        x->transfer_before[n] = spent - sales - x->revenue_before[n];
        ful__worst(&x->c->transfers, x->transfer_before[n] - m->transfer[n], spent + sales);
    }
}

/* ---- the solution ---------------------------------------------------------------------------- */

/* Whole from what may flow to what is asked for; a closed flow asks nothing of its seller's cost,
 * which may be no number. */
static inline void ask(double *restrict whole, size_t count, const double *restrict gross,
                       const double *restrict power)
{
    for (size_t k = 0; k < count; k++) {
        const double term = whole[k] * gross[k] * power[k];
        whole[k] = whole[k] != 0 ? term : 0;
    }
}

/* The terms of (3), but for 1 / E_np and for what new taxes change. */
FUL_CLONES
static double terms(ful__audit *x, ful__audit_market *at)
{
    const ful_economy_model *m = x->m;
    const size_t first = at->first, count = at->count;
    double *whole = x->row.whole;
    multiply(whole, count, m->flow + first, x->openness ? x->openness + first : x->row.one);
    for (size_t k = 0; m->latent && x->reopened && k < count; k++)
        whole[k] += m->latent[first + k] * x->reopened[first + k];
    ask(whole, count, x->row.before, at->power);
    return ful__total(whole, count);
}

/* What buyers answer to new taxes. */
FUL_CLONES
static double tax_changes(ful__audit *x, const ful__audit_market *at)
{
    const double *before = x->row.before;
    double *whole = x->row.whole, *after = x->row.after, change = 1, response = 1;
    tax_up(after, at->count, at->rate, at->tax);
    for (size_t k = 0; k < at->count; k++) {
        if (after[k] == before[k] || !(whole[k] > 0))
            continue;
        /* often one change for many partners */
        if (after[k] / before[k] != change) {
            change = after[k] / before[k];
            response = pow(change, -x->m->theta[at->j]);
        }
        whole[k] *= response;
    }
    return ful__total(whole, at->count);
}

static inline void deliver(double *restrict value, size_t count, double scale,
                           const double *restrict whole, const double *restrict after)
{
    for (size_t k = 0; k < count; k++)
        value[k] = whole[k] * scale / after[k];
}

/* X' and customs values of the free parts. */
FUL_CLONES
static void values(ful__audit *x, const ful__audit_market *at)
{
    deliver(x->row.value, at->count, at->scale, x->row.whole, x->row.after);
    if (x->taxed)
        clear(x->row.customs, at->count, x->row.value, at->tax);
}

/* Whether some published flow is further off than what was seen before. */
static inline int is_worse(size_t count, const double *value, const double *flow, double seen,
                           double floor)
{
    uint64_t worse = 0;
    for (size_t k = 0; k < count; k++)
        worse |= fabs(value[k] - flow[k]) <= seen * (value[k] + floor) ? 0 : UINT64_C(1);
    return worse != 0;
}

/* Export taxes, and trade where customs values are not what sellers receive. */
FUL_CLONES
static void settle_taxed(ful__audit *x, const ful__audit_market *at, double *volume)
{
    const double *value = x->row.value;
    for (size_t k = 0; at->tax != x->row.zero && k < at->count; k++) {
        const size_t i = at->seller ? at->seller[k] : k;
        x->paid[i] += at->tax[k] * value[k];
        x->paid_terms[i] += fabs(at->tax[k] * value[k]);
    }
    if (at->tax_before != x->row.zero)
        clear(volume, at->count, volume, at->tax_before);
    if (at->own < at->count)
        x->row.customs[at->own] = 0;
    spread(x->sold, x->row.customs, at);
    spread(x->shipped, volume, at);
}

/* The published flows against X'; to whom taxes go; trade with others, in money and at benchmark
 * prices. */
FUL_CLONES
static void settle(ful__audit *x, const ful__audit_market *at)
{
    const size_t count = at->count, sector = (size_t)at->j * (size_t)x->m->N;
    const double *flow = x->now->flow + at->first;
    double *value = x->row.value, *volume = x->row.volume;
    const double *customs = x->taxed ? x->row.customs : value;
    if (is_worse(count, value, flow, x->c->shares, x->floor))
        for (size_t k = 0; k < count; k++)
            ful__worst(&x->c->shares, value[k] - flow[k], value[k] + x->floor);
    if (at->rate != x->row.zero) {
        multiply(x->row.duty, count, customs, at->rate);
        const double duties = ful__total(x->row.duty, count);
        x->paid[at->n] += duties;
        x->paid_terms[at->n] += fabs(duties);
    }
    multiply(volume, count, value, at->inverse);
    if (at->own < count)
        volume[at->own] = 0;
    if (x->taxed)
        settle_taxed(x, at, volume);
    if (at->own < count) {
        x->own[sector + (size_t)at->n] += value[at->own];
        value[at->own] = 0;
    }
    x->bought[at->n] += ful__total(customs, count);
    x->received[at->n] += ful__total(volume, count);
    spread(x->abroad + sector, value, at);
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

/* Sellers' numbers in the order of a sparse row, and which flow is the buyer's own. */
static void gather(ful__audit *x, ful__audit_market *at)
{
    const size_t sector = (size_t)at->j * (size_t)x->m->N;
    at->power = x->power + sector;
    at->inverse = x->inverse + sector;
    at->own = (size_t)at->n;
    if (!at->seller)
        return;
    at->own = at->count;
    for (size_t k = 0; k < at->count; k++) {
        x->row.power[k] = at->power[at->seller[k]];
        x->row.inverse[k] = at->inverse[at->seller[k]];
        if (at->seller[k] == at->n)
            at->own = k;
    }
    at->power = x->row.power;
    at->inverse = x->row.inverse;
}

/* One buyer's purchases of one product. */
static void market(ful__audit *x, size_t r, int n, int j)
{
    const ful_economy_model *m = x->m;
    const size_t first = m->row[r];
    ful__audit_market at = {.r = r,
                            .first = first,
                            .count = m->row[r + 1] - first,
                            .cell = (size_t)n * (size_t)m->J + (size_t)j,
                            .n = n,
                            .j = j,
                            .seller = m->seller ? m->seller + first : NULL,
                            .rate = x->tariff ? x->tariff + first : x->row.zero,
                            .tax = x->export_tax ? x->export_tax + first : x->row.zero,
                            .tax_before = m->export_tax ? m->export_tax + first : x->row.zero};
    gather(x, &at);
    row_before(x, &at);
    double sum = terms(x, &at);
    if (x->tax_changes)
        sum = tax_changes(x, &at);
    if (x->caps)
        sum = ful__audit_grip_terms(x, &at, sum);
    const double spending = x->now->spending[at.cell], part = m->product_share[r];
    ful__worst(&x->c->shares, at.base - part * m->spending[at.cell], at.base + x->floor);
    if (at.base > 0 && spending != 0) {
        x->log_index[at.cell] -= part * log(sum / at.base) / m->theta[j];
        at.scale = part * spending / sum;
    }
    values(x, &at);
    if (x->caps)
        ful__audit_grip_values(x, &at);
    settle(x, &at);
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
    compare_benchmark(x);
    for (int n = 0; n < N; n++)
        for (int j = 0; j < J; j++) {
            const size_t a = (size_t)n * (size_t)J + (size_t)j;
            const size_t seller = (size_t)j * (size_t)N + (size_t)n;
            const double sales = x->abroad[seller] + x->own[seller];
            ful__worst(&x->c->goods, sales - x->now->output[a], sales + x->floor);
            if (x->now->spending[a] != 0)
                ful__worst(&x->c->prices, x->log_index[a] - x->log_price[a], 1);
            if (!x->taxed) {
                x->sold[n] += x->abroad[seller];
                x->shipped[n] += x->abroad[seller] * x->inverse[seller];
            }
        }
}
