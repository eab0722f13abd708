/* SPDX-License-Identifier: MIT */
/* fulcrum game: what everybody does, given a package. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/game.h"
#include "output/document.h"
#include "output/table.h"
#include "output/text.h"

/* What may be named on the command line, and the bits that each name stands for. */
#define NAMES (256 + FUL_MAX_LEVERS) /* packages and levers that a case may have */
typedef struct vocabulary {
    int names;
    const char *name[NAMES];
    unsigned bits[NAMES];
} vocabulary;

static void add_name(vocabulary *v, const char *name, unsigned bits)
{
    if (v->names == NAMES)
        return;
    v->name[v->names] = name;
    v->bits[v->names++] = bits;
}

/* The bits of names joined by '+' into *out. */
static int read_joined(unsigned *out, const vocabulary *v, const char *text, const char *what)
{
    *out = 0;
    for (const char *at = text; *at;) {
        char name[64];
        int k = 0;
        const size_t length = strcspn(at, "+");
        snprintf(name, sizeof name, "%.*s", (int)length, at);
        while (k < v->names && strcmp(v->name[k], name) != 0)
            k++;
        if (k == v->names) {
            const char *near = ful_nearest_name(name, v->names, v->name);
            return cli_usage_error("'%s' is %s%s%s%s", name, what, near ? " (did you mean '" : "",
                                   near ? near : "", near ? "'?)" : "");
        }
        *out |= v->bits[k];
        at += length + (at[length] == '+');
    }
    return EXIT_ANSWERED;
}

/* Levers of --package. */
static int find_levers(unsigned *levers, const ful_situation *s, const char *text)
{
    vocabulary v = {0};
    *levers = 0;
    if (!text || strcmp(text, "none") == 0)
        return EXIT_ANSWERED;
    for (int k = 0; k < s->packages; k++)
        add_name(&v, s->package[k].id, s->package[k].levers);
    for (int l = 0; l < s->levers; l++)
        add_name(&v, s->lever[l].id, 1u << l);
    const int code = read_joined(levers, &v, text, "no package and no lever");
    for (int l = 0; l < s->levers && code == EXIT_ANSWERED; l++)
        if (s->lever[l].stick && *levers >> l & 1)
            return cli_usage_error("'%s' is a stick and no offer: --stick adds all of them",
                                   s->lever[l].id);
    return code;
}

/* Parts of --with. */
static int find_moving(unsigned *moving, const ful_situation *s, const char *text)
{
    vocabulary v = {0};
    for (int k = 0; k < s->game.enforced; k++)
        if (s->game.part[k].held)
            add_name(&v, s->game.part[k].id, 1u << k);
    return read_joined(moving, &v, text ? text : "", "no part of enforcement that the case holds");
}

static void print_conditional(const char *what, const ful_conditional *c, const char *would)
{
    char a[TEXT_ROOM], b[TEXT_ROOM];
    if (isnan(c->probability))
        text_paragraph(stdout, 0, "%s: cannot happen in this game.", what);
    else if (c->reach < 1e-6)
        text_paragraph(stdout, 0, "%s: hardly ever reached; there %s with p = %.2f.", what, would,
                       c->probability);
    else
        text_paragraph(stdout, 0, "%s: %s in 100 (reached in %s of 100 runs).", what,
                       text_count(a, c->probability), text_count(b, c->reach));
}

static void print_enforcers(const ful_situation *s, const ful_bargain_report *r)
{
    char first[TEXT_ROOM], slack[TEXT_ROOM];
    printf("%-34s %9s %9s %11s %11s\n", "enforcement", "mean", "armed", "first move", "slack, %");
    for (int i = FUL_E; i < s->game.players; i++) {
        const ful_enforcer_report *x = &r->enforcer[i - FUL_E];
        text_cell(stdout, s->actor[s->game.player[i].actor].name, 34);
        printf(" %9.2f %9.2f %11s %11s\n", x->mean, x->armed, text_fixed(first, x->first_move, 2),
               text_digits(slack, x->slack, 3));
        for (int g = 0; g < s->game.enforced; g++)
            if (s->game.part[g].owner == i) {
                printf("  ");
                text_cell(stdout, s->game.part[g].name, 32);
                printf(" %9.2f\n", r->enforcement[g]);
            }
    }
    text_paragraph(stdout, 0,
                   "First move: the chance that it enforces then. Slack: what enforcing is worth "
                   "to it over not, per cent of its GDP, present value: its participation "
                   "constraint. A dash: it has no choice.");
    if (r->residual > 0)
        printf("largest distance from the logit response, moves being simultaneous: %.1e\n",
               r->residual);
}

/* What is in force under pressure, as a scenario. */
static ful_scenario under_pressure(const ful_situation *s)
{
    ful_scenario scenario;
    ful_scenario_default(&scenario, s);
    scenario.regime = s->game.pressure_regime;
    return scenario;
}

