/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target without libFuzzer: every file named on the command line as it stands, and so
 * many seeded mutations of each. The same arguments give the same inputs. driver MUTATIONS FILE...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fulcrum/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_EDITS 4
#define GROWTH 4096

/* The bits of draw `*draw` for this file; a counter, so that any mutation can be made again. */
typedef struct dice {
    uint32_t file, mutation, throws;
} dice;

static size_t throw_dice(dice *d, size_t sides)
{
    uint32_t out[4];
    const uint32_t counter[4] = {d->file, d->mutation, d->throws++, 0}, key[2] = {20160106, 4};
    ful_philox(out, counter, key);
    return sides > 0 ? (size_t)(((uint64_t)out[0] << 32 | out[1]) % sides) : 0;
}

/* Pieces that readers treat in their own way. */
static const char *const pieces[] = {
    "\n",   "\r\n",     ",",        "\"", "\"\"", "\t",     " ",
    "#",    "*",        "-",        "- ", ": ",   "?",      "{",
    "}",    "[",        "]",        "&a", "*a",   "!!str ", "%",
    "---",  "...",      "|\n",      ">",  "'",    "\\",     "nan",
    "-1",   "1e999",    ".",        "e",  "0",    "1",      "\xef\xbb\xbf",
    "\xff", "\xc3\xa9", "\xe2\x82", "~",  "@",    "null",   "99999999999"};

static void insert(uint8_t *data, size_t *size, size_t room, size_t at, const void *piece,
                   size_t length)
{
    if (*size + length > room)
        return;
    memmove(data + at + length, data + at, *size - at);
    memmove(data + at, piece, length);
    *size += length;
}

static void mutate(uint8_t *data, size_t *size, size_t room, dice *d)
{
    const size_t at = throw_dice(d, *size + 1), left = *size - at;
    const size_t span = throw_dice(d, left < 64 ? left + 1 : 64);
    uint8_t copy[64];
    switch (throw_dice(d, 6)) {
    case 0:
        if (left > 0)
            data[at] = (uint8_t)throw_dice(d, 256);
        break;
    case 1:
        memmove(data + at, data + at + span, left - span);
        *size -= span;
        break;
    case 2:
        memcpy(copy, data + at, span);
        insert(data, size, room, throw_dice(d, *size + 1), copy, span);
        break;
    case 3:
        *size = at;
        break;
    default: {
        const char *piece = pieces[throw_dice(d, sizeof pieces / sizeof *pieces)];
        insert(data, size, room, at, piece, strlen(piece));
    }
    }
}

static uint8_t *slurp(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    long bytes = -1;
    if (file && fseek(file, 0, SEEK_END) == 0)
        bytes = ftell(file);
    uint8_t *data = bytes >= 0 ? malloc((size_t)bytes + 1) : NULL;
    if (!data) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(2);
    }
    rewind(file);
    *size = fread(data, 1, (size_t)bytes, file);
    fclose(file);
    return data;
}

/* A block of exactly the size of the input, so that a step beyond its end is noticed. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *exact = malloc(size > 0 ? size : 1);
    if (!exact)
        exit(2);
    memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

int main(int argc, char **argv)
{
    const int mutations = argc > 2 ? atoi(argv[1]) : 0;
    if (mutations <= 0) {
        fprintf(stderr, "usage: %s MUTATIONS FILE...\n", argv[0]);
        return 2;
    }
    run((const uint8_t *)"", 0);
    for (int f = 2; f < argc; f++) {
        size_t size;
        uint8_t *seed = slurp(argv[f], &size), *data = malloc(size + GROWTH);
        if (!data)
            return 2;
        run(seed, size);
        for (int k = 0; k < mutations; k++) {
            dice d = {(uint32_t)f, (uint32_t)k, 0};
            size_t now = size;
            memcpy(data, seed, size);
            for (size_t edits = 1 + throw_dice(&d, MAX_EDITS); edits > 0; edits--)
                mutate(data, &now, size + GROWTH, &d);
            run(data, now);
        }
        free(data);
        free(seed);
    }
    return 0;
}
