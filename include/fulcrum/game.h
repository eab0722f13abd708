/* SPDX-License-Identifier: MIT */
/**
 * @file fulcrum/game.h
 * Who does what: logit agent quantal-response equilibria of games with perfect information.
 *
 * Two layers, each usable alone. ful_tree is any finite game tree with chance moves. ful_bargain is
 * the sanctions game between a sender S, a target T and enforcers E, the first of them pivotal, solved
 * on its states; a small instance unfolds into a ful_tree, and both solvers must agree. Who plays, in
 * which order, with which levers, for which payoff terms is data; the code knows kinds of terms.
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
 * withholds relief while T accommodates; a new administration may withdraw it whatever the old one
 * would have done. (2) The enforcers move in their order, each seeing what those before it did: by
 * at most one level for each of its groups; after a detected restart a group may return to any
 * higher one. (3) The period pays. (4) The regime may collapse; S then keeps south of the border or
 * goes north. (5) T moves: armed: hold, freeze, dismantle; frozen: stay, dismantle, restart;
 * dismantling: continue, pause, restart; dismantled: stay, restart; restarted: hold, freeze. (6) A
 * restart is detected or stays hidden, in which case S and the enforcers carry on; stress,
 * adaptation and capability move. Information is perfect but for a hidden restart, during which S
 * and the enforcers have no move to make.
 *
 * Menu weights: S equal; an enforcer the trapezoid weights of the levels within reach, multiplied
 * over its groups; T one half on accommodating moves and one half on the others (hold, restart),
 * split equally.
 *
 * With dt below a half-year, S and the enforcers decide in the first period of each half-year and T
 * in the last, when detection, stress, adaptation and capability move too; payoffs, discounting and
 * collapse go by periods. How often actors reconsider is part of the solution concept, as lambda is.
 *
 * The level to which a snap-back may return at once is any higher one, not only the one held before
 * relief: remembering that one would square the number of states, and it is within reach either way.
 */

/** Players: the sender, the target, then the enforcers: FUL_E is the pivotal one. */
enum { FUL_S, FUL_T, FUL_E };
#define FUL_BARGAIN_MAX_ENFORCERS 3
#define FUL_BARGAIN_MAX_PLAYERS (FUL_E + FUL_BARGAIN_MAX_ENFORCERS)
#define FUL_BARGAIN_MAX_GROUPS 6
#define FUL_BARGAIN_MAX_JOINT 4096 /**< joint levels of enforcement */
#define FUL_BARGAIN_MAX_TERMS 48
#define FUL_BARGAIN_MAX_LEVERS 16
#define FUL_BARGAIN_MAX_HORIZON 64

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
    FUL_STAGES,
} ful_stage;

/** Moves of T that a case may leave out, as bits. Holding, staying and continuing are always there:
 *  what T does when it does nothing new. */
enum {
    FUL_MOVE_FREEZE = 1,    /**< from armed or restarted */
    FUL_MOVE_DISMANTLE = 2, /**< from armed or frozen */
    FUL_MOVE_PAUSE = 4,     /**< while dismantling */
    FUL_MOVE_RESTART = 8,   /**< from frozen, dismantling or dismantled */
    FUL_MOVES_ALL = 15,
};

/** A player's patience and precision. */
typedef struct ful_player {
    const char *id;
    double delta;     /**< discount factor of a year, in (0, 1) */
    double precision; /**< lambda: multiplies present values divided by the stake; may be INFINITY */
    double stake;     /**< %/year, what is typically at issue for it; > 0 */
} ful_player;

/** Goods that one enforcer enforces together, or a step that it may take once and for all. */
typedef struct ful_enforced {
    const char *id;
    int owner;           /**< player, FUL_E or above */
    int levels;          /**< 1..8; 1: held where it is. An enforcer whose groups are all held makes no
                              moves */
    const double *level; /**< ascending in [0,1] */
    double share;        /**< of the trade that its owner enforces; over an owner's groups they sum to
                              one. 0 for an adoption */
    int start;           /**< index into level */
    int adoption;        /**< non-zero: additional measures, which have no force unless adopted. The
                              level never falls; means, friction, contracts leave it out */
} ful_enforced;

/** Kinds of payoff terms: what the amount multiplies. Flows are per cent of the player's own GDP a
 *  year, lumps present values. */
