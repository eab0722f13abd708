/* SPDX-License-Identifier: MIT */
/*
 * What a case needs beside the economy: one ban, how far it is enforced, and the numbers of the
 * game. No table of trade says anything of these. They are starting ranges, grade E, to be
 * replaced.
 */
#include "case/write.h"

#include <string.h>

/* A payment to the enforcer, per cent of its GDP a year, and the factor of its range. */
#define PAYMENT .05
#define PAYMENT_SPREAD 5

/* Starting ranges of the game: orders of magnitude of a small armed target, a large neighbour and a
 * distant sender, in per cent of each one's own GDP. */
static const struct {
    const char *id, *unit;
    double value;
    const char *distribution;
    double low, high;
} game[] = {
    {"n_T", "%/year", 4, "loguniform", 2, 15},
    {"b_E", "%/year", .1, "loguniform", .005, 1},
    {"b_S", "%/year", .03, "loguniform", .003, .2},
    {"w_T", "1", .7, "uniform", .3, 1},
    {"w_E", "1", 1, "fixed", 1, 1},
    {"w_S", "1", 1, "fixed", 1, 1},
    {"friction", "%/year", .008, "loguniform", .002, .03},
    {"dismantling", "%", 2, "loguniform", .5, 5},
    {"restart_gain", "%", 1, "uniform", 0, 3},
    {"audience", "%", .002, "loguniform", .0004, .01},
    {"L_T", "%", 150, "loguniform", 50, 1000},
    {"C_S", "%", .3, "uniform", -.3, 2},
    {"c_ref", "%", .04, "loguniform", .005, .4},
    {"L_troops", "%", .7, "loguniform", .05, 5},
    {"L_unified", "%", 2, "loguniform", .1, 10},
    {"north_gain", "%", .1, "loguniform", .01, 1},
    {"north_cost", "%", .05, "loguniform", .005, .5},
    {"g_frozen", "1", .9, "uniform", .6, 1},
    {"growth", "1", .1, "uniform", 0, .3},
    {"over", "1", 1, "uniform", 0, 3},
    {"refugees", "million", 1, "loguniform", .1, 6},
    {"refugees_stress", "log points", .2, "uniform", 0, .5},
    {"camp_capacity", "million", .5, "loguniform", .1, 1},
    {"h0", "1/year", .03, "loguniform", .01, .07},
    {"a_p", "log points", .18, "loguniform", .05, .35},
    {"a_z", "log points", .35, "loguniform", .1, .7},
    {"stress_up", "%", 3, "uniform", 2, 5},
    {"stress_down", "%", 1, "uniform", .5, 1.5},
    {"detection", "1", .8, "uniform", .4, .95},
    {"noise", "1", .1, "uniform", 0, .3},
    {"ebar", "1", .666667, "uniform", .333333, .95},
    {"turnover", "1/year", .25, "uniform", .1, .4},
    {"turnover_withdraws", "1", .5, "uniform", .2, .9},
    {"relief_freeze", "1", .3, "uniform", 0, .9},
    {"relief_dismantle", "1", .7, "uniform", .3, 1},
    {"delta_S", "1/year", .95, "uniform", .85, .99},
    {"delta_E", "1/year", .97, "uniform", .85, .99},
    {"delta_T", "1/year", .94, "uniform", .85, .99},
    {"lambda", "1/stake", 3, "loguniform", .5, 15},
    {"stake_S", "%/year", .03, "loguniform", .0009, .03},
    {"stake_E", "%/year", .1, "loguniform", .003, .1},
    {"stake_T", "%/year", 4, "loguniform", .12, 4},
};

static void parameter(writer *w, const char *id, const char *unit, double value,
                      const char *distribution, double low, double high)
{
    fprintf(w->file, "%s,%s,", id, unit);
    ful__write_number(w, value);
    fprintf(w->file, ",%s,", distribution);
    ful__write_number(w, low);
    fputc(',', w->file);
    ful__write_number(w, high);
}

/* Value added of an actor. */
static double value_added(const ful_economy_data *d, int actor)
{
    const size_t N = (size_t)d->countries, J = (size_t)d->sectors, i = (size_t)actor;
    double sum = 0;
    for (size_t j = 0; j < J; j++) {
        double output = 0, beta = 1;
        for (size_t n = 0; n < N; n++)
            output += d->flow[(j * N + n) * N + i];
        for (size_t k = 0; k < J; k++)
            beta -= d->input[(i * J + j) * J + k];
        sum += beta * output;
    }
    return sum;
}

/* The one thing that any sender can offer: money. What it is worth to the enforcer is what it costs
 * the sender, each in per cent of its own value added. */
