/* SPDX-License-Identifier: MIT */
/* Text for people: paragraphs, tables, ranges and numbers that claim no more than they know. */
#ifndef FULCRUM_OUTPUT_TEXT_H
#define FULCRUM_OUTPUT_TEXT_H

#include <stdio.h>

#include "fulcrum/study.h"

#define TEXT_WIDTH 80

/* A paragraph, broken at spaces to TEXT_WIDTH, every line indented. */
void text_paragraph(FILE *to, int indent, const char *format, ...) FUL_PRINTF(3, 4);

/* A heading with a rule under it. */
void text_heading(FILE *to, const char *title);

/* Columns a UTF-8 text takes. */
int text_width(const char *text);

/* `text` padded with spaces, or cut with an ellipsis, to `width` columns; width < 0 aligns right.
 */
void text_cell(FILE *to, const char *text, int width);

#define TEXT_ROOM 64

/* A number with two significant digits and no more: "3.7", "0.29", "0.0026", "12". */
const char *text_number(char room[TEXT_ROOM], double x);
/* A number with so many decimals, or "-" where there is none: not a number, or no end. What rounds
 * to nothing has no sign. */
const char *text_fixed(char room[TEXT_ROOM], double x, int decimals);
/* The same of a change: a gain has a plus. */
const char *text_change(char room[TEXT_ROOM], double x, int decimals);
/* A change with so many significant digits. */
const char *text_digits(char room[TEXT_ROOM], double x, int digits);
/* A range: "1.9 to 6.3", or one number where both ends look the same. */
const char *text_range(char room[TEXT_ROOM], double low, double high);
/* A probability as a count of 100: "7", "less than 1", "more than 99". */
const char *text_count(char room[TEXT_ROOM], double probability);
/* A range of probabilities as counts of 100: "4 to 31". */
const char *text_counts(char room[TEXT_ROOM], double low, double high);

#endif
