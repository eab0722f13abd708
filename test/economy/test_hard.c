/* SPDX-License-Identifier: MIT */
/*
 * Cases on which other programs fail or mislead: very open countries, elasticities from .5 to 50,
 * single suppliers, vanishing shares, prohibitive tariffs, isolated countries, blocs, synthetic
 * worlds of 60 countries and 20 sectors.
 */
#include "scenes.h"

#define TIGHT 1e-12

static const char *const country_name[] = {"Arda", "Brea", "Cory", "Dole"};
static const char *const sector_name[] = {"iron", "wool", "corn"};

static int foreign(const scene *x, size_t a)
{
    return a / (size_t)x->N % (size_t)x->N != a % (size_t)x->N;
}

static int touches(const scene *x, size_t a, int country)
{
    return foreign(x, a) && ((int)(a / (size_t)x->N % (size_t)x->N) == country ||
                             (int)(a % (size_t)x->N) == country);
}

static void refused(const scene *x, const char *const *says, size_t count)
{
    ful_error err;
    ful_economy_model *model;
    ful_economy_work *work;
    ful_economy_report report;
    ful_status_is(ful_economy_model_new(&model, NULL, &x->data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_work_new(&work, model, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_solve(&report, model, work, &x->shock, NULL, &err),
                  FUL_ERR_INFEASIBLE, &err);
    for (size_t k = 0; k < count; k++)
        ful_says(err, says[k]);
    ful_economy_work_free(work);
    ful_economy_model_free(model);
}

/* Total embargo of a country with a deficit: financed, it loses the deficit; fixed, it is refused.
 */
static void a_deficit_ends_with_the_trade(void **state)
{
    (void)state;
    scene x;
    solved s;
    derived d;
    scene_random(&x, 1, 4, 3, WITH_CES | WITH_EXPORT_TAX | WITH_HOUSEHOLDS);
    for (int p = 0; p < x.P; p++) /* country 0 buys twice what it sells */
        for (int i = 1; i < x.N; i++)
            x.flow[scene_at(&x, p, 0, i)] = 2 + 2 * x.flow[scene_at(&x, p, i, 0)];
    x.data.country = country_name;
    scene_derive(&d, &x);
    x.data.households = 0;
    x.data.household = NULL;
    scene_no_shock(&x);
    for (size_t a = 0; a < x.flows; a++)
        x.openness[a] = touches(&x, a, 0) ? 0 : 1;
    assert_true(d.transfer[0] > 0);
    x.data.closure = FUL_CLOSURE_FIXED;
    refused(&x, (const char *const[]){"Arda", "financed"}, 2);
    x.data.closure = FUL_CLOSURE_FINANCED;
    scene_solve(&s, &x, TIGHT);
    assert_true(s.view.transfer[0] == 0);
    assert_true(s.view.outcome[0].exports == 0 && s.view.outcome[0].imports == 0);
    assert_true(s.view.outcome[0].real_income < 1);
    assert_int_equal(s.view.component[0], 0);
    for (int n = 1; n < x.N; n++)
        assert_int_equal(s.view.component[n], 1);
    solved_free(&s);
    scene_free(&x);
}

/* Countries that buy nine tenths of what they use abroad, with theta from .5 to 50. */
static void open_countries_and_steep_elasticities(void **state)
{
    (void)state;
    static const double theta[] = {0.5, 1, 5, 20, 50};
    for (unsigned seed = 0; seed < 4; seed++)
        for (size_t k = 0; k < sizeof theta / sizeof *theta; k++) {
            scene x;
            solved s;
            scene_random(&x, seed, 6, 3, seed % 2 ? WITH_CES | WITH_MOBILITY | WITH_IDLE : 0);
            for (int j = 0; j < x.J; j++)
                x.theta[j] = theta[(k + (size_t)j * (seed / 2)) % 5];
            for (int p = 0; p < x.P; p++)
                for (int n = 0; n < 3; n++) { /* small: a hundredth; and open: buys abroad */
                    x.flow[scene_at(&x, p, n, n)] = 1;
                    for (int i = 0; i < x.N; i++)
                        if (i != n) {
                            x.flow[scene_at(&x, p, n, i)] = 2 + 2 * scene_draw(&x);
                            x.flow[scene_at(&x, p, i, n)] = 2 + 2 * scene_draw(&x);
                        }
                }
            for (int c = 0; c < 3 * x.J; c++) /* they trade what they neither make nor use */
                for (int m = 0; m < x.J; m++)
                    x.input[c * x.J + m] *= 0.3;
            for (size_t a = 0; a < x.flows; a++)
                x.openness[a] = foreign(&x, a) ? x.openness[a] + 0.2 : 1;
            scene_solve(&s, &x, 1e-10);
            solved_free(&s);
            scene_free(&x);
        }
}

/* One seller in the whole world for one good, which everybody uses. */
static void a_single_supplier(void **state)
{
    (void)state;
    scene x;
    solved s;
    scene_random(&x, 3, 4, 3, WITH_CES);
    x.data.country = country_name;
    x.data.sector = sector_name;
    x.data.tariff = NULL;
    scene_no_shock(&x);
    memset(x.new_tariff, 0, sizeof(double) * x.flows);
    for (int n = 0; n < x.N; n++)
        for (int i = 0; i < x.N; i++)
            x.flow[scene_at(&x, 0, n, i)] = i == 0 ? 60 : 0;
    x.data.closure = FUL_CLOSURE_ZERO;
    for (int n = 1; n < x.N; n++)
        x.openness[scene_at(&x, 0, n, 0)] = 0.01;
    scene_solve(&s, &x, TIGHT);
    for (int n = 1; n < x.N; n++) {
        assert_true(s.view.outcome[n].real_income < s.view.outcome[0].real_income);
        /* there is nobody else: the price rises by all that the trade costs do */
        ful_near(s.view.price[n * x.J] / s.view.cost[0], pow(0.01, -1 / x.theta[0]), 1e-9, 0);
    }
    solved_free(&s);
    /* without it, the first buyer and what it lacks are named */
    for (int n = 1; n < x.N; n++)
        x.openness[scene_at(&x, 0, n, 0)] = 0;
    refused(&x, (const char *const[]){"Brea", "iron"}, 2);
    scene_free(&x);
}

/* Cells without domestic supply under a global embargo. */
static void no_supply_at_home_is_refused_by_name(void **state)
{
    (void)state;
    scene x;
    scene_random(&x, 4, 4, 3, 0);
    x.data.country = country_name;
    x.data.sector = sector_name;
    x.data.tariff = NULL;
    x.shock.tariff = NULL;
    scene_no_shock(&x);
    x.flow[scene_at(&x, 1, 2, 2)] = 0;
    x.flow[scene_at(&x, 1, 2, 0)] = 150;
    for (size_t a = 0; a < x.flows; a++)
        x.openness[a] = touches(&x, a, 2) ? 0 : 1;
    refused(&x, (const char *const[]){"Cory", "wool"}, 2);
    scene_free(&x);
}

/* Shares of 1e-12 do no harm: outcomes are those without them. */
static void vanishing_shares(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 4; seed++) {
        scene x;
        solved s, t;
        scene_random(&x, seed, 4, 3, WITH_CES | WITH_EXPORT_TAX | WITH_PRODUCTS);
        scene_solve(&s, &x, 1e-12);
        for (size_t a = 0; a < x.flows; a++)
            if (x.flow[a] == 0)
                x.flow[a] = 1e-10;
        scene_solve(&t, &x, 1e-12);
        for (int n = 0; n < x.N; n++) {
            ful_near(t.view.outcome[n].welfare, s.view.outcome[n].welfare, 1e-9, 0);
            ful_near(t.view.outcome[n].exports, s.view.outcome[n].exports, 1e-9, 0);
        }
        solved_free(&t);
        solved_free(&s);
        scene_free(&x);
    }
}

/* Tariffs of 1000 per cent on everything: with large theta trade all but ends, and real income is
 * that of a closed country. */
static void tariffs_of_a_thousand_per_cent(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 4; seed++) {
        scene x;
        solved s, t;
        scene_random(&x, seed, 4, 3, seed % 2 ? WITH_CES | WITH_MOBILITY : 0);
        scene_no_shock(&x);
        for (int j = 0; j < x.J; j++)
            x.theta[j] = 12;
        for (size_t a = 0; a < x.flows; a++)
            x.new_tariff[a] = foreign(&x, a) ? 10 : 0;
        scene_solve(&s, &x, 1e-11);
        for (size_t a = 0; a < x.flows; a++)
            x.openness[a] = !foreign(&x, a);
        scene_solve(&t, &x, 1e-11);
        for (int n = 0; n < x.N; n++) {
            ful_near(s.view.outcome[n].real_income, t.view.outcome[n].real_income, 1e-6, 0);
            assert_true(s.view.outcome[n].exports < 1e-6);
        }
        solved_free(&t);
        solved_free(&s);
        scene_free(&x);
    }
}

