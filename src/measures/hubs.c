/* SPDX-License-Identifier: MIT */
/*
 * Hubs with a capacity: what goes round of each flow, and by which hubs, for the economy to solve
 * how full they are.
 *
 * A period has one set of routes for a flow, those of its mean day: hub by hub the mean of what it
 * adds to T, by what moves, scaled so that with hubs as full as in the base year as much moves as
 * on all its days together.
 */
#include "measures/measures_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/routes.h"

/* Hubs of the group that has most. */
static size_t most_hubs(const ful_measures_model *m)
{
    int most = 0;
    for (int g = 0; g < m->data.groups; g++)
        if (m->first_hub[g + 1] - m->first_hub[g] > most)
            most = m->first_hub[g + 1] - m->first_hub[g];
    return (size_t)most;
}

int ful__rounds_new(ful__rounds *r, ful_arena *arena, const ful_measures_model *m)
{
    const size_t flows = m->limited > 0 ? (size_t)m->flows : 0;
    r->stride = most_hubs(m);
    r->of = ful_arena_take(arena, flows, sizeof *r->of);
    r->term = ful_arena_take(arena, flows * r->stride, sizeof *r->term);
    return r->of && r->term;
}

void ful__rounds_clear(ful__rounds *r, const ful_measures_model *m)
{
    const size_t flows = m->limited > 0 ? (size_t)m->flows : 0;
    memset(r->of, 0, flows * sizeof *r->of);
    memset(r->term, 0, flows * r->stride * sizeof *r->term);
}

void ful__rounds_add(ful__rounds *r, int k, const ful__reading *reading, const ful__grip *grip,
                     const ful__stretch *stretch)
{
    const ful_measures_model *m = reading->m;
    const double whole = grip->coverage * grip->enforced;
    const double moved = stretch->weight * whole * grip->worth / (1 + grip->worth);
    if (!(moved > 0))
        return;
    r->of[k].whole += stretch->weight * whole;
    r->of[k].moved += moved;
    r->of[k].gripped += stretch->weight * grip->gripped * grip->worth;
    const double per_term = moved / ful__routes_through(grip->worth, m->data.onward);
    ful__add_terms(r->term + (size_t)k * r->stride, per_term, reading, &m->flow[k], stretch,
                   grip->years);
}

/* The routes of a flow's mean day, in `to` and what it points to. Returns whether there are any
 * that may fill. */
static int mean_routes(ful_economy_detour *to, int *hub, double *worth, const ful__rounds *r, int k,
                       const ful_measures_model *m)
{
    const ful_measures_data *d = &m->data;
    const ful__round *round = &r->of[k];
    const double *term = r->term + (size_t)k * r->stride;
    const int first = m->first_hub[m->flow[k].group], end = m->first_hub[m->flow[k].group + 1];
    const double through =
        ful__routes_through(round->moved / (round->whole - round->moved), d->onward);
    *to = (ful_economy_detour){.entry = m->flow[k].at, .hub = hub, .worth = worth};
    for (int q = first; q < end; q++) {
        const double part = through * term[q - first] / round->moved;
        const int limited = m->limit[m->hub[q]];
        if (limited < 0) {
            to->other += part;
        } else if (part > 0) {
            hub[to->hubs] = limited;
            worth[to->hubs++] = ful__routes_hub(part, d->onward);
        }
    }
    return to->hubs > 0;
}

int ful__round_of(ful_economy_detour *to, int *hub, double *worth, const ful__rounds *r, int k,
                  double open, const ful_measures_model *m)
{
    const ful__round *round = &r->of[k];
    if (m->flow[k].group < 0 || !(round->moved > 0) || !(open > 0) ||
        !mean_routes(to, hub, worth, r, k, m))
        return 0;
    const int caps_grip = m->data.flow[m->flow[k].at] > 0;
    to->share = fmin(round->moved / open, 1);
    to->gripped = caps_grip ? fmin(round->gripped / open, to->share) : 0;
    return 1;
}

double ful__round_passing(const ful_economy_detour *d, const double *cost, double theta,
                          const ful_measures_model *m)
{
    const double onward = m->data.onward;
    double before = d->other, now = d->other;
    for (int q = 0; q < d->hubs; q++) {
        const int h = m->limited_hub[d->hub[q]];
        before += ful__routes_term(d->worth[q], onward);
        now += ful__routes_term(d->worth[q] * pow(cost[h], -theta), onward);
    }
    return ful__routes_passes(now, onward) / ful__routes_passes(before, onward);
}

/* ---- the model --------------------------------------------------------------------------------
 */

