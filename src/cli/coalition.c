/* SPDX-License-Identifier: MIT */
/* fulcrum coalition: what does it cost its members, and who would stay? */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "output/document.h"
#include "output/table.h"
#include "output/text.h"

static const char *const sharing_id[FUL_SHARINGS] = {"none", "compensate", "equal"};

/* ---- the document ---- */

static json_t *member_row(const ful_situation *s, const ful_coalition_member *m)
{
    json_t *sharings = json_object();
    for (int q = 0; q < FUL_SHARINGS; q++)
        json_object_set_new(sharings, sharing_id[q],
                            json_pack("{s:o, s:o, s:o, s:o, s:b}", "transfer_musd",
                                      document_real(m->loss[q].transfer), "loss_musd",
                                      document_real(m->loss[q].loss), "loss_pct",
                                      document_real(m->loss[q].loss_pct), "staying_is_worth_musd",
                                      document_real(m->stay[q]), "stays", m->stay[q] >= 0));
    return json_pack("{s:s, s:o, s:o, s:o}", "id", s->actor[m->actor].id, "sharing", sharings,
                     "outside_loss_pct", document_real(m->outside_pct), "keeping_transfer_musd",
                     document_real(m->keep));
}

static json_t *make_document(const ful_situation *s, const ful_coalition *x)
{
    json_t *document = document_new(s, "coalition", -1), *members = json_array(),
           *totals = json_object();
    for (int k = 0; k < x->members; k++)
        json_array_append_new(members, member_row(s, &x->member[k]));
    for (int q = 0; q < FUL_SHARINGS; q++)
        json_object_set_new(totals, sharing_id[q],
                            json_pack("{s:o, s:o}", "loss_musd", document_real(x->total[q]),
                                      "target_loss_pct", document_real(x->target_pct[q])));
    json_object_set_new(document, "regime", json_string(s->regime[x->regime].id));
    json_object_set_new(document, "measure", json_string("real_income"));
    json_object_set_new(document, "members", members);
    json_object_set_new(document, "totals", totals);
    json_object_set_new(document, "keeping_transfers_musd", document_real(x->keep_total));
    json_object_set_new(document, "solves", json_integer(x->solves));
    json_object_set_new(document, "certificate", document_certificate(x->max_violation));
    return document;
}

/* ---- the text ---- */

static void print_losses(const ful_situation *s, const ful_coalition *x)
{
    text_heading(stdout, "Losses of real income, million USD a year and per cent");
    printf("%-22s %21s %23s %23s\n", "", "no transfers", "compensated", "equal per cent");
    printf("%-22s %10s %10s %11s %11s %11s %11s\n", "member", "loss", "per cent", "receives",
           "loss left", "receives", "per cent");
    for (int k = 0; k < x->members; k++) {
        const ful_coalition_member *m = &x->member[k];
        const ful_loss *none = &m->loss[FUL_SHARING_NONE], *paid = &m->loss[FUL_SHARING_COMPENSATE],
                       *equal = &m->loss[FUL_SHARING_EQUAL];
        text_cell(stdout, s->actor[m->actor].name, 22);
        printf(" %10.2f %10.6f %11.2f %11.2f %11.2f %11.6f\n", none->loss, none->loss_pct,
               paid->transfer, paid->loss, equal->transfer, equal->loss_pct);
    }
    printf("%-22s %10.2f %10s %11s %11.2f\n", "together", x->total[FUL_SHARING_NONE], "", "",
           x->total[FUL_SHARING_COMPENSATE]);
}

static void print_stability(const ful_situation *s, const ful_coalition *x)
{
    text_heading(stdout,
                 "What staying is worth, million USD a year; below 0 a member gains by leaving");
    printf("%-22s %12s %12s %12s %16s\n", "member", "no transfers", "compensated", "equal",
           "just kept by");
    for (int k = 0; k < x->members; k++) {
        const ful_coalition_member *m = &x->member[k];
        text_cell(stdout, s->actor[m->actor].name, 22);
        printf(" %12.2f %12.2f %12.2f %16.2f\n", m->stay[FUL_SHARING_NONE],
               m->stay[FUL_SHARING_COMPENSATE], m->stay[FUL_SHARING_EQUAL], m->keep);
    }
}

