/* SPDX-License-Identifier: MIT */
/* Files and values of a case folder, and the order in which its parts are read. */
#include "case/reader.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_FILE_BYTES ((long)1 << 30)

/* ---- files ------------------------------------------------------------------------------------- */

void *reader_take(reader *r, size_t count, size_t size)
{
    void *block = ful_arena_take(r->arena, count, size);
    if (!block)
        ful_fail(r->err, FUL_ERR_MEMORY, "out of memory for the case");
    return block;
}

static ful_status slurp(char **text, size_t *size, reader *r, FILE *file, const char *path)
{
    struct stat info;
    long bytes = -1;
    if (fstat(fileno(file), &info) == 0 && !S_ISREG(info.st_mode))
        return ful_fail_at(r->err, FUL_ERR_FILE, path, 0, 0, "is not a file");
    if (fseek(file, 0, SEEK_END) == 0)
        bytes = ftell(file);
    if (bytes < 0 || bytes > MAX_FILE_BYTES || fseek(file, 0, SEEK_SET) != 0)
        return ful_fail_at(r->err, FUL_ERR_FILE, path, 0, 0, "cannot be read, or is above 1 GiB");
    *text = reader_take(r, (size_t)bytes + 1, 1);
    if (!*text)
        return FUL_ERR_MEMORY;
    if (fread(*text, 1, (size_t)bytes, file) != (size_t)bytes)
        return ful_fail_at(r->err, FUL_ERR_FILE, path, 0, 0, "cannot be read to its end");
    *size = (size_t)bytes;
    return FUL_OK;
}

ful_status reader_file(char **text, size_t *size, const char **path, reader *r, const char *name,
                       int needed)
{
    *text = NULL;
    *size = 0;
    const size_t room = strlen(r->c->folder) + strlen(name) + 2;
    char *full = reader_take(r, room, 1);
    if (!full)
        return FUL_ERR_MEMORY;
    snprintf(full, room, "%s/%s", r->c->folder, name);
    *path = full;
    FILE *file = fopen(full, "rb");
    if (!file && !needed && errno == ENOENT)
        return FUL_OK;
    if (!file)
        return ful_fail_at(r->err, FUL_ERR_FILE, full, 0, 0,
                           "cannot be opened (%s): a case folder needs this file", strerror(errno));
    const ful_status status = slurp(text, size, r, file, full);
    fclose(file);
    if (status == FUL_OK) {
        /* name and length fence the contents of one file from the next */
        char head[300];
        const int length = snprintf(head, sizeof head, "%s %zu\n", name, *size);
        ful_sha256_add(&r->hash, head, (size_t)length);
        ful_sha256_add(&r->hash, *text, *size);
    }
    return status;
}

ful_status reader_csv(csv_table *out, reader *r, const char *name, const csv_columns *columns,
                      int needed)
{
    char *text;
    size_t size;
    const char *path;
    *out = (csv_table){.file = name};
    const ful_status status = reader_file(&text, &size, &path, r, name, needed);
    if (status != FUL_OK || !text)
        return status;
    return csv_read(out, text, size, path, columns, r->arena, r->err);
}

/* ---- values ------------------------------------------------------------------------------------ */

