/* SPDX-License-Identifier: MIT */
/**
 * @file fulcrum/import.h
 * Other people's tables: read them as an economy, say what was changed, write them as a case
 * folder.
 *
 *     ful_import_options options = {.year = 2014};
 *     ful_import table;
 *     ful_import_read(&table, FUL_IMPORT_WIDE, "icio.csv", &options, arena, &err);
 *     ful_import_roles roles = {.target = 3, .sender = 9, .enforcer = 1};
 *     ful_import_write(&table, &roles, "my-case", &err);     // now `fulcrum check my-case`
 *
 * How-to: docs/howto/your-own-data.md.
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

/** The tables that can be read. Columns, files and rules of each: docs/howto/your-own-data.md. */
#define FUL_IMPORT_FORMATS(X)                                                                      \
    X(FUL_IMPORT_LONG, "long", "CSV: seller, buyer, sector, value, perhaps tariff, year")          \
    X(FUL_IMPORT_WIDE, "wide", "CSV: a wide input-output table, as the OECD publishes its ICIO")   \
    X(FUL_IMPORT_BLOCKS, "blocks", "folder: the text blocks of Caliendo & Parro (2015)")           \
    X(FUL_IMPORT_SHARES, "shares",                                                                 \
      "folder: expenditure, input and tariff shares of a trade model")                             \
    X(FUL_IMPORT_GRAVITY, "gravity", "CSV: exporter, importer, trade, perhaps output, expenditure")

typedef enum ful_import_format {
#define FUL_IMPORT_ENUM(symbol, name, what) symbol,
    FUL_IMPORT_FORMATS(FUL_IMPORT_ENUM)
#undef FUL_IMPORT_ENUM
} ful_import_format;

/** What the caller knows and the table does not say. A zeroed struct is the default. */
typedef struct ful_import_options {
    /** million USD in one unit of the table's money; 0: 1. Not for blocks, which state theirs */
    double unit;
    /** the year to take where a table holds several, or the year of a table that names none; 0: the
     *  only one of the table, 1993 for blocks, 2014 for shares */
    int year;
    /** a number for every sector, or a CSV file of sector, theta and perhaps low, high, grade;
     * NULL: the table's own, else FUL_IMPORT_THETA */
    const char *theta;
    /** long: CSV file of actor, sector, input, share; NULL: no inputs */
    const char *inputs;
    /** long: CSV file of actor, sector, output, from which domestic sales follow; NULL: they are
     * the rows in which seller and buyer are the same */
    const char *output;
    /** blocks: name of the tariff file; NULL: tariffs1993.txt */
    const char *tariffs;
    /** long, gravity: columns that the table calls otherwise, each "column=name in the table" */
    int renames;
    const char *const *rename;
} ful_import_options;

/** Trade elasticity of a table that has none: the round number of Costinot & Rodriguez-Clare
 * (2014), from half to twice as much, grade E. */
#define FUL_IMPORT_THETA 5.0

/** One kind of change or omission: what was done, in how many cells or rows. */
typedef struct ful_import_note {
    const char *what;
    long count;
    double before; /**< total of the cells concerned, million USD; NaN where there is no money */
    double after;
    double largest;    /**< relative change of one cell, INFINITY where it was 0; NaN: none */
    const char *where; /**< the cell of the largest change, or what was left out; or NULL */
} ful_import_note;

/** A file that an import read. */
typedef struct ful_import_file {
    const char *name; /**< as given, or in the folder that was given */
    char sha256[65];
} ful_import_file;

/** A table that was read. Everything lives in the arena that was given. */
typedef struct ful_import {
    ful_import_format format;
    const char *table; /**< the path that was read */
    int files;         /**< that were read */
    const ful_import_file *file;
    int year;
    double unit;
    ful_economy_data data; /**< balanced: ful_economy_model_new accepts it; names as in the table */
    const char *const *actor; /**< ids for a case: the table's name where it is three capitals, else
                                   x-name */
    const char *const *sector;            /**< ids for a case */
    const double *theta_low, *theta_high; /**< J */
    const char *theta_grade;              /**< J letters */
    const char *theta_source;             /**< where the elasticities come from, in words */
    int notes;
    const ful_import_note *note;
} ful_import;

/**
 * Read `path` (a CSV file, or a folder for blocks and shares). Every row is used, or counted in a
 * note with the reason; a duplicate, a negative or missing number, an unknown name, a table that is
 * cut short is refused with file, line, column and remedy. Actors and sectors of CSV files come in
 * alphabetical order, so that the order of rows does not matter; those of folders in theirs.
 *
 * What every format does at the end, each step with a note: tariffs on an actor's own sales become
 * sales; inputs that cost more than the output they make are scaled to it; where more of a sector
 * is used than bought, domestic sales are raised (as ful_economy_model_new would).
 * @return FUL_OK, FUL_ERR_FILE, FUL_ERR_DATA, FUL_ERR_ARGUMENT (options) or FUL_ERR_MEMORY.
 */
FUL_API FUL_NODISCARD ful_status ful_import_read(ful_import *out, ful_import_format format,
                                                 const char *path,
                                                 const ful_import_options *options,
                                                 ful_arena *arena, ful_error *err);

/** Index of the actor with this id or this name in the table, or -1. */
FUL_API int ful_import_actor(const ful_import *table, const char *name);

/** Who is who in the case: three different actors. */
typedef struct ful_import_roles {
    int target, sender, enforcer;
} ful_import_roles;

/**
 * Write a complete case folder: the economy as imported; one regime, a ban on all trade of the
 * target; a game whose numbers are starting ranges (grade E); and import.md, which says what was
 * changed. Written beside `folder`, read back by the case reader, then renamed: a failure leaves
 * nothing.
 * @return FUL_OK; FUL_ERR_ARGUMENT where roles are no three actors; FUL_ERR_FILE where the folder
 *         exists or cannot be written; FUL_ERR_DATA where these tables make no case;
 * FUL_ERR_MEMORY.
 */
FUL_API FUL_NODISCARD ful_status ful_import_write(const ful_import *table,
                                                  const ful_import_roles *roles, const char *folder,
                                                  ful_error *err);

#ifdef __cplusplus
}
#endif
#endif
