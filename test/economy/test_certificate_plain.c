/* SPDX-License-Identifier: MIT */
/*
 * The certificate against equilibria found without the library: it holds on them, sees every number
 * of theirs that is off, and every number of the problem that is another.
 */
#include "economy/certificate_internal.h"

#include "plain.h"

#define LIMIT 1e-8         /* above it a solution must not be shown */
#define NUDGE 1e-5         /* an error that must be seen */
#define CLOSE (20 * STILL) /* theta is at most 5, and so a flow off by that many times a price */
#define SAME 1e-8          /* the solver stops at a residual of 1e-10 */
#define DOUBLES(of) (sizeof(of) / (sizeof(double)))
#define ENTRIES (P * N * N)

/* ---- problems -------------------------------------------------------------------------------- */

/* Everything but caps: two products in the first sector, a latent flow that opens, taxes of both
 * kinds, nests on both sides of one and near it, two households in one country and one in another.
 */
static void any_problem(plain *x, ful_closure closure)
{
    unsigned k = 0;
    memset(x, 0, sizeof *x);
    x->sector[2] = 1;
    x->closure = closure;
    EACH_FLOW
    {
        const double u = ful_uniform(5, 1, k++), v = ful_uniform(5, 1, k++);
        x->flow[p][n][i] = n == i ? 60 + 40 * u : n == 0 ? 12 + 8 * u : 5 + 8 * u;
        x->tariff[p][n][i] = n == i ? 0 : 0.3 * v;
        x->tax[p][n][i] = n == i ? 0 : 0.2 * u - 0.05;
        x->open[p][n][i] = n == i ? 1 : 0.6 + 0.6 * v;
        x->new_tariff[p][n][i] = n == i ? 0 : 0.4 * u;
        x->new_tax[p][n][i] = n == i ? 0 : 0.15 * v;
    }
    x->flow[1][1][2] = 0;
    x->latent[1][1][2] = 9;
    x->reopened[1][1][2] = 0.7;
    x->flow[0][2][0] = 0;
    for (int n = 0; n < N; n++)
        for (int j = 0; j < J; j++) {
            x->productivity[n][j] = 1 + 0.1 * ful_uniform(5, 1, k++);
            for (int s = 0; s < J; s++)
                x->input[n][j][s] = 0.1 + 0.2 * ful_uniform(5, 1, k++);
        }
    static const double theta[J] = {2.5, 5}, kappa[N] = {1.5, INFINITY, 3}, phi[N] = {0, 0.5, 0.2};
    static const double sigma_f[N] = {0.5, 1.0001, 3}, sigma_m[N] = {0.2, 0.9999, 1};
    static const double sigma_v[N] = {0.4, 1, 1.5}, granted[N] = {4, -3, -1};
    memcpy(x->theta, theta, sizeof theta);
    memcpy(x->kappa, kappa, sizeof kappa);
    memcpy(x->phi, phi, sizeof phi);
    memcpy(x->sigma_f, sigma_f, sizeof sigma_f);
    memcpy(x->sigma_m, sigma_m, sizeof sigma_m);
    memcpy(x->sigma_v, sigma_v, sizeof sigma_v);
    memcpy(x->granted, granted, sizeof granted);
    static const double own[H][J] = {{0.7, 0.4}, {0.3, 0.6}, {1, 1}};
    static const double basket[H][J] = {{0.72, 0.28}, {0, 0}, {0, 0}};
    static const double own_revenue[H] = {0.1, 0.9, 1}, own_transfer[H] = {0.25, 0.75, 1};
    x->households = H;
    memcpy(x->own, own, sizeof own);
    memcpy(x->basket, basket, sizeof basket);
    memcpy(x->own_revenue, own_revenue, sizeof own_revenue);
    memcpy(x->own_transfer, own_transfer, sizeof own_transfer);
    x->household_country[2] = 1;
    for (int n = 0; n < N; n++)
        x->limit[n] = 0.9;
}

