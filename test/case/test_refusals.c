/* SPDX-License-Identifier: MIT */
/*
 * Bad input, one thing at a time: each is refused in the right file, at the right line and column,
 * with the remedy. The mark ^ in a replacement is where the error must point.
 */
#include "sandbox.h"

#include <sys/stat.h>

static const sandbox_change csv_changes[] = {
    {"trade.csv", "seller,buyer,sector,value_musd", "seller,buyer,sector,^value",
     "'value' is not known (did you mean 'value_musd'?)", NULL, NULL},
    {"trade.csv", "x-sender,x-sender,minerals,6000", "x-sender,x-sender,minerals,^-6000",
     "value_musd is -6000, expected 0..", NULL, NULL},
    {"trade.csv", ",6000,", ",^nan,", "'nan' is not a finite number", NULL, NULL},
    {"trade.csv", ",6000,", ",^1e999,", "not a finite number", NULL, NULL},
    {"trade.csv", ",6000,", ",^0x10,", "not a finite number", NULL, NULL},
    {"trade.csv", ",6000,", ",^6 000,", "not a finite number", NULL, NULL},
    {"trade.csv", ",6000,", ",^,", "a number is needed", NULL, NULL},
    {"trade.csv", "x-enforcer,x-sender,minerals", "^x-enforcr,x-sender,minerals",
     "actor 'x-enforcr' is not declared (did you mean 'x-enforcer', case.yaml line ", NULL, NULL},
    {"trade.csv", "x-enforcer,x-sender,minerals", "x-enforcer,^QQQ,minerals",
     "actor 'QQQ' is not declared (declared: x-sender, x-enforcer, x-target, x-others)", NULL,
     NULL},
    {"trade.csv", "x-sender,x-enforcer,minerals,300,", "^x-sender,x-sender,minerals,300,",
     "repeats", NULL, NULL},
    {"trade.csv", "400,low", "400,^lo", "size 'lo' is not known (did you mean 'low'?", NULL, NULL},
    {"trade.csv", "x-target,x-target,goods,400,low\n", "", "one size only", NULL,
     "^x-target,x-target,goods,800,high"},
    {"trade.csv", "x-enforcer,x-target,goods,140,\n", "# a note\n", "^comments", NULL, NULL},
    {"inputs.csv", "minerals,minerals,0.1", "minerals,minerals,^1.1", "share is 1.1, expected 0..1",
     NULL, NULL},
    {"inputs.csv", "x-sender,minerals,goods,0.2,\nx-sender,minerals,services,0.1",
     "x-sender,minerals,goods,0.9,\n^x-sender,minerals,services,0.1",
     "sum to 1.1, expected at most 1", NULL, NULL},
    {"tariffs.csv", "0.1", "^-1", "rate is -1", NULL, NULL},
    {"tariffs.csv", "x-sender,x-enforcer", "^x-sender,x-sender", "bear no tariff", NULL, NULL},
    {"tariffs.csv", "minerals,0,0.1", "minerals,0,^-2", "export_tax is -2", NULL, NULL},
    {"tariffs.csv", "x-target,x-enforcer,minerals", "^x-target,x-target,minerals",
     "bear no export tax", NULL, NULL},
    {"latent.csv", "x-target,x-sender", "^x-others,x-sender",
     "has the target, x-target, on one side", NULL, NULL},
    {"latent.csv", "invented,E", "invented,^F", "expected one of A B C D E", NULL, NULL},
    {"economy.csv", "3900", "^lots", "not a finite number", NULL, NULL},
    {"history.csv", "165,million USD", "165,^tonnes", "expected 'million USD'", NULL, NULL},
    {"history.csv", "imports,,,2022", "^exports,,,2022", "repeats line ", NULL, NULL},
    {"history.csv", "imports,,,2022", "imports,^x-others,,2022", "of no actor", NULL, NULL},
    {"history.csv", "2022,110", "^2022.5,110", "a whole number", NULL, NULL},
    {"sources.bib", "@misc{invented,", "^@misc{,", "expected an entry of the form", NULL, NULL},
    {"sources.bib", "@misc{", "@misc{invented, x = 1}\n^@misc{",
     "'invented' stands twice, first in line ", NULL, NULL},
    {"history.csv", "imports,,,2022", "imports,,^goods,2022", "of no sector", NULL, NULL},
};

