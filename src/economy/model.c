/* SPDX-License-Identifier: MIT */
/*
 * The model: one block of memory, laid out once. What stands in it is derived in benchmark.c; what
 * cannot be an economy is refused in refusals.c.
 */
#include "base/lanes.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

#define PLACE(field, count) m->field = ful__place(base, &used, (count), sizeof *m->field)
/* NULL where the data have none, so that NULL keeps its meaning */
#define PLACE_IF(given, field, count)                                                              \
    m->field = (given) ? ful__place(base, &used, (count), sizeof *m->field) : NULL

static size_t place_flows(ful_economy_model *m, unsigned char *base, size_t used,
                          const ful_economy_data *data)
{
    PLACE(row, (size_t)m->P * (size_t)m->N + 1);
    PLACE_IF(data->seller, seller, m->flows);
    PLACE_IF(data->seller, home, (size_t)m->P * (size_t)m->N);
    PLACE(flow, m->flows);
    PLACE_IF(data->latent, latent, m->flows);
    PLACE_IF(data->tariff, tariff, m->flows);
    PLACE_IF(data->export_tax, export_tax, m->flows);
    PLACE(share, m->flows);
    PLACE_IF(data->latent, latent_share, m->flows);
    PLACE(product_sector, (size_t)m->P);
    PLACE(traded, (size_t)m->P);
    PLACE(taxes, (size_t)m->P);
    PLACE(first_product, (size_t)m->J + 1);
    PLACE(product_share, (size_t)m->P * (size_t)m->N);
    return used;
}

static size_t place_households(ful_economy_model *m, unsigned char *base, size_t used)
{
    const size_t H = (size_t)m->households, J = (size_t)m->J;
    PLACE(household_country, H);
    PLACE(first_household, (size_t)m->N + 1);
    PLACE(household, H);
    PLACE(own, H * J);
    PLACE(own_revenue, H);
    PLACE(own_transfer, H);
    PLACE(basket, H * J);
    PLACE(household_income, H);
    PLACE(household_earned, H);
    PLACE(unchanged_household, H);
    return used;
}

static size_t place_blocks(ful_economy_model *m, unsigned char *base, size_t used)
{
    PLACE(block, (size_t)m->N);
    PLACE(block_scratch, ful__block_scratch(m));
    for (int n = 0; n < m->N; n++) {
        ful__block measured;
        used = ful__place_block(base ? &m->block[n] : &measured, base, used, m);
    }
    return used;
}

static size_t place_numbers(ful_economy_model *m, unsigned char *base, size_t used)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J, cells = N * J;
    PLACE(input, cells * J);
    PLACE(input_rows, cells * (size_t)m->block_lead);
    PLACE(theta, J);
    double **const by_country[] = {&m->kappa,     &m->phi,     &m->limit,    &m->sigma_f,
                                   &m->sigma_m,   &m->sigma_v, &m->income,   &m->revenue,
                                   &m->wage_bill, &m->exports, &m->transfer, &m->imports};
    for (size_t k = 0; k < sizeof by_country / sizeof *by_country; k++)
        *by_country[k] = ful__place(base, &used, N, sizeof(double));
    double **const by_cell[] = {&m->beta,     &m->alpha,        &m->output,      &m->final,
                                &m->spending, &m->log_spending, &m->value_added, &m->one};
    for (size_t k = 0; k < sizeof by_cell / sizeof *by_cell; k++)
        *by_cell[k] = ful__place(base, &used, cells, sizeof(double));
    PLACE(unchanged, N);
    PLACE(whole, N);
    PLACE(by_size, N);
    return used;
}

static size_t place_names(ful_economy_model *m, unsigned char *base, size_t used,
                          const ful_economy_data *data)
{
    const char *const *const names[] = {data->country, data->sector};
    const int count[] = {m->N, m->J};
    PLACE(country, (size_t)m->N);
    PLACE(sector, (size_t)m->J);
    for (int list = 0; list < 2; list++) {
        const char **const field = list ? m->sector : m->country;
        for (int k = 0; names[list] && k < count[list]; k++) {
            const size_t size = strlen(names[list][k]) + 1;
            char *text = ful__place(base, &used, size, 1);
            if (base)
                field[k] = memcpy(text, names[list][k], size);
        }
    }
    return used;
}

