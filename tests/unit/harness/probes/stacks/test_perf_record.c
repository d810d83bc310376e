/* SPDX-License-Identifier: MIT */
#include "made_records.h"

#include <criterion/criterion.h>
#include <linux/perf_event.h>

static struct pb_buf made;
static struct pb_perf_record record;

static void begin(void)
{
    made = PB_BUF_INIT(1 << 17);
}

static void end(void)
{
    pb_buf_release(&made);
}

TestSuite(perf_record, .init = begin, .fini = end);

static void make_full_sample(uint64_t period_ns)
{
    static const uint64_t chain[] = {(uint64_t)-128, 0xffffffff81000010};
    uint64_t registers[PB_REG_COUNT];
    for (size_t i = 0; i < PB_REG_COUNT; i++)
        registers[i] = 100 + i;
    make_sample(&made, &(struct made_sample){.pid = 7,
                                             .tid = 8,
                                             .time_ns = 99,
                                             .period_ns = period_ns,
                                             .kernel_chain = chain,
                                             .kernel_count = 2,
                                             .registers = registers,
                                             .stack = PB_LIT("0123456789abcdef")});
}

Test(perf_record, sample_has_its_chain_registers_and_stack)
{
    make_full_sample(1003009);
    cr_assert(pb_perf_record_parse(pb_buf_str(&made), &record));
    cr_expect_eq(record.kind, PB_PERF_CPU);
    cr_expect(record.pid == 7 && record.tid == 8 && record.time_ns == 99);
    cr_expect_eq(record.period_ns, 1003009);
    cr_expect_eq(record.kernel_chain.n, 16);
    cr_expect(pb_str_is(record.stack, "0123456789abcdef"));
    cr_expect_eq(record.registers.known, ((uint64_t)1 << PB_REG_COUNT) - 1);
#if defined(__x86_64__)
    cr_expect_eq(record.registers.value[PB_REG_FP], 106);
    cr_expect_eq(record.registers.value[PB_REG_SP], 107);
    cr_expect_eq(record.registers.value[PB_REG_PC], 108);
    cr_expect_eq(record.registers.value[3], 101); /* rbx: perf's second, DWARF's fourth */
    cr_expect_eq(record.registers.value[15], 116);
#endif
}

Test(perf_record, sample_of_a_single_event_is_a_switch)
{
    make_full_sample(1);
    cr_assert(pb_perf_record_parse(pb_buf_str(&made), &record));
    cr_expect_eq(record.kind, PB_PERF_SWITCH_OUT);
}

Test(perf_record, sample_without_user_mode_knows_no_registers)
{
    make_sample(&made, &(struct made_sample){.pid = 7, .tid = 8, .period_ns = 5});
    cr_assert(pb_perf_record_parse(pb_buf_str(&made), &record));
    cr_expect(record.registers.known == 0 && record.stack.n == 0 && record.kernel_chain.n == 0);
}

Test(perf_record, side_band_records)
{
    make_map(&made, 7, 0x1000, 0x2000, 0x300, "/lib/x.so");
    cr_assert(pb_perf_record_parse(pb_buf_str(&made), &record));
    cr_expect(record.kind == PB_PERF_MAP && record.pid == 7 && record.address == 0x1000 &&
              record.bytes == 0x2000 && record.file_offset == 0x300);
    cr_expect(pb_str_is(record.name, "/lib/x.so"));
    make_comm(&made, 7, 9, "worker", false);
    cr_assert(pb_perf_record_parse(pb_buf_str(&made), &record));
    cr_expect(record.kind == PB_PERF_COMM && record.tid == 9 && !record.is_exec);
    cr_expect(pb_str_is(record.name, "worker"));
    make_fork(&made, 10, 7, 11, 9);
    cr_assert(pb_perf_record_parse(pb_buf_str(&made), &record));
    cr_expect(record.kind == PB_PERF_FORK && record.pid == 10 && record.parent_pid == 7 &&
              record.tid == 11 && record.parent_tid == 9);
    make_switch(&made, 9, 55, MADE_PREEMPTED);
    cr_assert(pb_perf_record_parse(pb_buf_str(&made), &record));
    cr_expect(record.kind == PB_PERF_SWITCH && record.tid == 9 && record.time_ns == 55 &&
              record.is_out && record.is_preempted);
    make_lost(&made, 42);
    cr_assert(pb_perf_record_parse(pb_buf_str(&made), &record));
    cr_expect(record.kind == PB_PERF_LOST && record.lost_count == 42);
}

