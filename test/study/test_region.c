/* SPDX-License-Identifier: MIT */
/* Regions: what is hidden is found to within sampling error, what is not there is not. */
#include "ful_test.h"

#include "fulcrum/study.h"

#define PARAMETERS 10
#define DRAWS 8000

typedef struct sample {
    double p[DRAWS * PARAMETERS];
    unsigned char asked[DRAWS], holds[DRAWS];
    ful_sample view;
} sample;

static sample drawn;

/* Parameters uniform on (0, 1); it holds with a chance given by where the draw lies. */
static void draw(int draws, uint64_t seed, double (*chance)(const double *p))
{
    drawn.view =
        (ful_sample){.draws = draws, .parameters = PARAMETERS, .p = drawn.p, .holds = drawn.holds};
    for (int k = 0; k < draws; k++) {
        double *p = drawn.p + (size_t)k * PARAMETERS;
        for (int q = 0; q < PARAMETERS; q++)
            p[q] = ful_uniform(seed, (uint32_t)q, (uint32_t)k);
        drawn.asked[k] = 1;
        drawn.holds[k] = ful_uniform(seed, PARAMETERS, (uint32_t)k) < chance(p);
    }
}

static ful_region found(void)
{
    ful_region r;
    ful_error err;
    ful_status_is(ful_study_region(&r, &drawn.view, NULL, &err), FUL_OK, &err);
    return r;
}

static double in_a_box(const double *p)
{
    return p[2] > .3 && p[5] < .6 && p[7] > .2 && p[7] < .8 ? .9 : .1;
}

/* A limit that is off by m draws is preferred to the true one if these hold as often as all do,
 * .30, and not as often as those beside the box, .1: a chance below exp(-.15 m), .15 being the
 * divergence of .3 from .1 (Chernoff). Beyond 58 draws it is below one in a thousand, all m
 * together. Beside a face of the box, at least .36 of the square, 58 of 4,000 even draws are .04.
 */
static void a_box_in_three_of_ten_parameters_is_found(void **state)
{
    (void)state;
    draw(DRAWS, 1, in_a_box);
    const ful_region r = found();
    assert_int_equal(r.bounds, 3);
    assert_int_equal(r.bound[0].parameter, 2);
    ful_near(r.bound[0].low, .3, 0, .04);
    assert_true(r.bound[0].high == INFINITY);
    assert_int_equal(r.bound[1].parameter, 5);
    assert_true(r.bound[1].low == -INFINITY);
    ful_near(r.bound[1].high, .6, 0, .04);
    assert_int_equal(r.bound[2].parameter, 7);
    ful_near(r.bound[2].low, .2, 0, .04);
    ful_near(r.bound[2].high, .8, 0, .04);
    /* its size and density, with three standard errors */
    const double share = .7 * .6 * .6, n = r.checked.draws;
    ful_near(r.box.draws / n, share, 0, 3 * sqrt(share * (1 - share) / n));
    ful_near((double)r.box.count / r.box.draws, .9, 0, 3 * sqrt(.9 * .1 / r.box.draws));
}

/* Another program's count of the box on the draws that were kept out of the search. */
static void the_box_is_counted_on_the_odd_draws(void **state)
{
    (void)state;
    draw(1000, 2, in_a_box);
    const ful_region r = found();
    ful_tally all = {0}, odd = {0}, box = {0};
    for (int k = 0; k < 1000; k++) {
        const double *p = drawn.p + (size_t)k * PARAMETERS;
        int inside = 1;
        for (int b = 0; b < r.bounds; b++)
            inside &= p[r.bound[b].parameter] >= r.bound[b].low &&
                      p[r.bound[b].parameter] <= r.bound[b].high;
        all = (ful_tally){all.draws + 1, all.count + drawn.holds[k]};
        if (k % 2 == 1) {
            odd = (ful_tally){odd.draws + 1, odd.count + drawn.holds[k]};
            box = (ful_tally){box.draws + inside, box.count + (inside && drawn.holds[k])};
        }
    }
    assert_memory_equal(&r.all, &all, sizeof all);
    assert_memory_equal(&r.checked, &odd, sizeof odd);
    assert_true(r.bounds > 0);
    assert_memory_equal(&r.box, &box, sizeof box);
}

