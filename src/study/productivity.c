/* SPDX-License-Identifier: MIT */
/* Shocks to productivity on the days of a scenario, relative to the base year. */
#include "study/world_internal.h"

static int in_force(const ful_case_shock *shock, int day)
{
    return shock->start <= day && day < shock->end;
}

/* The first day after `day` on which the shock begins or ends, or `last` where that comes first. */
static int next_change(const ful_case_shock *shock, int day, int last)
{
    if (shock->start > day && shock->start < last)
        return shock->start;
    return shock->end > day && shock->end < last ? shock->end : last;
}

double ful__world_mean_productivity(const ful_world *w, const unsigned char *counted, int actor,
                                    int sector, int from, int to)
{
    const ful_situation *s = w->s;
    double first = 1, beyond = 0; /* so that what never changes is its own mean, to the last bit */
    for (int day = from, next; day < to; day = next) {
        double product = 1;
        next = to;
        for (int k = 0; k < s->shocks; k++) {
            const ful_case_shock *shock = &s->shock[k];
            if (shock->actor != actor || !shock->sector[sector] || (counted && !counted[k]))
                continue;
            if (in_force(shock, day))
                product *= w->p[shock->factor];
            next = next_change(shock, day, next);
        }
        if (day == from)
            first = product;
        beyond += (product - first) * (next - day);
    }
    return first + beyond / (to - from);
}

void ful__world_base_productivity(double *out, const ful_world *w)
{
    const ful_situation *s = w->s;
    int from, to;
    const double *levels;
    ful__world_base_year(&from, &to, &levels, s);
    for (int n = 0; n < s->actors; n++)
        for (int j = 0; j < s->sectors; j++)
            *out++ = ful__world_mean_productivity(w, NULL, n, j, from, to);
}

void ful__world_days(int *from, int *to, const ful_situation *s, const ful_scenario *scenario)
{
    *from = scenario->regime >= 0 ? s->regime[scenario->regime].date : scenario->from;
    *to = scenario->regime >= 0 ? *from + 1 : scenario->to;
}

double ful_world_shock_days(const ful_world *world, const ful_scenario *scenario, int shock)
{
    const ful_case_shock *x = &world->s->shock[shock];
    int from, to;
    ful__world_days(&from, &to, world->s, scenario);
    const int first = x->start > from ? x->start : from, last = x->end < to ? x->end : to;
    return first < last ? (double)(last - first) / (to - from) : 0;
}

double ful_world_productivity(const ful_world *world, const ful_scenario *scenario, int actor,
                              int sector)
{
    const int cell = actor * world->s->sectors + sector;
    const double *own = scenario->productivity, *base = world->base_productivity;
    double factor = 1;
    if (base) {
        int from, to;
        ful__world_days(&from, &to, world->s, scenario);
        factor = ful__world_mean_productivity(world, NULL, actor, sector, from, to) / base[cell];
    }
    return factor * (own ? own[cell] : 1);
}

const double *ful__world_changed_productivity(double *room, const ful_world *world,
                                              const ful_scenario *scenario)
{
    const ful_situation *s = world->s;
    int changed = 0;
    if (s->shocks == 0 && !scenario->productivity)
        return NULL;
    for (int n = 0; n < s->actors; n++)
        for (int j = 0; j < s->sectors; j++) {
            double *cell = &room[n * s->sectors + j];
            *cell = ful_world_productivity(world, scenario, n, j);
            changed |= *cell != 1;
        }
    return changed ? room : NULL;
}
