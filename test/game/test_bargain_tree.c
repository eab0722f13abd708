/* SPDX-License-Identifier: MIT */
/*
 * The solver on states against the tree that the game unfolds into, on random small instances.
 * Every figure of the report that a tree can tell is read off the tree by walking its paths.
 */
#include "bargain_test.h"

/* both sum the same products, in different order and with different exponentials */
#define ROUNDING 1e-12
#define MAX_NODES 400000

typedef struct seen {
    int frozen, dismantled, restarted; /* ever */
    int honour, restart, snap_back;    /* the first node of its kind has been passed */
} seen;

typedef struct told {
    double denuclearised, frozen, unchanged, collapsed, ever[3];
    double reach[3], met[3];
    double first_move[FUL_BARGAIN_MAX_ENFORCERS];
} told;

static int says(const char *label, const char *word)
{
    return strstr(label, word) != NULL;
}

static int accommodates(const char *label)
{
    return says(label, " frozen") || says(label, " dismantl");
}

/* Whether a move of an enforcer, named by the indices of its groups, meets the contract in every
 * group of goods. */
static int meets(const instance *s, int player, const char *name)
{
    int all = 1;
    for (int k = 0; k < s->data.groups; k++) {
        const ful_enforced *group = s->group + k;
        if (group->owner != player)
            continue;
        all &= group->adoption || group->level[*name - '0'] >= s->data.p.ebar;
        name += 2;
    }
    return all;
}

static void ask(told *out, const instance *s, const solved *tree, int v, int which)
{
    const ful_tree_view *t = &tree->view;
    out->reach[which] += tree->reach[v];
    for (int a = 0; a < t->moves[v]; a++) {
        const char *move = t->move_label[t->first_move[v] + a];
        const int honours = strcmp(move, "grant") == 0 || strcmp(move, "keep, grant") == 0;
        const int hit = which == 0   ? strcmp(move, "restart") == 0
                        : which == 1 ? honours
                                     : meets(s, FUL_E, move);
        out->met[which] += hit ? tree->reach[v] * tree->probability[t->first_move[v] + a] : 0;
    }
}

static void end(told *out, const solved *tree, int v, seen past)
{
    const char *label = tree->view.label[v];
    const double reach = tree->reach[v];
    if (strcmp(label, "collapsed") == 0)
        out->collapsed += reach;
    else if (strcmp(label, "dismantled") == 0)
        out->denuclearised += reach;
    else if (strcmp(label, "frozen") == 0 || strcmp(label, "dismantling") == 0)
        out->frozen += reach;
    else
        out->unchanged += reach;
    out->ever[0] += past.frozen || strcmp(label, "frozen") == 0 ? reach : 0;
    out->ever[1] += past.dismantled || strcmp(label, "dismantled") == 0 ? reach : 0;
    out->ever[2] += past.restarted || strcmp(label, "restarted") == 0 ? reach : 0;
}

static void walk(told *out, const instance *s, const solved *tree, int v, seen past)
{
    const ful_tree_view *t = &tree->view;
    const char *label = t->label[v];
    if (t->kind[v] == FUL_NODE_TERMINAL) {
        end(out, tree, v, past);
        return;
    }
    past.frozen |= says(label, " frozen");
    past.dismantled |= says(label, " dismantled");
    past.restarted |= says(label, " restarted");
    if (t->kind[v] == FUL_NODE_DECISION && !says(label, "collapsed")) {
        if (*label == 'T' && accommodates(label) && !past.restart) {
            past.restart = 1;
            ask(out, s, tree, v, 0);
        }
        if (*label == 'S' && accommodates(label) && !past.honour) {
            past.honour = 1;
            ask(out, s, tree, v, 1);
        }
        if (t->owner[v] == FUL_E && says(label, " restarted") && !says(label, "hidden") &&
            !past.snap_back) {
            past.snap_back = 1;
            ask(out, s, tree, v, 2);
        }
        if (t->owner[v] >= FUL_E && says(label, " t0 "))
            for (int a = 0; a < t->moves[v]; a++)
                if (meets(s, t->owner[v], t->move_label[t->first_move[v] + a]))
                    out->first_move[t->owner[v] - FUL_E] +=
                        tree->reach[v] * tree->probability[t->first_move[v] + a];
    }
    for (int a = 0; a < t->moves[v]; a++)
        walk(out, s, tree, t->child[t->first_move[v] + a], past);
}

