/* SPDX-License-Identifier: MIT */
/* Private to the studies: many games of one table, side by side. */
#ifndef FULCRUM_STUDY_GAMES_H
#define FULCRUM_STUDY_GAMES_H

#include "fulcrum/study.h"

/* What one thread plays on: the workspace is kept from game to game. */
typedef struct ful__board {
    const ful_allocator *allocator;
    ful_bargain_work *work; /* NULL until the first game */
} ful__board;

ful_status ful__board_solve(ful_bargain_report *report, ful__board *board, const ful_bargain *game,
                            double lambda_scale, ful_error *err);
ful_status ful__board_play(ful_bargain_report *report, ful__board *board,
                           const ful_bargain_data *data, double lambda_scale, ful_error *err);
/* The game of an offer; p as of ful_payoffs_data. */
ful_status ful__board_offer(ful_bargain_report *report, ful__board *board,
                            const ful_payoffs *payoffs, const ful_offer *offer, const double *p,
                            double lambda_scale, ful_error *err);
void ful__board_clear(ful__board *board);

/* The offers of a case: every subset of the levers that can be offered, under pressure, on each terms;
 * number [terms * 2^levers + subset], bit k of subset: lever k of ful_offered_levers. */
int ful__offers(const ful_situation *s);
ful_offer ful__offer(const ful_situation *s, int number);

/* One game to play: an offer, at which parameters (NULL: the world's) and precision. */
typedef struct ful__game {
    ful_offer offer;
    const double *p;
    double lambda_scale;
    ful_bargain_report report;
} ful__game;

/* Play them all, spread over threads; `what` names them to the progress (nullable). */
ful_status ful__games_play(ful__game *game, int count, const ful_payoffs *payoffs, const char *what,
                           const ful_run *run, ful_error *err);

/* How far a game goes towards an aim: armed periods enforced of one, or P(at least frozen). */
double ful__games_aim(const ful_bargain_report *report, ful_aim aim);

/* Side payment to the pivotal enforcer, on top of an offer, by which the aim just reaches `level`: 0
 * where none is needed, NaN where one per cent of its GDP a year is not enough. */
ful_status ful__games_transfer(double *out, const ful_payoffs *payoffs, const ful_offer *offer,
                               ful_aim aim, double level, const ful_allocator *allocator,
                               ful_error *err);

#endif
