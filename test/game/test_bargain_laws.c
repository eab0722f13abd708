/* SPDX-License-Identifier: MIT */
/*
 * What theory says of gifts, contracts, hazards, promises, punishments and shields, as tests of
 * sign. Where a law asks for somebody's play to be fixed, its stake is made so large that it plays
 * by its menu weights.
 */
#include "bargain_test.h"

#define INDIFFERENT 1e12 /* a stake beside which nothing matters */
#define LOCKED 1e6       /* a cost of withdrawing that nobody bears */
#define FOR_GOOD 64      /* periods */
#define DRAWS 12
#define ROUNDING 1e-12

static const sizes wide = {.horizon = 5,
                           .groups = 2,
                           .levels = 3,
                           .stress = 2,
                           .adaptation = 2,
                           .dismantle = 2,
                           .settle = 1,
                           .levers = 4,
                           .capability = 2};
static const sizes line = {.horizon = 1,
                           .groups = 1,
                           .levels = 4,
                           .stress = 2,
                           .adaptation = 1,
                           .dismantle = 2,
                           .settle = 1};

static void one_lever(instance *s, ful_lever lever)
{
    s->data.levers = 1;
    s->lever[0] = lever;
    s->lever[0].id = "lever";
    s->lever[0].enforcer = FUL_E;
}

static int rows(const instance *s)
{
    return 3 * s->data.adaptation_steps * joint_levels(&s->data);
}

/* The same income everywhere in a column. */
static void flat_income(instance *s, int column, double value)
{
    for (int at = 0; at < rows(s); at++)
        s->income[at * s->data.columns + column] = value;
}

/* Nobody's income depends on anything but T's, which is down by `loss`. */
static void flat_incomes(instance *s, double loss)
{
    for (int column = 0; column < s->data.columns; column++)
        flat_income(s, column, 0);
    flat_income(s, column_of(s, FUL_T), -loss);
}

static double accommodating(const ful_bargain_report *r)
{
    return r->frozen + r->denuclearised;
}

/* ---- gifts and contracts --------------------------------------------------------------------- */

/* M0. Incomes are rounded to a grid fine enough for any digits that they carry, so that adding a
 * gift to each is exact: then every choice must be the same to the last bit. */
static void a_gift_in_every_state_moves_nobody(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance s;
        draw_instance(&s, 100 + k, wide);
        const int column = column_of(&s, FUL_E), step = s.data.columns;
        for (int at = 0; at < rows(&s); at++)
            s.income[at * step + column] =
                ldexp(round(ldexp(s.income[at * step + column], 40)), -40);
        const ful_bargain_report a = report_of(&s, 1);
        for (int at = 0; at < rows(&s); at++)
            s.income[at * step + column] += .25;
        ful_bargain_report b = report_of(&s, 1);
        const double worth = .25 * s.data.dt / (1 - sqrt(s.player[FUL_E].delta));
        ful_near(b.value[FUL_E], a.value[FUL_E] + worth, ROUNDING, ROUNDING);
        b.value[FUL_E] = a.value[FUL_E];
        assert_memory_equal(&a, &b, sizeof a);
    }
}

/* M0. What stops at a collapse makes E fear one: it weakly lowers enforcement. T's play is
 * fixed. */
static void a_gift_that_stops_at_collapse_weakly_lowers_enforcement(void **state)
{
    (void)state;
    double most = 0;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance s;
        draw_instance(&s, 200 + k, wide);
        s.player[FUL_T].stake = INDIFFERENT;
        s.data.levers = 0;
        const double without = report_of(&s, 1).enforcer[0].mean;
        one_lever(&s, (ful_lever){.contract = FUL_CONTRACT_UNCONDITIONAL,
                                  .standing = 1,
                                  .duration = FOR_GOOD,
                                  .value_E = .3});
        const double with = report_of(&s, 1).enforcer[0].mean;
        assert_true(with <= without + ROUNDING);
        most = fmax(most, without - with);
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
        s.group[0].start = s.group[1].start = 2;
        const ful_contract contract = k % 2 ? FUL_CONTRACT_PENALTY : FUL_CONTRACT_ENFORCEMENT;
        for (double value = 0; value < 2; value = 2 * value + .01) {
            one_lever(&s, (ful_lever){.contract = contract,
                                      .duration = 1,
                                      .value_E = k % 2 ? -value : value});
            const double meets = report_of(&s, 1).enforcer[0].first_move;
            assert_true(meets >= last - ROUNDING);
            first = first < 0 ? meets : first;
            last = meets;
        }
        most = fmax(most, last - first);
    }
    assert_true(most > .5);
}

/* ---- hazards --------------------------------------------------------------------------------- */

