/* SPDX-License-Identifier: MIT */
/*
 * Private to the sanctions game: its states, its rules and its payoffs.
 *
 * Names. t: period. e: joint enforcement, index_0 + levels_0 (index_1 + levels_1 (...)). sub: stage
 * of the programme with its step and the relief last delivered. z: stress. k: adaptation. c:
 * capability. x: the package stands. A node is (sub, z, k, c, x); before S moves it is called
 * `pre`, after S's move `post`. All values and flows are relative to the status quo continuing
 * (armed, capability as at the start, no package, no relief, enforcement as at the start), which
 * keeps V(collapsed) = -loss and leaves no digits to a payment that never stops.
 *
 * Parts and rows. A payoff is a sum of parts: the terms, what each lever is worth to its enforcer
 * and to T and what it costs S, and withdrawals. The backward pass carries values in rows over e:
 * first one for each player, the sum of its parts, by which choices are made; behind them, where a
 * workspace is made for it, one for each part, which is carried along and chooses nothing. So the
 * rows of a player's parts sum to its own.
 *
 * Bare nodes, x = 0. A package that has fallen never stands again, so play at bare nodes depends on
 * no lever of a package: it is the same for all packages of a case. They are numbered first, what
 * is solved at them is kept, and a workspace that meets the same bare nodes again, down to the last
 * byte of what their play depends on, takes it up.
 *
 * Twice compiled. The solver calculates in ful__real and is also compiled with FUL__COMPLEX (see
 * meson.build), where whatever its files share has the suffix _complex: the list of names below.
 * A complex game is made by ful__bargain_make from data and a direction and solved by
 * ful__bargain_equilibrium; the report then holds derivatives. bargain_api.c, bargain_explain.c,
 * bargain_refusals.c and bargain_tree.c are compiled once, in real arithmetic,
 * bargain_derivative.c once, in complex.
 */
#ifndef FULCRUM_BARGAIN_INTERNAL_H
#define FULCRUM_BARGAIN_INTERNAL_H

#include "game/game_internal.h"

#define ful_bargain FUL__NAME(ful_bargain)
#define ful_bargain_work FUL__NAME(ful_bargain_work)
#define ful__bargain_make FUL__NAME(ful__bargain_make)
#define ful__bargain_free FUL__NAME(ful__bargain_free)
#define ful__bargain_work_make FUL__NAME(ful__bargain_work_make)
#define ful__bargain_work_free FUL__NAME(ful__bargain_work_free)
#define ful__bargain_equilibrium FUL__NAME(ful__bargain_equilibrium)
#define ful__bargain_backward FUL__NAME(ful__bargain_backward)
#define ful__bargain_follow FUL__NAME(ful__bargain_follow)
#define ful__bargain_tremble FUL__NAME(ful__bargain_tremble)
#define ful__bargain_trace FUL__NAME(ful__bargain_trace)
#define ful__make_subs FUL__NAME(ful__make_subs)
#define ful__find_sub FUL__NAME(ful__find_sub)
#define ful__hidden_sub FUL__NAME(ful__hidden_sub)
#define ful__arrive FUL__NAME(ful__arrive)
#define ful__stands FUL__NAME(ful__stands)
#define ful__capability FUL__NAME(ful__capability)
#define ful__sender_decides FUL__NAME(ful__sender_decides)
#define ful__may_fall FUL__NAME(ful__may_fall)
#define ful__sender_menu FUL__NAME(ful__sender_menu)
#define ful__target_menu FUL__NAME(ful__target_menu)
#define ful__has_choice FUL__NAME(ful__has_choice)
#define ful__enforcers_move FUL__NAME(ful__enforcers_move)
#define ful__conduct_rows FUL__NAME(ful__conduct_rows)
#define ful__reach FUL__NAME(ful__reach)
#define ful__window FUL__NAME(ful__window)
#define ful__may_adapt FUL__NAME(ful__may_adapt)
#define ful__may_drift FUL__NAME(ful__may_drift)
#define ful__drift FUL__NAME(ful__drift)
#define ful__make_drifts FUL__NAME(ful__make_drifts)
#define ful__mark_reachable FUL__NAME(ful__mark_reachable)
#define ful__make_parts FUL__NAME(ful__make_parts)
#define ful__make_payoffs FUL__NAME(ful__make_payoffs)
#define ful__row_player FUL__NAME(ful__row_player)
#define ful__row_flow FUL__NAME(ful__row_flow)
#define ful__flows FUL__NAME(ful__flows)
#define ful__last_payoff FUL__NAME(ful__last_payoff)
#define ful__collapse_values FUL__NAME(ful__collapse_values)
#define ful__valued_as FUL__NAME(ful__valued_as)
#define ful__window_sums FUL__NAME(ful__window_sums)
#define ful__same_future FUL__NAME(ful__same_future)
#define ful__bargain_fit FUL__NAME(ful__bargain_fit)
#define ful__bare_known FUL__NAME(ful__bare_known)
#define ful__solve_enforcers FUL__NAME(ful__solve_enforcers)
#define ful__choose_enforcement FUL__NAME(ful__choose_enforcement)
#define ful__first_choices FUL__NAME(ful__first_choices)
#define ful__levels_chosen FUL__NAME(ful__levels_chosen)
#define ful__solve_together FUL__NAME(ful__solve_together)
#define ful__choose_together FUL__NAME(ful__choose_together)
#define ful__first_together FUL__NAME(ful__first_together)
#define ful__together_room FUL__NAME(ful__together_room)

