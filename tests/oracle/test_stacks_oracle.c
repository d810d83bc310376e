/* SPDX-License-Identifier: MIT */
/*
 * Stacks of a command whose functions, callers and shares are known: of its CPU time a half is
 * burnt from main, a quarter below libc's qsort, a quarter in a child; it waits once in nanosleep
 * and twice as long on a futex. Shares alone are held against bounds: how long it takes is the
 * machine's.
 */
#include "oracle_run.h"

#include "base/fs.h"
#include "base/json.h"
#include "harness/probes/trace_level.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BURN_MS 150

static const struct pb_probe *const table[] = {&pb_probe_rusage, &pb_probe_stacks, NULL};
static struct pb_instruments instruments;
static struct pb_arena arena;
static char *dir, cpu_path[96], off_cpu_path[96];
static struct pb_buf cpu, off_cpu;
static struct pb_json detail;

static void set_up(void)
{
    oracle_set_up();
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_make_temp_dir("/tmp", "oracle-stacks-", &dir, &err), 0, "%s", err.msg);
    snprintf(cpu_path, sizeof cpu_path, "%s/cpu.folded", dir);
    snprintf(off_cpu_path, sizeof off_cpu_path, "%s/off-cpu.folded", dir);
    cpu = PB_BUF_INIT(1 << 24);
    off_cpu = PB_BUF_INIT(1 << 24);
    pb_instruments_open(&instruments, 0);
}

static void tear_down(void)
{
    pb_instruments_close(&instruments);
    pb_json_free(&detail);
    pb_arena_release(&arena);
    pb_buf_release(&cpu);
    pb_buf_release(&off_cpu);
    unlink(cpu_path);
    unlink(off_cpu_path);
    rmdir(dir);
    free(dir);
    oracle_tear_down();
}

TestSuite(stacks_oracle, .init = set_up, .fini = tear_down, .timeout = 120);

/* A test that is skipped is not torn down. */
static void skip(const char *why)
{
    char text[256];
    snprintf(text, sizeof text, "%s", why);
    tear_down();
    cr_skip_test("%s", text);
}

static const struct pb_trace_files files = {.cpu_stacks = "cpu.folded",
                                            .off_cpu_stacks = "off-cpu.folded",
                                            .cpu_stacks_path = cpu_path,
                                            .off_cpu_stacks_path = off_cpu_path};

static const char *take(const char *kind, long amount)
{
    struct pb_metric_values v;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_trace_begin(&instruments, PB_TRACE_STACKS, &files, &err), 0, "%s", err.msg);
    cr_expect_eq(oracle_launch(table, &instruments, kind, amount, &v).exit_code, 0);
    const char *text = pb_trace_end(&arena, &instruments, PB_TRACE_STACKS, &files, &err);
    cr_assert(text, "%s", err.msg);
    return text;
}

static void read_results(const char *text)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_json_parse(&detail, pb_str(text), "detail", &err), 0, "%s", err.msg);
    cr_assert_eq(pb_read_file(AT_FDCWD, cpu_path, &cpu, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_read_file(AT_FDCWD, off_cpu_path, &off_cpu, &err), 0, "%s", err.msg);
}

/* Without cap_ipc_lock the ring buffers are small, and a busy machine comes too late to empty them:
 * what is lost is counted, and the rest cannot be held against what was done. */
static void take_or_skip(const char *kind, long amount)
{
    struct pb_loss loss;
    if (pb_trace_is_lost(&instruments, PB_TRACE_STACKS, &loss)) {
        cr_assert_not(oracle_level_is("caps"), "lost: %s", loss.cause);
        skip(loss.cause);
    }
    read_results(take(kind, amount));
    double lost = pb_json_num(detail.root, "lost", -1);
    if (lost > 0 && !oracle_level_is("own")) skip("records were lost on a busy machine");
    cr_expect_eq(lost, 0, "%.0f lost", lost);
}

static double number(const char *of, const char *key)
{
    return pb_json_num(pb_json_get(detail.root, of), key, -1);
}

