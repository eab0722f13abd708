/* SPDX-License-Identifier: MIT */
/* What the files of the teaching case say is what stands in the situation, whatever their spelling.
 */
#include "sandbox.h"

#include <limits.h>
#include <locale.h>

#include "fulcrum/study.h"

enum { SENDER, ENFORCER, TARGET, OTHERS, ACTORS };
enum { MINERALS, GOODS, SERVICES, SECTORS };

static double flow(const ful_situation *s, int size, int seller, int buyer, int sector)
{
    return s->flow[size][(sector * ACTORS + buyer) * ACTORS + seller];
}

static ful_case *load(const char *name)
{
    char folder[256];
    ful_case *c;
    ful_error err = {0};
    sandbox_path(folder, sizeof folder, sandbox_cases(), name);
    ful_status_is(ful_case_load(&c, folder, NULL, &err), FUL_OK, &err);
    return c;
}

static void test_outline(void **state)
{
    (void)state;
    ful_case *c = load("triangle");
    const ful_situation *s = ful_case_situation(c);
    assert_string_equal(s->id, "triangle");
    assert_int_equal(s->base_year, 2020);
    assert_int_equal(s->actors, ACTORS);
    assert_int_equal(s->sectors, SECTORS);
    assert_int_equal(s->sender, SENDER);
    assert_int_equal(s->enforcer, ENFORCER);
    assert_int_equal(s->target, TARGET);
    assert_int_equal(ful_situation_actor(s, "x-others"), OTHERS);
    assert_int_equal(ful_situation_actor(s, "nobody"), -1);
    assert_int_equal(s->actor[TARGET].role, FUL_TARGET);
    assert_true(s->sector[SERVICES].service && !s->sector[GOODS].service);
    assert_string_equal(s->parameter[s->sector[GOODS].theta].id, "theta.goods");
    assert_int_equal(s->groups, 2);
    assert_true(s->group[0].exports && !s->group[1].exports);
    assert_true(s->group[0].sector[MINERALS] && !s->group[1].sector[MINERALS]);
    assert_int_equal(s->closure, FUL_CLOSURE_FINANCED);
    assert_string_equal(s->parameter[s->kappa].id, "economy.kappa");
    assert_string_equal(s->parameter[s->sigma_f].id, "economy.sigma_f");
    assert_string_equal(s->parameter[s->sigma_m].id, "economy.sigma_m");
    assert_string_equal(s->parameter[s->sigma_v].id, "economy.sigma_v");
    assert_string_equal(s->parameter[s->own[TARGET].kappa].id, "economy.kappa_target");
    assert_string_equal(s->parameter[s->own[TARGET].sigma_v].id, "economy.sigma_v_target");
    assert_int_equal(s->own[TARGET].sigma_m, FUL_NO_PARAM);
    assert_int_equal(s->own[SENDER].kappa, FUL_NO_PARAM);
    assert_int_equal(s->households, 2);
    ful_near(s->household[0].share[MINERALS], .5, 0, 0);
    ful_near(s->household[0].share[GOODS], .2, 0, 0);
    assert_true(s->household[1].rest && !s->household[0].rest);
    ful_near(s->household[0].revenue, .5, 0, 0);
    ful_near(s->household[0].transfer, .3, 0, 0);
    ful_near(s->household[0].basket[MINERALS], 0, 0, 0);
    ful_near(s->household[0].basket[GOODS], .6, 1e-15, 0);
    assert_null(s->household[1].basket);
    assert_int_equal(s->headline, 1);
    assert_int_equal(s->regime[1].date, ful_date_days(2023, 6, 1));
    assert_int_equal(s->regime[1].imposers, 2);
    assert_int_equal(s->regime[1].imposer[0], FUL_EVERYONE);
    assert_int_equal(s->regime[1].imposer[1], SENDER);
    assert_int_equal(s->members, 1);
    assert_int_equal(s->member[0], ENFORCER);
    ful_near(s->leverage_level, .95, 0, 0);
    ful_case_free(c);
}

