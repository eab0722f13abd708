/* SPDX-License-Identifier: MIT */
/*
 * What is written, read by Gambit's own rules: a second reader, which knows only them. It demands
 * more than Gambit does: ids and labels used once, probabilities that sum to one as fractions,
 * payoffs to the last bit.
 */
#include "bargain_test.h"

#include <ctype.h>

#define MAX_TOKEN 512

typedef struct gambit {
    const char *at;
    char token[MAX_TOKEN]; /* the last token; a text without its quotes and escapes */
    char kind;             /* '"' a text, '0' a number, 'a' a word, or the symbol itself; 0: end */
} gambit;

static void keep(gambit *g, size_t *n, char c)
{
    assert_true(*n + 1 < MAX_TOKEN);
    g->token[(*n)++] = c;
    g->token[*n] = '\0';
}

/* In a text a backslash counts only before a quote, however many stand before it. */
static void next_text(gambit *g)
{
    size_t n = 0;
    for (g->at++; *g->at != '"'; g->at++) {
        assert_true(*g->at != '\0');
        if (g->at[0] == '\\' && g->at[1] == '"')
            g->at++;
        keep(g, &n, *g->at);
    }
    g->at++;
}

static const char *digits(const char *c)
{
    while (isdigit((unsigned char)*c))
        c++;
    return c;
}

/* [+-] digits, then / digits, or [. digits] [e [+-] digits]. */
static const char *end_of_number(const char *c)
{
    c = digits(c + (*c == '+' || *c == '-'));
    if (*c == '/')
        return digits(c + 1);
    if (*c == '.')
        c = digits(c + 1);
    if (*c == 'e' || *c == 'E')
        c = digits(c + 1 + (c[1] == '+' || c[1] == '-'));
    return c;
}

static char next(gambit *g)
{
    size_t n = 0;
    g->token[0] = '\0';
    while (isspace((unsigned char)*g->at))
        g->at++;
    const char c = *g->at;
    g->kind = c;
    if (c == '"') {
        next_text(g);
    } else if (isdigit((unsigned char)c) || c == '+' || c == '-') {
        g->kind = '0';
        for (const char *end = end_of_number(g->at); g->at < end; g->at++)
            keep(g, &n, *g->at);
    } else if (isalpha((unsigned char)c)) {
        g->kind = 'a';
        for (; isalpha((unsigned char)*g->at); g->at++)
            keep(g, &n, *g->at);
    } else if (c) {
        assert_non_null(strchr("{},", c));
        g->at++;
    }
    return g->kind;
}

static void expect(gambit *g, char kind, const char *token)
{
    if (next(g) != kind || (token && strcmp(g->token, token) != 0))
        fail_msg("'%s' of kind %c where '%s' of kind %c should stand", g->token, g->kind,
                 token ? token : "anything", kind);
}

static int whole(gambit *g)
{
    expect(g, '0', NULL);
    for (const char *c = g->token; *c; c++)
        assert_true(isdigit((unsigned char)*c));
    return atoi(g->token);
}

/* Ids and labels already used; each may come once. */
typedef struct used {
    int *set, *outcome; /* set: (players + 1) x (nodes + 1), chance first */
    char (*label)[MAX_TOKEN];
    int labels;
} used;

static void once(int *seen, int id, int nodes)
{
    assert_true(id >= 1 && id <= nodes && !seen[id]);
    seen[id] = 1;
}

static void label_once(used *u, const gambit *g)
{
    assert_true(*g->token != '\0');
    for (int k = 0; k < u->labels; k++)
        if (strcmp(u->label[k], g->token) == 0)
            fail_msg("'%s' is the label of two nodes", g->token);
    strcpy(u->label[u->labels++], g->token);
}

static long long gcd(long long a, long long b)
{
    return b ? gcd(b, a % b) : a;
}

/* A fraction in lowest terms, or 1. */
static double fraction(gambit *g, long long *n, long long *d)
{
    char *end;
    expect(g, '0', NULL);
    *n = strtoll(g->token, &end, 10);
    *d = *end == '/' ? strtoll(end + 1, &end, 10) : 1;
    assert_true(*end == '\0' && *n > 0 && *d >= *n && gcd(*n, *d) == 1);
    return (double)*n / (double)*d;
}

