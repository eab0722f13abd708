/* SPDX-License-Identifier: MIT */
/* fulcrum run: the whole question, answered in words first, then in tables, then claim by claim. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/draws.h"
#include "cli/run.h"
#include "output/document.h"
#include "output/table.h"
#include "output/text.h"

/* ---- computing
 * ---------------------------------------------------------------------------------------- */

/* One scenario under the headline regime; `applies` NULL: everybody. */
static ful_status solve_scenario(run_scenario *out, const cli_case *c, ful_world_work *work,
                                 const double *levels, const unsigned char *applies, ful_error *err)
{
    ful_scenario scenario;
    ful_solution solution;
    ful_scenario_default(&scenario, c->s);
    scenario.enforcement = levels;
    scenario.applies = applies;
    const ful_status status =
        ful_world_solve(&solution, c->world, work, &scenario, cli_stop(), err);
    if (status != FUL_OK)
        return status;
    out->target = solution.view.outcome[c->s->target];
    out->enforcer = solution.view.outcome[c->s->enforcer];
    out->violation = solution.certificate.max_violation;
    return FUL_OK;
}

/* Everybody at the leverage level; the same without the enforcer; the case's own levels. */
static ful_status solve_scenarios(run_answer *a, const cli_case *c, ful_error *err)
{
    const ful_situation *s = c->s;
    const size_t cells = (size_t)(s->actors * s->groups);
    double *levels = malloc(cells * sizeof *levels);
    unsigned char *applies = malloc((size_t)s->actors);
    ful_world_work *work = NULL;
    ful_status status = levels && applies ? ful_world_work_new(&work, c->world, NULL, err)
                                          : ful_fail(err, FUL_ERR_MEMORY, "out of memory");
    if (status == FUL_OK) {
        for (size_t k = 0; k < cells; k++)
            levels[k] = (int)k / s->groups == s->target ? 0 : s->leverage_level;
        memset(applies, 1, (size_t)s->actors);
        a->scenario[RUN_WITH] = (run_scenario){.id = "all-enforce", .name = "everybody enforces"};
        a->scenario[RUN_WITHOUT] =
            (run_scenario){.id = "all-but-enforcer", .name = "everybody but the enforcer"};
        a->scenario[RUN_AS_ENFORCED] =
            (run_scenario){.id = "as-enforced", .name = "as enforced, by the case"};
        status = solve_scenario(&a->scenario[RUN_WITH], c, work, levels, NULL, err);
        applies[s->enforcer] = 0;
        if (status == FUL_OK)
            status = solve_scenario(&a->scenario[RUN_WITHOUT], c, work, levels, applies, err);
        if (status == FUL_OK)
            status = solve_scenario(&a->scenario[RUN_AS_ENFORCED], c, work, NULL, NULL, err);
    }
    ful_world_work_free(work);
    free(applies);
    free(levels);
    return status;
}

static void order_members(run_answer *a)
{
    for (int k = 0; k < a->leverage.members; k++) {
        int at = k;
        while (at > 0 && a->leverage.member[a->order[at - 1]].shapley_pct <
                             a->leverage.member[k].shapley_pct) {
            a->order[at] = a->order[at - 1];
            at--;
        }
        a->order[at] = k;
    }
}

/* What is asked of the game: its table, every package, the record of moves. */
static ful_status play(run_answer *a, const cli_case *c, ful_error *err)
{
    ful_payoffs *payoffs = NULL;
    ful_status status =
        ful_payoffs_new(&payoffs, c->world, FUL_GRID_MIXED, ful_held_parts(c->s), &c->run, err);
    if (status == FUL_OK)
        status = ful_payoffs_gap(&a->gap, payoffs, &c->run, err);
    if (status == FUL_OK)
        status = ful_study_packages(&a->packages, payoffs, &c->run, err);
    if (status == FUL_OK && c->s->record.rows > 0)
        status = ful_study_record(&a->record, payoffs, &c->run, err);
    ful_payoffs_free(payoffs);
    return status;
}

static ful_status compute(run_answer *a, const cli_case *c, ful_error *err)
{
    a->s = c->s;
    ful_status status = solve_scenarios(a, c, err);
    if (status == FUL_OK)
        status = ful_study_leverage(&a->leverage, c->world, c->s->headline, 0, &c->run, err);
    if (status == FUL_OK)
        status = play(a, c, err);
    for (int m = 0; m < 2 && status == FUL_OK && c->s->history_rows > 0; m++)
        status = ful_study_history(&a->history[m], c->world, (ful_history_mode)m, &c->run, err);
    if (status == FUL_OK)
        order_members(a);
    return status;
}

