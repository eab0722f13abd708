/* SPDX-License-Identifier: MIT */
/* Shared by the tests of the game: a tree with its solution, random trees, text that grows. */
#ifndef FUL_GAME_TEST_H
#define FUL_GAME_TEST_H

#include "ful_test.h"

#include "fulcrum/game.h"

typedef struct solved {
    ful_tree *tree;
    ful_tree_view view;
    double *probability, *value, *reach;
} solved;

static inline void solved_init(solved *s, ful_tree *tree)
{
    s->tree = tree;
    ful_tree_view_get(&s->view, tree);
    s->probability = calloc((size_t)s->view.moves_total + 1, sizeof(double));
    s->value = calloc((size_t)(s->view.nodes * s->view.players), sizeof(double));
    s->reach = calloc((size_t)s->view.nodes, sizeof(double));
    assert_true(s->probability && s->value && s->reach);
}

/* Solve with one lambda for everybody. */
static inline void solved_at(solved *s, double lambda)
{
    double lambdas[64];
    ful_error err;
    for (int i = 0; i < s->view.players; i++)
        lambdas[i] = lambda;
    ful_status_is(ful_tree_solve(s->probability, s->value, s->reach, s->tree, lambdas, &err),
                  FUL_OK, &err);
}

static inline void solved_clear(solved *s)
{
    ful_tree_free(s->tree);
    free(s->probability);
    free(s->value);
    free(s->reach);
}

/* A tree given node by node, so that a test can build variants of it. */
typedef struct sketch {
    uint64_t seed;
    uint32_t draw;
    int players, depth;
    double scale, shift; /* of payoffs: shift + scale * u */
    int widest;          /* menus have 1 to so many moves, at most 6; 0: 3 */
    int coarse;          /* payoffs are whole numbers, so that many tie */
    int scaled;          /* decisions have precisions of their own */
    int even;            /* menu weights are equal, as in .efg */
    int reversed;        /* moves in reverse order */
    int cloned;          /* every first move of a decision twice, at half its weight */
} sketch;

static inline double sketch_uniform(sketch *k)
{
    return ful_uniform(k->seed, 7, k->draw++);
}

/* The draws made for a subtree must not depend on the variant, so each subtree has its own seed. */
static inline uint64_t sketch_child(uint64_t seed, int a)
{
    return seed * 31 + (uint64_t)a + 1;
}

static inline void sketch_node(ful_tree_builder *b, sketch k)
{
    ful_error err;
    double weight[8], payoff[4];
    int from[8], n = 0;
    k.draw = 0;
    const double kind = sketch_uniform(&k);
    const int moves = 1 + (int)((k.widest ? k.widest : 3) * sketch_uniform(&k));
    if (k.depth == 0 || kind < 0.1) {
        for (int i = 0; i < k.players; i++) {
            const double u = 4 * sketch_uniform(&k) - 2;
            payoff[i] = k.shift + k.scale * (k.coarse ? round(u) : u);
        }
        ful_status_is(ful_tree_terminal(b, "end", payoff, &err), FUL_OK, &err);
        return;
    }
    const int owner = (int)(k.players * sketch_uniform(&k)), is_chance = kind < 0.3;
    double drawn[6], sum = 0;
    for (int a = 0; a < moves; a++)
        sum += drawn[a] = 0.1 + sketch_uniform(&k);
    const double precision = k.scaled ? .5 + sketch_uniform(&k) : 1;
    for (int a = 0; a < moves; a++) {
        const int copies = k.cloned && a == 0 && !is_chance ? 2 : 1;
        for (int c = 0; c < copies; c++) {
            from[n] = k.reversed ? moves - 1 - a : a;
            weight[n] = k.even && !is_chance ? 1 : drawn[from[n]] / (is_chance ? sum : copies);
            n++;
        }
    }
    ful_status_is(is_chance ? ful_tree_chance(b, "chance", n, NULL, weight, &err)
                            : ful_tree_decision_scaled(b, "choice", owner, n, NULL, weight,
                                                       precision, &err),
                  FUL_OK, &err);
    for (int a = 0; a < n; a++) {
        sketch child = k;
        child.seed = sketch_child(k.seed, from[a]);
        child.depth--;
        sketch_node(b, child);
    }
}

static inline void sketch_build(solved *s, const sketch *k)
{
    ful_tree_builder *b;
    ful_tree *tree;
    ful_error err;
    ful_status_is(ful_tree_builder_new(&b, "random", k->players, NULL, NULL, &err), FUL_OK, &err);
    sketch_node(b, *k);
    ful_status_is(ful_tree_new(&tree, b, NULL, &err), FUL_OK, &err);
    ful_tree_builder_free(b);
    solved_init(s, tree);
}

/* Text that grows; the ful_write_fn of the tests. */
typedef struct grown {
    char *text;
    size_t size, room;
    size_t fail_after; /* 0: never */
} grown;

static inline int grown_write(void *user, const char *text, size_t size)
{
    grown *g = (grown *)user;
    if (g->fail_after && g->size + size > g->fail_after)
        return -1;
    if (g->size + size >= g->room) {
        g->room = 2 * (g->size + size) + 1;
        char *more = realloc(g->text, g->room);
        if (!more)
            return -1;
        g->text = more;
    }
    memcpy(g->text + g->size, text, size);
    g->size += size;
    g->text[g->size] = '\0';
    return 0;
}

#endif
