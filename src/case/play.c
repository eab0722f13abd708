/* SPDX-License-Identifier: MIT */
/* case.yaml, second half: regimes, leverage, levers, packages and the game. */
#include "case/reader.h"

#include <string.h>

/* The default size of the state: periods of dismantling and settling, steps of stress and adaptation. */
#define DISMANTLE_PERIODS 4
#define SETTLE_PERIODS 4
#define STRESS_STEPS 3
#define ADAPTATION_STEPS 3

/* A scalar child as a name among `count`. */
static ful_status read_choice(int *out, reader *r, const char *file, const yaml_node *map,
                              const char *key, const char *kind, int count, const char *const *names)
{
    const yaml_node *node;
    ful_status status = reader_need(&node, r, file, map, key);
    if (status == FUL_OK && node->kind != YAML_SCALAR)
        status = reader_refuse(r, file, node->line, node->column, "'%s' must be a word", key);
    return status == FUL_OK
               ? reader_name(out, r, file, node->text, node->line, node->column, kind, count, names)
               : status;
}

static ful_status read_imposers(ful_regime *g, reader *r, const yaml_node *map, const char *file)
{
    const yaml_node *node;
    ful_status status = reader_need(&node, r, file, map, "imposers");
    if (status != FUL_OK)
        return status;
    if (node->kind == YAML_SCALAR && strcmp(node->text, "*") == 0)
        return FUL_OK;
    if (node->kind != YAML_LIST || node->count < 1)
        return reader_refuse(r, file, node->line, node->column, "'imposers' must be '*' or a list");
    const char *const *actors = reader_actor_names(r);
    int *imposer = reader_take(r, (size_t)node->count, sizeof *imposer);
    if (!actors || !imposer)
        return FUL_ERR_MEMORY;
    for (const yaml_node *x = node->first; x; x = x->next) {
        int n = FUL_EVERYONE;
        if (x->kind != YAML_SCALAR)
            return reader_refuse(r, file, x->line, x->column, "expected UN or an actor");
        if (strcmp(x->text, "UN") != 0)
            status = reader_name(&n, r, file, x->text, x->line, x->column, "actor", r->c->s.actors,
                                 actors);
        if (status != FUL_OK)
            return status;
        imposer[g->imposers++] = n;
    }
    g->imposer = imposer;
    return FUL_OK;
}

