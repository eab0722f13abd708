/* SPDX-License-Identifier: MIT */
/**
 * @file fulcrum/game.h
 * Who does what: logit agent quantal-response equilibria of games with perfect information.
 *
 * Two layers, each usable alone. ful_tree is any finite game tree with chance moves. ful_bargain is
 * the sanctions game between a sender S, a pivotal enforcer E and a target T, solved on its states;
 * a small instance unfolds into a ful_tree, and both solvers must agree.
 *
 * Solution concept (McKelvey & Palfrey 1998), with menu weights w:
 *     P(a|s) = w_a exp(lambda_i U_i(a|s)) / sum_b w_b exp(lambda_i U_i(b|s)),
 * by backward induction: unique, because information is perfect and the horizon finite.
 *
 * Equations and symbols are those of docs/theory/game.md.
 */
#ifndef FULCRUM_GAME_H
#define FULCRUM_GAME_H

#include "fulcrum/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- any game tree --------------------------------------------------------------------------- */

typedef struct ful_tree ful_tree;                 /**< immutable, shareable between threads */
typedef struct ful_tree_builder ful_tree_builder; /**< takes nodes in depth-first order */

typedef enum ful_node_kind { FUL_NODE_TERMINAL, FUL_NODE_CHANCE, FUL_NODE_DECISION } ful_node_kind;

FUL_API FUL_NODISCARD ful_status ful_tree_builder_new(ful_tree_builder **out, const char *title,
                                                      int players, const char *const *player,
                                                      const ful_allocator *allocator,
                                                      ful_error *err);
FUL_API void ful_tree_builder_free(ful_tree_builder *builder);

/** Add a chance node; its `moves` subtrees follow in order. Probabilities > 0, sum 1 to 1e-12. */
FUL_API FUL_NODISCARD ful_status ful_tree_chance(ful_tree_builder *builder, const char *label,
                                                 int moves, const char *const *move,
                                                 const double *probability, ful_error *err);

/** Add a decision of `player` (0-based); its `moves` subtrees follow in order.
 *  @param weight  menu weights > 0, or NULL for equal ones; only their ratios matter. */
FUL_API FUL_NODISCARD ful_status ful_tree_decision(ful_tree_builder *builder, const char *label,
                                                   int player, int moves, const char *const *move,
                                                   const double *weight, ful_error *err);

/** As ful_tree_decision, for a node whose owner's precision is `precision` > 0 times the lambda
 *  that the tree is solved with: a choice made later, whose payoffs stand discounted to the
 *  root. */
FUL_API FUL_NODISCARD ful_status ful_tree_decision_scaled(ful_tree_builder *builder,
                                                          const char *label, int player, int moves,
                                                          const char *const *move,
                                                          const double *weight, double precision,
                                                          ful_error *err);

/** Add a terminal node with one payoff per player, finite and at most 1e100 in size. */
FUL_API FUL_NODISCARD ful_status ful_tree_terminal(ful_tree_builder *builder, const char *label,
                                                   const double *payoff, ful_error *err);

/** Compile the builder into a tree; refuses one with open moves. The builder stays the caller's.
 *  Depth-first order is enforced while building: each node added fills the first open move. */
FUL_API FUL_NODISCARD ful_status ful_tree_new(ful_tree **out, const ful_tree_builder *builder,
                                              const ful_allocator *allocator, ful_error *err);
FUL_API void ful_tree_free(ful_tree *tree);

/** A tree's arrays, borrowed. Nodes are in depth-first order, the root is 0; moves are numbered
 *  through: the moves of node v are first_move[v] .. first_move[v] + moves[v] - 1. */
typedef struct ful_tree_view {
    int players, nodes, moves_total;
    const char *title;
    const char *const *player;     /**< names (players) */
    const int *kind;               /**< ful_node_kind (nodes) */
    const int *owner;              /**< player of a decision, -1 otherwise (nodes) */
    const int *moves;              /**< number of moves, 0 at a terminal (nodes) */
    const int *first_move;         /**< (nodes) */
    const char *const *label;      /**< (nodes) */
    const double *precision;       /**< factor on the owner's lambda, 1 unless scaled (nodes) */
    const char *const *move_label; /**< (moves_total) */
    const int *child;              /**< node a move leads to (moves_total) */
    const double *weight;          /**< menu weight or chance probability (moves_total) */
    const double *payoff;          /**< nodes x players, 0 but at terminals */
} ful_tree_view;
FUL_API void ful_tree_view_get(ful_tree_view *view, const ful_tree *tree);

