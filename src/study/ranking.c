/* SPDX-License-Identifier: MIT */
/*
 * Which measure bites most? Every flow between the target and a partner is closed, all others as at
 * the base point. To first order the gradient answers for all flows at once; the best are solved in
 * full, each from the solution at the base point, so that no result depends on another or on the
 * number of threads.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/first_error.h"
#include "study/world_internal.h"

typedef struct ranker {
    const ful_world *world;
    const ful_situation *s;
    const ful_economy_work *base_work; /* holds the solution at the base point */
    const ful_economy_shock *base;     /* openness and, where the case has latent flows, theirs */
    ful_economy_view start;            /* of base_work */
    double income[3]; /* of target, sender, enforcer in the benchmark, no transfers */
    double mu;
    ful_ranking *out;
    ful_economy_work **work; /* one per thread */
    double **openness, **latent;
    double *violation; /* one per row asked for */
    ful_error *errors;
    const volatile int *stop;
} ranker;

enum { TARGET, SENDER, ENFORCER, WHO };

static int actor_of(const ful_situation *s, int who)
{
    return who == TARGET ? s->target : who == SENDER ? s->sender : s->enforcer;
}

static size_t flow_at(const ful_situation *s, int seller, int buyer, int sector)
{
    return ((size_t)sector * (size_t)s->actors + (size_t)buyer) * (size_t)s->actors +
           (size_t)seller;
}

static void complete(ful_bite *b, double mu)
{
    b->cost = b->sender + b->enforcer;
    b->score = b->bite - mu * b->cost;
}

/* ---- rows and first order ---- */

static void add_row(ranker *r, const ful_economy_view *benchmark, int seller, int buyer, int sector)
{
    const size_t a = flow_at(r->s, seller, buyer, sector);
    if (!(r->start.flow[a] > 0))
        return;
    r->out->row[r->out->rows++] = (ful_ranked){.seller = seller,
                                               .buyer = buyer,
                                               .sector = sector,
                                               .benchmark = benchmark->flow[a],
                                               .value = r->start.flow[a]};
}

static ful_status list_rows(ranker *r, ful_error *err)
{
    const ful_situation *s = r->s;
    ful_economy_view benchmark;
    ful_economy_benchmark(&benchmark, ful_world_economy(r->world));
    r->out->row =
        ful_arena_take(r->out->arena, 2 * (size_t)(s->actors * s->sectors), sizeof *r->out->row);
    if (!r->out->row)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a ranking");
    for (int j = 0; j < s->sectors; j++)
        for (int p = 0; p < s->actors; p++)
            if (p != s->target) {
                add_row(r, &benchmark, s->target, p, j);
                add_row(r, &benchmark, p, s->target, j);
            }
    for (int who = 0; who < WHO; who++)
        r->income[who] = ful__own_income(&benchmark, actor_of(s, who), s->sectors);
    return FUL_OK;
}

/* What one actor loses by each closing, to first order: the derivative times what is open. */
static ful_status differentiate(ranker *r, ful_economy_work *work, int who, double *openness,
                                double *latent, ful_error *err)
{
    const int actor = actor_of(r->s, who);
    ful_economy_gradient gradient = {.openness = openness,
                                     .latent_openness = r->base->latent_openness ? latent : NULL};
    ful_economy_options options;
    ful_economy_options_default(&options);
    options.stop = r->stop;
    const ful_status status =
        ful_economy_differentiate(&gradient, ful_world_economy(r->world), work, r->base, actor,
                                  FUL_REAL_INCOME, &options, err);
    if (status != FUL_OK)
        return status;
    r->out->one_sided |= gradient.one_sided;
    /* points for the target, money at the prices of the base point for the others */
    const double unit = who == TARGET ? 100 : r->income[who] * r->start.final_price[actor];
    for (int k = 0; k < r->out->rows; k++) {
        ful_ranked *x = &r->out->row[k];
        const size_t a = flow_at(r->s, x->seller, x->buyer, x->sector);
        double loss = openness[a] * r->base->openness[a];
        if (r->base->latent_openness)
            loss += latent[a] * r->base->latent_openness[a];
        double *to = who == TARGET   ? &x->first.bite
                     : who == SENDER ? &x->first.sender
                                     : &x->first.enforcer;
        *to = unit * loss;
    }
    return FUL_OK;
}

/* ---- exact effects ---- */

static void close_flow(ranker *r, int thread, const ful_ranked *x, int closed)
{
    const size_t a = flow_at(r->s, x->seller, x->buyer, x->sector);
    r->openness[thread][a] = closed ? 0 : r->base->openness[a];
    if (r->base->latent_openness)
        r->latent[thread][a] = closed ? 0 : r->base->latent_openness[a];
}