static const sandbox_change shock_changes[] = {
    {"shocks.csv", "flood-2022,", "^Flood,", "'Flood' is no id", NULL, NULL},
    {"shocks.csv", "flood-2022,x-target", "flood-2022,^x-targt",
     "actor 'x-targt' is not declared (did you mean 'x-target', case.yaml line ", NULL, NULL},
    {"shocks.csv", "x-target,minerals,", "x-target,goods ^mineral,",
     "sector 'mineral' is not declared (did you mean 'minerals', case.yaml line ", NULL, NULL},
    {"shocks.csv", "x-target,minerals,", "x-target,^,", "expected names of sectors, or *", NULL,
     NULL},
    {"shocks.csv", "0.7,0.5,0.9", "^0,0,0.9", "factor is 0, expected 0.001..1000", NULL, NULL},
    {"shocks.csv", "0.7,0.5,0.9", "^-30%,0.5,0.9", "'-30%' is not a finite number", NULL, NULL},
    {"shocks.csv", "0.7,0.5,0.9", "0.7,^0.8,0.9", "factor_low is 0.8, expected 0.001..0.7", NULL,
     NULL},
    {"shocks.csv", "0.7,0.5,0.9", "0.7,0.5,^", "factor_high is empty", NULL, NULL},
    {"shocks.csv", "2022-06-01,2022-12-01", "2022-06-01,^2022-05-01",
     "the end, 2022-05-01, lies before the start, 2022-06-01", NULL, NULL},
    {"shocks.csv", "2022-06-01,2022-12-01", "^,2022-12-01", "no date", NULL, NULL},
    {"shocks.csv", "invented,E", "^guessed,E", "source 'guessed' is not declared", NULL, NULL},
    {"shocks.csv", "invented,E", "invented,^e", "expected one of A B C D E", NULL, NULL},
    {"shocks.csv", "stand under water\n",
     "x\n^flood-2022,x-target,goods,1,1,1,2022-01-01,,invented,E,\n",
     "shock 'flood-2022' stands twice, first in line 2", NULL, NULL},
    {"shocks.csv", "id,actor,sectors", "id,actor,^sector",
     "'sector' is not known (did you mean 'sectors'?)", NULL, NULL},
};

