/* SPDX-License-Identifier: MIT */
/*
 * The rules of the sanctions game written a second time, from its description alone: a recursion
 * over everything that can happen, without states, tables or windows of sums. Slow, and short
 * enough to be read beside the description. What the report adds up
 * is added up on the way back.
 */
#include "bargain_test.h"

/* Values of the three players, and accounts that are added up along the way. */
enum { ALIVE = 3, ARMED, ARMED_LEVEL, ARMED_MET, INCOME, COST, LEVEL, ALL = LEVEL + 4 };

typedef struct at {
    int t, stage, step, hidden, settled;
    int relief; /* row that is delivered */
    int z, k, x, e;
} at;

static const instance *s; /* the instance under test */

static const ful_bargain_parameters *P(void)
{
    return &s->data.p;
}

static double d(int i)
{
    const double delta[] = {P()->delta_S, P()->delta_E, P()->delta_T};
    return pow(delta[i], s->data.dt);
}

/* Discount of a value or an account over a period. */
static double weight_of_next(int i)
{
    return i < 3 ? d(i) : i == COST ? d(FUL_S) : 1;
}

static double lambda(int i)
{
    const double stake[] = {P()->stake_S, P()->stake_E, P()->stake_T};
    return P()->lambda / stake[i];
}

static double level(int e, int group)
{
    while (group-- > 0)
        e /= s->data.levels;
    return s->level[e % s->data.levels];
}

static const ful_income *income(int relief, int k, int e)
{
    return s->income + (relief * s->data.adaptation_steps + k) * joint_levels(&s->data) + e;
}

static int met(int e)
{
    int all = 1;
    for (int group = 0; group < s->data.groups; group++)
        all &= level(e, group) >= P()->ebar;
    return all;
}

static double mean(int e)
{
    double sum = 0;
    for (int group = 0; group < s->data.groups; group++)
        sum += s->share[group] * level(e, group);
    return sum;
}

static int on_offer(int t)
{
    for (int l = 0; l < s->data.levers; l++)
        if (t < s->lever[l].duration)
            return 1;
    return 0;
}

static int seems_to_accommodate(at now)
{
    return now.hidden || now.stage == FUL_STAGE_FROZEN || now.stage == FUL_STAGE_DISMANTLING ||
           now.stage == FUL_STAGE_DISMANTLED;
}

static double g(at now)
{
    const double steps = s->data.dismantle_periods + 1;
    if (now.stage == FUL_STAGE_FROZEN)
        return P()->g_frozen;
    if (now.stage == FUL_STAGE_DISMANTLING)
        return P()->g_frozen * (steps - now.step) / steps;
    return now.stage == FUL_STAGE_DISMANTLED ? 0 : 1;
}

/* Flows a year; returns what S pays of them. */
static double flow(double u[3], at now)
{
    double payment = 0;
    const ful_income *y = income(now.relief, now.k, now.e);
    const int threat = now.stage == FUL_STAGE_ARMED || now.stage == FUL_STAGE_RESTARTED;
    u[FUL_S] = -P()->b_S * g(now) + P()->w_S * y->S;
    u[FUL_E] = -P()->b_E * g(now) - threat * P()->warrisk + P()->w_E * y->E;
    u[FUL_T] = P()->n_T * g(now) + P()->w_elite * y->elite + P()->w_mass * y->mass;
    for (int group = 0; group < s->data.groups; group++)
        u[FUL_E] -= P()->friction * s->share[group] * pow(level(now.e, group), 2);
    for (int l = 0; l < s->data.levers && now.x; l++) {
        const ful_lever *lever = s->lever + l;
        double paid = 1;
        if (now.t >= lever->duration)
            continue;
        if (lever->contract == FUL_CONTRACT_ENFORCEMENT)
            paid = met(now.e) ? 1 - P()->noise : P()->noise;
        if (lever->contract == FUL_CONTRACT_STAGE)
            paid = seems_to_accommodate(now);
        payment += paid * lever->cost_S;
        u[FUL_S] -= paid * lever->cost_S;
        u[FUL_E] += paid * lever->value_E;
        u[FUL_T] += seems_to_accommodate(now) * lever->value_T;
    }
    return payment;
}

static double hazard(at now)
{
    double off = 0;
    for (int l = 0; l < s->data.levers && now.x; l++)
        off += now.t < s->lever[l].duration ? s->lever[l].hazard : 0;
    const double pressure = -income(now.relief, now.k, now.e)->T;
    return 1 - exp(-s->data.dt * P()->h0 * exp(P()->a_z * now.z + P()->a_p * pressure - off));
}

