/* SPDX-License-Identifier: MIT */
/* Shared by the tests of the sanctions game: instances within the ranges of the priors. */
#ifndef FUL_BARGAIN_TEST_H
#define FUL_BARGAIN_TEST_H

#include "game_test.h"

#define MAX_JOINT 256
#define MAX_COLUMNS (FUL_BARGAIN_MAX_PLAYERS + 2)
#define MAX_TABLE (3 * 4 * MAX_JOINT * MAX_COLUMNS)

/* The second enforcer of an instance that has two. */
enum { SECOND = FUL_E + 1 };

/* The terms of an instance, in their order; those of SECOND come last and drop out with it. */
enum {
    N_T,          /* worth of the programme to T */
    B_E,          /* cost of it to E, to S */
    B_S,
    WARRISK,      /* cost to E of the risk of war */
    W_S,          /* worth of a per cent of income */
    W_E,
    W_ELITE,
    W_MASS,
    FRICTION,     /* cost to E of enforcing */
    DISMANTLING,  /* cost to T */
    RESTART_GAIN, /* gain to T */
    L_T,          /* loss from collapse */
    C_S,
    C_REF,        /* loss to E from refugees, troops, unification */
    L_TROOPS,
    L_UNIFIED,
    NORTH_GAIN,   /* to S of going north, and of having pledged not to */
    NORTH_COST,
    RELIEF_COST,  /* cost to S while relief is granted */
    AUDIENCE,     /* cost to S of a word not kept */
    ADOPTION,     /* cost to E of its adoption */
    B_SECOND,
    W_SECOND,
    FRICTION_SECOND,
    L_SECOND,
    TERMS,
};

/* An instance with its arrays; data points into it, so it must not be copied without `point`. */
typedef struct instance {
    ful_bargain_data data;
    ful_player player[FUL_BARGAIN_MAX_PLAYERS];
    ful_enforced group[FUL_BARGAIN_MAX_GROUPS];
    double level[FUL_BARGAIN_MAX_GROUPS][8];
    ful_term term[TERMS];
    ful_lever lever[16];
    double income[MAX_TABLE];
    int table[FUL_BARGAIN_MAX_HORIZON];
    uint64_t seed;
    uint32_t draw;
} instance;

/* What may be left out is 0: then there is one step of capability, one enforcer, no adoption. */
typedef struct sizes {
    int horizon, groups, levels, stress, adaptation, dismantle, settle, levers;
    int capability;
    int second;   /* groups of a second enforcer */
    int adoption; /* non-zero: E may adopt additional measures */
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
    s->data.player = s->player;
    s->data.group = s->group;
    for (int k = 0; k < s->data.groups; k++)
        s->group[k].level = s->level[k];
    s->data.term = s->term;
    s->data.income = s->income;
    s->data.table = s->data.table ? s->table : NULL;
    s->data.lever = s->lever;
}

/* A copy that points into itself. */
static inline void copy(instance *to, const instance *from)
{
    *to = *from;
    point(to);
}

static inline int joint_levels(const ful_bargain_data *d)
{
    int joint = 1;
    for (int k = 0; k < d->groups; k++)
        joint *= d->group[k].levels;
    return joint;
}

/* The index of a group's level in a joint level. */
static inline int level_index(const ful_bargain_data *d, int e, int group)
{
    for (int k = 0; k < group; k++)
        e /= d->group[k].levels;
    return e % d->group[group].levels;
}

static inline int start_joint(const ful_bargain_data *d)
{
    int e = 0;
    for (int k = d->groups - 1; k >= 0; k--)
        e = e * d->group[k].levels + d->group[k].start;
    return e;
}

/* Columns of income: the target as a whole, every player's own, the target's two households. */
static inline int column_of(const instance *s, int player)
{
    (void)s;
    return player == FUL_T ? 0 : player == FUL_S ? 1 : player;
}

static inline int elite_column(const instance *s)
{
    return s->data.players;
}

static inline int mass_column(const instance *s)
{
    return s->data.players + 1;
}

static inline double *income_of(instance *s, int relief, int k, int e, int column)
{
    const int row = (relief * s->data.adaptation_steps + k) * joint_levels(&s->data) + e;
    return s->income + row * s->data.columns + column;
}

