/* SPDX-License-Identifier: MIT */
/* What cannot be an economy, refused by name. */
#include "economy/economy_internal.h"

#include <math.h>

/* Input shares may exceed one by the rounding of a printed table; they are then scaled back. */
#define INPUT_ROUNDING 1e-9
/* Given shares of final demand must sum to one within the digits of a printed table's sum. */
#define SHARE_SUM 1e-9

/* A number of every flow, within [low, high]. */
static ful_status check_flows(const ful_economy_model *m, const double *x, const char *what,
                              double low, const char *expected, ful_error *err)
{
    char i[16], n[16], j[16];
    const double high = low < 0 ? 1e6 : 1e100;
    for (size_t a = 0; x && a < m->flows; a++) {
        if ((low < 0 ? x[a] > low : x[a] >= low) && x[a] <= high)
            continue;
        const size_t r = ful__row_of(m, a);
        return ful_fail(err, FUL_ERR_DATA, "%s of %s to %s in sector %s is %g, expected %s", what,
                        ful__country_name(m, ful__seller(m, r, a - m->row[r]), i),
                        ful__country_name(m, (int)(r % (size_t)m->N), n),
                        ful__sector_name(m, m->product_sector[r / (size_t)m->N], j), x[a],
                        expected);
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
            if (sum > 1 + INPUT_ROUNDING)
                return ful_fail(err, FUL_ERR_DATA,
                                "input shares of sector %s of %s sum to %.17g, expected at most 1",
                                ful__sector_name(m, j, c), ful__country_name(m, i, a), sum);
        }
    return FUL_OK;
}

/* A number of one country, within [low, high]. */
static ful_status check_country(const ful_economy_model *m, int n, const char *what, double x,
                                double low, double high, const char *expected, ful_error *err)
{
    char name[16];
    if (x >= low && x <= high)
        return FUL_OK;
    return ful_fail(err, FUL_ERR_DATA, "%s of %s is %g, expected %s", what,
                    ful__country_name(m, n, name), x, expected);
}

static ful_status check_numbers(const ful_economy_model *m, ful_error *err)
{
    char name[16];
    ful_status status = FUL_OK;
    for (int j = 0; j < m->J; j++)
        if (!(m->theta[j] > 0) || m->theta[j] > 1e3)
            return ful_fail(err, FUL_ERR_DATA,
                            "theta of sector %s is %g, expected 0 < theta <= 1000",
                            ful__sector_name(m, j, name), m->theta[j]);
    for (int n = 0; n < m->N && status == FUL_OK; n++) {
        status = check_country(m, n, "kappa", m->kappa[n], 1, INFINITY, "1 or more", err);
        if (status == FUL_OK)
            status = check_country(m, n, "phi", m->phi[n], 0, 100, "0..100", err);
        if (status == FUL_OK)
            status = check_country(m, n, "sigma_f", m->sigma_f[n], 0.01, 100, "0.01..100", err);
        if (status == FUL_OK)
            status = check_country(m, n, "sigma_m", m->sigma_m[n], 0.01, 100, "0.01..100", err);
        if (status == FUL_OK)
            status = check_country(m, n, "sigma_v", m->sigma_v[n], 0.01, 100, "0.01..100", err);
    }
    return status;
}

