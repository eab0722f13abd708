/* SPDX-License-Identifier: MIT */
/* Tables: from a document by a layout, numbers that survive, texts that need quotes, and refusals.
 * What the files hold is read back in test/cli/test_tables.py. */
#include "ful_test.h"

#include <float.h>
#include <unistd.h>

#include "case/csv.h"
#include "output/table.h"

static ful_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return ful_arena_new(&arena, NULL, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    ful_arena_free(arena);
    return 0;
}

static json_t *parse(const char *text)
{
    json_error_t wrong;
    json_t *document = json_loads(text, 0, &wrong);
    if (!document)
        print_error("%s\n", wrong.text);
    assert_non_null(document);
    return document;
}

/* ---- numbers ---- */

static void a_number_reads_back_as_the_same_bits(void **state)
{
    (void)state;
    char room[TABLE_NUMBER_ROOM];
    const double hard[] = {0.1,
                           1.0 / 3,
                           5e-324,
                           DBL_MIN,
                           DBL_MAX,
                           -DBL_MAX,
                           1e22,
                           9007199254740993,
                           2.5e-10,
                           -0.0,
                           0.30000000000000004};
    for (size_t k = 0; k < sizeof hard / sizeof *hard; k++)
        assert_memory_equal(&(double){strtod(table_number(room, hard[k]), NULL)}, &hard[k],
                            sizeof hard[k]);
    for (uint32_t draw = 0; draw < 20000; draw++) {
        const double x =
            ldexp(ful_uniform(1, 0, draw) - 0.5, (int)(600 * (ful_uniform(1, 1, draw) - 0.5)));
        assert_true(strtod(table_number(room, x), NULL) == x);
    }
}

static void a_number_is_no_longer_than_it_needs(void **state)
{
    (void)state;
    char room[TABLE_NUMBER_ROOM];
    assert_string_equal(table_number(room, 0.1), "0.1");
    assert_string_equal(table_number(room, -2.75), "-2.75");
    assert_string_equal(table_number(room, 1e6), "1000000");
    assert_string_equal(table_number(room, 0.1 + 0.2), "0.30000000000000004");
}

/* ---- layouts ---- */

/* One question has a threshold and a box, the other neither. */
static const char advice[] =
    "{\"fulcrum\": {\"version\": \"1\", \"case\": \"c\", \"case_sha256\": \"f\","
    " \"command\": \"advice\", \"seed\": 1}, \"package\": {\"id\": \"all\"}, \"draws\": 9,"
    " \"refused\": 1, \"margin\": {\"enforcement\": 0.1, \"freeze\": 0.2},"
    " \"certificate\": {\"max_violation\": 1e-9}, \"questions\": ["
    " {\"id\": \"none\", \"among\": 9, \"count\": 0, \"checked\": {\"draws\": 4, \"count\": 0},"
    "  \"thresholds\": [], \"box\": null, \"remedies\": []},"
    " {\"id\": \"some\", \"among\": 8, \"count\": 3, \"checked\": {\"draws\": 4, \"count\": 2},"
    "  \"thresholds\": [{\"parameter\": {\"id\": \"p\", \"name\": \"P\", \"unit\": \"%\"},"
    "   \"side\": \"below\", \"at\": 1.5, \"draws\": 2, \"count\": 2, \"lift\": 2.0}],"
    "  \"box\": {\"bounds\": [{\"parameter\": {\"id\": \"q\", \"name\": \"Q\", \"unit\": \"1\"},"
    "   \"low\": null, \"high\": 2.5}], \"draws\": 3, \"count\": 2, \"density\": 0.75,"
    "   \"coverage\": 0.5, \"lift\": 1.5}, \"remedies\": [{\"id\": \"gifts\", \"count\": 1}]}]}";

