/* SPDX-License-Identifier: MIT */
/* Private to the program: commands, options, and the case that a command works on. */
#ifndef FULCRUM_CLI_H
#define FULCRUM_CLI_H

#include <stdio.h>

#include "fulcrum/case.h"
#include "fulcrum/study.h"

enum { EXIT_ANSWERED = 0, EXIT_NO_ANSWER = 1, EXIT_USAGE = 2, EXIT_INPUT = 3, EXIT_INTERNAL = 4,
       EXIT_INTERRUPTED = 130 };

#define CLI_MAX_REPEATS 32
#define CLI_DRAWS 200 /* unless --draws says otherwise */

/* Every option of every command. A command lists those it takes. */
typedef enum cli_option {
    OPT_JSON, OPT_THREADS, OPT_REGIME, OPT_DATE, OPT_ENFORCE, OPT_PRODUCTIVITY, OPT_SET, OPT_FLOWS, OPT_PACKAGE,
    OPT_EFG, OPT_HORIZON, OPT_STICK, OPT_WITH, OPT_ORDER, OPT_SIMULTANEOUS, OPT_PERFECT, OPT_GRID,
    OPT_EXPLAIN, OPT_TREE, OPT_SVG, OPT_FLIPS, OPT_REQUIRE, OPT_LEVEL, OPT_DRAWS, OPT_KEEP, OPT_SEED, OPT_LIST, OPT_REFERENCE, OPT_OUTPUT,
    OPT_BASE, OPT_TOP, OPT_MU, OPT_JOINT, OPT_DECOMPOSE, OPT_ACTOR, OPT_BALANCED, OPT_MEMBERS,
    OPT_OUT, OPT_TARGET, OPT_SENDER, OPT_ENFORCER, OPT_YEAR, OPT_UNIT, OPT_THETA, OPT_INPUTS,
    OPT_GROSS_OUTPUT, OPT_TARIFFS, OPT_COLUMN, OPT_ROWS, OPT_QUIET, OPT_HELP, OPT_COUNT
} cli_option;

/* What the command line said. Strings are argv's. */
typedef struct cli_args {
    const char *folder;
    int json, flows, list, quiet, help, joint, decompose, balanced;
    int stick, simultaneous, perfect, reverse, tree, flips, exact; /* exact: every node of the table of incomes */
    int threads, horizon, draws, top;               /* draws 0: the command's default */
    unsigned long long given;                       /* bit o: option o was on the command line */
    const char *explain, *svg, *with, *keep;
    const char *require;      /* NULL: nothing is; else aim and probability say what */
    ful_aim aim;
    double probability, level;
    long long seed;
    double mu;                /* 0: the default */
    const char *regime, *date, *package, *efg, *reference, *output, *rows, *base,
        *actor, *members;
    const char *enforce[CLI_MAX_REPEATS], *productivity[CLI_MAX_REPEATS], *set[CLI_MAX_REPEATS];
    int enforces, productivities, sets;
    /* import: `folder` is the table */
    const char *format, *out, *target, *sender, *enforcer, *theta, *inputs, *gross_output,
        *tariffs;
    int year;
    double unit;
    const char *column[CLI_MAX_REPEATS];
    int columns;
} cli_args;

/* A case that was loaded and a world of it under the --set values, with what a study needs to run. */
typedef struct cli_case {
    const cli_args *args;
    ful_case *loaded;
    const ful_situation *s;
    double *p;                /* parameter vector */
    ful_world *world;
    double *enforcement;      /* actors*G where --enforce was given, else NULL */
    double *productivity;     /* actors*J where --productivity was given, else NULL */
    /* of cli_open_game: the case as `s` says it, with the regimes that it points to */
    ful_situation played;
    ful_regime *regimes;
    char day_name[48];
    ful_progress progress;
    ful_run run;
} cli_case;

_Static_assert(OPT_COUNT <= 64, "a bit for each option");
static inline int cli_given(const cli_args *args, cli_option option)
{
    return (int)(args->given >> option & 1);
}

