/* SPDX-License-Identifier: MIT */
/* The public interface of the sanctions game, in real arithmetic. */
#include "game/bargain_internal.h"

ful_status ful_bargain_new(ful_bargain **out, const ful_bargain_data *data,
                           const ful_allocator *allocator, ful_error *err)
{
    return ful__bargain_make(out, data, data, allocator, err);
}

void ful_bargain_free(ful_bargain *game)
{
    ful__bargain_free(game);
}

ful_status ful_bargain_work_new(ful_bargain_work **out, const ful_bargain *game,
                                const ful_allocator *allocator, ful_error *err)
{
    return ful__bargain_work_make(out, game, 0, allocator, err);
}

void ful_bargain_work_free(ful_bargain_work *work)
{
    ful__bargain_work_free(work);
}

ful_status ful_bargain_solve(ful_bargain_report *report, const ful_bargain *game,
                             ful_bargain_work *work, double lambda_scale, ful_error *err)
{
    return ful__bargain_equilibrium(report, game, work, lambda_scale, err);
}
