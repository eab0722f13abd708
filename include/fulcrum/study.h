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
#define FUL_MAX_LEVERS FUL_BARGAIN_MAX_LEVERS
#define FUL_MAX_HOUSEHOLDS 2
#define FUL_MAX_COLUMNS (FUL_BARGAIN_MAX_PLAYERS + FUL_MAX_HOUSEHOLDS) /**< of a table of incomes */

/* ---- a world and its scenarios ---------------------------------------------------------------- */

typedef struct ful_world ful_world;           /**< immutable */
typedef struct ful_world_work ful_world_work; /**< one per thread */

/** @param p  one value per parameter, or NULL for the central ones; copied. The situation is borrowed. */
FUL_API FUL_NODISCARD ful_status ful_world_new(ful_world **out, const ful_situation *situation,
                                               const double *p, const ful_allocator *allocator,
                                               ful_error *err);
/**
 * The same world with its deficits removed: its benchmark is the equilibrium in which nobody receives
 * a transfer, and none is paid in any scenario of it.
 * @param change  nullable, one per actor: what that change of the benchmark does, against `world`.
 * @param certificate  nullable: of the new benchmark as a solution of the old one.
 */
FUL_API FUL_NODISCARD ful_status ful_world_balance(ful_world **out, ful_economy_outcome *change,
                                                   ful_economy_certificate *certificate,
                                                   const ful_world *world, const ful_run *run,
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
    int adopted;                  /**< regime whose hypothetical measures are in force as well, used when
                                       regime is -1; -1: none */
    const double *enforcement;    /**< actors*G; NULL: the case's levels for the year of the date */
    const unsigned char *applies; /**< actors; NULL: everyone (see ful_setting) */
    unsigned levers;              /**< bits: the tariff measures that these levers lift are lifted */
    unsigned imposed;             /**< bits: as `levers`, but the tariffs are in force, whatever their date */
    const double *productivity;   /**< actors*J, > 0: times what the case's shocks make of it, together as of
                                       ful_economy_shock; NULL: 1 */
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

/** A hub with a capacity: how full it is. */
typedef struct ful_solved_hub {
    int hub;           /**< index into situation->hub */
    double capacity;   /**< K, million USD a year */
    double before;     /**< V of the base year, million USD a year */
    double congestion; /**< rho: filling raises its costs by the factor (1 + V/K)^rho */
    ful_economy_hub_state after; /**< V, and the change of costs against the base year */
} ful_solved_hub;

typedef struct ful_solution {
    ful_economy_report report;
    ful_economy_certificate certificate;
    ful_economy_view view; /**< borrowed from the work until its next solve */
    int caps;              /**< that grip anything */
    ful_solved_cap cap[FUL_ECONOMY_MAX_CAPS];
    int hubs;              /**< with a capacity */
    ful_solved_hub hub[FUL_ECONOMY_MAX_HUBS];
    double income[FUL_MAX_COLUMNS]; /**< per cent changes of real income, by ful_case_term.column:
                                         target, sender, enforcers, households */
} ful_solution;

/** Solve and certify one scenario, from the last solution in `work`. */
FUL_API FUL_NODISCARD ful_status ful_world_solve(ful_solution *out, const ful_world *world,
                                                 ful_world_work *work, const ful_scenario *scenario,
                                                 const volatile int *stop, ful_error *err);

/** What filling the hubs has done to their costs in a solution, for ful_setting.hub_cost: a factor for
 *  each hub of the situation, 1 where it has no capacity. */
FUL_API void ful_world_hub_costs(double *cost, const ful_world *world, const ful_solution *solution);

/** The shock behind a scenario, for the functions of economy.h. Its arrays live in the work until the
 *  next call. */
FUL_API FUL_NODISCARD ful_status ful_world_shock(ful_economy_shock *out, const ful_world *world,
                                                 ful_world_work *work,
                                                 const ful_scenario *scenario, ful_error *err);

/** Share of a scenario's days on which a shock of the case is in force. */
FUL_API double ful_world_shock_days(const ful_world *world, const ful_scenario *scenario, int shock);

/**
 * Productivity of an actor's sector in a scenario over that of the base year: the day-weighted mean of
 * what the shocks in force make of it, over the same mean in the base year, since what they did then
 * is in the benchmark; times the scenario's own.
 */
FUL_API double ful_world_productivity(const ful_world *world, const ful_scenario *scenario, int actor,
                                      int sector);

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
    int regime;            /**< that is applied; -1: what is in force on `day` */
    int day;
    double grand_loss_pct; /**< v(all) */
    int members;
    ful_leverage_member member[FUL_MAX_MEMBERS + 1];
    int solves;
    double max_violation;  /**< worst certificate of all solves */
} ful_leverage;

/**
 * Every coalition of the case's members and the pooled rest, solved: v(S) = -100 ln(real income(S) /
 * real income(none)) of the target. Members apply the regime at the case's level, directly and as
 * hubs; outsiders keep their baseline openness; sender and target hold the same setting in all. A
 * coalition without equilibrium fails the call: without its value there is none of anybody.
 * @param regime  index; -1: all measures in force on `day`, which is not read otherwise.
 */
