/* SPDX-License-Identifier: MIT */
/* The tables of `history`. */
#include "output/layout.h"

#define FIGURE "million USD a year or per cent"

static const table_source point_source[] = {{"years[]", NULL}, {0}};
static const table_column point_columns[] = {
    {"mode", TABLE_TEXT, "", "forecast or conditional", "mode"},
    {"year", TABLE_INTEGER, "", "year", "year"},
    {"variable", TABLE_TEXT, "", "what is compared", "variable"},
    {"actor", TABLE_TEXT, "", "partner; missing where none", "actor"},
    {"sector", TABLE_TEXT, "", "sector; missing where none", "sector"},
    {"observed", TABLE_REAL, FIGURE, "observed", "observed"},
    {"predicted", TABLE_REAL, FIGURE, "predicted by the model", "predicted"},
    {"naive_persistence", TABLE_REAL, FIGURE, "had nothing changed", "naive_persistence"},
    {"naive_removal", TABLE_REAL, FIGURE, "covered trade simply removed", "naive_removal"},
    {"used", TABLE_INTEGER, "0 or 1", "used to set enforcement, so not scored", "used"},
    {0}};

static const table_source error_source[] = {{"errors{}", NULL}, {0}};
static const table_column error_columns[] = {
    {"mode", TABLE_TEXT, "", "forecast or conditional", "@key"},
    {"model", TABLE_REAL, "logs", "mean absolute error of the money rows scored", "model"},
    {"naive_persistence", TABLE_REAL, "logs", "the same, had nothing changed", "naive_persistence"},
    {"naive_removal", TABLE_REAL, "logs", "the same, covered trade removed", "naive_removal"},
    {"growth_points", TABLE_REAL, "percentage points", "mean absolute error of growth",
     "growth_points"},
    {0}};

static const table_source level_source[] = {{"errors.forecast.enforcement[]", "forecast"},
                                            {"errors.conditional.enforcement[]", "conditional"},
                                            {0}};
static const table_column level_columns[] = {
    {"mode", TABLE_TEXT, "", "forecast or conditional", "@tag"},
    {"year", TABLE_INTEGER, "", "year", "year"},
    {"level", TABLE_REAL, "0 to 1", "enforcement by the enforcer that was used", "level"},
    {0}};

static const table_source record_source[] = {{"record.points[]", NULL}, {0}};

static const table_source term_source[] = {{"record.terms[]", NULL}, {0}};

static const table_source summary_source[] = {{"", NULL}, {0}};
static const table_column summary_columns[] = {{"max_violation", TABLE_REAL, "",
                                                "largest violation of an equation in any solution",
                                                "certificate.max_violation"},
                                               {0}};

const table_layout layout_history[] = {
    {"years", "The model against what happened", point_source, point_columns},
    {"errors", "Mean errors, beside two naive forecasts", error_source, error_columns},
    {"enforcement", "Enforcement on the target's exports to the enforcer", level_source,
     level_columns},
    {"record", "The record of moves beside the game without a package", record_source,
     columns_of_record},
    {"record_terms", "Payoff terms that would bring them closer", term_source,
     columns_of_record_terms},
    {"summary", "The certificate", summary_source, summary_columns},
    {0}};