/* Log-odds of strict against lax when E has these two levels. */
static double strictness(instance *s, double a_p, int pledge)
{
    s->data.p.a_p = a_p;
    one_lever(s, (ful_lever){.contract = FUL_CONTRACT_UNCONDITIONAL,
                             .duration = FOR_GOOD,
                             .withdrawal = LOCKED,
                             .troops = pledge});
    const double p = report_of(s, 1).enforcer[0].first_move;
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
        s.player[FUL_T].stake = INDIFFERENT;
        s.term[L_TROOPS].amount = -2;
        s.term[NORTH_COST].amount = -10; /* a pledge that S keeps */
        s.player[FUL_E].precision = 1;
        s.player[FUL_E].stake = .3; /* so that log-odds keep their digits */
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

/* ---- punishments ----------------------------------------------------------------------------- */

/* E alone: strict or lax, strictness costs it friction and brings S a gain; T has no move. */
static void punishment(instance *s, double friction, double gain)
{
    sizes of = line;
    of.levels = 2;
    of.horizon = 6;
    draw_instance(s, 500, of);
    flat_incomes(s, 2);
    for (int k = 0; k < TERMS; k++)
        s->term[k].amount = 0;
    s->data.p.h0 = 0;
    s->data.p.turnover = 0;
    s->data.p.noise = .1;
    s->data.moves = 0;
    s->group[0].start = 0;
    s->term[FRICTION].amount = -friction;
    s->term[W_S].amount = 1;
    for (int relief = 0; relief < 3; relief++)
        *income_of(s, relief, 0, 1, column_of(s, FUL_S)) = gain;
}

/* The chance that E is strict in the last period. */
static double strict_at_last(const instance *s)
{
    double level[FUL_BARGAIN_MAX_HORIZON * 8];
    ful_bargain *game;
    ful_bargain_work *work;
    ful_bargain_report report;
    ful_error err;
    ful_status_is(ful_bargain_new(&game, &s->data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_work_new(&work, game, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_solve(&report, game, work, INFINITY, &err), FUL_OK, &err);
    ful_bargain_path(NULL, level, NULL, game, work);
    ful_bargain_work_free(work);
    ful_bargain_free(game);
    return level[(s->data.horizon - 1) * 8 + 1];
}

/* M3. A penalty moves E where (1 - 2 noise) of it exceeds the friction; strictness makes up for
 * what carrying it out costs S, noise times as much as the penalty, up to the gain of that
 * strictness. Where the first is more than the second no penalty keeps E strict; else those between
 * do. */
static void where_the_least_punishment_exceeds_the_most_the_enforcer_stays_lax(void **state)
{
    (void)state;
    const double gain = .02, cost = 1.5; /* to S, of a unit of penalty */
    for (double friction = .02; friction < .3; friction *= 1.6) {
        const double least = friction / (1 - 2 * .1), most = gain / (cost * .1);
        int moved = 0;
        for (double penalty = .011; penalty < .4; penalty *= 1.1) {
            instance s;
            punishment(&s, friction, gain);
            one_lever(&s, (ful_lever){.contract = FUL_CONTRACT_PENALTY,
                                      .duration = FOR_GOOD,
                                      .value_E = -penalty,
                                      .cost_S = cost * penalty});
            const double expected = penalty > least && penalty < most;
            ful_near(strict_at_last(&s), expected, 0, 0);
            moved |= expected > 0;
        }
        assert_int_equal(moved, least < most / 1.1);
    }
}

/* M3, what S takes away rather than adds: the same friction against the value of a contract. */
static void a_reward_below_the_friction_leaves_the_enforcer_lax(void **state)
{
    (void)state;
    for (int above = 0; above < 2; above++) {
        instance s;
        punishment(&s, .25, 0);
        one_lever(&s, (ful_lever){.contract = FUL_CONTRACT_ENFORCEMENT,
                                  .duration = FOR_GOOD,
                                  .value_E = .25 / .8 + (above ? .001 : -.001),
                                  .withdrawal = above ? LOCKED : 0});
        s.group[0].start = above; /* E meets the contract, so withdrawing is never free */
        ful_near(report_of(&s, INFINITY).enforcer[0].mean, above, 0, 0);
    }
}

/* ---- promises -------------------------------------------------------------------------------- */

/* M4, at fixed enforcement: E is indifferent and nothing depends on it. One occasion to break the
 * promise; with several, what S keeps may depend on what T did, and the sign is no law any more. */
static void promises(instance *s, uint64_t seed)
{
    sizes of = wide;
    of.groups = 1;
    of.horizon = 2;
    of.settle = 8; /* beyond the horizon: a broken promise also keeps T from settling */
    of.levers = 0;
    draw_instance(s, seed, of);
    flat_incomes(s, 2);
    flat_income(s, elite_column(s), -1);
    flat_income(s, mass_column(s), -1);
    s->player[FUL_E].stake = INDIFFERENT;
    s->data.p.turnover = 0; /* a new administration keeps no word whatever it costs */
    s->term[RELIEF_COST].amount = s->term[AUDIENCE].amount = 0;
}

static double accommodation(instance *s, double cost, int duration, double withdrawal)
{
    one_lever(s, (ful_lever){.contract = FUL_CONTRACT_UNCONDITIONAL,
                             .duration = duration,
                             .value_T = 3,
                             .cost_S = cost,
                             .withdrawal = withdrawal});
    const ful_bargain_report r = report_of(s, 1);
    return accommodating(&r);
}

static void a_promise_is_worth_what_breaking_it_costs(void **state)
{
    (void)state;
    double most = 0;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance s;
        promises(&s, 600 + k);
        double last = -1, first = -1;
        for (double withdrawal = 0; withdrawal < 3; withdrawal = 3 * withdrawal + .003) {
            const double now = accommodation(&s, .01, FOR_GOOD, withdrawal);
            assert_true(now >= last - ROUNDING);
            first = first < 0 ? now : first;
            last = now;
        }
        most = fmax(most, last - first);
        /* a promise that costs much to keep and nothing to break is broken at the first occasion */
        const double broken = accommodation(&s, 1e3, FOR_GOOD, 0);
        ful_near(broken, accommodation(&s, 1e3, 1, 0), 0, 1e-9);
        assert_true(broken <= accommodation(&s, 0, 0, 0) + 1e-9);
    }
    assert_true(most > .05);
}

/* M4, the price of a broken word paid at home, and the word is relief. */
static double accommodation_before(instance *s, double audience)
{
    s->term[AUDIENCE].amount = -audience;
    const ful_bargain_report r = report_of(s, 1);
    return accommodating(&r);
}

static void relief_is_believed_where_an_audience_would_mind(void **state)
{
    (void)state;
    double most = 0;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance s;
        promises(&s, 620 + k);
        s.data.levers = 0;
        for (int at = 0; at < rows(&s); at++)
            if (at >= rows(&s) / 3) /* relief gives T back what it lost */
                for (int column = 0; column < s.data.columns; column++)
                    s.income[at * s.data.columns + column] = 0;
        s.term[RELIEF_COST].amount = -10;
        const double never = accommodation_before(&s, 0);
        double last = never;
        for (double audience = 1; audience < 1e5; audience *= 4) {
            const double now = accommodation_before(&s, audience);
            assert_true(now >= last - ROUNDING);
            last = now;
        }
        most = fmax(most, last - never);
        /* with no audience relief is never granted, and T acts as if there were none to grant */
        s.term[RELIEF_COST].amount = -1e6;
        const double refused = accommodation_before(&s, 0);
        flat_income(&s, elite_column(&s), -1);
        flat_income(&s, mass_column(&s), -1);
        flat_income(&s, column_of(&s, FUL_T), -2);
        ful_near(accommodation_before(&s, 0), refused, 0, 1e-9);
    }
    assert_true(most > .05);
}

/* M5. Spaniel: p - c (1 - delta) / delta a period, p the share once built, c the cost of building.
 * T is frozen with nothing of the programme left to it, what it gets instead is security. */
static double stays(instance *s, double security)
{
    one_lever(s, (ful_lever){.contract = FUL_CONTRACT_UNCONDITIONAL,
                             .duration = FOR_GOOD,
                             .value_T = security,
                             .withdrawal = LOCKED});
    return 1 - report_of(s, INFINITY).restart.probability;
}

static void the_least_transfer_that_sustains_staying_is_the_closed_form(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 9; k++) {
        instance s;
        sizes of = wide;
        of.horizon = 1 + (int)k / 3 * 2;
        of.capability = 1;
        draw_instance(&s, 700 + k, of);
        flat_incomes(&s, 2);
        const double cost = uniform(&s, .1, 2), d = sqrt(s.player[FUL_T].delta);
        s.term[RESTART_GAIN].amount = -cost;
        s.data.p.g_frozen = 0;
        s.data.p.h0 = 0;
        s.data.p.detection = 1;
        s.data.p.turnover = 0;
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
        ful_near(.5 * high, .5 * s.term[N_T].amount - cost * (1 - d) / d, 0, 1e-8);
    }
}

