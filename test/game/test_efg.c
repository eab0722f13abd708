/* SPDX-License-Identifier: MIT */
/* Gambit's text: what is read, what is refused and where, what is written. */
#include "game_test.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD "EFG 2 R \"g\" { \"A\" \"B\" }\n\"\"\n"
#define SMALL                                                                                      \
    HEAD "c \"\" 1 \"luck\" { \"good\" 1/3 \"bad\" 2/3 } 0\n"                                      \
         "p \"\" 1 1 \"A1\" { \"l\" \"r\" } 0\n"                                                   \
         "t \"\" 1 \"x\" { 1, -2.5 }\n"                                                            \
         "t \"\" 2 \"y\" { 1e2, 1/4 }\n"                                                           \
         "t \"\" 1\n"

static ful_status parse(ful_tree **tree, const char *text, ful_error *err)
{
    return ful_tree_parse_efg(tree, text, strlen(text), NULL, err);
}

static void a_game_is_read_as_it_stands(void **state)
{
    (void)state;
    ful_tree *tree;
    ful_tree_view t;
    ful_error err;
    ful_status_is(parse(&tree, SMALL, &err), FUL_OK, &err);
    ful_tree_view_get(&t, tree);
    assert_int_equal(t.nodes, 5);
    assert_int_equal(t.players, 2);
    assert_string_equal(t.title, "g");
    assert_string_equal(t.player[1], "B");
    assert_string_equal(t.label[0], "luck");
    assert_string_equal(t.label[1], "A1");
    assert_string_equal(t.move_label[t.first_move[1] + 1], "r");
    assert_true(t.weight[0] == 1.0 / 3 && t.weight[1] == 2.0 / 3);
    assert_true(t.payoff[2 * 2 + 1] == -2.5);
    assert_true(t.payoff[3 * 2] == 100 && t.payoff[3 * 2 + 1] == .25);
    assert_true(t.payoff[4 * 2] == 1); /* outcome 1 again, by its id */
    assert_int_equal(t.child[1], 4);
    ful_tree_free(tree);
}

static void errors_carry_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line, column;
        const char *says;
    } bad[] = {
        {"", 1, 1, "EFG 2 R"},
        {"NFG 1", 1, 1, "found 'NFG'"},
        {"EFG 3 R \"g\"", 1, 5, "version 2"},
        {"EFG 2 R \"g\" { }\n", 1, 15, "players"},
        {"EFG 2 R \"g {", 1, 9, "closing quote"},
        {HEAD, 3, 1, "a node: c, p or t"},
        {HEAD "q \"\" 1", 3, 1, "found 'q'"},
        {HEAD "t \"\" 1 \"x\" { 1 }", 3, 16, "1 payoffs for 2 players"},
        {HEAD "t \"\" 1 \"x\" { 1, oops }", 3, 17, "a number"},
        {HEAD "t \"\" 1 \"x\" { 1, 1/0 }", 3, 17, "not a number"},
        {HEAD "t \"\" 1 \"x\" { 1, 1e999 }", 3, 17, "not a number"},
        {HEAD "t \"\" 1 \"x\" { 1, 1e101 }", 3, 1, "payoff 2"},
        {HEAD "t \"\" 7\n", 3, 6, "outcome 7 has no payoffs"},
        {HEAD "t \"\" 0 { 1, 2 }\n", 3, 6, "outcome 0"},
        {HEAD "t \"\" 1 \"x\" { 1, 2 }\nt", 4, 1, "follows"},
        {HEAD "p \"\" 3 1 \"\" { \"l\" } 0", 3, 8, "player 3 of 2"},
        {HEAD "p \"\" 1 0 \"\" { \"l\" } 0", 3, 8, "starts at 1"},
        {HEAD "p \"\" 1 1 \"\" { } 0\n", 3, 1, "0 moves"},
        {HEAD "p \"\" 1 1 \"\" { \"l\" } 4 { 1, 2 }", 3, 21, "an outcome at a node with moves"},
        {HEAD "p \"\" 1 1 \"\" { \"l\" } 0\np \"\" 1 1 \"\" { \"l\" } 0\n", 4, 8,
         "information set 1 of player 1"},
        {HEAD "c \"\" 1 \"\" { \"l\" 1/2 \"r\" 1/3 } 0\n", 3, 1, "sum to"},
        {HEAD "c \"\" 1 \"\" { \"l\" 3/2 \"r\" -1/2 } 0\n", 3, 1, "probability 2"},
        {HEAD "p \"\" 1 1 \"\" { \"l\" } 0\n", 4, 1, "the text ends"},
        {HEAD "t \"\x01", 3, 3, "closing quote"},
        {HEAD "#", 3, 1, "0x23"},
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        ful_tree *tree;
        ful_error err;
        ful_status_is(parse(&tree, bad[k].text, &err), FUL_ERR_DATA, NULL);
        assert_null(tree);
        ful_says(err, bad[k].says);
        if (err.line != bad[k].line || err.column != bad[k].column)
            fail_msg("%s: at %d:%d, expected %d:%d", err.text, err.line, err.column, bad[k].line,
                     bad[k].column);
    }
}

