/* SPDX-License-Identifier: MIT */
/* Private to the economy: the layout of models and workspaces, and the parts of a pass. */
#ifndef FULCRUM_ECONOMY_INTERNAL_H
#define FULCRUM_ECONOMY_INTERNAL_H

#include "base/memory.h"
#include "fulcrum/economy.h"

#define FUL_ECONOMY_MAX_DEPTH 20
/* Larger worlds are refused: a row of one number for each has room on the stack. */
#define FUL__MAX_COUNTRIES 1024
#define FUL__MAX_SECTORS 512
/* Taxes on a product, as bits. */
#define FUL__TARIFFS 1
#define FUL__EXPORT_TAXES 2
/* Rows of the pass are padded to whole vectors of this many numbers. */
#define FUL_ECONOMY_LANES 8

/* One country's own part of the Jacobian: squares by columns of halves (base/lanes.h), `words` of
 * the model apart; J of each other. See blocks.c and precondition.c. */
typedef struct ful__block {
    uint32_t *input, *need;
    float *own_share, *own_sales, *contested, *stay, *labour, *bill_share;
    float *wage_cost, *wage_spending; /* steps of costs and spending by that of the wage bill */
    float wage_step;                  /* inverse slope of the wage bill in itself */
    float slack;
} ful__block;

/*
 * The benchmark, derived once. Shapes as in economy.h. A row is what one buyer buys of one product:
 * row r = p*N + n holds the flows row[r] .. row[r+1] - 1.
 */
struct ful_economy_model {
    const ful_allocator *allocator;
    size_t bytes;
    int N, J, P;
    size_t flows;
    int stride;          /* N padded to whole vectors: of dense rows, and of numbers by seller */
    size_t *row;         /* P*N + 1 */
    uint16_t *seller;    /* flows; NULL where dense: flow k of a row is from seller k */
    uint16_t *home;      /* P*N: which flow of a row is the buyer's own, or the row's length where it
                            lists none; NULL where dense */
    int *product_sector; /* P */
    unsigned char *traded; /* P: whether anybody buys the product abroad, or could */
    unsigned char *taxes;  /* P: which of the taxes above somebody pays on the product */
    int *first_product;  /* J + 1 */
    ful_closure closure;
    const char **country, **sector; /* names, or NULL entries where the caller gave none */
    double *flow, *latent, *tariff, *export_tax; /* NULL where there are none, but for flow */
    double *input;                               /* [(i*J + j)*J + k] */
    int block_lead; /* J, padded: stride of the copy below, and of blocks while they are made */
    int words;      /* of J halves: stride of the blocks' columns, half that of steps of costs */
    double *input_rows; /* for the pass: [(i*J + j)*block_lead + k] */
    double *theta, *kappa, *phi, *limit;
    double *sigma_f, *sigma_m, *sigma_v;
    int households;
    int *household_country;
    int *first_household;                     /* N + 1: households in the order of countries ... */
    int *household;                           /* ... as indices into the caller's list */
    double *own, *own_revenue, *own_transfer; /* households*J; households */
    double *basket;                           /* households*J */
    double *household_income, *household_earned; /* benchmark, with and without the transfer */
    double *share, *latent_share;                /* of spending on the product, taxes included */
    double *product_share;                       /* P*N: of what the buyer spends on the sector */
    double *beta;                                /* N*J value-added share */
    double *alpha;                               /* N*J share of final demand */
    double *output, *spending, *value_added, *final;
    double *log_spending;                            /* N*J; 0 where nothing is spent */
    double *income, *revenue, *transfer, *wage_bill; /* N */
    double *exports, *imports;                       /* N, customs value, own sales excluded */
    double world;                                    /* value added of the world, the numeraire */
    ful__block *block;                               /* N */
    int *by_size;                                    /* N: countries, the largest wage bill first */
    double *block_scratch;                           /* used while they are made */
    ful_economy_outcome *unchanged; /* N outcomes of one: the benchmark as a solution */
    ful_economy_household_outcome *unchanged_household;
    int *whole;     /* N zeros: one component */
    uint64_t print; /* differs where weights or links of the benchmark do */
    double *one; /* N*J ones */
};