ful_status reader_refuse(reader *r, const char *file, int line, int column, const char *format, ...)
{
    char text[FUL_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return ful_fail_at(r->err, FUL_ERR_DATA, file, line, column, "%s", text);
}

void reader_remark(reader *r, const char *file, int line, const char *format, ...)
{
    char text[FUL_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char *copy = ful_arena_text(r->arena, text);
    if (copy && r->c->remarks < READER_MAX_REMARKS)
        r->c->remark[r->c->remarks++] = (ful_remark){file, line, copy};
}

/* Digits, point, exponent: a number as written in every case file, whatever the locale. */
static int parse_real(double *out, const char *text)
{
    if (text[strspn(text, "+-.0123456789eE")] != '\0' || !*text)
        return -1;
    char *end;
    const char *point = localeconv()->decimal_point;
    if (point[0] == '.' && point[1] == '\0') {
        *out = strtod(text, &end);
        return *end == '\0' && isfinite(*out) ? 0 : -1;
    }
    /* strtod wants the locale's decimal point */
    char local[128];
    size_t to = 0;
    for (; *text && to + 8 < sizeof local; text++) {
        if (*text == '.')
            for (const char *p = point; *p && to + 1 < sizeof local; p++)
                local[to++] = *p;
        else
            local[to++] = *text;
    }
    if (*text)
        return -1;
    local[to] = '\0';
    *out = strtod(local, &end);
    return *end == '\0' && isfinite(*out) ? 0 : -1;
}

ful_status reader_number(double *out, reader *r, const char *file, const char *text, int line,
                         int column, const char *what, double low, double high)
{
    if (!*text)
        return reader_refuse(r, file, line, column, "%s is empty: a number is needed", what);
    if (parse_real(out, text) != 0)
        return reader_refuse(r, file, line, column, "%s '%.60s' is not a finite number", what, text);
    if (!(*out >= low && *out <= high))
        return reader_refuse(r, file, line, column, "%s is %s, expected %g..%g", what, text, low, high);
    return FUL_OK;
}

ful_status reader_field(double *out, reader *r, const csv_table *t, int row, int column,
                        const char *what, double low, double high)
{
    const csv_field *f = csv_at(t, row, column);
    return reader_number(out, r, t->file, f->text, f->line, f->column, what, low, high);
}

ful_status reader_name(int *out, reader *r, const char *file, const char *text, int line, int column,
                       const char *kind, int count, const char *const *names)
{
    for (int k = 0; k < count; k++)
        if (strcmp(names[k], text) == 0) {
            *out = k;
            return FUL_OK;
        }
    const char *near = ful_nearest_name(text, count, names);
    return reader_refuse(r, file, line, column, "%s '%.60s' is not declared%s%s%s", kind, text,
                         near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

#define NAMES(what, count_of, array)                                                               \
    const char *const *reader_##what##_names(reader *r)                                            \
    {                                                                                              \
        const ful_situation *s = &r->c->s;                                                         \
        const char **names = reader_take(r, (size_t)s->count_of + 1, sizeof *names);               \
        for (int k = 0; names && k < s->count_of; k++)                                             \
            names[k] = s->array[k].id;                                                             \
        return names;                                                                              \
    }
NAMES(actor, actors, actor)
NAMES(sector, sectors, sector)
NAMES(group, groups, group)
#undef NAMES

/* The common case of a hit costs no memory; only a miss gathers the names. */
#define LOOKUP(what, count_of, array)                                                              \
    ful_status reader_##what(int *out, reader *r, const csv_table *t, int row, int column)         \
    {                                                                                              \
        const ful_situation *s = &r->c->s;                                                         \
        const csv_field *f = csv_at(t, row, column);                                               \
        for (int k = 0; k < s->count_of; k++)                                                      \
            if (strcmp(s->array[k].id, f->text) == 0) {                                            \
                *out = k;                                                                          \
                return FUL_OK;                                                                     \
            }                                                                                      \
        const char *const *names = reader_##what##_names(r);                                       \
        if (!names)                                                                                \
            return FUL_ERR_MEMORY;                                                                 \
        return reader_name(out, r, t->file, f->text, f->line, f->column, #what, s->count_of,       \
                           names);                                                                 \
    }
LOOKUP(actor, actors, actor)
LOOKUP(sector, sectors, sector)
LOOKUP(group, groups, group)
#undef LOOKUP

ful_status reader_source(const char **out, reader *r, const char *file, const char *text, int line,
                         int column)
{
    if (!*text)
        return reader_refuse(r, file, line, column,
                             "the source is missing: name a key of sources.bib");
    int k;
    const ful_status status =
        reader_name(&k, r, file, text, line, column, "source", r->sources, r->source);
    if (status != FUL_OK)
        return status;
    r->cited[k] = 1;
    *out = r->source[k];
    return FUL_OK;
}

ful_status reader_grade(char *out, reader *r, const csv_table *t, int row, int column)
{
    const csv_field *f = csv_at(t, row, column);
    if (f->text[0] < 'A' || f->text[0] > 'E' || f->text[1] != '\0')
        return reader_refuse(r, t->file, f->line, f->column,
                             "grade '%.20s', expected one of A B C D E", f->text);
    *out = f->text[0];
    return FUL_OK;
}

ful_status reader_date(int *out, reader *r, const char *file, const char *text, int line, int column)
{
    if (ful_date_parse(out, text) != 0)
        return reader_refuse(r, file, line, column, "'%.40s' is not a date of the form YYYY-MM-DD",
                             text);
    return FUL_OK;
}

/* ---- names that are near ------------------------------------------------------------------------ */

/* Levenshtein distance, cut off at 64 letters. */
static int distance(const char *a, const char *b)
{
    int row[65];
    const int n = (int)strlen(a), m = (int)strlen(b);
    if (n > 64 || m > 64)
        return 64;
    for (int j = 0; j <= m; j++)
        row[j] = j;
    for (int i = 1; i <= n; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= m; j++) {
            const int above = row[j];
            const int change = diagonal + (a[i - 1] != b[j - 1]);
            int least = above + 1 < row[j - 1] + 1 ? above + 1 : row[j - 1] + 1;
            row[j] = change < least ? change : least;
            diagonal = above;
        }
    }
    return row[m];
}

const char *ful_nearest_name(const char *name, int count, const char *const *names)
{
    const char *best = NULL;
    /* one slip in three letters still looks like a slip */
    int least = (int)strlen(name) / 3 + 1;
    for (int k = 0; k < count; k++) {
        const int d = distance(name, names[k]);
        if (d < least || (d == least && !best)) {
            least = d;
            best = names[k];
        }
    }
    return best;
}

/* ---- the folder --------------------------------------------------------------------------------- */

static ful_status read_all(reader *r)
{
    char *text;
    size_t size;
    const char *path;
    yaml_node *root;
    ful_status status = reader_file(&text, &size, &path, r, "case.yaml", 1);
    if (status == FUL_OK)
        status = yaml_document(&root, text, size, path, r->arena, r->err);
    if (status == FUL_OK)
        status = reader_sources(r);
    if (status == FUL_OK)
        status = reader_parameters(r);
    if (status == FUL_OK)
        status = reader_outline(r, root, path);
    if (status == FUL_OK)
        status = reader_trade(r);
    if (status == FUL_OK)
        status = reader_laws(r);
    if (status == FUL_OK)
        status = reader_play(r, root, path);
    if (status == FUL_OK)
        status = reader_record(r);
    if (status != FUL_OK)
        return status;
    for (int k = 0; k < r->sources; k++)
        if (!r->cited[k])
            reader_remark(r, "sources.bib", 0, "source '%s' is not cited", r->source[k]);
    r->c->s.parameter = r->parameter;
    r->c->s.parameters = r->parameters;
    ful_sha256_finish(&r->hash, r->c->s.sha256);
    return FUL_OK;
}

ful_status ful_case_load(ful_case **out, const char *folder, const ful_allocator *allocator,
                         ful_error *err)
{
    *out = NULL;
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    ful_case *c = ful_arena_take(arena, 1, sizeof *c);
    if (c) {
        c->arena = arena;
        c->folder = ful_arena_text(arena, folder);
    }
    if (!c || !c->folder) {
        ful_arena_free(arena);
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the case");
    }
    reader r = {.c = c, .arena = arena, .err = err};
    ful_sha256_init(&r.hash);
    status = read_all(&r);
    if (status != FUL_OK)
        ful_arena_free(arena);
    else
        *out = c;
    return status;
}

void ful_case_free(ful_case *c)
{
    if (c)
        ful_arena_free(c->arena);
}

const ful_situation *ful_case_situation(const ful_case *c)
{
    return &c->s;
}

int ful_case_remarks(const ful_case *c, const ful_remark **out)
{
    *out = c->remark;
    return c->remarks;
}
