/* SPDX-License-Identifier: MIT */
/* Closed forms and invariances of the economy on random worlds. */
#include "worlds.h"

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

/* Autarky with many sectors and inputs (Costinot & Rodriguez-Clare 2014, equation 23 with
 * Cobb-Douglas demand and one labour market): real income = prod_jk pi_kk^(alpha_j L_jk / theta_k),
 * L = (1 - gamma)^-1. */
static void autarky_follows_the_formula(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        world w;
        double openness[WORLD_J * WORLD_N * WORLD_N];
        solved s;
        world_random(&w, seed, WORLD_N, WORLD_J);
        w.data.tariff = NULL;
        w.data.closure = FUL_CLOSURE_ZERO;
        for (int j = 0; j < w.J; j++)
            for (int n = 0; n < w.N; n++)
                for (int i = 0; i < w.N; i++)
                    openness[world_at(&w, j, n, i)] = n == i;
        const ful_economy_shock shock = {.openness = openness};
        solved_new(&s, &w.data, &shock, TIGHT);
        ful_economy_view base;
        ful_economy_benchmark(&base, s.model);
        for (int n = 0; n < w.N; n++) {
            /* log P solves log P_j = log(pi_jj)/theta_j ... + sum_k gamma_kj log P_k, with wage
             * 1 */
            double log_price[WORLD_J] = {0}, log_final = 0, final[WORLD_J], total = 0;
            for (int round = 0; round < 500; round++)
                for (int j = 0; j < w.J; j++) {
                    const double own = w.flow[world_at(&w, j, n, n)] / base.spending[n * w.J + j];
                    double cost = 0;
                    for (int k = 0; k < w.J; k++)
                        cost += w.input[(n * w.J + j) * w.J + k] * log_price[k];
                    log_price[j] = cost - log(own) / w.theta[j];
                }
            for (int k = 0; k < w.J; k++) {
                final[k] = base.spending[n * w.J + k];
                for (int j = 0; j < w.J; j++)
                    final[k] -= w.input[(n * w.J + j) * w.J + k] * base.output[n * w.J + j];
                total += final[k];
            }
            for (int k = 0; k < w.J; k++)
                log_final += final[k] / total * log_price[k];
            ful_near(log(s.view.outcome[n].real_income), -log_final, 1e-8, 1e-10);
        }
        solved_free(&s);
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

/* The unit of money is nobody's business. */
static void the_currency_does_not_matter(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        world w, v;
        double openness[WORLD_J * WORLD_N * WORLD_N], tariff[WORLD_J * WORLD_N * WORLD_N];
        solved s, t;
        world_random(&w, seed, WORLD_N, WORLD_J);
        random_shock(openness, tariff, &w, seed);
        const ful_economy_shock shock = {.openness = openness, .tariff = tariff};
        solved_new(&s, &w.data, &shock, TIGHT);
        world_random(&v, seed, WORLD_N, WORLD_J);
        for (int a = 0; a < w.J * w.N * w.N; a++)
            v.flow[a] *= 1234.5;
        solved_new(&t, &v.data, &shock, TIGHT);
        for (int n = 0; n < w.N; n++)
            ful_near(t.view.outcome[n].welfare, s.view.outcome[n].welfare, SAME, 0);
        solved_free(&s);
        solved_free(&t);
    }
}

/* Country n of the new world is country (n + 1) mod N of the old one. */
static void names_do_not_matter(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        world w, v;
        double openness[WORLD_J * WORLD_N * WORLD_N], tariff[WORLD_J * WORLD_N * WORLD_N];
        double moved[WORLD_J * WORLD_N * WORLD_N], rate[WORLD_J * WORLD_N * WORLD_N];
        solved s, t;
        world_random(&w, seed, WORLD_N, WORLD_J);
        v = w;
        v.data = w.data;
        random_shock(openness, tariff, &w, seed);
        for (int n = 0; n < w.N; n++) {
            const int from = (n + 1) % w.N;
            for (int j = 0; j < w.J; j++)
                for (int i = 0; i < w.N; i++) {
                    const size_t to = world_at(&w, j, n, i);
                    const size_t at = world_at(&w, j, from, (i + 1) % w.N);
                    v.flow[to] = w.flow[at];
                    v.tariff[to] = w.tariff[at];
                    moved[to] = openness[at];
                    rate[to] = tariff[at];
                }
            memcpy(v.input + n * w.J * w.J, w.input + from * w.J * w.J,
                   sizeof(double) * (size_t)(w.J * w.J));
        }
        v.data.flow = v.flow;
        v.data.tariff = v.tariff;
        v.data.input = v.input;
        v.data.theta = v.theta;
        const ful_economy_shock a = {.openness = openness, .tariff = tariff};
        const ful_economy_shock b = {.openness = moved, .tariff = rate};
        solved_new(&s, &w.data, &a, TIGHT);
        solved_new(&t, &v.data, &b, TIGHT);
        for (int n = 0; n < w.N; n++)
            ful_near(t.view.outcome[n].real_gdp, s.view.outcome[(n + 1) % w.N].real_gdp, SAME, 0);
        solved_free(&s);
        solved_free(&t);
    }
}