/* Solve with what is closed in this thread's arrays. That there is no answer is an answer, left in
 * *found; only what stops the study is returned. */
static ful_status solve_closed(ful_bite *out, ful_status *found, double *violation, const ranker *r,
                               int thread, ful_error *err)
{
    ful_economy_shock shock = *r->base;
    ful_solution solution;
    shock.openness = r->openness[thread];
    if (shock.latent_openness)
        shock.latent_openness = r->latent[thread];
    ful_economy_work_copy(r->work[thread], r->base_work);
    *found = ful__world_solve_shock(&solution, r->world, r->work[thread], &shock, r->stop, err);
    if (*found == FUL_ERR_INFEASIBLE || *found == FUL_NOT_CONVERGED)
        return FUL_OK;
    if (*found != FUL_OK)
        return *found;
    double loss[WHO];
    for (int who = 0; who < WHO; who++) {
        const int n = actor_of(r->s, who);
        loss[who] = r->start.outcome[n].real_income - solution.view.outcome[n].real_income;
        if (who != TARGET)
            loss[who] *= r->income[who] * solution.view.final_price[n];
    }
    *out =
        (ful_bite){.bite = 100 * loss[TARGET], .sender = loss[SENDER], .enforcer = loss[ENFORCER]};
    complete(out, r->mu);
    *violation = solution.certificate.max_violation;
    return FUL_OK;
}

static ful_status solve_row(void *user, int index, int thread)
{
    ranker *r = user;
    ful_ranked *x = &r->out->row[index];
    x->asked = 1;
    close_flow(r, thread, x, 1);
    const ful_status status =
        solve_closed(&x->exact, &x->status, &r->violation[index], r, thread, &r->errors[index]);
    close_flow(r, thread, x, 0);
    return status;
}

static ful_status close_together(ranker *r, ful_error *err)
{
    double violation = 0;
    for (int k = 0; k < r->out->asked; k++)
        if (r->out->row[k].status == FUL_OK)
            close_flow(r, 0, &r->out->row[k], 1);
    const ful_status status =
        solve_closed(&r->out->together, &r->out->together_status, &violation, r, 0, err);
    r->out->max_violation = fmax(r->out->max_violation, violation);
    return status;
}

/* ---- order ---- */

/* What is known best: exact where there is a solution. */
static double score(const ful_ranked *x)
{
    return x->asked && x->status == FUL_OK ? x->exact.score : x->first.score;
}

static int by_score(const void *a, const void *b)
{
    const ful_ranked *x = a, *y = b;
    if (score(x) != score(y))
        return score(x) < score(y) ? 1 : -1;
    if (x->sector != y->sector)
        return x->sector - y->sector;
    return x->seller != y->seller ? x->seller - y->seller : x->buyer - y->buyer;
}

static void finish(ranker *r)
{
    ful_ranking *out = r->out;
    qsort(out->row, (size_t)out->asked, sizeof *out->row, by_score);
    for (int k = 0; k < out->asked; k++) {
        const ful_ranked *x = &out->row[k];
        out->max_violation = fmax(out->max_violation, r->violation[k]);
        if (x->status != FUL_OK)
            continue;
        out->sum.bite += x->exact.bite;
        out->sum.sender += x->exact.sender;
        out->sum.enforcer += x->exact.enforcer;
    }
    complete(&out->sum, r->mu);
}

/* ---- the study ---- */

/* The shock at the base point, with arrays of its own: a benchmark has none. */
static ful_status base_shock(ful_economy_shock *out, const ful_world *world, ful_world_work *work,
                             const ful_scenario *base, ful_arena *arena, ful_error *err)
{
    const size_t flows = ful_economy_flows(ful_world_economy(world));
    if (base)
        return ful_world_shock(out, world, work, base, err);
    double *openness = ful_arena_take(arena, flows, sizeof *openness);
    if (!openness)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a ranking");
    for (size_t a = 0; a < flows; a++)
        openness[a] = 1;
    *out = (ful_economy_shock){.openness = openness};
    return FUL_OK;
}

