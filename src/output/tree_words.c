/* SPDX-License-Identifier: MIT */
/* The words and numbers of a tree's rows, and the pen that writes them. */
#include "output/tree_rows.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "output/text.h"

#define REST "..."
#define REST_COLUMNS 3
#define NAME_COLUMNS 9

/* ---- labels ---------------------------------------------------------------------------------- */

static int is_between(unsigned char c, int low, int high)
{
    return c >= low && c <= high;
}

/* Bytes of the character at `at` where it is well-formed (Unicode 15, table 3-7) and can be seen;
 * 0 for controls, noncharacters and anything else. */
static int visible(const char *at)
{
    const unsigned char *c = (const unsigned char *)at;
    if (is_between(c[0], 0x20, 0x7e))
        return 1;
    if (is_between(c[0], 0xc2, 0xdf))
        return is_between(c[1], c[0] == 0xc2 ? 0xa0 : 0x80, 0xbf) ? 2 : 0;
    if (is_between(c[0], 0xe0, 0xef)) {
        const int low = c[0] == 0xe0 ? 0xa0 : 0x80, high = c[0] == 0xed ? 0x9f : 0xbf;
        if (!is_between(c[1], low, high) || !is_between(c[2], 0x80, 0xbf))
            return 0;
        return c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe ? 0 : 3;
    }
    if (is_between(c[0], 0xf0, 0xf4)) {
        const int low = c[0] == 0xf0 ? 0x90 : 0x80, high = c[0] == 0xf4 ? 0x8f : 0xbf;
        return is_between(c[1], low, high) && is_between(c[2], 0x80, 0xbf) &&
                       is_between(c[3], 0x80, 0xbf)
                   ? 4
                   : 0;
    }
    return 0;
}

void tree_append(char room[TREE_LABEL], const char *text)
{
    size_t have = strlen(room);
    while (*text) {
        const int bytes = visible(text);
        if (have + (size_t)bytes + 1 >= TREE_LABEL)
            return;
        if (bytes) {
            memcpy(room + have, text, (size_t)bytes);
            have += (size_t)bytes;
            text += bytes;
        } else {
            room[have++] = is_between((unsigned char)*text, 1, 0x1f) ? ' ' : '?';
            text++;
        }
        room[have] = '\0';
    }
}

/* Where column `column` of `text` begins, or the end. */
static size_t column_at(const char *text, int column)
{
    size_t at = 0;
    while (text[at] && column-- > 0)
        do
            at++;
        while (((unsigned char)text[at] & 0xc0) == 0x80);
    return at;
}

void tree_cut(char room[TREE_LABEL], int columns)
{
    if (text_width(room) > columns)
        strcpy(room + column_at(room, columns - REST_COLUMNS), REST);
}

int tree_line(const char *text, int columns)
{
    const size_t most = column_at(text, columns);
    if (!text[most])
        return (int)most;
    for (size_t at = most; at > 0; at--)
        if (text[at] == ' ')
            return (int)at;
    return (int)most;
}

void tree_folded(char room[TREE_NUMBER], const tree_row *row)
{
    room[0] = '\0';
    if (row->folded)
        snprintf(room, TREE_NUMBER, "+%d move%s", row->folded, row->folded == 1 ? "" : "s");
}

/* A move's own name, or which of its node's moves it is. */
static void append_move(char room[TREE_LABEL], const tree_rows *rows, int v, int m)
{
    const ful_tree_view *t = &rows->view;
    const tree_language *l = rows->language;
    char number[TREE_NUMBER];
    snprintf(number, sizeof number, "move %d", m - t->first_move[v] + 1);
    if (!*t->move_label[m])
        tree_append(room, number);
    else if (l)
        l->move(room, l->game, t->owner[v], t->move_label[m]);
    else
        tree_append(room, t->move_label[m]);
}

void tree_move(char room[TREE_LABEL], const tree_rows *rows, int row)
{
    const ful_tree_view *t = &rows->view;
    const tree_row *r = rows->row + row;
    room[0] = '\0';
    if (r->parent < 0)
        return;
    const int v = rows->row[r->parent].node;
    if (r->node >= 0) {
        append_move(room, rows, v, r->move);
        return;
    }
    tree_folded(room, r);
    const char *between = ": ";
    for (int m = t->first_move[v]; m < t->first_move[v] + t->moves[v]; m++)
        if (!rows->drawn[t->child[m]]) {
            tree_append(room, between);
            append_move(room, rows, v, m);
            between = "; ";
        }
}

