/* SPDX-License-Identifier: MIT */
/* Everything the economy refuses, each with the name of the culprit. */
#include "scenes.h"

#define FLOWS (WORLD_J * WORLD_N * WORLD_N)

static const char *const countries[] = {"Arda", "Brea", "Cory", "Dole", "Elba", "Faro"};
static const char *const sectors[] = {"ore", "oil", "fish", "cloth"};

static void named_world(world *w)
{
    world_random(w, 1, WORLD_N, WORLD_J);
    w->data.country = countries;
    w->data.sector = sectors;
}

/* The model of w is refused, and the message holds both words. */
static void refused(const world *w, ful_status expected, const char *one, const char *two)
{
    ful_error err;
    ful_economy_model *model = (ful_economy_model *)1;
    const ful_status status = ful_economy_model_new(&model, NULL, &w->data, NULL, &err);
    ful_status_is(status, expected, &err);
    assert_int_equal(err.status, expected);
    assert_null(model);
    ful_says(err, one);
    ful_says(err, two);
    assert_int_equal(ful_economy_model_new(&model, NULL, &w->data, NULL, NULL), expected);
}

static void numbers_out_of_range(void **state)
{
    (void)state;
    static const struct {
        int which, at; /* 0 flow, 1 tariff, 2 input, 3 theta, 4 kappa, 5 phi */
        double value;
        const char *one, *two;
    } bad[] = {
        {0, 8, -1, "Brea", "ore"},        {0, 8, NAN, "Cory", "sales"},
        {0, 8, INFINITY, "Cory", "ore"},  {1, 36 + 6, -1, "oil", "tariff"},
        {1, 36 + 6, NAN, "Brea", "Arda"}, {2, 17, -0.1, "Brea", "input share"},
        {2, 17, 1.5, "oil", "0..1"},      {2, 17, NAN, "ore", "input share"},
        {2, 17, 0.99, "ore", "sum"},      {3, 2, 0, "fish", "theta"},
        {3, 2, NAN, "fish", "theta"},     {4, 3, 0.5, "Dole", "kappa"},
        {4, 3, NAN, "Dole", "kappa"},     {5, 3, -1, "Dole", "phi"},
        {5, 3, NAN, "Dole", "phi"},
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        world w;
        named_world(&w);
        double *const array[] = {w.flow, w.tariff, w.input, w.theta, w.kappa, w.phi};
        array[bad[k].which][bad[k].at] = bad[k].value;
        refused(&w, FUL_ERR_DATA, bad[k].one, bad[k].two);
    }
}

static void missing_and_oversized(void **state)
{
    (void)state;
    world w;
    named_world(&w);
    w.data.flow = NULL;
    refused(&w, FUL_ERR_ARGUMENT, "flow", "must be given");
    named_world(&w);
    w.data.countries = 0;
    refused(&w, FUL_ERR_ARGUMENT, "0 countries", "1..512");
    named_world(&w);
    w.data.sectors = 513;
    refused(&w, FUL_ERR_ARGUMENT, "513 sectors", "1..512");
}

