/* SPDX-License-Identifier: MIT */
/*
 * Private to the case reader: what its parts share while a folder is read.
 *
 * Errors are sticky: the first refusal fills the caller's ful_error, and every later call on the
 * same reader does nothing. A part so reads its fields one after the other and asks once whether
 * all went well. What a failed call returns is safe to hold (0, "", NULL) and never reaches a
 * situation.
 */
#ifndef FULCRUM_CASE_READER_H
#define FULCRUM_CASE_READER_H

#include <limits.h>

#include "case/csv.h"
#include "case/yaml.h"
#include "fulcrum/case.h"

#define READER_MAX_FILES 16

struct ful_case {
    ful_arena *arena;
    const char *folder;
    ful_situation s;
    ful_remark *remark;
    int remarks, remark_room;
};

/* Where something stands; file is the path that errors show. */
typedef struct place {
    const char *file;
    int line, column;
} place;

/* Names that a case declares, each once, with their places. */
typedef struct name_list {
    const char *kind; /* what they are, for messages */
    int count, room;
    const char **name;
    place *at;
    int hint; /* the one found last: tables are sorted, so the next is near */
} name_list;

typedef struct reader {
    ful_case *c;
    ful_arena *arena;
    ful_error *err;
    ful_status status;
    name_list actors, sectors, groups, parameters, sources, measures, shocks, regimes, levers,
        packages, households, claims;
    name_list players, parts, terms, incomes; /* `incomes` in the order of ful_case_term.column */
    ful_parameter *parameter;                 /* beside `parameters` */
    int parameter_room;
    unsigned char *parameter_used, *cited; /* beside `parameters` and `sources` */
    csv_table inputs;                      /* kept to point at a row */
    const char *file_name[READER_MAX_FILES];
    char digest[READER_MAX_FILES][65];
    int files;
} reader;

static inline int reader_ok(const reader *r)
{
    return r->status == FUL_OK;
}

static inline place at_node(const yaml_node *node)
{
    return (place){node->file, node->line, node->column};
}

static inline place at_key(const yaml_node *node)
{
    return (place){node->file, node->key_line, node->key_column};
}

static inline place at_row(const csv_table *t, int row)
{
    return (place){t->file, csv_at(t, row, 0)->line, 1};
}

static inline place at_field(const csv_table *t, int row, int column)
{
    const csv_field *f = csv_at(t, row, column);
    return (place){t->file, f->line, f->column};
}

/* ---- refusals, remarks, memory (reader.c) ---- */

/* A reader of a folder, or with the folder "" of files by their paths. */
void ful__case_begin(reader *r, struct ful_case *c, const char *folder, ful_arena *arena,
                     ful_error *err);
void ful__case_refuse(reader *r, place at, const char *format, ...) FUL_PRINTF(3, 4);
/* `file` is relative to the folder. */
void ful__case_remark(reader *r, const char *file, int line, const char *format, ...)
    FUL_PRINTF(4, 5);
/* Zeroed memory of the case; NULL after a refusal. */
void *ful__case_take(reader *r, size_t count, size_t size);
/* `array` of `room` elements with space for one more than `count`: itself or a larger copy. */
void *ful__case_grow(reader *r, void *array, int *room, int count, size_t size);

/* ---- files (files.c) ---- */

/* The path of a file of the folder, for errors about it as a whole. */
place ful__case_path(reader *r, const char *name);
/* The text of a file, NUL behind it, hashed and checked to be complete UTF-8; *file is its path. An
 * optional one that is absent gives NULL. */
char *ful__case_file(const char **file, size_t *size, reader *r, const char *name, int needed);
/* A CSV file of the folder; an optional one that is absent has no rows. Returns whether all is
 * well. */
int ful__case_csv(csv_table *out, reader *r, const char *name, const csv_columns *columns,
                  int needed);
/* A YAML file of the folder, or NULL. */
const yaml_node *ful__case_yaml(reader *r, const char *name, int needed);
/* The hash of all files that were read. */
void ful__case_hash(reader *r);

/* ---- values (values.c) ---- */

/* Digits, point, exponent: a number as written in every case file, whatever the locale; 0 or -1. */
int ful__parse_real(double *out, const char *text);
/* A finite number in [low, high]. */
double ful__case_number(reader *r, place at, const char *text, const char *what, double low,
                        double high);
int ful__case_whole(reader *r, place at, const char *text, const char *what, int low, int high);
int ful__case_date(reader *r, place at, const char *text);
/* A word of the format: its index in `words`, which ends with NULL. */
int ful__case_word(reader *r, place at, const char *text, const char *what,
                   const char *const *words);
/* A key of sources.bib, marked as cited. */
const char *ful__case_source(reader *r, place at, const char *text);

/* ---- names (names.c) ---- */

/* Declare a name; refused if it stands twice. */
void ful__case_declare(reader *r, name_list *list, place at, const char *name);
/* The index of a name, or -1. */
int ful__case_find(name_list *list, const char *name);
/* The index of a declared name; refused, with the nearest one and its place, if there is none. */
int ful__case_name(reader *r, place at, const char *text, name_list *list);
/* Lower case letters, digits, - and _. */
void ful__case_check_id(reader *r, place at, const char *id);

/* ---- fields of a CSV row (values.c) ---- */

const char *ful__field_text(const csv_table *t, int row, int column);
double ful__field_number(reader *r, const csv_table *t, int row, int column, const char *what,
                         double low, double high);
