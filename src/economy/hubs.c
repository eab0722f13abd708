/* SPDX-License-Identifier: MIT */
/*
 * Hubs that fill: what passes through a hub makes it dearer, and what goes round answers its cost
 * as trade does. One unknown for each hub, how much fuller it is than in the benchmark,
 *
 *     u_h = log((K_h + V_h) / (K_h + V_h of the benchmark)),   cost_h = exp(congestion u_h)
 *
 * The weight of a detoured flow is what goes directly and, of what goes round, the part that still
 * passes at these costs (docs/theory/economy.md). Its weight before that and before caps stands in
 * work->bare.
 */
#include "economy/caps.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Shares that agree within this rounding are one. */
#define SAME_SHARE 1e-9

/* Where the costs of hubs for the goods of sector j stand, hub by hub m->J apart. */
static const double *fade_of(const ful_economy_work *w, int j)
{
    return w->fade + j;
}

/* The unknown of a hub that nothing passes; an iterate below has left the range of the model. */
static double empty(const ful_economy_hub *hub)
{
    return log(hub->capacity / (hub->capacity + hub->use));
}

static void set_fades(const ful_economy_model *m, ful_economy_work *w,
                      const ful_economy_shock *shock, const double *u)
{
    for (int h = 0; h < shock->hubs; h++) {
        const double fuller = fmax(u[h], empty(&shock->hub[h]));
        for (int j = 0; j < m->J; j++)
            w->fade[h * m->J + j] = exp(-m->theta[j] * shock->congestion * fuller);
    }
}

/* ---- what is refused ------------------------------------------------------------------------- */

const char *ful__hub_name(const ful_economy_shock *shock, int h, char room[16])
{
    snprintf(room, 16, "%d", h);
    return shock->hub[h].name ? shock->hub[h].name : room;
}

static ful_status check_hub(const ful_economy_shock *shock, int h, ful_error *err)
{
    const ful_economy_hub *hub = &shock->hub[h];
    char name[16];
    if (!(hub->capacity > 0 && isfinite(hub->capacity)) || !(hub->use >= 0 && isfinite(hub->use)))
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "hub %s has the capacity %g and the use %g, expected above 0 and 0 or more",
                        ful__hub_name(shock, h, name), hub->capacity, hub->use);
    return FUL_OK;
}

static int is_route(const ful_economy_detour *d, int k, int hubs)
{
    return d->hub[k] >= 0 && d->hub[k] < hubs && (k == 0 || d->hub[k] > d->hub[k - 1]) &&
           d->worth[k] > 0 && isfinite(d->worth[k]);
}

static ful_status check_detour(const ful_economy_model *m, const ful_economy_work *w,
                               const ful_economy_shock *shock, int k, ful_error *err)
{
    const ful_economy_detour *d = &shock->detour[k];
    if (d->entry >= m->flows || (k > 0 && d->entry <= shock->detour[k - 1].entry))
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "detour %d is of flow %zu, expected one of %zu, in ascending order", k,
                        d->entry, m->flows);
    if (!(d->share >= 0 && d->share <= 1) || !(d->gripped >= 0 && d->gripped <= d->share) ||
        (d->gripped > 0 && shock->caps == 0))
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "%g of flow %zu go round, %g of it past caps; expected 0..1 and no more",
                        d->share, d->entry, d->gripped);
    for (int q = 0; q < d->hubs; q++)
        if (!is_route(d, q, shock->hubs))
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "detour of flow %zu: its hub %d is number %d of %d and worth %g, "
                            "expected an ascending number and above 0",
                            d->entry, q, d->hub[q], shock->hubs, d->worth[q]);
    /* hubs are worth most where they are empty */
    const int j = m->product_sector[ful__row_at(m, d->entry) / (size_t)m->N];
    const ful__routes most = ful__routes_at(d, shock->onward, fade_of(w, j), m->J);
    if (!(d->other >= 0) || !(most.through > 0) || !(shock->onward * most.through < 1))
        return ful_fail(
            err, FUL_ERR_ARGUMENT,
            "routes around flow %zu sum to %g where hubs are empty, %g of it elsewhere, "
            "expected above 0, and times the worth of moving on, %g, below 1",
            d->entry, most.through, d->other, shock->onward);
    return FUL_OK;
}

/* What falls to caps as hubs fill is what the caps say they will grip of it. */
static ful_status check_rerouted(ful_economy_work *w, const ful_economy_shock *shock,
                                 ful_error *err)
{
    double *falls = w->cell; /* detours */
    memset(falls, 0, (size_t)shock->detours * sizeof *falls);
    for (int c = 0; c < shock->caps; c++)
        for (int k = 0; shock->cap[c].rerouted && k < shock->cap[c].entries; k++) {
            const int d = ful__detour_of(shock, shock->cap[c].entry[k]);
            if (d < shock->detours)
                falls[d] += shock->cap[c].rerouted[k];
        }
    for (int d = 0; d < shock->detours; d++)
        if (!(fabs(falls[d] - shock->detour[d].gripped) <= SAME_SHARE))
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "caps would grip %g of flow %zu if none went round, its detour says %g",
                            falls[d], shock->detour[d].entry, shock->detour[d].gripped);
    return FUL_OK;
}

