/* SPDX-License-Identifier: MIT */
/*
 * Private to the certificate: what its rooms share. It reads the raw benchmark, the shock and the
 * public view of a solution, and nothing of the solver.
 */
#ifndef FULCRUM_ECONOMY_CERTIFICATE_INTERNAL_H
#define FULCRUM_ECONOMY_CERTIFICATE_INTERNAL_H

#include "economy/economy_internal.h"

#include <math.h>

/* Cells below this part of world value added are measured against it, not against themselves. */
#define FUL_AUDIT_FLOOR 1e-12

/* What a buyer spends on one product now, flow by flow; as long as the longest row. */
typedef struct ful__audit_row {
    double *zero, *one;      /* stand for arrays that are not given */
    double *others;          /* twice as long and one more: ones with a zero in the middle */
    double *power, *inverse; /* cost ^ -theta and 1 / cost of the sellers of a sparse row */
    double *before, *after;  /* price with taxes over price at the gate */
    double *net;             /* terms of the sum in (3) before taxes */
    double *value;           /* X' */
    double *customs;         /* customs value */
    double *volume;          /* X' at benchmark prices */
    double *free;            /* share that no cap grips */
    double *term;            /* terms of the gripped parts; as long as the most of a row */
    double *passing;         /* of what goes round, what passes against the benchmark; else 1 */
    double *left;            /* of the term, what is not stopped as hubs fill; else 1 */
    double *round;           /* the part of the term that goes round */
} ful__audit_row;

/* A reference to entry `at` of a cap's list. */
typedef struct ful__audit_grip {
    uint32_t cap, at;
} ful__audit_grip;

/* Cells of sellers that the sweep over flows reads or writes are [j*N + i]; others are [n*J + j].
 */
typedef struct ful__audit {
    const ful_economy_model *m;
    const ful_economy_view *now;
    ful_economy_certificate *c;
    double floor; /* money below which nothing is measured against itself */
    /* the shock, as given; NULL where it leaves the benchmark */
    const double *openness, *reopened, *tariff, *export_tax, *productivity, *granted;
    int caps, taxed; /* taxed: whether exports are */
    const ful_economy_cap *cap;
    /* the benchmark, recomputed */
    double *base_spending;          /* N*J, E_nj */
    double *base_abroad, *base_own; /* [j*N + i], Y_ij: sold to others, at home */
    double *base_value;             /* N*J, V_ij */
    double *bill_before, *revenue_before, *transfer_before, *sold_before, *bought_before; /* N */
    /* the solution, recomputed */
    double *log_price;                          /* N*J, of the view; 0 where nothing is bought */
    double *log_index;                          /* N*J, from the rows */
    double *power, *inverse;                    /* [j*N + i]: cost ^ -theta, 1 / cost */
    double *abroad, *own;                       /* [j*N + i], Y': sold to others, at home */
    double *need;                               /* N*J, demand: of inputs, then of all */
    double *need_terms;                         /* N*J, sum of its absolute terms */
    double *taste_lift, *taste_keep;            /* N*J, the final nest; over the largest power, */
    double *taste_top;                          /* N, whose log this is */
    double *bill, *log_final_price;             /* N */
    double *volume, *volume_terms;              /* N, of value added; sum of its absolute terms */
    double *paid, *paid_terms;                  /* N, R'; sum of its absolute terms */
    double *sold, *bought, *shipped, *received; /* N: trade with others, customs value; volume */
    double *income, *shared;                    /* N, and what its households have of it */
    double *room;        /* N, what a transfer may ride on, then the transfer */
    int *label, *member; /* N, component; countries, component by component: */
    int *first;          /* N + 2, those of k are first[k+1] .. first[k+2]-1 */
    int parts;           /* components left */
    int *peopled;        /* N, whether a country has households */
    /* J, one country's nest of inputs: prices, their means by sector, what sectors need of them */
    double *lift, *keep, *inputs, *mean_lift, *mean_keep, *scale, *raw;
    ful__audit_row row;
    size_t longest; /* row */
    /* caps: for row r the grips start[r] .. start[r+1]-1 */
    size_t *start;
    ful__audit_grip *grip;
    double *fade;        /* caps*J, exp(-theta o) */
    double *left, *lost; /* caps, exp(-o) and what it is less than one */
    ful_economy_cap_state *measured;
    /* hubs and detours, in the order of flows: those before detour_at are done */
    int hubs, detours, detour_at;
    const ful_economy_hub *hub;
    const ful_economy_detour *detour;
    double congestion, onward;
    double *hub_power; /* hubs*J, cost ^ -theta */
    double *passed;    /* hubs, V */
} ful__audit;

/* What is not a number violates every equation. */
static inline void ful__worst(double *violation, double gap, double scale)
{
    const double v = gap == 0 ? 0 : fabs(gap) / scale;
    if (!(v <= *violation))
        *violation = isnan(v) ? INFINITY : v;
}

/* A copy in every caller, compiled for the vectors of that clone. */
#define FUL_AUDIT_INLINE static inline __attribute__((always_inline))

/* Sums run in lanes, so that every variant of the code gives the same bits. */
#define FUL_AUDIT_LANES 8
typedef double ful__audit_lanes
    __attribute__((vector_size(8 * FUL_AUDIT_LANES), aligned(8), may_alias));

#define FUL__AUDIT_LANES(p) (*(const ful__audit_lanes *)(p))

