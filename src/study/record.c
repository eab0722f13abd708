/* SPDX-License-Identifier: MIT */
/* Does the game fit what was done? Its own path without a package, by half-year, beside the record.
 */
#include "fulcrum/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/first_error.h"
#include "study/games.h"
#include "study/payoffs_internal.h"

#define LEVELS 8 /* that a part may have */
#define TAIL .05
/* The search of a term's amount: places over its range, then golden sections around the best. */
#define PLACES 7
#define SECTIONS 8
#define GOLDEN .6180339887498949

/* A path, and what one thread plays it on. */
typedef struct path {
    ful__board board;
    double *stage;  /* horizon x (FUL_STAGES + 1) */
    double *level;  /* horizon x groups x LEVELS */
    double *income; /* horizon x columns */
} path;

typedef struct study {
    ful_record *out;
    const ful_payoffs *payoffs;
    const ful_situation *s;
    int horizon;
    int columns;          /* of income */
    const double *income; /* tables as ful_bargain_data.income; the last two columns tell relief */
    int table[FUL_BARGAIN_MAX_HORIZON]; /* by half-year: its own, beyond the record the last */
    const ful_allocator *allocator;
    ful_error *errors; /* one per term */
} study;

/* ---- the game's path ---- */

static int halves_of(const ful_case_record *record)
{
    int last = 0;
    for (int k = 0; k < record->rows; k++)
        last = record->row[k].half > last ? record->row[k].half : last;
    return last + 1;
}

/* Nobody knew that the record would end where it does: from its last half-year, too, the players
 * look ahead as far as the case's game does from its first. */
static int horizon_of(const ful_situation *s)
{
    const int horizon = halves_of(&s->record) - 1 + s->game.horizon;
    return horizon < FUL_BARGAIN_MAX_HORIZON ? horizon : FUL_BARGAIN_MAX_HORIZON;
}

static ful_status take_path(path *out, const study *d, ful_arena *arena, ful_error *err)
{
    const size_t halves = (size_t)d->horizon;
    out->board = (ful__board){.allocator = d->allocator};
    out->stage = ful_arena_take(arena, halves * (FUL_STAGES + 1), sizeof(double));
    out->level =
        ful_arena_take(arena, halves * (size_t)d->s->game.enforced * LEVELS, sizeof(double));
    out->income = ful_arena_take(arena, halves * (size_t)d->columns, sizeof(double));
    return out->stage && out->level && out->income
               ? FUL_OK
               : ful_fail(err, FUL_ERR_MEMORY, "out of memory for the record");
}

/* The days [from, to) of a half-year of the record. */
static void days_of(int *from, int *to, const ful_case_record *record, int half)
{
    *from = ful_date_days(record->first_year + half / 2, half % 2 ? 7 : 1, 1);
    *to = ful_date_days(record->first_year + (half + 1) / 2, half % 2 ? 1 : 7, 1);
}

/* A table of incomes with two columns more, 1 where no relief is granted, and where some is: their
 * means along the path are the chances of it. */
static ful_status copy_table(study *d, double *row, const ful_payoffs *payoffs, ful_error *err)
{
    const ful_offer offer = {.pressure = 1};
    ful_bargain_data data;
    ful_bargain_room room;
    const ful_status status = ful_payoffs_data(&data, &room, payoffs, &offer, NULL, err);
    ful_payoffs_view view;
    ful_payoffs_view_get(&view, payoffs);
    const int without = view.entries / FUL__RELIEFS, incomes = data.columns; /* which come first */
    for (int k = 0; status == FUL_OK && k < view.entries; k++, row += d->columns) {
        memcpy(row, data.income + k * incomes, (size_t)incomes * sizeof *row);
        row[incomes] = k < without;
        row[incomes + 1] = k >= without;
    }
    return status;
}

