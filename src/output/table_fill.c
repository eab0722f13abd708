/* SPDX-License-Identifier: MIT */
/* From a document and a layout to tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output/table.h"

#define DEPTH 4     /* the document and the lists inside one another that a path may open */
#define KEY_ROOM 64 /* bytes of the longest key of a path */

/* One step of the way to a row: the value reached, and how. */
typedef struct place {
    const json_t *value;
    const char *key; /* NULL in a list */
    int position;    /* from 1 */
} place;

/* The walk over the rows of one table. */
typedef struct walk {
    place at[DEPTH];
    int depth;
    const char *tag;
    const table_layout *layout;
    table *out;
    table_cell *cell; /* the next one to fill; NULL while rows are counted */
    int found;        /* whether the source is in the document */
    ful_arena *arena;
    ful_error *err;
} walk;

/* A layout that does not fit its document is a defect of the program, not of the input. */
static ful_status misfit(const walk *w, const table_column *column, const char *what)
{
    return ful_fail(w->err, FUL_ERR_ARGUMENT, "column '%s' of table '%s', '%s' in the document, %s",
                    column->name, w->layout->name, column->from, what);
}

/* The child that the first key of *path names; *path moves behind the key. */
static const json_t *step(const json_t *value, const char **path)
{
    char key[KEY_ROOM];
    const size_t length = strcspn(*path, ".[{");
    snprintf(key, sizeof key, "%.*s", (int)length, *path);
    *path += length;
    return json_object_get(value, key);
}

/* ---- one cell ---- */

/* Texts of a list, joined by "+". */
static ful_status join(const char **out, const walk *w, const table_column *column,
                       const json_t *list)
{
    size_t room = 1;
    for (size_t k = 0; k < json_array_size(list); k++) {
        if (!json_is_string(json_array_get(list, k)))
            return misfit(w, column, "is not a list of texts");
        room += json_string_length(json_array_get(list, k)) + 1;
    }
    char *text = ful_arena_take(w->arena, room, 1);
    if (!text)
        return ful_fail(w->err, FUL_ERR_MEMORY, "out of memory for the tables");
    for (size_t k = 0; k < json_array_size(list); k++) {
        if (k > 0)
            strcat(text, "+");
        strcat(text, json_string_value(json_array_get(list, k)));
    }
    *out = text;
    return FUL_OK;
}

static ful_status fill_text(table_cell *cell, const walk *w, const table_column *column,
                            const json_t *value)
{
    ful_status status = FUL_OK;
    if (json_is_array(value)) {
        status = join(&cell->text, w, column, value);
    } else if (json_is_integer(value)) {
        char room[TABLE_NUMBER_ROOM];
        snprintf(room, sizeof room, "%lld", (long long)json_integer_value(value));
        cell->text = ful_arena_text(w->arena, room);
        if (!cell->text)
            status = ful_fail(w->err, FUL_ERR_MEMORY, "out of memory for the tables");
    } else if (json_is_string(value)) {
        cell->text = json_string_value(value);
    } else {
        status = misfit(w, column, "is not a text");
    }
    cell->missing = status == FUL_OK && cell->text[0] == '\0';
    return status;
}

static ful_status fill_value(table_cell *cell, const walk *w, const table_column *column,
                             const json_t *value)
{
    if (!value)
        return misfit(w, column, "is not there");
    if (json_is_null(value)) {
        cell->missing = 1;
        return FUL_OK;
    }
    switch (column->type) {
    case TABLE_TEXT:
        return fill_text(cell, w, column, value);
    case TABLE_REAL:
        cell->real = json_number_value(value);
        return json_is_number(value) ? FUL_OK : misfit(w, column, "is not a number");
    case TABLE_INTEGER:
        break;
    }
    cell->integer = json_is_true(value) ? 1 : json_integer_value(value);
    return json_is_integer(value) || json_is_boolean(value)
               ? FUL_OK
               : misfit(w, column, "is neither a whole number nor a truth value");
}

static ful_status fill_cell(table_cell *cell, const walk *w, const table_column *column)
{
    const char *path = column->from;
    int depth = w->depth;
    for (; *path == '^' && depth > 0; path++)
        depth--;
    const place *at = &w->at[depth];
    if (strcmp(path, "@position") == 0) {
        cell->integer = at->position;
        return FUL_OK;
    }
    if (*path == '@') {
        cell->text = strcmp(path, "@tag") == 0 ? w->tag : at->key;
        return cell->text ? FUL_OK : misfit(w, column, "has no key or tag");
    }
    const json_t *value = at->value;
    for (path += *path == '.'; value && !json_is_null(value) && *path; path += *path == '.')
        value = step(value, &path);
    return fill_value(cell, w, column, value);
}

/* ---- rows ---- */

static ful_status add_row(walk *w)
{
    ful_status status = FUL_OK;
    if (!w->cell) {
        w->out->rows++;
        return FUL_OK;
    }
    for (int c = 0; c < w->out->columns && status == FUL_OK; c++)
        status = fill_cell(w->cell++, w, &w->out->column[c]);
    return status;
}

static ful_status walk_path(walk *w, const json_t *value, const char *path);

/* Go on from one element or member. */
static ful_status enter(walk *w, const json_t *value, const char *key, int position,
                        const char *path)
{
    if (w->depth + 1 == DEPTH)
        return ful_fail(w->err, FUL_ERR_ARGUMENT, "table '%s': lists too deep", w->layout->name);
    w->at[++w->depth] = (place){value, key, position};
    const ful_status status = walk_path(w, value, path);
    w->depth--;
    return status;
}

