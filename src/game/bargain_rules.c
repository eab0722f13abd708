/* SPDX-License-Identifier: MIT */
/* Who may do what, and where it leads. */
#include "game/bargain_internal.h"

/* ---- stages ---------------------------------------------------------------------------------- */

static void add_sub(ful_bargain *g, ful__sub sub)
{
    const int d = g->dismantle;
    const int rows[] = {0, 1, 2, 2, 0};
    sub.accommodates = sub.stage == FUL_STAGE_FROZEN || sub.stage == FUL_STAGE_DISMANTLING ||
                       sub.stage == FUL_STAGE_DISMANTLED || sub.hidden;
    if (!sub.hidden)
        sub.relief = sub.delivered ? rows[sub.stage] : 0;
    switch (sub.stage) {
    case FUL_STAGE_FROZEN:
        sub.g = g->p.g_frozen;
        break;
    case FUL_STAGE_DISMANTLING:
        sub.g = g->p.g_frozen * (d + 1 - sub.step) / (d + 1);
        break;
    case FUL_STAGE_DISMANTLED:
        sub.g = 0;
        break;
    default:
        sub.g = 1;
    }
    g->sub[g->subs++] = sub;
}

void ful__make_subs(ful_bargain *g)
{
    g->subs = 0;
    add_sub(g, (ful__sub){.stage = FUL_STAGE_ARMED});
    for (int r = 0; r < 2; r++)
        add_sub(g, (ful__sub){.stage = FUL_STAGE_FROZEN, .delivered = r});
    for (int j = 1; j <= g->dismantle; j++)
        for (int r = 0; r < 2; r++)
            add_sub(g, (ful__sub){.stage = FUL_STAGE_DISMANTLING, .step = j, .delivered = r});
    for (int j = 0; j < g->settle; j++)
        for (int r = 0; r < 2; r++)
            add_sub(g, (ful__sub){.stage = FUL_STAGE_DISMANTLED, .step = j, .delivered = r});
    add_sub(g, (ful__sub){
                   .stage = FUL_STAGE_DISMANTLED, .step = g->settle, .delivered = 1, .settled = 1});
    add_sub(g, (ful__sub){.stage = FUL_STAGE_RESTARTED});
    for (int relief = 0; relief < RELIEFS; relief++)
        add_sub(g, (ful__sub){.stage = FUL_STAGE_RESTARTED, .hidden = 1, .relief = relief});
}

/* In the order of ful__make_subs. */
int ful__find_sub(const ful_bargain *g, ful_stage stage, int step, int delivered)
{
    const int frozen = 1, dismantling = frozen + 2, dismantled = dismantling + 2 * g->dismantle;
    const int settled = dismantled + 2 * g->settle;
    switch (stage) {
    case FUL_STAGE_FROZEN:
        return frozen + delivered;
    case FUL_STAGE_DISMANTLING:
        return dismantling + 2 * (step - 1) + delivered;
    case FUL_STAGE_DISMANTLED:
        return step < g->settle ? dismantled + 2 * step + delivered : settled;
    case FUL_STAGE_RESTARTED:
        return settled + 1;
    default:
        return 0;
    }
}

int ful__hidden_sub(const ful_bargain *g, int relief)
{
    return g->subs - RELIEFS + relief;
}

/* Where S decides on relief anew, the last decision no longer matters. */
int ful__arrive(const ful_bargain *g, int t, int sub)
{
    const ful__sub *s = g->sub + sub;
    if (s->delivered && !s->settled && t < g->H && ful__decides(g, t))
        return ful__find_sub(g, s->stage, s->step, 0);
    return sub;
}

int ful__stands(const ful_bargain *g, int t, int x)
{
    return x && g->stands[t];
}

int ful__capability(const ful_bargain *g, int t, int sub, int c)
{
    if (!ful__half_year_ends(g, t))
        return c;
    switch (g->sub[sub].stage) {
    case FUL_STAGE_ARMED:
    case FUL_STAGE_RESTARTED:
        return c + 1 < g->C ? c + 1 : c;
    case FUL_STAGE_DISMANTLING:
        return c > 0 ? c - 1 : c;
    default:
        return c;
    }
}

/* ---- menus ----------------------------------------------------------------------------------- */

