/* SPDX-License-Identifier: MIT */
/*
 * Random scenes: a benchmark of any size together with a shock, both with every feature that is
 * asked for. All arrays are the scene's own and may be changed before it is solved.
 */
#ifndef FULCRUM_TEST_SCENES_H
#define FULCRUM_TEST_SCENES_H

#include "worlds.h"

/* What a random scene has beyond flows, tariffs and inputs. */
enum {
    WITH_CES = 1,
    WITH_EXPORT_TAX = 2,
    WITH_LATENT = 4,
    WITH_HOUSEHOLDS = 8,
    WITH_MOBILITY = 16,
    WITH_IDLE = 32,
    WITH_PRODUCTS = 64,
    WITH_CAPS = 128,
    WITH_TRANSFER = 256,
    WITH_ALL = 511,
    WITH_HUBS = 512
};

typedef struct scene {
    ful_arena *arena;
    int N, J, P;
    size_t flows; /* dense: P*N*N */
    double *flow, *latent, *tariff, *export_tax, *input, *theta, *kappa, *phi, *limit;
    double *sigma_f, *sigma_m, *sigma_v;
    int *product_sector;
    ful_economy_household *household;
    double *openness, *latent_openness, *new_tariff, *new_export_tax, *productivity, *transfer;
    ful_economy_cap *cap;
    ful_economy_hub *hub;
    ful_economy_detour *detour;
    ful_economy_data data;
    ful_economy_shock shock;
    uint32_t draws;
    unsigned seed;
} scene;

static inline size_t scene_at(const scene *x, int p, int n, int i)
{
    return ((size_t)p * (size_t)x->N + (size_t)n) * (size_t)x->N + (size_t)i;
}

static inline double scene_draw(scene *x)
{
    return ful_uniform(x->seed, 98, x->draws++);
}

static inline double *scene_numbers(scene *x, size_t count, double value)
{
    double *out = ful_arena_take(x->arena, count, sizeof *out);
    assert_non_null(out);
    for (size_t k = 0; k < count; k++)
        out[k] = value;
    return out;
}

/* An empty scene: no flows, no inputs, elasticities of one, no shock. */
static inline void scene_new(scene *x, int N, int J, int P, int households, int caps)
{
    ful_error err;
    memset(x, 0, sizeof *x);
    ful_status_is(ful_arena_new(&x->arena, NULL, &err), FUL_OK, &err);
    const size_t flows = (size_t)P * (size_t)N * (size_t)N, cells = (size_t)N * (size_t)J;
    double **const flow[] = {&x->flow, &x->latent, &x->tariff, &x->export_tax};
    for (size_t k = 0; k < sizeof flow / sizeof *flow; k++)
        *flow[k] = scene_numbers(x, flows, 0);
    double **const per_country[] = {&x->sigma_f, &x->sigma_m, &x->sigma_v};
    for (size_t k = 0; k < 3; k++)
        *per_country[k] = scene_numbers(x, (size_t)N, 1);
    x->N = N;
    x->J = J;
    x->P = P;
    x->flows = flows;
    x->input = scene_numbers(x, cells * (size_t)J, 0);
    x->theta = scene_numbers(x, (size_t)J, 4);
    x->kappa = scene_numbers(x, (size_t)N, INFINITY);
    x->phi = scene_numbers(x, (size_t)N, 0);
    x->limit = scene_numbers(x, (size_t)N, 0.95);
    x->openness = scene_numbers(x, flows, 1);
    x->latent_openness = scene_numbers(x, flows, 0);
    x->new_tariff = scene_numbers(x, flows, 0);
    x->new_export_tax = scene_numbers(x, flows, 0);
    x->productivity = scene_numbers(x, cells, 1);
    x->transfer = scene_numbers(x, (size_t)N, 0);
    x->product_sector = ful_arena_take(x->arena, (size_t)P, sizeof *x->product_sector);
    assert_non_null(x->product_sector);
    for (int p = 0; p < P; p++)
        x->product_sector[p] = p * J / P;
    x->household = ful_arena_take(x->arena, (size_t)households + 1, sizeof *x->household);
    x->cap = ful_arena_take(x->arena, (size_t)caps + 1, sizeof *x->cap);
    assert_true(x->household && x->cap);
    x->data = (ful_economy_data){.countries = N,
                                 .sectors = J,
                                 .products = P > J ? P : 0,
                                 .product_sector = P > J ? x->product_sector : NULL,
                                 .flow = x->flow,
                                 .latent = x->latent,
                                 .tariff = x->tariff,
                                 .export_tax = x->export_tax,
                                 .input = x->input,
                                 .theta = x->theta,
                                 .kappa = x->kappa,
                                 .phi = x->phi,
                                 .sigma_f = x->sigma_f,
                                 .sigma_m = x->sigma_m,
                                 .sigma_v = x->sigma_v,
                                 .households = households,
                                 .household = x->household,
                                 .closure = FUL_CLOSURE_ZERO,
                                 .finance_limit = x->limit};
    x->shock = (ful_economy_shock){.openness = x->openness,
                                   .latent_openness = x->latent_openness,
                                   .tariff = x->new_tariff,
                                   .export_tax = x->new_export_tax,
                                   .productivity = x->productivity,
                                   .transfer = x->transfer,
                                   .caps = caps,
                                   .cap = x->cap};
}

