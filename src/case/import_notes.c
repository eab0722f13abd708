/* SPDX-License-Identifier: MIT */
/* What an import changed and what it left out, counted. */
#include "case/import.h"

#include <math.h>
#include <stdio.h>

void ful__tally_add(tally *t, double before, double after, int actor, int sector)
{
    const double change = before != 0 ? fabs(after / before - 1) : INFINITY;
    if (before == after)
        return;
    if (t->count++ == 0 || change > t->largest) {
        t->largest = change;
        t->actor = actor;
        t->sector = sector;
    }
    t->before += before;
    t->after += after;
}

static void add(importer *x, const ful_import_note *note)
{
    ful_import_note *all = ful__case_grow(&x->r, x->note, &x->note_room, x->notes, sizeof *all);
    if (!all)
        return;
    x->note = all;
    x->note[x->notes++] = *note;
}

void ful__import_tally(importer *x, const tally *t)
{
    char where[FUL_ERROR_TEXT];
    if (t->count == 0 || !reader_ok(&x->r))
        return;
    snprintf(where, sizeof where, "%s%s%s", x->out->data.country[t->actor],
             t->sector >= 0 ? ", " : "", t->sector >= 0 ? x->out->data.sector[t->sector] : "");
    const ful_import_note note = {.what = t->what,
                                  .count = t->count,
                                  .before = t->before,
                                  .after = t->after,
                                  .largest = t->largest,
                                  .where = ful_arena_text(x->r.arena, where)};
    add(x, &note);
}

void ful__import_total(importer *x, const char *what, double before, double after)
{
    const ful_import_note note = {.what = what, .before = before, .after = after, .largest = NAN};
    add(x, &note);
}

void ful__import_count(importer *x, long count, const char *what, const char *where)
{
    if (count == 0)
        return;
    const ful_import_note note = {
        .what = what, .count = count, .before = NAN, .after = NAN, .largest = NAN, .where = where};
    add(x, &note);
}
