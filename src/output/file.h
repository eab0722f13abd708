/* SPDX-License-Identifier: MIT */
/* Private to the output: files that appear whole or not at all. */
#ifndef FULCRUM_OUTPUT_FILE_H
#define FULCRUM_OUTPUT_FILE_H

#include "fulcrum/base.h"

#define FILE_ROOM 4096 /* bytes that a path takes */

/*
 * One file to be. A regular file is written beside (.part) and renamed when it is whole; behind a
 * symbolic link it is the file that the link leads to. What is there and is no regular file, such
 * as a pipe, is written to as it stands: nothing takes its place.
 */
typedef struct output_file {
    const char *name;     /* as the user named it; the caller's */
    char path[FILE_ROOM]; /* links followed */
    char at[FILE_ROOM];   /* where to write it */
    int regular, placed;
} output_file;

/* Find out where `name` is to be written. FUL_ERR_FILE where the name is too long or its links go
 * round. */
ful_status output_file_begin(output_file *out, const char *name, ful_error *err);
/* Put what was written in its place. */
ful_status output_file_place(output_file *file, ful_error *err);
/* Remove what was written, placed or not; what is no regular file stays. */
void output_file_drop(const output_file *file);
/* The error of a file that cannot be written, with the system's reason. */
ful_status output_file_refused(const output_file *file, int reason, ful_error *err);

#endif
