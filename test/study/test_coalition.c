/* SPDX-License-Identifier: MIT */
/* Coalitions: transfers do what they promise when the world is solved again with them. */
#include "triangle.h"

enum { MOST = 3 };

/* The members of the triangle: everybody but the target. */
static int everybody(int member[MOST], const ful_situation *s)
{
    int members = 0;
    for (int n = 0; n < s->actors; n++)
        if (n != s->target)
            member[members++] = n;
    return members;
}

/* A cold solution with some actors applying the regime and transfers between them: own incomes. */
static void again(double *income, double *price, triangle *t, const unsigned char *applies,
                  const double *transfer)
{
    const ful_situation *s = t->s;
    const ful_economy_model *m = ful_world_economy(t->world);
    double levels[16 * FUL_BARGAIN_MAX_GROUPS];
    ful_error err;
    ful_scenario scenario;
    ful_economy_shock shock;
    ful_economy_report report;
    ful_economy_view v;
    ful_economy_work *work;
    for (int n = 0; n < s->actors; n++)
        for (int g = 0; g < s->groups; g++)
            levels[n * s->groups + g] = n == s->target ? 0 : s->leverage_level;
    ful_scenario_default(&scenario, s);
    scenario.enforcement = levels;
    scenario.applies = applies;
    ful_status_is(ful_world_shock(&shock, t->world, t->work, &scenario, &err), FUL_OK, &err);
    shock.transfer = transfer;
    ful_status_is(ful_economy_work_new(&work, m, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_solve(&report, m, work, &shock, NULL, &err), FUL_OK, &err);
    ful_economy_view_get(&v, m, work);
    for (int n = 0; n < s->actors; n++) {
        income[n] = v.revenue[n];
        price[n] = v.final_price[n];
        for (int j = 0; j < s->sectors; j++)
            income[n] += v.value_added[n * s->sectors + j];
    }
    ful_economy_work_free(work);
}

/* Loss in per cent of an actor between two solutions, a transfer received counted as income. */
static double loss_pct(double before, double price_before, double after, double price_after,
                       double transfer)
{
    return 100 * (1 - (after + transfer) / price_after / (before / price_before));
}

static void transfers_do_what_they_promise(void **state)
{
    (void)state;
    triangle t;
    ful_coalition c;
    ful_error err;
    int member[MOST];
    triangle_open(&t);
    const ful_situation *s = t.s;
    const int members = everybody(member, s);
    ful_status_is(ful_study_coalition(&c, t.world, s->headline, members, member, NULL, &err),
                  FUL_OK, &err);
    assert_true(c.max_violation <= FUL_CERTIFIED);
    double before[16], price[16], after[16], now[16], gains = 0, losses = 0;
    unsigned char nobody[16] = {0}, all[16] = {0};
    for (int k = 0; k < members; k++) {
        all[member[k]] = 1;
        const double loss = c.member[k].loss[FUL_SHARING_NONE].loss;
        *(loss < 0 ? &gains : &losses) += fabs(loss);
    }
    again(before, price, &t, nobody, NULL);
    for (int q = 0; q < FUL_SHARINGS; q++) {
        double transfer[16] = {0}, total = 0;
        for (int k = 0; k < members; k++)
            total += transfer[member[k]] = c.member[k].loss[q].transfer;
        ful_near(total, 0, 0, 1e-9);
        again(after, now, &t, all, transfer);
        for (int k = 0; k < members; k++) {
            const int n = member[k];
            const ful_loss *x = &c.member[k].loss[q];
            /* two solves, each to 1e-10 of an income */
            ful_near(x->loss_pct, loss_pct(before[n], price[n], after[n], now[n], transfer[n]), 0,
                     1e-7);
            ful_near(x->loss, x->loss_pct / 100 * before[n] / price[n] * now[n], 1e-9, 1e-6);
            if (q == FUL_SHARING_EQUAL)
                ful_near(x->loss_pct, c.member[0].loss[q].loss_pct, 0, 1e-7);
            if (q == FUL_SHARING_NONE)
                assert_true(x->transfer == 0);
        }
    }
    /* who gains pays until one side is used up; the other side keeps its proportions */
    const double left = losses > gains ? 1 - gains / losses : 1 - losses / gains;
    for (int k = 0; k < members; k++) {
        const double loss = c.member[k].loss[FUL_SHARING_NONE].loss;
        const int used_up = (loss < 0) == (losses > gains);
        /* the transfers move prices, by a little: the share left is not quite that of before */
        ful_near(c.member[k].loss[FUL_SHARING_COMPENSATE].loss, used_up ? 0 : left * loss, .02,
                 1e-3);
    }
    triangle_close(&t);
}

static void the_keeping_transfer_just_keeps(void **state)
{
    (void)state;
    triangle t;
    ful_coalition c;
    ful_error err;
    int member[MOST];
    triangle_open(&t);
    const ful_situation *s = t.s;
    const int members = everybody(member, s);
    ful_status_is(ful_study_coalition(&c, t.world, s->headline, members, member, NULL, &err),
                  FUL_OK, &err);
    double before[16], price[16], with[16], price_with[16], after[16], now[16], total = 0;
    unsigned char nobody[16] = {0}, all[16] = {0};
    for (int k = 0; k < members; k++)
        all[member[k]] = 1;
    again(before, price, &t, nobody, NULL);
    again(with, price_with, &t, all, NULL);
    for (int k = 0; k < members; k++) {
        const int n = member[k];
        double transfer[16] = {0}, others = 0;
        unsigned char rest[16];
        memcpy(rest, all, sizeof rest);
        rest[n] = 0;
        again(after, now, &t, rest, NULL);
        ful_near(c.member[k].outside_pct, loss_pct(before[n], price[n], after[n], now[n], 0), 0,
                 1e-7);
        for (int q = 0; q < members; q++)
            others += q == k ? 0 : before[member[q]] / price[member[q]] * price_with[member[q]];
        for (int q = 0; q < members; q++)
            transfer[member[q]] = q == k ? c.member[k].keep
                                         : -c.member[k].keep * before[member[q]] /
                                               price[member[q]] * price_with[member[q]] / others;
        again(after, now, &t, all, transfer);
        ful_near(loss_pct(before[n], price[n], after[n], now[n], transfer[n]),
                 c.member[k].outside_pct, 0, 2e-7);
        /* worth staying and the sign of what keeps it are the same question */
        const double stay = c.member[k].stay[FUL_SHARING_NONE];
        if (fabs(stay) > 1e-2)
            assert_true((stay < 0) == (c.member[k].keep > 0));
        total += c.member[k].keep;
    }
    ful_near(c.keep_total, total, 1e-12, 0);
    triangle_close(&t);
}

static void threads_and_the_order_of_members_do_not_matter(void **state)
{
    (void)state;
    triangle t;
    ful_coalition one, three, turned;
    ful_error err;
    int member[MOST], other[MOST];
    const ful_run alone = {.threads = 1}, several = {.threads = 3};
    triangle_open(&t);
    const int members = everybody(member, t.s), regime = t.s->headline;
    for (int k = 0; k < members; k++)
        other[k] = member[members - 1 - k];
    ful_status_is(ful_study_coalition(&one, t.world, regime, members, member, &alone, &err), FUL_OK,
                  &err);
    ful_status_is(ful_study_coalition(&three, t.world, regime, members, member, &several, &err),
                  FUL_OK, &err);
    ful_status_is(ful_study_coalition(&turned, t.world, regime, members, other, NULL, &err), FUL_OK,
                  &err);
    assert_memory_equal(&one, &three, sizeof one);
    for (int k = 0; k < members; k++)
        for (int q = 0; q < FUL_SHARINGS; q++)
            ful_near(one.member[k].loss[q].loss_pct,
                     turned.member[members - 1 - k].loss[q].loss_pct, 0, 1e-7);
    triangle_close(&t);
}

static void bad_coalitions_are_refused(void **state)
{
    (void)state;
    triangle t;
    ful_coalition c;
    ful_error err;
    triangle_open(&t);
    const int target = t.s->target, sender = t.s->sender, regime = t.s->headline;
    const int with_target[] = {sender, target}, twice[] = {sender, sender};
    assert_int_equal(ful_study_coalition(&c, t.world, regime, 2, with_target, NULL, &err),
                     FUL_ERR_ARGUMENT);
    ful_says(err, "x-target");
    assert_int_equal(ful_study_coalition(&c, t.world, regime, 2, twice, NULL, &err),
                     FUL_ERR_ARGUMENT);
    ful_says(err, "stands twice");
    assert_int_equal(ful_study_coalition(&c, t.world, regime, 1, twice, NULL, &err),
                     FUL_ERR_ARGUMENT);
    ful_says(err, "expected 2..");
    assert_int_equal(ful_study_coalition(&c, t.world, 99, 2, twice, NULL, &err), FUL_ERR_ARGUMENT);
    ful_says(err, "regime 99");
    triangle_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transfers_do_what_they_promise),
        cmocka_unit_test(the_keeping_transfer_just_keeps),
        cmocka_unit_test(threads_and_the_order_of_members_do_not_matter),
        cmocka_unit_test(bad_coalitions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
