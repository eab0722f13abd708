/* SPDX-License-Identifier: MIT */
/* Which nodes are drawn, and in which rows. */
#include "output/tree_rows.h"

#include <math.h>
#include <stdlib.h>

/* A node waiting to be drawn. */
typedef struct candidate {
    double reach;
    int node;
} candidate;

typedef struct layout {
    tree_rows *out;
    int *parent; /* (nodes) */
    int *hidden; /* moves that are not drawn (nodes) */
    unsigned char *drawn;
    candidate *queue; /* (nodes) */
    tree_row *row;
    int rows, open; /* rows so far; the one whose moves are being listed, -1 before the root */
} layout;

/* The most reached first; parents stand before children of the same reach. */
static int by_reach(const void *x, const void *y)
{
    const candidate *a = x, *b = y;
    if (a->reach != b->reach)
        return a->reach < b->reach ? 1 : -1;
    return a->node < b->node ? -1 : 1;
}

/* The child that v's likeliest move leads to, the first of several; -1 at a terminal. */
static int likeliest_child(const layout *l, int v)
{
    const ful_tree_view *t = &l->out->view;
    int likeliest = -1;
    for (int m = t->first_move[v]; m < t->first_move[v] + t->moves[v]; m++)
        if (likeliest < 0 ||
            l->out->solved->probability[m] > l->out->solved->probability[likeliest])
            likeliest = m;
    return likeliest < 0 ? -1 : t->child[likeliest];
}

static void fill_queue(layout *l)
{
    const ful_tree_view *t = &l->out->view;
    const double *reach = l->out->solved->reach;
    l->parent[0] = -1;
    l->queue[0].reach = reach[0];
    for (int v = 0; v < t->nodes; v++) {
        l->hidden[v] = t->moves[v];
        l->queue[v].node = v;
        for (int m = t->first_move[v]; m < t->first_move[v] + t->moves[v]; m++) {
            const int child = t->child[m];
            l->parent[child] = v;
            /* chance moves sum to one up to rounding: no child may overtake its parent */
            l->queue[child].reach = fmin(reach[child], l->queue[v].reach);
        }
    }
    for (int v = 0; v >= 0; v = likeliest_child(l, v))
        l->queue[v].reach = INFINITY;
    qsort(l->queue, (size_t)t->nodes, sizeof *l->queue, by_reach);
}

/* Whether v has drawn moves beside a row of folded ones. */
static int has_fold_row(const layout *l, int v)
{
    return l->hidden[v] > 0 && l->hidden[v] < l->out->view.moves[v];
}

static void draw(layout *l, int v)
{
    l->drawn[v] = 1;
    l->out->nodes++;
    if (l->parent[v] >= 0)
        l->hidden[l->parent[v]]--;
    if (l->out->view.kind[v] == FUL_NODE_TERMINAL)
        l->out->ends += l->out->solved->reach[v];
}

/* Draw the one move of v that is left. */
static void draw_last(layout *l, int v)
{
    const int *child = l->out->view.child + l->out->view.first_move[v];
    while (l->drawn[*child])
        child++;
    draw(l, *child);
}

/* Rows that drawing another move of p takes. The row of folded moves comes with the first of
 * several; where it would hold but one move, that move is drawn instead. */
static int rows_of_move(const layout *l, int p)
{
    if (p < 0 || has_fold_row(l, p))
        return 1;
    return l->out->view.moves[p] > 1 ? 2 : 1;
}

static void choose_nodes(layout *l, const tree_extent *extent)
{
    for (int k = 0; k < l->out->view.nodes; k++) {
        const int v = l->queue[k].node, p = l->parent[v];
        if (l->drawn[v])
            continue;
        const int rows = l->rows + rows_of_move(l, p);
        if (l->queue[k].reach < extent->least || rows > extent->rows)
            return;
        l->rows = rows;
        draw(l, v);
        if (p >= 0 && l->hidden[p] == 1)
            draw_last(l, p);
    }
}

static double most_reached(const layout *l)
{
    double most = 0;
    for (int v = 0; v < l->out->view.nodes; v++)
        if (!l->drawn[v])
            most = fmax(most, l->out->solved->reach[v]);
    return most;
}

