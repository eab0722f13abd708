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

/* X'_nij and, on the way, trade with others and its volume at benchmark prices; unlike the pass,
 * which takes domestic sales from totals, this leaves exact zeros where trade is closed */
static void flows(const ful_economy_model *m, ful_economy_work *w)
{
    const int N = m->N, J = m->J;
    for (int n = 0; n < N; n++)
        w->exports[n] = w->imports[n] = w->outcome[n].exports_volume =
            w->outcome[n].imports_volume = 0;
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
                    w->exports[i] += x;
                    w->imports[n] += x;
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
    *view = (ful_economy_view){.outcome = w->outcome,
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

/* Caliendo & Parro (2015), equation 15: on benchmark flows, prices relative to the same
 * numeraire. */
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

/* A copy in the arena, or NULL; `failed` remembers. */
static double *copied(ful_arena *arena, const double *from, size_t count, int *failed)
{
    double *to = ful_arena_take(arena, count, sizeof *to);
    if (to && from)
        memcpy(to, from, count * sizeof *to);
    *failed |= !to;
    return to;
}

static const char *const *copied_names(ful_arena *arena, const char **from, int count, int *failed)
{
    const char **to = ful_arena_take(arena, (size_t)count, sizeof *to);
    for (int k = 0; to && k < count; k++) {
        if (!from[k])
            return NULL; /* numbers serve as names */
        to[k] = ful_arena_text(arena, from[k]);
        *failed |= !to[k];
    }
    *failed |= !to;
    return to;
}

/* What is still closed of a latent flow, at what it would be worth fully open under these
 * prices. */
static void rebase_latent(double *latent, const ful_economy_model *m, const ful_economy_work *w,
                          const ful_economy_shock *shock, const double *tariff)
{
    const int N = m->N, J = m->J;
    for (int j = 0; j < J; j++)
        for (int n = 0; n < N; n++) {
            /* E'/sum over sellers of weight c^-theta, with the sum from the price itself */
            const double scale = w->spending[n * J + j] * pow(w->price[n * J + j], m->theta[j]);
            for (int i = 0; i < N; i++) {
                const size_t a = ful__at(N, j, n, i);
                const double open =
                    shock && shock->latent_openness ? fmin(shock->latent_openness[a], 1) : 0;
                const double before = 1 + (m->tariff ? m->tariff[a] : 0), after = 1 + tariff[a];
                latent[a] = 0;
                if (m->latent_share[a] > 0 && open < 1)
                    latent[a] = (1 - open) * m->latent_share[a] *
                                pow(after / before * w->cost[i * J + j], -m->theta[j]) * scale /
                                after;
            }
        }
}

ful_status ful_economy_rebase(ful_economy_data *out, const ful_economy_model *m,
                              const ful_economy_work *w, const ful_economy_shock *shock,
                              ful_arena *arena, ful_error *err)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J, flow_count = J * N * N;
    int failed = 0;
    const double *rate = shock && shock->tariff ? shock->tariff : m->tariff;
    double *tariff = copied(arena, rate, flow_count, &failed);
    double *latent = m->latent ? copied(arena, NULL, flow_count, &failed) : NULL;
    if (latent && tariff)
        rebase_latent(latent, m, w, shock, tariff);
    const ful_economy_data data = {.countries = m->N,
                                   .sectors = m->J,
                                   .country = copied_names(arena, m->country, m->N, &failed),
                                   .sector = copied_names(arena, m->sector, m->J, &failed),
                                   .flow = copied(arena, w->flow, flow_count, &failed),
                                   .latent = latent,
                                   .tariff = tariff,
                                   .input = copied(arena, m->input, N * J * J, &failed),
                                   .final_share = copied(arena, m->alpha, N * J, &failed),
                                   .theta = copied(arena, m->theta, J, &failed),
                                   .kappa = copied(arena, m->kappa, N, &failed),
                                   .phi = copied(arena, m->phi, N, &failed),
                                   .closure = m->closure,
                                   .finance_limit = copied(arena, m->limit, N, &failed)};
    if (failed)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a new benchmark");
    *out = data;
    return FUL_OK;
}
