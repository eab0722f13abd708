/* SPDX-License-Identifier: MIT */
/* Hubs with a capacity: what the economy is told of detours, the base year, hubs at given costs. */
#include "fixture.h"

#define RHO 0.5

/* A ban of coal that the partner enforces in full in 2018, and hubs H and K in its way. */
typedef struct limits {
    fixture f;
    double e[N * 2];
    ful_setting s;
} limits;

static void limits_init(limits *x)
{
    fixture_init(&x->f);
    memset(x->e, 0, sizeof x->e);
    x->e[P * 2] = 1;
    x->s = on(day(2018, 1, 1), x->e);
    x->f.hub[0] = hub_of(H, 0.5, 1.25);
    x->f.hub[1] = hub_of(K, 0.3, 1.1);
    x->f.hub[0].capacity = 5;
    x->f.data.hubs = 2;
    x->f.data.congestion = RHO;
}

static double power(double cost)
{
    return pow(cost, -4);
}

/* What the detour of coal to the partner says, by hand: of what the ban leaves, what moves. */
static void a_detour_says_what_moves(void **state)
{
    (void)state;
    limits x;
    limits_init(&x);
    x.f.data.onward = 0.4;
    ful_measures_model *m = model_of(&x.f);
    ful_measures_work *w = work_of(m);
    const ful_economy_shock shock = shock_of(m, w, &x.s);
    const int *hub;
    assert_int_equal(ful_measures_hubs(&hub, m), 1);
    assert_int_equal(hub[0], 0);
    assert_int_equal(shock.hubs, 1);
    assert_string_equal(shock.hub[0].name, "HUB");
    assert_true(shock.hub[0].capacity == 5 && shock.hub[0].use == 0);
    assert_true(shock.congestion == RHO && shock.onward == 0.4);
    assert_int_equal(shock.detours, 1);
    const ful_economy_detour *d = shock.detour;
    const double a = 0.5 * power(1.25), b = 0.3 * power(1.1), t = a / (1 + 0.4 * a);
    const double through = t + b / (1 + 0.4 * b), worth = through / (1 - 0.4 * through);
    const double moved = 0.8 * worth / (1 + worth), open = 0.2 + moved;
    assert_true(d->entry == at(COAL, P, T) && d->hubs == 1 && d->hub[0] == 0);
    ful_near(shock.openness[d->entry], open, 1e-14, 0);
    ful_near(d->share, moved / open, 1e-14, 0);
    ful_near(d->other, b / (1 + 0.4 * b), 1e-14, 0);
    ful_near(d->worth[0], a, 1e-13, 0);
    assert_true(d->gripped == 0);
    ful_measures_work_free(w);
    ful_measures_model_free(m);
}

/* Without a capacity, or without congestion, there is nothing to tell and not a bit differs. */
static void no_capacity_is_nothing(void **state)
{
    (void)state;
    double open[2][J * N * N];
    for (int k = 0; k < 2; k++) {
        limits x, with;
        limits_init(&x);
        limits_init(&with);
        x.f.hub[0].capacity = k ? 5 : 0;
        x.f.data.congestion = k ? 0 : RHO;
        ful_measures_model *m = model_of(&x.f), *limited = model_of(&with.f);
        openness(m, &x.s, COAL, open[0]);
        openness(limited, &with.s, COAL, open[1]);
        assert_memory_equal(open[0], open[1], sizeof open[0]);
        ful_measures_model_free(limited);
        ful_measures_work *w = work_of(m);
        const ful_economy_shock shock = shock_of(m, w, &x.s);
        assert_true(shock.hubs == 0 && shock.detours == 0);
        ful_measures_work_free(w);
        ful_measures_model_free(m);
    }
}

/*
 * A base year with the ban in force. What passed is the value of the observed flow that went round,
 * at the cost that it implies; the year's own regime leaves openness at one, and so do hubs as full
 * as it left them.
 */
