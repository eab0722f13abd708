/* SPDX-License-Identifier: MIT */
/*
 * Hubs that fill: a scalar equation for one hub by hand; hubs at given costs are openness, counted
 * route by route; what capacity does; the benchmark, order and currency; what the certificate sees.
 */
#include "scenes.h"

#define SEEDS 8
#define TIGHT 1e-13
#define SAME 1e-8

/* ---- by hand --------------------------------------------------------------------------------- */

/*
 * Two countries alike, one sector, no inputs: wages stay at one, spending at E, and each buys
 * E f mu / (1 - f + f mu) of the other, f the share of imports and mu what hubs leave of them. All
 * that crosses the border goes round through one hub of worth w, so with its cost c
 *
 *     mu = (w c^-theta / (1 + w c^-theta)) / (w / (1 + w)),   c = (1 + V / K)^rho
 *
 * and V, both flows, is the root of one equation; welfare is (1 - f + f mu)^(1/theta).
 */
static void one_hub_is_one_equation(void **state)
{
    (void)state;
    const double theta = 4, f = 0.3, E = 200, w = 0.5, rho = 0.7, K = 20;
    scene x;
    solved s;
    scene_new(&x, 2, 1, 1, 0, 0);
    x.theta[0] = theta;
    for (int n = 0; n < 2; n++)
        for (int i = 0; i < 2; i++)
            x.flow[scene_at(&x, 0, n, i)] = n == i ? (1 - f) * E : f * E;
    static const int hub[] = {0};
    const double worth[] = {w};
    const ful_economy_hub place = {.capacity = K};
    const ful_economy_detour round[] = {
        {.entry = scene_at(&x, 0, 0, 1), .share = 1, .hubs = 1, .hub = hub, .worth = worth},
        {.entry = scene_at(&x, 0, 1, 0), .share = 1, .hubs = 1, .hub = hub, .worth = worth}};
    x.shock.hubs = 1;
    x.shock.hub = &place;
    x.shock.congestion = rho;
    x.shock.detours = 2;
    x.shock.detour = round;
    scene_solve(&s, &x, TIGHT);
    double low = 0, high = 2 * f * E, mu = 1;
    for (int k = 0; k < 200; k++) {
        const double V = (low + high) / 2, now = w * pow(1 + V / K, -rho * theta);
        mu = now / (1 + now) / (w / (1 + w));
        *(2 * E * f * mu / (1 - f + f * mu) > V ? &low : &high) = V;
    }
    ful_near(s.view.hub[0].value, low, 1e-11, 0);
    ful_near(s.view.hub[0].cost, pow(1 + low / K, rho), 1e-11, 0);
    ful_near(s.view.outcome[0].welfare, pow(1 - f + f * mu, 1 / theta), 1e-11, 0);
    ful_near(s.view.flow[round[0].entry], low / 2, 1e-11, 0);
    solved_free(&s);
    scene_free(&x);
}

/* ---- at given costs -------------------------------------------------------------------------- */

/* Routes of up to so many stops; onward T stays below .6, and .6^60 is 5e-14. */
#define STOPS 60

/*
 * Walks counted stop by stop: what they are worth, and how often they stop at each hub, by carrying
 * what each arrival is worth and what goes on from it. The rest of the places are one more, which
 * may be followed by itself: they are many.
 */
