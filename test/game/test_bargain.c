/* SPDX-License-Identifier: MIT */
/* The sanctions game as a whole: closed forms, what it may not depend on, what it refuses. */
#include "bargain_test.h"

static const sizes full = {.horizon = 6, .groups = 2, .levels = 4, .stress = 3, .adaptation = 2,
                           .dismantle = 2, .settle = 2, .levers = 3};
static const sizes plain = {.horizon = 3, .groups = 1, .levels = 3, .stress = 1, .adaptation = 1,
                            .dismantle = 1, .settle = 1, .levers = 0};

static void outcomes_are_a_partition_and_probabilities_are_probabilities(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 20; k++) {
        instance s;
        draw_instance(&s, k, full);
        s.data.start_stage = (ful_stage)(k % 5);
        const ful_bargain_report r = report_of(&s, k % 4 ? 1 : INFINITY);
        ful_near(r.denuclearised + r.frozen + r.unchanged + r.collapsed, 1, 0, 1e-12);
        const double p[] = {r.denuclearised, r.frozen, r.unchanged, r.collapsed, r.ever_frozen,
                            r.ever_dismantled, r.ever_restarted, r.enforcement_mean,
                            r.enforcement_armed, r.enforces, r.first_move, r.restart.probability,
                            r.restart.reach, r.honour.probability, r.honour.reach,
                            r.snap_back.probability, r.snap_back.reach};
        for (size_t j = 0; j < sizeof p / sizeof *p; j++)
            assert_true(p[j] >= 0 && p[j] <= 1 + 1e-12);
        for (int i = 0; i < FUL_PLAYERS; i++)
            assert_true(isfinite(r.value[i]));
        assert_true(r.ever_dismantled >= r.denuclearised - 1e-12);
    }
}

/* Where no payoff depends on what is done, collapse with constant hazard h costs a player L times
 * E d^tau = d h / (1 - d (1 - h)), whatever the horizon: it gains nothing by omission. */
static void collapse_costs_its_loss_and_nothing_else(void **state)
{
    (void)state;
    for (int horizon = 1; horizon <= 9; horizon += 4) {
        instance s;
        sizes of = full;
        of.horizon = horizon;
        of.levers = 0;
        draw_instance(&s, 11, of);
        ful_bargain_parameters *p = &s.data.p;
        for (int k = 0; k < MAX_TABLE; k++)
            s.income[k] = (ful_income){.S = .1, .E = .2, .elite = -1, .mass = -2, .T = -2};
        p->n_T = p->b_E = p->b_S = p->warrisk = p->friction = 0;
        p->dismantling = p->restart_gain = p->refugees_stress = p->a_z = 0;
        p->C_S = .4;
        p->north_gain = -1e6; /* S keeps south */
        p->refugees = 2;
        p->camp_capacity = .5;
        const double h = 1 - exp(-.5 * p->h0 * exp(2 * p->a_p));
        const double delta[] = {p->delta_S, p->delta_E, p->delta_T};
        const double flow[] = {p->w_S * .1, p->w_E * .2, -p->w_elite - 2 * p->w_mass};
        const double loss[] = {.4, p->c_ref * 4 * (1 + 3 * p->over) + p->L_troops + p->L_unified,
                               p->L_T};
        const ful_bargain_report r = report_of(&s, 1);
        for (int i = 0; i < FUL_PLAYERS; i++) {
            const double d = sqrt(delta[i]);
            const double lost = loss[i] * d * h / (1 - d * (1 - h));
            ful_near(r.value[i], .5 * flow[i] / (1 - d) - lost, 1e-12, 0);
        }
        ful_near(r.collapse_loss, loss[FUL_E], 1e-12, 0);
        ful_near(r.collapsed, 1 - pow(1 - h, horizon), 0, 1e-12);
    }
}

/* ---- one Bellman step, by hand --------------------------------------------------------------- */

/* Values at horizon H from `stage` and level e, without collapse, so that they are absolute. */
static void values_from(double v[3], const instance *s, ful_stage stage, int e, int horizon)
{
    instance from = *s;
    point(&from);
    from.data.start_stage = stage;
    from.start_level[0] = e;
    from.data.horizon = horizon;
    const ful_bargain_report r = report_of(&from, 1);
    memcpy(v, r.value, sizeof r.value);
}

static void choose(double *p, int n, const double *w, const double *u, double lambda)
{
    double sum = 0;
    for (int a = 0; a < n; a++)
        sum += p[a] = w[a] * exp(lambda * (u[a] - u[0]));
    for (int a = 0; a < n; a++)
        p[a] /= sum;
}

