/* SPDX-License-Identifier: MIT */
/* What happens to deficits: the closures of transfers. */
#include "economy/economy_internal.h"

#include <math.h>

/* What a receiver can still be sent, or a giver can still send, of its benchmark transfer. */
static double carried(const ful_economy_model *m, const ful_economy_work *w, int n, double wanted)
{
    const double trade = wanted > 0 ? w->imports[n] : w->exports[n];
    return fmin(fabs(wanted), m->limit[n] * fmax(trade, 0));
}

/* A giver whose payment is still to be set, and who has exports to pay with. */
static int is_open(const ful_economy_model *m, const ful_economy_work *w, int component, int n)
{
    return w->component[n] == component && m->transfer[n] < 0 && w->transfer[n] == 0 &&
           w->exports[n] > 0;
}

/*
 * Within a trade component receivers get what their imports can carry; givers pay in proportion to
 * their benchmark transfers, none more than its exports can carry. A giver that hits its limit
 * leaves its part to the others; where all do, the receivers get less in proportion.
 */
static void finance(const ful_economy_model *m, ful_economy_work *w, int component)
{
    const int N = m->N;
    double wanted = 0, room = 0;
    for (int n = 0; n < N; n++) {
        if (w->component[n] != component)
            continue;
        const double d = m->transfer[n];
        w->transfer[n] = d > 0 ? carried(m, w, n, d) : 0;
        wanted += w->transfer[n];
        room += d < 0 ? m->limit[n] * fmax(w->exports[n], 0) : 0;
    }
    if (room < wanted) {
        for (int n = 0; n < N; n++)
            if (w->component[n] == component && m->transfer[n] > 0)
                w->transfer[n] *= room / wanted;
        wanted = room;
    }
    /* the common rate s rises as givers drop out at their limits; each round settles one at
     * least */
    double fixed = 0;
    for (int round = 0; round < N; round++) {
        double open = 0;
        for (int n = 0; n < N; n++)
            if (is_open(m, w, component, n))
                open -= m->transfer[n];
        if (!(open > 0) || !(wanted - fixed > 0))
            return;
        const double s = (wanted - fixed) / open;
        int hit = 0;
        for (int n = 0; n < N; n++) {
            const double limit = m->limit[n] * w->exports[n];
            if (is_open(m, w, component, n) && -m->transfer[n] * s > limit) {
                w->transfer[n] = -limit;
                fixed += limit;
                hit = 1;
            }
        }
        if (hit)
            continue;
        for (int n = 0; n < N; n++)
            if (is_open(m, w, component, n))
                w->transfer[n] = m->transfer[n] * s;
        return;
    }
}

/* A transfer short of its benchmark is at a limit. */
#define SHORT (1 - 1e-12)
/* A limit nearer than this to what is wanted is at its kink. */
#define AT_KINK 1e-6

static int is_limited(const ful_economy_model *m, double transfer, int n)
{
    return fabs(transfer) < SHORT * fabs(m->transfer[n]);
}

/* FNV-1a over the countries: a number that changes when another limit binds */
static uint64_t limits_at_work(const ful_economy_model *m, const ful_economy_work *w)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (int n = 0; n < m->N; n++) {
        hash ^= (uint64_t)is_limited(m, w->transfer[n], n);
        hash *= UINT64_C(1099511628211);
    }
    return hash;
}

static int is_at_kink(const ful_economy_model *m, const ful_economy_work *w, int n)
{
    const double d = m->transfer[n];
    const double room = m->limit[n] * (d > 0 ? w->imports[n] : w->exports[n]);
    return d != 0 && fabs(room - fabs(d)) < AT_KINK * fabs(d);
}

void ful__economy_transfers(const ful_economy_model *m, ful_economy_work *w,
                            const ful_economy_shock *shock)
{
    for (int n = 0; n < m->N; n++)
        w->transfer[n] = m->closure == FUL_CLOSURE_FIXED ? m->transfer[n] : 0;
    if (m->closure == FUL_CLOSURE_FINANCED) {
        for (int c = 0; c < m->N; c++)
            if (w->component[c] == c)
                finance(m, w, c);
        w->kinks ^= limits_at_work(m, w);
        for (int n = 0; n < m->N; n++)
            w->one_sided |= is_at_kink(m, w, n);
    }
    for (int n = 0; shock && shock->transfer && n < m->N; n++)
        w->transfer[n] += shock->transfer[n];
}

/*
 * The derivative of one component's transfers, transposed. Receivers and givers at their limits
 * follow their trade; the other givers share what is left in proportion to their benchmark. Where
 * the givers' limits together fall short, receivers follow what the givers can pay.
 */
static void finance_adjoint(const ful_economy_model *m, const ful_economy_work *w, int component,
                            const double *own, const double *transfer, double *exports,
                            double *imports)
{
    double due = 0, room = 0, open = 0, to_open = 0, to_due = 0;
    for (int n = 0; n < m->N; n++) {
        if (w->component[n] != component)
            continue;
        const double d = m->transfer[n];
        due += d > 0 ? carried(m, w, n, d) : 0;
        room += d < 0 ? m->limit[n] * fmax(w->exports[n], 0) : 0;
    }
    const int scarce = room < due;
    for (int n = 0; n < m->N; n++)
        if (w->component[n] == component && m->transfer[n] < 0 &&
            -own[n] < SHORT * m->limit[n] * w->exports[n]) {
            open -= m->transfer[n];
            to_open -= transfer[n] * -m->transfer[n];
        }
    /* a unit more of what is wanted falls on the open givers; a limited giver's unit relieves them
     */
    const double share = !scarce && open > 0 ? to_open / open : 0;
    for (int n = 0; n < m->N; n++)
        if (w->component[n] == component && m->transfer[n] > 0 && scarce)
            to_due += transfer[n] * carried(m, w, n, m->transfer[n]);
    for (int n = 0; n < m->N; n++) {
        if (w->component[n] != component)
            continue;
        const double d = m->transfer[n], f = m->limit[n];
        if (d > 0 && carried(m, w, n, d) < SHORT * d)
            imports[n] += scarce ? f * (transfer[n] * room / due - to_due * room / (due * due))
                                 : f * (transfer[n] + share);
        else if (d < 0 && -own[n] >= SHORT * f * w->exports[n])
            exports[n] += f * (-transfer[n] + (scarce ? to_due / due : -share));
    }
}

void ful__transfers_adjoint(const ful_economy_model *m, const ful_economy_work *w,
                            const ful_economy_shock *shock, const double *transfer, double *exports,
                            double *imports)
{
    if (m->closure != FUL_CLOSURE_FINANCED)
        return;
    double own[FUL__MAX_COUNTRIES]; /* without the shock's own transfers */
    for (int n = 0; n < m->N; n++)
        own[n] = w->transfer[n] - (shock && shock->transfer ? shock->transfer[n] : 0);
    for (int c = 0; c < m->N; c++)
        if (w->component[c] == c)
            finance_adjoint(m, w, c, own, transfer, exports, imports);
}
