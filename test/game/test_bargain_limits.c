/* SPDX-License-Identifier: MIT */
/*
 * Parts of the game that must vanish, or become other parts, at the ends of their ranges; and
 * levels of enforcement as a grid of something continuous.
 */
#include "bargain_test.h"

#define LOCKED 1e6  /* a cost of withdrawing that nobody bears */
#define FOR_GOOD 64 /* periods */
#define DRAWS 10
#define ROUNDING 1e-11

static const sizes small = {.horizon = 5,
                            .groups = 1,
                            .levels = 3,
                            .stress = 2,
                            .adaptation = 2,
                            .dismantle = 2,
                            .settle = 1,
                            .levers = 4,
                            .capability = 3};

/* Every number of two reports. */
static void near_reports(const instance *a, const instance *b, double tol)
{
    const ful_bargain_report x = report_of(a, 1), y = report_of(b, 1);
    double one[sizeof x / sizeof(double)], other[sizeof one / sizeof *one];
    memcpy(one, &x, sizeof one);
    memcpy(other, &y, sizeof other);
    for (size_t k = 0; k < sizeof one / sizeof *one; k++)
        if (!(isnan(one[k]) && isnan(other[k]))) /* a choice that neither game has */
            ful_near(other[k], one[k], tol, tol);
}

static void same_bits(const instance *a, const instance *b)
{
    const ful_bargain_report x = report_of(a, 1), y = report_of(b, 1);
    assert_memory_equal(&x, &y, sizeof x);
}

/* ---- what vanishes --------------------------------------------------------------------------- */

/* A table that says the same as the one before is no change. */
static void equal_tables_are_one(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance one, two;
        draw_instance(&one, 6150 + k, small);
        copy(&two, &one);
        draw_tables(&two, 2);
        const int entries =
            3 * one.data.adaptation_steps * joint_levels(&one.data) * one.data.columns;
        memcpy(two.income + entries, one.income, (size_t)entries * sizeof *one.income);
        same_bits(&one, &two);
    }
}

static void no_turnover_is_none_however_it_would_act(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance a, b, c;
        draw_instance(&a, 100 + k, small);
        a.data.p.turnover = 0;
        copy(&b, &a);
        b.data.p.turnover_withdraws = 1 - .5 * a.data.p.turnover_withdraws;
        same_bits(&a, &b);
        copy(&c, &a); /* administrations change and keep what they find */
        c.data.p.turnover = .4;
        c.data.p.turnover_withdraws = 0;
        same_bits(&a, &c);
        copy(&b, &c); /* there is nothing to withdraw */
        b.data.levers = a.data.levers = 0;
        b.data.p.turnover_withdraws = .5;
        same_bits(&a, &b);
    }
}

/* A new administration each half-year that keeps nothing: the package lasts for one. Settling,
 * which asks that a package on offer stands, is beyond the horizon. */
static void certain_turnover_ends_a_package_after_its_first_half_year(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance a, b;
        sizes of = small;
        of.settle = 8;
        draw_instance(&a, 200 + k, of);
        a.data.p.turnover = 200; /* a half-year without is as likely as exp(-100) */
        a.data.p.turnover_withdraws = 1;
        copy(&b, &a);
        for (int l = 0; l < b.data.levers; l++)
            b.lever[l].duration = 1;
        near_reports(&a, &b, ROUNDING);
    }
}

static void capability_without_growth_is_none(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance a, b;
        sizes of = small;
        draw_instance(&a, 300 + k, of);
        a.data.p.growth = 0;
        copy(&b, &a);
        b.data.capability_steps = 1;
        near_reports(&a, &b, ROUNDING);
        a.data.start_capability = 2;
        near_reports(&a, &b, ROUNDING);
    }
}

static void detection_is_idle_where_nobody_restarts(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance a, b;
        draw_instance(&a, 400 + k, small);
        a.data.moves = FUL_MOVES_ALL & ~FUL_MOVE_RESTART;
        copy(&b, &a);
        b.data.p.detection = .5 * a.data.p.detection;
        same_bits(&a, &b);
    }
}

