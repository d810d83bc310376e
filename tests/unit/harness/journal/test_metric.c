/* SPDX-License-Identifier: MIT */
#include "harness/journal/metric.h"

#include <criterion/criterion.h>
#include <string.h>

Test(metric, names_are_unique_tell_their_unit_and_are_found)
{
    for (int i = 0; i < PB_METRIC_COUNT; i++) {
        const struct pb_metric_info *m = &pb_metric_table[i];
        cr_assert_not_null(m->name);
        cr_expect_eq(pb_metric_by_name(m->name), i, "%s", m->name);
        cr_expect(m->help && *m->help, "%s", m->name);
        size_t n = strlen(m->name);
        bool ns = n > 3 && strcmp(m->name + n - 3, "_ns") == 0;
        bool bytes = n > 6 && strcmp(m->name + n - 6, "_bytes") == 0;
        cr_expect_eq(ns, m->unit == PB_UNIT_NS, "%s", m->name);
        cr_expect_eq(bytes, m->unit == PB_UNIT_BYTES, "%s", m->name);
    }
    cr_expect_eq(pb_metric_by_name("wall"), -1);
}
