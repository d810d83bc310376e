/* SPDX-License-Identifier: MIT */
#include "harness/probes/contamination.h"

#include <criterion/criterion.h>
#include <string.h>

/* Two CPUs for five seconds, that is 1000 ticks of 10 ms, after an idle window of 100 ms. */
struct scene {
    struct pb_machine_state idle_from, before, after;
    struct pb_contamination_basis basis;
};

static struct scene quiet(void)
{
    struct scene s = {.basis = {.own_ns = 0, .ns_per_tick = 10000000, .cpus = 2}};
    s.idle_from = (struct pb_machine_state){.has_cpu = true,
                                            .cpu = {.busy = 7, .interrupts = 3, .idle = 9},
                                            .at_ns = 1000,
                                            .wall_offset_ns = 5000,
                                            .stalled_us = {10, 20, 30},
                                            .swapped_pages = 4,
                                            .throttled = 2,
                                            .own_cpu_ns = 77};
    s.before = s.after = s.idle_from;
    s.before.at_ns += 100000000;
    s.after.at_ns += 5100000000;
    s.after.cpu.idle += 1000;
    return s;
}

static void busy(struct scene *s, uint64_t ticks)
{
    s->after.cpu.busy += ticks;
    s->after.cpu.idle -= ticks;
}

static void nothing(struct scene *s)
{
    (void)s;
}
static void own_work(struct scene *s)
{
    busy(s, 500);
    s->basis.own_ns = 5000000000;
}
static void own_and_little_else(struct scene *s)
{
    own_work(s);
    busy(s, 90);
}
static void own_and_others(struct scene *s)
{
    own_work(s);
    busy(s, 150);
}
static void undercounted(struct scene *s)
{
    busy(s, 500); /* tick sampling may see less of us than there was */
    s->basis.own_ns = 9000000000;
}
static void this_program(struct scene *s)
{
    busy(s, 300);
    s->after.own_cpu_ns += 3000000000;
}
static void interrupts(struct scene *s)
{
    s->after.cpu.interrupts += 400;
    s->after.cpu.idle -= 400;
}
static void short_sample(struct scene *s)
{
    s->after.cpu.idle -= 981;
    s->after.cpu.busy += 19;
    s->after.cpu.idle -= 19;
}
static void some_steal(struct scene *s)
{
    s->after.cpu.steal += 9;
}
static void steal(struct scene *s)
{
    s->after.cpu.steal += 30;
    s->after.cpu.idle -= 30;
}
static void no_proc_stat(struct scene *s)
{
    own_and_others(s);
    s->before.has_cpu = false;
}
static void waits_for_cpu(struct scene *s)
{
    s->before.stalled_us[PB_PRESSURE_CPU] += 20000;
}
static void waits_a_little(struct scene *s)
{
    s->before.stalled_us[PB_PRESSURE_CPU] += 4900;
}
static void waits_for_disk(struct scene *s)
{
    s->before.stalled_us[PB_PRESSURE_IO] += 6000;
}
static void waits_meanwhile(struct scene *s)
{
    s->after.stalled_us[PB_PRESSURE_CPU] += 4000000; /* our own tree's, most of it */
}
static void no_pressure_files(struct scene *s)
{
    s->idle_from.stalled_us[PB_PRESSURE_CPU] = -1;
}
static void no_idle_window(struct scene *s)
{
    waits_for_cpu(s);
    s->idle_from.at_ns = 0;
}
static void swaps(struct scene *s)
{
    s->after.swapped_pages += 257;
}
static void swaps_a_little(struct scene *s)
{
    s->after.swapped_pages += 256;
}
static void no_vmstat(struct scene *s)
{
    s->before.swapped_pages = -1;
}
static void oom(struct scene *s)
{
    s->after.oom_kills++;
}
static void throttled(struct scene *s)
{
    s->after.throttled += 3;
}
static void clock_back(struct scene *s)
{
    s->after.wall_offset_ns -= 60000000;
}
static void clock_slewed(struct scene *s)
{
    s->after.wall_offset_ns += 2500000; /* 500 ppm of five seconds */
}
static void everything(struct scene *s)
{
    own_and_others(s);
    steal(s);
    waits_for_cpu(s);
    waits_for_disk(s);
    swaps(s);
    oom(s);
    throttled(s);
    clock_back(s);
}

static const struct {
    void (*happens)(struct scene *s);
    const char *says; /* NULL: quiet */
} rows[] = {
    {nothing, NULL},
    {own_work, NULL},
    {own_and_little_else, NULL},
    {own_and_others, "other programs used 15 % of the CPU time"},
    {undercounted, NULL},
    {this_program, NULL},
    {interrupts, NULL},
    {short_sample, NULL},
    {some_steal, NULL},
    {steal, "the hypervisor took 3.0 % of the CPU time"},
    {no_proc_stat, NULL},
    {waits_for_cpu, "other programs waited for a CPU 20 % of the time before it"},
    {waits_a_little, NULL},
    {waits_for_disk, "other programs waited for a disk 6 % of the time before it"},
    {waits_meanwhile, NULL},
    {no_pressure_files, NULL},
    {no_idle_window, NULL},
    {swaps, "257 pages were swapped"},
    {swaps_a_little, NULL},
    {no_vmstat, NULL},
    {oom, "a process was killed for want of memory"},
    {throttled, "the CPUs were throttled 3 times"},
    {clock_back, "the clock was set by -60 ms"},
    {clock_slewed, NULL},
};

Test(contamination, each_cause_is_named)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene s = quiet();
        char text[PB_CONTAMINATION_BYTES] = "x";
        rows[i].happens(&s);
        pb_contamination(&s.idle_from, &s.before, &s.after, &s.basis, text);
        cr_expect_str_eq(text, rows[i].says ? rows[i].says : "", "row %zu", i);
    }
}

Test(contamination, causes_add_up_within_bounds)
{
    struct scene s = quiet();
    char text[PB_CONTAMINATION_BYTES];
    everything(&s);
    pb_contamination(&s.idle_from, &s.before, &s.after, &s.basis, text);
    cr_expect(strstr(text, "hypervisor") && strstr(text, "; other programs used"), "%s", text);
    cr_expect(strlen(text) < sizeof text);
}

static const struct {
    const char *text, *key;
    int64_t value;
} values[] = {{"a 1\nnr_throttled 12\n", "nr_throttled", 12},
              {"nr_throttled_usec 5\n", "nr_throttled", -1},
              {"pswpin x\n", "pswpin", -1},
              {"pswpin 99999999999999999999\n", "pswpin", -1},
              {"pswpin 3", "pswpin", 3},
              {"", "pswpin", -1}};

Test(contamination, values_of_stat_files)
{
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        cr_expect_eq(pb_stat_value(pb_str(values[i].text), values[i].key), values[i].value,
                     "row %zu", i);
}

/* Of this very machine: counters grow, and the clock is not set while a test runs. */
Test(contamination, state_can_be_read_twice)
{
    struct pb_machine_state a, b;
    pb_machine_state_read(&a);
    pb_machine_state_read(&b);
    cr_expect(a.at_ns > 0 && b.at_ns >= a.at_ns);
    cr_expect(b.own_cpu_ns >= a.own_cpu_ns);
    for (int i = 0; i < PB_PRESSURE_KINDS; i++)
        cr_expect(b.stalled_us[i] >= a.stalled_us[i]);
}
