/* SPDX-License-Identifier: MIT */
#ifndef PB_PROCESS_H
#define PB_PROCESS_H

#include "buf.h"
#include "err.h"

#include <stdint.h>
#include <sys/types.h>

/*
 * Helper processes that are not measured (version queries, servers, managers while recording).
 * The measured command goes through harness/launch instead. No shell, resolved by PATH.
 */
enum pb_process_output {
    PB_OUTPUT_DROPPED,
    PB_OUTPUT_INHERITED,
    PB_OUTPUT_TO_STDERR /* both streams to this process's stderr */
};

struct pb_process_spec {
    const char *const *argv;  /* NULL-terminated */
    const char *const *envp;  /* NULL: inherit */
    const char *cwd;          /* NULL: inherit */
    int64_t timeout_ns;       /* 0: none. Then the process group is killed */
    struct pb_buf *out, *err; /* captured up to their ceilings; NULL: `output` says where to */
    enum pb_process_output output;
};

struct pb_process_result {
    int exit_code; /* -1 when killed by a signal */
    int signal;
    bool timed_out;
};

/* Runs to the end. -1 only when the process could not be started or waited for. */
int pb_process_run(const struct pb_process_spec *spec, struct pb_process_result *result,
                   struct pb_err *err) PB_MUST_CHECK;
/* As above, but a non-zero exit, a signal or a timeout is an error quoting the end of stderr. */
int pb_process_check(const struct pb_process_spec *spec, struct pb_err *err) PB_MUST_CHECK;

/* Starts a process that the caller waits for. stdout is returned as a pipe when `out_fd` is given;
 * stderr is inherited. It dies with its parent. */
int pb_process_start(const struct pb_process_spec *spec, pid_t *pid, int *out_fd,
                     struct pb_err *err) PB_MUST_CHECK;
/* SIGTERM, then SIGKILL after `grace_ns`; reaps. */
void pb_process_stop(pid_t pid, int64_t grace_ns);

#endif
