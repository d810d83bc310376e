/* SPDX-License-Identifier: MIT */
#include "harness/probes/tree_totals.h"

#include <criterion/criterion.h>

Test(tree_totals, the_requests_seen_to_end_stand_for_all)
{
    static const struct {
        uint64_t requests, ends, wait_ns;
        bool is_known;
        int64_t total_ns;
    } rows[] = {{0, 0, 0, true, 0},        {4, 4, 1000, true, 1000},
                {10, 4, 1000, true, 2500}, {3, 1, 7, true, 21},
                {1, 0, 0, false, 0},       {1ull << 40, 1ull << 39, 1ull << 50, true, 1ll << 51}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pb_tree_counters c = {.block_requests = rows[i].requests,
                                     .block_ends = rows[i].ends,
                                     .block_wait_ns = rows[i].wait_ns};
        int64_t wait_ns = -1;
        cr_expect_eq(pb_tree_block_wait(&c, &wait_ns), rows[i].is_known, "row %zu", i);
        if (rows[i].is_known) cr_expect_eq(wait_ns, rows[i].total_ns, "row %zu", i);
    }
}

Test(tree_totals, cpu_parts_go_by_the_ticks_and_add_up)
{
    static const struct {
        uint64_t cpu_ns, user_ns, sys_ns;
        int64_t user, sys;
    } rows[] = {{1000, 30, 10, 750, 250}, {1000, 0, 10, 0, 1000}, {1000, 10, 0, 1000, 0},
                {1000, 0, 0, 1000, 0},    {0, 10, 10, 0, 0},      {10, 1, 2, 4, 6}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pb_tree_counters c = {
            .cpu_ns = rows[i].cpu_ns, .user_ns = rows[i].user_ns, .sys_ns = rows[i].sys_ns};
        int64_t user, sys;
        pb_tree_cpu_parts(&c, &user, &sys);
        cr_expect_eq(user, rows[i].user, "row %zu", i);
        cr_expect_eq(sys, rows[i].sys, "row %zu", i);
    }
}

Test(tree_totals, the_larger_of_both_sources)
{
    const struct rusage usage = {.ru_utime = {.tv_usec = 2},
                                 .ru_stime = {.tv_sec = 1},
                                 .ru_minflt = 5,
                                 .ru_majflt = 6,
                                 .ru_nvcsw = 7,
                                 .ru_nivcsw = 8,
                                 .ru_inblock = 2,
                                 .ru_oublock = 3,
                                 .ru_maxrss = 4};
    struct pb_tree_counters low = {0};
    struct pb_tree_counters high = {.cpu_ns = 2000000000,
                                    .faults_minor = 50,
                                    .faults_major = 60,
                                    .ctx_voluntary = 70,
                                    .ctx_involuntary = 80,
                                    .disk_read_bytes = 9000,
                                    .disk_write_bytes = 9001,
                                    .rss_max_bytes = 1 << 20};
    const struct pb_tree_counters before = high;
    pb_tree_complete_by_wait4(&low, &usage);
    cr_expect_eq(low.cpu_ns, 1000002000);
    cr_expect_eq(low.faults_minor, 5);
    cr_expect_eq(low.faults_major, 6);
    cr_expect_eq(low.ctx_voluntary, 7);
    cr_expect_eq(low.ctx_involuntary, 8);
    cr_expect_eq(low.disk_read_bytes, 1024);
    cr_expect_eq(low.disk_write_bytes, 1536);
    cr_expect_eq(low.rss_max_bytes, 4096);
    pb_tree_complete_by_wait4(&high, &usage);
    cr_expect_arr_eq(&high, &before, sizeof high);
}