static const sandbox_change law_changes[] = {
    {"measures.csv", "un-minerals-2022,ban,UN", "un-minerals-2022,^bann,UN",
     "kind 'bann' is not known (did you mean 'ban'? allowed: ban, cap, tariff, secondary)", NULL,
     NULL},
    {"measures.csv", "un-minerals-2022,ban,UN,all", "un-minerals-2022,ban,UN,^imposer",
     "the UN binds 'all'", NULL, NULL},
    {"measures.csv", "UN,all,x-target,*,minerals,0.9", "UN,all,x-target,*,minerals ^mineral,0.9",
     "sector 'mineral' is not declared (did you mean 'minerals', case.yaml line ", NULL, NULL},
    {"measures.csv", "UN,all,x-target,*,minerals,0.9", "UN,all,x-target,*,\"minerals ^fish\",0.9",
     "sector 'fish' is not declared", NULL, NULL},
    {"measures.csv", "UN,all,x-target,*,minerals,0.9", "UN,all,x-target,*,minerals ^minerals,0.9",
     "stands twice", NULL, NULL},
    {"measures.csv", "UN,all,x-target,*,minerals,0.9", "UN,all,x-target,*,^services,0.9",
     "'services' is in no group of exports", NULL, NULL},
    {"measures.csv", "UN,all,x-target,*,minerals,0.9", "UN,all,^x-others,x-sender,minerals,0.9",
     "about trade of the target", NULL, NULL},
    {"measures.csv", ",0.9,0.8,1,", ",0.9,^0.95,1,", "coverage_low is 0.95, expected 0..0.9", NULL,
     NULL},
    {"measures.csv", ",0.9,0.8,1,", ",0.9,0.8,^,", "coverage_high is empty", NULL, NULL},
    {"measures.csv", "goods,1,,,20,1000,25000", "goods,1,,,^,,",
     "a cap needs a bound: cap_musd, or", NULL, NULL},
    {"measures.csv", "20,1000,25000", "^-20,1000,25000", "cap_musd is -20, expected 0..", NULL,
     NULL},
    {"measures.csv", "20,1000,25000", "20,^-1,25000", "cap_quantity is -1, expected 0..", NULL,
     NULL},
    {"measures.csv", "20,1000,25000", "20,1000,^", "unit_price_usd is empty", NULL, NULL},
    {"measures.csv", "20,1000,25000", "20,1000,^0", "unit_price_usd is 0, expected ", NULL, NULL},
    {"measures.csv", "20,1000,25000", "20,,^25000", "without a cap_quantity", NULL, NULL},
    {"measures.csv", "25000,buyer", "25000,^importer", "allowed: buyer, seller, lost", NULL, NULL},
    {"measures.csv", "minerals,0.9,0.8,1,,,,", "minerals,0.9,0.8,1,,^7,,",
     "a ban has no cap_quantity", NULL, NULL},
    {"measures.csv", "minerals,0.9,0.8,1,,,,", "minerals,0.9,0.8,1,,,,^buyer", "a ban has no rent",
     NULL, NULL},
    {"measures.csv", "un-goods-2022,cap,UN,all,x-target,*", "un-goods-2022,cap,UN,all,^*,*",
     "a cap is about what the target, x-target, sells or what it buys", NULL, NULL},
    {"measures.csv", "secondary,x-sender,imposer", "secondary,^UN,imposer",
     "secondary sanctions are those of an actor", NULL, NULL},
    {"measures.csv", "secondary,x-sender,imposer", "secondary,x-sender,^all",
     "a secondary sanction binds its 'imposer'", NULL, NULL},
    {"measures.csv", "imposer,x-target,x-others", "imposer,^x-sender,x-others",
     "a secondary is about trade of the target", NULL, NULL},
    {"measures.csv", "ban,x-target,imposer", "ban,x-target,^all",
     "a measure of the target binds its 'imposer'", NULL, NULL},
    {"hubs.csv", "1.5,3.5,1.5,20", "1.5,^0,1.5,20", "adaptation_years is 0, expected ", NULL, NULL},
    {"hubs.csv", "1.5,3.5,1.5,20", "1.5,3.5,^4,20", "adaptation_years_low is 4, expected ", NULL,
     NULL},
    {"hubs.csv", "1.5,3.5,1.5,20", "1.5,3.5,1.5,^", "adaptation_years_high is empty", NULL, NULL},
    {"hubs.csv", "1.5,3.5,1.5,20", "1.5,,^1.5,20", "the hub never adapts", NULL, NULL},
    {"hubs.csv", "adaptation_years,adaptation_years_low,adaptation_years_high",
     "capacity,capacity_low,capacity_high", "needs the parameter 'hubs.congestion'", "hubs.csv",
     "^x-others,sales"},
    {"parameters.csv", "hubs.onward,1,0.3,uniform,0,0.6", "hubs.onward,1,0.3,uniform,0,60",
     "do not die out", "hubs.csv", "^x-others,sales"},
    {"measures.csv", "minerals,0.9,0.8,1,,", "minerals,0.9,0.8,1,^7,", "a ban has no cap_musd",
     NULL, NULL},
    {"measures.csv", "2022-03-01,,30", "2022-03-01,^2021-01-01,30",
     "the end, 2021-01-01, lies before the start, 2022-03-01", NULL, NULL},
    {"measures.csv", "2022-03-01,,30", "^2022-02-30,,30", "no date", NULL, NULL},
    {"measures.csv", "un-goods-2022,cap", "^un-minerals-2022,cap", "stands twice, first in line ",
     NULL, NULL},
    {"measures.csv", "implements un-minerals-2022", "^implements un-mineral-2022",
     "did you mean 'un-minerals-2022', line ", NULL, NULL},
    {"measures.csv", "x-target,x-enforcer,minerals,0.9", "x-target,x-enforcer,minerals,^0.8",
     "the measure it implements", NULL, NULL},
    {"hubs.csv", "1.2,1.05,1.5", "^0.9,1.05,1.5", "cost is 0.9, expected 1..", NULL, NULL},
    {"hubs.csv", "x-others,sales", "^x-target,sales", "no hub of its own trade", NULL, NULL},
    {"hubs.csv", "x-enforcer,supplies", "^x-others,sales",
     "'hub.x-others.sales.share' stands twice", NULL, NULL},
    {"enforcement.csv", "2022,0.6", "2022,^1.6", "level is 1.6, expected 0..1", NULL, NULL},
    {"enforcement.csv", "*,supplies,,0.3,0.1,0.5", "^*,sales,,0.3,0.1,0.5", "repeats line ", NULL,
     NULL},
    {"enforcement.csv", "*,supplies,,0.3", "x-others,supplies,2021,0.3",
     "no level for x-enforcer, group 'supplies', year 2020: add a row for *", NULL, NULL},
    {"measures.csv", "UN,all,x-target,*,minerals,0.9", "UN,all,^,*,minerals,0.9",
     "expected names of actors, or *", NULL, NULL},
    {"measures.csv", "implements un-minerals-2022", "^implements enforcer-notice-2022",
     "is itself a notice", NULL, NULL},
};

