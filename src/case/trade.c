/* SPDX-License-Identifier: MIT */
/* trade.csv, inputs.csv, economy.csv, tariffs.csv, latent.csv: the benchmark in its two sizes. */
#include "case/reader.h"

#include <math.h>
#include <string.h>

enum { LOW, HIGH, BOTH };

/* Which sizes a row speaks of. */
static ful_status read_size(int *out, reader *r, const csv_table *t, int row, int column)
{
    const csv_field *f = csv_at(t, row, column);
    if (!*f->text)
        *out = BOTH;
    else if (strcmp(f->text, "low") == 0)
        *out = LOW;
    else if (strcmp(f->text, "high") == 0)
        *out = HIGH;
    else
        return reader_refuse(r, t->file, f->line, f->column,
                             "size '%.20s', expected nothing, 'low' or 'high'", f->text);
    if (*out != BOTH && r->c->s.size == FUL_NO_PARAM)
        return reader_refuse(r, t->file, f->line, f->column,
                             "a size, but case.yaml names no parameter economy.size");
    return FUL_OK;
}

/* Two arrays of `count` numbers; the second only where the case has two sizes. */
static ful_status two_arrays(double *out[2], reader *r, size_t count)
{
    out[0] = reader_take(r, count, sizeof(double));
    out[1] = r->c->s.size == FUL_NO_PARAM ? out[0] : reader_take(r, count, sizeof(double));
    return out[0] && out[1] ? FUL_OK : FUL_ERR_MEMORY;
}

/* Store a value in the sizes of its row; a cell that was set before is a duplicate. */
static ful_status store(reader *r, const csv_table *t, int row, double *array[2], unsigned char *seen,
                        size_t at, int size, double value)
{
    const int bits = size == BOTH ? 3 : 1 << size;
    if (seen[at] & bits)
        return reader_refuse(r, t->file, csv_at(t, row, 0)->line, 1,
                             "this row repeats an earlier one");
    seen[at] |= (unsigned char)bits;
    if (bits & 1)
        array[0][at] = value;
    if (bits & 2 && array[1] != array[0])
        array[1][at] = value;
    return FUL_OK;
}

static size_t flow_at(const ful_situation *s, int j, int n, int i)
{
    return ((size_t)j * (size_t)s->actors + (size_t)n) * (size_t)s->actors + (size_t)i;
}

/* Seller, buyer and sector of the first three columns. */
static ful_status read_flow(int *seller, int *buyer, int *sector, reader *r, const csv_table *t,
                            int row)
{
    ful_status status = reader_actor(seller, r, t, row, 0);
    if (status == FUL_OK)
        status = reader_actor(buyer, r, t, row, 1);
    return status == FUL_OK ? reader_sector(sector, r, t, row, 2) : status;
}

static ful_status read_trade(reader *r)
{
    static const char *const needed[] = {"seller", "buyer", "sector", "value_musd", NULL};
    static const char *const optional[] = {"size", NULL};
    const csv_columns columns = {needed, optional};
    ful_situation *s = &r->c->s;
    const size_t flows = (size_t)s->sectors * (size_t)s->actors * (size_t)s->actors;
    double *flow[2] = {NULL, NULL};
    unsigned char *seen = reader_take(r, flows, 1);
    csv_table t;
    ful_status status = seen ? two_arrays(flow, r, flows) : FUL_ERR_MEMORY;
    if (status == FUL_OK)
        status = reader_csv(&t, r, "trade.csv", &columns, 1);
    for (int row = 0; status == FUL_OK && row < t.rows; row++) {
        int i, n, j, size;
        double value;
        status = read_flow(&i, &n, &j, r, &t, row);
        if (status == FUL_OK)
            status = reader_field(&value, r, &t, row, 3, "value_musd", 0, 1e12);
        if (status == FUL_OK)
            status = read_size(&size, r, &t, row, 4);
        if (status == FUL_OK)
            status = store(r, &t, row, flow, seen, flow_at(s, j, n, i), size, value);
    }
    s->flow[0] = flow[0];
    s->flow[1] = flow[1];
    return status;
}

