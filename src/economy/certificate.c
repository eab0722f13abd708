/* SPDX-License-Identifier: MIT */
/*
 * The certificate: every equation of the model recomputed from the raw benchmark and the solution,
 * in the order of the theory note. It knows the public meaning of the numbers and nothing of how
 * they were found: no weights, logs or shares of the solver are used.
 */
#include "economy/certificate_internal.h"

#include "base/memory.h"

#include <string.h>

/* ---- scratch: laid out once to measure and once to place ------------------------------------- */

#define PLACE(field, count) x->field = ful__place(base, &used, (count), sizeof *x->field)

static size_t longest_row(const ful_economy_model *m)
{
    size_t longest = 0;
    for (size_t r = 0; r < (size_t)m->P * (size_t)m->N; r++)
        if (m->row[r + 1] - m->row[r] > longest)
            longest = m->row[r + 1] - m->row[r];
    return longest;
}

static size_t lay_out(ful__audit *x, unsigned char *base, size_t grips)
{
    const size_t N = (size_t)x->m->N, J = (size_t)x->m->J, rows = (size_t)x->m->P * N;
    const size_t cells = N * J, caps = (size_t)x->caps, longest = x->longest;
    size_t used = 0;
    double **const by_cell[] = {&x->base_spending, &x->base_abroad, &x->base_own, &x->base_value,
                                &x->log_price,     &x->log_index,   &x->power,    &x->inverse,
                                &x->abroad,        &x->own,         &x->need,     &x->need_terms,
                                &x->taste_lift,    &x->taste_keep};
    double **const by_country[] = {&x->bill_before,
                                   &x->revenue_before,
                                   &x->transfer_before,
                                   &x->sold_before,
                                   &x->bought_before,
                                   &x->bill,
                                   &x->log_final_price,
                                   &x->taste_top,
                                   &x->volume,
                                   &x->volume_terms,
                                   &x->paid,
                                   &x->paid_terms,
                                   &x->sold,
                                   &x->bought,
                                   &x->shipped,
                                   &x->received,
                                   &x->income,
                                   &x->shared,
                                   &x->room};
    double **const by_flow[] = {&x->row.zero,    &x->row.one,   &x->row.power, &x->row.inverse,
                                &x->row.before,  &x->row.after, &x->row.net,   &x->row.value,
                                &x->row.customs, &x->row.volume};
    for (size_t k = 0; k < sizeof by_cell / sizeof *by_cell; k++)
        *by_cell[k] = ful__place(base, &used, cells, sizeof(double));
    for (size_t k = 0; k < sizeof by_country / sizeof *by_country; k++)
        *by_country[k] = ful__place(base, &used, N, sizeof(double));
    for (size_t k = 0; k < sizeof by_flow / sizeof *by_flow; k++)
        *by_flow[k] = ful__place(base, &used, longest, sizeof(double));
    PLACE(lift, J);
    PLACE(keep, J);
    PLACE(inputs, J);
    PLACE(mean_lift, J);
    PLACE(mean_keep, J);
    PLACE(scale, J);
    PLACE(raw, J);
    PLACE(label, N);
    PLACE(member, N);
    PLACE(first, N + 2);
    PLACE(peopled, N);
    PLACE(row.others, 2 * longest + 1);
    PLACE(row.free, caps ? longest : 0);
    PLACE(row.term, caps * longest);
    PLACE(start, caps ? rows + 1 : 0);
    PLACE(grip, grips);
    PLACE(fade, caps * J);
    PLACE(left, caps);
    PLACE(lost, caps);
    PLACE(measured, caps);
    PLACE(row.passing, x->hubs ? longest : 0);
    PLACE(row.left, x->hubs ? longest : 0);
    PLACE(row.round, x->hubs ? longest : 0);
    PLACE(hub_power, (size_t)x->hubs * J);
    PLACE(passed, (size_t)x->hubs);
    return used;
}

/* ---- the certificate ------------------------------------------------------------------------- */

