/* SPDX-License-Identifier: MIT */
/* case.yaml, second half: regimes, leverage, levers, packages and the game. */
#include "case/reader.h"

#include <math.h>
#include <string.h>

#define MOST_REGIMES 64
#define MOST_MEMBERS 16
#define MOST_LEVERS 16
#define MOST_PACKAGES 256
#define MOST_LEVELS 8
#define LONGEST 64 /* half-years */

/* The default size of the state: periods of dismantling and settling, steps of stress and
 * adaptation. */
#define DISMANTLE_PERIODS 4
#define SETTLE_PERIODS 4
#define STRESS_STEPS 3
#define ADAPTATION_STEPS 3

/* ---- regimes and leverage ---- */

static void read_imposers(ful_regime *g, reader *r, const yaml_node *map)
{
    const yaml_node *node = ful__node_need(r, map, "imposers");
    if (!node || (node->kind == YAML_SCALAR && strcmp(node->text, "*") == 0))
        return;
    if (node->kind != YAML_LIST || node->count < 1)
        ful__case_refuse(r, at_node(node), "'imposers' must be '*' or a list of UN and actors");
    int *imposer = ful__case_take(r, (size_t)node->count, sizeof *imposer);
    for (const yaml_node *x = node->first; reader_ok(r) && x; x = x->next) {
        const int united = x->kind == YAML_SCALAR && strcmp(x->text, "UN") == 0;
        imposer[g->imposers++] = united ? FUL_EVERYONE : ful__node_item(r, x, &r->actors);
    }
    g->imposer = imposer;
}

