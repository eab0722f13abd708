/* SPDX-License-Identifier: MIT */
/* Where the advice fails: the counts against a recount from games played one by one. */
#include "triangle.h"

#define DRAWS 12
#define SEED 5

enum { AS_DRAWN = -1 };

typedef struct replay {
    int solved;
    double e[FUL_CORNERS], s[FUL_CORNERS];
} replay;

static void set(double *p, const ful_situation *s, const char *id, double value)
{
    const ful_param q = ful_situation_parameter(s, id);
    assert_true(q >= 0);
    p[q] = value;
}

/* A remedy in the case's own parameters. */
static void change(double *p, const ful_situation *s, int remedy)
{
    if (remedy == FUL_REMEDY_WORD_BINDS) {
        set(p, s, "game.turnover", 0);
        set(p, s, "game.audience", 1e7);
        set(p, s, "withdrawal.word", 1e7);
        set(p, s, "withdrawal.treaty", 1e7);
    }
    if (remedy == FUL_REMEDY_NO_FEAR) {
        set(p, s, "game.c_ref", 0);
        set(p, s, "game.L_troops", 0);
        set(p, s, "game.L_unified", 0);
    }
    if (remedy == FUL_REMEDY_LOW_RESOLVE)
        set(p, s, "game.n_T", 2); /* the end of its range */
}

/* One draw, its world and games made here from the public parts. */
static void replay_draw(replay *out, const ful_situation *s, int draw, int remedy)
{
    double p[512];
    ful_error err;
    ful_world *world;
    ful_payoffs *payoffs;
    assert_true(s->parameters <= 512);
    ful_situation_draw(p, s, SEED, draw);
    *out = (replay){0};
    if (ful_world_new(&world, s, p, NULL, &err) != FUL_OK)
        return;
    if (ful_payoffs_new(&payoffs, world, FUL_GRID_SPARSE, 0, NULL, &err) == FUL_OK) {
        change(p, s, remedy);
        for (int c = 0; c < FUL_CORNERS; c++) {
            const int offered = c == FUL_CORNER_INDUCEMENTS || c == FUL_CORNER_BOTH;
            const ful_offer offer = {
                .pressure = c == FUL_CORNER_PRESSURE || c == FUL_CORNER_BOTH,
                .levers = offered ? s->package[s->game.corner_package].levers : 0,
                .terms = remedy == FUL_REMEDY_GIFTS        ? FUL_TERMS_GIFTS
                         : remedy == FUL_REMEDY_CONTINGENT ? FUL_TERMS_CONTINGENT
                                                           : FUL_TERMS_AS_WORDED};
            ful_bargain_report r;
            ful_status_is(ful_payoffs_play(&r, payoffs, &offer, p, 1, NULL, &err), FUL_OK, &err);
            if (remedy == FUL_REMEDY_WORD_BINDS) /* a word that binds is kept */
                ful_near(r.honour.probability, 1, 0, 1e-12);
            out->e[c] = r.enforcer[0].mean;
            out->s[c] = r.frozen + r.denuclearised;
        }
        out->solved = 1;
        ful_payoffs_free(payoffs);
    }
    ful_world_free(world);
}

/* The definitions of schema/advice.schema.json. */
static int holds(int question, const replay *x)
{
    const double n = x->s[0], p = x->s[1], i = x->s[2], b = x->s[3], m = .01;
    switch (question) {
    case FUL_ENFORCER_UNMOVED:
        return x->e[3] - x->e[1] <= m;
    case FUL_MOVED_WITHOUT_FREEZE:
        return b - p <= m;
    case FUL_PRESSURE_SUFFICES:
        return p - n > m && b - p <= m;
    case FUL_INDUCEMENTS_SUFFICE:
        return i - n > m && b - i <= m;
    case FUL_ONLY_TOGETHER:
        return b - n > m && b - p > m && b - i > m;
    case FUL_NEITHER_WORKS:
        return b - n <= m;
    case FUL_BACKFIRES:
        return p - b > m;
    }
    return 0;
}

static void recount(ful_tally *all, int turned[][FUL_REMEDIES], const ful_situation *s, int draw)
{
    replay drawn;
    replay_draw(&drawn, s, draw, AS_DRAWN);
    for (int r = AS_DRAWN; r < FUL_REMEDIES && drawn.solved; r++) {
        replay changed;
        replay_draw(&changed, s, draw, r);
        for (int q = 0; q < FUL_QUESTIONS; q++) {
            const int asked = q != FUL_MOVED_WITHOUT_FREEZE || !holds(FUL_ENFORCER_UNMOVED, &drawn);
            const int yes = asked && holds(q, &drawn);
            if (r == AS_DRAWN)
                all[q] = (ful_tally){all[q].draws + asked, all[q].count + yes};
            else
                turned[q][r] += yes && !holds(q, &changed);
        }
    }
}