static ful_status read_regimes(reader *r, const yaml_node *root, const char *file,
                               const char *const **names)
{
    static const char *const keys[] = {"id", "name", "date", "imposers", NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *list, *date;
    ful_status status = reader_list(&list, r, file, root, "regimes", 1);
    ful_regime *regime = status == FUL_OK ? reader_take(r, (size_t)list->count, sizeof *regime) : NULL;
    const char **ids = status == FUL_OK ? reader_take(r, (size_t)list->count, sizeof *ids) : NULL;
    if (status != FUL_OK)
        return status;
    if (!regime || !ids)
        return FUL_ERR_MEMORY;
    for (const yaml_node *node = list->first; node; node = node->next) {
        ful_regime *g = &regime[s->regimes];
        status = reader_keys(r, file, node, keys);
        if (status == FUL_OK)
            status = reader_text(&g->id, r, file, node, "id");
        if (status == FUL_OK)
            status = reader_text(&g->name, r, file, node, "name");
        if (status == FUL_OK)
            status = reader_need(&date, r, file, node, "date");
        if (status == FUL_OK)
            status = reader_date(&g->date, r, file, date->text ? date->text : "", date->line,
                                 date->column);
        if (status == FUL_OK)
            status = read_imposers(g, r, node, file);
        if (status != FUL_OK)
            return status;
        ids[s->regimes++] = g->id;
    }
    s->regime = regime;
    *names = ids;
    return read_choice(&s->headline, r, file, root, "headline_regime", "regime", s->regimes, ids);
}

static ful_status read_leverage(reader *r, const yaml_node *root, const char *file)
{
    static const char *const keys[] = {"members", NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *map, *list;
    ful_status status = reader_need(&map, r, file, root, "leverage");
    if (status == FUL_OK)
        status = reader_keys(r, file, map, keys);
    if (status == FUL_OK)
        status = reader_list(&list, r, file, map, "members", 1);
    if (status == FUL_OK && list->count > 16)
        status = reader_refuse(r, file, list->line, list->column, "%d members, expected at most 16",
                               list->count);
    if (status != FUL_OK)
        return status;
    const char *const *actors = reader_actor_names(r);
    int *member = reader_take(r, (size_t)list->count, sizeof *member);
    if (!actors || !member)
        return FUL_ERR_MEMORY;
    for (const yaml_node *x = list->first; x; x = x->next) {
        int n = 0;
        if (x->kind != YAML_SCALAR)
            return reader_refuse(r, file, x->line, x->column, "expected an actor");
        status = reader_name(&n, r, file, x->text, x->line, x->column, "actor", s->actors, actors);
        if (status == FUL_OK && (n == s->target || n == s->sender))
            status = reader_refuse(r, file, x->line, x->column,
                                   "%s is the %s: members are partners and the enforcer", x->text,
                                   n == s->target ? "target" : "sender");
        for (int k = 0; status == FUL_OK && k < s->members; k++)
            if (member[k] == n)
                status = reader_refuse(r, file, x->line, x->column, "%s stands twice", x->text);
        if (status != FUL_OK)
            return status;
        member[s->members++] = n;
    }
    s->member = member;
    return FUL_OK;
}

/* ---- levers and packages --------------------------------------------------------------------------- */

static ful_status read_optional_parameter(ful_param *out, reader *r, const char *file,
                                          const yaml_node *map, const char *key)
{
    const yaml_node *node = yaml_get(map, key);
    *out = FUL_NO_PARAM;
    return node ? reader_parameter(out, r, file, node) : FUL_OK;
}

static ful_status read_optional_count(int *out, reader *r, const char *file, const yaml_node *map,
                                      const char *key, int otherwise, int low, int high)
{
    const yaml_node *node = yaml_get(map, key);
    double number = otherwise;
    const ful_status status = node ? reader_real(&number, r, file, node, low, high) : FUL_OK;
    *out = (int)number;
    if (status == FUL_OK && node && number != *out)
        return reader_refuse(r, file, node->line, node->column, "'%s' must be a whole number", key);
    return status;
}

static ful_status read_lifted(ful_case_lever *l, reader *r, const yaml_node *map, const char *file)
{
    const ful_situation *s = &r->c->s;
    const yaml_node *node = yaml_get(map, "lifts");
    l->lifts = -1;
    if (!node)
        return FUL_OK;
    const char **measures = reader_take(r, (size_t)s->measures + 1, sizeof *measures);
    if (!measures)
        return FUL_ERR_MEMORY;
    for (int k = 0; k < s->measures; k++)
        measures[k] = s->measure[k].law.id;
    ful_status status = reader_name(&l->lifts, r, file, node->text ? node->text : "", node->line,
                                    node->column, "measure", s->measures, measures);
    if (status == FUL_OK && s->measure[l->lifts].law.kind != FUL_MEASURE_TARIFF)
        status = reader_refuse(r, file, node->line, node->column,
                               "measure '%s' is no tariff: a lever lifts tariffs", node->text);
    return status;
}

static ful_status read_lever(ful_case_lever *l, reader *r, const yaml_node *node, const char *file)
{
    static const char *const keys[] = {"id", "name", "point", "contract", "duration", "value_e",
                                       "value_t", "cost_s", "withdrawal", "hazard", "troops", "lifts",
                                       NULL};
    static const char *const contracts[] = {"unconditional", "enforcement", "stage"};
    int contract = 0;
    ful_status status = reader_keys(r, file, node, keys);
    if (status == FUL_OK)
        status = reader_text(&l->id, r, file, node, "id");
    if (status == FUL_OK)
        status = reader_text(&l->name, r, file, node, "name");
    if (status == FUL_OK)
        status = read_choice(&contract, r, file, node, "contract", "contract", 3, contracts);
    if (status == FUL_OK)
        status = read_optional_count(&l->point, r, file, node, "point", 0, 1, 1000);
    if (status == FUL_OK)
        status = read_optional_count(&l->duration, r, file, node, "duration", 64, 1, 64);
    if (status == FUL_OK)
        status = read_optional_parameter(&l->value_e, r, file, node, "value_e");
    if (status == FUL_OK)
        status = read_optional_parameter(&l->value_t, r, file, node, "value_t");
    if (status == FUL_OK)
        status = read_optional_parameter(&l->cost_s, r, file, node, "cost_s");
    if (status == FUL_OK)
        status = read_optional_parameter(&l->withdrawal, r, file, node, "withdrawal");
    if (status == FUL_OK)
        status = read_optional_parameter(&l->hazard, r, file, node, "hazard");
    if (status == FUL_OK)
        status = read_lifted(l, r, node, file);
    const yaml_node *troops = yaml_get(node, "troops");
    l->troops = troops && troops->kind == YAML_SCALAR && strcmp(troops->text, "true") == 0;
    l->contract = (ful_contract)contract;
    return status;
}

static ful_status read_levers(reader *r, const yaml_node *root, const char *file,
                              const char *const **names)
{
    ful_situation *s = &r->c->s;
    const yaml_node *list;
    ful_status status = reader_list(&list, r, file, root, "levers", 0);
    if (status == FUL_OK && list->count > 16)
        status = reader_refuse(r, file, list->line, list->column, "%d levers, expected at most 16",
                               list->count);
    if (status != FUL_OK)
        return status;
    ful_case_lever *lever = reader_take(r, (size_t)list->count + 1, sizeof *lever);
    const char **ids = reader_take(r, (size_t)list->count + 1, sizeof *ids);
    if (!lever || !ids)
        return FUL_ERR_MEMORY;
    for (const yaml_node *node = list->first; node; node = node->next) {
        status = read_lever(&lever[s->levers], r, node, file);
        if (status != FUL_OK)
            return status;
        ids[s->levers] = lever[s->levers].id;
        s->levers++;
    }
    s->lever = lever;
    *names = ids;
    return FUL_OK;
}

static ful_status read_packages(reader *r, const yaml_node *root, const char *file,
                                const char *const *levers)
{
    static const char *const keys[] = {"id", "name", "levers", NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *list, *members;
    ful_status status = reader_list(&list, r, file, root, "packages", 1);
    ful_package *package = status == FUL_OK ? reader_take(r, (size_t)list->count, sizeof *package) : NULL;
    if (status != FUL_OK)
        return status;
    if (!package)
        return FUL_ERR_MEMORY;
    for (const yaml_node *node = list->first; node; node = node->next) {
        ful_package *p = &package[s->packages];
        status = reader_keys(r, file, node, keys);
        if (status == FUL_OK)
            status = reader_text(&p->id, r, file, node, "id");
        if (status == FUL_OK)
            status = reader_text(&p->name, r, file, node, "name");
        if (status == FUL_OK)
            status = reader_list(&members, r, file, node, "levers", 0);
        for (const yaml_node *x = status == FUL_OK ? members->first : NULL; x; x = x->next) {
            int l;
            status = reader_name(&l, r, file, x->text ? x->text : "", x->line, x->column, "lever",
                                 s->levers, levers);
            if (status != FUL_OK)
                return status;
            p->levers |= 1u << l;
        }
        if (status != FUL_OK)
            return status;
        s->packages++;
    }
    s->package = package;
    return FUL_OK;
}

/* ---- the game --------------------------------------------------------------------------------------- */

static ful_status read_levels(reader *r, const yaml_node *game, const char *file)
{
    ful_case_game *g = &r->c->s.game;
    const yaml_node *list;
    ful_status status = reader_list(&list, r, file, game, "levels", 2);
    if (status == FUL_OK && list->count > 8)
        status = reader_refuse(r, file, list->line, list->column, "%d levels, expected at most 8",
                               list->count);
    double *level = status == FUL_OK ? reader_take(r, (size_t)list->count, sizeof *level) : NULL;
    if (status != FUL_OK)
        return status;
    if (!level)
        return FUL_ERR_MEMORY;
    for (const yaml_node *x = list->first; x; x = x->next) {
        status = reader_real(&level[g->levels], r, file, x, 0, 1);
        if (status == FUL_OK && g->levels > 0 && level[g->levels] <= level[g->levels - 1])
            status = reader_refuse(r, file, x->line, x->column, "levels must ascend");
        if (status != FUL_OK)
            return status;
        g->levels++;
    }
    g->level = level;
    return FUL_OK;
}

/* The start on the grid: the nearest level to what the case states. */
static ful_status read_start(reader *r, const yaml_node *game, const char *file)
{
    const ful_situation *s = &r->c->s;
    ful_case_game *g = &r->c->s.game;
    const yaml_node *map, *node;
    ful_status status = reader_need(&map, r, file, game, "start_enforcement");
    int *start = status == FUL_OK ? reader_take(r, (size_t)s->groups, sizeof *start) : NULL;
    const char **keys = status == FUL_OK ? reader_take(r, (size_t)s->groups + 1, sizeof *keys) : NULL;
    if (status != FUL_OK)
        return status;
    if (!start || !keys)
        return FUL_ERR_MEMORY;
    for (int k = 0; k < s->groups; k++)
        keys[k] = s->group[k].id;
    status = reader_keys(r, file, map, keys);
    for (int k = 0; status == FUL_OK && k < s->groups; k++) {
        double e;
        status = reader_need(&node, r, file, map, keys[k]);
        if (status == FUL_OK)
            status = reader_real(&e, r, file, node, 0, 1);
        for (int l = 0; status == FUL_OK && l < g->levels; l++) {
            const double there = g->level[l] - e, here = g->level[start[k]] - e;
            if (there * there < here * here)
                start[k] = l;
        }
    }
    g->start_level = start;
    return status;
}

static const char *const symbols[] = {
#define SYMBOL(symbol, unit, meaning) "game." #symbol,
    FUL_BARGAIN_PARAMETERS(SYMBOL)
#undef SYMBOL
};

static ful_status read_numbers(reader *r, const yaml_node *game, const char *file)
{
    const int count = (int)(sizeof symbols / sizeof *symbols);
    ful_param *index = reader_take(r, (size_t)count, sizeof *index);
    if (!index)
        return FUL_ERR_MEMORY;
    for (int k = 0; k < count; k++) {
        index[k] = FUL_NO_PARAM;
        for (int q = 0; q < r->parameters; q++)
            if (strcmp(r->parameter[q].id, symbols[k]) == 0)
                index[k] = q;
        if (index[k] == FUL_NO_PARAM)
            return reader_refuse(r, file, game->line, game->column,
                                 "the game needs the parameter '%s': add it to parameters.csv",
                                 symbols[k]);
    }
    r->c->s.game.parameter = index;
    r->c->s.game.adaptation = FUL_NO_PARAM;
    for (int q = 0; q < r->parameters; q++)
        if (strcmp(r->parameter[q].id, "hubs.adaptation") == 0)
            r->c->s.game.adaptation = q;
    return FUL_OK;
}

static ful_status read_game(reader *r, const yaml_node *root, const char *file,
                            const char *const *regimes)
{
    static const char *const keys[] = {"start", "horizon", "levels", "start_stage",
                                       "start_enforcement", "base_regime", "pressure_regime",
                                       "dismantle_periods", "settle_periods", "stress_steps",
                                       "adaptation_steps", NULL};
    static const char *const stages[] = {"armed", "frozen", "dismantling", "dismantled", "restarted"};
    ful_situation *s = &r->c->s;
    ful_case_game *g = &s->game;
    const yaml_node *game, *start;
    int stage = 0;
    ful_status status = reader_need(&game, r, file, root, "game");
    if (status == FUL_OK)
        status = reader_keys(r, file, game, keys);
    if (status == FUL_OK)
        status = reader_need(&start, r, file, game, "start");
    if (status == FUL_OK)
        status = reader_date(&g->start, r, file, start->text ? start->text : "", start->line,
                             start->column);
    if (status == FUL_OK)
        status = read_optional_count(&g->horizon, r, file, game, "horizon", 8, 1, 64);
    if (status == FUL_OK)
        status = read_optional_count(&g->dismantle_periods, r, file, game, "dismantle_periods",
                                     DISMANTLE_PERIODS, 1, 8);
    if (status == FUL_OK)
        status = read_optional_count(&g->settle_periods, r, file, game, "settle_periods",
                                     SETTLE_PERIODS, 1, 8);
    if (status == FUL_OK)
        status = read_optional_count(&g->stress_steps, r, file, game, "stress_steps", STRESS_STEPS, 1, 4);
    if (status == FUL_OK)
        status = read_optional_count(&g->adaptation_steps, r, file, game, "adaptation_steps",
                                     ADAPTATION_STEPS, 1, 4);
    if (status == FUL_OK)
        status = read_choice(&stage, r, file, game, "start_stage", "stage", 5, stages);
    g->start_stage = (ful_stage)stage;
    if (status == FUL_OK)
        status = read_choice(&g->base_regime, r, file, game, "base_regime", "regime", s->regimes,
                             regimes);
    if (status == FUL_OK)
        status = read_choice(&g->pressure_regime, r, file, game, "pressure_regime", "regime",
                             s->regimes, regimes);
    if (status == FUL_OK)
        status = read_levels(r, game, file);
    if (status == FUL_OK)
        status = read_start(r, game, file);
    return status == FUL_OK ? read_numbers(r, game, file) : status;
}

ful_status reader_play(reader *r, const yaml_node *root, const char *file)
{
    const char *const *regimes, *const *levers;
    ful_status status = read_regimes(r, root, file, &regimes);
    if (status == FUL_OK)
        status = read_leverage(r, root, file);
    if (status == FUL_OK)
        status = read_levers(r, root, file, &levers);
    if (status == FUL_OK)
        status = read_packages(r, root, file, levers);
    return status == FUL_OK ? read_game(r, root, file, regimes) : status;
}
