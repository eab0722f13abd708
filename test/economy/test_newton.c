/* SPDX-License-Identifier: MIT */
/*
 * An oracle that shares nothing with the solver: the equations of docs/theory/economy.md written as
 * residuals in other unknowns (outputs instead of spending, income solved in closed form), Newton's
 * method with a finite-difference Jacobian and dense elimination, small steps from no shock to all
 * of it. Three countries, two sectors.
 */
#include "worlds.h"

#define N 3
#define J 2
#define CELLS (N * J)
/* log y (N), log l, log P, log Y (CELLS each), D' (N) */
#define UNKNOWNS (2 * N + 3 * CELLS)
#define SEEDS 8
/* the solver stops at 1e-12, Newton at 1e-11: 1e-8 is what the certificate asks of anyone */
#define AGREE 1e-8

typedef struct problem {
    const world *w;
    const ful_economy_view *base;
    const double *openness, *tariff, *productivity;
    double t; /* how much of the shock applies */
} problem;

typedef struct state {
    double y[N], l[CELLS], p[CELLS], output[CELLS], d[N]; /* levels, hats */
    double final[N], cost[CELLS], share[J][N][N], income[N], spending[CELLS];
    double revenue[N], exports[N], imports[N], earned[N];
} state;

static double alpha(const problem *q, int n, int j)
{
    double final = q->base->spending[n * J + j];
    for (int k = 0; k < J; k++)
        final -= q->w->input[(n * J + k) * J + j] * q->base->output[n * J + k];
    return final / q->base->income[n];
}

static double beta(const problem *q, int n, int j)
{
    double b = 1;
    for (int k = 0; k < J; k++)
        b -= q->w->input[(n * J + j) * J + k];
    return b;
}

static double rate(const problem *q, int j, int n, int i)
{
    const size_t a = world_at(q->w, j, n, i);
    return q->w->tariff[a] + q->t * (q->tariff[a] - q->w->tariff[a]);
}

/* unit costs, then shares; the price equation's residual is returned in r */
static void prices(state *s, const problem *q, double *r)
{
    for (int i = 0; i < N; i++) {
        s->final[i] = 1;
        for (int j = 0; j < J; j++)
            s->final[i] *= pow(s->p[i * J + j], alpha(q, i, j));
        const double phi = q->w->phi[i];
        const double wage = pow(s->y[i] * pow(s->final[i], phi), 1 / (1 + phi));
        for (int j = 0; j < J; j++) {
            const int c = i * J + j;
            const double sector_wage = wage * pow(s->l[c], 1 / q->w->kappa[i]);
            s->cost[c] = pow(sector_wage, beta(q, i, j)) / (1 + q->t * (q->productivity[c] - 1));
            for (int k = 0; k < J; k++)
                s->cost[c] *= pow(s->p[i * J + k], q->w->input[c * J + k]);
        }
    }
    for (int n = 0; n < N; n++)
        for (int j = 0; j < J; j++) {
            double sum = 0;
            for (int i = 0; i < N; i++) {
                const size_t a = world_at(q->w, j, n, i);
                const double before = 1 + q->w->tariff[a], after = 1 + rate(q, j, n, i);
                const double m = 1 + q->t * (q->openness[a] - 1);
                s->share[j][n][i] = q->w->flow[a] * before / q->base->spending[n * J + j] * m *
                                    pow(s->cost[i * J + j] * after / before, -q->w->theta[j]);
                sum += s->share[j][n][i];
            }
            for (int i = 0; i < N; i++)
                s->share[j][n][i] /= sum;
            r[n * J + j] = log(s->p[n * J + j]) + log(sum) / q->w->theta[j];
        }
}

/* Income solves I = earned + D + sum_j r_j (alpha_j I + inputs_j), r_j the tariff share of
 * spending. */
static void incomes(state *s, const problem *q)
{
    for (int n = 0; n < N; n++) {
        double from_inputs = 0, from_income = 0, inputs[J] = {0};
        s->earned[n] = 0;
        for (int j = 0; j < J; j++) {
            s->earned[n] += beta(q, n, j) * s->output[n * J + j];
            for (int k = 0; k < J; k++)
                inputs[k] += q->w->input[(n * J + j) * J + k] * s->output[n * J + j];
        }
        for (int j = 0; j < J; j++) {
            double collected = 0;
            for (int i = 0; i < N; i++)
                collected += s->share[j][n][i] * (1 - 1 / (1 + rate(q, j, n, i)));
            from_income += collected * alpha(q, n, j);
            from_inputs += collected * inputs[j];
        }
        s->income[n] = (s->earned[n] + s->d[n] + from_inputs) / (1 - from_income);
        s->revenue[n] = s->income[n] - s->earned[n] - s->d[n];
        for (int j = 0; j < J; j++)
            s->spending[n * J + j] = alpha(q, n, j) * s->income[n] + inputs[j];
    }
}

