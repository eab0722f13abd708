/* SPDX-License-Identifier: MIT */
/* The one door to all importers. */
#include "case/import.h"

#include <math.h>
#include <string.h>

static const struct {
    void (*read)(importer *x, const char *path);
} formats[] = {
    [FUL_IMPORT_LONG] = {ful__import_long},       [FUL_IMPORT_WIDE] = {ful__import_wide},
    [FUL_IMPORT_BLOCKS] = {ful__import_blocks},   [FUL_IMPORT_SHARES] = {ful__import_shares},
    [FUL_IMPORT_GRAVITY] = {ful__import_gravity},
};

static void list_files(importer *x)
{
    ful_import_file *file = ful__case_take(&x->r, READER_MAX_FILES, sizeof *file);
    for (int k = 0; file && k < x->r.files; k++) {
        file[k].name = x->r.file_name[k];
        memcpy(file[k].sha256, x->r.digest[k], sizeof file[k].sha256);
    }
    x->out->file = file;
    x->out->files = x->r.files;
}

ful_status ful_import_read(ful_import *out, ful_import_format format, const char *path,
                           const ful_import_options *options, ful_arena *arena, ful_error *err)
{
    static const ful_import_options none = {0};
    *out = (ful_import){.format = format};
    importer *x = ful_arena_take(arena, 1, sizeof *x);
    const char *table = ful_arena_text(arena, path);
    if (!x || !table)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the import");
    out->table = table;
    ful__case_begin(&x->r, &x->c, "", arena, err);
    x->options = options ? options : &none;
    x->out = out;
    x->unit = x->options->unit != 0 ? x->options->unit : 1;
    if (!(x->unit > 0) || !isfinite(x->unit))
        return ful_fail(err, FUL_ERR_ARGUMENT, "unit %g, expected a number above 0", x->unit);
    out->unit = x->unit;
    formats[format].read(x, table);
    ful__import_finish(x);
    list_files(x);
    out->note = x->note;
    out->notes = x->notes;
    return x->r.status;
}
