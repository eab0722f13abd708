/* SPDX-License-Identifier: MIT */
/* sources.bib and parameters.csv: every number has a source before anything else may use it. */
#include "case/reader.h"

#include <string.h>

/* Keys of the entries: the word between "@type{" at the start of a line and the comma. */
ful_status reader_sources(reader *r)
{
    char *text;
    size_t size;
    const char *path;
    ful_status status = reader_file(&text, &size, &path, r, "sources.bib", 1);
    if (status != FUL_OK)
        return status;
    int room = 0;
    for (size_t k = 0; k < size; k++)
        room += text[k] == '@';
    r->source = reader_take(r, (size_t)room + 1, sizeof *r->source);
    r->cited = reader_take(r, (size_t)room + 1, 1);
    if (!r->source || !r->cited)
        return FUL_ERR_MEMORY;
    int line = 1;
    for (char *at = text; *at; at++) {
        if (*at == '\n')
            line++;
        if (*at != '@' || (at != text && at[-1] != '\n'))
            continue;
        char *open = at + strcspn(at, "{\n"), *end = open + strcspn(open, ",}\n");
        if (*open != '{' || *end != ',' || end == open + 1)
            return reader_refuse(r, path, line, 1, "expected an entry of the form @type{key,");
        const size_t length = (size_t)(end - open - 1);
        char *key = reader_take(r, length + 1, 1);
        if (!key)
            return FUL_ERR_MEMORY;
        memcpy(key, open + 1, length);
        for (int k = 0; k < r->sources; k++)
            if (strcmp(r->source[k], key) == 0)
                return reader_refuse(r, path, line, 1, "source '%s' stands twice", key);
        r->source[r->sources++] = key;
    }
    return FUL_OK;
}

static const char *const distribution_names[] = {"fixed", "uniform", "loguniform", "triangular",
                                                 "lognormal"};

static const char *const parameter_needed[] = {"id",  "unit", "value",  "distribution", "low",
                                               "high", "source", "grade", NULL};
static const char *const parameter_optional[] = {"note", NULL};
enum { P_ID, P_UNIT, P_VALUE, P_DISTRIBUTION, P_LOW, P_HIGH, P_SOURCE, P_GRADE, P_NOTE };

ful_status reader_add_parameter(ful_param *out, reader *r, const ful_parameter *parameter,
                                const char *file, int line)
{
    for (int k = 0; k < r->parameters; k++)
        if (strcmp(r->parameter[k].id, parameter->id) == 0)
            return reader_refuse(r, file, line, 1, "parameter '%s' stands twice, first in line %d",
                                 parameter->id, r->parameter[k].line);
    if (r->parameters == r->parameter_room) {
        const int room = r->parameter_room ? 2 * r->parameter_room : 256;
        ful_parameter *larger = reader_take(r, (size_t)room, sizeof *larger);
        if (!larger)
            return FUL_ERR_MEMORY;
        if (r->parameters > 0)
            memcpy(larger, r->parameter, (size_t)r->parameters * sizeof *larger);
        r->parameter = larger;
        r->parameter_room = room;
    }
    *out = r->parameters;
    r->parameter[r->parameters++] = *parameter;
    return FUL_OK;
}

static ful_status read_parameter(reader *r, const csv_table *t, int row)
{
    ful_parameter q = {.id = csv_at(t, row, P_ID)->text, .unit = csv_at(t, row, P_UNIT)->text,
                       .note = csv_at(t, row, P_NOTE)->text, .line = csv_at(t, row, P_ID)->line};
    const csv_field *d = csv_at(t, row, P_DISTRIBUTION), *source = csv_at(t, row, P_SOURCE);
    int kind;
    if (!*q.id)
        return reader_refuse(r, t->file, q.line, 1, "a parameter needs an id");
    if (!*q.unit)
        return reader_refuse(r, t->file, q.line, csv_at(t, row, P_UNIT)->column,
                             "parameter '%s' needs a unit; a pure number has the unit 1", q.id);
    ful_status status = reader_name(&kind, r, t->file, d->text, d->line, d->column, "distribution", 5,
                                    distribution_names);
    q.distribution = (ful_distribution)kind;
    if (status == FUL_OK)
        status = reader_field(&q.value, r, t, row, P_VALUE, q.id, -1e12, 1e12);
    if (status == FUL_OK)
        status = reader_field(&q.low, r, t, row, P_LOW, "low", -1e12, q.value);
    if (status == FUL_OK)
        status = reader_field(&q.high, r, t, row, P_HIGH, "high", q.value, 1e12);
    if (status == FUL_OK && (q.distribution == FUL_LOGUNIFORM || q.distribution == FUL_LOGNORMAL) &&
        !(q.low > 0))
        status = reader_refuse(r, t->file, q.line, csv_at(t, row, P_LOW)->column,
                               "low of '%s' is %g: a %s needs it above 0", q.id, q.low, d->text);
    if (status == FUL_OK)
        status = reader_source(&q.source, r, t->file, source->text, source->line, source->column);
    if (status == FUL_OK)
        status = reader_grade(&q.grade, r, t, row, P_GRADE);
    ful_param index;
    return status == FUL_OK ? reader_add_parameter(&index, r, &q, t->file, q.line) : status;
}

ful_status reader_parameters(reader *r)
{
    const csv_columns columns = {parameter_needed, parameter_optional};
    csv_table t;
    ful_status status = reader_csv(&t, r, "parameters.csv", &columns, 1);
    for (int row = 0; status == FUL_OK && row < t.rows; row++)
        status = read_parameter(r, &t, row);
    return status;
}

ful_status reader_parameter(ful_param *out, reader *r, const char *file, const yaml_node *node)
{
    if (node->kind != YAML_SCALAR)
        return reader_refuse(r, file, node->line, node->column, "expected the id of a parameter");
    const char **names = reader_take(r, (size_t)r->parameters + 1, sizeof *names);
    if (!names)
        return FUL_ERR_MEMORY;
    for (int k = 0; k < r->parameters; k++)
        names[k] = r->parameter[k].id;
    return reader_name(out, r, file, node->text, node->line, node->column, "parameter", r->parameters,
                       names);
}
