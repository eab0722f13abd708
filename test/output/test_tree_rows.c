/* SPDX-License-Identifier: MIT */
/* Laws of a drawn tree: what is folded is counted, and every number is the solution's. */
#include "../game/game_test.h"

#include "output/text.h"
#include "output/tree_svg.h"
#include "output/tree_text.h"

#define TREES 40
#define ROUNDING 1e-12 /* sums of at most some thousand probabilities */

/* A random tree, its solution and its rows. */
typedef struct drawing {
    solved tree;
    tree_solved solution;
    ful_arena *arena;
} drawing;

static void drawing_init(drawing *d, ful_error *err)
{
    d->solution = (tree_solved){.tree = d->tree.tree,
                                .probability = d->tree.probability,
                                .value = d->tree.value,
                                .reach = d->tree.reach};
    ful_status_is(ful_arena_new(&d->arena, NULL, err), FUL_OK, err);
}

static void draw_random(drawing *d, uint64_t seed)
{
    ful_error err;
    const sketch k = {
        .seed = seed, .players = 1 + (int)(seed % 4), .depth = 2 + (int)(seed % 6), .scale = 1};
    sketch_build(&d->tree, &k);
    solved_at(&d->tree, seed % 5 == 0 ? INFINITY : 1.5);
    drawing_init(d, &err);
}

static void drawing_clear(drawing *d)
{
    ful_arena_free(d->arena);
    solved_clear(&d->tree);
}

static void lay_out(tree_rows *rows, drawing *d, int most, double least)
{
    ful_error err;
    const tree_extent extent = {.rows = most, .least = least};
    ful_status_is(tree_rows_new(rows, &d->solution, &extent, d->arena, &err), FUL_OK, &err);
    assert_in_range(rows->rows, 1, most);
}

/* Who leads to v, found the slow way. */
static int parent_of(const ful_tree_view *t, int v)
{
    for (int p = 0; p < v; p++)
        for (int a = 0; a < t->moves[p]; a++)
            if (t->child[t->first_move[p] + a] == v)
                return p;
    return -1;
}

static void rows_are_a_tree(const tree_rows *rows)
{
    const ful_tree_view *t = &rows->view;
    int before = -1, nodes = 0;
    for (int k = 0; k < rows->rows; k++) {
        const tree_row *r = rows->row + k;
        assert_true(r->parent < k);
        assert_int_equal(r->depth, k ? rows->row[r->parent].depth + 1 : 0);
        if (r->node < 0)
            continue;
        assert_true(r->node > before); /* depth-first, so no node comes twice */
        before = r->node;
        nodes++;
        assert_true(rows->drawn[r->node]);
        assert_int_equal(k ? rows->row[r->parent].node : -1, parent_of(t, r->node));
        ful_near(r->reach, rows->solved->reach[r->node], 0, 0);
        if (k)
            ful_near(r->probability, rows->solved->probability[r->move], 0, 0);
    }
    assert_int_equal(nodes, rows->nodes);
}

/* Below every drawn node the rows account for all its moves, folded ones included. */
static void nothing_is_lost(const tree_rows *rows)
{
    double ends = 0, beyond = 0, most = 0;
    for (int v = 0; v < rows->view.nodes; v++)
        if (!rows->drawn[v])
            most = fmax(most, rows->solved->reach[v]);
    ful_near(rows->most, most, 0, 0);
    for (int k = 0; k < rows->rows; k++) {
        const tree_row *r = rows->row + k;
        double chance = 0, reach = 0;
        int moves = 0, last = -1;
        for (int j = k + 1; j < rows->rows; j++) {
            const tree_row *below = rows->row + j;
            if (below->parent != k)
                continue;
            chance += below->probability;
            reach += below->reach;
            moves += below->node < 0 ? below->folded : 1;
            last = j;
        }
        assert_int_equal(r->last, last);
        if (r->node < 0 || r->folded)
            beyond += r->reach;
        else if (!moves)
            ends += r->reach;
        if (r->node < 0)
            continue;
        assert_int_equal(moves + r->folded, rows->view.moves[r->node]);
        if (moves) {
            ful_near(chance, 1, 0, ROUNDING);
            ful_near(reach, r->reach, 0, ROUNDING);
        }
    }
    ful_near(rows->ends, ends, 0, ROUNDING);
    ful_near(ends + beyond, 1, 0, ROUNDING);
}

