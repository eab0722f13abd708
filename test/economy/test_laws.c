/* SPDX-License-Identifier: MIT */
/* Closed forms, symmetry and decompositions of the economy on random worlds. */
#include "scenes.h"

#define SEEDS 6
/* solutions at 1e-13 agree to a few times the condition of the system */
#define TIGHT 1e-13
#define SAME 1e-9

static void nothing_changes_without_a_shock(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        world w;
        solved s;
        world_random(&w, seed, WORLD_N, WORLD_J);
        for (int n = 0; n < w.N; n++) {
            w.kappa[n] = n % 2 ? INFINITY : 1 + n;
            w.phi[n] = 0.3 * n;
        }
        solved_new(&s, &w.data, NULL, 1e-12);
        assert_int_equal(s.report.passes, 1);
        for (int n = 0; n < w.N; n++) {
            ful_near(s.view.outcome[n].welfare, 1, 0, 1e-12);
            ful_near(s.view.outcome[n].real_income, 1, 0, 1e-12);
            ful_near(s.view.outcome[n].real_gdp, 1, 0, 1e-12);
            ful_near(s.view.outcome[n].exports, 1, 0, 1e-12);
            ful_near(s.view.outcome[n].imports_volume, 1, 0, 1e-12);
        }
        for (int a = 0; a < w.J * w.N * w.N; a++)
            ful_near(s.view.flow[a], w.flow[a], 1e-12, 0);
        solved_free(&s);
    }
}

/* Arkolakis, Costinot & Rodriguez-Clare (2012): one sector, no inputs, no tariffs, balanced
 * trade. */
static void one_sector_welfare_is_the_home_share(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        world w;
        double openness[WORLD_N * WORLD_N], tariff[WORLD_N * WORLD_N];
        solved s, b;
        world_random(&w, seed, WORLD_N, 1);
        memset(w.input, 0, sizeof w.input);
        w.data.tariff = NULL;
        w.data.closure = FUL_CLOSURE_ZERO;
        random_shock(openness, tariff, &w, seed);
        const ful_economy_shock shock = {.openness = openness};
        /* the formula compares two balanced equilibria */
        solved_new(&b, &w.data, NULL, TIGHT);
        solved_new(&s, &w.data, &shock, TIGHT);
        for (int n = 0; n < w.N; n++) {
            const size_t own = world_at(&w, 0, n, n);
            const double before = b.view.flow[own] / b.view.spending[n];
            const double after = s.view.flow[own] / s.view.spending[n];
            const double real = s.view.outcome[n].real_income / b.view.outcome[n].real_income;
            ful_near(real, pow(after / before, -1 / w.theta[0]), SAME, 0);
        }
        solved_free(&s);
        solved_free(&b);
    }
}

static void symmetric_countries_stay_symmetric(void **state)
{
    (void)state;
    world w;
    double openness[WORLD_J * WORLD_N * WORLD_N];
    solved s;
    world_random(&w, 3, WORLD_N, WORLD_J);
    for (int j = 0; j < w.J; j++)
        for (int n = 0; n < w.N; n++)
            for (int i = 0; i < w.N; i++) {
                const size_t a = world_at(&w, j, n, i);
                w.flow[a] = n == i ? 100 : 5;
                w.tariff[a] = n == i ? 0 : 0.1;
                openness[a] = n == i ? 1 : 0.5;
            }
    for (int i = 0; i < w.N; i++)
        memcpy(w.input + i * w.J * w.J, w.input, sizeof(double) * (size_t)(w.J * w.J));
    const ful_economy_shock shock = {.openness = openness};
    solved_new(&s, &w.data, &shock, TIGHT);
    for (int n = 1; n < w.N; n++)
        ful_near(s.view.outcome[n].welfare, s.view.outcome[0].welfare, 1e-11, 0);
    assert_true(s.view.outcome[0].welfare < 1);
    solved_free(&s);
}

/* With idle capacity, y = w^(1+phi) P^-phi: hours follow real pay, real output by as much again. */
static void idle_capacity_amplifies_a_fall(void **state)
{
    (void)state;
    world w, v;
    double openness[WORLD_J * WORLD_N * WORLD_N];
    solved s, t;
    world_random(&w, 8, WORLD_N, WORLD_J);
    world_random(&v, 8, WORLD_N, WORLD_J);
    v.phi[0] = 1;
    for (int j = 0; j < w.J; j++)
        for (int n = 0; n < w.N; n++)
            for (int i = 0; i < w.N; i++)
                openness[world_at(&w, j, n, i)] = n != i && (n == 0 || i == 0) ? 0.1 : 1;
    const ful_economy_shock shock = {.openness = openness};
    w.data.closure = v.data.closure = FUL_CLOSURE_FINANCED;
    solved_new(&s, &w.data, &shock, 1e-11);
    solved_new(&t, &v.data, &shock, 1e-11);
    assert_true(s.view.outcome[0].real_income < 1);
    assert_true(t.view.outcome[0].real_income < s.view.outcome[0].real_income);
    assert_true(t.view.outcome[0].real_gdp < s.view.outcome[0].real_gdp);
    solved_free(&s);
    solved_free(&t);
}

