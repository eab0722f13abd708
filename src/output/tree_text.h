/* SPDX-License-Identifier: MIT */
/*
 * A solved tree as text, for a terminal or a file:
 *
 *     market entry
 *     All 5 nodes are drawn.
 *
 *                               prob.  reach Newcomer Incumbent
 *     Newcomer (enter?)                    1    0.519      1.16
 *     ├ out                     0.318  0.318        0         2
 *     └ in: Incumbent (fight?)  0.682  0.682    0.762     0.762
 *       ├ fight (price war)     0.119  0.081       -1        -1
 *       └ share                 0.881  0.600        1         1
 *
 * A row reads: the move that leads here, who moves next, and in brackets the label of the node or
 * outcome. Then the probability of the move, the probability of coming here, and everybody's
 * expected payoff from here on, which at the end of a path is the payoff. "+3 moves" are folded:
 * see tree_rows.h for which.
 */
#ifndef FULCRUM_OUTPUT_TREE_TEXT_H
#define FULCRUM_OUTPUT_TREE_TEXT_H

#include "output/tree_rows.h"

/* How text is set. */
typedef struct tree_type {
    int width; /* columns to keep to, 1 or more; TEXT_WIDTH where nobody says. Labels are cut for
                  it, but never to fewer than 20: a deep tree or many players make longer lines */
    int ascii; /* non-zero: branches of | and `, for what may not show UTF-8. Labels are UTF-8 as
                  the tree has them */
} tree_type;

/* Write the tree. The same bytes for the same solution.
 * @param arena  scratch; may be freed after the call.
 * @return FUL_OK, FUL_ERR_ARGUMENT for a width out of range, what tree_rows_new refuses,
 * FUL_ERR_FILE where `write` refuses. */
FUL_NODISCARD ful_status tree_text(const tree_solved *solved, const tree_extent *extent,
                                   const tree_type *type, ful_write_fn write, void *user,
                                   ful_arena *arena, ful_error *err);

#endif
