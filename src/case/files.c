/* SPDX-License-Identifier: MIT */
/* The files of a case folder: complete, UTF-8, hashed. */
#include "case/reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_FILE_BYTES ((long)1 << 30)

place ful__case_path(reader *r, const char *name)
{
    const char *folder = r->c->folder;
    const size_t room = strlen(folder) + strlen(name) + 2;
    char *path = ful__case_take(r, room, 1);
    if (path)
        snprintf(path, room, "%s%s%s", folder, *folder ? "/" : "", name);
    return (place){path ? path : name, 0, 0};
}

static void fail_file(reader *r, const char *path, const char *what)
{
    if (reader_ok(r))
        r->status = ful_fail_at(r->err, FUL_ERR_FILE, path, 0, 0, "%s", what);
}

static char *slurp(size_t *size, reader *r, FILE *file, const char *path)
{
    struct stat info;
    long bytes = -1;
    if (fstat(fileno(file), &info) == 0 && !S_ISREG(info.st_mode)) {
        fail_file(r, path, "this is no file");
        return NULL;
    }
    if (fseek(file, 0, SEEK_END) == 0)
        bytes = ftell(file);
    if (bytes < 0 || bytes > MAX_FILE_BYTES || fseek(file, 0, SEEK_SET) != 0) {
        fail_file(r, path, "cannot be read, or is above 1 GiB");
        return NULL;
    }
    char *text = ful__case_take(r, (size_t)bytes + 1, 1);
    if (text && fread(text, 1, (size_t)bytes, file) != (size_t)bytes)
        fail_file(r, path, "cannot be read to its end");
    *size = (size_t)bytes;
    return text;
}

/* Bytes of the UTF-8 character at `at` (RFC 3629), 0 where there is none. */
static size_t character(const unsigned char *at, const unsigned char *end)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t length = *at < 0x80 ? 1 : *at >= 0xf0 && *at < 0xf5 ? 4 : *at >= 0xe0 ? 3 : 2;
    if (length == 1)
        return 1;
    if (*at < 0xc2 || *at >= 0xf5 || (size_t)(end - at) < length)
        return 0;
    unsigned code = *at & (0x7fu >> length);
    for (size_t k = 1; k < length; k++) {
        if ((at[k] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[k] & 0x3fu);
    }
    return code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0
                                                                                        : length;
}

/* The place of `at` in a text that is UTF-8 up to there. */
static place place_of(const char *path, const unsigned char *text, const unsigned char *at)
{
    place here = {path, 1, 1};
    for (; text < at; text++) {
        if (*text == '\n') {
            here.line++;
            here.column = 1;
        } else if ((*text & 0xc0) != 0x80) {
            here.column++;
        }
    }
    return here;
}

/* Refuse what would garble an output later, and a file that was cut short. */
static void check_text(reader *r, const char *path, const unsigned char *text, size_t size)
{
    const unsigned char *at = text, *end = text + size;
    while (at < end) {
        if ((*at >= 0x20 && *at < 0x7f) || *at == '\n' || *at == '\r' || *at == '\t') {
            at++;
            continue;
        }
        const size_t length = character(at, end);
        if (length < 2) {
            const place here = place_of(path, text, at);
            if (length == 0)
                ful__case_refuse(r, here, "this is not UTF-8: save the file in that encoding");
            else
                ful__case_refuse(r, here, "a control character (0x%02x) is not allowed", *at);
            return;
        }
        at += length;
    }
    if (size > 0 && end[-1] != '\n')
        ful__case_refuse(
            r, place_of(path, text, end),
            "the file ends within a line: it was cut short, or lacks its last line end");
}

char *ful__case_file(const char **path, size_t *size, reader *r, const char *name, int needed)
{
    *path = ful__case_path(r, name).file;
    *size = 0;
    if (!reader_ok(r))
        return NULL;
    FILE *file = fopen(*path, "rb");
    if (!file) {
        char what[200];
        snprintf(what, sizeof what, "cannot be opened (%s)%s", strerror(errno),
                 needed && *r->c->folder ? ": a case folder needs this file" : "");
        if (needed || errno != ENOENT)
            fail_file(r, *path, what);
        return NULL;
    }
    char *text = slurp(size, r, file, *path);
    fclose(file);
    if (!reader_ok(r))
        return NULL;
    check_text(r, *path, (const unsigned char *)text, *size);
    ful_sha256 hash;
    ful_sha256_init(&hash);
    ful_sha256_add(&hash, text, *size);
    r->file_name[r->files] = name;
    ful_sha256_finish(&hash, r->digest[r->files++]);
    return reader_ok(r) ? text : NULL;
}

int ful__case_csv(csv_table *out, reader *r, const char *name, const csv_columns *columns,
                  int needed)
{
    const char *path;
    size_t size;
    char *text = ful__case_file(&path, &size, r, name, needed);
    *out = (csv_table){.file = path};
    if (text)
        r->status = ful__csv_read(out, text, size, path, columns, r->arena, r->err);
    return reader_ok(r);
}

const yaml_node *ful__case_yaml(reader *r, const char *name, int needed)
{
    const char *path;
    size_t size;
    yaml_node *root = NULL;
    const char *text = ful__case_file(&path, &size, r, name, needed);
    if (text)
        r->status = ful__yaml_read(&root, text, size, path, r->arena, r->err);
    return root;
}

/* What `sha256sum FILES | sha256sum` prints, the files being those that were read, by name. */
void ful__case_hash(reader *r)
{
    int order[READER_MAX_FILES];
    for (int k = 0; k < r->files; k++) {
        int at = k;
        for (; at > 0 && strcmp(r->file_name[order[at - 1]], r->file_name[k]) > 0; at--)
            order[at] = order[at - 1];
        order[at] = k;
    }
    ful_sha256 hash;
    ful_sha256_init(&hash);
    for (int k = 0; k < r->files; k++) {
        const char *name = r->file_name[order[k]];
        ful_sha256_add(&hash, r->digest[order[k]], 64);
        ful_sha256_add(&hash, "  ", 2);
        ful_sha256_add(&hash, name, strlen(name));
        ful_sha256_add(&hash, "\n", 1);
    }
    ful_sha256_finish(&hash, r->c->s.sha256);
}