typedef struct ful_bargain ful_bargain;
typedef struct ful_bargain_work ful_bargain_work;

/* A game or a workspace larger than this is a typing error, not a question. */
#define MAX_BYTES ((size_t)2 << 30)
#define MAX_SUBS 40
#define MAX_LEVELS 8
#define MAX_ERAS (FUL_BARGAIN_MAX_LEVERS + 1)
#define MAX_ROWS (FUL_BARGAIN_MAX_PLAYERS + FUL_BARGAIN_MAX_ROWS)
#define RELIEFS 3 /* none, that of a freeze, that of dismantling */
/* Levels and ebar are typed as decimals: .666667 is two thirds. */
#define SAME_LEVEL 1e-5
/* Half-years between decisions. Shorter periods resolve payoffs and chance, not deliberation. */
#define DECISION_YEARS 0.5
/* A target that stands for RESTARTED if the restart is detected, else for a hidden one. */
#define RESTARTING (-1)

#define ROW(array, index) ((array) + (size_t)(index) * (size_t)g->E)

/* ---- the game -------------------------------------------------------------------------------- */

typedef struct ful__sub {
    ful_stage stage;
    int step;      /* of dismantling 1..d, of settling 0..settle-1 */
    int delivered; /* relief is granted */
    int hidden;    /* a restart that nobody has seen */
    int settled;
    int relief;       /* row of the income table; 0: none is granted */
    int accommodates; /* to all appearances */
    ful__real g;      /* of the programme's worth */
} ful__sub;

/* A post or a pre node of a period. */
typedef struct ful__at {
    short t, sub, z, k, c, x;
    int number;  /* counts through the periods, first of all bare nodes */
    int choice;  /* first row of policies: its own choice, T's or S's, a row for each move */
    int conduct; /* likewise, of a post node: the enforcers' choices, two rows for each that moves,
                    one for each of all where they move at once */
} ful__at;

typedef struct ful__term {
    int player, kind, column;
    ful__real amount;
} ful__term;

typedef struct ful__lever {
    int contract, enforcer, standing, duration, troops;
    ful__real value_E, value_T, cost_S, withdrawal, hazard;
} ful__lever;

/* Periods in which the same levers are in force: the treaties alone, or the package as well. */
typedef struct ful__era {
    unsigned offered; /* bit l: lever l */
    int hazard_row;   /* of the table of hazards */
    int pledge;       /* S has pledged to keep south after a collapse */
} ful__era;

enum { FUL__TERM, FUL__VALUE, FUL__SECURITY, FUL__COST, FUL__WITHDRAWAL };

/* A part of a player's payoff: a term, a lever's side, or withdrawals. */
typedef struct ful__part {
    int kind, index, player;
} ful__part;

/* Lumps paid with a move: T's `continue` and `restart`, S's word not kept. */
enum { FUL__NO_LUMP = -1, FUL__DISMANTLES, FUL__RESTARTS, FUL__BREAKS_WORD, FUL__LUMPS };

