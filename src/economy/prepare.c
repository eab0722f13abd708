/* SPDX-License-Identifier: MIT */
/*
 * What a shock leaves: weights with the shock folded in, the cells that still matter, who trades
 * with whom. Settled once before the passes, so that closed flows are exact zeros, countries cut
 * off from the rest get a numeraire of their own, and what has no equilibrium is refused by name.
 */
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

/* Transfers within a component that sum to less than this part of its value added sum to zero. */
#define BALANCED 1e-12

static void fold(const ful_economy_model *m, ful_economy_work *w, const ful_economy_shock *shock)
{
    const int N = m->N, J = m->J;
    for (int j = 0; j < J; j++) {
        const size_t block = ful__at(N, j, 0, 0), end = block + (size_t)N * (size_t)N;
        for (size_t a = block; a < end; a++) {
            const double open = shock && shock->openness ? shock->openness[a] : 1;
            const double before = m->tariff ? m->tariff[a] : 0;
            const double after = shock && shock->tariff ? shock->tariff[a] : before;
            double weight = m->share[a] * open;
            if (m->latent && shock && shock->latent_openness)
                weight += m->latent_share[a] * shock->latent_openness[a];
            if (after != before)
                weight *= pow((1 + after) / (1 + before), -m->theta[j]);
            w->weight[a] = weight;
            w->paid[a] = weight / (1 + after);
        }
    }
}

static ful_status check_shock(const ful_economy_model *m, const ful_economy_shock *shock,
                              ful_error *err)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J;
    char b[16], c[16], d[16];
    for (size_t a = 0; shock && a < J * N * N; a++) {
        const double open = shock->openness ? shock->openness[a] : 1;
        const double latent = shock->latent_openness ? shock->latent_openness[a] : 0;
        const double tariff = shock->tariff ? shock->tariff[a] : 0;
        if (!(open >= 0 && open <= 1e100) || !(latent >= 0 && latent <= 1e100) ||
            !(tariff > -1 && tariff < 1e6))
            return ful_fail(
                err, FUL_ERR_ARGUMENT,
                "flow of %s to %s in sector %s: openness %g, latent openness %g, tariff %g, "
                "expected openness 0 or more and a tariff above -1",
                ful__country_name(m, (int)(a % N), b), ful__country_name(m, (int)(a / N % N), c),
                ful__sector_name(m, (int)(a / N / N), d), open, latent, tariff);
    }
    for (size_t a = 0; shock && shock->productivity && a < N * J; a++)
        if (!(shock->productivity[a] > 0 && shock->productivity[a] < 1e100))
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "productivity of sector %s in %s is %g, expected above 0",
                            ful__sector_name(m, (int)(a % J), c),
                            ful__country_name(m, (int)(a / J), b), shock->productivity[a]);
    return FUL_OK;
}

/* Which sectors are still wanted, and so which inputs: from final demand along the suppliers. */
static void follow_demand(const ful_economy_model *m, ful_economy_work *w)
{
    const int N = m->N, J = m->J;
    memset(w->active, 0, (size_t)(N * J));
    for (int a = 0; a < N * J; a++)
        w->demand[a] = m->alpha[a] > 0;
    for (int changed = 1; changed;) {
        changed = 0;
        for (int j = 0; j < J; j++)
            for (int n = 0; n < N; n++) {
                if (!w->demand[n * J + j])
                    continue;
                const double *row = w->weight + ful__at(N, j, n, 0);
                for (int i = 0; i < N; i++)
                    if (row[i] > 0 && !w->active[i * J + j])
                        changed = w->active[i * J + j] = 1;
            }
        for (int a = 0; a < N * J; a++)
            for (int k = 0; w->active[a] && k < J; k++)
                if (m->input[(size_t)a * (size_t)J + (size_t)k] > 0 && !w->demand[a - a % J + k])
                    changed = w->demand[a - a % J + k] = 1;
    }
}

