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
 * Notation is that of docs/theory/economy.md: buyer n, seller i, sectors j (user) and k (input),
 * products p (each of one sector). A *flow array* has one number for each flow. Dense, that is the
 * shape products x buyers x sellers, [(p*N + n)*N + i]; sparse, the order of the entries that
 * ful_economy_data lists. Where a case has no products below its sectors, the sectors are the
 * products.
 *
 * Literature: Caliendo & Parro (2015); Costinot & Rodriguez-Clare (2014); Galle, Rodriguez-Clare &
 * Yi (2023) for kappa; Baqaee & Farhi (2024) for bottlenecks; Walker & Ni (2011) for the
 * acceleration.
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
 * A group of people in one country: what it owns and what it buys. The households of a country own
 * all of it: over them value_added sums to 1 in every sector, and so do revenue and transfer.
 */
typedef struct ful_economy_household {
    int country;
    const double *value_added; /**< J: share of each sector's value added, 0..1 */
    double revenue;            /**< share of tariffs, export taxes and rents, 0..1 */
    double transfer;           /**< share of the country's transfer, 0..1 */
    const double *basket;      /**< J: shares of its spending, sum 1; or NULL: what the baskets given
                                    leave of the country's final demand (its own basket, where none
                                    is given). Given for all of a country, they must add up to it */
} ful_economy_household;

/**
 * The benchmark. All arrays are copied. Output, spending, final demand and transfers are derived
 * from flows and input shares, so that the benchmark is an equilibrium by construction.
 */
