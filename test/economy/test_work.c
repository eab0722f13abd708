/* SPDX-License-Identifier: MIT */
/* Workspaces: memory, starts, stops, and the same bits every time. */
#include "worlds.h"

#define FLOWS (WORLD_J * WORLD_N * WORLD_N)
#define CELLS (WORLD_J * WORLD_N)

/* A world with finite and infinite kappa, and an embargo that leaves cells out of use. */
static void mixed_world(world *w, double *openness, double *tariff, unsigned seed)
{
    world_random(w, seed, WORLD_N, WORLD_J);
    random_shock(openness, tariff, w, seed);
    for (int n = 0; n < w->N; n++)
        w->kappa[n] = n % 2 ? INFINITY : 1 + n;
    w->data.closure = FUL_CLOSURE_ZERO;
    for (int j = 0; j < w->J; j++)
        for (int n = 1; n < w->N; n++)
            openness[world_at(w, j, n, 0)] = openness[world_at(w, j, 0, n)] = 0;
}

static void a_solve_allocates_nothing(void **state)
{
    (void)state;
    world w;
    ful_error err;
    ful_test_memory memory;
    ful_economy_model *model;
    ful_economy_work *work;
    ful_economy_report report;
    ful_economy_certificate certificate;
    double openness[FLOWS], tariff[FLOWS];
    mixed_world(&w, openness, tariff, 3);
    const ful_economy_shock shock = {.openness = openness, .tariff = tariff};
    ful_test_memory_init(&memory, -1);
    ful_status_is(ful_economy_model_new(&model, NULL, &w.data, &memory.allocator, &err), FUL_OK,
                  &err);
    assert_int_equal(memory.calls, 1);
    ful_status_is(ful_economy_work_new(&work, model, &memory.allocator, &err), FUL_OK, &err);
    assert_int_equal(memory.calls, 2);
    ful_status_is(ful_economy_solve(&report, model, work, &shock, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_solve(&report, model, work, NULL, NULL, &err), FUL_OK, &err);
    assert_int_equal(memory.calls, 2);
    ful_status_is(ful_economy_certify(&certificate, model, work, NULL, &memory.allocator, &err),
                  FUL_OK, &err);
    assert_int_equal(memory.live, 2);
    ful_economy_work_free(work);
    ful_economy_model_free(model);
    assert_int_equal(memory.live, 0);
    ful_economy_work_free(NULL);
    ful_economy_model_free(NULL);
}

/* Everything that allocates, in one go; returns the first status that is not FUL_OK. */
static ful_status whole_life(const ful_allocator *allocator, const world *w,
                             const ful_economy_shock *shock, ful_error *err)
{
    ful_economy_model *model = NULL;
    ful_economy_work *work = NULL;
    ful_arena *arena = NULL;
    ful_economy_report report;
    ful_economy_certificate certificate;
    ful_economy_data data;
    ful_status status = ful_economy_model_new(&model, NULL, &w->data, allocator, err);
    if (status == FUL_OK)
        status = ful_economy_work_new(&work, model, allocator, err);
    if (status == FUL_OK)
        status = ful_economy_solve(&report, model, work, shock, NULL, err);
    if (status == FUL_OK)
        status = ful_economy_certify(&certificate, model, work, shock, allocator, err);
    if (status == FUL_OK)
        status = ful_arena_new(&arena, allocator, err);
    if (status == FUL_OK)
        status = ful_economy_rebase(&data, model, work, shock, arena, err);
    ful_arena_free(arena);
    ful_economy_work_free(work);
    ful_economy_model_free(model);
    return status;
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    world w;
    ful_error err;
    double openness[FLOWS], tariff[FLOWS];
    ful_status status = FUL_ERR_MEMORY;
    mixed_world(&w, openness, tariff, 3);
    const ful_economy_shock shock = {.openness = openness, .tariff = tariff};
    for (long n = 0; status != FUL_OK; n++) {
        ful_test_memory memory;
        ful_test_memory_init(&memory, n);
        status = whole_life(&memory.allocator, &w, &shock, &err);
        assert_int_equal(memory.live, 0);
        if (status != FUL_OK) {
            ful_status_is(status, FUL_ERR_MEMORY, &err);
            ful_says(err, "out of memory");
        }
        assert_true(n < 100);
    }
}

/* All that a view shows, to the bit. */
static void same_bits(const ful_economy_view *a, const ful_economy_view *b)
{
    assert_memory_equal(a->outcome, b->outcome, sizeof(ful_economy_outcome) * WORLD_N);
    assert_memory_equal(a->price, b->price, sizeof(double) * CELLS);
    assert_memory_equal(a->cost, b->cost, sizeof(double) * CELLS);
    assert_memory_equal(a->output, b->output, sizeof(double) * CELLS);
    assert_memory_equal(a->spending, b->spending, sizeof(double) * CELLS);
    assert_memory_equal(a->value_added, b->value_added, sizeof(double) * CELLS);
    assert_memory_equal(a->income, b->income, sizeof(double) * WORLD_N);
    assert_memory_equal(a->transfer, b->transfer, sizeof(double) * WORLD_N);
    assert_memory_equal(a->flow, b->flow, sizeof(double) * FLOWS);
}

static void the_same_bits_after_a_reset(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 4; seed++) {
        world w, v;
        solved s, t;
        ful_error err;
        ful_economy_report report;
        double openness[FLOWS], tariff[FLOWS], other[FLOWS], rates[FLOWS];
        mixed_world(&w, openness, tariff, seed);
        mixed_world(&v, other, rates, seed + 50);
        random_shock(other, rates, &w, seed + 9);
        const ful_economy_shock shock = {.openness = openness, .tariff = tariff};
        const ful_economy_shock elsewhere = {.openness = other, .tariff = rates};
        solved_new(&s, &w.data, &shock, 1e-10);
        solved_new(&t, &v.data, &elsewhere, 1e-10);
        /* t's workspace has seen another model; it is of the same shape and may serve this one */
        ful_economy_work_reset(t.work);
        ful_status_is(ful_economy_solve(&report, s.model, t.work, &elsewhere, NULL, &err), FUL_OK,
                      &err);
        ful_economy_work_reset(t.work);
        ful_status_is(ful_economy_solve(&report, s.model, t.work, &shock, NULL, &err), FUL_OK,
                      &err);
        assert_int_equal(report.passes, s.report.passes);
        assert_true(report.residual == s.report.residual);
        same_bits(&t.view, &s.view);
        solved_free(&s);
        solved_free(&t);
    }
}

