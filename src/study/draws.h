/* SPDX-License-Identifier: MIT */
/* Private to the studies: draws of all parameters, and the world and table of each. */
#ifndef FULCRUM_STUDY_DRAWS_H
#define FULCRUM_STUDY_DRAWS_H

#include "study/games.h"

/* What a study does in the world of a draw, alone with it in one thread; results go to a place of
 * the draw's own, so that the bits do not depend on the threads. The board is its thread's. */
typedef ful_status (*ful__draw_fn)(void *user, int draw, const ful_world *world,
                                   const ful_payoffs *payoffs, ful__board *board,
                                   const ful_run *inner, ful_error *err);

typedef struct ful__draws {
    const ful_situation *s;
    uint64_t seed;
    int count;
    double *p;             /* count x parameters */
    unsigned char *solved; /* count: 0 where the world has no equilibrium */
    int refused;           /* how many have none */
} ful__draws;

/* Draw, build each world and its sparse table, and call fn in it. Arrays are taken from `arena`. */
ful_status ful__draws_run(ful__draws *out, const ful_situation *s, uint64_t seed, int count,
                          ful__draw_fn fn, void *user, ful_arena *arena, const ful_run *run,
                          ful_error *err);

#endif
