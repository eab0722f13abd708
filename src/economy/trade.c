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

/* out = sums over sellers of weight * c, by buyer */
FUL__ALWAYS void add_sellers(int N, int stride, const double *weight, const double *c, double *out)
{
    int n = 0;
    for (; n + 4 <= N; n += 4)
        ful__product_four(stride, weight + n * stride, (size_t)stride, c, out + n);
    for (; n < N; n++)
        out[n] = ful__product(stride, weight + n * stride, c);
}

/* receipt += sum over four buyers of scale * v */
FUL__ALWAYS void add_four(int lead, const double *scale, const double *v, double *receipt)
{
    const double *v0 = v, *v1 = v + lead, *v2 = v1 + lead, *v3 = v2 + lead;
    const double s0 = scale[0], s1 = scale[1], s2 = scale[2], s3 = scale[3];
    for (int i = 0; i < lead; i += 8)
        *(ful__d8 *)(receipt + i) =
            FUL__D8(receipt + i) + ((s0 * FUL__D8(v0 + i) + s1 * FUL__D8(v1 + i)) +
                                    (s2 * FUL__D8(v2 + i) + s3 * FUL__D8(v3 + i)));
}

FUL__ALWAYS void add_one(int lead, double scale, const double *v, double *receipt)
{
    for (int i = 0; i < lead; i += 8)
        *(ful__d8 *)(receipt + i) = FUL__D8(receipt + i) + scale * FUL__D8(v + i);
}

FUL__ALWAYS void add_receipts(int N, int lead, const double *scale, const double *v,
                              double *receipt)
{
    int n = 0;
    for (; n + 4 <= N; n += 4)
        add_four(lead, scale + n, v + n * lead, receipt);
    for (; n < N; n++)
        add_one(lead, scale[n], v + n * lead, receipt);
}

/* From the sums of each row to its scale, what its buyer buys abroad and at home, and its tariffs.
 */
FUL__ALWAYS void settle_rows(int stride, const double *restrict spending,
                             const double *restrict sum, const double *restrict customs,
                             const double *restrict own, double *restrict scale,
                             double *restrict bought, double *restrict own_sales,
                             double *restrict tariff)
{
    for (int n = 0; n < stride; n++) {
        const int buys = (spending[n] > 0) & (sum[n] > 0);
        scale[n] = buys ? spending[n] / (buys ? sum[n] : 1) : 0;
        const double value = scale[n] * customs[n], at_home = scale[n] * own[n];
        bought[n] += value - at_home;
        own_sales[n] += at_home;
        tariff[n] += (buys ? spending[n] : 0) - value;
    }
}

/* Sums by buyer stand in padded rows of their own first: other threads write next to b->sum. */
FUL_CLONES
static void trade_dense(int N, int stride, const block *b, const sector *s)
{
    double sum[FUL__MAX_COUNTRIES], customs[FUL__MAX_COUNTRIES], own[FUL__MAX_COUNTRIES],
        scale[FUL__MAX_COUNTRIES];
    for (int n = N; n < stride; n++)
        sum[n] = customs[n] = own[n] = 0;
    add_sellers(N, stride, b->weight, s->c, sum);
    if (b->customs != b->weight)
        add_sellers(N, stride, b->customs, s->c, customs);
    for (int n = 0; n < N; n++)
        own[n] = b->customs[n * stride + n] * s->c[n];
    settle_rows(stride, b->spending, sum, b->customs != b->weight ? customs : sum, own, scale,
                s->bought, s->own, s->tariff);
    add_receipts(N, stride, scale, b->paid, s->receipt);
    if (s->customs_receipt)
        add_receipts(N, stride, scale, b->customs, s->customs_receipt);
    memcpy(b->sum, sum, sizeof(double) * (size_t)N);
    memcpy(b->scale, scale, sizeof(double) * (size_t)N);
}

/* The same of a product that everybody buys at home alone. */
FUL_CLONES
static void trade_at_home(int N, int stride, const block *b, const sector *s)
{
    double sum[FUL__MAX_COUNTRIES], own[FUL__MAX_COUNTRIES], scale[FUL__MAX_COUNTRIES];
    for (int n = N; n < stride; n++)
        sum[n] = own[n] = 0;
    for (int n = 0; n < N; n++) {
        sum[n] = b->weight[n * stride + n] * s->c[n];
        own[n] = b->customs[n * stride + n] * s->c[n];
    }
    settle_rows(stride, b->spending, sum, own, own, scale, s->bought, s->own, s->tariff);
    for (int n = 0; n < N; n++) {
        s->receipt[n] += scale[n] * b->paid[n * stride + n];
        if (s->customs_receipt)
            s->customs_receipt[n] += scale[n] * b->customs[n * stride + n];
    }
    memcpy(b->sum, sum, sizeof(double) * (size_t)N);
    memcpy(b->scale, scale, sizeof(double) * (size_t)N);
}

