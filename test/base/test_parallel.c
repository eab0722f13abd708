/* SPDX-License-Identifier: MIT */
#include "ful_test.h"

#define COUNT 1000

typedef struct job {
    int visits[COUNT];
    int fails_from; /* every index from here on fails with a status of its own parity */
} job;

static ful_status visit(void *user, int index, int thread)
{
    job *j = user;
    assert_true(thread >= 0 && thread < 8);
    j->visits[index]++;
    if (index >= j->fails_from)
        return index % 2 ? FUL_ERR_DATA : FUL_ERR_MEMORY;
    return FUL_OK;
}

static void every_item_is_done_once(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 8; threads++) {
        job j = {.fails_from = COUNT};
        const ful_run run = {.threads = threads};
        assert_int_equal(ful_parallel_for(COUNT, &run, NULL, visit, &j), FUL_OK);
        for (int i = 0; i < COUNT; i++)
            assert_int_equal(j.visits[i], 1);
    }
    assert_int_equal(ful_parallel_for(0, NULL, NULL, visit, NULL), FUL_OK);
}

static void the_lowest_failure_is_reported_for_any_number_of_threads(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 8; threads++) {
        job j = {.fails_from = 501};
        const ful_run run = {.threads = threads};
        assert_int_equal(ful_parallel_for(COUNT, &run, NULL, visit, &j), FUL_ERR_DATA);
        for (int i = 0; i <= 501; i++)
            assert_int_equal(j.visits[i], 1);
    }
}

static void a_set_stop_flag_interrupts(void **state)
{
    (void)state;
    const volatile int stop = 1;
    for (int threads = 1; threads <= 2; threads++) {
        job j = {.fails_from = COUNT};
        const ful_run run = {.threads = threads, .stop = &stop};
        assert_int_equal(ful_parallel_for(COUNT, &run, NULL, visit, &j), FUL_INTERRUPTED);
        assert_int_equal(j.visits[0], 0);
    }
}

static void note(void *user, const char *what, int done, int total)
{
    assert_string_equal(what, "items");
    assert_int_equal(total, COUNT);
    int *last = user;
    assert_int_equal(done, *last + 1);
    *last = done;
}

static void progress_counts_every_item_in_order(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        int last = 0;
        job j = {.fails_from = COUNT};
        const ful_progress progress = {note, &last};
        const ful_run run = {.threads = threads, .progress = &progress};
        assert_int_equal(ful_parallel_for(COUNT, &run, "items", visit, &j), FUL_OK);
        assert_int_equal(last, COUNT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_is_done_once),
        cmocka_unit_test(the_lowest_failure_is_reported_for_any_number_of_threads),
        cmocka_unit_test(a_set_stop_flag_interrupts),
        cmocka_unit_test(progress_counts_every_item_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
