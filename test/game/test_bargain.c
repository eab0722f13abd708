/* SPDX-License-Identifier: MIT */
/* The sanctions game as a whole: closed forms, what it may not depend on, what it refuses. */
#include "bargain_test.h"

static const sizes full = {.horizon = 6, .groups = 2, .levels = 4, .stress = 3, .adaptation = 2,
                           .dismantle = 2, .settle = 2, .levers = 4, .capability = 3};
static const sizes pair = {.horizon = 5, .groups = 2, .levels = 3, .stress = 2, .adaptation = 2,
                           .dismantle = 2, .settle = 1, .levers = 6, .capability = 2, .second = 1,
                           .adoption = 1};
static const sizes plain = {.horizon = 3, .groups = 1, .levels = 3, .stress = 1, .adaptation = 1,
                            .dismantle = 1, .settle = 1, .levers = 0};

static void is_probability(double p)
{
    assert_true(p >= 0 && p <= 1 + 1e-12);
}

static void outcomes_are_a_partition_and_probabilities_are_probabilities(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 20; k++) {
        instance s;
        draw_instance(&s, k, k % 2 ? full : pair);
        s.data.start_stage = (ful_stage)(k % 5);
        const ful_bargain_report r = report_of(&s, k % 4 ? 1 : INFINITY);
        ful_near(r.denuclearised + r.frozen + r.unchanged + r.collapsed, 1, 0, 1e-12);
        const double p[] = {r.denuclearised, r.frozen, r.unchanged, r.collapsed, r.ever_frozen,
                            r.ever_dismantled, r.ever_restarted, r.restart.probability,
                            r.restart.reach, r.honour.probability, r.honour.reach,
                            r.snap_back.probability, r.snap_back.reach};
        for (size_t j = 0; j < sizeof p / sizeof *p; j++)
            is_probability(p[j]);
        for (int j = 0; j < s.data.players - FUL_E; j++) {
            is_probability(r.enforcer[j].mean);
            is_probability(r.enforcer[j].armed);
            is_probability(r.enforcer[j].enforces);
            is_probability(r.enforcer[j].first_move);
            is_probability(r.enforcer[j].adopted);
            assert_true(isfinite(r.enforcer[j].slack));
        }
        for (int i = 0; i < s.data.players; i++)
            assert_true(isfinite(r.value[i]));
        assert_true(r.ever_dismantled >= r.denuclearised - 1e-12);
        assert_true(r.residual == 0);
    }
}

/* Where no payoff depends on what is done, collapse with constant hazard h costs a player L times
 * E d^tau = d h / (1 - d (1 - h)), whatever the horizon: it gains nothing by omission. */
static void collapse_costs_its_loss_and_nothing_else(void **state)
{
    (void)state;
    static const int flows[] = {N_T, B_E, B_S, WARRISK, FRICTION, DISMANTLING, RESTART_GAIN,
                                RELIEF_COST, AUDIENCE};
    for (int horizon = 1; horizon <= 9; horizon += 4) {
        instance s;
        sizes of = full;
        of.horizon = horizon;
        of.levers = 0;
        draw_instance(&s, 11, of);
        ful_bargain_parameters *p = &s.data.p;
        const double income[] = {-2, .1, .2, -1, -2}; /* T, S, E, elite, mass */
        for (int k = 0; k < MAX_TABLE; k++)
            s.income[k] = income[k % 5];
        for (size_t k = 0; k < sizeof flows / sizeof *flows; k++)
            s.term[flows[k]].amount = 0;
        p->refugees_stress = p->a_z = 0;
        s.term[C_S].amount = -.4;
        s.term[NORTH_GAIN].amount = -1e6; /* S keeps south */
        p->refugees = 2;
        p->camp_capacity = .5;
        const double h = 1 - exp(-.5 * p->h0 * exp(2 * p->a_p));
        const double flow[] = {s.term[W_S].amount * .1,
                               -s.term[W_ELITE].amount - 2 * s.term[W_MASS].amount,
                               s.term[W_E].amount * .2};
        const double refugees = s.term[C_REF].amount * 4 * (1 + 3 * p->over);
        const double loss[] = {.4, -s.term[L_T].amount,
                               -refugees - s.term[L_TROOPS].amount - s.term[L_UNIFIED].amount};
        const ful_bargain_report r = report_of(&s, 1);
        for (int i = 0; i < 3; i++) {
            const double d = sqrt(s.player[i].delta);
            const double lost = loss[i] * d * h / (1 - d * (1 - h));
            ful_near(r.value[i], .5 * flow[i] / (1 - d) - lost, 1e-12, 0);
        }
        ful_near(r.enforcer[0].collapse_loss, loss[FUL_E], 1e-12, 0);
        ful_near(r.collapsed, 1 - pow(1 - h, horizon), 0, 1e-12);
    }
}