/*
 * Where the unknowns stand in the vector that the mixing sees, all in logs: the wage bill (N),
 * prices (N*J), spending (N*J), premiums of caps (FUL_ECONOMY_MAX_CAPS), where labour is not fully
 * mobile, sector shares of the wage bill (N*J) and, where hubs fill, how much fuller than in the
 * benchmark they are (hubs; the shares stand before them then, whether labour is mobile or not).
 */
typedef struct ful__unknowns {
    double *y, *p, *e, *o, *l, *u;
} ful__unknowns;

/* Everything a solve reads and writes. */
struct ful_economy_work {
    const ful_allocator *allocator;
    size_t bytes;
    int N, J, P;
    size_t flows;
    int warm;   /* whether x holds a solution to start from */
    int solved; /* whether everything below belongs to a solution */
    int threads;
    int room;     /* of x, */
    int unknowns; /* of which so many are in use, ... */
    int lead;     /* ... and padded to whole vectors: stride of the mixing's columns */
    int caps;
    double *x, *f, *g;       /* the iterate, its image less itself, the step taken */
    float *dg, *df;          /* differences of images and of steps kept by the mixing: directions
                                only, so single precision; FUL_ECONOMY_MAX_DEPTH columns each */
    double *last_x, *last_f; /* the last iterate and its step */
    double *adjoint;         /* two vectors as long as x, for the gradient */
    /* by flow in the layout of the pass (padded rows where dense): share * openness * relative
     * taxes ^ -theta; that over 1 + tariff', what customs see; and over 1 + export tax' also, what
     * the seller receives. Without export taxes and caps with rents to the seller, customs is paid;
     * without tariffs paid is weight */
    double *weight, *customs, *paid;
    double *weight_room, *customs_room, *paid_room;
    unsigned char *taxes; /* P: which of them there are, or rents of caps like them: without tariffs
                             customs is weight in the flows of the product, and so forth */
    unsigned char *folded; /* units of prepare.c: whether weights there may not be the benchmark's */
    uint64_t print; /* of the model whose benchmark they hold */
    int followed; /* whether demand, active, sells and link are those of what weights leave open */
    double *ctheta;      /* [j*stride + i] cost ^ -theta */
    double *sum, *scale; /* P*N: by row, sum of weight * ctheta; spending over it */
    /* [j*stride + i]: what sellers receive, before their cost ^ -theta; customs value of imports,
     * own sales, revenue; outputs, and then logs of price indices, on their way to other shapes */
    double *receipt, *customs_receipt, *bought, *own, *tariff_paid, *by_sector;
    double *sells; /* [j*stride + i]: 1 where the sector of the country still has a buyer, else 0 */
    double *log_cost, *log_input, *log_wage; /* N*J: unit cost, inputs, labour */
    double *log_productivity;                /* N*J, or unused */
    int has_productivity;
    double *beta;        /* N*J: beta' */
    double *price_power; /* N*J: Phat ^ (1 - sigma_m) in CES countries */
    double *need_scale;  /* N*J: scratch of the input needs */
    double *cost, *price, *output, *spending, *value_added;                           /* N*J */
    double *final_price, *income, *revenue, *transfer, *exports, *imports, *demanded; /* N */
    double *household_price, *household_income; /* households */
    double *cell;                               /* 6*N*J + 8*N + J of scratch */
    double *flow;                               /* flow array: X' */
    ful_economy_cap_state *cap;                 /* FUL_ECONOMY_MAX_CAPS */
    double cap_slope[FUL_ECONOMY_MAX_CAPS];     /* fall of its log quantity by its premium ... */
    double cap_held[FUL_ECONOMY_MAX_CAPS];      /* ... while the prices of its buyers are held */
    int cap_buyer[FUL_ECONOMY_MAX_CAPS];        /* who buys most of what it grips, or -1; ... */
    float *cap_share; /* [c*J + j]: ... of what that buyer spends on j, what it grips, ... */
    float *cap_part;  /* ... and the part of that in all it grips */
    double
        *cap_response; /* [c*(3*J) + ...]: steps of that buyer's p, e and l by its premium, ... */
    float *cap_cost;   /* [c*J + j]: ... and of its costs */
    int hubs;          /* that fill; 0: detours are part of openness */
    ful_economy_hub_state *hub;               /* FUL_ECONOMY_MAX_HUBS */
    double hub_slope[FUL_ECONOMY_MAX_HUBS];   /* what a hub's gap loses as its unknown rises */
    double *fade;      /* [h*J + j]: cost of hub h against the benchmark ^ -theta */
    double *bare;      /* 2*N*J: weight of each detour's flow as if hubs were as in the benchmark */
    double *passing;   /* 2*N*J: what still passes over each detour, against the benchmark */
    unsigned char *capped; /* 2*N*J: whether caps grip the flow of a detour */
    uint64_t kinks;    /* which transfers and caps are at their limits, as a hash */
    int one_sided;     /* whether one is just at its limit */
    uint32_t *market;  /* [(n*N + i)*words + ...], halves: of what n spends on j, the part of seller
                          i */
    float *cost_step, *won; /* [i*2*words + j]: steps of costs; sales won by those of others */
    int moved;              /* the country that the shock moves far from the benchmark, or -1 ... */
    ful__block block;       /* ... and its block */
    double *block_scratch;  /* used while it is made */
    int *component;         /* N: label of the trade component */
    int *reached;           /* N: likewise, of a shock that may yet be refused */
    int *queue;             /* 2N of scratch */
    unsigned char *link;    /* [n*N + i]: i still sells to n */
    uint64_t *carried;      /* [n*stride + i]: not zero where i sells to n; scratch of link */
    unsigned char *active;  /* N*J: the sector of the country still has a buyer */
    unsigned char *demand;  /* N*J: the buyer still needs the sector */
    ful_economy_outcome *outcome;
    ful_economy_household_outcome *household;
    ful_economy_report report;
};

