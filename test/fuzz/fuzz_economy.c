/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as an economy and a shock: sizes, flows, zeros, huge and tiny values, elasticities,
 * closures, households, caps, hubs, either layout. It is refused by name, admitted as not
 * converged, or its certificate holds and its numbers are numbers; then its gradient is taken and
 * it is solved again without the shock.
 *     clang -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Isrc test/fuzz/fuzz_economy.c ...
 */
#include "fulcrum/economy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_N = 5,
    MAX_J = 4,
    MAX_P = 6,
    FLOWS = MAX_P * MAX_N * MAX_N,
    MAX_H = 4,
    MAX_C = 3,
    MAX_HUBS = 3,
    MAX_D = 8
};

typedef struct bytes {
    const uint8_t *at, *end;
} bytes;

typedef struct economy {
    double flow[FLOWS], latent[FLOWS], tariff[FLOWS], export_tax[FLOWS];
    double input[MAX_N * MAX_J * MAX_J], final[MAX_N * MAX_J], theta[MAX_J];
    double kappa[MAX_N], phi[MAX_N], sigma[3][MAX_N], limit[MAX_N];
    double owns[MAX_H][MAX_J], basket[MAX_H][MAX_J];
    double openness[FLOWS], latent_openness[FLOWS], new_tariff[FLOWS], new_tax[FLOWS];
    double productivity[MAX_N * MAX_J], transfer[MAX_N], grip[MAX_C][8];
    size_t row[MAX_P * MAX_N + 1], entry[MAX_C][8];
    int sector[MAX_P], seller[FLOWS];
    ful_economy_household household[MAX_H];
    ful_economy_cap cap[MAX_C];
    double rerouted[MAX_C][8], worth[MAX_D][MAX_HUBS];
    int route[MAX_D][MAX_HUBS];
    ful_economy_hub hub[MAX_HUBS];
    ful_economy_detour detour[MAX_D];
    ful_economy_data data;
    ful_economy_shock shock;
} economy;

static void check(int holds)
{
    if (!holds)
        abort();
}

static unsigned next(bytes *b)
{
    return b->at < b->end ? *b->at++ : 0;
}

/* One byte: mostly between low and high, sometimes an end, seldom what nobody should write. */
static double number(bytes *b, double low, double high)
{
    static const double odd[] = {0, 1, -1, 1e300, 1e-300, INFINITY, NAN, 1e-12};
    const unsigned c = next(b);
    if (c == '~')
        return odd[next(b) % 8];
    if (c % 16 == 3)
        return low;
    if (c % 16 == 5)
        return high;
    return low + (high - low) * (c % 97) / 97.0;
}

/* Amounts over eight orders of magnitude, a third of them nothing. */
static double amount(bytes *b)
{
    const unsigned c = next(b);
    if (c == '~')
        return number(b, 0, 1e12);
    return c % 3 == 0 ? 0 : exp(0.2 * (c % 93) - 9);
}

static double *fill(double *out, size_t count, bytes *b, double low, double high)
{
    if (next(b) % 4 == 0)
        return NULL; /* left out */
    for (size_t k = 0; k < count; k++)
        out[k] = number(b, low, high);
    return out;
}

/* Rows of ascending sellers; returns how many entries there are. */
static size_t layout(economy *x, int rows, int N, bytes *b)
{
    size_t count = 0;
    for (int r = 0; r < rows; r++) {
        x->row[r] = count;
        for (int i = 0; i < N; i++)
            if (next(b) % 4 != 1)
                x->seller[count++] = i;
    }
    x->row[rows] = count;
    x->data.row = x->row;
    x->data.seller = x->seller;
    return count;
}

static void read_households(economy *x, int N, int J, bytes *b)
{
    const int count = (int)(next(b) % (MAX_H + 1)), country = (int)(next(b) % (unsigned)N);
    double left[MAX_J];
    for (int j = 0; j < J; j++)
        left[j] = 1;
    for (int h = 0; h < count; h++) {
        const int last = h == count - 1;
        for (int j = 0; j < J; j++) {
            x->owns[h][j] = last ? left[j] : number(b, 0, 1.0 / count);
            left[j] -= x->owns[h][j];
            x->basket[h][j] = J == 1 ? 1 : j < J - 1 ? number(b, 0, 1.0 / J) : 1;
        }
        for (int j = 0; j < J - 1; j++)
            x->basket[h][J - 1] -= x->basket[h][j];
        x->household[h] = (ful_economy_household){.country = country,
                                                  .value_added = x->owns[h],
                                                  .revenue = last ? 1 : 0,
                                                  .transfer = last ? 1 : 0,
                                                  .basket = next(b) % 3 ? NULL : x->basket[h]};
    }
    x->data.households = count;
    x->data.household = x->household;
}

