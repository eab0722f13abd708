/* SPDX-License-Identifier: MIT */
/* Matrices of numbers and lists of names in text files, as other programs write them. */
#ifndef FULCRUM_CASE_MATRIX_H
#define FULCRUM_CASE_MATRIX_H

#include "case/reader.h"

/* The numbers of a file of the reader's folder, in rows of `columns`, between white space or, where
 * `comma` is set, commas within a line: *rows of them, or where it is negative as many as there
 * are, at most `most`. NULL after a refusal. */
double *ful__matrix(reader *r, const char *name, int *rows, int most, int columns, int comma);

/* Names, one a line, into the list. */
void ful__name_lines(reader *r, const char *name, name_list *list);

#endif
