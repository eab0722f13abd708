/* SPDX-License-Identifier: MIT */
/* measures.csv, hubs.csv, enforcement.csv: what law says and who enforces it. */
#include "case/reader.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum {
    M_ID, M_KIND, M_IMPOSER, M_BINDS, M_SELLERS, M_BUYERS, M_SECTORS, M_COVERAGE, M_COVERAGE_LOW,
    M_COVERAGE_HIGH, M_CAP, M_RATE, M_START, M_END, M_LAG, M_SOURCE, M_GRADE, M_NOTE
};

/* A space-separated list of names, or *, as a mask. */
static ful_status read_mask(unsigned char **out, reader *r, const csv_table *t, int row, int column,
                            const char *kind, int count, const char *const *names)
{
    const csv_field *f = csv_at(t, row, column);
    *out = reader_take(r, (size_t)count, 1);
    if (!*out)
        return FUL_ERR_MEMORY;
    if (strcmp(f->text, "*") == 0) {
        memset(*out, 1, (size_t)count);
        return FUL_OK;
    }
    if (!*f->text)
        return reader_refuse(r, t->file, f->line, f->column, "expected names of %ss, or *", kind);
    for (const char *at = f->text; *at;) {
        const size_t length = strcspn(at, " ");
        char name[64];
        int k;
        snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), at);
        const ful_status status = reader_name(&k, r, t->file, name, f->line,
                                              f->column + (int)(at - f->text), kind, count, names);
        if (status != FUL_OK)
            return status;
        (*out)[k] = 1;
        at += length + strspn(at + length, " ");
    }
    return FUL_OK;
}

/* An actor's sales to itself are never meant: a lone actor of one side leaves the other side. */
static void drop_own_sales(unsigned char *side, const unsigned char *other, int actors)
{
    int count = 0, last = 0;
    for (int n = 0; n < actors; n++)
        if (other[n]) {
            count++;
            last = n;
        }
    if (count == 1)
        side[last] = 0;
}

/* An optional number of a measure, needed for one kind only. */
static ful_status read_kind_number(double *out, reader *r, const csv_table *t, int row, int column,
                                   int wanted, const char *what, double low, double high)
{
    const csv_field *f = csv_at(t, row, column);
    if (!wanted && *f->text)
        return reader_refuse(r, t->file, f->line, f->column, "this kind of measure has no %s", what);
    return wanted ? reader_field(out, r, t, row, column, what, low, high) : FUL_OK;
}

static ful_status read_dates(ful_measure *law, reader *r, const csv_table *t, int row)
{
    const csv_field *start = csv_at(t, row, M_START), *end = csv_at(t, row, M_END);
    double lag = 0;
    ful_status status = reader_date(&law->start, r, t->file, start->text, start->line, start->column);
    law->end = INT_MAX;
    if (status == FUL_OK && *end->text)
        status = reader_date(&law->end, r, t->file, end->text, end->line, end->column);
    if (status == FUL_OK && *csv_at(t, row, M_LAG)->text)
        status = reader_field(&lag, r, t, row, M_LAG, "lag_days", 0, 36500);
    law->lag_days = (int)lag;
    if (status == FUL_OK && law->end < law->start)
        status = reader_refuse(r, t->file, end->line, end->column, "the end lies before the start");
    return status;
}

/* The coverage is a parameter of its own where a range is given. */
static ful_status register_coverage(ful_case_measure *m, reader *r, const csv_table *t, int row)
{
    m->coverage = FUL_NO_PARAM;
    double low, high;
    if (!*csv_at(t, row, M_COVERAGE_LOW)->text && !*csv_at(t, row, M_COVERAGE_HIGH)->text)
        return FUL_OK;
    ful_status status = reader_field(&low, r, t, row, M_COVERAGE_LOW, "coverage_low", 0, m->law.coverage);
    if (status == FUL_OK)
        status = reader_field(&high, r, t, row, M_COVERAGE_HIGH, "coverage_high", m->law.coverage, 1);
    if (status != FUL_OK)
        return status;
    const size_t room = strlen(m->law.id) + sizeof "measure..coverage";
    char *id = reader_take(r, room, 1);
    if (!id)
        return FUL_ERR_MEMORY;
    snprintf(id, room, "measure.%s.coverage", m->law.id);
    const int line = csv_at(t, row, 0)->line;
    const ful_parameter q = {.id = id, .unit = "1", .source = m->source, .note = m->note,
                             .grade = m->grade, .value = m->law.coverage, .low = low, .high = high,
                             .distribution = low < high ? FUL_TRIANGULAR : FUL_FIXED, .line = line};
    return reader_add_parameter(&m->coverage, r, &q, t->file, line);
}