static const sandbox_change parameter_changes[] = {
    /* two words of one FNV-1a hash */
    {"parameters.csv", "theta.goods,1,5,lognormal,2.5,10,invented",
     "costarring,1,5,fixed,5,5,invented,E,\n"
     "^liquid,1,5,fixed,5,5,invented,E,\n"
     "theta.goods,1,5,lognormal,2.5,10,invented",
     "'liquid' would be drawn from the random numbers of 'costarring'", NULL, NULL},
    {"parameters.csv", "theta.goods,1,5,lognormal,2.5,10,invented",
     "theta.goods,1,5,lognormal,2.5,10,^", "the source is missing", NULL, NULL},
    {"parameters.csv", "theta.goods,1,5,lognormal,2.5,10,invented",
     "theta.goods,1,5,lognormal,2.5,10,^invent",
     "source 'invent' is not declared (did you mean 'invented', sources.bib line 1?)", NULL, NULL},
    {"parameters.csv", "theta.goods,1,5,lognormal,2.5,10,invented,E",
     "theta.goods,1,5,lognormal,2.5,10,invented,^", "grade ''", NULL, NULL},
    {"parameters.csv", "theta.goods,1,5,lognormal,2.5,10", "theta.goods,1,5,lognormal,^5.5,10",
     "low is 5.5, expected", NULL, NULL},
    {"parameters.csv", "theta.goods,1,5,lognormal,2.5,10", "theta.goods,1,5,lognormal,2.5,^4",
     "high is 4, expected 5..", NULL, NULL},
    {"parameters.csv", "theta.goods,1,5,lognormal,2.5,10", "theta.goods,1,5,^normal,2.5,10",
     "distribution 'normal' is not known (did you mean 'lognormal'?", NULL, NULL},
    {"parameters.csv", "theta.goods,1,5,lognormal,2.5,10", "theta.goods,^,5,lognormal,2.5,10",
     "has no unit", NULL, NULL},
    {"parameters.csv", "theta.goods,1,5,lognormal,2.5,10", "theta.goods,1,5,lognormal,^0,10",
     "a lognormal needs it above 0", NULL, NULL},
    {"parameters.csv", "theta.goods,1,5,lognormal,2.5,10", "^theta.goods,1,5,uniform,-1,10",
     "'theta.goods' runs from -1 to 10, expected above 0", NULL, NULL},
    {"parameters.csv", "economy.sigma_m,1,0.5,uniform,0.2,1", "^economy.sigma_m,1,0.5,uniform,0,1",
     "'economy.sigma_m' runs from 0 to 1, expected 0.01..100", NULL, NULL},
    {"parameters.csv", "economy.kappa_target,1,2,loguniform,1,10",
     "^economy.kappa_target,1,2,loguniform,0.5,10", "runs from 0.5 to 10, expected 1..inf", NULL,
     NULL},
    {"parameters.csv", "theta.services,", "^theta.goods,",
     "parameter 'theta.goods' stands twice, first in line ", NULL, NULL},
    {"parameters.csv", "game.detection,1,0.8,uniform,0.4,0.95",
     "^game.detection,1,0.8,uniform,0.4,1.95",
     "'game.detection' runs from 0.4 to 1.95, expected 0..1", NULL, NULL},
    {"parameters.csv", "game.detection,1,0.8,uniform", "^game.detection,1,0.8,lognormal",
     "a lognormal has none", NULL, NULL},
    {"parameters.csv", "economy.kappa,1,4,loguniform,1,20", "^economy.kappa,1,4,loguniform,0.5,20",
     "'economy.kappa' runs from 0.5", NULL, NULL},
    {"parameters.csv", "game.stress_down,%,1,uniform,0.5,1.5",
     "^game.stress_down,%,1,uniform,0.5,2.5", "above the low of 'game.stress_up'", NULL, NULL},
    {"parameters.csv", "game.elite_share,1,1,triangular,0.5,1.5",
     "game.elite_share,1,1,triangular,0.5,2.5", "leaves 0..1", "case.yaml", "^{id: elite"},
    {"parameters.csv", "game.noise,1,0.1,uniform,0,0.3,invented,E,\n", "",
     "the game needs the parameter 'game.noise'", "case.yaml", "game:\n  ^start"},
    {"parameters.csv", "theta.goods,", "^theta goods,", "no id of a parameter", NULL, NULL},
};

