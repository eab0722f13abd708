/* SPDX-License-Identifier: MIT */
/*
 * Caps as complementarity: a premium o >= 0 common to what the cap grips, positive only where the
 * bound is met. Its gap is log(quantity / bound), or what takes the premium back to zero where that
 * is less; its step is the gap over the slope, what the quantity loses as the premium rises
 * (premiums.c).
 *
 * A gripped flow is the sum of parts (docs/theory/economy.md): what no cap grips, and for each cap
 * the share that it grips at a price higher by exp(o). Its weights before any cap stand in
 * work->flow, from where the shock is accepted until the solution is written; and before, while the
 * last solution may have to stand, in work->customs.
 */
#include "economy/caps.h"

#include <math.h>
#include <string.h>

/* Grips that sum to one within this rounding are one. */
#define GRIP_SUM 1e-9
/* A bound that is met or missed by less than this, with a premium as small, is at its kink. */
#define AT_KINK 1e-6

static ful_status check_cap(const ful_economy_model *m, const ful_economy_shock *shock, int c,
                            ful_error *err)
{
    const ful_economy_cap *cap = &shock->cap[c];
    if (!(cap->value >= 0) || !(cap->quantity >= 0))
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "cap %d has the bounds %g (value) and %g (quantity), expected 0 or more", c,
                        cap->value, cap->quantity);
    for (int k = 0; k < cap->entries; k++) {
        const double grip = cap->grip ? cap->grip[k] : 1;
        const double rerouted = cap->rerouted ? cap->rerouted[k] : 0;
        if (cap->entry[k] >= m->flows || !(grip >= 0 && grip <= 1) || !(rerouted >= 0))
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "cap %d grips %g of flow %zu and %g more as hubs fill, expected 0..1 "
                            "and 0 or more of one of %zu",
                            c, grip, cap->entry[k], rerouted, m->flows);
    }
    return FUL_OK;
}

/* What caps grip of one flow, together with what goes round them, must be at most all of it; the
 * sums stand in customs. */
static ful_status check_grips(const ful_economy_model *m, ful_economy_work *w,
                              const ful_economy_shock *shock, ful_error *err)
{
    for (int c = 0; c < shock->caps; c++)
        for (int k = 0; k < shock->cap[c].entries; k++) {
            const ful__gripped g = ful__locate(m, shock, c, k);
            const int d = ful__detour_of(shock, g.a);
            w->customs[g.slot] = d < shock->detours ? shock->detour[d].share : 0;
        }
    for (int c = 0; c < shock->caps; c++)
        for (int k = 0; k < shock->cap[c].entries; k++) {
            const ful__gripped g = ful__locate(m, shock, c, k);
            char i[16], n[16];
            w->customs[g.slot] += g.grip;
            if (w->customs[g.slot] > 1 + GRIP_SUM)
                return ful_fail(err, FUL_ERR_ARGUMENT,
                                "caps grip %g of the flow of %s to %s together, expected at most 1",
                                w->customs[g.slot], ful__country_name(m, g.seller, i),
                                ful__country_name(m, (int)(g.row % (size_t)m->N), n));
        }
    return FUL_OK;
}

static int is_open(const ful_economy_cap *cap)
{
    return isinf(cap->value) && isinf(cap->quantity);
}

/* Who buys most of what a cap grips, in the benchmark; -1 where nobody does. */
static int largest_buyer(const ful_economy_model *m, const ful_economy_cap *cap)
{
    double bought[FUL__MAX_COUNTRIES] = {0};
    int buyer = -1;
    for (int k = 0; k < cap->entries; k++) {
        const size_t a = cap->entry[k];
        const int n = (int)(ful__row_at(m, a) % (size_t)m->N);
        bought[n] += (cap->grip ? cap->grip[k] : 1) * m->flow[a];
        if (buyer < 0 || bought[n] > bought[buyer])
            buyer = n;
    }
    return buyer;
}

ful_status ful__caps_check(const ful_economy_model *m, const ful_economy_shock *shock,
                           ful_error *err)
{
    if (shock->caps < 0 || shock->caps > FUL_ECONOMY_MAX_CAPS)
        return ful_fail(err, FUL_ERR_ARGUMENT, "%d caps, expected 0..%d", shock->caps,
                        FUL_ECONOMY_MAX_CAPS);
    ful_status status = FUL_OK;
    for (int c = 0; c < shock->caps && status == FUL_OK; c++)
        status = check_cap(m, shock, c, err);
    return status;
}

/* What `grip` of a flow leaves of its weight, `before` without caps. */
static double ungripped(double weight, double grip, double before)
{
    const double left = weight - grip * before;
    return left > GRIP_SUM * before ? left : 0;
}

