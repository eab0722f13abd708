/* SPDX-License-Identifier: MIT */
/* case.yaml of an imported economy: who and what as imported; one regime, a ban on all trade. */
#include "case/write.h"

#include <stdlib.h>
#include <string.h>

#include "fulcrum/game.h"

/* Leverage solves two to the power of the members; more can be listed by hand, up to 16. */
#define MOST_MEMBERS 8

/* A name between double quotes. */
static void quote(writer *w, const char *text)
{
    fputc('"', w->file);
    for (; *text; text++)
        if (*text == '"' || *text == '\\')
            fprintf(w->file, "\\%c", *text);
        else
            fputc((unsigned char)*text < ' ' ? ' ' : *text, w->file);
    fputc('"', w->file);
}

/* An id made of the folder's name. */
static void case_id(char out[48], const char *name)
{
    size_t to = 0;
    for (; *name && to < 47; name++) {
        const char c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
        const int fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        out[to++] = fits ? c : '-';
    }
    out[to] = '\0';
}

static void write_actors(writer *w)
{
    const ful_import *t = w->table;
    fputs("actors:\n", w->file);
    for (int n = 0; n < t->data.countries; n++) {
        fprintf(w->file, "  - {id: %s, name: ", t->actor[n]);
        quote(w, t->data.country[n]);
        fprintf(w->file, ", role: %s}\n",
                n == w->roles->target     ? "target"
                : n == w->roles->sender   ? "sender"
                : n == w->roles->enforcer ? "enforcer"
                                          : "partner");
    }
}

static void write_sectors(writer *w)
{
    const ful_import *t = w->table;
    fputs("\nsectors:\n", w->file);
    for (int j = 0; j < t->data.sectors; j++) {
        fprintf(w->file, "  - {id: %s, name: ", t->sector[j]);
        quote(w, t->data.sector[j]);
        fprintf(w->file, ", theta: theta.%s}\n", t->sector[j]);
    }
    static const char *const sides[2] = {"exports", "imports"};
    static const char *const names[2] = {"Everything the target sells",
                                         "Everything the target buys"};
    fputs("\ngroups:\n", w->file);
    for (int side = 0; side < 2; side++) {
        fprintf(w->file, "  - {id: %s, name: %s, flow: %s, sectors: [", sides[side], names[side],
                sides[side]);
        for (int j = 0; j < t->data.sectors; j++)
            fprintf(w->file, "%s%s", j ? ", " : "", t->sector[j]);
        fputs("]}\n", w->file);
    }
}

typedef struct partner {
    double trade;
    int actor;
} partner;

static int by_trade(const void *a, const void *b)
{
    const partner *p = a, *q = b;
    return p->trade != q->trade ? (p->trade < q->trade) - (p->trade > q->trade)
                                : p->actor - q->actor;
}

/* The enforcer and the target's largest partners. */
static void write_members(writer *w)
{
    const ful_economy_data *d = &w->table->data;
    const size_t N = (size_t)d->countries, T = (size_t)w->roles->target;
    partner *all = calloc(N, sizeof *all);
    if (!all) {
        w->status = ful_fail(w->err, FUL_ERR_MEMORY, "out of memory for the case");
        return;
    }
    for (size_t n = 0; n < N; n++) {
        all[n].actor = (int)n;
        for (size_t j = 0; j < (size_t)d->sectors && n != T; j++)
            all[n].trade += d->flow[(j * N + n) * N + T] + d->flow[(j * N + T) * N + n];
    }
    qsort(all, N, sizeof *all, by_trade);
    fprintf(w->file, "\nleverage: {members: [%s", w->table->actor[w->roles->enforcer]);
    for (size_t k = 0, members = 1; k < N && members < MOST_MEMBERS; k++) {
        const int n = all[k].actor;
        if (n == w->roles->target || n == w->roles->sender || n == w->roles->enforcer)
            continue;
        fprintf(w->file, ", %s", w->table->actor[n]);
        members++;
    }
    fputs("]}\n", w->file);
    free(all);
}

/* Three players; the enforcer decides on what the target sells and on what it buys. */
static void write_players(writer *w)
{
    const ful_import *t = w->table;
    const int actor[] = {w->roles->sender, w->roles->target, w->roles->enforcer};
    fputs("  players:\n", w->file);
    for (int i = 0; i < 3; i++)
        fprintf(w->file,
                "    - {actor: %s, discount: game.delta_%c, precision: game.lambda, stake: "
                "game.stake_%c}\n",
                t->actor[actor[i]], "STE"[i], "STE"[i]);
    fputs("  enforcement:\n", w->file);
    for (int k = 0; k < 2; k++)
        fprintf(w->file,
                "    - {id: %s, by: %s, groups: [%s], levels: [0, .333333, .666667, .95], start: "
                ".666667}\n",
                k ? "imports" : "exports", t->actor[w->roles->enforcer], k ? "imports" : "exports");
}

