/* SPDX-License-Identifier: MIT */
/*
 * A copy of the teaching case in which one thing is changed. Expected positions are found in the
 * changed text by a mark, so that they do not depend on the reader or on the line numbers of the
 * case.
 */
#ifndef FUL_TEST_SANDBOX_H
#define FUL_TEST_SANDBOX_H

#include "ful_test.h"

#include <stdlib.h>
#include <unistd.h>

#include "fulcrum/case.h"

static const char *const sandbox_files[] = {
    "case.yaml",  "claims.yaml", "economy.csv", "enforcement.csv", "history.csv",
    "hubs.csv",   "inputs.csv",  "latent.csv",  "measures.csv",    "parameters.csv",
    "record.csv", "shocks.csv",  "sources.bib", "tariffs.csv",     "trade.csv"};
enum { SANDBOX_FILES = sizeof sandbox_files / sizeof *sandbox_files };

typedef struct sandbox {
    char folder[256];
} sandbox;

static inline const char *sandbox_cases(void)
{
    const char *cases = getenv("FULCRUM_CASES");
    assert_non_null(cases);
    return cases;
}

static inline void sandbox_path(char *out, size_t size, const char *folder, const char *name)
{
    assert_true((size_t)snprintf(out, size, "%s/%s", folder, name) < size);
}

/* The bytes of a file, NUL behind them; for the caller to free. */
static inline char *sandbox_slurp(const char *folder, const char *name, size_t *size)
{
    char path[512];
    sandbox_path(path, sizeof path, folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long bytes = ftell(file);
    assert_true(bytes >= 0);
    rewind(file);
    char *text = calloc((size_t)bytes + 1, 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)bytes, file), (size_t)bytes);
    fclose(file);
    *size = (size_t)bytes;
    return text;
}

static inline void sandbox_write(const sandbox *box, const char *name, const char *text,
                                 size_t size)
{
    char path[512];
    sandbox_path(path, sizeof path, box->folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static inline void sandbox_remove(const sandbox *box, const char *name)
{
    char path[512];
    sandbox_path(path, sizeof path, box->folder, name);
    assert_int_equal(remove(path), 0);
}

static inline void sandbox_new(sandbox *box)
{
    char triangle[256];
    const char *temporary = getenv("TMPDIR");
    sandbox_path(triangle, sizeof triangle, sandbox_cases(), "triangle");
    sandbox_path(box->folder, sizeof box->folder, temporary ? temporary : "/tmp", "fulcrum-XXXXXX");
    assert_non_null(mkdtemp(box->folder));
    for (int k = 0; k < SANDBOX_FILES; k++) {
        size_t size;
        char *text = sandbox_slurp(triangle, sandbox_files[k], &size);
        sandbox_write(box, sandbox_files[k], text, size);
        free(text);
    }
}

static inline void sandbox_free(const sandbox *box)
{
    for (int k = 0; k < SANDBOX_FILES; k++) {
        char path[512];
        sandbox_path(path, sizeof path, box->folder, sandbox_files[k]);
        remove(path);
    }
    rmdir(box->folder);
}

/* Line and column of the byte at `at`, counted in characters. */
static inline void sandbox_place(const char *text, const char *at, int *line, int *column)
{
    *line = *column = 1;
    for (; text < at; text++) {
        if (*text == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)*text & 0xc0) != 0x80) {
            ++*column;
        }
    }
}

/* Replace the first `old` of a file by `new`. A ^ in `new` is left out and marks a place: its line
 * and column in the changed file, 0 where there is none. */
static inline void sandbox_edit(const sandbox *box, const char *name, const char *old,
                                const char *new, int *line, int *column)
{
    size_t size;
    char *text = sandbox_slurp(box->folder, name, &size);
    char *found = strstr(text, old);
    if (!found) {
        print_error("%s holds no \"%s\"\n", name, old);
        fail();
    }
    char *changed = calloc(size + strlen(new) + 1, 1);
    assert_non_null(changed);
    snprintf(changed, size + strlen(new) + 1, "%.*s%s%s", (int)(found - text), text, new,
             found + strlen(old));
    char *mark = strchr(changed, '^');
    *line = *column = 0;
    if (mark) {
        memmove(mark, mark + 1, strlen(mark));
        sandbox_place(changed, mark, line, column);
    }
    sandbox_write(box, name, changed, strlen(changed));
    free(changed);
    free(text);
}

/* The folder must be refused; the error is checked for its status, file and place. */
static inline void sandbox_refused(const sandbox *box, ful_status status, const char *file,
                                   int line, int column, const char *part)
{
    ful_error err = {0};
    ful_case *c = (ful_case *)&err;
    ful_test_memory memory;
    ful_test_memory_init(&memory, -1);
    const ful_status got = ful_case_load(&c, box->folder, &memory.allocator, &err);
    char path[512];
    sandbox_path(path, sizeof path, box->folder, file);
    if (got != status || !strstr(err.text, part) || strcmp(err.file, path) != 0 ||
        err.line != line || err.column != column) {
        print_error("%s:%d:%d: %s: \"%s\"\nexpected %s:%d:%d: %s: \"%s\"\n", err.file, err.line,
                    err.column, ful_status_text(got), err.text, path, line, column,
                    ful_status_text(status), part);
        fail();
    }
    assert_null(c);
    assert_int_equal(memory.live, 0);
}

/* The folder must be accepted; for the caller to free. */
static inline ful_case *sandbox_accepted(const sandbox *box)
{
    ful_error err = {0};
    ful_case *c;
    ful_status_is(ful_case_load(&c, box->folder, NULL, &err), FUL_OK, &err);
    return c;
}

/* `new` replaces `old` in `file`. Without a mark in it the error is in `where` (NULL: the same
 * file), at the mark in `anchor` (NULL: the file as a whole). */
typedef struct change {
    const char *file, *old, *new, *part;
    const char *where, *anchor;
} sandbox_change;

static inline void sandbox_check_change(const sandbox_change *x)
{
    sandbox box;
    int line, column;
    sandbox_new(&box);
    sandbox_edit(&box, x->file, x->old, x->new, &line, &column);
    const char *where = x->where ? x->where : x->file;
    if (x->anchor) {
        char plain[128];
        snprintf(plain, sizeof plain, "%s", x->anchor);
        char *mark = strchr(plain, '^');
        memmove(mark, mark + 1, strlen(mark));
        sandbox_edit(&box, where, plain, x->anchor, &line, &column);
    }
    /* a mark in the text stands for a row as a whole */
    const char *part = x->part;
    if (*part == '^') {
        size_t size;
        char *text = sandbox_slurp(box.folder, where, &size);
        sandbox_place(text, strstr(text, x->new), &line, &column);
        free(text);
        part++;
    }
    sandbox_refused(&box, FUL_ERR_DATA, where, line, column, part);
    sandbox_free(&box);
}

static inline void sandbox_check_changes(const sandbox_change *x, size_t count)
{
    for (size_t k = 0; k < count; k++)
        sandbox_check_change(&x[k]);
}

#endif