/* Caps on what 0 buys of 1, by value; on what 2 sells of the second product, by quantity; and on a
 * flow that the first one grips in part. All are met. */
static void add_caps(plain *x, const ful_rent rent[CAPS])
{
    x->caps = CAPS;
    for (int c = 0; c < CAPS; c++) {
        x->rent[c] = rent[c];
        x->value[c] = x->quantity[c] = INFINITY;
    }
    x->grip[0][0][0][1] = 0.6;
    x->grip[0][2][0][1] = 0.8;
    x->value[0] = 7;
    x->grip[1][1][0][2] = x->grip[1][1][1][2] = 1;
    x->quantity[1] = 8;
    x->grip[2][0][0][1] = 0.3;
    x->grip[2][2][1][0] = 0.9;
    x->value[2] = 4;
    x->quantity[2] = 5;
}

/* No trade of country 2 with anybody. */
static void cut_off(plain *x)
{
    EACH_FLOW if ((n == 2) != (i == 2))
    {
        x->open[p][n][i] = x->reopened[p][n][i] = 0;
    }
    x->granted[0] += x->granted[2];
    x->granted[2] = 0;
}

/* ---- as the library sees them ---------------------------------------------------------------- */

/* A problem and its solution in the library's shapes. */
typedef struct seen {
    ful_economy_model model;
    ful_economy_shock shock;
    ful_economy_view view;
    size_t row[P * N + 1], count;
    uint16_t seller[ENTRIES];
    double flow[ENTRIES], latent[ENTRIES], tariff[ENTRIES], tax[ENTRIES];
    double open[ENTRIES], reopened[ENTRIES], new_tariff[ENTRIES], new_tax[ENTRIES], now[ENTRIES];
    size_t entry[CAPS][ENTRIES];
    double grip[CAPS][ENTRIES];
    ful_economy_cap cap[CAPS];
} seen;

static void add_entry(seen *s, const plain *x, int p, int n, int i)
{
    const size_t a = s->count++;
    s->seller[a] = (uint16_t)i;
    s->flow[a] = x->flow[p][n][i];
    s->latent[a] = x->latent[p][n][i];
    s->tariff[a] = x->tariff[p][n][i];
    s->tax[a] = x->tax[p][n][i];
    s->open[a] = x->open[p][n][i];
    s->reopened[a] = x->reopened[p][n][i];
    s->new_tariff[a] = x->new_tariff[p][n][i];
    s->new_tax[a] = x->new_tax[p][n][i];
    s->now[a] = x->sales[p][n][i];
    for (int c = 0; c < x->caps; c++)
        if (x->grip[c][p][n][i] > 0) {
            const int e = s->cap[c].entries++;
            s->entry[c][e] = a;
            s->grip[c][e] = x->grip[c][p][n][i];
        }
}