static void test_benchmark(void **state)
{
    (void)state;
    ful_case *c = load("triangle");
    const ful_situation *s = ful_case_situation(c);
    ful_near(flow(s, 0, TARGET, ENFORCER, MINERALS), 90, 0, 0);
    ful_near(flow(s, 1, TARGET, ENFORCER, MINERALS), 90, 0, 0);
    ful_near(flow(s, 0, TARGET, TARGET, GOODS), 400, 0, 0);
    ful_near(flow(s, 1, TARGET, TARGET, GOODS), 800, 0, 0);
    ful_near(flow(s, 0, TARGET, SENDER, MINERALS), 0, 0, 0);
    ful_near(s->latent[(MINERALS * ACTORS + SENDER) * ACTORS + TARGET], 40, 0, 0);
    ful_near(s->tariff[(GOODS * ACTORS + SENDER) * ACTORS + ENFORCER], .05, 0, 0);
    ful_near(s->tariff[(GOODS * ACTORS + ENFORCER) * ACTORS + SENDER], .1, 0, 0);
    ful_near(s->export_tax[(MINERALS * ACTORS + ENFORCER) * ACTORS + TARGET], .1, 0, 0);
    ful_near(s->export_tax[(GOODS * ACTORS + ENFORCER) * ACTORS + SENDER], 0, 0, 0);
    for (int z = 0; z < 2; z++)
        for (int i = 0; i < ACTORS; i++)
            ful_near(s->input[z][(i * SECTORS + GOODS) * SECTORS + MINERALS], .04, 0, 0);
    /* economy.csv was written with ten digits */
    assert_true(s->table_gap < 1e-9);
    ful_case_free(c);
}

static void test_laws(void **state)
{
    (void)state;
    ful_case *c = load("triangle");
    const ful_situation *s = ful_case_situation(c);
    assert_int_equal(s->measures, 9);
    const ful_case_measure *un = &s->measure[1], *cap = &s->measure[2], *notice = &s->measure[4];
    assert_string_equal(un->law.id, "un-minerals-2022");
    assert_int_equal(un->law.kind, FUL_MEASURE_BAN);
    assert_int_equal(un->law.imposer, FUL_EVERYONE);
    assert_true(un->law.binds_all && un->law.buyer[OTHERS] && un->law.seller[TARGET]);
    assert_false(un->law.seller[OTHERS] || un->law.sector[GOODS]);
    assert_int_equal(un->law.end, INT_MAX);
    assert_int_equal(un->law.lag_days, 30);
    assert_string_equal(s->parameter[un->coverage].id, "measure.un-minerals-2022.coverage");
    ful_near(s->parameter[un->coverage].low, .8, 0, 0);
    assert_int_equal(cap->law.kind, FUL_MEASURE_CAP);
    ful_near(cap->law.cap_value, 20, 0, 0);
    ful_near(cap->law.cap_quantity, 25, 1e-15, 0); /* 1000 at 25,000 USD */
    assert_int_equal(cap->law.rent, FUL_RENT_BUYER);
    assert_true(isinf(un->law.cap_value) && isinf(un->law.cap_quantity));
    assert_int_equal(cap->coverage, FUL_NO_PARAM);
    /* a notice is the law it implements: one coverage, one draw */
    assert_int_equal(notice->coverage, un->coverage);
    assert_int_equal(s->measure[5].law.kind, FUL_MEASURE_TARIFF);
    ful_near(s->measure[5].law.rate, .1, 0, 0);
    const ful_case_measure *secondary = &s->measure[6], *counter = &s->measure[7];
    assert_int_equal(secondary->law.kind, FUL_MEASURE_SECONDARY);
    assert_int_equal(secondary->law.imposer, SENDER);
    assert_string_equal(s->parameter[secondary->coverage].id,
                        "measure.sender-secondary-2023.coverage");
    assert_int_equal(counter->law.imposer, TARGET);
    assert_false(counter->law.binds_all);
    assert_int_equal(s->hubs, 3);
    assert_int_equal(s->hub[0].actor, OTHERS);
    assert_int_equal(s->hub[1].group, 0);
    assert_int_equal(s->hub[2].group, 1);
    assert_string_equal(s->parameter[s->hub[0].adaptation_years].id,
                        "hub.x-others.sales.adaptation_years");
    assert_string_equal(s->parameter[s->hub[0].adaptation_years].unit, "years");
    assert_int_equal(s->hub[1].adaptation_years, FUL_NO_PARAM);
    assert_int_equal(s->hub[0].capacity, FUL_NO_PARAM);
    assert_int_equal(s->congestion, FUL_NO_PARAM);
    assert_string_equal(s->parameter[s->onward].id, "hubs.onward");
    const ful_parameter *share = &s->parameter[s->hub[0].share];
    assert_string_equal(share->id, "hub.x-others.sales.share");
    assert_int_equal(share->distribution, FUL_LOGUNIFORM);
    ful_near(s->parameter[s->hub[0].cost].value, 1.2, 0, 0);
    ful_case_free(c);
}