static inline void scene_free(scene *x)
{
    ful_arena_free(x->arena);
}

/* What follows from a dense benchmark without inventories: docs/theory/economy.md, "The benchmark".
 */
typedef struct derived {
    double *buys;                                    /* E_np */
    double *spending, *output, *value_added, *final; /* by country and sector */
    double *revenue, *income, *transfer;             /* by country */
} derived;

static inline double scene_beta(const scene *x, int n, int j)
{
    double beta = 1;
    for (int k = 0; k < x->J; k++)
        beta -= x->input[(n * x->J + j) * x->J + k];
    return beta;
}

static inline void scene_derive(derived *d, scene *x)
{
    const int N = x->N, J = x->J;
    double **const cell[] = {&d->spending, &d->output, &d->value_added, &d->final};
    double **const country[] = {&d->revenue, &d->income, &d->transfer};
    for (size_t k = 0; k < 4; k++)
        *cell[k] = scene_numbers(x, (size_t)(N * J), 0);
    for (size_t k = 0; k < 3; k++)
        *country[k] = scene_numbers(x, (size_t)N, 0);
    d->buys = scene_numbers(x, (size_t)(N * x->P), 0);
    for (int p = 0; p < x->P; p++)
        for (int n = 0; n < N; n++)
            for (int i = 0; i < N; i++) {
                const size_t a = scene_at(x, p, n, i);
                const int j = x->product_sector[p];
                const double customs = x->flow[a] * (1 + x->export_tax[a]);
                d->buys[n * x->P + p] += customs * (1 + x->tariff[a]);
                d->spending[n * J + j] += customs * (1 + x->tariff[a]);
                d->output[i * J + j] += x->flow[a];
                d->revenue[n] += x->tariff[a] * customs;
                d->revenue[i] += x->export_tax[a] * x->flow[a];
            }
    for (int n = 0; n < N; n++) {
        double wages = 0;
        for (int j = 0; j < J; j++) {
            d->value_added[n * J + j] = scene_beta(x, n, j) * d->output[n * J + j];
            wages += d->value_added[n * J + j];
            d->final[n * J + j] += d->spending[n * J + j];
            for (int k = 0; k < J; k++)
                d->final[n * J + k] -= x->input[(n * J + j) * J + k] * d->output[n * J + j];
        }
        for (int k = 0; k < J; k++) {
            assert_true(d->final[n * J + k] > 0);
            d->income[n] += d->final[n * J + k];
        }
        d->transfer[n] = d->income[n] - wages - d->revenue[n];
    }
}

/* Two or three households in each country but the first, of which the first one or two have baskets
 * of their own. */
