/* SPDX-License-Identifier: MIT */
/**
 * @file fulcrum/economy.h
 * The world economy in changes: trade in general equilibrium with inputs, tariffs and transfers.
 *
 * A ful_economy_model holds one benchmark year and never changes. A ful_economy_work holds what a
 * solve reads and writes: one per thread. Solving allocates nothing and starts from the last
 * solution in the workspace, so nearby scenarios follow each other cheaply.
 *
 *     ful_economy_model *model;  ful_economy_work *work;  ful_economy_report report;
 *     ful_economy_model_new(&model, &data, NULL, &err);
 *     ful_economy_work_new(&work, model, NULL, &err);
 *     ful_economy_shock shock = {.openness = m};             // everything else as in the benchmark
 *     ful_economy_solve(&report, model, work, &shock, NULL, &err);
 *     ful_economy_certify(&certificate, model, work, &shock, &err);
 *     ful_economy_view view;  ful_economy_view_get(&view, model, work);
 *     view.outcome[target].real_income                       // a ratio; 1 = as in the benchmark
 *
 * Notation is that of docs/theory/economy.md: buyer n, seller i, sectors j (user) and k (input).
 * A flow array has the shape sectors x buyers x sellers, [(j*N + n)*N + i].
 *
 * Literature: Caliendo & Parro (2015); Costinot & Rodriguez-Clare (2014); Galle, Rodriguez-Clare &
 * Yi (2023) for kappa; Walker & Ni (2011) for the acceleration.
 */
#ifndef FULCRUM_ECONOMY_H
#define FULCRUM_ECONOMY_H

#include "fulcrum/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ful_economy_model ful_economy_model; /**< immutable, shareable between threads */
typedef struct ful_economy_work ful_economy_work;   /**< mutable, one per thread */

/** What happens to a country's trade deficit when the world changes (model: transfers). */
typedef enum ful_closure {
    FUL_CLOSURE_FIXED,    /**< the benchmark transfer, as a share of world value added */
    FUL_CLOSURE_ZERO,     /**< no transfers at all: balanced trade */
    FUL_CLOSURE_FINANCED, /**< fixed, but at most finance_limit of what can still be shipped */
} ful_closure;

/**
 * The benchmark. All arrays are copied. Output, spending, final demand and transfers are derived
 * from flows and input shares, so that the benchmark is an equilibrium by construction.
 */
typedef struct ful_economy_data {
    int countries;              /**< N, 1..512 */
    int sectors;                /**< J, 1..512 */
    const char *const *country; /**< N names for messages; NULL: numbers are used */
    const char *const *sector;  /**< J names for messages; NULL: numbers are used */
    const double *flow; /**< J*N*N, sales of i to n net of tariff, domestic included, >= 0 */
    const double *latent;       /**< J*N*N or NULL: flows closed in the benchmark that a shock may
                                     open, >= 0 */
    const double *tariff;       /**< J*N*N or NULL (none): ad-valorem rate, > -1 */
    const double *input;        /**< N*J*J, [(i*J + j)*J + k]: share of input k in the gross output
                                     of sector j, >= 0, sum over k <= 1 */
    const double *final_share;  /**< N*J or NULL (derived): shares of final demand, for tables whose
                                     own published shares are not those that flows and inputs imply;
                                     the benchmark is then no equilibrium and the first solve
                                     restores one */
    const double *theta;        /**< J, trade elasticity, > 0 */
    const double *kappa;        /**< N or NULL (all INFINITY): mobility of labour between sectors,
                                     >= 1 */
    const double *phi;          /**< N or NULL (all 0): idle capacity, >= 0 */
    ful_closure closure;
    const double *finance_limit; /**< N, used by FUL_CLOSURE_FINANCED: f in (0,1), at least the
                                     benchmark ratio of a deficit to imports, of a surplus to
                                     exports; NULL: .999 */
} ful_economy_data;

/** What the construction of the benchmark had to change; all zero for clean data. */
typedef struct ful_economy_adjustment {
    double inventory;    /**< negative final demand made up by domestic output, million USD */
    int inventory_cells; /**< how many (n, j) it concerned */
    int worst_country, worst_sector; /**< the largest of them, -1 if none */
} ful_economy_adjustment;

