/* SPDX-License-Identifier: MIT */
/* case.yaml, first half: actors, sectors, groups, economy, households. */
#include "case/reader.h"

#include <math.h>
#include <string.h>

#define MOST_ACTORS 512
#define MOST_SECTORS 512

/* ---- actors, sectors, groups ---- */

static void check_actor_id(reader *r, const yaml_node *node, const char *id)
{
    static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (!reader_ok(r))
        return;
    const place at = at_node(ful__yaml_get(node, "id"));
    if (strcmp(id, "x-rest") == 0)
        ful__case_refuse(r, at, "'x-rest' is taken: it names the partners that leverage pools");
    else if (strncmp(id, "x-", 2) == 0 && id[2] != '\0')
        ful__case_check_id(r, at, id);
    else if (strlen(id) != 3 || strspn(id, capitals) != 3)
        ful__case_refuse(
            r, at,
            "'%.60s' is no actor's id: expected three capitals (ISO 3166-1 alpha-3) or "
            "x-name",
            id);
}

static void read_actors(reader *r, const yaml_node *root)
{
    static const char *const keys[] = {"id", "name", "role", NULL};
    static const char *const roles[] = {"sender", "enforcer", "target", "partner", NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *list = ful__node_list(r, root, "actors", 3, MOST_ACTORS);
    ful_actor *actor = list ? ful__case_take(r, (size_t)list->count, sizeof *actor) : NULL;
    int held[3] = {-1, -1, -1};
    if (!actor)
        return;
    for (const yaml_node *node = list->first; reader_ok(r) && node; node = node->next) {
        ful_actor *a = &actor[s->actors];
        ful__node_keys(r, node, keys);
        a->id = ful__node_id(r, node, &r->actors);
        check_actor_id(r, node, a->id);
        a->name = ful__node_text(r, node, "name");
        a->role = (ful_role)ful__node_word(r, node, "role", roles);
        if (a->role != FUL_PARTNER && held[a->role] >= 0)
            ful__case_refuse(
                r, at_node(node),
                "a second %s beside %s: a case has one sender, one enforcer, one target",
                roles[a->role], actor[held[a->role]].id);
        if (a->role != FUL_PARTNER)
            held[a->role] = s->actors;
        s->actors++;
    }
    for (int k = 0; k < 3; k++)
        if (held[k] < 0)
            ful__case_refuse(r, at_node(list), "no actor has the role %s", roles[k]);
    s->actor = actor;
    s->sender = held[FUL_SENDER];
    s->enforcer = held[FUL_ENFORCER];
    s->target = held[FUL_TARGET];
}

static void read_sectors(reader *r, const yaml_node *root)
{
    static const char *const keys[] = {"id", "name", "theta", "service", NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *list = ful__node_list(r, root, "sectors", 1, MOST_SECTORS);
    ful_sector *sector = list ? ful__case_take(r, (size_t)list->count, sizeof *sector) : NULL;
    if (!sector)
        return;
    for (const yaml_node *node = list->first; reader_ok(r) && node; node = node->next) {
        ful_sector *x = &sector[s->sectors++];
        ful__node_keys(r, node, keys);
        x->id = ful__node_id(r, node, &r->sectors);
        x->name = ful__node_text(r, node, "name");
        ful__node_need(r, node, "theta");
        x->theta = ful__node_parameter(r, node, "theta");
        x->service = ful__node_flag(r, node, "service");
    }
    s->sector = sector;
}

/* The sectors of a group; a sector is in one group of a side at most. */
static unsigned char *read_members(reader *r, const yaml_node *node, const ful_group *group,
                                   int side)
{
    const ful_situation *s = &r->c->s;
    const yaml_node *list = ful__node_list(r, node, "sectors", 1, s->sectors);
    unsigned char *mask = list ? ful__case_take(r, (size_t)s->sectors, 1) : NULL;
    for (const yaml_node *x = mask ? list->first : NULL; reader_ok(r) && x; x = x->next) {
        const int j = ful__node_item(r, x, &r->sectors);
        if (mask[j])
            ful__case_refuse(r, at_node(x), "sector '%s' stands twice", x->text);
        for (int k = 0; k < s->groups; k++)
            if (group[k].exports == side && group[k].sector[j])
                ful__case_refuse(r, at_node(x), "sector '%s' is in group '%s' already", x->text,
                                 group[k].id);
        mask[j] = 1;
    }
    return mask;
}

static void read_groups(reader *r, const yaml_node *root)
{
    static const char *const keys[] = {"id", "name", "flow", "sectors", NULL};
    static const char *const sides[] = {"imports", "exports", NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *list = ful__node_list(r, root, "groups", 1, FUL_BARGAIN_MAX_GROUPS);
    ful_group *group = list ? ful__case_take(r, (size_t)list->count, sizeof *group) : NULL;
    if (!group)
        return;
    for (const yaml_node *node = list->first; reader_ok(r) && node; node = node->next) {
        ful_group *g = &group[s->groups];
        ful__node_keys(r, node, keys);
        g->id = ful__node_id(r, node, &r->groups);
        g->name = ful__node_text(r, node, "name");
        g->exports = ful__node_word(r, node, "flow", sides);
        g->sector = read_members(r, node, group, g->exports);
        s->groups++;
    }
    s->group = group;
}

/* ---- economy and households ---- */

/* `actors` of the economy: what single actors have of their own. */
static void read_own_economies(reader *r, const yaml_node *map)
{
    static const char *const keys[] = {"kappa", "sigma_f", "sigma_m", "sigma_v", NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *actors = reader_ok(r) ? ful__yaml_get(map, "actors") : NULL;
    if (!actors)
        return;
    if (actors->kind != YAML_MAP)
        ful__case_refuse(r, at_node(actors), "'actors' must be a map of actors and parameters");
    ful_actor_economy *own = ful__case_take(r, (size_t)s->actors, sizeof *own);
    for (int n = 0; own && n < s->actors; n++)
        own[n] = (ful_actor_economy){FUL_NO_PARAM, FUL_NO_PARAM, FUL_NO_PARAM, FUL_NO_PARAM};
    for (const yaml_node *x = actors->first; reader_ok(r) && x; x = x->next) {
        const int n = ful__case_name(r, at_key(x), x->key, &r->actors);
        ful__node_keys(r, x, keys);
        if (reader_ok(r))
            own[n] = (ful_actor_economy){
                ful__node_parameter(r, x, "kappa"), ful__node_parameter(r, x, "sigma_f"),
                ful__node_parameter(r, x, "sigma_m"), ful__node_parameter(r, x, "sigma_v")};
    }
    s->own = own;
}

static void read_economy(reader *r, const yaml_node *root)
{
    static const char *const keys[] = {"closure", "kappa",       "sigma_f", "sigma_m",
                                       "sigma_v", "actors",      "phi",     "finance_limit",
                                       "size",    "enforcement", NULL};
    static const char *const closures[] = {"fixed", "zero", "financed", NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *map = ful__node_need(r, root, "economy");
    if (!map)
        return;
    ful__node_keys(r, map, keys);
    s->closure = (ful_closure)ful__node_word(r, map, "closure", closures);
    s->kappa = ful__node_parameter(r, map, "kappa");
    s->sigma_f = ful__node_parameter(r, map, "sigma_f");
    s->sigma_m = ful__node_parameter(r, map, "sigma_m");
    s->sigma_v = ful__node_parameter(r, map, "sigma_v");
    read_own_economies(r, map);
    s->phi = ful__node_parameter(r, map, "phi");
    s->finance_limit = ful__node_parameter(r, map, "finance_limit");
    s->size = ful__node_parameter(r, map, "size");
    s->leverage_level = ful__node_number(r, ful__node_need(r, map, "enforcement"), 0, 1);
}

/* A map of sectors and shares, over what stands in `share`. */
static void read_by_sector(double *share, reader *r, const yaml_node *map)
{
    if (map->kind != YAML_MAP)
        ful__case_refuse(r, at_node(map), "'%s' must be a map of sectors and shares", map->key);
    for (const yaml_node *x = map->first; reader_ok(r) && x; x = x->next) {
        const int j = ful__case_name(r, at_key(x), x->key, &r->sectors);
        const double value = ful__node_number(r, x, 0, 1);
        if (reader_ok(r))
            share[j] = value;
    }
}

/* A number between 0 and 1, or `otherwise` where it is not given. */
static double read_share(reader *r, const yaml_node *map, const char *key, double otherwise)
{
    const yaml_node *node = ful__yaml_get(map, key);
    return node ? ful__node_number(r, node, 0, 1) : otherwise;
}

/* What the owner has: of each sector, of revenue, of the transfer; the other household takes the
 * rest. */
static void read_shares(ful_household *h, double *share, reader *r, const yaml_node *map)
{
    const yaml_node *shares = ful__yaml_get(map, "shares");
    const double otherwise = read_share(r, map, "default", 0);
    for (int j = 0; j < r->c->s.sectors; j++)
        share[j] = otherwise;
    if (shares)
        read_by_sector(share, r, shares);
    h->revenue = read_share(r, map, "revenue", otherwise);
    h->transfer = read_share(r, map, "transfer", otherwise);
}

/* Shares of spending, which sum to 1. */
static void read_basket(ful_household *h, reader *r, const yaml_node *map)
{
    const yaml_node *node = reader_ok(r) ? ful__yaml_get(map, "basket") : NULL;
    double *basket = node ? ful__case_take(r, (size_t)r->c->s.sectors, sizeof *basket) : NULL;
    double sum = 0;
    if (!basket)
        return;
    read_by_sector(basket, r, node);
    for (int j = 0; j < r->c->s.sectors; j++)
        sum += basket[j];
    if (!(fabs(sum - 1) <= 1e-6))
        ful__case_refuse(r, at_node(node), "the shares of this basket sum to %g, expected 1", sum);
    for (int j = 0; j < r->c->s.sectors; j++)
        basket[j] /= sum;
    h->basket = basket;
}

/* Draws of the scale must leave each household between nothing and all. */
static void check_scale(reader *r, const yaml_node *node, const ful_household *h)
{
    if (!reader_ok(r) || h->scale == FUL_NO_PARAM)
        return;
    const ful_parameter *q = &r->parameter[h->scale];
    const int J = r->c->s.sectors, drawn = q->distribution != FUL_FIXED;
    for (int k = 0; k < J + 2; k++) {
        const double share = k < J ? h->share[k] : k == J ? h->revenue : h->transfer;
        if (share * (drawn ? q->high : q->value) > 1 || (drawn ? q->low : q->value) < 0 ||
            q->distribution == FUL_LOGNORMAL)
            ful__case_refuse(r, at_node(node),
                             "'%s' times the share of %s%s (%g) leaves 0..1 within its range",
                             q->id, k < J ? "sector " : "the ",
                             k < J    ? r->c->s.sector[k].id
                             : k == J ? "revenue"
                                      : "transfer",
                             share);
    }
}

static void read_households(reader *r, const yaml_node *root)
{
    static const char *const keys[] = {"id",       "name",   "shares", "default", "revenue",
                                       "transfer", "basket", "scale",  "rest",    NULL};
    ful_situation *s = &r->c->s;
    if (!reader_ok(r) || !ful__yaml_get(root, "households"))
        return;
    const yaml_node *list = ful__node_list(r, root, "households", 2, 2);
    ful_household *household = list ? ful__case_take(r, 2, sizeof *household) : NULL;
    int rests = 0;
    for (const yaml_node *node = household ? list->first : NULL; node; node = node->next) {
        ful_household *h = &household[s->households];
        double *share = ful__case_take(r, (size_t)s->sectors, sizeof *share);
        if (!share)
            return;
        h->share = share;
        ful__node_keys(r, node, keys);
        h->id = ful__node_id(r, node, &r->households);
        h->name = ful__node_text(r, node, "name");
        h->scale = ful__node_parameter(r, node, "scale");
        h->rest = ful__node_flag(r, node, "rest");
        rests += h->rest;
        if (reader_ok(r) && !h->rest)
            read_shares(h, share, r, node);
        read_basket(h, r, node);
        if (reader_ok(r) && h->basket && s->households > 0 && household[0].basket)
            ful__case_refuse(r, at_node(ful__yaml_get(node, "basket")),
                             "one household has a basket, the other buys what is left");
        check_scale(r, node, h);
        s->households++;
    }
    if (list && rests != 1)
        ful__case_refuse(r, at_node(list), "exactly one of the two households has 'rest: true'");
    s->household = household;
}

void ful__case_outline(reader *r, const yaml_node *root)
{
    static const char *const keys[] = {
        "fulcrum",  "id",     "title",    "question",   "base_year", "actors",
        "sectors",  "groups", "economy",  "households", "regimes",   "headline_regime",
        "leverage", "levers", "packages", "game",       "record",    NULL};
    ful_situation *s = &r->c->s;
    ful__node_whole(r, root, "fulcrum", 1, 1, NODE_NEEDED);
    if (reader_ok(r))
        ful__node_keys(r, root, keys);
    s->id = ful__node_text(r, root, "id");
    if (reader_ok(r))
        ful__case_check_id(r, at_node(ful__yaml_get(root, "id")), s->id);
    s->title = ful__node_text(r, root, "title");
    s->question = ful__node_text(r, root, "question");
    s->base_year = ful__node_whole(r, root, "base_year", 1900, 2200, NODE_NEEDED);
    read_actors(r, root);
    read_sectors(r, root);
    read_groups(r, root);
    read_economy(r, root);
    read_households(r, root);
}
