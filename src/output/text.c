/* SPDX-License-Identifier: MIT */
#include "output/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define PARAGRAPH_ROOM 4096

static int is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

int text_width(const char *text)
{
    int width = 0;
    for (; *text; text++)
        width += !is_continuation(*text);
    return width;
}

void text_paragraph(FILE *to, int indent, const char *format, ...)
{
    char text[PARAGRAPH_ROOM];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    int column = 0;
    for (char *word = strtok(text, " \n"); word; word = strtok(NULL, " \n")) {
        const int width = text_width(word);
        if (column > 0 && column + 1 + width > TEXT_WIDTH) {
            fputc('\n', to);
            column = 0;
        }
        if (column == 0)
            column = fprintf(to, "%*s", indent, "");
        else
            column += fprintf(to, " ");
        fputs(word, to);
        column += width;
    }
    fputc('\n', to);
}

void text_heading(FILE *to, const char *title)
{
    fprintf(to, "\n%s\n", title);
    for (int k = text_width(title); k > 0; k--)
        fputc('-', to);
    fputc('\n', to);
}

void text_cell(FILE *to, const char *text, int width)
{
    const int have = text_width(text), want = abs(width);
    if (width < 0)
        fprintf(to, "%*s", have < want ? want - have : 0, "");
    int column = 0;
    for (const char *at = text; *at; at++) {
        if (!is_continuation(*at) && have > want && column == want - 1) {
            fputs("…", to);
            break;
        }
        column += !is_continuation(*at);
        fputc(*at, to);
    }
    if (width > 0)
        fprintf(to, "%*s", have < want ? want - have : 0, "");
}

const char *text_number(char room[TEXT_ROOM], double x)
{
    const double size = fabs(x);
    int decimals = 0;
    if (size > 0 && size < 10)
        decimals = 1 - (int)floor(log10(size * (1 + 1e-12)));
    if (decimals > 8)
        snprintf(room, TEXT_ROOM, "0");
    else if (size >= 100)
        snprintf(room, TEXT_ROOM, "%.0f", 10 * round(x / 10));
    else
        snprintf(room, TEXT_ROOM, "%.*f", decimals, x);
    return room;
}

/* A number as it was written, "-" where there is none; nothing has no sign. */
static const char *as_told(char room[TEXT_ROOM], double x)
{
    if (!isfinite(x))
        snprintf(room, TEXT_ROOM, "-");
    else if (strchr("-+", room[0]) && !room[strcspn(room, "123456789")])
        memmove(room, room + 1, strlen(room));
    return room;
}

const char *text_fixed(char room[TEXT_ROOM], double x, int decimals)
{
    snprintf(room, TEXT_ROOM, "%.*f", decimals, x);
    return as_told(room, x);
}

const char *text_change(char room[TEXT_ROOM], double x, int decimals)
{
    snprintf(room, TEXT_ROOM, "%+.*f", decimals, x);
    return as_told(room, x);
}

const char *text_digits(char room[TEXT_ROOM], double x, int digits)
{
    snprintf(room, TEXT_ROOM, "%+.*g", digits, x);
    return as_told(room, x);
}

const char *text_range(char room[TEXT_ROOM], double low, double high)
{
    char a[TEXT_ROOM], b[TEXT_ROOM];
    text_number(a, low);
    text_number(b, high);
    if (strcmp(a, b) == 0)
        snprintf(room, TEXT_ROOM, "%.30s", a);
    else
        snprintf(room, TEXT_ROOM, "%.28s to %.28s", a, b);
    return room;
}

const char *text_count(char room[TEXT_ROOM], double probability)
{
    if (probability < 0.005)
        snprintf(room, TEXT_ROOM, "less than 1");
    else if (probability > 0.995)
        snprintf(room, TEXT_ROOM, "more than 99");
    else
        snprintf(room, TEXT_ROOM, "%.0f", 100 * probability);
    return room;
}

const char *text_counts(char room[TEXT_ROOM], double low, double high)
{
    const int a = (int)lround(100 * low), b = (int)lround(100 * high);
    if (a == b)
        return text_count(room, (low + high) / 2);
    snprintf(room, TEXT_ROOM, "%d to %d", a, b);
    return room;
}
