/* SPDX-License-Identifier: MIT */
/* Numbers, dates, grades and sources, from a text at a place; and as fields of a CSV row. */
#include "case/reader.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ful__parse_real(double *out, const char *text)
{
    char local[128], *end;
    size_t to = 0;
    const char *point = localeconv()->decimal_point;
    if (!*text || text[strspn(text, "+-.0123456789eE")] != '\0')
        return -1;
    if (strcmp(point, ".") != 0) {
        /* strtod wants the locale's own */
        for (; *text && to + strlen(point) < sizeof local; text++) {
            const char *copy = *text == '.' ? point : text;
            const size_t length = *text == '.' ? strlen(point) : 1;
            memcpy(local + to, copy, length);
            to += length;
        }
        local[to] = '\0';
        if (*text)
            return -1;
        text = local;
    }
    *out = strtod(text, &end);
    return *end == '\0' && isfinite(*out) ? 0 : -1;
}

double ful__case_number(reader *r, place at, const char *text, const char *what, double low,
                        double high)
{
    double value = 0;
    if (!reader_ok(r))
        return 0;
    if (!*text)
        ful__case_refuse(r, at, "%s is empty: a number is needed", what);
    else if (ful__parse_real(&value, text) != 0)
        ful__case_refuse(r, at, "%s '%.60s' is not a finite number", what, text);
    else if (!(value >= low && value <= high))
        ful__case_refuse(r, at, "%s is %s, expected %g..%g", what, text, low, high);
    return reader_ok(r) ? value : 0;
}

int ful__case_whole(reader *r, place at, const char *text, const char *what, int low, int high)
{
    const double value = ful__case_number(r, at, text, what, low, high);
    if (value != floor(value))
        ful__case_refuse(r, at, "%s is %s, expected a whole number", what, text);
    return reader_ok(r) ? (int)value : 0;
}

int ful__case_date(reader *r, place at, const char *text)
{
    int days = 0;
    if (reader_ok(r) && ful_date_parse(&days, text) != 0)
        ful__case_refuse(r, at, "'%.40s' is no date of the form YYYY-MM-DD", text);
    return days;
}

const char *ful__case_source(reader *r, place at, const char *text)
{
    if (!*text)
        ful__case_refuse(r, at, "the source is missing: name a key of sources.bib");
    const int k = ful__case_name(r, at, text, &r->sources);
    if (!reader_ok(r))
        return "";
    r->cited[k] = 1;
    return r->sources.name[k];
}

/* ---- fields of a CSV row ---- */

const char *ful__field_text(const csv_table *t, int row, int column)
{
    return csv_at(t, row, column)->text;
}

double ful__field_number(reader *r, const csv_table *t, int row, int column, const char *what,
                         double low, double high)
{
    return ful__case_number(r, at_field(t, row, column), ful__field_text(t, row, column), what, low,
                            high);
}

int ful__field_whole(reader *r, const csv_table *t, int row, int column, const char *what, int low,
                     int high)
{
    return ful__case_whole(r, at_field(t, row, column), ful__field_text(t, row, column), what, low,
                           high);
}

int ful__field_date(reader *r, const csv_table *t, int row, int column)
{
    return ful__case_date(r, at_field(t, row, column), ful__field_text(t, row, column));
}

int ful__field_word(reader *r, const csv_table *t, int row, int column, const char *what,
                    const char *const *words)
{
    return ful__case_word(r, at_field(t, row, column), ful__field_text(t, row, column), what,
                          words);
}

int ful__field_name(reader *r, const csv_table *t, int row, int column, name_list *list)
{
    return ful__case_name(r, at_field(t, row, column), ful__field_text(t, row, column), list);
}

void ful__field_days(int *start, int *end, reader *r, const csv_table *t, int row, int column)
{
    const int open = !*ful__field_text(t, row, column + 1);
    *start = ful__field_date(r, t, row, column);
    *end = open ? INT_MAX : ful__field_date(r, t, row, column + 1);
    if (*end < *start)
        ful__case_refuse(r, at_field(t, row, column + 1), "the end, %s, lies before the start, %s",
                         ful__field_text(t, row, column + 1), ful__field_text(t, row, column));
}

unsigned char *ful__field_mask(reader *r, const csv_table *t, int row, int column, name_list *list)
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

const char *ful__field_source(reader *r, const csv_table *t, int row, int column)
{
    return ful__case_source(r, at_field(t, row, column), ful__field_text(t, row, column));
}

char ful__field_grade(reader *r, const csv_table *t, int row, int column)
{
    const char *text = ful__field_text(t, row, column);
    if (text[0] < 'A' || text[0] > 'E' || text[1] != '\0')
        ful__case_refuse(r, at_field(t, row, column),
                         "grade '%.20s', expected one of A B C D E, from official to judgement",
                         text);
    return text[0];
}
