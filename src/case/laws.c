/* SPDX-License-Identifier: MIT */
/* measures.csv: what law says, whom it binds, and that somebody can enforce it. */
#include "case/laws.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- whose trade ---- */

static int holds_other(const unsigned char *mask, int actors, int than)
{
    for (int n = 0; n < actors; n++)
        if (mask[n] && n != than)
            return 1;
    return 0;
}

/* Whether a measure is about what the target sells to others, or buys from them. */
static int on_exports(const ful_measure *law, const ful_situation *s)
{
    return law->seller[s->target] && holds_other(law->buyer, s->actors, s->target);
}

static int on_imports(const ful_measure *law, const ful_situation *s)
{
    return law->buyer[s->target] && holds_other(law->seller, s->actors, s->target);
}

/* ---- the fields ---- */

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
    ful__field_days(&law->start, &law->end, r, t, row, START);
    if (*ful__field_text(t, row, LAG))
        law->lag_days = ful__field_whole(r, t, row, LAG, "lag_days", 0, 36500);
}

/* A bound of a cap, or INFINITY where the field is empty. */
static double read_bound(reader *r, const csv_table *t, int row, int column, int cap,
                         const char *what)
{
    if (!*ful__field_text(t, row, column))
        return INFINITY;
    return read_kind_number(r, t, row, column, cap, what, 0, 1e15);
}

/*
 * Who earns what the scarcity is worth, unless the case says so: whoever hands out the licences,
 * and that is the partner's side, since the target does not enforce against itself.
 */
static ful_rent read_rent(const ful_measure *law, reader *r, const csv_table *t, int row)
{
    static const char *const rents[] = {"buyer", "seller", "lost", NULL};
    if (*ful__field_text(t, row, RENT) && law->kind != FUL_MEASURE_CAP)
        ful__case_refuse(r, at_field(t, row, RENT), "a %s has no rent",
                         ful__field_text(t, row, KIND));
    if (*ful__field_text(t, row, RENT))
        return (ful_rent)ful__field_word(r, t, row, RENT, "rent", rents);
    return reader_ok(r) && on_imports(law, &r->c->s) ? FUL_RENT_SELLER : FUL_RENT_BUYER;
}

/* The bounds of a cap: money, or a quantity at the price of the base year, or both. */
static void read_cap(ful_measure *law, reader *r, const csv_table *t, int row)
{
    const int cap = law->kind == FUL_MEASURE_CAP;
    const int counted = *ful__field_text(t, row, QUANTITY) != '\0';
    law->cap_value = read_bound(r, t, row, CAP, cap, "cap_musd");
    law->cap_quantity = read_bound(r, t, row, QUANTITY, cap, "cap_quantity");
    if (counted)
        law->cap_quantity *=
            ful__field_number(r, t, row, UNIT_PRICE, "unit_price_usd", 1e-6, 1e12) / 1e6;
    else if (*ful__field_text(t, row, UNIT_PRICE))
        ful__case_refuse(r, at_field(t, row, UNIT_PRICE),
                         "a unit_price_usd without a cap_quantity that it turns into money");
    if (cap && !counted && !*ful__field_text(t, row, CAP))
        ful__case_refuse(r, at_field(t, row, CAP),
                         "a cap needs a bound: cap_musd, or cap_quantity with unit_price_usd");
    law->rent = read_rent(law, r, t, row);
}

static void check_binding(const ful_measure *law, reader *r, const csv_table *t, int row)
{
    if (!reader_ok(r))
        return;
    if (law->kind == FUL_MEASURE_SECONDARY && law->imposer == FUL_EVERYONE)
        ful__case_refuse(r, at_field(t, row, IMPOSER),
                         "secondary sanctions are those of an actor, not of the UN");
    else if (law->imposer == FUL_EVERYONE && !law->binds_all)
        ful__case_refuse(r, at_field(t, row, BINDS), "a measure of the UN binds 'all'");
    else if (law->binds_all &&
             (law->kind == FUL_MEASURE_SECONDARY || law->imposer == r->c->s.target))
        ful__case_refuse(r, at_field(t, row, BINDS), "%s binds its 'imposer'",
                         law->kind == FUL_MEASURE_SECONDARY ? "a secondary sanction"
                                                            : "a measure of the target");
}

