/* SPDX-License-Identifier: MIT */
/*
 * A wide input-output table. Rows and columns carry labels COUNTRY_SECTOR; columns COUNTRY_CODE of
 * final demand follow, and rows of taxes, value added and output stand beneath.
 *
 * Sales are what a row says, so that nothing has to be balanced: output is the sum of a row, inputs
 * are the column above, and value added is what is left, taxes on inputs included. What the table
 * states of output and value added is compared.
 */
#include "case/import.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Gaps below this share are the rounding of a printed table. */
#define ROUNDING 1e-6

static const char *const final_codes[] = {"HFCE",     "NPISH",  "GGFC", "GFCF", "INVNT", "DPABR",
                                          "CONS_ABR", "NONRES", "DISC", "FD",   "FINAL", NULL};
static const char *const tax_codes[] = {"TLS", "TAXSUB", "TAX", NULL};
static const char *const added_codes[] = {"VA", "VALU", NULL};
static const char *const output_codes[] = {"OUT", "OUTPUT", "GO", "TOTAL", NULL};

typedef enum line_kind { CELL, FINAL, TAXES, ADDED, OUTPUT } line_kind;

/* A row or a column. */
typedef struct line {
    line_kind kind;
    int actor, sector; /* of a cell; of final demand the actor alone */
} line;

typedef struct wide {
    line *row, *column; /* [0] is the label */
    csv_table t;
    int *row_of, *column_of; /* N*J: 0 where there is none */
    int finals, *final;      /* columns of final demand, by label */
} wide;

static int is_among(const char *const *codes, const char *text)
{
    for (; *codes; codes++)
        if (strcmp(*codes, text) == 0)
            return 1;
    return 0;
}

/* The part of a label behind its first underscore, or the label itself. */
static const char *code_of(const char *label)
{
    const char *bar = strchr(label, '_');
    return bar ? bar + 1 : label;
}

static line_kind kind_of(const char *label)
{
    const char *code = code_of(label);
    return is_among(final_codes, code)    ? FINAL
           : is_among(tax_codes, code)    ? TAXES
           : is_among(added_codes, code)  ? ADDED
           : is_among(output_codes, code) ? OUTPUT
                                          : CELL;
}

/* Declare the name if it is new. */
static int name_index(importer *x, place at, const char *text, size_t length, name_list *list)
{
    reader *r = &x->r;
    char *name = ful__case_take(r, length + 1, 1);
    if (!name)
        return 0;
    memcpy(name, text, length);
    const int known = ful__case_find(list, name);
    if (known >= 0)
        return known;
    if (list->count == IMPORT_MOST)
        ful__case_refuse(r, at, "more than %d %ss: aggregate the table before it is imported",
                         IMPORT_MOST, list->kind);
    ful__case_declare(r, list, at, name);
    return reader_ok(r) ? list->count - 1 : 0;
}

/* What a row or column is, by its label. */
static line read_label(importer *x, const csv_table *t, int row, int column, int is_row)
{
    reader *r = &x->r;
    const char *label = ful__field_text(t, row, column), *bar = strchr(label, '_');
    const place at = at_field(t, row, column);
    line l = {kind_of(label), -1, -1};
    if (l.kind == TAXES || l.kind == ADDED || l.kind == OUTPUT) {
        if (!is_row && l.kind != OUTPUT)
            ful__case_refuse(r, at, "column '%.60s': taxes and value added are rows", label);
        return l;
    }
    if (!bar || bar == label || !bar[1] || (l.kind == FINAL && is_row))
        ful__case_refuse(r, at, "%s '%.60s': expected COUNTRY_SECTOR, %s",
                         is_row ? "row" : "column", label,
                         is_row ? "or one of TLS, TAXSUB, TAX, VA, VALU, OUT, OUTPUT, GO, TOTAL"
                                : "COUNTRY_ and one of HFCE, NPISH, GGFC, GFCF, INVNT, DPABR, "
                                  "CONS_ABR, NONRES, DISC, FD, FINAL, or OUT, OUTPUT, GO, TOTAL");
    if (!reader_ok(r))
        return l;
    l.actor = name_index(x, at, label, (size_t)(bar - label), &r->actors);
    if (l.kind == CELL)
        l.sector = name_index(x, at, bar + 1, strlen(bar + 1), &r->sectors);
    return l;
}

