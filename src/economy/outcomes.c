/* SPDX-License-Identifier: MIT */
/* From a solution to what people ask of it: flows, the three outcomes, decompositions. */
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

static void prices(const ful_economy_model *m, ful_economy_work *w)
{
    const int cells = m->N * m->J;
    for (int n = 0; n < m->N; n++)
        w->final_price[n] = exp(w->final_price[n]); /* the pass leaves its log */
    for (int a = 0; a < cells; a++) {
        w->cost[a] = exp(w->log_cost[a]);
        w->price[a] = exp(w->x[m->N + a]);
    }
}

/* X'_nij and, on the way, volumes of trade at benchmark prices */
static void flows(const ful_economy_model *m, ful_economy_work *w)
{
    const int N = m->N, J = m->J;
    for (int n = 0; n < N; n++)
        w->outcome[n].exports_volume = w->outcome[n].imports_volume = 0;
    for (int j = 0; j < J; j++) {
        const double *c = w->ctheta + (size_t)j * (size_t)N;
        for (int n = 0; n < N; n++) {
            const size_t row = ful__at(N, j, n, 0);
            double sum = 0;
            for (int i = 0; i < N; i++)
                sum += w->weight[row + (size_t)i] * c[i];
            const double scale = sum > 0 ? w->spending[n * J + j] / sum : 0;
            for (int i = 0; i < N; i++) {
                const double x = scale * w->paid[row + (size_t)i] * c[i];
                w->flow[row + (size_t)i] = x;
                if (i != n) {
                    w->outcome[i].exports_volume += x / w->cost[i * J + j];
                    w->outcome[n].imports_volume += x / w->cost[i * J + j];
                }
            }
        }
    }
}

/* Value added at benchmark prices: output less inputs, each deflated by its own price. */
static double real_value_added(const ful_economy_model *m, const ful_economy_work *w, int n)
{
    const int J = m->J;
    double volume = 0;
    for (int j = 0; j < J; j++) {
        const double *row = m->input + (size_t)(n * J + j) * (size_t)J;
        const double made = w->output[n * J + j];
        if (!(made > 0))
            continue;
        volume += made / w->cost[n * J + j];
        for (int k = 0; k < J; k++)
            volume -= row[k] * made / w->price[n * J + k];
    }
    return volume;
}

/* A ratio to the benchmark; NaN where the benchmark has none. */
static double ratio(double now, double before)
{
    return before > 0 ? now / before : NAN;
}

void ful__economy_outcomes(const ful_economy_model *m, ful_economy_work *w)
{
    prices(m, w);
    flows(m, w);
    for (int n = 0; n < m->N; n++) {
        ful_economy_outcome *o = &w->outcome[n];
        const double earned = m->wage_bill[n] + m->revenue[n];
        o->welfare = w->income[n] / (earned + m->transfer[n]) / w->final_price[n];
        o->real_income = (w->demanded[n] + w->revenue[n]) / earned / w->final_price[n];
        o->real_gdp = real_value_added(m, w, n) / m->wage_bill[n];
        o->exports = ratio(w->exports[n], m->exports[n]);
        o->imports = ratio(w->imports[n], m->imports[n]);
        o->exports_volume = ratio(o->exports_volume, m->exports[n]);
        o->imports_volume = ratio(o->imports_volume, m->imports[n]);
    }
}

void ful_economy_view_get(ful_economy_view *view, const ful_economy_model *model,
                          const ful_economy_work *w)
{
    (void)model;
    *view = (ful_economy_view){
        .outcome = w->outcome, .price = w->price, .final_price = w->final_price, .cost = w->cost,
        .output = w->output, .spending = w->spending, .value_added = w->value_added,
        .income = w->income, .revenue = w->revenue, .transfer = w->transfer, .flow = w->flow};
}

/* Caliendo & Parro (2015), equation 15: on benchmark flows, prices relative to the same numeraire. */
void ful_economy_first_order(double *terms_of_trade, double *volume_of_trade,
                             const ful_economy_model *m, const ful_economy_work *w)
{
    const int N = m->N, J = m->J;
    for (int n = 0; n < N; n++)
        terms_of_trade[n] = volume_of_trade[n] = 0;
    for (int j = 0; j < J; j++)
        for (int n = 0; n < N; n++)
            for (int i = 0; i < N; i++) {
                const size_t a = ful__at(N, j, n, i);
                if (i == n || !(m->flow[a] > 0))
                    continue;
                const double chat = w->cost[i * J + j], change = w->flow[a] / m->flow[a];
                const double tau = m->tariff ? m->tariff[a] : 0;
                terms_of_trade[i] += m->flow[a] * (chat - 1);
                terms_of_trade[n] -= m->flow[a] * (chat - 1);
                volume_of_trade[n] += tau * m->flow[a] * (change - chat);
            }
    for (int n = 0; n < N; n++) {
        const double income = m->wage_bill[n] + m->revenue[n] + m->transfer[n];
        terms_of_trade[n] /= income;
        volume_of_trade[n] /= income;
    }
}

double ful_economy_compensation(const ful_economy_model *m, const ful_economy_work *w, int country)
{
    const double before = m->wage_bill[country] + m->revenue[country];
    return before * w->final_price[country] - (w->demanded[country] + w->revenue[country]);
}

ful_status ful_economy_rebase(ful_economy_data *out, const ful_economy_model *m,
                              const ful_economy_work *w, const ful_economy_shock *shock,
                              ful_arena *arena, ful_error *err)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J, flows_count = J * N * N;
    double *flow = ful_arena_take(arena, flows_count, sizeof *flow);
    double *tariff = ful_arena_take(arena, flows_count, sizeof *tariff);
    double *share = ful_arena_take(arena, N * J, sizeof *share);
    if (!flow || !tariff || !share)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a new benchmark");
    memcpy(flow, w->flow, flows_count * sizeof *flow);
    memcpy(share, m->alpha, N * J * sizeof *share);
    for (size_t a = 0; a < flows_count; a++)
        tariff[a] = shock && shock->tariff ? shock->tariff[a] : m->tariff ? m->tariff[a] : 0;
    *out = (ful_economy_data){.countries = m->N, .sectors = m->J, .country = NULL, .sector = NULL,
                              .flow = flow, .tariff = tariff, .input = m->input,
                              .final_share = share, .theta = m->theta, .kappa = m->kappa,
                              .phi = m->phi, .closure = m->closure, .finance_limit = m->limit};
    return FUL_OK;
}
