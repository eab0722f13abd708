/* SPDX-License-Identifier: MIT */
/**
 * @file fulcrum/situation.h
 * One situation as plain data: what a case folder says, ready for the studies.
 *
 * The case reader fills a ful_situation from files; a program may fill one by hand. It is constant
 * after that and shared by threads. Everything it points to belongs to whoever made it (the reader:
 * one arena, freed by ful_case_free). Numbers that are uncertain are not stored where they are used:
 * they stand once, in `parameter`, and are referred to by index, so that a draw, a --set or a fit is
 * one vector of doubles.
 */
#ifndef FULCRUM_SITUATION_H
#define FULCRUM_SITUATION_H

#include "fulcrum/economy.h"
#include "fulcrum/game.h"
#include "fulcrum/measures.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int ful_param;       /**< index into situation->parameter */
#define FUL_NO_PARAM (-1)    /**< none given: the value is then 0 */

typedef enum ful_distribution {
    FUL_FIXED,
    FUL_UNIFORM,
    FUL_LOGUNIFORM,
    FUL_TRIANGULAR, /**< mode = value */
    FUL_LOGNORMAL,  /**< median = value; low, high: 5th and 95th percentiles */
} ful_distribution;

typedef struct ful_parameter {
    const char *id, *unit, *source, *note;
    char grade;  /**< 'A' data ... 'E' judgement */
    double value, low, high;
    ful_distribution distribution;
    int line;    /**< in parameters.csv or the table it comes from */
} ful_parameter;

typedef enum ful_role { FUL_SENDER, FUL_ENFORCER, FUL_TARGET, FUL_PARTNER } ful_role;

typedef struct ful_actor {
    const char *id, *name;
    ful_role role;
} ful_actor;

typedef struct ful_sector {
    const char *id, *name;
    ful_param theta;
    int service; /**< non-zero: no goods, so not in customs statistics and not in the history */
} ful_sector;

/** A measure and the parameters behind it; `law.coverage` and the hubs' numbers are central values. A
 *  notice shares the coverage of the measure that it implements. */
typedef struct ful_case_measure {
    ful_measure law;
    ful_param coverage;
    int hypothetical;   /**< non-zero: nobody has taken it. It is in force in regimes that name its
                             imposer, in no year of the past */
    const char *source, *note;
    char grade;
} ful_case_measure;

typedef struct ful_case_hub {
    int actor, group;
    ful_param share, cost;
    ful_param adaptation_years; /**< FUL_NO_PARAM: the hub never adapts */
    ful_param capacity;         /**< FUL_NO_PARAM: the hub never fills */
} ful_case_hub;

/** A change of productivity for a time: a harvest that fails, a mine that floods. Shocks that overlap
 *  multiply. */
typedef struct ful_case_shock {
    const char *id;
    int actor;
    const unsigned char *sector; /**< J, non-zero = changed */
    ful_param factor;            /**< output of the same inputs, 1: as without it, > 0 */
    int start, end;              /**< days (ful_date_days); in force on start <= day < end; INT_MAX: open */
    const char *source, *note;
    char grade;
} ful_case_shock;

/** Households of the target: what they own and what they buy. */
typedef struct ful_household {
    const char *id, *name;
    const double *share;  /**< J, of each sector's value added, before scaling by `scale` */
    double revenue;       /**< share of tariffs, export taxes and rents, before scaling */
    double transfer;      /**< share of the country's transfer, before scaling */
    ful_param scale;      /**< factor on the shares, or FUL_NO_PARAM */
    const double *basket; /**< J, shares of its spending, sum 1; NULL: what the other leaves */
    int rest;             /**< non-zero: it owns what the others leave */
} ful_household;

/** An actor's own parameters of the economy; FUL_NO_PARAM: those of every actor. */
typedef struct ful_actor_economy {
    ful_param kappa, sigma_f, sigma_m, sigma_v;
} ful_actor_economy;

typedef struct ful_regime {
    const char *id, *name;
    int date;                       /**< day on which it is read */
    int imposers;                   /**< 0: all; else the length of `imposer` */
    const int *imposer;             /**< actor indices or FUL_EVERYONE */
} ful_regime;

