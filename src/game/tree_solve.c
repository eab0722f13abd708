/* SPDX-License-Identifier: MIT */
/*
 * Backward induction on a tree. In depth-first order every child stands after its parent, so one
 * sweep from the last node to the first solves the game.
 */
#include "game/game_internal.h"

/* Values of node v from those of its children; `u` of the owner's moves is kept in p on the way. */
static void solve_node(double *p, double *value, const ful_tree_view *t, int v,
                       const double *lambda)
{
    const int P = t->players, n = t->moves[v];
    const int *child = t->child + t->first_move[v];
    const double *w = t->weight + t->first_move[v];
    if (t->kind[v] == FUL_NODE_CHANCE) {
        for (int a = 0; a < n; a++)
            p[a] = w[a];
    } else {
        const int owner = t->owner[v];
        for (int a = 0; a < n; a++)
            p[a] = value[(size_t)child[a] * (size_t)P + (size_t)owner];
        ful__logit(p, n, w, p, lambda[owner] * t->precision[v]);
    }
    double *out = value + (size_t)v * (size_t)P;
    for (int i = 0; i < P; i++) {
        double sum = 0;
        for (int a = 0; a < n; a++)
            sum += p[a] * value[(size_t)child[a] * (size_t)P + (size_t)i];
        out[i] = sum;
    }
}

ful_status ful_tree_solve(double *probability, double *value, double *reach, const ful_tree *tree,
                          const double *lambda, ful_error *err)
{
    const ful_tree_view *t = &tree->view;
    for (int i = 0; i < t->players; i++)
        if (!(lambda[i] >= 0))
            return ful_fail(err, FUL_ERR_ARGUMENT, "lambda of player %d is %g, expected 0 or more",
                            i + 1, lambda[i]);
    for (int v = t->nodes - 1; v >= 0; v--) {
        if (t->kind[v] == FUL_NODE_TERMINAL)
            for (int i = 0; i < t->players; i++) {
                const size_t at = (size_t)v * (size_t)t->players + (size_t)i;
                value[at] = t->payoff[at];
            }
        else
            solve_node(probability + t->first_move[v], value, t, v, lambda);
    }
    if (!reach)
        return FUL_OK;
    reach[0] = 1;
    for (int v = 0; v < t->nodes; v++)
        for (int a = 0; a < t->moves[v]; a++)
            reach[t->child[t->first_move[v] + a]] = reach[v] * probability[t->first_move[v] + a];
    return FUL_OK;
}
