/* SPDX-License-Identifier: MIT */
/*
 * Enforcers that move at once. From each earlier level they play a stage game, whose payoffs are
 * what follows each joint level. Its logit equilibrium is followed from lambda = 0, where everyone
 * plays the menu weights, in steps of lambda short enough for Newton's method to hold on to the
 * branch. There may be other equilibria; this one is the principal branch where it does not turn
 * back (McKelvey & Palfrey 1995; Turocy 2005). What is reported beside it is how far each choice is
 * from the logit response.
 *
 * The enforcer with the most moves, the leader, answers the others exactly; so the unknowns are the
 * others' probabilities alone, and a lone enforcer needs no iteration at all.
 */
#include "game/bargain_internal.h"

#include <math.h>
#include <string.h>

#define MOST_NEWTON_STEPS 12
#define CLOSE 1e-13        /* of probabilities to their answers */
#define SAME 1e-9          /* of two points: other branches are further away */
#define LONGEST_MOVE .1    /* of a probability in one step of lambda */
#define SHORTEST_STEP 1e-4 /* of lambda; then the branch turns back, or is too steep to follow */
#define MOST_ANSWERS 500

/* ---- room ------------------------------------------------------------------------------------ */

static int own_levels(const ful_bargain *g, int enforcer)
{
    int levels = 1;
    for (int group = 0; group < g->G; group++)
        levels *= g->owner[group] == enforcer ? g->levels[group] : 1;
    return levels;
}

void ful__together_room(ful__stage_game *s, unsigned char *base, size_t *used, const ful_bargain *g)
{
    size_t most[FUL_BARGAIN_MAX_ENFORCERS], unknowns = 0, leader = 0;
    for (int k = 0; k < g->enforcers; k++) {
        most[k] = (size_t)own_levels(g, k);
        unknowns += most[k];
        leader = most[k] > leader ? most[k] : leader;
    }
    for (int k = 0; k < g->enforcers; k++) {
        s->to[k] = ful__place(base, used, most[k], sizeof(int));
        s->weight[k] = ful__place(base, used, most[k], sizeof(double));
        s->p[k] = ful__place(base, used, most[k], sizeof(ful__real));
        s->answer[k] = ful__place(base, used, most[k], sizeof(ful__real));
        for (int j = 0; j < g->enforcers; j++)
            s->pair[k][j] =
                j == k ? NULL : ful__place(base, used, most[k] * most[j], sizeof(ful__real));
    }
    s->u = ful__place(base, used, leader, sizeof(ful__real));
    s->slope = ful__place(base, used, leader, sizeof(ful__real));
    s->gap = ful__place(base, used, unknowns, sizeof(ful__real));
    s->before = ful__place(base, used, unknowns, sizeof(ful__real));
    s->direct = ful__place(base, used, unknowns, sizeof(ful__real));
    s->jacobian = ful__place(base, used, unknowns * unknowns, sizeof(ful__real));
}

/* ---- the stage game from e ------------------------------------------------------------------- */

/* Everyone plays its menu weights. The largest menu leads. */
static void set_up(ful__stage_game *s, const ful_bargain *g, ful_bargain_work *w, int e,
                   ful__range range)
{
    s->leader = s->unknowns = 0;
    for (int k = 0; k < g->enforcers; k++) {
        double sum = 0;
        s->n[k] = ful__window(w->window, g, k, e, range);
        for (int a = 0; a < s->n[k]; a++) {
            s->to[k][a] = w->window[a] - e;
            sum += s->weight[k][a] = g->enforcer[k].weight[w->window[a]];
        }
        for (int a = 0; a < s->n[k]; a++)
            s->p[k][a] = s->weight[k][a] / sum;
        if (s->n[k] > s->n[s->leader])
            s->leader = k;
    }
    for (int k = 0; k < g->enforcers; k++) {
        s->at[k] = s->unknowns;
        s->unknowns += k == s->leader ? 0 : s->n[k];
    }
}

static int third(const ful_bargain *g, int k, int j)
{
    for (int l = 0; l < g->enforcers; l++)
        if (l != k && l != j)
            return l;
    return -1;
}

/* pair[k][j]: utilities of k by its own move and j's, expected over those of a third. */
static void fill_pair(ful__stage_game *s, const ful_bargain *g, const ful__real *utility, int e,
                      int k, int j)
{
    const int l = third(g, k, j);
    for (int a = 0; a < s->n[k]; a++)
        for (int b = 0; b < s->n[j]; b++) {
            const int at = e + s->to[k][a] + s->to[j][b];
            ful__real sum = 0;
            for (int c = 0; l >= 0 && c < s->n[l]; c++)
                sum += s->p[l][c] * utility[at + s->to[l][c]];
            s->pair[k][j][a * s->n[j] + b] = l >= 0 ? sum : utility[at];
        }
}