static void tables_that_are_no_economy(void **state)
{
    (void)state;
    world w;
    double latent[FLOWS] = {0}, share[WORLD_N * WORLD_J];
    /* nobody sells oil to Brea, whose sectors use it */
    named_world(&w);
    for (int i = 0; i < w.N; i++)
        w.flow[world_at(&w, 1, 1, i)] = 0;
    refused(&w, FUL_ERR_DATA, "Brea", "oil");
    /* nor does Brea use it, but a latent flow would bring some */
    for (int j = 0; j < w.J; j++)
        w.input[(1 * w.J + j) * w.J + 1] = 0;
    latent[world_at(&w, 1, 1, 2)] = 5;
    w.data.latent = latent;
    refused(&w, FUL_ERR_DATA, "Brea", "latent");
    latent[world_at(&w, 1, 1, 2)] = -5;
    refused(&w, FUL_ERR_DATA, "Cory", "latent sales");
    /* Cory sells nothing */
    named_world(&w);
    for (int j = 0; j < w.J; j++)
        for (int n = 0; n < w.N; n++)
            w.flow[world_at(&w, j, n, 2)] = 0;
    refused(&w, FUL_ERR_DATA, "Cory", "value added");
    /* shares of final demand */
    named_world(&w);
    for (int c = 0; c < w.N * w.J; c++)
        share[c] = 0.25;
    w.data.final_share = share;
    share[2 * w.J + 1] = 0.26;
    refused(&w, FUL_ERR_DATA, "Cory", "sum");
    share[2 * w.J + 1] = NAN;
    refused(&w, FUL_ERR_DATA, "Cory", "oil");
    /* a deficit that even the benchmark cannot carry */
    named_world(&w);
    w.data.closure = FUL_CLOSURE_FINANCED;
    for (int n = 0; n < w.N; n++)
        w.limit[n] = 1e-6;
    refused(&w, FUL_ERR_DATA, "Arda", "finance limit");
    w.limit[0] = 1;
    refused(&w, FUL_ERR_DATA, "Arda", "0 < f < 1");
}

/* The solve is refused with both words in the message, and the earlier solution still stands. */
static void no_solution(const world *w, const ful_economy_shock *shock, ful_status expected,
                        const char *one, const char *two)
{
    solved s;
    ful_error err;
    ful_economy_report report;
    solved_new(&s, &w->data, NULL, 1e-10);
    const double before = s.view.outcome[0].welfare;
    ful_status_is(ful_economy_solve(&report, s.model, s.work, shock, NULL, &err), expected, &err);
    ful_says(err, one);
    ful_says(err, two);
    assert_true(s.view.outcome[0].welfare == before);
    solved_free(&s);
}

static void shocks_out_of_range(void **state)
{
    (void)state;
    world w;
    double x[FLOWS], productivity[WORLD_N * WORLD_J];
    named_world(&w);
    const ful_economy_shock open = {.openness = x}, latent = {.latent_openness = x};
    const ful_economy_shock tariff = {.tariff = x}, better = {.productivity = productivity};
    const double wrong[] = {-0.5, NAN, INFINITY};
    for (int k = 0; k < 3; k++) {
        for (int a = 0; a < FLOWS; a++)
            x[a] = 1;
        x[world_at(&w, 2, 1, 3)] = wrong[k];
        no_solution(&w, &open, FUL_ERR_ARGUMENT, "Dole to Brea", "fish");
        no_solution(&w, &latent, FUL_ERR_ARGUMENT, "Dole to Brea", "fish");
        x[world_at(&w, 2, 1, 3)] = k == 0 ? -1 : wrong[k];
        no_solution(&w, &tariff, FUL_ERR_ARGUMENT, "Dole to Brea", "tariff");
        for (int c = 0; c < w.N * w.J; c++)
            productivity[c] = 1;
        productivity[3 * w.J + 2] = k == 0 ? 0 : wrong[k];
        no_solution(&w, &better, FUL_ERR_ARGUMENT, "Dole", "fish");
    }
}

static void all_open(double *openness)
{
    for (int a = 0; a < FLOWS; a++)
        openness[a] = 1;
}

static void nothing_left_to_buy(void **state)
{
    (void)state;
    world w;
    double openness[FLOWS];
    named_world(&w);
    w.flow[world_at(&w, 1, 4, 4)] = 0; /* Elba pumps no oil for itself */
    w.flow[world_at(&w, 1, 4, 0)] = 90;
    w.data.closure = FUL_CLOSURE_ZERO;
    all_open(openness);
    for (int i = 0; i < w.N; i++)
        openness[world_at(&w, 1, 4, i)] = 0;
    const ful_economy_shock shock = {.openness = openness};
    no_solution(&w, &shock, FUL_ERR_INFEASIBLE, "Elba has no seller left for sector oil",
                "evasion route");
}

