/* SPDX-License-Identifier: MIT */
/* From a setting to what the economy takes: openness relative to the base year, tariffs, caps, and
 * detours through hubs that may fill. */
#include "measures/measures_internal.h"

#include <math.h>
#include <string.h>

struct ful_measures_work {
    ful_arena *arena;
    /* flow arrays; latent NULL where the model has none. Openness and latent are one and zero but
     * for flows of the target that exist; rates are the base year's but where a measure changes
     * them */
    double *openness, *latent, *tariff;
    double *in_force; /* measures: share of the period in which a tariff is in force */
    double *open;     /* slots: share of a flow that bans leave */
    double *gripped;  /* slots: share of a flow that caps grip together */
    double *part;     /* places: share of a flow that each cap grips */
    size_t *entry;    /* places: the flows of each cap of the shock, */
    double *grip;     /* and what it grips of them as open */
    double *moved;    /* places: share of a flow that goes round each cap */
    double *rerouted; /* and of its flows as open */
    ful__rounds rounds;
    ful_economy_hub *hub;
    ful_economy_detour *detour; /* flows; the hubs of each and their worth: */
    int *route_hub;             /* flows*stride of rounds */
    double *route_worth;
    int detours;
    ful__route *route;
    unsigned stretches; /* read so far */
    int caps;
    ful_economy_cap cap[FUL_ECONOMY_MAX_CAPS];
    ful_measures_cap about[FUL_ECONOMY_MAX_CAPS];
};

/* What hubs with a capacity need; whether there was memory. */
static int make_hubs(ful_measures_work *w, const ful_measures_model *m)
{
    if (m->limited == 0)
        return 1;
    const size_t flows = (size_t)m->flows;
    const int rounds = ful__rounds_new(&w->rounds, w->arena, m);
    const size_t routes = flows * w->rounds.stride;
    w->moved = ful_arena_take(w->arena, m->places, sizeof(double));
    w->rerouted = ful_arena_take(w->arena, m->places, sizeof(double));
    w->hub = ful_arena_take(w->arena, (size_t)m->limited, sizeof *w->hub);
    w->detour = ful_arena_take(w->arena, flows, sizeof *w->detour);
    w->route_hub = ful_arena_take(w->arena, routes, sizeof *w->route_hub);
    w->route_worth = ful_arena_take(w->arena, routes, sizeof *w->route_worth);
    for (int h = 0; w->hub && h < m->limited; h++) {
        const ful_hub *hub = &m->data.hub[m->limited_hub[h]];
        w->hub[h] = (ful_economy_hub){m->data.country[hub->actor], hub->capacity, m->base_use[h]};
    }
    return rounds && w->moved && w->rerouted && w->hub && w->detour && w->route_hub &&
           w->route_worth;
}

ful_status ful_measures_work_new(ful_measures_work **out, const ful_measures_model *m,
                                 const ful_allocator *allocator, ful_error *err)
{
    const size_t N = (size_t)m->data.countries, J = (size_t)m->data.sectors, flows = J * N * N;
    *out = NULL;
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    ful_measures_work *w = ful_arena_take(arena, 1, sizeof *w);
    if (w) {
        w->arena = arena;
        w->openness = ful_arena_take(arena, flows, sizeof(double));
        w->latent = m->data.latent ? ful_arena_take(arena, flows, sizeof(double)) : NULL;
        w->tariff = ful_arena_take(arena, flows, sizeof(double));
        w->in_force = ful_arena_take(arena, (size_t)m->data.measures, sizeof(double));
        w->open = ful_arena_take(arena, 2 * N * J, sizeof(double));
        w->gripped = ful_arena_take(arena, 2 * N * J, sizeof(double));
        w->part = ful_arena_take(arena, m->places, sizeof(double));
        w->entry = ful_arena_take(arena, m->places, sizeof(size_t));
        w->grip = ful_arena_take(arena, m->places, sizeof(double));
        w->route = ful__routes_new(arena, &m->data);
    }
    if (w && !make_hubs(w, m))
        w = NULL;
    if (!w || !w->openness || (m->data.latent && !w->latent) || !w->tariff || !w->in_force ||
        !w->open || !w->gripped || !w->part || !w->entry || !w->grip || !w->route) {
        ful_arena_free(arena);
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a workspace of measures");
    }
    for (size_t a = 0; a < flows; a++)
        w->openness[a] = 1;
    if (w->latent)
        memset(w->latent, 0, flows * sizeof *w->latent);
    if (m->data.tariff)
        memcpy(w->tariff, m->data.tariff, flows * sizeof *w->tariff);
    else
        memset(w->tariff, 0, flows * sizeof *w->tariff);
    *out = w;
    return FUL_OK;
}

