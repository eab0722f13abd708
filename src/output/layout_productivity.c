/* SPDX-License-Identifier: MIT */
/* The tables of productivity, which `solve` and `rank` share. */
#include "output/table.h"

const table_source layout_productivity_source[] = {{"productivity[]", NULL}, {0}};
const table_column layout_productivity_columns[] = {
    {"actor", TABLE_TEXT, "", "actor", "actor"},
    {"sector", TABLE_TEXT, "", "sector", "sector"},
    {"factor", TABLE_REAL, "ratio", "productivity over that of the base year", "factor"},
    {"own", TABLE_REAL, "ratio", "what --productivity adds to it", "own"},
    {0}};

const table_source layout_shock_source[] = {{"shocks[]", NULL}, {0}};
const table_column layout_shock_columns[] = {
    {"shock", TABLE_TEXT, "", "id of the shock", "id"},
    {"actor", TABLE_TEXT, "", "whose productivity it changes", "actor"},
    {"factor", TABLE_REAL, "ratio", "output of the same inputs", "factor"},
    {"days", TABLE_REAL, "share", "of the days solved on which it is in force", "days"},
    {"base_days", TABLE_REAL, "share", "of the base year's days", "base_days"},
    {"source", TABLE_TEXT, "", "key of sources.bib", "source"},
    {"grade", TABLE_TEXT, "", "A official ... E judgement", "grade"},
    {0}};
