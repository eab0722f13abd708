/* SPDX-License-Identifier: MIT */
/* Shocks to productivity: the mean over days, the base year divided out, and closed countries,
 * whose real income is their productivity. */
#include "variant.h"

#define FLOOD                                                                                      \
    "flood-2022,x-target,minerals,0.7,0.5,0.9,2022-06-01,2022-12-01,invented,E,half a year in "    \
    "which the pits stand under water\n"

enum { MINERALS, GOODS };

/* The teaching case with other shocks. */
static void open_with(variant *v, const char *rows)
{
    variant_open(v, (const variant_edit[]){{"shocks.csv", FLOOD, rows}, {NULL, NULL, NULL}});
}

/* All measures in force on days [from, to). */
static ful_scenario scenario_of(const ful_situation *s, const char *from, const char *to)
{
    ful_scenario scenario;
    ful_scenario_default(&scenario, s);
    scenario.regime = -1;
    assert_int_equal(ful_date_parse(&scenario.from, from), 0);
    assert_int_equal(ful_date_parse(&scenario.to, to), 0);
    return scenario;
}

static double productivity(const ful_world *world, int sector, const char *from, const char *to)
{
    const ful_situation *s = ful_world_situation(world);
    const ful_scenario scenario = scenario_of(s, from, to);
    return ful_world_productivity(world, &scenario, s->target, sector);
}

static void the_mean_is_over_days(void **state)
{
    (void)state;
    variant v;
    open_with(&v, "dry,x-target,minerals,0.5,0.5,0.5,2022-01-01,2022-03-15,invented,E,\n"
                  "flood,x-target,minerals goods,0.8,0.8,0.8,2022-03-01,2022-03-15,invented,E,\n");
    assert_int_equal(v.s->shocks, 2);
    ful_near(productivity(v.world, MINERALS, "2021-12-31", "2022-01-01"), 1, 0, 0);
    ful_near(productivity(v.world, MINERALS, "2022-01-01", "2022-01-02"), .5, 0, 0);
    ful_near(productivity(v.world, MINERALS, "2022-03-14", "2022-03-15"), .4, 1e-15, 0);
    ful_near(productivity(v.world, MINERALS, "2022-03-15", "2022-03-16"), 1, 0, 0);
    /* 59 days dry, 14 dry and flooded, 292 as ever */
    ful_near(productivity(v.world, MINERALS, "2022-01-01", "2023-01-01"),
             (59 * .5 + 14 * .4 + 292) / 365, 1e-14, 0);
    ful_near(productivity(v.world, GOODS, "2022-01-01", "2023-01-01"), (14 * .8 + 351) / 365, 1e-14,
             0);
    const ful_scenario year = scenario_of(v.s, "2022-01-01", "2023-01-01"),
                       after = scenario_of(v.s, "2022-03-15", "2022-03-16");
    ful_near(ful_world_shock_days(v.world, &year, 0), 73. / 365, 1e-15, 0);
    ful_near(ful_world_shock_days(v.world, &year, 1), 14. / 365, 1e-15, 0);
    ful_near(ful_world_shock_days(v.world, &after, 0), 0, 0, 0);
    variant_close(&v);
}

static void what_was_in_the_base_year_is_divided_out(void **state)
{
    (void)state;
    variant v;
    /* of the 366 days of the base year, 183 at .6: its mean is .8 */
    open_with(&v, "strike,x-target,goods,0.6,0.6,0.6,2020-01-01,2020-07-02,invented,E,\n"
                  "old,x-target,minerals,0.7,0.7,0.7,2001-01-01,2022-01-01,invented,E,\n");
    ful_near(productivity(v.world, GOODS, "2020-01-01", "2021-01-01"), 1, 0, 0);
    ful_near(productivity(v.world, GOODS, "2020-02-01", "2020-02-02"), .6 / .8, 1e-15, 0);
    ful_near(productivity(v.world, GOODS, "2022-02-01", "2022-02-02"), 1 / .8, 1e-15, 0);
    ful_near(productivity(v.world, MINERALS, "2021-06-01", "2021-12-01"), 1, 0, 0);
    ful_near(productivity(v.world, MINERALS, "2022-06-01", "2022-06-02"), 1 / .7, 1e-15, 0);
    variant_close(&v);
}

