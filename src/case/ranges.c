/* SPDX-License-Identifier: MIT */
/*
 * What a parameter may be, from its low to its high: refused here, with its row, rather than in the
 * middle of a study when a draw first falls outside.
 */
#include "case/reader.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define ABOVE_0 DBL_MIN
#define BELOW_1 (1 - DBL_EPSILON)
#define MOST_PATIENT .999999
/* Elasticities of substitution that the economy takes. */
#define LEAST_SIGMA .01
#define MOST_SIGMA 100

/* The range that draws can reach; a lognormal has no end but 0. */
static void check_range(reader *r, ful_param index, double low, double high)
{
    if (!reader_ok(r) || index == FUL_NO_PARAM)
        return;
    const ful_parameter *q = &r->parameter[index];
    const int fixed = q->distribution == FUL_FIXED, open = q->distribution == FUL_LOGNORMAL;
    const double least = fixed  ? q->value
                         : open ? ABOVE_0
                                : q->low,
                 most = fixed ? q->value : q->high;
    if (!(least >= low) || !(most <= high))
        ful__case_refuse(r, r->parameters.at[index], "'%s' runs from %g to %g, expected %s%g..%s%g",
                         q->id, q->low, q->high, low == ABOVE_0 ? "above " : "",
                         low == ABOVE_0 ? 0 : low, high == BELOW_1 ? "below " : "",
                         high == BELOW_1 ? 1 : high);
    else if (open && (low > ABOVE_0 || high < HUGE_VAL))
        ful__case_refuse(r, r->parameters.at[index],
                         "'%s' must stay within bounds, but a lognormal has none: use another "
                         "distribution",
                         q->id);
}

static void check_named(reader *r, const char *id, double low, double high)
{
    if (reader_ok(r))
        check_range(r, ful__case_find(&r->parameters, id), low, high);
}

/* A contract on enforcement asks for a level that can be met and can be left unmet. */
static void check_ebar(reader *r)
{
    const ful_case_game *g = &r->c->s.game;
    for (int k = 0; reader_ok(r) && k < g->enforced; k++)
        if (g->part[k].group)
            check_named(r, "game.ebar", nextafter(g->part[k].level[0], 1),
                        g->part[k].level[g->part[k].levels - 1] + 1e-6);
}

static void check_game(reader *r)
{
    const ful_case_game *g = &r->c->s.game;
    static const char *const shares[] = {"game.g_frozen",      "game.detection",
                                         "game.noise",         "game.turnover_withdraws",
                                         "game.relief_freeze", "game.relief_dismantle"};
    static const char *const sizes[] = {"game.growth", "game.over", "game.refugees", "game.h0",
                                        "game.turnover"};
    for (size_t k = 0; k < sizeof shares / sizeof *shares; k++)
        check_named(r, shares[k], 0, 1);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        check_named(r, sizes[k], 0, HUGE_VAL);
    check_named(r, "game.camp_capacity", ABOVE_0, HUGE_VAL);
    for (int i = 0; i < g->players; i++) {
        check_range(r, g->player[i].delta, ABOVE_0, MOST_PATIENT);
        check_range(r, g->player[i].precision, 0, HUGE_VAL);
        check_range(r, g->player[i].stake, ABOVE_0, HUGE_VAL);
    }
    check_ebar(r);
}

/* Stress must not rise and fall at the same pressure. */
static void check_stress(reader *r)
{
    const int up = ful__case_find(&r->parameters, "game.stress_up");
    const int down = ful__case_find(&r->parameters, "game.stress_down");
    if (reader_ok(r) && r->parameter[down].high > r->parameter[up].low)
        ful__case_refuse(r, r->parameters.at[down],
                         "'game.stress_down' reaches %g, above the low of 'game.stress_up', %g",
                         r->parameter[down].high, r->parameter[up].low);
}

/* 0 stands for one labour market: only as a value that is not drawn. */
static void check_mobility(reader *r, ful_param kappa)
{
    if (kappa != FUL_NO_PARAM &&
        (r->parameter[kappa].distribution != FUL_FIXED || r->parameter[kappa].value != 0))
        check_range(r, kappa, 1, HUGE_VAL);
}

static double highest(const reader *r, ful_param k)
{
    const ful_parameter *q = &r->parameter[k];
    return q->distribution == FUL_FIXED ? q->value : q->high;
}

/* Detours from hub to hub must die out in every draw: the series that sums them, with nothing to
 * hinder it, needs a ratio below one (docs/theory/measures.md). */
static void check_onward(reader *r)
{
    const ful_situation *s = &r->c->s;
    if (!reader_ok(r) || s->onward == FUL_NO_PARAM)
        return;
    check_range(r, s->onward, 0, HUGE_VAL);
    if (!reader_ok(r))
        return;
    const double onward = highest(r, s->onward);
    for (int g = 0; g < s->groups; g++) {
        double ratio = 0, largest = -1;
        int worst = 0;
        for (int h = 0; h < s->hubs; h++) {
            const double share = s->hub[h].group == g ? highest(r, s->hub[h].share) : 0;
            ratio += onward * share / (1 + onward * share);
            if (share > largest) {
                largest = share;
                worst = h;
            }
        }
        if (ratio >= 1)
            ful__case_refuse(
                r, r->parameters.at[s->hub[worst].share],
                "detours of group '%s' from hub to hub do not die out: at the high "
                "ends their series has the ratio %.3g, expected below 1; lower share_high "
                "of %s, %g, or hubs.onward, %g",
                s->group[g].id, ratio, s->actor[s->hub[worst].actor].id, largest, onward);
    }
}

void ful__case_ranges(reader *r)
{
    const ful_situation *s = &r->c->s;
    for (int j = 0; reader_ok(r) && j < s->sectors; j++)
        check_range(r, s->sector[j].theta, ABOVE_0, HUGE_VAL);
    if (!reader_ok(r))
        return;
    check_mobility(r, s->kappa);
    check_range(r, s->sigma_f, LEAST_SIGMA, MOST_SIGMA);
    check_range(r, s->sigma_m, LEAST_SIGMA, MOST_SIGMA);
    check_range(r, s->sigma_v, LEAST_SIGMA, MOST_SIGMA);
    for (int n = 0; s->own && n < s->actors; n++) {
        check_mobility(r, s->own[n].kappa);
        check_range(r, s->own[n].sigma_f, LEAST_SIGMA, MOST_SIGMA);
        check_range(r, s->own[n].sigma_m, LEAST_SIGMA, MOST_SIGMA);
        check_range(r, s->own[n].sigma_v, LEAST_SIGMA, MOST_SIGMA);
    }
    check_range(r, s->phi, 0, 100);
    check_range(r, s->finance_limit, ABOVE_0, BELOW_1);
    check_range(r, s->size, 0, 1);
    check_onward(r);
    check_range(r, s->congestion, 0, 100);
    check_game(r);
    check_stress(r);
}
