/* SPDX-License-Identifier: MIT */
/* Flip points: on both sides of one the number has opposite signs; the slope is a difference. */
#include "triangle.h"

typedef struct fixture {
    triangle t;
    ful_payoffs *payoffs;
    ful_offer offer;
    ful_flips flips;
    double *p;
} fixture;

static fixture f;

static int open_all(void **state)
{
    (void)state;
    ful_error err;
    triangle_open(&f.t);
    f.p = calloc((size_t)f.t.s->parameters, sizeof *f.p);
    f.offer = (ful_offer){.pressure = 1, .levers = f.t.s->package[0].levers};
    ful_status_is(ful_payoffs_new(&f.payoffs, f.t.world, FUL_GRID_SPARSE, 0, NULL, &err), FUL_OK,
                  &err);
    ful_status_is(ful_study_flips(&f.flips, f.payoffs, &f.offer, NULL, &err), FUL_OK, &err);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    ful_flips_clear(&f.flips);
    ful_payoffs_free(f.payoffs);
    free(f.p);
    triangle_close(&f.t);
    return 0;
}

/* Slack, or P(frozen or denuclearised) less one half, with one parameter elsewhere. */
static double number(int freeze, ful_param q, double at)
{
    ful_bargain_report r;
    ful_error err;
    ful_situation_centre(f.p, f.t.s);
    f.p[q] = at;
    ful_status_is(ful_payoffs_play(&r, f.payoffs, &f.offer, f.p, 1, NULL, &err), FUL_OK, &err);
    return freeze ? r.denuclearised + r.frozen - .5 : r.enforcer[0].slack;
}

static void every_ranged_parameter_of_the_game_has_a_row(void **state)
{
    (void)state;
    int rows = 0;
    for (int q = 0; q < f.t.s->parameters; q++) {
        const ful_parameter *x = &f.t.s->parameter[q];
        if (!ful_payoffs_direct(f.payoffs, q) || !(x->low < x->high))
            continue;
        assert_true(rows < f.flips.rows);
        assert_int_equal(f.flips.row[rows].parameter, q);
        assert_true(f.flips.row[rows++].value == x->value);
    }
    assert_int_equal(rows, f.flips.rows);
    assert_true(rows > 20);
}

static int expect_crossing(const ful_flip_row *row, const ful_flip *flip, int freeze)
{
    const ful_parameter *q = &f.t.s->parameter[row->parameter];
    if (isnan(flip->at))
        return 0;
    const double step = 1e-6 * (q->high - q->low);
    assert_true(flip->at >= q->low - step && flip->at <= q->high + step);
    const double below = number(freeze, row->parameter, flip->at - step),
                 above = number(freeze, row->parameter, flip->at + step);
    assert_true(below == 0 || above == 0 || (below > 0) != (above > 0));
    return 1;
}

static void a_flip_is_a_change_of_sign(void **state)
{
    (void)state;
    int found = 0;
    for (int k = 0; k < f.flips.rows; k++) {
        found += expect_crossing(&f.flips.row[k], &f.flips.row[k].slack, 0);
        found += expect_crossing(&f.flips.row[k], &f.flips.row[k].freeze, 1);
    }
    assert_true(found > 3);
}

/* Where none is stated, the ends of the range are on the side where things stand. */
static void no_flip_means_the_same_sign_at_the_ends(void **state)
{
    (void)state;
    for (int k = 0; k < f.flips.rows; k++)
        for (int freeze = 0; freeze < 2; freeze++) {
            const ful_flip_row *row = &f.flips.row[k];
            const ful_flip *flip = freeze ? &row->freeze : &row->slack;
            const ful_parameter *q = &f.t.s->parameter[row->parameter];
            if (!isnan(flip->at))
                continue;
            const double here = freeze ? f.flips.freeze - .5 : f.flips.slack;
            assert_int_equal(number(freeze, row->parameter, q->low) > 0, here > 0);
            assert_int_equal(number(freeze, row->parameter, q->high) > 0, here > 0);
        }
}

static void slopes_are_differences(void **state)
{
    (void)state;
    for (int k = 0; k < f.flips.rows; k++)
        for (int freeze = 0; freeze < 2; freeze++) {
            const ful_flip_row *row = &f.flips.row[k];
            const ful_parameter *q = &f.t.s->parameter[row->parameter];
            const double step = 1e-5 * (q->high - q->low);
            const double low = number(freeze, row->parameter, row->value - step),
                         high = number(freeze, row->parameter, row->value + step);
            const double here = freeze ? f.flips.freeze - .5 : f.flips.slack;
            /* at a kink the derivative is one of the two sides */
            const double kink = fabs(high - 2 * here + low) / step;
            ful_near(freeze ? row->freeze.slope : row->slack.slope, (high - low) / (2 * step),
                     1e-3, 1e-6 / (q->high - q->low) + 2 * kink);
        }
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    const ful_run run = {.threads = 3};
    ful_flips other;
    ful_error err;
    ful_status_is(ful_study_flips(&other, f.payoffs, &f.offer, &run, &err), FUL_OK, &err);
    assert_int_equal(other.rows, f.flips.rows);
    assert_memory_equal(other.row, f.flips.row, (size_t)other.rows * sizeof *other.row);
    ful_flips_clear(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_ranged_parameter_of_the_game_has_a_row),
        cmocka_unit_test(a_flip_is_a_change_of_sign),
        cmocka_unit_test(no_flip_means_the_same_sign_at_the_ends),
        cmocka_unit_test(slopes_are_differences),
        cmocka_unit_test(threads_do_not_change_a_bit),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
