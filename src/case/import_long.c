/* SPDX-License-Identifier: MIT */
/* A long table of bilateral sales by sector, with output and input shares in files of their own. */
#include "case/import.h"

#include <string.h>

/* Output of each cell, from which domestic sales follow. */
static void read_output(importer *x, const char *path, const int *flow_line)
{
    static const char *const names[] = {"actor", "sector", "output"};
    const import_columns columns = {3, 3, names, NULL};
    reader *r = &x->r;
    csv_table t;
    int c[3], *line = ful__case_take(r, (size_t)(x->N * x->J), sizeof *line);
    tally raised = {.what = "output below exports, raised to exports"};
    if (!line || !ful__import_csv(&t, c, x, path, &columns))
        return;
    for (int row = 1; row < t.rows && reader_ok(r); row++) {
        const int n = ful__field_name(r, &t, row, c[0], &r->actors);
        const int j = ful__field_name(r, &t, row, c[1], &r->sectors);
        const double output = ful__field_number(r, &t, row, c[2], "output", 0, 1e15);
        if (!reader_ok(r))
            return;
        const int own = flow_line[import_flow_at(x, j, n, n)];
        if (line[n * x->J + j])
            ful__case_refuse(r, at_row(&t, row), "a second row for this cell, first in line %d",
                             line[n * x->J + j]);
        if (own)
            ful__case_refuse(r, at_row(&t, row),
                             "%s has domestic sales in line %d of the table already: give one of "
                             "them",
                             r->actors.name[n], own);
        line[n * x->J + j] = at_row(&t, row).line;
        ful__import_residual(x, &raised, n, j, output * x->unit);
    }
    ful__import_tally(x, &raised);
}

/* An input that is used must be bought from somebody. */
static void check_bought(importer *x, const csv_table *t, int row, int i, int j, int k)
{
    double made = 0, bought = 0;
    for (int n = 0; n < x->N; n++) {
        made += x->flow[import_flow_at(x, j, n, i)];
        bought += x->flow[import_flow_at(x, k, i, n)];
    }
    if (made > 0 && !(bought > 0))
        ful__case_refuse(&x->r, at_row(t, row),
                         "%s uses '%s' but the table has no sale of it to %s: add one, or remove "
                         "this row",
                         x->r.actors.name[i], x->r.sectors.name[k], x->r.actors.name[i]);
}

static void set_input(importer *x, const csv_table *t, int row, int i, const int *cell,
                      double share, int *line)
{
    const size_t a = import_input_at(x, i, cell[0], cell[1]);
    if (line[a])
        ful__case_refuse(&x->r, at_row(t, row), "a second row for this input, first in line %d",
                         line[a]);
    line[a] = at_row(t, row).line;
    x->input[a] = share;
    if (share > 0)
        check_bought(x, t, row, i, cell[0], cell[1]);
}

/* actor * stands for everybody. */
static void read_inputs(importer *x, const char *path)
{
    static const char *const names[] = {"actor", "sector", "input", "share"};
    const import_columns columns = {4, 4, names, NULL};
    reader *r = &x->r;
    csv_table t;
    int c[4], *line = ful__case_take(r, (size_t)(x->N * x->J) * (size_t)x->J, sizeof *line);
    if (!line || !ful__import_csv(&t, c, x, path, &columns))
        return;
    for (int row = 1; row < t.rows && reader_ok(r); row++) {
        const int all = strcmp(ful__field_text(&t, row, c[0]), "*") == 0;
        const int first = all ? 0 : ful__field_name(r, &t, row, c[0], &r->actors);
        const int cell[2] = {ful__field_name(r, &t, row, c[1], &r->sectors),
                             ful__field_name(r, &t, row, c[2], &r->sectors)};
        const double share = ful__field_number(r, &t, row, c[3], "share", 0, 1);
        for (int i = first; reader_ok(r) && i < (all ? x->N : first + 1); i++)
            set_input(x, &t, row, i, cell, share, line);
    }
}

void ful__import_long(importer *x, const char *path)
{
    static const char *const names[] = {"seller", "buyer", "sector", "value", "tariff", "year"};
    const import_columns columns = {4, 6, names, NULL};
    const ful_import_options *o = x->options;
    const ful_import_options plain = {.inputs = o->inputs, .output = o->output};
    reader *r = &x->r;
    csv_table t;
    int c[6];
    if (!ful__import_csv(&t, c, x, path, &columns))
        return;
    unsigned char *keep = ful__case_take(r, (size_t)t.rows, 1);
    if (!keep)
        return;
    ful__import_year(x, keep, &t, c[5]);
    const flow_columns flows = {c[0], c[1], c[2], c[3], c[4]};
    const int *line = ful__import_flows(x, &t, keep, &flows);
    if (!reader_ok(r))
        return;
    x->options = &plain; /* renames are about the table */
    if (o->output)
        read_output(x, o->output, line);
    if (o->inputs && reader_ok(r))
        read_inputs(x, o->inputs);
    x->options = o;
    ful__import_domestic(
        x, o->output ? "add rows in which it is seller and buyer, or give it an output above its "
                       "exports in some sector (--gross-output)"
                     : "add rows in which it is seller and buyer, or a file of output "
                       "(--gross-output)");
    if (!o->inputs)
        ful__import_count(x, (long)x->N * x->J,
                          "sectors of an actor without inputs: value added only (no --inputs)",
                          NULL);
}
