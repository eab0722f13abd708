/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as YAML: refused with a place, or a tree whose nodes have places and whose maps hold
 * each key once. clang -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Isrc
 * test/fuzz/fuzz_yaml.c ...
 */
#include <stdlib.h>
#include <string.h>

#include "case/yaml.h"

static void check(int holds)
{
    if (!holds)
        abort();
}

static void walk(const yaml_node *node, int depth)
{
    int count = 0;
    check(depth <= 33 && node->line > 0 && node->column > 0 && node->file);
    check((node->kind == YAML_SCALAR) == (node->text != NULL));
    for (const yaml_node *child = node->first; child; child = child->next, count++) {
        check((node->kind == YAML_MAP) == (child->key != NULL));
        if (child->key)
            check(ful__yaml_get(node, child->key) == child);
        walk(child, depth + 1);
    }
    check(count == node->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ful_arena *arena;
    yaml_node *root;
    ful_error err = {0};
    check(ful_arena_new(&arena, NULL, NULL) == FUL_OK);
    if (ful__yaml_read(&root, (const char *)data, size, "x", arena, &err) == FUL_OK)
        walk(root, 0);
    else
        check(!root && err.status == FUL_ERR_DATA && *err.text && (err.line > 0 || size > 1 << 20));
    ful_arena_free(arena);
    return 0;
}
