/* SPDX-License-Identifier: MIT */
/*
 * Anderson mixing (Walker & Ni 2011): the next iterate is the combination of the last ones whose
 * step is smallest by least squares. The differences kept serve as directions only, so they are
 * stored in single precision; sums over them are taken in double.
 */
#include "base/clones.h"
#include "base/lanes.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

/* A unit column whose part outside the newer ones is below this squared length is rounding. */
#define RANK_TOLERANCE 1e-12

/*
 * Two columns times a (floats) and times b (doubles), n a multiple of eight: out = {a r, b r, a s,
 * b s}.
 */
FUL_CLONES
static void two_columns(int n, const float *r, const float *s, const float *a, const double *b,
                        double *out)
{
    ful__d8 sum[4] = {{0}, {0}, {0}, {0}};
    for (int u = 0; u < n; u += 8) {
        const ful__d8 x = FUL__D8_OF_FLOATS(a + u), y = FUL__D8(b + u);
        const ful__d8 p = FUL__D8_OF_FLOATS(r + u), q = FUL__D8_OF_FLOATS(s + u);
        sum[0] += x * p;
        sum[1] += y * p;
        sum[2] += x * q;
        sum[3] += y * q;
    }
    ful__fold_four(sum, out);
}

/* g = f - sum of c_k times column k; each column `lead` after the one before, lead a multiple of
 * eight */
FUL_CLONES
static void combine(int count, int lead, const double *f, const double *c, const float *columns,
                    double *g)
{
    int u = 0;
    for (; u + 32 <= lead; u += 32) {
        ful__d8 p = FUL__D8(f + u), q = FUL__D8(f + u + 8);
        ful__d8 r = FUL__D8(f + u + 16), s = FUL__D8(f + u + 24);
        for (int k = 0; k < count; k++) {
            const float *d = columns + (size_t)k * (size_t)lead + u;
            p -= c[k] * FUL__D8_OF_FLOATS(d);
            q -= c[k] * FUL__D8_OF_FLOATS(d + 8);
            r -= c[k] * FUL__D8_OF_FLOATS(d + 16);
            s -= c[k] * FUL__D8_OF_FLOATS(d + 24);
        }
        *(ful__d8 *)(g + u) = p;
        *(ful__d8 *)(g + u + 8) = q;
        *(ful__d8 *)(g + u + 16) = r;
        *(ful__d8 *)(g + u + 24) = s;
    }
    for (; u < lead; u += 8) {
        ful__d8 p = FUL__D8(f + u);
        for (int k = 0; k < count; k++)
            p -= c[k] * FUL__D8_OF_FLOATS(columns + (size_t)k * (size_t)lead + u);
        *(ful__d8 *)(g + u) = p;
    }
}

/* x <- x + scale g; last_x and last_f are what was before */
FUL_CLONES
static void move(int n, double *restrict x, const double *restrict f, double scale,
                 const double *restrict g, double *restrict last_x, double *restrict last_f)
{
    for (int u = 0; u < n; u++) {
        last_x[u] = x[u];
        last_f[u] = f[u];
        x[u] += scale * g[u];
    }
}

FUL_CLONES
static double largest(int n, const double *x)
{
    return ful__largest(n, x);
}

/* df = f - last_f, dg = (x + f) - (last_x + last_f) */
FUL_CLONES
static void differences(int n, const double *restrict x, const double *restrict f,
                        const double *restrict last_x, const double *restrict last_f,
                        float *restrict dg, float *restrict df)
{
    for (int u = 0; u < n; u++) {
        const double step = f[u] - last_f[u];
        df[u] = (float)step;
        dg[u] = (float)(x[u] - last_x[u] + step);
    }
}

/*
 * Solve the normal equations A c = b by Cholesky, columns scaled to unit length, newest first. A
 * column that the newer ones already span gets the coefficient 0.
 */
