/* SPDX-License-Identifier: MIT */
/* A made-up world at product level, as large as one likes, from numbered draws. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bench.h"

#define SEED 1
#define SAMPLE ((size_t)1 << 21) /* flows looked at to find how small the kept ones may be */
#define HOME 300.0               /* closeness of a country to itself; 1 is about a radian away */
#define BALANCING 30 /* rounds that bring sales to spending; what is left is a deficit */

/* Streams of draws, one for each kind of number. */
enum { SIZES, PLACES, SECTOR_WEIGHTS, PRODUCT_WEIGHTS, CAPACITIES, TIES, INPUTS, ELASTICITIES };

/* What the flows follow. */
typedef struct gravity {
    int N, J, P;
    const int *sector; /* of each product */
    double *spending;  /* N */
    double *weight;    /* P: share of each product in everybody's spending */
    double *capacity;  /* P*N */
    double *tie;       /* J*N*N: closeness, [(j*N + n)*N + i] */
} gravity;

static double lognormal(double sd, uint32_t stream, size_t draw)
{
    return exp(sd * ful_normal_quantile(ful_uniform(SEED, stream, (uint32_t)draw)));
}

static void scale_to_one(double *x, size_t count)
{
    double sum = 0;
    for (size_t k = 0; k < count; k++)
        sum += x[k];
    for (size_t k = 0; k < count; k++)
        x[k] /= sum;
}

/* Closeness falls with the distance between places on a ball, and varies by sector. */
static void draw_ties(gravity *g)
{
    const size_t N = (size_t)g->N, J = (size_t)g->J;
    for (size_t n = 0; n < N; n++)
        for (size_t i = 0; i < N; i++) {
            const double zn = 2 * ful_uniform(SEED, PLACES, (uint32_t)(2 * n)) - 1;
            const double zi = 2 * ful_uniform(SEED, PLACES, (uint32_t)(2 * i)) - 1;
            const double turn =
                6.283185307179586 * (ful_uniform(SEED, PLACES, (uint32_t)(2 * n + 1)) -
                                     ful_uniform(SEED, PLACES, (uint32_t)(2 * i + 1)));
            const double cosine = zn * zi + sqrt((1 - zn * zn) * (1 - zi * zi)) * cos(turn);
            const double distance = acos(fmax(-1, fmin(1, cosine)));
            const double near = n == i ? HOME : 1 / (.1 + distance);
            for (size_t j = 0; j < J; j++) {
                const size_t a = (j * N + n) * N + i;
                g->tie[a] = near * lognormal(.8, TIES, a);
            }
        }
}

static ful_status draw_gravity(gravity *g, const bench_size *size, const int *sector,
                               ful_arena *arena, ful_error *err)
{
    const size_t N = (size_t)size->countries, J = (size_t)size->sectors, P = (size_t)size->products;
    *g = (gravity){.N = size->countries, .J = size->sectors, .P = size->products, .sector = sector};
    g->spending = ful_arena_take(arena, N, sizeof(double));
    g->weight = ful_arena_take(arena, P, sizeof(double));
    g->capacity = ful_arena_take(arena, P * N, sizeof(double));
    g->tie = ful_arena_take(arena, J * N * N, sizeof(double));
    if (!g->spending || !g->weight || !g->capacity || !g->tie)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a world of %zu flows", size->flows);
    for (size_t n = 0; n < N; n++)
        g->spending[n] = lognormal(1.8, SIZES, n);
    scale_to_one(g->spending, N);
    for (size_t p = 0; p < P; p++)
        g->weight[p] =
            lognormal(1, SECTOR_WEIGHTS, (size_t)sector[p]) * lognormal(1.5, PRODUCT_WEIGHTS, p);
    scale_to_one(g->weight, P);
    for (size_t p = 0; p < P; p++)
        for (size_t i = 0; i < N; i++)
            g->capacity[p * N + i] = g->spending[i] * lognormal(1.5, CAPACITIES, p * N + i);
    draw_ties(g);
    return FUL_OK;
}

