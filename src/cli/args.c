/* SPDX-License-Identifier: MIT */
/* The options: one table, from which parsing and help follow. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "output/table.h"

static const struct {
    const char *name, *value, *help;
} options[OPT_COUNT] = {
    [OPT_JSON] = {"--json", NULL, "print one JSON document (schema/) instead of text"},
    [OPT_THREADS] = {"--threads", "N", "threads; the result is the same bits for any number"},
    [OPT_REGIME] = {"--regime", "R",
                    "regime; default: the case's headline, of games its pressure regime"},
    [OPT_DATE] = {"--date", "YYYY-MM-DD", "all measures in force on a day, instead of a regime"},
    [OPT_ENFORCE] = {"--enforce", "ACTOR[.GROUP]=E",
                     "set an enforcement level, 0 to 1; repeatable"},
    [OPT_PRODUCTIVITY] = {"--productivity", "ACTOR[.SECTOR]=F",
                          "multiply productivity, beside the case's shocks; repeatable"},
    [OPT_SET] = {"--set", "ID=VALUE", "set a parameter (see check --list); repeatable"},
    [OPT_FLOWS] = {"--flows", NULL, "add every flow of the target to the result"},
    [OPT_PACKAGE] = {"--package", "P", "packages and levers of the case, joined by +"},
    [OPT_EFG] = {"--efg", "FILE", "write the game as a Gambit .efg file, where it is small enough"},
    [OPT_HORIZON] = {"--horizon", "N", "half-years that the game lasts"},
    [OPT_STICK] = {"--stick", NULL, "with the sender's punishment of lax enforcement"},
    [OPT_WITH] = {"--with", "PART",
                  "let parts of enforcement move that the case holds, joined by +"},
    [OPT_ORDER] = {"--order", "reverse", "enforcers move in the reverse of the case's order"},
    [OPT_SIMULTANEOUS] = {"--simultaneous", NULL, "enforcers move at once"},
    [OPT_PERFECT] = {"--perfect", NULL, "nobody errs: subgame perfection, ties counted"},
    [OPT_GRID] = {"--grid", "exact", "solve every node of the table of incomes"},
    [OPT_EXPLAIN] = {"--explain", "ACTOR", "what drives the choices a player comes to most"},
    [OPT_TREE] = {"--tree", NULL, "draw the game as a tree, where it is small enough"},
    [OPT_SVG] = {"--svg", "FILE", "the same as a picture"},
    [OPT_FLIPS] = {"--flips", NULL, "add the values of the game's numbers at which the answer turns"},
    [OPT_REQUIRE] = {"--require", "AIM=N/100",
                     "what it takes: enforce=80/100 or freeze=50/100, by any package"},
    [OPT_LEVEL] = {"--level", "E", "share of armed periods that counts as enforcing, default 0.5"},
    [OPT_DRAWS] = {"--draws", "N",
                   "draws of all parameters; default 200, packages: the centre alone"},
    [OPT_KEEP] = {"--keep-draws", "FILE", "draw anew and keep the draws; a case may hold its own"},
    [OPT_SEED] = {"--seed", "S", "seed of the draws, default 1"},
    [OPT_LIST] = {"--list", NULL, "list every parameter with unit, value, range, grade, source"},
    [OPT_REFERENCE] = {"--reference", "DIR",
                       "folder of reference data; default $FULCRUM_REFERENCE"},
    [OPT_OUTPUT] = {"--output", "FILE", "write the result as tables: .csv, .dta, .sqlite or .xlsx"},
    [OPT_BASE] = {"--base", "none", "rank from the benchmark, without any measure"},
    [OPT_TOP] = {"--top", "K", "how many of the best are solved exactly, default 20"},
    [OPT_MU] = {"--mu", "MU", "points that a million USD must buy; default: dollar for dollar"},
    [OPT_JOINT] = {"--joint", NULL, "add what the best do together"},
    [OPT_DECOMPOSE] = {"--decompose", NULL, "add what the change of an actor is made of"},
    [OPT_ACTOR] = {"--actor", "ACTOR", "whose change is decomposed; default: the target's"},
    [OPT_BALANCED] = {"--balanced", NULL, "first remove all trade deficits from the baseline"},
    [OPT_MEMBERS] = {"--members", "A,B,...",
                     "the coalition; default: the sender and the case's leverage members"},
    [OPT_OUT] = {"--out", "FOLDER", "the case folder to write; -o for short"},
    [OPT_TARGET] = {"--target", "ID", "who is the target"},
    [OPT_SENDER] = {"--sender", "ID", "who imposes"},
    [OPT_ENFORCER] = {"--enforcer", "ID", "whose enforcement is at issue"},
    [OPT_YEAR] = {"--year", "Y", "the year to take, or the year of a table that names none"},
    [OPT_UNIT] = {"--unit", "U", "million USD in one unit of the table; default 1"},
    [OPT_THETA] = {"--theta", "N|FILE", "trade elasticity, or a CSV file: sector,theta"},
    [OPT_INPUTS] = {"--inputs", "FILE", "long: CSV file of actor,sector,input,share"},
    [OPT_GROSS_OUTPUT] = {"--gross-output", "FILE", "long: CSV file of actor,sector,output"},
    [OPT_TARIFFS] = {"--tariffs", "NAME", "blocks: tariff file; default tariffs1993.txt"},
    [OPT_COLUMN] = {"--column", "COLUMN=NAME", "what the table calls a column; repeatable"},
    [OPT_ROWS] = {"--rows", "LIST", "only these rows, names joined by commas"},
    [OPT_QUIET] = {"--quiet", NULL, "no progress"},
    [OPT_HELP] = {"--help", NULL, "this text"},
};

static int has(const cli_command *command, cli_option option)
{
    if (option == OPT_HELP || option == OPT_QUIET)
        return 1;
    for (const cli_option *o = command->options; *o != OPT_COUNT; o++)
        if (*o == option)
            return 1;
    return 0;
}

void cli_help(FILE *to, const cli_command *command)
{
    fprintf(to, "usage: fulcrum %s\n\n%s\n\noptions:\n", command->usage, command->about);
    for (int o = 0; o < OPT_COUNT; o++)
        if (has(command, (cli_option)o)) {
            char left[64];
            snprintf(left, sizeof left, "%s %s", options[o].name,
                     options[o].value ? options[o].value : "");
            fprintf(to, "  %-31s %s\n", left, options[o].help);
        }
}

/* A whole number in [low, high]. */
static int long_whole(long long *out, const char *name, const char *text, long long low,
                      long long high)
{
    char *end;
    errno = 0; /* what does not fit is cut to what does, and told here alone */
    *out = strtoll(text, &end, 10);
    if (end == text || *end || errno == ERANGE || *out < low || *out > high)
        return cli_usage_error("%s '%s': expected a whole number from %lld to %lld", name, text,
                               low, high);
    return EXIT_ANSWERED;
}

