/* SPDX-License-Identifier: MIT */
/* sources.bib and parameters.csv: every number has a source before anything else may use it. */
#include "case/reader.h"

#include <stdio.h>
#include <string.h>

/* Keys of the entries: the word between "@type{" at the start of a line and the comma. */
void ful__case_sources(reader *r)
{
    const char *path;
    size_t size;
    int line = 1;
    const char *text = ful__case_file(&path, &size, r, "sources.bib", 1);
    for (const char *at = text; reader_ok(r) && at && *at; at++) {
        line += *at == '\n';
        if (*at != '@' || (at != text && at[-1] != '\n'))
            continue;
        const char *open = at + strcspn(at, "{\n"), *end = open + strcspn(open, ",}\n");
        if (*open != '{' || *end != ',' || end == open + 1) {
            ful__case_refuse(r, (place){path, line, 1}, "expected an entry of the form @type{key,");
            return;
        }
        const size_t length = (size_t)(end - open - 1);
        char *key = ful__case_take(r, length + 1, 1);
        if (!key)
            return;
        memcpy(key, open + 1, length);
        ful__case_declare(r, &r->sources, (place){path, line, 1}, key);
    }
    r->cited = ful__case_take(r, (size_t)r->sources.count + 1, 1);
}

enum { ID, UNIT, VALUE, DISTRIBUTION, LOW, HIGH, SOURCE, GRADE, NOTE };

/* No two parameters may be drawn from the same random numbers. */
static void check_stream(reader *r, int index)
{
    const char *const *id = r->parameters.name;
    for (int k = 0; reader_ok(r) && k < index; k++)
        if (ful_stream(id[k]) == ful_stream(id[index]))
            ful__case_refuse(r, r->parameters.at[index],
                             "'%.60s' would be drawn from the random numbers of '%.60s': "
                             "change its name",
                             id[index], id[k]);
}

ful_param ful__case_add_parameter(reader *r, place at, const ful_parameter *parameter)
{
    const int count = r->parameters.count;
    int room = r->parameter_room;
    ful__case_declare(r, &r->parameters, at, parameter->id);
    check_stream(r, count);
    ful_parameter *all = ful__case_grow(r, r->parameter, &room, count, sizeof *all);
    unsigned char *used = ful__case_grow(r, r->parameter_used, &r->parameter_room, count, 1);
    if (!reader_ok(r))
        return FUL_NO_PARAM;
    r->parameter = all;
    r->parameter_used = used;
    r->parameter[count] = *parameter;
    return count;
}

const char *ful__case_join(reader *r, const char *const *word)
{
    size_t room = 0;
    for (int k = 0; word[k]; k++)
        room += strlen(word[k]) + 1;
    char *id = ful__case_take(r, room, 1), *to = id;
    for (int k = 0; id && word[k]; k++)
        to += snprintf(to, room - (size_t)(to - id), k > 0 ? ".%s" : "%s", word[k]);
    return id;
}

ful_param ful__field_parameter(reader *r, const csv_table *t, int row, int column, const char *what,
                               const ful_parameter *like)
{
    ful_parameter q = *like;
    char low[64], high[64];
    snprintf(low, sizeof low, "%s_low", what);
    snprintf(high, sizeof high, "%s_high", what);
    q.value = ful__field_number(r, t, row, column, what, like->low, like->high);
    q.low = ful__field_number(r, t, row, column + 1, low, like->low, q.value);
    q.high = ful__field_number(r, t, row, column + 2, high, q.value, like->high);
    if (q.distribution == FUL_LOGUNIFORM && !(q.low > 0))
        q.distribution = FUL_UNIFORM;
    if (!(q.low < q.high))
        q.distribution = FUL_FIXED;
    q.line = at_row(t, row).line;
    return reader_ok(r) ? ful__case_add_parameter(r, at_row(t, row), &q) : FUL_NO_PARAM;
}

static void read_parameter(reader *r, const csv_table *t, int row)
{
    static const char *const distributions[] = {"fixed",      "uniform",   "loguniform",
                                                "triangular", "lognormal", NULL};
    const char *id = ful__field_text(t, row, ID);
    ful_parameter q = {.id = id,
                       .unit = ful__field_text(t, row, UNIT),
                       .note = ful__field_text(t, row, NOTE),
                       .line = at_row(t, row).line};
    if (!*id || strpbrk(id, " =,\t"))
        ful__case_refuse(r, at_field(t, row, ID),
                         "'%.60s' is no id of a parameter: expected a word", id);
    if (!*q.unit)
        ful__case_refuse(r, at_field(t, row, UNIT),
                         "parameter '%s' has no unit; a pure number has the unit 1", id);
    q.distribution =
        (ful_distribution)ful__field_word(r, t, row, DISTRIBUTION, "distribution", distributions);
    q.value = ful__field_number(r, t, row, VALUE, id, -1e12, 1e12);
    q.low = ful__field_number(r, t, row, LOW, "low", -1e12, q.value);
    q.high = ful__field_number(r, t, row, HIGH, "high", q.value, 1e12);
    if ((q.distribution == FUL_LOGUNIFORM || q.distribution == FUL_LOGNORMAL) && !(q.low > 0))
        ful__case_refuse(r, at_field(t, row, LOW), "low of '%s' is %g: a %s needs it above 0", id,
                         q.low, ful__field_text(t, row, DISTRIBUTION));
    q.source = ful__field_source(r, t, row, SOURCE);
    q.grade = ful__field_grade(r, t, row, GRADE);
    ful__case_add_parameter(r, at_row(t, row), &q);
}

void ful__case_parameters(reader *r)
{
    static const char *const needed[] = {"id",     "unit",  "value", "distribution", "low", "high",
                                         "source", "grade", NULL};
    static const char *const optional[] = {"note", NULL};
    const csv_columns columns = {needed, optional};
    csv_table t;
    if (!ful__case_csv(&t, r, "parameters.csv", &columns, 1))
        return;
    for (int row = 0; reader_ok(r) && row < t.rows; row++)
        read_parameter(r, &t, row);
}
