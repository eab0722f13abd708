/* SPDX-License-Identifier: MIT */
/* The order in which a case folder is read, and what every part of the reader needs. */
#include "case/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* ---- refusals, remarks, memory ---- */

void ful__case_refuse(reader *r, place at, const char *format, ...)
{
    char text[FUL_ERROR_TEXT];
    if (!reader_ok(r))
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    r->status = ful_fail_at(r->err, FUL_ERR_DATA, at.file, at.line, at.column, "%s", text);
}

void *ful__case_take(reader *r, size_t count, size_t size)
{
    if (!reader_ok(r))
        return NULL;
    void *block = ful_arena_take(r->arena, count, size);
    if (!block)
        r->status = ful_fail(r->err, FUL_ERR_MEMORY, "out of memory for the case");
    return block;
}

void *ful__case_grow(reader *r, void *array, int *room, int count, size_t size)
{
    if (count < *room)
        return array;
    const int larger = *room > 0 ? 2 * *room : 16;
    void *copy = ful__case_take(r, (size_t)larger, size);
    if (!copy)
        return NULL;
    if (count > 0)
        memcpy(copy, array, (size_t)count * size);
    *room = larger;
    return copy;
}

void ful__case_remark(reader *r, const char *file, int line, const char *format, ...)
{
    char text[FUL_ERROR_TEXT];
    ful_case *c = r->c;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ful_remark *remark = ful__case_grow(r, c->remark, &c->remark_room, c->remarks, sizeof *remark);
    char *copy = ful__case_take(r, strlen(text) + 1, 1);
    if (!remark || !copy)
        return;
    memcpy(copy, text, strlen(text) + 1);
    c->remark = remark;
    c->remark[c->remarks++] = (ful_remark){file, line, copy};
}

/* ---- the folder ---- */

static void check_folder(reader *r, const char *folder)
{
    struct stat info;
    if (stat(folder, &info) != 0)
        r->status = ful_fail_at(r->err, FUL_ERR_FILE, folder, 0, 0,
                                "cannot be opened: there is no such folder");
    else if (!S_ISDIR(info.st_mode))
        r->status = ful_fail_at(r->err, FUL_ERR_FILE, folder, 0, 0,
                                "this is no folder: a case is a folder with a case.yaml in it");
}

/* Names of a list that carry no mark, in one remark. */
static void remark_idle(reader *r, const name_list *list, const unsigned char *mark,
                        const char *file, const char *what)
{
    char text[FUL_ERROR_TEXT / 2] = "";
    size_t used = 0;
    int line = 0;
    for (int k = 0; reader_ok(r) && k < list->count && used < sizeof text - 1; k++) {
        if (mark[k] || strcmp(strrchr(list->at[k].file, '/') + 1, file) != 0)
            continue;
        line = line ? line : list->at[k].line;
        const int more =
            snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "", list->name[k]);
        used += (size_t)more;
    }
    if (line)
        ful__case_remark(r, file, line, "%s: %s%s", what, text, used >= sizeof text ? " ..." : "");
}

static void read_folder(reader *r)
{
    const yaml_node *root = ful__case_yaml(r, "case.yaml", 1);
    ful__case_sources(r);
    ful__case_parameters(r);
    ful__case_outline(r, root);
    ful__case_trade(r);
    ful__case_balance(r);
    ful__case_laws(r);
    ful__case_enforcement(r);
    ful__case_shocks(r);
    ful__case_play(r, root);
    ful__case_game(r, root);
    ful__case_moves(r, root);
    ful__case_record(r);
    ful__case_ranges(r);
    remark_idle(r, &r->parameters, r->parameter_used, "parameters.csv", "nothing uses");
    remark_idle(r, &r->sources, r->cited, "sources.bib", "no table cites");
    ful__case_hash(r);
    r->c->s.parameter = r->parameter;
    r->c->s.parameters = r->parameters.count;
}

void ful__case_begin(reader *r, ful_case *c, const char *folder, ful_arena *arena, ful_error *err)
{
    *c = (ful_case){.arena = arena, .folder = folder};
    *r = (reader){.c = c, .arena = arena, .err = err};
    r->actors.kind = "actor";
    r->sectors.kind = "sector";
    r->groups.kind = "group";
    r->parameters.kind = "parameter";
    r->sources.kind = "source";
    r->measures.kind = "measure";
    r->shocks.kind = "shock";
    r->regimes.kind = "regime";
    r->levers.kind = "lever";
    r->packages.kind = "package";
    r->households.kind = "household";
    r->claims.kind = "claim";
    r->players.kind = "player";
    r->parts.kind = "part";
    r->terms.kind = "term";
    r->incomes.kind = "income";
}

ful_status ful_case_load(ful_case **out, const char *folder, const ful_allocator *allocator,
                         ful_error *err)
{
    *out = NULL;
    ful_arena *arena;
    const ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    reader *r = ful_arena_take(arena, 1, sizeof *r);
    ful_case *c = ful_arena_take(arena, 1, sizeof *c);
    char *name = ful_arena_text(arena, folder);
    if (!r || !c || !name) {
        ful_arena_free(arena);
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the case");
    }
    for (size_t end = strlen(name); end > 1 && name[end - 1] == '/'; end--)
        name[end - 1] = '\0';
    ful__case_begin(r, c, name, arena, err);
    check_folder(r, name);
    read_folder(r);
    const ful_status result = r->status;
    if (result != FUL_OK)
        ful_arena_free(arena);
    else
        *out = c;
    return result;
}

void ful_case_free(ful_case *c)
{
    if (c)
        ful_arena_free(c->arena);
}

const ful_situation *ful_case_situation(const ful_case *c)
{
    return &c->s;
}

int ful_case_remarks(const ful_case *c, const ful_remark **out)
{
    *out = c->remark;
    return c->remarks;
}
