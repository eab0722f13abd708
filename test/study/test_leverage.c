/* SPDX-License-Identifier: MIT */
/* Leverage: the axioms, and every coalition solved one by one. */
#include "triangle.h"

#define HEADLINE -9 /* the case's headline regime, of whatever index */

/* v(S) of a set of actors (bits) under a regime, -1: on a day, by a cold solve of its own. */
static double worth(triangle *t, int regime, int day, unsigned actors)
{
    const ful_situation *s = t->s;
    double levels[16 * FUL_BARGAIN_MAX_GROUPS], income[2];
    unsigned char applies[16];
    for (int k = 0; k < 2; k++) {
        for (int n = 0; n < s->actors; n++) {
            applies[n] = n == s->sender || (k == 1 && (actors >> n & 1));
            for (int g = 0; g < s->groups; g++)
                levels[n * s->groups + g] = n == s->target ? 0 : s->leverage_level;
        }
        ful_scenario scenario;
        ful_solution solution;
        ful_error err;
        ful_scenario_default(&scenario, s);
        scenario.regime = regime;
        scenario.from = day;
        scenario.to = day + 1;
        scenario.enforcement = levels;
        scenario.applies = applies;
        ful_world_work_reset(t->work);
        ful_status_is(ful_world_solve(&solution, t->world, t->work, &scenario, NULL, &err), FUL_OK,
                      &err);
        assert_true(solution.certificate.max_violation <= FUL_CERTIFIED);
        income[k] = solution.view.outcome[s->target].real_income;
    }
    return 100 * log(income[0] / income[1]);
}

/* Actors of a coalition of players. */
static unsigned actors_of(const triangle *t, const ful_leverage *l, unsigned set)
{
    unsigned actors = 0;
    for (int k = 0; k < l->members; k++) {
        if (!(set >> k & 1))
            continue;
        if (l->member[k].actor >= 0) {
            actors |= 1u << l->member[k].actor;
            continue;
        }
        for (int n = 0; n < t->s->actors; n++) {
            int named = n == t->s->sender || n == t->s->target;
            for (int m = 0; m < t->s->members; m++)
                named |= t->s->member[m] == n;
            actors |= named ? 0 : 1u << n;
        }
    }
    return actors;
}

/* The Shapley value as the mean over all orders of arrival. */
static void check_means_over_orders(int regime, int day)
{
    triangle t;
    ful_leverage l;
    ful_error err;
    triangle_open(&t);
    regime = regime == HEADLINE ? t.s->headline : regime;
    ful_status_is(ful_study_leverage(&l, t.world, regime, day, NULL, &err), FUL_OK, &err);
    assert_true(l.members >= 2 && l.members <= 4);
    double v[16], sum[4] = {0}, total = 0;
    int orders = 0;
    for (unsigned set = 0; set < 1u << l.members; set++)
        v[set] = worth(&t, regime, day, actors_of(&t, &l, set));
    /* every word of length `members` without repeats is an order */
    int power = 1;
    for (int k = 0; k < l.members; k++)
        power *= l.members;
    for (int code = 0; code < power; code++) {
        unsigned set = 0;
        double gain[4] = {0};
        int rest = code, valid = 1;
        for (int k = 0; k < l.members && valid; k++, rest /= l.members) {
            const unsigned who = 1u << rest % l.members;
            valid = !(set & who);
            gain[rest % l.members] = v[set | who] - v[set];
            set |= who;
        }
        for (int k = 0; k < l.members && valid; k++)
            sum[k] += gain[k];
        orders += valid;
    }
    for (int k = 0; k < l.members; k++) {
        ful_near(l.member[k].shapley_pct, sum[k] / orders, 1e-7, 1e-8);
        ful_near(l.member[k].alone_pct, v[1u << k], 1e-7, 1e-8);
        total += l.member[k].shapley_pct;
    }
    ful_near(total, l.grand_loss_pct, 1e-10, 1e-10); /* efficiency */
    ful_near(l.grand_loss_pct, v[(1u << l.members) - 1], 1e-7, 1e-8);
    assert_true(v[0] == 0);
    assert_true(l.max_violation <= FUL_CERTIFIED);
    triangle_close(&t);
}

static void shapley_values_are_means_over_orders(void **state)
{
    (void)state;
    check_means_over_orders(HEADLINE, 0);
    check_means_over_orders(-1, ful_date_days(2022, 6, 1));
}

/* A day on which nothing is in force yet is nobody's to hold. */
static void before_any_measure_there_is_no_leverage(void **state)
{
    (void)state;
    triangle t;
    ful_leverage l;
    ful_error err;
    triangle_open(&t);
    ful_status_is(ful_study_leverage(&l, t.world, -1, ful_date_days(2000, 1, 1), NULL, &err),
                  FUL_OK, &err);
    ful_near(l.grand_loss_pct, 0, 0, 1e-7);
    assert_true(isnan(l.member[0].share));
    ful_status_is(ful_study_leverage(&l, t.world, -2, 0, NULL, &err), FUL_ERR_ARGUMENT, &err);
    triangle_close(&t);
}

static void the_three_solves_of_a_draw_agree_with_the_study(void **state)
{
    (void)state;
    triangle t;
    ful_leverage l;
    ful_error err;
    double grand, alone, without;
    triangle_open(&t);
    ful_status_is(ful_study_leverage(&l, t.world, t.s->headline, 0, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_study_leverage_of(&grand, &alone, &without, t.world, t.work, t.s->headline,
                                        t.s->enforcer, &err),
                  FUL_OK, &err);
    ful_near(grand, l.grand_loss_pct, 1e-7, 1e-8);
    for (int k = 0; k < l.members; k++)
        if (l.member[k].actor == t.s->enforcer) {
            ful_near(alone, l.member[k].alone_pct, 1e-7, 1e-8);
            ful_near(without, l.member[k].without_pct, 1e-7, 1e-8);
        }
    triangle_close(&t);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    triangle t;
    ful_leverage one, other;
    ful_error err;
    triangle_open(&t);
    const ful_run run = {.threads = 1};
    ful_status_is(ful_study_leverage(&one, t.world, t.s->headline, 0, &run, &err), FUL_OK, &err);
    for (int threads = 2; threads <= 4; threads++) {
        const ful_run more = {.threads = threads};
        ful_status_is(ful_study_leverage(&other, t.world, t.s->headline, 0, &more, &err), FUL_OK,
                      &err);
        assert_memory_equal(one.member, other.member, sizeof one.member);
    }
    triangle_close(&t);
}

static void an_interrupt_is_an_interrupt(void **state)
{
    (void)state;
    triangle t;
    ful_leverage l;
    ful_error err = {0};
    const volatile int stop = 1;
    triangle_open(&t);
    const ful_run run = {.stop = &stop};
    ful_status_is(ful_study_leverage(&l, t.world, t.s->headline, 0, &run, &err), FUL_INTERRUPTED,
                  NULL);
    assert_int_equal(err.status, FUL_INTERRUPTED);
    triangle_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapley_values_are_means_over_orders),
        cmocka_unit_test(before_any_measure_there_is_no_leverage),
        cmocka_unit_test(the_three_solves_of_a_draw_agree_with_the_study),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(an_interrupt_is_an_interrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
