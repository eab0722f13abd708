/* SPDX-License-Identifier: MIT */
/* record.csv and where it begins: what the players of the game were seen to do, by half-year. */
#include "case/reader.h"

#include <string.h>

enum { HALF, VARIABLE, PART, VALUE, LOW, HIGH, SOURCE, GRADE };

static const char *const variables[] = {"stage", "enforcement", "relief", NULL};

/* A half-year as its number since the year 0: 2016H1 is 4032. */
static int read_half(reader *r, const csv_table *t, int row)
{
    const char *text = ful__field_text(t, row, HALF);
    const int shaped = strlen(text) == 6 && strspn(text, "0123456789") == 4 && text[4] == 'H' &&
                       (text[5] == '1' || text[5] == '2');
    int year = 0;
    if (!shaped)
        ful__case_refuse(r, at_field(t, row, HALF),
                         "'%.40s' is no half-year of the form YYYYH1 or YYYYH2", text);
    for (int k = 0; shaped && k < 4; k++)
        year = 10 * year + text[k] - '0';
    return shaped ? 2 * year + text[5] - '1' : 0;
}

/* A field that only rows on enforcement have. */
static void check_empty(reader *r, const csv_table *t, int row, int column, const char *variable)
{
    if (*ful__field_text(t, row, column))
        ful__case_refuse(r, at_field(t, row, column), "'%s' has none: leave the field empty",
                         variable);
}

static void read_level(ful_record_row *x, reader *r, const csv_table *t, int row)
{
    x->part = ful__field_name(r, t, row, PART, &r->parts);
    x->value = ful__field_number(r, t, row, VALUE, "value", 0, 1);
    x->low = ful__field_number(r, t, row, LOW, "low", 0, x->value);
    x->high = ful__field_number(r, t, row, HIGH, "high", x->value, 1);
}

static ful_record_row read_move(reader *r, const csv_table *t, int row)
{
    ful_record_row x = {.part = -1, .half = read_half(r, t, row)};
    x.kind = (ful_record_kind)ful__field_word(r, t, row, VARIABLE, "variable", variables);
    if (x.kind == FUL_RECORD_ENFORCEMENT) {
        read_level(&x, r, t, row);
    } else {
        for (int column = PART; reader_ok(r) && column <= HIGH; column++)
            if (column != VALUE)
                check_empty(r, t, row, column, variables[x.kind]);
        x.value = x.low = x.high = x.kind == FUL_RECORD_STAGE
                                       ? ful__field_word(r, t, row, VALUE, "stage", ful__stages)
                                       : ful__field_whole(r, t, row, VALUE, "relief", 0, 1);
    }
    x.source = ful__field_source(r, t, row, SOURCE);
    x.grade = ful__field_grade(r, t, row, GRADE);
    return x;
}

static void check_repeated(reader *r, const csv_table *t, const ful_record_row *x, int row)
{
    for (int k = 0; reader_ok(r) && k < row; k++)
        if (x[k].kind == x[row].kind && x[k].half == x[row].half && x[k].part == x[row].part)
            ful__case_refuse(r, at_row(t, row), "this row repeats line %d", at_row(t, k).line);
}

/* Count half-years from the first one of the first year on. */
static void count_halves(ful_case_record *record, ful_record_row *x, reader *r, const csv_table *t)
{
    int first = x[0].half / 2;
    for (int k = 1; k < record->rows; k++)
        first = x[k].half / 2 < first ? x[k].half / 2 : first;
    record->first_year = first;
    for (int k = 0; reader_ok(r) && k < record->rows; k++) {
        x[k].half -= 2 * first;
        if (x[k].half >= FUL_BARGAIN_MAX_HORIZON)
            ful__case_refuse(r, at_field(t, k, HALF),
                             "the record spans more than %d half-years from %dH1 on",
                             FUL_BARGAIN_MAX_HORIZON, first);
    }
}

static void read_moves(reader *r, const csv_table *t)
{
    ful_case_record *record = &r->c->s.record;
    ful_record_row *x = ful__case_take(r, (size_t)t->rows, sizeof *x);
    for (int row = 0; reader_ok(r) && row < t->rows; row++) {
        x[row] = read_move(r, t, row);
        check_repeated(r, t, x, row);
    }
    if (!reader_ok(r))
        return;
    record->rows = t->rows;
    count_halves(record, x, r, t);
    record->row = x;
}

/* The levels when the record begins, on each part's grid; nothing is adopted yet. */
static void read_start(reader *r, const yaml_node *map)
{
    const ful_case_game *g = &r->c->s.game;
    const yaml_node *node = ful__node_need(r, map, "start");
    int *start = node ? ful__case_take(r, (size_t)g->enforced, sizeof *start) : NULL;
    if (!start)
        return;
    if (node->kind != YAML_MAP)
        ful__case_refuse(r, at_node(node), "'start' must be a map of parts and levels");
    for (const yaml_node *x = node->first; reader_ok(r) && x; x = x->next) {
        const int k = ful__case_name(r, at_key(x), x->key, &r->parts);
        if (reader_ok(r) && !g->part[k].group)
            ful__case_refuse(r, at_key(x), "'%s' adopts a regime, which nobody has at the start",
                             x->key);
    }
    for (int k = 0; reader_ok(r) && k < g->enforced; k++)
        if (g->part[k].group)
            start[k] = ful__case_nearest(
                &g->part[k], ful__node_number(r, ful__node_need(r, node, g->part[k].id), 0, 1));
    r->c->s.record.start = start;
}

void ful__case_moves(reader *r, const yaml_node *root)
{
    static const char *const needed[] = {"half", "variable", "part",  "value", "low",
                                         "high", "source",   "grade", NULL};
    static const char *const optional[] = {"note", NULL};
    static const char *const keys[] = {"start_stage", "start", NULL};
    const csv_columns columns = {needed, optional};
    csv_table t;
    if (!reader_ok(r) || !ful__case_csv(&t, r, "record.csv", &columns, 0))
        return;
    const yaml_node *map = ful__yaml_get(root, "record");
    if (t.rows > 0 && !map)
        ful__case_refuse(r, at_node(root),
                         "record.csv needs the key 'record': the state in which it begins");
    else if (t.rows == 0 && map)
        ful__case_refuse(r, at_key(map), "'record' without rows in record.csv");
    if (!reader_ok(r) || !map)
        return;
    ful__node_keys(r, map, keys);
    r->c->s.record.start_stage = (ful_stage)ful__node_word(r, map, "start_stage", ful__stages);
    read_start(r, map);
    read_moves(r, &t);
}
