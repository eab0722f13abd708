/* SPDX-License-Identifier: MIT */
/*
 * Routes through hubs. Passing through hub h is worth w_h of the direct way, and moving on from
 * there to another hub `onward` times what going there first is. Over all routes
 *
 *     S = T / (1 - onward T),   T = sum of w_h / (1 + onward w_h)
 *
 * and a hub is passed w_h dS/dw_h times: S counts each route once, its slope in log w_h once for
 * each stop at h.
 */
#ifndef FULCRUM_BASE_ROUTES_H
#define FULCRUM_BASE_ROUTES_H

/* What a hub adds to T. */
static inline double ful__routes_term(double w, double onward)
{
    return w / (1 + onward * w);
}

/* The hub that adds `term` to T: the inverse of the above. */
static inline double ful__routes_hub(double term, double onward)
{
    return term / (1 - onward * term);
}

/* S, from T. */
static inline double ful__routes_worth(double through, double onward)
{
    return through / (1 - onward * through);
}

/* S / (1 + S), what of the routes passes, from T. */
static inline double ful__routes_passes(double through, double onward)
{
    const double worth = ful__routes_worth(through, onward);
    return worth / (1 + worth);
}

/* T, from S: the inverse of ful__routes_worth. */
static inline double ful__routes_through(double worth, double onward)
{
    return worth / (1 + onward * worth);
}

/* Stops at a hub of what goes round, in the mean over all routes; none where none is worth it. */
static inline double ful__routes_stops(double w, double through, double onward)
{
    const double hub = 1 + onward * w;
    return through > 0 ? w / (hub * hub * (1 - onward * through) * through) : 0;
}

#endif
