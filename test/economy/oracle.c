/* SPDX-License-Identifier: MIT */
/* The oracle's equations, numbered as in docs/theory/economy.md, and its Newton's method. */
#include "oracle.h"

#define STEPS 12

/* ---- the benchmark's people ------------------------------------------------------------------ */

static double benchmark_income(const oracle *q, const oracle_people *h)
{
    const int n = h->country, J = q->x->J;
    double income = h->revenue * q->base.revenue[n] + h->transfer * q->base.transfer[n];
    for (int j = 0; j < J; j++)
        income += h->owns[j] * q->base.value_added[n * J + j];
    return income;
}

/* Households as listed, their baskets completed; one owner of everything elsewhere. */
static void find_people(oracle *q)
{
    scene *x = q->x;
    const int J = x->J;
    q->who = ful_arena_take(x->arena, (size_t)(x->data.households + x->N), sizeof *q->who);
    assert_non_null(q->who);
    for (int m = 0; m < x->data.households; m++) {
        const ful_economy_household *h = &x->household[m];
        oracle_people *w = &q->who[q->people++];
        *w = (oracle_people){.country = h->country, .revenue = h->revenue, .transfer = h->transfer};
        w->owns = scene_numbers(x, (size_t)J, 0);
        memcpy(w->owns, h->value_added, sizeof(double) * (size_t)J);
        w->basket = scene_numbers(x, (size_t)J, 0);
        if (h->basket)
            memcpy(w->basket, h->basket, sizeof(double) * (size_t)J);
        w->income = benchmark_income(q, w);
    }
    for (int n = 0; n < x->N; n++) {
        double *left = scene_numbers(x, (size_t)J, 0), total = 0;
        int listed = 0;
        memcpy(left, q->base.final + n * J, sizeof(double) * (size_t)J);
        for (int m = 0; m < x->data.households; m++) {
            listed += q->who[m].country == n;
            for (int k = 0; x->household[m].basket && q->who[m].country == n && k < J; k++)
                left[k] -= q->who[m].basket[k] * q->who[m].income;
        }
        for (int k = 0; k < J; k++)
            total += left[k];
        for (int m = 0; m < x->data.households; m++)
            for (int k = 0; !x->household[m].basket && q->who[m].country == n && k < J; k++)
                q->who[m].basket[k] = left[k] / total;
        if (!listed) {
            q->who[q->people] = (oracle_people){
                n, 1, 1, q->base.income[n], scene_numbers(x, (size_t)J, 1), left, 0, 0};
            for (int k = 0; k < J; k++)
                q->who[q->people].basket[k] /= total;
            q->people++;
        }
    }
}

/* ---- the shock, a part of the way ------------------------------------------------------------ */

static double on_the_way(const oracle *q, double from, double to)
{
    return from + q->t * (to - from);
}

/* (1 + tau') or (1 + tx') */
static double factor(const oracle *q, const double *from, const double *to, size_t a)
{
    return 1 + on_the_way(q, from[a], to[a]);
}

/* Bounds close in from twice what is gripped in the benchmark. */
static double bound(const oracle *q, int c, double full)
{
    double gripped = 0;
    for (size_t a = 0; a < q->x->flows; a++)
        gripped += q->grip[(size_t)c * q->x->flows + a] *
                   (q->x->flow[a] + q->x->latent[a] * q->x->latent_openness[a]) *
                   (1 + q->x->export_tax[a]);
    return pow(2 * gripped, 1 - q->t) * pow(full, q->t);
}

/* The share of flow a that cap c grips; c = caps: none does. */
static double gripped_share(const oracle *q, int c, size_t a)
{
    double rest = 1;
    if (c < q->caps)
        return q->grip[(size_t)c * q->x->flows + a];
    for (int k = 0; k < q->caps; k++)
        rest -= q->grip[(size_t)k * q->x->flows + a];
    return rest;
}

/* ---- equations ------------------------------------------------------------------------------- */

/* The mean of prices with these weights and elasticity of substitution. */
static double power_mean(const double *weight, const double *price, int count, double sigma)
{
    double sum = 0;
    for (int k = 0; k < count; k++)
        sum += weight[k] * (sigma == 1 ? log(price[k]) : pow(price[k], 1 - sigma));
    return sigma == 1 ? exp(sum) : pow(sum, 1 / (1 - sigma));
}

