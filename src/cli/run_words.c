/* SPDX-License-Identifier: MIT */
/*
 * The answer in words. Every sentence is made from numbers by a rule that stands beside it; nothing
 * is said of a particular country that the case does not say.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/run.h"
#include "output/document.h"
#include "output/text.h"

#define SENTENCE_ROOM 1024
/* What holds in nine draws of ten is called supported; in one of ten, not supported. */
#define MOSTLY 0.9
/* A lever whose contribution is below this does nothing worth naming. */
#define NAMED_EFFECT 0.005
#define CAVEATS 3
#define FIRST 2.0 /* weight of a caveat that precedes all others */

static void say(json_t *list, const char *format, ...) FUL_PRINTF(2, 3);

static void say(json_t *list, const char *format, ...)
{
    char text[SENTENCE_ROOM];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    json_array_append_new(list, json_string(text));
}

static const char *name_of(const ful_situation *s, int actor)
{
    return actor < 0 ? "all others together" : s->actor[actor].name;
}

/* ---- who must hold the line
 * ------------------------------------------------------------------------- */

static void say_leverage(const run_answer *a, json_t *list)
{
    const ful_situation *s = a->s;
    const ful_leverage *l = &a->leverage;
    const ful_leverage_member *first = &l->member[a->order[0]];
    char x[TEXT_ROOM], y[TEXT_ROOM], z[TEXT_ROOM];
    if (l->members < 1 || isnan(first->share)) {
        say(list, "Nobody's enforcement moves the income of %s measurably.",
            s->actor[s->target].name);
        return;
    }
    char next[SENTENCE_ROOM] = "";
    if (l->members > 1) {
        const ful_leverage_member *second = &l->member[a->order[1]];
        snprintf(next, sizeof next, "; next comes %s with %s %%", name_of(s, second->actor),
                 text_number(x, 100 * second->share));
    }
    say(list,
        "Who must hold the line: %s. Of the income that %s loses when everybody enforces '%s', "
        "%.0f %% is owed to it (exact Shapley value over %d coalitions)%s.",
        name_of(s, first->actor), s->actor[s->target].name, s->regime[l->regime].name,
        100 * first->share, l->solves, next);
    if (first->actor != s->enforcer)
        say(list, "Warning: the game's enforcer, %s, is not the partner with most leverage.",
            s->actor[s->enforcer].name);
    say(list,
        "With %s the regime costs %s %s %% of its real income (5 to 95 in 100 draws); without it, "
        "all "
        "others enforcing, %s %%. It alone would cost it %s %%.",
        s->actor[s->enforcer].name, s->actor[s->target].name,
        text_range(x, a->u.grand.p5, a->u.grand.p95),
        text_range(y, a->u.without.p5, a->u.without.p95),
        text_range(z, a->u.alone.p5, a->u.alone.p95));
    const ful_economy_outcome *t = &a->scenario[RUN_WITH].target;
    const ful_economy_outcome *e = &a->scenario[RUN_WITH].enforcer;
    say(list,
        "At the centre of the ranges its exports fall by %s %%, its imports by %s %%, its real GDP "
        "by %s "
        "%%; %s itself loses %s %% of its income.",
        text_number(x, 100 * (1 - t->exports)), text_number(y, 100 * (1 - t->imports)),
        text_number(z, 100 * (1 - t->real_gdp)), s->actor[s->enforcer].name,
        text_number((char[TEXT_ROOM]){0}, fmax(0, 100 * (1 - e->real_income))));
}

/* ---- what it would want
 * ------------------------------------------------------------------------------- */

static int by_enforcement(const run_answer *a, int *order)
{
    const int n = a->packages.levers;
    for (int k = 0; k < n; k++) {
        int at = k;
        while (at > 0 &&
               a->packages.lever[order[at - 1]].enforcement < a->packages.lever[k].enforcement) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = k;
    }
    return n;
}