/* Two pairs that no longer trade with each other: each has its own unit of money, and fares as if
 * the other did not exist. */
static void blocs_are_worlds(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 4; seed++) {
        scene x;
        solved s, t;
        scene_random(&x, seed, 4, 3, WITH_CES | WITH_PRODUCTS | WITH_MOBILITY);
        for (size_t a = 0; a < x.flows; a++)
            if (a / 4 % 4 / 2 != a % 4 / 2)
                x.openness[a] = 0;
            else
                x.openness[a] += 0.1;
        scene_solve(&s, &x, TIGHT);
        for (int n = 0; n < 4; n++)
            assert_int_equal(s.view.component[n], n / 2 * 2);
        for (size_t a = 0; a < x.flows; a++) /* something happens to the others */
            if (a / 4 % 4 >= 2 && a % 4 >= 2)
                x.openness[a] *= 0.5 + scene_draw(&x);
        scene_solve(&t, &x, TIGHT);
        for (int n = 0; n < 2; n++) {
            ful_near(t.view.outcome[n].welfare, s.view.outcome[n].welfare, 1e-10, 0);
            ful_near(t.view.income[n], s.view.income[n], 1e-10, 0);
        }
        assert_true(fabs(t.view.outcome[3].welfare / s.view.outcome[3].welfare - 1) > 1e-6);
        solved_free(&t);
        solved_free(&s);
        scene_free(&x);
    }
}

