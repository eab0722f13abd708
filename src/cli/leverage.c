/* SPDX-License-Identifier: MIT */
/* fulcrum leverage: who must hold the line? */
#include <jansson.h>
#include <stdio.h>

#include "cli/cli.h"
#include "output/document.h"
#include "output/table.h"
#include "output/text.h"

/* What the coalitions apply, as a scenario. */
static ful_scenario scenario_of(const ful_situation *s, const ful_leverage *l)
{
    ful_scenario scenario;
    ful_scenario_default(&scenario, s);
    scenario.regime = l->regime;
    scenario.from = l->day;
    scenario.to = l->day + 1;
    return scenario;
}

static int print_text(const cli_case *c, const ful_leverage *l)
{
    const ful_situation *s = c->s;
    const ful_scenario scenario = scenario_of(s, l);
    char date[DATE_ROOM], law[256], share[TEXT_ROOM];
    if (l->regime < 0)
        snprintf(law, sizeof law, "what is in force on %s", document_date(date, l->day));
    else
        snprintf(law, sizeof law, "'%s'", s->regime[l->regime].name);
    text_paragraph(stdout, 0,
                   "Loss of real income of %s under %s, exact Shapley values over %d coalitions "
                   "(per cent, log points). Together: %.3f.",
                   s->actor[s->target].name, law, l->solves, l->grand_loss_pct);
    printf("\n%-28s %10s %8s %12s %12s\n", "partner", "Shapley", "share %", "it alone",
           "all but it");
    for (int k = 0; k < l->members; k++) {
        const ful_leverage_member *m = &l->member[k];
        text_cell(stdout, m->actor < 0 ? "all others" : s->actor[m->actor].name, 28);
        printf(" %10.4f %8s %12.4f %12.4f\n", m->shapley_pct, text_fixed(share, 100 * m->share, 1),
               m->alone_pct, m->without_pct);
    }
    cli_productivity_text(c->world, &scenario);
    printf("\nevery equation of every solution holds to %.0e\n", l->max_violation);
    return cli_finish();
}

static json_t *make_document(const cli_case *c, const ful_leverage *l)
{
    const ful_scenario scenario = scenario_of(c->s, l);
    json_t *document = document_new(c->s, "leverage", -1), *body = document_leverage(c->s, l);
    json_object_update(document, body);
    json_decref(body);
    cli_productivity_json(document, c->world, &scenario);
    return document;
}

static int run(const cli_args *args)
{
    cli_case c;
    ful_error err = {0};
    ful_leverage leverage;
    ful_scenario law;
    int code = cli_open(&c, args);
    if (code == EXIT_ANSWERED)
        code = cli_scenario(&law, &c);
    if (code == EXIT_ANSWERED &&
        ful_study_leverage(&leverage, c.world, law.regime, law.from, &c.run, &err) != FUL_OK)
        code = cli_fail(&err);
    if (code == EXIT_ANSWERED && !args->json)
        code = print_text(&c, &leverage);
    if (code == EXIT_ANSWERED && cli_wants_document(args))
        code = cli_finish_result(args, make_document(&c, &leverage), layout_leverage);
    cli_close(&c);
    return code;
}

static const cli_option options[] = {OPT_REGIME, OPT_DATE,   OPT_SET,  OPT_THREADS,
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
