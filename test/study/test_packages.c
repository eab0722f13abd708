/* SPDX-License-Identifier: MIT */
/* Packages against the games they are, and what it takes against a recount. */
#include "triangle.h"

typedef struct fixture {
    triangle t;
    ful_payoffs *payoffs;
    ful_packages p;
} fixture;

static fixture f;

static int open_all(void **state)
{
    (void)state;
    ful_error err;
    triangle_open(&f.t);
    ful_status_is(ful_payoffs_new(&f.payoffs, f.t.world, FUL_GRID_MIXED, 0, NULL, &err), FUL_OK,
                  &err);
    ful_status_is(ful_study_packages(&f.p, f.payoffs, NULL, &err), FUL_OK, &err);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    ful_packages_clear(&f.p);
    ful_payoffs_free(f.payoffs);
    triangle_close(&f.t);
    return 0;
}

static ful_bargain_report play(const ful_offer *offer, double lambda_scale)
{
    ful_bargain_report r;
    ful_error err;
    ful_status_is(ful_payoffs_play(&r, f.payoffs, offer, NULL, lambda_scale, NULL, &err), FUL_OK,
                  &err);
    return r;
}

static void rows_are_games_of_their_own(void **state)
{
    (void)state;
    int offered[FUL_MAX_LEVERS];
    assert_int_equal(f.p.levers, ful_offered_levers(offered, f.t.s));
    assert_int_equal(f.p.rows, 3 << f.p.levers);
    for (int k = 0; k < f.p.rows; k++) {
        const ful_package_row *row = &f.p.row[k];
        unsigned levers = 0;
        for (int l = 0; l < f.p.levers; l++)
            if (k >> l & 1)
                levers |= 1u << offered[l];
        assert_int_equal(row->offer.levers, levers);
        for (int l = 0; l < f.t.s->levers; l++)
            assert_false(f.t.s->lever[l].stick && (levers >> l & 1));
        const ful_bargain_report r = play(&row->offer, 1);
        assert_memory_equal(&r, &row->report, sizeof r);
        ful_near(r.denuclearised + r.frozen + r.unchanged + r.collapsed, 1, 0, 1e-12);
    }
}

static void corners_are_games_of_their_own(void **state)
{
    (void)state;
    const unsigned package = f.t.s->package[f.p.corner_package].levers;
    for (int c = 0; c < FUL_CORNERS; c++) {
        ful_offer offer = {.pressure = c == FUL_CORNER_PRESSURE || c == FUL_CORNER_BOTH,
                           .levers = c >= FUL_CORNER_INDUCEMENTS ? package : 0};
        const ful_bargain_report central = play(&offer, 1), noisy = play(&offer, .2),
                                 sharp = play(&offer, 5);
        assert_memory_equal(&central, &f.p.corner[c], sizeof central);
        assert_memory_equal(&noisy, &f.p.corner_noisy[c], sizeof noisy);
        assert_memory_equal(&sharp, &f.p.corner_sharp[c], sizeof sharp);
        offer.moving = ful_held_parts(f.t.s);
        const ful_bargain_report moving = play(&offer, 1);
        assert_memory_equal(&moving, &f.p.corner_moving[c], sizeof moving);
        offer.reverse = 1;
        const ful_bargain_report reverse = play(&offer, 1);
        assert_memory_equal(&reverse, &f.p.corner_reverse[c], sizeof reverse);
        offer.reverse = 0;
        offer.moving = 0;
        assert_int_equal(f.p.long_horizon, 2 * f.t.s->game.horizon);
        offer.horizon = f.p.long_horizon;
        const ful_bargain_report longer = play(&offer, 1);
        assert_memory_equal(&longer, &f.p.corner_long[c], sizeof longer);
        offer = (ful_offer){.pressure = 1, .stick = c % 2, .levers = c >= 2 ? package : 0};
        const ful_bargain_report stick = play(&offer, 1);
        assert_memory_equal(&stick, &f.p.stick[c], sizeof stick);
    }
    /* whose move comes first matters where there is more than one enforcer */
    assert_true(f.p.corner_reverse[FUL_CORNER_PRESSURE].enforcer[0].mean !=
                f.p.corner[FUL_CORNER_PRESSURE].enforcer[0].mean);
}

