/* SPDX-License-Identifier: MIT */
/*
 * What a shock leaves: weights with the shock folded in and the cells that still matter. Settled
 * once before the passes, so that closed flows are exact zeros and what has no equilibrium is
 * refused by name.
 */
#include "base/clones.h"
#include "base/elementary.h"
#include "base/lanes.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

/* ---- what is refused ------------------------------------------------------------------------- */

/* Name the first flow whose number is out of range. */
static ful_status refuse_flow(const ful_economy_model *m, const char *what, const double *x,
                              double low, double high, ful_error *err)
{
    char i[16], n[16], j[16];
    size_t a = 0;
    while (a + 1 < m->flows && x[a] >= low && x[a] <= high)
        a++;
    const size_t r = ful__row_of(m, a);
    return ful_fail(err, FUL_ERR_ARGUMENT, "%s of %s to %s in sector %s is %g, expected %s", what,
                    ful__country_name(m, ful__seller(m, r, a - m->row[r]), i),
                    ful__country_name(m, (int)(r % (size_t)m->N), n),
                    ful__sector_name(m, m->product_sector[r / (size_t)m->N], j), x[a],
                    low < 0 ? "more than -1" : "0 or more");
}

FUL_CLONES
static int within(size_t count, const double *x, double low, double high)
{
    return ful__within(count, x, low, high);
}

static ful_status check_transfers(const ful_economy_model *m, const double *transfer,
                                  ful_error *err)
{
    double sum = 0, size = 0;
    for (int n = 0; transfer && n < m->N; n++) {
        sum += transfer[n];
        size += fabs(transfer[n]);
    }
    if (!(fabs(sum) <= 1e-9 * size) && transfer)
        return ful_fail(err, FUL_ERR_ARGUMENT, "the transfers of the shock sum to %g, expected 0",
                        sum);
    return FUL_OK;
}

static ful_status check_shock(const ful_economy_model *m, const ful_economy_shock *shock,
                              ful_error *err)
{
    if (!shock)
        return FUL_OK;
    const double above = nextafter(-1, 0);
    const struct {
        const char *what;
        const double *x;
        double low, high;
    } by_flow[] = {{"openness", shock->openness, 0, 1e100},
                   {"latent openness", shock->latent_openness, 0, 1e100},
                   {"tariff on sales", shock->tariff, above, 1e6},
                   {"export tax on sales", shock->export_tax, above, 1e6}};
    for (int k = 0; k < 4; k++)
        if (by_flow[k].x && !within(m->flows, by_flow[k].x, by_flow[k].low, by_flow[k].high))
            return refuse_flow(m, by_flow[k].what, by_flow[k].x, by_flow[k].low, by_flow[k].high,
                               err);
    for (int a = 0; shock->productivity && a < m->N * m->J; a++) {
        char b[16], c[16];
        if (!(shock->productivity[a] > 0 && shock->productivity[a] < 1e100))
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "productivity of sector %s in %s is %g, expected above 0",
                            ful__sector_name(m, a % m->J, c), ful__country_name(m, a / m->J, b),
                            shock->productivity[a]);
    }
    return check_transfers(m, shock->transfer, err);
}

/* ---- weights --------------------------------------------------------------------------------- */

/* out = a b, with 1 for a b that is not given */
FUL_CLONES
static void scale(size_t count, const double *restrict a, const double *restrict b,
                  double *restrict out)
{
    if (b)
        for (size_t k = 0; k < count; k++)
            out[k] = a[k] * b[k];
    else
        memcpy(out, a, count * sizeof *out);
}

FUL_CLONES
static void add(size_t count, const double *restrict a, const double *restrict b,
                double *restrict out)
{
    for (size_t k = 0; k < count; k++)
        out[k] += a[k] * b[k];
}

/* out = a / (1 + rate) */
FUL_CLONES
static void tax(size_t count, const double *restrict a, const double *restrict rate,
                double *restrict out)
{
    if (rate)
        for (size_t k = 0; k < count; k++)
            out[k] = a[k] / (1 + rate[k]);
    else
        memcpy(out, a, count * sizeof *out);
}

