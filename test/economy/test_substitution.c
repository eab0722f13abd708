/* SPDX-License-Identifier: MIT */
/* Nests of constant elasticity and mobile labour: limits, bottlenecks, closed economies. */
#include "scenes.h"

#define SEEDS 6
#define TIGHT 1e-13
#define SAME 1e-9

/* Largest gap in log outcomes between two solved scenes of the same countries. */
static double gap(const solved *s, const solved *t, int N)
{
    double most = 0;
    for (int n = 0; n < N; n++) {
        const ful_economy_outcome *a = &s->view.outcome[n], *b = &t->view.outcome[n];
        most = fmax(most, fabs(log(a->welfare / b->welfare)));
        most = fmax(most, fabs(log(a->real_gdp / b->real_gdp)));
        most = fmax(most, fabs(log(a->exports / b->exports)));
    }
    return most;
}

/* No taxes before or after; the shock closes every border. */
static void scene_close_all(scene *x)
{
    memset(x->tariff, 0, sizeof(double) * x->flows);
    scene_no_shock(x);
    for (size_t a = 0; a < x->flows; a++)
        x->openness[a] = a / (size_t)x->N % (size_t)x->N == a % (size_t)x->N;
}

static void set_all(double *values, int count, double value)
{
    for (int n = 0; n < count; n++)
        values[n] = value;
}

/* An elasticity of 1 +- 1e-7 is Cobb-Douglas to 1e-7 times what shares and log prices allow, and
 * from both sides alike. */
static void elasticities_of_one_are_a_limit(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved one, none, below, above;
        scene_random(&x, seed, 4, 3, WITH_ALL & ~WITH_CES & ~WITH_CAPS);
        scene_solve(&one, &x, TIGHT);
        x.data.sigma_f = x.data.sigma_m = x.data.sigma_v = NULL;
        scene_solve(&none, &x, TIGHT);
        assert_true(gap(&one, &none, x.N) == 0);
        x.data.sigma_f = x.sigma_f;
        x.data.sigma_m = x.sigma_m;
        x.data.sigma_v = x.sigma_v;
        double *const nest[] = {x.sigma_f, x.sigma_m, x.sigma_v};
        for (int k = 0; k < 3; k++)
            set_all(nest[k], x.N, 1 - 1e-7);
        scene_solve(&below, &x, TIGHT);
        for (int k = 0; k < 3; k++)
            set_all(nest[k], x.N, 1 + 1e-7);
        scene_solve(&above, &x, TIGHT);
        assert_true(gap(&below, &one, x.N) < 2e-7);
        assert_true(gap(&above, &one, x.N) < 2e-7);
        for (int n = 0; n < x.N; n++)
            ful_near(above.view.outcome[n].welfare + below.view.outcome[n].welfare,
                     2 * one.view.outcome[n].welfare, 1e-10, 0);
        solved_free(&above);
        solved_free(&below);
        solved_free(&none);
        solved_free(&one);
        scene_free(&x);
    }
}

/* kappa towards infinity: the gap to one labour market falls as 1/kappa. */
static void mobile_labour_is_the_limit_of_kappa(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        scene x;
        solved mobile, near, far;
        scene_random(&x, seed, 4, 3, WITH_ALL & ~WITH_MOBILITY & ~WITH_CAPS);
        scene_solve(&mobile, &x, TIGHT);
        set_all(x.kappa, x.N, 1e5);
        scene_solve(&near, &x, TIGHT);
        set_all(x.kappa, x.N, 1e6);
        scene_solve(&far, &x, TIGHT);
        const double first = gap(&near, &mobile, x.N), second = gap(&far, &mobile, x.N);
        assert_true(first < 1e-4);
        ful_near(first / second, 10, 0.01, 0);
        solved_free(&far);
        solved_free(&near);
        solved_free(&mobile);
        scene_free(&x);
    }
}

/*
 * A country that loses its trade loses the more the less it can replace: at given prices a power
 * mean rises as its elasticity falls, and prices in wages are all there is to a closed country.
 * From easy substitution to a bottleneck, nest by nest.
 */
static void bottlenecks_hurt(void **state)
{
    (void)state;
    static const double sigma[] = {4, 2, 1, 0.5, 0.2, 0.05};
    for (unsigned seed = 0; seed < 3 * SEEDS; seed++) {
        scene x;
        double last[4] = {INFINITY, INFINITY, INFINITY, INFINITY};
        scene_random(&x, seed, 4, 3, 0);
        scene_close_all(&x);
        for (size_t k = 0; k < sizeof sigma / sizeof *sigma; k++) {
            solved s;
            set_all(seed % 3 == 0   ? x.sigma_v
                    : seed % 3 == 1 ? x.sigma_m
                                    : x.sigma_f,
                    x.N, sigma[k]);
            scene_solve(&s, &x, TIGHT);
            for (int n = 0; n < x.N; n++) {
                assert_true(s.view.outcome[n].real_income < last[n]);
                last[n] = s.view.outcome[n].real_income;
            }
            solved_free(&s);
        }
        scene_free(&x);
    }
}

