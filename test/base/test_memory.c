/* SPDX-License-Identifier: MIT */
#include "ful_test.h"

static void blocks_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    ful_arena *arena;
    ful_error err;
    ful_status_is(ful_arena_new(&arena, NULL, &err), FUL_OK, &err);
    unsigned char *before = NULL;
    for (size_t size = 0; size < 200000; size = size * 3 + 1) {
        unsigned char *block = ful_arena_take(arena, size, 1);
        assert_non_null(block);
        assert_true((uintptr_t)block % 64 == 0);
        assert_ptr_not_equal(block, before);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(block[i], 0);
        memset(block, 0xff, size);
        before = block;
    }
    assert_string_equal(ful_arena_text(arena, "coal"), "coal");
    assert_null(ful_arena_take(arena, SIZE_MAX / 4, 8));
    ful_arena_free(arena);
    ful_arena_free(NULL);
}

/* Fail the n-th allocation for n = 0, 1, ... until all succeed; nothing may leak. */
static void an_arena_survives_the_loss_of_any_allocation(void **state)
{
    (void)state;
    int completed = 0;
    for (long n = 0; !completed; n++) {
        ful_test_memory memory;
        ful_test_memory_init(&memory, n);
        ful_arena *arena;
        ful_error err;
        if (ful_arena_new(&arena, &memory.allocator, &err) == FUL_OK) {
            completed = ful_arena_take(arena, 100, 8) && ful_arena_take(arena, 100000, 8) &&
                        ful_arena_text(arena, "x");
            ful_arena_free(arena);
        } else {
            assert_null(arena);
            assert_int_equal(err.status, FUL_ERR_MEMORY);
        }
        assert_int_equal(memory.live, 0);
        assert_true(n < 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_zeroed_aligned_and_apart),
        cmocka_unit_test(an_arena_survives_the_loss_of_any_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
