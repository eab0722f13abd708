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

json_t *document_real(double x)
{
    return isfinite(x) ? json_real(x) : json_string(INVALID);
}

json_t *document_real_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
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

/* A conditional probability; null where the node is hardly ever reached. */
static json_t *conditional(const ful_conditional *c)
{
    return c->reach < 1e-6 ? json_null() : document_real(c->probability);
}

json_t *document_game(const ful_situation *s, const ful_bargain_report *r)
{
    json_t *enforcement = json_object(), *row = json_object();
    for (int g = 0; g < s->groups; g++)
        json_object_set_new(enforcement, s->group[g].id, document_real(r->enforcement[g]));
    json_object_set_new(row, "enforcement", enforcement);
    json_object_set_new(row, "enforcement_mean", document_real(r->enforcement_mean));
    json_object_set_new(row, "enforcement_armed", document_real(r->enforcement_armed));
    json_object_set_new(row, "enforces", document_real(r->enforces));
    json_object_set_new(
        row, "outcomes",
        json_pack("{s:o, s:o, s:o, s:o}", "denuclearised", document_real(r->denuclearised),
                  "frozen", document_real(r->frozen), "unchanged", document_real(r->unchanged),
                  "collapsed", document_real(r->collapsed)));
    json_object_set_new(row, "ever",
                        json_pack("{s:o, s:o, s:o}", "frozen", document_real(r->ever_frozen),
                                  "dismantled", document_real(r->ever_dismantled), "restarted",
                                  document_real(r->ever_restarted)));
    json_object_set_new(row, "restart_given_accommodation", conditional(&r->restart));
    json_object_set_new(row, "honour_given_compliance", conditional(&r->honour));
    json_object_set_new(row, "snapback_given_restart", conditional(&r->snap_back));
    json_object_set_new(row, "enforcer_slack", document_real(r->enforcer_slack));
    json_object_set_new(row, "sender_cost_pct_gdp", document_real(r->sender_cost));
    json_object_set_new(row, "target_real_income_pct", document_real(r->target_income));
    return row;
}

json_t *document_levers(const ful_situation *s, unsigned levers)
{
    json_t *list = json_array();
    for (int l = 0; l < s->levers; l++)
        if (levers >> l & 1)
            json_array_append_new(list, json_string(s->lever[l].id));
    return list;
}

static json_t *corners(const ful_situation *s, const ful_bargain_report *r)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "nothing", document_game(s, &r[FUL_CORNER_NOTHING]),
                     "pressure", document_game(s, &r[FUL_CORNER_PRESSURE]), "inducements",
                     document_game(s, &r[FUL_CORNER_INDUCEMENTS]), "both",
                     document_game(s, &r[FUL_CORNER_BOTH]));
}

/* A name for a set of levers: the case's own where it has one. */
static const char *package_name(const ful_situation *s, unsigned levers)
{
    for (int k = 0; k < s->packages; k++)
        if (s->package[k].levers == levers)
            return s->package[k].id;
    return levers ? "" : "none";
}

json_t *document_packages(const ful_situation *s, const ful_packages *p)
{
    static const char *const terms[] = {"as_worded", "contingent", "gifts"};
    json_t *document = json_object(), *rows = json_array(), *frontier = json_array();
    json_t *shares = json_array();
    for (int k = 0; k < p->rows; k++) {
        const ful_package_row *x = &p->row[k];
        json_t *row = document_game(s, &x->report);
        json_object_set_new(row, "package", json_string(package_name(s, x->offer.levers)));
        json_object_set_new(row, "levers", document_levers(s, x->offer.levers));
        json_object_set_new(row, "terms", json_string(terms[x->offer.terms]));
        json_object_set_new(row, "on_frontier", json_boolean(x->on_frontier));
        json_array_append_new(rows, row);
        if (x->on_frontier)
            json_array_append_new(frontier, json_integer(k));
    }
    for (int l = 0; l < p->levers; l++)
        json_array_append_new(shares,
                              json_pack("{s:s, s:o, s:o, s:b, s:b}", "lever", s->lever[l].id,
                                        "enforcement", document_real(p->lever[l].enforcement),
                                        "accommodation", document_real(p->lever[l].accommodation),
                                        "rests_on_judgement", p->lever[l].rests_on_judgement,
                                        "sign_survives", p->lever[l].sign_survives));
    json_object_set_new(document, "packages", rows);
    json_object_set_new(document, "corner_package", json_string(s->package[p->corner_package].id));
    json_object_set_new(document, "corners", corners(s, p->corner));
    json_object_set_new(document, "corners_double_horizon", corners(s, p->corner_long));
    json_object_set_new(document, "corners_lambda_fifth", corners(s, p->corner_noisy));
    json_object_set_new(document, "corners_lambda_fivefold", corners(s, p->corner_sharp));
    json_t *sticks = json_null();
    if (p->has_stick)
        sticks = json_pack("{s:o, s:o, s:o, s:o}", "nothing", document_game(s, &p->stick[0]),
                           "stick", document_game(s, &p->stick[1]), "carrots",
                           document_game(s, &p->stick[2]), "both", document_game(s, &p->stick[3]));
    json_object_set_new(document, "enforcer_corners", sticks);
    json_object_set_new(document, "lever_shapley", shares);
    json_object_set_new(document, "frontier", frontier);
    json_object_set_new(document, "compensating_transfer",
                        json_pack("{s:o}", "pct_gdp", document_real_or_null(p->transfer_pct)));
    return document;
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
