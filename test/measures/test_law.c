/* SPDX-License-Identifier: MIT */
/* The law against hand computations: bans, tariffs, dates, the base year, counter-sanctions. */
#include "fixture.h"

static void nobody_enforcing_leaves_the_baseline_exactly(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    ful_measures_model *m = model_of(&f);
    const double e[N * 2] = {0};
    const ful_setting s = on(day(2018, 1, 1), e);
    double open[J * N * N];
    openness(m, &s, COAL, open);
    for (int a = 0; a < J * N * N; a++)
        assert_true(open[a] == 1);
    ful_measures_model_free(m);
}

static void a_ban_stops_coverage_times_enforcement(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    ful_measures_model *m = model_of(&f);
    double e[N * 2] = {0}, open[J * N * N];
    e[P * 2] = 0.5;
    const ful_setting s = on(day(2018, 1, 1), e);
    ful_near(openness(m, &s, COAL, open), 1 - 0.8 * 0.5, 1e-15, 0);
    /* and nothing else: not oil, not imports, not trade of others */
    double sum = 0;
    for (int a = 0; a < J * N * N; a++)
        sum += 1 - open[a];
    ful_near(sum, 0.4, 1e-14, 0);
    /* the target does not enforce sanctions against itself */
    e[T * 2] = 0.2;
    ful_near(openness(m, &s, COAL, NULL), 1 - 0.8 * 0.5, 1e-15, 0);
    ful_measures_model_free(m);
}

static void dates_and_lags_count_days(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.law[0].end = day(2017, 9, 1);
    ful_measures_model *m = model_of(&f);
    double e[N * 2] = {0};
    e[P * 2] = 1;
    const int before[] = {day(2017, 3, 14), day(2017, 9, 1)},
              within[] = {day(2017, 3, 15), day(2017, 8, 31)};
    for (int k = 0; k < 2; k++) {
        const ful_setting out = on(before[k], e), in = on(within[k], e);
        assert_true(openness(m, &out, COAL, NULL) == 1);
        ful_near(openness(m, &in, COAL, NULL), 0.2, 1e-14, 0);
    }
    ful_measures_model_free(m);
}

/* A year is the mean of its days, whatever begins and ends in it. */
static void a_year_is_the_mean_of_its_days(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.law[0].end = day(2017, 9, 1);
    f.law[1] = f.law[0];
    f.law[1].id = "other";
    f.law[1].coverage = 0.3;
    f.law[1].start = day(2017, 1, 20);
    f.law[1].end = day(2017, 11, 3);
    f.data.measures = 2;
    f.hub[0] = hub_of(H, 0.4, 1.2);
    f.data.hubs = 1;
    ful_measures_model *m = model_of(&f);
    double e[N * 2] = {0}, sum = 0;
    e[P * 2] = 0.9;
    e[H * 2] = 0.3;
    for (int d = day(2017, 1, 1); d < day(2018, 1, 1); d++) {
        const ful_setting s = on(d, e);
        sum += openness(m, &s, COAL, NULL);
    }
    const ful_setting year = {.from = day(2017, 1, 1), .to = day(2018, 1, 1), .enforcement = e};
    ful_near(openness(m, &year, COAL, NULL), sum / 365, 1e-12, 0);
    ful_measures_model_free(m);
}

static void the_report_accounts_for_every_part(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.hub[0] = hub_of(H, 0.5, 1.25);
    f.data.hubs = 1;
    ful_measures_model *m = model_of(&f);
    double e[N * 2] = {0};
    e[P * 2] = 0.7;
    const ful_setting s = on(day(2018, 1, 1), e);
    ful_measure_effect effect[4];
    ful_error err;
    int count;
    ful_status_is(ful_measures_report(effect, 4, &count, m, &s, &err), FUL_OK, &err);
    assert_int_equal(count, 4); /* coal to everybody */
    for (int k = 0; k < count; k++) {
        ful_near(effect[k].stopped + effect[k].gripped + effect[k].moved + effect[k].evaded,
                 effect[k].coverage, 1e-14, 0);
        assert_true(effect[k].gripped == 0 && effect[k].deterred == 0 && effect[k].onward == 0);
        ful_near(effect[k].excess, 0.8, 1e-15, 0);
        if (effect[k].buyer != P)
            continue;
        ful_near(1 - effect[k].stopped, openness(m, &s, COAL, NULL), 1e-14, 0);
        assert_int_equal(effect[k].main_hub, H);
        ful_near(effect[k].main_hub_share, 1, 1e-15, 0);
    }
    ful_measures_model_free(m);
}