static void mix(double out[ALL], int n, const double *w, double v[][ALL], int chooser)
{
    double top = -INFINITY, sum = 0, p[64];
    for (int a = 0; a < n; a++)
        top = fmax(top, v[a][chooser]);
    for (int a = 0; a < n; a++)
        sum += p[a] = w[a] * exp(lambda(chooser) * (v[a][chooser] - top));
    for (int i = 0; i < ALL; i++) {
        out[i] = 0;
        for (int a = 0; a < n; a++)
            out[i] += p[a] / sum * v[a][i];
    }
}

/* The status quo for ever, less what a collapse costs. */
static void collapsed(double out[ALL], at now)
{
    static const double equal[] = {1, 1};
    double base[3], v[2][ALL] = {{0}};
    int start = 0, pledge = 0;
    for (int group = s->data.groups - 1; group >= 0; group--)
        start = start * s->data.levels + s->start_level[group];
    flow(base, (at){.e = start, .k = s->data.start_adaptation});
    for (int l = 0; l < s->data.levers; l++)
        pledge |= now.x && now.t < s->lever[l].duration && s->lever[l].troops;
    const double r = P()->refugees * exp(P()->refugees_stress * now.z) / P()->camp_capacity;
    for (int north = 0; north < 2; north++) {
        v[north][FUL_S] = -P()->C_S + north * (P()->north_gain - pledge * P()->north_cost);
        v[north][FUL_E] = -P()->c_ref * r * (1 + P()->over * fmax(0, r - 1)) -
                          (pledge && !north ? 0 : P()->L_troops) - P()->L_unified;
        v[north][FUL_T] = -P()->L_T;
    }
    mix(out, 2, equal, v, FUL_S);
    for (int i = 0; i < 3; i++)
        out[i] += base[i] * s->data.dt / (1 - d(i));
}

static void value(double out[ALL], at now);

static void at_horizon(double out[ALL], at now)
{
    double u[3], lost[ALL];
    if (now.stage == FUL_STAGE_DISMANTLING) {
        now.stage = FUL_STAGE_FROZEN;
        now.relief = now.relief > 0;
    }
    if (now.hidden)
        now.hidden = now.relief = 0;
    flow(u, now);
    collapsed(lost, now);
    const double h = hazard(now);
    memset(out, 0, ALL * sizeof *out);
    for (int i = 0; i < 3; i++)
        out[i] = (u[i] * s->data.dt + d(i) * h * lost[i]) / (1 - d(i) * (1 - h));
}

/* The state that T's move leads to, before chance: a restart is first hidden. What was delivered as
 * relief carries on, at the rate of the new stage. */
static at moved(at now, int stage, int step)
{
    const int delivered = now.relief > 0;
    at next = now;
    next.t++;
    next.x = now.x && on_offer(next.t);
    next.stage = stage;
    next.step = step;
    next.hidden = stage == FUL_STAGE_RESTARTED;
    next.settled = stage == FUL_STAGE_DISMANTLED && step == s->data.settle_periods;
    if (stage == FUL_STAGE_ARMED)
        next.relief = 0;
    else if (stage != FUL_STAGE_RESTARTED)
        next.relief = stage == FUL_STAGE_FROZEN ? delivered : 2 * delivered;
    return next;
}

/* Chance after T's move, under the pressure of the period that ends; discounted to it. */
static void chance(double out[ALL], at now, at next, int may_be_seen)
{
    const double pressure = -income(now.relief, now.k, now.e)->T;
    const double up = now.z + 1 < s->data.stress_steps && pressure > P()->stress_up ? .5 : 0;
    const double down = now.z > 0 && pressure < P()->stress_down ? 1 : 0;
    const double more = now.k + 1 < s->data.adaptation_steps && mean(now.e) > .5 ? .5 : 0;
    const double move[] = {down, 1 - up - down, up}, adapt[] = {1 - more, more};
    memset(out, 0, ALL * sizeof *out);
    for (int seen = 0; seen <= may_be_seen; seen++)
        for (int dz = -1; dz <= 1; dz++)
            for (int dk = 0; dk <= 1; dk++) {
                double p = move[dz + 1] * adapt[dk], v[ALL];
                at after = next;
                if (may_be_seen)
                    p *= seen ? P()->detection : 1 - P()->detection;
                if (p == 0)
                    continue;
                if (seen)
                    after.hidden = after.relief = 0;
                after.z += dz;
                after.k += dk;
                value(v, after);
                for (int i = 0; i < ALL; i++)
                    out[i] += p * v[i];
            }
    for (int i = 0; i < ALL; i++)
        out[i] *= weight_of_next(i);
}

