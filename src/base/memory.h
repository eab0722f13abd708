/* SPDX-License-Identifier: MIT */
/* Private to the library: blocks from an allocator, zeroed; the size is given back when freed. */
#ifndef FULCRUM_BASE_MEMORY_H
#define FULCRUM_BASE_MEMORY_H

#include <stdint.h>
#include "fulcrum/base.h"

/* The allocator itself, or the default where it is NULL. */
const ful_allocator *ful__allocator_or_default(const ful_allocator *allocator);

/* A zeroed block of `size` > 0 bytes, or NULL. */
void *ful__take(const ful_allocator *allocator, size_t size);

/* Return a block of `size` bytes; NULL is allowed. */
void ful__give(const ful_allocator *allocator, void *block, size_t size);

/* What a block laid out by ful__place needs beyond what was measured: its address may be anywhere
 * in a cache line. */
#define FUL__PLACE_SLACK 63

/* Lay out many arrays in one block: the next `count` elements, from a cache line on. Run with base
 * NULL to measure, and again to place. */
static inline void *ful__place(unsigned char *base, size_t *used, size_t count, size_t size)
{
    *used += (64 - ((uintptr_t)base + *used) % 64) % 64;
    void *block = base ? base + *used : NULL;
    *used += count * size;
    return block;
}

#endif
