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
        cr_expect_eq(t.busy, 10 + 20 + 30 + 6 + 7);
        cr_expect_eq(t.idle, 450);
        cr_expect_eq(t.steal, 8);
    }
}

/* 1000 ticks of 10 ms in all; what of it was busy, stolen and our own. */
static const struct {
    uint64_t busy, steal;
    int64_t own_ticks;
    const char *says; /* NULL: quiet */
} mixes[] = {{0, 0, 0, NULL},     {500, 0, 500, NULL},
             {590, 0, 500, NULL}, {650, 0, 500, "other programs used 15 %"},
             {500, 9, 500, NULL}, {500, 30, 500, "hypervisor took 3.0 %"},
             {500, 0, 900, NULL}}; /* tick sampling may undercount us */

Test(cpu_times, disturbance_is_what_is_not_ours)
{
    const int64_t ns_per_tick = 10000000;
    for (size_t i = 0; i < sizeof mixes / sizeof *mixes; i++) {
        struct pb_cpu_times before = {.busy = 7, .idle = 9, .steal = 1}, after = before;
        char text[128];
        after.busy += mixes[i].busy;
        after.steal += mixes[i].steal;
        after.idle += 1000 - mixes[i].busy - mixes[i].steal;
        pb_disturbance(&before, &after, mixes[i].own_ticks * ns_per_tick, ns_per_tick, 2, text);
        if (mixes[i].says)
            cr_expect(strstr(text, mixes[i].says), "row %zu: %s", i, text);
        else
            cr_expect_str_eq(text, "", "row %zu", i);
    }
}

Test(cpu_times, very_short_sample_says_nothing)
{
    struct pb_cpu_times before = {0}, after = {.busy = 15, .idle = 4};
    char text[128];
    pb_disturbance(&before, &after, 0, 10000000, 2, text);
    cr_expect_str_eq(text, "");
}
