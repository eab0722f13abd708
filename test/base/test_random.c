/* SPDX-License-Identifier: MIT */
#include "ful_test.h"

/* Known answers for philox4x32-10, from the kat_vectors file of Random123 1.14. */
static void philox_gives_the_published_vectors(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t out[4];
        ful_philox(out, known[i].counter, known[i].key);
        assert_memory_equal(out, known[i].out, sizeof out);
    }
}

/* Mean 1/2 and variance 1/12; the bounds are five standard errors of 100,000 draws. */
static void uniforms_are_uniform(void **state)
{
    (void)state;
    const int n = 100000;
    double sum = 0, square = 0;
    for (int i = 0; i < n; i++) {
        const double u = ful_uniform(7, 3, (uint32_t)i);
        assert_true(u > 0 && u < 1);
        sum += u;
        square += (u - 0.5) * (u - 0.5);
    }
    ful_near(sum / n, 0.5, 0, 5 * sqrt(1.0 / 12 / n));
    ful_near(square / n, 1.0 / 12, 0, 5 * sqrt(1.0 / 180 / n));
}

static void a_draw_depends_on_seed_stream_and_number_alone(void **state)
{
    (void)state;
    assert_true(ful_uniform(1, 2, 3) == ful_uniform(1, 2, 3));
    assert_true(ful_uniform(1, 2, 3) != ful_uniform(2, 2, 3));
    assert_true(ful_uniform(1, 2, 3) != ful_uniform(1, 3, 3));
    assert_true(ful_uniform(1, 2, 3) != ful_uniform(1, 2, 4));
    assert_true(ful_uniform(1, 2, 3) != ful_uniform((uint64_t)1 << 32 | 1, 2, 3));
}

/* From the test vectors that Fowler, Noll and Vo publish. */
static void streams_of_names_are_fnv_1a(void **state)
{
    (void)state;
    assert_int_equal(ful_stream(""), 0x811c9dc5u);
    assert_int_equal(ful_stream("a"), 0xe40c292cu);
    assert_int_equal(ful_stream("foobar"), 0xbf9cf968u);
}

/* The quantile against the distribution function of libm, which it inverts. */
static void the_normal_quantile_inverts_the_distribution(void **state)
{
    (void)state;
    for (int i = 1; i < 4000; i++) {
        const double p = i / 4000.0;
        ful_near(0.5 * erfc(-ful_normal_quantile(p) / sqrt(2)), p, 1e-14, 1e-15);
    }
    for (int e = 3; e < 300; e += 9) {
        const double p = pow(10, -e);
        ful_near(0.5 * erfc(-ful_normal_quantile(p) / sqrt(2)), p, 1e-11, 0);
    }
    assert_true(ful_normal_quantile(0.5) == 0);
    /* Abramowitz & Stegun, table 26.1 */
    ful_near(ful_normal_quantile(0.975), 1.959963984540054, 1e-14, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_vectors),
        cmocka_unit_test(uniforms_are_uniform),
        cmocka_unit_test(a_draw_depends_on_seed_stream_and_number_alone),
        cmocka_unit_test(streams_of_names_are_fnv_1a),
        cmocka_unit_test(the_normal_quantile_inverts_the_distribution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
