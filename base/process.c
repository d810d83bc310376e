/* SPDX-License-Identifier: MIT */
#include "process.h"

#include "clock.h"
#include "fs.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_POLL_NS (5 * PB_NS_PER_MS) /* where the kernel has no pidfd */
#define QUOTE_BYTES 480
#define STDERR_MAX_BYTES (1u << 20)

extern char **environ;

/* What the child needs, made before fork: after it only async-signal-safe calls are allowed. */
struct child {
    const char *exe, *cwd;
    const char *const *argv, *const *envp;
    int in_fd, out_fd, err_fd; /* -1: inherit */
    int report_fd;             /* closed by a successful exec, else gets errno */
    pid_t parent;
};

static bool redirect(int fd, int target)
{
    if (fd == target) return fcntl(fd, F_SETFD, 0) == 0; /* dup2 would keep close-on-exec */
    return fd < 0 || dup2(fd, target) >= 0;
}

_Noreturn static void exec_child(const struct child *c)
{
    sigset_t none;
    struct sigaction dfl = {.sa_handler = SIG_DFL};
    sigemptyset(&none);
    if (setpgid(0, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == c->parent &&
        redirect(c->in_fd, 0) && redirect(c->out_fd, 1) && redirect(c->err_fd, 2) &&
        (!c->cwd || chdir(c->cwd) == 0) && sigaction(SIGPIPE, &dfl, NULL) == 0 &&
        sigprocmask(SIG_SETMASK, &none, NULL) == 0)
        execve(c->exe, (char *const *)(uintptr_t)c->argv, (char *const *)(uintptr_t)c->envp);
    int saved = errno;
    ssize_t ignored = write(c->report_fd, &saved, sizeof saved);
    (void)ignored;
    _exit(127);
}

static int start_failure(const struct child *c, int sys, struct pb_err *err)
{
    if (c->cwd && !pb_is_dir(AT_FDCWD, c->cwd))
        return pb_err_sys(err, sys, "cannot start: %s: in folder %s", c->argv[0], c->cwd);
    return pb_err_sys(err, sys, "cannot start: %s", c->exe);
}

/* Forks and waits until the exec has succeeded or failed. */
static int spawn(struct child *c, pid_t *pid, struct pb_err *err)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return pb_err_sys(err, errno, "cannot create a pipe");
    PB_AUTO_FD int from_child = report[0], to_parent = report[1];
    c->report_fd = to_parent;
    c->parent = getpid();
    pid_t child = fork();
    if (child < 0) return pb_err_sys(err, errno, "cannot start: %s", c->argv[0]);
    if (child == 0) exec_child(c);
    pb_cleanup_close(&to_parent);
    int sys = 0;
    ssize_t n;
    do {
        n = read(from_child, &sys, sizeof sys);
    } while (n < 0 && errno == EINTR);
    if (n == 0) {
        *pid = child;
        return 0;
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return start_failure(c, n == (ssize_t)sizeof sys ? sys : EIO, err);
}

static int prepare(const struct pb_process_spec *spec, struct child *c, char **exe,
                   struct pb_err *err)
{
    PB_INVARIANT(spec->argv && spec->argv[0]);
    *exe = pb_find_program(spec->argv[0]);
    if (!*exe)
        return pb_err_set(err, PB_E_NOT_FOUND,
                          "cannot start: %s: no such program: install it or put it on PATH",
                          spec->argv[0]);
    *c = (struct child){
        .exe = *exe,
        .cwd = spec->cwd,
        .argv = spec->argv,
        .envp = spec->envp ? spec->envp : (const char *const *)(uintptr_t)environ,
        .in_fd = -1,
        .out_fd = -1,
        .err_fd = -1,
    };
    return 0;
}

static int make_pipe(int *read_end, int *write_end, struct pb_err *err)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0) return pb_err_sys(err, errno, "cannot create a pipe");
    *read_end = fds[0];
    *write_end = fds[1];
    return 0;
}

static int open_null(int *fd, struct pb_err *err)
{
    *fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    return *fd >= 0 ? 0 : pb_err_sys(err, errno, "cannot open: /dev/null");
}

