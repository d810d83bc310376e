/* SPDX-License-Identifier: MIT */
#include "harness/launch/launch.h"

#include "base/buf.h"
#include "base/datadir.h"
#include "base/fs.h"
#include "base/mem.h"
#include "harness/launch/launch_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often a wait looks at the cancel flag: a signal may arrive just before the wait begins. */
#define CANCEL_CHECK_MS 200

struct launcher {
    pid_t pid;
    int control_fd, report_fd;
};

static const char **launcher_argv(const struct pb_launch_spec *spec, const char *program,
                                  const char numbers[3][24], const char *namespaces)
{
    size_t n = 0;
    while (spec->argv[n])
        n++;
    const char **argv = pb_calloc(n + 8, sizeof *argv);
    argv[0] = program;
    argv[1] = spec->output_path;
    argv[2] = spec->cwd;
    argv[3] = numbers[0];
    argv[4] = numbers[1];
    argv[5] = numbers[2];
    argv[6] = namespaces;
    memcpy(argv + 7, spec->argv, n * sizeof *argv);
    return argv;
}

static int spawn(const struct pb_launch_spec *spec, const char *program, const char *const *argv,
                 int stdin_fd, int stdout_fd, pid_t *pid, struct pb_err *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attr);
    posix_spawn_file_actions_adddup2(&actions, stdin_fd, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, stdout_fd, STDOUT_FILENO);
    for (size_t i = 0; spec->namespaces && i < spec->namespaces->n; i++) /* keeps it open */
        posix_spawn_file_actions_adddup2(&actions, spec->namespaces->fds[i],
                                         spec->namespaces->fds[i]);
    /* Its own group: a Ctrl-C at the terminal must not kill the launcher under the harness. */
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attr, 0);
    posix_spawnattr_setsigmask(&attr, &none);
    int rc =
        posix_spawn(pid, program, &actions, &attr, (char *const *)argv, (char *const *)spec->envp);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    return rc ? pb_err_sys(err, rc, "start the launcher: %s", program) : 0;
}

static void list_namespaces(const struct pb_namespaces *namespaces, char *out, size_t n)
{
    size_t at = 0;
    out[0] = '\0';
    for (size_t i = 0; namespaces && i < namespaces->n; i++)
        at += (size_t)snprintf(out + at, n - at, "%s%d", i ? "," : "", namespaces->fds[i]);
}

static int launcher_start(const struct pb_launch_spec *spec, struct launcher *l, struct pb_err *err)
{
    PB_AUTO_FREE char *dir = pb_exe_dir(err);
    if (!dir) return -1;
    char program[4096], numbers[3][24], namespaces[16 * PB_NAMESPACES_MAX];
    snprintf(program, sizeof program, "%s/phasebench-launch", dir);
    snprintf(numbers[0], sizeof numbers[0], "%lld", (long long)spec->timeout_ns);
    snprintf(numbers[1], sizeof numbers[1], "%lld", (long long)spec->linger_ns);
    snprintf(numbers[2], sizeof numbers[2], "%u", spec->delay_permille);
    list_namespaces(spec->namespaces, namespaces, sizeof namespaces);

    int control[2], report[2];
    if (pipe2(control, O_CLOEXEC) != 0) return pb_err_sys(err, errno, "make a pipe");
    if (pipe2(report, O_CLOEXEC) != 0) {
        int sys = errno;
        close(control[0]);
        close(control[1]);
        return pb_err_sys(err, sys, "make a pipe");
    }
    PB_AUTO_FREE const char **argv =
        launcher_argv(spec, program, (const char(*)[24])numbers, namespaces);
    int rc = spawn(spec, program, argv, control[0], report[1], &l->pid, err);
    close(control[0]);
    close(report[1]);
    l->control_fd = control[1];
    l->report_fd = report[0];
    if (rc == 0) return 0;
    close(control[1]);
    close(report[0]);
    return -1;
}

static bool send_byte(int fd, char byte)
{
    ssize_t n;
    do
        n = write(fd, &byte, 1);
    while (n < 0 && errno == EINTR);
    return n == 1;
}