static inline void set_term(instance *s, int term, int player, ful_term_kind kind, double amount)
{
    s->term[term] = (ful_term){.id = "term", .player = player, .kind = kind, .amount = amount};
}

static inline void set_income_term(instance *s, int term, int player, int column, double amount)
{
    set_term(s, term, player, FUL_TERM_INCOME, amount);
    s->term[term].column = column;
}

/* Whose term is what; all amounts nil. */
static inline void name_terms(instance *s)
{
    set_term(s, N_T, FUL_T, FUL_TERM_PROGRAMME, 0);
    set_term(s, B_E, FUL_E, FUL_TERM_PROGRAMME, 0);
    set_term(s, B_S, FUL_S, FUL_TERM_PROGRAMME, 0);
    set_term(s, WARRISK, FUL_E, FUL_TERM_ALERT, 0);
    set_income_term(s, W_S, FUL_S, column_of(s, FUL_S), 0);
    set_income_term(s, W_E, FUL_E, column_of(s, FUL_E), 0);
    set_income_term(s, W_ELITE, FUL_T, elite_column(s), 0);
    set_income_term(s, W_MASS, FUL_T, mass_column(s), 0);
    set_term(s, FRICTION, FUL_E, FUL_TERM_ENFORCEMENT, 0);
    set_term(s, DISMANTLING, FUL_T, FUL_TERM_DISMANTLING, 0);
    set_term(s, RESTART_GAIN, FUL_T, FUL_TERM_RESTART, 0);
    set_term(s, L_T, FUL_T, FUL_TERM_COLLAPSE, 0);
    set_term(s, C_S, FUL_S, FUL_TERM_COLLAPSE, 0);
    set_term(s, C_REF, FUL_E, FUL_TERM_REFUGEES, 0);
    set_term(s, L_TROOPS, FUL_E, FUL_TERM_TROOPS, 0);
    set_term(s, L_UNIFIED, FUL_E, FUL_TERM_COLLAPSE, 0);
    set_term(s, NORTH_GAIN, FUL_S, FUL_TERM_NORTH, 0);
    set_term(s, NORTH_COST, FUL_S, FUL_TERM_NORTH_BROKEN, 0);
    set_term(s, RELIEF_COST, FUL_S, FUL_TERM_RELIEF, 0);
    set_term(s, AUDIENCE, FUL_S, FUL_TERM_AUDIENCE, 0);
    set_term(s, ADOPTION, FUL_E, FUL_TERM_ADOPTION, 0);
    set_term(s, B_SECOND, SECOND, FUL_TERM_PROGRAMME, 0);
    set_income_term(s, W_SECOND, SECOND, column_of(s, SECOND), 0);
    set_term(s, FRICTION_SECOND, SECOND, FUL_TERM_ENFORCEMENT, 0);
    set_term(s, L_SECOND, SECOND, FUL_TERM_COLLAPSE, 0);
    s->data.terms = s->data.players > SECOND ? TERMS : B_SECOND;
}

static inline void set_amounts(instance *s, const double amount[TERMS])
{
    for (int k = 0; k < TERMS; k++)
        s->term[k].amount = amount[k];
}