static void show(seen *s, plain *x, int sparse)
{
    memset(s, 0, sizeof *s);
    EACH_FLOW
    {
        if (!sparse || x->flow[p][n][i] > 0 || x->latent[p][n][i] > 0)
            add_entry(s, x, p, n, i);
        s->row[p * N + n + 1] = s->count;
    }
    for (int c = 0; c < x->caps; c++) {
        s->cap[c].entry = s->entry[c];
        s->cap[c].grip = s->grip[c];
        s->cap[c].value = x->value[c];
        s->cap[c].quantity = x->quantity[c];
        s->cap[c].rent = x->rent[c];
    }
    s->model = (ful_economy_model){.N = N,
                                   .J = J,
                                   .P = P,
                                   .row = s->row,
                                   .seller = sparse ? s->seller : NULL,
                                   .product_sector = x->sector,
                                   .closure = x->closure,
                                   .flow = s->flow,
                                   .latent = s->latent,
                                   .tariff = s->tariff,
                                   .export_tax = s->tax,
                                   .input = &x->input[0][0][0],
                                   .theta = x->theta,
                                   .kappa = x->kappa,
                                   .phi = x->phi,
                                   .limit = x->limit,
                                   .sigma_f = x->sigma_f,
                                   .sigma_m = x->sigma_m,
                                   .sigma_v = x->sigma_v,
                                   .households = x->households,
                                   .household_country = x->household_country,
                                   .own = &x->own[0][0],
                                   .own_revenue = x->own_revenue,
                                   .own_transfer = x->own_transfer,
                                   .basket = &x->basket[0][0],
                                   .product_share = &x->product_share[0][0],
                                   .alpha = &x->alpha[0][0],
                                   .output = &x->base_output[0][0],
                                   .spending = &x->base_spending[0][0],
                                   .transfer = x->base_transfer,
                                   .world = x->world};
    s->shock = (ful_economy_shock){.openness = s->open,
                                   .latent_openness = s->reopened,
                                   .tariff = s->new_tariff,
                                   .export_tax = s->new_tax,
                                   .productivity = &x->productivity[0][0],
                                   .transfer = x->granted,
                                   .caps = x->caps,
                                   .cap = s->cap};
    s->view = (ful_economy_view){.outcome = x->outcome,
                                 .household = x->household,
                                 .cap = x->cap,
                                 .component = x->component,
                                 .price = &x->price[0][0],
                                 .final_price = x->final_price,
                                 .cost = &x->cost[0][0],
                                 .output = &x->output[0][0],
                                 .spending = &x->spending[0][0],
                                 .value_added = &x->value_added[0][0],
                                 .income = x->income,
                                 .revenue = x->revenue,
                                 .transfer = x->transfer,
                                 .flow = s->now};
}

static double violation(const seen *s)
{
    ful_error err;
    ful_economy_certificate c;
    ful_status_is(ful__economy_audit(&c, &s->model, &s->view, &s->shock, NULL, &err), FUL_OK, &err);
    return c.max_violation;
}

static void holds(const seen *s)
{
    ful_error err;
    ful_economy_certificate c;
    ful_status_is(ful__economy_audit(&c, &s->model, &s->view, &s->shock, NULL, &err), FUL_OK, &err);
    if (!(c.max_violation <= CLOSE))
        fail_msg("prices %g, shares %g, goods %g, spending %g, income %g, labour %g, transfers %g, "
                 "caps %g, households %g, outcomes %g",
                 c.prices, c.shares, c.goods, c.spending, c.income, c.labour, c.transfers, c.caps,
                 c.households, c.outcomes);
}

/* ---- the tests ------------------------------------------------------------------------------- */

static const ful_rent rents[][CAPS] = {
    {FUL_RENT_BUYER, FUL_RENT_BUYER, FUL_RENT_BUYER},
    {FUL_RENT_SELLER, FUL_RENT_SELLER, FUL_RENT_SELLER},
    {FUL_RENT_LOST, FUL_RENT_LOST, FUL_RENT_LOST},
    {FUL_RENT_SELLER, FUL_RENT_LOST, FUL_RENT_BUYER},
};

static const ful_closure closures[] = {FUL_CLOSURE_FIXED, FUL_CLOSURE_ZERO, FUL_CLOSURE_FINANCED};

