/* SPDX-License-Identifier: MIT */
/*
 * Private to the sanctions game: its states, its rules and its payoffs.
 *
 * Names. t: period. e: joint enforcement, index_0 + L index_1 + ... sub: stage of the programme
 * with its step and the relief last delivered. z: stress. k: adaptation. x: the package stands. A
 * node is (sub, z, k, x); before S moves it is called `pre`, after S's move `post`. All values and
 * flows are relative to the status quo continuing (armed, no package, no relief, enforcement as at
 * the start), which keeps V(collapsed) = -loss and leaves no digits to a payment that never stops.
 */
#ifndef FULCRUM_BARGAIN_INTERNAL_H
#define FULCRUM_BARGAIN_INTERNAL_H

#include "game/game_internal.h"

#define MAX_SUBS 40
#define MAX_HORIZON 64
#define MAX_LEVERS 16
#define MAX_LEVELS 8
#define RELIEFS 3 /* none, that of a freeze, that of dismantling */
/* Levels and ebar are typed as decimals: .666667 is two thirds. */
#define SAME_LEVEL 1e-5
/* Half-years between decisions. Shorter periods resolve payoffs and chance, not deliberation. */
#define DECISION_YEARS 0.5
/* A target that stands for RESTARTED if the restart is detected, else for a hidden one. */
#define RESTARTING (-1)

typedef struct ful__sub {
    ful_stage stage;
    int step;      /* of dismantling 1..d, of settling 0..settle-1 */
    int delivered; /* relief is granted */
    int hidden;    /* a restart that nobody has seen */
    int settled;
    int relief;    /* row of the income table */
    int accommodates; /* to all appearances */
    double g;      /* share of b and n */
} ful__sub;

/* Terms of the package in a period: sums over the levers on offer then. */
typedef struct ful__terms {
    int stands;
    int hazard_row;               /* of the table of hazards */
    double gift, gift_cost;       /* unconditional */
    double enforced, enforced_cost;
    double staged, staged_cost;
    double security, hazard;
    double withdrawal;            /* of levers that ask nothing of E */
    double withdrawal_enforced;   /* of levers contingent on enforcement */
    int troops;
} ful__terms;

struct ful_bargain {
    const ful_allocator *allocator;
    size_t bytes;
    ful_bargain_parameters p;
    double dt;
    int H, G, L, E, Z, K;         /* periods, groups, levels, joint levels, stress, adaptation */
    int every;                    /* periods from one decision to the next */
    int dismantle, settle;
    int subs, nodes;
    ful__sub sub[MAX_SUBS];
    double d[FUL_PLAYERS], stake[FUL_PLAYERS];
    double status_quo[FUL_PLAYERS]; /* flow a year */
    int start_sub, start_z, start_k, start_e;
    ful__terms terms[MAX_HORIZON + 1];
    int hazard_rows;
    double level[MAX_LEVELS], level_weight[MAX_LEVELS], share[FUL_BARGAIN_MAX_GROUPS];
    double *weight, *mean, *friction, *pays; /* [e]; pays: share of enforcement contracts paid */
    unsigned char *meets;         /* E: at least ebar in every group */
    double *flow[FUL_PLAYERS];    /* [relief][k][e]: economy and friction, relative, a year */
    double *pressure;             /* [relief][k][e] */
    double *rise, *fall;          /* [relief][k][e]: chance of stress moving, if there is room */
    double *adapts;               /* [e]: chance of a step of adaptation, likewise */
    double *of_group;             /* [group][e]: the group's level */
    double *below, *above;        /* [group][e]: 1 where there is a lower, a higher level, else 0 */
    unsigned char *may_rise, *may_fall; /* [relief][k]: for some e */
    int may_adapt;
    double *drift;                /* [relief][k][z][dz + 1][dk][e] at the end of a half-year, */
    double *certain;              /* [e] ones: what stays as it is before */
    double *hazard;               /* [row][z][relief][k][e]: chance of collapse in a period */
    int *pre, *post;              /* [t][node]: number of a reachable node, or -1 */
    int pres, posts;              /* how many there are */
};

/* What a move leads to. */
typedef struct ful__target_move {
    const char *name;
    int next;      /* sub, or RESTARTING */
    double lump;   /* to T, now */
    double weight;
} ful__target_move;

typedef struct ful__sender_move {
    const char *name;
    int sub, x;    /* of the post node */
    int withdraws, honours;
} ful__sender_move;

static inline int ful__node(const ful_bargain *g, int sub, int z, int k, int x)
{
    return ((sub * g->Z + z) * g->K + k) * 2 + x;
}

static inline size_t ful__row(const ful_bargain *g, int relief, int k)
{
    return ((size_t)relief * (size_t)g->K + (size_t)k) * (size_t)g->E;
}

static inline const double *ful__hazards(const ful_bargain *g, int t, int x, int z, int relief,
                                         int k)
{
    const int row = x ? g->terms[t].hazard_row : 0;
    return g->hazard + (size_t)(row * g->Z + z) * RELIEFS * (size_t)(g->K * g->E) +
           ful__row(g, relief, k);
}

/* S and E decide in the first period of a half-year, T in its last, which is also when detection,
 * stress and adaptation are drawn: a half-year cut into shorter periods is the same half-year. */
static inline int ful__decides(const ful_bargain *g, int t)
{
    return t % g->every == 0;
}

static inline int ful__half_year_ends(const ful_bargain *g, int t)
{
    return t % g->every == g->every - 1;
}

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

