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
    case FUL_STAGE_ARMED:
    case FUL_STAGE_RESTARTED:
        sub.g = 1;
        break;
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

int ful__find_sub(const ful_bargain *g, ful_stage stage, int step, int delivered)
{
    for (int s = 0; s < g->subs; s++)
        if (g->sub[s].stage == stage && g->sub[s].step == step &&
            g->sub[s].delivered == delivered && !g->sub[s].hidden)
            return s;
    return -1;
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
    return x && g->terms[t].stands;
}

/* ---- menus ----------------------------------------------------------------------------------- */

/* The package is a decision at the start; from then on S keeps or withdraws it. While T to all
 * appearances accommodates, S also grants or withholds relief. */
int ful__sender_menu(ful__sender_move move[4], const ful_bargain *g, int t, int sub, int x)
{
    static const char *const name[3][3] = {{"keep", "keep, grant", "keep, withhold"},
                                           {"withdraw", "withdraw, grant", "withdraw, withhold"},
                                           {"wait", "grant", "withhold"}};
    const ful__sub *s = g->sub + sub;
    if (!ful__decides(g, t) || s->hidden || s->settled) {
        move[0] = (ful__sender_move){.name = "carry on", .sub = sub, .x = x};
        return 1;
    }
    int n = 0;
    for (int withdraws = 0; withdraws <= (x && t > 0); withdraws++)
        for (int relief = s->accommodates; relief >= 0; relief--) {
            const int with = s->accommodates ? 2 - relief : 0;
            move[n++] = (ful__sender_move){
                .name = name[x ? withdraws : 2][with],
                .sub = s->accommodates ? ful__find_sub(g, s->stage, s->step, relief) : sub,
                .x = x && !withdraws,
                .withdraws = withdraws,
                .honours = !withdraws && relief == s->accommodates,
            };
        }
    return n;
}

/* One more period dismantled, with S keeping its word. */
static int settling(const ful_bargain *g, int t, int sub, int x)
{
    const ful__sub *s = g->sub + sub;
    if (!s->delivered || (g->terms[t].stands && !x))
        return sub;
    return ful__find_sub(g, s->stage, s->step + 1, 1);
}

/* One half of the menu weight lies on accommodating moves, one half on the others, split equally.
 * A restart, and the holding of a hidden one, may be detected as soon as T has moved. */
int ful__target_menu(ful__target_move move[3], const ful_bargain *g, int t, int sub, int x)
{
    const ful__sub *s = g->sub + sub;
    const double gain = g->p.restart_gain, step = -g->p.dismantling;
    if (!ful__half_year_ends(g, t) || s->settled) {
        move[0] = (ful__target_move){"carry on", sub, 0, 1};
        return 1;
    }
    const int r = s->hidden ? s->relief > 0 : s->delivered;
    const int frozen = ful__find_sub(g, FUL_STAGE_FROZEN, 0, r);
    const int first = ful__find_sub(g, FUL_STAGE_DISMANTLING, 1, r);
    switch (s->stage) {
    case FUL_STAGE_ARMED:
        move[0] = (ful__target_move){"hold", sub, 0, .5};
        move[1] = (ful__target_move){"freeze", frozen, 0, .25};
        move[2] = (ful__target_move){"dismantle", first, 0, .25};
        return 3;
    case FUL_STAGE_FROZEN:
        move[0] = (ful__target_move){"stay", sub, 0, .25};
        move[1] = (ful__target_move){"dismantle", first, 0, .25};
        move[2] = (ful__target_move){"restart", RESTARTING, gain, .5};
        return 3;
    case FUL_STAGE_DISMANTLING: {
        const int next = s->step < g->dismantle
                             ? ful__find_sub(g, FUL_STAGE_DISMANTLING, s->step + 1, r)
                             : ful__find_sub(g, FUL_STAGE_DISMANTLED, 0, r);
        move[0] = (ful__target_move){"continue", next, step, .25};
        move[1] = (ful__target_move){"pause", sub, 0, .25};
        move[2] = (ful__target_move){"restart", RESTARTING, gain, .5};
        return 3;
    }
    case FUL_STAGE_DISMANTLED:
        move[0] = (ful__target_move){"stay", settling(g, t, sub, x), 0, .5};
        move[1] = (ful__target_move){"restart", RESTARTING, gain, .5};
        return 2;
    case FUL_STAGE_RESTARTED:
        move[0] = (ful__target_move){"hold", s->hidden ? RESTARTING : sub, 0, .5};
        move[1] = (ful__target_move){"freeze", frozen, 0, .5};
        return 2;
    }
    return 0;
}

int ful__enforcer_moves(const ful_bargain *g, int t, int sub)
{
    return ful__decides(g, t) && !g->sub[sub].hidden && !g->sub[sub].settled;
}

int ful__lifted(const ful_bargain *g, int sub)
{
    return g->sub[sub].stage == FUL_STAGE_RESTARTED && !g->sub[sub].hidden;
}

int ful__window(int *to, const ful_bargain *g, int e, int lifted)
{
    int count = 1, stride = 1, rest = e;
    to[0] = 0;
    for (int group = 0; group < g->G; group++, stride *= g->L) {
        const int at = rest % g->L, low = at > 0 ? at - 1 : 0;
        const int high = lifted || at + 1 >= g->L ? g->L - 1 : at + 1;
        rest /= g->L;
        /* each level of this group after the first copies what the earlier groups allow */
        for (int level = high; level >= low; level--)
            for (int k = 0; k < count; k++)
                to[(level - low) * count + k] = to[k] + level * stride;
        count *= high - low + 1;
    }
    return count;
}

