/* SPDX-License-Identifier: MIT */
/* Shared by the tests of the sanctions game: instances within the ranges of the priors. */
#ifndef FUL_BARGAIN_TEST_H
#define FUL_BARGAIN_TEST_H

#include "game_test.h"

#define MAX_JOINT 64
#define MAX_TABLE (3 * 4 * MAX_JOINT)

/* An instance with its arrays; data points into it, so it must not be copied without `point`. */
typedef struct instance {
    ful_bargain_data data;
    double level[8], share[4];
    int start_level[4];
    ful_lever lever[16];
    ful_income income[MAX_TABLE];
    uint64_t seed;
    uint32_t draw;
} instance;

typedef struct sizes {
    int horizon, groups, levels, stress, adaptation, dismantle, settle, levers;
} sizes;

static inline double uniform(instance *s, double low, double high)
{
    return low + (high - low) * ful_uniform(s->seed, 3, s->draw++);
}

static inline double log_uniform(instance *s, double low, double high)
{
    return low * exp(log(high / low) * ful_uniform(s->seed, 3, s->draw++));
}

static inline void point(instance *s)
{
    s->data.level = s->level;
    s->data.group_share = s->share;
    s->data.start_level = s->start_level;
    s->data.income = s->income;
    s->data.lever = s->lever;
}

static inline int joint_levels(const ful_bargain_data *d)
{
    int joint = 1;
    for (int group = 0; group < d->groups; group++)
        joint *= d->levels;
    return joint;
}

/* Payoffs drawn within the ranges of the priors. */
static inline void draw_parameters(instance *s)
{
    s->data.p = (ful_bargain_parameters){
        .n_T = log_uniform(s, 2, 15),
        .b_E = log_uniform(s, .005, 1),
        .b_S = log_uniform(s, .003, .2),
        .warrisk = uniform(s, 0, .1),
        .g_frozen = uniform(s, .6, 1),
        .w_S = 1,
        .w_E = 1,
        .w_elite = uniform(s, .3, 1),
        .w_mass = uniform(s, 0, .4),
        .friction = log_uniform(s, .002, .03),
        .dismantling = log_uniform(s, .5, 5),
        .restart_gain = uniform(s, 0, 3),
        .L_T = log_uniform(s, 50, 1000),
        .C_S = uniform(s, -.3, 2),
        .c_ref = log_uniform(s, .005, .4),
        .over = uniform(s, 0, 3),
        .refugees = log_uniform(s, .1, 6),
        .refugees_stress = uniform(s, 0, .5),
        .camp_capacity = log_uniform(s, .1, 1),
        .L_troops = log_uniform(s, .05, 5),
        .L_unified = log_uniform(s, .1, 10),
        .north_gain = log_uniform(s, .01, 1),
        .north_cost = log_uniform(s, .005, .5),
        .h0 = log_uniform(s, .01, .07),
        .a_p = log_uniform(s, .05, .35),
        .a_z = log_uniform(s, .1, .7),
        .stress_up = uniform(s, 2, 5),
        .stress_down = uniform(s, .5, 1.5),
        .detection = uniform(s, .4, .95),
        .noise = uniform(s, 0, .3),
        .ebar = uniform(s, .34, .99),
        .relief_freeze = .3,
        .relief_dismantle = .7,
        .delta_S = uniform(s, .85, .99),
        .delta_E = uniform(s, .85, .99),
        .delta_T = uniform(s, .85, .99),
        .lambda = log_uniform(s, .5, 15),
        .stake_S = .03 * log_uniform(s, .3, 1),
        .stake_E = .1 * log_uniform(s, .3, 1),
        .stake_T = 4 * log_uniform(s, .3, 1),
    };
}

