/* SPDX-License-Identifier: MIT */
#ifndef PB_STACK_TRACE_H
#define PB_STACK_TRACE_H

#include "base/err.h"
#include "harness/probes/loss.h"

#include <stdint.h>
#include <sys/types.h>

/*
 * Stacks of functions of one command's tree, on the CPU and off it, as folded stacks (fold_stacks.h
 * has the form of their frames). By perf events without BPF and without a hardware counter; what
 * users wrote need not keep frame pointers. In a build without libdw it is lost.
 */
struct pb_stack_trace;

struct pb_stack_summary {
    struct pb_stack_sum {
        uint64_t ns; /* that the samples stand for */
        uint64_t samples;
        uint64_t cut;           /* samples whose stack does not reach the begin of its thread */
        uint64_t frames, named; /* of user mode */
    } cpu, off_cpu;
    uint64_t waits; /* of which the samples off the CPU were chosen (wait_pairs.h) */
    uint64_t lost;  /* samples, and records of maps or switches, that did not fit */
};

/* Whether it would work here; an empty cause: it does. */
void pb_stack_trace_try(struct pb_loss *loss);

/* Samples wait in memory until the end: up to 512 MB, an eighth of the machine's at most. */
struct pb_stack_trace *pb_stack_trace_new(struct pb_err *err);
void pb_stack_trace_free(struct pb_stack_trace *trace);
/* Of `pid`, which waits to be executed, and what it will start. */
int pb_stack_trace_start(struct pb_stack_trace *trace, pid_t pid, struct pb_err *err) PB_MUST_CHECK;
/* Once the tree is over and while its programs are still there: unwinds and writes both files. */
int pb_stack_trace_end(struct pb_stack_trace *trace, const char *cpu_path, const char *off_cpu_path,
                       struct pb_stack_summary *out, struct pb_err *err) PB_MUST_CHECK;

#endif
