/* SPDX-License-Identifier: MIT */
/* fulcrum rank: which measure bites most? */
#include <jansson.h>
#include <stdio.h>

#include "cli/cli.h"
#include "output/document.h"
#include "output/table.h"
#include "output/text.h"

/* What is known best of a row: the exact effect where there is one. */
static const ful_bite *best(const ful_ranked *x)
{
    return x->asked && x->status == FUL_OK ? &x->exact : &x->first;
}

/* ---- the document ---- */

static json_t *ratio(const ful_bite *b)
{
    return b->cost > 0 ? document_real(b->bite / b->cost) : json_null();
}

static json_t *bite(const ful_situation *s, const ful_bite *b)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:[{s:s, s:o}, {s:s, s:o}]}", "bite",
                     document_real(b->bite), "cost", document_real(b->cost), "bite_per_cost",
                     ratio(b), "score", document_real(b->score), "costs", "id",
                     s->actor[s->sender].id, "cost", document_real(b->sender), "id",
                     s->actor[s->enforcer].id, "cost", document_real(b->enforcer));
}

static const char *state(int asked, ful_status status)
{
    return !asked                         ? "first_order"
           : status == FUL_OK             ? "solved"
           : status == FUL_ERR_INFEASIBLE ? "no_equilibrium"
                                          : "not_converged";
}

static json_t *row(const ful_situation *s, const ful_ranked *x)
{
    char id[256];
    snprintf(id, sizeof id, "%s>%s:%s", s->actor[x->seller].id, s->actor[x->buyer].id,
             s->sector[x->sector].id);
    json_t *made = bite(s, &x->first);
    json_object_set_new(made, "id", json_string(id));
    json_object_set_new(made, "seller", json_string(s->actor[x->seller].id));
    json_object_set_new(made, "buyer", json_string(s->actor[x->buyer].id));
    json_object_set_new(made, "sector", json_string(s->sector[x->sector].id));
    json_object_set_new(made, "base_musd", document_real(x->benchmark));
    json_object_set_new(made, "value_musd", document_real(x->value));
    json_object_set_new(made, "pays_for_itself", json_boolean(best(x)->cost <= 0));
    json_object_set_new(made, "state", json_string(state(x->asked, x->status)));
    json_object_set_new(made, "exact",
                        x->asked && x->status == FUL_OK ? bite(s, &x->exact) : json_null());
    return made;
}

static json_t *make_document(const cli_case *c, const ful_scenario *base, const ful_ranking *r)
{
    const ful_situation *s = c->s;
    json_t *document = document_new(s, "rank", -1), *rows = json_array();
    for (int k = 0; k < r->rows; k++)
        json_array_append_new(rows, row(s, &r->row[k]));
    json_object_set_new(document, "regime",
                        base && base->regime >= 0 ? json_string(s->regime[base->regime].id)
                                                  : json_null());
    json_object_set_new(document, "base",
                        json_string(!base              ? "none"
                                    : base->regime < 0 ? "date"
                                                       : "regime"));
    json_object_set_new(document, "measure", json_string("real_income"));
    json_object_set_new(document, "mu", document_real(r->mu));
    json_object_set_new(document, "target_real_income_pct", document_real(r->target_pct));
    cli_productivity_json(document, c->world, base);
    json_object_set_new(document, "one_sided", json_boolean(r->one_sided));
    json_object_set_new(document, "measures", rows);
    json_object_set_new(document, "asked", json_integer(r->asked));
    if (c->args->joint)
        json_object_set_new(
            document, "joint",
            json_pack("{s:s, s:o, s:o}", "state", state(1, r->together_status), "sum",
                      bite(s, &r->sum), "together",
                      r->together_status == FUL_OK ? bite(s, &r->together) : json_null()));
    json_object_set_new(document, "certificate", document_certificate(r->max_violation));
    return document;
}

/* ---- the text ---- */

static void print_row(const ful_situation *s, const ful_ranked *x)
{
    char flow[128];
    const int exact = x->asked && x->status == FUL_OK;
    const ful_bite *b = best(x);
    snprintf(flow, sizeof flow, "%s > %s %s", s->actor[x->seller].id, s->actor[x->buyer].id,
             s->sector[x->sector].id);
    text_cell(stdout, flow, 28);
    printf(" %9.1f %9.4f", x->value, x->first.bite);
    if (exact)
        printf(" %9.4f", x->exact.bite);
    else
        printf(" %9s", x->asked && x->status == FUL_ERR_INFEASIBLE ? "none" : "-");
    printf(" %9.2f %9.2f", b->sender, b->enforcer);
    if (b->cost > 0)
        printf(" %10.3g", b->bite / b->cost);
    printf("\n");
}

/* The rows asked for whose cost is above 0, or those which pay for themselves. */
static int print_rows(const ful_situation *s, const ful_ranking *r, int paying, const char *title)
{
    int shown = 0;
    for (int k = 0; k < r->asked; k++) {
        if ((best(&r->row[k])->cost <= 0) != paying)
            continue;
        if (shown++ == 0) {
            text_heading(stdout, title);
            printf("%-28s %9s %9s %9s %9s %9s%s\n", "closing", "flow", "bite", "exact",
                   s->actor[s->sender].id, s->actor[s->enforcer].id, paying ? "" : "  bite/cost");
        }
        print_row(s, &r->row[k]);
    }
    return shown;
}