static void the_base_year_filled_its_hubs(void **state)
{
    (void)state;
    limits x;
    limits_init(&x);
    x.f.law[0].start = day(2015, 1, 1);
    x.f.base[P * 2] = 0.9;
    x.e[P * 2] = 0.9;
    x.f.hub[0].capacity = 0.3;
    x.s.from = day(2016, 1, 1);
    x.s.to = day(2017, 1, 1);
    ful_measures_model *m = model_of(&x.f);
    ful_measures_work *w = work_of(m);
    const ful_economy_shock shock = shock_of(m, w, &x.s);
    const double V = shock.hub[0].use;
    const double a = 0.5 * power(1.25 * pow(1 + V / 0.3, RHO)), b = 0.3 * power(1.1);
    const double moved = 0.8 * 0.9 * (a + b) / (1 + a + b), open = 1 - 0.8 * 0.9 + moved;
    assert_true(V > 0.1);
    ful_near(V, 10 * moved / open * a / (a + b), 1e-12, 0);
    assert_int_equal(shock.detours, 1);
    ful_near(shock.detour[0].share, moved / open, 1e-12, 0);
    ful_near(shock.detour[0].worth[0], a, 1e-12, 0);
    for (size_t k = 0; k < J * N * N; k++)
        ful_near(shock.openness[k], 1, 1e-15, 0);
    /* whoever does not apply the regime keeps it all, and what went round still does */
    static const unsigned char nobody[] = {1, 0, 0, 0, 0};
    x.s.from = day(2018, 1, 1);
    x.s.to = day(2018, 1, 2);
    x.e[P * 2] = 1;
    x.s.applies = nobody;
    const ful_economy_shock kept = shock_of(m, w, &x.s);
    assert_true(kept.openness[at(COAL, P, T)] == 1);
    assert_int_equal(kept.detours, 1);
    ful_near(kept.detour[0].share, moved / open, 1e-12, 0);
    ful_measures_work_free(w);
    ful_measures_model_free(m);
}

/* At given costs hubs are no longer the economy's business: openness is that of a hub whose cost
 * ratio is so much higher. The report reads the same. */
static void given_costs_are_cost_ratios(void **state)
{
    (void)state;
    limits x;
    limits_init(&x);
    x.f.data.onward = 0.4;
    const double cost[] = {1.6, 1};
    double dear[J * N * N], other[J * N * N];
    ful_measure_effect effect[8];
    ful_error err;
    int count;
    ful_measures_model *m = model_of(&x.f);
    x.s.hub_cost = cost;
    openness(m, &x.s, COAL, dear);
    ful_measures_work *w = work_of(m);
    assert_int_equal(shock_of(m, w, &x.s).hubs, 0);
    ful_measures_work_free(w);
    ful_status_is(ful_measures_report(effect, 8, &count, m, &x.s, &err), FUL_OK, &err);
    ful_near(effect[0].stopped, 1 - dear[at(COAL, P, T)], 1e-14, 0);
    ful_near(effect[0].coverage, effect[0].stopped + effect[0].moved + effect[0].evaded, 1e-14, 0);
    ful_measures_model_free(m);
    x.s.hub_cost = NULL;
    x.f.hub[0].cost *= 1.6;
    x.f.hub[0].capacity = 0;
    m = model_of(&x.f);
    openness(m, &x.s, COAL, other);
    for (size_t k = 0; k < J * N * N; k++)
        ful_near(dear[k], other[k], 1e-14, 0);
    ful_measures_model_free(m);
}

/* What goes round a cap falls back on it: grips and what would be gripped are what is enforced. */
static void a_cap_waits_for_what_goes_round(void **state)
{
    (void)state;
    limits x;
    limits_init(&x);
    x.f.law[1] = x.f.law[0];
    x.f.law[1].id = "cap";
    x.f.law[1].kind = FUL_MEASURE_CAP;
    x.f.law[1].cap_value = 1;
    x.f.law[1].cap_quantity = INFINITY;
    x.f.law[0].coverage = 0.3;
    x.f.data.measures = 2;
    ful_measures_model *m = model_of(&x.f);
    ful_measures_work *w = work_of(m);
    const ful_economy_shock shock = shock_of(m, w, &x.s);
    const double worth = 0.5 * power(1.25) + 0.3 * power(1.1), v = worth / (1 + worth);
    const double open = 1 - 0.3 * (1 - v);
    assert_true(shock.caps == 1 && shock.cap[0].entries >= 1 && shock.detours == 1);
    int k = 0;
    while (shock.cap[0].entry[k] != at(COAL, P, T))
        k++;
    ful_near(shock.cap[0].grip[k], 0.5 * (1 - v) / open, 1e-13, 0);
    ful_near(shock.cap[0].rerouted[k], 0.5 * v / open, 1e-13, 0);
    ful_near(shock.detour[0].gripped, 0.5 * v / open, 1e-13, 0);
    ful_near(shock.detour[0].share, 0.8 * v / open, 1e-13, 0);
    /* at costs beyond all bounds nothing goes round: the cap grips all that it covers */
    const double cost[] = {1e30, 1};
    x.s.hub_cost = cost;
    const double b = 0.3 * power(1.1), left = b / (1 + b);
    const ful_economy_shock dear = shock_of(m, w, &x.s);
    ful_near(dear.openness[at(COAL, P, T)], 1 - 0.3 * (1 - left), 1e-13, 0);
    ful_near(dear.cap[0].grip[k], 0.5 * (1 - left) / (1 - 0.3 * (1 - left)), 1e-13, 0);
    assert_null(dear.cap[0].rerouted);
    ful_measures_work_free(w);
    ful_measures_model_free(m);
}