FUL_API FUL_NODISCARD ful_status ful_study_leverage(ful_leverage *out, const ful_world *world,
                                                    int regime, int day, const ful_run *run,
                                                    ful_error *err);

/** Only v(all), v({i}) and v(all without i) of one actor: three solves, for draws. */
FUL_API FUL_NODISCARD ful_status ful_study_leverage_of(double *grand, double *alone, double *without,
                                                       const ful_world *world, ful_world_work *work,
                                                       int regime, int actor, ful_error *err);

/* ---- ranking: which measure bites most? ------------------------------------------------------- */

/** What closing a flow does. */
typedef struct ful_bite {
    double bite;     /**< what the target loses, points: per cent of its real income in the benchmark */
    double sender;   /**< compensating variation, million USD a year; positive: it loses */
    double enforcer; /**< likewise */
    double cost;     /**< of sender and enforcer together */
    double score;    /**< bite - mu cost */
} ful_bite;

/** One flow between the target and a partner. */
typedef struct ful_ranked {
    int seller, buyer, sector;
    double benchmark, value; /**< million USD a year, in the benchmark and at the base point */
    ful_bite first;          /**< first order: the gradient at the base point times what is open */
    int asked;               /**< non-zero: the exact effect was asked for */
    ful_status status;       /**< of it: FUL_OK; FUL_ERR_INFEASIBLE where nobody is left to buy from;
                                  FUL_NOT_CONVERGED. `exact` is defined where it is FUL_OK */
    ful_bite exact;          /**< a full solution with the flow closed */
} ful_ranked;

typedef struct ful_ranking_options {
    const ful_scenario *base; /**< where flows are closed from; NULL: the benchmark */
    int top;                  /**< the best so many are solved exactly, >= 0 */
    double mu;                /**< points of the target's real income per million USD; 0 or less: the
                                   default, at which a dollar lost by sender or enforcer weighs as much
                                   as one lost by the target */
    int joint;                /**< non-zero: the best are also closed together */
} ful_ranking_options;

typedef struct ful_ranking {
    ful_arena *arena;  /**< holds the rows */
    double mu;
    double target_pct; /**< the target's real income at the base point, per cent change */
    int rows;
    ful_ranked *row;   /**< by falling score: the best `top` by what is known best of each, then the
                            others by first order */
    int asked;         /**< rows solved exactly, the first ones */
    int one_sided;     /**< non-zero: a cap or limit is just met at the base point */
    ful_bite sum;      /**< of the exact effects of all rows that have one */
    ful_status together_status; /**< with joint: of closing these together */
    ful_bite together;
    double max_violation;
} ful_ranking;

/** Close every flow of the target, one at a time: all to first order by one adjoint solution per
 *  actor, the best ones exactly. */
FUL_API FUL_NODISCARD ful_status ful_study_ranking(ful_ranking *out, const ful_world *world,
                                                   const ful_ranking_options *options,
                                                   const ful_run *run, ful_error *err);
FUL_API void ful_ranking_clear(ful_ranking *ranking);

/* ---- decomposition: what is a change made of? -------------------------------------------------- */

/**
 * Aumann & Shapley (1974) along the straight path between two shocks: each argument is given its
 * change times the mean of its derivative along the path. With these shares the contributions of all
 * arguments sum to the change.
 */
typedef struct ful_attribution {
    ful_arena *arena;        /**< holds the arrays */
    double start, end;       /**< the outcome at both ends, ratios to the benchmark */
    double *openness;        /**< flow array: mean derivative with respect to m; NULL: in neither shock */
    double *latent_openness; /**< likewise */
    double *productivity;    /**< N*J, likewise */
    double *tariff;          /**< flow array, likewise, with respect to tau' */
    double *export_tax;      /**< likewise */
    double *cap;             /**< the whole contribution of each cap; NULL: none */
    double residual;         /**< end - start less all contributions: the error of the quadrature */
    int panels, nodes;       /**< into which the path was cut; gradients along it */
    int kinks;               /**< places at which a cap or a finance limit begins or ceases to bind;
                                  the path was cut there */
    double max_violation;
} ful_attribution;

/**
 * @param from  shock at the start, without caps; NULL: the benchmark. Neither shock may have hubs that
 *              fill: give these at given costs (ful_setting.hub_cost). Rates are given in both shocks
 *              or in neither; absent openness and productivity are 1, absent latent openness 0.
 * @param to    shock at the end. Openness, productivity and rates move in proportion along the path;
 *              the bounds of caps move from what they grip in the benchmark, where that is more.
 *              Transfers hold all along.
 */
FUL_API FUL_NODISCARD ful_status ful_study_attribution(ful_attribution *out,
                                                       const ful_economy_model *model,
                                                       const ful_economy_shock *from,
                                                       const ful_economy_shock *to, int country,
                                                       ful_economy_outcome_kind kind,
                                                       const ful_run *run, ful_error *err);
FUL_API void ful_attribution_clear(ful_attribution *attribution);

