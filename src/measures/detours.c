/* SPDX-License-Identifier: MIT */
/*
 * Detours: what the routes through hubs are worth relative to the direct one. From a hub a cargo
 * may move on to other hubs. Over all such routes
 *
 *     S = sum_h w_h x_h,   x_h = 1 + onward sum_{k != h} w_k x_k = (1 + onward S) / (1 + onward
 * w_h),
 *
 * a geometric series that sums to S = T / (1 - onward T), T = sum_h w_h / (1 + onward w_h).
 */
#include "measures/measures_internal.h"

#include <math.h>

#include "base/routes.h"

#define DAYS_A_YEAR 365.25

/* Share of a hub that the law and the imposers of secondary sanctions leave open. */
static double openness_of(const ful_measures_model *m, const ful_setting *s, const ful_hub *hub,
                          const ful__flow *flow, int day, int punished)
{
    double level = 0, bite = 0;
    const int slot = ful__slot_of(m, hub->actor, flow->sector, flow->exports);
    for (size_t q = m->first_law[slot]; q < m->first_law[slot + 1]; q++) {
        const ful_measure *law = &m->data.measure[m->law[q]];
        if (!ful__speaks(m, s, m->law[q], day))
            continue;
        if (law->kind == FUL_MEASURE_SECONDARY) {
            const int meant = hub->actor != law->imposer &&
                              (law->imposer == FUL_EVERYONE || ful__applies(m, s, law->imposer));
            if (meant && punished)
                bite = fmax(bite, law->coverage * (1 - s->relief));
        } else if (ful__binds(m, law, hub->actor) && ful__applies(m, s, hub->actor)) {
            level = ful__level(m, s, hub->actor, flow->group);
        }
    }
    return (1 - level) * (1 - bite);
}

ful__route *ful__routes_new(ful_arena *arena, const ful_measures_data *d)
{
    const size_t count = (size_t)d->hubs * (size_t)d->sectors;
    ful__route *route = ful_arena_take(arena, count, sizeof *route);
    for (size_t k = 0; route && k < count; k++)
        route[k].years = NAN;
    return route;
}

/* What the cost ratio of a hub leaves of a sector's goods: its extra cost melts away with time. */
static double power_of(const ful_hub *hub, double theta, double years)
{
    const double left = hub->adaptation_years > 0 ? exp(-years / hub->adaptation_years) : 1;
    return pow(1 + (hub->cost - 1) * left, -theta);
}

/* w_h of a hub for the goods of a flow. */
static double worth_of(const ful__reading *r, int h, const ful__flow *flow, int day, double years,
                       int punished)
{
    const ful_measures_data *d = &r->m->data;
    const ful_hub *hub = &d->hub[h];
    ful__route once = {.years = NAN}, *kept = &once;
    if (r->route && punished)
        kept = &r->route[h * d->sectors + flow->sector];
    if (kept->years == years && kept->stretch == r->stretch)
        return kept->worth;
    if (kept->years != years)
        kept->power = power_of(hub, d->theta[flow->sector], years);
    kept->worth = hub->share * openness_of(r->m, r->s, hub, flow, day, punished) * kept->power;
    if (r->m->limit[h] >= 0)
        kept->worth *= pow(r->m->base_cost[h] * (r->s->hub_cost ? r->s->hub_cost[h] : 1),
                           -d->theta[flow->sector]);
    kept->years = years;
    kept->stretch = r->stretch;
    return kept->worth;
}

ful__detour ful__detours(const ful__reading *r, const ful__flow *flow, int day, double years,
                         int punished)
{
    const ful_measures_data *d = &r->m->data;
    ful__detour out = {.main_hub = -1, .onward_hub = -1};
    double sum = 0, one_stop = 0, first = 0, second = 0;
    for (int k = r->m->first_hub[flow->group]; k < r->m->first_hub[flow->group + 1]; k++) {
        const int h = r->m->hub[k];
        const ful_hub *hub = &d->hub[h];
        if (hub->actor == flow->partner || !(hub->share > 0))
            continue;
        const double w = worth_of(r, h, flow, day, years, punished);
        const double t = ful__routes_term(w, d->onward);
        one_stop += w;
        sum += t;
        if (t > first) {
            second = first;
            out.onward_hub = out.main_hub;
            first = t;
            out.main_hub = hub->actor;
        } else if (t > second) {
            second = t;
            out.onward_hub = hub->actor;
        }
    }
    if (!(sum > 0))
        return out;
    out.worth = ful__routes_worth(sum, d->onward);
    out.main_share = first / sum;
    out.onward = d->onward > 0 ? fmax(0, 1 - one_stop / out.worth) : 0;
    if (!(d->onward > 0))
        out.onward_hub = -1;
    return out;
}

void ful__add_terms(double *term, double amount, const ful__reading *r, const ful__flow *flow,
                    const ful__stretch *stretch, double years)
{
    const ful_measures_data *d = &r->m->data;
    const int first = r->m->first_hub[flow->group], end = r->m->first_hub[flow->group + 1];
    for (int k = first; k < end; k++) {
        const int h = r->m->hub[k];
        if (d->hub[h].actor == flow->partner || !(d->hub[h].share > 0))
            continue;
        const double w = worth_of(r, h, flow, stretch->day, years, 1);
        term[k - first] += amount * ful__routes_term(w, d->onward);
    }
}

/*
 * Hubs learn from the day on which a measure, in force or since replaced, first covered at least
 * half of what is covered now: a ban that takes over from a cap does not make them start again.
 */
double ful__years_bound(const ful_measures_model *m, const ful_setting *s, const ful__flow *flow,
                        const ful__stretch *stretch, double coverage)
{
    const ful_measures_data *d = &m->data;
    double since = stretch->day;
    const size_t end = m->adapts ? m->first_law[flow->slot + 1] : 0;
    for (size_t q = m->first_law[flow->slot]; q < end; q++) {
        const int k = m->law[q];
        const ful_measure *law = &d->measure[k];
        const int bans = law->kind == FUL_MEASURE_BAN || law->kind == FUL_MEASURE_CAP;
        const int bound = ful__binds(m, law, d->target) ||
                          (ful__binds(m, law, flow->partner) && ful__applies(m, s, flow->partner));
        if (bans && bound && (!s->in_force || s->in_force[k] != FUL_SET_ASIDE) &&
            2 * law->coverage * (1 - s->relief) >= coverage)
            since = fmin(since, law->start + law->lag_days);
    }
    return s->adaptation + (stretch->middle - since) / DAYS_A_YEAR;
}

double ful__series_ratio(int *worst, const ful_measures_data *d, int group)
{
    double sum = 0, largest = -1;
    *worst = 0;
    for (int h = 0; h < d->hubs; h++) {
        const double share = d->hub[h].share;
        if (d->hub[h].group != group)
            continue;
        sum += d->onward * share / (1 + d->onward * share);
        if (share > largest) {
            largest = share;
            *worst = h;
        }
    }
    return sum;
}
