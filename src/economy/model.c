/* SPDX-License-Identifier: MIT */
/*
 * The benchmark: data in, an equilibrium by construction out. Output, spending, income, transfers
 * and final demand are derived from flows and input shares; what could not be an equilibrium is
 * refused, or mended in the open (inventories).
 */
#include "economy/economy_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Rounds of the inventory re-balancing; each shrinks what is left by the largest input share. */
#define MAX_INVENTORY_ROUNDS 10000
/* Final demand above -1e-9 of spending is rounding of the source table: made up, but not
 * counted. */
#define INVENTORY_ROUNDING 1e-9
/* What the rounds leave, relative to spending: below it, the sums themselves are rounded. */
#define INVENTORY_LEFT 1e-14
/* Given shares of final demand must sum to one within the digits of a printed table's sum. */
#define SHARE_SUM 1e-9

const char *ful__country_name(const ful_economy_model *m, int n, char room[16])
{
    if (m->country[n])
        return m->country[n];
    snprintf(room, 16, "%d", n);
    return room;
}

const char *ful__sector_name(const ful_economy_model *m, int j, char room[16])
{
    if (m->sector[j])
        return m->sector[j];
    snprintf(room, 16, "%d", j);
    return room;
}

/* ---- layout: run once to measure and once to place ------------------------------------------- */

static void *place(unsigned char *base, size_t *used, size_t count, size_t size)
{
    *used = (*used + 63) & ~(size_t)63;
    void *block = base ? base + *used : NULL;
    *used += count * size;
    return block;
}

#define DOUBLES(field, count) m->field = place(base, &used, (count), sizeof(double))

static size_t lay_out(ful_economy_model *m, unsigned char *base, const ful_economy_data *data,
                      size_t text)
{
    const size_t N = (size_t)data->countries, J = (size_t)data->sectors;
    const size_t flows = J * N * N, cells = N * J;
    size_t used = sizeof *m;
    DOUBLES(flow, flows);
    DOUBLES(latent, data->latent ? flows : 0);
    DOUBLES(tariff, data->tariff ? flows : 0);
    DOUBLES(share, flows);
    DOUBLES(latent_share, data->latent ? flows : 0);
    DOUBLES(input, cells * J);
    DOUBLES(theta, J);
    DOUBLES(kappa, N);
    DOUBLES(phi, N);
    DOUBLES(limit, N);
    DOUBLES(step, N);
    DOUBLES(beta, cells);
    DOUBLES(alpha, cells);
    DOUBLES(output, cells);
    DOUBLES(spending, cells);
    DOUBLES(value_added, cells);
    DOUBLES(final, cells);
    DOUBLES(one, cells);
    DOUBLES(income, N);
    DOUBLES(revenue, N);
    DOUBLES(transfer, N);
    DOUBLES(wage_bill, N);
    DOUBLES(exports, N);
    DOUBLES(imports, N);
    m->unchanged = place(base, &used, N, sizeof *m->unchanged);
    m->country = place(base, &used, N, sizeof *m->country);
    m->sector = place(base, &used, J, sizeof *m->sector);
    char *next = place(base, &used, text, 1);
    if (base) {
        if (!data->latent)
            m->latent = m->latent_share = NULL;
        if (!data->tariff)
            m->tariff = NULL;
        for (size_t n = 0; n < N && data->country; n++) {
            m->country[n] = strcpy(next, data->country[n]);
            next += strlen(next) + 1;
        }
        for (size_t j = 0; j < J && data->sector; j++) {
            m->sector[j] = strcpy(next, data->sector[j]);
            next += strlen(next) + 1;
        }
    }
    return used;
}

static size_t text_bytes(const ful_economy_data *data)
{
    size_t bytes = 1;
    for (int n = 0; n < data->countries && data->country; n++)
        bytes += strlen(data->country[n]) + 1;
    for (int j = 0; j < data->sectors && data->sector; j++)
        bytes += strlen(data->sector[j]) + 1;
    return bytes;
}

/* ---- what is refused ------------------------------------------------------------------------- */

