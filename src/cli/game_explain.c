/* SPDX-License-Identifier: MIT */
/* fulcrum game --explain: the choices that an actor comes to, and which payoff terms drive them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/game.h"
#include "output/document.h"
#include "output/text.h"

/* Choices, most often reached, that the document and the text tell of, and how seldom the text no
 * longer does. */
#define LISTED 60
#define PRINTED 12
#define SELDOM .02
/* Likeliest moves that are told, and rows that drive a choice. */
#define MOVES 6
#define DRIVERS 4

int game_player(const ful_situation *s, const char *id)
{
    const char *names[FUL_BARGAIN_MAX_PLAYERS];
    for (int i = 0; i < s->game.players; i++) {
        names[i] = s->actor[s->game.player[i].actor].id;
        if (strcmp(names[i], id) == 0)
            return i;
    }
    const char *near = ful_nearest_name(id, s->game.players, names);
    cli_usage_error("'%s' is no player of the game%s%s%s", id, near ? " (did you mean '" : "",
                    near ? near : "", near ? "'?)" : "");
    return -1;
}

/* ---- what is explained ---- */

struct game_explained {
    int player, places;
    int total; /* choices that play comes to, those left out as well */
    ful_bargain_place place[LISTED];
    ful_bargain_explanation *explanation;
};

int game_explain(game *g, int player)
{
    ful_error err = {0};
    game_explained *x = g->explained = calloc(1, sizeof *x);
    if (!x)
        return cli_no_memory();
    x->player = player;
    x->total = ful_bargain_places(x->place, LISTED, g->game, g->work, player, 0);
    x->places = x->total < LISTED ? x->total : LISTED;
    if (x->places == 0)
        return EXIT_ANSWERED;
    const ful_status status =
        ful_bargain_explain(&x->explanation, g->game, 1, x->places, x->place, NULL, &err);
    return status == FUL_OK ? EXIT_ANSWERED : cli_fail(&err);
}

void game_explained_free(game_explained *x)
{
    if (x)
        ful_bargain_explanation_free(x->explanation);
    free(x);
}

/* A choice with its moves by falling probability. */
typedef struct choice {
    ful_bargain_choice c;
    int order[FUL_BARGAIN_MAX_JOINT]; /* an enforcer may move to any joint level */
} choice;

static void read_choice(choice *out, const game_explained *x, int k)
{
    ful_bargain_explanation_choice(&out->c, x->explanation, k);
    for (int m = 0; m < out->c.moves; m++) {
        int at = m;
        while (at > 0 && out->c.probability[out->order[at - 1]] < out->c.probability[m]) {
            out->order[at] = out->order[at - 1];
            at--;
        }
        out->order[at] = m;
    }
}

static int told_moves(const choice *x)
{
    return x->c.moves < MOVES ? x->c.moves : MOVES;
}

/* By how much a row favours the likeliest move over the next. */
static double lead(const choice *x, int row)
{
    if (x->c.moves < 2)
        return 0;
    return x->c.part[x->order[0] * x->c.rows + row] - x->c.part[x->order[1] * x->c.rows + row];
}

/* The rows with the largest leads; their number. */
static int find_drivers(int driver[DRIVERS], const choice *x)
{
    int count = 0;
    for (int row = 0; row < x->c.rows; row++) {
        int at = count;
        while (at > 0 && fabs(lead(x, driver[at - 1])) < fabs(lead(x, row))) {
            if (at < DRIVERS)
                driver[at] = driver[at - 1];
            at--;
        }
        if (lead(x, row) == 0 || at == DRIVERS)
            continue;
        driver[at] = row;
        count += count < DRIVERS;
    }
    return count;
}

/* ---- as text ---- */

#define NAME_ROOM 256

/* "minerals .67, oil 1": the parts of an enforcer, or of all for -1. */
static void name_levels(char *room, size_t size, const game *g, int joint, int owner)
{
    size_t used = 0;
    room[0] = '\0';
    const ful_situation *s = g->c->s;
    for (int k = 0; k < s->game.enforced && used < size; k++)
        if ((owner < 0 || s->game.part[k].owner == owner) && !ful_offer_holds(s, &g->offer, k))
            used += (size_t)snprintf(room + used, size - used, "%s%s %.2g", used ? ", " : "",
                                     s->game.part[k].id, ful_offer_level(s, &g->offer, joint, k));
}

