/* SPDX-License-Identifier: MIT */
/* The game's table of incomes, in its three grids, and the data made of it. */
#include "triangle.h"
#include "variant.h"

typedef struct fixture {
    triangle t;
    ful_payoffs *table[3]; /* by ful_grid */
    ful_payoffs_view view[3];
} fixture;

static fixture f;

static int open_all(void **state)
{
    (void)state;
    ful_error err;
    triangle_open(&f.t);
    for (int grid = 0; grid < 3; grid++) {
        ful_status_is(ful_payoffs_new(&f.table[grid], f.t.world, (ful_grid)grid, 0, NULL, &err),
                      FUL_OK, &err);
        ful_payoffs_view_get(&f.view[grid], f.table[grid]);
    }
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    for (int grid = 0; grid < 3; grid++)
        ful_payoffs_free(f.table[grid]);
    triangle_close(&f.t);
    return 0;
}

static double income(int grid, int pressure, int entry, int column)
{
    const ful_payoffs_view *v = &f.view[grid];
    return v->income[pressure][entry * v->columns + column];
}

static int level_of(int part, int entry)
{
    entry %= f.view[0].joint;
    for (int g = 0; g < part; g++)
        entry /= f.view[0].part[g].levels;
    return entry % f.view[0].part[part].levels;
}

/* ---- what is refused without a table ---- */

/* The values of a few parameters, on both sides of what each may be: the check refuses a world
 * where the game that is solved does, with the same words. */
static void a_check_refuses_what_a_game_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        double value;
        int fits;
    } cases[] = {{"game.lambda", -1, 0},
                 {"game.lambda", 0, 1},
                 {"game.delta_T", 1, 0},
                 {"game.stake_E", 0, 0},
                 {"game.growth", 1e16, 0},
                 {"game.growth", -1, 1},
                 {"game.ebar", 3, 0},
                 {"game.h0", -1, 0},
                 {"game.n_T", 1e16, 0},
                 {"game.noise", 1.5, 0},
                 {"game.stress_down", 9, 0},
                 {"lever.aid.cost_s", 1e16, 0},
                 {"lever.duties.value_e", -1e16, 0}};
    const ful_offer offer = {.pressure = 1, .levers = ~0u, .stick = 1};
    double p[512];
    assert_true(f.t.s->parameters <= 512);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        ful_world *world;
        ful_bargain_report report;
        ful_error err, played;
        const ful_param at = ful_situation_parameter(f.t.s, cases[k].id);
        assert_true(at != FUL_NO_PARAM);
        ful_situation_centre(p, f.t.s);
        p[at] = cases[k].value;
        ful_status_is(ful_world_new(&world, f.t.s, p, NULL, &err), FUL_OK, &err);
        const ful_status status = ful_payoffs_check(world, NULL, &err);
        assert_int_equal(status, cases[k].fits ? FUL_OK : FUL_ERR_DATA);
        assert_int_equal(
            ful_payoffs_play(&report, f.table[FUL_GRID_SPARSE], &offer, p, 1, NULL, &played),
            status);
        if (status != FUL_OK)
            assert_string_equal(err.text, played.text);
        ful_world_free(world);
    }
}

