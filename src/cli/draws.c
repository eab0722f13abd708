/* SPDX-License-Identifier: MIT */
#include "cli/draws.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "output/document.h"

#define NUMBERS ((int)(sizeof(ful_draw) / sizeof(double)))

static double *number(ful_draw *draw, int k)
{
    return (double *)draw + k; /* the struct is made of nothing but doubles */
}

_Static_assert(sizeof(ful_draw) % sizeof(double) == 0, "only doubles");

/* ---- reading ---- */

static int same_text(const json_t *document, const char *key, const char *text)
{
    const char *found = json_string_value(json_object_get(document, key));
    return found && strcmp(found, text) == 0;
}

/* Whether the file was made from this case, by this program, with this question in mind. */
static int belongs(const json_t *document, const cli_case *c, int package)
{
    const json_t *head = json_object_get(document, "fulcrum");
    const json_t *seed = json_object_get(head, "seed");
    return same_text(head, "case_sha256", c->s->sha256) &&
           same_text(head, "version", ful_version()) && json_is_integer(seed) &&
           json_integer_value(seed) == c->args->seed &&
           same_text(document, "package", c->s->package[package].id);
}

static int read_draw(ful_draw *draw, const json_t *row)
{
    if (json_array_size(row) != (size_t)NUMBERS)
        return 0;
    for (int k = 0; k < NUMBERS; k++) {
        const json_t *x = json_array_get(row, (size_t)k);
        if (!json_is_number(x))
            return 0;
        *number(draw, k) = json_number_value(x);
    }
    return 1;
}

static int read_kept(ful_draw *draw, const cli_case *c, int package, int draws)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/draws.json", c->args->folder) >= (int)sizeof path)
        return 0;
    json_t *document = json_load_file(path, 0, NULL);
    const json_t *rows = json_object_get(document, "draws");
    int fits = belongs(document, c, package) && json_array_size(rows) >= (size_t)draws;
    for (int k = 0; fits && k < draws; k++)
        fits = read_draw(&draw[k], json_array_get(rows, (size_t)k));
    json_decref(document);
    return fits;
}

/* ---- writing ---- */

static json_t *make_document(ful_draw *draw, const cli_case *c, int package, int draws)
{
    json_t *document = document_new(c->s, "run", c->args->seed), *rows = json_array();
    for (int d = 0; d < draws; d++) {
        json_t *row = json_array();
        for (int k = 0; k < NUMBERS; k++)
            json_array_append_new(row, document_real(*number(&draw[d], k)));
        json_array_append_new(rows, row);
    }
    json_object_set_new(document, "package", json_string(c->s->package[package].id));
    json_object_set_new(document, "draws", rows);
    return document;
}

/* Written beside and renamed, so that a failure leaves nothing half-written. */
static ful_status write_kept(json_t *document, const char *path, ful_error *err)
{
    char beside[4096];
    FILE *file = NULL;
    if (snprintf(beside, sizeof beside, "%s.part", path) < (int)sizeof beside)
        file = fopen(beside, "w");
    int failed = !file || json_dumpf(document, file, JSON_COMPACT | JSON_REAL_PRECISION(17)) != 0;
    if (file)
        failed |= fclose(file) != 0;
    failed = failed || rename(beside, path) != 0;
    json_decref(document);
    if (!failed)
        return FUL_OK;
    if (file)
        remove(beside);
    return ful_fail(err, FUL_ERR_FILE, "%s cannot be written: %s", path, strerror(errno));
}

ful_status cli_draws(ful_draw *draw, const cli_case *c, int package, int draws, ful_error *err)
{
    const char *keep = c->args->keep;
    if (!keep && read_kept(draw, c, package, draws))
        return FUL_OK;
    ful_status status =
        ful_study_draws(draw, c->s, package, draws, (uint64_t)c->args->seed, &c->run, err);
    if (status == FUL_OK && keep)
        status = write_kept(make_document(draw, c, package, draws), keep, err);
    return status;
}
