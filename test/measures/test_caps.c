/* SPDX-License-Identifier: MIT */
/* Caps: what they grip and how their bounds follow, by hand. */
#include "fixture.h"

/* Coal exports, 10 to each of four buyers: at most 5 in all, in value. */
static void cap_init(fixture *f, double *e, ful_setting *s)
{
    fixture_init(f);
    f->law[0].kind = FUL_MEASURE_CAP;
    f->law[0].cap_value = 5;
    f->law[0].cap_quantity = INFINITY;
    f->law[0].rent = FUL_RENT_BUYER;
    memset(e, 0, sizeof(double) * N * 2);
    *s = on(day(2018, 1, 1), e);
}

/* The grip of a cap on the target's coal exports to a buyer, 0 where it has none. */
static double grip_on(const ful_economy_cap *cap, int buyer)
{
    for (int k = 0; k < cap->entries; k++)
        if (cap->entry[k] == at(COAL, buyer, T))
            return cap->grip[k];
    return 0;
}

/* All open, and no cap: the economy is given the benchmark. */
static void is_the_baseline(const ful_economy_shock *shock)
{
    for (int a = 0; a < J * N * N; a++)
        assert_true(shock->openness[a] == 1);
    assert_int_equal(shock->caps, 0);
}

static void a_cap_that_nobody_enforces_grips_nothing(void **state)
{
    (void)state;
    fixture f;
    double e[N * 2];
    ful_setting s;
    cap_init(&f, e, &s);
    ful_measures_model *m = model_of(&f);
    ful_measures_work *w = work_of(m);
    ful_economy_shock shock = shock_of(m, w, &s);
    is_the_baseline(&shock);
    /* nor does one that is not in force, or that nobody applies, or that is given back */
    for (int n = 0; n < N; n++)
        e[n * 2] = 1;
    const unsigned char none[N] = {0};
    ful_setting before = on(day(2017, 3, 14), e), outside = s, relieved = s, aside = s;
    outside.applies = none;
    relieved.relief = 1;
    aside.in_force = none;
    const ful_setting settings[] = {before, outside, relieved, aside};
    for (int k = 0; k < 4; k++) {
        shock = shock_of(m, w, &settings[k]);
        is_the_baseline(&shock);
    }
    ful_measures_work_free(w);
    ful_measures_model_free(m);
}

/* Coverage .8: the text is about 32 of 40. Enforced by one buyer at .5, through a hub v of it
 * moves. */
static void a_cap_grips_what_a_ban_would_stop(void **state)
{
    (void)state;
    fixture f;
    double e[N * 2];
    ful_setting s;
    cap_init(&f, e, &s);
    e[P * 2] = 0.5;
    f.hub[0] = hub_of(H, 0.5, 1.25);
    f.data.hubs = 1;
    ful_measures_model *m = model_of(&f);
    ful_measures_work *w = work_of(m);
    const ful_economy_shock shock = shock_of(m, w, &s);
    const double grip = 0.8 * 0.5 / (1 + 0.5 * pow(1.25, -4));
    for (int a = 0; a < J * N * N; a++)
        assert_true(shock.openness[a] == 1);
    assert_int_equal(shock.caps, 1);
    assert_int_equal(shock.cap[0].entries, 1);
    ful_near(grip_on(&shock.cap[0], P), grip, 1e-14, 0);
    ful_near(shock.cap[0].value, 5 * 10 * grip / 32, 1e-14, 0);
    assert_true(isinf(shock.cap[0].quantity) && shock.cap[0].rent == FUL_RENT_BUYER);
    const ful_measures_cap *about;
    assert_int_equal(ful_measures_caps(&about, w), 1);
    assert_int_equal(about[0].measure, 0);
    ful_near(about[0].gripped, 10 * grip, 1e-14, 0);
    ful_measures_work_free(w);
    ful_measures_model_free(m);
    /* the grip is what a ban in its place stops */
    f.law[0].kind = FUL_MEASURE_BAN;
    m = model_of(&f);
    ful_near(1 - openness(m, &s, COAL, NULL), grip, 1e-14, 0);
    ful_measures_model_free(m);
}

