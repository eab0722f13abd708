/* SPDX-License-Identifier: MIT */
/*
 * The end of every import: from flows, tariffs and input shares as a table states them to an
 * economy that ful_economy_model_new accepts, with every change counted. The one quantity that is
 * adjusted is domestic sales: no table measures them as well as trade, and no other adjustment
 * leaves recorded trade as it was. (RAS would spread a gap over all cells, recorded trade among
 * them.)
 */
#include "case/import.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The most that inputs may cost of what they make: something is left for value added, and a sum of
 * printed shares does not exceed 1 by rounding. */
#define MOST_INPUTS (1 - 1e-9)
/* What the rounds of settling leave, relative to spending: rounding of the sums. */
#define LEFT 1e-12
#define MOST_ROUNDS 10000
/* From half to twice: about the spread of published trade elasticities of one sector. */
#define THETA_SPREAD 2
#define MOST_THETA 1000

/* Tariffs on an actor's own sales are revenue that it pays to itself: they become sales. */
static void domestic_tariffs(importer *x)
{
    tally t = {.what = "tariffs on own sales, counted as domestic sales"};
    for (int j = 0; j < x->J; j++)
        for (int n = 0; n < x->N; n++) {
            const size_t a = import_flow_at(x, j, n, n);
            const double before = x->flow[a];
            x->flow[a] *= 1 + x->tariff[a];
            x->tariff[a] = 0;
            ful__tally_add(&t, before, x->flow[a], n, j);
        }
    ful__import_tally(x, &t);
}

/* Output of actor i in sector j, and what it spends on it, tariffs included. */
static void totals(const importer *x, double *output, double *spending)
{
    memset(output, 0, sizeof *output * (size_t)(x->N * x->J));
    memset(spending, 0, sizeof *spending * (size_t)(x->N * x->J));
    for (int j = 0; j < x->J; j++)
        for (int n = 0; n < x->N; n++)
            for (int i = 0; i < x->N; i++) {
                const size_t a = import_flow_at(x, j, n, i);
                output[i * x->J + j] += x->flow[a];
                spending[n * x->J + j] += x->flow[a] * (1 + x->tariff[a]);
            }
}

/* Inputs that cost more than the output they make leave no value added: they are scaled. */
static void scale_inputs(importer *x, const double *output)
{
    tally t = {.what = "inputs above output (value added below 0), scaled to output"};
    for (int i = 0; i < x->N; i++)
        for (int j = 0; j < x->J; j++) {
            double sum = 0;
            double *row = x->input + import_input_at(x, i, j, 0);
            for (int k = 0; k < x->J; k++)
                sum += row[k];
            if (sum <= MOST_INPUTS)
                continue;
            for (int k = 0; k < x->J; k++)
                row[k] *= MOST_INPUTS / sum;
            if (sum > 1)
                ful__tally_add(&t, sum * output[i * x->J + j], output[i * x->J + j], i, j);
        }
    ful__import_tally(x, &t);
}

/* One round: what is used of a sector beyond what is bought is sold at home. Returns whether that
 * was more than rounding. */
static int settle_round(importer *x, double *output, double *spending)
{
    int more = 0;
    for (int n = 0; n < x->N; n++)
        for (int k = 0; k < x->J; k++) {
            double used = 0;
            for (int j = 0; j < x->J; j++)
                used += x->input[import_input_at(x, n, j, k)] * output[n * x->J + j];
            const double gap = used - spending[n * x->J + k];
            if (!(gap > LEFT * used))
                continue;
            x->flow[import_flow_at(x, k, n, n)] += gap;
            output[n * x->J + k] += gap;
            spending[n * x->J + k] += gap;
            more = 1;
        }
    return more;
}