/* Payoffs drawn within the ranges of the priors. */
static inline void draw_parameters(instance *s)
{
    const double amount[TERMS] = {
        [N_T] = log_uniform(s, 2, 15),
        [B_E] = -log_uniform(s, .005, 1),
        [B_S] = -log_uniform(s, .003, .2),
        [WARRISK] = -uniform(s, 0, .1),
        [W_S] = 1,
        [W_E] = 1,
        [W_ELITE] = uniform(s, .3, 1),
        [W_MASS] = uniform(s, 0, .4),
        [FRICTION] = -log_uniform(s, .002, .03),
        [DISMANTLING] = -log_uniform(s, .5, 5),
        [RESTART_GAIN] = uniform(s, 0, 3),
        [L_T] = -log_uniform(s, 50, 1000),
        [C_S] = -uniform(s, -.3, 2),
        [C_REF] = -log_uniform(s, .005, .4),
        [L_TROOPS] = -log_uniform(s, .05, 5),
        [L_UNIFIED] = -log_uniform(s, .1, 10),
        [NORTH_GAIN] = log_uniform(s, .01, 1),
        [NORTH_COST] = -log_uniform(s, .005, .5),
        [RELIEF_COST] = -log_uniform(s, .0001, .01),
        [AUDIENCE] = -log_uniform(s, .0005, .05),
        [ADOPTION] = -log_uniform(s, .002, .03),
        [B_SECOND] = -log_uniform(s, .005, .5),
        [W_SECOND] = 1,
        [FRICTION_SECOND] = -log_uniform(s, .002, .03),
        [L_SECOND] = -log_uniform(s, .1, 5),
    };
    set_amounts(s, amount);
    s->data.p = (ful_bargain_parameters){
        .g_frozen = uniform(s, .6, 1),
        .growth = s->data.capability_steps > 1 ? uniform(s, 0, .3) : 0,
        .over = uniform(s, 0, 3),
        .refugees = log_uniform(s, .1, 6),
        .refugees_stress = uniform(s, 0, .5),
        .camp_capacity = log_uniform(s, .1, 1),
        .h0 = log_uniform(s, .01, .07),
        .a_p = log_uniform(s, .05, .35),
        .a_z = log_uniform(s, .1, .7),
        .stress_up = uniform(s, 2, 5),
        .stress_down = uniform(s, .5, 1.5),
        .detection = uniform(s, .4, .95),
        .noise = uniform(s, 0, .3),
        .ebar = uniform(s, .34, .99),
        .turnover = uniform(s, .1, .4),
        .turnover_withdraws = uniform(s, .2, .9),
    };
    const double stake[] = {.03, 4, .1, .1, .1};
    for (int i = 0; i < s->data.players; i++)
        s->player[i] = (ful_player){.id = "player",
                                    .delta = uniform(s, .85, .99),
                                    .precision = log_uniform(s, .5, 15),
                                    .stake = stake[i] * log_uniform(s, .3, 1)};
}

/* The centres of the priors, of a sender that never changes and has no audience. */
static inline void central_parameters(instance *s)
{
    const double amount[TERMS] = {
        [N_T] = 4,           [B_E] = -.1,         [B_S] = -.03,      [W_S] = 1,
        [W_E] = 1,           [W_ELITE] = .6,      [W_MASS] = .1,     [FRICTION] = -.008,
        [DISMANTLING] = -2,  [RESTART_GAIN] = 1,  [L_T] = -150,      [C_S] = -.3,
        [C_REF] = -.04,      [L_TROOPS] = -.7,    [L_UNIFIED] = -2,  [NORTH_GAIN] = .1,
        [NORTH_COST] = -.05, [ADOPTION] = -.008,  [B_SECOND] = -.05, [W_SECOND] = 1,
        [FRICTION_SECOND] = -.008, [L_SECOND] = -.5,
    };
    set_amounts(s, amount);
    s->data.p = (ful_bargain_parameters){
        .g_frozen = .9, .growth = s->data.capability_steps > 1 ? .1 : 0, .over = 1, .refugees = 1,
        .refugees_stress = .2, .camp_capacity = .5, .h0 = .03, .a_p = .18, .a_z = .35,
        .stress_up = 3, .stress_down = 1, .detection = .8, .noise = .1, .ebar = 2.0 / 3,
    };
    const double delta[] = {.95, .94, .97, .97, .97}, stake[] = {.03, 4, .1, .1, .1};
    for (int i = 0; i < s->data.players; i++)
        s->player[i] = (ful_player){
            .id = "player", .delta = delta[i], .precision = 3, .stake = stake[i]};
}

/* Losses grow with enforcement, by whomever, and shrink with adaptation and relief. */
static inline void draw_income(instance *s)
{
    const ful_bargain_data *d = &s->data;
    const int joint = joint_levels(d);
    const double bite = uniform(s, 2, 8);
    for (int at = 0; at < 3 * d->adaptation_steps * joint; at++) {
        const int e = at % joint, k = at / joint % d->adaptation_steps;
        const int relief = at / joint / d->adaptation_steps;
        double mean = 0;
        for (int group = 0; group < d->groups; group++)
            mean += s->level[group][level_index(d, e, group)] / d->groups;
        const double loss = bite * mean * (1 - .35 * relief) * (1 - .15 * k);
        *income_of(s, relief, k, e, column_of(s, FUL_S)) = -.0001 * loss * uniform(s, .5, 1);
        *income_of(s, relief, k, e, column_of(s, FUL_E)) = -.003 * loss * uniform(s, .5, 1);
        *income_of(s, relief, k, e, elite_column(s)) = -.6 * loss * uniform(s, .8, 1);
        *income_of(s, relief, k, e, mass_column(s)) = -1.2 * loss * uniform(s, .8, 1);
        *income_of(s, relief, k, e, column_of(s, FUL_T)) = -loss;
        if (d->players > SECOND)
            *income_of(s, relief, k, e, column_of(s, SECOND)) = -.002 * loss * uniform(s, .5, 1);
    }
}

