/* SPDX-License-Identifier: MIT */
/*
 * Where does it hold? Single cuts, and a box by the patient rule induction method (Friedman &
 * Fisher 1999): peeling takes from the box, again and again, the twentieth of its draws at one end
 * of one parameter that leaves it densest. Of the boxes passed the one with most *excess* is taken,
 * the draws in which it holds beyond those that a box of its size would hold by chance; then every
 * side moves to where the excess is largest. Excess is maximal for a true box whatever the
 * densities in it and outside. Bounds that do no better than chance are dropped (Bryant & Lempert
 * 2010).
 *
 * All that is sought is sought on draws with even numbers and kept if those with odd numbers say
 * so. Counts are compared as whole numbers and draws are ordered by value, then number: the same
 * bits everywhere.
 */
#include "fulcrum/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PEEL 0.05 /* share of a box's draws that a step of peeling takes off */
#define LEAST 10  /* draws without which a cut or a box says nothing, and at least a PEEL of all */
#define CANDIDATES 10 /* parameters, by what each tells alone, among which a box is sought */
#define IDLE 0.05     /* a bound that chance betters more often than this is dropped */
#define CHANCE 0.01   /* with which something that is nothing passes the check */

typedef struct side {
    int parameter, top; /* top: the upper end */
} side;

/* Draws of one parity, and what was found in them. */
typedef struct half {
    int draws;
    const int *draw;            /* their numbers */
    const unsigned char *holds; /* draws */
    ful_tally all;
} half;

typedef struct search {
    const ful_sample *sample;
    half even, odd;
    double *x;             /* parameters x even draws */
    int *order;            /* parameters x even draws: by ascending value */
    double *log_factorial; /* up to the number of draws */
    unsigned char *open;   /* parameters: may be bounded */
    double *limit[2];      /* parameters: low, high; the box */
    double *best[2];       /* the box with most excess on the way */
    int *misses;           /* even draws: limits that they miss */
    int *walked;           /* room for the draws along one parameter */
} search;

/* ---- chance ---- */

static double log_choose(const search *f, int n, int k)
{
    return f->log_factorial[n] - f->log_factorial[k] - f->log_factorial[n - k];
}

/* ln(e^a + e^b) */
static double log_add(double a, double b)
{
    if (a == -INFINITY)
        return b;
    return fmax(a, b) + log1p(exp(-fabs(a - b)));
}

/* ln P(at least part.count), each of part.draws holding with chance `share`. */
static double log_binomial_tail(const search *f, ful_tally part, double share)
{
    double sum = -INFINITY;
    if (share <= 0 || share >= 1)
        return share >= 1 || part.count == 0 ? 0 : -INFINITY;
    for (int k = part.count; k <= part.draws; k++)
        sum = log_add(sum, log_choose(f, part.draws, k) + k * log(share) +
                               (part.draws - k) * log1p(-share));
    return fmin(sum, 0);
}

/* ln P(at least part.count), part.draws being taken from `all` blindly. */
static double log_blind_tail(const search *f, ful_tally part, ful_tally all)
{
    double sum = -INFINITY;
    const int most = part.draws < all.count ? part.draws : all.count;
    for (int k = part.count; k <= most; k++)
        if (part.draws - k <= all.draws - all.count)
            sum = log_add(sum, log_choose(f, all.count, k) +
                                   log_choose(f, all.draws - all.count, part.draws - k) -
                                   log_choose(f, all.draws, part.draws));
    return fmin(sum, 0);
}

/* ---- tallies ---- */

/* Draws of `all` times the count beyond what chance gives: a whole number, to compare parts of one
 * whole. */
static long long excess(ful_tally part, ful_tally all)
{
    return (long long)part.count * all.draws - (long long)part.draws * all.count;
}

/* Whether a holds a larger share, or the same of more draws. */
static int denser(ful_tally a, ful_tally b)
{
    const long long left = (long long)a.count * b.draws, right = (long long)b.count * a.draws;
    return left != right ? left > right : a.draws > b.draws;
}

