/* SPDX-License-Identifier: MIT */
/* Private to the studies: ranks and their correlation. */
#ifndef FULCRUM_STUDY_STATISTICS_H
#define FULCRUM_STUDY_STATISTICS_H

/* For qsort of doubles. */
int ful__ascending(const void *a, const void *b);

/* Ranks from 0; ties get their mean. x is left alone. */
void ful__ranks(double *out, const double *x, int count);

/* Pearson's correlation; 0 where one of them does not vary. */
double ful__correlation(const double *a, const double *b, int count);

#endif