/* (2), with wages given, and (9). */
static void costs(oracle *q)
{
    const scene *x = q->x;
    const int J = x->J;
    for (int c = 0; c < x->N * J; c++)
        q->price[c] = 1;
    for (int n = 0; n < x->N; n++)
        for (int p = 0; p < x->P; p++) {
            const int c = n * J + x->product_sector[p];
            q->price[c] *= pow(q->product_price[n * x->P + p],
                               q->base.buys[n * x->P + p] / q->base.spending[c]);
        }
    for (int n = 0; n < x->N; n++)
        for (int j = 0; j < J; j++) {
            const int c = n * J + j;
            const double *gamma = x->input + c * J;
            const double productivity = on_the_way(q, 1, x->productivity[c]);
            const double beta = scene_beta(x, n, j), sm = x->sigma_m[n], sv = x->sigma_v[n];
            double weight[64];
            for (int k = 0; k < J; k++)
                weight[k] = gamma[k] / (1 - beta);
            const double inputs = power_mean(weight, q->price + n * J, J, sm);
            const double nest[2] = {beta, 1 - beta};
            const double paid[2] = {q->wage[n] * pow(q->labour[c], 1 / x->kappa[n]), inputs};
            const double bundle = power_mean(nest, paid, 2, sv);
            q->cost[c] = bundle / productivity;
            q->beta[c] = beta * pow(paid[0] / bundle, 1 - sv);
            for (int k = 0; k < J; k++)
                q->gamma[c * J + k] = gamma[k] * pow(q->price[n * J + k] / inputs, 1 - sm) *
                                      pow(inputs / bundle, 1 - sv);
        }
    for (int m = 0; m < q->people; m++)
        q->who[m].price = power_mean(q->who[m].basket, q->price + q->who[m].country * J, J,
                                     x->sigma_f[q->who[m].country]);
    for (int n = 0; n < x->N; n++) {
        double weight[64];
        for (int k = 0; k < J; k++)
            weight[k] = q->base.final[n * J + k] / q->base.income[n];
        q->final_price[n] = power_mean(weight, q->price + n * J, J, x->sigma_f[n]);
    }
}

/* (7) with revenue as an unknown, and (8). */
static void demand(oracle *q)
{
    const scene *x = q->x;
    const int J = x->J;
    memset(q->spending, 0, sizeof(double) * (size_t)(x->N * J));
    for (int n = 0; n < x->N; n++) {
        q->value_added[n] = q->income[n] = 0;
        for (int j = 0; j < J; j++) {
            q->value_added[n] += q->beta[n * J + j] * q->output[n * J + j];
            for (int k = 0; k < J; k++)
                q->spending[n * J + k] += q->gamma[(n * J + j) * J + k] * q->output[n * J + j];
        }
    }
    for (int m = 0; m < q->people; m++) {
        oracle_people *h = &q->who[m];
        const int n = h->country;
        h->income_now = h->revenue * q->revenue[n] + h->transfer * q->transfer[n];
        for (int j = 0; j < J; j++)
            h->income_now += h->owns[j] * q->beta[n * J + j] * q->output[n * J + j];
        q->income[n] += h->income_now;
        for (int k = 0; k < J; k++)
            q->spending[n * J + k] += h->basket[k] * h->income_now *
                                      pow(q->price[n * J + k] / h->price, 1 - x->sigma_f[n]);
    }
}

/* A part of flow a from i to n on which a product's buyer spends `spends`: what it is worth to
 * whom. */
static void trade_part(oracle *q, size_t a, int n, int i, int c, double spends)
{
    const scene *x = q->x;
    const double tariff = factor(q, x->tariff, x->new_tariff, a);
    const double tax = factor(q, x->export_tax, x->new_export_tax, a);
    const int capped = c < q->caps;
    const ful_rent rent = capped ? x->cap[c].rent : FUL_RENT_LOST;
    const double paid = capped ? exp(q->premium[c]) : 1; /* e^o */
    const int sector = x->product_sector[a / (size_t)(x->N * x->N)];
    double receives = spends / (tariff * tax), customs, scarcity;
    switch (rent) {
    case FUL_RENT_BUYER:
        receives /= paid;
        customs = tax * receives;
        scarcity = (paid - 1) * tariff * customs;
        q->collected[n] += scarcity;
        break;
    case FUL_RENT_SELLER:
        receives /= paid;
        customs = tax * paid * receives;
        scarcity = (paid - 1) * tax * receives;
        q->collected[i] += scarcity;
        break;
    default:
        customs = tax * receives;
        scarcity = receives * (1 - 1 / paid);
    }
    q->collected[n] += (tariff - 1) * customs;
    q->collected[i] += (tax - 1) * receives;
    q->sales[i * x->J + sector] += receives;
    q->flow[a] += receives;
    if (i != n) {
        q->exports[i] += customs;
        q->imports[n] += customs;
    }
    if (capped) {
        const double arrives = rent == FUL_RENT_LOST ? 1 / paid : 1;
        q->cap_value[c] += customs;
        q->cap_quantity[c] += receives / q->cost[i * x->J + sector] * arrives;
        q->cap_rent[c] += scarcity;
    }
}

