/* SPDX-License-Identifier: MIT */
#include "harness/stats/describe.h"

#include <criterion/criterion.h>

/* Michelson's speed of light (NIST StRD "Michelso"): 100 values, certified mean and deviation. */
static const double michelson[] = {
    299.85, 299.74, 299.90, 300.07, 299.93, 299.85, 299.95, 299.98, 299.98, 299.88, 300.00, 299.98,
    299.93, 299.65, 299.76, 299.81, 300.00, 300.00, 299.96, 299.96, 299.96, 299.94, 299.96, 299.94,
    299.88, 299.80, 299.85, 299.88, 299.90, 299.84, 299.83, 299.79, 299.81, 299.88, 299.88, 299.83,
    299.80, 299.79, 299.76, 299.80, 299.88, 299.88, 299.88, 299.86, 299.72, 299.72, 299.62, 299.86,
    299.97, 299.95, 299.88, 299.91, 299.85, 299.87, 299.84, 299.84, 299.85, 299.84, 299.84, 299.84,
    299.89, 299.81, 299.81, 299.82, 299.80, 299.77, 299.76, 299.74, 299.75, 299.76, 299.91, 299.92,
    299.89, 299.86, 299.88, 299.72, 299.84, 299.85, 299.85, 299.78, 299.89, 299.84, 299.78, 299.81,
    299.76, 299.81, 299.79, 299.81, 299.82, 299.85, 299.87, 299.87, 299.81, 299.74, 299.81, 299.94,
    299.95, 299.80, 299.81, 299.87};

Test(describe, certified_values_of_michelson)
{
    double scratch[100];
    struct pb_description d = pb_describe(michelson, 100, scratch);
    cr_expect_float_eq(d.mean, 299.852400000000, 1e-11);
    cr_expect_float_eq(d.sd, 0.0790105478190518, 1e-12);
}

Test(describe, small_sets)
{
    static const struct {
        double values[4];
        size_t n;
        struct pb_description expected;
    } rows[] = {
        {{0}, 0, {0, 0, 0, 0, 0, 0}},
        {{7}, 1, {1, 7, 0, 7, 7, 7}},
        {{3, 1}, 2, {2, 2, 1.4142135623730951, 1, 3, 2}},
        {{5, 1, 3}, 3, {3, 3, 2, 1, 5, 3}},
        {{4, 1, 2, 100}, 4, {4, 26.75, 48.849257926929, 1, 100, 3}},
        {{1e15 + 1, 1e15 + 2, 1e15 + 3}, 3, {3, 1e15 + 2, 1, 1e15 + 1, 1e15 + 3, 1e15 + 2}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double scratch[4];
        struct pb_description d = pb_describe(rows[i].values, rows[i].n, scratch);
        const struct pb_description *e = &rows[i].expected;
        cr_expect_eq(d.n, e->n);
        cr_expect_float_eq(d.mean, e->mean, 1e-9, "row %zu", i);
        cr_expect_float_eq(d.sd, e->sd, 1e-9, "row %zu", i);
        cr_expect_float_eq(d.min, e->min, 1e-9, "row %zu", i);
        cr_expect_float_eq(d.max, e->max, 1e-9, "row %zu", i);
        cr_expect_float_eq(d.median, e->median, 1e-9, "row %zu", i);
    }
}