static inline int scene_households(int N)
{
    int count = 0;
    for (int n = 1; n < N; n++)
        count += 2 + n % 2;
    return count;
}

static inline void scene_random_households(scene *x, const derived *d)
{
    const int J = x->J;
    ful_economy_household *h = x->household;
    for (int n = 1; n < x->N; n++) {
        const int members = 2 + n % 2;
        double left_revenue = 1, left_transfer = 1;
        double *left = scene_numbers(x, (size_t)J, 1);
        for (int m = 0; m < members; m++, h++) {
            const int last = m == members - 1;
            double *owns = scene_numbers(x, (size_t)J, 0), *basket = NULL, total = 0;
            for (int j = 0; j < J; j++) {
                owns[j] = last ? left[j] : 0.1 + 0.3 * scene_draw(x);
                left[j] -= owns[j];
            }
            if (!last) {
                basket = scene_numbers(x, (size_t)J, 0);
                for (int j = 0; j < J; j++) {
                    basket[j] = d->final[n * J + j] * (0.7 + 0.6 * scene_draw(x));
                    total += basket[j];
                }
                for (int j = 0; j < J; j++)
                    basket[j] /= total;
            }
            *h = (ful_economy_household){.country = n,
                                         .value_added = owns,
                                         .revenue = last ? left_revenue : 0.4 * scene_draw(x),
                                         .transfer = last ? left_transfer : 0.4 * scene_draw(x),
                                         .basket = basket};
            left_revenue -= h->revenue;
            left_transfer -= h->transfer;
        }
    }
}

/* Every third foreign flow is gripped by one of the caps, one in four of those by all of them.
 * Bounds are between .2 and 1.2 of what is gripped in the benchmark. */
static inline void scene_random_caps(scene *x)
{
    for (int c = 0; c < x->shock.caps; c++) {
        size_t *entry = ful_arena_take(x->arena, x->flows, sizeof *entry);
        double *grip = scene_numbers(x, x->flows, 0), value = 0;
        int entries = 0;
        for (size_t a = 0; a < x->flows; a++) {
            const int home = a / (size_t)x->N % (size_t)x->N == a % (size_t)x->N;
            const double u = ful_uniform(x->seed, 97, (uint32_t)a);
            const int shared = u < 0.08, mine = u < 0.33 && (int)(u * 1000) % x->shock.caps == c;
            if (home || x->flow[a] == 0 || !(shared || mine))
                continue;
            entry[entries] = a;
            grip[entries] = (shared ? 1.0 / x->shock.caps : 1) * (0.4 + 0.6 * scene_draw(x));
            value += grip[entries++] * x->flow[a] * (1 + x->export_tax[a]);
        }
        if (entries == 0) { /* then what country 0 makes for itself */
            grip[entries++] = 0.5 / x->shock.caps;
            value = grip[0] * x->flow[0];
        }
        const double tight = 0.2 + scene_draw(x), kind = scene_draw(x);
        x->cap[c] = (ful_economy_cap){.entries = entries,
                                      .entry = entry,
                                      .grip = grip,
                                      .value = kind < 0.6 ? tight * value : INFINITY,
                                      .quantity = kind > 0.4 ? tight * value : INFINITY,
                                      .rent = (ful_rent)(3 * scene_draw(x))};
    }
}

#define SCENE_HUBS 3

/* The parts of gripped flow a that go round its caps, up to half of what they leave; returns their
 * sum. */
static inline double scene_reroute(scene *x, size_t a, double left)
{
    double sum = 0;
    for (int c = 0; c < x->shock.caps; c++)
        for (int k = 0; k < x->cap[c].entries; k++)
            if (x->cap[c].entry[k] == a) {
                double *rerouted = (double *)x->cap[c].rerouted;
                rerouted[k] = 0.5 * left / x->shock.caps * scene_draw(x);
                sum += rerouted[k];
            }
    return sum;
}

/* Two in three foreign flows go round in part, through one to three hubs that hold about a tenth of
 * what they would come to. Empty they are worth at most 2 together, and onward is below 1/2. */