/* The time of the stacks that have all of `parts` (separated by '|') in this order, but not
 * `without` (NULL: any). */
static double time_of(const struct pb_buf *folded, const char *parts, const char *without)
{
    double us = 0;
    struct pb_str rest = pb_buf_str(folded), line;
    while (pb_str_split(&rest, '\n', &line)) {
        ptrdiff_t space = pb_str_rfind(line, ' '), at = 0;
        uint64_t n;
        if (space < 0 || !pb_str_u64(pb_str_skip(line, (size_t)space + 1), &n)) continue;
        struct pb_str stack = pb_strn(line.p, (size_t)space), left = pb_str(parts), part;
        if (without && pb_str_search(stack, pb_str(without)) >= 0) continue;
        while (at >= 0 && pb_str_split(&left, '|', &part)) {
            at = pb_str_search(stack, part);
            if (at >= 0) stack = pb_str_skip(stack, (size_t)at + part.n);
        }
        if (at >= 0) us += (double)n;
    }
    return us;
}

static void expect_share(const struct pb_buf *folded, const char *parts, double whole, double share)
{
    double found = whole > 0 ? time_of(folded, parts, "[run queue]") / whole : 0;
    cr_expect(found > share * 0.7 && found < share * 1.3, "%s: %.2f of the time instead of %.2f",
              parts, found, share);
}

Test(stacks_oracle, cpu_time_is_found_below_its_callers)
{
    take_or_skip("stacks", BURN_MS);
    double whole = time_of(&cpu, "oracle_burn_outer;oracle_burn_inner", NULL);
    cr_assert(whole > 0);
    cr_expect(whole > 0.8 * time_of(&cpu, "", NULL), "%.0f us", whole);
    expect_share(&cpu,
                 "oracle_program;main thread;|main;oracle_stacks;oracle_burn_outer;oracle_burn_"
                 "inner",
                 whole, 0.5);
    expect_share(&cpu,
                 "main;oracle_stacks;oracle_sort;|oracle_compare;oracle_burn_outer;oracle_burn_"
                 "inner",
                 whole, 0.25);
    expect_share(&cpu,
                 "oracle_program;oracle_program;main thread;|oracle_child;oracle_burn_outer;oracle_"
                 "burn_inner",
                 whole, 0.25);
    cr_expect(number("cpu", "samples") > 100);
    cr_expect(number("cpu", "stacks_cut") < 0.1 * number("cpu", "samples"));
    cr_expect(number("cpu", "frames_named") > 0.5 * number("cpu", "frames"));
}

/* What stands still while others run is put aside: a busy machine keeps ready tasks waiting. */
Test(stacks_oracle, waits_are_found_below_their_callers)
{
    take_or_skip("stacks", BURN_MS);
    double here = time_of(&off_cpu, "main;oracle_stacks;oracle_wait_here", "[run queue]");
    double futex = time_of(&off_cpu, "oracle_thread;oracle_wait_on_futex", "[run queue]");
    double child = time_of(&off_cpu, "oracle_stacks;oracle_child", "[run queue]");
    cr_expect(here > 0.99 * BURN_MS * 1000, "%.0f us", here); /* never shorter than asked for */
    cr_expect(futex > 0.99 * 2 * BURN_MS * 1000, "%.0f us", futex);
    cr_expect(child > 0, "%.0f us", child);
    double all = time_of(&off_cpu, "", "[run queue]");
    cr_expect(here + futex + child > 0.7 * all, "%.0f of %.0f us", here + futex + child, all);
    cr_expect(number("off_cpu", "stacks_cut") < 0.2 * number("off_cpu", "samples"));
}

/* 2,000 waits that are too short to be kept one by one; a timer may be over before it is waited
 * for. */
Test(stacks_oracle, no_waiting_time_is_lost_by_choosing_samples)
{
    take_or_skip("switches", 2000);
    double waits = pb_json_num(detail.root, "waits", -1);
    cr_expect(waits >= 1900, "%.0f", waits);
    cr_expect(number("off_cpu", "samples") < waits);
}