static void read_labels(importer *x, wide *w)
{
    reader *r = &x->r;
    const csv_table *t = &w->t;
    int *actor = ful__case_take(r, IMPORT_MOST, sizeof *actor);
    int *sector = ful__case_take(r, IMPORT_MOST, sizeof *sector);
    w->row = ful__case_take(r, (size_t)t->rows, sizeof *w->row);
    w->column = ful__case_take(r, (size_t)t->columns, sizeof *w->column);
    for (int k = 1; k < t->rows && reader_ok(r); k++)
        w->row[k] = read_label(x, t, k, 0, 1);
    for (int k = 1; k < t->columns && reader_ok(r); k++)
        w->column[k] = read_label(x, t, 0, k, 0);
    if (!reader_ok(r))
        return;
    ful__import_sort(x, &r->actors, actor);
    ful__import_sort(x, &r->sectors, sector);
    for (int k = 1; k < t->rows + t->columns - 1 && reader_ok(r); k++) {
        line *l = k < t->rows ? &w->row[k] : &w->column[k - t->rows + 1];
        l->actor = l->actor >= 0 ? actor[l->actor] : -1;
        l->sector = l->sector >= 0 ? sector[l->sector] : -1;
    }
}

/* Where each cell's row or column is; each once. */
static int *place_cells(importer *x, const csv_table *t, const line *l, int count, int is_row)
{
    reader *r = &x->r;
    int *of = ful__case_take(r, (size_t)(x->N * x->J), sizeof *of);
    for (int k = 1; k < count && reader_ok(r); k++) {
        if (l[k].kind != CELL)
            continue;
        int *to = &of[l[k].actor * x->J + l[k].sector];
        if (*to)
            ful__case_refuse(r, is_row ? at_field(t, k, 0) : at_field(t, 0, k),
                             "%s '%s' stands twice, first as number %d", is_row ? "row" : "column",
                             is_row ? ful__field_text(t, k, 0) : ful__field_text(t, 0, k), *to);
        *to = k;
    }
    return of;
}

/* Rows and columns are the same cells, and something stands beneath. */
static void check_square(importer *x, const wide *w)
{
    reader *r = &x->r;
    const csv_table *t = &w->t;
    int beneath = 0;
    for (int c = 0; c < x->N * x->J && reader_ok(r); c++) {
        const int row = w->row_of[c], column = w->column_of[c];
        if (row && !column)
            ful__case_refuse(
                r, at_field(t, row, 0),
                "row '%s' has no column: the table is not square, or this is no sector",
                ful__field_text(t, row, 0));
        if (column && !row)
            ful__case_refuse(r, at_field(t, 0, column),
                             "column '%s' has no row: the table was cut short, or this is final "
                             "demand under a code that is not known",
                             ful__field_text(t, 0, column));
    }
    for (int k = 1; reader_ok(r) && k < t->rows; k++)
        beneath |= w->row[k].kind == ADDED || w->row[k].kind == OUTPUT;
    if (!beneath)
        ful__case_refuse(r, at_row(t, t->rows - 1),
                         "no row of value added (VA) or output (OUT) beneath: the table was cut "
                         "short, or lacks one of them");
}

typedef struct sortable {
    const char *label;
    int column;
} sortable;

static int by_label(const void *a, const void *b)
{
    return strcmp(((const sortable *)a)->label, ((const sortable *)b)->label);
}

