/* SPDX-License-Identifier: MIT */
/*
 * The game's table of incomes where not every node is solved.
 *
 * A circumstance holds fixed the regime, relief, adaptation and what others than the pivotal
 * enforcer enforce or adopt. Within one, incomes are multilinear in warped levels: along each of
 * the pivotal enforcer's parts the warp is the share of the target's loss that a level causes with
 * its other parts at their highest. Pressure is convex in enforcement, and the warp takes up most
 * of that.
 *
 * Another's part is solved at knots: the extremes, and where it starts if the case holds it. It
 * rests there, or at its lowest level; between knots incomes are linear.
 *
 * Mixed: in every circumstance the corners are solved, under pressure the warps too. In the first
 * circumstance, in which all others rest, every node is solved as well, and what the warps miss
 * there is added elsewhere in proportion to the square of the loss. Circumstances in which
 * something held moves are listed last: what comes before them is the same to the bit without them.
 *
 * Sparse: corners without and with the relief of a freeze, each part alone with that of
 * dismantling. Relief is read as less enforcement of the same warp. What others or adaptation
 * change is added to it, less the share that relief gives back. Without pressure, where incomes are
 * nearly linear, only no and full enforcement.
 */
#include "study/payoffs_internal.h"

#include <math.h>
#include <string.h>

#define MAX_MAIN FUL_BARGAIN_MAX_GROUPS
/* A part that moves the target's income by less, in points, has no shape to speak of. */
#define NO_LOSS 1e-9

/* Corners that are solved: all, none with each part alone and all together, or none and all. */
typedef enum shape { CORNERS, STAR, ENDS } shape;

/* A part that is not one of the mains, and the levels at which it is solved: the first is where it
 * rests. */
typedef struct other {
    int part, knots, knot[3];
    int held;
} other;

typedef struct circumstance {
    int pressure, relief, adaptation;
    int knot[FUL_BARGAIN_MAX_GROUPS]; /* of each other */
    shape shape;
    int corner; /* first of its corners among the nodes */
    int axis;   /* first of the nodes along its axes, -1: none */
    double warp[MAX_MAIN][8];
} circumstance;

typedef struct sketch {
    ful_payoffs *f;
    int mains, main[MAX_MAIN]; /* the pivotal enforcer's parts that move */
    int others;
    other other[FUL_BARGAIN_MAX_GROUPS];
    int circumstances;
    circumstance *circumstance;
    int nodes;
    ful__income_node *node;
    int exact; /* first of the nodes of the first circumstance, mixed only */
} sketch;

static const ful_case_game *game_of(const sketch *k)
{
    return &ful_world_situation(k->f->world)->game;
}

/* ---- levels ---- */

/* Levels of all parts at a joint level. */
static void levels_at(int *level, const sketch *k, int joint)
{
    for (int g = 0; g < k->f->parts; joint /= k->f->part[g++].levels)
        level[g] = joint % k->f->part[g].levels;
}

static int others_rest(const sketch *k, const int *level)
{
    int rest = 1;
    for (int o = 0; o < k->others; o++)
        rest &= level[k->other[o].part] == k->other[o].knot[0];
    return rest;
}

/* Number of the mains' levels among the joint levels at which others rest. */
static int main_number(const sketch *k, const int *level)
{
    int number = 0;
    for (int m = k->mains - 1; m >= 0; m--)
        number = number * k->f->part[k->main[m]].levels + level[k->main[m]];
    return number;
}

/* Weight of an other's knot at a level: linear between the knots on either side. */
static double knot_weight(const sketch *k, const other *o, int knot, int level)
{
    const double *value = k->f->part[o->part].level;
    const double at = value[o->knot[knot]], far = value[level] - at;
    double weight = 1;
    for (int q = 0; q < o->knots; q++) {
        const double next = value[o->knot[q]] - at;
        if (next * far > 0)
            weight = fmin(weight, fmax(0, 1 - far / next));
    }
    return weight;
}

/* ---- which nodes ---- */

static void add_knot(other *o, int level)
{
    for (int q = 0; q < o->knots; q++)
        if (o->knot[q] == level)
            return;
    o->knot[o->knots++] = level;
}

