/* SPDX-License-Identifier: MIT */
/*
 * The gradient of one outcome by one adjoint solve. The fixed point is x = normalise(x + gaps(x)),
 * and its transposed linear equations are solved as the fixed point itself is: steps by the
 * transposed blocks of the countries, Anderson mixing over them.
 */
#include "economy/adjoint.h"

#include <math.h>
#include <string.h>

/* mu = lambda less its part along the numeraire: the transpose of the normalisation. */
static void project(const ful__adjoint *x, double *lambda, double *mu, size_t count)
{
    const ful_economy_model *m = x->m;
    const ful_economy_work *w = x->w;
    const int J = m->J;
    memcpy(mu, lambda, sizeof(double) * count);
    const ful__unknowns l = ful__parts(m, lambda), to = ful__parts(m, mu);
    for (int c = 0; c < m->N; c++) {
        double value = 0, sum = 0;
        if (w->component[c] != c)
            continue;
        for (int n = c; n < m->N; n++)
            if (w->component[n] == c) {
                value += m->wage_bill[n] * exp(x->at.y[n]);
                sum += l.y[n];
                for (int a = n * J; a < n * J + J; a++)
                    sum += w->demand[a] ? l.p[a] + l.e[a] : 0;
            }
        for (int n = c; n < m->N; n++)
            if (w->component[n] == c)
                to.y[n] -= sum * m->wage_bill[n] * exp(x->at.y[n]) / value;
    }
}

static double largest(size_t count, const double *x)
{
    double most = 0;
    for (size_t u = 0; u < count; u++)
        most = ful__larger(most, fabs(x[u]));
    return most;
}

/* f = adjoint(mu) + mu - lambda; the residual relative to the seed alone. */
static double transposed_gaps(ful__adjoint *x, double *lambda, double *mu, double *f, size_t count)
{
    project(x, lambda, mu, count);
    x->lambda = ful__parts(x->m, mu);
    x->out = ful__parts(x->m, f);
    ful__adjoint_pass(x);
    for (size_t u = 0; u < count; u++)
        f[u] += mu[u] - lambda[u];
    return largest(count, f);
}

/* Solve for lambda in w->x, which stands for the unknowns meanwhile. */
static ful_status solve_adjoint(ful__adjoint *x, double *mu, const ful_economy_options *o,
                                ful_error *err)
{
    ful_economy_work *w = x->w;
    const size_t count = (size_t)w->unknowns;
    ful__mixing mix = {.depth = o->depth};
    double size = 0;
    memset(w->x, 0, sizeof(double) * count);
    for (int pass = 1; pass <= o->max_passes; pass++) {
        if (o->stop && *o->stop)
            return ful_fail(err, FUL_INTERRUPTED, "after %d passes", pass - 1);
        const double gap = transposed_gaps(x, w->x, mu, w->f, count);
        size = pass == 1 ? gap : size;
        x->gradient->passes = pass;
        x->gradient->residual = size > 0 ? gap / size : 0;
        if (x->gradient->residual <= o->tolerance)
            return FUL_OK;
        if (!isfinite(gap))
            break;
        ful__precondition_adjoint(x->m, w, w->f);
        if (pass > 1 && mix.depth > 0)
            ful__mixing_remember(&mix, w);
        ful__mixing_advance(&mix, w, 1, INFINITY);
    }
    return ful_fail(err, FUL_NOT_CONVERGED,
                    "the adjoint equations have a residual of %.3g after %d passes, tolerance %.3g",
                    x->gradient->residual, x->gradient->passes, o->tolerance);
}

static void clear(ful_economy_gradient *g, const ful_economy_model *m)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J;
    double *const array[] = {g->openness,     g->latent_openness, g->tariff,  g->export_tax,
                             g->productivity, g->theta,           g->sigma_f, g->sigma_m,
                             g->sigma_v,      g->kappa,           g->phi};
    const size_t count[] = {m->flows, m->flows, m->flows, m->flows, N * J, J, N, N, N, N, N};
    for (size_t k = 0; k < sizeof array / sizeof *array; k++)
        if (array[k])
            memset(array[k], 0, sizeof(double) * count[k]);
}

/* What a pass leaves out where nests are Cobb-Douglas: log prices of the bundles of inputs. */
static void fill_bundles(const ful_economy_model *m, ful_economy_work *w, const double *log_price)
{
    for (int a = 0; a < m->N * m->J; a++) {
        const int n = a / m->J;
        double bundle = 0;
        if (m->sigma_m[n] != 1 || m->sigma_v[n] != 1)
            continue;
        for (int k = 0; k < m->J; k++)
            bundle += m->input[(size_t)a * (size_t)m->J + (size_t)k] * log_price[n * m->J + k];
        w->log_input[a] = m->beta[a] < 1 ? bundle / (1 - m->beta[a]) : 0;
    }
}

static ful_status check(const ful_economy_model *m, const ful_economy_work *w, int country,
                        ful_economy_outcome_kind kind, ful_error *err)
{
    char name[16];
    if (!w->solved)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "the workspace holds no solution to differentiate: solve first");
    if (country < 0 || country >= m->N)
        return ful_fail(err, FUL_ERR_ARGUMENT, "country %d of %d", country, m->N);
    if ((kind == FUL_EXPORTS && !(m->exports[country] > 0)) ||
        (kind == FUL_IMPORTS && !(m->imports[country] > 0)))
        return ful_fail(err, FUL_ERR_ARGUMENT, "%s has no %s in the benchmark to compare with",
                        ful__country_name(m, country, name),
                        kind == FUL_EXPORTS ? "exports" : "imports");
    return FUL_OK;
}

ful_status ful_economy_differentiate(ful_economy_gradient *gradient, const ful_economy_model *m,
                                     ful_economy_work *w, const ful_economy_shock *shock,
                                     int country, ful_economy_outcome_kind kind,
                                     const ful_economy_options *options, ful_error *err)
{
    ful_economy_options o;
    ful_economy_options_default(&o);
    if (options)
        o = *options;
    ful_status status = check(m, w, country, kind, err);
    /* a shock refused since has left its own weights; and with caps those before them are needed,
     * where flows stand: they are restored in the end */
    if (status == FUL_OK)
        status = ful__economy_prepare(m, w, shock, err);
    if (status != FUL_OK)
        return status;
    double *const solution = w->x, *const mu = w->adjoint + w->unknowns;
    ful__adjoint x = {.m = m,
                      .w = w,
                      .shock = shock,
                      .at = ful__parts(m, solution),
                      .seed = 1,
                      .country = country,
                      .kind = kind,
                      .gradient = gradient};
    ful__adjoint_begin(&x);
    w->x = w->adjoint;
    clear(gradient, m);
    gradient->one_sided = w->one_sided;
    status = solve_adjoint(&x, mu, &o, err);
    if (status == FUL_OK) {
        fill_bundles(m, w, x.at.p);
        x.out = ful__parts(m, w->f);
        x.wanted = 1;
        ful__adjoint_pass(&x);
    }
    w->x = solution;
    ful__caps_restore(m, w, shock);
    return status;
}
