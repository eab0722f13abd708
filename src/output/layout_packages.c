/* SPDX-License-Identifier: MIT */
/* The tables of `packages`. */
#include "output/layout.h"

static const table_source package_source[] = {{"packages[]", NULL}, {0}};
static const table_column package_columns[] = {
    {"row", TABLE_INTEGER, "", "number of the row", "@position"},
    {"package", TABLE_TEXT, "", "the case's name for these levers", "package"},
    {"levers", TABLE_TEXT, "", "levers, joined by +", "levers"},
    {"terms", TABLE_TEXT, "", "as_worded, contingent or gifts", "terms"},
    {"on_frontier", TABLE_INTEGER, "0 or 1", "no other is better, cheaper and safer",
     "on_frontier"},
    GAME_COLUMNS,
    {0}};

static const table_source group_source[] = {{"packages[].enforcement{}", NULL}, {0}};
static const table_column group_columns[] = {
    {"row", TABLE_INTEGER, "", "row of the table packages", "^@position"},
    {"part", TABLE_TEXT, "", "part of enforcement, or an adoption", "@key"},
    {"enforcement", TABLE_REAL, "0 to 1", "mean level over periods alive", "."},
    {0}};

static const table_source enforcer_source[] = {{"packages[].enforcers[]", NULL}, {0}};
static const table_column enforcer_columns[] = {
    {"row", TABLE_INTEGER, "", "row of the table packages", "^@position"}, ENFORCER_COLUMNS, {0}};

static const table_source corner_source[] = {{"corners{}", "central"},
                                             {"corners_long_horizon{}", "long_horizon"},
                                             {"corners_lambda_fifth{}", "lambda_fifth"},
                                             {"corners_lambda_fivefold{}", "lambda_fivefold"},
                                             {"corners_all_moving{}", "all_moving"},
                                             {"corners_reverse_order{}", "reverse_order"},
                                             {"enforcer_corners{}", "stick"},
                                             {0}};
static const table_column corner_columns[] = {
    {"variant", TABLE_TEXT, "", "which four corners", "@tag"},
    {"corner", TABLE_TEXT, "", "corner", "@key"},
    GAME_COLUMNS,
    {0}};

static const table_source corner_group_source[] = {
    {"corners{}.enforcement{}", "central"},
    {"corners_long_horizon{}.enforcement{}", "long_horizon"},
    {"corners_lambda_fifth{}.enforcement{}", "lambda_fifth"},
    {"corners_lambda_fivefold{}.enforcement{}", "lambda_fivefold"},
    {"corners_all_moving{}.enforcement{}", "all_moving"},
    {"corners_reverse_order{}.enforcement{}", "reverse_order"},
    {"enforcer_corners{}.enforcement{}", "stick"},
    {0}};
static const table_column corner_group_columns[] = {
    {"variant", TABLE_TEXT, "", "which four corners", "@tag"},
    {"corner", TABLE_TEXT, "", "corner", "^@key"},
    {"part", TABLE_TEXT, "", "part of enforcement, or an adoption", "@key"},
    {"enforcement", TABLE_REAL, "0 to 1", "mean level over periods alive", "."},
    {0}};

static const table_source corner_enforcer_source[] = {
    {"corners{}.enforcers[]", "central"},
    {"corners_long_horizon{}.enforcers[]", "long_horizon"},
    {"corners_lambda_fifth{}.enforcers[]", "lambda_fifth"},
    {"corners_lambda_fivefold{}.enforcers[]", "lambda_fivefold"},
    {"corners_all_moving{}.enforcers[]", "all_moving"},
    {"corners_reverse_order{}.enforcers[]", "reverse_order"},
    {"enforcer_corners{}.enforcers[]", "stick"},
    {0}};
static const table_column corner_enforcer_columns[] = {
    {"variant", TABLE_TEXT, "", "which four corners", "@tag"},
    {"corner", TABLE_TEXT, "", "corner", "^@key"},
    ENFORCER_COLUMNS,
    {0}};

static const table_source bid_source[] = {{"requirement.bids[]", NULL}, {0}};
static const table_column bid_columns[] = {
    {"rank", TABLE_INTEGER, "", "by cost", "@position"},
    {"package", TABLE_TEXT, "", "the case's name for these levers", "package"},
    {"levers", TABLE_TEXT, "", "levers, joined by +", "levers"},
    {"terms", TABLE_TEXT, "", "as_worded, contingent or gifts", "terms"},
    {"probability", TABLE_REAL, PROBABILITY, "that it does what is asked for", "probability"},
    {"sender_cost_pct_gdp", TABLE_REAL, "per cent of its GDP a year", "cost to the sender",
     "sender_cost_pct_gdp"},
    {0}};

static const table_source lever_source[] = {{"lever_shapley[]", NULL}, {0}};

static const table_source summary_source[] = {{"", NULL}, {0}};
static const table_column summary_columns[] = {
    {"regime", TABLE_TEXT, "", "regime in force under pressure", "regime"},
    {"date", TABLE_TEXT, "", "or the day whose measures are", "date"},
    {"corner_package", TABLE_TEXT, "", "package of the corners", "corner_package"},
    {"long_horizon", TABLE_INTEGER, "half-years", "that the corners long_horizon last",
     "long_horizon"},
    {"transfer_pct_gdp", TABLE_REAL, "per cent of its GDP a year",
     "side payment by which enforcer just enforces", "compensating_transfer.pct_gdp"},
    {"max_violation", TABLE_REAL, "", "largest violation of an equation in any solution",
     "certificate.max_violation"},
    {0}};

const table_layout layout_packages[] = {
    {"packages", "Every package under pressure, and the game that follows", package_source,
     package_columns},
    {"package_enforcement", "Enforcement by part, package by package", group_source, group_columns},
    {"package_enforcers", "Every enforcer, package by package", enforcer_source, enforcer_columns},
    {"corners", "Neither, pressure alone, inducements alone, both", corner_source, corner_columns},
    {"corner_enforcement", "Enforcement by part, corner by corner", corner_group_source,
     corner_group_columns},
    {"corner_enforcers", "Every enforcer, corner by corner", corner_enforcer_source,
     corner_enforcer_columns},
    {"bids", "What it takes: every package and contract, cheapest first", bid_source, bid_columns},
    {"levers", "What each lever adds, Shapley values over all subsets", lever_source,
     columns_of_levers},
    {"summary", "The side payment, and the certificate", summary_source, summary_columns},
    {0}};
