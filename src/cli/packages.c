/* SPDX-License-Identifier: MIT */
/* fulcrum packages: what should be offered, and what would it take? */
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "cli/cli.h"
#include "output/document.h"
#include "output/table.h"
#include "output/text.h"

static const char *const terms[] = {"as worded", "contingent", "gifts"};

static void print_corners(const ful_bargain_report *r, const char *const *name)
{
    printf("%-22s %9s %7s %9s %9s %11s\n", "of 100", "denuclear", "frozen", "unchanged",
           "collapsed", "enforcement");
    for (int c = 0; c < FUL_CORNERS; c++)
        printf("%-22s %9.0f %7.0f %9.0f %9.0f %11.2f\n", name[c], 100 * r[c].denuclearised,
               100 * r[c].frozen, 100 * r[c].unchanged, 100 * r[c].collapsed,
               r[c].enforcement_mean);
}

static void print_levers(const ful_situation *s, const ful_packages *p)
{
    text_heading(stdout, "What each lever adds (Shapley over all of them)");
    printf("%-40s %12s %14s\n", "lever", "enforcement", "accommodation");
    for (int l = 0; l < p->levers; l++) {
        text_cell(stdout, s->lever[l].name, 40);
        printf(" %+12.4f %+14.4f%s%s\n", p->lever[l].enforcement, p->lever[l].accommodation,
               p->lever[l].rests_on_judgement ? "  judgement" : "",
               p->lever[l].sign_survives ? "" : "  sign not robust");
    }
}

static void print_frontier(const ful_situation *s, const ful_packages *p)
{
    text_heading(stdout, "Packages on the frontier (outcome, cost to the sender, collapse)");
    printf("%8s %8s %9s  %-10s %s\n", "success", "cost", "collapse", "terms", "levers");
    for (int k = 0; k < p->rows; k++) {
        const ful_package_row *x = &p->row[k];
        if (!x->on_frontier)
            continue;
        printf("%8.3f %8.4f %9.3f  %-10s", x->report.denuclearised + x->report.frozen,
               x->report.sender_cost, x->report.collapsed, terms[x->offer.terms]);
        int levers = 0;
        for (int l = 0; l < s->levers; l++)
            if (x->offer.levers >> l & 1)
                printf("%s%s", levers++ ? "+" : " ", s->lever[l].id);
        printf("%s\n", levers ? "" : " none");
    }
}

static int print_text(const ful_situation *s, const ful_packages *p)
{
    static const char *const corner[] = {"nothing", "pressure", "inducements", "both"};
    static const char *const stick[] = {"nothing", "stick", "carrots", "both"};
    text_heading(stdout, "The four corners");
    print_corners(p->corner, corner);
    if (p->has_stick) {
        text_heading(stdout, "Sticks on the enforcer against carrots, under pressure");
        print_corners(p->stick, stick);
    }
    print_levers(s, p);
    print_frontier(s, p);
    printf("\n");
    if (isnan(p->transfer_pct))
        text_paragraph(stdout, 0, "No side payment below 1 %% of GDP a year makes %s enforce.",
                       s->actor[s->enforcer].name);
    else
        text_paragraph(stdout, 0,
                       "The side payment that just makes %s enforce: %.3g %% of its GDP a "
                       "year.",
                       s->actor[s->enforcer].name, p->transfer_pct);
    return cli_finish();
}

static json_t *make_document(const ful_payoffs *payoffs, const ful_packages *p)
{
    ful_payoffs_view view;
    ful_payoffs_view_get(&view, payoffs);
    const ful_situation *s = ful_world_situation(view.world);
    json_t *document = document_new(s, "packages", -1), *body = document_packages(s, p);
    json_object_update(document, body);
    json_decref(body);
    json_object_set_new(document, "certificate", document_certificate(view.max_violation));
    return document;
}

static int run(const cli_args *args)
{
    cli_case c;
    ful_error err = {0};
    ful_payoffs *payoffs = NULL;
    ful_packages packages;
    int code = cli_open(&c, args);
    if (code == EXIT_ANSWERED) {
        ful_status status = ful_payoffs_new(&payoffs, c.world, FUL_GRID_EXACT, &c.run, &err);
        if (status == FUL_OK)
            status = ful_study_packages(&packages, payoffs, &c.run, &err);
        if (status != FUL_OK) {
            code = cli_fail(&err);
        } else {
            code = args->json ? EXIT_ANSWERED : print_text(c.s, &packages);
            if (code == EXIT_ANSWERED && cli_wants_document(args))
                code = cli_finish_result(args, make_document(payoffs, &packages), layout_packages);
        }
        if (status == FUL_OK)
            ful_packages_clear(&packages);
    }
    ful_payoffs_free(payoffs);
    cli_close(&c);
    return code;
}

static const cli_option options[] = {OPT_SET, OPT_THREADS, OPT_JSON, OPT_OUTPUT, OPT_COUNT};
const cli_command cli_packages = {
    "packages",
    "what should be offered: every package, the corners, the frontier",
    "packages CASE [options]",
    "Solve the game for every subset of the case's levers, as worded, all in exchange for\n"
    "enforcement and all as gifts; the four corners; what each lever adds; the side\n"
    "payment that would just make the enforcer enforce.",
    1,
    options,
    run};
