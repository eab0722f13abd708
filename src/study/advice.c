/* SPDX-License-Identifier: MIT */
/*
 * Where does the advice fail? Draws of every parameter; in each the four corners of the case's
 * corner package, asked seven questions, and played again with one obstacle removed at a time.
 * Where in the ranges a question is answered with yes is what region.c finds.
 */
#include "fulcrum/study.h"

#include <math.h>
#include <string.h>

#include "study/draws.h"

/* What a word costs to break where it binds, per cent of the sender's GDP: more than anything else
 * at issue by so much that no draw's precision leaves it a chance. */
#define BINDS 1e6

/* What the questions ask about. */
typedef struct corner {
    double enforcement, success;
} corner;

/* What was found in a draw: a bit per question. */
typedef struct answers {
    unsigned asked, holds;
    unsigned still[FUL_REMEDIES]; /* of the same with a remedy */
} answers;

typedef struct study {
    const ful_situation *s;
    ful__draws draws;
    answers *answer;   /* one per draw */
    double *violation; /* one per draw */
} study;

/* ---- questions ---- */

static int raises(double from, double to)
{
    return to - from > FUL_MOVED;
}

/* Which of the questions, all asked, are answered with yes. */
static unsigned answer(const corner c[FUL_CORNERS])
{
    const corner *without = &c[FUL_CORNER_PRESSURE], *both = &c[FUL_CORNER_BOTH];
    const double nothing = c[FUL_CORNER_NOTHING].success, pressure = without->success;
    const double inducements = c[FUL_CORNER_INDUCEMENTS].success, together = both->success;
    const int yes[FUL_QUESTIONS] = {
        [FUL_ENFORCER_UNMOVED] = !raises(without->enforcement, both->enforcement),
        [FUL_MOVED_WITHOUT_FREEZE] = !raises(pressure, together),
        [FUL_PRESSURE_SUFFICES] = raises(nothing, pressure) && !raises(pressure, together),
        [FUL_INDUCEMENTS_SUFFICE] = raises(nothing, inducements) && !raises(inducements, together),
        [FUL_ONLY_TOGETHER] = raises(nothing, together) && raises(pressure, together) &&
                              raises(inducements, together),
        [FUL_NEITHER_WORKS] = !raises(nothing, together),
        [FUL_BACKFIRES] = raises(together, pressure),
    };
    unsigned bits = 0;
    for (int q = 0; q < FUL_QUESTIONS; q++)
        bits |= yes[q] ? 1u << q : 0;
    return bits;
}

/* Whether T freezes where E is moved is asked only where E is moved. */
static unsigned asked(unsigned holds)
{
    const unsigned all = (1u << FUL_QUESTIONS) - 1;
    return holds >> FUL_ENFORCER_UNMOVED & 1 ? all & ~(1u << FUL_MOVED_WITHOUT_FREEZE) : all;
}

/* ---- remedies ---- */

/* S breaks no word: it neither withdraws its offers nor withholds relief from a target that
 * accommodates, and no new administration does. A word that the other side broke first binds no
 * more. */
static ful_status bind_word(ful_bargain_data *data, ful_bargain_room *room, ful_error *err)
{
    data->p.turnover = 0;
    for (int l = 0; l < data->levers; l++)
        if (!room->lever[l].standing)
            room->lever[l].withdrawal = BINDS;
    if (data->terms == FUL_BARGAIN_MAX_TERMS)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "%d payoff terms leave no room for that of a word that binds", data->terms);
    room->term[data->terms++] =
        (ful_term){.id = "binds", .player = FUL_S, .kind = FUL_TERM_AUDIENCE, .amount = -BINDS};
    return FUL_OK;
}

static void end_fear(const ful_bargain_data *data, ful_bargain_room *room)
{
    for (int k = 0; k < data->terms; k++)
        if (room->term[k].player == FUL_E && room->term[k].kind >= FUL_TERM_COLLAPSE)
            room->term[k].amount = 0;
}

_Static_assert(FUL_TERM_COLLAPSE + 5 == FUL_TERM_KINDS,
               "collapse and what comes after it are last");

static void lower_resolve(const ful_situation *s, ful_bargain_room *room)
{
    for (int k = 0; k < s->game.terms; k++) {
        const ful_case_term *term = &s->game.term[k];
        if (term->player != FUL_T || term->kind != FUL_TERM_PROGRAMME ||
            term->amount == FUL_NO_PARAM)
            continue;
        const ful_parameter *range = &s->parameter[term->amount];
        room->term[k].amount = fmin(room->term[k].amount, term->loss ? -range->high : range->low);
    }
}

static ful_terms terms_of(int remedy)
{
    return remedy == FUL_REMEDY_CONTINGENT ? FUL_TERMS_CONTINGENT
           : remedy == FUL_REMEDY_GIFTS    ? FUL_TERMS_GIFTS
                                           : FUL_TERMS_AS_WORDED;
}

/* ---- a draw ---- */

enum { AS_DRAWN = -1 }; /* no remedy */

