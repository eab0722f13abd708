/* SPDX-License-Identifier: MIT */
/* Private to the measures: the model's layout and the law that binds one flow. */
#ifndef FULCRUM_MEASURES_INTERNAL_H
#define FULCRUM_MEASURES_INTERNAL_H

#include "fulcrum/measures.h"

struct ful_measures_model {
    ful_arena *arena;
    ful_measures_data data;     /* every array copied into the arena */
    double *cap_coverage;       /* measures: share of the base flow above the cap, for caps */
    int *export_group, *import_group; /* J: group of a sector on each side of the target's trade, -1 */
    double *base_stopped;       /* target flows: share stopped in the base year (see ful__flow_slot) */
    double *base_tariff_measures; /* measures: share of the base year in which a tariff was in force */
};

/* A flow of the target: what it is and where its numbers stand. */
typedef struct ful__flow {
    int seller, buyer, sector, group;
    int partner; /* the other side */
    size_t at;   /* index into flow arrays */
    int slot;    /* index into arrays over the target's flows, 0 .. 2*N*J - 1 */
} ful__flow;

/* The flow of the target with `partner` in `sector`, as export or import. */
ful__flow ful__target_flow(const ful_measures_model *m, int partner, int sector, int exports);

/* What the law in force on one set of days says of a flow, and what enforcement makes of it. */
typedef struct ful__grip {
    double coverage; /* combined by the maximum */
    double enforced; /* 1 - (1 - e_n)(1 - e_i) over the sides that are bound */
    double detour;   /* S: worth of the routes through hubs, relative to the direct one */
    int main_hub;    /* actor, -1 where there is none */
    double main_share;
    int capped;
} ful__grip;

/* Whether a measure is in force on a day. */
int ful__in_force(const ful_measure *law, int day);

/* The grip on a flow on `day`. */
ful__grip ful__grip_on(const ful_measures_model *m, const ful_setting *setting, const ful__flow *flow,
                       int day);

/* Calls `visit` for each stretch of days within the setting on which the law does not change. */
typedef void (*ful__stretch_fn)(void *user, int day, double weight);
void ful__stretches(const ful_measures_model *m, const ful_setting *setting, ful__stretch_fn visit,
                    void *user);

/* Share of a flow stopped by a grip: coverage e (1 - v). */
static inline double ful__stopped(const ful__grip *grip)
{
    return grip->coverage * grip->enforced / (1 + grip->detour);
}

#endif
