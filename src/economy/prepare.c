/* SPDX-License-Identifier: MIT */
/*
 * What a shock leaves: weights with the shock folded in and the cells that still matter. Settled
 * once before the passes, so that closed flows are exact zeros and what has no equilibrium is
 * refused by name.
 */
#include "base/clones.h"
#include "base/elementary.h"
#include "base/lanes.h"
#include "economy/caps.h"

#include <math.h>
#include <string.h>

/* ---- what is refused ------------------------------------------------------------------------- */

#define LARGEST_OPENNESS 1e100
#define LEAST_RATE (-0x1.fffffffffffffp-1) /* the next number above -1 */
#define LARGEST_RATE 1e6

/* Name the first flow whose number is out of range. */
static ful_status refuse_flow(const ful_economy_model *m, const ful_economy_shock *shock,
                              ful_error *err)
{
    const struct {
        const char *what, *expected;
        const double *x;
        double low, high;
    } by_flow[] = {
        {"openness", "0 or more", shock->openness, 0, LARGEST_OPENNESS},
        {"latent openness", "0 or more", shock->latent_openness, 0, LARGEST_OPENNESS},
        {"tariff on sales", "more than -1", shock->tariff, LEAST_RATE, LARGEST_RATE},
        {"export tax on sales", "more than -1", shock->export_tax, LEAST_RATE, LARGEST_RATE}};
    char i[16], n[16], j[16];
    size_t a = 0;
    int k = 0;
    while (!by_flow[k].x ||
           (by_flow[k].x[a] >= by_flow[k].low && by_flow[k].x[a] <= by_flow[k].high)) {
        if (by_flow[k].x && ++a < m->flows)
            continue;
        a = 0;
        k++;
    }
    const size_t r = ful__row_of(m, a);
    return ful_fail(err, FUL_ERR_ARGUMENT, "%s of %s to %s in sector %s is %g, expected %s",
                    by_flow[k].what, ful__country_name(m, ful__seller(m, r, a - m->row[r]), i),
                    ful__country_name(m, (int)(r % (size_t)m->N), n),
                    ful__sector_name(m, m->product_sector[r / (size_t)m->N], j), by_flow[k].x[a],
                    by_flow[k].expected);
}

