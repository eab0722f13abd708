/* SPDX-License-Identifier: MIT */
/* A tree as Gambit's .efg text. Depth-first order is the order of the file. */
#include "game/game_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Denominator where no smaller one fits; numerators stay exact in 64 bits. */
#define FINE_DENOMINATOR 1000000000000000LL
#define LARGEST_DENOMINATOR 1000000LL
#define LINE 256

typedef struct writer {
    ful_write_fn write;
    void *user;
    int failed;
} writer;

static void put(writer *w, const char *text, size_t size)
{
    if (!w->failed && size)
        w->failed = w->write(w->user, text, size) != 0;
}

static void put_text(writer *w, const char *text)
{
    put(w, text, strlen(text));
}

/* Gambit knows one escape, a quote after a backslash. A backslash of the text itself would make one
 * of a quote that follows, so a space parts them. */
static void put_quoted(writer *w, const char *text, const char *more)
{
    put_text(w, "\"");
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            put_text(w, "\\");
        put(w, c, 1);
        if (*c == '\\' && (c[1] == '"' || (!c[1] && !*more)))
            put_text(w, " ");
    }
    put_text(w, more);
    put_text(w, "\"");
}

static void put_int(writer *w, const char *before, long long value)
{
    char line[LINE];
    snprintf(line, sizeof line, "%s%lld", before, value);
    put_text(w, line);
}

/* 17 digits read back as the same number; the decimal point is a point in any locale. */
static void put_number(writer *w, double value)
{
    char line[LINE];
    snprintf(line, sizeof line, "%.17g", value + 0.0);
    for (char *c = line; *c; c++)
        if (!strchr("+-0123456789e", *c))
            *c = '.';
    put_text(w, line);
}

static long long gcd(long long a, long long b)
{
    while (b) {
        const long long rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The denominator of the simplest fraction that is p in floating point, or 0: continued
 * fraction. */
static long long denominator(double p)
{
    long long n0 = 0, d0 = 1, n1 = 1, d1 = 0;
    double x = p;
    for (int k = 0; k < 40; k++) {
        const double whole = floor(x);
        if (whole > (double)LARGEST_DENOMINATOR)
            return 0;
        const long long n = (long long)whole * n1 + n0, d = (long long)whole * d1 + d0;
        if (d > LARGEST_DENOMINATOR)
            return 0;
        if ((double)n / (double)d == p)
            return d;
        n0 = n1, d0 = d1, n1 = n, d1 = d;
        if (x == whole)
            return 0;
        x = 1 / (x - whole);
    }
    return 0;
}

/* A common denominator whose rounded numerators sum to it: exact where the probabilities are simple
 * fractions, else so fine that none moves by more than 1e-15 a move. */
static long long common_denominator(const double *p, int moves)
{
    long long common = 1;
    for (int a = 0; a < moves; a++) {
        const long long d = denominator(p[a]);
        if (!d)
            return FINE_DENOMINATOR;
        common = common / gcd(common, d) * d;
        if (common > LARGEST_DENOMINATOR)
            return FINE_DENOMINATOR;
    }
    long long sum = 0;
    for (int a = 0; a < moves; a++)
        sum += llround(p[a] * (double)common);
    return sum == common ? common : FINE_DENOMINATOR;
}

static long long numerator(double p, long long common)
{
    const long long n = llround(p * (double)common);
    return n > 0 ? n : 1; /* a move with a probability of zero is not allowed */
}

static void put_probabilities(writer *w, const ful_tree_view *t, int v)
{
    const double *p = t->weight + t->first_move[v];
    const char *const *name = t->move_label + t->first_move[v];
    const long long common = common_denominator(p, t->moves[v]);
    long long rest = common;
    int largest = 0;
    for (int a = 0; a < t->moves[v]; a++) {
        rest -= numerator(p[a], common);
        largest = p[a] > p[largest] ? a : largest;
    }
    put_text(w, "{ ");
    for (int a = 0; a < t->moves[v]; a++) {
        const long long n = numerator(p[a], common) + (a == largest ? rest : 0);
        const long long divisor = gcd(n, common);
        put_quoted(w, name[a], "");
        put_int(w, " ", n / divisor);
        if (common / divisor != 1)
            put_int(w, "/", common / divisor);
        put_text(w, " ");
    }
    put_text(w, "}");
}

/* The label of a node's information set; made unique by the node's number where need be. */
static void put_label(writer *w, const ful_tree *tree, int v)
{
    char number[32] = "";
    if (!tree->unique_labels)
        snprintf(number, sizeof number, "%s#%d", *tree->view.label[v] ? " " : "", v);
    put_quoted(w, tree->view.label[v], number);
}

static void put_inner(writer *w, const ful_tree *tree, int v, int set)
{
    const ful_tree_view *t = &tree->view;
    put_text(w, t->kind[v] == FUL_NODE_CHANCE ? "c \"\"" : "p \"\"");
    if (t->kind[v] == FUL_NODE_DECISION)
        put_int(w, " ", t->owner[v] + 1);
    put_int(w, " ", set);
    put_text(w, " ");
    put_label(w, tree, v);
    put_text(w, " ");
    if (t->kind[v] == FUL_NODE_CHANCE) {
        put_probabilities(w, t, v);
    } else {
        put_text(w, "{ ");
        for (int a = 0; a < t->moves[v]; a++) {
            put_quoted(w, t->move_label[t->first_move[v] + a], "");
            put_text(w, " ");
        }
        put_text(w, "}");
    }
    put_text(w, " 0\n");
}

static void put_terminal(writer *w, const ful_tree_view *t, int v, int outcome)
{
    put_int(w, "t \"\" ", outcome);
    put_text(w, " ");
    put_quoted(w, t->label[v], "");
    put_text(w, " { ");
    for (int i = 0; i < t->players; i++) {
        put_text(w, i ? ", " : "");
        put_number(w, t->payoff[(size_t)v * (size_t)t->players + (size_t)i]);
    }
    put_text(w, " }\n");
}

ful_status ful_tree_format_efg(const ful_tree *tree, ful_write_fn write, void *user, ful_error *err)
{
    const ful_tree_view *t = &tree->view;
    writer w = {.write = write, .user = user};
    put_text(&w, "EFG 2 R ");
    put_quoted(&w, t->title,
               tree->plain ? "" : " (menu weights or scaled precisions are not in this file)");
    put_text(&w, " {");
    for (int i = 0; i < t->players; i++) {
        put_text(&w, " ");
        put_quoted(&w, t->player[i], "");
    }
    put_text(&w, " }\n\"\"\n\n");
    int outcome = 0, sets[64 + 1] = {0}; /* the last number used: chance, then the players */
    for (int v = 0; v < t->nodes && !w.failed; v++) {
        if (t->kind[v] == FUL_NODE_TERMINAL)
            put_terminal(&w, t, v, ++outcome);
        else
            put_inner(&w, tree, v, ++sets[t->owner[v] + 1]);
    }
    if (w.failed)
        return ful_fail(err, FUL_ERR_FILE, "the game could not be written");
    return FUL_OK;
}