static ful_status first_order(ranker *r, ful_economy_work *work, ful_arena *arena, ful_error *err)
{
    const size_t flows = ful_economy_flows(ful_world_economy(r->world));
    double *openness = ful_arena_take(arena, flows, sizeof *openness);
    double *latent = ful_arena_take(arena, flows, sizeof *latent);
    if (!openness || !latent)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a ranking");
    ful_status status = list_rows(r, err);
    r->mu = r->mu > 0 ? r->mu : 100 / r->income[TARGET];
    r->out->mu = r->mu;
    for (int who = 0; status == FUL_OK && who < WHO; who++)
        status = differentiate(r, work, who, openness, latent, err);
    for (int k = 0; k < r->out->rows; k++)
        complete(&r->out->row[k].first, r->mu);
    qsort(r->out->row, (size_t)r->out->rows, sizeof *r->out->row, by_score);
    return status;
}

static ful_status make_threads(ranker *r, int threads, int *made, ful_arena *arena,
                               const ful_allocator *allocator, ful_error *err)
{
    const size_t flows = ful_economy_flows(ful_world_economy(r->world));
    r->work = ful_arena_take(arena, (size_t)threads, sizeof *r->work);
    r->openness = ful_arena_take(arena, (size_t)threads, sizeof *r->openness);
    r->latent = ful_arena_take(arena, (size_t)threads, sizeof *r->latent);
    r->violation = ful_arena_take(arena, (size_t)r->out->asked + 1, sizeof *r->violation);
    r->errors = ful_arena_take(arena, (size_t)r->out->asked + 1, sizeof *r->errors);
    if (!r->work || !r->openness || !r->latent || !r->violation || !r->errors)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a ranking");
    for (; *made < threads; ++*made) {
        const int t = *made;
        r->openness[t] = ful_arena_take(arena, flows, sizeof(double));
        r->latent[t] = ful_arena_take(arena, flows, sizeof(double));
        if (!r->openness[t] || !r->latent[t])
            return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a ranking");
        memcpy(r->openness[t], r->base->openness, flows * sizeof(double));
        if (r->base->latent_openness)
            memcpy(r->latent[t], r->base->latent_openness, flows * sizeof(double));
        const ful_status status =
            ful_economy_work_new(&r->work[t], ful_world_economy(r->world), allocator, err);
        if (status != FUL_OK)
            return status;
    }
    return FUL_OK;
}

static ful_status exact_effects(ranker *r, const ful_ranking_options *options, const ful_run *run,
                                ful_arena *arena, ful_error *err)
{
    const ful_allocator *allocator = run ? run->allocator : NULL;
    const int top = options->top < r->out->rows ? options->top : r->out->rows;
    const int threads = ful_threads(run) < top ? ful_threads(run) : top > 0 ? top : 1;
    int made = 0;
    r->out->asked = top;
    ful_status status = make_threads(r, threads, &made, arena, allocator, err);
    if (status == FUL_OK)
        status = ful__first_error(ful_parallel_for(top, run, "closings", solve_row, r), r->errors,
                                  top, err);
    if (status == FUL_OK)
        finish(r);
    if (status == FUL_OK && options->joint)
        status = close_together(r, err);
    for (int t = 0; t < made; t++)
        ful_economy_work_free(r->work[t]);
    return status;
}

ful_status ful_study_ranking(ful_ranking *out, const ful_world *world,
                             const ful_ranking_options *options, const ful_run *run, ful_error *err)
{
    memset(out, 0, sizeof *out);
    const ful_allocator *allocator = run ? run->allocator : NULL;
    ful_arena *arena;
    ful_world_work *work = NULL;
    ful_economy_shock base;
    ful_solution solution;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    ranker r = {.world = world,
                .s = ful_world_situation(world),
                .base = &base,
                .mu = options->mu,
                .out = out,
                .stop = run ? run->stop : NULL};
    status = ful_arena_new(&out->arena, allocator, err);
    if (status == FUL_OK)
        status = ful_world_work_new(&work, world, allocator, err);
    if (status == FUL_OK)
        status = base_shock(&base, world, work, options->base, arena, err);
    if (status == FUL_OK)
        status = ful__world_solve_shock(&solution, world, work->economy, &base, r.stop, err);
    if (status == FUL_OK) {
        r.base_work = work->economy;
        r.start = solution.view;
        out->target_pct = solution.income[0];
        out->max_violation = solution.certificate.max_violation;
        status = first_order(&r, work->economy, arena, err);
    }
    if (status == FUL_OK)
        status = exact_effects(&r, options, run, arena, err);
    ful_world_work_free(work);
    ful_arena_free(arena);
    if (status != FUL_OK)
        ful_ranking_clear(out);
    return status;
}

void ful_ranking_clear(ful_ranking *ranking)
{
    ful_arena_free(ranking->arena);
    memset(ranking, 0, sizeof *ranking);
}
