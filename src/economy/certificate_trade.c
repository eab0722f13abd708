/* SPDX-License-Identifier: MIT */
/*
 * The certificate's sweep over flows, the benchmark's beside the solution's. A row, what one buyer
 * spends on one product, is worked off in short loops without branches; arrays that are not given
 * are replaced by a row of zeros or ones.
 */
#include "base/clones.h"
#include "economy/certificate_internal.h"

/* To each seller of the row its part of what others buy. */
FUL_AUDIT_INLINE void spread(double *restrict to, const double *restrict what,
                             const ful__audit_market *at)
{
    const double *restrict others = at->others;
    if (at->seller)
        for (size_t k = 0; k < at->count; k++)
            to[at->seller[k]] += what[k] * others[k];
    else
        for (size_t k = 0; k < at->count; k++)
            to[k] += what[k] * others[k];
}

/* Sums over a row, in one go: of `value` that others sell, of duties on it, and of `term` times
 * `factor`, of all or of what others sell. */
typedef struct row_sums {
    double abroad, duty, terms;
} row_sums;

FUL_AUDIT_INLINE row_sums sum_row(const ful__audit_market *at, const double *value,
                                  const double *rate, const double *term, const double *factor,
                                  const double *whose)
{
    const double *others = at->others;
    const size_t count = at->count;
    ful__audit_lanes abroad = {0}, duty = {0}, terms = {0};
    row_sums rest = {0, 0, 0};
    size_t k = 0;
    for (; k + FUL_AUDIT_LANES <= count; k += FUL_AUDIT_LANES) {
        const ful__audit_lanes v = FUL__AUDIT_LANES(value + k) * FUL__AUDIT_LANES(others + k);
        abroad += v;
        duty += v * FUL__AUDIT_LANES(rate + k);
        terms +=
            FUL__AUDIT_LANES(term + k) * FUL__AUDIT_LANES(factor + k) * FUL__AUDIT_LANES(whose + k);
    }
    for (; k < count; k++) {
        const double v = value[k] * others[k];
        rest.abroad += v;
        rest.duty += v * rate[k];
        rest.terms += term[k] * factor[k] * whose[k];
    }
    return (row_sums){ful__audit_fold(&abroad) + rest.abroad, ful__audit_fold(&duty) + rest.duty,
                      ful__audit_fold(&terms) + rest.terms};
}

/* Prices with taxes over prices at the gate. */
FUL_AUDIT_INLINE void tax_up(double *restrict gross, size_t count, const double *restrict rate,
                             const double *restrict tax)
{
    for (size_t k = 0; k < count; k++)
        gross[k] = (1 + rate[k]) * (1 + tax[k]);
}

/* What sellers receive at customs values, or what it is worth without changes of cost. */
FUL_AUDIT_INLINE void clear(double *restrict customs, size_t count, const double *restrict flow,
                            const double *restrict tax)
{
    for (size_t k = 0; k < count; k++)
        customs[k] = flow[k] * (1 + tax[k]);
}

/* ---- the benchmark --------------------------------------------------------------------------- */

/* Export taxes, and trade where customs values are not what sellers receive. */
static void row_before_taxed(ful__audit *x, const ful__audit_market *at)
{
    const double *flow = x->m->flow + at->first, *tax = at->tax_before;
    const size_t sector = (size_t)at->j * (size_t)x->m->N;
    spread(x->sold_before, x->row.customs, at);
    for (size_t k = 0; k < at->count; k++) {
        const size_t i = at->seller ? at->seller[k] : k;
        x->revenue_before[i] += tax[k] * flow[k];
        x->base_abroad[sector + i] += k == at->own ? 0 : flow[k];
    }
}

/* The row in the benchmark: spending, revenue, trade with others. Returns the sum of the terms of
 * (3) at its taxes. */