static ful_status count_grips(size_t *grips, const ful_economy_model *m,
                              const ful_economy_shock *shock, ful_error *err)
{
    const size_t flows = m->row[(size_t)m->P * (size_t)m->N];
    *grips = 0;
    for (int c = 0; shock && c < shock->caps; c++) {
        const ful_economy_cap *cap = &shock->cap[c];
        for (int e = 0; e < cap->entries; e++)
            if (cap->entry[e] >= flows)
                return ful_fail(err, FUL_ERR_ARGUMENT, "cap %d grips flow %zu, expected 0..%zu", c,
                                cap->entry[e], flows - 1);
        *grips += (size_t)(cap->entries > 0 ? cap->entries : 0);
    }
    return FUL_OK;
}

static ful_status check_hubs(const ful_economy_model *m, const ful_economy_shock *s, ful_error *err)
{
    const size_t flows = m->row[(size_t)m->P * (size_t)m->N];
    if (s->hubs < 0 || s->hubs > FUL_ECONOMY_MAX_HUBS)
        return ful_fail(err, FUL_ERR_ARGUMENT, "%d hubs, expected 0..%d", s->hubs,
                        FUL_ECONOMY_MAX_HUBS);
    for (int k = 0; s->hubs && k < s->detours; k++) {
        const ful_economy_detour *d = &s->detour[k];
        int known = d->entry < flows;
        for (int q = 0; q < d->hubs; q++)
            known &= d->hub[q] >= 0 && d->hub[q] < s->hubs;
        if (!known)
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "detour %d is of flow %zu or through a hub beyond the %zu and %d known",
                            k, d->entry, flows, s->hubs);
    }
    return FUL_OK;
}

static void audit(ful__audit *x)
{
    ful_economy_certificate *c = x->c;
    ful__audit_costs(x);
    if (x->caps)
        ful__audit_grips(x);
    ful__audit_hubs_begin(x);
    ful__audit_trade(x);
    ful__audit_transfers(x);
    ful__audit_incomes(x);
    ful__audit_caps(x);
    ful__audit_hubs(x);
    const double all[] = {c->prices,    c->shares, c->goods, c->spending,   c->income,  c->labour,
                          c->transfers, c->caps,   c->hubs,  c->households, c->outcomes};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (!(all[k] <= c->max_violation))
            c->max_violation = all[k];
}

ful_status ful__economy_audit(ful_economy_certificate *out, const ful_economy_model *model,
                              const ful_economy_view *now, const ful_economy_shock *shock,
                              const ful_allocator *allocator, ful_error *err)
{
    static const ful_economy_shock none = {0};
    const ful_economy_shock *s = shock ? shock : &none;
    const ful_allocator *source = ful__allocator_or_default(allocator);
    size_t grips;
    ful_status status = count_grips(&grips, model, s, err);
    if (status == FUL_OK)
        status = check_hubs(model, s, err);
    if (status != FUL_OK)
        return status;
    ful__audit x = {.m = model,
                    .longest = longest_row(model),
                    .now = now,
                    .c = out,
                    .openness = s->openness,
                    .reopened = s->latent_openness,
                    .tariff = s->tariff ? s->tariff : model->tariff,
                    .export_tax = s->export_tax ? s->export_tax : model->export_tax,
                    .productivity = s->productivity,
                    .granted = s->transfer,
                    .taxed = model->export_tax || s->export_tax,
                    .caps = s->caps,
                    .cap = s->cap,
                    .hubs = s->hubs,
                    .hub = s->hub,
                    .detours = s->hubs ? s->detours : 0,
                    .detour = s->detour,
                    .congestion = s->congestion,
                    .onward = s->onward};
    const size_t bytes = lay_out(&x, NULL, grips) + FUL__PLACE_SLACK;
    unsigned char *block = ful__take(source, bytes);
    if (!block)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a certificate");
    lay_out(&x, block, grips);
    for (size_t k = 0; k < x.longest; k++)
        x.row.one[k] = x.row.others[k] = x.row.others[x.longest + 1 + k] = 1;
    x.floor = FUL_AUDIT_FLOOR * model->world;
    memset(out, 0, sizeof *out);
    audit(&x);
    ful__give(source, block, bytes);
    return FUL_OK;
}

ful_status ful_economy_certify(ful_economy_certificate *out, const ful_economy_model *model,
                               const ful_economy_work *work, const ful_economy_shock *shock,
                               const ful_allocator *allocator, ful_error *err)
{
    ful_economy_view now;
    ful_economy_view_get(&now, model, work);
    return ful__economy_audit(out, model, &now, shock, allocator, err);
}