/* A world of 60 x 20: sizes over three orders of magnitude, a third of all flows missing; `open`:
 * small countries buy most of what they use abroad. */
static void synthetic_world(scene *x, unsigned seed, int open)
{
    scene_new(x, 60, 20, 20, 0, 0);
    x->seed = seed;
    double size[60];
    for (int n = 0; n < 60; n++)
        size[n] = exp(7 * scene_draw(x));
    for (int j = 0; j < 20; j++)
        x->theta[j] = 2 + 10 * scene_draw(x);
    for (int p = 0; p < 20; p++)
        for (int n = 0; n < 60; n++)
            for (int i = 0; i < 60; i++) {
                const size_t a = scene_at(x, p, n, i);
                const double u = scene_draw(x), v = scene_draw(x);
                const double trade = size[n] * size[i] / (size[n] + size[i]) * 0.02 * exp(2 * u);
                x->flow[a] = n == i ? size[n] * (open ? 0.1 + v : 1 + v) : v < 0.35 ? 0 : trade;
                x->tariff[a] = n == i ? 0 : 0.2 * u;
                x->new_tariff[a] = x->tariff[a];
            }
    /* little enough is used up for something to be left of every good */
    for (int c = 0; c < 60 * 20; c++)
        for (int k = 0; k < 20; k++)
            x->input[c * 20 + k] = (open ? 0.15 : 0.5) / 20 * scene_draw(x);
    for (int n = 0; n < 60; n++)
        for (int i = 0; i < 60; i++)
            for (int p = 0; p < 20; p++) /* everyone but four countries embargoes number 7 */
                if (n != i && (n == 7 || i == 7) && n > 3 && i > 3)
                    x->openness[scene_at(x, p, n, i)] = 0;
}

static void synthetic_worlds_converge(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 2; seed++)
        for (int open = 0; open < 2; open++) {
            scene x;
            solved s;
            synthetic_world(&x, seed, open);
            scene_solve(&s, &x, 1e-10);
            assert_true(s.report.passes < 200);
            assert_true(s.view.outcome[7].real_income < 1);
            solved_free(&s);
            scene_free(&x);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deficit_ends_with_the_trade),
        cmocka_unit_test(open_countries_and_steep_elasticities),
        cmocka_unit_test(a_single_supplier),
        cmocka_unit_test(no_supply_at_home_is_refused_by_name),
        cmocka_unit_test(vanishing_shares),
        cmocka_unit_test(tariffs_of_a_thousand_per_cent),
        cmocka_unit_test(blocs_are_worlds),
        cmocka_unit_test(synthetic_worlds_converge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
