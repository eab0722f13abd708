/* SPDX-License-Identifier: MIT */
/* fulcrum check: read a case, say what is wrong or what to know, list its parameters. */
#include <jansson.h>
#include <stdio.h>

#include "cli/cli.h"
#include "output/document.h"

static const char *const distributions[] = {"fixed", "uniform", "loguniform", "triangular",
                                            "lognormal"};

static void list_parameters(const ful_situation *s)
{
    for (int k = 0; k < s->parameters; k++) {
        const ful_parameter *q = &s->parameter[k];
        printf("%-34s %10.6g %-10s [%g, %g] %s, %c, %s\n", q->id, q->value, q->unit, q->low,
               q->high, distributions[q->distribution], q->grade, q->source);
    }
}

static json_t *parameters(const ful_situation *s)
{
    json_t *list = json_array();
    for (int k = 0; k < s->parameters; k++) {
        const ful_parameter *q = &s->parameter[k];
        const char grade[2] = {q->grade, '\0'};
        json_array_append_new(list, json_pack("{s:s, s:s, s:f, s:f, s:f, s:s, s:s, s:s, s:s}", "id",
                                              q->id, "unit", q->unit, "value", q->value, "low",
                                              q->low, "high", q->high, "distribution",
                                              distributions[q->distribution], "grade", grade,
                                              "source", q->source, "note", q->note ? q->note : ""));
    }
    return list;
}

static int print_json(const cli_case *c, const ful_remark *remark, int remarks)
{
    json_t *document = document_new(c->s, "check", -1), *list = json_array();
    const ful_economy_adjustment *a = ful_world_adjustment(c->world);
    for (int k = 0; k < remarks; k++)
        json_array_append_new(list, json_pack("{s:s, s:i, s:s}", "file", remark[k].file, "line",
                                              remark[k].line, "text", remark[k].text));
    json_object_set_new(document, "actors", json_integer(c->s->actors));
    json_object_set_new(document, "sectors", json_integer(c->s->sectors));
    json_object_set_new(document, "measures", json_integer(c->s->measures));
    json_object_set_new(document, "shocks", json_integer(c->s->shocks));
    json_object_set_new(document, "inventory_musd", document_real(a->inventory));
    json_object_set_new(document, "remarks", list);
    if (c->args->list)
        json_object_set_new(document, "parameters", parameters(c->s));
    return cli_finish_json(document);
}

/* What any command would refuse of the game's numbers, found without solving anything. */
static int check_game(const cli_case *c)
{
    ful_error err = {0};
    return ful_payoffs_check(c->world, NULL, &err) == FUL_OK ? EXIT_ANSWERED : cli_fail(&err);
}

static int run(const cli_args *args)
{
    cli_case c;
    int code = cli_open(&c, args);
    if (code == EXIT_ANSWERED)
        code = check_game(&c);
    if (code == EXIT_ANSWERED) {
        const ful_situation *s = c.s;
        const ful_remark *remark;
        const int remarks = ful_case_remarks(c.loaded, &remark);
        if (args->json) {
            code = print_json(&c, remark, remarks);
        } else {
            printf("%s: %d actors, %d sectors, %d measures, %d parameters, %d claims; no error\n",
                   s->id, s->actors, s->sectors, s->measures, s->parameters, s->claims);
            for (int k = 0; k < remarks; k++)
                printf("%s/%s:%d: remark: %s\n", args->folder, remark[k].file, remark[k].line,
                       remark[k].text);
            const ful_economy_adjustment *a = ful_world_adjustment(c.world);
            if (a->inventory_cells > 0)
                printf(
                    "inventories: %.6g million USD in %d cells made up by production, the largest "
                    "%s in %s\n",
                    a->inventory, a->inventory_cells, s->sector[a->worst_sector].id,
                    s->actor[a->worst_country].id);
            if (args->list)
                list_parameters(s);
            code = cli_finish();
        }
    }
    cli_close(&c);
    return code;
}

static const cli_option options[] = {OPT_LIST, OPT_JSON, OPT_SET, OPT_THREADS, OPT_COUNT};
const cli_command cli_check = {
    "check",
    "read a case and say what is wrong, or list its parameters",
    "check CASE [--list]",
    "Read the folder, refuse what is wrong with file, line, column and remedy, and build\n"
    "the benchmark and the game, without solving them. Exit status 3 where the case is refused.",
    1,
    options,
    run};