ful_status ful__caps_close(const ful_economy_model *m, ful_economy_work *w,
                           const ful_economy_shock *shock, ful_error *err)
{
    const ful_status status = check_grips(m, w, shock, err);
    if (status != FUL_OK)
        return status;
    for (int c = 0; c < shock->caps; c++)
        for (int k = 0; k < shock->cap[c].entries; k++) {
            const size_t slot = ful__locate(m, shock, c, k).slot;
            w->customs[slot] = w->weight[slot];
        }
    for (int c = 0; c < shock->caps; c++)
        for (int k = 0; k < shock->cap[c].entries && ful__cap_is_closed(&shock->cap[c]); k++) {
            const ful__gripped g = ful__locate(m, shock, c, k);
            w->weight[g.slot] = ungripped(w->weight[g.slot], g.grip, w->customs[g.slot]);
        }
    return FUL_OK;
}

void ful__caps_begin(const ful_economy_model *m, ful_economy_work *w,
                     const ful_economy_shock *shock)
{
    double *premium = ful__parts(m, w->x).o;
    for (int c = 0; c < FUL_ECONOMY_MAX_CAPS; c++)
        if (c >= shock->caps || w->caps != shock->caps || !isfinite(premium[c]))
            premium[c] = 0; /* premiums of other caps say nothing about these */
    w->caps = shock->caps;
    for (int c = 0; c < shock->caps; c++) {
        if (ful__cap_is_closed(&shock->cap[c]) || is_open(&shock->cap[c]))
            premium[c] = 0;
        w->cap_buyer[c] = largest_buyer(m, &shock->cap[c]);
        for (int k = 0; k < shock->cap[c].entries; k++) {
            const ful__gripped g = ful__locate(m, shock, c, k);
            w->flow[g.a] = w->customs[g.slot];
        }
    }
}

void ful__caps_weigh(const ful_economy_model *m, ful_economy_work *w,
                     const ful_economy_shock *shock, const double *premium)
{
    /* first all that no cap grips, then the parts: no digits of a small part are lost */
    for (int c = 0; c < w->caps; c++)
        for (int k = 0; k < shock->cap[c].entries; k++) {
            const ful__gripped g = ful__locate(m, shock, c, k);
            const int d = ful__detour_of(shock, g.a);
            const double round = d < shock->detours ? shock->detour[d].share : 0;
            w->weight[g.slot] = (1 - round) * w->flow[g.a];
        }
    for (int c = 0; c < w->caps; c++)
        for (int k = 0; k < shock->cap[c].entries; k++) {
            const ful__gripped g = ful__locate(m, shock, c, k);
            w->weight[g.slot] = ungripped(w->weight[g.slot], g.grip, w->flow[g.a]);
        }
    if (w->hubs > 0)
        ful__hubs_pass_caps(m, w, shock);
    for (int c = 0; c < w->caps; c++)
        for (int k = 0; k < shock->cap[c].entries; k++) {
            const ful__gripped g = ful__locate(m, shock, c, k);
            w->customs[g.slot] = w->weight[g.slot] / g.tariff;
            w->paid[g.slot] = w->customs[g.slot] / g.export_tax;
        }
    for (int c = 0; c < w->caps; c++)
        for (int k = 0; k < shock->cap[c].entries && !ful__cap_is_closed(&shock->cap[c]); k++) {
            const ful__gripped g = ful__locate_now(m, w, shock, c, k);
            const ful__part x =
                ful__part_of(&g, m->theta[g.sector], premium[c], shock->cap[c].rent, w->flow[g.a]);
            w->weight[g.slot] += x.weight;
            w->paid[g.slot] += x.paid;
            if (w->customs != w->paid)
                w->customs[g.slot] += x.customs;
        }
}

/* What a cap grips comes to, at the premium of the pass; and by how much its log value falls as the
 * premium rises: theta times what the buyers can turn to, and theta alone while their prices are
 * held. What is left is worth less at the border by the premium. */