static int whole(int *out, const char *name, const char *text, int low, int high)
{
    long long value;
    const int code = long_whole(&value, name, text, low, high);
    if (code == EXIT_ANSWERED)
        *out = (int)value;
    return code;
}

static int repeat(const char **list, int *count, const char *name, const char *text)
{
    if (*count == CLI_MAX_REPEATS)
        return cli_usage_error("%s may be given at most %d times", name, CLI_MAX_REPEATS);
    if (!strchr(text, '='))
        return cli_usage_error("%s '%s': expected a name, '=' and a value", name, text);
    list[(*count)++] = text;
    return EXIT_ANSWERED;
}

/* The one word that an option takes. */
static int word(int *flag, const char *name, const char *text, const char *expected)
{
    if (strcmp(text, expected) != 0)
        return cli_usage_error("%s '%s': expected '%s'", name, text, expected);
    *flag = 1;
    return EXIT_ANSWERED;
}

/* enforce=N/100 or freeze=N/100. */
static int requirement(cli_args *a, const char *text)
{
    static const char *const aims[] = {
        [FUL_AIM_ENFORCE] = "enforce=", [FUL_AIM_FREEZE] = "freeze="};
    for (int aim = 0; aim < 2; aim++) {
        const size_t length = strlen(aims[aim]);
        char *end;
        if (strncmp(text, aims[aim], length) != 0)
            continue;
        const double count = strtod(text + length, &end);
        if (end == text + length || strcmp(end, "/100") != 0 || !(count > 0 && count <= 100))
            break;
        a->require = text;
        a->aim = (ful_aim)aim;
        a->probability = count / 100;
        return EXIT_ANSWERED;
    }
    return cli_usage_error(
        "--require '%s': expected enforce=N/100 or freeze=N/100, N above 0, at most 100", text);
}

