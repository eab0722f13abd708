/* SPDX-License-Identifier: MIT */
/* Looking things up in a situation, and drawing its parameters. */
#include "fulcrum/situation.h"

#include <math.h>
#include <string.h>

/* the normal quantile of .95: what spans the 5th to the 95th percentile of a lognormal */
#define Z95 1.6448536269514722

ful_param ful_situation_parameter(const ful_situation *situation, const char *id)
{
    for (int k = 0; k < situation->parameters; k++)
        if (strcmp(situation->parameter[k].id, id) == 0)
            return k;
    return FUL_NO_PARAM;
}

const double *ful_situation_levels(const ful_situation *situation, int year)
{
    int y = year - situation->first_year;
    y = y < 0 ? 0 : y >= situation->years ? situation->years - 1 : y;
    return situation->enforcement + (size_t)y * (size_t)(situation->actors * situation->groups);
}

int ful_situation_actor(const ful_situation *situation, const char *id)
{
    for (int n = 0; n < situation->actors; n++)
        if (strcmp(situation->actor[n].id, id) == 0)
            return n;
    return -1;
}

void ful_situation_centre(double *p, const ful_situation *situation)
{
    for (int k = 0; k < situation->parameters; k++)
        p[k] = situation->parameter[k].value;
}

/* The mode splits the interval; each side is a square root. */
static double triangular(const ful_parameter *q, double u)
{
    const double span = q->high - q->low, left = q->value - q->low, right = q->high - q->value;
    if (!(span > 0))
        return q->value;
    if (u * span < left)
        return q->low + sqrt(u * span * left);
    return q->high - sqrt((1 - u) * span * right);
}

/* Median and percentiles of a lognormal need not be symmetric in logs: each side has its own
 * spread. */
static double lognormal(const ful_parameter *q, double u)
{
    const double z = ful_normal_quantile(u);
    const double spread = z < 0 ? log(q->value / q->low) : log(q->high / q->value);
    return q->value * exp(z * spread / Z95);
}

static double quantile(const ful_parameter *q, double u)
{
    switch (q->distribution) {
    case FUL_FIXED:
        return q->value;
    case FUL_UNIFORM:
        return q->low + u * (q->high - q->low);
    case FUL_LOGUNIFORM:
        return q->low * pow(q->high / q->low, u);
    case FUL_TRIANGULAR:
        return triangular(q, u);
    case FUL_LOGNORMAL:
        return lognormal(q, u);
    }
    return q->value;
}

void ful_situation_draw(double *p, const ful_situation *situation, uint64_t seed, int draw)
{
    for (int k = 0; k < situation->parameters; k++) {
        const ful_parameter *q = &situation->parameter[k];
        p[k] = quantile(q, ful_uniform(seed, ful_stream(q->id), (uint32_t)draw));
    }
}
