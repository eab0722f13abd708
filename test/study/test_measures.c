/* SPDX-License-Identifier: MIT */
/* Measures and economy joined: caps that bind or do not, hubs that are punished, and
 * counter-sanctions, in the teaching case with one thing changed. */
#include "triangle.h"

#define ROOM 16

/* The case with measures and hubs of our own; the headline regime with every imposer. */
typedef struct variant {
    ful_situation s;
    ful_case_measure measure[ROOM];
    ful_case_hub hub[ROOM];
    ful_regime regime[ROOM];
} variant;

static void variant_of(variant *v, const ful_situation *s)
{
    assert_true(s->measures <= ROOM && s->hubs <= ROOM && s->regimes <= ROOM);
    v->s = *s;
    memcpy(v->measure, s->measure, sizeof *s->measure * (size_t)s->measures);
    memcpy(v->hub, s->hub, sizeof *s->hub * (size_t)s->hubs);
    memcpy(v->regime, s->regime, sizeof *s->regime * (size_t)s->regimes);
    v->regime[s->headline].imposers = 0;
    v->s.measure = v->measure;
    v->s.hub = v->hub;
    v->s.regime = v->regime;
}

static ful_case_measure *find(variant *v, const char *id)
{
    for (int k = 0; k < v->s.measures; k++)
        if (strcmp(v->measure[k].law.id, id) == 0)
            return &v->measure[k];
    fail();
    return NULL;
}

typedef struct outcome {
    double income, flow[ROOM]; /* real income of the target; goods it sells, by buyer */
    int caps;
    ful_solved_cap cap;
} outcome;