static void print_text(const ful_situation *s, const ful_bargain_report *r)
{
    char a[TEXT_ROOM], would[160];
    text_paragraph(stdout, 0, "Under pressure: %s.", s->regime[s->game.pressure_regime].name);
    printf("\nafter the horizon, of 100:\n");
    printf("  denuclearised  %s\n", text_count(a, r->denuclearised));
    printf("  frozen         %s   (no nuclear or long-range test; production may go on)\n",
           text_count(a, r->frozen));
    printf("  unchanged      %s\n", text_count(a, r->unchanged));
    printf("  collapsed      %s\n\n", text_count(a, r->collapsed));
    print_enforcers(s, r);
    printf("\n");
    snprintf(would, sizeof would, "%s would", s->actor[s->sender].name);
    print_conditional("The sender honours, if the target accommodates", &r->honour, would);
    snprintf(would, sizeof would, "%s would", s->actor[s->target].name);
    print_conditional("The target restarts, having accommodated", &r->restart, would);
    snprintf(would, sizeof would, "%s would", s->actor[s->enforcer].name);
    print_conditional("The enforcer snaps back after a detected restart", &r->snap_back, would);
    printf("\ncost to the sender: %.3g %% of its GDP a year; the target's real income: %s %%\n",
           r->sender_cost, text_change(a, r->target_income, 2));
}

static void print_ties(const ful_bargain_report *r)
{
    printf("\n");
    if (r->tied_choices == 0)
        text_paragraph(stdout, 0,
                       "Nobody errs, and at every choice that play comes to one move is best.");
    else
        text_paragraph(
            stdout, 0,
            "Nobody errs. At %.0f of the choices that play comes to more than one move is "
            "best, and menu weights decide; an average play meets %.3g of them.",
            r->tied_choices, r->tied_reach);
}

static void print_flip(const ful_flip *flip)
{
    if (isfinite(flip->at))
        printf(" %11.4g", flip->at);
    else
        printf(" %11s", "-");
}

static void print_flips(const ful_situation *s, const ful_flips *f)
{
    text_heading(stdout, "Flip points: each of the game's own numbers alone, within its range");
    printf("%-36s %10s %21s %11s %11s\n", "parameter", "value", "range", "best reply",
           "freeze 1/2");
    for (int k = 0; k < f->rows; k++) {
        const ful_flip_row *x = &f->row[k];
        const ful_parameter *q = &s->parameter[x->parameter];
        if (!isfinite(x->slack.at) && !isfinite(x->freeze.at))
            continue;
        text_cell(stdout, q->id, 36);
        printf(" %10.4g %10.4g %10.4g", x->value, q->low, q->high);
        print_flip(&x->slack);
        print_flip(&x->freeze);
        printf("\n");
    }
    text_paragraph(stdout, 0,
                   "Best reply: where enforcing becomes worth more to the pivotal enforcer at its "
                   "first move than not, or less. Freeze: where the chance of at least a freeze "
                   "crosses one half. Given is the first crossing met on the way to both ends of "
                   "the range. Numbers of players, payoff terms, levers and rules that are not "
                   "listed cross neither at any of the %d places a side that were searched; the "
                   "economy's parameters are not searched: incomes stay as they are.",
                   FUL_FLIP_PLACES);
}

/* The parts that the case holds and this game moves. */
static json_t *moving_json(const game *g)
{
    const ful_situation *s = g->c->s;
    json_t *list = json_array();
    for (int k = 0; k < s->game.enforced; k++)
        if (g->offer.moving >> k & 1)
            json_array_append_new(list, json_string(s->game.part[k].id));
    return list;
}

static json_t *ties_json(const ful_bargain_report *r)
{
    return json_pack("{s:i, s:o}", "choices", (int)r->tied_choices, "reach",
                     document_real(r->tied_reach));
}

static json_t *make_document(const game *g)
{
    const ful_situation *s = g->c->s;
    ful_payoffs_view view;
    ful_payoffs_view_get(&view, g->payoffs);
    json_t *document = document_new(s, "game", -1), *body = document_game(s, &g->report);
    const ful_scenario pressure = under_pressure(s);
    cli_name_pressure(document, g->c);
    json_object_set_new(document, "package",
                        json_string(g->c->args->package ? g->c->args->package : "none"));
    json_object_set_new(document, "levers", document_levers(s, g->offer.levers));
    json_object_set_new(document, "stick", json_boolean(g->offer.stick));
    json_object_set_new(document, "moving", moving_json(g));
    json_object_set_new(document, "order",
                        json_string(g->offer.simultaneous || s->game.simultaneous ? "simultaneous"
                                    : g->offer.reverse                            ? "reverse"
                                                                                  : "declared"));
    json_object_set_new(document, "perfect", json_boolean(g->offer.perfect));
    json_object_update(document, body);
    json_decref(body);
    json_object_set_new(document, "ties", g->offer.perfect ? ties_json(&g->report) : json_null());
    json_object_set_new(document, "flips",
                        g->flips.arena ? document_flips(s, &g->flips) : json_null());
    json_object_set_new(document, "explanation",
                        g->explained ? game_explanation_json(g) : json_null());
    cli_productivity_json(document, g->c->world, &pressure);
    json_object_set_new(document, "interpolation_error", document_gap(&g->gap));
    json_object_set_new(document, "certificate", document_certificate(view.max_violation));
    return document;
}

