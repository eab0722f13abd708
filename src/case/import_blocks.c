/* SPDX-License-Identifier: MIT */
/* The text blocks of Caliendo & Parro (2015): matrices of numbers between white space. */
#include "case/import.h"
#include "case/matrix.h"

#include <math.h>
#include <string.h>

#define SERVICES_THETA 8.22 /* the paper's elasticity for sectors that are not traded */
#define MILLION 1e6
#define BLOCKS_YEAR 1993
/* The published tables hold one input share of -.0008 of inputs; what is further below zero is an
 * error. */
#define NEGATIVE_SHARE 1e-3

/* [(a*size + b)*size + c], the place in a flow array (sector, buyer, seller) or an input array
 * (country, user, input) */
static size_t at(int size, int a, int b, int c)
{
    return ((size_t)a * (size_t)size + (size_t)b) * (size_t)size + (size_t)c;
}

/* Tariffs of the traded sectors, which come first; none elsewhere. */
static double *read_tariffs(reader *r, const char *tariffs, int N, int J)
{
    double *rate = ful__case_take(r, at(N, J, 0, 0), sizeof *rate);
    int rows = -1;
    const double *read = rate ? ful__matrix(r, tariffs, &rows, J * N, N, 0) : NULL;
    if (read && rows % N != 0)
        ful__case_refuse(r, (place){ful__case_path(r, tariffs).file, rows, 1},
                         "%d rows, expected %d for each traded sector", rows, N);
    for (size_t a = 0; reader_ok(r) && a < (size_t)rows * (size_t)N; a++)
        rate[a] = read[a] / 100;
    return rate;
}

ful_status ful_import_block_tariffs(double **out, const ful_economy_data *data, const char *folder,
                                    const char *tariffs, ful_arena *arena, ful_error *err)
{
    reader r;
    ful_case c;
    ful__case_begin(&r, &c, folder, arena, err);
    *out = read_tariffs(&r, tariffs, data->countries, data->sectors);
    return r.status;
}

/* Output less exports is sold at home; where a table exports more than it makes, output is
 * raised. */
static void domestic_sales(double *flow, const double *output, int N, int J, tally *raised)
{
    for (int j = 0; j < J; j++)
        for (int i = 0; i < N; i++) {
            double exports = 0;
            for (int n = 0; n < N; n++)
                exports += n == i ? 0 : flow[at(N, j, n, i)];
            const double made = output[j * N + i] / MILLION;
            flow[at(N, j, i, i)] = fmax(made - exports, 0);
            if (made < exports)
                ful__tally_add(raised, made, exports, i, j);
        }
}

/* Shares of final demand: what is bought and not used as an input; below zero counts as none. */
static void final_shares(double *share, const ful_economy_data *d)
{
    const int N = d->countries, J = d->sectors;
    for (int n = 0; n < N; n++) {
        double total = 0;
        for (int k = 0; k < J; k++) {
            double final = 0;
            for (int i = 0; i < N; i++)
                final += d->flow[at(N, k, n, i)] * (1 + d->tariff[at(N, k, n, i)]);
            for (int j = 0; j < J; j++) {
                double output = 0;
                for (int b = 0; b < N; b++)
                    output += d->flow[at(N, j, b, n)];
                final -= d->input[at(J, n, j, k)] * output;
            }
            share[n * J + k] = fmax(final, 0);
            total += share[n * J + k];
        }
        for (int k = 0; k < J; k++)
            share[n * J + k] /= total;
    }
}

/* The tables as they stand in the folder; the first `traded` sectors have trade and a theta. */
typedef struct blocks {
    int traded;
    double *trade, *output, *inputs, *beta, *theta;
} blocks;

static void read_blocks(blocks *b, reader *r)
{
    ful__name_lines(r, "regions.txt", &r->actors);
    ful__name_lines(r, "sectors.txt", &r->sectors);
    const int N = r->actors.count, J = r->sectors.count;
    b->traded = -1;
    b->theta = ful__matrix(r, "T.txt", &b->traded, J, 1, 0);
    if (!reader_ok(r))
        return;
    const struct {
        double **to;
        const char *name;
        int rows, columns;
    } table[] = {{&b->trade, "xbilat1993.txt", b->traded * N, N},
                 {&b->output, "GO.txt", J, N},
                 {&b->inputs, "IO.txt", N * J, J},
                 {&b->beta, "B.txt", J, N}};
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        int rows = table[k].rows;
        *table[k].to = ful__matrix(r, table[k].name, &rows, rows, table[k].columns, 0);
    }
}

