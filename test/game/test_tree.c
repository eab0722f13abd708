/* SPDX-License-Identifier: MIT */
/* Trees: the solver against an independent recursion, and what no solution may depend on. */
#include "game_test.h"

#define TREES 40
/* two sums of some dozens of products in different order */
#define ROUNDING 1e-12

static sketch plain(int k)
{
    return (sketch){.seed = (uint64_t)k + 1, .players = 1 + k % 4, .depth = 5, .scale = 1};
}

/* The same equilibrium by recursion and by the log-sum-exp of every menu: another order of
 * operations, no arrays in depth-first order. */
static void recurse(double *value, const solved *s, int v, double lambda)
{
    const ful_tree_view *t = &s->view;
    const int first = t->first_move[v];
    double u[8][4], p[8], most = -INFINITY, sum = 0;
    if (t->kind[v] == FUL_NODE_TERMINAL) {
        for (int i = 0; i < t->players; i++)
            value[i] = t->payoff[v * t->players + i];
        return;
    }
    for (int a = 0; a < t->moves[v]; a++) {
        recurse(u[a], s, t->child[first + a], lambda);
        p[a] = log(t->weight[first + a]);
        if (t->kind[v] == FUL_NODE_DECISION)
            p[a] += lambda * u[a][t->owner[v]];
        most = fmax(most, p[a]);
    }
    for (int a = 0; a < t->moves[v]; a++)
        sum += exp(p[a] - most);
    for (int i = 0; i < t->players; i++)
        value[i] = 0;
    for (int a = 0; a < t->moves[v]; a++) {
        p[a] = exp(p[a] - most - log(sum));
        ful_near(s->probability[first + a], p[a], 0, ROUNDING);
        for (int i = 0; i < t->players; i++)
            value[i] += p[a] * u[a][i];
    }
    for (int i = 0; i < t->players; i++)
        ful_near(s->value[v * t->players + i], value[i], ROUNDING, ROUNDING);
}

static void random_trees_match_an_independent_recursion(void **state)
{
    (void)state;
    for (int k = 0; k < TREES; k++) {
        const sketch d = plain(k);
        solved s;
        double value[4];
        sketch_build(&s, &d);
        for (double lambda = 0; lambda < 30; lambda = 3 * lambda + 0.3) {
            solved_at(&s, lambda);
            recurse(value, &s, 0, lambda);
        }
        solved_clear(&s);
    }
}

static void probabilities_and_reach_sum_to_one(void **state)
{
    (void)state;
    for (int k = 0; k < TREES; k++) {
        const sketch d = plain(k);
        solved s;
        double ends = 0;
        sketch_build(&s, &d);
        solved_at(&s, 4);
        for (int v = 0; v < s.view.nodes; v++) {
            double sum = 0;
            for (int a = 0; a < s.view.moves[v]; a++)
                sum += s.probability[s.view.first_move[v] + a];
            if (s.view.moves[v])
                ful_near(sum, 1, 0, 1e-14);
            else
                ends += s.reach[v];
        }
        ful_near(ends, 1, 0, ROUNDING);
        solved_clear(&s);
    }
}

static void lambda_zero_gives_the_menu_weights(void **state)
{
    (void)state;
    const sketch d = plain(5);
    solved s;
    sketch_build(&s, &d);
    solved_at(&s, 0);
    for (int v = 0; v < s.view.nodes; v++) {
        double sum = 0;
        for (int a = 0; a < s.view.moves[v]; a++)
            sum += s.view.weight[s.view.first_move[v] + a];
        for (int a = 0; a < s.view.moves[v]; a++)
            ful_near(s.probability[s.view.first_move[v] + a],
                     s.view.weight[s.view.first_move[v] + a] / sum, 1e-14, 0);
    }
    solved_clear(&s);
}

static void the_unit_and_the_zero_of_utility_do_not_matter(void **state)
{
    (void)state;
    for (int k = 0; k < TREES; k++) {
        sketch d = plain(k);
        solved one, other;
        sketch_build(&one, &d);
        d.shift = 3;
        d.scale = 8;
        sketch_build(&other, &d);
        solved_at(&one, 2);
        solved_at(&other, 2.0 / 8);
        for (int m = 0; m < one.view.moves_total; m++)
            ful_near(other.probability[m], one.probability[m], 0, ROUNDING);
        for (int i = 0; i < d.players; i++)
            ful_near(other.value[i], 3 + 8 * one.value[i], ROUNDING, ROUNDING);
        solved_clear(&one);
        solved_clear(&other);
    }
}

