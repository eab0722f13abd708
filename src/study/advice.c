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

typedef struct study {
    const ful_situation *s;
    ful_advice_draw *draw;
} study;

/* Draws to be judged, and what they drew. */
typedef struct sheet {
    const ful_advice_draw *draw;
    int draws;
    double *p;                       /* draws x parameters */
    unsigned char *is_asked, *holds; /* draws: of the question in hand */
} sheet;

/* ---- questions ---- */

static int raises(double from, double to)
{
    return to - from > FUL_MOVED;
}

/* Which of the questions, all asked, are answered with yes. */
static unsigned answer(const ful_advice_corners *c)
{
    const double nothing = c->freeze[FUL_CORNER_NOTHING];
    const double pressure = c->freeze[FUL_CORNER_PRESSURE];
    const double inducements = c->freeze[FUL_CORNER_INDUCEMENTS];
    const double together = c->freeze[FUL_CORNER_BOTH];
    const int yes[FUL_QUESTIONS] = {
        [FUL_ENFORCER_UNMOVED] =
            !raises(c->enforcement[FUL_CORNER_PRESSURE], c->enforcement[FUL_CORNER_BOTH]),
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

static ful_status play_corner(ful_advice_corners *out, const study *d, const ful_payoffs *payoffs,
                              int which, int remedy, ful__board *board, ful_error *err)
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
    out->enforcement[which] = status == FUL_OK ? report.enforcer[0].mean : 0;
    out->freeze[which] = status == FUL_OK ? ful_bargain_freeze(&report) : 0;
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
    ful_advice_draw *out = &d->draw[draw];
    ful_payoffs_view view;
    ful_status status = FUL_OK;
    (void)world;
    (void)inner;
    ful_payoffs_view_get(&view, payoffs);
    for (int c = 0; c < FUL_CORNERS && status == FUL_OK; c++)
        status = play_corner(&out->drawn, d, payoffs, c, AS_DRAWN, board, err);
    for (int r = 0; r < FUL_REMEDIES && answer(&out->drawn) && status == FUL_OK; r++) {
        out->changed[r] = out->drawn;
        for (int c = 0; c < FUL_CORNERS && status == FUL_OK; c++)
            if (touches(r, c))
                status = play_corner(&out->changed[r], d, payoffs, c, r, board, err);
    }
    out->max_violation = view.max_violation;
    out->solved = status == FUL_OK;
    return status;
}

ful_status ful_study_advice_draws(ful_advice_draw *out, const ful_situation *situation, int draws,
                                  uint64_t seed, const ful_run *run, ful_error *err)
{
    if (draws < 1 || situation->packages < 1)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "%d draws of a case with %d packages: expected at least one of each", draws,
                        situation->packages);
    study d = {.s = situation, .draw = out};
    ful__draws drawn;
    ful_arena *arena;
    memset(out, 0, (size_t)draws * sizeof *out);
    ful_status status = ful_arena_new(&arena, run ? run->allocator : NULL, err);
    if (status != FUL_OK)
        return status;
    status = ful__draws_run(&drawn, situation, seed, draws, play_draw, &d, arena, run, err);
    for (int k = 0; k < draws && status == FUL_OK; k++)
        if (!drawn.solved[k])
            out[k] = (ful_advice_draw){0};
    ful_arena_free(arena);
    return status;
}

/* ---- reduction ---- */

static ful_status reduce_question(ful_advice_question *out, const sheet *x, const ful_situation *s,
                                  int question, const ful_run *run, ful_error *err)
{
    for (int k = 0; k < x->draws; k++) {
        const ful_advice_draw *draw = &x->draw[k];
        const unsigned all = answer(&draw->drawn);
        x->is_asked[k] = draw->solved != 0 && asked(all) >> question & 1;
        x->holds[k] = all >> question & 1;
        for (int r = 0; r < FUL_REMEDIES && x->is_asked[k] && x->holds[k]; r++)
            out->turned[r] += !(answer(&draw->changed[r]) >> question & 1);
    }
    const ful_sample sample = {.draws = x->draws,
                               .parameters = s->parameters,
                               .p = x->p,
                               .asked = x->is_asked,
                               .holds = x->holds};
    return ful_study_region(&out->region, &sample, run ? run->allocator : NULL, err);
}

static ful_status take_sheet(sheet *x, const ful_situation *s, uint64_t seed, ful_arena *arena,
                             ful_error *err)
{
    const size_t count = (size_t)x->draws, parameters = (size_t)s->parameters;
    x->p = ful_arena_take(arena, count * parameters, sizeof *x->p);
    x->is_asked = ful_arena_take(arena, count, 1);
    x->holds = ful_arena_take(arena, count, 1);
    if (!x->p || !x->is_asked || !x->holds)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for %d draws", x->draws);
    for (int k = 0; k < x->draws; k++)
        ful_situation_draw(x->p + (size_t)k * parameters, s, seed, k);
    return FUL_OK;
}

ful_status ful_study_advice(ful_advice *out, const ful_situation *situation,
                            const ful_advice_draw *draw, int draws, uint64_t seed,
                            const ful_run *run, ful_error *err)
{
    *out = (ful_advice){.seed = seed};
    for (int k = 0; k < draws; k++) {
        out->draws += draw[k].solved != 0;
        out->max_violation = fmax(out->max_violation, draw[k].max_violation);
    }
    out->refused = draws - out->draws;
    if (out->draws == 0)
        return ful_fail(err, FUL_ERR_INFEASIBLE, "none of %d draws has an equilibrium", draws);
    sheet x = {.draw = draw, .draws = draws};
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, run ? run->allocator : NULL, err);
    if (status != FUL_OK)
        return status;
    status = take_sheet(&x, situation, seed, arena, err);
    for (int q = 0; q < FUL_QUESTIONS && status == FUL_OK; q++)
        status = reduce_question(&out->question[q], &x, situation, q, run, err);
    ful_arena_free(arena);
    return status;
}
