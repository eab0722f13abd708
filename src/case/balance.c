/* SPDX-License-Identifier: MIT */
/*
 * Does the benchmark hang together? What follows from flows and input shares, beside what
 * economy.csv states. The economy derives its benchmark itself; this is an independent look at the
 * same tables, made where the rows are still known.
 */
#include "case/reader.h"

#include <math.h>
#include <string.h>

/* A gap of the tables below this share of the sector is rounding. */
#define ROUNDING 1e-9

/* Output and spending (export taxes and tariffs included) by actor and sector, [n*J + j], of one
 * size. */
static void totals(const ful_situation *s, int size, double *output, double *spending)
{
    for (int j = 0; j < s->sectors; j++)
        for (int n = 0; n < s->actors; n++)
            for (int i = 0; i < s->actors; i++) {
                const size_t a = flow_at(s, j, n, i);
                const double x = s->flow[size][a];
                output[i * s->sectors + j] += x;
                spending[n * s->sectors + j] += x * (1 + (s->export_tax ? s->export_tax[a] : 0)) *
                                                (1 + (s->tariff ? s->tariff[a] : 0));
            }
}

/* The last row of inputs.csv about a sector of an actor, and about one input of it where k >= 0. */
static place input_row(reader *r, int i, int j, int k)
{
    const ful_situation *s = &r->c->s;
    for (int row = r->inputs.rows - 1; row >= 0; row--)
        if (strcmp(ful__field_text(&r->inputs, row, 0), s->actor[i].id) == 0 &&
            strcmp(ful__field_text(&r->inputs, row, 1), s->sector[j].id) == 0 &&
            (k < 0 || strcmp(ful__field_text(&r->inputs, row, 2), s->sector[k].id) == 0))
            return at_row(&r->inputs, row);
    return (place){r->inputs.file, 0, 0};
}

/* Input shares leave value added; every input that a producing sector needs is sold by somebody. */
static void check_inputs(reader *r, int size, const double *output, const double *spending)
{
    const ful_situation *s = &r->c->s;
    const int J = s->sectors;
    for (int i = 0; reader_ok(r) && i < s->actors; i++)
        for (int j = 0; reader_ok(r) && j < J; j++) {
            double sum = 0;
            for (int k = 0; k < J; k++) {
                const double share = s->input[size][input_at(s, i, j, k)];
                sum += share;
                if (share > 0 && output[i * J + j] > 0 && !(spending[i * J + k] > 0))
                    ful__case_refuse(
                        r, input_row(r, i, j, k),
                        "sector '%s' of %s uses '%s', but trade.csv has no supplier of it "
                        "to %s: add one, or remove the input",
                        s->sector[j].id, s->actor[i].id, s->sector[k].id, s->actor[i].id);
            }
            if (sum > 1)
                ful__case_refuse(
                    r, input_row(r, i, j, -1),
                    "input shares of sector '%s' of %s sum to %.12g, expected at most 1",
                    s->sector[j].id, s->actor[i].id, sum);
        }
}

/* Everybody sells and buys, and every sector has a seller. */
static void check_sales(reader *r, const double *output, const double *spending)
{
    const ful_situation *s = &r->c->s;
    const int J = s->sectors;
    for (int n = 0; n < s->actors; n++) {
        double sold = 0, bought = 0;
        for (int j = 0; j < J; j++) {
            sold += output[n * J + j];
            bought += spending[n * J + j];
        }
        if (!(sold > 0) || !(bought > 0))
            ful__case_refuse(r, r->actors.at[n],
                             "%s %s nothing in trade.csv: give it rows or leave it out",
                             s->actor[n].id, sold > 0 ? "buys" : "sells");
    }
    for (int j = 0; j < J; j++) {
        double sold = 0;
        for (int n = 0; n < s->actors; n++)
            sold += output[n * J + j];
        if (!(sold > 0))
            ful__case_refuse(
                r, r->sectors.at[j],
                "sector '%s' has no supplier at all in trade.csv: give it rows or leave it "
                "out",
                s->sector[j].id);
    }
}

/* What is left of spending on sector j when producers have bought their inputs. */
static double final_demand(const ful_situation *s, int size, int n, int j, const double *output,
                           const double *spending)
{
    double left = spending[n * s->sectors + j];
    for (int k = 0; k < s->sectors; k++)
        left -= s->input[size][input_at(s, n, k, j)] * output[n * s->sectors + k];
    return left;
}