static int least_draws(const half *h)
{
    const int part = (int)(PEEL * h->draws);
    return part > LEAST ? part : LEAST;
}

static double even_value(const search *f, int parameter, int k)
{
    return f->x[(size_t)parameter * (size_t)f->even.draws + (size_t)k];
}

static double odd_value(const search *f, int parameter, int k)
{
    return f->sample->p[(size_t)f->odd.draw[k] * (size_t)f->sample->parameters + (size_t)parameter];
}

static int misses_side(const search *f, side s, double x)
{
    return s.top ? x > f->limit[1][s.parameter] : x < f->limit[0][s.parameter];
}

static int is_bound(const search *f, int parameter)
{
    return f->limit[0][parameter] > -INFINITY || f->limit[1][parameter] < INFINITY;
}

static void count_misses(search *f)
{
    memset(f->misses, 0, sizeof *f->misses * (size_t)f->even.draws);
    for (int q = 0; q < f->sample->parameters; q++)
        if (is_bound(f, q))
            for (int k = 0; k < f->even.draws; k++)
                for (int top = 0; top < 2; top++)
                    f->misses[k] += misses_side(f, (side){q, top}, even_value(f, q, k));
}

/* Even draws that miss nothing but sides of `parameter` (-1: nothing at all). */
static ful_tally tally_without(const search *f, int parameter)
{
    ful_tally sum = {0};
    for (int k = 0; k < f->even.draws; k++) {
        int misses = f->misses[k];
        for (int top = 0; top < 2 && parameter >= 0; top++)
            misses -= misses_side(f, (side){parameter, top}, even_value(f, parameter, k));
        if (misses == 0) {
            sum.draws++;
            sum.count += f->even.holds[k];
        }
    }
    return sum;
}

/* ---- walking along a parameter ---- */

/* Draws that miss no side but s, from the end of s inwards. Returns their number. */
static int walk(search *f, side s)
{
    const int *order = f->order + (size_t)s.parameter * (size_t)f->even.draws;
    int count = 0;
    for (int n = 0; n < f->even.draws; n++) {
        const int k = order[s.top ? f->even.draws - 1 - n : n];
        if (f->misses[k] == misses_side(f, s, even_value(f, s.parameter, k)))
            f->walked[count++] = k;
    }
    return count;
}

/* A limit that shuts the walked draw before `n` out and lets draw n in. */
static double limit_before(const search *f, side s, int n)
{
    const double out = even_value(f, s.parameter, f->walked[n - 1]);
    const double in = even_value(f, s.parameter, f->walked[n]);
    const double middle = out / 2 + in / 2;
    return middle == out ? in : middle;
}

static int same_place(const search *f, side s, int n)
{
    return even_value(f, s.parameter, f->walked[n - 1]) == even_value(f, s.parameter, f->walked[n]);
}

/* What is left when a PEEL of the box goes at one side: its tally, and the limit that does it. */
static ful_tally peel_side(search *f, side s, double *limit)
{
    ful_tally rest = {0};
    const int walked = walk(f, s);
    int first = 0; /* of those in the box */
    while (first < walked && misses_side(f, s, even_value(f, s.parameter, f->walked[first])))
        first++;
    const int share = (int)(PEEL * (walked - first));
    int cut = first + (share > 1 ? share : 1);
    while (cut < walked && same_place(f, s, cut))
        cut++;
    for (int n = cut; n < walked; n++) {
        rest.draws++;
        rest.count += f->even.holds[f->walked[n]];
    }
    if (cut < walked)
        *limit = limit_before(f, s, cut);
    return rest;
}

static void keep_box(search *f, double *to[2], double *from[2])
{
    for (int top = 0; top < 2; top++)
        memcpy(to[top], from[top], sizeof *to[top] * (size_t)f->sample->parameters);
}

