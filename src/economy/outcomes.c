/* SPDX-License-Identifier: MIT */
/* From a solution to what people ask of it: flows and the three outcomes. */
#include "base/clones.h"
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
    memcpy(w->cost, w->log_cost, sizeof(double) * (size_t)cells);
    memcpy(w->price, log_price, sizeof(double) * (size_t)cells);
    ful__exp_all(w->cost, cells);
    ful__exp_all(w->price, cells);
}

/* Trade with others that one row adds: nominal at customs value, volumes at benchmark prices. By
 * seller and by buyer, `stride` of each. */
typedef struct trade_sums {
    double exports[1024], exports_volume[1024], imports[1024], imports_volume[1024];
} trade_sums;

/* The numbers of one sector by seller: cost ^ -theta and 1 / cost, `stride` of each. */
typedef struct sellers {
    double *power, *inverse;
} sellers;

/* The flows of one product; own sales are left out of the sums, not taken out of them, so that
 * closed trade sums to exact zeros. */
FUL_CLONES
static void dense_flows(const ful_economy_model *m, const ful_economy_work *w, size_t first_row,
                        const sellers *s, double *flow, trade_sums *sums)
{
    const size_t N = (size_t)m->N, stride = (size_t)m->stride;
    double *const power = s->power, row[1024];
    for (size_t n = 0; n < N; n++) {
        const double *customs = w->customs + (first_row + n) * stride;
        const double *paid = w->paid + (first_row + n) * stride;
        const double scale = w->scale[first_row + n], own = power[n];
        ful__d8 bought = {0}, volume = {0};
        for (size_t i = 0; i < stride; i += 8)
            *(ful__d8 *)(row + i) = scale * FUL__D8(power + i) * FUL__D8(paid + i);
        memcpy(flow + n * N, row, N * sizeof(double));
        power[n] = row[n] = 0;
        for (size_t i = 0; i < stride; i += 8) {
            const ful__d8 value = scale * FUL__D8(power + i) * FUL__D8(customs + i);
            const ful__d8 quantity = FUL__D8(row + i) * FUL__D8(s->inverse + i);
            *(ful__d8 *)(sums->exports + i) = FUL__D8(sums->exports + i) + value;
            *(ful__d8 *)(sums->exports_volume + i) = FUL__D8(sums->exports_volume + i) + quantity;
            bought += value;
            volume += quantity;
        }
        power[n] = own;
        sums->imports[n] += ful__fold(&bought);
        sums->imports_volume[n] += ful__fold(&volume);
    }
}

/* One row, sparse or with export taxes in the benchmark. */
static void row_flows(const ful_economy_model *m, ful_economy_work *w, size_t r, const sellers *s,
                      trade_sums *sums)
{
    const size_t a = m->row[r], slot = ful__slot(m, r, 0), n = r % (size_t)m->N;
    for (size_t k = 0; k < ful__row_length(m, r); k++) {
        const size_t i = (size_t)ful__seller(m, r, k);
        const double value = w->scale[r] * s->power[i], x = value * w->paid[slot + k];
        const double customs = value * w->customs[slot + k];
        const double quantity = x * s->inverse[i] * (m->export_tax ? 1 + m->export_tax[a + k] : 1);
        w->flow[a + k] = x;
        if (i == n)
            continue;
        sums->exports[i] += customs;
        sums->exports_volume[i] += quantity;
        sums->imports[n] += customs;
        sums->imports_volume[n] += quantity;
    }
}

static void sector_flows(const ful_economy_model *m, ful_economy_work *w, size_t j,
                         trade_sums *sums)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J, stride = (size_t)m->stride;
    double inverse[1024];
    const sellers s = {w->ctheta + j * stride, inverse};
    for (size_t i = 0; i < stride; i++)
        inverse[i] = i < N ? 1 / w->cost[i * J + j] : 0;
    for (int p = m->first_product[j]; p < m->first_product[j + 1]; p++) {
        const size_t r = (size_t)p * N;
        if (!m->seller && !m->export_tax)
            dense_flows(m, w, r, &s, w->flow + m->row[r], sums);
        else
            for (size_t n = 0; n < N; n++)
                row_flows(m, w, r + n, &s, sums);
    }
}

/* X'_nip and, on the way, trade with others; unlike the pass, which takes own sales from totals,
 * this leaves exact zeros where trade is closed */
static void flows(const ful_economy_model *m, ful_economy_work *w, const ful_economy_shock *shock)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J;
    trade_sums sums;
    memset(&sums, 0, sizeof sums);
    /* first: it reads what flows are written over */
    ful__caps_lost(m, w, shock, sums.imports_volume);
    for (size_t j = 0; j < J; j++)
        sector_flows(m, w, j, &sums);
    memcpy(w->exports, sums.exports, N * sizeof(double));
    memcpy(w->imports, sums.imports, N * sizeof(double));
    for (size_t n = 0; n < N; n++) {
        w->outcome[n].exports_volume = sums.exports_volume[n];
        w->outcome[n].imports_volume = sums.imports_volume[n];
    }
}

/* sum of made / cost - used / price */
FUL_CLONES
static double deflated(int n, const double *restrict made, const double *restrict cost,
                       const double *restrict used, const double *restrict price,
                       double *restrict volume)
{
    for (int j = 0; j < n; j++)
        volume[j] = made[j] / cost[j] - used[j] / price[j];
    return ful__sum(n, volume);
}

/* Value added at benchmark prices: output less inputs, each deflated by its own price. */
static double real_value_added(const ful_economy_model *m, ful_economy_work *w, int n)
{
    const int J = m->J;
    double inputs[512] = {0}, volume[512];
    ful__economy_inputs(m, w, n, inputs);
    return deflated(J, w->output + n * J, w->cost + n * J, inputs, w->price + n * J, volume);
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