/* Columns of final demand by label, so that their order in the table does not matter. */
static void sort_final(importer *x, wide *w)
{
    reader *r = &x->r;
    const csv_table *t = &w->t;
    sortable *all = ful__case_take(r, (size_t)t->columns, sizeof *all);
    w->final = ful__case_take(r, (size_t)t->columns, sizeof *w->final);
    for (int k = 1; k < t->columns && reader_ok(r); k++)
        if (w->column[k].kind == FINAL)
            all[w->finals++] = (sortable){ful__field_text(t, 0, k), k};
    if (!reader_ok(r))
        return;
    qsort(all, (size_t)w->finals, sizeof *all, by_label);
    for (int k = 0; k < w->finals; k++) {
        if (k > 0 && strcmp(all[k].label, all[k - 1].label) == 0)
            ful__case_refuse(r, at_field(t, 0, all[k].column), "column '%s' stands twice",
                             all[k].label);
        w->final[k] = all[k].column;
    }
    if (w->finals == 0)
        ful__case_refuse(r, (place){t->file, 1, 1},
                         "no column of final demand (COUNTRY_HFCE, COUNTRY_FD, ...)");
}

/* ---- numbers ---- */

static double number(importer *x, const wide *w, int row, int column, const char *what, double low)
{
    return x->unit * ful__field_number(&x->r, &w->t, row, column, what, low, 1e15);
}

/* Sales of one row: to users, whose inputs they are, and to final demand. */
static void read_row(importer *x, const wide *w, int i, int j)
{
    const int row = w->row_of[i * x->J + j];
    for (int n = 0; n < x->N && row; n++)
        for (int k = 0; k < x->J && reader_ok(&x->r); k++) {
            const int column = w->column_of[n * x->J + k];
            if (!column)
                continue;
            const double z = number(x, w, row, column, "an input", 0);
            x->flow[import_flow_at(x, j, n, i)] += z;
            x->input[import_input_at(x, n, k, j)] += z;
        }
    for (int k = 0; k < w->finals && row; k++)
        x->flow[import_flow_at(x, j, w->column[w->final[k]].actor, i)] +=
            number(x, w, row, w->final[k], "final demand", -1e15);
}

/* Inventories may be drawn down by more than everything else that is bought. */
static void clear_negative(importer *x)
{
    tally t = {.what = "sales below 0 (inventories), set to 0"};
    for (int j = 0; j < x->J; j++)
        for (int n = 0; n < x->N; n++)
            for (int i = 0; i < x->N; i++) {
                double *flow = &x->flow[import_flow_at(x, j, n, i)];
                if (*flow < 0) {
                    ful__tally_add(&t, *flow, 0, i, j);
                    *flow = 0;
                }
            }
    ful__import_tally(x, &t);
}

/* Output of every cell, and inputs as shares of it; cost[c] is what inputs cost in all. */
static void find_shares(importer *x, double *output, double *cost)
{
    tally idle = {.what = "inputs of sectors without sales, left out"};
    for (int i = 0; i < x->N; i++)
        for (int j = 0; j < x->J; j++) {
            const int c = i * x->J + j;
            double *input = x->input + import_input_at(x, i, j, 0);
            for (int n = 0; n < x->N; n++)
                output[c] += x->flow[import_flow_at(x, j, n, i)];
            for (int k = 0; k < x->J; k++) {
                cost[c] += input[k];
                if (!(output[c] > 0))
                    ful__tally_add(&idle, input[k], 0, i, j);
                input[k] = output[c] > 0 ? input[k] / output[c] : 0;
            }
        }
    ful__import_tally(x, &idle);
}

/* The sum, by cell, of all rows of a kind; returns whether there is one. */
static int sum_rows(importer *x, const wide *w, line_kind kind, double *sum)
{
    int some = 0;
    for (int row = 1; row < w->t.rows; row++) {
        if (w->row[row].kind != kind)
            continue;
        some = 1;
        for (int c = 0; c < x->N * x->J; c++)
            if (w->column_of[c])
                sum[c] += number(x, w, row, w->column_of[c], "a number beneath", -1e15);
    }
    return some;
}

