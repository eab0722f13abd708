/* SPDX-License-Identifier: MIT */
/*
 * A YAML document as a tree in which every node knows its place. Scalars stay text: the schema of
 * the case types them, so that NO is a country and not a truth value. Refused: duplicate keys,
 * anchors and aliases, tags, directives, a second document, nesting beyond 32, more than 4 MiB.
 */
#ifndef FULCRUM_CASE_YAML_H
#define FULCRUM_CASE_YAML_H

#include "fulcrum/base.h"

typedef enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP } yaml_kind;

typedef struct yaml_node {
    yaml_kind kind;
    const char *file;
    int line, column; /* 1-based, in characters */
    const char *key;  /* of this node in its map, NULL elsewhere */
    int key_line, key_column;
    const char *text;        /* of a scalar */
    int count;               /* children of a list or map */
    struct yaml_node *first; /* child, in the order of the file */
    struct yaml_node *next;  /* sibling */
} yaml_node;

/* Parse `size` bytes of UTF-8. Nodes and texts are taken from the arena; `file` names the source in
 * errors and must live as long. The root is a map. */
ful_status ful__yaml_read(yaml_node **out, const char *text, size_t size, const char *file,
                          ful_arena *arena, ful_error *err);

/* The child called `key`, or NULL. */
const yaml_node *ful__yaml_get(const yaml_node *map, const char *key);

#endif
