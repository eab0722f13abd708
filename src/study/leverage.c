/* SPDX-License-Identifier: MIT */
/*
 * Who must hold the line? Exact Shapley values of the target's loss over the partners that apply a
 * regime: every coalition is solved. Coalitions are visited in Gray-code order, in which neighbours
 * differ by one member and the last solution is a good start; blocks of fixed length start from the
 * benchmark, so that the bits do not depend on the number of threads.
 */
#include "fulcrum/study.h"

#include <math.h>
#include <string.h>

#include "study/first_error.h"

/* Coalitions that follow each other from one cold start: long enough to spread its cost, short
 * enough to keep several threads busy. */
#define BLOCK 32

/* What every coalition shares. */
typedef struct line_up {
    const ful_world *world;
    const ful_situation *s;
    int regime, day;          /* -1: by the day */
    int players;              /* members, and the pooled rest last */
    int pooled;               /* whether there is anybody in the rest */
    unsigned char *player_of; /* actors: player + 1, 0 for sender, target and nobody */
    double *levels;           /* actors*G: what who applies the regime enforces */
} line_up;

typedef struct coalitions {
    const line_up *line;
    ful_world_work **work;  /* one per thread */
    unsigned char *applies; /* actors per thread */
    double *log_income;     /* one per coalition */
    double *violation;      /* one per coalition */
    ful_error *errors;      /* one per block */
    const volatile int *stop;
} coalitions;

static ful_status line_up_new(line_up *l, const ful_world *world, int regime, int day,
                              ful_arena *arena, ful_error *err)
{
    const ful_situation *s = ful_world_situation(world);
    *l = (line_up){.world = world, .s = s, .regime = regime, .day = day};
    if (regime < -1 || regime >= s->regimes)
        return ful_fail(err, FUL_ERR_ARGUMENT, "regime %d of %d", regime, s->regimes);
    if (s->members < 1 || s->members > FUL_MAX_MEMBERS)
        return ful_fail(err, FUL_ERR_ARGUMENT, "%d leverage members, expected 1..%d", s->members,
                        FUL_MAX_MEMBERS);
    l->player_of = ful_arena_take(arena, (size_t)s->actors, 1);
    l->levels = ful_arena_take(arena, (size_t)(s->actors * s->groups), sizeof(double));
    if (!l->player_of || !l->levels)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for leverage");
    for (int k = 0; k < s->members; k++)
        l->player_of[s->member[k]] = (unsigned char)(k + 1);
    for (int n = 0; n < s->actors; n++)
        if (!l->player_of[n] && n != s->sender && n != s->target) {
            l->player_of[n] = (unsigned char)(s->members + 1);
            l->pooled = 1;
        }
    l->players = s->members + l->pooled;
    /* the target's level is for its own measures: as the case has it */
    int year, month, of_month;
    ful_date_split(&year, &month, &of_month, regime < 0 ? day : s->regime[regime].date);
    const double *levels = ful_situation_levels(s, year);
    for (int n = 0; n < s->actors; n++)
        for (int g = 0; g < s->groups; g++) {
            const int at = n * s->groups + g;
            l->levels[at] = n == s->target ? levels[at] : s->leverage_level;
        }
    return FUL_OK;
}

/* ln of the target's real income when the members in `set` apply the regime; the sender always
 * does. */
static ful_status solve_coalition(double *log_income, double *violation, const line_up *l,
                                  ful_world_work *work, unsigned char *applies, unsigned set,
                                  const volatile int *stop, ful_error *err)
{
    const ful_situation *s = l->s;
    for (int n = 0; n < s->actors; n++)
        applies[n] = n == s->sender || (l->player_of[n] && (set >> (l->player_of[n] - 1) & 1));
    ful_scenario scenario;
    ful_scenario_default(&scenario, s);
    scenario.regime = l->regime;
    scenario.from = l->day;
    scenario.to = l->day + 1;
    scenario.enforcement = l->levels;
    scenario.applies = applies;
    ful_solution solution;
    const ful_status status = ful_world_solve(&solution, l->world, work, &scenario, stop, err);
    if (status != FUL_OK)
        return status;
    *log_income = log(solution.view.outcome[s->target].real_income);
    *violation = solution.certificate.max_violation;
    return FUL_OK;
}

static ful_status solve_block(void *user, int block, int thread)
{
    coalitions *c = user;
    const line_up *l = c->line;
    const unsigned total = 1u << l->players;
    unsigned char *applies = c->applies + (size_t)thread * (size_t)l->s->actors;
    ful_world_work_reset(c->work[thread]);
    for (unsigned k = 0; k < BLOCK; k++) {
        const unsigned step = (unsigned)block * BLOCK + k;
        if (step >= total)
            break;
        const unsigned set = step ^ (step >> 1);
        const ful_status status =
            solve_coalition(&c->log_income[set], &c->violation[set], l, c->work[thread], applies,
                            set, c->stop, &c->errors[block]);
        if (status != FUL_OK)
            return status;
    }
    return FUL_OK;
}