/* ---- one Bellman step, by hand --------------------------------------------------------------- */

/* Values at horizon H from `stage` and level e, without collapse, so that they are absolute. */
static void values_from(double v[3], const instance *s, ful_stage stage, int e, int horizon)
{
    instance from;
    copy(&from, s);
    from.data.start_stage = stage;
    from.group[0].start = e;
    from.data.horizon = horizon;
    const ful_bargain_report r = report_of(&from, 1);
    memcpy(v, r.value, 3 * sizeof *v);
}

static void choose(double *p, int n, const double *w, const double *u, double lambda)
{
    double sum = 0;
    for (int a = 0; a < n; a++)
        sum += p[a] = w[a] * exp(lambda * (u[a] - u[0]));
    for (int a = 0; a < n; a++)
        p[a] /= sum;
}

static void step_by_hand(double out[3], instance *s, int start, int horizon)
{
    static const ful_stage next[] = {FUL_STAGE_ARMED, FUL_STAGE_FROZEN, FUL_STAGE_DISMANTLING};
    static const double menu[] = {.5, .25, .25}, trapezoid[] = {.25, .5, .25};
    double d[3], lambda[3], value[3][3], w[3], u[3], q[3];
    int count = 0;
    for (int i = 0; i < 3; i++) {
        d[i] = sqrt(s->player[i].delta);
        lambda[i] = s->player[i].precision / s->player[i].stake;
    }
    for (int e = start > 0 ? start - 1 : 0; e <= 2 && e <= start + 1; e++, count++) {
        const double *y = income_of(s, 0, 0, e, 0), level = s->level[0][e];
        double after[3][3], chosen[3], t[3];
        for (int a = 0; a < 3; a++) {
            values_from(after[a], s, next[a], e, horizon);
            chosen[a] = d[FUL_T] * after[a][FUL_T];
        }
        choose(t, 3, menu, chosen, lambda[FUL_T]);
        const double flow[] = {
            s->term[B_S].amount + s->term[W_S].amount * y[1],
            s->term[N_T].amount + s->term[W_ELITE].amount * y[3] + s->term[W_MASS].amount * y[4],
            s->term[B_E].amount + s->term[WARRISK].amount + s->term[W_E].amount * y[2] +
                s->term[FRICTION].amount * level * level};
        for (int i = 0; i < 3; i++) {
            value[count][i] = .5 * flow[i];
            for (int a = 0; a < 3; a++)
                value[count][i] += t[a] * d[i] * after[a][i];
        }
        w[count] = trapezoid[e];
        u[count] = value[count][FUL_E];
    }
    choose(q, count, w, u, lambda[FUL_E]);
    for (int i = 0; i < 3; i++) {
        out[i] = 0;
        for (int a = 0; a < count; a++)
            out[i] += q[a] * value[a][i];
    }
}

static void one_period_more_is_one_bellman_step(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 5; k++) {
        instance s;
        double by_hand[3], v[3];
        draw_instance(&s, 40 + k, plain);
        s.data.p.h0 = 0;
        for (int horizon = 1; horizon <= 3; horizon++) {
            values_from(v, &s, FUL_STAGE_ARMED, s.group[0].start, horizon + 1);
            step_by_hand(by_hand, &s, s.group[0].start, horizon);
            for (int i = 0; i < 3; i++)
                ful_near(v[i], by_hand[i], 1e-11, 1e-11);
        }
    }
}

/* ---- what the answer may not depend on ------------------------------------------------------- */

static void no_precision_leaves_the_menu_weights(void **state)
{
    (void)state;
    instance s;
    sizes of = full;
    of.levers = 0;
    draw_instance(&s, 3, of);
    s.group[0].start = s.group[1].start = 1;
    s.data.p.ebar = 2.0 / 3;
    s.data.p.h0 = 0;
    const ful_bargain_report r = report_of(&s, 0);
    /* within reach of level 1: weights 1/6, 1/3, 1/3; the last meets the contract, in both
     * groups */
    ful_near(r.enforcer[0].first_move, .4 * .4, 0, 1e-14);
    ful_near(r.restart.probability, .5, 0, 1e-14);
    ful_near(r.honour.probability, .5, 0, 1e-14);
    /* armed until too late to move again */
    ful_near(1 - r.restart.reach, pow(.5, 6 - 1), 0, 1e-14);
}

/* Nobody accommodates before T's last move in a single half-year, and T that may only hold or freeze
 * never restarts, at any precision; there is nothing to be asked about, not a chance of nought. */
