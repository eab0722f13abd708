/* SPDX-License-Identifier: MIT */
/* solve and rank: productivity that is not that of the base year, and why. */
#include <jansson.h>
#include <stdio.h>

#include "cli/cli.h"
#include "output/document.h"
#include "output/text.h"

/* What --productivity makes of a cell. */
static double own(const ful_situation *s, const ful_scenario *scenario, int actor, int sector)
{
    return scenario->productivity ? scenario->productivity[actor * s->sectors + sector] : 1;
}

/* The base year as a scenario. */
static ful_scenario base_year(const ful_situation *s)
{
    ful_scenario scenario;
    ful_scenario_default(&scenario, s);
    scenario.regime = -1;
    scenario.from = ful_date_days(s->base_year, 1, 1);
    scenario.to = ful_date_days(s->base_year + 1, 1, 1);
    return scenario;
}

/* Days on which a shock is in force, as shares of the scenario's and of the base year's. */
typedef struct presence {
    double now, base;
} presence;

static presence presence_of(const ful_world *world, const ful_scenario *scenario, int shock)
{
    const ful_scenario base = base_year(ful_world_situation(world));
    return (presence){ful_world_shock_days(world, scenario, shock),
                      ful_world_shock_days(world, &base, shock)};
}

static json_t *shock_row(const ful_world *world, int k, presence days)
{
    const ful_situation *s = ful_world_situation(world);
    const ful_case_shock *x = &s->shock[k];
    const char grade[2] = {x->grade, '\0'};
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:s, s:s}", "id", x->id, "actor",
                     s->actor[x->actor].id, "factor",
                     document_real(ful_world_parameters(world)[x->factor]), "days",
                     document_real(days.now), "base_days", document_real(days.base), "source",
                     x->source, "grade", grade);
}

void cli_productivity_json(json_t *document, const ful_world *world, const ful_scenario *scenario)
{
    const ful_situation *s = ful_world_situation(world);
    const ful_scenario base = base_year(s);
    json_t *cells = json_array(), *shocks = json_array();
    scenario = scenario ? scenario : &base;
    for (int n = 0; n < s->actors; n++)
        for (int j = 0; j < s->sectors; j++) {
            const double factor = ful_world_productivity(world, scenario, n, j);
            if (factor != 1)
                json_array_append_new(cells, json_pack("{s:s, s:s, s:o, s:o}", "actor",
                                                       s->actor[n].id, "sector", s->sector[j].id,
                                                       "factor", document_real(factor), "own",
                                                       document_real(own(s, scenario, n, j))));
        }
    for (int k = 0; k < s->shocks; k++) {
        const presence days = presence_of(world, scenario, k);
        if (days.now > 0 || days.base > 0)
            json_array_append_new(shocks, shock_row(world, k, days));
    }
    json_object_set_new(document, "productivity", cells);
    json_object_set_new(document, "shocks", shocks);
}

/* The shocks behind a cell; those that ended after the base year are behind it, too. */
static void print_reasons(const ful_world *world, const ful_scenario *scenario, int actor,
                          int sector)
{
    const ful_situation *s = ful_world_situation(world);
    for (int k = 0; k < s->shocks; k++) {
        const ful_case_shock *x = &s->shock[k];
        const presence days = presence_of(world, scenario, k);
        if (x->actor == actor && x->sector[sector] && (days.now > 0 || days.base > 0))
            printf("  %s%s", x->id, days.now == 0 ? " ended" : "");
    }
    if (own(s, scenario, actor, sector) != 1)
        printf("  --productivity");
    putchar('\n');
}

void cli_productivity_text(const ful_world *world, const ful_scenario *scenario)
{
    const ful_situation *s = ful_world_situation(world);
    int rows = 0;
    for (int n = 0; n < s->actors; n++)
        for (int j = 0; j < s->sectors; j++) {
            const double factor = ful_world_productivity(world, scenario, n, j);
            char cell[160];
            if (factor == 1)
                continue;
            if (rows++ == 0)
                text_heading(stdout, "Productivity, the base year = 1");
            snprintf(cell, sizeof cell, "%s, %s", s->actor[n].name, s->sector[j].name);
            text_cell(stdout, cell, 40);
            printf(" %10.4f", factor);
            print_reasons(world, scenario, n, j);
        }
}
