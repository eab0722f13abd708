/* SPDX-License-Identifier: MIT */
/**
 * @file fulcrum/case.h
 * Reading a case folder. Format: docs/reference/case-format.md.
 */
#ifndef FULCRUM_CASE_H
#define FULCRUM_CASE_H

#include "fulcrum/situation.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ful_case ful_case; /**< a folder that was read, with everything it says */

/**
 * Read and check the folder. Refuses, with file, line, column, what was found, what is allowed and the
 * nearest known name: a missing file or column, an unknown key or name, a duplicate, a number that is
 * none or out of range, a sector without suppliers, a parameter without source or grade, a truncated
 * file. `err->file` is the path of the file, `folder` included.
 * @return FUL_OK, FUL_ERR_FILE, FUL_ERR_DATA or FUL_ERR_MEMORY.
 */
FUL_API FUL_NODISCARD ful_status ful_case_load(ful_case **out, const char *folder,
                                               const ful_allocator *allocator, ful_error *err);
FUL_API void ful_case_free(ful_case *c);

/** The situation; lives as long as the case. */
FUL_API const ful_situation *ful_case_situation(const ful_case *c);

/** A remark of the check that is no error: the largest gap of the tables, an unused source, ... */
typedef struct ful_remark {
    const char *file; /**< relative to the folder */
    int line;         /**< 1-based */
    const char *text;
} ful_remark;

/** Their number; they live as long as the case. */
FUL_API int ful_case_remarks(const ful_case *c, const ful_remark **out);

/** The nearest of `count` names to `name`, or NULL where none is near: one slip in three letters, or one
 *  name the beginning of the other. */
FUL_API const char *ful_nearest_name(const char *name, int count, const char *const *names);

#ifdef __cplusplus
}
#endif
#endif