static void what_no_play_comes_to_has_no_probability(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        instance s;
        sizes of = full;
        of.horizon = 1;
        draw_instance(&s, 5, of);
        const ful_bargain_report one = report_of(&s, k ? INFINITY : 1);
        of.horizon = 4;
        draw_instance(&s, 5, of);
        s.data.moves = FUL_MOVE_FREEZE;
        const ful_bargain_report freezing = report_of(&s, k ? INFINITY : 1);
        assert_true(isnan(one.restart.probability) && one.restart.reach == 0);
        assert_true(isnan(one.honour.probability) && one.honour.reach == 0);
        assert_true(isnan(one.snap_back.probability) && one.snap_back.reach == 0);
        assert_true(isnan(freezing.restart.probability));
        assert_true(isnan(freezing.snap_back.probability));
        is_probability(freezing.honour.probability);
    }
}

static void only_the_ratio_of_precision_and_stake_counts(void **state)
{
    (void)state;
    instance s, other;
    draw_instance(&s, 4, full);
    copy(&other, &s);
    for (int i = 0; i < 3; i++) {
        other.player[i].precision *= 4;
        other.player[i].stake *= 4;
    }
    const ful_bargain_report a = report_of(&s, 1), b = report_of(&other, 1), c = report_of(&s, 4);
    copy(&other, &s);
    for (int i = 0; i < 3; i++)
        other.player[i].precision *= 4;
    const ful_bargain_report d = report_of(&other, 1);
    assert_memory_equal(&a, &b, sizeof a);
    assert_memory_equal(&c, &d, sizeof c);
}

/* Utilities in another unit, precision with them: nothing but the unit of the values changes. */
static void the_unit_of_a_players_payoff_does_not_matter(void **state)
{
    (void)state;
    instance s, other;
    draw_instance(&s, 5, full);
    copy(&other, &s);
    for (int k = 0; k < other.data.terms; k++)
        if (other.term[k].player == FUL_T)
            other.term[k].amount *= 8;
    other.player[FUL_T].stake *= 8;
    for (int l = 0; l < other.data.levers; l++)
        other.lever[l].value_T *= 8;
    const ful_bargain_report a = report_of(&s, 1), b = report_of(&other, 1);
    ful_near(b.frozen, a.frozen, 0, 1e-13);
    ful_near(b.ever_dismantled, a.ever_dismantled, 0, 1e-13);
    ful_near(b.value[FUL_T], 8 * a.value[FUL_T], 1e-13, 0);
    ful_near(b.value[FUL_E], a.value[FUL_E], 1e-12, 0);
}

/* A term split in two, a programme that is worth the same twice: payoffs are sums. */
static void a_term_may_be_split(void **state)
{
    (void)state;
    instance s, other;
    draw_instance(&s, 13, pair);
    copy(&other, &s);
    ful_term more[2 * TERMS];
    for (int k = 0; k < s.data.terms; k++) {
        more[2 * k] = more[2 * k + 1] = s.term[k];
        more[2 * k].amount *= .25;
        more[2 * k + 1].amount *= .75;
    }
    other.data.terms = 2 * s.data.terms > FUL_BARGAIN_MAX_TERMS ? FUL_BARGAIN_MAX_TERMS
                                                                : 2 * s.data.terms;
    s.data.terms = other.data.terms / 2;
    other.data.term = more;
    const ful_bargain_report a = report_of(&s, 1), b = report_of(&other, 1);
    for (int i = 0; i < s.data.players; i++)
        ful_near(b.value[i], a.value[i], 1e-12, 1e-13);
    ful_near(b.frozen, a.frozen, 0, 1e-12);
    ful_near(b.enforcer[1].mean, a.enforcer[1].mean, 0, 1e-12);
}

static void groups_may_be_listed_in_any_order(void **state)
{
    (void)state;
    instance s, other;
    draw_instance(&s, 6, full);
    copy(&other, &s);
    s.group[0].share = other.group[1].share = .3;
    s.group[1].share = other.group[0].share = .7;
    s.group[0].start = other.group[1].start = 0;
    s.group[1].start = other.group[0].start = 2;
    for (int row = 0; row < 3 * s.data.adaptation_steps; row++)
        for (int e = 0; e < 16; e++)
            memcpy(other.income + (row * 16 + e) * s.data.columns,
                   s.income + (row * 16 + e % 4 * 4 + e / 4) * s.data.columns,
                   (size_t)s.data.columns * sizeof(double));
    const ful_bargain_report a = report_of(&s, 1), b = report_of(&other, 1);
    ful_near(b.enforcement[0], a.enforcement[1], 0, 1e-12);
    ful_near(b.enforcement[1], a.enforcement[0], 0, 1e-12);
    ful_near(b.frozen, a.frozen, 0, 1e-12);
    ful_near(b.collapsed, a.collapsed, 0, 1e-12);
}

/* Shorter periods resolve payoffs, discounting and collapse more finely; actors still decide
 * twice a year. At the central payoffs, for economies and packages drawn at random. */
