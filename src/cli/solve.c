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

/* The target's flows at customs value, before and after. */
static json_t *flows(const ful_situation *s, const double *before, const double *after)
{
    const size_t N = (size_t)s->actors;
    json_t *list = json_array();
    for (int j = 0; j < s->sectors; j++)
        for (int n = 0; n < s->actors; n++)
            for (int i = 0; i < s->actors; i++) {
                const size_t a = ((size_t)j * N + (size_t)n) * N + (size_t)i;
                if ((n != s->target && i != s->target) || (before[a] == 0 && after[a] == 0))
                    continue;
                json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o, s:o}", "seller",
                                                      s->actor[i].id, "buyer", s->actor[n].id,
                                                      "sector", s->sector[j].id, "base_musd",
                                                      document_real(before[a]), "value_musd",
                                                      document_real(after[a])));
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

/* What filling adds to the costs of passing a hub, per cent. */
static double congestion(const ful_solved_hub *h)
{
    return 100 * (pow(1 + h->after.value / h->capacity, h->congestion) - 1);
}

static json_t *hub_row(const ful_situation *s, const ful_solved_hub *h)
{
    const ful_case_hub *hub = &s->hub[h->hub];
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "hub", s->actor[hub->actor].id, "group",
                     s->group[hub->group].id, "capacity_musd", document_real(h->capacity),
                     "base_musd", document_real(h->before), "value_musd",
                     document_real(h->after.value), "full_pct",
                     document_real(100 * h->after.value / h->capacity), "congestion_pct",
                     document_real(congestion(h)));
}

/* What `solve` answers. */
typedef struct answer {
    ful_scenario scenario;
    ful_solution solution;
    ful_measure_effect *effect;
    double *hub_cost;                /* hubs: how filling has changed their costs */
    int known, effects;              /* how many are in `effect`, and how many there are */
    ful_decomposition decomposition; /* with --decompose */
    ful_economy_outcome *rebased;    /* with --balanced: actors, what removing deficits changes */
    double *deficit;                 /* likewise: what was removed */
    ful_economy_certificate rebased_certificate;
    double *customs[2]; /* with --flows: flow arrays at customs value, before and after */
} answer;

/* The change of the baseline, which no measure is behind. */
static json_t *baseline(const ful_situation *s, const answer *a)
{
    json_t *actors = json_array();
    for (int n = 0; n < s->actors; n++) {
        const ful_economy_outcome *o = &a->rebased[n];
        json_array_append_new(actors,
                              json_pack("{s:s, s:o, s:o, s:o, s:o}", "id", s->actor[n].id,
                                        "deficit_musd", document_real(a->deficit[n]), "welfare_pct",
                                        document_real(100 * (o->welfare - 1)), "real_income_pct",
                                        document_real(100 * (o->real_income - 1)), "real_gdp_pct",
                                        document_real(100 * (o->real_gdp - 1))));
    }
    return json_pack("{s:s, s:o, s:o}", "change", "deficits_removed", "actors", actors,
                     "certificate", document_certificate(a->rebased_certificate.max_violation));
}

static json_t *make_document(const cli_case *c, const answer *a)
{
    const ful_solution *x = &a->solution;
    json_t *document = document_new(c->s, "solve", -1), *actors = json_array(),
           *list = json_array(), *caps = json_array(), *hubs = json_array();
    for (int n = 0; n < c->s->actors; n++)
        json_array_append_new(actors, actor_row(c->s, x, n));
    for (int k = 0; k < a->known; k++)
        json_array_append_new(list, effect_row(c->s, &a->effect[k]));
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
    for (int k = 0; k < x->hubs; k++)
        json_array_append_new(hubs, hub_row(c->s, &x->hub[k]));
    if (x->hubs > 0)
        json_object_set(document, "hubs", hubs);
    json_decref(hubs);
    cli_productivity_json(document, c->world, &a->scenario);
    if (c->args->flows)
        json_object_set_new(document, "flows", flows(c->s, a->customs[0], a->customs[1]));
    if (c->args->balanced)
        json_object_set_new(document, "baseline", baseline(c->s, a));
    if (c->args->decompose)
        json_object_set_new(document, "decomposition",
                            cli_decomposition_json(c->s, &a->decomposition));
    return document;
}

static void print_actor(const ful_situation *s, const ful_economy_outcome *outcome, int n)
{
    const ful_economy_outcome *o = &outcome[n];
    char exports[TEXT_ROOM], imports[TEXT_ROOM];
    text_cell(stdout, s->actor[n].name, 24);
    printf("%10.4f %10.4f %10.4f %10s %10s\n", 100 * (o->welfare - 1), 100 * (o->real_income - 1),
           100 * (o->real_gdp - 1), text_fixed(exports, 100 * (o->exports - 1), 2),
           text_fixed(imports, 100 * (o->imports - 1), 2));
}

