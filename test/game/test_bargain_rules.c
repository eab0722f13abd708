/* SPDX-License-Identifier: MIT */
/*
 * The rules of the sanctions game written a second time, from its description alone: a recursion
 * over everything that can happen, without states, tables or windows of sums, in absolute payoffs.
 * Slow, and short enough to be read beside the description. What the report adds up is added up on
 * the way back.
 */
#include "bargain_test.h"

#define MOST_MOVES 64
#define ROUNDS 4000

/* Values of the players, and accounts added up along the way; CONDUCT: of each enforcer. */
enum {
    ALIVE = FUL_BARGAIN_MAX_PLAYERS,
    ARMED,
    INCOME,
    COST,
    LEVEL,
    CONDUCT = LEVEL + FUL_BARGAIN_MAX_GROUPS,
    MEAN = 0,
    ARMED_MEAN,
    ARMED_MET,
    ADOPTED,
    CONDUCTS,
    ALL = CONDUCT + CONDUCTS * FUL_BARGAIN_MAX_ENFORCERS
};

typedef struct at {
    int t, stage, step, hidden, settled;
    int relief; /* row that is delivered */
    int z, k, c, x, e;
} at;

/* A time at which no lever binds. */
#define STATUS_QUO (FUL_BARGAIN_MAX_HORIZON + 1)

static const instance *s; /* the instance under test */

/* ---- small words ----------------------------------------------------------------------------- */

static const ful_bargain_parameters *P(void)
{
    return &s->data.p;
}

static int enforcers(void)
{
    return s->data.players - FUL_E;
}

static double d(int i)
{
    return pow(s->player[i].delta, s->data.dt);
}

/* Discount of a value or an account over a period. */
static double weight_of_next(int i)
{
    return i < s->data.players ? d(i) : i == COST ? d(FUL_S) : 1;
}

static double lambda(int i)
{
    return s->player[i].precision / s->player[i].stake;
}

static double level(int e, int group)
{
    return s->level[group][level_index(&s->data, e, group)];
}

/* The status quo is that of the first period, and the last one's table goes on. */
static int table_at(int t)
{
    const int last = s->data.horizon - 1;
    return !s->data.table || t == STATUS_QUO ? 0 : s->data.table[t < last ? t : last];
}

static double income(at now, int column)
{
    const int block = (table_at(now.t) * 3 + now.relief) * s->data.adaptation_steps + now.k;
    return s->income[(block * joint_levels(&s->data) + now.e) * s->data.columns + column];
}

static int is_goods(int group, int player)
{
    return s->group[group].owner == player && !s->group[group].adoption;
}

static int met(int e, int player)
{
    int all = 1;
    for (int group = 0; group < s->data.groups; group++)
        all &= !is_goods(group, player) || level(e, group) >= P()->ebar;
    return all;
}

/* Sum over a player's groups of goods of share times a power of the level. */
static double over_groups(int e, int player, double power)
{
    double sum = 0;
    for (int group = 0; group < s->data.groups; group++)
        sum += is_goods(group, player) ? s->group[group].share * pow(level(e, group), power) : 0;
    return sum;
}

static double adopted(int e, int player)
{
    double sum = 0;
    for (int group = 0; group < s->data.groups; group++)
        if (s->group[group].owner == player && s->group[group].adoption)
            sum += level(e, group);
    return sum;
}

static int has_adopted(int e, int player)
{
    int any = 0;
    for (int group = 0; group < s->data.groups; group++)
        any |= s->group[group].owner == player && s->group[group].adoption &&
               level_index(&s->data, e, group) > s->group[group].start;
    return any;
}

/* Whether a lever binds: a treaty while it lasts, else while the package stands as well. */
static int binds(const ful_lever *lever, at now)
{
    return now.t < lever->duration && (lever->standing || now.x);
}

/* Whether a package is on offer. */
static int on_offer(int t)
{
    int any = 0;
    for (int l = 0; l < s->data.levers; l++)
        any |= t < s->lever[l].duration && !s->lever[l].standing;
    return any;
}

