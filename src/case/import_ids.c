/* SPDX-License-Identifier: MIT */
/* Ids that a case may have, from the names that a table has. */
#include "case/import.h"

#include <string.h>

#define ID_LENGTH 47

/* Lower case letters and digits of the name; a hyphen for each run of anything else. */
static void slug(char *out, size_t room, const char *name)
{
    size_t to = 0;
    int gap = 0;
    for (; *name && to + 2 < room; name++) {
        const char c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') {
            if (gap && to > 0)
                out[to++] = '-';
            out[to++] = c;
        }
        gap = !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
    }
    out[to] = '\0';
}

static int is_iso(const char *name)
{
    return strlen(name) == 3 && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

/* Three capitals stay; everybody else becomes x-name. x-rest is taken by leverage. */
static void actor_id(char *out, const char *name)
{
    if (is_iso(name)) {
        strcpy(out, name);
        return;
    }
    strcpy(out, "x-");
    slug(out + 2, ID_LENGTH - 1, strncmp(name, "x-", 2) == 0 ? name + 2 : name);
    if (strcmp(out, "x-rest") == 0)
        strcpy(out, "x-rest-of-world");
    if (strcmp(out, "x-") == 0)
        out[0] = '\0';
}

static void sector_id(char *out, const char *name)
{
    slug(out, ID_LENGTH + 1, name);
}

static const char *const *make(importer *x, const name_list *names,
                               void (*id)(char *, const char *))
{
    reader *r = &x->r;
    name_list ids = {.kind = names->kind};
    for (int k = 0; k < names->count && reader_ok(r); k++) {
        char text[ID_LENGTH + 2];
        id(text, names->name[k]);
        const int before = ful__case_find(&ids, text);
        if (!*text)
            ful__case_refuse(r, names->at[k],
                             "%s '%.60s' holds no letter a-z or digit to make an id of: use a code",
                             names->kind, names->name[k]);
        else if (before >= 0)
            ful__case_refuse(r, names->at[k],
                             "%s '%.60s' and '%.60s' give the same id, %s: rename one", names->kind,
                             names->name[before], names->name[k], text);
        const char *copy = reader_ok(r) ? ful_arena_text(r->arena, text) : NULL;
        if (reader_ok(r) && !copy)
            r->status = ful_fail(r->err, FUL_ERR_MEMORY, "out of memory for the import");
        if (copy)
            ful__case_declare(r, &ids, names->at[k], copy);
    }
    return ids.name;
}

void ful__import_ids(importer *x)
{
    x->out->actor = make(x, &x->r.actors, actor_id);
    x->out->sector = make(x, &x->r.sectors, sector_id);
}

int ful_import_actor(const ful_import *table, const char *name)
{
    for (int n = 0; n < table->data.countries; n++)
        if (strcmp(table->actor[n], name) == 0 || strcmp(table->data.country[n], name) == 0)
            return n;
    return -1;
}