static void quarter_years_change_no_headline_by_more_than_five_points(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 12; k++) {
        instance s;
        draw_instance(&s, 60 + k, full);
        central_parameters(&s);
        const ful_bargain_report a = report_of(&s, 1);
        s.data.dt = .25;
        s.data.horizon *= 2;
        for (int l = 0; l < s.data.levers; l++)
            s.lever[l].duration *= 2;
        const ful_bargain_report b = report_of(&s, 1);
        ful_near(b.denuclearised, a.denuclearised, 0, .05);
        ful_near(b.frozen, a.frozen, 0, .05);
        ful_near(b.unchanged, a.unchanged, 0, .05);
        ful_near(b.collapsed, a.collapsed, 0, .05);
        ful_near(b.enforcer[0].mean, a.enforcer[0].mean, 0, .05);
    }
}

static void growing_precision_tends_to_subgame_perfection(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 5; k++) {
        instance s;
        draw_instance(&s, 80 + k, plain);
        const ful_bargain_report a = report_of(&s, 1e9), b = report_of(&s, INFINITY);
        ful_near(a.frozen, b.frozen, 0, 1e-9);
        ful_near(a.enforcer[0].mean, b.enforcer[0].mean, 0, 1e-9);
        if (b.honour.reach > 0)
            ful_near(a.honour.probability, b.honour.probability, 0, 1e-9);
        for (int i = 0; i < 3; i++)
            ful_near(a.value[i], b.value[i], 1e-9, 0);
    }
}

/* No player gains by changing one move anywhere in the unfolded game. */
static void infinite_precision_leaves_no_move_to_regret(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 4; k++) {
        instance s;
        ful_bargain *game;
        ful_tree *tree;
        solved t;
        ful_error err;
        draw_instance(&s, 90 + k, plain);
        s.data.horizon = 2;
        ful_status_is(ful_bargain_new(&game, &s.data, NULL, &err), FUL_OK, &err);
        ful_status_is(ful_bargain_tree(&tree, game, 500000, NULL, &err), FUL_OK, &err);
        solved_init(&t, tree);
        solved_at(&t, INFINITY);
        for (int v = 0; v < t.view.nodes; v++)
            for (int a = 0; a < t.view.moves[v] && t.view.owner[v] >= 0; a++) {
                const int i = t.view.owner[v], child = t.view.child[t.view.first_move[v] + a];
                const double room = 1e-11 * (1 + fabs(t.value[v * 3 + i]));
                assert_true(t.value[child * 3 + i] <= t.value[v * 3 + i] + room);
            }
        solved_clear(&t);
        ful_bargain_free(game);
    }
}

static void nothing_in_force_costs_and_pays_nothing(void **state)
{
    (void)state;
    instance s, other;
    draw_instance(&s, 7, full);
    for (int k = 0; k < MAX_TABLE; k++)
        s.income[k] = s.income[0];
    s.data.nothing_in_force = 1;
    copy(&other, &s);
    other.term[FRICTION].amount *= 5;
    for (int l = 0; l < other.data.levers; l++)
        if (other.lever[l].contract == FUL_CONTRACT_ENFORCEMENT ||
            other.lever[l].contract == FUL_CONTRACT_PENALTY)
            other.lever[l].value_E = other.lever[l].cost_S = 9;
    const ful_bargain_report a = report_of(&s, 1), b = report_of(&other, 1);
    assert_memory_equal(&a, &b, sizeof a);
}

/* ---- robustness ------------------------------------------------------------------------------ */

