/* SPDX-License-Identifier: MIT */
/* The tables of `run`; every package at the centre has those of `packages`. */
#include "output/layout.h"

/* The percentiles of a range over the draws, which stands at `from` in the row. */
#define RANGE_COLUMNS(name, unit, label, from)                                                     \
    {name "_p5", TABLE_REAL, unit, label ": 5 in 100 draws below", from ".p5"},                    \
        {name "_p25", TABLE_REAL, unit, label ": 25 in 100 below", from ".p25"},                   \
        {name "_median", TABLE_REAL, unit, label ": median", from ".median"},                      \
        {name "_p75", TABLE_REAL, unit, label ": 75 in 100 below", from ".p75"},                   \
    {                                                                                              \
        name "_p95", TABLE_REAL, unit, label ": 95 in 100 below", from ".p95"                      \
    }

static const table_source sentence_source[] = {
    {"answer[]", "answer"}, {"caveats[]", "caveat"}, {0}};
static const table_column sentence_columns[] = {
    {"kind", TABLE_TEXT, "", "answer or caveat", "@tag"},
    {"number", TABLE_INTEGER, "", "from 1", "@position"},
    {"text", TABLE_TEXT, "", "the sentence", "."},
    {0}};

static const table_source scenario_source[] = {{"scenarios[]", NULL}, {0}};
static const table_column scenario_columns[] = {
    {"scenario", TABLE_TEXT, "", "who enforces", "id"},
    {"name", TABLE_TEXT, "", "the same in words", "name"},
    {"target_real_income_pct", TABLE_REAL, "per cent", "change of the target's real income",
     "target_real_income_pct"},
    {"target_real_gdp_pct", TABLE_REAL, "per cent", "change of its volume of value added",
     "target_real_gdp_pct"},
    {"target_exports_pct", TABLE_REAL, "per cent", "change of the value of its exports",
     "target_exports_pct"},
    {"target_imports_pct", TABLE_REAL, "per cent", "change of the value of its imports",
     "target_imports_pct"},
    {"enforcer_real_income_pct", TABLE_REAL, "per cent", "change of the enforcer's real income",
     "enforcer_real_income_pct"},
    {"max_violation", TABLE_REAL, "", "largest violation of an equation, by the certificate",
     "certificate.max_violation"},
    {0}};

static const table_source member_source[] = {{"leverage.members[]", NULL}, {0}};

static const table_source loss_source[] = {
    {"assumptions.loss_all_pct", "all"},
    {"assumptions.loss_enforcer_alone_pct", "enforcer_alone"},
    {"assumptions.loss_without_enforcer_pct", "without_enforcer"},
    {0}};
static const table_column loss_columns[] = {
    {"who", TABLE_TEXT, "", "who applies the regime", "@tag"},
    RANGE_COLUMNS("loss_pct", "log points x 100", "loss", ""),
    {0}};

static const table_source corner_source[] = {{"assumptions.corners{}", NULL}, {0}};
static const table_column corner_columns[] = {
    {"corner", TABLE_TEXT, "", "corner", "@key"},
    RANGE_COLUMNS("denuclearised", PROBABILITY, "denuclearised", "denuclearised"),
    RANGE_COLUMNS("frozen", PROBABILITY, "frozen", "frozen"),
    RANGE_COLUMNS("unchanged", PROBABILITY, "unchanged", "unchanged"),
    RANGE_COLUMNS("collapsed", PROBABILITY, "collapsed", "collapsed"),
    RANGE_COLUMNS("enforcement", "0 to 1", "mean enforcement", "enforcement"),
    {"enforces", TABLE_REAL, "share", "draws in which the enforcer enforces half the time",
     "enforces"},
    {0}};

static const table_source lever_source[] = {{"packages.lever_shapley[]", NULL}, {0}};

static const table_source lever_range_source[] = {{"assumptions.levers[]", NULL}, {0}};
static const table_column lever_range_columns[] = {
    {"lever", TABLE_TEXT, "", "lever, alone added to nothing", "lever"},
    RANGE_COLUMNS("enforcement", "0 to 1", "what it adds to enforcement", "enforcement"),
    RANGE_COLUMNS("accommodation", PROBABILITY, "added to a freeze or more", "accommodation"),
    {"positive", TABLE_REAL, "share", "draws in which it adds to enforcement", "positive"},
    {0}};