static inline void scene_random_hubs(scene *x)
{
    x->hub = ful_arena_take(x->arena, SCENE_HUBS, sizeof *x->hub);
    x->detour = ful_arena_take(x->arena, x->flows, sizeof *x->detour);
    assert_true(x->hub && x->detour);
    x->shock.hubs = SCENE_HUBS;
    x->shock.hub = x->hub;
    x->shock.congestion = 0.2 + 0.8 * scene_draw(x);
    x->shock.onward = x->seed % 3 ? 0.4 * scene_draw(x) : 0;
    x->shock.detour = x->detour;
    for (int h = 0; h < SCENE_HUBS; h++)
        x->hub[h] = (ful_economy_hub){"hub", 2 + 8 * scene_draw(x), 4 * scene_draw(x)};
    for (int c = 0; c < x->shock.caps; c++)
        x->cap[c].rerouted = scene_numbers(x, (size_t)x->cap[c].entries, 0);
    for (size_t a = 0; a < x->flows && x->shock.detours < 2 * x->N * x->J; a++) {
        double left = 1;
        ful_economy_detour *d = &x->detour[x->shock.detours];
        if (a / (size_t)x->N % (size_t)x->N == a % (size_t)x->N || scene_draw(x) < 0.33)
            continue;
        for (int c = 0; c < x->shock.caps; c++)
            for (int k = 0; k < x->cap[c].entries; k++)
                left -= x->cap[c].entry[k] == a ? x->cap[c].grip[k] : 0;
        int *hub = ful_arena_take(x->arena, SCENE_HUBS, sizeof *hub);
        double *worth = scene_numbers(x, SCENE_HUBS, 0);
        assert_non_null(hub);
        *d = (ful_economy_detour){.entry = a, .hub = hub, .worth = worth};
        d->gripped = scene_reroute(x, a, fmax(left, 0));
        d->share = d->gripped + fmax(left - d->gripped, 0) * scene_draw(x);
        d->other = scene_draw(x) < 0.5 ? 0 : 0.3 * scene_draw(x);
        for (int h = 0; h < SCENE_HUBS; h++)
            if (scene_draw(x) < 0.6 || (h == 0 && d->other == 0)) {
                const double theta = x->theta[x->product_sector[a / (size_t)(x->N * x->N)]];
                const double room = x->hub[h].capacity / (x->hub[h].capacity + x->hub[h].use);
                hub[d->hubs] = h;
                worth[d->hubs++] =
                    (0.05 + 0.5 * scene_draw(x)) * pow(room, theta * x->shock.congestion);
            }
        x->shock.detours++;
    }
}

static inline void scene_random_shock(scene *x, const derived *d, int with)
{
    const int latent = (with & WITH_LATENT) != 0, taxes = (with & WITH_EXPORT_TAX) != 0;
    for (int p = 0; p < x->P; p++)
        for (int n = 0; n < x->N; n++)
            for (int i = 0; i < x->N; i++) {
                const size_t a = scene_at(x, p, n, i);
                const double u = scene_draw(x), v = scene_draw(x);
                x->openness[a] = n == i ? 0.8 + 0.4 * u : u < 0.15 ? 0 : 0.3 + u;
                x->latent_openness[a] = latent ? v : 0;
                x->new_tariff[a] = n == i ? 0 : 0.4 * scene_draw(x);
                x->new_export_tax[a] = n == i || !taxes ? 0 : 0.3 * scene_draw(x) - 0.1;
            }
    for (int c = 0; c < x->N * x->J; c++)
        x->productivity[c] = 0.8 + 0.5 * scene_draw(x);
    for (int n = 0; with & WITH_TRANSFER && n < x->N; n++) {
        const int next = (n + 1) % x->N;
        const double gift = 0.02 * scene_draw(x) * fmin(d->income[n], d->income[next]);
        x->transfer[n] -= gift;
        x->transfer[next] += gift;
    }
}

