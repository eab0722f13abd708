/* SPDX-License-Identifier: MIT */
/*
 * Several enforcers, and steps that one takes once and for all: what must not matter. Payoffs are
 * separable where no enforcer's depends on another's level: incomes that add up, no hazard, T's
 * play fixed, contracts as treaties.
 */
#include "bargain_test.h"

#define INDIFFERENT 1e14 /* a stake beside which nothing matters */
#define FOR_GOOD 64      /* periods */
#define DRAWS 8
#define ROUNDING 1e-11
#define TOGETHER 1e-9 /* simultaneous moves are followed to a residual, not to the last bit */

static const sizes pair = {.horizon = 4,
                           .groups = 1,
                           .levels = 3,
                           .stress = 2,
                           .adaptation = 2,
                           .dismantle = 2,
                           .settle = 1,
                           .levers = 4,
                           .second = 1};

static const int forward[] = {FUL_E, SECOND}, reverse[] = {SECOND, FUL_E};

static void near_outcomes(const ful_bargain_report *a, const ful_bargain_report *b, double tol)
{
    ful_near(a->denuclearised, b->denuclearised, 0, tol);
    ful_near(a->frozen, b->frozen, 0, tol);
    ful_near(a->collapsed, b->collapsed, 0, tol);
    ful_near(a->ever_frozen, b->ever_frozen, 0, tol);
    ful_near(a->ever_restarted, b->ever_restarted, 0, tol);
    ful_near(a->honour.probability, b->honour.probability, 0, tol);
    ful_near(a->restart.probability, b->restart.probability, 0, tol);
    ful_near(a->sender_cost, b->sender_cost, tol, tol);
}

static void near_enforcers(const ful_enforcer_report *a, const ful_enforcer_report *b, double tol)
{
    ful_near(a->mean, b->mean, 0, tol);
    ful_near(a->armed, b->armed, 0, tol);
    ful_near(a->enforces, b->enforces, 0, tol);
    ful_near(a->first_move, b->first_move, 0, tol);
    ful_near(a->slack, b->slack, tol, tol);
    ful_near(a->collapse_loss, b->collapse_loss, tol, tol);
}

/* ---- who cannot do anything ------------------------------------------------------------------ */

/* Incomes of `alone` whatever the further groups do. */
static void spread_income(instance *s, const instance *alone)
{
    const int joint = joint_levels(&s->data), before = joint_levels(&alone->data);
    const int K = s->data.adaptation_steps;
    instance from;
    copy(&from, alone);
    for (int at = 0; at < 3 * K * joint; at++) {
        const int e = at % joint, k = at / joint % K, relief = at / joint / K;
        for (int column = 0; column < s->data.columns; column++)
            *income_of(s, relief, k, e, column) = 0;
        for (int i = 0; i < alone->data.players; i++)
            *income_of(s, relief, k, e, column_of(s, i)) =
                *income_of(&from, relief, k, e % before, column_of(&from, i));
        *income_of(s, relief, k, e, elite_column(s)) =
            *income_of(&from, relief, k, e % before, elite_column(&from));
        *income_of(s, relief, k, e, mass_column(s)) =
            *income_of(&from, relief, k, e % before, mass_column(&from));
    }
}

/* The terms, players, rules and levers of `alone`; the second enforcer keeps its own. */
static void as_alone(instance *s, const instance *alone)
{
    for (int k = 0; k < B_SECOND; k++)
        s->term[k].amount = alone->term[k].amount;
    memcpy(s->player, alone->player, SECOND * sizeof *s->player);
    memcpy(s->lever, alone->lever, sizeof s->lever);
    s->group[0].start = alone->group[0].start;
    s->data.p = alone->data.p;
    spread_income(s, alone);
}

static void an_enforcer_without_influence_leaves_the_others_play_as_it_is(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance alone, s;
        sizes of = pair;
        of.second = 0;
        draw_instance(&alone, 100 + k, of);
        draw_instance(&s, 100 + k, pair);
        as_alone(&s, &alone);
        const ful_bargain_report a = report_of(&alone, 1);
        for (int how = 0; how < 3; how++) {
            s.data.order = how == 1 ? reverse : forward;
            s.data.simultaneous = how == 2;
            const double tol = how == 2 ? TOGETHER : ROUNDING;
            const ful_bargain_report b = report_of(&s, 1);
            near_outcomes(&b, &a, tol);
            near_enforcers(&b.enforcer[0], &a.enforcer[0], tol);
            ful_near(b.enforcement[0], a.enforcement[0], 0, tol);
            for (int i = 0; i < SECOND; i++)
                ful_near(b.value[i], a.value[i], tol, tol);
        }
    }
}

