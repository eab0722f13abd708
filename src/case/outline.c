/* SPDX-License-Identifier: MIT */
/* case.yaml, first half: actors, sectors, groups, economy, households; and YAML with a schema. */
#include "case/reader.h"

#include <string.h>

/* ---- YAML with a schema -------------------------------------------------------------------------- */

ful_status reader_need(const yaml_node **out, reader *r, const char *file, const yaml_node *map,
                       const char *key)
{
    *out = map->kind == YAML_MAP ? yaml_get(map, key) : NULL;
    if (!*out)
        return reader_refuse(r, file, map->line, map->column, "key '%s' is missing here", key);
    return FUL_OK;
}

ful_status reader_keys(reader *r, const char *file, const yaml_node *map, const char *const *known)
{
    if (map->kind != YAML_MAP)
        return reader_refuse(r, file, map->line, map->column, "expected a map of keys and values");
    int count = 0, index;
    while (known[count])
        count++;
    for (const yaml_node *child = map->first; child; child = child->next) {
        const ful_status status = reader_name(&index, r, file, child->key, child->key_line,
                                              child->key_column, "key", count, known);
        if (status != FUL_OK)
            return status;
    }
    return FUL_OK;
}

ful_status reader_text(const char **out, reader *r, const char *file, const yaml_node *map,
                       const char *key)
{
    const yaml_node *node;
    const ful_status status = reader_need(&node, r, file, map, key);
    if (status != FUL_OK)
        return status;
    if (node->kind != YAML_SCALAR || !*node->text)
        return reader_refuse(r, file, node->line, node->column, "'%s' must be a text", key);
    *out = node->text;
    return FUL_OK;
}

ful_status reader_real(double *out, reader *r, const char *file, const yaml_node *node, double low,
                       double high)
{
    if (node->kind != YAML_SCALAR)
        return reader_refuse(r, file, node->line, node->column, "expected a number");
    return reader_number(out, r, file, node->text, node->line, node->column,
                         node->key ? node->key : "number", low, high);
}

ful_status reader_list(const yaml_node **out, reader *r, const char *file, const yaml_node *map,
                       const char *key, int least)
{
    const ful_status status = reader_need(out, r, file, map, key);
    if (status != FUL_OK)
        return status;
    if ((*out)->kind != YAML_LIST || (*out)->count < least)
        return reader_refuse(r, file, (*out)->line, (*out)->column,
                             "'%s' must be a list of %d or more", key, least);
    return FUL_OK;
}

/* A word of one of `count`. */
static ful_status read_word(int *out, reader *r, const char *file, const yaml_node *map,
                            const char *key, int count, const char *const *words)
{
    const yaml_node *node;
    ful_status status = reader_need(&node, r, file, map, key);
    if (status == FUL_OK && node->kind != YAML_SCALAR)
        status = reader_refuse(r, file, node->line, node->column, "'%s' must be a word", key);
    return status == FUL_OK ? reader_name(out, r, file, node->text, node->line, node->column, key,
                                          count, words)
                            : status;
}

/* ---- ids ----------------------------------------------------------------------------------------- */

