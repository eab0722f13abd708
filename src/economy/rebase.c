/* SPDX-License-Identifier: MIT */
/* A solution as the benchmark of a second experiment. */
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

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

static void *copied_bytes(ful_arena *arena, const void *from, size_t count, size_t size,
                          int *failed)
{
    void *to = ful_arena_take(arena, count, size);
    if (to)
        memcpy(to, from, count * size);
    *failed |= !to;
    return to;
}

/* What is still closed of a latent flow, at what it would be worth fully open under these prices.
 */
static void rebase_latent(double *latent, const ful_economy_model *m, const ful_economy_work *w,
                          const ful_economy_shock *shock, const double *tariff,
                          const double *export_tax)
{
    for (size_t a = 0; a < m->flows; a++) {
        const size_t r = ful__row_of(m, a);
        const int j = m->product_sector[r / (size_t)m->N], i = ful__seller(m, r, a - m->row[r]);
        const double open =
            shock && shock->latent_openness ? fmin(shock->latent_openness[a], 1) : 0;
        const double before =
            (1 + (m->tariff ? m->tariff[a] : 0)) * (1 + (m->export_tax ? m->export_tax[a] : 0));
        const double after =
            (1 + (tariff ? tariff[a] : 0)) * (1 + (export_tax ? export_tax[a] : 0));
        latent[a] = 0;
        if (m->latent_share[a] > 0 && open < 1)
            latent[a] = (1 - open) * m->latent_share[a] *
                        pow(after / before * w->cost[i * m->J + j], -m->theta[j]) * w->scale[r] /
                        after;
    }
}

/* Cost shares of inputs as the CES nests have moved them. */
static void rebase_inputs(double *input, const ful_economy_model *m, const ful_economy_work *w)
{
    const int J = m->J;
    for (int a = 0; a < m->N * J; a++) {
        const int n = a / J;
        const double sm = 1 - m->sigma_m[n], sv = 1 - m->sigma_v[n];
        const double made = w->cost[a] * (w->has_productivity ? exp(w->log_productivity[a]) : 1);
        const double bundle = sm != 0 || sv != 0 ? exp(w->log_input[a]) : 1;
        for (int k = 0; k < J && (sm != 0 || sv != 0); k++)
            input[(size_t)a * (size_t)J + (size_t)k] *=
                pow(w->price[n * J + k] / bundle, sm) * pow(bundle / made, sv);
    }
}

/* A basket after the change of prices: shares times the power of relative prices. */
static void rebase_basket(double *basket, const ful_economy_model *m, const ful_economy_work *w,
                          int n, double index)
{
    for (int k = 0; k < m->J; k++)
        basket[k] *= pow(w->price[n * m->J + k] / index, 1 - m->sigma_f[n]);
}

/* Shares of final demand: those of one basket, or of the households' baskets by income. */
static void rebase_final(double *final, const ful_economy_data *data, const ful_economy_model *m,
                         const ful_economy_work *w)
{
    const int J = m->J;
    for (int n = 0; n < m->N; n++) {
        const int first = m->first_household[n], end = m->first_household[n + 1];
        double *share = final + n * J, income = 0;
        if (first == end)
            rebase_basket(share, m, w, n, w->final_price[n]);
        else
            memset(share, 0, sizeof(double) * (size_t)J);
        for (int k = first; k < end; k++)
            income += w->household_income[m->household[k]];
        for (int k = first; k < end; k++)
            for (int j = 0; j < J; j++)
                share[j] += data->household[m->household[k]].basket[j] *
                            w->household_income[m->household[k]] / income;
    }
}

static const ful_economy_household *copied_households(ful_arena *arena, const ful_economy_model *m,
                                                      const ful_economy_work *w, int *failed)
{
    const size_t J = (size_t)m->J;
    ful_economy_household *to = ful_arena_take(arena, (size_t)m->households, sizeof *to);
    for (int h = 0; to && h < m->households; h++) {
        const int n = m->household_country[h];
        double *basket = copied(arena, m->basket + (size_t)h * J, J, failed);
        if (basket)
            rebase_basket(basket, m, w, n, w->household_price[h]);
        to[h] =
            (ful_economy_household){.country = n,
                                    .value_added = copied(arena, m->own + (size_t)h * J, J, failed),
                                    .revenue = m->own_revenue[h],
                                    .transfer = m->own_transfer[h],
                                    .basket = basket};
    }
    *failed |= !to;
    return to;
}

ful_status ful_economy_rebase(ful_economy_data *out, const ful_economy_model *m,
                              const ful_economy_work *w, const ful_economy_shock *shock,
                              ful_arena *arena, ful_error *err)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J, rows = (size_t)m->P * N;
    const double *tariff = shock && shock->tariff ? shock->tariff : m->tariff;
    const double *export_tax = shock && shock->export_tax ? shock->export_tax : m->export_tax;
    int failed = 0;
    if (shock && shock->caps > 0)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "a solution under caps is no benchmark: its rents have no rate of their "
                        "own; give the caps as tariffs or export taxes");
    ful_economy_data data = {.countries = m->N,
                             .sectors = m->J,
                             .products = m->P,
                             .country = copied_names(arena, m->country, m->N, &failed),
                             .sector = copied_names(arena, m->sector, m->J, &failed),
                             .flow = copied(arena, w->flow, m->flows, &failed),
                             .theta = copied(arena, m->theta, J, &failed),
                             .kappa = copied(arena, m->kappa, N, &failed),
                             .phi = copied(arena, m->phi, N, &failed),
                             .sigma_f = copied(arena, m->sigma_f, N, &failed),
                             .sigma_m = copied(arena, m->sigma_m, N, &failed),
                             .sigma_v = copied(arena, m->sigma_v, N, &failed),
                             .closure = m->closure,
                             .finance_limit = copied(arena, m->limit, N, &failed),
                             .households = m->households};
    data.product_sector =
        copied_bytes(arena, m->product_sector, (size_t)m->P, sizeof(int), &failed);
    if (tariff)
        data.tariff = copied(arena, tariff, m->flows, &failed);
    if (export_tax)
        data.export_tax = copied(arena, export_tax, m->flows, &failed);
    double *input = copied(arena, m->input, N * J * J, &failed);
    double *final = copied(arena, m->alpha, N * J, &failed);
    double *latent = m->latent ? copied(arena, NULL, m->flows, &failed) : NULL;
    if (m->seller) {
        int *seller = ful_arena_take(arena, m->flows, sizeof *seller);
        for (size_t a = 0; seller && a < m->flows; a++)
            seller[a] = m->seller[a];
        data.seller = seller;
        data.row = copied_bytes(arena, m->row, rows + 1, sizeof *m->row, &failed);
        failed |= !seller;
    }
    if (m->households > 0)
        data.household = copied_households(arena, m, w, &failed);
    if (failed)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a new benchmark");
    if (latent)
        rebase_latent(latent, m, w, shock, tariff, export_tax);
    rebase_inputs(input, m, w);
    rebase_final(final, &data, m, w);
    data.input = input;
    data.final_share = final;
    data.latent = latent;
    *out = data;
    return FUL_OK;
}