static double walk(double *stops, const ful_economy_detour *d, const double *cost, double theta,
                   double onward)
{
    const int n = d->hubs + 1;
    double w[SCENE_HUBS + 1], arrive[SCENE_HUBS + 1], leave[SCENE_HUBS + 1], total = 0;
    for (int k = 0; k < d->hubs; k++)
        w[k] = d->worth[k] * (cost ? pow(cost[d->hub[k]], -theta) : 1);
    w[d->hubs] = d->other;
    for (int k = 0; k < n; k++) {
        arrive[k] = w[k];
        leave[k] = 1;
    }
    for (int step = 0; step < STOPS * 4; step++) {
        double a[SCENE_HUBS + 1], l[SCENE_HUBS + 1];
        for (int k = 0; k < n; k++) {
            a[k] = w[k];
            l[k] = 1;
            for (int q = 0; q < n; q++)
                if (q != k || k == d->hubs) {
                    a[k] += arrive[q] * onward * w[k];
                    l[k] += onward * w[q] * leave[q];
                }
        }
        memcpy(arrive, a, sizeof a);
        memcpy(leave, l, sizeof l);
    }
    for (int k = 0; k < n; k++)
        total += arrive[k];
    for (int k = 0; k < d->hubs; k++)
        stops[k] = arrive[k] * leave[k] / total;
    return total;
}

/* The same flows without any hub: at the costs that the hubs have in a solution their detours are
 * part of openness and of what caps grip. */
static void freeze(scene *x, const double *cost)
{
    for (int k = 0; k < x->shock.detours; k++) {
        const ful_economy_detour *d = &x->detour[k];
        const double theta = x->theta[x->product_sector[d->entry / (size_t)(x->N * x->N)]];
        double stops[SCENE_HUBS];
        const double before = walk(stops, d, NULL, theta, x->shock.onward);
        const double now = walk(stops, d, cost, theta, x->shock.onward);
        const double gone = 1 - now / (1 + now) * (1 + before) / before;
        const double left = 1 - (d->share - d->gripped) * gone;
        x->openness[d->entry] *= left;
        x->latent_openness[d->entry] *= left;
        for (int c = 0; c < x->shock.caps; c++)
            for (int e = 0; e < x->cap[c].entries; e++)
                if (x->cap[c].entry[e] == d->entry)
                    ((double *)x->cap[c].grip)[e] =
                        (x->cap[c].grip[e] + x->cap[c].rerouted[e] * gone) / left;
    }
    for (int c = 0; c < x->shock.caps; c++)
        x->cap[c].rerouted = NULL;
    x->shock.hubs = 0;
}

static void same_economy(const solved *s, const solved *t, const scene *x)
{
    scene_same(s, t, x, SAME);
    for (int c = 0; c < x->shock.caps; c++)
        ful_near(t->view.cap[c].premium, s->view.cap[c].premium, 10 * SAME, SAME);
}

/* What passes through the hubs of a scene without caps, from its flows. */
static void count_use(double *use, const scene *x, const solved *s)
{
    double cost[SCENE_HUBS];
    for (int h = 0; h < SCENE_HUBS; h++) {
        cost[h] = s->view.hub[h].cost;
        use[h] = 0;
    }
    for (int k = 0; k < x->shock.detours; k++) {
        const ful_economy_detour *d = &x->detour[k];
        const double theta = x->theta[x->product_sector[d->entry / (size_t)(x->N * x->N)]];
        double stops[SCENE_HUBS];
        const double before = walk(stops, d, NULL, theta, x->shock.onward);
        const double now = walk(stops, d, cost, theta, x->shock.onward);
        const double passing = now / (1 + now) * (1 + before) / before;
        const double moved = d->share * passing / (1 - d->share * (1 - passing));
        for (int q = 0; q < d->hubs; q++)
            use[d->hub[q]] += s->view.flow[d->entry] * moved * stops[q];
    }
}

static void hubs_at_given_costs_are_openness(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 2 * SEEDS; seed++) {
        scene x;
        solved full, frozen;
        double cost[SCENE_HUBS], use[SCENE_HUBS];
        scene_random(&x, seed, 4, 3, (seed % 2 ? WITH_ALL : WITH_ALL & ~WITH_CAPS) | WITH_HUBS);
        scene_solve(&full, &x, TIGHT);
        for (int h = 0; h < SCENE_HUBS; h++) {
            const ful_economy_hub_state *now = &full.view.hub[h];
            cost[h] = now->cost;
            ful_near(now->cost,
                     pow((x.hub[h].capacity + now->value) / (x.hub[h].capacity + x.hub[h].use),
                         x.shock.congestion),
                     1e-11, 0);
        }
        if (x.shock.caps == 0)
            count_use(use, &x, &full);
        for (int h = 0; h < SCENE_HUBS && x.shock.caps == 0; h++)
            ful_near(full.view.hub[h].value, use[h], 1e-10, 0);
        freeze(&x, cost);
        scene_solve(&frozen, &x, TIGHT);
        same_economy(&full, &frozen, &x);
        solved_free(&frozen);
        solved_free(&full);
        scene_free(&x);
    }
}

