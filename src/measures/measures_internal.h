/* SPDX-License-Identifier: MIT */
/* Private to the measures: the model's layout and the law that binds one flow. */
#ifndef FULCRUM_MEASURES_INTERNAL_H
#define FULCRUM_MEASURES_INTERNAL_H

#include "fulcrum/measures.h"

/* What goes round of a flow in a period, of the flow at no measures. */
typedef struct ful__round {
    double whole;   /* enforced, on days on which some of it moves */
    double moved;   /* of that, through hubs */
    double gripped; /* of that, what caps would grip if it did not move */
} ful__round;

/* By flow of the model; none where no hub has a capacity. */
typedef struct ful__rounds {
    ful__round *of;
    double *term; /* [flow*stride + hub of its group]: by hub the parts in T, times what moved */
    size_t stride;
} ful__rounds;

/* A cap and the flows that it may grip: the partners times the sectors of its masks. */
typedef struct ful__cap {
    int measure, exports;
    int *partner; /* N: rank among its partners, -1 where it does not concern them */
    int *sector;  /* J: rank among its sectors, likewise */
    int sectors;
    size_t first, places; /* its part of arrays over the places of all caps */
    double base;          /* million USD: what the text covers of the base-year flows */
    double tightness;     /* the smaller bound over that */
} ful__cap;

struct ful_measures_model {
    ful_arena *arena;
    ful_measures_data data;           /* every array copied into the arena */
    int *export_group, *import_group; /* J: group of a sector on each side of the trade, -1 */
    double *base_stopped;             /* slots: share that bans stopped in the base year */
    double *base_stopped_by_target;   /* slots: share that the target's own bans stopped alone */
    double *base_tariff_measures; /* measures: share of the base year with the tariff in force */
    int caps;
    ful__cap *cap; /* the tightest first */
    size_t places; /* of all caps together */
    int adapts;    /* whether the cost of any hub changes with time */
    struct ful__flow *flow; /* the flows of the target that exist, sector by sector */
    int flows;
    int *first_hub, *hub; /* groups + 1; hubs by group, in the order of the data */
    int limited;          /* hubs that may fill */
    int *limited_hub;     /* limited: which of the data's */
    int *limit;           /* hubs: rank among these, or -1 */
    double *base_use;     /* limited: what passed in the base year, million USD */
    double *base_cost;    /* hubs: what that adds to their costs, as a factor */
    ful__rounds base_rounds;
    int *base_hub; /* hubs: one detour at a time, while the base year is read */
    double *base_worth;
    int *by_entry; /* flows in the order of flow arrays; none where no hub has a capacity */
    /* by slot: the bans, caps and secondary sanctions that cover the target's trade with an actor in a
     * sector, so that a flow need not ask all of them */
    size_t *first_law; /* slots + 1 */
    int *law;
};

/* A flow of the target: what it is and where its numbers stand. */
typedef struct ful__flow {
    int seller, buyer, sector, group, exports;
    int partner; /* the other side */
    size_t at;   /* index into flow arrays */
    int slot;    /* index into arrays over the target's flows, 0 .. 2*N*J - 1 */
} ful__flow;

/* What was last worked out for a hub and a sector: partners need hubs since the same few days. */
typedef struct ful__route {
    double years;     /* since the hub was first needed; NaN: nothing is known */
    double power;     /* its cost ratio then to the power -theta */
    unsigned stretch; /* of the reading in which this was last worked out: */
    double worth;     /* w_h */
} ful__route;

/* A setting under a model. */
typedef struct ful__reading {
    const ful_measures_model *m;
    const ful_setting *s;
    ful__route *route; /* hubs*J; NULL: nothing is kept */
    unsigned stretch;  /* a number that no other stretch has had with these routes */
} ful__reading;

/* The flow of the target with `partner` in `sector`, as export or import. */
ful__flow ful__target_flow(const ful_measures_model *m, int partner, int sector, int exports);

/* Days on which the law does not change: the first, the middle, their share of the period. */
typedef struct ful__stretch {
    int day;
    double middle, weight;
} ful__stretch;

/* Calls `visit` for each stretch within the setting. */
typedef void (*ful__stretch_fn)(void *user, const ful__stretch *stretch);
void ful__stretches(const ful_measures_model *m, const ful_setting *setting, ful__stretch_fn visit,
                    void *user);

/* ---- law.c: which measures speak, whom they bind, how far they are enforced ---- */

/* Whether a measure is in force on a day and not set aside. */
static inline int ful__speaks(const ful_measures_model *m, const ful_setting *s, int measure,
                              int day)
{
    const ful_measure *law = &m->data.measure[measure];
    const int force = s->in_force ? s->in_force[measure] : FUL_BY_DATE;
    return force == FUL_IMPOSED ||
           (force == FUL_BY_DATE && day >= law->start + law->lag_days && day < law->end);
}

