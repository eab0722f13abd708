/* SPDX-License-Identifier: MIT */
/*
 * Transfers when trade closes. A country that lives on a financed deficit and is cut off must lose
 * its deficit and no more; its financier must not seem to lose what it no longer pays for.
 */
#include "worlds.h"

#define FLOWS (WORLD_J * WORLD_N * WORLD_N)
#define SEEDS 5

/* Country 0 is small and buys five times what it sells; country 1 is where it buys. */
static void deficit_world(world *w, unsigned seed)
{
    world_random(w, seed, WORLD_N, WORLD_J);
    for (int j = 0; j < w->J; j++) {
        w->flow[world_at(w, j, 0, 0)] = 8;
        for (int n = 1; n < w->N; n++) {
            w->flow[world_at(w, j, n, 0)] = n == 1 ? 0.3 : 0.02;
            w->flow[world_at(w, j, 0, n)] = n == 1 ? 1.5 : 0.1;
            w->flow[world_at(w, j, n, n)] *= 20;
        }
    }
    w->data.closure = FUL_CLOSURE_FINANCED;
}

static void close_country(const world *w, double *openness, int country, double level)
{
    for (int j = 0; j < w->J; j++)
        for (int n = 0; n < w->N; n++)
            for (int i = 0; i < w->N; i++)
                openness[world_at(w, j, n, i)] =
                    n != i && (n == country || i == country) ? level : 1;
}

static double sum(const double *x, int count)
{
    double total = 0;
    for (int k = 0; k < count; k++)
        total += x[k];
    return total;
}

/* The deficit goes, the loss of the others is that of a small partner, and prices stay numbers. */
static void a_total_embargo_takes_the_deficit_along(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        world w;
        solved s;
        double openness[FLOWS];
        deficit_world(&w, seed);
        close_country(&w, openness, 0, 0);
        const ful_economy_shock shock = {.openness = openness};
        solved_new(&s, &w.data, &shock, 1e-11);
        ful_economy_view base;
        ful_economy_benchmark(&base, s.model);
        assert_true(base.transfer[0] > 0);
        assert_true(s.view.transfer[0] == 0);
        assert_true(s.view.outcome[0].exports == 0);
        assert_true(s.view.outcome[0].imports == 0);
        assert_true(s.view.outcome[0].imports_volume == 0);
        assert_true(s.view.outcome[0].real_income < 0.99);
        assert_true(s.view.outcome[0].welfare < s.view.outcome[0].real_income);
        /* A gift no longer made raises welfare. Lost trade cannot cost more than it was worth, and
         * what the gift buys at home instead moves tariff revenue by a part of it, rates being
         * below .3. */
        for (int n = 1; n < w.N; n++) {
            const double gift = fabs(s.view.transfer[n] - base.transfer[n]);
            double trade = 0;
            for (int j = 0; j < w.J; j++)
                trade += w.flow[world_at(&w, j, n, 0)] + w.flow[world_at(&w, j, 0, n)];
            assert_true(s.view.outcome[n].welfare > 1 - trade / base.income[n]);
            ful_near(s.view.outcome[n].real_income, 1, 0, (trade + 0.3 * gift) / base.income[n]);
        }
        ful_near(sum(s.view.transfer, w.N), 0, 0, 1e-9 * sum(base.income, w.N));
        solved_free(&s);
    }
}

static void a_fixed_deficit_cannot_outlive_the_trade(void **state)
{
    (void)state;
    world w;
    solved s;
    ful_error err;
    ful_economy_report report;
    double openness[FLOWS];
    static const char *const name[] = {"Arda", "Brea", "Cory", "Dole", "Elba", "Faro"};
    deficit_world(&w, 0);
    w.data.country = name;
    w.data.closure = FUL_CLOSURE_FIXED;
    solved_new(&s, &w.data, NULL, 1e-10);
    close_country(&w, openness, 0, 0);
    const ful_economy_shock shock = {.openness = openness};
    ful_status_is(ful_economy_solve(&report, s.model, s.work, &shock, NULL, &err),
                  FUL_ERR_INFEASIBLE, &err);
    ful_says(err, "Arda is cut off");
    ful_says(err, "'financed'");
    solved_free(&s);
}

/* As openness falls to nothing, the financed solution tends to that of the closed country. */
static void almost_closed_is_almost_like_closed(void **state)
{
    (void)state;
    world w;
    solved s, t;
    double openness[FLOWS];
    const ful_economy_shock shock = {.openness = openness};
    deficit_world(&w, 1);
    close_country(&w, openness, 0, 0);
    solved_new(&s, &w.data, &shock, 1e-11);
    double last = INFINITY;
    for (double level = 1e-3; level > 1e-7; level /= 10) {
        close_country(&w, openness, 0, level);
        solved_new(&t, &w.data, &shock, 1e-11);
        const double gap = fabs(t.view.outcome[0].real_income - s.view.outcome[0].real_income);
        assert_true(gap < last);
        last = gap;
        solved_free(&t);
    }
    assert_true(last < 1e-4);
    solved_free(&s);
}

/* The rule itself: D' = min(D, f M'), and less trade never means a larger deficit. */
static void a_deficit_is_at_most_what_can_be_shipped(void **state)
{
    (void)state;
    int limited = 0;
    for (double level = 1; level > 0.01; level *= 0.5) {
        world w;
        solved s;
        double openness[FLOWS], imports = 0;
        deficit_world(&w, 2);
        close_country(&w, openness, 0, level);
        const ful_economy_shock shock = {.openness = openness};
        solved_new(&s, &w.data, &shock, 1e-11);
        ful_economy_view base;
        ful_economy_benchmark(&base, s.model);
        for (int j = 0; j < w.J; j++)
            for (int i = 1; i < w.N; i++)
                imports += s.view.flow[world_at(&w, j, 0, i)];
        ful_near(s.view.transfer[0], fmin(base.transfer[0], w.limit[0] * imports), 1e-8, 0);
        limited += s.view.transfer[0] < 0.999 * base.transfer[0];
        solved_free(&s);
    }
    assert_true(limited > 0);
}

