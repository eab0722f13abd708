/* SPDX-License-Identifier: MIT */
/* fulcrum game --explain: the choices that an actor comes to, and which payoff terms drive them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/game.h"
#include "output/document.h"
#include "output/text.h"

/* Places that the text and the document tell of, and how seldom the text no longer does. */
#define PRINTED 12
#define LISTED 60
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

typedef struct explained {
    int places;
    ful_bargain_place place[LISTED];
    ful_bargain_explanation *explanation;
} explained;

static ful_status explain(explained *x, const game *g, int player, int most, double least,
                          ful_error *err)
{
    x->places = ful_bargain_places(x->place, most, g->game, g->work, player, least);
    if (x->places == 0)
        return FUL_OK;
    return ful_bargain_explain(&x->explanation, g->game, 1, x->places, x->place, NULL, err);
}

/* A choice with its moves by falling probability. */
typedef struct choice {
    ful_bargain_choice c;
    int order[FUL_BARGAIN_MAX_JOINT]; /* an enforcer may move to any joint level */
} choice;

static void read_choice(choice *out, const explained *x, int k)
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

/* "minerals .67, oil 1": the parts of an enforcer, or of all. */
static void name_levels(char room[NAME_ROOM], const game *g, int joint, int owner)
{
    size_t used = 0;
    room[0] = '\0';
    const ful_situation *s = g->c->s;
    for (int k = 0; k < s->game.enforced && used < NAME_ROOM; k++)
        if (s->game.part[k].owner == owner && !ful_offer_holds(s, &g->offer, k))
            used += (size_t)snprintf(room + used, NAME_ROOM - used, "%s%s %.2g", used ? ", " : "",
                                     s->game.part[k].id, ful_offer_level(s, &g->offer, joint, k));
}

static void name_move(char room[NAME_ROOM], const game *g, const choice *x, int move)
{
    if (x->c.name)
        snprintf(room, NAME_ROOM, "%s", x->c.name[move]);
    else
        name_levels(room, g, x->c.joint[move], x->c.place.player);
}

static void print_place(const ful_bargain_place *p)
{
    char reach[TEXT_ROOM];
    text_paragraph(stdout, 0, "Half-year %d: %s%s%s%s; reached in %s of 100 runs.", p->period + 1,
                   p->hidden ? "restarted unseen" : document_stage(p->stage),
                   p->relief ? ", relief granted" : "", p->package ? ", the package stands" : "",
                   p->stress ? ", under stress" : "", text_count(reach, p->reach));
}

static void print_drivers(const choice *x)
{
    int driver[DRIVERS];
    char words[NAME_ROOM] = "";
    const int drivers = find_drivers(driver, x);
    size_t used = 0;
    for (int k = 0; k < drivers && used < sizeof words; k++)
        used += (size_t)snprintf(words + used, sizeof words - used, "%s%s %+.3g", k ? ", " : "",
                                 x->c.row[driver[k]], lead(x, driver[k]));
    if (drivers > 0)
        text_paragraph(stdout, 2, "the first over the second: %s", words);
}

static void print_choice(const game *g, const choice *x)
{
    char name[NAME_ROOM];
    print_place(&x->c.place);
    for (int k = 0; k < told_moves(x); k++) {
        const int move = x->order[k];
        printf("  %5.2f ", x->c.probability[move]);
        name_move(name, g, x, move);
        text_cell(stdout, name, 54);
        printf(" %+12.4g\n", x->c.utility[move]);
    }
    if (x->c.moves > MOVES)
        printf("        and %d more\n", x->c.moves - MOVES);
    print_drivers(x);
    printf("\n");
}

int game_print_explanation(const game *g, int player)
{
    const ful_situation *s = g->c->s;
    ful_error err = {0};
    explained *x = calloc(1, sizeof *x);
    choice *one = calloc(1, sizeof *one);
    ful_status status = x && one ? explain(x, g, player, PRINTED, SELDOM, &err)
                                 : ful_fail(&err, FUL_ERR_MEMORY, "out of memory");
    int code = status == FUL_OK ? EXIT_ANSWERED : cli_fail(&err);
    if (code == EXIT_ANSWERED) {
        char title[160];
        snprintf(title, sizeof title, "Why: the choices that %s comes to",
                 s->actor[s->game.player[player].actor].name);
        text_heading(stdout, title);
        text_paragraph(stdout, 0,
                       "Probability of each move, and what it is worth: present value at that "
                       "time, per cent of its GDP, against the status quo going on.\n");
        for (int k = 0; k < x->places; k++) {
            read_choice(one, x, k);
            print_choice(g, one);
        }
    }
    if (x)
        ful_bargain_explanation_free(x->explanation);
    free(one);
    free(x);
    return code;
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

json_t *game_explanation_json(const game *g, int player, int *code)
{
    const ful_situation *s = g->c->s;
    ful_error err = {0};
    explained *x = calloc(1, sizeof *x);
    choice *one = calloc(1, sizeof *one);
    json_t *list = NULL;
    ful_status status = x && one ? explain(x, g, player, LISTED, 0, &err)
                                 : ful_fail(&err, FUL_ERR_MEMORY, "out of memory");
    *code = status == FUL_OK ? EXIT_ANSWERED : cli_fail(&err);
    if (status == FUL_OK)
        list = json_array();
    for (int k = 0; status == FUL_OK && k < x->places; k++) {
        read_choice(one, x, k);
        json_array_append_new(list, choice_json(g, one));
    }
    if (x)
        ful_bargain_explanation_free(x->explanation);
    free(one);
    free(x);
    if (!list)
        return NULL;
    return json_pack("{s:s, s:o}", "player", s->actor[s->game.player[player].actor].id, "choices",
                     list);
}
