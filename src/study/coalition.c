/* SPDX-License-Identifier: MIT */
/*
 * What does a coalition cost its members, and who would stay? Losses are compensating variations on
 * real income and what members receive from each other. Transfers act on the world economy, so
 * those that share losses are solved for: as many unknowns as members less one, by Broyden's method
 * from the guess that a dollar received is a dollar less lost.
 */
#include <math.h>
#include <string.h>

#include "study/first_error.h"
#include "study/world_internal.h"

#define ROUNDS 40
/* Losses are known to what the solver leaves of an income, and to this share of all losses. */
#define INCOME_ERROR 3e-10
#define LOSS_ERROR 1e-7

/* What does not change while the coalition is studied. */
typedef struct table {
    const ful_world *world;
    const ful_situation *s;
    int regime, members;
    const int *member;
    double *levels;                 /* actors*G: what who applies the regime enforces */
    double before[FUL_MAX_MEMBERS]; /* real own incomes where nobody applies it, base prices */
    double target_before;           /* the target's real income then */
    ful_world_work *start;          /* holds the coalition without transfers */
    ful_world_work **work;          /* one per thread */
    unsigned char **applies;        /* likewise: actors */
    double **transfer;              /* likewise: actors */
    ful_error *errors;              /* one per job */
    double *violation;
    int *solves;
    ful_coalition *out;
    const volatile int *stop;
} table;

/* A solution as members see it. */
typedef struct state {
    double transfer[FUL_MAX_MEMBERS];
    double loss[FUL_MAX_MEMBERS];   /* million USD */
    double income[FUL_MAX_MEMBERS]; /* what they would need, million USD: losses relate to it */
    double target;                  /* real income of the target */
} state;

/* One thread's means, and where it counts. */
typedef struct worker {
    const table *t;
    ful_world_work *work;
    unsigned char *applies;
    double *transfer;
    double *violation;
    int *solves;
} worker;

/* Solve with the members in `set` applying the regime and x->transfer between all members. */
static ful_status solve(state *x, worker *w, unsigned set, ful_error *err)
{
    const table *t = w->t;
    const ful_situation *s = t->s;
    ful_scenario scenario;
    ful_economy_shock shock;
    ful_solution solution;
    memset(w->applies, 0, (size_t)s->actors);
    memset(w->transfer, 0, (size_t)s->actors * sizeof *w->transfer);
    int paid = 0;
    for (int k = 0; k < t->members; k++) {
        w->applies[t->member[k]] = set >> k & 1;
        w->transfer[t->member[k]] = x->transfer[k];
        paid |= x->transfer[k] != 0;
    }
    ful_scenario_default(&scenario, s);
    scenario.regime = t->regime;
    scenario.enforcement = t->levels;
    scenario.applies = w->applies;
    ful_status status = ful_world_shock(&shock, t->world, w->work, &scenario, err);
    shock.transfer = paid ? w->transfer : NULL;
    if (status == FUL_OK)
        status =
            ful__world_solve_shock(&solution, t->world, w->work->economy, &shock, t->stop, err);
    if (status != FUL_OK)
        return status;
    for (int k = 0; k < t->members; k++) {
        const int n = t->member[k];
        x->income[k] = t->before[k] * solution.view.final_price[n];
        x->loss[k] = x->income[k] - ful__own_income(&solution.view, n, s->sectors) - x->transfer[k];
    }
    x->target = solution.view.outcome[s->target].real_income;
    *w->violation = fmax(*w->violation, solution.certificate.max_violation);
    ++*w->solves;
    return FUL_OK;
}

static double sum(const double *x, int count)
{
    double total = 0;
    for (int k = 0; k < count; k++)
        total += x[k];
    return total;
}

/* How far losses are from good enough: at most 1 is. */
static double distance(const state *x, const double *gap, int members)
{
    double losses = 0, far = 0;
    for (int k = 0; k < members; k++)
        losses += fabs(x->loss[k]);
    for (int k = 0; k < members; k++)
        far = fmax(far, fabs(gap[k]) / (INCOME_ERROR * x->income[k] + LOSS_ERROR * losses));
    return far;
}

/* ---- transfers that share losses ---- */