/* Measures came one by one: each half-year has the incomes under its own. */
static ful_status take_incomes(study *d, ful_arena *arena, const ful_run *run, ful_error *err)
{
    const int halves = halves_of(&d->s->record);
    double *income = NULL;
    ful_payoffs_view main;
    ful_payoffs_view_get(&main, d->payoffs);
    d->columns = main.columns + 2;
    for (int half = 0; half < halves; half++) {
        int from, to;
        ful_payoffs *own;
        days_of(&from, &to, &d->s->record, half);
        ful_status status =
            ful__payoffs_of_days(&own, main.world, d->payoffs->grid, from, to, run, err);
        if (status != FUL_OK)
            return status;
        const size_t size = (size_t)own->entries * (size_t)d->columns;
        if (!income)
            income = ful_arena_take(arena, (size_t)halves * size, sizeof *income);
        status = income ? copy_table(d, income + (size_t)half * size, own, err)
                        : ful_fail(err, FUL_ERR_MEMORY, "out of memory for the record");
        ful_payoffs_free(own);
        if (status != FUL_OK)
            return status;
    }
    for (int t = 0; t < d->horizon; t++)
        d->table[t] = t < halves ? t : halves - 1;
    d->income = income;
    return FUL_OK;
}

/* Solve from the state in which the record begins, at the parameters p (NULL: the world's). */
static ful_status play(path *out, const study *d, const double *p, ful_error *err)
{
    const ful_case_record *record = &d->s->record;
    const ful_offer offer = {.pressure = 1, .horizon = d->horizon};
    ful_bargain_data data;
    ful_bargain_room room;
    ful_bargain *game = NULL;
    ful_bargain_report report;
    ful_status status = ful_payoffs_data(&data, &room, d->payoffs, &offer, p, err);
    data.start_stage = record->start_stage;
    data.adaptation_steps = 1; /* hubs have the time that has passed */
    data.start_adaptation = 0;
    data.columns = d->columns;
    data.income = d->income;
    data.table = d->table;
    for (int k = 0; k < data.groups; k++)
        if (!d->s->game.part[k].held)
            room.group[k].start = record->start[k];
    if (status == FUL_OK)
        status = ful_bargain_new(&game, &data, d->allocator, err);
    if (status == FUL_OK)
        status = ful__board_solve(&report, &out->board, game, 1, err);
    if (status == FUL_OK)
        ful_bargain_path(out->stage, out->level, out->income, game, out->board.work);
    ful_bargain_free(game);
    return status;
}

/* ---- a row beside it ---- */

/* What the case holds does not move. */
static int has_point(const study *d, const ful_record_row *row)
{
    return row->kind != FUL_RECORD_ENFORCEMENT || !d->s->game.part[row->part].held;
}

/* Whether a level is the nearest to something that the source leaves open. */
static int is_open(const ful_case_enforced *part, int l, const ful_record_row *row)
{
    const double below = l > 0 ? (part->level[l - 1] + part->level[l]) / 2 : -INFINITY;
    const double above =
        l + 1 < part->levels ? (part->level[l] + part->level[l + 1]) / 2 : INFINITY;
    return row->low <= above && row->high >= below;
}

/* The lowest level that is not exceeded with probability q. */
static double percentile(const ful_case_enforced *part, const double *chance, double q)
{
    double sum = 0;
    int l = 0;
    while (l + 1 < part->levels && (sum += chance[l]) < q)
        l++;
    return part->level[l];
}

static ful_record_point compare_level(const study *d, const ful_record_row *row, const path *x)
{
    const ful_case_enforced *part = &d->s->game.part[row->part];
    const double *chance = x->level + (row->half * d->s->game.enforced + row->part) * LEVELS;
    ful_record_point out = {.low = percentile(part, chance, TAIL),
                            .high = percentile(part, chance, 1 - TAIL)};
    for (int l = 0; l < part->levels; l++)
        if (is_open(part, l, row)) {
            out.probability += chance[l];
            out.inside |= part->level[l] >= out.low && part->level[l] <= out.high;
        }
    return out;
}

static double chance_of_relief(const study *d, const path *x, int half, int granted)
{
    const double *incomes = x->income + half * d->columns;
    return incomes[d->columns - 2 + granted];
}

static double chance_of_stage(const path *x, int half, int stage)
{
    return x->stage[half * (FUL_STAGES + 1) + stage];
}

/* Of a row that is true or not: a stage, or relief granted or withheld. */
static ful_record_point compare_event(double probability)
{
    return (ful_record_point){
        .probability = probability, .low = NAN, .high = NAN, .inside = probability >= TAIL};
}

