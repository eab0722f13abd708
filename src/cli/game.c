/* SPDX-License-Identifier: MIT */
/* fulcrum game: what everybody does, given a package. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "output/document.h"
#include "output/text.h"

#define EFG_MAX_NODES 200000

/* Levers of --package: a package of the case, or levers joined by '+'. */
static int find_levers(unsigned *levers, const ful_situation *s, const char *text)
{
    const char *names[64];
    *levers = 0;
    if (!text || strcmp(text, "none") == 0)
        return EXIT_ANSWERED;
    for (int k = 0; k < s->packages; k++)
        if (strcmp(s->package[k].id, text) == 0) {
            *levers = s->package[k].levers;
            return EXIT_ANSWERED;
        }
    int count = 0;
    for (int l = 0; l < s->levers; l++)
        names[count++] = s->lever[l].id;
    for (int k = 0; k < s->packages && count < 64; k++)
        names[count++] = s->package[k].id;
    for (const char *at = text; *at;) {
        char name[64];
        const size_t length = strcspn(at, "+");
        snprintf(name, sizeof name, "%.*s", (int)length, at);
        int found = -1;
        for (int l = 0; l < s->levers; l++)
            if (strcmp(s->lever[l].id, name) == 0)
                found = l;
        if (found < 0) {
            const char *near = ful_nearest_name(name, count, names);
            return cli_usage_error("'%s' is no package and no lever%s%s%s", name,
                                   near ? " (did you mean '" : "", near ? near : "",
                                   near ? "'?)" : "");
        }
        *levers |= 1u << found;
        at += length + (at[length] == '+');
    }
    return EXIT_ANSWERED;
}

static int write_text(void *user, const char *text, size_t size)
{
    return fwrite(text, 1, size, user) == size ? 0 : -1;
}

/* Written beside and renamed, so that a failure leaves nothing half-written. */
static int write_efg(const ful_bargain *game, const char *path)
{
    ful_error err = {0};
    ful_tree *tree;
    char beside[4096];
    if (ful_bargain_tree(&tree, game, EFG_MAX_NODES, NULL, &err) != FUL_OK) {
        fprintf(stderr, "fulcrum: %s; a shorter game is smaller: --horizon 1\n", err.text);
        return EXIT_NO_ANSWER;
    }
    snprintf(beside, sizeof beside, "%s.part", path);
    FILE *file = fopen(beside, "w");
    int failed = !file || ful_tree_format_efg(tree, write_text, file, &err) != FUL_OK;
    if (file)
        failed |= fclose(file) != 0;
    failed = failed || rename(beside, path) != 0;
    ful_tree_free(tree);
    if (!failed)
        return EXIT_ANSWERED;
    fprintf(stderr, "fulcrum: %s cannot be written: %s\n", path, strerror(errno));
    remove(beside);
    return EXIT_INTERNAL;
}

static void print_conditional(const char *what, const ful_conditional *c, const char *would)
{
    char a[TEXT_ROOM], b[TEXT_ROOM];
    if (c->reach < 1e-6)
        text_paragraph(stdout, 0, "%s: hardly ever reached; there %s with p = %.2f.", what, would,
                       c->probability);
    else
        text_paragraph(stdout, 0, "%s: %s in 100 (reached in %s of 100 runs).", what,
                       text_count(a, c->probability), text_count(b, c->reach));
}

