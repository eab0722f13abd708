/* SPDX-License-Identifier: MIT */
/* Which format a file name asks for, and the files of a set of tables, all of them or none. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/file.h"
#include "output/table.h"

typedef struct format {
    const char *suffix;
    int holds_all; /* whether one file holds all tables */
    int streams;   /* whether it is written from beginning to end, as a pipe wants it */
    ful_status (*write)(const table *t, int count, const char *path, ful_error *err);
} format;

static const format formats[] = {{".csv", 0, 1, table_write_csv},
                                 {".dta", 0, 1, table_write_stata},
                                 {".sqlite", 1, 1, table_write_sqlite},
                                 {".xlsx", 1, 0, table_write_xlsx}};
#define FORMATS (sizeof formats / sizeof *formats)

const char *tables_suffixes(void)
{
    return ".csv, .dta (Stata), .sqlite, .xlsx";
}

/* The format that the suffix names; NULL where it names none, or where nothing stands before it. */
static const format *find(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    for (size_t k = 0; dot && dot != name && k < FORMATS; k++)
        if (strcmp(dot, formats[k].suffix) == 0)
            return &formats[k];
    return NULL;
}

int tables_known(const char *path)
{
    return find(path) != NULL;
}

const char *table_type_name(table_type type)
{
    static const char *const names[] = {"text", "real", "integer"};
    return names[type];
}

const char *table_number(char room[TABLE_NUMBER_ROOM], double x)
{
    char text[TABLE_NUMBER_ROOM] = "";
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
    return memcpy(room, text, sizeof text);
}

ful_status table_close(FILE *file, const char *path, ful_error *err)
{
    int failed = ferror(file) != 0; /* errno still says what made it fail */
    failed |= fflush(file) != 0;
    int reason = errno;
    if (fclose(file) != 0 && !failed) {
        failed = 1;
        reason = errno;
    }
    return failed ? ful_fail_at(err, FUL_ERR_FILE, path, 0, 0, "cannot be written: %s",
                                strerror(reason))
                  : FUL_OK;
}

/* STEM-NAME.SUFFIX, or `path` itself where `name` is NULL. */
static ful_status begin(output_file *out, const char *path, const char *name, ful_arena *arena,
                        ful_error *err)
{
    const char *suffix = strrchr(path, '.');
    const size_t room = strlen(path) + (name ? strlen(name) : 0) + sizeof "-";
    char *full = ful_arena_take(arena, room, 1);
    if (!full)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a file name");
    snprintf(full, room, "%.*s%s%s%s", (int)(suffix - path), path, name ? "-" : "",
             name ? name : "", suffix);
    return output_file_begin(out, full, err);
}

/* Found out here, in the system's words, whatever the library behind the format says of it. */
static ful_status probe(const output_file *file, const format *f, ful_error *err)
{
    if (!file->regular && !f->streams)
        return ful_fail_at(err, FUL_ERR_FILE, file->name, 0, 0,
                           "cannot be written: %s files cannot go through a pipe or to a device; "
                           "name a regular file or another format",
                           f->suffix);
    if (!file->regular) /* to open a pipe twice would end it for its reader */
        return FUL_OK;
    FILE *opened = fopen(file->at, "wb");
    if (!opened)
        return output_file_refused(file, errno, err);
    fclose(opened);
    return FUL_OK;
}

static ful_status write_one(const output_file *file, const format *f, const table *t, int count,
                            ful_error *err)
{
    ful_status status = probe(file, f, err);
    if (status == FUL_OK)
        status = f->write(t, count, file->at, err);
    if (status != FUL_OK && err) /* named as the user named it */
        snprintf(err->file, sizeof err->file, "%s", file->name);
    return status;
}

ful_status tables_write(const table_set *set, const char *path, FILE *talk, ful_arena *arena,
                        ful_error *err)
{
    const format *f = find(path);
    if (!f)
        return ful_fail(err, FUL_ERR_ARGUMENT, "'%s': expected a name that ends with one of %s",
                        path, tables_suffixes());
    const int files = f->holds_all ? 1 : set->tables;
    output_file *file = ful_arena_take(arena, (size_t)files, sizeof *file);
    if (!file)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for files");
    ful_status status = FUL_OK;
    int begun = 0;
    for (int k = 0; k < files && status == FUL_OK; k++) {
        status = begin(&file[k], path, f->holds_all ? NULL : set->table[k].name, arena, err);
        begun = status == FUL_OK ? k + 1 : begun;
        if (status == FUL_OK)
            status = write_one(&file[k], f, &set->table[k], f->holds_all ? set->tables : 1, err);
    }
    for (int k = 0; k < files && status == FUL_OK; k++)
        status = output_file_place(&file[k], err);
    for (int k = 0; k < begun && status != FUL_OK; k++)
        output_file_drop(&file[k]);
    for (int k = 0; k < files && status == FUL_OK && talk; k++)
        fprintf(talk, "fulcrum: wrote %s\n", file[k].name);
    return status;
}