/* A hidden restart gives S nothing to decide on, and a settled target asks for nothing. */
int ful__sender_decides(const ful_bargain *g, int t, int sub)
{
    return ful__decides(g, t) && !g->sub[sub].hidden && !g->sub[sub].settled;
}

int ful__may_fall(const ful_bargain *g, const ful__at *at)
{
    return at->x && at->t > 0 && g->turnover != 0 && ful__sender_decides(g, at->t, at->sub);
}

/* The package is a decision at the start; from then on S keeps or withdraws it. While T to all
 * appearances accommodates, S also grants or withholds relief. */
int ful__sender_menu(ful__sender_move move[4], const ful_bargain *g, int t, int sub, int x)
{
    static const char *const name[3][3] = {{"keep", "keep, grant", "keep, withhold"},
                                           {"withdraw", "withdraw, grant", "withdraw, withhold"},
                                           {"wait", "grant", "withhold"}};
    const ful__sub *s = g->sub + sub;
    if (!ful__sender_decides(g, t, sub)) {
        move[0] = (ful__sender_move){.name = "carry on", .sub = sub, .x = x, .lump = FUL__NO_LUMP};
        return 1;
    }
    int n = 0;
    for (int withdraws = 0; withdraws <= (x && t > 0); withdraws++)
        for (int relief = s->accommodates; relief >= 0; relief--) {
            const int with = s->accommodates ? 2 - relief : 0;
            const int honours = !withdraws && relief == s->accommodates;
            move[n++] = (ful__sender_move){
                .name = name[x ? withdraws : 2][with],
                .sub = s->accommodates ? ful__find_sub(g, s->stage, s->step, relief) : sub,
                .x = x && !withdraws,
                .withdraws = withdraws,
                .honours = honours,
                .lump = s->accommodates && !honours ? FUL__BREAKS_WORD : FUL__NO_LUMP,
            };
        }
    return n;
}

/* One more period dismantled, with S keeping its word. */
static int settling(const ful_bargain *g, int t, int sub, int x)
{
    const ful__sub *s = g->sub + sub;
    if (!s->delivered || (g->stands[t] && !x))
        return sub;
    return ful__find_sub(g, s->stage, s->step + 1, 1);
}

static int after_dismantling(const ful_bargain *g, const ful__sub *s, int r)
{
    return s->step < g->dismantle ? ful__find_sub(g, FUL_STAGE_DISMANTLING, s->step + 1, r)
                                  : ful__find_sub(g, FUL_STAGE_DISMANTLED, 0, r);
}

/* A menu being written: moves that a case leaves out do not enter. */
typedef struct menu {
    const ful_bargain *g;
    ful__target_move *move;
    int n, accommodating[3];
} menu;

static void offer(menu *m, int allowed, const char *name, int next, int lump, int accommodating)
{
    if (!allowed)
        return;
    m->move[m->n] = (ful__target_move){.name = name, .next = next, .lump = lump};
    m->accommodating[m->n++] = accommodating;
}

/* One half of the menu weight lies on accommodating moves, one half on the others, split equally.
 */
static int weigh(menu *m)
{
    int count[2] = {0, 0};
    for (int a = 0; a < m->n; a++)
        count[m->accommodating[a]]++;
    for (int a = 0; a < m->n; a++)
        m->move[a].weight = (count[0] && count[1] ? .5 : 1) / count[m->accommodating[a]];
    return m->n;
}

