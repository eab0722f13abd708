/* SPDX-License-Identifier: MIT */
/*
 * An imported economy as a case folder: written beside its place, read back by the case reader as a
 * user would, then renamed.
 */
#include "case/write.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fulcrum/case.h"
#include "fulcrum/study.h"

/* Of the target's imports, what may be financed: the case's starting value, unless its benchmark
 * needs more. */
#define FINANCE_LIMIT .95

/* ---- files ---- */

static void fail(writer *w, const char *path)
{
    if (w->status == FUL_OK)
        w->status = ful_fail_at(w->err, FUL_ERR_FILE, path, 0, 0, "cannot be written (%s)",
                                strerror(errno));
}

void ful__write_open(writer *w, const char *name)
{
    snprintf(w->path, sizeof w->path, "%s/%s", w->folder, name);
    w->file = w->status == FUL_OK ? fopen(w->path, "wb") : NULL;
    if (!w->file)
        fail(w, w->path);
}

void ful__write_close(writer *w)
{
    if (!w->file)
        return;
    const int failed = ferror(w->file);
    if (fclose(w->file) != 0 || failed)
        fail(w, w->path);
    w->file = NULL;
}

void ful__write_number(writer *w, double x)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
    const char *point = localeconv()->decimal_point;
    char *at = strstr(text, point);
    fprintf(w->file, "%.*s%s%s", at ? (int)(at - text) : (int)strlen(text), text, at ? "." : "",
            at ? at + strlen(point) : "");
}

void ful__write_field(writer *w, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, w->file);
        return;
    }
    fputc('"', w->file);
    for (; *text; text++)
        fprintf(w->file, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', w->file);
}

/* ---- the economy ---- */

static void row(writer *w, const char *a, const char *b, const char *c, double x)
{
    fprintf(w->file, "%s,%s,%s,", a, b, c);
    ful__write_number(w, x);
    fputc('\n', w->file);
}

/* A flow array without its zeros. */
static void write_flows(writer *w, const char *name, const char *header, const double *value)
{
    const ful_import *t = w->table;
    const int N = t->data.countries, J = t->data.sectors;
    ful__write_open(w, name);
    if (w->status != FUL_OK)
        return;
    fprintf(w->file, "%s\n", header);
    for (int i = 0; i < N; i++)
        for (int n = 0; n < N; n++)
            for (int j = 0; j < J; j++) {
                const double x = value[((size_t)j * (size_t)N + (size_t)n) * (size_t)N + (size_t)i];
                if (x != 0)
                    row(w, t->actor[i], t->actor[n], t->sector[j], x);
            }
    ful__write_close(w);
}

static void write_inputs(writer *w)
{
    const ful_import *t = w->table;
    const int N = t->data.countries, J = t->data.sectors;
    const double *share = t->data.input;
    ful__write_open(w, "inputs.csv");
    if (w->status != FUL_OK)
        return;
    fputs("actor,sector,input,share\n", w->file);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < J; j++)
            for (int k = 0; k < J; k++, share++)
                if (*share != 0)
                    row(w, t->actor[i], t->sector[j], t->sector[k], *share);
    ful__write_close(w);
}

/* The target's deficit as a share of its imports, or its surplus of its exports, must stay below
 * the limit. */
static double finance_limit(const writer *w)
{
    const ful_economy_data *d = &w->table->data;
    const size_t N = (size_t)d->countries, target = (size_t)w->roles->target;
    double exports = 0, imports = 0;
    for (size_t j = 0; j < (size_t)d->sectors; j++)
        for (size_t n = 0; n < N; n++) {
            exports += n == target ? 0 : d->flow[(j * N + n) * N + target];
            imports += n == target ? 0 : d->flow[(j * N + target) * N + n];
        }
    const double carried = fmax(exports, imports);
    const double gap = carried > 0 ? fabs(imports - exports) / carried : 0;
    return gap > .9 * FINANCE_LIMIT ? (1 + gap) / 2 : FINANCE_LIMIT;
}

/* ---- the folder ---- */

