/* SPDX-License-Identifier: MIT */
/* Detours: one stop by hand, several stops against walks counted one by one, secondary sanctions,
 * adaptation. */
#include "fixture.h"

static void detours_weaken_a_ban_until_the_hub_enforces(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.hub[0] = hub_of(H, 0.5, 1.25);
    f.data.hubs = 1;
    ful_measures_model *m = model_of(&f);
    double e[N * 2] = {0};
    e[P * 2] = 1;
    ful_setting s = on(day(2018, 1, 1), e);
    const double worth = 0.5 * pow(1.25, -4), v = worth / (1 + worth);
    ful_near(openness(m, &s, COAL, NULL), 1 - 0.8 * (1 - v), 1e-14, 0);
    e[H * 2] = 1;
    ful_near(openness(m, &s, COAL, NULL), 0.2, 1e-14, 0);
    /* a hub that does not apply the regime is open, whatever it enforced in the base year */
    ful_measures_model_free(m);
    f.base[H * 2] = 0.7;
    m = model_of(&f);
    const unsigned char applies[] = {1, 1, 0, 1, 1};
    s.applies = applies;
    ful_near(openness(m, &s, COAL, NULL), 1 - 0.8 * (1 - v), 1e-14, 0);
    /* and a partner that does not apply it keeps its baseline */
    const unsigned char nobody[] = {1, 0, 0, 0, 0};
    s.applies = nobody;
    assert_true(openness(m, &s, COAL, NULL) == 1);
    ful_measures_model_free(m);
}

/* What detours to the partner are worth, read off the openness that a full ban leaves. */
static double worth_of(const fixture *f, const ful_setting *s)
{
    ful_measures_model *m = model_of(f);
    const double open = openness(m, s, COAL, NULL), stopped = (1 - open) / f->law[0].coverage;
    ful_measures_model_free(m);
    return 1 / stopped - 1;
}

static void fully_enforced(fixture *f, double *e, ful_setting *s)
{
    fixture_init(f);
    memset(e, 0, sizeof(double) * N * 2);
    e[P * 2] = 1;
    *s = on(day(2018, 1, 1), e);
}

/* Walks from hub to another hub, summed stop by stop. */
static double walks(const double *w, int hubs, double onward)
{
    double arriving[3], sum = 0;
    memcpy(arriving, w, sizeof(double) * (size_t)hubs);
    for (int stop = 0; stop < 2000; stop++) {
        double next[3] = {0};
        for (int h = 0; h < hubs; h++) {
            sum += arriving[h];
            for (int k = 0; k < hubs; k++)
                next[k] += h == k ? 0 : arriving[h] * onward * w[k];
        }
        memcpy(arriving, next, sizeof next);
    }
    return sum;
}

static void hubs_pass_on_through_hubs(void **state)
{
    (void)state;
    fixture f;
    double e[N * 2];
    ful_setting s;
    fully_enforced(&f, e, &s);
    e[K * 2] = 0.25;
    const double share[3] = {0.5, 0.3, 0.2}, cost[3] = {1.25, 1.1, 1.3}, open[3] = {1, 0.75, 1};
    double w[3], direct = 0;
    for (int h = 0; h < 3; h++) {
        f.hub[h] = hub_of(H + h, share[h], cost[h]);
        w[h] = share[h] * open[h] * pow(cost[h], -4);
        direct += w[h];
    }
    f.data.hubs = 3;
    ful_near(worth_of(&f, &s), direct, 1e-13, 0);
    f.data.onward = 0.7;
    ful_near(worth_of(&f, &s), walks(w, 3, 0.7), 1e-12, 0);
    assert_true(worth_of(&f, &s) > direct);
    /* two stops at most, to second order in what moves on */
    f.data.onward = 1e-4;
    double second = 0;
    for (int h = 0; h < 3; h++)
        for (int k = 0; k < 3; k++)
            second += h == k ? 0 : 1e-4 * w[h] * w[k];
    ful_near(worth_of(&f, &s), direct + second, 1e-8, 0);
    /* one hub has nobody to pass on to */
    f.data.hubs = 1;
    f.data.onward = 0.7;
    ful_near(worth_of(&f, &s), w[0], 1e-13, 0);
}

/* More that moves on never makes a ban tighter, and one-stop routes are its limit. */
static void onward_routes_only_add(void **state)
{
    (void)state;
    for (uint32_t k = 0; k < 100; k++) {
        fixture f;
        double e[N * 2], last = 0;
        ful_setting s;
        fully_enforced(&f, e, &s);
        for (int h = 0; h < 3; h++)
            f.hub[h] = hub_of(H + h, 0.6 * ful_uniform(6, (uint32_t)h, k),
                              1 + ful_uniform(6, (uint32_t)h + 3, k));
        f.data.hubs = 3;
        for (int step = 0; step <= 4; step++) {
            f.data.onward = step * 0.2;
            const double worth = worth_of(&f, &s);
            assert_true(worth >= last - 1e-13);
            last = worth;
        }
    }
}