static void name_move(char room[NAME_ROOM], const game *g, const choice *x, int move)
{
    if (x->c.name)
        snprintf(room, NAME_ROOM, "%s", x->c.name[move]);
    else
        name_levels(room, NAME_ROOM, g, x->c.joint[move], x->c.place.player);
}

/* Whether the text tells of a choice: no others but PRINTED - 1 are reached more often. */
static int is_printed(const game_explained *x, int k)
{
    int before = 0;
    for (int q = 0; q < x->places; q++)
        before += x->place[q].reach > x->place[k].reach ||
                  (x->place[q].reach == x->place[k].reach && q < k);
    return before < PRINTED && x->place[k].reach > SELDOM;
}

/* A state, part by part: those always told, then those told where they tell two choices apart. */
enum { STEP = 5, RELIEF, STRESS, ADAPTATION, CAPABILITY, JOINT, PARTS };

static void read_state(int state[PARTS], const ful_bargain_place *p)
{
    const int of[PARTS] = {p->period,
                           p->hidden ? FUL_STAGES : (int)p->stage,
                           p->relief > 0,
                           p->package,
                           p->stress > 0,
                           [STEP] = p->step,
                           [RELIEF] = p->relief,
                           [STRESS] = p->stress,
                           [ADAPTATION] = p->adaptation,
                           [CAPABILITY] = p->capability,
                           [JOINT] = p->joint};
    memcpy(state, of, sizeof of);
}

/* Whether another printed choice is the same in every part before `part`, and not in it. */
static int tells_apart(const game_explained *x, int k, int part)
{
    int own[PARTS], other[PARTS];
    read_state(own, x->place + k);
    for (int q = 0; q < x->places; q++) {
        read_state(other, x->place + q);
        if (is_printed(x, q) && memcmp(own, other, (size_t)part * sizeof *own) == 0 &&
            own[part] != other[part])
            return 1;
    }
    return 0;
}

static void name_part(char room[NAME_ROOM], const game *g, const ful_bargain_place *p, int part)
{
    char levels[NAME_ROOM - 8];
    if (part == STEP)
        snprintf(room, NAME_ROOM, "step %d", p->step);
    else if (part == RELIEF)
        snprintf(room, NAME_ROOM, "that of %s", p->relief > 1 ? "dismantling" : "a freeze");
    else if (part == STRESS)
        snprintf(room, NAME_ROOM, "stress %d", p->stress);
    else if (part == ADAPTATION)
        snprintf(room, NAME_ROOM, "trade adapted %d", p->adaptation);
    else if (part == CAPABILITY)
        snprintf(room, NAME_ROOM, "capability %d", p->capability);
    else {
        name_levels(levels, sizeof levels, g, p->joint, -1);
        snprintf(room, NAME_ROOM, "with %s", levels);
    }
}

static void print_place(const game *g, int k)
{
    const ful_bargain_place *p = g->explained->place + k;
    char reach[TEXT_ROOM], more[2 * NAME_ROOM] = "", name[NAME_ROOM];
    size_t used = 0;
    for (int part = STEP; part < PARTS; part++)
        if (tells_apart(g->explained, k, part)) {
            name_part(name, g, p, part);
            used += (size_t)snprintf(more + used, sizeof more - used, ", %s", name);
        }
    text_paragraph(stdout, 0, "Half-year %d: %s%s%s%s%s; reached in %s of 100 runs.", p->period + 1,
                   p->hidden ? "restarted unseen" : document_stage(p->stage),
                   p->relief ? ", relief granted" : "", p->package ? ", the package stands" : "",
                   p->stress ? ", under stress" : "", more, text_count(reach, p->reach));
}

static void print_drivers(const choice *x)
{
    int driver[DRIVERS];
    char words[NAME_ROOM] = "", size[TEXT_ROOM];
    const int drivers = find_drivers(driver, x);
    size_t used = 0;
    for (int k = 0; k < drivers && used < sizeof words; k++)
        used += (size_t)snprintf(words + used, sizeof words - used, "%s%s %s", k ? ", " : "",
                                 x->c.row[driver[k]], text_digits(size, lead(x, driver[k]), 3));
    if (drivers > 0)
        text_paragraph(stdout, 2, "the first over the second: %s", words);
}