/* The status quo for ever, from the data alone. */
static void status_quo(double *v, const instance *s)
{
    const ful_bargain_data *d = &s->data;
    const int e = start_joint(d);
    const double *y = s->income + (d->start_adaptation * joint_levels(d) + e) * d->columns;
    for (int i = 0; i < d->players; i++) {
        double flow = 0, square = 0, adopted = 0;
        for (int k = 0; k < d->groups; k++) {
            const double level = s->level[k][s->group[k].start];
            if (s->group[k].owner != i)
                continue;
            square += d->nothing_in_force ? 0 : s->group[k].share * level * level;
            adopted += s->group[k].adoption ? level : 0;
        }
        for (int k = 0; k < d->terms; k++) {
            const ful_term *term = s->term + k;
            const double of[FUL_TERM_KINDS] = {
                [FUL_TERM_PROGRAMME] = 1 + d->p.growth * d->start_capability,
                [FUL_TERM_ALERT] = 1,
                [FUL_TERM_INCOME] = y[term->column],
                [FUL_TERM_ENFORCEMENT] = square,
                [FUL_TERM_ADOPTION] = adopted,
            };
            flow += term->player == i ? term->amount * of[term->kind] : 0;
        }
        v[i] = flow * d->dt / (1 - pow(s->player[i].delta, d->dt));
    }
}

/* Let T come by its menu weights, the others as before, and ask everybody, T too, what it would do. */
static void tremble(told *out, const instance *s, solved *tree)
{
    const ful_tree_view *t = &tree->view;
    for (int v = 0; v < t->nodes; v++)
        for (int a = 0; a < t->moves[v]; a++) {
            const int m = t->first_move[v] + a;
            const double comes = t->owner[v] == FUL_T ? t->weight[m] : tree->probability[m];
            tree->reach[t->child[m]] = tree->reach[v] * comes;
        }
    memset(out, 0, sizeof *out);
    walk(out, s, tree, 0, (seen){0});
}

/* Where a player that never errs has more than one best move: the reach of these nodes, summed, and
 * how many there are. S's last move, after a collapse, is left out. */
static int count_ties(double *reach, const instance *s, const solved *tree)
{
    const ful_tree_view *t = &tree->view;
    int ties = 0;
    *reach = 0;
    for (int v = 0; v < t->nodes; v++) {
        int chosen = 0;
        if (t->kind[v] != FUL_NODE_DECISION || !isinf(s->player[t->owner[v]].precision) ||
            !(tree->reach[v] > 0) || strncmp(t->label[v], "S collapsed", 11) == 0)
            continue;
        for (int a = 0; a < t->moves[v]; a++)
            chosen += tree->probability[t->first_move[v] + a] > 0;
        ties += chosen > 1;
        *reach += chosen > 1 ? tree->reach[v] : 0;
    }
    return ties;
}