/* `two` with a third enforcer, whose levels and payoffs are nobody's. */
static void add_third(instance *s, const instance *two)
{
    copy(s, two);
    s->data.players++;
    s->data.columns++;
    s->player[SECOND + 1] = (ful_player){.id = "third", .delta = .9, .precision = 2, .stake = .1};
    s->term[W_ELITE].column = elite_column(s);
    s->term[W_MASS].column = mass_column(s);
    add_group(s, SECOND + 1, 2, 1, 0);
    point(s);
    spread_income(s, two);
}

static void nor_does_a_third_wherever_it_moves(void **state)
{
    (void)state;
    static const int order[][3] = {
        {FUL_E, SECOND, SECOND + 1}, {FUL_E, SECOND + 1, SECOND}, {SECOND + 1, FUL_E, SECOND}};
    for (uint64_t k = 0; k < 3; k++) {
        instance two, s;
        sizes of = pair;
        of.horizon = 2;
        draw_instance(&two, 150 + k, of);
        add_third(&s, &two);
        for (int how = 0; how < 4; how++) {
            two.data.simultaneous = s.data.simultaneous = how == 3;
            s.data.order = order[how % 3];
            const ful_bargain_report a = report_of(&two, 1), b = report_of(&s, 1);
            const double tol = how == 3 ? TOGETHER : ROUNDING;
            near_outcomes(&b, &a, tol);
            for (int i = 0; i < 2; i++)
                near_enforcers(&b.enforcer[i], &a.enforcer[i], tol);
            for (int i = 0; i <= SECOND; i++)
                ful_near(b.value[i], a.value[i], tol, tol);
        }
    }
}

/* ---- order ----------------------------------------------------------------------------------- */

/* Each enforcer's income depends on its own level alone, T's is the sum, and treaties pay each. */
static void separable(instance *s, uint64_t seed)
{
    draw_instance(s, seed, pair);
    s->player[FUL_T].stake = INDIFFERENT;
    s->data.p.h0 = 0;
    for (int relief = 0; relief < 3; relief++)
        for (int k = 0; k < s->data.adaptation_steps; k++)
            for (int e = 0; e < joint_levels(&s->data); e++)
                for (int group = 0; group < 2; group++) {
                    const int owner = s->group[group].owner;
                    const double level = s->level[group][level_index(&s->data, e, group)];
                    *income_of(s, relief, k, e, column_of(s, owner)) =
                        (group ? .03 : -.02) * level * (level - .7);
                }
    s->data.levers = 2;
    for (int l = 0; l < 2; l++)
        s->lever[l] = (ful_lever){.id = "treaty",
                                  .contract = FUL_CONTRACT_ENFORCEMENT,
                                  .enforcer = FUL_E + l,
                                  .standing = 1,
                                  .duration = FOR_GOOD,
                                  .value_E = .02 + .01 * l,
                                  .cost_S = .001};
}

static double most_difference(const ful_bargain_report *a, const ful_bargain_report *b)
{
    double most = 0;
    for (int k = 0; k < 2; k++) {
        most = fmax(most, fabs(a->enforcer[k].mean - b->enforcer[k].mean));
        most = fmax(most, fabs(a->enforcer[k].first_move - b->enforcer[k].first_move));
    }
    return most;
}

static void order_does_not_matter_where_payoffs_are_separable(void **state)
{
    (void)state;
    double otherwise = 0;
    for (uint64_t k = 0; k < DRAWS; k++) {
        for (int apart = 0; apart < 2; apart++) {
            instance s;
            if (apart)
                separable(&s, 200 + k);
            else
                draw_instance(&s, 200 + k, pair);
            s.data.order = forward;
            const ful_bargain_report a = report_of(&s, 1);
            s.data.order = reverse;
            const ful_bargain_report b = report_of(&s, 1);
            s.data.simultaneous = 1;
            const ful_bargain_report c = report_of(&s, 1);
            assert_true(c.residual < TOGETHER && a.residual == 0);
            if (!apart) {
                otherwise = fmax(otherwise, fmin(most_difference(&a, &b), most_difference(&a, &c)));
                continue;
            }
            near_outcomes(&b, &a, ROUNDING);
            near_outcomes(&c, &a, TOGETHER);
            for (int i = 0; i < 2; i++) {
                near_enforcers(&b.enforcer[i], &a.enforcer[i], ROUNDING);
                near_enforcers(&c.enforcer[i], &a.enforcer[i], TOGETHER);
            }
        }
    }
    assert_true(otherwise > 1e-4); /* it does where they are not */
}

