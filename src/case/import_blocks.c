/* SPDX-License-Identifier: MIT */
/* The text blocks of Caliendo & Parro (2015): matrices of numbers between white space. */
#include "fulcrum/import.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVICES_THETA 8.22 /* the paper's elasticity for sectors that are not traded */
#define MILLION 1e6

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

/* `rows` x `columns` numbers, row by row. */
static ful_status read_matrix(double **out, const char *folder, const char *name, int rows,
                              int columns, ful_arena *arena, ful_error *err)
{
    char path[FUL_ERROR_FILE], *text;
    ful_status status = slurp(&text, path, sizeof path, folder, name, arena, err);
    if (status != FUL_OK)
        return status;
    const size_t count = (size_t)rows * (size_t)columns;
    double *x = ful_arena_take(arena, count, sizeof *x);
    if (!x)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for %s", path);
    const char *at = text;
    for (size_t a = 0; a < count; a++) {
        char *end;
        x[a] = strtod(at, &end);
        if (end == at || !isfinite(x[a]))
            return ful_fail_at(err, FUL_ERR_DATA, path, (int)(a / (size_t)columns) + 1,
                               (int)(a % (size_t)columns) + 1,
                               "expected a finite number, %d rows of %d", rows, columns);
        at = end;
    }
    if (at[strspn(at, " \t\r\n")] != '\0')
        return ful_fail_at(err, FUL_ERR_DATA, path, rows + 1, 1, "more than %d rows of %d numbers",
                           rows, columns);
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
    for (char *line = strtok(text, "\r\n"); line; line = strtok(NULL, "\r\n")) {
        if (*count == 512)
            return ful_fail_at(err, FUL_ERR_DATA, path, 513, 1, "more than 512 names");
        names[(*count)++] = line;
    }
    if (*count == 0)
        return ful_fail_at(err, FUL_ERR_DATA, path, 1, 1, "holds no name");
    *out = names;
    return FUL_OK;
}

static size_t at(int N, int j, int n, int i)
{
    return ((size_t)j * (size_t)N + (size_t)n) * (size_t)N + (size_t)i;
}

ful_status ful_import_block_tariffs(double **out, const ful_economy_data *data, const char *folder,
                                    const char *tariffs, ful_arena *arena, ful_error *err)
{
    const int N = data->countries, J = data->sectors;
    double *read, *rate = ful_arena_take(arena, (size_t)J * N * N, sizeof *rate);
    if (!rate)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for tariffs");
    const int traded = J / 2;
    const ful_status status = read_matrix(&read, folder, tariffs, traded * N, N, arena, err);
    for (size_t a = 0; status == FUL_OK && a < (size_t)traded * N * N; a++)
        rate[a] = read[a] / 100;
    *out = rate;
    return status;
}

/* Output less exports is sold at home; where a table exports more than it makes, output is raised. */
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
                final -= d->input[((size_t)n * J + j) * J + k] * output;
            }
            share[n * J + k] = fmax(final, 0);
            total += share[n * J + k];
        }
        for (int k = 0; k < J; k++)
            share[n * J + k] /= total;
    }
}

/* The tables as they stand in the folder. */
typedef struct blocks {
    double *trade, *output, *inputs, *beta, *theta;
} blocks;

static ful_status read_blocks(blocks *b, ful_economy_data *out, const char *folder,
                              ful_arena *arena, ful_error *err)
{
    ful_status status =
        read_names(&out->country, &out->countries, folder, "regions.txt", arena, err);
    if (status == FUL_OK)
        status = read_names(&out->sector, &out->sectors, folder, "sectors.txt", arena, err);
    const int N = out->countries, J = out->sectors, traded = J / 2;
    if (status == FUL_OK)
        status = read_matrix(&b->trade, folder, "xbilat1993.txt", traded * N, N, arena, err);
    if (status == FUL_OK)
        status = read_matrix(&b->output, folder, "GO.txt", J, N, arena, err);
    if (status == FUL_OK)
        status = read_matrix(&b->inputs, folder, "IO.txt", N * J, J, arena, err);
    if (status == FUL_OK)
        status = read_matrix(&b->beta, folder, "B.txt", J, N, arena, err);
    if (status == FUL_OK)
        status = read_matrix(&b->theta, folder, "T.txt", traded, 1, arena, err);
    return status;
}

ful_status ful_import_blocks(ful_economy_data *out, const char *folder, const char *tariffs,
                             ful_arena *arena, ful_error *err)
{
    *out = (ful_economy_data){0};
    blocks b = {0};
    ful_status status = read_blocks(&b, out, folder, arena, err);
    if (status != FUL_OK)
        return status;
    const int N = out->countries, J = out->sectors, traded = J / 2;
    const size_t flows = (size_t)J * N * N, cells = (size_t)N * J;
    double *flow = ful_arena_take(arena, flows, sizeof *flow);
    double *input = ful_arena_take(arena, cells * J, sizeof *input);
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
    for (size_t a = 0; a < (size_t)traded * N * N; a++)
        flow[a] = b.trade[a] * 1000 / MILLION;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < J; j++)
            for (int k = 0; k < J; k++)
                input[((size_t)i * J + j) * J + k] =
                    fmax(b.inputs[((size_t)i * J + k) * J + j], 0) * (1 - b.beta[j * N + i]);
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
