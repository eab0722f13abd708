/* SPDX-License-Identifier: MIT */
/* The certificate of caps: the parts that they grip, their rents, complementarity. */
#include "economy/certificate_internal.h"

/* The row of flow a, the last that begins at or before it; mostly the same as the one before. */
static size_t row_of(const ful_economy_model *m, size_t a, size_t before)
{
    if (m->row[before] <= a && a < m->row[before + 1])
        return before;
    size_t low = 0, high = (size_t)m->P * (size_t)m->N;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (m->row[middle] <= a)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void ful__audit_grips(ful__audit *x)
{
    const ful_economy_model *m = x->m;
    const size_t rows = (size_t)m->P * (size_t)m->N, J = (size_t)m->J;
    size_t row = 0;
    for (int c = 0; c < x->caps; c++)
        for (int e = 0; e < x->cap[c].entries; e++) {
            row = row_of(m, x->cap[c].entry[e], row);
            x->start[row]++;
        }
    size_t sum = 0;
    for (size_t r = 0; r <= rows; r++) {
        sum += x->start[r];
        x->start[r] = sum; /* the end of the row; filling from behind makes it the start */
    }
    for (int c = x->caps - 1; c >= 0; c--)
        for (int e = x->cap[c].entries - 1; e >= 0; e--) {
            row = row_of(m, x->cap[c].entry[e], row);
            x->grip[--x->start[row]] = (ful__audit_grip){(uint32_t)c, (uint32_t)e};
        }
    for (int c = 0; c < x->caps; c++) {
        const double premium = x->now->cap[c].premium;
        x->left[c] = exp(-premium);
        x->lost[c] = -expm1(-premium);
        for (size_t j = 0; j < J; j++)
            x->fade[(size_t)c * J + j] = exp(-m->theta[j] * premium);
    }
}

/* What a cap grips of flow k of a row as hubs leave it. */
static inline double gripped(const ful__audit *x, const ful_economy_cap *cap, uint32_t at, size_t k)
{
    const double grip = cap->grip ? cap->grip[at] : 1;
    if (!x->hubs)
        return grip;
    const double fallen = cap->rerouted ? cap->rerouted[at] * (1 - x->row.passing[k]) : 0;
    return (grip + fallen) / x->row.left[k];
}

double ful__audit_grip_terms(ful__audit *x, const ful__audit_market *at)
{
    const size_t end = x->start[at->r + 1];
    double *rest = x->row.free, *net = x->row.net, sum = 0;
    for (size_t g = x->start[at->r]; g < end; g++)
        rest[x->cap[x->grip[g].cap].entry[x->grip[g].at] - at->first] = 1;
    for (size_t g = x->start[at->r]; g < end; g++) {
        const ful__audit_grip part = x->grip[g];
        const ful_economy_cap *cap = &x->cap[part.cap];
        const size_t k = cap->entry[part.at] - at->first;
        const double q = gripped(x, cap, part.at, k);
        const double fade = x->fade[part.cap * (size_t)x->m->J + (size_t)at->j];
        rest[k] -= q;
        /* kept until the values are known; what is closed leaves nothing */
        x->row.term[g - x->start[at->r]] = net[k] > 0 ? net[k] * q * fade : 0;
        sum += x->row.term[g - x->start[at->r]] * at->gross[k];
    }
    for (size_t g = x->start[at->r]; g < end; g++) {
        const size_t k = x->cap[x->grip[g].cap].entry[x->grip[g].at] - at->first;
        net[k] *= fmax(rest[k], 0);
        rest[k] = 1; /* once, where several caps grip it */
    }
    return sum + ful__product(net, at->gross, at->count);
}

void ful__audit_grip_values(ful__audit *x, const ful__audit_market *at)
{
    for (size_t g = x->start[at->r]; g < x->start[at->r + 1]; g++) {
        const ful__audit_grip part = x->grip[g];
        const ful_economy_cap *cap = &x->cap[part.cap];
        const size_t k = cap->entry[part.at] - at->first;
        const double net = x->row.term[g - x->start[at->r]] * at->scale;
        if (net == 0)
            continue;
        const double left = x->left[part.cap], ad_valorem = 1 + at->tax[k];
        const double value = cap->rent == FUL_RENT_LOST ? net : net * left;
        const double customs = ad_valorem * (cap->rent == FUL_RENT_BUYER ? value : net);
        const double arrived = net * left; /* X' itself unless it melts */
        double rent = net * x->lost[part.cap];
        if (cap->rent == FUL_RENT_BUYER)
            rent *= at->gross[k];
        if (cap->rent == FUL_RENT_SELLER)
            rent *= ad_valorem;
        if (cap->rent != FUL_RENT_LOST) {
            const int to = cap->rent == FUL_RENT_BUYER ? at->n
                           : at->seller                ? at->seller[k]
                                                       : (int)k;
            x->paid[to] += rent;
            x->paid_terms[to] += fabs(rent);
        }
        x->row.value[k] += value;
        x->row.customs[k] += customs;
        /* what melts was shipped, but does not arrive */
        if (k != at->own)
            x->received[at->n] -= (value - arrived) * (1 + at->tax_before[k]) * at->inverse[k];
        x->measured[part.cap].value += customs;
        x->measured[part.cap].quantity += arrived * at->inverse[k];
        x->measured[part.cap].rent += rent;
    }
}

/* How far an amount is above its bound, in parts of it. */
static double excess(double amount, double bound, double floor)
{
    return isinf(bound) ? -1 : (amount - bound) / (bound + floor);
}

void ful__audit_caps(ful__audit *x)
{
    double *violation = &x->c->caps;
    for (int c = 0; c < x->caps; c++) {
        const ful_economy_cap *cap = &x->cap[c];
        const ful_economy_cap_state *now = &x->now->cap[c], *is = &x->measured[c];
        ful__worst(violation, is->value - now->value, is->value + x->floor);
        ful__worst(violation, is->quantity - now->quantity, is->quantity + x->floor);
        ful__worst(violation, is->rent - now->rent, is->rent + is->value + x->floor);
        const int closed = cap->value == 0 || cap->quantity == 0;
        const double z = fmax(excess(is->value, cap->value, x->floor),
                              excess(is->quantity, cap->quantity, x->floor));
        const double premium = now->premium;
        if (closed)
            ful__worst(violation, isinf(premium) && premium > 0 ? 0 : 1, 1);
        else
            /* a bound exceeded, a premium below zero, a premium without need */
            ful__worst(violation, fmax(fmax(z, -premium), fmin(premium, -z)), 1);
        if (isnan(premium) || isnan(is->value) || isnan(is->quantity) || isnan(cap->value) ||
            isnan(cap->quantity))
            *violation = INFINITY;
    }
}
