/* SPDX-License-Identifier: MIT */
/* From a setting to what the economy takes: openness relative to the base year, and tariffs. */
#include "measures/measures_internal.h"

#include <math.h>
#include <string.h>

typedef struct target {
    const ful_measures_model *m;
    const ful_setting *s;
    double *openness, *latent, *tariff;
} target;

static int applies(const ful_setting *s, int actor)
{
    return !s->applies || s->applies[actor];
}

/* Openness holds 1 less what is stopped while the stretches are summed. */
static void add_stretch(void *user, int day, double weight)
{
    const target *t = user;
    const ful_measures_data *d = &t->m->data;
    for (int exports = 0; exports < 2; exports++)
        for (int p = 0; p < d->countries; p++)
            for (int j = 0; p != d->target && applies(t->s, p) && j < d->sectors; j++) {
                const ful__flow flow = ful__target_flow(t->m, p, j, exports);
                const ful__grip grip = ful__grip_on(t->m, t->s, &flow, day);
                t->openness[flow.at] -= weight * ful__stopped(&grip);
            }
    for (int k = 0; k < d->measures; k++) {
        const ful_measure *law = &d->measure[k];
        if (law->kind == FUL_MEASURE_TARIFF && (!t->s->in_force || t->s->in_force[k]) &&
            ful__in_force(law, day)) {
            const size_t N = (size_t)d->countries;
            for (int j = 0; j < d->sectors; j++)
                for (int n = 0; law->sector[j] && n < d->countries; n++)
                    for (int i = 0; law->buyer[n] && i < d->countries; i++)
                        if (law->seller[i] && i != n)
                            t->tariff[((size_t)j * N + (size_t)n) * N + (size_t)i] +=
                                weight * law->rate * law->coverage;
        }
    }
}

/* The base year's rates hold the tariff measures that were in force in it; take those out. */
static void remove_base_tariffs(const target *t)
{
    const ful_measures_data *d = &t->m->data;
    const size_t N = (size_t)d->countries;
    for (int k = 0; k < d->measures; k++) {
        const ful_measure *law = &d->measure[k];
        const double share = t->m->base_tariff_measures[k];
        for (int j = 0; share > 0 && j < d->sectors; j++)
            for (int n = 0; law->sector[j] && n < d->countries; n++)
                for (int i = 0; law->buyer[n] && i < d->countries; i++)
                    if (law->seller[i] && i != n)
                        t->tariff[((size_t)j * N + (size_t)n) * N + (size_t)i] -=
                            share * law->rate * law->coverage;
    }
}

/* m(setting) / m(base); where the base year had closed a flow, its latent part is what may open. */
static void relate_to_base(const target *t)
{
    const ful_measures_data *d = &t->m->data;
    for (int exports = 0; exports < 2; exports++)
        for (int p = 0; p < d->countries; p++)
            for (int j = 0; p != d->target && j < d->sectors; j++) {
                const ful__flow flow = ful__target_flow(t->m, p, j, exports);
                const double base = 1 - t->m->base_stopped[flow.slot];
                const double now = t->openness[flow.at];
                if (!applies(t->s, p)) {
                    t->openness[flow.at] = 1;
                    continue;
                }
                if (t->latent && d->latent && d->latent[flow.at] > 0)
                    t->latent[flow.at] = fmax(now - base, 0);
                t->openness[flow.at] = base > 0 ? fmax(now, 0) / base : 1;
            }
}

static ful_status check(const ful_measures_model *m, const ful_setting *s, ful_error *err)
{
    if (s->to <= s->from)
        return ful_fail(err, FUL_ERR_ARGUMENT, "a regime of %d days, expected 1 or more",
                        s->to - s->from);
    if (!(s->relief >= 0 && s->relief <= 1) || !(s->hub_cost >= 0 && s->hub_cost <= 1))
        return ful_fail(err, FUL_ERR_ARGUMENT, "relief %g and hub cost %g, expected 0..1",
                        s->relief, s->hub_cost);
    for (int a = 0; a < m->data.countries * m->data.groups; a++)
        if (!(s->enforcement[a] >= 0 && s->enforcement[a] <= 1))
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "enforcement of %s for group '%s' is %g, expected 0..1",
                            m->data.country[a / m->data.groups],
                            m->data.group[a % m->data.groups].id, s->enforcement[a]);
    return FUL_OK;
}

ful_status ful_measures_apply(double *openness, double *latent_openness, double *tariff,
                              const ful_measures_model *m, const ful_setting *setting,
                              ful_error *err)
{
    const ful_status status = check(m, setting, err);
    if (status != FUL_OK)
        return status;
    const size_t flows =
        (size_t)m->data.sectors * (size_t)m->data.countries * (size_t)m->data.countries;
    for (size_t a = 0; a < flows; a++)
        openness[a] = 1;
    if (latent_openness)
        memset(latent_openness, 0, flows * sizeof *latent_openness);
    if (m->data.tariff)
        memcpy(tariff, m->data.tariff, flows * sizeof *tariff);
    else
        memset(tariff, 0, flows * sizeof *tariff);
    target t = {m, setting, openness, latent_openness, tariff};
    ful__stretches(m, setting, add_stretch, &t);
    remove_base_tariffs(&t);
    relate_to_base(&t);
    return FUL_OK;
}
