/* SPDX-License-Identifier: MIT */
/* case.yaml, the game: who plays, what each enforcer decides, what everybody gets, the rules. */
#include "case/reader.h"

#include <math.h>
#include <string.h>

#define MOST_LEVELS 8

/* The default size of the state: half-years of dismantling and settling, steps of the others. */
#define DISMANTLE_PERIODS 4
#define SETTLE_PERIODS 4
#define STRESS_STEPS 3
#define ADAPTATION_STEPS 3
#define CAPABILITY_STEPS 3

const char *const ful__stages[FUL_STAGES + 1] = {"armed",      "frozen",    "dismantling",
                                                 "dismantled", "restarted", NULL};

/* ---- players ---- */

/* The first three have the roles of the case, in this order; the others are further enforcers. */
static void check_seat(reader *r, place at, int seat, int actor)
{
    const ful_situation *s = &r->c->s;
    static const char *const roles[] = {"sender", "target", "enforcer"};
    const int holder[] = {s->sender, s->target, s->enforcer};
    if (reader_ok(r) && seat < 3 && actor != holder[seat])
        ful__case_refuse(r, at,
                         "player %d is the %s, %s: players are the sender, the target, the "
                         "enforcer, then further enforcers",
                         seat + 1, roles[seat], s->actor[holder[seat]].id);
}

/* The name of a map with an id; the id itself where it has no other. */
static const char *read_name(reader *r, const yaml_node *map, const char *id)
{
    return reader_ok(r) && ful__yaml_get(map, "name") ? ful__node_text(r, map, "name") : id;
}

static ful_param need_parameter(reader *r, const yaml_node *map, const char *key)
{
    ful__node_need(r, map, key);
    return ful__node_parameter(r, map, key);
}

static void read_player(ful_case_player *p, reader *r, const yaml_node *node, int seat)
{
    static const char *const keys[] = {"actor", "discount", "precision", "stake", NULL};
    ful__node_keys(r, node, keys);
    p->actor = ful__node_name(r, node, "actor", &r->actors);
    if (!reader_ok(r))
        return;
    const place at = at_node(ful__yaml_get(node, "actor"));
    check_seat(r, at, seat, p->actor);
    ful__case_declare(r, &r->players, at, r->c->s.actor[p->actor].id);
    p->delta = need_parameter(r, node, "discount");
    p->precision = need_parameter(r, node, "precision");
    p->stake = need_parameter(r, node, "stake");
}

/* Whose income a term may be of: the players' and the households', in the order of the columns. */
static void name_incomes(reader *r)
{
    static const int first[] = {FUL_T, FUL_S};
    for (int k = 0; reader_ok(r) && k < r->players.count; k++) {
        const int player = k < FUL_E ? first[k] : k;
        ful__case_declare(r, &r->incomes, r->players.at[player], r->players.name[player]);
    }
    for (int h = 0; reader_ok(r) && h < r->households.count; h++)
        ful__case_declare(r, &r->incomes, r->households.at[h], r->households.name[h]);
}

void ful__case_players(reader *r, const yaml_node *root)
{
    ful_case_game *g = &r->c->s.game;
    const yaml_node *game = ful__node_need(r, root, "game");
    const yaml_node *list =
        game ? ful__node_list(r, game, "players", FUL_E + 1, FUL_BARGAIN_MAX_PLAYERS) : NULL;
    ful_case_player *player = list ? ful__case_take(r, (size_t)list->count, sizeof *player) : NULL;
    for (const yaml_node *node = player ? list->first : NULL; reader_ok(r) && node;
         node = node->next, g->players++)
        read_player(&player[g->players], r, node, g->players);
    g->player = player;
    name_incomes(r);
}

int ful__node_enforcer(reader *r, const yaml_node *map, const char *key)
{
    const int player = ful__node_name(r, map, key, &r->players);
    if (reader_ok(r) && player < FUL_E)
        ful__case_refuse(r, at_node(ful__yaml_get(map, key)), "%s is the %s: expected an enforcer",
                         r->players.name[player], player == FUL_S ? "sender" : "target");
    return player;
}

/* ---- what enforcers decide ---- */

int ful__case_nearest(const ful_case_enforced *p, double e)
{
    int best = 0;
    for (int l = 1; l < p->levels; l++)
        if (fabs(p->level[l] - e) < fabs(p->level[best] - e))
            best = l;
    return best;
}

