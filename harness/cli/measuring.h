/* SPDX-License-Identifier: MIT */
#ifndef PB_MEASURING_H
#define PB_MEASURING_H

#include "base/arena.h"

#include <signal.h>

/* What every command that measures needs. */

/* "phasebench-results/<time>", with `prefix` before the time; in the arena. */
const char *pb_default_out(struct pb_arena *arena, const char *prefix);
/* This program's command line, blanks between the words; NULL when it cannot be read. */
const char *pb_own_command_line(struct pb_arena *arena);
/* From now on SIGINT and SIGTERM set the flag that is returned. */
const volatile sig_atomic_t *pb_catch_interrupts(void);

#endif