ful_status ful__hubs_check(const ful_economy_model *m, ful_economy_work *w,
                           const ful_economy_shock *shock, ful_error *err)
{
    double lowest[FUL_ECONOMY_MAX_HUBS];
    ful_status status = FUL_OK;
    if (shock->hubs == 0)
        return FUL_OK;
    if (shock->hubs < 0 || shock->hubs > FUL_ECONOMY_MAX_HUBS)
        return ful_fail(err, FUL_ERR_ARGUMENT, "%d hubs with a capacity, expected 0..%d",
                        shock->hubs, FUL_ECONOMY_MAX_HUBS);
    if (shock->detours < 0 || shock->detours > 2 * m->N * m->J)
        return ful_fail(err, FUL_ERR_ARGUMENT, "%d detours, expected 0..%d", shock->detours,
                        2 * m->N * m->J);
    if (!(shock->congestion >= 0 && isfinite(shock->congestion)) || !(shock->onward >= 0))
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "congestion of hubs is %g and moving on worth %g, expected 0 or more",
                        shock->congestion, shock->onward);
    for (int h = 0; h < shock->hubs && status == FUL_OK; h++)
        status = check_hub(shock, h, err);
    for (int h = 0; h < shock->hubs; h++)
        lowest[h] = -INFINITY;
    if (status == FUL_OK)
        set_fades(m, w, shock, lowest);
    for (int k = 0; k < shock->detours && status == FUL_OK; k++)
        status = check_detour(m, w, shock, k, err);
    return status == FUL_OK ? check_rerouted(w, shock, err) : status;
}

/* ---- weights --------------------------------------------------------------------------------- */

void ful__hubs_begin(const ful_economy_model *m, ful_economy_work *w,
                     const ful_economy_shock *shock)
{
    double *u = ful__parts(m, w->x).u;
    for (int h = 0; h < FUL_ECONOMY_MAX_HUBS; h++)
        if (h >= shock->hubs || w->hubs != shock->hubs || !isfinite(u[h]))
            u[h] = 0; /* how full other hubs are says nothing about these */
    w->hubs = shock->hubs;
    if (w->hubs == 0)
        return;
    for (int k = 0; k < shock->detours; k++) {
        w->bare[k] = w->weight[ful__cross(m, shock, shock->detour[k].entry).slot];
        w->capped[k] = 0;
    }
    for (int c = 0; c < w->caps; c++)
        for (int e = 0; e < shock->cap[c].entries; e++) {
            const size_t a = shock->cap[c].entry[e];
            const int k = ful__detour_of(shock, a);
            if (k < shock->detours) {
                w->bare[k] = w->flow[a];
                w->capped[k] = 1;
            }
        }
}

void ful__hubs_weigh(const ful_economy_model *m, ful_economy_work *w,
                     const ful_economy_shock *shock, const double *u)
{
    set_fades(m, w, shock, u);
    for (int k = 0; k < shock->detours; k++) {
        const ful_economy_detour *d = &shock->detour[k];
        const ful__crossing at = ful__cross(m, shock, d->entry);
        const ful__routes before = ful__routes_at(d, shock->onward, NULL, 0);
        const ful__routes now = ful__routes_at(d, shock->onward, fade_of(w, at.sector), m->J);
        w->passing[k] = now.passes / before.passes;
        if (w->capped[k])
            continue;
        const double weight = w->bare[k] * (1 - d->share + d->share * w->passing[k]);
        w->weight[at.slot] = weight;
        if (w->customs != w->weight)
            w->customs[at.slot] = weight / at.tariff;
        if (w->paid != w->customs)
            w->paid[at.slot] = weight / at.tariff / at.export_tax;
    }
}

void ful__hubs_pass_caps(const ful_economy_model *m, ful_economy_work *w,
                         const ful_economy_shock *shock)
{
    for (int k = 0; k < shock->detours; k++)
        if (w->capped[k])
            w->weight[ful__cross(m, shock, shock->detour[k].entry).slot] +=
                w->bare[k] * shock->detour[k].share * w->passing[k];
}

/* ---- what passes ----------------------------------------------------------------------------- */

/* What goes round of a flow, to the hubs it leads through, and what that falls by as their logs of
 * worth do, weighted by theta. */
static void pass_through(const ful_economy_model *m, ful_economy_work *w,
                         const ful_economy_shock *shock, int k, double *fall)
{
    const ful_economy_detour *d = &shock->detour[k];
    const ful__crossing at = ful__cross(m, shock, d->entry);
    const double *fade = fade_of(w, at.sector), onward = shock->onward, theta = m->theta[at.sector];
    const ful__routes now = ful__routes_at(d, onward, fade, m->J);
    const double value = w->scale[at.row] * w->ctheta[at.sector * m->stride + at.seller] *
                         w->bare[k] * d->share * w->passing[k] / at.tariff / at.export_tax;
    for (int q = 0; q < d->hubs; q++) {
        const double worth = ful__hub_worth(d, q, fade, m->J);
        const double stops = ful__routes_stops(worth, now.through, onward);
        w->hub[d->hub[q]].value += value * stops;
        fall[d->hub[q]] += theta * value * stops * ful__stops_slope(worth, stops, &now, onward, 1);
    }
}

double ful__hubs_measure(const ful_economy_model *m, ful_economy_work *w,
                         const ful_economy_shock *shock, const double *u, double *gap)
{
    double residual = 0, fall[FUL_ECONOMY_MAX_HUBS] = {0};
    for (int h = 0; h < w->hubs; h++)
        w->hub[h] = (ful_economy_hub_state){
            .cost = exp(shock->congestion * fmax(u[h], empty(&shock->hub[h])))};
    for (int k = 0; k < shock->detours; k++)
        pass_through(m, w, shock, k, fall);
    for (int h = 0; h < w->hubs; h++) {
        const double full = shock->hub[h].capacity + w->hub[h].value;
        gap[h] = log(full / (shock->hub[h].capacity + shock->hub[h].use)) - u[h];
        w->hub_slope[h] = 1 + shock->congestion * fall[h] / full;
        residual = ful__larger(residual, fabs(gap[h]));
    }
    return residual;
}