/* Warm or cold, the solution is the same to what the residual allows; and warm is no longer way. */
static void warm_and_cold_agree(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 6; seed++) {
        world w;
        solved s, t;
        ful_error err;
        ful_economy_report report;
        double openness[FLOWS], tariff[FLOWS];
        mixed_world(&w, openness, tariff, seed);
        const ful_economy_shock shock = {.openness = openness, .tariff = tariff};
        solved_new(&s, &w.data, NULL, 1e-12);
        solved_new(&t, &w.data, &shock, 1e-12);
        ful_economy_options options;
        ful_economy_options_default(&options);
        options.tolerance = 1e-12;
        ful_status_is(ful_economy_solve(&report, s.model, s.work, &shock, &options, &err), FUL_OK,
                      &err);
        for (int n = 0; n < w.N; n++) {
            ful_near(s.view.outcome[n].real_income, t.view.outcome[n].real_income, 1e-10, 0);
            ful_near(s.view.outcome[n].real_gdp, t.view.outcome[n].real_gdp, 1e-10, 0);
        }
        /* again from its own solution: nothing left to do */
        ful_status_is(ful_economy_solve(&report, s.model, s.work, &shock, &options, &err), FUL_OK,
                      &err);
        assert_int_equal(report.passes, 1);
        /* a copied start is as good as one's own */
        ful_economy_work_reset(t.work);
        ful_economy_work_copy(t.work, s.work);
        ful_status_is(ful_economy_solve(&report, t.model, t.work, &shock, &options, &err), FUL_OK,
                      &err);
        assert_int_equal(report.passes, 1);
        solved_free(&s);
        solved_free(&t);
    }
}

