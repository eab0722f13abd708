/* SPDX-License-Identifier: MIT */
/* history.csv and claims.yaml: what was observed and what was said. */
#include "case/reader.h"

#include <string.h>

static const char *const variables[] = {"exports", "imports", "exports_to", "imports_from",
                                        "group_exports", "group_imports", "real_gdp_growth"};

static ful_status read_observation(ful_history_row *h, reader *r, const csv_table *t, int row)
{
    const csv_field *variable = csv_at(t, row, 0), *source = csv_at(t, row, 6);
    int kind = 0;
    double year = 0;
    h->actor = h->sector = -1;
    ful_status status = reader_name(&kind, r, t->file, variable->text, variable->line,
                                    variable->column, "variable", 7, variables);
    h->kind = (ful_history_kind)kind;
    if (status == FUL_OK &&
        (h->kind == FUL_HISTORY_EXPORTS_TO || h->kind == FUL_HISTORY_IMPORTS_FROM))
        status = reader_actor(&h->actor, r, t, row, 1);
    if (status == FUL_OK &&
        (h->kind == FUL_HISTORY_GROUP_EXPORTS || h->kind == FUL_HISTORY_GROUP_IMPORTS))
        status = reader_sector(&h->sector, r, t, row, 2);
    if (status == FUL_OK)
        status = reader_field(&year, r, t, row, 3, "year", 1900, 2200);
    if (status == FUL_OK)
        status = reader_field(&h->value, r, t, row, 4, "value", -1e12, 1e12);
    if (status == FUL_OK)
        status = reader_source(&h->source, r, t->file, source->text, source->line, source->column);
    if (status == FUL_OK)
        status = reader_grade(&h->grade, r, t, row, 7);
    h->year = (int)year;
    return status;
}

static ful_status read_history(reader *r)
{
    static const char *const needed[] = {"variable", "actor", "group", "year", "value",
                                         "unit", "source", "grade", NULL};
    static const char *const optional[] = {"note", NULL};
    const csv_columns columns = {needed, optional};
    ful_situation *s = &r->c->s;
    csv_table t;
    ful_status status = reader_csv(&t, r, "history.csv", &columns, 0);
    ful_history_row *row = status == FUL_OK ? reader_take(r, (size_t)t.rows + 1, sizeof *row) : NULL;
    if (status == FUL_OK && !row)
        return FUL_ERR_MEMORY;
    for (int k = 0; status == FUL_OK && k < t.rows; k++)
        status = read_observation(&row[k], r, &t, k);
    s->history = row;
    s->history_rows = status == FUL_OK ? t.rows : 0;
    return status;
}

static const char *const verdicts[] = {"supported", "supported_but_dated", "contested",
                                       "not_supported", "conditional", "advice", "not_modelled"};

static ful_status read_verdict(ful_verdict *out, reader *r, const char *file, const yaml_node *node)
{
    int k = 0;
    const ful_status status = reader_name(&k, r, file, node->text ? node->text : "", node->line,
                                          node->column, "verdict", 7, verdicts);
    *out = (ful_verdict)k;
    return status;
}

/* The questions that the program answers; lever:ID for each lever. */
static ful_status check_model_key(reader *r, const char *file, const yaml_node *node)
{
    static const char *const keys[] = {"pivotal_enforcer", "limited_without_enforcer", "more_pressure",
                                       "package_moves_enforcer", "package_moves_target",
                                       "missing_piece"};
    const ful_situation *s = &r->c->s;
    const char *text = node->text ? node->text : "";
    int k;
    if (strncmp(text, "lever:", 6) != 0)
        return reader_name(&k, r, file, text, node->line, node->column, "model", 6, keys);
    for (k = 0; k < s->levers; k++)
        if (strcmp(s->lever[k].id, text + 6) == 0)
            return FUL_OK;
    return reader_refuse(r, file, node->line, node->column, "lever '%.60s' is not declared", text + 6);
}

static ful_status read_claim(ful_claim *c, reader *r, const yaml_node *node, const char *file)
{
    static const char *const keys[] = {"id", "point", "text", "verdict", "later", "figure", "source",
                                       "model", NULL};
    const yaml_node *point, *source, *figure = yaml_get(node, "figure");
    double number = 0;
    ful_status status = reader_keys(r, file, node, keys);
    if (status == FUL_OK)
        status = reader_text(&c->id, r, file, node, "id");
    if (status == FUL_OK)
        status = reader_text(&c->text, r, file, node, "text");
    if (status == FUL_OK)
        status = reader_need(&point, r, file, node, "point");
    if (status == FUL_OK)
        status = reader_real(&number, r, file, point, 1, 1000);
    if (status == FUL_OK)
        status = reader_need(&source, r, file, node, "source");
    if (status == FUL_OK)
        status = reader_source(&c->source, r, file, source->text ? source->text : "", source->line,
                               source->column);
    if (status != FUL_OK)
        return status;
    c->point = (int)number;
    c->figure = figure && figure->text ? figure->text : "";
    const yaml_node *model = yaml_get(node, "model"), *verdict = yaml_get(node, "verdict");
    const yaml_node *later = yaml_get(node, "later");
    if (!model == !verdict)
        return reader_refuse(r, file, node->line, node->column,
                             "a claim has either a verdict or a model key");
    c->verdict = FUL_VERDICT_BY_MODEL;
    if (model) {
        c->model = model->text;
        status = check_model_key(r, file, model);
    } else {
        status = read_verdict(&c->verdict, r, file, verdict);
    }
    c->later = c->verdict;
    return status == FUL_OK && later ? read_verdict(&c->later, r, file, later) : status;
}

static ful_status read_claims(reader *r)
{
    static const char *const keys[] = {"claims", NULL};
    ful_situation *s = &r->c->s;
    char *text;
    size_t size;
    const char *path;
    yaml_node *root;
    const yaml_node *list;
    ful_status status = reader_file(&text, &size, &path, r, "claims.yaml", 0);
    if (status != FUL_OK || !text)
        return status;
    status = yaml_document(&root, text, size, path, r->arena, r->err);
    if (status == FUL_OK)
        status = reader_keys(r, path, root, keys);
    if (status == FUL_OK)
        status = reader_list(&list, r, path, root, "claims", 0);
    if (status != FUL_OK)
        return status;
    ful_claim *claim = reader_take(r, (size_t)list->count + 1, sizeof *claim);
    if (!claim)
        return FUL_ERR_MEMORY;
    for (const yaml_node *node = list->first; node && status == FUL_OK; node = node->next)
        status = read_claim(&claim[s->claims++], r, node, path);
    s->claim = claim;
    return status;
}

ful_status reader_record(reader *r)
{
    const ful_status status = read_history(r);
    return status == FUL_OK ? read_claims(r) : status;
}
