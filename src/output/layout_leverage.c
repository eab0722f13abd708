/* SPDX-License-Identifier: MIT */
/* The tables of `leverage`. */
#include "output/layout.h"

static const table_source member_source[] = {{"members[]", NULL}, {0}};

static const table_source summary_source[] = {{"", NULL}, {0}};
static const table_column summary_columns[] = {
    {"regime", TABLE_TEXT, "", "regime that the coalitions apply", "regime"},
    {"date", TABLE_TEXT, "", "or the day whose measures they apply", "date"},
    {"measure", TABLE_TEXT, "", "what the target loses", "measure"},
    {"grand_loss_pct", TABLE_REAL, "log points x 100", "loss where all apply the regime",
     "grand_loss_pct"},
    {"exact", TABLE_INTEGER, "0 or 1", "whether every coalition was solved", "exact"},
    {"solves", TABLE_INTEGER, "", "economies solved", "solves"},
    {"max_violation", TABLE_REAL, "", "largest violation of an equation in any solution",
     "certificate.max_violation"},
    {0}};

const table_layout layout_leverage[] = {
    {"members", "Who the target's loss of real income is owed to", member_source,
     columns_of_members},
    PRODUCTIVITY_TABLES,
    {"summary", "The loss under all of them, and its certificate", summary_source, summary_columns},
    {0}};
