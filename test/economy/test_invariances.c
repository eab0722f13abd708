/* SPDX-License-Identifier: MIT */
/*
 * What must not matter: the unit of money, the order of countries, sectors and households, a
 * country counted in halves, a product counted in parts, the layout of the arrays, zeros that are
 * said or left out. On random scenes with every feature.
 */
#include "scenes.h"

#define SEEDS 8
#define TIGHT 1e-13
/* solutions at 1e-13 agree to a few times the condition of the system */
#define SAME 1e-9

/* How the countries, sectors and products of a new scene come from those of an old one. */
typedef struct mapping {
    int N, P;
    int country[16], sector[16], product[32]; /* the old one for each new one */
    double weight[16], part[32];              /* of the old country, of the old product */
} mapping;

static mapping identity(const scene *x)
{
    mapping m = {.N = x->N, .P = x->P};
    for (int k = 0; k < 16; k++) {
        m.country[k] = m.sector[k] = k;
        m.weight[k] = 1;
    }
    for (int k = 0; k < 32; k++) {
        m.product[k] = k;
        m.part[k] = 1;
    }
    return m;
}

static size_t source(const mapping *m, const scene *y, const scene *x, size_t a)
{
    const size_t N = (size_t)y->N;
    const int p = (int)(a / (N * N)), n = (int)(a / N % N), i = (int)(a % N);
    return scene_at(x, m->product[p], m->country[n], m->country[i]);
}

static double weight_of(const mapping *m, const scene *y, size_t a)
{
    const size_t N = (size_t)y->N;
    return m->weight[a / N % N] * m->weight[a % N] * m->part[a / (N * N)];
}

static void map_households(scene *y, const scene *x, const mapping *m)
{
    int count = 0;
    for (int n = 0; n < y->N; n++)
        for (int h = 0; h < x->data.households; h++) {
            if (x->household[h].country != m->country[n])
                continue;
            double *owns = scene_numbers(y, (size_t)y->J, 0), *basket = NULL;
            if (x->household[h].basket)
                basket = scene_numbers(y, (size_t)y->J, 0);
            for (int j = 0; j < y->J; j++) {
                owns[j] = x->household[h].value_added[m->sector[j]];
                if (basket)
                    basket[j] = x->household[h].basket[m->sector[j]];
            }
            y->household[count] = x->household[h];
            y->household[count].country = n;
            y->household[count].value_added = owns;
            y->household[count++].basket = basket;
        }
    y->data.households = count;
}

static void map_caps(scene *y, const scene *x, const mapping *m, double money)
{
    for (int c = 0; c < x->shock.caps; c++) {
        size_t *entry = ful_arena_take(y->arena, y->flows, sizeof *entry);
        double *grip = scene_numbers(y, y->flows, 0);
        int entries = 0;
        for (size_t a = 0; a < y->flows; a++)
            for (int k = 0; k < x->cap[c].entries; k++)
                if (x->cap[c].entry[k] == source(m, y, x, a)) {
                    entry[entries] = a;
                    grip[entries++] = x->cap[c].grip[k];
                }
        y->cap[c] = x->cap[c];
        y->cap[c].entries = entries;
        y->cap[c].entry = entry;
        y->cap[c].grip = grip;
        y->cap[c].value *= money;
        y->cap[c].quantity *= money;
    }
}

/* `money`: what a unit of the old money is in the new one. */
static void map_scene(scene *y, const scene *x, const mapping *m, double money)
{
    const int J = x->J;
    scene_new(y, m->N, J, m->P, 2 * x->data.households, x->shock.caps);
    y->data.closure = x->data.closure;
    y->data.products = m->P > J ? m->P : 0;
    for (int p = 0; p < m->P; p++)
        for (int j = 0; j < J; j++)
            if (m->sector[j] == x->product_sector[m->product[p]])
                y->product_sector[p] = j;
    for (size_t a = 0; a < y->flows; a++) {
        const size_t from = source(m, y, x, a);
        const double weight = weight_of(m, y, a);
        y->flow[a] = x->flow[from] * weight;
        y->latent[a] = x->latent[from] * weight;
        y->tariff[a] = x->tariff[from];
        y->export_tax[a] = x->export_tax[from];
        y->openness[a] = x->openness[from];
        y->latent_openness[a] = x->latent_openness[from];
        y->new_tariff[a] = x->new_tariff[from];
        y->new_export_tax[a] = x->new_export_tax[from];
    }
    for (int n = 0; n < m->N; n++) {
        const int o = m->country[n];
        for (int j = 0; j < J; j++) {
            y->productivity[n * J + j] = x->productivity[o * J + m->sector[j]];
            for (int k = 0; k < J; k++)
                y->input[(n * J + j) * J + k] = x->input[(o * J + m->sector[j]) * J + m->sector[k]];
        }
        y->kappa[n] = x->kappa[o];
        y->phi[n] = x->phi[o];
        y->limit[n] = x->limit[o];
        y->sigma_f[n] = x->sigma_f[o];
        y->sigma_m[n] = x->sigma_m[o];
        y->sigma_v[n] = x->sigma_v[o];
        y->transfer[n] = x->transfer[o] * m->weight[n] * money;
    }
    for (int j = 0; j < J; j++)
        y->theta[j] = x->theta[m->sector[j]];
    map_households(y, x, m);
    map_caps(y, x, m, money);
}