static void say_levers(const run_answer *a, json_t *list)
{
    const ful_situation *s = a->s;
    const ful_packages *p = &a->packages;
    int order[FUL_MAX_LEVERS], named = 0;
    const int n = by_enforcement(a, order);
    char text[SENTENCE_ROOM] = "", idle[SENTENCE_ROOM] = "";
    for (int k = 0; k < n; k++) {
        const ful_lever_effect *x = &p->lever[order[k]];
        char part[240], *to = x->enforcement > NAMED_EFFECT ? text : idle;
        if (x->enforcement > NAMED_EFFECT)
            snprintf(
                part, sizeof part, "%s%s (%+.3f; alone %+.3f, positive in %.0f of 100 draws%s)",
                named++ ? "; " : "", s->lever[x->lever].name, x->enforcement,
                p->row[1u << order[k]].report.enforcer[0].mean - p->row[0].report.enforcer[0].mean,
                100 * a->u.lever_positive[order[k]],
                x->rests_on_judgement ? "; rests on judgement" : "");
        else
            snprintf(part, sizeof part, "%s%s", *idle ? "; " : "", s->lever[x->lever].name);
        strncat(to, part, SENTENCE_ROOM - strlen(to) - 1);
    }
    say(list, "What %s would want, by what each offer adds to its enforcement (0 to 1): %s.",
        s->actor[s->enforcer].name, named ? text : "none of the offers moves it");
    if (named)
        say(list,
            "A lever that is costly to withdraw holds the others in place: where its share exceeds "
            "what it does alone, that is why.");
    if (*idle)
        say(list, "Adding nothing to speak of, or lowering it: %s.", idle);
    if (isnan(p->transfer_pct))
        say(list, "At the centre no side payment below 1 %% of its GDP would make it enforce.");
    else if (p->transfer_pct == 0)
        say(list, "At the centre it enforces at least half the time without any offer.");
    else
        say(list,
            "At the centre the side payment that would just make it enforce is %.2g %% of its GDP "
            "a year.",
            p->transfer_pct);
}

/* ---- would it work
 * ------------------------------------------------------------------------------------- */

/* How often somebody does something, or that it cannot. */
static void tell_choice(char room[SENTENCE_ROOM / 4], const char *does, const char *cannot,
                        const ful_range *r)
{
    char x[TEXT_ROOM];
    if (isnan(r->median))
        snprintf(room, SENTENCE_ROOM / 4, "%s in this game", cannot);
    else
        snprintf(room, SENTENCE_ROOM / 4, "%s in %s of 100", does, text_counts(x, r->p5, r->p95));
}

static void say_promises(const run_answer *a, json_t *list)
{
    char restarts[SENTENCE_ROOM / 4], honours[SENTENCE_ROOM / 4];
    tell_choice(restarts, "restarts", "cannot restart", &a->u.restart);
    tell_choice(honours, "honours its part", "has nothing to honour", &a->u.honour);
    say(list, "Once %s has accommodated it %s; %s %s (5 to 95 in 100 draws, with both).",
        a->s->actor[a->s->target].name, restarts, a->s->actor[a->s->sender].name, honours);
}

static void say_corners(const run_answer *a, json_t *list)
{
    static const char *const corner[] = {"With nothing", "With pressure alone",
                                         "With inducements alone", "With both"};
    for (int c = 0; c < FUL_CORNERS; c++) {
        const ful_range *o = a->u.outcome[c];
        char x[4][TEXT_ROOM];
        for (int k = 0; k < 4; k++)
            text_counts(x[k], o[k].p5, o[k].p95);
        say(list, "%s, of 100: denuclearised %s, frozen %s, unchanged %s, collapsed %s.", corner[c],
            x[0], x[1], x[2], x[3]);
    }
    say(list,
        "The package raises %s's enforcement by over one in a hundred in %.0f of 100 draws, and "
        "the chance of a freeze or more by as much in %.0f. Frozen means no nuclear or long-range "
        "test; production may go on.",
        a->s->actor[a->s->enforcer].name, 100 * a->u.package_raises_enforcement,
        100 * a->u.package_raises_freeze);
    say_promises(a, list);
}

json_t *run_sentences(const run_answer *a)
{
    json_t *list = json_array();
    say_leverage(a, list);
    say_levers(a, list);
    say_corners(a, list);
    return list;
}

/* ---- caveats
 * --------------------------------------------------------------------------------------------- */

typedef struct caveat {
    double weight; /* how much it matters, 0..1, or FIRST */
    char text[SENTENCE_ROOM];
} caveat;

static void offer(caveat *list, int *count, double weight, const char *format, ...)
    FUL_PRINTF(4, 5);

static void offer(caveat *list, int *count, double weight, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    list[*count].weight = weight;
    vsnprintf(list[*count].text, SENTENCE_ROOM, format, args);
    va_end(args);
    (*count)++;
}

