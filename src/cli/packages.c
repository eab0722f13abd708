/* SPDX-License-Identifier: MIT */
/* fulcrum packages: what should be offered, and what would it take? */
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "cli/cli.h"
#include "output/document.h"
#include "output/table.h"
#include "output/text.h"

#define PAID                                                                                       \
    "The sender pays it, and bears its cost, while the enforcer enforces; it may withdraw it, "    \
    "which has no price of its own."
#define COST "Cost: to the sender, per cent of its GDP a year."

static const char *const terms[] = {"as worded", "contingent", "gifts"};

static void print_corners(const ful_bargain_report *r, const char *const *name)
{
    printf("%-22s %9s %7s %9s %9s %11s\n", "of 100", "denuclear", "frozen", "unchanged",
           "collapsed", "enforcement");
    for (int c = 0; c < FUL_CORNERS; c++)
        printf("%-22s %9.0f %7.0f %9.0f %9.0f %11.2f\n", name[c], 100 * r[c].denuclearised,
               100 * r[c].frozen, 100 * r[c].unchanged, 100 * r[c].collapsed,
               r[c].enforcer[0].mean);
}

static void print_levers(const ful_situation *s, const ful_packages *p)
{
    char a[TEXT_ROOM], b[TEXT_ROOM];
    text_heading(stdout, "What each lever adds (Shapley over all of them)");
    printf("%-40s %12s %14s\n", "lever", "enforcement", "accommodation");
    for (int k = 0; k < p->levers; k++) {
        const ful_lever_effect *x = &p->lever[k];
        text_cell(stdout, s->lever[x->lever].name, 40);
        printf(" %12s %14s%s%s\n", text_change(a, x->enforcement, 4),
               text_change(b, x->accommodation, 4), x->rests_on_judgement ? "  judgement" : "",
               x->sign_survives ? "" : "  sign not robust");
    }
}

static void print_levers_of(const ful_situation *s, unsigned levers)
{
    int count = 0;
    for (int l = 0; l < s->levers; l++)
        if (levers >> l & 1)
            printf("%s%s", count++ ? "+" : " ", s->lever[l].id);
    printf("%s\n", count ? "" : " none");
}

static void print_frontier(const ful_situation *s, const ful_packages *p)
{
    text_heading(stdout, "Packages on the frontier");
    printf("%8s %8s %9s  %-10s %s\n", "freeze", "cost", "collapse", "terms", "levers");
    for (int k = 0; k < p->rows; k++) {
        const ful_package_row *x = &p->row[k];
        if (!x->on_frontier)
            continue;
        printf("%8.3f %8.4f %9.3f  %-10s", ful_bargain_freeze(&x->report), x->report.sender_cost,
               x->report.collapsed, x->offer.levers ? terms[x->offer.terms] : "-");
        print_levers_of(s, x->offer.levers);
    }
    text_paragraph(stdout, 0,
                   "Freeze: the chance that the target is frozen or denuclearised at the horizon; "
                   "collapse: that it has collapsed. " COST);
}

static void print_transfer(const ful_situation *s, double pct)
{
    const char *name = s->actor[s->enforcer].name;
    if (isnan(pct))
        text_paragraph(stdout, 0,
                       "No side payment below 1 %% of GDP a year makes %s enforce. " PAID, name);
    else if (pct == 0)
        text_paragraph(stdout, 0, "%s enforces in half of the armed periods without any payment.",
                       name);
    else
        text_paragraph(
            stdout, 0,
            "The side payment that just makes %s enforce: %.3g %% of its GDP a year. " PAID, name,
            pct);
}