/* What the joint levels mean for one enforcer; rows over e. */
typedef struct ful__enforcer {
    double *weight;          /* of its own levels: trapezoid, multiplied over its groups */
    double *mean;            /* level, weighed by share */
    double *square;          /* sum of share e^2; 0 with nothing in force */
    double *adopted;         /* levels of its adoptions, summed */
    double *raised;          /* 1 where an adoption is above its start */
    double *meets;           /* 1 where e >= ebar in every group */
    ful__real *paid, *penal; /* share of periods in which its contracts, its penalties are due */
} ful__enforcer;

typedef struct ful__parameters {
#define FUL__FIELD(symbol, unit, meaning) ful__real symbol;
    FUL_BARGAIN_PARAMETERS(FUL__FIELD)
#undef FUL__FIELD
} ful__parameters;

struct ful_bargain {
    const ful_allocator *allocator;
    size_t bytes;

    /* up to `terms`: what play depends on wherever it is, beside the tables of `shared` */
    ful__parameters p;
    double dt;
    int H, G, E, Z, K, C; /* periods, groups, joint levels, steps of stress, adaptation and
                             capability */
    int players, enforcers, columns;
    int every; /* periods from one decision to the next */
    int dismantle, settle, moves, simultaneous;
    int movers;                           /* enforcers with a choice, */
    int order[FUL_BARGAIN_MAX_ENFORCERS]; /* 0-based, as they move, */
    int turn[FUL_BARGAIN_MAX_ENFORCERS];  /* and the place of each in it */
    ful__real d[FUL_BARGAIN_MAX_PLAYERS], stake[FUL_BARGAIN_MAX_PLAYERS];
    ful__real precision[FUL_BARGAIN_MAX_PLAYERS];
    ful__real turnover; /* chance that the package falls with S's administration */
    int subs, nodes;
    ful__sub sub[MAX_SUBS];
    int start_sub, start_z, start_k, start_c, start_e;
    int tables, table[FUL_BARGAIN_MAX_HORIZON + 1]; /* of incomes; [t]: of a period, and beyond */

    int owner[FUL_BARGAIN_MAX_GROUPS]; /* enforcer, 0-based */
    int levels[FUL_BARGAIN_MAX_GROUPS], stride[FUL_BARGAIN_MAX_GROUPS];
    int start[FUL_BARGAIN_MAX_GROUPS], adoption[FUL_BARGAIN_MAX_GROUPS];
    double share[FUL_BARGAIN_MAX_GROUPS], level[FUL_BARGAIN_MAX_GROUPS][MAX_LEVELS];
    ful__real lump[FUL__LUMPS][MAX_ROWS];
    int stands[FUL_BARGAIN_MAX_HORIZON + 1]; /* [t]: a package is on offer */
    int may_adapt;

    int terms, levers, parts;
    ful__term term[FUL_BARGAIN_MAX_TERMS];
    ful__lever lever[FUL_BARGAIN_MAX_LEVERS];
    ful__part part[FUL_BARGAIN_MAX_ROWS];
    const char **part_name;                              /* (parts) */
    char *text;                                          /* behind the names */
    int eras[2], era_of[2][FUL_BARGAIN_MAX_HORIZON + 1]; /* by x */
    ful__era era[2][MAX_ERAS];

    double *of_group;      /* [group][e]: the group's level */
    double *below, *above; /* [group][e]: 1 where there is a lower, a higher level, else 0 */
    double *never;         /* [e] zeros */
    ful__enforcer enforcer[FUL_BARGAIN_MAX_ENFORCERS];
    ful__real *income;                             /* [economy][column][e] */
    ful__real status_quo[FUL_BARGAIN_MAX_PLAYERS]; /* flow a year */

    unsigned char *shared; /* the block of the tables from here to may_fall */
    size_t shared_bytes;
    ful__real *constant; /* [player][sub][c]: flow a year, whatever the enforcement */
    ful__real *economy;  /* [player][economy][e]: of income and of enforcement */
    double *rise, *fall; /* [economy][e]: chance of stress moving, if there is room */
    double *adapts;      /* [e]: chance of a step of adaptation, likewise */
    unsigned char *may_rise, *may_fall; /* [economy]: for some e */