FUL_AUDIT_INLINE double row_before(ful__audit *x, ful__audit_market *at)
{
    const size_t sector = (size_t)at->j * (size_t)x->m->N;
    const double *customs = x->row.customs;
    const row_sums sum =
        sum_row(at, customs, at->rate_before, x->row.net, x->row.before, x->row.one);
    const double own = at->own < at->count ? customs[at->own] : 0;
    const double duty = sum.duty + (own != 0 ? own * at->rate_before[at->own] : 0);
    at->base = sum.abroad + own + duty;
    x->base_spending[at->cell] += at->base;
    x->revenue_before[at->n] += duty;
    x->bought_before[at->n] += sum.abroad;
    x->base_own[sector + (size_t)at->n] += own != 0 ? x->m->flow[at->first + at->own] : 0;
    if (x->m->export_tax)
        row_before_taxed(x, at);
    else
        spread(x->base_abroad + sector, customs, at);
    return sum.terms;
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

/*
 * Flow by flow: customs values of the benchmark, and the terms of (3) before taxes, but for
 * 1 / E_np and for what new taxes change. A closed flow asks nothing of its seller's cost, which
 * may be no number.
 */
FUL_AUDIT_INLINE void read_row(ful__audit *x, const ful__audit_market *at)
{
    const ful_economy_model *m = x->m;
    const int latent = m->latent && x->reopened;
    const double *restrict flow = m->flow + at->first, *restrict power = at->power;
    const double *restrict open = x->openness ? x->openness + at->first : x->row.one;
    const double *restrict closed = latent ? m->latent + at->first : x->row.zero;
    const double *restrict reopened = latent ? x->reopened + at->first : x->row.zero;
    const double *restrict rate = at->rate_before, *restrict tax = at->tax_before;
    double *restrict net = x->row.net, *restrict customs = x->row.customs;
    double *restrict before = x->row.before;
#pragma GCC ivdep /* more arrays than a compiler compares by itself */
    for (size_t k = 0; k < at->count; k++) {
        const double part = flow[k] * open[k] + closed[k] * reopened[k], term = part * power[k];
        net[k] = part != 0 ? term : 0;
        customs[k] = flow[k] * (1 + tax[k]);
        before[k] = (1 + rate[k]) * (1 + tax[k]);
    }
}

FUL_AUDIT_INLINE int differ(size_t count, const double *a, const double *b)
{
    uint64_t any = 0;
    for (size_t k = 0; k < count; k++)
        any |= a[k] != b[k] ? UINT64_C(1) : 0;
    return any != 0;
}

/* Whether the row has other taxes than in the benchmark. */
FUL_AUDIT_INLINE int has_new_taxes(const ful__audit_market *at)
{
    return (at->rate != at->rate_before && differ(at->count, at->rate, at->rate_before)) ||
           (at->tax != at->tax_before && differ(at->count, at->tax, at->tax_before));
}

/* What buyers answer to new taxes; returns the sum of the terms at them. */
static double change_taxes(ful__audit *x, ful__audit_market *at)
{
    const double *before = x->row.before;
    double *net = x->row.net, *after = x->row.after, change = 1, response = 1;
    tax_up(after, at->count, at->rate, at->tax);
    at->gross = after;
    for (size_t k = 0; k < at->count; k++) {
        if (after[k] == before[k] || !(net[k] > 0))
            continue;
        /* often one change for many partners */
        if (after[k] / before[k] != change) {
            change = after[k] / before[k];
            response = pow(change, -x->m->theta[at->j]) / change;
        }
        net[k] *= response;
    }
    return ful__product(net, after, at->count);
}

/* X', and the published flows against it. */
FUL_AUDIT_INLINE void deliver(ful__audit *x, const ful__audit_market *at)
{
    const double *restrict flow = x->now->flow + at->first, *restrict net = x->row.net;
    const double seen = x->c->shares, floor = x->floor, scale = at->scale;
    double *restrict value = x->row.value;
    uint64_t worse = 0; /* whether some flow is further off than what was seen before */
    for (size_t k = 0; k < at->count; k++)
        value[k] = net[k] * scale;
    if (at->gripped || x->taxed)
        clear(x->row.customs, at->count, value, at->tax);
    if (at->gripped)
        ful__audit_grip_values(x, at);
    for (size_t k = 0; k < at->count; k++)
        worse |= fabs(value[k] - flow[k]) <= seen * (value[k] + floor) ? 0 : UINT64_C(1);
    for (size_t k = 0; worse && k < at->count; k++)
        ful__worst(&x->c->shares, value[k] - flow[k], value[k] + floor);
}

/* To whom export taxes go, and trade where customs values are not what sellers receive. */
static void settle_taxed(ful__audit *x, const ful__audit_market *at)
{
    double *volume = x->row.volume, *value = x->row.value;
    for (size_t k = 0; at->tax != x->row.zero && k < at->count; k++) {
        const size_t i = at->seller ? at->seller[k] : k;
        x->paid[i] += at->tax[k] * value[k];
        x->paid_terms[i] += fabs(at->tax[k] * value[k]);
    }
    for (size_t k = 0; k < at->count; k++)
        volume[k] = value[k] * (1 + at->tax_before[k]) * at->inverse[k];
    x->received[at->n] += ful__product(volume, at->others, at->count);
    spread(x->sold, x->row.customs, at);
    spread(x->shipped, volume, at);
}

/* To whom duties go; trade with others, in money and at benchmark prices. */
FUL_AUDIT_INLINE void settle(ful__audit *x, const ful__audit_market *at)
{
    const size_t sector = (size_t)at->j * (size_t)x->m->N;
    const int apart = at->gripped || x->taxed;
    const double *value = x->row.value, *customs = apart ? x->row.customs : value;
    const row_sums sum = sum_row(at, customs, at->rate, value, at->inverse, at->others);
    const double own = at->own < at->count ? customs[at->own] : 0;
    const double duty = sum.duty + (own != 0 ? own * at->rate[at->own] : 0);
    x->paid[at->n] += duty;
    x->paid_terms[at->n] += fabs(duty);
    x->own[sector + (size_t)at->n] += at->own < at->count ? value[at->own] : 0;
    x->bought[at->n] += sum.abroad;
    spread(x->abroad + sector, value, at);
    if (x->taxed)
        settle_taxed(x, at);
    else
        x->received[at->n] += sum.terms;
    /* what all sell to others is added at the end; here what rents and melting take from it */
    for (size_t k = 0; at->gripped && !x->taxed && k < at->count; k++)
        x->sold[at->seller ? at->seller[k] : k] += (customs[k] - value[k]) * at->others[k];
}

FUL_AUDIT_INLINE void join(ful__audit *x, const ful__audit_market *at)
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
FUL_AUDIT_INLINE void gather(ful__audit *x, ful__audit_market *at)
{
    const size_t sector = (size_t)at->j * (size_t)x->m->N;
    at->power = x->power + sector;
    at->inverse = x->inverse + sector;
    at->own = (size_t)at->n;
    if (at->seller) {
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
    at->others = x->row.others + x->longest - at->own;
}

/* One buyer's purchases of one product. */
FUL_CLONES
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
                            .gripped = x->caps && x->start[r] < x->start[r + 1],
                            .seller = m->seller ? m->seller + first : NULL,
                            .rate = x->tariff ? x->tariff + first : x->row.zero,
                            .tax = x->export_tax ? x->export_tax + first : x->row.zero,
                            .rate_before = m->tariff ? m->tariff + first : x->row.zero,
                            .tax_before = m->export_tax ? m->export_tax + first : x->row.zero,
                            .gross = x->row.before};
    gather(x, &at);
    read_row(x, &at);
    double sum = row_before(x, &at);
    if (has_new_taxes(&at))
        sum = change_taxes(x, &at);
    if (x->detour_at < x->detours)
        sum = ful__audit_detours(x, &at, sum);
    if (at.gripped)
        sum = ful__audit_grip_terms(x, &at);
    const double spending = x->now->spending[at.cell], part = m->product_share[r];
    ful__worst(&x->c->shares, at.base - part * m->spending[at.cell], at.base + x->floor);
    if (at.base > 0 && spending != 0) {
        x->log_index[at.cell] -= part * log(sum / at.base) / m->theta[j];
        at.scale = part * spending / sum;
    }
    ful__audit_passed(x, &at);
    deliver(x, &at);
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