/* Expected utilities of k's moves, in s->u. */
static void expect_utilities(ful__stage_game *s, const ful_bargain *g, const ful__real *utility,
                             int e, int k)
{
    const int j = k ? 0 : 1;
    for (int a = 0; a < s->n[k]; a++)
        s->u[a] = g->enforcers > 1 ? 0 : utility[e + s->to[k][a]];
    if (g->enforcers == 1)
        return;
    fill_pair(s, g, utility, e, k, j);
    for (int a = 0; a < s->n[k]; a++)
        for (int b = 0; b < s->n[j]; b++)
            s->u[a] += s->pair[k][j][a * s->n[j] + b] * s->p[j][b];
}

static const ful__real *utility_of(const ful_bargain *g, const ful__real *rows, int k)
{
    return ROW(rows, k);
}

/* Everyone's logit response at `scale` times its precision, the leader's first and taken on. */
static void answer(ful__stage_game *s, const ful_bargain *g, const ful_bargain_work *w,
                   const ful__real *rows, int e, double scale)
{
    for (int turn = 0; turn < g->enforcers; turn++) {
        const int k = turn == 0 ? s->leader : turn <= s->leader ? turn - 1 : turn;
        expect_utilities(s, g, utility_of(g, rows, k), e, k);
        ful__logit(s->answer[k], s->n[k], s->weight[k], s->u, scale * w->lambda[FUL_E + k]);
        if (k == s->leader)
            memcpy(s->p[k], s->answer[k], (size_t)s->n[k] * sizeof *s->p[k]);
    }
}

static double distance(const ful__stage_game *s, const ful_bargain *g)
{
    double most = 0;
    for (int k = 0; k < g->enforcers; k++)
        for (int a = 0; a < s->n[k]; a++)
            most = fmax(most, fabs(ful__re(s->p[k][a]) - ful__re(s->answer[k][a])));
    return most;
}

/* ---- Newton's method ------------------------------------------------------------------------- */

/* How a logit choice p changes when utilities change by du: lambda p (du - sum p du), in du. */
static void respond(ful__real *du, const ful__real *p, ful__real lambda, int n)
{
    ful__real mean = 0;
    for (int a = 0; a < n; a++)
        mean += p[a] * du[a];
    for (int a = 0; a < n; a++)
        du[a] = lambda * p[a] * (du[a] - mean);
}

/* One column of the Jacobian of p - answer(p), for move b of enforcer j: the others answer j, and
 * the leader's answer to it. */
static void fill_column(ful__stage_game *s, const ful_bargain *g, const ful_bargain_work *w, int j,
                        int b, double scale)
{
    const int lead = s->leader, m = s->unknowns, column = s->at[j] + b;
    for (int a = 0; a < s->n[lead]; a++)
        s->slope[a] = s->pair[lead][j][a * s->n[j] + b];
    respond(s->slope, s->answer[lead], scale * w->lambda[FUL_E + lead], s->n[lead]);
    for (int k = 0; k < g->enforcers; k++) {
        if (k == lead)
            continue;
        for (int a = 0; a < s->n[k]; a++) {
            s->u[a] = j == k ? 0 : s->pair[k][j][a * s->n[j] + b];
            for (int c = 0; c < s->n[lead]; c++)
                s->u[a] += s->pair[k][lead][a * s->n[lead] + c] * s->slope[c];
        }
        respond(s->u, s->answer[k], scale * w->lambda[FUL_E + k], s->n[k]);
        for (int a = 0; a < s->n[k]; a++)
            s->jacobian[(s->at[k] + a) * m + column] = (s->at[k] + a == column) - s->u[a];
    }
}

/* Solve jacobian x = gap in place by elimination with row exchanges. The sign of its determinant;
 * 0 if it is singular. */
static int eliminate(ful__real *matrix, ful__real *x, int m)
{
    int sign = 1;
    for (int c = 0; c < m; c++) {
        int pivot = c;
        for (int r = c + 1; r < m; r++)
            if (fabs(ful__re(matrix[r * m + c])) > fabs(ful__re(matrix[pivot * m + c])))
                pivot = r;
        if (!(fabs(ful__re(matrix[pivot * m + c])) > 1e-12))
            return 0;
        if ((ful__re(matrix[pivot * m + c]) < 0) != (pivot != c))
            sign = -sign;
        for (int k = 0; k < m && pivot != c; k++) {
            const ful__real swap = matrix[c * m + k];
            matrix[c * m + k] = matrix[pivot * m + k];
            matrix[pivot * m + k] = swap;
        }
        const ful__real swap = x[c];
        x[c] = x[pivot];
        x[pivot] = swap;
        for (int r = c + 1; r < m; r++) {
            const ful__real by = matrix[r * m + c] / matrix[c * m + c];
            for (int k = c; k < m; k++)
                matrix[r * m + k] -= by * matrix[c * m + k];
            x[r] -= by * x[c];
        }
    }
    for (int r = m - 1; r >= 0; r--) {
        for (int k = r + 1; k < m; k++)
            x[r] -= matrix[r * m + k] * x[k];
        x[r] /= matrix[r * m + r];
    }
    return sign;
}