static int is_actor_id(const char *id)
{
    if (strncmp(id, "x-", 2) == 0)
        return id[2] != '\0' && id[2 + strspn(id + 2, "abcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0';
    return strlen(id) == 3 && strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static int is_id(const char *id)
{
    return *id && strlen(id) < 48 &&
           id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0';
}

static ful_status check_id(reader *r, const char *file, const yaml_node *map, const char *id,
                           int actor)
{
    const yaml_node *node = yaml_get(map, "id");
    if (actor ? is_actor_id(id) : is_id(id))
        return FUL_OK;
    return reader_refuse(r, file, node->line, node->column, "'%.60s' is no id: expected %s", id,
                         actor ? "three capitals (ISO 3166-1 alpha-3) or x-name"
                               : "lower case letters, digits, - and _");
}

static ful_status refuse_twice(reader *r, const char *file, const yaml_node *map, const char *id)
{
    const yaml_node *node = yaml_get(map, "id");
    return reader_refuse(r, file, node->line, node->column, "'%s' stands twice", id);
}

/* ---- actors, sectors, groups ---------------------------------------------------------------------- */

static ful_status read_actors(reader *r, const yaml_node *root, const char *file)
{
    static const char *const keys[] = {"id", "name", "role", NULL};
    static const char *const roles[] = {"sender", "enforcer", "target", "partner"};
    ful_situation *s = &r->c->s;
    const yaml_node *list;
    ful_status status = reader_list(&list, r, file, root, "actors", 3);
    ful_actor *actor = status == FUL_OK ? reader_take(r, (size_t)list->count, sizeof *actor) : NULL;
    if (status != FUL_OK)
        return status;
    if (!actor)
        return FUL_ERR_MEMORY;
    int held[4] = {0};
    for (const yaml_node *node = list->first; node; node = node->next) {
        ful_actor *a = &actor[s->actors];
        int role = 0;
        status = reader_keys(r, file, node, keys);
        if (status == FUL_OK)
            status = reader_text(&a->id, r, file, node, "id");
        if (status == FUL_OK)
            status = check_id(r, file, node, a->id, 1);
        if (status == FUL_OK)
            status = reader_text(&a->name, r, file, node, "name");
        if (status == FUL_OK)
            status = read_word(&role, r, file, node, "role", 4, roles);
        for (int k = 0; status == FUL_OK && k < s->actors; k++)
            if (strcmp(actor[k].id, a->id) == 0)
                status = refuse_twice(r, file, node, a->id);
        if (status != FUL_OK)
            return status;
        a->role = (ful_role)role;
        if (role != FUL_PARTNER && held[role]++)
            return reader_refuse(r, file, node->line, node->column,
                                 "a second %s: a case has one sender, one enforcer, one target",
                                 roles[role]);
        if (role == FUL_SENDER)
            s->sender = s->actors;
        if (role == FUL_ENFORCER)
            s->enforcer = s->actors;
        if (role == FUL_TARGET)
            s->target = s->actors;
        s->actors++;
    }
    s->actor = actor;
    for (int k = 0; k < 3; k++)
        if (!held[k])
            return reader_refuse(r, file, list->line, list->column, "no actor has the role %s",
                                 roles[k]);
    return FUL_OK;
}

static ful_status read_sectors(reader *r, const yaml_node *root, const char *file)
{
    static const char *const keys[] = {"id", "name", "theta", "service", NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *list, *theta;
    ful_status status = reader_list(&list, r, file, root, "sectors", 1);
    ful_sector *sector = status == FUL_OK ? reader_take(r, (size_t)list->count, sizeof *sector) : NULL;
    if (status != FUL_OK)
        return status;
    if (!sector)
        return FUL_ERR_MEMORY;
    for (const yaml_node *node = list->first; node; node = node->next) {
        ful_sector *x = &sector[s->sectors];
        status = reader_keys(r, file, node, keys);
        if (status == FUL_OK)
            status = reader_text(&x->id, r, file, node, "id");
        if (status == FUL_OK)
            status = check_id(r, file, node, x->id, 0);
        if (status == FUL_OK)
            status = reader_text(&x->name, r, file, node, "name");
        if (status == FUL_OK)
            status = reader_need(&theta, r, file, node, "theta");
        if (status == FUL_OK)
            status = reader_parameter(&x->theta, r, file, theta);
        if (status == FUL_OK && !(r->parameter[x->theta].low > 0))
            status = reader_refuse(r, file, theta->line, theta->column,
                                   "low of '%s' is %g: a trade elasticity is above 0", theta->text,
                                   r->parameter[x->theta].low);
        for (int k = 0; status == FUL_OK && k < s->sectors; k++)
            if (strcmp(sector[k].id, x->id) == 0)
                status = refuse_twice(r, file, node, x->id);
        if (status != FUL_OK)
            return status;
        const yaml_node *service = yaml_get(node, "service");
        x->service = service && service->kind == YAML_SCALAR && strcmp(service->text, "true") == 0;
        s->sectors++;
    }
    s->sector = sector;
    return FUL_OK;
}

static ful_status read_groups(reader *r, const yaml_node *root, const char *file)
{
    static const char *const keys[] = {"id", "name", "flow", "sectors", NULL};
    static const char *const sides[] = {"exports", "imports"};
    ful_situation *s = &r->c->s;
    const yaml_node *list, *members;
    ful_status status = reader_list(&list, r, file, root, "groups", 1);
    if (status == FUL_OK && list->count > FUL_BARGAIN_MAX_GROUPS)
        status = reader_refuse(r, file, list->line, list->column, "%d groups, expected at most %d",
                               list->count, FUL_BARGAIN_MAX_GROUPS);
    ful_group *group = status == FUL_OK ? reader_take(r, (size_t)list->count, sizeof *group) : NULL;
    const char *const *sectors = reader_sector_names(r);
    if (status != FUL_OK)
        return status;
    if (!group || !sectors)
        return FUL_ERR_MEMORY;
    for (const yaml_node *node = list->first; node; node = node->next) {
        ful_group *g = &group[s->groups];
        unsigned char *mask = reader_take(r, (size_t)s->sectors, 1);
        int side = 0;
        if (!mask)
            return FUL_ERR_MEMORY;
        status = reader_keys(r, file, node, keys);
        if (status == FUL_OK)
            status = reader_text(&g->id, r, file, node, "id");
        if (status == FUL_OK)
            status = check_id(r, file, node, g->id, 0);
        if (status == FUL_OK)
            status = reader_text(&g->name, r, file, node, "name");
        if (status == FUL_OK)
            status = read_word(&side, r, file, node, "flow", 2, sides);
        if (status == FUL_OK)
            status = reader_list(&members, r, file, node, "sectors", 1);
        for (const yaml_node *m = status == FUL_OK ? members->first : NULL; m; m = m->next) {
            int j;
            status = m->kind == YAML_SCALAR
                         ? reader_name(&j, r, file, m->text, m->line, m->column, "sector", s->sectors,
                                       sectors)
                         : reader_refuse(r, file, m->line, m->column, "expected a sector");
            if (status != FUL_OK)
                return status;
            for (int k = 0; k < s->groups; k++)
                if (group[k].exports == (side == 0) && group[k].sector[j])
                    return reader_refuse(r, file, m->line, m->column,
                                         "sector '%s' is in group '%s' already", m->text, group[k].id);
            mask[j] = 1;
        }
        if (status != FUL_OK)
            return status;
        g->exports = side == 0;
        g->sector = mask;
        s->groups++;
    }
    s->group = group;
    return FUL_OK;
}

/* ---- economy and households ------------------------------------------------------------------------ */

/* An optional parameter of a map. */
static ful_status read_param(ful_param *out, reader *r, const char *file, const yaml_node *map,
                             const char *key)
{
    const yaml_node *node = yaml_get(map, key);
    *out = FUL_NO_PARAM;
    return node ? reader_parameter(out, r, file, node) : FUL_OK;
}

static ful_status read_economy(reader *r, const yaml_node *root, const char *file)
{
    static const char *const keys[] = {"closure", "kappa", "phi", "finance_limit", "size",
                                       "enforcement", NULL};
    static const char *const closures[] = {"fixed", "zero", "financed"};
    ful_situation *s = &r->c->s;
    const yaml_node *map, *level;
    int closure = 0;
    ful_status status = reader_need(&map, r, file, root, "economy");
    if (status == FUL_OK)
        status = reader_keys(r, file, map, keys);
    if (status == FUL_OK)
        status = read_word(&closure, r, file, map, "closure", 3, closures);
    if (status == FUL_OK)
        status = read_param(&s->kappa, r, file, map, "kappa");
    if (status == FUL_OK)
        status = read_param(&s->phi, r, file, map, "phi");
    if (status == FUL_OK)
        status = read_param(&s->finance_limit, r, file, map, "finance_limit");
    if (status == FUL_OK)
        status = read_param(&s->size, r, file, map, "size");
    if (status == FUL_OK)
        status = reader_need(&level, r, file, map, "enforcement");
    if (status == FUL_OK)
        status = reader_real(&s->leverage_level, r, file, level, 0, 1);
    s->closure = (ful_closure)closure;
    return status;
}

/* The owner's shares by sector; the other household takes the rest. */
static ful_status read_shares(double *share, reader *r, const yaml_node *map, const char *file)
{
    const ful_situation *s = &r->c->s;
    const yaml_node *shares = yaml_get(map, "shares"), *other = yaml_get(map, "default");
    const char *const *sectors = reader_sector_names(r);
    double rest = 0;
    ful_status status = other ? reader_real(&rest, r, file, other, 0, 1) : FUL_OK;
    if (!sectors)
        return FUL_ERR_MEMORY;
    for (int j = 0; j < s->sectors; j++)
        share[j] = rest;
    if (status == FUL_OK && shares && shares->kind != YAML_MAP)
        status = reader_refuse(r, file, shares->line, shares->column, "'shares' must be a map");
    for (const yaml_node *x = status == FUL_OK && shares ? shares->first : NULL; x; x = x->next) {
        int j;
        status = reader_name(&j, r, file, x->key, x->key_line, x->key_column, "sector", s->sectors,
                             sectors);
        if (status == FUL_OK)
            status = reader_real(&share[j], r, file, x, 0, 1);
        if (status != FUL_OK)
            break;
    }
    return status;
}

static ful_status read_households(reader *r, const yaml_node *root, const char *file)
{
    static const char *const keys[] = {"id", "name", "weight", "shares", "default", "scale", "rest", NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *list = yaml_get(root, "households");
    if (!list)
        return FUL_OK;
    if (list->kind != YAML_LIST || list->count != 2)
        return reader_refuse(r, file, list->line, list->column,
                             "expected two households: one with shares, one with 'rest: true'");
    ful_household *household = reader_take(r, 2, sizeof *household);
    if (!household)
        return FUL_ERR_MEMORY;
    int rests = 0;
    for (const yaml_node *node = list->first; node; node = node->next) {
        ful_household *h = &household[s->households];
        double *share = reader_take(r, (size_t)s->sectors, sizeof *share);
        if (!share)
            return FUL_ERR_MEMORY;
        h->share = share;
        ful_param weight;
        ful_status status = reader_keys(r, file, node, keys);
        if (status == FUL_OK)
            status = reader_text(&h->id, r, file, node, "id");
        if (status == FUL_OK)
            status = reader_text(&h->name, r, file, node, "name");
        if (status == FUL_OK)
            status = read_param(&weight, r, file, node, "weight");
        if (status == FUL_OK)
            status = read_param(&h->scale, r, file, node, "scale");
        if (status != FUL_OK)
            return status;
        const yaml_node *rest = yaml_get(node, "rest");
        h->rest = rest && rest->kind == YAML_SCALAR && strcmp(rest->text, "true") == 0;
        rests += h->rest;
        status = h->rest ? FUL_OK : read_shares(share, r, node, file);
        if (status != FUL_OK)
            return status;
        s->households++;
    }
    if (rests != 1)
        return reader_refuse(r, file, list->line, list->column,
                             "exactly one household has 'rest: true'");
    s->household = household;
    return FUL_OK;
}

ful_status reader_outline(reader *r, const yaml_node *root, const char *file)
{
    static const char *const keys[] = {"fulcrum", "id", "title", "question", "base_year", "actors",
                                       "sectors", "groups", "economy", "households", "regimes",
                                       "headline_regime", "leverage", "levers", "packages", "game",
                                       NULL};
    ful_situation *s = &r->c->s;
    const yaml_node *node;
    double number;
    s->size = s->kappa = s->phi = s->finance_limit = FUL_NO_PARAM;
    ful_status status = reader_need(&node, r, file, root, "fulcrum");
    if (status == FUL_OK)
        status = reader_real(&number, r, file, node, 1, 1);
    if (status == FUL_OK)
        status = reader_keys(r, file, root, keys);
    if (status == FUL_OK)
        status = reader_text(&s->id, r, file, root, "id");
    if (status == FUL_OK)
        status = check_id(r, file, root, s->id, 0);
    if (status == FUL_OK)
        status = reader_text(&s->title, r, file, root, "title");
    if (status == FUL_OK)
        status = reader_text(&s->question, r, file, root, "question");
    if (status == FUL_OK)
        status = reader_need(&node, r, file, root, "base_year");
    if (status == FUL_OK)
        status = reader_real(&number, r, file, node, 1900, 2200);
    if (status != FUL_OK)
        return status;
    s->base_year = (int)number;
    status = read_actors(r, root, file);
    if (status == FUL_OK)
        status = read_sectors(r, root, file);
    if (status == FUL_OK)
        status = read_groups(r, root, file);
    if (status == FUL_OK)
        status = read_economy(r, root, file);
    return status == FUL_OK ? read_households(r, root, file) : status;
}