    ful__real *deal;       /* [era of x = 0, then of 1][accommodates][player][e]: of levers */
    ful__real *withdrawal; /* [era of x = 1][e]: what it costs S to withdraw, T having kept faith */
    int hazard_rows, bare_hazard_rows;
    ful__real *hazard;  /* [row, bare ones first][z][economy][e]: chance of collapse in a period */
    ful__real *drift;   /* [economy][z][dz + 1][e]: chance of stress moving by dz at the end of a
                           half-year, */
    ful__real *certain; /* [e] ones: what stays as it is before */

    int *pre_at, *post_at; /* [t][node]: number of a reachable node, or -1 */
    ful__at *pre, *post;   /* reachable nodes by number: by x, period and block; in a block post
                              nodes of one future side by side */
    int *first_pre, *first_post;   /* [block], and the end: first number of a block */
    int most_pre[2], most_post[2]; /* by x: nodes in any one period, in any one block */
    int policies;                  /* rows that the choices at all nodes take */
};

/* What a move leads to. */
typedef struct ful__target_move {
    const char *name;
    int next; /* sub, or RESTARTING */
    int lump; /* paid now, or FUL__NO_LUMP */
    double weight;
} ful__target_move;

typedef struct ful__sender_move {
    const char *name;
    int sub, x; /* of the post node */
    int withdraws, honours;
    int lump;
} ful__sender_move;

static inline int ful__node(const ful_bargain *g, int sub, int z, int k, int c, int x)
{
    return (((sub * g->Z + z) * g->K + k) * g->C + c) * 2 + x;
}

/* Number of a pre, a post node of period t, or -1. */
static inline int ful__pre(const ful_bargain *g, int t, int sub, int z, int k, int c, int x)
{
    return g->pre_at[(size_t)t * (size_t)g->nodes + (size_t)ful__node(g, sub, z, k, c, x)];
}

static inline int ful__post(const ful_bargain *g, int t, int sub, int z, int k, int c, int x)
{
    return g->post_at[(size_t)t * (size_t)g->nodes + (size_t)ful__node(g, sub, z, k, c, x)];
}

/* Nodes of a period with the same package, stress and adaptation: between S's move and T's all stay
 * in it but for the package. Those of a period are ful__block(g, x, t, 0, 0) ..
 * ful__block(g, x, t + 1, 0, 0) - 1. */
static inline int ful__block(const ful_bargain *g, int x, int t, int z, int k)
{
    return ((x * (g->H + 1) + t) * g->Z + z) * g->K + k;
}

static inline int ful__bare_pres(const ful_bargain *g)
{
    return g->first_pre[ful__block(g, 1, 0, 0, 0)];
}

static inline int ful__bare_posts(const ful_bargain *g)
{
    return g->first_post[ful__block(g, 1, 0, 0, 0)];
}

/* The place of a pre node in its period, of a post node in its block, among those with its x. */
static inline int ful__pre_place(const ful_bargain *g, const ful__at *at)
{
    return at->number - g->first_pre[ful__block(g, at->x, at->t, 0, 0)];
}

static inline int ful__post_place(const ful_bargain *g, const ful__at *at)
{
    return at->number - g->first_post[ful__block(g, at->x, at->t, at->z, at->k)];
}

/* An economy is all that incomes depend on beside e: the table of the period, relief, k. */
static inline int ful__economies(const ful_bargain *g)
{
    return g->tables * RELIEFS * g->K;
}

static inline int ful__economy(const ful_bargain *g, int t, int relief, int k)
{
    return (g->table[t] * RELIEFS + relief) * g->K + k;
}

static inline const ful__era *ful__era_of(const ful_bargain *g, int t, int x)
{
    return g->era[x] + g->era_of[x][t];
}

/* Chances of collapse in a period by e. */
static inline const ful__real *ful__hazards(const ful_bargain *g, int t, int x, int z, int relief,
                                            int k)
{
    const int row = ful__era_of(g, t, x)->hazard_row;
    return ROW(g->hazard, (row * g->Z + z) * ful__economies(g) + ful__economy(g, t, relief, k));
}

/* What the levers of an era of x pay a player a year, by e. */
static inline ful__real *ful__deal(const ful_bargain *g, int player, int x, int era,
                                   int accommodates)
{
    const int block = (x ? g->eras[0] + era : era) * 2 + accommodates;
    return ROW(g->deal, block * g->players + player);
}