static void the_same_input_gives_the_same_bits(void **state)
{
    (void)state;
    instance s;
    ful_bargain *game;
    ful_bargain_work *one, *two;
    ful_bargain_report a, b, between;
    ful_error err;
    draw_instance(&s, 8, full);
    ful_status_is(ful_bargain_new(&game, &s.data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_work_new(&one, game, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_work_new(&two, game, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_solve(&a, game, one, 1, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_solve(&between, game, one, INFINITY, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_solve(&b, game, one, 1, &err), FUL_OK, &err);
    assert_memory_equal(&a, &b, sizeof a);
    ful_status_is(ful_bargain_solve(&b, game, two, 1, &err), FUL_OK, &err);
    assert_memory_equal(&a, &b, sizeof a);
    ful_bargain_work_free(one);
    ful_bargain_work_free(two);
    ful_bargain_free(game);
}

/* One after the other, the larger first; what the one before left behind does not matter. */
static void one_workspace_serves_games_that_need_no_more_room(void **state)
{
    (void)state;
    instance large, small;
    ful_bargain *many, *few;
    ful_bargain_work *work, *narrow;
    ful_bargain_report r, alone;
    ful_error err;
    draw_instance(&large, 16, full);
    copy(&small, &large);
    small.data.levers = 0;
    alone = report_of(&small, 1);
    ful_status_is(ful_bargain_new(&many, &large.data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_new(&few, &small.data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_work_new(&work, many, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_work_new(&narrow, few, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_solve(&r, many, work, 1, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_solve(&r, few, work, 1, &err), FUL_OK, &err);
    assert_memory_equal(&r, &alone, sizeof r);
    ful_status_is(ful_bargain_solve(&r, many, narrow, 1, &err), FUL_ERR_ARGUMENT, NULL);
    ful_says(err, "workspace");
    ful_bargain_work_free(work);
    ful_bargain_work_free(narrow);
    ful_bargain_free(many);
    ful_bargain_free(few);
}

/* The next game in a workspace, which is made for the first, has the report that it has in one of
 * its own, bit for bit. */
static void follows(ful_bargain_work **work, const instance *s, double scale)
{
    ful_bargain *game;
    ful_bargain_report r, alone = report_of(s, scale);
    ful_error err;
    ful_status_is(ful_bargain_new(&game, &s->data, NULL, &err), FUL_OK, &err);
    if (!*work)
        ful_status_is(ful_bargain_work_new(work, game, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_solve(&r, game, *work, scale, &err), FUL_OK, &err);
    assert_memory_equal(&r, &alone, sizeof r);
    ful_bargain_free(game);
}

/* The levers of `from` that are in a set. */
static void offer(instance *to, const instance *from, unsigned set)
{
    to->data.levers = 0;
    for (int l = 0; l < from->data.levers; l++)
        if (set >> l & 1)
            to->lever[to->data.levers++] = from->lever[l];
}

/* In an order without a pattern, treaties and levers that run out among them: what the package
 * before it has left in the workspace does not matter. */
static void packages_may_be_solved_in_any_order(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++) {
        instance all, s;
        ful_bargain_work *work = NULL;
        sizes of = pair;
        of.horizon = 3;
        draw_instance(&all, 40 + seed, of);
        all.lever[3].standing = seed == 1;
        copy(&s, &all);
        follows(&work, &all, 1);
        for (unsigned k = 0; k < 64; k++) {
            offer(&s, &all, (37 * k + 11) % 64);
            follows(&work, &s, k % 7 == 6 ? INFINITY : k % 3 == 2 ? 5 : 1);
        }
        ful_bargain_work_free(work);
    }
}

/* Whatever number of the data changes while everything else stays, and back. */
static void any_number_may_change_between_games(void **state)
{
    (void)state;
    instance s, changed;
    ful_bargain_work *work = NULL;
    sizes of = pair;
    of.horizon = 3;
    draw_instance(&s, 44, of);
    s.data.p.over = 1;
    copy(&changed, &s);
    double *p = (double *)&changed.data.p;
    for (size_t k = 0; k < sizeof s.data.p / sizeof *p; k++) {
        const double old = p[k];
        follows(&work, &s, 1);
        p[k] = .99 * old;
        follows(&work, &changed, 1);
        p[k] = old;
    }
    for (int k = 0; k < s.data.terms; k++) {
        follows(&work, &s, 1);
        changed.term[k].amount = 1.01 * s.term[k].amount;
        follows(&work, &changed, 1);
        changed.term[k].amount = s.term[k].amount;
    }
    for (int i = 0; i < s.data.players; i++) {
        double *const of_player[] = {&changed.player[i].delta, &changed.player[i].precision,
                                     &changed.player[i].stake};
        for (int k = 0; k < 3; k++) {
            follows(&work, &s, 1);
            *of_player[k] *= .99;
            follows(&work, &changed, 1);
            changed.player[i] = s.player[i];
        }
    }
    for (int at = 0; at < 3 * s.data.adaptation_steps * joint_levels(&s.data); at += 5) {
        double *income = changed.income + at * s.data.columns;
        follows(&work, &s, 1);
        income[at % s.data.columns] *= 1.01;
        follows(&work, &changed, 1);
        copy(&changed, &s);
    }
    ful_bargain_work_free(work);
}

/* Nor does it matter what else was different in the game before. */
static void any_rule_may_change_between_games(void **state)
{
    (void)state;
    instance s, changed;
    ful_bargain *roomy;
    ful_bargain_work *work = NULL;
    ful_error err;
    sizes of = pair;
    of.horizon = 8;
    draw_instance(&s, 45, of);
    s.data.simultaneous = 1;
    ful_status_is(ful_bargain_new(&roomy, &s.data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_work_new(&work, roomy, NULL, &err), FUL_OK, &err);
    ful_bargain_free(roomy);
    s.data.simultaneous = 0;
    s.data.horizon = 3;
    int *const rule[] = {&changed.data.horizon, &changed.data.dismantle_periods,
                         &changed.data.settle_periods, &changed.data.stress_steps,
                         &changed.data.capability_steps, &changed.data.start_capability,
                         &changed.data.moves, &changed.data.nothing_in_force,
                         &changed.group[0].start, &changed.group[2].start};
    const int to[] = {2, 1, 2, 1, 1, 1, FUL_MOVE_FREEZE | FUL_MOVE_RESTART, 1, 1, 1};
    for (size_t k = 0; k < sizeof to / sizeof *to; k++) {
        copy(&changed, &s);
        *rule[k] = to[k];
        follows(&work, &s, 1);
        follows(&work, &changed, 1);
    }
    follows(&work, &s, 1);
    copy(&changed, &s);
    changed.data.start_stage = FUL_STAGE_FROZEN;
    follows(&work, &changed, 1);
    changed.data.simultaneous = 1;
    changed.data.horizon = 1;
    follows(&work, &changed, 1);
    changed.data.simultaneous = 0;
    follows(&work, &changed, 1);
    ful_bargain_work_free(work);
}

static void solving_allocates_nothing(void **state)
{
    (void)state;
    instance s;
    ful_bargain_report r;
    ful_error err;
    double stage[64], level[512], income[64];
    for (int together = 0; together < 2; together++) {
        ful_test_memory memory;
        ful_bargain *game;
        ful_bargain_work *work;
        sizes of = pair;
        of.horizon = 2;
        draw_instance(&s, 9, of);
        s.data.simultaneous = together;
        ful_test_memory_init(&memory, -1);
        ful_status_is(ful_bargain_new(&game, &s.data, &memory.allocator, &err), FUL_OK, &err);
        ful_status_is(ful_bargain_work_new(&work, game, &memory.allocator, &err), FUL_OK, &err);
        const long calls = memory.calls;
        ful_status_is(ful_bargain_solve(&r, game, work, 1, &err), FUL_OK, &err);
        ful_bargain_path(stage, level, income, game, work);
        if (!together)
            ful_status_is(ful_bargain_solve(&r, game, work, INFINITY, &err), FUL_OK, &err);
        assert_int_equal(memory.calls, calls);
        ful_bargain_work_free(work);
        ful_bargain_free(game);
        assert_int_equal(memory.live, 0);
    }
}

static void every_failed_allocation_is_survived(void **state)
{
    (void)state;
    instance s;
    ful_status status = FUL_ERR_MEMORY;
    draw_instance(&s, 10, plain);
    s.data.horizon = 1;
    for (long k = 0; status; k++) {
        ful_test_memory memory;
        ful_bargain *game = NULL;
        ful_bargain_work *work = NULL;
        ful_tree *tree = NULL;
        ful_error err;
        ful_test_memory_init(&memory, k);
        status = ful_bargain_new(&game, &s.data, &memory.allocator, &err);
        if (!status)
            status = ful_bargain_work_new(&work, game, &memory.allocator, &err);
        if (!status)
            status = ful_bargain_tree(&tree, game, 100000, &memory.allocator, &err);
        assert_true(status == FUL_OK || status == FUL_ERR_MEMORY);
        assert_true((tree != NULL) == (status == FUL_OK));
        ful_tree_free(tree);
        ful_bargain_work_free(work);
        ful_bargain_free(game);
        assert_int_equal(memory.live, 0);
        assert_true(k < 2000);
    }
}

static void refuse(const instance *s, const char *says)
{
    ful_bargain *game;
    ful_error err;
    ful_status_is(ful_bargain_new(&game, &s->data, NULL, &err), FUL_ERR_DATA, NULL);
    assert_null(game);
    ful_says(err, says);
}

#define REFUSED(change, says)                                                                      \
    do {                                                                                           \
        draw_instance(&s, 12, full);                                                               \
        change;                                                                                    \
        refuse(&s, says);                                                                          \
    } while (0)

static void what_makes_no_game_is_refused(void **state)
{
    (void)state;
    instance s;
    REFUSED(s.data.horizon = 65, "horizon is 65, expected 1 to 64");
    REFUSED(s.data.horizon = 0, "horizon");
    REFUSED(s.data.groups = 7, "groups");
    REFUSED(s.data.groups = 0, "groups");
    REFUSED(s.data.players = 2, "players");
    REFUSED(s.data.players = 6, "players");
    REFUSED(s.data.columns = 0, "columns");
    REFUSED(s.data.moves = 16, "moves");
    REFUSED(s.data.stress_steps = 0, "stress_steps");
    REFUSED(s.data.capability_steps = 9, "capability_steps");
    REFUSED(s.data.start_stress = 3, "start_stress");
    REFUSED(s.data.start_capability = 3, "start_capability");
    REFUSED(s.data.start_stage = (ful_stage)7, "start_stage");
    REFUSED(s.data.dt = 1, "half-year");
    REFUSED(s.data.dt = .3, "half-year");
    REFUSED(s.data.dt = NAN, "half-year");
    REFUSED(s.group[0].levels = 0, "group 'group' has 0 levels");
    REFUSED(s.group[0].levels = 9, "group 'group' has 9 levels");
    REFUSED(s.group[1].start = 4, "starts at level 4");
    REFUSED(s.group[1].owner = FUL_T, "belongs to player 1");
    REFUSED(s.group[1].owner = SECOND, "belongs to player 3");
    REFUSED(s.level[0][2] = .1, "ascend");
    REFUSED(s.group[0].share = .6, "sum to 1.1");
    REFUSED(s.group[0].share = NAN, "has share");
    REFUSED(s.group[0].adoption = 1, "expected 0 of an adoption");
    REFUSED(s.data.p.ebar = 0, "game.ebar");
    REFUSED(s.data.p.ebar = 1.1, "game.ebar");
    REFUSED(s.term[L_T].amount = NAN, "term 'term' is nan");
    REFUSED(s.term[L_T].amount = 1e16, "term 'term' is 1e+16, expected -1e+15..1e+15");
    REFUSED(s.term[L_T].player = 3, "term 'term' is of player 3");
    REFUSED(s.term[L_T].kind = FUL_TERM_KINDS, "kind");
    REFUSED(s.term[FRICTION].player = FUL_T, "enforces nothing");
    REFUSED(s.term[W_E].column = 5, "of income 5");
    REFUSED(s.player[FUL_S].precision = -1, "precision");
    REFUSED(s.player[FUL_E].stake = 0, "player 'player': stake is 0");
    REFUSED(s.player[FUL_T].delta = 1, "delta");
    REFUSED(s.data.p.detection = 1.5, "game.detection");
    REFUSED(s.data.p.turnover = -1, "game.turnover is -1, expected a number in [0, 1e+15]");
    REFUSED(s.data.p.turnover_withdraws = 1.5, "game.turnover_withdraws");
    REFUSED(s.data.p.growth = NAN, "game.growth is nan, expected -1e+15..1e+15");
    REFUSED(s.data.p.growth = 1e300, "game.growth is 1e+300, expected -1e+15..1e+15");
    REFUSED(s.data.p.camp_capacity = 0, "game.camp_capacity");
    REFUSED(s.data.p.stress_down = 9, "stress_down");
    REFUSED(s.lever[1].duration = -1, "lever 'lever' lasts -1");
    REFUSED(s.lever[0].contract = (ful_contract)4, "contract 4");
    REFUSED(s.lever[0].enforcer = FUL_T, "offered to player 1");
    REFUSED(s.lever[2].cost_S = INFINITY, "lever 'lever' has inf");
    REFUSED(s.income[7] = NAN, "income 1 of column 2");
    REFUSED((s.data.table = s.table, s.table[1] = -1), "period 1 has table -1 of incomes");
    REFUSED((s.data.table = s.table, s.table[1] = s.data.horizon), "expected 0 to");
    const int entries = 3 * s.data.adaptation_steps * joint_levels(&s.data) * s.data.columns;
    REFUSED((draw_tables(&s, 2), s.income[entries] = NAN), "of column 0 is nan");
    REFUSED(s.data.levers = 17, "levers");
}

static void an_order_that_leaves_an_enforcer_out_is_refused(void **state)
{
    (void)state;
    static const int twice[] = {FUL_E, FUL_E}, backwards[] = {SECOND, FUL_E};
    instance s;
    ful_bargain *game;
    ful_error err;
    draw_instance(&s, 14, pair);
    s.data.order = twice;
    refuse(&s, "order of moves");
    s.data.order = backwards;
    ful_status_is(ful_bargain_new(&game, &s.data, NULL, &err), FUL_OK, &err);
    ful_bargain_free(game);
    s.data.order = NULL;
    for (int k = 0; k < s.data.groups; k++)
        if (s.group[k].owner == SECOND) {
            s.group[k].owner = FUL_E;
            s.group[k].share = 0;
        }
    refuse(&s, "has no group of goods");
}

static void simultaneous_moves_have_no_answer_at_infinite_precision(void **state)
{
    (void)state;
    instance s;
    ful_bargain *game;
    ful_bargain_work *work;
    ful_bargain_report r;
    ful_error err;
    sizes of = pair;
    of.horizon = 1;
    draw_instance(&s, 15, of);
    s.data.simultaneous = 1;
    ful_status_is(ful_bargain_new(&game, &s.data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_work_new(&work, game, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_solve(&r, game, work, INFINITY, &err), FUL_ERR_ARGUMENT, NULL);
    ful_says(err, "infinite precision");
    ful_bargain_work_free(work);
    ful_bargain_free(game);
}

/* ---- the path -------------------------------------------------------------------------------- */

/* Its means are those of the report, its last stages the outcomes. */
static void the_path_adds_up_to_the_report(void **state)
{
    (void)state;
    double stage[64 * 6], level[64 * 6 * 8], income[64 * 8];
    for (uint64_t k = 0; k < 6; k++) {
        instance s;
        ful_bargain *game;
        ful_bargain_work *work;
        ful_bargain_report r;
        ful_error err;
        draw_instance(&s, 70 + k, k % 2 ? full : pair);
        const int H = s.data.horizon, G = s.data.groups;
        ful_status_is(ful_bargain_new(&game, &s.data, NULL, &err), FUL_OK, &err);
        ful_status_is(ful_bargain_work_new(&work, game, NULL, &err), FUL_OK, &err);
        ful_status_is(ful_bargain_solve(&r, game, work, 1, &err), FUL_OK, &err);
        ful_bargain_path(stage, level, income, game, work);
        double mean[6] = {0}, earned = 0, periods = 0, alive = 1;
        for (int t = 0; t < H; t++) {
            double sum = 0;
            for (int j = 0; j <= FUL_STAGES; j++)
                sum += stage[t * (FUL_STAGES + 1) + j];
            ful_near(sum, 1, 0, 1e-14);
            for (int group = 0; group < G; group++) {
                double chance = 0;
                for (int l = 0; l < s.group[group].levels; l++) {
                    const double p = level[(t * G + group) * 8 + l];
                    chance += p;
                    mean[group] += alive * p * s.level[group][l];
                }
                ful_near(chance, 1, 0, 1e-13);
            }
            earned += alive * income[t * s.data.columns];
            periods += alive;
            alive = 1 - stage[t * (FUL_STAGES + 1) + FUL_STAGES];
        }
        const double *last = stage + (H - 1) * (FUL_STAGES + 1);
        ful_near(last[FUL_STAGE_DISMANTLED], r.denuclearised, 0, 1e-13);
        ful_near(last[FUL_STAGE_FROZEN] + last[FUL_STAGE_DISMANTLING], r.frozen, 0, 1e-13);
        ful_near(last[FUL_STAGE_ARMED] + last[FUL_STAGE_RESTARTED], r.unchanged, 0, 1e-13);
        ful_near(last[FUL_STAGES], r.collapsed, 0, 1e-13);
        ful_near(earned / periods, r.target_income, 1e-12, 0);
        for (int group = 0; group < G; group++)
            ful_near(mean[group] / periods, r.enforcement[group], 0, 1e-13);
        ful_bargain_path(NULL, NULL, NULL, game, work);
        ful_bargain_work_free(work);
        ful_bargain_free(game);
    }
}

static void a_negative_scale_of_precision_is_refused(void **state)
{
    (void)state;
    instance s;
    ful_bargain *game;
    ful_bargain_work *work;
    ful_bargain_report r;
    ful_error err;
    draw_instance(&s, 12, plain);
    ful_status_is(ful_bargain_new(&game, &s.data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_work_new(&work, game, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_solve(&r, game, work, -1, &err), FUL_ERR_ARGUMENT, NULL);
    ful_says(err, "lambda_scale");
    ful_status_is(ful_bargain_solve(&r, game, work, NAN, &err), FUL_ERR_ARGUMENT, NULL);
    ful_bargain_work_free(work);
    ful_bargain_free(game);
    ful_bargain_work_free(NULL);
    ful_bargain_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes_are_a_partition_and_probabilities_are_probabilities),
        cmocka_unit_test(collapse_costs_its_loss_and_nothing_else),
        cmocka_unit_test(one_period_more_is_one_bellman_step),
        cmocka_unit_test(no_precision_leaves_the_menu_weights),
        cmocka_unit_test(what_no_play_comes_to_has_no_probability),
        cmocka_unit_test(only_the_ratio_of_precision_and_stake_counts),
        cmocka_unit_test(the_unit_of_a_players_payoff_does_not_matter),
        cmocka_unit_test(a_term_may_be_split),
        cmocka_unit_test(groups_may_be_listed_in_any_order),
        cmocka_unit_test(quarter_years_change_no_headline_by_more_than_five_points),
        cmocka_unit_test(growing_precision_tends_to_subgame_perfection),
        cmocka_unit_test(infinite_precision_leaves_no_move_to_regret),
        cmocka_unit_test(nothing_in_force_costs_and_pays_nothing),
        cmocka_unit_test(the_same_input_gives_the_same_bits),
        cmocka_unit_test(one_workspace_serves_games_that_need_no_more_room),
        cmocka_unit_test(packages_may_be_solved_in_any_order),
        cmocka_unit_test(any_number_may_change_between_games),
        cmocka_unit_test(any_rule_may_change_between_games),
        cmocka_unit_test(solving_allocates_nothing),
        cmocka_unit_test(every_failed_allocation_is_survived),
        cmocka_unit_test(what_makes_no_game_is_refused),
        cmocka_unit_test(an_order_that_leaves_an_enforcer_out_is_refused),
        cmocka_unit_test(simultaneous_moves_have_no_answer_at_infinite_precision),
        cmocka_unit_test(a_negative_scale_of_precision_is_refused),
        cmocka_unit_test(the_path_adds_up_to_the_report),
    };
    return cmocka_run_group_tests_name("game bargain", tests, NULL, NULL);
}