static size_t lay_out(ful_economy_model *m, unsigned char *base, const ful_economy_data *data)
{
    size_t used = sizeof *m;
    used = place_flows(m, base, used, data);
    used = place_numbers(m, base, used);
    used = place_households(m, base, used);
    used = place_blocks(m, base, used);
    return place_names(m, base, used, data);
}

static void set_extents(ful_economy_model *m, const ful_economy_data *data)
{
    m->N = data->countries;
    m->J = data->sectors;
    m->P = data->products > 0 ? data->products : data->sectors;
    m->block_lead = (m->J + FUL_ECONOMY_LANES - 1) / FUL_ECONOMY_LANES * FUL_ECONOMY_LANES;
    m->words = ful__half_words(m->J);
    m->households = data->households;
    const size_t rows = (size_t)m->P * (size_t)m->N;
    m->flows = data->row ? data->row[rows] : rows * (size_t)m->N;
    m->stride = (m->N + FUL_ECONOMY_LANES - 1) / FUL_ECONOMY_LANES * FUL_ECONOMY_LANES;
}

/* ---- what the caller gave ---------------------------------------------------------------------
 */

static ful_status check_extents(const ful_economy_data *data, ful_error *err)
{
    if (data->countries < 1 || data->countries > FUL__MAX_COUNTRIES || data->sectors < 1 ||
        data->sectors > FUL__MAX_SECTORS)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "%d countries and %d sectors, expected 1..%d and 1..%d", data->countries,
                        data->sectors, FUL__MAX_COUNTRIES, FUL__MAX_SECTORS);
    if (!data->flow || !data->input || !data->theta)
        return ful_fail(err, FUL_ERR_ARGUMENT, "flows, input shares and theta must be given");
    if (data->households < 0 || (data->households > 0 && !data->household))
        return ful_fail(err, FUL_ERR_ARGUMENT, "%d households", data->households);
    for (int h = 0; h < data->households; h++)
        if (data->household[h].country < 0 || data->household[h].country >= data->countries ||
            !data->household[h].value_added)
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "household %d: country %d of %d, or no shares of value added", h,
                            data->household[h].country, data->countries);
    if (!data->row != !data->seller)
        return ful_fail(err, FUL_ERR_ARGUMENT, "sparse flows need both rows and sellers");
    if (data->products == 0)
        return FUL_OK;
    if (data->products < data->sectors || !data->product_sector)
        return ful_fail(err, FUL_ERR_ARGUMENT, "%d products for %d sectors, expected as many",
                        data->products, data->sectors);
    for (int p = 0; p < data->products; p++) {
        const int before = p > 0 ? data->product_sector[p - 1] : -1, j = data->product_sector[p];
        if (j != before && j != before + 1)
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "product %d is of sector %d after one of sector %d, expected all "
                            "sectors in order",
                            p, j, before);
    }
    if (data->product_sector[data->products - 1] != data->sectors - 1)
        return ful_fail(err, FUL_ERR_ARGUMENT, "no product of the last sector");
    return FUL_OK;
}

/* Rows that follow each other, sellers that ascend. */
static ful_status check_rows(const ful_economy_data *data, const ful_economy_model *m,
                             ful_error *err)
{
    const size_t rows = (size_t)m->P * (size_t)m->N;
    for (size_t r = 0; data->row && r < rows; r++) {
        if (data->row[r] > data->row[r + 1] || (r == 0 && data->row[0] != 0))
            return ful_fail(err, FUL_ERR_ARGUMENT, "row %zu begins at %zu and ends at %zu", r,
                            data->row[r], data->row[r + 1]);
        for (size_t a = data->row[r]; a < data->row[r + 1]; a++)
            if (data->seller[a] < 0 || data->seller[a] >= m->N ||
                (a > data->row[r] && data->seller[a] <= data->seller[a - 1]))
                return ful_fail(err, FUL_ERR_ARGUMENT,
                                "flow %zu is from seller %d, expected ascending sellers of 0..%d",
                                a, data->seller[a], m->N - 1);
    }
    return FUL_OK;
}

