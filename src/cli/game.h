/* SPDX-License-Identifier: MIT */
/* Private to `game`: one game, solved, and what may be drawn or explained of it. */
#ifndef FULCRUM_CLI_GAME_H
#define FULCRUM_CLI_GAME_H

#include <jansson.h>

#include "cli/cli.h"
#include "output/tree_rows.h"

typedef struct game_explained game_explained;

typedef struct game {
    const cli_case *c;
    const ful_payoffs *payoffs;
    ful_gap gap;
    ful_offer offer;
    ful_bargain *game;
    ful_bargain_work *work;
    ful_bargain_report report;
    ful_flips flips;           /* empty unless asked for */
    game_explained *explained; /* NULL unless asked for */
} game;

/* ---- game_tree.c: the game unfolded. Each says what fails and returns an exit code. ---- */

int game_write_efg(const game *g, const char *path);
/* The solved tree as text on stdout, or as a picture in a file. */
int game_print_tree(const game *g);
int game_write_svg(const game *g, const char *path);

/* ---- game_words.c: the codes of an unfolded game in the words of its case ---- */

typedef struct game_language {
    tree_language language;
    const char *player[FUL_BARGAIN_MAX_PLAYERS], *name[FUL_BARGAIN_MAX_PLAYERS];
} game_language;

/* Borrows `g` and the case; `out` must stay where it is. */
void game_language_of(game_language *out, const game *g);

/* ---- game_explain.c: why an actor does what it does ---- */

/* The player that an actor is; -1 after saying that it is none and which are. */
int game_player(const ful_situation *s, const char *id);
/* Solve for the reasons of a player, into g->explained. Says what fails and returns an exit code. */
int game_explain(game *g, int player);
void game_explained_free(game_explained *x);
void game_print_explanation(const game *g);
/* Its part of the document. */
json_t *game_explanation_json(const game *g);

#endif
