/* SPDX-License-Identifier: MIT */
/*
 * The solver against gambit-logit, where GAMBIT_BIN names that program: random trees are written as
 * .efg, solved there, and compared at the lambda that it prints. Gambit is in no Debian release, so
 * that without it this is skipped.
 *
 * With an argument, the stand-in for gambit-logit: what the comparison itself notices and misses.
 */
#include "game_test.h"

#include <unistd.h>

/* Gambit corrects its path to about 1e-10. */
#define DIGITS 1e-8
#define MAX_LINE 65536

typedef enum answer { AGREES, DIFFERS, UNREADABLE, SILENT, FAILED } answer;

/* One line of the answer: lambda, then the choice probabilities player by player. */
static answer compare_line(solved *s, char *line, double lambda)
{
    const ful_tree_view *t = &s->view;
    char *at;
    const double printed = strtod(line, &at);
    if (at == line || fabs(printed - lambda) > 1e-6)
        return UNREADABLE;
    answer found = AGREES;
    solved_at(s, printed);
    for (int i = 0; i < t->players; i++)
        for (int v = 0; v < t->nodes; v++)
            for (int a = 0; t->owner[v] == i && a < t->moves[v]; a++) {
                char *end;
                const double p = *at == ',' ? strtod(at + 1, &end) : NAN;
                if (isnan(p) || end == at + 1)
                    return UNREADABLE;
                at = end;
                if (fabs(s->probability[t->first_move[v] + a] - p) > DIGITS)
                    found = DIFFERS;
            }
    return *at == '\n' || *at == '\0' ? found : UNREADABLE;
}

/* Ask the program that GAMBIT_BIN names for the equilibrium at lambda. */
static answer ask(solved *s, const char *file, double lambda)
{
    char command[256], line[MAX_LINE];
    answer found = SILENT;
    snprintf(command, sizeof command, "\"$GAMBIT_BIN\" -q -e -d 15 -l %.17g '%s'", lambda, file);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    while (fgets(line, sizeof line, pipe)) {
        const answer of_line = compare_line(s, line, lambda);
        found = found == SILENT || of_line > found ? of_line : found;
    }
    return pclose(pipe) ? FAILED : found;
}

static answer compare(solved *s, double lambda)
{
    char file[] = "/tmp/fulcrum-gambit-XXXXXX";
    grown g = {0};
    ful_error err;
    ful_status_is(ful_tree_format_efg(s->tree, grown_write, &g, &err), FUL_OK, &err);
    const int open = mkstemp(file);
    assert_true(open >= 0);
    assert_true(write(open, g.text, g.size) == (ssize_t)g.size);
    close(open);
    const answer found = ask(s, file, lambda);
    unlink(file);
    free(g.text);
    return found;
}

/* ---- the comparison, by the stand-in --------------------------------------------------------- */

/* Rosenthal's game with four moves as in Gambit's collection. */
static void centipede(solved *s, const char *title)
{
    static const double payoff[5][2] = {{.8, .2}, {.4, 1.6}, {3.2, .8}, {1.6, 6.4}, {12.8, 3.2}};
    static const char *const label[] = {"(1,1)", "(2,1)", "(1,2)", "(2,2)"};
    static const char *const move[] = {"TAKE", "PASS"};
    ful_tree_builder *b;
    ful_tree *tree;
    ful_error err;
    ful_status_is(ful_tree_builder_new(&b, title, 2, NULL, NULL, &err), FUL_OK, &err);
    for (int k = 0; k < 4; k++) {
        ful_status_is(ful_tree_decision(b, label[k], k % 2, 2, move, NULL, &err), FUL_OK, &err);
        ful_status_is(ful_tree_terminal(b, "taken", payoff[k], &err), FUL_OK, &err);
    }
    ful_status_is(ful_tree_terminal(b, "passed", payoff[4], &err), FUL_OK, &err);
    ful_status_is(ful_tree_new(&tree, b, NULL, &err), FUL_OK, &err);
    ful_tree_builder_free(b);
    solved_init(s, tree);
}

static void the_comparison_sees_agreement_and_every_kind_of_trouble(void **state)
{
    (void)state;
    static const struct {
        const char *title;
        answer found;
    } expected[] = {
        {"centipede", AGREES},
        {"centipede, told wrong", DIFFERS},
        {"centipede, cut short", UNREADABLE},
        {"centipede, garbled", UNREADABLE},
        {"centipede, without an answer", SILENT},
        {"unheard of", FAILED},
    };
    for (size_t k = 0; k < sizeof expected / sizeof *expected; k++)
        for (double lambda = .25; lambda <= 4; lambda *= lambda < 1 ? 4 : 2) {
            solved s;
            centipede(&s, expected[k].title);
            assert_int_equal(compare(&s, lambda), expected[k].found);
            solved_clear(&s);
        }
}

/* ---- Gambit itself --------------------------------------------------------------------------- */

static void random_trees_are_solved_as_by_gambit(void **state)
{
    (void)state;
    static const double lambda[] = {.5, 2, 5};
    for (int k = 0; k < 24; k++) {
        const sketch d = {.seed = 40 + (uint64_t)k,
                          .players = 2 + k % 3,
                          .depth = 3 + k % 2,
                          .widest = 4,
                          .scale = 1,
                          .even = 1};
        solved s;
        int decisions = 0;
        sketch_build(&s, &d);
        for (int v = 0; v < s.view.nodes; v++)
            decisions += s.view.kind[v] == FUL_NODE_DECISION;
        for (size_t l = 0; decisions && l < sizeof lambda / sizeof *lambda; l++)
            assert_int_equal(compare(&s, lambda[l]), AGREES);
        solved_clear(&s);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest driver[] = {
        cmocka_unit_test(the_comparison_sees_agreement_and_every_kind_of_trouble),
    };
    const struct CMUnitTest gambit[] = {
        cmocka_unit_test(random_trees_are_solved_as_by_gambit),
    };
    if (argc > 1) {
        if (setenv("GAMBIT_BIN", argv[1], 1))
            return EXIT_FAILURE;
        return cmocka_run_group_tests_name("game gambit comparison", driver, NULL, NULL);
    }
    const char *program = getenv("GAMBIT_BIN");
    if (!program || !*program) {
        fprintf(stderr, "skipped: GAMBIT_BIN names no gambit-logit\n");
        return FUL_TEST_SKIP;
    }
    return cmocka_run_group_tests_name("game gambit", gambit, NULL, NULL);
}
