/* SPDX-License-Identifier: MIT */
/* fulcrum advice: where does the advice fail? */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/draws.h"
#include "output/document.h"
#include "output/table.h"
#include "output/text.h"

static const char *const question_id[FUL_QUESTIONS] = {
    "enforcer_unmoved", "moved_without_freeze", "pressure_suffices", "inducements_suffice",
    "only_together",    "neither_works",        "backfires"};

static const char *const remedy_id[FUL_REMEDIES] = {"contingent", "gifts", "word_binds",
                                                    "no_fear_of_collapse", "low_resolve"};

static const ful_package *advice_of(const ful_situation *s)
{
    return &s->package[s->game.corner_package];
}

static double share(ful_tally t)
{
    return (double)t.count / (double)t.draws;
}

/* ---- the document ---- */

static json_t *actor(const ful_situation *s, int index)
{
    return json_pack("{s:s, s:s}", "id", s->actor[index].id, "name", s->actor[index].name);
}

static json_t *package(const ful_situation *s)
{
    json_t *levers = json_array();
    for (int l = 0; l < s->levers; l++)
        if (advice_of(s)->levers >> l & 1)
            json_array_append_new(
                levers, json_pack("{s:s, s:s}", "id", s->lever[l].id, "name", s->lever[l].name));
    return json_pack("{s:s, s:s, s:o}", "id", advice_of(s)->id, "name", advice_of(s)->name,
                     "levers", levers);
}

static json_t *thresholds(const ful_situation *s, const ful_region *r)
{
    json_t *list = json_array();
    for (int k = 0; k < r->thresholds; k++) {
        const ful_threshold *t = &r->threshold[k];
        json_array_append_new(list,
                              json_pack("{s:o, s:s, s:o, s:i, s:i, s:o}", "parameter",
                                        document_parameter(s, t->parameter), "side",
                                        t->above ? "above" : "below", "at", document_real(t->at),
                                        "draws", t->tally.draws, "count", t->tally.count, "lift",
                                        document_real(share(t->tally) / share(r->checked))));
    }
    return list;
}

static json_t *box(const ful_situation *s, const ful_region *r)
{
    json_t *bounds = json_array();
    for (int k = 0; k < r->bounds; k++)
        json_array_append_new(bounds, json_pack("{s:o, s:o, s:o}", "parameter",
                                                document_parameter(s, r->bound[k].parameter), "low",
                                                document_real_or_null(r->bound[k].low), "high",
                                                document_real_or_null(r->bound[k].high)));
    return json_pack("{s:o, s:i, s:i, s:o, s:o, s:o}", "bounds", bounds, "draws", r->box.draws,
                     "count", r->box.count, "density", document_real(share(r->box)), "coverage",
                     document_real((double)r->box.count / r->checked.count), "lift",
                     document_real(share(r->box) / share(r->checked)));
}

static json_t *question(const ful_situation *s, const ful_advice *a, int q)
{
    const ful_region *r = &a->question[q].region;
    json_t *remedies = json_array();
    for (int k = 0; k < FUL_REMEDIES; k++)
        json_array_append_new(remedies, json_pack("{s:s, s:i}", "id", remedy_id[k], "count",
                                                  a->question[q].turned[k]));
    return json_pack("{s:s, s:i, s:i, s:{s:i, s:i}, s:o, s:o, s:o}", "id", question_id[q], "among",
                     r->all.draws, "count", r->all.count, "checked", "draws", r->checked.draws,
                     "count", r->checked.count, "thresholds", thresholds(s, r), "box",
                     r->bounds > 0 ? box(s, r) : json_null(), "remedies", remedies);
}

static json_t *make_document(const ful_situation *s, const ful_advice *a)
{
    json_t *document = document_new(s, "advice", (long long)a->seed), *questions = json_array();
    for (int q = 0; q < FUL_QUESTIONS; q++)
        json_array_append_new(questions, question(s, a, q));
    json_object_set_new(document, "package", package(s));
    json_object_set_new(document, "sender", actor(s, s->sender));
    json_object_set_new(document, "target", actor(s, s->target));
    json_object_set_new(document, "enforcer", actor(s, s->enforcer));
    json_object_set_new(document, "draws", json_integer(a->draws));
    json_object_set_new(document, "refused", json_integer(a->refused));
    json_object_set_new(document, "margin",
                        json_pack("{s:o, s:o}", "enforcement", document_real(FUL_MOVED), "freeze",
                                  document_real(FUL_MOVED)));
    json_object_set_new(document, "questions", questions);
    json_object_set_new(document, "certificate", document_certificate(a->max_violation));
    return document;
}

