/* SPDX-License-Identifier: MIT */
/*
 * The gradient against differences of solutions: every outcome of every country with respect to
 * everything it may be asked for. Central differences with Richardson's extrapolation; where a
 * parameter is at the end of its range, a one-sided difference of third order.
 */
#include "scenes.h"

#define N 3
#define KINDS 5
#define OUTCOMES (N * KINDS)
#define TIGHT 1e-13
#define STEP 1e-4
#define EDGE 2e-5 /* of one-sided differences, whose error falls with its third power */
#define CENTRAL 1e-6
#define ONE_SIDED 1e-5
/* a residual of 1e-13, a condition of some tens, a step of 1e-4 */
#define NOISE 3e-8
/* the same, times the 40/6 that the weights of the one-sided difference add up to, over its step */
#define NOISE_EDGE 3e-7

/* Parameters that are differentiated one by one: where they are and where their derivatives go. */
typedef struct family {
    const char *name;
    double *value;
    size_t count;
    int from_zero;  /* values below 0 make no sense */
    int reciprocal; /* the parameter is 1 over the value */
    double **derivative[OUTCOMES];
} family;

static void solve_outcomes(double *out, const scene *x)
{
    solved s;
    scene_solve(&s, x, TIGHT);
    for (int n = 0; n < N; n++) {
        const ful_economy_outcome *o = &s.view.outcome[n];
        const double of[KINDS] = {o->welfare, o->real_income, o->real_gdp, o->exports, o->imports};
        memcpy(out + n * KINDS, of, sizeof of);
    }
    solved_free(&s);
}

static void outcomes_at(double *out, const scene *x, const family *f, size_t k, double parameter)
{
    const double kept = f->value[k];
    f->value[k] = f->reciprocal ? 1 / parameter : parameter; /* 1/0: one labour market */
    solve_outcomes(out, x);
    f->value[k] = kept;
}

/* Slopes of all outcomes in one parameter; returns how exact they are, relative. */
static double slopes(double *slope, const scene *x, const family *f, size_t k)
{
    const double at = f->reciprocal ? 1 / f->value[k] : f->value[k];
    double y[4][OUTCOMES];
    if (f->from_zero && at < 2 * STEP) {
        for (int step = 0; step < 4; step++)
            outcomes_at(y[step], x, f, k, at + step * EDGE);
        for (int o = 0; o < OUTCOMES; o++)
            slope[o] = (-11 * y[0][o] + 18 * y[1][o] - 9 * y[2][o] + 2 * y[3][o]) / (6 * EDGE);
        return ONE_SIDED;
    }
    for (int side = 0; side < 4; side++)
        outcomes_at(y[side], x, f, k, at + (side < 2 ? 1 : 2) * (side % 2 ? STEP : -STEP));
    for (int o = 0; o < OUTCOMES; o++) {
        const double near = (y[1][o] - y[0][o]) / (2 * STEP);
        const double far = (y[3][o] - y[2][o]) / (4 * STEP);
        slope[o] = (4 * near - far) / 3;
    }
    return CENTRAL;
}

static int wrong; /* derivatives that are not those of the differences */

static void compare(const scene *x, const family *f)
{
    for (size_t k = 0; k < f->count; k++) {
        double slope[OUTCOMES];
        const double exact = slopes(slope, x, f, k);
        for (int o = 0; o < OUTCOMES; o++) {
            const double found = (*f->derivative[o])[k];
            const double noise = exact == CENTRAL ? NOISE : NOISE_EDGE;
            if (fabs(found - slope[o]) <= exact * fabs(slope[o]) + noise)
                continue;
            if (wrong++ < 20)
                print_error(
                    "seed %u: d outcome %d of %d / d %s[%zu] = %.12g, by differences %.12g\n",
                    x->seed, o % KINDS, o / KINDS, f->name, k, found, slope[o]);
        }
    }
}