static double level(const ful_situation *s, int year, int actor, int group)
{
    return s->enforcement[((year - s->first_year) * s->actors + actor) * s->groups + group];
}

/* A named actor beats everyone, a named year beats every year. */
static void test_enforcement(void **state)
{
    (void)state;
    ful_case *c = load("triangle");
    const ful_situation *s = ful_case_situation(c);
    assert_int_equal(s->first_year, 2020);
    assert_int_equal(s->years, 4);
    ful_near(level(s, 2020, OTHERS, 0), .3, 0, 0);
    ful_near(level(s, 2023, OTHERS, 1), .3, 0, 0);
    ful_near(level(s, 2021, SENDER, 0), 1, 0, 0);
    ful_near(level(s, 2021, ENFORCER, 0), .3, 0, 0);
    ful_near(level(s, 2022, ENFORCER, 1), .4, 0, 0);
    ful_near(level(s, 2023, ENFORCER, 0), .8, 0, 0);
    /* the target: nothing by the row for everyone, its own level by the row with its name */
    ful_near(level(s, 2023, TARGET, 0), 0, 0, 0);
    ful_near(level(s, 2023, TARGET, 1), .9, 0, 0);
    ful_case_free(c);
}

/* Years before the base year are read too. */
static void test_earlier_years(void **state)
{
    (void)state;
    sandbox box;
    int line, column;
    sandbox_new(&box);
    sandbox_edit(&box, "enforcement.csv", "x-enforcer,sales,2022,0.6,",
                 "x-enforcer,sales,2018,0.6,", &line, &column);
    ful_case *c = sandbox_accepted(&box);
    const ful_situation *s = ful_case_situation(c);
    assert_int_equal(s->first_year, 2018);
    assert_int_equal(s->years, 6);
    ful_near(level(s, 2018, ENFORCER, 0), .6, 0, 0);
    ful_near(level(s, 2019, ENFORCER, 0), .3, 0, 0);
    ful_near(level(s, 2023, ENFORCER, 0), .8, 0, 0);
    ful_case_free(c);
    sandbox_free(&box);
}

static void test_history_and_claims(void **state)
{
    (void)state;
    ful_case *c = load("triangle");
    const ful_situation *s = ful_case_situation(c);
    assert_int_equal(s->history_rows, 11);
    assert_int_equal(s->history[5].kind, FUL_HISTORY_EXPORTS_TO);
    assert_int_equal(s->history[5].actor, ENFORCER);
    assert_int_equal(s->history[9].sector, GOODS);
    assert_int_equal(s->claims, 3);
    assert_int_equal(s->claim[0].verdict, FUL_SUPPORTED);
    assert_int_equal(s->claim[0].later, FUL_SUPPORTED_BUT_DATED);
    assert_int_equal(s->claim[1].verdict, FUL_VERDICT_BY_MODEL);
    assert_string_equal(s->claim[2].model, "lever:tariff");
    ful_case_free(c);
}

/* Byte-order mark, CRLF, another order of columns, a slash behind the folder: the same situation.
 */
static void test_other_spelling(void **state)
{
    (void)state;
    sandbox box;
    sandbox_new(&box);
    size_t size;
    char *text = sandbox_slurp(box.folder, "tariffs.csv", &size);
    free(text);
    const char *other = "\xef\xbb\xbfrate,sector,\"buyer\",seller\r\n"
                        "1e-1,goods,x-enforcer,x-sender\r\n+.05,\"goods\",x-sender,x-enforcer\r\n";
    sandbox_write(&box, "tariffs.csv", other, strlen(other));
    strcat(box.folder, "//");
    ful_case *c = sandbox_accepted(&box), *plain = load("triangle");
    const ful_situation *a = ful_case_situation(c), *b = ful_case_situation(plain);
    assert_memory_equal(a->tariff, b->tariff, sizeof(double) * SECTORS * ACTORS * ACTORS);
    assert_string_not_equal(a->sha256, b->sha256);
    ful_case_free(plain);
    ful_case_free(c);
    sandbox_free(&box);
}