/* Alone, a country has its own unit of money: its real income does not depend on anybody else. */
static void an_isolated_country_is_its_own_world(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        world w, v;
        solved s, t;
        double openness[FLOWS], tariff[FLOWS];
        world_random(&w, seed, WORLD_N, WORLD_J);
        world_random(&v, seed, WORLD_N, WORLD_J);
        w.data.closure = v.data.closure = FUL_CLOSURE_ZERO;
        close_country(&w, openness, 3, 0);
        const ful_economy_shock alone = {.openness = openness};
        solved_new(&s, &w.data, &alone, 1e-12);
        random_shock(openness, tariff, &w, seed);
        for (int j = 0; j < w.J; j++)
            for (int n = 0; n < w.N; n++)
                if (n != 3)
                    openness[world_at(&w, j, 3, n)] = openness[world_at(&w, j, n, 3)] = 0;
        const ful_economy_shock others_too = {.openness = openness, .tariff = tariff};
        solved_new(&t, &v.data, &others_too, 1e-12);
        ful_near(t.view.outcome[3].real_income, s.view.outcome[3].real_income, 1e-10, 0);
        ful_near(t.view.outcome[3].real_gdp, s.view.outcome[3].real_gdp, 1e-10, 0);
        ful_near(sum(s.view.value_added + 3 * w.J, w.J), sum(t.view.value_added + 3 * w.J, w.J),
                 1e-9, 0);
        solved_free(&s);
        solved_free(&t);
    }
}

/* A country that never traded has no exports to compare with. */
static void no_trade_has_no_ratio(void **state)
{
    (void)state;
    world w;
    solved s;
    world_random(&w, 3, WORLD_N, WORLD_J);
    w.data.closure = FUL_CLOSURE_ZERO;
    for (int j = 0; j < w.J; j++)
        for (int n = 1; n < w.N; n++)
            w.flow[world_at(&w, j, n, 0)] = w.flow[world_at(&w, j, 0, n)] = 0;
    solved_new(&s, &w.data, NULL, 1e-11);
    assert_true(isnan(s.view.outcome[0].exports));
    assert_true(isnan(s.view.outcome[0].imports_volume));
    ful_near(s.view.outcome[0].real_income, 1, 1e-9, 0);
    assert_false(isnan(s.view.outcome[1].exports));
    solved_free(&s);
}

/* Closed flows are exact zeros; a latent flow enters at zero and can be opened, at once or in two
 * steps with a new benchmark between them. */
static void closed_and_latent_flows(void **state)
{
    (void)state;
    world w;
    solved s, t, u;
    ful_arena *arena;
    ful_error err;
    ful_economy_data middle;
    double latent[FLOWS] = {0}, open[FLOWS] = {0}, openness[FLOWS];
    world_random(&w, 4, WORLD_N, WORLD_J);
    w.data.closure = FUL_CLOSURE_ZERO;
    const size_t gone = world_at(&w, 1, 2, 5), back = world_at(&w, 1, 2, 4);
    w.flow[back] = 0;
    latent[back] = 7;
    w.data.latent = latent;
    for (int a = 0; a < FLOWS; a++)
        openness[a] = 1;
    openness[gone] = 0;
    const ful_economy_shock closed = {.openness = openness};
    const ful_economy_shock reopened = {.openness = openness, .latent_openness = open};
    const ful_economy_shock rest = {.latent_openness = open};
    solved_new(&s, &w.data, &closed, 1e-12);
    assert_true(s.view.flow[gone] == 0);
    assert_true(s.view.flow[back] == 0);
    open[back] = 1;
    solved_new(&t, &w.data, &reopened, 1e-12);
    assert_true(t.view.flow[back] > 0);
    assert_true(t.view.outcome[2].real_income > s.view.outcome[2].real_income);
    for (double first = 0; first < 1; first += 0.4) {
        solved_free(&s);
        open[back] = first;
        solved_new(&s, &w.data, &reopened, 1e-12);
        ful_status_is(ful_arena_new(&arena, NULL, &err), FUL_OK, &err);
        ful_status_is(ful_economy_rebase(&middle, s.model, s.work, &reopened, arena, &err), FUL_OK,
                      &err);
        open[back] = 1;
        solved_new(&u, &middle, &rest, 1e-12);
        for (int n = 0; n < w.N; n++)
            ful_near(s.view.outcome[n].real_income * u.view.outcome[n].real_income,
                     t.view.outcome[n].real_income, 1e-9, 0);
        ful_near(u.view.flow[back], t.view.flow[back], 1e-8, 0);
        solved_free(&u);
        ful_arena_free(arena);
    }
    solved_free(&s);
    solved_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_total_embargo_takes_the_deficit_along),
        cmocka_unit_test(a_fixed_deficit_cannot_outlive_the_trade),
        cmocka_unit_test(almost_closed_is_almost_like_closed),
        cmocka_unit_test(a_deficit_is_at_most_what_can_be_shipped),
        cmocka_unit_test(an_isolated_country_is_its_own_world),
        cmocka_unit_test(no_trade_has_no_ratio),
        cmocka_unit_test(closed_and_latent_flows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