static void a_series_without_a_sum_is_refused(void **state)
{
    (void)state;
    fixture f;
    ful_measures_model *m;
    ful_error err;
    fixture_init(&f);
    /* two hubs: what goes to and fro shrinks by onward^2 a b, here just below and just above one */
    f.hub[0] = hub_of(H, 2, 1.5);
    f.hub[1] = hub_of(K, 0.5, 1.5);
    f.data.hubs = 2;
    f.data.onward = 0.999;
    ful_status_is(ful_measures_model_new(&m, &f.data, NULL, &err), FUL_OK, &err);
    ful_measures_model_free(m);
    f.data.onward = 1.001;
    ful_status_is(ful_measures_model_new(&m, &f.data, NULL, &err), FUL_ERR_DATA, NULL);
    ful_says(err, "HUB");
    ful_says(err, "below 1");
    f.data.onward = -1;
    ful_status_is(ful_measures_model_new(&m, &f.data, NULL, &err), FUL_ERR_DATA, NULL);
}

static ful_measure secondary(double bite, const unsigned char *hubs)
{
    return (ful_measure){.id = "secondary",
                         .kind = FUL_MEASURE_SECONDARY,
                         .imposer = P,
                         .seller = target,
                         .buyer = hubs,
                         .sector = coal,
                         .coverage = bite,
                         .start = day(2017, 6, 1),
                         .end = INT_MAX};
}

static void secondary_sanctions_close_hubs(void **state)
{
    (void)state;
    static const unsigned char first[] = {0, 0, 1, 0, 0};
    fixture f, without;
    double e[N * 2];
    ful_setting s;
    fully_enforced(&f, e, &s);
    f.hub[0] = hub_of(H, 0.5, 1.25);
    f.hub[1] = hub_of(K, 0.3, 1.25);
    f.data.hubs = 2;
    f.data.onward = 0.4;
    without = f;
    without.data.measure = without.law;
    without.data.group = without.group;
    without.data.hub = &without.hub[1];
    without.data.hubs = 1;
    f.data.measures = 2;
    /* a bite of one is the hub absent, one of zero nothing */
    f.law[1] = secondary(1, first);
    ful_near(worth_of(&f, &s), worth_of(&without, &s), 1e-13, 0);
    without.data.hub = without.hub;
    without.data.hubs = 2;
    f.law[1] = secondary(0, first);
    ful_near(worth_of(&f, &s), worth_of(&without, &s), 1e-13, 0);
    /* in between it takes its share of the hub's worth */
    f.law[1] = secondary(0.4, first);
    f.data.onward = 0;
    const double a = 0.5 * pow(1.25, -4), b = 0.3 * pow(1.25, -4);
    ful_near(worth_of(&f, &s), 0.6 * a + b, 1e-13, 0);
    /* before its date, in other goods, of its imposer, where the imposer does not apply it: nothing
     */
    const ful_setting early = on(day(2017, 5, 31), e);
    ful_near(worth_of(&f, &early), a + b, 1e-13, 0);
    f.law[1].sector = oil;
    ful_near(worth_of(&f, &s), a + b, 1e-13, 0);
    f.law[1].sector = coal;
    f.law[1].imposer = H;
    ful_near(worth_of(&f, &s), a + b, 1e-13, 0);
    f.law[1].imposer = L;
    const unsigned char all_but[] = {1, 1, 1, 1, 0};
    s.applies = all_but;
    ful_near(worth_of(&f, &s), a + b, 1e-13, 0);
    /* the report says what it keeps from moving, and from where the rest moves on */
    s.applies = NULL;
    f.data.onward = 0.5;
    ful_measures_model *m = model_of(&f);
    ful_measure_effect effect[8];
    ful_error err;
    int count, seen = 0;
    ful_status_is(ful_measures_report(effect, 8, &count, m, &s, &err), FUL_OK, &err);
    for (int k = 0; k < count; k++) {
        if (effect[k].buyer != P)
            continue;
        const double w[] = {0.6 * a, b}, free[] = {a, b};
        const double now = walks(w, 2, 0.5), before = walks(free, 2, 0.5);
        ful_near(effect[k].deterred, 0.8 * (1 / (1 + now) - 1 / (1 + before)), 0, 1e-14);
        ful_near(effect[k].onward, 1 - (w[0] + w[1]) / now, 0, 1e-13);
        ful_near(effect[k].main_hub_share, w[0] * (1 + 0.5 * now) / (1 + 0.5 * w[0]) / now, 1e-13,
                 0);
        assert_int_equal(effect[k].main_hub, H);
        assert_int_equal(effect[k].onward_hub, K);
        seen = 1;
    }
    assert_true(seen);
    ful_measures_model_free(m);
}

