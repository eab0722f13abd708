/* SPDX-License-Identifier: MIT */
/* What every command does around its study: open the case, say what is wrong, show progress,
 * finish. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "output/document.h"
#include "output/file.h"
#include "output/table.h"
#include "output/text.h"

/* ---- signals and progress
 * ------------------------------------------------------------------------- */

/* The globals of the program: what a signal handler may touch, and whether a bar stands on the
 * terminal, where an error must not be written behind it. */
static volatile int stop_flag;
static int bar_stands;

static const struct sigaction ignored = {.sa_handler = SIG_IGN};

static void on_interrupt(int number)
{
    (void)number;
    stop_flag = 1;
}

const volatile int *cli_stop(void)
{
    return &stop_flag;
}

void cli_catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    /* a file that may not grow further is a write that fails, with a message, not a death */
    sigaction(SIGXFSZ, &ignored, NULL);
}

/* Nor is a pipe whose reader has left, while a file is written. On standard output it stays one:
 * that is how `| head` ends a program. */
static void outlive_pipes(struct sigaction *before)
{
    sigaction(SIGPIPE, &ignored, before);
}

static void clear_bar(void)
{
    if (bar_stands)
        fprintf(stderr, "\r%70s\r", "");
    bar_stands = 0;
}

/* A bar on the terminal; the line is rewritten and cleared at the end. */
static void show_progress(void *user, const char *what, int done, int total)
{
    int *last = user;
    const int percent = (int)(100.0 * done / total);
    if (percent == *last && done < total)
        return;
    *last = percent;
    fprintf(stderr, "\r%-12s %3d %% ", what, percent);
    for (int k = 0; k < 50; k++)
        fputc(k < percent / 2 ? '#' : '.', stderr);
    bar_stands = 1;
    if (done == total)
        clear_bar();
    fflush(stderr);
}

/* ---- errors
 * ------------------------------------------------------------------------------------------ */

int cli_usage_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("fulcrum: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return EXIT_USAGE;
}

int cli_fail(const ful_error *err)
{
    clear_bar();
    if (err->file[0] && err->line > 0)
        fprintf(stderr, "%s:%d:%d: error: %s\n", err->file, err->line, err->column, err->text);
    else if (err->file[0])
        fprintf(stderr, "%s: error: %s\n", err->file, err->text);
    else
        fprintf(stderr, "fulcrum: %s: %s\n", ful_status_text(err->status), err->text);
    switch (err->status) {
    case FUL_INTERRUPTED:
        return EXIT_INTERRUPTED;
    case FUL_NOT_CONVERGED:
    case FUL_ERR_INFEASIBLE:
        return EXIT_NO_ANSWER;
    case FUL_ERR_DATA:
    case FUL_ERR_FILE:
        return EXIT_INPUT;
    case FUL_ERR_ARGUMENT:
        return EXIT_USAGE;
    case FUL_OK:
    case FUL_ERR_MEMORY:
        break;
    }
    return EXIT_INTERNAL;
}

int cli_no_memory(void)
{
    return cli_fail(&(ful_error){.status = FUL_ERR_MEMORY, .text = "nothing is answered"});
}

/* ---- --set, --enforce and --productivity
 * ------------------------------------------------------------------------------ */

int cli_real(double *out, const char *text)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*out) ? 0 : -1;
}

/* The part before '=' into `name`; returns the part behind it. */
static const char *split(char name[128], const char *text)
{
    const char *equals = strchr(text, '=');
    snprintf(name, 128, "%.*s", (int)(equals - text), text);
    return equals + 1;
}

