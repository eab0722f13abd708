/* SPDX-License-Identifier: MIT */
/* The tables of `coalition`. */
#include "output/table.h"

#define MUSD "million USD a year"

static const table_source member_source[] = {{"members[]", NULL}, {0}};
static const table_column member_columns[] = {
    {"actor", TABLE_TEXT, "", "member of the coalition", "id"},
    {"outside_loss_pct", TABLE_REAL, "per cent", "loss of real income if it leaves, others stay",
     "outside_loss_pct"},
    {"keeping_transfer_musd", TABLE_REAL, MUSD, "transfer that just keeps it",
     "keeping_transfer_musd"},
    {0}};

static const table_source loss_source[] = {{"members[].sharing{}", NULL}, {0}};
static const table_column loss_columns[] = {
    {"actor", TABLE_TEXT, "", "member of the coalition", "^id"},
    {"sharing", TABLE_TEXT, "", "none, compensate or equal", "@key"},
    {"transfer_musd", TABLE_REAL, MUSD, "what it receives", "transfer_musd"},
    {"loss_musd", TABLE_REAL, MUSD, "loss of real income, in money", "loss_musd"},
    {"loss_pct", TABLE_REAL, "per cent", "loss of real income", "loss_pct"},
    {"staying_is_worth_musd", TABLE_REAL, MUSD, "loss outside less loss inside",
     "staying_is_worth_musd"},
    {"stays", TABLE_INTEGER, "0 or 1", "whether that is 0 or more", "stays"},
    {0}};

static const table_source total_source[] = {{"totals{}", NULL}, {0}};
static const table_column total_columns[] = {
    {"sharing", TABLE_TEXT, "", "none, compensate or equal", "@key"},
    {"loss_musd", TABLE_REAL, MUSD, "loss of all members together", "loss_musd"},
    {"target_loss_pct", TABLE_REAL, "per cent", "the target's loss of real income",
     "target_loss_pct"},
    {0}};

static const table_source summary_source[] = {{"", NULL}, {0}};
static const table_column summary_columns[] = {
    {"regime", TABLE_TEXT, "", "regime that the coalition applies", "regime"},
    {"measure", TABLE_TEXT, "", "what is lost", "measure"},
    {"keeping_transfers_musd", TABLE_REAL, MUSD, "transfers that just keep everybody, summed",
     "keeping_transfers_musd"},
    {"solves", TABLE_INTEGER, "", "economies solved", "solves"},
    {"max_violation", TABLE_REAL, "", "largest violation of an equation in any solution",
     "certificate.max_violation"},
    {0}};

const table_layout layout_coalition[] = {
    {"members", "What keeps each member", member_source, member_columns},
    {"losses", "What each member loses, and whether it stays, by transfers", loss_source,
     loss_columns},
    {"totals", "What all members and the target lose, by transfers", total_source, total_columns},
    {"summary", "The regime, what keeping everybody takes, the certificate", summary_source,
     summary_columns},
    {0}};
