/* SPDX-License-Identifier: MIT */
/* Worlds: what a case says of technology, households and deficits reaches the economy. */
#include "triangle.h"
#include "variant.h"

static void solve(ful_solution *x, const ful_world *world, ful_world_work *work)
{
    ful_error err;
    ful_scenario scenario;
    ful_scenario_default(&scenario, ful_world_situation(world));
    ful_status_is(ful_world_solve(x, world, work, &scenario, NULL, &err), FUL_OK, &err);
}

/* Incomes of households sum to the country's, and with one basket so do their gains. */
static void households_share_what_the_target_has(void **state)
{
    (void)state;
    variant v;
    ful_error err;
    ful_world_work *work;
    ful_solution x;
    ful_economy_view base;
    variant_open(&v,
                 (const variant_edit[]){{"case.yaml", " basket: {goods: .6, services: .4},", ""},
                                        {NULL, NULL, NULL}});
    ful_status_is(ful_world_work_new(&work, v.world, NULL, &err), FUL_OK, &err);
    solve(&x, v.world, work);
    ful_economy_benchmark(&base, ful_world_economy(v.world));
    const int T = v.s->target, J = v.s->sectors;
    double part[2] = {0}, whole = base.revenue[T];
    for (int j = 0; j < J; j++) {
        part[0] += v.s->household[0].share[j] * base.value_added[T * J + j];
        whole += base.value_added[T * J + j];
    }
    part[0] += v.s->household[0].revenue * base.revenue[T];
    part[1] = whole - part[0];
    ful_near(part[0] * x.view.household[0].real_income + part[1] * x.view.household[1].real_income,
             whole * x.view.outcome[T].real_income, 1e-9, 0);
    ful_near(x.income[v.s->game.players], 100 * (x.view.household[0].real_income - 1), 1e-12, 0);
    /* the elite owns the minerals that are sanctioned, so it loses more */
    assert_true(x.income[v.s->game.players] < x.income[v.s->game.players + 1]);
    ful_world_work_free(work);
    variant_close(&v);
}

/* Harder to replace inputs, deeper losses: elasticities of the case reach the economy, of everybody
 * and of one actor. */
static void bottlenecks_deepen_the_loss(void **state)
{
    (void)state;
    triangle t;
    ful_error err;
    double loss[2], p[256];
    triangle_open(&t);
    assert_true(t.s->parameters <= 256);
    for (int k = 0; k < 2; k++) {
        ful_world *world;
        ful_world_work *work;
        ful_solution x;
        ful_situation_centre(p, t.s);
        p[ful_situation_parameter(t.s, "economy.sigma_v_target")] = k ? .1 : 2;
        ful_status_is(ful_world_new(&world, t.s, p, NULL, &err), FUL_OK, &err);
        ful_status_is(ful_world_work_new(&work, world, NULL, &err), FUL_OK, &err);
        solve(&x, world, work);
        loss[k] = -x.income[0];
        ful_world_work_free(work);
        ful_world_free(world);
    }
    assert_true(loss[1] > loss[0] && loss[0] > 0);
    triangle_close(&t);
}

/* Without deficits: nobody receives anything, the benchmark is an equilibrium, and what the target
 * lived on is gone. */
static void a_balanced_world_has_no_deficits(void **state)
{
    (void)state;
    triangle t;
    ful_error err;
    ful_world *balanced;
    ful_world_work *work;
    ful_economy_outcome change[16];
    ful_economy_certificate certificate;
    ful_economy_view v;
    ful_economy_report report;
    triangle_open(&t);
    const ful_situation *s = t.s;
    ful_status_is(ful_world_balance(&balanced, change, &certificate, t.world, NULL, &err), FUL_OK,
                  &err);
    assert_true(certificate.max_violation <= FUL_CERTIFIED);
    ful_economy_benchmark(&v, ful_world_economy(balanced));
    double world_trade = 0;
    for (int n = 0; n < s->actors; n++)
        world_trade += v.income[n];
    for (int n = 0; n < s->actors; n++)
        ful_near(v.transfer[n], 0, 0, 1e-9 * world_trade);
    /* the target lived on a deficit: it is worse off without */
    assert_true(change[s->target].welfare < 1);
    ful_economy_work *economy;
    ful_status_is(ful_economy_work_new(&economy, ful_world_economy(balanced), NULL, &err), FUL_OK,
                  &err);
    ful_status_is(
        ful_economy_solve(&report, ful_world_economy(balanced), economy, NULL, NULL, &err), FUL_OK,
        &err);
    ful_economy_view_get(&v, ful_world_economy(balanced), economy);
    ful_status_is(ful_world_work_new(&work, balanced, NULL, &err), FUL_OK, &err);
    for (int n = 0; n < s->actors; n++)
        ful_near(v.outcome[n].welfare, 1, 0, 1e-8);
    ful_solution x;
    solve(&x, balanced, work);
    for (int n = 0; n < s->actors; n++) {
        ful_near(x.view.transfer[n], 0, 0, 1e-9 * world_trade);
        ful_near(x.view.outcome[n].welfare, x.view.outcome[n].real_income, 1e-9, 0);
    }
    ful_economy_work_free(economy);
    ful_world_work_free(work);
    ful_world_free(balanced);
    triangle_close(&t);
}

/* With the first allocation failing, then the second and so on, nothing leaks and nothing crashes.
 */
static void running_out_of_memory_is_an_error(void **state)
{
    (void)state;
    triangle t;
    ful_error err;
    triangle_open(&t);
    for (long fail_at = 0;; fail_at++) {
        ful_test_memory memory;
        ful_world *balanced;
        ful_test_memory_init(&memory, fail_at);
        const ful_run run = {.threads = 1, .allocator = &memory.allocator};
        const ful_status status = ful_world_balance(&balanced, NULL, NULL, t.world, &run, &err);
        ful_world_free(balanced);
        assert_int_equal(memory.live, 0);
        if (status == FUL_OK)
            break;
        ful_status_is(status, FUL_ERR_MEMORY, &err);
        assert_true(fail_at < 1000);
    }
    triangle_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(households_share_what_the_target_has),
        cmocka_unit_test(bottlenecks_deepen_the_loss),
        cmocka_unit_test(a_balanced_world_has_no_deficits),
        cmocka_unit_test(running_out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
