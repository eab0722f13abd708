/* SPDX-License-Identifier: MIT */
/* Uncertainty: distributions against their closed forms, ranges, replay. */
#include "triangle.h"
#include "variant.h"

#define DRAWS 4000

/* A situation with one parameter of each distribution. */
static const ful_parameter parameter[] = {
    {.id = "fixed", .value = 2, .low = 1, .high = 5, .distribution = FUL_FIXED},
    {.id = "uniform", .value = 2, .low = 1, .high = 5, .distribution = FUL_UNIFORM},
    {.id = "loguniform", .value = 2, .low = 1, .high = 5, .distribution = FUL_LOGUNIFORM},
    {.id = "triangular", .value = 2, .low = 1, .high = 5, .distribution = FUL_TRIANGULAR},
    {.id = "lognormal", .value = 2, .low = 1, .high = 5, .distribution = FUL_LOGNORMAL},
};
#define COUNT ((int)(sizeof parameter / sizeof *parameter))

/* P(X <= x) by the definitions of docs/reference/case-format.md. */
static double distribution(int k, double x)
{
    switch (parameter[k].distribution) {
    case FUL_FIXED:
        return x >= 2;
    case FUL_UNIFORM:
        return (x - 1) / 4;
    case FUL_LOGUNIFORM:
        return log(x) / log(5);
    case FUL_TRIANGULAR:
        return x < 2 ? (x - 1) * (x - 1) / 4 : 1 - (5 - x) * (5 - x) / 12;
    case FUL_LOGNORMAL:
        return 0.5 *
               erfc(-log(x / 2) / (x < 2 ? log(2.0) : log(2.5)) * 1.6448536269514722 / sqrt(2));
    }
    return 0;
}

/* Kolmogorov's distance of 4,000 draws stays below 1.95 / sqrt(n) in 999 of 1,000 samples. */
static void draws_follow_their_distributions(void **state)
{
    (void)state;
    const ful_situation s = {.parameters = COUNT, .parameter = parameter};
    static double x[COUNT][DRAWS];
    for (int d = 0; d < DRAWS; d++) {
        double p[COUNT];
        ful_situation_draw(p, &s, 11, d);
        for (int k = 0; k < COUNT; k++)
            x[k][d] = p[k];
    }
    for (int d = 0; d < DRAWS; d++)
        assert_true(x[0][d] == 2);
    for (int k = 1; k < COUNT; k++) {
        ful_range range;
        ful_range_of(&range, x[k], DRAWS); /* sorts */
        double worst = 0;
        for (int d = 0; d < DRAWS; d++) {
            const double gap = fabs(distribution(k, x[k][d]) - (d + 0.5) / DRAWS);
            worst = gap > worst ? gap : worst;
        }
        assert_true(worst < 1.95 / sqrt(DRAWS));
    }
}

static void a_draw_can_be_replayed_alone(void **state)
{
    (void)state;
    const ful_situation s = {.parameters = COUNT, .parameter = parameter};
    double a[COUNT], b[COUNT];
    ful_situation_draw(a, &s, 3, 17);
    for (int d = 0; d < 5; d++)
        ful_situation_draw(b, &s, 3, d);
    ful_situation_draw(b, &s, 3, 17);
    assert_memory_equal(a, b, sizeof a);
    ful_situation_draw(b, &s, 4, 17);
    assert_memory_not_equal(a, b, sizeof a);
}

/* A measure more brings a parameter of its own, in the midst of the others. */
static void a_row_more_leaves_the_other_draws_alone(void **state)
{
    (void)state;
    const variant_edit edit[] = {
        {"measures.csv", "un-minerals-2022,ban,",
         "added-2022,ban,UN,all,x-target,*,minerals,.5,.4,.6,,,,,,2022-03-01,,30,,invented,E,\n"
         "un-minerals-2022,ban,"},
        {NULL, NULL, NULL}};
    variant v;
    triangle t;
    double p[2][512];
    triangle_open(&t);
    variant_open(&v, edit);
    assert_int_equal(v.s->parameters, t.s->parameters + 1);
    assert_true(v.s->parameters <= 512);
    for (int draw = 0; draw < 3; draw++) {
        ful_situation_draw(p[0], t.s, 7, draw);
        ful_situation_draw(p[1], v.s, 7, draw);
        for (int k = 0; k < t.s->parameters; k++)
            assert_true(p[1][ful_situation_parameter(v.s, t.s->parameter[k].id)] == p[0][k]);
    }
    variant_close(&v);
    triangle_close(&t);
}

