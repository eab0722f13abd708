/* SPDX-License-Identifier: MIT */
/* CSV tables of others: their columns, names, years, and the arrays that follow. */
#include "case/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether the options say that the table calls this column `header`. */
static int renamed(const importer *x, const char *column, const char *header)
{
    const size_t length = strlen(column);
    for (int k = 0; k < x->options->renames; k++) {
        const char *rename = x->options->rename[k];
        if (strncmp(rename, column, length) == 0 && rename[length] == '=')
            return strcmp(rename + length + 1, header) == 0 ? 1 : -1;
    }
    return 0;
}

static int is_column(const importer *x, const import_columns *columns, int k, const char *header)
{
    const int said = renamed(x, columns->name[k], header);
    if (said != 0)
        return said > 0;
    return strcmp(columns->name[k], header) == 0 ||
           (columns->also && columns->also[k] && strcmp(columns->also[k], header) == 0);
}

/* Names of the columns that no place points to. */
static void note_unread(importer *x, const csv_table *t, const unsigned char *read)
{
    size_t room = 1;
    long count = 0;
    for (int c = 0; c < t->columns; c++)
        room += read[c] ? 0 : strlen(ful__field_text(t, 0, c)) + 2;
    char *list = ful__case_take(&x->r, room, 1);
    for (int c = 0, used = 0; list && c < t->columns; c++)
        if (!read[c]) {
            used += snprintf(list + used, room - (size_t)used, "%s%s", used ? ", " : "",
                             ful__field_text(t, 0, c));
            count++;
        }
    ful__import_count(x, count, "columns not read", list);
}

/* A rename must be of a column that this format has. */
static void check_renames(importer *x, const import_columns *columns)
{
    for (int q = 0; q < x->options->renames && reader_ok(&x->r); q++) {
        char name[64];
        const char *rename = x->options->rename[q];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(rename, "="), rename);
        int known = 0;
        for (int k = 0; k < columns->count; k++)
            known |= strcmp(columns->name[k], name) == 0;
        const char *near = ful_nearest_name(name, columns->count, columns->name);
        if (!known)
            x->r.status =
                ful_fail(x->r.err, FUL_ERR_ARGUMENT, "this format has no column '%s'%s%s%s", name,
                         near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    }
}

int ful__import_csv(csv_table *out, int *column, importer *x, const char *path,
                    const import_columns *columns)
{
    reader *r = &x->r;
    const char *file;
    size_t size;
    check_renames(x, columns);
    char *text = ful__case_file(&file, &size, r, path, 1);
    *out = (csv_table){.file = file};
    if (text)
        r->status = ful__csv_grid(out, text, size, file, r->arena, r->err);
    unsigned char *read = reader_ok(r) ? ful__case_take(r, (size_t)out->columns, 1) : NULL;
    for (int k = 0; read && k < columns->count; k++) {
        column[k] = -1;
        for (int c = 0; c < out->columns && reader_ok(r); c++) {
            if (!is_column(x, columns, k, ful__field_text(out, 0, c)))
                continue;
            if (column[k] >= 0)
                ful__case_refuse(r, at_field(out, 0, c),
                                 "column '%s' stands twice, first in column %d: remove one",
                                 columns->name[k], column[k] + 1);
            column[k] = c;
            read[c] = 1;
        }
        if (column[k] < 0 && k < columns->needed)
            ful__case_refuse(r, (place){file, 1, 1},
                             "column '%s' is missing: add it, or say which one it is (--column "
                             "%s=NAME)",
                             columns->name[k], columns->name[k]);
    }
    if (reader_ok(r) && out->rows < 2)
        ful__case_refuse(r, (place){file, 1, 1}, "the table has a header but no row");
    if (reader_ok(r))
        note_unread(x, out, read);
    return reader_ok(r);
}

int ful__import_name(importer *x, const csv_table *t, int row, int column, name_list *list)
{
    reader *r = &x->r;
    const char *text = ful__field_text(t, row, column);
    if (!reader_ok(r))
        return 0;
    const int known = ful__case_find(list, text);
    if (known >= 0)
        return known;
    if (!*text)
        ful__case_refuse(r, at_field(t, row, column), "the %s is missing", list->kind);
    if (list->count == IMPORT_MOST)
        ful__case_refuse(r, at_field(t, row, column),
                         "more than %d %ss: aggregate the table before it is imported", IMPORT_MOST,
                         list->kind);
    ful__case_declare(r, list, at_field(t, row, column), text);
    return reader_ok(r) ? list->count - 1 : 0;
}

typedef struct sortable {
    const char *name;
    place at;
    int old;
} sortable;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const sortable *)a)->name, ((const sortable *)b)->name);
}

void ful__import_sort(importer *x, name_list *list, int *order)
{
    sortable *all = ful__case_take(&x->r, (size_t)list->count + 1, sizeof *all);
    if (!all)
        return;
    for (int k = 0; k < list->count; k++)
        all[k] = (sortable){list->name[k], list->at[k], k};
    qsort(all, (size_t)list->count, sizeof *all, by_name);
    for (int k = 0; k < list->count; k++) {
        list->name[k] = all[k].name;
        list->at[k] = all[k].at;
        order[all[k].old] = k;
    }
    list->hint = 0;
}

void ful__import_year(importer *x, unsigned char *keep, const csv_table *t, int column)
{
    reader *r = &x->r;
    int wanted = x->options->year, other = 0, kept = 0;
    if (column < 0) {
        if (wanted == 0)
            ful__case_refuse(r, (place){t->file, 1, 1},
                             "the table has no column 'year': say which year it is of (--year)");
        memset(keep, 1, (size_t)t->rows);
        x->out->year = wanted;
        return;
    }
    for (int row = 1; row < t->rows && reader_ok(r); row++) {
        const int year = ful__field_whole(r, t, row, column, "year", 1900, 2200);
        if (wanted == 0)
            wanted = year;
        if (year != wanted && x->options->year == 0)
            ful__case_refuse(r, at_field(t, row, column),
                             "the table holds several years, %d and %d among them: choose one "
                             "(--year)",
                             wanted, year);
        keep[row] = year == wanted;
        kept += keep[row];
        other += !keep[row];
    }
    if (reader_ok(r) && kept == 0)
        ful__case_refuse(r, at_field(t, 0, column), "no row of the year %d", wanted);
    ful__import_count(x, other, "rows of other years, left out", NULL);
    x->out->year = wanted;
}

void ful__import_arrays(importer *x)
{
    reader *r = &x->r;
    x->N = r->actors.count;
    x->J = r->sectors.count;
    const size_t N = (size_t)x->N, J = (size_t)x->J;
    if (reader_ok(r) && x->N < 3)
        ful__case_refuse(r, r->actors.at[0],
                         "%d actors: a case needs three, for its sender, enforcer and target",
                         x->N);
    x->out->data.countries = x->N;
    x->out->data.sectors = x->J;
    x->out->data.country = r->actors.name;
    x->out->data.sector = r->sectors.name;
    x->flow = ful__case_take(r, J * N * N, sizeof *x->flow);
    x->tariff = ful__case_take(r, J * N * N, sizeof *x->tariff);
    x->input = ful__case_take(r, N * J * J, sizeof *x->input);
}