/* Cory is closed in one direction only: sales (direction 0) or purchases (1). */
static void close_one_way(const world *w, double *openness, int direction)
{
    all_open(openness);
    for (int j = 0; j < w->J; j++)
        for (int n = 0; n < w->N; n++)
            if (n != 2)
                openness[direction ? world_at(w, j, 2, n) : world_at(w, j, n, 2)] = 0;
}

static void trade_in_one_direction(void **state)
{
    (void)state;
    world w;
    double openness[FLOWS];
    const ful_economy_shock shock = {.openness = openness};
    named_world(&w);
    w.data.closure = FUL_CLOSURE_ZERO;
    close_one_way(&w, openness, 0);
    no_solution(&w, &shock, FUL_ERR_INFEASIBLE, "Cory", "not sell");
    close_one_way(&w, openness, 1);
    no_solution(&w, &shock, FUL_ERR_INFEASIBLE, "Cory", "not buy");
    w.data.closure = FUL_CLOSURE_FINANCED;
    no_solution(&w, &shock, FUL_ERR_INFEASIBLE, "Cory", "not buy");
    close_one_way(&w, openness, 0);
    no_solution(&w, &shock, FUL_ERR_INFEASIBLE, "Cory", "not sell");
}

/* Without sales at home, closed exports leave Faro without income. */
static void no_buyer_left(void **state)
{
    (void)state;
    world w;
    double openness[FLOWS];
    named_world(&w);
    w.data.closure = FUL_CLOSURE_ZERO;
    all_open(openness);
    for (int j = 0; j < w.J; j++)
        for (int n = 0; n < w.N; n++)
            openness[world_at(&w, j, n, 5)] = 0;
    const ful_economy_shock shock = {.openness = openness};
    no_solution(&w, &shock, FUL_ERR_INFEASIBLE, "Faro has no buyer left", "sales");
}

/* ---- what a refused solve leaves ---- */

/* What each refusal does to a shock that has a solution. Country 2 is the culprit. */

static void nan_openness(scene *x)
{
    x->openness[scene_at(x, 1, 2, 3)] = NAN;
}

static void negative_latent(scene *x)
{
    x->latent_openness[scene_at(x, 1, 2, 3)] = -1;
}

static void tariff_of_minus_one(scene *x)
{
    x->new_tariff[scene_at(x, 1, 2, 3)] = -1;
}

static void infinite_export_tax(scene *x)
{
    x->new_export_tax[scene_at(x, 1, 2, 3)] = INFINITY;
}

static void no_productivity(scene *x)
{
    x->productivity[2] *= 2;
    x->productivity[2 * x->J + 1] = 0;
}

static void boundless_productivity(scene *x)
{
    x->productivity[2] *= 2;
    x->productivity[2 * x->J + 1] = 10 * FUL_ECONOMY_MAX_PRODUCTIVITY;
}

static void transfers_from_nowhere(scene *x)
{
    x->transfer[2] += 1;
}

static void too_many_caps(scene *x)
{
    x->shock.caps = FUL_ECONOMY_MAX_CAPS + 1;
}

static void negative_bound(scene *x)
{
    x->cap[1].value = -1;
}

static void grip_above_one(scene *x)
{
    *(double *)&x->cap[1].grip[0] = 1.5;
}

static void grips_above_one_together(scene *x)
{
    x->cap[0] = x->cap[1];
    for (int k = 0; k < x->cap[1].entries; k++)
        *(double *)&x->cap[1].grip[k] = 0.75;
}

static void nothing_sold(scene *x)
{
    for (int i = 0; i < x->N; i++)
        x->openness[scene_at(x, 0, 2, i)] = x->latent_openness[scene_at(x, 0, 2, i)] = 0;
}

static void no_transfers(scene *x)
{
    memset(x->transfer, 0, sizeof *x->transfer * (size_t)x->N);
}