static void thresholds_and_boxes_stand_beside_their_question(void **state)
{
    (void)state;
    ful_error err = {0};
    table_set set;
    json_t *document = parse(advice);
    ful_status_is(tables_of_document(&set, document, layout_advice, arena, &err), FUL_OK, &err);
    const table *thresholds = &set.table[1], *boxes = &set.table[2], *bounds = &set.table[3];
    assert_int_equal(thresholds->rows, 1);
    assert_string_equal(table_at(thresholds, 0, 0)->text, "some");
    assert_string_equal(table_at(thresholds, 0, 1)->text, "p");
    assert_true(table_at(thresholds, 0, 5)->real == 1.5);
    assert_int_equal(boxes->rows, 1);
    assert_string_equal(table_at(boxes, 0, 0)->text, "some");
    assert_int_equal(table_at(boxes, 0, 1)->integer, 3);
    assert_true(table_at(boxes, 0, 3)->real == .75 && table_at(boxes, 0, 4)->real == .5);
    assert_int_equal(bounds->rows, 1);
    assert_string_equal(table_at(bounds, 0, 0)->text, "some");
    assert_string_equal(table_at(bounds, 0, 1)->text, "q");
    assert_true(table_at(bounds, 0, 4)->missing);
    assert_true(table_at(bounds, 0, 5)->real == 2.5);
    json_decref(document);
}

static const char rich[] =
    "{\"fulcrum\": {\"version\": \"1\", \"case\": \"c\", \"case_sha256\": \"f\","
    " \"command\": \"x\", \"seed\": 18446744073709551},"
    " \"scale\": 2.5, \"nothing\": null,"
    " \"list\": [{\"id\": \"a\", \"in\": {\"x\": 1, \"y\": 2.25}, \"tags\": [\"p\", \"q\"],"
    "             \"deep\": {\"x\": {\"y\": 3}}},"
    "            {\"id\": \"\", \"in\": {\"z\": null}, \"tags\": [], \"deep\": null}],"
    " \"by\": {\"first\": {\"yes\": true}, \"second\": {\"yes\": false}}}";

static const table_source list_source[] = {{"list[]", NULL}, {0}};
static const table_column list_columns[] = {{"n", TABLE_INTEGER, "", "number", "@position"},
                                            {"id", TABLE_TEXT, "", "id", "id"},
                                            {"tags", TABLE_TEXT, "", "tags", "tags"},
                                            {"deep", TABLE_REAL, "", "deep", "deep.x.y"},
                                            {0}};
static const table_source inner_source[] = {{"list[].in{}", "t"}, {0}};
static const table_column inner_columns[] = {{"n", TABLE_INTEGER, "", "outer", "^@position"},
                                             {"id", TABLE_TEXT, "", "outer id", "^id"},
                                             {"key", TABLE_TEXT, "", "key", "@key"},
                                             {"tag", TABLE_TEXT, "", "tag", "@tag"},
                                             {"value", TABLE_REAL, "m", "value", "."},
                                             {"scale", TABLE_REAL, "", "scale", "^^scale"},
                                             {0}};
static const table_source by_source[] = {{"by{}", NULL}, {0}};
static const table_column by_columns[] = {
    {"key", TABLE_TEXT, "", "key", "@key"}, {"yes", TABLE_INTEGER, "0 or 1", "yes", "yes"}, {0}};
static const table_source gone_source[] = {{"nothing[]", NULL}, {"absent{}", NULL}, {0}};
static const table_layout rich_layout[] = {{"list", "List", list_source, list_columns},
                                           {"inner", "Inner", inner_source, inner_columns},
                                           {"by", "By", by_source, by_columns},
                                           {"gone", "Gone", gone_source, by_columns},
                                           {0}};

