/* SPDX-License-Identifier: MIT */
#include "ful_test.h"

static void days_count_on_without_gaps(void **state)
{
    (void)state;
    /* an independent calendar: add one day at a time */
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int y = 1970, m = 1, d = 1;
    for (int day = 0; day < 60000; day++) {
        assert_int_equal(ful_date_days(y, m, d), day);
        int ys, ms, ds;
        ful_date_split(&ys, &ms, &ds, day);
        assert_true(ys == y && ms == m && ds == d);
        const int leap = m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
        if (++d > length[m - 1] + leap) {
            d = 1;
            if (++m > 12) {
                m = 1;
                y++;
            }
        }
    }
    assert_int_equal(ful_date_days(1969, 12, 31), -1);
    assert_int_equal(ful_date_days(1600, 3, 1), -135080); /* a 400-year cycle before 2000-03-01 */
}

static void dates_are_read_strictly(void **state)
{
    (void)state;
    int day;
    assert_int_equal(ful_date_parse(&day, "2018-03-23"), 0);
    assert_int_equal(day, ful_date_days(2018, 3, 23));
    assert_int_equal(ful_date_parse(&day, "2016-02-29"), 0);
    static const char *const bad[] = {"",           "2018",       "2018-3-23",   "2018-02-29",
                                      "2018-13-01", "2018-00-10", "2018-01-00",  "2018-01-32",
                                      "2018/01/01", "2018-01-1",  "2018-01-011", "x018-01-01",
                                      "0000-01-01", "2018-01-01 "};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(ful_date_parse(&day, bad[i]), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_count_on_without_gaps),
        cmocka_unit_test(dates_are_read_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