static ful_status read_measure(ful_case_measure *m, reader *r, const csv_table *t, int row,
                               const char *const *actors, const char *const *sectors)
{
    static const char *const kinds[] = {"ban", "cap", "tariff"}, *const binds[] = {"all", "imposer"};
    const ful_situation *s = &r->c->s;
    const csv_field *kind = csv_at(t, row, M_KIND), *imposer = csv_at(t, row, M_IMPOSER);
    const csv_field *bind = csv_at(t, row, M_BINDS), *source = csv_at(t, row, M_SOURCE);
    unsigned char *seller, *buyer, *sector;
    int index = 0, who = 0;
    m->law.id = csv_at(t, row, M_ID)->text;
    m->note = csv_at(t, row, M_NOTE)->text;
    if (!*m->law.id)
        return reader_refuse(r, t->file, kind->line, 1, "a measure needs an id");
    ful_status status =
        reader_name(&index, r, t->file, kind->text, kind->line, kind->column, "kind", 3, kinds);
    m->law.kind = (ful_measure_kind)index;
    m->law.imposer = FUL_EVERYONE;
    if (status == FUL_OK && strcmp(imposer->text, "UN") != 0)
        status = reader_actor(&m->law.imposer, r, t, row, M_IMPOSER);
    if (status == FUL_OK)
        status = reader_name(&who, r, t->file, bind->text, bind->line, bind->column, "binding", 2, binds);
    m->law.binds_all = who == 0;
    if (status == FUL_OK)
        status = read_mask(&seller, r, t, row, M_SELLERS, "actor", s->actors, actors);
    if (status == FUL_OK)
        status = read_mask(&buyer, r, t, row, M_BUYERS, "actor", s->actors, actors);
    if (status == FUL_OK)
        status = read_mask(&sector, r, t, row, M_SECTORS, "sector", s->sectors, sectors);
    if (status != FUL_OK)
        return status;
    drop_own_sales(buyer, seller, s->actors);
    drop_own_sales(seller, buyer, s->actors);
    m->law.seller = seller;
    m->law.buyer = buyer;
    m->law.sector = sector;
    status = reader_field(&m->law.coverage, r, t, row, M_COVERAGE, "coverage", 0, 1);
    if (status == FUL_OK)
        status = read_kind_number(&m->law.cap_musd, r, t, row, M_CAP,
                                  m->law.kind == FUL_MEASURE_CAP, "cap_musd", 0, 1e12);
    if (status == FUL_OK)
        status = read_kind_number(&m->law.rate, r, t, row, M_RATE,
                                  m->law.kind == FUL_MEASURE_TARIFF, "rate", -0.999999, 1000);
    if (status == FUL_OK)
        status = read_dates(&m->law, r, t, row);
    if (status == FUL_OK)
        status = reader_source(&m->source, r, t->file, source->text, source->line, source->column);
    if (status == FUL_OK)
        status = reader_grade(&m->grade, r, t, row, M_GRADE);
    return status == FUL_OK ? register_coverage(m, r, t, row) : status;
}

static ful_status read_measures(reader *r)
{
    static const char *const needed[] = {
        "id", "kind", "imposer", "binds", "sellers", "buyers", "sectors", "coverage", "coverage_low",
        "coverage_high", "cap_musd", "rate", "start", "end", "lag_days", "source", "grade", NULL};
    static const char *const optional[] = {"note", NULL};
    const csv_columns columns = {needed, optional};
    ful_situation *s = &r->c->s;
    csv_table t;
    ful_status status = reader_csv(&t, r, "measures.csv", &columns, 1);
    if (status != FUL_OK)
        return status;
    const char *const *actors = reader_actor_names(r), *const *sectors = reader_sector_names(r);
    ful_case_measure *measure = reader_take(r, (size_t)t.rows + 1, sizeof *measure);
    if (!actors || !sectors || !measure)
        return FUL_ERR_MEMORY;
    for (int row = 0; status == FUL_OK && row < t.rows; row++) {
        status = read_measure(&measure[row], r, &t, row, actors, sectors);
        for (int k = 0; status == FUL_OK && k < row; k++)
            if (strcmp(measure[k].law.id, measure[row].law.id) == 0)
                status = reader_refuse(r, t.file, csv_at(&t, row, 0)->line, 1,
                                       "measure '%s' stands twice", measure[row].law.id);
    }
    s->measure = measure;
    s->measures = t.rows;
    return status;
}