static int seems_to_accommodate(at now)
{
    return now.hidden || now.stage == FUL_STAGE_FROZEN || now.stage == FUL_STAGE_DISMANTLING ||
           now.stage == FUL_STAGE_DISMANTLED;
}

/* ---- payoffs --------------------------------------------------------------------------------- */

static double programme(at now)
{
    const double steps = s->data.dismantle_periods + 1, growth = 1 + P()->growth * now.c;
    if (now.stage == FUL_STAGE_FROZEN)
        return growth * P()->g_frozen;
    if (now.stage == FUL_STAGE_DISMANTLING)
        return growth * P()->g_frozen * (steps - now.step) / steps;
    return now.stage == FUL_STAGE_DISMANTLED ? 0 : growth;
}

static double flow_of(const ful_term *term, at now)
{
    const int threat = now.stage == FUL_STAGE_ARMED || now.stage == FUL_STAGE_RESTARTED;
    switch (term->kind) {
    case FUL_TERM_PROGRAMME:
        return programme(now);
    case FUL_TERM_ALERT:
        return threat;
    case FUL_TERM_INCOME:
        return income(now, term->column);
    case FUL_TERM_ENFORCEMENT:
        return over_groups(now.e, term->player, 2);
    case FUL_TERM_ADOPTION:
        return adopted(now.e, term->player);
    case FUL_TERM_RELIEF:
        return now.relief > 0;
    default:
        return 0;
    }
}

static double paid(const ful_lever *lever, at now)
{
    const int does = met(now.e, lever->enforcer);
    switch (lever->contract) {
    case FUL_CONTRACT_ENFORCEMENT:
        return does ? 1 - P()->noise : P()->noise;
    case FUL_CONTRACT_PENALTY:
        return does ? P()->noise : 1 - P()->noise;
    case FUL_CONTRACT_STAGE:
        return seems_to_accommodate(now);
    default:
        return 1;
    }
}

/* Flows a year; returns what S pays of them. */
static double flow(double *u, at now)
{
    double payment = 0;
    for (int i = 0; i < s->data.players; i++)
        u[i] = 0;
    for (int k = 0; k < s->data.terms; k++)
        u[s->term[k].player] += s->term[k].amount * flow_of(s->term + k, now);
    for (int l = 0; l < s->data.levers; l++) {
        const ful_lever *lever = s->lever + l;
        if (!binds(lever, now))
            continue;
        payment += paid(lever, now) * lever->cost_S;
        u[FUL_S] -= paid(lever, now) * lever->cost_S;
        u[lever->enforcer] += paid(lever, now) * lever->value_E;
        u[FUL_T] += seems_to_accommodate(now) * lever->value_T;
    }
    return payment;
}

static void add_lumps(double *v, ful_term_kind kind)
{
    for (int k = 0; k < s->data.terms; k++)
        if (s->term[k].kind == kind)
            v[s->term[k].player] += s->term[k].amount;
}

static double hazard(at now)
{
    double off = 0;
    for (int l = 0; l < s->data.levers; l++)
        off += binds(s->lever + l, now) ? s->lever[l].hazard : 0;
    const double pressure = -income(now, 0);
    return 1 - exp(-s->data.dt * P()->h0 * exp(P()->a_z * now.z + P()->a_p * pressure - off));
}

