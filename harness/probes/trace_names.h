/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACE_NAMES_H
#define PB_TRACE_NAMES_H

#include <stdint.h>

/* Names for numbers of traces of this machine's architecture. All are literals; NULL: no name. */
const char *pb_syscall_name(uint32_t number);
const char *pb_ring_opcode_name(uint32_t opcode); /* of io_uring, "openat" */

/* Why a task slept, by the key of PB_OFF_KEY: "futex", "epoll", "socket", "pipe", "disk", ... Never
 * NULL; "other" where the system call has no row. */
const char *pb_off_reason(uint32_t key);

#endif