/* r(t) = 1 + (r0 - 1) exp(-t/T), t from the day on which a measure began to bind the flow. */
static void hubs_adapt_in_time(void **state)
{
    (void)state;
    fixture f;
    double e[N * 2];
    ful_setting s;
    fully_enforced(&f, e, &s);
    f.hub[0] = hub_of(H, 0.5, 1.25);
    f.hub[0].adaptation_years = 2;
    f.data.hubs = 1;
    s = on(day(2017, 3, 15), e); /* the first day of the ban */
    ful_near(worth_of(&f, &s), 0.5 * pow(1.25, -4), 1e-13, 0);
    s.adaptation = 2 * log(2);
    ful_near(worth_of(&f, &s), 0.5 * pow(1.125, -4), 1e-13, 0);
    s.adaptation = 1e4;
    ful_near(worth_of(&f, &s), 0.5, 1e-13, 0);
    s = on(day(2017, 3, 15) + 1461, e); /* four years */
    ful_near(worth_of(&f, &s), 0.5 * pow(1 + 0.25 * exp(-2), -4), 1e-13, 0);
    /* a ban that takes over from a cap finds the hubs as they are; a tenth of it does not count */
    f.law[1] = f.law[0];
    f.law[1].id = "earlier";
    f.law[1].kind = FUL_MEASURE_CAP;
    f.law[1].cap_value = 1;
    f.law[1].cap_quantity = INFINITY;
    f.law[1].start = day(2017, 3, 15) - 731 - 5;
    f.law[1].end = day(2017, 3, 15);
    f.law[1].coverage = 0.4;
    f.data.measures = 2;
    s = on(day(2017, 3, 15), e);
    ful_near(worth_of(&f, &s), 0.5 * pow(1 + 0.25 * exp(-731 / 365.25 / 2), -4), 1e-13, 0);
    f.law[1].coverage = 0.08;
    ful_near(worth_of(&f, &s), 0.5 * pow(1.25, -4), 1e-13, 0);
}

/* Costs fall within a year: the mean over its days. Within a stretch of a quarter of a year the
 * costs are those of its middle, which leaves L^2/24 of the second derivative: 0.0026 times about
 * (theta (r - 1) / (r T))^2 coverage v (1 - v) = 0.02. */
static void a_year_of_adaptation_is_the_mean_of_its_days(void **state)
{
    (void)state;
    fixture f;
    double e[N * 2], sum = 0;
    ful_setting s;
    fully_enforced(&f, e, &s);
    f.hub[0] = hub_of(H, 0.5, 1.25);
    f.hub[0].adaptation_years = 2;
    f.data.hubs = 1;
    ful_measures_model *m = model_of(&f);
    for (int d = day(2017, 1, 1); d < day(2018, 1, 1); d++) {
        s = on(d, e);
        sum += openness(m, &s, COAL, NULL);
    }
    s = (ful_setting){.from = day(2017, 1, 1), .to = day(2018, 1, 1), .enforcement = e};
    ful_near(openness(m, &s, COAL, NULL), sum / 365, 0, 5e-5);
    ful_measures_model_free(m);
}

/* A workspace that has seen other settings gives what a new one does, to the bit. */
static void an_earlier_setting_leaves_no_trace(void **state)
{
    (void)state;
    fixture f;
    double e[N * 2];
    ful_setting s;
    fully_enforced(&f, e, &s);
    for (int h = 0; h < 3; h++) {
        f.hub[h] = hub_of(H + h, 0.2, 1.2);
        f.hub[h].adaptation_years = h;
    }
    f.data.hubs = 3;
    f.law[1] = (ful_measure){.id = "duty",
                             .kind = FUL_MEASURE_TARIFF,
                             .imposer = P,
                             .seller = all,
                             .buyer = all,
                             .sector = both,
                             .coverage = 1,
                             .rate = 0.3,
                             .start = day(2018, 6, 1),
                             .end = INT_MAX};
    f.data.measures = 2;
    ful_measures_model *m = model_of(&f);
    ful_measures_work *used = work_of(m);
    for (int k = 0; k < 12; k++) {
        s.from = day(2016 + k % 4, 5, 1);
        s.to = s.from + (k % 3 ? 1 : 200);
        s.adaptation = k % 5;
        e[H * 2] = (k % 2) * 0.5;
        e[K * 2] = (k % 3) * 0.3;
        ful_measures_work *fresh = work_of(m);
        const ful_economy_shock a = shock_of(m, fresh, &s), b = shock_of(m, used, &s);
        assert_memory_equal(a.openness, b.openness, sizeof(double) * J * N * N);
        assert_memory_equal(a.tariff, b.tariff, sizeof(double) * J * N * N);
        ful_measures_work_free(fresh);
    }
    ful_measures_work_free(used);
    ful_measures_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(detours_weaken_a_ban_until_the_hub_enforces),
        cmocka_unit_test(hubs_pass_on_through_hubs),
        cmocka_unit_test(onward_routes_only_add),
        cmocka_unit_test(a_series_without_a_sum_is_refused),
        cmocka_unit_test(secondary_sanctions_close_hubs),
        cmocka_unit_test(hubs_adapt_in_time),
        cmocka_unit_test(a_year_of_adaptation_is_the_mean_of_its_days),
        cmocka_unit_test(an_earlier_setting_leaves_no_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