/* Gradients of all outcomes at the solution of the scene; 0 where one of them is one-sided. */
static int gradients(ful_economy_gradient *g, scene *x)
{
    solved s;
    ful_error err;
    ful_economy_options options;
    const size_t flows = x->flows, cells = (size_t)(N * x->J);
    int smooth = 1;
    ful_economy_options_default(&options);
    options.tolerance = 1e-12;
    scene_solve(&s, x, TIGHT);
    for (int o = 0; o < OUTCOMES; o++) {
        g[o] = (ful_economy_gradient){.openness = scene_numbers(x, flows, NAN),
                                      .latent_openness = scene_numbers(x, flows, NAN),
                                      .tariff = scene_numbers(x, flows, NAN),
                                      .export_tax = scene_numbers(x, flows, NAN),
                                      .productivity = scene_numbers(x, cells, NAN),
                                      .theta = scene_numbers(x, (size_t)x->J, NAN),
                                      .sigma_f = scene_numbers(x, N, NAN),
                                      .sigma_m = scene_numbers(x, N, NAN),
                                      .sigma_v = scene_numbers(x, N, NAN),
                                      .kappa = scene_numbers(x, N, NAN),
                                      .phi = scene_numbers(x, N, NAN)};
        ful_status_is(ful_economy_differentiate(&g[o], s.model, s.work, &x->shock, o / KINDS,
                                                (ful_economy_outcome_kind)(o % KINDS), &options,
                                                &err),
                      FUL_OK, &err);
        assert_true(g[o].residual <= 1e-12 && g[o].passes > 0);
        smooth &= !g[o].one_sided;
    }
    /* the solution is still there */
    ful_economy_certificate after;
    ful_status_is(ful_economy_certify(&after, s.model, s.work, &x->shock, NULL, &err), FUL_OK,
                  &err);
    assert_true(after.max_violation == s.certificate.max_violation);
    solved_free(&s);
    return smooth;
}

#define FAMILY(member, array, size, zero, inverse)                                                 \
    do {                                                                                           \
        family f = {.name = #member,                                                               \
                    .value = (array),                                                              \
                    .count = (size_t)(size),                                                       \
                    .from_zero = (zero),                                                           \
                    .reciprocal = (inverse)};                                                      \
        for (int o = 0; o < OUTCOMES; o++)                                                         \
            f.derivative[o] = &g[o].member;                                                        \
        compare(x, &f);                                                                            \
    } while (0)

/* 1 if the scene is smooth where it is and all its derivatives were compared. */
static int differentiate(scene *x)
{
    ful_economy_gradient g[OUTCOMES];
    if (!gradients(g, x))
        return 0;
    FAMILY(openness, x->openness, x->flows, 1, 0);
    FAMILY(latent_openness, x->latent_openness, x->flows, 1, 0);
    FAMILY(tariff, x->new_tariff, x->flows, 0, 0);
    FAMILY(export_tax, x->new_export_tax, x->flows, 0, 0);
    FAMILY(productivity, x->productivity, N * x->J, 0, 0);
    FAMILY(theta, x->theta, x->J, 0, 0);
    FAMILY(sigma_f, x->sigma_f, N, 0, 0);
    FAMILY(sigma_m, x->sigma_m, N, 0, 0);
    FAMILY(sigma_v, x->sigma_v, N, 0, 0);
    FAMILY(kappa, x->kappa, N, 1, 1);
    FAMILY(phi, x->phi, N, 1, 0);
    return 1;
}

static void differentiate_with(int with, unsigned first, unsigned scenes)
{
    unsigned smooth = 0;
    wrong = 0;
    for (unsigned seed = first; seed < first + scenes; seed++) {
        scene x;
        scene_random(&x, seed, N, 2, with);
        x.data.closure = (ful_closure)(seed % 3);
        for (int n = 0; n < N; n++) /* 1/kappa has room on both sides */
            x.kappa[n] = fmax(x.kappa[n], 1.01);
        smooth += (unsigned)differentiate(&x);
        scene_free(&x);
    }
    assert_int_equal(wrong, 0);
    assert_true(2 * smooth > scenes);
}

static void cobb_douglas(void **state)
{
    (void)state;
    differentiate_with(0, 0, 3);
}

static void substitution_and_labour(void **state)
{
    (void)state;
    differentiate_with(WITH_CES | WITH_MOBILITY | WITH_IDLE, 10, 3);
}

static void taxes_latent_flows_and_products(void **state)
{
    (void)state;
    differentiate_with(WITH_EXPORT_TAX | WITH_LATENT | WITH_PRODUCTS, 20, 3);
}

static void households(void **state)
{
    (void)state;
    differentiate_with(WITH_HOUSEHOLDS | WITH_CES, 30, 3);
}

