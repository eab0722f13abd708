/* SPDX-License-Identifier: MIT */
/**
 * @file fulcrum/import.h
 * Reading economies from other people's tables.
 */
#ifndef FULCRUM_IMPORT_H
#define FULCRUM_IMPORT_H

#include "fulcrum/economy.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Read the text blocks of Caliendo & Parro (2015) from `folder`: xbilat1993, GO, B, IO, T, regions,
 * sectors and the tariff file `tariffs` (such as "tariffs1993.txt"); thousand dollars and per cent
 * become million dollars and fractions. T has a number for each traded sector; these come first.
 *
 * As in the paper's programs, output is raised to exports where it falls short, domestic sales are
 * what is left of output, services have the elasticity 8.22, and negative final shares are set to
 * zero and renormalised: hence `final_share` is given, and the benchmark becomes an equilibrium
 * only with the first solve. The one negative input share of the tables (-.0008 of inputs) is set
 * to zero; one below -.001 is refused. The closure is FUL_CLOSURE_ZERO, the paper's deficit-free
 * world.
 *
 * The arrays are taken from `arena`. Errors carry file, line and column.
 * @return FUL_OK, FUL_ERR_FILE, FUL_ERR_DATA or FUL_ERR_MEMORY.
 */
FUL_API FUL_NODISCARD ful_status ful_import_blocks(ful_economy_data *out, const char *folder,
                                                   const char *tariffs, ful_arena *arena,
                                                   ful_error *err);

/** Only the tariffs of a further year, J*N*N, for the model that ful_import_blocks described. */
FUL_API FUL_NODISCARD ful_status ful_import_block_tariffs(double **out,
                                                          const ful_economy_data *data,
                                                          const char *folder, const char *tariffs,
                                                          ful_arena *arena, ful_error *err);

#ifdef __cplusplus
}
#endif
#endif
