/* SPDX-License-Identifier: MIT */
/* The caps of a model: which flows each may grip, and how tight it is. */
#include "measures/measures_internal.h"

#include <math.h>
#include <string.h>

/* Ranks of the flows that a cap covers, and what they are worth in the base year. */
static ful_status open_cap(ful__cap *cap, ful_measures_model *m, int measure, ful_error *err)
{
    const ful_measures_data *d = &m->data;
    const ful_measure *law = &d->measure[measure];
    int partners = 0;
    *cap = (ful__cap){.measure = measure, .first = m->places};
    cap->partner = ful_arena_take(m->arena, (size_t)d->countries, sizeof *cap->partner);
    cap->sector = ful_arena_take(m->arena, (size_t)d->sectors, sizeof *cap->sector);
    if (!cap->partner || !cap->sector)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for caps");
    /* exports have another buyer than the target itself */
    for (int n = 0; n < d->countries; n++)
        cap->exports |= law->seller[d->target] && law->buyer[n] && n != d->target;
    const unsigned char *others = cap->exports ? law->buyer : law->seller;
    for (int n = 0; n < d->countries; n++)
        cap->partner[n] = others[n] && n != d->target ? partners++ : -1;
    for (int j = 0; j < d->sectors; j++)
        cap->sector[j] = law->sector[j] ? cap->sectors++ : -1;
    cap->places = (size_t)partners * (size_t)cap->sectors;
    for (int n = 0; n < d->countries; n++)
        for (int j = 0; cap->partner[n] >= 0 && j < d->sectors; j++)
            if (cap->sector[j] >= 0)
                cap->base += law->coverage * d->flow[ful__target_flow(m, n, j, cap->exports).at];
    const double bound = fmin(law->cap_value, law->cap_quantity);
    cap->tightness = cap->base > 0 ? bound / cap->base : INFINITY;
    m->places += cap->places;
    return FUL_OK;
}

ful_status ful__list_caps(ful_measures_model *m, ful_error *err)
{
    const ful_measures_data *d = &m->data;
    int caps = 0;
    for (int k = 0; k < d->measures; k++)
        caps += d->measure[k].kind == FUL_MEASURE_CAP;
    if (caps > FUL_ECONOMY_MAX_CAPS)
        return ful_fail(err, FUL_ERR_DATA, "%d caps, expected at most %d", caps,
                        FUL_ECONOMY_MAX_CAPS);
    m->cap = ful_arena_take(m->arena, (size_t)caps, sizeof *m->cap);
    if (!m->cap)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for caps");
    for (int k = 0; k < d->measures; k++) {
        if (d->measure[k].kind != FUL_MEASURE_CAP)
            continue;
        ful__cap cap;
        const ful_status status = open_cap(&cap, m, k, err);
        if (status != FUL_OK)
            return status;
        int at = m->caps++;
        for (; at > 0 && m->cap[at - 1].tightness > cap.tightness; at--)
            m->cap[at] = m->cap[at - 1];
        m->cap[at] = cap;
    }
    return FUL_OK;
}

size_t ful__cap_place(const ful__cap *cap, const ful__flow *flow)
{
    return cap->first + (size_t)cap->partner[flow->partner] * (size_t)cap->sectors +
           (size_t)cap->sector[flow->sector];
}