static void sort_parts(sketch *k)
{
    for (int g = 0; g < k->f->parts; g++) {
        const ful_enforced *part = &k->f->part[g];
        if (part->owner == FUL_E && !part->adoption && part->levels > 1) {
            k->main[k->mains++] = g;
            continue;
        }
        other *o = &k->other[k->others++];
        *o = (other){.part = g, .held = game_of(k)->part[g].held};
        if (o->held)
            add_knot(o, part->start);
        add_knot(o, 0);
        add_knot(o, part->levels - 1);
    }
}

static int corners_of(const sketch *k, shape kind)
{
    return kind == CORNERS ? 1 << k->mains : kind == STAR ? k->mains + 2 : 2;
}

/* Which mains are at their highest in a corner. */
static unsigned corner_mask(const sketch *k, shape kind, int corner)
{
    const unsigned all = (1u << k->mains) - 1;
    if (kind == CORNERS)
        return (unsigned)corner;
    if (corner == 0)
        return 0;
    return kind == STAR && corner <= k->mains ? 1u << (corner - 1) : all;
}

/* The corner with these mains at their highest, of a shape that has it. */
static int corner_at(const sketch *k, shape kind, unsigned mask)
{
    int corner = 0;
    while (corner_mask(k, kind, corner) != mask)
        corner++;
    return corner;
}

static double highest(const ful_enforced *part)
{
    return part->level[part->levels - 1];
}

static ful__income_node node_of(const sketch *k, const circumstance *c, unsigned mask)
{
    ful__income_node x = {
        .pressure = c->pressure, .relief = c->relief, .adaptation = c->adaptation};
    for (int o = 0; o < k->others; o++) {
        const other *own = &k->other[o];
        x.level[own->part] = k->f->part[own->part].level[own->knot[c->knot[o]]];
    }
    for (int m = 0; m < k->mains; m++) {
        const ful_enforced *part = &k->f->part[k->main[m]];
        x.level[k->main[m]] = mask >> m & 1 ? highest(part) : part->level[0];
    }
    return x;
}

/* Add a circumstance with its nodes; with `axes` those that its own warps need. */
static void add(sketch *k, circumstance c, int axes)
{
    c.shape = k->mains > 0 ? c.shape : CORNERS; /* of which there is one */
    c.corner = k->nodes;
    for (int i = 0; i < corners_of(k, c.shape); i++)
        k->node[k->nodes++] = node_of(k, &c, corner_mask(k, c.shape, i));
    c.axis = axes ? k->nodes : -1;
    for (int m = 0; axes && m < k->mains; m++) {
        const ful_enforced *part = &k->f->part[k->main[m]];
        for (int l = 1; l + 1 < part->levels; l++) {
            k->node[k->nodes] = node_of(k, &c, (1u << k->mains) - 1);
            k->node[k->nodes++].level[k->main[m]] = part->level[l];
        }
    }
    k->circumstance[k->circumstances++] = c;
}

/* Knots of an other that differ: without pressure adoptions have nothing to add to. */
static int knots_of(const sketch *k, int pressure, int o)
{
    return !pressure && k->f->part[k->other[o].part].adoption ? 1 : k->other[o].knots;
}

/* The next choice of knots; 0 after the last one. */
static int next_knots(const sketch *k, circumstance *c)
{
    for (int o = 0; o < k->others; o++) {
        if (++c->knot[o] < knots_of(k, c->pressure, o))
            return 1;
        c->knot[o] = 0;
    }
    return 0;
}

/* Whether something that the case holds does not rest. */
static int moves_held(const sketch *k, const circumstance *c)
{
    int moves = 0;
    for (int o = 0; o < k->others; o++)
        moves |= k->other[o].held && c->knot[o] > 0;
    return moves;
}