/* Solve the game and what the options ask of it. */
static ful_status solve(game *g, ful_error *err)
{
    ful_status status = ful_payoffs_game(&g->game, g->payoffs, &g->offer, NULL, err);
    if (status == FUL_OK)
        status = ful_bargain_work_new(&g->work, g->game, NULL, err);
    if (status == FUL_OK)
        status = ful_bargain_solve(&g->report, g->game, g->work, 1, err);
    if (status == FUL_OK && g->c->args->flips)
        status = ful_study_flips(&g->flips, g->payoffs, &g->offer, &g->c->run, err);
    return status;
}

static int print(const game *g)
{
    int code = EXIT_ANSWERED;
    const ful_scenario pressure = under_pressure(g->c->s);
    print_text(g->c->s, &g->report);
    if (g->offer.perfect)
        print_ties(&g->report);
    cli_productivity_text(g->c->world, &pressure);
    cli_print_precision(g->c, g->payoffs, &g->gap);
    if (g->flips.arena)
        print_flips(g->c->s, &g->flips);
    if (g->explained)
        game_print_explanation(g);
    if (g->c->args->tree)
        code = game_print_tree(g);
    return code == EXIT_ANSWERED ? cli_finish() : code;
}

/* What the command line asks for: an offer, and whose choices are explained (-1: nobody's). */
typedef struct question {
    ful_offer offer;
    int player;
} question;

static int read_question(question *out, const cli_case *c)
{
    const cli_args *args = c->args;
    *out = (question){.offer = {.pressure = 1,
                                .stick = args->stick,
                                .horizon = args->horizon,
                                .reverse = args->reverse,
                                .simultaneous = args->simultaneous,
                                .perfect = args->perfect},
                      .player = -1};
    if (args->json && args->tree)
        return cli_usage_error("--tree is text and --json is not: take one of them");
    int code = find_levers(&out->offer.levers, c->s, args->package);
    if (code == EXIT_ANSWERED)
        code = find_moving(&out->offer.moving, c->s, args->with);
    if (code == EXIT_ANSWERED && args->explain)
        out->player = game_player(c->s, args->explain);
    return args->explain && out->player < 0 ? EXIT_USAGE : code;
}

static int play(const cli_case *c, const ful_payoffs *payoffs, const ful_gap *gap,
                const question *asked)
{
    ful_error err = {0};
    game g = {.c = c, .payoffs = payoffs, .gap = *gap, .offer = asked->offer};
    int code = solve(&g, &err) == FUL_OK ? EXIT_ANSWERED : cli_fail(&err);
    if (code == EXIT_ANSWERED && asked->player >= 0)
        code = game_explain(&g, asked->player);
    if (code == EXIT_ANSWERED && c->args->efg)
        code = game_write_efg(&g, c->args->efg);
    if (code == EXIT_ANSWERED && c->args->svg)
        code = game_write_svg(&g, c->args->svg);
    if (code == EXIT_ANSWERED && !c->args->json)
        code = print(&g);
    if (code == EXIT_ANSWERED && cli_wants_document(c->args))
        code = cli_finish_result(c->args, make_document(&g), layout_game);
    game_explained_free(g.explained);
    ful_flips_clear(&g.flips);
    ful_bargain_work_free(g.work);
    ful_bargain_free(g.game);
    return code;
}

static int run(const cli_args *args)
{
    cli_case c;
    ful_payoffs *payoffs = NULL;
    ful_gap gap;
    question asked;
    int code = cli_open_game(&c, args);
    if (code == EXIT_ANSWERED)
        code = read_question(&asked, &c);
    if (code == EXIT_ANSWERED)
        code = cli_payoffs(&payoffs, &gap, &c, asked.offer.moving);
    if (code == EXIT_ANSWERED)
        code = play(&c, payoffs, &gap, &asked);
    ful_payoffs_free(payoffs);
    cli_close(&c);
    return code;
}

static const cli_option options[] = {
    OPT_PACKAGE, OPT_STICK, OPT_WITH, OPT_HORIZON, OPT_ORDER,  OPT_SIMULTANEOUS, OPT_PERFECT,
    OPT_EXPLAIN, OPT_FLIPS, OPT_TREE, OPT_SVG,     OPT_GRID,   OPT_EFG,          OPT_REGIME,
    OPT_DATE,    OPT_SET,   OPT_JSON, OPT_THREADS, OPT_OUTPUT, OPT_COUNT};
const cli_command cli_game = {
    "game",
    "what sender, target and enforcers do, given a package",
    "game CASE [--package P] [options]",
    "Solve the bargaining game under pressure with a package on offer: the logit agent\n"
    "quantal-response equilibrium by backward induction, outcomes by exact propagation.\n"
    "With --perfect nobody errs. --explain says which payoff terms drive an actor's\n"
    "choices, --flips at which value of a number the answer turns, --tree draws the game\n"
    "where it is small enough.",
    1,
    options,
    run};