/* What losses should be in proportion to. With no transfers they are those of `alone`. */
static void wanted(double *weight, const state *alone, const state *x, ful_sharing sharing,
                   int members)
{
    const double total = sum(alone->loss, members);
    for (int k = 0; k < members; k++)
        if (sharing == FUL_SHARING_EQUAL)
            weight[k] = x->income[k];
        else /* whoever is on the side that is used up ends with nothing */
            weight[k] = alone->loss[k] * total > 0 ? alone->loss[k] : 0;
}

/* Losses less what they should be; the gaps of all members sum to zero. */
static void gaps(double *gap, const state *alone, const state *x, ful_sharing sharing, int members)
{
    double weight[FUL_MAX_MEMBERS];
    wanted(weight, alone, x, sharing, members);
    const double all = sum(weight, members);
    const double rate = all != 0 ? sum(x->loss, members) / all : 0;
    for (int k = 0; k < members; k++)
        gap[k] = x->loss[k] - rate * weight[k];
}

/* Broyden's update of the inverse Jacobian after a step `dx` that moved the gaps by `df`. */
static void update(double *inverse, int size, const double *dx, const double *df)
{
    double image[FUL_MAX_MEMBERS], row[FUL_MAX_MEMBERS], scale = 0;
    for (int i = 0; i < size; i++) {
        image[i] = row[i] = 0;
        for (int j = 0; j < size; j++) {
            image[i] += inverse[i * size + j] * df[j];
            row[i] += dx[j] * inverse[j * size + i];
        }
        scale += dx[i] * image[i];
    }
    for (int i = 0; scale != 0 && i < size; i++)
        for (int j = 0; j < size; j++)
            inverse[i * size + j] += (dx[i] - image[i]) * row[j] / scale;
}

static ful_status share_losses(state *x, worker *w, const state *alone, ful_sharing sharing,
                               ful_error *err)
{
    const int members = w->t->members, size = members - 1;
    const unsigned all = (1u << members) - 1;
    double inverse[FUL_MAX_MEMBERS * FUL_MAX_MEMBERS] = {0}, gap[FUL_MAX_MEMBERS];
    *x = *alone;
    for (int i = 0; i < size; i++)
        inverse[i * size + i] = -1;
    gaps(gap, alone, x, sharing, members);
    for (int round = 0; distance(x, gap, members) > 1; round++) {
        double dx[FUL_MAX_MEMBERS] = {0}, df[FUL_MAX_MEMBERS];
        if (round == ROUNDS)
            return ful_fail(err, FUL_NOT_CONVERGED,
                            "no transfers were found that share the losses of the coalition");
        for (int i = 0; i < size; i++)
            for (int j = 0; j < size; j++)
                dx[i] -= inverse[i * size + j] * gap[j];
        for (int i = 0; i < size; i++)
            x->transfer[i] += dx[i];
        x->transfer[size] = -sum(x->transfer, size);
        memcpy(df, gap, sizeof df);
        const ful_status status = solve(x, w, all, err);
        if (status != FUL_OK)
            return status;
        gaps(gap, alone, x, sharing, members);
        for (int i = 0; i < size; i++)
            df[i] = gap[i] - df[i];
        update(inverse, size, dx, df);
    }
    return FUL_OK;
}

/* ---- who would stay ---- */

static double loss_pct(const state *x, int k)
{
    return 100 * x->loss[k] / x->income[k];
}

/* The transfer to member k, paid by the others in proportion to their incomes, at which its loss in
 * per cent is `pct`: the secant method. */
static ful_status keep_member(double *transfer, worker *w, const state *alone, int k, double pct,
                              ful_error *err)
{
    const int members = w->t->members;
    const double others = sum(alone->income, members) - alone->income[k];
    state x = *alone;
    double t = 0, slope = -1;
    for (int round = 0;; round++) {
        double gap[FUL_MAX_MEMBERS] = {0};
        gap[k] = x.loss[k] - pct / 100 * x.income[k];
        if (distance(&x, gap, members) <= 1)
            break;
        if (round == ROUNDS)
            return ful_fail(err, FUL_NOT_CONVERGED, "no transfer was found that keeps %s",
                            w->t->s->actor[w->t->member[k]].id);
        const double step = -gap[k] / slope;
        t += step;
        for (int i = 0; i < members; i++)
            x.transfer[i] = i == k ? t : -t * alone->income[i] / others;
        const ful_status status = solve(&x, w, (1u << members) - 1, err);
        if (status != FUL_OK)
            return status;
        const double moved = x.loss[k] - pct / 100 * x.income[k] - gap[k];
        if (moved != 0)
            slope = moved / step;
    }
    *transfer = t;
    return FUL_OK;
}

