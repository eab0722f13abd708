/* SPDX-License-Identifier: MIT */
/*
 * An oracle that shares nothing with the solver: the equations of docs/theory/economy.md written as
 * residuals in other unknowns (wages, prices of products, outputs, revenue, premiums; no spending),
 * Newton's method with a finite-difference Jacobian and dense elimination, in small steps from no
 * shock to all of it. Caps are complementarity by the function of Fischer and Burmeister. For
 * worlds in which every cell is sold and all countries trade.
 */
#ifndef FULCRUM_TEST_ORACLE_H
#define FULCRUM_TEST_ORACLE_H

#include "scenes.h"

/* People with a basket and a purse: a household, or all of a country that has none. */
typedef struct oracle_people {
    int country;
    double revenue, transfer, income; /* shares owned; benchmark income */
    double *owns, *basket;            /* J */
    double income_now, price;
} oracle_people;

typedef struct oracle {
    scene *x;
    double t; /* how much of the shock applies */
    derived base;
    int caps, people;
    oracle_people *who;
    double *grip; /* caps x flows */
    size_t unknowns;
    /* unknowns, as levels or hats */
    double *wage, *labour, *product_price, *output, *transfer, *revenue, *premium;
    /* what follows from them */
    double *price, *final_price, *cost, *beta, *gamma, *spending, *sales, *flow;
    double *collected, *exports, *imports, *value_added, *income;
    double *cap_value, *cap_quantity, *cap_rent;
} oracle;

/* The equilibrium of the scene; fails the test where Newton's method does not reach 1e-11. */
void oracle_solve(oracle *q, scene *x);

double oracle_welfare(const oracle *q, int n);
double oracle_real_income(const oracle *q, int n);
double oracle_real_gdp(const oracle *q, int n);
double oracle_exports(const oracle *q, int n);
double oracle_imports(const oracle *q, int n);

#endif
