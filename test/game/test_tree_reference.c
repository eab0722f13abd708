/* SPDX-License-Identifier: MIT */
/*
 * Logit equilibria of small games as Gambit 17 computed them. Probabilities are printed with 12
 * digits and Gambit corrects its path to about 1e-10, so that is the tolerance; lambda is taken as
 * printed.
 */
#include "game_test.h"

#define DIGITS 1e-10
#define MAX_COLUMNS 256

static char *read_whole(const char *name, size_t *size)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/games/%s", getenv("FULCRUM_REFERENCE"), name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open %s", path);
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    *size = fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    return text;
}

static void read_tree(solved *s, const char *name)
{
    size_t size;
    char *text = read_whole(name, &size);
    ful_tree *tree;
    ful_error err;
    ful_status_is(ful_tree_parse_efg(&tree, text, size, NULL, &err), FUL_OK, &err);
    free(text);
    solved_init(s, tree);
}

/* Split the next line of *at at commas; the number of cells. */
static int next_line(char **cell, char **at)
{
    int cells = 0;
    char *line = *at;
    if (!*line)
        return 0;
    char *end = strchr(line, '\n');
    *at = end ? end + 1 : line + strlen(line);
    if (end)
        *end = '\0';
    for (char *c = line; c && cells < MAX_COLUMNS; cells++) {
        cell[cells] = c;
        c = strchr(c, ',');
        if (c)
            *c++ = '\0';
    }
    return cells;
}

static int move_named(const ful_tree_view *t, const char *name)
{
    char full[256];
    for (int v = 0; v < t->nodes; v++)
        for (int a = 0; a < t->moves[v]; a++) {
            snprintf(full, sizeof full, "%s|%s", t->label[v], t->move_label[t->first_move[v] + a]);
            if (strcmp(full, name) == 0)
                return t->first_move[v] + a;
        }
    fail_msg("no move %s", name);
    return -1;
}

static void the_toy_matches_in_every_number(void **state)
{
    (void)state;
    solved s;
    size_t size;
    char *cell[MAX_COLUMNS], *table = read_whole("toy_logit.csv", &size), *at = table;
    int column[MAX_COLUMNS] = {0}, rows = 0;
    read_tree(&s, "toy.efg");
    const int cells = next_line(cell, &at);
    assert_int_equal(cells, 1 + 46);
    for (int c = 1; c < cells; c++)
        column[c] = move_named(&s.view, cell[c]);
    while (next_line(cell, &at) == cells) {
        solved_at(&s, atof(cell[0]));
        for (int c = 1; c < cells; c++)
            ful_near(s.probability[column[c]], atof(cell[c]), 0, DIGITS);
        rows++;
    }
    assert_int_equal(rows, 5);
    free(table);
    solved_clear(&s);
}

/* Gambit lists moves player by player, in the order of their information sets. */
static void check_table(const char *game)
{
    char name[128];
    solved s;
    size_t size;
    int rows = 0, count;
    snprintf(name, sizeof name, "%s.efg", game);
    read_tree(&s, name);
    snprintf(name, sizeof name, "%s_logit.csv", game);
    char *cell[MAX_COLUMNS], *table = read_whole(name, &size), *at = table;
    while ((count = next_line(cell, &at)) > 1) {
        int c = 1;
        solved_at(&s, atof(cell[0]));
        for (int i = 0; i < s.view.players; i++)
            for (int v = 0; v < s.view.nodes; v++)
                for (int a = 0; s.view.owner[v] == i && a < s.view.moves[v]; a++, c++)
                    ful_near(s.probability[s.view.first_move[v] + a], atof(cell[c]), 0, DIGITS);
        assert_int_equal(c, count);
        rows++;
    }
    assert_int_equal(rows, 4);
    free(table);
    solved_clear(&s);
}

static void games_of_the_collection_match_their_tables(void **state)
{
    (void)state;
    static const char *const game[] = {
        "2p_win_lose", "3p_PI_2dev",   "3p_perfect_info",     "centipede4",
        "centipede6",  "centipede6cs", "perfect_info_chance",
    };
    for (size_t k = 0; k < sizeof game / sizeof *game; k++)
        check_table(game[k]);
}

/* In entry with accommodation the second player does not see the first move. */
static void the_game_with_imperfect_information_is_refused_where_it_shows(void **state)
{
    (void)state;
    size_t size;
    char *text = read_whole("entry_accommodation.efg", &size);
    ful_tree *tree;
    ful_error err;
    ful_status_is(ful_tree_parse_efg(&tree, text, size, NULL, &err), FUL_ERR_DATA, NULL);
    assert_null(tree);
    assert_int_equal(err.line, 10);
    assert_int_equal(err.column, 8);
    ful_says(err, "information set 1 of player 2");
    free(text);
}

/* A tree from text, solved, with its choice probabilities in the order of its moves. */
static void solve_text(solved *s, const char *text, double lambda)
{
    ful_tree *tree;
    ful_error err;
    ful_status_is(ful_tree_parse_efg(&tree, text, strlen(text), NULL, &err), FUL_OK, &err);
    solved_init(s, tree);
    solved_at(s, lambda);
}