static void read_law(ful_measure *law, reader *r, const csv_table *t, int row)
{
    static const char *const kinds[] = {"ban", "cap", "tariff", "secondary", NULL};
    static const char *const binds[] = {"imposer", "all", NULL};
    law->id = ful__field_text(t, row, ID);
    ful__case_check_id(r, at_field(t, row, ID), law->id);
    ful__case_declare(r, &r->measures, at_row(t, row), law->id);
    law->kind = (ful_measure_kind)ful__field_word(r, t, row, KIND, "kind", kinds);
    const int united = strcmp(ful__field_text(t, row, IMPOSER), "UN") == 0;
    law->imposer = united ? FUL_EVERYONE : ful__field_name(r, t, row, IMPOSER, &r->actors);
    law->binds_all = ful__field_word(r, t, row, BINDS, "binds", binds);
    check_binding(law, r, t, row);
    law->seller = ful__field_mask(r, t, row, SELLERS, &r->actors);
    law->buyer = ful__field_mask(r, t, row, BUYERS, &r->actors);
    law->sector = ful__field_mask(r, t, row, SECTORS, &r->sectors);
    law->coverage = ful__field_number(r, t, row, COVERAGE, "coverage", 0, 1);
    read_cap(law, r, t, row);
    law->rate =
        read_kind_number(r, t, row, RATE, law->kind == FUL_MEASURE_TARIFF, "rate", -0.999999, 1000);
    read_dates(law, r, t, row);
}

/* ---- what it touches ---- */

static int grouped(const ful_situation *s, int sector, int exports)
{
    for (int g = 0; g < s->groups; g++)
        if (s->group[g].exports == exports && s->group[g].sector[sector])
            return 1;
    return 0;
}

/* All but tariffs are about the target's trade, in goods that belong to a group: groups are
 * enforced.
 */
static void check_groups(const ful_measure *law, reader *r, const csv_table *t, int row)
{
    const ful_situation *s = &r->c->s;
    if (!reader_ok(r) || law->kind == FUL_MEASURE_TARIFF)
        return;
    const int exports = on_exports(law, s), imports = on_imports(law, s);
    if (!exports && !imports)
        ful__case_refuse(r, at_field(t, row, SELLERS),
                         "a %s is about trade of the target, %s: name it among sellers or buyers",
                         ful__field_text(t, row, KIND), s->actor[s->target].id);
    if (exports && imports && law->kind == FUL_MEASURE_CAP)
        ful__case_refuse(r, at_field(t, row, SELLERS),
                         "a cap is about what the target, %s, sells or what it buys: make it two",
                         s->actor[s->target].id);
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

/* The larger of the two sizes of what a cap covers in the base year. */
static double covered(const ful_situation *s, const ful_measure *law)
{
    double sum[2] = {0, 0};
    for (int j = 0; j < s->sectors; j++)
        for (int n = 0; law->sector[j] && n < s->actors; n++)
            for (int size = 0; n != s->target && size < 2; size++)
                sum[size] += law->coverage *
                             (on_exports(law, s)
                                  ? law->buyer[n] * s->flow[size][flow_at(s, j, n, s->target)]
                                  : law->seller[n] * s->flow[size][flow_at(s, j, s->target, n)]);
    return fmax(sum[0], sum[1]);
}

/* What is odd about a measure, but no error. */
static void remark(const ful_measure *law, reader *r, int line)
{
    if (!reader_ok(r))
        return;
    const ful_situation *s = &r->c->s;
    if (law->kind != FUL_MEASURE_SECONDARY && !covers_trade(s, law))
        ful__case_remark(r, "measures.csv", line, "measure '%s' covers no trade of the base year",
                         law->id);
    const double bound = fmin(law->cap_value, law->cap_quantity), base = covered(s, law);
    if (law->kind == FUL_MEASURE_CAP &&
        law->start + law->lag_days < ful_date_days(s->base_year + 1, 1, 1) &&
        law->end > ful_date_days(s->base_year, 1, 1) && base > bound)
        ful__case_remark(r, "measures.csv", line,
                         "cap '%s' was in force in the base year, whose flow, %g, exceeds it: what "
                         "the cap did is in that flow already and is done again",
                         law->id, base);
}

void ful__case_laws(reader *r)
{
    static const char *const needed[] = {
        "id",      "kind",     "imposer",      "binds",         "sellers",  "buyers",
        "sectors", "coverage", "coverage_low", "coverage_high", "cap_musd", "rate",
        "start",   "end",      "lag_days",     "source",        "grade",    NULL};
    static const char *const optional[] = {"note", "cap_quantity", "unit_price_usd",
                                           "rent", "hypothetical", NULL};
    static const char *const flags[] = {"false", "true", NULL};
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
        m->hypothetical = *ful__field_text(&t, row, HYPOTHETICAL) &&
                          ful__field_word(r, &t, row, HYPOTHETICAL, "hypothetical", flags) == 1;
        ful__law_coverage(m, r, &t, row);
        check_groups(&m->law, r, &t, row);
        remark(&m->law, r, at_row(&t, row).line);
    }
    for (int row = 0; reader_ok(r) && row < t.rows; row++)
        if (ful__law_is_notice(&measure[row]))
            ful__law_follow(&measure[row], measure, r, &t, row);
    s->measure = measure;
    s->measures = t.rows;
}
