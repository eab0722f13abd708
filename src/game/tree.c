/* SPDX-License-Identifier: MIT */
/*
 * Trees: a builder that takes nodes in depth-first order, and the flat arrays it compiles into.
 * Nothing here recurses, so the depth of a tree is limited by memory alone.
 */
#include "game/game_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PLAYERS 64
#define MAX_NODES (1 << 28)
#define MAX_PAYOFF 1e100

typedef struct node {
    int kind, owner, moves, first_move;
    size_t label; /* offset into the text */
    double precision;
} node;

typedef struct move {
    size_t label;
    double weight;
    int child;
} move;

struct ful_tree_builder {
    const ful_allocator *allocator;
    int players;
    size_t title;
    ful__array node, move, payoff, text, player; /* payoff: players per terminal, in order */
    ful__array open; /* stack of moves that still need a subtree; the next one is on top */
};

void *ful__array_add(ful__array *array, const ful_allocator *allocator, size_t extra)
{
    if (extra == 0)
        return array->data;
    if (extra > array->capacity - array->count) {
        size_t capacity = array->capacity ? array->capacity : 16;
        while (capacity - array->count < extra) {
            if (capacity > SIZE_MAX / 4 / array->size)
                return NULL;
            capacity *= 2;
        }
        void *data = allocator->resize(allocator->user, array->data, array->capacity * array->size,
                                       capacity * array->size);
        if (!data)
            return NULL;
        array->data = data;
        array->capacity = capacity;
    }
    unsigned char *first = (unsigned char *)array->data + array->count * array->size;
    memset(first, 0, extra * array->size);
    array->count += extra;
    return first;
}

void ful__array_free(ful__array *array, const ful_allocator *allocator)
{
    ful__give(allocator, array->data, array->capacity * array->size);
}

static ful_status out_of_memory(ful_error *err)
{
    return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a game tree");
}

/* Keep a copy of `text`; its offset, or SIZE_MAX when memory is out. */
static size_t keep_text(ful_tree_builder *b, const char *text)
{
    const size_t size = (text ? strlen(text) : 0) + 1;
    char *copy = ful__array_add(&b->text, b->allocator, size);
    if (!copy)
        return SIZE_MAX;
    if (text)
        memcpy(copy, text, size);
    return b->text.count - size;
}

ful_status ful_tree_builder_new(ful_tree_builder **out, const char *title, int players,
                                const char *const *player, const ful_allocator *allocator,
                                ful_error *err)
{
    *out = NULL;
    if (players < 1 || players > MAX_PLAYERS)
        return ful_fail(err, FUL_ERR_ARGUMENT, "a tree has 1 to %d players, not %d", MAX_PLAYERS,
                        players);
    const ful_allocator *source = ful__allocator_or_default(allocator);
    ful_tree_builder *b = ful__take(source, sizeof *b);
    if (!b)
        return out_of_memory(err);
    b->allocator = source;
    b->players = players;
    b->node.size = sizeof(node);
    b->move.size = sizeof(move);
    b->payoff.size = sizeof(double);
    b->text.size = 1;
    b->player.size = sizeof(size_t);
    b->open.size = sizeof(int);
    size_t *names = ful__array_add(&b->player, source, (size_t)players);
    b->title = keep_text(b, title);
    int ok = names && b->title != SIZE_MAX;
    for (int i = 0; ok && i < players; i++) {
        names[i] = keep_text(b, player ? player[i] : NULL);
        ok = names[i] != SIZE_MAX;
    }
    if (!ok) {
        ful_tree_builder_free(b);
        return out_of_memory(err);
    }
    *out = b;
    return FUL_OK;
}

void ful_tree_builder_free(ful_tree_builder *builder)
{
    if (!builder)
        return;
    const ful_allocator *source = builder->allocator;
    ful__array_free(&builder->node, source);
    ful__array_free(&builder->move, source);
    ful__array_free(&builder->payoff, source);
    ful__array_free(&builder->text, source);
    ful__array_free(&builder->player, source);
    ful__array_free(&builder->open, source);
    ful__give(source, builder, sizeof *builder);
}

/* Add a node with its moves and hang it under the first open move. Memory is taken before anything
 * changes, so that a failure leaves the builder as it was. */
