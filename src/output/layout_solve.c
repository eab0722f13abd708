/* SPDX-License-Identifier: MIT */
/* The tables of `solve`. */
#include "output/layout.h"

static const table_source actor_source[] = {{"actors[]", NULL}, {0}};
static const table_column actor_columns[] = {
    {"actor", TABLE_TEXT, "", "actor", "id"},
    {"welfare_pct", TABLE_REAL, "per cent", "change of welfare, transfers included", "welfare_pct"},
    {"real_income_pct", TABLE_REAL, "per cent", "change of real income, transfers left out",
     "real_income_pct"},
    {"real_gdp_pct", TABLE_REAL, "per cent", "change of the volume of value added", "real_gdp_pct"},
    {"exports_pct", TABLE_REAL, "per cent", "change of the value of exports", "exports_pct"},
    {"imports_pct", TABLE_REAL, "per cent", "change of the value of imports", "imports_pct"},
    {"exports_volume_pct", TABLE_REAL, "per cent", "change of exports at benchmark prices",
     "exports_volume_pct"},
    {"imports_volume_pct", TABLE_REAL, "per cent", "change of imports at benchmark prices",
     "imports_volume_pct"},
    {0}};

static const table_source measure_source[] = {{"measures[]", NULL}, {0}};
static const table_column measure_columns[] = {
    {"seller", TABLE_TEXT, "", "actor that sells", "seller"},
    {"buyer", TABLE_TEXT, "", "actor that buys", "buyer"},
    {"sector", TABLE_TEXT, "", "sector", "sector"},
    {"coverage", TABLE_REAL, "share", "share of the flow that the law covers", "coverage"},
    {"enforced", TABLE_REAL, "share", "share of what is covered on which the law is enforced",
     "enforced"},
    {"stopped", TABLE_REAL, "share", "share of the flow that bans stop", "stopped"},
    {"gripped", TABLE_REAL, "share", "share of the flow that caps bound", "gripped"},
    {"moved", TABLE_REAL, "share", "share of the flow that goes through hubs", "moved"},
    {"evaded", TABLE_REAL, "share", "share covered on which the law is not enforced", "evaded"},
    {"deterred", TABLE_REAL, "share", "share kept from moving by secondary sanctions", "deterred"},
    {"main_hub", TABLE_TEXT, "", "hub where most of what moved goes first", "main_hub"},
    {"main_hub_share", TABLE_REAL, "share", "what goes there first, of what moved",
     "main_hub_share"},
    {"onward_hub", TABLE_TEXT, "", "likeliest next stop from there", "onward_hub"},
    {"onward", TABLE_REAL, "share", "what has two stops or more, of what moved", "onward"},
    {0}};

static const table_source cap_source[] = {{"caps[]", NULL}, {0}};
static const table_column cap_columns[] = {
    {"measure", TABLE_TEXT, "", "the cap", "measure"},
    {"rent_to", TABLE_TEXT, "", "who earns the rent", "rent_to"},
    {"gripped_musd", TABLE_REAL, "million USD a year", "what it bounds, at unchanged prices",
     "gripped_musd"},
    {"bound_value_musd", TABLE_REAL, "million USD a year", "bound on its value",
     "bound_value_musd"},
    {"bound_quantity_musd", TABLE_REAL, "million USD a year",
     "bound on its quantity, benchmark prices", "bound_quantity_musd"},
    {"value_musd", TABLE_REAL, "million USD a year", "what passes, at customs value", "value_musd"},
    {"quantity_musd", TABLE_REAL, "million USD a year", "what passes, at benchmark prices",
     "quantity_musd"},
    {"premium_pct", TABLE_REAL, "per cent", "what scarcity adds to the price", "premium_pct"},
    {"rent_musd", TABLE_REAL, "million USD a year", "what that earns, or what melts", "rent_musd"},
    {0}};

static const table_source hub_source[] = {{"hubs[]", NULL}, {0}};
static const table_column hub_columns[] = {
    {"hub", TABLE_TEXT, "", "the hub", "hub"},
    {"group", TABLE_TEXT, "", "group of goods that it reroutes", "group"},
    {"capacity_musd", TABLE_REAL, "million USD a year", "its capacity", "capacity_musd"},
    {"base_musd", TABLE_REAL, "million USD a year", "what passed in the base year", "base_musd"},
    {"value_musd", TABLE_REAL, "million USD a year", "what passes, counted at every stop",
     "value_musd"},
    {"full_pct", TABLE_REAL, "per cent", "what passes, of its capacity", "full_pct"},
    {"congestion_pct", TABLE_REAL, "per cent", "what that adds to its costs", "congestion_pct"},
    {0}};

static const table_source flow_source[] = {{"flows[]", NULL}, {0}};
static const table_column flow_columns[] = {
    {"seller", TABLE_TEXT, "", "actor that sells", "seller"},
    {"buyer", TABLE_TEXT, "", "actor that buys", "buyer"},
    {"sector", TABLE_TEXT, "", "sector", "sector"},
    {"base_musd", TABLE_REAL, "million USD a year", "the flow in the benchmark, at customs value",
     "base_musd"},
    {"value_musd", TABLE_REAL, "million USD a year", "the flow in the solution, at customs value",
     "value_musd"},
    {0}};

static const table_source summary_source[] = {{"", NULL}, {0}};
static const table_column summary_columns[] = {
    {"converged", TABLE_INTEGER, "0 or 1", "whether the solver reached its tolerance", "converged"},
    {"iterations", TABLE_INTEGER, "", "passes of the solver", "iterations"},
    {"residual", TABLE_REAL, "", "largest residual that the solver saw", "residual"},
    {"max_violation", TABLE_REAL, "", "largest violation of an equation, by the certificate",
     "certificate.max_violation"},
    {0}};

