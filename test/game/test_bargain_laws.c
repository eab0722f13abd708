/* SPDX-License-Identifier: MIT */
/*
 * What theory says of gifts, contracts, hazards, promises and punishments, as tests of sign. Where
 * a law asks for "T's play fixed", T's stake is made so large that it plays by its menu weights.
 */
#include "bargain_test.h"

#define INDIFFERENT 1e12 /* a stake beside which nothing matters */
#define LOCKED 1e6       /* a cost of withdrawing that nobody bears */
#define DRAWS 12
#define ROUNDING 1e-12

static const sizes wide = {.horizon = 5, .groups = 2, .levels = 3, .stress = 2, .adaptation = 2,
                           .dismantle = 2, .settle = 1, .levers = 3};
static const sizes line = {.horizon = 1, .groups = 1, .levels = 4, .stress = 2, .adaptation = 1,
                           .dismantle = 2, .settle = 1, .levers = 0};

static void one_lever(instance *s, ful_lever lever)
{
    s->data.levers = 1;
    s->lever[0] = lever;
    s->lever[0].id = "lever";
}

/* M0. Incomes are rounded to a grid fine enough for any digits that they carry, so that adding a
 * gift to each is exact: then every choice must be the same to the last bit. */
static void a_gift_in_every_state_moves_nobody(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance s;
        draw_instance(&s, 100 + k, wide);
        for (int at = 0; at < MAX_TABLE; at++)
            s.income[at].E = ldexp(round(ldexp(s.income[at].E, 40)), -40);
        const ful_bargain_report a = report_of(&s, 1);
        const double gift = .25;
        for (int at = 0; at < MAX_TABLE; at++)
            s.income[at].E += gift;
        ful_bargain_report b = report_of(&s, 1);
        const double annuity = .5 / (1 - sqrt(s.data.p.delta_E));
        ful_near(b.value[FUL_E], a.value[FUL_E] + gift * annuity, 1e-12, 0);
        b.value[FUL_E] = a.value[FUL_E];
        assert_memory_equal(&a, &b, sizeof a);
    }
}

/* M0. What E would lose in a collapse makes it more careful. */
static void a_gift_that_stops_at_collapse_weakly_lowers_enforcement(void **state)
{
    (void)state;
    double most = 0;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance s;
        sizes of = line;
        of.horizon = 1 + (int)(k % 3);
        draw_instance(&s, 200 + k, of);
        s.data.p.stake_T = INDIFFERENT;
        const ful_bargain_report without = report_of(&s, 1);
        one_lever(&s, (ful_lever){.contract = FUL_CONTRACT_UNCONDITIONAL, .duration = 64,
                                  .value_E = .3, .withdrawal = LOCKED});
        const ful_bargain_report with = report_of(&s, 1);
        assert_true(with.enforcement_mean <= without.enforcement_mean + ROUNDING);
        most = fmax(most, without.enforcement_mean - with.enforcement_mean);
    }
    assert_true(most > 1e-3);
}

/* M1. The mean may fall once e > ebar; the chance of meeting the contract may not. */
static void more_contingent_value_never_lowers_the_chance_of_meeting_the_contract(void **state)
{
    (void)state;
    double most = 0;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance s;
        sizes of = line;
        of.groups = 2;
        double first = -1, last = -1;
        draw_instance(&s, 300 + k, of);
        s.start_level[0] = s.start_level[1] = 2;
        for (double value = 0; value < 2; value = 2 * value + .01) {
            one_lever(&s, (ful_lever){.contract = FUL_CONTRACT_ENFORCEMENT, .duration = 1,
                                      .value_E = value});
            const ful_bargain_report r = report_of(&s, 1);
            assert_true(r.first_move >= last - ROUNDING);
            first = first < 0 ? r.first_move : first;
            last = r.first_move;
        }
        most = fmax(most, last - first);
    }
    assert_true(most > .5);
}

/* Log-odds of strict against lax when E has these two levels. */
static double strictness(instance *s, double a_p, int pledge)
{
    s->data.p.a_p = a_p;
    one_lever(s, (ful_lever){.contract = FUL_CONTRACT_UNCONDITIONAL, .duration = 64,
                             .withdrawal = LOCKED, .troops = pledge});
    const double p = report_of(s, 1).first_move;
    return log(p / (1 - p));
}