static const sandbox_change yaml_changes[] = {
    {"case.yaml", "question: Who", "^questoin: Who",
     "key 'questoin' is not known (did you mean 'question'?", NULL, NULL},
    {"case.yaml", "title: A triangle", "id: x\n^title: A triangle", "", NULL, "^id: x"},
    {"case.yaml", "base_year: 2020\n", "", "key 'base_year' is missing", NULL, "^fulcrum: 1"},
    {"case.yaml", "base_year: 2020", "base_year: ^soon", "base_year 'soon' is not a finite number",
     NULL, NULL},
    {"case.yaml", "fulcrum: 1", "fulcrum: ^2", "expected 1..1", NULL, NULL},
    {"case.yaml", "role: partner", "role: ^enforcer", "", NULL, "^{id: x-others"},
    {"case.yaml", "x-target: {kappa", "^x-targt: {kappa",
     "actor 'x-targt' is not declared (did you mean 'x-target'", NULL, NULL},
    {"case.yaml", "sigma_v: economy.sigma_v_target", "^sigma_w: economy.sigma_v_target",
     "key 'sigma_w' is not known (did you mean 'sigma_", NULL, NULL},
    {"case.yaml", "sigma_m: economy.sigma_m", "sigma_m: ^economy.sigma_n",
     "parameter 'economy.sigma_n' is not declared", NULL, NULL},
    {"case.yaml", "basket: {goods: .6, services: .4}", "basket: ^{goods: .6, services: .3}",
     "sum to 0.9, expected 1", NULL, NULL},
    {"case.yaml", "basket: {goods: .6,", "basket: {^fish: .6,", "sector 'fish' is not declared",
     NULL, NULL},
    {"case.yaml", "target, rest", "target, basket: ^{goods: 1}, rest",
     "the other buys what is left", NULL, NULL},
    {"case.yaml", "revenue: .5", "revenue: ^1.5", "revenue is 1.5, expected 0..1", NULL, NULL},
    {"case.yaml", "role: sender", "role: ^sendr",
     "role 'sendr' is not known (did you mean 'sender'?", NULL, NULL},
    {"case.yaml", "role: sender", "role: partner", "no actor has the role sender", NULL,
     "actors:\n  ^-"},
    {"case.yaml", "{id: x-others,", "{id: ^x-target,", "actor 'x-target' stands twice", NULL, NULL},
    {"case.yaml", "{id: x-others,", "{id: ^Others,", "no actor's id", NULL, NULL},
    {"case.yaml", "{id: x-others,", "{id: ^x-rest,", "is taken", NULL, NULL},
    {"case.yaml", "id: goods,", "id: ^Goods,", "is no id", NULL, NULL},
    {"case.yaml", "theta: theta.goods", "theta: ^theta.good",
     "parameter 'theta.good' is not declared (did you mean 'theta.goods', parameters.csv line ",
     NULL, NULL},
    {"case.yaml", "service: true", "service: ^yes", "service 'yes' is not known", NULL, NULL},
    {"case.yaml", "sectors: [minerals, goods]", "sectors: [minerals, ^minerals]", "stands twice",
     NULL, NULL},
    {"case.yaml", "flow: imports", "flow: exports", "is in group 'sales' already", NULL,
     "flow: exports, sectors: [^goods]"},
    {"case.yaml", "rest: true", "rest: false", "exactly one", NULL, "households:\n  ^-"},
    {"case.yaml", "imposers: [UN, x-sender]", "imposers: [UN, ^x-sendr]",
     "actor 'x-sendr' is not declared (did you mean 'x-sender', line ", NULL, NULL},
    {"case.yaml", "date: 2021-06-01", "date: ^2021-6-1", "no date", NULL, NULL},
    {"case.yaml", "headline_regime: new", "headline_regime: ^newer",
     "regime 'newer' is not declared", NULL, NULL},
    {"case.yaml", "members: [x-enforcer]", "members: [^x-target]", "x-target is the target", NULL,
     NULL},
    {"case.yaml", "levers: [pledge, no_troops]", "levers: [pledge, ^no_trops]",
     "lever 'no_trops' is not declared (did you mean 'no_troops', line ", NULL, NULL},
    {"case.yaml", "levers: [pledge, no_troops]", "levers: [pledge, ^pledge]", "stands twice", NULL,
     NULL},
    {"case.yaml", "lifts: sender-tariff-2023", "lifts: ^un-goods-2022", "is no tariff", NULL, NULL},
    {"case.yaml", "troops: true", "troops: ^True", "troops 'True' is not known", NULL, NULL},
    {"case.yaml", "duration: 4", "duration: ^4.5", "a whole number", NULL, NULL},
    {"case.yaml", "pressure_regime: new", "pressure_regime: ^[new]", "must be a text", NULL, NULL},
    {"case.yaml", "base_year: 2020", "base_year: ^&x 2020", "anchors", NULL, NULL},
    {"case.yaml", "base_year: 2020", "base_year: 2020\n^base_year: 2021",
     "key 'base_year' stands twice, first in line ", NULL, NULL},
    {"claims.yaml", "verdict: supported\n", "verdict: ^true\n", "verdict 'true' is not known", NULL,
     NULL},
    {"claims.yaml", "model: lever:tariff", "model: ^lever:tarif", "lever 'tarif' is not declared",
     NULL, NULL},
    {"claims.yaml", "    model: pivotal_enforcer\n", "", "either a 'verdict' or a 'model'", NULL,
     "^id: pivotal"},
    {"claims.yaml", "id: pivotal\n", "id: ^enforcer-buys-most\n",
     "claim 'enforcer-buys-most' stands twice", NULL, NULL},
    {"claims.yaml", "point: 1", "point: ^0", "point is 0, expected 1..", NULL, NULL},
    {"case.yaml", "shares: {minerals: .5}", "shares: ^[.5]", "a map of sectors and shares", NULL,
     NULL},
    {"case.yaml", "shares: {minerals: .5}", "shares: {minerals: ^[.5]}", "expected a number", NULL,
     NULL},
    {"case.yaml", "imposers: [UN, x-sender]", "imposers: ^everybody", "'*' or a list", NULL, NULL},
    {"case.yaml", "imposers: [UN, x-sender]", "imposers: [UN, ^[x-sender]]",
     "expected the name of one actor", NULL, NULL},
    {"case.yaml", "members: [x-enforcer]", "members: [x-enforcer, ^x-enforcer]", "stands twice",
     NULL, NULL},
    {"case.yaml", "members: [x-enforcer]", "members: ^[]", "0 members, expected 1..16", NULL, NULL},
    {"case.yaml", "members: [x-enforcer]", "members: ^x-enforcer", "'members' must be a list", NULL,
     NULL},
    {"case.yaml", "- {id: services,", "- ^text\n  - {id: services,", "expected a map of keys", NULL,
     NULL},
};

