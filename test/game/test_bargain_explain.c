/* SPDX-License-Identifier: MIT */
/* Where play comes to, and what drives the choices there. */
#include "bargain_test.h"

#define MOST 20000
#define MAX_NODES 400000

static const sizes small = {.horizon = 2,
                            .groups = 2,
                            .levels = 2,
                            .stress = 2,
                            .adaptation = 2,
                            .dismantle = 1,
                            .settle = 1,
                            .levers = 4,
                            .capability = 2};
static const sizes pair = {.horizon = 2,
                           .groups = 1,
                           .levels = 2,
                           .stress = 1,
                           .adaptation = 1,
                           .dismantle = 1,
                           .settle = 1,
                           .levers = 6,
                           .capability = 2,
                           .second = 1,
                           .adoption = 1};

/* A solved game with all its choice nodes and their explanations. */
typedef struct told {
    ful_bargain *game;
    ful_bargain_work *work;
    ful_bargain_report report;
    int places;
    ful_bargain_place *place;
    ful_bargain_explanation *why;
} told;

static void tell(told *t, const instance *s, double scale)
{
    ful_error err;
    t->place = calloc(MOST, sizeof *t->place);
    assert_non_null(t->place);
    ful_status_is(ful_bargain_new(&t->game, &s->data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_work_new(&t->work, t->game, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_bargain_solve(&t->report, t->game, t->work, scale, &err), FUL_OK, &err);
    t->places = ful_bargain_places(t->place, MOST, t->game, t->work, -1, 0);
    assert_true(t->places > 0 && t->places < MOST);
    ful_status_is(ful_bargain_explain(&t->why, t->game, scale, t->places, t->place, NULL, &err),
                  FUL_OK, &err);
}

static void forget(told *t)
{
    ful_bargain_explanation_free(t->why);
    ful_bargain_work_free(t->work);
    ful_bargain_free(t->game);
    free(t->place);
}

static void the_parts_of_a_utility_sum_to_it(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++) {
        instance s;
        told t;
        draw_instance(&s, 5000 + seed, seed % 2 ? pair : small);
        s.data.start_stage = (ful_stage)(seed % 5);
        tell(&t, &s, 1);
        for (int k = 0; k < t.places; k++) {
            ful_bargain_choice c;
            double all = 0;
            ful_bargain_explanation_choice(&c, t.why, k);
            assert_memory_equal(&c.place, t.place + k, sizeof c.place);
            assert_true(c.moves > 1);
            assert_int_equal(c.rows, s.data.terms + 3 * s.data.levers + 1);
            assert_true((c.name == NULL) == (c.place.player >= FUL_E));
            for (int a = 0; a < c.moves; a++) {
                double sum = 0, size = 0;
                for (int row = 0; row < c.rows; row++) {
                    const double part = c.part[a * c.rows + row];
                    sum += part;
                    size += fabs(part);
                    if (row < s.data.terms && s.term[row].player != c.place.player)
                        assert_true(part == 0);
                }
                ful_near(c.utility[a], sum, 0, 1e-12 * (1 + size));
                all += c.probability[a];
            }
            ful_near(all, 1, 0, 1e-12);
        }
        forget(&t);
    }
}

/* What a player does in a period, whatever the history: the chance of each move, by its name. */
typedef struct deed {
    int player, period;
    char move[48];
    double chance;
} deed;

typedef struct deeds {
    int count;
    deed of[400];
} deeds;

static void did(deeds *d, int player, int period, const char *move, double chance)
{
    int k = 0;
    while (k < d->count && (d->of[k].player != player || d->of[k].period != period ||
                            strcmp(d->of[k].move, move) != 0))
        k++;
    assert_true(k < 400);
    if (k == d->count) {
        d->of[d->count++] = (deed){.player = player, .period = period};
        snprintf(d->of[k].move, sizeof d->of[k].move, "%s", move);
    }
    d->of[k].chance += chance;
}

/* From the tree that the game unfolds into. */
static void deeds_of_tree(deeds *d, const instance *s, const ful_bargain *game)
{
    ful_tree *unfolded;
    solved tree;
    ful_error err;
    ful_status_is(ful_bargain_tree(&unfolded, game, MAX_NODES, NULL, &err), FUL_OK, &err);
    solved_init(&tree, unfolded);
    solved_by_player(&tree, s);
    for (int v = 0; v < tree.view.nodes; v++) {
        int period;
        if (tree.view.kind[v] != FUL_NODE_DECISION || strstr(tree.view.label[v], "collapsed") ||
            sscanf(tree.view.label[v], "%*s t%d", &period) != 1)
            continue;
        for (int a = 0; a < tree.view.moves[v]; a++) {
            const int m = tree.view.first_move[v] + a;
            did(d, tree.view.owner[v], period, tree.view.move_label[m],
                tree.reach[v] * tree.probability[m]);
        }
    }
    solved_clear(&tree);
}

/* Names an enforcer's level as the tree does: by the index of each of its groups. */
static void name_joint(char *out, size_t size, const instance *s, int player, int joint)
{
    size_t used = 0;
    for (int k = 0; k < s->data.groups; k++)
        if (s->group[k].owner == player)
            used += (size_t)snprintf(out + used, size - used, used ? ",%d" : "%d",
                                     level_index(&s->data, joint, k));
}

static void deeds_of_places(deeds *d, const instance *s, const told *t)
{
    for (int k = 0; k < t->places; k++) {
        ful_bargain_choice c;
        ful_bargain_explanation_choice(&c, t->why, k);
        for (int a = 0; a < c.moves; a++) {
            char name[48];
            if (c.joint)
                name_joint(name, sizeof name, s, c.place.player, c.joint[a]);
            else
                snprintf(name, sizeof name, "%s", c.name[a]);
            did(d, c.place.player, c.place.period, name, c.place.reach * c.probability[a]);
        }
    }
}

static void they_tell_what_the_tree_tells(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++) {
        instance s;
        told t;
        deeds tree = {0}, places = {0};
        draw_instance(&s, 5100 + seed, seed % 2 ? pair : small);
        s.data.start_stage = (ful_stage)(seed % 5);
        tell(&t, &s, 1);
        deeds_of_tree(&tree, &s, t.game);
        deeds_of_places(&places, &s, &t);
        for (int k = 0; k < tree.count; k++)
            did(&places, tree.of[k].player, tree.of[k].period, tree.of[k].move, -tree.of[k].chance);
        for (int k = 0; k < places.count; k++)
            ful_near(places.of[k].chance, 0, 0, 1e-12);
        forget(&t);
    }
}

