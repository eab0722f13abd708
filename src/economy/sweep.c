/* SPDX-License-Identifier: MIT */
/*
 * The step of all countries: one after the other, the largest first. Each hears what the steps of
 * those before it do to the prices of its imports and to its exports, so that most of what runs
 * between countries is settled within the sweep: small ones answer to large ones, and hardly the
 * other way round. With the gaps f_p of prices, the steps c of costs and de, dp of buyers:
 *
 *     raised_nj = sum_i market_nij c_ij                        added to the gap of n's price
 *     won_ij   += sum_n X_nij (de_nj + theta (dp_nj - f_pnj)) / Y_ij
 *
 * and what imports cost more the country's own sectors win at home: theta O raised. dp - f_p is
 * what the steps themselves do to a price; the gap is in the sales of the pass already.
 */
#include "base/clones.h"
#include "base/lanes.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

/* ---- who sells to whom ------------------------------------------------------------------------
 */

/* row += scale * weight * c */
FUL_CLONES
static void add_shares(int n, double scale, const double *restrict weight, const double *restrict c,
                       float *restrict row)
{
    for (int i = 0; i < n; i++)
        row[i] += (float)(scale * weight[i] * c[i]);
}

/* The shares of the sellers of sector j in what country n spends on it; none where there is no j.
 */
static void find_shares(const ful_economy_model *m, const ful_economy_work *w, int n, int j,
                        float *row)
{
    memset(row, 0, sizeof *row * (size_t)m->stride);
    if (j >= m->J)
        return;
    const double *c = w->ctheta + j * m->stride;
    for (int p = m->first_product[j]; p < m->first_product[j + 1]; p++) {
        const size_t r = (size_t)p * (size_t)m->N + (size_t)n;
        const double *weight = w->weight + ful__slot(m, r, 0);
        const double scale = w->sum[r] > 0 ? m->product_share[r] / w->sum[r] : 0;
        if (!m->traded[p] && !m->seller)
            row[n] += (float)(scale * weight[n] * c[n]);
        else if (!m->seller)
            add_shares(m->stride, scale, weight, c, row);
        for (size_t k = 0; m->seller && k < ful__row_length(m, r); k++) {
            const int i = ful__seller(m, r, k);
            row[i] += (float)(scale * weight[k] * c[i]);
        }
    }
}

void ful__markets_renew(const ful_economy_model *m, ful_economy_work *w)
{
    const int N = m->N, words = m->words;
    float lower[FUL__MAX_COUNTRIES], upper[FUL__MAX_COUNTRIES];
    for (int n = 0; n < N; n++) {
        uint32_t *market = w->market + (size_t)n * (size_t)(N * words);
        for (int a = 0; a < words; a++) {
            const int j = a / 16 * 32 + a % 16;
            find_shares(m, w, n, j, lower);
            find_shares(m, w, n, j + 16, upper);
            for (int i = 0; i < N; i++)
                market[i * words + a] = ful__halves(lower[i], upper[i]);
        }
    }
}

/* ---- the sweep --------------------------------------------------------------------------------
 */

/* raised = sum over the countries before of market * cost */
FUL_CLONES
static void hear(int before, const int *country, int words, const uint32_t *market,
                 const float *cost, float *raised)
{
    for (int a = 0; a < words; a += 16) {
        ful__f16 s = {0}, t = {0};
        for (int k = 0; k < before; k++) {
            const int at = country[k] * words + a;
            const ful__w16 share = FUL__W16(market + at);
            s += FUL__LOWER(share) * FUL__F16(cost + 2 * at);
            t += FUL__UPPER(share) * FUL__F16(cost + 2 * at + 16);
        }
        *(ful__f16 *)(raised + 2 * a) = s;
        *(ful__f16 *)(raised + 2 * a + 16) = t;
    }
}