/* Relief is a share of coverage, and nothing is solved before that is known. */
static void a_check_refuses_relief_beyond_all_coverage(void **state)
{
    (void)state;
    double p[512];
    ful_world *world;
    ful_error err;
    ful_situation_centre(p, f.t.s);
    p[ful_situation_parameter(f.t.s, "game.relief_dismantle")] = 1.5;
    ful_status_is(ful_world_new(&world, f.t.s, p, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_payoffs_check(world, NULL, &err), FUL_ERR_DATA, &err);
    ful_says(err, "game.relief_dismantle is 1.5, expected 0..1");
    ful_world_free(world);
}

/* ---- the exact grid ---- */

/* More enforcement by anybody of anything never raises the target's income under pressure. (An
 * adoption may, by little: its regime is read on a later day, to which hubs have adapted.) */
static void enforcement_costs_the_target(void **state)
{
    (void)state;
    const ful_payoffs_view *v = &f.view[FUL_GRID_EXACT];
    for (int e = 0; e < v->joint; e++)
        for (int g = 0, place = 1; g < f.t.s->game.enforced; place *= v->part[g++].levels)
            if (!v->part[g].adoption && level_of(g, e) + 1 < v->part[g].levels)
                assert_true(income(FUL_GRID_EXACT, 1, e + place, 0) <=
                            income(FUL_GRID_EXACT, 1, e, 0) + 1e-9);
    assert_true(income(FUL_GRID_EXACT, 1, v->joint - 1, 0) < income(FUL_GRID_EXACT, 1, 0, 0));
    assert_true(v->max_violation <= FUL_CERTIFIED);
}

/* An entry of the table is a scenario solved by itself. */
static void an_entry_is_its_scenario(void **state)
{
    (void)state;
    const ful_situation *s = f.t.s;
    const ful_payoffs_view *v = &f.view[FUL_GRID_EXACT];
    const int K = s->game.adaptation_steps;
    const double *p = ful_world_parameters(f.t.world);
    int year, month, day;
    ful_date_split(&year, &month, &day, s->game.start);
    for (int entry = 0; entry < v->entries; entry += 7) {
        double levels[16 * FUL_BARGAIN_MAX_GROUPS];
        memcpy(levels, ful_situation_levels(s, year),
               sizeof(double) * (size_t)(s->actors * s->groups));
        ful_scenario scenario;
        ful_solution solution;
        ful_error err;
        ful_scenario_default(&scenario, s);
        scenario.regime = s->game.pressure_regime;
        for (int k = 0; k < s->game.enforced; k++) {
            const ful_case_enforced *part = &s->game.part[k];
            const double level = part->level[level_of(k, entry)];
            if (!part->group && level > 0)
                scenario.regime = part->regime;
            for (int g = 0; part->group && g < s->groups; g++)
                if (part->group[g])
                    levels[s->game.player[part->owner].actor * s->groups + g] = level;
        }
        const int relief = entry / (K * v->joint);
        scenario.relief = relief == 0   ? 0
                          : relief == 1 ? p[s->game.relief_freeze]
                                        : p[s->game.relief_dismantle];
        scenario.adaptation = entry / v->joint % K;
        scenario.enforcement = levels;
        ful_world_work_reset(f.t.work);
        ful_status_is(ful_world_solve(&solution, f.t.world, f.t.work, &scenario, NULL, &err),
                      FUL_OK, &err);
        for (int column = 0; column < v->columns; column++)
            ful_near(income(FUL_GRID_EXACT, 1, entry, column), solution.income[column], 1e-6, 1e-7);
    }
}

/* Columns: the target's real income, and what its two households make of it. */
static void columns_are_in_the_order_of_the_case(void **state)
{
    (void)state;
    const ful_situation *s = f.t.s;
    ful_scenario scenario;
    ful_solution x;
    ful_error err;
    ful_scenario_default(&scenario, s);
    ful_status_is(ful_world_solve(&x, f.t.world, f.t.work, &scenario, NULL, &err), FUL_OK, &err);
    const ful_economy_outcome *o = x.view.outcome;
    assert_true(x.income[0] == 100 * (o[s->target].real_income - 1));
    assert_true(x.income[1] == 100 * (o[s->sender].real_income - 1));
    for (int i = FUL_E; i < s->game.players; i++)
        assert_true(x.income[i] == 100 * (o[s->game.player[i].actor].real_income - 1));
    for (int h = 0; h < s->households; h++)
        assert_true(x.income[s->game.players + h] == 100 * (x.view.household[h].real_income - 1));
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    const ful_run run = {.threads = 3};
    for (int grid = 0; grid < 3; grid++) {
        ful_payoffs *other;
        ful_payoffs_view v;
        ful_error err;
        ful_status_is(ful_payoffs_new(&other, f.t.world, (ful_grid)grid, 0, &run, &err), FUL_OK,
                      &err);
        ful_payoffs_view_get(&v, other);
        for (int pressure = 0; pressure < 2; pressure++)
            assert_memory_equal(v.income[pressure], f.view[grid].income[pressure],
                                (size_t)(v.entries * v.columns) * sizeof(double));
        ful_payoffs_free(other);
    }
}

/* ---- interpolated ---- */

static double largest_gap(int grid, int column)
{
    double gap = 0;
    for (int pressure = 0; pressure < 2; pressure++)
        for (int entry = 0; entry < f.view[grid].entries; entry++)
            gap = fmax(gap, fabs(income(grid, pressure, entry, column) -
                                 income(FUL_GRID_EXACT, pressure, entry, column)));
    return gap;
}

static double spread(int column)
{
    double low = INFINITY, high = -INFINITY;
    for (int entry = 0; entry < f.view[0].entries; entry++) {
        low = fmin(low, income(FUL_GRID_EXACT, 1, entry, column));
        high = fmax(high, income(FUL_GRID_EXACT, 1, entry, column));
    }
    return high - low;
}

/* Without relief and adaptation, the others at their lowest, the mixed grid holds solutions; so it
 * does at the extremes of every enforcer under every relief and adaptation. */
static void the_mixed_grid_is_exact_at_its_nodes(void **state)
{
    (void)state;
    int checked = 0;
    for (int entry = 0; entry < f.view[0].entries; entry++) {
        int extreme = 1, first = entry < f.view[0].joint;
        for (int g = 0; g < f.t.s->game.enforced; g++) {
            const ful_enforced *part = &f.view[0].part[g];
            const int level = level_of(g, entry);
            extreme &= level == 0 || level + 1 == part->levels;
            first &= level == 0 || (part->owner == FUL_E && !part->adoption);
        }
        /* the reverse of the others' extremes carries what the first circumstance missed, which is
         * nothing at a corner */
        for (int column = 0; (extreme || first) && column < f.view[0].columns; column++)
            ful_near(income(FUL_GRID_MIXED, 1, entry, column),
                     income(FUL_GRID_EXACT, 1, entry, column), 1e-6, 1e-7);
        checked += extreme || first;
    }
    assert_true(checked > 60);
}

static void the_sparse_grid_is_exact_at_its_nodes(void **state)
{
    (void)state;
    const int none = 0, joint = f.view[0].joint, K = f.t.s->game.adaptation_steps;
    int all = 0;
    for (int g = 0, place = 1; g < f.t.s->game.enforced; place *= f.view[0].part[g++].levels)
        if (f.view[0].part[g].owner == FUL_E && !f.view[0].part[g].adoption)
            all += place * (f.view[0].part[g].levels - 1);
    for (int pressure = 0; pressure < 2; pressure++)
        for (int relief = 0; relief < 3; relief++)
            for (int k = 0; k < 2; k++) {
                const int entry = relief * K * joint + (k ? all : none);
                ful_near(income(FUL_GRID_SPARSE, pressure, entry, 0),
                         income(FUL_GRID_EXACT, pressure, entry, 0), 1e-6, 1e-7);
            }
}

/* The more is solved, the smaller the error; all of it is small beside what enforcement does. */
static void a_finer_grid_is_closer(void **state)
{
    (void)state;
    assert_true(f.view[FUL_GRID_SPARSE].solves < f.view[FUL_GRID_MIXED].solves);
    assert_true(f.view[FUL_GRID_MIXED].solves < f.view[FUL_GRID_EXACT].solves);
    const int column[] = {0, FUL_E};
    for (int k = 0; k < 2; k++) {
        assert_true(largest_gap(FUL_GRID_MIXED, column[k]) < .03 * spread(column[k]));
        assert_true(largest_gap(FUL_GRID_SPARSE, column[k]) < .1 * spread(column[k]));
    }
}

/* The gap stated is one of the gaps there are. */
static void the_stated_gap_is_measured(void **state)
{
    (void)state;
    for (int grid = 0; grid < 3; grid++) {
        ful_gap gap;
        ful_error err;
        ful_status_is(ful_payoffs_gap(&gap, f.table[grid], NULL, &err), FUL_OK, &err);
        assert_int_equal(gap.nodes, grid == FUL_GRID_EXACT ? 0 : FUL_GAP_SAMPLE);
        assert_true(gap.target <= largest_gap(grid, 0) + 1e-6);
        assert_true(gap.enforcer <= largest_gap(grid, FUL_E) + 1e-6);
        if (grid != FUL_GRID_EXACT)
            assert_true(gap.target > 0.01 * largest_gap(grid, 0));
    }
}

/* ---- held parts ---- */

/* The teaching case with its second enforcer and its adoption held, and a table of each kind in
 * which they may move or not. */
typedef struct held {
    variant v;
    ful_payoffs *table[3][2]; /* by ful_grid; nothing held moves, all may */
} held;

static void held_open(held *h)
{
    const variant_edit edit[] = {{"case.yaml", "levels: [.2, .8], start: .2}",
                                  "levels: [.2, .5, .8], start: .5, held: true}"},
                                 {"case.yaml", "adopts: more}", "adopts: more, held: true}"},
                                 {NULL, NULL, NULL}};
    ful_error err;
    variant_open(&h->v, edit);
    for (int grid = 0; grid < 3; grid++)
        for (int moving = 0; moving < 2; moving++)
            ful_status_is(ful_payoffs_new(&h->table[grid][moving], h->v.world, (ful_grid)grid,
                                          moving ? ful_held_parts(h->v.s) : 0, NULL, &err),
                          FUL_OK, &err);
}

static void held_close(held *h)
{
    for (int grid = 0; grid < 3; grid++)
        for (int moving = 0; moving < 2; moving++)
            ful_payoffs_free(h->table[grid][moving]);
    variant_close(&h->v);
}

/* Incomes of an offer's game: [relief][adaptation][joint][column]. */
static const double *incomes(const held *h, int grid, int moving, const ful_offer *offer,
                             int *joint)
{
    ful_bargain_data data;
    static ful_bargain_room room;
    ful_error err;
    ful_status_is(ful_payoffs_data(&data, &room, h->table[grid][moving], offer, NULL, &err), FUL_OK,
                  &err);
    *joint = 1;
    for (int g = 0; g < data.groups; g++)
        *joint *= data.group[g].levels;
    return data.income;
}

/* What may move besides changes nothing in a game in which it does not, and takes solutions;
 * without relief and adaptation such a game has solutions for incomes under pressure. */
static void a_game_that_moves_nothing_held_has_incomes_of_its_own(void **state)
{
    (void)state;
    held h;
    held_open(&h);
    const int K = h.v.s->game.adaptation_steps, columns = h.v.s->game.players + h.v.s->households;
    for (int pressure = 0; pressure < 2; pressure++) {
        const ful_offer offer = {.pressure = pressure};
        const double *x[3][2];
        int joint;
        for (int grid = 0; grid < 3; grid++)
            for (int moving = 0; moving < 2; moving++)
                x[grid][moving] = incomes(&h, grid, moving, &offer, &joint);
        assert_int_equal(joint, 3 * 3);
        const int all = 3 * K * joint * columns, first = joint * columns;
        assert_memory_equal(x[FUL_GRID_MIXED][0], x[FUL_GRID_MIXED][1],
                            (size_t)all * sizeof(double));
        for (int i = 0; i < all; i++)
            for (int grid = 0; grid < 3; grid++)
                ful_near(x[grid][1][i], x[grid][0][i], 1e-6, 1e-7);
        for (int i = 0; pressure && i < first; i++)
            ful_near(x[FUL_GRID_MIXED][0][i], x[FUL_GRID_EXACT][0][i], 1e-6, 1e-7);
    }
    for (int grid = 0; grid < 3; grid++) {
        ful_payoffs_view v[2];
        for (int moving = 0; moving < 2; moving++)
            ful_payoffs_view_get(&v[moving], h.table[grid][moving]);
        assert_int_equal(v[0].joint, 3 * 3);
        assert_int_equal(v[1].joint, 3 * 3 * 3 * 2);
        assert_true(v[0].solves < v[1].solves);
    }
    held_close(&h);
}

/* Held parts at their extremes or their start, the others at their extremes: solved in the mixed
 * grid. */
static void what_is_held_is_solved_where_it_starts_and_ends(void **state)
{
    (void)state;
    held h;
    held_open(&h);
    const ful_situation *s = h.v.s;
    const ful_offer offer = {.pressure = 1, .moving = ful_held_parts(s)};
    const int K = s->game.adaptation_steps, columns = s->game.players + s->households;
    int joint, checked = 0;
    const double *mixed = incomes(&h, FUL_GRID_MIXED, 1, &offer, &joint);
    const double *exact = incomes(&h, FUL_GRID_EXACT, 1, &offer, &joint);
    for (int entry = 0; entry < 3 * K * joint; entry++) {
        int extreme = 1;
        for (int g = 0, rest = entry % joint; g < s->game.enforced; g++) {
            const ful_case_enforced *part = &s->game.part[g];
            const int level = rest % part->levels;
            extreme &= level == 0 || level + 1 == part->levels || part->held;
            rest /= part->levels;
        }
        for (int i = entry * columns; extreme && i < (entry + 1) * columns; i++)
            ful_near(mixed[i], exact[i], 1e-6, 1e-7);
        checked += extreme;
    }
    assert_int_equal(checked, 3 * K * 2 * 2 * 3 * 2);
    held_close(&h);
}

static void a_table_refuses_to_move_what_it_holds(void **state)
{
    (void)state;
    held h;
    ful_bargain_data data;
    ful_bargain_room room;
    ful_error err;
    held_open(&h);
    const ful_offer offer = {.pressure = 1, .moving = ful_held_parts(h.v.s)};
    assert_int_equal(
        ful_payoffs_data(&data, &room, h.table[FUL_GRID_SPARSE][0], &offer, NULL, &err),
        FUL_ERR_ARGUMENT);
    held_close(&h);
}

/* ---- the game's data ---- */

static void shares_and_order_follow_the_case(void **state)
{
    (void)state;
    const ful_situation *s = f.t.s;
    ful_bargain_data data;
    ful_bargain_room room;
    ful_error err;
    const ful_offer offer = {.pressure = 1, .reverse = 1, .stick = 1, .transfer = .5};
    ful_status_is(ful_payoffs_data(&data, &room, f.table[0], &offer, NULL, &err), FUL_OK, &err);
    for (int i = FUL_E; i < data.players; i++) {
        double sum = 0;
        int parts = 0;
        for (int g = 0; g < data.groups; g++)
            if (data.group[g].owner == i && !data.group[g].adoption) {
                sum += data.group[g].share;
                parts++;
            }
        assert_true(parts > 0);
        ful_near(sum, 1, 0, 1e-12);
        assert_int_equal(data.order[i - FUL_E], data.players - 1 - (i - FUL_E));
    }
    int sticks = 0;
    for (int l = 0; l < s->levers; l++)
        sticks += s->lever[l].stick != 0;
    assert_int_equal(data.levers, sticks + 1);
    assert_true(data.lever[sticks].value_E == .5);
    for (int k = 0; k < data.terms; k++) {
        const ful_case_term *own = &s->game.term[k];
        const double p = own->amount == FUL_NO_PARAM ? 0 : s->parameter[own->amount].value;
        assert_true(data.term[k].amount == (own->loss ? -p : p));
    }
}

/* The worth of a lever that lifts a tariff: what lifting does to its enforcer's income, weighed. */
static void a_tariff_is_worth_what_the_economy_says(void **state)
{
    (void)state;
    const ful_situation *s = f.t.s;
    int found = 0;
    for (int l = 0; l < s->levers; l++) {
        ful_bargain_data data;
        ful_bargain_room room;
        ful_error err;
        if (s->lever[l].lifts < 0 || s->lever[l].stick)
            continue;
        found++;
        ful_scenario scenario;
        ful_solution x[2];
        for (int imposed = 0; imposed < 2; imposed++) {
            double levels[16 * FUL_BARGAIN_MAX_GROUPS];
            int year, month, day;
            ful_date_split(&year, &month, &day, s->game.start);
            memcpy(levels, ful_situation_levels(s, year),
                   sizeof(double) * (size_t)(s->actors * s->groups));
            ful_scenario_default(&scenario, s);
            scenario.regime = s->game.pressure_regime;
            for (int k = 0; k < s->game.enforced; k++)
                for (int g = 0; s->game.part[k].group && g < s->groups; g++)
                    if (s->game.part[k].group[g])
                        levels[s->game.player[s->game.part[k].owner].actor * s->groups + g] =
                            s->game.part[k].level[s->game.part[k].start];
            scenario.enforcement = levels;
            *(imposed ? &scenario.imposed : &scenario.levers) = 1u << l;
            ful_status_is(ful_world_solve(&x[imposed], f.t.world, f.t.work, &scenario, NULL, &err),
                          FUL_OK, &err);
        }
        double worth = 0;
        for (int k = 0; k < s->game.terms; k++) {
            const ful_case_term *term = &s->game.term[k];
            if (term->kind == FUL_TERM_INCOME && term->player == s->lever[l].enforcer)
                worth += (term->loss ? -1 : 1) * s->parameter[term->amount].value *
                         (x[0].income[term->column] - x[1].income[term->column]);
        }
        const ful_param own = s->lever[l].value_e;
        const ful_offer offer = {.pressure = 1, .levers = 1u << l};
        ful_status_is(ful_payoffs_data(&data, &room, f.table[0], &offer, NULL, &err), FUL_OK, &err);
        assert_true(fabs(worth) > 1e-6);
        ful_near(data.lever[0].value_E, worth + (own == FUL_NO_PARAM ? 0 : s->parameter[own].value),
                 1e-5, 1e-9);
    }
    assert_true(found > 0);
}

static void expect_slope(double direction, double low, double high, double step)
{
    ful_near(direction, (high - low) / step, 1e-7, 1e-9);
}

/* A direction is the difference of the data at two values of the parameter, over their distance. */
static void a_direction_is_a_difference_of_data(void **state)
{
    (void)state;
    const ful_situation *s = f.t.s;
    const ful_offer offer = {.pressure = 1, .levers = 0xffff, .stick = 1, .transfer = .1};
    double *p = calloc((size_t)s->parameters, sizeof *p);
    int direct = 0;
    for (int q = 0; q < s->parameters; q++) {
        ful_bargain_data low, high, direction;
        static ful_bargain_room room[3];
        ful_error err;
        if (!ful_payoffs_direct(f.table[0], q))
            continue;
        direct++;
        ful_situation_centre(p, s);
        const double step = .5;
        ful_status_is(ful_payoffs_data(&low, &room[0], f.table[0], &offer, p, &err), FUL_OK, &err);
        p[q] += step;
        ful_status_is(ful_payoffs_data(&high, &room[1], f.table[0], &offer, p, &err), FUL_OK, &err);
        ful_status_is(ful_payoffs_direction(&direction, &room[2], f.table[0], &offer, q, &err),
                      FUL_OK, &err);
        double moved = 0;
        for (size_t k = 0; k < sizeof low.p / sizeof(double); k++) {
            const double d = ((const double *)&direction.p)[k];
            expect_slope(d, ((const double *)&low.p)[k], ((const double *)&high.p)[k], step);
            moved += fabs(d);
        }
        for (int i = 0; i < low.players; i++) {
            expect_slope(direction.player[i].delta, low.player[i].delta, high.player[i].delta,
                         step);
            expect_slope(direction.player[i].precision, low.player[i].precision,
                         high.player[i].precision, step);
            expect_slope(direction.player[i].stake, low.player[i].stake, high.player[i].stake,
                         step);
            moved += fabs(direction.player[i].delta) + fabs(direction.player[i].precision) +
                     fabs(direction.player[i].stake);
        }
        for (int k = 0; k < low.terms; k++) {
            expect_slope(direction.term[k].amount, low.term[k].amount, high.term[k].amount, step);
            moved += fabs(direction.term[k].amount);
        }
        assert_int_equal(direction.levers, low.levers);
        for (int l = 0; l < low.levers; l++) {
            const ful_lever *d = &direction.lever[l], *a = &low.lever[l], *b = &high.lever[l];
            expect_slope(d->value_E, a->value_E, b->value_E, step);
            expect_slope(d->value_T, a->value_T, b->value_T, step);
            expect_slope(d->cost_S, a->cost_S, b->cost_S, step);
            expect_slope(d->withdrawal, a->withdrawal, b->withdrawal, step);
            expect_slope(d->hazard, a->hazard, b->hazard, step);
            moved += fabs(d->value_E) + fabs(d->value_T) + fabs(d->cost_S) + fabs(d->withdrawal) +
                     fabs(d->hazard);
        }
        assert_true(moved > 0);
        assert_true(direction.dt == 0 && direction.income == NULL);
    }
    assert_true(direct > 20);
    free(p);
}

/* ---- out of memory ---- */

typedef struct scarce {
    int left;
} scarce;

static void *scarce_resize(void *user, void *block, size_t old_size, size_t size)
{
    scarce *x = user;
    const ful_allocator *source = ful_allocator_default();
    if (size > 0 && size > old_size && x->left-- <= 0)
        return NULL;
    return source->resize(source->user, block, old_size, size);
}

/* Whichever allocation fails, the table says so and leaves nothing behind. */
static void a_failed_allocation_is_an_error(void **state)
{
    (void)state;
    for (int grid = 1; grid < 3; grid++) {
        ful_status status = FUL_ERR_MEMORY;
        int tries = 0;
        for (; status != FUL_OK && tries < 400; tries++) {
            scarce memory = {tries};
            const ful_allocator allocator = {scarce_resize, &memory};
            const ful_run run = {.threads = 1, .allocator = &allocator};
            ful_payoffs *table;
            ful_error err;
            status = ful_payoffs_new(&table, f.t.world, (ful_grid)grid, 0, &run, &err);
            if (status == FUL_OK) {
                ful_payoffs_free(table);
            } else {
                assert_int_equal(status, FUL_ERR_MEMORY);
                assert_null(table);
            }
        }
        assert_true(status == FUL_OK && tries > 5);
    }
}

static void a_failed_allocation_of_a_check_is_an_error(void **state)
{
    (void)state;
    ful_status status = FUL_ERR_MEMORY;
    int tries = 0;
    for (; status != FUL_OK && tries < 400; tries++) {
        scarce memory = {tries};
        const ful_allocator allocator = {scarce_resize, &memory};
        ful_error err;
        status = ful_payoffs_check(f.t.world, &allocator, &err);
        assert_true(status == FUL_OK || status == FUL_ERR_MEMORY);
    }
    assert_true(status == FUL_OK && tries > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enforcement_costs_the_target),
        cmocka_unit_test(an_entry_is_its_scenario),
        cmocka_unit_test(columns_are_in_the_order_of_the_case),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(the_mixed_grid_is_exact_at_its_nodes),
        cmocka_unit_test(the_sparse_grid_is_exact_at_its_nodes),
        cmocka_unit_test(a_finer_grid_is_closer),
        cmocka_unit_test(the_stated_gap_is_measured),
        cmocka_unit_test(a_game_that_moves_nothing_held_has_incomes_of_its_own),
        cmocka_unit_test(what_is_held_is_solved_where_it_starts_and_ends),
        cmocka_unit_test(a_table_refuses_to_move_what_it_holds),
        cmocka_unit_test(shares_and_order_follow_the_case),
        cmocka_unit_test(a_tariff_is_worth_what_the_economy_says),
        cmocka_unit_test(a_direction_is_a_difference_of_data),
        cmocka_unit_test(a_failed_allocation_is_an_error),
        cmocka_unit_test(a_check_refuses_what_a_game_refuses),
        cmocka_unit_test(a_check_refuses_relief_beyond_all_coverage),
        cmocka_unit_test(a_failed_allocation_of_a_check_is_an_error),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