static void outcomes(ful_economy_outcome *out, const ful_world *world, const ful_scenario *scenario)
{
    ful_error err;
    ful_world_work *work;
    ful_solution x;
    ful_status_is(ful_world_work_new(&work, world, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_world_solve(&x, world, work, scenario, NULL, &err), FUL_OK, &err);
    memcpy(out, x.view.outcome, (size_t)ful_world_situation(world)->actors * sizeof *out);
    ful_world_work_free(work);
}

/* A shock that ends doubles productivity as a scenario does that says so itself; while it lasts it
 * changes nothing, to the last bit. */
static void a_shock_is_what_a_scenario_may_say_itself(void **state)
{
    (void)state;
    variant with, without;
    ful_economy_outcome a[8], b[8];
    double own[64];
    open_with(&with, "old,x-target,*,0.5,0.5,0.5,2001-01-01,2022-05-15,invented,E,\n");
    open_with(&without, "");
    const ful_situation *s = without.s;
    assert_int_equal(s->shocks, 0);
    for (int n = 0; n < s->actors; n++)
        for (int j = 0; j < s->sectors; j++)
            own[n * s->sectors + j] = n == s->target ? 2 : 1;
    ful_scenario scenario = scenario_of(s, "2022-05-01", "2022-05-02");
    outcomes(a, with.world, &scenario);
    outcomes(b, without.world, &scenario);
    assert_memory_equal(a, b, (size_t)s->actors * sizeof *a);
    scenario = scenario_of(s, "2022-06-01", "2022-06-02");
    outcomes(a, with.world, &scenario);
    scenario.productivity = own;
    outcomes(b, without.world, &scenario);
    assert_memory_equal(a, b, (size_t)s->actors * sizeof *a);
    assert_true(a[s->target].real_income > 1.5);
    variant_close(&with);
    variant_close(&without);
}

/* The case without trade, inputs, taxes, households and idle capacity: every country is alone and
 * makes all that it uses of its labour. */
typedef struct alone {
    variant v;
    ful_situation s;
    double flow[64], input[64], p[256];
    ful_world *world;
} alone;

static void alone_open(alone *x, const char *rows)
{
    ful_error err;
    open_with(&x->v, rows);
    x->s = *x->v.s;
    const int N = x->s.actors, J = x->s.sectors;
    assert_true(J * N * N <= 64 && N * J * J <= 64 && x->s.parameters <= 256);
    memset(x->flow, 0, sizeof x->flow);
    memset(x->input, 0, sizeof x->input);
    for (int j = 0; j < J; j++)
        for (int n = 0; n < N; n++)
            x->flow[(j * N + n) * N + n] = 100 * (1 + j) + n;
    x->s.flow[0] = x->s.flow[1] = x->flow;
    x->s.input[0] = x->s.input[1] = x->input;
    x->s.latent = x->s.tariff = x->s.export_tax = NULL;
    x->s.closure = FUL_CLOSURE_ZERO;
    x->s.households = 0;
    ful_situation_centre(x->p, &x->s);
    x->p[x->s.phi] = 0;
    ful_status_is(ful_world_new(&x->world, &x->s, x->p, NULL, &err), FUL_OK, &err);
}

static void alone_close(alone *x)
{
    ful_world_free(x->world);
    variant_close(&x->v);
}

static void real_income_alone_is_productivity(void **state)
{
    (void)state;
    alone x;
    ful_economy_outcome out[8];
    alone_open(&x, "famine,x-target,*,0.7,0.5,0.9,2022-01-01,2022-03-15,invented,E,\n"
                   "machines,x-others,*,1.25,1,2,2022-01-01,,invented,E,\n");
    const struct {
        const char *from, *to;
        double target, others;
    } expected[] = {{"2021-12-31", "2022-01-01", 1, 1},
                    {"2022-01-01", "2022-01-02", .7, 1.25},
                    {"2022-01-01", "2023-01-01", 1 - .3 * 73 / 365, 1.25},
                    {"2022-03-15", "2022-03-16", 1, 1.25}};
    for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
        const ful_scenario scenario = scenario_of(&x.s, expected[k].from, expected[k].to);
        outcomes(out, x.world, &scenario);
        for (int n = 0; n < x.s.actors; n++) {
            const double due = n == x.s.target       ? expected[k].target
                               : n == x.s.actors - 1 ? expected[k].others
                                                     : 1;
            ful_near(out[n].real_income, due, 1e-9, 0);
            ful_near(out[n].real_gdp, due, 1e-9, 0);
            ful_near(out[n].welfare, due, 1e-9, 0);
        }
    }
    alone_close(&x);
}

/* Alone, real income is linear in productivity, so that shares along the path are differences. */
static void a_decomposition_names_the_shocks(void **state)
{
    (void)state;
    alone x;
    ful_error err;
    ful_decomposition d;
    double own[64];
    alone_open(&x, "famine,x-target,*,0.7,0.7,0.7,2022-01-01,,invented,E,\n"
                   "war,x-target,*,0.5,0.5,0.5,2021-01-01,,invented,E,\n"
                   "peace,x-others,*,1.5,1.5,1.5,2021-01-01,,invented,E,\n"
                   "later,x-target,*,0.9,0.9,0.9,2023-01-01,,invented,E,\n");
    for (int k = 0; k < x.s.actors * x.s.sectors; k++)
        own[k] = 1.2;
    ful_scenario scenario = scenario_of(&x.s, "2022-06-01", "2022-06-02");
    scenario.productivity = own;
    ful_status_is(ful_study_decomposition(&d, x.world, &scenario, x.s.target, NULL, &err), FUL_OK,
                  &err);
    const double due[] = {-15, -50, 0, 0}; /* the war came first; the famine takes .3 of .5 */
    for (int k = 0; k < 4; k++)
        ful_near(d.shock[k], due[k], 1e-7, 1e-7);
    ful_near(d.productivity_pct, 7, 1e-7, 0);
    ful_near(d.real_income_pct, -58, 1e-8, 0);
    for (int k = 0; k < x.s.measures; k++)
        ful_near(d.measure[k], 0, 0, 0);
    ful_decomposition_clear(&d);
    alone_close(&x);
}