static int unknown(const char *kind, const char *name, int count, const char *const *names)
{
    const char *near = ful_nearest_name(name, count, names);
    return cli_usage_error("%s '%s' is not in the case%s%s%s", kind, name,
                           near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

int cli_actor(const cli_case *c, const char *id)
{
    const char *names[512];
    const int actor = ful_situation_actor(c->s, id);
    for (int n = 0; n < c->s->actors; n++)
        names[n] = c->s->actor[n].id;
    if (actor < 0)
        unknown("actor", id, c->s->actors, names);
    return actor;
}

static int apply_set(cli_case *c, const char *text)
{
    char name[128];
    const char *value = split(name, text);
    const ful_param k = ful_situation_parameter(c->s, name);
    if (k == FUL_NO_PARAM) {
        const char **names = calloc((size_t)c->s->parameters, sizeof *names);
        for (int q = 0; names && q < c->s->parameters; q++)
            names[q] = c->s->parameter[q].id;
        const int code = unknown("parameter", name, names ? c->s->parameters : 0, names);
        free(names);
        return code;
    }
    if (cli_real(&c->p[k], value) != 0)
        return cli_usage_error("--set %s: '%s' is not a finite number", name, value);
    return EXIT_ANSWERED;
}

/* ACTOR[.PART]=VALUE, its parts; `part` is NULL where there is none. */
typedef struct assignment {
    char name[128];
    int actor;
    const char *part, *value;
} assignment;

static int read_assignment(assignment *out, const cli_case *c, const char *text)
{
    out->value = split(out->name, text);
    char *dot = strchr(out->name, '.');
    if (dot)
        *dot++ = '\0';
    out->part = dot;
    out->actor = cli_actor(c, out->name);
    return out->actor < 0 ? EXIT_USAGE : EXIT_ANSWERED;
}

/* Set what an assignment names of an actor's row, or all of it. */
static int set_parts(double *row, const assignment *x, double value, const char *kind, int count,
                     const char *const *names)
{
    int known = !x->part;
    for (int k = 0; k < count; k++)
        if (!x->part || strcmp(x->part, names[k]) == 0) {
            row[k] = value;
            known = 1;
        }
    return known ? EXIT_ANSWERED : unknown(kind, x->part, count, names);
}

static int apply_enforce(cli_case *c, const char *text)
{
    const ful_situation *s = c->s;
    assignment x;
    const char *groups[FUL_BARGAIN_MAX_GROUPS];
    double level;
    for (int g = 0; g < s->groups; g++)
        groups[g] = s->group[g].id;
    if (read_assignment(&x, c, text) != EXIT_ANSWERED)
        return EXIT_USAGE;
    if (cli_real(&level, x.value) != 0 || level < 0 || level > 1)
        return cli_usage_error("--enforce %s: level '%s', expected 0 to 1", x.name, x.value);
    return set_parts(c->enforcement + x.actor * s->groups, &x, level, "group", s->groups, groups);
}

static int apply_productivity(cli_case *c, const char *text)
{
    const ful_situation *s = c->s;
    assignment x;
    const char *sectors[512];
    double factor;
    for (int j = 0; j < s->sectors; j++)
        sectors[j] = s->sector[j].id;
    if (read_assignment(&x, c, text) != EXIT_ANSWERED)
        return EXIT_USAGE;
    if (cli_real(&factor, x.value) != 0 ||
        !(factor >= 1 / FUL_ECONOMY_MAX_PRODUCTIVITY && factor <= FUL_ECONOMY_MAX_PRODUCTIVITY))
        return cli_usage_error("--productivity %s: factor '%s', expected %g to %g", x.name, x.value,
                               1 / FUL_ECONOMY_MAX_PRODUCTIVITY, FUL_ECONOMY_MAX_PRODUCTIVITY);
    return set_parts(c->productivity + x.actor * s->sectors, &x, factor, "sector", s->sectors,
                     sectors);
}

/* The day that the options ask for; INT on success. */
static int option_day(int *day, const cli_case *c)
{
    if (c->args->date && ful_date_parse(day, c->args->date) != 0)
        return cli_usage_error("--date '%s' is not a date of the form YYYY-MM-DD", c->args->date);
    return EXIT_ANSWERED;
}

int cli_regime(const cli_case *c)
{
    const ful_situation *s = c->s;
    const char *names[256];
    if (c->args->regime && c->args->date) {
        cli_usage_error("--regime and --date exclude each other");
        return -2;
    }
    if (c->args->date)
        return -1;
    if (!c->args->regime)
        return s->headline;
    for (int k = 0; k < s->regimes; k++) {
        if (strcmp(s->regime[k].id, c->args->regime) == 0)
            return k;
        if (k < 256)
            names[k] = s->regime[k].id;
    }
    unknown("regime", c->args->regime, s->regimes < 256 ? s->regimes : 256, names);
    return -2;
}

int cli_scenario(ful_scenario *scenario, const cli_case *c)
{
    int day = 0;
    const int code = option_day(&day, c);
    const int regime = code == EXIT_ANSWERED ? cli_regime(c) : -2;
    ful_scenario_default(scenario, c->s);
    if (regime == -2)
        return EXIT_USAGE;
    scenario->regime = regime;
    scenario->from = day;
    scenario->to = day + 1;
    scenario->enforcement = c->enforcement;
    scenario->productivity = c->productivity;
    return EXIT_ANSWERED;
}

/* Levels of the year that the scenario will be read in, to be changed by --enforce. */
static int start_levels(cli_case *c)
{
    const ful_situation *s = c->s;
    ful_scenario scenario;
    const int code = cli_scenario(&scenario, c);
    if (code != EXIT_ANSWERED)
        return code;
    int year, month, day;
    ful_date_split(&year, &month, &day,
                   scenario.regime >= 0 ? s->regime[scenario.regime].date : scenario.from);
    const size_t cells = (size_t)(s->actors * s->groups);
    c->enforcement = malloc(cells * sizeof *c->enforcement);
    if (!c->enforcement)
        return cli_no_memory();
    memcpy(c->enforcement, ful_situation_levels(s, year), cells * sizeof *c->enforcement);
    return EXIT_ANSWERED;
}

/* As the case has it, to be changed by --productivity. */
static int start_productivity(cli_case *c)
{
    const size_t cells = (size_t)(c->s->actors * c->s->sectors);
    c->productivity = malloc(cells * sizeof *c->productivity);
    if (!c->productivity)
        return cli_no_memory();
    for (size_t k = 0; k < cells; k++)
        c->productivity[k] = 1;
    return EXIT_ANSWERED;
}

int cli_payoffs(ful_payoffs **out, ful_gap *gap, const cli_case *c, unsigned moving)
{
    ful_error err = {0};
    const ful_grid grid = c->args->exact ? FUL_GRID_EXACT : FUL_GRID_MIXED;
    ful_status status = ful_payoffs_new(out, c->world, grid, moving, &c->run, &err);
    if (status == FUL_OK)
        status = ful_payoffs_gap(gap, *out, &c->run, &err);
    if (status == FUL_OK)
        return EXIT_ANSWERED;
    ful_payoffs_free(*out);
    *out = NULL;
    return cli_fail(&err);
}

void cli_print_precision(const cli_case *c, const ful_payoffs *payoffs, const ful_gap *gap)
{
    ful_payoffs_view view;
    ful_payoffs_view_get(&view, payoffs);
    printf("\nevery equation of every solution holds to %.0e\n", view.max_violation);
    if (gap->nodes > 0)
        text_paragraph(stdout, 0,
                       "Solved again at %d nodes, the table of incomes is off by at most %.2g points "
                       "of %s's income and %.2g of %s's.",
                       gap->nodes, gap->target, c->s->actor[c->s->target].name, gap->enforcer,
                       c->s->actor[c->s->enforcer].name);
    else
        printf("every node of the table of incomes is solved\n");
}

/* ---- open and finish
 * ------------------------------------------------------------------------------------ */

/* All but the world. */
static int load(cli_case *c, const cli_args *args)
{
    static int last_percent = -1;
    ful_error err = {0};
    *c = (cli_case){.args = args};
    c->progress = (ful_progress){show_progress, &last_percent};
    c->run = (ful_run){.threads = args->threads,
                       .stop = cli_stop(),
                       .progress = !args->quiet && isatty(STDERR_FILENO) ? &c->progress : NULL};
    if (ful_case_load(&c->loaded, args->folder, NULL, &err) != FUL_OK)
        return cli_fail(&err);
    c->s = ful_case_situation(c->loaded);
    c->p = malloc((size_t)(c->s->parameters + 1) * sizeof *c->p);
    if (!c->p)
        return cli_no_memory();
    ful_situation_centre(c->p, c->s);
    int code = EXIT_ANSWERED;
    for (int k = 0; k < args->sets && code == EXIT_ANSWERED; k++)
        code = apply_set(c, args->set[k]);
    if (code == EXIT_ANSWERED && args->enforces > 0)
        code = start_levels(c);
    for (int k = 0; k < args->enforces && code == EXIT_ANSWERED; k++)
        code = apply_enforce(c, args->enforce[k]);
    if (code == EXIT_ANSWERED && args->productivities > 0)
        code = start_productivity(c);
    for (int k = 0; k < args->productivities && code == EXIT_ANSWERED; k++)
        code = apply_productivity(c, args->productivity[k]);
    return code;
}

static int make_world(cli_case *c)
{
    ful_error err = {0};
    return ful_world_new(&c->world, c->s, c->p, NULL, &err) == FUL_OK ? EXIT_ANSWERED
                                                                      : cli_fail(&err);
}

int cli_open(cli_case *c, const cli_args *args)
{
    const int code = load(c, args);
    return code == EXIT_ANSWERED ? make_world(c) : code;
}

/* What all have imposed by a day, as a regime behind those of the case; its index, -1 where memory
 * is out. */
static int add_day(cli_case *c, int day)
{
    ful_situation *s = &c->played;
    c->regimes = malloc((size_t)(s->regimes + 1) * sizeof *c->regimes);
    if (!c->regimes)
        return -1;
    snprintf(c->day_name, sizeof c->day_name, "what is in force on %s", c->args->date);
    memcpy(c->regimes, s->regime, (size_t)s->regimes * sizeof *c->regimes);
    c->regimes[s->regimes] = (ful_regime){.id = c->args->date, .name = c->day_name, .date = day};
    s->regime = c->regimes;
    return s->regimes++;
}

static int set_pressure(cli_case *c)
{
    int day = 0;
    const int code = option_day(&day, c);
    int regime = code == EXIT_ANSWERED ? cli_regime(c) : -2;
    if (regime == -2)
        return EXIT_USAGE;
    c->played = *c->s;
    if (c->args->date && (regime = add_day(c, day)) < 0)
        return cli_no_memory();
    c->played.game.pressure_regime = regime;
    c->s = &c->played;
    return EXIT_ANSWERED;
}

int cli_open_game(cli_case *c, const cli_args *args)
{
    int code = load(c, args);
    if (code == EXIT_ANSWERED && (args->regime || args->date))
        code = set_pressure(c);
    return code == EXIT_ANSWERED ? make_world(c) : code;
}

void cli_name_pressure(struct json_t *document, const cli_case *c)
{
    const char *date = c->args->date;
    const char *regime = c->s->regime[c->s->game.pressure_regime].id;
    json_object_set_new(document, "regime", date ? json_null() : json_string(regime));
    json_object_set_new(document, "date", date ? json_string(date) : json_null());
}

void cli_close(cli_case *c)
{
    ful_world_free(c->world);
    free(c->regimes);
    free(c->enforcement);
    free(c->productivity);
    free(c->p);
    ful_case_free(c->loaded);
}

int cli_finish(void)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("fulcrum: standard output cannot be written\n", stderr);
        return EXIT_INTERNAL;
    }
    return EXIT_ANSWERED;
}

