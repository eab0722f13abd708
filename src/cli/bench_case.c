/* SPDX-License-Identifier: MIT */
/* What a study pays for one counterfactual of a case: measures, solve, certificate. */
#include <stdlib.h>

#include "cli/bench.h"

/* The headline regime, enforced at the leverage level by everybody, again and again. */
typedef struct job {
    const cli_case *c;
    ful_scenario scenario;
    double *enforcement, *less; /* actors*G; `less`: the enforcer does half as much */
    ful_world_work *work;
    ful_solution solution;
} job;

static ful_status forget(void *user, ful_error *err)
{
    job *j = user;
    (void)err;
    ful_world_work_reset(j->work);
    return FUL_OK;
}

static ful_status solve_with(job *j, const double *enforcement, ful_error *err)
{
    j->scenario.enforcement = enforcement;
    return ful_world_solve(&j->solution, j->c->world, j->work, &j->scenario, cli_stop(), err);
}

static ful_status neighbour(void *user, ful_error *err)
{
    job *j = user;
    return solve_with(j, j->less, err);
}

static ful_status solve(void *user, ful_error *err)
{
    job *j = user;
    return solve_with(j, j->enforcement, err);
}

static ful_status time_case(bench_row *row, const cli_case *c, bench_step before, ful_error *err)
{
    const ful_situation *s = c->s;
    const int cells = s->actors * s->groups;
    job j = {.c = c, .enforcement = calloc(2 * (size_t)cells, sizeof(double))};
    ful_scenario_default(&j.scenario, s);
    if (!j.enforcement)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory");
    j.less = j.enforcement + cells;
    for (int k = 0; k < cells; k++) {
        const int actor = k / s->groups;
        j.enforcement[k] = actor == s->target ? 0 : s->leverage_level;
        j.less[k] = actor == s->enforcer ? j.enforcement[k] / 2 : j.enforcement[k];
    }
    ful_economy_options options; /* those of ful_world_solve */
    ful_economy_options_default(&options);
    row->tolerance = options.tolerance;
    ful_status status = ful_world_work_new(&j.work, c->world, NULL, err);
    if (status == FUL_OK)
        status = bench_rounds(&row->seconds, before, solve, &j, err);
    ful_world_work_free(j.work);
    free(j.enforcement);
    bench_extents(row, &(ful_economy_data){.countries = s->actors, .sectors = s->sectors});
    row->threads = row->solves = 1;
    row->passes = j.solution.report.passes;
    row->residual = j.solution.report.residual;
    row->violation = j.solution.certificate.max_violation;
    return status;
}

ful_status bench_case(bench_row *row, const bench_setup *setup, ful_error *err)
{
    return time_case(row, setup->c, forget, err);
}

ful_status bench_case_warm(bench_row *row, const bench_setup *setup, ful_error *err)
{
    return time_case(row, setup->c, neighbour, err);
}
