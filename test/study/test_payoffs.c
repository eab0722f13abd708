/* SPDX-License-Identifier: MIT */
/* The economy's part of the game, and packages of it. */
#include "triangle.h"

typedef struct fixture {
    triangle t;
    ful_payoffs *exact;
    ful_payoffs_view view;
} fixture;

static fixture f;

static int open_all(void **state)
{
    (void)state;
    ful_error err;
    triangle_open(&f.t);
    ful_status_is(ful_payoffs_new(&f.exact, f.t.world, FUL_GRID_EXACT, NULL, &err), FUL_OK, &err);
    ful_payoffs_view_get(&f.view, f.exact);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    ful_payoffs_free(f.exact);
    triangle_close(&f.t);
    return 0;
}

static int nodes(void)
{
    int count = 1;
    for (int g = 0; g < f.t.s->groups; g++)
        count *= f.t.s->game.levels;
    return count;
}

/* More enforcement of any group never raises the target's income under pressure. */
static void enforcement_costs_the_target(void **state)
{
    (void)state;
    const int L = f.t.s->game.levels;
    for (int e = 0; e < nodes(); e++)
        for (int g = 0, place = 1; g < f.t.s->groups; g++, place *= L)
            if (e / place % L + 1 < L)
                assert_true(f.view.income[1][e + place].T <= f.view.income[1][e].T + 1e-9);
    assert_true(f.view.income[1][nodes() - 1].T < f.view.income[1][0].T);
    assert_true(f.view.max_violation <= FUL_CERTIFIED);
}

/* An entry of the table is a scenario solved by itself. */
static void an_entry_is_its_scenario(void **state)
{
    (void)state;
    const ful_situation *s = f.t.s;
    double levels[16 * FUL_BARGAIN_MAX_GROUPS];
    int year, month, day;
    ful_date_split(&year, &month, &day, s->game.start);
    int y = year - s->first_year;
    y = y < 0 ? 0 : y >= s->years ? s->years - 1 : y;
    memcpy(levels, s->enforcement + y * s->actors * s->groups,
           sizeof(double) * (size_t)(s->actors * s->groups));
    for (int e = 0; e < nodes(); e += 3) {
        ful_scenario scenario;
        ful_solution solution;
        ful_error err;
        ful_scenario_default(&scenario, s);
        scenario.regime = s->game.pressure_regime;
        for (int g = 0, rest = e; g < s->groups; g++, rest /= s->game.levels)
            levels[s->enforcer * s->groups + g] = s->game.level[rest % s->game.levels];
        scenario.enforcement = levels;
        ful_world_work_reset(f.t.work);
        ful_status_is(ful_world_solve(&solution, f.t.world, f.t.work, &scenario, NULL, &err),
                      FUL_OK, &err);
        ful_near(f.view.income[1][e].T, solution.income.T, 1e-7, 1e-7);
        ful_near(f.view.income[1][e].E, solution.income.E, 1e-6, 1e-8);
        ful_near(f.view.income[1][e].elite, solution.income.elite, 1e-7, 1e-7);
    }
}

/* The sparse grid meets the exact one at its own nodes: no and full enforcement, every relief. */
static void the_sparse_grid_is_exact_at_its_nodes(void **state)
{
    (void)state;
    ful_payoffs *sparse;
    ful_payoffs_view v;
    ful_error err;
    ful_status_is(ful_payoffs_new(&sparse, f.t.world, FUL_GRID_SPARSE, NULL, &err), FUL_OK, &err);
    ful_payoffs_view_get(&v, sparse);
    const int K = f.t.s->game.adaptation_steps;
    for (int r = 0; r < 3; r++)
        for (int full = 0; full < 2; full++) {
            const int entry = r * K * nodes() + (full ? nodes() - 1 : 0);
            ful_near(v.income[1][entry].T, f.view.income[1][entry].T, 1e-6, 1e-7);
            ful_near(v.income[0][entry].T, f.view.income[0][entry].T, 1e-6, 1e-7);
        }
    assert_true(v.solves < f.view.solves);
    ful_payoffs_free(sparse);
}

