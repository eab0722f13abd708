/* SPDX-License-Identifier: MIT */
/* The teaching case, loaded, for the tests of the studies. */
#ifndef FULCRUM_TEST_TRIANGLE_H
#define FULCRUM_TEST_TRIANGLE_H

#include "ful_test.h"

#include "fulcrum/case.h"
#include "fulcrum/study.h"

typedef struct triangle {
    ful_case *loaded;
    const ful_situation *s;
    ful_world *world;
    ful_world_work *work;
} triangle;

static inline void triangle_open(triangle *t)
{
    char folder[512];
    ful_error err;
    const char *root = getenv("FULCRUM_ROOT");
    snprintf(folder, sizeof folder, "%s/cases/triangle", root ? root : ".");
    ful_status_is(ful_case_load(&t->loaded, folder, NULL, &err), FUL_OK, &err);
    t->s = ful_case_situation(t->loaded);
    ful_status_is(ful_world_new(&t->world, t->s, NULL, NULL, &err), FUL_OK, &err);
    ful_status_is(ful_world_work_new(&t->work, t->world, NULL, &err), FUL_OK, &err);
}

static inline void triangle_close(triangle *t)
{
    ful_world_work_free(t->work);
    ful_world_free(t->world);
    ful_case_free(t->loaded);
}

#endif