typedef struct ful_decomposition {
    ful_arena *arena; /**< holds the arrays */
    int actor;
    double welfare_pct, real_income_pct; /**< the exact changes */
    double compensation;                 /**< compensating variation, million USD a year */
    double terms_pct, volume_pct; /**< Caliendo & Parro's (2015) first-order formula, which is not the
                                       exact change: per cent of benchmark income */
    double *terms;      /**< N*J, [i*J + j]: of trade with i in j; they sum to terms_pct */
    double *volume;     /**< likewise */
    double *measure;    /**< points of real income for each measure of the case; 0 where not in force */
    double *group;      /**< G: by group of goods */
    double *shock;      /**< points for each productivity shock of the case; 0 where not in force */
    double productivity_pct; /**< what the scenario's own productivity contributes */
    double tariffs_pct; /**< what tariffs contribute, in no group */
    double start_pct;   /**< what the closure alone changes, before any measure */
    double residual_pct;  /**< real_income_pct - start_pct less all measures, shocks and
                               productivity_pct */
    int panels, nodes, kinks; /**< of the path */
    double max_violation;
} ful_decomposition;

/**
 * The change of an actor's real income from the benchmark to a scenario, by measure, by group of
 * goods and by productivity shock, and its welfare to first order by partner and sector. Measures
 * that bind one flow share its contribution by what each adds to what is stopped, in the order in
 * which they took effect; shocks to one sector likewise, in the order in which they began.
 */
FUL_API FUL_NODISCARD ful_status ful_study_decomposition(ful_decomposition *out,
                                                         const ful_world *world,
                                                         const ful_scenario *scenario, int actor,
                                                         const ful_run *run, ful_error *err);
FUL_API void ful_decomposition_clear(ful_decomposition *decomposition);

/* ---- coalitions: what does it cost its members, and who would stay? ----------------------------- */

/** A member's loss: what it would have to be paid to be as well off as if nobody applied the regime. */
typedef struct ful_loss {
    double transfer; /**< what it receives inside the coalition, million USD a year */
    double loss;     /**< after that, million USD a year; negative: it gains */
    double loss_pct; /**< per cent of its real income */
} ful_loss;

/** Transfers inside the coalition. */
typedef enum ful_sharing {
    FUL_SHARING_NONE,       /**< none */
    FUL_SHARING_COMPENSATE, /**< who gains pays who loses, in proportion to gains, until all losses are
                                 made good or all gains are used up, losses then in proportion */
    FUL_SHARING_EQUAL,      /**< the same loss for all, in per cent (Chowdhry, Hinz, Kamin & Wanner) */
    FUL_SHARINGS,
} ful_sharing;

typedef struct ful_coalition_member {
    int actor;
    ful_loss loss[FUL_SHARINGS];
    double outside_pct;   /**< its loss if it leaves and the others stay, without transfers, per cent */
    double stay[FUL_SHARINGS]; /**< what staying is worth to it, million USD a year: its loss outside
                                    less its loss inside; negative: it gains by leaving */
    double keep;          /**< the transfer, paid by the others in proportion to their incomes, that
                               just keeps it; negative: so much it could pay and would stay */
} ful_coalition_member;

typedef struct ful_coalition {
    int regime, members;
    ful_coalition_member member[FUL_MAX_MEMBERS];
    double target_pct[FUL_SHARINGS]; /**< loss of the target's real income, per cent */
    double total[FUL_SHARINGS];      /**< the members' losses together, million USD a year */
    double keep_total;    /**< of all `keep`: above 0, no transfers inside the coalition hold it */
    int solves;
    double max_violation;
} ful_coalition;

/**
 * Members apply the regime at the case's level, everybody else keeps the baseline; losses are on real
 * income and what members receive from each other, against the world in which nobody applies it.
 * Transfers are solved in general equilibrium. Who leaves neither pays nor receives, and the others'
 * transfers end.
 * @param member  actors, each once, the target not among them; 2..FUL_MAX_MEMBERS.
 */
FUL_API FUL_NODISCARD ful_status ful_study_coalition(ful_coalition *out, const ful_world *world,
                                                     int regime, int members, const int *member,
                                                     const ful_run *run, ful_error *err);

/* ---- the economy's part of the game ------------------------------------------------------------ */

/** Incomes over joint enforcement x adaptation x relief, with and without pressure, and what each
 *  lever is worth through the economy: computed once, then every package is a game of milliseconds. */
typedef struct ful_payoffs ful_payoffs;

/** How the table is filled. What is not solved is interpolated, and the error is measured. */
typedef enum ful_grid {
    FUL_GRID_EXACT,  /**< every node of the game's table solved */
    FUL_GRID_MIXED,  /**< every joint level of the pivotal enforcer solved under pressure, the others at
                          their lowest level or, if held, where they start; what others do, relief,
                          adaptation, and all without pressure, at its corners. The incomes of a game in
                          which nothing held moves are the same bits whatever may move */
    FUL_GRID_SPARSE, /**< corners and middles: a few dozen solves, for draws */
} ful_grid;

/** @param moving  bits: the parts held in the case that offers of this table may move, of which the
 *                  others have but one level in it. 0: none; ful_held_parts: all. */
