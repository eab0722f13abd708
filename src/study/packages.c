/* SPDX-License-Identifier: MIT */
/* What should be offered? Every subset of the case's levers, the corners, what each lever adds. */
#include "fulcrum/study.h"

#include <math.h>
#include <string.h>

#include "study/first_error.h"

#define TERMS 3
/* Side payments above one per cent of the enforcer's GDP a year are not looked for. */
#define MAX_TRANSFER 1.0
#define TRANSFER_ROUNDS 30
/* An effect below this has no sign. */
#define NO_EFFECT 1e-9

/* One game to solve: an offer, and the precision it is solved with. */
typedef struct job {
    ful_offer offer;
    double lambda_scale;
    ful_bargain_report *report;
} job;

typedef struct jobs {
    const ful_payoffs *payoffs;
    const job *job;
    ful_error *errors;
    const ful_allocator *allocator;
} jobs;

static ful_status play_job(void *user, int index, int thread)
{
    const jobs *all = user;
    const job *j = &all->job[index];
    (void)thread;
    return ful_payoffs_play(j->report, all->payoffs, &j->offer, j->lambda_scale, all->allocator,
                            &all->errors[index]);
}

static ful_status play_all(const ful_payoffs *payoffs, const job *job_list, int count,
                           const ful_run *run, const char *what, ful_arena *arena, ful_error *err)
{
    jobs all = {payoffs, job_list, ful_arena_take(arena, (size_t)count + 1, sizeof(ful_error)),
                run ? run->allocator : NULL};
    if (!all.errors)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for packages");
    return ful__first_error(ful_parallel_for(count, run, what, play_job, &all), all.errors, count,
                            err);
}

/* ---- rows and their frontier
 * ------------------------------------------------------------------------ */

static double success(const ful_bargain_report *r)
{
    return r->denuclearised + r->frozen;
}

/* Better in nothing and worse in something. */
static int is_dominated(const ful_bargain_report *a, const ful_bargain_report *by)
{
    const int no_worse = success(by) >= success(a) && by->sender_cost <= a->sender_cost &&
                         by->collapsed <= a->collapsed;
    const int better = success(by) > success(a) || by->sender_cost < a->sender_cost ||
                       by->collapsed < a->collapsed;
    return no_worse && better;
}

static void mark_frontier(ful_packages *p)
{
    for (int a = 0; a < p->rows; a++) {
        p->row[a].on_frontier = 1;
        for (int b = 0; b < p->rows && p->row[a].on_frontier; b++)
            p->row[a].on_frontier = !is_dominated(&p->row[a].report, &p->row[b].report);
    }
}

/* ---- corners
 * ------------------------------------------------------------------------------------------ */

static ful_offer corner_offer(int corner, unsigned package)
{
    return (ful_offer){.pressure = corner == FUL_CORNER_PRESSURE || corner == FUL_CORNER_BOTH,
                       .levers = corner >= FUL_CORNER_INDUCEMENTS ? package : 0};
}

static int add_corners(job *list, int count, ful_packages *p, const ful_situation *s)
{
    const unsigned package = s->package[p->corner_package].levers;
    for (int c = 0; c < FUL_CORNERS; c++) {
        ful_offer offer = corner_offer(c, package);
        list[count++] = (job){offer, 1, &p->corner[c]};
        list[count++] = (job){offer, 0.2, &p->corner_noisy[c]};
        list[count++] = (job){offer, 5, &p->corner_sharp[c]};
        offer.horizon = 2 * s->game.horizon;
        list[count++] = (job){offer, 1, &p->corner_long[c]};
        /* sticks against carrots: nothing, stick, carrots, both, all under pressure */
        offer =
            (ful_offer){.pressure = 1, .stick = c == 1 || c == 3, .levers = c >= 2 ? package : 0};
        if (p->has_stick)
            list[count++] = (job){offer, 1, &p->stick[c]};
    }
    return count;
}

/* ---- what each lever adds
 * ------------------------------------------------------------------------------ */

/* Shapley contributions over all levers; `worth` has one entry per subset. */
static double shapley(const double *worth, int levers, int l)
{
    double weight[FUL_MAX_LEVERS + 1], sum = 0;
    weight[0] = 1.0 / levers;
    for (int size = 1; size < levers; size++)
        weight[size] = weight[size - 1] * size / (levers - size);
    for (unsigned set = 0; set < 1u << levers; set++) {
        int size = 0;
        for (unsigned rest = set; rest; rest &= rest - 1)
            size++;
        if (!(set >> l & 1))
            sum += weight[size] * (worth[set | 1u << l] - worth[set]);
    }
    return sum;
}

/* A lever rests on judgement unless what moves E comes from the economy alone. */
static int rests_on_judgement(const ful_situation *s, int l)
{
    const ful_case_lever *x = &s->lever[l];
    const ful_param value[] = {x->value_e, x->value_t, x->hazard};
    for (int k = 0; k < 3; k++)
        if (value[k] != FUL_NO_PARAM && s->parameter[value[k]].grade == 'E' &&
            s->parameter[value[k]].value != 0)
            return 1;
    return x->troops;
}