/* Whether two rates agree throughout. */
FUL_CLONES
static int is_same(size_t count, const double *a, const double *b)
{
    int differs = 0;
    for (size_t k = 0; k < count; k++)
        differs |= a[k] != b[k];
    return !differs;
}

/* Flows whose rates change are taken so many at a time, in whole vectors. */
#define STRETCH 1024

/* weight *= ((1 + after) / (1 + before))^-theta of at most STRETCH flows; before NULL: no rates */
FUL_CLONES
static void change_rates(size_t count, double *weight, const double *before, const double *after,
                         double theta)
{
    double change[STRETCH];
    const size_t padded = (count + FUL_ECONOMY_LANES - 1) / FUL_ECONOMY_LANES * FUL_ECONOMY_LANES;
    for (size_t k = count; k < padded; k++)
        change[k] = 1;
    for (size_t k = 0; k < count; k++)
        change[k] = (1 + after[k]) / (1 + (before ? before[k] : 0));
    for (size_t k = 0; k < padded; k++)
        change[k] = ful__exp(-theta * ful__log(change[k]));
    for (size_t k = 0; k < count; k++)
        weight[k] *= change[k];
}

/* As change_rates, but for pieces of `row` flows in which nothing changes. */
static void change_rows(size_t count, size_t row, double *weight, const double *before,
                        const double *after, double theta)
{
    size_t from = 0; /* what follows changes, up to k */
    for (size_t k = 0; after && k < count; k += row) {
        const size_t length = row < count - k ? row : count - k;
        const int same = before && is_same(length, before + k, after + k);
        const size_t to = same ? k : k + length;
        if (to > from && (same || to == count || to - from + row > STRETCH))
            change_rates(to - from, weight + from, before ? before + from : NULL, after + from,
                         theta);
        if (same || to - from + row > STRETCH)
            from = k + length;
    }
}

static const double *at(const double *x, size_t a)
{
    return x ? x + a : NULL;
}

/* A stretch of flows of one product, from flow a on, to where they stand in the pass. */
typedef struct folded {
    double *weight, *customs, *paid;
} folded;

/* `row`: length of the pieces in which rates may not change */
static void fold_stretch(const ful_economy_model *m, const ful_economy_shock *shock, size_t a,
                         size_t count, size_t row, double theta, const folded *to)
{
    scale(count, m->share + a, at(shock->openness, a), to->weight);
    if (m->latent && shock->latent_openness)
        add(count, m->latent_share + a, shock->latent_openness + a, to->weight);
    change_rows(count, row, to->weight, at(m->tariff, a), at(shock->tariff, a), theta);
    change_rows(count, row, to->weight, at(m->export_tax, a), at(shock->export_tax, a), theta);
    if (to->customs != to->weight)
        tax(count, to->weight, at(shock->tariff ? shock->tariff : m->tariff, a), to->customs);
    if (to->paid != to->customs)
        tax(count, to->customs, at(shock->export_tax ? shock->export_tax : m->export_tax, a),
            to->paid);
}

/* Dense rows are folded where they lie and then spread, since the pass pads them. */
static void fold_dense(const ful_economy_model *m, ful_economy_work *w,
                       const ful_economy_shock *shock, size_t rows)
{
    const size_t N = (size_t)m->N, stride = (size_t)m->stride, most = STRETCH / N;
    double weight[STRETCH], customs[STRETCH], paid[STRETCH];
    const folded to = {weight, w->customs != w->weight ? customs : weight,
                       w->paid != w->customs     ? paid
                       : w->customs != w->weight ? customs
                                                 : weight};
    for (size_t r = 0, count; r < rows; r += count) {
        const size_t in_product = N - r % N;
        count = in_product < most ? in_product : most;
        fold_stretch(m, shock, r * N, count * N, N, m->theta[m->product_sector[r / N]], &to);
        for (size_t k = 0; k < count; k++) {
            const size_t slot = (r + k) * stride, size = N * sizeof(double);
            memcpy(w->weight + slot, weight + k * N, size);
            if (to.customs != weight)
                memcpy(w->customs + slot, customs + k * N, size);
            if (to.paid != to.customs)
                memcpy(w->paid + slot, paid + k * N, size);
        }
    }
}