/* Where flow k of row r stands in the layout of the pass. */
static inline size_t ful__slot(const ful_economy_model *m, size_t r, size_t k)
{
    return m->seller ? m->row[r] + k : r * (size_t)m->stride + k;
}

/* The seller of flow k of row r. */
static inline int ful__seller(const ful_economy_model *m, size_t r, size_t k)
{
    return m->seller ? m->seller[m->row[r] + k] : (int)k;
}

/* The flows of product p as customs and as their sellers see them. Where nobody pays a tax the
 * numbers are those of another array, which is near already. */
static inline const double *ful__customs(const ful_economy_work *w, int p)
{
    return w->taxes[p] & FUL__TARIFFS ? w->customs : w->weight;
}

static inline const double *ful__paid(const ful_economy_work *w, int p)
{
    return w->taxes[p] & FUL__EXPORT_TAXES ? w->paid : ful__customs(w, p);
}

/* Units in which a shock is folded into the weights (prepare.c): at most so many. */
static inline size_t ful__units(const ful_economy_model *m)
{
    const size_t products = (size_t)m->P, rows = products * (size_t)m->N;
    return m->flows / FUL_ECONOMY_LANES + (m->seller ? products : rows) + 1;
}

static inline size_t ful__row_length(const ful_economy_model *m, size_t r)
{
    return m->row[r + 1] - m->row[r];
}

/* The row of flow a, by bisection. */
size_t ful__row_of(const ful_economy_model *m, size_t a);

static inline ful__unknowns ful__parts(const ful_economy_model *m, double *x)
{
    const int cells = m->N * m->J;
    double *o = x + m->N + 2 * cells, *l = o + FUL_ECONOMY_MAX_CAPS;
    return (ful__unknowns){x, x + m->N, x + m->N + cells, o, l, l + cells};
}

/* The length of a vector with room for all of them. */
static inline size_t ful__all_unknowns(const ful_economy_model *m)
{
    return (size_t)m->N + 3 * (size_t)(m->N * m->J) + FUL_ECONOMY_MAX_CAPS + FUL_ECONOMY_MAX_HUBS;
}

static inline double ful__larger(double a, double b)
{
    return b > a || b != b ? b : a; /* a NaN must not be lost */
}

/* Name of country n or sector j for a message; `room` holds a number where there is no name. */
const char *ful__country_name(const ful_economy_model *m, int n, char room[16]);
const char *ful__sector_name(const ful_economy_model *m, int j, char room[16]);

/* ---- building the benchmark (benchmark.c, refusals.c, blocks.c) -------------------------------
 */

