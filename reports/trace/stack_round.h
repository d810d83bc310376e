/* SPDX-License-Identifier: MIT */
#ifndef PB_STACK_ROUND_H
#define PB_STACK_ROUND_H

#include "harness/journal/journal.h"
#include "reports/trace/flame.h"

/*
 * The median of the samples of level "stacks" of one arm and phase in a result folder: its stacks
 * of functions, on the CPU and off it.
 */
struct pb_stack_file {
    const char *path;
    double ns, samples, cut, frames, named; /* as in struct pb_stack_sum */
};
struct pb_stack_round {
    const struct pb_sample *sample;
    struct pb_stack_file cpu, off_cpu;
    double waits, lost;
};

/* `phase` may be a prefix. Texts are in the arena and in the journal. NOT_FOUND says what there
 * is. */
int pb_stack_round_find(struct pb_arena *arena, const struct pb_journal_data *journal,
                        const char *dir, const char *arm, const char *phase,
                        struct pb_stack_round *out, struct pb_err *err) PB_MUST_CHECK;

int pb_stack_file_read(const struct pb_stack_file *file, struct pb_flame *flame,
                       struct pb_err *err) PB_MUST_CHECK;

/* How far the stacks can be trusted: "2310 samples, names for 91 % of the frames, 3 % of the stacks
 * are cut". */
const char *pb_stack_file_note(struct pb_arena *arena, const struct pb_stack_file *file);

#endif