/* The values at the root see every probability in the tree. */
static void expect_same_root(sketch a, sketch b, double lambda)
{
    solved one, other;
    sketch_build(&one, &a);
    sketch_build(&other, &b);
    solved_at(&one, lambda);
    solved_at(&other, lambda);
    for (int i = 0; i < a.players; i++)
        ful_near(other.value[i], one.value[i], ROUNDING, ROUNDING);
    solved_clear(&one);
    solved_clear(&other);
}

static void the_order_of_moves_does_not_matter(void **state)
{
    (void)state;
    for (int k = 0; k < TREES; k++) {
        sketch other = plain(k);
        other.reversed = 1;
        expect_same_root(plain(k), other, 2);
        expect_same_root(plain(k), other, INFINITY);
    }
}

static void a_move_cloned_with_its_weight_split_changes_nothing(void **state)
{
    (void)state;
    for (int k = 0; k < TREES; k++) {
        sketch other = plain(k);
        other.cloned = 1;
        expect_same_root(plain(k), other, 2);
        expect_same_root(plain(k), other, INFINITY);
    }
}

/* One-shot deviations: at infinite precision nobody gains by choosing another move at any node. */
static void infinite_precision_is_subgame_perfect(void **state)
{
    (void)state;
    for (int k = 0; k < TREES; k++) {
        const sketch d = plain(k);
        solved s;
        sketch_build(&s, &d);
        solved_at(&s, INFINITY);
        for (int v = 0; v < s.view.nodes; v++)
            for (int a = 0; a < s.view.moves[v] && s.view.kind[v] == FUL_NODE_DECISION; a++) {
                const int i = s.view.owner[v], child = s.view.child[s.view.first_move[v] + a];
                assert_true(s.value[child * d.players + i] <= s.value[v * d.players + i] + 1e-13);
            }
        solved_clear(&s);
    }
}

static void growing_precision_tends_to_subgame_perfection(void **state)
{
    (void)state;
    const sketch d = plain(4);
    solved limit, near;
    sketch_build(&limit, &d);
    sketch_build(&near, &d);
    solved_at(&limit, INFINITY);
    solved_at(&near, 1e8);
    for (int m = 0; m < limit.view.moves_total; m++)
        ful_near(near.probability[m], limit.probability[m], 0, 1e-12);
    solved_clear(&limit);
    solved_clear(&near);
}

