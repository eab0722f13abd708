/* SPDX-License-Identifier: MIT */
/* Private to the writer of cases: files of a folder, with sticky errors. */
#ifndef FULCRUM_CASE_WRITE_H
#define FULCRUM_CASE_WRITE_H

#include <stdio.h>

#include "fulcrum/import.h"

#define WRITE_PATH 4096

typedef struct writer {
    const ful_import *table;
    const ful_import_roles *roles;
    const char *name;        /* of the folder to be, without what is before it */
    char folder[WRITE_PATH]; /* where the files are written */
    FILE *file;
    char path[WRITE_PATH + 32]; /* of the open file */
    ful_status status;
    ful_error *err;
} writer;

/* ---- write.c ---- */

void ful__write_open(writer *w, const char *name);
void ful__write_close(writer *w);
/* A number that reads back as the same bits, with a point whatever the locale. */
void ful__write_number(writer *w, double x);
/* A field of a CSV file, quoted where it must be. */
void ful__write_field(writer *w, const char *text);

/* ---- the files ---- */

void ful__write_outline(writer *w);                    /* write_case.c: case.yaml */
void ful__write_play(writer *w, double finance_limit); /* write_play.c: measures, enforcement,
                                                          parameters, sources */
void ful__write_report(writer *w);                     /* write_report.c: import.md */

#endif