static void read_data(economy *x, bytes *b)
{
    const int N = 1 + (int)(next(b) % MAX_N), J = 1 + (int)(next(b) % MAX_J);
    const int more = (int)(next(b) % 3), P = J + more;
    const size_t n = (size_t)N, cells = n * (size_t)J;
    for (int p = 0; p < P; p++)
        x->sector[p] = p * J / P;
    x->data = (ful_economy_data){.countries = N, .sectors = J};
    if (more > 0) {
        x->data.products = P;
        x->data.product_sector = x->sector;
    }
    const size_t flows = next(b) % 2 ? layout(x, P * N, N, b) : (size_t)P * n * n;
    for (size_t a = 0; a < flows; a++)
        x->flow[a] = amount(b);
    if (!x->data.row) /* enough made at home, or not */
        for (size_t r = 0; r < (size_t)P * n; r++)
            x->flow[r * n + r % n] += next(b) % 8 ? 10 * amount(b) + 10 : 0;
    x->data.flow = x->flow;
    x->data.latent = fill(x->latent, flows, b, 0, 3);
    x->data.tariff = fill(x->tariff, flows, b, -0.1, 1);
    x->data.export_tax = fill(x->export_tax, flows, b, -0.1, 0.5);
    for (size_t k = 0; k < cells * (size_t)J; k++)
        x->input[k] = number(b, 0, 0.9 / J);
    x->data.input = x->input;
    if (next(b) % 8 == 1) {
        for (size_t c = 0; c < cells; c++)
            x->final[c] = 1.0 / J;
        x->data.final_share = x->final;
    }
    for (int j = 0; j < J; j++)
        x->theta[j] = number(b, 0.3, next(b) % 4 ? 10 : 60);
    x->data.theta = x->theta;
    x->data.kappa = fill(x->kappa, n, b, 1, 20);
    x->data.phi = fill(x->phi, n, b, 0, 3);
    x->data.sigma_f = fill(x->sigma[0], n, b, 0.01, 4);
    x->data.sigma_m = fill(x->sigma[1], n, b, 0.01, 4);
    x->data.sigma_v = fill(x->sigma[2], n, b, 0.01, 4);
    x->data.finance_limit = fill(x->limit, n, b, 0.5, 0.99);
    x->data.closure = (ful_closure)(next(b) % 3);
    read_households(x, N, J, b);
}

static void read_shock(economy *x, size_t flows, bytes *b)
{
    const size_t n = (size_t)x->data.countries, cells = n * (size_t)x->data.sectors;
    x->shock.openness = fill(x->openness, flows, b, 0, 2);
    if (x->data.latent)
        x->shock.latent_openness = fill(x->latent_openness, flows, b, 0, 2);
    x->shock.tariff = fill(x->new_tariff, flows, b, -0.2, 5);
    x->shock.export_tax = fill(x->new_tax, flows, b, -0.2, 1);
    x->shock.productivity = fill(x->productivity, cells, b, 0.1, 4);
    if (next(b) % 4 == 1 && n > 1) {
        x->transfer[0] = number(b, -10, 10);
        x->transfer[n - 1] = -x->transfer[0];
        x->shock.transfer = x->transfer;
    }
    x->shock.caps = (int)(next(b) % (MAX_C + 1));
    x->shock.cap = x->cap;
    for (int c = 0; c < x->shock.caps; c++) {
        ful_economy_cap *cap = &x->cap[c];
        cap->entries = (int)(next(b) % 8);
        for (int k = 0; k < cap->entries; k++) {
            x->entry[c][k] = next(b) % (flows + 1); /* one too many at times */
            x->grip[c][k] = number(b, 0, 1.0 / x->shock.caps);
        }
        cap->entry = x->entry[c];
        cap->grip = next(b) % 2 ? x->grip[c] : NULL;
        cap->value = next(b) % 3 ? amount(b) : INFINITY;
        cap->quantity = next(b) % 3 ? INFINITY : amount(b);
        cap->rent = (ful_rent)(next(b) % 3);
    }
}

/* What goes round each cap of a flow, and so falls to them as hubs fill. */
static double reroute(economy *x, size_t entry, bytes *b)
{
    double sum = 0;
    for (int c = 0; c < x->shock.caps; c++)
        for (int k = 0; k < x->cap[c].entries; k++)
            if (x->entry[c][k] == entry)
                sum += x->rerouted[c][k] = number(b, 0, 0.1);
    return sum;
}

static void read_hubs(economy *x, size_t flows, bytes *b)
{
    x->shock.hubs = (int)(next(b) % (MAX_HUBS + 1));
    x->shock.hub = x->hub;
    x->shock.detour = x->detour;
    x->shock.congestion = number(b, 0, 2);
    x->shock.onward = number(b, 0, 0.5);
    for (int h = 0; h < x->shock.hubs; h++)
        x->hub[h] =
            (ful_economy_hub){.capacity = next(b) % 16 ? amount(b) + 1e-6 : 0, .use = amount(b)};
    for (int c = 0; c < x->shock.caps; c++)
        x->cap[c].rerouted = x->rerouted[c];
    const int count = x->shock.hubs > 0 ? (int)(next(b) % (MAX_D + 1)) : 0;
    size_t entry = next(b) % (flows + 1);
    for (int k = 0; k < count; k++, entry += 1 + next(b) % 5) {
        ful_economy_detour *d = &x->detour[x->shock.detours++];
        *d = (ful_economy_detour){.entry = entry, .hub = x->route[k], .worth = x->worth[k]};
        d->gripped = reroute(x, entry, b);
        d->share = d->gripped + number(b, 0, 0.8);
        d->other = number(b, 0, 0.3);
        for (int h = 0; h < x->shock.hubs; h++)
            if (next(b) % 3) {
                x->route[k][d->hubs] = h;
                x->worth[k][d->hubs++] = number(b, 0.01, 0.6);
            }
    }
}

