/* SPDX-License-Identifier: MIT */
/* Payoffs, all relative to the status quo continuing. */
#include "game/bargain_internal.h"

#include <math.h>

double ful__constant_flow(const ful_bargain *g, int i, int t, int sub, int x)
{
    const ful_bargain_parameters *p = &g->p;
    const ful__sub *s = g->sub + sub;
    const ful__terms *terms = g->terms + t;
    const int threatens = s->stage == FUL_STAGE_ARMED || s->stage == FUL_STAGE_RESTARTED;
    const int pays = x && terms->stands, rewards = pays && s->accommodates;
    double u = 0;
    switch (i) {
    case FUL_S:
        u = p->b_S * (1 - s->g);
        u -= (pays ? terms->gift_cost : 0) + (rewards ? terms->staged_cost : 0);
        break;
    case FUL_E:
        u = p->b_E * (1 - s->g) + (threatens ? 0 : p->warrisk);
        u += (pays ? terms->gift : 0) + (rewards ? terms->staged : 0);
        break;
    case FUL_T:
        u = -p->n_T * (1 - s->g) + (rewards ? terms->security : 0);
        break;
    }
    return u;
}

void ful__flows(double u[FUL_PLAYERS], const ful_bargain *g, int t, int sub, int k, int x, int e)
{
    const size_t at = ful__row(g, g->sub[sub].relief, k) + (size_t)e;
    const ful__terms *terms = g->terms + t;
    for (int i = 0; i < FUL_PLAYERS; i++)
        u[i] = ful__constant_flow(g, i, t, sub, x) + g->flow[i][at];
    if (x && terms->stands) {
        u[FUL_S] -= g->pays[e] * terms->enforced_cost;
        u[FUL_E] += g->pays[e] * terms->enforced;
    }
}

/* Free after T's breach, a restart that has come to light; what E was to earn by enforcing is free
 * to withdraw while E does not enforce. */
double ful__withdrawal_cost(const ful_bargain *g, int t, int sub, int e)
{
    const ful__terms *terms = g->terms + t;
    if (g->sub[sub].stage == FUL_STAGE_RESTARTED)
        return 0;
    return terms->withdrawal + (g->meets[e] ? terms->withdrawal_enforced : 0);
}

/* ---- collapse -------------------------------------------------------------------------------- */

static double refugee_loss(const ful_bargain *g, int z)
{
    const ful_bargain_parameters *p = &g->p;
    const double fill = p->refugees * exp(p->refugees_stress * z) / p->camp_capacity;
    return p->c_ref * fill * (1 + p->over * (fill > 1 ? fill - 1 : 0));
}

/* Without a pledge E counts on S's troops at its border; a pledge spares it that where it is
 * kept. */
void ful__last_payoff(double u[FUL_PLAYERS], const ful_bargain *g, int z, int pledge, int north)
{
    const ful_bargain_parameters *p = &g->p;
    u[FUL_S] = -p->C_S + (north ? p->north_gain - (pledge ? p->north_cost : 0) : 0);
    u[FUL_E] = -refugee_loss(g, z) - (pledge && !north ? 0 : p->L_troops) - p->L_unified;
    u[FUL_T] = -p->L_T;
}

double ful__collapse_values(double v[FUL_PLAYERS], const ful_bargain *g, int z, int pledge,
                            double lambda_S)
{
    static const double equal[2] = {1, 1};
    double u[2][FUL_PLAYERS], chosen[2], p[2];
    for (int north = 0; north < 2; north++) {
        ful__last_payoff(u[north], g, z, pledge, north);
        chosen[north] = u[north][FUL_S];
    }
    ful__logit(p, 2, equal, chosen, lambda_S);
    for (int i = 0; i < FUL_PLAYERS; i++)
        v[i] = p[0] * u[0][i] + p[1] * u[1][i];
    return p[0];
}

/* ---- the horizon ----------------------------------------------------------------------------- */

int ful__valued_as(const ful_bargain *g, int sub)
{
    const ful__sub *s = g->sub + sub;
    if (s->stage == FUL_STAGE_DISMANTLING)
        return ful__find_sub(g, FUL_STAGE_FROZEN, 0, s->delivered);
    if (s->hidden)
        return ful__find_sub(g, FUL_STAGE_RESTARTED, 0, 0);
    return sub;
}

/* The last state goes on for ever, but for the hazard of collapse. */
void ful__horizon_values(double v[FUL_PLAYERS], const ful_bargain *g, int sub, int z, int k, int x,
                         int e, const double collapsed[FUL_PLAYERS])
{
    const int as = ful__valued_as(g, sub);
    const double h = ful__hazards(g, g->H, x, z, g->sub[as].relief, k)[e];
    double u[FUL_PLAYERS];
    ful__flows(u, g, g->H, as, k, x, e);
    for (int i = 0; i < FUL_PLAYERS; i++)
        v[i] = (u[i] * g->dt + g->d[i] * h * collapsed[i]) / (1 - g->d[i] * (1 - h));
}