static ful_status check_flows(const ful_economy_model *m, const double *flow, const char *what,
                              ful_error *err)
{
    char a[16], b[16], c[16];
    for (int j = 0; j < m->J; j++)
        for (int n = 0; n < m->N; n++)
            for (int i = 0; i < m->N; i++) {
                const double x = flow[ful__at(m->N, j, n, i)];
                if (!(x >= 0) || x > 1e100)
                    return ful_fail(err, FUL_ERR_DATA,
                                    "%s of %s to %s in sector %s is %g, expected 0 or more", what,
                                    ful__country_name(m, i, a), ful__country_name(m, n, b),
                                    ful__sector_name(m, j, c), x);
            }
    return FUL_OK;
}

static ful_status check_tariffs(const ful_economy_model *m, ful_error *err)
{
    char a[16], b[16], c[16];
    for (int j = 0; m->tariff && j < m->J; j++)
        for (int n = 0; n < m->N; n++)
            for (int i = 0; i < m->N; i++) {
                const double t = m->tariff[ful__at(m->N, j, n, i)];
                if (!(t > -1) || t > 1e6)
                    return ful_fail(err, FUL_ERR_DATA,
                                    "tariff of %s on %s in sector %s is %g, expected more than -1",
                                    ful__country_name(m, n, a), ful__country_name(m, i, b),
                                    ful__sector_name(m, j, c), t);
            }
    return FUL_OK;
}

static ful_status check_inputs(const ful_economy_model *m, ful_error *err)
{
    char a[16], b[16], c[16];
    for (int i = 0; i < m->N; i++)
        for (int j = 0; j < m->J; j++) {
            const double *row = m->input + (size_t)(i * m->J + j) * (size_t)m->J;
            double sum = 0;
            for (int k = 0; k < m->J; k++) {
                if (!(row[k] >= 0) || row[k] > 1)
                    return ful_fail(err, FUL_ERR_DATA,
                                    "input share of %s in sector %s of %s is %g, expected 0..1",
                                    ful__sector_name(m, k, b), ful__sector_name(m, j, c),
                                    ful__country_name(m, i, a), row[k]);
                sum += row[k];
            }
            if (sum > 1 + 1e-12)
                return ful_fail(err, FUL_ERR_DATA,
                                "input shares of sector %s of %s sum to %.17g, expected at most 1",
                                ful__sector_name(m, j, c), ful__country_name(m, i, a), sum);
        }
    return FUL_OK;
}

static ful_status check_numbers(const ful_economy_model *m, ful_error *err)
{
    char name[16];
    for (int j = 0; j < m->J; j++)
        if (!(m->theta[j] > 0) || m->theta[j] > 1e3)
            return ful_fail(err, FUL_ERR_DATA,
                            "theta of sector %s is %g, expected 0 < theta <= 1000",
                            ful__sector_name(m, j, name), m->theta[j]);
    for (int n = 0; n < m->N; n++) {
        if (!(m->kappa[n] >= 1))
            return ful_fail(err, FUL_ERR_DATA, "kappa of %s is %g, expected 1 or more",
                            ful__country_name(m, n, name), m->kappa[n]);
        if (!(m->phi[n] >= 0) || m->phi[n] > 100)
            return ful_fail(err, FUL_ERR_DATA, "phi of %s is %g, expected 0..100",
                            ful__country_name(m, n, name), m->phi[n]);
    }
    return FUL_OK;
}

/* ---- what follows from the data -------------------------------------------------------------- */

/* Output, spending and tariff revenue from the flows. */
static void derive_totals(ful_economy_model *m)
{
    const int N = m->N, J = m->J;
    memset(m->output, 0, sizeof(double) * (size_t)(N * J));
    memset(m->revenue, 0, sizeof(double) * (size_t)N);
    memset(m->exports, 0, sizeof(double) * (size_t)N);
    memset(m->imports, 0, sizeof(double) * (size_t)N);
    for (int j = 0; j < J; j++)
        for (int n = 0; n < N; n++) {
            double spent = 0;
            for (int i = 0; i < N; i++) {
                const size_t a = ful__at(N, j, n, i);
                const double x = m->flow[a], t = m->tariff ? m->tariff[a] : 0;
                m->output[i * J + j] += x;
                spent += x * (1 + t);
                m->revenue[n] += x * t;
                if (i != n) {
                    m->exports[i] += x;
                    m->imports[n] += x;
                }
            }
            m->spending[n * J + j] = spent;
        }
}