/* What n would buy of p from each seller if all of them sold to it. */
static void wishes(double *wish, const gravity *g, size_t p, size_t n)
{
    const size_t N = (size_t)g->N;
    const double *capacity = g->capacity + p * N;
    const double *tie = g->tie + ((size_t)g->sector[p] * N + n) * N;
    double sum = 0;
    for (size_t i = 0; i < N; i++)
        sum += wish[i] = capacity[i] * tie[i];
    const double scale = g->spending[n] * g->weight[p] / sum;
    for (size_t i = 0; i < N; i++)
        wish[i] *= scale;
}

static int descending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static int shares_divisor(size_t a, size_t b)
{
    while (b > 0) {
        const size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a > 1;
}

/* How small a foreign flow may be, so that about `wanted` are kept: from a sample of the rows. */
static double smallest_kept(const gravity *g, size_t wanted)
{
    const size_t N = (size_t)g->N, rows = (size_t)g->P * N;
    size_t stride = rows * N / SAMPLE + 1;
    while (shares_divisor(stride, N)) /* or some buyers would never be looked at */
        stride++;
    const size_t sampled = (rows + stride - 1) / stride;
    double *wish = malloc((sampled + 1) * N * sizeof *wish), kept = -1;
    if (!wish)
        return kept;
    size_t count = 0;
    for (size_t row = 0; row < rows; row += stride) {
        wishes(wish + count, g, row / N, row % N);
        wish[count + row % N] = wish[count + N - 1]; /* the own sales are kept anyway */
        count += N - 1;
    }
    qsort(wish, count, sizeof *wish, descending);
    const size_t rank = (size_t)((double)wanted / (double)(rows * (N - 1)) * (double)count);
    kept = wish[rank < count ? rank : count - 1];
    free(wish);
    return kept;
}

/* Flows as large as `kept`, and home sales, counted or also written; rows add up to spending. */
static size_t keep_flows(size_t *row, double *flow, int *seller, const gravity *g, double kept,
                         double *wish)
{
    const size_t N = (size_t)g->N;
    size_t count = 0;
    for (size_t r = 0; r < (size_t)g->P * N; r++) {
        const size_t p = r / N, n = r % N, start = count;
        wishes(wish, g, p, n);
        for (size_t i = 0; i < N; i++) {
            if (i != n && wish[i] < kept)
                continue;
            if (flow) {
                flow[count] = wish[i];
                seller[count] = (int)i;
            }
            count++;
        }
        row[r + 1] = count;
        if (flow)
            scale_to_one(flow + start, count - start);
        for (size_t a = start; flow && a < count; a++)
            flow[a] *= g->spending[n] * g->weight[p];
    }
    return count;
}

/* Each seller's sales are brought to its spending by one factor for all of them. */
static void balance(double *flow, const size_t *row, const int *seller, const gravity *g,
                    double *sales)
{
    const size_t N = (size_t)g->N;
    for (int round = 0; round < BALANCING; round++) {
        memset(sales, 0, N * sizeof *sales);
        for (size_t a = 0; a < row[(size_t)g->P * N]; a++)
            sales[seller[a]] += flow[a];
        for (size_t r = 0; r < (size_t)g->P * N; r++) {
            double before = 0, after = 0;
            for (size_t a = row[r]; a < row[r + 1]; a++) {
                before += flow[a];
                flow[a] *= g->spending[seller[a]] / sales[seller[a]];
                after += flow[a];
            }
            for (size_t a = row[r]; a < row[r + 1]; a++)
                flow[a] *= before / after;
        }
    }
}

/* Every sector uses about what everybody buys, nearly half of its output in all. */
static void draw_inputs(double *input, const gravity *g, double *sector_weight)
{
    const size_t J = (size_t)g->J;
    for (size_t p = 0; p < (size_t)g->P; p++)
        sector_weight[g->sector[p]] += g->weight[p];
    for (size_t user = 0; user < (size_t)g->N * J; user++) {
        double *share = input + user * J;
        for (size_t k = 0; k < J; k++)
            share[k] = sector_weight[k] * lognormal(.2, INPUTS, user * J + k);
        scale_to_one(share, J);
        for (size_t k = 0; k < J; k++)
            share[k] *= .45;
    }
}

ful_status bench_product_world(ful_economy_data *out, const bench_size *size, ful_arena *arena,
                               ful_error *err)
{
    const size_t N = (size_t)size->countries, J = (size_t)size->sectors, P = (size_t)size->products;
    gravity g;
    int *sector = ful_arena_take(arena, P, sizeof *sector);
    size_t *row = ful_arena_take(arena, P * N + 1, sizeof *row);
    double *input = ful_arena_take(arena, N * J * J, sizeof *input);
    double *theta = ful_arena_take(arena, J, sizeof *theta);
    double *scratch = ful_arena_take(arena, N + J, sizeof *scratch);
    if (!sector || !row || !input || !theta || !scratch)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a world of %zu flows", size->flows);
    for (size_t p = 0; p < P; p++)
        sector[p] = (int)(p * J / P);
    for (size_t j = 0; j < J; j++)
        theta[j] = 3 + 5 * ful_uniform(SEED, ELASTICITIES, (uint32_t)j);
    const ful_status status = draw_gravity(&g, size, sector, arena, err);
    if (status != FUL_OK)
        return status;
    const double kept = smallest_kept(&g, size->flows - P * N);
    const size_t flows = kept < 0 ? 0 : keep_flows(row, NULL, NULL, &g, kept, scratch);
    double *flow = flows ? ful_arena_take(arena, flows, sizeof *flow) : NULL;
    int *seller = flows ? ful_arena_take(arena, flows, sizeof *seller) : NULL;
    if (!flow || !seller)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a world of %zu flows", size->flows);
    keep_flows(row, flow, seller, &g, kept, scratch);
    balance(flow, row, seller, &g, scratch);
    for (size_t a = 0; a < flows; a++)
        flow[a] *= 1e8; /* a hundred trillion dollars are spent */
    memset(scratch, 0, (N + J) * sizeof *scratch);
    draw_inputs(input, &g, scratch);
    *out = (ful_economy_data){.countries = size->countries,
                              .sectors = size->sectors,
                              .products = size->products,
                              .product_sector = sector,
                              .row = row,
                              .seller = seller,
                              .flow = flow,
                              .input = input,
                              .theta = theta,
                              .closure = FUL_CLOSURE_FINANCED};
    return FUL_OK;
}

double *bench_embargo(const ful_economy_data *data, int country, ful_arena *arena)
{
    const size_t N = (size_t)data->countries, rows = (size_t)data->products * N;
    double *openness = ful_arena_take(arena, data->row[rows], sizeof *openness);
    for (size_t r = 0; openness && r < rows; r++)
        for (size_t a = data->row[r]; a < data->row[r + 1]; a++) {
            const int buyer = (int)(r % N), seller = data->seller[a];
            openness[a] = buyer == seller || (buyer != country && seller != country);
        }
    return openness;
}

int bench_middle_country(const ful_economy_data *data, ful_arena *arena)
{
    const size_t N = (size_t)data->countries, rows = (size_t)data->products * N;
    double *spending = ful_arena_take(arena, 2 * N, sizeof *spending);
    if (!spending)
        return 0;
    for (size_t r = 0; r < rows; r++)
        for (size_t a = data->row[r]; a < data->row[r + 1]; a++)
            spending[r % N] += data->flow[a];
    memcpy(spending + N, spending, N * sizeof *spending);
    const double middle = bench_median(spending + N, data->countries);
    int country = 0;
    while (spending[country] != middle)
        country++;
    return country;
}
