/* SPDX-License-Identifier: MIT */
/* Derivatives of everything reported against central differences of the report. */
#include "bargain_test.h"

#define FIELDS (sizeof(ful_bargain_report) / sizeof(double))

/* A direction along which a game changes: data of its own, numbers by what they change. */
static void no_direction(instance *along, const instance *s)
{
    copy(along, s);
    memset(&along->data.p, 0, sizeof along->data.p);
    memset(along->income, 0, sizeof along->income);
    for (int i = 0; i < s->data.players; i++)
        along->player[i] = (ful_player){0};
    for (int k = 0; k < s->data.terms; k++)
        along->term[k].amount = 0;
    for (int l = 0; l < s->data.levers; l++)
        along->lever[l] = (ful_lever){.contract = s->lever[l].contract};
}

static void move_along(instance *out, const instance *s, const instance *along, double step)
{
    copy(out, s);
#define MOVE(symbol, unit, meaning) out->data.p.symbol += step * along->data.p.symbol;
    FUL_BARGAIN_PARAMETERS(MOVE)
#undef MOVE
    for (int k = 0; k < MAX_TABLE; k++)
        out->income[k] += step * along->income[k];
    for (int i = 0; i < s->data.players; i++) {
        out->player[i].delta += step * along->player[i].delta;
        out->player[i].precision += step * along->player[i].precision;
        out->player[i].stake += step * along->player[i].stake;
    }
    for (int k = 0; k < s->data.terms; k++)
        out->term[k].amount += step * along->term[k].amount;
    for (int l = 0; l < s->data.levers; l++) {
        out->lever[l].value_E += step * along->lever[l].value_E;
        out->lever[l].value_T += step * along->lever[l].value_T;
        out->lever[l].cost_S += step * along->lever[l].cost_S;
        out->lever[l].withdrawal += step * along->lever[l].withdrawal;
        out->lever[l].hazard += step * along->lever[l].hazard;
    }
}

/* Central differences, Richardson extrapolated from steps h and h/2. */
static void differences(double *out, const instance *s, const instance *along, double h)
{
    double f[4][FIELDS];
    const double step[] = {h, -h, h / 2, -h / 2};
    for (int k = 0; k < 4; k++) {
        instance moved;
        move_along(&moved, s, along, step[k]);
        const ful_bargain_report r = report_of(&moved, 1);
        memcpy(f[k], &r, sizeof r);
    }
    for (size_t j = 0; j < FIELDS; j++)
        out[j] = (4 * (f[2][j] - f[3][j]) / h - (f[0][j] - f[1][j]) / (2 * h)) / 3;
}

static void derivative(double *out, const instance *s, const instance *along, double scale)
{
    ful_bargain_report r;
    ful_error err;
    ful_status_is(ful_bargain_derivative(&r, &s->data, &along->data, scale, NULL, &err), FUL_OK,
                  &err);
    memcpy(out, &r, sizeof r);
}

/* Extrapolated differences of step h err by h^4, with a factor that is large where precision is,
 * and by rounding over h. */
static void expect_differences(const instance *s, const instance *along, double h, double relative)
{
    double exact[FIELDS], near[FIELDS], at[FIELDS];
    derivative(exact, s, along, 1);
    differences(near, s, along, h);
    const ful_bargain_report r = report_of(s, 1);
    memcpy(at, &r, sizeof r);
    for (size_t j = 0; j < FIELDS; j++)
        ful_near(exact[j], near[j], relative, relative * (1 + fabs(at[j])));
}

static const sizes small = {.horizon = 4,
                            .groups = 2,
                            .levels = 3,
                            .stress = 2,
                            .adaptation = 2,
                            .dismantle = 1,
                            .settle = 1,
                            .levers = 6,
                            .capability = 2};
static const sizes pair = {.horizon = 3,
                           .groups = 1,
                           .levels = 3,
                           .stress = 2,
                           .adaptation = 1,
                           .dismantle = 1,
                           .settle = 1,
                           .levers = 6,
                           .capability = 2,
                           .second = 1,
                           .adoption = 1};

/* Stress jumps there. */
static int at_threshold(const instance *s, double income)
{
    const double up = fabs(-income - s->data.p.stress_up);
    const double down = fabs(-income - s->data.p.stress_down);
    return fmin(up, down) < .01;
}

/* Every number moves at once, by a random share of itself. */
static void random_direction(instance *along, instance *s)
{
    no_direction(along, s);
#define TILT(symbol, unit, meaning) along->data.p.symbol = s->data.p.symbol * uniform(s, -1, 1);
    FUL_BARGAIN_PARAMETERS(TILT)
#undef TILT
    along->data.p.ebar = along->data.p.stress_up = along->data.p.stress_down = 0; /* steps */
    for (int k = 0; k < 3 * s->data.adaptation_steps * joint_levels(&s->data) * s->data.columns;
         k++)
        if (!at_threshold(s, s->income[k]))
            along->income[k] = s->income[k] * uniform(s, -1, 1);
    for (int i = 0; i < s->data.players; i++)
        along->player[i] = (ful_player){.delta = (1 - s->player[i].delta) * uniform(s, -1, 1),
                                        .precision = s->player[i].precision * uniform(s, -1, 1),
                                        .stake = s->player[i].stake * uniform(s, -1, 1)};
    for (int k = 0; k < s->data.terms; k++)
        along->term[k].amount = s->term[k].amount * uniform(s, -1, 1);
    for (int l = 0; l < s->data.levers; l++) {
        along->lever[l].value_E = s->lever[l].value_E * uniform(s, -1, 1);
        along->lever[l].value_T = s->lever[l].value_T * uniform(s, -1, 1);
        along->lever[l].cost_S = s->lever[l].cost_S * uniform(s, -1, 1);
        along->lever[l].withdrawal = s->lever[l].withdrawal * uniform(s, -1, 1);
        along->lever[l].hazard = s->lever[l].hazard * uniform(s, -1, 1);
    }
}