/* A share or cost of a hub as a parameter with the range of its row. */
static ful_status register_hub(ful_param *out, reader *r, const csv_table *t, int row, int column,
                               const char *what, double least, const char *source, char grade)
{
    double value, low, high;
    ful_status status = reader_field(&value, r, t, row, column, what, least, 1e6);
    if (status == FUL_OK)
        status = reader_field(&low, r, t, row, column + 1, "low", least, value);
    if (status == FUL_OK)
        status = reader_field(&high, r, t, row, column + 2, "high", value, 1e6);
    if (status != FUL_OK)
        return status;
    const char *hub = csv_at(t, row, 0)->text, *group = csv_at(t, row, 1)->text;
    const size_t room = strlen(hub) + strlen(group) + strlen(what) + sizeof "hub...";
    char *id = reader_take(r, room, 1);
    if (!id)
        return FUL_ERR_MEMORY;
    snprintf(id, room, "hub.%s.%s.%s", hub, group, what);
    const ful_parameter q = {.id = id, .unit = "1", .source = source, .note = csv_at(t, row, 10)->text,
                             .grade = grade, .value = value, .low = low, .high = high,
                             .distribution = low > 0 && low < high ? FUL_LOGUNIFORM : FUL_FIXED,
                             .line = csv_at(t, row, 0)->line};
    return reader_add_parameter(out, r, &q, t->file, q.line);
}

static ful_status read_hubs(reader *r)
{
    static const char *const needed[] = {"hub", "group", "share", "share_low", "share_high", "cost",
                                         "cost_low", "cost_high", "source", "grade", NULL};
    static const char *const optional[] = {"note", NULL};
    const csv_columns columns = {needed, optional};
    ful_situation *s = &r->c->s;
    csv_table t;
    ful_status status = reader_csv(&t, r, "hubs.csv", &columns, 0);
    ful_case_hub *hub = status == FUL_OK ? reader_take(r, (size_t)t.rows + 1, sizeof *hub) : NULL;
    if (status == FUL_OK && !hub)
        return FUL_ERR_MEMORY;
    for (int row = 0; status == FUL_OK && row < t.rows; row++) {
        const csv_field *f = csv_at(&t, row, 8);
        const char *source;
        char grade;
        status = reader_actor(&hub[row].actor, r, &t, row, 0);
        if (status == FUL_OK)
            status = reader_group(&hub[row].group, r, &t, row, 1);
        if (status == FUL_OK)
            status = reader_source(&source, r, t.file, f->text, f->line, f->column);
        if (status == FUL_OK)
            status = reader_grade(&grade, r, &t, row, 9);
        if (status == FUL_OK)
            status = register_hub(&hub[row].share, r, &t, row, 2, "share", 0, source, grade);
        if (status == FUL_OK)
            status = register_hub(&hub[row].cost, r, &t, row, 5, "cost", 1, source, grade);
    }
    s->hub = hub;
    s->hubs = status == FUL_OK ? t.rows : 0;
    return status;
}

/* How specific a row is: a named actor beats everyone, a named year beats every year. */
static int rank_of(int actor, int year)
{
    return 1 + (actor >= 0 ? 2 : 0) + (year >= 0 ? 1 : 0);
}

typedef struct level_row {
    int actor, group, year; /* actor and year -1: all */
    double level;
} level_row;