/* Structure, numbers and equilibrium after writing and reading. */
static void writing_and_reading_random_trees_keeps_them(void **state)
{
    (void)state;
    for (int k = 0; k < 25; k++) {
        const sketch d = {.seed = (uint64_t)k + 100, .players = 1 + k % 4, .depth = 4, .scale = 1};
        solved s, again;
        ful_tree *tree;
        grown g = {0};
        ful_error err;
        sketch_build(&s, &d);
        ful_status_is(ful_tree_format_efg(s.tree, grown_write, &g, &err), FUL_OK, &err);
        ful_status_is(ful_tree_parse_efg(&tree, g.text, g.size, NULL, &err), FUL_OK, &err);
        solved_init(&again, tree);
        assert_int_equal(again.view.nodes, s.view.nodes);
        assert_int_equal(again.view.moves_total, s.view.moves_total);
        for (int v = 0; v < s.view.nodes; v++) {
            assert_int_equal(again.view.kind[v], s.view.kind[v]);
            assert_int_equal(again.view.owner[v], s.view.owner[v]);
            for (int i = 0; i < s.view.players; i++)
                assert_true(again.view.payoff[v * s.view.players + i] ==
                            s.view.payoff[v * s.view.players + i]);
            for (int a = 0; a < s.view.moves[v]; a++) {
                const int m = s.view.first_move[v] + a;
                assert_int_equal(again.view.child[m], s.view.child[m]);
                if (s.view.kind[v] == FUL_NODE_CHANCE)
                    ful_near(again.view.weight[m], s.view.weight[m], 0, 1e-14);
            }
        }
        free(g.text);
        solved_clear(&s);
        solved_clear(&again);
    }
}