static void ranges_are_order_statistics(void **state)
{
    (void)state;
    double x[101];
    for (int k = 0; k <= 100; k++)
        x[k] = (k * 37) % 101; /* 0..100 in another order */
    ful_range r;
    ful_range_of(&r, x, 101);
    assert_true(r.p5 == 5 && r.p25 == 25 && r.median == 50 && r.p75 == 75 && r.p95 == 95);
    double two[] = {3, 1};
    ful_range_of(&r, two, 2);
    ful_near(r.median, 2, 1e-15, 0);
    ful_near(r.p5, 1.1, 1e-15, 0);
}

static void the_study_is_the_same_for_any_number_of_threads(void **state)
{
    (void)state;
    triangle t;
    ful_uncertainty one, other;
    ful_draw draw[2][12];
    ful_error err;
    triangle_open(&t);
    const ful_run a = {.threads = 1}, b = {.threads = 3};
    ful_status_is(ful_study_draws(draw[0], t.s, 0, 12, 5, &a, &err), FUL_OK, &err);
    ful_status_is(ful_study_draws(draw[1], t.s, 0, 12, 5, &b, &err), FUL_OK, &err);
    assert_memory_equal(draw[0], draw[1], sizeof draw[0]);
    ful_status_is(ful_study_uncertainty(&one, t.s, NULL, draw[0], 12, 5, &a, &err), FUL_OK, &err);
    ful_status_is(ful_study_uncertainty(&other, t.s, NULL, draw[1], 12, 5, &b, &err), FUL_OK, &err);
    assert_int_equal(one.draws + one.refused, 12);
    assert_memory_equal(&one.grand, &other.grand, sizeof one.grand);
    assert_memory_equal(one.outcome, other.outcome, sizeof one.outcome);
    assert_memory_equal(one.drivers, other.drivers, sizeof one.drivers);
    for (int c = 0; c < FUL_CORNERS; c++)
        for (int o = 0; o < 4; o++) {
            const ful_range *r = &one.outcome[c][o];
            assert_true(r->p5 >= 0 && r->p5 <= r->median && r->median <= r->p95 && r->p95 <= 1);
        }
    triangle_close(&t);
}

/* Draws that say what the caller wants them to: the package's effect on a freeze is `effect`. */
static void make_draws(ful_draw *draw, int count, const double *effect)
{
    memset(draw, 0, (size_t)count * sizeof *draw);
    for (int k = 0; k < count; k++) {
        draw[k].solved = 1;
        draw[k].outcome[FUL_CORNER_BOTH][1] = effect[k];
    }
}

/* A choice that the game of some draws does not have is ranged over the others. */
static void choices_are_ranged_over_the_draws_that_have_them(void **state)
{
    (void)state;
    triangle t;
    ful_draw draw[4];
    ful_uncertainty u;
    ful_error err;
    const double effect[4] = {0};
    triangle_open(&t);
    make_draws(draw, 4, effect);
    for (int k = 0; k < 4; k++) {
        draw[k].restart = k < 2 ? .25 : NAN;
        draw[k].honour = NAN;
    }
    ful_status_is(ful_study_uncertainty(&u, t.s, NULL, draw, 4, 1, NULL, &err), FUL_OK, &err);
    assert_true(u.draws == 4 && u.restart.p5 == .25 && u.restart.p95 == .25);
    assert_true(isnan(u.honour.p5) && isnan(u.honour.median) && isnan(u.honour.p95));
    assert_true(u.snap_back.median == 0);
    triangle_close(&t);
}

enum { MADE = 60 };