static ful_status read_level(level_row *out, reader *r, const csv_table *t, int row)
{
    double year = -1, low, high;
    const char *source;
    char grade;
    const csv_field *f = csv_at(t, row, 6);
    out->actor = -1;
    ful_status status = FUL_OK;
    if (strcmp(csv_at(t, row, 0)->text, "*") != 0)
        status = reader_actor(&out->actor, r, t, row, 0);
    if (status == FUL_OK)
        status = reader_group(&out->group, r, t, row, 1);
    if (status == FUL_OK && *csv_at(t, row, 2)->text)
        status = reader_field(&year, r, t, row, 2, "year", 1900, 2200);
    if (status == FUL_OK)
        status = reader_field(&out->level, r, t, row, 3, "level", 0, 1);
    if (status == FUL_OK)
        status = reader_field(&low, r, t, row, 4, "low", 0, out->level);
    if (status == FUL_OK)
        status = reader_field(&high, r, t, row, 5, "high", out->level, 1);
    if (status == FUL_OK)
        status = reader_source(&source, r, t->file, f->text, f->line, f->column);
    if (status == FUL_OK)
        status = reader_grade(&grade, r, t, row, 7);
    out->year = (int)year;
    return status;
}

/* Spread the rows over actors, groups and years; the most specific row wins. */
static ful_status spread_levels(reader *r, const level_row *row, int rows)
{
    ful_situation *s = &r->c->s;
    int last = s->base_year;
    s->first_year = s->base_year;
    for (int k = 0; k < rows; k++) {
        if (row[k].year >= 0 && row[k].year < s->first_year)
            s->first_year = row[k].year;
        if (row[k].year > last)
            last = row[k].year;
    }
    s->years = last - s->first_year + 1;
    const size_t cells = (size_t)s->years * (size_t)(s->actors * s->groups);
    double *level = reader_take(r, cells, sizeof *level);
    unsigned char *rank = reader_take(r, cells, 1);
    if (!level || !rank)
        return FUL_ERR_MEMORY;
    for (int k = 0; k < rows; k++)
        for (int y = 0; y < s->years; y++)
            for (int n = 0; n < s->actors; n++) {
                if ((row[k].year >= 0 && row[k].year != s->first_year + y) ||
                    (row[k].actor >= 0 && row[k].actor != n))
                    continue;
                const size_t at = ((size_t)y * (size_t)s->actors + (size_t)n) * (size_t)s->groups +
                                  (size_t)row[k].group;
                const int strength = rank_of(row[k].actor, row[k].year);
                /* nobody but a row of its own gives the target a level: it does not enforce */
                if (n == s->target && row[k].actor < 0)
                    continue;
                if (rank[at] == strength)
                    return reader_refuse(r, "enforcement.csv", k + 2, 1,
                                         "this row repeats an earlier one");
                if (strength > rank[at]) {
                    rank[at] = (unsigned char)strength;
                    level[at] = row[k].level;
                }
            }
    for (int y = 0; y < s->years; y++)
        for (int n = 0; n < s->actors; n++)
            for (int g = 0; g < s->groups; g++)
                if (n != s->target &&
                    !rank[((size_t)y * (size_t)s->actors + (size_t)n) * (size_t)s->groups + (size_t)g])
                    return reader_refuse(r, "enforcement.csv", 0, 0,
                                         "no level for %s, group '%s', year %d: add a row for *",
                                         s->actor[n].id, s->group[g].id, s->first_year + y);
    s->enforcement = level;
    return FUL_OK;
}

static ful_status read_enforcement(reader *r)
{
    static const char *const needed[] = {"actor", "group", "year", "level", "low",
                                         "high", "source", "grade", NULL};
    static const char *const optional[] = {"note", NULL};
    const csv_columns columns = {needed, optional};
    csv_table t;
    ful_status status = reader_csv(&t, r, "enforcement.csv", &columns, 1);
    level_row *row = status == FUL_OK ? reader_take(r, (size_t)t.rows + 1, sizeof *row) : NULL;
    if (status == FUL_OK && !row)
        return FUL_ERR_MEMORY;
    for (int k = 0; status == FUL_OK && k < t.rows; k++)
        status = read_level(&row[k], r, &t, k);
    return status == FUL_OK ? spread_levels(r, row, t.rows) : status;
}

ful_status reader_laws(reader *r)
{
    ful_status status = read_measures(r);
    if (status == FUL_OK)
        status = read_hubs(r);
    return status == FUL_OK ? read_enforcement(r) : status;
}