/* The headline regime solved; `steps` of adaptation, levels of the case or as given. */
static outcome solve(const variant *v, int steps, const double *levels)
{
    ful_world *world;
    ful_world_work *work;
    ful_scenario scenario;
    ful_solution x;
    ful_error err;
    outcome out = {0};
    const ful_situation *s = &v->s;
    ful_status_is(ful_world_new(&world, s, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_world_work_new(&work, world, NULL, &err), FUL_OK, &err);
    ful_scenario_default(&scenario, s);
    scenario.adaptation = steps;
    scenario.enforcement = levels;
    ful_status_is(ful_world_solve(&x, world, work, &scenario, NULL, &err), FUL_OK, &err);
    out.income = x.view.outcome[s->target].real_income;
    for (int n = 0; n < s->actors; n++)
        out.flow[n] = x.view.flow[(s->actors + n) * s->actors + s->target];
    out.caps = x.caps;
    if (x.caps > 0)
        out.cap = x.cap[0];
    ful_world_work_free(work);
    ful_world_free(world);
    return out;
}

static void same(const outcome *a, const outcome *b, double tolerance)
{
    ful_near(a->income, b->income, tolerance, 0);
    for (int n = 0; n < 4; n++)
        ful_near(a->flow[n], b->flow[n], tolerance, 1e-9);
}

static void a_cap_holds_and_says_what_it_costs(void **state)
{
    (void)state;
    triangle t;
    variant v;
    triangle_open(&t);
    variant_of(&v, t.s);
    const outcome x = solve(&v, 0, NULL);
    assert_int_equal(x.caps, 1);
    assert_string_equal(v.measure[x.cap.measure].law.id, "un-goods-2022");
    /* 20 in value, 25 in quantity, of 45: the same share of each is gripped */
    ful_near(x.cap.value / x.cap.gripped, 20.0 / 45, 1e-12, 0);
    ful_near(x.cap.quantity / x.cap.gripped, 25.0 / 45, 1e-12, 0);
    assert_true(x.cap.after.premium > 0);
    const double worst =
        fmax(x.cap.after.value / x.cap.value, x.cap.after.quantity / x.cap.quantity);
    ful_near(worst, 1, 1e-8, 0);
    /* the buyer earns the premium on what it pays the seller */
    ful_near(x.cap.after.rent, x.cap.after.value * expm1(x.cap.after.premium), 1e-8, 0);
    triangle_close(&t);
}

static void a_wide_cap_is_nothing_and_an_empty_one_a_ban(void **state)
{
    (void)state;
    triangle t;
    variant v;
    triangle_open(&t);
    variant_of(&v, t.s);
    ful_measure *law = &find(&v, "un-goods-2022")->law;
    law->cap_value = law->cap_quantity = 1e6;
    const outcome wide = solve(&v, 0, NULL);
    assert_int_equal(wide.caps, 1);
    assert_true(wide.cap.after.premium == 0 && wide.cap.after.rent == 0);
    law->coverage = 0;
    const outcome none = solve(&v, 0, NULL);
    assert_int_equal(none.caps, 0);
    same(&wide, &none, 1e-8);
    law->coverage = 1;
    for (int rent = FUL_RENT_BUYER; rent <= FUL_RENT_LOST; rent++) {
        law->kind = FUL_MEASURE_CAP;
        law->rent = (ful_rent)rent;
        law->cap_value = 0;
        const outcome empty = solve(&v, 0, NULL);
        law->kind = FUL_MEASURE_BAN;
        const outcome ban = solve(&v, 0, NULL);
        same(&empty, &ban, 1e-8);
        assert_true(isinf(empty.cap.after.premium));
    }
    triangle_close(&t);
}

static void a_punished_hub_is_no_hub(void **state)
{
    (void)state;
    triangle t;
    variant v;
    triangle_open(&t);
    variant_of(&v, t.s);
    const int others = ful_situation_actor(t.s, "x-others");
    ful_case_measure *secondary = find(&v, "sender-secondary-2023");
    secondary->coverage = FUL_NO_PARAM;
    secondary->law.coverage = 1;
    const outcome punished = solve(&v, 0, NULL);
    secondary->law.coverage = 0;
    const outcome free = solve(&v, 0, NULL);
    assert_int_equal(v.hub[0].actor, others);
    memmove(v.hub, v.hub + 1, sizeof *v.hub * (size_t)(v.s.hubs - 1));
    v.s.hubs--;
    const outcome absent = solve(&v, 0, NULL);
    same(&punished, &absent, 1e-8);
    assert_true(free.income > punished.income);
    triangle_close(&t);
}

/* The target's own ban costs it income, and nothing where it does not enforce it. */
static void counter_sanctions_are_the_targets_own(void **state)
{
    (void)state;
    triangle t;
    variant v;
    triangle_open(&t);
    variant_of(&v, t.s);
    const ful_situation *s = t.s;
    double levels[ROOM * FUL_BARGAIN_MAX_GROUPS];
    memcpy(levels, ful_situation_levels(s, 2023), sizeof(double) * (size_t)(s->actors * s->groups));
    const outcome with = solve(&v, 0, levels);
    for (int g = 0; g < s->groups; g++)
        levels[s->target * s->groups + g] = 0;
    const outcome idle = solve(&v, 0, levels);
    find(&v, "target-counter-2023")->coverage = FUL_NO_PARAM;
    find(&v, "target-counter-2023")->law.coverage = 0;
    const outcome without = solve(&v, 0, levels);
    same(&idle, &without, 1e-12);
    assert_true(with.income < without.income);
    triangle_close(&t);
}

/* A step of the game is a year: the same as a later date, and it eases. */
static void a_step_of_adaptation_is_a_year(void **state)
{
    (void)state;
    triangle t;
    variant v;
    triangle_open(&t);
    variant_of(&v, t.s);
    double last = solve(&v, 0, NULL).income;
    for (int steps = 1; steps <= 3; steps++) {
        const double now = solve(&v, steps, NULL).income;
        assert_true(now > last);
        last = now;
    }
    const double before = solve(&v, 2, NULL).income;
    /* the same law and levels two years later, to a day or so */
    v.regime[v.s.headline].date += 2 * 365;
    ful_near(solve(&v, 0, NULL).income, before, 0, 1e-4);
    triangle_close(&t);
}

/* A tariff imposed ahead of its date is that tariff on its date, with all else as it stood. */
static void an_imposed_tariff_does_not_move_the_clock(void **state)
{
    (void)state;
    triangle t;
    variant v;
    triangle_open(&t);
    variant_of(&v, t.s);
    const outcome dated = solve(&v, 0, NULL);
    ful_measure *tariff = &find(&v, "sender-tariff-2023")->law;
    tariff->start = v.regime[t.s->headline].date + 3 * 365;
    ful_world *world;
    ful_world_work *work;
    ful_scenario scenario;
    ful_solution x;
    ful_error err;
    ful_status_is(ful_world_new(&world, &v.s, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_world_work_new(&work, world, NULL, &err), FUL_OK, &err);
    ful_scenario_default(&scenario, &v.s);
    scenario.imposed = ~0u;
    ful_status_is(ful_world_solve(&x, world, work, &scenario, NULL, &err), FUL_OK, &err);
    ful_near(x.view.outcome[t.s->target].real_income, dated.income, 1e-12, 0);
    ful_world_work_free(work);
    ful_world_free(world);
    triangle_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cap_holds_and_says_what_it_costs),
        cmocka_unit_test(a_wide_cap_is_nothing_and_an_empty_one_a_ban),
        cmocka_unit_test(a_punished_hub_is_no_hub),
        cmocka_unit_test(counter_sanctions_are_the_targets_own),
        cmocka_unit_test(a_step_of_adaptation_is_a_year),
        cmocka_unit_test(an_imposed_tariff_does_not_move_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
