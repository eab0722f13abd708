/* SPDX-License-Identifier: MIT */
/* Private to the studies: what a world is made of, and the shock behind a scenario. */
#ifndef FULCRUM_STUDY_WORLD_INTERNAL_H
#define FULCRUM_STUDY_WORLD_INTERNAL_H

#include "fulcrum/study.h"

struct ful_world {
    ful_arena *arena;
    const ful_situation *s;
    double *p;
    double *base_productivity; /* actors*J, the base year's mean under the case's shocks; NULL: 1 */
    ful_economy_model *economy;
    ful_measures_model *measures;
    ful_economy_adjustment adjustment;
};

struct ful_world_work {
    ful_arena *arena;
    ful_economy_work *economy;
    ful_measures_work *measures;
    double *enforcement;     /* actors*G */
    unsigned char *in_force; /* measures */
    double *productivity;    /* actors*J */
};

/* Value of a parameter, 0 where none is given. */
static inline double ful__world_value(const ful_world *w, ful_param k)
{
    return k == FUL_NO_PARAM ? 0 : w->p[k];
}

/* Value added of an actor in the benchmark, million USD a year. */
double ful__value_added(const ful_world *world, int actor);

/* Value added, taxes and rents of an actor, transfers left out, million USD a year. */
static inline double ful__own_income(const ful_economy_view *v, int actor, int sectors)
{
    double sum = v->revenue[actor];
    for (int j = 0; j < sectors; j++)
        sum += v->value_added[actor * sectors + j];
    return sum;
}

/* The benchmark of the case under the world's parameters; arrays live in its arena (benchmark.c). */
ful_status ful__world_data(ful_economy_data *out, ful_world *w, ful_error *err);

/* Days of the base year and everybody's levels in it. */
void ful__world_base_year(int *from, int *to, const double **enforcement, const ful_situation *s);

/* Days [from, to) of a scenario. */
void ful__world_days(int *from, int *to, const ful_situation *s, const ful_scenario *scenario);

/* What the shocks of the case make of the productivity of an actor's sector, the mean over days
 * [from, to); of those shocks alone that are counted, NULL: all (productivity.c). */
double ful__world_mean_productivity(const ful_world *w, const unsigned char *counted, int actor,
                                    int sector, int from, int to);

/* The means over the base year, actors*J, in `out`. */
void ful__world_base_productivity(double *out, const ful_world *w);

/* Productivity in a scenario, actors*J, in `room`; NULL where it is that of the base year. */
const double *ful__world_changed_productivity(double *room, const ful_world *world,
                                              const ful_scenario *scenario);

/* Solve a shock and certify it, from the last solution in `work`. */
ful_status ful__world_solve_shock(ful_solution *out, const ful_world *world,
                                  ful_economy_work *work, const ful_economy_shock *shock,
                                  const volatile int *stop, ful_error *err);

#endif
