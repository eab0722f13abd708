/* SPDX-License-Identifier: MIT */
/* The tables of `rank`. */
#include "output/layout.h"

#define MUSD "million USD a year"
#define POINTS "percentage points"
#define RATIO "points per million USD a year"

static const table_source measure_source[] = {{"measures[]", NULL}, {0}};
static const table_column measure_columns[] = {
    {"measure", TABLE_TEXT, "", "the flow that is closed: seller>buyer:sector", "id"},
    {"seller", TABLE_TEXT, "", "actor that sells", "seller"},
    {"buyer", TABLE_TEXT, "", "actor that buys", "buyer"},
    {"sector", TABLE_TEXT, "", "sector", "sector"},
    {"base_musd", TABLE_REAL, MUSD, "the flow in the benchmark", "base_musd"},
    {"value_musd", TABLE_REAL, MUSD, "the flow before it is closed", "value_musd"},
    {"bite", TABLE_REAL, POINTS, "real income lost by the target, to first order", "bite"},
    {"cost_musd", TABLE_REAL, MUSD, "cost to sender and enforcer, to first order", "cost"},
    {"bite_per_cost", TABLE_REAL, RATIO, "bite over cost, to first order", "bite_per_cost"},
    {"score", TABLE_REAL, POINTS, "bite less mu times cost, to first order", "score"},
    {"state", TABLE_TEXT, "", "what is known: first_order, solved, ...", "state"},
    {"exact_bite", TABLE_REAL, POINTS, "real income lost by the target", "exact.bite"},
    {"exact_cost_musd", TABLE_REAL, MUSD, "cost to sender and enforcer", "exact.cost"},
    {"exact_bite_per_cost", TABLE_REAL, RATIO, "bite over cost", "exact.bite_per_cost"},
    {"exact_score", TABLE_REAL, POINTS, "bite less mu times cost", "exact.score"},
    {"pays_for_itself", TABLE_INTEGER, "0 or 1", "whether the cost, as best known, is 0 or less",
     "pays_for_itself"},
    {0}};

static const table_source cost_source[] = {
    {"measures[].costs[]", "first_order"}, {"measures[].exact.costs[]", "exact"}, {0}};
static const table_column cost_columns[] = {
    {"measure", TABLE_TEXT, "", "row of the table measures", "^id"},
    {"estimate", TABLE_TEXT, "", "first_order or exact", "@tag"},
    {"actor", TABLE_TEXT, "", "who bears it", "id"},
    {"cost_musd", TABLE_REAL, MUSD, "what it would have to be paid to be as well off", "cost"},
    {0}};

static const table_source joint_source[] = {{"joint", NULL}, {0}};
static const table_column joint_columns[] = {
    {"state", TABLE_TEXT, "", "of all that were solved, closed together", "state"},
    {"sum_bite", TABLE_REAL, POINTS, "exact bites one by one, summed", "sum.bite"},
    {"sum_cost_musd", TABLE_REAL, MUSD, "exact costs one by one, summed", "sum.cost"},
    {"sum_bite_per_cost", TABLE_REAL, RATIO, "the first over the second", "sum.bite_per_cost"},
    {"sum_score", TABLE_REAL, POINTS, "the first less mu times the second", "sum.score"},
    {"together_bite", TABLE_REAL, POINTS, "bite of all closed together", "together.bite"},
    {"together_cost_musd", TABLE_REAL, MUSD, "cost of all closed together", "together.cost"},
    {"together_bite_per_cost", TABLE_REAL, RATIO, "the first over the second",
     "together.bite_per_cost"},
    {"together_score", TABLE_REAL, POINTS, "the first less mu times the second", "together.score"},
    {0}};

static const table_source joint_cost_source[] = {
    {"joint.sum.costs[]", "sum"}, {"joint.together.costs[]", "together"}, {0}};
static const table_column joint_cost_columns[] = {
    {"closed", TABLE_TEXT, "", "sum (one by one) or together", "@tag"},
    {"actor", TABLE_TEXT, "", "who bears it", "id"},
    {"cost_musd", TABLE_REAL, MUSD, "what it would have to be paid to be as well off", "cost"},
    {0}};

static const table_source summary_source[] = {{"", NULL}, {0}};
static const table_column summary_columns[] = {
    {"base", TABLE_TEXT, "", "what the closings come on top of", "base"},
    {"regime", TABLE_TEXT, "", "which regime; missing where it is none of the case", "regime"},
    {"measure", TABLE_TEXT, "", "what the target loses", "measure"},
    {"mu", TABLE_REAL, RATIO, "what a cost of a million must buy", "mu"},
    {"target_real_income_pct", TABLE_REAL, "per cent", "change of target's real income in the base",
     "target_real_income_pct"},
    {"one_sided", TABLE_INTEGER, "0 or 1", "whether a cap or limit is just met", "one_sided"},
    {"asked", TABLE_INTEGER, "", "closings solved exactly, the first rows", "asked"},
    {"max_violation", TABLE_REAL, "", "largest violation of an equation in any solution",
     "certificate.max_violation"},
    {0}};

const table_layout layout_rank[] = {
    {"measures", "Every flow of the target closed, one at a time, the best first", measure_source,
     measure_columns},
    {"costs", "Who bears the cost of each closing", cost_source, cost_columns},
    {"joint", "The best closed together", joint_source, joint_columns},
    {"joint_costs", "Who bears the cost of the best", joint_cost_source, joint_cost_columns},
    PRODUCTIVITY_TABLES,
    {"summary", "What was ranked, from where, and the certificate", summary_source,
     summary_columns},
    {0}};
