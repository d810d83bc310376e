/* SPDX-License-Identifier: MIT */
/*
 * The kernel side of the collector: one object of which the harness loads the programs it needs
 * (collector_programs.c lists them). Only BTF tracepoints are used: they are cheap, portable and
 * need no trampoline. Read tree.h first.
 */
/* clang-format off: in the order of need */
#include "timeline_events.h"
#include "tree.h"

#include "block.h"
#include "io_uring.h"
#include "memory.h"
#include "sched.h"

#include "process.h"
#include "socket.h"
#include "syscalls.h"
/* clang-format on */

char collector_license[] SEC("license") = "Dual MIT/GPL";