/* ---- whose goods ----------------------------------------------------------------------------- */

/* One enforcer with two groups, or two with one each and the same stake in theirs: where nothing is
 * between the groups each is enforced as the other's were not there. Friction counts by share. */
static void goods_may_be_anybodys_where_payoffs_are_separable(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance two, one;
        sizes of = pair;
        separable(&two, 300 + k);
        two.data.levers = 0;
        of.second = 0;
        of.groups = 2;
        draw_instance(&one, 300 + k, of);
        one.data.levers = 0;
        one.data.p = two.data.p;
        memcpy(one.player, two.player, SECOND * sizeof *one.player);
        two.player[SECOND] = two.player[FUL_E];
        for (int i = 0; i < B_SECOND; i++)
            one.term[i].amount = two.term[i].amount;
        one.term[FRICTION].amount = -.02;
        two.term[FRICTION].amount = two.term[FRICTION_SECOND].amount = -.01;
        two.term[W_SECOND].amount = two.term[W_E].amount;
        for (int group = 0; group < 2; group++)
            one.group[group].start = two.group[group].start;
        for (int relief = 0; relief < 3; relief++)
            for (int k2 = 0; k2 < two.data.adaptation_steps; k2++)
                for (int e = 0; e < joint_levels(&two.data); e++) {
                    double sum = 0;
                    for (int i = FUL_E; i <= SECOND; i++)
                        sum += *income_of(&two, relief, k2, e, column_of(&two, i));
                    for (int column = 0; column < one.data.columns; column++)
                        *income_of(&one, relief, k2, e, column) = 0;
                    *income_of(&one, relief, k2, e, column_of(&one, FUL_E)) = sum;
                }
        const ful_bargain_report a = report_of(&one, 1), b = report_of(&two, 1);
        for (int group = 0; group < 2; group++)
            ful_near(b.enforcement[group], a.enforcement[group], 0, ROUNDING);
        ful_near(a.enforcer[0].mean, (b.enforcer[0].mean + b.enforcer[1].mean) / 2, 0, ROUNDING);
    }
}

/* Two enforcers alike in everything: at once they do the same, and in order each does in its place
 * what the other does there. */
static void alike(instance *s, uint64_t seed)
{
    sizes of = pair;
    of.adaptation = 1; /* which follows the pivotal one alone */
    of.levers = 0;
    draw_instance(s, seed, of);
    s->player[SECOND] = s->player[FUL_E];
    s->group[1].start = s->group[0].start;
    for (int k = B_SECOND; k < TERMS; k++)
        s->term[k].amount = 0;
    for (int k = 0; k < B_SECOND; k++)
        if (s->term[k].player == FUL_E && k != FRICTION && k != W_E)
            s->term[k].amount = 0;
    s->term[B_SECOND].amount = s->term[B_E].amount = -.1;
    s->term[L_SECOND].amount = s->term[L_UNIFIED].amount = -2;
    s->term[FRICTION_SECOND].amount = s->term[FRICTION].amount;
    s->term[W_SECOND].amount = s->term[W_E].amount;
    for (int relief = 0; relief < 3; relief++)
        for (int e = 0; e < joint_levels(&s->data); e++) {
            const int x = level_index(&s->data, e, 0), y = level_index(&s->data, e, 1);
            const double loss = (x + y + .3 * x * y) * (3 - relief);
            *income_of(s, relief, 0, e, column_of(s, FUL_S)) = 0;
            *income_of(s, relief, 0, e, column_of(s, FUL_T)) = -loss;
            *income_of(s, relief, 0, e, elite_column(s)) = -loss;
            *income_of(s, relief, 0, e, mass_column(s)) = -loss;
            *income_of(s, relief, 0, e, column_of(s, FUL_E)) = -.002 * loss * (1 + x);
            *income_of(s, relief, 0, e, column_of(s, SECOND)) = -.002 * loss * (1 + y);
        }
}

/* At once: where precision is high, and one enforces more where the other does less, the branch on
 * which they are alike forks, and play follows one side. Short of that there is but one branch. */
#define SHORT_OF_FORKS .01

static void enforcers_that_are_alike_play_alike(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance s;
        alike(&s, 400 + k);
        s.data.order = forward;
        const ful_bargain_report a = report_of(&s, 1);
        s.data.order = reverse;
        const ful_bargain_report b = report_of(&s, 1);
        near_outcomes(&b, &a, ROUNDING);
        for (int i = 0; i < 2; i++) {
            near_enforcers(&b.enforcer[i], &a.enforcer[1 - i], ROUNDING);
            ful_near(b.value[FUL_E + i], a.value[SECOND - i], ROUNDING, ROUNDING);
        }
        s.data.simultaneous = 1;
        const ful_bargain_report c = report_of(&s, SHORT_OF_FORKS);
        near_enforcers(&c.enforcer[0], &c.enforcer[1], TOGETHER);
    }
}

