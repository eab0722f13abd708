/* SPDX-License-Identifier: MIT */
/**
 * @file fulcrum/base.h
 * What every room of Fulcrum shares: statuses, errors, memory, threads, random draws, hashing.
 *
 * Conventions, said once and kept everywhere:
 *  - Argument order: outputs, the const model, the workspace, inputs, options, `ful_error *err` last.
 *  - A function that can fail returns ful_status: 0 success, negative an error (outputs are NULL or
 *    untouched), positive "ran, but do not trust the numbers". `err` may be NULL.
 *  - Models are immutable and may be shared by threads; a workspace belongs to one thread.
 *  - `_new` allocates and `_free` releases; `_free(NULL)` does nothing. A failed `_new` sets *out = NULL.
 *  - Extents are int, byte counts size_t. Money is million US dollars a year. Rates, shares and
 *    probabilities are fractions; names that end in _pct are per cent.
 *  - The core (base, economy, measures, game, study) prints nothing, reads no environment variable,
 *    holds no global state and allocates nothing while it solves.
 */
#ifndef FULCRUM_BASE_H
#define FULCRUM_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FUL_VERSION "0.1.0"

#if defined(__GNUC__)
#define FUL_API __attribute__((visibility("default")))
#define FUL_NODISCARD __attribute__((warn_unused_result))
#define FUL_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define FUL_API
#define FUL_NODISCARD
#define FUL_PRINTF(f, a)
#endif

/** Every status: symbol, value, text. Negative: no result. Positive: a result not to be trusted. */
#define FUL_STATUSES(X)                                                                            \
    X(FUL_OK, 0, "ok")                                                                             \
    X(FUL_NOT_CONVERGED, 1, "the iteration limit was reached before the tolerance")                \
    X(FUL_INTERRUPTED, 2, "interrupted")                                                           \
    X(FUL_ERR_ARGUMENT, -1, "invalid argument")                                                    \
    X(FUL_ERR_MEMORY, -2, "out of memory")                                                         \
    X(FUL_ERR_DATA, -3, "invalid data")                                                            \
    X(FUL_ERR_INFEASIBLE, -4, "no equilibrium exists")                                             \
    X(FUL_ERR_FILE, -5, "file cannot be read or written")

typedef enum ful_status {
#define FUL_STATUS_ENUM(symbol, value, text) symbol = value,
    FUL_STATUSES(FUL_STATUS_ENUM)
#undef FUL_STATUS_ENUM
} ful_status;

/** Text of a status; "unknown status" for any other number. Never NULL. */
FUL_API const char *ful_status_text(ful_status status);

#define FUL_ERROR_FILE 256
#define FUL_ERROR_TEXT 512

/** What went wrong and where. Filled by the function that fails, owned by the caller. */
typedef struct ful_error {
    ful_status status;
    char file[FUL_ERROR_FILE]; /**< the file at fault, or "" */
    int line;                  /**< 1-based, 0 where no line applies */
    int column;                /**< 1-based, 0 where no column applies */
    char text[FUL_ERROR_TEXT]; /**< what was found, what is allowed, the remedy */
} ful_error;

/** Fill `err` (nullable) and return `status`, so that a failure is one statement. */
FUL_API ful_status ful_fail(ful_error *err, ful_status status, const char *format, ...)
    FUL_PRINTF(3, 4);

/** As ful_fail, at a place in a file. */
FUL_API ful_status ful_fail_at(ful_error *err, ful_status status, const char *file, int line,
                               int column, const char *format, ...) FUL_PRINTF(6, 7);

/** Version of the library that is linked, "major.minor.patch". */
FUL_API const char *ful_version(void);

/* ---- memory ---------------------------------------------------------------------------------- */

/**
 * Where memory comes from: one function in Lua's manner. size 0 frees `ptr` and returns NULL;
 * otherwise it returns a block of at least `size` bytes that holds the old contents, or NULL.
 */
typedef struct ful_allocator {
    void *(*resize)(void *user, void *ptr, size_t old_size, size_t size);
    void *user;
} ful_allocator;

/** The C library's allocator; what a NULL allocator means everywhere. */
FUL_API const ful_allocator *ful_allocator_default(void);

