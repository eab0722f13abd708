/* SPDX-License-Identifier: MIT */
/*
 * JSON documents: the parts that several commands share. Every number that enters one is finite, or
 * null where the schema allows it; any other NaN is a defect and fails the document.
 */
#ifndef FULCRUM_OUTPUT_DOCUMENT_H
#define FULCRUM_OUTPUT_DOCUMENT_H

#include <jansson.h>
#include <stdio.h>

#include "fulcrum/study.h"

/* A document with its head {"fulcrum": {version, case, case_sha256, command, seed}}; seed < 0:
 * null. */
json_t *document_new(const ful_situation *s, const char *command, long long seed);

/* A number; NaN and infinity make the whole document invalid (see document_print). */
json_t *document_real(double x);
/* A number, or null where it is not finite. */
json_t *document_real_or_null(double x);
#define DATE_ROOM 16
/* A day as YYYY-MM-DD, in `room`. */
const char *document_date(char room[DATE_ROOM], int day);
json_t *document_range(const ful_range *range);
json_t *document_certificate(double max_violation);
json_t *document_leverage(const ful_situation *s, const ful_leverage *l);
json_t *document_game(const ful_situation *s, const ful_bargain_report *r);
json_t *document_levers(const ful_situation *s, unsigned levers);
json_t *document_packages(const ful_situation *s, const ful_packages *p);
json_t *document_record(const ful_situation *s, const ful_record *r);
json_t *document_answer(const ful_situation *s, const ful_answer *a);
json_t *document_flips(const ful_situation *s, const ful_flips *f);
const char *document_stage(ful_stage stage);
/* A half-year of the record: "2017H2". */
#define DOCUMENT_HALF_ROOM 24
void document_half(char room[DOCUMENT_HALF_ROOM], const ful_situation *s, int half);
json_t *document_gap(const ful_gap *gap);
/* A name for a set of levers: the case's own where it has one, "none" for none, else "". */
const char *document_package_name(const ful_situation *s, unsigned levers);
const char *document_terms(ful_terms terms);
const char *document_verdict(ful_verdict verdict);

/* What a parameter is, as a text: of a term or lever its name, of a rule its meaning, else the case's
 * note or the id. */
json_t *document_parameter_name(const ful_situation *s, ful_param q);
/* {"id", "name", "unit", "value", "low", "high"} */
json_t *document_parameter(const ful_situation *s, ful_param q);

/* Write and release the document. 0, or -1 where it holds a number that is none or the write fails. */
int document_print(json_t *document, FILE *to);

#endif
