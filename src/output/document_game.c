/* SPDX-License-Identifier: MIT */
/* The parts of documents that tell of the game. */
#include <stdio.h>

#include "output/document.h"

/* A conditional probability; null where the node is hardly ever reached. */
static json_t *conditional(const ful_conditional *c)
{
    return c->reach < 1e-6 ? json_null() : document_real(c->probability);
}

static const char *player_id(const ful_situation *s, int player)
{
    return s->actor[s->game.player[player].actor].id;
}

static json_t *enforcers(const ful_situation *s, const ful_bargain_report *r)
{
    json_t *list = json_array();
    for (int k = 0; FUL_E + k < s->game.players; k++) {
        const ful_enforcer_report *x = &r->enforcer[k];
        json_array_append_new(
            list,
            json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", player_id(s, FUL_E + k),
                      "enforcement_mean", document_real(x->mean), "enforcement_armed",
                      document_real(x->armed), "enforces", document_real(x->enforces), "first_move",
                      document_real_or_null(x->first_move), "slack",
                      document_real_or_null(x->slack), "adopted", document_real(x->adopted),
                      "collapse_loss_pct_gdp", document_real(x->collapse_loss)));
    }
    return list;
}

json_t *document_game(const ful_situation *s, const ful_bargain_report *r)
{
    const ful_enforcer_report *pivotal = &r->enforcer[0];
    json_t *enforcement = json_object(), *row = json_object(), *values = json_object();
    for (int g = 0; g < s->game.enforced; g++)
        json_object_set_new(enforcement, s->game.part[g].id, document_real(r->enforcement[g]));
    for (int i = 0; i < s->game.players; i++)
        json_object_set_new(values, player_id(s, i), document_real(r->value[i]));
    json_object_set_new(row, "enforcement", enforcement);
    json_object_set_new(row, "enforcement_mean", document_real(pivotal->mean));
    json_object_set_new(row, "enforcement_armed", document_real(pivotal->armed));
    json_object_set_new(row, "enforces", document_real(pivotal->enforces));
    json_object_set_new(row, "enforcers", enforcers(s, r));
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
    json_object_set_new(row, "enforcer_slack", document_real_or_null(pivotal->slack));
    json_object_set_new(row, "sender_cost_pct_gdp", document_real(r->sender_cost));
    json_object_set_new(row, "target_real_income_pct", document_real(r->target_income));
    json_object_set_new(row, "values_pct_gdp", values);
    json_object_set_new(row, "residual", document_real(r->residual));
    return row;
}

json_t *document_gap(const ful_gap *gap)
{
    return json_pack("{s:i, s:o, s:o}", "nodes", gap->nodes, "target_points",
                     document_real(gap->target), "enforcer_points", document_real(gap->enforcer));
}

json_t *document_levers(const ful_situation *s, unsigned levers)
{
    json_t *list = json_array();
    for (int l = 0; l < s->levers; l++)
        if (levers >> l & 1)
            json_array_append_new(list, json_string(s->lever[l].id));
    return list;
}

/* Four games under names of their own. */
static json_t *four(const ful_situation *s, const ful_bargain_report *r, const char *const *name)
{
    json_t *games = json_object();
    for (int c = 0; c < FUL_CORNERS; c++)
        json_object_set_new(games, name[c], document_game(s, &r[c]));
    return games;
}

const char *document_package_name(const ful_situation *s, unsigned levers)
{
    for (int k = 0; k < s->packages; k++)
        if (s->package[k].levers == levers)
            return s->package[k].id;
    return levers ? "" : "none";
}

const char *document_terms(ful_terms terms)
{
    static const char *const words[] = {"as_worded", "contingent", "gifts"};
    return words[terms];
}

/* What an offer is. */
static void set_offer(json_t *row, const ful_situation *s, const ful_offer *offer)
{
    json_object_set_new(row, "package", json_string(document_package_name(s, offer->levers)));
    json_object_set_new(row, "levers", document_levers(s, offer->levers));
    json_object_set_new(row, "terms", json_string(document_terms(offer->terms)));
}

static json_t *lever_shapley(const ful_situation *s, const ful_packages *p)
{
    json_t *shares = json_array();
    for (int k = 0; k < p->levers; k++) {
        const ful_lever_effect *x = &p->lever[k];
        json_array_append_new(
            shares, json_pack("{s:s, s:o, s:o, s:b, s:b}", "lever", s->lever[x->lever].id,
                              "enforcement", document_real(x->enforcement), "accommodation",
                              document_real(x->accommodation), "rests_on_judgement",
                              x->rests_on_judgement, "sign_survives", x->sign_survives));
    }
    return shares;
}

