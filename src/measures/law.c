/* SPDX-License-Identifier: MIT */
/* The law: which measures are in force, whom they bind, how firmly they grip a flow. */
#include "measures/measures_internal.h"

#include <math.h>
#include <string.h>

/* ---- construction ------------------------------------------------------------------------------
 */

static const void *keep(ful_arena *arena, const void *data, size_t count, size_t size)
{
    void *copy = ful_arena_take(arena, count, size);
    if (copy && count > 0)
        memcpy(copy, data, count * size);
    return copy;
}

/* Copy a mask; NULL stays NULL and fails the construction. */
static const unsigned char *keep_mask(ful_arena *arena, const unsigned char *mask, int count)
{
    return mask ? keep(arena, mask, (size_t)count, 1) : NULL;
}

static ful_status keep_laws(ful_measures_model *m, const ful_measures_data *d, ful_error *err)
{
    ful_measure *law = ful_arena_take(m->arena, (size_t)d->measures, sizeof *law);
    ful_group *group = ful_arena_take(m->arena, (size_t)d->groups, sizeof *group);
    if (!law || !group)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for measures");
    for (int k = 0; k < d->measures; k++) {
        law[k] = d->measure[k];
        law[k].id = ful_arena_text(m->arena, d->measure[k].id);
        law[k].seller = keep_mask(m->arena, d->measure[k].seller, d->countries);
        law[k].buyer = keep_mask(m->arena, d->measure[k].buyer, d->countries);
        law[k].sector = keep_mask(m->arena, d->measure[k].sector, d->sectors);
        if (!law[k].id || !law[k].seller || !law[k].buyer || !law[k].sector)
            return ful_fail(err, FUL_ERR_MEMORY, "out of memory for measure %d", k);
    }
    for (int g = 0; g < d->groups; g++) {
        group[g] = d->group[g];
        group[g].id = ful_arena_text(m->arena, d->group[g].id);
        group[g].name = ful_arena_text(m->arena, d->group[g].name ? d->group[g].name : "");
        group[g].sector = keep_mask(m->arena, d->group[g].sector, d->sectors);
        if (!group[g].id || !group[g].name || !group[g].sector)
            return ful_fail(err, FUL_ERR_MEMORY, "out of memory for group %d", g);
    }
    m->data.measure = law;
    m->data.group = group;
    return FUL_OK;
}

static ful_status keep_names(ful_measures_model *m, const ful_measures_data *d, ful_error *err)
{
    const char **country = ful_arena_take(m->arena, (size_t)d->countries, sizeof *country);
    const char **sector = ful_arena_take(m->arena, (size_t)d->sectors, sizeof *sector);
    int complete = country && sector;
    for (int n = 0; complete && n < d->countries; n++)
        complete = (country[n] = ful_arena_text(m->arena, d->country[n])) != NULL;
    for (int j = 0; complete && j < d->sectors; j++)
        complete = (sector[j] = ful_arena_text(m->arena, d->sector_id[j])) != NULL;
    m->data.country = country;
    m->data.sector_id = sector;
    return complete ? FUL_OK : ful_fail(err, FUL_ERR_MEMORY, "out of memory for names");
}

static ful_status keep_numbers(ful_measures_model *m, const ful_measures_data *d, ful_error *err)
{
    const size_t N = (size_t)d->countries, J = (size_t)d->sectors, flows = J * N * N;
    m->data.hub = keep(m->arena, d->hub, (size_t)d->hubs, sizeof *d->hub);
    m->data.theta = keep(m->arena, d->theta, J, sizeof(double));
    m->data.flow = keep(m->arena, d->flow, flows, sizeof(double));
    m->data.latent = d->latent ? keep(m->arena, d->latent, flows, sizeof(double)) : NULL;
    m->data.tariff = d->tariff ? keep(m->arena, d->tariff, flows, sizeof(double)) : NULL;
    m->data.base_enforcement =
        keep(m->arena, d->base_enforcement, N * (size_t)d->groups, sizeof(double));
    m->cap_coverage = ful_arena_take(m->arena, (size_t)d->measures, sizeof(double));
    m->base_tariff_measures = ful_arena_take(m->arena, (size_t)d->measures, sizeof(double));
    m->export_group = ful_arena_take(m->arena, J, sizeof(int));
    m->import_group = ful_arena_take(m->arena, J, sizeof(int));
    m->base_stopped = ful_arena_take(m->arena, 2 * N * J, sizeof(double));
    if (!m->data.hub || !m->data.theta || !m->data.flow || (d->latent && !m->data.latent) ||
        (d->tariff && !m->data.tariff) || !m->data.base_enforcement || !m->cap_coverage ||
        !m->base_tariff_measures || !m->export_group || !m->import_group || !m->base_stopped)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for measures");
    return FUL_OK;
}

