/* SPDX-License-Identifier: MIT */
/* Private to the studies: the error behind the status of a parallel loop. */
#ifndef FULCRUM_STUDY_FIRST_ERROR_H
#define FULCRUM_STUDY_FIRST_ERROR_H

#include "fulcrum/base.h"

/* Copy the error of the lowest item that failed with `status` into err, and return the status. An
 * interrupt may have no item behind it: it is named all the same. */
static inline ful_status ful__first_error(ful_status status, const ful_error *errors, int count,
                                          ful_error *err)
{
    for (int k = 0; status != FUL_OK && k < count; k++)
        if (errors[k].status == status) {
            if (err)
                *err = errors[k];
            return status;
        }
    return status == FUL_OK ? FUL_OK : ful_fail(err, status, "before all was computed");
}

#endif