/* ---- sparse rows ----------------------------------------------------------------------------- */

/* sum over the sellers of a row of a * c, in four lanes */
FUL__ALWAYS double add_row(size_t count, const uint16_t *restrict seller, const double *restrict a,
                           const double *restrict c)
{
    double sum[4] = {0};
    size_t k = 0;
    for (; k + 4 <= count; k += 4)
        for (size_t l = 0; l < 4; l++)
            sum[l] += a[k + l] * c[seller[k + l]];
    for (size_t l = 0; k < count; k++, l++)
        sum[l] += a[k] * c[seller[k]];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* to each seller of a row scale * a; a row has a seller once, so no two of these meet */
FUL__ALWAYS void spread_row(size_t count, const uint16_t *restrict seller, double scale,
                            const double *restrict a, double *restrict to)
{
    for (size_t k = 0; k < count; k++)
        to[seller[k]] += scale * a[k];
}

FUL_CLONES
static void trade_sparse(const ful_economy_model *m, int p, const block *b, const sector *s)
{
    const size_t first = (size_t)p * (size_t)m->N, start = m->row[first];
    for (size_t n = 0; n < (size_t)m->N; n++) {
        const size_t at = m->row[first + n] - start, count = ful__row_length(m, first + n);
        const uint16_t *seller = m->seller + start + at;
        const double sum = add_row(count, seller, b->weight + at, s->c);
        const int buys = b->spending[n] > 0 && sum > 0;
        const double scale = buys ? b->spending[n] / sum : 0;
        const double customs =
            b->customs == b->weight ? sum : add_row(count, seller, b->customs + at, s->c);
        const size_t home = m->home[first + n];
        const double own = home < count ? scale * b->customs[at + home] * s->c[n] : 0;
        spread_row(count, seller, scale, b->paid + at, s->receipt);
        if (s->customs_receipt)
            spread_row(count, seller, scale, b->customs + at, s->customs_receipt);
        b->sum[n] = sum;
        b->scale[n] = scale;
        s->bought[n] += scale * customs - own;
        s->own[n] += own;
        s->tariff[n] += (buys ? b->spending[n] : 0) - scale * customs;
    }
}

/* ---- sectors --------------------------------------------------------------------------------- */

static void trade_sector(const ful_economy_model *m, ful_economy_work *w, int j)
{
    const size_t N = (size_t)m->N, stride = (size_t)m->stride, at = (size_t)j * stride;
    double spending[FUL__MAX_COUNTRIES];
    const sector s = {.c = w->ctheta + at,
                      .receipt = w->receipt + at,
                      .customs_receipt = w->customs != w->paid ? w->customs_receipt + at : NULL,
                      .bought = w->bought + at,
                      .own = w->own + at,
                      .tariff = w->tariff_paid + at};
    for (size_t n = N; n < stride; n++)
        spending[n] = 0;
    for (int p = m->first_product[j]; p < m->first_product[j + 1]; p++) {
        const size_t r = (size_t)p * N, slot = ful__slot(m, r, 0);
        for (size_t n = 0; n < N; n++)
            spending[n] = m->product_share[r + n] * w->by_sector[at + n];
        const block b = {.weight = w->weight + slot,
                         .customs = ful__customs(w, p) + slot,
                         .paid = ful__paid(w, p) + slot,
                         .spending = spending,
                         .sum = w->sum + r,
                         .scale = w->scale + r};
        if (m->seller)
            trade_sparse(m, p, &b, &s);
        else if (m->traded[p])
            trade_dense(m->N, m->stride, &b, &s);
        else
            trade_at_home(m->N, m->stride, &b, &s);
    }
}

typedef struct job {
    const ful_economy_model *m;
    ful_economy_work *w;
    ful__sector_fn visit;
} job;

static ful_status visit_item(void *user, int j, int thread)
{
    const job *x = user;
    (void)thread;
    x->visit(x->m, x->w, j);
    return FUL_OK;
}

void ful__each_sector(const ful_economy_model *m, ful_economy_work *w, ful__sector_fn visit)
{
    if (w->threads > 1 && m->flows >= 2 * FLOWS_PER_THREAD) {
        job x = {m, w, visit};
        const ful_run run = {.threads = w->threads};
        /* nothing in it can fail, and nobody can stop it */
        if (ful_parallel_for(m->J, &run, NULL, visit_item, &x) == FUL_OK)
            return;
    }
    for (int j = 0; j < m->J; j++)
        visit(m, w, j);
}

void ful__economy_trade(const ful_economy_model *m, ful_economy_work *w)
{
    double *const sums[] = {w->receipt, w->customs_receipt, w->bought, w->own, w->tariff_paid};
    for (size_t k = 0; k < sizeof sums / sizeof *sums; k++)
        memset(sums[k], 0, sizeof(double) * (size_t)m->J * (size_t)m->stride);
    ful__by_sector(m, w->spending, w->by_sector);
    ful__each_sector(m, w, trade_sector);
}