static void a_layout_reads_rows_keys_positions_and_what_is_around_them(void **state)
{
    (void)state;
    ful_error err = {0};
    table_set set;
    json_t *document = parse(rich);
    ful_status_is(tables_of_document(&set, document, rich_layout, arena, &err), FUL_OK, &err);
    assert_int_equal(set.tables, 5);
    const table *list = &set.table[0], *inner = &set.table[1], *by = &set.table[2];
    assert_int_equal(list->rows, 2);
    assert_int_equal(table_at(list, 1, 0)->integer, 2);
    assert_string_equal(table_at(list, 0, 2)->text, "p+q");
    assert_true(table_at(list, 1, 1)->missing && table_at(list, 1, 2)->missing);
    assert_true(table_at(list, 0, 3)->real == 3 && table_at(list, 1, 3)->missing);
    assert_int_equal(inner->rows, 3);
    assert_int_equal(table_at(inner, 1, 0)->integer, 1);
    assert_string_equal(table_at(inner, 1, 1)->text, "a");
    assert_string_equal(table_at(inner, 1, 2)->text, "y");
    assert_string_equal(table_at(inner, 2, 3)->text, "t");
    assert_true(table_at(inner, 0, 4)->real == 1 && table_at(inner, 1, 4)->real == 2.25);
    assert_true(table_at(inner, 2, 4)->missing);
    assert_true(table_at(inner, 2, 5)->real == 2.5);
    assert_string_equal(table_at(by, 1, 0)->text, "second");
    assert_int_equal(table_at(by, 0, 1)->integer, 1);
    assert_int_equal(table_at(by, 1, 1)->integer, 0);
    json_decref(document);
}

static void every_set_says_what_its_columns_are_and_where_it_comes_from(void **state)
{
    (void)state;
    ful_error err = {0};
    table_set set;
    json_t *document = parse(rich);
    ful_status_is(tables_of_document(&set, document, rich_layout, arena, &err), FUL_OK, &err);
    const table *columns = &set.table[3], *meta = &set.table[4];
    assert_string_equal(columns->name, "columns");
    assert_int_equal(columns->rows, 4 + 6 + 2);
    assert_string_equal(table_at(columns, 8, 0)->text, "inner");
    assert_string_equal(table_at(columns, 8, 1)->text, "value");
    assert_string_equal(table_at(columns, 8, 2)->text, "real");
    assert_string_equal(table_at(columns, 8, 3)->text, "m");
    assert_true(table_at(columns, 0, 3)->missing);
    assert_string_equal(meta->name, "meta");
    assert_int_equal(meta->rows, 1);
    assert_string_equal(table_at(meta, 0, 4)->text, "18446744073709551");
    json_decref(document);
}

/* A column that is not in the document, or of another type, is no silent gap. */
static void a_layout_that_does_not_fit_is_refused_by_name(void **state)
{
    (void)state;
    static const table_column wrong[][2] = {
        {{"w", TABLE_REAL, "", "w", "absent"}, {0}}, {{"w", TABLE_REAL, "", "w", "id"}, {0}},
        {{"w", TABLE_INTEGER, "", "w", "id"}, {0}},  {{"w", TABLE_TEXT, "", "w", "in"}, {0}},
        {{"w", TABLE_REAL, "", "w", "deep.z"}, {0}}, {{"w", TABLE_TEXT, "", "w", "@tag"}, {0}}};
    json_t *document = parse(rich);
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        ful_error err = {0};
        table_set set;
        const table_layout layout[] = {{"list", "List", list_source, wrong[k]}, {0}};
        ful_status_is(tables_of_document(&set, document, layout, arena, &err), FUL_ERR_ARGUMENT,
                      &err);
        ful_says(err, "'w'");
        ful_says(err, "'list'");
    }
    json_decref(document);
}

static void memory_that_runs_out_is_an_error_and_leaks_nothing(void **state)
{
    (void)state;
    /* every allocation of an arena is a block once rows are long */
    json_t *document = parse(rich), *list = json_object_get(document, "list");
    for (int k = 0; k < 20000; k++)
        json_array_append(list, json_array_get(list, 0));
    int failed = 0;
    for (long at = 0;; at++) {
        ful_test_memory memory;
        ful_test_memory_init(&memory, at);
        ful_arena *own = NULL;
        ful_error err = {0};
        table_set set;
        ful_status status = ful_arena_new(&own, &memory.allocator, &err);
        if (status == FUL_OK)
            status = tables_of_document(&set, document, rich_layout, own, &err);
        ful_arena_free(own);
        assert_int_equal(memory.live, 0);
        if (status == FUL_OK)
            break;
        ful_status_is(status, FUL_ERR_MEMORY, &err);
        failed++;
    }
    assert_true(failed > 5);
    json_decref(document);
}