int pb_process_start(const struct pb_process_spec *spec, pid_t *pid, int *out_fd,
                     struct pb_err *err)
{
    struct child c;
    PB_AUTO_FREE char *exe = NULL;
    PB_AUTO_FD int null = -1, pipe_in = -1, pipe_out = -1;
    if (prepare(spec, &c, &exe, err) != 0 || open_null(&null, err) != 0) return -1;
    c.in_fd = null;
    if (out_fd) {
        if (make_pipe(&pipe_in, &pipe_out, err) != 0) return -1;
        c.out_fd = pipe_out;
    }
    if (spawn(&c, pid, err) != 0) return -1;
    if (out_fd) *out_fd = pb_take_fd(&pipe_in);
    return 0;
}

/* Running to the end. */

struct capture {
    int fd; /* -1: at end of file or not wanted */
    struct pb_buf *buf;
};

struct running {
    pid_t pid;
    int pidfd; /* -1: not available, the exit is polled */
    int64_t deadline_ns;
    struct capture captures[2];
    bool exited, timed_out;
};

static int capture_open(struct capture *cap, struct pb_buf *buf, int null, int *child_fd,
                        int *to_close, struct pb_err *err)
{
    *cap = (struct capture){.fd = -1, .buf = buf};
    *child_fd = null;
    if (!buf) return 0;
    if (make_pipe(&cap->fd, to_close, err) != 0) return -1;
    *child_fd = *to_close;
    if (fcntl(cap->fd, F_SETFL, O_NONBLOCK) != 0)
        return pb_err_sys(err, errno, "cannot set up a pipe");
    return 0;
}

/* Reads what is there. Past the ceiling the buffer drops it, so that the child never blocks. */
static void capture_drain(struct capture *cap)
{
    char chunk[16384];
    while (cap->fd >= 0) {
        ssize_t n = read(cap->fd, chunk, sizeof chunk);
        if (n > 0)
            pb_buf_add(cap->buf, chunk, (size_t)n);
        else if (n < 0 && errno == EINTR)
            continue;
        else if (n < 0 && errno == EAGAIN)
            return;
        else
            pb_cleanup_close(&cap->fd);
    }
}

static bool has_exited(const struct running *r)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           info.si_pid == r->pid;
}

static int wait_step(struct running *r, struct pb_err *err)
{
    struct pollfd fds[3] = {
        {.fd = r->pidfd, .events = POLLIN},
        {.fd = r->captures[0].fd, .events = POLLIN},
        {.fd = r->captures[1].fd, .events = POLLIN},
    };
    int64_t wait_ns = r->deadline_ns ? r->deadline_ns - pb_now_ns() : -1;
    if (r->deadline_ns && wait_ns <= 0) {
        (void)kill(-r->pid, SIGKILL);
        r->timed_out = true;
        r->deadline_ns = 0;
        return 0;
    }
    if (r->pidfd < 0 && (wait_ns < 0 || wait_ns > EXIT_POLL_NS)) wait_ns = EXIT_POLL_NS;
    struct timespec ts = {wait_ns / PB_NS_PER_S, wait_ns % PB_NS_PER_S};
    if (ppoll(fds, 3, wait_ns < 0 ? NULL : &ts, NULL) < 0 && errno != EINTR)
        return pb_err_sys(err, errno, "cannot wait for a process");
    /* The exit is looked at first: what the process wrote before it is then in the pipes. */
    r->exited = has_exited(r);
    capture_drain(&r->captures[0]);
    capture_drain(&r->captures[1]);
    return 0;
}

static int reap(pid_t pid, struct pb_process_result *result, struct pb_err *err)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return pb_err_sys(err, errno, "cannot wait for a process");
    result->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return 0;
}

static int run_child(struct child *c, struct running *r, int64_t timeout_ns, int *write_ends,
                     struct pb_process_result *result, struct pb_err *err)
{
    int64_t start_ns = pb_now_ns();
    if (spawn(c, &r->pid, err) != 0) return -1;
    pb_cleanup_close(&write_ends[0]);
    pb_cleanup_close(&write_ends[1]);
    r->pidfd = pidfd_open(r->pid, 0);
    r->deadline_ns = timeout_ns > 0 ? start_ns + timeout_ns : 0;
    int status = 0;
    while (status == 0 && !r->exited)
        status = wait_step(r, err);
    if (status != 0) (void)kill(-r->pid, SIGKILL);
    pb_cleanup_close(&r->pidfd);
    result->timed_out = r->timed_out;
    return reap(r->pid, result, err) != 0 ? -1 : status;
}