/* Both are solved; every number of the new one follows from the old one. `trade`: exports and
 * imports mean the same in both. `scale`: of money per weight of a country. */
static void same_solution(scene *y, scene *x, const mapping *m, double scale, int trade)
{
    solved s, t;
    const int J = x->J;
    scene_solve(&s, x, TIGHT);
    scene_solve(&t, y, TIGHT);
    for (int n = 0; n < y->N; n++) {
        const int o = m->country[n];
        const ful_economy_outcome *is = &t.view.outcome[n], *was = &s.view.outcome[o];
        ful_near(is->welfare, was->welfare, SAME, 0);
        ful_near(is->real_income, was->real_income, SAME, 0);
        ful_near(is->real_gdp, was->real_gdp, SAME, 0);
        if (trade) {
            ful_near(is->exports, was->exports, SAME, 0);
            ful_near(is->imports, was->imports, SAME, 0);
            ful_near(is->exports_volume, was->exports_volume, SAME, 0);
            ful_near(is->imports_volume, was->imports_volume, SAME, 0);
        }
        const double part = m->weight[n] * scale;
        ful_near(t.view.income[n], s.view.income[o] * part, SAME, 0);
        ful_near(t.view.transfer[n], s.view.transfer[o] * part, SAME, SAME * t.view.income[n]);
        ful_near(t.view.revenue[n], s.view.revenue[o] * part, SAME, SAME * t.view.income[n]);
        for (int j = 0; j < J; j++) {
            const int to = n * J + j, from = o * J + m->sector[j];
            ful_near(t.view.price[to], s.view.price[from], SAME, 0);
            ful_near(t.view.output[to], s.view.output[from] * part, SAME, 0);
        }
    }
    for (size_t a = 0; a < y->flows; a++)
        ful_near(t.view.flow[a], s.view.flow[source(m, y, x, a)] * weight_of(m, y, a), 10 * SAME,
                 SAME);
    for (int c = 0; c < x->shock.caps; c++)
        ful_near(t.view.cap[c].premium, s.view.cap[c].premium, SAME, SAME);
    int h = 0;
    for (int n = 0; n < y->N; n++)
        for (int k = 0; k < x->data.households; k++)
            if (x->household[k].country == m->country[n])
                ful_near(t.view.household[h++].welfare, s.view.household[k].welfare, SAME, 0);
    solved_free(&t);
    solved_free(&s);
}

static void the_currency_does_not_matter(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x, y;
        scene_random(&x, seed, 4, 3, WITH_ALL);
        x.data.closure = (ful_closure)(seed % 3);
        mapping m = identity(&x);
        for (int p = 0; p < x.P; p++)
            m.part[p] = 1234.5;
        map_scene(&y, &x, &m, 1234.5);
        same_solution(&y, &x, &m, 1234.5, 1);
        scene_free(&y);
        scene_free(&x);
    }
}

static void names_do_not_matter(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x, y;
        scene_random(&x, seed, 4, 3, WITH_ALL);
        x.data.closure = (ful_closure)(seed % 3);
        mapping m = identity(&x);
        static const int country[] = {2, 0, 3, 1}, sector[] = {2, 0, 1};
        memcpy(m.country, country, sizeof country);
        memcpy(m.sector, sector, sizeof sector);
        int p = 0; /* products follow their sectors */
        for (int j = 0; j < x.J; j++)
            for (int k = 0; k < x.P; k++)
                if (x.product_sector[k] == sector[j])
                    m.product[p++] = k;
        map_scene(&y, &x, &m, 1);
        same_solution(&y, &x, &m, 1, 1);
        scene_free(&y);
        scene_free(&x);
    }
}

/* Country 0, then country 1 with its households, becomes two parts that buy from and sell to each
 * other as it did with itself. Not with financed transfers: trade between the parts can be shipped
 * as well. */