/* ---- the branch that is followed ------------------------------------------------------------- */

#define FINE 20000 /* steps of lambda */

/* Two enforcers, two levels each, one half-year and the same ever after: a game of two by two, of
 * which `worth` is what each pair of levels is worth to each, [enforcer][level of E][of SECOND]. */
static void two_by_two(instance *s, double worth[2][2][2], uint64_t seed)
{
    sizes of = pair;
    of.levels = 2;
    of.horizon = of.adaptation = 1;
    of.levers = 0;
    draw_instance(s, seed, of);
    s->data.p.h0 = 0;
    s->data.moves = 0;
    s->data.simultaneous = 1;
    for (int k = 0; k < TERMS; k++)
        s->term[k].amount = 0;
    s->term[W_E].amount = s->term[W_SECOND].amount = 1;
    for (int i = 0; i < 2; i++) {
        ful_player *player = &s->player[FUL_E + i];
        player->stake = .5 / (1 - sqrt(player->delta)); /* present values are per this */
        player->precision = 1;
        for (int e = 0; e < 4; e++) {
            worth[i][e % 2][e / 2] = uniform(s, -6, 6);
            for (int relief = 0; relief < 3; relief++)
                *income_of(s, relief, 0, e, column_of(s, FUL_E + i)) = worth[i][e % 2][e / 2];
        }
    }
}

/* The chance of level 1 in answer to the other's, and its slope. */
static double answer(double *slope, double low, double high, double other, double lambda)
{
    const double p = 1 / (1 + exp(-lambda * ((1 - other) * low + other * high)));
    *slope = lambda * p * (1 - p) * (high - low);
    return p;
}

/* Follow p = answer(answer(p)) from lambda = 0 to 1 in small steps. 0 where the branch comes near
 * to turning back or forking, so that another could be taken for it. */
static int follow(double p[2], double worth[2][2][2])
{
    p[0] = .5;
    for (int step = 1; step <= FINE; step++)
        for (int newton = 0; newton < 4; newton++) {
            double there, back;
            const double lambda = (double)step / FINE;
            p[1] = answer(&there, worth[1][0][1] - worth[1][0][0], worth[1][1][1] - worth[1][1][0],
                          p[0], lambda);
            const double again = answer(&back, worth[0][1][0] - worth[0][0][0],
                                        worth[0][1][1] - worth[0][0][1], p[1], lambda);
            if (fabs(1 - there * back) < .05)
                return 0;
            p[0] -= (p[0] - again) / (1 - there * back);
        }
    return 1;
}

static void the_branch_from_no_precision_is_followed(void **state)
{
    (void)state;
    int followed = 0;
    for (uint64_t k = 0; k < 200; k++) {
        instance s;
        double worth[2][2][2], p[2];
        two_by_two(&s, worth, 700 + k);
        if (!follow(p, worth))
            continue;
        const ful_bargain_report r = report_of(&s, 1);
        followed++;
        assert_true(r.residual < 1e-12);
        for (int i = 0; i < 2; i++)
            ful_near(r.enforcement[i], p[i], 0, TOGETHER);
    }
    assert_true(followed > 180);
}

/* ---- adoption -------------------------------------------------------------------------------- */

/* Additional measures that do nothing are adopted by the toss of a coin each half-year, and nothing
 * else changes. */
static void an_adoption_without_effect_is_a_coin_and_nothing_more(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance alone, s;
        sizes of = pair;
        of.second = 0;
        draw_instance(&alone, 500 + k, of);
        alone.term[ADOPTION].amount = 0;
        of.adoption = 1;
        draw_instance(&s, 500 + k, of);
        as_alone(&s, &alone);
        const ful_bargain_report a = report_of(&alone, 1), b = report_of(&s, 1);
        near_outcomes(&b, &a, ROUNDING);
        near_enforcers(&b.enforcer[0], &a.enforcer[0], ROUNDING);
        assert_true(a.enforcer[0].adopted == 0);
        s.data.p.h0 = 0;
        s.data.moves = 0;
        ful_near(report_of(&s, 1).enforcer[0].adopted, 1 - pow(.5, s.data.horizon), 0, ROUNDING);
    }
}

