/* SPDX-License-Identifier: MIT */
/* Memory: the default allocator and the arena. */
#if defined(__linux__)
#define _DEFAULT_SOURCE /* madvise */
#include <sys/mman.h>
#endif

#include "fulcrum/base.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A chunk holds many blocks; a request larger than a chunk gets one of its own. */
#define CHUNK_BYTES ((size_t)1 << 16)
#define ALIGNMENT ((size_t)64)

typedef struct chunk {
    struct chunk *next;
    size_t size; /* of the whole allocation, for the allocator's sake */
    size_t used; /* offset of the first free byte from the start of the chunk */
} chunk;

struct ful_arena {
    const ful_allocator *allocator;
    chunk *first;
};

/* A large block of its own pages. Walking through tens of megabytes in pages of 4 KiB costs more
 * than the arithmetic, and the first touch of each page more still: ask for large ones, where there
 * are. */
#define LARGE_PAGE ((size_t)2 << 20)

static void *large_block(size_t size)
{
    void *block = aligned_alloc(LARGE_PAGE, (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE);
#if defined(__linux__)
    if (block)
        (void)madvise(block, size, MADV_HUGEPAGE);
#endif
    return block;
}

static void *libc_resize(void *user, void *ptr, size_t old_size, size_t size)
{
    (void)user;
    (void)old_size;
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    if (!ptr && size >= 4 * LARGE_PAGE && size < SIZE_MAX - LARGE_PAGE)
        return large_block(size);
    return realloc(ptr, size);
}

static const ful_allocator libc_allocator = {libc_resize, NULL};

const ful_allocator *ful_allocator_default(void)
{
    return &libc_allocator;
}

const ful_allocator *ful__allocator_or_default(const ful_allocator *allocator)
{
    return allocator ? allocator : &libc_allocator;
}

void *ful__take(const ful_allocator *allocator, size_t size)
{
    void *block = allocator->resize(allocator->user, NULL, 0, size);
    if (block)
        memset(block, 0, size);
    return block;
}

void ful__give(const ful_allocator *allocator, void *block, size_t size)
{
    if (block)
        allocator->resize(allocator->user, block, size, 0);
}

static size_t align_up(uintptr_t address)
{
    return (size_t)((ALIGNMENT - address % ALIGNMENT) % ALIGNMENT);
}

ful_status ful_arena_new(ful_arena **out, const ful_allocator *allocator, ful_error *err)
{
    const ful_allocator *source = ful__allocator_or_default(allocator);
    *out = ful__take(source, sizeof **out);
    if (!*out)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for an arena");
    (*out)->allocator = source;
    return FUL_OK;
}

void ful_arena_free(ful_arena *arena)
{
    if (!arena)
        return;
    const ful_allocator *source = arena->allocator;
    for (chunk *c = arena->first; c;) {
        chunk *next = c->next;
        ful__give(source, c, c->size);
        c = next;
    }
    ful__give(source, arena, sizeof *arena);
}

void *ful_arena_take(ful_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / 2 / size)
        return NULL;
    const size_t product = count * size;
    const size_t bytes = product > 0 ? product : 1; /* every block has an address of its own */
    chunk *c = arena->first;
    size_t pad = c ? align_up((uintptr_t)c + c->used) : 0;
    if (!c || c->size - c->used < pad || c->size - c->used - pad < bytes) {
        const size_t room = sizeof(chunk) + ALIGNMENT + bytes;
        const size_t total = room > CHUNK_BYTES ? room : CHUNK_BYTES;
        c = ful__take(arena->allocator, total);
        if (!c)
            return NULL;
        c->size = total;
        c->used = sizeof *c;
        c->next = arena->first;
        arena->first = c;
        pad = align_up((uintptr_t)c + c->used);
    }
    unsigned char *block = (unsigned char *)c + c->used + pad;
    c->used += pad + bytes;
    return block;
}

char *ful_arena_text(ful_arena *arena, const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = ful_arena_take(arena, size, 1);
    if (copy)
        memcpy(copy, text, size);
    return copy;
}