static void they_are_what_small_steps_give_along_any_direction(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 12; k++) {
        instance s, along;
        draw_instance(&s, 4000 + k, k % 2 ? pair : small);
        s.data.start_stage = (ful_stage)(k / 2 % 5);
        random_direction(&along, &s);
        expect_differences(&s, &along, 2e-5, 1e-6);
    }
}

/* A step h of one number is a share h of it, or h where it is nil. */
static void expect_slope(instance *s, instance *along, double *number, double value)
{
    *number = value != 0 ? value : 1e-2;
    expect_differences(s, along, 5e-4, 1e-6);
    *number = 0;
}

static void they_are_right_for_each_number_by_itself(void **state)
{
    (void)state;
    instance s, along;
    draw_instance(&s, 4100, pair);
    no_direction(&along, &s);
#define EACH(symbol, unit, meaning)                                                                \
    if (strcmp(#symbol, "ebar") != 0 && strncmp(#symbol, "stress_", 7) != 0)                       \
        expect_slope(&s, &along, &along.data.p.symbol, s.data.p.symbol);
    FUL_BARGAIN_PARAMETERS(EACH)
#undef EACH
    for (int i = 0; i < s.data.players; i++) {
        expect_slope(&s, &along, &along.player[i].delta, 1 - s.player[i].delta);
        expect_slope(&s, &along, &along.player[i].precision, s.player[i].precision);
        expect_slope(&s, &along, &along.player[i].stake, s.player[i].stake);
    }
    for (int k = 0; k < s.data.terms; k++)
        expect_slope(&s, &along, &along.term[k].amount, s.term[k].amount);
    for (int l = 0; l < s.data.levers; l++) {
        expect_slope(&s, &along, &along.lever[l].value_E, s.lever[l].value_E);
        expect_slope(&s, &along, &along.lever[l].value_T, s.lever[l].value_T);
        expect_slope(&s, &along, &along.lever[l].cost_S, s.lever[l].cost_S);
        expect_slope(&s, &along, &along.lever[l].withdrawal, s.lever[l].withdrawal);
        expect_slope(&s, &along, &along.lever[l].hazard, s.lever[l].hazard);
    }
}

static void they_hold_where_enforcers_move_at_once(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 3; k++) {
        instance s, along;
        draw_instance(&s, 4200 + k, pair);
        s.data.simultaneous = 1;
        random_direction(&along, &s);
        double exact[FIELDS], near[FIELDS], at[FIELDS];
        const size_t residual = offsetof(ful_bargain_report, residual) / sizeof(double);
        derivative(exact, &s, &along, 1);
        differences(near, &s, &along, 2e-3);
        const ful_bargain_report r = report_of(&s, 1);
        memcpy(at, &r, sizeof r);
        for (size_t j = 0; j < FIELDS; j++)
            if (j != residual) /* rounding has no slope */
                ful_near(exact[j], near[j], 1e-5, 1e-5 * (1 + fabs(at[j])));
    }
}

/* At lambda = 0 nobody's choice depends on anything: a value is linear in each amount, and its
 * slope is the value of one unit. */
static void without_precision_values_are_linear(void **state)
{
    (void)state;
    instance s, along, without;
    draw_instance(&s, 4300, small);
    no_direction(&along, &s);
    for (int k = 0; k < s.data.terms; k++) {
        double exact[FIELDS];
        along.term[k].amount = s.term[k].amount;
        derivative(exact, &s, &along, 0);
        along.term[k].amount = 0;
        copy(&without, &s);
        without.term[k].amount = 0;
        const ful_bargain_report all = report_of(&s, 0), less = report_of(&without, 0);
        const size_t value = offsetof(ful_bargain_report, value) / sizeof(double);
        for (int i = 0; i < s.data.players; i++)
            ful_near(exact[value + (size_t)i], all.value[i] - less.value[i], 1e-10,
                     1e-11 * (1 + fabs(all.value[i])));
        ful_near(exact[0], 0, 0, 0);
    }
}

static void counts_that_differ_are_refused(void **state)
{
    (void)state;
    instance s, along;
    ful_bargain_report r;
    ful_error err;
    draw_instance(&s, 4400, small);
    no_direction(&along, &s);
    along.data.terms--;
    ful_status_is(ful_bargain_derivative(&r, &s.data, &along.data, 1, NULL, &err), FUL_ERR_ARGUMENT,
                  NULL);
    ful_says(err, "terms");
}

static void every_failed_allocation_is_survived(void **state)
{
    (void)state;
    instance s;
    draw_instance(&s, 4500, small);
    ful_status status = FUL_ERR_MEMORY;
    for (long fail_at = 0; status != FUL_OK; fail_at++) {
        ful_bargain_report r;
        ful_error err;
        ful_test_memory memory;
        ful_test_memory_init(&memory, fail_at);
        status = ful_bargain_derivative(&r, &s.data, &s.data, 1, &memory.allocator, &err);
        assert_true(status == FUL_OK || status == FUL_ERR_MEMORY);
        assert_int_equal(memory.live, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_what_small_steps_give_along_any_direction),
        cmocka_unit_test(they_are_right_for_each_number_by_itself),
        cmocka_unit_test(they_hold_where_enforcers_move_at_once),
        cmocka_unit_test(without_precision_values_are_linear),
        cmocka_unit_test(counts_that_differ_are_refused),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests_name("game bargain derivative", tests, NULL, NULL);
}
