/* SPDX-License-Identifier: MIT */
/* hubs.csv and enforcement.csv: where covered trade goes round, and who stops it. */
#include "case/reader.h"

#include <string.h>

/* ---- hubs ---- */

enum {
    H_HUB,
    H_GROUP,
    H_SHARE,
    H_COST = 5,
    H_SOURCE = 8,
    H_GRADE,
    H_NOTE,
    H_YEARS,
    H_CAPACITY = H_YEARS + 3
};

/* More than any share, cost, time or capacity. */
#define MOST_OF_A_HUB 1e6

/* A number of a hub, with its range in the next two columns, as a parameter. */
static ful_param register_hub(reader *r, const csv_table *t, int row, int column, const char *what,
                              const char *unit, double least)
{
    const char *hub = ful__field_text(t, row, H_HUB), *group = ful__field_text(t, row, H_GROUP);
    const ful_parameter q = {
        .id = ful__case_join(r, (const char *const[]){"hub", hub, group, what, NULL}),
        .unit = unit,
        .source = ful__field_source(r, t, row, H_SOURCE),
        .note = ful__field_text(t, row, H_NOTE),
        .grade = ful__field_grade(r, t, row, H_GRADE),
        .low = least,
        .high = MOST_OF_A_HUB,
        .distribution = FUL_LOGUNIFORM};
    return ful__field_parameter(r, t, row, column, what, &q);
}

/* A number that a hub may do without, and then has no range of it either; `without`: what that
 * means. */
static ful_param read_optional(reader *r, const csv_table *t, int row, int column, const char *what,
                               const char *unit, const char *without)
{
    if (*ful__field_text(t, row, column))
        return register_hub(r, t, row, column, what, unit, .01);
    for (int k = 1; k <= 2; k++)
        if (*ful__field_text(t, row, column + k))
            ful__case_refuse(r, at_field(t, row, column + k), "a range without %s; empty, %s", what,
                             without);
    return FUL_NO_PARAM;
}

/* Capacities say nothing without the parameter that says what filling them costs. */
static void read_congestion(reader *r)
{
    ful_situation *s = &r->c->s;
    int limited = 0;
    s->congestion = reader_ok(r) ? ful__case_find(&r->parameters, "hubs.congestion") : FUL_NO_PARAM;
    for (int h = 0; reader_ok(r) && h < s->hubs; h++) {
        if (s->hub[h].capacity == FUL_NO_PARAM)
            continue;
        const place at = r->parameters.at[s->hub[h].capacity];
        if (s->congestion == FUL_NO_PARAM)
            ful__case_refuse(r, at,
                             "a capacity needs the parameter 'hubs.congestion', the elasticity of "
                             "a hub's costs to how full it is: add it to parameters.csv");
        else if (++limited > FUL_ECONOMY_MAX_HUBS)
            ful__case_refuse(r, at, "this is capacity number %d, expected at most %d", limited,
                             FUL_ECONOMY_MAX_HUBS);
        else
            r->parameter_used[s->congestion] = 1;
    }
}

/* A secondary sanction that no hub feels is odd. */
static void remark_idle(reader *r)
{
    const ful_situation *s = &r->c->s;
    for (int k = 0; reader_ok(r) && k < s->measures; k++) {
        const ful_measure *law = &s->measure[k].law;
        int felt = law->kind != FUL_MEASURE_SECONDARY;
        for (int h = 0; !felt && h < s->hubs; h++) {
            const ful_group *group = &s->group[s->hub[h].group];
            const int hub = s->hub[h].actor;
            for (int j = 0; j < s->sectors && hub != law->imposer; j++)
                felt |= law->sector[j] && group->sector[j] &&
                        (group->exports ? law->seller[s->target] && law->buyer[hub]
                                        : law->seller[hub] && law->buyer[s->target]);
        }
        if (!felt)
            ful__case_remark(r, "measures.csv", r->measures.at[k].line,
                             "secondary sanction '%s' concerns no hub of hubs.csv", law->id);
    }
}

static void read_hubs(reader *r)
{
    static const char *const needed[] = {"hub",        "group", "share",    "share_low",
                                         "share_high", "cost",  "cost_low", "cost_high",
                                         "source",     "grade", NULL};
    static const char *const optional[] = {
        "note",     "adaptation_years", "adaptation_years_low", "adaptation_years_high",
        "capacity", "capacity_low",     "capacity_high",        NULL};
    const csv_columns columns = {needed, optional};
    ful_situation *s = &r->c->s;
    csv_table t;
    if (!ful__case_csv(&t, r, "hubs.csv", &columns, 0))
        return;
    ful_case_hub *hub = ful__case_take(r, (size_t)t.rows + 1, sizeof *hub);
    for (int row = 0; reader_ok(r) && row < t.rows; row++) {
        hub[row].actor = ful__field_name(r, &t, row, H_HUB, &r->actors);
        hub[row].group = ful__field_name(r, &t, row, H_GROUP, &r->groups);
        if (reader_ok(r) && hub[row].actor == s->target)
            ful__case_refuse(r, at_field(&t, row, H_HUB), "the target is no hub of its own trade");
        hub[row].share = register_hub(r, &t, row, H_SHARE, "share", "1", 0);
        hub[row].cost = register_hub(r, &t, row, H_COST, "cost", "1", 1);
        hub[row].adaptation_years =
            read_optional(r, &t, row, H_YEARS, "adaptation_years", "years", "the hub never adapts");
        hub[row].capacity = read_optional(r, &t, row, H_CAPACITY, "capacity", "million USD/year",
                                          "the hub never fills");
    }
    s->hub = hub;
    s->hubs = t.rows;
    s->onward = reader_ok(r) ? ful__case_find(&r->parameters, "hubs.onward") : FUL_NO_PARAM;
    if (s->onward != FUL_NO_PARAM)
        r->parameter_used[s->onward] = 1;
    read_congestion(r);
    remark_idle(r);
}