/* ---- the text ---- */

static const char *const question_words[FUL_QUESTIONS] = {
    "the package does not move the enforcer",
    "it does, and the target still does not freeze",
    "pressure alone does as well",
    "inducements alone do as well",
    "both together do more than either",
    "nothing works",
    "the package does harm"};

static const char *of_100(char room[TEXT_ROOM], const ful_advice *a, ful_question q)
{
    const ful_tally all = a->question[q].region.all;
    if (all.count == 0)
        return "0";
    return all.count < all.draws ? text_count(room, share(all)) : "100";
}

static void print_words(const ful_situation *s, const ful_advice *a)
{
    char unmoved[TEXT_ROOM], unfrozen[TEXT_ROOM], both[TEXT_ROOM], none[TEXT_ROOM], harm[TEXT_ROOM];
    const char *enforcer = s->actor[s->enforcer].name, *target = s->actor[s->target].name;
    text_paragraph(stdout, 0,
                   "The advice: under pressure %s should offer %s '%s', so that %s freezes its "
                   "programme or gives it up.",
                   s->actor[s->sender].name, enforcer, advice_of(s)->name, target);
    text_paragraph(
        stdout, 0,
        "Where it fails: the offer does not make %s enforce more in %s of 100 draws of "
        "every parameter; where it does, %s is no likelier to freeze in %s of 100. In %s "
        "of 100 pressure and offer together do more than either alone, in %s of 100 "
        "they do nothing, in %s of 100 the offer makes it worse.",
        enforcer, of_100(unmoved, a, FUL_ENFORCER_UNMOVED), target,
        of_100(unfrozen, a, FUL_MOVED_WITHOUT_FREEZE), of_100(both, a, FUL_ONLY_TOGETHER),
        of_100(none, a, FUL_NEITHER_WORKS), of_100(harm, a, FUL_BACKFIRES));
    text_paragraph(
        stdout, 0,
        "A share of draws is a share of what the ranges allow, not the chance of anything. "
        "%d draws were played (seed %llu); %d have no equilibrium and are left out. A "
        "change by one in a hundred or less counts as none.",
        a->draws, (unsigned long long)a->seed, a->refused);
}

static void print_counts(const ful_advice *a)
{
    char room[TEXT_ROOM];
    text_heading(stdout, "In how many draws");
    printf("%-48s %7s %9s  %s\n", "", "draws", "of", "of 100");
    for (int q = 0; q < FUL_QUESTIONS; q++)
        printf("%-48s %7d %9d  %s\n", question_words[q], a->question[q].region.all.count,
               a->question[q].region.all.draws, of_100(room, a, (ful_question)q));
}

static void print_remedies(const ful_advice *a)
{
    text_heading(stdout, "With one thing changed: in how many of these it holds no longer");
    printf("%-48s %9s %7s %7s %7s %7s\n", "", "exchange", "gifts", "word", "fear", "resolve");
    for (int q = 0; q < FUL_QUESTIONS; q++) {
        const int *turned = a->question[q].turned;
        printf("%-48s %9d %7d %7d %7d %7d\n", question_words[q], turned[FUL_REMEDY_CONTINGENT],
               turned[FUL_REMEDY_GIFTS], turned[FUL_REMEDY_WORD_BINDS], turned[FUL_REMEDY_NO_FEAR],
               turned[FUL_REMEDY_LOW_RESOLVE]);
    }
    text_paragraph(
        stdout, 0,
        "exchange: every offer in exchange for enforcement; gifts: every offer "
        "unconditional; word: the sender can neither withdraw nor withhold relief; fear: "
        "a collapse costs the enforcer nothing; resolve: the target's programme is worth "
        "the lowest of its range.");
}

static void print_parameter(const ful_situation *s, ful_param q)
{
    json_t *name = document_parameter_name(s, q);
    printf("  ");
    text_cell(stdout, json_string_value(name), 54);
    json_decref(name);
}

static void print_thresholds(const ful_situation *s, const ful_region *r)
{
    if (r->thresholds > 0)
        printf("%-56s %-15s %6s %6s\n", "one number at a time", "", "of 100", "lift");
    for (int k = 0; k < r->thresholds; k++) {
        const ful_threshold *t = &r->threshold[k];
        print_parameter(s, t->parameter);
        printf(" %s %-9.3g %6.0f %6.2f\n", t->above ? "above" : "below", t->at,
               100 * share(t->tally), share(t->tally) / share(r->checked));
    }
}

