/* SPDX-License-Identifier: MIT */
/*
 * A world small enough to see through: the target, a neighbour that may enforce, a fringe that
 * never does, and the rest, which always does. One sector; the target trades balanced with each.
 */
#ifndef FUL_SMALL_WORLD_H
#define FUL_SMALL_WORLD_H

#include "ful_test.h"

#include <limits.h>

#include "fulcrum/measures.h"

enum { TARGET, NEIGHBOUR, FRINGE, REST, COUNTRIES };

typedef struct small_world {
    double theta;         /* trade elasticity */
    double neighbour;     /* share of the target's trade that is with the neighbour */
    double fringe;        /* share that is with the fringe; the rest's is what remains */
    double e;             /* enforcement by the neighbour */
    double relief;        /* share of coverage given back */
    int exports, imports; /* of the target: which are banned */
} small_world;

static inline double *flow_at(double *flow, int buyer, int seller)
{
    return flow + buyer * COUNTRIES + seller;
}

/* The target spends 85 at home and 15 abroad; everybody else is a hundred times larger. */
static inline void small_world_flows(double *flow, const small_world *w)
{
    const double share[] = {0, w->neighbour, w->fringe, 1 - w->neighbour - w->fringe};
    for (int n = 0; n < COUNTRIES; n++)
        for (int i = 0; i < COUNTRIES; i++)
            *flow_at(flow, n, i) = n == i ? 8000 : 1000;
    *flow_at(flow, TARGET, TARGET) = 85;
    for (int n = 1; n < COUNTRIES; n++)
        *flow_at(flow, TARGET, n) = *flow_at(flow, n, TARGET) = 15 * share[n];
}

/* Openness when the UN ban nearly all of the target's trade. */
static inline ful_measures_work *small_world_ban(ful_economy_shock *shock, const double *flow,
                                                 const small_world *w, ful_measures_model **model)
{
    static const unsigned char target[] = {1, 0, 0, 0}, others[] = {0, 1, 1, 1}, sector[] = {1};
    const ful_group group[] = {{"out", "exports", 1, sector}, {"in", "imports", 0, sector}};
    const ful_measure ban = {.id = "out",
                             .kind = FUL_MEASURE_BAN,
                             .imposer = FUL_EVERYONE,
                             .binds_all = 1,
                             .seller = target,
                             .buyer = others,
                             .sector = sector,
                             .coverage = .95,
                             .start = 1000,
                             .end = INT_MAX};
    ful_measure law[] = {ban, ban};
    law[1].id = "in";
    law[1].seller = others;
    law[1].buyer = target;
    law[0].coverage *= w->exports;
    law[1].coverage *= w->imports;
    static const char *const country[] = {"target", "neighbour", "fringe", "rest"};
    static const char *const sector_id[] = {"goods"};
    const double none[COUNTRIES * 2] = {0};
    const double level[COUNTRIES * 2] = {0, 0, w->e, w->e, 0, 0, 1, 1};
    const ful_measures_data data = {.countries = COUNTRIES,
                                    .sectors = 1,
                                    .groups = 2,
                                    .measures = 2,
                                    .target = TARGET,
                                    .country = country,
                                    .sector_id = sector_id,
                                    .group = group,
                                    .measure = law,
                                    .theta = &w->theta,
                                    .flow = flow,
                                    .base_from = 0,
                                    .base_to = 365,
                                    .base_enforcement = none};
    const ful_setting setting = {
        .from = 1100, .to = 1101, .enforcement = level, .relief = w->relief};
    ful_measures_work *work;
    ful_error err;
    ful_status_is(ful_measures_model_new(model, &data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_measures_work_new(&work, *model, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_measures_apply(shock, *model, work, &setting, &err), FUL_OK, &err);
    return work;
}

/* Fall of the target's real income, per cent. */
static inline double small_world_pressure(const small_world *w)
{
    double flow[COUNTRIES * COUNTRIES];
    const double input[COUNTRIES] = {0};
    ful_economy_shock shock;
    ful_economy_model *model;
    ful_economy_work *work;
    ful_economy_report report;
    ful_economy_certificate certificate;
    ful_economy_view view;
    ful_measures_model *measures;
    ful_error err;
    small_world_flows(flow, w);
    const ful_economy_data data = {.countries = COUNTRIES,
                                   .sectors = 1,
                                   .flow = flow,
                                   .input = input,
                                   .theta = &w->theta,
                                   .closure = FUL_CLOSURE_ZERO};
    ful_measures_work *ban = small_world_ban(&shock, flow, w, &measures);
    ful_status_is(ful_economy_model_new(&model, NULL, &data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_work_new(&work, model, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_solve(&report, model, work, &shock, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_certify(&certificate, model, work, &shock, NULL, &err), FUL_OK, &err);
    assert_true(certificate.max_violation < 1e-8);
    ful_economy_view_get(&view, model, work);
    const double pressure = 100 * (1 - view.outcome[TARGET].real_income);
    ful_economy_work_free(work);
    ful_economy_model_free(model);
    ful_measures_work_free(ban);
    ful_measures_model_free(measures);
    return pressure;
}

#endif