/* gamma = (1 - beta) times the share in inputs; the tables have users in columns. */
static void input_shares(double *input, const blocks *b, reader *r, tally *negative)
{
    const int N = r->actors.count, J = r->sectors.count;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < J; j++)
            for (int k = 0; k < J; k++) {
                const double share = b->inputs[at(J, i, k, j)];
                if (share < -NEGATIVE_SHARE)
                    ful__case_refuse(
                        r, (place){ful__case_path(r, "IO.txt").file, i * J + k + 1, j + 1},
                        "share of %s in the inputs of %s in %s is %g, expected 0..1",
                        r->sectors.name[k], r->sectors.name[j], r->actors.name[i], share);
                const double value = (1 - b->beta[j * N + i]) * b->output[j * N + i] / MILLION;
                if (share < 0)
                    ful__tally_add(negative, share * value, 0, i, j);
                input[at(J, i, j, k)] = fmax(share, 0) * (1 - b->beta[j * N + i]);
            }
}

/* What a report says of the tables. */
typedef struct block_tallies {
    tally raised, negative;
} block_tallies;

static void read_economy(ful_economy_data *out, reader *r, const char *tariffs, block_tallies *t)
{
    blocks b = {0};
    read_blocks(&b, r);
    if (!reader_ok(r))
        return;
    const int N = r->actors.count, J = r->sectors.count;
    *out = (ful_economy_data){.countries = N,
                              .sectors = J,
                              .country = r->actors.name,
                              .sector = r->sectors.name,
                              .closure = FUL_CLOSURE_ZERO};
    double *flow = ful__case_take(r, at(N, J, 0, 0), sizeof *flow);
    double *input = ful__case_take(r, at(J, N, 0, 0), sizeof *input);
    double *theta = ful__case_take(r, (size_t)J, sizeof *theta);
    double *share = ful__case_take(r, (size_t)(N * J), sizeof *share);
    out->tariff = read_tariffs(r, tariffs, N, J);
    if (!reader_ok(r))
        return;
    for (int j = 0; j < J; j++)
        theta[j] = j < b.traded ? b.theta[j] : SERVICES_THETA;
    for (size_t a = 0; a < at(N, b.traded, 0, 0); a++)
        flow[a] = b.trade[a] * 1000 / MILLION;
    input_shares(input, &b, r, &t->negative);
    if (!reader_ok(r))
        return;
    domestic_sales(flow, b.output, N, J, &t->raised);
    out->flow = flow;
    out->input = input;
    out->theta = theta;
    final_shares(share, out);
    out->final_share = share;
}

ful_status ful_import_blocks(ful_economy_data *out, const char *folder, const char *tariffs,
                             ful_arena *arena, ful_error *err)
{
    reader r;
    ful_case c;
    block_tallies t = {{0}, {0}};
    *out = (ful_economy_data){0};
    ful__case_begin(&r, &c, folder, arena, err);
    read_economy(out, &r, tariffs, &t);
    return r.status;
}

/* A case has no final shares of its own: they follow from flows and inputs, and what is negative
 * then is made up like everywhere (ful__import_finish). */
void ful__import_blocks(importer *x, const char *path)
{
    reader *r = &x->r;
    ful_economy_data d = {0};
    block_tallies t = {{.what = "output below exports, raised to exports"},
                       {.what = "input shares a little below 0, set to 0"}};
    x->c.folder = path;
    if (x->options->unit != 0)
        r->status = ful_fail(r->err, FUL_ERR_ARGUMENT,
                             "blocks are in thousand and single dollars: they take no unit");
    read_economy(&d, r, x->options->tariffs ? x->options->tariffs : "tariffs1993.txt", &t);
    x->c.folder = "";
    if (!reader_ok(r))
        return;
    ful__import_arrays(x);
    if (!reader_ok(r))
        return;
    memcpy(x->flow, d.flow, at(x->N, x->J, 0, 0) * sizeof *x->flow);
    memcpy(x->tariff, d.tariff, at(x->N, x->J, 0, 0) * sizeof *x->tariff);
    memcpy(x->input, d.input, at(x->J, x->N, 0, 0) * sizeof *x->input);
    x->theta = ful__case_take(r, (size_t)x->J, sizeof *x->theta);
    if (x->theta)
        memcpy(x->theta, d.theta, (size_t)x->J * sizeof *x->theta);
    x->out->year = x->options->year ? x->options->year : BLOCKS_YEAR;
    ful__import_tally(x, &t.negative);
    ful__import_tally(x, &t.raised);
}
