/* SPDX-License-Identifier: MIT */
#ifndef PB_TIME_CLASS_H
#define PB_TIME_CLASS_H

#include "base/err.h"

#include <stdint.h>

/* Where time goes, the most telling first. Reasons are those of pb_off_reason(). */
enum pb_time_class {
    PB_TIME_CPU,
    PB_TIME_RUN_QUEUE, /* ready, but no CPU was free */
    PB_TIME_DISK,      /* disk, sync, and file system calls that sleep */
    PB_TIME_NETWORK,   /* sockets, epoll, poll: also an event loop that waits for its own threads */
    PB_TIME_LOCKS,     /* futex, flock, the memory map's lock; parked threads of a pool, too */
    PB_TIME_OTHER,     /* children, pipes, sleep, page faults, and what nothing tells */
    PB_TIME_CLASSES
};

/* "cpu", "run_queue", ...: a name in JSON is this and "_ns". */
const char *pb_time_class_name(enum pb_time_class time_class);
enum pb_time_class pb_time_class_of_reason(const char *reason);

/* Splits the time from a timeline's first event to its last: each moment belongs to the first class
 * in which any thread is. So a wait counts where nothing runs meanwhile, and the parts are the wall
 * time. LIMIT: more than PB_TIMELINE_SPLIT_MAX stretches, which would take too much memory. */
#define PB_TIMELINE_SPLIT_MAX ((size_t)10000000)
int pb_timeline_split(const char *path, uint64_t ns[PB_TIME_CLASSES],
                      struct pb_err *err) PB_MUST_CHECK;

#endif
