/* SPDX-License-Identifier: MIT */
#include "harness/probes/stacks/fold_stacks.h"
#include "harness/probes/stacks/stack_sampler.h"
#include "made_records.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#if defined(__x86_64__)
enum { PC_IN_PERF_ORDER = 8 };
#else
enum { PC_IN_PERF_ORDER = PB_REG_PC };
#endif

static struct pb_buf kept, made;
static struct pb_folded on_cpu, off_cpu;

static void begin(void)
{
    kept = PB_BUF_INIT(1 << 20);
    made = PB_BUF_INIT(1 << 16);
    on_cpu = PB_FOLDED_INIT;
    off_cpu = PB_FOLDED_INIT;
}

static void end(void)
{
    pb_buf_release(&kept);
    pb_buf_release(&made);
    pb_folded_release(&on_cpu);
    pb_folded_release(&off_cpu);
}

TestSuite(fold_stacks, .init = begin, .fini = end);

static void keep(enum pb_kept_kind kind, uint64_t ns)
{
    const struct pb_kept entry = {.ns = ns, .kind = kind, .bytes = (uint32_t)made.n};
    pb_buf_add(&kept, &entry, sizeof entry);
    pb_buf_add_str(&kept, pb_buf_str(&made));
}

/* A shell with a node below it, which has a thread. */
static void keep_tasks(void)
{
    make_comm(&made, 10, 10, "sh", true);
    keep(PB_KEPT_TASK, 0);
    make_fork(&made, 20, 10, 20, 10);
    keep(PB_KEPT_TASK, 0);
    make_comm(&made, 20, 20, "no;de", true);
    keep(PB_KEPT_TASK, 0);
    make_fork(&made, 20, 20, 21, 20);
    keep(PB_KEPT_TASK, 0);
    make_comm(&made, 20, 21, "worker 1", false);
    keep(PB_KEPT_TASK, 0);
}

static void keep_sample(uint32_t pid, uint32_t tid, enum pb_kept_kind kind, uint64_t ns)
{
    static const uint64_t chain[] = {(uint64_t)-128, 16, 32};
    make_sample(&made, &(struct made_sample){.pid = pid,
                                             .tid = tid,
                                             .period_ns = kind == PB_KEPT_CPU ? ns : 1,
                                             .kernel_chain = chain,
                                             .kernel_count = 3});
    keep(kind, ns);
}

static void fold(void)
{
    pb_fold_stacks(pb_buf_str(&kept), &on_cpu, &off_cpu);
    pb_buf_add_char(&on_cpu.text, '\0');
    pb_buf_add_char(&off_cpu.text, '\0');
}

/* Kernel functions at 16 and 32 there are none. */
Test(fold_stacks, stacks_stand_below_processes_and_thread_and_are_summed)
{
    keep_tasks();
    keep_sample(10, 10, PB_KEPT_CPU, 2000);
    keep_sample(20, 20, PB_KEPT_CPU, 3000);
    keep_sample(20, 21, PB_KEPT_CPU, 4000);
    keep_sample(20, 21, PB_KEPT_CPU, 5500);
    keep_sample(20, 21, PB_KEPT_WAIT, 7000);
    keep_sample(20, 21, PB_KEPT_PREEMPTED, 8000);
    fold();
    cr_expect_str_eq(on_cpu.text.p, "sh;main thread;[kernel]_[k] 2\n"
                                    "sh;no_de;main thread;[kernel]_[k] 3\n"
                                    "sh;no_de;worker 1;[kernel]_[k] 9\n");
    cr_expect_str_eq(off_cpu.text.p, "sh;no_de;worker 1;[kernel]_[k] 7\n"
                                     "sh;no_de;worker 1;[kernel]_[k];[run queue] 8\n");
    cr_expect(on_cpu.samples == 4 && on_cpu.ns == 14500 && on_cpu.cut == 0);
    cr_expect(off_cpu.samples == 2 && off_cpu.ns == 15000);
}

