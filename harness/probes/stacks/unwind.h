/* SPDX-License-Identifier: MIT */
#ifndef PB_UNWIND_H
#define PB_UNWIND_H

#include "harness/probes/stacks/processes.h"

/*
 * The user-mode call chain of a sample, by the rules of .eh_frame (DWARF 5, section 6.4), and by
 * frame pointers where code has no such rules: what a program makes at run time mostly keeps them.
 */
enum { PB_UNWIND_FRAMES_MAX = 192 };

struct pb_user_frame {
    const struct pb_mapping *mapping;
    uint64_t address; /* in the process: of the call, not of what follows it */
};
struct pb_call_chain {
    struct pb_user_frame frames[PB_UNWIND_FRAMES_MAX]; /* the innermost first */
    size_t n;
    bool is_whole; /* it reaches where the thread began; else it is cut at its outer end */
};

/* `stack` is what was copied from the stack pointer on. Reads nothing else of the process. */
void pb_unwind(const struct pb_process *process, const struct pb_registers *registers,
               struct pb_str stack, struct pb_call_chain *out);

/* The address within its file; false: of no file. */
bool pb_user_frame_in_file(const struct pb_user_frame *frame, uint64_t *address);

#endif