typedef struct ful_economy_data {
    int countries;              /**< N, 1..1024 */
    int sectors;                /**< J, 1..512 */
    int products;               /**< P >= J, or 0: the sectors are the products. Products of a sector
                                     share its elasticity and unit cost, and hold fixed shares of
                                     what a buyer spends on the sector */
    const int *product_sector;  /**< P, ascending, every sector at least once; NULL without products */
    const size_t *row;          /**< P*N + 1: product p of buyer n has the entries row[p*N + n] to
                                     row[p*N + n + 1] - 1 of every flow array; NULL: dense */
    const int *seller;          /**< seller of each entry, ascending within a row; NULL: dense */
    const char *const *country; /**< N names for messages; NULL: numbers are used */
    const char *const *sector;  /**< J names for messages; NULL: numbers are used */
    const double *flow;         /**< flow array: what i receives from n, domestic included, >= 0 */
    const double *latent;       /**< flow array or NULL: flows closed in the benchmark that a shock
                                     may open, >= 0 */
    const double *tariff;       /**< flow array or NULL (none): ad-valorem rate on the customs value,
                                     > -1 */
    const double *export_tax;   /**< flow array or NULL (none): ad-valorem rate on what the seller
                                     receives, > -1; the customs value is flow * (1 + export_tax) */
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
    const double *sigma_f;      /**< N or NULL (all 1): elasticity of substitution between sectors in
                                     final demand, 0.01..100 */
    const double *sigma_m;      /**< N or NULL (all 1): between inputs */
    const double *sigma_v;      /**< N or NULL (all 1): between value added and inputs */
    int households;             /**< 0: everybody in a country is alike */
    const ful_economy_household *household;
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
    double share_correction; /**< largest correction of a sum of shares (final shares, baskets, input
                                  shares a little above 1) that was renormalised to 1 */
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

/** Who earns what the scarcity under a cap is worth. */
typedef enum ful_rent {
    FUL_RENT_BUYER,  /**< the buyer's country, as from a tariff */
    FUL_RENT_SELLER, /**< the seller's country, as from an export tax */
    FUL_RENT_LOST,   /**< nobody: it melts on the way, and the seller is paid for what melts */
} ful_rent;

/**
 * A bound on a group of flows together, solved as complementarity: a premium o >= 0, common to the
 * group, multiplies the delivered price by exp(o), and o > 0 only where the bound is met. It grips a
 * share of each flow; the rest of the flow passes as if there were no cap. A bound of 0 closes what
 * it grips. Money is in the numeraire of the view.
 */
typedef struct ful_economy_cap {
    int entries;
    const size_t *entry; /**< indices into flow arrays, each once */
    const double *grip;  /**< entries, in [0,1], or NULL: 1. Several caps may grip one flow; together
                              at most 1 */
    double value;        /**< bound on the customs value of what is gripped, million USD a year, >= 0;
                              INFINITY: none */
    double quantity;     /**< bound on the quantity received, at benchmark prices, million USD a year,
                              >= 0; INFINITY: none. With both, the tighter binds */
    ful_rent rent;
    const double *rerouted; /**< entries or NULL: none; share of each flow that goes round the cap
                                 through hubs, and that it grips as they fill: a part of the `gripped`
                                 of the flow's detour, whose share and all grips are at most 1 */
} ful_economy_cap;

/**
 * A place that detours lead through. What it adds to their costs rises with the value V that passes:
 * against the benchmark by the factor ((capacity + V) / (capacity + use))^congestion.
 */
typedef struct ful_economy_hub {
    const char *name; /**< for messages; NULL: its number is used. Borrowed */
    double capacity;  /**< million USD a year, > 0, finite */
    double use;       /**< V in the benchmark, million USD a year, >= 0 */
} ful_economy_hub;

/**
 * The part of a flow that goes round through hubs. All routes are worth S of the direct one that is
 * closed to this part, and S / (1 + S) of it passes: as hubs fill, that falls, and what no longer
 * passes is stopped or falls to caps. With the worth w_h of passing through hub h,
 *
 *     S = T / (1 - onward T),   T = other + sum over hubs of w_h / (1 + onward w_h)
 */
typedef struct ful_economy_detour {
    size_t entry;        /**< index into flow arrays */
    double share;        /**< of what openness leaves: goes round, hubs used as in the benchmark, [0,1] */
    double gripped;      /**< part of it that falls to caps, the sum of their `rerouted`, [0,share] */
    double other;        /**< terms of T through places without limits, >= 0 */
    int hubs;            /**< that it leads through, 0 or more */
    const int *hub;      /**< which of the shock's, ascending */
    const double *worth; /**< w_h, hubs used as in the benchmark, > 0; onward T is below 1 even where
                              hubs are empty */
} ful_economy_detour;

/** A change of circumstances. NULL members stay as in the benchmark. Borrowed during the call. */
typedef struct ful_economy_shock {
    const double *openness;        /**< flow array, m >= 0: 1 as in the benchmark, 0 closed. A change
                                        d of trade costs is m = d^-theta */
    const double *latent_openness; /**< flow array, openness of latent flows; NULL: 0, closed */
    const double *tariff;          /**< flow array, new rates, > -1 */
    const double *export_tax;      /**< flow array, new rates, > -1 */
    const double *productivity;    /**< N*J, Ahat, up to FUL_ECONOMY_MAX_PRODUCTIVITY and down to its
                                        inverse */
    const double *transfer;        /**< N, added to the transfers of the closure, sum zero, million
                                        USD a year in the numeraire of the view */
    int caps;                      /**< 0..FUL_ECONOMY_MAX_CAPS */
    const ful_economy_cap *cap;
    int hubs;                      /**< 0..FUL_ECONOMY_MAX_HUBS, those with a capacity; 0: openness is
                                        all there is to detours */
    const ful_economy_hub *hub;
    double congestion;             /**< elasticity of the hubs' costs to capacity and value, >= 0 */
    double onward;                 /**< worth of moving on from hub to hub, >= 0; 0: one stop */
    int detours;                   /**< 0..2*N*J, ascending by entry, one for a flow */
    const ful_economy_detour *detour;
} ful_economy_shock;

#define FUL_ECONOMY_MAX_PRODUCTIVITY 1e6
#define FUL_ECONOMY_MAX_CAPS 64
#define FUL_ECONOMY_MAX_HUBS 64

typedef struct ful_economy_options {
    double tolerance;        /**< on the residual, default 1e-10 */
    int max_passes;          /**< default 2000 */
    int depth;               /**< of Anderson mixing, 0..20, default 16; 0 is plain iteration */
    int threads;              /**< over the sectors of a large economy, default 1; the same bits for
                                   any number */
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
 * @return FUL_OK; FUL_NOT_CONVERGED (`err` names who is furthest from equilibrium) and
 *         FUL_INTERRUPTED, after which the work holds no solution and the next solve starts cold;
 *         FUL_ERR_ARGUMENT, and FUL_ERR_INFEASIBLE where a (buyer, sector) with demand has no
 *         seller left, a fixed transfer has no trade to carry it, or trade flows in one direction
 *         only and no transfer pays for it (`err` names who and the remedy): the work keeps its
 *         last solution, every number of the view as it was.
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
    double shares;        /**< flows against trade shares */
    double goods;         /**< output against sales */
    double spending;      /**< spending against final and input demand */
    double income;        /**< income against value added, revenue, transfers; the numeraire */
    double labour;        /**< factor payments against value added */
    double transfers;     /**< transfers sum to zero and are those of the closure */
    double caps;          /**< no bound is exceeded, and none that is not met has a premium */
    double hubs;          /**< costs of hubs follow from what passes through them */
    double households;    /**< incomes of households sum to the country's and follow from what they own */
    double outcomes;      /**< the published outcomes of countries */
} ful_economy_certificate;

/**
 * Recompute every equation from the raw benchmark data and the solution in `work`, by code that
 * shares nothing with the solver. A solution with max_violation above 1e-8 must not be shown.
 * Allocates scratch of a few N*J arrays and eight bytes for every flow that a cap grips. What is not
 * a number violates by INFINITY.
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
    double real_income;    /**< value added, taxes and rents over price index, no transfers */
    double real_gdp;       /**< double-deflated volume of value added */
    double exports;        /**< at world value added held at its benchmark; NaN where the benchmark
                                has none, 0 exactly where all are closed */
    double imports;        /**< likewise; both at customs value: export tax included, tariff not */
    double exports_volume; /**< at benchmark prices */
    double imports_volume; /**< at benchmark prices */
} ful_economy_outcome;

