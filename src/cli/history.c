/* SPDX-License-Identifier: MIT */
/* fulcrum history: does it fit the past? */
#include <jansson.h>
#include <stdio.h>

#include "cli/cli.h"
#include "output/document.h"
#include "output/table.h"
#include "output/text.h"

static const char *const variables[] = {"exports",        "imports",       "exports_to",
                                        "imports_from",   "group_exports", "group_imports",
                                        "real_gdp_growth"};
static const char *const modes[] = {"forecast", "conditional"};

static json_t *point_row(const ful_situation *s, const ful_history_point *x, ful_history_mode mode)
{
    const ful_history_row *row = &s->history[x->row];
    return json_pack("{s:s, s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "mode", modes[mode],
                     "year", row->year, "variable", variables[row->kind], "actor",
                     row->actor < 0 ? json_null() : json_string(s->actor[row->actor].id), "sector",
                     row->sector < 0 ? json_null() : json_string(s->sector[row->sector].id),
                     "observed", document_real(x->observed), "predicted",
                     document_real(x->predicted), "naive_persistence",
                     document_real(x->naive_persistence), "naive_removal",
                     document_real(x->naive_removal), "used", x->used);
}

static json_t *make_document(const ful_situation *s, const ful_history *h, const ful_record *record)
{
    json_t *document = document_new(s, "history", -1), *years = json_array(),
           *errors = json_object();
    double violation = 0;
    for (int m = 0; m < 2; m++) {
        json_t *levels = json_array();
        for (int k = 0; k < h[m].points; k++)
            json_array_append_new(years, point_row(s, &h[m].point[k], h[m].mode));
        for (int y = 0; y < h[m].years; y++)
            json_array_append_new(levels, json_pack("{s:i, s:o}", "year", h[m].first_year + y,
                                                    "level", document_real(h[m].enforcement[y])));
        json_object_set_new(errors, modes[m],
                            json_pack("{s:o, s:o, s:o, s:o, s:o}", "model",
                                      document_real(h[m].error), "naive_persistence",
                                      document_real(h[m].error_persistence), "naive_removal",
                                      document_real(h[m].error_removal), "growth_points",
                                      document_real(h[m].growth_error), "enforcement", levels));
        violation = h[m].max_violation > violation ? h[m].max_violation : violation;
    }
    json_object_set_new(document, "years", years);
    json_object_set_new(document, "errors", errors);
    json_object_set_new(document, "record",
                        record->arena ? document_record(s, record) : json_null());
    json_object_set_new(document, "certificate", document_certificate(violation));
    return document;
}

static void print_mode(const ful_situation *s, const ful_history *h)
{
    text_heading(stdout, h->mode == FUL_HISTORY_FORECAST
                             ? "Forecast: the law of each year, enforced as in the year before"
                             : "Conditional: enforcement inverted from exports to the enforcer");
    printf("enforcement on exports by %s:", s->actor[s->enforcer].name);
    for (int y = 0; y < h->years; y++)
        printf(" %d %.2f%s", h->first_year + y, h->enforcement[y],
               h->enforcement[y] > 0.999999 && h->mode == FUL_HISTORY_CONDITIONAL
                   ? " (at its limit)"
                   : "");
    printf("\n\n%-34s %9s %9s %9s %9s\n", "million USD, or per cent", "observed", "model",
           "no change", "removed");
    for (int k = 0; k < h->points; k++) {
        const ful_history_point *x = &h->point[k];
        const ful_history_row *row = &s->history[x->row];
        char label[128];
        snprintf(label, sizeof label, "%d %s%s%s", row->year, variables[row->kind],
                 row->actor < 0 && row->sector < 0 ? "" : " ",
                 row->actor >= 0    ? s->actor[row->actor].id
                 : row->sector >= 0 ? s->sector[row->sector].id
                                    : "");
        text_cell(stdout, label, 34);
        printf(" %9.1f %9.1f %9.1f %9.1f%s\n", x->observed, x->predicted, x->naive_persistence,
               x->naive_removal, x->used ? "  used" : "");
    }
    const double best =
        h->error_persistence < h->error_removal ? h->error_persistence : h->error_removal;
    text_paragraph(
        stdout, 0,
        "\nMean error of the money rows (logs): model %.2f, no change %.2f, covered trade "
        "removed %.2f: the model %s the better of the two. Growth is off by %.1f points on "
        "average.",
        h->error, h->error_persistence, h->error_removal,
        h->error < best ? "beats" : "does not beat", h->growth_error);
}

