/* SPDX-License-Identifier: MIT */
#ifndef PB_FLAME_FILES_H
#define PB_FLAME_FILES_H

#include "base/arena.h"
#include "reports/trace/stack_samples.h"
#include "reports/trace/trace_rounds.h"

/*
 * The flame graphs of `phasebench trace --flame PREFIX`, each as .svg and .folded: PREFIX-cpu and
 * PREFIX-off-cpu of the functions, PREFIX-waits of the threads' waits by reason. NULL: there are
 * no such samples, and their files are not written.
 */
int pb_flame_files_write(struct pb_arena *arena, const char *prefix,
                         const struct pb_stack_samples *stacks,
                         const struct pb_trace_rounds *rounds, struct pb_err *err) PB_MUST_CHECK;

#endif
