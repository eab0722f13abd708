/* SPDX-License-Identifier: MIT */
/* What was stopped, what moved and through whom. */
#include "measures/measures_internal.h"

typedef struct listing {
    const ful_measures_model *m;
    const ful_setting *s;
    ful__flow flow;
    ful_measure_effect effect;
} listing;

/* Day-weighted means; the hub named is that of the longest stretch seen so far. */
static void add_stretch(void *user, int day, double weight)
{
    listing *l = user;
    const ful__grip grip = ful__grip_on(l->m, l->s, &l->flow, day);
    ful_measure_effect *e = &l->effect;
    const double stopped = ful__stopped(&grip);
    e->coverage += weight * grip.coverage;
    e->enforced += weight * grip.enforced * grip.coverage;
    e->stopped += weight * stopped;
    e->moved += weight * (grip.coverage * grip.enforced - stopped);
    e->evaded += weight * grip.coverage * (1 - grip.enforced);
    e->capped |= grip.capped;
    if (grip.main_hub >= 0) {
        e->main_hub = grip.main_hub;
        e->main_hub_share = grip.main_share;
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
                listing l = {m, setting, ful__target_flow(m, p, j, exports), {0}};
                if (!(d->flow[l.flow.at] > 0) || (setting->applies && !setting->applies[p]))
                    continue;
                l.effect = (ful_measure_effect){.seller = l.flow.seller,
                                                .buyer = l.flow.buyer,
                                                .sector = j,
                                                .group = l.flow.group,
                                                .main_hub = -1};
                ful__stretches(m, setting, add_stretch, &l);
                if (!(l.effect.coverage > 0))
                    continue;
                l.effect.enforced /= l.effect.coverage;
                (*count)++;
                insert(effect, &held, room, d, &l.effect);
            }
    return FUL_OK;
}