/* Whether it covers the target's trade with an actor in a sector, as export or import. */
int ful__covers(const ful_measures_model *m, const ful_measure *law, int actor, int sector,
                int exports);
/* The slot of the target's trade with an actor in a sector. */
static inline int ful__slot_of(const ful_measures_model *m, int actor, int sector, int exports)
{
    return ((exports ? 0 : 1) * m->data.countries + actor) * m->data.sectors + sector;
}

/* Whether an actor must enforce it. Nobody enforces sanctions against itself: the target its own
 * measures alone, the others never those of the target. */
static inline int ful__binds(const ful_measures_model *m, const ful_measure *law, int actor)
{
    if (actor == m->data.target || law->imposer == m->data.target)
        return law->imposer == actor;
    return law->binds_all || law->imposer == actor;
}

/* Whether an actor applies the regime; the target always does. */
static inline int ful__applies(const ful_measures_model *m, const ful_setting *s, int actor)
{
    return !s->applies || actor == m->data.target || s->applies[actor];
}

/* Enforcement of an actor that applies the regime. */
static inline double ful__level(const ful_measures_model *m, const ful_setting *s, int actor,
                                int group)
{
    return s->enforcement[actor * m->data.groups + group];
}

/* What the law in force makes of a flow. */
typedef struct ful__grip {
    double coverage; /* of bans and caps together */
    double enforced; /* what of the coverage is enforced, before detours, over it */
    double stopped;  /* by bans, after detours */
    double gripped;  /* by caps, beyond the bans, after detours */
    double excess;   /* coverage of bans, and of caps what exceeds their bounds */
    double worth;    /* of all detours, 0 where nothing is enforced */
    double years;    /* for which these have been needed */
} ful__grip;

/* The grip on a flow. part: for each cap of the model the share of the flow that it grips; room for
 * FUL_ECONOMY_MAX_CAPS. */
ful__grip ful__grip_on(double *part, const ful__reading *reading, const ful__flow *flow,
                       const ful__stretch *stretch);

/* ---- detours.c ---- */

/* The routes around a measure on a flow. */
typedef struct ful__detour {
    double worth;             /* S, relative to the direct route */
    int main_hub, onward_hub; /* actors, -1 where there is none */
    double main_share;        /* of the routes, by worth: those that enter at the main hub */
    double onward;            /* likewise: those with two stops or more */
} ful__detour;

/* years: how long they have been needed; punished: whether secondary sanctions count. */
ful__detour ful__detours(const ful__reading *reading, const ful__flow *flow, int day, double years,
                         int punished);
/* What each hub of the flow's group adds to T, times `amount`, added to term. */
void ful__add_terms(double *term, double amount, const ful__reading *reading, const ful__flow *flow,
                    const ful__stretch *stretch, double years);
/* Room for what a reading keeps; NULL where memory is out. */
ful__route *ful__routes_new(ful_arena *arena, const ful_measures_data *d);

/* Years since what binds the flow began to. */
double ful__years_bound(const ful_measures_model *m, const ful_setting *setting,
                        const ful__flow *flow, const ful__stretch *stretch, double coverage);

/* The ratio of the series of detours in a group where nothing hinders them, and the hub that adds
 * most to it. Below one: the series has a sum in every setting. */
double ful__series_ratio(int *worst, const ful_measures_data *d, int group);

/* ---- hubs.c ---- */

/* Whether there was memory. */
int ful__rounds_new(ful__rounds *r, ful_arena *arena, const ful_measures_model *m);
void ful__rounds_clear(ful__rounds *r, const ful_measures_model *m);
/* Adds what goes round of flow k on the days of a stretch. */
void ful__rounds_add(ful__rounds *r, int k, const ful__reading *reading, const ful__grip *grip,
                     const ful__stretch *stretch);
/* The detour of flow k, of which `open` is left; 0 where none leads through a hub that may fill.
 * hub, worth: room for `stride`. */
int ful__round_of(ful_economy_detour *to, int *hub, double *worth, const ful__rounds *r, int k,
                  double open, const ful_measures_model *m);
/* What of a detour passes at given costs of the hubs, against the base year. */
double ful__round_passing(const ful_economy_detour *d, const double *cost, double theta,
                          const ful_measures_model *m);
/* Lists the hubs that may fill. */
ful_status ful__list_limited(ful_measures_model *m, ful_error *err);
/* From the rounds of the base year to what passed and the costs that go with it, by a damped step;
 * returns how far these were from what passed, in logs. */
double ful__fill_hubs(ful_measures_model *m);

/* ---- caps.c ---- */

/* Lists the caps of the model, the tightest first. */
ful_status ful__list_caps(ful_measures_model *m, ful_error *err);
/* The place of a flow in arrays over the places of all caps; it must be one of the cap's. */
size_t ful__cap_place(const ful__cap *cap, const ful__flow *flow);

#endif