/* S and the enforcers decide in the first period of a half-year, T in its last, which is also when
 * detection, stress, adaptation and capability move: a half-year cut into shorter periods is the
 * same half-year. */
static inline int ful__decides(const ful_bargain *g, int t)
{
    return t % g->every == 0;
}

static inline int ful__half_year_ends(const ful_bargain *g, int t)
{
    return t % g->every == g->every - 1;
}

/* An id that may be left out. */
static inline const char *ful__named(const char *id)
{
    return id ? id : "";
}

/* Tables of incomes that the data hold. */
static inline int ful__tables(const ful_bargain_data *d)
{
    int last = 0;
    for (int t = 0; d->table && t < d->horizon; t++)
        last = d->table[t] > last ? d->table[t] : last;
    return last + 1;
}

/* ---- the object (bargain.c, bargain_refusals.c) ---------------------------------------------- */

/* What is wrong with the data, if anything is. */
ful_status ful__bargain_check(const ful_bargain_data *data, ful_error *err);

/* A game whose numbers are those of `data`; in complex arithmetic they change along `direction`,
 * which else is not read. */
ful_status ful__bargain_make(ful_bargain **out, const ful_bargain_data *data,
                             const ful_bargain_data *direction, const ful_allocator *allocator,
                             ful_error *err);
void ful__bargain_free(ful_bargain *game);

/* ---- the workspace (bargain_work.c) ---------------------------------------------------------- */

/* A workspace; `parts`: with a row for each part. */
ful_status ful__bargain_work_make(ful_bargain_work **out, const ful_bargain *game, int parts,
                                  const ful_allocator *allocator, ful_error *err);
void ful__bargain_work_free(ful_bargain_work *work);
/* Lay the workspace out for another game; refuses one that needs more room. */
ful_status ful__bargain_fit(ful_bargain_work *work, const ful_bargain *game, ful_error *err);
/* Whether the workspace holds the solution of the game's bare nodes at its precision and its values
 * of a collapse; if not, it is taken to hold it from now on. */
int ful__bare_known(ful_bargain_work *work, const ful_bargain *game);

/* ---- rules (bargain_rules.c) ----------------------------------------------------------------- */

/* Fill g->sub. */
void ful__make_subs(ful_bargain *g);
int ful__find_sub(const ful_bargain *g, ful_stage stage, int step, int delivered);
/* The hidden restart under a relief row. */
int ful__hidden_sub(const ful_bargain *g, int relief);

/* The state that `sub` is at the start of period t: what S will decide afresh is forgotten. */
int ful__arrive(const ful_bargain *g, int t, int sub);
/* Whether a package that stood before period t still stands. */
int ful__stands(const ful_bargain *g, int t, int x);
/* Capability after period t, spent in `sub`. */
int ful__capability(const ful_bargain *g, int t, int sub, int c);

/* Whether S has a choice at a pre node. */
int ful__sender_decides(const ful_bargain *g, int t, int sub);
/* Whether the package may fall before S moves, with chance g->turnover. */
int ful__may_fall(const ful_bargain *g, const ful__at *at);
int ful__sender_menu(ful__sender_move move[4], const ful_bargain *g, int t, int sub, int x);
int ful__target_menu(ful__target_move move[3], const ful_bargain *g, int t, int sub, int x);
/* Whether an enforcer has a group that is not held. */
int ful__has_choice(const ful_bargain *g, int enforcer);
/* Whether enforcers choose at a post node. */
int ful__enforcers_move(const ful_bargain *g, int t, int sub);

/* Rows of policies that the enforcers' choices at a post node take. */
int ful__conduct_rows(const ful_bargain *g, int t, int sub);

/* How far a group's level may move: a step; a step down and to any higher one; anywhere. An
 * adoption moves up alone. */
typedef enum ful__range { FUL__STEPS, FUL__LIFTED, FUL__GRID } ful__range;
ful__range ful__reach(const ful_bargain *g, int sub);
/* The joint levels that an enforcer can reach from e; their number. */
int ful__window(int *to, const ful_bargain *g, int enforcer, int e, ful__range range);