/* ---- capacity -------------------------------------------------------------------------------- */

/* Towards infinity hubs are as if they had none, with an error that falls as 1/K; towards 0 what
 * can only go round is closed. In between more passes the more there is room for. */
static void room_is_what_passes(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved none, s;
        scene_random(&x, seed, 4, 3, (WITH_ALL & ~(WITH_CAPS | WITH_TRANSFER)) | WITH_HUBS);
        x.data.closure = FUL_CLOSURE_ZERO;
        ful_economy_detour *only = &x.detour[0];
        only->share = 1;
        only->other = 0;
        x.openness[only->entry] = 1;
        for (int h = 0; h < SCENE_HUBS; h++)
            x.hub[h].use = 0;
        x.shock.hubs = 0;
        scene_solve(&none, &x, TIGHT);
        x.shock.hubs = SCENE_HUBS;
        double error[2] = {0}, last = 0;
        for (int k = -12; k <= 12; k++) {
            double passed = 0;
            for (int h = 0; h < SCENE_HUBS; h++)
                x.hub[h].capacity = pow(10, k);
            scene_solve(&s, &x, TIGHT);
            for (int h = 0; h < SCENE_HUBS; h++)
                passed += s.view.hub[h].value;
            assert_true(passed > last);
            last = passed;
            if (k == -12)
                assert_true(s.view.flow[only->entry] < 1e-3 * none.view.flow[only->entry]);
            for (int n = 0; n < x.N && (k == 5 || k == 6); n++)
                error[k - 5] = fmax(error[k - 5], fabs(s.view.outcome[n].real_income -
                                                       none.view.outcome[n].real_income));
            if (k == 12)
                same_economy(&none, &s, &x);
            solved_free(&s);
        }
        ful_near(error[0] / error[1], 10, 0.01, 0);
        solved_free(&none);
        scene_free(&x);
    }
}

/* Of two settings that differ in one capacity, more passes through that hub where it is larger. */
static void a_larger_hub_takes_more(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s;
        double last = 0;
        scene_random(&x, seed, 4, 3, (WITH_ALL & ~WITH_CAPS) | WITH_HUBS);
        for (int k = -2; k <= 3; k++) {
            x.hub[1].capacity = pow(10, k);
            x.hub[1].use = 0;
            scene_solve(&s, &x, TIGHT);
            assert_true(s.view.hub[1].value > last);
            last = s.view.hub[1].value;
            solved_free(&s);
        }
        scene_free(&x);
    }
}

/* ---- what must not matter -------------------------------------------------------------------- */

/* Hubs used as in the benchmark change nothing, whatever their capacity. */
static void the_benchmark_stays(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s;
        double use[SCENE_HUBS];
        scene_random(&x, seed, 4, 3, (WITH_ALL & ~(WITH_CAPS | WITH_LATENT)) | WITH_HUBS);
        scene_no_shock(&x);
        x.data.closure = FUL_CLOSURE_FIXED;
        scene_solve(&s, &x, TIGHT);
        for (int h = 0; h < SCENE_HUBS; h++)
            ((ful_economy_hub_state *)s.view.hub)[h].cost = 1;
        count_use(use, &x, &s);
        solved_free(&s);
        for (int h = 0; h < SCENE_HUBS; h++)
            x.hub[h] = (ful_economy_hub){.capacity = 50 * use[h], .use = use[h]};
        x.shock.hubs = SCENE_HUBS;
        scene_solve(&s, &x, TIGHT);
        for (int h = 0; h < SCENE_HUBS; h++)
            ful_near(s.view.hub[h].cost, 1, 1e-12, 0);
        for (size_t a = 0; a < x.flows; a++)
            ful_near(s.view.flow[a], x.flow[a], 1e-11, 0);
        solved_free(&s);
        scene_free(&x);
    }
}