/* One group at most for each sector and side. */
static ful_status assign_groups(ful_measures_model *m, ful_error *err)
{
    const ful_measures_data *d = &m->data;
    for (int j = 0; j < d->sectors; j++) {
        m->export_group[j] = m->import_group[j] = -1;
        for (int g = 0; g < d->groups; g++) {
            int *slot = d->group[g].exports ? &m->export_group[j] : &m->import_group[j];
            if (!d->group[g].sector[j])
                continue;
            if (*slot >= 0)
                return ful_fail(err, FUL_ERR_DATA,
                                "sector '%s' is in the groups '%s' and '%s' of the same side",
                                d->sector_id[j], d->group[*slot].id, d->group[g].id);
            *slot = g;
        }
    }
    return FUL_OK;
}

/* Whether a mask holds anybody but the target. */
static int holds_other(const unsigned char *mask, const ful_measures_data *d)
{
    for (int n = 0; n < d->countries; n++)
        if (mask[n] && n != d->target)
            return 1;
    return 0;
}

static ful_status check_law(const ful_measures_model *m, const ful_measure *law, ful_error *err)
{
    const ful_measures_data *d = &m->data;
    if (!(law->coverage >= 0 && law->coverage <= 1))
        return ful_fail(err, FUL_ERR_DATA, "coverage of measure '%s' is %g, expected 0..1", law->id,
                        law->coverage);
    if (law->kind == FUL_MEASURE_CAP && !(law->cap_musd >= 0))
        return ful_fail(err, FUL_ERR_DATA, "cap of measure '%s' is %g, expected 0 or more", law->id,
                        law->cap_musd);
    if (law->kind == FUL_MEASURE_TARIFF && !(law->rate > -1))
        return ful_fail(err, FUL_ERR_DATA, "rate of measure '%s' is %g, expected above -1", law->id,
                        law->rate);
    if (law->kind == FUL_MEASURE_TARIFF)
        return FUL_OK;
    const int exports = law->seller[d->target] && holds_other(law->buyer, d);
    const int imports = law->buyer[d->target] && holds_other(law->seller, d);
    for (int j = 0; j < d->sectors; j++) {
        if (!law->sector[j])
            continue;
        if ((exports && m->export_group[j] < 0) || (imports && m->import_group[j] < 0))
            return ful_fail(err, FUL_ERR_DATA,
                            "measure '%s' covers the %s of sector '%s', which is in no such group",
                            law->id, exports && m->export_group[j] < 0 ? "exports" : "imports",
                            d->sector_id[j]);
    }
    return FUL_OK;
}

/* Share of the base flows of a cap that lies above it. */
static double above_cap(const ful_measures_data *d, const ful_measure *law)
{
    const size_t N = (size_t)d->countries;
    double flow = 0;
    for (int j = 0; j < d->sectors; j++)
        for (int n = 0; law->sector[j] && n < d->countries; n++)
            for (int i = 0; law->buyer[n] && i < d->countries; i++)
                if (law->seller[i] && i != n && (i == d->target || n == d->target))
                    flow += d->flow[((size_t)j * N + (size_t)n) * N + (size_t)i];
    return flow > law->cap_musd ? 1 - law->cap_musd / flow : 0;
}

/* ---- whom and when -----------------------------------------------------------------------------
 */