/* What givers pay in all when each pays s times its benchmark, up to its limit. */
static double paid_at(const state *s, const problem *q, double rate_of_all)
{
    double paid = 0;
    for (int n = 0; n < N; n++)
        if (q->base->transfer[n] < 0)
            paid += fmin(-q->base->transfer[n] * rate_of_all, q->w->limit[n] * s->exports[n]);
    return paid;
}

/* What the closure makes of trade. */
static double due(const state *s, const problem *q, int n)
{
    const double *d = q->base->transfer, *f = q->w->limit;
    if (q->w->data.closure == FUL_CLOSURE_ZERO)
        return 0;
    if (q->w->data.closure == FUL_CLOSURE_FIXED)
        return d[n];
    double wanted = 0, low = 0, high = 1e6;
    for (int k = 0; k < N; k++)
        wanted += d[k] > 0 ? fmin(d[k], f[k] * s->imports[k]) : 0;
    if (d[n] > 0)
        return fmin(d[n], f[n] * s->imports[n]) * fmin(1, paid_at(s, q, high) / wanted);
    for (int step = 0; step < 200; step++) {
        const double middle = 0.5 * (low + high);
        *(paid_at(s, q, middle) < wanted ? &low : &high) = middle;
    }
    return -fmin(-d[n] * high, f[n] * s->exports[n]);
}

static void residuals(state *s, const problem *q, const double *z, double *r)
{
    for (int n = 0; n < N; n++) {
        s->y[n] = exp(z[n]);
        s->d[n] = z[N + 3 * CELLS + n] * q->base->income[n];
    }
    for (int c = 0; c < CELLS; c++) {
        s->l[c] = exp(z[N + c]);
        s->p[c] = exp(z[N + CELLS + c]);
        s->output[c] = q->base->output[c] * exp(z[N + 2 * CELLS + c]);
    }
    prices(s, q, r);
    incomes(s, q);
    double sales[CELLS] = {0}, world_now = 0, world_before = 0;
    memset(s->exports, 0, sizeof s->exports);
    memset(s->imports, 0, sizeof s->imports);
    for (int j = 0; j < J; j++)
        for (int n = 0; n < N; n++)
            for (int i = 0; i < N; i++) {
                const double x =
                    s->share[j][n][i] * s->spending[n * J + j] / (1 + rate(q, j, n, i));
                sales[i * J + j] += x;
                s->exports[i] += i == n ? 0 : x;
                s->imports[n] += i == n ? 0 : x;
            }
    for (int n = 0; n < N; n++) {
        double base = 0;
        for (int j = 0; j < J; j++)
            base += q->base->value_added[n * J + j];
        world_now += s->earned[n];
        world_before += base;
        r[CELLS + n] = log(s->earned[n] / base) - log(s->y[n]);
        for (int j = 0; j < J; j++) {
            const int c = n * J + j;
            r[CELLS + N + c] = log(sales[c] / s->output[c]);
            r[2 * CELLS + N + c] =
                log(s->output[c] / q->base->output[c] * base / s->earned[n]) - log(s->l[c]);
        }
    }
    for (int n = 0; n < N; n++)
        r[3 * CELLS + N + n] = (s->d[n] - due(s, q, n)) / q->base->income[n];
    r[CELLS + N] =
        log(world_now / world_before); /* for the one goods market that the rest implies */
}

/* Gaussian elimination with partial pivoting; b becomes the solution. */
static void eliminate(double A[UNKNOWNS][UNKNOWNS], double *b)
{
    for (int c = 0; c < UNKNOWNS; c++) {
        int pivot = c;
        for (int k = c; k < UNKNOWNS; k++)
            pivot = fabs(A[k][c]) > fabs(A[pivot][c]) ? k : pivot;
        for (int k = 0; k < UNKNOWNS; k++) {
            const double swap = A[c][k];
            A[c][k] = A[pivot][k];
            A[pivot][k] = swap;
        }
        const double swap = b[c];
        b[c] = b[pivot];
        b[pivot] = swap;
        for (int k = c + 1; k < UNKNOWNS; k++) {
            const double factor = A[k][c] / A[c][c];
            for (int l = c; l < UNKNOWNS; l++)
                A[k][l] -= factor * A[c][l];
            b[k] -= factor * b[c];
        }
    }
    for (int c = UNKNOWNS - 1; c >= 0; c--) {
        for (int k = c + 1; k < UNKNOWNS; k++)
            b[c] -= A[c][k] * b[k];
        b[c] /= A[c][c];
    }
}

static double newton(state *s, const problem *q, double *z)
{
    static double A[UNKNOWNS][UNKNOWNS];
    double r[UNKNOWNS], up[UNKNOWNS], largest = INFINITY;
    for (int round = 0; round < 30 && largest > 1e-12; round++) {
        residuals(s, q, z, r);
        largest = 0;
        for (int k = 0; k < UNKNOWNS; k++)
            largest = fmax(largest, fabs(r[k]));
        for (int c = 0; c < UNKNOWNS; c++) {
            const double at = z[c], step = 1e-7;
            z[c] = at + step;
            residuals(s, q, z, up);
            z[c] = at;
            for (int k = 0; k < UNKNOWNS; k++)
                A[k][c] = (up[k] - r[k]) / step;
        }
        eliminate(A, r);
        for (int c = 0; c < UNKNOWNS; c++)
            z[c] -= r[c];
    }
    residuals(s, q, z, r);
    largest = 0;
    for (int k = 0; k < UNKNOWNS; k++)
        largest = fmax(largest, fabs(r[k]));
    return largest;
}