/* Shapley contributions add up to the whole package. */
static void contributions_add_up(void **state)
{
    (void)state;
    double enforcement = 0, accommodation = 0;
    for (int l = 0; l < f.p.levers; l++) {
        enforcement += f.p.lever[l].enforcement;
        accommodation += f.p.lever[l].accommodation;
    }
    const ful_bargain_report *all = &f.p.row[(1 << f.p.levers) - 1].report,
                             *none = &f.p.row[0].report;
    ful_near(enforcement, all->enforcer[0].mean - none->enforcer[0].mean, 0, 1e-12);
    ful_near(accommodation, ful_bargain_freeze(all) - ful_bargain_freeze(none), 0, 1e-12);
}

static void the_frontier_is_what_nothing_beats(void **state)
{
    (void)state;
    for (int a = 0; a < f.p.rows; a++) {
        int dominated = 0;
        for (int b = 0; b < f.p.rows; b++) {
            const ful_bargain_report *x = &f.p.row[a].report, *by = &f.p.row[b].report;
            const double here = ful_bargain_freeze(x), there = ful_bargain_freeze(by);
            const int weakly =
                there >= here && by->sender_cost <= x->sender_cost && by->collapsed <= x->collapsed;
            const int equal =
                there == here && by->sender_cost == x->sender_cost && by->collapsed == x->collapsed;
            dominated |= weakly && !equal;
        }
        /* an offer of nothing is one, whatever its terms */
        if (f.p.row[a].offer.levers == 0 && f.p.row[a].offer.terms != FUL_TERMS_AS_WORDED)
            assert_false(f.p.row[a].on_frontier);
        else
            assert_int_equal(f.p.row[a].on_frontier, !dominated);
    }
}

/* The transfer found enforces half the time, and a per cent less of it does not. */
static void the_compensating_transfer_just_does_it(void **state)
{
    (void)state;
    const double t = f.p.transfer_pct;
    assert_true(t > 0); /* in this case there is one */
    const ful_offer enough = {.pressure = 1, .transfer = t},
                    less = {.pressure = 1, .transfer = .99 * t};
    assert_true(play(&enough, 1).enforcer[0].enforces >= .5);
    assert_true(play(&less, 1).enforcer[0].enforces < .5);
}

/* ---- what it takes ---- */

static double aim_of(const ful_bargain_report *r, ful_aim aim)
{
    return aim == FUL_AIM_ENFORCE ? r->enforcer[0].enforces : r->denuclearised + r->frozen;
}

/* The cheapest two rows that reach the probability, found by looking at all. */
static void at_the_centre_it_takes_the_cheapest_row(void **state)
{
    (void)state;
    for (int aim = 0; aim < 2; aim++)
        for (int k = 1; k < 10; k++) {
            const ful_requirement asked = {
                .aim = (ful_aim)aim, .probability = k / 10.0, .level = .5};
            ful_answer a;
            ful_error err;
            ful_status_is(ful_study_requirement(&a, f.payoffs, &asked, NULL, &err), FUL_OK, &err);
            double cheapest = INFINITY;
            int enough = 0;
            for (int row = 0; row < f.p.rows; row++) {
                const ful_bargain_report *r = &f.p.row[row].report;
                if (aim_of(r, asked.aim) < asked.probability)
                    continue;
                enough++;
                cheapest = fmin(cheapest, r->sender_cost);
            }
            assert_int_equal(a.bids, f.p.rows);
            assert_int_equal(a.cheapest >= 0, enough > 0);
            assert_int_equal(a.runner_up >= 0, enough > 1);
            assert_true(a.unmet == (enough == 0));
            if (enough > 0) {
                const ful_bid *bid = &a.bid[a.cheapest];
                const ful_bargain_report r = play(&bid->offer, 1);
                ful_near(bid->cost, cheapest, 0, 0);
                ful_near(bid->cost, r.sender_cost, 0, 0);
                ful_near(bid->probability, aim_of(&r, asked.aim), 0, 0);
            }
            for (int b = 1; b < a.bids; b++)
                assert_true(a.bid[b].cost >= a.bid[b - 1].cost);
            ful_answer_clear(&a);
        }
}

