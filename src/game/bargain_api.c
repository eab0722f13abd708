/* SPDX-License-Identifier: MIT */
/* The public interface of the sanctions game, in real arithmetic. */
#include "game/bargain_internal.h"

ful_status ful_bargain_new(ful_bargain **out, const ful_bargain_data *data,
                           const ful_allocator *allocator, ful_error *err)
{
    return ful__bargain_make(out, data, data, allocator, err);
}

void ful_bargain_free(ful_bargain *game)
{
    ful__bargain_free(game);
}

ful_status ful_bargain_work_new(ful_bargain_work **out, const ful_bargain *game,
                                const ful_allocator *allocator, ful_error *err)
{
    return ful__bargain_work_make(out, game, 0, allocator, err);
}

void ful_bargain_work_free(ful_bargain_work *work)
{
    ful__bargain_work_free(work);
}

ful_status ful_bargain_solve(ful_bargain_report *report, const ful_bargain *game,
                             ful_bargain_work *work, double lambda_scale, ful_error *err)
{
    return ful__bargain_equilibrium(report, game, work, lambda_scale, err);
}

/* ---- the path -------------------------------------------------------------------------------- */

typedef struct path {
    double *stage, *level, *income; /* as in ful_bargain_path; any may be NULL */
    double alive[FUL_BARGAIN_MAX_HORIZON];
} path;

static double total(const ful_bargain *g, const double *mass)
{
    double sum = 0;
    for (int e = 0; e < g->E; e++)
        sum += mass[e];
    return sum;
}

/* Nodes at the end of period t - 1 are those that S finds at the start of period t. */
static void add_stage(path *p, const ful_bargain *g, const ful__at *at, const double *mass)
{
    if (p->stage && at->t > 0)
        p->stage[(at->t - 1) * (FUL_STAGES + 1) + g->sub[at->sub].stage] += total(g, mass);
}

static void add_period(path *p, const ful_bargain *g, const ful__at *at, const double *mass)
{
    const double *income =
        ROW(g->income, ful__economy(g, at->t, g->sub[at->sub].relief, at->k) * g->columns);
    p->alive[at->t] += total(g, mass);
    for (int group = 0; group < g->G && p->level; group++)
        for (int e = 0; e < g->E; e++)
            p->level[(at->t * g->G + group) * MAX_LEVELS +
                     e / g->stride[group] % g->levels[group]] += mass[e];
    for (int column = 0; column < g->columns && p->income; column++)
        for (int e = 0; e < g->E; e++)
            p->income[at->t * g->columns + column] += mass[e] * ROW(income, column)[e];
}

static void see_path(void *user, const ful_bargain *g, const ful__at *at, ful__moment moment,
                     int enforcer, const double *mass)
{
    (void)enforcer;
    if (moment == FUL__AT_SENDER)
        add_stage(user, g, at, mass);
    if (moment == FUL__AT_TARGET)
        add_period(user, g, at, mass);
}

static void clear(double *array, size_t count)
{
    for (size_t k = 0; k < count && array; k++)
        array[k] = 0;
}

/* Sums over a period become means over those alive in it. */
static void divide(double *array, int periods, int per_period, const double *by)
{
    for (int k = 0; k < periods * per_period && array; k++)
        array[k] /= by[k / per_period];
}

void ful_bargain_path(double *stage, double *level, double *income, const ful_bargain *game,
                      ful_bargain_work *work)
{
    const ful_bargain *g = game;
    const int stages = FUL_STAGES + 1;
    path p = {.stage = stage, .level = level, .income = income};
    clear(stage, (size_t)(g->H * stages));
    clear(level, (size_t)(g->H * g->G * MAX_LEVELS));
    clear(income, (size_t)g->H * (size_t)g->columns);
    ful__bargain_trace(g, work, see_path, &p);
    divide(level, g->H, g->G * MAX_LEVELS, p.alive);
    divide(income, g->H, g->columns, p.alive);
    for (int t = 0; t < g->H && stage; t++) {
        double alive = 0;
        for (int k = 0; k < FUL_STAGES; k++)
            alive += stage[t * stages + k];
        stage[t * stages + FUL_STAGES] = 1 - alive;
    }
}