static void fold_sparse(const ful_economy_model *m, ful_economy_work *w,
                        const ful_economy_shock *shock)
{
    const size_t N = (size_t)m->N;
    for (size_t p = 0; p < (size_t)m->P; p++) {
        const size_t a = m->row[p * N], count = m->row[p * N + N] - a;
        const folded to = {w->weight + a, w->customs + a, w->paid + a};
        fold_stretch(m, shock, a, count, N, m->theta[m->product_sector[p]], &to);
    }
}

/* Which arrays differ: a flow without taxes is seen alike by buyer, customs and seller. */
static void choose_arrays(const ful_economy_model *m, ful_economy_work *w,
                          const ful_economy_shock *shock)
{
    int to_seller = 0;
    for (int c = 0; c < shock->caps; c++)
        to_seller |= shock->cap[c].rent == FUL_RENT_SELLER;
    const int taxed = m->export_tax || shock->export_tax || to_seller;
    w->weight = w->weight_room;
    w->customs = m->tariff || shock->tariff || shock->caps > 0 ? w->customs_room : w->weight;
    w->paid = taxed ? w->paid_room : w->customs;
}

static void fold(const ful_economy_model *m, ful_economy_work *w, const ful_economy_shock *shock)
{
    choose_arrays(m, w, shock);
    if (m->seller)
        fold_sparse(m, w, shock);
    else
        fold_dense(m, w, shock, (size_t)m->P * (size_t)m->N);
    w->has_productivity = shock->productivity != NULL;
    for (int a = 0; w->has_productivity && a < m->N * m->J; a++)
        w->log_productivity[a] = log(shock->productivity[a]);
}

/* ---- what still matters ---------------------------------------------------------------------- */

/* Mark the sellers of a dense row among all of the sector and among those of the buyer: what is
 * above zero leaves bits. */
FUL_CLONES
static int mark_dense(int lead, const double *weight, uint64_t *restrict seller,
                      uint64_t *restrict carried)
{
    uint64_t any = 0;
    for (int i = 0; i < lead; i++) {
        uint64_t bits;
        memcpy(&bits, weight + i, sizeof bits);
        bits <<= 1; /* zero may have a sign */
        seller[i] |= bits;
        carried[i] |= bits;
        any |= bits;
    }
    return any != 0;
}

static int mark_sparse(const ful_economy_model *m, const double *weight, size_t r, uint64_t *seller,
                       uint64_t *carried)
{
    const uint16_t *from = m->seller + m->row[r];
    int any = 0;
    for (size_t k = 0; k < ful__row_length(m, r); k++)
        if (weight[k] > 0)
            any = seller[from[k]] = carried[from[k]] = 1;
    return any;
}

static int mark_row(const ful_economy_model *m, ful_economy_work *w, size_t r, uint64_t *seller)
{
    const double *weight = w->weight + ful__slot(m, r, 0);
    const size_t stride = (size_t)m->stride;
    uint64_t *carried = w->carried + r % (size_t)m->N * stride;
    return m->seller ? mark_sparse(m, weight, r, seller, carried)
                     : mark_dense(m->stride, weight, seller, carried);
}

/* The rows of one sector whose cells are newly wanted. */
static void follow_sector(const ful_economy_model *m, ful_economy_work *w, int j,
                          unsigned char *followed, size_t *stranded)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J;
    uint64_t seller[1024] = {0};
    for (int p = m->first_product[j]; p < m->first_product[j + 1]; p++)
        for (size_t n = 0; n < N; n++) {
            const size_t r = (size_t)p * N + n, a = n * J + (size_t)j;
            if (!w->demand[a] || followed[a] == 2)
                continue;
            followed[a] = 1;
            /* a wanted cell that never had a market is as stranded as one that lost it */
            if ((m->product_share[r] > 0 || !(m->spending[a] > 0)) && !mark_row(m, w, r, seller) &&
                r < *stranded)
                *stranded = r;
        }
    for (size_t i = 0; i < N; i++)
        if (seller[i] != 0) {
            w->active[i * J + (size_t)j] = 1;
            w->sells[(size_t)j * (size_t)m->stride + i] = 1;
        }
}

