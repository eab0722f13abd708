/* SPDX-License-Identifier: MIT */
/*
 * The reference tables as cases. Totals are recomputed here from the files: trade between actors is
 * left as the tables have it (to rounding), and what is done to domestic sales is what the notes
 * say.
 */
#include "ful_test.h"

#include "fulcrum/case.h"
#include "fulcrum/import.h"

/* Sums of a hundred thousand positive numbers in another order. */
#define ROUNDING 1e-11

static ful_arena *arena;

static double *numbers(const char *file, size_t count)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", getenv("FULCRUM_REFERENCE"), file);
    FILE *f = fopen(path, "r");
    double *x = calloc(count, sizeof *x);
    assert_non_null(f);
    assert_non_null(x);
    for (size_t k = 0; k < count; k++)
        assert_int_equal(fscanf(f, k ? "%*[, \t\r\n]%lf" : "%lf", &x[k]), 1);
    fclose(f);
    return x;
}

static void import(ful_import *out, ful_import_format format, const char *name)
{
    char path[512];
    ful_error err;
    snprintf(path, sizeof path, "%s/%s", getenv("FULCRUM_REFERENCE"), name);
    ful_status_is(ful_import_read(out, format, path, NULL, arena, &err), FUL_OK, &err);
    ful_economy_model *model;
    ful_status_is(ful_economy_model_new(&model, NULL, &out->data, NULL, &err), FUL_OK, &err);
    ful_economy_model_free(model);
}

static double trade(const ful_import *t, int domestic)
{
    const size_t N = (size_t)t->data.countries, J = (size_t)t->data.sectors;
    double sum = 0;
    for (size_t j = 0; j < J; j++)
        for (size_t n = 0; n < N; n++)
            for (size_t i = 0; i < N; i++)
                sum += (n == i) == domestic ? t->data.flow[(j * N + n) * N + i] : 0;
    return sum;
}

static const ful_import_note *note(const ful_import *t, const char *what)
{
    for (int k = 0; k < t->notes; k++)
        if (strstr(t->note[k].what, what))
            return &t->note[k];
    fail_msg("no note about %s", what);
    return NULL;
}

static void shares_keep_trade_and_the_revenue_of_row(void **state)
{
    (void)state;
    enum { N = 44, J = 50, ROW = 36 }; /* ROW is the 37th economy */
    ful_import t;
    double *share = numbers("wiod-2014/Din2014.txt", J * N * N);
    double *tariff = numbers("wiod-2014/tariffs2014.txt", J * N * N);
    double *spent = numbers("wiod-2014/X0.txt", J * N);
    double abroad = 0, home = 0, revenue = 0, of_row = 0;
    for (int j = 0; j < J; j++)
        for (int n = 0; n < N; n++)
            for (int i = 0; i < N; i++) {
                const size_t a = ((size_t)j * N + (size_t)n) * N + (size_t)i;
                const double gross = share[a] * spent[j * N + n];
                abroad += n == i ? 0 : gross / tariff[a];
                home += n == i ? gross : 0;
                revenue += n == i ? gross - gross / tariff[a] : 0;
                of_row += n == i && n == ROW ? gross - gross / tariff[a] : 0;
            }
    import(&t, FUL_IMPORT_SHARES, "wiod-2014");
    assert_int_equal(t.data.countries, N);
    assert_int_equal(t.data.sectors, J);
    assert_string_equal(t.actor[ROW], "ROW");
    ful_near(trade(&t, 0), abroad, ROUNDING, 0);
    const ful_import_note *own = note(&t, "tariffs on own sales");
    assert_true(revenue > 0 && of_row > .99 * revenue);
    ful_near(own->after - own->before, revenue, 1e-9, 0);
    const ful_import_note *raised = note(&t, "domestic sales raised");
    ful_near(trade(&t, 1), home + raised->after - raised->before, ROUNDING, 0);
    free(share);
    free(tariff);
    free(spent);
}

