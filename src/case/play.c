/* SPDX-License-Identifier: MIT */
/* case.yaml, second half: regimes, leverage, levers and packages. */
#include "case/reader.h"

#include <string.h>

#define MOST_REGIMES 64
#define MOST_MEMBERS 16
#define MOST_PACKAGES 256

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

/* The tariff that a lever lifts, or a penalty imposes. */
static int read_lifted(reader *r, const yaml_node *node)
{
    const ful_situation *s = &r->c->s;
    if (!reader_ok(r) || !ful__yaml_get(node, "lifts"))
        return -1;
    const int m = ful__node_name(r, node, "lifts", &r->measures);
    if (reader_ok(r) && s->measure[m].law.kind != FUL_MEASURE_TARIFF)
        ful__case_refuse(r, at_node(ful__yaml_get(node, "lifts")),
                         "measure '%s' is no tariff: a lever lifts tariffs", s->measure[m].law.id);
    return m;
}

static void read_lever(ful_case_lever *l, reader *r, const yaml_node *node)
{
    static const char *const keys[] = {
        "id",      "name",    "point",  "contract",   "to",     "standing", "stick", "duration",
        "value_e", "value_t", "cost_s", "withdrawal", "hazard", "troops",   "lifts", NULL};
    static const char *const contracts[] = {"unconditional", "enforcement", "stage", "penalty",
                                            NULL};
    ful__node_keys(r, node, keys);
    l->id = ful__node_id(r, node, &r->levers);
    l->name = ful__node_text(r, node, "name");
    l->point = ful__node_whole(r, node, "point", 1, 1000, 0);
    l->contract = (ful_contract)ful__node_word(r, node, "contract", contracts);
    l->enforcer =
        reader_ok(r) && ful__yaml_get(node, "to") ? ful__node_enforcer(r, node, "to") : FUL_E;
    l->standing = ful__node_flag(r, node, "standing");
    l->stick = ful__node_flag(r, node, "stick");
    l->duration =
        ful__node_whole(r, node, "duration", 1, FUL_BARGAIN_MAX_HORIZON, FUL_BARGAIN_MAX_HORIZON);
    l->value_e = ful__node_parameter(r, node, "value_e");
    l->value_t = ful__node_parameter(r, node, "value_t");
    l->cost_s = ful__node_parameter(r, node, "cost_s");
    l->withdrawal = ful__node_parameter(r, node, "withdrawal");
    l->hazard = ful__node_parameter(r, node, "hazard");
    l->troops = ful__node_flag(r, node, "troops");
    l->lifts = read_lifted(r, node);
    if (reader_ok(r) && l->standing && l->withdrawal != FUL_NO_PARAM)
        ful__case_refuse(r, at_key(ful__yaml_get(node, "withdrawal")),
                         "a standing lever cannot be withdrawn: leave 'withdrawal' out");
}

static void read_levers(reader *r, const yaml_node *root)
{
    ful_situation *s = &r->c->s;
    const yaml_node *list = ful__node_list(r, root, "levers", 0, FUL_BARGAIN_MAX_LEVERS);
    ful_case_lever *lever = list ? ful__case_take(r, (size_t)list->count + 1, sizeof *lever) : NULL;
    for (const yaml_node *node = lever ? list->first : NULL; reader_ok(r) && node;
         node = node->next)
        read_lever(&lever[s->levers++], r, node);
    s->lever = lever;
}

/* The bit of a lever that a package offers beside those in `before`. */
static unsigned read_offer(unsigned before, reader *r, const yaml_node *item)
{
    const int l = ful__node_item(r, item, &r->levers);
    if (!reader_ok(r))
        return 0;
    if (before >> l & 1)
        ful__case_refuse(r, at_node(item), "lever '%s' stands twice", item->text);
    else if (r->c->s.lever[l].stick)
        ful__case_refuse(r, at_node(item), "'%s' is a stick: a package is made of offers",
                         item->text);
    return 1u << l;
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
        const yaml_node *members = ful__node_list(r, node, "levers", 0, FUL_BARGAIN_MAX_LEVERS);
        for (const yaml_node *x = members ? members->first : NULL; reader_ok(r) && x; x = x->next)
            p->levers |= read_offer(p->levers, r, x);
    }
    s->package = package;
}

void ful__case_play(reader *r, const yaml_node *root)
{
    read_regimes(r, root);
    read_leverage(r, root);
    ful__case_players(r, root);
    read_levers(r, root);
    read_packages(r, root);
}