/* What the active sectors of a country need as inputs is wanted; 1 where that is news. */
static int follow_inputs(const ful_economy_model *m, ful_economy_work *w, size_t n)
{
    const size_t J = (size_t)m->J;
    unsigned char *demand = w->demand + n * J;
    int changed = 0;
    if (!memchr(demand, 0, J))
        return 0;
    for (size_t j = 0; j < J; j++)
        for (size_t k = 0; w->active[n * J + j] && k < J; k++)
            if (m->input[(n * J + j) * J + k] > 0 && !demand[k])
                changed = demand[k] = 1;
    return changed;
}

/* Which sectors are still wanted, and so which inputs: from final demand along the suppliers. Rows
 * are followed once, when their cell becomes wanted; one that finds no seller is remembered. */
static void follow_demand(const ful_economy_model *m, ful_economy_work *w, size_t *stranded)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J, stride = (size_t)m->stride;
    unsigned char *followed = (unsigned char *)w->cell; /* N*J */
    memset(w->active, 0, N * J);
    memset(w->sells, 0, sizeof *w->sells * J * stride);
    memset(w->carried, 0, sizeof *w->carried * N * stride);
    memset(followed, 0, N * J);
    for (size_t a = 0; a < N * J; a++)
        w->demand[a] = m->alpha[a] > 0;
    for (int changed = 1; changed;) {
        changed = 0;
        for (size_t j = 0; j < J; j++)
            follow_sector(m, w, (int)j, followed, stranded);
        for (size_t a = 0; a < N * J; a++)
            followed[a] = followed[a] ? 2 : 0;
        for (size_t n = 0; n < N; n++)
            changed |= follow_inputs(m, w, n);
    }
    for (size_t n = 0; n < N; n++)
        for (size_t i = 0; i < N; i++)
            w->link[n * N + i] = i != n && w->carried[n * stride + i] != 0;
}

/* A wanted cell without a seller has no price; a country without sales has no income. */
static ful_status check_sellers(const ful_economy_model *m, const ful_economy_work *w,
                                size_t stranded, ful_error *err)
{
    const int N = m->N, J = m->J;
    char a[16], b[16];
    if (stranded < (size_t)m->P * (size_t)N)
        return ful_fail(err, FUL_ERR_INFEASIBLE,
                        "%s has no seller left for sector %s, which it needs: let some trade "
                        "through or add an evasion route",
                        ful__country_name(m, (int)(stranded % (size_t)N), a),
                        ful__sector_name(m, m->product_sector[stranded / (size_t)N], b));
    for (int n = 0; n < N; n++) {
        int employed = 0;
        for (int j = 0; j < J; j++)
            employed |= w->active[n * J + j] && m->beta[n * J + j] > 0;
        if (!employed)
            return ful_fail(
                err, FUL_ERR_INFEASIBLE,
                "%s has no buyer left, not even at home, and so no income: let some of its "
                "sales through",
                ful__country_name(m, n, a));
    }
    return FUL_OK;
}

ful_status ful__economy_prepare(const ful_economy_model *m, ful_economy_work *w,
                                const ful_economy_shock *shock, ful_error *err)
{
    static const ful_economy_shock none = {0};
    size_t stranded = (size_t)m->P * (size_t)m->N;
    ful_status status = check_shock(m, shock, err);
    if (status != FUL_OK)
        return status;
    fold(m, w, shock ? shock : &none);
    status = ful__caps_prepare(m, w, shock, err);
    if (status != FUL_OK)
        return status;
    follow_demand(m, w, &stranded);
    status = check_sellers(m, w, stranded, err);
    return status == FUL_OK ? ful__economy_reach(m, w, shock, err) : status;
}
