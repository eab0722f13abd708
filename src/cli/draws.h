/* SPDX-License-Identifier: MIT */
/*
 * Draws that are kept in a file. They cost minutes and depend on the files of the case, the package,
 * the seed and the number of each draw alone, so a case may bring its own: they are read where they
 * were made from these very files by this version of the program, and are enough.
 */
#ifndef FULCRUM_CLI_DRAWS_H
#define FULCRUM_CLI_DRAWS_H

#include "cli/cli.h"

/* The draws of one command: structs of nothing but doubles. */
typedef struct cli_drawing {
    const char *command, *file; /* whose they are; their name in the folder of a case */
    int numbers;                /* doubles of a draw */
    ful_status (*make)(void *draw, const cli_case *c, int package, int draws, ful_error *err);
} cli_drawing;

/* The draws of --draws and --seed into draw[draws * numbers]: those kept with the case, or drawn
 * anew, as with --keep-draws, which also writes them. Says what is wrong; returns an exit code. */
int cli_draws(void *draw, const cli_drawing *drawing, const cli_case *c, int package, int draws);

#endif