/* Over a period with a change of law the routes are one for a flow, and as much moves as on all its
 * days together. */
static void a_period_has_one_set_of_routes(void **state)
{
    (void)state;
    limits x;
    limits_init(&x);
    x.f.data.onward = 0.4;
    x.f.hub[0].adaptation_years = 1;
    x.s.from = day(2017, 1, 1);
    x.s.to = day(2018, 7, 1);
    ful_measures_model *m = model_of(&x.f);
    ful_measures_work *w = work_of(m);
    const ful_economy_shock shock = shock_of(m, w, &x.s);
    const ful_economy_detour d = shock.detour[0];
    ful_measure_effect effect[8];
    ful_error err;
    int count;
    ful_status_is(ful_measures_report(effect, 8, &count, m, &x.s, &err), FUL_OK, &err);
    assert_int_equal(effect[0].buyer, P);
    ful_near(d.share * shock.openness[d.entry], effect[0].moved, 1e-13, 0);
    const double t = d.other + d.worth[0] / (1 + 0.4 * d.worth[0]), worth = t / (1 - 0.4 * t);
    ful_near(effect[0].moved / (effect[0].moved + effect[0].stopped), worth / (1 + worth), 1e-13,
             0);
    ful_measures_work_free(w);
    ful_measures_model_free(m);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    limits x;
    ful_measures_model *m;
    ful_error err;
    limits_init(&x);
    x.f.hub[0].capacity = -1;
    ful_status_is(ful_measures_model_new(&m, &x.f.data, NULL, &err), FUL_ERR_DATA, NULL);
    ful_says(err, "HUB: capacity of -1");
    x.f.hub[0].capacity = 1;
    x.f.data.congestion = -1;
    ful_status_is(ful_measures_model_new(&m, &x.f.data, NULL, &err), FUL_ERR_DATA, NULL);
    ful_says(err, "congestion of hubs is -1");
    x.f.data.congestion = 1;
    m = model_of(&x.f);
    ful_measures_work *w = work_of(m);
    ful_economy_shock shock;
    const double cost[] = {1, 0};
    x.s.hub_cost = cost;
    ful_status_is(ful_measures_apply(&shock, m, w, &x.s, &err), FUL_ERR_ARGUMENT, NULL);
    ful_says(err, "hub KEY");
    ful_measures_work_free(w);
    ful_measures_model_free(m);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    limits x;
    limits_init(&x);
    ful_status status = FUL_ERR_MEMORY;
    for (long k = 0; status != FUL_OK; k++) {
        ful_test_memory memory;
        ful_test_memory_init(&memory, k);
        ful_measures_model *m;
        ful_measures_work *w = NULL;
        ful_error err;
        status = ful_measures_model_new(&m, &x.f.data, &memory.allocator, &err);
        if (status == FUL_OK)
            status = ful_measures_work_new(&w, m, &memory.allocator, &err);
        if (status != FUL_OK)
            assert_int_equal(status, FUL_ERR_MEMORY);
        ful_measures_work_free(w);
        ful_measures_model_free(m);
        assert_int_equal(memory.live, 0);
        assert_true(k < 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_detour_says_what_moves),
        cmocka_unit_test(no_capacity_is_nothing),
        cmocka_unit_test(the_base_year_filled_its_hubs),
        cmocka_unit_test(given_costs_are_cost_ratios),
        cmocka_unit_test(a_cap_waits_for_what_goes_round),
        cmocka_unit_test(a_period_has_one_set_of_routes),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