/* Hats of the shares of labour in a closed country with fixed budget shares: outputs solve
 * Y = alpha I + gamma Y, income being value added. */
static void closed_labour(double *labour, scene *x, const derived *d, int n)
{
    const int J = x->J;
    double output[8], wages = 0, before = 0;
    memcpy(output, d->output + n * J, sizeof(double) * (size_t)J);
    for (int round = 0; round < 3000; round++) {
        double demand[8] = {0}, income = 0;
        for (int j = 0; j < J; j++)
            income += scene_beta(x, n, j) * output[j];
        for (int k = 0; k < J; k++)
            demand[k] = d->final[n * J + k] / d->income[n] * income;
        for (int j = 0; j < J; j++)
            for (int k = 0; k < J; k++)
                demand[k] += x->input[(n * J + j) * J + k] * output[j];
        memcpy(output, demand, sizeof output);
    }
    for (int j = 0; j < J; j++) {
        wages += scene_beta(x, n, j) * output[j];
        before += d->value_added[n * J + j];
    }
    for (int j = 0; j < J; j++)
        labour[j] = scene_beta(x, n, j) * output[j] / wages / (d->value_added[n * J + j] / before);
}

/* Real income of a closed country by hand: prices from P_j = pi_jj^(-1/theta) c_j(P), iterated,
 * with the wage of the country 1; hours as phi says. */
static double closed_by_hand(scene *x, const derived *d, int n)
{
    const int J = x->J;
    const double sm = x->sigma_m[n], sv = x->sigma_v[n], sf = x->sigma_f[n];
    double price[8], next[8], labour[8], final = 0;
    closed_labour(labour, x, d, n);
    for (int j = 0; j < J; j++)
        price[j] = 1;
    for (int round = 0; round < 3000; round++) {
        for (int j = 0; j < J; j++) {
            const double beta = scene_beta(x, n, j), *gamma = x->input + (n * J + j) * J;
            const double own = x->flow[scene_at(x, j, n, n)] / d->spending[n * J + j];
            const double wage = pow(labour[j], 1 / x->kappa[n]);
            double inputs = 0, cost;
            for (int k = 0; k < J; k++)
                inputs += gamma[k] / (1 - beta) * (sm == 1 ? log(price[k]) : pow(price[k], 1 - sm));
            inputs = sm == 1 ? exp(inputs) : pow(inputs, 1 / (1 - sm));
            cost = sv == 1 ? pow(wage, beta) * pow(inputs, 1 - beta)
                           : pow(beta * pow(wage, 1 - sv) + (1 - beta) * pow(inputs, 1 - sv),
                                 1 / (1 - sv));
            next[j] = cost * pow(own, -1 / x->theta[j]);
        }
        memcpy(price, next, sizeof(double) * (size_t)J);
    }
    for (int k = 0; k < J; k++)
        final +=
            d->final[n * J + k] / d->income[n] * (sf == 1 ? log(price[k]) : pow(price[k], 1 - sf));
    final = sf == 1 ? exp(final) : pow(final, 1 / (1 - sf));
    return pow(final, -1 - x->phi[n]);
}

/* Autarky: Costinot & Rodriguez-Clare (2014), equation 23; with specific factors Galle,
 * Rodriguez-Clare & Yi (2023); with nests of other elasticities and idle capacity. */
static void autarky_follows_the_formula(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 3 * SEEDS; seed++) {
        static const int with[] = {0, WITH_MOBILITY, WITH_CES | WITH_IDLE};
        scene x;
        solved s;
        derived d;
        scene_random(&x, seed, 4, 3, with[seed % 3]);
        scene_close_all(&x);
        scene_derive(&d, &x);
        scene_solve(&s, &x, TIGHT);
        for (int n = 0; n < x.N; n++)
            ful_near(s.view.outcome[n].real_income, closed_by_hand(&x, &d, n), 1e-9, 0);
        solved_free(&s);
        scene_free(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elasticities_of_one_are_a_limit),
        cmocka_unit_test(mobile_labour_is_the_limit_of_kappa),
        cmocka_unit_test(bottlenecks_hurt),
        cmocka_unit_test(autarky_follows_the_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
