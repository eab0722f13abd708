/* SPDX-License-Identifier: MIT */
/* fulcrum solve: one economy under one regime. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "output/document.h"
#include "output/table.h"
#include "output/text.h"

#define SHOWN_EFFECTS 12
#define SHOWN_ONWARD .005 /* share of what moved; less is rounded to nothing */

/* Where the rent of a cap goes: the words of measures.csv. */
static const char *const rent_words[] = {
    [FUL_RENT_BUYER] = "buyer", [FUL_RENT_SELLER] = "seller", [FUL_RENT_LOST] = "lost"};

static json_t *actor_row(const ful_situation *s, const ful_solution *x, int n)
{
    const ful_economy_outcome *o = &x->view.outcome[n];
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", s->actor[n].id,
                     "welfare_pct", document_real(100 * (o->welfare - 1)), "real_income_pct",
                     document_real(100 * (o->real_income - 1)), "real_gdp_pct",
                     document_real(100 * (o->real_gdp - 1)), "exports_pct",
                     document_real_or_null(100 * (o->exports - 1)), "imports_pct",
                     document_real_or_null(100 * (o->imports - 1)), "exports_volume_pct",
                     document_real_or_null(100 * (o->exports_volume - 1)), "imports_volume_pct",
                     document_real_or_null(100 * (o->imports_volume - 1)));
}

/* The target's flows, before and after. */
static json_t *flows(const cli_case *c, const ful_solution *x)
{
    const ful_situation *s = c->s;
    const size_t N = (size_t)s->actors;
    ful_economy_view base;
    ful_economy_benchmark(&base, ful_world_economy(c->world));
    json_t *list = json_array();
    for (int j = 0; j < s->sectors; j++)
        for (int n = 0; n < s->actors; n++)
            for (int i = 0; i < s->actors; i++) {
                const size_t a = ((size_t)j * N + (size_t)n) * N + (size_t)i;
                if ((n != s->target && i != s->target) ||
                    (base.flow[a] == 0 && x->view.flow[a] == 0))
                    continue;
                json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o, s:o}", "seller",
                                                      s->actor[i].id, "buyer", s->actor[n].id,
                                                      "sector", s->sector[j].id, "base_musd",
                                                      document_real(base.flow[a]), "value_musd",
                                                      document_real(x->view.flow[a])));
            }
    return list;
}

static json_t *hub_or_null(const ful_situation *s, int actor)
{
    return actor < 0 ? json_null() : json_string(s->actor[actor].id);
}

static json_t *effect_row(const ful_situation *s, const ful_measure_effect *e)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
                     "seller", s->actor[e->seller].id, "buyer", s->actor[e->buyer].id, "sector",
                     s->sector[e->sector].id, "coverage", document_real(e->coverage), "enforced",
                     document_real(e->enforced), "stopped", document_real(e->stopped), "gripped",
                     document_real(e->gripped), "moved", document_real(e->moved), "evaded",
                     document_real(e->evaded), "deterred", document_real(e->deterred), "main_hub",
                     hub_or_null(s, e->main_hub), "main_hub_share",
                     document_real(e->main_hub_share), "onward_hub", hub_or_null(s, e->onward_hub),
                     "onward", document_real(e->onward));
}

/* Infinite is null: no bound, or a premium at which nothing passes. */
static json_t *cap_row(const ful_situation *s, const ful_solved_cap *c)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "measure",
                     s->measure[c->measure].law.id, "rent_to", rent_words[c->rent], "gripped_musd",
                     document_real(c->gripped), "bound_value_musd", document_real_or_null(c->value),
                     "bound_quantity_musd", document_real_or_null(c->quantity), "value_musd",
                     document_real(c->after.value), "quantity_musd",
                     document_real(c->after.quantity), "premium_pct",
                     document_real_or_null(100 * expm1(c->after.premium)), "rent_musd",
                     document_real(c->after.rent));
}

static json_t *make_document(const cli_case *c, const ful_solution *x,
                             const ful_measure_effect *effect, int effects)
{
    json_t *document = document_new(c->s, "solve", -1), *actors = json_array(),
           *list = json_array(), *caps = json_array();
    for (int n = 0; n < c->s->actors; n++)
        json_array_append_new(actors, actor_row(c->s, x, n));
    for (int k = 0; k < effects; k++)
        json_array_append_new(list, effect_row(c->s, &effect[k]));
    json_object_set_new(document, "converged", json_true());
    json_object_set_new(document, "iterations", json_integer(x->report.passes));
    json_object_set_new(document, "residual", document_real(x->report.residual));
    json_object_set_new(document, "certificate",
                        document_certificate(x->certificate.max_violation));
    json_object_set_new(document, "actors", actors);
    for (int k = 0; k < x->caps; k++)
        json_array_append_new(caps, cap_row(c->s, &x->cap[k]));
    json_object_set_new(document, "measures", list);
    json_object_set_new(document, "caps", caps);
    if (c->args->flows)
        json_object_set_new(document, "flows", flows(c, x));
    return document;
}

static void print_actor(const ful_situation *s, const ful_solution *x, int n)
{
    const ful_economy_outcome *o = &x->view.outcome[n];
    text_cell(stdout, s->actor[n].name, 24);
    printf("%10.4f %10.4f %10.4f %10.2f %10.2f\n", 100 * (o->welfare - 1),
           100 * (o->real_income - 1), 100 * (o->real_gdp - 1), 100 * (o->exports - 1),
           100 * (o->imports - 1));
}

/* "Russia" or "Russia, then Hong Kong". */
static void print_route(const ful_situation *s, const ful_measure_effect *e)
{
    printf("  %s", e->main_hub < 0 ? "-" : s->actor[e->main_hub].name);
    if (e->onward_hub >= 0 && e->onward >= SHOWN_ONWARD)
        printf(" (%.0f %% go on, first to %s)", 100 * e->onward, s->actor[e->onward_hub].name);
    putchar('\n');
}