/* A world of N x J with home sales large enough for final demand to be positive, and a shock that
 * touches everything. */
static inline void scene_random(scene *x, unsigned seed, int N, int J, int with)
{
    derived d;
    scene_new(x, N, J, with & WITH_PRODUCTS ? 2 * J - 1 : J,
              with & WITH_HOUSEHOLDS ? scene_households(N) : 0, with & WITH_CAPS ? 2 : 0);
    x->seed = seed;
    for (int j = 0; j < J; j++)
        x->theta[j] = 1.5 + 8 * scene_draw(x);
    for (int p = 0; p < x->P; p++)
        for (int n = 0; n < N; n++)
            for (int i = 0; i < N; i++) {
                const size_t a = scene_at(x, p, n, i);
                const double size = exp(2 * scene_draw(x)), u = scene_draw(x);
                x->flow[a] = n == i ? (100 + 100 * u) * J / x->P : u < 0.2 ? 0 : 3 * size;
                x->latent[a] = with & WITH_LATENT && (u < 0.1 || u > 0.9) ? 2 * size : 0;
                x->tariff[a] = n == i ? 0 : 0.3 * scene_draw(x);
                x->export_tax[a] =
                    n == i || !(with & WITH_EXPORT_TAX) ? 0 : 0.25 * scene_draw(x) - 0.05;
            }
    for (int k = 0; k < N * J * J; k++)
        x->input[k] = 0.5 / J * scene_draw(x);
    for (int n = 0; n < N; n++) {
        const double u = scene_draw(x), v = scene_draw(x), w = scene_draw(x);
        x->kappa[n] = !(with & WITH_MOBILITY) || u < 0.3 ? INFINITY : 1 + 5 * (u - 0.3);
        x->phi[n] = with & WITH_IDLE ? fmax(0, 1.5 * v - 0.3) : 0;
        x->sigma_f[n] = with & WITH_CES ? 0.3 + 2 * scene_draw(x) : 1;
        x->sigma_m[n] = with & WITH_CES ? 0.1 + 1.5 * scene_draw(x) : 1;
        x->sigma_v[n] = with & WITH_CES ? (w < 0.2 ? 1 : 0.1 + 1.2 * w) : 1;
    }
    scene_derive(&d, x);
    if (with & WITH_HOUSEHOLDS)
        scene_random_households(x, &d);
    if (with & WITH_CAPS)
        scene_random_caps(x);
    scene_random_shock(x, &d, with);
    if (with & WITH_HUBS)
        scene_random_hubs(x);
}

/* As the shock leaves no trace: everything as in the benchmark. */
static inline void scene_no_shock(scene *x)
{
    for (size_t a = 0; a < x->flows; a++) {
        x->openness[a] = 1;
        x->latent_openness[a] = 0;
        x->new_tariff[a] = x->tariff[a];
        x->new_export_tax[a] = x->export_tax[a];
    }
    for (int c = 0; c < x->N * x->J; c++)
        x->productivity[c] = 1;
    for (int n = 0; n < x->N; n++)
        x->transfer[n] = 0;
    x->shock.caps = x->shock.hubs = 0;
}

static inline void scene_solve(solved *s, const scene *x, double tolerance)
{
    solved_new(s, &x->data, &x->shock, tolerance);
}

/* Two solutions have the same outcomes of countries within `same`, and the same flows. */
static inline void scene_same(const solved *s, const solved *t, const scene *x, double same)
{
    for (int n = 0; n < x->N; n++) {
        const ful_economy_outcome *a = &s->view.outcome[n], *b = &t->view.outcome[n];
        ful_near(b->welfare, a->welfare, same, 0);
        ful_near(b->real_income, a->real_income, same, 0);
        ful_near(b->real_gdp, a->real_gdp, same, 0);
        ful_near(b->exports, a->exports, same, 0);
        ful_near(b->imports, a->imports, same, 0);
    }
    for (size_t k = 0; k < x->flows; k++)
        ful_near(t->view.flow[k], s->view.flow[k], 10 * same, same);
}

#endif