/* The moves of node v; those of chance with fractions that sum to one. */
static void read_moves(gambit *g, const ful_tree_view *t, int v)
{
    long long n[16], d[16], common = 1, sum = 0;
    const int is_chance = t->kind[v] == FUL_NODE_CHANCE;
    expect(g, '{', NULL);
    for (int a = 0; a < t->moves[v]; a++) {
        expect(g, '"', t->move_label[t->first_move[v] + a]);
        if (!is_chance)
            continue;
        const double p = t->weight[t->first_move[v] + a], back = fraction(g, &n[a], &d[a]);
        ful_near(back, p, 0, 1e-15 * t->moves[v]);
        common *= d[a] / gcd(common, d[a]);
    }
    expect(g, '}', NULL);
    for (int a = 0; is_chance && a < t->moves[v]; a++)
        sum += n[a] * (common / d[a]);
    assert_true(!is_chance || sum == common);
    expect(g, '0', "0"); /* no outcome */
}

static void read_node(gambit *g, used *u, const ful_tree_view *t, int v)
{
    static const char *const kind[] = {"t", "c", "p"};
    expect(g, 'a', kind[t->kind[v]]);
    expect(g, '"', "");
    if (t->kind[v] != FUL_NODE_TERMINAL) {
        if (t->kind[v] == FUL_NODE_DECISION)
            assert_int_equal(whole(g), t->owner[v] + 1);
        once(u->set + (t->owner[v] + 1) * (t->nodes + 1), whole(g), t->nodes);
        expect(g, '"', NULL);
        label_once(u, g);
        assert_true(strncmp(g->token, t->label[v], strlen(t->label[v])) == 0);
        read_moves(g, t, v);
        return;
    }
    once(u->outcome, whole(g), t->nodes);
    expect(g, '"', t->label[v]);
    expect(g, '{', NULL);
    for (int i = 0; i < t->players; i++) {
        char exact[64];
        snprintf(exact, sizeof exact, "%.17g", t->payoff[v * t->players + i] + 0.0);
        if (i)
            expect(g, ',', NULL);
        expect(g, '0', exact);
    }
    expect(g, '}', NULL);
}

static void obeys(const char *text, const ful_tree_view *t)
{
    gambit g = {.at = text};
    used u = {.labels = 0};
    const size_t nodes = (size_t)t->nodes + 1;
    u.set = calloc(nodes * (size_t)(t->players + 1), sizeof *u.set);
    u.outcome = calloc(nodes, sizeof *u.outcome);
    u.label = calloc(nodes, sizeof *u.label);
    assert_true(u.set && u.outcome && u.label);
    expect(&g, 'a', "EFG");
    expect(&g, '0', "2");
    expect(&g, 'a', "R");
    expect(&g, '"', NULL);
    assert_true(strncmp(g.token, t->title, strlen(t->title)) == 0);
    expect(&g, '{', NULL);
    for (int i = 0; i < t->players; i++)
        expect(&g, '"', t->player[i]);
    expect(&g, '}', NULL);
    expect(&g, '"', NULL); /* the comment */
    for (int v = 0; v < t->nodes; v++)
        read_node(&g, &u, t, v);
    assert_int_equal(next(&g), 0);
    free(u.set);
    free(u.outcome);
    free(u.label);
}

static grown written(const ful_tree *tree)
{
    grown g = {0};
    ful_error err;
    ful_status_is(ful_tree_format_efg(tree, grown_write, &g, &err), FUL_OK, &err);
    return g;
}

/* Once chance is fractions and labels are unique nothing is left that writing changes. */
static void rewriting_keeps_every_byte(const grown *g)
{
    ful_tree *again;
    ful_error err;
    ful_status_is(ful_tree_parse_efg(&again, g->text, g->size, NULL, &err), FUL_OK, &err);
    grown second = written(again);
    assert_string_equal(second.text, g->text);
    free(second.text);
    ful_tree_free(again);
}

static void random_trees_are_written_by_the_rules(void **state)
{
    (void)state;
    for (int k = 0; k < 40; k++) {
        const sketch d = {.seed = 300 + (uint64_t)k,
                          .players = 1 + k % 4,
                          .depth = 4,
                          .widest = 5,
                          .scale = pow(10, k % 7 - 3),
                          .shift = k % 3 ? 0 : 1e10};
        solved s;
        sketch_build(&s, &d);
        grown g = written(s.tree);
        obeys(g.text, &s.view);
        rewriting_keeps_every_byte(&g);
        free(g.text);
        solved_clear(&s);
    }
}