static void print_actors(const ful_situation *s, const ful_economy_outcome *outcome,
                         const char *title)
{
    const int first[] = {s->target, s->enforcer, s->sender};
    printf("%-24s%10s %10s %10s %10s %10s\n", title, "welfare", "income", "real GDP", "exports",
           "imports");
    for (int k = 0; k < 3; k++)
        print_actor(s, outcome, first[k]);
    for (int n = 0; n < s->actors; n++)
        if (n != s->target && n != s->enforcer && n != s->sender)
            print_actor(s, outcome, n);
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

static void print_caps(const ful_situation *s, const ful_solution *x)
{
    char value[TEXT_ROOM], quantity[TEXT_ROOM];
    if (x->caps == 0)
        return;
    text_heading(stdout, "Caps: what they grip and what passes, million USD a year");
    printf("%-22s %9s %17s  %17s\n", "", "", "at most", "passes");
    printf("%-22s %9s %8s %8s  %8s %8s %9s %9s\n", "cap", "of", "value", "volume", "value",
           "volume", "premium", "rent");
    for (int k = 0; k < x->caps; k++) {
        const ful_solved_cap *c = &x->cap[k];
        text_cell(stdout, s->measure[c->measure].law.id, 22);
        printf(" %9.1f %8s %8s  %8.1f %8.1f", c->gripped, text_fixed(value, c->value, 1),
               text_fixed(quantity, c->quantity, 1), c->after.value, c->after.quantity);
        if (isfinite(c->after.premium))
            printf(" %7.1f %%", 100 * expm1(c->after.premium));
        else
            printf(" %9s", "closed");
        printf(" %9.1f %s\n", c->after.rent, rent_words[c->rent]);
    }
}

static void print_hubs(const ful_situation *s, const ful_solution *x)
{
    if (x->hubs == 0)
        return;
    text_heading(stdout, "Hubs: what passes against what they can take, million USD a year");
    printf("%-30s %9s %9s %9s %8s %10s\n", "hub", "capacity", "base", "passes", "full", "costs");
    for (int k = 0; k < x->hubs; k++) {
        const ful_solved_hub *h = &x->hub[k];
        const ful_case_hub *hub = &s->hub[h->hub];
        char name[128];
        snprintf(name, sizeof name, "%s %s", s->actor[hub->actor].name, s->group[hub->group].id);
        text_cell(stdout, name, 30);
        printf(" %9.1f %9.1f %9.1f %6.1f %% %+8.1f %%\n", h->capacity, h->before, h->after.value,
               100 * h->after.value / h->capacity, congestion(h));
    }
}

static int print_text(const cli_case *c, const answer *a)
{
    const ful_situation *s = c->s;
    if (c->args->balanced) {
        text_paragraph(stdout, 0,
                       "First the baseline changes: all trade deficits are removed (that of %s was "
                       "%.0f million USD). This is no effect of any measure.",
                       s->actor[s->target].name, a->deficit[s->target]);
        printf("\n");
        print_actors(s, a->rebased, "change of the baseline");
        printf("\n");
        text_paragraph(stdout, 0, "From that baseline:");
        printf("\n");
    }
    print_actors(s, a->solution.view.outcome,
                 c->args->balanced ? "against new baseline" : "per cent against the base");
    if (s->closure == FUL_CLOSURE_ZERO && !c->args->balanced)
        text_paragraph(
            stdout, 0,
            "\nThe case's closure is zero: trade deficits of the base are gone, and part "
            "of every change is theirs. --balanced removes them from the baseline first.");
    print_effects(s, a->effect, a->known < SHOWN_EFFECTS ? a->known : SHOWN_EFFECTS, a->effects);
    print_caps(s, &a->solution);
    print_hubs(s, &a->solution);
    cli_productivity_text(c->world, &a->scenario);
    if (c->args->decompose)
        cli_decomposition_text(s, &a->decomposition);
    printf("\nsolved in %d passes; every equation holds to %.0e\n", a->solution.report.passes,
           a->solution.certificate.max_violation);
    return cli_finish();
}

/* Replace the world of the case by one without deficits. */
static ful_status balance(answer *a, cli_case *c, ful_error *err)
{
    ful_world *balanced;
    ful_economy_view v;
    const size_t actors = (size_t)c->s->actors;
    a->rebased = calloc(actors, sizeof *a->rebased);
    a->deficit = calloc(actors, sizeof *a->deficit);
    if (!a->rebased || !a->deficit)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory");
    ful_economy_benchmark(&v, ful_world_economy(c->world));
    for (size_t n = 0; n < actors; n++)
        a->deficit[n] = v.transfer[n];
    const ful_status status =
        ful_world_balance(&balanced, a->rebased, &a->rebased_certificate, c->world, &c->run, err);
    if (status == FUL_OK) {
        ful_world_free(c->world);
        c->world = balanced;
    }
    return status;
}

static ful_status read_customs(answer *a, const cli_case *c, const ful_world_work *work,
                               ful_error *err)
{
    const ful_economy_model *economy = ful_world_economy(c->world);
    const size_t flows = (size_t)c->s->sectors * (size_t)c->s->actors * (size_t)c->s->actors;
    for (int after = 0; after < 2; after++) {
        a->customs[after] = calloc(flows, sizeof(double));
        if (!a->customs[after])
            return ful_fail(err, FUL_ERR_MEMORY, "out of memory");
        ful_economy_customs(a->customs[after], economy,
                            after ? ful_world_work_economy(work) : NULL);
    }
    return FUL_OK;
}

static ful_status report_effects(answer *a, const cli_case *c, ful_world_work *work,
                                 const ful_scenario *scenario, ful_error *err)
{
    const int room = cli_wants_document(c->args) ? 2 * c->s->actors * c->s->sectors : SHOWN_EFFECTS;
    ful_setting setting;
    a->effect = calloc((size_t)room, sizeof *a->effect);
    a->hub_cost = calloc((size_t)c->s->hubs + 1, sizeof *a->hub_cost);
    if (!a->effect || !a->hub_cost)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory");
    ful_status status = ful_world_setting(&setting, c->world, work, scenario, err);
    ful_world_hub_costs(a->hub_cost, c->world, &a->solution);
    setting.hub_cost = a->hub_cost;
    if (status == FUL_OK)
        status = ful_measures_report(a->effect, room, &a->effects, ful_world_measures(c->world),
                                     &setting, err);
    a->known = a->effects < room ? a->effects : room;
    return status;
}

static int run(const cli_args *args)
{
    cli_case c;
    ful_error err = {0};
    ful_world_work *work = NULL;
    answer a = {0};
    int code = args->actor && !args->decompose ? cli_usage_error("--actor goes with --decompose")
                                               : EXIT_ANSWERED;
    if (code != EXIT_ANSWERED)
        return code;
    code = cli_open(&c, args);
    if (code == EXIT_ANSWERED)
        code = cli_scenario(&a.scenario, &c);
    const int actor = code != EXIT_ANSWERED ? -1
                      : args->actor         ? cli_actor(&c, args->actor)
                                            : c.s->target;
    if (code == EXIT_ANSWERED && actor < 0)
        code = EXIT_USAGE;
    if (code == EXIT_ANSWERED) {
        ful_status status = args->balanced ? balance(&a, &c, &err) : FUL_OK;
        if (status == FUL_OK)
            status = ful_world_work_new(&work, c.world, NULL, &err);
        if (status == FUL_OK)
            status = ful_world_solve(&a.solution, c.world, work, &a.scenario, cli_stop(), &err);
        if (status == FUL_OK && args->flows && cli_wants_document(args))
            status = read_customs(&a, &c, work, &err);
        if (status == FUL_OK)
            status = report_effects(&a, &c, work, &a.scenario, &err);
        if (status == FUL_OK && args->decompose)
            status = ful_study_decomposition(&a.decomposition, c.world, &a.scenario, actor, &c.run,
                                             &err);
        code = status != FUL_OK ? cli_fail(&err) : args->json ? EXIT_ANSWERED : print_text(&c, &a);
        if (code == EXIT_ANSWERED && cli_wants_document(args))
            code = cli_finish_result(args, make_document(&c, &a), layout_solve);
    }
    ful_decomposition_clear(&a.decomposition);
    free(a.effect);
    free(a.hub_cost);
    free(a.rebased);
    free(a.deficit);
    free(a.customs[0]);
    free(a.customs[1]);
    ful_world_work_free(work);
    cli_close(&c);
    return code;
}

static const cli_option options[] = {
    OPT_REGIME, OPT_DATE,     OPT_ENFORCE, OPT_PRODUCTIVITY, OPT_SET,    OPT_FLOWS, OPT_DECOMPOSE,
    OPT_ACTOR,  OPT_BALANCED, OPT_THREADS, OPT_JSON,         OPT_OUTPUT, OPT_COUNT};
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