void ful_measures_work_free(ful_measures_work *work)
{
    if (work)
        ful_arena_free(work->arena);
}

int ful_measures_caps(const ful_measures_cap **out, const ful_measures_work *work)
{
    *out = work->about;
    return work->caps;
}

/* ---- the stretches of the period, summed ---- */

typedef struct target {
    const ful_measures_model *m;
    const ful_setting *s;
    ful_measures_work *w;
} target;

static void add_flow(const target *t, int k, const ful__stretch *stretch)
{
    const ful__flow *flow = &t->m->flow[k];
    double part[FUL_ECONOMY_MAX_CAPS];
    const ful__reading reading = {t->m, t->s, t->w->route, t->w->stretches};
    const ful__grip grip = ful__grip_on(part, &reading, flow, stretch);
    t->w->open[flow->slot] -= stretch->weight * grip.stopped;
    t->w->gripped[flow->slot] += stretch->weight * grip.gripped;
    for (int c = 0; grip.gripped > 0 && c < t->m->caps; c++)
        if (part[c] > 0)
            t->w->part[ful__cap_place(&t->m->cap[c], flow)] += stretch->weight * part[c];
    if (t->m->limited == 0)
        return;
    ful__rounds_add(&t->w->rounds, k, &reading, &grip, stretch);
    for (int c = 0; grip.gripped > 0 && c < t->m->caps; c++)
        if (part[c] > 0)
            t->w->moved[ful__cap_place(&t->m->cap[c], flow)] +=
                stretch->weight * part[c] * grip.worth;
}

/* Nothing stopped yet, nothing gripped. */
static void open_flows(const target *t)
{
    const size_t slots = 2 * (size_t)t->m->data.countries * (size_t)t->m->data.sectors;
    for (size_t k = 0; k < slots; k++)
        t->w->open[k] = 1;
    memset(t->w->gripped, 0, slots * sizeof *t->w->gripped);
    memset(t->w->part, 0, t->m->places * sizeof *t->w->part);
    if (t->m->limited > 0) {
        ful__rounds_clear(&t->w->rounds, t->m);
        memset(t->w->moved, 0, t->m->places * sizeof *t->w->moved);
    }
    memset(t->w->in_force, 0, (size_t)t->m->data.measures * sizeof *t->w->in_force);
}

static void add_stretch(void *user, const ful__stretch *stretch)
{
    const target *t = user;
    const ful_measures_data *d = &t->m->data;
    t->w->stretches++;
    for (int k = 0; k < t->m->flows; k++)
        add_flow(t, k, stretch);
    for (int k = 0; k < d->measures; k++)
        if (d->measure[k].kind == FUL_MEASURE_TARIFF && ful__speaks(t->m, t->s, k, stretch->day))
            t->w->in_force[k] += stretch->weight;
}

/* ---- tariffs ---- */

/* The flows that a tariff is levied on: back to the base year's rates, or `share` of it on top. */
static void levy(const target *t, const ful_measure *law, const double *share)
{
    const ful_measures_data *d = &t->m->data;
    const size_t N = (size_t)d->countries;
    for (int j = 0; j < d->sectors; j++)
        for (int n = 0; law->sector[j] && n < d->countries; n++)
            for (int i = 0; law->buyer[n] && i < d->countries; i++) {
                const size_t a = ((size_t)j * N + (size_t)n) * N + (size_t)i;
                if (!law->seller[i] || i == n)
                    continue;
                if (share)
                    t->w->tariff[a] += *share * law->rate * law->coverage;
                else
                    t->w->tariff[a] = d->tariff ? d->tariff[a] : 0;
            }
}

/* The base year's rates hold the tariff measures that were in force in it: what counts is how much
 * more, or less, of the period they are. */
static void levy_all(const target *t)
{
    const ful_measures_data *d = &t->m->data;
    for (int k = 0; k < d->measures; k++)
        if (d->measure[k].kind == FUL_MEASURE_TARIFF)
            levy(t, &d->measure[k], NULL);
    for (int k = 0; k < d->measures; k++) {
        const double share = t->w->in_force[k] - t->m->base_tariff_measures[k];
        if (share != 0)
            levy(t, &d->measure[k], &share);
    }
}

