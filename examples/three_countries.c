/* SPDX-License-Identifier: MIT */
/*
 * Three countries, one good: what does it cost the first to lose its trade with the second?
 * Build: cc three_countries.c $(pkg-config --cflags --libs fulcrum)
 */
#include <stdio.h>

#include "fulcrum/economy.h"

int main(void)
{
    /* sales, [buyer][seller]; the rows and columns are island, neighbour, world */
    const double flow[9] = {80, 15, 5, /**/ 15, 900, 85, /**/ 5, 85, 5000};
    const double input[3] = {0, 0, 0}; /* no inputs: all output is value added */
    const double theta = 5;
    const ful_economy_data data = {
        .countries = 3, .sectors = 1, .flow = flow, .input = input, .theta = &theta};

    /* the shock: no trade between the first two */
    const double openness[9] = {1, 0, 1, /**/ 0, 1, 1, /**/ 1, 1, 1};
    const ful_economy_shock shock = {.openness = openness};

    ful_error err;
    ful_economy_model *model = NULL;
    ful_economy_work *work = NULL;
    ful_economy_report report;
    ful_economy_certificate certificate;
    ful_status status = ful_economy_model_new(&model, NULL, &data, NULL, &err);
    if (status == FUL_OK)
        status = ful_economy_work_new(&work, model, NULL, &err);
    if (status == FUL_OK)
        status = ful_economy_solve(&report, model, work, &shock, NULL, &err);
    if (status == FUL_OK)
        status = ful_economy_certify(&certificate, model, work, &shock, NULL, &err);
    if (status != FUL_OK) {
        fprintf(stderr, "%s: %s\n", ful_status_text(status), err.text);
    } else {
        static const char *const name[] = {"island", "neighbour", "world"};
        ful_economy_view view;
        ful_economy_view_get(&view, model, work);
        for (int n = 0; n < 3; n++)
            printf("%-10s real income %+.2f %%\n", name[n],
                   100 * (view.outcome[n].real_income - 1));
        printf("every equation holds to %.0e\n", certificate.max_violation);
    }
    ful_economy_work_free(work);
    ful_economy_model_free(model);
    return status == FUL_OK ? 0 : 1;
}
