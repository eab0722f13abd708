/* SPDX-License-Identifier: MIT */
/* Children of a YAML map, typed by what the format says of them. */
#include "case/reader.h"

#include <string.h>

void ful__node_keys(reader *r, const yaml_node *map, const char *const *known)
{
    if (!reader_ok(r))
        return;
    if (map->kind != YAML_MAP)
        ful__case_refuse(r, at_node(map), "expected a map of keys and values");
    for (const yaml_node *child = map->first; reader_ok(r) && child; child = child->next)
        ful__case_word(r, at_key(child), child->key, "key", known);
}

const yaml_node *ful__node_need(reader *r, const yaml_node *map, const char *key)
{
    if (!reader_ok(r))
        return NULL;
    const yaml_node *child = map->kind == YAML_MAP ? ful__yaml_get(map, key) : NULL;
    if (!child)
        ful__case_refuse(r, at_node(map), "key '%s' is missing here", key);
    return child;
}

/* The text of a needed scalar child and its place; "" after a refusal. */
static const char *scalar(place *at, reader *r, const yaml_node *map, const char *key)
{
    const yaml_node *node = ful__node_need(r, map, key);
    if (!node)
        return "";
    *at = at_node(node);
    if (node->kind != YAML_SCALAR || !*node->text)
        ful__case_refuse(r, *at, "'%s' must be a text", key);
    return reader_ok(r) ? node->text : "";
}

const char *ful__node_text(reader *r, const yaml_node *map, const char *key)
{
    place at;
    return scalar(&at, r, map, key);
}

const char *ful__node_id(reader *r, const yaml_node *map, name_list *list)
{
    place at = {"", 0, 0};
    const char *id = scalar(&at, r, map, "id");
    if (reader_ok(r) && list != &r->actors)
        ful__case_check_id(r, at, id);
    ful__case_declare(r, list, at, id);
    return id;
}

double ful__node_number(reader *r, const yaml_node *node, double low, double high)
{
    if (!reader_ok(r))
        return 0;
    if (node->kind != YAML_SCALAR)
        ful__case_refuse(r, at_node(node), "expected a number");
    return ful__case_number(r, at_node(node), node->text, node->key ? node->key : "number", low,
                            high);
}

int ful__node_whole(reader *r, const yaml_node *map, const char *key, int low, int high,
                    int otherwise)
{
    place at = {"", 0, 0};
    if (otherwise != NODE_NEEDED && (!reader_ok(r) || !ful__yaml_get(map, key)))
        return otherwise;
    const char *text = scalar(&at, r, map, key);
    return ful__case_whole(r, at, text, key, low, high);
}

int ful__node_date(reader *r, const yaml_node *map, const char *key)
{
    place at = {"", 0, 0};
    const char *text = scalar(&at, r, map, key);
    return ful__case_date(r, at, text);
}

int ful__node_flag(reader *r, const yaml_node *map, const char *key)
{
    static const char *const words[] = {"false", "true", NULL};
    return reader_ok(r) && ful__yaml_get(map, key) && ful__node_word(r, map, key, words) == 1;
}

int ful__node_word(reader *r, const yaml_node *map, const char *key, const char *const *words)
{
    place at = {"", 0, 0};
    const char *text = scalar(&at, r, map, key);
    return reader_ok(r) ? ful__case_word(r, at, text, key, words) : 0;
}

int ful__node_name(reader *r, const yaml_node *map, const char *key, name_list *list)
{
    place at = {"", 0, 0};
    const char *text = scalar(&at, r, map, key);
    return ful__case_name(r, at, text, list);
}

int ful__node_item(reader *r, const yaml_node *item, name_list *list)
{
    if (!reader_ok(r))
        return 0;
    if (item->kind != YAML_SCALAR)
        ful__case_refuse(r, at_node(item), "expected the name of one %s", list->kind);
    return ful__case_name(r, at_node(item), item->text, list);
}

ful_param ful__node_parameter(reader *r, const yaml_node *map, const char *key)
{
    if (!reader_ok(r) || !ful__yaml_get(map, key))
        return FUL_NO_PARAM;
    const int k = ful__node_name(r, map, key, &r->parameters);
    if (!reader_ok(r))
        return FUL_NO_PARAM;
    r->parameter_used[k] = 1;
    return k;
}

const yaml_node *ful__node_list(reader *r, const yaml_node *map, const char *key, int least,
                                int most)
{
    const yaml_node *list = ful__node_need(r, map, key);
    if (!list)
        return NULL;
    if (list->kind != YAML_LIST)
        ful__case_refuse(r, at_node(list), "'%s' must be a list", key);
    else if (list->count < least || list->count > most)
        ful__case_refuse(r, at_node(list), "%d %s, expected %d..%d", list->count, key, least, most);
    return reader_ok(r) ? list : NULL;
}
