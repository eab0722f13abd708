/* SPDX-License-Identifier: MIT */
/*
 * The countries' own blocks of the Jacobian (precondition.c), inverted once with the model. Most of
 * what a sector buys and sells stays at home, so a gap is mostly closed by the country where it
 * stands: input prices feed costs feed prices, output feeds input demand feeds output, wages feed
 * both. The blocks close these loops at once; what runs through foreign countries is left to the
 * sweep and the mixing, which then needs a third of the passes. A block only shapes steps, never
 * the solution: halves of floats serve, and so do the shares of the benchmark, but for the country
 * that a shock moves furthest: where its markets are no longer those of the benchmark, its block is
 * made anew.
 */
#include "base/clones.h"
#include "base/lanes.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

/* A slope of the wage bill below this would send a nearly closed country anywhere. */
#define LEAST_SLACK 0.02

/* ---- one block ------------------------------------------------------------------------------- */

/*
 * A <- (1 - A d)^-1 A, d a diagonal, rows `lead` apart: the loop through one sector is closed after
 * the other. All terms are positive, so nothing cancels.
 */
FUL_CLONES
static void close_loops(int n, int lead, const double *d, double *A)
{
    for (int k = 0; k < n; k++) {
        double *restrict through = A + k * lead;
        const double inverse = 1 / (1 - through[k] * d[k]);
        for (int l = 0; l < lead; l++)
            through[l] *= inverse;
        for (int j = 0; j < n; j++) {
            double *restrict row = A + j * lead;
            const double factor = row[k] * d[k];
            if (j == k || factor == 0)
                continue;
            for (int l = 0; l < lead; l++)
                row[l] += factor * through[l];
        }
    }
}

/* out = A x, rows `lead` apart */
FUL_CLONES
static void apply(int n, int lead, const double *A, const double *x, double *out)
{
    for (int j = 0; j < n; j++)
        out[j] = ful__product(n, A + j * lead, x);
}

static void keep(int count, float *to, const double *from)
{
    for (int k = 0; k < count; k++)
        to[k] = (float)from[k];
}

static void keep_columns(int n, int lead, int words, uint32_t *to, const double *from)
{
    for (int k = 0; k < n; k++)
        for (int a = 0; a < words; a++) {
            const int j = a / 16 * 32 + a % 16;
            to[k * words + a] = ful__halves(j < n ? (float)from[j * lead + k] : 0,
                                            j + 16 < n ? (float)from[(j + 16) * lead + k] : 0);
        }
}

/* What a country makes, pays and earns, in the benchmark or later; by sector but for the last two.
 */
typedef struct state {
    const double *output, *value_added;
    double income, bill;
} state;

/* Scratch of one derivation: two squares of J rows, `lead` apart, and rows. */
typedef struct squares {
    double *input, *need, *needed, *x, *c, *e;
} squares;

static squares squares_of(const ful_economy_model *m, double *scratch)
{
    const size_t square = (size_t)m->J * (size_t)m->block_lead, row = (size_t)m->block_lead;
    double *const rows = scratch + 2 * square;
    return (squares){scratch, scratch + square, rows, rows + row, rows + 2 * row, rows + 3 * row};
}

/* what c, de and the wage bill make of a change dy alone */
static void derive_wage_response(const ful_economy_model *m, int n, const state *at, ful__block *b,
                                 const squares *s)
{
    const int J = m->J, lead = m->block_lead;
    const double wage = 1 / (1 + m->phi[n]), *beta = m->beta + n * J, *alpha = m->alpha + n * J;
    for (int j = 0; j < J; j++)
        s->x[j] = (double)b->own_share[j] * (double)b->stay[j] * beta[j] * wage;
    apply(J, lead, s->input, s->x, s->c);
    for (int j = 0; j < J; j++)
        s->c[j] = (double)b->stay[j] * (beta[j] * wage + s->c[j]);
    for (int k = 0; k < J; k++) {
        const double earned = s->needed[k] > 0 ? alpha[k] * at->bill / s->needed[k] : 0;
        s->needed[k] = earned;
        s->x[k] = (double)b->own_sales[k] * earned - (double)b->contested[k] * s->c[k];
    }
    apply(J, lead, s->need, s->x, s->e);
    double slack = 1, slope = 0;
    for (int j = 0; j < J; j++) {
        const double share = (double)b->bill_share[j], contested = (double)b->contested[j];
        s->e[j] += s->needed[j];
        slope += share * contested;
        slack -= share * ((double)b->own_sales[j] * s->e[j] - contested * s->c[j]);
    }
    keep(J, b->wage_cost, s->c);
    keep(J, b->wage_spending, s->e);
    b->slack = (float)fmax(slack, LEAST_SLACK);
    b->wage_step = (float)(1 / (1 + slope));
}

