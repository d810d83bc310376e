/* SPDX-License-Identifier: MIT */
#ifndef PB_WAIT_PAIRS_H
#define PB_WAIT_PAIRS_H

#include "base/arena.h"
#include "base/map.h"
#include "harness/probes/stacks/perf_record.h"

/*
 * Makes waits of switches: a task's time from the switch away from its CPU, whose sample has the
 * stack, to the switch back. Few of many waits are kept, without losing time: a task's waits add up
 * until they are as long as the quantum, and then the latest stands for all of them. Longer ones
 * stand for themselves.
 */
#define PB_WAIT_QUANTUM_NS 1000000u

struct pb_waiting_task;
struct pb_wait_pairs {
    struct pb_arena arena;
    struct pb_map tasks; /* by tid */
    uint64_t quantum_ns; /* may be changed at any time */
    uint64_t waits;      /* that ended */
    uint64_t lost;       /* without a sample of their begin */
    uint64_t wait_ns;    /* of all that ended, also of those without a stack */
};

/* A wait that is kept. */
struct pb_wait {
    struct pb_str sample; /* the record of its begin; valid until the task's next switch */
    uint64_t ns;          /* that it stands for */
    bool is_preempted;    /* it waited for a CPU and nothing else */
};

#define PB_WAIT_PAIRS_INIT                                                                         \
    ((struct pb_wait_pairs){                                                                       \
        .arena = PB_ARENA_INIT, .tasks = PB_MAP_INIT, .quantum_ns = PB_WAIT_QUANTUM_NS})

void pb_wait_pairs_release(struct pb_wait_pairs *pairs);
/* A SWITCH_OUT sample; `data` is the whole record. */
void pb_wait_pairs_begin(struct pb_wait_pairs *pairs, const struct pb_perf_record *record,
                         struct pb_str data);
/* A SWITCH. True: `out` is kept. */
bool pb_wait_pairs_switch(struct pb_wait_pairs *pairs, const struct pb_perf_record *record,
                          struct pb_wait *out);

#endif