static void remark_negative(reader *r, int size, const double *output, const double *spending)
{
    const ful_situation *s = &r->c->s;
    int count = 0, worst_n = 0, worst_j = 0;
    double worst = 0;
    for (int n = 0; n < s->actors; n++)
        for (int j = 0; j < s->sectors; j++) {
            const double left = final_demand(s, size, n, j, output, spending);
            if (left >= -ROUNDING * spending[n * s->sectors + j])
                continue;
            count++;
            if (left < worst) {
                worst = left;
                worst_n = n;
                worst_j = j;
            }
        }
    if (count > 0)
        ful__case_remark(
            r, "trade.csv", 1,
            "producers use more of a sector than is bought in %d cells%s, most in '%s' of "
            "%s: %.3g million USD; the economy makes it up by inventories",
            count,
            s->size == FUL_NO_PARAM ? ""
            : size                  ? " of size high"
                                    : " of size low",
            s->sector[worst_j].id, s->actor[worst_n].id, -worst);
}

/* ---- economy.csv ---- */

enum { ACTOR, SECTOR, ADDED, FINAL, SIZE };

/* The gap of one row, as a share of the sector. */
static double gap_of(reader *r, const csv_table *t, int row, double *const output[2],
                     double *const spending[2])
{
    static const char *const sizes[] = {"low", "high", NULL};
    const ful_situation *s = &r->c->s;
    const int i = ful__field_name(r, t, row, ACTOR, &r->actors);
    const int j = ful__field_name(r, t, row, SECTOR, &r->sectors);
    const double added = ful__field_number(r, t, row, ADDED, "value_added_musd", 0, 1e12);
    const double final = ful__field_number(r, t, row, FINAL, "final_demand_musd", -1e12, 1e12);
    const int z =
        *ful__field_text(t, row, SIZE) ? ful__field_word(r, t, row, SIZE, "size", sizes) : 0;
    if (!reader_ok(r))
        return 0;
    double beta = 1;
    for (int k = 0; k < s->sectors; k++)
        beta -= s->input[z][input_at(s, i, j, k)];
    const double made = output[z][i * s->sectors + j], spent = spending[z][i * s->sectors + j];
    const double gap = fmax(fabs(beta * made - added),
                            fabs(final_demand(s, z, i, j, output[z], spending[z]) - final));
    return gap > 0 ? gap / fmax(fmax(made, spent), gap) : 0;
}

static void compare_stated(reader *r, double *const output[2], double *const spending[2])
{
    static const char *const needed[] = {"actor", "sector", "value_added_musd", "final_demand_musd",
                                         NULL};
    static const char *const optional[] = {"size", NULL};
    const csv_columns columns = {needed, optional};
    ful_situation *s = &r->c->s;
    csv_table t;
    int worst = -1;
    if (!ful__case_csv(&t, r, "economy.csv", &columns, 0))
        return;
    for (int row = 0; reader_ok(r) && row < t.rows; row++) {
        const double gap = gap_of(r, &t, row, output, spending);
        if (gap > s->table_gap) {
            s->table_gap = gap;
            worst = row;
        }
    }
    if (reader_ok(r) && s->table_gap > ROUNDING)
        ful__case_remark(r, "economy.csv", at_row(&t, worst).line,
                         "the largest gap between what this table states and what flows and inputs "
                         "imply is %.2g %% of the sector",
                         100 * s->table_gap);
}

void ful__case_balance(reader *r)
{
    const ful_situation *s = &r->c->s;
    double *output[2], *spending[2];
    const size_t count = (size_t)s->actors * (size_t)s->sectors;
    for (int z = 0; z < 2; z++) {
        output[z] = ful__case_take(r, count, sizeof(double));
        spending[z] = ful__case_take(r, count, sizeof(double));
        if (!reader_ok(r))
            return;
        totals(s, z, output[z], spending[z]);
        check_sales(r, output[z], spending[z]);
        check_inputs(r, z, output[z], spending[z]);
        if (z == 0 || s->size != FUL_NO_PARAM)
            remark_negative(r, z, output[z], spending[z]);
    }
    compare_stated(r, output, spending);
}
