/* SPDX-License-Identifier: MIT */
/*
 * Who still trades with whom: components of the trade graph, each with a numeraire of its own, and
 * trade that no transfer pays for, refused by name.
 */
#include "economy/economy_internal.h"

#include <math.h>

/* Transfers within a component that sum to less than this part of its value added sum to zero. */
#define BALANCED 1e-12

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
        w->reached[n] = -1;
    for (int n = 0; n < w->N; n++)
        if (w->reached[n] < 0)
            reach(w, w->reached, n, n, SELLS_TO | BUYS_FROM);
}

/* What a country is to receive whatever trade does: its fixed transfer and that of the shock. */
static double certain_transfer(const ful_economy_model *m, const ful_economy_shock *shock, int n)
{
    return (m->closure == FUL_CLOSURE_FIXED ? m->transfer[n] : 0) +
           (shock && shock->transfer ? shock->transfer[n] : 0);
}

/* Such a transfer needs trade to carry it: within each component transfers must balance. */
static ful_status check_transfers(const ful_economy_model *m, const ful_economy_work *w,
                                  const ful_economy_shock *shock, ful_error *err)
{
    int culprit = -1;
    double smallest =
        INFINITY; /* the message is about those cut off, not about the rest of the world */
    for (int c = 0; c < m->N; c++) {
        double sum = 0, value = 0;
        int largest = c;
        for (int n = 0; n < m->N; n++)
            if (w->reached[n] == c) {
                const double d = certain_transfer(m, shock, n);
                sum += d;
                value += m->wage_bill[n];
                if (fabs(d) > fabs(certain_transfer(m, shock, largest)))
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
                        ful__country_name(m, culprit, name), certain_transfer(m, shock, culprit));
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

/* Whether a transfer that does not depend on trade pays for trade that flows one way only. */
static int is_paid(double transfer, int buys)
{
    return buys ? transfer > 0 : transfer < 0;
}

/* A country that only buys or only sells; a financed transfer is but a part of the trade it rides
 * on. */
static ful_status check_countries(const ful_economy_model *m, const ful_economy_work *w,
                                  const ful_economy_shock *shock, ful_error *err)
{
    const size_t N = (size_t)m->N;
    for (size_t n = 0; n < N; n++) {
        int buys = 0, sells = 0;
        for (size_t i = 0; i < N; i++) {
            buys |= w->link[n * N + i];
            sells |= w->link[i * N + n];
        }
        if (buys != sells && !is_paid(certain_transfer(m, shock, (int)n), buys))
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
                              const ful_economy_shock *shock, const int *label, int component,
                              int buys, ful_error *err)
{
    int largest[2] = {-1, -1};
    double value[2] = {0, 0}, transfer = 0;
    for (int n = 0; n < m->N; n++) {
        if (w->reached[n] != component)
            continue;
        const int part = label[n] == component;
        value[part] += m->wage_bill[n];
        transfer += part ? 0 : certain_transfer(m, shock, n);
        if (largest[part] < 0 || m->wage_bill[n] > m->wage_bill[largest[part]])
            largest[part] = n;
    }
    if (largest[0] < 0 || is_paid(transfer, buys))
        return FUL_OK;
    const int smaller = value[1] < value[0];
    return refuse_one_way(m, largest[smaller], smaller ? !buys : buys, err);
}

static ful_status check_groups(const ful_economy_model *m, ful_economy_work *w,
                               const ful_economy_shock *shock, ful_error *err)
{
    const int N = m->N;
    int *label = w->queue + N;
    /* within a group financed transfers may ride on its own trade: that is left to the passes */
    for (int c = 0; c < N && m->closure != FUL_CLOSURE_FINANCED; c++) {
        int hub = -1;
        for (int n = 0; n < N; n++)
            if (w->reached[n] == c && (hub < 0 || m->wage_bill[n] > m->wage_bill[hub]))
                hub = n;
        for (int buys = 0; hub >= 0 && buys < 2; buys++) {
            for (int n = 0; n < N; n++)
                label[n] = -1;
            /* those whose sales reach the hub; the others can only buy from it. And the reverse */
            reach(w, label, c, hub, buys ? BUYS_FROM : SELLS_TO);
            const ful_status status = check_group(m, w, shock, label, c, buys, err);
            if (status != FUL_OK)
                return status;
        }
    }
    return FUL_OK;
}

ful_status ful__economy_reach(const ful_economy_model *m, ful_economy_work *w,
                              const ful_economy_shock *shock, ful_error *err)
{
    find_components(w);
    ful_status status = check_transfers(m, w, shock, err);
    if (status == FUL_OK)
        status = check_countries(m, w, shock, err);
    return status == FUL_OK ? check_groups(m, w, shock, err) : status;
}