/* Draw and judge. */
static ful_status study(ful_advice *out, const ful_situation *s, int draws, uint64_t seed,
                        const ful_run *run, ful_error *err)
{
    static ful_advice_draw draw[DRAWS];
    const ful_status status = ful_study_advice_draws(draw, s, draws, seed, run, err);
    return status == FUL_OK ? ful_study_advice(out, s, draw, draws, seed, run, err) : status;
}

static void counts_are_those_of_games_played_one_by_one(void **state)
{
    (void)state;
    triangle t;
    ful_advice a;
    ful_error err;
    ful_tally all[FUL_QUESTIONS] = {{0, 0}};
    int turned[FUL_QUESTIONS][FUL_REMEDIES] = {{0}};
    triangle_open(&t);
    for (int k = 0; k < DRAWS; k++)
        recount(all, turned, t.s, k);
    ful_status_is(study(&a, t.s, DRAWS, SEED, NULL, &err), FUL_OK, &err);
    assert_int_equal(a.draws, all[FUL_ENFORCER_UNMOVED].draws);
    assert_int_equal(a.draws + a.refused, DRAWS);
    assert_true(a.max_violation <= FUL_CERTIFIED);
    for (int q = 0; q < FUL_QUESTIONS; q++) {
        assert_memory_equal(&a.question[q].region.all, &all[q], sizeof all[q]);
        assert_memory_equal(a.question[q].turned, turned[q], sizeof turned[q]);
    }
    triangle_close(&t);
}

/* What the definitions imply of any counts: who works together is no case of nothing working or of
 * the package doing harm, and the target is asked about where the enforcer is moved. */
static void counts_agree_with_each_other(void **state)
{
    (void)state;
    triangle t;
    ful_advice a;
    ful_error err;
    triangle_open(&t);
    ful_status_is(study(&a, t.s, DRAWS, 9, NULL, &err), FUL_OK, &err);
    const ful_tally unmoved = a.question[FUL_ENFORCER_UNMOVED].region.all;
    const ful_tally asked = a.question[FUL_MOVED_WITHOUT_FREEZE].region.all;
    assert_int_equal(unmoved.count + asked.draws, a.draws);
    assert_true(a.question[FUL_ONLY_TOGETHER].region.all.count +
                    a.question[FUL_NEITHER_WORKS].region.all.count <=
                a.draws);
    assert_true(a.question[FUL_ONLY_TOGETHER].region.all.count +
                    a.question[FUL_BACKFIRES].region.all.count <=
                a.draws);
    triangle_close(&t);
}

static void same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    triangle t;
    ful_advice one, other;
    ful_error err;
    triangle_open(&t);
    const ful_run a = {.threads = 1}, b = {.threads = 3};
    memset(&one, 0, sizeof one);
    memset(&other, 0, sizeof other);
    ful_status_is(study(&one, t.s, DRAWS, SEED, &a, &err), FUL_OK, &err);
    ful_status_is(study(&other, t.s, DRAWS, SEED, &b, &err), FUL_OK, &err);
    assert_int_equal(one.draws, other.draws);
    for (int q = 0; q < FUL_QUESTIONS; q++) {
        const ful_advice_question *x = &one.question[q], *y = &other.question[q];
        assert_memory_equal(&x->region.all, &y->region.all, sizeof x->region.all);
        assert_memory_equal(x->turned, y->turned, sizeof x->turned);
    }
    triangle_close(&t);
}

static void what_cannot_be_asked_is_refused(void **state)
{
    (void)state;
    triangle t;
    ful_advice a;
    ful_error err;
    const volatile int stop = 1;
    const ful_run stopped = {.stop = &stop};
    triangle_open(&t);
    ful_status_is(study(&a, t.s, 0, 1, NULL, &err), FUL_ERR_ARGUMENT, &err);
    ful_status_is(study(&a, t.s, 3, 1, &stopped, &err), FUL_INTERRUPTED, &err);
    triangle_close(&t);
}

/* Every twentieth of the allocations of a draw fails: an error, and nothing is kept. */
static void memory_that_fails_is_an_error(void **state)
{
    (void)state;
    triangle t;
    triangle_open(&t);
    ful_test_memory memory;
    const ful_run run = {.threads = 1, .allocator = &memory.allocator};
    ful_advice a;
    ful_error err;
    ful_test_memory_init(&memory, -1);
    ful_status_is(study(&a, t.s, 1, SEED, &run, &err), FUL_OK, &err);
    const long calls = memory.calls;
    assert_int_equal(memory.live, 0);
    for (long at = 0; at < calls; at += 1 + calls / 20) {
        ful_test_memory_init(&memory, at);
        ful_status_is(study(&a, t.s, 1, SEED, &run, &err), FUL_ERR_MEMORY, &err);
        assert_int_equal(memory.live, 0);
    }
    triangle_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_those_of_games_played_one_by_one),
        cmocka_unit_test(counts_agree_with_each_other),
        cmocka_unit_test(same_bits_for_any_number_of_threads),
        cmocka_unit_test(what_cannot_be_asked_is_refused),
        cmocka_unit_test(memory_that_fails_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