FUL_API FUL_NODISCARD ful_status ful_payoffs_new(ful_payoffs **out, const ful_world *world,
                                                 ful_grid grid, unsigned moving,
                                                 const ful_run *run, ful_error *err);
FUL_API void ful_payoffs_free(ful_payoffs *payoffs);

/** Whether the numbers of a world make a game, found without solving anything: what ful_bargain_new would
 *  refuse of the case's levers and sticks together, with the parts that the case holds at their start or
 *  moving, and what would be refused of relief. FUL_ERR_DATA. */
FUL_API FUL_NODISCARD ful_status ful_payoffs_check(const ful_world *world,
                                                   const ful_allocator *allocator, ful_error *err);

typedef struct ful_payoffs_view {
    int solves;
    double max_violation;
    int columns;             /**< C, of `income`: see ful_case_term.column */
    int joint;               /**< joint levels of enforcement */
    int entries;             /**< 3 * adaptation_steps * joint */
    const double *income[2]; /**< without, with pressure: as ful_bargain_data.income */
    const double *lever;     /**< levers * C: income changes of lifting the lever's tariff, of a penalty
                                  those of imposing it; 0 where it moves none */
    const ful_enforced *part; /**< with the shares read off the benchmark */
    const ful_world *world;
} ful_payoffs_view;
FUL_API void ful_payoffs_view_get(ful_payoffs_view *view, const ful_payoffs *payoffs);

/** Error of an interpolated table. */
typedef struct ful_gap {
    int nodes;             /**< at which it was compared with a solution */
    double target;         /**< largest difference of the target's income, points */
    double enforcer;       /**< of the pivotal enforcer's */
} ful_gap;

#define FUL_GAP_SAMPLE 32

/** Compare a table with exact solutions at `FUL_GAP_SAMPLE` of its nodes, chosen at random once and for
 *  all; of an exact table nothing is compared. */
FUL_API FUL_NODISCARD ful_status ful_payoffs_gap(ful_gap *out, const ful_payoffs *payoffs,
                                                 const ful_run *run, ful_error *err);

/** Which game: pressure, package, contract. */
typedef enum ful_terms {
    FUL_TERMS_AS_WORDED,  /**< each lever's own contract */
    FUL_TERMS_CONTINGENT, /**< all in exchange for enforcement */
    FUL_TERMS_GIFTS,      /**< all unconditional */
    FUL_TERMS,
} ful_terms;

typedef struct ful_offer {
    int pressure;      /**< non-zero: the pressure regime is in force; 0: the base regime */
    unsigned levers;   /**< the package */
    ful_terms terms;   /**< of its levers; sticks keep their own */
    int stick;         /**< non-zero: all the case's sticks are added */
    int horizon;       /**< periods; 0: the case's */
    double transfer;   /**< further side payment to the pivotal enforcer while it enforces, %/year of its
                            GDP, at the sender's expense; part of what S can withdraw, at no
                            price of its own */
    int reverse;       /**< non-zero: enforcers move in the reverse of the case's order */
    int simultaneous;  /**< non-zero: enforcers move at once, whatever the case says */
    int perfect;       /**< non-zero: nobody errs, every precision is infinite; not with simultaneous moves */
    unsigned moving;   /**< bits: parts of enforcement that are held in the case and move here, as the
                            table allows */
} ful_offer;

/** Whether a part of enforcement stays at its start in an offer's game. */
FUL_API int ful_offer_holds(const ful_situation *situation, const ful_offer *offer, int part);

/** All the parts that the case holds: for ful_payoffs_new and ful_offer.moving. */
FUL_API unsigned ful_held_parts(const ful_situation *situation);

/** The level of a part in a joint level of an offer's game. */
FUL_API double ful_offer_level(const ful_situation *situation, const ful_offer *offer, int joint,
                               int part);

/** Where the arrays of a game's data live. */
typedef struct ful_bargain_room {
    ful_player player[FUL_BARGAIN_MAX_PLAYERS];
    ful_enforced group[FUL_BARGAIN_MAX_GROUPS];
    ful_term term[FUL_BARGAIN_MAX_TERMS];
    ful_lever lever[FUL_BARGAIN_MAX_LEVERS];
    int order[FUL_BARGAIN_MAX_ENFORCERS];
} ful_bargain_room;

/**
 * The data of one offer's game: what ful_bargain_new takes. Its arrays live in `room` and `payoffs`.
 * @param p  a value for each of the situation's parameters, NULL: the world's. Incomes stay the world's,
 *           so only the game's own parameters act (ful_payoffs_direct).
 */
FUL_API FUL_NODISCARD ful_status ful_payoffs_data(ful_bargain_data *out, ful_bargain_room *room,
                                                  const ful_payoffs *payoffs,
                                                  const ful_offer *offer, const double *p,
                                                  ful_error *err);

/** Whether a parameter stands in the game itself: in a player, a term, a lever or a rule. What it may
 *  do besides in the economy is not seen by ful_payoffs_data. */
FUL_API int ful_payoffs_direct(const ful_payoffs *payoffs, ful_param parameter);

/** What the data of an offer's game change by when one of the game's own parameters grows by one: the
 *  direction for ful_bargain_derivative. The data are linear in every parameter. */
