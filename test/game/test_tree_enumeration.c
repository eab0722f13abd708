/* SPDX-License-Identifier: MIT */
/*
 * Trees against play written out: every terminal node with the moves that lead to it. Precision
 * infinity against all pure strategies of all players; finite precisions against the fixed point of
 * everybody's response to everybody, from menu weights on. No backward induction here.
 */
#include "game_test.h"

#define TREES 60
/* sums of some dozens of products in different order */
#define ROUNDING 1e-12
#define MAX_PROFILES 400
#define MAX_DEPTH 8

/* A tree with its ways: the moves from the root to each terminal node. */
typedef struct ways {
    solved s;
    int *from;   /* of each move: the node that has it */
    int *length; /* (nodes), of terminals only */
    int (*move)[MAX_DEPTH];
} ways;

static void ways_init(ways *w, const sketch *k)
{
    sketch_build(&w->s, k);
    const ful_tree_view *t = &w->s.view;
    int *into = calloc((size_t)t->nodes, sizeof *into);
    w->from = calloc((size_t)t->moves_total + 1, sizeof *w->from);
    w->length = calloc((size_t)t->nodes, sizeof *w->length);
    w->move = calloc((size_t)t->nodes, sizeof *w->move);
    assert_true(into && w->from && w->length && w->move);
    for (int v = 0; v < t->nodes; v++)
        for (int a = 0; a < t->moves[v]; a++) {
            w->from[t->first_move[v] + a] = v;
            into[t->child[t->first_move[v] + a]] = t->first_move[v] + a;
        }
    for (int z = 0; z < t->nodes; z++) {
        if (t->moves[z])
            continue;
        for (int v = z; v; v = w->from[into[v]])
            w->length[z]++;
        for (int v = z, at = w->length[z]; v; v = w->from[into[v]])
            w->move[z][--at] = into[v];
    }
    free(into);
}

static void ways_clear(ways *w)
{
    solved_clear(&w->s);
    free(w->from);
    free(w->length);
    free(w->move);
}

/* What each move is worth to each player (moves_total x players) when all moves are played with
 * probability p: the sum over the ends behind it. */
static void worth_of_moves(double *worth, const ways *w, const double *p)
{
    const ful_tree_view *t = &w->s.view;
    memset(worth, 0, (size_t)(t->moves_total * t->players) * sizeof *worth);
    for (int z = 0; z < t->nodes; z++) {
        double rest = 1; /* chance of coming from behind the move to z */
        for (int at = w->length[z] - 1; at >= 0; at--) {
            const int m = w->move[z][at];
            for (int i = 0; i < t->players; i++)
                worth[m * t->players + i] += rest * t->payoff[z * t->players + i];
            rest *= p[m];
        }
    }
}

/* ---- finite precision: everybody's response to everybody ------------------------------------- */

/* p_a = 1 / sum_b (w_b / w_a) exp(lambda (u_b - u_a)); where lambda is infinite only moves that tie
 * with the best count. */
static double response(const ways *w, const double *worth, int v, int a, double lambda)
{
    const ful_tree_view *t = &w->s.view;
    const int m = t->first_move[v] + a, i = t->owner[v];
    double sum = 0;
    for (int b = 0; b < t->moves[v]; b++) {
        const int other = t->first_move[v] + b;
        const double gain = worth[other * t->players + i] - worth[m * t->players + i];
        if (!isinf(lambda))
            sum += t->weight[other] / t->weight[m] * exp(lambda * t->precision[v] * gain);
        else if (gain > ROUNDING)
            return 0;
        else if (gain > -ROUNDING)
            sum += t->weight[other] / t->weight[m];
    }
    return 1 / sum;
}