static int sign(double x)
{
    return x > NO_EFFECT ? 1 : x < -NO_EFFECT ? -1 : 0;
}

/* ---- the transfer that would just do it
 * ----------------------------------------------------------------- */

static ful_status find_transfer(double *out, const ful_payoffs *payoffs,
                                const ful_allocator *allocator, ful_error *err)
{
    double low = 0, high = MAX_TRANSFER;
    ful_bargain_report r;
    for (int k = -2; k < TRANSFER_ROUNDS; k++) {
        const double t = k == -2 ? 0 : k == -1 ? MAX_TRANSFER : (low + high) / 2;
        const ful_offer offer = {.pressure = 1, .transfer = t};
        const ful_status status = ful_payoffs_play(&r, payoffs, &offer, 1, allocator, err);
        if (status != FUL_OK)
            return status;
        const int enough = r.enforces >= 0.5;
        if ((k == -2 && enough) || (k == -1 && !enough)) {
            *out = k == -2 ? 0 : NAN;
            return FUL_OK;
        }
        if (k >= 0)
            *(enough ? &high : &low) = t;
    }
    *out = high;
    return FUL_OK;
}

/* ---- the study
 * ------------------------------------------------------------------------------------------- */

/* Every subset under every terms, and each lever alone at the three precisions. */
static ful_status fill(ful_packages *p, const ful_payoffs *payoffs, const ful_situation *s,
                       const ful_run *run, ful_arena *arena, ful_error *err)
{
    const int subsets = 1 << s->levers, total = p->rows + 5 * FUL_CORNERS + 2 * (s->levers + 1);
    job *list = ful_arena_take(arena, (size_t)total, sizeof *list);
    double *enforcement = ful_arena_take(arena, (size_t)subsets, sizeof *enforcement);
    double *accommodation = ful_arena_take(arena, (size_t)subsets, sizeof *accommodation);
    ful_bargain_report *other = ful_arena_take(arena, 2 * (size_t)(s->levers + 1), sizeof *other);
    if (!list || !enforcement || !accommodation || !other)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for packages");
    int count = 0;
    for (int k = 0; k < p->rows; k++) {
        p->row[k].offer = (ful_offer){
            .pressure = 1, .levers = (unsigned)(k % subsets), .terms = (ful_terms)(k / subsets)};
        list[count++] = (job){p->row[k].offer, 1, &p->row[k].report};
    }
    count = add_corners(list, count, p, s);
    for (int l = 0; l <= s->levers; l++)
        for (int sharp = 0; sharp < 2; sharp++)
            list[count++] = (job){{.pressure = 1, .levers = l < s->levers ? 1u << l : 0},
                                  sharp ? 5 : 0.2,
                                  &other[2 * l + sharp]};
    ful_status status = play_all(payoffs, list, count, run, "packages", arena, err);
    if (status != FUL_OK)
        return status;
    mark_frontier(p);
    for (int k = 0; k < subsets; k++) {
        enforcement[k] = p->row[k].report.enforcement_mean;
        accommodation[k] = success(&p->row[k].report);
    }
    for (int l = 0; l < s->levers; l++) {
        const int here = sign(enforcement[1 << l] - enforcement[0]);
        p->lever[l].enforcement = shapley(enforcement, s->levers, l);
        p->lever[l].accommodation = shapley(accommodation, s->levers, l);
        p->lever[l].rests_on_judgement = rests_on_judgement(s, l);
        p->lever[l].sign_survives = 1;
        for (int sharp = 0; sharp < 2; sharp++)
            if (sign(other[2 * l + sharp].enforcement_mean -
                     other[2 * s->levers + sharp].enforcement_mean) != here)
                p->lever[l].sign_survives = 0;
    }
    return find_transfer(&p->transfer_pct, payoffs, run ? run->allocator : NULL, err);
}

ful_status ful_study_packages(ful_packages *out, const ful_payoffs *payoffs, const ful_run *run,
                              ful_error *err)
{
    memset(out, 0, sizeof *out);
    ful_payoffs_view view;
    ful_payoffs_view_get(&view, payoffs);
    const ful_situation *s = ful_world_situation(view.world);
    if (s->levers < 1 || s->packages < 1)
        return ful_fail(err, FUL_ERR_DATA, "the case declares no lever or no package");
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, run ? run->allocator : NULL, err);
    if (status != FUL_OK)
        return status;
    out->levers = s->levers;
    out->has_stick = ful_situation_parameter(s, "stick.value") != FUL_NO_PARAM;
    out->rows = TERMS << s->levers;
    out->arena = arena;
    out->row = ful_arena_take(arena, (size_t)out->rows, sizeof *out->row);
    status = out->row ? fill(out, payoffs, s, run, arena, err)
                      : ful_fail(err, FUL_ERR_MEMORY, "out of memory for packages");
    if (status != FUL_OK)
        ful_packages_clear(out);
    return status;
}

void ful_packages_clear(ful_packages *packages)
{
    ful_arena_free(packages->arena);
    memset(packages, 0, sizeof *packages);
}