/* ---- levels ---- */

enum { E_ACTOR, E_GROUP, E_YEAR, E_LEVEL, E_LOW, E_HIGH, E_SOURCE, E_GRADE };

typedef struct level_row {
    int actor, group, year; /* actor and year -1: all that are not named */
    double level;
    place at;
} level_row;

static level_row read_level(reader *r, const csv_table *t, int row)
{
    level_row x = {.actor = -1, .year = -1, .at = at_row(t, row)};
    if (strcmp(ful__field_text(t, row, E_ACTOR), "*") != 0)
        x.actor = ful__field_name(r, t, row, E_ACTOR, &r->actors);
    x.group = ful__field_name(r, t, row, E_GROUP, &r->groups);
    if (*ful__field_text(t, row, E_YEAR))
        x.year = ful__field_whole(r, t, row, E_YEAR, "year", 1900, 2200);
    x.level = ful__field_number(r, t, row, E_LEVEL, "level", 0, 1);
    ful__field_number(r, t, row, E_LOW, "low", 0, x.level);
    ful__field_number(r, t, row, E_HIGH, "high", x.level, 1);
    ful__field_source(r, t, row, E_SOURCE);
    ful__field_grade(r, t, row, E_GRADE);
    return x;
}

static void check_repeated(reader *r, const level_row *x, int rows)
{
    for (int k = 1; reader_ok(r) && k < rows; k++)
        for (int q = 0; q < k; q++)
            if (x[q].actor == x[k].actor && x[q].group == x[k].group && x[q].year == x[k].year)
                ful__case_refuse(r, x[k].at, "this row repeats line %d", x[q].at.line);
}

/* How specific a row is, 0 where it does not speak of this cell: a named actor beats everyone, a
 * named year beats every year. Rows for everyone leave the target out: it does not enforce against
 * itself, and its own measures need a row with its name. */
static int strength(const level_row *x, int actor, int group, int year, int target)
{
    if (x->group != group || (x->actor >= 0 ? x->actor != actor : actor == target) ||
        (x->year >= 0 && x->year != year))
        return 0;
    return 1 + (x->actor >= 0 ? 2 : 0) + (x->year >= 0 ? 1 : 0);
}

/* The most specific row for a cell, or NULL. */
static const level_row *choose(const level_row *x, int rows, int actor, int group, int year,
                               int target)
{
    const level_row *best = NULL;
    int most = 0;
    for (int k = 0; k < rows; k++) {
        const int now = strength(&x[k], actor, group, year, target);
        if (now > most) {
            most = now;
            best = &x[k];
        }
    }
    return best;
}

/* First year and number of years that the base year and the rows span. */
static void span_years(ful_situation *s, const level_row *x, int rows)
{
    int last = s->base_year;
    s->first_year = s->base_year;
    for (int k = 0; k < rows; k++) {
        if (x[k].year >= 0 && x[k].year < s->first_year)
            s->first_year = x[k].year;
        if (x[k].year > last)
            last = x[k].year;
    }
    s->years = last - s->first_year + 1;
}

static void read_enforcement(reader *r)
{
    static const char *const needed[] = {"actor", "group",  "year",  "level", "low",
                                         "high",  "source", "grade", NULL};
    static const char *const optional[] = {"note", NULL};
    const csv_columns columns = {needed, optional};
    ful_situation *s = &r->c->s;
    csv_table t;
    if (!ful__case_csv(&t, r, "enforcement.csv", &columns, 1))
        return;
    level_row *x = ful__case_take(r, (size_t)t.rows + 1, sizeof *x);
    for (int row = 0; reader_ok(r) && row < t.rows; row++)
        x[row] = read_level(r, &t, row);
    check_repeated(r, x, t.rows);
    if (!reader_ok(r))
        return;
    span_years(s, x, t.rows);
    double *level =
        ful__case_take(r, (size_t)s->years * (size_t)(s->actors * s->groups), sizeof *level);
    size_t at = 0;
    for (int y = 0; reader_ok(r) && y < s->years; y++)
        for (int n = 0; n < s->actors; n++)
            for (int g = 0; g < s->groups; g++, at++) {
                const level_row *best = choose(x, t.rows, n, g, s->first_year + y, s->target);
                if (best)
                    level[at] = best->level;
                else if (n != s->target)
                    ful__case_refuse(r, (place){t.file, 0, 0},
                                     "no level for %s, group '%s', year %d: add a row for *",
                                     s->actor[n].id, s->group[g].id, s->first_year + y);
            }
    s->enforcement = level;
}

void ful__case_enforcement(reader *r)
{
    if (reader_ok(r))
        read_hubs(r);
    if (reader_ok(r))
        read_enforcement(r);
}
