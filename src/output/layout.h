/* SPDX-License-Identifier: MIT */
/* Private to the layouts: columns that several of them have. */
#ifndef FULCRUM_OUTPUT_LAYOUT_H
#define FULCRUM_OUTPUT_LAYOUT_H

#include "output/table.h"

#define PROBABILITY "probability"

/* Of `leverage.members`, `lever_shapley`, `record.points`, `record.terms`, `productivity`, `shocks`;
 * each ends with a NULL name. */
extern const table_column columns_of_members[], columns_of_levers[], columns_of_record[],
    columns_of_record_terms[], columns_of_productivity[], columns_of_shocks[];

/* The tables that say what productivity is not that of the base year, and why. */
#define PRODUCTIVITY_TABLES                                                                        \
    {"productivity", "Productivity that is not that of the base year", source_of_productivity,     \
     columns_of_productivity},                                                                     \
    {                                                                                              \
        "shocks", "Shocks of the case behind it", source_of_shocks, columns_of_shocks              \
    }
extern const table_source source_of_productivity[], source_of_shocks[];

/* What a solved game says, in every table that has one a row; enforcers and what they
 * enforce, of which a case has as many as it likes, have tables of their own. */
#define GAME_COLUMNS                                                                               \
    {"denuclearised", TABLE_REAL, PROBABILITY, "dismantled at the horizon",                        \
     "outcomes.denuclearised"},                                                                    \
        {"frozen", TABLE_REAL, PROBABILITY, "frozen at the horizon: no tests", "outcomes.frozen"}, \
        {"unchanged", TABLE_REAL, PROBABILITY, "unchanged at the horizon", "outcomes.unchanged"},  \
        {"collapsed", TABLE_REAL, PROBABILITY, "the target collapsed by the horizon",              \
         "outcomes.collapsed"},                                                                    \
        {"ever_frozen", TABLE_REAL, PROBABILITY, "frozen at some time", "ever.frozen"},            \
        {"ever_dismantled", TABLE_REAL, PROBABILITY, "dismantled at some time",                    \
         "ever.dismantled"},                                                                       \
        {"ever_restarted", TABLE_REAL, PROBABILITY, "restarted at some time", "ever.restarted"},   \
        {"enforcement_mean", TABLE_REAL, "0 to 1",                                                 \
         "mean enforcement by the enforcer, weighted by trade", "enforcement_mean"},               \
        {"enforcement_armed", TABLE_REAL, "0 to 1", "the same while the target is armed",          \
         "enforcement_armed"},                                                                     \
        {"enforces", TABLE_REAL, "share", "armed periods in which the enforcer enforces",          \
         "enforces"},                                                                              \
        {"restart_given_accommodation", TABLE_REAL, PROBABILITY,                                   \
         "the target restarts, having accommodated", "restart_given_accommodation"},               \
        {"honour_given_compliance", TABLE_REAL, PROBABILITY,                                       \
         "the sender honours, the target complying", "honour_given_compliance"},                   \
        {"snapback_given_restart", TABLE_REAL, PROBABILITY,                                        \
         "the enforcer enforces after a detected restart", "snapback_given_restart"},              \
        {"enforcer_slack_pct_gdp", TABLE_REAL, "per cent of its GDP",                              \
         "gain of the enforcer from enforcing, first move", "enforcer_slack"},                     \
        {"sender_cost_pct_gdp", TABLE_REAL, "per cent of its GDP a year", "cost to the sender",    \
         "sender_cost_pct_gdp"},                                                                   \
    {                                                                                              \
        "target_real_income_pct", TABLE_REAL, "per cent", "mean change of target's real income",   \
            "target_real_income_pct"                                                               \
    }

#define ENFORCER_COLUMNS                                                                           \
    {"enforcer", TABLE_TEXT, "", "enforcer", "id"},                                                \
        {"enforcement_mean", TABLE_REAL, "0 to 1", "its mean enforcement, weighted by trade",      \
         "enforcement_mean"},                                                                      \
        {"enforcement_armed", TABLE_REAL, "0 to 1", "the same while the target is armed",          \
         "enforcement_armed"},                                                                     \
        {"enforces", TABLE_REAL, "share", "armed periods in which it enforces", "enforces"},       \
        {"first_move", TABLE_REAL, PROBABILITY, "it enforces at its first move", "first_move"},    \
        {"slack_pct_gdp", TABLE_REAL, "per cent of its GDP",                                       \
         "its gain from enforcing, first move", "slack"},                                          \
        {"adopted", TABLE_REAL, PROBABILITY, "it has adopted measures when play ends", "adopted"}, \
    {                                                                                              \
        "collapse_loss_pct_gdp", TABLE_REAL, "per cent of its GDP", "what it loses by a collapse", \
            "collapse_loss_pct_gdp"                                                                \
    }

#endif