/* ---- chance ---------------------------------------------------------------------------------- */

ful__drifts ful__may_drift(const ful_bargain *g, int t, int relief, int z, int k)
{
    const int row = relief * g->K + k, now = ful__half_year_ends(g, t);
    return (ful__drifts){
        .rises = now && z + 1 < g->Z && g->may_rise[row],
        .falls = now && z > 0 && g->may_fall[row],
        .adapts = now && k + 1 < g->K && g->may_adapt,
    };
}

static size_t drift_row(const ful_bargain *g, int relief, int z, int k, int dz, int dk)
{
    const int block = (relief * g->K + k) * g->Z + z;
    return (size_t)((block * 3 + dz + 1) * 2 + dk) * (size_t)g->E;
}

const double *ful__drift(const ful_bargain *g, int t, int relief, int z, int k, int dz, int dk)
{
    const ful__drifts may = ful__may_drift(g, t, relief, z, k);
    if ((dz > 0 && !may.rises) || (dz < 0 && !may.falls) || (dk > 0 && !may.adapts))
        return NULL;
    return ful__half_year_ends(g, t) ? g->drift + drift_row(g, relief, z, k, dz, dk) : g->certain;
}

static void make_drift(ful_bargain *g, int relief, int z, int k, int dz, int dk)
{
    const ful__drifts may = ful__may_drift(g, g->every - 1, relief, z, k);
    const double *rise = g->rise + ful__row(g, relief, k), *fall = g->fall + ful__row(g, relief, k);
    double *chance = g->drift + drift_row(g, relief, z, k, dz, dk);
    for (int e = 0; e < g->E; e++) {
        const double up = may.rises ? rise[e] : 0, down = may.falls ? fall[e] : 0;
        const double more = may.adapts ? g->adapts[e] : 0;
        chance[e] = (dz > 0 ? up : dz < 0 ? down : 1 - up - down) * (dk > 0 ? more : 1 - more);
    }
}

void ful__make_drifts(ful_bargain *g)
{
    for (int e = 0; e < g->E; e++)
        g->certain[e] = 1;
    for (int relief = 0; relief < RELIEFS; relief++)
        for (int k = 0; k < g->K; k++)
            for (int z = 0; z < g->Z; z++)
                for (int dz = -1; dz <= 1; dz++)
                    for (int dk = 0; dk <= 1; dk++)
                        make_drift(g, relief, z, k, dz, dk);
}

/* ---- reachable nodes ------------------------------------------------------------------------- */

static void mark_next(ful_bargain *g, int t, int sub, int z, int k, int x)
{
    const int relief = g->sub[sub].relief;
    const ful__drifts may = ful__may_drift(g, t, relief, z, k);
    const int x_next = ful__stands(g, t + 1, x);
    ful__target_move move[3];
    int *next = g->pre + (size_t)(t + 1) * (size_t)g->nodes;
    const int n = ful__target_menu(move, g, t, sub, x);
    for (int a = 0; a < n; a++) {
        const int restarting = move[a].next == RESTARTING;
        int to[2] = {move[a].next, move[a].next};
        if (restarting) {
            to[0] = ful__find_sub(g, FUL_STAGE_RESTARTED, 0, 0);
            to[1] = ful__hidden_sub(g, relief);
        }
        for (int b = 0; b <= restarting; b++)
            for (int z_next = z - may.falls; z_next <= z + may.rises; z_next++)
                for (int k_next = k; k_next <= k + may.adapts; k_next++)
                    next[ful__node(g, ful__arrive(g, t + 1, to[b]), z_next, k_next, x_next)] = 0;
    }
}

static void mark_period(ful_bargain *g, int t)
{
    const int *pre = g->pre + (size_t)t * (size_t)g->nodes;
    int *post = g->post + (size_t)t * (size_t)g->nodes;
    for (int sub = 0; sub < g->subs; sub++)
        for (int z = 0; z < g->Z; z++)
            for (int k = 0; k < g->K; k++)
                for (int x = 0; x < 2; x++) {
                    ful__sender_move move[4];
                    if (pre[ful__node(g, sub, z, k, x)] < 0)
                        continue;
                    const int n = ful__sender_menu(move, g, t, sub, x);
                    for (int a = 0; a < n; a++)
                        post[ful__node(g, move[a].sub, z, k, move[a].x)] = 0;
                }
    for (int sub = 0; sub < g->subs; sub++)
        for (int z = 0; z < g->Z; z++)
            for (int k = 0; k < g->K; k++)
                for (int x = 0; x < 2; x++)
                    if (post[ful__node(g, sub, z, k, x)] >= 0)
                        mark_next(g, t, sub, z, k, x);
}

void ful__mark_reachable(ful_bargain *g)
{
    const size_t nodes = (size_t)g->nodes;
    for (size_t n = 0; n < (size_t)(g->H + 1) * nodes; n++)
        g->pre[n] = -1;
    for (size_t n = 0; n < (size_t)g->H * nodes; n++)
        g->post[n] = -1;
    g->pre[ful__node(g, g->start_sub, g->start_z, g->start_k, g->terms[0].stands)] = 0;
    for (int t = 0; t < g->H; t++)
        mark_period(g, t);
    g->pres = g->posts = 0;
    for (size_t n = 0; n < (size_t)(g->H + 1) * nodes; n++)
        if (g->pre[n] >= 0)
            g->pre[n] = g->pres++;
    for (size_t n = 0; n < (size_t)g->H * nodes; n++)
        if (g->post[n] >= 0)
            g->post[n] = g->posts++;
}
