/* SPDX-License-Identifier: MIT */
#ifndef PB_NAMESPACES_H
#define PB_NAMESPACES_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Linux namespaces that a child process enters before it executes its program, in this order: a
 * user namespace comes before what it owns. Descriptors of /proc/PID/ns/<kind> files, borrowed.
 */
#define PB_NAMESPACES_MAX 4
struct pb_namespaces {
    int fds[PB_NAMESPACES_MAX];
    size_t n;
};

/* For a process with one thread; async-signal-safe. NULL is fine. False with errno. */
static inline bool pb_namespaces_enter(const struct pb_namespaces *namespaces)
{
    for (size_t i = 0; namespaces && i < namespaces->n; i++)
        if (setns(namespaces->fds[i], 0) != 0) return false;
    return true;
}

#endif
