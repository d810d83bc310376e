/* SPDX-License-Identifier: MIT */
#ifndef PB_DESCENDANTS_H
#define PB_DESCENDANTS_H

#include <sys/types.h>

/*
 * The living descendants of a process, by the parent column of /proc. With a subreaper at the top
 * nothing can leave the tree, so this finds daemons and processes with their own session too.
 * (/proc/PID/task/TID/children would be shorter but needs CONFIG_CHECKPOINT_RESTORE.)
 */

/* Sends `signal` (0: none) to each; returns how many living ones there were, 0 when /proc cannot be
 * read. Zombies do not count. */
unsigned pb_descendants_signal(pid_t ancestor, int signal);

#endif