FUL_API FUL_NODISCARD ful_status ful_payoffs_direction(ful_bargain_data *out,
                                                       ful_bargain_room *room,
                                                       const ful_payoffs *payoffs,
                                                       const ful_offer *offer, ful_param parameter,
                                                       ful_error *err);

/** The game of one offer. Free with ful_bargain_free. */
FUL_API FUL_NODISCARD ful_status ful_payoffs_game(ful_bargain **out, const ful_payoffs *payoffs,
                                                  const ful_offer *offer,
                                                  const ful_allocator *allocator, ful_error *err);

/** Build, solve and free the game of one offer.
 *  @param p  as of ful_payoffs_data; NULL: the world's. */
FUL_API FUL_NODISCARD ful_status ful_payoffs_play(ful_bargain_report *report,
                                                  const ful_payoffs *payoffs,
                                                  const ful_offer *offer, const double *p,
                                                  double lambda_scale,
                                                  const ful_allocator *allocator, ful_error *err);

/** An effect on enforcement or on P(frozen or denuclearised) of one in a hundred or less moves nobody. */
#define FUL_MOVED .01

/** P(frozen or denuclearised): the target at least freezes. */
FUL_API double ful_bargain_freeze(const ful_bargain_report *report);

/* ---- packages: what should be offered? --------------------------------------------------------- */

typedef struct ful_package_row {
    ful_offer offer;
    ful_bargain_report report;
    int on_frontier; /**< no other row has a better outcome at lower cost to S and lower collapse risk; of
                          the rows that offer nothing only the first */
} ful_package_row;

typedef struct ful_lever_effect {
    int lever;            /**< index into situation->lever */
    double enforcement;   /**< Shapley contribution to the pivotal enforcer's mean enforcement */
    double accommodation; /**< Shapley contribution to P(frozen or denuclearised) */
    int rests_on_judgement; /**< non-zero: its size rests on a number of grade E */
    int sign_survives;    /**< non-zero: its effect on enforcement has one sign at lambda/5, lambda, 5 lambda */
} ful_lever_effect;

enum { FUL_CORNER_NOTHING, FUL_CORNER_PRESSURE, FUL_CORNER_INDUCEMENTS, FUL_CORNER_BOTH, FUL_CORNERS };

/** The offer of a corner, `levers` being its inducements. */
FUL_API ful_offer ful_corner_offer(int corner, unsigned levers);

/** The levers that can be offered, all but sticks: their number, and which they are (FUL_MAX_LEVERS). */
FUL_API int ful_offered_levers(int *lever, const ful_situation *situation);

typedef struct ful_packages {
    ful_arena *arena;                  /**< holds the rows */
    int levers;                        /**< that can be offered: the case's but for its sticks */
    ful_lever_effect lever[FUL_MAX_LEVERS];
    int rows;
    ful_package_row *row;              /**< every subset of these under pressure, [terms * 2^levers +
                                            subset], bit k of subset: lever[k] */
    int corner_package;                /**< index of the case's package that the corners use */
    ful_bargain_report corner[FUL_CORNERS];
    int long_horizon;                  /**< periods of corner_long: twice those of the case's game, at most
                                            FUL_BARGAIN_MAX_HORIZON */
    ful_bargain_report corner_long[FUL_CORNERS];  /**< over long_horizon */
    ful_bargain_report corner_noisy[FUL_CORNERS]; /**< lambda / 5 */
    ful_bargain_report corner_sharp[FUL_CORNERS]; /**< 5 lambda */
    ful_bargain_report corner_moving[FUL_CORNERS];  /**< the parts that the case holds move as well */
    ful_bargain_report corner_reverse[FUL_CORNERS]; /**< the same, enforcers in reverse order */
    int has_stick;                     /**< whether the case declares sticks */
    ful_bargain_report stick[FUL_CORNERS]; /**< nothing, stick alone, carrots alone, both; under pressure */
    double transfer_pct;               /**< compensating transfer that just makes the pivotal enforcer enforce
                                            (share >= 1/2 of armed periods) without a package, % of its GDP
                                            a year; 0: none needed; NaN: none below 1 % does. S bears its
                                            cost and may withdraw it: see ful_offer.transfer */
} ful_packages;

FUL_API FUL_NODISCARD ful_status ful_study_packages(ful_packages *out, const ful_payoffs *payoffs,
                                                    const ful_run *run, ful_error *err);
FUL_API void ful_packages_clear(ful_packages *packages);

/* ---- what would it take? ----------------------------------------------------------------------- */

typedef enum ful_aim {
    FUL_AIM_ENFORCE, /**< the pivotal enforcer enforces: in at least `level` of the periods in which the
                          target is armed, e >= ebar in every group */
    FUL_AIM_FREEZE,  /**< the target at least freezes: frozen or denuclearised at the horizon */
} ful_aim;

typedef struct ful_requirement {
    ful_aim aim;
    double probability; /**< with which the aim is asked for, (0, 1] */
    double level;       /**< FUL_AIM_ENFORCE: (0, 1] */
    int draws;          /**< of all parameters; 0: at the world's parameters alone */
    uint64_t seed;
} ful_requirement;

