/* SPDX-License-Identifier: MIT */
/*
 * Solve a game in Gambit's format and draw it: what the tests of the drawings look at.
 *
 *     draw_tree FILE.efg LAMBDA text|ascii|svg [ROWS [LEAST]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/text.h"
#include "output/tree_svg.h"
#include "output/tree_text.h"

#define MOST_BYTES (1 << 24)

static int put(void *user, const char *text, size_t size)
{
    return fwrite(text, 1, size, user) == size ? 0 : -1;
}

static ful_status read_tree(ful_tree **out, const char *path, ful_arena *arena, ful_error *err)
{
    char *text = ful_arena_take(arena, MOST_BYTES, 1);
    FILE *file = text ? fopen(path, "rb") : NULL;
    if (!file)
        return ful_fail(err, FUL_ERR_FILE, "%s cannot be read", path);
    const size_t size = fread(text, 1, MOST_BYTES, file);
    fclose(file);
    return ful_tree_parse_efg(out, text, size, NULL, err);
}

static ful_status solve(tree_solved *out, double lambda, ful_arena *arena, ful_error *err)
{
    ful_tree_view t;
    ful_tree_view_get(&t, out->tree);
    double *probability = ful_arena_take(arena, (size_t)t.moves_total + 1, sizeof(double));
    double *value = ful_arena_take(arena, (size_t)t.nodes * (size_t)t.players, sizeof(double));
    double *reach = ful_arena_take(arena, (size_t)t.nodes, sizeof(double));
    double lambdas[64];
    if (!probability || !value || !reach)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory");
    for (int i = 0; i < t.players; i++)
        lambdas[i] = lambda;
    out->probability = probability;
    out->value = value;
    out->reach = reach;
    return ful_tree_solve(probability, value, reach, out->tree, lambdas, err);
}

int main(int argc, char **argv)
{
    ful_arena *arena;
    ful_tree *tree = NULL;
    tree_solved solved = {0};
    ful_error err = {0};
    if (argc < 4 || argc > 6)
        return 2;
    const tree_extent extent = {.rows = argc > 4 ? atoi(argv[4]) : TREE_ROWS,
                                .least = argc > 5 ? strtod(argv[5], NULL) : TREE_LEAST};
    const tree_type type = {.width = TEXT_WIDTH, .ascii = strcmp(argv[3], "ascii") == 0};
    if (ful_arena_new(&arena, NULL, &err) != FUL_OK)
        return 1;
    ful_status status = read_tree(&tree, argv[1], arena, &err);
    solved.tree = tree;
    if (status == FUL_OK)
        status = solve(&solved, strtod(argv[2], NULL), arena, &err);
    if (status == FUL_OK)
        status = strcmp(argv[3], "svg") == 0
                     ? tree_svg(&solved, &extent, put, stdout, arena, &err)
                     : tree_text(&solved, &extent, &type, put, stdout, arena, &err);
    if (status != FUL_OK)
        fprintf(stderr, "draw_tree: %s\n", err.text);
    ful_tree_free(tree);
    ful_arena_free(arena);
    return status == FUL_OK ? 0 : 1;
}
