/* SPDX-License-Identifier: MIT */
/* The certificate holds on solutions, and tells what is none. */
#include "worlds.h"

#define SEEDS 20
#define FLOWS (WORLD_J * WORLD_N * WORLD_N)
#define LIMIT 1e-8 /* above it a solution must not be shown */
#define NUDGE 1e-5 /* an error that must be seen */

/* A world of the seed with every feature, and a shock that may close a country's trade. */
static void any_world(world *w, double *openness, double *tariff, unsigned seed)
{
    world_random(w, seed, WORLD_N, WORLD_J);
    random_shock(openness, tariff, w, seed);
    for (int n = 0; n < w->N; n++) {
        w->kappa[n] = n % 3 == 0 ? INFINITY : n % 3;
        w->phi[n] = seed % 2 ? 0 : 0.4 * n;
    }
    w->data.closure = seed % 3 == 0   ? FUL_CLOSURE_ZERO
                      : seed % 3 == 1 ? FUL_CLOSURE_FIXED
                                      : FUL_CLOSURE_FINANCED;
    if (seed % 3 != 1 && seed % 2)
        for (int j = 0; j < w->J; j++)
            for (int n = 1; n < w->N; n++)
                openness[world_at(w, j, n, 0)] = openness[world_at(w, j, 0, n)] = 0;
}

static void solutions_pass(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        world w;
        solved s;
        double openness[FLOWS], tariff[FLOWS];
        any_world(&w, openness, tariff, seed);
        const ful_economy_shock shock = {.openness = openness, .tariff = tariff};
        solved_new(&s, &w.data, &shock, 1e-10); /* asserts the certificate */
        assert_true(s.report.residual <= 1e-10);
        solved_free(&s);
    }
}

static double violation(const ful_economy_model *m, const ful_economy_work *work,
                        const ful_economy_shock *shock)
{
    ful_error err;
    ful_economy_certificate c;
    ful_status_is(ful_economy_certify(&c, m, work, shock, NULL, &err), FUL_OK, &err);
    const double parts[] = {c.prices, c.shares,    c.goods, c.spending,   c.income,
                            c.labour, c.transfers, c.caps,  c.households, c.outcomes};
    double largest = 0;
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        largest = fmax(largest, parts[k]);
    assert_true(c.max_violation == largest);
    return c.max_violation;
}

/* A number of the solution that is off by a hundred thousandth is seen, whichever it is. */
static void a_wrong_number_is_seen(void **state)
{
    (void)state;
    world w;
    solved s;
    double openness[FLOWS], tariff[FLOWS];
    any_world(&w, openness, tariff, 2);
    const ful_economy_shock shock = {.openness = openness, .tariff = tariff};
    solved_new(&s, &w.data, &shock, 1e-12);
    /* the view shows the workspace's own arrays; writing there is what a broken solver would do */
    const struct {
        const double *array;
        int count;
    } part[] = {{s.view.price, w.N * w.J},    {s.view.final_price, w.N},
                {s.view.cost, w.N * w.J},     {s.view.output, w.N * w.J},
                {s.view.spending, w.N * w.J}, {s.view.value_added, w.N * w.J},
                {s.view.income, w.N},         {s.view.revenue, w.N},
                {s.view.transfer, w.N},       {s.view.flow, w.J * w.N * w.N}};
    for (size_t k = 0; k < sizeof part / sizeof *part; k++)
        for (int a = 0; a < part[k].count; a++) {
            double *number = (double *)part[k].array + a;
            const double right = *number;
            if (fabs(right) < 1e-6)
                continue;
            *number = right * (1 + NUDGE);
            if (!(violation(s.model, s.work, &shock) > LIMIT))
                fail_msg("array %zu, number %d: %.17g passes as %.17g", k, a, *number, right);
            *number = NAN;
            assert_true(isinf(violation(s.model, s.work, &shock)));
            *number = right;
        }
    assert_true(violation(s.model, s.work, &shock) <= LIMIT);
    solved_free(&s);
}

/* The solution of one problem is none of another. */
static void a_wrong_problem_is_seen(void **state)
{
    (void)state;
    world w, v;
    solved s;
    ful_error err;
    double openness[FLOWS], tariff[FLOWS], other[FLOWS];
    any_world(&w, openness, tariff, 4);
    const ful_economy_shock shock = {.openness = openness, .tariff = tariff};
    solved_new(&s, &w.data, &shock, 1e-12);
    memcpy(other, openness, sizeof other);
    other[world_at(&w, 1, 2, 3)] = openness[world_at(&w, 1, 2, 3)] * (1 + 1e-3) + 1e-3;
    const ful_economy_shock more_open = {.openness = other, .tariff = tariff};
    assert_true(violation(s.model, s.work, &more_open) > LIMIT);
    memcpy(other, tariff, sizeof other);
    other[world_at(&w, 0, 1, 2)] += 1e-3;
    const ful_economy_shock dearer = {.openness = openness, .tariff = other};
    assert_true(violation(s.model, s.work, &dearer) > LIMIT);

    double *const number[] = {&v.theta[1], &v.input[3], &v.kappa[1], &v.phi[2],
                              &v.flow[world_at(&w, 2, 4, 4)]};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++) {
        ful_economy_model *model;
        any_world(&v, openness, tariff, 4);
        *number[k] *= 1 + 1e-3;
        ful_status_is(ful_economy_model_new(&model, NULL, &v.data, NULL, &err), FUL_OK, &err);
        if (!(violation(model, s.work, &shock) > LIMIT))
            fail_msg("number %zu does not matter", k);
        ful_economy_model_free(model);
    }
    solved_free(&s);
}

/* An iterate that has not converged, and a workspace that never solved anything. */
static void what_is_not_solved_is_seen(void **state)
{
    (void)state;
    world w;
    ful_error err;
    ful_economy_model *model;
    ful_economy_work *work;
    ful_economy_report report;
    double openness[FLOWS], tariff[FLOWS];
    any_world(&w, openness, tariff, 7);
    const ful_economy_shock shock = {.openness = openness, .tariff = tariff};
    ful_status_is(ful_economy_model_new(&model, NULL, &w.data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_work_new(&work, model, NULL, &err), FUL_OK, &err);
    assert_true(isinf(violation(model, work, &shock)));
    ful_economy_options few;
    ful_economy_options_default(&few);
    few.max_passes = 5;
    ful_status_is(ful_economy_solve(&report, model, work, &shock, &few, &err), FUL_NOT_CONVERGED,
                  &err);
    assert_int_equal(report.passes, 5);
    assert_true(report.residual > few.tolerance);
    assert_true(violation(model, work, &shock) > LIMIT);
    ful_economy_work_free(work);
    ful_economy_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solutions_pass),
        cmocka_unit_test(a_wrong_number_is_seen),
        cmocka_unit_test(a_wrong_problem_is_seen),
        cmocka_unit_test(what_is_not_solved_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