static void expect_same(const instance *s, double rounding)
{
    ful_bargain *game;
    ful_tree *unfolded;
    solved tree;
    told out = {0};
    ful_error err;
    double v[FUL_BARGAIN_MAX_PLAYERS], tied;
    const ful_bargain_report r = report_of(s, 1);
    ful_status_is(ful_bargain_new(&game, &s->data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_tree(&unfolded, game, MAX_NODES, NULL, &err), FUL_OK, &err);
    solved_init(&tree, unfolded);
    solved_by_player(&tree, s);
    walk(&out, s, &tree, 0, (seen){0});
    status_quo(v, s);
    for (int i = 0; i < s->data.players; i++) {
        const double stake = s->player[i].stake;
        ful_near(r.value[i], v[i] + stake * tree.value[i], rounding, rounding * stake);
    }
    ful_near(r.denuclearised, out.denuclearised, 0, rounding);
    ful_near(r.frozen, out.frozen, 0, rounding);
    ful_near(r.unchanged, out.unchanged, 0, rounding);
    ful_near(r.collapsed, out.collapsed, 0, rounding);
    ful_near(r.ever_frozen, out.ever[0], 0, rounding);
    ful_near(r.ever_dismantled, out.ever[1], 0, rounding);
    ful_near(r.ever_restarted, out.ever[2], 0, rounding);
    for (int k = 0; k < s->data.players - FUL_E; k++)
        ful_near(r.enforcer[k].first_move, out.first_move[k], 0, rounding);
    /* several paths may lead to one choice */
    const int ties = count_ties(&tied, s, &tree);
    ful_near(r.tied_reach, tied, rounding, rounding);
    assert_true(r.tied_choices <= ties && (r.tied_choices > 0) == (ties > 0));
    const ful_conditional *c[] = {&r.restart, &r.honour, &r.snap_back};
    told off;
    tremble(&off, s, &tree);
    for (int k = 0; k < 3; k++) {
        const told *from = out.reach[k] < 1e-200 ? &off : &out;
        ful_near(c[k]->reach, out.reach[k], 0, rounding);
        if (from->reach[k] > 0)
            ful_near(c[k]->probability, from->met[k] / from->reach[k], 0, rounding);
        else /* the tree has no such node */
            assert_true(isnan(c[k]->probability));
    }
    solved_clear(&tree);
    ful_bargain_free(game);
}

static const sizes small[] = {
    {.horizon = 2,
     .groups = 2,
     .levels = 2,
     .stress = 2,
     .adaptation = 2,
     .dismantle = 1,
     .settle = 1,
     .levers = 3},
    {.horizon = 3,
     .groups = 1,
     .levels = 3,
     .stress = 2,
     .adaptation = 1,
     .dismantle = 1,
     .settle = 1,
     .levers = 3},
    {.horizon = 4,
     .groups = 1,
     .levels = 2,
     .stress = 1,
     .adaptation = 1,
     .dismantle = 2,
     .settle = 1,
     .levers = 2},
    {.horizon = 2,
     .groups = 1,
     .levels = 4,
     .stress = 3,
     .adaptation = 2,
     .dismantle = 1,
     .settle = 2,
     .levers = 0,
     .capability = 3},
    {.horizon = 2,
     .groups = 1,
     .levels = 2,
     .stress = 1,
     .adaptation = 1,
     .dismantle = 1,
     .settle = 1,
     .levers = 6,
     .capability = 2,
     .second = 1,
     .adoption = 1},
    {.horizon = 3,
     .groups = 1,
     .levels = 2,
     .stress = 1,
     .adaptation = 1,
     .dismantle = 1,
     .settle = 1,
     .levers = 5,
     .second = 1},
};
#define SMALL (sizeof small / sizeof *small)

static void states_and_tree_agree(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 6 * SMALL; k++) {
        instance s;
        draw_instance(&s, 1000 + k, small[k % SMALL]);
        s.data.start_stage = (ful_stage)(k / SMALL % 5);
        s.data.start_stress = small[k % SMALL].stress > 1;
        expect_same(&s, ROUNDING);
    }
}

static void they_agree_where_incomes_change(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 2 * SMALL; k++) {
        instance s;
        draw_instance(&s, 1500 + k, small[k % SMALL]);
        draw_tables(&s, 2);
        s.data.start_stress = small[k % SMALL].stress > 1;
        expect_same(&s, ROUNDING);
    }
}

static void they_agree_at_the_extremes_of_precision(void **state)
{
    (void)state;
    const double lambda[] = {0, 1e4, INFINITY};
    for (uint64_t k = 0; k < 3 * SMALL; k++) {
        instance s;
        draw_instance(&s, 2000 + k, small[k % SMALL]);
        for (int i = 0; i < s.data.players; i++)
            s.player[i].precision = lambda[k / SMALL];
        /* rounding of utilities is multiplied by the precision */
        expect_same(&s, lambda[k / SMALL] == 1e4 ? 1e-8 : ROUNDING);
    }
}

/* Players to whom nothing matters are indifferent at every choice that they have, and those who never
 * err are so nowhere else; with numbers drawn at random nobody else is. */
static void who_has_nothing_at_stake_ties_everywhere(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 3 * SMALL; k++) {
        instance s;
        sizes of = small[k / 3];
        of.levers = 0;
        draw_instance(&s, 2500 + k, of);
        for (int term = 0; term < s.data.terms; term++)
            if (k % 3 == 0 || (k % 3 == 1 && s.term[term].player == FUL_E))
                s.term[term].amount = 0;
        assert_true(report_of(&s, 1).tied_choices == 0); /* all err */
        for (int i = 0; i < s.data.players; i++)
            s.player[i].precision = INFINITY;
        expect_same(&s, ROUNDING);
        if (k % 3 < 2) /* the enforcer's first choice, to begin with */
            assert_true(report_of(&s, 1).tied_reach > 1 - ROUNDING);
    }
}