static void read_levels(ful_case_enforced *p, reader *r, const yaml_node *node)
{
    const yaml_node *list = ful__node_list(r, node, "levels", 2, MOST_LEVELS);
    double *level = list ? ful__case_take(r, (size_t)list->count, sizeof *level) : NULL;
    for (const yaml_node *x = level ? list->first : NULL; reader_ok(r) && x; x = x->next) {
        level[p->levels] = ful__node_number(r, x, 0, 1);
        if (p->levels > 0 && level[p->levels] <= level[p->levels - 1])
            ful__case_refuse(r, at_node(x), "levels must ascend");
        p->levels++;
    }
    p->level = level;
    const double start = ful__node_number(r, ful__node_need(r, node, "start"), 0, 1);
    if (reader_ok(r))
        p->start = ful__case_nearest(p, start);
}

/* A group of goods that no earlier part of the same enforcer moves. */
static void add_group(unsigned char *mask, const ful_case_enforced *p, reader *r, place at, int k)
{
    const ful_case_game *g = &r->c->s.game;
    if (mask[k])
        ful__case_refuse(r, at, "group '%s' stands twice", r->groups.name[k]);
    for (int q = 0; reader_ok(r) && q < g->enforced; q++)
        if (g->part[q].owner == p->owner && g->part[q].group && g->part[q].group[k])
            ful__case_refuse(r, at, "part '%s' of %s moves group '%s' already", g->part[q].id,
                             r->players.name[p->owner], r->groups.name[k]);
    mask[k] = 1;
}

static void read_groups(ful_case_enforced *p, reader *r, const yaml_node *map)
{
    const int groups = r->c->s.groups;
    const yaml_node *node = ful__node_need(r, map, "groups");
    unsigned char *mask = node ? ful__case_take(r, (size_t)groups, 1) : NULL;
    if (!mask)
        return;
    p->group = mask;
    if (node->kind == YAML_SCALAR && strcmp(node->text, "*") == 0) {
        for (int k = 0; reader_ok(r) && k < groups; k++)
            add_group(mask, p, r, at_node(node), k);
        return;
    }
    if (node->kind != YAML_LIST || node->count < 1)
        ful__case_refuse(r, at_node(node), "'groups' must be '*' or a list of groups");
    for (const yaml_node *x = node->first; reader_ok(r) && x; x = x->next) {
        const int k = ful__node_item(r, x, &r->groups);
        if (reader_ok(r))
            add_group(mask, p, r, at_node(x), k);
    }
}

/* Additional measures are adopted as a whole, once: two levels, from the first. Which regime would
 * be in force after two adoptions nobody could say. */
static void read_adoption(ful_case_enforced *p, reader *r, const yaml_node *node)
{
    static const double levels[] = {0, 1};
    static const char *const others[] = {"groups", "levels", "start"};
    const ful_case_game *g = &r->c->s.game;
    p->regime = ful__node_name(r, node, "adopts", &r->regimes);
    p->levels = 2;
    p->level = levels;
    for (int k = 0; reader_ok(r) && k < 3; k++)
        if (ful__yaml_get(node, others[k]))
            ful__case_refuse(r, at_key(ful__yaml_get(node, others[k])),
                             "a regime is adopted as a whole or not: leave '%s' out", others[k]);
    for (int k = 0; reader_ok(r) && k < g->enforced; k++)
        if (g->part[k].regime >= 0)
            ful__case_refuse(r, at_key(ful__yaml_get(node, "adopts")),
                             "'%s' adopts a regime already: a case has one adoption at most",
                             g->part[k].id);
}

static void read_part(ful_case_enforced *p, reader *r, const yaml_node *node)
{
    static const char *const keys[] = {"id",    "name",   "by",   "groups", "levels",
                                       "start", "adopts", "held", NULL};
    ful__node_keys(r, node, keys);
    p->id = ful__node_id(r, node, &r->parts);
    p->name = read_name(r, node, p->id);
    p->owner = ful__node_enforcer(r, node, "by");
    p->held = ful__node_flag(r, node, "held");
    p->regime = -1;
    if (!reader_ok(r))
        return;
    if (ful__yaml_get(node, "adopts")) {
        read_adoption(p, r, node);
    } else {
        read_levels(p, r, node);
        read_groups(p, r, node);
    }
}

