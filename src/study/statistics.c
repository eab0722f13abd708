/* SPDX-License-Identifier: MIT */
#include "study/statistics.h"

#include <math.h>
#include <stdlib.h>

#include "fulcrum/study.h"

int ful__ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const double *sorted, int count, double q)
{
    const double at = q * (count - 1);
    const int below = (int)at;
    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
}

void ful_range_of(ful_range *out, double *x, int count)
{
    if (count < 1) {
        *out = (ful_range){NAN, NAN, NAN, NAN, NAN};
        return;
    }
    qsort(x, (size_t)count, sizeof *x, ful__ascending);
    *out = (ful_range){quantile(x, count, 0.05), quantile(x, count, 0.25), quantile(x, count, 0.5),
                       quantile(x, count, 0.75), quantile(x, count, 0.95)};
}

void ful__ranks(double *out, const double *x, int count)
{
    for (int k = 0; k < count; k++) {
        int below = 0, equal = 0;
        for (int l = 0; l < count; l++) {
            below += x[l] < x[k];
            equal += x[l] == x[k];
        }
        out[k] = below + (equal - 1) / 2.0;
    }
}

double ful__correlation(const double *a, const double *b, int count)
{
    double ma = 0, mb = 0, saa = 0, sbb = 0, sab = 0;
    for (int k = 0; k < count; k++) {
        ma += a[k] / count;
        mb += b[k] / count;
    }
    for (int k = 0; k < count; k++) {
        saa += (a[k] - ma) * (a[k] - ma);
        sbb += (b[k] - mb) * (b[k] - mb);
        sab += (a[k] - ma) * (b[k] - mb);
    }
    return saa > 0 && sbb > 0 ? sab / sqrt(saa * sbb) : 0;
}