/* Country 0 becomes two halves that buy from and sell to each other as it did with itself. */
static void a_country_may_be_counted_in_halves(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        world w, v;
        double openness[WORLD_J * WORLD_N * WORLD_N], tariff[WORLD_J * WORLD_N * WORLD_N];
        double open2[WORLD_J * (WORLD_N + 1) * (WORLD_N + 1)];
        double rate2[WORLD_J * (WORLD_N + 1) * (WORLD_N + 1)];
        solved s, t;
        world_random(&w, seed, WORLD_N, WORLD_J);
        random_shock(openness, tariff, &w, seed);
        world_random(&v, seed, WORLD_N, WORLD_J);
        v.N = w.N + 1;
        for (int j = 0; j < w.J; j++)
            for (int n = 0; n < v.N; n++)
                for (int i = 0; i < v.N; i++) {
                    const int on = n == w.N ? 0 : n, oi = i == w.N ? 0 : i;
                    const size_t to = world_at(&v, j, n, i), at = world_at(&w, j, on, oi);
                    const double part = (on == 0 ? 0.5 : 1) * (oi == 0 ? 0.5 : 1);
                    v.flow[to] = w.flow[at] * part;
                    v.tariff[to] = w.tariff[at];
                    open2[to] = openness[at];
                    rate2[to] = tariff[at];
                }
        memcpy(v.input + w.N * w.J * w.J, v.input, sizeof(double) * (size_t)(w.J * w.J));
        v.kappa[w.N] = INFINITY;
        v.limit[w.N] = 0.95;
        v.data.countries = v.N;
        const ful_economy_shock a = {.openness = openness, .tariff = tariff};
        const ful_economy_shock b = {.openness = open2, .tariff = rate2};
        solved_new(&s, &w.data, &a, TIGHT);
        solved_new(&t, &v.data, &b, TIGHT);
        for (int n = 0; n < v.N; n++)
            ful_near(t.view.outcome[n].welfare, s.view.outcome[n == w.N ? 0 : n].welfare, SAME, 0);
        solved_free(&s);
        solved_free(&t);
    }
}

/* A positive shock and then its inverse lead back. */
static void undoing_a_shock_returns_to_the_benchmark(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        world w;
        double openness[WORLD_J * WORLD_N * WORLD_N], tariff[WORLD_J * WORLD_N * WORLD_N];
        solved s, t;
        world_random(&w, seed, WORLD_N, WORLD_J);
        random_shock(openness, tariff, &w, seed);
        for (int a = 0; a < w.J * w.N * w.N; a++)
            openness[a] = openness[a] > 0 ? openness[a] : 0.1;
        const ful_economy_shock there = {.openness = openness, .tariff = tariff};
        solved_new(&s, &w.data, &there, TIGHT);
        ful_arena *arena;
        ful_error err;
        ful_economy_data middle;
        ful_status_is(ful_arena_new(&arena, NULL, &err), FUL_OK, &err);
        ful_status_is(ful_economy_rebase(&middle, s.model, s.work, &there, arena, &err), FUL_OK,
                      &err);
        for (int a = 0; a < w.J * w.N * w.N; a++)
            openness[a] = 1 / openness[a];
        const ful_economy_shock back = {.openness = openness, .tariff = w.tariff};
        solved_new(&t, &middle, &back, TIGHT);
        for (int n = 0; n < w.N; n++)
            ful_near(s.view.outcome[n].welfare * t.view.outcome[n].welfare, 1, SAME, 0);
        for (int a = 0; a < w.J * w.N * w.N; a++)
            ful_near(t.view.flow[a], w.flow[a], 1e-8, 1e-10);
        solved_free(&s);
        solved_free(&t);
        ful_arena_free(arena);
    }
}

/* kappa = 1e7 is one labour market to seven digits; small kappa hurts at least as much after a
 * shock to one sector's exports. */
static void mobile_labour_is_the_limit_of_kappa(void **state)
{
    (void)state;
    world w, v;
    double openness[WORLD_J * WORLD_N * WORLD_N], tariff[WORLD_J * WORLD_N * WORLD_N];
    solved s, t;
    world_random(&w, 5, WORLD_N, WORLD_J);
    world_random(&v, 5, WORLD_N, WORLD_J);
    for (int n = 0; n < w.N; n++)
        v.kappa[n] = 1e7;
    random_shock(openness, tariff, &w, 5);
    const ful_economy_shock shock = {.openness = openness, .tariff = tariff};
    solved_new(&s, &w.data, &shock, 1e-12);
    solved_new(&t, &v.data, &shock, 1e-12);
    for (int n = 0; n < w.N; n++)
        ful_near(t.view.outcome[n].real_income, s.view.outcome[n].real_income, 1e-6, 0);
    solved_free(&s);
    solved_free(&t);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_changes_without_a_shock),
        cmocka_unit_test(one_sector_welfare_is_the_home_share),
        cmocka_unit_test(autarky_follows_the_formula),
        cmocka_unit_test(symmetric_countries_stay_symmetric),
        cmocka_unit_test(the_currency_does_not_matter),
        cmocka_unit_test(names_do_not_matter),
        cmocka_unit_test(a_country_may_be_counted_in_halves),
        cmocka_unit_test(undoing_a_shock_returns_to_the_benchmark),
        cmocka_unit_test(mobile_labour_is_the_limit_of_kappa),
        cmocka_unit_test(idle_capacity_amplifies_a_fall),
        cmocka_unit_test(first_order_formulas_err_to_second_order),
        cmocka_unit_test(compensation_makes_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