static void they_agree_in_either_order_of_enforcers(void **state)
{
    (void)state;
    static const int reverse[] = {SECOND, FUL_E};
    for (uint64_t k = 0; k < 4; k++) {
        instance s;
        draw_instance(&s, 2500 + k, small[4 + k % 2]);
        s.data.order = reverse;
        expect_same(&s, ROUNDING);
    }
}

static void who_moves_at_once_does_not_unfold(void **state)
{
    (void)state;
    instance s;
    ful_bargain *game;
    ful_tree *tree;
    ful_error err;
    draw_instance(&s, 2600, small[5]);
    s.data.simultaneous = 1;
    ful_status_is(ful_bargain_new(&game, &s.data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_tree(&tree, game, MAX_NODES, NULL, &err), FUL_ERR_DATA, NULL);
    assert_null(tree);
    ful_says(err, "at once");
    ful_bargain_free(game);
}

static void they_agree_in_periods_shorter_than_a_decision(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 4; k++) {
        instance s;
        draw_instance(&s, 3000 + k, small[2]);
        s.data.dt = .25;
        s.data.start_stage = k % 2 ? FUL_STAGE_FROZEN : FUL_STAGE_ARMED;
        expect_same(&s, ROUNDING);
    }
}

static void a_game_too_large_to_unfold_says_how_large(void **state)
{
    (void)state;
    instance s;
    ful_bargain *game;
    ful_tree *tree;
    ful_error err;
    solved full;
    char text[32];
    draw_instance(&s, 5, small[1]);
    ful_status_is(ful_bargain_new(&game, &s.data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_tree(&tree, game, 10, NULL, &err), FUL_ERR_DATA, NULL);
    assert_null(tree);
    ful_says(err, "more than the 10 allowed");
    ful_status_is(ful_bargain_tree(&tree, game, MAX_NODES, NULL, NULL), FUL_OK, NULL);
    solved_init(&full, tree);
    snprintf(text, sizeof text, "%.4g nodes", (double)full.view.nodes);
    ful_says(err, text); /* the count that was foretold */
    solved_clear(&full);
    ful_status_is(ful_bargain_tree(&tree, game, full.view.nodes, NULL, NULL), FUL_OK, NULL);
    ful_tree_free(tree);
    ful_bargain_free(game);
}

static void an_unfolded_game_survives_being_written(void **state)
{
    (void)state;
    instance s;
    ful_bargain *game;
    ful_tree *tree, *again;
    ful_error err;
    grown g = {0};
    sizes of = small[2];
    of.horizon = 2;
    draw_instance(&s, 6, of);
    ful_status_is(ful_bargain_new(&game, &s.data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_tree(&tree, game, MAX_NODES, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_tree_format_efg(tree, grown_write, &g, &err), FUL_OK, &err);
    ful_status_is(ful_tree_parse_efg(&again, g.text, g.size, NULL, &err), FUL_OK, &err);
    ful_tree_view a, b;
    ful_tree_view_get(&a, tree);
    ful_tree_view_get(&b, again);
    assert_int_equal(a.nodes, b.nodes);
    free(g.text);
    ful_tree_free(tree);
    ful_tree_free(again);
    ful_bargain_free(game);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_and_tree_agree),
        cmocka_unit_test(they_agree_where_incomes_change),
        cmocka_unit_test(they_agree_at_the_extremes_of_precision),
        cmocka_unit_test(who_has_nothing_at_stake_ties_everywhere),
        cmocka_unit_test(they_agree_in_either_order_of_enforcers),
        cmocka_unit_test(who_moves_at_once_does_not_unfold),
        cmocka_unit_test(they_agree_in_periods_shorter_than_a_decision),
        cmocka_unit_test(a_game_too_large_to_unfold_says_how_large),
        cmocka_unit_test(an_unfolded_game_survives_being_written),
    };
    return cmocka_run_group_tests_name("game bargain tree", tests, NULL, NULL);
}
