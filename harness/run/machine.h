/* SPDX-License-Identifier: MIT */
#ifndef PB_MACHINE_H
#define PB_MACHINE_H

#include "harness/journal/journal.h"

/* Fills the machine's part of the run line: system, kernel, CPU, memory, and the file system that
 * holds `folder`. What cannot be found out is "unknown". Strings live in the arena. */
void pb_machine_describe(struct pb_arena *arena, const char *folder, struct pb_journal_run *run);

/* "ext4 rw,relatime" of the mount that holds `folder` by the text of /proc/self/mountinfo
 * (format: proc_pid_mountinfo(5)). */
const char *pb_machine_filesystem(struct pb_arena *arena, struct pb_str mountinfo,
                                  const char *folder);

#endif