/* At lambda = 0 play does not change with payoffs: what a utility loses with a term is its part. */
static void a_part_is_what_goes_with_its_term(void **state)
{
    (void)state;
    instance s, without;
    told all, less;
    draw_instance(&s, 5200, pair);
    tell(&all, &s, 0);
    for (int term = 0; term < s.data.terms; term++) {
        copy(&without, &s);
        without.term[term].amount = 0;
        tell(&less, &without, 0);
        assert_int_equal(all.places, less.places);
        for (int k = 0; k < all.places; k++) {
            ful_bargain_choice a, b;
            ful_bargain_explanation_choice(&a, all.why, k);
            ful_bargain_explanation_choice(&b, less.why, k);
            for (int m = 0; m < a.moves; m++)
                ful_near(a.part[m * a.rows + term], a.utility[m] - b.utility[m], 0,
                         1e-12 * (1 + fabs(a.utility[m])));
        }
        forget(&less);
    }
    forget(&all);
}

static void the_most_reached_come_first_and_are_kept(void **state)
{
    (void)state;
    instance s;
    told t;
    ful_bargain_place few[5];
    draw_instance(&s, 5300, small);
    tell(&t, &s, 1);
    const int all = ful_bargain_places(few, 5, t.game, t.work, FUL_T, 0);
    double least = 1;
    for (int k = 0; k < 5; k++) {
        assert_int_equal(few[k].player, FUL_T);
        least = few[k].reach < least ? few[k].reach : least;
        if (k)
            assert_true(few[k].period > few[k - 1].period || few[k].reach <= few[k - 1].reach);
    }
    int above = 0, owned = 0;
    for (int k = 0; k < t.places; k++) {
        owned += t.place[k].player == FUL_T;
        above += t.place[k].player == FUL_T && t.place[k].reach > least;
    }
    assert_true(above < 5);
    assert_int_equal(all, owned); /* those left out as well */
    assert_int_equal(ful_bargain_places(few, 5, t.game, t.work, FUL_T, 1), 0);
    forget(&t);
}

static void where_nobody_chooses_there_is_nothing_to_explain(void **state)
{
    (void)state;
    instance s;
    told t;
    ful_bargain_explanation *why;
    ful_error err;
    draw_instance(&s, 5400, pair);
    tell(&t, &s, 1);
    ful_bargain_place nowhere = t.place[0];
    nowhere.stage = FUL_STAGE_DISMANTLED;
    nowhere.step = 7;
    ful_status_is(ful_bargain_explain(&why, t.game, 1, 1, &nowhere, NULL, &err), FUL_ERR_ARGUMENT,
                  NULL);
    assert_null(why);
    nowhere = t.place[0];
    nowhere.joint = 1 << 20;
    ful_status_is(ful_bargain_explain(&why, t.game, 1, 1, &nowhere, NULL, &err), FUL_ERR_ARGUMENT,
                  NULL);
    forget(&t);
}

static void every_failed_allocation_is_survived(void **state)
{
    (void)state;
    instance s;
    told t;
    draw_instance(&s, 5500, small);
    tell(&t, &s, 1);
    ful_status status = FUL_ERR_MEMORY;
    for (long fail_at = 0; status != FUL_OK; fail_at++) {
        ful_bargain_explanation *why;
        ful_error err;
        ful_test_memory memory;
        ful_test_memory_init(&memory, fail_at);
        status = ful_bargain_explain(&why, t.game, 1, 3, t.place, &memory.allocator, &err);
        assert_true(status == FUL_OK || status == FUL_ERR_MEMORY);
        ful_bargain_explanation_free(why);
        assert_int_equal(memory.live, 0);
    }
    forget(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parts_of_a_utility_sum_to_it),
        cmocka_unit_test(they_tell_what_the_tree_tells),
        cmocka_unit_test(a_part_is_what_goes_with_its_term),
        cmocka_unit_test(the_most_reached_come_first_and_are_kept),
        cmocka_unit_test(where_nobody_chooses_there_is_nothing_to_explain),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests_name("game bargain explain", tests, NULL, NULL);
}