int pb_process_run(const struct pb_process_spec *spec, struct pb_process_result *result,
                   struct pb_err *err)
{
    *result = (struct pb_process_result){.exit_code = -1};
    struct child c;
    PB_AUTO_FREE char *exe = NULL;
    PB_AUTO_FD int null = -1;
    if (prepare(spec, &c, &exe, err) != 0 || open_null(&null, err) != 0) return -1;
    c.in_fd = null;
    struct running r = {.captures = {{.fd = -1}, {.fd = -1}}};
    int write_ends[2] = {-1, -1};
    int status = capture_open(&r.captures[0], spec->out, null, &c.out_fd, &write_ends[0], err);
    if (status == 0)
        status = capture_open(&r.captures[1], spec->err, null, &c.err_fd, &write_ends[1], err);
    if (spec->output != PB_OUTPUT_DROPPED) {
        if (!spec->out) c.out_fd = spec->output == PB_OUTPUT_INHERITED ? -1 : STDERR_FILENO;
        if (!spec->err) c.err_fd = -1;
    }
    if (status == 0) status = run_child(&c, &r, spec->timeout_ns, write_ends, result, err);
    for (int i = 0; i < 2; i++) {
        pb_cleanup_close(&write_ends[i]);
        pb_cleanup_close(&r.captures[i].fd);
    }
    return status;
}

/* The end of what it said, from the start of a line where possible. */
static struct pb_str quote_end(const struct pb_buf *buf)
{
    struct pb_str text = pb_str_trim(pb_buf_str(buf));
    if (text.n <= QUOTE_BYTES) return text;
    struct pb_str tail = pb_str_skip(text, text.n - QUOTE_BYTES);
    ptrdiff_t line = pb_str_find(tail, '\n');
    return line >= 0 ? pb_str_skip(tail, (size_t)line + 1) : tail;
}

static int exit_failure(const char *name, const struct pb_process_result *result,
                        int64_t timeout_ns, struct pb_str said, struct pb_err *err)
{
    const char *sep = said.n ? ": " : "";
    if (result->timed_out)
        return pb_err_set(err, PB_E_TIMEOUT, "%s: took longer than %lld s%s" PB_FMT, name,
                          (long long)(timeout_ns / PB_NS_PER_S), sep, PB_ARG(said));
    if (result->signal)
        return pb_err_set(err, PB_E_CHILD, "%s: killed by signal %d (%s)%s" PB_FMT, name,
                          result->signal, sigabbrev_np(result->signal), sep, PB_ARG(said));
    return pb_err_set(err, PB_E_CHILD, "%s: exit status %d%s" PB_FMT, name, result->exit_code, sep,
                      PB_ARG(said));
}

int pb_process_check(const struct pb_process_spec *spec, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf own = PB_BUF_INIT(STDERR_MAX_BYTES);
    struct pb_process_spec with_stderr = *spec;
    if (!with_stderr.err) with_stderr.err = &own;
    struct pb_process_result result;
    if (pb_process_run(&with_stderr, &result, err) != 0) return -1;
    if (!result.timed_out && result.exit_code == 0) return 0;
    return exit_failure(spec->argv[0], &result, spec->timeout_ns, quote_end(with_stderr.err), err);
}

void pb_process_stop(pid_t pid, int64_t grace_ns)
{
    struct running r = {.pid = pid};
    if (pid <= 0) return;
    (void)kill(-pid, SIGTERM);
    int64_t deadline_ns = pb_now_ns() + grace_ns;
    while (!has_exited(&r) && pb_now_ns() < deadline_ns)
        pb_sleep_ns(EXIT_POLL_NS);
    /* Also when it has exited: until it is reaped its group cannot be another's. */
    (void)kill(-pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}
