/* SPDX-License-Identifier: MIT */
/* Which format a file name asks for, and files that appear whole or not at all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/table.h"

typedef struct format {
    const char *suffix;
    int holds_all; /* whether one file holds all tables */
    ful_status (*write)(const table *t, int count, const char *path, ful_error *err);
} format;

static const format formats[] = {{".csv", 0, table_write_csv},
                                 {".dta", 0, table_write_stata},
                                 {".sqlite", 1, table_write_sqlite},
                                 {".xlsx", 1, table_write_xlsx}};
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

/* One file to be: its name, and the name that it has until it is whole. */
typedef struct output_file {
    char *path, *beside;
    int renamed;
} output_file;

/* STEM-NAME.SUFFIX, or `path` itself where `name` is NULL. */
static ful_status name_file(output_file *out, const char *path, const char *name, ful_arena *arena,
                            ful_error *err)
{
    const char *suffix = strrchr(path, '.');
    const size_t room = strlen(path) + (name ? strlen(name) : 0) + sizeof "-.part";
    out->path = ful_arena_take(arena, room, 1);
    out->beside = ful_arena_take(arena, room, 1);
    if (!out->path || !out->beside)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a file name");
    snprintf(out->path, room, "%.*s%s%s%s", (int)(suffix - path), path, name ? "-" : "",
             name ? name : "", suffix);
    snprintf(out->beside, room, "%s.part", out->path);
    return FUL_OK;
}

static ful_status write_beside(const output_file *file, const format *f, const table *t, int count,
                               ful_error *err)
{
    /* found out here, in the system's words, whatever the library behind the format says */
    FILE *probe = fopen(file->beside, "wb");
    if (!probe)
        return ful_fail_at(err, FUL_ERR_FILE, file->path, 0, 0, "cannot be written: %s",
                           strerror(errno));
    fclose(probe);
    const ful_status status = f->write(t, count, file->beside, err);
    if (status != FUL_OK && err) /* named as the user named it */
        snprintf(err->file, sizeof err->file, "%s", file->path);
    return status;
}

ful_status tables_write(const table_set *set, const char *path, FILE *talk, ful_arena *arena,
                        ful_error *err)
{
    const format *f = find(path);
    output_file file[TABLES_MAX] = {{0}};
    if (!f)
        return ful_fail(err, FUL_ERR_ARGUMENT, "'%s': expected a name that ends with one of %s",
                        path, tables_suffixes());
    const int files = f->holds_all ? 1 : set->tables;
    ful_status status = FUL_OK;
    int begun = 0;
    for (int k = 0; k < files && status == FUL_OK; k++) {
        status = name_file(&file[k], path, f->holds_all ? NULL : set->table[k].name, arena, err);
        begun = status == FUL_OK ? k + 1 : begun;
        if (status == FUL_OK)
            status = write_beside(&file[k], f, &set->table[k], f->holds_all ? set->tables : 1, err);
    }
    for (int k = 0; k < files && status == FUL_OK; k++) {
        file[k].renamed = rename(file[k].beside, file[k].path) == 0;
        if (!file[k].renamed)
            status = ful_fail_at(err, FUL_ERR_FILE, file[k].path, 0, 0, "cannot be written: %s",
                                 strerror(errno));
    }
    for (int k = 0; k < begun && status != FUL_OK; k++)
        remove(file[k].renamed ? file[k].path : file[k].beside);
    for (int k = 0; k < files && status == FUL_OK && talk; k++)
        fprintf(talk, "fulcrum: wrote %s\n", file[k].path);
    return status;
}
