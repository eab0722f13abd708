/* SPDX-License-Identifier: MIT */
/* A Stata data set (.dta, format 118: Stata 14 and later) through ReadStat. */
#include <errno.h>
#include <readstat.h>
#include <string.h>
#include <time.h>

#include "output/table.h"

#define STATA_TEXT_MAX 2045           /* bytes of the longest plain text variable */
#define STATA_LONG_MAX 2147483620     /* above it, a long stands for missing values */
#define STATA_LABEL_ROOM (4 * 80 + 1) /* bytes of 80 characters */

static ssize_t write_bytes(const void *bytes, size_t size, void *file)
{
    return fwrite(bytes, 1, size, file) == size ? (ssize_t)size : -1;
}

/*
 * The stamp in the file is local time in words. The first noon of 1980 as this machine's clocks
 * would show it gives the same words everywhere.
 */
static time_t fixed_stamp(void)
{
    struct tm noon = {.tm_year = 80, .tm_mon = 0, .tm_mday = 1, .tm_hour = 12, .tm_isdst = -1};
    return mktime(&noon);
}

/* Bytes that the longest text of a column takes; at least 1, which Stata wants. */
static size_t text_bytes(const table *t, int c)
{
    size_t longest = 1;
    for (int r = 0; r < t->rows; r++) {
        const table_cell *cell = table_at(t, r, c);
        const size_t length = cell->missing ? 0 : strlen(cell->text);
        longest = length > longest ? length : longest;
    }
    return longest;
}

static int fits_long(const table *t, int c)
{
    for (int r = 0; r < t->rows; r++) {
        const table_cell *cell = table_at(t, r, c);
        if (!cell->missing && (cell->integer > STATA_LONG_MAX || cell->integer < -STATA_LONG_MAX))
            return 0;
    }
    return 1;
}

/* A variable of the column's type, labelled "label (unit)"; NULL where a text is too long. */
static const readstat_variable_t *declare(readstat_writer_t *writer, const table *t, int c)
{
    const table_column *column = &t->column[c];
    char label[STATA_LABEL_ROOM];
    readstat_type_t type = READSTAT_TYPE_DOUBLE;
    size_t width = 0;
    if (column->type == TABLE_TEXT) {
        type = READSTAT_TYPE_STRING;
        width = text_bytes(t, c);
        if (width > STATA_TEXT_MAX)
            return NULL;
    } else if (column->type == TABLE_INTEGER && fits_long(t, c)) {
        type = READSTAT_TYPE_INT32;
    }
    readstat_variable_t *variable = readstat_add_variable(writer, column->name, type, width);
    snprintf(label, sizeof label, column->unit[0] ? "%s (%s)" : "%s", column->label, column->unit);
    readstat_variable_set_label(variable, label);
    return variable;
}

static readstat_error_t insert(readstat_writer_t *writer, const table_cell *cell, table_type type,
                               const readstat_variable_t *variable)
{
    if (type == TABLE_TEXT)
        return readstat_insert_string_value(writer, variable, cell->missing ? "" : cell->text);
    if (cell->missing)
        return readstat_insert_missing_value(writer, variable);
    if (type == TABLE_REAL)
        return readstat_insert_double_value(writer, variable, cell->real);
    if (readstat_variable_get_type(variable) == READSTAT_TYPE_DOUBLE)
        return readstat_insert_double_value(writer, variable, (double)cell->integer);
    return readstat_insert_int32_value(writer, variable, (int32_t)cell->integer);
}

static readstat_error_t write_rows(readstat_writer_t *writer, const table *t)
{
    readstat_error_t status = READSTAT_OK;
    for (int r = 0; r < t->rows && status == READSTAT_OK; r++) {
        status = readstat_begin_row(writer);
        for (int c = 0; c < t->columns && status == READSTAT_OK; c++)
            status = insert(writer, table_at(t, r, c), t->column[c].type,
                            readstat_get_variable(writer, c));
        if (status == READSTAT_OK)
            status = readstat_end_row(writer);
    }
    return status == READSTAT_OK ? readstat_end_writing(writer) : status;
}

static ful_status write_table(FILE *file, const table *t, const char *path, ful_error *err)
{
    readstat_writer_t *writer = readstat_writer_init();
    if (!writer)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a Stata file");
    readstat_set_data_writer(writer, write_bytes);
    readstat_writer_set_file_format_version(writer, 118);
    readstat_writer_set_file_timestamp(writer, fixed_stamp());
    readstat_writer_set_file_label(writer, t->label);
    ful_status status = FUL_OK;
    for (int c = 0; c < t->columns && status == FUL_OK; c++)
        if (!declare(writer, t, c))
            status = ful_fail_at(err, FUL_ERR_FILE, path, 0, 0,
                                 "a text of column '%s' is longer than the %d bytes that Stata "
                                 "takes; write another format",
                                 t->column[c].name, STATA_TEXT_MAX);
    if (status == FUL_OK) {
        readstat_error_t done = readstat_begin_writing_dta(writer, file, t->rows);
        if (done == READSTAT_OK)
            done = write_rows(writer, t);
        if (done == READSTAT_ERROR_WRITE)
            status = ful_fail_at(err, FUL_ERR_FILE, path, 0, 0, "cannot be written: %s",
                                 strerror(errno));
        else if (done != READSTAT_OK)
            status = ful_fail_at(err, FUL_ERR_FILE, path, 0, 0, "cannot be written: ReadStat: %s",
                                 readstat_error_message(done));
    }
    readstat_writer_free(writer);
    return status;
}

ful_status table_write_stata(const table *t, int count, const char *path, ful_error *err)
{
    if (count != 1)
        return ful_fail(err, FUL_ERR_ARGUMENT, "a Stata file holds one table, not %d", count);
    FILE *file = fopen(path, "wb");
    if (!file)
        return ful_fail_at(err, FUL_ERR_FILE, path, 0, 0, "cannot be written: %s", strerror(errno));
    const ful_status status = write_table(file, t, path, err);
    const ful_status closed = table_close(file, path, status == FUL_OK ? err : NULL);
    return status == FUL_OK ? closed : status;
}
