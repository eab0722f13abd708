/* SPDX-License-Identifier: MIT */
/* Caliendo & Parro (2015), equation 15: terms of trade and volume of trade to first order, on
 * benchmark flows at customs value, prices relative to the numeraire of the solution. */
#include "economy/economy_internal.h"

/* What the flow `a` of seller i to buyer n adds to the numerators of both. */
typedef struct effect {
    double seller_terms, buyer_terms, volume;
} effect;

static effect effect_of(const ful_economy_model *m, const ful_economy_work *w, size_t a, int i,
                        int j)
{
    const double customs = m->flow[a] * (1 + (m->export_tax ? m->export_tax[a] : 0));
    const double chat = w->cost[i * m->J + j], change = w->flow[a] / m->flow[a];
    const double tau = m->tariff ? m->tariff[a] : 0;
    return (effect){customs * (chat - 1), -customs * (chat - 1), tau * customs * (change - chat)};
}

typedef void (*visit_fn)(void *user, int n, int i, int j, const effect *e);

/* Every flow between two countries that the benchmark has. */
static void visit_trade(const ful_economy_model *m, const ful_economy_work *w, visit_fn visit,
                        void *user)
{
    for (size_t r = 0; r < (size_t)m->P * (size_t)m->N; r++) {
        const int n = (int)(r % (size_t)m->N), j = m->product_sector[r / (size_t)m->N];
        for (size_t a = m->row[r]; a < m->row[r + 1]; a++) {
            const int i = ful__seller(m, r, a - m->row[r]);
            if (i == n || !(m->flow[a] > 0))
                continue;
            const effect e = effect_of(m, w, a, i, j);
            visit(user, n, i, j, &e);
        }
    }
}

typedef struct totals {
    double *terms, *volume;
} totals;

static void add_total(void *user, int n, int i, int j, const effect *e)
{
    const totals *t = user;
    (void)j;
    t->terms[i] += e->seller_terms;
    t->terms[n] += e->buyer_terms;
    t->volume[n] += e->volume;
}

void ful_economy_first_order(double *terms_of_trade, double *volume_of_trade,
                             const ful_economy_model *m, const ful_economy_work *w)
{
    totals t = {terms_of_trade, volume_of_trade};
    for (int n = 0; n < m->N; n++)
        terms_of_trade[n] = volume_of_trade[n] = 0;
    visit_trade(m, w, add_total, &t);
    for (int n = 0; n < m->N; n++) {
        const double income = m->wage_bill[n] + m->revenue[n] + m->transfer[n];
        terms_of_trade[n] /= income;
        volume_of_trade[n] /= income;
    }
}

typedef struct parts {
    double *terms, *volume;
    int country, J;
} parts;

static void add_part(void *user, int n, int i, int j, const effect *e)
{
    const parts *x = user;
    if (x->terms && i == x->country)
        x->terms[n * x->J + j] += e->seller_terms;
    if (x->terms && n == x->country)
        x->terms[i * x->J + j] += e->buyer_terms;
    if (x->volume && n == x->country)
        x->volume[i * x->J + j] += e->volume;
}

void ful_economy_first_order_by(double *terms_of_trade, double *volume_of_trade,
                                const ful_economy_model *m, const ful_economy_work *w, int country)
{
    parts x = {terms_of_trade, volume_of_trade, country, m->J};
    double *const out[] = {terms_of_trade, volume_of_trade};
    for (int list = 0; list < 2; list++)
        for (int a = 0; out[list] && a < m->N * m->J; a++)
            out[list][a] = 0;
    visit_trade(m, w, add_part, &x);
    const double income = m->wage_bill[country] + m->revenue[country] + m->transfer[country];
    for (int list = 0; list < 2; list++)
        for (int a = 0; out[list] && a < m->N * m->J; a++)
            out[list][a] /= income;
}