/* ---- shields --------------------------------------------------------------------------------- */

/* M11. The country loses the same, its elite less and the mass more; the elite weighs more with T
 * than its share of income. T may freeze, and is then granted relief or not; where it may also
 * dismantle and restart, a shield makes these rarer too, and what remains at the end has no sign.
 */
static void a_shielded_elite_complies_less_at_the_same_loss(void **state)
{
    (void)state;
    const double share = .3; /* of income that is the elite's */
    double most = 0;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance s;
        draw_instance(&s, 800 + k, wide);
        s.player[FUL_S].stake = s.player[FUL_E].stake = INDIFFERENT;
        s.term[W_MASS].amount = .2 * s.term[W_ELITE].amount;
        s.data.moves = FUL_MOVE_FREEZE;
        double last = 2, first = -1;
        for (double shield = 0; shield < 1; shield += .25) {
            for (int at = 0; at < rows(&s); at++) {
                double *row = s.income + at * s.data.columns;
                const double loss = row[column_of(&s, FUL_T)], elite = loss * (1 - shield);
                row[elite_column(&s)] = elite;
                row[mass_column(&s)] = (loss - share * elite) / (1 - share);
            }
            const ful_bargain_report r = report_of(&s, 1);
            const double now = accommodating(&r) / (1 - r.collapsed);
            assert_true(now <= last + ROUNDING);
            last = now;
            first = first < 0 ? last : first;
        }
        most = fmax(most, first - last);
    }
    assert_true(most > .05);
}