static double anywhere(const double *p)
{
    (void)p;
    return .3;
}

/* Where parameters tell nothing a box passes in one of a hundred samples, and thresholds in
 * another: of 300 samples more than 9 of either do so with a chance below one in a thousand. */
static void nothing_is_found_where_nothing_is(void **state)
{
    (void)state;
    int boxes = 0, thresholds = 0;
    for (uint64_t seed = 0; seed < 300; seed++) {
        draw(400, seed, anywhere);
        const ful_region r = found();
        boxes += r.bounds > 0;
        thresholds += r.thresholds > 0;
    }
    assert_true(boxes <= 9);
    assert_true(thresholds <= 9);
}

/* As many parameters as a case has, and no more draws than it can afford: the two that matter are
 * found in every one of these samples, since a share of .8 against .2 is far beyond chance. */
static void two_of_a_hundred_parameters_are_found(void **state)
{
    (void)state;
    enum { MANY = 100, FEW = 1000 };
    static double p[FEW * MANY];
    static unsigned char holds[FEW];
    for (uint64_t seed = 0; seed < 5; seed++) {
        for (uint32_t k = 0; k < FEW; k++) {
            double *x = p + (size_t)k * MANY;
            for (uint32_t q = 0; q < MANY; q++)
                x[q] = ful_uniform(seed, q, k);
            holds[k] = ful_uniform(seed, MANY, k) < (x[3] > .4 && x[50] < .6 ? .8 : .2);
        }
        drawn.view = (ful_sample){.draws = FEW, .parameters = MANY, .p = p, .holds = holds};
        const ful_region r = found();
        assert_int_equal(r.bounds, 2);
        assert_int_equal(r.bound[0].parameter, 3);
        assert_int_equal(r.bound[1].parameter, 50);
        assert_int_equal(r.thresholds, 2);
    }
}

static double step(const double *p)
{
    return p[4] > .65 ? .8 : .2;
}

static double step_down(const double *p)
{
    return 1 - step(p);
}

/* As above: off by m draws with a chance below exp(-.115 m), the divergence of .41 from .2; 80 of
 * the 4,000 are .02. */
static void a_step_is_one_threshold_at_its_place(void **state)
{
    (void)state;
    for (int down = 0; down < 2; down++) {
        draw(DRAWS, 3, down ? step_down : step);
        const ful_region r = found();
        assert_int_equal(r.thresholds, 1);
        assert_int_equal(r.threshold[0].parameter, 4);
        assert_int_equal(r.threshold[0].above, !down);
        ful_near(r.threshold[0].at, .65, 0, .02);
        const ful_tally t = r.threshold[0].tally;
        ful_near((double)t.count / t.draws, .8, 0, 3 * sqrt(.8 * .2 / t.draws));
        assert_int_equal(r.bounds, 1); /* and a box with no more than that */
        assert_int_equal(r.bound[0].parameter, 4);
        ful_near(down ? r.bound[0].high : r.bound[0].low, .65, 0, .02);
    }
}

