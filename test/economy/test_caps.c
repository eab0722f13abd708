/* SPDX-License-Identifier: MIT */
/*
 * Caps: a premium is the tax, or the loss on the way, that would have kept trade within the bound;
 * a bound of nothing is a ban, a loose one is none.
 */
#include "scenes.h"

#define SEEDS 6
#define TIGHT 1e-13
/* a premium settles with the residual of its bound: one digit less than prices */
#define SAME 1e-8

/* One cap of everything, grip 1 where `grip` is NULL, on what 0 buys abroad in product 0. */
static void cap_imports(scene *x, ful_rent rent, int entries)
{
    size_t *entry = ful_arena_take(x->arena, x->flows, sizeof *entry);
    assert_non_null(entry);
    x->shock.caps = 1;
    x->cap = ful_arena_take(x->arena, 4, sizeof *x->cap);
    x->shock.cap = x->cap;
    x->cap[0] = (ful_economy_cap){.entry = entry, .value = INFINITY, .quantity = INFINITY};
    x->cap[0].rent = rent;
    for (int i = 1; i <= entries; i++)
        entry[x->cap[0].entries++] = scene_at(x, 0, 0, i);
}

/* Customs value of what the cap grips in a solution without it. */
static double gripped(const scene *x, const ful_economy_view *view)
{
    double sum = 0;
    for (int k = 0; k < x->cap[0].entries; k++) {
        const size_t a = x->cap[0].entry[k];
        sum +=
            view->flow[a] * (1 + x->new_export_tax[a]) * (x->cap[0].grip ? x->cap[0].grip[k] : 1);
    }
    return sum;
}

/* Statistics of trade cannot tell a rent from a tax; and each country's sum to its outcome. */
static void same_customs(const solved *s, const solved *t, const scene *x)
{
    double *of[3];
    for (int k = 0; k < 3; k++)
        of[k] = ful_arena_take(x->arena, x->flows, sizeof(double));
    assert_true(of[0] && of[1] && of[2]);
    ful_economy_customs(of[0], s->model, NULL);
    ful_economy_customs(of[1], s->model, s->work);
    ful_economy_customs(of[2], t->model, t->work);
    for (size_t k = 0; k < x->flows; k++)
        ful_near(of[2][k], of[1][k], 10 * SAME, SAME);
    for (int n = 0; n < x->N; n++) {
        double imports[2] = {0};
        for (int p = 0; p < x->P; p++)
            for (int i = 0; i < x->N; i++)
                for (int after = 0; after < 2 && i != n; after++)
                    imports[after] += of[after][scene_at(x, p, n, i)];
        ful_near(imports[1] / imports[0], s->view.outcome[n].imports, 1e-12, 0);
    }
}

static void same_economy(const solved *s, const solved *t, const scene *x)
{
    scene_same(s, t, x, SAME);
    for (int n = 0; n < x->N; n++)
        ful_near(t->view.revenue[n], s->view.revenue[n], SAME, SAME * s->view.income[n]);
    for (int h = 0; h < x->data.households; h++)
        ful_near(t->view.household[h].welfare, s->view.household[h].welfare, SAME, 0);
    same_customs(s, t, x);
}

/* The bound is met, its premium is found, and put in place of the cap as a tariff of 0, a tax of
 * the sellers or a loss on the way it gives the same economy. */