static ful_status add(ful_tree_builder *b, const node *what, const char *label,
                      const char *const *name, const double *weight, const double *payoff,
                      ful_error *err)
{
    if (b->node.count && !b->open.count)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "node '%s' comes after the tree is complete: every move has its subtree",
                        label ? label : "");
    const size_t moves = (size_t)what->moves, payoffs = payoff ? (size_t)b->players : 0;
    if (b->node.count >= MAX_NODES || b->move.count + moves > MAX_NODES)
        return ful_fail(err, FUL_ERR_DATA, "a tree has at most %d nodes and moves", MAX_NODES);
    const size_t nodes_before = b->node.count, moves_before = b->move.count;
    const size_t text_before = b->text.count, payoffs_before = b->payoff.count;
    node *v = ful__array_add(&b->node, b->allocator, 1);
    move *m = ful__array_add(&b->move, b->allocator, moves);
    double *u = ful__array_add(&b->payoff, b->allocator, payoffs);
    size_t text = keep_text(b, label);
    int ok = v && (m || !moves) && (u || !payoffs) && text != SIZE_MAX;
    for (size_t a = 0; ok && a < moves; a++) {
        m[a].label = keep_text(b, name ? name[a] : NULL);
        m[a].weight = weight ? weight[a] : 1.0;
        ok = m[a].label != SIZE_MAX;
    }
    int *open = ok ? ful__array_add(&b->open, b->allocator, moves) : NULL;
    if (!ok || (!open && moves)) {
        b->node.count = nodes_before;
        b->move.count = moves_before;
        b->text.count = text_before;
        b->payoff.count = payoffs_before;
        return out_of_memory(err);
    }
    *v = *what;
    v->label = text;
    v->first_move = (int)moves_before;
    if (payoffs)
        memcpy(u, payoff, payoffs * sizeof *u);
    /* the move just filled lies under the new ones: take it out, then push in reverse order */
    int *stack = b->open.data;
    size_t top = b->open.count - moves;
    if (nodes_before)
        ((move *)b->move.data)[stack[--top]].child = (int)nodes_before;
    for (size_t a = 0; a < moves; a++)
        stack[top + a] = (int)(moves_before + moves - 1 - a);
    b->open.count = top + moves;
    return FUL_OK;
}

static ful_status check_moves(const char *label, int moves, const double *weight, const char *what,
                              ful_error *err)
{
    if (moves < 1)
        return ful_fail(err, FUL_ERR_ARGUMENT, "node '%s' has %d moves, expected 1 or more", label,
                        moves);
    for (int a = 0; a < moves && weight; a++)
        if (!(weight[a] > 0) || !(weight[a] <= MAX_PAYOFF))
            return ful_fail(err, FUL_ERR_DATA, "node '%s': %s %d is %g, expected a number above 0",
                            label, what, a + 1, weight[a]);
    return FUL_OK;
}

ful_status ful_tree_chance(ful_tree_builder *builder, const char *label, int moves,
                           const char *const *move_name, const double *probability, ful_error *err)
{
    const char *name = label ? label : "";
    ful_status status = check_moves(name, moves, probability, "probability", err);
    if (status)
        return status;
    if (!probability)
        return ful_fail(err, FUL_ERR_ARGUMENT, "chance node '%s' has no probabilities", name);
    double sum = 0;
    for (int a = 0; a < moves; a++)
        sum += probability[a];
    if (fabs(sum - 1) > 1e-12)
        return ful_fail(err, FUL_ERR_DATA,
                        "node '%s': the probabilities sum to %.17g, expected 1 to 1e-12", name,
                        sum);
    const node v = {.kind = FUL_NODE_CHANCE, .owner = -1, .moves = moves, .precision = 1};
    return add(builder, &v, label, move_name, probability, NULL, err);
}

ful_status ful_tree_decision_scaled(ful_tree_builder *builder, const char *label, int player,
                                    int moves, const char *const *move_name, const double *weight,
                                    double precision, ful_error *err)
{
    const char *name = label ? label : "";
    if (player < 0 || player >= builder->players)
        return ful_fail(err, FUL_ERR_ARGUMENT, "node '%s' belongs to player %d, expected 0 to %d",
                        name, player, builder->players - 1);
    if (!(precision > 0) || !(precision <= MAX_PAYOFF))
        return ful_fail(err, FUL_ERR_DATA, "node '%s': precision is %g, expected a number above 0",
                        name, precision);
    ful_status status = check_moves(name, moves, weight, "menu weight", err);
    if (status)
        return status;
    const node v = {
        .kind = FUL_NODE_DECISION, .owner = player, .moves = moves, .precision = precision};
    return add(builder, &v, label, move_name, weight, NULL, err);
}

ful_status ful_tree_decision(ful_tree_builder *builder, const char *label, int player, int moves,
                             const char *const *move_name, const double *weight, ful_error *err)
{
    return ful_tree_decision_scaled(builder, label, player, moves, move_name, weight, 1, err);
}

ful_status ful_tree_terminal(ful_tree_builder *builder, const char *label, const double *payoff,
                             ful_error *err)
{
    for (int i = 0; i < builder->players; i++)
        if (!(fabs(payoff[i]) <= MAX_PAYOFF))
            return ful_fail(err, FUL_ERR_DATA,
                            "terminal '%s': payoff %d is %g, expected a number up to 1e100 in size",
                            label ? label : "", i + 1, payoff[i]);
    const node v = {.kind = FUL_NODE_TERMINAL, .owner = -1, .precision = 1};
    return add(builder, &v, label, NULL, NULL, payoff, err);
}

/* ---- compiling ------------------------------------------------------------------------------- */

/* The arrays of a tree while they are being filled. */
typedef struct arrays {
    const char **player, **label, **move_label;
    int *kind, *owner, *moves, *first_move, *child;
    double *weight, *payoff, *precision;
    char *text;
} arrays;