/* Limits just above what each country's transfer is of the trade it rides on: a shock makes them
 * bind. */
static void tighten(world *w)
{
    solved s;
    ful_economy_view base;
    solved_new(&s, &w->data, NULL, 1e-12);
    ful_economy_benchmark(&base, s.model);
    for (int n = 0; n < N; n++) {
        double trade = 0;
        for (int j = 0; j < J; j++)
            for (int k = 0; k < N; k++)
                if (k != n)
                    trade += base.transfer[n] > 0 ? base.flow[world_at(w, j, n, k)]
                                                  : base.flow[world_at(w, j, k, n)];
        w->limit[n] = fmin(1.05 * fabs(base.transfer[n]) / trade + 1e-6, 0.99);
    }
    solved_free(&s);
}

static int bound; /* solutions in which a limit was at work */

static void agree(unsigned seed, ful_closure closure, double kappa, double phi)
{
    world w;
    solved s;
    state oracle;
    double openness[J * N * N], tariff[J * N * N], productivity[CELLS], z[UNKNOWNS] = {0};
    unsigned k = 5000;
    world_random(&w, seed, N, J);
    random_shock(openness, tariff, &w, seed);
    for (int c = 0; c < CELLS; c++)
        productivity[c] = 0.8 + 0.5 * world_draw(seed, &k);
    for (int n = 0; n < N; n++) {
        w.kappa[n] = kappa;
        w.phi[n] = phi;
    }
    w.data.closure = closure;
    if (closure == FUL_CLOSURE_FINANCED && seed % 2)
        tighten(&w);
    const ful_economy_shock shock = {
        .openness = openness, .tariff = tariff, .productivity = productivity};
    solved_new(&s, &w.data, &shock, 1e-12);
    ful_economy_view base;
    ful_economy_benchmark(&base, s.model);
    problem q = {&w, &base, openness, tariff, productivity, 0};
    for (int n = 0; n < N; n++)
        z[N + 3 * CELLS + n] = closure == FUL_CLOSURE_ZERO ? 0 : base.transfer[n] / base.income[n];
    for (int step = 1; step <= 10; step++) {
        q.t = step / 10.0;
        assert_true(newton(&oracle, &q, z) < 1e-11);
    }
    bound += fabs(oracle.d[0]) < 0.99 * fabs(base.transfer[0]) && closure == FUL_CLOSURE_FINANCED;
    for (int n = 0; n < N; n++) {
        const double before = base.income[n] - base.transfer[n];
        const double real = (oracle.income[n] - oracle.d[n]) / before / oracle.final[n];
        ful_near(s.view.outcome[n].real_income, real, AGREE, 0);
        ful_near(s.view.outcome[n].welfare, oracle.income[n] / base.income[n] / oracle.final[n],
                 AGREE, 0);
        ful_near(s.view.transfer[n], oracle.d[n], AGREE, AGREE * base.income[n]);
        ful_near(s.view.revenue[n], oracle.revenue[n], AGREE, AGREE * base.income[n]);
        for (int j = 0; j < J; j++) {
            ful_near(s.view.output[n * J + j], oracle.output[n * J + j], AGREE, 0);
            ful_near(s.view.price[n * J + j], oracle.p[n * J + j], AGREE, 0);
            ful_near(s.view.cost[n * J + j], oracle.cost[n * J + j], AGREE, 0);
        }
    }
    solved_free(&s);
}

static void mobile_labour_balanced_trade(void **unused)
{
    (void)unused;
    for (unsigned seed = 0; seed < SEEDS; seed++)
        agree(seed, FUL_CLOSURE_ZERO, INFINITY, 0);
}

static void fixed_transfers(void **unused)
{
    (void)unused;
    for (unsigned seed = 0; seed < SEEDS; seed++)
        agree(seed, FUL_CLOSURE_FIXED, INFINITY, 0);
}

static void specific_factors_and_idle_capacity(void **unused)
{
    (void)unused;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        agree(seed, FUL_CLOSURE_FIXED, 1, 0);
        agree(seed, FUL_CLOSURE_ZERO, 2.5, 1);
    }
}

static void financed_transfers(void **unused)
{
    (void)unused;
    for (unsigned seed = 0; seed < SEEDS; seed++)
        agree(seed, FUL_CLOSURE_FINANCED, 4, 0.5);
    assert_true(bound > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mobile_labour_balanced_trade),
        cmocka_unit_test(fixed_transfers),
        cmocka_unit_test(specific_factors_and_idle_capacity),
        cmocka_unit_test(financed_transfers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