/** A lever, numbers by parameter. */
typedef struct ful_case_lever {
    const char *id, *name;
    int point;          /**< paragraph of the founding text, 0: not in it */
    ful_contract contract;
    int enforcer;       /**< player to whom it is offered: FUL_E or above */
    int standing;       /**< a treaty that S cannot withdraw */
    int stick;          /**< non-zero: part of the sender's punishment of lax enforcement, never of a
                             package of offers */
    int duration;
    ful_param value_e, value_t, cost_s, withdrawal, hazard;
    int troops;
    int lifts;          /**< index of the tariff measure that it lifts, -1: none */
} ful_case_lever;

typedef struct ful_package {
    const char *id, *name;
    unsigned levers;    /**< bit l: lever l is in the package */
} ful_package;

/** A player of the game: an actor with its patience and precision. */
typedef struct ful_case_player {
    int actor;
    ful_param delta, precision, stake;
} ful_case_player;

/** What one enforcer decides in one piece: levels for groups of goods, or an adoption. */
typedef struct ful_case_enforced {
    const char *id, *name;
    int owner;                  /**< player, FUL_E or above */
    const unsigned char *group; /**< flags of the case's groups that it moves; an adoption: NULL */
    int regime;                 /**< an adoption: the regime in force instead of the pressure regime
                                     when its level is 1; else -1 */
    int levels;
    const double *level;
    int start;                  /**< index into level */
    int held;                   /**< non-zero: it stays at its start unless an offer lets it move. So a
                                     second enforcer or an adoption can be declared without every game
                                     being as large as the largest */
} ful_case_enforced;

#define FUL_MAX_HELD 3 /**< parts of a case that are held */

/** A payoff term. */
typedef struct ful_case_term {
    const char *id, *name;
    int player;
    ful_term_kind kind;
    int column;       /**< FUL_TERM_INCOME: of the table of incomes. 0: the target; 1: the sender;
                           2 + k: enforcer k; players + h: household h */
    int loss;         /**< non-zero: the parameter is a loss, so that the amount is its negative */
    ful_param amount;
} ful_case_term;

typedef struct ful_case_game {
    int start;          /**< day */
    int horizon;        /**< half-years */
    int players; const ful_case_player *player;       /**< FUL_S, FUL_T, FUL_E.. */
    int enforced; const ful_case_enforced *part;      /**< as ful_bargain_data.group */
    int terms; const ful_case_term *term;
    int moves;          /**< of the target: FUL_MOVE_ bits */
    int simultaneous;   /**< non-zero: enforcers move at once */
    ful_stage start_stage;
    int base_regime, pressure_regime; /**< indices of regimes */
    int dismantle_periods, settle_periods, stress_steps, adaptation_steps, capability_steps;
    int corner_package; /**< index of the package that the four corners use */
    ful_param relief_freeze, relief_dismantle; /**< share of each measure's coverage promised back */
    /** Parameter of each symbol of FUL_BARGAIN_PARAMETERS, in its order. */
    const ful_param *parameter;
} ful_case_game;

/** What a row of the record of moves tells. */
typedef enum ful_record_kind {
    FUL_RECORD_STAGE,       /**< the stage at the end of a half-year */
    FUL_RECORD_ENFORCEMENT, /**< an enforcer's level of one of its parts during a half-year */
    FUL_RECORD_RELIEF,      /**< 1: relief was granted in it, 0: not */
} ful_record_kind;

/** A row of record.csv: what happened, by half-year, beside which the game's own path is put. */
typedef struct ful_record_row {
    ful_record_kind kind;
    int half;           /**< half-years since the first of the record's first year */
    int part;           /**< of enforcement: index into game.part; else -1 */
    double value;       /**< a level, a flag, or a ful_stage */
    double low, high;   /**< what the source leaves open, of a level; equal to value otherwise */
    const char *source;
    char grade;
} ful_record_row;

/** The record and the state in which it begins. */
typedef struct ful_case_record {
    int first_year;
    ful_stage start_stage;
    const int *start;   /**< indices into the levels of game.part */
    int rows; const ful_record_row *row;
} ful_case_record;

typedef enum ful_history_kind {
    FUL_HISTORY_EXPORTS,
    FUL_HISTORY_IMPORTS,
    FUL_HISTORY_EXPORTS_TO,
    FUL_HISTORY_IMPORTS_FROM,
    FUL_HISTORY_GROUP_EXPORTS,
    FUL_HISTORY_GROUP_IMPORTS,
    FUL_HISTORY_REAL_GDP_GROWTH,
} ful_history_kind;