int ful__sender_menu(ful__sender_move move[4], const ful_bargain *g, int t, int sub, int x);
int ful__target_menu(ful__target_move move[3], const ful_bargain *g, int t, int sub, int x);
/* Whether E chooses at a post node, and whether it may return to any higher level at once. */
int ful__enforcer_moves(const ful_bargain *g, int t, int sub);
int ful__lifted(const ful_bargain *g, int sub);
/* The joint levels that E can reach from e; their number. */
int ful__window(int *to, const ful_bargain *g, int e, int lifted);

/* Which ways stress and adaptation may move at the end of period t, whatever the enforcement. */
typedef struct ful__drifts {
    int rises, falls, adapts;
} ful__drifts;
ful__drifts ful__may_drift(const ful_bargain *g, int t, int relief, int z, int k);
/* The chance by enforcement that stress moves by dz and adaptation by dk; NULL where it is nil for
 * all enforcement. */
const double *ful__drift(const ful_bargain *g, int t, int relief, int z, int k, int dz, int dk);
/* Fill the table behind it. */
void ful__make_drifts(ful_bargain *g);

/* Mark what can be reached; fills pre, post, pres, posts. */
void ful__mark_reachable(ful_bargain *g);

/* ---- payoffs (bargain_payoff.c) -------------------------------------------------------------- */

/* Flow payoffs a year of a post node, relative to the status quo. */
void ful__flows(double u[FUL_PLAYERS], const ful_bargain *g, int t, int sub, int k, int x, int e);
/* Parts of the flow that do not depend on e. */
double ful__constant_flow(const ful_bargain *g, int i, int t, int sub, int x);
/* What withdrawing costs S, enforcement having been e. */
double ful__withdrawal_cost(const ful_bargain *g, int t, int sub, int e);

/* S's last move after a collapse, 0 keep south, 1 go north: payoffs then. */
void ful__last_payoff(double u[FUL_PLAYERS], const ful_bargain *g, int z, int pledge, int north);
/* Values of a collapse, S's last move being a logit choice; returns the chance of keeping south. */
double ful__collapse_values(double v[FUL_PLAYERS], const ful_bargain *g, int z, int pledge,
                            double lambda_S);
/* The sub as which the horizon values `sub`. */
int ful__valued_as(const ful_bargain *g, int sub);
/* Continuation value at the horizon, given the values of a collapse. */
void ful__horizon_values(double v[FUL_PLAYERS], const ful_bargain *g, int sub, int z, int k, int x,
                         int e, const double collapsed[FUL_PLAYERS]);

/* ---- solving and following (bargain_solve.c, bargain_paths.c) -------------------------------- */

/* Masses that are followed: of all paths, and of those that have not yet been somewhere. */
enum {
    FUL__ALL,
    FUL__NEVER_FROZEN,
    FUL__NEVER_DISMANTLED,
    FUL__NEVER_RESTARTED,
    FUL__NEVER_CHOSE,    /* T has not yet had a move while it accommodated */
    FUL__NEVER_CAUGHT,   /* E has not yet had a move after a restart came to light */
    FUL__MEASURES,
};
#define FUL__SCRATCH_ROWS 24

/* How E's choice at a post node is kept. */
enum { FUL__FORCED, FUL__SEPARABLE, FUL__DIRECT };

struct ful_bargain_work {
    const ful_allocator *allocator;
    size_t bytes;
    double lambda[FUL_PLAYERS]; /* per unit of utility */
    double *collapsed;      /* [z][pledge][player] */
    double *value[2];       /* [node][player][e] of pre nodes: this period and the next */
    double *after;          /* [node][player][e] of post nodes, before E moves */
    double *continued;      /* [sub, and RESTARTING last][player][e] */
    unsigned char *is_continued;
    double *sender;         /* [pre number][4][e]: S's choice by last enforcement */
    double *target;         /* [post number][3][e]: T's choice by enforcement */
    double *enforcer;       /* [post number][e]: weights, or E's utilities where FUL__DIRECT */
    double *inverse;        /* [post number][e]: one over the sum of weights in the window of e */
    unsigned char *mode;    /* [post number] */
    double *first;          /* [post number of period 0, at most 4][e]: E's utilities */
    double *scratch;        /* FUL__SCRATCH_ROWS rows of e */
    int *window;            /* E */
    double *choice;         /* weights, utilities and probabilities of a window */
    double *mass[2];        /* [node][measure][e] */
    double *mass_after;     /* [node][measure][e] */
    unsigned char *live[2], *live_after; /* bits: measures that have mass at a node */
};

/* Sums over the window of each e, group by group; `out` may not be `in`; `spare` is three rows. */
void ful__window_sums(double *out, double *spare, const double *in, const ful_bargain *g,
                      int lifted);
/* The same with the roles of from and to exchanged. */
void ful__window_sums_into(double *out, double *spare, const double *in, const ful_bargain *g,
                           int lifted);

/* Choice probabilities of E from level e, over the `count` levels in work->window. */
void ful__direct_choice(double *p, const ful_bargain *g, ful_bargain_work *w,
                        const double *utility, int count);

/* Backward induction: fills values and policies. */
void ful__bargain_backward(const ful_bargain *g, ful_bargain_work *w);
/* Forward propagation: fills the report. */
void ful__bargain_forward(ful_bargain_report *report, const ful_bargain *g, ful_bargain_work *w);

#endif
