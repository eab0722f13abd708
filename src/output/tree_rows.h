/* SPDX-License-Identifier: MIT */
/*
 * A solved tree as rows: what there is to draw, before anybody draws it. tree_text and tree_svg
 * give the same rows different clothes.
 *
 * Big trees are folded by one rule: the path of likeliest moves enters the drawing first, then
 * all other nodes in the order of their reach, until the rows are full or a node is reached too
 * seldom. No move is reached more often than the node it leaves, so what is drawn is one connected
 * tree from the root. A move that would be folded alone is drawn: it takes the same row.
 */
#ifndef FULCRUM_OUTPUT_TREE_ROWS_H
#define FULCRUM_OUTPUT_TREE_ROWS_H

#include "fulcrum/game.h"

/* Where a drawing of the default size ends: two screens of a terminal, and of a phone. */
#define TREE_ROWS 60
#define TREE_LEAST 0.001

/* A tree with its solution, borrowed: the arrays as ful_tree_solve fills them, `reach` included. */
typedef struct tree_solved {
    const ful_tree *tree;
    const double *probability; /* (moves_total) */
    const double *value;       /* nodes x players */
    const double *reach;       /* (nodes) */
} tree_solved;

#define TREE_LABEL 512 /* bytes that words take at most, their end included */
#define TREE_NUMBER 32

/* Words for the codes of a tree, borrowed. The functions put theirs behind what `room` holds. */
typedef struct tree_language {
    const char *const *player; /* short names (players) */
    const char *const *name;   /* the same in full */
    /* A node's label; `before` is that of the node above, or NULL: what it says besides need not be
     * said again. */
    void (*node)(char room[TREE_LABEL], const void *game, const char *label, const char *before);
    void (*move)(char room[TREE_LABEL], const void *game, int owner, const char *label);
    const void *game; /* what the functions are given */
} tree_language;

/* What to draw. */
typedef struct tree_extent {
    const char *heading;           /* a line above the tree's own title; NULL: none */
    const tree_language *language; /* NULL: the tree's own codes */
    int rows;     /* the most rows, 1 or more: a node or some folded moves each; TREE_ROWS */
    double least; /* nodes reached less often than this, in [0, 1], are folded; TREE_LEAST */
} tree_extent;

/* A row is a node, or those moves of its parent that are folded while others are drawn. A node may
 * have all its moves folded: then it has no rows below it and says how many they are. */
typedef struct tree_row {
    int node;           /* -1: folded moves of the parent */
    int move;           /* the one that leads here; -1 at the root and for folded moves */
    int folded;         /* moves folded into this row */
    int parent;         /* row, -1 at the root */
    int last;           /* the last row right below this one, -1 where there is none */
    int depth;          /* 0 at the root */
    double probability; /* of the move, 1 at the root; folded moves: their sum */
    double reach;       /* of the node; folded moves: their sum */
} tree_row;

typedef struct tree_rows {
    ful_tree_view view;
    const tree_solved *solved;
    const char *heading;           /* of the extent */
    const tree_language *language; /* of the extent */
    int rows, depth;               /* depth of the deepest row */
    const tree_row *row;        /* in depth-first order, folded moves after their drawn siblings */
    const unsigned char *drawn; /* (nodes) */
    int nodes;                  /* how many are drawn */
    double ends;                /* chance that play ends at a drawn terminal */
    double most;                /* largest reach of a node that is not drawn; 0 where all are */
} tree_rows;

/* Lay out the rows; they live in `arena` and borrow `solved`. Refuses an extent out of range
 * (FUL_ERR_ARGUMENT) and a solution with numbers that are none (FUL_ERR_DATA). */
FUL_NODISCARD ful_status tree_rows_new(tree_rows *out, const tree_solved *solved,
                                       const tree_extent *extent, ful_arena *arena, ful_error *err);

/* ---- words and numbers of a row ---- */

/* Put `text` behind what `room` holds. Controls and malformed UTF-8 become spaces and '?', so that
 * any label may go to a terminal and into XML; what does not fit is left out. */
void tree_append(char room[TREE_LABEL], const char *text);

/* Cut `room` to `columns`, 3 or more, with "..." for the rest. */
void tree_cut(char room[TREE_LABEL], int columns);

/* Bytes of the first line of `text` when it is broken at spaces to `columns` > 0; never 0 unless
 * the text is empty. */
int tree_line(const char *text, int columns);

/* The name of the move that leads to a row, its number where it has none; of folded moves
 * "+2 moves: freeze; hold"; "" at the root. */
void tree_move(char room[TREE_LABEL], const tree_rows *rows, int row);

/* "+3 moves" for a node whose moves are all folded, else "". */
void tree_folded(char room[TREE_NUMBER], const tree_row *row);

/* A player's short name, or "player 2", and its full one. Append. */
void tree_player(char room[TREE_LABEL], const tree_rows *rows, int player);
void tree_player_name(char room[TREE_LABEL], const tree_rows *rows, int player);

/* What a row's node is: all of it where `whole` is not 0, else what is new after the row above it.
 * Appends. */
void tree_node(char room[TREE_LABEL], const tree_rows *rows, int row, int whole);

/* A row in words: "move: who moves next (what the node is)", without what there is none of. */
void tree_label(char room[TREE_LABEL], const tree_rows *rows, int row, int whole);

/* What a drawing is of, in sentences: nodes drawn and folded, and how much they matter. */
void tree_note(char room[TREE_LABEL], const tree_rows *rows);

/* A probability with three decimals: "0", "<0.001", "0.119", ">0.999", "1". */
const char *tree_chance(char room[TREE_NUMBER], double probability);
/* A payoff with three significant digits. */
const char *tree_payoff(char room[TREE_NUMBER], double payoff);

/* Columns of a player's payoffs: of the widest that is drawn, or of the name up to 9. */
int tree_payoff_columns(const tree_rows *rows, int player);

/* ---- where it goes ---- */

/* Remembers that the writer refused, so that only the end has to ask. */
typedef struct tree_pen {
    ful_write_fn write;
    void *user;
    int failed;
} tree_pen;

void tree_put(tree_pen *pen, const char *text);
/* As printf, up to 255 bytes: for numbers and short words. */
void tree_print(tree_pen *pen, const char *format, ...) FUL_PRINTF(2, 3);
/* FUL_OK, or FUL_ERR_FILE where the writer refused. */
FUL_NODISCARD ful_status tree_finish(const tree_pen *pen, ful_error *err);

#endif