static void print_box(const ful_situation *s, const ful_region *r)
{
    if (r->bounds == 0)
        return;
    printf("most often where\n");
    for (int k = 0; k < r->bounds; k++) {
        const ful_bound *b = &r->bound[k];
        print_parameter(s, b->parameter);
        if (isfinite(b->low) && isfinite(b->high))
            printf(" %.3g to %.3g\n", b->low, b->high);
        else
            printf(" %s %.3g\n", isfinite(b->low) ? "above" : "below",
                   isfinite(b->low) ? b->low : b->high);
    }
    text_paragraph(
        stdout, 2, "%d of %d such draws, %.0f of 100; of those in which it holds %.0f of 100",
        r->box.count, r->box.draws, 100 * share(r->box), 100.0 * r->box.count / r->checked.count);
}

static int print_text(const ful_situation *s, const ful_advice *a)
{
    int told = 0;
    print_words(s, a);
    print_counts(a);
    print_remedies(a);
    for (int q = 0; q < FUL_QUESTIONS; q++) {
        const ful_region *r = &a->question[q].region;
        if (r->thresholds == 0 && r->bounds == 0)
            continue;
        text_heading(stdout, question_words[q]);
        print_thresholds(s, r);
        print_box(s, r);
        told++;
    }
    printf("\n");
    text_paragraph(stdout, 0,
                   "%s Numbers and boxes are sought on the draws with even numbers and counted on "
                   "those with odd ones, where what does no better than chance is dropped%s.",
                   told < FUL_QUESTIONS ? "Where a question is missing, no number tells the draws "
                                          "apart: there may be too few."
                                        : "",
                   told > 0 ? "; lift is the share there over the share of all" : "");
    printf("every equation of every solution holds to %.0e\n", a->max_violation);
    return cli_finish();
}

static ful_status make_draws(void *draw, const cli_case *c, int package, int draws, ful_error *err)
{
    (void)package; /* the case's corner package */
    return ful_study_advice_draws(draw, c->s, draws, (uint64_t)c->args->seed, &c->run, err);
}

_Static_assert(sizeof(ful_advice_draw) % sizeof(double) == 0, "only doubles");
static const cli_drawing drawing = {"advice", "advice-draws.json",
                                    sizeof(ful_advice_draw) / sizeof(double), make_draws};

/* The draws, kept or made, and what they say. */
static int find_advice(ful_advice *out, const cli_case *c)
{
    ful_error err = {0};
    const int draws = c->args->draws ? c->args->draws : CLI_DRAWS;
    ful_advice_draw *draw = calloc((size_t)draws, sizeof *draw);
    if (!draw)
        return cli_no_memory();
    int code = cli_draws(draw, &drawing, c, c->s->game.corner_package, draws);
    if (code == EXIT_ANSWERED &&
        ful_study_advice(out, c->s, draw, draws, (uint64_t)c->args->seed, &c->run, &err) != FUL_OK)
        code = cli_fail(&err);
    free(draw);
    return code;
}

static int run(const cli_args *args)
{
    cli_case c;
    ful_advice advice;
    int code = cli_open(&c, args);
    if (code == EXIT_ANSWERED)
        code = find_advice(&advice, &c);
    if (code == EXIT_ANSWERED && !args->json)
        code = print_text(c.s, &advice);
    if (code == EXIT_ANSWERED && cli_wants_document(args))
        code = cli_finish_result(args, make_document(c.s, &advice), layout_advice);
    cli_close(&c);
    return code;
}

static const cli_option options[] = {OPT_DRAWS, OPT_KEEP,   OPT_SEED, OPT_THREADS,
                                     OPT_JSON,  OPT_OUTPUT, OPT_COUNT};
const cli_command cli_advice = {
    "advice",
    "where the advice fails: seven questions over draws of everything",
    "advice CASE [options]",
    "Play the four corners of the case's corner package in draws of every parameter and count\n"
    "where the package does not move the enforcer, where it does and the target still does not\n"
    "freeze, where pressure or inducements alone do as well, where both are needed, where\n"
    "nothing works, where the package does harm; which numbers tell where, and what one thing\n"
    "would have to be different.",
    1,
    options,
    run};