/**
 * Solve by backward induction. INFINITY in `lambda` is subgame perfection for that player; moves
 * within 1e-12 of the best, relative to the largest utility of the menu in size, tie and are then
 * shared by weight. Linear in the number of moves; allocates nothing.
 * @param probability  moves_total: choice probability of each move (chance: its own).
 * @param value        nodes x players: expected payoff at each node.
 * @param reach        nodes, or NULL: probability of reaching each node from the root.
 * @param lambda       one precision per player, >= 0.
 */
FUL_API FUL_NODISCARD ful_status ful_tree_solve(double *probability, double *value, double *reach,
                                                const ful_tree *tree, const double *lambda,
                                                ful_error *err);

/** Read Gambit's .efg text (perfect information; decimal or rational numbers). Errors carry line
 *  and column. Menu weights are equal: the format has none. A node takes the label of its
 *  information set or outcome where there is one. Refused: an information set that holds two
 *  nodes, payoffs at nodes with moves, chance probabilities that are not positive or do not sum
 *  to one. */
FUL_API FUL_NODISCARD ful_status ful_tree_parse_efg(ful_tree **out, const char *text, size_t size,
                                                    const ful_allocator *allocator, ful_error *err);

/** Receives text; non-zero stops the writing and is reported as FUL_ERR_FILE. */
typedef int (*ful_write_fn)(void *user, const char *text, size_t size);

/** Write Gambit's .efg: unique information-set labels and outcome ids, chance probabilities as
 *  rationals that sum to one, payoffs with 17 digits. Menu weights other than equal ones and scaled
 *  precisions cannot be expressed: a comment in the title says so. */
FUL_API FUL_NODISCARD ful_status ful_tree_format_efg(const ful_tree *tree, ful_write_fn write,
                                                     void *user, ful_error *err);

/* ---- the sanctions game ---------------------------------------------------------------------- */

/*
 * A half-year. (1) S keeps or withdraws the package, from the second half-year on, and grants or
 * withholds relief while T accommodates. (2) E moves each group's enforcement by at most one level;
 * after a detected restart it may return to any higher one. (3) The period pays. (4) The regime may
 * collapse; S then keeps south of the border or goes north. (5) T moves: armed: hold, freeze,
 * dismantle; frozen: stay, dismantle, restart; dismantling: continue, pause, restart; dismantled:
 * stay, restart; restarted: hold, freeze. (6) A restart is detected or stays hidden, in which case
 * S and E carry on; stress and adaptation move. Information is perfect but for a hidden restart,
 * during which S and E have no move to make.
 *
 * Menu weights: S equal; E the trapezoid weights of the levels within reach, multiplied over
 * groups; T one half on accommodating moves and one half on the others (hold, restart), split
 * equally.
 *
 * With dt below a half-year, S and E decide in the first period of each half-year and T in the
 * last, when detection, stress and adaptation are drawn too; payoffs, discounting and collapse go
 * by periods. How often actors reconsider is part of the solution concept, as lambda is.
 */
enum { FUL_S, FUL_E, FUL_T, FUL_PLAYERS };

/** Stages of the target's programme. Dismantling takes `dismantle_periods` steps, each of them a
 *  move of T with its cost; settling takes `settle_periods` half-years dismantled in which
 *  relief is granted and the package, if one is on offer, stands. A settled T has no further
 *  move. */
typedef enum ful_stage {
    FUL_STAGE_ARMED,
    FUL_STAGE_FROZEN,
    FUL_STAGE_DISMANTLING,
    FUL_STAGE_DISMANTLED,
    FUL_STAGE_RESTARTED,
} ful_stage;

typedef enum ful_contract {
    FUL_CONTRACT_UNCONDITIONAL, /**< paid while the package stands: a gift */
    FUL_CONTRACT_ENFORCEMENT,   /**< paid in periods in which e_obs >= ebar in every group */
    FUL_CONTRACT_STAGE,         /**< paid while the target accommodates */
} ful_contract;

/**
 * The game's own numbers: symbol, unit, meaning. All are finite and below 1e15 in size, lambda
 * alone may be INFINITY. The case names them `game.<symbol>`. Values are per cent of the actor's
 * own GDP; "a year" is a flow, "lump" a present value.
 */