static void test_csv(void **state)
{
    (void)state;
    sandbox_check_changes(csv_changes, sizeof csv_changes / sizeof *csv_changes);
}

static void test_shocks(void **state)
{
    (void)state;
    sandbox_check_changes(shock_changes, sizeof shock_changes / sizeof *shock_changes);
}

static void test_laws(void **state)
{
    (void)state;
    sandbox_check_changes(law_changes, sizeof law_changes / sizeof *law_changes);
}

static void test_parameters(void **state)
{
    (void)state;
    sandbox_check_changes(parameter_changes, sizeof parameter_changes / sizeof *parameter_changes);
}

static void test_yaml(void **state)
{
    (void)state;
    sandbox_check_changes(yaml_changes, sizeof yaml_changes / sizeof *yaml_changes);
}

/* Rows whose field `column` is `value` are left out. */
static void drop_rows(const sandbox *box, const char *file, const char *needle)
{
    size_t size;
    char *text = sandbox_slurp(box->folder, file, &size), *kept = calloc(size + 1, 1), *to = kept;
    assert_non_null(kept);
    for (char *line = text; *line;) {
        char *end = strchr(line, '\n');
        assert_non_null(end);
        *end = '\0';
        if (!strstr(line, needle))
            to += sprintf(to, "%s\n", line);
        line = end + 1;
    }
    sandbox_write(box, file, kept, strlen(kept));
    free(text);
    free(kept);
}