static double respond(double *next, const ways *w, const double *p, double *worth,
                      const double *lambda)
{
    const ful_tree_view *t = &w->s.view;
    double moved = 0;
    worth_of_moves(worth, w, p);
    for (int v = 0; v < t->nodes; v++)
        for (int a = 0; a < t->moves[v]; a++) {
            const int m = t->first_move[v] + a;
            next[m] = t->kind[v] == FUL_NODE_CHANCE ? t->weight[m]
                                                    : response(w, worth, v, a, lambda[t->owner[v]]);
            moved = fmax(moved, fabs(next[m] - p[m]));
        }
    return moved;
}

/* With perfect information each round settles one more layer of nodes, from the ends upwards. */
static void follow_responses(double *p, const ways *w, const double *lambda)
{
    const ful_tree_view *t = &w->s.view;
    double *worth = calloc((size_t)(t->moves_total * t->players) + 1, sizeof *worth);
    double *next = calloc((size_t)t->moves_total + 1, sizeof *next);
    double moved = 1;
    int rounds = 0;
    assert_true(worth && next);
    for (int m = 0; m < t->moves_total; m++)
        p[m] = t->weight[m];
    for (; moved > 1e-15; rounds++) {
        moved = respond(next, w, p, worth, lambda);
        memcpy(p, next, (size_t)t->moves_total * sizeof *p);
        assert_true(rounds <= MAX_DEPTH + 1);
    }
    free(worth);
    free(next);
}

static void responses_settle_where_the_solver_says(void **state)
{
    (void)state;
    static const double lambdas[] = {.3, INFINITY, 4, 0, 12};
    for (int k = 0; k < TREES; k++) {
        const sketch d = {.seed = 900 + (uint64_t)k,
                          .players = 2 + k % 3,
                          .depth = 5,
                          .scale = 1,
                          .widest = 2 + k % 4,
                          .scaled = 1};
        ways w;
        double lambda[4];
        ful_error err;
        ways_init(&w, &d);
        double *p = calloc((size_t)w.s.view.moves_total + 1, sizeof *p);
        assert_non_null(p);
        for (int turn = 0; turn < 5; turn++) {
            for (int i = 0; i < 4; i++)
                lambda[i] = lambdas[(i + turn + k) % 5];
            ful_status_is(ful_tree_solve(w.s.probability, w.s.value, NULL, w.s.tree, lambda, &err),
                          FUL_OK, &err);
            follow_responses(p, &w, lambda);
            for (int m = 0; m < w.s.view.moves_total; m++)
                ful_near(w.s.probability[m], p[m], 0, ROUNDING);
        }
        free(p);
        ways_clear(&w);
    }
}

/* ---- infinite precision: all pure strategies ------------------------------------------------- */

/* The number of pure profiles: one move at each decision. */
static int profiles_of(const ful_tree_view *t)
{
    int count = 1;
    for (int v = 0; v < t->nodes && count <= MAX_PROFILES; v++)
        if (t->kind[v] == FUL_NODE_DECISION)
            count *= t->moves[v];
    return count;
}

/* Player i plays what profile number `index` says (-1: everybody does), the others what p says. */
static void play_profile(double *q, const ful_tree_view *t, int index, int i, const double *p)
{
    for (int v = 0; v < t->nodes; v++) {
        const int decides = t->kind[v] == FUL_NODE_DECISION;
        const int pure = decides && (i < 0 || t->owner[v] == i);
        for (int a = 0; a < t->moves[v]; a++)
            q[t->first_move[v] + a] = pure ? a == index % t->moves[v] : p[t->first_move[v] + a];
        if (decides)
            index /= t->moves[v];
    }
}

/* What play by q is worth at node v to i. */
static double worth_at(const ways *w, const double *worth, const double *q, int v, int i)
{
    const ful_tree_view *t = &w->s.view;
    double sum = 0;
    for (int a = 0; a < t->moves[v]; a++) {
        const int m = t->first_move[v] + a;
        sum += q[m] * worth[m * t->players + i];
    }
    return sum;
}

/* Whether in some subgame some player has a strategy, changing all its moves at once if it likes,
 * that is better against the others' p than its own part of p. */
