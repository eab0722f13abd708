/* SPDX-License-Identifier: MIT */
/* Private to the library: blocks from an allocator, zeroed; the size is given back when freed. */
#ifndef FULCRUM_BASE_MEMORY_H
#define FULCRUM_BASE_MEMORY_H

#include "fulcrum/base.h"

/* The allocator itself, or the default where it is NULL. */
const ful_allocator *ful__allocator_or_default(const ful_allocator *allocator);

/* A zeroed block of `size` > 0 bytes, or NULL. */
void *ful__take(const ful_allocator *allocator, size_t size);

/* Return a block of `size` bytes; NULL is allowed. */
void ful__give(const ful_allocator *allocator, void *block, size_t size);

#endif