static double success(const ful_bargain_report *r)
{
    return r->denuclearised + r->frozen;
}

static void packages_are_games_of_their_own(void **state)
{
    (void)state;
    ful_packages p;
    ful_error err;
    ful_status_is(ful_study_packages(&p, f.exact, NULL, &err), FUL_OK, &err);
    assert_int_equal(p.rows, 3 << f.t.s->levers);
    for (int k = 0; k < p.rows; k++) {
        ful_bargain_report r;
        ful_status_is(ful_payoffs_play(&r, f.exact, &p.row[k].offer, 1, NULL, &err), FUL_OK, &err);
        assert_memory_equal(&r, &p.row[k].report, sizeof r);
        ful_near(r.denuclearised + r.frozen + r.unchanged + r.collapsed, 1, 0, 1e-12);
    }
    /* Shapley contributions add up to the whole package */
    double enforcement = 0, accommodation = 0;
    for (int l = 0; l < p.levers; l++) {
        enforcement += p.lever[l].enforcement;
        accommodation += p.lever[l].accommodation;
    }
    const ful_bargain_report *all = &p.row[(1 << p.levers) - 1].report, *none = &p.row[0].report;
    ful_near(enforcement, all->enforcement_mean - none->enforcement_mean, 0, 1e-12);
    ful_near(accommodation, success(all) - success(none), 0, 1e-12);
    /* the frontier by its definition */
    for (int a = 0; a < p.rows; a++) {
        int dominated = 0;
        for (int b = 0; b < p.rows; b++) {
            const ful_bargain_report *x = &p.row[a].report, *by = &p.row[b].report;
            const int weakly = success(by) >= success(x) && by->sender_cost <= x->sender_cost &&
                               by->collapsed <= x->collapsed;
            const int equal = success(by) == success(x) && by->sender_cost == x->sender_cost &&
                              by->collapsed == x->collapsed;
            dominated |= weakly && !equal;
        }
        assert_int_equal(p.row[a].on_frontier, !dominated);
    }
    ful_packages_clear(&p);
}

/* The transfer found enforces half the time, and a per cent less of it does not. */
static void the_compensating_transfer_just_does_it(void **state)
{
    (void)state;
    ful_packages p;
    ful_bargain_report r;
    ful_error err;
    ful_status_is(ful_study_packages(&p, f.exact, NULL, &err), FUL_OK, &err);
    const double t = p.transfer_pct;
    ful_packages_clear(&p);
    if (isnan(t) || t == 0) {
        const ful_offer offer = {.pressure = 1, .transfer = t == 0 ? 0 : 1};
        ful_status_is(ful_payoffs_play(&r, f.exact, &offer, 1, NULL, &err), FUL_OK, &err);
        assert_int_equal(r.enforces >= 0.5, t == 0);
        return;
    }
    const ful_offer enough = {.pressure = 1, .transfer = t},
                    less = {.pressure = 1, .transfer = 0.99 * t};
    ful_status_is(ful_payoffs_play(&r, f.exact, &enough, 1, NULL, &err), FUL_OK, &err);
    assert_true(r.enforces >= 0.5);
    ful_status_is(ful_payoffs_play(&r, f.exact, &less, 1, NULL, &err), FUL_OK, &err);
    assert_true(r.enforces < 0.5);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    ful_payoffs *other;
    ful_payoffs_view v;
    ful_error err;
    const ful_run run = {.threads = 3};
    ful_status_is(ful_payoffs_new(&other, f.t.world, FUL_GRID_EXACT, &run, &err), FUL_OK, &err);
    ful_payoffs_view_get(&v, other);
    for (int p = 0; p < 2; p++)
        assert_memory_equal(v.income[p], f.view.income[p], (size_t)v.entries * sizeof(ful_income));
    ful_payoffs_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enforcement_costs_the_target),
        cmocka_unit_test(an_entry_is_its_scenario),
        cmocka_unit_test(the_sparse_grid_is_exact_at_its_nodes),
        cmocka_unit_test(packages_are_games_of_their_own),
        cmocka_unit_test(the_compensating_transfer_just_does_it),
        cmocka_unit_test(threads_do_not_change_a_bit),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
