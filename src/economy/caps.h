/* SPDX-License-Identifier: MIT */
/* Private to the economy: the flows that a cap grips, for caps.c and its gradient. */
#ifndef FULCRUM_ECONOMY_CAPS_H
#define FULCRUM_ECONOMY_CAPS_H

#include "economy/hubs.h"

#include <math.h>

/* A gripped flow: where it is, what taxes it pays, how much of its weight before caps is gripped. */
typedef struct ful__gripped {
    size_t a, row, slot;
    int seller, sector;
    double tariff, export_tax; /* gross rates, 1 + */
    double grip;
} ful__gripped;

static inline ful__gripped ful__locate(const ful_economy_model *m, const ful_economy_shock *shock,
                                       int c, int k)
{
    const ful_economy_cap *cap = &shock->cap[c];
    const ful__crossing at = ful__cross(m, shock, cap->entry[k]);
    return (ful__gripped){.a = at.a,
                          .row = at.row,
                          .slot = at.slot,
                          .seller = at.seller,
                          .sector = at.sector,
                          .tariff = at.tariff,
                          .export_tax = at.export_tax,
                          .grip = cap->grip ? cap->grip[k] : 1};
}

/* Likewise, with what falls back on the cap as hubs fill. */
static inline ful__gripped ful__locate_now(const ful_economy_model *m, const ful_economy_work *w,
                                           const ful_economy_shock *shock, int c, int k)
{
    ful__gripped g = ful__locate(m, shock, c, k);
    const int d = ful__detour_of(shock, g.a);
    if (d < shock->detours && shock->cap[c].rerouted)
        g.grip += shock->cap[c].rerouted[k] * (1 - w->passing[d]);
    return g;
}

/* The gripped part of a flow as shares of weights before any cap: of the buyer's spending, of what
 * customs see, of what the seller receives. */
typedef struct ful__part {
    double weight, customs, paid;
} ful__part;

static inline ful__part ful__part_of(const ful__gripped *g, double theta, double premium,
                                     ful_rent rent, double before)
{
    const double weight = before * g->grip * exp(-theta * premium);
    const double rate = rent == FUL_RENT_LOST ? 1 : exp(-premium);
    const double customs = weight / g->tariff * (rent == FUL_RENT_BUYER ? rate : 1);
    return (ful__part){weight, customs,
                       customs / g->export_tax * (rent == FUL_RENT_SELLER ? rate : 1)};
}

/* A bound of zero closes what the cap grips. */
static inline int ful__cap_is_closed(const ful_economy_cap *cap)
{
    return cap->value == 0 || cap->quantity == 0;
}

#endif