static void print_point(const ful_situation *s, const ful_record_point *x)
{
    const ful_record_row *row = &s->record.row[x->row];
    char half[DOCUMENT_HALF_ROOM], observed[40] = "", band[40] = "";
    document_half(half, s, row->half);
    if (row->kind == FUL_RECORD_STAGE) {
        snprintf(observed, sizeof observed, "%s", document_stage((ful_stage)row->value));
    } else if (row->kind == FUL_RECORD_RELIEF) {
        snprintf(observed, sizeof observed, "%s", row->value != 0 ? "granted" : "none");
    } else {
        snprintf(observed, sizeof observed, row->low < row->high ? "%.2f (%.2f-%.2f)" : "%.2f",
                 row->value, row->low, row->high);
        snprintf(band, sizeof band, "%.2f to %.2f", x->low, x->high);
    }
    printf("%-7s ", half);
    text_cell(stdout,
              row->kind == FUL_RECORD_STAGE    ? "stage"
              : row->kind == FUL_RECORD_RELIEF ? "relief"
                                               : s->game.part[row->part].name,
              34);
    printf(" %-18s %-13s %6.2f%s\n", observed, band, x->probability, x->inside ? "" : "  outside");
}

/* Terms that could add as much to the log-likelihood as one surprise of one in three are named. */
#define NAMED_GAIN 1.0
#define NAMED_TERMS 5

static void print_record(const ful_situation *s, const ful_record *r)
{
    text_heading(stdout, "The record of moves beside the game without a package");
    printf("%-7s %-34s %-18s %-13s %6s\n", "", "", "what was done", "5 to 95 %", "chance");
    for (int k = 0; k < r->points; k++)
        print_point(s, &r->point[k]);
    text_paragraph(stdout, 0,
                   "\n%d of %d lie outside. The incomes of each half-year are those under the "
                   "measures of its days. Log-likelihood %.1f, rows taken as independent and each "
                   "wrong with a chance of %.0f in 100.",
                   r->outside, r->points, r->log_likelihood, 100 * FUL_RECORD_MISREAD);
    for (int k = 0; k < r->terms && k < NAMED_TERMS && r->term[k].gain >= NAMED_GAIN; k++) {
        const ful_case_term *term = &s->game.term[r->term[k].term];
        text_paragraph(stdout, 2, "%s: %s of %.3g would add %.1f.", term->name,
                       s->parameter[term->amount].id, r->term[k].at, r->term[k].gain);
    }
}

/* The record of moves, where the case has one. */
static int find_record(ful_record *record, const cli_case *c)
{
    ful_error err = {0};
    ful_payoffs *payoffs;
    ful_gap gap;
    if (c->s->record.rows == 0)
        return EXIT_ANSWERED;
    int code = cli_payoffs(&payoffs, &gap, c, 0);
    if (code == EXIT_ANSWERED && ful_study_record(record, payoffs, &c->run, &err) != FUL_OK)
        code = cli_fail(&err);
    ful_payoffs_free(payoffs);
    return code;
}

static int run(const cli_args *args)
{
    cli_case c;
    ful_error err = {0};
    ful_history history[2] = {{0}, {0}};
    ful_record record = {0};
    int code = cli_open(&c, args);
    for (int m = 0; m < 2 && code == EXIT_ANSWERED; m++)
        if (ful_study_history(&history[m], c.world, (ful_history_mode)m, &c.run, &err) != FUL_OK)
            code = cli_fail(&err);
    if (code == EXIT_ANSWERED)
        code = find_record(&record, &c);
    if (code == EXIT_ANSWERED && !args->json) {
        for (int m = 0; m < 2; m++)
            print_mode(c.s, &history[m]);
        if (record.arena)
            print_record(c.s, &record);
        code = cli_finish();
    }
    if (code == EXIT_ANSWERED && cli_wants_document(args))
        code = cli_finish_result(args, make_document(c.s, history, &record), layout_history);
    for (int m = 0; m < 2; m++)
        ful_history_clear(&history[m]);
    ful_record_clear(&record);
    cli_close(&c);
    return code;
}

static const cli_option options[] = {OPT_GRID,    OPT_SET,    OPT_JSON,
                                     OPT_THREADS, OPT_OUTPUT, OPT_COUNT};
const cli_command cli_history = {
    "history",
    "does it fit the past: the model against what happened",
    "history CASE [options]",
    "Run the years after the base year and set them beside the observed figures and two\n"
    "naive forecasts: nothing changes; covered trade is simply removed. Two modes: a\n"
    "forecast that knows the law and last year's enforcement, and one whose enforcement\n"
    "is inverted from the target's exports to the enforcer and scored on all the rest.\n"
    "Then the record of moves: what the game without a package expects by half-year,\n"
    "beside what was done, and which payoff term would bring them closer.",
    1,
    options,
    run};
