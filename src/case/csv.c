/* SPDX-License-Identifier: MIT */
#include "case/csv.h"

#include <limits.h>
#include <string.h>

#include "fulcrum/case.h"

#define MAX_COLUMNS 64

typedef struct scanner {
    char *at, *end;
    const char *file;
    int line, column;
    ful_error *err;
} scanner;

static ful_status refuse(const scanner *s, int line, int column, const char *what)
{
    return ful_fail_at(s->err, FUL_ERR_DATA, s->file, line, column, "%s", what);
}

/* The next byte; the bytes of one UTF-8 character count as one column. */
static void step(scanner *s)
{
    if (*s->at == '\n') {
        s->line++;
        s->column = 1;
    } else if (((unsigned char)*s->at & 0xc0) != 0x80) {
        s->column++;
    }
    s->at++;
}

static int at_newline(const scanner *s)
{
    if (s->at >= s->end)
        return 0;
    return *s->at == '\n' || (*s->at == '\r' && s->at + 1 < s->end && s->at[1] == '\n');
}

/* A quoted field; "" is a quote. The text is closed up in place. */
static ful_status quoted(scanner *s, csv_field *field)
{
    const int line = s->line, column = s->column;
    step(s);
    char *to = s->at;
    field->text = to;
    field->column = s->column;
    for (;;) {
        if (s->at >= s->end)
            return refuse(s, line, column, "this quote is never closed");
        if (*s->at == '"') {
            step(s);
            if (s->at >= s->end || *s->at != '"')
                break;
        }
        if (*s->at == '\0')
            return refuse(s, s->line, s->column, "a NUL character is not allowed");
        *to++ = *s->at;
        step(s);
    }
    if (s->at < s->end && *s->at != ',' && !at_newline(s))
        return refuse(s, s->line, s->column,
                      "expected a comma or the end of the line after a quote");
    /* `to` is at or before the closing quote, so the NUL overwrites nothing that is still needed */
    *to = '\0';
    return FUL_OK;
}

static ful_status plain(scanner *s, csv_field *field)
{
    field->text = s->at;
    while (s->at < s->end && *s->at != ',' && !at_newline(s)) {
        if (*s->at == '"' || *s->at == '\0' || *s->at == '\r')
            return refuse(s, s->line, s->column,
                          *s->at == '"'    ? "a quote inside a field: double it and quote the field"
                          : *s->at == '\0' ? "a NUL character is not allowed"
                                           : "a carriage return without a line feed");
        step(s);
    }
    return FUL_OK;
}

/* One row; *count fields, at most `room`. Each delimiter becomes the NUL of the field before it. */
static ful_status row(scanner *s, csv_field *field, int room, int *count)
{
    *count = 0;
    for (;;) {
        if (*count == room)
            return refuse(s, s->line, s->column, "too many fields in this row");
        csv_field *f = &field[(*count)++];
        f->line = s->line;
        f->column = s->column;
        const ful_status status = s->at < s->end && *s->at == '"' ? quoted(s, f) : plain(s, f);
        if (status != FUL_OK)
            return status;
        char *stop = s->at;
        if (s->at >= s->end) {
            *stop = '\0'; /* the NUL behind the text, or already one */
            return FUL_OK;
        }
        if (*s->at == ',') {
            step(s);
            *stop = '\0';
            continue;
        }
        if (*s->at == '\r')
            step(s);
        step(s);
        *stop = '\0';
        return FUL_OK;
    }
}

static int length(const char *const *names)
{
    int n = 0;
    while (names && names[n])
        n++;
    return n;
}