#define FUL_BARGAIN_PARAMETERS(X)                                                                  \
    X(n_T, "%/year", "value to T of an armed programme")                                           \
    X(b_E, "%/year", "cost to E of an armed, testing target")                                      \
    X(b_S, "%/year", "cost to S of the armed programme")                                           \
    X(warrisk, "%/year", "cost to E of the risk of war, beside b_E, while armed or restarted")     \
    X(g_frozen, "1", "share of b and n that remains while frozen")                                 \
    X(w_S, "1", "weight of a per cent of income in S's payoff")                                    \
    X(w_E, "1", "weight of a per cent of income in E's payoff")                                    \
    X(w_elite, "1", "weight of a per cent of the elite's income in T's payoff")                    \
    X(w_mass, "1", "weight of a per cent of the others' income in T's payoff")                     \
    X(friction, "%/year", "E's friction of full enforcement of everything")                        \
    X(dismantling, "%", "cost to T of each half-year of dismantling")                              \
    X(restart_gain, "%", "gain to T of a restart, once")                                           \
    X(L_T, "%", "lump: T's leadership's loss from collapse")                                       \
    X(C_S, "%", "lump: S's loss from collapse; negative is a gain")                                \
    X(c_ref, "%", "lump: loss to E from refugees when they just fill the camps")                   \
    X(over, "1", "excess factor of refugees beyond the camps")                                     \
    X(refugees, "million", "refugees at a collapse without stress")                                \
    X(refugees_stress, "log points", "growth of refugees per step of stress")                      \
    X(camp_capacity, "million", "refugees that the camps can hold")                                \
    X(L_troops, "%", "lump: loss to E from S's troops at its border")                              \
    X(L_unified, "%", "lump: loss to E from a unified country allied to S")                        \
    X(north_gain, "%", "gain to S from going north after a collapse, once")                        \
    X(north_cost, "%", "cost to S of breaking its pledge not to, once")                            \
    X(h0, "1/year", "collapse hazard at baseline")                                                 \
    X(a_p, "log points", "growth of the hazard per per cent of T's income lost")                   \
    X(a_z, "log points", "growth of the hazard per step of stress")                                \
    X(stress_up, "%", "pressure above which stress may rise a step, with chance one half")         \
    X(stress_down, "%", "pressure below which stress falls a step")                                \
    X(detection, "1", "chance that a restart is detected within a half-year")                      \
    X(noise, "1", "chance that observed enforcement is read wrongly")                              \
    X(ebar, "1", "enforcement that a contract asks for, in every group")                           \
    X(relief_freeze, "1", "share of each measure's coverage promised back at a freeze")            \
    X(relief_dismantle, "1", "share of each measure's coverage promised back at dismantling")      \
    X(delta_S, "1/year", "discount factor of S")                                                   \
    X(delta_E, "1/year", "discount factor of E")                                                   \
    X(delta_T, "1/year", "discount factor of T")                                                   \
    X(lambda, "1/stake", "precision of choice: multiplies present values divided by the stake")    \
    X(stake_S, "%/year", "what is typically at issue for S")                                       \
    X(stake_E, "%/year", "what is typically at issue for E")                                       \
    X(stake_T, "%/year", "what is typically at issue for T")

typedef struct ful_bargain_parameters {
#define FUL_BARGAIN_FIELD(symbol, unit, meaning) double symbol;
    FUL_BARGAIN_PARAMETERS(FUL_BARGAIN_FIELD)
#undef FUL_BARGAIN_FIELD
} ful_bargain_parameters;

/** A lever's terms in numbers, per cent of GDP a year unless said otherwise. */
typedef struct ful_lever {
    const char *id;
    ful_contract contract;
    int duration;      /**< periods from the start for which the offer stands. Above the horizon:
                            for good; otherwise it is no part of the annuity at the horizon */
    double value_E;    /**< to E while it is paid, the economy's part included */
    double value_T;    /**< security to T while T accommodates and the package stands */
    double cost_S;     /**< to S while it is paid, the economy's part included */
    double withdrawal; /**< once, to S when it withdraws without breach. T's breach is a restart
                            that has come to light; E's, of an enforcement contract, is e < ebar in
                            the period before */
    double hazard;     /**< log points off the collapse hazard while the package stands */
    int troops;        /**< non-zero: the pledge that keeps S's troops south after a collapse */
} ful_lever;

/** Income changes of the actors, per cent of own income, for one setting of the economy. */
typedef struct ful_income {
    double S, E;        /**< fall is negative */
    double elite, mass; /**< households of T */
    double T;           /**< real income of T as a whole; pressure is -T */
} ful_income;

/** Everything the game needs. Borrowed during ful_bargain_new. */
typedef struct ful_bargain_data {
    ful_bargain_parameters p;
    double dt;                /**< years per period: .5 or a whole fraction of it */
    int horizon;              /**< periods, 1..64 */
    int dismantle_periods;    /**< d, 1..8 half-years whatever dt is */
    int settle_periods;       /**< half-years dismantled, S honouring, until settled: 1..8 */
    int stress_steps;         /**< z in 0..stress_steps - 1: 1..4 */
    int adaptation_steps;     /**< k in 0..adaptation_steps - 1: 1..4 */
    int groups;               /**< G, 1..4 */
    int levels;               /**< L, 2..8 */
    const double *level;      /**< L, ascending in [0,1]; one within 1e-5 of ebar meets it */
    const double *group_share; /**< G, trade shares of the groups, sum 1 */
    /**
     * Income by [relief r][adaptation k][enforcement e], r = 0 none, 1 that of a freeze, 2 that of
     * dismantling; e = sum_g index_g * L^g. (3 * adaptation_steps * L^G entries.) A constant table
     * means that nothing is in force.
     */
    const ful_income *income;
    int nothing_in_force;    /**< non-zero: no measure to enforce; friction and contracts are nil */
    ful_stage start_stage;
    int start_stress, start_adaptation;
    const int *start_level;   /**< G indices into level */
    int levers;               /**< levers of the package on offer, 0..16; 0: no package */
    const ful_lever *lever;
} ful_bargain_data;

