/* SPDX-License-Identifier: MIT */
#include "case/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define MAX_DEPTH 32
/* A node takes some hundred bytes; a text of two-byte items must not become a flood of them. */
#define MAX_BYTES ((size_t)4 << 20)

typedef struct builder {
    yaml_parser_t parser;
    ful_arena *arena;
    const char *file;
    ful_error *err;
} builder;

static ful_status refuse(const builder *b, const yaml_mark_t *mark, const char *what)
{
    return ful_fail_at(b->err, FUL_ERR_DATA, b->file, (int)mark->line + 1, (int)mark->column + 1,
                       "%s", what);
}

static ful_status no_memory(const builder *b)
{
    return ful_fail(b->err, FUL_ERR_MEMORY, "out of memory for %s", b->file);
}

/* The next event; a syntax error becomes ours, with libyaml's words. */
static ful_status next_event(builder *b, yaml_event_t *event)
{
    if (yaml_parser_parse(&b->parser, event))
        return FUL_OK;
    if (b->parser.error == YAML_MEMORY_ERROR)
        return no_memory(b);
    const char *problem = b->parser.problem ? b->parser.problem : "not YAML";
    /* an encoding error comes without a mark of its own: the parser stands just before it */
    return refuse(b,
                  b->parser.error == YAML_READER_ERROR ? &b->parser.mark : &b->parser.problem_mark,
                  problem);
}

/* A scalar without NUL, copied. */
static ful_status copy_scalar(builder *b, const yaml_event_t *event, const char **out)
{
    const char *value = (const char *)event->data.scalar.value;
    if (strlen(value) != event->data.scalar.length)
        return refuse(b, &event->start_mark, "a NUL character is not allowed");
    *out = ful_arena_text(b->arena, value);
    return *out ? FUL_OK : no_memory(b);
}

static ful_status check_plain(const builder *b, const yaml_event_t *event)
{
    const unsigned char *anchor = NULL, *tag = NULL;
    if (event->type == YAML_ALIAS_EVENT)
        return refuse(b, &event->start_mark, "aliases are not allowed: write the value out");
    if (event->type == YAML_SCALAR_EVENT)
        anchor = event->data.scalar.anchor, tag = event->data.scalar.tag;
    else if (event->type == YAML_SEQUENCE_START_EVENT)
        anchor = event->data.sequence_start.anchor, tag = event->data.sequence_start.tag;
    else if (event->type == YAML_MAPPING_START_EVENT)
        anchor = event->data.mapping_start.anchor, tag = event->data.mapping_start.tag;
    if (anchor)
        return refuse(b, &event->start_mark, "anchors are not allowed: write the value out");
    if (tag)
        return refuse(b, &event->start_mark, "tags are not allowed: every value is plain");
    return FUL_OK;
}

static ful_status build_node(builder *b, const yaml_event_t *event, int depth, yaml_node **out);

/* Children of a list or map until its end event. */
static ful_status build_children(builder *b, yaml_node *parent, int depth)
{
    yaml_node **link = &parent->first;
    for (;;) {
        yaml_event_t event;
        ful_status status = next_event(b, &event);
        if (status != FUL_OK)
            return status;
        if (event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return FUL_OK;
        }
        const char *key = NULL;
        const yaml_mark_t mark = event.start_mark;
        if (parent->kind == YAML_MAP) {
            status = check_plain(b, &event);
            if (status == FUL_OK && event.type != YAML_SCALAR_EVENT)
                status = refuse(b, &mark, "a key must be a plain word");
            if (status == FUL_OK)
                status = copy_scalar(b, &event, &key);
            yaml_event_delete(&event);
            if (status == FUL_OK)
                status = next_event(b, &event);
            if (status != FUL_OK)
                return status;
        }
        status = build_node(b, &event, depth, link);
        yaml_event_delete(&event);
        if (status != FUL_OK)
            return status;
        (*link)->key = key;
        (*link)->key_line = (int)mark.line + 1;
        (*link)->key_column = (int)mark.column + 1;
        link = &(*link)->next;
        parent->count++;
    }
}

static int by_key(const void *a, const void *b)
{
    const yaml_node *x = *(const yaml_node *const *)a, *y = *(const yaml_node *const *)b;
    const int order = strcmp(x->key, y->key);
    if (order)
        return order;
    return x->key_line != y->key_line ? x->key_line - y->key_line : x->key_column - y->key_column;
}

