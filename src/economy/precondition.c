/* SPDX-License-Identifier: MIT */
/*
 * The countries' own blocks of the Jacobian, inverted once with the model. Most of what a sector
 * buys and sells stays at home, so a gap is mostly closed by the country where it stands: input
 * prices feed costs feed prices, output feeds input demand feeds output, wages feed both. The
 * blocks close these loops at once; what runs through foreign countries is left to the mixing,
 * which then needs a third of the passes. A block only shapes steps, never the solution: benchmark
 * shares and single precision serve.
 *
 * With the gaps f of prices, wage bill, spending and labour shares of one country, to first order
 * in its own unknowns (pi: share of own sales in spending, O: in output, K: elasticity of sales to
 * cost, G: cost shares of inputs, B: of wages, N: share of the use by j in spending on k, v: share
 * of j in the wage bill):
 *
 *     c  = stay (B dy + G dp) + labour f_l         stay = 1 / (1 + K beta / kappa)
 *     dp = f_p + pi c
 *     de = f_e + a dy + N (O de - K c)              a: share of wages in spending
 *     dy = f_y + sum_j v_j (O de - K c)_j
 *     dl = f_l + (O de - K c) - sum_j v_j (O de - K c)_j
 */
#include "base/clones.h"
#include "base/lanes.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

/* A slope of the wage bill below this would send a nearly closed country anywhere. */
#define LEAST_SLACK 0.02

/* ---- once for a model ------------------------------------------------------------------------ */

/* row -= factor * pivot */
FUL_CLONES
static void eliminate(int n, double *row, double factor, const double *pivot)
{
    for (int k = 0; k < n; k++)
        row[k] -= factor * pivot[k];
}

/* Invert A by elimination without exchanges: the blocks are dominated by their diagonals. */
static void invert(int n, double *A, double *inverse)
{
    memset(inverse, 0, sizeof(double) * (size_t)(n * n));
    for (int k = 0; k < n; k++)
        inverse[k * n + k] = 1;
    for (int k = 0; k < n; k++) {
        const double pivot = 1 / A[k * n + k];
        for (int l = 0; l < n; l++) {
            A[k * n + l] *= pivot;
            inverse[k * n + l] *= pivot;
        }
        for (int j = 0; j < n; j++) {
            const double factor = A[j * n + k];
            if (j == k || factor == 0)
                continue;
            eliminate(n, A + j * n, factor, A + k * n);
            eliminate(n, inverse + j * n, factor, inverse + k * n);
        }
    }
}

/* pi, O and K of every cell, from the flows */
static void derive_markets(ful_economy_model *m)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J;
    for (size_t r = 0; r < (size_t)m->P * N; r++) {
        const size_t n = r % N, j = (size_t)m->product_sector[r / N];
        for (size_t k = 0; k < ful__row_length(m, r); k++) {
            const size_t a = m->row[r] + k, i = (size_t)ful__seller(m, r, k);
            const double output = m->output[i * J + j];
            if (!(output > 0))
                continue;
            const double sold = m->flow[a] / output;
            m->contested[i * J + j] += (float)(m->theta[j] * sold * (1 - m->share[a]));
            if (i == n) {
                m->own_sales[n * J + j] += (float)sold;
                m->own_share[n * J + j] += (float)(m->product_share[r] * m->share[a]);
            }
        }
    }
}

/* out = A x, or its transpose, of J x J doubles */
static void apply(int J, const double *A, const double *x, double *out)
{
    for (int j = 0; j < J; j++) {
        out[j] = 0;
        for (int k = 0; k < J; k++)
            out[j] += A[j * J + k] * x[k];
    }
}

static void keep(int count, float *to, const double *from)
{
    for (int k = 0; k < count; k++)
        to[k] = (float)from[k];
}

static void keep_columns(const ful_economy_model *m, float *to, const double *from)
{
    for (int k = 0; k < m->J; k++)
        for (int j = 0; j < m->J; j++)
            to[k * m->block_lead + j] = (float)from[j * m->J + k];
}