typedef struct ful_bargain ful_bargain;           /**< immutable */
typedef struct ful_bargain_work ful_bargain_work; /**< one per thread */

/** Check the data and compute what does not depend on play: hazards, flows, reachable states.
 *  Refuses what is out of range by name (FUL_ERR_DATA), and a game of more than 2 GiB
 *  (FUL_ERR_MEMORY). */
FUL_API FUL_NODISCARD ful_status ful_bargain_new(ful_bargain **out, const ful_bargain_data *data,
                                                 const ful_allocator *allocator, ful_error *err);
FUL_API void ful_bargain_free(ful_bargain *game);
FUL_API FUL_NODISCARD ful_status ful_bargain_work_new(ful_bargain_work **out,
                                                      const ful_bargain *game,
                                                      const ful_allocator *allocator,
                                                      ful_error *err);
FUL_API void ful_bargain_work_free(ful_bargain_work *work);

/** A probability at the first node of a kind that is reached, and the chance of reaching one. */
typedef struct ful_conditional {
    double probability; /**< choice probability there, weighted by reach. Where reach is below
                             1e-200: what it is when T trembles by its menu weights; 0 where no
                             play reaches one */
    double reach;       /**< below 1e-6 call it "hardly ever reached" */
} ful_conditional;

#define FUL_BARGAIN_MAX_GROUPS 4

/** What happens in equilibrium. Probabilities by exact forward propagation. */
typedef struct ful_bargain_report {
    /** The partition of the state at the horizon; sums to one. Frozen means no tests; production
     *  may go on. */
    double denuclearised, frozen, unchanged, collapsed;
    double ever_frozen, ever_dismantled, ever_restarted;
    double enforcement[FUL_BARGAIN_MAX_GROUPS]; /**< mean level by group over all periods alive */
    double enforcement_mean;                    /**< trade-weighted over the groups */
    double enforcement_armed; /**< trade-weighted, over periods in stage armed; 0 without any */
    double enforces;      /**< share of those periods with e >= ebar in every group */
    double first_move;    /**< P(e >= ebar in every group) at E's first node */
    ful_conditional restart;   /**< T restarts, given that it accommodated */
    ful_conditional honour;    /**< S keeps the package and grants relief, given T accommodated */
    ful_conditional snap_back; /**< E enforces ebar in every group, given a detected restart */
    /** E's best utility over e >= ebar in every group minus its best elsewhere, at its first
     *  node and over the whole grid, as if no step were limited: present value, per cent of E's
     *  GDP. */
    double enforcer_slack;
    double sender_cost;        /**< expected discounted payments (withdrawals aside), per cent of
                                    S's GDP, as an annuity over the horizon */
    double target_income;      /**< mean change of T's real income over periods alive, per cent */
    double collapse_loss;      /**< L_E at the start state: what E fears, per cent of its GDP */
    double value[FUL_PLAYERS]; /**< expected payoffs at the start, per cent of own GDP */
} ful_bargain_report;

/** Solve and propagate. Never allocates.
 *  @param lambda_scale  multiplies every precision; 1 for the case's own, INFINITY for subgame
 *                       perfection. */
FUL_API FUL_NODISCARD ful_status ful_bargain_solve(ful_bargain_report *report,
                                                   const ful_bargain *game, ful_bargain_work *work,
                                                   double lambda_scale, ful_error *err);

/** Unfold the game into a tree: for export and for checking. Payoffs are present values at the
 *  start, relative to the status quo continuing, in stakes of each player, so that one lambda
 *  serves all; each decision's precision is scaled by d_i^-t, because the game chooses by
 *  present values at the node. The annuity at the horizon holds S's choice after a collapse at
 *  the case's own lambda, so tree and states agree at lambda_scale 1. Refuses one with more than
 *  `max_nodes` nodes and says how many there would be. */
FUL_API FUL_NODISCARD ful_status ful_bargain_tree(ful_tree **out, const ful_bargain *game,
                                                  int max_nodes, const ful_allocator *allocator,
                                                  ful_error *err);

#ifdef __cplusplus
}
#endif
#endif