/* What `sha256sum FILES | sha256sum` prints; files that are not read do not count. */
static void test_hash(void **state)
{
    (void)state;
    sandbox box;
    sandbox_new(&box);
    ful_sha256 all;
    char expected[65];
    ful_sha256_init(&all);
    for (int k = 0; k < SANDBOX_FILES; k++) {
        char one[65], line[256];
        ful_sha256 hash;
        size_t size;
        char *text = sandbox_slurp(box.folder, sandbox_files[k], &size);
        ful_sha256_init(&hash);
        ful_sha256_add(&hash, text, size);
        ful_sha256_finish(&hash, one);
        free(text);
        const int length = snprintf(line, sizeof line, "%s  %s\n", one, sandbox_files[k]);
        ful_sha256_add(&all, line, (size_t)length);
    }
    ful_sha256_finish(&all, expected);
    ful_case *c = sandbox_accepted(&box), *original = load("triangle");
    assert_string_equal(ful_case_situation(c)->sha256, expected);
    /* the original has a README.md beside the same files */
    assert_string_equal(ful_case_situation(original)->sha256, expected);
    ful_case_free(original);
    ful_case_free(c);
    sandbox_remove(&box, "claims.yaml");
    c = sandbox_accepted(&box);
    assert_string_not_equal(ful_case_situation(c)->sha256, expected);
    ful_case_free(c);
    sandbox_free(&box);
}

static void test_optional_files(void **state)
{
    (void)state;
    sandbox box;
    sandbox_new(&box);
    static const char *const optional[] = {"economy.csv", "tariffs.csv", "latent.csv", "hubs.csv",
                                           "history.csv", "claims.yaml", "shocks.csv"};
    for (size_t k = 0; k < sizeof optional / sizeof *optional; k++)
        sandbox_remove(&box, optional[k]);
    ful_case *c = sandbox_accepted(&box);
    const ful_situation *s = ful_case_situation(c);
    assert_null(s->tariff);
    assert_null(s->latent);
    assert_int_equal(s->hubs + s->history_rows + s->claims + s->shocks, 0);
    ful_case_free(c);
    sandbox_free(&box);
}

static void test_shocks(void **state)
{
    (void)state;
    ful_case *c = load("triangle");
    const ful_situation *s = ful_case_situation(c);
    assert_int_equal(s->shocks, 1);
    const ful_case_shock *x = &s->shock[0];
    assert_string_equal(x->id, "flood-2022");
    assert_int_equal(x->actor, TARGET);
    assert_true(x->sector[MINERALS] && !x->sector[GOODS]);
    assert_int_equal(x->start, ful_date_days(2022, 6, 1));
    assert_int_equal(x->end, ful_date_days(2022, 12, 1));
    assert_string_equal(x->source, "invented");
    assert_int_equal(x->grade, 'E');
    const ful_parameter *q = &s->parameter[x->factor];
    assert_string_equal(q->id, "shock.flood-2022.factor");
    ful_near(q->value, .7, 0, 0);
    ful_near(q->low, .5, 0, 0);
    ful_near(q->high, .9, 0, 0);
    assert_int_equal(q->distribution, FUL_TRIANGULAR);
    ful_case_free(c);
}

static int remarked(const ful_case *c, const char *file, const char *part)
{
    const ful_remark *remark;
    const int count = ful_case_remarks(c, &remark);
    for (int k = 0; k < count; k++)
        if (strcmp(remark[k].file, file) == 0 && strstr(remark[k].text, part) && remark[k].line > 0)
            return 1;
    return 0;
}