static void print_packages(const ful_situation *s, const ful_packages *p)
{
    static const char *const corner[] = {"nothing", "pressure", "inducements", "both"};
    static const char *const stick[] = {"nothing", "stick", "carrots", "both"};
    char longer[64];
    snprintf(longer, sizeof longer, "The four corners over %d half-years instead of %d",
             p->long_horizon, s->game.horizon);
    text_heading(stdout, "The four corners");
    print_corners(p->corner, corner);
    if (ful_held_parts(s)) {
        text_heading(stdout, "The four corners, and what the case holds may move");
        print_corners(p->corner_moving, corner);
    }
    if (s->game.players > FUL_E + 1) {
        text_heading(stdout, "The same, enforcers in reverse order");
        print_corners(p->corner_reverse, corner);
    }
    if (p->long_horizon > s->game.horizon) {
        text_heading(stdout, longer);
        print_corners(p->corner_long, corner);
    }
    if (p->has_stick) {
        text_heading(stdout, "Sticks on the enforcer against carrots, under pressure");
        print_corners(p->stick, stick);
    }
    print_levers(s, p);
    print_frontier(s, p);
    printf("\n");
    print_transfer(s, p->transfer_pct);
}

static void print_bid(const ful_situation *s, const ful_answer *a, const char *what, int k)
{
    if (k < 0)
        return;
    printf("%-10s %8.4f %11.2f  %-10s", what, a->bid[k].cost, a->bid[k].probability,
           terms[a->bid[k].offer.terms]);
    print_levers_of(s, a->bid[k].offer.levers);
}

static void print_answer(const ful_situation *s, const ful_answer *a)
{
    const int enforce = a->asked.aim == FUL_AIM_ENFORCE;
    text_heading(stdout, "What would it take?");
    text_paragraph(stdout, 0, "Asked: %s %s in at least %.3g of 100 %s.",
                   s->actor[enforce ? s->enforcer : s->target].name,
                   enforce ? "enforces" : "at least freezes", 100 * a->asked.probability,
                   enforce && a->draws ? "draws"
                   : enforce           ? "armed periods"
                                       : "runs");
    if (a->cheapest < 0)
        text_paragraph(stdout, 0, "No package of these levers under any contract does it.");
    else
        printf("%-10s %8s %11s  %-10s %s\n", "", "cost", "probability", "terms", "levers");
    print_bid(s, a, "cheapest", a->cheapest);
    print_bid(s, a, "runner-up", a->runner_up);
    if (a->cheapest >= 0)
        text_paragraph(stdout, 0, COST);
    if (a->draws)
        text_paragraph(stdout, 0,
                       "%d draws, %d of them without an equilibrium; in %.0f of 100 no "
                       "package does it.",
                       a->draws + a->refused, a->refused, 100 * a->unmet);
    if (isnan(a->transfer_pct))
        text_paragraph(stdout, 0, "No side payment below 1 %% of GDP a year does. " PAID);
    else if (a->transfer_pct == 0)
        text_paragraph(stdout, 0, "No side payment is needed for it.");
    else
        text_paragraph(stdout, 0,
                       "The side payment that just does it: %.3g %% of its GDP, %.3g billion USD a "
                       "year. " PAID,
                       a->transfer_pct, a->transfer_busd);
}

static json_t *make_document(const cli_case *c, const ful_payoffs *payoffs, const ful_gap *gap,
                             const ful_packages *p, const ful_answer *answer)
{
    const ful_situation *s = c->s;
    ful_payoffs_view view;
    ful_payoffs_view_get(&view, payoffs);
    json_t *document = document_new(s, "packages", answer->asked.draws ? c->args->seed : -1);
    cli_name_pressure(document, c);
    json_t *body = document_packages(s, p);
    json_object_update(document, body);
    json_decref(body);
    json_object_set_new(document, "requirement",
                        answer->arena ? document_answer(s, answer) : json_null());
    json_object_set_new(document, "interpolation_error", document_gap(gap));
    json_object_set_new(document, "certificate", document_certificate(view.max_violation));
    return document;
}