Test(perf_record, time_is_read_without_the_rest)
{
    uint64_t ns = 0;
    make_full_sample(1);
    cr_expect(pb_perf_record_time(pb_buf_str(&made), &ns) && ns == 99);
    make_switch(&made, 9, 55, MADE_IN);
    cr_expect(pb_perf_record_time(pb_buf_str(&made), &ns) && ns == 55);
}

/* The header tells the new length, so that what is inside has to notice. */
static bool parse_cut(size_t n)
{
    uint16_t size = (uint16_t)n;
    char *copy = malloc(n); /* its own allocation: a read past it is seen by ASan */
    cr_assert_not_null(copy);
    memcpy(copy, made.p, n);
    if (n >= sizeof(struct perf_event_header))
        memcpy(copy + offsetof(struct perf_event_header, size), &size, sizeof size);
    bool ok = pb_perf_record_parse(pb_strn(copy, n), &record);
    free(copy);
    return ok;
}

Test(perf_record, cut_samples_are_refused)
{
    make_full_sample(1);
    for (size_t n = 1; n < made.n; n++)
        cr_expect_not(parse_cut(n), "%zu of %zu bytes", n, made.n);
    cr_expect(parse_cut(made.n));
}

Test(perf_record, cut_maps_are_refused)
{
    make_map(&made, 7, 0x1000, 0x2000, 0x300, "/a/path/of/some/length.so");
    size_t without_end = made.n - 16 - 8; /* the last word of the path with its zeros */
    for (size_t n = 1; n < without_end; n++)
        cr_expect_not(parse_cut(n), "%zu of %zu bytes", n, made.n);
}

Test(perf_record, counts_beyond_the_record_are_refused)
{
    static const struct {
        size_t at; /* of a word */
        uint64_t value;
    } bad[] = {{8 + 24, UINT64_MAX}, {8 + 24, 1u << 13}, {8 + 24, 1000}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        make_full_sample(1);
        memcpy(made.p + bad[i].at, &bad[i].value, sizeof bad[i].value);
        cr_expect_not(pb_perf_record_parse(pb_buf_str(&made), &record), "row %zu", i);
    }
    uint64_t more = 17, huge = UINT64_MAX - 4;
    make_full_sample(1); /* more of the stack filled than dumped */
    memcpy(made.p + made.n - 8, &more, sizeof more);
    cr_expect_not(pb_perf_record_parse(pb_buf_str(&made), &record));
    make_map(&made, 7, 0x1000, huge, 0, "/lib/x.so"); /* memory around the end of addresses */
    cr_expect_not(pb_perf_record_parse(pb_buf_str(&made), &record));
}

Test(perf_record, length_must_be_that_of_the_header)
{
    make_switch(&made, 9, 55, MADE_IN);
    pb_buf_add_char(&made, '\0');
    cr_expect_not(pb_perf_record_parse(pb_buf_str(&made), &record));
    cr_expect_not(pb_perf_record_parse(pb_strn("", 0), &record));
}

Test(perf_record, unknown_kinds_are_passed_over)
{
    uint32_t type = 4711;
    make_switch(&made, 9, 55, MADE_IN);
    memcpy(made.p, &type, sizeof type);
    cr_assert(pb_perf_record_parse(pb_buf_str(&made), &record));
    cr_expect_eq(record.kind, PB_PERF_OTHER);
}