/* Whether adaptation may move on from k at the end of period t, for some enforcement: by a chance
 * of its own, g->adapts, however stress moves. */
int ful__may_adapt(const ful_bargain *g, int t, int k);
/* Which ways stress and adaptation may move at the end of period t, for some enforcement. */
typedef struct ful__drifts {
    int rises, falls, adapts;
} ful__drifts;
ful__drifts ful__may_drift(const ful_bargain *g, int t, int relief, int z, int k);
/* The chance by enforcement that stress moves by dz; NULL where it is nil for all enforcement. */
const ful__real *ful__drift(const ful_bargain *g, int t, int relief, int z, int k, int dz);
/* Fill the table behind it. */
void ful__make_drifts(ful_bargain *g);

/* Number what can be reached. */
void ful__mark_reachable(ful_bargain *g);
/* Whether two post nodes lead to the same nodes by the same chances; they are numbered side by
 * side. */
int ful__same_future(const ful_bargain *g, const ful__at *a, const ful__at *b);

/* ---- payoffs (bargain_payoff.c) -------------------------------------------------------------- */

/* List the parts; fill the tables of payoffs from them. */
void ful__make_parts(ful_bargain *g);
void ful__make_payoffs(ful_bargain *g);

/* Whose a row of values is. */
int ful__row_player(const ful_bargain *g, int row);
/* A row's flow a year at a node, by e, is *constant + economy[e] + deal[e]: of a player from the
 * tables, of a part made in `spare`, two rows. `as` is the sub that is paid. */
void ful__row_flow(ful__real *constant, const ful__real **economy, const ful__real **deal,
                   ful__real *spare, const ful_bargain *g, int row, const ful__at *at, int as);
/* The players' flows a year at a post node and one e. */
void ful__flows(ful__real *u, const ful_bargain *g, const ful__at *at, int e);

/* S's last move after a collapse, 0 keep south, 1 go north: a row's payoff then. */
ful__real ful__last_payoff(const ful_bargain *g, int row, int z, int pledge, int north);
/* Values of a collapse in `rows` rows, S's last move being a logit choice. */
void ful__collapse_values(ful__real *v, const ful_bargain *g, int rows, int z, int pledge,
                          ful__real lambda_S);
/* The sub as which the horizon values `sub`: the last state goes on for ever, but for collapse. */
int ful__valued_as(const ful_bargain *g, int sub);

/* ---- solving and following ------------------------------------------------------------------- */

/* Masses that are followed: of all paths, and of those that have been somewhere. The mass that has
 * been in a stage is kept outside that stage alone: inside, it is all. */
enum {
    FUL__ALL,
    FUL__WAS_FROZEN,
    FUL__WAS_DISMANTLED,
    FUL__HAS_RESTARTED,
    FUL__WAS_CAUGHT,  /* E has had a move after a restart came to light */
    FUL__NEVER_CHOSE, /* T has not yet had a move while it accommodated */
    FUL__MEASURES,
};

/* How an enforcer's choice at a post node is kept: not at all; by weights that are summed over
 * windows; by utilities, each window by itself; by utilities, all enforcers at once. */
enum { FUL__FORCED, FUL__SEPARABLE, FUL__DIRECT, FUL__TOGETHER };

/* Told of each choice node when it is solved. S and T: move[a] are the rows of what follows a move,
 * lumps and withdrawals not yet paid. An enforcer: move[0] are the rows of what follows each level.
 */
typedef void ful__witness(void *user, const ful_bargain *g, const ful_bargain_work *w,
                          const ful__at *at, int player, int moves, const ful__real *const *move);

/* A stage in which enforcers move at once, from one e (bargain_together.c). */
typedef struct ful__stage_game {
    int leader;   /* has the most moves; its choice is always its answer to the others' */
    int unknowns; /* moves of the others */
    int at[FUL_BARGAIN_MAX_ENFORCERS];  /* where an enforcer's moves stand among the unknowns */
    int n[FUL_BARGAIN_MAX_ENFORCERS];   /* moves of each enforcer */
    int *to[FUL_BARGAIN_MAX_ENFORCERS]; /* what each adds to e */
    double *weight[FUL_BARGAIN_MAX_ENFORCERS];
    ful__real *p[FUL_BARGAIN_MAX_ENFORCERS];      /* its choice */
    ful__real *answer[FUL_BARGAIN_MAX_ENFORCERS]; /* its logit response to the others */
    ful__real *u;                                 /* utilities of a menu */
    ful__real *pair[FUL_BARGAIN_MAX_ENFORCERS][FUL_BARGAIN_MAX_ENFORCERS]; /* [own][other] */
    ful__real *jacobian, *slope, *gap, *before, *direct;
} ful__stage_game;