/* Reads one record; a set cancel flag is passed on once. */
static int read_record(const struct pb_launch_spec *spec, struct launcher *l, void *out, size_t n,
                       bool *cancel_sent, struct pb_err *err)
{
    size_t have = 0;
    while (have < n) {
        if (spec->cancel && *spec->cancel && !*cancel_sent)
            *cancel_sent = send_byte(l->control_fd, PB_LAUNCH_CANCEL);
        struct pollfd fd = {l->report_fd, POLLIN, 0};
        int ready = poll(&fd, 1, spec->cancel ? CANCEL_CHECK_MS : -1);
        if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
        ssize_t got = ready < 0 ? -1 : read(l->report_fd, (char *)out + have, n - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return pb_err_sys(err, errno, "read from the launcher");
        if (got == 0)
            return pb_err_set(err, PB_E_INTERNAL, "measure the command: the launcher ended early");
        have += (size_t)got;
    }
    return 0;
}

static int pass_gate(const struct pb_launch_spec *spec, struct launcher *l, bool *cancel_sent,
                     struct pb_err *err)
{
    struct pb_launch_ready ready;
    if (read_record(spec, l, &ready, sizeof ready, cancel_sent, err) != 0) return -1;
    if (spec->before_exec && spec->before_exec(spec->before_exec_arg, ready.pid, err) != 0)
        return -1;
    if (!*cancel_sent && !send_byte(l->control_fd, PB_LAUNCH_GO))
        return pb_err_sys(err, errno, "talk to the launcher");
    return 0;
}

static int check_report(const struct pb_launch_spec *spec, const struct pb_launch_report *report,
                        struct pb_err *err)
{
    if (report->cancelled)
        return pb_err_set(err, PB_E_CANCELLED, "measure %s: cancelled", spec->argv[0]);
    if (report->failed_errno == 0) return 0;
    pb_err_set(err, PB_E_CHILD, "run %s: %.23s: %s", spec->argv[0], report->failed_step,
               strerror(report->failed_errno));
    if (err) err->sys = report->failed_errno;
    return -1;
}

/* Keeps the end of an output that grew past its bound: the error is usually said last. */
static int bound_output(const char *path, uint64_t max, struct pb_err *err)
{
    PB_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) return pb_err_sys(err, errno, "read the output: %s", path);
    if (max == 0 || (uint64_t)st.st_size <= max) return 0;
    if (lseek(fd, st.st_size - (off_t)max, SEEK_SET) < 0)
        return pb_err_sys(err, errno, "read the output: %s", path);
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(max + 128);
    pb_buf_printf(&text, "[%llu bytes of output left out]\n", (unsigned long long)st.st_size - max);
    if (pb_read_fd(fd, &text, err) != 0) return -1;
    return pb_write_file(AT_FDCWD, path, pb_buf_str(&text), 0644, err);
}

static int converse(const struct pb_launch_spec *spec, struct launcher *l,
                    struct pb_launch_report *report, struct pb_err *err)
{
    bool cancel_sent = false;
    if (pass_gate(spec, l, &cancel_sent, err) != 0) return -1;
    return read_record(spec, l, report, sizeof *report, &cancel_sent, err);
}

int pb_launch_run(const struct pb_launch_spec *spec, struct pb_launch_result *result,
                  struct pb_err *err)
{
    if (spec->argv[0][0] != '/')
        return pb_err_set(err, PB_E_INTERNAL, "run %s: not an absolute path", spec->argv[0]);
    struct launcher l = {0};
    if (launcher_start(spec, &l, err) != 0) return -1;
    struct pb_launch_report report;
    int rc = converse(spec, &l, &report, err);
    close(l.control_fd); /* after a failure: the launcher ends the tree and itself */
    close(l.report_fd);
    while (waitpid(l.pid, NULL, 0) < 0 && errno == EINTR) {
    }
    if (rc != 0 || check_report(spec, &report, err) != 0) return -1;
    *result = report.result;
    return bound_output(spec->output_path, spec->output_max_bytes, err);
}
