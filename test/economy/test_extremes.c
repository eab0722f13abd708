/* SPDX-License-Identifier: MIT */
/*
 * Worlds far from any economy: sparse, lopsided, with elasticities up to 40, transfers above income
 * and embargoes of every kind. Each solve must refuse by name, admit that it did not converge, or
 * pass the certificate; nothing else, and no report from the sanitizers.
 */
#include "ful_test.h"

#include "fulcrum/economy.h"

#define WORLDS 300
#define MAX_N 8
#define MAX_J 5
#define FLOWS (MAX_J * MAX_N * MAX_N)

typedef struct extreme {
    int N, J;
    uint32_t draw;
    uint64_t seed;
    double flow[FLOWS], tariff[FLOWS], rate[FLOWS], openness[FLOWS];
    double input[MAX_N * MAX_J * MAX_J], theta[MAX_J], kappa[MAX_N], phi[MAX_N];
} extreme;

static double u(extreme *x)
{
    return ful_uniform(x->seed, 7, x->draw++);
}

static void make_flows(extreme *x)
{
    const double sparse = 0.6 * u(x), spread = 6 * u(x), home = exp(6 * u(x));
    const double steep = u(x) < 0.2 ? 40 : 8;
    size_t a = 0;
    for (int j = 0; j < x->J; j++) {
        x->theta[j] = 0.5 + steep * u(x);
        for (int n = 0; n < x->N; n++)
            for (int i = 0; i < x->N; i++, a++) {
                const double size = exp(spread * u(x));
                x->flow[a] = n == i ? home * size : u(x) < sparse ? 0 : size;
                x->tariff[a] = n == i || u(x) < 0.3 ? 0 : 0.5 * u(x);
            }
    }
    for (int k = 0; k < x->N * x->J * x->J; k++)
        x->input[k] = u(x) < 0.2 ? 0 : 0.95 / x->J * u(x);
    const double mobile = u(x), idle = u(x);
    for (int n = 0; n < x->N; n++) {
        x->kappa[n] = mobile < 0.4                 ? INFINITY
                      : mobile < 0.7 || u(x) < 0.5 ? 1 + 3 * u(x)
                                                   : INFINITY;
        x->phi[n] = idle < 0.5 ? 0 : 3 * u(x);
    }
}

/* One country is closed, half closed, almost closed or hampered, or everyone's trade is shuffled.
 */
static void make_shock(extreme *x)
{
    const int kind = (int)(6 * u(x)), who = (int)(x->N * u(x));
    const int dearer = u(x) < 0.5;
    size_t a = 0;
    for (int j = 0; j < x->J; j++)
        for (int n = 0; n < x->N; n++)
            for (int i = 0; i < x->N; i++, a++) {
                const double closed[] = {0, u(x) < 0.5 ? 0 : 1, 1e-3, 0.1, n == who ? 0 : 1, 1};
                const int concerned = n != i && (n == who || i == who);
                x->openness[a] = concerned ? closed[kind] : 1;
                if (kind == 5 && n != i)
                    x->openness[a] = u(x) < 0.3 ? 0 : 3 * u(x);
                x->rate[a] = n != i && dearer && u(x) < 0.5 ? 2 * u(x) : x->tariff[a];
            }
}

/* 1 where a certified solution came out. */
static int solve_one(const extreme *x, const ful_economy_model *model, ful_economy_work *work,
                     const ful_economy_shock *shock)
{
    ful_error err = {.text = ""};
    ful_economy_report report;
    ful_economy_certificate certificate;
    ful_economy_options options;
    ful_economy_options_default(&options);
    options.max_passes = 300;
    const ful_status status = ful_economy_solve(&report, model, work, shock, &options, &err);
    if (status == FUL_ERR_INFEASIBLE || status == FUL_NOT_CONVERGED) {
        assert_true(strlen(err.text) > 20);
        return 0;
    }
    ful_status_is(status, FUL_OK, &err);
    ful_status_is(ful_economy_certify(&certificate, model, work, shock, NULL, &err), FUL_OK, &err);
    if (!(certificate.max_violation <= 1e-8))
        fail_msg("world %d: violation %.3g", (int)x->seed, certificate.max_violation);
    return 1;
}

static void refuse_admit_or_certify(void **state)
{
    (void)state;
    int solved = 0, tried = 0;
    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        static extreme x;
        ful_error err = {.text = ""};
        ful_economy_model *model;
        ful_economy_work *work;
        memset(&x, 0, sizeof x);
        x.seed = seed;
        x.N = 2 + (int)((MAX_N - 1) * u(&x));
        x.J = 1 + (int)(MAX_J * u(&x));
        make_flows(&x);
        make_shock(&x);
        const ful_economy_data data = {.countries = x.N,
                                       .sectors = x.J,
                                       .flow = x.flow,
                                       .tariff = x.tariff,
                                       .input = x.input,
                                       .theta = x.theta,
                                       .kappa = x.kappa,
                                       .phi = x.phi,
                                       .closure = (ful_closure)(seed % 3)};
        const ful_status status = ful_economy_model_new(&model, NULL, &data, NULL, &err);
        if (status != FUL_OK) {
            ful_status_is(status, FUL_ERR_DATA, &err);
            assert_true(strlen(err.text) > 20);
            continue;
        }
        ful_status_is(ful_economy_work_new(&work, model, NULL, &err), FUL_OK, &err);
        const ful_economy_shock both = {.openness = x.openness, .tariff = x.rate};
        const ful_economy_shock tariffs = {.tariff = x.rate};
        solved += solve_one(&x, model, work, &both);
        solved += solve_one(&x, model, work, &tariffs);
        tried += 2;
        ful_economy_work_free(work);
        ful_economy_model_free(model);
    }
    /* most of even these worlds have an equilibrium, and it is found */
    assert_true(solved > 0.8 * tried);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(refuse_admit_or_certify)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