/* Money in other units, and hubs in another order. */
static void units_and_order_do_not_matter(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s, t;
        scene_random(&x, seed, 4, 3, (WITH_ALL & ~WITH_CAPS) | WITH_HUBS);
        scene_solve(&s, &x, TIGHT);
        for (size_t a = 0; a < x.flows; a++) {
            x.flow[a] *= 1000;
            x.latent[a] *= 1000;
        }
        for (int n = 0; n < x.N; n++)
            x.transfer[n] *= 1000;
        const ful_economy_hub first = x.hub[0];
        x.hub[0] = x.hub[2];
        x.hub[2] = first;
        for (int h = 0; h < SCENE_HUBS; h++) {
            x.hub[h].capacity *= 1000;
            x.hub[h].use *= 1000;
        }
        for (int k = 0; k < x.shock.detours; k++) {
            ful_economy_detour *d = &x.detour[k];
            for (int q = 0; q < d->hubs / 2; q++) {
                const double worth = d->worth[q];
                ((double *)d->worth)[q] = d->worth[d->hubs - 1 - q];
                ((double *)d->worth)[d->hubs - 1 - q] = worth;
                const int hub = d->hub[q];
                ((int *)d->hub)[q] = d->hub[d->hubs - 1 - q];
                ((int *)d->hub)[d->hubs - 1 - q] = hub;
            }
            for (int q = 0; q < d->hubs; q++)
                ((int *)d->hub)[q] = 2 - d->hub[q];
        }
        scene_solve(&t, &x, TIGHT);
        for (int n = 0; n < x.N; n++)
            ful_near(t.view.outcome[n].real_income, s.view.outcome[n].real_income, SAME, 0);
        for (int h = 0; h < SCENE_HUBS; h++) {
            ful_near(t.view.hub[2 - h].cost, s.view.hub[h].cost, SAME, 0);
            ful_near(t.view.hub[2 - h].value, 1000 * s.view.hub[h].value, SAME, 0);
        }
        solved_free(&t);
        solved_free(&s);
        scene_free(&x);
    }
}

/* A warm start from other hubs leads to the same place, and after a reset to the same bits. */
static void the_way_there_does_not_matter(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s, t;
        ful_error err;
        ful_economy_report report;
        ful_economy_options options;
        scene_random(&x, seed, 4, 3, WITH_ALL | WITH_HUBS);
        ful_economy_options_default(&options);
        options.tolerance = TIGHT;
        scene_solve(&s, &x, TIGHT);
        x.shock.hubs = 0;
        scene_solve(&t, &x, TIGHT);
        x.shock.hubs = SCENE_HUBS;
        ful_status_is(ful_economy_solve(&report, t.model, t.work, &x.shock, &options, &err), FUL_OK,
                      &err);
        ful_economy_view_get(&t.view, t.model, t.work);
        same_economy(&s, &t, &x);
        ful_economy_work_reset(t.work);
        ful_status_is(ful_economy_solve(&report, t.model, t.work, &x.shock, &options, &err), FUL_OK,
                      &err);
        ful_economy_view_get(&t.view, t.model, t.work);
        assert_memory_equal(t.view.flow, s.view.flow, x.flows * sizeof(double));
        solved_free(&t);
        solved_free(&s);
        scene_free(&x);
    }
}

/* ---- the certificate ------------------------------------------------------------------------- */