/* A wanted cell without a seller has no price; a country without sales has no income. */
static ful_status check_sellers(const ful_economy_model *m, const ful_economy_work *w,
                                ful_error *err)
{
    const int N = m->N, J = m->J;
    char a[16], b[16];
    for (int n = 0; n < N; n++) {
        int employed = 0;
        for (int j = 0; j < J; j++) {
            const double *row = w->weight + ful__at(N, j, n, 0);
            double sum = 0;
            for (int i = 0; i < N; i++)
                sum += row[i];
            if (w->demand[n * J + j] && !(sum > 0))
                return ful_fail(
                    err, FUL_ERR_INFEASIBLE,
                    "%s has no seller left for sector %s, which it needs: let some trade "
                    "through or add an evasion route",
                    ful__country_name(m, n, a), ful__sector_name(m, j, b));
            employed |= w->active[n * J + j] && m->beta[n * J + j] > 0;
        }
        if (!employed)
            return ful_fail(
                err, FUL_ERR_INFEASIBLE,
                "%s has no buyer left, not even at home, and so no income: let some of its "
                "sales through",
                ful__country_name(m, n, a));
    }
    return FUL_OK;
}

/* who still sells to whom, in whatever sector; own sales aside */
static void find_links(const ful_economy_model *m, ful_economy_work *w)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J;
    memset(w->link, 0, N * N);
    for (size_t j = 0; j < J; j++)
        for (size_t n = 0; n < N; n++) {
            const double *row = w->weight + (j * N + n) * N;
            unsigned char *link = w->link + n * N;
            for (size_t i = 0; w->demand[n * J + j] && i < N; i++)
                link[i] |= row[i] > 0;
        }
    for (size_t n = 0; n < N; n++)
        w->link[n * N + n] = 0;
}

#define SELLS_TO 1  /* towards buyers */
#define BUYS_FROM 2 /* towards sellers */

/* Mark with `mark` all that can be reached from `start` along the links of `direction`. */
static void reach(const ful_economy_work *w, int *label, int mark, int start, int direction)
{
    const int N = w->N;
    int *queue = w->queue, first = 0, last = 0;
    queue[last++] = start;
    label[start] = mark;
    while (first < last) {
        const int at = queue[first++];
        for (int n = 0; n < N; n++) {
            const int sells = w->link[(size_t)n * (size_t)N + (size_t)at];
            const int buys = w->link[(size_t)at * (size_t)N + (size_t)n];
            if (label[n] != mark &&
                ((sells && direction & SELLS_TO) || (buys && direction & BUYS_FROM))) {
                label[n] = mark;
                queue[last++] = n;
            }
        }
    }
}

/* Countries that still trade, directly or through others, share a component, named by its first. */
static void find_components(ful_economy_work *w)
{
    for (int n = 0; n < w->N; n++)
        w->component[n] = -1;
    for (int n = 0; n < w->N; n++)
        if (w->component[n] < 0)
            reach(w, w->component, n, n, SELLS_TO | BUYS_FROM);
}

/* A fixed transfer needs trade to carry it: within each component transfers must balance. */
static ful_status check_transfers(const ful_economy_model *m, const ful_economy_work *w,
                                  ful_error *err)
{
    int culprit = -1;
    double smallest =
        INFINITY; /* the message is about those cut off, not about the rest of the world */
    for (int c = 0; m->closure == FUL_CLOSURE_FIXED && c < m->N; c++) {
        double sum = 0, value = 0;
        int largest = c;
        for (int n = 0; n < m->N; n++)
            if (w->component[n] == c) {
                sum += m->transfer[n];
                value += m->wage_bill[n];
                if (fabs(m->transfer[n]) > fabs(m->transfer[largest]))
                    largest = n;
            }
        if (fabs(sum) > BALANCED * value && value < smallest) {
            smallest = value;
            culprit = largest;
        }
    }
    char name[16];
    if (culprit >= 0)
        return ful_fail(err, FUL_ERR_INFEASIBLE,
                        "%s is cut off from the countries that finance its transfer of %g: use the "
                        "closure 'financed' or 'zero'",
                        ful__country_name(m, culprit, name), m->transfer[culprit]);
    return FUL_OK;
}