json_t *document_packages(const ful_situation *s, const ful_packages *p)
{
    static const char *const corner[] = {"nothing", "pressure", "inducements", "both"};
    static const char *const stick[] = {"nothing", "stick", "carrots", "both"};
    json_t *document = json_object(), *rows = json_array(), *frontier = json_array();
    for (int k = 0; k < p->rows; k++) {
        const ful_package_row *x = &p->row[k];
        json_t *row = document_game(s, &x->report);
        set_offer(row, s, &x->offer);
        json_object_set_new(row, "on_frontier", json_boolean(x->on_frontier));
        json_array_append_new(rows, row);
        if (x->on_frontier)
            json_array_append_new(frontier, json_integer(k));
    }
    json_object_set_new(document, "packages", rows);
    json_object_set_new(document, "corner_package", json_string(s->package[p->corner_package].id));
    json_object_set_new(document, "corners", four(s, p->corner, corner));
    json_object_set_new(document, "long_horizon", json_integer(p->long_horizon));
    json_object_set_new(document, "corners_long_horizon", four(s, p->corner_long, corner));
    json_object_set_new(document, "corners_lambda_fifth", four(s, p->corner_noisy, corner));
    json_object_set_new(document, "corners_lambda_fivefold", four(s, p->corner_sharp, corner));
    json_object_set_new(document, "corners_all_moving", four(s, p->corner_moving, corner));
    json_object_set_new(document, "corners_reverse_order", four(s, p->corner_reverse, corner));
    json_object_set_new(document, "enforcer_corners",
                        p->has_stick ? four(s, p->stick, stick) : json_null());
    json_object_set_new(document, "lever_shapley", lever_shapley(s, p));
    json_object_set_new(document, "frontier", frontier);
    json_object_set_new(document, "compensating_transfer",
                        json_pack("{s:o}", "pct_gdp", document_real_or_null(p->transfer_pct)));
    return document;
}

/* A bid of an answer, or null. */
static json_t *bid(const ful_situation *s, const ful_answer *a, int k)
{
    if (k < 0)
        return json_null();
    json_t *row = json_pack("{s:o, s:o}", "probability", document_real(a->bid[k].probability),
                            "sender_cost_pct_gdp", document_real(a->bid[k].cost));
    set_offer(row, s, &a->bid[k].offer);
    return row;
}

json_t *document_answer(const ful_situation *s, const ful_answer *a)
{
    json_t *bids = json_array();
    for (int k = 0; k < a->bids; k++)
        json_array_append_new(bids, bid(s, a, k));
    return json_pack("{s:s, s:o, s:o, s:i, s:i, s:o, s:o, s:o, s:o, s:o}", "aim",
                     a->asked.aim == FUL_AIM_ENFORCE ? "enforce" : "freeze", "probability",
                     document_real(a->asked.probability), "level", document_real(a->asked.level),
                     "draws", a->draws, "refused", a->refused, "cheapest", bid(s, a, a->cheapest),
                     "runner_up", bid(s, a, a->runner_up), "unmet", document_real(a->unmet),
                     "compensating_transfer",
                     json_pack("{s:o, s:o}", "pct_gdp", document_real_or_null(a->transfer_pct),
                               "busd", document_real_or_null(a->transfer_busd)),
                     "bids", bids);
}

static json_t *flip(const ful_flip *x)
{
    return json_pack("{s:o, s:o}", "slope", document_real_or_null(x->slope), "at",
                     document_real_or_null(x->at));
}

json_t *document_flips(const ful_situation *s, const ful_flips *f)
{
    json_t *rows = json_array();
    for (int k = 0; k < f->rows; k++) {
        const ful_flip_row *x = &f->row[k];
        const ful_parameter *q = &s->parameter[x->parameter];
        json_array_append_new(rows,
                              json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "parameter", q->id,
                                        "value", document_real(x->value), "low",
                                        document_real(q->low), "high", document_real(q->high),
                                        "slack", flip(&x->slack), "freeze", flip(&x->freeze)));
    }
    return rows;
}

const char *document_stage(ful_stage stage)
{
    static const char *const words[] = {"armed", "frozen", "dismantling", "dismantled",
                                        "restarted"};
    return words[stage];
}

void document_half(char room[DOCUMENT_HALF_ROOM], const ful_situation *s, int half)
{
    snprintf(room, DOCUMENT_HALF_ROOM, "%dH%d", s->record.first_year + half / 2, half % 2 + 1);
}

static json_t *record_point(const ful_situation *s, const ful_record_point *x)
{
    const ful_record_row *row = &s->record.row[x->row];
    static const char *const variable[] = {"stage", "enforcement", "relief"};
    const int level = row->kind == FUL_RECORD_ENFORCEMENT;
    char half[DOCUMENT_HALF_ROOM];
    document_half(half, s, row->half);
    return json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "half", half, "variable",
        variable[row->kind], "part", level ? json_string(s->game.part[row->part].id) : json_null(),
        "stage",
        row->kind == FUL_RECORD_STAGE ? json_string(document_stage((ful_stage)row->value))
                                      : json_null(),
        "relief", row->kind == FUL_RECORD_RELIEF ? json_boolean(row->value != 0) : json_null(),
        "level", level ? document_real(row->value) : json_null(), "level_low",
        level ? document_real(row->low) : json_null(), "level_high",
        level ? document_real(row->high) : json_null(), "probability",
        document_real(x->probability), "band_low", document_real_or_null(x->low), "band_high",
        document_real_or_null(x->high), "inside", x->inside);
}

json_t *document_record(const ful_situation *s, const ful_record *r)
{
    json_t *points = json_array(), *terms = json_array();
    for (int k = 0; k < r->points; k++)
        json_array_append_new(points, record_point(s, &r->point[k]));
    for (int k = 0; k < r->terms; k++) {
        const ful_case_term *term = &s->game.term[r->term[k].term];
        json_array_append_new(terms, json_pack("{s:s, s:s, s:s, s:o, s:o}", "term", term->id,
                                               "player", player_id(s, term->player), "parameter",
                                               s->parameter[term->amount].id, "best",
                                               document_real(r->term[k].at), "gain",
                                               document_real(r->term[k].gain)));
    }
    return json_pack("{s:o, s:i, s:o, s:o}", "points", points, "outside", r->outside,
                     "log_likelihood", document_real(r->log_likelihood), "terms", terms);
}