/* A restart, and the holding of a hidden one, may be detected as soon as T has moved. */
int ful__target_menu(ful__target_move move[3], const ful_bargain *g, int t, int sub, int x)
{
    const ful__sub *s = g->sub + sub;
    menu m = {.g = g, .move = move};
    if (!ful__half_year_ends(g, t) || s->settled) {
        offer(&m, 1, "carry on", sub, FUL__NO_LUMP, 0);
        return weigh(&m);
    }
    const int r = s->hidden ? s->relief > 0 : s->delivered;
    const int frozen = ful__find_sub(g, FUL_STAGE_FROZEN, 0, r);
    const int first = ful__find_sub(g, FUL_STAGE_DISMANTLING, 1, r);
    const int freeze = g->moves & FUL_MOVE_FREEZE, dismantle = g->moves & FUL_MOVE_DISMANTLE;
    const int pause = g->moves & FUL_MOVE_PAUSE, restart = g->moves & FUL_MOVE_RESTART;
    switch (s->stage) {
    case FUL_STAGE_ARMED:
        offer(&m, 1, "hold", sub, FUL__NO_LUMP, 0);
        offer(&m, freeze, "freeze", frozen, FUL__NO_LUMP, 1);
        offer(&m, dismantle, "dismantle", first, FUL__NO_LUMP, 1);
        break;
    case FUL_STAGE_FROZEN:
        offer(&m, 1, "stay", sub, FUL__NO_LUMP, 1);
        offer(&m, dismantle, "dismantle", first, FUL__NO_LUMP, 1);
        offer(&m, restart, "restart", RESTARTING, FUL__RESTARTS, 0);
        break;
    case FUL_STAGE_DISMANTLING:
        offer(&m, 1, "continue", after_dismantling(g, s, r), FUL__DISMANTLES, 1);
        offer(&m, pause, "pause", sub, FUL__NO_LUMP, 1);
        offer(&m, restart, "restart", RESTARTING, FUL__RESTARTS, 0);
        break;
    case FUL_STAGE_DISMANTLED:
        offer(&m, 1, "stay", settling(g, t, sub, x), FUL__NO_LUMP, 1);
        offer(&m, restart, "restart", RESTARTING, FUL__RESTARTS, 0);
        break;
    default:
        offer(&m, 1, "hold", s->hidden ? RESTARTING : sub, FUL__NO_LUMP, 0);
        offer(&m, freeze, "freeze", frozen, FUL__NO_LUMP, 1);
    }
    return weigh(&m);
}

int ful__has_choice(const ful_bargain *g, int enforcer)
{
    int choice = 0;
    for (int group = 0; group < g->G; group++)
        choice |= g->owner[group] == enforcer && g->levels[group] > 1;
    return choice;
}

int ful__enforcers_move(const ful_bargain *g, int t, int sub)
{
    return g->movers > 0 && ful__decides(g, t) && !g->sub[sub].hidden && !g->sub[sub].settled;
}

int ful__conduct_rows(const ful_bargain *g, int t, int sub)
{
    if (!ful__enforcers_move(g, t, sub))
        return 0;
    return g->simultaneous ? g->enforcers : 2 * g->movers;
}

ful__range ful__reach(const ful_bargain *g, int sub)
{
    const ful__sub *s = g->sub + sub;
    return s->stage == FUL_STAGE_RESTARTED && !s->hidden ? FUL__LIFTED : FUL__STEPS;
}

int ful__window(int *to, const ful_bargain *g, int enforcer, int e, ful__range range)
{
    int count = 1;
    to[0] = e;
    for (int group = 0; group < g->G; group++) {
        const int stride = g->stride[group], top = g->levels[group] - 1;
        const int at = e / stride % g->levels[group], whole = range == FUL__GRID;
        const int falls = at > 0 && !g->adoption[group];
        const int low = whole ? 0 : at - falls;
        const int high = range == FUL__STEPS && at < top ? at + 1 : top;
        if (g->owner[group] != enforcer)
            continue;
        /* each level of this group after the first copies what the earlier groups allow */
        for (int level = high; level >= low; level--)
            for (int k = 0; k < count; k++)
                to[(level - low) * count + k] = to[k] + (level - at) * stride;
        count *= high - low + 1;
    }
    return count;
}

/* ---- chance ---------------------------------------------------------------------------------- */

int ful__may_adapt(const ful_bargain *g, int t, int k)
{
    return ful__half_year_ends(g, t) && k + 1 < g->K && g->may_adapt;
}

ful__drifts ful__may_drift(const ful_bargain *g, int t, int relief, int z, int k)
{
    const int row = ful__economy(g, t, relief, k), now = ful__half_year_ends(g, t);
    return (ful__drifts){
        .rises = now && z + 1 < g->Z && g->may_rise[row],
        .falls = now && z > 0 && g->may_fall[row],
        .adapts = ful__may_adapt(g, t, k),
    };
}

static ful__real *drift_row(const ful_bargain *g, int economy, int z, int dz)
{
    return ROW(g->drift, (economy * g->Z + z) * 3 + dz + 1);
}

