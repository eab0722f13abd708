/* SPDX-License-Identifier: MIT */
/* The record of moves: records made up for the purpose, beside the game's own path. */
#include "triangle.h"

#define HALVES 3
#define LEVELS 8
#define MAX_INCOMES 4096
/* Incomes solved from other starting points differ by the solver's tolerance. */
#define SOLVED 1e-9

typedef struct fixture {
    triangle t; /* its situation is the one below */
    ful_situation s;
    ful_case_enforced part[FUL_BARGAIN_MAX_GROUPS];
    ful_payoffs *payoffs;
    ful_bargain *game; /* without a package, from the record's start */
    ful_bargain_work *work;
    double stage[FUL_BARGAIN_MAX_HORIZON * (FUL_STAGES + 1)];
    double level[FUL_BARGAIN_MAX_HORIZON * FUL_BARGAIN_MAX_GROUPS * LEVELS];
    double income[MAX_INCOMES]; /* tables of the half-years */
    int table[FUL_BARGAIN_MAX_HORIZON];
} fixture;

static fixture f;

/* What was in force in a half-year: all that was taken, and what is adopted beyond; the players'
 * levels at a joint level, everybody else's those of the year. */
static void set_scenario(ful_scenario *out, double *levels, int half, int joint)
{
    const ful_situation *s = f.t.s;
    const int year = s->record.first_year + half / 2;
    ful_scenario_default(out, s);
    out->regime = -1;
    out->from = ful_date_days(year, half % 2 ? 7 : 1, 1);
    out->to = half % 2 ? ful_date_days(year + 1, 1, 1) : ful_date_days(year, 7, 1);
    out->enforcement = levels;
    memcpy(levels, ful_situation_levels(s, year), sizeof *levels * (size_t)(s->actors * s->groups));
    for (int k = 0; k < s->game.enforced; joint /= s->game.part[k++].levels) {
        const ful_case_enforced *part = &s->game.part[k];
        const double level = part->level[joint % part->levels];
        for (int g = 0; part->group && g < s->groups; g++)
            if (part->group[g])
                levels[s->game.player[part->owner].actor * s->groups + g] = level;
        if (!part->group && level > 0)
            out->adopted = part->regime;
    }
}

/* Every entry solved by itself, hubs having had the time until then. */
static void solve_incomes(int columns)
{
    const ful_situation *s = f.t.s;
    const double *p = ful_world_parameters(f.t.world);
    const double relief[] = {0, p[s->game.relief_freeze], p[s->game.relief_dismantle]};
    double levels[64], *to = f.income;
    int joint = 1;
    ful_world_work *work;
    ful_scenario scenario;
    ful_solution solution;
    ful_error err;
    for (int k = 0; k < s->game.enforced; k++)
        joint *= s->game.part[k].levels;
    assert_true(s->actors * s->groups <= 64 && HALVES * 3 * joint * columns <= MAX_INCOMES);
    ful_status_is(ful_world_work_new(&work, f.t.world, NULL, &err), FUL_OK, &err);
    for (int at = 0; at < HALVES * 3 * joint; at++, to += columns) {
        set_scenario(&scenario, levels, at / (3 * joint), at % joint);
        scenario.relief = relief[at / joint % 3];
        ful_status_is(ful_world_solve(&solution, f.t.world, work, &scenario, NULL, &err), FUL_OK,
                      &err);
        memcpy(to, solution.income, sizeof *to * (size_t)columns);
    }
    ful_world_work_free(work);
}

/* The path without a package from the record's start, by the game's own functions; each half-year
 * has the incomes under its own law, and from the last players look ahead as far as in the case's
 * own game. */