static int heavier(const void *a, const void *b)
{
    const double x = ((const caveat *)a)->weight, y = ((const caveat *)b)->weight;
    return (y > x) - (y < x);
}

/* How far the model is from the past, set beside the better naive forecast. */
static void offer_history(const run_answer *a, caveat *list, int *count)
{
    for (int m = 0; m < 2; m++) {
        const ful_history *h = &a->history[m];
        const double best = fmin(h->error_persistence, h->error_removal);
        if (h->points > 0 && h->error > best)
            offer(list, count, fmin(1, h->error / best - 0.2),
                  "Against what happened the model's %s does worse than a naive rule: mean log "
                  "error %.2f "
                  "against %.2f.",
                  m ? "conditional run" : "forecast", h->error, best);
    }
    if (a->history[1].points > 0 && a->history[1].growth_error > 1)
        offer(list, count, fmin(0.9, a->history[1].growth_error / 5),
              "Growth in the years after the base is missed by %.1f points on average: what a fall "
              "in "
              "trade does to output is less certain than what it does to income.",
              a->history[1].growth_error);
}

/* Where the game without a package leaves what was done outside its band, that comes first. */
static void offer_record(const run_answer *a, caveat *list, int *count)
{
    const ful_record *r = &a->record;
    if (r->outside == 0)
        return;
    const ful_record_term *term = r->terms > 0 && r->term[0].gain > 0 ? &r->term[0] : NULL;
    char missing[SENTENCE_ROOM / 2] = "";
    if (term) {
        const ful_case_term *x = &a->s->game.term[term->term];
        snprintf(missing, sizeof missing,
                 " What would help most is another size of '%s' (%s of %.3g).", x->name,
                 a->s->parameter[x->amount].id, term->at);
    }
    offer(list, count, FIRST,
          "The record is not what the game expects: played without a package from where the record "
          "begins, %d of %d of what was done by half-year lies outside its 5 to 95 %% band.%s",
          r->outside, r->points, missing);
}

json_t *run_caveats(const run_answer *a)
{
    const ful_situation *s = a->s;
    caveat list[16];
    int count = 0, judged = 0, fragile = 0;
    char x[TEXT_ROOM];
    offer_record(a, list, &count);
    offer_history(a, list, &count);
    const ful_drivers *drivers = &a->u.drivers[FUL_PACKAGE_ON_FREEZE];
    if (drivers->count > 0) {
        const ful_parameter *q = &s->parameter[drivers->parameter[0]];
        offer(list, &count, fmin(0.95, 0.4 + fabs(drivers->correlation[0])),
              "Whether the package works hangs most on %s (%s; rank correlation %+.2f), a number "
              "of grade %c between %g and %g.",
              q->id, q->note && *q->note ? q->note : q->unit, drivers->correlation[0], q->grade,
              q->low, q->high);
    }
    for (int l = 0; l < a->packages.levers; l++) {
        judged += a->packages.lever[l].rests_on_judgement;
        fragile += !a->packages.lever[l].sign_survives;
    }
    if (judged > 0)
        offer(list, &count, 0.5 + 0.4 * judged / a->packages.levers,
              "%d of the %d offers have the size that was typed in: nobody has measured what they "
              "are "
              "worth to %s.",
              judged, a->packages.levers, s->actor[s->enforcer].name);
    if (fragile > 0)
        offer(list, &count, 0.3 + 0.5 * fragile / a->packages.levers,
              "The sign of %d of the %d offers depends on how sharply actors choose (precision a "
              "fifth "
              "or five times as large).",
              fragile, a->packages.levers);
    const double width = a->u.outcome[FUL_CORNER_BOTH][2].p95 - a->u.outcome[FUL_CORNER_BOTH][2].p5;
    offer(
        list, &count, 0.8 * width,
        "With both, the chance that nothing changes spans %s of 100: the ranges of the payoffs say "
        "more "
        "than any single number.",
        text_counts(x, a->u.outcome[FUL_CORNER_BOTH][2].p5, a->u.outcome[FUL_CORNER_BOTH][2].p95));
    if (a->u.refused > 0)
        offer(list, &count, fmin(1, 0.5 + (double)a->u.refused / a->u.draws),
              "%d draws had no equilibrium and are left out of the ranges.", a->u.refused);
    qsort(list, (size_t)count, sizeof *list, heavier);
    json_t *out = json_array();
    for (int k = 0; k < count && k < CAVEATS; k++)
        json_array_append_new(out, json_string(list[k].text));
    return out;
}

