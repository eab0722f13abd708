/* SPDX-License-Identifier: MIT */
/*
 * Results as tables: typed columns with label and unit, missing values, one writer per file format.
 *
 * A table is a view of a command's JSON document, described by a layout (layout_*.c), so that a
 * number is computed and named once. Every set of tables ends with two more: `columns` says what
 * each column is, `meta` is the head of the document. Nothing here knows a time, a host or a path:
 * the same result gives the same bytes.
 */
#ifndef FULCRUM_OUTPUT_TABLE_H
#define FULCRUM_OUTPUT_TABLE_H

#include <jansson.h>
#include <stdio.h>

#include "fulcrum/base.h"

#define TABLES_MAX 16        /* tables of one result, `columns` and `meta` included */
#define TABLE_NUMBER_ROOM 32 /* bytes that the text of a number takes */

typedef enum table_type { TABLE_TEXT, TABLE_REAL, TABLE_INTEGER } table_type;

/* A column. Names are what Stata, SQL and R take without quotes: at most 32 of a-z, 0-9 and _.
 * Label and unit together fit the 80 characters that Stata keeps. */
typedef struct table_column {
    const char *name;
    table_type type;
    const char *unit; /* "" where it has none */
    const char *label;
    const char *from; /* where in the document its values are; see table_layout */
} table_column;

typedef struct table_cell {
    int missing;
    double real;       /* of a TABLE_REAL */
    long long integer; /* of a TABLE_INTEGER */
    const char *text;  /* of a TABLE_TEXT, UTF-8, never empty: an empty text is missing */
} table_cell;

typedef struct table {
    const char *name, *label;
    int rows, columns;
    const table_column *column;
    const table_cell *cell; /* rows x columns */
} table;

/* The tables of one result, in the order of the layout, then `columns` and `meta`. */
typedef struct table_set {
    int tables;
    table table[TABLES_MAX];
} table_set;

/* Where rows come from: keys joined by points; `key[]` makes a row of every element of a list,
 * `key{}` of every member of an object, and a path without either is one row. "" is the document.
 */
typedef struct table_source {
    const char *path;
    const char *tag; /* what @tag says in these rows, or NULL */
} table_source;

/*
 * How a table is read off a document. A column's `from` is a path of keys inside the row; "." is
 * the row itself, "@key" its key in the object, "@position" its number in the list, from 1, "@tag"
 * the tag of its source; each "^" before goes one `[]` or `{}` outwards. Truth values become 0 and
 * 1, lists of texts are joined by "+", null and what would be in it are missing. A table none of
 * whose sources is in the document is left out.
 */
typedef struct table_layout {
    const char *name, *label;
    const table_source *source; /* ends with a NULL path */
    const table_column *column; /* ends with a NULL name */
} table_layout;

/* One layout per study; each ends with a NULL name. */
extern const table_layout layout_solve[], layout_leverage[], layout_rank[], layout_coalition[],
    layout_packages[], layout_advice[], layout_game[], layout_history[], layout_run[];

/* The tables of a document. Cells live in the arena, texts in the document or the arena. */
ful_status tables_of_document(table_set *out, const json_t *document, const table_layout *layout,
                              ful_arena *arena, ful_error *err);

static inline const table_cell *table_at(const table *t, int row, int column)
{
    return &t->cell[(size_t)row * (size_t)t->columns + (size_t)column];
}

/* The shortest decimal that reads back as the same double. */
const char *table_number(char room[TABLE_NUMBER_ROOM], double x);
const char *table_type_name(table_type type);

/* ---- files ---- */

/* The suffixes that tables_write knows, for messages: ".csv, .dta, ...". */
const char *tables_suffixes(void);
/* Whether the suffix of `path` names a format. */
int tables_known(const char *path);

/*
 * Write every table to `path`. A format that holds one table a file (.csv, .dta) writes
 * STEM-NAME.SUFFIX for each instead. Files are written beside (.part) and renamed when all are
 * whole, see output_file; after a failure none is left. Says each file's name to `talk`, where it
 * is not NULL.
 */
ful_status tables_write(const table_set *set, const char *path, FILE *talk, ful_arena *arena,
                        ful_error *err);

/* The writers: `count` tables into a new file. FUL_ERR_FILE where it cannot be written in full. */
ful_status table_write_csv(const table *t, int count, const char *path, ful_error *err);
ful_status table_write_sqlite(const table *t, int count, const char *path, ful_error *err);
ful_status table_write_stata(const table *t, int count, const char *path, ful_error *err);
ful_status table_write_xlsx(const table *t, int count, const char *path, ful_error *err);

/* Close what was written to; FUL_ERR_FILE, with the system's reason, where any of it failed. */
ful_status table_close(FILE *file, const char *path, ful_error *err);

#endif