/* What it costs decides: a half-year of one choice, with the same cost ever after. */
static void an_adoption_is_a_logit_of_its_cost(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < DRAWS; k++) {
        instance s;
        sizes of = pair;
        of.second = of.levers = 0;
        of.adoption = 1;
        of.horizon = 1;
        draw_instance(&s, 600 + k, of);
        s.data.p.h0 = 0;
        s.data.moves = 0;
        for (int at = 0; at < MAX_TABLE; at++)
            s.income[at] = 0;
        const ful_player *E = &s.player[FUL_E];
        const double worth = s.term[ADOPTION].amount * .5 / (1 - sqrt(E->delta));
        ful_near(report_of(&s, 1).enforcer[0].adopted,
                 1 / (1 + exp(-E->precision / E->stake * worth)), 1e-10, 0);
    }
}

/* Hold a group at its start: one level, and the incomes there. */
static void hold(instance *s, int group)
{
    ful_bargain_data *d = &s->data;
    ful_enforced *held = s->group + group;
    const int joint = joint_levels(d), fewer = joint / held->levels;
    for (int block = 0; block < 3 * d->adaptation_steps; block++)
        for (int e = 0, to = 0; e < joint; e++)
            if (level_index(d, e, group) == held->start)
                memmove(s->income + (block * fewer + to++) * d->columns,
                        s->income + (block * joint + e) * d->columns,
                        (size_t)d->columns * sizeof *s->income);
    s->level[group][0] = s->level[group][held->start];
    held->start = 0;
    held->levels = 1;
}

/* An enforcer that cannot move is none: the others play as without it. */
static void an_enforcer_held_where_it_is_might_not_be_there(void **state)
{
    (void)state;
    const sizes of = {.horizon = 4,
                      .groups = 2,
                      .levels = 3,
                      .stress = 2,
                      .adaptation = 2,
                      .dismantle = 2,
                      .settle = 1,
                      .levers = 4,
                      .capability = 2,
                      .second = 1};
    for (uint64_t seed = 0; seed < 6; seed++) {
        instance s, without;
        draw_instance(&s, 7700 + seed, of);
        hold(&s, 2);
        copy(&without, &s);
        without.data.groups = 2;
        without.data.players = SECOND;
        without.data.terms = B_SECOND;
        s.data.simultaneous = seed == 5;
        const ful_bargain_report a = report_of(&s, 1), b = report_of(&without, 1);
        ful_near(a.denuclearised, b.denuclearised, 0, 1e-13);
        ful_near(a.frozen, b.frozen, 0, 1e-12);
        ful_near(a.collapsed, b.collapsed, 0, 1e-12);
        ful_near(a.enforcer[0].mean, b.enforcer[0].mean, 0, 1e-12);
        ful_near(a.enforcer[0].slack, b.enforcer[0].slack, 0, 1e-10);
        for (int i = 0; i < SECOND; i++)
            ful_near(a.value[i], b.value[i], 1e-12, 1e-12);
        ful_near(a.enforcer[1].mean, s.level[2][0], 0, 1e-12);
        assert_true(isnan(a.enforcer[1].first_move)); /* it has no choice */
        assert_true(isnan(a.enforcer[1].slack));
    }
}

/* Where nobody can move, enforcement stays where it was. */
static void where_all_are_held_nothing_moves(void **state)
{
    (void)state;
    const sizes of = {.horizon = 3,
                      .groups = 1,
                      .levels = 3,
                      .stress = 1,
                      .adaptation = 1,
                      .dismantle = 1,
                      .settle = 1,
                      .levers = 2};
    instance s;
    draw_instance(&s, 7800, of);
    hold(&s, 0);
    const ful_bargain_report r = report_of(&s, 1);
    ful_near(r.enforcement[0], s.level[0][0], 0, 1e-14);
    ful_near(r.denuclearised + r.frozen + r.unchanged + r.collapsed, 1, 0, 1e-13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_enforcer_without_influence_leaves_the_others_play_as_it_is),
        cmocka_unit_test(nor_does_a_third_wherever_it_moves),
        cmocka_unit_test(order_does_not_matter_where_payoffs_are_separable),
        cmocka_unit_test(goods_may_be_anybodys_where_payoffs_are_separable),
        cmocka_unit_test(enforcers_that_are_alike_play_alike),
        cmocka_unit_test(the_branch_from_no_precision_is_followed),
        cmocka_unit_test(an_adoption_without_effect_is_a_coin_and_nothing_more),
        cmocka_unit_test(an_adoption_is_a_logit_of_its_cost),
        cmocka_unit_test(an_enforcer_held_where_it_is_might_not_be_there),
        cmocka_unit_test(where_all_are_held_nothing_moves),
    };
    return cmocka_run_group_tests_name("game bargain enforcers", tests, NULL, NULL);
}
