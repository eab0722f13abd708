/* SPDX-License-Identifier: MIT */
/* Stands in for the reader of share tables in src/case/import_shares.c until that has landed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bench.h"

static ful_status read_numbers(double **out, const char *folder, const char *name, size_t count,
                               ful_arena *arena, ful_error *err)
{
    char path[FUL_ERROR_FILE];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    double *x = *out = ful_arena_take(arena, count, sizeof *x);
    if (!file)
        return ful_fail_at(err, FUL_ERR_FILE, path, 0, 0, "cannot be opened");
    size_t got = 0;
    while (x && got < count && fscanf(file, "%lf", &x[got]) == 1) {
        got++;
        if (fscanf(file, " ,") == EOF)
            break;
    }
    fclose(file);
    if (got != count)
        return ful_fail_at(err, FUL_ERR_DATA, path, 0, 0, "%zu numbers, expected %zu", got, count);
    return FUL_OK;
}

ful_status ful_import_shares(ful_economy_data *out, const char *folder, ful_arena *arena,
                             ful_error *err)
{
    enum { N = 44, J = 50 };
    double *share, *tariff, *spending, *beta, *inputs;
    char path[FUL_ERROR_FILE], line[64];
    ful_status status = read_numbers(&share, folder, "Din2014.txt", J * N * N, arena, err);
    if (status == FUL_OK)
        status = read_numbers(&tariff, folder, "tariffs2014.txt", J * N * N, arena, err);
    if (status == FUL_OK)
        status = read_numbers(&spending, folder, "X0.txt", J * N, arena, err);
    if (status == FUL_OK)
        status = read_numbers(&beta, folder, "B.txt", J * N, arena, err);
    if (status == FUL_OK)
        status = read_numbers(&inputs, folder, "G.txt", N * J * J, arena, err);
    if (status != FUL_OK)
        return status;
    double *input = ful_arena_take(arena, N * J * J, sizeof *input);
    const char **names = ful_arena_take(arena, N, sizeof *names);
    snprintf(path, sizeof path, "%s/countrysample_wiod.csv", folder);
    FILE *file = fopen(path, "r");
    if (!file || !input || !names)
        return ful_fail_at(err, FUL_ERR_FILE, path, 0, 0, "cannot be opened");
    for (int n = -1; n < N && fgets(line, sizeof line, file); n++)
        if (n >= 0) {
            line[4] = '\0';
            names[n] = ful_arena_text(arena, line + 1);
        }
    fclose(file);
    for (int j = 0; j < J; j++)
        for (int n = 0; n < N; n++)
            for (int i = 0; i < N; i++) {
                const size_t a = ((size_t)j * N + (size_t)n) * N + (size_t)i;
                const double gross = share[a] * spending[j * N + n];
                share[a] = n == i ? gross : gross / tariff[a];
                tariff[a] = n == i ? 0 : tariff[a] - 1;
            }
    for (int n = 0; n < N; n++)
        for (int j = 0; j < J; j++)
            for (int k = 0; k < J; k++)
                input[(n * J + j) * J + k] = inputs[(n * J + k) * J + j] * (1 - beta[j * N + n]);
    *out = (ful_economy_data){.countries = N,
                              .sectors = J,
                              .country = names,
                              .flow = share,
                              .tariff = tariff,
                              .input = input};
    return FUL_OK;
}