static void chance_is_written_as_rationals_that_sum_to_one(void **state)
{
    (void)state;
    const double simple[] = {0.5, 1.0 / 3, 1.0 / 6}, 
                 odd[] = {0.2222222222222224, 0.3333333333333334, 0.4444444444444442};
    const char *const move[] = {"a", "b\"", "c\\"};
    const double payoff[] = {0};
    ful_tree_builder *b;
    ful_tree *tree;
    ful_error err;
    grown g = {0};
    ful_status_is(ful_tree_builder_new(&b, "chance", 1, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_tree_chance(b, "one", 3, move, simple, &err), FUL_OK, &err);
    ful_status_is(ful_tree_terminal(b, "", payoff, &err), FUL_OK, &err);
    ful_status_is(ful_tree_terminal(b, "", payoff, &err), FUL_OK, &err);
    /* each of these rounds down over the common denominator 1e15, to one less than it in sum */
    ful_status_is(ful_tree_chance(b, "two", 3, move, odd, &err), FUL_OK, &err);
    ful_status_is(ful_tree_terminal(b, "", payoff, &err), FUL_OK, &err);
    ful_status_is(ful_tree_terminal(b, "", payoff, &err), FUL_OK, &err);
    ful_status_is(ful_tree_terminal(b, "", payoff, &err), FUL_OK, &err);
    ful_status_is(ful_tree_new(&tree, b, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_tree_format_efg(tree, grown_write, &g, &err), FUL_OK, &err);
    assert_non_null(strstr(g.text, "{ \"a\" 1/2 \"b\\\"\" 1/3 \"c\\ \" 1/6 }"));
    long long n[3], below[3], sum = 0;
    const char *two = strstr(g.text, "\"two\"");
    assert_non_null(two);
    assert_int_equal(
        6, sscanf(two, "\"two\" { \"a\" %lld/%lld \"b\\\"\" %lld/%lld \"c\\ \" %lld/%lld", &n[0],
                  &below[0], &n[1], &below[1], &n[2], &below[2]));
    for (int k = 0; k < 3; k++)
        sum += n[k] * (1000000000000000LL / below[k]);
    assert_true(sum == 1000000000000000LL);
    free(g.text);
    ful_tree_free(tree);
    ful_tree_builder_free(b);
}

static void a_chance_too_small_for_the_denominator_stays_positive(void **state)
{
    (void)state;
    const double probability[] = {1e-18, 1}, payoff[] = {0};
    ful_tree_builder *b;
    ful_tree *tree, *again;
    ful_error err;
    grown g = {0};
    ful_status_is(ful_tree_builder_new(&b, "rare", 1, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_tree_chance(b, "rare", 2, NULL, probability, &err), FUL_OK, &err);
    ful_status_is(ful_tree_terminal(b, "", payoff, &err), FUL_OK, &err);
    ful_status_is(ful_tree_terminal(b, "", payoff, &err), FUL_OK, &err);
    ful_status_is(ful_tree_new(&tree, b, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_tree_format_efg(tree, grown_write, &g, &err), FUL_OK, &err);
    ful_status_is(ful_tree_parse_efg(&again, g.text, g.size, NULL, &err), FUL_OK, &err);
    free(g.text);
    ful_tree_free(tree);
    ful_tree_free(again);
    ful_tree_builder_free(b);
}

static void labels_become_unique_and_weights_are_owned_up_to(void **state)
{
    (void)state;
    const sketch d = {.seed = 3, .players = 2, .depth = 4, .scale = 1};
    solved s;
    grown g = {0};
    ful_error err;
    sketch_build(&s, &d); /* every label is "choice" or "chance" */
    ful_status_is(ful_tree_format_efg(s.tree, grown_write, &g, &err), FUL_OK, &err);
    assert_non_null(strstr(g.text, "menu weights"));
    for (int v = 0; v < s.view.nodes; v++) {
        char label[64];
        snprintf(label, sizeof label, "\"%s #%d\"", s.view.label[v], v);
        assert_int_equal(strstr(g.text, label) != NULL, s.view.moves[v] > 0);
    }
    free(g.text);
    solved_clear(&s);
}

static void a_writer_that_fails_is_reported(void **state)
{
    (void)state;
    ful_tree *tree;
    ful_error err;
    grown g = {.fail_after = 60};
    ful_status_is(parse(&tree, SMALL, &err), FUL_OK, &err);
    ful_status_is(ful_tree_format_efg(tree, grown_write, &g, &err), FUL_ERR_FILE, NULL);
    free(g.text);
    ful_tree_free(tree);
}

static void every_failed_allocation_is_survived(void **state)
{
    (void)state;
    ful_status status = FUL_ERR_MEMORY;
    for (long k = 0; status; k++) {
        ful_test_memory memory;
        ful_tree *tree;
        ful_error err;
        ful_test_memory_init(&memory, k);
        status = ful_tree_parse_efg(&tree, SMALL, strlen(SMALL), &memory.allocator, &err);
        assert_true(status == FUL_OK || status == FUL_ERR_MEMORY);
        ful_tree_free(tree);
        assert_int_equal(memory.live, 0);
        assert_true(k < 1000);
    }
}

/* The fuzz target on every prefix of a game and on every single-byte change of it. */
static void any_bytes_are_survived(void **state)
{
    (void)state;
    const char text[] = SMALL;
    char changed[sizeof text];
    static const char bytes[] = {'\0', '"', '{', '}', '9', '-', '/', ' ', 'p', (char)0xff, '\\'};
    for (size_t n = 0; n < sizeof text; n++) {
        LLVMFuzzerTestOneInput((const uint8_t *)text, n);
        for (size_t k = 0; k < sizeof bytes; k++) {
            memcpy(changed, text, sizeof text);
            changed[n] = bytes[k];
            LLVMFuzzerTestOneInput((const uint8_t *)changed, sizeof text - 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_game_is_read_as_it_stands),
        cmocka_unit_test(errors_carry_their_place),
        cmocka_unit_test(writing_and_reading_random_trees_keeps_them),
        cmocka_unit_test(chance_is_written_as_rationals_that_sum_to_one),
        cmocka_unit_test(a_chance_too_small_for_the_denominator_stays_positive),
        cmocka_unit_test(labels_become_unique_and_weights_are_owned_up_to),
        cmocka_unit_test(a_writer_that_fails_is_reported),
        cmocka_unit_test(every_failed_allocation_is_survived),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests_name("game efg", tests, NULL, NULL);
}
