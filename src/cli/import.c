/* SPDX-License-Identifier: MIT */
/* fulcrum import: other people's tables become a case folder. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "fulcrum/import.h"

#define SHOWN_ACTORS 600 /* letters of a list of actors */

static const char *const formats[] = {
#define FORMAT_NAME(symbol, name, what) name,
    FUL_IMPORT_FORMATS(FORMAT_NAME)
#undef FORMAT_NAME
};
#define FORMATS ((int)(sizeof formats / sizeof *formats))

/* The index of the format, or -1 after saying what there is. */
static int find_format(const char *name)
{
    for (int k = 0; k < FORMATS; k++)
        if (strcmp(formats[k], name) == 0)
            return k;
    const char *near = ful_nearest_name(name, FORMATS, formats);
    cli_usage_error("there is no format '%s'%s%s%s: long, wide, blocks, shares, gravity", name,
                    near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    return -1;
}

static void list_actors(char *out, size_t room, const ful_import *t)
{
    size_t used = 0;
    for (int n = 0; n < t->data.countries && used < room - 8; n++)
        used += (size_t)snprintf(out + used, room - used, "%s%s", n ? ", " : "", t->actor[n]);
    if (used >= room - 8)
        snprintf(out + room - 5, 5, " ...");
}

/* The actor that an option names. */
static int role(int *out, const ful_import *t, const char *option, const char *name)
{
    char actors[SHOWN_ACTORS];
    list_actors(actors, sizeof actors, t);
    if (!name)
        return cli_usage_error("%s is needed: one of %s", option, actors);
    *out = ful_import_actor(t, name);
    if (*out >= 0)
        return EXIT_ANSWERED;
    const char *near = ful_nearest_name(name, t->data.countries, t->actor);
    return cli_usage_error("%s '%s' is not in the table%s%s%s: one of %s", option, name,
                           near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "",
                           actors);
}

static int roles_of(ful_import_roles *roles, const ful_import *t, const cli_args *args)
{
    int code = role(&roles->target, t, "--target", args->target);
    if (code == EXIT_ANSWERED)
        code = role(&roles->sender, t, "--sender", args->sender);
    if (code == EXIT_ANSWERED)
        code = role(&roles->enforcer, t, "--enforcer", args->enforcer);
    return code;
}

/* What was changed: talk, so on standard error. The folder's import.md says the same. */
static void print_notes(const ful_import *t)
{
    fprintf(stderr, "%-60s %8s %10s %14s %14s\n", "what", "cells", "change", "before, m USD",
            "after");
    for (int k = 0; k < t->notes; k++) {
        const ful_import_note *note = &t->note[k];
        char count[24] = "", change[24] = "", before[24] = "", after[24] = "";
        if (note->count > 0)
            snprintf(count, sizeof count, "%ld", note->count);
        if (isinf(note->largest))
            snprintf(change, sizeof change, "from 0");
        else if (!isnan(note->largest))
            snprintf(change, sizeof change, "%.3g %%", 100 * note->largest);
        if (!isnan(note->before)) {
            snprintf(before, sizeof before, "%.6g", note->before);
            snprintf(after, sizeof after, "%.6g", note->after);
        }
        fprintf(stderr, "%-60s %8s %10s %14s %14s\n", note->what, count, change, before, after);
        if (note->where)
            fprintf(stderr, "    %s%s\n", isnan(note->largest) ? "" : "most in ", note->where);
    }
}

static int import(const cli_args *args, int format, ful_arena *arena)
{
    ful_error err = {0};
    ful_import table;
    ful_import_roles roles;
    const ful_import_options options = {.unit = args->unit,
                                        .year = args->year,
                                        .theta = args->theta,
                                        .inputs = args->inputs,
                                        .output = args->gross_output,
                                        .tariffs = args->tariffs,
                                        .renames = args->columns,
                                        .rename = args->column};
    if (ful_import_read(&table, (ful_import_format)format, args->folder, &options, arena, &err) !=
        FUL_OK)
        return cli_fail(&err);
    if (*cli_stop())
        return EXIT_INTERRUPTED;
    const int code = roles_of(&roles, &table, args);
    if (code != EXIT_ANSWERED)
        return code;
    const ful_status status = ful_import_write(&table, &roles, args->out, &err);
    if (status != FUL_OK) {
        const int failed = cli_fail(&err);
        return status == FUL_ERR_FILE ? EXIT_INTERNAL : failed;
    }
    print_notes(&table);
    printf("%s: %d actors, %d sector%s, year %d; what was changed is in %s/import.md\n", args->out,
           table.data.countries, table.data.sectors, table.data.sectors == 1 ? "" : "s", table.year,
           args->out);
    return cli_finish();
}

static int run(const cli_args *args)
{
    ful_error err = {0};
    ful_arena *arena;
    const int format = find_format(args->format);
    if (format < 0)
        return EXIT_USAGE;
    if (!args->out)
        return cli_usage_error("--out is needed: the case folder to write");
    if (access(args->out, F_OK) == 0)
        return cli_usage_error("--out '%s' exists already: remove it or choose another name",
                               args->out);
    if (ful_arena_new(&arena, NULL, &err) != FUL_OK)
        return cli_fail(&err);
    const int code = import(args, format, arena);
    ful_arena_free(arena);
    return code;
}

static const cli_option options[] = {
    OPT_OUT,    OPT_TARGET,       OPT_SENDER,  OPT_ENFORCER, OPT_YEAR,    OPT_UNIT, OPT_THETA,
    OPT_INPUTS, OPT_GROSS_OUTPUT, OPT_TARIFFS, OPT_COLUMN,   OPT_THREADS, OPT_COUNT};
const cli_command cli_import = {
    "import",
    "make a case folder of your own tables",
    "import FORMAT TABLE -o FOLDER --target ID --sender ID --enforcer ID",
    "Read a table, balance it, and write a complete case folder; import.md in it says what was\n"
    "changed. Formats:\n"
    "  long     CSV: seller,buyer,sector,value, perhaps tariff,year\n"
    "  wide     CSV: a wide input-output table, as the OECD publishes its ICIO\n"
    "  blocks   folder: the text blocks of Caliendo & Parro (2015)\n"
    "  shares   folder: expenditure, input and tariff shares of a trade model\n"
    "  gravity  CSV: exporter,importer,trade, perhaps output,expenditure,year\n"
    "docs/howto/your-own-data.md goes through each.",
    2,
    options,
    run};
