/* SPDX-License-Identifier: MIT */
#ifndef PB_LAUNCH_WIRE_H
#define PB_LAUNCH_WIRE_H

#include "harness/launch/launch.h"

/*
 * What phasebench and phasebench-launch, two programs of one build, say to each other.
 *
 *   phasebench-launch OUTPUT CWD TIMEOUT_NS LINGER_NS DELAY_PERMILLE NAMESPACES COMMAND
 *                     [ARGUMENT]...
 *
 * NAMESPACES are inherited descriptors, separated by commas, that the command enters; may be empty.
 * stdin is the control pipe: PB_LAUNCH_GO releases the command, PB_LAUNCH_CANCEL or its end (the
 * harness is gone) kills the whole tree. stdout is the report pipe: one ready record once the
 * command's process waits at the gate, one report record at the end. The launcher's environment is
 * the command's.
 */
enum { PB_LAUNCH_GO = 'g', PB_LAUNCH_CANCEL = 'x' };

struct pb_launch_ready {
    pid_t pid;
};

struct pb_launch_report {
    int failed_errno;     /* not 0: `failed_step` could not be done and there is no result */
    char failed_step[24]; /* "exec", "chdir", "open output", "fork" */
    bool cancelled;
    struct pb_launch_result result;
};

#endif