static void to(double out[ALL], at now, int stage, int step, double lump)
{
    chance(out, now, moved(now, stage, step), stage == FUL_STAGE_RESTARTED);
    out[FUL_T] += lump;
}

static void target(double out[ALL], at now)
{
    static const double three[] = {.25, .25, .5}, two[] = {.5, .5};
    double v[3][ALL];
    const int honoured = now.relief > 0 && (now.x || !on_offer(now.t));
    if (now.settled) {
        chance(out, now, moved(now, now.stage, now.step), 0);
        return;
    }
    switch (now.stage) {
    case FUL_STAGE_ARMED:
        to(v[0], now, FUL_STAGE_FROZEN, 0, 0);
        to(v[1], now, FUL_STAGE_DISMANTLING, 1, 0);
        to(v[2], now, FUL_STAGE_ARMED, 0, 0);
        mix(out, 3, three, v, FUL_T);
        return;
    case FUL_STAGE_FROZEN:
        to(v[0], now, FUL_STAGE_FROZEN, 0, 0);
        to(v[1], now, FUL_STAGE_DISMANTLING, 1, 0);
        to(v[2], now, FUL_STAGE_RESTARTED, 0, P()->restart_gain);
        mix(out, 3, three, v, FUL_T);
        return;
    case FUL_STAGE_DISMANTLING:
        to(v[0], now, FUL_STAGE_DISMANTLING, now.step, 0);
        if (now.step < s->data.dismantle_periods)
            to(v[1], now, FUL_STAGE_DISMANTLING, now.step + 1, -P()->dismantling);
        else
            to(v[1], now, FUL_STAGE_DISMANTLED, 0, -P()->dismantling);
        to(v[2], now, FUL_STAGE_RESTARTED, 0, P()->restart_gain);
        mix(out, 3, three, v, FUL_T);
        return;
    case FUL_STAGE_DISMANTLED:
        to(v[0], now, FUL_STAGE_DISMANTLED, now.step + honoured, 0);
        to(v[1], now, FUL_STAGE_RESTARTED, 0, P()->restart_gain);
        mix(out, 2, two, v, FUL_T);
        return;
    default:
        if (now.hidden) {
            to(v[0], now, FUL_STAGE_RESTARTED, 0, 0);
        } else {
            at next = moved(now, FUL_STAGE_RESTARTED, 0);
            next.hidden = 0;
            chance(v[0], now, next, 0);
        }
        to(v[1], now, FUL_STAGE_FROZEN, 0, 0);
        mix(out, 2, two, v, FUL_T);
    }
}

static void period(double out[ALL], at now)
{
    double u[3], lost[ALL], alive[ALL], own[ALL] = {0};
    const double h = hazard(now), payment = flow(u, now);
    for (int i = 0; i < 3; i++)
        own[i] = s->data.dt * u[i];
    own[ALIVE] = 1;
    own[INCOME] = income(now.relief, now.k, now.e)->T;
    own[COST] = s->data.dt * payment;
    for (int group = 0; group < s->data.groups; group++)
        own[LEVEL + group] = level(now.e, group);
    if (now.stage == FUL_STAGE_ARMED) {
        own[ARMED] = 1;
        own[ARMED_LEVEL] = mean(now.e);
        own[ARMED_MET] = met(now.e);
    }
    collapsed(lost, now);
    target(alive, now);
    for (int i = 0; i < ALL; i++)
        out[i] = own[i] + weight_of_next(i) * h * lost[i] + (1 - h) * alive[i];
}

static double quadrature(int l)
{
    const double below = l > 0 ? s->level[l] - s->level[l - 1] : 0;
    const double above = l + 1 < s->data.levels ? s->level[l + 1] - s->level[l] : 0;
    return (below + above) / 2;
}

static void enforcer(double out[ALL], at now)
{
    double v[64][ALL], w[64];
    int n = 0;
    if (now.hidden || now.settled) {
        period(out, now);
        return;
    }
    for (int e = 0; e < joint_levels(&s->data); e++) {
        int reachable = 1;
        double weight = 1;
        for (int group = 0, a = e, b = now.e; group < s->data.groups; group++) {
            const int step = a % s->data.levels - b % s->data.levels;
            reachable &= step >= -1 && (step <= 1 || now.stage == FUL_STAGE_RESTARTED);
            weight *= quadrature(a % s->data.levels);
            a /= s->data.levels;
            b /= s->data.levels;
        }
        if (!reachable)
            continue;
        at next = now;
        next.e = e;
        period(v[n], next);
        w[n++] = weight;
    }
    mix(out, n, w, v, FUL_E);
}