/* A payoff per kind of number that doubles have; reading them back gives the same bits. */
static void payoffs_keep_every_bit(void **state)
{
    (void)state;
    const double payoff[] = {0.1,
                             -1.0 / 3,
                             1e100,
                             -1e100,
                             5e-324,
                             2.2250738585072014e-308,
                             1,
                             0,
                             123456789.12345679,
                             -0x1.fffffffffffffp-1,
                             4503599627370497.5};
    enum { N = sizeof payoff / sizeof *payoff };
    ful_tree_builder *b;
    ful_tree *tree, *again;
    ful_tree_view t;
    ful_error err;
    ful_status_is(ful_tree_builder_new(&b, "bits", N, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_tree_terminal(b, "end", payoff, &err), FUL_OK, &err);
    ful_status_is(ful_tree_new(&tree, b, NULL, &err), FUL_OK, &err);
    grown g = written(tree);
    ful_tree_view_get(&t, tree);
    obeys(g.text, &t);
    ful_status_is(ful_tree_parse_efg(&again, g.text, g.size, NULL, &err), FUL_OK, &err);
    ful_tree_view_get(&t, again);
    assert_memory_equal(t.payoff, payoff, sizeof payoff);
    free(g.text);
    ful_tree_free(tree);
    ful_tree_free(again);
    ful_tree_builder_free(b);
}

/* Quotes, backslashes, braces and lines inside labels stay inside them. A backslash is an escape
 * only before a quote: there, and at the end, a space keeps it from being one. */
static void labels_with_any_characters_stay_apart(void **state)
{
    (void)state;
    static const struct {
        const char *label, *read;
    } case_of[] = {
        {"say \"no\"", "say \"no\""},
        {"{ } , t \"\" 1", "{ } , t \"\" 1"},
        {"two\nlines", "two\nlines"},
        {"a\\b", "a\\b"},
        {"ends with \\", "ends with \\ "},
        {"\\\"", "\\ \""},
        {"\\\\", "\\\\ "},
        {"\xc3\xa4", "\xc3\xa4"},
    };
    for (size_t k = 0; k < sizeof case_of / sizeof *case_of; k++) {
        const char *const move[] = {case_of[k].label};
        const double payoff = 0;
        ful_tree_builder *b;
        ful_tree *tree, *again;
        ful_tree_view t;
        ful_error err;
        ful_status_is(ful_tree_builder_new(&b, "t", 1, NULL, NULL, &err), FUL_OK, &err);
        ful_status_is(ful_tree_decision(b, case_of[k].label, 0, 1, move, NULL, &err), FUL_OK, &err);
        ful_status_is(ful_tree_terminal(b, case_of[k].label, &payoff, &err), FUL_OK, &err);
        ful_status_is(ful_tree_new(&tree, b, NULL, &err), FUL_OK, &err);
        grown g = written(tree);
        ful_status_is(ful_tree_parse_efg(&again, g.text, g.size, NULL, &err), FUL_OK, &err);
        ful_tree_view_get(&t, again);
        assert_string_equal(t.label[0], case_of[k].read);
        assert_string_equal(t.label[1], case_of[k].read);
        assert_string_equal(t.move_label[0], case_of[k].read);
        obeys(g.text, &t);
        rewriting_keeps_every_byte(&g);
        free(g.text);
        ful_tree_free(tree);
        ful_tree_free(again);
        ful_tree_builder_free(b);
    }
}

/* The sanctions game unfolded: menu weights and discounted precisions that the format cannot hold,
 * and labels of many states. */
static void an_unfolded_sanctions_game_is_written_by_the_rules(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 3; k++) {
        const sizes of = {.horizon = 1 + (int)k % 2,
                          .groups = 1,
                          .levels = 2,
                          .stress = 1,
                          .adaptation = 1,
                          .dismantle = 1,
                          .settle = 1,
                          .levers = 2,
                          .second = k == 2};
        instance s;
        ful_bargain *game;
        ful_tree *tree;
        ful_tree_view t;
        ful_error err;
        draw_instance(&s, 60 + k, of);
        ful_status_is(ful_bargain_new(&game, &s.data, NULL, &err), FUL_OK, &err);
        ful_status_is(ful_bargain_tree(&tree, game, 3000, NULL, &err), FUL_OK, &err);
        ful_tree_view_get(&t, tree);
        grown g = written(tree);
        obeys(g.text, &t);
        rewriting_keeps_every_byte(&g);
        free(g.text);
        ful_tree_free(tree);
        ful_bargain_free(game);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_trees_are_written_by_the_rules),
        cmocka_unit_test(payoffs_keep_every_bit),
        cmocka_unit_test(an_unfolded_sanctions_game_is_written_by_the_rules),
        cmocka_unit_test(labels_with_any_characters_stay_apart),
    };
    return cmocka_run_group_tests_name("game efg rules", tests, NULL, NULL);
}
