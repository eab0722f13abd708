/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as one file of a case: refused with file and reason, or a situation within the bounds
 * that the studies rely on. Which file the bytes replace in a copy of the teaching case is read off
 * their beginning: each file of a case begins in its own way, and a mutation of it nearly always
 * still does. clang -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Isrc
 * test/fuzz/fuzz_case.c ... FULCRUM_CASES names the folder of the cases.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fulcrum/case.h"
#include "fulcrum/study.h"

/* The files of a case and how each begins. */
static const char *const files[][2] = {{"case.yaml", "fulcrum"},
                                       {"claims.yaml", "claims"},
                                       {"economy.csv", "actor,sector,v"},
                                       {"enforcement.csv", "actor,group"},
                                       {"history.csv", "variable"},
                                       {"hubs.csv", "hub"},
                                       {"inputs.csv", "actor,sector,i"},
                                       {"latent.csv", "seller,buyer,sector,value_musd,so"},
                                       {"measures.csv", "id,kind"},
                                       {"parameters.csv", "id,unit"},
                                       {"record.csv", "half"},
                                       {"shocks.csv", "id,actor"},
                                       {"sources.bib", "@"},
                                       {"tariffs.csv", "seller,buyer,sector,r"},
                                       {"trade.csv", "seller,buyer,sector,value_musd,si"}};
enum { FILES = sizeof files / sizeof *files };

static char folder[256];
static char *original[FILES];
static size_t length[FILES];

static void check(int holds)
{
    if (!holds)
        abort();
}

static void write_file(const char *name, const void *data, size_t size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    check(file != NULL);
    check(fwrite(data, 1, size, file) == size);
    check(fclose(file) == 0);
}

static void clean_up(void)
{
    for (int k = 0; k < FILES; k++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, files[k][0]);
        remove(path);
        free(original[k]);
    }
    rmdir(folder);
}

static void set_up(void)
{
    const char *cases = getenv("FULCRUM_CASES"), *temporary = getenv("TMPDIR");
    check(cases != NULL);
    snprintf(folder, sizeof folder, "%s/fulcrum-fuzz-XXXXXX", temporary ? temporary : "/tmp");
    check(mkdtemp(folder) != NULL);
    for (int k = 0; k < FILES; k++) {
        char path[512];
        snprintf(path, sizeof path, "%s/triangle/%s", cases, files[k][0]);
        FILE *file = fopen(path, "rb");
        check(file && fseek(file, 0, SEEK_END) == 0);
        length[k] = (size_t)ftell(file);
        original[k] = malloc(length[k]);
        rewind(file);
        check(original[k] && fread(original[k], 1, length[k], file) == length[k]);
        fclose(file);
        write_file(files[k][0], original[k], length[k]);
    }
    atexit(clean_up);
}

/* The file whose beginning agrees longest with the data. */
static int choose(const uint8_t *data, size_t size)
{
    int best = 0;
    size_t most = 0;
    for (int k = 0; k < FILES; k++) {
        size_t same = 0;
        while (same < size && files[k][1][same] && (char)data[same] == files[k][1][same])
            same++;
        if (same > most) {
            most = same;
            best = k;
        }
    }
    return best;
}

static void check_game(const ful_situation *s)
{
    const ful_case_game *g = &s->game;
    check(g->players > FUL_E && g->players <= FUL_BARGAIN_MAX_PLAYERS && g->enforced > 0 &&
          g->corner_package < s->packages);
    int joint = 1;
    for (int k = 0; k < g->enforced; k++) {
        const ful_case_enforced *p = &g->part[k];
        check(p->owner >= FUL_E && p->owner < g->players && (p->regime < 0) == (p->group != NULL));
        check(p->levels >= 2 && p->levels <= 8 && p->start >= 0 && p->start < p->levels);
        joint *= p->levels;
    }
    check(joint <= FUL_BARGAIN_MAX_JOINT);
    for (int k = 0; k < g->terms; k++)
        check(g->term[k].player >= 0 && g->term[k].player < g->players && g->term[k].column >= 0 &&
              g->term[k].column < g->players + s->households && g->term[k].amount >= 0);
    for (int k = 0; k < s->record.rows; k++) {
        const ful_record_row *x = &s->record.row[k];
        check(x->half >= 0 && x->half < FUL_BARGAIN_MAX_HORIZON && x->part < g->enforced);
        check(x->low <= x->value && x->value <= x->high);
    }
}

static void check_situation(const ful_situation *s)
{
    check(s->actors >= 3 && s->sectors >= 1 && s->groups >= 1 && s->regimes >= 1 &&
          s->members >= 1);
    check(s->target != s->sender && s->target != s->enforcer && s->sender != s->enforcer);
    check(strlen(s->sha256) == 64);
    for (int k = 0; k < s->parameters; k++) {
        const ful_parameter *q = &s->parameter[k];
        check(*q->id && *q->unit && *q->source && q->grade >= 'A' && q->grade <= 'E');
        check(q->low <= q->value && q->value <= q->high);
    }
    const int flows = s->sectors * s->actors * s->actors;
    for (int z = 0; z < 2; z++)
        for (int a = 0; a < flows; a++)
            check(isfinite(s->flow[z][a]) && s->flow[z][a] >= 0);
    for (int a = 0; a < s->years * s->actors * s->groups; a++)
        check(s->enforcement[a] >= 0 && s->enforcement[a] <= 1);
    for (int k = 0; k < s->shocks; k++)
        check(s->shock[k].actor >= 0 && s->shock[k].actor < s->actors && s->shock[k].factor >= 0 &&
              s->shock[k].start <= s->shock[k].end);
    for (int l = 0; l < s->levers; l++)
        check(s->lever[l].lifts < s->measures);
    for (int k = 0; k < s->packages; k++)
        check(s->package[k].levers < 1u << s->levers);
    check_game(s);
}

/* A draw of what was accepted is finite, and its world is made or refused, with the reason. */
static void check_draw(const ful_situation *s)
{
    ful_error err = {0};
    ful_world *world;
    double *p = malloc(sizeof *p * (size_t)s->parameters);
    check(p != NULL);
    ful_situation_draw(p, s, 1, 1);
    for (int q = 0; q < s->parameters; q++)
        check(isfinite(p[q]));
    if (ful_world_new(&world, s, p, NULL, &err) != FUL_OK)
        check(!world && *err.text);
    ful_world_free(world);
    free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ful_case *c;
    ful_error err = {0};
    if (!*folder)
        set_up();
    const int k = choose(data, size);
    write_file(files[k][0], data, size);
    if (ful_case_load(&c, folder, NULL, &err) == FUL_OK) {
        check_situation(ful_case_situation(c));
        check_draw(ful_case_situation(c));
    } else {
        check(!c && err.status == FUL_ERR_DATA && *err.text && *err.file);
    }
    ful_case_free(c);
    write_file(files[k][0], original[k], length[k]);
    return 0;
}