static void add_row(layout *l, const tree_row *what)
{
    l->row[l->rows] = *what;
    if (what->parent >= 0)
        l->row[what->parent].last = l->rows;
    if (what->depth > l->out->depth)
        l->out->depth = what->depth;
    l->rows++;
}

static void add_node(layout *l, int v, int move)
{
    const tree_solved *s = l->out->solved;
    const int hidden = l->hidden[v];
    add_row(l, &(tree_row){.node = v,
                           .move = move,
                           .folded = hidden == l->out->view.moves[v] ? hidden : 0,
                           .parent = l->open,
                           .last = -1,
                           .depth = l->open < 0 ? 0 : l->row[l->open].depth + 1,
                           .probability = move < 0 ? 1 : s->probability[move],
                           .reach = s->reach[v]});
    l->open = l->rows - 1;
}

static void add_folded(layout *l)
{
    const ful_tree_view *t = &l->out->view;
    const tree_solved *s = l->out->solved;
    const int v = l->row[l->open].node;
    tree_row folded = {.node = -1,
                       .move = -1,
                       .folded = l->hidden[v],
                       .parent = l->open,
                       .last = -1,
                       .depth = l->row[l->open].depth + 1};
    for (int m = t->first_move[v]; m < t->first_move[v] + t->moves[v]; m++)
        if (!l->drawn[t->child[m]]) {
            folded.probability += s->probability[m];
            folded.reach += s->reach[t->child[m]];
        }
    add_row(l, &folded);
}

/* Every move below the open row is listed, up to but not including `ancestor`'s. */
static void close_rows(layout *l, int ancestor)
{
    while (l->open >= 0 && l->row[l->open].node != ancestor) {
        if (has_fold_row(l, l->row[l->open].node))
            add_folded(l);
        l->open = l->row[l->open].parent;
    }
}

/* Nodes are in depth-first order already, so rows are too. */
static void list_rows(layout *l)
{
    const ful_tree_view *t = &l->out->view;
    l->rows = 0;
    l->open = -1;
    for (int v = 0; v < t->nodes; v++) {
        if (!l->drawn[v])
            continue;
        close_rows(l, l->parent[v]);
        int move = v ? t->first_move[l->parent[v]] : -1;
        while (v && t->child[move] != v)
            move++;
        add_node(l, v, move);
    }
    close_rows(l, -1);
}

static int all_finite(const double *x, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (!isfinite(x[k]))
            return 0;
    return 1;
}

static ful_status check(const ful_tree_view *t, const tree_solved *s, const tree_extent *extent,
                        ful_error *err)
{
    if (extent->rows < 1)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "a tree cannot be drawn in %d rows, expected 1 or more", extent->rows);
    if (!(extent->least >= 0 && extent->least <= 1))
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "nodes cannot be folded below a probability of %g, expected 0 to 1",
                        extent->least);
    if (!all_finite(s->probability, (size_t)t->moves_total) ||
        !all_finite(s->reach, (size_t)t->nodes) ||
        !all_finite(s->value, (size_t)t->nodes * (size_t)t->players))
        return ful_fail(err, FUL_ERR_DATA, "the tree's solution holds a number that is not finite");
    return FUL_OK;
}

ful_status tree_rows_new(tree_rows *out, const tree_solved *solved, const tree_extent *extent,
                         ful_arena *arena, ful_error *err)
{
    *out = (tree_rows){.solved = solved, .heading = extent->heading, .language = extent->language};
    ful_tree_view_get(&out->view, solved->tree);
    const ful_status status = check(&out->view, solved, extent, err);
    if (status)
        return status;
    const size_t nodes = (size_t)out->view.nodes;
    layout l = {.out = out,
                .parent = ful_arena_take(arena, nodes, sizeof(int)),
                .hidden = ful_arena_take(arena, nodes, sizeof(int)),
                .drawn = ful_arena_take(arena, nodes, 1),
                .queue = ful_arena_take(arena, nodes, sizeof(candidate))};
    if (l.parent && l.hidden && l.drawn && l.queue) {
        fill_queue(&l);
        choose_nodes(&l, extent);
        out->most = most_reached(&l);
        l.row = ful_arena_take(arena, (size_t)l.rows, sizeof(tree_row));
    }
    if (!l.row)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the drawing of a tree");
    list_rows(&l);
    out->rows = l.rows;
    out->row = l.row;
    out->drawn = l.drawn;
    return FUL_OK;
}
