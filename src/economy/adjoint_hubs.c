/* SPDX-License-Identifier: MIT */
/*
 * Hubs in the gradient: how full they are is one more unknown each. What passes through a hub
 * answers to its flows, and the weights of these to the costs of all hubs on their routes.
 */
#include "economy/adjoint.h"
#include "economy/caps.h"

/* A detour at the solution. */
typedef struct detour {
    const ful_economy_detour *d;
    ful__crossing at;
    ful__routes now;
    const double *fade;
    double bare, passing;
    double unit;     /* spending that a unit of weight earns */
    double received; /* what sellers receive of what goes round, per unit of bare weight */
} detour;

static detour read_detour(const ful__adjoint *x, int k)
{
    const ful_economy_model *m = x->m;
    const ful_economy_work *w = x->w;
    const ful_economy_detour *d = &x->shock->detour[k];
    detour y = {.d = d,
                .at = ful__cross(m, x->shock, d->entry),
                .bare = w->bare[k],
                .passing = w->passing[k]};
    y.fade = w->fade + y.at.sector;
    y.now = ful__routes_at(d, x->shock->onward, y.fade, m->J);
    y.unit = w->scale[y.at.row] * w->ctheta[y.at.sector * m->stride + y.at.seller];
    y.received = y.unit * d->share * y.passing / y.at.tariff / y.at.export_tax;
    return y;
}

static double stops_at(const ful__adjoint *x, const detour *y, int q)
{
    const double worth = ful__hub_worth(y->d, q, y->fade, x->m->J);
    return ful__routes_stops(worth, y->now.through, x->shock->onward);
}

/* Adjoint of what passes the q-th hub of a detour. */
static double of_value(const ful__adjoint *x, const detour *y, int q)
{
    const int h = y->d->hub[q];
    return x->lambda.u[h] / (x->shock->hub[h].capacity + x->w->hub[h].value);
}

/* Adjoint of what fills the hubs, per unit of bare weight. */
static double filling(const ful__adjoint *x, const detour *y)
{
    double sum = 0;
    for (int q = 0; q < y->d->hubs; q++)
        sum += of_value(x, y, q) * stops_at(x, y, q);
    return sum * y->received;
}

/* What fills the hubs, to the rows (w->sum) and unit costs it depends on. */
void ful__adjoint_hubs_before(ful__adjoint *x)
{
    const ful_economy_model *m = x->m;
    for (int k = 0; x->w->hubs > 0 && k < x->shock->detours; k++) {
        const detour y = read_detour(x, k);
        const double share = y.bare * filling(x, &y);
        x->w->sum[y.at.row] += share;
        x->cost[y.at.seller * m->J + y.at.sector] -= m->theta[y.at.sector] * share;
    }
}

/* The log of what the q-th hub of a detour is worth has the adjoint `slope`: to how full it is. */
static void answer(ful__adjoint *x, const detour *y, int q, double slope)
{
    const int h = y->d->hub[q], j = y->at.sector;
    x->out.u[h] -= x->m->theta[j] * x->shock->congestion * slope;
    if (x->wanted && x->gradient->theta)
        x->gradient->theta[j] -= x->shock->congestion * x->at.u[h] * slope;
}

/* What passes over a detour has the adjoint `worth` per unit of bare weight. */
static void passing_answers(ful__adjoint *x, const detour *y, double worth)
{
    for (int q = 0; q < y->d->hubs; q++)
        answer(x, y, q, worth * y->bare * y->passing * stops_at(x, y, q) * (1 - y->now.passes));
}

/* What fills one hub answers to the worth of every hub on the way. */
static void filling_answers(ful__adjoint *x, const detour *y)
{
    const double onward = x->shock->onward;
    for (int q = 0; q < y->d->hubs; q++) {
        const double worth = ful__hub_worth(y->d, q, y->fade, x->m->J), stops = stops_at(x, y, q);
        double sum = 0;
        for (int h = 0; h < y->d->hubs; h++)
            sum += of_value(x, y, h) * stops_at(x, y, h) *
                   ful__stops_slope(worth, stops, &y->now, onward, h == q);
        answer(x, y, q, sum * y->bare * y->received);
    }
}

/* What a unit of weight is worth where it passes freely. */
static double worth_free(const ful__adjoint *x, const detour *y)
{
    const ful_economy_model *m = x->m;
    const int n = (int)(y->at.row % (size_t)m->N), cell = y->at.seller * m->J + y->at.sector;
    const double spending = m->product_share[y->at.row] * x->w->spending[n * m->J + y->at.sector];
    const double per_weight = spending > 0 ? x->w->sum[y->at.row] / spending : 0;
    const ful__worth v = ful__worth_of(x, n, y->at.seller, cell);
    return y->unit * (per_weight + (v.customs + v.paid / y->at.export_tax) / y->at.tariff);
}

/* What fills the hubs grows with the flow and falls with its price. A flow that is closed has no
 * weight to scale: what opening it a little would be worth, in place of what it would be worth if
 * hubs were as in the benchmark. */
static void filling_gradient(ful__adjoint *x, const detour *y)
{
    const ful_economy_model *m = x->m;
    ful_economy_gradient *out = x->gradient;
    const size_t a = y->at.a;
    const double theta = m->theta[y->at.sector], fill = filling(x, y), share = y->bare * fill;
    const double factor = exp(-theta * ful__tax_change(x, a));
    double more = fill;
    if (!(y->bare > 0))
        more -= (y->d->share - y->d->gripped) * (1 - y->passing) * worth_free(x, y);
    if (out->openness)
        out->openness[a] += m->share[a] * factor * more;
    if (out->latent_openness && m->latent)
        out->latent_openness[a] += m->latent_share[a] * factor * more;
    if (out->tariff)
        out->tariff[a] -= (theta + 1) * share / y->at.tariff;
    if (out->export_tax)
        out->export_tax[a] -= (theta + 1) * share / y->at.export_tax;
    if (out->theta)
        out->theta[y->at.sector] -=
            share * (x->w->log_cost[y->at.seller * m->J + y->at.sector] + ful__tax_change(x, a));
}

/* What falls back on caps as hubs fill. */
static void gripped_answers(ful__adjoint *x)
{
    for (int c = 0; c < x->w->caps; c++) {
        const ful_economy_cap *cap = &x->shock->cap[c];
        for (int k = 0; cap->rerouted && k < cap->entries; k++) {
            const int at = ful__detour_of(x->shock, cap->entry[k]);
            if (at == x->shock->detours)
                continue;
            const detour y = read_detour(x, at);
            passing_answers(x, &y,
                            cap->rerouted[k] * (worth_free(x, &y) - ful__adjoint_gripped(x, c, k)));
        }
    }
}

/* What full hubs do to the flows, once the adjoints of the rows are known. */
void ful__adjoint_hubs_after(ful__adjoint *x)
{
    if (x->w->hubs == 0)
        return;
    for (int k = 0; k < x->shock->detours; k++) {
        const detour y = read_detour(x, k);
        passing_answers(x, &y, (y.d->share - y.d->gripped) * worth_free(x, &y));
        filling_answers(x, &y);
        if (x->wanted)
            filling_gradient(x, &y);
    }
    gripped_answers(x);
    for (int h = 0; h < x->w->hubs; h++)
        x->out.u[h] -= x->lambda.u[h];
}
