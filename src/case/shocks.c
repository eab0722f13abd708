/* SPDX-License-Identifier: MIT */
/* shocks.csv: productivity that changes for a time. */
#include "case/reader.h"

enum { ID, ACTOR, SECTORS, FACTOR, START = 6, END, SOURCE, GRADE, NOTE };

/* A thousandth or a thousandfold is another economy, or a slip of the pen. */
#define LEAST_FACTOR .001
#define MOST_FACTOR 1000

static void read_shock(ful_case_shock *x, reader *r, const csv_table *t, int row)
{
    x->id = ful__field_text(t, row, ID);
    ful__case_check_id(r, at_field(t, row, ID), x->id);
    ful__case_declare(r, &r->shocks, at_row(t, row), x->id);
    x->actor = ful__field_name(r, t, row, ACTOR, &r->actors);
    x->sector = ful__field_mask(r, t, row, SECTORS, &r->sectors);
    ful__field_days(&x->start, &x->end, r, t, row, START);
    x->source = ful__field_source(r, t, row, SOURCE);
    x->grade = ful__field_grade(r, t, row, GRADE);
    x->note = ful__field_text(t, row, NOTE);
    const ful_parameter factor = {
        .id = ful__case_join(r, (const char *const[]){"shock", x->id, "factor", NULL}),
        .unit = "1",
        .source = x->source,
        .note = x->note,
        .grade = x->grade,
        .low = LEAST_FACTOR,
        .high = MOST_FACTOR,
        .distribution = FUL_TRIANGULAR};
    x->factor = ful__field_parameter(r, t, row, FACTOR, "factor", &factor);
}

/* Whether the actor makes anything in the sectors that the shock changes, in either size. */
static int hits_output(const ful_situation *s, const ful_case_shock *x)
{
    for (int j = 0; j < s->sectors; j++)
        for (int n = 0; x->sector[j] && n < s->actors; n++)
            if (s->flow[0][flow_at(s, j, n, x->actor)] > 0 ||
                s->flow[1][flow_at(s, j, n, x->actor)] > 0)
                return 1;
    return 0;
}

/* What is odd about a shock, but no error. */
static void remark(const ful_case_shock *x, reader *r, int line)
{
    const ful_situation *s = &r->c->s;
    if (!reader_ok(r))
        return;
    if (!hits_output(s, x))
        ful__case_remark(r, "shocks.csv", line,
                         "shock '%s' changes nothing: %s makes nothing in its sectors", x->id,
                         s->actor[x->actor].id);
    if (x->start <= ful_date_days(s->base_year, 1, 1) && x->end == INT_MAX)
        ful__case_remark(r, "shocks.csv", line,
                         "shock '%s' changes nothing: it is in force from the base year on, and "
                         "what it does is in the flows of that year",
                         x->id);
}

void ful__case_shocks(reader *r)
{
    static const char *const needed[] = {"id",         "actor",       "sectors", "factor",
                                         "factor_low", "factor_high", "start",   "end",
                                         "source",     "grade",       NULL};
    static const char *const optional[] = {"note", NULL};
    const csv_columns columns = {needed, optional};
    ful_situation *s = &r->c->s;
    csv_table t;
    if (!reader_ok(r) || !ful__case_csv(&t, r, "shocks.csv", &columns, 0))
        return;
    ful_case_shock *shock = ful__case_take(r, (size_t)t.rows + 1, sizeof *shock);
    for (int row = 0; reader_ok(r) && row < t.rows; row++) {
        read_shock(&shock[row], r, &t, row);
        remark(&shock[row], r, at_row(&t, row).line);
    }
    s->shock = shock;
    s->shocks = t.rows;
}
