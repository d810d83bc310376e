/* SPDX-License-Identifier: MIT */
#ifndef PB_STACK_SAMPLER_H
#define PB_STACK_SAMPLER_H

#include "base/err.h"
#include "base/str.h"
#include "harness/probes/loss.h"

#include <stdint.h>
#include <sys/types.h>

/*
 * Samples the stacks of one command's tree: on the CPU at about 1 kHz, off it by wait_pairs.h. A
 * thread moves what is kept from the ring buffers into a file in memory, so that no disk is waited
 * for; unwinding comes after the command (fold_stacks.h), so that it does not disturb it.
 */
struct pb_stack_sampler;

/* What the file holds: entries up to its end, each with `bytes` of one perf record after it. */
enum pb_kept_kind {
    PB_KEPT_TASK,     /* a record that tells of maps, names or forks */
    PB_KEPT_CPU,      /* a sample on the CPU */
    PB_KEPT_WAIT,     /* a sample of the begin of a wait */
    PB_KEPT_PREEMPTED /* the same: of a wait for a CPU */
};
struct pb_kept {
    uint64_t ns; /* that the sample stands for */
    uint32_t kind, bytes;
};

struct pb_stack_counts {
    uint64_t waits, wait_ns; /* off the CPU, all of them */
    uint64_t lost;           /* records and stacks that did not fit */
};

/* Whether it would work here; an empty cause: it does. */
void pb_stack_sampler_try(struct pb_loss *loss);

struct pb_stack_sampler *pb_stack_sampler_new(struct pb_err *err);
void pb_stack_sampler_free(struct pb_stack_sampler *sampler);
/* Of `pid`, from its exec on. */
int pb_stack_sampler_start(struct pb_stack_sampler *sampler, pid_t pid,
                           struct pb_err *err) PB_MUST_CHECK;
/* Once the tree is over. Nothing to do when it was not started. */
int pb_stack_sampler_stop(struct pb_stack_sampler *sampler, struct pb_err *err) PB_MUST_CHECK;

/* After the stop: the file's content (with the sampler) and what was counted. */
int pb_stack_sampler_kept(struct pb_stack_sampler *sampler, struct pb_str *content,
                          struct pb_stack_counts *counts, struct pb_err *err) PB_MUST_CHECK;

#endif
