/* SPDX-License-Identifier: MIT */
/* measures.csv: what law says, whom it binds, and that somebody can enforce it. */
#include "case/reader.h"

#include <stdio.h>
#include <string.h>

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
    NOTE
};

/* ---- the fields ---- */

/* A space-separated list of names, or *, as a mask. */
static unsigned char *read_mask(reader *r, const csv_table *t, int row, int column, name_list *list)
{
    const char *text = ful__field_text(t, row, column);
    const place field = at_field(t, row, column);
    unsigned char *mask = ful__case_take(r, (size_t)list->count, 1);
    if (!mask)
        return NULL;
    if (strcmp(text, "*") == 0) {
        memset(mask, 1, (size_t)list->count);
        return mask;
    }
    if (!*text)
        ful__case_refuse(r, field, "expected names of %ss, or *", list->kind);
    for (const char *at = text; reader_ok(r) && *at;) {
        const place here = {field.file, field.line, field.column + (int)(at - text)};
        const size_t length = strcspn(at, " ");
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), at);
        const int k = ful__case_name(r, here, name, list);
        if (mask[k])
            ful__case_refuse(r, here, "%s '%s' stands twice", list->kind, name);
        mask[k] = 1;
        at += length + strspn(at + length, " ");
    }
    return mask;
}

/* A number that one kind of measure needs and the others do not have. */
static double read_kind_number(reader *r, const csv_table *t, int row, int column, int wanted,
                               const char *what, double low, double high)
{
    if (wanted)
        return ful__field_number(r, t, row, column, what, low, high);
    if (*ful__field_text(t, row, column))
        ful__case_refuse(r, at_field(t, row, column), "a %s has no %s",
                         ful__field_text(t, row, KIND), what);
    return 0;
}

static void read_dates(ful_measure *law, reader *r, const csv_table *t, int row)
{
    law->start = ful__field_date(r, t, row, START);
    law->end = *ful__field_text(t, row, END) ? ful__field_date(r, t, row, END) : INT_MAX;
    if (*ful__field_text(t, row, LAG))
        law->lag_days = ful__field_whole(r, t, row, LAG, "lag_days", 0, 36500);
    if (law->end < law->start)
        ful__case_refuse(r, at_field(t, row, END), "the end, %s, lies before the start, %s",
                         ful__field_text(t, row, END), ful__field_text(t, row, START));
}

static void read_law(ful_measure *law, reader *r, const csv_table *t, int row)
{
    static const char *const kinds[] = {"ban", "cap", "tariff", NULL};
    static const char *const binds[] = {"imposer", "all", NULL};
    law->id = ful__field_text(t, row, ID);
    ful__case_check_id(r, at_field(t, row, ID), law->id);
    ful__case_declare(r, &r->measures, at_row(t, row), law->id);
    law->kind = (ful_measure_kind)ful__field_word(r, t, row, KIND, "kind", kinds);
    const int united = strcmp(ful__field_text(t, row, IMPOSER), "UN") == 0;
    law->imposer = united ? FUL_EVERYONE : ful__field_name(r, t, row, IMPOSER, &r->actors);
    law->binds_all = ful__field_word(r, t, row, BINDS, "binds", binds);
    if (united && !law->binds_all)
        ful__case_refuse(r, at_field(t, row, BINDS), "a measure of the UN binds 'all'");
    law->seller = read_mask(r, t, row, SELLERS, &r->actors);
    law->buyer = read_mask(r, t, row, BUYERS, &r->actors);
    law->sector = read_mask(r, t, row, SECTORS, &r->sectors);
    law->coverage = ful__field_number(r, t, row, COVERAGE, "coverage", 0, 1);
    law->cap_musd =
        read_kind_number(r, t, row, CAP, law->kind == FUL_MEASURE_CAP, "cap_musd", 0, 1e12);
    law->rate =
        read_kind_number(r, t, row, RATE, law->kind == FUL_MEASURE_TARIFF, "rate", -0.999999, 1000);
    read_dates(law, r, t, row);
}

/* ---- what it touches ---- */

static int holds_other(const unsigned char *mask, int actors, int than)
{
    for (int n = 0; n < actors; n++)
        if (mask[n] && n != than)
            return 1;
    return 0;
}

static int grouped(const ful_situation *s, int sector, int exports)
{
    for (int g = 0; g < s->groups; g++)
        if (s->group[g].exports == exports && s->group[g].sector[sector])
            return 1;
    return 0;
}

/* A ban or cap is about the target's trade, in goods that belong to a group: groups are enforced.
 */
static void check_groups(const ful_measure *law, reader *r, const csv_table *t, int row)
{
    const ful_situation *s = &r->c->s;
    if (!reader_ok(r) || law->kind == FUL_MEASURE_TARIFF)
        return;
    const int exports = law->seller[s->target] && holds_other(law->buyer, s->actors, s->target);
    const int imports = law->buyer[s->target] && holds_other(law->seller, s->actors, s->target);
    if (!exports && !imports)
        ful__case_refuse(r, at_field(t, row, SELLERS),
                         "a %s is about trade of the target, %s: name it among sellers or buyers",
                         ful__field_text(t, row, KIND), s->actor[s->target].id);
    for (int j = 0; j < s->sectors; j++)
        if (law->sector[j] && ((exports && !grouped(s, j, 1)) || (imports && !grouped(s, j, 0))))
            ful__case_refuse(
                r, at_field(t, row, SECTORS),
                "sector '%s' is in no group of %s: add it to one in case.yaml, so that "
                "somebody can enforce this",
                s->sector[j].id, exports && !grouped(s, j, 1) ? "exports" : "imports");
}

