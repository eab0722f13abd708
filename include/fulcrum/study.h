/* SPDX-License-Identifier: MIT */
/**
 * @file fulcrum/study.h
 * What people ask: who must hold the line, what would it take, does it fit the past, how sure are we.
 *
 * A ful_world is a situation under one vector of parameters: its economy and its measures, ready to
 * be solved. Studies run over worlds, coalitions, packages and draws, on as many threads as asked
 * for, with the same bits for any number of them. Every solution is certified; one whose certificate
 * exceeds FUL_CERTIFIED is an error, never a number.
 */
#ifndef FULCRUM_STUDY_H
#define FULCRUM_STUDY_H

#include "fulcrum/situation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FUL_CERTIFIED 1e-8 /**< largest violation that a shown solution may have */
#define FUL_MAX_MEMBERS 16
#define FUL_MAX_LEVERS 16

/* ---- a world and its scenarios ---------------------------------------------------------------- */

typedef struct ful_world ful_world;           /**< immutable */
typedef struct ful_world_work ful_world_work; /**< one per thread */

/** @param p  one value per parameter, or NULL for the central ones; copied. The situation is borrowed. */
FUL_API FUL_NODISCARD ful_status ful_world_new(ful_world **out, const ful_situation *situation,
                                               const double *p, const ful_allocator *allocator,
                                               ful_error *err);
FUL_API void ful_world_free(ful_world *world);
FUL_API FUL_NODISCARD ful_status ful_world_work_new(ful_world_work **out, const ful_world *world,
                                                    const ful_allocator *allocator, ful_error *err);
FUL_API void ful_world_work_free(ful_world_work *work);
/** Forget the last solution: the next solve gives the same bits whatever was solved before. */
FUL_API void ful_world_work_reset(ful_world_work *work);
/** The economy's workspace, for ful_economy_compensation and the like. */
FUL_API const ful_economy_work *ful_world_work_economy(const ful_world_work *work);

FUL_API const ful_situation *ful_world_situation(const ful_world *world);
FUL_API const ful_economy_model *ful_world_economy(const ful_world *world);
FUL_API const ful_measures_model *ful_world_measures(const ful_world *world);
/** The parameter vector (situation->parameters values). */
FUL_API const double *ful_world_parameters(const ful_world *world);
/** What the construction of the benchmark adjusted. */
FUL_API const ful_economy_adjustment *ful_world_adjustment(const ful_world *world);

/** Regime + enforcement + levers. A zeroed struct is not valid: use ful_scenario_default. */
typedef struct ful_scenario {
    int regime;                   /**< index; its date and imposers; -1: by dates alone, all imposers */
    int from, to;                 /**< days [from, to), used when regime is -1 */
    const double *enforcement;    /**< actors*G; NULL: the case's levels for the year of the date */
    const unsigned char *applies; /**< actors; NULL: everyone (see ful_setting) */
    unsigned levers;              /**< bits: the tariff measures that these levers lift are lifted */
    unsigned imposed;             /**< bits: as `levers`, but the tariffs are in force, whatever their date */
    double relief;                /**< share of coverage given back */
    int adaptation;               /**< years that hubs have had beyond those since the measures began:
                                       the game's steps, of which it takes one in a year of enforcement */
} ful_scenario;

/** The headline regime, the case's enforcement, no lever, no relief. */
FUL_API void ful_scenario_default(ful_scenario *scenario, const ful_situation *situation);

/** A cap in force: what the law bounds and what the world makes of it. */
typedef struct ful_solved_cap {
    int measure;     /**< index into situation->measure */
    ful_rent rent;
    double gripped;  /**< what it grips at unchanged prices, million USD a year */
    double value;    /**< bound on the customs value of that; INFINITY: none */
    double quantity; /**< bound on its quantity, at benchmark prices; INFINITY: none */
    ful_economy_cap_state after;
} ful_solved_cap;

typedef struct ful_solution {
    ful_economy_report report;
    ful_economy_certificate certificate;
    ful_economy_view view; /**< borrowed from the work until its next solve */
    int caps;              /**< that grip anything */
    ful_solved_cap cap[FUL_ECONOMY_MAX_CAPS];
    ful_income income;     /**< per cent changes of S, E, T and T's households, on real income */
} ful_solution;

/** Solve and certify one scenario, from the last solution in `work`. */
FUL_API FUL_NODISCARD ful_status ful_world_solve(ful_solution *out, const ful_world *world,
                                                 ful_world_work *work, const ful_scenario *scenario,
                                                 const volatile int *stop, ful_error *err);

/** The setting of measures behind a scenario, for ful_measures_report. Arrays live in the work. */
FUL_API FUL_NODISCARD ful_status ful_world_setting(ful_setting *out, const ful_world *world,
                                                   ful_world_work *work,
                                                   const ful_scenario *scenario, ful_error *err);

/* ---- leverage: who must hold the line? -------------------------------------------------------- */