static const table_source driver_source[] = {{"assumptions.drivers[]", NULL}, {0}};
static const table_column driver_columns[] = {
    {"effect", TABLE_TEXT, "", "of pressure or the package, on a freeze or enforcement", "effect"},
    {"parameter", TABLE_TEXT, "", "parameter", "parameter"},
    {"rank_correlation", TABLE_REAL, "", "with the effect, over the draws", "rank_correlation"},
    {0}};

static const table_source record_source[] = {{"record.points[]", NULL}, {0}};
static const table_source term_source[] = {{"record.terms[]", NULL}, {0}};

static const table_source claim_source[] = {{"claims[]", NULL}, {0}};
static const table_column claim_columns[] = {
    {"claim", TABLE_TEXT, "", "claim of the founding text", "id"},
    {"point", TABLE_INTEGER, "", "its paragraph", "point"},
    {"text", TABLE_TEXT, "", "what it says", "text"},
    {"verdict", TABLE_TEXT, "", "verdict as of its date", "verdict"},
    {"later", TABLE_TEXT, "", "verdict with what became known later", "later"},
    {"figure", TABLE_TEXT, "", "the figure behind it", "figure"},
    {"source", TABLE_TEXT, "", "its source", "source"},
    {0}};

static const table_source summary_source[] = {{"", NULL}, {0}};
static const table_column summary_columns[] = {
    {"regime", TABLE_TEXT, "", "the headline regime", "leverage.regime"},
    {"grand_loss_pct", TABLE_REAL, "log points x 100", "loss where all apply it, at the centre",
     "leverage.grand_loss_pct"},
    {"corner_package", TABLE_TEXT, "", "package of the corners", "packages.corner_package"},
    {"transfer_pct_gdp", TABLE_REAL, "per cent of its GDP a year",
     "side payment by which enforcer just enforces", "packages.compensating_transfer.pct_gdp"},
    {"draws", TABLE_INTEGER, "draws", "draws that were solved", "assumptions.draws"},
    {"refused", TABLE_INTEGER, "draws", "draws without an equilibrium", "assumptions.refused"},
    {"package_raises_enforcement", TABLE_REAL, "share", "draws in which it moves enforcement",
     "assumptions.package_raises_enforcement"},
    {"package_raises_freeze", TABLE_REAL, "share", "by over one in a hundred",
     "assumptions.package_raises_freeze"},
    {"outside", TABLE_INTEGER, "rows", "of the record outside the game's band", "record.outside"},
    {"log_likelihood", TABLE_REAL, "logs", "of the record", "record.log_likelihood"},
    {"target_points", TABLE_REAL, "percentage points", "error of the target's incomes, centre",
     "assumptions.interpolation_error.target_points"},
    {"target_points_draws", TABLE_REAL, "percentage points", "the same, in the draws",
     "assumptions.interpolation_error_of_draws.target_points"},
    {"max_violation", TABLE_REAL, "", "largest violation of an equation in leverage",
     "leverage.certificate.max_violation"},
    {0}};

const table_layout layout_run[] = {
    {"sentences", "The answer, and what to read with it", sentence_source, sentence_columns},
    {"scenarios", "The headline regime at the centre", scenario_source, scenario_columns},
    PRODUCTIVITY_TABLES,
    {"leverage", "Who the target's loss of real income is owed to", member_source,
     columns_of_members},
    {"losses", "The loss over the draws", loss_source, loss_columns},
    {"corners", "The four corners over the draws", corner_source, corner_columns},
    {"levers", "What each lever adds, Shapley values over all subsets", lever_source,
     columns_of_levers},
    {"lever_ranges", "What each lever adds alone, over the draws", lever_range_source,
     lever_range_columns},
    {"drivers", "What the effects hang on most", driver_source, driver_columns},
    {"record", "The record of moves beside the game without a package", record_source,
     columns_of_record},
    {"record_terms", "Payoff terms that would bring them closer", term_source,
     columns_of_record_terms},
    {"claims", "The founding text, claim by claim", claim_source, claim_columns},
    {"summary", "The draws, the package, and how well it was solved", summary_source,
     summary_columns},
    {0}};
