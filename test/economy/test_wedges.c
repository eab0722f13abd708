/* SPDX-License-Identifier: MIT */
/* Tariffs, export taxes, transfers: equivalences and accounting on random scenes. */
#include "scenes.h"

#define SEEDS 6
#define TIGHT 1e-13
#define SAME 1e-9

static void same_outcomes(const solved *s, const solved *t, const scene *x)
{
    for (int n = 0; n < x->N; n++) {
        ful_near(t->view.outcome[n].welfare, s->view.outcome[n].welfare, SAME, 0);
        ful_near(t->view.outcome[n].real_income, s->view.outcome[n].real_income, SAME, 0);
        ful_near(t->view.outcome[n].real_gdp, s->view.outcome[n].real_gdp, SAME, 0);
    }
}

/* No taxes at all, before or after the shock. */
static void untaxed(scene *x)
{
    double *const rate[] = {x->tariff, x->export_tax, x->new_tariff, x->new_export_tax};
    for (size_t k = 0; k < 4; k++)
        memset(rate[k], 0, sizeof(double) * x->flows);
}

/* Lerner (1936): with balanced trade a tariff on all imports is a tax on all exports. */
static void a_tariff_on_everything_is_an_export_tax_on_everything(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s, t;
        const double rate = 0.1 + 0.1 * seed;
        scene_random(&x, seed, 4, 3,
                     WITH_CES | WITH_PRODUCTS | WITH_MOBILITY | WITH_IDLE | WITH_LATENT);
        untaxed(&x);
        for (size_t a = 0; a < x.flows; a++)
            x.new_tariff[a] = a / 4 % 4 == 0 && a % 4 != 0 ? rate : 0;
        scene_solve(&s, &x, TIGHT);
        for (size_t a = 0; a < x.flows; a++) {
            x.new_tariff[a] = 0;
            x.new_export_tax[a] = a / 4 % 4 != 0 && a % 4 == 0 ? rate : 0;
        }
        scene_solve(&t, &x, TIGHT);
        same_outcomes(&s, &t, &x);
        /* the tax leaves what the tariff leaves, at prices lower by the rate */
        for (int n = 1; n < x.N; n++)
            ful_near(t.view.income[0] / t.view.income[n] * (1 + rate),
                     s.view.income[0] / s.view.income[n], SAME, 0);
        solved_free(&t);
        solved_free(&s);
        scene_free(&x);
    }
}

/* A tax of seller 1 on its exports to 0 is a tariff of 0 on them whose revenue is given to 1. */
static void an_export_tax_is_a_tariff_given_away(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s, t;
        double revenue = 0;
        scene_random(&x, seed, 4, 3, WITH_CES | WITH_PRODUCTS | WITH_MOBILITY | WITH_IDLE);
        x.data.closure = seed % 2 ? FUL_CLOSURE_ZERO : FUL_CLOSURE_FIXED;
        for (size_t a = 0; a < x.flows; a++)
            if (a / 4 % 4 == 0 && a % 4 == 1) {
                x.tariff[a] = x.new_tariff[a] = 0;
                x.new_export_tax[a] = 0.05 + 0.1 * scene_draw(&x);
            }
        scene_solve(&s, &x, TIGHT);
        for (size_t a = 0; a < x.flows; a++)
            if (a / 4 % 4 == 0 && a % 4 == 1) {
                revenue += x.new_export_tax[a] * s.view.flow[a];
                x.new_tariff[a] = x.new_export_tax[a];
                x.new_export_tax[a] = 0;
            }
        x.transfer[1] += revenue;
        x.transfer[0] -= revenue;
        scene_solve(&t, &x, TIGHT);
        for (int n = 0; n < x.N; n++)
            ful_near(t.view.outcome[n].welfare, s.view.outcome[n].welfare, SAME, 0);
        for (size_t a = 0; a < x.flows; a++)
            ful_near(t.view.flow[a], s.view.flow[a], 10 * SAME, SAME);
        solved_free(&t);
        solved_free(&s);
        scene_free(&x);
    }
}

/* What a buyer pays is all that matters to it: tariff and export tax at rates t and x are as those
 * at x and t where both go to the same country, on sales at home. */
static void taxes_at_home_may_be_called_either(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s, t;
        scene_random(&x, seed, 4, 3, WITH_CES | WITH_EXPORT_TAX | WITH_PRODUCTS);
        for (size_t a = 0; a < x.flows; a++)
            if (a / 4 % 4 == a % 4) {
                x.new_tariff[a] = 0.2 * scene_draw(&x);
                x.new_export_tax[a] = 0.2 * scene_draw(&x) - 0.1;
            }
        scene_solve(&s, &x, TIGHT);
        for (size_t a = 0; a < x.flows; a++)
            if (a / 4 % 4 == a % 4) {
                const double swap = x.new_tariff[a];
                x.new_tariff[a] = x.new_export_tax[a];
                x.new_export_tax[a] = swap;
            }
        scene_solve(&t, &x, TIGHT);
        same_outcomes(&s, &t, &x);
        solved_free(&t);
        solved_free(&s);
        scene_free(&x);
    }
}

