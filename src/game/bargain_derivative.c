/* SPDX-License-Identifier: MIT */
/* Derivatives: the solver in complex arithmetic. Compiled with FUL__COMPLEX alone. */
#include "game/bargain_internal.h"

static ful_status same_counts(const ful_bargain_data *data, const ful_bargain_data *direction,
                              ful_error *err)
{
    if (data->players == direction->players && data->terms == direction->terms &&
        data->levers == direction->levers)
        return FUL_OK;
    return ful_fail(err, FUL_ERR_ARGUMENT,
                    "the direction has %d players, %d terms and %d levers, the game %d, %d and %d",
                    direction->players, direction->terms, direction->levers, data->players,
                    data->terms, data->levers);
}

ful_status ful_bargain_derivative(ful_bargain_report *report, const ful_bargain_data *data,
                                  const ful_bargain_data *direction, double lambda_scale,
                                  const ful_allocator *allocator, ful_error *err)
{
    ful_bargain *game = NULL;
    ful_bargain_work *work = NULL;
    ful_status status = same_counts(data, direction, err);
    if (!status)
        status = ful__bargain_make(&game, data, direction, allocator, err);
    if (!status)
        status = ful__bargain_work_make(&work, game, 0, allocator, err);
    if (!status)
        status = ful__bargain_equilibrium(report, game, work, lambda_scale, err);
    ful__bargain_work_free(work);
    ful__bargain_free(game);
    return status;
}