/* ---- claims
 * ------------------------------------------------------------------------------------------------
 */

static ful_verdict verdict_of(double share)
{
    return share >= MOSTLY       ? FUL_SUPPORTED
           : share <= 1 - MOSTLY ? FUL_NOT_SUPPORTED
                                 : FUL_CONDITIONAL;
}

/* A claim that holds in a share of the draws; names what it hangs on, if something stands out. */
static ful_verdict judge_share(const run_answer *a, double share, ful_effect effect, char *figure,
                               const char *what)
{
    const ful_drivers *drivers = &a->u.drivers[effect];
    const char *id = drivers->count > 0 ? a->s->parameter[drivers->parameter[0]].id : NULL;
    snprintf(figure, SENTENCE_ROOM, "%s in %.0f of 100 draws%s%s", what, 100 * share,
             id ? "; hangs most on " : "", id ? id : "");
    return verdict_of(share);
}

static ful_verdict judge_lever(const run_answer *a, const char *id, char *figure)
{
    for (int k = 0; k < a->packages.levers; k++) {
        const ful_lever_effect *x = &a->packages.lever[k];
        if (strcmp(a->s->lever[x->lever].id, id) == 0)
            snprintf(figure, SENTENCE_ROOM,
                     "Following it adds %+.3f to enforcement and %+.3f to the chance of a freeze "
                     "or more "
                     "(Shapley); alone it raises enforcement in %.0f of 100 draws%s.",
                     x->enforcement, x->accommodation, 100 * a->u.lever_positive[k],
                     x->rests_on_judgement ? "; its size rests on judgement" : "");
    }
    return FUL_ADVICE;
}

static ful_verdict judge(const run_answer *a, const char *key, char *figure)
{
    const ful_situation *s = a->s;
    if (strncmp(key, "lever:", 6) == 0)
        return judge_lever(a, key + 6, figure);
    if (strcmp(key, "pivotal_enforcer") == 0) {
        const ful_leverage_member *first = &a->leverage.member[a->order[0]];
        snprintf(figure, SENTENCE_ROOM, "%s has %.0f %% of the leverage (exact Shapley value).",
                 name_of(s, first->actor), 100 * first->share);
        return first->actor != s->enforcer ? FUL_NOT_SUPPORTED
               : first->share > 0.5        ? FUL_SUPPORTED
                                           : FUL_CONDITIONAL;
    }
    if (strcmp(key, "limited_without_enforcer") == 0) {
        const double part = a->u.without.median / a->u.grand.median;
        snprintf(figure, SENTENCE_ROOM, "Without %s the loss is %.0f %% of what it is with it.",
                 s->actor[s->enforcer].name, 100 * part);
        return part < 0.25 ? FUL_SUPPORTED : part < 0.5 ? FUL_CONDITIONAL : FUL_NOT_SUPPORTED;
    }
    if (strcmp(key, "more_pressure") == 0)
        return judge_share(a, a->u.pressure_raises_freeze, FUL_PRESSURE_ON_FREEZE, figure,
                           "Pressure raises the chance of a freeze or more");
    if (strcmp(key, "package_moves_enforcer") == 0)
        return judge_share(a, a->u.package_raises_enforcement, FUL_PACKAGE_ON_ENFORCEMENT, figure,
                           "The package raises enforcement");
    if (strcmp(key, "package_moves_target") == 0 || strcmp(key, "missing_piece") == 0)
        return judge_share(
            a, a->u.package_raises_freeze, FUL_PACKAGE_ON_FREEZE, figure,
            "With the package on top of pressure the chance of a freeze or more rises");
    return FUL_NOT_MODELLED;
}

json_t *run_claims(const run_answer *a)
{
    json_t *list = json_array();
    for (int k = 0; k < a->s->claims; k++) {
        const ful_claim *x = &a->s->claim[k];
        char figure[SENTENCE_ROOM];
        snprintf(figure, sizeof figure, "%s", x->figure ? x->figure : "");
        const ful_verdict verdict = x->model ? judge(a, x->model, figure) : x->verdict;
        const ful_verdict later = x->model ? verdict : x->later;
        json_array_append_new(list, json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:s}", "id", x->id,
                                              "point", x->point, "text", x->text, "verdict",
                                              document_verdict(verdict), "later",
                                              document_verdict(later), "figure", figure, "source",
                                              x->model ? "this run" : x->source));
    }
    return list;
}
