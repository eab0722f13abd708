/* SPDX-License-Identifier: MIT */
/* fulcrum game --efg, --tree, --svg: the game unfolded into a tree. */
#include <stdio.h>

#include "cli/game.h"
#include "output/text.h"
#include "output/tree_svg.h"
#include "output/tree_text.h"

#define MOST_NODES 1000000

/* A tree with its solution, in an arena of its own, and how it is drawn. */
typedef struct unfolded {
    ful_arena *arena;
    ful_tree *tree;
    tree_solved solved;
    game_language words;
    tree_extent extent;
} unfolded;

static void clear(unfolded *u)
{
    ful_tree_free(u->tree);
    ful_arena_free(u->arena);
}

/* A game too large to unfold is no answer, with a remedy. */
static int unfold(ful_tree **tree, const game *g)
{
    ful_error err = {0};
    const ful_status status = ful_bargain_tree(tree, g->game, MOST_NODES, NULL, &err);
    if (status == FUL_OK)
        return EXIT_ANSWERED;
    if (status == FUL_ERR_MEMORY)
        return cli_fail(&err);
    fprintf(stderr, "fulcrum: %s; a shorter game is smaller: --horizon 1\n", err.text);
    return EXIT_NO_ANSWER;
}

/* Solved at the players' own precisions, as the game itself is. */
static ful_status solve(unfolded *u, const game *g, ful_error *err)
{
    ful_tree_view t;
    ful_tree_view_get(&t, u->tree);
    const size_t nodes = (size_t)t.nodes, moves = (size_t)t.moves_total;
    double *probability = ful_arena_take(u->arena, moves + 1, sizeof *probability);
    double *value = ful_arena_take(u->arena, nodes * (size_t)t.players, sizeof *value);
    double *reach = ful_arena_take(u->arena, nodes, sizeof *reach);
    double lambda[FUL_BARGAIN_MAX_PLAYERS];
    ful_bargain_data data;
    ful_bargain_room room;
    if (!probability || !value || !reach)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a tree of %d nodes", t.nodes);
    const ful_status status = ful_payoffs_data(&data, &room, g->payoffs, &g->offer, NULL, err);
    if (status != FUL_OK)
        return status;
    for (int i = 0; i < data.players; i++)
        lambda[i] = data.player[i].precision;
    u->solved =
        (tree_solved){.tree = u->tree, .probability = probability, .value = value, .reach = reach};
    return ful_tree_solve(probability, value, reach, u->tree, lambda, err);
}

/* Unfolded, solved, and ready to be drawn. */
static int unfold_and_solve(unfolded *u, const game *g)
{
    ful_error err = {0};
    const int code = unfold(&u->tree, g);
    if (code != EXIT_ANSWERED)
        return code;
    game_language_of(&u->words, g);
    u->extent = (tree_extent){.heading = g->c->s->title,
                              .language = &u->words.language,
                              .rows = TREE_ROWS,
                              .least = TREE_LEAST};
    ful_status status = ful_arena_new(&u->arena, NULL, &err);
    if (status == FUL_OK)
        status = solve(u, g, &err);
    return status == FUL_OK ? EXIT_ANSWERED : cli_fail(&err);
}

/* ---- writing ---- */

static int put(void *user, const char *text, size_t size)
{
    return fwrite(text, 1, size, user) == size ? 0 : -1;
}

static ful_status write_efg(const void *tree, FILE *file, ful_error *err)
{
    return ful_tree_format_efg(tree, put, file, err);
}

int game_write_efg(const game *g, const char *path)
{
    ful_tree *tree = NULL;
    int code = unfold(&tree, g);
    if (code == EXIT_ANSWERED)
        code = cli_write_file(path, write_efg, tree);
    ful_tree_free(tree);
    return code;
}

static ful_status write_svg(const void *unfolded_tree, FILE *file, ful_error *err)
{
    const unfolded *u = unfolded_tree;
    return tree_svg(&u->solved, &u->extent, put, file, u->arena, err);
}

int game_write_svg(const game *g, const char *path)
{
    unfolded u = {0};
    int code = unfold_and_solve(&u, g);
    if (code == EXIT_ANSWERED)
        code = cli_write_file(path, write_svg, &u);
    clear(&u);
    return code;
}

int game_print_tree(const game *g)
{
    ful_error err = {0};
    unfolded u = {0};
    const tree_type type = {.width = TEXT_WIDTH};
    int code = unfold_and_solve(&u, g);
    if (code == EXIT_ANSWERED) {
        printf("\n");
        const ful_status status =
            tree_text(&u.solved, &u.extent, &type, put, stdout, u.arena, &err);
        if (status != FUL_OK && status != FUL_ERR_FILE) /* of standard output cli_finish tells */
            code = cli_fail(&err);
    }
    clear(&u);
    return code;
}