/**
 * An arena: many small allocations, one release. Blocks are zeroed and aligned to 64 bytes.
 * Not for use by several threads at once.
 */
typedef struct ful_arena ful_arena;

FUL_API FUL_NODISCARD ful_status ful_arena_new(ful_arena **out, const ful_allocator *allocator,
                                               ful_error *err);
FUL_API void ful_arena_free(ful_arena *arena);

/** `count` zeroed elements of `size` bytes; NULL when memory is out or the product overflows. */
FUL_API void *ful_arena_take(ful_arena *arena, size_t count, size_t size);

/** A copy of `text` that lives as long as the arena; NULL when memory is out. */
FUL_API char *ful_arena_text(ful_arena *arena, const char *text);

/* ---- long work ------------------------------------------------------------------------------- */

/** Told how far a long study is; `done` of `total`, from any one thread at a time. */
typedef struct ful_progress {
    void (*report)(void *user, const char *what, int done, int total);
    void *user;
} ful_progress;

/** How a long study runs. A zeroed struct is a good default. */
typedef struct ful_run {
    int threads;                    /**< 0 = one per core; results are the same bits for any number */
    const volatile int *stop;       /**< nullable; non-zero asks for FUL_INTERRUPTED */
    const ful_progress *progress;   /**< nullable */
    const ful_allocator *allocator; /**< nullable */
} ful_run;

/** Work on item `index` in thread `thread` (0..threads-1); non-zero stops the loop. */
typedef ful_status (*ful_work_fn)(void *user, int index, int thread);

/**
 * Call fn for 0..count-1, spread over threads. Returns the status of the lowest index that did not
 * return FUL_OK, so that the answer does not depend on timing; FUL_INTERRUPTED when `run->stop` is
 * set. `run` may be NULL. Reports progress under the name `what` (nullable: silent).
 */
FUL_API ful_status ful_parallel_for(int count, const ful_run *run, const char *what, ful_work_fn fn,
                                    void *user);

/** Threads that ful_parallel_for will use: run->threads, or the number of cores, at least 1. */
FUL_API int ful_threads(const ful_run *run);

/* ---- random draws ----------------------------------------------------------------------------- */

/**
 * Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011): 128 random bits as a function of a key and a
 * counter. Nothing is stored, so any draw can be replayed alone, in any order.
 */
FUL_API void ful_philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]);

/** A uniform in (0,1), 53 bits, for (seed, stream, draw): never 0 or 1. */
FUL_API double ful_uniform(uint64_t seed, uint32_t stream, uint32_t draw);

/** The stream that belongs to a name: FNV-1a (Fowler, Noll & Vo) of its bytes. Two names may share one. */
FUL_API uint32_t ful_stream(const char *name);

/** The standard normal quantile (Acklam's approximation refined by one Halley step, |error| < 1e-14
 *  relative to the larger of 1 and the quantile); 0 < p < 1. */
FUL_API double ful_normal_quantile(double p);

/* ---- hashing ---------------------------------------------------------------------------------- */

/** SHA-256 (FIPS 180-4) of a byte stream: init, add as often as needed, finish. */
typedef struct ful_sha256 {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[64];
} ful_sha256;

FUL_API void ful_sha256_init(ful_sha256 *hash);
FUL_API void ful_sha256_add(ful_sha256 *hash, const void *data, size_t size);
/** Write the digest as 64 lower-case hexadecimal digits and a NUL. */
FUL_API void ful_sha256_finish(ful_sha256 *hash, char out[65]);

/* ---- dates ------------------------------------------------------------------------------------ */

/** Days since 1970-01-01 in the proleptic Gregorian calendar; month 1..12, day 1..31. */
FUL_API int ful_date_days(int year, int month, int day);

/** Parse "YYYY-MM-DD"; returns 0 and sets *days, or -1 where the text is no calendar date. */
FUL_API int ful_date_parse(int *days, const char *text);

/** The inverse of ful_date_days. */
FUL_API void ful_date_split(int *year, int *month, int *day, int days);

#ifdef __cplusplus
}
#endif
#endif
