/* SPDX-License-Identifier: MIT */
/*
 * Draws that are kept in a file. They cost a minute or two and depend on the files of the case, the
 * package, the seed and the number of each draw alone, so a case may bring its own, draws.json: it
 * is read where it was made from these very files by this version of the program, and holds enough.
 */
#ifndef FULCRUM_CLI_DRAWS_H
#define FULCRUM_CLI_DRAWS_H

#include "cli/cli.h"

/* The draws of --draws and --seed into draw[draws]: those kept with the case, or drawn anew, as
 * with --keep-draws, which also writes them. Says what is wrong; returns an exit code. */
int cli_draws(ful_draw *draw, const cli_case *c, int package, int draws);

#endif
