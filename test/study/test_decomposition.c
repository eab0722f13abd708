/* SPDX-License-Identifier: MIT */
/* Attributions and decompositions: they add up, give nothing to what does nothing, and agree with
 * an integral of differences. */
#include "triangle.h"
#include "variant.h"

static size_t flow_at(const ful_situation *s, int seller, int buyer, int sector)
{
    return ((size_t)sector * (size_t)s->actors + (size_t)buyer) * (size_t)s->actors +
           (size_t)seller;
}

/* The headline regime as a path from the benchmark, its end copied out of the work. */
typedef struct road {
    triangle t;
    const ful_economy_model *model;
    ful_economy_shock from, to;
    double *zero;
    size_t flows;
} road;

static void road_open(road *r)
{
    ful_error err;
    ful_scenario scenario;
    triangle_open(&r->t);
    r->model = ful_world_economy(r->t.world);
    r->flows = ful_economy_flows(r->model);
    ful_scenario_default(&scenario, r->t.s);
    ful_status_is(ful_world_shock(&r->to, r->t.world, r->t.work, &scenario, &err), FUL_OK, &err);
    r->zero = calloc(r->flows, sizeof *r->zero);
    assert_non_null(r->zero);
    r->from = (ful_economy_shock){.tariff = r->t.s->tariff ? r->t.s->tariff : r->zero};
}

static void road_close(road *r)
{
    free(r->zero);
    triangle_close(&r->t);
}