static void read_path(void)
{
    const ful_case_record *record = &f.t.s->record;
    const ful_offer offer = {.pressure = 1, .horizon = HALVES - 1 + f.t.s->game.horizon};
    ful_bargain_data data;
    ful_bargain_room room;
    ful_bargain_report report;
    ful_error err;
    ful_status_is(ful_payoffs_data(&data, &room, f.payoffs, &offer, NULL, &err), FUL_OK, &err);
    data.start_stage = record->start_stage;
    data.adaptation_steps = 1;
    data.start_adaptation = 0;
    solve_incomes(data.columns);
    for (int t = 0; t < data.horizon; t++)
        f.table[t] = t < HALVES ? t : HALVES - 1;
    data.income = f.income;
    data.table = f.table;
    for (int g = 0; g < data.groups; g++)
        room.group[g].start = record->start[g];
    ful_status_is(ful_bargain_new(&f.game, &data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_work_new(&f.work, f.game, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_solve(&report, f.game, f.work, 1, &err), FUL_OK, &err);
    ful_bargain_path(f.stage, f.level, NULL, f.game, f.work);
}

static int open_all(void **state)
{
    (void)state;
    ful_error err;
    triangle_open(&f.t);
    f.s = *f.t.s;
    memcpy(f.part, f.s.game.part, (size_t)f.s.game.enforced * sizeof *f.part);
    f.part[1].levels = 2; /* fewer nodes to solve */
    f.part[2].levels = 1;
    f.s.game.part = f.part;
    f.t.s = &f.s;
    ful_world_free(f.t.world);
    ful_status_is(ful_world_new(&f.t.world, &f.s, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_payoffs_new(&f.payoffs, f.t.world, FUL_GRID_EXACT, 0, NULL, &err), FUL_OK,
                  &err);
    read_path();
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    ful_bargain_work_free(f.work);
    ful_bargain_free(f.game);
    ful_payoffs_free(f.payoffs);
    triangle_close(&f.t);
    return 0;
}

/* The study of the case with another record, all else the same. */
static ful_record study(int rows, const ful_record_row *row, const double *p)
{
    static ful_situation s;
    ful_world *world;
    ful_payoffs *payoffs;
    ful_record out;
    ful_error err;
    s = *f.t.s;
    s.record.rows = rows;
    s.record.row = row;
    ful_status_is(ful_world_new(&world, &s, p, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_payoffs_new(&payoffs, world, FUL_GRID_EXACT, 0, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_study_record(&out, payoffs, NULL, &err), FUL_OK, &err);
    ful_payoffs_free(payoffs);
    ful_world_free(world);
    return out;
}

static ful_record_row stage_row(int half, ful_stage stage)
{
    return (ful_record_row){.kind = FUL_RECORD_STAGE,
                            .half = half,
                            .part = -1,
                            .value = stage,
                            .low = stage,
                            .high = stage};
}

static ful_record_row relief_row(int half, int granted)
{
    return (ful_record_row){.kind = FUL_RECORD_RELIEF,
                            .half = half,
                            .part = -1,
                            .value = granted,
                            .low = granted,
                            .high = granted};
}

static ful_record_row level_row(int half, int part, double low, double high)
{
    return (ful_record_row){.kind = FUL_RECORD_ENFORCEMENT,
                            .half = half,
                            .part = part,
                            .value = (low + high) / 2,
                            .low = low,
                            .high = high};
}

/* A part's level can be read to within what the source leaves open; all of it open is certain. */
static void probabilities_are_those_of_the_path(void **state)
{
    (void)state;
    const ful_case_game *game = &f.t.s->game;
    const double *level = game->part[0].level;
    const ful_record_row row[] = {
        stage_row(0, FUL_STAGE_ARMED),       stage_row(HALVES - 1, FUL_STAGE_FROZEN),
        level_row(1, 0, level[1], level[1]), level_row(2, 0, level[1], level[2]),
        level_row(HALVES - 1, 0, 0, 1),
    };
    ful_record r = study(5, row, NULL);
    const double *first = f.level + (1 * game->enforced) * LEVELS,
                 *second = f.level + (2 * game->enforced) * LEVELS;
    assert_int_equal(r.points, 5);
    ful_near(r.point[0].probability, f.stage[FUL_STAGE_ARMED], 0, SOLVED);
    ful_near(r.point[1].probability, f.stage[(HALVES - 1) * (FUL_STAGES + 1) + FUL_STAGE_FROZEN], 0,
             SOLVED);
    ful_near(r.point[2].probability, first[1], 0, SOLVED);
    ful_near(r.point[3].probability, second[1] + second[2], 0, SOLVED);
    ful_near(r.point[4].probability, 1, 0, 1e-12);
    assert_true(r.point[4].inside);
    /* the likelihood by its definition */
    double sum = 0;
    for (int k = 0; k < 5; k++) {
        const int values = k < 2 ? FUL_STAGES + 1 : game->part[0].levels;
        sum += log(.95 * r.point[k].probability + .05 / values);
    }
    ful_near(r.log_likelihood, sum, 1e-12, 0);
    ful_record_clear(&r);
}

/* The chance of relief is that of the pivotal enforcer's nodes at which it is granted, among all of
 * its in the half-year. It has none during a hidden restart, which takes two half-years to come. */
static void relief_is_that_of_the_nodes_passed(void **state)
{
    (void)state;
    enum { PLACES = 65536 };
    static ful_bargain_place place[PLACES];
    const int places = ful_bargain_places(place, PLACES, f.game, f.work, FUL_E, 0);
    assert_true(places > 2 && places < PLACES);
    for (int half = 0; half < 2; half++) {
        double all = 0, granted = 0;
        for (int k = 0; k < places; k++)
            if (place[k].period == half) {
                all += place[k].reach;
                granted += place[k].relief > 0 ? place[k].reach : 0;
            }
        const ful_record_row row[] = {relief_row(half, 0), relief_row(half, 1),
                                      stage_row(HALVES - 1, FUL_STAGE_ARMED)};
        ful_record r = study(3, row, NULL);
        assert_int_equal(r.points, 3);
        ful_near(r.point[1].probability, granted / all, 1e-9, SOLVED);
        ful_near(r.point[0].probability + r.point[1].probability, 1, 0, 1e-12);
        assert_int_equal(r.point[1].inside, r.point[1].probability >= .05);
        if (half == 0) /* the record begins with an armed T */
            assert_true(r.point[1].probability == 0);
        else
            assert_true(r.point[1].probability > 0);
        ful_record_clear(&r);
    }
}

/* Nobody has dismantled in the first half-year of a programme that takes more to dismantle. */
static void what_cannot_be_lies_outside(void **state)
{
    (void)state;
    const ful_record_row row[] = {stage_row(0, FUL_STAGE_DISMANTLED),
                                  stage_row(0, FUL_STAGE_ARMED)};
    ful_record r = study(2, row, NULL);
    assert_true(r.point[0].probability == 0);
    assert_false(r.point[0].inside);
    assert_int_equal(r.point[1].inside, r.point[1].probability >= .05);
    assert_int_equal(r.outside, 1 + !r.point[1].inside);
    assert_true(isfinite(r.log_likelihood));
    ful_record_clear(&r);
}

/* Bands hold nine tenths: less than a twentieth below, and above. */
static void bands_leave_a_twentieth_on_each_side(void **state)
{
    (void)state;
    const ful_case_game *game = &f.t.s->game;
    ful_record_row row[HALVES * FUL_BARGAIN_MAX_GROUPS] = {0};
    const int parts = game->enforced, rows = HALVES * parts;
    for (int k = 0; k < rows; k++)
        row[k] = level_row(k / parts, k % parts, 0, 0);
    ful_record r = study(rows, row, NULL);
    for (int k = 0; k < rows; k++) {
        const ful_case_enforced *part = &game->part[k % parts];
        const double *chance = f.level + k * LEVELS;
        double below = 0, above = 0;
        for (int l = 0; l < part->levels; l++) {
            below += part->level[l] < r.point[k].low ? chance[l] : 0;
            above += part->level[l] > r.point[k].high ? chance[l] : 0;
        }
        assert_true(below < .05 + SOLVED && above <= .05 + SOLVED);
    }
    ful_record_clear(&r);
}

/* The gain stated for a term is there when its parameter is set to the value stated. */
static void a_gain_can_be_had(void **state)
{
    (void)state;
    const ful_record_row row[] = {stage_row(0, FUL_STAGE_FROZEN), stage_row(1, FUL_STAGE_FROZEN),
                                  level_row(1, 0, 1, 1), level_row(2, 0, 1, 1)};
    ful_record r = study(4, row, NULL);
    double *p = calloc((size_t)f.t.s->parameters, sizeof *p);
    int gains = 0;
    for (int k = 0; k < r.terms; k++) {
        const ful_param q = f.t.s->game.term[r.term[k].term].amount;
        assert_true(r.term[k].gain >= 0);
        if (k > 0)
            assert_true(r.term[k].gain <= r.term[k - 1].gain);
        if (r.term[k].gain == 0 || gains == 4)
            continue;
        gains++;
        assert_true(r.term[k].at >= f.t.s->parameter[q].low &&
                    r.term[k].at <= f.t.s->parameter[q].high);
        ful_situation_centre(p, f.t.s);
        p[q] = r.term[k].at;
        ful_record moved = study(4, row, p);
        ful_near(moved.log_likelihood, r.log_likelihood + r.term[k].gain, 0, 1e-9);
        ful_record_clear(&moved);
    }
    assert_true(gains > 0);
    free(p);
    ful_record_clear(&r);
}

static void a_case_without_a_record_has_none(void **state)
{
    (void)state;
    ful_situation s = *f.t.s;
    s.record = (ful_case_record){0};
    ful_world *world;
    ful_payoffs *payoffs;
    ful_record r;
    ful_error err;
    ful_status_is(ful_world_new(&world, &s, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_payoffs_new(&payoffs, world, FUL_GRID_EXACT, 0, NULL, &err), FUL_OK, &err);
    assert_int_equal(ful_study_record(&r, payoffs, NULL, &err), FUL_ERR_DATA);
    assert_null(r.arena);
    ful_payoffs_free(payoffs);
    ful_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probabilities_are_those_of_the_path),
        cmocka_unit_test(relief_is_that_of_the_nodes_passed),
        cmocka_unit_test(what_cannot_be_lies_outside),
        cmocka_unit_test(bands_leave_a_twentieth_on_each_side),
        cmocka_unit_test(a_gain_can_be_had),
        cmocka_unit_test(a_case_without_a_record_has_none),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