typedef enum ful_term_kind {
    FUL_TERM_PROGRAMME,   /**< a year: g(stage) (1 + growth capability); g: armed and restarted 1,
                               frozen g_frozen, dismantling falling in equal steps to 0 */
    FUL_TERM_ALERT,       /**< a year while armed or restarted */
    FUL_TERM_INCOME,      /**< a year: per cent of change of the income in column `column` */
    FUL_TERM_ENFORCEMENT, /**< a year: sum over the player's own groups of share e^2 */
    FUL_TERM_ADOPTION,    /**< a year: the levels of the player's own adoptions, summed */
    FUL_TERM_RELIEF,      /**< a year while relief is granted */
    FUL_TERM_DISMANTLING, /**< once each half-year of dismantling (T's move `continue`) */
    FUL_TERM_RESTART,     /**< once at T's move `restart` */
    FUL_TERM_AUDIENCE,    /**< once each time S withholds relief from a target that accommodates, or
                               withdraws the package from it: what a leader pays at home for a word
                               not kept. A new administration's withdrawal is not its word */
    FUL_TERM_COLLAPSE,    /**< lump at a collapse */
    FUL_TERM_REFUGEES,    /**< lump at a collapse: R/C (1 + over max(0, R/C - 1)), R = refugees
                               exp(refugees_stress z), C = camp_capacity */
    FUL_TERM_TROOPS,      /**< lump at a collapse, unless S pledged to keep south and does */
    FUL_TERM_NORTH,       /**< lump when S goes north after a collapse */
    FUL_TERM_NORTH_BROKEN, /**< lump when S goes north although it pledged not to */
    FUL_TERM_KINDS,
} ful_term_kind;

/** amount * what the kind says, added to a player's payoff. */
typedef struct ful_term {
    const char *id;
    int player;
    ful_term_kind kind;
    int column;    /**< of income, FUL_TERM_INCOME only */
    double amount; /**< gains are positive */
} ful_term;

typedef enum ful_contract {
    FUL_CONTRACT_UNCONDITIONAL, /**< paid while the package stands: a gift */
    FUL_CONTRACT_ENFORCEMENT,   /**< paid in periods in which e_obs >= ebar in every group of the
                                     enforcer it is offered to */
    FUL_CONTRACT_STAGE,         /**< paid while the target accommodates */
    FUL_CONTRACT_PENALTY,       /**< a stick: in force in periods in which e_obs < ebar; value_E is then
                                     usually negative. To drop it costs S `withdrawal` while the
                                     enforcer does not enforce, and is free while it does */
} ful_contract;

/** A lever's terms in numbers, per cent of GDP a year unless said otherwise. */
typedef struct ful_lever {
    const char *id;
    ful_contract contract;
    int enforcer;      /**< player to whom it is offered, FUL_E or above */
    int standing;      /**< non-zero: a treaty between S and the enforcer. It is no part of what S can
                            withdraw, and binds beyond the horizon if its duration does */
    int duration;      /**< periods from the start for which the offer stands. Above the horizon:
                            for good; otherwise it is no part of the annuity at the horizon */
    double value_E;    /**< to the enforcer while it is paid, the economy's part included */
    double value_T;    /**< security to T while T accommodates and the lever stands */
    double cost_S;     /**< to S while it is paid, the economy's part included */
    double withdrawal; /**< once, to S when it withdraws without breach. T's breach is a restart
                            that has come to light; the enforcer's, of an enforcement contract, is
                            e < ebar in the period before */
    double hazard;     /**< log points off the collapse hazard while the lever stands */
    int troops;        /**< non-zero: the pledge that keeps S's troops south after a collapse */
} ful_lever;

/**
 * The rules' own numbers: symbol, unit, meaning. All are finite and below 1e15 in size. The case
 * names them `game.<symbol>`.
 */
#define FUL_BARGAIN_PARAMETERS(X)                                                                  \
    X(g_frozen, "1", "share of the programme's worth that remains while frozen")                   \
    X(growth, "1", "growth of the programme's worth per step of capability")                       \
    X(over, "1", "excess factor of refugees beyond the camps")                                     \
    X(refugees, "million", "refugees at a collapse without stress")                                \
    X(refugees_stress, "log points", "growth of refugees per step of stress")                      \
    X(camp_capacity, "million", "refugees that the camps can hold")                                \
    X(h0, "1/year", "collapse hazard at baseline")                                                 \
    X(a_p, "log points", "growth of the hazard per per cent of T's income lost")                   \
    X(a_z, "log points", "growth of the hazard per step of stress")                                \
    X(stress_up, "%", "pressure above which stress may rise a step, with chance one half")         \
    X(stress_down, "%", "pressure below which stress falls a step")                                \
    X(detection, "1", "chance that a restart is detected within a half-year")                      \
    X(noise, "1", "chance that observed enforcement is read wrongly")                              \
    X(ebar, "1", "enforcement that a contract asks for, in every group")                           \
    X(turnover, "1/year", "rate at which the sender's administration changes")                     \
    X(turnover_withdraws, "1", "chance that a new administration withdraws the package")