/* ---- relative to the base year ---- */

/* What the base year stopped of a flow; by the target alone where the partner does not apply the
 * regime, since what the partner does is then part of the baseline. */
static double base_open(const target *t, const ful__flow *flow)
{
    const double *stopped =
        ful__applies(t->m, t->s, flow->partner) ? t->m->base_stopped : t->m->base_stopped_by_target;
    return 1 - stopped[flow->slot];
}

/* m(setting) / m(base); where the base year had closed a flow, its latent part is what may open. */
static void relate_to_base(const target *t)
{
    ful_measures_work *w = t->w;
    for (int k = 0; k < t->m->flows; k++) {
        const ful__flow *flow = &t->m->flow[k];
        const double base = base_open(t, flow), now = w->open[flow->slot];
        if (w->latent && t->m->data.latent[flow->at] > 0)
            w->latent[flow->at] = fmax(now - base, 0);
        w->openness[flow->at] = base > 0 ? fmax(now, 0) / base : 1;
    }
}

/* ---- caps ---- */

/* The entries of a cap: what it grips of each flow as the bans leave it open. Returns what that is
 * worth at unchanged prices. */
static double list_entries(int *entries, const target *t, const ful__cap *cap)
{
    const ful_measures_data *d = &t->m->data;
    ful_measures_work *w = t->w;
    double worth = 0;
    *entries = 0;
    for (int j = 0; j < d->sectors; j++)
        for (int p = 0; cap->sector[j] >= 0 && p < d->countries; p++) {
            if (cap->partner[p] < 0)
                continue;
            const ful__flow flow = ful__target_flow(t->m, p, j, cap->exports);
            const double part = w->part[ful__cap_place(cap, &flow)], base = base_open(t, &flow);
            const double open = w->openness[flow.at] * base;
            if (!(part > 0) || !(d->flow[flow.at] > 0) || !(base > 0) || !(open > 0))
                continue;
            w->entry[cap->first + (size_t)*entries] = flow.at;
            /* rounding must not let the caps of a flow grip more than all of it */
            const double whole = fmax(open, w->gripped[flow.slot]);
            w->grip[cap->first + (size_t)*entries] = part / whole;
            if (t->m->limited > 0)
                w->rerouted[cap->first + (size_t)*entries] =
                    w->moved[ful__cap_place(cap, &flow)] / whole;
            worth += d->flow[flow.at] * part / base;
            ++*entries;
        }
    return worth;
}

/* The allowance is spread evenly over what the text covers: of the bound, a cap keeps the share
 * that it grips. */
static void list_caps(const target *t)
{
    ful_measures_work *w = t->w;
    w->caps = 0;
    for (int c = 0; c < t->m->caps; c++) {
        const ful__cap *cap = &t->m->cap[c];
        const ful_measure *law = &t->m->data.measure[cap->measure];
        int entries;
        const double worth = list_entries(&entries, t, cap), share = worth / cap->base;
        if (entries == 0)
            continue;
        w->about[w->caps] = (ful_measures_cap){cap->measure, worth};
        w->cap[w->caps++] =
            (ful_economy_cap){.entries = entries,
                              .entry = w->entry + cap->first,
                              .grip = w->grip + cap->first,
                              .rerouted = t->m->limited > 0 ? w->rerouted + cap->first : NULL,
                              .value = law->cap_value * share,
                              .quantity = law->cap_quantity * share,
                              .rent = law->rent};
    }
}

/* ---- hubs that may fill ---- */

/* What goes round of each flow. Of one whose partner does not apply the regime, it is what went
 * round in the base year. */
static void list_detours(const target *t)
{
    const ful_measures_model *m = t->m;
    ful_measures_work *w = t->w;
    w->detours = 0;
    for (int q = 0; m->limited > 0 && q < m->flows; q++) {
        const int k = m->by_entry[q];
        const ful__flow *flow = &m->flow[k];
        const int as_before = !ful__applies(m, t->s, flow->partner) && !(w->rounds.of[k].moved > 0);
        const double open = as_before ? 1 - m->base_stopped[flow->slot] : w->open[flow->slot];
        const size_t first = (size_t)w->detours * w->rounds.stride;
        w->detours +=
            ful__round_of(&w->detour[w->detours], w->route_hub + first, w->route_worth + first,
                          as_before ? &m->base_rounds : &w->rounds, k, open, m);
    }
}

