/* SPDX-License-Identifier: MIT */
/* Halves of floats: how near they are, and sums over rows of numbers that they hold exactly; rows
 * that become columns. */
#include "ful_test.h"

#include "base/lanes.h"

#include <math.h>

#define ROWS 7
#define NUMBERS 50 /* more than a stretch of 32, less than two */

/* The number in the lower or the upper half of a word. */
static double number_in(uint32_t word, int upper)
{
    const uint32_t bits = upper ? word & 0xffff0000u : word << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return (double)x;
}

static void halves_are_near(void **state)
{
    (void)state;
    for (uint32_t k = 0; k < 100000; k++) {
        const double size = 160 * (ful_uniform(1, 0, k) - 0.5);
        const float x = (float)exp(size), y = -(float)exp(-size);
        const uint32_t word = ful__halves(x, y);
        ful_near(number_in(word, 0), (double)x, 0x1p-8, 0);
        ful_near(number_in(word, 1), (double)y, 0x1p-8, 0);
    }
    assert_true(ful__halves(0, 0) == 0);
}

/* Whole numbers up to 256 need eight bits, which halves have, and their sums less than a float's.
 */
static void sums_over_halves_are_exact(void **state)
{
    (void)state;
    uint32_t rows[ROWS * 32] = {0};
    float x[64] = {0}, sum[64], value[ROWS][64] = {{0}};
    assert_int_equal(ful__half_words(NUMBERS), 32);
    for (int r = 0; r < ROWS; r++)
        for (int j = 0; j < NUMBERS; j++)
            value[r][j] = (float)((r * 37 + j * 11) % 257 - 128);
    for (int r = 0; r < ROWS; r++)
        for (int a = 0; a < 32; a++) {
            const int j = a / 16 * 32 + a % 16;
            rows[r * 32 + a] = ful__halves(value[r][j], value[r][j + 16]);
        }
    for (int j = 0; j < NUMBERS; j++)
        x[j] = (float)(j % 13 - 6);
    ful__combine_h(ROWS, 32, rows, x, sum);
    for (int j = 0; j < NUMBERS; j++) {
        float expected = 0;
        for (int r = 0; r < ROWS; r++)
            expected += x[r] * value[r][j];
        assert_true(sum[j] == expected);
    }
    for (int r = 0; r < ROWS; r++) {
        float expected = 0;
        for (int j = 0; j < NUMBERS; j++)
            expected += value[r][j] * x[j];
        assert_true(ful__product_h(32, rows + r * 32, x) == expected);
    }
}

/* Every size up to 9 by 9: whole fours, remainders and both; nothing beside them is written. */
static void rows_become_columns(void **state)
{
    (void)state;
    enum { LEAD = 12 };
    double from[LEAD * LEAD], to[LEAD * LEAD];
    for (int a = 0; a < LEAD * LEAD; a++)
        from[a] = a;
    for (int rows = 0; rows <= 9; rows++)
        for (int columns = 0; columns <= 9; columns++) {
            for (int a = 0; a < LEAD * LEAD; a++)
                to[a] = -1;
            ful__transpose(rows, columns, from, LEAD, to, LEAD);
            for (int k = 0; k < LEAD; k++)
                for (int r = 0; r < LEAD; r++)
                    assert_true(to[k * LEAD + r] ==
                                (r < rows && k < columns ? from[r * LEAD + k] : -1));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_are_near),
        cmocka_unit_test(sums_over_halves_are_exact),
        cmocka_unit_test(rows_become_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