static void compare(importer *x, const char *what, const double *stated, const double *found,
                    const double *scale)
{
    tally t = {.what = what};
    for (int c = 0; c < x->N * x->J; c++)
        if (fabs(stated[c] - found[c]) > ROUNDING * fmax(scale[c], fabs(stated[c])))
            ful__tally_add(&t, stated[c], found[c], c / x->J, c % x->J);
    ful__import_tally(x, &t);
}

/* What the table says of itself, beside what its sales and inputs say. */
static void compare_beneath(importer *x, const wide *w, const double *output, const double *cost)
{
    reader *r = &x->r;
    const size_t cells = (size_t)(x->N * x->J);
    double *stated = ful__case_take(r, cells, sizeof *stated);
    double *added = ful__case_take(r, cells, sizeof *added);
    double *left = ful__case_take(r, cells, sizeof *left);
    double *taxes = ful__case_take(r, cells, sizeof *taxes);
    tally inputs = {.what = "taxes on inputs, counted as value added"};
    tally final = {.what = "taxes on final demand, left out: it is valued at basic prices"};
    if (!reader_ok(r))
        return;
    if (sum_rows(x, w, OUTPUT, stated))
        compare(x, "output stated otherwise than the sum of sales: sales are kept", stated, output,
                output);
    const int taxed = sum_rows(x, w, TAXES, taxes);
    const int known = sum_rows(x, w, ADDED, added);
    for (size_t c = 0; c < cells; c++) {
        left[c] = output[c] - cost[c];
        added[c] += taxes[c];
        if (taxed && taxes[c] != 0)
            ful__tally_add(&inputs, taxes[c], 0, (int)c / x->J, (int)c % x->J);
    }
    inputs.after = inputs.before;
    inputs.largest = NAN;
    ful__import_tally(x, &inputs);
    if (known)
        compare(x, "value added stated otherwise than sales less inputs: the latter is kept", added,
                left, output);
    for (int row = 1; row < w->t.rows; row++)
        for (int k = 0; k < w->finals && w->row[row].kind == TAXES; k++)
            ful__tally_add(&final, number(x, w, row, w->final[k], "a tax", -1e15), 0,
                           w->column[w->final[k]].actor, -1);
    ful__import_tally(x, &final);
}

static void read_table(importer *x, wide *w, const char *path)
{
    reader *r = &x->r;
    const char *file;
    size_t size;
    char *text = ful__case_file(&file, &size, r, path, 1);
    if (text)
        r->status = ful__csv_grid(&w->t, text, size, file, r->arena, r->err);
    if (reader_ok(r) && w->t.rows < 2)
        ful__case_refuse(r, (place){file, 1, 1}, "the table has a header but no row");
    x->out->year = x->options->year;
    if (x->options->year == 0)
        ful__case_refuse(r, (place){file, 1, 1},
                         "a wide table does not say which year it is of: say so (--year)");
}

void ful__import_wide(importer *x, const char *path)
{
    reader *r = &x->r;
    wide w = {0};
    read_table(x, &w, path);
    if (reader_ok(r))
        read_labels(x, &w);
    if (reader_ok(r))
        ful__import_arrays(x);
    if (!reader_ok(r))
        return;
    w.row_of = place_cells(x, &w.t, w.row, w.t.rows, 1);
    w.column_of = place_cells(x, &w.t, w.column, w.t.columns, 0);
    if (reader_ok(r))
        check_square(x, &w);
    sort_final(x, &w);
    for (int j = 0; j < x->J && reader_ok(r); j++)
        for (int i = 0; i < x->N && reader_ok(r); i++)
            read_row(x, &w, i, j);
    double *output = ful__case_take(r, (size_t)(x->N * x->J), sizeof *output);
    double *cost = ful__case_take(r, (size_t)(x->N * x->J), sizeof *cost);
    if (!reader_ok(r))
        return;
    clear_negative(x);
    find_shares(x, output, cost);
    compare_beneath(x, &w, output, cost);
}
