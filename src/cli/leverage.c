/* SPDX-License-Identifier: MIT */
/* fulcrum leverage: who must hold the line? */
#include <jansson.h>
#include <stdio.h>

#include "cli/cli.h"
#include "output/document.h"
#include "output/table.h"
#include "output/text.h"

static int print_text(const ful_situation *s, const ful_leverage *l)
{
    text_paragraph(stdout, 0,
                   "Loss of real income of %s under '%s', exact Shapley values over %d coalitions "
                   "(per cent, log points). Together: %.3f.",
                   s->actor[s->target].name, s->regime[l->regime].name, l->solves,
                   l->grand_loss_pct);
    printf("\n%-28s %10s %8s %12s %12s\n", "partner", "Shapley", "share", "it alone", "all but it");
    for (int k = 0; k < l->members; k++) {
        const ful_leverage_member *m = &l->member[k];
        text_cell(stdout, m->actor < 0 ? "all others" : s->actor[m->actor].name, 28);
        printf(" %10.4f %7.1f%% %12.4f %12.4f\n", m->shapley_pct, 100 * m->share, m->alone_pct,
               m->without_pct);
    }
    printf("\nevery equation of every solution holds to %.0e\n", l->max_violation);
    return cli_finish();
}

static json_t *make_document(const ful_situation *s, const ful_leverage *l)
{
    json_t *document = document_new(s, "leverage", -1), *body = document_leverage(s, l);
    json_object_update(document, body);
    json_decref(body);
    return document;
}

static int run(const cli_args *args)
{
    cli_case c;
    ful_error err = {0};
    ful_leverage leverage;
    int code = cli_open(&c, args);
    const int regime = code == EXIT_ANSWERED ? cli_regime(&c) : -2;
    if (regime == -2) {
        code = code == EXIT_ANSWERED ? EXIT_USAGE : code;
    } else if (regime == -1) {
        code = cli_usage_error("leverage takes a regime of the case, not a date");
    } else if (ful_study_leverage(&leverage, c.world, regime, &c.run, &err) != FUL_OK) {
        code = cli_fail(&err);
    } else {
        code = args->json ? EXIT_ANSWERED : print_text(c.s, &leverage);
        if (code == EXIT_ANSWERED && cli_wants_document(args))
            code = cli_finish_result(args, make_document(c.s, &leverage), layout_leverage);
    }
    cli_close(&c);
    return code;
}

static const cli_option options[] = {OPT_REGIME, OPT_SET,    OPT_THREADS,
                                     OPT_JSON,   OPT_OUTPUT, OPT_COUNT};
const cli_command cli_leverage = {
    "leverage",
    "who must hold the line: exact Shapley value of every partner",
    "leverage CASE [options]",
    "Solve every coalition of partners that might apply a regime and divide the target's\n"
    "loss among them by the Shapley value. Leverage is ability, not will.",
    1,
    options,
    run};