static ful_status check_productivity(const ful_economy_model *m, const double *productivity,
                                     ful_error *err)
{
    char b[16], c[16];
    for (int a = 0; productivity && a < m->N * m->J; a++)
        if (!(productivity[a] >= 1 / FUL_ECONOMY_MAX_PRODUCTIVITY &&
              productivity[a] <= FUL_ECONOMY_MAX_PRODUCTIVITY))
            return ful_fail(
                err, FUL_ERR_ARGUMENT, "productivity of sector %s in %s is %g, expected %g..%g",
                ful__sector_name(m, a % m->J, c), ful__country_name(m, a / m->J, b),
                productivity[a], 1 / FUL_ECONOMY_MAX_PRODUCTIVITY, FUL_ECONOMY_MAX_PRODUCTIVITY);
    return FUL_OK;
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

/* ---- weights --------------------------------------------------------------------------------- */

/*
 * Most shocks leave most flows as they are. Flows of one product are therefore taken in units of
 * one vector, the last of them perhaps overlapping the one before, and folded only where the shock
 * differs from the benchmark or an earlier one did: work->folded says where. What is as in the
 * benchmark needs no check either.
 */
#define UNIT ((size_t)FUL_ECONOMY_LANES)
/* Units that are looked at together: in most blocks nothing differs. */
#define BLOCK (8 * UNIT)

typedef uint64_t bits8 __attribute__((vector_size(64), aligned(8), may_alias));
#define BITS8(p) (*(const bits8 *)(p))
#define BITS_OF_ONE UINT64_C(0x3ff0000000000000)

/* A shock beside the benchmark, in flow arrays. NULL where the shock leaves the benchmark, and
 * where that has no rates or nothing latent. */
typedef struct folding {
    const double *openness, *latent, *tariff, *tax;
    const double *share, *latent_share, *tariff_before, *tax_before;
    double *weight, *customs, *paid; /* in the layout of the pass */
    unsigned char *folded;
} folding;

/* Flows of one product from flow a on, where they stand in the pass, and their first unit. */
typedef struct stretch {
    size_t a, slot, count, unit;
    double theta;
} stretch;

/* What folding has met: lanes that are not zero. */
typedef struct findings {
    bits8 outside; /* a number that the shock may not hold */
    bits8 opened;  /* a flow that was closed before, or open */
} findings;

/* Units that differ wait for one another, so that what they read is on its way together. */
#define WAITING 16
typedef struct queue {
    int count;
    struct {
        size_t a, slot;
        double theta;
    } unit[WAITING];
    findings met;
} queue;

/* Rates of the shock: lanes that are not zero. */
typedef struct rates {
    bits8 tariff, tax;
} rates;

/* Bits in which the numbers of a whole unit differ from those of the benchmark. */
FUL__ALWAYS void compare(bits8 *differ, const folding *x, size_t a)
{
    const bits8 none = {0};
    if (x->openness)
        *differ |= BITS8(x->openness + a) ^ BITS_OF_ONE;
    if (x->latent)
        *differ |= BITS8(x->latent + a);
    if (x->tariff)
        *differ |= BITS8(x->tariff + a) ^ (x->tariff_before ? BITS8(x->tariff_before + a) : none);
    if (x->tax)
        *differ |= BITS8(x->tax + a) ^ (x->tax_before ? BITS8(x->tax_before + a) : none);
}

FUL__ALWAYS int is_any(const bits8 *x)
{
    typedef uint64_t half __attribute__((vector_size(32)));
    const half y = FUL__LOW(*x) | FUL__HIGH(*x);
    return ((y[0] | y[1]) | (y[2] | y[3])) != 0;
}

/* The numbers of a unit; zeros where it is short, or none are given. */
FUL__ALWAYS void load(ful__d8 *to, const double *from, size_t at, size_t count)
{
    double x[UNIT] = {0};
    if (from && count == UNIT) {
        *to = FUL__D8(from + at);
        return;
    }
    for (size_t k = 0; from && k < count; k++)
        x[k] = from[at + k];
    *to = FUL__D8(x);
}

FUL__ALWAYS void store(double *to, size_t count, const ful__d8 *x)
{
    if (count == UNIT)
        *(ful__d8 *)to = *x;
    else
        memcpy(to, x, count * sizeof *to);
}

/* The same for numbers of the shock, which must lie within [low, high]; a NaN does not. */
FUL__ALWAYS void take(ful__d8 *to, const double *from, size_t at, size_t count, double low,
                      double high, findings *met)
{
    load(to, from, at, count);
    met->outside |= ~((bits8)(*to >= low) & (bits8)(*to <= high));
}

/* weight *= ((1 + after) / (1 + before))^-theta */
FUL__ALWAYS void change_rates(ful__d8 *weight, const ful__d8 *before, const ful__d8 *after,
                              double theta)
{
    double change[UNIT];
    const bits8 differ = (bits8)*after ^ (bits8)*before;
    if (!is_any(&differ))
        return;
    *(ful__d8 *)change = (1 + *after) / (1 + *before);
    for (size_t k = 0; k < UNIT; k++)
        change[k] = ful__exp(-theta * ful__log(change[k]));
    *weight *= FUL__D8(change);
}

/* The flows of a unit to where they stand in the pass. */
FUL__ALWAYS void fold_unit(const folding *x, size_t a, size_t slot, size_t count, double theta,
                           findings *met)
{
    ful__d8 weight, factor, closed, tariff, tax, was;
    load(&weight, x->share, a, count);
    load(&tariff, x->tariff_before, a, count);
    load(&tax, x->tax_before, a, count);
    if (x->openness) {
        take(&factor, x->openness, a, count, 0, LARGEST_OPENNESS, met);
        weight *= factor;
    }
    if (x->latent) {
        take(&factor, x->latent, a, count, 0, LARGEST_OPENNESS, met);
        load(&closed, x->latent_share, a, count);
        weight += closed * factor;
    }
    if (x->tariff) {
        take(&factor, x->tariff, a, count, LEAST_RATE, LARGEST_RATE, met);
        change_rates(&weight, &tariff, &factor, theta);
        tariff = factor;
    }
    if (x->tax) {
        take(&factor, x->tax, a, count, LEAST_RATE, LARGEST_RATE, met);
        change_rates(&weight, &tax, &factor, theta);
        tax = factor;
    }
    load(&was, x->weight, slot, count);
    met->opened |= (bits8)(weight == 0) ^ (bits8)(was == 0);
    store(x->weight + slot, count, &weight);
    if (x->customs != x->weight) {
        weight /= 1 + tariff;
        store(x->customs + slot, count, &weight);
    }
    if (x->paid != x->customs) {
        weight /= 1 + tax;
        store(x->paid + slot, count, &weight);
    }
}

FUL_CLONES
static void fold_waiting(const folding *x, queue *q)
{
    findings met = q->met;
    for (int k = 0; k < q->count; k++)
        fold_unit(x, q->unit[k].a, q->unit[k].slot, UNIT, q->unit[k].theta, &met);
    q->met = met;
    q->count = 0;
}

/* The unit at flow a joins those that wait. */
FUL__ALWAYS void join(const folding *x, size_t a, size_t slot, double theta, queue *q)
{
    const double *const by_flow[] = {x->share, x->latent_share, x->tariff_before, x->tax_before};
    const double *const by_slot[] = {x->weight, x->customs, x->paid};
    const size_t bytes = 2 * sizeof(ful__d8); /* it may begin within a cache line */
    for (size_t k = 0; k < sizeof by_flow / sizeof *by_flow; k++)
        if (by_flow[k])
            ful__fetch(by_flow[k] + a, bytes);
    for (size_t k = 0; k < sizeof by_slot / sizeof *by_slot; k++)
        ful__fetch(by_slot[k] + slot, bytes);
    q->unit[q->count].a = a;
    q->unit[q->count].slot = slot;
    q->unit[q->count].theta = theta;
    q->count++;
}

FUL__ALWAYS void note_rates(const folding *x, size_t a, size_t count, rates *met)
{
    ful__d8 tariff, tax;
    load(&tariff, x->tariff, a, count);
    load(&tax, x->tax, a, count);
    met->tariff |= (bits8)tariff;
    met->tax |= (bits8)tax;
}

/* Units from flow `from` to `to` of a stretch, where there is need. */
FUL__ALWAYS void fold_block(const folding *x, const stretch *s, size_t from, size_t to, queue *q,
                            rates *met)
{
    const size_t last = s->count - UNIT;
    bits8 all = {0};
    int folded = 0;
    for (size_t k = from; k < to; k += UNIT) {
        const size_t a = s->a + (k < last ? k : last);
        compare(&all, x, a);
        note_rates(x, a, UNIT, met);
        folded |= x->folded[s->unit + k / UNIT];
    }
    if (!folded && !is_any(&all))
        return;
    for (size_t k = from; k < to; k += UNIT) {
        const size_t at = k < last ? k : last;
        bits8 differ = {0};
        compare(&differ, x, s->a + at);
        if (!is_any(&differ) && !x->folded[s->unit + k / UNIT])
            continue;
        x->folded[s->unit + k / UNIT] = (unsigned char)is_any(&differ);
        join(x, s->a + at, s->slot + at, s->theta, q);
        if (q->count == WAITING)
            fold_waiting(x, q);
    }
}

/* Returns which taxes the shock has on a stretch. */
FUL_CLONES
static int fold_stretch(const folding *x, const stretch *s, queue *q)
{
    rates met = {{0}, {0}};
    if (s->count < UNIT) { /* too short to be worth a look */
        fold_unit(x, s->a, s->slot, s->count, s->theta, &q->met);
        note_rates(x, s->a, s->count, &met);
    } else {
        for (size_t k = 0; k < s->count; k += BLOCK)
            fold_block(x, s, k, s->count - k < BLOCK ? s->count : k + BLOCK, q, &met);
    }
    return (is_any(&met.tariff) ? FUL__TARIFFS : 0) | (is_any(&met.tax) ? FUL__EXPORT_TAXES : 0);
}

/* The first unit of the product, or padded row, that begins with flow a: stretch number s of all.
 * No more of them precede it. */
static size_t unit_at(size_t a, size_t s)
{
    return a / UNIT + s;
}

/* Sums of the words of an array and sums of these sums, in lanes: an array that differs by a
 * number, or by the place of one, has others. */
FUL_CLONES
static void add_words(bits8 sum[2], size_t bytes, const void *array)
{
    const unsigned char *from = array;
    bits8 last = {0};
    for (; from && bytes >= sizeof last; from += sizeof last, bytes -= sizeof last) {
        sum[0] += BITS8(from);
        sum[1] += sum[0];
    }
    if (from)
        memcpy(&last, from, bytes);
    sum[0] += last;
    sum[1] += sum[0];
}

uint64_t ful__economy_print(const ful_economy_model *m)
{
    const size_t rows = (size_t)m->P * (size_t)m->N, cells = (size_t)m->N * (size_t)m->J;
    const size_t by_flow = m->flows * sizeof(double), by_cell = cells * sizeof(double);
    bits8 sum[2] = {{0}, {0}};
    add_words(sum, by_flow, m->share);
    add_words(sum, by_flow, m->tariff);
    add_words(sum, by_flow, m->export_tax);
    add_words(sum, by_cell, m->alpha);
    add_words(sum, by_cell, m->beta);
    add_words(sum, by_cell, m->spending);
    add_words(sum, by_cell * (size_t)m->J, m->input);
    add_words(sum, rows * sizeof(double), m->product_share);
    add_words(sum, (rows + 1) * sizeof *m->row, m->row);
    add_words(sum, m->flows * sizeof *m->seller, m->seller);
    add_words(sum, (size_t)m->P * sizeof *m->product_sector, m->product_sector);
    uint64_t print = UINT64_C(14695981039346656037);
    for (size_t k = 0; k < 2 * UNIT; k++)
        print = (print ^ sum[k / UNIT][k % UNIT]) * UINT64_C(1099511628211);
    return print;
}

/* Which arrays differ: a flow without taxes is seen alike by buyer, customs and seller. An array
 * that was another's until now holds nothing yet, and one may hold the benchmark of another model.
 */
static void choose_arrays(const ful_economy_model *m, ful_economy_work *w,
                          const ful_economy_shock *shock)
{
    const double *const customs = w->customs, *const paid = w->paid;
    int to_seller = 0;
    for (int c = 0; c < shock->caps; c++)
        to_seller |= shock->cap[c].rent == FUL_RENT_SELLER;
    const int taxed = m->export_tax || shock->export_tax || to_seller;
    w->weight = w->weight_room;
    w->customs = m->tariff || shock->tariff || shock->caps > 0 ? w->customs_room : w->weight;
    w->paid = taxed ? w->paid_room : w->customs;
    if (w->customs == customs && w->paid == paid && w->print == m->print)
        return;
    memset(w->folded, 1, ful__units(m));
    w->print = m->print;
    w->followed = 0;
}

/* Taxes of the benchmark that the shock leaves as they are. */
static void keep_taxes(const ful_economy_model *m, ful_economy_work *w,
                       const ful_economy_shock *shock)
{
    const int kept =
        (shock->tariff ? 0 : FUL__TARIFFS) | (shock->export_tax ? 0 : FUL__EXPORT_TAXES);
    for (int p = 0; p < m->P; p++)
        w->taxes[p] = (unsigned char)(m->taxes[p] & kept);
}

/* What folding meets, as bits. */
#define OUT_OF_RANGE 1
#define OPENED 2

/* Fold the shock into the weights; what was met on the way, as bits. */
static int fold(const ful_economy_model *m, ful_economy_work *w, const ful_economy_shock *shock)
{
    const size_t N = (size_t)m->N;
    queue q = {.count = 0};
    choose_arrays(m, w, shock);
    keep_taxes(m, w, shock);
    const folding x = {shock->openness, shock->latent_openness,
                       shock->tariff,   shock->export_tax,
                       m->share,        m->latent ? m->latent_share : NULL,
                       m->tariff,       m->export_tax,
                       w->weight,       w->customs,
                       w->paid,         w->folded};
    /* padded rows by themselves, those of a sparse product all at once */
    const size_t rows = m->seller ? N : 1, stretches = (size_t)m->P * N / rows;
    for (size_t s = 0; s < stretches; s++) {
        const size_t r = s * rows, a = m->row[r];
        const stretch flows = {.a = a,
                               .slot = ful__slot(m, r, 0),
                               .count = m->row[r + rows] - a,
                               .unit = unit_at(a, s),
                               .theta = m->theta[m->product_sector[r / N]]};
        w->taxes[r / N] |= (unsigned char)fold_stretch(&x, &flows, &q);
    }
    fold_waiting(&x, &q);
    return (is_any(&q.met.outside) ? OUT_OF_RANGE : 0) | (is_any(&q.met.opened) ? OPENED : 0);
}

/* Flow a of a row is written to: its unit may not hold what was folded. */
static void mark(const ful_economy_model *m, ful_economy_work *w, size_t row, size_t a)
{
    const size_t s = m->seller ? row / (size_t)m->N : row;
    const size_t first = m->row[m->seller ? s * (size_t)m->N : s];
    w->folded[unit_at(first, s) + (a - first) / UNIT] = 1;
}

/* Caps write into the weights, and so do hubs. */
static void mark_written(const ful_economy_model *m, ful_economy_work *w,
                         const ful_economy_shock *shock)
{
    for (int c = 0; c < shock->caps; c++)
        for (int k = 0; k < shock->cap[c].entries; k++) {
            const ful__gripped g = ful__locate(m, shock, c, k);
            mark(m, w, g.row, g.a);
            w->taxes[g.row / (size_t)m->N] = FUL__TARIFFS | FUL__EXPORT_TAXES; /* or rents */
        }
    for (int k = 0; shock->hubs > 0 && k < shock->detours; k++) {
        const size_t a = shock->detour[k].entry;
        mark(m, w, ful__row_at(m, a), a);
    }
}

/* Take what caps of zero grip out of the weights. */
static ful_status close_gripped(const ful_economy_model *m, ful_economy_work *w,
                                const ful_economy_shock *shock, ful_error *err)
{
    mark_written(m, w, shock);
    const ful_status status = ful__caps_close(m, w, shock, err);
    for (int c = 0; c < shock->caps && status == FUL_OK; c++)
        for (int k = 0; k < shock->cap[c].entries; k++)
            if (!(w->weight[ful__locate(m, shock, c, k).slot] > 0))
                w->followed = 0;
    return status;
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
    uint64_t seller[FUL__MAX_COUNTRIES] = {0};
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

/* The shock has an equilibrium to look for: what belongs to the last solution gives way. */
static void begin(const ful_economy_model *m, ful_economy_work *w, const ful_economy_shock *shock)
{
    memcpy(w->component, w->reached, sizeof *w->component * (size_t)m->N);
    w->has_productivity = shock->productivity != NULL;
    for (int a = 0; w->has_productivity && a < m->N * m->J; a++)
        w->log_productivity[a] = log(shock->productivity[a]);
    ful__caps_begin(m, w, shock);
    ful__hubs_begin(m, w, shock);
    if (w->hubs > 0)
        ful__hubs_weigh(m, w, shock, ful__parts(m, w->x).u);
    ful__caps_weigh(m, w, shock, ful__parts(m, w->x).o);
}

ful_status ful__economy_prepare(const ful_economy_model *m, ful_economy_work *w,
                                const ful_economy_shock *given, ful_error *err)
{
    static const ful_economy_shock none = {0};
    const ful_economy_shock *shock = given ? given : &none;
    ful_status status = check_productivity(m, shock->productivity, err);
    if (status == FUL_OK)
        status = check_transfers(m, shock->transfer, err);
    if (status == FUL_OK)
        status = ful__caps_check(m, shock, err);
    if (status == FUL_OK)
        status = ful__hubs_check(m, w, shock, err);
    if (status != FUL_OK)
        return status;
    const int met = fold(m, w, shock);
    if (met)
        w->followed = 0;
    if (met & OUT_OF_RANGE)
        return refuse_flow(m, shock, err);
    status = close_gripped(m, w, shock, err);
    if (status != FUL_OK)
        return status;
    if (!w->followed) {
        size_t stranded = (size_t)m->P * (size_t)m->N;
        follow_demand(m, w, &stranded);
        status = check_sellers(m, w, stranded, err);
    }
    w->followed = status == FUL_OK;
    if (status == FUL_OK)
        status = ful__economy_reach(m, w, shock, err);
    if (status == FUL_OK)
        begin(m, w, shock);
    return status;
}
