/* SPDX-License-Identifier: MIT */
/* Private to the game: growable arrays, numbers as text, and the logit of one menu. */
#ifndef FULCRUM_GAME_INTERNAL_H
#define FULCRUM_GAME_INTERNAL_H

#include "base/memory.h"
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

/* Choice probabilities of a menu of n >= 1 moves: p = w exp(lambda u) normalised. */
void ful__logit(double *p, int n, const double *w, const double *u, double lambda);

struct ful_tree {
    const ful_allocator *allocator;
    size_t bytes;
    int unique_labels;  /* no two decision and chance nodes share a label, and none is empty */
    int plain;          /* equal menu weights and precision 1 everywhere */
    ful_tree_view view;
};

#endif
