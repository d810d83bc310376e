/* SPDX-License-Identifier: MIT */
#ifndef PB_SAVED_OPTIONS_H
#define PB_SAVED_OPTIONS_H

#include "base/arena.h"
#include "harness/run/run.h"

/* A run's options in its result folder (options.json), so that `--resume DIR` needs nothing else.
 * Paths are saved absolute. */
int pb_saved_options_write(const struct pb_run_options *options, struct pb_err *err) PB_MUST_CHECK;

/* Replaces what makes up the run (not cancel, keep, out, resume, command line) by what options->out
 * holds. Strings live in the arena. */
int pb_saved_options_read(struct pb_arena *arena, struct pb_run_options *options,
                          struct pb_err *err) PB_MUST_CHECK;

#endif