/* Beside measures and a cap, in the whole case: with a shock of the base year, too. */
static void contributions_add_up(void **state)
{
    (void)state;
    variant v;
    ful_error err;
    ful_decomposition d;
    ful_scenario scenario;
    open_with(&v, "old,x-target,goods,0.9,0.9,0.9,2001-01-01,2020-07-02,invented,E,\n"
                  "flood,x-target,minerals,0.8,0.8,0.8,2023-05-01,2023-09-01,invented,E,\n"
                  "harvest,x-others,*,1.05,1.05,1.05,2023-01-01,,invented,E,\n");
    ful_scenario_default(&scenario, v.s);
    ful_status_is(ful_study_decomposition(&d, v.world, &scenario, v.s->target, NULL, &err), FUL_OK,
                  &err);
    double sum = d.start_pct + d.productivity_pct;
    for (int k = 0; k < v.s->measures; k++)
        sum += d.measure[k];
    for (int k = 0; k < v.s->shocks; k++)
        sum += d.shock[k];
    ful_near(sum, d.real_income_pct, 0, 2e-5);
    ful_near(sum + d.residual_pct, d.real_income_pct, 0, 1e-9);
    assert_true(d.shock[0] > .1); /* goods are made as well again as before */
    assert_true(d.shock[1] < -.1);
    ful_near(d.productivity_pct, 0, 0, 0);
    ful_decomposition_clear(&d);
    variant_close(&v);
}

/* As prices fall the cap on goods binds by volume at first, then by value: all the same the parts
 * add up to what the path changes, to the error of its panels. */
static void a_cap_may_bind_by_one_bound_and_then_the_other(void **state)
{
    (void)state;
    variant v;
    ful_error err;
    ful_decomposition d;
    double own[64];
    open_with(&v, FLOOD);
    const int others = ful_situation_actor(v.s, "x-others");
    for (int n = 0; n < v.s->actors; n++)
        for (int j = 0; j < v.s->sectors; j++)
            own[n * v.s->sectors + j] = n != others ? 1 : j == GOODS ? 1.05 : 1.02;
    ful_scenario scenario = scenario_of(v.s, "2022-06-15", "2022-06-16");
    scenario.productivity = own;
    ful_status_is(ful_study_decomposition(&d, v.world, &scenario, v.s->target, NULL, &err), FUL_OK,
                  &err);
    assert_true(fabs(d.residual_pct) < 1e-6 * fabs(d.real_income_pct));
    ful_decomposition_clear(&d);
    variant_close(&v);
}

/* The factor is a parameter: a draw of it is what the world solves with. */
static void factors_are_drawn(void **state)
{
    (void)state;
    variant v;
    ful_error err;
    ful_world *world;
    double p[256], least = 1, most = 0;
    open_with(&v, FLOOD);
    const ful_param factor = v.s->shock[0].factor;
    assert_true(v.s->parameters <= 256 && factor == ful_situation_parameter(v.s, "shock.flood-2022"
                                                                                 ".factor"));
    for (int draw = 0; draw < 200; draw++) {
        ful_situation_draw(p, v.s, 1, draw);
        least = fmin(least, p[factor]);
        most = fmax(most, p[factor]);
    }
    assert_true(least >= .5 && least < .6 && most > .8 && most <= .9);
    ful_status_is(ful_world_new(&world, v.s, p, NULL, &err), FUL_OK, &err);
    ful_near(productivity(world, MINERALS, "2022-06-01", "2022-06-02"), p[factor], 0, 0);
    ful_world_free(world);
    const double wrong[] = {0, 1e300, NAN};
    for (int k = 0; k < 3; k++) {
        p[factor] = wrong[k];
        assert_int_equal(ful_world_new(&world, v.s, p, NULL, &err), FUL_ERR_DATA);
        ful_says(err, "the factor of shock 'flood-2022' is ");
        ful_says(err, "expected 1e-06..1e+06");
        assert_null(world);
    }
    variant_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mean_is_over_days),
        cmocka_unit_test(what_was_in_the_base_year_is_divided_out),
        cmocka_unit_test(a_shock_is_what_a_scenario_may_say_itself),
        cmocka_unit_test(real_income_alone_is_productivity),
        cmocka_unit_test(a_decomposition_names_the_shocks),
        cmocka_unit_test(contributions_add_up),
        cmocka_unit_test(a_cap_may_bind_by_one_bound_and_then_the_other),
        cmocka_unit_test(factors_are_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
