/* SPDX-License-Identifier: MIT */
/* The ranking: first order against small changes, exact against cold solves, other names and
 * orders. */
#include "triangle.h"
#include "variant.h"

/* An economy of its own, to close flows in by hand. */
typedef struct bench {
    triangle t;
    ful_economy_work *work;
    ful_economy_shock base;
    double *openness;
    size_t flows;
} bench;

static void bench_open(bench *b, ful_scenario *scenario)
{
    ful_error err;
    triangle_open(&b->t);
    ful_scenario_default(scenario, b->t.s);
    const ful_economy_model *m = ful_world_economy(b->t.world);
    ful_status_is(ful_economy_work_new(&b->work, m, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_world_shock(&b->base, b->t.world, b->t.work, scenario, &err), FUL_OK, &err);
    b->flows = ful_economy_flows(m);
    b->openness = malloc(b->flows * sizeof *b->openness);
    assert_non_null(b->openness);
}

static void bench_close(bench *b)
{
    free(b->openness);
    ful_economy_work_free(b->work);
    triangle_close(&b->t);
}

static size_t flow_of(const ful_situation *s, const ful_ranked *x)
{
    return ((size_t)x->sector * (size_t)s->actors + (size_t)x->buyer) * (size_t)s->actors +
           (size_t)x->seller;
}

/* Cold solution with one flow's openness, open latent part included, times `factor`. */
static void solve_with(ful_economy_view *v, bench *b, size_t flow, double factor)
{
    ful_error err;
    ful_economy_report report;
    ful_economy_options options;
    ful_economy_options_default(&options);
    options.tolerance = 1e-12;
    memcpy(b->openness, b->base.openness, b->flows * sizeof *b->openness);
    b->openness[flow] *= factor;
    ful_economy_shock shock = b->base;
    shock.openness = b->openness;
    ful_economy_work_reset(b->work);
    ful_status_is(
        ful_economy_solve(&report, ful_world_economy(b->t.world), b->work, &shock, &options, &err),
        FUL_OK, &err);
    ful_economy_view_get(v, ful_world_economy(b->t.world), b->work);
}

static void rank(ful_ranking *r, const bench *b, const ful_scenario *base, int top, double mu,
                 int threads)
{
    ful_error err;
    const ful_run run = {.threads = threads};
    const ful_ranking_options options = {.base = base, .top = top, .mu = mu, .joint = 1};
    ful_status_is(ful_study_ranking(r, b->t.world, &options, &run, &err), FUL_OK, &err);
}

static double own_income(const ful_economy_view *v, const ful_situation *s, int n)
{
    double sum = v->revenue[n];
    for (int j = 0; j < s->sectors; j++)
        sum += v->value_added[n * s->sectors + j];
    return sum;
}

/* Derivatives by central differences of cold solves: what is left is of second order in the step,
 * and the solver's 1e-12 over it. */
static void first_order_is_the_limit_of_small_closings(void **state)
{
    (void)state;
    bench b;
    ful_ranking r;
    ful_scenario scenario;
    ful_economy_view v, base;
    const double step = 1e-3;
    bench_open(&b, &scenario);
    const ful_situation *s = b.t.s;
    rank(&r, &b, &scenario, 0, 0, 1);
    ful_economy_benchmark(&base, ful_world_economy(b.t.world));
    assert_true(r.rows >= 5);
    for (int k = 0; k < r.rows; k++) {
        const size_t a = flow_of(s, &r.row[k]);
        double income[2][3];
        if (s->latent && s->latent[a] > 0)
            continue; /* its latent part is closed too, which this test does not */
        solve_with(&v, &b, a, 1);
        const double price[] = {v.final_price[s->sender], v.final_price[s->enforcer]};
        for (int side = 0; side < 2; side++) {
            solve_with(&v, &b, a, side ? 1 + step : 1 - step);
            income[side][0] = v.outcome[s->target].real_income;
            income[side][1] = v.outcome[s->sender].real_income;
            income[side][2] = v.outcome[s->enforcer].real_income;
        }
        const double bite = 100 * (income[1][0] - income[0][0]) / (2 * step);
        const double sender =
            own_income(&base, s, s->sender) * price[0] * (income[1][1] - income[0][1]) / (2 * step);
        const double enforcer = own_income(&base, s, s->enforcer) * price[1] *
                                (income[1][2] - income[0][2]) / (2 * step);
        ful_near(r.row[k].first.bite, bite, 2e-5, 1e-7);
        ful_near(r.row[k].first.sender, sender, 2e-5, 1e-4);
        ful_near(r.row[k].first.enforcer, enforcer, 2e-5, 1e-4);
        ful_near(r.row[k].first.cost, r.row[k].first.sender + r.row[k].first.enforcer, 1e-15, 0);
    }
    ful_ranking_clear(&r);
    bench_close(&b);
}

/* From the benchmark the compensating variation is that of the economy itself. */
static void exact_effects_are_cold_solutions(void **state)
{
    (void)state;
    bench b;
    ful_ranking r;
    ful_scenario scenario;
    ful_economy_view v;
    bench_open(&b, &scenario);
    const ful_situation *s = b.t.s;
    double *ones = malloc(b.flows * sizeof *ones);
    assert_non_null(ones);
    for (size_t a = 0; a < b.flows; a++)
        ones[a] = 1;
    b.base = (ful_economy_shock){.openness = ones};
    rank(&r, &b, NULL, 1000, 0, 2);
    assert_int_equal(r.asked, r.rows);
    ful_near(r.target_pct, 0, 0, 1e-8);
    ful_bite sum = {0};
    for (int k = 0; k < r.rows; k++) {
        const ful_ranked *x = &r.row[k];
        const ful_economy_model *m = ful_world_economy(b.t.world);
        assert_int_equal(x->status, FUL_OK);
        solve_with(&v, &b, flow_of(s, x), 0);
        ful_near(x->value, x->benchmark, 1e-8, 0);
        /* both solves stop at 1e-10 of incomes of a hundred billion */
        ful_near(x->exact.bite, 100 * (1 - v.outcome[s->target].real_income), 1e-7, 1e-7);
        ful_near(x->exact.sender, ful_economy_compensation(m, b.work, s->sender), 1e-6, 1e-3);
        ful_near(x->exact.enforcer, ful_economy_compensation(m, b.work, s->enforcer), 1e-6, 1e-3);
        ful_near(x->exact.score, x->exact.bite - r.mu * x->exact.cost, 1e-12, 1e-12);
        sum.bite += x->exact.bite;
        sum.cost += x->exact.cost;
        if (k > 0)
            assert_true(r.row[k - 1].exact.score >= x->exact.score);
    }
    ful_near(r.sum.bite, sum.bite, 1e-12, 0);
    ful_near(r.sum.cost, sum.cost, 1e-12, 1e-12);
    assert_int_equal(r.together_status, FUL_OK);
    free(ones);
    ful_ranking_clear(&r);
    bench_close(&b);
}

/* At the default a dollar is a dollar: the score is what the target loses in money, in points of
 * its income, less what it costs. */
static void the_default_price_weighs_dollars_alike(void **state)
{
    (void)state;
    bench b;
    ful_ranking r, dear;
    ful_scenario scenario;
    ful_economy_view base;
    bench_open(&b, &scenario);
    ful_economy_benchmark(&base, ful_world_economy(b.t.world));
    const double income = own_income(&base, b.t.s, b.t.s->target);
    rank(&r, &b, &scenario, 3, 0, 1);
    for (int k = 0; k < r.rows; k++) {
        const double lost = r.row[k].first.bite / 100 * income;
        ful_near(r.row[k].first.score * income / 100, lost - r.row[k].first.cost, 1e-10, 1e-10);
    }
    /* where cost decides, the cheapest stands first */
    rank(&dear, &b, &scenario, 0, 1e9, 1);
    for (int k = 1; k < dear.rows; k++)
        assert_true(dear.row[k - 1].first.cost <= dear.row[k].first.cost);
    ful_ranking_clear(&r);
    ful_ranking_clear(&dear);
    bench_close(&b);
}

static void one_flow_alone_is_closed_together(void **state)
{
    (void)state;
    bench b;
    ful_ranking r;
    ful_scenario scenario;
    bench_open(&b, &scenario);
    rank(&r, &b, &scenario, 1, 0, 1);
    assert_memory_equal(&r.together, &r.row[0].exact, sizeof r.together);
    ful_ranking_clear(&r);
    bench_close(&b);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    bench b;
    ful_ranking one, three;
    ful_scenario scenario;
    bench_open(&b, &scenario);
    rank(&one, &b, &scenario, 4, 0, 1);
    rank(&three, &b, &scenario, 4, 0, 3);
    assert_int_equal(one.rows, three.rows);
    assert_memory_equal(one.row, three.row, (size_t)one.rows * sizeof *one.row);
    assert_memory_equal(&one.together, &three.together, sizeof one.together);
    ful_ranking_clear(&one);
    ful_ranking_clear(&three);
    bench_close(&b);
}

/* The case with its actors and sectors in another order ranks the same flows with the same numbers.
 */
static void order_of_actors_and_sectors_does_not_matter(void **state)
{
    (void)state;
    bench b;
    variant other;
    ful_ranking r, q;
    ful_scenario scenario;
    ful_error err;
    bench_open(&b, &scenario);
    variant_open(&other, (const variant_edit[]){
                             {"case.yaml", "  - {id: x-sender, name: Sender, role: sender}\n", ""},
                             {"case.yaml", "role: partner}\n",
                              "role: partner}\n  - {id: x-sender, name: Sender, role: sender}\n"},
                             {"case.yaml",
                              "  - {id: minerals, name: Minerals, theta: theta.minerals}\n", ""},
                             {"case.yaml", "service: true}\n",
                              "service: true}\n"
                              "  - {id: minerals, name: Minerals, theta: theta.minerals}\n"},
                             {NULL, NULL, NULL}});
    rank(&r, &b, &scenario, 3, 0, 1);
    ful_scenario_default(&scenario, other.s);
    const ful_ranking_options options = {.base = &scenario, .top = 3, .joint = 1};
    ful_status_is(ful_study_ranking(&q, other.world, &options, NULL, &err), FUL_OK, &err);
    assert_int_equal(r.rows, q.rows);
    for (int k = 0; k < r.rows; k++) {
        const ful_ranked *x = &r.row[k], *y = &q.row[k];
        assert_string_equal(b.t.s->actor[x->seller].id, other.s->actor[y->seller].id);
        assert_string_equal(b.t.s->actor[x->buyer].id, other.s->actor[y->buyer].id);
        assert_string_equal(b.t.s->sector[x->sector].id, other.s->sector[y->sector].id);
        ful_near(x->first.bite, y->first.bite, 1e-6, 1e-7);
        ful_near(x->first.cost, y->first.cost, 1e-6, 1e-3);
        if (x->asked)
            ful_near(x->exact.bite, y->exact.bite, 1e-6, 1e-7);
    }
    ful_near(r.together.bite, q.together.bite, 1e-6, 1e-7);
    ful_ranking_clear(&r);
    ful_ranking_clear(&q);
    variant_close(&other);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_order_is_the_limit_of_small_closings),
        cmocka_unit_test(exact_effects_are_cold_solutions),
        cmocka_unit_test(the_default_price_weighs_dollars_alike),
        cmocka_unit_test(one_flow_alone_is_closed_together),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(order_of_actors_and_sectors_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
