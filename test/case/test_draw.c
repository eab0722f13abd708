/* SPDX-License-Identifier: MIT */
/*
 * Draws of parameters. Each distribution has a closed form for its probability P(x), written here
 * without the quantile function under test: a draw from the uniform u must have P(draw) = u.
 */
#include "ful_test.h"

#include "fulcrum/situation.h"

enum { FIXED, UNIFORM, LOGUNIFORM, TRIANGULAR, LEFT, RIGHT, LOGNORMAL, SKEWED, POINT, PARAMETERS };

static const ful_parameter parameter[PARAMETERS] = {
    [FIXED] = {.id = "fixed", .value = 3, .low = 1, .high = 9, .distribution = FUL_FIXED},
    [UNIFORM] = {.id = "uniform", .value = 0, .low = -2, .high = 5, .distribution = FUL_UNIFORM},
    [LOGUNIFORM] =
        {.id = "loguniform", .value = 1, .low = .01, .high = 100, .distribution = FUL_LOGUNIFORM},
    [TRIANGULAR] =
        {.id = "triangular", .value = 2, .low = 1, .high = 5, .distribution = FUL_TRIANGULAR},
    [LEFT] = {.id = "left", .value = 0, .low = 0, .high = 4, .distribution = FUL_TRIANGULAR},
    [RIGHT] = {.id = "right", .value = 4, .low = 0, .high = 4, .distribution = FUL_TRIANGULAR},
    [LOGNORMAL] =
        {.id = "lognormal", .value = 5, .low = 2.5, .high = 10, .distribution = FUL_LOGNORMAL},
    [SKEWED] = {.id = "skewed", .value = 5, .low = 4, .high = 20, .distribution = FUL_LOGNORMAL},
    [POINT] = {.id = "point", .value = 7, .low = 7, .high = 7, .distribution = FUL_TRIANGULAR},
};
static const ful_situation situation = {.parameters = PARAMETERS, .parameter = parameter};

static double normal_probability(double z)
{
    return .5 * erfc(-z / sqrt(2));
}

static double probability(const ful_parameter *q, double x)
{
    const double span = q->high - q->low, z95 = 1.6448536269514722;
    switch (q->distribution) {
    case FUL_UNIFORM:
        return (x - q->low) / span;
    case FUL_LOGUNIFORM:
        return log(x / q->low) / log(q->high / q->low);
    case FUL_TRIANGULAR:
        return x < q->value ? (x - q->low) * (x - q->low) / (span * (q->value - q->low))
                            : 1 - (q->high - x) * (q->high - x) / (span * (q->high - q->value));
    case FUL_LOGNORMAL:
        return normal_probability(
            z95 * log(x / q->value) /
            (x < q->value ? log(q->value / q->low) : log(q->high / q->value)));
    default:
        return NAN;
    }
}

static void test_quantiles(void **state)
{
    (void)state;
    double p[PARAMETERS];
    for (int draw = 0; draw < 2000; draw++) {
        ful_situation_draw(p, &situation, 11, draw);
        for (int k = 0; k < PARAMETERS; k++) {
            const ful_parameter *q = &parameter[k];
            if (k == FIXED || k == POINT) {
                ful_near(p[k], q->value, 0, 0);
                continue;
            }
            /* a square root at the ends of a triangle loses half the digits of 1 - u */
            ful_near(probability(q, p[k]), ful_uniform(11, ful_stream(q->id), (uint32_t)draw), 0,
                     1e-13);
            if (q->distribution != FUL_LOGNORMAL)
                assert_true(p[k] >= q->low && p[k] <= q->high);
            assert_true(p[k] == p[k] && (q->distribution != FUL_LOGNORMAL || p[k] > 0));
        }
    }
}

/* The stated percentiles are what they are said to be: of n draws the share below the 5th
 * percentile is .05 within 4 standard errors, sqrt(.05 * .95 / n). */
static void test_percentiles(void **state)
{
    (void)state;
    enum { DRAWS = 20000 };
    double p[PARAMETERS];
    int below = 0, above = 0, under = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
        ful_situation_draw(p, &situation, 12, draw);
        below += p[SKEWED] < 4;
        above += p[SKEWED] > 20;
        under += p[SKEWED] < 5;
    }
    const double tail = 4 * sqrt(.05 * .95 / DRAWS), middle = 4 * sqrt(.25 / DRAWS);
    ful_near((double)below / DRAWS, .05, 0, tail);
    ful_near((double)above / DRAWS, .05, 0, tail);
    ful_near((double)under / DRAWS, .5, 0, middle);
}

/* A draw can be replayed alone, in any order, and does not depend on the other parameters. */
static void test_replay(void **state)
{
    (void)state;
    double first[PARAMETERS], again[PARAMETERS], fewer[PARAMETERS];
    const ful_situation shorter = {.parameters = 4, .parameter = parameter + 2};
    ful_situation_draw(first, &situation, 5, 123);
    ful_situation_draw(again, &situation, 5, 124);
    assert_true(again[UNIFORM] != first[UNIFORM]);
    ful_situation_draw(again, &situation, 6, 123);
    assert_true(again[UNIFORM] != first[UNIFORM]);
    ful_situation_draw(again, &situation, 5, 123);
    assert_memory_equal(first, again, sizeof first);
    ful_situation_draw(fewer, &shorter, 5, 123);
    assert_memory_equal(first + 2, fewer, 4 * sizeof *first);
}

static void test_centre_and_lookup(void **state)
{
    (void)state;
    double p[PARAMETERS];
    ful_situation_centre(p, &situation);
    for (int k = 0; k < PARAMETERS; k++)
        ful_near(p[k], parameter[k].value, 0, 0);
    assert_int_equal(ful_situation_parameter(&situation, "skewed"), SKEWED);
    assert_int_equal(ful_situation_parameter(&situation, "none"), FUL_NO_PARAM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantiles), cmocka_unit_test(test_percentiles),
        cmocka_unit_test(test_replay), cmocka_unit_test(test_centre_and_lookup)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
