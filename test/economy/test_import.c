/* SPDX-License-Identifier: MIT */
/* The importer on a hand-made folder of two regions and three sectors, and on broken ones. */
#include "ful_test.h"

#include <unistd.h>

#include "fulcrum/economy.h"
#include "fulcrum/import.h"

/* Two traded sectors, one not. Trade in thousand dollars, output in dollars, tariffs in per
 * cent. */
static const struct {
    const char *name, *text;
} good[] = {
    {"regions.txt", "North\nSouth\n"},
    {"sectors.txt", "grain\nsteel\nhaircuts\n"},
    {"xbilat1993.txt", "0 2000\n1000 0\n0 500\n4000 0\n"},
    {"tariffs1993.txt", "0 10\n20 0\n0 5\n0 0\n"},
    {"GO.txt", "9000000 7000000\n3000000 8000000\n5000000 6000000\n"},
    {"B.txt", "0.5 0.6\n0.4 0.5\n0.8 0.9\n"},
    {"IO.txt", "0.5 0 0\n0.5 1 0.25\n0 0 0.75\n1 0 0\n0 1 0\n0 0 1\n"},
    {"T.txt", "4\n6.5\n"},
};
#define FILES (sizeof good / sizeof *good)

static char folder[] = "/tmp/fulcrum-import-XXXXXX";

static void put(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
}

static void take_away(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    remove(path);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    for (size_t f = 0; f < FILES; f++)
        take_away(good[f].name);
    return rmdir(folder);
}

static ful_status import(ful_economy_data *data, ful_arena **arena, ful_error *err)
{
    ful_status_is(ful_arena_new(arena, NULL, err), FUL_OK, err);
    return ful_import_blocks(data, folder, "tariffs1993.txt", *arena, err);
}

static void the_tables_mean_what_they_say(void **state)
{
    (void)state;
    ful_economy_data d;
    ful_arena *arena;
    ful_error err;
    for (size_t f = 0; f < FILES; f++)
        put(good[f].name, good[f].text);
    ful_status_is(import(&d, &arena, &err), FUL_OK, &err);
    assert_int_equal(d.countries, 2);
    assert_int_equal(d.sectors, 3);
    assert_string_equal(d.country[1], "South");
    assert_string_equal(d.sector[2], "haircuts");
    /* [(j*N + n)*N + i]: North buys 2 million of grain from the South, at 10 per cent */
    ful_near(d.flow[0 * 4 + 0 * 2 + 1], 2, 1e-15, 0);
    ful_near(d.tariff[0 * 4 + 0 * 2 + 1], 0.1, 1e-15, 0);
    /* the South made 7 million, so 5 stay at home; the North's steel exports exceed its output of
     * 3 */
    ful_near(d.flow[0 * 4 + 1 * 2 + 1], 5, 1e-15, 0);
    assert_true(d.flow[1 * 4 + 0 * 2 + 0] == 0);
    ful_near(d.flow[1 * 4 + 1 * 2 + 0], 4, 1e-15, 0);
    ful_near(d.flow[2 * 4 + 1 * 2 + 1], 6, 1e-15, 0);
    assert_true(d.tariff[2 * 4 + 1] == 0);
    /* input [(i*J + j)*J + k]: haircuts of the North use .2 of inputs, a quarter of it steel */
    ful_near(d.input[(0 * 3 + 2) * 3 + 1], 0.2 * 0.25, 1e-15, 0);
    ful_near(d.input[(0 * 3 + 0) * 3 + 1], 0.5 * 0.5, 1e-15, 0);
    assert_true(d.theta[0] == 4 && d.theta[1] == 6.5 && d.theta[2] == 8.22);
    /* final shares: the North buys .525 million of steel gross of tariff and uses more: none is
     * final */
    assert_true(d.final_share[0 * 3 + 1] == 0);
    for (int n = 0; n < 2; n++)
        ful_near(d.final_share[n * 3] + d.final_share[n * 3 + 1] + d.final_share[n * 3 + 2], 1,
                 1e-15, 0);
    ful_arena_free(arena);
}