/* Over draws: shares recounted in worlds built one by one. */
static void over_draws_it_is_a_share_of_worlds(void **state)
{
    (void)state;
    enum { DRAWS = 5 };
    const ful_requirement asked = {
        .aim = FUL_AIM_ENFORCE, .probability = .6, .level = .4, .draws = DRAWS, .seed = 7};
    ful_answer a;
    ful_error err;
    ful_status_is(ful_study_requirement(&a, f.payoffs, &asked, NULL, &err), FUL_OK, &err);
    assert_int_equal(a.draws, DRAWS);
    double *share = calloc((size_t)a.bids, sizeof *share),
           *cost = calloc((size_t)a.bids, sizeof *cost);
    double *p = calloc((size_t)f.t.s->parameters, sizeof *p);
    int unmet = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
        ful_world *world;
        ful_payoffs *payoffs;
        int met = 0;
        ful_situation_draw(p, f.t.s, 7, draw);
        ful_status_is(ful_world_new(&world, f.t.s, p, NULL, &err), FUL_OK, &err);
        ful_status_is(ful_payoffs_new(&payoffs, world, FUL_GRID_SPARSE, 0, NULL, &err), FUL_OK,
                      &err);
        for (int b = 0; b < a.bids; b++) {
            ful_bargain_report r;
            ful_status_is(ful_payoffs_play(&r, payoffs, &a.bid[b].offer, NULL, 1, NULL, &err),
                          FUL_OK, &err);
            share[b] += (r.enforcer[0].enforces >= .4) / (double)DRAWS;
            cost[b] += r.sender_cost / DRAWS;
            met |= r.enforcer[0].enforces >= .4;
        }
        unmet += !met;
        ful_payoffs_free(payoffs);
        ful_world_free(world);
    }
    for (int b = 0; b < a.bids; b++) {
        ful_near(a.bid[b].probability, share[b], 0, 1e-12);
        ful_near(a.bid[b].cost, cost[b], 1e-12, 1e-15);
        if (b < a.cheapest || a.cheapest < 0)
            assert_true(share[b] < .6 - 1e-12);
    }
    ful_near(a.unmet, unmet / (double)DRAWS, 0, 1e-12);
    free(p);
    free(cost);
    free(share);
    ful_answer_clear(&a);
}

static void what_is_out_of_range_is_refused(void **state)
{
    (void)state;
    const ful_requirement bad[] = {{.probability = 0, .level = .5},
                                   {.probability = 1.1, .level = .5},
                                   {.probability = .5, .level = 0},
                                   {.probability = NAN, .level = .5},
                                   {.probability = .5, .level = .5, .draws = -1}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        ful_answer a;
        ful_error err;
        assert_int_equal(ful_study_requirement(&a, f.payoffs, &bad[k], NULL, &err),
                         FUL_ERR_ARGUMENT);
        assert_null(a.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_games_of_their_own),
        cmocka_unit_test(corners_are_games_of_their_own),
        cmocka_unit_test(contributions_add_up),
        cmocka_unit_test(the_frontier_is_what_nothing_beats),
        cmocka_unit_test(the_compensating_transfer_just_does_it),
        cmocka_unit_test(at_the_centre_it_takes_the_cheapest_row),
        cmocka_unit_test(over_draws_it_is_a_share_of_worlds),
        cmocka_unit_test(what_is_out_of_range_is_refused),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