typedef struct ful_leverage_member {
    int actor;          /**< -1: all other partners, pooled (x-rest) */
    double shapley_pct; /**< exact Shapley value: per cent of the target's real income (log points x 100) */
    double share;       /**< shapley / grand; NaN where |grand| < 1e-6 */
    double alone_pct;   /**< v({i}) */
    double without_pct; /**< v(all without i) */
} ful_leverage_member;

typedef struct ful_leverage {
    int regime;
    double grand_loss_pct; /**< v(all) */
    int members;
    ful_leverage_member member[FUL_MAX_MEMBERS + 1];
    int solves;
    int infeasible;        /**< coalitions without equilibrium: then the values are undefined and the call fails */
    double max_violation;  /**< worst certificate of all solves */
} ful_leverage;

/**
 * Every coalition of the case's members and the pooled rest, solved: v(S) = -100 ln(real income(S) /
 * real income(none)) of the target. Members apply the regime at the case's level, directly and as
 * hubs; outsiders keep their baseline openness; sender and target hold the same setting in all.
 */
FUL_API FUL_NODISCARD ful_status ful_study_leverage(ful_leverage *out, const ful_world *world,
                                                    int regime, const ful_run *run, ful_error *err);

/** Only v(all), v({i}) and v(all without i) of one actor: three solves, for draws. */
FUL_API FUL_NODISCARD ful_status ful_study_leverage_of(double *grand, double *alone, double *without,
                                                       const ful_world *world, ful_world_work *work,
                                                       int regime, int actor, ful_error *err);

/* ---- the economy's part of the game ------------------------------------------------------------ */

/** Incomes over enforcement x adaptation x relief, with and without pressure, and what each lever is
 *  worth through the economy: computed once, then every package is a game of milliseconds. */
typedef struct ful_payoffs ful_payoffs;

typedef enum ful_grid {
    FUL_GRID_EXACT,  /**< every node of the game's table solved */
    FUL_GRID_SPARSE, /**< a sparse grid of exact solves, interpolated: for draws */
} ful_grid;

FUL_API FUL_NODISCARD ful_status ful_payoffs_new(ful_payoffs **out, const ful_world *world,
                                                 ful_grid grid, const ful_run *run, ful_error *err);
FUL_API void ful_payoffs_free(ful_payoffs *payoffs);

typedef struct ful_payoffs_view {
    int solves;
    double max_violation;
    int entries;              /**< 3 * adaptation_steps * L^G */
    const ful_income *income[2]; /**< without, with pressure: as ful_bargain_data.income */
    const ful_income *lever;  /**< per lever: income changes of lifting its tariff, 0 where it lifts none */
    const double *group_share; /**< G */
    const ful_world *world;
} ful_payoffs_view;
FUL_API void ful_payoffs_view_get(ful_payoffs_view *view, const ful_payoffs *payoffs);

/** Which game: pressure, package, contract. */
typedef enum ful_terms {
    FUL_TERMS_AS_WORDED,  /**< each lever's own contract */
    FUL_TERMS_CONTINGENT, /**< all in exchange for enforcement */
    FUL_TERMS_GIFTS,      /**< all unconditional */
} ful_terms;

typedef struct ful_offer {
    int pressure;      /**< non-zero: the pressure regime is in force; 0: the base regime */
    unsigned levers;   /**< the package */
    ful_terms terms;
    int stick;         /**< non-zero: the sender's punishment of lax enforcement (stick.* parameters) */
    int horizon;       /**< periods; 0: the case's */
    double transfer;   /**< further side payment to E while it enforces, %/year of its GDP */
} ful_offer;

/** The game of one offer. Free with ful_bargain_free. */
FUL_API FUL_NODISCARD ful_status ful_payoffs_game(ful_bargain **out, const ful_payoffs *payoffs,
                                                  const ful_offer *offer,
                                                  const ful_allocator *allocator, ful_error *err);

/** Build, solve and free the game of one offer. */
FUL_API FUL_NODISCARD ful_status ful_payoffs_play(ful_bargain_report *report,
                                                  const ful_payoffs *payoffs,
                                                  const ful_offer *offer, double lambda_scale,
                                                  const ful_allocator *allocator, ful_error *err);

/* ---- packages: what should be offered? --------------------------------------------------------- */

typedef struct ful_package_row {
    ful_offer offer;
    ful_bargain_report report;
    int on_frontier; /**< no other row has a better outcome at lower cost to S and lower collapse risk */
} ful_package_row;

typedef struct ful_lever_effect {
    double enforcement;   /**< Shapley contribution to E's mean enforcement */
    double accommodation; /**< Shapley contribution to P(frozen or denuclearised) */
    int rests_on_judgement; /**< non-zero: its size rests on a number of grade E */
    int sign_survives;    /**< non-zero: its effect on enforcement has one sign at lambda/5, lambda, 5 lambda */
} ful_lever_effect;

enum { FUL_CORNER_NOTHING, FUL_CORNER_PRESSURE, FUL_CORNER_INDUCEMENTS, FUL_CORNER_BOTH, FUL_CORNERS };