/** Outcomes of one household, ratios to the benchmark. */
typedef struct ful_economy_household_outcome {
    double welfare;     /**< its income over the price of its basket, transfers included */
    double real_income; /**< without its part of the transfer; NaN where it lives on that alone */
} ful_economy_household_outcome;

/** A cap in the solution. */
typedef struct ful_economy_cap_state {
    double premium;  /**< o, log points; INFINITY where the bound is 0: what it grips is closed */
    double value;    /**< customs value of what is gripped */
    double quantity; /**< received, at benchmark prices */
    double rent;     /**< million USD a year; for FUL_RENT_LOST what melts */
} ful_economy_cap_state;

/** A hub in the solution. */
typedef struct ful_economy_hub_state {
    double value; /**< V: what sellers receive for what passes; counted once at each stop */
    double cost;  /**< factor on the cost of passing, against the benchmark */
} ful_economy_hub_state;

/**
 * The solution in a workspace, borrowed until the next call that changes the workspace. Money is
 * million USD a year at world value added held at its benchmark; where trade falls apart into
 * components, each holds its own, so that money compares within a component only. A cell that a
 * shock puts out of use has output and spending of zero and says nothing by its price and cost.
 */
typedef struct ful_economy_view {
    const ful_economy_outcome *outcome; /**< N */
    const ful_economy_household_outcome *household; /**< one each */
    const ful_economy_cap_state *cap;               /**< one for each cap of the shock */
    const ful_economy_hub_state *hub;               /**< one for each hub of the shock */
    const int *component;      /**< N: trade component, named by its first country. A component of one
                                    trades with nobody: its nominal wage is undetermined, its real
                                    income is valid */
    const double *price;       /**< N*J, Phat of sector j in country n */
    const double *final_price; /**< N, Phat of final demand */
    const double *cost;        /**< N*J, chat of sector j in country i */
    const double *output;      /**< N*J, Y' */
    const double *spending;    /**< N*J, E', tariffs included */
    const double *value_added; /**< N*J, beta' Y' */
    const double *income;      /**< N, I' */
    const double *revenue;     /**< N, R': tariffs, export taxes, rents */
    const double *transfer;    /**< N, D', the shock's own transfers included */
    const double *flow;        /**< flow array, X': what producers receive (latent flows added in) */
} ful_economy_view;