/* The options of import. */
static int set_import_option(cli_args *a, cli_option option, const char *text)
{
    const char *name = options[option].name;
    const struct {
        cli_option option;
        const char **to;
    } words[] = {{OPT_OUT, &a->out},
                 {OPT_TARGET, &a->target},
                 {OPT_SENDER, &a->sender},
                 {OPT_ENFORCER, &a->enforcer},
                 {OPT_THETA, &a->theta},
                 {OPT_INPUTS, &a->inputs},
                 {OPT_GROSS_OUTPUT, &a->gross_output},
                 {OPT_TARIFFS, &a->tariffs}};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (words[k].option == option)
            *words[k].to = text;
    if (option == OPT_COLUMN)
        return repeat(a->column, &a->columns, name, text);
    if (option == OPT_YEAR)
        return whole(&a->year, name, text, 1900, 2198);
    if (option == OPT_UNIT && (cli_real(&a->unit, text) != 0 || !(a->unit > 0)))
        return cli_usage_error("%s '%s': expected a number above 0", name, text);
    return EXIT_ANSWERED;
}

static int set_option(cli_args *a, cli_option option, const char *text)
{
    const char *name = options[option].name;
    switch (option) {
    case OPT_JSON:
        a->json = 1;
        break;
    case OPT_FLOWS:
        a->flows = 1;
        break;
    case OPT_LIST:
        a->list = 1;
        break;
    case OPT_QUIET:
        a->quiet = 1;
        break;
    case OPT_HELP:
        a->help = 1;
        break;
    case OPT_REGIME:
        a->regime = text;
        break;
    case OPT_DATE:
        a->date = text;
        break;
    case OPT_PACKAGE:
        a->package = text;
        break;
    case OPT_EFG:
        a->efg = text;
        break;
    case OPT_REFERENCE:
        a->reference = text;
        break;
    case OPT_OUTPUT:
        a->output = text;
        if (!tables_known(text))
            return cli_usage_error("--output '%s': expected a name that ends with one of %s", text,
                                   tables_suffixes());
        break;
    case OPT_ROWS:
        a->rows = text;
        break;
    case OPT_ENFORCE:
        return repeat(a->enforce, &a->enforces, name, text);
    case OPT_SET:
        return repeat(a->set, &a->sets, name, text);
    case OPT_PRODUCTIVITY:
        return repeat(a->productivity, &a->productivities, name, text);
    case OPT_THREADS:
        return whole(&a->threads, name, text, 1, 256);
    case OPT_STICK:
        a->stick = 1;
        break;
    case OPT_KEEP:
        a->keep = text;
        break;
    case OPT_WITH:
        a->with = text;
        break;
    case OPT_SIMULTANEOUS:
        a->simultaneous = 1;
        break;
    case OPT_PERFECT:
        a->perfect = 1;
        break;
    case OPT_FLIPS:
        a->flips = 1;
        break;
    case OPT_EXPLAIN:
        a->explain = text;
        break;
    case OPT_TREE:
        a->tree = 1;
        break;
    case OPT_SVG:
        a->svg = text;
        break;
    case OPT_ORDER:
        return word(&a->reverse, name, text, "reverse");
    case OPT_GRID:
        return word(&a->exact, name, text, "exact");
    case OPT_REQUIRE:
        return requirement(a, text);
    case OPT_LEVEL:
        if (cli_real(&a->level, text) != 0 || !(a->level > 0 && a->level <= 1))
            return cli_usage_error("--level '%s': expected a number above 0, at most 1", text);
        break;
    case OPT_HORIZON:
        return whole(&a->horizon, name, text, 1, 64);
    case OPT_DRAWS:
        return whole(&a->draws, name, text, 1, 1000000);
    case OPT_SEED:
        return long_whole(&a->seed, name, text, 0, LLONG_MAX);
    case OPT_BASE:
        if (strcmp(text, "none") != 0)
            return cli_usage_error(
                "--base '%s': expected 'none'; without it the regime is the base", text);
        a->base = text;
        break;
    case OPT_TOP:
        return whole(&a->top, name, text, 0, 100000);
    case OPT_MU:
        if (cli_real(&a->mu, text) != 0 || !(a->mu > 0))
            return cli_usage_error("--mu '%s': expected a number above 0", text);
        break;
    case OPT_JOINT:
        a->joint = 1;
        break;
    case OPT_DECOMPOSE:
        a->decompose = 1;
        break;
    case OPT_ACTOR:
        a->actor = text;
        break;
    case OPT_BALANCED:
        a->balanced = 1;
        break;
    case OPT_MEMBERS:
        a->members = text;
        break;
    default:
        return set_import_option(a, option, text);
    }
    return EXIT_ANSWERED;
}