/* Peel down to the fewest draws; the box with most excess on the way is what remains. */
static void peel(search *f)
{
    const int least = least_draws(&f->even);
    long long most = 0;
    for (int q = 0; q < f->sample->parameters; q++) {
        f->limit[0][q] = -INFINITY;
        f->limit[1][q] = INFINITY;
    }
    keep_box(f, f->best, f->limit);
    for (;;) {
        side taken = {-1, 0};
        double limit = 0, at = 0;
        ful_tally left = {0};
        count_misses(f);
        for (int q = 0; q < f->sample->parameters; q++)
            for (int top = 0; top < 2 && f->open[q]; top++) {
                const ful_tally rest = peel_side(f, (side){q, top}, &at);
                if (rest.draws >= least && (taken.parameter < 0 || denser(rest, left))) {
                    taken = (side){q, top};
                    left = rest;
                    limit = at;
                }
            }
        if (taken.parameter < 0)
            break;
        f->limit[taken.top][taken.parameter] = limit;
        if (excess(left, f->even.all) > most) {
            most = excess(left, f->even.all);
            keep_box(f, f->best, f->limit);
        }
    }
    keep_box(f, f->limit, f->best);
    count_misses(f);
}

/* Move a side to where the excess is largest, the others standing. Whether that gained anything. */
static int move_side(search *f, side s)
{
    const int walked = walk(f, s), least = least_draws(&f->even);
    long long most = excess(tally_without(f, -1), f->even.all);
    double *limit = &f->limit[s.top][s.parameter];
    int gained = 0;
    ful_tally inside = {0};
    for (int n = walked - 1; n >= 0; n--) {
        inside.draws++;
        inside.count += f->even.holds[f->walked[n]];
        if (inside.draws < least || (n > 0 && same_place(f, s, n)) ||
            excess(inside, f->even.all) <= most)
            continue;
        most = excess(inside, f->even.all);
        *limit = n > 0 ? limit_before(f, s, n) : s.top ? INFINITY : -INFINITY;
        gained = 1;
    }
    if (gained)
        count_misses(f);
    return gained;
}

/* Paste: let every side of the box go where it gains, until none does. */
static void paste(search *f)
{
    int gained = 1;
    while (gained) {
        gained = 0;
        for (int q = 0; q < f->sample->parameters; q++)
            for (int top = 0; top < 2; top++)
                if (is_bound(f, q))
                    gained |= move_side(f, (side){q, top});
    }
}

/* The bound parameter whose limits chance would most likely better, and ln of that chance. */
static int weakest_bound(const search *f, double *log_chance)
{
    const ful_tally box = tally_without(f, -1);
    int weakest = -1;
    for (int q = 0; q < f->sample->parameters; q++) {
        if (!is_bound(f, q))
            continue;
        const ful_tally wider = tally_without(f, q);
        const double chance = log_binomial_tail(f, box, (double)wider.count / (double)wider.draws);
        if (weakest < 0 || chance > *log_chance) {
            weakest = q;
            *log_chance = chance;
        }
    }
    return weakest;
}

/* Peel and paste, each time without the weakest of the parameters that were bound, until few enough
 * are and none is idle. */
static void find_box(search *f)
{
    for (;;) {
        double log_chance = 0;
        int bounds = 0;
        peel(f);
        paste(f);
        for (int q = 0; q < f->sample->parameters; q++) {
            f->open[q] = (unsigned char)is_bound(f, q);
            bounds += f->open[q];
        }
        const int weakest = weakest_bound(f, &log_chance);
        if (weakest < 0 || (bounds <= FUL_MAX_BOUNDS && log_chance <= log(IDLE)))
            return;
        f->open[weakest] = 0;
    }
}