/* ---- CSV, through the reader of cases, which knows nothing of the writer ---- */

static void texts_with_commas_quotes_and_line_ends_come_back(void **state)
{
    (void)state;
    static const char *const texts[] = {"plain", "a,b", "say \"no\"", "two\nlines",
                                        " é ",   "\"",  "NA"};
    enum { TEXTS = sizeof texts / sizeof *texts };
    static const table_column column[] = {{"name", TABLE_TEXT, "", "name", ""},
                                          {"value", TABLE_REAL, "", "value", ""}};
    static const char *const needed[] = {"name", "value", NULL};
    table_cell cell[TEXTS][2] = {{{0}}};
    for (int k = 0; k < TEXTS; k++) {
        cell[k][0].text = texts[k];
        cell[k][1] = (table_cell){.missing = k % 2, .real = k / 7.0};
    }
    const table t = {"t", "T", TEXTS, 2, column, &cell[0][0]};
    char path[] = "/tmp/fulcrum-table-XXXXXX", text[1024];
    const int made = mkstemp(path);
    assert_true(made >= 0);
    close(made);
    ful_error err = {0};
    ful_status_is(table_write_csv(&t, 1, path, &err), FUL_OK, &err);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    fclose(file);
    remove(path);
    csv_table back;
    ful_status_is(
        ful__csv_read(&back, text, size, "t.csv", &(csv_columns){needed, NULL}, arena, &err),
        FUL_OK, &err);
    assert_int_equal(back.rows, TEXTS);
    for (int k = 0; k < TEXTS; k++) {
        assert_string_equal(csv_at(&back, k, 0)->text, texts[k]);
        if (k % 2)
            assert_string_equal(csv_at(&back, k, 1)->text, "");
        else
            assert_true(strtod(csv_at(&back, k, 1)->text, NULL) == k / 7.0);
    }
}

/* ---- files ---- */

static void a_name_chooses_its_format(void **state)
{
    (void)state;
    assert_true(tables_known("a.csv") && tables_known("b/a.dta") && tables_known("./a.b.sqlite") &&
                tables_known("a.xlsx"));
    assert_false(tables_known("a") || tables_known(".csv") || tables_known("d/.csv") ||
                 tables_known("a.csv/b") || tables_known("a.CSV") || tables_known("a.csv."));
    ful_error err = {0};
    const table_set none = {0};
    ful_status_is(tables_write(&none, "a.txt", NULL, arena, &err), FUL_ERR_ARGUMENT, &err);
    ful_says(err, ".sqlite");
}

/* Stata's plain text variables end at 2045 bytes; a longer text is refused, not cut. */
static void a_text_too_long_for_stata_is_refused(void **state)
{
    (void)state;
    char text[2047];
    memset(text, 'x', sizeof text - 1);
    text[2046] = '\0';
    static const table_column column[] = {{"name", TABLE_TEXT, "", "name", ""}};
    const table_cell cell = {.text = text};
    const table t = {"t", "T", 1, 1, column, &cell};
    ful_error err = {0};
    ful_status_is(table_write_stata(&t, 1, "/dev/null", &err), FUL_ERR_FILE, &err);
    ful_says(err, "'name'");
    text[2045] = '\0';
    ful_status_is(table_write_stata(&t, 1, "/dev/null", &err), FUL_OK, &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_reads_back_as_the_same_bits),
        cmocka_unit_test(a_number_is_no_longer_than_it_needs),
        cmocka_unit_test(thresholds_and_boxes_stand_beside_their_question),
        cmocka_unit_test(a_layout_reads_rows_keys_positions_and_what_is_around_them),
        cmocka_unit_test(every_set_says_what_its_columns_are_and_where_it_comes_from),
        cmocka_unit_test(a_layout_that_does_not_fit_is_refused_by_name),
        cmocka_unit_test(memory_that_runs_out_is_an_error_and_leaks_nothing),
        cmocka_unit_test(texts_with_commas_quotes_and_line_ends_come_back),
        cmocka_unit_test(a_name_chooses_its_format),
        cmocka_unit_test(a_text_too_long_for_stata_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