/* A lever that is worth nothing to anybody, and a term of nothing. */
static void what_is_worth_nothing_changes_nothing(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance a, b;
        draw_instance(&a, 500 + k, small);
        copy(&b, &a);
        b.lever[b.data.levers++] = (ful_lever){.id = "word",
                                               .contract = (ful_contract)(k % 4),
                                               .enforcer = FUL_E,
                                               .standing = 1,
                                               .duration = FOR_GOOD};
        near_reports(&a, &b, ROUNDING);
        copy(&b, &a); /* part of a package that stands or falls by its other levers */
        b.lever[b.data.levers++] = (ful_lever){.id = "word",
                                               .contract = (ful_contract)(k % 4),
                                               .enforcer = FUL_E,
                                               .duration = FOR_GOOD};
        near_reports(&a, &b, ROUNDING);
        copy(&b, &a);
        ful_term more[TERMS + 1];
        memcpy(more, a.term, sizeof a.term);
        more[a.data.terms] = (ful_term){
            .id = "nothing", .player = FUL_E, .kind = (ful_term_kind)(k % FUL_TERM_KINDS)};
        b.data.term = more;
        b.data.terms++;
        near_reports(&a, &b, ROUNDING);
    }
}

/* ---- what becomes something else ------------------------------------------------------------- */

/* A treaty, and a package that S could never bear to withdraw, nor has a reason to: T does not
 * restart, no lever asks for enforcement, no administration changes. */
static void a_package_that_cannot_be_withdrawn_is_a_treaty(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance a, b;
        draw_instance(&a, 600 + k, small);
        a.data.moves = FUL_MOVES_ALL & ~FUL_MOVE_RESTART;
        a.data.p.turnover = 0;
        a.data.levers = 2;
        a.lever[0].contract = FUL_CONTRACT_UNCONDITIONAL;
        a.lever[1].contract = FUL_CONTRACT_STAGE;
        a.lever[1].troops = 1;
        for (int l = 0; l < 2; l++) {
            a.lever[l].duration = FOR_GOOD;
            a.lever[l].withdrawal = LOCKED;
        }
        copy(&b, &a);
        for (int l = 0; l < 2; l++)
            b.lever[l].standing = 1;
        near_reports(&a, &b, 1e-9);
    }
}

/* Where e_obs is read wrongly every other time it says nothing: a contract on it, and a penalty,
 * pay half of their value whatever is enforced. As treaties, so that no breach makes them free to
 * drop. */
static void a_contract_on_pure_noise_is_a_gift_of_half_its_value(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance a, b;
        draw_instance(&a, 700 + k, small);
        a.data.p.noise = .5;
        a.data.levers = 1;
        a.lever[0] = (ful_lever){.id = "lever",
                                 .enforcer = FUL_E,
                                 .standing = 1,
                                 .duration = FOR_GOOD,
                                 .value_E = .2,
                                 .cost_S = .01};
        a.lever[0].contract = k % 2 ? FUL_CONTRACT_PENALTY : FUL_CONTRACT_ENFORCEMENT;
        copy(&b, &a);
        b.lever[0].contract = FUL_CONTRACT_UNCONDITIONAL;
        b.lever[0].value_E /= 2;
        b.lever[0].cost_S /= 2;
        near_reports(&a, &b, ROUNDING);
    }
}

/* A reward for enforcing is a gift and a penalty of the same size for not enforcing. */
static void a_reward_is_a_gift_and_a_penalty(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance a, b;
        draw_instance(&a, 800 + k, small);
        const ful_lever treaty = {.id = "lever",
                                  .contract = FUL_CONTRACT_ENFORCEMENT,
                                  .enforcer = FUL_E,
                                  .standing = 1,
                                  .duration = FOR_GOOD,
                                  .value_E = .2,
                                  .cost_S = .01};
        a.data.levers = 1;
        a.lever[0] = treaty;
        copy(&b, &a);
        b.data.levers = 2;
        b.lever[0].contract = FUL_CONTRACT_UNCONDITIONAL;
        b.lever[1] = treaty;
        b.lever[1].contract = FUL_CONTRACT_PENALTY;
        b.lever[1].value_E = -treaty.value_E;
        b.lever[1].cost_S = -treaty.cost_S;
        near_reports(&a, &b, ROUNDING);
    }
}

/* ---- levels as a grid ------------------------------------------------------------------------ */