static void a_premium_is_a_wedge(ful_rent rent, int by_quantity, unsigned seed)
{
    scene x;
    solved none, capped, taxed;
    scene_random(&x, seed, 4, 3, WITH_ALL & ~WITH_CAPS);
    x.data.closure = seed % 2 ? FUL_CLOSURE_ZERO : FUL_CLOSURE_FIXED;
    for (int i = 1; i < x.N; i++)
        x.openness[scene_at(&x, 0, 0, i)] += 0.2;
    scene_solve(&none, &x, TIGHT);
    cap_imports(&x, rent, 2 + (int)(seed % 2));
    const double bound = (0.2 + 0.1 * seed) * gripped(&x, &none.view);
    *(by_quantity ? &x.cap[0].quantity : &x.cap[0].value) = bound;
    scene_solve(&capped, &x, TIGHT);
    const ful_economy_cap_state state = capped.view.cap[0];
    const double premium = state.premium;
    assert_true(premium > 0.01 && isfinite(premium));
    ful_near(by_quantity ? state.quantity : state.value, bound, SAME, 0);
    double worth = 0;
    for (int k = 0; k < x.cap[0].entries; k++) {
        const size_t a = x.cap[0].entry[k];
        const double tariff = 1 + x.new_tariff[a], tax = 1 + x.new_export_tax[a];
        const double receives = capped.view.flow[a], more = exp(premium);
        if (rent == FUL_RENT_BUYER) {
            x.new_tariff[a] = tariff * more - 1;
            worth += (more - 1) * tariff * tax * receives;
        } else if (rent == FUL_RENT_SELLER) {
            x.new_export_tax[a] = tax * more - 1;
            worth += (more - 1) * tax * receives;
        } else {
            x.openness[a] *= exp(-x.theta[0] * premium);
            x.latent_openness[a] *= exp(-x.theta[0] * premium);
            worth += (1 - 1 / more) * receives;
        }
    }
    ful_near(state.rent, worth, SAME, 0);
    x.shock.caps = 0;
    scene_solve(&taxed, &x, TIGHT);
    same_economy(&capped, &taxed, &x);
    solved_free(&taxed);
    solved_free(&capped);
    solved_free(&none);
    scene_free(&x);
}

static void rents_to_the_buyer_are_a_tariff(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++)
        a_premium_is_a_wedge(FUL_RENT_BUYER, seed % 3 == 0, seed);
}

static void rents_to_the_seller_are_an_export_tax(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++)
        a_premium_is_a_wedge(FUL_RENT_SELLER, seed % 3 == 0, seed);
}

static void rents_lost_are_distance(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++)
        a_premium_is_a_wedge(FUL_RENT_LOST, seed % 3 == 0, seed);
}

/* A bound of 0 closes what it grips; of a flow that it grips in part the rest remains. */
static void a_bound_of_nothing_is_a_ban(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved capped, closed;
        static const double grip[] = {1, 0.6, 0.25};
        scene_random(&x, seed, 4, 3, WITH_ALL & ~WITH_CAPS);
        cap_imports(&x, (ful_rent)(seed % 3), 3);
        x.cap[0].grip = seed < 3 ? NULL : grip;
        *(seed % 2 ? &x.cap[0].quantity : &x.cap[0].value) = 0;
        scene_solve(&capped, &x, TIGHT);
        assert_true(isinf(capped.view.cap[0].premium));
        assert_true(capped.view.cap[0].value == 0);
        assert_true(capped.view.cap[0].quantity == 0);
        assert_true(capped.view.cap[0].rent == 0);
        for (int k = 0; k < 3; k++) {
            const size_t a = x.cap[0].entry[k];
            x.openness[a] *= seed < 3 ? 0 : 1 - grip[k];
            x.latent_openness[a] *= seed < 3 ? 0 : 1 - grip[k];
        }
        x.shock.caps = 0;
        scene_solve(&closed, &x, TIGHT);
        same_economy(&capped, &closed, &x);
        if (seed < 3)
            assert_true(capped.view.flow[x.cap[0].entry[0]] == 0);
        solved_free(&closed);
        solved_free(&capped);
        scene_free(&x);
    }
}

static void a_loose_bound_is_none(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved none, capped;
        scene_random(&x, seed, 4, 3, WITH_ALL & ~WITH_CAPS);
        scene_solve(&none, &x, TIGHT);
        cap_imports(&x, (ful_rent)(seed % 3), 3);
        const double free = gripped(&x, &none.view);
        x.cap[0].value = seed % 2 ? 1.01 * free : INFINITY;
        scene_solve(&capped, &x, TIGHT);
        assert_true(capped.view.cap[0].premium == 0);
        assert_true(capped.view.cap[0].rent == 0);
        ful_near(capped.view.cap[0].value, free, SAME, 0);
        same_economy(&none, &capped, &x);
        solved_free(&capped);
        solved_free(&none);
        scene_free(&x);
    }
}

/* From loose to a ten-thousandth: the bound is met each time and its premium rises; at the end the
 * economy is almost that of a ban. */
