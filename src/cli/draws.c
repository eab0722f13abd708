/* SPDX-License-Identifier: MIT */
#include "cli/draws.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "output/document.h"

/* ---- reading ---- */

static int same_text(const json_t *document, const char *key, const char *text)
{
    const char *found = json_string_value(json_object_get(document, key));
    return found && strcmp(found, text) == 0;
}

/* Whether the file was made from this case, by this program, with this question in mind. */
static int belongs(const json_t *document, const cli_drawing *drawing, const cli_case *c,
                   int package)
{
    const json_t *head = json_object_get(document, "fulcrum");
    const json_t *seed = json_object_get(head, "seed");
    return same_text(head, "command", drawing->command) &&
           same_text(head, "case_sha256", c->s->sha256) &&
           same_text(head, "version", ful_version()) && json_is_integer(seed) &&
           json_integer_value(seed) == c->args->seed &&
           same_text(document, "package", c->s->package[package].id);
}

static int read_draw(double *draw, int numbers, const json_t *row)
{
    if (json_array_size(row) != (size_t)numbers)
        return 0;
    for (int k = 0; k < numbers; k++) {
        const json_t *x = json_array_get(row, (size_t)k);
        if (!json_is_number(x) && !json_is_null(x))
            return 0;
        draw[k] = json_is_null(x) ? NAN : json_number_value(x);
    }
    return 1;
}

static int read_kept(double *draw, const cli_drawing *drawing, const cli_case *c, int package,
                     int draws)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", c->args->folder, drawing->file) >= (int)sizeof path)
        return 0;
    json_t *document = json_load_file(path, 0, NULL);
    const json_t *rows = json_object_get(document, "draws");
    int fits = belongs(document, drawing, c, package) && json_array_size(rows) >= (size_t)draws;
    for (int k = 0; fits && k < draws; k++, draw += drawing->numbers)
        fits = read_draw(draw, drawing->numbers, json_array_get(rows, (size_t)k));
    json_decref(document);
    return fits;
}

/* ---- writing ---- */

static json_t *make_document(const double *draw, const cli_drawing *drawing, const cli_case *c,
                             int package, int draws)
{
    json_t *document = document_new(c->s, drawing->command, c->args->seed), *rows = json_array();
    for (int d = 0; d < draws; d++) {
        json_t *row = json_array();
        for (int k = 0; k < drawing->numbers; k++)
            json_array_append_new(row, document_real_or_null(*draw++));
        json_array_append_new(rows, row);
    }
    json_object_set_new(document, "package", json_string(c->s->package[package].id));
    json_object_set_new(document, "draws", rows);
    return document;
}

static ful_status write_kept(const void *document, FILE *file, ful_error *err)
{
    if (json_dumpf(document, file, JSON_COMPACT | JSON_REAL_PRECISION(17)) != 0)
        return ful_fail(err, FUL_ERR_FILE, "the draws cannot be written");
    return FUL_OK;
}

static int keep_draws(const double *draw, const cli_drawing *drawing, const cli_case *c,
                      int package, int draws)
{
    json_t *document = make_document(draw, drawing, c, package, draws);
    const int code = cli_write_file(c->args->keep, write_kept, document);
    json_decref(document);
    return code;
}

int cli_draws(void *draw, const cli_drawing *drawing, const cli_case *c, int package, int draws)
{
    ful_error err = {0};
    if (!c->args->keep && read_kept(draw, drawing, c, package, draws))
        return EXIT_ANSWERED;
    if (drawing->make(draw, c, package, draws, &err) != FUL_OK)
        return cli_fail(&err);
    return c->args->keep ? keep_draws(draw, drawing, c, package, draws) : EXIT_ANSWERED;
}