static ful_status refuse_one_way(const ful_economy_model *m, int n, int buys, ful_error *err)
{
    char name[16];
    return ful_fail(
        err, FUL_ERR_INFEASIBLE,
        buys ? "%s may still buy abroad but not sell, and nothing pays for what it buys: "
               "close its imports too, or let some exports through"
             : "%s may still sell abroad but not buy, and nothing can be done with what "
               "it earns: close its exports too, or let some imports through",
        ful__country_name(m, n, name));
}

/* Whether a fixed transfer pays for trade that flows one way only. */
static int is_paid(const ful_economy_model *m, double transfer, int buys)
{
    return m->closure == FUL_CLOSURE_FIXED && (buys ? transfer > 0 : transfer < 0);
}

/* A country that only buys or only sells; a financed transfer is but a part of the trade it rides
 * on. */
static ful_status check_countries(const ful_economy_model *m, const ful_economy_work *w,
                                  ful_error *err)
{
    const size_t N = (size_t)m->N;
    for (size_t n = 0; n < N; n++) {
        int buys = 0, sells = 0;
        for (size_t i = 0; i < N; i++) {
            buys |= w->link[n * N + i];
            sells |= w->link[i * N + n];
        }
        if (buys != sells && !is_paid(m, m->transfer[n], buys))
            return refuse_one_way(m, (int)n, buys, err);
    }
    return FUL_OK;
}

/*
 * The same for groups: seen from its largest country, everyone in a component must be reached by a
 * chain of sales and by a chain of purchases. Where one chain is missing the component falls in two
 * that trade one way; the message names the largest of the smaller part.
 */
static ful_status check_group(const ful_economy_model *m, const ful_economy_work *w,
                              const int *label, int component, int buys, ful_error *err)
{
    int largest[2] = {-1, -1};
    double value[2] = {0, 0}, transfer = 0;
    for (int n = 0; n < m->N; n++) {
        if (w->component[n] != component)
            continue;
        const int part = label[n] == component;
        value[part] += m->wage_bill[n];
        transfer += part ? 0 : m->transfer[n];
        if (largest[part] < 0 || m->wage_bill[n] > m->wage_bill[largest[part]])
            largest[part] = n;
    }
    if (largest[0] < 0 || is_paid(m, transfer, buys))
        return FUL_OK;
    const int smaller = value[1] < value[0];
    return refuse_one_way(m, largest[smaller], smaller ? !buys : buys, err);
}

static ful_status check_groups(const ful_economy_model *m, ful_economy_work *w, ful_error *err)
{
    const int N = m->N;
    int *label = w->queue + N;
    /* within a group financed transfers may ride on its own trade: that is left to the passes */
    for (int c = 0; c < N && m->closure != FUL_CLOSURE_FINANCED; c++) {
        int hub = -1;
        for (int n = 0; n < N; n++)
            if (w->component[n] == c && (hub < 0 || m->wage_bill[n] > m->wage_bill[hub]))
                hub = n;
        for (int buys = 0; hub >= 0 && buys < 2; buys++) {
            for (int n = 0; n < N; n++)
                label[n] = -1;
            /* those whose sales reach the hub; the others can only buy from it. And the reverse */
            reach(w, label, c, hub, buys ? BUYS_FROM : SELLS_TO);
            const ful_status status = check_group(m, w, label, c, buys, err);
            if (status != FUL_OK)
                return status;
        }
    }
    return FUL_OK;
}

ful_status ful__economy_prepare(const ful_economy_model *m, ful_economy_work *w,
                                const ful_economy_shock *shock, ful_error *err)
{
    ful_status status = check_shock(m, shock, err);
    if (status != FUL_OK)
        return status;
    fold(m, w, shock);
    follow_demand(m, w);
    status = check_sellers(m, w, err);
    if (status != FUL_OK)
        return status;
    find_links(m, w);
    find_components(w);
    status = check_transfers(m, w, err);
    if (status == FUL_OK)
        status = check_countries(m, w, err);
    return status == FUL_OK ? check_groups(m, w, err) : status;
}