/* All circumstances in which what the case holds moves or, with moving 0, rests. */
static void list_circumstances(sketch *k, int moving)
{
    const int K = k->f->steps;
    for (int pressure = 1; pressure >= 0; pressure--)
        for (int r = 0; r < FUL__RELIEFS; r++)
            for (int a = 0; a < K; a++) {
                circumstance c = {.pressure = pressure, .relief = r, .adaptation = a};
                do
                    if (moves_held(k, &c) == moving)
                        add(k, c, pressure);
                while (next_knots(k, &c));
            }
}

static void list_mixed(sketch *k)
{
    int level[FUL_BARGAIN_MAX_GROUPS];
    list_circumstances(k, 0);
    k->exact = k->nodes;
    for (int e = 0; e < k->f->joint; e++) {
        levels_at(level, k, e);
        if (others_rest(k, level))
            k->node[k->nodes++] = ful__income_entry(k->f, 1, e);
    }
    list_circumstances(k, 1);
}

static void list_sparse(sketch *k)
{
    static const shape reliefs[FUL__RELIEFS] = {CORNERS, CORNERS, STAR};
    for (int pressure = 1; pressure >= 0; pressure--) {
        for (int r = 0; r < FUL__RELIEFS; r++)
            add(k,
                (circumstance){
                    .pressure = pressure, .relief = r, .shape = pressure ? reliefs[r] : ENDS},
                pressure && r == 0);
        for (int a = 1; a < k->f->steps; a++)
            add(k, (circumstance){.pressure = pressure, .adaptation = a, .shape = ENDS}, 0);
        for (int o = 0; o < k->others; o++) {
            circumstance c = {.pressure = pressure, .shape = pressure ? STAR : ENDS};
            for (int q = 1; q < knots_of(k, pressure, o); q++) {
                c.knot[o] = q;
                add(k, c, 0);
            }
        }
    }
}

/* ---- between them ---- */

static const double *income_at(const sketch *k, const circumstance *c, unsigned mask)
{
    return k->node[c->corner + corner_at(k, c->shape, mask)].income;
}

/* Where a level lies between the lowest and the highest of its part. */
static double position(const ful_enforced *part, int level)
{
    return (part->level[level] - part->level[0]) / (highest(part) - part->level[0]);
}

static void straight_warps(const sketch *k, circumstance *c)
{
    for (int m = 0; m < k->mains; m++)
        for (int l = 0; l < k->f->part[k->main[m]].levels; l++)
            c->warp[m][l] = position(&k->f->part[k->main[m]], l);
}

/* Warps of a circumstance whose axes are solved. */
static void own_warps(const sketch *k, circumstance *c)
{
    const unsigned all = (1u << k->mains) - 1;
    const ful__income_node *x = &k->node[c->axis];
    straight_warps(k, c);
    for (int m = 0; m < k->mains; m++) {
        const int levels = k->f->part[k->main[m]].levels;
        const double low = income_at(k, c, all ^ 1u << m)[0], high = income_at(k, c, all)[0];
        for (int l = 1; l + 1 < levels; l++, x++)
            if (fabs(high - low) > NO_LOSS)
                c->warp[m][l] = (x->income[0] - low) / (high - low);
    }
}

/* The polynomial through a part's warps, at a place between its levels. */
static double warp_at(const ful_enforced *part, const double *warp, double x)
{
    double sum = 0;
    for (int l = 0; l < part->levels; l++) {
        double weight = warp[l];
        for (int o = 0; o < part->levels; o++)
            if (o != l)
                weight *= (x - position(part, o)) / (position(part, l) - position(part, o));
        sum += weight;
    }
    return sum;
}

/* A common factor on enforcement goes a part of the way along the same warp. */
static void scaled_warps(const sketch *k, circumstance *c, const circumstance *from, double factor)
{
    straight_warps(k, c);
    for (int m = 0; m < k->mains; m++) {
        const ful_enforced *part = &k->f->part[k->main[m]];
        const double whole = warp_at(part, from->warp[m], factor);
        for (int l = 0; fabs(whole) > NO_LOSS && l < part->levels; l++)
            c->warp[m][l] = warp_at(part, from->warp[m], factor * position(part, l)) / whole;
    }
}

static void add_income(double *sum, double weight, const double *income, int columns)
{
    for (int i = 0; i < columns; i++)
        sum[i] += weight * income[i];
}