#define ENTRY "EFG 2 R \"entry\" { \"1\" \"2\" }\n"
#define AFTER_S "p \"\" 1 2 \"\" { \"A\" \"F\" } 0\nt \"\" 1 { 3, 2 }\nt \"\" 2 { 0, 1 }\n"
#define AFTER_T "p \"\" 1 3 \"\" { \"A\" \"F\" } 0\nt \"\" 4 { 2, 3 }\nt \"\" 5 { 1, 0 }\n"

/* Its table still holds, player by player: against the other's printed probabilities, as moves of
 * chance, each faces a tree with perfect information. The first player has S or T, then A or F if
 * the second entered; the second has E or O, and does not know whether S or T came before. */
static void each_player_of_it_responds_to_the_other_as_printed(void **state)
{
    (void)state;
    size_t size;
    int rows = 0;
    char *cell[MAX_COLUMNS], *table = read_whole("entry_accommodation_logit.csv", &size);
    char *at = table, text[1024];
    while (next_line(cell, &at) == 1 + 8) {
        solved one, two;
        const double lambda = atof(cell[0]), s = atof(cell[1]), enters = atof(cell[7]);
        snprintf(text, sizeof text,
                 ENTRY "p \"\" 1 1 \"\" { \"S\" \"T\" } 0\n"
                       "c \"\" 1 \"\" { \"E\" %.15f \"O\" %.15f } 0\n" AFTER_S
                       "t \"\" 3 { 1, 3 }\n"
                       "c \"\" 2 \"\" { \"E\" %.15f \"O\" %.15f } 0\n" AFTER_T
                       "t \"\" 6 { 3, 1 }\n",
                 enters, 1 - enters, enters, 1 - enters);
        solve_text(&one, text, lambda);
        static const int of_first[] = {0, 1, 4, 5, 8, 9}; /* the moves between are chance's */
        for (int c = 0; c < 6; c++)
            ful_near(one.probability[of_first[c]], atof(cell[1 + c]), 0, DIGITS);
        snprintf(text, sizeof text,
                 ENTRY "p \"\" 2 1 \"\" { \"E\" \"O\" } 0\n"
                       "c \"\" 1 \"\" { \"S\" %.15f \"T\" %.15f } 0\n" AFTER_S AFTER_T
                       "c \"\" 2 \"\" { \"S\" %.15f \"T\" %.15f } 0\n"
                       "t \"\" 3 { 1, 3 }\nt \"\" 6 { 3, 1 }\n",
                 s, 1 - s, s, 1 - s);
        solve_text(&two, text, lambda);
        for (int c = 0; c < 2; c++)
            ful_near(two.probability[c], atof(cell[7 + c]), 0, DIGITS);
        solved_clear(&one);
        solved_clear(&two);
        rows++;
    }
    assert_int_equal(rows, 4);
    free(table);
}

static void centipede_takes_as_published(void **state)
{
    (void)state;
    static const double take[] = {.2362, .7616, .3763, .9608};
    solved s;
    int k = 0;
    read_tree(&s, "centipede4.efg");
    solved_at(&s, 1);
    /* player by player: (1,1), (1,2), (2,1), (2,2); half a unit of the last digit */
    for (int i = 0; i < 2; i++)
        for (int v = 0; v < s.view.nodes; v++)
            if (s.view.owner[v] == i)
                ful_near(s.probability[s.view.first_move[v]], take[k++], 0, 5e-5);
    assert_int_equal(k, 4);
    solved_clear(&s);
}

static void writing_and_reading_again_keeps_the_equilibrium(void **state)
{
    (void)state;
    static const char *const name[] = {"toy.efg", "centipede6cs.efg", "perfect_info_chance.efg"};
    for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
        solved s, again;
        grown g = {0};
        ful_tree *tree;
        ful_error err;
        read_tree(&s, name[k]);
        ful_status_is(ful_tree_format_efg(s.tree, grown_write, &g, &err), FUL_OK, &err);
        ful_status_is(ful_tree_parse_efg(&tree, g.text, g.size, NULL, &err), FUL_OK, &err);
        solved_init(&again, tree);
        solved_at(&s, 5);
        solved_at(&again, 5);
        assert_int_equal(s.view.moves_total, again.view.moves_total);
        for (int m = 0; m < s.view.moves_total; m++)
            ful_near(again.probability[m], s.probability[m], 0, 1e-14);
        free(g.text);
        solved_clear(&s);
        solved_clear(&again);
    }
}

int main(void)
{
    if (!ful_test_reference())
        return FUL_TEST_SKIP;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_toy_matches_in_every_number),
        cmocka_unit_test(games_of_the_collection_match_their_tables),
        cmocka_unit_test(the_game_with_imperfect_information_is_refused_where_it_shows),
        cmocka_unit_test(each_player_of_it_responds_to_the_other_as_printed),
        cmocka_unit_test(centipede_takes_as_published),
        cmocka_unit_test(writing_and_reading_again_keeps_the_equilibrium),
    };
    return cmocka_run_group_tests_name("game tree reference", tests, NULL, NULL);
}
