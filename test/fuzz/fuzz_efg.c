/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a game: refused with a position, or a tree that solves and survives being written
 * and read again.
 *     clang -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Isrc test/fuzz/fuzz_efg.c ...
 */
#include "fulcrum/game.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct text {
    char *data;
    size_t size;
} text;

static int append(void *user, const char *data, size_t size)
{
    text *t = (text *)user;
    char *more = realloc(t->data, t->size + size);
    if (!more)
        return -1;
    t->data = more;
    memcpy(t->data + t->size, data, size);
    t->size += size;
    return 0;
}

static void check(int holds)
{
    if (!holds)
        abort();
}

static void solve(const ful_tree *tree)
{
    ful_tree_view t;
    double lambda[64];
    ful_tree_view_get(&t, tree);
    for (int i = 0; i < t.players; i++)
        lambda[i] = i % 2 ? INFINITY : 3;
    double *probability = calloc((size_t)t.moves_total + 1, sizeof(double));
    double *value = calloc((size_t)t.nodes * (size_t)t.players, sizeof(double));
    check(probability && value);
    check(ful_tree_solve(probability, value, NULL, tree, lambda, NULL) == FUL_OK);
    for (int i = 0; i < t.players; i++)
        check(isfinite(value[i]));
    free(probability);
    free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ful_tree *tree, *again;
    ful_error err;
    text out = {NULL, 0};
    if (ful_tree_parse_efg(&tree, (const char *)data, size, NULL, &err)) {
        check(!tree && err.line > 0 && err.column > 0 && *err.text);
        return 0;
    }
    solve(tree);
    check(ful_tree_format_efg(tree, append, &out, NULL) == FUL_OK);
    check(ful_tree_parse_efg(&again, out.data, out.size, NULL, &err) == FUL_OK);
    free(out.data);
    ful_tree_free(again);
    ful_tree_free(tree);
    return 0;
}
