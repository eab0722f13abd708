/* SPDX-License-Identifier: MIT */
/* Private to the game: growable arrays, numbers as text, and the logit of one menu. */
#ifndef FULCRUM_GAME_INTERNAL_H
#define FULCRUM_GAME_INTERNAL_H

#include "base/memory.h"
#include "base/real.h"
#include "fulcrum/game.h"

/* Utilities closer than this, relative to the largest of the menu in size, tie at lambda =
 * infinity: two ways of summing the same payoffs differ by no more. */
#define FUL_GAME_TIE 1e-12

/* An array that doubles; `size` is that of one element. */
typedef struct ful__array {
    void *data;
    size_t count, capacity, size;
} ful__array;

/* Make room for `extra` more elements; NULL when memory is out, else the first new one, zeroed.
 * The count is raised. */
void *ful__array_add(ful__array *array, const ful_allocator *allocator, size_t extra);
void ful__array_free(ful__array *array, const ful_allocator *allocator);

/* Choice probabilities of a menu of n >= 1 moves: p = w exp(lambda u) normalised; p may be u. The
 * best move's utility is subtracted first: no precision overflows, and infinity is a case of its
 * own, never an arithmetic accident. */
static inline void ful__logit(ful__real *p, int n, const double *w, const ful__real *u,
                              ful__real lambda)
{
    const int perfect = isinf(ful__re(lambda));
    double size = fabs(ful__re(u[0]));
    ful__real best = u[0], sum = 0;
    for (int a = 1; a < n; a++) {
        best = ful__re(u[a]) > ful__re(best) ? u[a] : best;
        size = fabs(ful__re(u[a])) > size ? fabs(ful__re(u[a])) : size;
    }
    for (int a = 0; a < n; a++) {
        if (perfect)
            p[a] = ful__re(best) - ful__re(u[a]) <= FUL_GAME_TIE * size ? w[a] : 0;
        else
            p[a] = w[a] * ful__real_exp(lambda * (u[a] - best));
        sum += p[a];
    }
    for (int a = 0; a < n; a++)
        p[a] /= sum;
}

struct ful_tree {
    const ful_allocator *allocator;
    size_t bytes;
    int unique_labels; /* no two decision and chance nodes share a label, and none is empty */
    int plain;         /* equal menu weights and precision 1 everywhere */
    ful_tree_view view;
};

#endif