static ful_status read_inputs(reader *r)
{
    static const char *const needed[] = {"actor", "sector", "input", "share", NULL};
    static const char *const optional[] = {"size", NULL};
    const csv_columns columns = {needed, optional};
    ful_situation *s = &r->c->s;
    const size_t J = (size_t)s->sectors, count = (size_t)s->actors * J * J;
    double *input[2] = {NULL, NULL};
    unsigned char *seen = reader_take(r, count, 1);
    csv_table t;
    ful_status status = seen ? two_arrays(input, r, count) : FUL_ERR_MEMORY;
    if (status == FUL_OK)
        status = reader_csv(&t, r, "inputs.csv", &columns, 1);
    for (int row = 0; status == FUL_OK && row < t.rows; row++) {
        int i, j, k, size;
        double share;
        status = reader_actor(&i, r, &t, row, 0);
        if (status == FUL_OK)
            status = reader_sector(&j, r, &t, row, 1);
        if (status == FUL_OK)
            status = reader_sector(&k, r, &t, row, 2);
        if (status == FUL_OK)
            status = reader_field(&share, r, &t, row, 3, "share", 0, 1);
        if (status == FUL_OK)
            status = read_size(&size, r, &t, row, 4);
        if (status == FUL_OK)
            status = store(r, &t, row, input, seen, ((size_t)i * J + (size_t)j) * J + (size_t)k, size,
                           share);
    }
    s->input[0] = input[0];
    s->input[1] = input[1];
    return status;
}

static ful_status read_tariffs(reader *r)
{
    static const char *const needed[] = {"seller", "buyer", "sector", "rate", NULL};
    const csv_columns columns = {needed, NULL};
    ful_situation *s = &r->c->s;
    const size_t flows = (size_t)s->sectors * (size_t)s->actors * (size_t)s->actors;
    csv_table t;
    ful_status status = reader_csv(&t, r, "tariffs.csv", &columns, 0);
    if (status != FUL_OK || t.rows == 0)
        return status;
    double *tariff = reader_take(r, flows, sizeof *tariff);
    unsigned char *seen = reader_take(r, flows, 1);
    double *both[2] = {tariff, tariff};
    if (!tariff || !seen)
        return FUL_ERR_MEMORY;
    for (int row = 0; status == FUL_OK && row < t.rows; row++) {
        int i, n, j;
        double rate;
        status = read_flow(&i, &n, &j, r, &t, row);
        if (status == FUL_OK)
            status = reader_field(&rate, r, &t, row, 3, "rate", -0.999999, 1000);
        if (status == FUL_OK)
            status = store(r, &t, row, both, seen, flow_at(s, j, n, i), BOTH, rate);
    }
    s->tariff = tariff;
    return status;
}

static ful_status read_latent(reader *r)
{
    static const char *const needed[] = {"seller", "buyer", "sector", "value_musd",
                                         "source", "grade", NULL};
    const csv_columns columns = {needed, NULL};
    ful_situation *s = &r->c->s;
    const size_t flows = (size_t)s->sectors * (size_t)s->actors * (size_t)s->actors;
    csv_table t;
    ful_status status = reader_csv(&t, r, "latent.csv", &columns, 0);
    if (status != FUL_OK || t.rows == 0)
        return status;
    double *latent = reader_take(r, flows, sizeof *latent);
    unsigned char *seen = reader_take(r, flows, 1);
    double *both[2] = {latent, latent};
    if (!latent || !seen)
        return FUL_ERR_MEMORY;
    for (int row = 0; status == FUL_OK && row < t.rows; row++) {
        int i, n, j;
        double value;
        char grade;
        const char *source;
        const csv_field *f = csv_at(&t, row, 4);
        status = read_flow(&i, &n, &j, r, &t, row);
        if (status == FUL_OK)
            status = reader_field(&value, r, &t, row, 3, "value_musd", 0, 1e12);
        if (status == FUL_OK)
            status = reader_source(&source, r, t.file, f->text, f->line, f->column);
        if (status == FUL_OK)
            status = reader_grade(&grade, r, &t, row, 5);
        if (status == FUL_OK && n != s->target && i != s->target)
            status = reader_refuse(r, t.file, csv_at(&t, row, 0)->line, 1,
                                   "a latent flow has the target on one side");
        if (status == FUL_OK)
            status = store(r, &t, row, both, seen, flow_at(s, j, n, i), BOTH, value);
    }
    s->latent = latent;
    return status;
}

/* Output and spending, tariffs included, of one size. */
static void totals(const ful_situation *s, int size, double *output, double *spending)
{
    for (int j = 0; j < s->sectors; j++)
        for (int n = 0; n < s->actors; n++)
            for (int i = 0; i < s->actors; i++) {
                const size_t a = flow_at(s, j, n, i);
                const double x = s->flow[size][a];
                output[i * s->sectors + j] += x;
                spending[n * s->sectors + j] += x * (1 + (s->tariff ? s->tariff[a] : 0));
            }
}

/*
 * Every input that a producing sector needs must be bought from somebody, and input shares must leave
 * value added. Both are refused here, where the names are known.
 */
