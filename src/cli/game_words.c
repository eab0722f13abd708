/* SPDX-License-Identifier: MIT */
/* The codes of an unfolded game in the words of its case. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/game.h"

/* ---- nodes ---- */

/* What a label such as "E t1 dismantling 2 package z0 k1 c0 e4" says; see ful_bargain_tree. */
typedef struct state {
    const char *stage;
    int ends; /* a terminal */
    int step, half_year, stress, adaptation, capability;
    int collapsed, hidden, settled, package;
} state;

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void read_word(state *s, const char *word)
{
    const struct {
        const char *word;
        int *flag;
    } flags[] = {{"collapsed", &s->collapsed},
                 {"hidden", &s->hidden},
                 {"settled", &s->settled},
                 {"package", &s->package}};
    const struct {
        char code;
        int *number;
    } numbers[] = {
        {'t', &s->half_year}, {'z', &s->stress}, {'k', &s->adaptation}, {'c', &s->capability}};
    for (size_t k = 0; k < sizeof flags / sizeof *flags; k++)
        if (strcmp(word, flags[k].word) == 0) {
            *flags[k].flag = 1;
            return;
        }
    if (is_digit(word[0]))
        s->step = atoi(word);
    else if (!is_digit(word[1]))
        s->stage = word;
    for (size_t k = 0; is_digit(word[1]) && k < sizeof numbers / sizeof *numbers; k++)
        if (word[0] == numbers[k].code)
            *numbers[k].number = atoi(word + 1);
}

/* The state lives in `words`. */
static state read_state(char words[TREE_LABEL], const char *label)
{
    char *rest = NULL;
    state s = {.stage = "", .ends = !strchr(label, ' ')};
    words[0] = '\0';
    tree_append(words, label);
    char *word = strtok_r(words, " ", &rest);
    if (!s.ends) /* it begins with who moves */
        word = strtok_r(NULL, " ", &rest);
    for (; word; word = strtok_r(NULL, " ", &rest))
        read_word(&s, word);
    return s;
}

static void say(char room[TREE_LABEL], const char *words)
{
    tree_append(room, *room ? ", " : "");
    tree_append(room, words);
}

static void say_number(char room[TREE_LABEL], const char *what, int number)
{
    char words[64];
    snprintf(words, sizeof words, "%s %d", what, number);
    say(room, words);
}

static void say_stage(char room[TREE_LABEL], const state *s)
{
    say(room, s->collapsed ? "collapsed" : s->hidden ? "restarted unseen" : s->stage);
    if (s->step > 0)
        say_number(room, "step", s->step);
    if (s->settled)
        say(room, "settled");
}

/* A collapse is said by the move that leads to it, and where play ends. */
static int has_new_stage(const state *s, const state *old)
{
    return s->ends ||
           (!s->collapsed && (strcmp(s->stage, old->stage) != 0 || s->hidden != old->hidden ||
                              s->step != old->step || s->settled != old->settled));
}

static void say_node(char room[TREE_LABEL], const void *user, const char *label, const char *before)
{
    (void)user;
    char words[TREE_LABEL], text[TREE_LABEL] = "", old_words[TREE_LABEL];
    const state s = read_state(words, label);
    const state old =
        before ? read_state(old_words, before) : (state){.stage = "", .half_year = -1};
    if (has_new_stage(&s, &old))
        say_stage(text, &s);
    if (!s.ends && s.half_year != old.half_year)
        say_number(text, "half-year", s.half_year + 1);
    if (!s.ends && s.package != old.package)
        say(text, s.package ? "the package stands" : "no package");
    if (!s.ends && s.stress != old.stress)
        say_number(text, "stress", s.stress);
    if (!s.ends && s.adaptation != old.adaptation)
        say_number(text, "trade adapted", s.adaptation);
    if (!s.ends && s.capability != old.capability)
        say_number(text, "capability", s.capability);
    tree_append(room, text);
}

/* ---- moves ---- */

/* The parts that an enforcer moves, with the levels that a move gives them. */
typedef struct move {
    int parts;
    const char *id[FUL_BARGAIN_MAX_GROUPS];
    double level[FUL_BARGAIN_MAX_GROUPS];
    const char *adopts; /* an adoption that is made, or NULL */
} move;

/* The label has the index of a level for each part of its owner, in the case's order: "0,2,1". */
static move read_move(const game *g, int owner, const char *label)
{
    const ful_situation *s = g->c->s;
    move m = {0};
    for (int k = 0; k < s->game.enforced; k++) {
        const ful_case_enforced *part = &s->game.part[k];
        if (part->owner != owner)
            continue;
        const int level = atoi(label);
        label += strcspn(label, ",");
        label += *label == ',';
        if (ful_offer_holds(s, &g->offer, k))
            continue;
        if (!part->group) {
            m.adopts = level > 0 ? part->id : NULL;
        } else {
            m.id[m.parts] = part->id;
            m.level[m.parts++] = part->level[level];
        }
    }
    return m;
}

/* The level that most parts have. */
static double common_level(const move *m)
{
    int most = 0;
    double common = 0;
    for (int k = 0; k < m->parts; k++) {
        int count = 0;
        for (int q = 0; q < m->parts; q++)
            count += m->level[q] == m->level[k];
        if (count > most) {
            most = count;
            common = m->level[k];
        }
    }
    return common;
}

static void say_level(char room[TREE_LABEL], const char *between, const char *what, double level)
{
    char text[96];
    snprintf(text, sizeof text, "%s%s %.2g", *room ? between : "", what, level);
    tree_append(room, text);
}

/* "oil 1, rest 0.67; adopts crude", "all 0", of a single part "border 1". */
static void say_levels(char room[TREE_LABEL], const game *g, int owner, const char *label)
{
    char words[TREE_LABEL] = "";
    const move m = read_move(g, owner, label);
    const double common = common_level(&m);
    for (int k = 0; k < m.parts; k++)
        if (m.level[k] != common || m.parts == 1)
            say_level(words, ", ", m.id[k], m.level[k]);
    if (m.parts > 1)
        say_level(words, ", ", *words ? "rest" : "all", common);
    if (m.adopts) {
        tree_append(words, *words ? "; adopts " : "adopts ");
        tree_append(words, m.adopts);
    }
    tree_append(room, words);
}

static void say_move(char room[TREE_LABEL], const void *user, int owner, const char *label)
{
    if (owner >= FUL_E)
        say_levels(room, user, owner, label);
    else
        tree_append(room, label);
}

/* ---- all of it ---- */

/* An id without the mark that it is no country's code. */
static const char *short_name(const char *id)
{
    return strncmp(id, "x-", 2) == 0 ? id + 2 : id;
}

void game_language_of(game_language *out, const game *g)
{
    const ful_situation *s = g->c->s;
    for (int i = 0; i < s->game.players; i++) {
        out->player[i] = short_name(s->actor[s->game.player[i].actor].id);
        out->name[i] = s->actor[s->game.player[i].actor].name;
    }
    out->language = (tree_language){
        .player = out->player, .name = out->name, .node = say_node, .move = say_move, .game = g};
}
