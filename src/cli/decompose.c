/* SPDX-License-Identifier: MIT */
/* solve --decompose: what the change of an actor is made of. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "cli/cli.h"
#include "output/document.h"
#include "output/text.h"

#define SHOWN_PARTNERS 12
/* Points below this are not worth a line. */
#define LEAST 5e-7

static json_t *effects(const ful_situation *s, const ful_decomposition *d)
{
    json_t *measures = json_array(), *groups = json_array(), *shocks = json_array();
    for (int k = 0; k < s->measures; k++)
        if (d->measure[k] != 0)
            json_array_append_new(measures, json_pack("{s:s, s:o}", "id", s->measure[k].law.id,
                                                      "effect_pct", document_real(d->measure[k])));
    for (int k = 0; k < s->shocks; k++)
        if (d->shock[k] != 0)
            json_array_append_new(shocks, json_pack("{s:s, s:o}", "id", s->shock[k].id,
                                                    "effect_pct", document_real(d->shock[k])));
    for (int g = 0; g < s->groups; g++)
        json_array_append_new(groups, json_pack("{s:s, s:o}", "id", s->group[g].id, "effect_pct",
                                                document_real(d->group[g])));
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:i, s:i}", "method",
                     "Aumann-Shapley", "measures", measures, "groups", groups, "shocks", shocks,
                     "tariffs_pct", document_real(d->tariffs_pct), "productivity_pct",
                     document_real(d->productivity_pct), "closure_pct", document_real(d->start_pct),
                     "residual_pct", document_real(d->residual_pct), "panels", d->panels, "nodes",
                     d->nodes, "kinks", d->kinks);
}

json_t *cli_decomposition_json(const ful_situation *s, const ful_decomposition *d)
{
    json_t *by = json_array();
    for (int i = 0; i < s->actors; i++)
        for (int j = 0; j < s->sectors; j++) {
            const int k = i * s->sectors + j;
            if (d->terms[k] != 0 || d->volume[k] != 0)
                json_array_append_new(
                    by, json_pack("{s:s, s:s, s:o, s:o}", "partner", s->actor[i].id, "sector",
                                  s->sector[j].id, "terms_of_trade_pct", document_real(d->terms[k]),
                                  "volume_of_trade_pct", document_real(d->volume[k])));
        }
    return json_pack("{s:s, s:{s:o, s:o, s:o}, s:{s:s, s:o, s:o, s:o, s:o}, s:o, s:o}", "actor",
                     s->actor[d->actor].id, "exact", "welfare_pct", document_real(d->welfare_pct),
                     "real_income_pct", document_real(d->real_income_pct), "compensation_musd",
                     document_real(d->compensation), "first_order", "formula",
                     "Caliendo & Parro (2015)", "terms_of_trade_pct", document_real(d->terms_pct),
                     "volume_of_trade_pct", document_real(d->volume_pct), "welfare_pct",
                     document_real(d->terms_pct + d->volume_pct), "by", by, "attribution",
                     effects(s, d), "certificate", document_certificate(d->max_violation));
}

/* ---- the text ---- */

/* The cells of the first-order formula, the largest first, each once. */
static void print_partners(const ful_situation *s, const ful_decomposition *d)
{
    double last = INFINITY;
    text_heading(stdout, "Welfare to first order (Caliendo & Parro 2015), points of income");
    printf("%-40s %12s %12s\n", "trade with", "terms", "volume");
    for (int shown = 0; shown < SHOWN_PARTNERS; shown++) {
        double most = 0;
        for (int k = 0; k < s->actors * s->sectors; k++) {
            const double size = fabs(d->terms[k]) + fabs(d->volume[k]);
            if (size < last && size > most)
                most = size;
        }
        if (most < LEAST)
            break;
        last = most;
        for (int k = 0; k < s->actors * s->sectors; k++) {
            char cell[160];
            if (fabs(d->terms[k]) + fabs(d->volume[k]) != most)
                continue;
            snprintf(cell, sizeof cell, "%s, %s", s->actor[k / s->sectors].name,
                     s->sector[k % s->sectors].name);
            text_cell(stdout, cell, 40);
            printf(" %12.5f %12.5f\n", d->terms[k], d->volume[k]);
        }
    }
    printf("%-40s %12.5f %12.5f\n", "all", d->terms_pct, d->volume_pct);
}

static void print_measures(const ful_situation *s, const ful_decomposition *d)
{
    text_heading(stdout, "Real income by measure and shock, points");
    for (int k = 0; k < s->measures; k++)
        if (fabs(d->measure[k]) >= LEAST) {
            text_cell(stdout, s->measure[k].law.id, 40);
            printf(" %12.5f\n", d->measure[k]);
        }
    for (int k = 0; k < s->shocks; k++)
        if (fabs(d->shock[k]) >= LEAST) {
            text_cell(stdout, s->shock[k].id, 40);
            printf(" %12.5f\n", d->shock[k]);
        }
    if (fabs(d->productivity_pct) >= LEAST)
        printf("%-40s %12.5f\n", "--productivity", d->productivity_pct);
    if (fabs(d->start_pct) >= LEAST)
        printf("%-40s %12.5f\n", "transfers that the closure removes", d->start_pct);
    printf("%-40s %12.5f\n", "all", d->real_income_pct);
    text_heading(stdout, "Real income by group of goods, points");
    for (int g = 0; g < s->groups; g++) {
        text_cell(stdout, s->group[g].name, 40);
        printf(" %12.5f\n", d->group[g]);
    }
    printf("%-40s %12.5f\n", "tariffs", d->tariffs_pct);
}

static int has_productivity(const ful_situation *s, const ful_decomposition *d)
{
    int found = d->productivity_pct != 0;
    for (int k = 0; k < s->shocks; k++)
        found |= d->shock[k] != 0;
    return found;
}

void cli_decomposition_text(const ful_situation *s, const ful_decomposition *d)
{
    printf("\n");
    text_paragraph(stdout, 0,
                   "%s: welfare %.4f per cent, real income %.4f; it would have to be paid %.2f "
                   "million USD a year to be as well off as before on its own income. The "
                   "first-order formula gives %.4f for welfare: it is not the exact change%s.",
                   s->actor[d->actor].name, d->welfare_pct, d->real_income_pct, d->compensation,
                   d->terms_pct + d->volume_pct,
                   has_productivity(s, d) ? ", and leaves productivity out" : "");
    print_measures(s, d);
    print_partners(s, d);
    printf("\n");
    text_paragraph(stdout, 0,
                   "By measure: Aumann and Shapley along the straight path from the base year, %d "
                   "gradients in %d panels%s; what they miss is %.1e points. Measures on one flow "
                   "share by what each adds, in the order in which they took effect.",
                   d->nodes, d->panels,
                   d->kinks ? ", cut where a cap or a limit begins or ceases to bind" : "",
                   fabs(d->residual_pct));
}