int ful__field_whole(reader *r, const csv_table *t, int row, int column, const char *what, int low,
                     int high);
int ful__field_date(reader *r, const csv_table *t, int row, int column);
/* A start and, in the column after it, an end that does not lie before it; empty: INT_MAX, open. */
void ful__field_days(int *start, int *end, reader *r, const csv_table *t, int row, int column);
int ful__field_word(reader *r, const csv_table *t, int row, int column, const char *what,
                    const char *const *words);
int ful__field_name(reader *r, const csv_table *t, int row, int column, name_list *list);
/* Names between spaces, each once, or * for all, as flags beside the list; NULL after a refusal. */
unsigned char *ful__field_mask(reader *r, const csv_table *t, int row, int column, name_list *list);
const char *ful__field_source(reader *r, const csv_table *t, int row, int column);
/* A grade A..E. */
char ful__field_grade(reader *r, const csv_table *t, int row, int column);

/* ---- children of a YAML map (schema.c) ---- */

/* `otherwise` of ful__node_whole: the key must be there. */
#define NODE_NEEDED INT_MIN

/* Refuse anything but a map, and keys that are not in `known`, which ends with NULL. */
void ful__node_keys(reader *r, const yaml_node *map, const char *const *known);
/* The child, refused where it is absent. */
const yaml_node *ful__node_need(reader *r, const yaml_node *map, const char *key);
const char *ful__node_text(reader *r, const yaml_node *map, const char *key);
/* Declare the map's `id` in the list. */
const char *ful__node_id(reader *r, const yaml_node *map, name_list *list);
/* The number of a scalar. */
double ful__node_number(reader *r, const yaml_node *node, double low, double high);
int ful__node_whole(reader *r, const yaml_node *map, const char *key, int low, int high,
                    int otherwise);
int ful__node_date(reader *r, const yaml_node *map, const char *key);
/* true or false; absent is false. */
int ful__node_flag(reader *r, const yaml_node *map, const char *key);
int ful__node_word(reader *r, const yaml_node *map, const char *key, const char *const *words);
int ful__node_name(reader *r, const yaml_node *map, const char *key, name_list *list);
/* A scalar itself, an item of a list, as a declared name. */
int ful__node_item(reader *r, const yaml_node *item, name_list *list);
/* An optional parameter. */
ful_param ful__node_parameter(reader *r, const yaml_node *map, const char *key);
/* The player of a needed key, who must be an enforcer. */
int ful__node_enforcer(reader *r, const yaml_node *map, const char *key);
/* A needed list with least..most items; NULL after a refusal. */
const yaml_node *ful__node_list(reader *r, const yaml_node *map, const char *key, int least,
                                int most);

/* ---- the parts, in the order in which they are read ---- */

void ful__case_sources(reader *r);                        /* parameters.c: sources.bib */
void ful__case_parameters(reader *r);                     /* parameters.c: parameters.csv */
void ful__case_outline(reader *r, const yaml_node *root); /* outline.c: case.yaml, who and what */
void ful__case_trade(reader *r);                       /* trade.c: trade, inputs, tariffs, latent */
void ful__case_balance(reader *r);                     /* balance.c: economy.csv, what follows */
void ful__case_laws(reader *r);                        /* laws.c: measures.csv */
void ful__case_enforcement(reader *r);                 /* enforcement.c: hubs, enforcement */
void ful__case_shocks(reader *r);                      /* shocks.c: shocks.csv */
void ful__case_play(reader *r, const yaml_node *root); /* play.c: case.yaml, regimes to packages */
void ful__case_players(reader *r, const yaml_node *root); /* game.c: who plays, before the levers */
void ful__case_game(reader *r, const yaml_node *root);    /* game.c: case.yaml, the game */
void ful__case_moves(reader *r, const yaml_node *root);   /* moves.c: record.csv, where it begins */
void ful__case_record(reader *r);                         /* record.c: history, claims */
void ful__case_ranges(reader *r);                         /* ranges.c: what parameters may be */

/* The index of the level of a part that is nearest to e. */
int ful__case_nearest(const ful_case_enforced *part, double e);

/* The words for stages, in the order of ful_stage; ends with NULL. */
extern const char *const ful__stages[FUL_STAGES + 1];

/* A parameter of any table; its place is that of its row. */
ful_param ful__case_add_parameter(reader *r, place at, const ful_parameter *parameter);
/* A number, `what`, with what_low and what_high in the next two columns as a parameter. Of `like` low
 * and high are the limits, the distribution is that of a range; log-uniform from 0 on is uniform. */
ful_param ful__field_parameter(reader *r, const csv_table *t, int row, int column, const char *what,
                               const ful_parameter *like);
/* The id of a parameter: words that end with NULL, joined by dots; NULL after a refusal. */
const char *ful__case_join(reader *r, const char *const *word);

/* [(j*N + n)*N + i] */
static inline size_t flow_at(const ful_situation *s, int j, int n, int i)
{
    return ((size_t)j * (size_t)s->actors + (size_t)n) * (size_t)s->actors + (size_t)i;
}

/* [(i*J + j)*J + k] */
static inline size_t input_at(const ful_situation *s, int i, int j, int k)
{
    return ((size_t)i * (size_t)s->sectors + (size_t)j) * (size_t)s->sectors + (size_t)k;
}

#endif