/* With everybody enforcing in full the bound is the law's own, in value and in quantity. */
static void a_cap_kept_by_all_is_the_law_itself(void **state)
{
    (void)state;
    fixture f;
    double e[N * 2];
    ful_setting s;
    cap_init(&f, e, &s);
    f.law[0].coverage = 1;
    f.law[0].cap_quantity = 7;
    f.law[0].rent = FUL_RENT_LOST;
    for (int n = 0; n < N; n++)
        e[n * 2] = 1;
    ful_measures_model *m = model_of(&f);
    ful_measures_work *w = work_of(m);
    const ful_economy_shock shock = shock_of(m, w, &s);
    assert_int_equal(shock.cap[0].entries, 4);
    ful_near(shock.cap[0].value, 5, 1e-14, 0);
    ful_near(shock.cap[0].quantity, 7, 1e-14, 0);
    assert_int_equal(shock.cap[0].rent, FUL_RENT_LOST);
    for (int n = P; n < N; n++)
        ful_near(grip_on(&shock.cap[0], n), 1, 1e-14, 0);
    ful_measure_effect effect[8];
    ful_error err;
    int count;
    ful_status_is(ful_measures_report(effect, 8, &count, m, &s, &err), FUL_OK, &err);
    assert_int_equal(count, 4);
    for (int k = 0; k < count; k++) {
        ful_near(effect[k].gripped, 1, 1e-14, 0);
        ful_near(effect[k].excess, 1 - 5.0 / 40, 1e-14, 0);
        assert_true(effect[k].stopped == 0);
    }
    ful_measures_work_free(w);
    ful_measures_model_free(m);
}

/* A ban of .5 beside a cap of .8: the cap grips the .3 that the ban leaves, of the .5 left open. */
static void bans_go_first(void **state)
{
    (void)state;
    fixture f;
    double e[N * 2];
    ful_setting s;
    cap_init(&f, e, &s);
    e[P * 2] = 1;
    f.law[1] = f.law[0];
    f.law[1].id = "ban";
    f.law[1].kind = FUL_MEASURE_BAN;
    f.law[1].coverage = 0.5;
    f.data.measures = 2;
    ful_measures_model *m = model_of(&f);
    ful_measures_work *w = work_of(m);
    ful_economy_shock shock = shock_of(m, w, &s);
    ful_near(shock.openness[at(COAL, P, T)], 0.5, 1e-14, 0);
    ful_near(grip_on(&shock.cap[0], P), 0.3 / 0.5, 1e-14, 0);
    ful_near(shock.cap[0].value, 5 * 10 * 0.3 / 32, 1e-14, 0);
    ful_measures_work_free(w);
    ful_measures_model_free(m);
    /* where the ban covers as much, nothing is left to the cap */
    f.law[1].coverage = 0.8;
    m = model_of(&f);
    w = work_of(m);
    shock = shock_of(m, w, &s);
    assert_int_equal(shock.caps, 0);
    ful_measures_work_free(w);
    ful_measures_model_free(m);
    /* a ban of the base year is in the flow: the cap grips its part of what that left */
    f.law[1].coverage = 0.5;
    f.law[1].start = day(2010, 1, 1);
    f.base[P * 2] = 1;
    m = model_of(&f);
    w = work_of(m);
    shock = shock_of(m, w, &s);
    ful_near(shock.openness[at(COAL, P, T)], 1, 1e-14, 0);
    ful_near(grip_on(&shock.cap[0], P), 0.3 / 0.5, 1e-14, 0);
    ful_near(shock.cap[0].value, 5 * (10 * 0.3 / 0.5) / 32, 1e-14, 0);
    ful_measures_work_free(w);
    ful_measures_model_free(m);
}

/* Whatever the bans, levels and hubs: a bound of 0 leaves open what a ban in place of the cap does,
 * and caps of one flow never grip more than all of it. */