/* The shares of country n that follow from own_share and contested; d, J: what of a gap of prices
 * at home comes back to it by way of costs. */
static void derive_shares(const ful_economy_model *m, int n, const state *at, ful__block *b,
                          double *d)
{
    for (int j = 0; j < m->J; j++) {
        const double labour = m->beta[n * m->J + j] / m->kappa[n];
        b->stay[j] = (float)(1 / (1 + (double)b->contested[j] * labour));
        b->labour[j] = (float)(labour * (double)b->stay[j]);
        b->bill_share[j] = (float)(at->value_added[j] / at->bill);
        d[j] = (double)b->own_share[j] * (double)b->stay[j];
    }
}

/* The rest of the block of country n from own_share, own_sales and contested. */
static void derive_block(const ful_economy_model *m, int n, const state *at, ful__block *b,
                         double *scratch)
{
    const int J = m->J, lead = m->block_lead;
    const squares s = squares_of(m, scratch);
    const double *input = m->input + (size_t)(n * J) * (size_t)J;
    const double idle = m->phi[n] / (1 + m->phi[n]);
    memset(s.input, 0, sizeof(double) * 2 * (size_t)J * (size_t)lead);
    /* spending as uses add up to it: a table with shares of its own may state less */
    for (int k = 0; k < J; k++)
        s.needed[k] = m->alpha[n * J + k] * at->income;
    for (int j = 0; j < J; j++)
        for (int k = 0; k < J; k++)
            s.needed[k] += input[j * J + k] * at->output[j];
    for (int j = 0; j < J; j++)
        for (int k = 0; k < J; k++) {
            const double gamma = input[j * J + k];
            s.input[j * lead + k] = gamma + m->beta[n * J + j] * idle * m->alpha[n * J + k];
            s.need[k * lead + j] = s.needed[k] > 0 ? gamma * at->output[j] / s.needed[k] : 0;
        }
    derive_shares(m, n, at, b, s.x);
    close_loops(J, lead, s.x, s.input);
    for (int j = 0; j < J; j++)
        s.x[j] = (double)b->own_sales[j];
    close_loops(J, lead, s.x, s.need);
    derive_wage_response(m, n, at, b, &s);
    keep_columns(J, lead, m->words, b->input, s.input);
    keep_columns(J, lead, m->words, b->need, s.need);
}

/* ---- once for a model ------------------------------------------------------------------------ */

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
            m->block[i].contested[j] += (float)(m->theta[j] * sold * (1 - m->share[a]));
            if (i == n) {
                m->block[n].own_sales[j] += (float)sold;
                m->block[n].own_share[j] += (float)(m->product_share[r] * m->share[a]);
            }
        }
    }
}

static void sort_by_size(ful_economy_model *m)
{
    for (int n = 0; n < m->N; n++) {
        int k = n;
        for (; k > 0 && m->wage_bill[m->by_size[k - 1]] < m->wage_bill[n]; k--)
            m->by_size[k] = m->by_size[k - 1];
        m->by_size[k] = n;
    }
}

void ful__derive_blocks(ful_economy_model *m)
{
    sort_by_size(m);
    derive_markets(m);
    for (int n = 0; n < m->N; n++) {
        const state at = {m->output + n * m->J, m->value_added + n * m->J, m->income[n],
                          m->wage_bill[n]};
        derive_block(m, n, &at, &m->block[n], m->block_scratch);
    }
}

/* ---- in a solve ------------------------------------------------------------------------------ */

/* A cell whose own share, or that of its sales, differs by more than this from the benchmark's is
 * another market. */
#define OTHER_MARKET 0.05

