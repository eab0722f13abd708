/* SPDX-License-Identifier: MIT */
/*
 * The certificate of hubs: what still goes round at their costs, what passes through each, and
 * whether the costs follow from that. Routes are counted stop by stop: what arrives at a hub comes
 * from the start or from any other stop, and what leaves it goes to the end or to any other.
 */
#include "economy/certificate_internal.h"

/* A detour at costs of hubs: what all routes are worth, and what of them passes. */
typedef struct routes {
    double worth, passes;
} routes;

static double worth_of(const ful__audit *x, const ful_economy_detour *d, int k, int j, int now)
{
    return d->worth[k] * (now ? x->hub_power[d->hub[k] * x->m->J + j] : 1);
}

/* S = T (1 + onward S): every route ends at a stop that follows the start or another stop. */
static routes count_routes(const ful__audit *x, const ful_economy_detour *d, int j, int now)
{
    double through = d->other;
    for (int k = 0; k < d->hubs; k++) {
        const double w = worth_of(x, d, k, j, now);
        through += w / (1 + x->onward * w);
    }
    const double worth = through / (1 - x->onward * through);
    return (routes){worth, worth / (1 + worth)};
}

void ful__audit_hubs_begin(ful__audit *x)
{
    for (int h = 0; h < x->hubs; h++) {
        x->passed[h] = 0;
        for (int j = 0; j < x->m->J; j++)
            x->hub_power[h * x->m->J + j] = pow(x->now->hub[h].cost, -x->m->theta[j]);
    }
    for (size_t k = 0; k < x->longest && x->hubs; k++)
        x->row.passing[k] = x->row.left[k] = 1;
}

/* The detours of a row, which come in its turn; returns their number. */
static int find_detours(ful__audit *x, const ful__audit_market *at)
{
    int count = 0;
    while (x->detour_at + count < x->detours) {
        const size_t entry = x->detour[x->detour_at + count].entry;
        if (entry < at->first || entry >= at->first + at->count)
            break;
        count++;
    }
    return count;
}

double ful__audit_detours(ful__audit *x, ful__audit_market *at, double sum)
{
    double *net = x->row.net;
    at->detours = find_detours(x, at);
    for (int q = 0; q < at->detours; q++) {
        const ful_economy_detour *d = &x->detour[x->detour_at + q];
        const size_t k = d->entry - at->first;
        const double passing =
            count_routes(x, d, at->j, 1).passes / count_routes(x, d, at->j, 0).passes;
        x->row.passing[k] = passing;
        x->row.left[k] = (1 - d->share + d->gripped) + (d->share - d->gripped) * passing;
        x->row.round[k] = net[k] * d->share * passing;
        net[k] *= x->row.left[k];
    }
    return at->detours > 0 ? ful__product(net, at->gross, at->count) : sum;
}

void ful__audit_passed(ful__audit *x, const ful__audit_market *at)
{
    for (int q = 0; q < at->detours; q++) {
        const ful_economy_detour *d = &x->detour[x->detour_at + q];
        const size_t k = d->entry - at->first;
        const double worth = count_routes(x, d, at->j, 1).worth;
        const double value = x->row.round[k] * at->scale;
        for (int h = 0; h < d->hubs; h++) {
            const double w = worth_of(x, d, h, at->j, 1);
            const double leaving = (1 + x->onward * worth) / (1 + x->onward * w);
            const double arriving = w * leaving;
            x->passed[d->hub[h]] += value * arriving * leaving / worth;
        }
        x->row.passing[k] = x->row.left[k] = 1;
    }
    x->detour_at += at->detours;
}

void ful__audit_hubs(ful__audit *x)
{
    for (int h = 0; h < x->hubs; h++) {
        const ful_economy_hub *hub = &x->hub[h];
        const ful_economy_hub_state *now = &x->now->hub[h];
        const double fuller = (hub->capacity + now->value) / (hub->capacity + hub->use);
        const double cost = pow(fuller, x->congestion);
        ful__worst(&x->c->hubs, x->passed[h] - now->value, x->passed[h] + x->floor);
        ful__worst(&x->c->hubs, cost - now->cost, cost);
    }
    /* a list out of order is not read to its end */
    if (x->detour_at != x->detours)
        x->c->hubs = INFINITY;
}
