/* SPDX-License-Identifier: MIT */
/*
 * Steps of premiums. A premium raises the prices of its buyer, which raises its costs and the sales
 * of its own sectors, and what the buyer then wants of the capped goods moves the premium again:
 * solved together for the country that buys most under a cap, with all caps of that country. With
 * the share a_j that a cap grips of what the buyer spends on j, the part w_j of j in what it grips,
 * and the gap g of the cap,
 *
 *     held do = g + sum_j w_j (de_j + theta_j (dp_j - f_pj))      dp, de answer to a do
 */
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

/* A slope below this would send a premium anywhere. */
#define LEAST_SLOPE 0.1

/* Linear equations of the premiums of one country. */
typedef struct premiums {
    int count, cap[FUL_ECONOMY_MAX_CAPS];
    double A[FUL_ECONOMY_MAX_CAPS][FUL_ECONOMY_MAX_CAPS], b[FUL_ECONOMY_MAX_CAPS];
} premiums;

/* What steps of the buyer's prices and spending add to the log of what cap c grips. */
static double answer(const ful_economy_model *m, const ful_economy_work *w, int c, const double *p,
                     const double *e)
{
    const float *part = w->cap_part + c * m->J;
    double sum = 0;
    for (int j = 0; j < m->J; j++)
        sum += (double)part[j] * (e[j] + m->theta[j] * p[j]);
    return sum;
}

/* Where the response of its buyer to the premium of cap c is kept. */
static ful__step response_of(const ful_economy_model *m, ful_economy_work *w, int c, int labour)
{
    double *const at = w->cap_response + c * 3 * m->J;
    return (ful__step){.p = at,
                       .e = at + m->J,
                       .l = labour ? at + 2 * m->J : NULL,
                       .cost = w->cap_cost + c * m->J};
}

/* The response of country n to the premium of cap c; returns that of its wage bill. */
static double respond(const ful_economy_model *m, ful_economy_work *w, int n, int c, int labour)
{
    const float *share = w->cap_share + c * m->J, *own_sales = ful__block_of(m, w, n)->own_sales;
    float won[FUL__MAX_SECTORS];
    ful__step s = response_of(m, w, c, labour);
    memset(s.p, 0, sizeof(double) * 3 * (size_t)m->J);
    for (int j = 0; j < m->J; j++) {
        s.p[j] = (double)share[j];
        won[j] = (float)m->theta[j] * own_sales[j] * share[j];
    }
    s.won = won;
    ful__step_country(m, w, n, &s);
    return s.y;
}

/* By elimination without exchanges: each premium answers most to its own cap. */
static void solve(premiums *x)
{
    for (int k = 0; k < x->count; k++) {
        x->A[k][k] = fmax(x->A[k][k], LEAST_SLOPE);
        for (int i = k + 1; i < x->count; i++) {
            const double factor = x->A[i][k] / x->A[k][k];
            for (int j = k; j < x->count; j++)
                x->A[i][j] -= factor * x->A[k][j];
            x->b[i] -= factor * x->b[k];
        }
    }
    for (int k = x->count - 1; k >= 0; k--) {
        for (int j = k + 1; j < x->count; j++)
            x->b[k] -= x->A[k][j] * x->b[j];
        x->b[k] /= x->A[k][k];
    }
}

/* The caps of country n whose premiums are positive or become so: others only fall to zero. */
static int find_pressing(const ful_economy_work *w, int n, const double *premium, const double *o,
                         int *cap)
{
    int count = 0;
    for (int c = 0; c < w->caps; c++)
        if (w->cap_buyer[c] == n && premium[c] + o[c] > 0)
            cap[count++] = c;
    return count;
}

/* s += amount * response */
static void add_response(int J, double amount, double wage, const ful__step *response, ful__step *s)
{
    s->y += amount * wage;
    for (int j = 0; j < J; j++) {
        s->p[j] += amount * response->p[j];
        s->e[j] += amount * response->e[j];
        s->cost[j] += (float)amount * response->cost[j];
        if (s->l)
            s->l[j] += amount * response->l[j];
    }
}

void ful__step_premiums(const ful_economy_model *m, ful_economy_work *w, int n, const double *gap,
                        ful__step *s, double *o)
{
    const double *premium = ful__parts(m, w->x).o;
    double wage[FUL_ECONOMY_MAX_CAPS], moved[FUL__MAX_SECTORS];
    premiums x;
    x.count = find_pressing(w, n, premium, o, x.cap);
    for (int k = 0; k < x.count; k++)
        wage[k] = respond(m, w, n, x.cap[k], s->l != NULL);
    if (x.count == 0)
        return;
    for (int j = 0; j < m->J; j++)
        moved[j] = s->p[j] - gap[j];
    for (int k = 0; k < x.count; k++) {
        const int c = x.cap[k];
        x.b[k] = o[c] * w->cap_slope[c] + answer(m, w, c, moved, s->e);
        for (int i = 0; i < x.count; i++) {
            const ful__step r = response_of(m, w, x.cap[i], 0);
            x.A[k][i] = (i == k ? w->cap_held[c] : 0) - answer(m, w, c, r.p, r.e);
        }
    }
    solve(&x);
    for (int k = 0; k < x.count; k++) {
        const ful__step r = response_of(m, w, x.cap[k], s->l != NULL);
        o[x.cap[k]] = fmax(x.b[k], -premium[x.cap[k]]);
        add_response(m->J, o[x.cap[k]], wage[k], &r, s);
    }
}
