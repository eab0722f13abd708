/* SPDX-License-Identifier: MIT */
/* History: a level that made the past is found again; the naive forecasts by hand. */
#include "triangle.h"

/* Exports of goods of the target to one actor as customs see them, in the last solution or, with
 * NULL, in the base year. */
static double exports_to(const ful_situation *s, const ful_world *world, const ful_world_work *work,
                         int actor)
{
    const size_t N = (size_t)s->actors;
    double sum = 0, *customs = calloc((size_t)s->sectors * N * N, sizeof *customs);
    assert_non_null(customs);
    ful_economy_customs(customs, ful_world_economy(world),
                        work ? ful_world_work_economy(work) : NULL);
    for (int j = 0; j < s->sectors; j++)
        if (!s->sector[j].service)
            sum += customs[((size_t)j * N + (size_t)actor) * N + (size_t)s->target];
    free(customs);
    return sum;
}

static void a_known_level_is_found_again(void **state)
{
    (void)state;
    triangle t;
    ful_error err;
    triangle_open(&t);
    const ful_situation *s = t.s;
    const int year = s->base_year + 1;
    double levels[16 * FUL_BARGAIN_MAX_GROUPS];
    int y = year - 1 - s->first_year;
    y = y < 0 ? 0 : y >= s->years ? s->years - 1 : y;
    memcpy(levels, s->enforcement + y * s->actors * s->groups,
           sizeof(double) * (size_t)(s->actors * s->groups));
    for (int g = 0; g < s->groups; g++)
        if (s->group[g].exports)
            levels[s->enforcer * s->groups + g] = 0.37;
    ful_scenario scenario;
    ful_solution made;
    ful_scenario_default(&scenario, s);
    scenario.regime = -1;
    scenario.from = ful_date_days(year, 1, 1);
    scenario.to = ful_date_days(year + 1, 1, 1);
    scenario.enforcement = levels;
    ful_status_is(ful_world_solve(&made, t.world, t.work, &scenario, NULL, &err), FUL_OK, &err);

    /* a past in which exactly this was observed */
    const ful_history_row row = {.kind = FUL_HISTORY_EXPORTS_TO,
                                 .actor = s->enforcer,
                                 .sector = -1,
                                 .year = year,
                                 .value = exports_to(s, t.world, t.work, s->enforcer),
                                 .source = "made",
                                 .grade = 'A'};
    ful_situation past = *s;
    past.history = &row;
    past.history_rows = 1;
    ful_world *world;
    ful_history h;
    ful_status_is(ful_world_new(&world, &past, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_study_history(&h, world, FUL_HISTORY_CONDITIONAL, NULL, &err), FUL_OK, &err);
    const double base = exports_to(s, world, NULL, s->enforcer);
    if (row.value < base * 0.999)
        ful_near(h.enforcement[0], 0.37, 0, 1e-4);
    assert_int_equal(h.points, 1);
    assert_true(h.point[0].used);
    ful_near(h.point[0].predicted, row.value, 1e-5, 0);
    ful_near(h.point[0].naive_persistence, base, 1e-12, 0);
    ful_history_clear(&h);
    ful_world_free(world);
    triangle_close(&t);
}

static void a_forecast_scores_every_row(void **state)
{
    (void)state;
    triangle t;
    ful_history h;
    ful_error err;
    triangle_open(&t);
    ful_status_is(ful_study_history(&h, t.world, FUL_HISTORY_FORECAST, NULL, &err), FUL_OK, &err);
    int later = 0;
    for (int k = 0; k < t.s->history_rows; k++)
        later += t.s->history[k].year > t.s->base_year;
    assert_int_equal(h.points, later);
    for (int k = 0; k < h.points; k++) {
        assert_false(h.point[k].used);
        assert_true(isfinite(h.point[k].predicted));
        assert_true(h.point[k].observed == t.s->history[h.point[k].row].value);
    }
    assert_true(h.max_violation <= FUL_CERTIFIED);
    ful_history_clear(&h);
    triangle_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_level_is_found_again),
        cmocka_unit_test(a_forecast_scores_every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