/* The question is asked of some draws alone: the same region as of a sample of these. */
static void draws_that_are_not_asked_do_not_count(void **state)
{
    (void)state;
    draw(3000, 4, in_a_box);
    drawn.view.asked = drawn.asked;
    int kept = 0;
    for (int k = 0; k < 3000; k++)
        drawn.asked[k] = k % 6 < 4; /* pairs of an even and an odd draw */
    const ful_region some = found();
    for (int k = 0; k < 3000; k++)
        if (drawn.asked[k]) {
            memmove(drawn.p + (size_t)kept * PARAMETERS, drawn.p + (size_t)k * PARAMETERS,
                    PARAMETERS * sizeof *drawn.p);
            drawn.holds[kept++] = drawn.holds[k];
        }
    drawn.view.asked = NULL;
    drawn.view.draws = kept;
    const ful_region same = found();
    assert_int_equal(some.all.draws, 2000);
    assert_int_equal(some.bounds, 3);
    assert_memory_equal(&some.all, &same.all, sizeof same.all);
    assert_memory_equal(&some.box, &same.box, sizeof same.box);
    for (int b = 0; b < same.bounds; b++) {
        assert_int_equal(some.bound[b].parameter, same.bound[b].parameter);
        assert_true(some.bound[b].low == same.bound[b].low);
        assert_true(some.bound[b].high == same.bound[b].high);
    }
}

static double always(const double *p)
{
    (void)p;
    return 2;
}

/* Nothing to tell: it holds always, never, or there are hardly any draws; and fixed parameters. */
static void degenerate_samples_have_no_region(void **state)
{
    (void)state;
    for (int draws = 0; draws < 30; draws++) {
        draw(draws, 5, always);
        const ful_region r = found();
        assert_int_equal(r.all.draws, draws);
        assert_int_equal(r.all.count, draws);
        assert_int_equal(r.bounds + r.thresholds, 0);
    }
    draw(400, 5, step);
    memset(drawn.holds, 0, sizeof drawn.holds);
    assert_int_equal(found().bounds + found().thresholds, 0);
    draw(400, 5, step);
    for (size_t k = 0; k < 400 * PARAMETERS; k++)
        drawn.p[k] = 7;
    assert_int_equal(found().bounds + found().thresholds, 0);
    drawn.view.parameters = 0;
    assert_int_equal(found().bounds + found().thresholds, 0);
}

/* A parameter of few values is cut between them. */
static double on_a_lattice(const double *p)
{
    return p[1] >= 2 ? .9 : .1;
}

static double coarse(const double *p)
{
    double q[PARAMETERS];
    memcpy(q, p, sizeof q);
    q[1] = floor(4 * q[1]);
    return on_a_lattice(q);
}

static void ties_stay_together(void **state)
{
    (void)state;
    draw(2000, 6, coarse);
    for (size_t k = 0; k < 2000; k++)
        drawn.p[k * PARAMETERS + 1] = floor(4 * drawn.p[k * PARAMETERS + 1]);
    const ful_region r = found();
    assert_int_equal(r.threshold[0].parameter, 1);
    assert_true(r.threshold[0].at == 1.5);
    assert_int_equal(r.bounds, 1);
    assert_true(r.bound[0].low == 1.5 && r.bound[0].high == INFINITY);
}

static void memory_that_fails_is_an_error(void **state)
{
    (void)state;
    draw(100, 7, in_a_box);
    for (long at = 0;; at++) {
        ful_test_memory memory;
        ful_region r;
        ful_error err;
        ful_test_memory_init(&memory, at);
        const ful_status status = ful_study_region(&r, &drawn.view, &memory.allocator, &err);
        assert_int_equal(memory.live, 0);
        if (status == FUL_OK)
            return;
        ful_status_is(status, FUL_ERR_MEMORY, &err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_box_in_three_of_ten_parameters_is_found),
        cmocka_unit_test(the_box_is_counted_on_the_odd_draws),
        cmocka_unit_test(nothing_is_found_where_nothing_is),
        cmocka_unit_test(two_of_a_hundred_parameters_are_found),
        cmocka_unit_test(a_step_is_one_threshold_at_its_place),
        cmocka_unit_test(draws_that_are_not_asked_do_not_count),
        cmocka_unit_test(degenerate_samples_have_no_region),
        cmocka_unit_test(ties_stay_together),
        cmocka_unit_test(memory_that_fails_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