/* The sign of the determinant before the step; 0 where there was none. */
static int newton_step(ful__stage_game *s, const ful_bargain *g, const ful_bargain_work *w,
                       const ful__real *rows, int e, double scale)
{
    for (int k = 0; k < g->enforcers; k++)
        for (int j = 0; j < g->enforcers; j++)
            if (j != k)
                fill_pair(s, g, utility_of(g, rows, k), e, k, j);
    for (int k = 0; k < g->enforcers; k++)
        for (int a = 0; a < s->n[k] && k != s->leader; a++) {
            s->gap[s->at[k] + a] = s->p[k][a] - s->answer[k][a];
            fill_column(s, g, w, k, a, scale);
        }
    const int sign = eliminate(s->jacobian, s->gap, s->unknowns);
    for (int k = 0; k < g->enforcers; k++)
        for (int a = 0; a < s->n[k] && k != s->leader && sign; a++)
            s->p[k][a] -= s->gap[s->at[k] + a];
    return sign;
}

/* From a point of the branch to the one at `scale`; 0 if it cannot be reached from here. One step
 * more than the values need, so that their derivatives are there as well. The determinant is 1
 * where the branch begins and vanishes where it turns back or forks: where it is negative Newton
 * has gone over to another. */
static int correct(ful__stage_game *s, const ful_bargain *g, const ful_bargain_work *w,
                   const ful__real *rows, int e, double scale)
{
    for (int step = 0, close = 0, sign = 1; step < MOST_NEWTON_STEPS && sign; step++) {
        answer(s, g, w, rows, e, scale);
        const double gap = distance(s, g);
        if (close && gap < CLOSE)
            return sign > 0;
        close = gap < CLOSE;
        if (!(gap < 1))
            return 0;
        sign = newton_step(s, g, w, rows, e, scale);
    }
    return 0;
}

/* ---- following the branch -------------------------------------------------------------------- */

/* Copy the others' probabilities to or from `kept`. */
static void keep(ful__real *kept, ful__stage_game *s, const ful_bargain *g, int back)
{
    for (int k = 0; k < g->enforcers; k++) {
        ful__real *of_k = kept + s->at[k];
        if (k != s->leader)
            memcpy(back ? s->p[k] : of_k, back ? of_k : s->p[k], (size_t)s->n[k] * sizeof *of_k);
    }
}

static double moved(const ful__stage_game *s, const ful_bargain *g, const ful__real *kept)
{
    double most = 0;
    for (int k = 0; k < g->enforcers; k++)
        for (int a = 0; a < s->n[k] && k != s->leader; a++)
            most = fmax(most, fabs(ful__re(s->p[k][a]) - ful__re(kept[s->at[k] + a])));
    return most;
}

/* A step of lambda is short enough where two of half its length lead to the same point; else the
 * probabilities stay as they are. */
static int advance(ful__stage_game *s, const ful_bargain *g, const ful_bargain_work *w,
                   const ful__real *rows, int e, double at, double to)
{
    keep(s->before, s, g, 0);
    if (correct(s, g, w, rows, e, to) && moved(s, g, s->before) < LONGEST_MOVE) {
        keep(s->direct, s, g, 0);
        keep(s->before, s, g, 1);
        if (correct(s, g, w, rows, e, (at + to) / 2) && correct(s, g, w, rows, e, to) &&
            moved(s, g, s->direct) < SAME)
            return 1;
    }
    keep(s->before, s, g, 1);
    return 0;
}

/* Where the branch cannot be followed: answer half-way, again and again, and report what is left.
 */
static void settle(ful__stage_game *s, const ful_bargain *g, const ful_bargain_work *w,
                   const ful__real *rows, int e)
{
    for (int round = 0; round < MOST_ANSWERS; round++) {
        answer(s, g, w, rows, e, 1);
        if (distance(s, g) < CLOSE)
            return;
        for (int k = 0; k < g->enforcers; k++)
            for (int a = 0; a < s->n[k]; a++)
                s->p[k][a] = (s->p[k][a] + s->answer[k][a]) / 2;
    }
    answer(s, g, w, rows, e, 1);
}

/* The equilibrium from e; `rows` are the enforcers' utilities of joint levels. */
static void play(ful__stage_game *s, const ful_bargain *g, ful_bargain_work *w,
                 const ful__real *rows, int e, ful__range range)
{
    double at = 0, step = 1;
    set_up(s, g, w, e, range);
    while (at < 1) {
        const double to = fmin(1, at + step);
        if (advance(s, g, w, rows, e, at, to)) {
            at = to;
            step *= 2;
            continue;
        }
        step /= 2;
        if (step < SHORTEST_STEP) {
            settle(s, g, w, rows, e);
            break;
        }
    }
    w->residual = fmax(w->residual, distance(s, g));
}

