/* SPDX-License-Identifier: MIT */
/*
 * Assertions that cmocka lacks. A failure prints both values and the error measured in tolerances.
 * Include this header instead of cmocka.h.
 */
#ifndef FUL_TEST_H
#define FUL_TEST_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fulcrum/base.h"

/* Exit status that the test runner reads as "skipped". */
#define FUL_TEST_SKIP 77

/* |actual - expected| <= rtol * |expected| + atol; NaN is never near anything. */
#define ful_near(actual, expected, rtol, atol)                                                     \
    ful_test_near((actual), (expected), (rtol), (atol), #actual, __FILE__, __LINE__)

static inline void ful_test_near(double actual, double expected, double rtol, double atol,
                                 const char *what, const char *file, int line)
{
    const double room = rtol * fabs(expected) + atol;
    if (fabs(actual - expected) <= room)
        return;
    print_error("%s = %.17g, expected %.17g: off by %.3g, which is %.3g tolerances\n", what, actual,
                expected, actual - expected, fabs(actual - expected) / room);
    _fail(file, line);
}

/* The status, with the error's text where it is not what was expected. */
#define ful_status_is(status, expected, err)                                                       \
    ful_test_status((status), (expected), (err), #status, __FILE__, __LINE__)

static inline void ful_test_status(ful_status status, ful_status expected, const ful_error *err,
                                   const char *what, const char *file, int line)
{
    if (status == expected)
        return;
    print_error("%s: \"%s\", expected \"%s\"%s%s\n", what, ful_status_text(status),
                ful_status_text(expected), err && status != FUL_OK ? ": " : "",
                err && status != FUL_OK ? err->text : "");
    _fail(file, line);
}

/* An error's text must name the culprit. */
#define ful_says(err, part)                                                                        \
    do {                                                                                           \
        if (!strstr((err).text, (part))) {                                                         \
            print_error("\"%s\" does not mention \"%s\"\n", (err).text, (part));                   \
            _fail(__FILE__, __LINE__);                                                             \
        }                                                                                          \
    } while (0)

/* An allocator that counts, and fails the allocation number `fail_at` (0-based; negative: never). */
typedef struct ful_test_memory {
    ful_allocator allocator;
    long calls;   /* allocations asked for */
    long live;    /* blocks not yet returned */
    long fail_at;
} ful_test_memory;

static inline void *ful_test_resize(void *user, void *ptr, size_t old_size, size_t size)
{
    ful_test_memory *memory = (ful_test_memory *)user;
    (void)old_size;
    if (size == 0) {
        memory->live -= ptr != NULL;
        free(ptr);
        return NULL;
    }
    if (memory->calls++ == memory->fail_at)
        return NULL;
    void *block = realloc(ptr, size);
    memory->live += block && !ptr;
    return block;
}

static inline void ful_test_memory_init(ful_test_memory *memory, long fail_at)
{
    memset(memory, 0, sizeof *memory);
    memory->allocator.resize = ful_test_resize;
    memory->allocator.user = memory;
    memory->fail_at = fail_at;
}

/* The folder of reference data, or NULL: the test then exits with FUL_TEST_SKIP. */
static inline const char *ful_test_reference(void)
{
    const char *folder = getenv("FULCRUM_REFERENCE");
    if (!folder || !*folder) {
        fprintf(stderr, "skipped: FULCRUM_REFERENCE names no folder of reference data\n");
        return NULL;
    }
    return folder;
}

#endif
