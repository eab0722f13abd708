/* SPDX-License-Identifier: MIT */
/* Columns of tables that several results have. */
#include "output/layout.h"

const table_column columns_of_members[] = {
    {"actor", TABLE_TEXT, "", "partner; x-rest: all others, pooled", "id"},
    {"shapley_pct", TABLE_REAL, "log points x 100", "loss owed to it: exact Shapley value",
     "shapley_pct"},
    {"share", TABLE_REAL, "share", "Shapley value over the loss to all", "share"},
    {"alone_pct", TABLE_REAL, "log points x 100", "loss where it alone applies the regime",
     "alone_pct"},
    {"without_pct", TABLE_REAL, "log points x 100", "loss where all but it apply the regime",
     "without_pct"},
    {0}};

const table_column columns_of_levers[] = {
    {"lever", TABLE_TEXT, "", "lever", "lever"},
    {"enforcement", TABLE_REAL, "0 to 1", "what it adds to mean enforcement, Shapley value",
     "enforcement"},
    {"accommodation", TABLE_REAL, PROBABILITY, "what it adds to a freeze or more, Shapley value",
     "accommodation"},
    {"rests_on_judgement", TABLE_INTEGER, "0 or 1", "whether its size rests on a number of grade E",
     "rests_on_judgement"},
    {"sign_survives", TABLE_INTEGER, "0 or 1", "one sign at lambda/5, lambda and 5 lambda",
     "sign_survives"},
    {0}};

const table_column columns_of_record[] = {
    {"half", TABLE_TEXT, "", "half-year", "half"},
    {"variable", TABLE_TEXT, "", "stage, relief or enforcement", "variable"},
    {"part", TABLE_TEXT, "", "part of enforcement", "part"},
    {"stage", TABLE_TEXT, "", "stage at the end of the half-year", "stage"},
    {"relief", TABLE_INTEGER, "0 or 1", "whether relief was granted", "relief"},
    {"level", TABLE_REAL, "0 to 1", "observed level", "level"},
    {"level_low", TABLE_REAL, "0 to 1", "least that the source leaves open", "level_low"},
    {"level_high", TABLE_REAL, "0 to 1", "most that the source leaves open", "level_high"},
    {"probability", TABLE_REAL, "probability", "of what was observed, in the game", "probability"},
    {"band_low", TABLE_REAL, "0 to 1", "5th percentile of the game's level", "band_low"},
    {"band_high", TABLE_REAL, "0 to 1", "95th percentile of the game's level", "band_high"},
    {"inside", TABLE_INTEGER, "0 or 1", "whether it lies in the game's band", "inside"},
    {0}};

const table_column columns_of_record_terms[] = {
    {"term", TABLE_TEXT, "", "payoff term", "term"},
    {"player", TABLE_TEXT, "", "whose", "player"},
    {"parameter", TABLE_TEXT, "", "parameter of its amount", "parameter"},
    {"best", TABLE_REAL, "", "value in its range that fits the record best", "best"},
    {"gain", TABLE_REAL, "logs", "what that adds to the log-likelihood", "gain"},
    {0}};

const table_source source_of_productivity[] = {{"productivity[]", NULL}, {0}};
const table_source source_of_shocks[] = {{"shocks[]", NULL}, {0}};

const table_column columns_of_productivity[] = {
    {"actor", TABLE_TEXT, "", "actor", "actor"},
    {"sector", TABLE_TEXT, "", "sector", "sector"},
    {"factor", TABLE_REAL, "ratio", "productivity over that of the base year", "factor"},
    {"own", TABLE_REAL, "ratio", "what --productivity adds to it", "own"},
    {0}};

const table_column columns_of_shocks[] = {
    {"shock", TABLE_TEXT, "", "id of the shock", "id"},
    {"actor", TABLE_TEXT, "", "whose productivity it changes", "actor"},
    {"factor", TABLE_REAL, "ratio", "output of the same inputs", "factor"},
    {"days", TABLE_REAL, "share", "of the days solved on which it is in force", "days"},
    {"base_days", TABLE_REAL, "share", "of the base year's days", "base_days"},
    {"source", TABLE_TEXT, "", "key of sources.bib", "source"},
    {"grade", TABLE_TEXT, "", "A official ... E judgement", "grade"},
    {0}};
