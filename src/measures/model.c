/* SPDX-License-Identifier: MIT */
/* The model of measures: data copied and checked, and what the base year's regime stopped. */
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
    m->base_tariff_measures = ful_arena_take(m->arena, (size_t)d->measures, sizeof(double));
    m->export_group = ful_arena_take(m->arena, J, sizeof(int));
    m->import_group = ful_arena_take(m->arena, J, sizeof(int));
    m->base_stopped = ful_arena_take(m->arena, 2 * N * J, sizeof(double));
    m->base_stopped_by_target = ful_arena_take(m->arena, 2 * N * J, sizeof(double));
    if (!m->data.hub || !m->data.theta || !m->data.flow || (d->latent && !m->data.latent) ||
        (d->tariff && !m->data.tariff) || !m->data.base_enforcement || !m->base_tariff_measures ||
        !m->export_group || !m->import_group || !m->base_stopped || !m->base_stopped_by_target)
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

/* Whether a number is a bound or INFINITY for none. */
static int is_bound(double bound)
{
    return bound >= 0;
}

static ful_status check_numbers(const ful_measure *law, ful_error *err)
{
    if (!(law->coverage >= 0 && law->coverage <= 1))
        return ful_fail(err, FUL_ERR_DATA, "coverage of measure '%s' is %g, expected 0..1", law->id,
                        law->coverage);
    if (law->kind == FUL_MEASURE_CAP && (!is_bound(law->cap_value) || !is_bound(law->cap_quantity)))
        return ful_fail(err, FUL_ERR_DATA,
                        "cap of measure '%s' is %g in value and %g in quantity, expected 0 or more",
                        law->id, law->cap_value, law->cap_quantity);
    if (law->kind == FUL_MEASURE_TARIFF && !(law->rate > -1))
        return ful_fail(err, FUL_ERR_DATA, "rate of measure '%s' is %g, expected above -1", law->id,
                        law->rate);
    return FUL_OK;
}