/* ---- what the solver asks -------------------------------------------------------------------- */

static const ful__real *utilities(const ful_bargain *g, const ful_bargain_work *w,
                                  const ful__at *at)
{
    return ROW(w->policy, at->conduct);
}

/* The joint levels in reach, in w->window, and their probabilities, in w->choice; their number. */
static int joint_choice(const ful_bargain *g, ful_bargain_work *w, int e)
{
    const ful__stage_game *s = &w->together;
    int count = 1;
    w->window[0] = e;
    w->choice[0] = 1;
    for (int k = 0; k < g->enforcers; k++) {
        for (int a = s->n[k] - 1; a >= 0; a--)
            for (int j = 0; j < count; j++) {
                w->window[a * count + j] = w->window[j] + s->to[k][a];
                w->choice[a * count + j] = w->choice[j] * s->p[k][a];
            }
        count *= s->n[k];
    }
    return count;
}

void ful__solve_together(ful__real *out, const ful_bargain *g, ful_bargain_work *w,
                         const ful__at *at)
{
    const ful__real *value = w->stage[0];
    ful__real *rows = ROW(w->policy, at->conduct);
    memcpy(rows, ROW(value, FUL_E), (size_t)g->enforcers * (size_t)g->E * sizeof *rows);
    for (int k = 0; k < g->enforcers && w->witness; k++)
        w->witness(w->witness_user, g, w, at, FUL_E + k, 1, &value);
    for (int e = 0; e < g->E; e++) {
        play(&w->together, g, w, rows, e, ful__reach(g, at->sub));
        const int count = joint_choice(g, w, e);
        for (int row = 0; row < w->rows; row++) {
            ful__real sum = 0;
            for (int j = 0; j < count; j++)
                sum += w->choice[j] * ROW(value, row)[w->window[j]];
            ROW(out, row)[e] = sum;
        }
    }
}

void ful__choose_together(ful__real *const *mass, int count, const ful_bargain *g,
                          ful_bargain_work *w, const ful__at *at)
{
    for (int row = 0; row < count; row++) {
        memcpy(ROW(w->moving, row), mass[row], (size_t)g->E * sizeof *w->moving);
        memset(mass[row], 0, (size_t)g->E * sizeof *w->moving);
    }
    for (int e = 0; e < g->E; e++) {
        int any = 0;
        for (int row = 0; row < count; row++)
            any |= ROW(w->moving, row)[e] != 0;
        if (!any)
            continue;
        play(&w->together, g, w, utilities(g, w, at), e, ful__reach(g, at->sub));
        const int levels = joint_choice(g, w, e);
        for (int row = 0; row < count; row++)
            for (int j = 0; j < levels; j++)
                mass[row][w->window[j]] += ROW(w->moving, row)[e] * w->choice[j];
    }
}

/* Utilities of k's whole grid at the others' equilibrium: its own window is widened after the play.
 */
static ful__real slack_at(const ful_bargain *g, ful_bargain_work *w, const ful__real *rows, int k,
                          int e)
{
    ful__stage_game *s = &w->together;
    ful__real best[2] = {-INFINITY, -INFINITY};
    s->n[k] = ful__window(w->window, g, k, e, FUL__GRID);
    for (int a = 0; a < s->n[k]; a++)
        s->to[k][a] = w->window[a] - e;
    expect_utilities(s, g, utility_of(g, rows, k), e, k);
    for (int a = 0; a < s->n[k]; a++) {
        ful__real *of = best + (g->enforcer[k].meets[w->window[a]] > 0);
        *of = ful__re(s->u[a]) > ful__re(*of) ? s->u[a] : *of;
    }
    /* where all levels are on one side there is nothing to compare with */
    return isinf(ful__re(best[0])) || isinf(ful__re(best[1])) ? NAN : best[1] - best[0];
}

void ful__first_together(ful__real *meets, ful__real *slack, const ful_bargain *g,
                         ful_bargain_work *w, const ful__at *at, const ful__real *from)
{
    ful__stage_game *s = &w->together;
    for (int e = 0; e < g->E; e++)
        for (int k = 0; k < g->enforcers && from[e] != 0; k++) {
            play(s, g, w, utilities(g, w, at), e, ful__reach(g, at->sub));
            for (int a = 0; a < s->n[k]; a++)
                meets[k] += from[e] * s->p[k][a] * g->enforcer[k].meets[e + s->to[k][a]];
            slack[k] += from[e] * slack_at(g, w, utilities(g, w, at), k, e);
        }
}