static double real_income(const road *r, const ful_economy_shock *shock)
{
    ful_error err;
    ful_economy_work *work;
    ful_economy_report report;
    ful_economy_view v;
    ful_economy_options options;
    ful_economy_options_default(&options);
    options.tolerance = 1e-12;
    ful_status_is(ful_economy_work_new(&work, r->model, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_solve(&report, r->model, work, shock, &options, &err), FUL_OK, &err);
    ful_economy_view_get(&v, r->model, work);
    const double income = v.outcome[r->t.s->target].real_income;
    ful_economy_work_free(work);
    return income;
}

static void attribute(ful_attribution *a, const road *r, const ful_economy_shock *to, int threads)
{
    ful_error err;
    const ful_run run = {.threads = threads};
    ful_status_is(ful_study_attribution(a, r->model, &r->from, to, r->t.s->target, FUL_REAL_INCOME,
                                        &run, &err),
                  FUL_OK, &err);
    assert_true(a->max_violation <= FUL_CERTIFIED);
}

/* What openness, latent openness and tariffs contribute. */
static void parts(double part[3], const road *r, const ful_attribution *a,
                  const ful_economy_shock *to)
{
    part[0] = part[1] = part[2] = 0;
    for (size_t k = 0; k < r->flows; k++) {
        part[0] += a->openness[k] * (to->openness[k] - 1);
        if (a->latent_openness)
            part[1] += a->latent_openness[k] * to->latent_openness[k];
        part[2] += a->tariff[k] * (to->tariff[k] - r->from.tariff[k]);
    }
}

static void contributions_add_up_to_the_exact_change(void **state)
{
    (void)state;
    road r;
    ful_attribution a;
    double part[3], caps = 0;
    road_open(&r);
    attribute(&a, &r, &r.to, 1);
    const double change = real_income(&r, &r.to) - real_income(&r, &r.from);
    parts(part, &r, &a, &r.to);
    for (int k = 0; k < r.to.caps; k++)
        caps += a.cap[k];
    ful_near(a.end - a.start, change, 1e-7, 1e-9);
    ful_near(part[0] + part[1] + part[2] + caps + a.residual, change, 1e-7, 1e-9);
    /* every panel was accepted at 1e-7 of the change */
    assert_true(fabs(a.residual) <= 1e-6 * fabs(change) + 1e-9);
    ful_attribution_clear(&a);
    road_close(&r);
}

/* The tariffs' part as Simpson's integral of central differences, each from cold solves: the same
 * integral by another rule and another derivative. Without caps, which the path would move. */
static void an_integral_of_differences_says_the_same(void **state)
{
    (void)state;
    enum { POINTS = 33 };
    road r;
    ful_attribution a;
    double part[3], *openness, *tariff, *latent, sum = 0;
    const double h = 1e-3;
    road_open(&r);
    ful_economy_shock to = r.to;
    to.caps = 0;
    to.cap = NULL;
    attribute(&a, &r, &to, 1);
    parts(part, &r, &a, &to);
    openness = malloc(r.flows * sizeof *openness);
    tariff = malloc(r.flows * sizeof *tariff);
    latent = malloc(r.flows * sizeof *latent);
    assert_true(openness && tariff && latent);
    for (int k = 0; k < POINTS; k++) {
        const double t = (double)k / (POINTS - 1);
        double income[2];
        for (int side = 0; side < 2; side++) {
            const double q = t + (side ? h : -h);
            for (size_t x = 0; x < r.flows; x++) {
                openness[x] = 1 + t * (to.openness[x] - 1);
                if (to.latent_openness)
                    latent[x] = t * to.latent_openness[x];
                tariff[x] = r.from.tariff[x] + q * (to.tariff[x] - r.from.tariff[x]);
            }
            ful_economy_shock shock = {.openness = openness,
                                       .latent_openness = to.latent_openness ? latent : NULL,
                                       .tariff = tariff};
            income[side] = real_income(&r, &shock);
        }
        const double weight = k == 0 || k == POINTS - 1 ? 1 : k % 2 ? 4 : 2;
        sum += weight * (income[1] - income[0]) / (2 * h) / (3 * (POINTS - 1));
    }
    assert_true(fabs(part[2]) > 1e-6);
    ful_near(part[2], sum, 1e-5, 1e-9);
    free(openness);
    free(tariff);
    free(latent);
    ful_attribution_clear(&a);
    road_close(&r);
}

/* One argument alone gets the whole change; its threads do not matter. */
static void a_single_argument_gets_everything(void **state)
{
    (void)state;
    road r;
    ful_attribution a, b;
    road_open(&r);
    const ful_situation *s = r.t.s;
    const size_t flow = flow_at(s, s->target, s->enforcer, 0);
    double *openness = malloc(r.flows * sizeof *openness);
    assert_non_null(openness);
    for (size_t k = 0; k < r.flows; k++)
        openness[k] = k == flow ? 0 : 1;
    const ful_economy_shock to = {.openness = openness, .tariff = r.from.tariff};
    attribute(&a, &r, &to, 1);
    attribute(&b, &r, &to, 3);
    const double change = real_income(&r, &to) - real_income(&r, &r.from);
    ful_near(-a.openness[flow], change, 1e-6, 1e-9);
    assert_memory_equal(a.openness, b.openness, r.flows * sizeof *openness);
    assert_true(a.residual == b.residual && a.nodes == b.nodes);
    free(openness);
    ful_attribution_clear(&a);
    ful_attribution_clear(&b);
    road_close(&r);
}

/* Productivity is an argument, too: alone it gets everything, and beside the headline regime all
 * still adds up. */
static void productivity_is_an_argument(void **state)
{
    (void)state;
    road r;
    ful_attribution a;
    double productivity[64], part[3], caps = 0;
    road_open(&r);
    const ful_situation *s = r.t.s;
    const int cells = s->actors * s->sectors, cell = s->target * s->sectors;
    assert_true(cells <= 64);
    for (int k = 0; k < cells; k++)
        productivity[k] = k == cell ? .8 : 1;
    const ful_economy_shock alone = {.productivity = productivity, .tariff = r.from.tariff};
    attribute(&a, &r, &alone, 2);
    double change = real_income(&r, &alone) - real_income(&r, &r.from);
    assert_true(change < -.01);
    ful_near(-.2 * a.productivity[cell], change, 1e-6, 1e-9);
    ful_attribution_clear(&a);

    ful_economy_shock both = r.to;
    both.productivity = productivity;
    attribute(&a, &r, &both, 2);
    change = real_income(&r, &both) - real_income(&r, &r.from);
    parts(part, &r, &a, &both);
    for (int k = 0; k < both.caps; k++)
        caps += a.cap[k];
    ful_near(part[0] + part[1] + part[2] + caps - .2 * a.productivity[cell], change, 1e-6, 1e-9);
    ful_attribution_clear(&a);
    road_close(&r);
}

/* A cap that begins to bind on the way bends the path: the place is found, the sum still holds. */
static void a_cap_bends_the_path_and_is_found(void **state)
{
    (void)state;
    road r;
    ful_attribution a;
    ful_economy_view base;
    road_open(&r);
    const ful_situation *s = r.t.s;
    ful_economy_benchmark(&base, r.model);
    const size_t capped = flow_at(s, s->target, s->enforcer, 0);
    double *openness = malloc(r.flows * sizeof *openness);
    assert_non_null(openness);
    /* the target's other sales are closed; what then presses into the capped flow meets a bound
     * that stands a little above the benchmark */
    for (size_t k = 0; k < r.flows; k++)
        openness[k] = 1;
    for (int n = 0; n < s->actors; n++)
        if (n != s->target && n != s->enforcer)
            openness[flow_at(s, s->target, n, 0)] = .05;
    const ful_economy_cap cap = {.entries = 1,
                                 .entry = &capped,
                                 .value = INFINITY,
                                 .quantity = 1.02 * base.flow[capped],
                                 .rent = FUL_RENT_BUYER};
    ful_economy_shock to = {.openness = openness, .tariff = r.from.tariff, .caps = 1, .cap = &cap};
    attribute(&a, &r, &to, 2);
    const double change = real_income(&r, &to) - real_income(&r, &r.from);
    double sum = a.cap[0];
    for (size_t k = 0; k < r.flows; k++)
        sum += a.openness[k] * (openness[k] - 1);
    assert_int_equal(a.kinks, 1);
    assert_true(a.panels >= 3);
    ful_near(a.cap[0], 0, 0, 0); /* its bound does not move */
    ful_near(sum, change, 1e-6, 1e-9);
    ful_attribution_clear(&a);

    /* a cap alone: the bound moves from the benchmark to where it ends, and all is its doing */
    const ful_economy_cap tight = {.entries = 1,
                                   .entry = &capped,
                                   .value = INFINITY,
                                   .quantity = .4 * base.flow[capped],
                                   .rent = FUL_RENT_SELLER};
    to = (ful_economy_shock){.tariff = r.from.tariff, .caps = 1, .cap = &tight};
    attribute(&a, &r, &to, 2);
    ful_near(a.cap[0], real_income(&r, &to) - real_income(&r, &r.from), 1e-5, 1e-8);
    ful_attribution_clear(&a);
    free(openness);
    road_close(&r);
}

static void bad_paths_are_refused(void **state)
{
    (void)state;
    road r;
    ful_attribution a;
    ful_error err;
    road_open(&r);
    const int target = r.t.s->target;
    assert_int_equal(
        ful_study_attribution(&a, r.model, NULL, &r.to, target, FUL_REAL_INCOME, NULL, &err),
        FUL_ERR_ARGUMENT);
    ful_says(err, "give both");
    assert_int_equal(
        ful_study_attribution(&a, r.model, &r.from, &r.to, 99, FUL_REAL_INCOME, NULL, &err),
        FUL_ERR_ARGUMENT);
    ful_says(err, "country 99");
    const ful_economy_cap cap = {0};
    r.from.caps = 1;
    r.from.cap = &cap;
    assert_int_equal(
        ful_study_attribution(&a, r.model, &r.from, &r.to, target, FUL_REAL_INCOME, NULL, &err),
        FUL_ERR_ARGUMENT);
    ful_says(err, "expected none");
    assert_null(a.arena);
    road_close(&r);
}

/* ---- by measure, by partner ---- */

static void decompose(ful_decomposition *d, const ful_world *world, int actor)
{
    ful_error err;
    ful_scenario scenario;
    ful_scenario_default(&scenario, ful_world_situation(world));
    ful_status_is(ful_study_decomposition(d, world, &scenario, actor, NULL, &err), FUL_OK, &err);
    assert_true(d->max_violation <= FUL_CERTIFIED);
}

static void measures_and_groups_add_up(void **state)
{
    (void)state;
    triangle t;
    triangle_open(&t);
    for (int actor = 0; actor < t.s->actors; actor++) {
        ful_decomposition d;
        double measures = 0, groups = 0, terms = 0, volume = 0;
        decompose(&d, t.world, actor);
        for (int k = 0; k < t.s->measures; k++)
            measures += d.measure[k];
        for (int g = 0; g < t.s->groups; g++)
            groups += d.group[g];
        for (int k = 0; k < t.s->actors * t.s->sectors; k++) {
            terms += d.terms[k];
            volume += d.volume[k];
        }
        /* points of the target's several per cent, at 1e-6 of it */
        ful_near(measures + d.start_pct, d.real_income_pct, 0, 5e-6);
        ful_near(measures + d.start_pct + d.residual_pct, d.real_income_pct, 0, 1e-9);
        ful_near(groups + d.tariffs_pct, measures, 0, 1e-9);
        ful_near(terms, d.terms_pct, 1e-12, 1e-15);
        ful_near(volume, d.volume_pct, 1e-12, 1e-15);
        ful_decomposition_clear(&d);
    }
    triangle_close(&t);
}

/* A notice that says again what is the law adds nothing, and a measure that is not in force yet has
 * no part in anything. */
static void what_adds_nothing_gets_nothing(void **state)
{
    (void)state;
    variant v;
    ful_decomposition d;
    variant_open(&v, (const variant_edit[]){{"measures.csv", ",2022-04-01,,0,,invented,E,implements",
                                             ",2022-06-01,,0,,invented,E,implements"},
                                            {"measures.csv", ",2023-01-01,,0,", ",2033-01-01,,0,"},
                                            {NULL, NULL, NULL}});
    decompose(&d, v.world, v.s->target);
    for (int k = 0; k < v.s->measures; k++) {
        const char *id = v.s->measure[k].law.id;
        if (strcmp(id, "enforcer-notice-2022") == 0 || strcmp(id, "sender-tariff-2023") == 0)
            ful_near(d.measure[k], 0, 0, 1e-12);
        if (strcmp(id, "un-minerals-2022") == 0 || strcmp(id, "un-supplies-2022") == 0)
            assert_true(d.measure[k] < -.1);
    }
    ful_near(d.tariffs_pct, 0, 0, 1e-12);
    ful_decomposition_clear(&d);
    variant_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contributions_add_up_to_the_exact_change),
        cmocka_unit_test(an_integral_of_differences_says_the_same),
        cmocka_unit_test(a_single_argument_gets_everything),
        cmocka_unit_test(productivity_is_an_argument),
        cmocka_unit_test(a_cap_bends_the_path_and_is_found),
        cmocka_unit_test(bad_paths_are_refused),
        cmocka_unit_test(measures_and_groups_add_up),
        cmocka_unit_test(what_adds_nothing_gets_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