/* ---- with --balanced ---- */

static const table_source baseline_source[] = {{"baseline.actors[]", NULL}, {0}};
static const table_column baseline_columns[] = {
    {"actor", TABLE_TEXT, "", "actor", "id"},
    {"deficit_musd", TABLE_REAL, "million USD a year", "trade deficit that is removed",
     "deficit_musd"},
    {"welfare_pct", TABLE_REAL, "per cent", "change of welfare, transfers included", "welfare_pct"},
    {"real_income_pct", TABLE_REAL, "per cent", "change of real income, transfers left out",
     "real_income_pct"},
    {"real_gdp_pct", TABLE_REAL, "per cent", "change of the volume of value added", "real_gdp_pct"},
    {0}};

static const table_source rebase_source[] = {{"baseline", NULL}, {0}};
static const table_column rebase_columns[] = {
    {"change", TABLE_TEXT, "", "what was done to the baseline", "change"},
    {"max_violation", TABLE_REAL, "", "largest violation of an equation, by the certificate",
     "certificate.max_violation"},
    {0}};

/* ---- with --decompose ---- */

static const table_source effect_source[] = {{"decomposition.attribution.measures[]", "measure"},
                                             {"decomposition.attribution.groups[]", "group"},
                                             {"decomposition.attribution.shocks[]", "shock"},
                                             {0}};
static const table_column effect_columns[] = {
    {"part", TABLE_TEXT, "", "measure, group or shock", "@tag"},
    {"id", TABLE_TEXT, "", "id of the measure, group of sectors or shock", "id"},
    {"effect_pct", TABLE_REAL, "per cent", "its part of the change of real income", "effect_pct"},
    {0}};

static const table_source partner_source[] = {{"decomposition.first_order.by[]", NULL}, {0}};
static const table_column partner_columns[] = {
    {"partner", TABLE_TEXT, "", "actor traded with", "partner"},
    {"sector", TABLE_TEXT, "", "sector", "sector"},
    {"terms_of_trade_pct", TABLE_REAL, "per cent", "part of welfare to first order",
     "terms_of_trade_pct"},
    {"volume_of_trade_pct", TABLE_REAL, "per cent", "part of welfare to first order",
     "volume_of_trade_pct"},
    {0}};

static const table_source decomposition_source[] = {{"decomposition", NULL}, {0}};
static const table_column decomposition_columns[] = {
    {"actor", TABLE_TEXT, "", "whose change it is", "actor"},
    {"welfare_pct", TABLE_REAL, "per cent", "exact change of welfare", "exact.welfare_pct"},
    {"real_income_pct", TABLE_REAL, "per cent", "exact change of real income",
     "exact.real_income_pct"},
    {"compensation_musd", TABLE_REAL, "million USD a year", "compensating variation",
     "exact.compensation_musd"},
    {"formula", TABLE_TEXT, "", "of the change to first order", "first_order.formula"},
    {"terms_of_trade_pct", TABLE_REAL, "per cent", "terms of trade, to first order",
     "first_order.terms_of_trade_pct"},
    {"volume_of_trade_pct", TABLE_REAL, "per cent", "volume of trade, to first order",
     "first_order.volume_of_trade_pct"},
    {"first_order_welfare_pct", TABLE_REAL, "per cent", "their sum: not the exact change",
     "first_order.welfare_pct"},
    {"method", TABLE_TEXT, "", "by which measures share real income", "attribution.method"},
    {"tariffs_pct", TABLE_REAL, "per cent", "what tariffs contribute to real income",
     "attribution.tariffs_pct"},
    {"productivity_pct", TABLE_REAL, "per cent", "what --productivity contributes",
     "attribution.productivity_pct"},
    {"closure_pct", TABLE_REAL, "per cent", "what the closure of transfers contributes",
     "attribution.closure_pct"},
    {"residual_pct", TABLE_REAL, "per cent", "what the quadrature misses",
     "attribution.residual_pct"},
    {"panels", TABLE_INTEGER, "", "panels of the quadrature", "attribution.panels"},
    {"nodes", TABLE_INTEGER, "", "gradients that it takes", "attribution.nodes"},
    {"kinks", TABLE_INTEGER, "", "where a cap or a limit begins or ceases to bind",
     "attribution.kinks"},
    {"max_violation", TABLE_REAL, "", "largest violation of an equation, by the certificate",
     "certificate.max_violation"},
    {0}};

const table_layout layout_solve[] = {
    {"actors", "What the regime does to every actor, against the benchmark", actor_source,
     actor_columns},
    {"measures", "What the law covers, stops, moves and misses, flow by flow", measure_source,
     measure_columns},
    {"caps", "What the caps bound and what passes", cap_source, cap_columns},
    {"hubs", "What passes through hubs with a capacity", hub_source, hub_columns},
    PRODUCTIVITY_TABLES,
    {"flows", "Flows of the target, before and after", flow_source, flow_columns},
    {"baseline", "What removing all trade deficits does to every actor", baseline_source,
     baseline_columns},
    {"baseline_summary", "The new baseline and its certificate", rebase_source, rebase_columns},
    {"decomposition", "What the change of an actor is made of", decomposition_source,
     decomposition_columns},
    {"effects", "Change of real income by measure, by group of sectors and by shock", effect_source,
     effect_columns},
    {"partners", "Welfare to first order, by partner and sector", partner_source, partner_columns},
    {"summary", "How the solution was found and certified", summary_source, summary_columns},
    {0}};
