/* SPDX-License-Identifier: MIT */
/*
 * The duel by hand: the sums of its README, written out here with nothing of the solver, are what
 * the README states to four digits and what the program finds.
 */
#include "sandbox.h"

#include "fulcrum/study.h"

/* The numbers of the case, per cent of GDP a year. */
static const double n = .4, w = .1, b = .4, concession = .16, audience = .5, friction = .2,
                    payment = .4, cost = .1, theta = 2, at_home = .81, kept = .5, delta = .81;

/* Per year: what a flow is worth from the second half-year on, and in the first. */
enum { FIRST, SECOND };

typedef struct answer {
    double close_first;     /* the neighbour closes the border in the first half-year */
    double close_second[2]; /* in the second, without and with the payment on offer */
    double freeze_first, freeze_second;
    double keep;    /* the sender keeps the payment on offer, target armed */
    double honours; /* grants, and keeps what it offered, target frozen */
    double grants;  /* grants, whether it keeps the payment or not */
    double frozen;  /* at the end */
} answer;

static double choose(double better, double worse)
{
    return 1 / (1 + exp(worse - better));
}

static answer by_hand(int offered)
{
    const double d = sqrt(delta), lasting = .5 + d * .5 / (1 - d), afterwards = d * .5 / (1 - d);
    const double loss = w * 100 * (1 - pow(at_home, 1 / theta)), programme = n * (1 - kept);
    const double gain = offered ? payment : 0;
    answer x;
    x.close_second[0] = choose(-friction * lasting, 0);
    x.close_second[1] = choose((gain - friction) * lasting, 0);
    x.freeze_second = choose(-programme * afterwards, 0);
    /* what the sender pays if it keeps its offer, which the neighbour takes with close_second[1] */
    const double pays = offered ? cost * lasting * x.close_second[1] : 0;
    x.keep = offered ? choose(-pays, 0) : 0;
    /* frozen: keep or withdraw, grant or withhold; any but keeping and granting breaks its word */
    const double move[2][2] = {{-audience, -concession * lasting - (offered ? audience : 0)},
                               {-audience - pays, -concession * lasting - pays}};
    double sum = 0, weight[2][2];
    for (int keeps = 0; keeps < 2; keeps++)
        for (int grants = 0; grants < 2; grants++)
            sum += weight[keeps][grants] = keeps && !offered ? 0 : exp(move[keeps][grants]);
    x.honours = weight[offered][1] / sum;
    x.grants = (weight[0][1] + weight[1][1]) / sum;
    /* the target: what it loses behind a closed border, armed, and frozen without relief */
    const double armed = x.keep * x.close_second[1] + (1 - x.keep) * x.close_second[0];
    const double frozen =
        (weight[1][0] * x.close_second[1] + weight[0][0] * x.close_second[0]) / sum;
    const double hold = -loss * armed * lasting - programme * afterwards * x.freeze_second;
    const double freeze = -programme * lasting - loss * frozen * lasting;
    x.freeze_first = choose(d * freeze, d * hold);
    x.close_first = choose((gain - friction) * .5, 0);
    x.frozen = x.freeze_first + (1 - x.freeze_first) * x.freeze_second;
    return x;
}

static ful_case *load(void)
{
    char folder[256];
    ful_case *c;
    ful_error err = {0};
    sandbox_path(folder, sizeof folder, sandbox_cases(), "duel");
    ful_status_is(ful_case_load(&c, folder, NULL, &err), FUL_OK, &err);
    return c;
}

static void is_parameter(const ful_situation *s, const char *id, double value)
{
    const ful_param k = ful_situation_parameter(s, id);
    assert_true(k >= 0);
    ful_near(s->parameter[k].value, value, 0, 0);
}

