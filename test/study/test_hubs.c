/* SPDX-License-Identifier: MIT */
/* Hubs with a capacity in the teaching case: from its columns to every study that solves. */
#include "variant.h"

static const variant_edit limited[] = {
    {"hubs.csv", "adaptation_years_high,",
     "adaptation_years_high,capacity,capacity_low,capacity_high,"},
    {"hubs.csv", "20,invented,E,cargoes", "20,10,3,30,invented,E,cargoes"},
    {"hubs.csv", ",,,,invented,E,over the border and on",
     ",,,,,,,invented,E,over the border and on"},
    {"hubs.csv", "20,invented,E,goods", "20,5,2,20,invented,E,goods"},
    {"parameters.csv", "hubs.onward,",
     "hubs.congestion,1,0.5,uniform,0.2,1,invented,E,\nhubs.onward,"},
    {NULL, NULL, NULL}};

static const variant_edit unlimited[] = {{NULL, NULL, NULL}};

static int parameter(const ful_situation *s, const char *id)
{
    for (int k = 0; k < s->parameters; k++)
        if (strcmp(s->parameter[k].id, id) == 0)
            return k;
    fail();
    return -1;
}

/* The headline regime with parameter `id` at `value`. */
static void solve(ful_solution *x, ful_world **world, ful_world_work **work, const variant *v,
                  const char *id, double value)
{
    ful_error err;
    ful_scenario scenario;
    double *p = calloc((size_t)v->s->parameters, sizeof *p);
    assert_non_null(p);
    ful_situation_centre(p, v->s);
    if (id)
        p[parameter(v->s, id)] = value;
    ful_status_is(ful_world_new(world, v->s, p, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_world_work_new(work, *world, NULL, &err), FUL_OK, &err);
    ful_scenario_default(&scenario, v->s);
    ful_status_is(ful_world_solve(x, *world, *work, &scenario, NULL, &err), FUL_OK, &err);
    free(p);
}

static double income(const variant *v, const char *id, double value)
{
    ful_world *world;
    ful_world_work *work;
    ful_solution x;
    solve(&x, &world, &work, v, id, value);
    const double out = x.view.outcome[v->s->target].real_income;
    ful_world_work_free(work);
    ful_world_free(world);
    return out;
}

static void the_columns_become_hubs_that_fill(void **state)
{
    (void)state;
    variant v, free_way;
    ful_world *world;
    ful_world_work *work;
    ful_solution x;
    variant_open(&v, limited);
    variant_open(&free_way, unlimited);
    solve(&x, &world, &work, &v, NULL, 0);
    assert_int_equal(x.hubs, 2);
    for (int h = 0; h < x.hubs; h++) {
        const ful_solved_hub *hub = &x.hub[h];
        const double full = (hub->capacity + hub->after.value) / (hub->capacity + hub->before);
        assert_int_equal(hub->hub, 2 * h);
        assert_true(hub->capacity == (h ? 5 : 10) && hub->after.value > 0);
        ful_near(hub->after.cost, pow(full, 0.5), 1e-9, 0);
    }
    ful_world_work_free(work);
    ful_world_free(world);
    /* full hubs make the regime bite; where they hardly count it is as without */
    const double with = income(&v, NULL, 0), without = income(&free_way, NULL, 0);
    assert_true(with < without - 1e-4);
    assert_true(income(&v, "hub.x-others.sales.capacity", 3) < with);
    ful_near(income(&v, "hubs.congestion", 1e-9), without, 1e-9, 0);
    ful_near(income(&v, "hubs.congestion", 0), without, 1e-12, 0);
    variant_close(&free_way);
    variant_close(&v);
}

static void the_base_year_stays(void **state)
{
    (void)state;
    variant v;
    ful_world_work *work;
    ful_solution x;
    ful_error err;
    ful_scenario scenario;
    variant_open(&v, limited);
    ful_status_is(ful_world_work_new(&work, v.world, NULL, &err), FUL_OK, &err);
    ful_scenario_default(&scenario, v.s);
    scenario.regime = -1;
    scenario.from = ful_date_days(v.s->base_year, 1, 1);
    scenario.to = ful_date_days(v.s->base_year + 1, 1, 1);
    ful_status_is(ful_world_solve(&x, v.world, work, &scenario, NULL, &err), FUL_OK, &err);
    for (int n = 0; n < v.s->actors; n++)
        ful_near(x.view.outcome[n].real_income, 1, 1e-10, 0);
    ful_world_work_free(work);
    variant_close(&v);
}

/* Shapley values share the loss of all, which is that of a solve. */
static void leverage_adds_up(void **state)
{
    (void)state;
    variant v;
    ful_leverage l;
    ful_error err;
    variant_open(&v, limited);
    ful_status_is(ful_study_leverage(&l, v.world, v.s->headline, 0, NULL, &err), FUL_OK, &err);
    double sum = 0;
    for (int k = 0; k < l.members; k++)
        sum += l.member[k].shapley_pct;
    ful_near(sum, l.grand_loss_pct, 1e-9, 0);
    assert_true(l.grand_loss_pct > 0 && l.max_violation <= FUL_CERTIFIED);
    variant_close(&v);
}

/* What a ranking says to first order of closing a flow is the slope in its openness, hubs
 * answering. By central differences: the step leaves 1e-6 of the third derivative, the solves 1e-10
 * over it. */
static void a_ranking_sees_hubs_answer(void **state)
{
    (void)state;
    const double step = 1e-3;
    variant v;
    ful_world_work *work;
    ful_economy_shock shock;
    ful_ranking r;
    ful_error err;
    ful_scenario base;
    variant_open(&v, limited);
    ful_scenario_default(&base, v.s);
    const ful_ranking_options options = {.base = &base, .top = 1};
    ful_status_is(ful_study_ranking(&r, v.world, &options, NULL, &err), FUL_OK, &err);
    assert_true(r.rows > 3 && r.max_violation <= FUL_CERTIFIED);
    ful_status_is(ful_world_work_new(&work, v.world, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_world_shock(&shock, v.world, work, &base, &err), FUL_OK, &err);
    const ful_economy_model *model = ful_world_economy(v.world);
    const size_t flows = ful_economy_flows(model), N = (size_t)v.s->actors;
    double *openness = malloc(flows * sizeof *openness);
    assert_non_null(openness);
    memcpy(openness, shock.openness, flows * sizeof *openness);
    for (int k = 0; k < r.rows; k++) {
        const ful_ranked *x = &r.row[k];
        const size_t a = ((size_t)x->sector * N + (size_t)x->buyer) * N + (size_t)x->seller;
        double income[2];
        if (shock.latent_openness && shock.latent_openness[a] > 0)
            continue;
        for (int side = 0; side < 2; side++) {
            ful_economy_work *own;
            ful_economy_report report;
            ful_economy_view view;
            ful_economy_options tight;
            ful_economy_shock moved = shock;
            ful_economy_options_default(&tight);
            tight.tolerance = 1e-13;
            moved.openness = openness;
            openness[a] = shock.openness[a] * (side ? 1 + step : 1 - step);
            ful_status_is(ful_economy_work_new(&own, model, NULL, &err), FUL_OK, &err);
            ful_status_is(ful_economy_solve(&report, model, own, &moved, &tight, &err), FUL_OK,
                          &err);
            ful_economy_view_get(&view, model, own);
            income[side] = view.outcome[v.s->target].real_income;
            ful_economy_work_free(own);
        }
        openness[a] = shock.openness[a];
        ful_near(x->first.bite, 100 * (income[1] - income[0]) / (2 * step), 1e-5, 1e-7);
    }
    free(openness);
    ful_world_work_free(work);
    ful_ranking_clear(&r);
    variant_close(&v);
}

/* Measures share the change with hubs as full as the regime leaves them, and all of it. */
static void a_decomposition_adds_up(void **state)
{
    (void)state;
    variant v;
    ful_error err;
    ful_scenario scenario;
    variant_open(&v, limited);
    ful_scenario_default(&scenario, v.s);
    for (int actor = 0; actor < v.s->actors; actor++) {
        ful_decomposition d;
        double measures = 0, groups = 0;
        ful_status_is(ful_study_decomposition(&d, v.world, &scenario, actor, NULL, &err), FUL_OK,
                      &err);
        for (int k = 0; k < v.s->measures; k++)
            measures += d.measure[k];
        for (int g = 0; g < v.s->groups; g++)
            groups += d.group[g];
        ful_near(measures + d.start_pct, d.real_income_pct, 0, 5e-6);
        /* both ends solved to 1e-10, in points */
        ful_near(measures + d.start_pct + d.residual_pct, d.real_income_pct, 0, 1e-7);
        ful_near(groups + d.tariffs_pct, measures, 0, 1e-9);
        assert_true(d.max_violation <= FUL_CERTIFIED);
        ful_decomposition_clear(&d);
    }
    variant_close(&v);
}

static void a_path_on_which_hubs_fill_is_refused(void **state)
{
    (void)state;
    variant v;
    ful_world_work *work;
    ful_economy_shock shock;
    ful_attribution a;
    ful_error err;
    ful_scenario scenario;
    variant_open(&v, limited);
    ful_status_is(ful_world_work_new(&work, v.world, NULL, &err), FUL_OK, &err);
    ful_scenario_default(&scenario, v.s);
    ful_status_is(ful_world_shock(&shock, v.world, work, &scenario, &err), FUL_OK, &err);
    ful_status_is(ful_study_attribution(&a, ful_world_economy(v.world), NULL, &shock, v.s->target,
                                        FUL_REAL_INCOME, NULL, &err),
                  FUL_ERR_ARGUMENT, NULL);
    ful_says(err, "2 hubs");
    ful_world_work_free(work);
    variant_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_columns_become_hubs_that_fill),
        cmocka_unit_test(the_base_year_stays),
        cmocka_unit_test(leverage_adds_up),
        cmocka_unit_test(a_ranking_sees_hubs_answer),
        cmocka_unit_test(a_decomposition_adds_up),
        cmocka_unit_test(a_path_on_which_hubs_fill_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
