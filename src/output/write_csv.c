/* SPDX-License-Identifier: MIT */
/* CSV (RFC 4180 with LF): a header line, missing is empty, and nothing but the data. */
#include <errno.h>
#include <string.h>

#include "output/table.h"

static void write_text(FILE *to, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, to);
        return;
    }
    fputc('"', to);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', to);
        fputc(*text, to);
    }
    fputc('"', to);
}

static void write_cell(FILE *to, const table_cell *cell, table_type type)
{
    char room[TABLE_NUMBER_ROOM];
    if (cell->missing)
        return;
    switch (type) {
    case TABLE_TEXT:
        write_text(to, cell->text);
        break;
    case TABLE_REAL:
        fputs(table_number(room, cell->real), to);
        break;
    case TABLE_INTEGER:
        fprintf(to, "%lld", cell->integer);
        break;
    }
}

ful_status table_write_csv(const table *t, int count, const char *path, ful_error *err)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return ful_fail_at(err, FUL_ERR_FILE, path, 0, 0, "cannot be written: %s", strerror(errno));
    for (int k = 0; k < count; k++, t++) {
        for (int c = 0; c < t->columns; c++)
            fprintf(file, "%s%s", c > 0 ? "," : "", t->column[c].name);
        fputc('\n', file);
        for (int r = 0; r < t->rows; r++) {
            for (int c = 0; c < t->columns; c++) {
                if (c > 0)
                    fputc(',', file);
                write_cell(file, table_at(t, r, c), t->column[c].type);
            }
            fputc('\n', file);
        }
    }
    return table_close(file, path, err);
}
