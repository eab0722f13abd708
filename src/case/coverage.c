/* SPDX-License-Identifier: MIT */
/* The coverage of a measure as a parameter, and notices that share one. */
#include "case/laws.h"

#include <stdio.h>
#include <string.h>

static const char implements[] = "implements ";

int ful__law_is_notice(const ful_case_measure *m)
{
    return strncmp(m->note, implements, sizeof implements - 1) == 0;
}

static int has_range(const csv_table *t, int row)
{
    return *ful__field_text(t, row, COVERAGE_LOW) || *ful__field_text(t, row, COVERAGE_HIGH);
}

/* The range of the coverage; returns 0 where none is given. */
static int read_range(double *low, double *high, const ful_case_measure *m, reader *r,
                      const csv_table *t, int row)
{
    if (!has_range(t, row))
        return 0;
    *low = ful__field_number(r, t, row, COVERAGE_LOW, "coverage_low", 0, m->law.coverage);
    *high = ful__field_number(r, t, row, COVERAGE_HIGH, "coverage_high", m->law.coverage, 1);
    return reader_ok(r);
}

/* The coverage is a parameter of its own where a range is given. */
void ful__law_coverage(ful_case_measure *m, reader *r, const csv_table *t, int row)
{
    m->coverage = FUL_NO_PARAM;
    if (!reader_ok(r) || ful__law_is_notice(m) || !has_range(t, row))
        return;
    const ful_parameter coverage = {
        .id = ful__case_join(r, (const char *const[]){"measure", m->law.id, "coverage", NULL}),
        .unit = "1",
        .source = m->source,
        .note = m->note,
        .grade = m->grade,
        .low = 0,
        .high = 1,
        .distribution = FUL_TRIANGULAR};
    m->coverage = ful__field_parameter(r, t, row, COVERAGE, "coverage", &coverage);
}

/*
 * A notice that implements another measure is the same law again: it shares the other's coverage,
 * so that a draw of the one is a draw of the other. Drawn apart, the maximum of the two would be
 * biased.
 */
void ful__law_follow(ful_case_measure *m, const ful_case_measure *all, reader *r,
                     const csv_table *t, int row)
{
    char id[64];
    const char *name = m->note + sizeof implements - 1;
    snprintf(id, sizeof id, "%.*s", (int)strcspn(name, " ,;:"), name);
    const int k = ful__case_name(r, at_field(t, row, NOTE), id, &r->measures);
    if (!reader_ok(r))
        return;
    const ful_case_measure *other = &all[k];
    double low = other->law.coverage, high = low;
    if (ful__law_is_notice(other))
        ful__case_refuse(r, at_field(t, row, NOTE), "'%s' is itself a notice: name the measure",
                         id);
    const int ranged = read_range(&low, &high, m, r, t, row);
    const ful_parameter *q =
        other->coverage == FUL_NO_PARAM ? NULL : &r->parameter[other->coverage];
    if (m->law.coverage != other->law.coverage ||
        (ranged && (!q || low != q->low || high != q->high)))
        ful__case_refuse(
            r, at_field(t, row, COVERAGE),
            "a notice has the coverage and the range of the measure it implements, '%s'", id);
    m->coverage = other->coverage;
}