/* v(S), per cent in log points */
static double worth(const double *log_income, unsigned set)
{
    return 100 * (log_income[0] - log_income[set]);
}

/* Shapley value of player i: marginal contributions weighted by |S|! (n - |S| - 1)! / n!. */
static double shapley(const double *log_income, int players, int i)
{
    double weight[FUL_MAX_MEMBERS + 1];
    weight[0] = 1.0 / players;
    for (int size = 1; size < players; size++)
        weight[size] = weight[size - 1] * size / (players - size);
    double sum = 0;
    for (unsigned set = 0; set < 1u << players; set++) {
        if (set >> i & 1)
            continue;
        int size = 0;
        for (unsigned rest = set; rest; rest &= rest - 1)
            size++;
        sum += weight[size] * (worth(log_income, set | 1u << i) - worth(log_income, set));
    }
    return sum;
}

static void fill(ful_leverage *out, const coalitions *c)
{
    const line_up *l = c->line;
    const unsigned all = (1u << l->players) - 1;
    out->regime = l->regime;
    out->day = l->day;
    out->members = l->players;
    out->solves = (int)all + 1;
    out->grand_loss_pct = worth(c->log_income, all);
    for (unsigned set = 0; set <= all; set++)
        out->max_violation = fmax(out->max_violation, c->violation[set]);
    for (int i = 0; i < l->players; i++) {
        ful_leverage_member *m = &out->member[i];
        m->actor = i < l->s->members ? l->s->member[i] : -1;
        m->shapley_pct = shapley(c->log_income, l->players, i);
        m->share = fabs(out->grand_loss_pct) < 1e-6 ? NAN : m->shapley_pct / out->grand_loss_pct;
        m->alone_pct = worth(c->log_income, 1u << i);
        m->without_pct = worth(c->log_income, all & ~(1u << i));
    }
}

ful_status ful_study_leverage(ful_leverage *out, const ful_world *world, int regime, int day,
                              const ful_run *run, ful_error *err)
{
    memset(out, 0, sizeof *out);
    const ful_allocator *allocator = run ? run->allocator : NULL;
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    line_up line;
    status = line_up_new(&line, world, regime, day, arena, err);
    const int threads = ful_threads(run);
    coalitions c = {.line = &line, .stop = run ? run->stop : NULL};
    int blocks = 0, made = 0;
    if (status == FUL_OK) {
        const size_t total = (size_t)1 << line.players;
        blocks = (int)((total + BLOCK - 1) / BLOCK);
        c.log_income = ful_arena_take(arena, total, sizeof(double));
        c.violation = ful_arena_take(arena, total, sizeof(double));
        c.errors = ful_arena_take(arena, (size_t)blocks, sizeof *c.errors);
        c.applies = ful_arena_take(arena, (size_t)threads * (size_t)line.s->actors, 1);
        c.work = ful_arena_take(arena, (size_t)threads, sizeof *c.work);
        if (!c.log_income || !c.violation || !c.errors || !c.applies || !c.work)
            status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for leverage");
    }
    for (; status == FUL_OK && made < threads; made++)
        status = ful_world_work_new(&c.work[made], world, allocator, err);
    if (status == FUL_OK)
        status = ful__first_error(ful_parallel_for(blocks, run, "coalitions", solve_block, &c),
                                  c.errors, blocks, err);
    if (status == FUL_OK)
        fill(out, &c);
    for (int k = 0; k < made; k++)
        ful_world_work_free(c.work[k]);
    ful_arena_free(arena);
    return status;
}

ful_status ful_study_leverage_of(double *grand, double *alone, double *without,
                                 const ful_world *world, ful_world_work *work, int regime,
                                 int actor, ful_error *err)
{
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, NULL, err);
    if (status != FUL_OK)
        return status;
    line_up line;
    status = line_up_new(&line, world, regime, 0, arena, err);
    unsigned char *applies =
        status == FUL_OK ? ful_arena_take(arena, (size_t)line.s->actors, 1) : NULL;
    if (status == FUL_OK && !applies)
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for leverage");
    if (status == FUL_OK && !line.player_of[actor])
        status =
            ful_fail(err, FUL_ERR_ARGUMENT, "%s is no leverage member", line.s->actor[actor].id);
    if (status == FUL_OK) {
        const unsigned all = (1u << line.players) - 1, own = 1u << (line.player_of[actor] - 1);
        const unsigned sets[] = {0, own, all & ~own, all};
        double log_income[4] = {0}, violation;
        ful_world_work_reset(work);
        for (int k = 0; status == FUL_OK && k < 4; k++)
            status = solve_coalition(&log_income[k], &violation, &line, work, applies, sets[k],
                                     NULL, err);
        if (status == FUL_OK) {
            *alone = 100 * (log_income[0] - log_income[1]);
            *without = 100 * (log_income[0] - log_income[2]);
            *grand = 100 * (log_income[0] - log_income[3]);
        }
    }
    ful_arena_free(arena);
    return status;
}