static void openness_is_relative_to_the_base_year(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.law[0].start = day(2010, 1, 1); /* in force all through the base year */
    f.base[P * 2] = 0.5;
    ful_measures_model *m = model_of(&f);
    double e[N * 2] = {0};
    const ful_setting s = on(day(2018, 1, 1), e);
    e[P * 2] = 0.5;
    ful_near(openness(m, &s, COAL, NULL), 1, 1e-14, 0);
    e[P * 2] = 1;
    ful_near(openness(m, &s, COAL, NULL), 0.2 / 0.6, 1e-14, 0);
    /* full relief takes the base year's own ban away as well */
    ful_setting relieved = s;
    relieved.relief = 1;
    ful_near(openness(m, &relieved, COAL, NULL), 1 / 0.6, 1e-14, 0);
    ful_measures_model_free(m);
}

static void tariffs_add_to_the_base_rates(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.law[0] = (ful_measure){.id = "duty",
                             .kind = FUL_MEASURE_TARIFF,
                             .imposer = P,
                             .seller = all,
                             .buyer = (const unsigned char[]){0, 1, 0, 0, 0},
                             .sector = oil,
                             .coverage = 0.5,
                             .rate = 0.3,
                             .start = day(2017, 1, 1),
                             .end = INT_MAX};
    f.tariff[at(OIL, P, H)] = 0.1;
    f.data.tariff = f.tariff;
    ful_measures_model *m = model_of(&f);
    const double e[N * 2] = {0};
    ful_measures_work *w = work_of(m);
    const ful_setting s = on(day(2018, 1, 1), e), early = on(day(2016, 6, 1), e);
    const double *tariff = shock_of(m, w, &s).tariff;
    ful_near(tariff[at(OIL, P, H)], 0.1 + 0.15, 1e-15, 0);
    assert_true(tariff[at(OIL, P, P)] == 0 && tariff[at(COAL, P, H)] == 0);
    tariff = shock_of(m, w, &early).tariff;
    assert_true(tariff[at(OIL, P, H)] == 0.1);
    ful_measures_work_free(w);
    ful_measures_model_free(m);
    /* one that was in force in the base year is part of its rates already */
    f.law[0].start = day(2015, 1, 1);
    m = model_of(&f);
    w = work_of(m);
    ful_near(shock_of(m, w, &s).tariff[at(OIL, P, H)], 0.1, 1e-15, 0);
    ful_measures_work_free(w);
    ful_measures_model_free(m);
}

/* The target stops buying oil: its own ban, enforced by itself, beside one of the partner. */
static void the_target_enforces_its_own_measures_alone(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.law[0].sector = oil; /* the UN's ban on what is sold to the target binds the sellers */
    f.law[0].seller = all;
    f.law[0].buyer = target;
    f.law[0].coverage = 0.3;
    f.law[1] = f.law[0];
    f.law[1].id = "counter";
    f.law[1].imposer = T;
    f.law[1].binds_all = 0;
    f.law[1].coverage = 0.8;
    f.data.measures = 2;
    ful_measures_model *m = model_of(&f);
    double e[N * 2] = {0}, open[J * N * N];
    e[T * 2 + 1] = 0.5;
    ful_setting s = on(day(2018, 1, 1), e);
    openness(m, &s, OIL, open);
    ful_near(open[at(OIL, T, P)], 1 - 0.8 * 0.5, 1e-15, 0);
    ful_near(open[at(OIL, T, H)], 1 - 0.8 * 0.5, 1e-15, 0);
    /* with the partner: .3 passes neither freely, .5 the target alone */
    e[P * 2 + 1] = 0.4;
    openness(m, &s, OIL, open);
    ful_near(open[at(OIL, T, P)], 1 - 0.3 * (1 - 0.5 * 0.6) - 0.5 * 0.5, 1e-15, 0);
    ful_near(open[at(OIL, T, H)], 1 - 0.8 * 0.5, 1e-15, 0);
    /* what the partner does not apply, the target still does */
    const unsigned char nobody[N] = {0};
    s.applies = nobody;
    openness(m, &s, OIL, open);
    ful_near(open[at(OIL, T, P)], 1 - 0.8 * 0.5, 1e-15, 0);
    /* set aside, nothing of it remains; and in force in the base year it is in the flow */
    const unsigned char without[] = {1, 0};
    s.in_force = without;
    openness(m, &s, OIL, open);
    assert_true(open[at(OIL, T, P)] == 1);
    ful_measures_model_free(m);
    f.law[1].start = day(2010, 1, 1);
    f.base[T * 2 + 1] = 0.5;
    m = model_of(&f);
    s.in_force = NULL;
    openness(m, &s, OIL, open);
    assert_true(open[at(OIL, T, P)] == 1);
    ful_measures_model_free(m);
}