static void check_parts(reader *r, const yaml_node *list)
{
    const ful_case_game *g = &r->c->s.game;
    int joint = 1, held = 0, pivotal = 0, owned[FUL_BARGAIN_MAX_PLAYERS] = {0};
    for (int k = 0; k < g->enforced; k++) {
        const ful_case_enforced *p = &g->part[k];
        joint *= p->levels;
        held += p->held;
        owned[p->owner] |= p->group != NULL;
        pivotal |= p->owner == FUL_E && p->group && !p->held;
    }
    if (held > FUL_MAX_HELD)
        ful__case_refuse(r, at_node(list), "%d parts are held, expected at most %d", held,
                         FUL_MAX_HELD);
    else if (!pivotal)
        ful__case_refuse(r, at_node(list), "every part of %s is held: the enforcer needs a choice",
                         r->players.name[FUL_E]);
    if (joint > FUL_BARGAIN_MAX_JOINT)
        ful__case_refuse(r, at_node(list), "%d joint levels of all parts, expected at most %d",
                         joint, FUL_BARGAIN_MAX_JOINT);
    for (int i = FUL_E; reader_ok(r) && i < g->players; i++)
        if (!owned[i])
            ful__case_refuse(r, at_node(list), "%s enforces nothing: give it a part with groups",
                             r->players.name[i]);
}

static void read_parts(reader *r, const yaml_node *game)
{
    ful_case_game *g = &r->c->s.game;
    const yaml_node *list = ful__node_list(r, game, "enforcement", 1, FUL_BARGAIN_MAX_GROUPS);
    ful_case_enforced *part = list ? ful__case_take(r, (size_t)list->count, sizeof *part) : NULL;
    g->part = part;
    for (const yaml_node *node = part ? list->first : NULL; reader_ok(r) && node;
         node = node->next, g->enforced++)
        read_part(&part[g->enforced], r, node);
    if (reader_ok(r))
        check_parts(r, list);
}

/* ---- payoffs ---- */

/* What a term is of: income of somebody; enforcement and adoption of those who decide on them. */
static void check_kind(ful_case_term *t, reader *r, const yaml_node *node)
{
    const ful_case_game *g = &r->c->s.game;
    const yaml_node *of = ful__yaml_get(node, "of");
    const place at = at_node(ful__yaml_get(node, "kind"));
    if (t->kind == FUL_TERM_INCOME)
        t->column = ful__node_name(r, node, "of", &r->incomes);
    else if (of)
        ful__case_refuse(r, at_key(of), "only a term of the kind income has 'of'");
    int adopts = 0;
    for (int k = 0; k < g->enforced; k++)
        adopts |= g->part[k].owner == t->player && g->part[k].regime >= 0;
    if (t->kind == FUL_TERM_ENFORCEMENT && t->player < FUL_E)
        ful__case_refuse(r, at, "%s enforces nothing: this kind is for enforcers",
                         r->players.name[t->player]);
    else if (t->kind == FUL_TERM_ADOPTION && !adopts)
        ful__case_refuse(r, at, "%s has nothing to adopt", r->players.name[t->player]);
}

static void read_term(ful_case_term *t, reader *r, const yaml_node *node)
{
    static const char *const keys[] = {"id", "name", "player", "kind", "of", "gain", "loss", NULL};
    static const char *const kinds[FUL_TERM_KINDS + 1] = {
        "programme", "alert",       "income",  "enforcement",  "adoption",
        "relief",    "dismantling", "restart", "audience",     "collapse",
        "refugees",  "troops",      "north",   "north_broken", NULL};
    ful__node_keys(r, node, keys);
    t->id = ful__node_id(r, node, &r->terms);
    t->name = read_name(r, node, t->id);
    t->player = ful__node_name(r, node, "player", &r->players);
    t->kind = (ful_term_kind)ful__node_word(r, node, "kind", kinds);
    if (!reader_ok(r))
        return;
    check_kind(t, r, node);
    t->loss = ful__yaml_get(node, "loss") != NULL;
    if (t->loss == (ful__yaml_get(node, "gain") != NULL))
        ful__case_refuse(r, at_node(node), "a term is either a 'gain' or a 'loss'");
    t->amount = ful__node_parameter(r, node, t->loss ? "loss" : "gain");
}

static void read_terms(reader *r, const yaml_node *game)
{
    ful_case_game *g = &r->c->s.game;
    const yaml_node *list = ful__node_list(r, game, "terms", 1, FUL_BARGAIN_MAX_TERMS);
    ful_case_term *term = list ? ful__case_take(r, (size_t)list->count, sizeof *term) : NULL;
    for (const yaml_node *node = term ? list->first : NULL; reader_ok(r) && node;
         node = node->next, g->terms++)
        read_term(&term[g->terms], r, node);
    g->term = term;
}