/* Every package, and what the requirement takes where one is asked for. */
static ful_status solve(ful_packages *packages, ful_answer *answer, const ful_payoffs *payoffs,
                        const cli_case *c, ful_error *err)
{
    const cli_args *args = c->args;
    const ful_requirement asked = {.aim = args->aim,
                                   .probability = args->probability,
                                   .level = args->level,
                                   .draws = args->draws,
                                   .seed = (uint64_t)args->seed};
    ful_status status = ful_study_packages(packages, payoffs, &c->run, err);
    if (status == FUL_OK && args->require)
        status = ful_study_requirement(answer, payoffs, &asked, &c->run, err);
    return status;
}

static int answer_all(const cli_case *c, const ful_payoffs *payoffs, const ful_gap *gap)
{
    ful_error err = {0};
    ful_packages packages = {0};
    ful_answer answer = {0};
    int code =
        solve(&packages, &answer, payoffs, c, &err) == FUL_OK ? EXIT_ANSWERED : cli_fail(&err);
    if (code == EXIT_ANSWERED && !c->args->json) {
        text_paragraph(stdout, 0, "Under pressure: %s.",
                       c->s->regime[c->s->game.pressure_regime].name);
        print_packages(c->s, &packages);
        if (answer.arena)
            print_answer(c->s, &answer);
        cli_print_precision(c, payoffs, gap);
        code = cli_finish();
    }
    if (code == EXIT_ANSWERED && cli_wants_document(c->args))
        code = cli_finish_result(c->args, make_document(c, payoffs, gap, &packages, &answer),
                                 layout_packages);
    /* a requirement that nothing meets is no answer */
    if (code == EXIT_ANSWERED && answer.arena && answer.cheapest < 0)
        code = EXIT_NO_ANSWER;
    ful_answer_clear(&answer);
    ful_packages_clear(&packages);
    return code;
}

/* Options that would change nothing say what they need. */
static int check_options(const cli_args *args)
{
    if (args->draws > 0 && !args->require)
        return cli_usage_error("--draws goes with --require: packages are solved at the centre");
    if (cli_given(args, OPT_SEED) && args->draws == 0)
        return cli_usage_error("--seed goes with --draws");
    if (cli_given(args, OPT_LEVEL) && (args->draws == 0 || args->aim != FUL_AIM_ENFORCE))
        return cli_usage_error(
            "--level goes with --require enforce=N/100 and --draws: it says in which draws the "
            "enforcer enforces");
    return EXIT_ANSWERED;
}

static int run(const cli_args *args)
{
    cli_case c;
    ful_payoffs *payoffs = NULL;
    ful_gap gap;
    int code = check_options(args);
    if (code != EXIT_ANSWERED)
        return code;
    code = cli_open_game(&c, args);
    if (code == EXIT_ANSWERED)
        code = cli_payoffs(&payoffs, &gap, &c, ful_held_parts(c.s));
    if (code == EXIT_ANSWERED)
        code = answer_all(&c, payoffs, &gap);
    ful_payoffs_free(payoffs);
    cli_close(&c);
    return code;
}

static const cli_option options[] = {OPT_REQUIRE, OPT_LEVEL,   OPT_DRAWS,  OPT_SEED,
                                     OPT_GRID,    OPT_REGIME,  OPT_DATE,   OPT_SET,
                                     OPT_JSON,    OPT_THREADS, OPT_OUTPUT, OPT_COUNT};
const cli_command cli_packages = {
    "packages",
    "what should be offered: every package, the corners, the frontier",
    "packages CASE [options]",
    "Solve the game for every subset of the case's levers, as worded, all in exchange for\n"
    "enforcement and all as gifts; the four corners, also with the enforcers in reverse\n"
    "order; sticks against carrots; what each lever adds; the side payment that would\n"
    "just make the enforcer enforce. With --require the cheapest package and contract\n"
    "under which the enforcer enforces, or the target at least freezes, with a stated\n"
    "probability: at the centre, or with --draws over as many draws of all parameters.",
    1,
    options,
    run};
