/* SPDX-License-Identifier: MIT */
#include "output/tree_text.h"

#include <string.h>

#include "output/text.h"

#define CHANCE_COLUMNS 7 /* a blank and ">0.999" */
#define LEAST_COLUMNS 20 /* of a label */

typedef struct sheet {
    tree_pen pen;
    const tree_rows *rows;
    const tree_type *type;
    int tree;                 /* columns of branches and labels */
    int *payoff;              /* columns of each player's payoffs (players) */
    unsigned char *continues; /* by depth: more rows of the same parent follow (depth + 1) */
} sheet;

static void put_spaces(tree_pen *pen, int count)
{
    for (; count > 0; count--)
        tree_put(pen, " ");
}

/* `text` at the right of `columns`, after a blank. */
static void put_right(sheet *s, const char *text, int columns)
{
    put_spaces(&s->pen, 1 + columns - text_width(text));
    tree_put(&s->pen, text);
}

static void put_paragraph(sheet *s, const char *text)
{
    char clean[TREE_LABEL] = "", line[TREE_LABEL];
    tree_append(clean, text);
    for (const char *at = clean; *at;) {
        const int bytes = tree_line(at, s->type->width);
        memcpy(line, at, (size_t)bytes);
        line[bytes] = '\0';
        tree_put(&s->pen, line);
        tree_put(&s->pen, "\n");
        at += bytes;
        at += strspn(at, " ");
    }
}

/* Columns that row k's label may take, and its fold after it. */
static int label_columns(const sheet *s, int k)
{
    return s->tree - 2 * s->rows->row[k].depth;
}

static int folded_columns(const tree_rows *rows, int k)
{
    char folded[TREE_NUMBER];
    tree_folded(folded, rows->row + k);
    return rows->row[k].node >= 0 && *folded ? 1 + text_width(folded) : 0;
}

/* As many columns as the labels need, as the line has, but enough for the deepest. */
static int tree_columns(const sheet *s)
{
    const tree_rows *rows = s->rows;
    char label[TREE_LABEL];
    int need = LEAST_COLUMNS, room = s->type->width - 2 * CHANCE_COLUMNS;
    for (int i = 0; i < rows->view.players; i++)
        room -= 1 + s->payoff[i];
    const int least = 2 * rows->depth + LEAST_COLUMNS;
    room = room < least ? least : room;
    for (int k = 0; k < rows->rows; k++) {
        tree_label(label, rows, k, 0);
        const int have = 2 * rows->row[k].depth + text_width(label) + folded_columns(rows, k);
        need = have > need ? have : need;
    }
    return need < room ? need : room;
}

static void put_branches(sheet *s, int k)
{
    const tree_row *r = s->rows->row + k;
    if (r->parent < 0)
        return;
    s->continues[r->depth] = s->rows->row[r->parent].last != k;
    for (int d = 1; d < r->depth; d++)
        tree_put(&s->pen, !s->continues[d] ? "  " : s->type->ascii ? "| " : "│ ");
    if (s->continues[r->depth])
        tree_put(&s->pen, s->type->ascii ? "|-" : "├ ");
    else
        tree_put(&s->pen, s->type->ascii ? "`-" : "└ ");
}

static void put_label(sheet *s, int k)
{
    char label[TREE_LABEL], folded[TREE_NUMBER];
    const int suffix = folded_columns(s->rows, k), room = label_columns(s, k);
    tree_label(label, s->rows, k, 0);
    tree_cut(label, room - suffix);
    tree_put(&s->pen, label);
    tree_folded(folded, s->rows->row + k);
    if (suffix)
        tree_print(&s->pen, " %s", folded);
    put_spaces(&s->pen, room - suffix - text_width(label));
}

static void put_row(sheet *s, int k)
{
    char number[TREE_NUMBER];
    const tree_row *r = s->rows->row + k;
    const int players = s->rows->view.players;
    put_branches(s, k);
    put_label(s, k);
    put_right(s, r->parent < 0 ? "" : tree_chance(number, r->probability), CHANCE_COLUMNS - 1);
    put_right(s, tree_chance(number, r->reach), CHANCE_COLUMNS - 1);
    for (int i = 0; i < players && r->node >= 0; i++)
        put_right(
            s,
            tree_payoff(number,
                        s->rows->solved->value[(size_t)r->node * (size_t)players + (size_t)i]),
            s->payoff[i]);
    tree_put(&s->pen, "\n");
}

/* Who the short names are: "USA: United States; CHN: China." */
static void put_players(sheet *s)
{
    char text[TREE_LABEL] = "";
    for (int i = 0; i < s->rows->view.players; i++) {
        tree_append(text, i ? "; " : "");
        tree_player(text, s->rows, i);
        tree_append(text, ": ");
        tree_player_name(text, s->rows, i);
    }
    tree_append(text, ".");
    put_paragraph(s, text);
}

static void put_head(sheet *s)
{
    char text[TREE_LABEL];
    if (s->rows->heading)
        put_paragraph(s, s->rows->heading);
    put_paragraph(s, s->rows->view.title);
    tree_note(text, s->rows);
    put_paragraph(s, text);
    if (s->rows->language)
        put_players(s);
    tree_put(&s->pen, "\n");
    put_spaces(&s->pen, s->tree);
    put_right(s, "prob.", CHANCE_COLUMNS - 1);
    put_right(s, "reach", CHANCE_COLUMNS - 1);
    for (int i = 0; i < s->rows->view.players; i++) {
        text[0] = '\0';
        tree_player(text, s->rows, i);
        tree_cut(text, s->payoff[i]);
        put_right(s, text, s->payoff[i]);
    }
    tree_put(&s->pen, "\n");
}

ful_status tree_text(const tree_solved *solved, const tree_extent *extent, const tree_type *type,
                     ful_write_fn write, void *user, ful_arena *arena, ful_error *err)
{
    tree_rows rows;
    if (type->width < 1)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "a tree cannot be drawn in %d columns, expected 1 or more", type->width);
    const ful_status status = tree_rows_new(&rows, solved, extent, arena, err);
    if (status)
        return status;
    sheet s = {.pen = {.write = write, .user = user},
               .rows = &rows,
               .type = type,
               .payoff = ful_arena_take(arena, (size_t)rows.view.players, sizeof(int)),
               .continues = ful_arena_take(arena, (size_t)rows.depth + 1, 1)};
    if (!s.payoff || !s.continues)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the drawing of a tree");
    for (int i = 0; i < rows.view.players; i++)
        s.payoff[i] = tree_payoff_columns(&rows, i);
    s.tree = tree_columns(&s);
    put_head(&s);
    for (int k = 0; k < rows.rows && !s.pen.failed; k++)
        put_row(&s, k);
    return tree_finish(&s.pen, err);
}