/* The largest difference between own / all, where there is something, and share. */
FUL_CLONES
static double difference(int n, const double *restrict own, const double *restrict all,
                         const float *restrict share, double *restrict gap)
{
    for (int j = 0; j < n; j++)
        gap[j] = all[j] > 0 ? own[j] / (all[j] > 0 ? all[j] : 1) - (double)share[j] : 0;
    return ful__largest(n, gap);
}

/* How far the own markets of a country, `own` by sector, are from those of its block. */
static double distance(const ful_economy_model *m, const ful_economy_work *w, int n,
                       const double *own)
{
    const ful__block *b = &m->block[n];
    const int at = n * m->J;
    double gap[FUL__MAX_SECTORS];
    return fmax(difference(m->J, own, w->spending + at, b->own_share, gap),
                difference(m->J, own, w->output + at, b->own_sales, gap));
}

/* Which flow of row r is from seller i; the length of the row where none is. */
static size_t find_seller(const ful_economy_model *m, size_t r, int i)
{
    size_t low = 0, high = ful__row_length(m, r);
    if (!m->seller)
        return (size_t)i;
    const uint16_t *seller = m->seller + m->row[r];
    const size_t length = high;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (seller[middle] < i)
            low = middle + 1;
        else
            high = middle;
    }
    return low < length && seller[low] == i ? low : length;
}

/* pi, O and K of one country at the last pass */
static void find_markets(const ful_economy_model *m, const ful_economy_work *w, int i,
                         ful__block *b)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J;
    memset(b->own_share, 0, sizeof(float) * J);
    memset(b->own_sales, 0, sizeof(float) * J);
    memset(b->contested, 0, sizeof(float) * J);
    for (size_t r = 0; r < (size_t)m->P * N; r++) {
        const size_t n = r % N, j = (size_t)m->product_sector[r / N], k = find_seller(m, r, i);
        const double output = w->output[(size_t)i * J + j];
        if (k == ful__row_length(m, r) || !(output > 0) || !(w->sum[r] > 0))
            continue;
        const size_t slot = ful__slot(m, r, k);
        const double c = w->ctheta[j * (size_t)m->stride + (size_t)i];
        const double share = w->weight[slot] * c / w->sum[r];
        const double sold = w->scale[r] * w->paid[slot] * c / output;
        b->contested[j] += (float)(m->theta[j] * sold * (1 - share));
        if ((size_t)i == n) {
            b->own_sales[j] += (float)sold;
            b->own_share[j] += (float)(m->product_share[r] * share);
        }
    }
}

void ful__blocks_renew(const ful_economy_model *m, ful_economy_work *w)
{
    double furthest = OTHER_MARKET, *own = w->cell;
    w->moved = -1;
    ful__by_country(m, w->own, own);
    for (int n = 0; n < m->N; n++) {
        const int earns = w->income[n] > 0 && w->demanded[n] > 0;
        const double far = earns ? distance(m, w, n, own + n * m->J) : 0;
        if (far > furthest) {
            furthest = far;
            w->moved = n;
        }
    }
    const int n = w->moved;
    if (n < 0)
        return;
    const state at = {w->output + n * m->J, w->value_added + n * m->J, w->income[n],
                      w->demanded[n]};
    find_markets(m, w, n, &w->block);
    derive_block(m, n, &at, &w->block, w->block_scratch);
}

/* ---- layout ---------------------------------------------------------------------------------- */

size_t ful__place_block(ful__block *b, unsigned char *base, size_t used, const ful_economy_model *m)
{
    const size_t J = (size_t)m->J, square = J * (size_t)m->words;
    float **const small[] = {&b->own_share, &b->own_sales,  &b->contested, &b->stay,
                             &b->labour,    &b->bill_share, &b->wage_cost, &b->wage_spending};
    b->input = ful__place(base, &used, square, sizeof *b->input);
    b->need = ful__place(base, &used, square, sizeof *b->need);
    for (size_t k = 0; k < sizeof small / sizeof *small; k++)
        *small[k] = ful__place(base, &used, J, sizeof(float));
    return used;
}

size_t ful__block_scratch(const ful_economy_model *m)
{
    return (2 * (size_t)m->J + 4) * (size_t)m->block_lead;
}
