/* SPDX-License-Identifier: MIT */
/* Private to the economy: the flows that a cap grips, for caps.c and its gradient. */
#ifndef FULCRUM_ECONOMY_CAPS_H
#define FULCRUM_ECONOMY_CAPS_H

#include "economy/economy_internal.h"

#include <math.h>

/* A gripped flow: where it is and what taxes it pays. */
typedef struct ful__gripped {
    size_t a, row, slot;
    int seller, sector;
    double grip, tariff, export_tax; /* gross rates, 1 + */
} ful__gripped;

/* The row of flow a. */
static inline size_t ful__row_at(const ful_economy_model *m, size_t a)
{
    return m->seller ? ful__row_of(m, a) : a / (size_t)m->N;
}

static inline ful__gripped ful__locate(const ful_economy_model *m, const ful_economy_shock *shock,
                                       int c, int k)
{
    const ful_economy_cap *cap = &shock->cap[c];
    ful__gripped g = {.a = cap->entry[k], .grip = cap->grip ? cap->grip[k] : 1};
    g.row = ful__row_at(m, g.a);
    g.seller = ful__seller(m, g.row, g.a - m->row[g.row]);
    g.slot = ful__slot(m, g.row, g.a - m->row[g.row]);
    g.sector = m->product_sector[g.row / (size_t)m->N];
    g.tariff = 1 + (shock->tariff ? shock->tariff[g.a] : m->tariff ? m->tariff[g.a] : 0);
    g.export_tax = 1 + (shock->export_tax ? shock->export_tax[g.a]
                        : m->export_tax   ? m->export_tax[g.a]
                                          : 0);
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
