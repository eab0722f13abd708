/* SPDX-License-Identifier: MIT */
/*
 * Everyone embargoes one country, in the worlds and with the results of docs/agreement.md: China in
 * Caliendo & Parro's world of 1993, Russia in the world input-output data of 2014. Trade costs rise
 * by a factor d on all of its trade; real income to the printed digits of a solver that shares no
 * code with this one. Trade is balanced before the shock.
 */
#include "ful_test.h"

#include "fulcrum/economy.h"
#include "fulcrum/import.h"

#define N 44
#define J 50
#define CELLS ((size_t)N * J)
#define FLOWS (CELLS * N)

static const double cost[] = {1.25, 2, 10, 100, 1e4, 1e6};

typedef struct embargo {
    ful_arena *arena;
    ful_economy_data data; /* balanced */
    ful_economy_model *model;
    ful_economy_work *work;
    double *openness;
} embargo;

static double *take(ful_arena *arena, size_t count)
{
    double *out = ful_arena_take(arena, count, sizeof *out);
    assert_non_null(out);
    return out;
}

/* The benchmark without deficits, and a workspace for it. `productivity` acts on the way there. */
static void begin(embargo *e, const ful_economy_data *raw, const double *productivity)
{
    ful_error err;
    ful_economy_model *first;
    ful_economy_work *balanced;
    ful_economy_report report;
    const ful_economy_shock shock = {.productivity = productivity};
    ful_status_is(ful_economy_model_new(&first, NULL, raw, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_work_new(&balanced, first, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_solve(&report, first, balanced, &shock, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_rebase(&e->data, first, balanced, &shock, e->arena, &err), FUL_OK,
                  &err);
    ful_economy_work_free(balanced);
    ful_economy_model_free(first);
    ful_status_is(ful_economy_model_new(&e->model, NULL, &e->data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_work_new(&e->work, e->model, NULL, &err), FUL_OK, &err);
    e->openness = take(e->arena, ful_economy_flows(e->model));
}

static void end(embargo *e)
{
    ful_economy_work_free(e->work);
    ful_economy_model_free(e->model);
    ful_arena_free(e->arena);
}

/* Openness d^-theta on the target's trade with senders (NULL: with all); d = INFINITY closes it. */
static ful_status try(embargo *e, int target, const int *sender, double d, ful_error *err)
{
    ful_economy_report report;
    ful_economy_certificate certificate;
    const int countries = e->data.countries, sectors = e->data.sectors;
    size_t a = 0;
    for (int j = 0; j < sectors; j++)
        for (int n = 0; n < countries; n++)
            for (int i = 0; i < countries; i++, a++) {
                const int other = n == target ? i : n;
                const int concerned =
                    n != i && (n == target || i == target) && (!sender || sender[other]);
                e->openness[a] = concerned ? pow(d, -e->data.theta[j]) : 1;
            }
    const ful_economy_shock shock = {.openness = e->openness};
    ful_economy_work_reset(e->work); /* each from the benchmark, as the others do it */
    const ful_status status = ful_economy_solve(&report, e->model, e->work, &shock, NULL, err);
    if (status != FUL_OK)
        return status;
    ful_status_is(ful_economy_certify(&certificate, e->model, e->work, &shock, NULL, err), FUL_OK,
                  err);
    assert_true(certificate.max_violation <= 1e-8);
    return FUL_OK;
}

static double loss(const embargo *e, int target)
{
    ful_economy_view view;
    ful_economy_view_get(&view, e->model, e->work);
    return 100 * (view.outcome[target].real_income - 1);
}

static void everyone_against_china(void **state)
{
    (void)state;
    static const double printed[] = {-6.94, -10.68, -12.385, -12.498, -12.502, -12.502};
    static const double half[] = {5e-3, 5e-3, 5e-4, 5e-4, 5e-4, 5e-4};
    embargo e;
    ful_error err;
    ful_economy_data raw;
    char folder[512];
    const int china = 6;
    snprintf(folder, sizeof folder, "%s/caliendo-parro-1993", getenv("FULCRUM_REFERENCE"));
    ful_status_is(ful_arena_new(&e.arena, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_import_blocks(&raw, folder, "tariffs1993.txt", e.arena, &err), FUL_OK, &err);
    assert_string_equal(raw.country[china], "China");
    begin(&e, &raw, NULL);
    for (size_t k = 0; k < sizeof cost / sizeof *cost; k++) {
        ful_status_is(try(&e, china, NULL, cost[k], &err), FUL_OK, &err);
        ful_near(loss(&e, china), printed[k], 0, half[k]);
    }
    ful_status_is(try(&e, china, NULL, INFINITY, &err), FUL_OK, &err);
    ful_near(loss(&e, china), -12.502, 0, 5e-4);
    end(&e);
}

/* Numbers separated by commas and line ends. */
static double *numbers(ful_arena *arena, const char *name, size_t count)
{
    char path[512], word[64];
    size_t found = 0, length = 0;
    snprintf(path, sizeof path, "%s/wiod-2014/%s", getenv("FULCRUM_REFERENCE"), name);
    FILE *file = fopen(path, "r");
    double *out = take(arena, count);
    assert_non_null(file);
    for (int c = 0; c != EOF;) {
        c = fgetc(file);
        if (c != EOF && c != ',' && c != '\n' && c != '\r') {
            assert_true(length < sizeof word - 1);
            word[length++] = (char)c;
            continue;
        }
        word[length] = 0;
        if (length > 0) {
            assert_true(found < count);
            out[found++] = strtod(word, NULL);
        }
        length = 0;
    }
    fclose(file);
    assert_int_equal(found, count);
    return out;
}

/*
 * The world of 2014 with theta 5. Final shares and value added are those that the tables state, not
 * those that follow from the flows: with value added as stated, wages are higher by stated over
 * implied value added, which is a fall of productivity by that ratio to the power of its share.
 */
static void read_world(ful_economy_data *data, double *productivity, ful_arena *arena)
{
    const double *share = numbers(arena, "Din2014.txt", FLOWS);
    const double *factor = numbers(arena, "tariffs2014.txt", FLOWS);
    const double *spending = numbers(arena, "X0.txt", CELLS);
    const double *beta = numbers(arena, "B.txt", CELLS);
    const double *gamma = numbers(arena, "G.txt", CELLS * J);
    const double *alpha = numbers(arena, "alphas.txt", CELLS);
    const double *stated = numbers(arena, "VA_n.txt", N);
    double *flow = take(arena, FLOWS), *tariff = take(arena, FLOWS), implied[N] = {0};
    double *input = take(arena, CELLS * J), *final = take(arena, CELLS), *theta = take(arena, J);
    for (size_t a = 0; a < FLOWS; a++) {
        const size_t j = a / (N * N), n = a / N % N, i = a % N;
        flow[a] = spending[j * N + n] * share[a] / factor[a];
        tariff[a] = factor[a] - 1;
        implied[i] += beta[j * N + i] * flow[a];
    }
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < J; j++) {
            final[i * J + j] = alpha[j * N + i];
            productivity[i * J + j] = pow(stated[i] / implied[i], beta[j * N + i]);
            for (size_t k = 0; k < J; k++)
                input[(i * J + j) * J + k] = gamma[(i * J + k) * J + j] * (1 - beta[j * N + i]);
            theta[j] = 5;
        }
    *data = (ful_economy_data){.countries = N,
                               .sectors = J,
                               .flow = flow,
                               .tariff = tariff,
                               .input = input,
                               .final_share = final,
                               .theta = theta,
                               .closure = FUL_CLOSURE_ZERO};
}

static void everyone_against_russia(void **state)
{
    (void)state;
    static const double printed[] = {-5.92, -11.16, -18.40, -27.5, -42.8, -54.9};
    static const double half[] = {5e-3, 5e-3, 5e-3, 0.05, 0.05, 0.05};
    static double productivity[CELLS];
    embargo e;
    ful_error err;
    ful_economy_data raw;
    const int russia = 37;
    ful_status_is(ful_arena_new(&e.arena, NULL, &err), FUL_OK, &err);
    read_world(&raw, productivity, e.arena);
    begin(&e, &raw, productivity);
    for (size_t k = 0; k < sizeof cost / sizeof *cost; k++) {
        ful_status_is(try(&e, russia, NULL, cost[k], &err), FUL_OK, &err);
        ful_near(loss(&e, russia), printed[k], 0, half[k]);
    }
    /* the West: all but Brazil, China, Indonesia, India, Mexico, the rest, Russia and Turkey */
    static const int others[] = {4, 7, 20, 21, 29, 36, 37, 41};
    int west[N];
    for (int n = 0; n < N; n++)
        west[n] = 1;
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        west[others[k]] = 0;
    ful_status_is(try(&e, russia, west, 1.25, &err), FUL_OK, &err);
    ful_near(loss(&e, russia), -2.34, 0, 5e-3);
    ful_status_is(try(&e, russia, west, INFINITY, &err), FUL_OK, &err);
    ful_near(loss(&e, russia), -3.73, 0, 5e-3);
    /* 17 Russian sectors make nothing: with nothing left of trade there is no price, and the first
     * such cell is named */
    ful_status_is(try(&e, russia, NULL, INFINITY, &err), FUL_ERR_INFEASIBLE, &err);
    ful_says(err, "37");
    ful_says(err, "no seller");
    end(&e);
}

int main(void)
{
    if (!ful_test_reference())
        return FUL_TEST_SKIP;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everyone_against_china),
        cmocka_unit_test(everyone_against_russia),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