static void a_cap_of_nothing_is_a_ban(void **state)
{
    (void)state;
    for (uint32_t k = 0; k < 100; k++) {
        fixture f;
        double e[N * 2], open[J * N * N];
        ful_setting s;
        cap_init(&f, e, &s);
        for (int n = 0; n < N; n++)
            e[n * 2] = ful_uniform(7, (uint32_t)n, k);
        f.hub[0] = hub_of(H, ful_uniform(7, 8, k), 1 + ful_uniform(7, 9, k));
        f.data.hubs = 1;
        for (int l = 0; l < 4; l++) {
            if (l > 0)
                f.law[l] = f.law[0];
            f.law[l].kind = l == 3 ? FUL_MEASURE_BAN : FUL_MEASURE_CAP;
            f.law[l].coverage = ful_uniform(7, 10 + (uint32_t)l, k);
            f.law[l].cap_value = 0;
            f.law[l].start = day(2017, 1, 1) + 100 * l;
        }
        f.data.measures = 4;
        ful_measures_model *m = model_of(&f);
        ful_measures_work *w = work_of(m);
        s.from = day(2017, 1, 1);
        s.to = day(2018, 1, 1);
        const ful_economy_shock shock = shock_of(m, w, &s);
        for (int l = 0; l < 3; l++)
            f.law[l].kind = FUL_MEASURE_BAN;
        ful_measures_model *bans = model_of(&f);
        openness(bans, &s, COAL, open);
        for (int n = P; n < N; n++) {
            double grip = 0;
            for (int c = 0; c < shock.caps; c++) {
                grip += grip_on(&shock.cap[c], n);
                assert_true(shock.cap[c].value == 0);
            }
            assert_true(grip <= 1 + 1e-15);
            ful_near(shock.openness[at(COAL, n, T)] * (1 - grip), open[at(COAL, n, T)], 1e-12,
                     1e-14);
        }
        ful_measures_model_free(bans);
        ful_measures_work_free(w);
        ful_measures_model_free(m);
    }
}

/* In force for 219 of 365 days: it grips that share, and has that share of its bound. */
static void a_cap_counts_its_days(void **state)
{
    (void)state;
    fixture f;
    double e[N * 2];
    ful_setting s;
    cap_init(&f, e, &s);
    f.law[0].coverage = 1;
    f.law[0].lag_days = 0;
    f.law[0].start = day(2017, 1, 1) + 146;
    e[P * 2] = 1;
    s.from = day(2017, 1, 1);
    s.to = day(2018, 1, 1);
    ful_measures_model *m = model_of(&f);
    ful_measures_work *w = work_of(m);
    ful_economy_shock shock = shock_of(m, w, &s);
    ful_near(grip_on(&shock.cap[0], P), 0.6, 1e-14, 0);
    ful_near(shock.cap[0].value, 5 * 0.6 / 4, 1e-14, 0);
    ful_measures_work_free(w);
    ful_measures_model_free(m);
    /* one that follows another grips the other days */
    f.law[1] = f.law[0];
    f.law[1].id = "before";
    f.law[1].cap_value = 8;
    f.law[1].start = day(2016, 1, 1);
    f.law[1].end = f.law[0].start;
    f.data.measures = 2;
    m = model_of(&f);
    w = work_of(m);
    shock = shock_of(m, w, &s);
    assert_int_equal(shock.caps, 2);
    ful_near(shock.cap[0].value, 5 * 0.6 / 4, 1e-14, 0);
    ful_near(shock.cap[1].value, 8 * 0.4 / 4, 1e-14, 0);
    ful_near(grip_on(&shock.cap[0], P), 0.6, 1e-14, 0);
    ful_near(grip_on(&shock.cap[1], P), 0.4, 1e-14, 0);
    ful_measures_work_free(w);
    ful_measures_model_free(m);
}

