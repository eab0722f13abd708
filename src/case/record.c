/* SPDX-License-Identifier: MIT */
/* history.csv and claims.yaml: what was observed and what was said. */
#include "case/reader.h"

#include <limits.h>
#include <string.h>

#define MOST_CLAIMS 10000

/* ---- history ---- */

enum { VARIABLE, ACTOR, GROUP, YEAR, VALUE, UNIT, SOURCE, GRADE };

static ful_history_row read_observation(reader *r, const csv_table *t, int row)
{
    static const char *const variables[] = {
        "exports",       "imports",       "exports_to",      "imports_from",
        "group_exports", "group_imports", "real_gdp_growth", NULL};
    ful_history_row h = {.actor = -1, .sector = -1};
    h.kind = (ful_history_kind)ful__field_word(r, t, row, VARIABLE, "variable", variables);
    const int by_actor = h.kind == FUL_HISTORY_EXPORTS_TO || h.kind == FUL_HISTORY_IMPORTS_FROM;
    const int by_sector =
        h.kind == FUL_HISTORY_GROUP_EXPORTS || h.kind == FUL_HISTORY_GROUP_IMPORTS;
    const int growth = h.kind == FUL_HISTORY_REAL_GDP_GROWTH;
    const char *unit = growth ? "per cent" : "million USD";
    if (by_actor)
        h.actor = ful__field_name(r, t, row, ACTOR, &r->actors);
    else if (*ful__field_text(t, row, ACTOR))
        ful__case_refuse(r, at_field(t, row, ACTOR), "'%s' is of no actor: leave the field empty",
                         variables[h.kind]);
    if (by_sector)
        h.sector = ful__field_name(r, t, row, GROUP, &r->sectors);
    else if (*ful__field_text(t, row, GROUP))
        ful__case_refuse(r, at_field(t, row, GROUP), "'%s' is of no sector: leave the field empty",
                         variables[h.kind]);
    h.year = ful__field_whole(r, t, row, YEAR, "year", 1900, 2200);
    h.value = ful__field_number(r, t, row, VALUE, "value", growth ? -100 : 0, growth ? 1000 : 1e12);
    if (strcmp(ful__field_text(t, row, UNIT), unit) != 0)
        ful__case_refuse(r, at_field(t, row, UNIT), "unit '%.40s', expected '%s' for '%s'",
                         ful__field_text(t, row, UNIT), unit, variables[h.kind]);
    h.source = ful__field_source(r, t, row, SOURCE);
    h.grade = ful__field_grade(r, t, row, GRADE);
    return h;
}

static int same_cell(const ful_history_row *a, const ful_history_row *b)
{
    return a->kind == b->kind && a->actor == b->actor && a->sector == b->sector &&
           a->year == b->year;
}

static void read_history(reader *r)
{
    static const char *const needed[] = {"variable", "actor",  "group", "year", "value",
                                         "unit",     "source", "grade", NULL};
    static const char *const optional[] = {"note", NULL};
    const csv_columns columns = {needed, optional};
    ful_situation *s = &r->c->s;
    csv_table t;
    if (!ful__case_csv(&t, r, "history.csv", &columns, 0))
        return;
    ful_history_row *h = ful__case_take(r, (size_t)t.rows + 1, sizeof *h);
    for (int row = 0; reader_ok(r) && row < t.rows; row++) {
        h[row] = read_observation(r, &t, row);
        for (int k = 0; reader_ok(r) && k < row; k++)
            if (same_cell(&h[k], &h[row]))
                ful__case_refuse(r, at_row(&t, row), "this row repeats line %d",
                                 at_row(&t, k).line);
    }
    s->history = h;
    s->history_rows = t.rows;
}

/* ---- claims ---- */

static const char *const verdicts[] = {
    "supported", "supported_but_dated", "contested", "not_supported", "conditional",
    "advice",    "not_modelled",        NULL};

/* The questions that the program answers: a word, or lever:ID. */
static const char *read_model(reader *r, const yaml_node *claim)
{
    static const char *const keys[] = {"pivotal_enforcer",
                                       "limited_without_enforcer",
                                       "more_pressure",
                                       "package_moves_enforcer",
                                       "package_moves_target",
                                       "missing_piece",
                                       NULL};
    static const char prefix[] = "lever:";
    const char *text = ful__node_text(r, claim, "model");
    if (!reader_ok(r))
        return NULL;
    const place at = at_node(ful__yaml_get(claim, "model"));
    if (strncmp(text, prefix, sizeof prefix - 1) == 0)
        ful__case_name(r, at, text + sizeof prefix - 1, &r->levers);
    else
        ful__case_word(r, at, text, "model", keys);
    return text;
}

static ful_claim read_claim(reader *r, const yaml_node *node)
{
    static const char *const keys[] = {"id",     "point",  "text",  "verdict", "later",
                                       "figure", "source", "model", NULL};
    ful_claim c = {.figure = "", .verdict = FUL_VERDICT_BY_MODEL};
    ful__node_keys(r, node, keys);
    c.id = ful__node_id(r, node, &r->claims);
    c.point = ful__node_whole(r, node, "point", 1, 1000, NODE_NEEDED);
    c.text = ful__node_text(r, node, "text");
    const char *source = ful__node_text(r, node, "source");
    if (!reader_ok(r))
        return c;
    c.source = ful__case_source(r, at_node(ful__yaml_get(node, "source")), source);
    if (ful__yaml_get(node, "figure"))
        c.figure = ful__node_text(r, node, "figure");
    if (!ful__yaml_get(node, "model") == !ful__yaml_get(node, "verdict"))
        ful__case_refuse(r, at_node(node), "a claim has either a 'verdict' or a 'model'");
    if (ful__yaml_get(node, "model"))
        c.model = read_model(r, node);
    else
        c.verdict = (ful_verdict)ful__node_word(r, node, "verdict", verdicts);
    c.later = ful__yaml_get(node, "later") ? (ful_verdict)ful__node_word(r, node, "later", verdicts)
                                           : c.verdict;
    return c;
}

static void read_claims(reader *r)
{
    static const char *const keys[] = {"claims", NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *root = ful__case_yaml(r, "claims.yaml", 0);
    if (!root)
        return;
    ful__node_keys(r, root, keys);
    const yaml_node *list = ful__node_list(r, root, "claims", 0, MOST_CLAIMS);
    ful_claim *claim = list ? ful__case_take(r, (size_t)list->count + 1, sizeof *claim) : NULL;
    for (const yaml_node *node = claim ? list->first : NULL; reader_ok(r) && node;
         node = node->next)
        claim[s->claims++] = read_claim(r, node);
    s->claim = claim;
}

void ful__case_record(reader *r)
{
    if (reader_ok(r))
        read_history(r);
    if (reader_ok(r))
        read_claims(r);
}