static const char *const files[] = {"case.yaml",   "parameters.csv",  "trade.csv",
                                    "inputs.csv",  "tariffs.csv",     "measures.csv",
                                    "sources.bib", "enforcement.csv", "import.md"};

static void remove_all(const writer *w)
{
    char path[sizeof w->path];
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
        snprintf(path, sizeof path, "%s/%s", w->folder, files[k]);
        remove(path);
    }
    rmdir(w->folder);
}

static void write_all(writer *w)
{
    const double limit = finance_limit(w);
    write_flows(w, "trade.csv", "seller,buyer,sector,value_musd", w->table->data.flow);
    write_flows(w, "tariffs.csv", "seller,buyer,sector,rate", w->table->data.tariff);
    write_inputs(w);
    ful__write_outline(w);
    ful__write_play(w, limit);
    ful__write_report(w);
}

/* Read the folder as a user would, and build its economy. */
static void read_back(writer *w)
{
    ful_case *c = NULL;
    ful_world *world = NULL;
    ful_error err = {0};
    double *p = NULL;
    ful_status status = ful_case_load(&c, w->folder, NULL, &err);
    if (status == FUL_OK) {
        const ful_situation *s = ful_case_situation(c);
        p = malloc((size_t)(s->parameters + 1) * sizeof *p);
        if (p) {
            ful_situation_centre(p, s);
            status = ful_world_new(&world, s, p, NULL, &err);
        } else {
            status = FUL_ERR_MEMORY;
        }
    }
    if (status != FUL_OK)
        w->status = ful_fail_at(w->err, status == FUL_ERR_MEMORY ? status : FUL_ERR_DATA,
                                w->table->table, 0, 0, "makes no case: %s", err.text);
    ful_world_free(world);
    free(p);
    ful_case_free(c);
}

static void publish(writer *w, const char *folder)
{
    struct stat info;
    if (w->status == FUL_OK && lstat(folder, &info) == 0)
        w->status = ful_fail_at(w->err, FUL_ERR_FILE, folder, 0, 0,
                                "exists already: remove it or choose another name");
    if (w->status == FUL_OK && rename(w->folder, folder) != 0)
        fail(w, folder);
}

static ful_status check_roles(const ful_import *table, const ful_import_roles *r, ful_error *err)
{
    const int N = table->data.countries, who[] = {r->target, r->sender, r->enforcer};
    for (int k = 0; k < 3; k++)
        if (who[k] < 0 || who[k] >= N || who[k] == who[(k + 1) % 3])
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "target, sender and enforcer must be three different actors");
    return FUL_OK;
}

ful_status ful_import_write(const ful_import *table, const ful_import_roles *roles,
                            const char *folder, ful_error *err)
{
    ful_status status = check_roles(table, roles, err);
    if (status != FUL_OK)
        return status;
    writer w = {.table = table, .roles = roles, .err = err};
    char final[WRITE_PATH];
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    if (length == 0 || length + 32 > sizeof w.folder)
        return ful_fail(err, FUL_ERR_ARGUMENT, "'%.80s' is no name for a folder", folder);
    snprintf(final, sizeof final, "%.*s", (int)length, folder);
    const char *slash = strrchr(final, '/');
    w.name = slash ? slash + 1 : final;
    struct stat info;
    if (lstat(final, &info) == 0)
        return ful_fail_at(err, FUL_ERR_FILE, final, 0, 0,
                           "exists already: remove it or choose another name");
    /* a name of this process beside the folder: the room was checked above */
    memcpy(w.folder, final, length);
    snprintf(w.folder + length, sizeof w.folder - length, ".import-%ld", (long)getpid());
    if (mkdir(w.folder, 0777) != 0)
        return ful_fail_at(err, FUL_ERR_FILE, final, 0, 0, "cannot be made (%s)", strerror(errno));
    write_all(&w);
    if (w.status == FUL_OK)
        read_back(&w);
    publish(&w, final);
    if (w.status != FUL_OK)
        remove_all(&w);
    return w.status;
}