static void caps(void **state)
{
    (void)state;
    differentiate_with(WITH_CAPS | WITH_EXPORT_TAX, 40, 6);
}

static void hubs(void **state)
{
    (void)state;
    differentiate_with(WITH_HUBS, 60, 2);
    differentiate_with(WITH_HUBS | WITH_EXPORT_TAX | WITH_LATENT | WITH_MOBILITY, 64, 2);
    differentiate_with(WITH_HUBS | WITH_CAPS, 66, 3);
}

static void everything_together(void **state)
{
    (void)state;
    differentiate_with(WITH_ALL, 50, 6);
}

/* No shock at all: the derivative of welfare with trade balanced is terms plus volume of trade. */
static void the_benchmark_itself(void **state)
{
    (void)state;
    scene x;
    scene_random(&x, 60, N, 2, WITH_CES | WITH_EXPORT_TAX);
    x.data.closure = FUL_CLOSURE_FIXED;
    scene_no_shock(&x);
    wrong = 0;
    assert_true(differentiate(&x));
    assert_int_equal(wrong, 0);
    scene_free(&x);
}

/* A bound that is exactly what would be bought anyway: to one side it binds. */
static void a_kink_is_said(void **state)
{
    (void)state;
    scene x;
    solved s;
    ful_economy_gradient g[OUTCOMES];
    scene_random(&x, 70, N, 2, 0);
    scene_solve(&s, &x, TIGHT);
    const size_t entry = scene_at(&x, 0, 0, 1);
    const ful_economy_cap cap = {
        .entries = 1, .entry = &entry, .value = s.view.flow[entry], .quantity = INFINITY};
    assert_true(cap.value > 0);
    x.shock.caps = 1;
    x.shock.cap = &cap;
    assert_false(gradients(g, &x));
    solved_free(&s);
    scene_free(&x);
}

/* A solve that is refused keeps the last solution, and so its gradient, to the bit. */
static void a_refused_shock_changes_no_gradient(void **state)
{
    (void)state;
    scene x;
    solved s;
    ful_error err;
    ful_economy_report report;
    scene_random(&x, 71, N, 2, 0);
    scene_solve(&s, &x, TIGHT);
    const size_t flows = ful_economy_flows(s.model);
    double *openness = calloc(3 * flows, sizeof *openness); /* and two gradients */
    assert_non_null(openness);
    for (int k = 0; k < 2; k++) {
        ful_economy_gradient g = {.openness = openness + (size_t)(1 + k) * flows};
        ful_status_is(
            ful_economy_differentiate(&g, s.model, s.work, &x.shock, 0, FUL_WELFARE, NULL, &err),
            FUL_OK, &err);
        const ful_economy_shock closed = {.openness = openness}; /* nothing may be sold */
        ful_status_is(ful_economy_solve(&report, s.model, s.work, &closed, NULL, &err),
                      FUL_ERR_INFEASIBLE, &err);
    }
    assert_memory_equal(openness + flows, openness + 2 * flows, sizeof *openness * flows);
    free(openness);
    solved_free(&s);
    scene_free(&x);
}

static void what_cannot_be_differentiated_is_refused(void **state)
{
    (void)state;
    scene x;
    solved s;
    ful_error err;
    ful_economy_gradient g = {0};
    scene_random(&x, 71, N, 2, 0);
    scene_solve(&s, &x, TIGHT);
    ful_status_is(
        ful_economy_differentiate(&g, s.model, s.work, &x.shock, N, FUL_WELFARE, NULL, &err),
        FUL_ERR_ARGUMENT, &err);
    ful_economy_work_reset(s.work);
    ful_status_is(
        ful_economy_differentiate(&g, s.model, s.work, &x.shock, 0, FUL_WELFARE, NULL, &err),
        FUL_ERR_ARGUMENT, &err);
    solved_free(&s);
    scene_free(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cobb_douglas),
        cmocka_unit_test(substitution_and_labour),
        cmocka_unit_test(taxes_latent_flows_and_products),
        cmocka_unit_test(households),
        cmocka_unit_test(caps),
        cmocka_unit_test(hubs),
        cmocka_unit_test(everything_together),
        cmocka_unit_test(the_benchmark_itself),
        cmocka_unit_test(a_kink_is_said),
        cmocka_unit_test(a_refused_shock_changes_no_gradient),
        cmocka_unit_test(what_cannot_be_differentiated_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
