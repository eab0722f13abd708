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

FUL_CLONES
static double dot(int n, const float *a, const float *b)
{
    return ful__product_ff(n, a, b);
}

FUL_CLONES
static double mixed_dot(int n, const double *a, const float *b)
{
    return ful__product_df(n, a, b);
}

/* g -= c d */
FUL_CLONES
static void subtract(int n, double *g, double c, const float *d)
{
    for (int u = 0; u < n; u++)
        g[u] -= c * (double)d[u];
}

/* df = f - last_f, dg = (x + f) - (last_x + last_f) */
FUL_CLONES
static void differences(int n, const double *x, const double *f, const double *last_x,
                        const double *last_f, float *dg, float *df)
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
    const int U = w->unknowns, slot = mix->next;
    float *dg = w->dg + (size_t)slot * (size_t)U, *df = w->df + (size_t)slot * (size_t)U;
    differences(U, w->x, w->f, w->last_x, w->last_f, dg, df);
    mix->next = (slot + 1) % mix->depth;
    if (mix->count < mix->depth)
        mix->count++;
    for (int k = 0; k < mix->count; k++)
        mix->gram[slot][k] = mix->gram[k][slot] = dot(U, df, w->df + (size_t)k * (size_t)U);
}

/* x <- x + reach (f - dG c), where c makes |f - dF c| smallest; plain where the columns degenerate.
 */
void ful__mixing_advance(ful__mixing *mix, ful_economy_work *w, double reach, double longest)
{
    const int U = w->unknowns;
    double A[FUL_ECONOMY_MAX_DEPTH][FUL_ECONOMY_MAX_DEPTH], c[FUL_ECONOMY_MAX_DEPTH];
    int slot[FUL_ECONOMY_MAX_DEPTH]; /* newest first */
    for (int k = 0; k < mix->count; k++)
        slot[k] = (mix->next - 1 - k + 2 * mix->depth) % mix->depth;
    for (int k = 0; k < mix->count; k++) {
        c[k] = mixed_dot(U, w->f, w->df + (size_t)slot[k] * (size_t)U);
        for (int l = 0; l <= k; l++)
            A[k][l] = mix->gram[slot[k]][slot[l]];
    }
    solve_normal(mix->count, A, c);
    memcpy(w->last_x, w->x, sizeof(double) * (size_t)U);
    memcpy(w->last_f, w->f, sizeof(double) * (size_t)U);
    memcpy(w->g, w->f, sizeof(double) * (size_t)U);
    for (int k = 0; k < mix->count; k++)
        subtract(U, w->g, c[k], w->dg + (size_t)slot[k] * (size_t)U);
    double largest = 0;
    for (int u = 0; u < U; u++)
        largest = fabs(w->g[u]) > largest ? fabs(w->g[u]) : largest;
    const double scale = reach * largest > longest ? longest / largest : reach;
    for (int u = 0; u < U; u++)
        w->x[u] += scale * w->g[u];
}