/* M2. */
static void a_steeper_hazard_lowers_enforcement_less_so_with_the_pledge(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance s;
        sizes of = line;
        of.levels = 2;
        draw_instance(&s, 400 + k, of);
        s.data.p.stake_T = INDIFFERENT;
        s.data.p.L_troops = 2;
        s.data.p.north_cost = 10; /* a pledge that S keeps */
        s.data.p.lambda = 1;
        s.data.p.stake_E = .3;    /* so that log-odds keep their digits */
        double last[2] = {INFINITY, INFINITY};
        for (double a_p = .02; a_p < .4; a_p *= 1.5)
            for (int pledge = 0; pledge < 2; pledge++) {
                const double now = strictness(&s, a_p, pledge);
                assert_true(now < last[pledge]);
                last[pledge] = now;
            }
        const double bare = strictness(&s, .05, 0) - strictness(&s, .3, 0);
        const double pledged = strictness(&s, .05, 1) - strictness(&s, .3, 1);
        assert_true(pledged > 0 && pledged < bare);
    }
}

/* M3. All that S can take away is the value of its contract; strictness costs E friction of .25 in
 * the first step up from nothing, and more after. Without any other motive E stays lax below that
 * point and not above it. */
static void where_punishment_is_too_small_the_enforcer_stays_lax(void **state)
{
    (void)state;
    instance s;
    sizes of = line;
    of.levels = 2;
    of.horizon = 6;
    draw_instance(&s, 500, of);
    for (int at = 0; at < MAX_TABLE; at++)
        s.income[at] = (ful_income){.T = -2};
    s.start_level[0] = 0;
    s.data.p.b_E = s.data.p.warrisk = s.data.p.h0 = 0;
    s.data.p.restart_gain = 0; /* T has no reason to move at all */
    s.data.p.g_frozen = .9;
    s.data.p.friction = .25;
    s.data.p.noise = .1;
    /* what the contract makes of strictness is (1 - 2 noise) of its value */
    one_lever(&s, (ful_lever){.contract = FUL_CONTRACT_ENFORCEMENT, .duration = 64,
                              .value_E = .25 / .8 - .001});
    assert_true(report_of(&s, INFINITY).enforcement_mean == 0);
    s.lever[0].withdrawal = LOCKED;
    s.lever[0].value_E = .25 / .8 + .001;
    s.start_level[0] = 1; /* E meets the contract, so withdrawing is never free */
    assert_true(report_of(&s, INFINITY).enforcement_mean == 1);
}

/* M4, at fixed enforcement: E is indifferent and nothing depends on it. One occasion to break the
 * promise; with several, what S keeps may depend on what T did, and the sign is no law any more. */
static double accommodation(instance *s, double cost, int duration, double withdrawal)
{
    one_lever(s, (ful_lever){.contract = FUL_CONTRACT_UNCONDITIONAL, .duration = duration,
                             .value_T = 3, .cost_S = cost, .withdrawal = withdrawal});
    const ful_bargain_report r = report_of(s, 1);
    return r.frozen + r.denuclearised;
}

static void a_promise_is_worth_what_breaking_it_costs(void **state)
{
    (void)state;
    double most = 0;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance s;
        sizes of = wide;
        of.groups = 1;
        of.horizon = 2;
        of.settle = 8; /* beyond the horizon: a broken promise also keeps T from settling */
        draw_instance(&s, 600 + k, of);
        for (int at = 0; at < MAX_TABLE; at++)
            s.income[at] = (ful_income){.T = -2, .elite = -1, .mass = -1};
        s.data.p.stake_E = INDIFFERENT;
        double last = -1, first = -1;
        for (double withdrawal = 0; withdrawal < 3; withdrawal = 3 * withdrawal + .003) {
            const double now = accommodation(&s, .01, 64, withdrawal);
            assert_true(now >= last - ROUNDING);
            first = first < 0 ? now : first;
            last = now;
        }
        most = fmax(most, last - first);
        /* a promise that costs much to keep and nothing to break is broken at the first occasion */
        const double broken = accommodation(&s, 1e3, 64, 0), ends = accommodation(&s, 1e3, 1, 0);
        ful_near(broken, ends, 0, 1e-9);
        assert_true(broken <= accommodation(&s, 0, 0, 0) + 1e-9);
    }
    assert_true(most > .05);
}

/* M5. Spaniel: p - c (1 - delta) / delta a period, p the share once built, c the cost of building.
 * T is frozen with nothing of the programme left to it, what it gets instead is security. */
