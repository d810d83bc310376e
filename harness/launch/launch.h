/* SPDX-License-Identifier: MIT */
#ifndef PB_LAUNCH_H
#define PB_LAUNCH_H

#include "base/err.h"
#include "base/namespaces.h"

#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/*
 * Runs one measured command. A separate small program (phasebench-launch) is started first, so that
 * no large parent's resident set leaks into the figures; it is a subreaper with its own process
 * group, execs the command without a shell and reaps its whole tree. Times are CLOCK_MONOTONIC.
 */
struct pb_launch_spec {
    const char *const *argv; /* argv[0] is an absolute path */
    const char *const *envp; /* the whole environment */
    const char *cwd;
    const struct pb_namespaces *namespaces; /* of the command and its tree; NULL: ours */
    const char *output_path;                /* stdout and stderr go here (created, truncated) */
    uint64_t output_max_bytes; /* a longer output is cut to its end after the command is over */
    int64_t timeout_ns;        /* then TERM, a grace of 2 s, KILL for the whole tree */
    int64_t linger_ns;         /* how long processes may outlive the root before they are killed */
    /* Idle time after the root's exit, in thousandths of its wall time, that counts as its own: for
     * showing that such an effect would be found. 0: none. */
    unsigned delay_permille;
    /* Optional: called while the command's process exists but has not been executed. The place to
     * put it into a cgroup or under a tracer. Returning -1 stops the measurement. */
    int (*before_exec)(void *arg, pid_t pid, struct pb_err *err);
    void *before_exec_arg;
    /* Optional: set by a signal handler to end the command early (result CANCELLED). */
    const volatile sig_atomic_t *cancel;
};

struct pb_launch_result {
    int exit_code; /* -1 when killed by a signal */
    int signal;
    bool timed_out;
    int64_t started_ns, root_exit_ns, tree_exit_ns; /* CLOCK_MONOTONIC */
    struct rusage usage; /* of the whole reaped tree; ru_maxrss: the largest process */
    unsigned reaped;     /* processes reaped, root included */
    unsigned strays;     /* processes that outlived the root by more than linger and were killed */
};

/* -1 only when the measurement itself failed (launcher missing, fork refused) or was cancelled: the
 * command's own failure is a result. A command that cannot be executed is CHILD with errno.
 * SIGPIPE must be ignored by the calling program. */
int pb_launch_run(const struct pb_launch_spec *spec, struct pb_launch_result *result,
                  struct pb_err *err) PB_MUST_CHECK;

#endif