static int print_text(const ful_situation *s, const ful_bargain_report *r)
{
    char a[TEXT_ROOM];
    printf("after the horizon, of 100:\n");
    printf("  denuclearised  %s\n", text_count(a, r->denuclearised));
    printf("  frozen         %s   (no nuclear or long-range test; production may go on)\n",
           text_count(a, r->frozen));
    printf("  unchanged      %s\n", text_count(a, r->unchanged));
    printf("  collapsed      %s\n\n", text_count(a, r->collapsed));
    printf("enforcement by %s, trade-weighted: %.2f (while armed %.2f)\n",
           s->actor[s->enforcer].name, r->enforcement_mean, r->enforcement_armed);
    for (int g = 0; g < s->groups; g++)
        printf("  %-40s %.2f\n", s->group[g].name, r->enforcement[g]);
    printf("slack of enforcing over not, at its first move: %+.3g %% of its GDP\n\n",
           r->enforcer_slack);
    char would[160];
    snprintf(would, sizeof would, "%s would", s->actor[s->sender].name);
    print_conditional("The sender honours, if the target accommodates", &r->honour, would);
    snprintf(would, sizeof would, "%s would", s->actor[s->target].name);
    print_conditional("The target restarts, having accommodated", &r->restart, would);
    snprintf(would, sizeof would, "%s would", s->actor[s->enforcer].name);
    print_conditional("The enforcer snaps back after a detected restart", &r->snap_back, would);
    printf("\ncost to the sender: %.3g %% of its GDP a year; the target's real income: %+.2f %%\n",
           r->sender_cost, r->target_income);
    return cli_finish();
}

/* The game of the offer, solved, printed, exported. */
static int play(const cli_case *c, const ful_payoffs *payoffs, unsigned levers)
{
    ful_error err = {0};
    ful_bargain *game = NULL;
    ful_bargain_work *work = NULL;
    ful_bargain_report report;
    ful_payoffs_view view;
    ful_payoffs_view_get(&view, payoffs);
    const ful_offer offer = {.pressure = 1, .levers = levers, .horizon = c->args->horizon};
    ful_status status = ful_payoffs_game(&game, payoffs, &offer, NULL, &err);
    if (status == FUL_OK)
        status = ful_bargain_work_new(&work, game, NULL, &err);
    if (status == FUL_OK)
        status = ful_bargain_solve(&report, game, work, 1, &err);
    int code = status == FUL_OK ? EXIT_ANSWERED : cli_fail(&err);
    if (code == EXIT_ANSWERED && c->args->efg)
        code = write_efg(game, c->args->efg);
    if (code == EXIT_ANSWERED && c->args->json) {
        json_t *document = document_new(c->s, "game", -1), *body = document_game(c->s, &report);
        json_object_set_new(document, "package",
                            json_string(c->args->package ? c->args->package : "none"));
        json_object_set_new(document, "levers", document_levers(c->s, levers));
        json_object_update(document, body);
        json_decref(body);
        json_object_set_new(document, "certificate", document_certificate(view.max_violation));
        code = cli_finish_json(document);
    } else if (code == EXIT_ANSWERED) {
        code = print_text(c->s, &report);
    }
    ful_bargain_work_free(work);
    ful_bargain_free(game);
    return code;
}

static int run(const cli_args *args)
{
    cli_case c;
    ful_error err = {0};
    ful_payoffs *payoffs = NULL;
    unsigned levers = 0;
    int code = cli_open(&c, args);
    if (code == EXIT_ANSWERED)
        code = find_levers(&levers, c.s, args->package);
    if (code == EXIT_ANSWERED &&
        ful_payoffs_new(&payoffs, c.world, FUL_GRID_EXACT, &c.run, &err) != FUL_OK)
        code = cli_fail(&err);
    if (code == EXIT_ANSWERED)
        code = play(&c, payoffs, levers);
    ful_payoffs_free(payoffs);
    cli_close(&c);
    return code;
}

static const cli_option options[] = {OPT_PACKAGE, OPT_HORIZON, OPT_EFG,  OPT_SET,
                                     OPT_THREADS, OPT_JSON,    OPT_COUNT};
const cli_command cli_game = {
    "game",
    "what sender, enforcer and target do, given a package",
    "game CASE [--package P] [options]",
    "Solve the bargaining game under pressure with a package on offer: the logit agent\n"
    "quantal-response equilibrium by backward induction, outcomes by exact propagation.",
    1,
    options,
    run};