Test(fold_stacks, what_cannot_be_followed_is_said)
{
    static const uint64_t registers[PB_REG_COUNT] = {0};
    keep_tasks();
    make_map(&made, 20, 0, 4096, 0, "/no/such/program");
    keep(PB_KEPT_TASK, 0);
    make_sample(&made, &(struct made_sample){
                           .pid = 20, .tid = 20, .period_ns = 9000, .registers = registers});
    keep(PB_KEPT_CPU, 9000);
    fold();
    /* A frame pointer of 0 is where a thread begins. */
    cr_expect_str_eq(on_cpu.text.p, "sh;no_de;main thread;[program] 9\n");
    cr_expect(on_cpu.frames == 1 && on_cpu.named == 0 && on_cpu.cut == 0);
    uint64_t other[PB_REG_COUNT];
    for (size_t i = 0; i < PB_REG_COUNT; i++)
        other[i] = 8;
    pb_buf_clear(&kept);
    keep_tasks();
    make_sample(&made,
                &(struct made_sample){.pid = 20, .tid = 20, .period_ns = 9000, .registers = other});
    keep(PB_KEPT_CPU, 9000);
    pb_folded_release(&on_cpu);
    pb_folded_release(&off_cpu);
    fold();
    cr_expect_str_eq(on_cpu.text.p, "sh;no_de;main thread;[cut];[unknown] 9\n");
    cr_expect_eq(on_cpu.cut, 1);
}

/* A map like that of Node.js's --perf-basic-prof; the pid is this test's, so nobody else has it. */
Test(fold_stacks, code_made_at_run_time_has_the_name_that_its_process_wrote)
{
    static const char map[] = "20000 1000 JS:*hot /project/index.js:1:13\n";
    uint64_t registers[PB_REG_COUNT] = {0};
    char path[64];
    uint32_t pid = (uint32_t)getpid();
    snprintf(path, sizeof path, "/tmp/perf-%u.map", pid);
    cr_assert_eq(pb_write_file(AT_FDCWD, path, pb_str(map), 0600, NULL), 0);
    make_comm(&made, pid, pid, "node", true);
    keep(PB_KEPT_TASK, 0);
    make_map(&made, pid, 0x20000, 8192, 0, "//anon");
    keep(PB_KEPT_TASK, 0);
    for (uint64_t pc = 0x20100; pc <= 0x21100; pc += 0x1000) {
        registers[PC_IN_PERF_ORDER] = pc;
        make_sample(&made, &(struct made_sample){
                               .pid = pid, .tid = pid, .period_ns = 9000, .registers = registers});
        keep(PB_KEPT_CPU, 9000);
    }
    fold();
    unlink(path);
    cr_expect_str_eq(on_cpu.text.p, "node;main thread;JS:*hot /project/index.js:1:13_[j] 9\n"
                                    "node;main thread;[JIT]_[j] 9\n");
    cr_expect(on_cpu.frames == 2 && on_cpu.named == 1);
}

Test(fold_stacks, a_damaged_end_keeps_what_was_before)
{
    keep_tasks();
    keep_sample(10, 10, PB_KEPT_CPU, 2000);
    size_t whole = kept.n;
    keep_sample(10, 10, PB_KEPT_CPU, 3000);
    for (size_t cut = 1; cut < kept.n - whole; cut += 7) {
        pb_folded_release(&on_cpu);
        pb_folded_release(&off_cpu);
        pb_fold_stacks(pb_strn(kept.p, kept.n - cut), &on_cpu, &off_cpu);
        cr_expect_eq(on_cpu.ns, 2000, "%zu bytes are missing", cut);
    }
}

Test(fold_stacks, nothing_kept_is_nothing_folded)
{
    fold();
    cr_expect(on_cpu.samples == 0 && off_cpu.samples == 0);
    cr_expect_str_eq(on_cpu.text.p, "");
}