static ful_tree *choice(int moves, const double *payoff, const double *weight, double precision)
{
    ful_tree_builder *b;
    ful_tree *tree;
    ful_error err;
    ful_status_is(ful_tree_builder_new(&b, "one choice", 1, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_tree_decision_scaled(b, "c", 0, moves, NULL, weight, precision, &err), FUL_OK,
                  &err);
    for (int a = 0; a < moves; a++)
        ful_status_is(ful_tree_terminal(b, "", payoff + a, &err), FUL_OK, &err);
    ful_status_is(ful_tree_new(&tree, b, NULL, &err), FUL_OK, &err);
    ful_tree_builder_free(b);
    return tree;
}

static void ties_at_infinity_are_shared_by_weight(void **state)
{
    (void)state;
    const double payoff[] = {0.1 + 0.2, 0.3, 0.1}, weight[] = {1, 3, 5};
    solved s;
    solved_init(&s, choice(3, payoff, weight, 1));
    solved_at(&s, INFINITY);
    ful_near(s.probability[0], 0.25, 0, 1e-15);
    ful_near(s.probability[1], 0.75, 0, 1e-15);
    assert_true(s.probability[2] == 0);
    solved_clear(&s);
}

static void extreme_utilities_and_precisions_stay_finite(void **state)
{
    (void)state;
    const double payoff[] = {1e100, -1e100, 1e100};
    const double lambda[] = {0, 1e-300, 1, 1e300, INFINITY};
    solved s;
    solved_init(&s, choice(3, payoff, NULL, 1));
    for (size_t k = 0; k < sizeof lambda / sizeof *lambda; k++) {
        solved_at(&s, lambda[k]);
        for (int a = 0; a < 3; a++)
            assert_true(s.probability[a] >= 0 && s.probability[a] <= 1);
    }
    ful_near(s.probability[0], 0.5, 0, 0);
    solved_clear(&s);
}

static void a_scaled_precision_multiplies_lambda(void **state)
{
    (void)state;
    const double payoff[] = {0, 1};
    solved s;
    solved_init(&s, choice(2, payoff, NULL, 3));
    solved_at(&s, 0.5);
    ful_near(s.probability[1], 1 / (1 + exp(-1.5)), 1e-15, 0);
    solved_clear(&s);
}

static void what_is_not_a_tree_is_refused(void **state)
{
    (void)state;
    ful_tree_builder *b;
    ful_tree *tree;
    ful_error err;
    const double half[] = {0.5, 0.6}, bad[] = {1, 0}, payoff[] = {1, NAN}, fine[] = {1, 2};
    ful_status_is(ful_tree_builder_new(&b, "t", 0, NULL, NULL, &err), FUL_ERR_ARGUMENT, NULL);
    ful_says(err, "players");
    ful_status_is(ful_tree_builder_new(&b, "t", 2, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_tree_new(&tree, b, NULL, &err), FUL_ERR_ARGUMENT, NULL);
    ful_says(err, "no node");
    assert_null(tree);
    ful_status_is(ful_tree_chance(b, "x", 2, NULL, half, &err), FUL_ERR_DATA, NULL);
    ful_says(err, "sum to 1.1");
    ful_status_is(ful_tree_decision(b, "x", 2, 2, NULL, NULL, &err), FUL_ERR_ARGUMENT, NULL);
    ful_says(err, "player 2");
    ful_status_is(ful_tree_decision(b, "x", 0, 0, NULL, NULL, &err), FUL_ERR_ARGUMENT, NULL);
    ful_status_is(ful_tree_decision(b, "x", 0, 2, NULL, bad, &err), FUL_ERR_DATA, NULL);
    ful_says(err, "menu weight 2");
    ful_status_is(ful_tree_terminal(b, "end", payoff, &err), FUL_ERR_DATA, NULL);
    ful_says(err, "payoff 2");
    ful_status_is(ful_tree_decision(b, "x", 0, 2, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_tree_terminal(b, "end", fine, &err), FUL_OK, &err);
    ful_status_is(ful_tree_new(&tree, b, NULL, &err), FUL_ERR_ARGUMENT, NULL);
    ful_says(err, "1 moves lead nowhere");
    ful_status_is(ful_tree_terminal(b, "end", fine, &err), FUL_OK, &err);
    ful_status_is(ful_tree_terminal(b, "extra", fine, &err), FUL_ERR_ARGUMENT, NULL);
    ful_says(err, "extra");
    ful_status_is(ful_tree_new(&tree, b, NULL, &err), FUL_OK, &err);
    double p[2], value[6];
    const double lambda[] = {1, -1};
    ful_status_is(ful_tree_solve(p, value, NULL, tree, lambda, &err), FUL_ERR_ARGUMENT, NULL);
    ful_says(err, "player 2");
    ful_tree_free(tree);
    ful_tree_builder_free(b);
    ful_tree_builder_free(NULL);
    ful_tree_free(NULL);
}

/* A centipede built with every allocation failing in turn; FUL_OK when it stood. */
static ful_status build_with(ful_test_memory *memory)
{
    ful_tree_builder *b = NULL;
    ful_tree *tree = NULL;
    ful_error err;
    const char *const player[] = {"one", "two"}, *const move[] = {"take", "pass"};
    const double payoff[] = {1, 2};
    ful_status status = ful_tree_builder_new(&b, "c", 2, player, &memory->allocator, &err);
    for (int k = 0; k < 40 && !status; k++) {
        status = ful_tree_decision(b, "a decision with a long label", k % 2, 2, move, NULL, &err);
        if (!status)
            status = ful_tree_terminal(b, "taken", payoff, &err);
    }
    if (!status)
        status = ful_tree_terminal(b, "passed", payoff, &err);
    if (!status)
        status = ful_tree_new(&tree, b, &memory->allocator, &err);
    assert_true(status == FUL_OK || (status == FUL_ERR_MEMORY && !tree));
    ful_tree_free(tree);
    ful_tree_builder_free(b);
    return status;
}

static void every_failed_allocation_is_survived(void **state)
{
    (void)state;
    ful_status status = FUL_ERR_MEMORY;
    for (long k = 0; status; k++) {
        ful_test_memory memory;
        ful_test_memory_init(&memory, k);
        status = build_with(&memory);
        assert_int_equal(memory.live, 0);
        assert_true(k < 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_trees_match_an_independent_recursion),
        cmocka_unit_test(probabilities_and_reach_sum_to_one),
        cmocka_unit_test(lambda_zero_gives_the_menu_weights),
        cmocka_unit_test(the_unit_and_the_zero_of_utility_do_not_matter),
        cmocka_unit_test(the_order_of_moves_does_not_matter),
        cmocka_unit_test(a_move_cloned_with_its_weight_split_changes_nothing),
        cmocka_unit_test(infinite_precision_is_subgame_perfect),
        cmocka_unit_test(growing_precision_tends_to_subgame_perfection),
        cmocka_unit_test(ties_at_infinity_are_shared_by_weight),
        cmocka_unit_test(extreme_utilities_and_precisions_stay_finite),
        cmocka_unit_test(a_scaled_precision_multiplies_lambda),
        cmocka_unit_test(what_is_not_a_tree_is_refused),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests_name("game tree", tests, NULL, NULL);
}