static void find_drivers(ful_drivers *out, const triangle *t, const double *effect, uint64_t seed)
{
    ful_draw draw[MADE];
    ful_uncertainty u;
    ful_error err;
    make_draws(draw, MADE, effect);
    ful_status_is(ful_study_uncertainty(&u, t->s, NULL, draw, MADE, seed, NULL, &err), FUL_OK,
                  &err);
    assert_int_equal(u.drivers[FUL_PRESSURE_ON_FREEZE].count, 0); /* it does not vary */
    *out = u.drivers[FUL_PACKAGE_ON_FREEZE];
}

/* An effect that is a falling function of one parameter has that parameter as its first driver, with
 * a rank correlation of -1. */
static void what_an_effect_follows_is_its_driver(void **state)
{
    (void)state;
    triangle t;
    triangle_open(&t);
    const int q = ful_situation_parameter(t.s, "game.lambda");
    double *p = malloc((size_t)t.s->parameters * sizeof *p), effect[MADE];
    ful_drivers found;
    assert_true(q >= 0 && p);
    for (int k = 0; k < MADE; k++) {
        ful_situation_draw(p, t.s, 3, k);
        effect[k] = exp(-p[q]);
    }
    find_drivers(&found, &t, effect, 3);
    assert_true(found.count >= 1);
    assert_int_equal(found.parameter[0], q);
    ful_near(found.correlation[0], -1, 1e-12, 0);
    for (int n = 1; n < found.count; n++)
        assert_true(fabs(found.correlation[n]) <= fabs(found.correlation[n - 1]));
    free(p);
    triangle_close(&t);
}

/* An effect that follows nothing has a driver in at most 1 of 100 samples: in 400 of them at most
 * 4, and with three standard deviations 10. */
static void an_effect_that_follows_nothing_has_none(void **state)
{
    (void)state;
    triangle t;
    triangle_open(&t);
    int named = 0;
    for (uint32_t sample = 0; sample < 400; sample++) {
        double effect[MADE];
        ful_drivers found;
        for (uint32_t k = 0; k < MADE; k++) {
            uint32_t bits[4];
            ful_philox(bits, (uint32_t[4]){k, sample, 0, 0}, (uint32_t[2]){17, 4});
            effect[k] = bits[0] / 4294967296.0;
        }
        find_drivers(&found, &t, effect, sample);
        named += found.count > 0;
    }
    assert_in_range(named, 0, 10);
    triangle_close(&t);
}

/* The first draw of a case is that of the file it brings: whoever changes what a number comes to
 * has to draw anew (run --keep-draws). Read without a JSON library: the numbers stand row by row.
 */
static void the_draws_that_a_case_brings_are_its_own(void **state)
{
    (void)state;
    static char text[1 << 20];
    char folder[512], path[600];
    const char *root = getenv("FULCRUM_ROOT");
    snprintf(folder, sizeof folder, "%s/cases/dprk-2016", root ? root : ".");
    snprintf(path, sizeof path, "%s/draws.json", folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    const size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    ful_case *loaded;
    ful_error err;
    ful_status_is(ful_case_load(&loaded, folder, NULL, &err), FUL_OK, &err);
    const ful_situation *s = ful_case_situation(loaded);
    assert_non_null(strstr(text, s->sha256));
    ful_draw draw;
    ful_status_is(ful_study_draws(&draw, s, s->game.corner_package, 1, 1, NULL, &err), FUL_OK,
                  &err);
    const double *x = (const double *)&draw;
    char *at = strstr(text, "\"draws\":[[");
    assert_non_null(at);
    at += strlen("\"draws\":[[");
    for (size_t k = 0; k < sizeof draw / sizeof *x; k++, at++)
        ful_near(strtod(at, &at), x[k], 1e-9, 1e-12);
    ful_case_free(loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_follow_their_distributions),
        cmocka_unit_test(a_draw_can_be_replayed_alone),
        cmocka_unit_test(a_row_more_leaves_the_other_draws_alone),
        cmocka_unit_test(ranges_are_order_statistics),
        cmocka_unit_test(the_study_is_the_same_for_any_number_of_threads),
        cmocka_unit_test(choices_are_ranged_over_the_draws_that_have_them),
        cmocka_unit_test(what_an_effect_follows_is_its_driver),
        cmocka_unit_test(an_effect_that_follows_nothing_has_none),
        cmocka_unit_test(the_draws_that_a_case_brings_are_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
