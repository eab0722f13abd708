/* SPDX-License-Identifier: MIT */
/* The CSV reader alone (RFC 4180): fields with their places, and every refusal with its place. */
#include "ful_test.h"

#include "case/csv.h"

static ful_arena *arena;
static const char *const needed[] = {"name", "value", NULL};
static const char *const optional[] = {"note", NULL};
static const csv_columns columns = {needed, optional};

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

/* The reader changes its text: a copy of exactly its size, so that a step beyond it is noticed. */
static ful_status parse_bytes(csv_table *t, const char *bytes, size_t size, ful_error *err)
{
    char *text = malloc(size + 1), *kept = ful_arena_take(arena, size + 1, 1);
    assert_true(text && kept);
    memcpy(text, bytes, size);
    text[size] = '\0';
    csv_table scratch;
    const ful_status status = ful__csv_read(&scratch, text, size, "x.csv", &columns, arena, NULL);
    free(text);
    memcpy(kept, bytes, size);
    assert_int_equal(ful__csv_read(t, kept, size, "x.csv", &columns, arena, err), status);
    return status;
}

static csv_table parse(const char *text)
{
    csv_table t;
    ful_error err = {0};
    ful_status_is(parse_bytes(&t, text, strlen(text), &err), FUL_OK, &err);
    return t;
}

static void refused_size(const char *text, size_t size, int line, int column, const char *part)
{
    csv_table t;
    ful_error err = {0};
    const ful_status status = parse_bytes(&t, text, size, &err);
    if (status != FUL_ERR_DATA || err.line != line || err.column != column ||
        !strstr(err.text, part) || strcmp(err.file, "x.csv") != 0) {
        print_error("\"%s\": %d:%d: %s: %s\nexpected %d:%d: %s\n", text, err.line, err.column,
                    ful_status_text(status), err.text, line, column, part);
        fail();
    }
}

static void refused(const char *text, int line, int column, const char *part)
{
    refused_size(text, strlen(text), line, column, part);
}

static void field_is(const csv_table *t, int row, int column, const char *text, int line, int at)
{
    const csv_field *f = csv_at(t, row, column);
    assert_string_equal(f->text, text);
    assert_int_equal(f->line, line);
    assert_int_equal(f->column, at);
}

static void test_rows(void **state)
{
    (void)state;
    const csv_table t = parse("value,name\n1,a\n,\"b, \"\"c\"\"\nd\"\n3,e");
    assert_int_equal(t.rows, 3);
    assert_int_equal(t.columns, 3);
    field_is(&t, 0, 0, "a", 2, 3);
    field_is(&t, 0, 1, "1", 2, 1);
    field_is(&t, 0, 2, "", 2, 1);
    /* a quoted field stands where its text does, and may span lines */
    field_is(&t, 1, 0, "b, \"c\"\nd", 3, 3);
    field_is(&t, 1, 1, "", 3, 1);
    field_is(&t, 2, 0, "e", 5, 3);
}

static void test_line_ends_and_mark(void **state)
{
    (void)state;
    const csv_table t = parse("\xef\xbb\xbfname,value,note\r\na,1,\"x\r\ny\"\r\nb,2,\r\n");
    assert_int_equal(t.rows, 2);
    field_is(&t, 0, 1, "1", 2, 3);
    field_is(&t, 0, 2, "x\r\ny", 2, 6);
    field_is(&t, 1, 0, "b", 4, 1);
    field_is(&t, 1, 2, "", 4, 5);
    assert_int_equal(parse("name,value\n").rows, 0);
    assert_int_equal(parse("name,value").rows, 0);
    /* columns count characters, not bytes */
    const csv_table u = parse("name,value\n\xc3\xa9\xc3\xa9,7\n");
    field_is(&u, 0, 1, "7", 2, 4);
}

static void test_refused_columns(void **state)
{
    (void)state;
    refused("", 1, 1, "empty");
    refused("\xef\xbb\xbf", 1, 1, "empty");
    refused("name\na\n", 1, 1, "column 'value' is missing");
    refused("name,valu\na,1\n", 1, 6, "column 'valu' is not known (did you mean 'value'?)");
    refused("name,value,zebra\na,1,2\n", 1, 12, "column 'zebra' is not known");
    refused("name,value,name\na,1,b\n", 1, 12, "column 'name' stands twice");
}

static void test_refused_rows(void **state)
{
    (void)state;
    refused("name,value\na\n", 2, 1, "1 fields, the header has 2");
    refused("name,value\na,1,2\n", 2, 5, "too many fields");
    refused("name,value\n\na,1\n", 2, 1, "an empty line");
    refused("name,value\na,1\n\n", 3, 1, "an empty line");
    refused("name,value\n# a,1\n", 2, 1, "comments");
    refused("name,value\na,\"1\n", 2, 3, "never closed");
    refused("name,value\n\"a\"b,1\n", 2, 4, "after a quote");
    refused("name,value\na\"b,1\n", 2, 2, "a quote inside a field");
    refused("name,value\na\rb,1\n", 2, 2, "carriage return");
    refused_size("name,value\na\0b,1\n", 17, 2, 2, "NUL");
    refused_size("name,value\n\"a\0b\",1\n", 19, 2, 3, "NUL");
}

/* As many columns as a reader may ever meet, and one more. */
static void test_wide(void **state)
{
    (void)state;
    char text[256];
    memset(text, ',', 64);
    text[64] = '\n';
    refused_size(text, 65, 1, 65, "too many fields");
}

static void test_memory(void **state)
{
    (void)state;
    ful_test_memory memory;
    ful_arena *small;
    csv_table t;
    char text[] = "name,value\na,1\n";
    ful_test_memory_init(&memory, -1);
    ful_status_is(ful_arena_new(&small, &memory.allocator, NULL), FUL_OK, NULL);
    memory.fail_at = memory.calls;
    ful_status_is(ful__csv_read(&t, text, sizeof text - 1, "x", &columns, small, NULL),
                  FUL_ERR_MEMORY, NULL);
    ful_arena_free(small);
    assert_int_equal(memory.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_line_ends_and_mark),
                                       cmocka_unit_test(test_refused_columns),
                                       cmocka_unit_test(test_refused_rows),
                                       cmocka_unit_test(test_wide),
                                       cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
