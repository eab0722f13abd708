/* SPDX-License-Identifier: MIT */
/* Private to `run`: everything the answer is made of. */
#ifndef FULCRUM_CLI_RUN_H
#define FULCRUM_CLI_RUN_H

#include <jansson.h>

#include "cli/cli.h"

/* One economy of the answer: who applies the headline regime, and what follows. */
typedef struct run_scenario {
    const char *id, *name;
    ful_economy_outcome target, enforcer;
    double violation;
} run_scenario;

enum { RUN_WITH, RUN_WITHOUT, RUN_AS_ENFORCED, RUN_SCENARIOS };

typedef struct run_answer {
    const ful_situation *s;
    ful_leverage leverage;
    int order[FUL_MAX_MEMBERS + 1]; /* members by falling Shapley value */
    run_scenario scenario[RUN_SCENARIOS];
    ful_packages packages;
    ful_uncertainty u;
    ful_gap gap;                    /* of the table at the centre */
    ful_history history[2];
    ful_record record;              /* no points where the case has none */
} run_answer;

/* The answer in sentences, one JSON string each, most important first. */
json_t *run_sentences(const run_answer *a);
/* Two or three caveats chosen by their size. */
json_t *run_caveats(const run_answer *a);
/* {"id", "text", "verdict", "later", "figure", "source"} for every claim of the case. */
json_t *run_claims(const run_answer *a);

#endif
