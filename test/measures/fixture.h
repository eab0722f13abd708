/* SPDX-License-Identifier: MIT */
/* A target, a partner and three hubs, two sectors, ten of every flow; a ban of coal exports. */
#ifndef FULCRUM_TEST_MEASURES_FIXTURE_H
#define FULCRUM_TEST_MEASURES_FIXTURE_H

#include "ful_test.h"

#include <limits.h>

#include "fulcrum/measures.h"

enum { T, P, H, K, L, N };
enum { COAL, OIL, J };

static const char *const country[] = {"TGT", "PAR", "HUB", "KEY", "LOW"}, *const sector_id[] = {
                                                                              "coal", "oil"};
static const unsigned char all[] = {1, 1, 1, 1, 1}, target[] = {1, 0, 0, 0, 0}, coal[] = {1, 0},
                           oil[] = {0, 1};
static const unsigned char both[] = {1, 1};
static const double theta[] = {4, 2};

typedef struct fixture {
    ful_measure law[4];
    ful_group group[2];
    ful_hub hub[4];
    double flow[J * N * N], tariff[J * N * N], base[N * 2];
    ful_measures_data data;
} fixture;

static inline size_t at(int j, int n, int i)
{
    return (size_t)((j * N + n) * N + i);
}

static inline int day(int y, int m, int d)
{
    return ful_date_days(y, m, d);
}

/* A UN ban of coal exports with coverage .8 from 10 March 2017, 5 days of lag. */
static inline void fixture_init(fixture *f)
{
    memset(f, 0, sizeof *f);
    for (int a = 0; a < J * N * N; a++)
        f->flow[a] = 10;
    f->group[0] = (ful_group){"out", "exports", 1, both};
    f->group[1] = (ful_group){"in", "imports", 0, oil};
    f->law[0] = (ful_measure){.id = "ban",
                              .kind = FUL_MEASURE_BAN,
                              .imposer = FUL_EVERYONE,
                              .binds_all = 1,
                              .seller = target,
                              .buyer = all,
                              .sector = coal,
                              .coverage = 0.8,
                              .start = day(2017, 3, 10),
                              .end = INT_MAX,
                              .lag_days = 5};
    f->data = (ful_measures_data){.countries = N,
                                  .sectors = J,
                                  .groups = 2,
                                  .measures = 1,
                                  .target = T,
                                  .country = country,
                                  .sector_id = sector_id,
                                  .group = f->group,
                                  .hub = f->hub,
                                  .measure = f->law,
                                  .theta = theta,
                                  .flow = f->flow,
                                  .base_from = day(2016, 1, 1),
                                  .base_to = day(2017, 1, 1),
                                  .base_enforcement = f->base};
}

/* A hub of the group of exports that never adapts. */
static inline ful_hub hub_of(int actor, double share, double cost)
{
    return (ful_hub){.actor = actor, .group = 0, .share = share, .cost = cost};
}

static inline ful_measures_model *model_of(const fixture *f)
{
    ful_measures_model *m;
    ful_error err;
    ful_status_is(ful_measures_model_new(&m, &f->data, NULL, &err), FUL_OK, &err);
    return m;
}

static inline ful_measures_work *work_of(const ful_measures_model *m)
{
    ful_measures_work *w;
    ful_error err;
    ful_status_is(ful_measures_work_new(&w, m, NULL, &err), FUL_OK, &err);
    return w;
}

/* The shock of a setting; its arrays lie in the work. */
static inline ful_economy_shock shock_of(const ful_measures_model *m, ful_measures_work *w,
                                         const ful_setting *s)
{
    ful_economy_shock shock;
    ful_error err;
    ful_status_is(ful_measures_apply(&shock, m, w, s, &err), FUL_OK, &err);
    return shock;
}

/* Openness of the target's exports of `j` to the partner; all of it into `whole` if not NULL. */
static inline double openness(const ful_measures_model *m, const ful_setting *s, int j,
                              double *whole)
{
    ful_measures_work *w = work_of(m);
    const ful_economy_shock shock = shock_of(m, w, s);
    const double open = shock.openness[at(j, P, T)];
    if (whole)
        memcpy(whole, shock.openness, sizeof(double) * J * N * N);
    ful_measures_work_free(w);
    return open;
}

static inline ful_setting on(int d, const double *e)
{
    return (ful_setting){.from = d, .to = d + 1, .enforcement = e};
}

#endif