ful__flow ful__target_flow(const ful_measures_model *m, int partner, int sector, int exports)
{
    const ful_measures_data *d = &m->data;
    const size_t N = (size_t)d->countries;
    ful__flow f = {.sector = sector, .partner = partner};
    f.seller = exports ? d->target : partner;
    f.buyer = exports ? partner : d->target;
    f.group = exports ? m->export_group[sector] : m->import_group[sector];
    f.at = ((size_t)sector * N + (size_t)f.buyer) * N + (size_t)f.seller;
    f.slot = ((exports ? 0 : 1) * d->countries + partner) * d->sectors + sector;
    return f;
}

int ful__in_force(const ful_measure *law, int day)
{
    return day >= law->start + law->lag_days && day < law->end;
}

static int binds(const ful_measure *law, int actor)
{
    return law->binds_all || law->imposer == actor;
}

/* Enforcement of an actor; who does not apply the regime keeps the level of the base year. */
static double level(const ful_measures_model *m, const ful_setting *s, int actor, int group)
{
    const double *table =
        s->applies && !s->applies[actor] ? m->data.base_enforcement : s->enforcement;
    return table[actor * m->data.groups + group];
}

/* S = sum_h a_h (1 - e_h) r_h^-theta over the hubs of the flow's group, its partner left out. */
static void detours(const ful_measures_model *m, const ful_setting *s, const ful__flow *flow,
                    int day, ful__grip *grip)
{
    const ful_measures_data *d = &m->data;
    const double easing = s->hub_cost > 0 ? s->hub_cost : 1;
    double largest = 0;
    grip->main_hub = -1;
    for (int h = 0; h < d->hubs; h++) {
        const ful_hub *hub = &d->hub[h];
        if (hub->group != flow->group || hub->actor == flow->partner || !(hub->share > 0))
            continue;
        int bound = 0;
        for (int k = 0; k < d->measures && !bound; k++) {
            const ful_measure *law = &d->measure[k];
            bound = law->kind != FUL_MEASURE_TARIFF && law->sector[flow->sector] &&
                    (!s->in_force || s->in_force[k]) && binds(law, hub->actor) &&
                    ful__in_force(law, day);
        }
        const double open = bound ? 1 - level(m, s, hub->actor, flow->group) : 1;
        const double cost = 1 + (hub->cost - 1) * easing;
        const double worth = hub->share * open * pow(cost, -d->theta[flow->sector]);
        grip->detour += worth;
        if (worth > largest) {
            largest = worth;
            grip->main_hub = hub->actor;
        }
    }
    grip->main_share = grip->detour > 0 ? largest / grip->detour : 0;
}

ful__grip ful__grip_on(const ful_measures_model *m, const ful_setting *s, const ful__flow *flow,
                       int day)
{
    const ful_measures_data *d = &m->data;
    ful__grip grip = {.main_hub = -1};
    int partner_bound = 0, target_bound = 0;
    if (flow->group < 0)
        return grip;
    for (int k = 0; k < d->measures; k++) {
        const ful_measure *law = &d->measure[k];
        if (law->kind == FUL_MEASURE_TARIFF || !law->sector[flow->sector] ||
            !law->seller[flow->seller] || !law->buyer[flow->buyer] ||
            (s->in_force && !s->in_force[k]) || !ful__in_force(law, day))
            continue;
        const int partner = binds(law, flow->partner), target = binds(law, d->target);
        if (!partner && !target)
            continue;
        const double share = law->kind == FUL_MEASURE_CAP ? m->cap_coverage[k] : 1;
        grip.coverage = fmax(grip.coverage, law->coverage * share * (1 - s->relief));
        grip.capped |= law->kind == FUL_MEASURE_CAP && share > 0;
        partner_bound |= partner;
        target_bound |= target;
    }
    const double e_partner = partner_bound ? level(m, s, flow->partner, flow->group) : 0;
    const double e_target = target_bound ? level(m, s, d->target, flow->group) : 0;
    grip.enforced = 1 - (1 - e_partner) * (1 - e_target);
    if (grip.coverage > 0 && grip.enforced > 0)
        detours(m, s, flow, day, &grip);
    return grip;
}

