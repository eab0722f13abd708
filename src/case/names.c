/* SPDX-License-Identifier: MIT */
/* Names that a case declares: each once, found again, and the nearest one where a name is wrong. */
#include "case/reader.h"

#include <stdio.h>
#include <string.h>

#define MAX_LETTERS 64 /* longer names are not compared letter by letter */
#define MIN_STEM 3     /* letters that tell a name cut short */
#define FEW 12         /* so many names may be listed in a message */

/* Levenshtein distance of two names of at most MAX_LETTERS bytes. */
static int distance(const char *a, int n, const char *b, int m)
{
    int row[MAX_LETTERS + 1];
    for (int j = 0; j <= m; j++)
        row[j] = j;
    for (int i = 1; i <= n; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= m; j++) {
            const int above = row[j];
            const int change = diagonal + (a[i - 1] != b[j - 1]);
            const int least = above < row[j - 1] ? above + 1 : row[j - 1] + 1;
            row[j] = change < least ? change : least;
            diagonal = above;
        }
    }
    return row[m];
}

const char *ful_nearest_name(const char *name, int count, const char *const *names)
{
    const char *best = NULL;
    const size_t n = strlen(name);
    if (n > MAX_LETTERS)
        return NULL;
    /* one slip in three letters still looks like a slip */
    int least = (int)n / 3 + 1;
    for (int k = 0; k < count; k++) {
        const size_t m = strlen(names[k]), shorter = m < n ? m : n;
        /* a name cut short, or made longer, is one slip */
        const int stem = shorter >= MIN_STEM && strncmp(name, names[k], shorter) == 0;
        if (m > MAX_LETTERS || (!stem && (m > n + (size_t)least || n > m + (size_t)least)))
            continue;
        const int d = stem ? 1 : distance(name, (int)n, names[k], (int)m);
        if (d < least || (d == least && !best)) {
            least = d;
            best = names[k];
        }
    }
    return best;
}

void ful__case_declare(reader *r, name_list *list, place at, const char *name)
{
    const int before = reader_ok(r) ? ful__case_find(list, name) : -1;
    if (before >= 0)
        ful__case_refuse(r, at, "%s '%.60s' stands twice, first in line %d", list->kind, name,
                         list->at[before].line);
    int room = list->room;
    const char **names = ful__case_grow(r, list->name, &room, list->count, sizeof *names);
    place *places = ful__case_grow(r, list->at, &list->room, list->count, sizeof *places);
    if (!reader_ok(r))
        return;
    list->name = names;
    list->at = places;
    list->name[list->count] = name;
    list->at[list->count++] = at;
}

int ful__case_find(name_list *list, const char *name)
{
    for (int k = list->hint; k < list->count && k <= list->hint + 1; k++)
        if (strcmp(list->name[k], name) == 0)
            return list->hint = k;
    for (int k = 0; k < list->count; k++)
        if (list->name[k][0] == name[0] && strcmp(list->name[k], name) == 0)
            return list->hint = k;
    return -1;
}

/* All names, or the first few of many. */
static void enumerate(char *out, size_t size, int count, const char *const *names)
{
    size_t used = 0;
    out[0] = '\0';
    for (int k = 0; k < count && k < FEW && used < size - 1; k++) {
        const int more = snprintf(out + used, size - used, "%s%s", k ? ", " : "", names[k]);
        used += (size_t)more;
    }
    if (count > FEW && used < size - 1)
        snprintf(out + used, size - used, ", ...");
}

int ful__case_name(reader *r, place at, const char *text, name_list *list)
{
    if (!reader_ok(r))
        return 0;
    const int found = ful__case_find(list, text);
    if (found >= 0)
        return found;
    char known[FUL_ERROR_TEXT / 2];
    const char *near = ful_nearest_name(text, list->count, list->name);
    if (near) {
        const place there = list->at[ful__case_find(list, near)];
        const char *slash = strrchr(there.file, '/'), *last = slash ? slash + 1 : there.file;
        const char *file = strcmp(there.file, at.file) == 0 ? NULL : last;
        ful__case_refuse(r, at, "%s '%.60s' is not declared (did you mean '%s', %s%sline %d?)",
                         list->kind, text, near, file ? file : "", file ? " " : "", there.line);
    } else {
        enumerate(known, sizeof known, list->count, list->name);
        ful__case_refuse(r, at, "%s '%.60s' is not declared (declared: %s)", list->kind, text,
                         list->count > 0 ? known : "none");
    }
    return 0;
}

int ful__case_word(reader *r, place at, const char *text, const char *what,
                   const char *const *words)
{
    int count = 0;
    for (; words[count]; count++)
        if (strcmp(words[count], text) == 0)
            return count;
    char known[FUL_ERROR_TEXT / 2];
    const char *near = ful_nearest_name(text, count, words);
    enumerate(known, sizeof known, count, words);
    ful__case_refuse(r, at, "%s '%.60s' is not known (%s%s%sallowed: %s)", what, text,
                     near ? "did you mean '" : "", near ? near : "", near ? "'? " : "", known);
    return 0;
}

void ful__case_check_id(reader *r, place at, const char *id)
{
    const size_t length = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-_");
    if (!*id || id[length] != '\0' || length > 47)
        ful__case_refuse(
            r, at, "'%.60s' is no id: expected up to 47 lower case letters, digits, - and _", id);
}
