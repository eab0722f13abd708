/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as CSV: refused with a place, or a table that says the same when it is written with
 * quotes and read again. clang -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Isrc
 * test/fuzz/fuzz_csv.c ...
 */
#include <stdlib.h>
#include <string.h>

#include "case/csv.h"

static const char *const needed[] = {"seller", "buyer", "sector", "value_musd", NULL};
static const char *const optional[] = {"size", NULL};
static const csv_columns columns = {needed, optional};

static void check(int holds)
{
    if (!holds)
        abort();
}

static char *put(char *to, const char *text)
{
    *to++ = '"';
    for (; *text; text++) {
        if (*text == '"')
            *to++ = '"';
        *to++ = *text;
    }
    *to++ = '"';
    return to;
}

static char *write_table(const csv_table *t, ful_arena *arena, size_t *size)
{
    size_t room = 256;
    for (int row = 0; row < t->rows; row++)
        for (int c = 0; c < t->columns; c++)
            room += 2 * strlen(csv_at(t, row, c)->text) + 4;
    char *text = ful_arena_take(arena, room, 1), *to = text;
    check(text != NULL);
    for (int c = 0; c < t->columns; c++) {
        to = put(to, c < 4 ? needed[c] : optional[c - 4]);
        *to++ = c + 1 < t->columns ? ',' : '\n';
    }
    for (int row = 0; row < t->rows; row++)
        for (int c = 0; c < t->columns; c++) {
            to = put(to, csv_at(t, row, c)->text);
            *to++ = c + 1 < t->columns ? ',' : '\n';
        }
    *size = (size_t)(to - text);
    return text;
}

static void read_again(const csv_table *t, ful_arena *arena)
{
    csv_table again;
    size_t size;
    char *text = write_table(t, arena, &size);
    check(ful__csv_read(&again, text, size, "y", &columns, arena, NULL) == FUL_OK);
    check(again.rows == t->rows && again.columns == t->columns);
    for (int row = 0; row < t->rows; row++)
        for (int c = 0; c < t->columns; c++)
            check(strcmp(csv_at(t, row, c)->text, csv_at(&again, row, c)->text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ful_arena *arena;
    csv_table t;
    ful_error err = {0};
    check(ful_arena_new(&arena, NULL, NULL) == FUL_OK);
    char *text = malloc(size + 1);
    check(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    if (ful__csv_read(&t, text, size, "x", &columns, arena, &err) == FUL_OK) {
        for (int row = 0; row < t.rows; row++)
            for (int c = 0; c < t.columns; c++)
                check(csv_at(&t, row, c)->line > 1 && csv_at(&t, row, c)->column > 0);
        read_again(&t, arena);
    } else {
        check(err.status == FUL_ERR_DATA && *err.text && err.line > 0 && err.column > 0);
    }
    free(text);
    ful_arena_free(arena);
    return 0;
}