static double withdrawal(at now)
{
    double cost = 0;
    for (int l = 0; l < s->data.levers; l++)
        if (now.t < s->lever[l].duration &&
            (s->lever[l].contract != FUL_CONTRACT_ENFORCEMENT || met(now.e)))
            cost += s->lever[l].withdrawal;
    return now.stage == FUL_STAGE_RESTARTED ? 0 : cost;
}

static void value(double out[ALL], at now)
{
    static const double equal[] = {1, 1, 1, 1};
    double v[4][ALL];
    int n = 0;
    if (now.t == s->data.horizon) {
        at_horizon(out, now);
        return;
    }
    if (now.hidden || now.settled) {
        enforcer(out, now);
        return;
    }
    for (int withdraw = 0; withdraw <= (now.x && now.t > 0); withdraw++)
        for (int grant = 0; grant <= seems_to_accommodate(now); grant++, n++) {
            at next = now;
            next.x = now.x && !withdraw;
            next.relief = grant ? (now.stage == FUL_STAGE_FROZEN ? 1 : 2) : 0;
            enforcer(v[n], next);
            v[n][FUL_S] -= withdraw ? withdrawal(now) : 0;
        }
    mix(out, n, equal, v, FUL_S);
}

/* E's best where it meets the contract less its best elsewhere, S having had no move before. */
static double slack(at now)
{
    double best[2] = {-INFINITY, -INFINITY}, v[ALL];
    for (now.e = 0; now.e < joint_levels(&s->data); now.e++) {
        period(v, now);
        best[met(now.e)] = fmax(best[met(now.e)], v[FUL_E]);
    }
    return best[1] - best[0];
}

static void expect_same(const instance *of)
{
    double v[ALL], annuity = 0, enforcement = 0;
    s = of;
    at now = {.stage = (int)of->data.start_stage, .z = of->data.start_stress,
              .k = of->data.start_adaptation, .x = on_offer(0)};
    now.step = of->data.start_stage == FUL_STAGE_DISMANTLING;
    for (int group = of->data.groups - 1; group >= 0; group--)
        now.e = now.e * of->data.levels + of->start_level[group];
    value(v, now);
    const ful_bargain_report r = report_of(of, 1);
    for (int i = 0; i < 3; i++)
        ful_near(r.value[i], v[i], 1e-11, 1e-11);
    for (int group = 0; group < of->data.groups; group++) {
        ful_near(r.enforcement[group], v[LEVEL + group] / v[ALIVE], 0, 1e-12);
        enforcement += of->share[group] * v[LEVEL + group] / v[ALIVE];
    }
    ful_near(r.enforcement_mean, enforcement, 0, 1e-12);
    ful_near(r.enforcement_armed, v[ARMED] > 0 ? v[ARMED_LEVEL] / v[ARMED] : 0, 0, 1e-12);
    ful_near(r.enforces, v[ARMED] > 0 ? v[ARMED_MET] / v[ARMED] : 0, 0, 1e-12);
    ful_near(r.target_income, v[INCOME] / v[ALIVE], 1e-12, 0);
    for (int t = 0; t < of->data.horizon; t++)
        annuity += of->data.dt * pow(d(FUL_S), t);
    ful_near(r.sender_cost, v[COST] / annuity, 1e-12, 1e-15);
    if (!seems_to_accommodate(now))
        ful_near(r.enforcer_slack, slack(now), 1e-10, 1e-11);
}

static void the_solver_follows_the_rules_from_every_stage(void **state)
{
    (void)state;
    static const sizes small[] = {
        {.horizon = 2, .groups = 2, .levels = 2, .stress = 3, .adaptation = 2, .dismantle = 1,
         .settle = 1, .levers = 3},
        {.horizon = 3, .groups = 1, .levels = 2, .stress = 2, .adaptation = 2, .dismantle = 2,
         .settle = 1, .levers = 3},
        {.horizon = 2, .groups = 1, .levels = 4, .stress = 2, .adaptation = 2, .dismantle = 1,
         .settle = 2, .levers = 0},
        {.horizon = 4, .groups = 1, .levels = 2, .stress = 1, .adaptation = 1, .dismantle = 1,
         .settle = 2, .levers = 1},
    };
    for (uint64_t k = 0; k < 40; k++) {
        instance of;
        draw_instance(&of, 5000 + k, small[k % 4]);
        of.data.start_stage = (ful_stage)(k / 4 % 5);
        of.data.start_stress = small[k % 4].stress / 2;
        for (int l = 0; l < of.data.levers && k % 2; l++)
            of.lever[l].duration = 1 + l;
        expect_same(&of);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_solver_follows_the_rules_from_every_stage),
    };
    return cmocka_run_group_tests_name("game bargain rules", tests, NULL, NULL);
}
