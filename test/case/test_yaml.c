/* SPDX-License-Identifier: MIT */
/* The YAML reader alone: the tree it makes, and every refusal with its place. */
#include "ful_test.h"

#include "case/yaml.h"

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

static yaml_node *parse(const char *text)
{
    yaml_node *root;
    ful_error err = {0};
    ful_status_is(ful__yaml_read(&root, text, strlen(text), "x.yaml", arena, &err), FUL_OK, &err);
    return root;
}

static void refused_size(const char *text, size_t size, int line, int column, const char *part)
{
    yaml_node *root = (yaml_node *)&arena;
    ful_error err = {0};
    const ful_status status = ful__yaml_read(&root, text, size, "x.yaml", arena, &err);
    if (status != FUL_ERR_DATA || err.line != line || err.column != column ||
        !strstr(err.text, part) || strcmp(err.file, "x.yaml") != 0) {
        print_error("\"%.40s\": %s:%d:%d: %s: %s\nexpected %d:%d: %s\n", text, err.file, err.line,
                    err.column, ful_status_text(status), err.text, line, column, part);
        fail();
    }
    assert_null(root);
}

static void refused(const char *text, int line, int column, const char *part)
{
    refused_size(text, strlen(text), line, column, part);
}

static void test_tree(void **state)
{
    (void)state;
    const yaml_node *root = parse("a: 1\nlist:\n  - {x: NO, y: 'two words'}\n  - plain\nempty:\n");
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->count, 3);
    const yaml_node *list = ful__yaml_get(root, "list");
    assert_int_equal(list->kind, YAML_LIST);
    assert_int_equal(list->count, 2);
    assert_int_equal(list->key_line, 2);
    assert_int_equal(list->key_column, 1);
    const yaml_node *x = ful__yaml_get(list->first, "x"), *y = ful__yaml_get(list->first, "y");
    /* text stays text: NO is a country */
    assert_string_equal(x->text, "NO");
    assert_int_equal(x->line, 3);
    assert_int_equal(x->column, 9);
    assert_int_equal(x->key_column, 6);
    assert_string_equal(y->text, "two words");
    assert_string_equal(list->first->next->text, "plain");
    assert_string_equal(ful__yaml_get(root, "empty")->text, "");
    assert_null(ful__yaml_get(root, "b"));
}

static void test_accepted_forms(void **state)
{
    (void)state;
    assert_string_equal(ful__yaml_get(parse("\xef\xbb\xbf"
                                            "a: 1\r\nb: 2\r\n"),
                                      "b")
                            ->text,
                        "2");
    assert_string_equal(ful__yaml_get(parse("--- # start\na: x\n...\n"), "a")->text, "x");
    /* columns count characters, not bytes */
    assert_int_equal(ful__yaml_get(parse("{\xc3\xa9: 1, b: 2}\n"), "b")->key_column, 8);
}

static void test_refusals(void **state)
{
    (void)state;
    refused("a: 1\nb: 2\na: 3\n", 3, 1, "key 'a' stands twice, first in line 1");
    refused("{a: 1, b: 2, a: 3}\n", 1, 14, "key 'a' stands twice");
    refused("a: &x 1\nb: *x\n", 1, 4, "anchors");
    refused("a: *x\n", 1, 4, "aliases");
    refused("a: !!str 1\n", 1, 4, "tags");
    refused("? [a]\n: 1\n", 1, 3, "a key must be a plain word");
    refused("%YAML 1.1\n---\na: 1\n", 1, 1, "directives");
    refused("%TAG ! tag:x,2000:\n---\na: 1\n", 1, 1, "directives");
    refused("a: 1\n---\nb: 2\n", 2, 1, "a second document");
    refused("a: [1, 2\nb: 3\n", 2, 2, "expected ',' or ']'");
    refused("a: 1\n\tb: 2\n", 2, 1, "");
    refused("", 1, 1, "expected a map");
    refused("- a\n- b\n", 1, 1, "expected a map");
    refused("just text\n", 1, 1, "expected a map");
    refused_size("a: \"x\\0y\"\n", 10, 1, 4, "NUL");
}

static void test_encoding(void **state)
{
    (void)state;
    yaml_node *root;
    ful_error err = {0};
    const char latin[] = "a: 1\nb: caf\xe9 au lait\n", wide[] = "\xff\xfe"
                                                                "a\0:\0 \0b\0\n\0";
    ful_status_is(ful__yaml_read(&root, latin, sizeof latin - 1, "x", arena, &err), FUL_ERR_DATA,
                  &err);
    assert_true(err.line > 0);
    ful_status_is(ful__yaml_read(&root, wide, sizeof wide - 1, "x", arena, &err), FUL_ERR_DATA,
                  &err);
}

static void test_depth(void **state)
{
    (void)state;
    char text[256] = "a: ";
    memset(text + 3, '[', 60);
    memset(text + 63, ']', 60);
    /* the document is depth 0, so the 33rd bracket is one too many */
    refused(text, 1, 36, "nested too deeply");
    memset(text, 0, sizeof text);
    snprintf(text, sizeof text, "a: [[[[[[[[[[x]]]]]]]]]]\n");
    assert_int_equal(parse(text)->count, 1);
}

static void test_size(void **state)
{
    (void)state;
    const size_t size = ((size_t)4 << 20) + 1;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, '\n', size);
    refused_size(text, size, 0, 0, "expected at most");
    free(text);
}

/* A map of many keys is a matter of n log n: quadratic work would be 10^9 comparisons here. */
static void test_many_keys(void **state)
{
    (void)state;
    enum { KEYS = 50000 };
    char *text = malloc(KEYS * 16), *to = text;
    assert_non_null(text);
    for (int k = 0; k < KEYS; k++)
        to += sprintf(to, "k%d: %d\n", (k * 7919) % KEYS, k);
    assert_int_equal(parse(text)->count, KEYS);
    sprintf(to, "k1: 0\n");
    refused(text, KEYS + 1, 1, "key 'k1' stands twice");
    free(text);
}

static void test_memory(void **state)
{
    (void)state;
    const char *text = "a: [1, 2, {b: c}]\nd: e\n";
    int complete = 0;
    for (long n = 0; !complete && n < 100; n++) {
        ful_test_memory memory;
        ful_arena *small;
        yaml_node *root;
        ful_test_memory_init(&memory, n);
        if (ful_arena_new(&small, &memory.allocator, NULL) != FUL_OK)
            continue;
        const ful_status status = ful__yaml_read(&root, text, strlen(text), "x", small, NULL);
        assert_true(status == FUL_OK || (status == FUL_ERR_MEMORY && !root));
        complete = status == FUL_OK;
        ful_arena_free(small);
        assert_int_equal(memory.live, 0);
    }
    assert_true(complete);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree),      cmocka_unit_test(test_accepted_forms),
        cmocka_unit_test(test_refusals),  cmocka_unit_test(test_encoding),
        cmocka_unit_test(test_depth),     cmocka_unit_test(test_size),
        cmocka_unit_test(test_many_keys), cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
