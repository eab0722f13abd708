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

/* One sector by country, `stride` of each: of sellers cost ^ -theta and 1 / cost; and what is
 * traded with others, nominal at customs value, volumes at benchmark prices. */
typedef struct sector {
    const double *power;
    double inverse[FUL__MAX_COUNTRIES];
    double *exports, *exports_volume, *imports, *imports_volume;
} sector;

/*
 * The flows of one product. Own sales are left out of the sums, not taken out of them, so that
 * closed trade sums to exact zeros.
 */
FUL_CLONES
static void dense_flows(const ful_economy_model *m, const ful_economy_work *w, int p, sector *s)
{
    const size_t N = (size_t)m->N, stride = (size_t)m->stride, first_row = (size_t)p * N;
    const double *customs = ful__customs(w, p) + first_row * stride;
    const double *paid = ful__paid(w, p) + first_row * stride;
    const double *power = s->power, *inverse = s->inverse;
    double *exports = s->exports, *exports_volume = s->exports_volume;
    double others[2 * FUL__MAX_COUNTRIES], *flow = w->flow + m->row[first_row];
    for (size_t i = 0; i < N + stride; i++)
        others[i] = i != N;
    for (size_t n = 0; n < N; n++, flow += N, customs += stride, paid += stride) {
        const double *other = others + N - n;
        const double scale = w->scale[first_row + n];
        ful__d8 bought = {0}, volume = {0};
        for (size_t i = 0; i < stride; i += 8) {
            const ful__d8 worth = scale * FUL__D8(power + i), x = worth * FUL__D8(paid + i);
            const ful__d8 value = worth * FUL__D8(customs + i) * FUL__D8(other + i);
            const ful__d8 quantity = x * FUL__D8(inverse + i) * FUL__D8(other + i);
            *(ful__d8 *)(exports + i) += value;
            *(ful__d8 *)(exports_volume + i) += quantity;
            bought += value;
            volume += quantity;
            if (i + 8 <= (N - n) * N) /* what is written beyond the row is that of rows to come */
                *(ful__d8 *)(flow + i) = x;
            else
                memcpy(flow + i, &x, (N - i) * sizeof *flow);
        }
        s->imports[n] += ful__fold(&bought);
        s->imports_volume[n] += ful__fold(&volume);
    }
}

/* The same of a product that everybody buys at home alone. */
static void flows_at_home(const ful_economy_model *m, const ful_economy_work *w, int p,
                          const sector *s)
{
    const size_t N = (size_t)m->N, stride = (size_t)m->stride, first_row = (size_t)p * N;
    const double *paid = ful__paid(w, p) + first_row * stride;
    double *flow = w->flow + m->row[first_row];
    memset(flow, 0, sizeof *flow * N * N);
    for (size_t n = 0; n < N; n++)
        flow[n * N + n] = w->scale[first_row + n] * s->power[n] * paid[n * stride + n];
}

/* One row, sparse or with export taxes in the benchmark. */
static void row_flows(const ful_economy_model *m, const ful_economy_work *w, size_t r, sector *s)
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
        s->exports[i] += customs;
        s->exports_volume[i] += quantity;
        s->imports[n] += customs;
        s->imports_volume[n] += quantity;
    }
}

void ful_economy_customs(double *out, const ful_economy_model *m, const ful_economy_work *w)
{
    const size_t N = (size_t)m->N, rows = (size_t)m->P * N;
    for (size_t r = 0; r < rows; r++) {
        const size_t a = m->row[r], slot = ful__slot(m, r, 0);
        const double *customs = w ? ful__customs(w, (int)(r / N)) + slot : NULL;
        const double *power = w ? w->ctheta + m->product_sector[r / N] * m->stride : NULL;
        for (size_t k = 0; k < ful__row_length(m, r); k++)
            out[a + k] = w ? w->scale[r] * power[ful__seller(m, r, k)] * customs[k]
                           : m->flow[a + k] * (m->export_tax ? 1 + m->export_tax[a + k] : 1);
    }
}

/* What the pass has left by sector makes room for the sums. */
static void sector_flows(const ful_economy_model *m, ful_economy_work *w, int j)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J, stride = (size_t)m->stride;
    const size_t at = (size_t)j * stride;
    sector s = {.power = w->ctheta + at,
                .exports = w->customs_receipt + at,
                .exports_volume = w->receipt + at,
                .imports = w->bought + at,
                .imports_volume = w->own + at};
    double *const sums[] = {s.exports, s.exports_volume, s.imports, s.imports_volume};
    for (size_t k = 0; k < sizeof sums / sizeof *sums; k++)
        memset(sums[k], 0, stride * sizeof(double));
    for (size_t i = 0; i < stride; i++)
        s.inverse[i] = i < N ? 1 / w->cost[i * J + (size_t)j] : 0;
    for (int p = m->first_product[j]; p < m->first_product[j + 1]; p++) {
        if (!m->traded[p] && !m->seller)
            flows_at_home(m, w, p, &s);
        else if (!m->seller && !m->export_tax)
            dense_flows(m, w, p, &s);
        else
            for (size_t n = 0; n < N; n++)
                row_flows(m, w, (size_t)p * N + n, &s);
    }
}

/* X'_nip and, on the way, trade with others; unlike the pass, which takes own sales from totals,
 * this leaves exact zeros where trade is closed. */
static void flows(const ful_economy_model *m, ful_economy_work *w, const ful_economy_shock *shock)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J, stride = (size_t)m->stride;
    double lost[FUL__MAX_COUNTRIES] = {0};
    ful__caps_lost(m, w, shock, lost); /* first: it reads what flows are written over */
    ful__each_sector(m, w, sector_flows);
    for (size_t n = 0; n < N; n++) {
        w->exports[n] = w->imports[n] = w->outcome[n].exports_volume = 0;
        w->outcome[n].imports_volume = lost[n];
    }
    for (size_t j = 0; j < J; j++)
        for (size_t n = 0; n < N; n++) {
            w->exports[n] += w->customs_receipt[j * stride + n];
            w->imports[n] += w->bought[j * stride + n];
            w->outcome[n].exports_volume += w->receipt[j * stride + n];
            w->outcome[n].imports_volume += w->own[j * stride + n];
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
                               .hub = w->hub,
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