ful_status ful__check_data(const ful_economy_model *m, ful_error *err);
ful_status ful__check_supply(const ful_economy_model *m, const ful_economy_data *data,
                             ful_error *err);
ful_status ful__check_closure(const ful_economy_model *m, ful_error *err);
ful_status ful__derive_benchmark(ful_economy_model *m, ful_economy_adjustment *adjustment,
                                 const ful_economy_data *data, ful_error *err);
ful_status ful__derive_households(ful_economy_model *m, ful_economy_adjustment *adjustment,
                                  const ful_economy_data *data, ful_error *err);
void ful__derive_blocks(ful_economy_model *m);
/* What tells benchmarks apart in a workspace that serves several (prepare.c). */
uint64_t ful__economy_print(const ful_economy_model *m);

/* Layout of a block, and doubles of scratch that it takes to make one (blocks.c). */
size_t ful__place_block(ful__block *b, unsigned char *base, size_t used,
                        const ful_economy_model *m);
size_t ful__block_scratch(const ful_economy_model *m);

/* ---- a solve --------------------------------------------------------------------------------- */

/* Fold a shock into weight, customs and paid; find what still trades with whom. A shock that is
 * refused leaves all that belongs to the last solution: what the view shows, x and productivity. */
ful_status ful__economy_prepare(const ful_economy_model *m, ful_economy_work *w,
                                const ful_economy_shock *shock, ful_error *err);

/* Trade components, into w->reached, and what no trade carries (reach.c); links are known. */
ful_status ful__economy_reach(const ful_economy_model *m, ful_economy_work *w,
                              const ful_economy_shock *shock, ful_error *err);

/* One pass: from the unknowns x to their image less themselves, f; returns the residual. */
double ful__economy_pass(const ful_economy_model *m, ful_economy_work *w,
                         const ful_economy_shock *shock, const double *x, double *f);

/* x <- exp x of all (nests.c). */
void ful__exp_all(double *x, int n);
/* From [n*J + j] to [j*stride + n], where nothing is written beyond N (nests.c). */
void ful__by_sector(const ful_economy_model *m, const double *cells, double *out);
/* From [j*stride + n] to [n*J + j]. */
void ful__by_country(const ful_economy_model *m, const double *sectors, double *out);
/* Costs from wage bills and prices, and the cost shares of CES nests (nests.c). */
void ful__economy_costs(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x);
/* What a country needs of each sector as inputs, added to need (J). */
void ful__economy_inputs(const ful_economy_model *m, ful_economy_work *w, int n, double *need);
/* What its households want of each sector, added to need (J). */
void ful__economy_wants(const ful_economy_model *m, ful_economy_work *w, int n,
                        const double *log_price, double *need);

/* Visit the sectors, those of a large economy at once: what a visit writes is of its sector alone. */
typedef void (*ful__sector_fn)(const ful_economy_model *m, ful_economy_work *w, int j);
void ful__each_sector(const ful_economy_model *m, ful_economy_work *w, ful__sector_fn visit);

/* All flows: sums, receipts, imports, own sales, revenue by sector (trade.c). */
void ful__economy_trade(const ful_economy_model *m, ful_economy_work *w);

/* Caps (caps.c): their numbers; what bounds of zero close, weights before caps standing in customs
 * meanwhile; and from there on what a cap grips leaves the free part of its flows, premiums enter
 * the weights; what comes of it. */
ful_status ful__caps_check(const ful_economy_model *m, const ful_economy_shock *shock,
                           ful_error *err);
ful_status ful__caps_close(const ful_economy_model *m, ful_economy_work *w,
                           const ful_economy_shock *shock, ful_error *err);
void ful__caps_begin(const ful_economy_model *m, ful_economy_work *w,
                     const ful_economy_shock *shock);
void ful__caps_weigh(const ful_economy_model *m, ful_economy_work *w,
                     const ful_economy_shock *shock, const double *premium);
double ful__caps_measure(const ful_economy_model *m, ful_economy_work *w,
                         const ful_economy_shock *shock, const double *premium, double *gap);

/* Write the flows of a solution again where weights before caps stood in their place. */
void ful__caps_restore(const ful_economy_model *m, ful_economy_work *w,
                       const ful_economy_shock *shock);