/* Run once without a base to measure, once with one to place. */
static size_t lay_out(arrays *a, unsigned char *base, const ful_tree_builder *b)
{
    const size_t V = b->node.count, M = b->move.count, P = (size_t)b->players;
    size_t used = sizeof(struct ful_tree);
    a->weight = ful__place(base, &used, M, sizeof(double));
    a->payoff = ful__place(base, &used, V * P, sizeof(double));
    a->precision = ful__place(base, &used, V, sizeof(double));
    a->player = ful__place(base, &used, P, sizeof(char *));
    a->label = ful__place(base, &used, V, sizeof(char *));
    a->move_label = ful__place(base, &used, M, sizeof(char *));
    a->kind = ful__place(base, &used, V, sizeof(int));
    a->owner = ful__place(base, &used, V, sizeof(int));
    a->moves = ful__place(base, &used, V, sizeof(int));
    a->first_move = ful__place(base, &used, V, sizeof(int));
    a->child = ful__place(base, &used, M, sizeof(int));
    a->text = ful__place(base, &used, b->text.count, 1);
    return used;
}

static void fill(arrays *a, const ful_tree_builder *b)
{
    const size_t P = (size_t)b->players;
    memcpy(a->text, b->text.data, b->text.count);
    const double *payoff = b->payoff.data;
    for (size_t v = 0; v < b->node.count; v++) {
        const node *from = (const node *)b->node.data + v;
        a->kind[v] = from->kind;
        a->owner[v] = from->owner;
        a->moves[v] = from->moves;
        a->first_move[v] = from->first_move;
        a->precision[v] = from->precision;
        a->label[v] = a->text + from->label;
        if (from->kind == FUL_NODE_TERMINAL) {
            memcpy(a->payoff + v * P, payoff, P * sizeof *payoff);
            payoff += P;
        }
    }
    for (size_t m = 0; m < b->move.count; m++) {
        const move *from = (const move *)b->move.data + m;
        a->move_label[m] = a->text + from->label;
        a->weight[m] = from->weight;
        a->child[m] = from->child;
    }
    for (size_t i = 0; i < P; i++)
        a->player[i] = a->text + ((const size_t *)b->player.data)[i];
}

static int by_text(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* Whether the labels of nodes with moves are all different and not empty. 0 on success. */
static int find_unique(int *unique, const ful_tree_view *t, const ful_allocator *allocator)
{
    const size_t bytes = (size_t)t->nodes * sizeof(char *);
    const char **sorted = ful__take(allocator, bytes);
    if (!sorted)
        return -1;
    size_t count = 0;
    for (int v = 0; v < t->nodes; v++)
        if (t->kind[v] != FUL_NODE_TERMINAL)
            sorted[count++] = t->label[v];
    if (count)
        qsort(sorted, count, sizeof *sorted, by_text);
    *unique = !count || *sorted[0];
    for (size_t k = 1; k < count; k++)
        *unique &= strcmp(sorted[k - 1], sorted[k]) != 0;
    ful__give(allocator, sorted, bytes);
    return 0;
}

static int is_plain(const ful_tree_view *t)
{
    for (int v = 0; v < t->nodes; v++) {
        const double *w = t->weight + t->first_move[v];
        for (int a = 0; t->kind[v] == FUL_NODE_DECISION && a < t->moves[v]; a++)
            if (w[a] != w[0] || t->precision[v] != 1)
                return 0;
    }
    return 1;
}

ful_status ful_tree_new(ful_tree **out, const ful_tree_builder *builder,
                        const ful_allocator *allocator, ful_error *err)
{
    *out = NULL;
    if (!builder->node.count)
        return ful_fail(err, FUL_ERR_ARGUMENT, "the tree has no node");
    if (builder->open.count)
        return ful_fail(err, FUL_ERR_ARGUMENT, "the tree is not complete: %zu moves lead nowhere",
                        builder->open.count);
    const ful_allocator *source = ful__allocator_or_default(allocator);
    arrays a;
    const size_t bytes = lay_out(&a, NULL, builder) + FUL__PLACE_SLACK;
    ful_tree *tree = ful__take(source, bytes);
    if (!tree)
        return out_of_memory(err);
    lay_out(&a, (unsigned char *)tree, builder);
    fill(&a, builder);
    tree->allocator = source;
    tree->bytes = bytes;
    tree->view = (ful_tree_view){
        .players = builder->players,
        .nodes = (int)builder->node.count,
        .moves_total = (int)builder->move.count,
        .title = a.text + builder->title,
        .player = a.player,
        .kind = a.kind,
        .owner = a.owner,
        .moves = a.moves,
        .first_move = a.first_move,
        .label = a.label,
        .precision = a.precision,
        .move_label = a.move_label,
        .child = a.child,
        .weight = a.weight,
        .payoff = a.payoff,
    };
    tree->plain = is_plain(&tree->view);
    if (find_unique(&tree->unique_labels, &tree->view, source)) {
        ful_tree_free(tree);
        return out_of_memory(err);
    }
    *out = tree;
    return FUL_OK;
}

void ful_tree_free(ful_tree *tree)
{
    if (tree)
        ful__give(tree->allocator, tree, tree->bytes);
}

void ful_tree_view_get(ful_tree_view *view, const ful_tree *tree)
{
    *view = tree->view;
}
