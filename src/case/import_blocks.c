/* SPDX-License-Identifier: MIT */
/* The text blocks of Caliendo & Parro (2015): matrices of numbers between white space. */
#include "fulcrum/import.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVICES_THETA 8.22 /* the paper's elasticity for sectors that are not traded */
#define MILLION 1e6
/* The published tables hold one input share of -.0008 of inputs; what is further below zero is an
 * error. */
#define NEGATIVE_SHARE 1e-3

/* Read a whole file into the arena, with a final NUL. */
static ful_status slurp(char **out, char *path, size_t room, const char *folder, const char *name,
                        ful_arena *arena, ful_error *err)
{
    if ((size_t)snprintf(path, room, "%s/%s", folder, name) >= room)
        return ful_fail(err, FUL_ERR_FILE, "the path of %s is too long", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return ful_fail_at(err, FUL_ERR_FILE, path, 0, 0, "cannot be opened");
    ful_status status = FUL_OK;
    long size = -1;
    if (fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    char *text = size >= 0 ? ful_arena_take(arena, (size_t)size + 1, 1) : NULL;
    if (size < 0 || fseek(file, 0, SEEK_SET) != 0)
        status = ful_fail_at(err, FUL_ERR_FILE, path, 0, 0, "cannot be read");
    else if (!text)
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for %s", path);
    else if (fread(text, 1, (size_t)size, file) != (size_t)size)
        status = ful_fail_at(err, FUL_ERR_FILE, path, 0, 0, "cannot be read to its end");
    fclose(file);
    *out = text;
    return status;
}

/* The next character that is no white space. */
static const char *skip_space(const char *at)
{
    while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
        at++;
    return at;
}

/* The number that fills the word at *at, and *at moved behind it; NaN where the word is none. */
static double next_number(const char **at)
{
    char word[64], *end;
    size_t length = 0;
    while ((*at)[length] > ' ' && length < sizeof word - 1) {
        word[length] = (*at)[length];
        length++;
    }
    word[length] = '\0';
    *at += length;
    const double number = strtod(word, &end);
    return end == word || *end != '\0' ? NAN : number;
}

/* Refuse what stands at `where` in `text`. */
static ful_status refuse(const char *path, const char *text, const char *where, const char *why,
                         ful_error *err)
{
    int line = 1;
    const char *start = text;
    for (const char *c = text; c < where; c++)
        if (*c == '\n') {
            line++;
            start = c + 1;
        }
    return ful_fail_at(err, FUL_ERR_DATA, path, line, (int)(where - start) + 1, "%s", why);
}

/* Rows of `columns` numbers: *rows of them, or where it is negative as many as there are, at most
 * `most`. */
static ful_status read_matrix(double **out, int *rows, int most, const char *folder,
                              const char *name, int columns, ful_arena *arena, ful_error *err)
{
    char path[FUL_ERROR_FILE], *text, why[96];
    ful_status status = slurp(&text, path, sizeof path, folder, name, arena, err);
    if (status != FUL_OK)
        return status;
    const size_t wanted = *rows < 0 ? 0 : (size_t)*rows * (size_t)columns;
    const size_t room = *rows < 0 ? (size_t)most * (size_t)columns : wanted;
    double *x = ful_arena_take(arena, room, sizeof *x);
    if (!x)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for %s", path);
    size_t count = 0;
    for (const char *at = skip_space(text); *at != '\0'; at = skip_space(at)) {
        const char *word = at;
        const double number = next_number(&at);
        snprintf(why, sizeof why, "expected a finite number, at most %zu in rows of %d", room,
                 columns);
        if (!isfinite(number) || count == room)
            return refuse(path, text, word, why, err);
        x[count++] = number;
    }
    snprintf(why, sizeof why, "the file ends after %zu numbers, expected rows of %d, %zu in all",
             count, columns, wanted);
    if (count == 0 || count % (size_t)columns != 0 || (wanted && count != wanted))
        return refuse(path, text, text + strlen(text), why, err);
    *rows = (int)(count / (size_t)columns);
    *out = x;
    return FUL_OK;
}

/* Names, one a line. */
static ful_status read_names(const char *const **out, int *count, const char *folder,
                             const char *name, ful_arena *arena, ful_error *err)
{
    char path[FUL_ERROR_FILE], *text;
    ful_status status = slurp(&text, path, sizeof path, folder, name, arena, err);
    if (status != FUL_OK)
        return status;
    const char **names = ful_arena_take(arena, 512, sizeof *names);
    if (!names)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for %s", path);
    *count = 0;
    char *rest;
    for (char *line = strtok_r(text, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
        if (*count == 512)
            return ful_fail_at(err, FUL_ERR_DATA, path, 513, 1, "more than 512 names");
        names[(*count)++] = line;
    }
    if (*count == 0)
        return ful_fail_at(err, FUL_ERR_DATA, path, 1, 1, "holds no name");
    *out = names;
    return FUL_OK;
}

/* [(a*size + b)*size + c], the place in a flow array (sector, buyer, seller) or an input array
 * (country, user, input) */
static size_t at(int size, int a, int b, int c)
{
    return ((size_t)a * (size_t)size + (size_t)b) * (size_t)size + (size_t)c;
}

ful_status ful_import_block_tariffs(double **out, const ful_economy_data *data, const char *folder,
                                    const char *tariffs, ful_arena *arena, ful_error *err)
{
    const int N = data->countries, J = data->sectors;
    double *read, *rate = ful_arena_take(arena, at(N, J, 0, 0), sizeof *rate);
    if (!rate)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for tariffs");
    int rows = -1;
    const ful_status status = read_matrix(&read, &rows, J * N, folder, tariffs, N, arena, err);
    if (status != FUL_OK)
        return status;
    if (rows % N != 0)
        return ful_fail_at(err, FUL_ERR_DATA, tariffs, rows, 1,
                           "%d rows, expected %d for each traded sector", rows, N);
    for (size_t a = 0; a < (size_t)rows * (size_t)N; a++)
        rate[a] = read[a] / 100;
    *out = rate;
    return FUL_OK;
}

/* Output less exports is sold at home; where a table exports more than it makes, output is
 * raised. */
static void domestic_sales(double *flow, const double *output, int N, int J)
{
    for (int j = 0; j < J; j++)
        for (int i = 0; i < N; i++) {
            double exports = 0;
            for (int n = 0; n < N; n++)
                exports += n == i ? 0 : flow[at(N, j, n, i)];
            flow[at(N, j, i, i)] = fmax(output[j * N + i] / MILLION - exports, 0);
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

static ful_status read_blocks(blocks *b, ful_economy_data *out, const char *folder,
                              ful_arena *arena, ful_error *err)
{
    ful_status status =
        read_names(&out->country, &out->countries, folder, "regions.txt", arena, err);
    if (status == FUL_OK)
        status = read_names(&out->sector, &out->sectors, folder, "sectors.txt", arena, err);
    const int N = out->countries, J = out->sectors;
    b->traded = -1;
    if (status == FUL_OK)
        status = read_matrix(&b->theta, &b->traded, J, folder, "T.txt", 1, arena, err);
    const struct {
        double **to;
        const char *name;
        int rows, columns;
    } table[] = {{&b->trade, "xbilat1993.txt", b->traded * N, N},
                 {&b->output, "GO.txt", J, N},
                 {&b->inputs, "IO.txt", N * J, J},
                 {&b->beta, "B.txt", J, N}};
    for (size_t k = 0; k < sizeof table / sizeof *table && status == FUL_OK; k++) {
        int rows = table[k].rows;
        status = read_matrix(table[k].to, &rows, rows, folder, table[k].name, table[k].columns,
                             arena, err);
    }
    return status;
}

/* gamma = (1 - beta) times the share in inputs; the tables have users in columns. */
static ful_status input_shares(double *input, const blocks *b, const ful_economy_data *d,
                               ful_error *err)
{
    const int N = d->countries, J = d->sectors;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < J; j++)
            for (int k = 0; k < J; k++) {
                const double share = b->inputs[at(J, i, k, j)];
                if (share < -NEGATIVE_SHARE)
                    return ful_fail_at(err, FUL_ERR_DATA, "IO.txt", i * J + k + 1, j + 1,
                                       "share of %s in the inputs of %s in %s is %g, expected 0..1",
                                       d->sector[k], d->sector[j], d->country[i], share);
                input[at(J, i, j, k)] = fmax(share, 0) * (1 - b->beta[j * N + i]);
            }
    return FUL_OK;
}

ful_status ful_import_blocks(ful_economy_data *out, const char *folder, const char *tariffs,
                             ful_arena *arena, ful_error *err)
{
    *out = (ful_economy_data){0};
    blocks b = {0};
    ful_status status = read_blocks(&b, out, folder, arena, err);
    if (status != FUL_OK)
        return status;
    const int N = out->countries, J = out->sectors, traded = b.traded;
    const size_t flows = at(N, J, 0, 0), inputs = at(J, N, 0, 0), cells = (size_t)(N * J);
    double *flow = ful_arena_take(arena, flows, sizeof *flow);
    double *input = ful_arena_take(arena, inputs, sizeof *input);
    double *theta = ful_arena_take(arena, (size_t)J, sizeof *theta);
    double *share = ful_arena_take(arena, cells, sizeof *share);
    double *rate = NULL;
    if (!flow || !input || !theta || !share)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the economy of %s", folder);
    status = ful_import_block_tariffs(&rate, out, folder, tariffs, arena, err);
    if (status != FUL_OK)
        return status;

    for (int j = 0; j < J; j++)
        theta[j] = j < traded ? b.theta[j] : SERVICES_THETA;
    for (size_t a = 0; a < at(N, traded, 0, 0); a++)
        flow[a] = b.trade[a] * 1000 / MILLION;
    status = input_shares(input, &b, out, err);
    if (status != FUL_OK)
        return status;
    domestic_sales(flow, b.output, N, J);
    out->flow = flow;
    out->input = input;
    out->theta = theta;
    out->tariff = rate;
    out->closure = FUL_CLOSURE_ZERO;
    final_shares(share, out);
    out->final_share = share;
    return FUL_OK;
}
