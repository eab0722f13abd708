/* SPDX-License-Identifier: MIT */
/* Tables in which a row is a flow from a seller to a buyer. */
#include "case/import.h"

#include <string.h>

/* Names of one row, as indices: first in the order in which they are found, then sorted. */
typedef struct row_names {
    int seller, buyer, sector;
} row_names;

static row_names *find_names(importer *x, const csv_table *t, const unsigned char *keep,
                             const flow_columns *c)
{
    reader *r = &x->r;
    row_names *name = ful__case_take(r, (size_t)t->rows, sizeof *name);
    int *actor = ful__case_take(r, IMPORT_MOST, sizeof *actor);
    int *sector = ful__case_take(r, IMPORT_MOST, sizeof *sector);
    for (int row = 1; row < t->rows && reader_ok(r); row++) {
        if (!keep[row])
            continue;
        name[row].seller = ful__import_name(x, t, row, c->seller, &r->actors);
        name[row].buyer = ful__import_name(x, t, row, c->buyer, &r->actors);
        if (c->sector >= 0)
            name[row].sector = ful__import_name(x, t, row, c->sector, &r->sectors);
    }
    if (!reader_ok(r))
        return NULL;
    ful__import_sort(x, &r->actors, actor);
    ful__import_sort(x, &r->sectors, sector);
    for (int row = 1; row < t->rows && reader_ok(r); row++)
        name[row] = (row_names){actor[name[row].seller], actor[name[row].buyer],
                                c->sector >= 0 ? sector[name[row].sector] : 0};
    return reader_ok(r) ? name : NULL;
}

int *ful__import_flows(importer *x, const csv_table *t, const unsigned char *keep,
                       const flow_columns *c)
{
    reader *r = &x->r;
    const row_names *name = find_names(x, t, keep, c);
    if (name)
        ful__import_arrays(x);
    const size_t cells = (size_t)x->N * (size_t)x->N * (size_t)x->J;
    int *line = ful__case_take(r, cells, sizeof *line);
    long absent = (long)x->J * x->N * (x->N - 1);
    for (int row = 1; row < t->rows && reader_ok(r); row++) {
        if (!keep[row])
            continue;
        const size_t a = import_flow_at(x, name[row].sector, name[row].buyer, name[row].seller);
        if (line[a])
            ful__case_refuse(r, at_row(t, row),
                             "a second row for the same flow, first in line %d: add them up or "
                             "remove one",
                             line[a]);
        line[a] = at_row(t, row).line;
        absent -= name[row].buyer != name[row].seller;
        x->flow[a] = x->unit * ful__field_number(r, t, row, c->value,
                                                 ful__field_text(t, 0, c->value), 0, 1e15);
        if (c->tariff >= 0)
            x->tariff[a] = ful__field_number(r, t, row, c->tariff, "tariff", -0.999999, 1000);
    }
    if (reader_ok(r))
        ful__import_count(x, absent, "flows between actors without a row, read as no trade", NULL);
    return line;
}

double ful__import_exports(const importer *x, int actor, int sector)
{
    double exports = 0;
    for (int n = 0; n < x->N; n++)
        exports += n == actor ? 0 : x->flow[import_flow_at(x, sector, n, actor)];
    return exports;
}

void ful__import_residual(importer *x, tally *t, int actor, int sector, double output)
{
    const double exports = ful__import_exports(x, actor, sector);
    x->flow[import_flow_at(x, sector, actor, actor)] = output > exports ? output - exports : 0;
    if (output < exports)
        ful__tally_add(t, output, exports, actor, sector);
}

void ful__import_domestic(importer *x, const char *remedy)
{
    reader *r = &x->r;
    long none = 0;
    for (int n = 0; n < x->N && reader_ok(r); n++) {
        int some = 0;
        for (int j = 0; j < x->J; j++) {
            const int sold = x->flow[import_flow_at(x, j, n, n)] > 0;
            some |= sold;
            none += !sold;
        }
        if (!some)
            ful__case_refuse(r, r->actors.at[n],
                             "%s sells nothing to itself, and trade alone says nothing of what it "
                             "could do without: %s",
                             r->actors.name[n], remedy);
    }
    ful__import_count(x, none, "sectors of an actor without domestic sales", NULL);
}