int cli_finish_json(struct json_t *document)
{
    if (document_print(document, stdout) != 0 && !ferror(stdout)) {
        fputs("fulcrum: the document holds a number that is none\n", stderr);
        return EXIT_INTERNAL;
    }
    return cli_finish();
}

/* Whatever failed in writing, it is not the input. */
static int fail_writing(const ful_error *err)
{
    cli_fail(err);
    return EXIT_INTERNAL;
}

static int write_tables(const cli_args *args, const json_t *document, const table_layout *layout)
{
    ful_error err = {0};
    ful_arena *arena = NULL;
    table_set set;
    struct sigaction before;
    outlive_pipes(&before);
    ful_status status = ful_arena_new(&arena, NULL, &err);
    if (status == FUL_OK)
        status = tables_of_document(&set, document, layout, arena, &err);
    if (status == FUL_OK)
        status = tables_write(&set, args->output, args->quiet ? NULL : stderr, arena, &err);
    ful_arena_free(arena);
    sigaction(SIGPIPE, &before, NULL);
    return status == FUL_OK ? EXIT_ANSWERED : fail_writing(&err);
}

int cli_finish_result(const cli_args *args, struct json_t *document,
                      const struct table_layout *layout)
{
    int code = EXIT_ANSWERED;
    if (args->json)
        code = cli_finish_json(json_incref(document));
    if (code == EXIT_ANSWERED && args->output)
        code = write_tables(args, document, layout);
    json_decref(document);
    return code;
}