static void a_country_may_be_counted_in_parts(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x, y;
        scene_random(&x, seed, 4, 3, WITH_ALL);
        x.data.closure = seed % 2 ? FUL_CLOSURE_ZERO : FUL_CLOSURE_FIXED;
        mapping m = identity(&x);
        const int which = seed / 2 % 2;
        m.N = x.N + 1;
        m.country[x.N] = which;
        m.weight[which] = seed < 4 ? 0.5 : 0.25;
        m.weight[x.N] = 1 - m.weight[which];
        map_scene(&y, &x, &m, 1);
        same_solution(&y, &x, &m, 1, 0);
        scene_free(&y);
        scene_free(&x);
    }
}

static void a_product_may_be_counted_in_parts(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x, y;
        scene_random(&x, seed, 3, 3, seed % 2 ? WITH_ALL : WITH_ALL & ~WITH_PRODUCTS);
        x.data.closure = (ful_closure)(seed % 3);
        mapping m = identity(&x);
        const int which = (int)(seed % (unsigned)x.P);
        m.P = x.P + 1;
        for (int p = which + 1; p < m.P; p++)
            m.product[p] = p - 1;
        m.part[which] = 0.3;
        m.part[which + 1] = 0.7;
        map_scene(&y, &x, &m, 1);
        same_solution(&y, &x, &m, 1, 1);
        scene_free(&y);
        scene_free(&x);
    }
}

/* The same hubs, and the detours of the flows that are listed. */
static void sparse_detours(scene *y, const scene *x, const size_t *from, size_t count)
{
    ful_economy_detour *detour = ful_arena_take(y->arena, count, sizeof *detour);
    assert_non_null(detour);
    y->shock.hubs = x->shock.hubs;
    y->shock.hub = x->shock.hub;
    y->shock.congestion = x->shock.congestion;
    y->shock.onward = x->shock.onward;
    y->shock.detour = detour;
    for (size_t e = 0; e < count; e++)
        for (int k = 0; k < x->shock.detours; k++)
            if (x->shock.detour[k].entry == from[e]) {
                detour[y->shock.detours] = x->shock.detour[k];
                detour[y->shock.detours++].entry = e;
            }
}

/* The entries of a dense flow array that are anything, as the sparse layout lists them. */
static size_t *make_sparse(scene *y, const scene *x)
{
    const size_t rows = (size_t)(x->P * x->N);
    size_t *row = ful_arena_take(y->arena, rows + 1, sizeof *row), count = 0;
    size_t *from = ful_arena_take(y->arena, x->flows, sizeof *from);
    int *seller = ful_arena_take(y->arena, x->flows, sizeof *seller);
    assert_true(row && from && seller);
    for (size_t a = 0; a < x->flows; a++) {
        if (a % (size_t)x->N == 0)
            row[a / (size_t)x->N] = count;
        if (x->flow[a] == 0 && x->latent[a] == 0)
            continue;
        from[count] = a;
        seller[count++] = (int)(a % (size_t)x->N);
    }
    row[rows] = count;
    double *const array[] = {y->flow,     y->latent,          y->tariff,     y->export_tax,
                             y->openness, y->latent_openness, y->new_tariff, y->new_export_tax};
    for (size_t k = 0; k < sizeof array / sizeof *array; k++)
        for (size_t e = 0; e < count; e++)
            array[k][e] = array[k][from[e]];
    for (int c = 0; c < y->shock.caps; c++) {
        size_t *entry = ful_arena_take(y->arena, count, sizeof *entry);
        double *grip = scene_numbers(y, count, 0), *rerouted = scene_numbers(y, count, 0);
        int entries = 0;
        for (size_t e = 0; e < count; e++)
            for (int k = 0; k < x->cap[c].entries; k++)
                if (x->cap[c].entry[k] == from[e]) {
                    entry[entries] = e;
                    rerouted[entries] = x->cap[c].rerouted ? x->cap[c].rerouted[k] : 0;
                    grip[entries++] = x->cap[c].grip[k];
                }
        y->cap[c].entries = entries;
        y->cap[c].entry = entry;
        y->cap[c].grip = grip;
        y->cap[c].rerouted = rerouted;
    }
    sparse_detours(y, x, from, count);
    y->data.row = row;
    y->data.seller = seller;
    y->flows = count;
    return from;
}