/* (3)-(5); the residuals of prices into r, NP of them. */
static void trade(oracle *q, double *r)
{
    const scene *x = q->x;
    double *const cleared[] = {q->exports, q->imports, q->collected};
    for (size_t k = 0; k < 3; k++)
        memset(cleared[k], 0, sizeof(double) * (size_t)x->N);
    memset(q->sales, 0, sizeof(double) * (size_t)(x->N * x->J));
    memset(q->flow, 0, sizeof(double) * x->flows);
    for (int c = 0; c < q->caps; c++)
        q->cap_value[c] = q->cap_quantity[c] = q->cap_rent[c] = 0;
    for (int p = 0; p < x->P; p++)
        for (int n = 0; n < x->N; n++) {
            const int j = x->product_sector[p];
            const double buys = q->base.buys[n * x->P + p], theta = x->theta[j];
            const double spends = q->spending[n * x->J + j] * buys / q->base.spending[n * x->J + j];
            double term[16][4], sum = 0;
            for (int i = 0; i < x->N; i++) {
                const size_t a = scene_at(x, p, n, i);
                const double before = (1 + x->tariff[a]) * (1 + x->export_tax[a]);
                const double after = factor(q, x->tariff, x->new_tariff, a) *
                                     factor(q, x->export_tax, x->new_export_tax, a);
                const double open = x->flow[a] * on_the_way(q, 1, x->openness[a]) +
                                    x->latent[a] * on_the_way(q, 0, x->latent_openness[a]);
                const double whole =
                    open * before / buys * pow(q->cost[i * x->J + j] * after / before, -theta);
                for (int c = 0; c <= q->caps; c++) {
                    const double dearer = c < q->caps ? exp(-theta * q->premium[c]) : 1;
                    term[i][c] = whole * gripped_share(q, c, a) * dearer;
                    sum += term[i][c];
                }
            }
            for (int i = 0; i < x->N; i++)
                for (int c = 0; c <= q->caps; c++)
                    trade_part(q, scene_at(x, p, n, i), n, i, c, spends * term[i][c] / sum);
            r[n * x->P + p] = log(q->product_price[n * x->P + p]) + log(sum) / theta;
        }
}

/* What givers pay in all when each pays `rate` times its benchmark, up to its limit. */
static double paid_at(const oracle *q, double rate)
{
    double paid = 0;
    for (int n = 0; n < q->x->N; n++)
        if (q->base.transfer[n] < 0)
            paid += fmin(-q->base.transfer[n] * rate, q->x->limit[n] * q->exports[n]);
    return paid;
}

/* What the closure makes of trade. */
static double due(const oracle *q, int n)
{
    const double *d = q->base.transfer, *f = q->x->limit;
    if (q->x->data.closure == FUL_CLOSURE_ZERO)
        return 0;
    if (q->x->data.closure == FUL_CLOSURE_FIXED)
        return d[n];
    double wanted = 0, low = 0, high = 1e6;
    for (int k = 0; k < q->x->N; k++)
        wanted += d[k] > 0 ? fmin(d[k], f[k] * q->imports[k]) : 0;
    if (d[n] > 0)
        return fmin(d[n], f[n] * q->imports[n]) * fmin(1, paid_at(q, high) / wanted);
    for (int step = 0; step < 200; step++) {
        const double middle = 0.5 * (low + high);
        *(paid_at(q, middle) < wanted ? &low : &high) = middle;
    }
    return -fmin(-d[n] * high, f[n] * q->exports[n]);
}

/* (6) with (1) solved for hours: y = w^(1+phi) P^-phi; and (5) as sales against output. */
static double *labour_and_goods(oracle *q, double *r)
{
    const scene *x = q->x;
    const int J = x->J;
    double world_now = 0, world_before = 0, *const first = r;
    for (int n = 0; n < x->N; n++) {
        double before = 0;
        for (int j = 0; j < J; j++)
            before += q->base.value_added[n * J + j];
        const double y = pow(q->wage[n], 1 + x->phi[n]) * pow(q->final_price[n], -x->phi[n]);
        world_now += q->value_added[n];
        world_before += before;
        *r++ = log(q->value_added[n] / before / y);
        for (int j = 0; j < J; j++) {
            const int c = n * J + j;
            const double earned = q->beta[c] * q->output[c] / q->base.value_added[c];
            *r++ = log(q->sales[c] / q->output[c]);
            *r++ = log(earned / y / q->labour[c]);
        }
    }
    first[1] = log(world_now / world_before); /* for the one goods market that the rest implies */
    return r;
}