void tree_player(char room[TREE_LABEL], const tree_rows *rows, int player)
{
    char number[TREE_NUMBER];
    const char *name = rows->language ? rows->language->player[player] : rows->view.player[player];
    snprintf(number, sizeof number, "player %d", player + 1);
    tree_append(room, *name ? name : number);
}

void tree_player_name(char room[TREE_LABEL], const tree_rows *rows, int player)
{
    if (rows->language)
        tree_append(room, rows->language->name[player]);
    else
        tree_player(room, rows, player);
}

void tree_node(char room[TREE_LABEL], const tree_rows *rows, int row, int whole)
{
    const tree_language *l = rows->language;
    const tree_row *r = rows->row + row;
    const char *const *label = rows->view.label;
    const int above = whole || r->parent < 0 ? -1 : rows->row[r->parent].node;
    if (l)
        l->node(room, l->game, label[r->node], above < 0 ? NULL : label[above]);
    else
        tree_append(room, label[r->node]);
}

void tree_label(char room[TREE_LABEL], const tree_rows *rows, int row, int whole)
{
    char node[TREE_LABEL] = "";
    const ful_tree_view *t = &rows->view;
    const int v = rows->row[row].node;
    tree_move(room, rows, row);
    if (v < 0)
        return;
    if (*room && t->kind[v] != FUL_NODE_TERMINAL)
        tree_append(room, ": ");
    if (t->kind[v] == FUL_NODE_DECISION)
        tree_player(room, rows, t->owner[v]);
    else if (t->kind[v] == FUL_NODE_CHANCE)
        tree_append(room, "chance");
    tree_node(node, rows, row, whole);
    if (!*node)
        return;
    tree_append(room, *room ? " (" : "(");
    tree_append(room, node);
    tree_append(room, ")");
}

/* ---- numbers --------------------------------------------------------------------------------- */

const char *tree_chance(char room[TREE_NUMBER], double probability)
{
    if (probability > 0 && probability < 0.001)
        snprintf(room, TREE_NUMBER, "<0.001");
    else if (probability > 0.999 && probability < 1)
        snprintf(room, TREE_NUMBER, ">0.999");
    else if (probability == 0 || probability == 1)
        snprintf(room, TREE_NUMBER, "%.0f", probability);
    else
        snprintf(room, TREE_NUMBER, "%.3f", probability);
    return room;
}

const char *tree_payoff(char room[TREE_NUMBER], double payoff)
{
    snprintf(room, TREE_NUMBER, "%.3g", payoff == 0 ? 0 : payoff);
    return room;
}

int tree_payoff_columns(const tree_rows *rows, int player)
{
    char number[TREE_NUMBER], name[TREE_LABEL] = "";
    tree_player(name, rows, player);
    int columns = text_width(name);
    columns = columns > NAME_COLUMNS ? NAME_COLUMNS : columns;
    for (int k = 0; k < rows->rows; k++) {
        if (rows->row[k].node < 0)
            continue;
        const size_t at = (size_t)rows->row[k].node * (size_t)rows->view.players + (size_t)player;
        const int width = text_width(tree_payoff(number, rows->solved->value[at]));
        columns = width > columns ? width : columns;
    }
    return columns;
}

void tree_note(char room[TREE_LABEL], const tree_rows *rows)
{
    char most[TREE_NUMBER], ends[TREE_NUMBER];
    const int nodes = rows->view.nodes;
    if (rows->nodes == nodes) {
        snprintf(room, TREE_LABEL, "All %d nodes are drawn.", nodes);
        return;
    }
    snprintf(room, TREE_LABEL,
             "%d of %d nodes are drawn: the path of likeliest moves, then the nodes reached most. "
             "Play ends "
             "in one of them with probability %s; no folded move (+n) leads to a node that is "
             "reached with a probability above %s.",
             rows->nodes, nodes, tree_chance(ends, rows->ends),
             rows->most < 0.001 ? "0.001" : tree_chance(most, rows->most));
}

/* ---- the pen --------------------------------------------------------------------------------- */

void tree_put(tree_pen *pen, const char *text)
{
    if (!pen->failed && *text)
        pen->failed = pen->write(pen->user, text, strlen(text)) != 0;
}

void tree_print(tree_pen *pen, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    tree_put(pen, text);
}

ful_status tree_finish(const tree_pen *pen, ful_error *err)
{
    if (pen->failed)
        return ful_fail(err, FUL_ERR_FILE, "the drawing of the tree could not be written");
    return FUL_OK;
}
