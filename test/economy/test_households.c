/* SPDX-License-Identifier: MIT */
/* Households: who owns what does not matter where all buy alike; what they own is what they get. */
#include "scenes.h"

#define SEEDS 6
#define TIGHT 1e-13
#define SAME 1e-9

/* Two in every country: `first` owns that part of sector j, revenue and transfer. */
static void two_each(scene *x, const double *first, double revenue, double transfer,
                     const double *basket)
{
    x->household = ful_arena_take(x->arena, (size_t)(2 * x->N), sizeof *x->household);
    double *second = scene_numbers(x, (size_t)x->J, 1);
    for (int j = 0; j < x->J; j++)
        second[j] -= first[j];
    for (int n = 0; n < x->N; n++) {
        x->household[2 * n] =
            (ful_economy_household){n, first, revenue, transfer, basket ? basket + n * x->J : NULL};
        x->household[2 * n + 1] =
            (ful_economy_household){n, second, 1 - revenue, 1 - transfer, NULL};
    }
    x->data.households = 2 * x->N;
    x->data.household = x->household;
}

static const int with = WITH_ALL & ~WITH_HOUSEHOLDS;

/* With the country's basket, stated or left out, households change nothing but who has it. */
static void identical_baskets_change_nothing(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved alone, two;
        derived d;
        static const double owns[] = {0.2, 0.7, 0.4};
        scene_random(&x, seed, 4, 3, with);
        x.data.closure = (ful_closure)(seed % 3);
        scene_derive(&d, &x);
        scene_solve(&alone, &x, TIGHT);
        double *basket = scene_numbers(&x, (size_t)(x.N * x.J), 0);
        for (int c = 0; c < x.N * x.J; c++)
            basket[c] = d.final[c] / d.income[c / x.J];
        two_each(&x, owns, 0.5, 0.9, seed % 2 ? basket : NULL);
        scene_solve(&two, &x, TIGHT);
        for (int n = 0; n < x.N; n++) {
            const ful_economy_outcome *is = &two.view.outcome[n], *was = &alone.view.outcome[n];
            ful_near(is->welfare, was->welfare, SAME, 0);
            ful_near(is->real_gdp, was->real_gdp, SAME, 0);
            ful_near(is->exports, was->exports, SAME, 0);
        }
        solved_free(&two);
        solved_free(&alone);
        scene_free(&x);
    }
}

/* A household that owns 30 % of everything and buys the country's basket fares as the country. */
static void an_even_share_fares_as_the_country(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s;
        static const double owns[] = {0.3, 0.3, 0.3};
        scene_random(&x, seed, 4, 3, with);
        two_each(&x, owns, 0.3, 0.3, NULL);
        scene_solve(&s, &x, TIGHT);
        for (int h = 0; h < 2 * x.N; h++) {
            ful_near(s.view.household[h].welfare, s.view.outcome[h / 2].welfare, SAME, 0);
            ful_near(s.view.household[h].real_income, s.view.outcome[h / 2].real_income, SAME, 0);
        }
        solved_free(&s);
        scene_free(&x);
    }
}

/* One household owns one sector alone and nothing else: its income is that sector's value added. */
static void owners_earn_what_they_own(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s;
        derived d;
        static const double owns[] = {1, 0, 0};
        scene_random(&x, seed, 4, 3, with);
        scene_derive(&d, &x);
        two_each(&x, owns, 0, 0, NULL);
        scene_solve(&s, &x, TIGHT);
        for (int n = 0; n < x.N; n++) {
            const double earned = s.view.value_added[n * x.J] / d.value_added[n * x.J];
            ful_near(s.view.household[2 * n].welfare, earned / s.view.final_price[n], SAME, 0);
            ful_near(s.view.household[2 * n].real_income, s.view.household[2 * n].welfare, SAME, 0);
        }
        solved_free(&s);
        scene_free(&x);
    }
}

/* Incomes of households make up the country's; so do their losses, in money at new prices. */
static void incomes_add_up(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s;
        derived d;
        static const double owns[] = {0.6, 0.1, 0.5};
        scene_random(&x, seed, 4, 3, with);
        x.data.closure = (ful_closure)(seed % 3);
        scene_derive(&d, &x);
        two_each(&x, owns, 0.8, 0.4, NULL);
        scene_solve(&s, &x, TIGHT);
        for (int n = 0; n < x.N; n++) {
            double first = 0.8 * d.revenue[n] + 0.4 * d.transfer[n], total;
            for (int j = 0; j < x.J; j++)
                first += owns[j] * d.value_added[n * x.J + j];
            total = first * s.view.household[2 * n].welfare +
                    (d.income[n] - first) * s.view.household[2 * n + 1].welfare;
            ful_near(total * s.view.final_price[n], s.view.income[n], SAME, 0);
        }
        solved_free(&s);
        scene_free(&x);
    }
}

/* Those who live on what only others sell lose more than those who do not. */
static void who_buys_what_is_embargoed_loses_more(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved s;
        derived d;
        static const double owns[] = {0.3, 0.3, 0.3};
        scene_random(&x, seed, 4, 3, WITH_CES);
        scene_no_shock(&x);
        scene_derive(&d, &x);
        double *basket = scene_numbers(&x, (size_t)(x.N * x.J), 0);
        for (int n = 0; n < x.N; n++) {
            double first = 1; /* its basket leans to good 0, without taking more than there is */
            for (int j = 1; j < x.J; j++)
                first -= basket[n * x.J + j] = 0.7 * d.final[n * x.J + j] / d.income[n];
            basket[n * x.J] = first;
            x.sigma_f[n] = 1;
        }
        for (size_t a = 0; a < (size_t)(x.N * x.N); a++)
            x.openness[a] = a / 4 == a % 4 ? 1 : 0.1;
        two_each(&x, owns, 0.3, 0.3, basket);
        scene_solve(&s, &x, TIGHT);
        for (int n = 0; n < x.N; n++) {
            const double dearer =
                s.view.price[n * x.J] / fmax(s.view.price[n * x.J + 1], s.view.price[n * x.J + 2]);
            assert_true(dearer > 1);
            assert_true(s.view.household[2 * n].welfare < s.view.outcome[n].welfare);
            assert_true(s.view.household[2 * n + 1].welfare > s.view.outcome[n].welfare);
        }
        solved_free(&s);
        scene_free(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identical_baskets_change_nothing),
        cmocka_unit_test(an_even_share_fares_as_the_country),
        cmocka_unit_test(owners_earn_what_they_own),
        cmocka_unit_test(incomes_add_up),
        cmocka_unit_test(who_buys_what_is_embargoed_loses_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
