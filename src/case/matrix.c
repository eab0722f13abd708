/* SPDX-License-Identifier: MIT */
#include "case/matrix.h"

#include <math.h>
#include <string.h>

#define MOST_NAMES 512

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next character that is no white space. */
static const char *skip_space(const char *at)
{
    while (is_blank(*at) || *at == '\n')
        at++;
    return at;
}

/* The number that fills the word at *at, and *at moved behind it; NaN where the word is none. */
static double next_number(const char **at)
{
    char word[64];
    double number;
    size_t length = 0;
    while ((unsigned char)(*at)[length] > ' ' && (*at)[length] != ',' && length < sizeof word - 1) {
        word[length] = (*at)[length];
        length++;
    }
    word[length] = '\0';
    *at += length;
    return ful__parse_real(&number, word) == 0 ? number : NAN;
}

static place place_in(const char *path, const char *text, const char *where)
{
    place here = {path, 1, 1};
    for (const char *c = text; c < where; c++) {
        here.column = *c == '\n' ? 1 : here.column + 1;
        here.line += *c == '\n';
    }
    return here;
}

/* Behind a number: a comma within a row, the end of the line after it. NULL where it is neither. */
static const char *next_field(const char *at, int last)
{
    while (is_blank(*at))
        at++;
    if (last)
        return *at == '\n' || *at == '\0' ? at : NULL;
    return *at == ',' ? skip_space(at + 1) : NULL;
}

/* Numbers into x, at most `room`; returns how many. */
static size_t read_numbers(double *x, reader *r, const char *path, const char *text, size_t room,
                           int columns, int comma)
{
    size_t count = 0;
    for (const char *at = skip_space(text); reader_ok(r) && *at; at = skip_space(at)) {
        const char *word = at;
        const double number = next_number(&at);
        if (!isfinite(number) || count == room) {
            ful__case_refuse(r, place_in(path, text, word),
                             "expected a finite number, at most %zu in rows of %d", room, columns);
            break;
        }
        x[count++] = number;
        const char *next = comma ? next_field(at, count % (size_t)columns == 0) : at;
        if (!next)
            ful__case_refuse(r, place_in(path, text, at),
                             "expected rows of %d numbers with commas between them", columns);
        at = next ? next : at;
    }
    return count;
}

double *ful__matrix(reader *r, const char *name, int *rows, int most, int columns, int comma)
{
    const char *path;
    size_t size;
    const char *text = ful__case_file(&path, &size, r, name, 1);
    const size_t wanted = *rows < 0 ? 0 : (size_t)*rows * (size_t)columns;
    const size_t room = *rows < 0 ? (size_t)most * (size_t)columns : wanted;
    double *x = ful__case_take(r, room, sizeof *x);
    if (!x)
        return NULL;
    const size_t count = read_numbers(x, r, path, text, room, columns, comma);
    if (count == 0 || count % (size_t)columns != 0 || (wanted && count != wanted))
        ful__case_refuse(r, place_in(path, text, text + size),
                         "the file ends after %zu numbers, expected rows of %d, %zu in all", count,
                         columns, wanted);
    *rows = (int)(count / (size_t)columns);
    return reader_ok(r) ? x : NULL;
}

void ful__name_lines(reader *r, const char *name, name_list *list)
{
    const char *path;
    size_t size;
    char *text = ful__case_file(&path, &size, r, name, 1), *rest;
    int line = 1;
    if (!text)
        return;
    for (char *at = text; *at && reader_ok(r); at = rest, line++) {
        const size_t length = strcspn(at, "\r\n");
        rest = at + length + strspn(at + length, "\r");
        rest += *rest == '\n';
        at[length] = '\0';
        if (length == 0)
            ful__case_refuse(r, (place){path, line, 1}, "an empty line: remove it");
        if (list->count == MOST_NAMES)
            ful__case_refuse(r, (place){path, line, 1}, "more than %d names", MOST_NAMES);
        ful__case_declare(r, list, (place){path, line, 1}, at);
    }
    if (list->count == 0)
        ful__case_refuse(r, (place){path, 1, 1}, "holds no name");
}