/** An observed figure. */
typedef struct ful_history_row {
    ful_history_kind kind;
    int actor;          /**< partner, -1: none */
    int sector;         /**< of a group_ row, -1: none */
    int year;
    double value;       /**< million USD, or per cent for growth */
    const char *source;
    char grade;
} ful_history_row;

typedef enum ful_verdict {
    FUL_SUPPORTED,
    FUL_SUPPORTED_BUT_DATED,
    FUL_CONTESTED,
    FUL_NOT_SUPPORTED,
    FUL_CONDITIONAL,
    FUL_ADVICE,
    FUL_NOT_MODELLED,
    FUL_VERDICT_BY_MODEL, /**< the program answers; see `model` */
} ful_verdict;

typedef struct ful_claim {
    const char *id, *text, *figure, *source;
    const char *model;  /**< key of the question that the program answers, or NULL */
    int point;
    ful_verdict verdict;
    ful_verdict later;  /**< with what became known later; equal to verdict if not given */
} ful_claim;

typedef struct ful_situation {
    const char *id, *title, *question;
    char sha256[65];    /**< what `sha256sum FILES | sha256sum` prints, of the files read, by name */
    int base_year;

    int actors;      const ful_actor *actor;
    int target, sender, enforcer; /**< indices of actors */
    int sectors;     const ful_sector *sector;
    int groups;      const ful_group *group;
    int parameters;  const ful_parameter *parameter;

    /** The benchmark in its two sizes; where no row names a size both point to the same array. */
    const double *flow[2];   /**< J*N*N */
    const double *input[2];  /**< N*J*J, [(i*J + j)*J + k] */
    const double *latent;    /**< J*N*N or NULL */
    const double *tariff;    /**< J*N*N or NULL */
    const double *export_tax; /**< J*N*N or NULL */
    ful_closure closure;
    ful_param kappa;         /**< of every actor; value 0 = infinity */
    ful_param sigma_f, sigma_m, sigma_v; /**< of every actor; not given: 1 */
    const ful_actor_economy *own; /**< N, or NULL: no actor has parameters of its own */
    ful_param phi;           /**< of the target */
    ful_param finance_limit; /**< of the target */
    ful_param size;          /**< 0..1 between the two sizes, or FUL_NO_PARAM */
    double table_gap;        /**< largest relative gap between the derived benchmark and economy.csv */

    int measures;    const ful_case_measure *measure;
    int hubs;        const ful_case_hub *hub;
    ful_param onward;        /**< worth of moving on from hub to hub, or FUL_NO_PARAM: one stop */
    ful_param congestion;    /**< of hubs with a capacity, or FUL_NO_PARAM where none has one */
    int first_year, years;   /**< of `enforcement` */
    const double *enforcement; /**< years*N*G: level of actor n for group g in year first_year + y */
    double leverage_level;   /**< at which members apply a regime */
    int members;     const int *member; /**< leverage: actors listed by name */

    int shocks;      const ful_case_shock *shock; /**< of any actor, in every scenario by their dates */

    int regimes;     const ful_regime *regime;
    int headline;            /**< index of the headline regime */
    int households;  const ful_household *household; /**< 0 or 2: elite, mass */
    int levers;      const ful_case_lever *lever;
    int packages;    const ful_package *package;
    ful_case_game game;
    ful_case_record record;  /**< rows 0: the case has none */
    int history_rows; const ful_history_row *history;
    int claims;      const ful_claim *claim;
} ful_situation;

/** Index of the parameter called `id`, or FUL_NO_PARAM. */
FUL_API ful_param ful_situation_parameter(const ful_situation *situation, const char *id);

/** The case's levels of enforcement in a year, actors*G; before and after its table those of the
 *  nearest year. */
FUL_API const double *ful_situation_levels(const ful_situation *situation, int year);

/** Index of the actor called `id`, or -1. */
FUL_API int ful_situation_actor(const ful_situation *situation, const char *id);

/** Central values of all parameters into p[situation->parameters]. */
FUL_API void ful_situation_centre(double *p, const ful_situation *situation);

/** Draw number `draw` of all parameters from their distributions: p[i] depends on (seed, the parameter's
 *  id, draw) and its row alone, whatever others there are. Ids of one ful_stream are drawn from the same
 *  uniforms; the case reader refuses them. */
FUL_API void ful_situation_draw(double *p, const ful_situation *situation, uint64_t seed, int draw);

#ifdef __cplusplus
}
#endif
#endif