static void read_regimes(reader *r, const yaml_node *root)
{
    static const char *const keys[] = {"id", "name", "date", "imposers", NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *list = ful__node_list(r, root, "regimes", 1, MOST_REGIMES);
    ful_regime *regime = list ? ful__case_take(r, (size_t)list->count, sizeof *regime) : NULL;
    if (!regime)
        return;
    for (const yaml_node *node = list->first; reader_ok(r) && node; node = node->next) {
        ful_regime *g = &regime[s->regimes++];
        ful__node_keys(r, node, keys);
        g->id = ful__node_id(r, node, &r->regimes);
        g->name = ful__node_text(r, node, "name");
        g->date = ful__node_date(r, node, "date");
        read_imposers(g, r, node);
    }
    s->regime = regime;
    s->headline = ful__node_name(r, root, "headline_regime", &r->regimes);
}

static void read_leverage(reader *r, const yaml_node *root)
{
    static const char *const keys[] = {"members", NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *map = ful__node_need(r, root, "leverage");
    if (map)
        ful__node_keys(r, map, keys);
    const yaml_node *list = ful__node_list(r, map, "members", 1, MOST_MEMBERS);
    int *member = list ? ful__case_take(r, (size_t)list->count, sizeof *member) : NULL;
    for (const yaml_node *x = member ? list->first : NULL; reader_ok(r) && x; x = x->next) {
        const int n = ful__node_item(r, x, &r->actors);
        if (n == s->target || n == s->sender)
            ful__case_refuse(r, at_node(x), "%s is the %s: members are the enforcer and partners",
                             x->text, n == s->target ? "target" : "sender");
        for (int k = 0; k < s->members; k++)
            if (member[k] == n)
                ful__case_refuse(r, at_node(x), "member %s stands twice", x->text);
        member[s->members++] = n;
    }
    s->member = member;
}

/* ---- levers and packages ---- */

static void read_lever(ful_case_lever *l, reader *r, const yaml_node *node)
{
    static const char *const keys[] = {"id",      "name",    "point",  "contract",   "duration",
                                       "value_e", "value_t", "cost_s", "withdrawal", "hazard",
                                       "troops",  "lifts",   NULL};
    static const char *const contracts[] = {"unconditional", "enforcement", "stage", NULL};
    const ful_situation *s = &r->c->s;
    ful__node_keys(r, node, keys);
    l->id = ful__node_id(r, node, &r->levers);
    l->name = ful__node_text(r, node, "name");
    l->point = ful__node_whole(r, node, "point", 1, 1000, 0);
    l->contract = (ful_contract)ful__node_word(r, node, "contract", contracts);
    l->duration = ful__node_whole(r, node, "duration", 1, LONGEST, LONGEST);
    l->value_e = ful__node_parameter(r, node, "value_e");
    l->value_t = ful__node_parameter(r, node, "value_t");
    l->cost_s = ful__node_parameter(r, node, "cost_s");
    l->withdrawal = ful__node_parameter(r, node, "withdrawal");
    l->hazard = ful__node_parameter(r, node, "hazard");
    l->troops = ful__node_flag(r, node, "troops");
    l->lifts = -1;
    if (!reader_ok(r) || !ful__yaml_get(node, "lifts"))
        return;
    l->lifts = ful__node_name(r, node, "lifts", &r->measures);
    if (reader_ok(r) && s->measure[l->lifts].law.kind != FUL_MEASURE_TARIFF)
        ful__case_refuse(r, at_node(ful__yaml_get(node, "lifts")),
                         "measure '%s' is no tariff: a lever lifts tariffs",
                         s->measure[l->lifts].law.id);
}

static void read_levers(reader *r, const yaml_node *root)
{
    ful_situation *s = &r->c->s;
    const yaml_node *list = ful__node_list(r, root, "levers", 0, MOST_LEVERS);
    ful_case_lever *lever = list ? ful__case_take(r, (size_t)list->count + 1, sizeof *lever) : NULL;
    for (const yaml_node *node = lever ? list->first : NULL; reader_ok(r) && node;
         node = node->next)
        read_lever(&lever[s->levers++], r, node);
    s->lever = lever;
}

static void read_packages(reader *r, const yaml_node *root)
{
    static const char *const keys[] = {"id", "name", "levers", NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *list = ful__node_list(r, root, "packages", 1, MOST_PACKAGES);
    ful_package *package = list ? ful__case_take(r, (size_t)list->count, sizeof *package) : NULL;
    if (!package)
        return;
    for (const yaml_node *node = list->first; reader_ok(r) && node; node = node->next) {
        ful_package *p = &package[s->packages++];
        ful__node_keys(r, node, keys);
        p->id = ful__node_id(r, node, &r->packages);
        p->name = ful__node_text(r, node, "name");
        const yaml_node *members = ful__node_list(r, node, "levers", 0, MOST_LEVERS);
        for (const yaml_node *x = members ? members->first : NULL; reader_ok(r) && x; x = x->next) {
            const unsigned bit = 1u << ful__node_item(r, x, &r->levers);
            if (p->levers & bit)
                ful__case_refuse(r, at_node(x), "lever '%s' stands twice", x->text);
            p->levers |= bit;
        }
    }
    s->package = package;
}

/* ---- the game ---- */

static void read_levels(reader *r, const yaml_node *game)
{
    ful_case_game *g = &r->c->s.game;
    const yaml_node *list = ful__node_list(r, game, "levels", 2, MOST_LEVELS);
    double *level = list ? ful__case_take(r, (size_t)list->count, sizeof *level) : NULL;
    for (const yaml_node *x = level ? list->first : NULL; reader_ok(r) && x; x = x->next) {
        level[g->levels] = ful__node_number(r, x, 0, 1);
        if (g->levels > 0 && level[g->levels] <= level[g->levels - 1])
            ful__case_refuse(r, at_node(x), "levels must ascend");
        g->levels++;
    }
    g->level = level;
}

/* The start on the grid: the nearest level to what the case states, for every group. */
static void read_start(reader *r, const yaml_node *game)
{
    const ful_situation *s = &r->c->s;
    ful_case_game *g = &r->c->s.game;
    const yaml_node *map = ful__node_need(r, game, "start_enforcement");
    int *start = map ? ful__case_take(r, (size_t)s->groups, sizeof *start) : NULL;
    if (!start)
        return;
    if (map->kind != YAML_MAP)
        ful__case_refuse(r, at_node(map), "expected a map of groups and levels");
    for (const yaml_node *x = map->first; reader_ok(r) && x; x = x->next)
        ful__case_name(r, at_key(x), x->key, &r->groups);
    for (int k = 0; reader_ok(r) && k < s->groups; k++) {
        const double e = ful__node_number(r, ful__node_need(r, map, s->group[k].id), 0, 1);
        for (int l = 0; l < g->levels; l++)
            if (fabs(g->level[l] - e) < fabs(g->level[start[k]] - e))
                start[k] = l;
    }
    g->start_level = start;
}

static void read_numbers(reader *r, const yaml_node *game)
{
    static const char *const symbols[] = {
#define SYMBOL(symbol, unit, meaning) "game." #symbol,
        FUL_BARGAIN_PARAMETERS(SYMBOL)
#undef SYMBOL
    };
    const int count = (int)(sizeof symbols / sizeof *symbols);
    ful_param *index = ful__case_take(r, (size_t)count, sizeof *index);
    for (int k = 0; reader_ok(r) && k < count; k++) {
        index[k] = ful__case_find(&r->parameters, symbols[k]);
        if (index[k] == FUL_NO_PARAM)
            ful__case_refuse(r, at_node(game),
                             "the game needs the parameter '%s': add it to parameters.csv",
                             symbols[k]);
        else
            r->parameter_used[index[k]] = 1;
    }
    r->c->s.game.parameter = index;
    /* the studies look these up by name where a case has them */
    static const char *const optional[] = {"stick.value", "stick.backlash", "stick.cost_s"};
    for (int k = 0; reader_ok(r) && k < 3; k++) {
        const ful_param found = ful__case_find(&r->parameters, optional[k]);
        if (found != FUL_NO_PARAM)
            r->parameter_used[found] = 1;
    }
}

static void read_game(reader *r, const yaml_node *root)
{
    static const char *const keys[] = {"start",           "horizon",           "levels",
                                       "start_stage",     "start_enforcement", "base_regime",
                                       "pressure_regime", "dismantle_periods", "settle_periods",
                                       "stress_steps",    "adaptation_steps",  NULL};
    static const char *const stages[] = {"armed",      "frozen",    "dismantling",
                                         "dismantled", "restarted", NULL};
    ful_case_game *g = &r->c->s.game;
    const yaml_node *game = ful__node_need(r, root, "game");
    if (!game)
        return;
    ful__node_keys(r, game, keys);
    g->start = ful__node_date(r, game, "start");
    g->horizon = ful__node_whole(r, game, "horizon", 1, LONGEST, 8);
    g->dismantle_periods = ful__node_whole(r, game, "dismantle_periods", 1, 8, DISMANTLE_PERIODS);
    g->settle_periods = ful__node_whole(r, game, "settle_periods", 1, 8, SETTLE_PERIODS);
    g->stress_steps = ful__node_whole(r, game, "stress_steps", 1, 4, STRESS_STEPS);
    g->adaptation_steps = ful__node_whole(r, game, "adaptation_steps", 1, 4, ADAPTATION_STEPS);
    g->start_stage = (ful_stage)ful__node_word(r, game, "start_stage", stages);
    g->base_regime = ful__node_name(r, game, "base_regime", &r->regimes);
    g->pressure_regime = ful__node_name(r, game, "pressure_regime", &r->regimes);
    read_levels(r, game);
    read_start(r, game);
    read_numbers(r, game);
}

void ful__case_play(reader *r, const yaml_node *root)
{
    read_regimes(r, root);
    read_leverage(r, root);
    read_levers(r, root);
    read_packages(r, root);
    read_game(r, root);
}