static void sparse_is_dense(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x, y;
        solved s, t;
        scene_random(&x, seed, 5, 3, seed % 2 ? WITH_ALL | WITH_HUBS : WITH_ALL);
        x.data.closure = (ful_closure)(seed % 3);
        const mapping m = identity(&x);
        map_scene(&y, &x, &m, 1);
        const size_t *from = make_sparse(&y, &x);
        assert_true(y.flows < x.flows);
        scene_solve(&s, &x, TIGHT);
        scene_solve(&t, &y, TIGHT);
        assert_int_equal(ful_economy_flows(t.model), y.flows);
        for (int n = 0; n < x.N; n++) {
            ful_near(t.view.outcome[n].welfare, s.view.outcome[n].welfare, 1e-12, 0);
            ful_near(t.view.outcome[n].real_gdp, s.view.outcome[n].real_gdp, 1e-12, 0);
            ful_near(t.view.outcome[n].exports, s.view.outcome[n].exports, 1e-11, 0);
        }
        for (size_t e = 0; e < y.flows; e++)
            ful_near(t.view.flow[e], s.view.flow[from[e]], 1e-11, 1e-11);
        for (int h = 0; h < x.shock.hubs; h++)
            ful_near(t.view.hub[h].value, s.view.hub[h].value, 1e-11, 0);
        solved_free(&t);
        solved_free(&s);
        scene_free(&y);
        scene_free(&x);
    }
}

/* A country that trades with nobody is added to the world. */
static void countries_without_trade_do_not_matter(void **state)
{
    (void)state;
    scene x, y;
    solved s, t;
    scene_random(&x, 7, 4, 3, WITH_ALL & ~WITH_CAPS);
    mapping m = identity(&x);
    m.N = x.N + 1;
    m.country[x.N] = 0;
    m.weight[x.N] = 3;
    map_scene(&y, &x, &m, 1);
    for (size_t a = 0; a < y.flows; a++) {
        const int n = (int)(a / (size_t)y.N % (size_t)y.N), i = (int)(a % (size_t)y.N);
        if (n != i && (n == x.N || i == x.N))
            y.flow[a] = y.latent[a] = 0;
    }
    y.transfer[x.N] = 0;
    scene_solve(&s, &x, TIGHT);
    scene_solve(&t, &y, TIGHT);
    for (int n = 0; n < x.N; n++)
        ful_near(t.view.outcome[n].welfare, s.view.outcome[n].welfare, SAME, 0);
    assert_int_equal(t.view.component[x.N], x.N);
    solved_free(&t);
    solved_free(&s);
    scene_free(&y);
    scene_free(&x);
}

/*
 * A positive shock and then its inverse, from the benchmark that it left, lead back. The price
 * index of a country whose households buy differently follows the benchmark's basket and does not
 * chain: with households it must not matter (phi = 0), and theirs are compared.
 */
static void undoing_a_shock_returns_to_the_benchmark(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s, t;
        ful_error err;
        ful_economy_data middle;
        const int people = seed % 2 ? WITH_IDLE : WITH_HOUSEHOLDS;
        scene_random(&x, seed, 4, 3, WITH_ALL & ~WITH_CAPS & ~WITH_LATENT & ~people);
        x.data.closure = FUL_CLOSURE_FIXED;
        for (size_t a = 0; a < x.flows; a++)
            x.openness[a] = x.openness[a] > 0 ? x.openness[a] : 0.1;
        scene_solve(&s, &x, TIGHT);
        ful_status_is(ful_economy_rebase(&middle, s.model, s.work, &x.shock, x.arena, &err), FUL_OK,
                      &err);
        for (size_t a = 0; a < x.flows; a++) {
            x.openness[a] = 1 / x.openness[a];
            x.new_tariff[a] = x.tariff[a];
            x.new_export_tax[a] = x.export_tax[a];
        }
        for (int c = 0; c < x.N * x.J; c++)
            x.productivity[c] = 1 / x.productivity[c];
        for (int n = 0; n < x.N; n++)
            x.transfer[n] = -x.transfer[n];
        solved_new(&t, &middle, &x.shock, TIGHT);
        for (int n = 0; n < x.N; n++) {
            const ful_economy_outcome *there = &s.view.outcome[n], *back = &t.view.outcome[n];
            if (x.data.households == 0) {
                ful_near(there->welfare * back->welfare, 1, SAME, 0);
                ful_near(there->real_income * back->real_income, 1, SAME, 0);
            }
            ful_near(there->exports * back->exports, 1, SAME, 0);
        }
        for (size_t a = 0; a < x.flows; a++)
            ful_near(t.view.flow[a], x.flow[a], 1e-8, 1e-10);
        for (int h = 0; h < x.data.households; h++)
            ful_near(s.view.household[h].welfare * t.view.household[h].welfare, 1, SAME, 0);
        solved_free(&t);
        solved_free(&s);
        scene_free(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_currency_does_not_matter),
        cmocka_unit_test(names_do_not_matter),
        cmocka_unit_test(a_country_may_be_counted_in_parts),
        cmocka_unit_test(a_product_may_be_counted_in_parts),
        cmocka_unit_test(sparse_is_dense),
        cmocka_unit_test(countries_without_trade_do_not_matter),
        cmocka_unit_test(undoing_a_shock_returns_to_the_benchmark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