void ful__stretches(const ful_measures_model *m, const ful_setting *s, ful__stretch_fn visit,
                    void *user)
{
    const double total = (double)(s->to - s->from);
    for (int day = s->from; day < s->to;) {
        int next = s->to;
        for (int k = 0; k < m->data.measures; k++) {
            const ful_measure *law = &m->data.measure[k];
            const int start = law->start + law->lag_days;
            if (start > day && start < next)
                next = start;
            if (law->end > day && law->end < next)
                next = law->end;
        }
        visit(user, day, (next - day) / total);
        day = next;
    }
}

/* ---- the model ---------------------------------------------------------------------------------
 */

typedef struct base_year {
    ful_measures_model *m;
    const ful_setting *setting;
} base_year;

static void add_base(void *user, int day, double weight)
{
    const base_year *b = user;
    const ful_measures_data *d = &b->m->data;
    for (int exports = 0; exports < 2; exports++)
        for (int p = 0; p < d->countries; p++)
            for (int j = 0; p != d->target && j < d->sectors; j++) {
                const ful__flow flow = ful__target_flow(b->m, p, j, exports);
                const ful__grip grip = ful__grip_on(b->m, b->setting, &flow, day);
                b->m->base_stopped[flow.slot] += weight * ful__stopped(&grip);
            }
    for (int k = 0; k < d->measures; k++)
        if (d->measure[k].kind == FUL_MEASURE_TARIFF && ful__in_force(&d->measure[k], day))
            b->m->base_tariff_measures[k] += weight;
}

static ful_status build(ful_measures_model *m, const ful_measures_data *d, ful_error *err)
{
    ful_status status = keep_laws(m, d, err);
    if (status == FUL_OK)
        status = keep_names(m, d, err);
    if (status == FUL_OK)
        status = keep_numbers(m, d, err);
    if (status == FUL_OK)
        status = assign_groups(m, err);
    for (int k = 0; status == FUL_OK && k < d->measures; k++) {
        status = check_law(m, &m->data.measure[k], err);
        if (m->data.measure[k].kind == FUL_MEASURE_CAP)
            m->cap_coverage[k] = above_cap(&m->data, &m->data.measure[k]);
    }
    for (int h = 0; status == FUL_OK && h < d->hubs; h++)
        if (!(d->hub[h].share >= 0) || !(d->hub[h].cost >= 1))
            status = ful_fail(err, FUL_ERR_DATA,
                              "hub %s: share %g and cost %g, expected 0 or more and 1 or more",
                              d->country[d->hub[h].actor], d->hub[h].share, d->hub[h].cost);
    if (status != FUL_OK)
        return status;
    const ful_setting base = {
        .from = d->base_from, .to = d->base_to, .enforcement = m->data.base_enforcement};
    base_year year = {m, &base};
    ful__stretches(m, &base, add_base, &year);
    return FUL_OK;
}

ful_status ful_measures_model_new(ful_measures_model **out, const ful_measures_data *data,
                                  const ful_allocator *allocator, ful_error *err)
{
    *out = NULL;
    if (data->target < 0 || data->target >= data->countries || data->base_to <= data->base_from)
        return ful_fail(err, FUL_ERR_ARGUMENT, "target %d of %d countries, base year of %d days",
                        data->target, data->countries, data->base_to - data->base_from);
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    ful_measures_model *m = ful_arena_take(arena, 1, sizeof *m);
    if (!m) {
        ful_arena_free(arena);
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for measures");
    }
    m->arena = arena;
    m->data = *data;
    status = build(m, data, err);
    if (status != FUL_OK)
        ful_arena_free(arena);
    else
        *out = m;
    return status;
}

void ful_measures_model_free(ful_measures_model *model)
{
    if (model)
        ful_arena_free(model->arena);
}

void ful_measures_regime(unsigned char *in_force, const ful_measures_model *m, int day)
{
    for (int k = 0; k < m->data.measures; k++)
        in_force[k] = (unsigned char)ful__in_force(&m->data.measure[k], day);
}
