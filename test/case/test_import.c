/* SPDX-License-Identifier: MIT */
/* Importing and writing under failure: memory that runs out, roles that are none, places that
 * cannot be written. What the tables mean is tested through the program (test/cli/test_import.py).
 */
#include "ful_test.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fulcrum/case.h"
#include "fulcrum/import.h"

static const struct {
    ful_import_format format;
    const char *table, *inputs, *output;
    double unit;
} examples[] = {
    {FUL_IMPORT_LONG, "long.csv", "inputs.csv", NULL, .001},
    {FUL_IMPORT_LONG, "trade-only.csv", "inputs.csv", "output.csv", 0},
    {FUL_IMPORT_WIDE, "wide.csv", NULL, NULL, 0},
    {FUL_IMPORT_GRAVITY, "gravity.csv", NULL, NULL, 0},
    {FUL_IMPORT_BLOCKS, "blocks", NULL, NULL, 0},
    {FUL_IMPORT_SHARES, "shares", NULL, NULL, 0},
};
#define EXAMPLES (sizeof examples / sizeof *examples)

static char top[] = "/tmp/fulcrum-write-XXXXXX";

static int make_top(void **state)
{
    (void)state;
    return mkdtemp(top) ? 0 : -1;
}

static int remove_top(void **state)
{
    (void)state;
    return rmdir(top);
}

/* The path of an example, or NULL for none. */
static const char *path_of(char room[512], const char *name)
{
    const char *root = getenv("FULCRUM_ROOT");
    assert_non_null(root);
    snprintf(room, 512, "%s/examples/import/%s", root, name ? name : "");
    return name ? room : NULL;
}

static ful_status read_example(ful_import *out, size_t k, ful_arena *arena, ful_error *err)
{
    char table[512], inputs[512], output[512];
    const ful_import_options options = {
        .unit = examples[k].unit,
        .year = examples[k].format == FUL_IMPORT_GRAVITY ? 2006 : 2019 * (examples[k].format < 2),
        .inputs = path_of(inputs, examples[k].inputs),
        .output = path_of(output, examples[k].output)};
    return ful_import_read(out, examples[k].format, path_of(table, examples[k].table), &options,
                           arena, err);
}

static int entries(const char *folder)
{
    int count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count - 2; /* . and .. */
}

static void every_import_is_a_benchmark(void **state)
{
    (void)state;
    for (size_t k = 0; k < EXAMPLES; k++) {
        ful_import table;
        ful_arena *arena;
        ful_error err;
        ful_economy_model *model;
        ful_economy_adjustment adjustment;
        ful_status_is(ful_arena_new(&arena, NULL, &err), FUL_OK, &err);
        ful_status_is(read_example(&table, k, arena, &err), FUL_OK, &err);
        ful_status_is(ful_economy_model_new(&model, &adjustment, &table.data, NULL, &err), FUL_OK,
                      &err);
        /* nothing is left for the model to make up */
        assert_int_equal(adjustment.inventory_cells, 0);
        assert_int_equal(ful_import_actor(&table, table.actor[1]), 1);
        assert_int_equal(ful_import_actor(&table, table.data.country[2]), 2);
        assert_int_equal(ful_import_actor(&table, "nobody"), -1);
        ful_economy_model_free(model);
        ful_arena_free(arena);
    }
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    for (size_t k = 0; k < EXAMPLES; k++) {
        ful_status status = FUL_ERR_MEMORY;
        for (long n = 0; status != FUL_OK; n++) {
            ful_test_memory memory;
            ful_import table;
            ful_arena *arena;
            ful_error err;
            ful_test_memory_init(&memory, n);
            status = ful_arena_new(&arena, &memory.allocator, &err);
            if (status == FUL_OK)
                status = read_example(&table, k, arena, &err);
            if (status != FUL_OK)
                ful_status_is(status, FUL_ERR_MEMORY, &err);
            ful_arena_free(arena);
            assert_int_equal(memory.live, 0);
            assert_true(n < 1000);
        }
    }
}

static void roles_are_three_actors(void **state)
{
    (void)state;
    static const ful_import_roles bad[] = {{0, 0, 1},  {0, 1, 0}, {1, 0, 0},
                                           {-1, 0, 1}, {0, 1, 4}, {3, 3, 3}};
    ful_import table;
    ful_arena *arena;
    ful_error err;
    char folder[512];
    snprintf(folder, sizeof folder, "%s/case", top);
    ful_status_is(ful_arena_new(&arena, NULL, &err), FUL_OK, &err);
    ful_status_is(read_example(&table, 2, arena, &err), FUL_OK, &err);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        ful_status_is(ful_import_write(&table, &bad[k], folder, &err), FUL_ERR_ARGUMENT, &err);
        ful_says(err, "three different actors");
    }
    assert_int_equal(entries(top), 0);
    ful_arena_free(arena);
}

static void a_folder_is_not_overwritten(void **state)
{
    (void)state;
    const ful_import_roles roles = {3, 0, 1};
    ful_import table;
    ful_arena *arena;
    ful_error err;
    ful_status_is(ful_arena_new(&arena, NULL, &err), FUL_OK, &err);
    ful_status_is(read_example(&table, 2, arena, &err), FUL_OK, &err);
    ful_status_is(ful_import_write(&table, &roles, top, &err), FUL_ERR_FILE, &err);
    ful_says(err, "exists already");
    ful_status_is(ful_import_write(&table, &roles, "/", &err), FUL_ERR_FILE, &err);
    ful_status_is(ful_import_write(&table, &roles, "", &err), FUL_ERR_ARGUMENT, &err);
    assert_int_equal(entries(top), 0);
    ful_arena_free(arena);
}

static void unreadable_tables_are_named(void **state)
{
    (void)state;
    for (int format = FUL_IMPORT_LONG; format <= FUL_IMPORT_GRAVITY; format++) {
        ful_import table;
        ful_arena *arena;
        ful_error err;
        ful_status_is(ful_arena_new(&arena, NULL, &err), FUL_OK, &err);
        ful_status_is(
            ful_import_read(&table, (ful_import_format)format, "nowhere", NULL, arena, &err),
            FUL_ERR_FILE, &err);
        assert_memory_equal(err.file, "nowhere", 7);
        const ful_import_options negative = {.unit = -1};
        ful_status_is(
            ful_import_read(&table, (ful_import_format)format, "nowhere", &negative, arena, &err),
            FUL_ERR_ARGUMENT, &err);
        ful_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_import_is_a_benchmark),
        cmocka_unit_test(every_failed_allocation_is_reported),
        cmocka_unit_test(roles_are_three_actors),
        cmocka_unit_test(a_folder_is_not_overwritten),
        cmocka_unit_test(unreadable_tables_are_named),
    };
    return cmocka_run_group_tests(tests, make_top, remove_top);
}
