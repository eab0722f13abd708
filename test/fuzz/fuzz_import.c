/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a table to import: refused with file and reason, or an economy within the bounds
 * that a case has. Which table the bytes stand for is read off their beginning. clang -g -O1
 * -fsanitize=fuzzer,address,undefined -Iinclude -Isrc test/fuzz/fuzz_import.c ... FULCRUM_ROOT
 * names the folder of the project, whose examples are the tables beside the mutated one.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "case/matrix.h"
#include "fulcrum/import.h"

static char folder[256];

static void check(int holds)
{
    if (!holds)
        abort();
}

static void clean_up(void)
{
    char path[300];
    snprintf(path, sizeof path, "%s/table", folder);
    remove(path);
    rmdir(folder);
}

static void write_table(char path[300], const uint8_t *data, size_t size)
{
    if (!*folder) {
        const char *temporary = getenv("TMPDIR");
        snprintf(folder, sizeof folder, "%s/fulcrum-XXXXXX", temporary ? temporary : "/tmp");
        check(mkdtemp(folder) != NULL);
        atexit(clean_up);
    }
    snprintf(path, 300, "%s/table", folder);
    FILE *file = fopen(path, "wb");
    check(file != NULL);
    check(fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

static int begins(const uint8_t *data, size_t size, const char *with)
{
    return size >= strlen(with) && memcmp(data, with, strlen(with)) == 0;
}

/* What an accepted table promises. */
static void check_economy(const ful_import *t)
{
    const ful_economy_data *d = &t->data;
    const size_t N = (size_t)d->countries, J = (size_t)d->sectors;
    check(N >= 3 && N <= 512 && J >= 1 && J <= 512 && t->year >= 1900 && t->year <= 2200);
    for (size_t a = 0; a < J * N * N; a++)
        check(isfinite(d->flow[a]) && d->flow[a] >= 0 && d->tariff[a] > -1 && d->tariff[a] <= 1000);
    for (size_t c = 0; c < N * J; c++) {
        double sum = 0;
        for (size_t k = 0; k < J; k++) {
            check(d->input[c * J + k] >= 0);
            sum += d->input[c * J + k];
        }
        check(sum <= 1);
    }
    for (size_t j = 0; j < J; j++)
        check(d->theta[j] > 0 && t->theta_low[j] <= d->theta[j] && d->theta[j] <= t->theta_high[j]);
    for (size_t n = 0; n < N; n++)
        check(ful_import_actor(t, t->actor[n]) >= 0 && strlen(t->actor[n]) < 48);
}

/* Numbers as a matrix, once between blanks and once between commas. */
static void read_numbers(ful_arena *arena, int comma)
{
    reader r;
    ful_case c;
    ful_error err = {0};
    int rows = -1;
    ful__case_begin(&r, &c, folder, arena, &err);
    const double *x = ful__matrix(&r, "table", &rows, 64, 4, comma);
    check((x != NULL) == (r.status == FUL_OK));
    for (int k = 0; x && k < 4 * rows; k++)
        check(isfinite(x[k]));
    check(x || (*err.text && *err.file));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[300], plain[512], output[512];
    ful_arena *arena;
    ful_import t;
    ful_error err = {0};
    const char *root = getenv("FULCRUM_ROOT");
    check(root != NULL && ful_arena_new(&arena, NULL, NULL) == FUL_OK);
    write_table(path, data, size);
    ful_import_options o = {.year = 2019};
    ful_import_format format = FUL_IMPORT_WIDE;
    const char *table = path;
    snprintf(plain, sizeof plain, "%s/examples/import/trade-only.csv", root);
    snprintf(output, sizeof output, "%s/examples/import/output.csv", root);
    if (begins(data, size, "year,") || begins(data, size, "seller,"))
        format = FUL_IMPORT_LONG;
    else if (begins(data, size, "exporter,"))
        format = FUL_IMPORT_GRAVITY;
    else if (begins(data, size, "actor,sector,i"))
        o.inputs = path;
    else if (begins(data, size, "actor,sector,o"))
        o.output = path;
    else if (begins(data, size, "sector,theta"))
        o.theta = path;
    if (o.inputs || o.output || o.theta) {
        format = FUL_IMPORT_LONG;
        table = plain;
        if (!o.output)
            o.output = output;
    }
    if (format == FUL_IMPORT_GRAVITY)
        o.year = 2006;
    if (ful_import_read(&t, format, table, &o, arena, &err) == FUL_OK)
        check_economy(&t);
    else
        check(err.status < 0 && *err.text);
    read_numbers(arena, 0);
    read_numbers(arena, 1);
    ful_arena_free(arena);
    return 0;
}