/* won += market * more, of the countries after */
FUL_CLONES
static void tell(int after, const int *country, int words, const uint32_t *market,
                 const float *more, float *won)
{
    for (int a = 0; a < words; a += 16) {
        const ful__f16 x = FUL__F16(more + 2 * a), y = FUL__F16(more + 2 * a + 16);
        for (int k = 0; k < after; k++) {
            const int at = country[k] * words + a;
            const ful__w16 share = FUL__W16(market + at);
            float *const l = won + 2 * at, *const u = l + 16;
            *(ful__f16 *)l = FUL__F16(l) + FUL__LOWER(share) * x;
            *(ful__f16 *)u = FUL__F16(u) + FUL__UPPER(share) * y;
        }
    }
}

/* From money won to logs of sales, with what dearer imports leave to the country's own sectors. */
FUL_CLONES
static void gains(int J, const double *restrict theta, const float *restrict own_sales,
                  const float *restrict raised, const double *restrict output, float *restrict won)
{
    for (int j = 0; j < J; j++) {
        const int sells = output[j] > 0;
        won[j] = (sells ? won[j] / (float)(sells ? output[j] : 1) : 0) +
                 (float)theta[j] * own_sales[j] * raised[j];
    }
}

/* What the buyer's steps add to its purchases abroad, were no seller to change its price. */
FUL_CLONES
static void purchases(int J, const double *restrict theta, const double *restrict spending,
                      const double *restrict e, const double *restrict p,
                      const double *restrict gap, float *restrict more)
{
    for (int j = 0; j < J; j++)
        more[j] = (float)(spending[j] * (e[j] + theta[j] * (p[j] - gap[j])));
}

/* Cells out of use stay where they are. */
static void hold_unused(const ful_economy_model *m, const ful_economy_work *w, int at,
                        const ful__step *s)
{
    for (int j = 0; j < m->J; j++) {
        if (!w->demand[at + j])
            s->p[j] = s->e[j] = 0;
        if (s->l && (!(m->value_added[at + j] > 0) || !w->active[at + j]))
            s->l[j] = 0;
    }
}

/* The step of the country that is k-th in size. */
static void step_in_turn(const ful_economy_model *m, ful_economy_work *w, int k,
                         const ful__unknowns *gap, int labour)
{
    const int n = m->by_size[k], J = m->J, words = m->words, at = n * J;
    const uint32_t *market = w->market + (size_t)n * (size_t)(m->N * words);
    float raised[FUL__MAX_SECTORS], more[FUL__MAX_SECTORS], *won = w->won + 2 * n * words;
    double before[FUL__MAX_SECTORS];
    ful__step s = {.y = gap->y[n],
                   .p = gap->p + at,
                   .e = gap->e + at,
                   .l = labour && !isinf(m->kappa[n]) ? gap->l + at : NULL,
                   .won = won,
                   .cost = w->cost_step + 2 * n * words};
    memcpy(before, s.p, sizeof(double) * (size_t)J);
    hear(k, m->by_size, words, market, w->cost_step, raised);
    gains(J, m->theta, ful__block_of(m, w, n)->own_sales, raised, w->output + at, won);
    for (int j = 0; j < J; j++)
        s.p[j] += (double)raised[j];
    ful__step_country(m, w, n, &s);
    if (w->caps > 0)
        ful__step_premiums(m, w, n, before, &s, gap->o);
    gap->y[n] = s.y;
    hold_unused(m, w, at, &s);
    memset(more + J, 0, sizeof *more * (size_t)(2 * words - J));
    purchases(J, m->theta, w->spending + at, s.e, s.p, before, more);
    tell(m->N - k - 1, m->by_size + k + 1, words, market, more, w->won);
}

void ful__precondition(const ful_economy_model *m, ful_economy_work *w, double *f)
{
    const ful__unknowns gap = ful__parts(m, f);
    const int labour = w->unknowns > (int)(gap.l - f);
    const size_t count = 2 * (size_t)m->N * (size_t)m->words;
    memset(w->cost_step, 0, sizeof *w->cost_step * count);
    memset(w->won, 0, sizeof *w->won * count);
    for (int c = 0; c < w->caps; c++)
        gap.o[c] /= w->cap_slope[c];
    for (int h = 0; h < w->hubs; h++)
        gap.u[h] /= w->hub_slope[h];
    for (int k = 0; k < m->N; k++)
        step_in_turn(m, w, k, &gap, labour);
}
