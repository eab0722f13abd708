/* SPDX-License-Identifier: MIT */
/*
 * The benchmark: an equilibrium by construction. Output, spending, income, transfers and final
 * demand are derived from flows and input shares; what could not be an equilibrium is refused, or
 * mended in the open (inventories, sums of shares).
 */
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

/* Rounds of the inventory re-balancing; each shrinks what is left by the largest input share. */
#define MAX_INVENTORY_ROUNDS 10000
/* Final demand above -1e-9 of spending is rounding of the source table: made up, but not counted.
 */
#define INVENTORY_ROUNDING 1e-9
/* What the rounds leave, relative to spending: below it, the sums themselves are rounded. */
#define INVENTORY_LEFT 1e-14
/* Final demand below this part of what is earned is the rounding of what was given away. */
#define LEAST_FINAL 1e-9
/* What the baskets given may take out of final demand beyond all of it: rounding. */
#define BASKET_ROUNDING 1e-9

size_t ful__row_of(const ful_economy_model *m, size_t a)
{
    size_t low = 0, high = (size_t)m->P * (size_t)m->N;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (m->row[middle] <= a)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The flow of a country's own sales in a row, or the end of the row where it lists none. */
static size_t own_flow(const ful_economy_model *m, size_t r, int n)
{
    return m->row[r] + (m->seller ? m->home[r] : (size_t)n);
}

/* ---- totals --------------------------------------------------------------------------------- */

/* One row: what the buyer spends, what sellers and treasuries receive. */
static double derive_row(ful_economy_model *m, size_t r, int n, int j)
{
    double spent = 0;
    for (size_t k = 0; k < ful__row_length(m, r); k++) {
        const size_t a = m->row[r] + k;
        const int i = ful__seller(m, r, k);
        const double x = m->flow[a], tx = m->export_tax ? m->export_tax[a] : 0;
        const double customs = x * (1 + tx), tariff = m->tariff ? m->tariff[a] * customs : 0;
        m->output[i * m->J + j] += x;
        spent += customs + tariff;
        m->revenue[n] += tariff;
        m->revenue[i] += x * tx;
        if (i != n) {
            m->exports[i] += customs;
            m->imports[n] += customs;
        }
    }
    return spent;
}

static void derive_totals(ful_economy_model *m)
{
    const size_t N = (size_t)m->N, cells = N * (size_t)m->J;
    memset(m->output, 0, sizeof(double) * cells);
    memset(m->spending, 0, sizeof(double) * cells);
    memset(m->revenue, 0, sizeof(double) * N);
    memset(m->exports, 0, sizeof(double) * N);
    memset(m->imports, 0, sizeof(double) * N);
    for (int p = 0; p < m->P; p++)
        for (int n = 0; n < m->N; n++) {
            const size_t r = (size_t)p * N + (size_t)n;
            const int j = m->product_sector[p];
            const double spent = derive_row(m, r, n, j);
            m->product_share[r] = spent; /* a value until the shares are taken */
            m->spending[n * m->J + j] += spent;
        }
}

static void derive_final(ful_economy_model *m)
{
    const int N = m->N, J = m->J;
    for (int n = 0; n < N; n++) {
        double *final = m->final + n * J;
        memcpy(final, m->spending + n * J, sizeof(double) * (size_t)J);
        for (int j = 0; j < J; j++) {
            const double *row = m->input + (size_t)(n * J + j) * (size_t)J;
            for (int k = 0; k < J; k++)
                final[k] -= row[k] * m->output[n * J + j];
        }
    }
}

/* ---- inventories ---------------------------------------------------------------------------- */

/* Add to a country's sales at home, over the products of the sector as they are; 0 where there is
 * no flow to add to. */
static int add_home_sales(ful_economy_model *m, int n, int j, double gap)
{
    double sold = 0;
    size_t first = m->flows;
    for (int pass = 0; pass < 2; pass++) {
        for (int p = m->first_product[j]; p < m->first_product[j + 1]; p++) {
            const size_t r = (size_t)p * (size_t)m->N + (size_t)n, a = own_flow(m, r, n);
            if (a == m->row[r + 1])
                continue;
            if (pass == 0) {
                sold += m->flow[a];
                first = first == m->flows ? a : first;
            } else {
                m->flow[a] *= 1 + gap / sold;
            }
        }
        if (pass == 0 && !(sold > 0)) {
            if (first < m->flows)
                m->flow[first] += gap;
            return first < m->flows;
        }
    }
    return 1;
}

static void count_gap(ful_economy_adjustment *adjustment, double *worst, int n, int j, double gap)
{
    adjustment->inventory_cells++;
    if (gap > *worst) {
        *worst = gap;
        adjustment->worst_country = n;
        adjustment->worst_sector = j;
    }
}

static ful_status refuse_inventories(const ful_economy_model *m, int n, int j, const char *why,
                                     ful_error *err)
{
    char a[16], b[16];
    return ful_fail(err, FUL_ERR_DATA, "sector %s of %s uses more than is bought, and %s",
                    ful__sector_name(m, j, b), ful__country_name(m, n, a), why);
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
        int again = 0, any = 0;
        for (int a = 0; a < N * J; a++) {
            const double gap = -m->final[a];
            if (gap <= 0)
                continue;
            any = 1;
            again |= gap > INVENTORY_LEFT * m->spending[a];
            if (round == 0 && gap > INVENTORY_ROUNDING * m->spending[a])
                count_gap(adjustment, &worst, a / J, a % J, gap);
            adjustment->inventory += gap;
            if (!add_home_sales(m, a / J, a % J, gap))
                return refuse_inventories(m, a / J, a % J,
                                          "it has no sales at home that could make it up: give "
                                          "it some",
                                          err);
        }
        if (any) {
            derive_totals(m);
            derive_final(m);
        }
        if (!again) {
            for (int c = 0; c < N * J; c++)
                m->final[c] = fmax(m->final[c], 0); /* rounding of the sums */
            return FUL_OK;
        }
    }
    return refuse_inventories(m, adjustment->worst_country, adjustment->worst_sector,
                              "making it up does not converge: check the input shares", err);
}

