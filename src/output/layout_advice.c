/* SPDX-License-Identifier: MIT */
/* The tables of `advice`. */
#include "output/table.h"

static const table_source question_source[] = {{"questions[]", NULL}, {0}};
static const table_column question_columns[] = {
    {"question", TABLE_TEXT, "", "question", "id"},
    {"among", TABLE_INTEGER, "draws", "draws that are asked", "among"},
    {"holds", TABLE_INTEGER, "draws", "those in which it holds", "count"},
    {"checked", TABLE_INTEGER, "draws", "draws asked, with odd numbers", "checked.draws"},
    {"checked_holds", TABLE_INTEGER, "draws", "those in which it holds", "checked.count"},
    {0}};

static const table_source threshold_source[] = {{"questions[].thresholds[]", NULL}, {0}};
static const table_column threshold_columns[] = {
    {"question", TABLE_TEXT, "", "question", "^id"},
    {"parameter", TABLE_TEXT, "", "parameter", "parameter.id"},
    {"name", TABLE_TEXT, "", "what it is", "parameter.name"},
    {"parameter_unit", TABLE_TEXT, "", "unit of the parameter", "parameter.unit"},
    {"side", TABLE_TEXT, "", "above or below", "side"},
    {"threshold", TABLE_REAL, "of the parameter", "value that parts the draws", "at"},
    {"checked", TABLE_INTEGER, "draws", "draws on that side, with odd numbers", "draws"},
    {"checked_holds", TABLE_INTEGER, "draws", "those in which it holds", "count"},
    {"lift", TABLE_REAL, "ratio", "share there over share of all", "lift"},
    {0}};

/* A row is a question that has a box. */
static const table_source box_source[] = {{"questions[].box", NULL}, {0}};
static const table_column box_columns[] = {
    {"question", TABLE_TEXT, "", "question", "id"},
    {"checked", TABLE_INTEGER, "draws", "draws in the box, with odd numbers", "box.draws"},
    {"checked_holds", TABLE_INTEGER, "draws", "those in which it holds", "box.count"},
    {"density", TABLE_REAL, "share", "share in the box in which it holds", "box.density"},
    {"coverage", TABLE_REAL, "share", "share of all in which it holds that the box has",
     "box.coverage"},
    {"lift", TABLE_REAL, "ratio", "density over the share of all draws", "box.lift"},
    {0}};

static const table_source bound_source[] = {{"questions[].box.bounds[]", NULL}, {0}};
static const table_column bound_columns[] = {
    {"question", TABLE_TEXT, "", "question", "^id"},
    {"parameter", TABLE_TEXT, "", "parameter", "parameter.id"},
    {"name", TABLE_TEXT, "", "what it is", "parameter.name"},
    {"parameter_unit", TABLE_TEXT, "", "unit of the parameter", "parameter.unit"},
    {"low", TABLE_REAL, "of the parameter", "lower limit of the box", "low"},
    {"high", TABLE_REAL, "of the parameter", "upper limit of the box", "high"},
    {0}};

static const table_source remedy_source[] = {{"questions[].remedies[]", NULL}, {0}};
static const table_column remedy_columns[] = {
    {"question", TABLE_TEXT, "", "question", "^id"},
    {"remedy", TABLE_TEXT, "", "what is changed", "id"},
    {"turned", TABLE_INTEGER, "draws", "in which it holds no longer", "count"},
    {0}};

static const table_source summary_source[] = {{"", NULL}, {0}};
static const table_column summary_columns[] = {
    {"package", TABLE_TEXT, "", "the advice", "package.id"},
    {"draws", TABLE_INTEGER, "draws", "draws that were solved", "draws"},
    {"refused", TABLE_INTEGER, "draws", "draws without an equilibrium", "refused"},
    {"margin_enforcement", TABLE_REAL, "0 to 1", "a smaller rise of enforcement is none",
     "margin.enforcement"},
    {"margin_freeze", TABLE_REAL, "probability", "a smaller rise of that chance is none",
     "margin.freeze"},
    {"max_violation", TABLE_REAL, "", "largest violation of an equation in any solution",
     "certificate.max_violation"},
    {0}};

const table_layout layout_advice[] = {
    {"questions", "Where the advice fails, and where it does not", question_source,
     question_columns},
    {"thresholds", "Single parameters that tell where", threshold_source, threshold_columns},
    {"boxes", "Where it holds most often: how often", box_source, box_columns},
    {"bounds", "Where it holds most often: the limits", bound_source, bound_columns},
    {"remedies", "The same draws with one thing changed", remedy_source, remedy_columns},
    {"summary", "The advice, the draws, and the certificate", summary_source, summary_columns},
    {0}};
