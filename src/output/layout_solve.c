/* SPDX-License-Identifier: MIT */
/* The tables of `solve`. */
#include "output/table.h"

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

static const table_source flow_source[] = {{"flows[]", NULL}, {0}};
static const table_column flow_columns[] = {
    {"seller", TABLE_TEXT, "", "actor that sells", "seller"},
    {"buyer", TABLE_TEXT, "", "actor that buys", "buyer"},
    {"sector", TABLE_TEXT, "", "sector", "sector"},
    {"base_musd", TABLE_REAL, "million USD a year", "the flow in the benchmark", "base_musd"},
    {"value_musd", TABLE_REAL, "million USD a year", "the flow in the solution", "value_musd"},
    {0}};

static const table_source summary_source[] = {{"", NULL}, {0}};
static const table_column summary_columns[] = {
    {"converged", TABLE_INTEGER, "0 or 1", "whether the solver reached its tolerance", "converged"},
    {"iterations", TABLE_INTEGER, "", "passes of the solver", "iterations"},
    {"residual", TABLE_REAL, "", "largest residual that the solver saw", "residual"},
    {"max_violation", TABLE_REAL, "", "largest violation of an equation, by the certificate",
     "certificate.max_violation"},
    {0}};

const table_layout layout_solve[] = {
    {"actors", "What the regime does to every actor, against the benchmark", actor_source,
     actor_columns},
    {"measures", "What the law covers, stops, moves and misses, flow by flow", measure_source,
     measure_columns},
    {"caps", "What the caps bound and what passes", cap_source, cap_columns},
    {"flows", "Flows of the target, before and after", flow_source, flow_columns},
    {"summary", "How the solution was found and certified", summary_source, summary_columns},
    {0}};