static void print_joint(const ful_ranking *r)
{
    if (r->together_status != FUL_OK)
        text_paragraph(stdout, 0, "Closed together they leave no equilibrium: %s.",
                       ful_status_text(r->together_status));
    else
        text_paragraph(stdout, 0,
                       "One by one the exact bites add up to %.4f points at a cost of %.2f million "
                       "USD; closed together they take %.4f points at %.2f million.",
                       r->sum.bite, r->sum.cost, r->together.bite, r->together.cost);
}

static int print_text(const cli_case *c, const ful_scenario *base, const ful_ranking *r)
{
    const ful_situation *s = c->s;
    char from[256];
    if (!base)
        snprintf(from, sizeof from, "from the base year, without any further measure");
    else if (base->regime < 0)
        snprintf(from, sizeof from, "on top of what is in force on %s", c->args->date);
    else
        snprintf(from, sizeof from, "on top of '%s'", s->regime[base->regime].name);
    if (r->rows == 0) {
        text_paragraph(stdout, 0, "Nothing is left to close %s.", from);
        return cli_finish();
    }
    int stranded = 0, first = -1;
    for (int k = 0; k < r->rows; k++) {
        stranded += r->row[k].status == FUL_ERR_INFEASIBLE;
        if (first < 0 && r->row[k].status == FUL_OK)
            first = k;
    }
    const ful_ranked *x = &r->row[first < 0 ? 0 : first];
    text_paragraph(stdout, 0,
                   "Closing one more flow %s, %s > %s %s bites most: %.4f points of the real "
                   "income of %s. Bite is what it loses, cost what %s and %s would have to be paid "
                   "to be as well off, million USD a year; ranked by bite less %.3g points per "
                   "million%s.",
                   from, s->actor[x->seller].name, s->actor[x->buyer].name,
                   s->sector[x->sector].name, best(x)->bite, s->actor[s->target].name,
                   s->actor[s->sender].name, s->actor[s->enforcer].name, r->mu,
                   c->args->mu > 0 ? ""
                                   : ", at which a dollar lost by them weighs as much as one "
                                     "lost by the target");
    print_rows(s, r, 0, "What bites, and costs");
    print_rows(s, r, 1, "What bites and pays for itself: prices turn in favour of those who close");
    printf("\n");
    if (stranded > 0)
        text_paragraph(
            stdout, 0,
            "%d of them (exact: none) would leave somebody without any seller: there is no "
            "equilibrium, and first order says too little.",
            stranded);
    if (r->asked < r->rows)
        text_paragraph(stdout, 0, "%d of %d flows are shown; --top K shows more, --json all.",
                       r->asked, r->rows);
    if (r->one_sided)
        text_paragraph(stdout, 0,
                       "A cap or a limit is just met: first-order numbers hold on the "
                       "side on which it stays as it is.");
    if (c->args->joint)
        print_joint(r);
    if (base)
        cli_productivity_text(c->world, base);
    printf("every equation of every solution holds to %.0e\n", r->max_violation);
    return cli_finish();
}

static int run(const cli_args *args)
{
    cli_case c;
    ful_error err = {0};
    ful_ranking ranking;
    ful_scenario scenario;
    if (args->base &&
        (args->regime || args->date || args->enforces > 0 || args->productivities > 0))
        return cli_usage_error(
            "--base none excludes --regime, --date, --enforce and --productivity");
    int code = cli_open(&c, args);
    if (code == EXIT_ANSWERED)
        code = cli_scenario(&scenario, &c);
    if (code == EXIT_ANSWERED) {
        const ful_scenario *base = args->base ? NULL : &scenario;
        const ful_ranking_options options = {
            .base = base, .top = args->top, .mu = args->mu, .joint = args->joint};
        if (ful_study_ranking(&ranking, c.world, &options, &c.run, &err) != FUL_OK)
            code = cli_fail(&err);
        else
            code = args->json ? EXIT_ANSWERED : print_text(&c, base, &ranking);
        if (code == EXIT_ANSWERED && cli_wants_document(args))
            code = cli_finish_result(args, make_document(&c, base, &ranking), layout_rank);
        ful_ranking_clear(&ranking);
    }
    cli_close(&c);
    return code;
}

static const cli_option options[] = {
    OPT_REGIME,       OPT_DATE, OPT_BASE,    OPT_TOP,  OPT_MU,     OPT_JOINT, OPT_ENFORCE,
    OPT_PRODUCTIVITY, OPT_SET,  OPT_THREADS, OPT_JSON, OPT_OUTPUT, OPT_COUNT};
const cli_command cli_rank = {
    "rank",
    "which measure bites most: every flow of the target, closed",
    "rank CASE [options]",
    "Close every flow between the target and its partners, one at a time, on top of a regime:\n"
    "to first order all of them by the gradient, the best ones exactly. Bite is what the\n"
    "target loses in real income, cost what sender and enforcer would have to be paid.",
    1,
    options,
    run};