/* ---- shares --------------------------------------------------------------------------------- */

/* Value-added shares; input shares a rounding above one are scaled back to it. */
static void derive_beta(ful_economy_model *m, ful_economy_adjustment *adjustment)
{
    const int J = m->J;
    for (int a = 0; a < m->N * J; a++) {
        double *row = m->input + (size_t)a * (size_t)J, inputs = 0;
        for (int k = 0; k < J; k++)
            inputs += row[k];
        if (inputs > 1) {
            adjustment->share_correction = fmax(adjustment->share_correction, inputs - 1);
            for (int k = 0; k < J; k++)
                row[k] /= inputs;
        }
        memcpy(m->input_rows + (size_t)a * (size_t)m->block_lead, row, sizeof(double) * (size_t)J);
        m->beta[a] = inputs < 1 ? 1 - inputs : 0;
        m->value_added[a] = m->beta[a] * m->output[a];
    }
}

/* Shares of final demand: those given, scaled to sum to one, or those that follow. */
static void derive_alpha(ful_economy_model *m, ful_economy_adjustment *adjustment,
                         const double *given)
{
    const int J = m->J;
    for (int n = 0; n < m->N; n++) {
        double sum = 0;
        const double *from = (given ? given : m->final) + n * J;
        for (int j = 0; j < J; j++)
            sum += from[j];
        if (given)
            adjustment->share_correction = fmax(adjustment->share_correction, fabs(sum - 1));
        for (int j = 0; j < J; j++)
            m->alpha[n * J + j] = from[j] / sum;
    }
}