static void test_rows_account_for_everything(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= TREES; seed++)
        for (int most = 1; most < 40; most = 2 * most + 1) {
            drawing d;
            tree_rows rows;
            draw_random(&d, seed);
            lay_out(&rows, &d, most, seed % 2 ? 0.02 : 0);
            rows_are_a_tree(&rows);
            nothing_is_lost(&rows);
            drawing_clear(&d);
        }
}

static void test_room_for_all_draws_all(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= TREES; seed++) {
        drawing d;
        tree_rows rows;
        draw_random(&d, seed);
        lay_out(&rows, &d, d.tree.view.nodes, 0);
        assert_int_equal(rows.rows, d.tree.view.nodes);
        for (int k = 0; k < rows.rows; k++)
            assert_int_equal(rows.row[k].node, k);
        ful_near(rows.ends, 1, 0, ROUNDING);
        drawing_clear(&d);
    }
}

/* Marks the nodes on the path of likeliest moves, by value of the probabilities alone. */
static void mark_likeliest(unsigned char *on_path, const drawing *d)
{
    const ful_tree_view *t = &d->tree.view;
    for (int v = 0; v >= 0;) {
        int next = -1;
        double best = -1;
        on_path[v] = 1;
        for (int m = t->first_move[v]; m < t->first_move[v] + t->moves[v]; m++)
            if (d->tree.probability[m] > best) {
                best = d->tree.probability[m];
                next = t->child[m];
            }
        v = next;
    }
}

/* Whether v is the only child of its parent that the threshold alone would have folded. */
static int stands_alone(const drawing *d, const unsigned char *on_path, int v, double least)
{
    const ful_tree_view *t = &d->tree.view;
    const int p = parent_of(t, v);
    int folded = 0;
    for (int m = t->first_move[p]; m < t->first_move[p] + t->moves[p]; m++)
        folded += d->tree.reach[t->child[m]] < least && !on_path[t->child[m]];
    return folded == 1 && t->moves[p] > 1;
}

static void test_threshold_folds_what_is_below_and_nothing_else(void **state)
{
    (void)state;
    const double least = 0.04;
    for (uint64_t seed = 1; seed <= TREES; seed++) {
        drawing d;
        tree_rows rows;
        draw_random(&d, seed);
        unsigned char *on_path = calloc((size_t)d.tree.view.nodes, 1);
        assert_non_null(on_path);
        mark_likeliest(on_path, &d);
        lay_out(&rows, &d, d.tree.view.nodes, least);
        for (int v = 0; v < d.tree.view.nodes; v++) {
            const int wanted = d.tree.reach[v] >= least || on_path[v];
            assert_int_equal(rows.drawn[v], wanted || stands_alone(&d, on_path, v, least));
        }
        free(on_path);
        drawing_clear(&d);
    }
}

static void test_more_rows_draw_more(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= TREES; seed++) {
        drawing d;
        tree_rows few, more;
        draw_random(&d, seed);
        lay_out(&few, &d, 1, 0);
        for (int most = 2; most <= 30; most++, few = more) {
            lay_out(&more, &d, most, 0);
            for (int v = 0; v < d.tree.view.nodes; v++)
                assert_true(more.drawn[v] >= few.drawn[v]);
        }
        drawing_clear(&d);
    }
}

/* ---- text ------------------------------------------------------------------------------------ */

static void write_text(grown *out, drawing *d, int most, int width, ful_status expected)
{
    ful_error err;
    const tree_extent extent = {.rows = most};
    const tree_type type = {.width = width, .ascii = 1};
    ful_status_is(tree_text(&d->solution, &extent, &type, grown_write, out, d->arena, &err),
                  expected, &err);
}

/* A number as printed is the number, to half of its last digit. */
static void is_printed(const char *word, double number, int digits)
{
    if (word[0] == '<')
        assert_true(number > 0 && number < 0.001);
    else if (word[0] == '>')
        assert_true(number > 0.999 && number < 1);
    else if (digits)
        ful_near(strtod(word, NULL), number, 0.5000001 * pow(10, 1 - digits), 0);
    else
        ful_near(strtod(word, NULL), number, 0, 0.0005000001);
}

/* The last word of `line`, cut off. */
static char *last_word(char *line)
{
    char *end = line + strlen(line);
    while (end > line && end[-1] == ' ')
        end--;
    *end = '\0';
    while (end > line && end[-1] != ' ')
        end--;
    return end;
}

