/* SPDX-License-Identifier: MIT */
#include "ful_test.h"

static void every_status_has_its_own_text(void **state)
{
    (void)state;
    static const ful_status all[] = {
#define STATUS_SYMBOL(symbol, value, text) symbol,
        FUL_STATUSES(STATUS_SYMBOL)
#undef STATUS_SYMBOL
    };
    const size_t count = sizeof all / sizeof *all;
    for (size_t i = 0; i < count; i++) {
        assert_string_not_equal(ful_status_text(all[i]), "unknown status");
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(ful_status_text(all[i]), ful_status_text(all[k]));
    }
    assert_string_equal(ful_status_text((ful_status)12345), "unknown status");
}

static void failing_fills_the_error_and_returns_the_status(void **state)
{
    (void)state;
    ful_error err;
    assert_int_equal(ful_fail(&err, FUL_ERR_DATA, "flow %d", 7), FUL_ERR_DATA);
    assert_string_equal(err.text, "flow 7");
    assert_string_equal(err.file, "");
    assert_int_equal(ful_fail_at(&err, FUL_ERR_FILE, "a.csv", 3, 9, "%s", "x"), FUL_ERR_FILE);
    assert_string_equal(err.file, "a.csv");
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 9);
    assert_int_equal(ful_fail(NULL, FUL_ERR_MEMORY, "nobody listens"), FUL_ERR_MEMORY);
}

static void long_texts_are_cut_not_overrun(void **state)
{
    (void)state;
    ful_error err;
    char text[4000];
    memset(text, 'y', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(ful_fail_at(&err, FUL_ERR_DATA, text, 1, 1, "%s", text), FUL_ERR_DATA);
    assert_int_equal(strlen(err.text), FUL_ERROR_TEXT - 1);
    assert_int_equal(strlen(err.file), FUL_ERROR_FILE - 1);
}

static void the_version_is_that_of_the_header(void **state)
{
    (void)state;
    assert_string_equal(ful_version(), FUL_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_own_text),
        cmocka_unit_test(failing_fills_the_error_and_returns_the_status),
        cmocka_unit_test(long_texts_are_cut_not_overrun),
        cmocka_unit_test(the_version_is_that_of_the_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
