/* SPDX-License-Identifier: MIT */
/* Caps in the gradient: an active cap holds its bound, and its premium is one more unknown. */
#include "economy/adjoint.h"
#include "economy/caps.h"

/* Whether the tighter bound of a cap is its value. */
static int binds_by_value(const ful_economy_cap *cap, const ful_economy_cap_state *s)
{
    return s->value / cap->value >= s->quantity / cap->quantity;
}

static int is_active(const ful_economy_work *w, const ful_economy_shock *shock, int c)
{
    return !ful__cap_is_closed(&shock->cap[c]) && w->cap[c].premium > 0;
}

/* The share of one gripped flow in what its cap bounds, were its weight before caps `before`. */
static double bound_share(const ful_economy_model *m, const ful_economy_work *w,
                          const ful_economy_shock *shock, int c, const ful__gripped *g,
                          double before)
{
    const ful_economy_cap *cap = &shock->cap[c];
    const ful_economy_cap_state *s = &w->cap[c];
    const int stride = m->stride;
    const ful__part x = ful__part_of(g, m->theta[g->sector], s->premium, cap->rent, before);
    const double value = w->scale[g->row] * w->ctheta[g->sector * stride + g->seller];
    const double lost = cap->rent == FUL_RENT_LOST ? exp(-s->premium) : 1;
    return binds_by_value(cap, s)
               ? value * x.customs / s->value
               : value * x.paid * lost / exp(w->log_cost[g->seller * m->J + g->sector]) /
                     s->quantity;
}

/* What the premium takes off the logs of customs value and receipt, beyond its part in weight. */
static double off_customs(ful_rent rent)
{
    return rent == FUL_RENT_BUYER;
}

static double off_paid(ful_rent rent)
{
    return rent != FUL_RENT_LOST;
}

/* The bounds of active caps, to the rows (w->sum), unit costs and premiums they depend on. */
void ful__adjoint_caps_before(ful__adjoint *x)
{
    const ful_economy_model *m = x->m;
    for (int c = 0; c < x->w->caps; c++) {
        const ful_economy_cap *cap = &x->shock->cap[c];
        if (!is_active(x->w, x->shock, c))
            continue;
        const int by_value = binds_by_value(cap, &x->w->cap[c]);
        for (int k = 0; k < cap->entries; k++) {
            const ful__gripped g = ful__locate_now(m, x->w, x->shock, c, k);
            const double theta = m->theta[g.sector];
            const double share =
                x->lambda.o[c] * bound_share(m, x->w, x->shock, c, &g, x->w->flow[g.a]);
            const double premium = by_value                     ? off_customs(cap->rent)
                                   : cap->rent == FUL_RENT_LOST ? 1
                                                                : off_paid(cap->rent);
            x->w->sum[g.row] += share;
            x->cost[g.seller * m->J + g.sector] -= (theta + !by_value) * share;
            x->out.o[c] -= (theta + premium) * share;
        }
    }
}

/* How the logs of what a cap bounds answer to the gross rates: customs value to the tariff as
 * weight does and once more; receipts also to the export tax. */
static void bound_gradient(ful__adjoint *x, int c, const ful__gripped *g, double share)
{
    const ful_economy_model *m = x->m;
    const ful_economy_work *w = x->w;
    ful_economy_gradient *out = x->gradient;
    const double theta = m->theta[g->sector];
    const int by_value = binds_by_value(&x->shock->cap[c], &w->cap[c]);
    const double open = x->shock->openness ? x->shock->openness[g->a] : 1;
    const double latent = x->shock->latent_openness ? x->shock->latent_openness[g->a] : 0;
    if (out->openness && open > 0)
        out->openness[g->a] += share / open * ful__opened(x, g->a);
    if (out->latent_openness && latent > 0)
        out->latent_openness[g->a] += share / latent * (1 - ful__opened(x, g->a));
    if (out->tariff)
        out->tariff[g->a] -= (theta + 1) * share / g->tariff;
    if (out->export_tax)
        out->export_tax[g->a] -= (theta + !by_value) * share / g->export_tax;
    if (out->theta)
        out->theta[g->sector] -= share * (w->log_cost[g->seller * m->J + g->sector] +
                                          ful__tax_change(x, g->a) + w->cap[c].premium);
}

/* A flow that is closed beside the cap has no weight to scale: what opening it a little would be
 * worth, part by part, in place of what it would be worth without the cap. */