/** What one package and contract does for the aim. */
typedef struct ful_bid {
    ful_offer offer;
    double probability; /**< of the aim. Without draws: of a freeze what the game says, and of enforcement
                             the share of armed periods itself. With draws: of a freeze the mean over
                             draws, of enforcement the share of draws that reach `level` */
    double cost;        /**< to the sender, % of its GDP a year; mean over draws */
} ful_bid;

typedef struct ful_answer {
    ful_arena *arena;
    ful_requirement asked;
    int draws, refused;   /**< solved, without an equilibrium */
    int bids;
    ful_bid *bid;         /**< every package and contract, cheapest first; of equals the more probable */
    int cheapest, runner_up; /**< indices of the first two that meet the requirement, -1: none */
    double unmet;         /**< share of draws in which no package meets the aim: enforcement below `level`,
                               a freeze less likely than `probability`; without draws 0 or 1 */
    double transfer_pct;  /**< side payment to the pivotal enforcer that just does it without a package, %
                               of its GDP a year; 0: none needed; NaN: none below 1 % does. With draws:
                               that does it in the share `probability` of them, of a freeze in half */
    double transfer_busd; /**< the same in billion USD, of the GDP at the world's parameters */
} ful_answer;

FUL_API FUL_NODISCARD ful_status ful_study_requirement(ful_answer *out, const ful_payoffs *payoffs,
                                                       const ful_requirement *asked,
                                                       const ful_run *run, ful_error *err);
FUL_API void ful_answer_clear(ful_answer *answer);

/* ---- flip points: what would change the answer? -------------------------------------------------- */

/** Where a number of the game crosses a threshold, one parameter moving and all others as they are. */
typedef struct ful_flip {
    double slope; /**< derivative at the parameter's value; NaN where there is no such number */
    double at;    /**< value within the parameter's range at which it crosses, the first met on the way
                       to both ends; NaN: none */
} ful_flip;

typedef struct ful_flip_row {
    ful_param parameter;
    double value;      /**< where it stands */
    ful_flip slack;    /**< of the pivotal enforcer at its first node, through zero: its best reply
                            changes from enforcing to not, or back */
    ful_flip freeze;   /**< P(frozen or denuclearised) through one half */
} ful_flip_row;

typedef struct ful_flips {
    ful_arena *arena;
    double slack, freeze; /**< as things stand */
    int rows;
    ful_flip_row *row;     /**< every one of these that has a range, in the case's order */
} ful_flips;

/** Search the range of each of the game's own parameters (ful_payoffs_direct), in both directions from
 *  where it stands. A crossing that reverses between two places searched is not seen: there are
 *  FUL_FLIP_PLACES of them a side. Incomes stay as they are: what the economy's parameters would change
 *  is not asked. */
#define FUL_FLIP_PLACES 4
FUL_API FUL_NODISCARD ful_status ful_study_flips(ful_flips *out, const ful_payoffs *payoffs,
                                                 const ful_offer *offer, const ful_run *run,
                                                 ful_error *err);
FUL_API void ful_flips_clear(ful_flips *flips);

/* ---- the record of moves: does the game fit what was done? --------------------------------------- */

/** A row of the record beside the game's own path without a package. */
typedef struct ful_record_point {
    int row;            /**< index into situation->record.row */
    double probability; /**< of what was observed: of the stage, of relief granted or withheld, or of the
                             levels nearest to what the source leaves open */
    double low, high;   /**< enforcement: 5th and 95th percentiles of the game's level; else NaN */
    int inside;         /**< a level: what the source leaves open meets [low, high]; a stage or relief: its
                             probability is at least .05 */
} ful_record_point;

/** How much one payoff term could do for the fit. */
typedef struct ful_record_term {
    int term;          /**< index into situation->game.term */
    double at;         /**< value of its parameter, within its range, that fits best */
    double gain;       /**< what that adds to the log-likelihood, >= 0 */
} ful_record_term;

typedef struct ful_record {
    ful_arena *arena;
    int points;
    ful_record_point *point; /**< in the record's order; rows on parts that the case holds are left out */
    int outside;             /**< points that are not inside */
    double log_likelihood;   /**< sum over points of ln((1 - FUL_RECORD_MISREAD) probability +
                                  FUL_RECORD_MISREAD / values), rows taken as independent */
    int terms;
    ful_record_term *term;   /**< those whose parameter has a range, by falling gain */
} ful_record;

/** Chance that a row of a record is wrong, each of its values then being as likely. */
#define FUL_RECORD_MISREAD .05

/** The game without a package, under pressure, from the state in which the case's record begins. It
 *  lasts beyond the record: from the last half-year of it as long as the case's game. Each half-year
 *  of the record has the incomes under what was in force in it, on the grid of `payoffs`, the last
 *  also what follows; hubs adapt by the calendar. FUL_ERR_DATA where the case has none. */
FUL_API FUL_NODISCARD ful_status ful_study_record(ful_record *out, const ful_payoffs *payoffs,
                                                  const ful_run *run, ful_error *err);