static void blocks_keep_trade_and_output(void **state)
{
    (void)state;
    enum { N = 31, TRADED = 20, J = 40 };
    ful_import t;
    double *flow = numbers("caliendo-parro-1993/xbilat1993.txt", TRADED * N * N);
    double *output = numbers("caliendo-parro-1993/GO.txt", J * N);
    double abroad = 0, made = 0, short_of = 0;
    long cells = 0;
    for (int j = 0; j < J; j++)
        for (int i = 0; i < N; i++) {
            double exports = 0;
            for (int n = 0; n < N && j < TRADED; n++)
                exports += n == i ? 0 : flow[(j * N + n) * N + i] / 1000;
            const double y = output[j * N + i] / 1e6;
            abroad += exports;
            made += y;
            short_of += y < exports ? exports - y : 0;
            cells += y < exports;
        }
    import(&t, FUL_IMPORT_BLOCKS, "caliendo-parro-1993");
    ful_near(trade(&t, 0), abroad, ROUNDING, 0);
    const ful_import_note *up = note(&t, "output below exports");
    const ful_import_note *raised = note(&t, "domestic sales raised");
    assert_int_equal(up->count, cells);
    ful_near(up->after - up->before, short_of, 1e-9, 0);
    ful_near(trade(&t, 0) + trade(&t, 1), made + short_of + raised->after - raised->before,
             ROUNDING, 0);
    free(flow);
    free(output);
}

static void both_become_cases(void **state)
{
    (void)state;
    static const char *const names[] = {"caliendo-parro-1993", "wiod-2014"};
    static const char *const who[2][3] = {{"China", "USA", "Japan"}, {"RUS", "USA", "CHN"}};
    static const char *const files[] = {"case.yaml",   "parameters.csv",  "trade.csv",
                                        "inputs.csv",  "tariffs.csv",     "measures.csv",
                                        "sources.bib", "enforcement.csv", "import.md"};
    for (int k = 0; k < 2; k++) {
        char top[] = "/tmp/fulcrum-reference-XXXXXX", folder[64], path[96];
        ful_import t;
        ful_error err;
        assert_non_null(mkdtemp(top));
        snprintf(folder, sizeof folder, "%s/case", top);
        import(&t, k ? FUL_IMPORT_SHARES : FUL_IMPORT_BLOCKS, names[k]);
        const ful_import_roles roles = {ful_import_actor(&t, who[k][0]),
                                        ful_import_actor(&t, who[k][1]),
                                        ful_import_actor(&t, who[k][2])};
        ful_status_is(ful_import_write(&t, &roles, folder, &err), FUL_OK, &err);
        ful_case *c;
        ful_status_is(ful_case_load(&c, folder, NULL, &err), FUL_OK, &err);
        /* the reader's flows and inputs are the importer's, to the bit */
        const ful_situation *s = ful_case_situation(c);
        const size_t N = (size_t)t.data.countries, J = (size_t)t.data.sectors;
        assert_memory_equal(s->flow[0], t.data.flow, J * N * N * sizeof(double));
        assert_memory_equal(s->input[0], t.data.input, N * J * J * sizeof(double));
        assert_memory_equal(s->tariff, t.data.tariff, J * N * N * sizeof(double));
        ful_case_free(c);
        for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
            snprintf(path, sizeof path, "%s/%s", folder, files[f]);
            assert_int_equal(remove(path), 0);
        }
        assert_int_equal(remove(folder), 0);
        assert_int_equal(remove(top), 0);
    }
}

static int make_arena(void **state)
{
    (void)state;
    return ful_arena_new(&arena, NULL, NULL);
}

static int free_arena(void **state)
{
    (void)state;
    ful_arena_free(arena);
    return 0;
}

int main(void)
{
    if (!ful_test_reference())
        return FUL_TEST_SKIP;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_keep_trade_and_the_revenue_of_row),
        cmocka_unit_test(blocks_keep_trade_and_output),
        cmocka_unit_test(both_become_cases),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
