/* SPDX-License-Identifier: MIT */
#ifndef PB_CPU_LIST_H
#define PB_CPU_LIST_H

#include "base/err.h"

#include <sched.h>

/* "0-1,3" (the list format of cpuset(7)) as a set; each must be in `allowed`. */
int pb_cpu_list_parse(const char *text, const cpu_set_t *allowed, cpu_set_t *out,
                      struct pb_err *err) PB_MUST_CHECK;

#endif