/* what c, dp, de and the wage bill make of a change dy alone */
static void derive_wage_response(ful_economy_model *m, int n, const double *price,
                                 const double *input, const double *spending, const double *need,
                                 const double *needed, double *scratch)
{
    const int J = m->J;
    double *x = scratch, *h = scratch + J, *c = scratch + 2 * J, *e = scratch + 3 * J;
    const double wage = 1 / (1 + m->phi[n]);
    for (int j = 0; j < J; j++) {
        const int a = n * J + j;
        x[j] = (double)m->own_share[a] * (double)m->stay[a] * m->beta[a] * wage;
    }
    apply(J, price, x, h);
    apply(J, input, h, c);
    for (int j = 0; j < J; j++) {
        const int a = n * J + j;
        c[j] = (double)m->stay[a] * (m->beta[a] * wage + c[j]);
        x[j] = (double)m->contested[a] * c[j];
    }
    apply(J, need, x, e);
    for (int k = 0; k < J; k++) {
        const int a = n * J + k;
        e[k] = needed[k] > 0 ? m->alpha[a] * m->wage_bill[n] / needed[k] - e[k] : 0;
    }
    memcpy(x, e, sizeof(double) * (size_t)J);
    apply(J, spending, x, e);
    double slack = 1, slope = 0;
    for (int j = 0; j < J; j++) {
        const int a = n * J + j;
        slope += (double)m->bill_share[a] * (double)m->contested[a];
        slack -= (double)m->bill_share[a] *
                 ((double)m->own_sales[a] * e[j] - (double)m->contested[a] * c[j]);
    }
    keep(J, m->wage_price + n * J, h);
    keep(J, m->wage_cost + n * J, c);
    keep(J, m->wage_spending + n * J, e);
    m->slack[n] = (float)fmax(slack, LEAST_SLACK);
    m->wage_step[n] = (float)(1 / (1 + slope));
}

static void derive_country(ful_economy_model *m, int n, double *scratch)
{
    const int J = m->J;
    const size_t square = (size_t)J * (size_t)J, block = (size_t)n * square;
    const size_t kept = (size_t)(n * J) * (size_t)m->block_lead;
    double *A = scratch, *price = A + square, *input = price + square, *spending = input + square,
           *need = spending + square, *needed = need + square;
    const double idle = m->phi[n] / (1 + m->phi[n]);
    /* spending as uses add up to it: a table with shares of its own may state less */
    for (int k = 0; k < J; k++)
        needed[k] = m->alpha[n * J + k] * m->income[n];
    for (int j = 0; j < J; j++)
        for (int k = 0; k < J; k++)
            needed[k] += m->input[block + (size_t)(j * J + k)] * m->output[n * J + j];
    for (int j = 0; j < J; j++) {
        const int a = n * J + j;
        const double labour = m->beta[a] / m->kappa[n];
        m->stay[a] = (float)(1 / (1 + (double)m->contested[a] * labour));
        m->labour[a] = (float)(labour * (double)m->stay[a]);
        m->bill_share[a] = (float)(m->value_added[a] / m->wage_bill[n]);
        for (int k = 0; k < J; k++) {
            const double gamma = m->input[block + (size_t)(j * J + k)];
            input[j * J + k] = gamma + m->beta[a] * idle * m->alpha[n * J + k];
            need[k * J + j] = needed[k] > 0 ? gamma * m->output[a] / needed[k] : 0;
            A[j * J + k] =
                (j == k) - (double)m->own_share[a] * (double)m->stay[a] * input[j * J + k];
        }
    }
    invert(J, A, price);
    for (int k = 0; k < J; k++)
        for (int j = 0; j < J; j++)
            A[k * J + j] = (j == k) - need[k * J + j] * (double)m->own_sales[n * J + j];
    invert(J, A, spending);
    derive_wage_response(m, n, price, input, spending, need, needed, needed + J);
    keep_columns(m, m->price_block + kept, price);
    keep_columns(m, m->input_block + kept, input);
    keep_columns(m, m->spending_block + kept, spending);
    keep_columns(m, m->need_block + kept, need);
}

void ful__derive_blocks(ful_economy_model *m)
{
    derive_markets(m);
    for (int n = 0; n < m->N; n++)
        derive_country(m, n, m->block_scratch);
}

/* ---- every pass ------------------------------------------------------------------------------ */

/*
 * Blocks are kept by columns, padded to whole vectors: A x is then a sum of columns, and the
 * transpose is a row of products.
 */
FUL_CLONES
static void multiply(int J, int lead, const float *A, const float *x, float *out)
{
    ful__combine_f(J, lead, A, x, out);
}

FUL_CLONES
static void multiply_adjoint(int J, int lead, const float *A, const float *x, float *out)
{
    for (int k = 0; k < J; k++)
        out[k] = ful__product_f(J, A + k * lead, x);
}

#define MAX_SECTORS 512