const ful__real *ful__drift(const ful_bargain *g, int t, int relief, int z, int k, int dz)
{
    const ful__drifts may = ful__may_drift(g, t, relief, z, k);
    if ((dz > 0 && !may.rises) || (dz < 0 && !may.falls))
        return NULL;
    return ful__half_year_ends(g, t) ? drift_row(g, ful__economy(g, t, relief, k), z, dz)
                                     : g->certain;
}

static void make_drift(ful_bargain *g, int economy, int z)
{
    const double *rise = ROW(g->rise, economy), *fall = ROW(g->fall, economy);
    ful__real *down = drift_row(g, economy, z, -1), *stay = drift_row(g, economy, z, 0);
    ful__real *up = drift_row(g, economy, z, 1);
    for (int e = 0; e < g->E; e++) {
        up[e] = z + 1 < g->Z ? rise[e] : 0;
        down[e] = z > 0 ? fall[e] : 0;
        stay[e] = 1 - up[e] - down[e];
    }
}

void ful__make_drifts(ful_bargain *g)
{
    for (int e = 0; e < g->E; e++)
        g->certain[e] = 1;
    for (int economy = 0; economy < ful__economies(g); economy++)
        for (int z = 0; z < g->Z; z++)
            make_drift(g, economy, z);
}

/* ---- reachable nodes ------------------------------------------------------------------------- */

static int *mark_of(const ful_bargain *g, int *table, int t, int sub, int z, int k, int c, int x)
{
    return table + (size_t)t * (size_t)g->nodes + (size_t)ful__node(g, sub, z, k, c, x);
}

/* The nodes of period t that a table marks, in turn: the first from `node` on. */
static int next_marked(ful__at *at, const ful_bargain *g, const int *table, int t, int node)
{
    table += (size_t)t * (size_t)g->nodes;
    while (node < g->nodes && table[node] < 0)
        node++;
    *at = (ful__at){.t = (short)t,
                    .sub = (short)(node / (g->Z * g->K * g->C * 2)),
                    .z = (short)(node / (g->K * g->C * 2) % g->Z),
                    .k = (short)(node / (g->C * 2) % g->K),
                    .c = (short)(node / 2 % g->C),
                    .x = (short)(node % 2)};
    return node;
}

static void mark_next(const ful_bargain *g, const ful__at *at)
{
    const int t = at->t, relief = g->sub[at->sub].relief;
    const ful__drifts may = ful__may_drift(g, t, relief, at->z, at->k);
    const int x_next = ful__stands(g, t + 1, at->x);
    const int c_next = ful__capability(g, t, at->sub, at->c);
    ful__target_move move[3];
    const int n = ful__target_menu(move, g, t, at->sub, at->x);
    for (int a = 0; a < n; a++) {
        const int restarting = move[a].next == RESTARTING;
        int to[2] = {move[a].next, move[a].next};
        if (restarting) {
            to[0] = ful__find_sub(g, FUL_STAGE_RESTARTED, 0, 0);
            to[1] = ful__hidden_sub(g, relief);
        }
        for (int b = 0; b <= restarting; b++)
            for (int z = at->z - may.falls; z <= at->z + may.rises; z++)
                for (int k = at->k; k <= at->k + may.adapts; k++)
                    *mark_of(g, g->pre_at, t + 1, ful__arrive(g, t + 1, to[b]), z, k, c_next,
                             x_next) = 0;
    }
}

static void mark_decided(const ful_bargain *g, const ful__at *at)
{
    ful__sender_move move[4];
    const int n = ful__sender_menu(move, g, at->t, at->sub, at->x);
    for (int a = 0; a < n; a++)
        *mark_of(g, g->post_at, at->t, move[a].sub, at->z, at->k, at->c, move[a].x) = 0;
}

static void mark_period(const ful_bargain *g, int t)
{
    ful__at at;
    for (int n = 0; (n = next_marked(&at, g, g->pre_at, t, n)) < g->nodes; n++)
        if (ful__may_fall(g, &at))
            *mark_of(g, g->pre_at, t, at.sub, at.z, at.k, at.c, 0) = 0;
    for (int n = 0; (n = next_marked(&at, g, g->pre_at, t, n)) < g->nodes; n++)
        mark_decided(g, &at);
    for (int n = 0; (n = next_marked(&at, g, g->post_at, t, n)) < g->nodes; n++)
        mark_next(g, &at);
}

