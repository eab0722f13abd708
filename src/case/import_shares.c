/* SPDX-License-Identifier: MIT */
/*
 * Inputs of a trade model in the form of shares, as Felbermayr, Groeschl & Heiland (2022) arranged
 * the WIOD: countries and sectors as lists, expenditure, and who gets which share of it.
 */
#include "case/import.h"
#include "case/matrix.h"

#include <math.h>
#include <stdio.h>

#define SHARES_YEAR 2014
/* Shares of a whole sum to one within the digits of a printed table. */
#define SUM 1e-6

typedef struct shares {
    double *spent;  /* [j*N + n] */
    double *trade;  /* [(j*N + n)*N + i]: share of what n spends on j that goes to i */
    double *tariff; /* same: 1 + rate */
    double *added;  /* [j*N + n]: value added in output */
    double *inputs; /* [(n*J + k)*J + j]: share of k in the inputs of j */
} shares;

/* A column of a CSV file as names. */
static void read_names(importer *x, const char *file, const char *column, name_list *list)
{
    const import_columns columns = {1, 1, &column, NULL};
    reader *r = &x->r;
    csv_table t;
    int c;
    if (!ful__import_csv(&t, &c, x, file, &columns))
        return;
    for (int row = 1; row < t.rows && reader_ok(r); row++) {
        if (!*ful__field_text(&t, row, c))
            ful__case_refuse(r, at_field(&t, row, c), "the %s is missing", list->kind);
        if (list->count == IMPORT_MOST)
            ful__case_refuse(r, at_field(&t, row, c), "more than %d %ss", IMPORT_MOST, list->kind);
        ful__case_declare(r, list, at_field(&t, row, c), ful__field_text(&t, row, c));
    }
}

static double *read_matrix(importer *x, const char *file, int rows, int columns, double low,
                           double high)
{
    reader *r = &x->r;
    double *m = ful__matrix(r, file, &rows, rows, columns, 1);
    for (int k = 0; m && k < rows * columns; k++)
        if (!(m[k] >= low && m[k] <= high))
            ful__case_refuse(r, (place){ful__case_path(r, file).file, k / columns + 1, 1},
                             "number %d of this row is %g, expected %g..%g", k % columns + 1, m[k],
                             low, high);
    return m;
}

/* Numbers first, first + step, ... must sum to one, or all be zero. */
static void check_sum(importer *x, const char *file, int line, const double *first, int count,
                      int step)
{
    reader *r = &x->r;
    double sum = 0;
    for (int k = 0; k < count; k++)
        sum += first[k * step];
    if (sum != 0 && fabs(sum - 1) > SUM)
        ful__case_refuse(r, (place){ful__case_path(r, file).file, line, 1},
                         "these shares sum to %.9g, expected 1 (or all 0)", sum);
}

/* The name of a file of the table's year; lives as long as the table, which lists its files. */
static const char *dated(importer *x, const char *stem)
{
    char *name = ful__case_take(&x->r, 32, 1);
    if (name)
        snprintf(name, 32, "%s%d.txt", stem, x->out->year);
    return name;
}

static void read_files(importer *x, shares *s)
{
    reader *r = &x->r;
    const int N = x->N, J = x->J;
    const char *trade = dated(x, "Din"), *tariffs = dated(x, "tariffs");
    if (!reader_ok(r))
        return;
    s->spent = read_matrix(x, "X0.txt", J, N, 0, 1e15);
    s->trade = read_matrix(x, trade, J * N, N, 0, 1);
    s->tariff = read_matrix(x, tariffs, J * N, N, 1e-6, 1001);
    s->added = read_matrix(x, "B.txt", J, N, 0, 1);
    s->inputs = read_matrix(x, "G.txt", N * J, J, 0, 1);
    for (int row = 0; reader_ok(r) && row < J * N; row++)
        check_sum(x, trade, row + 1, s->trade + (size_t)row * (size_t)N, N, 1);
    for (int n = 0; reader_ok(r) && n < N; n++)
        for (int j = 0; j < J; j++)
            check_sum(x, "G.txt", n * J + 1, s->inputs + import_input_at(x, n, 0, j), J, J);
}

void ful__import_shares(importer *x, const char *path)
{
    reader *r = &x->r;
    shares s = {0};
    x->c.folder = path;
    x->out->year = x->options->year ? x->options->year : SHARES_YEAR;
    read_names(x, "countrysample_wiod.csv", "iso", &r->actors);
    read_names(x, "sectornames.csv", "sectorname_short", &r->sectors);
    if (reader_ok(r))
        ful__import_arrays(x);
    if (reader_ok(r))
        read_files(x, &s);
    x->c.folder = "";
    for (int j = 0; reader_ok(r) && j < x->J; j++)
        for (int n = 0; n < x->N; n++) {
            for (int i = 0; i < x->N; i++) {
                const size_t a = import_flow_at(x, j, n, i);
                x->flow[a] = x->unit * s.trade[a] * s.spent[j * x->N + n] / s.tariff[a];
                x->tariff[a] = s.tariff[a] - 1;
            }
            for (int k = 0; k < x->J; k++)
                x->input[import_input_at(x, n, j, k)] =
                    s.inputs[import_input_at(x, n, k, j)] * (1 - s.added[j * x->N + n]);
        }
}