static ful_status make_draws(void *draw, const cli_case *c, int package, int draws, ful_error *err)
{
    return ful_study_draws(draw, c->s, package, draws, (uint64_t)c->args->seed, &c->run, err);
}

_Static_assert(sizeof(ful_draw) % sizeof(double) == 0, "only doubles");
static const cli_drawing drawing = {"run", "draws.json", sizeof(ful_draw) / sizeof(double),
                                    make_draws};

/* How sure: the ranges over draws. */
static int find_ranges(run_answer *a, const cli_case *c)
{
    ful_error err = {0};
    const int draws = c->args->draws ? c->args->draws : CLI_DRAWS;
    ful_draw *draw = calloc((size_t)draws, sizeof *draw);
    if (!draw)
        return cli_no_memory();
    int code = cli_draws(draw, &drawing, c, a->packages.corner_package, draws);
    if (code == EXIT_ANSWERED &&
        ful_study_uncertainty(&a->u, c->s, c->world, draw, draws, (uint64_t)c->args->seed, &c->run,
                              &err) != FUL_OK)
        code = cli_fail(&err);
    free(draw);
    return code;
}

/* ---- printing
 * ------------------------------------------------------------------------------------------- */

static json_t *scenarios(const run_answer *a)
{
    json_t *list = json_array();
    for (int k = 0; k < RUN_SCENARIOS; k++) {
        const run_scenario *x = &a->scenario[k];
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id", x->id, "name", x->name,
                      "target_real_income_pct", document_real(100 * (x->target.real_income - 1)),
                      "target_real_gdp_pct", document_real(100 * (x->target.real_gdp - 1)),
                      "target_exports_pct", document_real_or_null(100 * (x->target.exports - 1)),
                      "target_imports_pct", document_real_or_null(100 * (x->target.imports - 1)),
                      "enforcer_real_income_pct",
                      document_real(100 * (x->enforcer.real_income - 1)), "certificate",
                      document_certificate(x->violation)));
    }
    return list;
}

/* Ranges over the draws, and what was drawn. */
static json_t *assumptions(const run_answer *a)
{
    const ful_uncertainty *u = &a->u;
    static const char *const corner[] = {"nothing", "pressure", "inducements", "both"};
    static const char *const outcome[] = {"denuclearised", "frozen", "unchanged", "collapsed"};
    static const char *const effect[FUL_EFFECTS] = {"pressure_on_freeze", "package_on_freeze",
                                                    "package_on_enforcement"};
    json_t *corners = json_object(), *drivers = json_array(), *levers = json_array();
    for (int c = 0; c < FUL_CORNERS; c++) {
        json_t *row = json_object();
        for (int o = 0; o < 4; o++)
            json_object_set_new(row, outcome[o], document_range(&u->outcome[c][o]));
        json_object_set_new(row, "enforcement", document_range(&u->enforcement[c]));
        json_object_set_new(row, "enforces", document_real(u->enforces[c]));
        json_object_set_new(corners, corner[c], row);
    }
    for (int e = 0; e < FUL_EFFECTS; e++)
        for (int k = 0; k < u->drivers[e].count; k++)
            json_array_append_new(drivers,
                                  json_pack("{s:s, s:s, s:o}", "effect", effect[e], "parameter",
                                            a->s->parameter[u->drivers[e].parameter[k]].id,
                                            "rank_correlation",
                                            document_real(u->drivers[e].correlation[k])));
    for (int l = 0; l < u->levers; l++)
        json_array_append_new(levers,
                              json_pack("{s:s, s:o, s:o, s:o}", "lever",
                                        a->s->lever[a->packages.lever[l].lever].id, "enforcement",
                                        document_range(&u->lever_enforcement[l]), "accommodation",
                                        document_range(&u->lever_accommodation[l]), "positive",
                                        document_real(u->lever_positive[l])));
    return json_pack("{s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "draws",
                     u->draws, "refused", u->refused, "interpolation_error", document_gap(&a->gap),
                     "interpolation_error_of_draws", document_gap(&u->gap), "loss_all_pct",
                     document_range(&u->grand), "loss_enforcer_alone_pct",
                     document_range(&u->alone), "loss_without_enforcer_pct",
                     document_range(&u->without), "corners", corners, "levers", levers, "drivers",
                     drivers, "package_raises_enforcement",
                     document_real(u->package_raises_enforcement), "package_raises_freeze",
                     document_real(u->package_raises_freeze));
}