static void step_by_hand(double out[3], const instance *s, int start, int horizon)
{
    static const ful_stage next[] = {FUL_STAGE_ARMED, FUL_STAGE_FROZEN, FUL_STAGE_DISMANTLING};
    static const double menu[] = {.5, .25, .25}, trapezoid[] = {.25, .5, .25};
    const ful_bargain_parameters *p = &s->data.p;
    const double d[] = {sqrt(p->delta_S), sqrt(p->delta_E), sqrt(p->delta_T)};
    double value[3][3], w[3], u[3], q[3];
    int count = 0;
    for (int e = start > 0 ? start - 1 : 0; e <= 2 && e <= start + 1; e++, count++) {
        const ful_income *y = s->income + e;
        const double level = s->level[e];
        double after[3][3], chosen[3], t[3];
        for (int a = 0; a < 3; a++) {
            values_from(after[a], s, next[a], e, horizon);
            chosen[a] = d[FUL_T] * after[a][FUL_T];
        }
        choose(t, 3, menu, chosen, p->lambda / p->stake_T);
        const double flow[] = {-p->b_S + p->w_S * y->S,
                               -p->b_E - p->warrisk + p->w_E * y->E - p->friction * level * level,
                               p->n_T + p->w_elite * y->elite + p->w_mass * y->mass};
        for (int i = 0; i < 3; i++) {
            value[count][i] = .5 * flow[i];
            for (int a = 0; a < 3; a++)
                value[count][i] += t[a] * d[i] * after[a][i];
        }
        w[count] = trapezoid[e];
        u[count] = value[count][FUL_E];
    }
    choose(q, count, w, u, p->lambda / p->stake_E);
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
            values_from(v, &s, FUL_STAGE_ARMED, s.start_level[0], horizon + 1);
            step_by_hand(by_hand, &s, s.start_level[0], horizon);
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
    s.start_level[0] = s.start_level[1] = 1;
    s.data.p.ebar = 2.0 / 3;
    s.data.p.h0 = 0;
    const ful_bargain_report r = report_of(&s, 0);
    /* within reach of level 1: weights 1/6, 1/3, 1/3; the last meets the contract, in both
     * groups */
    ful_near(r.first_move, .4 * .4, 0, 1e-14);
    ful_near(r.restart.probability, .5, 0, 1e-14);
    ful_near(r.honour.probability, .5, 0, 1e-14);
    /* armed until too late to move again */
    ful_near(1 - r.restart.reach, pow(.5, 6 - 1), 0, 1e-14);
}

static void only_the_ratio_of_precision_and_stake_counts(void **state)
{
    (void)state;
    instance s, other;
    draw_instance(&s, 4, full);
    other = s;
    point(&other);
    other.data.p.lambda *= 4;
    other.data.p.stake_S *= 4;
    other.data.p.stake_E *= 4;
    other.data.p.stake_T *= 4;
    const ful_bargain_report a = report_of(&s, 1), b = report_of(&other, 1), c = report_of(&s, 4);
    other = s;
    point(&other);
    other.data.p.lambda *= 4;
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
    other = s;
    point(&other);
    ful_bargain_parameters *p = &other.data.p;
    p->n_T *= 8;
    p->w_elite *= 8;
    p->w_mass *= 8;
    p->dismantling *= 8;
    p->restart_gain *= 8;
    p->L_T *= 8;
    p->stake_T *= 8;
    for (int l = 0; l < other.data.levers; l++)
        other.lever[l].value_T *= 8;
    const ful_bargain_report a = report_of(&s, 1), b = report_of(&other, 1);
    ful_near(b.frozen, a.frozen, 0, 1e-13);
    ful_near(b.ever_dismantled, a.ever_dismantled, 0, 1e-13);
    ful_near(b.value[FUL_T], 8 * a.value[FUL_T], 1e-13, 0);
    ful_near(b.value[FUL_E], a.value[FUL_E], 1e-12, 0);
}

