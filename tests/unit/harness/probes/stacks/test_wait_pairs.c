/* SPDX-License-Identifier: MIT */
#include "harness/probes/stacks/wait_pairs.h"

#include <criterion/criterion.h>

#define MS ((uint64_t)1000000)

static struct pb_wait_pairs pairs;
static struct pb_wait wait;

static void begin(void)
{
    pairs = PB_WAIT_PAIRS_INIT;
}

static void end(void)
{
    pb_wait_pairs_release(&pairs);
}

TestSuite(wait_pairs, .init = begin, .fini = end);

static void sample(uint32_t tid, const char *data)
{
    const struct pb_perf_record record = {.kind = PB_PERF_SWITCH_OUT, .tid = tid};
    pb_wait_pairs_begin(&pairs, &record, pb_str(data));
}

static bool leave(uint32_t tid, uint64_t ns, bool is_preempted)
{
    const struct pb_perf_record record = {.kind = PB_PERF_SWITCH,
                                          .tid = tid,
                                          .time_ns = ns,
                                          .is_out = true,
                                          .is_preempted = is_preempted};
    return pb_wait_pairs_switch(&pairs, &record, &wait);
}

static bool come_back(uint32_t tid, uint64_t ns)
{
    const struct pb_perf_record record = {.kind = PB_PERF_SWITCH, .tid = tid, .time_ns = ns};
    return pb_wait_pairs_switch(&pairs, &record, &wait);
}

Test(wait_pairs, a_long_wait_stands_for_itself)
{
    sample(1, "one");
    cr_expect_not(leave(1, 10 * MS, false));
    sample(2, "two");
    cr_expect_not(leave(2, 11 * MS, true));
    cr_assert(come_back(1, 15 * MS));
    cr_expect(pb_str_is(wait.sample, "one"));
    cr_expect(wait.ns == 5 * MS && !wait.is_preempted);
    cr_assert(come_back(2, 20 * MS));
    cr_expect(pb_str_is(wait.sample, "two"));
    cr_expect(wait.ns == 9 * MS && wait.is_preempted);
    cr_expect(pairs.waits == 2 && pairs.wait_ns == 14 * MS && pairs.lost == 0);
}

Test(wait_pairs, short_waits_add_up_until_one_stands_for_all)
{
    uint64_t kept_ns = 0, kept = 0;
    for (uint64_t i = 0; i < 100; i++) {
        sample(1, i % 2 ? "odd" : "even");
        leave(1, i * MS, false);
        if (!come_back(1, i * MS + MS / 10)) continue;
        kept++;
        kept_ns += wait.ns;
    }
    cr_expect_eq(kept, 10);
    cr_expect_eq(kept_ns, 10 * MS);
    cr_expect_eq(pairs.wait_ns, 10 * MS);
}

Test(wait_pairs, a_longer_quantum_keeps_fewer_and_loses_no_time)
{
    uint64_t kept_ns = 0, kept = 0;
    pairs.quantum_ns = 4 * MS;
    for (uint64_t i = 0; i < 20; i++) {
        sample(1, "x");
        leave(1, i * 2 * MS, false);
        if (!come_back(1, i * 2 * MS + MS)) continue;
        kept++;
        kept_ns += wait.ns;
    }
    cr_expect_eq(kept, 5);
    cr_expect_eq(kept_ns, 20 * MS);
}

Test(wait_pairs, a_wait_without_a_stack_is_counted)
{
    leave(1, 10 * MS, false);
    cr_expect_not(come_back(1, 15 * MS));
    cr_expect(pairs.waits == 1 && pairs.wait_ns == 5 * MS && pairs.lost == 1);
}

/* A task that is new comes to a CPU without having left one; a lost record looks the same. */
Test(wait_pairs, coming_back_without_leaving_is_no_wait)
{
    cr_expect_not(come_back(1, 15 * MS));
    sample(1, "x");
    cr_expect_not(come_back(1, 20 * MS));
    leave(1, 30 * MS, false);
    cr_expect_not(come_back(1, 29 * MS));
    cr_expect_eq(pairs.waits, 0);
}

Test(wait_pairs, a_sample_is_used_once)
{
    sample(1, "x");
    leave(1, 10 * MS, false);
    cr_expect(come_back(1, 15 * MS));
    leave(1, 20 * MS, false);
    cr_expect_not(come_back(1, 25 * MS));
    cr_expect_eq(pairs.lost, 1);
}
