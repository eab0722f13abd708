/* SPDX-License-Identifier: MIT */
/* The library's own exp and log against those of libm in extended precision. */
#include "ful_test.h"

#include "base/elementary.h"

static void exp_is_accurate(void **state)
{
    (void)state;
    for (int k = 0; k < 200000; k++) {
        const double x = 1400 * (ful_uniform(1, 0, (uint32_t)k) - 0.5);
        ful_near(ful__exp(x), (double)expl((long double)x), 2e-15, 0);
        ful_near(ful__exp(x / 1e3), (double)expl((long double)(x / 1e3)), 1e-15, 0);
    }
    assert_true(ful__exp(0) == 1);
}

static void log_is_accurate(void **state)
{
    (void)state;
    for (int k = 0; k < 200000; k++) {
        const double x = exp(1300 * (ful_uniform(2, 0, (uint32_t)k) - 0.5));
        ful_near(ful__log(x), (double)logl((long double)x), 1e-15, 1e-18);
        const double near = 1 + 0.5 * (ful_uniform(3, 0, (uint32_t)k) - 0.5);
        ful_near(ful__log(near), (double)logl((long double)near), 1e-15, 1e-18);
    }
    assert_true(ful__log(1) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_is_accurate),
        cmocka_unit_test(log_is_accurate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
