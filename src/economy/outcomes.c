/* SPDX-License-Identifier: MIT */
/* From a solution to what people ask of it: flows and the three outcomes. */
#include "base/clones.h"
#include "base/elementary.h"
#include "base/lanes.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

static void prices(const ful_economy_model *m, ful_economy_work *w)
{
    const int cells = m->N * m->J;
    const double *log_price = ful__parts(m, w->x).p;
    for (int n = 0; n < m->N; n++)
        w->final_price[n] = exp(w->final_price[n]); /* the pass leaves its log */
    for (int h = 0; h < m->households; h++)
        w->household_price[h] = exp(w->household_price[h]);
    for (int a = 0; a < cells; a++) {
        w->cost[a] = ful__exp(w->log_cost[a]);
        w->price[a] = ful__exp(log_price[a]);
    }
}

/* Trade with others that one row adds: nominal at customs value, volumes at benchmark prices. */
typedef struct trade_sums {
    double *exports, *imports, *exports_volume, *imports_volume; /* N */
} trade_sums;

/* Sums of one stretch of a dense row, all of it foreign. */
typedef struct stretch {
    double imports, volume;
} stretch;

FUL_CLONES
static void dense_flows(size_t from, size_t to, double scale, const double *c,
                        const double *inverse_cost, const double *customs, const double *paid,
                        double *flow, const trade_sums *sums, stretch *bought)
{
    double *const exports = sums->exports, *const volume = sums->exports_volume;
    for (size_t i = from; i < to; i++) {
        const double value = scale * c[i];
        flow[i] = value * paid[i];
        exports[i] += value * customs[i];
        volume[i] += flow[i] * inverse_cost[i];
    }
    const int count = (int)(to - from);
    bought->imports += scale * ful__product(count, c + from, customs + from);
    bought->volume += ful__product(count, flow + from, inverse_cost + from);
}

static void row_flows(const ful_economy_model *m, ful_economy_work *w, size_t r, const double *c,
                      const double *inverse_cost, const trade_sums *sums)
{
    const size_t a = m->row[r], slot = ful__slot(m, r, 0), count = ful__row_length(m, r);
    const size_t n = r % (size_t)m->N;
    const double scale = w->scale[r];
    stretch bought = {0, 0};
    if (!m->seller && !m->export_tax) {
        const double *customs = w->customs + slot, *paid = w->paid + slot;
        dense_flows(0, n, scale, c, inverse_cost, customs, paid, w->flow + a, sums, &bought);
        w->flow[a + n] = scale * c[n] * paid[n];
        dense_flows(n + 1, count, scale, c, inverse_cost, customs, paid, w->flow + a, sums,
                    &bought);
    }
    for (size_t k = 0; (m->seller || m->export_tax) && k < count; k++) {
        const size_t i = (size_t)ful__seller(m, r, k);
        const double value = scale * c[i], x = value * w->paid[slot + k];
        const double customs = value * w->customs[slot + k];
        const double quantity =
            x * inverse_cost[i] * (m->export_tax ? 1 + m->export_tax[a + k] : 1);
        w->flow[a + k] = x;
        if (i == n)
            continue;
        sums->exports[i] += customs;
        sums->exports_volume[i] += quantity;
        bought.imports += customs;
        bought.volume += quantity;
    }
    sums->imports[n] += bought.imports;
    sums->imports_volume[n] += bought.volume;
}

/* X'_nip and, on the way, trade with others; unlike the pass, which takes own sales from totals,
 * this leaves exact zeros where trade is closed */