/* Position of every column of the file among needed... optional..., all of them checked. */
static ful_status match(const scanner *s, const csv_field *header, int count,
                        const csv_columns *columns, int *place)
{
    const char *known[MAX_COLUMNS];
    const int needed = length(columns->needed), optional = length(columns->optional);
    int seen[MAX_COLUMNS] = {0};
    for (int k = 0; k < needed + optional; k++)
        known[k] = k < needed ? columns->needed[k] : columns->optional[k - needed];
    for (int c = 0; c < count; c++) {
        place[c] = -1;
        for (int k = 0; k < needed + optional; k++)
            if (strcmp(header[c].text, known[k]) == 0)
                place[c] = k;
        if (place[c] < 0) {
            const char *near = ful_nearest_name(header[c].text, needed + optional, known);
            return ful_fail_at(s->err, FUL_ERR_DATA, s->file, header[c].line, header[c].column,
                               "column '%.60s' is not known%s%s%s", header[c].text,
                               near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
        }
        if (seen[place[c]]++)
            return ful_fail_at(s->err, FUL_ERR_DATA, s->file, header[c].line, header[c].column,
                               "column '%s' stands twice", header[c].text);
    }
    for (int k = 0; k < needed; k++)
        if (!seen[k])
            return ful_fail_at(s->err, FUL_ERR_DATA, s->file, 1, 1, "column '%s' is missing",
                               known[k]);
    return FUL_OK;
}

/* Rows that may follow: no more than line ends, and none shorter than its commas. */
static size_t count_rows(const scanner *s, int width)
{
    size_t rows = 1;
    for (const char *at = s->at; at < s->end; at++)
        rows += *at == '\n';
    const size_t most = (size_t)(s->end - s->at) / (size_t)width + 1;
    return rows < most ? rows : most;
}

/* The next row below the header: exactly `width` fields. */
static ful_status full_row(scanner *s, csv_field *field, int width)
{
    const int line = s->line;
    int count;
    if (*s->at == '#')
        return refuse(s, line, 1, "comments are not allowed: use the column 'note'");
    if (at_newline(s))
        return refuse(s, line, 1, "an empty line: remove it");
    const ful_status status = row(s, field, width, &count);
    if (status == FUL_OK && count != width)
        return ful_fail_at(s->err, FUL_ERR_DATA, s->file, line, 1, "%d fields, the header has %d",
                           count, width);
    return status;
}

static ful_status read_rows(csv_table *out, scanner *s, const int *place, int width)
{
    csv_field raw[MAX_COLUMNS];
    while (s->at < s->end) {
        const int line = s->line;
        const ful_status status = full_row(s, raw, width);
        if (status != FUL_OK)
            return status;
        csv_field *to = out->field + (size_t)out->rows * (size_t)out->columns;
        for (int k = 0; k < out->columns; k++)
            to[k] = (csv_field){"", line, 1};
        for (int c = 0; c < width; c++)
            to[place[c]] = raw[c];
        out->rows++;
    }
    return FUL_OK;
}

/* A scanner at the header line. */
static ful_status start(scanner *s, char *text, size_t size, const char *file, ful_error *err)
{
    *s = (scanner){text, text + size, file, 1, 1, err};
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        s->at += 3;
    if (s->at >= s->end)
        return refuse(s, 1, 1, "the file is empty: a header line is missing");
    return FUL_OK;
}

/* Commas of the first line and one: at least the fields of the header. */
static int widest(const scanner *s)
{
    int fields = 1;
    for (const char *at = s->at, *quote = NULL; at < s->end && (quote || *at != '\n'); at++) {
        fields += *at == ',';
        if (*at == '"')
            quote = quote ? NULL : at;
    }
    return fields;
}

ful_status ful__csv_grid(csv_table *out, char *text, size_t size, const char *file,
                         ful_arena *arena, ful_error *err)
{
    *out = (csv_table){.file = file};
    scanner s;
    ful_status status = start(&s, text, size, file, err);
    if (status != FUL_OK)
        return status;
    if (size > INT_MAX)
        return refuse(&s, 1, 1, "the table is above 2 GiB");
    const int room = widest(&s);
    csv_field *header = ful_arena_take(arena, (size_t)room, sizeof *header);
    if (!header)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for %s", file);
    status = row(&s, header, room, &out->columns);
    if (status != FUL_OK)
        return status;
    const size_t columns = (size_t)out->columns;
    out->field =
        ful_arena_take(arena, (count_rows(&s, out->columns) + 1) * columns, sizeof *out->field);
    if (!out->field)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for %s", file);
    memcpy(out->field, header, columns * sizeof *header);
    for (out->rows = 1; status == FUL_OK && s.at < s.end; out->rows += status == FUL_OK)
        status = full_row(&s, out->field + (size_t)out->rows * columns, out->columns);
    return status;
}

ful_status ful__csv_read(csv_table *out, char *text, size_t size, const char *file,
                         const csv_columns *columns, ful_arena *arena, ful_error *err)
{
    *out =
        (csv_table){.file = file, .columns = length(columns->needed) + length(columns->optional)};
    scanner s;
    csv_field header[MAX_COLUMNS];
    int place[MAX_COLUMNS], width;
    ful_status status = start(&s, text, size, file, err);
    if (status == FUL_OK)
        status = row(&s, header, MAX_COLUMNS, &width);
    if (status == FUL_OK)
        status = match(&s, header, width, columns, place);
    if (status != FUL_OK)
        return status;
    const size_t rows = count_rows(&s, width);
    if (rows > INT_MAX / MAX_COLUMNS)
        return refuse(&s, 0, 0, "too many rows");
    out->field = ful_arena_take(arena, rows * (size_t)out->columns, sizeof *out->field);
    if (!out->field)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for %s", file);
    return read_rows(out, &s, place, width);
}