struct ful_bargain_work {
    const ful_allocator *allocator;
    size_t bytes;
    int parts;                                 /* non-zero: carries a row for each part */
    ful__real lambda[FUL_BARGAIN_MAX_PLAYERS]; /* per unit of utility */
    int rows;                                  /* players, and parts where they are carried */
    double residual;                           /* the largest of all stages */
    ful__witness *witness;                     /* or NULL */
    void *witness_user;
    ful__real *collapsed; /* [z][pledge][row] */
    /* What the bare nodes have been solved for, and what came of it; 0 bytes: nothing yet. Choices
     * at them are the first of `policy` and `mode`. */
    unsigned char *known;
    size_t known_bytes;
    ful__real *bare_value; /* [number of a bare pre node][row][e], as `value` */
    ful__real *bare_after; /* [number of a bare post node][row][e], as `after` */
    double bare_residual;
    ful__real *value[2];  /* [place of a pre node with the package][row][e]: this period and the
                             next. Discounted to the period before, but for those of the first.
                             Before adaptation moves */
    ful__real *adapted;   /* [pre slot][row][e]: values of the next period, adaptation having moved
                             from the k in hand */
    ful__real *after;     /* [place of a post node with the package][row][e], before the enforcers
                             move */
    ful__real *continued; /* [sub, and RESTARTING last][row][e] */
    unsigned char is_continued[MAX_SUBS + 1];
    ful__real *policy;   /* [row of ful__at][e]: S's and T's probabilities; of each enforcer
                            weights, or utilities, as mode says, then of each one over the
                            sum of weights in the window of e */
    unsigned char *mode; /* [post number][enforcer] */
    ful__real *first;    /* [place of a post node of period 0, at most 4][enforcer][e]: utilities */
    ful__real *stage[2]; /* [row][e]: values between the moves of a half-year */
    ful__real *scratch;  /* FUL__SCRATCH rows of e */
    ful__real *moving, *spare; /* rows that are summed over windows, and one on either side */
    int *window;               /* E */
    double *menu;              /* E: weights of a window */
    ful__real *choice;         /* two rows: utilities and probabilities of a window */
    ful__stage_game together;
    ful__real *mass[2];                  /* [pre slot][measure][e], before adaptation moves */
    ful__real *mass_after;               /* [post slot][measure][e] */
    ful__real *inflow;                   /* [sub, and RESTARTING last][measure][e] */
    unsigned char *live[2], *live_after; /* bits: measures that have mass at a node */
    unsigned char live_inflow[MAX_SUBS + 1];
    ful__real *tally;                 /* [x][accommodates][relief][k][e]: mass alive in a period */
    ful__real *alive, *armed, *ended; /* [e]: mass alive over periods, armed; when play ends */
};
#define FUL__SCRATCH 5

/* Where nodes of either x lie in arrays of one period, and of one block. */
static inline int ful__pre_slot(const ful_bargain *g, const ful__at *at)
{
    return ful__pre_place(g, at) + (at->x ? g->most_pre[0] : 0);
}

static inline int ful__post_slot(const ful_bargain *g, const ful__at *at)
{
    return ful__post_place(g, at) + (at->x ? g->most_post[0] : 0);
}

/* Rows of the values of a slot. */
static inline ful__real *ful__rows_of(const ful_bargain *g, const ful_bargain_work *w,
                                      ful__real *array, int slot)
{
    return array + (size_t)slot * (size_t)w->rows * (size_t)g->E;
}

/* Sums over the levels that an enforcer can reach from each e, for side 1, or over those from which
 * it can reach e, for -1, in `count` rows. Both arrays are used up, with the row before and the row
 * after; returns the one that holds the sums. */
ful__real *ful__window_sums(ful__real *rows, ful__real *spare, int count, const ful_bargain *g,
                            int enforcer, ful__range range, int side);

