/* SPDX-License-Identifier: MIT */
#include "output/tree_svg.h"

#include <string.h>

#include "output/text.h"

/* Lengths in units of the picture: a phone is about 390 wide, so a unit is about a pixel there. */
#define MARGIN 10.0
#define LEAST_WIDTH 400.0
#define ROW 20.0
#define INDENT 13.0
#define WIDEST 8.0  /* branch of a move that is certain */
#define HAIR 0.7    /* of the least likely ones, so that they are seen at all */
#define BEND 5.0    /* radius of a branch's turn */
#define SYMBOL 10.0 /* from a node to its text */
#define LABEL 160.0 /* room for words at the deepest node */
#define HEADING 14.0
#define FONT 11.0
#define GLYPH 0.58 /* width of a character over its height: sans-serif fonts stay below */

#define REACH_COLUMNS 6 /* ">0.999" */

#define SHAPES 7
#define COLOURS 5

/* Around the node, about 10 across. */
static const char *const shape[SHAPES] = {
    "M-4.8 0a4.8 4.8 0 1 0 9.6 0a4.8 4.8 0 1 0 -9.6 0z",            /* circle */
    "M-4.3 -4.3H4.3V4.3H-4.3z",                                     /* square */
    "M0 -6L6 0L0 6L-6 0z",                                          /* diamond */
    "M0 -5.8L5.6 4.2H-5.6z",                                        /* triangle */
    "M0 5.8L5.6 -4.2H-5.6z",                                        /* standing on its tip */
    "M-1.9 -5.4H1.9V-1.9H5.4V1.9H1.9V5.4H-1.9V1.9H-5.4V-1.9H-1.9z", /* cross */
    "M-4.8 -5.2H4.8L-4.8 5.2H4.8z",                                 /* hourglass */
};
static const char bar[] = "M-1.5 -5H1.5V5H-1.5z";
static const char ring[] = "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z";

/* Okabe and Ito's colours, which hold for every kind of colour vision, darkened on white and
 * lightened on black until each stands out from its ground by 3 to 1 (WCAG 2.1, 1.4.11). */
static const char *const on_white[COLOURS] = {"#0072b2", "#d55e00", "#008f68", "#b65a8f",
                                              "#a67100"};
static const char *const on_black[COLOURS] = {"#56b4e9", "#f0803c", "#2ec29a", "#e39cc6",
                                              "#e6b422"};

typedef struct picture {
    tree_pen pen;
    const tree_rows *rows;
    double labels;  /* where the words of a row end */
    double reach;   /* right edge of its column */
    double *payoff; /* of each player's (players) */
    double width;
    double y; /* of the line of text or the row to come: its middle */
} picture;

/* ---- text ------------------------------------------------------------------------------------ */

