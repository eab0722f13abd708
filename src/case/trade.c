/* SPDX-License-Identifier: MIT */
/* trade.csv, inputs.csv, tariffs.csv, latent.csv: the benchmark in its two sizes. */
#include "case/reader.h"

#include <string.h>

enum { LOW, HIGH, BOTH };

/* An array of the benchmark in its two sizes, and which of them each cell was given for. */
typedef struct cells {
    double *value[2]; /* the same array where the case has one size */
    unsigned char *seen;
    size_t count;
} cells;

static int cells_new(cells *x, reader *r, size_t count)
{
    x->count = count;
    x->value[0] = ful__case_take(r, count, sizeof(double));
    x->value[1] =
        r->c->s.size == FUL_NO_PARAM ? x->value[0] : ful__case_take(r, count, sizeof(double));
    x->seen = ful__case_take(r, count, 1);
    return reader_ok(r);
}

/* Which sizes a row speaks of. */
static int read_size(reader *r, const csv_table *t, int row, int column)
{
    static const char *const sizes[] = {"low", "high", NULL};
    if (!*ful__field_text(t, row, column))
        return BOTH;
    const int size = ful__field_word(r, t, row, column, "size", sizes);
    if (r->c->s.size == FUL_NO_PARAM)
        ful__case_refuse(r, at_field(t, row, column),
                         "a size, but the economy in case.yaml names no parameter 'size'");
    return size;
}

/* Store a value in the sizes of its row; a cell that was set before is a duplicate. */
static void store(reader *r, const csv_table *t, int row, cells *x, size_t at, int size,
                  double value)
{
    const int bits = size == BOTH ? 3 : 1 << size;
    if (!reader_ok(r))
        return;
    if (x->seen[at] & bits)
        ful__case_refuse(r, at_row(t, row), "this row repeats an earlier one");
    x->seen[at] |= (unsigned char)bits;
    if (bits & 1)
        x->value[0][at] = value;
    if (bits & 2)
        x->value[1][at] = value;
}

/* Cell of the flow that the first three columns name. */
static size_t read_flow(reader *r, const csv_table *t, int row)
{
    const int i = ful__field_name(r, t, row, 0, &r->actors);
    const int n = ful__field_name(r, t, row, 1, &r->actors);
    const int j = ful__field_name(r, t, row, 2, &r->sectors);
    return reader_ok(r) ? flow_at(&r->c->s, j, n, i) : 0;
}

static size_t read_input(reader *r, const csv_table *t, int row)
{
    const int i = ful__field_name(r, t, row, 0, &r->actors);
    const int j = ful__field_name(r, t, row, 1, &r->sectors);
    const int k = ful__field_name(r, t, row, 2, &r->sectors);
    return reader_ok(r) ? input_at(&r->c->s, i, j, k) : 0;
}

typedef size_t (*cell_fn)(reader *r, const csv_table *t, int row);

/* A cell that is given for one size only would be zero in the other: that must be said. */
static void check_sizes(reader *r, const csv_table *t, const cells *x, cell_fn cell)
{
    for (int row = 0; reader_ok(r) && row < t->rows; row++) {
        if (!*ful__field_text(t, row, 4))
            continue;
        if (x->seen[cell(r, t, row)] != 3)
            ful__case_refuse(r, at_row(t, row),
                             "this cell has a row for one size only: add the other, "
                             "be it 0");
    }
}

/* Three names, a number, perhaps a size. */
static void read_sized(cells *x, csv_table *t, reader *r, const char *file,
                       const char *const *needed, double most, cell_fn cell)
{
    static const char *const optional[] = {"size", NULL};
    const csv_columns columns = {needed, optional};
    if (!ful__case_csv(t, r, file, &columns, 1))
        return;
    for (int row = 0; reader_ok(r) && row < t->rows; row++) {
        const size_t at = cell(r, t, row);
        const double value = ful__field_number(r, t, row, 3, needed[3], 0, most);
        const int size = read_size(r, t, row, 4);
        store(r, t, row, x, at, size, value);
    }
    check_sizes(r, t, x, cell);
}

