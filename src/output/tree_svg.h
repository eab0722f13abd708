/* SPDX-License-Identifier: MIT */
/*
 * A solved tree as a picture: an SVG that stands alone or inside a page.
 *
 * Time runs to the right and down: a row for each node, the moves from it below and one step in. A
 * branch is as wide as its move is likely, in the colour of whoever makes it, with the probability
 * beside it, then the move and the label of the node it leads to; at the right the probability of
 * coming here and everybody's expected payoff. Each player has a colour and a shape, which stand in
 * the legend and at the nodes where that player moves; the first 35 players look different. Chance
 * is a ring, an end a bar.
 *
 * Nothing is fetched and nothing runs. The picture scales to the width it is given and follows the
 * reader's light or dark scheme. A row's words are cut to the room they have, and in a language of
 * the case's to what is new; whole they stand in the row's <title>, which browsers show under the
 * pointer. Its classes begin with "tree-".
 */
#ifndef FULCRUM_OUTPUT_TREE_SVG_H
#define FULCRUM_OUTPUT_TREE_SVG_H

#include "output/tree_rows.h"

/* Write the picture, well-formed XML in UTF-8. The same bytes for the same solution.
 * @param arena  scratch; may be freed after the call.
 * @return FUL_OK, what tree_rows_new refuses, FUL_ERR_FILE where `write` refuses. */
FUL_NODISCARD ful_status tree_svg(const tree_solved *solved, const tree_extent *extent,
                                  ful_write_fn write, void *user, ful_arena *arena, ful_error *err);

#endif
