/* SPDX-License-Identifier: MIT */
/**
 * @file fulcrum/measures.h
 * What law says and what gets through: measures, enforcement and detours become openness and caps.
 *
 * A ful_measures_model holds measures, groups of goods and hubs, and never changes. A setting (dates,
 * who applies what, how far) turns it into the shock that the economy takes:
 *
 *     m = 1 - coverage * e * (1 - v),   v = S / (1 + S),
 *     S = T / (1 - onward T),           T = sum over hubs h of w_h / (1 + onward w_h),
 *     w_h = a_h (1 - e_h) (1 - s_h) r_h(t)^-theta
 *
 * relative to the base year's own regime: m = m(setting) / m(base). e = 0 leaves the baseline exactly.
 * A hub with a capacity has r_h(t) (1 + V/K)^rho in place of r_h(t). V in the base year is found with
 * the model, at the flows of that year; V under a setting by the economy.
 * A cap grips what a ban in its place would stop; the economy then solves how much of that passes.
 *
 *     ful_measures_work *work;  ful_economy_shock shock;
 *     ful_measures_work_new(&work, measures, NULL, &err);
 *     ful_measures_apply(&shock, measures, work, &setting, &err);   // arrays live in the work
 *     ful_economy_solve(&report, economy, economy_work, &shock, NULL, &err);
 *
 * Derivations: docs/theory/measures.md. Literature: Allen & Arkolakis (2022); Early (2015).
 */
#ifndef FULCRUM_MEASURES_H
#define FULCRUM_MEASURES_H

#include "fulcrum/economy.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FUL_EVERYONE (-1) /**< as an imposer: the United Nations */

typedef enum ful_measure_kind {
    FUL_MEASURE_BAN,
    FUL_MEASURE_CAP,       /**< a ban on what exceeds a bound: solved by the economy */
    FUL_MEASURE_TARIFF,
    FUL_MEASURE_SECONDARY, /**< punishes hubs for their trade with the target: closes a share of them */
} ful_measure_kind;

/**
 * One measure. Masks are bytes, non-zero = included. Bans, caps and secondary sanctions are about the
 * target's trade. The target enforces measures that it imposes itself (counter-sanctions), and no
 * others.
 */
typedef struct ful_measure {
    const char *id;
    ful_measure_kind kind;
    int imposer;                 /**< actor index or FUL_EVERYONE */
    int binds_all;               /**< non-zero: every actor but the target must enforce it; else its
                                      imposer alone */
    const unsigned char *seller; /**< N */
    const unsigned char *buyer;  /**< N; the hubs of a secondary sanction are those whose trade with
                                      the target it covers */
    const unsigned char *sector; /**< J */
    double coverage;             /**< share of the sector's trade that the text covers, [0,1]; of a
                                      secondary sanction its bite: the share of a hub that it closes */
    double cap_value;            /**< caps: million USD a year for all that is covered together, at
                                      customs value; INFINITY: none */
    double cap_quantity;         /**< caps: the same as a quantity, at benchmark prices */
    ful_rent rent;               /**< caps: who earns what the scarcity is worth */
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
    double cost;  /**< r_h: cost ratio when a measure begins to bind and the hub is empty, >= 1 */
    double adaptation_years; /**< T_h: in this time the extra cost falls to 1/e of itself; 0: never */
    double capacity; /**< K_h: million USD a year; 0: none declared, and the hub never fills */
} ful_hub;

typedef struct ful_measures_data {
    int countries, sectors, groups, hubs, measures;
    int target;
    const char *const *country;   /**< N ids for messages */
    const char *const *sector_id; /**< J ids for messages */
    const ful_group *group;
    const ful_hub *hub;
    double onward;                /**< worth of moving on from hub to hub, relative to a_h; 0: every
                                       detour has one stop */
    double congestion;            /**< rho >= 0: the cost ratio of a hub with a capacity rises by the
                                       factor (1 + V/K)^rho; 0: no hub ever fills */
    const ful_measure *measure;
    const double *theta;          /**< J */
    const double *flow;           /**< J*N*N base-year flows: what caps are shares of */
    const double *latent;         /**< J*N*N or NULL: flows that the base regime keeps closed */
    const double *tariff;         /**< J*N*N or NULL: base-year rates */
    int base_from, base_to;       /**< days of the base year, [from, to) */
    const double *base_enforcement; /**< N*G, levels in the base year */
} ful_measures_data;

typedef struct ful_measures_model ful_measures_model; /**< immutable */