static ful_status check_law(const ful_measures_model *m, const ful_measure *law, ful_error *err)
{
    const ful_measures_data *d = &m->data;
    const ful_status status = check_numbers(law, err);
    if (status != FUL_OK || law->kind == FUL_MEASURE_TARIFF)
        return status;
    const int exports = law->seller[d->target] && holds_other(law->buyer, d);
    const int imports = law->buyer[d->target] && holds_other(law->seller, d);
    if (law->kind == FUL_MEASURE_CAP && exports && imports)
        return ful_fail(err, FUL_ERR_DATA,
                        "cap '%s' is about exports and imports together: make it two", law->id);
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

static ful_status check_hubs(const ful_measures_data *d, ful_error *err)
{
    for (int h = 0; h < d->hubs; h++) {
        const ful_hub *hub = &d->hub[h];
        if (!(hub->share >= 0) || !(hub->cost >= 1))
            return ful_fail(err, FUL_ERR_DATA,
                            "hub %s: share %g and cost %g, expected 0 or more and 1 or more",
                            d->country[hub->actor], hub->share, hub->cost);
        if (!(hub->capacity >= 0))
            return ful_fail(err, FUL_ERR_DATA, "hub %s: capacity of %g, expected 0 or more",
                            d->country[hub->actor], hub->capacity);
        if (!(hub->adaptation_years >= 0))
            return ful_fail(err, FUL_ERR_DATA, "hub %s: adaptation in %g years, expected 0 or more",
                            d->country[hub->actor], hub->adaptation_years);
    }
    if (!(d->onward >= 0))
        return ful_fail(err, FUL_ERR_DATA, "worth of moving on between hubs is %g, expected >= 0",
                        d->onward);
    if (!(d->congestion >= 0))
        return ful_fail(err, FUL_ERR_DATA, "congestion of hubs is %g, expected >= 0",
                        d->congestion);
    for (int g = 0; g < d->groups; g++) {
        int worst;
        const double ratio = ful__series_ratio(&worst, d, g);
        if (!(ratio < 1))
            return ful_fail(
                err, FUL_ERR_DATA,
                "detours of group '%s' from hub to hub do not die out: their series has "
                "the ratio %.3g, expected below 1; lower the share of %s, %g, or the "
                "worth of moving on, %g",
                d->group[g].id, ratio, d->country[d->hub[worst].actor], d->hub[worst].share,
                d->onward);
    }
    return FUL_OK;
}

/* ---- the model ---------------------------------------------------------------------------------
 */

/* Measures by slot, counted first and listed second. */
static ful_status list_laws(ful_measures_model *m, ful_error *err)
{
    const ful_measures_data *d = &m->data;
    const size_t slots = 2 * (size_t)d->countries * (size_t)d->sectors;
    m->first_law = ful_arena_take(m->arena, slots + 1, sizeof *m->first_law);
    for (int list = 0; list < 2 && m->first_law; list++) {
        size_t count = 0;
        for (int exports = 1; exports >= 0; exports--)
            for (int p = 0; p < d->countries; p++)
                for (int j = 0; j < d->sectors; j++) {
                    m->first_law[ful__slot_of(m, p, j, exports)] = count;
                    for (int k = 0; p != d->target && k < d->measures; k++)
                        if (d->measure[k].kind != FUL_MEASURE_TARIFF &&
                            ful__covers(m, &d->measure[k], p, j, exports)) {
                            if (list)
                                m->law[count] = k;
                            count++;
                        }
                }
        m->first_law[slots] = count;
        if (!list)
            m->law = ful_arena_take(m->arena, count, sizeof *m->law);
        if (!m->law)
            break;
    }
    return m->first_law && m->law ? FUL_OK
                                  : ful_fail(err, FUL_ERR_MEMORY, "out of memory for measures");
}

/* The target's flows of the base year, and those that it had closed. Sector by sector, since all
 * partners need the same hubs. */
static ful_status list_flows(ful_measures_model *m, ful_error *err)
{
    const ful_measures_data *d = &m->data;
    m->flow =
        ful_arena_take(m->arena, 2 * (size_t)d->countries * (size_t)d->sectors, sizeof *m->flow);
    if (!m->flow)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for measures");
    for (int exports = 0; exports < 2; exports++)
        for (int j = 0; j < d->sectors; j++)
            for (int p = 0; p < d->countries; p++) {
                const ful__flow flow = ful__target_flow(m, p, j, exports);
                if (p != d->target &&
                    (d->flow[flow.at] > 0 || (d->latent && d->latent[flow.at] > 0)))
                    m->flow[m->flows++] = flow;
            }
    return FUL_OK;
}

/* Hubs by group. */
static ful_status list_hubs(ful_measures_model *m, ful_error *err)
{
    const ful_measures_data *d = &m->data;
    int count = 0;
    m->first_hub = ful_arena_take(m->arena, (size_t)d->groups + 1, sizeof *m->first_hub);
    m->hub = ful_arena_take(m->arena, (size_t)d->hubs, sizeof *m->hub);
    if (!m->first_hub || !m->hub)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for measures");
    for (int g = 0; g < d->groups; g++) {
        m->first_hub[g] = count;
        for (int h = 0; h < d->hubs; h++)
            if (d->hub[h].group == g)
                m->hub[count++] = h;
    }
    m->first_hub[d->groups] = count;
    return FUL_OK;
}

/* Costs of hubs that change by less, in logs, are those of what passes. */
#define SETTLED 1e-14
#define MOST_READINGS 1000

typedef struct base_year {
    ful__reading reading;
    ful_measures_model *m;
    double *stopped;     /* slots */
    ful__rounds *rounds; /* NULL where not asked for or no hub fills */
} base_year;

static void add_base(void *user, const ful__stretch *stretch)
{
    base_year *b = user;
    double part[FUL_ECONOMY_MAX_CAPS];
    b->reading.stretch++;
    for (int k = 0; k < b->m->flows; k++) {
        const ful__flow *flow = &b->m->flow[k];
        const ful__grip grip = ful__grip_on(part, &b->reading, flow, stretch);
        b->stopped[flow->slot] += stretch->weight * grip.stopped;
        if (b->rounds)
            ful__rounds_add(b->rounds, k, &b->reading, &grip, stretch);
    }
}

static void add_base_tariffs(void *user, const ful__stretch *stretch)
{
    const base_year *b = user;
    for (int k = 0; k < b->m->data.measures; k++)
        if (b->m->data.measure[k].kind == FUL_MEASURE_TARIFF &&
            ful__speaks(b->m, b->reading.s, k, stretch->day))
            b->m->base_tariff_measures[k] += stretch->weight;
}

/* One reading of the base year under all measures; returns how far the costs of hubs were from what
 * then passes through them. */
static double read_once(base_year *year, const ful_setting *base)
{
    ful_measures_model *m = year->m;
    const size_t slots = 2 * (size_t)m->data.countries * (size_t)m->data.sectors;
    memset(m->base_stopped, 0, slots * sizeof *m->base_stopped);
    if (year->rounds)
        ful__rounds_clear(year->rounds, m);
    ful__stretches(m, base, add_base, year);
    return year->rounds ? ful__fill_hubs(m) : 0;
}

/* What the base year's own regime stopped, in all and by the target's measures alone. Where it
 * filled hubs, their costs are those of what passed. */
static ful_status read_base_year(ful_measures_model *m, ful_error *err)
{
    const ful_measures_data *d = &m->data;
    const unsigned char *nobody = ful_arena_take(m->arena, (size_t)d->countries, 1);
    ful__route *route = ful__routes_new(m->arena, d);
    if (!nobody || !route)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for measures");
    ful_setting base = {.from = d->base_from, .to = d->base_to, .enforcement = d->base_enforcement};
    base_year year = {{m, &base, route, 0}, m, m->base_stopped, NULL};
    if (m->limited > 0)
        year.rounds = &m->base_rounds;
    int readings = 0;
    while (read_once(&year, &base) > SETTLED)
        if (++readings == MOST_READINGS)
            return ful_fail(err, FUL_ERR_DATA,
                            "what passed through the hubs in the base year does not settle: raise "
                            "their capacities or lower their congestion, %g",
                            d->congestion);
    ful__stretches(m, &base, add_base_tariffs, &year);
    base.applies = nobody;
    year.stopped = m->base_stopped_by_target;
    year.rounds = NULL;
    ful__stretches(m, &base, add_base, &year);
    return FUL_OK;
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
    for (int k = 0; status == FUL_OK && k < d->measures; k++)
        status = check_law(m, &m->data.measure[k], err);
    if (status == FUL_OK)
        status = check_hubs(&m->data, err);
    for (int h = 0; status == FUL_OK && h < d->hubs; h++)
        m->adapts |= d->hub[h].adaptation_years > 0;
    if (status == FUL_OK)
        status = ful__list_caps(m, err);
    if (status == FUL_OK)
        status = list_laws(m, err);
    if (status == FUL_OK)
        status = list_flows(m, err);
    if (status == FUL_OK)
        status = list_hubs(m, err);
    if (status == FUL_OK)
        status = ful__list_limited(m, err);
    return status == FUL_OK ? read_base_year(m, err) : status;
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
    const ful_setting all = {0};
    for (int k = 0; k < m->data.measures; k++)
        in_force[k] = (unsigned char)ful__speaks(m, &all, k, day);
}