/* Sales from country 2 to others (sells), those of others to it (buys), and its own (own). */
static void close_trade(scene *x, int sells, int buys, int own)
{
    no_transfers(x);
    for (int p = 0; p < x->P; p++)
        for (int n = 0; n < x->N; n++) {
            const size_t sold = scene_at(x, p, n, 2), bought = scene_at(x, p, 2, n);
            if (n == 2 ? own : sells)
                x->openness[sold] = x->latent_openness[sold] = 0;
            if (n == 2 ? own : buys)
                x->openness[bought] = x->latent_openness[bought] = 0;
        }
}

static void nobody_buys(scene *x)
{
    close_trade(x, 1, 0, 1);
}

static void only_buys(scene *x)
{
    close_trade(x, 1, 0, 0);
}

static void only_sells(scene *x)
{
    close_trade(x, 0, 1, 0);
}

static void cut_off(scene *x)
{
    close_trade(x, 1, 1, 0);
}

/* Caps alone close its exports: what they grip is found closed only once they are weighed. */
static void exports_capped_at_zero(scene *x)
{
    size_t *entry = ful_arena_take(x->arena, x->flows, sizeof *entry);
    int entries = 0;
    assert_non_null(entry);
    no_transfers(x);
    for (int p = 0; p < x->P; p++)
        for (int n = 0; n < x->N; n++)
            if (n != 2)
                entry[entries++] = scene_at(x, p, n, 2);
    x->cap[0] = (ful_economy_cap){.entries = entries,
                                  .entry = entry,
                                  .value = 0,
                                  .quantity = INFINITY,
                                  .rent = FUL_RENT_LOST};
    x->shock.caps = 1;
}

/* Every number of a view, one after the other. */
static void *view_copied(const ful_economy_view *v, const scene *x, size_t *bytes)
{
    const size_t N = (size_t)x->N, cells = N * (size_t)x->J;
    const struct {
        const void *from;
        size_t size;
    } part[] = {{v->outcome, N * sizeof *v->outcome},
                {v->household, (size_t)x->data.households * sizeof *v->household},
                {v->cap, (size_t)x->shock.caps * sizeof *v->cap},
                {v->component, N * sizeof *v->component},
                {v->price, cells * sizeof(double)},
                {v->final_price, N * sizeof(double)},
                {v->cost, cells * sizeof(double)},
                {v->output, cells * sizeof(double)},
                {v->spending, cells * sizeof(double)},
                {v->value_added, cells * sizeof(double)},
                {v->income, N * sizeof(double)},
                {v->revenue, N * sizeof(double)},
                {v->transfer, N * sizeof(double)},
                {v->flow, x->flows * sizeof(double)}};
    unsigned char *copy = NULL;
    *bytes = 0;
    for (size_t k = 0; k < sizeof part / sizeof *part; k++) {
        copy = realloc(copy, *bytes + part[k].size);
        assert_non_null(copy);
        memcpy(copy + *bytes, part[k].from, part[k].size);
        *bytes += part[k].size;
    }
    return copy;
}

/* The gradient of country 0's real income by all that a shock holds for flows, and by theta. */
static double *gradient_of(const solved *s, const scene *x, size_t *bytes)
{
    ful_error err;
    const size_t flows = x->flows;
    *bytes = (4 * flows + (size_t)x->J) * sizeof(double);
    double *out = malloc(*bytes);
    assert_non_null(out);
    ful_economy_gradient g = {.openness = out,
                              .latent_openness = out + flows,
                              .tariff = out + 2 * flows,
                              .export_tax = out + 3 * flows,
                              .theta = out + 4 * flows};
    ful_status_is(
        ful_economy_differentiate(&g, s->model, s->work, &x->shock, 0, FUL_REAL_INCOME, NULL, &err),
        FUL_OK, &err);
    return out;
}

static void random_scene(scene *x, ful_closure closure)
{
    scene_random(x, 40, 5, 3, WITH_ALL);
    x->data.closure = closure;
}