static void settle(importer *x, double *output, double *spending)
{
    reader *r = &x->r;
    tally t = {.what = "domestic sales raised to the inputs that producers use"};
    double *before = ful__case_take(r, (size_t)(x->N * x->J), sizeof *before);
    int rounds = 0;
    if (!before)
        return;
    for (int j = 0; j < x->J; j++)
        for (int n = 0; n < x->N; n++)
            before[j * x->N + n] = x->flow[import_flow_at(x, j, n, n)];
    while (rounds < MOST_ROUNDS && settle_round(x, output, spending))
        rounds++;
    if (rounds == MOST_ROUNDS)
        r->status =
            ful_fail_at(r->err, FUL_ERR_DATA, x->out->table, 0, 0,
                        "the table's inputs are worth as much as its output: making up what "
                        "producers use does not end; check units and input shares");
    for (int j = 0; j < x->J; j++)
        for (int n = 0; n < x->N; n++)
            ful__tally_add(&t, before[j * x->N + n], x->flow[import_flow_at(x, j, n, n)], n, j);
    ful__import_tally(x, &t);
}

/* Everybody sells and buys, and every sector is sold. */
static void check_sales(importer *x, const double *output, const double *spending)
{
    reader *r = &x->r;
    for (int n = 0; n < x->N; n++) {
        double sold = 0, bought = 0;
        for (int j = 0; j < x->J; j++) {
            sold += output[n * x->J + j];
            bought += spending[n * x->J + j];
        }
        if (!(sold > 0) || !(bought > 0))
            ful__case_refuse(
                r, r->actors.at[n],
                "%s %s nothing: give it rows above 0, join it to another, or remove it",
                r->actors.name[n], sold > 0 ? "buys" : "sells");
    }
    for (int j = 0; j < x->J; j++) {
        double sold = 0;
        for (int n = 0; n < x->N; n++)
            sold += output[n * x->J + j];
        if (!(sold > 0))
            ful__case_refuse(
                r, r->sectors.at[j],
                "nobody sells anything of sector '%s': join it to another or remove it",
                r->sectors.name[j]);
    }
}

/* Sales between actors and at home, for the first lines of the report. */
static void sums(const importer *x, double *trade, double *domestic)
{
    *trade = *domestic = 0;
    for (int j = 0; j < x->J; j++)
        for (int n = 0; n < x->N; n++)
            for (int i = 0; i < x->N; i++)
                *(n == i ? domestic : trade) += x->flow[import_flow_at(x, j, n, i)];
}

/* ---- trade elasticities ---- */

typedef struct thetas {
    double *value, *low, *high;
    char *grade;
} thetas;

static void set_theta(thetas *t, int j, double value, char grade)
{
    t->value[j] = value;
    t->low[j] = value / THETA_SPREAD;
    t->high[j] = value * THETA_SPREAD;
    t->grade[j] = grade;
}

static void theta_row(importer *x, thetas *t, const csv_table *f, const int *column, int row,
                      int *line)
{
    reader *r = &x->r;
    enum { SECTOR, THETA, LOW, HIGH, GRADE };
    const int j = ful__field_name(r, f, row, column[SECTOR], &r->sectors);
    if (!reader_ok(r))
        return;
    if (line[j])
        ful__case_refuse(r, at_row(f, row), "sector '%s' stands twice, first in line %d",
                         r->sectors.name[j], line[j]);
    line[j] = at_row(f, row).line;
    set_theta(t, j, ful__field_number(r, f, row, column[THETA], "theta", 1e-6, MOST_THETA), 'E');
    if (column[LOW] >= 0)
        t->low[j] = ful__field_number(r, f, row, column[LOW], "low", 1e-6, t->value[j]);
    if (column[HIGH] >= 0)
        t->high[j] = ful__field_number(r, f, row, column[HIGH], "high", t->value[j], MOST_THETA);
    if (column[GRADE] >= 0)
        t->grade[j] = ful__field_grade(r, f, row, column[GRADE]);
}

static void read_theta(importer *x, thetas *t, const char *path)
{
    static const char *const names[] = {"sector", "theta", "low", "high", "grade"};
    const import_columns columns = {2, 5, names, NULL};
    const ful_import_options plain = {0}, *given = x->options;
    reader *r = &x->r;
    csv_table f;
    int column[5], *line = ful__case_take(r, (size_t)x->J, sizeof *line);
    x->options = &plain; /* renames are about the table */
    if (line && ful__import_csv(&f, column, x, path, &columns)) {
        for (int row = 1; row < f.rows && reader_ok(r); row++)
            theta_row(x, t, &f, column, row, line);
        for (int j = 0; j < x->J; j++)
            if (!line[j])
                ful__case_refuse(r, (place){f.file, f.rows, 1},
                                 "no theta for sector '%s': add a row", r->sectors.name[j]);
    }
    x->options = given;
}

