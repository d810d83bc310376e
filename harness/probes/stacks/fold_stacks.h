/* SPDX-License-Identifier: MIT */
#ifndef PB_FOLD_STACKS_H
#define PB_FOLD_STACKS_H

#include "base/buf.h"
#include "base/str.h"

#include <stdint.h>

/*
 * Makes folded stacks of what a stack_sampler.h kept: lines "process;...;thread;function;... 123",
 * outermost first, with microseconds. The first frames are the chain of processes by who forked
 * whom, then the thread. A kernel function ends in "_[k]" and code that a program made at run time
 * in "_[j]" (as other flame graph tools mark them). Callers in a row without a name are one frame
 * "[module]". Where a stack could not be followed to its begin, "[cut]" stands between the thread
 * and its functions; a wait of a task that was ready to go on ends in "[run queue]".
 */
struct pb_folded {
    struct pb_buf text;
    uint64_t ns; /* that all samples stand for */
    uint64_t samples;
    uint64_t cut;           /* samples whose stack is not whole */
    uint64_t frames, named; /* in user mode, before unnamed ones are put together */
};

#define PB_FOLDED_INIT ((struct pb_folded){.text = PB_BUF_INIT((size_t)64 << 20)})
void pb_folded_release(struct pb_folded *folded);

/* `kept`: entries of struct pb_kept; what is damaged ends it. Reads the files that were mapped, so
 * it comes before they are removed. Takes some 10 us per stack. */
void pb_fold_stacks(struct pb_str kept, struct pb_folded *on_cpu, struct pb_folded *off_cpu);

#endif
