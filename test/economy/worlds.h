/* SPDX-License-Identifier: MIT */
/* Small random economies and what the tests of the economy do with them. */
#ifndef FULCRUM_TEST_WORLDS_H
#define FULCRUM_TEST_WORLDS_H

#include "ful_test.h"

#include "fulcrum/economy.h"

#define WORLD_N 6
#define WORLD_J 4

typedef struct world {
    int N, J;
    double flow[WORLD_J * WORLD_N * WORLD_N * 4], tariff[WORLD_J * WORLD_N * WORLD_N * 4];
    double input[WORLD_N * 2 * WORLD_J * WORLD_J], theta[WORLD_J];
    double kappa[WORLD_N * 2], phi[WORLD_N * 2], limit[WORLD_N * 2];
    ful_economy_data data;
} world;

static inline size_t world_at(const world *w, int j, int n, int i)
{
    return ((size_t)j * (size_t)w->N + (size_t)n) * (size_t)w->N + (size_t)i;
}

static inline double world_draw(unsigned seed, unsigned *k)
{
    return ful_uniform(seed, 99, (*k)++);
}

/* A world of N x J whose home sales are large enough for final demand to be positive. */
static inline void world_random(world *w, unsigned seed, int N, int J)
{
    unsigned k = 0;
    memset(w, 0, sizeof *w);
    w->N = N;
    w->J = J;
    for (int j = 0; j < J; j++) {
        w->theta[j] = 1.5 + 8 * world_draw(seed, &k);
        for (int n = 0; n < N; n++)
            for (int i = 0; i < N; i++) {
                const size_t a = world_at(w, j, n, i);
                const double size = exp(2 * world_draw(seed, &k));
                w->flow[a] = n == i ? 40 + 60 * size : world_draw(seed, &k) < 0.2 ? 0 : 3 * size;
                w->tariff[a] = n == i ? 0 : 0.3 * world_draw(seed, &k);
            }
    }
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < J; j++)
            for (int s = 0; s < J; s++)
                w->input[(i * J + j) * J + s] = 0.5 / J * world_draw(seed, &k);
        w->kappa[i] = INFINITY;
        w->phi[i] = 0;
        w->limit[i] = 0.95;
    }
    w->data = (ful_economy_data){.countries = N,
                                 .sectors = J,
                                 .flow = w->flow,
                                 .tariff = w->tariff,
                                 .input = w->input,
                                 .theta = w->theta,
                                 .kappa = w->kappa,
                                 .phi = w->phi,
                                 .closure = FUL_CLOSURE_FIXED,
                                 .finance_limit = w->limit};
}

/* A model with its workspace, solved and certified. */
typedef struct solved {
    ful_economy_model *model;
    ful_economy_work *work;
    ful_economy_report report;
    ful_economy_certificate certificate;
    ful_economy_view view;
} solved;

static inline void solved_new(solved *s, const ful_economy_data *data,
                              const ful_economy_shock *shock, double tolerance)
{
    ful_error err;
    ful_economy_options options;
    ful_economy_options_default(&options);
    options.tolerance = tolerance;
    ful_status_is(ful_economy_model_new(&s->model, NULL, data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_work_new(&s->work, s->model, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_solve(&s->report, s->model, s->work, shock, &options, &err), FUL_OK,
                  &err);
    ful_status_is(ful_economy_certify(&s->certificate, s->model, s->work, shock, NULL, &err),
                  FUL_OK, &err);
    assert_true(s->certificate.max_violation <= 1e-8);
    ful_economy_view_get(&s->view, s->model, s->work);
}

static inline void solved_free(solved *s)
{
    ful_economy_work_free(s->work);
    ful_economy_model_free(s->model);
}

/* A shock that touches everything: openness between .3 and 1.3 with some flows closed, new
 * tariffs. */
static inline void random_shock(double *openness, double *tariff, const world *w, unsigned seed)
{
    unsigned k = 100000;
    for (int j = 0; j < w->J; j++)
        for (int n = 0; n < w->N; n++)
            for (int i = 0; i < w->N; i++) {
                const size_t a = world_at(w, j, n, i);
                const double u = world_draw(seed, &k);
                openness[a] = n == i ? 1 : u < 0.15 ? 0 : 0.3 + u;
                tariff[a] = n == i ? 0 : 0.4 * world_draw(seed, &k);
            }
}

#endif