static void further_tariffs_fit_the_same_model(void **state)
{
    (void)state;
    ful_economy_data d;
    ful_arena *arena;
    ful_error err;
    double *rate;
    ful_status_is(import(&d, &arena, &err), FUL_OK, &err);
    ful_status_is(ful_import_block_tariffs(&rate, &d, folder, "tariffs1993.txt", arena, &err),
                  FUL_OK, &err);
    assert_memory_equal(rate, d.tariff, sizeof(double) * 12);
    assert_int_equal(ful_import_block_tariffs(&rate, &d, folder, "none.txt", arena, &err),
                     FUL_ERR_FILE);
    ful_arena_free(arena);
}

static void broken_files_are_refused_with_their_place(void **state)
{
    (void)state;
    static const struct {
        size_t file; /* in good */
        const char *text;
        int line, column;
        const char *says;
    } bad[] = {
        {0, "", 1, 1, "no name"},
        {2, "0 2000\n1000 x\n0 500\n4000 0\n", 2, 6, "finite number"},
        {2, "0 2000\n1000 nan\n0 500\n4000 0\n", 2, 6, "finite number"},
        {2, "0 2000\n1000 0\n0 500\n4000\n", 5, 1, "ends after 7"},
        {2, "0 2000\n1000 0\n0 500\n4000 0 7\n", 4, 8, "at most 8"},
        {4, "9 7\n3 8\n", 3, 1, "ends after 4"},
        {6, "0.5 0 0\n0.5 1 0.25\n0 0 0.75\n1 0 0\n0 1 -0.5\n0 0 1\n", 5, 3, "steel"},
        {7, "4\n6.5\n1\n2\n", 4, 1, "at most 3"},
        {7, "\n", 2, 1, "ends after 0"},
        {3, "0 10\n20 0\n0 5\n", 3, 1, "expected 2 for each"},
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        ful_economy_data d;
        ful_arena *arena;
        ful_error err;
        put(good[bad[k].file].name, bad[k].text);
        ful_status_is(import(&d, &arena, &err), FUL_ERR_DATA, &err);
        assert_true(strstr(err.file, good[bad[k].file].name) != NULL);
        assert_int_equal(err.line, bad[k].line);
        assert_int_equal(err.column, bad[k].column);
        ful_says(err, bad[k].says);
        ful_arena_free(arena);
        put(good[bad[k].file].name, good[bad[k].file].text);
    }
}

static void missing_files_are_named(void **state)
{
    (void)state;
    for (size_t f = 0; f < FILES; f++) {
        ful_economy_data d;
        ful_arena *arena;
        ful_error err;
        take_away(good[f].name);
        ful_status_is(import(&d, &arena, &err), FUL_ERR_FILE, &err);
        assert_true(strstr(err.file, good[f].name) != NULL);
        ful_arena_free(arena);
        put(good[f].name, good[f].text);
    }
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    ful_status status = FUL_ERR_MEMORY;
    for (long n = 0; status != FUL_OK; n++) {
        ful_test_memory memory;
        ful_economy_data d;
        ful_arena *arena;
        ful_error err;
        ful_test_memory_init(&memory, n);
        status = ful_arena_new(&arena, &memory.allocator, &err);
        if (status == FUL_OK)
            status = ful_import_blocks(&d, folder, "tariffs1993.txt", arena, &err);
        if (status != FUL_OK)
            ful_status_is(status, FUL_ERR_MEMORY, &err);
        ful_arena_free(arena);
        assert_int_equal(memory.live, 0);
        assert_true(n < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tables_mean_what_they_say),
        cmocka_unit_test(further_tariffs_fit_the_same_model),
        cmocka_unit_test(broken_files_are_refused_with_their_place),
        cmocka_unit_test(missing_files_are_named),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