static ful_status walk_path(walk *w, const json_t *value, const char *path)
{
    ful_status status = FUL_OK;
    if (*path == '\0') {
        w->found = 1;
        if (w->depth == 0) /* a row outside any list is the value that the path leads to */
            w->at[0].value = value;
        return add_row(w);
    }
    const json_t *child = step(value, &path);
    if (!child || json_is_null(child))
        return FUL_OK;
    const char opens = *path;
    path += opens == '[' || opens == '{' ? 2 : 0;
    path += *path == '.';
    if (opens == '[') {
        w->found = 1;
        for (size_t k = 0; k < json_array_size(child) && status == FUL_OK; k++)
            status = enter(w, json_array_get(child, k), NULL, (int)k + 1, path);
        return status;
    }
    if (opens != '{')
        return walk_path(w, child, path);
    w->found = 1;
    int position = 0;
    /* jansson's iterators keep the order in which members were added; it takes them unconst only */
    for (void *it = json_object_iter((json_t *)child); it && status == FUL_OK;
         it = json_object_iter_next((json_t *)child, it))
        status = enter(w, json_object_iter_value(it), json_object_iter_key(it), ++position, path);
    return status;
}

static ful_status walk_sources(walk *w, const json_t *document)
{
    ful_status status = FUL_OK;
    for (const table_source *s = w->layout->source; s->path && status == FUL_OK; s++) {
        w->at[0] = (place){document, NULL, 1};
        w->depth = 0;
        w->tag = s->tag;
        status = walk_path(w, document, s->path);
    }
    return status;
}

/* Add the table of a layout to the set, where the document has it. */
static ful_status add_table(table_set *set, const json_t *document, const table_layout *layout,
                            ful_arena *arena, ful_error *err)
{
    if (set->tables == TABLES_MAX)
        return ful_fail(err, FUL_ERR_ARGUMENT, "more than %d tables", TABLES_MAX);
    table *t = &set->table[set->tables];
    *t = (table){.name = layout->name, .label = layout->label, .column = layout->column};
    while (t->column[t->columns].name)
        t->columns++;
    walk w = {.layout = layout, .out = t, .arena = arena, .err = err};
    ful_status status = walk_sources(&w, document); /* counts */
    if (status != FUL_OK || !w.found)
        return status;
    w.cell = ful_arena_take(arena, (size_t)t->rows * (size_t)t->columns, sizeof *w.cell);
    if (!w.cell)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the tables");
    t->cell = w.cell;
    set->tables++;
    return walk_sources(&w, document);
}

/* ---- what every result has ---- */

static const table_column column_columns[] = {
    {"table_name", TABLE_TEXT, "", "table", ""},
    {"column_name", TABLE_TEXT, "", "column of the table", ""},
    {"type", TABLE_TEXT, "", "text, real or integer", ""},
    {"unit", TABLE_TEXT, "", "unit; missing where it has none", ""},
    {"label", TABLE_TEXT, "", "what the column says", ""},
    {0}};

/* One row for every column of the tables so far. */
static ful_status add_columns(table_set *set, ful_arena *arena, ful_error *err)
{
    if (set->tables == TABLES_MAX)
        return ful_fail(err, FUL_ERR_ARGUMENT, "more than %d tables", TABLES_MAX);
    table *t = &set->table[set->tables];
    *t = (table){.name = "columns",
                 .label = "The columns of the other tables",
                 .columns = 5,
                 .column = column_columns};
    for (int k = 0; k < set->tables; k++)
        t->rows += set->table[k].columns;
    table_cell *cell = ful_arena_take(arena, (size_t)t->rows * 5, sizeof *cell);
    if (!cell)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the tables");
    t->cell = cell;
    for (int k = 0; k < set->tables; k++)
        for (int c = 0; c < set->table[k].columns; c++) {
            const table_column *x = &set->table[k].column[c];
            const char *const texts[] = {set->table[k].name, x->name, table_type_name(x->type),
                                         x->unit, x->label};
            for (int q = 0; q < 5; q++)
                *cell++ = (table_cell){.text = texts[q], .missing = texts[q][0] == '\0'};
        }
    set->tables++;
    return FUL_OK;
}

static const table_source head_source[] = {{"fulcrum", NULL}, {0}};
static const table_column head_columns[] = {
    {"version", TABLE_TEXT, "", "version of the program", "version"},
    {"case_id", TABLE_TEXT, "", "id of the case", "case"},
    {"case_sha256", TABLE_TEXT, "", "SHA-256 of the files of the case that were read",
     "case_sha256"},
    {"command", TABLE_TEXT, "", "command that made the tables", "command"},
    {"seed", TABLE_TEXT, "", "seed of the draws; missing where nothing is drawn", "seed"},
    {0}};
static const table_layout head = {"meta", "What made these tables", head_source, head_columns};

ful_status tables_of_document(table_set *out, const json_t *document, const table_layout *layout,
                              ful_arena *arena, ful_error *err)
{
    ful_status status = FUL_OK;
    *out = (table_set){0};
    for (; layout->name && status == FUL_OK; layout++)
        status = add_table(out, document, layout, arena, err);
    if (status == FUL_OK)
        status = add_columns(out, arena, err);
    return status == FUL_OK ? add_table(out, document, &head, arena, err) : status;
}
