/* SPDX-License-Identifier: MIT */
#ifndef PB_RUN_LISTS_H
#define PB_RUN_LISTS_H

#include "base/arena.h"
#include "base/opt.h"
#include "harness/run/run.h"

/* What run and record have in common: options that are lists, and durations. */

/* Adds the items of a repeated option; `split`: each is a list with commas itself. */
int pb_run_list_add(struct pb_arena *arena, const struct pb_opt_list *from, bool split,
                    struct pb_run_list *to, struct pb_err *err) PB_MUST_CHECK;

int pb_read_duration(const char *option, const char *text, int64_t least_ns, int64_t *out,
                     struct pb_err *err) PB_MUST_CHECK;

#endif
