/* SPDX-License-Identifier: MIT */
/* The benchmark of a case under one vector of parameters: flows, technology, what households own.
 */
#include "study/world_internal.h"

#include <math.h>

/* Limit for every actor but the target: no deficit of theirs is in danger of not being shipped. */
#define OPEN_FINANCE_LIMIT 0.999

/* Levels between the two sizes: flows and values of inputs are interpolated, so that every table
 * between two balanced tables is balanced. */
static void interpolate(const ful_situation *s, double t, double *flow, double *input)
{
    const int N = s->actors, J = s->sectors;
    const size_t flows = (size_t)J * (size_t)N * (size_t)N;
    for (size_t a = 0; a < flows; a++)
        flow[a] = (1 - t) * s->flow[0][a] + t * s->flow[1][a];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < J; j++) {
            double low = 0, high = 0;
            for (int n = 0; n < N; n++) {
                const size_t a = ((size_t)j * (size_t)N + (size_t)n) * (size_t)N + (size_t)i;
                low += s->flow[0][a];
                high += s->flow[1][a];
            }
            const double output = (1 - t) * low + t * high;
            const size_t row = ((size_t)i * (size_t)J + (size_t)j) * (size_t)J;
            for (size_t k = row; k < row + (size_t)J; k++)
                input[k] =
                    output > 0
                        ? ((1 - t) * low * s->input[0][k] + t * high * s->input[1][k]) / output
                        : s->input[0][k];
        }
}

static ful_status make_flows(ful_economy_data *out, ful_world *w, ful_error *err)
{
    const ful_situation *s = w->s;
    const size_t N = (size_t)s->actors, J = (size_t)s->sectors;
    double *flow = ful_arena_take(w->arena, J * N * N, sizeof *flow);
    double *input = ful_arena_take(w->arena, N * J * J, sizeof *input);
    if (!flow || !input)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a world");
    const double size = ful__world_value(w, s->size);
    if (!(size >= 0 && size <= 1))
        return ful_fail(err, FUL_ERR_ARGUMENT, "parameter '%s' is %g, expected 0..1",
                        s->parameter[s->size].id, size);
    interpolate(s, size, flow, input);
    out->flow = flow;
    out->input = input;
    return FUL_OK;
}

/* The value of an actor's own parameter, else of everybody's, else `otherwise`. */
static double own_or(const ful_world *w, ful_param own, ful_param common, double otherwise)
{
    const ful_param k = own != FUL_NO_PARAM ? own : common;
    return k != FUL_NO_PARAM ? w->p[k] : otherwise;
}

static ful_status make_technology(ful_economy_data *out, ful_world *w, ful_error *err)
{
    static const ful_actor_economy none = {FUL_NO_PARAM, FUL_NO_PARAM, FUL_NO_PARAM, FUL_NO_PARAM};
    const ful_situation *s = w->s;
    const size_t N = (size_t)s->actors;
    double *x = ful_arena_take(w->arena, 6 * N, sizeof *x);
    if (!x)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a world");
    double *kappa = x, *phi = x + N, *limit = x + 2 * N;
    double *sigma_f = x + 3 * N, *sigma_m = x + 4 * N, *sigma_v = x + 5 * N;
    for (size_t n = 0; n < N; n++) {
        const int target = (int)n == s->target;
        const ful_actor_economy *own = s->own ? &s->own[n] : &none;
        const double mobility = own_or(w, own->kappa, s->kappa, 0);
        kappa[n] = mobility > 0 ? mobility : INFINITY;
        phi[n] = target ? ful__world_value(w, s->phi) : 0;
        limit[n] = target && s->finance_limit != FUL_NO_PARAM ? w->p[s->finance_limit]
                                                              : OPEN_FINANCE_LIMIT;
        sigma_f[n] = own_or(w, own->sigma_f, s->sigma_f, 1);
        sigma_m[n] = own_or(w, own->sigma_m, s->sigma_m, 1);
        sigma_v[n] = own_or(w, own->sigma_v, s->sigma_v, 1);
    }
    out->kappa = kappa;
    out->phi = phi;
    out->finance_limit = limit;
    out->sigma_f = sigma_f;
    out->sigma_m = sigma_m;
    out->sigma_v = sigma_v;
    return FUL_OK;
}

/* The target's two households: the owner has its shares times its scale, the other the rest. */
static ful_status make_households(ful_economy_data *out, ful_world *w, ful_error *err)
{
    const ful_situation *s = w->s;
    const size_t J = (size_t)s->sectors;
    if (s->households != 2)
        return FUL_OK;
    ful_economy_household *household = ful_arena_take(w->arena, 2, sizeof *household);
    double *share = ful_arena_take(w->arena, 2 * J, sizeof *share);
    if (!household || !share)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for households");
    const int owner = s->household[0].rest ? 1 : 0;
    const ful_household *h = &s->household[owner];
    const double scale = h->scale == FUL_NO_PARAM ? 1 : w->p[h->scale];
    double *own = share, *rest = share + J;
    for (size_t j = 0; j < J; j++) {
        own[j] = h->share[j] * scale;
        rest[j] = 1 - own[j];
        if (!(own[j] >= 0 && own[j] <= 1))
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "household '%s' owns %g of sector '%s', expected 0..1", h->id, own[j],
                            s->sector[j].id);
    }
    const double revenue = h->revenue * scale, transfer = h->transfer * scale;
    household[owner] =
        (ful_economy_household){s->target, own, revenue, transfer, s->household[owner].basket};
    household[1 - owner] = (ful_economy_household){s->target, rest, 1 - revenue, 1 - transfer,
                                                   s->household[1 - owner].basket};
    out->households = 2;
    out->household = household;
    return FUL_OK;
}

static ful_status make_names(ful_economy_data *out, ful_world *w, ful_error *err)
{
    const ful_situation *s = w->s;
    const char **country = ful_arena_take(w->arena, (size_t)s->actors, sizeof *country);
    const char **sector = ful_arena_take(w->arena, (size_t)s->sectors, sizeof *sector);
    double *theta = ful_arena_take(w->arena, (size_t)s->sectors, sizeof *theta);
    if (!country || !sector || !theta)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a world");
    for (int n = 0; n < s->actors; n++)
        country[n] = s->actor[n].id;
    for (int j = 0; j < s->sectors; j++) {
        sector[j] = s->sector[j].id;
        theta[j] = ful__world_value(w, s->sector[j].theta);
    }
    out->country = country;
    out->sector = sector;
    out->theta = theta;
    return FUL_OK;
}

ful_status ful__world_data(ful_economy_data *out, ful_world *w, ful_error *err)
{
    const ful_situation *s = w->s;
    *out = (ful_economy_data){.countries = s->actors,
                              .sectors = s->sectors,
                              .latent = s->latent,
                              .tariff = s->tariff,
                              .export_tax = s->export_tax,
                              .closure = s->closure};
    ful_status status = make_flows(out, w, err);
    if (status == FUL_OK)
        status = make_technology(out, w, err);
    if (status == FUL_OK)
        status = make_households(out, w, err);
    if (status == FUL_OK)
        status = make_names(out, w, err);
    return status;
}
