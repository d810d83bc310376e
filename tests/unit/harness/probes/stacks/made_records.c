/* SPDX-License-Identifier: MIT */
#include "made_records.h"

#include <criterion/criterion.h>
#include <linux/perf_event.h>

static void begin(struct pb_buf *out, uint32_t type, uint16_t misc)
{
    const struct perf_event_header header = {.type = type, .misc = misc};
    pb_buf_clear(out);
    pb_buf_add(out, &header, sizeof header);
}

static void u32(struct pb_buf *out, uint32_t value)
{
    pb_buf_add(out, &value, sizeof value);
}

static void u64(struct pb_buf *out, uint64_t value)
{
    pb_buf_add(out, &value, sizeof value);
}

static void text(struct pb_buf *out, const char *s)
{
    pb_buf_add_cstr(out, s);
    do
        pb_buf_add_char(out, '\0');
    while (out->n % 8);
}

static void end(struct pb_buf *out)
{
    uint16_t size = (uint16_t)out->n;
    cr_assert(pb_buf_ok(out) && out->n <= UINT16_MAX);
    memcpy(out->p + offsetof(struct perf_event_header, size), &size, sizeof size);
}

/* What all but samples end with. */
static void end_with_id(struct pb_buf *out, uint32_t tid, uint64_t time_ns)
{
    u32(out, tid);
    u32(out, tid);
    u64(out, time_ns);
    end(out);
}

void make_sample(struct pb_buf *out, const struct made_sample *s)
{
    begin(out, PERF_RECORD_SAMPLE, 0);
    u32(out, s->pid);
    u32(out, s->tid);
    u64(out, s->time_ns);
    u64(out, s->period_ns);
    u64(out, s->kernel_count);
    for (size_t i = 0; i < s->kernel_count; i++)
        u64(out, s->kernel_chain[i]);
    u64(out, s->registers ? PERF_SAMPLE_REGS_ABI_64 : PERF_SAMPLE_REGS_ABI_NONE);
    for (size_t i = 0; s->registers && i < PB_REG_COUNT; i++)
        u64(out, s->registers[i]);
    u64(out, s->stack.n);
    pb_buf_add_str(out, s->stack);
    if (s->stack.n) u64(out, s->stack.n);
    end(out);
}

void make_map(struct pb_buf *out, uint32_t pid, uint64_t address, uint64_t bytes, uint64_t offset,
              const char *path)
{
    begin(out, PERF_RECORD_MMAP2, 0);
    u32(out, pid);
    u32(out, pid);
    u64(out, address);
    u64(out, bytes);
    u64(out, offset);
    for (int i = 0; i < 4; i++)
        u64(out, 0); /* device, inode, generation, protection */
    text(out, path);
    end_with_id(out, pid, 0);
}

void make_comm(struct pb_buf *out, uint32_t pid, uint32_t tid, const char *name, bool is_exec)
{
    begin(out, PERF_RECORD_COMM, is_exec ? PERF_RECORD_MISC_COMM_EXEC : 0);
    u32(out, pid);
    u32(out, tid);
    text(out, name);
    end_with_id(out, tid, 0);
}

void make_fork(struct pb_buf *out, uint32_t pid, uint32_t parent_pid, uint32_t tid,
               uint32_t parent_tid)
{
    begin(out, PERF_RECORD_FORK, 0);
    u32(out, pid);
    u32(out, parent_pid);
    u32(out, tid);
    u32(out, parent_tid);
    u64(out, 0);
    end_with_id(out, parent_tid, 0);
}

void make_switch(struct pb_buf *out, uint32_t tid, uint64_t time_ns, enum made_switch kind)
{
    static const uint16_t misc[] = {[MADE_IN] = 0,
                                    [MADE_OUT] = PERF_RECORD_MISC_SWITCH_OUT,
                                    [MADE_PREEMPTED] = PERF_RECORD_MISC_SWITCH_OUT |
                                                       PERF_RECORD_MISC_SWITCH_OUT_PREEMPT};
    begin(out, PERF_RECORD_SWITCH, misc[kind]);
    end_with_id(out, tid, time_ns);
}

void make_lost(struct pb_buf *out, uint64_t count)
{
    begin(out, PERF_RECORD_LOST, 0);
    u64(out, 1);
    u64(out, count);
    end_with_id(out, 1, 0);
}