/* Largest gaps over countries for a shock of size `scale`: tariffs up, iceberg costs up. */
static void small_shocks(double scale, double *formula_gap, double *gdp_gap)
{
    world w, v;
    solved b, s;
    ful_arena *arena;
    ful_error err;
    ful_economy_data data;
    double tariff[WORLD_J * WORLD_N * WORLD_N], openness[WORLD_J * WORLD_N * WORLD_N];
    double terms[WORLD_N], volume[WORLD_N];
    unsigned k = 777;
    world_random(&w, 2, WORLD_N, WORLD_J);
    w.data.closure = FUL_CLOSURE_ZERO;
    solved_new(&b, &w.data, NULL, TIGHT);
    ful_status_is(ful_arena_new(&arena, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_rebase(&data, b.model, b.work, NULL, arena, &err), FUL_OK, &err);
    for (int a = 0; a < w.J * w.N * w.N; a++) {
        const int home = a / w.N % w.N == a % w.N;
        tariff[a] = home ? 0 : data.tariff[a] + scale * world_draw(2, &k);
        openness[a] = home ? 1 : 1 - scale * world_draw(2, &k);
    }
    const ful_economy_shock dearer = {.tariff = tariff}, farther = {.openness = openness};
    solved_new(&s, &data, &dearer, TIGHT);
    ful_economy_first_order(terms, volume, s.model, s.work);
    *formula_gap = *gdp_gap = 0;
    for (int n = 0; n < w.N; n++)
        *formula_gap =
            fmax(*formula_gap, fabs(s.view.outcome[n].welfare - 1 - terms[n] - volume[n]));
    solved_free(&s);
    solved_free(&b);
    ful_arena_free(arena);

    world_random(&v, 2, WORLD_N, WORLD_J);
    v.data.tariff = NULL;
    solved_new(&s, &v.data, &farther, TIGHT);
    for (int n = 0; n < v.N; n++)
        *gdp_gap = fmax(*gdp_gap, fabs(s.view.outcome[n].real_gdp - 1));
    solved_free(&s);
}

/*
 * Terms and volume of trade are the derivative of welfare (Caliendo & Parro 2015, equation 15), and
 * without wedges the volume of value added has derivative zero (Hulten): half the shock leaves a
 * quarter of the gap.
 */
static void first_order_formulas_err_to_second_order(void **state)
{
    (void)state;
    double formula[2], gdp[2];
    small_shocks(2e-3, &formula[0], &gdp[0]);
    small_shocks(1e-3, &formula[1], &gdp[1]);
    ful_near(formula[0] / formula[1], 4, 0.05, 0);
    ful_near(gdp[0] / gdp[1], 4, 0.05, 0);
}

/* Paid what it lost, a country could buy its old real income at the new prices. */
static void compensation_makes_whole(void **state)
{
    (void)state;
    world w;
    solved s;
    double openness[WORLD_J * WORLD_N * WORLD_N], tariff[WORLD_J * WORLD_N * WORLD_N];
    world_random(&w, 1, WORLD_N, WORLD_J);
    random_shock(openness, tariff, &w, 1);
    const ful_economy_shock shock = {.openness = openness, .tariff = tariff};
    solved_new(&s, &w.data, &shock, TIGHT);
    ful_economy_view base;
    ful_economy_benchmark(&base, s.model);
    for (int n = 0; n < w.N; n++) {
        const double before = base.income[n] - base.transfer[n];
        const double now = s.view.income[n] - s.view.transfer[n];
        const double paid = ful_economy_compensation(s.model, s.work, n);
        ful_near((now + paid) / s.view.final_price[n], before, 1e-12, 0);
        assert_true((paid > 0) == (s.view.outcome[n].real_income < 1));
    }
    solved_free(&s);
}

/* The formula by partner and sector adds up to the country's, and says what each flow does: nothing
 * where there is no trade. */
static void first_order_by_adds_up(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s;
        scene_random(&x, seed, 4, 3, WITH_CES | WITH_PRODUCTS | WITH_HOUSEHOLDS | WITH_MOBILITY);
        scene_solve(&s, &x, TIGHT);
        double terms[4], volume[4], terms_by[12], volume_by[12];
        ful_economy_first_order(terms, volume, s.model, s.work);
        for (int n = 0; n < x.N; n++) {
            double sum[2] = {0};
            ful_economy_first_order_by(terms_by, volume_by, s.model, s.work, n);
            for (int c = 0; c < 12; c++) {
                sum[0] += terms_by[c];
                sum[1] += volume_by[c];
                assert_true(c / x.J != n || (terms_by[c] == 0 && volume_by[c] == 0));
            }
            ful_near(sum[0], terms[n], 1e-12, 1e-14);
            ful_near(sum[1], volume[n], 1e-12, 1e-14);
            ful_economy_first_order_by(NULL, terms_by, s.model, s.work, n);
            assert_memory_equal(terms_by, volume_by, sizeof volume_by);
        }
        solved_free(&s);
        scene_free(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_changes_without_a_shock),
        cmocka_unit_test(one_sector_welfare_is_the_home_share),
        cmocka_unit_test(symmetric_countries_stay_symmetric),
        cmocka_unit_test(idle_capacity_amplifies_a_fall),
        cmocka_unit_test(first_order_formulas_err_to_second_order),
        cmocka_unit_test(compensation_makes_whole),
        cmocka_unit_test(first_order_by_adds_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
