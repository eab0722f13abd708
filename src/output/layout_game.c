/* SPDX-License-Identifier: MIT */
/* The tables of `game`. */
#include "output/layout.h"

#define VALUE "per cent of its GDP"

static const table_source game_source[] = {{"", NULL}, {0}};
static const table_column game_columns[] = {
    {"regime", TABLE_TEXT, "", "regime in force under pressure", "regime"},
    {"date", TABLE_TEXT, "", "or the day whose measures are", "date"},
    {"package", TABLE_TEXT, "", "package that was asked for", "package"},
    {"levers", TABLE_TEXT, "", "its levers, joined by +", "levers"},
    {"stick", TABLE_INTEGER, "0 or 1", "whether the sender punishes lax enforcement", "stick"},
    {"moving", TABLE_TEXT, "", "held parts that move, joined by +", "moving"},
    {"moves_in", TABLE_TEXT, "", "declared order, reverse or simultaneous", "order"},
    {"perfect", TABLE_INTEGER, "0 or 1", "whether nobody errs", "perfect"},
    GAME_COLUMNS,
    {0}};

static const table_source part_source[] = {{"enforcement{}", NULL}, {0}};
static const table_column part_columns[] = {
    {"part", TABLE_TEXT, "", "part of enforcement, or an adoption", "@key"},
    {"enforcement", TABLE_REAL, "0 to 1", "mean level over periods alive", "."},
    {0}};

static const table_source enforcer_source[] = {{"enforcers[]", NULL}, {0}};
static const table_column enforcer_columns[] = {ENFORCER_COLUMNS, {0}};

static const table_source value_source[] = {{"values_pct_gdp{}", NULL}, {0}};
static const table_column value_columns[] = {
    {"actor", TABLE_TEXT, "", "player", "@key"},
    {"value_pct_gdp", TABLE_REAL, VALUE, "expected payoff at the start, present value", "."},
    {0}};

/* ---- with --flips ---- */

static const table_source flip_source[] = {{"flips[]", NULL}, {0}};
static const table_column flip_columns[] = {
    {"parameter", TABLE_TEXT, "", "parameter of the game", "parameter"},
    {"value", TABLE_REAL, "of the parameter", "where it stands", "value"},
    {"low", TABLE_REAL, "of the parameter", "lower end of its range", "low"},
    {"high", TABLE_REAL, "of the parameter", "upper end of its range", "high"},
    {"slack_slope", TABLE_REAL, "", "slack of the enforcer by the parameter", "slack.slope"},
    {"slack_at", TABLE_REAL, "of the parameter", "where the slack changes sign", "slack.at"},
    {"freeze_slope", TABLE_REAL, "", "chance of a freeze or more by the parameter", "freeze.slope"},
    {"freeze_at", TABLE_REAL, "of the parameter", "where that chance crosses one half",
     "freeze.at"},
    {0}};

/* ---- with --explain ---- */

static const table_source choice_source[] = {{"explanation.choices[]", NULL}, {0}};
static const table_column choice_columns[] = {
    {"choice", TABLE_INTEGER, "", "number of the choice", "@position"},
    {"half_year", TABLE_INTEGER, "", "half-year of the game, from 1", "half_year"},
    {"stage", TABLE_TEXT, "", "stage of the target", "stage"},
    {"step", TABLE_INTEGER, "", "step of dismantling or settling", "step"},
    {"hidden", TABLE_INTEGER, "0 or 1", "a restart that nobody has seen", "hidden"},
    {"relief", TABLE_INTEGER, "", "relief granted: 0, 1 of a freeze, 2 of dismantling", "relief"},
    {"stress", TABLE_INTEGER, "", "stress of the target", "stress"},
    {"adaptation", TABLE_INTEGER, "", "adaptation of its trade", "adaptation"},
    {"capability", TABLE_INTEGER, "", "capability of its programme", "capability"},
    {"package_stands", TABLE_INTEGER, "0 or 1", "whether the package stands", "package"},
    {"reach", TABLE_REAL, PROBABILITY, "that play comes here", "reach"},
    {"moves", TABLE_INTEGER, "", "moves there are", "moves_total"},
    {0}};