static void line_is_row(char *line, const tree_rows *rows, int k)
{
    const tree_row *r = rows->row + k;
    const int players = rows->view.players;
    for (int i = players - 1; i >= 0 && r->node >= 0; i--) {
        char *word = last_word(line);
        is_printed(word, rows->solved->value[r->node * players + i], 3);
        *word = '\0';
    }
    char *reach = last_word(line);
    is_printed(reach, r->reach, 0);
    *reach = '\0';
    if (k)
        is_printed(last_word(line), r->probability, 0);
}

static void test_text_holds_the_solutions_numbers(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= TREES; seed++) {
        drawing d;
        tree_rows rows;
        grown out = {0};
        draw_random(&d, seed);
        lay_out(&rows, &d, 25, 0);
        write_text(&out, &d, 25, TEXT_WIDTH, FUL_OK);
        char *line = strstr(out.text, "\n\n"); /* the head ends; names of columns; rows */
        assert_non_null(line);
        line = strchr(line + 2, '\n') + 1;
        for (int k = 0; k < rows.rows; k++) {
            char *end = strchr(line, '\n');
            assert_non_null(end);
            *end = '\0';
            line_is_row(line, &rows, k);
            line = end + 1;
        }
        assert_int_equal(*line, '\0');
        free(out.text);
        drawing_clear(&d);
    }
}

