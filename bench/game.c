/* SPDX-License-Identifier: MIT */
/*
 * The sanctions game by size: making it, solving it, all combinations of its levers. One thread.
 * The games are made up, within the ranges of the priors; what costs time is the number of states
 * and of joint levels of enforcement, not what the numbers are. Not installed.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "game/bargain_internal.h"

#define LEVERS 6
#define ROUNDS 10
#define MOST_JOINT 1024

typedef struct size {
    const char *name;
    int groups, second, adoption; /* groups of four levels; levels of a second enforcer, or 0 */
    int capability;
} size;

typedef struct game {
    ful_bargain_data data;
    ful_player player[4];
    ful_enforced group[FUL_BARGAIN_MAX_GROUPS];
    ful_term term[24];
    ful_lever lever[LEVERS];
    double income[3 * 2 * MOST_JOINT * 6];
} game;

static const double quarters[] = {0, 1.0 / 3, 2.0 / 3, 1}, ends[] = {0, 1};

static void add_group(game *g, int owner, int levels, double share, int adoption)
{
    g->group[g->data.groups++] = (ful_enforced){
        .id = "group",
        .owner = owner,
        .levels = levels,
        .level = levels == 2 ? ends : quarters,
        .share = share,
        .adoption = adoption,
    };
}

static void add_term(game *g, int player, ful_term_kind kind, int column, double amount)
{
    g->term[g->data.terms++] = (ful_term){"term", player, kind, column, amount};
}

static void add_terms(game *g)
{
    add_term(g, FUL_S, FUL_TERM_PROGRAMME, 0, -.03);
    add_term(g, FUL_S, FUL_TERM_INCOME, 1, 1);
    add_term(g, FUL_S, FUL_TERM_COLLAPSE, 0, -.3);
    add_term(g, FUL_S, FUL_TERM_NORTH, 0, .1);
    add_term(g, FUL_S, FUL_TERM_NORTH_BROKEN, 0, -.05);
    add_term(g, FUL_S, FUL_TERM_AUDIENCE, 0, -.01);
    add_term(g, FUL_T, FUL_TERM_PROGRAMME, 0, 4);
    add_term(g, FUL_T, FUL_TERM_INCOME, g->data.players, .6);
    add_term(g, FUL_T, FUL_TERM_INCOME, g->data.players + 1, .1);
    add_term(g, FUL_T, FUL_TERM_DISMANTLING, 0, -2);
    add_term(g, FUL_T, FUL_TERM_RESTART, 0, 1);
    add_term(g, FUL_T, FUL_TERM_COLLAPSE, 0, -150);
    for (int i = FUL_E; i < g->data.players; i++) {
        add_term(g, i, FUL_TERM_PROGRAMME, 0, -.1);
        add_term(g, i, FUL_TERM_INCOME, i, 1);
        add_term(g, i, FUL_TERM_ENFORCEMENT, 0, -.008);
        add_term(g, i, FUL_TERM_REFUGEES, 0, -.04);
        add_term(g, i, FUL_TERM_TROOPS, 0, -.7);
    }
}

static void add_incomes(game *g, int joint)
{
    const int columns = g->data.columns;
    for (int at = 0; at < 3 * 2 * joint; at++) {
        double mean = 0;
        for (int k = 0, e = at % joint; k < g->data.groups; e /= g->group[k++].levels)
            mean += g->group[k].level[e % g->group[k].levels] / g->data.groups;
        const double loss = 5 * mean * (1 - .35 * (at / joint / 2)) * (1 - .15 * (at / joint % 2));
        for (int column = 0; column < columns; column++)
            g->income[at * columns + column] = -loss * (column == 0            ? 1
                                                        : column < columns - 2 ? .003
                                                                               : .9);
    }
}

