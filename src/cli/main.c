/* SPDX-License-Identifier: MIT */
/* fulcrum: the program. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static const cli_command *const commands[] = {
    &cli_run,    &cli_solve, &cli_leverage, &cli_rank,  &cli_coalition, &cli_packages,
    &cli_advice, &cli_game,  &cli_history,  &cli_check, &cli_import,    &cli_bench};
#define COMMANDS ((int)(sizeof commands / sizeof *commands))

static int teach(FILE *to, int code)
{
    fputs("fulcrum: who must hold the line for sanctions to bite, what would it take to get\n"
          "them to, and would it work?\n\ncommands:\n",
          to);
    for (int k = 0; k < COMMANDS; k++)
        fprintf(to, "  %-10s %s\n", commands[k]->name, commands[k]->summary);
    fputs("\nexamples:\n"
          "  fulcrum run cases/dprk-2016\n"
          "  fulcrum solve cases/dprk-2016 --enforce CHN=0.3\n"
          "  fulcrum game cases/dprk-2016 --package article --set game.lambda=10\n"
          "\nfulcrum COMMAND --help says more; a case is a folder: docs/reference/case-format.md\n",
          to);
    return code;
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        teach(stdout, EXIT_ANSWERED);
        return cli_finish();
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("fulcrum %s\n", ful_version());
        return cli_finish();
    }
    const char *names[COMMANDS];
    for (int k = 0; k < COMMANDS; k++) {
        names[k] = commands[k]->name;
        if (strcmp(argv[1], names[k]) != 0)
            continue;
        cli_args args;
        const int code = cli_parse(&args, commands[k], argc - 2, argv + 2);
        if (code != EXIT_ANSWERED)
            return code;
        if (args.help) {
            cli_help(stdout, commands[k]);
            return cli_finish();
        }
        cli_catch_signals();
        return commands[k]->run(&args);
    }
    const char *near = ful_nearest_name(argv[1], COMMANDS, names);
    return cli_usage_error("there is no command '%s'%s%s%s", argv[1],
                           near ? " (did you mean '" : "", near ? near : "",
                           near ? "'?)" : "; 'fulcrum' alone lists them");
}
