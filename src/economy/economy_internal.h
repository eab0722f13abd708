/* SPDX-License-Identifier: MIT */
/* Private to the economy: the layout of models and workspaces, and the parts of a pass. */
#ifndef FULCRUM_ECONOMY_INTERNAL_H
#define FULCRUM_ECONOMY_INTERNAL_H

#include "base/memory.h"
#include "fulcrum/economy.h"

#define FUL_ECONOMY_MAX_DEPTH 20

/* The benchmark, derived once. Shapes as in economy.h; "flow" arrays are [(j*N + n)*N + i]. */
struct ful_economy_model {
    const ful_allocator *allocator;
    size_t bytes;
    int N, J;
    ful_closure closure;
    const char **country, **sector; /* names, or NULL entries where the caller gave none */
    double *flow, *latent, *tariff; /* latent and tariff are NULL where there are none */
    double *input;                  /* [(i*J + j)*J + k] */
    double *theta, *kappa, *phi, *limit;
    double *share, *latent_share; /* of spending, tariff included */
    double *beta;                 /* N*J value-added share */
    double *alpha;                /* N*J share of final demand */
    double *output, *spending, *value_added, *final;
    double *income, *revenue, *transfer, *wage_bill; /* N */
    double *exports, *imports;                       /* N, net of tariff, domestic sales excluded */
    double world;                                    /* value added of the world, the numeraire */
    double *step;                   /* N: step of the wage equation, 1 / (1 + theta) */
    double *one;                    /* N*J ones, and */
    ful_economy_outcome *unchanged; /* N outcomes of one: the benchmark as a solution */
};

/* Where the unknowns stand in the vector that the mixing sees: logs of the wage bill (N), prices
 * (N*J), spending (N*J) and, where labour is not fully mobile, sector shares of the wage bill
 * (N*J). */
typedef struct ful__unknowns {
    double *y, *p, *e, *l;
} ful__unknowns;

/* Everything a solve reads and writes. */
struct ful_economy_work {
    const ful_allocator *allocator;
    size_t bytes;
    int N, J;
    int warm;                /* whether x holds a solution to start from */
    int unknowns;            /* length of x */
    double *x, *f, *g;       /* the iterate, its image less itself, the step taken */
    double *dx, *df;         /* differences kept by the mixing, FUL_ECONOMY_MAX_DEPTH rows each */
    double *last_x, *last_f; /* the last iterate and its step */
    double *weight;          /* flow shape: share * openness * relative tariffs ^ -theta */
    double *paid;            /* flow shape: weight / (1 + tariff'): what the seller receives */
    double *ctheta;          /* [j*N + i]: cost ^ -theta */
    double *log_cost, *cost, *price, *output, *spending, *value_added;                /* N*J */
    double *final_price, *income, *revenue, *transfer, *exports, *imports, *demanded; /* N */
    double *row;           /* max(2N, J) of scratch */
    double *flow;          /* flow shape: X' */
    uint64_t kinks;        /* which transfers are at their limits, as a hash */
    int *component;        /* N: label of the trade component */
    int *queue;            /* 2N of scratch */
    unsigned char *link;   /* [n*N + i]: i still sells to n */
    unsigned char *active; /* N*J: the sector of the country still has a buyer */
    unsigned char *demand; /* N*J: the buyer still needs the sector */
    ful_economy_outcome *outcome;
    ful_economy_report report;
};

static inline size_t ful__at(int N, int j, int n, int i)
{
    return ((size_t)j * (size_t)N + (size_t)n) * (size_t)N + (size_t)i;
}

/* Name of country n or sector j for a message; `room` holds a number where there is no name. */
const char *ful__country_name(const ful_economy_model *m, int n, char room[16]);
const char *ful__sector_name(const ful_economy_model *m, int j, char room[16]);

/* Fold a shock into work->weight and work->paid; find what still trades with whom. */
ful_status ful__economy_prepare(const ful_economy_model *m, ful_economy_work *w,
                                const ful_economy_shock *shock, ful_error *err);

/* One pass: from the unknowns x to their image g; returns the residual. */
double ful__economy_pass(const ful_economy_model *m, ful_economy_work *w,
                         const ful_economy_shock *shock, const double *x, double *g);

/* The transfers D' of a closure, given exports and imports of the pass. */
void ful__economy_transfers(const ful_economy_model *m, ful_economy_work *w);

/* Turn the solution into flows and outcomes. */
void ful__economy_outcomes(const ful_economy_model *m, ful_economy_work *w);

#endif