/* The step of one country; p, e and l hold gaps and receive steps, and so does the value of f_y. */
static double step_country(const ful_economy_model *m, int n, double f_y, double *p, double *e,
                           double *l, int labour)
{
    const int J = m->J, at = n * J, lead = m->block_lead;
    const size_t block = (size_t)at * (size_t)lead;
    float x[MAX_SECTORS] = {0}, dp[MAX_SECTORS], c[MAX_SECTORS], de[MAX_SECTORS];
    for (int j = 0; j < J; j++)
        x[j] = (float)p[j] + (labour ? m->own_share[at + j] * m->labour[at + j] * (float)l[j] : 0);
    multiply(J, lead, m->price_block + block, x, dp);
    multiply(J, lead, m->input_block + block, dp, c);
    for (int j = 0; j < J; j++) {
        c[j] = m->stay[at + j] * c[j] + (labour ? m->labour[at + j] * (float)l[j] : 0);
        x[j] = m->contested[at + j] * c[j];
    }
    multiply(J, lead, m->need_block + block, x, de);
    for (int k = 0; k < J; k++)
        x[k] = (float)e[k] - de[k];
    multiply(J, lead, m->spending_block + block, x, de);
    float bill = 0;
    for (int j = 0; j < J; j++)
        bill +=
            m->bill_share[at + j] * (m->own_sales[at + j] * de[j] - m->contested[at + j] * c[j]);
    const float dy = ((float)f_y + bill) / m->slack[n];
    bill = dy - (float)f_y; /* by its own equation */
    for (int j = 0; j < J; j++) {
        const int a = at + j;
        const float spent = de[j] + m->wage_spending[a] * dy, cost = c[j] + m->wage_cost[a] * dy;
        p[j] = (double)(dp[j] + m->wage_price[a] * dy);
        e[j] = (double)spent;
        if (labour)
            l[j] = (double)((float)l[j] + m->own_sales[a] * spent - m->contested[a] * cost - bill);
    }
    return (double)dy;
}

void ful__precondition(const ful_economy_model *m, ful_economy_work *w, double *f)
{
    const ful__unknowns gap = ful__parts(m, f);
    const int labour = w->unknowns > (int)(gap.l - f);
    for (int n = 0; n < m->N; n++) {
        const int at = n * m->J;
        const int moves = labour && !isinf(m->kappa[n]);
        gap.y[n] = step_country(m, n, gap.y[n], gap.p + at, gap.e + at, gap.l + at, moves);
        for (int a = at; a < at + m->J; a++)
            if (!w->demand[a])
                gap.p[a] = gap.e[a] = 0;
        for (int a = at; moves && a < at + m->J; a++)
            if (!(m->value_added[a] > 0) || !w->active[a])
                gap.l[a] = 0;
    }
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
        gap.y[n] *= (double)m->wage_step[n];
    for (int a = 0; labour && a < m->N * m->J; a++)
        gap.l[a] *= (double)m->stay[a];
}

/* The transpose of step_country: p, e and l hold adjoints of the steps and receive those of the
 * gaps, and so does the value of y. */
static double adjoint_country(const ful_economy_model *m, int n, double y, double *p, double *e,
                              double *l, int labour)
{
    const int J = m->J, at = n * J, lead = m->block_lead;
    const size_t block = (size_t)at * (size_t)lead;
    float x[MAX_SECTORS] = {0}, cost[MAX_SECTORS], spent[MAX_SECTORS], price[MAX_SECTORS];
    float moved = 0, wage = (float)y;
    for (int j = 0; labour && j < J; j++)
        moved += (float)l[j];
    for (int j = 0; j < J; j++) {
        const int a = at + j;
        const float change = labour ? (float)l[j] - m->bill_share[a] * moved : 0;
        spent[j] = (float)e[j] + m->own_sales[a] * change;
        cost[j] = -m->contested[a] * change;
        wage += m->wage_price[a] * (float)p[j] + m->wage_spending[a] * spent[j] +
                m->wage_cost[a] * cost[j];
    }
    wage /= m->slack[n];
    for (int j = 0; j < J; j++)
        x[j] = spent[j] + wage * m->bill_share[at + j] * m->own_sales[at + j];
    multiply_adjoint(J, lead, m->spending_block + block, x, spent);
    multiply_adjoint(J, lead, m->need_block + block, spent, price);
    for (int j = 0; j < J; j++) {
        const int a = at + j;
        cost[j] -= m->contested[a] * (price[j] + wage * m->bill_share[a]);
        x[j] = m->stay[a] * cost[j];
    }
    multiply_adjoint(J, lead, m->input_block + block, x, price);
    for (int j = 0; j < J; j++)
        x[j] = (float)p[j] + price[j];
    multiply_adjoint(J, lead, m->price_block + block, x, price);
    for (int j = 0; j < J; j++) {
        const int a = at + j;
        p[j] = (double)price[j];
        e[j] = (double)spent[j];
        if (labour)
            l[j] += (double)(m->labour[a] * (cost[j] + m->own_share[a] * price[j]));
    }
    return (double)wage;
}

void ful__precondition_adjoint(const ful_economy_model *m, ful_economy_work *w, double *f)
{
    const ful__unknowns x = ful__parts(m, f);
    const int labour = w->unknowns > (int)(x.l - f);
    for (int n = 0; n < m->N; n++) {
        const int at = n * m->J, moves = labour && !isinf(m->kappa[n]);
        x.y[n] = adjoint_country(m, n, x.y[n], x.p + at, x.e + at, x.l + at, moves);
    }
    for (int c = 0; c < w->caps; c++)
        x.o[c] /= w->cap_theta[c];
}