static void check_box(ful_region *out, const search *f)
{
    for (int k = 0; k < f->odd.draws; k++) {
        int inside = 1;
        for (int q = 0; q < f->sample->parameters; q++)
            for (int top = 0; top < 2; top++)
                inside = inside && !misses_side(f, (side){q, top}, odd_value(f, q, k));
        out->box.draws += inside;
        out->box.count += inside && f->odd.holds[k];
    }
    const double passed = log_blind_tail(f, out->box, f->odd.all);
    for (int q = 0; q < f->sample->parameters; q++)
        if (is_bound(f, q) && passed <= log(CHANCE))
            out->bound[out->bounds++] = (ful_bound){q, f->limit[0][q], f->limit[1][q]};
    if (out->bounds == 0)
        out->box = (ful_tally){0};
}

/* ---- single cuts ---- */

typedef struct cut {
    int parameter, above;
    double at;
    long long excess;
} cut;

/* The cut through a parameter with most excess on one side; excess 0: there is none. */
static cut best_cut(search *f, int parameter)
{
    const side bottom = {parameter, 0};
    const int walked = walk(f, bottom), least = least_draws(&f->even);
    cut best = {.parameter = parameter};
    ful_tally below = {0};
    for (int n = 1; n < walked; n++) {
        below.draws++;
        below.count += f->even.holds[f->walked[n - 1]];
        const long long here = excess(below, f->even.all);
        if (below.draws < least || walked - below.draws < least || same_place(f, bottom, n) ||
            llabs(here) <= best.excess)
            continue;
        best = (cut){parameter, here < 0, limit_before(f, bottom, n), llabs(here)};
    }
    return best;
}

static int by_excess(const void *a, const void *b)
{
    const cut *x = a, *y = b;
    if (x->excess != y->excess)
        return x->excess < y->excess ? 1 : -1;
    return x->parameter - y->parameter;
}

static ful_tally odd_tally(const search *f, const cut *c)
{
    ful_tally sum = {0};
    for (int k = 0; k < f->odd.draws; k++) {
        const double x = odd_value(f, c->parameter, k);
        if (c->above ? x >= c->at : x < c->at) {
            sum.draws++;
            sum.count += f->odd.holds[k];
        }
    }
    return sum;
}

/* Cuts by falling excess. The box is sought among the parameters of the first of them: among a
 * hundred parameters and a hundred draws chance leaves no peel to those that tell. Returns their
 * number. */
static int rank_cuts(cut *ranked, search *f)
{
    int cuts = 0;
    count_misses(f); /* no box stands: nothing is missed */
    for (int q = 0; q < f->sample->parameters; q++) {
        ranked[cuts] = best_cut(f, q);
        cuts += ranked[cuts].excess > 0;
    }
    qsort(ranked, (size_t)cuts, sizeof *ranked, by_excess);
    for (int k = 0; k < cuts && k < CANDIDATES; k++)
        f->open[ranked[k].parameter] = 1;
    return cuts;
}

/* The first cuts are put to the check, and share its chance. */
static void check_thresholds(ful_region *out, const search *f, const cut *ranked, int cuts)
{
    for (int k = 0; k < cuts && k < FUL_MAX_THRESHOLDS; k++) {
        const ful_tally tally = odd_tally(f, &ranked[k]);
        if (log_blind_tail(f, tally, f->odd.all) <= log(CHANCE / FUL_MAX_THRESHOLDS))
            out->threshold[out->thresholds++] =
                (ful_threshold){ranked[k].parameter, ranked[k].above, ranked[k].at, tally};
    }
}

/* ---- the search ---- */

typedef struct place {
    double x;
    int draw;
} place;

static int by_value(const void *a, const void *b)
{
    const place *x = a, *y = b;
    if (x->x != y->x)
        return x->x > y->x ? 1 : -1;
    return x->draw - y->draw;
}