/* m stays between 1 - coverage and 1 and falls as enforcement rises, for random hubs and levels. */
static void openness_is_bounded_and_falls_with_enforcement(void **state)
{
    (void)state;
    for (uint32_t k = 0; k < 200; k++) {
        fixture f;
        fixture_init(&f);
        f.law[0].coverage = ful_uniform(5, 0, k);
        f.hub[0] = hub_of(H, 2 * ful_uniform(5, 1, k), 1 + ful_uniform(5, 2, k));
        f.data.hubs = 1;
        ful_measures_model *m = model_of(&f);
        double e[N * 2] = {0}, last = 1;
        e[H * 2] = ful_uniform(5, 3, k);
        const ful_setting s = on(day(2018, 1, 1), e);
        for (int step = 0; step <= 4; step++) {
            e[P * 2] = step / 4.0;
            const double open = openness(m, &s, COAL, NULL);
            assert_true(open <= last + 1e-15);
            assert_true(open >= 1 - f.law[0].coverage - 1e-15);
            last = open;
        }
        ful_measures_model_free(m);
    }
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    fixture f;
    ful_measures_model *m;
    ful_error err;
    fixture_init(&f);
    f.law[0].coverage = 1.5;
    ful_status_is(ful_measures_model_new(&m, &f.data, NULL, &err), FUL_ERR_DATA, NULL);
    ful_says(err, "ban");
    fixture_init(&f);
    f.law[0].seller = all;
    f.law[0].buyer = target; /* imports of coal are in no group */
    ful_status_is(ful_measures_model_new(&m, &f.data, NULL, &err), FUL_ERR_DATA, NULL);
    ful_says(err, "coal");
    assert_null(m);
    fixture_init(&f);
    f.hub[0] = hub_of(H, 0.5, 0.9);
    f.data.hubs = 1;
    ful_status_is(ful_measures_model_new(&m, &f.data, NULL, &err), FUL_ERR_DATA, NULL);
    ful_says(err, "HUB");
    fixture_init(&f);
    m = model_of(&f);
    const double e[N * 2] = {0, 0, 1.2};
    ful_measures_work *w = work_of(m);
    ful_economy_shock shock;
    const ful_setting s = on(day(2018, 1, 1), e), none = {.from = 5, .to = 5, .enforcement = e};
    ful_status_is(ful_measures_apply(&shock, m, w, &s, &err), FUL_ERR_ARGUMENT, NULL);
    ful_says(err, "PAR");
    ful_status_is(ful_measures_apply(&shock, m, w, &none, &err), FUL_ERR_ARGUMENT, NULL);
    const double zero[N * 2] = {0};
    ful_setting back = on(day(2018, 1, 1), zero);
    back.adaptation = -1;
    ful_status_is(ful_measures_apply(&shock, m, w, &back, &err), FUL_ERR_ARGUMENT, NULL);
    ful_says(err, "adaptation");
    ful_measures_work_free(w);
    ful_measures_model_free(m);
}

static void construction_survives_the_loss_of_any_allocation(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    for (long n = 0;; n++) {
        ful_test_memory memory;
        ful_measures_model *m;
        ful_error err;
        ful_test_memory_init(&memory, n);
        const ful_status status = ful_measures_model_new(&m, &f.data, &memory.allocator, &err);
        ful_measures_model_free(m);
        assert_int_equal(memory.live, 0);
        if (status == FUL_OK)
            break;
        assert_int_equal(status, FUL_ERR_MEMORY);
        assert_true(n < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_enforcing_leaves_the_baseline_exactly),
        cmocka_unit_test(a_ban_stops_coverage_times_enforcement),
        cmocka_unit_test(dates_and_lags_count_days),
        cmocka_unit_test(a_year_is_the_mean_of_its_days),
        cmocka_unit_test(the_report_accounts_for_every_part),
        cmocka_unit_test(openness_is_relative_to_the_base_year),
        cmocka_unit_test(the_target_enforces_its_own_measures_alone),
        cmocka_unit_test(tariffs_add_to_the_base_rates),
        cmocka_unit_test(openness_is_bounded_and_falls_with_enforcement),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(construction_survives_the_loss_of_any_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
