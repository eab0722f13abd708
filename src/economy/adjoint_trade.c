/* SPDX-License-Identifier: MIT */
/*
 * The pass over the flows, transposed. With s the scale of a row (spending over the sum of
 * weights), a flow is worth weight c^-theta s to the buyer, customs c^-theta s at the border and
 * paid c^-theta s to the seller; their adjoints in logs are called a, b and g. What is common to a
 * row (its spending, its sum) is collected first, what belongs to a flow second.
 */
#include "economy/adjoint.h"

#include <math.h>
#include <string.h>

/* One row: adjoints of its spending (log) and of the sum of its weights (log, left in w->sum), and
 * of cost^-theta of each seller (log), added to power (N). */
static void trade_row(ful__adjoint *x, size_t r, int n, int j, const double *c, double *power)
{
    const ful_economy_model *m = x->m;
    ful_economy_work *w = x->w;
    const size_t slot = ful__slot(m, r, 0), count = ful__row_length(m, r);
    const double scale = w->scale[r];
    double total = w->sum[r]; /* what caps and hubs add */
    if (!(scale > 0)) {
        w->sum[r] = 0;
        return;
    }
    for (size_t k = 0; k < count; k++) {
        const int i = ful__seller(m, r, k);
        const ful__worth v = ful__worth_of(x, n, i, i * m->J + j);
        const double t =
            scale * c[i] * (w->customs[slot + k] * v.customs + w->paid[slot + k] * v.paid);
        power[i] += t;
        total += t;
    }
    const double spending = m->product_share[r] * w->spending[n * m->J + j];
    const double sum = -total - m->product_share[r] / m->theta[j] * x->lambda.p[n * m->J + j];
    const double per_weight = sum * scale / spending;
    for (size_t k = 0; k < count; k++) {
        const int i = ful__seller(m, r, k);
        power[i] += per_weight * w->weight[slot + k] * c[i];
    }
    x->out.e[n * m->J + j] += total + spending * x->revenue[n];
    w->sum[r] = sum;
}

/* ---- derivatives by flow -----------------------------------------------------------------------
 */

static double rate(const double *changed, const double *base, size_t a)
{
    return changed ? changed[a] : base ? base[a] : 0;
}

/* log of the change of gross taxes on a flow */
double ful__tax_change(const ful__adjoint *x, size_t a)
{
    const ful_economy_model *m = x->m;
    const ful_economy_shock *s = x->shock;
    double change = 0;
    if (s && s->tariff)
        change += log((1 + s->tariff[a]) / (1 + (m->tariff ? m->tariff[a] : 0)));
    if (s && s->export_tax)
        change += log((1 + s->export_tax[a]) / (1 + (m->export_tax ? m->export_tax[a] : 0)));
    return change;
}

/* The weight of a flow before caps and changes of taxes. */
static double weight_before(const ful__adjoint *x, size_t a)
{
    const ful_economy_shock *s = x->shock;
    double weight = x->m->share[a] * (s && s->openness ? s->openness[a] : 1);
    if (x->m->latent && s && s->latent_openness)
        weight += x->m->latent_share[a] * s->latent_openness[a];
    return weight;
}

double ful__opened(const ful__adjoint *x, size_t a)
{
    const double before = weight_before(x, a);
    const double open = x->shock && x->shock->openness ? x->shock->openness[a] : 1;
    return before > 0 ? x->m->share[a] * open / before : 0;
}

/* Derivatives of one row's flows. */
static void row_gradient(ful__adjoint *x, size_t r, int n, int j, const double *c)
{
    const ful_economy_model *m = x->m;
    const ful_economy_work *w = x->w;
    const ful_economy_shock *s = x->shock;
    ful_economy_gradient *out = x->gradient;
    const size_t slot = ful__slot(m, r, 0);
    const double theta = m->theta[j], scale = w->scale[r];
    const double spending = m->product_share[r] * w->spending[n * m->J + j];
    for (size_t k = 0; scale > 0 && k < ful__row_length(m, r); k++) {
        const size_t a = m->row[r] + k;
        const int i = ful__seller(m, r, k);
        const ful__worth v = ful__worth_of(x, n, i, i * m->J + j);
        const double tariff = 1 + rate(s ? s->tariff : NULL, m->tariff, a);
        const double tax = 1 + rate(s ? s->export_tax : NULL, m->export_tax, a);
        const double change = ful__tax_change(x, a);
        /* what a unit of weight is worth without any cap */
        const double unit =
            scale * c[i] * (w->sum[r] / spending + (v.customs + v.paid / tax) / tariff);
        const double by_weight = w->weight[slot + k] * scale * c[i] * w->sum[r] / spending;
        const double by_customs = w->customs[slot + k] * scale * c[i] * v.customs;
        const double by_paid = w->paid[slot + k] * scale * c[i] * v.paid;
        const double all = by_weight + by_customs + by_paid;
        const double factor = change != 0 ? exp(-theta * change) : 1;
        /* caps scale with the weight before them; where that is nothing see adjoint_caps.c */
        const double before = factor * weight_before(x, a);
        const double per_weight = before > 0 ? all / before : unit;
        if (out->openness)
            out->openness[a] = m->share[a] * factor * per_weight;
        if (out->latent_openness && m->latent)
            out->latent_openness[a] = m->latent_share[a] * factor * per_weight;
        if (out->tariff)
            out->tariff[a] = (-theta * all - by_customs - by_paid) / tariff;
        if (out->export_tax)
            out->export_tax[a] = (-theta * all - by_paid) / tax;
        if (out->theta)
            out->theta[j] -= all * (w->log_cost[i * m->J + j] + change);
    }
}

void ful__adjoint_trade(ful__adjoint *x)
{
    const ful_economy_model *m = x->m;
    const int N = m->N, J = m->J, stride = m->stride;
    double power[FUL__MAX_COUNTRIES];
    memset(x->w->sum, 0, sizeof(double) * (size_t)m->P * (size_t)N);
    ful__adjoint_caps_before(x);
    ful__adjoint_hubs_before(x);
    for (int j = 0; j < J; j++) {
        const double *c = x->w->ctheta + j * stride;
        memset(power, 0, sizeof(double) * (size_t)N);
        for (int p = m->first_product[j]; p < m->first_product[j + 1]; p++)
            for (int n = 0; n < N; n++) {
                const size_t r = (size_t)p * (size_t)N + (size_t)n;
                trade_row(x, r, n, j, c, power);
                if (x->wanted)
                    row_gradient(x, r, n, j, c);
            }
        for (int i = 0; i < N; i++)
            x->cost[i * J + j] -= m->theta[j] * power[i];
        for (int n = 0; n < N; n++) {
            const int a = n * J + j;
            x->out.p[a] -= x->lambda.p[a];
            x->out.e[a] -= x->lambda.e[a];
            if (x->wanted && x->gradient->theta)
                x->gradient->theta[j] -= x->lambda.p[a] * x->at.p[a] / m->theta[j];
        }
    }
    ful__adjoint_caps_after(x);
    ful__adjoint_hubs_after(x);
}
