/* SPDX-License-Identifier: MIT */
/**
 * @file fulcrum/measures.h
 * What law says and what gets through: measures, enforcement and detours become openness.
 *
 * A ful_measures_model holds measures, groups of goods and hubs, and never changes. A setting (dates,
 * who applies what, how far) turns it into the openness and tariffs that the economy takes:
 *
 *     m = 1 - coverage * e * (1 - v),   v = S / (1 + S),
 *     S = sum over hubs h of a_h (1 - e_h) (1 - s_h) r_h^-theta
 *
 * relative to the base year's own regime: m = m(setting) / m(base). e = 0 leaves the baseline exactly.
 * Caps are treated as bans on the excess over the base year's flow; ful_measures_report says so.
 *
 * Derivations: docs/theory/measures.md. Literature: Allen & Arkolakis (2022); Early (2015).
 */
#ifndef FULCRUM_MEASURES_H
#define FULCRUM_MEASURES_H

#include "fulcrum/base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FUL_EVERYONE (-1) /**< as an imposer: the United Nations */

typedef enum ful_measure_kind { FUL_MEASURE_BAN, FUL_MEASURE_CAP, FUL_MEASURE_TARIFF } ful_measure_kind;

/** One measure. Masks are bytes, non-zero = included. */
typedef struct ful_measure {
    const char *id;
    ful_measure_kind kind;
    int imposer;                 /**< actor index or FUL_EVERYONE */
    int binds_all;               /**< non-zero: every actor must enforce it; else its imposer alone */
    const unsigned char *seller; /**< N */
    const unsigned char *buyer;  /**< N */
    const unsigned char *sector; /**< J */
    double coverage;             /**< share of the sector's trade that the text covers, [0,1] */
    double cap_musd;             /**< caps: million USD a year for all flows of the measure together */
    double rate;                 /**< tariffs: ad-valorem rate added */
    int start, end;              /**< days (ful_date_days); in force on start + lag <= day < end; INT_MAX: open */
    int lag_days;
} ful_measure;

/** Goods that are enforced together, on one side of the target's trade. */
typedef struct ful_group {
    const char *id, *name;
    int exports;                 /**< non-zero: the target's exports; 0: its imports */
    const unsigned char *sector; /**< J */
} ful_group;

/** A country through which covered trade of a group can be rerouted. */
typedef struct ful_hub {
    int actor, group;
    double share; /**< a_h: what the detour would take at equal cost, relative to the direct route, >= 0 */
    double cost;  /**< r_h: cost ratio, >= 1 */
} ful_hub;

typedef struct ful_measures_data {
    int countries, sectors, groups, hubs, measures;
    int target;
    const char *const *country;   /**< N ids for messages */
    const char *const *sector_id; /**< J ids for messages */
    const ful_group *group;
    const ful_hub *hub;
    const ful_measure *measure;
    const double *theta;          /**< J */
    const double *flow;           /**< J*N*N base-year flows, for caps */
    const double *latent;         /**< J*N*N or NULL: flows that the base regime keeps closed */
    const double *tariff;         /**< J*N*N or NULL: base-year rates */
    int base_from, base_to;       /**< days of the base year, [from, to) */
    const double *base_enforcement; /**< N*G, levels in the base year */
} ful_measures_data;

typedef struct ful_measures_model ful_measures_model; /**< immutable */

/** Refuses a ban or cap on a flow of the target whose sector is in no group of its direction. */
FUL_API FUL_NODISCARD ful_status ful_measures_model_new(ful_measures_model **out,
                                                        const ful_measures_data *data,
                                                        const ful_allocator *allocator,
                                                        ful_error *err);
FUL_API void ful_measures_model_free(ful_measures_model *model);

/** Circumstances under which measures act. NULL members take the meaning stated. */
typedef struct ful_setting {
    int from, to;                   /**< days [from, to): the regime is the day-weighted mean; to = from + 1 is a date */
    const unsigned char *in_force;  /**< one per measure, 0 = set aside; NULL: all that their dates allow */
    const unsigned char *applies;   /**< N: who applies the regime, directly and as a hub; the others keep
                                         their baseline openness and their hubs stay open; NULL: everyone */
    const double *enforcement;      /**< N*G levels in [0,1] */
    double relief;                  /**< share of each ban's and cap's coverage given back, [0,1] */
    double hub_cost;                /**< factor on r_h - 1, (0,1]: adaptation; 0 means 1 */
} ful_setting;

/**
 * Openness, latent openness (nullable when there are no latent flows) and tariffs, J*N*N each, as
 * ful_economy_shock takes them. Allocates nothing.
 */
FUL_API FUL_NODISCARD ful_status ful_measures_apply(double *openness, double *latent_openness,
                                                    double *tariff, const ful_measures_model *model,
                                                    const ful_setting *setting, ful_error *err);

/** One covered flow of the target under a setting. Shares are of the base-year flow at unchanged prices. */
typedef struct ful_measure_effect {
    int seller, buyer, sector, group;
    double coverage;  /**< combined legal coverage */
    double enforced;  /**< combined enforcement e */
    double stopped;   /**< coverage e (1 - v) */
    double moved;     /**< coverage e v: through hubs */
    double evaded;    /**< coverage (1 - e): simply not enforced */
    int main_hub;     /**< actor of the hub that carries most of what moved, -1 if none */
    double main_hub_share; /**< its share of what moved */
    int capped;       /**< non-zero: a cap treated as a ban on the excess is among the measures */
} ful_measure_effect;

/** What was stopped, what moved and through whom. Writes at most `room` effects, largest base flow
 *  first, and sets *count to how many there are. */
FUL_API FUL_NODISCARD ful_status ful_measures_report(ful_measure_effect *effect, int room, int *count,
                                                     const ful_measures_model *model,
                                                     const ful_setting *setting, ful_error *err);

/** 1 for each measure in force on a day, 0 otherwise (in_force: one byte per measure). */
FUL_API void ful_measures_regime(unsigned char *in_force, const ful_measures_model *model, int day);

#ifdef __cplusplus
}
#endif
#endif