static void derive_final(ful_economy_model *m)
{
    const int N = m->N, J = m->J;
    for (int n = 0; n < N; n++)
        for (int k = 0; k < J; k++) {
            double used = 0;
            for (int j = 0; j < J; j++)
                used +=
                    m->input[(size_t)(n * J + j) * (size_t)J + (size_t)k] * m->output[n * J + j];
            m->final[n * J + k] = m->spending[n * J + k] - used;
        }
}

/* What is used or wanted needs a seller, and so does what might be reopened. */
static ful_status check_supply(const ful_economy_model *m, const ful_economy_data *data,
                               ful_error *err)
{
    char a[16], b[16];
    for (int n = 0; n < m->N; n++)
        for (int j = 0; j < m->J; j++) {
            const int c = n * m->J + j;
            if (m->spending[c] > 0)
                continue;
            double closed = 0;
            for (int i = 0; m->latent && i < m->N; i++)
                closed += m->latent[ful__at(m->N, j, n, i)];
            if (m->final[c] < 0 || (data->final_share && data->final_share[c] > 0))
                return ful_fail(
                    err, FUL_ERR_DATA,
                    "%s uses sector %s but buys none of it: give it a seller or take the "
                    "use out of its input and final shares",
                    ful__country_name(m, n, a), ful__sector_name(m, j, b));
            if (closed > 0)
                return ful_fail(
                    err, FUL_ERR_DATA,
                    "%s buys nothing of sector %s, so a latent flow there has no share to "
                    "return to: give it a seller or leave the latent flow out",
                    ful__country_name(m, n, a), ful__sector_name(m, j, b));
        }
    return FUL_OK;
}

static ful_status check_final_shares(const ful_economy_model *m, const double *share,
                                     ful_error *err)
{
    char a[16], b[16];
    for (int n = 0; share && n < m->N; n++) {
        double sum = 0;
        for (int j = 0; j < m->J; j++) {
            const double x = share[n * m->J + j];
            if (!(x >= 0))
                return ful_fail(err, FUL_ERR_DATA,
                                "final share of sector %s in %s is %g, expected 0 or more",
                                ful__sector_name(m, j, b), ful__country_name(m, n, a), x);
            sum += x;
        }
        if (!(fabs(sum - 1) <= SHARE_SUM))
            return ful_fail(err, FUL_ERR_DATA, "final shares of %s sum to %.17g, expected 1",
                            ful__country_name(m, n, a), sum);
    }
    return FUL_OK;
}

/*
 * Final demand below zero means that more was used than bought: the difference came out of
 * inventories. It is made up by domestic production, whose inputs may in turn need making up; input
 * shares below one make the rounds converge.
 */
static ful_status settle_inventories(ful_economy_model *m, ful_economy_adjustment *adjustment,
                                     ful_error *err)
{
    const int N = m->N, J = m->J;
    double worst = 0;
    for (int round = 0; round < MAX_INVENTORY_ROUNDS; round++) {
        int again = 0;
        for (int n = 0; n < N; n++)
            for (int j = 0; j < J; j++) {
                const double gap = -m->final[n * J + j];
                if (gap <= 0)
                    continue;
                if (gap > INVENTORY_LEFT * m->spending[n * J + j])
                    again = 1;
                const int counts = gap > INVENTORY_ROUNDING * m->spending[n * J + j];
                if (round == 0 && counts)
                    adjustment->inventory_cells++;
                if (round == 0 && counts && gap > worst) {
                    worst = gap;
                    adjustment->worst_country = n;
                    adjustment->worst_sector = j;
                }
                adjustment->inventory += gap;
                m->flow[ful__at(N, j, n, n)] += gap;
            }
        derive_totals(m);
        derive_final(m);
        if (!again) {
            for (int c = 0; c < N * J; c++)
                if (m->final[c] < 0)
                    m->final[c] = 0; /* rounding of the sums */
            return FUL_OK;
        }
    }
    char a[16], b[16];
    return ful_fail(err, FUL_ERR_DATA,
                    "sector %s of %s uses more than is bought, and making it up does not converge: "
                    "check the input shares",
                    ful__sector_name(m, adjustment->worst_sector, b),
                    ful__country_name(m, adjustment->worst_country, a));
}

