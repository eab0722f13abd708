/* SPDX-License-Identifier: MIT */
/* import.md: what was read, what was changed, what to look at. */
#include "case/write.h"

#include <math.h>

static void write_files(writer *w)
{
    static const char *const formats[] = {
#define FORMAT_NAME(symbol, name, what) name,
        FUL_IMPORT_FORMATS(FORMAT_NAME)
#undef FORMAT_NAME
    };
    const ful_import *t = w->table;
    fprintf(w->file, "# Import report\n\nFormat `%s`, year %d, %d actors, %d sectors; money times ",
            formats[t->format], t->year, t->data.countries, t->data.sectors);
    ful__write_number(w, t->unit);
    fputs(" in million USD.\n\n| file | sha256 |\n|---|---|\n", w->file);
    for (int k = 0; k < t->files; k++)
        fprintf(w->file, "| %s | %s |\n", t->file[k].name, t->file[k].sha256);
}

static void amount(writer *w, double x)
{
    if (isnan(x))
        fputs(" |", w->file);
    else
        fprintf(w->file, " %.6g |", x);
}

static void write_notes(writer *w)
{
    const ful_import *t = w->table;
    fputs("\n| what | cells | largest change | where | before, million USD | after |\n"
          "|---|--:|--:|---|--:|--:|\n",
          w->file);
    for (int k = 0; k < t->notes; k++) {
        const ful_import_note *note = &t->note[k];
        fprintf(w->file, "| %s |", note->what);
        if (note->count > 0)
            fprintf(w->file, " %ld |", note->count);
        else
            fputs(" |", w->file);
        if (isnan(note->largest))
            fputs(" |", w->file);
        else if (isinf(note->largest))
            fputs(" from 0 |", w->file);
        else
            fprintf(w->file, " %.3g %% |", 100 * note->largest);
        fprintf(w->file, " %s |", note->where ? note->where : "");
        amount(w, note->before);
        amount(w, note->after);
        fputc('\n', w->file);
    }
}

void ful__write_report(writer *w)
{
    ful__write_open(w, "import.md");
    if (w->status != FUL_OK)
        return;
    write_files(w);
    write_notes(w);
    fputs(
        "\nA row of the table above is one kind of change. Cells: how many numbers or rows it "
        "concerned; before\nand after: their totals. What is not listed was taken as it stands.\n\n"
        "## What no table of trade says\n\n"
        "- The regime is a thought experiment: everybody bans all trade with the target, enforced "
        "at .95. Put the\n  measures you mean into `measures.csv` and enforcement into "
        "`enforcement.csv`.\n"
        "- The game's numbers in `parameters.csv` (`game.*`) are starting ranges, grade E. Until "
        "you replace them,\n  read `solve`, `leverage` and `check`; what `game`, `packages` and "
        "`run` say is about these ranges.\n"
        "- `economy.kappa` 0 and `economy.phi` 0 are the standard trade model: one labour market, "
        "full employment.\n",
        w->file);
    ful__write_close(w);
}