static ful_status play_corner(corner *out, const study *d, const ful_payoffs *payoffs, int which,
                              int remedy, ful__board *board, ful_error *err)
{
    ful_bargain_data data;
    ful_bargain_room room;
    ful_bargain_report report;
    ful_offer offer = ful_corner_offer(which, d->s->package[d->s->game.corner_package].levers);
    offer.terms = terms_of(remedy);
    ful_status status = ful_payoffs_data(&data, &room, payoffs, &offer, NULL, err);
    if (status == FUL_OK && remedy == FUL_REMEDY_WORD_BINDS)
        status = bind_word(&data, &room, err);
    if (status == FUL_OK && remedy == FUL_REMEDY_NO_FEAR)
        end_fear(&data, &room);
    if (status == FUL_OK && remedy == FUL_REMEDY_LOW_RESOLVE)
        lower_resolve(d->s, &room);
    if (status == FUL_OK)
        status = ful__board_play(&report, board, &data, 1, err);
    if (status == FUL_OK)
        *out = (corner){report.enforcer[0].mean, ful_bargain_success(&report)};
    return status;
}

/* Other terms change only what is offered. */
static int touches(int remedy, int which)
{
    return terms_of(remedy) == FUL_TERMS_AS_WORDED || which == FUL_CORNER_INDUCEMENTS ||
           which == FUL_CORNER_BOTH;
}

static ful_status play_draw(void *user, int draw, const ful_world *world,
                            const ful_payoffs *payoffs, ful__board *board, const ful_run *inner,
                            ful_error *err)
{
    const study *d = user;
    answers *out = &d->answer[draw];
    ful_payoffs_view view;
    corner drawn[FUL_CORNERS], changed[FUL_CORNERS];
    ful_status status = FUL_OK;
    (void)world;
    (void)inner;
    ful_payoffs_view_get(&view, payoffs);
    d->violation[draw] = view.max_violation;
    for (int c = 0; c < FUL_CORNERS && status == FUL_OK; c++)
        status = play_corner(&drawn[c], d, payoffs, c, AS_DRAWN, board, err);
    if (status != FUL_OK)
        return status;
    out->holds = answer(drawn);
    out->asked = asked(out->holds);
    for (int r = 0; r < FUL_REMEDIES && out->holds && status == FUL_OK; r++) {
        memcpy(changed, drawn, sizeof changed);
        for (int c = 0; c < FUL_CORNERS && status == FUL_OK; c++)
            if (touches(r, c))
                status = play_corner(&changed[c], d, payoffs, c, r, board, err);
        out->still[r] = answer(changed);
    }
    return status;
}

/* ---- reduction ---- */

static ful_status reduce_question(ful_advice_question *out, const study *d, int question,
                                  unsigned char *is_asked, unsigned char *holds, const ful_run *run,
                                  ful_error *err)
{
    for (int k = 0; k < d->draws.count; k++) {
        const answers *a = &d->answer[k];
        is_asked[k] = d->draws.solved[k] && a->asked >> question & 1;
        holds[k] = a->holds >> question & 1;
        for (int r = 0; r < FUL_REMEDIES && is_asked[k] && holds[k]; r++)
            out->turned[r] += !(a->still[r] >> question & 1);
    }
    const ful_sample sample = {.draws = d->draws.count,
                               .parameters = d->s->parameters,
                               .p = d->draws.p,
                               .asked = is_asked,
                               .holds = holds};
    return ful_study_region(&out->region, &sample, run ? run->allocator : NULL, err);
}

static ful_status reduce(ful_advice *out, const study *d, ful_arena *arena, const ful_run *run,
                         ful_error *err)
{
    const size_t count = (size_t)d->draws.count;
    unsigned char *is_asked = ful_arena_take(arena, count, 1);
    unsigned char *holds = ful_arena_take(arena, count, 1);
    if (!is_asked || !holds)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for %d draws", d->draws.count);
    out->refused = d->draws.refused;
    out->draws = d->draws.count - d->draws.refused;
    for (size_t k = 0; k < count; k++)
        if (d->draws.solved[k])
            out->max_violation = fmax(out->max_violation, d->violation[k]);
    ful_status status = FUL_OK;
    for (int q = 0; q < FUL_QUESTIONS && status == FUL_OK; q++)
        status = reduce_question(&out->question[q], d, q, is_asked, holds, run, err);
    return status;
}

ful_status ful_study_advice(ful_advice *out, const ful_situation *situation, int draws,
                            uint64_t seed, const ful_run *run, ful_error *err)
{
    *out = (ful_advice){.seed = seed};
    if (draws < 1 || situation->packages < 1)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "%d draws of a case with %d packages: expected at least one of each", draws,
                        situation->packages);
    ful_arena *arena;
    study d = {.s = situation};
    ful_status status = ful_arena_new(&arena, run ? run->allocator : NULL, err);
    if (status != FUL_OK)
        return status;
    d.answer = ful_arena_take(arena, (size_t)draws, sizeof *d.answer);
    d.violation = ful_arena_take(arena, (size_t)draws, sizeof *d.violation);
    if (!d.answer || !d.violation)
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for %d draws", draws);
    if (status == FUL_OK)
        status = ful__draws_run(&d.draws, situation, seed, draws, play_draw, &d, arena, run, err);
    if (status == FUL_OK)
        status = reduce(out, &d, arena, run, err);
    if (status == FUL_OK && out->draws == 0)
        status = ful_fail(err, FUL_ERR_INFEASIBLE, "none of %d draws has an equilibrium", draws);
    ful_arena_free(arena);
    return status;
}
