/* SPDX-License-Identifier: MIT */
/*
 * The pass over the flows. A row (product p, buyer n) needs the sums of weight * cost^-theta over
 * its sellers, for the price, and of what customs and sellers see of it; then its purchases are
 * added to each seller. Weights stand ready in the workspace, so a flow takes no exponential. The
 * flows of one product are read twice in a row, from memory once and then from the nearest cache.
 *
 * All sums are taken by sector and then over sectors in order: the same bits for any number of
 * threads.
 */
#include "base/clones.h"
#include "base/lanes.h"
#include "economy/economy_internal.h"

#include <string.h>

#define LANES FUL_ECONOMY_LANES
/* Below this many flows a thread costs more than it brings. */
#define FLOWS_PER_THREAD 200000

/* The sums of one sector, by buyer or seller (N each). */
typedef struct sector {
    const double *c;                   /* cost ^ -theta, padded */
    double *receipt, *customs_receipt; /* customs_receipt NULL: as receipt */
    double *bought, *own, *tariff;
} sector;

/* The flows of one product: weight, customs, paid in the layout of the pass; customs may be paid,
 * and paid may be weight. */
typedef struct block {
    const double *weight, *customs, *paid;
    const double *spending; /* N: E_np */
    double *sum, *scale;    /* N */
} block;

/* ---- dense rows ------------------------------------------------------------------------------ */

/* sums over sellers of two arrays at once; rows are padded to whole lanes */
static inline void two_products(int lead, const double *a, const double *b, const double *c,
                                double *sum_a, double *sum_b)
{
    ful__v4 s = {0}, t = {0}, u = {0}, v = {0};
    for (int k = 0; k < lead; k += LANES) {
        const ful__v4 c0 = FUL__V4(c + k), c1 = FUL__V4(c + k + 4);
        s += FUL__V4(a + k) * c0;
        t += FUL__V4(a + k + 4) * c1;
        u += FUL__V4(b + k) * c0;
        v += FUL__V4(b + k + 4) * c1;
    }
    *sum_a = FUL__FOLD(s, t);
    *sum_b = FUL__FOLD(u, v);
}

/* receipt += sum over four buyers of scale * v */
static inline void add_four(int lead, const double *scale, const double *v, double *receipt)
{
    const double *v0 = v, *v1 = v + lead, *v2 = v1 + lead, *v3 = v2 + lead;
    const double s0 = scale[0], s1 = scale[1], s2 = scale[2], s3 = scale[3];
    for (int i = 0; i < lead; i += 4)
        *(ful__v4 *)(receipt + i) =
            FUL__V4(receipt + i) + ((s0 * FUL__V4(v0 + i) + s1 * FUL__V4(v1 + i)) +
                                    (s2 * FUL__V4(v2 + i) + s3 * FUL__V4(v3 + i)));
}

static inline void add_one(int lead, double scale, const double *v, double *receipt)
{
    for (int i = 0; i < lead; i += 4)
        *(ful__v4 *)(receipt + i) = FUL__V4(receipt + i) + scale * FUL__V4(v + i);
}

static inline void add_receipts(int N, int lead, const double *scale, const double *v,
                                double *receipt)
{
    int n = 0;
    for (; n + 4 <= N; n += 4)
        add_four(lead, scale + n, v + n * lead, receipt);
    for (; n < N; n++)
        add_one(lead, scale[n], v + n * lead, receipt);
}

FUL_CLONES
static void trade_dense(int N, int lead, const block *b, const sector *s)
{
    double customs[1024];
    for (int n = 0; n < N; n++)
        two_products(lead, b->weight + n * lead, b->customs + n * lead, s->c, &b->sum[n],
                     &customs[n]);
    for (int n = 0; n < N; n++)
        b->scale[n] = b->spending[n] > 0 && b->sum[n] > 0 ? b->spending[n] / b->sum[n] : 0;
    for (int n = 0; n < N; n++) {
        const double value = b->scale[n] * customs[n];
        const double own = b->scale[n] * b->customs[n * lead + n] * s->c[n];
        s->bought[n] += value - own;
        s->own[n] += own;
        s->tariff[n] += (b->scale[n] > 0 ? b->spending[n] : 0) - value;
    }
    add_receipts(N, lead, b->scale, b->paid, s->receipt);
    if (s->customs_receipt)
        add_receipts(N, lead, b->scale, b->customs, s->customs_receipt);
}