static void plain_and_mixed_iteration_agree(void **state)
{
    (void)state;
    world w;
    solved s, t;
    ful_error err;
    ful_economy_report report;
    double openness[FLOWS], tariff[FLOWS];
    mixed_world(&w, openness, tariff, 2);
    const ful_economy_shock shock = {.openness = openness, .tariff = tariff};
    solved_new(&s, &w.data, &shock, 1e-11);
    solved_new(&t, &w.data, NULL, 1e-11);
    ful_economy_options plain = {.tolerance = 1e-11, .max_passes = 100000, .depth = 0};
    ful_status_is(ful_economy_solve(&report, t.model, t.work, &shock, &plain, &err), FUL_OK, &err);
    assert_true(report.passes > s.report.passes);
    for (int n = 0; n < w.N; n++)
        ful_near(t.view.outcome[n].welfare, s.view.outcome[n].welfare, 1e-8, 0);
    solved_free(&s);
    solved_free(&t);
}

static void a_stop_is_obeyed(void **state)
{
    (void)state;
    world w;
    solved s;
    ful_error err;
    ful_economy_report report;
    double openness[FLOWS], tariff[FLOWS];
    volatile int stop = 1;
    mixed_world(&w, openness, tariff, 2);
    const ful_economy_shock shock = {.openness = openness, .tariff = tariff};
    solved_new(&s, &w.data, NULL, 1e-10);
    ful_economy_options options;
    ful_economy_options_default(&options);
    options.stop = &stop;
    ful_status_is(ful_economy_solve(&report, s.model, s.work, &shock, &options, &err),
                  FUL_INTERRUPTED, &err);
    ful_says(err, "interrupted");
    stop = 0;
    ful_status_is(ful_economy_solve(&report, s.model, s.work, &shock, &options, &err), FUL_OK,
                  &err);
    solved_free(&s);
}

/* Inventories: more oil used than bought is made up at home and said so. */
static void inventories_are_reported(void **state)
{
    (void)state;
    world w;
    ful_error err;
    ful_economy_model *model;
    ful_economy_adjustment changes;
    ful_economy_view base;
    world_random(&w, 6, WORLD_N, WORLD_J);
    ful_status_is(ful_economy_model_new(&model, &changes, &w.data, NULL, &err), FUL_OK, &err);
    assert_true(changes.inventory == 0);
    assert_int_equal(changes.inventory_cells, 0);
    assert_int_equal(changes.worst_country, -1);
    ful_economy_model_free(model);

    const size_t own = world_at(&w, 1, 3, 3);
    w.flow[own] = 1;
    w.input[(3 * w.J + 0) * w.J + 1] = 0.6;
    ful_status_is(ful_economy_model_new(&model, &changes, &w.data, NULL, &err), FUL_OK, &err);
    ful_economy_benchmark(&base, model);
    assert_int_equal(changes.inventory_cells, 1);
    assert_int_equal(changes.worst_country, 3);
    assert_int_equal(changes.worst_sector, 1);
    ful_near(base.flow[own] - w.flow[own], changes.inventory, 1e-12, 0);
    /* what is used is now what is bought, to the last digit but a few */
    double used = 0;
    for (int j = 0; j < w.J; j++)
        used += w.input[(3 * w.J + j) * w.J + 1] * base.output[3 * w.J + j];
    ful_near(used, base.spending[3 * w.J + 1], 1e-13, 0);
    ful_economy_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_solve_allocates_nothing),
        cmocka_unit_test(every_failed_allocation_is_reported),
        cmocka_unit_test(the_same_bits_after_a_reset),
        cmocka_unit_test(warm_and_cold_agree),
        cmocka_unit_test(plain_and_mixed_iteration_agree),
        cmocka_unit_test(a_stop_is_obeyed),
        cmocka_unit_test(inventories_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