FUL_API void ful_record_clear(ful_record *record);

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

/** What one draw tells. Only doubles, so that a list of draws can be kept and read again. */
typedef struct ful_draw {
    double solved; /**< 1; 0: its world has no equilibrium, and the rest is 0 */
    double grand, alone, without;      /**< of the enforcer, as in ful_uncertainty */
    double outcome[FUL_CORNERS][4];
    double enforcement[FUL_CORNERS], enforces[FUL_CORNERS]; /**< mean level; share of armed periods */
    double restart, honour, snap_back; /**< in the corner "both"; NaN: the game has no such choice */
    double lever_enforcement[FUL_MAX_LEVERS], lever_accommodation[FUL_MAX_LEVERS];
} ful_draw;

/** Draws number 0 to `draws` - 1 of every parameter, into out[draws]; each depends on (situation,
 *  package, seed, its number) alone.
 *  @param package  index of the package that is the corners' inducements. */
FUL_API FUL_NODISCARD ful_status ful_study_draws(ful_draw *out, const ful_situation *situation,
                                                 int package, int draws, uint64_t seed,
                                                 const ful_run *run, ful_error *err);

/** What the draws ask of pressure and of the package, in the order of ful_uncertainty.drivers. */
typedef enum ful_effect {
    FUL_PRESSURE_ON_FREEZE,    /**< pressure alone against nothing: P(frozen or denuclearised) */
    FUL_PACKAGE_ON_FREEZE,     /**< the package on top of pressure: the same */
    FUL_PACKAGE_ON_ENFORCEMENT, /**< the package on top of pressure: E's mean enforcement */
    FUL_EFFECTS
} ful_effect;

#define FUL_MAX_DRIVERS 5

/** The parameters whose ranks go most with the ranks of an effect (Spearman), closest first. Among
 *  some hundred parameters one always goes with it by chance: named are those whose correlation any
 *  of them would reach with any effect, all being unrelated, in at most 1 of 100 samples
 *  (Bonferroni). */
typedef struct ful_drivers {
    int count;
    ful_param parameter[FUL_MAX_DRIVERS];
    double correlation[FUL_MAX_DRIVERS];
} ful_drivers;

typedef struct ful_uncertainty {
    uint64_t seed;
    int draws;          /**< that were solved */
    int refused;        /**< draws whose world has no equilibrium; they are counted, not dropped silently */
    ful_gap gap;        /**< of the sparse grid, in the world given */
    ful_range grand, alone, without; /**< of the enforcer: v(all), v({E}), v(all without E), per cent */
    ful_range outcome[FUL_CORNERS][4]; /**< denuclearised, frozen, unchanged, collapsed */
    ful_range enforcement[FUL_CORNERS];
    double enforces[FUL_CORNERS]; /**< share of draws in which E enforces at least half the armed periods */
    ful_range restart, honour, snap_back; /**< of the corner "both", over the draws whose game has such a
                                               choice; NaN: none has */
    int levers;         /**< that can be offered, in the order of ful_offered_levers */
    ful_range lever_enforcement[FUL_MAX_LEVERS];   /**< effect of adding the lever alone to nothing */
    double lever_positive[FUL_MAX_LEVERS];         /**< share of draws in which that effect is positive */
    ful_range lever_accommodation[FUL_MAX_LEVERS];
    double pressure_raises_freeze; /**< share of draws in which pressure alone raises P(frozen or denuclearised) by more than .01 over nothing */
    double package_raises_enforcement; /**< share of draws in which the package raises E's mean enforcement by more than .01 */
    double package_raises_freeze;     /**< share in which it raises P(frozen or denuclearised) by more than .01 */
    ful_drivers drivers[FUL_EFFECTS];
} ful_uncertainty;

/** What the draws say together.
 *  @param draw   draws[draws] of ful_study_draws with this seed.
 *  @param world  in which the sparse grid of the draws is checked, NULL: it is not. */
FUL_API FUL_NODISCARD ful_status ful_study_uncertainty(ful_uncertainty *out,
                                                       const ful_situation *situation,
                                                       const ful_world *world,
                                                       const ful_draw *draw, int draws,
                                                       uint64_t seed, const ful_run *run,
                                                       ful_error *err);

/* ---- regions: where in the ranges does it hold? ------------------------------------------------ */

/** Draws, and those of them in which something holds. */
typedef struct ful_tally {
    int draws, count;
} ful_tally;

/** Draws of parameters, and what was found in each. */
typedef struct ful_sample {
    int draws, parameters;
    const double *p;            /**< draws * parameters, finite */
    const unsigned char *asked; /**< draws: flags, 0: the question does not arise; NULL: it does in all */
    const unsigned char *holds; /**< draws: flags; read where asked */
} ful_sample;

/** A single parameter that tells where it holds. */
typedef struct ful_threshold {
    int parameter;
    int above;       /**< non-zero: it holds more often above `at`; 0: below */
    double at;
    ful_tally tally; /**< on that side, among the draws with odd numbers */
} ful_threshold;

typedef struct ful_bound {
    int parameter;
    double low, high; /**< -INFINITY, INFINITY: open, not both */
} ful_bound;

