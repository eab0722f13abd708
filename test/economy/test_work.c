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

/* ---- one workspace for many shocks ---- */

#define LARGE (2 * WORLD_N)
#define MANY (WORLD_J * LARGE * LARGE)

/* A dense world, or its flows that are above zero alone: rows of one vector and less, of more, and
 * products of many vectors. Nobody taxes the first sector, or buys the second abroad. */
typedef struct layout {
    world w;
    size_t row[WORLD_J * LARGE + 1], flows;
    int seller[MANY];
} layout;

static void lay_out(layout *x, int N, int sparse)
{
    world_random(&x->w, 8, N, WORLD_J);
    x->flows = 0;
    for (int r = 0; r < WORLD_J * N; r++) {
        x->row[r] = x->flows;
        for (int i = 0; i < N; i++) {
            const size_t a = (size_t)r * (size_t)N + (size_t)i;
            const double flow = r / N == 1 && r % N != i ? 0 : x->w.flow[a];
            if (sparse && flow == 0)
                continue;
            x->w.flow[x->flows] = flow;
            x->w.tariff[x->flows] = r < N ? 0 : x->w.tariff[a];
            x->seller[x->flows++] = i;
        }
    }
    x->row[WORLD_J * N] = x->flows;
    x->w.data.row = sparse ? x->row : NULL;
    x->w.data.seller = sparse ? x->seller : NULL;
    x->w.data.closure = FUL_CLOSURE_ZERO;
}

/* Shocks of all kinds: few flows change or many, some are closed, taxes and caps come and go, in
 * half of them on the first sector too; one holds a number that is none; one does nothing but close
 * by a cap all trade of a country. */
typedef struct any_shock {
    double openness[MANY], tariff[MANY], tax[MANY];
    size_t entry[MANY];
    ful_economy_cap cap;
    ful_economy_shock shock;
} any_shock;

/* All trade of country 0 with others; returns how many flows that are. */
static int list_trade(size_t *entry, const layout *l)
{
    int count = 0;
    for (int r = 0; r < l->w.J * l->w.N; r++)
        for (size_t a = l->row[r]; a < l->row[r + 1]; a++)
            if ((r % l->w.N == 0) != (l->seller[a] == 0))
                entry[count++] = a;
    return count;
}

static void make_shock(any_shock *x, const layout *l, unsigned k)
{
    unsigned d = 0;
    const double often = k % 3 == 0 ? 0.5 : 0.02;
    for (size_t a = 0; a < l->flows; a++) {
        const int changes = world_draw(k, &d) < often;
        const double u = world_draw(k, &d);
        x->openness[a] = changes && u < 0.95 ? 0.4 + u : 1;
        const int taxed = changes && (k % 2 == 0 || a >= l->row[l->w.N]);
        x->tariff[a] = l->w.tariff[a] + (taxed ? 0.1 * u : 0);
        x->tax[a] = taxed ? 0.05 * u : 0;
    }
    x->cap = (ful_economy_cap){.entries = 3, .entry = x->entry, .quantity = INFINITY};
    for (int e = 0; e < 3; e++)
        x->entry[e] = l->flows - 2 - 5 * (size_t)e;
    if (k == 10)
        x->cap.entries = list_trade(x->entry, l);
    if (k == 3 || k == 4)
        x->openness[l->row[1] + 1] = x->openness[l->row[2] + 3] = 0;
    if (k == 7)
        x->openness[l->flows - 1] = NAN;
    x->cap.value = k % 4 == 0 || k == 10 ? 0 : 5;
    x->cap.rent = k % 4 == 1 ? FUL_RENT_SELLER : FUL_RENT_BUYER;
    x->shock = (ful_economy_shock){.openness = k % 5 != 1 ? x->openness : NULL,
                                   .tariff = k % 3 != 1 ? x->tariff : NULL,
                                   .export_tax = k % 4 == 2 ? x->tax : NULL,
                                   .caps = k == 1 || k == 4 || k == 8,
                                   .cap = &x->cap};
    if (k == 10)
        x->shock = (ful_economy_shock){.caps = 1, .cap = &x->cap};
    if (k == 9 || k == 11)
        x->shock = (ful_economy_shock){0};
}

/* Solve from the start in a workspace of its own, and in one that has seen other shocks. */
static void check_trace(const ful_economy_model *m, ful_economy_work *used, const any_shock *x)
{
    ful_error err;
    ful_economy_work *fresh;
    ful_economy_report first, again;
    ful_economy_view a, b;
    ful_status_is(ful_economy_work_new(&fresh, m, NULL, &err), FUL_OK, &err);
    const ful_status status = ful_economy_solve(&first, m, fresh, &x->shock, NULL, &err);
    ful_economy_work_reset(used);
    ful_status_is(ful_economy_solve(&again, m, used, &x->shock, NULL, &err), status, &err);
    if (status == FUL_OK) {
        const size_t N = (size_t)ful_economy_countries(m);
        ful_economy_view_get(&a, m, fresh);
        ful_economy_view_get(&b, m, used);
        ful_economy_certificate c;
        ful_status_is(ful_economy_certify(&c, m, used, &x->shock, NULL, &err), FUL_OK, &err);
        assert_true(c.max_violation < 1e-8); /* what is shown */
        assert_memory_equal(a.flow, b.flow, sizeof(double) * ful_economy_flows(m));
        assert_memory_equal(a.price, b.price, sizeof(double) * N * WORLD_J);
        assert_memory_equal(a.outcome, b.outcome, sizeof(ful_economy_outcome) * N);
        assert_memory_equal(a.component, b.component, sizeof(int) * N);
    }
    ful_economy_work_free(fresh);
}

static void an_earlier_shock_leaves_no_trace(void **state)
{
    (void)state;
    static layout l;
    static any_shock x;
    static const int extent[] = {WORLD_N, LARGE, LARGE};
    for (int k = 0; k < 3; k++) {
        ful_error err;
        ful_economy_model *model;
        ful_economy_work *work;
        lay_out(&l, extent[k], k == 2);
        ful_status_is(ful_economy_model_new(&model, NULL, &l.w.data, NULL, &err), FUL_OK, &err);
        ful_status_is(ful_economy_work_new(&work, model, NULL, &err), FUL_OK, &err);
        for (unsigned seed = 0; seed < 12; seed++) {
            make_shock(&x, &l, seed);
            check_trace(model, work, &x);
        }
        ful_economy_work_free(work);
        ful_economy_model_free(model);
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
    ful_says(err, "after 0 passes");
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
        cmocka_unit_test(an_earlier_shock_leaves_no_trace),
        cmocka_unit_test(warm_and_cold_agree),
        cmocka_unit_test(plain_and_mixed_iteration_agree),
        cmocka_unit_test(a_stop_is_obeyed),
        cmocka_unit_test(inventories_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
