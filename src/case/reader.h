/* SPDX-License-Identifier: MIT */
/* Private to the case reader: what the parts share while a folder is read. */
#ifndef FULCRUM_CASE_READER_H
#define FULCRUM_CASE_READER_H

#include "case/csv.h"
#include "case/yaml.h"
#include "fulcrum/case.h"

#define READER_MAX_REMARKS 64

struct ful_case {
    ful_arena *arena;
    const char *folder;
    ful_situation s;
    ful_remark remark[READER_MAX_REMARKS];
    int remarks;
};

/* One folder being read. Errors go to err; texts and tables live in the case's arena. */
typedef struct reader {
    ful_case *c;
    ful_arena *arena;
    ful_error *err;
    ful_sha256 hash;
    ful_parameter *parameter; /* grows while tables register theirs */
    int parameters, parameter_room;
    const char **source;      /* keys of sources.bib */
    int sources;
    unsigned char *cited;     /* per source */
} reader;

/* ---- files (reader.c) ---- */

/* The text of a file of the folder, NUL behind it; a missing optional file gives NULL. */
ful_status reader_file(char **text, size_t *size, const char **path, reader *r, const char *name,
                       int needed);
/* A CSV file of the folder; an optional one that is absent has no rows. */
ful_status reader_csv(csv_table *out, reader *r, const char *name, const csv_columns *columns,
                      int needed);

/* ---- values, with refusals that name place, finding and remedy (reader.c) ---- */

/* An error at a CSV field or a YAML node. */
ful_status reader_refuse(reader *r, const char *file, int line, int column, const char *format, ...)
    FUL_PRINTF(5, 6);
/* A finite number in [low, high]. */
ful_status reader_number(double *out, reader *r, const char *file, const char *text, int line,
                         int column, const char *what, double low, double high);
ful_status reader_field(double *out, reader *r, const csv_table *t, int row, int column,
                        const char *what, double low, double high);
/* The index of a name among `count` names, or a refusal with the nearest one. */
ful_status reader_name(int *out, reader *r, const char *file, const char *text, int line, int column,
                       const char *kind, int count, const char *const *names);
ful_status reader_actor(int *out, reader *r, const csv_table *t, int row, int column);
ful_status reader_sector(int *out, reader *r, const csv_table *t, int row, int column);
ful_status reader_group(int *out, reader *r, const csv_table *t, int row, int column);
/* A key of sources.bib, marked as cited. */
ful_status reader_source(const char **out, reader *r, const char *file, const char *text, int line,
                         int column);
/* A grade A..E. */
ful_status reader_grade(char *out, reader *r, const csv_table *t, int row, int column);
/* Names of the actors, sectors, groups as arrays, for reader_name. */
const char *const *reader_actor_names(reader *r);
const char *const *reader_sector_names(reader *r);
const char *const *reader_group_names(reader *r);
/* Zeroed memory of the case; NULL after filling err. */
void *reader_take(reader *r, size_t count, size_t size);
void reader_remark(reader *r, const char *file, int line, const char *format, ...) FUL_PRINTF(4, 5);

/* ---- parts ---- */

ful_status reader_sources(reader *r);                               /* sources.bib */
ful_status reader_parameters(reader *r);                            /* parameters.csv */
ful_status reader_parameter(ful_param *out, reader *r, const char *file, const yaml_node *node);
ful_status reader_add_parameter(ful_param *out, reader *r, const ful_parameter *parameter,
                                const char *file, int line);
ful_status reader_outline(reader *r, const yaml_node *root, const char *file); /* case.yaml, first half */
ful_status reader_play(reader *r, const yaml_node *root, const char *file);    /* levers, packages, game */
ful_status reader_trade(reader *r);                                 /* trade, inputs, economy, tariffs, latent */
ful_status reader_laws(reader *r);                                  /* measures, hubs, enforcement */
ful_status reader_record(reader *r);                                /* history, claims */

/* ---- YAML with a schema (outline.c) ---- */

/* The child of a map, refused where it is absent. */
ful_status reader_need(const yaml_node **out, reader *r, const char *file, const yaml_node *map,
                       const char *key);
/* Refuse keys that are not in `known` (ends with NULL). */
ful_status reader_keys(reader *r, const char *file, const yaml_node *map, const char *const *known);
/* The text of a needed scalar child. */
ful_status reader_text(const char **out, reader *r, const char *file, const yaml_node *map,
                       const char *key);
ful_status reader_real(double *out, reader *r, const char *file, const yaml_node *node, double low,
                       double high);
ful_status reader_date(int *out, reader *r, const char *file, const char *text, int line, int column);
/* A list child of any length >= least. */
ful_status reader_list(const yaml_node **out, reader *r, const char *file, const yaml_node *map,
                       const char *key, int least);

#endif