static ful_status derive_incomes(ful_economy_model *m, ful_error *err)
{
    const int J = m->J;
    char name[16];
    m->world = 0;
    for (int n = 0; n < m->N; n++) {
        double bill = 0, final = 0;
        for (int j = 0; j < J; j++) {
            bill += m->value_added[n * J + j];
            final += m->final[n * J + j];
        }
        if (!(bill > 0))
            return ful_fail(err, FUL_ERR_DATA,
                            "%s has no value added: give it sales or leave it out",
                            ful__country_name(m, n, name));
        if (!(bill + m->revenue[n] > 0))
            return ful_fail(err, FUL_ERR_DATA,
                            "%s pays out %g in subsidies (tariffs or export taxes below zero), more "
                            "than its value added of %g: check the rates",
                            ful__country_name(m, n, name), -m->revenue[n], bill);
        if (!(final > LEAST_FINAL * (bill + fabs(m->revenue[n]))))
            return ful_fail(err, FUL_ERR_DATA, "%s has no final demand: give it purchases",
                            ful__country_name(m, n, name));
        m->wage_bill[n] = bill;
        m->income[n] = final;
        m->transfer[n] = final - bill - m->revenue[n];
        m->world += bill;
    }
    return FUL_OK;
}

static void derive_flow_shares(ful_economy_model *m)
{
    for (int p = 0; p < m->P; p++)
        for (int n = 0; n < m->N; n++) {
            const size_t r = (size_t)p * (size_t)m->N + (size_t)n;
            const double spent = m->product_share[r];
            const double sector = m->spending[n * m->J + m->product_sector[p]];
            m->product_share[r] = sector > 0 ? spent / sector : 0;
            for (size_t a = m->row[r]; spent > 0 && a < m->row[r + 1]; a++) {
                const double gross = (1 + (m->tariff ? m->tariff[a] : 0)) *
                                     (1 + (m->export_tax ? m->export_tax[a] : 0));
                m->share[a] = m->flow[a] * gross / spent;
                if (m->latent)
                    m->latent_share[a] = m->latent[a] * gross / spent;
            }
        }
}

static void derive_traded(ful_economy_model *m)
{
    memset(m->traded, 0, (size_t)m->P);
    for (size_t r = 0; r < (size_t)m->P * (size_t)m->N; r++)
        for (size_t a = m->row[r]; a < m->row[r + 1]; a++) {
            const int abroad = ful__seller(m, r, a - m->row[r]) != (int)(r % (size_t)m->N);
            if (abroad && (m->flow[a] > 0 || (m->latent && m->latent[a] > 0)))
                m->traded[r / (size_t)m->N] = 1;
        }
}

static void derive_taxes(ful_economy_model *m)
{
    for (size_t p = 0; p < (size_t)m->P; p++) {
        int taxes = 0;
        for (size_t a = m->row[p * (size_t)m->N]; a < m->row[(p + 1) * (size_t)m->N]; a++) {
            taxes |= m->tariff && m->tariff[a] != 0 ? FUL__TARIFFS : 0;
            taxes |= m->export_tax && m->export_tax[a] != 0 ? FUL__EXPORT_TAXES : 0;
        }
        m->taxes[p] = (unsigned char)taxes;
    }
}

ful_status ful__derive_benchmark(ful_economy_model *m, ful_economy_adjustment *adjustment,
                                 const ful_economy_data *data, ful_error *err)
{
    derive_totals(m);
    derive_final(m);
    ful_status status = ful__check_supply(m, data, err);
    if (status == FUL_OK && !data->final_share)
        status = settle_inventories(m, adjustment, err);
    if (status != FUL_OK)
        return status;
    derive_beta(m, adjustment);
    status = derive_incomes(m, err);
    if (status != FUL_OK)
        return status;
    derive_alpha(m, adjustment, data->final_share);
    derive_flow_shares(m);
    derive_traded(m);
    derive_taxes(m);
    for (int a = 0; a < m->N * m->J; a++)
        m->log_spending[a] = m->spending[a] > 0 ? log(m->spending[a]) : 0;
    return FUL_OK;
}

