/* SPDX-License-Identifier: MIT */
#ifndef PB_PERF_RECORD_H
#define PB_PERF_RECORD_H

#include "base/str.h"
#include "harness/probes/stacks/registers.h"

/*
 * Records as the kernel writes them into the ring buffers of perf_rings.c (perf_event_open(2),
 * "MMAP layout"), with the sample type PB_PERF_SAMPLE_TYPE, user registers PB_PERF_REGISTER_BITS
 * and sample_id_all.
 */
#define PB_PERF_SAMPLE_TYPE                                                                        \
    (PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN |             \
     PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER)
/* The smallest record that has a time: a header, a task and the time. */
enum { PB_PERF_RECORD_MIN_BYTES = 24, PB_PERF_RECORD_MAX_BYTES = UINT16_MAX };

enum pb_perf_kind {
    PB_PERF_OTHER,
    PB_PERF_CPU,        /* a sample of the CPU clock */
    PB_PERF_SWITCH_OUT, /* a sample of a task that leaves its CPU */
    PB_PERF_SWITCH,     /* the task has left its CPU or came back */
    PB_PERF_MAP,        /* executable memory was mapped */
    PB_PERF_COMM,
    PB_PERF_FORK,
    PB_PERF_EXIT,
    PB_PERF_LOST
};

struct pb_perf_record {
    enum pb_perf_kind kind;
    uint32_t pid, tid; /* of the task that the record is about; FORK, EXIT: the new, ending one */
    uint64_t time_ns;
    /* CPU, SWITCH_OUT */
    uint64_t period_ns;            /* of the CPU clock; 1 for a switch */
    struct pb_str kernel_chain;    /* addresses of 8 bytes, the innermost first */
    struct pb_registers registers; /* none known: the task had no user mode, or is a 32-bit one */
    struct pb_str stack;           /* from the stack pointer on */
    /* SWITCH */
    bool is_out, is_preempted;
    /* MAP */
    uint64_t address, bytes, file_offset;
    /* COMM (the name of the task), MAP (the path of the file) */
    struct pb_str name;
    bool is_exec;                    /* COMM */
    uint32_t parent_pid, parent_tid; /* FORK */
    uint64_t lost_count;             /* LOST */
};

/* False when the bytes are no whole sound record; a record of another kind is OTHER. `out` points
 * into `data`, which may be anything and need not be aligned. */
bool pb_perf_record_parse(struct pb_str data, struct pb_perf_record *out);

/* The time of a record without parsing the rest; `data` is a whole record. */
bool pb_perf_record_time(struct pb_str data, uint64_t *time_ns);

#endif