/**
 * Build the benchmark: one allocation. Refuses NaN, negative flows, input shares that sum to more
 * than one, a sector that is used (or might be reopened by a latent flow) but not bought, a country
 * without value added or final demand, a transfer above its finance limit; `err` names country and
 * sector.
 * @param adjustment  nullable.
 * @return FUL_OK, FUL_ERR_ARGUMENT, FUL_ERR_DATA or FUL_ERR_MEMORY.
 */
FUL_API FUL_NODISCARD ful_status ful_economy_model_new(ful_economy_model **out,
                                                       ful_economy_adjustment *adjustment,
                                                       const ful_economy_data *data,
                                                       const ful_allocator *allocator,
                                                       ful_error *err);
FUL_API void ful_economy_model_free(ful_economy_model *model);

FUL_API FUL_NODISCARD ful_status ful_economy_work_new(ful_economy_work **out,
                                                      const ful_economy_model *model,
                                                      const ful_allocator *allocator,
                                                      ful_error *err);
FUL_API void ful_economy_work_free(ful_economy_work *work);

/** Forget the last solution: the next solve starts from the benchmark (and gives the same bits
 *  whatever was solved before). */
FUL_API void ful_economy_work_reset(ful_economy_work *work);

/** Copy the solution in `from` to `to` as its next starting point; both of the same model shape. */
FUL_API void ful_economy_work_copy(ful_economy_work *to, const ful_economy_work *from);

/** A change of circumstances. NULL members stay as in the benchmark. Borrowed during the call. */
typedef struct ful_economy_shock {
    const double *openness;        /**< J*N*N, m >= 0: 1 as in the benchmark, 0 closed */
    const double *latent_openness; /**< J*N*N, openness of latent flows; NULL: 0, closed */
    const double *tariff;          /**< J*N*N, new rates, > -1 */
    const double *productivity;    /**< N*J, Ahat > 0 */
} ful_economy_shock;

typedef struct ful_economy_options {
    double tolerance;        /**< on the residual, default 1e-10 */
    int max_passes;          /**< default 2000 */
    int depth;               /**< of Anderson mixing, 0..20, default 16; 0 is plain iteration */
    const volatile int *stop; /**< nullable; polled once per pass */
} ful_economy_options;

FUL_API void ful_economy_options_default(ful_economy_options *options);

typedef struct ful_economy_report {
    int passes;      /**< passes over the flows */
    double residual; /**< largest equilibrium residual, before any normalisation */
} ful_economy_report;

/**
 * Solve for the equilibrium after `shock`. One fixed point in log wage bills, log prices and log
 * spending, accelerated by Anderson mixing; starts from the workspace. Never allocates.
 * @param shock    NULL: the benchmark itself.
 * @param options  NULL: defaults.
 * @return FUL_OK; FUL_NOT_CONVERGED (the work holds the last iterate, the next solve starts cold;
 *         `err` names who is furthest from equilibrium); FUL_INTERRUPTED; FUL_ERR_ARGUMENT;
 *         FUL_ERR_INFEASIBLE where a (buyer, sector) with demand has no seller left, a fixed
 *         transfer has no trade to carry it, or trade flows in one direction only and no transfer
 *         pays for it (`err` names who and the remedy; the work keeps its last solution).
 */
FUL_API FUL_NODISCARD ful_status ful_economy_solve(ful_economy_report *report,
                                                   const ful_economy_model *model,
                                                   ful_economy_work *work,
                                                   const ful_economy_shock *shock,
                                                   const ful_economy_options *options,
                                                   ful_error *err);

/** Violations of each equation, relative to the sum of its absolute terms. */
typedef struct ful_economy_certificate {
    double max_violation; /**< the largest of those below */
    double prices;        /**< price index against unit costs */
    double shares;        /**< trade shares sum to one */
    double goods;         /**< output against sales */
    double spending;      /**< spending against final and input demand */
    double income;        /**< income against value added, revenue, transfers; the numeraire */
    double labour;        /**< factor payments against value added */
    double transfers;     /**< transfers sum to zero and are those of the closure */
} ful_economy_certificate;