/* ---- sparse rows ----------------------------------------------------------------------------- */

/* One row: sums in four lanes, then what each seller receives. */
static inline void trade_row(size_t count, const uint16_t *seller, const double *weight,
                             const double *customs, const double *paid, double spending, int n,
                             double *sum, double *scale, const sector *s)
{
    double a[4] = {0}, own = 0;
    size_t k = 0;
    for (; k + 4 <= count; k += 4)
        for (int l = 0; l < 4; l++)
            a[l] += weight[k + (size_t)l] * s->c[seller[k + (size_t)l]];
    for (int l = 0; k < count; k++, l++)
        a[l] += weight[k] * s->c[seller[k]];
    *sum = (a[0] + a[1]) + (a[2] + a[3]);
    *scale = spending > 0 && *sum > 0 ? spending / *sum : 0;
    double value = 0;
    for (k = 0; k < count; k++) {
        const int i = seller[k];
        const double x = *scale * customs[k];
        value += x * s->c[i];
        own += i == n ? x * s->c[i] : 0;
        s->receipt[i] += *scale * paid[k];
        if (s->customs_receipt)
            s->customs_receipt[i] += x;
    }
    s->bought[n] += value - own;
    s->own[n] += own;
    s->tariff[n] += (*scale > 0 ? spending : 0) - value;
}

static void trade_sparse(const ful_economy_model *m, const ful_economy_work *w, int p,
                         const block *b, const sector *s)
{
    for (int n = 0; n < m->N; n++) {
        const size_t r = (size_t)p * (size_t)m->N + (size_t)n, at = m->row[r];
        trade_row(m->row[r + 1] - at, m->seller + at, w->weight + at, w->customs + at, w->paid + at,
                  b->spending[n], n, &b->sum[n], &b->scale[n], s);
    }
}

/* ---- sectors --------------------------------------------------------------------------------- */

static void trade_sector(const ful_economy_model *m, ful_economy_work *w, int j)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J, at = (size_t)j * N;
    const size_t stride = m->lead ? (size_t)m->lead : N;
    double spending[1024], receipt[1024], customs_receipt[1024];
    const int taxed = w->customs != w->paid;
    const sector s = {.c = w->ctheta + (size_t)j * stride,
                      .receipt = receipt,
                      .customs_receipt = taxed ? customs_receipt : NULL,
                      .bought = w->row_bought + at,
                      .own = w->row_own + at,
                      .tariff = w->row_tariff + at};
    memset(receipt, 0, stride * sizeof(double));
    memset(customs_receipt, 0, stride * sizeof(double));
    memset(s.bought, 0, N * sizeof(double));
    memset(s.own, 0, N * sizeof(double));
    memset(s.tariff, 0, N * sizeof(double));
    for (int p = m->first_product[j]; p < m->first_product[j + 1]; p++) {
        const size_t r = (size_t)p * N, slot = ful__slot(m, r, 0);
        for (size_t n = 0; n < N; n++)
            spending[n] = m->product_share[r + n] * w->spending[n * J + (size_t)j];
        const block b = {.weight = w->weight + slot,
                         .customs = w->customs + slot,
                         .paid = w->paid + slot,
                         .spending = spending,
                         .sum = w->sum + r,
                         .scale = w->scale + r};
        if (m->lead)
            trade_dense(m->N, m->lead, &b, &s);
        else
            trade_sparse(m, w, p, &b, &s);
    }
    memcpy(w->receipt + at, receipt, N * sizeof(double));
    memcpy(w->customs_receipt + at, taxed ? customs_receipt : receipt, N * sizeof(double));
}

typedef struct job {
    const ful_economy_model *m;
    ful_economy_work *w;
} job;

static ful_status trade_item(void *user, int j, int thread)
{
    const job *x = user;
    (void)thread;
    trade_sector(x->m, x->w, j);
    return FUL_OK;
}

void ful__economy_trade(const ful_economy_model *m, ful_economy_work *w)
{
    if (w->threads > 1 && m->flows >= 2 * FLOWS_PER_THREAD) {
        job x = {m, w};
        const ful_run run = {.threads = w->threads};
        /* nothing in it can fail, and nobody can stop it */
        if (ful_parallel_for(m->J, &run, NULL, trade_item, &x) == FUL_OK)
            return;
    }
    for (int j = 0; j < m->J; j++)
        trade_sector(m, w, j);
}