static ful_economy_cap_state state_of(const ful_economy_model *m, ful_economy_work *w,
                                      const ful_economy_shock *shock, int c, double premium)
{
    const ful_economy_cap *cap = &shock->cap[c];
    const int stride = m->stride, closed = ful__cap_is_closed(cap);
    ful_economy_cap_state s = {.premium = closed ? INFINITY : premium};
    double row_value = 0, row_share = 0; /* of entries of one row, which follow each other */
    double fall = 0, held = 0;
    float *const share = w->cap_share + c * m->J, *const part = w->cap_part + c * m->J;
    memset(share, 0, sizeof *share * (size_t)m->J);
    memset(part, 0, sizeof *part * (size_t)m->J);
    for (int k = 0; k < cap->entries && !closed; k++) {
        const ful__gripped g = ful__locate_now(m, w, shock, c, k);
        const ful__part x = ful__part_of(&g, m->theta[g.sector], premium, cap->rent, w->flow[g.a]);
        const double power = w->ctheta[g.sector * stride + g.seller];
        const double value = w->scale[g.row] * power;
        const double cost = exp(w->log_cost[g.seller * m->J + g.sector]);
        const double lost = cap->rent == FUL_RENT_LOST ? exp(-premium) : 1;
        s.value += value * x.customs;
        s.quantity += value * x.paid / cost * lost;
        if (cap->rent == FUL_RENT_LOST)
            s.rent += value * x.paid * (1 - lost);
        else if (cap->rent == FUL_RENT_BUYER)
            s.rent += value * x.customs * g.tariff * expm1(premium);
        else
            s.rent += value * x.paid * g.export_tax * expm1(premium);
        const double of_row = w->sum[g.row] > 0 ? x.weight * power / w->sum[g.row] : 0;
        row_value += value * x.customs;
        row_share += of_row;
        if (w->cap_buyer[c] == (int)(g.row % (size_t)m->N)) {
            share[g.sector] += (float)(m->product_share[g.row] * of_row);
            part[g.sector] += (float)(value * x.customs);
        }
        if (k + 1 == cap->entries || ful__row_at(m, cap->entry[k + 1]) != g.row) {
            held += row_value * m->theta[g.sector];
            fall += row_value * m->theta[g.sector] * (1 - row_share);
            row_value = row_share = 0;
        }
    }
    w->cap_slope[c] = 1 + (s.value > 0 ? fall / s.value : 0);
    w->cap_held[c] = 1 + (s.value > 0 ? held / s.value : 0);
    for (int j = 0; j < m->J && s.value > 0; j++)
        part[j] /= (float)s.value;
    return s;
}

double ful__caps_measure(const ful_economy_model *m, ful_economy_work *w,
                         const ful_economy_shock *shock, const double *premium, double *gap)
{
    double residual = 0;
    for (int c = 0; c < w->caps; c++) {
        const ful_economy_cap *cap = &shock->cap[c];
        w->cap[c] = state_of(m, w, shock, c, premium[c]);
        gap[c] = 0;
        if (ful__cap_is_closed(cap) || is_open(cap))
            continue;
        /* log of how far the tighter bound is exceeded */
        const double excess = log(
            fmax(fmax(w->cap[c].value / cap->value, w->cap[c].quantity / cap->quantity), 1e-300));
        residual = ful__larger(residual, fabs(fmax(0, premium[c] + excess) - premium[c]));
        const double to_zero = -premium[c] * w->cap_slope[c];
        gap[c] = fmax(excess, to_zero);
        w->kinks = (w->kinks ^ (excess > to_zero)) * UINT64_C(1099511628211);
        w->one_sided |= fabs(excess) < AT_KINK && premium[c] < AT_KINK;
    }
    return residual;
}

/* What was shipped under a premium that melts did not all arrive. */
void ful__caps_lost(const ful_economy_model *m, const ful_economy_work *w,
                    const ful_economy_shock *shock, double *imports_volume)
{
    const int stride = m->stride;
    for (int c = 0; c < w->caps; c++)
        for (int k = 0; k < shock->cap[c].entries && shock->cap[c].rent == FUL_RENT_LOST; k++) {
            const ful__gripped g = ful__locate_now(m, w, shock, c, k);
            const int n = (int)(g.row % (size_t)m->N), at = g.seller * m->J + g.sector;
            if (g.seller == n || ful__cap_is_closed(&shock->cap[c]))
                continue;
            const ful__part x = ful__part_of(&g, m->theta[g.sector], w->cap[c].premium,
                                             FUL_RENT_LOST, w->flow[g.a]);
            const double shipped = w->scale[g.row] * w->ctheta[g.sector * stride + g.seller] *
                                   x.paid / w->cost[at] *
                                   (m->export_tax ? 1 + m->export_tax[g.a] : 1);
            imports_volume[n] -= shipped * (1 - exp(-w->cap[c].premium));
        }
}

void ful__caps_restore(const ful_economy_model *m, ful_economy_work *w,
                       const ful_economy_shock *shock)
{
    const int stride = m->stride;
    for (int c = 0; c < w->caps; c++)
        for (int k = 0; k < shock->cap[c].entries; k++) {
            const ful__gripped g = ful__locate_now(m, w, shock, c, k);
            w->flow[g.a] =
                w->scale[g.row] * w->ctheta[g.sector * stride + g.seller] * w->paid[g.slot];
        }
}