static double fischer_burmeister(double a, double b)
{
    return hypot(a, b) - a - b;
}

static void residuals(oracle *q, const double *z, double *r)
{
    scene *x = q->x;
    const int cells = x->N * x->J;
    for (int n = 0; n < x->N; n++) {
        q->wage[n] = exp(*z++);
        q->transfer[n] = *z++ * q->base.income[n];
        q->revenue[n] = *z++ * q->base.income[n];
    }
    for (int c = 0; c < cells; c++) {
        q->labour[c] = exp(*z++);
        q->output[c] = q->base.output[c] * exp(*z++);
    }
    for (int c = 0; c < x->N * x->P; c++)
        q->product_price[c] = exp(*z++);
    for (int c = 0; c < q->caps; c++)
        q->premium[c] = *z++;
    costs(q);
    demand(q);
    trade(q, r);
    r = labour_and_goods(q, r + x->N * x->P);
    for (int n = 0; n < x->N; n++) {
        const double gift = q->t * x->transfer[n];
        *r++ = (q->transfer[n] - due(q, n) - gift) / q->base.income[n];
        *r++ = (q->revenue[n] - q->collected[n]) / q->base.income[n];
    }
    for (int c = 0; c < q->caps; c++) {
        const double full = fmax(q->cap_value[c] / bound(q, c, x->cap[c].value),
                                 q->cap_quantity[c] / bound(q, c, x->cap[c].quantity));
        /* e^-50 of the bound is nothing */
        *r++ = fischer_burmeister(q->premium[c], -log(fmax(full, exp(-50))));
    }
}

/* ---- Newton's method ------------------------------------------------------------------------- */

/* Gaussian elimination with partial pivoting; b becomes the solution. */
static void eliminate(double *A, double *b, size_t size)
{
    for (size_t c = 0; c < size; c++) {
        size_t pivot = c;
        for (size_t k = c; k < size; k++)
            pivot = fabs(A[k * size + c]) > fabs(A[pivot * size + c]) ? k : pivot;
        for (size_t k = 0; k <= size; k++) {
            double *one = k < size ? &A[c * size + k] : &b[c];
            double *two = k < size ? &A[pivot * size + k] : &b[pivot];
            const double swap = *one;
            *one = *two;
            *two = swap;
        }
        for (size_t k = c + 1; k < size; k++) {
            const double times = A[k * size + c] / A[c * size + c];
            for (size_t l = c; l < size; l++)
                A[k * size + l] -= times * A[c * size + l];
            b[k] -= times * b[c];
        }
    }
    for (size_t c = size; c-- > 0;) {
        for (size_t k = c + 1; k < size; k++)
            b[c] -= A[c * size + k] * b[k];
        b[c] /= A[c * size + c];
    }
}

static double largest(const double *r, size_t size)
{
    double most = 0;
    for (size_t k = 0; k < size; k++)
        most = fabs(r[k]) > most || isnan(r[k]) ? fabs(r[k]) : most;
    return most;
}

/* The residual reached; z is the solution. */
static double newton(oracle *q, double *z)
{
    const size_t size = q->unknowns;
    double *A = malloc(sizeof *A * size * size), *r = malloc(sizeof *r * size * 3);
    assert_true(A && r);
    double *up = r + size, *trial = up + size;
    residuals(q, z, r);
    double gap = largest(r, size);
    for (int round = 0; round < 60 && gap > 1e-12; round++) {
        for (size_t c = 0; c < size; c++) {
            const double at = z[c], step = 1e-7;
            z[c] = at + step;
            residuals(q, z, up);
            z[c] = at;
            for (size_t k = 0; k < size; k++)
                A[k * size + c] = (up[k] - r[k]) / step;
        }
        eliminate(A, r, size);
        memcpy(trial, r, sizeof *r * size);
        double length = 1, reached = INFINITY;
        /* a shorter step where the whole one leads nowhere; past rounding any step will do */
        for (int half = 0; half < 8 && !(reached < gap); half++, length /= 2) {
            for (size_t c = 0; c < size; c++)
                z[c] -= (half ? -length : 1) * trial[c];
            residuals(q, z, r);
            reached = largest(r, size);
        }
        const int done = gap < 1e-11 && !(reached < gap);
        gap = reached;
        if (done)
            break;
    }
    free(A);
    free(r);
    return gap;
}