/* The numbers above are those of the case. */
static void test_numbers(void **state)
{
    (void)state;
    ful_case *c = load();
    const ful_situation *s = ful_case_situation(c);
    is_parameter(s, "game.n", n);
    is_parameter(s, "game.w", w);
    is_parameter(s, "game.b", b);
    is_parameter(s, "game.concession", concession);
    is_parameter(s, "game.audience", audience);
    is_parameter(s, "game.friction", friction);
    is_parameter(s, "game.g_frozen", kept);
    is_parameter(s, "game.delta", delta);
    is_parameter(s, "game.lambda", 1);
    is_parameter(s, "game.stake", 1);
    is_parameter(s, "theta.goods", theta);
    is_parameter(s, "lever.payment.value_e", payment);
    is_parameter(s, "lever.payment.cost_s", cost);
    const int target = s->target, N = s->actors;
    double bought = 0;
    for (int i = 0; i < N; i++)
        bought += s->flow[0][target * N + i];
    ful_near(s->flow[0][target * N + target] / bought, at_home, 1e-15, 0);
    ful_case_free(c);
}

/* The row `key` of the README's table: the numbers without and with the payment. */
static void stated(double out[2], const char *text, const char *key)
{
    char mark[64];
    snprintf(mark, sizeof mark, "| `%s` |", key);
    const char *row = strstr(text, mark);
    if (!row) {
        print_error("README.md has no row %s\n", mark);
        fail();
    }
    const char *last = strchr(row, '\n');
    assert_non_null(last);
    /* the last two columns */
    const char *bar[3];
    for (int k = 2; k >= 0; k--) {
        do
            last--;
        while (*last != '|');
        bar[k] = last;
    }
    out[0] = strtod(bar[0] + 1, NULL);
    out[1] = strtod(bar[1] + 1, NULL);
}

static void test_readme(void **state)
{
    (void)state;
    size_t size;
    char *text = sandbox_slurp(sandbox_cases(), "duel/README.md", &size);
    const answer x[2] = {by_hand(0), by_hand(1)};
    for (int k = 0; k < 2; k++) {
        const struct {
            const char *key;
            double value;
        } rows[] = {
            {"close_second", k ? x[1].close_second[1] : x[0].close_second[0]},
            {"freeze_second", x[k].freeze_second},
            {"grants", x[k].grants},
            {"honours", x[k].honours},
            {"freeze_first", x[k].freeze_first},
            {"close_first", x[k].close_first},
            {"frozen", x[k].frozen},
        };
        for (size_t q = 0; q < sizeof rows / sizeof *rows; q++) {
            double value[2];
            stated(value, text, rows[q].key);
            /* four digits are printed */
            ful_near(value[k], rows[q].value, 0, 5e-5);
        }
    }
    free(text);
}

static void test_program(void **state)
{
    (void)state;
    ful_case *c = load();
    const ful_situation *s = ful_case_situation(c);
    ful_world *world;
    ful_payoffs *payoffs;
    ful_error err = {0};
    ful_status_is(ful_world_new(&world, s, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_payoffs_new(&payoffs, world, FUL_GRID_EXACT, 0, NULL, &err), FUL_OK, &err);
    for (int offered = 0; offered < 2; offered++) {
        const ful_offer offer = {.pressure = 1, .levers = (unsigned)offered};
        const answer x = by_hand(offered);
        ful_bargain_report report;
        ful_status_is(ful_payoffs_play(&report, payoffs, &offer, NULL, 1, NULL, &err), FUL_OK,
                      &err);
        /* the income behind the closed border is solved to 1e-8 of itself */
        ful_near(report.enforcer[0].first_move, x.close_first, 0, 1e-9);
        ful_near(report.frozen, x.frozen, 0, 1e-8);
        ful_near(report.unchanged, 1 - x.frozen, 0, 1e-8);
        ful_near(report.honour.probability, x.honours, 0, 1e-9);
        ful_near(report.honour.reach, x.freeze_first, 0, 1e-8);
    }
    ful_payoffs_free(payoffs);
    ful_world_free(world);
    ful_case_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_numbers),
                                       cmocka_unit_test(test_readme),
                                       cmocka_unit_test(test_program)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