typedef struct cli_command {
    const char *name, *summary, *usage, *about;
    int needs_case;           /* 1: CASE is needed, 0: not, -1: optional, 2: FORMAT and TABLE are */
    const cli_option *options; /* ends with OPT_COUNT */
    int (*run)(const cli_args *args);
} cli_command;

extern const cli_command cli_run, cli_solve, cli_leverage, cli_packages, cli_game, cli_history,
    cli_check, cli_import, cli_bench, cli_rank, cli_coalition, cli_advice;

/* ---- args.c ---- */

/* Parse the words after the command; EXIT_ANSWERED or EXIT_USAGE after saying why. */
int cli_parse(cli_args *args, const cli_command *command, int count, char **words);
void cli_help(FILE *to, const cli_command *command);

/* ---- session.c ---- */

/* Load the case, apply --set, --enforce and --productivity, build the world. Says what is wrong;
 * returns an exit code. */
int cli_open(cli_case *c, const cli_args *args);
/* The same for a study of the game: under pressure the regime of --regime is in force, or what is on
 * the day of --date, instead of the case's pressure regime. `c` must stay where it is. */
int cli_open_game(cli_case *c, const cli_args *args);
/* "regime" and "date" of a game's document: what is in force under pressure, the other null. */
struct json_t;
void cli_name_pressure(struct json_t *document, const cli_case *c);
void cli_close(cli_case *c);
/* The regime of --regime, the headline one without it, -1 where --date was given; -2 after an error. */
int cli_regime(const cli_case *c);
/* An actor by its id, or -1 after saying that there is none and which is nearest. */
int cli_actor(const cli_case *c, const char *id);
/* The scenario that the options describe. Returns an exit code. */
int cli_scenario(ful_scenario *scenario, const cli_case *c);
/* The table of incomes that the options ask for; free it with ful_payoffs_free. Returns an exit code. */
int cli_payoffs(ful_payoffs **out, ful_gap *gap, const cli_case *c, unsigned moving);
/* How well its incomes are solved and interpolated, as text. */
void cli_print_precision(const cli_case *c, const ful_payoffs *payoffs, const ful_gap *gap);
/* Print an error and return the exit code that belongs to its status. */
int cli_fail(const ful_error *err);
/* The same where the program's own memory ran out. */
int cli_no_memory(void);
int cli_usage_error(const char *format, ...) FUL_PRINTF(1, 2);
/* A finite number that is the whole of `text`; 0 or -1. */
int cli_real(double *out, const char *text);
/* Print a JSON document, or flush text; the exit code, EXIT_INTERNAL where writing fails. */
int cli_finish_json(struct json_t *document);
/* Whether --json or --output asks for the result's document. */
static inline int cli_wants_document(const cli_args *args)
{
    return args->json || args->output;
}
/* Print the document where --json asks for it, write the tables that its layout makes of it where
 * --output does, and release it; EXIT_INTERNAL where writing fails. */
struct table_layout;
int cli_finish_result(const cli_args *args, struct json_t *document,
                      const struct table_layout *layout);
int cli_finish(void);
/* Write a file: `write` fills it under another name (.part), and it is renamed when it is whole; see
 * output_file for links and pipes. After a failure it is as it was. Says what is wrong; returns an exit
 * code, EXIT_INTERNAL where writing fails. */
typedef ful_status (*cli_writer)(const void *what, FILE *file, ful_error *err);
int cli_write_file(const char *path, cli_writer write, const void *what);
/* --decompose: what the change of an actor is made of; text, and its part of the document. */
struct json_t *cli_decomposition_json(const ful_situation *s, const ful_decomposition *d);
void cli_decomposition_text(const ful_situation *s, const ful_decomposition *d);
/* Productivity that is not that of the base year, and the shocks of the case behind it: a table where
 * there is any, and two parts of the document; `scenario` NULL: the benchmark. */
void cli_productivity_text(const ful_world *world, const ful_scenario *scenario);
void cli_productivity_json(struct json_t *document, const ful_world *world,
                           const ful_scenario *scenario);
/* Set by SIGINT. */
const volatile int *cli_stop(void);
void cli_catch_signals(void);

#endif