static ful_status check_supply(reader *r, const double *output, const double *spending, int size)
{
    const ful_situation *s = &r->c->s;
    const int J = s->sectors;
    for (int i = 0; i < s->actors; i++)
        for (int j = 0; j < J; j++) {
            double sum = 0;
            for (int k = 0; k < J; k++) {
                const double share = s->input[size][((size_t)i * (size_t)J + (size_t)j) * (size_t)J +
                                                    (size_t)k];
                sum += share;
                if (share > 0 && output[i * J + j] > 0 && !(spending[i * J + k] > 0))
                    return reader_refuse(r, "trade.csv", 0, 0,
                                         "sector '%s' of %s uses '%s', which nobody sells to it: add a "
                                         "supplier, or remove the input share",
                                         s->sector[j].id, s->actor[i].id, s->sector[k].id);
            }
            if (sum > 1)
                return reader_refuse(r, "inputs.csv", 0, 0,
                                     "input shares of sector '%s' of %s sum to %.12g, expected at most 1",
                                     s->sector[j].id, s->actor[i].id, sum);
        }
    for (int n = 0; n < s->actors; n++) {
        double sold = 0, bought = 0;
        for (int j = 0; j < J; j++) {
            sold += output[n * J + j];
            bought += spending[n * J + j];
        }
        if (!(sold > 0) || !(bought > 0))
            return reader_refuse(r, "trade.csv", 0, 0, "%s %s nothing: give it rows or leave it out",
                                 s->actor[n].id, sold > 0 ? "buys" : "sells");
    }
    return FUL_OK;
}

/* What the tables state beside what follows from the flows: the largest gap is kept and remarked. */
static ful_status check_stated(reader *r, double *const output[2], double *const spending[2])
{
    static const char *const needed[] = {"actor", "sector", "value_added_musd", "final_demand_musd",
                                         NULL};
    static const char *const optional[] = {"size", NULL};
    const csv_columns columns = {needed, optional};
    ful_situation *s = &r->c->s;
    const int J = s->sectors;
    csv_table t;
    ful_status status = reader_csv(&t, r, "economy.csv", &columns, 0);
    int worst_row = -1;
    for (int row = 0; status == FUL_OK && row < t.rows; row++) {
        int i, j, size;
        double stated[2];
        status = reader_actor(&i, r, &t, row, 0);
        if (status == FUL_OK)
            status = reader_sector(&j, r, &t, row, 1);
        if (status == FUL_OK)
            status = reader_field(&stated[0], r, &t, row, 2, "value_added_musd", 0, 1e12);
        if (status == FUL_OK)
            status = reader_field(&stated[1], r, &t, row, 3, "final_demand_musd", -1e12, 1e12);
        if (status == FUL_OK)
            status = read_size(&size, r, &t, row, 4);
        if (status != FUL_OK)
            break;
        const int z = size == HIGH;
        double beta = 1, final = spending[z][i * J + j];
        for (int k = 0; k < J; k++) {
            beta -= s->input[z][((size_t)i * (size_t)J + (size_t)j) * (size_t)J + (size_t)k];
            final -= s->input[z][((size_t)i * (size_t)J + (size_t)k) * (size_t)J + (size_t)j] *
                     output[z][i * J + k];
        }
        const double scale = fmax(spending[z][i * J + j], output[z][i * J + j]);
        const double gap = fmax(fabs(beta * output[z][i * J + j] - stated[0]), fabs(final - stated[1]));
        if (gap > s->table_gap * scale && gap > 0) {
            s->table_gap = gap / scale;
            worst_row = row;
        }
    }
    if (status == FUL_OK && worst_row >= 0)
        reader_remark(r, "economy.csv", csv_at(&t, worst_row, 0)->line,
                      "the largest gap between what the tables state and what the flows imply is %.2g %% "
                      "of the sector",
                      100 * s->table_gap);
    return status;
}

ful_status reader_trade(reader *r)
{
    const ful_situation *s = &r->c->s;
    ful_status status = read_trade(r);
    if (status == FUL_OK)
        status = read_inputs(r);
    if (status == FUL_OK)
        status = read_tariffs(r);
    if (status == FUL_OK)
        status = read_latent(r);
    double *output[2] = {NULL, NULL}, *spending[2] = {NULL, NULL};
    const size_t cells = (size_t)s->actors * (size_t)s->sectors;
    for (int z = 0; status == FUL_OK && z < 2; z++) {
        output[z] = reader_take(r, cells, sizeof(double));
        spending[z] = reader_take(r, cells, sizeof(double));
        if (!output[z] || !spending[z])
            return FUL_ERR_MEMORY;
        totals(s, z, output[z], spending[z]);
        status = check_supply(r, output[z], spending[z], z);
    }
    return status == FUL_OK ? check_stated(r, output, spending) : status;
}