/* Walras: every country's imports less exports at customs values are its transfer, also the one
 * whose market the solver may leave out; income and spending add up; money holds value added. */
static void books_balance(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 2 * SEEDS; seed++) {
        scene x;
        solved s;
        derived d;
        double deficit[4] = {0}, sum = 0, now = 0, before = 0;
        scene_random(&x, seed, 4, 3, WITH_ALL & ~WITH_CAPS);
        x.data.closure = (ful_closure)(seed % 3);
        scene_derive(&d, &x);
        scene_solve(&s, &x, TIGHT);
        for (size_t a = 0; a < x.flows; a++) {
            const double customs = s.view.flow[a] * (1 + x.new_export_tax[a]);
            deficit[a / 4 % 4] += customs;
            deficit[a % 4] -= customs;
        }
        for (int n = 0; n < x.N; n++) {
            double wages = 0, sales = 0, bought = 0;
            for (int j = 0; j < x.J; j++) {
                wages += s.view.value_added[n * x.J + j];
                sales += s.view.output[n * x.J + j];
                bought += s.view.spending[n * x.J + j];
                before += d.value_added[n * x.J + j];
            }
            ful_near(deficit[n], s.view.transfer[n], SAME, SAME * d.income[n]);
            ful_near(wages + s.view.revenue[n] + s.view.transfer[n], s.view.income[n], SAME, 0);
            ful_near(s.view.income[n] + sales - wages, bought, SAME, 0);
            sum += s.view.transfer[n];
            now += wages;
        }
        ful_near(sum, 0, 0, SAME * now);
        ful_near(now, before, SAME, 0);
        solved_free(&s);
        scene_free(&x);
    }
}

/* Money shifts welfare one for one, up to what it does to prices; a country's real income without
 * the transfer moves far less. */
static void transfers_shift_welfare(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved none, paid;
        scene_random(&x, seed, 4, 3, WITH_CES | WITH_EXPORT_TAX);
        scene_solve(&none, &x, TIGHT);
        const double gift = 1e-3 * none.view.income[2];
        x.transfer[2] = gift;
        x.transfer[3] = -gift;
        scene_solve(&paid, &x, TIGHT);
        ful_near(paid.view.transfer[2], gift, SAME, 0);
        ful_near(paid.view.transfer[3], -gift, SAME, 0);
        ful_near(paid.view.transfer[0], 0, 0, SAME * gift);
        for (int n = 2; n < 4; n++) {
            const double sign = n == 2 ? 1 : -1, part = gift / none.view.income[n];
            const double moved = paid.view.outcome[n].welfare / none.view.outcome[n].welfare - 1;
            const double earned =
                paid.view.outcome[n].real_income / none.view.outcome[n].real_income - 1;
            assert_true(sign * moved > 0.5 * part && sign * moved < 2 * part);
            assert_true(fabs(earned) < 0.7 * part);
        }
        solved_free(&paid);
        solved_free(&none);
        scene_free(&x);
    }
}

/* Without inputs, everybody twice as productive is twice as well off. */
static void productivity_everywhere_is_real_income(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s, t;
        scene_random(&x, seed, 4, 3, WITH_EXPORT_TAX | WITH_PRODUCTS);
        memset(x.input, 0, sizeof(double) * (size_t)(x.N * x.J * x.J));
        scene_solve(&s, &x, TIGHT);
        for (int c = 0; c < x.N * x.J; c++)
            x.productivity[c] *= 2;
        scene_solve(&t, &x, TIGHT);
        for (int n = 0; n < x.N; n++) {
            ful_near(t.view.outcome[n].welfare, 2 * s.view.outcome[n].welfare, SAME, 0);
            ful_near(t.view.outcome[n].exports, s.view.outcome[n].exports, SAME, 0);
            ful_near(t.view.outcome[n].imports_volume, 2 * s.view.outcome[n].imports_volume, SAME,
                     0);
        }
        solved_free(&t);
        solved_free(&s);
        scene_free(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tariff_on_everything_is_an_export_tax_on_everything),
        cmocka_unit_test(an_export_tax_is_a_tariff_given_away),
        cmocka_unit_test(taxes_at_home_may_be_called_either),
        cmocka_unit_test(books_balance),
        cmocka_unit_test(transfers_shift_welfare),
        cmocka_unit_test(productivity_everywhere_is_real_income),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