/* Shares, incomes and the numbers that the passes need. */
static ful_status derive_shares(ful_economy_model *m, const ful_economy_data *data, ful_error *err)
{
    const int N = m->N, J = m->J;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < J; j++) {
            const double *row = m->input + (size_t)(i * J + j) * (size_t)J;
            double inputs = 0;
            for (int k = 0; k < J; k++)
                inputs += row[k];
            m->beta[i * J + j] = inputs < 1 ? 1 - inputs : 0;
            m->value_added[i * J + j] = m->beta[i * J + j] * m->output[i * J + j];
            m->one[i * J + j] = 1;
        }
    m->world = 0;
    for (int n = 0; n < N; n++) {
        char name[16];
        double bill = 0, final = 0;
        for (int j = 0; j < J; j++) {
            bill += m->value_added[n * J + j];
            final += m->final[n * J + j];
        }
        if (!(bill > 0))
            return ful_fail(err, FUL_ERR_DATA,
                            "%s has no value added: give it sales or leave it out",
                            ful__country_name(m, n, name));
        if (!(final > 0))
            return ful_fail(err, FUL_ERR_DATA, "%s has no final demand: give it purchases",
                            ful__country_name(m, n, name));
        m->wage_bill[n] = bill;
        m->income[n] = final;
        m->transfer[n] = final - bill - m->revenue[n];
        m->world += bill;
        for (int j = 0; j < J; j++)
            m->alpha[n * J + j] =
                data->final_share ? data->final_share[n * J + j] : m->final[n * J + j] / final;
        m->unchanged[n] = (ful_economy_outcome){1, 1, 1, 1, 1, 1, 1};
    }
    for (int j = 0; j < J; j++)
        for (int n = 0; n < N; n++) {
            const double spent = m->spending[n * J + j];
            for (int i = 0; i < N && spent > 0; i++) {
                const size_t a = ful__at(N, j, n, i);
                const double gross = 1 + (m->tariff ? m->tariff[a] : 0);
                m->share[a] = m->flow[a] * gross / spent;
                if (m->latent)
                    m->latent_share[a] = m->latent[a] * gross / spent;
            }
        }
    return FUL_OK;
}

/*
 * The step of the wage equation is the inverse of its own slope: a wage bill that rises by one per
 * cent loses sales worth theta times what is not held captive (the seller's share of each market).
 * The textbook step of one cycles as soon as theta is large.
 */
static void derive_steps(ful_economy_model *m)
{
    const int N = m->N, J = m->J;
    for (int i = 0; i < N; i++) {
        double slope = 0;
        for (int j = 0; j < J; j++) {
            const double output = m->output[i * J + j];
            double contested = 0;
            for (int n = 0; n < N && output > 0; n++) {
                const size_t a = ful__at(N, j, n, i);
                contested += m->flow[a] / output * (1 - m->share[a]);
            }
            slope += m->value_added[i * J + j] / m->wage_bill[i] * m->theta[j] * contested;
        }
        m->step[i] = 1 / (1 + slope);
    }
}

/* A deficit that the closure could not carry even in the benchmark is refused. */
static ful_status check_closure(const ful_economy_model *m, ful_error *err)
{
    if (m->closure != FUL_CLOSURE_FINANCED)
        return FUL_OK;
    for (int n = 0; n < m->N; n++) {
        char name[16];
        const double d = m->transfer[n], f = m->limit[n];
        const double carried = d > 0 ? m->imports[n] : m->exports[n];
        if (!(f > 0 && f < 1))
            return ful_fail(err, FUL_ERR_DATA, "finance limit of %s is %g, expected 0 < f < 1",
                            ful__country_name(m, n, name), f);
        if (fabs(d) > f * carried * (1 + 1e-9))
            return ful_fail(
                err, FUL_ERR_DATA,
                "the benchmark transfer of %s is %g of its %s, above its finance limit %g",
                ful__country_name(m, n, name), fabs(d) / carried, d > 0 ? "imports" : "exports", f);
    }
    return FUL_OK;
}