static int somebody_gains(const ways *w, const double *p, int profiles)
{
    const ful_tree_view *t = &w->s.view;
    const size_t moves = (size_t)t->moves_total, size = moves * (size_t)t->players + 1;
    double *now = calloc(size, sizeof *now), *then = calloc(size, sizeof *then);
    double *q = calloc(moves + 1, sizeof *q);
    int gains = 0;
    assert_true(now && then && q);
    worth_of_moves(now, w, p);
    for (int i = 0; i < t->players; i++)
        for (int index = 0; index < profiles && !gains; index++) {
            play_profile(q, t, index, i, p);
            worth_of_moves(then, w, q);
            for (int v = 0; v < t->nodes; v++)
                if (t->moves[v])
                    gains |= worth_at(w, then, q, v, i) > worth_at(w, now, p, v, i) + ROUNDING;
        }
    free(now);
    free(then);
    free(q);
    return gains;
}

/* Trees small enough to list all profiles; the number of profiles. */
static int small_tree(ways *w, int k, int coarse)
{
    sketch d = {.seed = 5000 + 100 * (uint64_t)k,
                .players = 2 + k % 3,
                .depth = 3,
                .scale = 1,
                .widest = 4,
                .coarse = coarse};
    for (;; d.seed++) {
        ways_init(w, &d);
        const int profiles = profiles_of(&w->s.view);
        if (profiles > 20 && profiles <= MAX_PROFILES)
            return profiles;
        ways_clear(w);
    }
}

static void of_all_pure_profiles_the_subgame_perfect_one_is_found(void **state)
{
    (void)state;
    for (int k = 0; k < TREES; k++) {
        ways w;
        const int profiles = small_tree(&w, k, 0);
        const ful_tree_view *t = &w.s.view;
        double *p = calloc((size_t)t->moves_total, sizeof *p);
        int perfect = 0;
        assert_non_null(p);
        solved_at(&w.s, INFINITY);
        for (int index = 0; index < profiles; index++) {
            play_profile(p, t, index, -1, t->weight);
            if (somebody_gains(&w, p, profiles))
                continue;
            perfect++;
            for (int m = 0; m < t->moves_total; m++)
                assert_true(w.s.probability[m] == p[m]);
        }
        assert_int_equal(perfect, 1); /* no two payoffs tie */
        free(p);
        ways_clear(&w);
    }
}

/* With ties several profiles are subgame perfect, and the solver's mixes them: still no strategy is
 * better, and moves that tie for the best are shared by weight. */
static void ties_are_shared_by_weight_and_nobody_gains(void **state)
{
    (void)state;
    int ties = 0;
    for (int k = 0; k < TREES; k++) {
        ways w;
        const int profiles = small_tree(&w, k, 1);
        const ful_tree_view *t = &w.s.view;
        const double lambda[4] = {INFINITY, INFINITY, INFINITY, INFINITY};
        double *worth = calloc((size_t)(t->moves_total * t->players), sizeof *worth);
        double *p = calloc((size_t)t->moves_total, sizeof *p);
        assert_true(worth && p);
        solved_at(&w.s, INFINITY);
        assert_false(somebody_gains(&w, w.s.probability, profiles));
        respond(p, &w, w.s.probability, worth, lambda);
        for (int m = 0; m < t->moves_total; m++) {
            ful_near(w.s.probability[m], p[m], 0, 1e-14);
            ties += t->kind[w.from[m]] == FUL_NODE_DECISION && p[m] > 0 && p[m] < 1;
        }
        free(worth);
        free(p);
        ways_clear(&w);
    }
    assert_true(ties > TREES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses_settle_where_the_solver_says),
        cmocka_unit_test(of_all_pure_profiles_the_subgame_perfect_one_is_found),
        cmocka_unit_test(ties_are_shared_by_weight_and_nobody_gains),
    };
    return cmocka_run_group_tests_name("game tree enumeration", tests, NULL, NULL);
}