static void make_room(oracle *q)
{
    scene *x = q->x;
    const size_t N = (size_t)x->N, cells = N * (size_t)x->J, caps = (size_t)q->caps;
    double **const per_country[] = {&q->wage,        &q->transfer,    &q->revenue,
                                    &q->final_price, &q->collected,   &q->exports,
                                    &q->imports,     &q->value_added, &q->income};
    double **const per_cell[] = {&q->labour, &q->output,   &q->price, &q->cost,
                                 &q->beta,   &q->spending, &q->sales};
    double **const per_cap[] = {&q->premium, &q->cap_value, &q->cap_quantity, &q->cap_rent};
    for (size_t k = 0; k < sizeof per_country / sizeof *per_country; k++)
        *per_country[k] = scene_numbers(x, N, 0);
    for (size_t k = 0; k < sizeof per_cell / sizeof *per_cell; k++)
        *per_cell[k] = scene_numbers(x, cells, 0);
    for (size_t k = 0; k < sizeof per_cap / sizeof *per_cap; k++)
        *per_cap[k] = scene_numbers(x, caps + 1, 0);
    q->product_price = scene_numbers(x, N * (size_t)x->P, 0);
    q->gamma = scene_numbers(x, cells * (size_t)x->J, 0);
    q->flow = scene_numbers(x, x->flows, 0);
    q->grip = scene_numbers(x, caps * x->flows + 1, 0);
    for (int c = 0; c < q->caps; c++)
        for (int k = 0; k < x->cap[c].entries; k++)
            q->grip[(size_t)c * x->flows + x->cap[c].entry[k]] =
                x->cap[c].grip ? x->cap[c].grip[k] : 1;
    q->unknowns = 3 * N + 2 * cells + N * (size_t)x->P + caps;
}

void oracle_solve(oracle *q, scene *x)
{
    memset(q, 0, sizeof *q);
    q->x = x;
    q->caps = x->shock.caps;
    assert_true(q->caps < 4 && x->N <= 16 && x->J <= 64);
    scene_derive(&q->base, x);
    find_people(q);
    make_room(q);
    double *z = scene_numbers(x, q->unknowns, 0);
    for (int n = 0; n < x->N; n++) {
        z[3 * n + 1] =
            x->data.closure == FUL_CLOSURE_ZERO ? 0 : q->base.transfer[n] / q->base.income[n];
        z[3 * n + 2] = q->base.revenue[n] / q->base.income[n];
    }
    for (int step = 0; step <= STEPS; step++) {
        q->t = (double)step / STEPS;
        const double gap = newton(q, z);
        if (!(gap < 1e-11))
            fail_msg("the oracle stops at a residual of %.3g", gap);
    }
}

/* ---- outcomes -------------------------------------------------------------------------------- */

double oracle_welfare(const oracle *q, int n)
{
    return q->income[n] / q->base.income[n] / q->final_price[n];
}

double oracle_real_income(const oracle *q, int n)
{
    const double before = q->base.income[n] - q->base.transfer[n];
    return (q->value_added[n] + q->revenue[n]) / before / q->final_price[n];
}

double oracle_real_gdp(const oracle *q, int n)
{
    const int J = q->x->J;
    double volume = 0, before = 0;
    for (int j = 0; j < J; j++) {
        const int c = n * J + j;
        before += q->base.value_added[c];
        volume += q->output[c] / q->cost[c];
        for (int k = 0; k < J; k++)
            volume -= q->gamma[c * J + k] * q->output[c] / q->price[n * J + k];
    }
    return volume / before;
}

/* Customs value of trade with others, now over before; seller: n sells. */
static double trade_ratio(const oracle *q, int n, int seller)
{
    double before = 0;
    for (int p = 0; p < q->x->P; p++)
        for (int k = 0; k < q->x->N; k++) {
            const size_t a = seller ? scene_at(q->x, p, k, n) : scene_at(q->x, p, n, k);
            before += k == n ? 0 : q->x->flow[a] * (1 + q->x->export_tax[a]);
        }
    return (seller ? q->exports : q->imports)[n] / before;
}

double oracle_exports(const oracle *q, int n)
{
    return trade_ratio(q, n, 1);
}

double oracle_imports(const oracle *q, int n)
{
    return trade_ratio(q, n, 0);
}
