/* SPDX-License-Identifier: MIT */
/*
 * Private to the importers: what they share. An importer is a reader (sticky errors, files, names
 * with places) of a table instead of a case. It finds names, takes arrays, fills them, and leaves
 * the rest to ful__import_finish.
 */
#ifndef FULCRUM_CASE_IMPORT_H
#define FULCRUM_CASE_IMPORT_H

#include "case/reader.h"
#include "fulcrum/import.h"

#define IMPORT_MOST 512 /* actors, and sectors, of a case */

typedef struct importer {
    reader r;
    struct ful_case c; /* what the reader needs of a case: arena and folder */
    const ful_import_options *options;
    ful_import *out;
    double unit;
    int N, J;
    double *flow, *tariff; /* [(j*N + n)*N + i] */
    double *input;         /* [(i*J + j)*J + k] */
    double *theta;         /* J, or NULL: the table has none */
    ful_import_note *note;
    int notes, note_room;
} importer;

/* A change of many cells under one heading. */
typedef struct tally {
    const char *what;
    long count;
    double before, after, largest;
    int actor, sector; /* of the largest change; sector -1: of the actor as a whole */
} tally;

static inline size_t import_flow_at(const importer *x, int j, int n, int i)
{
    return ((size_t)j * (size_t)x->N + (size_t)n) * (size_t)x->N + (size_t)i;
}

static inline size_t import_input_at(const importer *x, int i, int j, int k)
{
    return ((size_t)i * (size_t)x->J + (size_t)j) * (size_t)x->J + (size_t)k;
}

/* ---- notes (import_notes.c) ---- */

void ful__tally_add(tally *t, double before, double after, int actor, int sector);
/* Nothing where the tally is empty. */
void ful__import_tally(importer *x, const tally *t);
/* A total of the whole table. */
void ful__import_total(importer *x, const char *what, double before, double after);
/* A note without money. */
void ful__import_count(importer *x, long count, const char *what, const char *where);

/* ---- tables (import_table.c) ---- */

/* Columns of a format: names, needed first; where a second spelling is known it stands in `also`.
 */
typedef struct import_columns {
    int needed, count;
    const char *const *name, *const *also; /* `also` may be NULL, and so may its entries */
} import_columns;

/* A CSV file with its columns found: column[k] is its place, -1 where it is absent. The columns
 * that are not read are noted. */
int ful__import_csv(csv_table *out, int *column, importer *x, const char *path,
                    const import_columns *columns);
/* The name's place in the list, which it joins if it is new. */
int ful__import_name(importer *x, const csv_table *t, int row, int column, name_list *list);
/* Sort the names; order[old] is the new place. */
void ful__import_sort(importer *x, name_list *list, int *order);
/* Rows of the year that is wanted: keep[row] is set; the others are noted. */
void ful__import_year(importer *x, unsigned char *keep, const csv_table *t, int column);
/* Zeroed flows, tariffs and inputs for the names that were found. */
void ful__import_arrays(importer *x);

/* ---- flows as rows (import_flows.c) ---- */

/* Where a table of flows keeps what; sector and tariff -1: there is none. */
typedef struct flow_columns {
    int seller, buyer, sector, value, tariff;
} flow_columns;

/* Names of the rows that are kept, sorted; arrays; flows and tariffs; absent cells are no trade.
 * Returns the line of each cell's row, 0 where there is none. */
int *ful__import_flows(importer *x, const csv_table *t, const unsigned char *keep,
                       const flow_columns *columns);
/* What an actor sells of a sector to all others. */
double ful__import_exports(const importer *x, int actor, int sector);
/* Domestic sales of a cell without them: what is left of its output, at least nothing. */
void ful__import_residual(importer *x, tally *t, int actor, int sector, double output);
/* Everybody sells to itself in some sector. */
void ful__import_domestic(importer *x, const char *remedy);

/* ---- ids (import_ids.c) ---- */

/* Ids of all actors and sectors, from their names. */
void ful__import_ids(importer *x);

/* ---- the end of every import (import_balance.c) ---- */

void ful__import_finish(importer *x);

/* ---- one for each format ---- */

void ful__import_long(importer *x, const char *path);
void ful__import_wide(importer *x, const char *path);
void ful__import_blocks(importer *x, const char *path);
void ful__import_shares(importer *x, const char *path);
void ful__import_gravity(importer *x, const char *path);

#endif