static void test_remarks(void **state)
{
    (void)state;
    sandbox box;
    int line, column;
    ful_case *c = load("triangle");
    assert_int_equal(ful_case_remarks(c, &(const ful_remark *){NULL}), 0);
    ful_case_free(c);
    sandbox_new(&box);
    sandbox_edit(&box, "sources.bib", "@misc{invented", "@book{unread, year = 1}\n@misc{invented",
                 &line, &column);
    sandbox_edit(&box, "parameters.csv", "game.n_T",
                 "game.unused,1,1,fixed,1,1,invented,E,\ngame.n_T", &line, &column);
    sandbox_edit(&box, "economy.csv", "3900", "4900", &line, &column);
    sandbox_edit(&box, "measures.csv", "x-target,*,minerals,0.9", "x-target,x-sender,goods,0.9",
                 &line, &column);
    sandbox_edit(&box, "inputs.csv", "goods,minerals,0.04", "goods,minerals,0.2", &line, &column);
    sandbox_edit(&box, "shocks.csv", "2022-06-01,2022-12-01", "2019-06-01,", &line, &column);
    c = sandbox_accepted(&box);
    assert_true(remarked(c, "sources.bib", "unread"));
    assert_false(remarked(c, "sources.bib", "invented"));
    assert_true(remarked(c, "parameters.csv", "game.unused"));
    /* 1000 of the 6800 that the sender spends is above what the other edits move */
    assert_true(remarked(c, "economy.csv", "gap"));
    assert_true(remarked(c, "measures.csv", "un-minerals-2022"));
    assert_true(remarked(c, "trade.csv", "'minerals' of x-sender"));
    assert_true(remarked(c, "shocks.csv", "'flood-2022' changes nothing"));
    ful_case_free(c);
    sandbox_free(&box);
}

/* The decimal point of the user's locale is no part of the format. */
static void test_locale(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8"};
    const char *chosen = NULL;
    for (size_t k = 0; !chosen && k < sizeof names / sizeof *names; k++)
        chosen = setlocale(LC_ALL, names[k]);
    if (!chosen || strcmp(localeconv()->decimal_point, ",") != 0) {
        setlocale(LC_ALL, "C");
        print_message("no locale with a decimal comma on this machine\n");
        skip();
    }
    ful_case *comma = load("triangle");
    setlocale(LC_ALL, "C");
    ful_case *point = load("triangle");
    const ful_situation *a = ful_case_situation(comma), *b = ful_case_situation(point);
    for (int k = 0; k < a->parameters; k++)
        assert_memory_equal(&a->parameter[k].value, &b->parameter[k].value, sizeof(double));
    assert_memory_equal(a->input[0], b->input[0], sizeof(double) * ACTORS * SECTORS * SECTORS);
    ful_case_free(comma);
    ful_case_free(point);
}

/* The n-th block of memory fails, for every n, with the blocks cut in many ways. */
static void test_memory(void **state)
{
    (void)state;
    sandbox box;
    sandbox_new(&box);
    static const char entry[] = "@misc{invented, title = {x}}\n";
    for (size_t pad = 0; pad < 65536; pad += 4099) {
        char *text = malloc(sizeof entry + pad + 1);
        assert_non_null(text);
        memcpy(text, entry, sizeof entry);
        memset(text + sizeof entry - 1, ' ', pad);
        text[sizeof entry - 1 + pad] = '\n';
        sandbox_write(&box, "sources.bib", text, sizeof entry + pad);
        free(text);
        int complete = 0;
        for (long n = 0; !complete && n < 1000; n++) {
            ful_test_memory memory;
            ful_case *c;
            ful_error err = {0};
            ful_test_memory_init(&memory, n);
            const ful_status status = ful_case_load(&c, box.folder, &memory.allocator, &err);
            complete = status == FUL_OK;
            if (!complete) {
                ful_status_is(status, FUL_ERR_MEMORY, &err);
                assert_null(c);
            }
            ful_case_free(c);
            assert_int_equal(memory.live, 0);
        }
        assert_true(complete);
    }
    sandbox_free(&box);
}

/* Every case of the project is read and makes a world. */
static void test_cases(void **state)
{
    (void)state;
    static const char *const names[] = {"triangle", "duel", "iran-2012", "dprk-2016"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        ful_case *c = load(names[k]);
        ful_world *world;
        ful_error err = {0};
        assert_string_equal(ful_case_situation(c)->id, names[k]);
        ful_status_is(ful_world_new(&world, ful_case_situation(c), NULL, NULL, &err), FUL_OK, &err);
        ful_world_free(world);
        ful_case_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outline),        cmocka_unit_test(test_benchmark),
        cmocka_unit_test(test_laws),           cmocka_unit_test(test_enforcement),
        cmocka_unit_test(test_earlier_years),  cmocka_unit_test(test_history_and_claims),
        cmocka_unit_test(test_other_spelling), cmocka_unit_test(test_hash),
        cmocka_unit_test(test_optional_files), cmocka_unit_test(test_shocks),
        cmocka_unit_test(test_remarks),        cmocka_unit_test(test_locale),
        cmocka_unit_test(test_memory),         cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