static void solve_normal(int n, double A[][FUL_ECONOMY_MAX_DEPTH], double *b)
{
    double scale[FUL_ECONOMY_MAX_DEPTH];
    int used[FUL_ECONOMY_MAX_DEPTH];
    for (int i = 0; i < n; i++)
        scale[i] = A[i][i] > 0 ? 1 / sqrt(A[i][i]) : 0;
    for (int i = 0; i < n; i++) {
        b[i] *= scale[i];
        for (int j = 0; j <= i; j++) {
            double s = A[i][j] * scale[i] * scale[j];
            for (int k = 0; k < j; k++)
                s -= A[i][k] * A[j][k];
            if (i == j) {
                used[i] = s > RANK_TOLERANCE;
                A[i][i] = used[i] ? sqrt(s) : 1;
            } else {
                A[i][j] = used[j] ? s / A[j][j] : 0;
            }
        }
        for (int k = 0; k < i; k++)
            b[i] -= A[i][k] * b[k];
        b[i] = used[i] ? b[i] / A[i][i] : 0;
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++)
            b[i] -= used[k] ? A[k][i] * b[k] : 0;
        b[i] = used[i] ? b[i] / A[i][i] : 0;
    }
    for (int i = 0; i < n; i++)
        b[i] *= scale[i];
}

void ful__mixing_remember(ful__mixing *mix, ful_economy_work *w)
{
    const size_t at = (size_t)mix->next * (size_t)w->lead;
    const size_t rest = (size_t)(w->lead - w->unknowns) * sizeof(float);
    float *dg = w->dg + at, *df = w->df + at;
    differences(w->unknowns, w->x, w->f, w->last_x, w->last_f, dg, df);
    memset(dg + w->unknowns, 0, rest);
    memset(df + w->unknowns, 0, rest);
    mix->next = (mix->next + 1) % mix->depth;
    if (mix->count < mix->depth)
        mix->count++;
}

/* b_k = f dF_k, and the products of the newest column with all: those of the others are known. */
static void normal_equations(ful__mixing *mix, const ful_economy_work *w, double *b)
{
    const int newest = (mix->next - 1 + mix->depth) % mix->depth;
    const size_t lead = (size_t)w->lead;
    for (int k = 0; k < mix->count; k += 2) {
        const int other = k + 1 < mix->count ? k + 1 : k;
        double out[4];
        two_columns(w->lead, w->df + (size_t)k * lead, w->df + (size_t)other * lead,
                    w->df + (size_t)newest * lead, w->f, out);
        mix->gram[newest][k] = mix->gram[k][newest] = out[0];
        mix->gram[newest][other] = mix->gram[other][newest] = out[2];
        b[k] = out[1];
        b[other] = out[3];
    }
}

/* x <- x + reach (f - dG c), where c makes |f - dF c| smallest; plain where the columns degenerate.
 */
void ful__mixing_advance(ful__mixing *mix, ful_economy_work *w, double reach, double longest)
{
    double A[FUL_ECONOMY_MAX_DEPTH][FUL_ECONOMY_MAX_DEPTH], sorted[FUL_ECONOMY_MAX_DEPTH];
    double b[FUL_ECONOMY_MAX_DEPTH];
    int slot[FUL_ECONOMY_MAX_DEPTH]; /* newest first */
    memset(w->f + w->unknowns, 0, sizeof(double) * (size_t)(w->lead - w->unknowns));
    if (mix->count > 0)
        normal_equations(mix, w, b);
    for (int k = 0; k < mix->count; k++)
        slot[k] = (mix->next - 1 - k + 2 * mix->depth) % mix->depth;
    for (int k = 0; k < mix->count; k++) {
        sorted[k] = b[slot[k]];
        for (int l = 0; l <= k; l++)
            A[k][l] = mix->gram[slot[k]][slot[l]];
    }
    solve_normal(mix->count, A, sorted);
    for (int k = 0; k < mix->count; k++)
        b[slot[k]] = sorted[k];
    combine(mix->count, w->lead, w->f, b, w->dg, w->g);
    const double step = reach * largest(w->unknowns, w->g);
    move(w->unknowns, w->x, w->f, step > longest ? reach * (longest / step) : reach, w->g,
         w->last_x, w->last_f);
}