/* Weights of a circumstance's corners at warped levels u. */
static void corner_weights(double *w, const sketch *k, shape kind, const double *u)
{
    const int n = k->mains;
    double sum = 0, pairs = 0;
    for (int m = 0; m < n; m++) {
        for (int o = 0; o < m; o++)
            pairs += u[m] * u[o];
        sum += u[m];
    }
    if (kind == CORNERS) {
        for (int i = 0; i < 1 << n; i++) {
            w[i] = 1;
            for (int m = 0; m < n; m++)
                w[i] *= i >> m & 1 ? u[m] : 1 - u[m];
        }
    } else if (kind == STAR) { /* each alone, and of what they do together a share by pairs */
        const double together = n > 1 ? pairs / (n * (n - 1) / 2.0) : u[0];
        w[0] = 1 - sum + (n - 1) * together;
        for (int m = 0; m < n; m++)
            w[1 + m] = u[m] - together;
        w[1 + n] = together;
    } else {
        w[0] = 1 - sum / n;
        w[1] = sum / n;
    }
}

/* Incomes of a circumstance at levels of all parts, times `weight`, added to sum. */
static void blend(double *sum, double weight, const sketch *k, const circumstance *c,
                  const int *level)
{
    double u[MAX_MAIN], w[1 << MAX_MAIN];
    for (int m = 0; m < k->mains; m++)
        u[m] = c->warp[m][level[k->main[m]]];
    corner_weights(w, k, c->shape, u);
    for (int i = 0; i < corners_of(k, c->shape); i++)
        add_income(sum, weight * w[i], k->node[c->corner + i].income, k->f->columns);
}

/* ---- mixed ---- */

/* Weight of a circumstance's knots. */
static double knots_weight(const sketch *k, const circumstance *c, const int *level)
{
    double weight = 1;
    for (int o = 0; o < k->others; o++)
        if (knots_of(k, c->pressure, o) > 1)
            weight *= knot_weight(k, &k->other[o], c->knot[o], level[k->other[o].part]);
    return weight;
}

static double loss(const sketch *k, const circumstance *c)
{
    return income_at(k, c, 0)[0] - income_at(k, c, (1u << k->mains) - 1)[0];
}

static void entry_mixed(double *out, const sketch *k, int pressure, int entry)
{
    const int K = k->f->steps, joint = entry % k->f->joint;
    int level[FUL_BARGAIN_MAX_GROUPS];
    levels_at(level, k, joint);
    const circumstance *first = &k->circumstance[0];
    double missed[FUL_MAX_COLUMNS] = {0};
    add_income(missed, 1, k->node[k->exact + main_number(k, level)].income, k->f->columns);
    blend(missed, -1, k, first, level);
    for (int i = 0; i < k->circumstances; i++) {
        const circumstance *c = &k->circumstance[i];
        if (c->pressure != pressure || c->relief != entry / (K * k->f->joint) ||
            c->adaptation != entry / k->f->joint % K)
            continue;
        const double weight = knots_weight(k, c, level);
        const double ratio = fabs(loss(k, first)) > NO_LOSS ? loss(k, c) / loss(k, first) : 0;
        if (weight == 0)
            continue;
        blend(out, weight, k, c, level);
        if (pressure)
            add_income(out, weight * (i == 0 ? 1 : ratio * ratio), missed, k->f->columns);
    }
}

/* The nodes of the first circumstance are solved. */
static void mark_mixed(const sketch *k)
{
    int level[FUL_BARGAIN_MAX_GROUPS];
    for (int e = 0; e < k->f->joint; e++) {
        levels_at(level, k, e);
        k->f->solved[1][e] = (unsigned char)others_rest(k, level);
    }
}

/* ---- sparse ---- */

/* The other that does not rest, -1: all do. */
static int moving_other(const sketch *k, const circumstance *c)
{
    int moving = -1;
    for (int o = 0; o < k->others; o++)
        moving = c->knot[o] > 0 ? o : moving;
    return moving;
}

