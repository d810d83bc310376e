/* SPDX-License-Identifier: MIT */
#ifndef PB_STACK_SAMPLES_H
#define PB_STACK_SAMPLES_H

#include "harness/journal/journal.h"
#include "reports/trace/flame.h"
#include "reports/trace/traced_samples.h"

/*
 * The stacks of functions of one arm and phase in a result folder, on the CPU and off it: of all
 * samples of level "stacks" together, because a sum of few stacks shows more than a choice.
 */
struct pb_stack_files {
    const char *paths[PB_TRACED_SAMPLES_MAX];
    double samples, cut, frames, named; /* sums, as in struct pb_stack_sum */
};
struct pb_stack_samples {
    const char *arm, *phase;
    size_t n; /* traced samples of the arm */
    struct pb_stack_files cpu, off_cpu;
    double lost;
};

/* `phase` may be a prefix. Texts are in the arena and in the journal. NOT_FOUND says what there
 * is. */
int pb_stack_samples_find(struct pb_arena *arena, const struct pb_journal_data *journal,
                          const char *dir, const char *arm, const char *phase,
                          struct pb_stack_samples *out, struct pb_err *err) PB_MUST_CHECK;

/* Adds the stacks of the `n` files. */
int pb_stack_files_read(const struct pb_stack_files *files, size_t n, struct pb_flame *flame,
                        struct pb_err *err) PB_MUST_CHECK;

/* How far the stacks can be trusted: "2310 stacks, names for 91 % of the frames in user mode, 3 %
 * of the stacks are cut". */
const char *pb_stack_files_note(struct pb_arena *arena, const struct pb_stack_files *files);

#endif