/* One decision with these labels for the title, the player, the node, each move and each end. */
static void draw_label(drawing *d, const char *label, int moves)
{
    ful_error err;
    ful_tree_builder *b;
    ful_tree *tree;
    const double payoff = -1234567;
    const char **name = malloc((size_t)moves * sizeof *name);
    assert_non_null(name);
    for (int a = 0; a < moves; a++)
        name[a] = label;
    ful_status_is(ful_tree_builder_new(&b, label, 1, &label, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_tree_decision(b, label, 0, moves, name, NULL, &err), FUL_OK, &err);
    for (int a = 0; a < moves; a++)
        ful_status_is(ful_tree_terminal(b, label, &payoff, &err), FUL_OK, &err);
    ful_status_is(ful_tree_new(&tree, b, NULL, &err), FUL_OK, &err);
    ful_tree_builder_free(b);
    free(name);
    solved_init(&d->tree, tree);
    solved_at(&d->tree, 1);
    drawing_init(d, &err);
}

static void test_labels_keep_to_the_width(void **state)
{
    (void)state;
    static char words[5000], solid[5000];
    memset(words, 'a', sizeof words - 1);
    memset(solid, 'a', sizeof solid - 1);
    for (size_t k = 7; k < sizeof words - 1; k += 8)
        words[k] = ' ';
    const char *const label[] = {words, solid, "two\nlines\tand \x1b[31m a colour", "\xff\xc3", ""};
    for (size_t l = 0; l < sizeof label / sizeof *label; l++) {
        drawing d;
        grown out = {0};
        draw_label(&d, label[l], 3);
        write_text(&out, &d, 10, TEXT_WIDTH, FUL_OK);
        assert_true(text_width(out.text) == (int)out.size); /* malformed UTF-8 was replaced */
        for (char *line = strtok(out.text, "\n"); line; line = strtok(NULL, "\n")) {
            assert_true(strlen(line) <= TEXT_WIDTH);
            for (const char *c = line; *c; c++)
                assert_in_range(*c, ' ', '~');
        }
        free(out.text);
        drawing_clear(&d);
    }
}

/* ---- size and failure ------------------------------------------------------------------------ */

static void test_wide_and_deep_trees_fit(void **state)
{
    (void)state;
    const int many = 20000;
    drawing d;
    tree_rows rows;
    draw_label(&d, "wide", many);
    lay_out(&rows, &d, 30, 0);
    assert_int_equal(rows.rows, 30);
    assert_int_equal(rows.row[29].folded, many - 28);
    nothing_is_lost(&rows);
    drawing_clear(&d);

    ful_error err;
    ful_tree_builder *b;
    ful_tree *tree;
    const double payoff = 1;
    ful_status_is(ful_tree_builder_new(&b, "deep", 1, NULL, NULL, &err), FUL_OK, &err);
    for (int v = 0; v < many; v++)
        ful_status_is(ful_tree_decision(b, NULL, 0, 1, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_tree_terminal(b, NULL, &payoff, &err), FUL_OK, &err);
    ful_status_is(ful_tree_new(&tree, b, NULL, &err), FUL_OK, &err);
    ful_tree_builder_free(b);
    solved_init(&d.tree, tree);
    solved_at(&d.tree, 1);
    drawing_init(&d, &err);
    lay_out(&rows, &d, 2 * many, 0);
    assert_int_equal(rows.depth, many);
    lay_out(&rows, &d, 30, 0);
    assert_int_equal(rows.row[29].folded, 1); /* nothing is drawn below it */
    nothing_is_lost(&rows);
    drawing_clear(&d);
}

static ful_status write_svg(grown *out, const drawing *d, ful_arena *arena, ful_error *err)
{
    const tree_extent extent = {.heading = "a heading", .rows = 12, .least = 0};
    return tree_svg(&d->solution, &extent, grown_write, out, arena, err);
}

static void test_same_bytes_again_and_a_full_disk_is_told(void **state)
{
    (void)state;
    ful_error err;
    drawing d;
    grown text = {0}, svg = {0}, again = {0};
    draw_random(&d, 11);
    write_text(&text, &d, 12, TEXT_WIDTH, FUL_OK);
    ful_status_is(write_svg(&svg, &d, d.arena, &err), FUL_OK, &err);
    ful_status_is(write_svg(&again, &d, d.arena, &err), FUL_OK, &err);
    assert_string_equal(svg.text, again.text);
    for (size_t room = 1; room < svg.size; room += 97) {
        grown out = {.fail_after = room};
        ful_status_is(write_svg(&out, &d, d.arena, &err), FUL_ERR_FILE, &err);
        ful_says(err, "could not be written");
        free(out.text);
    }
    for (size_t room = 1; room < text.size; room += 7) {
        grown out = {.fail_after = room};
        write_text(&out, &d, 12, TEXT_WIDTH, FUL_ERR_FILE);
        assert_true(out.size <= room);
        free(out.text);
    }
    free(text.text);
    free(svg.text);
    free(again.text);
    drawing_clear(&d);
}

static void test_memory_that_runs_out_is_told(void **state)
{
    (void)state;
    drawing d;
    draw_label(&d, "a move", 3000); /* more than an arena takes at once */
    for (long fail_at = 0;; fail_at++) {
        ful_test_memory memory;
        ful_error err;
        ful_arena *arena;
        grown out = {0};
        ful_test_memory_init(&memory, fail_at);
        ful_status status = ful_arena_new(&arena, &memory.allocator, &err);
        if (status == FUL_OK)
            status = write_svg(&out, &d, arena, &err);
        ful_arena_free(arena);
        free(out.text);
        assert_int_equal(memory.live, 0);
        if (status == FUL_OK)
            break;
        ful_status_is(status, FUL_ERR_MEMORY, &err);
        assert_true(fail_at < 20);
    }
    drawing_clear(&d);
}

static void test_bad_requests_are_refused(void **state)
{
    (void)state;
    static const tree_extent bad[] = {{.rows = 0},
                                      {.rows = 5, .least = -0.1},
                                      {.rows = 5, .least = 1.1},
                                      {.rows = 5, .least = NAN}};
    ful_error err;
    drawing d;
    tree_rows rows;
    draw_random(&d, 11);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        ful_status_is(tree_rows_new(&rows, &d.solution, bad + k, d.arena, &err), FUL_ERR_ARGUMENT,
                      &err);
        ful_says(err, "expected");
    }
    grown none = {0};
    write_text(&none, &d, 5, 0, FUL_ERR_ARGUMENT);
    assert_int_equal(none.size, 0);
    double *const number[] = {d.tree.probability, d.tree.value, d.tree.reach};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++) {
        const double kept = *number[k];
        const tree_extent extent = {.rows = 5};
        *number[k] = NAN;
        ful_status_is(tree_rows_new(&rows, &d.solution, &extent, d.arena, &err), FUL_ERR_DATA,
                      &err);
        *number[k] = kept;
    }
    drawing_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_account_for_everything),
        cmocka_unit_test(test_room_for_all_draws_all),
        cmocka_unit_test(test_threshold_folds_what_is_below_and_nothing_else),
        cmocka_unit_test(test_more_rows_draw_more),
        cmocka_unit_test(test_text_holds_the_solutions_numbers),
        cmocka_unit_test(test_labels_keep_to_the_width),
        cmocka_unit_test(test_wide_and_deep_trees_fit),
        cmocka_unit_test(test_same_bytes_again_and_a_full_disk_is_told),
        cmocka_unit_test(test_memory_that_runs_out_is_told),
        cmocka_unit_test(test_bad_requests_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
