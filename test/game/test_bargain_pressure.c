/* SPDX-License-Identifier: MIT */
/*
 * Laws of the game that the economy supplies: how pressure grows with what the enforcer holds, and
 * what a fringe that replaces it takes away.
 */
#include "bargain_test.h"
#include "small_world.h"

#define ELASTICITIES 3

static const double elasticity[ELASTICITIES] = {2, 4, 8};

/* ---- M8: pressure is convex in the enforcer's share times its enforcement -------------------- */

#define STEPS 6

/* A ban of one side of the target's trade; where both are banned they overlap, and pressure is
 * nearly proportional to what is closed. */
static double pressure(double theta, double share, double e, int exports)
{
    const small_world w = {.theta = theta,
                           .neighbour = share,
                           .fringe = .05,
                           .e = e,
                           .exports = exports,
                           .imports = !exports};
    return small_world_pressure(&w);
}

static int is_convex(const double *p)
{
    for (int k = 1; k + 1 < STEPS; k++)
        if (p[k + 1] - p[k] <= p[k] - p[k - 1])
            return 0;
    return 1;
}

static void pressure_is_convex_in_share_and_in_enforcement(void **state)
{
    (void)state;
    for (int k = 0; k < 2 * ELASTICITIES; k++) {
        double along_share[STEPS], along_e[STEPS];
        for (int a = 1; a < STEPS; a++) {
            const double held = (double)a / (STEPS - 1);
            for (int b = 0; b < STEPS; b++) {
                const double moved = (double)b / (STEPS - 1);
                along_e[b] = pressure(elasticity[k / 2], .9 * held, moved, k % 2);
                /* the rest enforces in full: the neighbour's share is taken from what it closes */
                along_share[b] = pressure(elasticity[k / 2], .9 * moved, 1 - held, k % 2);
            }
            assert_true(is_convex(along_e));
            assert_true(is_convex(along_share));
        }
    }
}

/* What counts is the product: a share half as large that is enforced not at all leaves as much open
 * as the whole at one half. The neighbour and the rest are alike but for their own sizes. */
static void only_share_times_enforcement_counts(void **state)
{
    (void)state;
    for (int k = 0; k < 2 * ELASTICITIES; k++)
        for (double open = .1; open < .5; open += .1)
            ful_near(pressure(elasticity[k / 2], open, 0, k % 2),
                     pressure(elasticity[k / 2], 2 * open, .5, k % 2), .005, 0);
}

/* ---- M7: a more elastic fringe --------------------------------------------------------------- */

/* Incomes of T from the economy; E's level is 0 or 1 by a friction that leaves no choice. Everybody
 * else plays by the centres of the priors. */
static double accommodation(double theta, int enforces, int banned)
{
    static const double relief[3] = {0, .3, .7};
    const sizes of = {.horizon = 8,
                      .groups = 1,
                      .levels = 2,
                      .stress = 2,
                      .adaptation = 1,
                      .dismantle = 4,
                      .settle = 4};
    instance s;
    draw_instance(&s, 1, of);
    central_parameters(&s);
    s.term[FRICTION].amount = enforces ? 1e6 : -1e6;
    s.group[0].start = enforces;
    for (int r = 0; r < 3; r++)
        for (int e = 0; e < 2; e++) {
            const small_world w = {.theta = theta,
                                   .neighbour = .7,
                                   .fringe = .1,
                                   .e = e,
                                   .relief = relief[r],
                                   .imports = 1};
            const double loss = banned ? small_world_pressure(&w) : 0;
            for (int column = 0; column < s.data.columns; column++)
                *income_of(&s, r, 0, e, column) = 0;
            *income_of(&s, r, 0, e, column_of(&s, FUL_T)) = -loss;
            *income_of(&s, r, 0, e, elite_column(&s)) = -loss;
            *income_of(&s, r, 0, e, mass_column(&s)) = -loss;
        }
    const ful_bargain_report report = report_of(&s, 1);
    return report.frozen + report.denuclearised;
}

/* The more so when E defects: of what pressure brings about a smaller part then remains. In a
 * region: at an elasticity of two, with E enforcing, collapses take over and accommodation falls
 * for them; at twelve little is left of either. */
static void
a_more_elastic_fringe_lowers_accommodation_more_so_when_the_enforcer_defects(void **state)
{
    (void)state;
    static const double theta[] = {4, 6, 8};
    double remains[2][3];
    for (int enforces = 0; enforces < 2; enforces++) {
        const double none = accommodation(1, enforces, 0);
        const double first = accommodation(theta[0], enforces, 1) - none;
        double last = first;
        for (int k = 1; k < 3; k++) {
            const double now = accommodation(theta[k], enforces, 1) - none;
            assert_true(now < last && now > 0);
            last = now;
            remains[enforces][k] = now / first;
        }
    }
    for (int k = 1; k < 3; k++)
        assert_true(remains[0][k] < .6 * remains[1][k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pressure_is_convex_in_share_and_in_enforcement),
        cmocka_unit_test(only_share_times_enforcement_counts),
        cmocka_unit_test(
            a_more_elastic_fringe_lowers_accommodation_more_so_when_the_enforcer_defects),
    };
    return cmocka_run_group_tests_name("game bargain pressure", tests, NULL, NULL);
}