typedef struct ful_bargain_parameters {
#define FUL_BARGAIN_FIELD(symbol, unit, meaning) double symbol;
    FUL_BARGAIN_PARAMETERS(FUL_BARGAIN_FIELD)
#undef FUL_BARGAIN_FIELD
} ful_bargain_parameters;

/** Everything the game needs. Borrowed during ful_bargain_new. */
typedef struct ful_bargain_data {
    ful_bargain_parameters p;
    double dt;                /**< years per period: .5 or a whole fraction of it */
    int horizon;              /**< periods, 1..64 */
    int dismantle_periods;    /**< d, 1..8 half-years whatever dt is */
    int settle_periods;       /**< half-years dismantled, S honouring, until settled: 1..8 */
    int stress_steps;         /**< z in 0..stress_steps - 1: 1..4 */
    int adaptation_steps;     /**< k in 0..adaptation_steps - 1: 1..4. A step per two half-years (by
                                   chance) in which the pivotal enforcer's mean level exceeds .5 */
    int capability_steps;     /**< c in 0..capability_steps - 1: 1..8. A step a half-year up while armed
                                   or restarted, down while dismantling, none while frozen or
                                   dismantled */
    int moves;                /**< of T: FUL_MOVE_ bits */
    int players;              /**< 3..FUL_BARGAIN_MAX_PLAYERS */
    const ful_player *player; /**< FUL_S, FUL_T, FUL_E, ... */
    const int *order;         /**< the enforcers' order of moves: players - FUL_E players, each once;
                                   NULL: as listed */
    int simultaneous;         /**< non-zero: enforcers move at once. The equilibrium of each such stage
                                   is followed from lambda = 0; see ful_bargain_report.residual */
    int groups;               /**< G, 1..FUL_BARGAIN_MAX_GROUPS */
    const ful_enforced *group; /**< the levels' product at most FUL_BARGAIN_MAX_JOINT; each enforcer
                                    owns one or more */
    int terms;                /**< 0..FUL_BARGAIN_MAX_TERMS */
    const ful_term *term;
    int columns;              /**< C >= 1 of `income`; column 0 is the real income of T as a whole:
                                   pressure is its fall */
    /**
     * Income changes, per cent of own income, by [relief r][adaptation k][enforcement e][column],
     * r = 0 none, 1 that of a freeze, 2 that of dismantling; e = index_0 + levels_0 (index_1 +
     * levels_1 (...)). (3 * adaptation_steps * joint levels * C entries.) With `table` one such table
     * after the other.
     */
    const double *income;
    const int *table;         /**< horizon: the table in force in each period, 0..horizon - 1; that of the
                                   last goes on beyond the horizon. NULL: one table for all */
    int nothing_in_force;     /**< non-zero: no measure to enforce; FUL_TERM_ENFORCEMENT and contracts
                                   on enforcement are nil */
    ful_stage start_stage;
    int start_stress, start_adaptation, start_capability;
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

/** A workspace for `game`, and for any other that needs no more room: the same sizes with fewer
 *  levers, say. Many games then share one, which saves touching new memory for each; and it keeps
 *  what it has solved where no package stands. Packages of one case, one after the other at one
 *  precision, differ nowhere else: each but the first takes half as long to solve, and none has
 *  another report for it. */
FUL_API FUL_NODISCARD ful_status ful_bargain_work_new(ful_bargain_work **out,
                                                      const ful_bargain *game,
                                                      const ful_allocator *allocator,
                                                      ful_error *err);
FUL_API void ful_bargain_work_free(ful_bargain_work *work);

/** A probability at the first node of a kind that is reached, and the chance of reaching one. */
typedef struct ful_conditional {
    double probability; /**< choice probability there, weighted by reach. Where reach is below
                             1e-200: what it is when T trembles by its menu weights; NaN where no
                             play reaches one: the game has no such choice */
    double reach;       /**< below 1e-6 call it "hardly ever reached" */
} ful_conditional;

/** What one enforcer does. Means leave adoptions out and weigh groups by share. */
typedef struct ful_enforcer_report {
    double mean;       /**< mean level over all periods alive */
    double armed;      /**< mean level over periods in stage armed; 0 without any */
    double enforces;   /**< share of those periods with e >= ebar in every group */
    double first_move; /**< P(e >= ebar in every group) at its first node; NaN if it makes no moves */
    double slack;      /**< its best utility over e >= ebar in every group minus its best elsewhere, at
                            its first node and over its whole grid, as if no step were limited and
                            with the others at equilibrium: present value, per cent of own GDP. NaN
                            if it makes no moves, or all of its levels are on one side */
    double adopted;    /**< chance that some adoption is above its start when play ends; 0 without */
    double collapse_loss; /**< what it loses by a collapse at the start state, per cent of own GDP */
} ful_enforcer_report;

/** What happens in equilibrium. Probabilities by exact forward propagation. Only doubles, so that a
 *  report can hold derivatives as well. */
typedef struct ful_bargain_report {
    /** The partition of the state at the horizon; sums to one. Frozen means no tests; production
     *  may go on. */
    double denuclearised, frozen, unchanged, collapsed;
    double ever_frozen, ever_dismantled, ever_restarted;
    double enforcement[FUL_BARGAIN_MAX_GROUPS]; /**< mean level by group over all periods alive */
    ful_enforcer_report enforcer[FUL_BARGAIN_MAX_ENFORCERS]; /**< player FUL_E + k */
    ful_conditional restart;   /**< T restarts, given that it accommodated */
    ful_conditional honour;    /**< S keeps the package and grants relief, given T accommodated */
    ful_conditional snap_back; /**< FUL_E enforces ebar in every group, given a detected restart */
    double sender_cost;        /**< expected discounted payments (withdrawals aside), per cent of
                                    S's GDP, as an annuity over the horizon */
    double target_income;      /**< mean change of T's real income over periods alive, per cent */
    double value[FUL_BARGAIN_MAX_PLAYERS]; /**< expected payoffs at the start, per cent of own GDP */
    double tied_choices;       /**< of players that never err (infinite precision): choices that play comes
                                    to at which more than one move is best, so that menu weights decide;
                                    S's after a collapse is not counted. 0 where all err */
    double tied_reach;         /**< how many of these an average play meets: the sum of their reach */
    double residual;           /**< simultaneous moves: the largest distance of a choice probability from
                                    the logit response to the others; 0 where moves are in order */
} ful_bargain_report;

/** Solve and propagate. Never allocates. Refuses a workspace that is too small
 *  (FUL_ERR_ARGUMENT).
 *  @param lambda_scale  multiplies every precision; 1 for the case's own, INFINITY for subgame
 *                       perfection: ties within 1e-12 of the best are shared by weight. */
FUL_API FUL_NODISCARD ful_status ful_bargain_solve(ful_bargain_report *report,
                                                   const ful_bargain *game, ful_bargain_work *work,
                                                   double lambda_scale, ful_error *err);

/**
 * The distribution along the equilibrium path, after a ful_bargain_solve of `game` with the same
 * `work`. Any array may be NULL.
 * @param stage  horizon * (FUL_STAGES + 1): chance of each stage, and of having collapsed, at the end
 *               of each period, after T's move.
 * @param level  horizon * groups * 8: chance of each level of each group in each period, given that
 *               the regime is alive.
 * @param income horizon * columns: mean income by column in each period, given that it is alive.
 */
FUL_API void ful_bargain_path(double *stage, double *level, double *income, const ful_bargain *game,
                              ful_bargain_work *work);

/**
 * Derivatives of everything reported along one direction, exact to rounding: the solver itself in
 * complex arithmetic, with the direction as an imaginary part of 1e-100.
 * @param data       the point.
 * @param direction  holds in every double what that number of `data` changes by, in every int what
 *                   `data` holds. `income` NULL: it does not change; levels, shares and dt may not.
 *                   precision: the change of a finite one; ignored where it is INFINITY.
 * @param report     of derivatives.
 * Conditionals off the path and the slack are differentiated as they stand: at a kink one-sided. At
 * infinite precision choices are held as they are, ties included: that is the derivative where no move
 * is about to overtake another; where moves tie there is none (ful_bargain_report.tied_choices).
 */
FUL_API FUL_NODISCARD ful_status ful_bargain_derivative(ful_bargain_report *report,
                                                        const ful_bargain_data *data,
                                                        const ful_bargain_data *direction,
                                                        double lambda_scale,
                                                        const ful_allocator *allocator,
                                                        ful_error *err);

/* ---- why: choices and what drives them ---- */

/** A choice node: the state in which a player moves. */
typedef struct ful_bargain_place {
    int period;
    int player;
    ful_stage stage;
    int step;       /**< of dismantling 1.., of settling 0.. */
    int hidden;     /**< a restart that nobody has seen */
    int relief;     /**< granted: 0 none, 1 that of a freeze, 2 that of dismantling. At S's node what it
                         is about to decide on counts as none */
    int stress, adaptation, capability;
    int package;    /**< the package stands */
    int joint;      /**< joint level: at S's and the first enforcer's node the last one, at later
                         enforcers' nodes what those before have already changed, at T's node this
                         period's */
    double reach;   /**< chance of coming here */
} ful_bargain_place;

/** The choice nodes of a player (-1: of all) most often reached, those with reach above `least`, by
 *  period and then by falling reach. After a ful_bargain_solve with the same `work`.
 *  @return how many there are; no more than `most` >= 1 of them are in `out`. */
FUL_API int ful_bargain_places(ful_bargain_place *out, int most, const ful_bargain *game,
                               ful_bargain_work *work, int player, double least);

/** Rows in which a utility is taken apart: the terms in their order, then for each lever its worth to
 *  the enforcer, its security to T and its cost to S, then withdrawals. Terms of other players are
 *  zero in a player's utility. */
#define FUL_BARGAIN_MAX_ROWS (FUL_BARGAIN_MAX_TERMS + 3 * FUL_BARGAIN_MAX_LEVERS + 1)

/** One choice explained. Utilities are present values at the node, per cent of the player's GDP,
 *  relative to the status quo continuing. */
typedef struct ful_bargain_choice {
    ful_bargain_place place;
    int moves, rows;              /**< moves: at most FUL_BARGAIN_MAX_JOINT */
    const char *const *row;       /**< names (rows): of terms and levers */
    const char *const *name;      /**< S and T: names of moves; NULL for an enforcer */
    const int *joint;             /**< an enforcer: the joint level of each move; else NULL */
    const double *probability;    /**< (moves) */
    const double *utility;        /**< (moves) */
    const double *part;           /**< moves * rows; the rows of a move sum to its utility */
} ful_bargain_choice;

typedef struct ful_bargain_explanation ful_bargain_explanation;

/** Solve again, keeping for each of `count` places what its player's moves are worth and why.
 *  Refuses a place at which nobody chooses, and enforcers' choices where they move at once. */
FUL_API FUL_NODISCARD ful_status ful_bargain_explain(ful_bargain_explanation **out,
                                                     const ful_bargain *game, double lambda_scale,
                                                     int count, const ful_bargain_place *place,
                                                     const ful_allocator *allocator,
                                                     ful_error *err);
FUL_API void ful_bargain_explanation_choice(ful_bargain_choice *out,
                                            const ful_bargain_explanation *explanation, int k);
FUL_API void ful_bargain_explanation_free(ful_bargain_explanation *explanation);

/** Unfold the game into a tree: for export and for checking. Payoffs are present values at the
 *  start, relative to the status quo continuing, in stakes of each player, so that one lambda
 *  serves all; each decision's precision is scaled by d_i^-t, because the game chooses by
 *  present values at the node. The annuity at the horizon holds S's choice after a collapse at
 *  the case's own lambda, so tree and states agree at lambda_scale 1. Refuses one with more than
 *  `max_nodes` nodes and says how many there would be, and simultaneous moves.
 *  A node's label says who moves, or what chance decides, and the state: "E t1 dismantling 2 package z0
 *  k1 c0 e4" is the half-year from 0, the stage with its step, whether a restart is "hidden", T is
 *  "settled", the "package" stands, then stress, adaptation, capability and joint level; "S collapsed"
 *  begins S's last move. A terminal has the last stage or "collapsed". An enforcer's move is the index of
 *  a level for each of its groups: "0,2,1". */
FUL_API FUL_NODISCARD ful_status ful_bargain_tree(ful_tree **out, const ful_bargain *game,
                                                  int max_nodes, const ful_allocator *allocator,
                                                  ful_error *err);

#ifdef __cplusplus
}
#endif
#endif