static void make(game *g, const size *of)
{
    int joint = 1;
    memset(g, 0, sizeof *g);
    g->data = (ful_bargain_data){.p = {.g_frozen = .9,
                                       .growth = .1,
                                       .over = 1,
                                       .refugees = 1,
                                       .refugees_stress = .2,
                                       .camp_capacity = .5,
                                       .h0 = .03,
                                       .a_p = .18,
                                       .a_z = .35,
                                       .stress_up = 3,
                                       .stress_down = 1,
                                       .detection = .8,
                                       .noise = .1,
                                       .ebar = 2.0 / 3,
                                       .turnover = .25,
                                       .turnover_withdraws = .5},
                                 .dt = .5,
                                 .horizon = 8,
                                 .dismantle_periods = 4,
                                 .settle_periods = 4,
                                 .stress_steps = 3,
                                 .adaptation_steps = 2,
                                 .capability_steps = of->capability,
                                 .moves = FUL_MOVES_ALL,
                                 .players = of->second ? 4 : 3,
                                 .player = g->player,
                                 .group = g->group,
                                 .term = g->term,
                                 .income = g->income,
                                 .lever = g->lever,
                                 .levers = LEVERS};
    g->data.columns = g->data.players + 2;
    for (int i = 0; i < g->data.players; i++)
        g->player[i] = (ful_player){"player", .95, 3, (const double[]){.03, 4, .1, .1}[i]};
    for (int k = 0; k < of->groups; k++)
        add_group(g, FUL_E, 4, 1.0 / of->groups, 0);
    if (of->second)
        add_group(g, FUL_E + 1, of->second, 1, 0);
    if (of->adoption)
        add_group(g, FUL_E, 2, 0, 1);
    for (int k = 0; k < g->data.groups; k++)
        joint *= g->group[k].levels;
    add_terms(g);
    add_incomes(g, joint);
    for (int l = 0; l < LEVERS; l++)
        g->lever[l] = (ful_lever){.id = "lever",
                                  .contract = (ful_contract)(l % 3),
                                  .enforcer = FUL_E,
                                  .duration = 100,
                                  .value_E = .02 * (l + 1),
                                  .value_T = .1 * l,
                                  .cost_S = .002 * (l + 1),
                                  .withdrawal = .004,
                                  .hazard = l == 0 ? .3 : 0,
                                  .troops = l == 1};
}

/* ---- timing ---------------------------------------------------------------------------------- */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds that a game takes to be made, and solved; both the least of many. Precision changes from
 * round to round, so that nothing of the one before is taken up. */
static ful_status time_game(const game *of, double *made, double *solved, int *states,
                            ful_error *err)
{
    ful_bargain *g = NULL;
    ful_bargain_work *w = NULL;
    ful_bargain_report report;
    ful_status status = FUL_OK;
    *made = *solved = INFINITY;
    for (int round = 0; round < ROUNDS && !status; round++) {
        ful_bargain_free(g);
        const double start = now();
        status = ful_bargain_new(&g, &of->data, NULL, err);
        *made = fmin(*made, now() - start);
    }
    if (!status)
        status = ful_bargain_work_new(&w, g, NULL, err);
    for (int round = 0; round < ROUNDS && !status; round++) {
        const double start = now();
        status = ful_bargain_solve(&report, g, w, round % 2 ? 1 : 1 + 1e-9, err);
        *solved = fmin(*solved, now() - start);
    }
    if (!status)
        *states = g->first_post[ful__block(g, 2, 0, 0, 0)];
    ful_bargain_work_free(w);
    ful_bargain_free(g);
    return status;
}

/* Seconds for all combinations of the levers, each made and solved, in one workspace. */
static ful_status time_packages(const game *of, double *seconds, ful_error *err)
{
    const unsigned all = (1u << LEVERS) - 1;
    const double start = now();
    ful_bargain_work *w = NULL;
    ful_status status = FUL_OK;
    for (unsigned left = 0; left <= all && !status; left++) {
        ful_lever lever[LEVERS];
        ful_bargain_data data = of->data;
        ful_bargain *g = NULL;
        ful_bargain_report report;
        data.lever = lever;
        data.levers = 0;
        for (int l = 0; l < LEVERS; l++)
            if ((all - left) >> l & 1)
                lever[data.levers++] = of->lever[l];
        status = ful_bargain_new(&g, &data, NULL, err);
        if (!status && !w)
            status = ful_bargain_work_new(&w, g, NULL, err);
        if (!status)
            status = ful_bargain_solve(&report, g, w, 1, err);
        ful_bargain_free(g);
    }
    ful_bargain_work_free(w);
    *seconds = now() - start;
    return status;
}

int main(void)
{
    static const size sizes[] = {{"64", 3, 0, 0, 4},
                                 {"256", 4, 0, 0, 4},
                                 {"256, two", 3, 4, 0, 4},
                                 {"512, two", 4, 2, 0, 4},
                                 {"1024, two, adopt", 4, 2, 1, 4},
                                 {"256, one step", 4, 0, 0, 1}};
    game *g = malloc(sizeof *g);
    if (!g)
        return 1;
    printf("%-18s %8s %10s %10s %12s %14s\n", "joint levels", "states", "make ms", "solve ms",
           "ns a level", "64 packages s");
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        ful_error err = {0};
        double made, solved, packages;
        int states, joint = 1;
        make(g, sizes + k);
        for (int group = 0; group < g->data.groups; group++)
            joint *= g->group[group].levels;
        ful_status status = time_game(g, &made, &solved, &states, &err);
        if (!status)
            status = time_packages(g, &packages, &err);
        if (status) {
            fprintf(stderr, "bench/game: %s: %s\n", sizes[k].name, err.text);
            free(g);
            return 1;
        }
        printf("%-18s %8d %10.3f %10.3f %12.2f %14.3f\n", sizes[k].name, states, 1e3 * made,
               1e3 * solved, 1e9 * solved / states / joint, packages);
        fflush(stdout);
    }
    free(g);
    return 0;
}