FUL_API void ful_economy_view_get(ful_economy_view *view, const ful_economy_model *model,
                                  const ful_economy_work *work);

/**
 * What crosses the border at customs value, to compare with trade statistics: what producers receive,
 * export taxes, and the rents of caps that fall to sellers.
 * @param out   flow array.
 * @param work  has just solved: a later solve, refused or not, leaves nothing to read; NULL: the
 *              benchmark.
 */
FUL_API void ful_economy_customs(double *out, const ful_economy_model *model,
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

/**
 * The same formula by partner and sector for one country, N*J each, [i*J + j]: what trade with i in
 * j contributes. NULL outputs are left out.
 */
FUL_API void ful_economy_first_order_by(double *terms_of_trade, double *volume_of_trade,
                                        const ful_economy_model *m, const ful_economy_work *work,
                                        int country);

/** Compensating variation of country n in million USD a year: what it would have to be paid after
 * the shock to be as well off as before (positive = it lost), on real income. */
FUL_API double ful_economy_compensation(const ful_economy_model *model,
                                        const ful_economy_work *work, int country);

/** An outcome to differentiate: members of ful_economy_outcome. */
typedef enum ful_economy_outcome_kind {
    FUL_WELFARE,
    FUL_REAL_INCOME,
    FUL_REAL_GDP,
    FUL_EXPORTS,
    FUL_IMPORTS,
} ful_economy_outcome_kind;

/** Derivatives of one outcome of one country; the caller's arrays, NULL where not wanted. */
typedef struct ful_economy_gradient {
    double *openness;        /**< flow array: with respect to m, closed flows included */
    double *latent_openness; /**< flow array */
    double *tariff;          /**< flow array: with respect to tau' */
    double *export_tax;      /**< flow array */
    double *productivity;    /**< N*J */
    double *theta;           /**< J */
    double *sigma_f, *sigma_m, *sigma_v; /**< N */
    double *kappa;           /**< N, with respect to 1/kappa, which is 0 for one labour market */
    double *phi;             /**< N */
    int one_sided;   /**< set: a cap or a finance limit is just met or just not; the derivative holds
                          to the side on which it stays as it is */
    int passes;      /**< of the adjoint, each about as long as one of the solve */
    double residual; /**< of the adjoint equations, relative */
} ful_economy_gradient;

/**
 * The gradient of outcome `kind` of `country` at the solution that `work` holds for `shock`: one
 * adjoint solve for all derivatives together. Elasticities act on the equilibrium after the shock;
 * the benchmark, the openness m, the bounds of caps, and shares and worths of detours are held. The
 * costs of hubs answer. `work` keeps its solution; scratch
 * of it is overwritten.
 * @return FUL_OK; FUL_NOT_CONVERGED; FUL_INTERRUPTED; FUL_ERR_ARGUMENT where `work` holds no solution.
 */
FUL_API FUL_NODISCARD ful_status ful_economy_differentiate(
    ful_economy_gradient *gradient, const ful_economy_model *model, ful_economy_work *work,
    const ful_economy_shock *shock, int country, ful_economy_outcome_kind kind,
    const ful_economy_options *options, ful_error *err);

/** Extents of a model. */
FUL_API int ful_economy_countries(const ful_economy_model *model);
FUL_API int ful_economy_sectors(const ful_economy_model *model);
FUL_API int ful_economy_products(const ful_economy_model *model);
FUL_API size_t ful_economy_flows(const ful_economy_model *model); /**< length of a flow array */

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
