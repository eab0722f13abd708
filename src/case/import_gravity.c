/* SPDX-License-Identifier: MIT */
/*
 * The one-sector tables of gravity models: exporter, importer, trade, and what the exporter makes
 * (Y) and the importer spends (E) in every row. Domestic sales are those of the table where it has
 * them, else what is left of Y when exports are taken off: trade is measured better than Y and E,
 * so it is left as it is, and the gap to E is said.
 */
#include "case/import.h"

#include <math.h>

enum { EXPORTER, IMPORTER, TRADE, OUTPUT, EXPENDITURE, YEAR, COLUMNS };

/* Repeated numbers of one actor may differ by the rounding of a table. */
#define SAME 1e-6

/* The number of each actor in a column that repeats it, and where it stands first; NaN where no row
 * has it. */
typedef struct repeated {
    double *value;
    place *at;
} repeated;

static repeated read_repeated(importer *x, const csv_table *t, const unsigned char *keep, int who,
                              int column)
{
    reader *r = &x->r;
    const repeated out = {ful__case_take(r, (size_t)x->N, sizeof *out.value),
                          ful__case_take(r, (size_t)x->N, sizeof *out.at)};
    for (int n = 0; reader_ok(r) && n < x->N; n++)
        out.value[n] = NAN;
    for (int row = 1; column >= 0 && row < t->rows && reader_ok(r); row++) {
        if (!keep[row])
            continue;
        const int n = ful__field_name(r, t, row, who, &r->actors);
        const double v =
            x->unit * ful__field_number(r, t, row, column, ful__field_text(t, 0, column), 0, 1e15);
        if (!reader_ok(r))
            return out;
        if (isnan(out.value[n])) {
            out.value[n] = v;
            out.at[n] = at_field(t, row, column);
        } else if (fabs(v - out.value[n]) > SAME * out.value[n]) {
            ful__case_refuse(r, at_field(t, row, column),
                             "%s has another %s in line %d: it is one number for each actor and "
                             "year",
                             r->actors.name[n], ful__field_text(t, 0, column), out.at[n].line);
        }
    }
    return out;
}

/* What the flows say beside what a column states. */
static void compare(importer *x, const double *stated, int output, const char *what)
{
    tally t = {.what = what};
    for (int n = 0; n < x->N && reader_ok(&x->r); n++) {
        double sum = 0;
        for (int i = 0; i < x->N; i++)
            sum += x->flow[output ? import_flow_at(x, 0, i, n) : import_flow_at(x, 0, n, i)];
        if (!isnan(stated[n]) && fabs(sum - stated[n]) > SAME * sum)
            ful__tally_add(&t, stated[n], sum, n, 0);
    }
    ful__import_tally(x, &t);
}

/* Where there is one sector alone, output must be more than exports. */
static void fill_domestic(importer *x, const int *line, const repeated *output)
{
    reader *r = &x->r;
    long filled = 0;
    for (int n = 0; n < x->N && reader_ok(r); n++) {
        const double made = output->value[n];
        if (line[import_flow_at(x, 0, n, n)] || isnan(made))
            continue;
        const double exports = ful__import_exports(x, n, 0);
        x->flow[import_flow_at(x, 0, n, n)] = made - exports;
        if (made <= exports)
            ful__case_refuse(
                r, output->at[n],
                "the output of %s is %.6g and its exports sum to %.6g, so that nothing "
                "is left to sell to itself: correct them, or add a row in which it is "
                "exporter and importer",
                r->actors.name[n], made / x->unit, exports / x->unit);
        filled++;
    }
    ful__import_count(x, filled, "domestic sales taken as output less exports", NULL);
}

void ful__import_gravity(importer *x, const char *path)
{
    static const char *const names[COLUMNS] = {"exporter", "importer",    "trade",
                                               "output",   "expenditure", "year"};
    static const char *const also[COLUMNS] = {NULL, NULL, NULL, "Y", "E", NULL};
    const import_columns columns = {3, COLUMNS, names, also};
    reader *r = &x->r;
    csv_table t;
    int c[COLUMNS];
    if (!ful__import_csv(&t, c, x, path, &columns))
        return;
    unsigned char *keep = ful__case_take(r, (size_t)t.rows, 1);
    if (!keep)
        return;
    ful__import_year(x, keep, &t, c[YEAR]);
    ful__case_declare(r, &r->sectors, (place){t.file, 1, 1}, "all");
    const flow_columns flows = {c[EXPORTER], c[IMPORTER], -1, c[TRADE], -1};
    const int *line = ful__import_flows(x, &t, keep, &flows);
    if (!reader_ok(r))
        return;
    const repeated output = read_repeated(x, &t, keep, c[EXPORTER], c[OUTPUT]);
    const repeated spent = read_repeated(x, &t, keep, c[IMPORTER], c[EXPENDITURE]);
    if (!reader_ok(r))
        return;
    fill_domestic(x, line, &output);
    compare(x, output.value, 1, "output stated otherwise than the sum of sales: sales are kept");
    compare(x, spent.value, 0,
            "expenditure stated otherwise than the sum of purchases: purchases are kept");
    ful__import_domestic(x, c[OUTPUT] < 0
                                ? "add rows in which it is exporter and importer, or a column "
                                  "'output'"
                                : "add a row in which it is exporter and importer, or one of an "
                                  "export, with its output");
}
