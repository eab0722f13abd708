/* SPDX-License-Identifier: MIT */
/* The law: which measures speak, whom they bind, how firmly they grip a flow. */
#include "measures/measures_internal.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* Longest stretch over which the costs of hubs that adapt are taken as those of its middle. */
#define LONGEST_STRETCH 91

ful__flow ful__target_flow(const ful_measures_model *m, int partner, int sector, int exports)
{
    const ful_measures_data *d = &m->data;
    const size_t N = (size_t)d->countries;
    ful__flow f = {.sector = sector, .partner = partner, .exports = exports};
    f.seller = exports ? d->target : partner;
    f.buyer = exports ? partner : d->target;
    f.group = exports ? m->export_group[sector] : m->import_group[sector];
    f.at = ((size_t)sector * N + (size_t)f.buyer) * N + (size_t)f.seller;
    f.slot = ful__slot_of(m, partner, sector, exports);
    return f;
}

/* ---- what and when ---- */

int ful__covers(const ful_measures_model *m, const ful_measure *law, int actor, int sector,
                int exports)
{
    const int target = m->data.target;
    return law->sector[sector] && (exports ? law->seller[target] && law->buyer[actor]
                                           : law->seller[actor] && law->buyer[target]);
}

void ful__stretches(const ful_measures_model *m, const ful_setting *s, ful__stretch_fn visit,
                    void *user)
{
    const double total = (double)(s->to - s->from);
    for (int day = s->from; day < s->to;) {
        int next = s->to;
        if (m->adapts && next - day > LONGEST_STRETCH)
            next = day + LONGEST_STRETCH;
        for (int k = 0; k < m->data.measures; k++) {
            const ful_measure *law = &m->data.measure[k];
            const int start = law->start + law->lag_days;
            if (start > day && start < next)
                next = start;
            if (law->end > day && law->end < next)
                next = law->end;
        }
        const ful__stretch stretch = {day, day + (next - day - 1) / 2.0, (next - day) / total};
        visit(user, &stretch);
        day = next;
    }
}

/* ---- the grip on a flow ---- */

/* Combined coverage of the measures that bind each side of a flow. */
typedef struct sides {
    double partner, target;
} sides;

/* Adds a measure to what binds a flow, by the maximum; 0 where it binds neither side. */
static int widen(sides *covered, const ful_measures_model *m, const ful_setting *s,
                 const ful_measure *law, const ful__flow *flow)
{
    const double coverage = law->coverage * (1 - s->relief);
    if (ful__binds(m, law, m->data.target))
        covered->target = fmax(covered->target, coverage);
    else if (ful__binds(m, law, flow->partner) && ful__applies(m, s, flow->partner))
        covered->partner = fmax(covered->partner, coverage);
    else
        return 0;
    return 1;
}

/* What is enforced of it: the goods that one side covers are among those of the other, and what
 * both cover passes only if both let it. */
static double enforced(sides covered, double e_partner, double e_target)
{
    const double both = fmin(covered.partner, covered.target);
    return both * (1 - (1 - e_partner) * (1 - e_target)) + (covered.partner - both) * e_partner +
           (covered.target - both) * e_target;
}

/* Adds all bans, and all bans and caps, that speak of a flow. */
static void widen_all(sides *bans, sides *covered, const ful_measures_model *m,
                      const ful_setting *s, const ful__flow *flow, int day)
{
    for (size_t q = m->first_law[flow->slot]; q < m->first_law[flow->slot + 1]; q++) {
        const ful_measure *law = &m->data.measure[m->law[q]];
        if (law->kind == FUL_MEASURE_SECONDARY || !ful__speaks(m, s, m->law[q], day))
            continue;
        widen(covered, m, s, law, flow);
        if (law->kind == FUL_MEASURE_BAN)
            widen(bans, m, s, law, flow);
    }
}

/* Each cap, the tightest first, grips what a ban in its place would add to the bans and to the
 * tighter caps. passed: 1 - v. */
static void grip_of_caps(ful__grip *grip, double *part, sides covered, const double *e,
                         double passed, const ful_measures_model *m, const ful_setting *s,
                         const ful__flow *flow, int day)
{
    double last = grip->stopped;
    for (int c = 0; c < m->caps; c++) {
        const ful__cap *cap = &m->cap[c];
        const ful_measure *law = &m->data.measure[cap->measure];
        part[c] = 0;
        if (cap->exports != flow->exports || cap->partner[flow->partner] < 0 ||
            cap->sector[flow->sector] < 0 || !ful__speaks(m, s, cap->measure, day))
            continue;
        if (!widen(&covered, m, s, law, flow))
            continue;
        const double now = enforced(covered, e[0], e[1]) * passed;
        part[c] = fmax(now - last, 0);
        last = fmax(now, last);
        /* what a ban removes already counts towards what the bound lets through */
        grip->excess = fmax(grip->excess, law->coverage * (1 - s->relief) * (1 - cap->tightness));
    }
    grip->gripped = last - grip->stopped;
}

ful__grip ful__grip_on(double *part, const ful__reading *r, const ful__flow *flow,
                       const ful__stretch *stretch)
{
    const ful_measures_model *m = r->m;
    const ful_setting *s = r->s;
    ful__grip grip = {0};
    memset(part, 0, (size_t)m->caps * sizeof *part);
    if (flow->group < 0)
        return grip;
    sides bans = {0, 0}, covered = {0, 0};
    widen_all(&bans, &covered, m, s, flow, stretch->day);
    grip.coverage = fmax(covered.partner, covered.target);
    if (!(grip.coverage > 0))
        return grip;
    const double e[2] = {ful__level(m, s, flow->partner, flow->group),
                         ful__level(m, s, m->data.target, flow->group)};
    const double whole = enforced(covered, e[0], e[1]);
    grip.enforced = whole / grip.coverage;
    double passed = 1;
    if (whole > 0) {
        grip.years = ful__years_bound(m, s, flow, stretch, grip.coverage);
        grip.worth = ful__detours(r, flow, stretch->day, grip.years, 1).worth;
        passed = 1 / (1 + grip.worth);
    }
    grip.stopped = enforced(bans, e[0], e[1]) * passed;
    grip.excess = fmax(bans.partner, bans.target);
    grip_of_caps(&grip, part, bans, e, passed, m, s, flow, stretch->day);
    return grip;
}