static ful_status judge_member(worker *w, const state *alone, int k, ful_error *err)
{
    ful_coalition_member *m = &w->t->out->member[k];
    state outside = {0};
    const unsigned all = (1u << w->t->members) - 1;
    ful_status status = solve(&outside, w, all & ~(1u << k), err);
    if (status != FUL_OK)
        return status;
    m->outside_pct = loss_pct(&outside, k);
    ful_economy_work_copy(w->work->economy, w->t->start->economy);
    return keep_member(&m->keep, w, alone, k, m->outside_pct, err);
}

/* ---- the study ---- */

static void fill(const table *t, const state *x, ful_sharing sharing)
{
    ful_coalition *out = t->out;
    for (int k = 0; k < t->members; k++)
        out->member[k].loss[sharing] = (ful_loss){x->transfer[k], x->loss[k], loss_pct(x, k)};
    out->total[sharing] = sum(x->loss, t->members);
    out->target_pct[sharing] = 100 * (1 - x->target / t->target_before);
}

typedef struct jobs {
    table *t;
    state alone;
} jobs;

static worker worker_of(const table *t, int job, int thread)
{
    return (worker){t,
                    t->work[thread],
                    t->applies[thread],
                    t->transfer[thread],
                    &t->violation[job],
                    &t->solves[job]};
}

/* Jobs: the two sharings, then every member. */
static ful_status do_job(void *user, int index, int thread)
{
    const jobs *j = user;
    worker w = worker_of(j->t, index, thread);
    ful_economy_work_copy(w.work->economy, j->t->start->economy);
    if (index >= FUL_SHARINGS - 1)
        return judge_member(&w, &j->alone, index - (FUL_SHARINGS - 1), &j->t->errors[index]);
    const ful_sharing sharing = (ful_sharing)(FUL_SHARING_COMPENSATE + index);
    state x;
    const ful_status status = share_losses(&x, &w, &j->alone, sharing, &j->t->errors[index]);
    if (status == FUL_OK)
        fill(j->t, &x, sharing);
    return status;
}

/* The world in which nobody applies the regime, then the coalition without transfers. */
static ful_status open_table(table *t, state *alone, ful_error *err)
{
    const ful_situation *s = t->s;
    worker w = worker_of(t, 0, 0);
    state nobody = {0};
    *alone = (state){0};
    for (int k = 0; k < t->members; k++)
        t->before[k] = 0;
    ful_status status = solve(&nobody, &w, 0, err);
    if (status != FUL_OK)
        return status;
    ful_economy_view v;
    ful_economy_view_get(&v, ful_world_economy(t->world), w.work->economy);
    for (int k = 0; k < t->members; k++)
        t->before[k] = ful__own_income(&v, t->member[k], s->sectors) / v.final_price[t->member[k]];
    t->target_before = nobody.target;
    status = solve(alone, &w, (1u << t->members) - 1, err);
    if (status == FUL_OK)
        ful_economy_work_copy(t->start->economy, w.work->economy);
    return status;
}

static void finish(table *t, const state *alone, int jobs_done)
{
    ful_coalition *out = t->out;
    fill(t, alone, FUL_SHARING_NONE);
    for (int k = 0; k < t->members; k++) {
        ful_coalition_member *m = &out->member[k];
        m->actor = t->member[k];
        for (int q = 0; q < FUL_SHARINGS; q++) {
            const double stay = (m->outside_pct - m->loss[q].loss_pct) / 100 * alone->income[k];
            m->stay[q] = fabs(stay) > INCOME_ERROR * alone->income[k] ? stay : 0;
        }
        out->keep_total += m->keep;
    }
    for (int k = 0; k < jobs_done; k++) {
        out->solves += t->solves[k];
        out->max_violation = fmax(out->max_violation, t->violation[k]);
    }
}