/* ---- regions --------------------------------------------------------------------------------- */

/* M12. Chance that T freezes or denuclearises in the four corners. Pressure: a loss that grows with
 * enforcement. Inducements: a contract with E and a pledge to T. */
static double corner(instance *s, double bite, int pressure, int inducements)
{
    const int joint = joint_levels(&s->data), K = s->data.adaptation_steps;
    for (int at = 0; at < rows(s); at++) {
        const int e = at % joint, k = at / joint % K, relief = at / joint / K;
        const double loss = pressure * bite * s->level[0][e] * (1 - .4 * relief) * (1 - .1 * k);
        for (int column = 0; column < s->data.columns; column++)
            s->income[at * s->data.columns + column] = -loss;
        *income_of(s, relief, k, e, column_of(s, FUL_S)) = 0;
        *income_of(s, relief, k, e, column_of(s, FUL_E)) = -.003 * loss;
    }
    s->data.nothing_in_force = !pressure;
    s->lever[0] = (ful_lever){.id = "contract",
                              .contract = FUL_CONTRACT_ENFORCEMENT,
                              .enforcer = FUL_E,
                              .duration = FOR_GOOD,
                              .value_E = .2,
                              .cost_S = .001,
                              .withdrawal = .02};
    s->lever[1] = (ful_lever){.id = "pledge",
                              .contract = FUL_CONTRACT_UNCONDITIONAL,
                              .enforcer = FUL_E,
                              .duration = FOR_GOOD,
                              .value_T = .75,
                              .cost_S = .001,
                              .withdrawal = .004,
                              .hazard = .3};
    s->data.levers = inducements ? 2 : 0;
    const ful_bargain_report r = report_of(s, 1);
    return accommodating(&r);
}

/* Over what the programme is worth to T and how hard full enforcement bites, both within the ranges
 * of the priors. */
static void there_are_regions_where_both_work_together_and_where_neither_does(void **state)
{
    (void)state;
    int together = 0, neither = 0;
    for (double worth = 2; worth < 6; worth += .65)
        for (double bite = 1; bite <= 4; bite *= 2) {
            instance s;
            sizes of = line;
            of.horizon = 8;
            of.stress = 3;
            of.adaptation = 2;
            of.dismantle = of.settle = 4;
            draw_instance(&s, 1, of);
            central_parameters(&s);
            s.data.p.g_frozen = .6;
            s.term[N_T].amount = worth;
            s.group[0].start = 1;
            const double none = corner(&s, bite, 0, 0), both = corner(&s, bite, 1, 1);
            const double push = corner(&s, bite, 1, 0), pull = corner(&s, bite, 0, 1);
            together += both - push - pull + none > .1;
            neither += fmax(fmax(none, push), fmax(pull, both)) < .1;
        }
    assert_true(together > 0 && neither > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gift_in_every_state_moves_nobody),
        cmocka_unit_test(a_gift_that_stops_at_collapse_weakly_lowers_enforcement),
        cmocka_unit_test(more_contingent_value_never_lowers_the_chance_of_meeting_the_contract),
        cmocka_unit_test(a_steeper_hazard_lowers_enforcement_less_so_with_the_pledge),
        cmocka_unit_test(where_the_least_punishment_exceeds_the_most_the_enforcer_stays_lax),
        cmocka_unit_test(a_reward_below_the_friction_leaves_the_enforcer_lax),
        cmocka_unit_test(a_promise_is_worth_what_breaking_it_costs),
        cmocka_unit_test(relief_is_believed_where_an_audience_would_mind),
        cmocka_unit_test(the_least_transfer_that_sustains_staying_is_the_closed_form),
        cmocka_unit_test(a_shielded_elite_complies_less_at_the_same_loss),
        cmocka_unit_test(there_are_regions_where_both_work_together_and_where_neither_does),
    };
    return cmocka_run_group_tests_name("game bargain laws", tests, NULL, NULL);
}