/* Sorted, equal keys are neighbours: a map of any size is checked in n log n. */
static ful_status refuse_duplicates(builder *b, const yaml_node *map)
{
    yaml_node **sorted = ful_arena_take(b->arena, (size_t)map->count, sizeof(yaml_node *));
    if (!sorted)
        return no_memory(b);
    int k = 0;
    for (yaml_node *child = map->first; child; child = child->next)
        sorted[k++] = child;
    qsort(sorted, (size_t)map->count, sizeof *sorted, by_key);
    for (k = 1; k < map->count; k++)
        if (strcmp(sorted[k - 1]->key, sorted[k]->key) == 0)
            return ful_fail_at(b->err, FUL_ERR_DATA, b->file, sorted[k]->key_line,
                               sorted[k]->key_column, "key '%s' stands twice, first in line %d",
                               sorted[k]->key, sorted[k - 1]->key_line);
    return FUL_OK;
}

static ful_status build_node(builder *b, const yaml_event_t *event, int depth, yaml_node **out)
{
    ful_status status = check_plain(b, event);
    if (status != FUL_OK)
        return status;
    if (depth > MAX_DEPTH)
        return refuse(b, &event->start_mark, "nested too deeply");
    yaml_node *node = ful_arena_take(b->arena, 1, sizeof *node);
    if (!node)
        return no_memory(b);
    *out = node;
    node->file = b->file;
    node->line = (int)event->start_mark.line + 1;
    node->column = (int)event->start_mark.column + 1;
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        node->kind = YAML_SCALAR;
        return copy_scalar(b, event, &node->text);
    case YAML_SEQUENCE_START_EVENT:
        node->kind = YAML_LIST;
        return build_children(b, node, depth + 1);
    case YAML_MAPPING_START_EVENT:
        node->kind = YAML_MAP;
        status = build_children(b, node, depth + 1);
        return status == FUL_OK ? refuse_duplicates(b, node) : status;
    default:
        return refuse(b, &event->start_mark, "expected a value");
    }
}

/* The one document of the stream. */
static ful_status build_stream(builder *b, yaml_node **out)
{
    int documents = 0;
    for (;;) {
        yaml_event_t event;
        ful_status status = next_event(b, &event);
        if (status != FUL_OK)
            return status;
        const yaml_event_type_t type = event.type;
        if (type == YAML_DOCUMENT_START_EVENT && (event.data.document_start.version_directive ||
                                                  event.data.document_start.tag_directives.start !=
                                                      event.data.document_start.tag_directives.end))
            status = refuse(b, &event.start_mark, "directives are not allowed");
        else if (type == YAML_DOCUMENT_START_EVENT && documents++ > 0)
            status = refuse(b, &event.start_mark, "a second document is not allowed");
        else if (type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT &&
                 type != YAML_DOCUMENT_START_EVENT && type != YAML_DOCUMENT_END_EVENT)
            status = build_node(b, &event, 0, out);
        yaml_event_delete(&event);
        if (status != FUL_OK || type == YAML_STREAM_END_EVENT)
            return status;
    }
}

ful_status ful__yaml_read(yaml_node **out, const char *text, size_t size, const char *file,
                          ful_arena *arena, ful_error *err)
{
    *out = NULL;
    if (size > MAX_BYTES)
        return ful_fail_at(err, FUL_ERR_DATA, file, 0, 0, "%zu bytes, expected at most %zu", size,
                           MAX_BYTES);
    const size_t mark = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    builder b = {.arena = arena, .file = file, .err = err};
    yaml_node *root = NULL;
    if (!yaml_parser_initialize(&b.parser))
        return no_memory(&b);
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)text + mark, size - mark);
    const ful_status status = build_stream(&b, &root);
    yaml_parser_delete(&b.parser);
    if (status != FUL_OK)
        return status;
    if (!root || root->kind != YAML_MAP)
        return ful_fail_at(err, FUL_ERR_DATA, file, root ? root->line : 1, root ? root->column : 1,
                           "expected a map of keys and values");
    *out = root;
    return FUL_OK;
}

const yaml_node *ful__yaml_get(const yaml_node *map, const char *key)
{
    for (const yaml_node *child = map->first; child; child = child->next)
        if (child->key && strcmp(child->key, key) == 0)
            return child;
    return NULL;
}