static void copy_data(ful_economy_model *m, const ful_economy_data *data)
{
    const size_t N = (size_t)data->countries, J = (size_t)data->sectors, flows = J * N * N;
    m->closure = data->closure;
    memcpy(m->flow, data->flow, flows * sizeof(double));
    if (data->latent)
        memcpy(m->latent, data->latent, flows * sizeof(double));
    if (data->tariff)
        memcpy(m->tariff, data->tariff, flows * sizeof(double));
    memcpy(m->input, data->input, N * J * J * sizeof(double));
    memcpy(m->theta, data->theta, J * sizeof(double));
    for (size_t n = 0; n < N; n++) {
        m->kappa[n] = data->kappa ? data->kappa[n] : INFINITY;
        m->phi[n] = data->phi ? data->phi[n] : 0;
        m->limit[n] = data->finance_limit ? data->finance_limit[n] : 0.999;
    }
}

static ful_status build(ful_economy_model *m, ful_economy_adjustment *adjustment,
                        const ful_economy_data *data, ful_error *err)
{
    copy_data(m, data);
    ful_status status = check_flows(m, m->flow, "sales", err);
    if (status == FUL_OK && m->latent)
        status = check_flows(m, m->latent, "latent sales", err);
    if (status == FUL_OK)
        status = check_tariffs(m, err);
    if (status == FUL_OK)
        status = check_inputs(m, err);
    if (status == FUL_OK)
        status = check_numbers(m, err);
    if (status != FUL_OK)
        return status;
    derive_totals(m);
    derive_final(m);
    status = check_final_shares(m, data->final_share, err);
    if (status == FUL_OK)
        status = check_supply(m, data, err);
    if (status == FUL_OK && !data->final_share)
        status = settle_inventories(m, adjustment, err);
    if (status == FUL_OK)
        status = derive_shares(m, data, err);
    if (status == FUL_OK)
        status = check_closure(m, err);
    if (status == FUL_OK)
        derive_steps(m);
    return status;
}

ful_status ful_economy_model_new(ful_economy_model **out, ful_economy_adjustment *adjustment,
                                 const ful_economy_data *data, const ful_allocator *allocator,
                                 ful_error *err)
{
    *out = NULL;
    if (data->countries < 1 || data->countries > 512 || data->sectors < 1 || data->sectors > 512)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "%d countries and %d sectors, expected 1..512 of each", data->countries,
                        data->sectors);
    if (!data->flow || !data->input || !data->theta)
        return ful_fail(err, FUL_ERR_ARGUMENT, "flow, input and theta must be given");

    const ful_allocator *source = ful__allocator_or_default(allocator);
    const size_t text = text_bytes(data);
    ful_economy_model measure;
    const size_t bytes = lay_out(&measure, NULL, data, text) + 64;
    unsigned char *block = ful__take(source, bytes);
    if (!block)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for an economy of %zu bytes", bytes);
    ful_economy_model *m = (ful_economy_model *)block;
    m->allocator = source;
    m->bytes = bytes;
    m->N = data->countries;
    m->J = data->sectors;
    lay_out(m, block, data, text);

    ful_economy_adjustment changes = {.worst_country = -1, .worst_sector = -1};
    const ful_status status = build(m, &changes, data, err);
    if (status != FUL_OK) {
        ful_economy_model_free(m);
        return status;
    }
    if (adjustment)
        *adjustment = changes;
    *out = m;
    return FUL_OK;
}

void ful_economy_model_free(ful_economy_model *model)
{
    if (model)
        ful__give(model->allocator, model, model->bytes);
}

int ful_economy_countries(const ful_economy_model *model)
{
    return model->N;
}

int ful_economy_sectors(const ful_economy_model *model)
{
    return model->J;
}

void ful_economy_benchmark(ful_economy_view *view, const ful_economy_model *m)
{
    *view = (ful_economy_view){.outcome = m->unchanged,
                               .price = m->one,
                               .final_price = m->one,
                               .cost = m->one,
                               .output = m->output,
                               .spending = m->spending,
                               .value_added = m->value_added,
                               .income = m->income,
                               .revenue = m->revenue,
                               .transfer = m->transfer,
                               .flow = m->flow};
}