/* What a cap grips of a flow at given costs of the hubs. */
static void regrip(ful_measures_work *w, int cap, size_t at, double passing, double left)
{
    const size_t first = (size_t)(w->cap[cap].entry - w->entry);
    for (size_t k = first; k < first + (size_t)w->cap[cap].entries; k++)
        if (w->entry[k] == at)
            w->grip[k] = (w->grip[k] + w->rerouted[k] * (1 - passing)) / left;
}

/* Detours at given costs of the hubs become part of openness and of what caps grip. */
static void fold_detours(const target *t)
{
    ful_measures_work *w = t->w;
    const size_t cell = (size_t)t->m->data.countries * (size_t)t->m->data.countries;
    for (int k = 0; k < w->detours; k++) {
        const ful_economy_detour *d = &w->detour[k];
        const double passing =
            ful__round_passing(d, t->s->hub_cost, t->m->data.theta[d->entry / cell], t->m);
        const double left = (1 - d->share + d->gripped) + (d->share - d->gripped) * passing;
        w->openness[d->entry] *= left;
        if (w->latent)
            w->latent[d->entry] *= left;
        for (int c = 0; d->gripped > 0 && c < w->caps; c++)
            regrip(w, c, d->entry, passing, left);
    }
}

/* ---- the whole ---- */

static ful_status check(const ful_measures_model *m, const ful_setting *s, ful_error *err)
{
    if (s->to <= s->from)
        return ful_fail(err, FUL_ERR_ARGUMENT, "a regime of %d days, expected 1 or more",
                        s->to - s->from);
    if (!(s->relief >= 0 && s->relief <= 1))
        return ful_fail(err, FUL_ERR_ARGUMENT, "relief is %g, expected 0..1", s->relief);
    if (!(s->adaptation >= 0))
        return ful_fail(err, FUL_ERR_ARGUMENT, "adaptation of %g years, expected 0 or more",
                        s->adaptation);
    for (int a = 0; a < m->data.countries * m->data.groups; a++)
        if (!(s->enforcement[a] >= 0 && s->enforcement[a] <= 1))
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "enforcement of %s for group '%s' is %g, expected 0..1",
                            m->data.country[a / m->data.groups],
                            m->data.group[a % m->data.groups].id, s->enforcement[a]);
    for (int h = 0; s->hub_cost && h < m->data.hubs; h++)
        if (!(s->hub_cost[h] > 0 && s->hub_cost[h] < INFINITY))
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "the cost of hub %s changes by the factor %g, "
                            "expected above 0",
                            m->data.country[m->data.hub[h].actor], s->hub_cost[h]);
    return FUL_OK;
}

ful_status ful_measures_apply(ful_economy_shock *shock, const ful_measures_model *m,
                              ful_measures_work *w, const ful_setting *setting, ful_error *err)
{
    const ful_status status = check(m, setting, err);
    if (status != FUL_OK)
        return status;
    /* as full as in the base year; what they are now is the business of detours */
    ful_setting as_before = *setting;
    as_before.hub_cost = NULL;
    target t = {m, &as_before, w};
    open_flows(&t);
    ful__stretches(m, &as_before, add_stretch, &t);
    levy_all(&t);
    relate_to_base(&t);
    list_caps(&t);
    list_detours(&t);
    t.s = setting;
    const int solved = m->limited > 0 && !setting->hub_cost;
    if (setting->hub_cost)
        fold_detours(&t);
    *shock = (ful_economy_shock){.openness = w->openness,
                                 .latent_openness = w->latent,
                                 .tariff = w->tariff,
                                 .caps = w->caps,
                                 .cap = w->cap,
                                 .hubs = solved ? m->limited : 0,
                                 .hub = solved ? w->hub : NULL,
                                 .congestion = solved ? m->data.congestion : 0,
                                 .onward = solved ? m->data.onward : 0,
                                 .detours = solved ? w->detours : 0,
                                 .detour = solved ? w->detour : NULL};
    /* what goes round a cap has been folded in */
    for (int c = 0; !solved && c < w->caps; c++)
        w->cap[c].rerouted = NULL;
    return FUL_OK;
}