/* Take out of volumes of imports (N) what melted under caps. */
void ful__caps_lost(const ful_economy_model *m, const ful_economy_work *w,
                    const ful_economy_shock *shock, double *imports_volume);

/* Hubs (hubs.c): their numbers; where they start; weights of detoured flows that no cap grips, and
 * what goes round the caps of the others; what passes through the hubs. */
ful_status ful__hubs_check(const ful_economy_model *m, ful_economy_work *w,
                           const ful_economy_shock *shock, ful_error *err);
void ful__hubs_begin(const ful_economy_model *m, ful_economy_work *w,
                     const ful_economy_shock *shock);
void ful__hubs_weigh(const ful_economy_model *m, ful_economy_work *w,
                     const ful_economy_shock *shock, const double *u);
void ful__hubs_pass_caps(const ful_economy_model *m, ful_economy_work *w,
                         const ful_economy_shock *shock);
double ful__hubs_measure(const ful_economy_model *m, ful_economy_work *w,
                         const ful_economy_shock *shock, const double *u, double *gap);
/* Its name for a message; `room` holds its number where it has none. */
const char *ful__hub_name(const ful_economy_shock *shock, int h, char room[16]);

/* The transfers D' of a closure, given exports and imports of the pass; and back from adjoints of
 * transfers to those of exports and imports. */
void ful__economy_transfers(const ful_economy_model *m, ful_economy_work *w,
                            const ful_economy_shock *shock);
void ful__transfers_adjoint(const ful_economy_model *m, const ful_economy_work *w,
                            const ful_economy_shock *shock, const double *transfer, double *exports,
                            double *imports);

/* From the last pass: a block made anew for the country that the shock has moved furthest. */
void ful__blocks_renew(const ful_economy_model *m, ful_economy_work *w);
/* From the last pass: who sells how much to whom (sweep.c). */
void ful__markets_renew(const ful_economy_model *m, ful_economy_work *w);

/* The block of country n. */
static inline const ful__block *ful__block_of(const ful_economy_model *m, const ful_economy_work *w,
                                              int n)
{
    return n == w->moved ? &w->block : &m->block[n];
}

/* One country's gaps, and then its steps, in logs. */
typedef struct ful__step {
    double y;
    double *p, *e, *l; /* J each; l NULL where labour moves freely */
    const float *won;  /* J: what the steps of others add to its sales */
    float *cost;       /* J: the step of its unit costs */
} ful__step;

/* The step that a country's own block of the Jacobian makes of its gaps (precondition.c). */
void ful__step_country(const ful_economy_model *m, const ful_economy_work *w, int n, ful__step *s);
/* Premiums together with the country that buys most under their caps, n (premiums.c): `o` holds
 * their own steps, `s` that of the country, `gap` its gaps of prices (J); o and s are completed. */
void ful__step_premiums(const ful_economy_model *m, ful_economy_work *w, int n, const double *gap,
                        ful__step *s, double *o);
/* The step of all countries, one after the other, in place (sweep.c). */
void ful__precondition(const ful_economy_model *m, ful_economy_work *w, double *f);
/* The step of each equation alone: slow and safe. */
void ful__step_alone(const ful_economy_model *m, const ful_economy_work *w, double *f);
/* The transpose of the countries' own steps. */
void ful__precondition_adjoint(const ful_economy_model *m, ful_economy_work *w, double *f);

/* Anderson mixing (mixing.c). */
typedef struct ful__mixing {
    int depth, count, next;
    double gram[FUL_ECONOMY_MAX_DEPTH][FUL_ECONOMY_MAX_DEPTH];
} ful__mixing;
/* Keep what changed since the last iterate. */
void ful__mixing_remember(ful__mixing *mix, ful_economy_work *w);
/* The next iterate, from x and the step f: a share `reach` of the way that the mixing proposes; no
 * entry moves by more than `longest`. */
void ful__mixing_advance(ful__mixing *mix, ful_economy_work *w, double reach, double longest);

/* Turn the solution into flows and outcomes. */
void ful__economy_outcomes(const ful_economy_model *m, ful_economy_work *w,
                           const ful_economy_shock *shock);

#endif
