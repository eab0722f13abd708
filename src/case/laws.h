/* SPDX-License-Identifier: MIT */
/* Private to the case reader: the columns of measures.csv and the parts that read them. */
#ifndef FULCRUM_CASE_LAWS_H
#define FULCRUM_CASE_LAWS_H

#include "case/reader.h"

enum {
    ID,
    KIND,
    IMPOSER,
    BINDS,
    SELLERS,
    BUYERS,
    SECTORS,
    COVERAGE,
    COVERAGE_LOW,
    COVERAGE_HIGH,
    CAP,
    RATE,
    START,
    END,
    LAG,
    SOURCE,
    GRADE,
    NOTE,
    QUANTITY,
    UNIT_PRICE,
    RENT,
    HYPOTHETICAL
};

/* Whether a measure is a notice that implements another one. */
int ful__law_is_notice(const ful_case_measure *m);
/* Makes the coverage a parameter of its own where a range is given. */
void ful__law_coverage(ful_case_measure *m, reader *r, const csv_table *t, int row);
/* Gives a notice the coverage of the measure that it implements. */
void ful__law_follow(ful_case_measure *m, const ful_case_measure *all, reader *r,
                     const csv_table *t, int row);

#endif