static void write_terms(writer *w)
{
    static const struct {
        const char *id, *name;
        int player;
        const char *kind, *sign, *amount;
    } terms[] = {
        {"armed", "The armed programme", FUL_T, "programme", "gain", "n_T"},
        {"target_income", "Its own income", FUL_T, "income", "gain", "w_T"},
        {"dismantling", "Dismantling", FUL_T, "dismantling", "loss", "dismantling"},
        {"restarting", "A restart", FUL_T, "restart", "gain", "restart_gain"},
        {"fall", "The end of its rule", FUL_T, "collapse", "loss", "L_T"},
        {"threat", "An armed target", FUL_S, "programme", "loss", "b_S"},
        {"sender_income", "Its own income", FUL_S, "income", "gain", "w_S"},
        {"word", "A word not kept", FUL_S, "audience", "loss", "audience"},
        {"vacuum", "A collapse", FUL_S, "collapse", "loss", "C_S"},
        {"north", "Going in after a collapse", FUL_S, "north", "gain", "north_gain"},
        {"broken", "A pledge broken", FUL_S, "north_broken", "loss", "north_cost"},
        {"neighbour", "An armed neighbour", FUL_E, "programme", "loss", "b_E"},
        {"enforcer_income", "Its own income", FUL_E, "income", "gain", "w_E"},
        {"friction", "The trouble of enforcing", FUL_E, "enforcement", "loss", "friction"},
        {"refugees", "Refugees", FUL_E, "refugees", "loss", "c_ref"},
        {"troops", "Troops at its border", FUL_E, "troops", "loss", "L_troops"},
        {"unified", "An allied neighbour", FUL_E, "collapse", "loss", "L_unified"},
    };
    const ful_import *t = w->table;
    const int actor[] = {w->roles->sender, w->roles->target, w->roles->enforcer};
    fputs("  terms:\n", w->file);
    for (size_t k = 0; k < sizeof terms / sizeof *terms; k++) {
        const char *player = t->actor[actor[terms[k].player]];
        fprintf(w->file, "    - {id: %s, name: %s, player: %s, kind: %s, ", terms[k].id,
                terms[k].name, player, terms[k].kind);
        if (strcmp(terms[k].kind, "income") == 0)
            fprintf(w->file, "of: %s, ", player);
        fprintf(w->file, "%s: game.%s}\n", terms[k].sign, terms[k].amount);
    }
}

void ful__write_outline(writer *w)
{
    const ful_import *t = w->table;
    char id[48];
    case_id(id, w->name);
    ful__write_open(w, "case.yaml");
    if (w->status != FUL_OK)
        return;
    fprintf(w->file, "fulcrum: 1\nid: %s\ntitle: ", id);
    quote(w, w->name);
    fprintf(w->file,
            "\nquestion: What does a ban on all trade with %s do, and who must hold it?\n"
            "base_year: %d\n\n",
            t->actor[w->roles->target], t->year);
    write_actors(w);
    write_sectors(w);
    fputs("\neconomy:\n  closure: financed\n  kappa: economy.kappa\n  phi: economy.phi\n"
          "  finance_limit: economy.finance_limit\n  enforcement: .95\n",
          w->file);
    fprintf(w->file,
            "\nregimes:\n  - {id: none, name: Nothing in force, date: %d-01-01, imposers: '*'}\n"
            "  - {id: ban, name: A ban on all trade with the target, date: %d-07-01, imposers: "
            "'*'}\nheadline_regime: ban\n",
            t->year + 1, t->year + 2);
    write_members(w);
    fprintf(w->file,
            "\nlevers:\n  - id: payment\n    name: A yearly payment to the enforcer\n"
            "    contract: enforcement\n    value_e: lever.payment.value_e\n"
            "    cost_s: lever.payment.cost_s\n    withdrawal: withdrawal.agreement\n"
            "packages:\n  - {id: payment, name: The payment, levers: [payment]}\n"
            "\ngame:\n  start: %d-07-01\n  horizon: 8\n  start_stage: armed\n"
            "  base_regime: none\n  pressure_regime: ban\n",
            t->year + 2);
    write_players(w);
    write_terms(w);
    ful__write_close(w);
}