static void place_of(const sandbox *box, const char *file, const char *needle, int *line,
                     int *column)
{
    size_t size;
    char *text = sandbox_slurp(box->folder, file, &size);
    assert_non_null(strstr(text, needle));
    sandbox_place(text, strstr(text, needle), line, column);
    free(text);
}

static void test_no_supplier(void **state)
{
    (void)state;
    sandbox box;
    int line, column;
    sandbox_new(&box);
    /* the target's producers go on using services that nobody sells to it */
    drop_rows(&box, "trade.csv", "x-target,x-target,services");
    place_of(&box, "inputs.csv", "x-target,minerals,services", &line, &column);
    sandbox_refused(&box, FUL_ERR_DATA, "inputs.csv", line, column,
                    "sector 'minerals' of x-target uses 'services', but trade.csv has no supplier");
    drop_rows(&box, "trade.csv", "services");
    place_of(&box, "case.yaml", "services, name", &line, &column);
    sandbox_refused(&box, FUL_ERR_DATA, "case.yaml", line, column, "has no supplier at all");
    drop_rows(&box, "trade.csv", "x-others,");
    place_of(&box, "case.yaml", "x-others, name", &line, &column);
    sandbox_refused(&box, FUL_ERR_DATA, "case.yaml", line, column, "x-others sells nothing");
    sandbox_free(&box);
}

static void test_truncated(void **state)
{
    (void)state;
    for (int k = 0; k < SANDBOX_FILES; k++) {
        sandbox box;
        size_t size;
        ful_case *c;
        ful_error err = {0};
        sandbox_new(&box);
        char *text = sandbox_slurp(box.folder, sandbox_files[k], &size);
        /* cut anywhere within a line: the lost line end gives it away */
        for (size_t cut = 1; cut < size; cut += 1 + size / 50) {
            if (text[cut - 1] == '\n')
                continue;
            sandbox_write(&box, sandbox_files[k], text, cut);
            ful_status_is(ful_case_load(&c, box.folder, NULL, &err), FUL_ERR_DATA, NULL);
            assert_non_null(strstr(err.file, sandbox_files[k]));
            ful_says(err, "cut short");
            assert_true(err.line > 0 && err.column > 0);
        }
        free(text);
        sandbox_free(&box);
    }
}

static void test_bytes(void **state)
{
    (void)state;
    sandbox box;
    sandbox_new(&box);
    sandbox_write(&box, "trade.csv", "", 0);
    sandbox_refused(&box, FUL_ERR_DATA, "trade.csv", 1, 1, "empty");
    sandbox_write(&box, "trade.csv", "seller\nx\0y\n", 11);
    sandbox_refused(&box, FUL_ERR_DATA, "trade.csv", 2, 2, "control character (0x00)");
    sandbox_write(&box, "trade.csv", "a\nb\x1b[31m\n", 9);
    sandbox_refused(&box, FUL_ERR_DATA, "trade.csv", 2, 2, "control character (0x1b)");
    /* Latin-1, an overlong form, a surrogate, beyond Unicode, a character cut short */
    static const char *const bad[] = {
        "\xe9t\xe9\n", "\xc0\xaf\n", "\xed\xa0\x80\n", "\xf4\x90\x80\x80\n",
        "\xe2\x82\n",  "\x80\n",     "\xff\n"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        char text[32];
        snprintf(text, sizeof text, "\xe2\x82\xac\n\xf0\x9f\x98\x80x%s", bad[k]);
        sandbox_write(&box, "claims.yaml", text, strlen(text));
        sandbox_write(&box, "trade.csv", text, strlen(text));
        sandbox_refused(&box, FUL_ERR_DATA, "trade.csv", 2, 3, "not UTF-8");
    }
    sandbox_free(&box);
}

