/* SPDX-License-Identifier: MIT */
/* What was stopped, what moved and through whom. */
#include "measures/measures_internal.h"

#include <math.h>

typedef struct listing {
    ful__reading reading;
    ful__flow flow;
    ful_measure_effect effect;
} listing;

/* The share that would have moved had no hub been punished, less what does. */
static double deterred(const listing *l, const ful__stretch *stretch, double years, double whole,
                       double passed)
{
    const ful__detour free = ful__detours(&l->reading, &l->flow, stretch->day, years, 0);
    return whole * fmax(0, passed - 1 / (1 + free.worth));
}

/* Day-weighted means; the hubs named are those of the last stretch. */
static void add_stretch(void *user, const ful__stretch *stretch)
{
    listing *l = user;
    double part[FUL_ECONOMY_MAX_CAPS];
    const ful__reading *r = &l->reading;
    const ful__grip grip = ful__grip_on(part, r, &l->flow, stretch);
    if (!(grip.coverage > 0))
        return;
    ful_measure_effect *e = &l->effect;
    const double weight = stretch->weight, whole = grip.coverage * grip.enforced;
    const double years = ful__years_bound(r->m, r->s, &l->flow, stretch, grip.coverage);
    const ful__detour detour = ful__detours(r, &l->flow, stretch->day, years, 1);
    e->coverage += weight * grip.coverage;
    e->excess += weight * grip.excess;
    e->enforced += weight * whole;
    e->stopped += weight * grip.stopped;
    e->gripped += weight * grip.gripped;
    e->moved += weight * fmax(0, whole - grip.stopped - grip.gripped);
    e->evaded += weight * (grip.coverage - whole);
    e->deterred += weight * deterred(l, stretch, years, whole, 1 / (1 + detour.worth));
    if (detour.main_hub >= 0 && whole > 0) {
        e->main_hub = detour.main_hub;
        e->main_hub_share = detour.main_share;
        e->onward_hub = detour.onward_hub;
        e->onward = detour.onward;
    }
}

/* Insert by falling base flow; the list is short and mostly in order. */
static void insert(ful_measure_effect *effect, int *held, int room, const ful_measures_data *d,
                   const ful_measure_effect *e)
{
    const size_t N = (size_t)d->countries;
#define BASE(x) d->flow[((size_t)(x)->sector * N + (size_t)(x)->buyer) * N + (size_t)(x)->seller]
    int at = *held;
    while (at > 0 && BASE(&effect[at - 1]) < BASE(e))
        at--;
    if (at >= room)
        return;
    for (int k = *held < room ? *held : room - 1; k > at; k--)
        effect[k] = effect[k - 1];
    effect[at] = *e;
    if (*held < room)
        (*held)++;
#undef BASE
}

ful_status ful_measures_report(ful_measure_effect *effect, int room, int *count,
                               const ful_measures_model *m, const ful_setting *setting,
                               ful_error *err)
{
    const ful_measures_data *d = &m->data;
    if (setting->to <= setting->from)
        return ful_fail(err, FUL_ERR_ARGUMENT, "a regime of %d days, expected 1 or more",
                        setting->to - setting->from);
    int held = 0;
    *count = 0;
    for (int exports = 1; exports >= 0; exports--)
        for (int p = 0; p < d->countries; p++)
            for (int j = 0; p != d->target && j < d->sectors; j++) {
                listing l = {{.m = m, .s = setting}, ful__target_flow(m, p, j, exports), {0}};
                if (!(d->flow[l.flow.at] > 0))
                    continue;
                l.effect = (ful_measure_effect){.seller = l.flow.seller,
                                                .buyer = l.flow.buyer,
                                                .sector = j,
                                                .group = l.flow.group,
                                                .main_hub = -1,
                                                .onward_hub = -1};
                ful__stretches(m, setting, add_stretch, &l);
                if (!(l.effect.coverage > 0))
                    continue;
                l.effect.enforced /= l.effect.coverage;
                (*count)++;
                insert(effect, &held, room, d, &l.effect);
            }
    return FUL_OK;
}