static ful_record_point compare(const study *d, int k, const path *x)
{
    const ful_record_row *row = &d->s->record.row[k];
    const int value = (int)row->value; /* of an event */
    ful_record_point out = row->kind == FUL_RECORD_ENFORCEMENT ? compare_level(d, row, x)
                           : row->kind == FUL_RECORD_RELIEF
                               ? compare_event(chance_of_relief(d, x, row->half, value))
                               : compare_event(chance_of_stage(x, row->half, value));
    out.row = k;
    return out;
}

/* How many values a row may have. */
static int values_of(const study *d, const ful_record_row *row)
{
    return row->kind == FUL_RECORD_ENFORCEMENT ? d->s->game.part[row->part].levels
           : row->kind == FUL_RECORD_RELIEF    ? 2
                                               : FUL_STAGES + 1;
}

static double log_of(const study *d, const ful_record_point *point)
{
    const ful_record_row *row = &d->s->record.row[point->row];
    return log((1 - FUL_RECORD_MISREAD) * point->probability +
               FUL_RECORD_MISREAD / values_of(d, row));
}

static double log_likelihood(const study *d, const path *x)
{
    double sum = 0;
    for (int k = 0; k < d->s->record.rows; k++)
        if (has_point(d, &d->s->record.row[k])) {
            const ful_record_point point = compare(d, k, x);
            sum += log_of(d, &point);
        }
    return sum;
}

/* ---- which term is missing ---- */

/* One term's amount, moved alone. */
typedef struct search {
    const study *d;
    path room;
    double *p;
    const ful_parameter *q;
    ful_param parameter;
    ful_record_term *best;
} search;

/* The parameter a share of the way through its range. */
static double place(const ful_parameter *q, double share)
{
    if (q->distribution == FUL_LOGUNIFORM && q->low > 0)
        return q->low * pow(q->high / q->low, share);
    return q->low + share * (q->high - q->low);
}

static ful_status try_place(double *gain, search *x, double share, ful_error *err)
{
    x->p[x->parameter] = place(x->q, share);
    const ful_status status = play(&x->room, x->d, x->p, err);
    if (status != FUL_OK)
        return status;
    *gain = log_likelihood(x->d, &x->room) - x->d->out->log_likelihood;
    if (*gain > x->best->gain) {
        x->best->gain = *gain;
        x->best->at = x->p[x->parameter];
    }
    return FUL_OK;
}

static ful_status climb(search *x, double low, double high, ful_error *err)
{
    double a = high - GOLDEN * (high - low), b = low + GOLDEN * (high - low), fa, fb;
    ful_status status = try_place(&fa, x, a, err);
    if (status == FUL_OK)
        status = try_place(&fb, x, b, err);
    for (int k = 0; status == FUL_OK && k < SECTIONS; k++) {
        if (fa < fb) {
            low = a;
            a = b;
            fa = fb;
            b = low + GOLDEN * (high - low);
            status = try_place(&fb, x, b, err);
        } else {
            high = b;
            b = a;
            fb = fa;
            a = high - GOLDEN * (high - low);
            status = try_place(&fa, x, a, err);
        }
    }
    return status;
}

static ful_status search_range(search *x, ful_error *err)
{
    double best = -INFINITY;
    int at = 0;
    for (int k = 0; k < PLACES; k++) {
        double gain;
        const ful_status status = try_place(&gain, x, k / (PLACES - 1.0), err);
        if (status != FUL_OK)
            return status;
        if (gain > best) {
            best = gain;
            at = k;
        }
    }
    if (x->best->gain == 0)
        return FUL_OK; /* no place is better than where it stands */
    return climb(x, fmax(0, (at - 1) / (PLACES - 1.0)), fmin(1, (at + 1) / (PLACES - 1.0)), err);
}

