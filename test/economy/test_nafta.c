/* SPDX-License-Identifier: MIT */
/*
 * Caliendo & Parro (2015), tables 2 and 5, to their published digits, and the exact real incomes of
 * the same equilibrium. Procedure of the paper: remove all deficits, then apply the tariffs of 2005
 * inside NAFTA only. Tolerance .005: half a unit of the last published digit.
 */
#include "ful_test.h"

#include "fulcrum/economy.h"
#include "fulcrum/import.h"

#define HALF_DIGIT 0.005

typedef struct nafta {
    ful_arena *arena;
    ful_economy_data data; /* deficit-free benchmark */
    ful_economy_model *model;
    ful_economy_work *work;
    double *tariff;
    double *terms, *volume; /* per country, per cent */
    double max_violation;
} nafta;

static nafta world;

static int country(const char *name)
{
    for (int n = 0; n < world.data.countries; n++)
        if (strcmp(world.data.country[n], name) == 0)
            return n;
    fail_msg("no region %s", name);
    return -1;
}

static size_t at(int j, int n, int i)
{
    const size_t N = (size_t)world.data.countries;
    return ((size_t)j * N + (size_t)n) * N + (size_t)i;
}

static int solve_all(void **state)
{
    (void)state;
    char folder[512];
    snprintf(folder, sizeof folder, "%s/caliendo-parro-1993", getenv("FULCRUM_REFERENCE"));
    ful_error err;
    ful_economy_data raw;
    ful_economy_model *first;
    ful_economy_work *balanced;
    ful_economy_report report;
    ful_economy_certificate certificate;
    ful_status_is(ful_arena_new(&world.arena, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_import_blocks(&raw, folder, "tariffs1993.txt", world.arena, &err), FUL_OK,
                  &err);
    ful_status_is(ful_economy_model_new(&first, NULL, &raw, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_work_new(&balanced, first, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_solve(&report, first, balanced, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_certify(&certificate, first, balanced, NULL, NULL, &err), FUL_OK,
                  &err);
    assert_true(certificate.max_violation < 1e-8);
    ful_status_is(ful_economy_rebase(&world.data, first, balanced, NULL, world.arena, &err), FUL_OK,
                  &err);
    world.data.country = raw.country;
    world.data.sector = raw.sector;
    ful_status_is(ful_economy_model_new(&world.model, NULL, &world.data, NULL, &err), FUL_OK, &err);
    ful_economy_work_free(balanced);
    ful_economy_model_free(first);

    ful_status_is(
        ful_import_block_tariffs(&world.tariff, &raw, folder, "tariffs2005.txt", world.arena, &err),
        FUL_OK, &err);
    const int N = world.data.countries, J = world.data.sectors;
    const int inside[] = {country("Canada"), country("Mexico"), country("USA")};
    for (int j = 0; j < J; j++)
        for (int n = 0; n < N; n++)
            for (int i = 0; i < N; i++) {
                int members = 0;
                for (int k = 0; k < 3; k++)
                    members += (n == inside[k]) + (i == inside[k]);
                if (members < 2 || n == i)
                    world.tariff[at(j, n, i)] = raw.tariff[at(j, n, i)];
            }
    const ful_economy_shock shock = {.tariff = world.tariff};
    ful_status_is(ful_economy_work_new(&world.work, world.model, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_solve(&report, world.model, world.work, &shock, NULL, &err), FUL_OK,
                  &err);
    assert_true(report.residual <= 1e-10);
    ful_status_is(ful_economy_certify(&certificate, world.model, world.work, &shock, NULL, &err),
                  FUL_OK, &err);
    assert_true(certificate.max_violation < 1e-8);
    world.terms = ful_arena_take(world.arena, (size_t)N, sizeof(double));
    world.volume = ful_arena_take(world.arena, (size_t)N, sizeof(double));
    ful_economy_first_order(world.terms, world.volume, world.model, world.work);
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    ful_economy_work_free(world.work);
    ful_economy_model_free(world.model);
    ful_arena_free(world.arena);
    return 0;
}

static double wage_bill(const ful_economy_view *view, int n)
{
    double sum = 0;
    for (int j = 0; j < world.data.sectors; j++)
        sum += view->value_added[n * world.data.sectors + j];
    return sum;
}

static double imports(const ful_economy_view *view, int buyer, int seller)
{
    double sum = 0;
    for (int j = 0; j < world.data.sectors / 2; j++)
        sum += view->flow[at(j, buyer, seller)];
    return sum;
}

/* The published value of (table, row, column) in published_tables.csv. */
static double published(const char *table, const char *row, const char *column)
{
    char path[512], line[512], key[256];
    snprintf(path, sizeof path, "%s/caliendo-parro-1993/published_tables.csv",
             getenv("FULCRUM_REFERENCE"));
    snprintf(key, sizeof key, "%s,%s,%s,", table, row, column);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    double value = NAN;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, key, strlen(key)) == 0)
            value = strtod(line + strlen(key), NULL);
    fclose(file);
    assert_false(isnan(value));
    return value;
}

static const char *const members[] = {"Mexico", "Canada", "USA"};

static void table_2_comes_out(void **state)
{
    (void)state;
    ful_economy_view now, before;
    ful_economy_view_get(&now, world.model, world.work);
    ful_economy_benchmark(&before, world.model);
    for (int k = 0; k < 3; k++) {
        const int n = country(members[k]);
        const double terms = 100 * world.terms[n], volume = 100 * world.volume[n];
        const double wage =
            100 * (wage_bill(&now, n) / wage_bill(&before, n) / now.final_price[n] - 1);
        ful_near(terms + volume, published("T2", members[k], "welfare_total"), 0, HALF_DIGIT);
        ful_near(terms, published("T2", members[k], "terms_of_trade"), 0, HALF_DIGIT);
        ful_near(volume, published("T2", members[k], "volume_of_trade"), 0, HALF_DIGIT);
        ful_near(wage, published("T2", members[k], "real_wages"), 0, HALF_DIGIT);
    }
    /* the first-order welfare to more digits than the paper prints (replications of its
     * programs) */
    static const double welfare[] = {1.312, -0.064, 0.0848}, half[] = {5e-4, 5e-4, 5e-5};
    for (int k = 0; k < 3; k++) {
        const int n = country(members[k]);
        ful_near(100 * (world.terms[n] + world.volume[n]), welfare[k], 0, half[k]);
    }
}

static void table_5_comes_out(void **state)
{
    (void)state;
    static const struct {
        const char *buyer, *seller, *row, *column;
    } cell[] = {
        {"Mexico", "Canada", "Mexico_imports", "from_Canada"},
        {"Mexico", "USA", "Mexico_imports", "from_USA"},
        {"Canada", "Mexico", "Canada_imports", "from_Mexico"},
        {"Canada", "USA", "Canada_imports", "from_USA"},
        {"USA", "Mexico", "USA_imports", "from_Mexico"},
        {"USA", "Canada", "USA_imports", "from_Canada"},
    };
    ful_economy_view now, before;
    ful_economy_view_get(&now, world.model, world.work);
    ful_economy_benchmark(&before, world.model);
    for (size_t c = 0; c < sizeof cell / sizeof *cell; c++) {
        const int n = country(cell[c].buyer), i = country(cell[c].seller);
        const double growth = 100 * (imports(&now, n, i) / imports(&before, n, i) - 1);
        ful_near(growth, published("T5", cell[c].row, cell[c].column), 0, HALF_DIGIT);
    }
}

/* Not in the paper: the exact change in the same equilibrium, to four published decimals. */
static void exact_real_incomes_come_out(void **state)
{
    (void)state;
    static const double exact[] = {0.0073, -0.1101, 0.0741};
    ful_economy_view now;
    ful_economy_view_get(&now, world.model, world.work);
    for (int k = 0; k < 3; k++)
        ful_near(100 * (now.outcome[country(members[k])].real_income - 1), exact[k], 0, 5e-5);
}

int main(void)
{
    if (!ful_test_reference())
        return FUL_TEST_SKIP;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_2_comes_out),
        cmocka_unit_test(table_5_comes_out),
        cmocka_unit_test(exact_real_incomes_come_out),
    };
    return cmocka_run_group_tests(tests, solve_all, free_all);
}