static void flows(const ful_economy_model *m, ful_economy_work *w, const ful_economy_shock *shock)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J, stride = m->lead ? (size_t)m->lead : N;
    double *inverse_cost = w->cell, *volumes = w->cell + N;
    const trade_sums sums = {w->exports, w->imports, volumes, volumes + N};
    memset(w->exports, 0, N * sizeof(double));
    memset(w->imports, 0, N * sizeof(double));
    memset(volumes, 0, 2 * N * sizeof(double));
    ful__caps_lost(m, w, shock,
                   sums.imports_volume); /* first: it reads what flows are written over */
    for (size_t j = 0; j < J; j++) {
        for (size_t i = 0; i < N; i++)
            inverse_cost[i] = 1 / w->cost[i * J + j];
        for (int p = m->first_product[j]; p < m->first_product[j + 1]; p++)
            for (size_t n = 0; n < N; n++)
                row_flows(m, w, (size_t)p * N + n, w->ctheta + j * stride, inverse_cost, &sums);
    }
    for (size_t n = 0; n < N; n++) {
        w->outcome[n].exports_volume = sums.exports_volume[n];
        w->outcome[n].imports_volume = sums.imports_volume[n];
    }
}

/* Value added at benchmark prices: output less inputs, each deflated by its own price. */
static double real_value_added(const ful_economy_model *m, ful_economy_work *w, int n)
{
    const int J = m->J;
    double volume = 0, *inputs = w->cell + J;
    memset(inputs, 0, sizeof(double) * (size_t)J);
    ful__economy_inputs(m, w, n, inputs);
    for (int j = 0; j < J; j++) {
        const int a = n * J + j;
        volume += w->output[a] / w->cost[a] - inputs[j] / w->price[a];
    }
    return volume;
}

/* A ratio to the benchmark; NaN where the benchmark has none. */
static double ratio(double now, double before)
{
    return before > 0 ? now / before : NAN;
}

static void household_outcomes(const ful_economy_model *m, ful_economy_work *w)
{
    for (int h = 0; h < m->households; h++) {
        const int n = m->household_country[h];
        double earned = m->own_revenue[h] * w->revenue[n];
        for (int j = 0; j < m->J; j++)
            earned += m->own[h * m->J + j] * w->value_added[n * m->J + j];
        const double income = earned + m->own_transfer[h] * w->transfer[n];
        w->household[h].welfare = income / m->household_income[h] / w->household_price[h];
        w->household[h].real_income = ratio(earned, m->household_earned[h]) / w->household_price[h];
    }
}

void ful__economy_outcomes(const ful_economy_model *m, ful_economy_work *w,
                           const ful_economy_shock *shock)
{
    prices(m, w);
    flows(m, w, shock);
    for (int n = 0; n < m->N; n++) {
        ful_economy_outcome *o = &w->outcome[n];
        const double earned = m->wage_bill[n] + m->revenue[n];
        w->income[n] = w->demanded[n] + w->revenue[n] + w->transfer[n];
        o->welfare = w->income[n] / (earned + m->transfer[n]) / w->final_price[n];
        o->real_income = (w->demanded[n] + w->revenue[n]) / earned / w->final_price[n];
        o->real_gdp = real_value_added(m, w, n) / m->wage_bill[n];
        o->exports = ratio(w->exports[n], m->exports[n]);
        o->imports = ratio(w->imports[n], m->imports[n]);
        o->exports_volume = ratio(o->exports_volume, m->exports[n]);
        o->imports_volume = ratio(o->imports_volume, m->imports[n]);
    }
    household_outcomes(m, w);
}

void ful_economy_view_get(ful_economy_view *view, const ful_economy_model *model,
                          const ful_economy_work *w)
{
    (void)model;
    *view = (ful_economy_view){.outcome = w->outcome,
                               .household = w->household,
                               .cap = w->cap,
                               .component = w->component,
                               .price = w->price,
                               .final_price = w->final_price,
                               .cost = w->cost,
                               .output = w->output,
                               .spending = w->spending,
                               .value_added = w->value_added,
                               .income = w->income,
                               .revenue = w->revenue,
                               .transfer = w->transfer,
                               .flow = w->flow};
}

double ful_economy_compensation(const ful_economy_model *m, const ful_economy_work *w, int country)
{
    const double before = m->wage_bill[country] + m->revenue[country];
    return before * w->final_price[country] - (w->demanded[country] + w->revenue[country]);
}
