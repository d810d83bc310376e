/* SPDX-License-Identifier: MIT */
#ifndef MADE_RECORDS_H
#define MADE_RECORDS_H

#include "base/buf.h"
#include "harness/probes/stacks/perf_record.h"

/* Records as the kernel would write them; the buffer then holds just this one. */
struct made_sample {
    uint32_t pid, tid;
    uint64_t time_ns, period_ns;
    const uint64_t *kernel_chain;
    size_t kernel_count;
    const uint64_t *registers; /* PB_REG_COUNT in perf's order; NULL: no user mode */
    struct pb_str stack;       /* with registers */
};
void make_sample(struct pb_buf *out, const struct made_sample *sample);
void make_map(struct pb_buf *out, uint32_t pid, uint64_t address, uint64_t bytes, uint64_t offset,
              const char *path);
void make_comm(struct pb_buf *out, uint32_t pid, uint32_t tid, const char *name, bool is_exec);
void make_fork(struct pb_buf *out, uint32_t pid, uint32_t parent_pid, uint32_t tid,
               uint32_t parent_tid);
enum made_switch { MADE_IN, MADE_OUT, MADE_PREEMPTED };
void make_switch(struct pb_buf *out, uint32_t tid, uint64_t time_ns, enum made_switch kind);
void make_lost(struct pb_buf *out, uint64_t count);

#endif