static json_t *make_document(const run_answer *a, const ful_world *world, long long seed)
{
    ful_scenario headline;
    ful_scenario_default(&headline, a->s);
    json_t *document = document_new(a->s, "run", seed);
    json_object_set_new(document, "answer", run_sentences(a));
    json_object_set_new(document, "caveats", run_caveats(a));
    json_object_set_new(document, "leverage", document_leverage(a->s, &a->leverage));
    json_object_set_new(document, "scenarios", scenarios(a));
    cli_productivity_json(document, world, &headline);
    json_object_set_new(document, "packages", document_packages(a->s, &a->packages));
    json_object_set_new(document, "record",
                        a->record.arena ? document_record(a->s, &a->record) : json_null());
    json_object_set_new(document, "claims", run_claims(a));
    json_object_set_new(document, "assumptions", assumptions(a));
    return document;
}

static void print_list(json_t *list, const char *mark)
{
    for (size_t k = 0; k < json_array_size(list); k++)
        text_paragraph(stdout, 0, "%s%s", mark, json_string_value(json_array_get(list, k)));
    json_decref(list);
}

static void print_scenarios(const run_answer *a)
{
    char cell[5][TEXT_ROOM];
    text_heading(stdout, "The headline regime, change against the base year in per cent (centre)");
    printf("%-28s %9s %9s %9s %9s %10s\n", "", "income", "real GDP", "exports", "imports",
           a->s->actor[a->s->enforcer].id);
    for (int k = 0; k < RUN_SCENARIOS; k++) {
        const run_scenario *x = &a->scenario[k];
        printf("%-28s %9s %9s %9s %9s %10s\n", x->name,
               text_fixed(cell[0], 100 * (x->target.real_income - 1), 2),
               text_fixed(cell[1], 100 * (x->target.real_gdp - 1), 2),
               text_fixed(cell[2], 100 * (x->target.exports - 1), 1),
               text_fixed(cell[3], 100 * (x->target.imports - 1), 1),
               text_fixed(cell[4], 100 * (x->enforcer.real_income - 1), 4));
    }
    text_heading(stdout, "Leverage: per cent of the target's real income");
    printf("%-28s %9s %9s %9s %9s\n", "", "Shapley", "share %", "alone", "without");
    for (int k = 0; k < a->leverage.members; k++) {
        const ful_leverage_member *m = &a->leverage.member[a->order[k]];
        text_cell(stdout, m->actor < 0 ? "all others" : a->s->actor[m->actor].name, 28);
        printf(" %9s %9s %9s %9s\n", text_fixed(cell[0], m->shapley_pct, 3),
               text_fixed(cell[1], 100 * m->share, 1), text_fixed(cell[2], m->alone_pct, 3),
               text_fixed(cell[3], m->without_pct, 3));
    }
}

static void print_corner_table(const run_answer *a)
{
    static const char *const corner[] = {"nothing", "pressure", "inducements", "both"};
    text_heading(stdout, "The four corners, of 100: median (5 to 95 in 100 draws)");
    printf("%-12s %16s %16s %16s %16s\n", "", "denuclearised", "frozen", "unchanged", "collapsed");
    for (int c = 0; c < FUL_CORNERS; c++) {
        printf("%-12s", corner[c]);
        for (int o = 0; o < 4; o++) {
            char cell[64];
            const ful_range *r = &a->u.outcome[c][o];
            snprintf(cell, sizeof cell, "%.0f (%.0f-%.0f)", 100 * r->median, 100 * r->p5,
                     100 * r->p95);
            printf(" %16s", cell);
        }
        printf("\n");
    }
    printf("%-12s %s\n", "", "enforcement by the enforcer, 0 to 1, and how often it enforces");
    for (int c = 0; c < FUL_CORNERS; c++)
        printf("%-12s %.2f (%.2f-%.2f); in %.0f of 100 draws at least half the time\n", corner[c],
               a->u.enforcement[c].median, a->u.enforcement[c].p5, a->u.enforcement[c].p95,
               100 * a->u.enforces[c]);
}

