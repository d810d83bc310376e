/* SPDX-License-Identifier: MIT */
#include "harness/probes/cpu_times.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *text;
    bool ok;
} rows[] = {{"cpu  10 20 30 400 50 6 7 8 0 0\ncpu0 1 2 3 4 5 6 7 8\n", true},
            {"cpu  10 20 30 400 50 6 7 8", true},
            {"cpu  10 20 30 400 50 6 7\n", false}, /* before Linux 2.6.11: no steal */
            {"cpu0 10 20 30 400 50 6 7 8\n", false},
            {"cpu  10 20 x 400 50 6 7 8\n", false},
            {"", false}};

Test(cpu_times, first_line_of_proc_stat)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pb_cpu_times t = {0};
        cr_assert_eq(pb_cpu_times_parse(pb_str(rows[i].text), &t), rows[i].ok, "row %zu", i);
        if (!rows[i].ok) continue;
        cr_expect_eq(t.busy, 10 + 20 + 30);
        cr_expect_eq(t.interrupts, 6 + 7);
        cr_expect_eq(t.idle, 450);
        cr_expect_eq(t.steal, 8);
    }
}