static ful_status solve_term(void *user, int index, int thread)
{
    const study *d = user;
    ful_error *err = &d->errors[index];
    ful_payoffs_view view;
    (void)thread;
    ful_payoffs_view_get(&view, d->payoffs);
    const double *centre = ful_world_parameters(view.world);
    search x = {.d = d, .best = &d->out->term[index]};
    x.parameter = d->s->game.term[x.best->term].amount;
    x.q = &d->s->parameter[x.parameter];
    x.best->at = centre[x.parameter];
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, d->allocator, err);
    if (status != FUL_OK)
        return status;
    status = take_path(&x.room, d, arena, err);
    x.p = ful_arena_take(arena, (size_t)d->s->parameters, sizeof *x.p);
    if (status == FUL_OK && !x.p)
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for the record");
    if (status == FUL_OK) {
        memcpy(x.p, centre, (size_t)d->s->parameters * sizeof *x.p);
        status = search_range(&x, err);
    }
    ful__board_clear(&x.room.board);
    ful_arena_free(arena);
    return status;
}

static int by_gain(const void *a, const void *b)
{
    const ful_record_term *x = a, *y = b;
    if (x->gain != y->gain)
        return (x->gain < y->gain) - (x->gain > y->gain);
    return x->term - y->term;
}

/* Terms whose amount has a range, each parameter once. */
static ful_status list_terms(ful_record *out, const ful_situation *s, ful_error *err)
{
    out->term = ful_arena_take(out->arena, (size_t)s->game.terms + 1, sizeof *out->term);
    if (!out->term)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the record");
    for (int k = 0; k < s->game.terms; k++) {
        const ful_param q = s->game.term[k].amount;
        int listed = q == FUL_NO_PARAM || !(s->parameter[q].low < s->parameter[q].high);
        for (int o = 0; o < out->terms; o++)
            listed |= s->game.term[out->term[o].term].amount == q;
        if (!listed)
            out->term[out->terms++].term = k;
    }
    return FUL_OK;
}

/* ---- the study ---- */

static ful_status compare_all(ful_record *out, const study *d, ful_error *err)
{
    path x;
    ful_status status = take_path(&x, d, out->arena, err);
    if (status == FUL_OK)
        status = play(&x, d, NULL, err);
    ful__board_clear(&x.board);
    if (status != FUL_OK)
        return status;
    for (int k = 0; k < d->s->record.rows; k++)
        if (has_point(d, &d->s->record.row[k])) {
            out->point[out->points] = compare(d, k, &x);
            out->outside += !out->point[out->points++].inside;
        }
    out->log_likelihood = log_likelihood(d, &x);
    return FUL_OK;
}

static ful_status fill(ful_record *out, const ful_payoffs *payoffs, const ful_situation *s,
                       const ful_run *run, ful_error *err)
{
    study d = {.out = out,
               .payoffs = payoffs,
               .s = s,
               .horizon = horizon_of(s),
               .allocator = run ? run->allocator : NULL};
    out->point = ful_arena_take(out->arena, (size_t)s->record.rows, sizeof *out->point);
    d.errors = ful_arena_take(out->arena, (size_t)s->game.terms + 1, sizeof *d.errors);
    if (!out->point || !d.errors)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the record");
    ful_status status = list_terms(out, s, err);
    if (status == FUL_OK)
        status = take_incomes(&d, out->arena, run, err);
    if (status == FUL_OK)
        status = compare_all(out, &d, err);
    if (status == FUL_OK)
        status = ful__first_error(ful_parallel_for(out->terms, run, "record", solve_term, &d),
                                  d.errors, out->terms, err);
    if (status == FUL_OK)
        qsort(out->term, (size_t)out->terms, sizeof *out->term, by_gain);
    return status;
}

ful_status ful_study_record(ful_record *out, const ful_payoffs *payoffs, const ful_run *run,
                            ful_error *err)
{
    memset(out, 0, sizeof *out);
    ful_payoffs_view view;
    ful_payoffs_view_get(&view, payoffs);
    const ful_situation *s = ful_world_situation(view.world);
    if (s->record.rows == 0)
        return ful_fail(err, FUL_ERR_DATA, "the case has no record.csv");
    ful_status status = ful_arena_new(&out->arena, run ? run->allocator : NULL, err);
    if (status == FUL_OK)
        status = fill(out, payoffs, s, run, err);
    if (status != FUL_OK)
        ful_record_clear(out);
    return status;
}

void ful_record_clear(ful_record *record)
{
    ful_arena_free(record->arena);
    memset(record, 0, sizeof *record);
}