static void print_choice(const game *g, const choice *x)
{
    char name[NAME_ROOM], worth[TEXT_ROOM];
    for (int k = 0; k < told_moves(x); k++) {
        const int move = x->order[k];
        printf("  %5.2f ", x->c.probability[move]);
        name_move(name, g, x, move);
        text_cell(stdout, name, 54);
        printf(" %12s\n", text_digits(worth, x->c.utility[move], 4));
    }
    if (x->c.moves > MOVES)
        printf("        and %d more\n", x->c.moves - MOVES);
    print_drivers(x);
    printf("\n");
}

void game_print_explanation(const game *g)
{
    const ful_situation *s = g->c->s;
    const game_explained *x = g->explained;
    char title[160];
    int printed = 0;
    snprintf(title, sizeof title, "Why: the choices that %s comes to most often",
             s->actor[s->game.player[x->player].actor].name);
    text_heading(stdout, title);
    text_paragraph(stdout, 0,
                   "Probability of each move, and what it is worth: present value at that time, "
                   "per cent of its GDP, against the status quo going on.\n");
    for (int k = 0; k < x->places; k++) {
        choice one;
        if (!is_printed(x, k))
            continue;
        read_choice(&one, x, k);
        print_place(g, k);
        print_choice(g, &one);
        printed++;
    }
    if (printed < x->total)
        text_paragraph(stdout, 0, "And %d more choices, reached less often.", x->total - printed);
}

/* ---- as a document ---- */

static json_t *levels_json(const game *g, int joint, int owner)
{
    const ful_situation *s = g->c->s;
    json_t *levels = json_object();
    for (int k = 0; k < s->game.enforced; k++)
        if (owner < 0 || s->game.part[k].owner == owner)
            json_object_set_new(levels, s->game.part[k].id,
                                document_real(ful_offer_level(s, &g->offer, joint, k)));
    return levels;
}

/* The name of a row: a term's own, of a lever's rows, of which one at most counts for a player, the
 * lever's behind "lever.". */
static const char *row_key(char room[NAME_ROOM], const ful_situation *s, const choice *x, int row)
{
    const int lever = row >= s->game.terms && row + 1 < x->c.rows;
    snprintf(room, NAME_ROOM, "%s%s", lever ? "lever." : "", x->c.row[row]);
    return room;
}

static json_t *move_json(const game *g, const choice *x, int move)
{
    json_t *parts = json_object();
    char key[NAME_ROOM];
    for (int row = 0; row < x->c.rows; row++) {
        const double worth = x->c.part[move * x->c.rows + row];
        if (worth != 0)
            json_object_set_new(parts, row_key(key, g->c->s, x, row), document_real(worth));
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "move",
                     x->c.name ? json_string(x->c.name[move]) : json_null(), "levels",
                     x->c.name ? json_null() : levels_json(g, x->c.joint[move], x->c.place.player),
                     "probability", document_real(x->c.probability[move]), "utility",
                     document_real(x->c.utility[move]), "parts", parts);
}

static json_t *choice_json(const game *g, const choice *x)
{
    const ful_bargain_place *p = &x->c.place;
    json_t *moves = json_array();
    for (int k = 0; k < told_moves(x); k++)
        json_array_append_new(moves, move_json(g, x, x->order[k]));
    return json_pack("{s:i, s:s, s:i, s:b, s:i, s:i, s:i, s:i, s:b, s:o, s:o, s:i, s:o}",
                     "half_year", p->period + 1, "stage", document_stage(p->stage), "step", p->step,
                     "hidden", p->hidden, "relief", p->relief, "stress", p->stress, "adaptation",
                     p->adaptation, "capability", p->capability, "package", p->package,
                     "enforcement", levels_json(g, p->joint, -1), "reach", document_real(p->reach),
                     "moves_total", x->c.moves, "moves", moves);
}

json_t *game_explanation_json(const game *g)
{
    const ful_situation *s = g->c->s;
    const game_explained *x = g->explained;
    json_t *list = json_array();
    for (int k = 0; k < x->places; k++) {
        choice one;
        read_choice(&one, x, k);
        json_array_append_new(list, choice_json(g, &one));
    }
    return json_pack("{s:s, s:i, s:o}", "player", s->actor[s->game.player[x->player].actor].id,
                     "choices_total", x->total, "choices", list);
}
