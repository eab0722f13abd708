/* SPDX-License-Identifier: MIT */
#include "output/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_LINKS 40 /* that lead to one another: as many as Linux follows */

ful_status output_file_refused(const output_file *file, int reason, ful_error *err)
{
    return ful_fail_at(err, FUL_ERR_FILE, file->name, 0, 0, "cannot be written: %s",
                       strerror(reason));
}

/* Replace a path by what it leads to, read from the folder that it lies in; errno, or 0. */
static int follow(char path[FILE_ROOM])
{
    for (int links = 0; links <= MOST_LINKS; links++) {
        char to[FILE_ROOM];
        const ssize_t length = readlink(path, to, sizeof to);
        if (length < 0) /* no link; if there is anything else wrong, opening it says what */
            return 0;
        char *slash = strrchr(path, '/');
        const size_t folder = slash && to[0] != '/' ? (size_t)(slash - path) + 1 : 0;
        if (folder + (size_t)length >= FILE_ROOM)
            return ENAMETOOLONG;
        memcpy(path + folder, to, (size_t)length);
        path[folder + (size_t)length] = '\0';
    }
    return ELOOP;
}

ful_status output_file_begin(output_file *out, const char *name, ful_error *err)
{
    struct stat found;
    memset(out, 0, sizeof *out);
    out->name = name;
    const size_t length = strlen(name);
    if (length >= FILE_ROOM)
        return output_file_refused(out, ENAMETOOLONG, err);
    memcpy(out->path, name, length);
    const int reason = follow(out->path);
    if (reason != 0)
        return output_file_refused(out, reason, err);
    out->regular = stat(out->path, &found) != 0 || S_ISREG(found.st_mode);
    if (snprintf(out->at, FILE_ROOM, "%s%s", out->path, out->regular ? ".part" : "") >= FILE_ROOM)
        return output_file_refused(out, ENAMETOOLONG, err);
    return FUL_OK;
}

ful_status output_file_place(output_file *file, ful_error *err)
{
    if (file->regular && rename(file->at, file->path) != 0)
        return output_file_refused(file, errno, err);
    file->placed = 1;
    return FUL_OK;
}

void output_file_drop(const output_file *file)
{
    if (file->regular)
        remove(file->placed ? file->path : file->at);
}
