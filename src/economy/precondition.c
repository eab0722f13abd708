/* SPDX-License-Identifier: MIT */
/*
 * The steps that the countries' own blocks of the Jacobian (blocks.c) make of gaps.
 *
 * With the gaps f of prices, wage bill, spending and labour shares of one country, to first order
 * in its own unknowns (pi: share of own sales in spending, O: in output, K: elasticity of sales to
 * cost, G: cost shares of inputs, B: of wages, N: share of the use by j in spending on k, v: share
 * of j in the wage bill, s: sales won from outside):
 *
 *     c  = stay (B dy + G dp) + labour f_l         stay = 1 / (1 + K beta / kappa)
 *     dp = f_p + pi c
 *     dq = O de - K c + s
 *     de = f_e + a dy + N dq                        a: share of wages in spending
 *     dy = f_y + sum_j v_j dq_j
 *     dl = f_l + dq - sum_j v_j dq_j
 *
 * With dy and the labour that moves apart, the costs of inputs answer to prices at the border by
 * (1 - G pi stay)^-1 G, and what is needed to sales by (1 - N O)^-1 N: the squares of blocks.c.
 */
#include "base/clones.h"
#include "base/lanes.h"
#include "economy/economy_internal.h"

#include <math.h>

/*
 * Blocks are kept by columns, padded to whole vectors: A x is then a sum of columns, and the
 * transpose is a row of products. x is zero beyond J.
 */
FUL_CLONES
static void multiply_adjoint(int J, int words, const uint32_t *A, const float *x, float *out)
{
    for (int k = 0; k < J; k++)
        out[k] = ful__product_h(words, A + k * words, x);
}

FUL_CLONES
void ful__step_country(const ful_economy_model *m, const ful_economy_work *w, int n, ful__step *s)
{
    const ful__block *const b = ful__block_of(m, w, n);
    const int J = m->J, words = m->words;
    double *const p = s->p, *const e = s->e, *const l = s->l;
    float x[FUL__MAX_SECTORS], c[FUL__MAX_SECTORS], de[FUL__MAX_SECTORS], lost[FUL__MAX_SECTORS];
    for (int j = 0; j < J; j++)
        x[j] = (float)p[j] + (l ? b->own_share[j] * b->labour[j] * (float)l[j] : 0);
    ful__combine_h(J, words, b->input, x, c);
    for (int j = 0; j < J; j++) {
        c[j] = b->stay[j] * c[j] + (l ? b->labour[j] * (float)l[j] : 0);
        lost[j] = b->contested[j] * c[j] - s->won[j];
        x[j] = b->own_sales[j] * (float)e[j] - lost[j];
    }
    ful__combine_h(J, words, b->need, x, de);
    for (int j = 0; j < J; j++) {
        de[j] += (float)e[j];
        x[j] = b->own_sales[j] * de[j] - lost[j];
    }
    const float dy = ((float)s->y + ful__product_f(J, b->bill_share, x)) / b->slack;
    const float bill = dy - (float)s->y; /* by its own equation */
    for (int j = 0; j < J; j++) {
        const float spent = de[j] + b->wage_spending[j] * dy, more = b->wage_cost[j] * dy;
        s->cost[j] = c[j] + more;
        p[j] += (double)(b->own_share[j] * s->cost[j]);
        e[j] = (double)spent;
        if (l)
            l[j] = (double)((float)l[j] + b->own_sales[j] * spent - lost[j] -
                            b->contested[j] * more - bill);
    }
    s->y = (double)dy;
}

/*
 * Prices and spending move all the way. The wage bill moves by the inverse of its own slope, since
 * one that rises by one per cent loses sales worth theta times what is not held captive: the
 * textbook step of one cycles as soon as theta is large. Labour shares likewise.
 */
void ful__step_alone(const ful_economy_model *m, const ful_economy_work *w, double *f)
{
    const ful__unknowns gap = ful__parts(m, f);
    const int labour = w->unknowns > (int)(gap.l - f);
    for (int n = 0; n < m->N; n++)
        gap.y[n] *= (double)ful__block_of(m, w, n)->wage_step;
    for (int a = 0; labour && a < m->N * m->J; a++)
        gap.l[a] *= (double)ful__block_of(m, w, a / m->J)->stay[a % m->J];
    for (int c = 0; c < w->caps; c++)
        gap.o[c] /= w->cap_slope[c];
    for (int h = 0; h < w->hubs; h++)
        gap.u[h] /= w->hub_slope[h];
}

/* The transpose of ful__step_country: p, e and l hold adjoints of the steps and receive those of
 * the gaps, and so does the value of y. */
static double adjoint_country(const ful_economy_model *m, const ful_economy_work *w, int n,
                              double y, double *p, double *e, double *l, int labour)
{
    const ful__block *const b = ful__block_of(m, w, n);
    const int J = m->J, words = m->words;
    float x[FUL__MAX_SECTORS] = {0}, spent[FUL__MAX_SECTORS] = {0}, cost[FUL__MAX_SECTORS];
    float need[FUL__MAX_SECTORS], price[FUL__MAX_SECTORS], moved = 0, wage = (float)y;
    for (int j = 0; labour && j < J; j++)
        moved += (float)l[j];
    for (int j = 0; j < J; j++) {
        const float change = labour ? (float)l[j] - b->bill_share[j] * moved : 0;
        spent[j] = (float)e[j] + b->own_sales[j] * change;
        cost[j] = b->own_share[j] * (float)p[j] - b->contested[j] * change;
        wage += b->wage_spending[j] * spent[j] + b->wage_cost[j] * cost[j];
    }
    wage /= b->slack;
    for (int j = 0; j < J; j++)
        spent[j] += wage * b->bill_share[j] * b->own_sales[j];
    multiply_adjoint(J, words, b->need, spent, need);
    for (int j = 0; j < J; j++) {
        cost[j] -= b->contested[j] * (need[j] + wage * b->bill_share[j]);
        x[j] = b->stay[j] * cost[j];
    }
    multiply_adjoint(J, words, b->input, x, price);
    for (int j = 0; j < J; j++) {
        p[j] += (double)price[j];
        e[j] = (double)(spent[j] + b->own_sales[j] * need[j]);
        if (labour)
            l[j] += (double)(b->labour[j] * (cost[j] + b->own_share[j] * price[j]));
    }
    return (double)wage;
}

void ful__precondition_adjoint(const ful_economy_model *m, ful_economy_work *w, double *f)
{
    const ful__unknowns x = ful__parts(m, f);
    const int labour = w->unknowns > (int)(x.l - f);
    for (int n = 0; n < m->N; n++) {
        const int at = n * m->J, moves = labour && !isinf(m->kappa[n]);
        x.y[n] = adjoint_country(m, w, n, x.y[n], x.p + at, x.e + at, x.l + at, moves);
    }
    for (int c = 0; c < w->caps; c++)
        x.o[c] /= w->cap_slope[c];
    for (int h = 0; h < w->hubs; h++)
        x.u[h] /= w->hub_slope[h];
}
