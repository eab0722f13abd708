/* SPDX-License-Identifier: MIT */
/*
 * An Excel workbook with one sheet per table, through libxlsxwriter.
 *
 * The library writes each part to a temporary file first and does not look whether that succeeded,
 * so a full disk can leave a workbook that opens with a part cut short. Therefore the finished file
 * is read again: every part must decompress, match its checksum and end with the tag that it began
 * with.
 */
#include <unzip.h>
#include <string.h>
#include <xlsxwriter.h>

#include "output/table.h"

#define FIXED_STAMP 315532800 /* 1980-01-01, the first day that a zip file can name */
#define TAIL 64               /* bytes at the end of a part that hold its last tag */

static lxw_error write_cell(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                            const table_cell *cell, table_type type)
{
    if (cell->missing)
        return LXW_NO_ERROR;
    switch (type) {
    case TABLE_TEXT:
        return worksheet_write_string(sheet, row, column, cell->text, NULL);
    case TABLE_REAL:
        return worksheet_write_number(sheet, row, column, cell->real, NULL);
    case TABLE_INTEGER:
        break;
    }
    return worksheet_write_number(sheet, row, column, (double)cell->integer, NULL);
}

static lxw_error write_sheet(lxw_workbook *book, const table *t)
{
    lxw_worksheet *sheet = workbook_add_worksheet(book, t->name);
    if (!sheet)
        return LXW_ERROR_MEMORY_MALLOC_FAILED;
    lxw_error status = LXW_NO_ERROR;
    worksheet_freeze_panes(sheet, 1, 0);
    for (int c = 0; c < t->columns && status == LXW_NO_ERROR; c++)
        status = worksheet_write_string(sheet, 0, (lxw_col_t)c, t->column[c].name, NULL);
    for (int r = 0; r < t->rows; r++)
        for (int c = 0; c < t->columns && status == LXW_NO_ERROR; c++)
            status = write_cell(sheet, (lxw_row_t)r + 1, (lxw_col_t)c, table_at(t, r, c),
                                t->column[c].type);
    return status;
}

/* Whether an XML text that ends so ends with "</NAME>" of the root that `start` opens, or is one
 * empty element. */
static int ends_with_root(const char *start, const char *tail)
{
    char last[TAIL];
    const char *root = strstr(start, "?>");
    root = root ? strchr(root, '<') : NULL;
    if (!root)
        return 0;
    const int length = (int)strcspn(root + 1, " />\r\n");
    snprintf(last, sizeof last, "</%.*s>", length, root + 1);
    const size_t have = strlen(tail), want = strlen(last);
    return have >= want && strcmp(tail + have - want, last) == 0;
}

/* Whether the current part decompresses to a whole XML text. */
static int part_is_whole(unzFile zip)
{
    char start[1024] = "", tail[TAIL] = "", block[16384];
    int read, whole = unzOpenCurrentFile(zip) == UNZ_OK;
    for (int first = 1; whole && (read = unzReadCurrentFile(zip, block, sizeof block - 1)) != 0;
         first = 0) {
        if (read < 0) {
            whole = 0;
            break;
        }
        block[read] = '\0';
        if (first)
            snprintf(start, sizeof start, "%.1023s", block);
        /* the last TAIL - 1 bytes of the old tail and the block together */
        const size_t kept = strlen(tail), room = TAIL - 1;
        const size_t fresh = (size_t)read < room ? (size_t)read : room;
        const size_t old = kept < room - fresh ? kept : room - fresh;
        memmove(tail, tail + kept - old, old);
        memcpy(tail + old, block + (size_t)read - fresh, fresh);
        tail[old + fresh] = '\0';
    }
    while (strlen(tail) > 0 && strchr("\r\n", tail[strlen(tail) - 1]))
        tail[strlen(tail) - 1] = '\0';
    /* closing compares the checksum */
    return whole && unzCloseCurrentFile(zip) == UNZ_OK && ends_with_root(start, tail);
}

static int book_is_whole(const char *path)
{
    unzFile zip = unzOpen(path);
    if (!zip)
        return 0;
    int whole = 1, at = unzGoToFirstFile(zip);
    for (; whole && at == UNZ_OK; at = unzGoToNextFile(zip))
        whole = part_is_whole(zip);
    unzClose(zip);
    return whole && at == UNZ_END_OF_LIST_OF_FILE;
}

ful_status table_write_xlsx(const table *t, int count, const char *path, ful_error *err)
{
    lxw_workbook *book = workbook_new(path);
    if (!book)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a workbook");
    lxw_doc_properties properties = {.created = FIXED_STAMP};
    lxw_error status = workbook_set_properties(book, &properties);
    for (int k = 0; k < count && status == LXW_NO_ERROR; k++)
        status = write_sheet(book, &t[k]);
    const lxw_error closed = workbook_close(book); /* frees the book whatever happened */
    status = status == LXW_NO_ERROR ? closed : status;
    if (status != LXW_NO_ERROR)
        return ful_fail_at(err, FUL_ERR_FILE, path, 0, 0, "cannot be written: %s",
                           lxw_strerror(status));
    if (!book_is_whole(path))
        return ful_fail_at(err, FUL_ERR_FILE, path, 0, 0,
                           "cannot be written in full: no room in its folder, or for temporary "
                           "files");
    return FUL_OK;
}
