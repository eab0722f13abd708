/* SPDX-License-Identifier: MIT */
/* The workspace of a sanctions game: where it lies, and what is kept from game to game. */
#include "game/bargain_internal.h"

#include <stddef.h>
#include <string.h>

typedef struct piece {
    const void *at;
    size_t bytes;
} piece;

#define PIECES 11

/* All that play at bare nodes depends on, and where nodes and their choices are kept. */
static void bare_pieces(piece out[PIECES], const ful_bargain *g, const ful_bargain_work *w)
{
    const size_t end = (size_t)ful__block(g, 2, 0, 0, 0), R = sizeof(ful__real);
    const size_t hazards = (size_t)(g->bare_hazard_rows * g->Z * ful__economies(g) * g->E);
    const size_t deals = (size_t)(g->eras[0] * 2 * g->players * g->E);
    const piece all[PIECES] = {
        {&g->p, offsetof(ful_bargain, terms) - offsetof(ful_bargain, p)},
        {g->shared, g->shared_bytes},
        {g->hazard, hazards * R},
        {g->deal, deals * R},
        {g->eras, sizeof *g->eras},
        {g->era_of[0], sizeof g->era_of[0]},
        {g->era[0], sizeof g->era[0]},
        {g->pre, (size_t)g->first_pre[end] * sizeof *g->pre},
        {g->post, (size_t)g->first_post[end] * sizeof *g->post},
        {w->lambda, sizeof w->lambda},
        {w->collapsed, (size_t)(g->Z * 2 * w->rows) * R},
    };
    memcpy(out, all, sizeof all);
}

static size_t bare_bytes(const ful_bargain *g, const ful_bargain_work *w)
{
    piece part[PIECES];
    size_t bytes = 0;
    bare_pieces(part, g, w);
    for (int k = 0; k < PIECES; k++)
        bytes += part[k].bytes;
    return bytes;
}

int ful__bare_known(ful_bargain_work *w, const ful_bargain *g)
{
    piece part[PIECES];
    unsigned char *known = w->known;
    int same = w->known_bytes == bare_bytes(g, w);
    bare_pieces(part, g, w);
    for (int k = 0; k < PIECES; known += part[k++].bytes) {
        same = same && memcmp(known, part[k].at, part[k].bytes) == 0;
        if (!same)
            memcpy(known, part[k].at, part[k].bytes);
    }
    w->known_bytes = bare_bytes(g, w);
    return same;
}

static size_t lay_out_work(ful_bargain_work *w, unsigned char *base, const ful_bargain *g)
{
    const size_t R = sizeof(ful__real), row = (size_t)g->E * R;
    const size_t pres = (size_t)(g->most_pre[0] + g->most_pre[1]);
    const size_t posts = (size_t)(g->most_post[0] + g->most_post[1]);
    const size_t all_posts = (size_t)g->first_post[ful__block(g, 2, 0, 0, 0)];
    const size_t enforcers = (size_t)g->enforcers, subs = (size_t)g->subs + 1;
    size_t used = sizeof *w;
    w->rows = g->players + (w->parts ? g->parts : 0);
    const size_t rows = (size_t)w->rows;
    const size_t moving = rows + 1 > FUL__MEASURES ? rows + 1 : FUL__MEASURES;
    /* what is kept from game to game lies in front, in the same place for the same bare nodes */
    w->collapsed = ful__place(base, &used, (size_t)g->Z * 2 * rows, R);
    w->known = ful__place(base, &used, bare_bytes(g, w), 1);
    w->bare_value = ful__place(base, &used, (size_t)ful__bare_pres(g) * rows, row);
    w->bare_after = ful__place(base, &used, (size_t)ful__bare_posts(g) * rows, row);
    w->first = ful__place(base, &used, 4 * enforcers, row);
    w->mode = ful__place(base, &used, all_posts * enforcers, 1);
    w->policy = ful__place(base, &used, (size_t)g->policies, row);
    for (int half = 0; half < 2; half++) {
        w->value[half] = ful__place(base, &used, (size_t)g->most_pre[1] * rows, row);
        w->mass[half] = ful__place(base, &used, pres * FUL__MEASURES, row);
        w->live[half] = ful__place(base, &used, pres, 1);
        w->stage[half] = ful__place(base, &used, rows, row);
    }
    w->adapted = ful__place(base, &used, pres * rows, row);
    w->after = ful__place(base, &used, (size_t)g->most_post[1] * rows, row);
    w->mass_after = ful__place(base, &used, posts * FUL__MEASURES, row);
    w->live_after = ful__place(base, &used, posts, 1);
    w->continued = ful__place(base, &used, subs * rows, row);
    w->inflow = ful__place(base, &used, subs * FUL__MEASURES, row);
    w->scratch = ful__place(base, &used, FUL__SCRATCH, row);
    w->moving = ful__place(base, &used, moving + 2, row);
    w->spare = ful__place(base, &used, moving + 2, row);
    w->tally = ful__place(base, &used, (size_t)(4 * RELIEFS * g->K), row);
    w->alive = ful__place(base, &used, 1, row);
    w->armed = ful__place(base, &used, 1, row);
    w->ended = ful__place(base, &used, 1, row);
    w->window = ful__place(base, &used, (size_t)g->E, sizeof(int));
    w->menu = ful__place(base, &used, (size_t)g->E, sizeof(double));
    w->choice = ful__place(base, &used, 2, row);
    if (g->simultaneous)
        ful__together_room(&w->together, base, &used, g);
    w->moving += base ? g->E : 0;
    w->spare += base ? g->E : 0;
    return used;
}

ful_status ful__bargain_work_make(ful_bargain_work **out, const ful_bargain *game, int parts,
                                  const ful_allocator *allocator, ful_error *err)
{
    ful_bargain_work head;
    *out = NULL;
    memset(&head, 0, sizeof head);
    head.parts = parts;
    const size_t bytes = lay_out_work(&head, NULL, game) + FUL__PLACE_SLACK;
    const ful_allocator *source = ful__allocator_or_default(allocator);
    ful_bargain_work *w = bytes <= MAX_BYTES ? ful__take(source, bytes) : NULL;
    if (!w)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a workspace of %zu MiB",
                        bytes >> 20);
    *w = head;
    w->allocator = source;
    w->bytes = bytes;
    *out = w;
    return FUL_OK;
}

ful_status ful__bargain_fit(ful_bargain_work *work, const ful_bargain *game, ful_error *err)
{
    ful_bargain_work head = *work;
    const size_t bytes = lay_out_work(&head, NULL, game) + FUL__PLACE_SLACK;
    if (bytes > work->bytes)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "the game needs a workspace of %zu bytes, this one has %zu", bytes,
                        work->bytes);
    lay_out_work(work, (unsigned char *)work, game);
    return FUL_OK;
}

void ful__bargain_work_free(ful_bargain_work *work)
{
    if (work)
        ful__give(work->allocator, work, work->bytes);
}