/* Tariffs, which go to the buyer, and export taxes, which go to the seller. */
static void read_tariffs(reader *r, size_t flows)
{
    static const char *const needed[] = {"seller", "buyer", "sector", "rate", NULL};
    static const char *const optional[] = {"export_tax", NULL};
    const csv_columns columns = {needed, optional};
    ful_situation *s = &r->c->s;
    csv_table t;
    double *tax = NULL;
    if (!ful__case_csv(&t, r, "tariffs.csv", &columns, 0) || t.rows == 0)
        return;
    cells x = {{ful__case_take(r, flows, sizeof(double))}, ful__case_take(r, flows, 1), flows};
    x.value[1] = x.value[0];
    for (int row = 0; reader_ok(r) && row < t.rows; row++) {
        const size_t at = read_flow(r, &t, row);
        const int taxed = *ful__field_text(&t, row, 4) != '\0';
        const double rate = ful__field_number(r, &t, row, 3, "rate", -0.999999, 1000);
        const double levy =
            taxed ? ful__field_number(r, &t, row, 4, "export_tax", -0.999999, 1000) : 0;
        if ((rate != 0 || levy != 0) &&
            strcmp(ful__field_text(&t, row, 0), ful__field_text(&t, row, 1)) == 0)
            ful__case_refuse(r, at_row(&t, row), "an actor's sales to itself bear no %s",
                             rate != 0 ? "tariff" : "export tax");
        store(r, &t, row, &x, at, BOTH, rate);
        if (taxed && !tax)
            tax = ful__case_take(r, flows, sizeof *tax);
        if (reader_ok(r) && taxed)
            tax[at] = levy;
    }
    s->tariff = x.value[0];
    s->export_tax = tax;
}

static void read_latent(reader *r, size_t flows)
{
    static const char *const needed[] = {"seller", "buyer", "sector", "value_musd",
                                         "source", "grade", NULL};
    const csv_columns columns = {needed, NULL};
    ful_situation *s = &r->c->s;
    csv_table t;
    if (!ful__case_csv(&t, r, "latent.csv", &columns, 0) || t.rows == 0)
        return;
    cells x = {{ful__case_take(r, flows, sizeof(double))}, ful__case_take(r, flows, 1), flows};
    x.value[1] = x.value[0];
    for (int row = 0; reader_ok(r) && row < t.rows; row++) {
        const char *target = s->actor[s->target].id;
        const char *seller = ful__field_text(&t, row, 0), *buyer = ful__field_text(&t, row, 1);
        const size_t at = read_flow(r, &t, row);
        const double value = ful__field_number(r, &t, row, 3, "value_musd", 0, 1e12);
        ful__field_source(r, &t, row, 4);
        ful__field_grade(r, &t, row, 5);
        if ((strcmp(seller, target) == 0) == (strcmp(buyer, target) == 0))
            ful__case_refuse(r, at_row(&t, row), "a latent flow has the target, %s, on one side",
                             target);
        store(r, &t, row, &x, at, BOTH, value);
    }
    s->latent = x.value[0];
}

void ful__case_trade(reader *r)
{
    static const char *const flow[] = {"seller", "buyer", "sector", "value_musd", NULL};
    static const char *const input[] = {"actor", "sector", "input", "share", NULL};
    ful_situation *s = &r->c->s;
    const size_t N = (size_t)s->actors, J = (size_t)s->sectors;
    csv_table t;
    cells x;
    if (!reader_ok(r) || !cells_new(&x, r, J * N * N))
        return;
    read_sized(&x, &t, r, "trade.csv", flow, 1e12, read_flow);
    s->flow[0] = x.value[0];
    s->flow[1] = x.value[1];
    if (!reader_ok(r) || !cells_new(&x, r, N * J * J))
        return;
    read_sized(&x, &r->inputs, r, "inputs.csv", input, 1, read_input);
    s->input[0] = x.value[0];
    s->input[1] = x.value[1];
    read_tariffs(r, J * N * N);
    read_latent(r, J * N * N);
}