/* One choice of E over its whole grid: after a restart every higher level is in reach. */
static void whole_grid(instance *s, uint64_t seed, int levels)
{
    sizes of = small;
    of.horizon = 1;
    of.levels = levels;
    of.adaptation = of.capability = 1;
    of.levers = 0;
    draw_instance(s, seed, of);
    s->group[0].start = 0;
    s->data.start_stage = FUL_STAGE_RESTARTED;
    s->data.p.ebar = 1;
    for (int at = 0; at < 3 * levels; at++) {
        const double e = s->level[0][at % levels], loss = 4 * e * (1 + .5 * e) * (3 - at / levels);
        for (int column = 0; column < s->data.columns; column++)
            s->income[at * s->data.columns + column] = -.3 * loss;
        s->income[at * s->data.columns + column_of(s, FUL_E)] = .01 * e;
        s->income[at * s->data.columns + column_of(s, FUL_S)] = 0;
    }
}

/* So that what E has at issue changes its odds by a factor of some e's over the grid. */
static void smooth(instance *s)
{
    s->player[FUL_E].stake = .01 * .5 / (1 - sqrt(s->player[FUL_E].delta));
    s->player[FUL_E].precision = 1;
}

/* Mean of e in the continuum, u(e) = w .01 e - friction e^2 a year for ever: midpoint rule. */
static double continuous_mean(const instance *s)
{
    const ful_player *E = &s->player[FUL_E];
    const double years = .5 / (1 - sqrt(E->delta)), lambda = E->precision / E->stake;
    double sum = 0, mean = 0;
    for (int k = 0; k < 10000; k++) {
        const double e = (k + .5) / 10000;
        const double u = s->term[W_E].amount * .01 * e + s->term[FRICTION].amount * e * e;
        const double density = exp(lambda * years * u);
        sum += density;
        mean += density * e;
    }
    return mean / sum;
}

/* Trapezoid weights: the error of the mean falls fourfold as the step halves. */
static void finer_levels_converge_to_the_continuum_at_second_order(void **state)
{
    (void)state;
    static const int levels[] = {3, 5, 8};
    for (uint64_t k = 0; k < DRAWS; k++) {
        double error[3];
        for (int grid = 0; grid < 3; grid++) {
            instance s;
            whole_grid(&s, 900 + k, levels[grid]);
            s.data.p.h0 = 0;
            s.data.moves = 0;
            s.term[FRICTION].amount = -.02 - .002 * (double)k;
            smooth(&s);
            const double exact = continuous_mean(&s);
            error[grid] = report_of(&s, 1).enforcer[0].mean - exact;
        }
        assert_true(fabs(error[0] / error[1] - 4) < .8);
        assert_true(fabs(error[1] / error[2] - 49. / 16) < .6);
    }
}

/* With everything else in play outcomes still draw together. */
static void outcomes_draw_together_as_levels_are_refined(void **state)
{
    (void)state;
    static const int levels[] = {3, 5, 8};
    for (uint64_t k = 0; k < DRAWS; k++) {
        ful_bargain_report r[3];
        for (int grid = 0; grid < 3; grid++) {
            instance s;
            whole_grid(&s, 1000 + k, levels[grid]);
            smooth(&s);
            s.player[FUL_E].stake *= 100; /* it fears a collapse more than it likes to enforce */
            r[grid] = report_of(&s, 1);
        }
        assert_true(fabs(r[2].frozen - r[1].frozen) <= .5 * fabs(r[1].frozen - r[0].frozen) + 1e-6);
        assert_true(fabs(r[2].collapsed - r[1].collapsed) <=
                    .5 * fabs(r[1].collapsed - r[0].collapsed) + 1e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_tables_are_one),
        cmocka_unit_test(no_turnover_is_none_however_it_would_act),
        cmocka_unit_test(certain_turnover_ends_a_package_after_its_first_half_year),
        cmocka_unit_test(capability_without_growth_is_none),
        cmocka_unit_test(detection_is_idle_where_nobody_restarts),
        cmocka_unit_test(what_is_worth_nothing_changes_nothing),
        cmocka_unit_test(a_package_that_cannot_be_withdrawn_is_a_treaty),
        cmocka_unit_test(a_contract_on_pure_noise_is_a_gift_of_half_its_value),
        cmocka_unit_test(a_reward_is_a_gift_and_a_penalty),
        cmocka_unit_test(finer_levels_converge_to_the_continuum_at_second_order),
        cmocka_unit_test(outcomes_draw_together_as_levels_are_refined),
    };
    return cmocka_run_group_tests_name("game bargain limits", tests, NULL, NULL);
}