static double stays(instance *s, double security)
{
    one_lever(s, (ful_lever){.contract = FUL_CONTRACT_UNCONDITIONAL, .duration = 64,
                             .value_T = security, .withdrawal = LOCKED});
    return 1 - report_of(s, INFINITY).restart.probability;
}

static void the_least_transfer_that_sustains_staying_is_the_closed_form(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 9; k++) {
        instance s;
        sizes of = wide;
        of.horizon = 1 + (int)k / 3 * 2;
        draw_instance(&s, 700 + k, of);
        for (int at = 0; at < MAX_TABLE; at++)
            s.income[at] = (ful_income){.T = -2};
        const double cost = uniform(&s, .1, 2), d = sqrt(s.data.p.delta_T);
        s.data.p.restart_gain = -cost;
        s.data.p.g_frozen = 0;
        s.data.p.h0 = 0;
        s.data.p.detection = 1;
        s.data.start_stage = FUL_STAGE_FROZEN;
        double low = -10, high = 20;
        assert_true(stays(&s, low) < .5 && stays(&s, high) > .5);
        for (int step = 0; step < 40; step++) {
            const double middle = (low + high) / 2;
            if (stays(&s, middle) > .5)
                high = middle;
            else
                low = middle;
        }
        /* payoffs are a year's, periods half a year; bisection and the tolerance of ties */
        ful_near(.5 * high, .5 * s.data.p.n_T - cost * (1 - d) / d, 0, 1e-8);
    }
}

/* M12. Chance that T freezes or denuclearises in the four corners. Pressure: a loss that grows with
 * enforcement. Inducements: a contract with E and a pledge to T. */
static double corner(instance *s, double bite, int pressure, int inducements)
{
    for (int at = 0; at < MAX_TABLE; at++) {
        const int e = at % 4, k = at / 4 % 2, relief = at / 8 % 3;
        const double loss = pressure * bite * s->level[e] * (1 - .4 * relief) * (1 - .1 * k);
        s->income[at] = (ful_income){.E = -.003 * loss, .elite = -loss, .mass = -loss, .T = -loss};
    }
    s->data.nothing_in_force = !pressure;
    s->lever[0] = (ful_lever){.id = "contract", .contract = FUL_CONTRACT_ENFORCEMENT,
                              .duration = 64, .value_E = .2, .cost_S = .001, .withdrawal = .02};
    s->lever[1] = (ful_lever){.id = "pledge", .contract = FUL_CONTRACT_UNCONDITIONAL,
                              .duration = 64, .value_T = .75, .cost_S = .001,
                              .withdrawal = .004, .hazard = .3};
    s->data.levers = inducements ? 2 : 0;
    const ful_bargain_report r = report_of(s, 1);
    return r.frozen + r.denuclearised;
}

static void there_are_regions_where_both_work_together_and_where_neither_does(void **state)
{
    (void)state;
    static const double bite[] = {4, 2}; /* per cent of income lost at full enforcement */
    for (int region = 0; region < 2; region++) {
        instance s;
        sizes of = line;
        of.horizon = 8;
        of.stress = 3;
        of.adaptation = 2;
        of.dismantle = of.settle = 4;
        draw_instance(&s, 1, of);
        central_parameters(&s);
        s.data.p.g_frozen = .6;
        s.data.p.n_T = 3.3;
        s.start_level[0] = 1;
        const double none = corner(&s, bite[region], 0, 0), both = corner(&s, bite[region], 1, 1);
        const double push = corner(&s, bite[region], 1, 0), pull = corner(&s, bite[region], 0, 1);
        if (region == 0)
            assert_true(both - push - pull + none > .1);
        else
            assert_true(fmax(fmax(none, push), fmax(pull, both)) < .1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gift_in_every_state_moves_nobody),
        cmocka_unit_test(a_gift_that_stops_at_collapse_weakly_lowers_enforcement),
        cmocka_unit_test(more_contingent_value_never_lowers_the_chance_of_meeting_the_contract),
        cmocka_unit_test(a_steeper_hazard_lowers_enforcement_less_so_with_the_pledge),
        cmocka_unit_test(where_punishment_is_too_small_the_enforcer_stays_lax),
        cmocka_unit_test(a_promise_is_worth_what_breaking_it_costs),
        cmocka_unit_test(the_least_transfer_that_sustains_staying_is_the_closed_form),
        cmocka_unit_test(there_are_regions_where_both_work_together_and_where_neither_does),
    };
    return cmocka_run_group_tests_name("game bargain laws", tests, NULL, NULL);
}