/* On the same days the tighter one goes first, and the other has what it covers beyond. */
static void the_tighter_cap_goes_first(void **state)
{
    (void)state;
    fixture f;
    double e[N * 2];
    ful_setting s;
    cap_init(&f, e, &s);
    e[P * 2] = 1;
    f.law[1] = f.law[0];
    f.law[1].id = "tight";
    f.law[1].coverage = 0.2;
    f.law[1].cap_value = 0.5; /* of 8 */
    f.data.measures = 2;
    ful_measures_model *m = model_of(&f);
    ful_measures_work *w = work_of(m);
    const ful_economy_shock shock = shock_of(m, w, &s);
    const ful_measures_cap *about;
    assert_int_equal(ful_measures_caps(&about, w), 2);
    assert_int_equal(about[0].measure, 1);
    assert_int_equal(about[1].measure, 0);
    ful_near(grip_on(&shock.cap[0], P), 0.2, 1e-14, 0);
    ful_near(grip_on(&shock.cap[1], P), 0.6, 1e-14, 0);
    ful_near(shock.cap[0].value, 0.5 * 2 / 8, 1e-14, 0);
    ful_near(shock.cap[1].value, 5.0 * 6 / 32, 1e-14, 0);
    ful_measures_work_free(w);
    ful_measures_model_free(m);
}

static void caps_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    fixture f;
    double e[N * 2];
    ful_setting s;
    ful_measures_model *m;
    ful_error err;
    cap_init(&f, e, &s);
    f.law[0].cap_quantity = -1;
    ful_status_is(ful_measures_model_new(&m, &f.data, NULL, &err), FUL_ERR_DATA, NULL);
    ful_says(err, "ban");
    cap_init(&f, e, &s);
    f.law[0].seller = all;
    f.law[0].sector = oil; /* in groups of both sides */
    ful_status_is(ful_measures_model_new(&m, &f.data, NULL, &err), FUL_ERR_DATA, NULL);
    ful_says(err, "make it two");
    cap_init(&f, e, &s);
    ful_measure many[FUL_ECONOMY_MAX_CAPS + 1];
    for (int k = 0; k <= FUL_ECONOMY_MAX_CAPS; k++)
        many[k] = f.law[0];
    f.data.measure = many;
    f.data.measures = FUL_ECONOMY_MAX_CAPS;
    ful_status_is(ful_measures_model_new(&m, &f.data, NULL, &err), FUL_OK, &err);
    ful_measures_model_free(m);
    f.data.measures++;
    ful_status_is(ful_measures_model_new(&m, &f.data, NULL, &err), FUL_ERR_DATA, NULL);
    ful_says(err, "65 caps");
}

static void construction_survives_the_loss_of_any_allocation(void **state)
{
    (void)state;
    fixture f;
    double e[N * 2];
    ful_setting s;
    cap_init(&f, e, &s);
    ful_measures_model *m = model_of(&f);
    for (long n = 0;; n++) {
        ful_test_memory memory;
        ful_measures_work *w;
        ful_error err;
        ful_test_memory_init(&memory, n);
        const ful_status status = ful_measures_work_new(&w, m, &memory.allocator, &err);
        ful_measures_work_free(w);
        assert_int_equal(memory.live, 0);
        if (status == FUL_OK)
            break;
        assert_int_equal(status, FUL_ERR_MEMORY);
        assert_true(n < 100);
    }
    ful_measures_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cap_that_nobody_enforces_grips_nothing),
        cmocka_unit_test(a_cap_grips_what_a_ban_would_stop),
        cmocka_unit_test(a_cap_kept_by_all_is_the_law_itself),
        cmocka_unit_test(bans_go_first),
        cmocka_unit_test(a_cap_of_nothing_is_a_ban),
        cmocka_unit_test(a_cap_counts_its_days),
        cmocka_unit_test(the_tighter_cap_goes_first),
        cmocka_unit_test(caps_that_make_no_sense_are_refused),
        cmocka_unit_test(construction_survives_the_loss_of_any_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