/* Where enforcers move: values of choosing e, in w->stage[0], become values of having last enforced
 * e, in `out`. */
void ful__solve_enforcers(ful__real *out, const ful_bargain *g, ful_bargain_work *w,
                          const ful__at *at);
/* Mass at earlier levels becomes the distribution of enforcement that it leads to, in `count` rows.
 * `until`: before which of the moves, in their order, to stop; g->movers: after all. */
void ful__choose_enforcement(ful__real *const *mass, int count, const ful_bargain *g,
                             ful_bargain_work *w, const ful__at *at, int until);
/* How many levels within an enforcer's reach from e it chooses with a chance; all, unless it never
 * errs. */
int ful__levels_chosen(const ful_bargain *g, ful_bargain_work *w, const ful__at *at, int enforcer,
                       int e);
/* At a node of the first period: the chance that each enforcer meets its contract, and its best
 * utility where it does less its best elsewhere, both times the mass of `from`, added. */
void ful__first_choices(ful__real *meets, ful__real *slack, const ful_bargain *g,
                        ful_bargain_work *w, const ful__at *at, const ful__real *from);

/* The same where enforcers move at once (bargain_together.c). */
void ful__solve_together(ful__real *out, const ful_bargain *g, ful_bargain_work *w,
                         const ful__at *at);
void ful__choose_together(ful__real *const *mass, int count, const ful_bargain *g,
                          ful_bargain_work *w, const ful__at *at);
void ful__first_together(ful__real *meets, ful__real *slack, const ful_bargain *g,
                         ful_bargain_work *w, const ful__at *at, const ful__real *from);
/* Place the arrays of a stage game. */
void ful__together_room(ful__stage_game *s, unsigned char *base, size_t *used,
                        const ful_bargain *g);

/* Backward induction: fills values and policies. */
void ful__bargain_backward(const ful_bargain *g, ful_bargain_work *w);

/* What is added up along the equilibrium path. */
enum { FUL__RESTART, FUL__HONOUR, FUL__SNAP_BACK, FUL__CONDITIONALS };

typedef struct ful__conduct {
    ful__real level, armed_level, armed_meets, adopted;
} ful__conduct;

typedef struct ful__totals {
    ful__real reach[FUL__CONDITIONALS], met[FUL__CONDITIONALS]; /* at the first node of a kind, and
                                                                   the choice asked for there */
    ful__real ever[FUL__HAS_RESTARTED + 1];                     /* by measure */
    ful__real stage[FUL_STAGES];                                /* at the horizon */
    ful__real collapsed;
    ful__real alive, armed, level[FUL_BARGAIN_MAX_GROUPS];
    ful__conduct enforcer[FUL_BARGAIN_MAX_ENFORCERS];
    ful__real first_meets[FUL_BARGAIN_MAX_ENFORCERS], slack[FUL_BARGAIN_MAX_ENFORCERS];
    ful__real income, cost, annuity;
} ful__totals;

/* Forward propagation of the equilibrium; and of one in which T trembles by its menu weights, while
 * S and the enforcers keep to theirs: of that the conditionals alone. */
void ful__bargain_follow(ful__totals *out, const ful_bargain *g, ful_bargain_work *w);
void ful__bargain_tremble(ful__totals *out, const ful_bargain *g, ful_bargain_work *w);
/* Solve and follow, at a scale of precision; `report` holds derivatives in complex arithmetic. */
ful_status ful__bargain_equilibrium(ful_bargain_report *report, const ful_bargain *g,
                                    ful_bargain_work *w, double lambda_scale, ful_error *err);

/* Follow the equilibrium again and call `see` with the mass of all paths at each node that it
 * reaches: at pre nodes as S finds them; at post nodes before the move of each enforcer, in their
 * order, and after all, as T finds them. At the horizon: what remains, as at S. */
typedef enum ful__moment { FUL__AT_SENDER, FUL__AT_ENFORCER, FUL__AT_TARGET } ful__moment;
typedef void ful__see(void *user, const ful_bargain *g, const ful__at *at, ful__moment moment,
                      int enforcer, const ful__real *mass);
void ful__bargain_trace(const ful_bargain *g, ful_bargain_work *w, ful__see *see, void *user);

#endif