/* Turn what others and adaptation change into differences from the first circumstance. */
static void take_differences(sketch *k)
{
    const circumstance *first = NULL;
    for (int i = 0; i < k->circumstances; i++) {
        const circumstance *c = &k->circumstance[i];
        if (c->relief == 0 && c->adaptation == 0 && moving_other(k, c) < 0)
            first = c;
        else if (c->relief == 0)
            for (int x = 0; x < corners_of(k, c->shape); x++)
                add_income(k->node[c->corner + x].income, -1,
                           income_at(k, first, corner_mask(k, c->shape, x)), k->f->columns);
    }
}

static void entry_sparse(double *out, const sketch *k, int pressure, int entry)
{
    const int K = k->f->steps, joint = entry % k->f->joint;
    const int relief = entry / (K * k->f->joint), adaptation = entry / k->f->joint % K;
    const double kept = 1 - ful__income_relief(k->f, relief);
    int level[FUL_BARGAIN_MAX_GROUPS];
    levels_at(level, k, joint);
    for (int i = 0; i < k->circumstances; i++) {
        const circumstance *c = &k->circumstance[i];
        const int o = moving_other(k, c);
        if (c->pressure != pressure)
            continue;
        if (o >= 0) {
            const other *own = &k->other[o];
            blend(out, kept * knot_weight(k, own, c->knot[o], level[own->part]), k, c, level);
        } else if (c->adaptation) {
            blend(out, c->adaptation == adaptation ? kept : 0, k, c, level);
        } else if (c->relief == relief) {
            blend(out, 1, k, c, level);
        }
    }
}

/* ---- the table ---- */

static void set_warps(sketch *k)
{
    for (int i = 0; i < k->circumstances; i++) {
        circumstance *c = &k->circumstance[i];
        if (c->axis >= 0)
            own_warps(k, c);
        else if (c->pressure)
            scaled_warps(k, c, &k->circumstance[0], 1 - ful__income_relief(k->f, c->relief));
        else
            straight_warps(k, c);
    }
}

static void fill(const sketch *k)
{
    ful_payoffs *f = k->f;
    for (int pressure = 0; pressure < 2; pressure++)
        for (int entry = 0; entry < f->entries; entry++) {
            double *at = f->income[pressure] + (size_t)entry * (size_t)f->columns;
            if (f->grid == FUL_GRID_MIXED)
                entry_mixed(at, k, pressure, entry);
            else
                entry_sparse(at, k, pressure, entry);
        }
    if (f->grid == FUL_GRID_MIXED)
        mark_mixed(k);
}

/* Room for every circumstance and node that a list may hold. */
static int take_room(sketch *k, ful_arena *arena)
{
    int circumstances = 2 * FUL__RELIEFS * k->f->steps;
    for (int o = 0; o < k->others; o++)
        circumstances *= k->other[o].knots;
    const int each = (1 << k->mains) + 6 * k->mains;
    k->circumstance = ful_arena_take(arena, (size_t)circumstances, sizeof *k->circumstance);
    k->node = ful_arena_take(arena, (size_t)(circumstances * each + k->f->joint), sizeof *k->node);
    return k->circumstance && k->node ? 0 : -1;
}

ful_status ful__income_interpolated(ful_payoffs *f, ful_arena *scratch, const ful_run *run,
                                    ful_error *err)
{
    sketch k = {.f = f};
    sort_parts(&k);
    if (take_room(&k, scratch) != 0)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for payoffs");
    const int mixed = f->grid == FUL_GRID_MIXED;
    if (mixed)
        list_mixed(&k);
    else
        list_sparse(&k);
    const ful_status status =
        ful__income_solve(k.node, k.nodes, mixed ? FUL__SHORT_BLOCK : FUL__LONG_BLOCK, f, run, err);
    if (status != FUL_OK)
        return status;
    for (int x = 0; x < k.nodes; x++)
        f->max_violation = fmax(f->max_violation, k.node[x].violation);
    f->solves += k.nodes;
    set_warps(&k);
    if (!mixed)
        take_differences(&k);
    fill(&k);
    return FUL_OK;
}