static const table_source choice_part_source[] = {{"explanation.choices[].enforcement{}", NULL},
                                                  {0}};
static const table_column choice_part_columns[] = {
    {"choice", TABLE_INTEGER, "", "choice of the table choices", "^@position"},
    {"part", TABLE_TEXT, "", "part of enforcement, or an adoption", "@key"},
    {"level", TABLE_REAL, "0 to 1", "level that was last decided on", "."},
    {0}};

static const table_source move_source[] = {{"explanation.choices[].moves[]", NULL}, {0}};
static const table_column move_columns[] = {
    {"choice", TABLE_INTEGER, "", "choice of the table choices", "^@position"},
    {"move", TABLE_INTEGER, "", "number of the move, likeliest first", "@position"},
    {"name", TABLE_TEXT, "", "what the move is; an enforcer's is in move_levels", "move"},
    {"probability", TABLE_REAL, PROBABILITY, "that it is made", "probability"},
    {"utility_pct_gdp", TABLE_REAL, VALUE, "present value at that time, against the status quo",
     "utility"},
    {0}};

static const table_source move_level_source[] = {{"explanation.choices[].moves[].levels{}", NULL},
                                                 {0}};
static const table_column move_level_columns[] = {
    {"choice", TABLE_INTEGER, "", "choice of the table choices", "^^@position"},
    {"move", TABLE_INTEGER, "", "move of the table moves", "^@position"},
    {"part", TABLE_TEXT, "", "part of enforcement, or an adoption", "@key"},
    {"level", TABLE_REAL, "0 to 1", "level that the move sets", "."},
    {0}};

static const table_source move_part_source[] = {{"explanation.choices[].moves[].parts{}", NULL},
                                                {0}};
static const table_column move_part_columns[] = {
    {"choice", TABLE_INTEGER, "", "choice of the table choices", "^^@position"},
    {"move", TABLE_INTEGER, "", "move of the table moves", "^@position"},
    {"term", TABLE_TEXT, "", "payoff term, or lever. and a lever", "@key"},
    {"worth_pct_gdp", TABLE_REAL, VALUE, "its part of the utility", "."},
    {0}};

static const table_source summary_source[] = {{"", NULL}, {0}};
static const table_column summary_columns[] = {
    {"residual", TABLE_REAL, PROBABILITY, "largest distance from the logit response", "residual"},
    {"tied_choices", TABLE_INTEGER, "", "choices come to with more than one best move",
     "ties.choices"},
    {"tied_reach", TABLE_REAL, "", "how many of them an average play meets", "ties.reach"},
    {"interpolation_nodes", TABLE_INTEGER, "", "nodes at which incomes were solved to compare",
     "interpolation_error.nodes"},
    {"target_points", TABLE_REAL, "percentage points", "error of the target's income there",
     "interpolation_error.target_points"},
    {"enforcer_points", TABLE_REAL, "percentage points", "error of the enforcer's income there",
     "interpolation_error.enforcer_points"},
    {"max_violation", TABLE_REAL, "", "largest violation of an equation in any solution",
     "certificate.max_violation"},
    {"choices", TABLE_INTEGER, "", "choices that the explained player comes to",
     "explanation.choices_total"},
    {0}};

const table_layout layout_game[] = {
    {"game", "What was asked for, and how it ends", game_source, game_columns},
    {"enforcement", "Enforcement by part", part_source, part_columns},
    {"enforcers", "Every enforcer", enforcer_source, enforcer_columns},
    {"player_values", "What the game is worth to every player", value_source, value_columns},
    {"flips", "Parameters at which the answer changes", flip_source, flip_columns},
    {"choices", "Where a player chooses", choice_source, choice_columns},
    {"choice_enforcement", "Enforcement as it stands at each choice", choice_part_source,
     choice_part_columns},
    {"moves", "What it chooses among, likeliest first", move_source, move_columns},
    {"move_levels", "What an enforcer's move sets", move_level_source, move_level_columns},
    {"move_terms", "What each move is worth, term by term", move_part_source, move_part_columns},
    PRODUCTIVITY_TABLES,
    {"summary", "How well the game and its incomes were solved", summary_source, summary_columns},
    {0}};