static void check_view(const ful_economy_model *model, const ful_economy_work *work, int households)
{
    ful_economy_view v;
    ful_economy_view_get(&v, model, work);
    const size_t N = (size_t)ful_economy_countries(model);
    const size_t cells = N * (size_t)ful_economy_sectors(model);
    for (size_t n = 0; n < N; n++) {
        check(v.outcome[n].welfare > 0 && isfinite(v.outcome[n].welfare));
        check(isfinite(v.outcome[n].real_income) && isfinite(v.outcome[n].real_gdp));
        check(isfinite(v.income[n]) && isfinite(v.revenue[n]) && isfinite(v.transfer[n]));
        check(isnan(v.outcome[n].exports) || v.outcome[n].exports >= 0);
    }
    for (size_t c = 0; c < cells; c++)
        check(isfinite(v.output[c]) && v.output[c] >= 0 && isfinite(v.spending[c]));
    for (size_t a = 0; a < ful_economy_flows(model); a++)
        check(isfinite(v.flow[a]) && v.flow[a] >= 0);
    for (int h = 0; h < households; h++)
        check(!isinf(v.household[h].welfare));
}

static void check_gradient(const ful_economy_model *model, ful_economy_work *work,
                           const ful_economy_shock *shock, unsigned which)
{
    static double flow[4][FLOWS], cell[MAX_N * MAX_J], theta[MAX_J], country[5][MAX_N];
    ful_error err = {.text = ""};
    ful_economy_gradient g = {.openness = flow[0],
                              .latent_openness = flow[1],
                              .tariff = flow[2],
                              .export_tax = flow[3],
                              .productivity = cell,
                              .theta = theta,
                              .sigma_f = country[0],
                              .sigma_m = country[1],
                              .sigma_v = country[2],
                              .kappa = country[3],
                              .phi = country[4]};
    ful_economy_options options;
    ful_economy_options_default(&options);
    options.max_passes = 300;
    const unsigned N = (unsigned)ful_economy_countries(model);
    const ful_status status =
        ful_economy_differentiate(&g, model, work, shock, (int)(which % N),
                                  (ful_economy_outcome_kind)(which / N % 3), &options, &err);
    check(status == FUL_OK || (status == FUL_NOT_CONVERGED && *err.text));
    for (size_t a = 0; status == FUL_OK && a < ful_economy_flows(model); a++)
        check(isfinite(flow[0][a]) && isfinite(flow[2][a]) && isfinite(flow[3][a]));
    for (unsigned n = 0; status == FUL_OK && n < N; n++)
        check(isfinite(country[0][n]) && isfinite(country[3][n]) && isfinite(country[4][n]));
}

/* 1 where a solution came out; it then holds. */
static int solve(const economy *x, const ful_economy_model *model, ful_economy_work *work,
                 const ful_economy_shock *shock)
{
    ful_error err = {.text = ""};
    ful_economy_report report;
    ful_economy_certificate certificate;
    ful_economy_options options;
    ful_economy_options_default(&options);
    options.max_passes = 300;
    const ful_status status = ful_economy_solve(&report, model, work, shock, &options, &err);
    if (status != FUL_OK) {
        check(status == FUL_NOT_CONVERGED || status == FUL_ERR_INFEASIBLE ||
              status == FUL_ERR_ARGUMENT);
        check(strlen(err.text) > 10);
        return 0;
    }
    check(ful_economy_certify(&certificate, model, work, shock, NULL, &err) == FUL_OK);
    check(certificate.max_violation <= 1e-8);
    check_view(model, work, x->data.households);
    return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static economy x;
    bytes b = {data, data + size};
    ful_error err = {.text = ""};
    ful_economy_model *model;
    ful_economy_work *work;
    memset(&x, 0, sizeof x);
    read_data(&x, &b);
    const ful_status status = ful_economy_model_new(&model, NULL, &x.data, NULL, &err);
    if (status != FUL_OK) {
        check(!model && strlen(err.text) > 10);
        check(status == FUL_ERR_DATA || status == FUL_ERR_ARGUMENT);
        return 0;
    }
    check(ful_economy_work_new(&work, model, NULL, &err) == FUL_OK);
    read_shock(&x, ful_economy_flows(model), &b);
    read_hubs(&x, ful_economy_flows(model), &b);
    if (solve(&x, model, work, &x.shock))
        check_gradient(model, work, &x.shock, next(&b));
    solve(&x, model, work, NULL);
    ful_economy_work_free(work);
    ful_economy_model_free(model);
    return 0;
}
