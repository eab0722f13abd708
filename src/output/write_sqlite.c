/* SPDX-License-Identifier: MIT */
/*
 * An SQLite database with one table per table. It is made in memory and written as one block of
 * bytes, so that no journal lies about and its pages do not depend on how a disk behaved.
 */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "output/table.h"

#define STATEMENT_ROOM 4096

/* Append to a statement; names are ours, of a-z, 0-9 and _, and need no more than quotes. */
static void append(char *statement, const char *before, const char *name, const char *after)
{
    const size_t have = strlen(statement);
    snprintf(statement + have, STATEMENT_ROOM - have, "%s%s%s", before, name, after);
}

static int create(sqlite3 *base, const table *t)
{
    static const char *const types[] = {"\" TEXT", "\" REAL", "\" INTEGER"};
    char statement[STATEMENT_ROOM] = "";
    append(statement, "CREATE TABLE \"", t->name, "\"(");
    for (int c = 0; c < t->columns; c++)
        append(statement, c > 0 ? ", \"" : "\"", t->column[c].name, types[t->column[c].type]);
    append(statement, ")", "", "");
    return sqlite3_exec(base, statement, NULL, NULL, NULL);
}

static int bind(sqlite3_stmt *insert, int at, const table_cell *cell, table_type type)
{
    if (cell->missing)
        return sqlite3_bind_null(insert, at);
    switch (type) {
    case TABLE_TEXT:
        return sqlite3_bind_text(insert, at, cell->text, -1, SQLITE_STATIC);
    case TABLE_REAL:
        return sqlite3_bind_double(insert, at, cell->real);
    case TABLE_INTEGER:
        break;
    }
    return sqlite3_bind_int64(insert, at, cell->integer);
}

static int fill(sqlite3 *base, const table *t)
{
    char statement[STATEMENT_ROOM] = "";
    sqlite3_stmt *insert = NULL;
    append(statement, "INSERT INTO \"", t->name, "\" VALUES(");
    for (int c = 0; c < t->columns; c++)
        append(statement, c > 0 ? ", " : "", "?", "");
    append(statement, ")", "", "");
    int status = sqlite3_prepare_v2(base, statement, -1, &insert, NULL);
    for (int r = 0; r < t->rows && status == SQLITE_OK; r++) {
        for (int c = 0; c < t->columns && status == SQLITE_OK; c++)
            status = bind(insert, c + 1, table_at(t, r, c), t->column[c].type);
        if (status == SQLITE_OK)
            status = sqlite3_step(insert) == SQLITE_DONE ? sqlite3_reset(insert) : SQLITE_ERROR;
    }
    sqlite3_finalize(insert);
    return status;
}

static ful_status save(sqlite3 *base, const char *path, ful_error *err)
{
    sqlite3_int64 size = 0;
    unsigned char *bytes = sqlite3_serialize(base, "main", &size, 0);
    if (!bytes)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the database");
    FILE *file = fopen(path, "wb");
    ful_status status = FUL_OK;
    if (file) {
        fwrite(bytes, 1, (size_t)size, file);
        status = table_close(file, path, err);
    } else {
        status =
            ful_fail_at(err, FUL_ERR_FILE, path, 0, 0, "cannot be written: %s", strerror(errno));
    }
    sqlite3_free(bytes);
    return status;
}

ful_status table_write_sqlite(const table *t, int count, const char *path, ful_error *err)
{
    sqlite3 *base = NULL;
    int done = sqlite3_open(":memory:", &base);
    if (done == SQLITE_OK)
        done = sqlite3_exec(base, "PRAGMA page_size=4096; BEGIN", NULL, NULL, NULL);
    for (int k = 0; k < count && done == SQLITE_OK; k++) {
        done = create(base, &t[k]);
        if (done == SQLITE_OK)
            done = fill(base, &t[k]);
    }
    if (done == SQLITE_OK)
        done = sqlite3_exec(base, "COMMIT", NULL, NULL, NULL);
    const ful_status status = done == SQLITE_OK
                                  ? save(base, path, err)
                                  : ful_fail_at(err, FUL_ERR_FILE, path, 0, 0, "SQLite: %s",
                                                base ? sqlite3_errmsg(base) : "out of memory");
    sqlite3_close(base);
    return status;
}