static void test_folders(void **state)
{
    (void)state;
    static const char *const needed[] = {"sources.bib", "parameters.csv", "trade.csv",
                                         "inputs.csv",  "measures.csv",   "enforcement.csv"};
    sandbox box;
    ful_case *c;
    ful_error err = {0};
    for (size_t k = 0; k < sizeof needed / sizeof *needed; k++) {
        sandbox_new(&box);
        sandbox_remove(&box, needed[k]);
        sandbox_refused(&box, FUL_ERR_FILE, needed[k], 0, 0, "a case folder needs this file");
        sandbox_free(&box);
    }
    sandbox_new(&box);
    for (int k = 0; k < SANDBOX_FILES; k++)
        sandbox_remove(&box, sandbox_files[k]);
    sandbox_refused(&box, FUL_ERR_FILE, "case.yaml", 0, 0, "a case folder needs this file");
    char path[512];
    sandbox_path(path, sizeof path, box.folder, "case.yaml");
    assert_int_equal(mkdir(path, 0700), 0);
    sandbox_refused(&box, FUL_ERR_FILE, "case.yaml", 0, 0, "this is no file");
    assert_int_equal(rmdir(path), 0);
    sandbox_path(path, sizeof path, box.folder, "nowhere");
    ful_status_is(ful_case_load(&c, path, NULL, &err), FUL_ERR_FILE, &err);
    ful_says(err, "no such folder");
    sandbox_write(&box, "case.yaml", "x\n", 2);
    sandbox_path(path, sizeof path, box.folder, "case.yaml");
    ful_status_is(ful_case_load(&c, path, NULL, &err), FUL_ERR_FILE, &err);
    ful_says(err, "no folder");
    ful_status_is(ful_case_load(&c, "", NULL, NULL), FUL_ERR_FILE, NULL);
    sandbox_free(&box);
}

/* The line of the nearest declaration is that of the declaration. */
static void test_declared_line(void **state)
{
    (void)state;
    sandbox box;
    int line, column, there, ignored;
    char part[128];
    sandbox_new(&box);
    place_of(&box, "case.yaml", "id: no_troops", &there, &ignored);
    sandbox_edit(&box, "case.yaml", "levers: [pledge, no_troops]", "levers: [pledge, ^no_trops]",
                 &line, &column);
    snprintf(part, sizeof part, "(did you mean 'no_troops', line %d?)", there);
    sandbox_refused(&box, FUL_ERR_DATA, "case.yaml", line, column, part);
    sandbox_free(&box);
    sandbox_new(&box);
    place_of(&box, "parameters.csv", "theta.goods", &there, &ignored);
    sandbox_edit(&box, "case.yaml", "theta: theta.goods", "theta: ^theta.god", &line, &column);
    snprintf(part, sizeof part, "(did you mean 'theta.goods', parameters.csv line %d?)", there);
    sandbox_refused(&box, FUL_ERR_DATA, "case.yaml", line, column, part);
    sandbox_free(&box);
}

static void test_nearest_name(void **state)
{
    (void)state;
    static const char *const names[] = {"steel_exemption", "pause", "tone", "trade_restraint"};
    assert_string_equal(ful_nearest_name("steel_exemtion", 4, names), "steel_exemption");
    assert_string_equal(ful_nearest_name("tone", 4, names), "tone");
    assert_string_equal(ful_nearest_name("tome", 4, names), "tone");
    assert_string_equal(ful_nearest_name("trade", 4, names), "trade_restraint");
    assert_null(ful_nearest_name("zzzzzzzzz", 4, names));
    assert_null(ful_nearest_name("pause", 0, NULL));
    char longest[2000];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const char *const one[] = {longest};
    assert_null(ful_nearest_name(longest, 1, one));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),         cmocka_unit_test(test_shocks),
        cmocka_unit_test(test_laws),        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_yaml),        cmocka_unit_test(test_no_supplier),
        cmocka_unit_test(test_truncated),   cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_folders),     cmocka_unit_test(test_declared_line),
        cmocka_unit_test(test_nearest_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