/* A thousandth more of any published or given number is seen, far above the 1e-13 of a solution. */
static void seen(const solved *s, const scene *x, const double *place)
{
    ful_error err;
    ful_economy_certificate c;
    double *number = (double *)place;
    const double kept = *number;
    if (kept == 0)
        return;
    *number *= 1.001;
    ful_status_is(ful_economy_certify(&c, s->model, s->work, &x->shock, NULL, &err), FUL_OK, &err);
    *number = kept;
    if (!(c.max_violation > 1e-10)) {
        print_error("seed %u: %.17g may be %.17g: violation %.3g\n", x->seed, kept, 1.001 * kept,
                    c.max_violation);
        fail();
    }
}

static void the_certificate_sees_every_number(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s;
        scene_random(&x, seed, 3, 2, (seed % 2 ? WITH_ALL : WITH_ALL & ~WITH_CAPS) | WITH_HUBS);
        scene_solve(&s, &x, TIGHT);
        seen(&s, &x, &x.shock.congestion);
        seen(&s, &x, &x.shock.onward);
        for (int h = 0; h < SCENE_HUBS; h++) {
            seen(&s, &x, &s.view.hub[h].value);
            seen(&s, &x, &s.view.hub[h].cost);
            seen(&s, &x, &x.hub[h].capacity);
            seen(&s, &x, &x.hub[h].use);
        }
        for (int k = 0; k < x.shock.detours; k++) {
            const ful_economy_detour *d = &x.detour[k];
            if (d->hubs == 0 || !(s.view.flow[d->entry] > 0))
                continue;
            seen(&s, &x, &d->share);
            seen(&s, &x, &d->gripped);
            seen(&s, &x, &d->other);
            for (int q = 0; q < d->hubs; q++)
                seen(&s, &x, &d->worth[q]);
        }
        solved_free(&s);
        scene_free(&x);
    }
}

/* ---- what is refused ------------------------------------------------------------------------- */

static void refused(const solved *s, const scene *x, const char *why)
{
    ful_error err;
    ful_economy_report report;
    ful_status_is(ful_economy_solve(&report, s->model, s->work, &x->shock, NULL, &err),
                  FUL_ERR_ARGUMENT, &err);
    ful_says(err, why);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    scene x;
    solved s;
    scene_random(&x, 1, 4, 3, WITH_ALL | WITH_HUBS);
    scene_solve(&s, &x, TIGHT);
#define REFUSED(place, value, why)                                                                 \
    do {                                                                                           \
        const __typeof__(place) kept = (place);                                                    \
        (place) = (value);                                                                         \
        refused(&s, &x, (why));                                                                    \
        (place) = kept;                                                                            \
    } while (0)
    REFUSED(x.shock.hubs, FUL_ECONOMY_MAX_HUBS + 1, "65 hubs");
    REFUSED(x.shock.hubs, -1, "-1 hubs");
    REFUSED(x.hub[1].capacity, 0, "the capacity 0");
    REFUSED(x.hub[1].capacity, INFINITY, "the capacity inf");
    REFUSED(x.hub[2].use, -1, "the use -1");
    REFUSED(x.shock.congestion, NAN, "congestion");
    REFUSED(x.shock.onward, -1, "moving on");
    REFUSED(x.shock.detours, 1000, "1000 detours");
    REFUSED(x.detour[1].entry, x.detour[0].entry, "ascending");
    REFUSED(x.detour[0].entry, x.flows, "detour 0");
    REFUSED(x.detour[1].share, 1.5, "go round");
    REFUSED(x.detour[1].other, -1, "routes around");
    REFUSED(x.detour[1].other, 1e6, "routes around");
    REFUSED(((double *)x.detour[1].worth)[0], 0, "hub 0");
    REFUSED(((int *)x.detour[1].hub)[0], 3, "number 3 of 3");
    int gripped = 0;
    while (x.detour[gripped].gripped == 0)
        gripped++;
    REFUSED(x.detour[gripped].gripped, 0, "its detour says 0");
    REFUSED(x.detour[gripped].share, 1, "together");
    ful_economy_certificate certificate;
    ful_error err;
    x.detour[0].entry = x.flows;
    ful_status_is(ful_economy_certify(&certificate, s.model, s.work, &x.shock, NULL, &err),
                  FUL_ERR_ARGUMENT, &err);
    ful_says(err, "detour 0");
    solved_free(&s);
    scene_free(&x);
}