static int covers_trade(const ful_situation *s, const ful_measure *law)
{
    for (int j = 0; j < s->sectors; j++)
        for (int n = 0; law->sector[j] && n < s->actors; n++)
            for (int i = 0; law->buyer[n] && i < s->actors; i++) {
                const size_t at = flow_at(s, j, n, i);
                if (law->seller[i] && i != n &&
                    (s->flow[0][at] > 0 || s->flow[1][at] > 0 || (s->latent && s->latent[at] > 0)))
                    return 1;
            }
    return 0;
}

/* ---- coverage as a parameter ---- */

static const char implements[] = "implements ";

static int is_notice(const ful_case_measure *m)
{
    return strncmp(m->note, implements, sizeof implements - 1) == 0;
}

/* The range of the coverage; returns 0 where none is given. */
static int read_range(double *low, double *high, const ful_case_measure *m, reader *r,
                      const csv_table *t, int row)
{
    if (!*ful__field_text(t, row, COVERAGE_LOW) && !*ful__field_text(t, row, COVERAGE_HIGH))
        return 0;
    *low = ful__field_number(r, t, row, COVERAGE_LOW, "coverage_low", 0, m->law.coverage);
    *high = ful__field_number(r, t, row, COVERAGE_HIGH, "coverage_high", m->law.coverage, 1);
    return reader_ok(r);
}

/* The coverage is a parameter of its own where a range is given. */
static void register_coverage(ful_case_measure *m, reader *r, const csv_table *t, int row)
{
    double low, high;
    m->coverage = FUL_NO_PARAM;
    if (!reader_ok(r) || is_notice(m) || !read_range(&low, &high, m, r, t, row))
        return;
    const size_t room = strlen(m->law.id) + sizeof "measure..coverage";
    char *id = ful__case_take(r, room, 1);
    if (!id)
        return;
    snprintf(id, room, "measure.%s.coverage", m->law.id);
    const place at = at_row(t, row);
    const ful_parameter q = {.id = id,
                             .unit = "1",
                             .source = m->source,
                             .note = m->note,
                             .grade = m->grade,
                             .value = m->law.coverage,
                             .low = low,
                             .high = high,
                             .distribution = low < high ? FUL_TRIANGULAR : FUL_FIXED,
                             .line = at.line};
    m->coverage = ful__case_add_parameter(r, at, &q);
}

/*
 * A notice that implements another measure is the same law again: it shares the other's coverage,
 * so that a draw of the one is a draw of the other. Drawn apart, the maximum of the two would be
 * biased.
 */
static void follow(ful_case_measure *m, const ful_case_measure *all, reader *r, const csv_table *t,
                   int row)
{
    char id[64];
    const char *name = m->note + sizeof implements - 1;
    snprintf(id, sizeof id, "%.*s", (int)strcspn(name, " ,;:"), name);
    const int k = ful__case_name(r, at_field(t, row, NOTE), id, &r->measures);
    if (!reader_ok(r))
        return;
    const ful_case_measure *other = &all[k];
    double low = other->law.coverage, high = low;
    if (is_notice(other))
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

void ful__case_laws(reader *r)
{
    static const char *const needed[] = {
        "id",      "kind",     "imposer",      "binds",         "sellers",  "buyers",
        "sectors", "coverage", "coverage_low", "coverage_high", "cap_musd", "rate",
        "start",   "end",      "lag_days",     "source",        "grade",    NULL};
    static const char *const optional[] = {"note", NULL};
    const csv_columns columns = {needed, optional};
    ful_situation *s = &r->c->s;
    csv_table t;
    if (!reader_ok(r) || !ful__case_csv(&t, r, "measures.csv", &columns, 1))
        return;
    ful_case_measure *measure = ful__case_take(r, (size_t)t.rows + 1, sizeof *measure);
    for (int row = 0; reader_ok(r) && row < t.rows; row++) {
        ful_case_measure *m = &measure[row];
        read_law(&m->law, r, &t, row);
        m->source = ful__field_source(r, &t, row, SOURCE);
        m->grade = ful__field_grade(r, &t, row, GRADE);
        m->note = ful__field_text(&t, row, NOTE);
        register_coverage(m, r, &t, row);
        check_groups(&m->law, r, &t, row);
        if (reader_ok(r) && !covers_trade(s, &m->law))
            ful__case_remark(r, "measures.csv", at_row(&t, row).line,
                             "measure '%s' covers no trade of the base year", m->law.id);
    }
    for (int row = 0; reader_ok(r) && row < t.rows; row++)
        if (is_notice(&measure[row]))
            follow(&measure[row], measure, r, &t, row);
    s->measure = measure;
    s->measures = t.rows;
}