#define FUL_MAX_BOUNDS 3
#define FUL_MAX_THRESHOLDS 5

/** Where in the ranges something holds more often than elsewhere. */
typedef struct ful_region {
    ful_tally all;     /**< draws asked */
    ful_tally checked; /**< those with odd numbers, on which nothing was fitted */
    int thresholds;    /**< 0: no single parameter tells */
    ful_threshold threshold[FUL_MAX_THRESHOLDS]; /**< most telling first */
    int bounds;        /**< of the box; 0: no box tells */
    ful_bound bound[FUL_MAX_BOUNDS]; /**< by parameter */
    ful_tally box;     /**< in the box, among the draws with odd numbers */
} ful_region;

/**
 * Single thresholds and a box in few parameters (PRIM: Friedman & Fisher 1999; Bryant & Lempert 2010).
 * Both are sought on the draws with even numbers and kept if those with odd ones bear them out: where
 * parameters tell nothing, a box passes in one sample of a hundred, and any threshold in another. See
 * docs/theory/studies.md. FUL_ERR_MEMORY is the only error.
 */
FUL_API FUL_NODISCARD ful_status ful_study_region(ful_region *out, const ful_sample *sample,
                                                  const ful_allocator *allocator, ful_error *err);

/* ---- advice: where does it fail? ---------------------------------------------------------------- */

/** What is asked of the four corners of the case's corner package in a draw. E: mean enforcement by the
 *  pivotal enforcer; P: P(frozen or denuclearised). */
typedef enum ful_question {
    FUL_ENFORCER_UNMOVED,     /**< under pressure the package does not raise E */
    FUL_MOVED_WITHOUT_FREEZE, /**< it does not raise P; asked where it raises E */
    FUL_PRESSURE_SUFFICES,    /**< pressure alone raises P, and the package adds nothing to it */
    FUL_INDUCEMENTS_SUFFICE,  /**< the package alone raises P, and pressure adds nothing to it */
    FUL_ONLY_TOGETHER,        /**< both give more P than nothing and than either alone */
    FUL_NEITHER_WORKS,        /**< both do not raise P over nothing */
    FUL_BACKFIRES,            /**< under pressure the package lowers P */
    FUL_QUESTIONS,
} ful_question;

/** One obstacle removed, all else as drawn. */
typedef enum ful_remedy {
    FUL_REMEDY_CONTINGENT,  /**< every lever is in exchange for enforcement */
    FUL_REMEDY_GIFTS,       /**< every lever is unconditional */
    FUL_REMEDY_WORD_BINDS,  /**< no administration changes, and to withdraw the package or to withhold
                                 relief from a target that accommodates costs the sender more than
                                 anything else at issue */
    FUL_REMEDY_NO_FEAR,     /**< a collapse costs the pivotal enforcer nothing */
    FUL_REMEDY_LOW_RESOLVE, /**< the target's programme is worth the lowest that its range allows */
    FUL_REMEDIES,
} ful_remedy;

typedef struct ful_advice_question {
    ful_region region;
    int turned[FUL_REMEDIES]; /**< of the draws in which it holds: those in which, played again with the
                                   remedy, it does not. Moved without freeze: in which the package
                                   then raises P */
} ful_advice_question;

typedef struct ful_advice {
    uint64_t seed;
    int draws;            /**< that were solved */
    int refused;          /**< whose world has no equilibrium */
    double max_violation;
    ful_advice_question question[FUL_QUESTIONS];
} ful_advice;

/** The four corners of a draw, by ful_corner. */
typedef struct ful_advice_corners {
    double enforcement[FUL_CORNERS]; /**< mean, of E */
    double freeze[FUL_CORNERS];      /**< P(frozen or denuclearised) */
} ful_advice_corners;

/** What is played in one draw. Only doubles, so that a list of draws can be kept and read again. */
typedef struct ful_advice_draw {
    double solved; /**< 1; 0: its world has no equilibrium, and the rest is 0 */
    double max_violation;
    ful_advice_corners drawn, changed[FUL_REMEDIES]; /**< as drawn, and with each remedy; 0 where no
                                                          question is answered with yes as drawn */
} ful_advice_draw;

/** Play the corners in draws number 0 to `draws` - 1 of every parameter, into out[draws], each on its
 *  sparse grid, as drawn and with each remedy; each depends on (situation, seed, its number) alone.
 *  @param draws  1 or more. */
FUL_API FUL_NODISCARD ful_status ful_study_advice_draws(ful_advice_draw *out,
                                                        const ful_situation *situation, int draws,
                                                        uint64_t seed, const ful_run *run,
                                                        ful_error *err);

/** Ask the questions of draws of ful_study_advice_draws, all of one seed: how often, and where in the
 *  ranges. FUL_ERR_INFEASIBLE if none of them has an equilibrium. */
FUL_API FUL_NODISCARD ful_status ful_study_advice(ful_advice *out, const ful_situation *situation,
                                                  const ful_advice_draw *draw, int draws,
                                                  uint64_t seed, const ful_run *run,
                                                  ful_error *err);

#ifdef __cplusplus
}
#endif
#endif
