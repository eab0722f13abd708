/* SPDX-License-Identifier: MIT */
/* The table of incomes where some of the held parts that may move stay at their start. */
#include "study/payoffs_internal.h"

#include <string.h>

/* The bits of the parts that move, counted over those that may. */
static int slice_of(const ful_payoffs *f, unsigned moving)
{
    int slice = 0, may = 0;
    for (int k = 0; k < f->parts; k++)
        if (f->moving >> k & 1)
            slice |= (int)(moving >> k & 1) << may++;
    return slice;
}

/* The parts that move in a slice, as bits. */
static unsigned moving_in(const ful_payoffs *f, int slice)
{
    unsigned moving = 0;
    for (int k = 0, may = 0; k < f->parts; k++)
        if (f->moving >> k & 1)
            moving |= (unsigned)(slice >> may++ & 1) << k;
    return moving;
}

/* Whether a joint level of the whole table has every part that stays at its start. */
static int lies_in(const ful_payoffs *f, const ful_offer *offer, int joint)
{
    const ful_situation *s = ful_world_situation(f->world);
    for (int k = 0; k < f->parts; k++) {
        if (ful_offer_holds(s, offer, k) && joint % f->part[k].levels != f->part[k].start)
            return 0;
        joint /= f->part[k].levels;
    }
    return 1;
}

static ful_status cut(ful_payoffs *f, int slice, ful_error *err)
{
    const ful_offer offer = {.moving = moving_in(f, slice)};
    const size_t row = (size_t)f->columns;
    size_t kept = 0;
    for (int entry = 0; entry < f->entries; entry++)
        kept += (size_t)lies_in(f, &offer, entry % f->joint);
    for (int pressure = 0; pressure < 2; pressure++) {
        double *to = ful_arena_take(f->arena, kept * row, sizeof *to);
        if (!to)
            return ful_fail(err, FUL_ERR_MEMORY, "out of memory for payoffs");
        f->slice[slice][pressure] = to;
        for (int entry = 0; entry < f->entries; entry++)
            if (lies_in(f, &offer, entry % f->joint)) {
                memcpy(to, f->income[pressure] + (size_t)entry * row, row * sizeof *to);
                to += row;
            }
    }
    return FUL_OK;
}

ful_status ful__income_slice(ful_payoffs *f, ful_error *err)
{
    const int last = slice_of(f, f->moving);
    ful_status status = FUL_OK;
    for (int slice = 0; slice < last && status == FUL_OK; slice++)
        status = cut(f, slice, err);
    for (int pressure = 0; pressure < 2; pressure++)
        f->slice[last][pressure] = f->income[pressure];
    return status;
}

const double *ful__income_of(const ful_payoffs *f, const ful_offer *offer)
{
    return f->slice[slice_of(f, offer->moving)][offer->pressure != 0];
}