ful_status ful__check_data(const ful_economy_model *m, ful_error *err)
{
    ful_status status = check_flows(m, m->flow, "sales", 0, "0 or more", err);
    if (status == FUL_OK)
        status = check_flows(m, m->latent, "latent sales", 0, "0 or more", err);
    if (status == FUL_OK)
        status = check_flows(m, m->tariff, "tariff on sales", -1, "more than -1", err);
    if (status == FUL_OK)
        status = check_flows(m, m->export_tax, "export tax on sales", -1, "more than -1", err);
    if (status == FUL_OK)
        status = check_inputs(m, err);
    return status == FUL_OK ? check_numbers(m, err) : status;
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

/* A latent flow needs a market that stands: its share is relative to what is spent there. */
static ful_status check_latent(const ful_economy_model *m, ful_error *err)
{
    char a[16], b[16];
    for (size_t r = 0; m->latent && r < (size_t)m->P * (size_t)m->N; r++) {
        double closed = 0;
        for (size_t k = m->row[r]; k < m->row[r + 1]; k++)
            closed += m->latent[k];
        if (closed > 0 && !(m->product_share[r] > 0)) /* still a value: see derive_totals */
            return ful_fail(err, FUL_ERR_DATA,
                            "%s buys nothing of sector %s, so a latent flow there has no share to "
                            "return to: give it a seller or leave the latent flow out",
                            ful__country_name(m, (int)(r % (size_t)m->N), a),
                            ful__sector_name(m, m->product_sector[r / (size_t)m->N], b));
    }
    return FUL_OK;
}

/* What is used or wanted needs a seller, and so does what might be reopened. */
ful_status ful__check_supply(const ful_economy_model *m, const ful_economy_data *data,
                             ful_error *err)
{
    char a[16], b[16];
    const ful_status status = check_final_shares(m, data->final_share, err);
    if (status != FUL_OK)
        return status;
    for (int c = 0; c < m->N * m->J; c++)
        if (!(m->spending[c] > 0) &&
            (m->final[c] < 0 || (data->final_share && data->final_share[c] > 0)))
            return ful_fail(err, FUL_ERR_DATA,
                            "%s uses sector %s but buys none of it: give it a seller or take the "
                            "use out of its input and final shares",
                            ful__country_name(m, c / m->J, a), ful__sector_name(m, c % m->J, b));
    return check_latent(m, err);
}

/* What the households of a country own must be all of it. */
static ful_status check_ownership(const ful_economy_model *m, int n, ful_error *err)
{
    char a[16], b[16];
    const int first = m->first_household[n], end = m->first_household[n + 1];
    double revenue = 0, transfer = 0;
    for (int k = first; k < end; k++) {
        revenue += m->own_revenue[m->household[k]];
        transfer += m->own_transfer[m->household[k]];
    }
    if (!(fabs(revenue - 1) <= SHARE_SUM) || !(fabs(transfer - 1) <= SHARE_SUM))
        return ful_fail(err, FUL_ERR_DATA,
                        "the households of %s own %.17g of its revenue and %.17g of its transfer, "
                        "expected 1",
                        ful__country_name(m, n, a), revenue, transfer);
    for (int j = 0; j < m->J; j++) {
        double owned = 0;
        for (int k = first; k < end; k++) {
            const double share = m->own[m->household[k] * m->J + j];
            if (!(share >= 0))
                owned = NAN;
            owned += share;
        }
        if (!(fabs(owned - 1) <= SHARE_SUM))
            return ful_fail(err, FUL_ERR_DATA,
                            "the households of %s own %.17g of sector %s, expected shares of 0..1 "
                            "that sum to 1",
                            ful__country_name(m, n, a), owned, ful__sector_name(m, j, b));
    }
    return FUL_OK;
}

/* A deficit that the closure could not carry even in the benchmark is refused, and so are
 * households that do not own their country. */
ful_status ful__check_closure(const ful_economy_model *m, ful_error *err)
{
    for (int n = 0; n < m->N; n++) {
        char name[16];
        const double d = m->transfer[n], f = m->limit[n];
        const double carried = d > 0 ? m->imports[n] : m->exports[n];
        if (m->first_household[n] < m->first_household[n + 1]) {
            const ful_status status = check_ownership(m, n, err);
            if (status != FUL_OK)
                return status;
        }
        if (m->closure != FUL_CLOSURE_FINANCED)
            continue;
        if (!(f > 0 && f < 1))
            return ful_fail(err, FUL_ERR_DATA, "finance limit of %s is %g, expected 0 < f < 1",
                            ful__country_name(m, n, name), f);
        if (fabs(d) > f * carried * (1 + 1e-9))
            return ful_fail(err, FUL_ERR_DATA,
                            "the benchmark transfer of %s is %g of its %s, above its finance limit "
                            "%g: it needs more %s",
                            ful__country_name(m, n, name), fabs(d) / carried,
                            d > 0 ? "imports" : "exports", f, d > 0 ? "exports" : "imports");
    }
    return FUL_OK;
}