/* Rows of policies that a node's own choice takes. */
static int choices(int moves)
{
    return moves > 1 ? moves : 0;
}

static void add_pre(ful_bargain *g, ful__at at, int *count)
{
    int *mark = mark_of(g, g->pre_at, at.t, at.sub, at.z, at.k, at.c, at.x);
    ful__sender_move move[4];
    if (*mark < 0)
        return;
    at.number = *mark = *count;
    at.choice = g->policies;
    g->policies += at.t < g->H ? choices(ful__sender_menu(move, g, at.t, at.sub, at.x)) : 0;
    g->pre[(*count)++] = at;
}

static void add_post(ful_bargain *g, ful__at at, int *count)
{
    int *mark = mark_of(g, g->post_at, at.t, at.sub, at.z, at.k, at.c, at.x);
    ful__target_move move[3];
    if (*mark < 0)
        return;
    at.number = *mark = *count;
    at.choice = g->policies;
    at.conduct = at.choice + choices(ful__target_menu(move, g, at.t, at.sub, at.x));
    g->policies = at.conduct + ful__conduct_rows(g, at.t, at.sub);
    g->post[(*count)++] = at;
}

static void list_pre(ful_bargain *g, ful__at at, int *count)
{
    for (at.sub = 0; at.sub < g->subs; at.sub++)
        for (at.c = 0; at.c < g->C; at.c++)
            add_pre(g, at, count);
}

/* Side by side what has the same relief and will have the same capability. */
static void list_post(ful_bargain *g, ful__at at, int *count)
{
    for (int next = 0; next < g->C; next++)
        for (int relief = 0; relief < RELIEFS; relief++)
            for (at.sub = 0; at.sub < g->subs; at.sub++)
                for (at.c = 0; at.c < g->C; at.c++)
                    if (g->sub[at.sub].relief == relief &&
                        ful__capability(g, at.t, at.sub, at.c) == next)
                        add_post(g, at, count);
}

int ful__same_future(const ful_bargain *g, const ful__at *a, const ful__at *b)
{
    return a->z == b->z && a->k == b->k && a->x == b->x &&
           g->sub[a->sub].relief == g->sub[b->sub].relief &&
           ful__capability(g, a->t, a->sub, a->c) == ful__capability(g, b->t, b->sub, b->c);
}

/* Number the nodes block by block; at the horizon there are none after S's move. */
static void list_nodes(ful_bargain *g)
{
    int pres = 0, posts = 0;
    for (int block = 0; block < ful__block(g, 2, 0, 0, 0); block++) {
        const ful__at at = {.x = (short)(block / (g->K * g->Z * (g->H + 1))),
                            .t = (short)(block / (g->K * g->Z) % (g->H + 1)),
                            .z = (short)(block / g->K % g->Z),
                            .k = (short)(block % g->K)};
        g->first_pre[block] = pres;
        g->first_post[block] = posts;
        list_pre(g, at, &pres);
        if (at.t < g->H)
            list_post(g, at, &posts);
    }
    g->first_pre[ful__block(g, 2, 0, 0, 0)] = pres;
    g->first_post[ful__block(g, 2, 0, 0, 0)] = posts;
}

static int most(const int *first, int steps, int step)
{
    int largest = 0;
    for (int k = 0; k < steps; k++) {
        const int count = first[(k + 1) * step] - first[k * step];
        largest = count > largest ? count : largest;
    }
    return largest;
}

void ful__mark_reachable(ful_bargain *g)
{
    const size_t nodes = (size_t)g->nodes;
    const int blocks = g->Z * g->K, periods = g->H + 1;
    for (size_t n = 0; n < (size_t)periods * nodes; n++)
        g->pre_at[n] = -1;
    for (size_t n = 0; n < (size_t)g->H * nodes; n++)
        g->post_at[n] = -1;
    *mark_of(g, g->pre_at, 0, g->start_sub, g->start_z, g->start_k, g->start_c,
             ful__stands(g, 0, 1)) = 0;
    for (int t = 0; t < g->H; t++)
        mark_period(g, t);
    list_nodes(g);
    for (int x = 0; x < 2; x++) {
        const int first = ful__block(g, x, 0, 0, 0);
        g->most_pre[x] = most(g->first_pre + first, periods, blocks);
        g->most_post[x] = most(g->first_post + first, periods * blocks, 1);
    }
}