/* Fill and close; why a stream failed the system says better than the writer. */
static ful_status fill_file(FILE *file, const char *path, cli_writer write, const void *what,
                            ful_error *err)
{
    const ful_status filled = write(what, file, err);
    const int told = filled != FUL_OK && filled != FUL_ERR_FILE;
    const ful_status closed = table_close(file, path, told ? NULL : err);
    return filled != FUL_OK ? filled : closed;
}

static ful_status write_file(const char *path, cli_writer write, const void *what, ful_error *err)
{
    output_file place;
    ful_status status = output_file_begin(&place, path, err);
    if (status != FUL_OK)
        return status;
    FILE *file = fopen(place.at, "wb");
    if (!file)
        return output_file_refused(&place, errno, err);
    status = fill_file(file, path, write, what, err);
    if (status == FUL_OK)
        status = output_file_place(&place, err);
    if (status != FUL_OK)
        output_file_drop(&place);
    return status;
}

int cli_write_file(const char *path, cli_writer write, const void *what)
{
    ful_error err = {0};
    struct sigaction before;
    outlive_pipes(&before);
    const ful_status status = write_file(path, write, what, &err);
    sigaction(SIGPIPE, &before, NULL);
    return status == FUL_OK ? EXIT_ANSWERED : fail_writing(&err);
}