/* ---- rules ---- */

/* Moves of the target beside doing nothing new; all where none are named. */
static void read_moves(reader *r, const yaml_node *game)
{
    static const char *const words[] = {"freeze", "dismantle", "pause", "restart", NULL};
    ful_case_game *g = &r->c->s.game;
    g->moves = FUL_MOVES_ALL;
    if (!reader_ok(r) || !ful__yaml_get(game, "moves"))
        return;
    const yaml_node *list = ful__node_list(r, game, "moves", 1, 4);
    g->moves = 0;
    for (const yaml_node *x = list ? list->first : NULL; reader_ok(r) && x; x = x->next) {
        const char *text = x->kind == YAML_SCALAR ? x->text : "";
        const int bit = 1 << ful__case_word(r, at_node(x), text, "move", words);
        if (reader_ok(r) && g->moves & bit)
            ful__case_refuse(r, at_node(x), "move '%s' stands twice", text);
        g->moves |= bit;
    }
}

static ful_param need_rule(reader *r, const yaml_node *game, const char *id)
{
    const int k = reader_ok(r) ? ful__case_find(&r->parameters, id) : FUL_NO_PARAM;
    if (k == FUL_NO_PARAM)
        ful__case_refuse(r, at_node(game),
                         "the game needs the parameter '%s': add it to parameters.csv", id);
    else
        r->parameter_used[k] = 1;
    return k;
}

static void read_rules(reader *r, const yaml_node *game)
{
    static const char *const symbols[] = {
#define SYMBOL(symbol, unit, meaning) "game." #symbol,
        FUL_BARGAIN_PARAMETERS(SYMBOL)
#undef SYMBOL
    };
    const int count = (int)(sizeof symbols / sizeof *symbols);
    ful_case_game *g = &r->c->s.game;
    ful_param *index = ful__case_take(r, (size_t)count, sizeof *index);
    for (int k = 0; reader_ok(r) && k < count; k++)
        index[k] = need_rule(r, game, symbols[k]);
    g->parameter = index;
    g->relief_freeze = need_rule(r, game, "game.relief_freeze");
    g->relief_dismantle = need_rule(r, game, "game.relief_dismantle");
}

static void read_sizes(reader *r, const yaml_node *game)
{
    ful_case_game *g = &r->c->s.game;
    g->horizon = ful__node_whole(r, game, "horizon", 1, FUL_BARGAIN_MAX_HORIZON, 8);
    g->dismantle_periods = ful__node_whole(r, game, "dismantle_periods", 1, 8, DISMANTLE_PERIODS);
    g->settle_periods = ful__node_whole(r, game, "settle_periods", 1, 8, SETTLE_PERIODS);
    g->stress_steps = ful__node_whole(r, game, "stress_steps", 1, 4, STRESS_STEPS);
    g->adaptation_steps = ful__node_whole(r, game, "adaptation_steps", 1, 4, ADAPTATION_STEPS);
    g->capability_steps = ful__node_whole(r, game, "capability_steps", 1, 8, CAPABILITY_STEPS);
}

void ful__case_game(reader *r, const yaml_node *root)
{
    static const char *const keys[] = {"start",
                                       "horizon",
                                       "players",
                                       "simultaneous",
                                       "enforcement",
                                       "moves",
                                       "terms",
                                       "base_regime",
                                       "pressure_regime",
                                       "corner_package",
                                       "start_stage",
                                       "dismantle_periods",
                                       "settle_periods",
                                       "stress_steps",
                                       "adaptation_steps",
                                       "capability_steps",
                                       NULL};
    ful_case_game *g = &r->c->s.game;
    const yaml_node *game = ful__node_need(r, root, "game");
    if (!game)
        return;
    ful__node_keys(r, game, keys);
    g->start = ful__node_date(r, game, "start");
    g->simultaneous = ful__node_flag(r, game, "simultaneous");
    g->start_stage = (ful_stage)ful__node_word(r, game, "start_stage", ful__stages);
    g->base_regime = ful__node_name(r, game, "base_regime", &r->regimes);
    g->pressure_regime = ful__node_name(r, game, "pressure_regime", &r->regimes);
    if (reader_ok(r) && ful__yaml_get(game, "corner_package"))
        g->corner_package = ful__node_name(r, game, "corner_package", &r->packages);
    read_sizes(r, game);
    read_moves(r, game);
    read_parts(r, game);
    read_terms(r, game);
    read_rules(r, game);
}
