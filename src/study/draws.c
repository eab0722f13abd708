/* SPDX-License-Identifier: MIT */
#include "study/draws.h"

#include "study/first_error.h"

typedef struct job {
    ful__draws *d;
    ful__draw_fn fn;
    void *user;
    const ful_run *run;
    ful__board *board; /* one per thread */
    ful_error *errors; /* one per draw */
} job;

static ful_status solve_draw(const job *j, int draw, const double *p, ful__board *board,
                             ful_error *err)
{
    const ful_run inner = {.threads = 1,
                           .stop = j->run ? j->run->stop : NULL,
                           .allocator = j->run ? j->run->allocator : NULL};
    ful_world *world = NULL;
    ful_payoffs *payoffs = NULL;
    ful_status status = ful_world_new(&world, j->d->s, p, inner.allocator, err);
    if (status == FUL_OK)
        status = ful_payoffs_new(&payoffs, world, FUL_GRID_SPARSE, 0, &inner, err);
    if (status == FUL_OK)
        status = j->fn(j->user, draw, world, payoffs, board, &inner, err);
    ful_payoffs_free(payoffs);
    ful_world_free(world);
    return status;
}

/* A world without equilibrium, or one that did not converge, is a result: it is counted. Anything
 * else is a defect and stops the study. */
static int is_refusal(ful_status status)
{
    return status == FUL_ERR_INFEASIBLE || status == FUL_NOT_CONVERGED || status == FUL_ERR_DATA;
}

static ful_status run_draw(void *user, int index, int thread)
{
    const job *j = user;
    double *p = j->d->p + (size_t)index * (size_t)j->d->s->parameters;
    ful_situation_draw(p, j->d->s, j->d->seed, index);
    const ful_status status = solve_draw(j, index, p, &j->board[thread], &j->errors[index]);
    j->d->solved[index] = status == FUL_OK;
    return is_refusal(status) ? FUL_OK : status;
}

ful_status ful__draws_run(ful__draws *out, const ful_situation *s, uint64_t seed, int count,
                          ful__draw_fn fn, void *user, ful_arena *arena, const ful_run *run,
                          ful_error *err)
{
    *out = (ful__draws){.s = s, .seed = seed, .count = count};
    out->p = ful_arena_take(arena, (size_t)count * (size_t)s->parameters, sizeof *out->p);
    out->solved = ful_arena_take(arena, (size_t)count, 1);
    const int threads = ful_threads(run);
    job j = {.d = out, .fn = fn, .user = user, .run = run};
    j.board = ful_arena_take(arena, (size_t)threads, sizeof *j.board);
    j.errors = ful_arena_take(arena, (size_t)count, sizeof *j.errors);
    if (!out->p || !out->solved || !j.board || !j.errors)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for %d draws", count);
    for (int k = 0; k < threads; k++)
        j.board[k].allocator = run ? run->allocator : NULL;
    const ful_status status =
        ful__first_error(ful_parallel_for(count, run, "draws", run_draw, &j), j.errors, count, err);
    for (int k = 0; k < threads; k++)
        ful__board_clear(&j.board[k]);
    for (int k = 0; k < count; k++)
        out->refused += !out->solved[k];
    return status;
}