static void print_effects(const ful_situation *s, const ful_measure_effect *effect, int shown,
                          int effects)
{
    double deterred = 0;
    text_heading(stdout, "What the law stops, moves and misses, per cent of the flow");
    printf("%-30s %8s %8s %8s %8s  %s\n", "flow", "stopped", "capped", "moved", "evaded",
           "mainly through");
    for (int k = 0; k < shown; k++) {
        const ful_measure_effect *e = &effect[k];
        char flow[128];
        snprintf(flow, sizeof flow, "%s > %s %s", s->actor[e->seller].id, s->actor[e->buyer].id,
                 s->sector[e->sector].id);
        text_cell(stdout, flow, 30);
        printf(" %8.1f %8.1f %8.1f %8.1f", 100 * e->stopped, 100 * e->gripped, 100 * e->moved,
               100 * e->evaded);
        print_route(s, e);
        deterred = fmax(deterred, e->deterred);
    }
    if (effects > shown)
        printf("... and %d smaller flows\n", effects - shown);
    if (deterred > 0)
        printf("secondary sanctions keep at most %.1f %% of a flow shown from moving\n",
               100 * deterred);
}

static void print_bound(double bound)
{
    if (isfinite(bound))
        printf(" %8.1f", bound);
    else
        printf(" %8s", "-");
}

static void print_caps(const ful_situation *s, const ful_solution *x)
{
    if (x->caps == 0)
        return;
    text_heading(stdout, "Caps: what they grip and what passes, million USD a year");
    printf("%-22s %9s %17s  %17s\n", "", "", "at most", "passes");
    printf("%-22s %9s %8s %8s  %8s %8s %9s %9s\n", "cap", "of", "value", "volume", "value",
           "volume", "premium", "rent");
    for (int k = 0; k < x->caps; k++) {
        const ful_solved_cap *c = &x->cap[k];
        text_cell(stdout, s->measure[c->measure].law.id, 22);
        printf(" %9.1f", c->gripped);
        print_bound(c->value);
        print_bound(c->quantity);
        printf("  %8.1f %8.1f", c->after.value, c->after.quantity);
        if (isfinite(c->after.premium))
            printf(" %7.1f %%", 100 * expm1(c->after.premium));
        else
            printf(" %9s", "closed");
        printf(" %9.1f %s\n", c->after.rent, rent_words[c->rent]);
    }
}

static int print_text(const cli_case *c, const ful_solution *x, const ful_measure_effect *effect,
                      int shown, int effects)
{
    const ful_situation *s = c->s;
    printf("%-24s%10s %10s %10s %10s %10s\n", "per cent against the base", "welfare", "income",
           "real GDP", "exports", "imports");
    const int first[] = {s->target, s->enforcer, s->sender};
    for (int k = 0; k < 3; k++)
        print_actor(s, x, first[k]);
    for (int n = 0; n < s->actors; n++)
        if (n != s->target && n != s->enforcer && n != s->sender)
            print_actor(s, x, n);
    print_effects(s, effect, shown, effects);
    print_caps(s, x);
    printf("\nsolved in %d passes; every equation holds to %.0e\n", x->report.passes,
           x->certificate.max_violation);
    return cli_finish();
}

static int run(const cli_args *args)
{
    cli_case c;
    ful_error err = {0};
    ful_world_work *work = NULL;
    ful_measure_effect *effect = NULL;
    ful_scenario scenario;
    ful_solution solution;
    int code = cli_open(&c, args);
    if (code == EXIT_ANSWERED)
        code = cli_scenario(&scenario, &c);
    if (code == EXIT_ANSWERED) {
        const int room = cli_wants_document(args) ? 2 * c.s->actors * c.s->sectors : SHOWN_EFFECTS;
        ful_setting setting;
        int effects = 0;
        ful_status status = ful_world_work_new(&work, c.world, NULL, &err);
        if (status == FUL_OK)
            status = ful_world_solve(&solution, c.world, work, &scenario, cli_stop(), &err);
        if (status == FUL_OK)
            status = ful_world_setting(&setting, c.world, work, &scenario, &err);
        effect = calloc((size_t)room, sizeof *effect);
        if (status == FUL_OK && !effect)
            status = ful_fail(&err, FUL_ERR_MEMORY, "out of memory");
        if (status == FUL_OK)
            status = ful_measures_report(effect, room, &effects, ful_world_measures(c.world),
                                         &setting, &err);
        const int known = effects < room ? effects : room;
        const int shown = known < SHOWN_EFFECTS ? known : SHOWN_EFFECTS;
        code = status != FUL_OK ? cli_fail(&err)
               : args->json     ? EXIT_ANSWERED
                                : print_text(&c, &solution, effect, shown, effects);
        if (code == EXIT_ANSWERED && cli_wants_document(args))
            code =
                cli_finish_result(args, make_document(&c, &solution, effect, known), layout_solve);
    }
    free(effect);
    ful_world_work_free(work);
    cli_close(&c);
    return code;
}

static const cli_option options[] = {OPT_REGIME, OPT_DATE, OPT_ENFORCE, OPT_SET,
                                     OPT_FLOWS,  OPT_JSON, OPT_OUTPUT,  OPT_COUNT};
const cli_command cli_solve = {
    "solve",
    "one economy: every actor's outcomes under a regime",
    "solve CASE [options]",
    "Solve the world economy under a regime and print what it does to everybody: welfare\n"
    "(transfers included), real income (without them), real GDP (volume), trade. Every\n"
    "solution carries a certificate, recomputed by independent code.",
    1,
    options,
    run};