/* One in the last `left` lanes: what of a vector that ends a row was not yet summed. */
static const double ful__audit_last[2 * FUL_AUDIT_LANES] = {[8] = 1, 1, 1, 1, 1, 1, 1, 1};
#define FUL__AUDIT_LAST(left) FUL__AUDIT_LANES(ful__audit_last + (left))

FUL_AUDIT_INLINE double ful__audit_fold(const ful__audit_lanes *s)
{
    typedef double half __attribute__((vector_size(32)));
    const half a = __builtin_shufflevector(*s, *s, 0, 1, 2, 3);
    const half b = __builtin_shufflevector(*s, *s, 4, 5, 6, 7), c = a + b;
    return (c[0] + c[2]) + (c[1] + c[3]);
}

FUL_AUDIT_INLINE double ful__total(const double *v, size_t count)
{
    ful__audit_lanes sum = {0};
    double rest = 0;
    size_t k = 0;
    for (; k + FUL_AUDIT_LANES <= count; k += FUL_AUDIT_LANES)
        sum += FUL__AUDIT_LANES(v + k);
    if (k < count && k > 0) {
        sum += FUL__AUDIT_LANES(v + count - FUL_AUDIT_LANES) * FUL__AUDIT_LAST(count - k);
        k = count;
    }
    for (; k < count; k++)
        rest += v[k];
    return ful__audit_fold(&sum) + rest;
}

FUL_AUDIT_INLINE double ful__product(const double *a, const double *b, size_t count)
{
    ful__audit_lanes sum = {0};
    double rest = 0;
    size_t k = 0;
    for (; k + FUL_AUDIT_LANES <= count; k += FUL_AUDIT_LANES)
        sum += FUL__AUDIT_LANES(a + k) * FUL__AUDIT_LANES(b + k);
    if (k < count && k > 0) {
        const size_t last = count - FUL_AUDIT_LANES;
        sum += FUL__AUDIT_LANES(a + last) * FUL__AUDIT_LANES(b + last) * FUL__AUDIT_LAST(count - k);
        k = count;
    }
    for (; k < count; k++)
        rest += a[k] * b[k];
    return ful__audit_fold(&sum) + rest;
}

/* ---- nests (certificate_costs.c) --------------------------------------------------------------
 */

/*
 * Powers of prices over the largest of them: keep = (p / top)^(1-s) and lift = keep - 1, each to
 * full precision; log p and 1 where s = 1. Returns the log of the largest power.
 */
double ful__audit_lift(double *lift, double *keep, const double *log_price, int count, double s);
/* The log of the power mean, given the weighted means of lift and keep. */
double ful__audit_mean(double s, double top, double lift, double keep);

/* Wages, unit costs, value added, final prices and the need of inputs, (1), (2), (6), (9). */
void ful__audit_costs(ful__audit *x);

/* ---- trade (certificate_trade.c, certificate_caps.c) ------------------------------------------
 */

/* Every flow, (3), (4) and (5), and what else follows from the benchmark's flows. */
void ful__audit_trade(ful__audit *x);

typedef struct ful__audit_market {
    size_t r, first, count; /* the row and its flows */
    size_t cell;            /* n*J + j */
    size_t own;             /* which flow is the buyer's own; count or more: none */
    int n, j;
    int gripped;            /* whether a cap grips some of it */
    int detours;            /* that begin at detour_at */
    double base, scale;     /* spending in the benchmark; now, over the sum of terms */
    const uint16_t *seller; /* NULL: flow k is of seller k */
    /* taxes of the row's flows, now and in the benchmark */
    const double *rate, *tax, *rate_before, *tax_before;
    const double *gross;           /* prices with taxes over those at the gate, now */
    const double *others;          /* 0 for the buyer's own flow, 1 for others */
    const double *power, *inverse; /* cost ^ -theta and 1 / cost of their sellers */
} ful__audit_market;

/* Sort the grips by rows. */
void ful__audit_grips(ful__audit *x);
/* Leaves the free part of each flow in `net`; returns the sum of all terms, taxes included. */
double ful__audit_grip_terms(ful__audit *x, const ful__audit_market *at);
/* The gripped parts, added to value, customs value and revenue. */
void ful__audit_grip_values(ful__audit *x, const ful__audit_market *at);
/* Complementarity, (10). */
void ful__audit_caps(ful__audit *x);

/* ---- hubs (certificate_hubs.c) ----------------------------------------------------------------
 */

/* Costs of hubs to the power -theta, from the view. */
void ful__audit_hubs_begin(ful__audit *x);
/* Leaves of each flow what does not stop in `net`; returns the sum of all terms, taxes included,
 * which was `sum`. */
double ful__audit_detours(ful__audit *x, ful__audit_market *at, double sum);
/* What goes round, to the hubs that it passes. */
void ful__audit_passed(ful__audit *x, const ful__audit_market *at);
/* Use and costs, (11). */
void ful__audit_hubs(ful__audit *x);

/* ---- money (certificate_money.c) --------------------------------------------------------------
 */

/* The component of n, named by its first country, as far as flows were swept. */
int ful__audit_root(ful__audit *x, int n);
/* Components, the numeraire, transfers. */
void ful__audit_transfers(ful__audit *x);
/* Incomes and spending, (7) and (8), and what households and countries get. */
void ful__audit_incomes(ful__audit *x);

/* The certificate of a view: what ful_economy_certify does for a workspace. */
ful_status ful__economy_audit(ful_economy_certificate *out, const ful_economy_model *model,
                              const ful_economy_view *now, const ful_economy_shock *shock,
                              const ful_allocator *allocator, ful_error *err);

#endif