static int find_option(const cli_command *command, const char *word, size_t length)
{
    const char *known[OPT_COUNT];
    int count = 0;
    for (int o = 0; o < OPT_COUNT; o++) {
        if (!has(command, (cli_option)o))
            continue;
        if (strlen(options[o].name) == length && strncmp(options[o].name, word, length) == 0)
            return o;
        known[count++] = options[o].name;
    }
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)length, word);
    const char *near = ful_nearest_name(name, count, known);
    cli_usage_error("'%s' has no option '%s'%s%s%s", command->name, name,
                    near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    return -1;
}

int cli_parse(cli_args *args, const cli_command *command, int count, char **words)
{
    *args = (cli_args){.seed = 1, .top = 20, .level = .5};
    for (int k = 0; k < count; k++) {
        const char *word = words[k];
        if (word[0] != '-') {
            if (command->needs_case == 2 && !args->format) {
                args->format = word;
                continue;
            }
            if (args->folder || command->needs_case == 0)
                return cli_usage_error("'%s' is one word too many", word);
            args->folder = word;
            continue;
        }
        /* --name value and --name=value are the same */
        const size_t length = strcspn(word, "=");
        const char *spelled = strcmp(word, "-h") == 0   ? "--help"
                              : strcmp(word, "-o") == 0 ? "--out"
                                                        : word;
        const int option =
            find_option(command, spelled, spelled == word ? length : strlen(spelled));
        if (option < 0)
            return EXIT_USAGE;
        const char *value = word[length] == '=' ? word + length + 1 : NULL;
        if (!options[option].value && value)
            return cli_usage_error("%s takes no value", options[option].name);
        if (options[option].value && !value && ++k < count)
            value = words[k];
        if (options[option].value && !value)
            return cli_usage_error("%s needs a value: %s", options[option].name,
                                   options[option].value);
        const int code = set_option(args, (cli_option)option, value);
        if (code != EXIT_ANSWERED)
            return code;
        args->given |= 1ull << option;
    }
    if (args->help)
        return EXIT_ANSWERED;
    if (command->needs_case == 1 && !args->folder)
        return cli_usage_error("'%s' needs a case folder: fulcrum %s", command->name,
                               command->usage);
    if (command->needs_case == 2 && !args->folder)
        return cli_usage_error("'%s' needs a format and a table: fulcrum %s", command->name,
                               command->usage);
    return EXIT_ANSWERED;
}