static ful_status list_limited(ful_measures_model *m, ful_error *err)
{
    const ful_measures_data *d = &m->data;
    m->limit = ful_arena_take(m->arena, (size_t)d->hubs, sizeof *m->limit);
    m->limited_hub = ful_arena_take(m->arena, (size_t)d->hubs, sizeof *m->limited_hub);
    m->base_use = ful_arena_take(m->arena, (size_t)d->hubs, sizeof *m->base_use);
    m->base_cost = ful_arena_take(m->arena, (size_t)d->hubs, sizeof *m->base_cost);
    m->base_hub = ful_arena_take(m->arena, (size_t)d->hubs, sizeof *m->base_hub);
    m->base_worth = ful_arena_take(m->arena, (size_t)d->hubs, sizeof *m->base_worth);
    if (!m->limit || !m->limited_hub || !m->base_use || !m->base_cost || !m->base_hub ||
        !m->base_worth)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for hubs");
    for (int h = 0; h < d->hubs; h++) {
        m->base_cost[h] = 1;
        m->limit[h] = d->congestion > 0 && d->hub[h].capacity > 0 ? m->limited : -1;
        if (m->limit[h] >= 0)
            m->limited_hub[m->limited++] = h;
    }
    if (m->limited > FUL_ECONOMY_MAX_HUBS)
        return ful_fail(err, FUL_ERR_DATA, "%d hubs with a capacity, expected at most %d",
                        m->limited, FUL_ECONOMY_MAX_HUBS);
    return FUL_OK;
}

typedef struct entry {
    size_t at;
    int flow;
} entry;

static int by_entry(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* The flows in the order of flow arrays, in which the economy wants detours. */
static ful_status order_flows(ful_measures_model *m, ful_error *err)
{
    const size_t flows = m->limited > 0 ? (size_t)m->flows : 0;
    entry *list = ful_arena_take(m->arena, flows, sizeof *list);
    m->by_entry = ful_arena_take(m->arena, flows, sizeof *m->by_entry);
    if (!list || !m->by_entry)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for hubs");
    for (size_t k = 0; k < flows; k++)
        list[k] = (entry){m->flow[k].at, (int)k};
    qsort(list, flows, sizeof *list, by_entry);
    for (size_t k = 0; k < flows; k++)
        m->by_entry[k] = list[k].flow;
    return FUL_OK;
}

ful_status ful__list_limited(ful_measures_model *m, ful_error *err)
{
    ful_status status = list_limited(m, err);
    if (status == FUL_OK)
        status = order_flows(m, err);
    if (status == FUL_OK && !ful__rounds_new(&m->base_rounds, m->arena, m))
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for hubs");
    return status;
}

/* What passed through the hubs in the base year. fall: how its log answers to that of a hub's cost,
 * were only its share of a detour to change; summed with the same weights. */
static void count_base_use(double *fall, ful_measures_model *m)
{
    const ful_measures_data *d = &m->data;
    const size_t cell = (size_t)d->countries * (size_t)d->countries;
    memset(m->base_use, 0, (size_t)m->limited * sizeof *m->base_use);
    for (int k = 0; k < m->flows; k++) {
        ful_economy_detour y;
        const double open = 1 - m->base_stopped[m->flow[k].slot];
        if (!ful__round_of(&y, m->base_hub, m->base_worth, &m->base_rounds, k, open, m))
            continue;
        double through = y.other;
        for (int q = 0; q < y.hubs; q++)
            through += ful__routes_term(y.worth[q], d->onward);
        for (int q = 0; q < y.hubs; q++) {
            const double passed =
                d->flow[y.entry] * y.share * ful__routes_stops(y.worth[q], through, d->onward);
            m->base_use[y.hub[q]] += passed;
            fall[y.hub[q]] += d->theta[y.entry / cell] * passed;
        }
    }
}

double ful__fill_hubs(ful_measures_model *m)
{
    double gap = 0, fall[FUL_ECONOMY_MAX_HUBS] = {0};
    count_base_use(fall, m);
    for (int h = 0; h < m->limited; h++) {
        const double rho = m->data.congestion,
                     full = m->data.hub[m->limited_hub[h]].capacity + m->base_use[h];
        double *cost = &m->base_cost[m->limited_hub[h]];
        const double off = rho * log(full / m->data.hub[m->limited_hub[h]].capacity) - log(*cost);
        gap = fmax(gap, fabs(off));
        *cost *= exp(off / (1 + rho * fall[h] / full));
    }
    return gap;
}

int ful_measures_hubs(const int **out, const ful_measures_model *m)
{
    *out = m->limited_hub;
    return m->limited;
}