static void copy_structure(ful_economy_model *m, const ful_economy_data *data)
{
    const size_t rows = (size_t)m->P * (size_t)m->N;
    for (size_t r = 0; r <= rows; r++)
        m->row[r] = data->row ? data->row[r] : r * (size_t)m->N;
    for (size_t a = 0; data->seller && a < m->flows; a++)
        m->seller[a] = (uint16_t)data->seller[a];
    for (size_t r = 0; data->seller && r < rows; r++) {
        const uint16_t n = (uint16_t)(r % (size_t)m->N);
        m->home[r] = 0;
        while (m->home[r] < ful__row_length(m, r) && m->seller[m->row[r] + m->home[r]] != n)
            m->home[r]++;
    }
    for (int p = 0; p < m->P; p++) {
        m->product_sector[p] = data->products > 0 ? data->product_sector[p] : p;
        m->first_product[m->product_sector[p] + 1] = p + 1;
    }
}

static void copy_numbers(ful_economy_model *m, const ful_economy_data *data)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J;
    m->closure = data->closure;
    memcpy(m->flow, data->flow, m->flows * sizeof(double));
    if (data->latent)
        memcpy(m->latent, data->latent, m->flows * sizeof(double));
    if (data->tariff)
        memcpy(m->tariff, data->tariff, m->flows * sizeof(double));
    if (data->export_tax)
        memcpy(m->export_tax, data->export_tax, m->flows * sizeof(double));
    memcpy(m->input, data->input, N * J * J * sizeof(double));
    memcpy(m->theta, data->theta, J * sizeof(double));
    for (size_t n = 0; n < N; n++) {
        m->kappa[n] = data->kappa ? data->kappa[n] : INFINITY;
        m->phi[n] = data->phi ? data->phi[n] : 0;
        m->limit[n] = data->finance_limit ? data->finance_limit[n] : 0.999;
        m->sigma_f[n] = data->sigma_f ? data->sigma_f[n] : 1;
        m->sigma_m[n] = data->sigma_m ? data->sigma_m[n] : 1;
        m->sigma_v[n] = data->sigma_v ? data->sigma_v[n] : 1;
        m->unchanged[n] = (ful_economy_outcome){1, 1, 1, 1, 1, 1, 1};
    }
    for (size_t a = 0; a < N * J; a++)
        m->one[a] = 1;
}

static ful_status build(ful_economy_model *m, ful_economy_adjustment *adjustment,
                        const ful_economy_data *data, ful_error *err)
{
    ful_status status = check_rows(data, m, err);
    if (status != FUL_OK)
        return status;
    copy_structure(m, data);
    copy_numbers(m, data);
    status = ful__check_data(m, err);
    if (status == FUL_OK)
        status = ful__derive_benchmark(m, adjustment, data, err);
    if (status == FUL_OK)
        status = ful__derive_households(m, adjustment, data, err);
    if (status == FUL_OK)
        status = ful__check_closure(m, err);
    if (status != FUL_OK)
        return status;
    ful__derive_blocks(m);
    m->print = ful__economy_print(m);
    return FUL_OK;
}

ful_status ful_economy_model_new(ful_economy_model **out, ful_economy_adjustment *adjustment,
                                 const ful_economy_data *data, const ful_allocator *allocator,
                                 ful_error *err)
{
    *out = NULL;
    ful_status status = check_extents(data, err);
    if (status != FUL_OK)
        return status;
    const ful_allocator *source = ful__allocator_or_default(allocator);
    ful_economy_model measure = {0};
    set_extents(&measure, data);
    const size_t bytes = lay_out(&measure, NULL, data) + FUL__PLACE_SLACK;
    unsigned char *block = ful__take(source, bytes);
    if (!block)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a model of %zu bytes", bytes);
    ful_economy_model *m = (ful_economy_model *)block;
    set_extents(m, data);
    lay_out(m, block, data);
    m->allocator = source;
    m->bytes = bytes;
    ful_economy_adjustment changes = {.worst_country = -1, .worst_sector = -1};
    status = build(m, &changes, data, err);
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

int ful_economy_products(const ful_economy_model *model)
{
    return model->P;
}

size_t ful_economy_flows(const ful_economy_model *model)
{
    return model->flows;
}

/* The benchmark as a solution: hats of one. */
void ful_economy_benchmark(ful_economy_view *view, const ful_economy_model *m)
{
    *view = (ful_economy_view){.outcome = m->unchanged,
                               .household = m->unchanged_household,
                               .component = m->whole,
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