/* After a refusal every number is what it was, and so is all that is made of them. */
static void stays(ful_closure closure, ful_status expected, void (*spoil)(scene *x))
{
    scene x, y;
    solved s;
    ful_error err;
    ful_economy_report report;
    ful_economy_certificate again;
    size_t bytes, gradient_bytes;
    random_scene(&x, closure);
    random_scene(&y, closure);
    spoil(&y);
    scene_solve(&s, &x, 1e-10);
    double *const slope = gradient_of(&s, &x, &gradient_bytes);
    void *const before = view_copied(&s.view, &x, &bytes);
    ful_status_is(ful_economy_solve(&report, s.model, s.work, &y.shock, NULL, &err), expected,
                  &err);
    void *const after = view_copied(&s.view, &x, &bytes);
    assert_memory_equal(after, before, bytes);
    ful_status_is(ful_economy_certify(&again, s.model, s.work, &x.shock, NULL, &err), FUL_OK, &err);
    assert_memory_equal(&again, &s.certificate, sizeof again);
    double *const slope_after = gradient_of(&s, &x, &gradient_bytes);
    assert_memory_equal(slope_after, slope, gradient_bytes);
    ful_status_is(ful_economy_solve(&report, s.model, s.work, &x.shock, NULL, &err), FUL_OK, &err);
    assert_int_equal(report.passes, 1);
    free(slope);
    free(slope_after);
    free(before);
    free(after);
    solved_free(&s);
    scene_free(&x);
    scene_free(&y);
}

static void a_refusal_leaves_every_number(void **state)
{
    (void)state;
    static void (*const wrong[])(scene *) = {nan_openness,           negative_latent,
                                             tariff_of_minus_one,    infinite_export_tax,
                                             no_productivity,        too_many_caps,
                                             negative_bound,         grip_above_one,
                                             transfers_from_nowhere, grips_above_one_together,
                                             boundless_productivity};
    static void (*const infeasible[])(scene *) = {nothing_sold, nobody_buys, only_buys, only_sells,
                                                  exports_capped_at_zero};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
        stays(FUL_CLOSURE_ZERO, FUL_ERR_ARGUMENT, wrong[k]);
    for (size_t k = 0; k < sizeof infeasible / sizeof *infeasible; k++)
        stays(FUL_CLOSURE_ZERO, FUL_ERR_INFEASIBLE, infeasible[k]);
    stays(FUL_CLOSURE_FIXED, FUL_ERR_INFEASIBLE, cut_off);
}

static void options_and_shapes(void **state)
{
    (void)state;
    world w, small;
    solved s, t;
    ful_error err;
    ful_economy_report report;
    ful_economy_options o;
    named_world(&w);
    world_random(&small, 1, WORLD_N - 1, WORLD_J);
    solved_new(&s, &w.data, NULL, 1e-10);
    solved_new(&t, &small.data, NULL, 1e-10);
    assert_int_equal(ful_economy_solve(&report, s.model, t.work, NULL, NULL, &err),
                     FUL_ERR_ARGUMENT);
    ful_says(err, "another shape");
    for (int k = 0; k < 4; k++) {
        ful_economy_options_default(&o);
        o.tolerance = k == 0 ? 0 : o.tolerance;
        o.max_passes = k == 1 ? 0 : o.max_passes;
        o.depth = k == 2 ? -1 : k == 3 ? 21 : o.depth;
        assert_int_equal(ful_economy_solve(&report, s.model, s.work, NULL, &o, &err),
                         FUL_ERR_ARGUMENT);
        ful_says(err, "expected above 0");
    }
    solved_free(&s);
    solved_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_out_of_range),
        cmocka_unit_test(missing_and_oversized),
        cmocka_unit_test(tables_that_are_no_economy),
        cmocka_unit_test(shocks_out_of_range),
        cmocka_unit_test(nothing_left_to_buy),
        cmocka_unit_test(trade_in_one_direction),
        cmocka_unit_test(no_buyer_left),
        cmocka_unit_test(a_refusal_leaves_every_number),
        cmocka_unit_test(options_and_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