static void a_group_split_in_name_only_may_be_listed_in_any_order(void **state)
{
    (void)state;
    instance s, other;
    draw_instance(&s, 6, full);
    other = s;
    point(&other);
    s.share[0] = other.share[1] = .3;
    s.share[1] = other.share[0] = .7;
    s.start_level[0] = other.start_level[1] = 0;
    s.start_level[1] = other.start_level[0] = 2;
    for (int row = 0; row < 3 * s.data.adaptation_steps; row++)
        for (int e = 0; e < 16; e++)
            other.income[row * 16 + e] = s.income[row * 16 + e % 4 * 4 + e / 4];
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
        ful_near(b.enforcement_mean, a.enforcement_mean, 0, .05);
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
        ful_near(a.enforcement_mean, b.enforcement_mean, 0, 1e-9);
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
        s.data.p.lambda = INFINITY;
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
    other = s;
    point(&other);
    other.data.p.friction *= 5;
    for (int l = 0; l < other.data.levers; l++)
        if (other.lever[l].contract == FUL_CONTRACT_ENFORCEMENT)
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

static void solving_allocates_nothing(void **state)
{
    (void)state;
    instance s;
    ful_test_memory memory;
    ful_bargain *game;
    ful_bargain_work *work;
    ful_bargain_report r;
    ful_error err;
    draw_instance(&s, 9, full);
    ful_test_memory_init(&memory, -1);
    ful_status_is(ful_bargain_new(&game, &s.data, &memory.allocator, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_work_new(&work, game, &memory.allocator, &err), FUL_OK, &err);
    const long calls = memory.calls;
    ful_status_is(ful_bargain_solve(&r, game, work, 1, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_solve(&r, game, work, INFINITY, &err), FUL_OK, &err);
    assert_int_equal(memory.calls, calls);
    ful_bargain_work_free(work);
    ful_bargain_free(game);
    assert_int_equal(memory.live, 0);
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
        instance s;                                                                                \
        draw_instance(&s, 12, full);                                                               \
        change;                                                                                    \
        refuse(&s, says);                                                                          \
    } while (0)

static void what_makes_no_game_is_refused(void **state)
{
    (void)state;
    REFUSED(s.data.horizon = 65, "horizon is 65, expected 1 to 64");
    REFUSED(s.data.horizon = 0, "horizon");
    REFUSED(s.data.groups = 5, "groups");
    REFUSED(s.data.levels = 1, "levels");
    REFUSED(s.data.stress_steps = 0, "stress_steps");
    REFUSED(s.data.start_stress = 3, "start_stress");
    REFUSED(s.data.start_stage = (ful_stage)7, "start_stage");
    REFUSED(s.start_level[1] = 4, "start_level");
    REFUSED(s.data.dt = 1, "half-year");
    REFUSED(s.data.dt = .3, "half-year");
    REFUSED(s.data.dt = NAN, "half-year");
    REFUSED(s.level[2] = .1, "ascend");
    REFUSED(s.share[0] = .6, "sum to 1.1");
    REFUSED(s.share[0] = NAN, "group share 1");
    REFUSED(s.data.p.ebar = 0, "game.ebar");
    REFUSED(s.data.p.ebar = 1.1, "game.ebar");
    REFUSED(s.data.p.L_T = NAN, "game.L_T is nan");
    REFUSED(s.data.p.lambda = -1, "game.lambda");
    REFUSED(s.data.p.stake_E = 0, "game.stake_E is 0");
    REFUSED(s.data.p.delta_T = 1, "game.delta_T");
    REFUSED(s.data.p.detection = 1.5, "game.detection");
    REFUSED(s.data.p.camp_capacity = 0, "game.camp_capacity");
    REFUSED(s.data.p.stress_down = 9, "stress_down");
    REFUSED(s.lever[1].duration = -1, "lever 'lever' lasts -1");
    REFUSED(s.lever[0].contract = (ful_contract)3, "contract 3");
    REFUSED(s.lever[2].cost_S = INFINITY, "lever 'lever' has inf");
    REFUSED(s.data.p.L_T = 1e16, "game.L_T");
    REFUSED(s.income[5].E = NAN, "income 5");
    REFUSED(s.data.levers = 17, "levers");
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
        cmocka_unit_test(only_the_ratio_of_precision_and_stake_counts),
        cmocka_unit_test(the_unit_of_a_players_payoff_does_not_matter),
        cmocka_unit_test(a_group_split_in_name_only_may_be_listed_in_any_order),
        cmocka_unit_test(quarter_years_change_no_headline_by_more_than_five_points),
        cmocka_unit_test(growing_precision_tends_to_subgame_perfection),
        cmocka_unit_test(infinite_precision_leaves_no_move_to_regret),
        cmocka_unit_test(nothing_in_force_costs_and_pays_nothing),
        cmocka_unit_test(the_same_input_gives_the_same_bits),
        cmocka_unit_test(solving_allocates_nothing),
        cmocka_unit_test(every_failed_allocation_is_survived),
        cmocka_unit_test(what_makes_no_game_is_refused),
        cmocka_unit_test(a_negative_scale_of_precision_is_refused),
    };
    return cmocka_run_group_tests_name("game bargain", tests, NULL, NULL);
}
