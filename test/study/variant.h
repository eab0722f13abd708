/* SPDX-License-Identifier: MIT */
/* A copy of the teaching case in which some texts are replaced, loaded. */
#ifndef FULCRUM_TEST_VARIANT_H
#define FULCRUM_TEST_VARIANT_H

#include "ful_test.h"

#include <unistd.h>

#include "fulcrum/case.h"
#include "fulcrum/study.h"

/* The first `old` in the file becomes `new`. */
typedef struct variant_edit {
    const char *file, *old, *new;
} variant_edit;

typedef struct variant {
    char folder[256];
    ful_case *loaded;
    const ful_situation *s;
    ful_world *world;
} variant;

static const char *const variant_files[] = {
    "case.yaml",  "claims.yaml", "economy.csv", "enforcement.csv", "history.csv",
    "hubs.csv",   "inputs.csv",  "latent.csv",  "measures.csv",    "parameters.csv",
    "record.csv", "shocks.csv",  "sources.bib", "tariffs.csv",     "trade.csv"};
enum { VARIANT_FILES = sizeof variant_files / sizeof *variant_files };

static inline void variant_copy(const char *from, const char *folder, const char *name,
                                const variant_edit *edit)
{
    char path[1024];
    static char text[1 << 17], changed[1 << 17];
    snprintf(path, sizeof path, "%s/%s", from, name);
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    const size_t size = fread(text, 1, sizeof text - 1, in);
    fclose(in);
    text[size] = '\0';
    for (; edit->file; edit++) {
        if (strcmp(edit->file, name) != 0)
            continue;
        const char *found = strstr(text, edit->old);
        assert_non_null(found);
        assert_true((size_t)snprintf(changed, sizeof changed, "%.*s%s%s", (int)(found - text), text,
                                     edit->new, found + strlen(edit->old)) < sizeof changed);
        memcpy(text, changed, strlen(changed) + 1);
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, strlen(text), out), strlen(text));
    assert_int_equal(fclose(out), 0);
}

/* `edit` ends with {NULL, NULL, NULL}. */
static inline void variant_open(variant *v, const variant_edit *edit)
{
    char from[512];
    ful_error err;
    const char *root = getenv("FULCRUM_ROOT"), *temporary = getenv("TMPDIR");
    snprintf(from, sizeof from, "%s/cases/triangle", root ? root : ".");
    snprintf(v->folder, sizeof v->folder, "%s/fulcrum-XXXXXX", temporary ? temporary : "/tmp");
    assert_non_null(mkdtemp(v->folder));
    for (int k = 0; k < VARIANT_FILES; k++)
        variant_copy(from, v->folder, variant_files[k], edit);
    ful_status_is(ful_case_load(&v->loaded, v->folder, NULL, &err), FUL_OK, &err);
    v->s = ful_case_situation(v->loaded);
    ful_status_is(ful_world_new(&v->world, v->s, NULL, NULL, &err), FUL_OK, &err);
}

static inline void variant_close(variant *v)
{
    for (int k = 0; k < VARIANT_FILES; k++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", v->folder, variant_files[k]);
        remove(path);
    }
    rmdir(v->folder);
    ful_world_free(v->world);
    ful_case_free(v->loaded);
}

#endif