/**
 * Refuses a ban, cap or secondary sanction on a flow of the target whose sector is in no group of its
 * direction, more than FUL_ECONOMY_MAX_CAPS caps, and hubs between which detours would not die out
 * (the series above has no sum even where nobody enforces and all costs have vanished).
 */
FUL_API FUL_NODISCARD ful_status ful_measures_model_new(ful_measures_model **out,
                                                        const ful_measures_data *data,
                                                        const ful_allocator *allocator,
                                                        ful_error *err);
FUL_API void ful_measures_model_free(ful_measures_model *model);

/** Whether a measure is in force. */
typedef enum ful_force {
    FUL_SET_ASIDE, /**< not at all */
    FUL_BY_DATE,   /**< on the days that it says */
    FUL_IMPOSED,   /**< whatever the day */
} ful_force;

/** Circumstances under which measures act. NULL members take the meaning stated. */
typedef struct ful_setting {
    int from, to;                   /**< days [from, to): the regime is the day-weighted mean; to = from + 1 is a date */
    const unsigned char *in_force;  /**< one ful_force per measure; NULL: all by their dates */
    const unsigned char *applies;   /**< N: who applies the regime, directly and as a hub; the others keep
                                         their baseline openness and their hubs stay open; NULL: everyone */
    const double *enforcement;      /**< N*G levels in [0,1] */
    double relief;                  /**< share of coverage given back, but for tariffs, [0,1] */
    double adaptation;              /**< years that hubs have had beyond those since the measures that
                                         bind a flow began, >= 0 */
    const double *hub_cost;         /**< hubs: factor on the cost of each against the base year, > 0, as
                                         a solution found it; NULL: 1, and the economy finds them */
} ful_setting;

typedef struct ful_measures_work ful_measures_work; /**< mutable, one per thread */

FUL_API FUL_NODISCARD ful_status ful_measures_work_new(ful_measures_work **out,
                                                       const ful_measures_model *model,
                                                       const ful_allocator *allocator,
                                                       ful_error *err);
FUL_API void ful_measures_work_free(ful_measures_work *work);

/**
 * The shock of a setting: openness, latent openness, tariffs, caps, and where hubs have a capacity
 * these and the detours through them; every other member NULL or 0. With hub_cost hubs stay as they
 * are, and there are none in the shock. Its arrays lie in the work until the next call. Allocates
 * nothing. Caps that grip nothing are left out, so the order of shock->cap is that of
 * ful_measures_caps; that of shock->hub is the one of ful_measures_hubs.
 */
FUL_API FUL_NODISCARD ful_status ful_measures_apply(ful_economy_shock *shock,
                                                    const ful_measures_model *model,
                                                    ful_measures_work *work,
                                                    const ful_setting *setting, ful_error *err);

/** A cap of the shock. */
typedef struct ful_measures_cap {
    int measure;
    double gripped; /**< what it grips at unchanged prices, million USD a year */
} ful_measures_cap;

/** Their number, and what they are, after ful_measures_apply. Borrowed from the work. */
FUL_API int ful_measures_caps(const ful_measures_cap **out, const ful_measures_work *work);

/** How many hubs may fill, and which of the data's they are, in order. Borrowed from the model. */
FUL_API int ful_measures_hubs(const int **out, const ful_measures_model *model);

/**
 * One covered flow of the target under a setting, hubs as full as its hub_cost says. Shares are of the base-year flow at unchanged
 * prices; coverage = stopped + gripped + moved + evaded.
 */
typedef struct ful_measure_effect {
    int seller, buyer, sector, group;
    double coverage;  /**< combined legal coverage, of bans and caps */
    double excess;    /**< the part of it that the letter of the law would remove: all that bans cover,
                           and of caps what exceeds their bounds in the base year */
    double enforced;  /**< combined enforcement e */
    double stopped;   /**< by bans: coverage e (1 - v) */
    double gripped;   /**< by caps, beyond the bans; what of it passes is the economy's answer */
    double moved;     /**< coverage e v: through hubs */
    double evaded;    /**< coverage (1 - e): simply not enforced */
    double deterred;  /**< what secondary sanctions keep from moving; a part of stopped + gripped */
    int main_hub;     /**< actor of the hub where most of what moved goes first, -1 if none */
    double main_hub_share; /**< its share of what moved */
    int onward_hub;   /**< actor of the likeliest next stop from there, -1: routes have one stop */
    double onward;    /**< share of what moved that has two stops or more */
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