/* Further tables of incomes, taken up one after the other; every other period waits for the next. */
static inline void draw_tables(instance *s, int tables)
{
    const int entries =
        3 * s->data.adaptation_steps * joint_levels(&s->data) * s->data.columns;
    assert_true(tables * entries <= MAX_TABLE);
    for (int at = entries; at < tables * entries; at++)
        s->income[at] = s->income[at % entries] * uniform(s, .2, 2);
    for (int t = 0; t < s->data.horizon; t++)
        s->table[t] = (t + 1) / 2 < tables ? (t + 1) / 2 : tables - 1;
    s->data.table = s->table;
}

static inline void draw_levers(instance *s, int levers)
{
    s->data.levers = levers;
    for (int l = 0; l < levers; l++)
        s->lever[l] = (ful_lever){
            .id = "lever",
            .contract = (ful_contract)(l % 4),
            .enforcer = l >= 4 && s->data.players > SECOND ? SECOND : FUL_E,
            .standing = l == 5,
            .duration = l == 1 ? 1 : 64,
            .value_E = (l % 4 == FUL_CONTRACT_PENALTY ? -1 : 1) * log_uniform(s, .005, .3),
            .value_T = uniform(s, 0, 1),
            .cost_S = log_uniform(s, .0005, .03),
            .withdrawal = log_uniform(s, .001, .05),
            .hazard = l == 0 || l == 5 ? uniform(s, 0, .8) : 0,
            .troops = l == 2,
        };
}

static inline void add_group(instance *s, int owner, int levels, double share, int adoption)
{
    const int k = s->data.groups++;
    for (int l = 0; l < levels; l++)
        s->level[k][l] = (double)l / (levels - 1);
    s->group[k] = (ful_enforced){.id = "group",
                                 .owner = owner,
                                 .levels = levels,
                                 .level = s->level[k],
                                 .share = share,
                                 .start = adoption ? 0 : (int)uniform(s, 0, levels),
                                 .adoption = adoption};
}

static inline void draw_instance(instance *s, uint64_t seed, sizes of)
{
    memset(s, 0, sizeof *s);
    s->seed = seed;
    s->data.dt = .5;
    s->data.horizon = of.horizon;
    s->data.stress_steps = of.stress;
    s->data.adaptation_steps = of.adaptation;
    s->data.capability_steps = of.capability ? of.capability : 1;
    s->data.dismantle_periods = of.dismantle;
    s->data.settle_periods = of.settle;
    s->data.moves = FUL_MOVES_ALL;
    s->data.players = of.second ? SECOND + 1 : SECOND;
    s->data.columns = s->data.players + 2;
    for (int k = 0; k < of.groups; k++)
        add_group(s, FUL_E, of.levels, 1.0 / of.groups, 0);
    for (int k = 0; k < of.second; k++)
        add_group(s, SECOND, of.levels, 1.0 / of.second, 0);
    if (of.adoption)
        add_group(s, FUL_E, 2, 0, 1);
    name_terms(s);
    draw_parameters(s);
    point(s);
    assert_true(joint_levels(&s->data) <= MAX_JOINT);
    draw_income(s);
    draw_levers(s, of.levers);
}

/* Solve the tree of an instance with each player's own lambda. */
static inline void solved_by_player(solved *tree, const instance *s)
{
    double lambda[FUL_BARGAIN_MAX_PLAYERS];
    ful_error err;
    for (int i = 0; i < s->data.players; i++)
        lambda[i] = s->player[i].precision;
    ful_status_is(
        ful_tree_solve(tree->probability, tree->value, tree->reach, tree->tree, lambda, &err),
        FUL_OK, &err);
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
