/* SPDX-License-Identifier: MIT */
/* What a parameter is, in words, read off where the situation uses it. */
#include "output/document.h"

static const char *player_name(const ful_situation *s, int player)
{
    return s->actor[s->game.player[player].actor].name;
}

/* A payoff term has a name in the case. */
static json_t *name_term(const ful_situation *s, ful_param q)
{
    for (int k = 0; k < s->game.terms; k++) {
        const ful_case_term *term = &s->game.term[k];
        if (term->amount == q)
            return json_sprintf("%s (%s)", term->name, player_name(s, term->player));
    }
    return NULL;
}

static json_t *name_rule(const ful_situation *s, ful_param q)
{
    static const char *const meaning[] = {
#define MEANING(symbol, unit, meaning) meaning,
        FUL_BARGAIN_PARAMETERS(MEANING)
#undef MEANING
    };
    for (size_t k = 0; k < sizeof meaning / sizeof *meaning; k++)
        if (s->game.parameter[k] == q)
            return json_string(meaning[k]);
    return NULL;
}

/* What every player has; players may share one number. */
static json_t *name_player(const ful_situation *s, ful_param q)
{
    json_t *name = NULL;
    for (int i = 0; i < s->game.players; i++) {
        const ful_case_player *p = &s->game.player[i];
        const char *what = p->delta == q       ? "discount factor of "
                           : p->precision == q ? "precision of "
                           : p->stake == q     ? "stake of "
                                               : NULL;
        if (!what)
            continue;
        json_t *longer = json_sprintf("%s%s%s", name ? json_string_value(name) : what,
                                      name ? ", " : "", player_name(s, i));
        json_decref(name);
        name = longer;
    }
    return name;
}

/* A lever's number; one that several levers share is left to its note. */
static json_t *name_lever(const ful_situation *s, ful_param q)
{
    const char *lever = NULL, *what = NULL;
    int found = 0;
    for (int l = 0; l < s->levers; l++) {
        const ful_case_lever *x = &s->lever[l];
        const char *here = x->value_e == q      ? "worth to the enforcer"
                           : x->value_t == q    ? "security to the target"
                           : x->cost_s == q     ? "cost to the sender"
                           : x->withdrawal == q ? "cost of withdrawing it"
                           : x->hazard == q     ? "what it takes off the hazard of collapse"
                                                : NULL;
        if (!here)
            continue;
        found++;
        lever = x->name;
        what = here;
    }
    return found == 1 ? json_sprintf("%s: %s", lever, what) : NULL;
}

static json_t *name_economy(const ful_situation *s, ful_param q)
{
    const struct {
        ful_param of;
        const char *name;
    } own[] = {{s->kappa, "mobility of labour between sectors"},
               {s->sigma_f, "substitution between sectors in demand"},
               {s->sigma_m, "substitution between inputs"},
               {s->sigma_v, "substitution between inputs and value added"},
               {s->phi, "idle capacity of the target"},
               {s->finance_limit, "share of imports that can be bought on credit"},
               {s->size, "size of the target's economy, from its lower to its higher table"},
               {s->onward, "worth of moving on from hub to hub"},
               {s->congestion, "elasticity of hubs' costs to how full they are"},
               {s->game.relief_freeze, "share of measures given back at a freeze"},
               {s->game.relief_dismantle, "share of measures given back at dismantling"}};
    for (size_t k = 0; k < sizeof own / sizeof *own; k++)
        if (own[k].of == q)
            return json_string(own[k].name);
    for (int k = 0; k < s->shocks; k++)
        if (s->shock[k].factor == q)
            return json_sprintf("productivity of %s under the shock %s",
                                s->actor[s->shock[k].actor].name, s->shock[k].id);
    for (int j = 0; j < s->sectors; j++)
        if (s->sector[j].theta == q)
            return json_sprintf("trade elasticity of %s", s->sector[j].name);
    return NULL;
}

json_t *document_parameter_name(const ful_situation *s, ful_param q)
{
    static json_t *(*const by_use[])(const ful_situation *, ful_param) = {
        name_term, name_rule, name_player, name_lever, name_economy};
    const ful_parameter *p = &s->parameter[q];
    json_t *name = NULL;
    for (size_t k = 0; k < sizeof by_use / sizeof *by_use && !name; k++)
        name = by_use[k](s, q);
    return name ? name : json_string(p->note && *p->note ? p->note : p->id);
}

json_t *document_parameter(const ful_situation *s, ful_param q)
{
    const ful_parameter *p = &s->parameter[q];
    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o}", "id", p->id, "name",
                     document_parameter_name(s, q), "unit", p->unit, "value",
                     document_real(p->value), "low", document_real(p->low), "high",
                     document_real(p->high));
}