static void print_levers(const run_answer *a)
{
    char enforcement[TEXT_ROOM], accommodation[TEXT_ROOM];
    text_heading(stdout, "Offers: what each adds (Shapley, centre; * its size rests on judgement)");
    printf("%-42s %12s %14s %8s\n", "", "enforcement", "accommodation", "draws >0");
    for (int l = 0; l < a->packages.levers; l++) {
        const ful_lever_effect *x = &a->packages.lever[l];
        text_cell(stdout, a->s->lever[x->lever].name, 40);
        printf("%s %12s %14s %8.0f\n", x->rests_on_judgement ? " *" : "  ",
               text_change(enforcement, x->enforcement, 4),
               text_change(accommodation, x->accommodation, 4), 100 * a->u.lever_positive[l]);
    }
}

static void print_claims(const run_answer *a)
{
    json_t *claims = run_claims(a);
    if (json_array_size(claims) > 0)
        text_heading(stdout,
                     "The founding text, claim by claim (as of its date; then what came later)");
    for (size_t k = 0; k < json_array_size(claims); k++) {
        const json_t *x = json_array_get(claims, k);
        const char *verdict = json_string_value(json_object_get(x, "verdict"));
        const char *later = json_string_value(json_object_get(x, "later"));
        const char *figure = json_string_value(json_object_get(x, "figure"));
        text_paragraph(stdout, 0, "%lld. %s",
                       (long long)json_integer_value(json_object_get(x, "point")),
                       json_string_value(json_object_get(x, "text")));
        char words[128];
        snprintf(words, sizeof words, "%s%s%s", verdict, strcmp(verdict, later) ? ", later " : "",
                 strcmp(verdict, later) ? later : "");
        for (char *at = words; *at; at++)
            *at = *at == '_' ? ' ' : *at;
        text_paragraph(stdout, 4, "%s%s%s", words, *figure ? ": " : "", figure);
    }
    json_decref(claims);
}

static int print_text(const run_answer *a, const ful_world *world)
{
    ful_scenario headline;
    ful_scenario_default(&headline, a->s);
    printf("%s\n\n", a->s->title);
    print_list(run_sentences(a), "");
    text_heading(stdout, "Read this first");
    print_list(run_caveats(a), "- ");
    print_scenarios(a);
    cli_productivity_text(world, &headline);
    print_corner_table(a);
    print_levers(a);
    printf(
        "\n%d draws of every parameter, elasticities and the size of the target among them; seed "
        "%llu;\nthe table of incomes is off by at most %.2f points at the centre and %.2f in the "
        "draws.\n",
        a->u.draws, (unsigned long long)a->u.seed, a->gap.target, a->u.gap.target);
    text_paragraph(stdout, 0,
                   "Caps are solved with the rents they create, whoever earns them. Every "
                   "equation of every solution holds to %.0e.",
                   a->leverage.max_violation);
    print_claims(a);
    return cli_finish();
}

static int run(const cli_args *args)
{
    cli_case c;
    ful_error err = {0};
    run_answer *a = calloc(1, sizeof *a);
    if (!a)
        return cli_no_memory();
    int code = cli_open(&c, args);
    if (code == EXIT_ANSWERED && compute(a, &c, &err) != FUL_OK)
        code = cli_fail(&err);
    if (code == EXIT_ANSWERED)
        code = find_ranges(a, &c);
    if (code == EXIT_ANSWERED && !args->json)
        code = print_text(a, c.world);
    if (code == EXIT_ANSWERED && cli_wants_document(args))
        code = cli_finish_result(args, make_document(a, c.world, args->seed), layout_run);
    ful_packages_clear(&a->packages);
    ful_record_clear(&a->record);
    ful_history_clear(&a->history[0]);
    ful_history_clear(&a->history[1]);
    free(a);
    cli_close(&c);
    return code;
}

static const cli_option options[] = {OPT_DRAWS,   OPT_KEEP, OPT_SEED,   OPT_SET,
                                     OPT_THREADS, OPT_JSON, OPT_OUTPUT, OPT_COUNT};
const cli_command cli_run = {
    "run",
    "the whole question, answered: the main job",
    "run CASE [options]",
    "Answer in words who must hold the line, what it would take to get them to and whether\n"
    "it would work, with ranges over draws of every parameter; then the tables; then the\n"
    "founding text's claims with their verdicts.",
    1,
    options,
    run};