/* The draws of one parity that are asked. */
static ful_status take_half(half *h, const ful_sample *sample, int odd, ful_arena *arena)
{
    const size_t room = (size_t)sample->draws / 2 + 1;
    int *draw = ful_arena_take(arena, room, sizeof *draw);
    unsigned char *holds = ful_arena_take(arena, room, sizeof *holds);
    if (!draw || !holds)
        return FUL_ERR_MEMORY;
    for (int k = odd; k < sample->draws; k += 2)
        if (!sample->asked || sample->asked[k]) {
            holds[h->draws] = sample->holds[k] != 0;
            h->all.count += holds[h->draws];
            draw[h->draws++] = k;
        }
    h->all.draws = h->draws;
    h->draw = draw;
    h->holds = holds;
    return FUL_OK;
}

/* Values of the even draws by parameter, and their order. */
static ful_status order_draws(search *f, ful_arena *arena)
{
    const size_t n = (size_t)f->even.draws, count = (size_t)f->sample->parameters;
    place *room = ful_arena_take(arena, n + 1, sizeof *room);
    f->x = ful_arena_take(arena, count * n + 1, sizeof *f->x);
    f->order = ful_arena_take(arena, count * n + 1, sizeof *f->order);
    if (!room || !f->x || !f->order)
        return FUL_ERR_MEMORY;
    for (size_t q = 0; q < count; q++) {
        for (size_t k = 0; k < n; k++)
            room[k] = (place){f->sample->p[(size_t)f->even.draw[k] * count + q], (int)k};
        for (size_t k = 0; k < n; k++)
            f->x[q * n + k] = room[k].x;
        qsort(room, n, sizeof *room, by_value);
        for (size_t k = 0; k < n; k++)
            f->order[q * n + k] = room[k].draw;
    }
    return FUL_OK;
}

static ful_status prepare(search *f, const ful_sample *sample, ful_arena *arena)
{
    const size_t count = (size_t)sample->parameters + 1;
    f->sample = sample;
    if (take_half(&f->even, sample, 0, arena) != FUL_OK ||
        take_half(&f->odd, sample, 1, arena) != FUL_OK || order_draws(f, arena) != FUL_OK)
        return FUL_ERR_MEMORY;
    f->log_factorial = ful_arena_take(arena, (size_t)sample->draws + 1, sizeof *f->log_factorial);
    f->open = ful_arena_take(arena, count, sizeof *f->open);
    f->misses = ful_arena_take(arena, (size_t)f->even.draws + 1, sizeof *f->misses);
    f->walked = ful_arena_take(arena, (size_t)f->even.draws + 1, sizeof *f->walked);
    for (int top = 0; top < 2; top++) {
        f->limit[top] = ful_arena_take(arena, count, sizeof *f->limit[top]);
        f->best[top] = ful_arena_take(arena, count, sizeof *f->best[top]);
        if (!f->limit[top] || !f->best[top])
            return FUL_ERR_MEMORY;
    }
    if (!f->log_factorial || !f->open || !f->misses || !f->walked)
        return FUL_ERR_MEMORY;
    for (int n = 1; n <= sample->draws; n++)
        f->log_factorial[n] = f->log_factorial[n - 1] + log(n);
    for (int q = 0; q < sample->parameters; q++) {
        f->limit[0][q] = -INFINITY;
        f->limit[1][q] = INFINITY;
    }
    return FUL_OK;
}

ful_status ful_study_region(ful_region *out, const ful_sample *sample,
                            const ful_allocator *allocator, ful_error *err)
{
    ful_arena *arena;
    search f = {0};
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    cut *room = ful_arena_take(arena, (size_t)sample->parameters + 1, sizeof *room);
    if (!room || prepare(&f, sample, arena) != FUL_OK)
        status =
            ful_fail(err, FUL_ERR_MEMORY, "out of memory for a region of %d draws", sample->draws);
    if (status == FUL_OK) {
        *out = (ful_region){
            .checked = f.odd.all,
            .all = {f.even.all.draws + f.odd.all.draws, f.even.all.count + f.odd.all.count}};
        check_thresholds(out, &f, room, rank_cuts(room, &f));
        find_box(&f);
        check_box(out, &f);
    }
    ful_arena_free(arena);
    return status;
}
