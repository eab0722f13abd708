/* SPDX-License-Identifier: MIT */
/*
 * The number that a solver calculates with, so that one source is compiled twice: with doubles,
 * and, where FUL__COMPLEX is defined, with complex numbers whose imaginary part carries a
 * derivative, scaled by FUL__STEP. The step is so small that its square is nothing beside one: the
 * derivative is exact to rounding (Squire & Trapp 1998). Comparisons look at the real part alone.
 * Private to the library.
 *
 * A file that is compiled twice names what it shares with others FUL__NAME(name): the complex copy
 * then has names of its own.
 */
#ifndef FULCRUM_BASE_REAL_H
#define FULCRUM_BASE_REAL_H

#include <math.h>

#include "base/elementary.h"

#ifdef FUL__COMPLEX

#include <complex.h>
#undef I

#define FUL__STEP 1e-100
#define FUL__NAME(name) name##_complex

typedef double complex ful__real;

static inline double ful__re(ful__real x)
{
    return creal(x);
}

/* A number of the data that changes by `slope` along the direction of differentiation. */
static inline ful__real ful__number(double value, double slope)
{
    return CMPLX(value, slope * FUL__STEP);
}

/* What is reported of a number: its derivative. */
static inline double ful__told(ful__real x)
{
    return cimag(x) / FUL__STEP;
}

/* f(x), given f and f' at the real part of x */
static inline ful__real ful__chain(ful__real x, double value, double slope)
{
    return CMPLX(value, slope * cimag(x));
}

#else

#define FUL__NAME(name) name

typedef double ful__real;

static inline double ful__re(ful__real x)
{
    return x;
}

static inline ful__real ful__number(double value, double slope)
{
    (void)slope;
    return value;
}

static inline double ful__told(ful__real x)
{
    return x;
}

static inline ful__real ful__chain(ful__real x, double value, double slope)
{
    (void)x;
    (void)slope;
    return value;
}

#endif

/* exp(x), x <= 700 or as good as infinite; below -700 it is exp(-700) */
static inline ful__real ful__real_exp(ful__real x)
{
    const double value = ful__exp(ful__re(x));
    return ful__chain(x, value, value);
}

/* exp(x) - 1 */
static inline ful__real ful__real_expm1(ful__real x)
{
    const double value = ful__expm1(ful__re(x));
    return ful__chain(x, value, 1 + value);
}

/* x^y, x > 0 */
static inline ful__real ful__real_pow(ful__real x, double y)
{
    const double value = pow(ful__re(x), y);
    return ful__chain(x, value, y * value / ful__re(x));
}

#endif
