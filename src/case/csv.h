/* SPDX-License-Identifier: MIT */
/*
 * A CSV file as rows of fields that know their place (RFC 4180: comma, double quotes, LF or CRLF, a
 * header line; a byte-order mark is skipped). Refused: comments, ragged rows, unknown, missing and
 * duplicate columns, empty lines, a quote that is never closed, NUL.
 */
#ifndef FULCRUM_CASE_CSV_H
#define FULCRUM_CASE_CSV_H

#include "fulcrum/base.h"

typedef struct csv_field {
    const char *text;
    int line, column; /* 1-based, in characters, of the first one of the text */
} csv_field;

/* What a table may hold: names end with NULL. */
typedef struct csv_columns {
    const char *const *needed;
    const char *const *optional; /* NULL: none */
} csv_columns;

/* A table with its columns in the order needed..., optional... ; absent optional ones read as "".
 */
typedef struct csv_table {
    const char *file;
    int rows, columns;
    csv_field *field; /* rows x columns */
} csv_table;

/* Parse text that ends with NUL at text[size]; fields point into it, and it is changed. */
ful_status ful__csv_read(csv_table *out, char *text, size_t size, const char *file,
                         const csv_columns *columns, ful_arena *arena, ful_error *err);

/* The same for a table of which the reader learns the columns: any header, of any width; row 0 is
 * the header line. */
ful_status ful__csv_grid(csv_table *out, char *text, size_t size, const char *file,
                         ful_arena *arena, ful_error *err);

static inline const csv_field *csv_at(const csv_table *t, int row, int column)
{
    return &t->field[(size_t)row * (size_t)t->columns + (size_t)column];
}

#endif