static void tighter_bounds_cost_more(void **state)
{
    (void)state;
    static const double part[] = {0.9, 0.5, 0.2, 0.05, 1e-2, 1e-3, 1e-4};
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved none, capped, banned;
        double last = 0;
        scene_random(&x, seed, 4, 3, WITH_ALL & ~WITH_CAPS);
        scene_solve(&none, &x, TIGHT);
        cap_imports(&x, (ful_rent)(seed % 3), 3);
        const double free = gripped(&x, &none.view);
        for (size_t k = 0; k < sizeof part / sizeof *part; k++) {
            x.cap[0].value = part[k] * free;
            scene_solve(&capped, &x, 1e-11);
            assert_true(capped.view.cap[0].premium > last);
            ful_near(capped.view.cap[0].value, x.cap[0].value, SAME, 0);
            last = capped.view.cap[0].premium;
            if (part[k] > 1e-4)
                solved_free(&capped);
        }
        x.cap[0].value = 0;
        scene_solve(&banned, &x, TIGHT);
        for (int n = 0; n < x.N; n++)
            ful_near(capped.view.outcome[n].welfare, banned.view.outcome[n].welfare, 0, 2e-3);
        solved_free(&banned);
        solved_free(&capped);
        solved_free(&none);
        scene_free(&x);
    }
}

/* Cut in two, each part with its share of the bound by what it was, a cap of one flow is the same
 * cap; a second cap within its bound changes nothing. */
static void caps_together(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved none, one, two;
        static const double whole[] = {0.8}, half[] = {0.4};
        scene_random(&x, seed, 4, 3, WITH_CES | WITH_EXPORT_TAX);
        for (int i = 1; i < x.N; i++) {
            x.flow[scene_at(&x, 0, 0, i)] += 5;
            x.openness[scene_at(&x, 0, 0, i)] += 0.2;
        }
        scene_solve(&none, &x, TIGHT);
        cap_imports(&x, (ful_rent)(seed % 3), 1);
        x.cap[0].grip = whole;
        x.cap[0].value = 0.5 * gripped(&x, &none.view);
        scene_solve(&one, &x, TIGHT);
        x.shock.caps = 3;
        x.cap[0].grip = half;
        x.cap[0].value /= 2;
        x.cap[1] = x.cap[0];
        x.cap[2] = x.cap[0];
        const size_t other = scene_at(&x, 1, 0, 1);
        x.cap[2].entry = &other;
        x.cap[2].value = INFINITY;
        x.cap[2].quantity = 1e6;
        scene_solve(&two, &x, TIGHT);
        same_economy(&one, &two, &x);
        ful_near(two.view.cap[0].premium, one.view.cap[0].premium, SAME, 0);
        ful_near(two.view.cap[1].premium, one.view.cap[0].premium, SAME, 0);
        assert_true(two.view.cap[2].premium == 0);
        solved_free(&two);
        solved_free(&one);
        solved_free(&none);
        scene_free(&x);
    }
}

/* A warm start from any other cap leads to the same place as a cold one. */
static void the_way_there_does_not_matter(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s, t;
        ful_error err;
        ful_economy_report report;
        ful_economy_options options;
        scene_random(&x, seed, 4, 3, WITH_ALL);
        ful_economy_options_default(&options);
        options.tolerance = TIGHT;
        scene_solve(&s, &x, TIGHT);
        ful_economy_cap other[2] = {x.cap[0], x.cap[1]};
        other[0].value = 0;
        other[1].quantity = 1e-2;
        const ful_economy_cap *const mine = x.shock.cap;
        x.shock.cap = other;
        scene_solve(&t, &x, TIGHT);
        x.shock.cap = mine;
        ful_status_is(ful_economy_solve(&report, t.model, t.work, &x.shock, &options, &err), FUL_OK,
                      &err);
        ful_economy_view_get(&t.view, t.model, t.work);
        same_economy(&s, &t, &x);
        for (int c = 0; c < 2; c++)
            ful_near(t.view.cap[c].premium, s.view.cap[c].premium, SAME, SAME);
        solved_free(&t);
        solved_free(&s);
        scene_free(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rents_to_the_buyer_are_a_tariff),
        cmocka_unit_test(rents_to_the_seller_are_an_export_tax),
        cmocka_unit_test(rents_lost_are_distance),
        cmocka_unit_test(a_bound_of_nothing_is_a_ban),
        cmocka_unit_test(a_loose_bound_is_none),
        cmocka_unit_test(tighter_bounds_cost_more),
        cmocka_unit_test(caps_together),
        cmocka_unit_test(the_way_there_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
