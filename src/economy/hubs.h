/* SPDX-License-Identifier: MIT */
/* Private to the economy: detours under given costs of hubs, for hubs.c, caps and the gradient. */
#ifndef FULCRUM_ECONOMY_HUBS_H
#define FULCRUM_ECONOMY_HUBS_H

#include "base/routes.h"
#include "economy/economy_internal.h"

/* Where a flow crosses the border and what taxes it pays. */
typedef struct ful__crossing {
    size_t a, row, slot;
    int seller, sector;
    double tariff, export_tax; /* gross rates, 1 + */
} ful__crossing;

/* The row of flow a. */
static inline size_t ful__row_at(const ful_economy_model *m, size_t a)
{
    return m->seller ? ful__row_of(m, a) : a / (size_t)m->N;
}

static inline ful__crossing ful__cross(const ful_economy_model *m, const ful_economy_shock *shock,
                                       size_t a)
{
    ful__crossing f = {.a = a, .row = ful__row_at(m, a)};
    f.seller = ful__seller(m, f.row, a - m->row[f.row]);
    f.slot = ful__slot(m, f.row, a - m->row[f.row]);
    f.sector = m->product_sector[f.row / (size_t)m->N];
    f.tariff = 1 + (shock->tariff ? shock->tariff[a] : m->tariff ? m->tariff[a] : 0);
    f.export_tax =
        1 + (shock->export_tax ? shock->export_tax[a] : m->export_tax ? m->export_tax[a] : 0);
    return f;
}

/* Routes at given costs of hubs: T, and S / (1 + S), the share of them that passes. */
typedef struct ful__routes {
    double through, passes;
} ful__routes;

/* w of the k-th hub of a detour. fade: cost ^ -theta of hub h at h*J, or NULL: as in the benchmark.
 */
static inline double ful__hub_worth(const ful_economy_detour *d, int k, const double *fade, int J)
{
    return d->worth[k] * (fade ? fade[d->hub[k] * J] : 1);
}

static inline ful__routes ful__routes_at(const ful_economy_detour *d, double onward,
                                         const double *fade, int J)
{
    ful__routes r = {.through = d->other};
    for (int k = 0; k < d->hubs; k++)
        r.through += ful__routes_term(ful__hub_worth(d, k, fade, J), onward);
    r.passes = ful__routes_passes(r.through, onward);
    return r;
}

/*
 * How the log of what stops at hub h answers to the log of the worth of hub k: what passes falls
 * with it, and its own stops rise. own: whether h is k; worth: of hub k.
 */
static inline double ful__stops_slope(double worth, double stops_at_k, const ful__routes *now,
                                      double onward, int own)
{
    return stops_at_k * (2 * onward * now->through - now->passes) +
           (own ? (1 - onward * worth) / (1 + onward * worth) : 0);
}

/* The detour of flow a, or shock->detours where it has none or no hub fills. */
static inline int ful__detour_of(const ful_economy_shock *shock, size_t a)
{
    int low = shock->hubs > 0 ? 0 : shock->detours, high = shock->detours;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (shock->detour[middle].entry < a)
            low = middle + 1;
        else
            high = middle;
    }
    return low < shock->detours && shock->detour[low].entry == a ? low : shock->detours;
}

#endif