static void reopened_gradient(ful__adjoint *x, int c, const ful__gripped *g, double per_weight,
                              const ful__worth *v)
{
    const ful_economy_model *m = x->m;
    const ful_economy_cap *cap = &x->shock->cap[c];
    const double theta = m->theta[g->sector];
    const double unit = exp(-theta * ful__tax_change(x, g->a));
    const ful__part free = {g->grip, g->grip / g->tariff, g->grip / g->tariff / g->export_tax};
    ful__part p = {0, 0, 0};
    if (!ful__cap_is_closed(cap))
        p = ful__part_of(g, theta, x->w->cap[c].premium, cap->rent, 1);
    const double value =
        x->w->scale[g->row] * x->w->ctheta[g->sector * m->stride + g->seller] * unit;
    double change =
        value * ((p.weight - free.weight) * per_weight + (p.customs - free.customs) * v->customs +
                 (p.paid - free.paid) * v->paid);
    if (is_active(x->w, x->shock, c)) /* it would take its part of the bound */
        change += x->lambda.o[c] * bound_share(m, x->w, x->shock, c, g, unit);
    if (x->gradient->openness)
        x->gradient->openness[g->a] += m->share[g->a] * change;
    if (x->gradient->latent_openness && m->latent)
        x->gradient->latent_openness[g->a] += m->latent_share[g->a] * change;
}

double ful__adjoint_gripped(const ful__adjoint *x, int c, int k)
{
    const ful_economy_model *m = x->m;
    const ful_economy_work *w = x->w;
    const ful_economy_cap *cap = &x->shock->cap[c];
    ful__gripped g = ful__locate_now(m, w, x->shock, c, k);
    const int n = (int)(g.row % (size_t)m->N), cell = g.seller * m->J + g.sector;
    const double spending = m->product_share[g.row] * w->spending[n * m->J + g.sector];
    const double per_weight = spending > 0 ? w->sum[g.row] / spending : 0;
    const double value = w->scale[g.row] * w->ctheta[g.sector * m->stride + g.seller];
    const ful__worth v = ful__worth_of(x, n, g.seller, cell);
    if (ful__cap_is_closed(cap))
        return 0;
    g.grip = 1;
    const ful__part p = ful__part_of(&g, m->theta[g.sector], w->cap[c].premium, cap->rent, 1);
    const double bound =
        is_active(w, x->shock, c) ? x->lambda.o[c] * bound_share(m, w, x->shock, c, &g, 1) : 0;
    return value * (p.weight * per_weight + p.customs * v.customs + p.paid * v.paid) + bound;
}

/* What the premiums do to the gripped flows, once the adjoints of the rows are known. */
void ful__adjoint_caps_after(ful__adjoint *x)
{
    const ful_economy_model *m = x->m;
    const ful_economy_work *w = x->w;
    const int stride = m->stride;
    for (int c = 0; c < w->caps; c++) {
        const ful_economy_cap *cap = &x->shock->cap[c];
        const int active = is_active(w, x->shock, c);
        for (int k = 0; k < cap->entries; k++) {
            const ful__gripped g = ful__locate_now(m, x->w, x->shock, c, k);
            const int n = (int)(g.row % (size_t)m->N), cell = g.seller * m->J + g.sector;
            const double theta = m->theta[g.sector];
            const double spending = m->product_share[g.row] * w->spending[n * m->J + g.sector];
            const double per_weight = spending > 0 ? w->sum[g.row] / spending : 0;
            const double value = w->scale[g.row] * w->ctheta[g.sector * stride + g.seller];
            const ful__worth v = ful__worth_of(x, n, g.seller, cell);
            if (x->wanted && w->flow[g.a] == 0)
                reopened_gradient(x, c, &g, per_weight, &v);
            if (!active)
                continue;
            const ful__part p = ful__part_of(&g, theta, w->cap[c].premium, cap->rent, w->flow[g.a]);
            const double by_weight = p.weight * value * per_weight;
            const double by_customs = p.customs * value * v.customs;
            const double by_paid = p.paid * value * v.paid;
            x->out.o[c] -= theta * by_weight + (theta + off_customs(cap->rent)) * by_customs +
                           (theta + off_paid(cap->rent)) * by_paid;
            if (!x->wanted)
                continue;
            if (x->gradient->theta)
                x->gradient->theta[g.sector] -=
                    w->cap[c].premium * (by_weight + by_customs + by_paid);
            bound_gradient(x, c, &g,
                           x->lambda.o[c] * bound_share(m, w, x->shock, c, &g, w->flow[g.a]));
        }
    }
}