/* The centres of the priors. */
static inline void central_parameters(instance *s)
{
    s->data.p = (ful_bargain_parameters){
        .n_T = 4, .b_E = .1, .b_S = .03, .g_frozen = .9, .w_S = 1, .w_E = 1, .w_elite = .6,
        .w_mass = .1, .friction = .008, .dismantling = 2, .restart_gain = 1, .L_T = 150, .C_S = .3,
        .c_ref = .04, .over = 1, .refugees = 1, .refugees_stress = .2, .camp_capacity = .5,
        .L_troops = .7, .L_unified = 2, .north_gain = .1, .north_cost = .05, .h0 = .03, .a_p = .18,
        .a_z = .35, .stress_up = 3, .stress_down = 1, .detection = .8, .noise = .1,
        .ebar = 2.0 / 3, .relief_freeze = .3, .relief_dismantle = .7, .delta_S = .95,
        .delta_E = .97, .delta_T = .94, .lambda = 3, .stake_S = .03, .stake_E = .1, .stake_T = 4,
    };
}

/* Losses grow with enforcement, shrink with adaptation and relief. */
static inline void draw_income(instance *s)
{
    const ful_bargain_data *d = &s->data;
    const int joint = joint_levels(d);
    const double bite = uniform(s, 2, 8);
    for (int at = 0; at < 3 * d->adaptation_steps * joint; at++) {
        const int e = at % joint, k = at / joint % d->adaptation_steps;
        const int relief = at / joint / d->adaptation_steps;
        double mean = 0;
        for (int group = 0, rest = e; group < d->groups; group++, rest /= d->levels)
            mean += s->share[group] * s->level[rest % d->levels];
        const double loss = bite * mean * (1 - .35 * relief) * (1 - .15 * k);
        s->income[at] = (ful_income){.S = -.0001 * loss * uniform(s, .5, 1),
                                     .E = -.003 * loss * uniform(s, .5, 1),
                                     .elite = -.6 * loss * uniform(s, .8, 1),
                                     .mass = -1.2 * loss * uniform(s, .8, 1),
                                     .T = -loss};
    }
}

static inline void draw_levers(instance *s, int levers)
{
    s->data.levers = levers;
    for (int l = 0; l < levers; l++)
        s->lever[l] = (ful_lever){
            .id = "lever",
            .contract = (ful_contract)(l % 3),
            .duration = l == 1 ? 1 : 64,
            .value_E = log_uniform(s, .005, .3),
            .value_T = uniform(s, 0, 1),
            .cost_S = log_uniform(s, .0005, .03),
            .withdrawal = log_uniform(s, .001, .05),
            .hazard = l == 0 ? uniform(s, 0, .8) : 0,
            .troops = l == 2,
        };
}

static inline void draw_instance(instance *s, uint64_t seed, sizes of)
{
    memset(s, 0, sizeof *s);
    s->seed = seed;
    s->data.dt = .5;
    s->data.horizon = of.horizon;
    s->data.groups = of.groups;
    s->data.levels = of.levels;
    s->data.stress_steps = of.stress;
    s->data.adaptation_steps = of.adaptation;
    s->data.dismantle_periods = of.dismantle;
    s->data.settle_periods = of.settle;
    for (int l = 0; l < of.levels; l++)
        s->level[l] = (double)l / (of.levels - 1);
    for (int group = 0; group < of.groups; group++) {
        s->share[group] = 1.0 / of.groups;
        s->start_level[group] = (int)uniform(s, 0, of.levels);
    }
    draw_parameters(s);
    draw_income(s);
    draw_levers(s, of.levers);
    point(s);
}

/* Solve and hand back the report; the game and its workspace where asked for. */
static inline ful_bargain_report report_of(const instance *s, double scale)
{
    ful_bargain *game;
    ful_bargain_work *work;
    ful_bargain_report report;
    ful_error err;
    ful_status_is(ful_bargain_new(&game, &s->data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_work_new(&work, game, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_solve(&report, game, work, scale, &err), FUL_OK, &err);
    ful_bargain_work_free(work);
    ful_bargain_free(game);
    return report;
}

#endif