/* The library's solver finds the same equilibrium, to be seen in every number it publishes. */
static void same_as_solved(plain *x)
{
    seen s;
    ful_error err;
    ful_economy_model *model;
    ful_economy_work *work;
    ful_economy_report report;
    ful_economy_certificate c;
    ful_economy_view view;
    show(&s, x, 1);
    int seller[ENTRIES];
    ful_economy_household household[H];
    for (size_t a = 0; a < s.count; a++)
        seller[a] = s.seller[a];
    for (int h = 0; h < x->households; h++)
        household[h] = (ful_economy_household){.country = x->household_country[h],
                                               .value_added = x->own[h],
                                               .revenue = x->own_revenue[h],
                                               .transfer = x->own_transfer[h],
                                               .basket = h == 0 ? x->basket[h] : NULL};
    const ful_economy_data data = {.countries = N,
                                   .sectors = J,
                                   .products = P,
                                   .product_sector = x->sector,
                                   .row = s.row,
                                   .seller = seller,
                                   .flow = s.flow,
                                   .latent = s.latent,
                                   .tariff = s.tariff,
                                   .export_tax = s.tax,
                                   .input = &x->input[0][0][0],
                                   .theta = x->theta,
                                   .kappa = x->kappa,
                                   .phi = x->phi,
                                   .sigma_f = x->sigma_f,
                                   .sigma_m = x->sigma_m,
                                   .sigma_v = x->sigma_v,
                                   .households = x->households,
                                   .household = household,
                                   .closure = x->closure,
                                   .finance_limit = x->limit};
    ful_status_is(ful_economy_model_new(&model, NULL, &data, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_work_new(&work, model, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_solve(&report, model, work, &s.shock, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_economy_certify(&c, model, work, &s.shock, NULL, &err), FUL_OK, &err);
    ful_economy_view_get(&view, model, work);
    assert_true(c.max_violation <= LIMIT);
    assert_memory_equal(view.component, x->component, sizeof x->component);
    const struct {
        const double *found, *right;
        size_t count;
    } published[] = {
        {view.price, s.view.price, N * J},
        {view.final_price, s.view.final_price, N},
        {view.cost, s.view.cost, N * J},
        {view.output, s.view.output, N * J},
        {view.spending, s.view.spending, N * J},
        {view.value_added, s.view.value_added, N * J},
        {view.income, s.view.income, N},
        {view.revenue, s.view.revenue, N},
        {view.transfer, s.view.transfer, N},
        {view.flow, s.view.flow, s.count},
        {(const double *)view.outcome, (const double *)s.view.outcome, DOUBLES(x->outcome)},
        {(const double *)view.household, (const double *)s.view.household, DOUBLES(x->household)},
        {(const double *)view.cap, (const double *)s.view.cap, (size_t)x->caps * DOUBLES(*x->cap)},
    };
    for (size_t k = 0; k < sizeof published / sizeof *published; k++)
        for (size_t a = 0; a < published[k].count; a++) {
            const double found = published[k].found[a], right = published[k].right[a];
            const int same = isnan(right)   ? isnan(found)
                             : isinf(right) ? found == right
                                            : fabs(found - right) <= SAME * (1 + fabs(right));
            if (!same)
                fail_msg("array %zu, number %zu: %.17g solved, %.17g expected", k, a, found, right);
        }
    ful_economy_work_free(work);
    ful_economy_model_free(model);
}

static void both_shapes_hold(plain *x)
{
    seen s;
    for (int sparse = 0; sparse < 2; sparse++) {
        show(&s, x, sparse);
        holds(&s);
    }
}

static void equilibria_hold(void **state)
{
    (void)state;
    plain x;
    for (size_t k = 0; k < sizeof closures / sizeof *closures; k++) {
        any_problem(&x, closures[k]);
        plain_solve(&x);
        both_shapes_hold(&x);
        same_as_solved(&x);
    }
    for (size_t k = 0; k < sizeof rents / sizeof *rents; k++) {
        any_problem(&x, FUL_CLOSURE_FIXED);
        add_caps(&x, rents[k]);
        plain_solve(&x);
        for (int c = 0; c < CAPS; c++)
            assert_true(x.cap[c].premium > 0.01);
        both_shapes_hold(&x);
        same_as_solved(&x);
    }
}

/* A cap that is not met, and one that closes what it grips. */
static void loose_and_closed_caps_hold(void **state)
{
    (void)state;
    plain x;
    for (size_t k = 0; k < sizeof rents / sizeof *rents; k++) {
        any_problem(&x, FUL_CLOSURE_ZERO);
        add_caps(&x, rents[k]);
        x.value[0] = 0;
        x.quantity[1] = 1e6;
        plain_solve(&x);
        assert_true(isinf(x.cap[0].premium) && x.cap[1].premium == 0 && x.cap[2].premium > 0);
        both_shapes_hold(&x);
        same_as_solved(&x);
    }
}

/* The trade that a country's transfer rides on: country 0 receives. */
static double carries(const double *imports, const double *exports, int n)
{
    return n == 0 ? imports[n] : exports[n];
}

/* Trade shrinks until the limits of finance bind one giver, both, and the receiver. */
static void limits_hold(void **state)
{
    (void)state;
    static const int binds[][N] = {{0, 1, 0}, {0, 1, 1}, {1, 0, 0}};
    plain x, before;
    for (size_t k = 0; k < sizeof binds / sizeof *binds; k++) {
        any_problem(&x, FUL_CLOSURE_FINANCED);
        before = x;
        plain_benchmark(&before);
        EACH_FLOW x.open[p][n][i] *= n == i ? 1 : 0.3;
        for (int n = 0; n < N; n++)
            x.limit[n] = binds[k][n] ? 1.01 * fabs(before.base_transfer[n]) /
                                           carries(before.base_imports, before.base_exports, n)
                                     : 0.99;
        plain_solve(&x);
        assert_true(x.base_transfer[0] > 0 && x.base_transfer[1] < 0 && x.base_transfer[2] < 0);
        for (int n = 0; n < N; n++) {
            const double used =
                fabs(x.transfer[n] - x.granted[n]) / carries(x.imports, x.exports, n) / x.limit[n];
            assert_true(binds[k][n] ? fabs(used - 1) < CLOSE : used < 0.99);
        }
        both_shapes_hold(&x);
        same_as_solved(&x);
    }
}

static void components_hold(void **state)
{
    (void)state;
    plain x;
    seen s;
    for (int k = 1; k < 3; k++) {
        any_problem(&x, closures[k]);
        cut_off(&x);
        plain_solve(&x);
        assert_true(x.component[1] == 0 && x.component[2] == 2);
        assert_true(x.exports[2] == 0 && x.outcome[2].imports == 0);
        both_shapes_hold(&x);
        same_as_solved(&x);
        show(&s, &x, 0);
        x.component[2] = 0;
        assert_true(violation(&s) > LIMIT);
    }
}

/* A household that lives on the transfer alone has no real income of its own. */
static void living_on_transfers_holds(void **state)
{
    (void)state;
    plain x;
    any_problem(&x, FUL_CLOSURE_FIXED);
    for (int j = 0; j < J; j++) {
        x.own[0][j] = 1;
        x.own[1][j] = 0;
    }
    x.own_revenue[0] = x.own_transfer[1] = 1;
    x.own_revenue[1] = x.own_transfer[0] = 0;
    plain_solve(&x);
    assert_true(x.base_transfer[0] > 0 && isnan(x.household[1].real_income));
    both_shapes_hold(&x);
    same_as_solved(&x);
    seen s;
    show(&s, &x, 1);
    x.household[1].real_income = 1;
    assert_true(violation(&s) > LIMIT);
}

/* An array of numbers, each of which matters. */
typedef struct numbers {
    const char *name;
    const double *first;
    size_t count;
} numbers;

/* Each number off by `part` of itself is seen. */
static void each_is_seen(const seen *s, const numbers *list, size_t count, double part)
{
    for (size_t k = 0; k < count; k++)
        for (size_t a = 0; a < list[k].count; a++) {
            double *number =
                (double *)list[k].first + a; /* writing is what a broken solver would do */
            const double right = *number;
            if (right == 0 || isinf(right) || isnan(right))
                continue;
            *number = right * (1 + part);
            if (!(violation(s) > LIMIT))
                fail_msg("%s %zu: %.17g passes as %.17g", list[k].name, a, *number, right);
            *number = NAN;
            if (!isinf(violation(s)))
                fail_msg("%s %zu is no number and passes", list[k].name, a);
            *number = right;
        }
    holds(s);
}

static void a_wrong_number_is_seen(void **state)
{
    (void)state;
    plain x;
    seen s;
    for (size_t k = 0; k < sizeof rents / sizeof *rents; k++) {
        any_problem(&x, k % 2 ? FUL_CLOSURE_FINANCED : FUL_CLOSURE_FIXED);
        add_caps(&x, rents[k]);
        plain_solve(&x);
        show(&s, &x, k % 2 == 0);
        const numbers published[] = {
            {"price", s.view.price, N * J},
            {"final price", s.view.final_price, N},
            {"cost", s.view.cost, N * J},
            {"output", s.view.output, N * J},
            {"spending", s.view.spending, N * J},
            {"value added", s.view.value_added, N * J},
            {"income", s.view.income, N},
            {"revenue", s.view.revenue, N},
            {"transfer", s.view.transfer, N},
            {"flow", s.view.flow, s.count},
            {"outcome", (const double *)s.view.outcome, DOUBLES(x.outcome)},
            {"household", (const double *)s.view.household, DOUBLES(x.household)},
            {"cap", (const double *)s.view.cap, DOUBLES(x.cap)},
        };
        each_is_seen(&s, published, sizeof published / sizeof *published, NUDGE);
    }
}

static void a_wrong_problem_is_seen(void **state)
{
    (void)state;
    plain x;
    seen s;
    for (size_t k = 0; k < sizeof rents / sizeof *rents; k++) {
        any_problem(&x, FUL_CLOSURE_FIXED);
        add_caps(&x, rents[k]);
        x.quantity[2] = INFINITY; /* each cap has one bound that is met */
        plain_solve(&x);
        show(&s, &x, 1); /* dense, there are entries without a flow: they do not matter */
        const numbers given[] = {
            {"flow", s.flow, s.count},
            {"latent flow", s.latent, s.count},
            {"tariff", s.tariff, s.count},
            {"export tax", s.tax, s.count},
            {"input", s.model.input, DOUBLES(x.input)},
            {"theta", x.theta, J},
            {"kappa", x.kappa, N},
            {"phi", x.phi, N},
            {"sigma_f", x.sigma_f, N},
            {"sigma_m", x.sigma_m, N},
            {"sigma_v", x.sigma_v, N},
            {"own", s.model.own, H * J},
            {"own revenue", x.own_revenue, H},
            {"own transfer", x.own_transfer, H},
            {"basket", s.model.basket, H * J},
            {"productivity", s.shock.productivity, N * J},
            {"transfer granted", x.granted, N},
            {"new tariff", s.new_tariff, s.count},
            {"new export tax", s.new_tax, s.count},
            {"grip of the first", s.grip[0], (size_t)s.cap[0].entries},
            {"grip of the second", s.grip[1], (size_t)s.cap[1].entries},
            {"grip of the third", s.grip[2], (size_t)s.cap[2].entries},
            {"bound of the first", &s.cap[0].value, 1},
            {"bound of the second", &s.cap[1].quantity, 1},
            {"bound of the third", &s.cap[2].value, 1},
        };
        each_is_seen(&s, given, sizeof given / sizeof *given, 1e-3);
        for (size_t a = 0; a < s.count; a++) {
            const double right = s.open[a];
            s.open[a] *= 1 + 1e-3;
            assert_true(violation(&s) > LIMIT || s.flow[a] == 0);
            s.open[a] = right;
        }
        for (int n = 0; n < N; n++) { /* shares that still sum to one */
            x.alpha[n][0] += 1e-3;
            x.alpha[n][1] -= 1e-3;
            assert_true(violation(&s) > LIMIT);
            x.alpha[n][0] -= 1e-3;
            x.alpha[n][1] += 1e-3;
        }
        for (int c = 0; c < CAPS; c++) {
            s.cap[c].rent = rents[k][c] == FUL_RENT_LOST ? FUL_RENT_BUYER : FUL_RENT_LOST;
            assert_true(violation(&s) > LIMIT);
            s.cap[c].rent = rents[k][c];
        }
    }
}

/* A premium on what no bound holds back is seen, though all money adds up: the equilibrium under a
 * cap of 7 is none under a cap of 8, and a bound that is exceeded is no bound. */
static void complementarity_is_seen(void **state)
{
    (void)state;
    plain x;
    seen s;
    ful_error err;
    ful_economy_certificate c;
    any_problem(&x, FUL_CLOSURE_FIXED);
    add_caps(&x, rents[0]);
    plain_solve(&x);
    show(&s, &x, 1);
    static const double bound[] = {8, 6, 0};
    for (size_t k = 0; k < sizeof bound / sizeof *bound; k++) {
        s.cap[0].value = bound[k];
        ful_status_is(ful__economy_audit(&c, &s.model, &s.view, &s.shock, NULL, &err), FUL_OK,
                      &err);
        assert_true(c.caps > 0.01 && c.prices < CLOSE && c.shares < CLOSE && c.spending < CLOSE);
    }
}

/* An entry that is no flow is refused, and so is what memory does not hold. */
static void what_cannot_be_read_is_refused(void **state)
{
    (void)state;
    plain x;
    seen s;
    ful_error err;
    ful_economy_certificate c;
    ful_test_memory memory;
    any_problem(&x, FUL_CLOSURE_FIXED);
    add_caps(&x, rents[0]);
    plain_solve(&x);
    show(&s, &x, 1);
    ful_test_memory_init(&memory, 0);
    ful_status_is(ful__economy_audit(&c, &s.model, &s.view, &s.shock, &memory.allocator, &err),
                  FUL_ERR_MEMORY, &err);
    s.entry[1][0] = s.count;
    ful_status_is(ful__economy_audit(&c, &s.model, &s.view, &s.shock, NULL, &err), FUL_ERR_ARGUMENT,
                  &err);
    ful_says(err, "cap 1 grips flow 26");
}

/* Near s = 1 the log of a mean is that of the logs plus half of 1 - s times their variance. */
static void means_near_one(void **state)
{
    (void)state;
    static const double log_price[3] = {0.7, -1.2, 0.1}, weight[3] = {0.2, 0.3, 0.5};
    double lift[3], keep[3], mean = 0, square = 0;
    for (int k = 0; k < 3; k++) {
        mean += weight[k] * log_price[k];
        square += weight[k] * log_price[k] * log_price[k];
    }
    for (double off = 1e-3; off > 1e-16; off /= 10) {
        const double s = 1 - off, top = ful__audit_lift(lift, keep, log_price, 3, s);
        double lifted = 0, kept = 0;
        for (int k = 0; k < 3; k++) {
            lifted += weight[k] * lift[k];
            kept += weight[k] * keep[k];
        }
        /* the next term is below (1-s)^2 times a third moment, here below one */
        ful_near(ful__audit_mean(s, top, lifted, kept), mean + (1 - s) / 2 * (square - mean * mean),
                 0, (1 - s) * (1 - s) + 1e-15);
    }
    /* and far from it one price is all: a vital input that costs e^30 */
    static const double dear[3] = {30, 0, 0};
    const double top = ful__audit_lift(lift, keep, dear, 3, 0.01);
    ful_near(ful__audit_mean(0.01, top,
                             weight[0] * lift[0] + weight[1] * lift[1] + weight[2] * lift[2],
                             weight[0] * keep[0] + weight[1] * keep[1] + weight[2] * keep[2]),
             log(0.2 * exp(0.99 * 30) + 0.8) / 0.99, 1e-14, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equilibria_hold),
        cmocka_unit_test(loose_and_closed_caps_hold),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(components_hold),
        cmocka_unit_test(living_on_transfers_holds),
        cmocka_unit_test(a_wrong_number_is_seen),
        cmocka_unit_test(a_wrong_problem_is_seen),
        cmocka_unit_test(complementarity_is_seen),
        cmocka_unit_test(what_cannot_be_read_is_refused),
        cmocka_unit_test(means_near_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
