/* SPDX-License-Identifier: MIT */
/*
 * The solver against the oracle of oracle.h, feature by feature and all of them together: every
 * number of the view and every outcome.
 */
#include "oracle.h"

#define SEEDS 6
/* the solver stops at 1e-12, Newton at 1e-11: 1e-8 is what the certificate asks of anyone */
#define AGREE 1e-8

static int limited, binding, slack; /* solutions in which a limit or a cap was at work, or none */

static void compare_countries(const solved *s, const oracle *q)
{
    const scene *x = q->x;
    for (int n = 0; n < x->N; n++) {
        const double money = AGREE * q->base.income[n];
        const ful_economy_outcome *o = &s->view.outcome[n];
        ful_near(o->real_income, oracle_real_income(q, n), AGREE, 0);
        ful_near(o->welfare, oracle_welfare(q, n), AGREE, 0);
        ful_near(o->real_gdp, oracle_real_gdp(q, n), AGREE, 0);
        ful_near(o->exports, oracle_exports(q, n), AGREE, 0);
        ful_near(o->imports, oracle_imports(q, n), AGREE, 0);
        ful_near(s->view.final_price[n], q->final_price[n], AGREE, 0);
        ful_near(s->view.income[n], q->income[n], AGREE, 0);
        ful_near(s->view.transfer[n], q->transfer[n], AGREE, money);
        ful_near(s->view.revenue[n], q->revenue[n], AGREE, money);
        const double before = q->base.income[n] - q->base.transfer[n];
        ful_near(ful_economy_compensation(s->model, s->work, n),
                 before * q->final_price[n] - q->value_added[n] - q->revenue[n], AGREE, money);
        limited += x->data.closure == FUL_CLOSURE_FINANCED &&
                   fabs(q->transfer[n] - x->transfer[n]) < 0.99 * fabs(q->base.transfer[n]);
    }
}

static void compare_cells(const solved *s, const oracle *q)
{
    const scene *x = q->x;
    for (int c = 0; c < x->N * x->J; c++) {
        ful_near(s->view.output[c], q->output[c], AGREE, 0);
        ful_near(s->view.spending[c], q->spending[c], AGREE, 0);
        ful_near(s->view.value_added[c], q->beta[c] * q->output[c], AGREE, 0);
        ful_near(s->view.price[c], q->price[c], AGREE, 0);
        ful_near(s->view.cost[c], q->cost[c], AGREE, 0);
    }
    for (size_t a = 0; a < x->flows; a++)
        ful_near(s->view.flow[a], q->flow[a], 10 * AGREE, AGREE);
}

static void compare_people_and_caps(const solved *s, const oracle *q)
{
    for (int h = 0; h < q->x->data.households; h++) {
        const oracle_people *w = &q->who[h];
        const int n = w->country;
        const double own_before = w->income - w->transfer * q->base.transfer[n];
        const double own_now = w->income_now - w->transfer * q->transfer[n];
        ful_near(s->view.household[h].welfare, w->income_now / w->income / w->price, AGREE, 0);
        ful_near(s->view.household[h].real_income, own_now / own_before / w->price, AGREE, 0);
    }
    for (int c = 0; c < q->caps; c++) {
        const ful_economy_cap_state *cap = &s->view.cap[c];
        ful_near(cap->premium, q->premium[c], AGREE, AGREE);
        ful_near(cap->value, q->cap_value[c], AGREE, AGREE);
        ful_near(cap->quantity, q->cap_quantity[c], AGREE, AGREE);
        ful_near(cap->rent, q->cap_rent[c], AGREE, AGREE * q->cap_value[c] + AGREE);
        binding += q->premium[c] > 1e-3;
        slack += q->premium[c] < 1e-9;
    }
}

/* Limits just above what each country's transfer is of the trade it rides on: a shock makes them
 * bind. */
static void tighten(scene *x)
{
    derived d;
    scene_derive(&d, x);
    for (int n = 0; n < x->N; n++) {
        double trade = 0;
        for (int p = 0; p < x->P; p++)
            for (int k = 0; k < x->N; k++) {
                const size_t a = d.transfer[n] > 0 ? scene_at(x, p, n, k) : scene_at(x, p, k, n);
                trade += k == n ? 0 : x->flow[a] * (1 + x->export_tax[a]);
            }
        x->limit[n] = fmin(1.05 * fabs(d.transfer[n]) / trade + 1e-6, 0.99);
    }
}

static void agree(unsigned seed, int with, ful_closure closure)
{
    scene x;
    solved s;
    oracle q;
    scene_random(&x, seed, 3, 2 + (int)(seed % 2), with);
    x.data.closure = closure;
    if (closure == FUL_CLOSURE_FINANCED)
        tighten(&x);
    oracle_solve(&q, &x);
    scene_solve(&s, &x, 1e-12);
    compare_countries(&s, &q);
    compare_cells(&s, &q);
    compare_people_and_caps(&s, &q);
    solved_free(&s);
    scene_free(&x);
}

static void agree_with(int with)
{
    for (unsigned seed = 0; seed < SEEDS; seed++)
        agree(seed, with, (ful_closure)(seed % 3));
}

static void cobb_douglas(void **unused)
{
    (void)unused;
    agree_with(0);
}

static void specific_factors_and_idle_capacity(void **unused)
{
    (void)unused;
    agree_with(WITH_MOBILITY);
    agree_with(WITH_IDLE);
    agree_with(WITH_MOBILITY | WITH_IDLE | WITH_TRANSFER);
}

static void financed_transfers(void **unused)
{
    (void)unused;
    limited = 0;
    for (unsigned seed = 0; seed < SEEDS; seed++)
        agree(seed, WITH_TRANSFER | WITH_MOBILITY, FUL_CLOSURE_FINANCED);
    assert_true(limited > 0);
}

static void substitution(void **unused)
{
    (void)unused;
    agree_with(WITH_CES);
    agree_with(WITH_CES | WITH_MOBILITY | WITH_IDLE);
}

static void export_taxes_and_latent_flows(void **unused)
{
    (void)unused;
    agree_with(WITH_EXPORT_TAX);
    agree_with(WITH_EXPORT_TAX | WITH_LATENT);
}

static void products(void **unused)
{
    (void)unused;
    agree_with(WITH_PRODUCTS);
    agree_with(WITH_PRODUCTS | WITH_LATENT | WITH_CES);
}

static void households(void **unused)
{
    (void)unused;
    agree_with(WITH_HOUSEHOLDS);
    agree_with(WITH_HOUSEHOLDS | WITH_CES | WITH_TRANSFER);
}

static void caps(void **unused)
{
    (void)unused;
    binding = slack = 0;
    agree_with(WITH_CAPS);
    agree_with(WITH_CAPS | WITH_EXPORT_TAX);
    agree_with(WITH_CAPS | WITH_LATENT | WITH_PRODUCTS);
    assert_true(binding > 0 && slack > 0);
}

static void everything_together(void **unused)
{
    (void)unused;
    for (unsigned seed = 100; seed < 100 + 2 * SEEDS; seed++)
        agree(seed, WITH_ALL, (ful_closure)(seed % 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cobb_douglas),
        cmocka_unit_test(specific_factors_and_idle_capacity),
        cmocka_unit_test(financed_transfers),
        cmocka_unit_test(substitution),
        cmocka_unit_test(export_taxes_and_latent_flows),
        cmocka_unit_test(products),
        cmocka_unit_test(households),
        cmocka_unit_test(caps),
        cmocka_unit_test(everything_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
