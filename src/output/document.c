/* SPDX-License-Identifier: MIT */
#include "output/document.h"

#include <math.h>
#include <string.h>

/* Digits that tell apart what a solution to 1e-10 can tell apart, without the noise of the
 * seventeenth. */
#define DIGITS 12
/* What stands for a number that is none until document_print refuses it. */
#define INVALID "not a number"

json_t *document_new(const ful_situation *s, const char *command, long long seed)
{
    json_t *head = json_pack("{s:s, s:s, s:s, s:s, s:o}", "version", ful_version(), "case", s->id,
                             "case_sha256", s->sha256, "command", command, "seed",
                             seed < 0 ? json_null() : json_integer(seed));
    return json_pack("{s:o}", "fulcrum", head);
}

/* Nothing less than nothing: -0 + 0 is 0. */
json_t *document_real(double x)
{
    return isfinite(x) ? json_real(x + 0.0) : json_string(INVALID);
}

json_t *document_real_or_null(double x)
{
    return isfinite(x) ? json_real(x + 0.0) : json_null();
}

const char *document_date(char room[DATE_ROOM], int day)
{
    int year, month, of_month;
    ful_date_split(&year, &month, &of_month, day);
    snprintf(room, DATE_ROOM, "%04d-%02d-%02d", year, month, of_month);
    return room;
}

json_t *document_range(const ful_range *r)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "p5", document_real(r->p5), "p25",
                     document_real(r->p25), "median", document_real(r->median), "p75",
                     document_real(r->p75), "p95", document_real(r->p95));
}

json_t *document_certificate(double max_violation)
{
    return json_pack("{s:o}", "max_violation", document_real(max_violation));
}

json_t *document_leverage(const ful_situation *s, const ful_leverage *l)
{
    const int dated = l->regime < 0;
    char date[DATE_ROOM];
    json_t *members = json_array();
    for (int k = 0; k < l->members; k++) {
        const ful_leverage_member *m = &l->member[k];
        json_array_append_new(members, json_pack("{s:s, s:o, s:o, s:o, s:o}", "id",
                                                 m->actor < 0 ? "x-rest" : s->actor[m->actor].id,
                                                 "shapley_pct", document_real(m->shapley_pct),
                                                 "share", document_real_or_null(m->share),
                                                 "alone_pct", document_real(m->alone_pct),
                                                 "without_pct", document_real(m->without_pct)));
    }
    return json_pack("{s:o, s:o, s:s, s:o, s:o, s:b, s:i, s:o}", "regime",
                     dated ? json_null() : json_string(s->regime[l->regime].id), "date",
                     dated ? json_string(document_date(date, l->day)) : json_null(), "measure",
                     "real_income", "grand_loss_pct", document_real(l->grand_loss_pct), "members",
                     members, "exact", 1, "solves", l->solves, "certificate",
                     document_certificate(l->max_violation));
}

const char *document_verdict(ful_verdict verdict)
{
    static const char *const words[] = {"supported",     "supported_but_dated", "contested",
                                        "not_supported", "conditional",         "advice",
                                        "not_modelled"};
    return verdict < FUL_VERDICT_BY_MODEL ? words[verdict] : "not_modelled";
}

static int is_valid(const json_t *value)
{
    if (json_is_string(value))
        return strcmp(json_string_value(value), INVALID) != 0;
    if (json_is_object(value)) {
        const char *key;
        json_t *child;
        json_object_foreach((json_t *)value, key, child) if (!is_valid(child)) return 0;
    }
    if (json_is_array(value))
        for (size_t k = 0; k < json_array_size(value); k++)
            if (!is_valid(json_array_get(value, k)))
                return 0;
    return value != NULL;
}

int document_print(json_t *document, FILE *to)
{
    int failed = !is_valid(document);
    if (!failed)
        failed = json_dumpf(document, to, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS)) != 0 ||
                 fputc('\n', to) == EOF;
    json_decref(document);
    return failed ? -1 : 0;
}