static int print_text(const ful_situation *s, const ful_coalition *x)
{
    const double total = x->total[FUL_SHARING_NONE];
    int leave = 0;
    for (int k = 0; k < x->members; k++)
        leave += x->member[k].stay[FUL_SHARING_NONE] < 0;
    text_paragraph(stdout, 0,
                   "Applying '%s', %d members take %.3f per cent of the real income of %s and %s "
                   "%.2f million USD a year together. Without transfers %d of them would gain by "
                   "leaving.",
                   s->regime[x->regime].name, x->members, x->target_pct[FUL_SHARING_NONE],
                   s->actor[s->target].name, total >= 0 ? "lose" : "gain",
                   total >= 0 ? total : -total, leave);
    print_losses(s, x);
    print_stability(s, x);
    printf("\n");
    text_paragraph(
        stdout, 0,
        "Compensated: who gains pays who loses, as far as it goes. Equal: the same loss "
        "in per cent for all. Just kept by: the transfer, paid by the others, at which a "
        "member is as well off inside as outside; %s.",
        x->keep_total > 0
            ? "they add up to more than nothing, so that no transfers among the members "
              "hold the coalition"
            : "they add up to nothing or less, so that transfers among the members can "
              "hold the coalition");
    printf("every equation of all %d solutions holds to %.0e\n", x->solves, x->max_violation);
    return cli_finish();
}

/* ---- the members ---- */

/* Ids separated by commas. */
static int parse_members(int *member, int *count, const cli_case *c, const char *text)
{
    *count = 0;
    while (*text) {
        char id[128];
        const size_t length = strcspn(text, ",");
        snprintf(id, sizeof id, "%.*s", (int)length, text);
        const int actor = cli_actor(c, id);
        if (actor < 0)
            return EXIT_USAGE;
        if (*count == FUL_MAX_MEMBERS)
            return cli_usage_error("--members: at most %d actors", FUL_MAX_MEMBERS);
        member[(*count)++] = actor;
        text += length + (text[length] == ',');
    }
    return EXIT_ANSWERED;
}

/* The sender and whom the case lists for leverage. */
static void default_members(int *member, int *count, const ful_situation *s)
{
    *count = 0;
    member[(*count)++] = s->sender;
    for (int k = 0; k < s->members && *count < FUL_MAX_MEMBERS; k++)
        if (s->member[k] != s->sender)
            member[(*count)++] = s->member[k];
}

static int run(const cli_args *args)
{
    cli_case c;
    ful_error err = {0};
    ful_coalition coalition;
    int member[FUL_MAX_MEMBERS], members = 0;
    int code = cli_open(&c, args);
    const int regime = code == EXIT_ANSWERED ? cli_regime(&c) : -2;
    if (code == EXIT_ANSWERED && regime == -2)
        code = EXIT_USAGE;
    if (code == EXIT_ANSWERED && args->members)
        code = parse_members(member, &members, &c, args->members);
    else if (code == EXIT_ANSWERED)
        default_members(member, &members, c.s);
    if (code == EXIT_ANSWERED) {
        if (ful_study_coalition(&coalition, c.world, regime, members, member, &c.run, &err) !=
            FUL_OK)
            code = cli_fail(&err);
        else
            code = args->json ? EXIT_ANSWERED : print_text(c.s, &coalition);
        if (code == EXIT_ANSWERED && cli_wants_document(args))
            code = cli_finish_result(args, make_document(c.s, &coalition), layout_coalition);
    }
    cli_close(&c);
    return code;
}

static const cli_option options[] = {OPT_REGIME, OPT_MEMBERS, OPT_SET,  OPT_THREADS,
                                     OPT_JSON,   OPT_OUTPUT,  OPT_COUNT};
const cli_command cli_coalition = {
    "coalition",
    "what a coalition costs its members, and who would stay",
    "coalition CASE [--members A,B,...] [options]",
    "Let a coalition apply a regime: each member's loss, transfers inside the coalition that\n"
    "compensate it or make it equal for all, whether a member gains by leaving, and the\n"
    "transfer that would just keep it.",
    1,
    options,
    run};