static void put_escaped(tree_pen *pen, const char *text)
{
    static const char special[] = "&<>\"";
    static const char *const entity[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
    char run[TREE_LABEL];
    while (*text) {
        const size_t plain = strcspn(text, special);
        memcpy(run, text, plain);
        run[plain] = '\0';
        tree_put(pen, run);
        text += plain;
        if (*text)
            tree_put(pen, entity[strchr(special, *text++) - special]);
    }
}

/* Text whose middle is at height y. */
static void open_text(picture *p, double x, double y, const char *class)
{
    tree_print(&p->pen, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", class, x, y + 0.36 * FONT);
}

static void put_text(picture *p, double x, double y, const char *class, const char *text)
{
    open_text(p, x, y, class);
    put_escaped(&p->pen, text);
    tree_put(&p->pen, "</text>\n");
}

/* A piece of a text, set off from the one before by a blank's width. */
static void put_span(picture *p, const char *class, const char *text)
{
    tree_print(&p->pen, "<tspan class=\"%s\" dx=\"%.1f\">", class, GLYPH * FONT / 2);
    put_escaped(&p->pen, text);
    tree_put(&p->pen, "</tspan>");
}

/* Lines of text down from y, broken at the picture's width. */
static void put_paragraph(picture *p, const char *class, double size, const char *text)
{
    char clean[TREE_LABEL] = "", line[TREE_LABEL];
    tree_append(clean, text);
    for (const char *at = clean; *at;) {
        const int bytes = tree_line(at, (int)((p->width - 2 * MARGIN) / (GLYPH * size)));
        memcpy(line, at, (size_t)bytes);
        line[bytes] = '\0';
        put_text(p, MARGIN, p->y, class, line);
        p->y += 1.35 * size;
        at += bytes;
        at += strspn(at, " ");
    }
}

/* ---- the head -------------------------------------------------------------------------------- */

static void put_colours(picture *p, const char *const *colour, const char *ink, const char *dim,
                        const char *paper, const char *band)
{
    const int players = p->rows->view.players;
    tree_print(&p->pen, ".tree-ink{fill:%s}.tree-dim{fill:%s}.tree-paper{fill:%s}", ink, dim,
               paper);
    tree_print(&p->pen, ".tree-band{fill:%s}.tree-node{stroke:%s}", band, paper);
    tree_print(&p->pen, ".tree-ring{fill:%s;stroke:%s}.tree-from-chance{stroke:%s}\n", paper, dim,
               dim);
    for (int c = 0; c < COLOURS && c < players; c++)
        tree_print(&p->pen, ".tree-player-%d{fill:%s}.tree-from-%d{stroke:%s}\n", c, colour[c], c,
                   colour[c]);
}

static void put_style(picture *p)
{
    tree_print(&p->pen, "<style>\n.tree-text{font:%gpx system-ui,sans-serif;", FONT);
    tree_put(&p->pen, "font-variant-numeric:tabular-nums}\n");
    tree_print(&p->pen, ".tree-heading{font-size:%gpx;font-weight:bold}", HEADING);
    tree_put(&p->pen, ".tree-number{text-anchor:end}.tree-strong{font-weight:bold}\n"
                      ".tree-branch{fill:none}.tree-folded{stroke-opacity:.4}"
                      ".tree-node{stroke-width:1}.tree-ring{stroke-width:1.8}\n");
    put_colours(p, on_white, "#1b1b1b", "#626262", "#ffffff", "#f3f3f1");
    tree_put(&p->pen, "@media (prefers-color-scheme:dark){\n");
    put_colours(p, on_black, "#ededed", "#a9a9a9", "#15171a", "#1e2125");
    tree_put(&p->pen, "}\n</style>\n");
}

static void put_symbol(picture *p, double x, double y, int kind, int owner)
{
    tree_print(&p->pen, "<path transform=\"translate(%.1f %.1f)\" class=\"", x, y);
    if (kind == FUL_NODE_DECISION)
        tree_print(&p->pen, "tree-node tree-player-%d\" d=\"%s\"/>\n", owner % COLOURS,
                   shape[owner % SHAPES]);
    else if (kind == FUL_NODE_CHANCE)
        tree_print(&p->pen, "tree-ring\" d=\"%s\"/>\n", ring);
    else
        tree_print(&p->pen, "tree-ink\" d=\"%s\"/>\n", bar);
}

/* A symbol and what it means; in a new line where this one is full. */
static double put_key(picture *p, double x, int kind, int owner, const char *name)
{
    const double wide = 1.5 * SYMBOL + (text_width(name) + 2) * GLYPH * FONT;
    if (x > MARGIN && x + wide > p->width - MARGIN) {
        x = MARGIN;
        p->y += ROW;
    }
    put_symbol(p, x + SYMBOL / 2, p->y, kind, owner);
    put_text(p, x + 1.5 * SYMBOL, p->y, "tree-ink", name);
    return x + wide;
}

static void put_legend(picture *p)
{
    double x = MARGIN;
    p->y += ROW / 4;
    for (int i = 0; i < p->rows->view.players; i++) {
        char name[TREE_LABEL] = "";
        tree_player_name(name, p->rows, i);
        tree_cut(name, (int)((p->width - 4 * SYMBOL) / (GLYPH * FONT)));
        x = put_key(p, x, FUL_NODE_DECISION, i, name);
    }
    x = put_key(p, x, FUL_NODE_CHANCE, -1, "chance");
    put_key(p, x, FUL_NODE_TERMINAL, -1, "end");
    p->y += 2 * ROW;
}

static void put_columns(picture *p)
{
    put_text(p, p->reach, p->y, "tree-dim tree-number", "reach");
    for (int i = 0; i < p->rows->view.players; i++) {
        char name[TREE_LABEL] = "";
        tree_player(name, p->rows, i);
        tree_cut(name, tree_payoff_columns(p->rows, i));
        put_symbol(p, p->payoff[i] - SYMBOL / 2, p->y - 0.8 * ROW, FUL_NODE_DECISION, i);
        put_text(p, p->payoff[i], p->y, "tree-dim tree-number", name);
    }
    p->y += ROW;
}

static void put_head(picture *p)
{
    char note[TREE_LABEL];
    const char *title = p->rows->view.title, *heading = p->rows->heading;
    p->y = MARGIN + HEADING / 2;
    put_paragraph(p, "tree-ink tree-heading", HEADING, heading ? heading : title);
    if (heading)
        put_paragraph(p, "tree-ink", FONT, title);
    tree_note(note, p->rows);
    put_paragraph(p, "tree-dim", FONT, note);
    put_paragraph(p, "tree-dim", FONT, "A branch is as wide as its move is likely.");
    put_legend(p);
    put_columns(p);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static double row_x(const picture *p, int k)
{
    return MARGIN + SYMBOL / 2 + INDENT * p->rows->row[k].depth;
}

static double row_y(const picture *p, int k)
{
    return p->y + ROW * k;
}

static void put_bands(picture *p)
{
    for (int k = 0; k < p->rows->rows; k += 2)
        tree_print(
            &p->pen,
            "<rect class=\"tree-band\" x=\"0\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
            row_y(p, k) - ROW / 2, p->width, ROW);
}

/* From the parent's node down and right to the row's. */
static void put_branch(picture *p, int k)
{
    const tree_row *r = p->rows->row + k;
    if (r->parent < 0)
        return;
    const ful_tree_view *t = &p->rows->view;
    const int from = p->rows->row[r->parent].node;
    const double wide = WIDEST * r->probability, x = row_x(p, r->parent), y = row_y(p, k);
    tree_print(&p->pen, "<path class=\"tree-branch%s tree-from-",
               r->node < 0 ? " tree-folded" : "");
    if (t->kind[from] == FUL_NODE_CHANCE)
        tree_put(&p->pen, "chance");
    else
        tree_print(&p->pen, "%d", t->owner[from] % COLOURS);
    tree_print(&p->pen, "\" stroke-width=\"%.2f\" d=\"M%.1f %.1fV%.1fq0 %g %g %gH%.1f\"/>\n",
               wide < HAIR ? HAIR : wide, x, row_y(p, r->parent), y - BEND, BEND, BEND, BEND,
               row_x(p, k));
}

/* What a pointer or a reading voice is told: the whole row. */
static void put_row_title(picture *p, int k)
{
    const ful_tree_view *t = &p->rows->view;
    const tree_row *r = p->rows->row + k;
    char words[TREE_LABEL], number[TREE_NUMBER];
    tree_label(words, p->rows, k, 1);
    tree_put(&p->pen, "<title>");
    put_escaped(&p->pen, words);
    tree_put(&p->pen, "; probability ");
    put_escaped(&p->pen, tree_chance(number, r->probability));
    tree_put(&p->pen, ", reach ");
    put_escaped(&p->pen, tree_chance(number, r->reach));
    for (int i = 0; i < t->players && r->node >= 0; i++) {
        strcpy(words, ", ");
        tree_player(words, p->rows, i);
        put_escaped(&p->pen, words);
        tree_print(
            &p->pen, " %s",
            tree_payoff(number,
                        p->rows->solved->value[(size_t)r->node * (size_t)t->players + (size_t)i]));
    }
    tree_put(&p->pen, "</title>\n");
}

/* The part of a row that is words: probability, move, label of the node, folded moves; cut from the
 * end, but folded moves are always said. */
static void put_words(picture *p, int k)
{
    const tree_row *r = p->rows->row + k;
    char words[TREE_LABEL], number[TREE_NUMBER], folded[TREE_NUMBER] = "";
    const double x = row_x(p, k) + SYMBOL;
    int room = (int)((p->labels - x) / (GLYPH * FONT));
    if (r->node >= 0)
        tree_folded(folded, r);
    room -= *folded ? 1 + text_width(folded) : 0;
    open_text(p, x, row_y(p, k), "tree-dim");
    if (r->parent >= 0) {
        put_span(p, "tree-ink tree-strong", tree_chance(number, r->probability));
        room -= 1 + text_width(number);
    }
    tree_move(words, p->rows, k);
    tree_cut(words, room);
    if (*words)
        put_span(p, r->node < 0 ? "tree-dim" : "tree-ink", words);
    room -= *words ? 1 + text_width(words) : 0;
    words[0] = '\0';
    if (r->node >= 0)
        tree_node(words, p->rows, k, 0);
    tree_cut(words, room);
    if (*words && room > 3)
        put_span(p, "tree-dim", words);
    if (*folded)
        put_span(p, "tree-ink", folded);
    tree_put(&p->pen, "</text>\n");
}

static void put_row(picture *p, int k)
{
    const ful_tree_view *t = &p->rows->view;
    const tree_row *r = p->rows->row + k;
    char number[TREE_NUMBER];
    const double y = row_y(p, k);
    tree_put(&p->pen, "<g>");
    put_row_title(p, k);
    if (r->node >= 0)
        put_symbol(p, row_x(p, k), y, t->kind[r->node], t->owner[r->node]);
    put_words(p, k);
    put_text(p, p->reach, y, "tree-ink tree-number", tree_chance(number, r->reach));
    for (int i = 0; i < t->players && r->node >= 0; i++) {
        const size_t at = (size_t)r->node * (size_t)t->players + (size_t)i;
        put_text(p, p->payoff[i], y, "tree-ink tree-number",
                 tree_payoff(number, p->rows->solved->value[at]));
    }
    tree_put(&p->pen, "</g>\n");
}

/* Room for a column of numbers and the gap before it. */
static double column_width(int columns)
{
    return (columns + 1.5) * GLYPH * FONT;
}

static void place_columns(picture *p)
{
    const tree_rows *rows = p->rows;
    double numbers = column_width(REACH_COLUMNS);
    for (int i = 0; i < rows->view.players; i++)
        numbers += column_width(tree_payoff_columns(rows, i));
    p->labels = MARGIN + INDENT * rows->depth + SYMBOL + LABEL;
    p->width = p->labels + numbers + MARGIN;
    if (p->width < LEAST_WIDTH) {
        p->labels += LEAST_WIDTH - p->width;
        p->width = LEAST_WIDTH;
    }
    double x = p->reach = p->labels + column_width(REACH_COLUMNS);
    for (int i = 0; i < rows->view.players; i++)
        p->payoff[i] = x += column_width(tree_payoff_columns(rows, i));
}

static int discard(void *user, const char *text, size_t size)
{
    (void)user;
    (void)text;
    (void)size;
    return 0;
}

/* Where the head ends, found by setting it for nobody. */
static double head_height(const picture *p)
{
    picture dry = *p;
    dry.pen = (tree_pen){.write = discard};
    put_head(&dry);
    return dry.y;
}

static void put_picture(picture *p)
{
    const tree_rows *rows = p->rows;
    char title[TREE_LABEL] = "";
    const double height = head_height(p) + ROW * (rows->rows - 0.5) + MARGIN;
    tree_put(&p->pen,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" class=\"tree-text\" ");
    tree_print(&p->pen, "style=\"width:100%%;height:auto\" viewBox=\"0 0 %.1f %.1f\">\n<title>",
               p->width, height);
    tree_append(title, rows->heading ? rows->heading : rows->view.title);
    put_escaped(&p->pen, title);
    tree_put(&p->pen, "</title>\n");
    put_style(p);
    tree_put(&p->pen, "<rect class=\"tree-paper\" width=\"100%\" height=\"100%\"/>\n");
    put_head(p);
    put_bands(p);
    for (int k = 0; k < rows->rows && !p->pen.failed; k++)
        put_branch(p, k);
    for (int k = 0; k < rows->rows && !p->pen.failed; k++)
        put_row(p, k);
    tree_put(&p->pen, "</svg>\n");
}

ful_status tree_svg(const tree_solved *solved, const tree_extent *extent, ful_write_fn write,
                    void *user, ful_arena *arena, ful_error *err)
{
    tree_rows rows;
    const ful_status status = tree_rows_new(&rows, solved, extent, arena, err);
    if (status)
        return status;
    picture p = {.pen = {.write = write, .user = user},
                 .rows = &rows,
                 .payoff = ful_arena_take(arena, (size_t)rows.view.players, sizeof(double))};
    if (!p.payoff)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the drawing of a tree");
    place_columns(&p);
    put_picture(&p);
    return tree_finish(&p.pen, err);
}