static void write_payment(writer *w)
{
    const ful_economy_data *d = &w->table->data;
    const double ratio = value_added(d, w->roles->enforcer) / value_added(d, w->roles->sender);
    parameter(w, "lever.payment.value_e", "%/year", PAYMENT, "loguniform", PAYMENT / PAYMENT_SPREAD,
              PAYMENT * PAYMENT_SPREAD);
    fputs(",starting-ranges,E,\n", w->file);
    parameter(w, "lever.payment.cost_s", "%/year", PAYMENT * ratio, "loguniform",
              PAYMENT * ratio / PAYMENT_SPREAD, PAYMENT * ratio * PAYMENT_SPREAD);
    fputs(",starting-ranges,E,the same money in the value added of the sender\n", w->file);
    parameter(w, "withdrawal.agreement", "%", .02, "lognormal", .004, .1);
    fputs(",starting-ranges,E,\"breaking a written agreement, once\"\n", w->file);
}

static void write_parameters(writer *w, double finance_limit)
{
    const ful_import *t = w->table;
    char id[64];
    ful__write_open(w, "parameters.csv");
    if (w->status != FUL_OK)
        return;
    fputs("id,unit,value,distribution,low,high,source,grade,note\n", w->file);
    for (int j = 0; j < t->data.sectors; j++) {
        snprintf(id, sizeof id, "theta.%s", t->sector[j]);
        parameter(w, id, "1", t->data.theta[j],
                  t->theta_low[j] < t->theta_high[j] ? "lognormal" : "fixed", t->theta_low[j],
                  t->theta_high[j]);
        fprintf(w->file, ",elasticities,%c,trade elasticity\n", t->theta_grade[j]);
    }
    parameter(w, "economy.kappa", "1", 0, "fixed", 0, 20);
    fputs(
        ",starting-ranges,E,\"mobility of labour between sectors: 0 stands for one labour market, "
        "as in the standard model; 1 = none\"\n",
        w->file);
    parameter(w, "economy.phi", "1", 0, "fixed", 0, 1);
    fputs(
        ",starting-ranges,E,\"idle capacity of the target: 0 = full employment, as in the standard "
        "model\"\n",
        w->file);
    parameter(w, "economy.finance_limit", "1", finance_limit, "fixed", finance_limit,
              finance_limit);
    fputs(",starting-ranges,E,largest share of its imports that the target can buy on credit\n",
          w->file);
    for (size_t k = 0; k < sizeof game / sizeof *game; k++) {
        snprintf(id, sizeof id, "game.%s", game[k].id);
        parameter(w, id, game[k].unit, game[k].value, game[k].distribution, game[k].low,
                  game[k].high);
        fputs(",starting-ranges,E,\n", w->file);
    }
    write_payment(w);
    ful__write_close(w);
}

static void write_measures(writer *w)
{
    const char *target = w->table->actor[w->roles->target];
    const int year = w->table->year + 2;
    ful__write_open(w, "measures.csv");
    if (w->status != FUL_OK)
        return;
    fputs(
        "id,kind,imposer,binds,sellers,buyers,sectors,coverage,coverage_low,coverage_high,cap_musd,"
        "rate,start,end,lag_days,source,grade,note\n",
        w->file);
    fprintf(
        w->file,
        "ban-exports,ban,UN,all,%s,*,*,1,,,,,%d-01-01,,0,starting-ranges,E,a thought experiment\n"
        "ban-imports,ban,UN,all,*,%s,*,1,,,,,%d-01-01,,0,starting-ranges,E,a thought experiment\n",
        target, year, target, year);
    ful__write_close(w);
}

static void write_enforcement(writer *w)
{
    ful__write_open(w, "enforcement.csv");
    if (w->status != FUL_OK)
        return;
    fputs(
        "actor,group,year,level,low,high,source,grade,note\n"
        "*,exports,,0.95,0.5,1,starting-ranges,E,\"everybody, nearly fully: at 1 a sector without "
        "a domestic seller would have no price\"\n"
        "*,imports,,0.95,0.5,1,starting-ranges,E,\"everybody, nearly fully: at 1 a sector without "
        "a domestic seller would have no price\"\n",
        w->file);
    ful__write_close(w);
}

/* A text between braces, without what would end it. */
static void braced(writer *w, const char *text)
{
    for (; *text; text++)
        fputc(*text == '{' || *text == '}' || *text == '\n' || *text == '@' ? ' ' : *text, w->file);
}

static void write_sources(writer *w)
{
    ful__write_open(w, "sources.bib");
    if (w->status != FUL_OK)
        return;
    fputs("@misc{elasticities, title = {Trade elasticities: ", w->file);
    braced(w, w->table->theta_source);
    fputs(
        "}}\n@misc{starting-ranges, title = {Starting ranges of the importer}, note = {judgement: "
        "orders of magnitude to start from and to argue with; nobody has measured these}}\n",
        w->file);
    ful__write_close(w);
}

void ful__write_play(writer *w, double finance_limit)
{
    write_parameters(w, finance_limit);
    write_measures(w);
    write_enforcement(w);
    write_sources(w);
}