static void mix(double out[ALL], int n, const double *w, double v[][ALL], int chooser)
{
    double top = -INFINITY, sum = 0, p[MOST_MOVES];
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

static double at_collapse(const ful_term *term, at now, int pledge, int north)
{
    const double r = P()->refugees * exp(P()->refugees_stress * now.z) / P()->camp_capacity;
    switch (term->kind) {
    case FUL_TERM_COLLAPSE:
        return 1;
    case FUL_TERM_REFUGEES:
        return r * (1 + P()->over * fmax(0, r - 1));
    case FUL_TERM_TROOPS:
        return !(pledge && !north);
    case FUL_TERM_NORTH:
        return north;
    case FUL_TERM_NORTH_BROKEN:
        return north && pledge;
    default:
        return 0;
    }
}

/* The status quo for ever, less what a collapse costs. */
static void collapsed(double out[ALL], at now)
{
    static const double equal[] = {1, 1};
    double base[FUL_BARGAIN_MAX_PLAYERS], v[2][ALL] = {{0}};
    int pledge = 0;
    flow(base, (at){.t = STATUS_QUO, .e = start_joint(&s->data),
                    .k = s->data.start_adaptation, .c = s->data.start_capability});
    for (int l = 0; l < s->data.levers; l++)
        pledge |= binds(s->lever + l, now) && s->lever[l].troops;
    for (int north = 0; north < 2; north++)
        for (int k = 0; k < s->data.terms; k++)
            v[north][s->term[k].player] +=
                s->term[k].amount * at_collapse(s->term + k, now, pledge, north);
    mix(out, 2, equal, v, FUL_S);
    for (int i = 0; i < s->data.players; i++)
        out[i] += base[i] * s->data.dt / (1 - d(i));
}

/* ---- what follows ---------------------------------------------------------------------------- */

static void value(double out[ALL], at now);

static void at_horizon(double out[ALL], at now)
{
    double u[FUL_BARGAIN_MAX_PLAYERS], lost[ALL];
    memset(out, 0, ALL * sizeof *out);
    for (int k = 0; k < enforcers(); k++)
        out[CONDUCT + k * CONDUCTS + ADOPTED] = has_adopted(now.e, FUL_E + k);
    if (now.stage == FUL_STAGE_DISMANTLING) {
        now.stage = FUL_STAGE_FROZEN;
        now.relief = now.relief > 0;
    }
    if (now.hidden)
        now.hidden = now.relief = 0;
    flow(u, now);
    collapsed(lost, now);
    const double h = hazard(now);
    for (int i = 0; i < s->data.players; i++)
        out[i] = (u[i] * s->data.dt + d(i) * h * lost[i]) / (1 - d(i) * (1 - h));
}

static int capability(at now)
{
    const int grows = now.stage == FUL_STAGE_ARMED || now.stage == FUL_STAGE_RESTARTED;
    const int c = now.c + grows - (now.stage == FUL_STAGE_DISMANTLING);
    return c < 0 ? 0 : c >= s->data.capability_steps ? s->data.capability_steps - 1 : c;
}

/* The state that T's move leads to, before chance: a restart is first hidden. What was delivered as
 * relief carries on, at the rate of the new stage. */
static at moved(at now, int stage, int step)
{
    const int delivered = now.relief > 0;
    at next = now;
    next.t++;
    next.x = now.x && on_offer(next.t);
    next.c = capability(now);
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
    const double pressure = -income(now, 0);
    const double up = now.z + 1 < s->data.stress_steps && pressure > P()->stress_up ? .5 : 0;
    const double down = now.z > 0 && pressure < P()->stress_down ? 1 : 0;
    const int strict = over_groups(now.e, FUL_E, 1) > .5;
    const double more = now.k + 1 < s->data.adaptation_steps && strict ? .5 : 0;
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

/* ---- T --------------------------------------------------------------------------------------- */

/* A menu of T: moves on offer, and whether they accommodate. */
typedef struct menu {
    double v[3][ALL];
    int n, accommodates[3];
} menu;

static void offer(menu *m, int allowed, int accommodates, at now, int stage, int step)
{
    if (!allowed)
        return;
    m->accommodates[m->n] = accommodates;
    chance(m->v[m->n++], now, moved(now, stage, step), stage == FUL_STAGE_RESTARTED);
}

/* Half of the weight lies on either kind of move. */
static void choose(double out[ALL], menu *m)
{
    double w[3];
    int count[2] = {0, 0};
    for (int a = 0; a < m->n; a++)
        count[m->accommodates[a]]++;
    for (int a = 0; a < m->n; a++)
        w[a] = .5 / count[m->accommodates[a]];
    mix(out, m->n, w, m->v, FUL_T);
}

static void target(double out[ALL], at now)
{
    menu m = {.n = 0};
    const int moves = s->data.moves, step = now.step, last = step == s->data.dismantle_periods;
    const int freeze = moves & FUL_MOVE_FREEZE, dismantle = moves & FUL_MOVE_DISMANTLE;
    const int pause = moves & FUL_MOVE_PAUSE, restart = moves & FUL_MOVE_RESTART;
    const int honoured = now.relief > 0 && (now.x || !on_offer(now.t));
    if (now.settled) {
        chance(out, now, moved(now, now.stage, step), 0);
        return;
    }
    switch (now.stage) {
    case FUL_STAGE_ARMED:
        offer(&m, 1, 0, now, FUL_STAGE_ARMED, 0);
        offer(&m, freeze, 1, now, FUL_STAGE_FROZEN, 0);
        offer(&m, dismantle, 1, now, FUL_STAGE_DISMANTLING, 1);
        break;
    case FUL_STAGE_FROZEN:
        offer(&m, 1, 1, now, FUL_STAGE_FROZEN, 0);
        offer(&m, dismantle, 1, now, FUL_STAGE_DISMANTLING, 1);
        break;
    case FUL_STAGE_DISMANTLING:
        offer(&m, 1, 1, now, last ? FUL_STAGE_DISMANTLED : FUL_STAGE_DISMANTLING,
              last ? 0 : step + 1);
        add_lumps(m.v[0], FUL_TERM_DISMANTLING);
        offer(&m, pause, 1, now, FUL_STAGE_DISMANTLING, step);
        break;
    case FUL_STAGE_DISMANTLED:
        offer(&m, 1, 1, now, FUL_STAGE_DISMANTLED, step + honoured);
        break;
    default:
        if (now.hidden) {
            offer(&m, 1, 0, now, FUL_STAGE_RESTARTED, 0);
        } else {
            at next = moved(now, FUL_STAGE_RESTARTED, 0);
            next.hidden = 0;
            chance(m.v[m.n++], now, next, 0);
        }
        offer(&m, freeze, 1, now, FUL_STAGE_FROZEN, 0);
    }
    if (restart && now.stage != FUL_STAGE_ARMED && now.stage != FUL_STAGE_RESTARTED) {
        offer(&m, 1, 0, now, FUL_STAGE_RESTARTED, 0);
        add_lumps(m.v[m.n - 1], FUL_TERM_RESTART);
    }
    choose(out, &m);
}

/* ---- the period, the enforcers --------------------------------------------------------------- */

static void account(double *own, at now)
{
    own[ALIVE] = 1;
    own[ARMED] = now.stage == FUL_STAGE_ARMED;
    own[INCOME] = income(now, 0);
    for (int group = 0; group < s->data.groups; group++)
        own[LEVEL + group] = level(now.e, group);
    for (int k = 0; k < enforcers(); k++) {
        double *conduct = own + CONDUCT + k * CONDUCTS;
        conduct[MEAN] = over_groups(now.e, FUL_E + k, 1);
        conduct[ARMED_MEAN] = own[ARMED] * conduct[MEAN];
        conduct[ARMED_MET] = own[ARMED] * met(now.e, FUL_E + k);
    }
}

static void period(double out[ALL], at now)
{
    double u[FUL_BARGAIN_MAX_PLAYERS], lost[ALL], alive[ALL], own[ALL] = {0};
    const double h = hazard(now), payment = flow(u, now);
    account(own, now);
    for (int i = 0; i < s->data.players; i++)
        own[i] = s->data.dt * u[i];
    own[COST] = s->data.dt * payment;
    collapsed(lost, now);
    for (int k = 0; k < enforcers(); k++)
        lost[CONDUCT + k * CONDUCTS + ADOPTED] = has_adopted(now.e, FUL_E + k);
    target(alive, now);
    for (int i = 0; i < ALL; i++)
        out[i] = own[i] + weight_of_next(i) * h * lost[i] + (1 - h) * alive[i];
}

static double quadrature(int group, int l)
{
    const double below = l > 0 ? s->level[group][l] - s->level[group][l - 1] : 0;
    const double above =
        l + 1 < s->group[group].levels ? s->level[group][l + 1] - s->level[group][l] : 0;
    return (below + above) / 2;
}

/* The weight of moving from one joint level to another in a player's menu; 0 if it cannot. */
static double reachable(int from, int to, int player, int lifted)
{
    double weight = 1;
    for (int group = 0; group < s->data.groups; group++) {
        const int l = level_index(&s->data, to, group);
        const int step = l - level_index(&s->data, from, group);
        const int low = s->group[group].adoption ? 0 : -1;
        if (s->group[group].owner != player) {
            weight *= step == 0;
            continue;
        }
        weight *= step >= low && (step <= 1 || lifted) ? quadrature(group, l) : 0;
    }
    return weight;
}

/* A logit response of enforcer `own` to the other's choice q, values by [move of the first][of the
 * second]. */
static void respond(double *p, int own, int n, int others, const double *w, double v[][ALL],
                    const double *q, double scale)
{
    double u[MOST_MOVES], top = -INFINITY, sum = 0;
    for (int a = 0; a < n; a++) {
        u[a] = 0;
        for (int b = 0; b < others; b++)
            u[a] += q[b] * v[own ? b * n + a : a * others + b][FUL_E + own];
        top = fmax(top, u[a]);
    }
    for (int a = 0; a < n; a++)
        sum += p[a] = w[a] * exp(scale * lambda(FUL_E + own) * (u[a] - top));
    for (int a = 0; a < n; a++)
        p[a] /= sum;
}

/* Two enforcers at once: each answers the other, half-way, again and again, while the precision
 * grows from nothing in steps too short to lose the way. */
static void together(double out[ALL], at now)
{
    double v[MOST_MOVES][ALL], w[2][MOST_MOVES], p[2][MOST_MOVES], answer[2][MOST_MOVES];
    int n[2] = {0, 0}, to[2][MOST_MOVES];
    for (int own = 0; own < 2; own++)
        for (int e = 0; e < joint_levels(&s->data); e++) {
            const double weight =
                reachable(now.e, e, FUL_E + own, now.stage == FUL_STAGE_RESTARTED);
            if (weight > 0) {
                w[own][n[own]] = weight;
                p[own][n[own]] = 0;
                to[own][n[own]++] = e - now.e;
            }
        }
    for (int a = 0; a < n[0]; a++)
        for (int b = 0; b < n[1]; b++) {
            at next = now;
            next.e += to[0][a] + to[1][b];
            period(v[a * n[1] + b], next);
        }
    for (int round = 0; round < ROUNDS; round++)
        for (int own = 0; own < 2; own++) {
            const double scale = fmin(1, (double)round / (ROUNDS / 2));
            respond(answer[own], own, n[own], n[!own], w[own], v, p[!own], scale);
            for (int a = 0; a < n[own]; a++)
                p[own][a] = (p[own][a] + answer[own][a]) / 2;
        }
    memset(out, 0, ALL * sizeof *out);
    for (int a = 0; a < n[0]; a++)
        for (int b = 0; b < n[1]; b++)
            for (int i = 0; i < ALL; i++)
                out[i] += p[0][a] * p[1][b] * v[a * n[1] + b][i];
}

/* The enforcers from the `turn`th in order on; then the period. */
static void enforcer(double out[ALL], at now, int turn)
{
    double v[MOST_MOVES][ALL], w[MOST_MOVES];
    int n = 0;
    if (now.hidden || now.settled || turn == enforcers()) {
        period(out, now);
        return;
    }
    if (s->data.simultaneous && enforcers() == 2) {
        together(out, now);
        return;
    }
    const int player = s->data.order ? s->data.order[turn] : FUL_E + turn;
    for (int e = 0; e < joint_levels(&s->data); e++) {
        at next = now;
        next.e = e;
        w[n] = reachable(now.e, e, player, now.stage == FUL_STAGE_RESTARTED);
        if (w[n] > 0)
            enforcer(v[n++], next, turn + 1);
    }
    mix(out, n, w, v, player);
}

/* ---- S --------------------------------------------------------------------------------------- */

static double withdrawal(at now)
{
    double cost = 0;
    for (int l = 0; l < s->data.levers; l++) {
        const ful_lever *lever = s->lever + l;
        const int does = met(now.e, lever->enforcer);
        const int free = lever->standing || now.t >= lever->duration ||
                         (lever->contract == FUL_CONTRACT_ENFORCEMENT && !does) ||
                         (lever->contract == FUL_CONTRACT_PENALTY && does);
        cost += free ? 0 : lever->withdrawal;
    }
    return now.stage == FUL_STAGE_RESTARTED ? 0 : cost;
}

static void sender(double out[ALL], at now)
{
    static const double equal[] = {1, 1, 1, 1};
    const int accommodates = seems_to_accommodate(now);
    double v[4][ALL];
    int n = 0;
    for (int withdraw = 0; withdraw <= (now.x && now.t > 0); withdraw++)
        for (int grant = 0; grant <= accommodates; grant++, n++) {
            at next = now;
            next.x = now.x && !withdraw;
            next.relief = grant ? (now.stage == FUL_STAGE_FROZEN ? 1 : 2) : 0;
            enforcer(v[n], next, 0);
            v[n][FUL_S] -= withdraw ? withdrawal(now) : 0;
            if (accommodates && (withdraw || !grant))
                add_lumps(v[n], FUL_TERM_AUDIENCE);
        }
    mix(out, n, equal, v, FUL_S);
}

static void value(double out[ALL], at now)
{
    double kept[ALL], fallen[ALL];
    if (now.t == s->data.horizon) {
        at_horizon(out, now);
        return;
    }
    if (now.hidden || now.settled) {
        enforcer(out, now, 0);
        return;
    }
    sender(kept, now);
    memcpy(out, kept, sizeof kept);
    if (!now.x || now.t == 0)
        return;
    const double falls = (1 - exp(-P()->turnover / 2)) * P()->turnover_withdraws;
    now.x = 0;
    sender(fallen, now);
    for (int i = 0; i < ALL; i++)
        out[i] = (1 - falls) * kept[i] + falls * fallen[i];
}

/* ---- slack ----------------------------------------------------------------------------------- */

/* A player's best where it meets the contract less its best elsewhere, over its grid, at its first
 * node; those before it in order move as they do, S has had no move. */
static double slack(at now, int turn, int player)
{
    const int mover = s->data.order ? s->data.order[turn] : FUL_E + turn;
    const int joint = joint_levels(&s->data);
    double v[MOST_MOVES][ALL], of[MOST_MOVES], best[2] = {-INFINITY, -INFINITY}, sum = 0, top = 0;
    double total = 0;
    for (int e = 0; e < joint; e++) {
        int same = 1;
        at next = now;
        next.e = e;
        for (int group = 0; group < s->data.groups; group++)
            same &= s->group[group].owner == mover ||
                    level_index(&s->data, e, group) == level_index(&s->data, now.e, group);
        if (!same)
            continue;
        enforcer(v[0], next, turn + 1);
        best[met(e, player)] = fmax(best[met(e, player)], v[0][player]);
    }
    if (mover == player)
        return best[1] - best[0];
    for (int e = 0, n = 0; e < joint; e++) {
        const double w = reachable(now.e, e, mover, now.stage == FUL_STAGE_RESTARTED);
        at next = now;
        next.e = e;
        if (!(w > 0))
            continue;
        enforcer(v[n], next, turn + 1);
        top = n ? top : v[n][mover];
        of[n] = w * exp(lambda(mover) * (v[n][mover] - top));
        sum += of[n];
        total += of[n] * slack(next, turn + 1, player);
        n++;
    }
    return total / sum;
}

/* ---- comparison ------------------------------------------------------------------------------ */

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static void expect_same(const instance *of)
{
    double v[ALL], annuity = 0;
    s = of;
    const ful_bargain_data *data = &of->data;
    at now = {.stage = (int)data->start_stage, .z = data->start_stress,
              .k = data->start_adaptation, .c = data->start_capability, .x = on_offer(0),
              .e = start_joint(data)};
    now.step = data->start_stage == FUL_STAGE_DISMANTLING;
    value(v, now);
    const ful_bargain_report r = report_of(of, 1);
    for (int i = 0; i < data->players; i++)
        ful_near(r.value[i], v[i], 1e-11, 1e-11);
    for (int group = 0; group < data->groups; group++)
        ful_near(r.enforcement[group], v[LEVEL + group] / v[ALIVE], 0, 1e-12);
    for (int k = 0; k < enforcers(); k++) {
        const double *conduct = v + CONDUCT + k * CONDUCTS;
        ful_near(r.enforcer[k].mean, conduct[MEAN] / v[ALIVE], 0, 1e-12);
        ful_near(r.enforcer[k].armed, ratio(conduct[ARMED_MEAN], v[ARMED]), 0, 1e-12);
        ful_near(r.enforcer[k].enforces, ratio(conduct[ARMED_MET], v[ARMED]), 0, 1e-12);
        ful_near(r.enforcer[k].adopted, conduct[ADOPTED], 0, 1e-12);
        if (!seems_to_accommodate(now) && !data->simultaneous)
            ful_near(r.enforcer[k].slack, slack(now, 0, FUL_E + k), 1e-10, 1e-11);
    }
    ful_near(r.target_income, v[INCOME] / v[ALIVE], 1e-12, 0);
    for (int t = 0; t < data->horizon; t++)
        annuity += data->dt * pow(d(FUL_S), t);
    ful_near(r.sender_cost, v[COST] / annuity, 1e-12, 1e-15);
}

static void the_solver_follows_the_rules_from_every_stage(void **state)
{
    (void)state;
    static const sizes small[] = {
        {.horizon = 2, .groups = 2, .levels = 2, .stress = 3, .adaptation = 2, .dismantle = 1,
         .settle = 1, .levers = 4, .capability = 3},
        {.horizon = 3, .groups = 1, .levels = 2, .stress = 2, .adaptation = 2, .dismantle = 2,
         .settle = 1, .levers = 6},
        {.horizon = 2, .groups = 1, .levels = 4, .stress = 2, .adaptation = 2, .dismantle = 1,
         .settle = 2, .levers = 0, .capability = 2},
        {.horizon = 4, .groups = 1, .levels = 2, .stress = 1, .adaptation = 1, .dismantle = 1,
         .settle = 2, .levers = 1, .capability = 2},
    };
    for (uint64_t k = 0; k < 40; k++) {
        instance of;
        draw_instance(&of, 5000 + k, small[k % 4]);
        of.data.start_stage = (ful_stage)(k / 4 % 5);
        of.data.start_stress = small[k % 4].stress / 2;
        of.data.start_capability = of.data.capability_steps / 2;
        for (int l = 0; l < of.data.levers && k % 2; l++)
            of.lever[l].duration = 1 + l;
        expect_same(&of);
    }
}

static void moves_that_a_case_leaves_out_are_never_made(void **state)
{
    (void)state;
    static const sizes small = {.horizon = 3, .groups = 1, .levels = 2, .stress = 1,
                                .adaptation = 1, .dismantle = 1, .settle = 1, .levers = 2,
                                .capability = 2};
    for (int moves = 0; moves <= FUL_MOVES_ALL; moves++) {
        instance of;
        draw_instance(&of, 5100 + (uint64_t)moves, small);
        of.data.moves = moves;
        of.data.start_stage = (ful_stage)(moves % 5);
        expect_same(&of);
    }
}

static void several_enforcers_move_in_the_order_that_is_declared(void **state)
{
    (void)state;
    static const int backwards[] = {SECOND, FUL_E};
    static const sizes small[] = {
        {.horizon = 2, .groups = 1, .levels = 2, .stress = 1, .adaptation = 2, .dismantle = 1,
         .settle = 1, .levers = 6, .capability = 2, .second = 1, .adoption = 1},
        {.horizon = 1, .groups = 2, .levels = 3, .stress = 2, .adaptation = 1, .dismantle = 1,
         .settle = 1, .levers = 6, .second = 1},
        {.horizon = 2, .groups = 1, .levels = 3, .stress = 1, .adaptation = 1, .dismantle = 1,
         .settle = 1, .levers = 5, .second = 1},
        {.horizon = 3, .groups = 1, .levels = 2, .stress = 1, .adaptation = 1, .dismantle = 1,
         .settle = 1, .levers = 6, .adoption = 1},
    };
    for (uint64_t k = 0; k < 32; k++) {
        instance of;
        draw_instance(&of, 5200 + k, small[k % 4]);
        of.data.start_stage = (ful_stage)(k / 4 % 5);
        if (k % 8 >= 4 && of.data.players > SECOND)
            of.data.order = backwards;
        expect_same(&of);
    }
}

static void enforcers_that_move_at_once_answer_each_other(void **state)
{
    (void)state;
    static const sizes small[] = {
        {.horizon = 2, .groups = 1, .levels = 2, .stress = 1, .adaptation = 1, .dismantle = 1,
         .settle = 1, .levers = 6, .second = 1},
        {.horizon = 1, .groups = 1, .levels = 3, .stress = 2, .adaptation = 1, .dismantle = 1,
         .settle = 1, .levers = 5, .second = 1, .adoption = 1},
    };
    for (uint64_t k = 0; k < 16; k++) {
        instance of;
        draw_instance(&of, 5300 + k, small[k % 2]);
        of.data.start_stage = (ful_stage)(k / 2 % 5);
        of.data.simultaneous = 1;
        expect_same(&of);
        assert_true(report_of(&of, 1).residual < 1e-12);
    }
}

/* Nobody is there to move at the same time. */
static void one_enforcer_alone_moves_at_once_as_in_order(void **state)
{
    (void)state;
    static const sizes alone = {.horizon = 3, .groups = 2, .levels = 3, .stress = 2,
                                .adaptation = 2, .dismantle = 1, .settle = 1, .levers = 4,
                                .capability = 2, .adoption = 1};
    for (uint64_t k = 0; k < 5; k++) {
        instance of;
        draw_instance(&of, 5400 + k, alone);
        const ful_bargain_report a = report_of(&of, 1);
        of.data.simultaneous = 1;
        const ful_bargain_report b = report_of(&of, 1);
        for (int i = 0; i < of.data.players; i++)
            ful_near(b.value[i], a.value[i], 1e-11, 1e-11);
        ful_near(b.frozen, a.frozen, 0, 1e-11);
        ful_near(b.enforcer[0].mean, a.enforcer[0].mean, 0, 1e-11);
        ful_near(b.enforcer[0].adopted, a.enforcer[0].adopted, 0, 1e-11);
        ful_near(b.enforcer[0].first_move, a.enforcer[0].first_move, 0, 1e-11);
        ful_near(b.enforcer[0].slack, a.enforcer[0].slack, 1e-10, 1e-11);
        ful_near(b.snap_back.probability, a.snap_back.probability, 0, 1e-11);
        assert_true(b.residual < 1e-12);
    }
}

static void incomes_may_change_from_period_to_period(void **state)
{
    (void)state;
    static const sizes small[] = {
        {.horizon = 4, .groups = 1, .levels = 2, .stress = 2, .adaptation = 2, .dismantle = 1,
         .settle = 1, .levers = 2},
        {.horizon = 3, .groups = 1, .levels = 2, .stress = 3, .adaptation = 1, .dismantle = 2,
         .settle = 2, .levers = 0, .capability = 2},
        {.horizon = 2, .groups = 1, .levels = 2, .stress = 2, .adaptation = 2, .dismantle = 1,
         .settle = 1, .levers = 3, .second = 1, .adoption = 1},
    };
    for (uint64_t k = 0; k < 24; k++) {
        instance of;
        draw_instance(&of, 5500 + k, small[k % 3]);
        draw_tables(&of, 2 + (int)(k % 2));
        of.data.start_stage = (ful_stage)(k / 3 % 5);
        of.data.simultaneous = k % 4 == 3;
        expect_same(&of);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_solver_follows_the_rules_from_every_stage),
        cmocka_unit_test(moves_that_a_case_leaves_out_are_never_made),
        cmocka_unit_test(several_enforcers_move_in_the_order_that_is_declared),
        cmocka_unit_test(enforcers_that_move_at_once_answer_each_other),
        cmocka_unit_test(one_enforcer_alone_moves_at_once_as_in_order),
        cmocka_unit_test(incomes_may_change_from_period_to_period),
    };
    return cmocka_run_group_tests_name("game bargain rules", tests, NULL, NULL);
}