static ful_status check(const table *t, ful_error *err)
{
    const ful_situation *s = t->s;
    if (t->regime < 0 || t->regime >= s->regimes)
        return ful_fail(err, FUL_ERR_ARGUMENT, "regime %d of %d", t->regime, s->regimes);
    if (t->members < 2 || t->members > FUL_MAX_MEMBERS)
        return ful_fail(err, FUL_ERR_ARGUMENT, "%d members of a coalition, expected 2..%d",
                        t->members, FUL_MAX_MEMBERS);
    for (int k = 0; k < t->members; k++) {
        const int n = t->member[k];
        if (n < 0 || n >= s->actors)
            return ful_fail(err, FUL_ERR_ARGUMENT, "actor %d of %d", n, s->actors);
        if (n == s->target)
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "the target, %s, is no member of a coalition against it",
                            s->actor[n].id);
        for (int q = 0; q < k; q++)
            if (t->member[q] == n)
                return ful_fail(err, FUL_ERR_ARGUMENT, "%s stands twice among the members",
                                s->actor[n].id);
    }
    return FUL_OK;
}

static ful_status make_table(table *t, int threads, int jobs_count, int *made, ful_arena *arena,
                             const ful_allocator *allocator, ful_error *err)
{
    const ful_situation *s = t->s;
    const size_t actors = (size_t)s->actors, cells = actors * (size_t)s->groups;
    t->levels = ful_arena_take(arena, cells, sizeof *t->levels);
    t->work = ful_arena_take(arena, (size_t)threads, sizeof *t->work);
    t->applies = ful_arena_take(arena, (size_t)threads, sizeof *t->applies);
    t->transfer = ful_arena_take(arena, (size_t)threads, sizeof *t->transfer);
    t->errors = ful_arena_take(arena, (size_t)jobs_count, sizeof *t->errors);
    t->violation = ful_arena_take(arena, (size_t)jobs_count, sizeof *t->violation);
    t->solves = ful_arena_take(arena, (size_t)jobs_count, sizeof *t->solves);
    if (!t->levels || !t->work || !t->applies || !t->transfer || !t->errors || !t->violation ||
        !t->solves)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a coalition");
    for (size_t k = 0; k < cells; k++)
        t->levels[k] = (int)(k / (size_t)s->groups) == s->target ? 0 : s->leverage_level;
    ful_status status = ful_world_work_new(&t->start, t->world, allocator, err);
    for (; status == FUL_OK && *made < threads; *made += status == FUL_OK) {
        t->applies[*made] = ful_arena_take(arena, actors, 1);
        t->transfer[*made] = ful_arena_take(arena, actors, sizeof(double));
        status = t->applies[*made] && t->transfer[*made]
                     ? ful_world_work_new(&t->work[*made], t->world, allocator, err)
                     : ful_fail(err, FUL_ERR_MEMORY, "out of memory for a coalition");
    }
    return status;
}

ful_status ful_study_coalition(ful_coalition *out, const ful_world *world, int regime, int members,
                               const int *member, const ful_run *run, ful_error *err)
{
    memset(out, 0, sizeof *out);
    out->regime = regime;
    out->members = members;
    const ful_allocator *allocator = run ? run->allocator : NULL;
    table t = {.world = world,
               .s = ful_world_situation(world),
               .regime = regime,
               .members = members,
               .member = member,
               .out = out,
               .stop = run ? run->stop : NULL};
    ful_arena *arena;
    ful_status status = check(&t, err);
    if (status == FUL_OK)
        status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    const int count = members + FUL_SHARINGS - 1;
    const int threads = ful_threads(run) < count ? ful_threads(run) : count;
    int made = 0;
    jobs j = {.t = &t};
    status = make_table(&t, threads, count, &made, arena, allocator, err);
    if (status == FUL_OK)
        status = open_table(&t, &j.alone, err);
    if (status == FUL_OK)
        status = ful__first_error(ful_parallel_for(count, run, "coalition", do_job, &j), t.errors,
                                  count, err);
    if (status == FUL_OK)
        finish(&t, &j.alone, count);
    for (int k = 0; k < made; k++)
        ful_world_work_free(t.work[k]);
    ful_world_work_free(t.start);
    ful_arena_free(arena);
    return status;
}