/* ---- households ----------------------------------------------------------------------------- */

static void copy_household(ful_economy_model *m, int h, const ful_economy_household *from)
{
    const int J = m->J;
    m->household_country[h] = from->country;
    m->own_revenue[h] = from->revenue;
    m->own_transfer[h] = from->transfer;
    memcpy(m->own + h * J, from->value_added, sizeof(double) * (size_t)J);
    double earned = from->revenue * m->revenue[from->country];
    for (int j = 0; j < J; j++)
        earned += from->value_added[j] * m->value_added[from->country * J + j];
    m->household_earned[h] = earned;
    m->household_income[h] = earned + from->transfer * m->transfer[from->country];
}

/* In the order of countries, so that the households of one follow each other. */
static void sort_households(ful_economy_model *m)
{
    int at = 0;
    for (int n = 0; n < m->N; n++) {
        m->first_household[n] = at;
        for (int h = 0; h < m->households; h++)
            if (m->household_country[h] == n)
                m->household[at++] = h;
    }
    m->first_household[m->N] = at;
}

/* What the baskets given leave of final demand is the basket of the others. */
static ful_status share_baskets(ful_economy_model *m, ful_economy_adjustment *adjustment,
                                const ful_economy_data *data, int n, ful_error *err)
{
    const int J = m->J, first = m->first_household[n], end = m->first_household[n + 1];
    char a[16], b[16];
    double left = m->income[n];
    for (int k = first; k < end; k++)
        if (data->household[m->household[k]].basket)
            left -= m->household_income[m->household[k]];
    for (int j = 0; j < J; j++) {
        double rest = m->alpha[n * J + j] * m->income[n];
        for (int k = first; k < end; k++) {
            const int h = m->household[k];
            if (data->household[h].basket)
                rest -= data->household[h].basket[j] * m->household_income[h];
        }
        if (rest < -BASKET_ROUNDING * m->income[n] ||
            (rest > BASKET_ROUNDING * m->income[n] && left <= BASKET_ROUNDING * m->income[n]))
            return ful_fail(err, FUL_ERR_DATA,
                            "the baskets of the households of %s buy %s of sector %s than its "
                            "final demand: leave one basket out, or make them add up",
                            ful__country_name(m, n, a), rest < 0 ? "more" : "less",
                            ful__sector_name(m, j, b));
        for (int k = first; k < end; k++) {
            const int h = m->household[k];
            const double *given = data->household[h].basket;
            m->basket[h * J + j] = given ? given[j] : left > 0 ? fmax(rest, 0) / left : 0;
        }
    }
    for (int k = first; k < end; k++) {
        double *basket = m->basket + m->household[k] * J, sum = 0;
        for (int j = 0; j < J; j++)
            sum += basket[j];
        adjustment->share_correction = fmax(adjustment->share_correction, fabs(sum - 1));
        for (int j = 0; j < J; j++)
            basket[j] /= sum;
    }
    return FUL_OK;
}

ful_status ful__derive_households(ful_economy_model *m, ful_economy_adjustment *adjustment,
                                  const ful_economy_data *data, ful_error *err)
{
    char name[16];
    for (int h = 0; h < m->households; h++) {
        copy_household(m, h, &data->household[h]);
        if (!(m->household_income[h] > 0))
            return ful_fail(err, FUL_ERR_DATA, "household %d of %s has no income to spend", h,
                            ful__country_name(m, m->household_country[h], name));
        m->unchanged_household[h] =
            (ful_economy_household_outcome){1, m->household_earned[h] > 0 ? 1 : NAN};
    }
    sort_households(m);
    for (int n = 0; n < m->N; n++)
        if (m->first_household[n] < m->first_household[n + 1]) {
            const ful_status status = share_baskets(m, adjustment, data, n, err);
            if (status != FUL_OK)
                return status;
        }
    return FUL_OK;
}