typedef struct ful_packages {
    ful_arena *arena;                  /**< holds the rows */
    int rows;
    ful_package_row *row;              /**< every subset of levers under pressure, [terms * 2^levers + subset] */
    int corner_package;                /**< index of the case's package that the corners use */
    ful_bargain_report corner[FUL_CORNERS];
    ful_bargain_report corner_long[FUL_CORNERS];  /**< horizon doubled */
    ful_bargain_report corner_noisy[FUL_CORNERS]; /**< lambda / 5 */
    ful_bargain_report corner_sharp[FUL_CORNERS]; /**< 5 lambda */
    int has_stick;                     /**< whether the case declares stick.* parameters */
    ful_bargain_report stick[FUL_CORNERS]; /**< nothing, stick alone, carrots alone, both; under pressure */
    int levers;
    ful_lever_effect lever[FUL_MAX_LEVERS];
    double transfer_pct;               /**< compensating transfer that just makes E enforce (share >= 1/2 of armed periods), % of its GDP a year; 0: none needed; NaN: none below 1 % does */
} ful_packages;

FUL_API FUL_NODISCARD ful_status ful_study_packages(ful_packages *out, const ful_payoffs *payoffs,
                                                    const ful_run *run, ful_error *err);
FUL_API void ful_packages_clear(ful_packages *packages);

/* ---- history: does it fit the past? ------------------------------------------------------------ */

typedef enum ful_history_mode {
    FUL_HISTORY_FORECAST,    /**< legal coverage and an enforcement rule fixed on earlier data */
    FUL_HISTORY_CONDITIONAL, /**< e of the enforcer inverted from the target's exports to it; scored on the rest */
} ful_history_mode;

typedef struct ful_history_point {
    int row;            /**< index into situation->history */
    double observed, predicted;
    double naive_persistence; /**< nothing changes */
    double naive_removal;     /**< covered trade is simply removed */
    int used;           /**< non-zero: used to set e, so not scored */
} ful_history_point;

typedef struct ful_history {
    ful_arena *arena;    /**< holds the arrays */
    ful_history_mode mode;
    int points;
    ful_history_point *point;
    int years, first_year;
    double *enforcement; /**< years: level of the enforcer that was used */
    double error, error_persistence, error_removal; /**< mean absolute log error of the money rows scored */
    double growth_error; /**< mean absolute error of growth, percentage points */
    double max_violation;
} ful_history;

FUL_API FUL_NODISCARD ful_status ful_study_history(ful_history *out, const ful_world *world,
                                                   ful_history_mode mode, const ful_run *run,
                                                   ful_error *err);
FUL_API void ful_history_clear(ful_history *history);

/* ---- uncertainty: how sure? -------------------------------------------------------------------- */

typedef struct ful_range {
    double p5, p25, median, p75, p95;
} ful_range;

/** Quantiles of `count` numbers (linear between order statistics); reorders x. */
FUL_API void ful_range_of(ful_range *out, double *x, int count);

typedef struct ful_uncertainty {
    uint64_t seed;
    int draws;          /**< that were solved */
    int refused;        /**< draws whose world has no equilibrium; they are counted, not dropped silently */
    double interpolation_error; /**< largest error of the sparse grid against `exact`, points of income; NaN without it */
    ful_range grand, alone, without; /**< of the enforcer: v(all), v({E}), v(all without E), per cent */
    ful_range outcome[FUL_CORNERS][4]; /**< denuclearised, frozen, unchanged, collapsed */
    ful_range enforcement[FUL_CORNERS];
    double enforces[FUL_CORNERS]; /**< share of draws in which E enforces at least half the armed periods */
    ful_range restart, honour, snap_back; /**< of the corner "both" */
    int levers;
    ful_range lever_enforcement[FUL_MAX_LEVERS];   /**< effect of adding the lever alone to nothing */
    double lever_positive[FUL_MAX_LEVERS];         /**< share of draws in which that effect is positive */
    ful_range lever_accommodation[FUL_MAX_LEVERS];
    double pressure_raises_success; /**< share of draws in which pressure alone raises P(frozen or denuclearised) by more than .01 over nothing */
    double package_raises_enforcement; /**< share of draws in which the package raises E's enforcement */
    double package_raises_success;     /**< share in which it raises P(frozen or denuclearised) by more than .01 */
    int parameters;
    int driver[5];         /**< parameters most correlated (rank) with the package's effect on success */
    double driver_correlation[5];
} ful_uncertainty;

/** @param exact  payoffs on the exact grid to measure the sparse one against, or NULL. */
FUL_API FUL_NODISCARD ful_status ful_study_uncertainty(ful_uncertainty *out,
                                                       const ful_situation *situation,
                                                       const ful_payoffs *exact, int corner_package, int draws, uint64_t seed,
                                                       const ful_run *run, ful_error *err);

#ifdef __cplusplus
}
#endif
#endif