/* A shock that is refused leaves the last solution, and so its gradient, whatever its hubs are. */
static void a_refused_shock_leaves_the_solution(void **state)
{
    (void)state;
    scene x;
    solved s;
    ful_error err;
    ful_economy_report report;
    scene_random(&x, 3, 4, 3, WITH_ALL | WITH_HUBS);
    scene_solve(&s, &x, TIGHT);
    double *open = scene_numbers(&x, x.flows, 0), *before = scene_numbers(&x, x.flows, 0);
    double *after = scene_numbers(&x, x.flows, 0);
    const double cost = s.view.hub[1].cost;
    ful_economy_gradient g = {.openness = before};
    ful_status_is(
        ful_economy_differentiate(&g, s.model, s.work, &x.shock, 1, FUL_REAL_INCOME, NULL, &err),
        FUL_OK, &err);
    /* nobody has a seller left; without hubs, and with two of them elsewhere */
    ful_economy_shock closed = x.shock;
    closed.openness = open;
    closed.latent_openness = NULL;
    const ful_economy_hub others[] = {{NULL, 1e-3, 7}, {NULL, 1e3, 0}};
    for (int hubs = 0; hubs <= 2; hubs += 2) {
        closed.hubs = hubs;
        closed.hub = others;
        closed.caps = closed.detours = 0;
        ful_status_is(ful_economy_solve(&report, s.model, s.work, &closed, NULL, &err),
                      FUL_ERR_INFEASIBLE, &err);
        assert_true(s.view.hub[1].cost == cost);
        g.openness = after;
        ful_status_is(ful_economy_differentiate(&g, s.model, s.work, &x.shock, 1, FUL_REAL_INCOME,
                                                NULL, &err),
                      FUL_OK, &err);
        assert_memory_equal(before, after, x.flows * sizeof *before);
    }
    solved_free(&s);
    scene_free(&x);
}

/* Where passes run out the hub that is furthest off is named. */
static void a_hub_out_of_step_is_named(void **state)
{
    (void)state;
    scene x;
    ful_error err;
    ful_economy_model *model;
    ful_economy_work *work;
    ful_economy_report report;
    ful_economy_options options;
    scene_random(&x, 2, 4, 3, WITH_HUBS);
    x.hub[1].name = "CHN";
    x.hub[1].capacity = 1e-9;
    x.hub[1].use = 0;
    ful_economy_options_default(&options);
    options.max_passes = 1;
    ful_status_is(ful_economy_model_new(&model, NULL, &x.data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_work_new(&work, model, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_solve(&report, model, work, &x.shock, &options, &err),
                  FUL_NOT_CONVERGED, &err);
    ful_says(err, "hub CHN");
    x.hub[1].name = NULL;
    ful_status_is(ful_economy_solve(&report, model, work, &x.shock, &options, &err),
                  FUL_NOT_CONVERGED, &err);
    ful_says(err, "hub 1,");
    ful_economy_work_free(work);
    ful_economy_model_free(model);
    scene_free(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_hub_is_one_equation),
        cmocka_unit_test(hubs_at_given_costs_are_openness),
        cmocka_unit_test(room_is_what_passes),
        cmocka_unit_test(a_larger_hub_takes_more),
        cmocka_unit_test(the_benchmark_stays),
        cmocka_unit_test(units_and_order_do_not_matter),
        cmocka_unit_test(the_way_there_does_not_matter),
        cmocka_unit_test(the_certificate_sees_every_number),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(a_refused_shock_leaves_the_solution),
        cmocka_unit_test(a_hub_out_of_step_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