/* Whether a text is meant as a number and not as a file: nan and inf are, and are refused. */
static int is_number(const char *text)
{
    char *end;
    strtod(text, &end);
    return *text && (!*end || !text[strspn(text, "+-.0123456789eE")]);
}

static void find_theta(importer *x)
{
    reader *r = &x->r;
    const size_t J = (size_t)x->J;
    ful_import *out = x->out;
    thetas t = {ful__case_take(r, J, sizeof(double)), ful__case_take(r, J, sizeof(double)),
                ful__case_take(r, J, sizeof(double)), ful__case_take(r, J + 1, 1)};
    if (!reader_ok(r))
        return;
    const char *said = x->options->theta;
    const int number = said && is_number(said);
    double all = FUL_IMPORT_THETA;
    if (number)
        all = ful__case_number(r, (place){"--theta", 0, 0}, said, "theta", 1e-6, MOST_THETA);
    for (int j = 0; j < x->J; j++)
        set_theta(&t, j, !said && x->theta ? x->theta[j] : all, !said && x->theta ? 'C' : 'E');
    if (said && !number)
        read_theta(x, &t, said);
    out->theta_source = number     ? "one number for every sector, given at the import"
                        : said     ? said
                        : x->theta ? "the table"
                                   : "no estimate: 5, the round number of Costinot and "
                                     "Rodriguez-Clare (2014)";
    out->data.theta = t.value;
    out->theta_low = t.low;
    out->theta_high = t.high;
    out->theta_grade = t.grade;
}

/* ---- trade ---- */

/* Whoever trades must both sell and buy: exports without imports, or imports without exports, are
 * one transfer, and a case keeps it below all of them. */
static void check_trade(importer *x)
{
    reader *r = &x->r;
    for (int n = 0; n < x->N && reader_ok(r); n++) {
        double sold = 0, bought = 0;
        for (int j = 0; j < x->J; j++) {
            sold += ful__import_exports(x, n, j);
            for (int i = 0; i < x->N; i++)
                bought += i == n ? 0 : x->flow[import_flow_at(x, j, n, i)];
        }
        if ((sold > 0) != (bought > 0))
            ful__case_refuse(r, r->actors.at[n],
                             "%s %s nothing abroad but %s there, which nothing pays for: add its "
                             "%s, or leave %s out of the table",
                             r->actors.name[n], sold > 0 ? "buys" : "sells",
                             sold > 0 ? "sells" : "buys", sold > 0 ? "imports" : "exports",
                             r->actors.name[n]);
    }
}

/* ---- all of it ---- */

void ful__import_finish(importer *x)
{
    reader *r = &x->r;
    ful_import *out = x->out;
    if (!reader_ok(r))
        return;
    ful__import_ids(x);
    double *output = ful__case_take(r, (size_t)(x->N * x->J), sizeof *output);
    double *spending = ful__case_take(r, (size_t)(x->N * x->J), sizeof *spending);
    if (!reader_ok(r))
        return;
    double trade[2], domestic[2];
    sums(x, &trade[0], &domestic[0]);
    domestic_tariffs(x);
    totals(x, output, spending);
    check_sales(x, output, spending);
    scale_inputs(x, output);
    settle(x, output, spending);
    check_trade(x);
    sums(x, &trade[1], &domestic[1]);
    find_theta(x);
    out->data.flow = x->flow;
    out->data.tariff = x->tariff;
    out->data.input = x->input;
    out->data.closure = FUL_CLOSURE_FINANCED;
    ful__import_total(x, "all trade between actors", trade[0], trade[1]);
    ful__import_total(x, "all domestic sales", domestic[0], domestic[1]);
}