/**
 * Recompute every equation from the raw benchmark data and the solution in `work`, by code that
 * shares nothing with the solver. A solution with max_violation above 1e-8 must not be shown.
 * Allocates scratch of a few N*J arrays. What is not a number violates by INFINITY.
 */
FUL_API FUL_NODISCARD ful_status ful_economy_certify(ful_economy_certificate *out,
                                                     const ful_economy_model *model,
                                                     const ful_economy_work *work,
                                                     const ful_economy_shock *shock,
                                                     const ful_allocator *allocator,
                                                     ful_error *err);

/** Outcomes of one country, ratios to the benchmark (1 = unchanged). Never interchangeable. */
typedef struct ful_economy_outcome {
    double welfare;        /**< income over price index, transfers included */
    double real_income;    /**< value added and tariff revenue over price index, no transfers */
    double real_gdp;       /**< double-deflated volume of value added */
    double exports;        /**< at world value added held at its benchmark; NaN where the benchmark
                                has none, 0 exactly where all are closed */
    double imports;        /**< likewise, net of tariff */
    double exports_volume; /**< at benchmark prices */
    double imports_volume; /**< at benchmark prices */
} ful_economy_outcome;

/**
 * The solution in a workspace, borrowed until the next call that changes the workspace. Money is
 * million USD a year at world value added held at its benchmark; where trade falls apart into
 * components, each holds its own, so that money compares within a component only. A cell that a
 * shock puts out of use has output and spending of zero and says nothing by its price and cost.
 */
typedef struct ful_economy_view {
    const ful_economy_outcome *outcome; /**< N */
    const double *price;       /**< N*J, Phat of sector j in country n */
    const double *final_price; /**< N, Phat of final demand */
    const double *cost;        /**< N*J, chat of sector j in country i */
    const double *output;      /**< N*J, Y' */
    const double *spending;    /**< N*J, E', tariffs included */
    const double *value_added; /**< N*J, beta Y' */
    const double *income;      /**< N, I' */
    const double *revenue;     /**< N, tariff revenue R' */
    const double *transfer;    /**< N, D' */
    const double *flow;        /**< J*N*N, X' net of tariff (latent flows added in) */
} ful_economy_view;

FUL_API void ful_economy_view_get(ful_economy_view *view, const ful_economy_model *model,
                                  const ful_economy_work *work);

/** The benchmark, as derived: same members, hats of one. Borrowed from the model. */
FUL_API void ful_economy_benchmark(ful_economy_view *view, const ful_economy_model *model);

/**
 * Caliendo & Parro's (2015) first-order welfare decomposition of the solution in `work`, N entries
 * each, fractions of benchmark income: terms of trade, volume of trade. Their sum is the paper's
 * "welfare"; it is not the exact change.
 */
FUL_API void ful_economy_first_order(double *terms_of_trade, double *volume_of_trade,
                                     const ful_economy_model *model,
                                     const ful_economy_work *work);

/** Compensating variation of country n in million USD a year: what it would have to be paid after
 * the shock to be as well off as before (positive = it lost), on real income. */
FUL_API double ful_economy_compensation(const ful_economy_model *model,
                                        const ful_economy_work *work, int country);

/** Extents of a model. */
FUL_API int ful_economy_countries(const ful_economy_model *model);
FUL_API int ful_economy_sectors(const ful_economy_model *model);

/** A new ful_economy_data whose flows are the solution in `work` (tariffs of the shock): the
 *  benchmark of a second experiment, as in "first remove deficits, then cut tariffs". Latent flows
 * come at what the part still closed would be worth under the new prices. All arrays and names are
 * copies in `arena`, so the old model may go. */
FUL_API FUL_NODISCARD ful_status ful_economy_rebase(ful_economy_data *out,
                                                    const ful_economy_model *model,
                                                    const ful_economy_work *work,
                                                    const ful_economy_shock *shock,
                                                    ful_arena *arena, ful_error *err);

#ifdef __cplusplus
}
#endif
#endif
