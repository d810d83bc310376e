/* SPDX-License-Identifier: MIT */
/*
 * phasebench-launch: executes and reaps one measured command (protocol in launch_wire.h). Needs
 * libc alone, so that it stays small: Linux folds the forking process's resident set into the
 * child's ru_maxrss.
 */
#include "harness/launch/descendants.h"
#include "harness/launch/launch_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000LL
#define TERM_GRACE_NS (2 * NS_PER_S)
#define KILL_AGAIN_NS (NS_PER_S / 50)
#define KILL_GIVE_UP_NS (10 * NS_PER_S)
#define NEVER INT64_MAX

struct job {
    const char *output, *cwd;
    int64_t timeout_ns, linger_ns, delay_permille;
    struct pb_namespaces namespaces;
    char **argv;
};

/* Written by the child just before exec; in memory shared with it. */
struct child_note {
    int64_t started_ns;
    int failed_errno;
    char failed_step[24];
};

enum stage { RUNNING, LINGERING, TERMINATING, KILLING };

struct watch {
    pid_t root;
    int signal_fd, control_fd;
    enum stage stage;
    int64_t linger_ns, deadline_ns, give_up_ns;
    int64_t delay_permille;
    const struct child_note *note;
    bool root_over, tree_over;
    int root_status;
    struct pb_launch_report *report;
};

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static int64_t later(int64_t from_ns, int64_t by_ns)
{
    return by_ns > NEVER - from_ns ? NEVER : from_ns + by_ns;
}

static bool send_all(const void *data, size_t n)
{
    ssize_t sent;
    do
        sent = write(STDOUT_FILENO, data, n);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)n; /* below PIPE_BUF: never partial */
}

static void note_failure(char step[24], int *failed_errno, const char *what)
{
    *failed_errno = errno;
    snprintf(step, 24, "%s", what);
}

static _Noreturn void child_fail(struct child_note *note, const char *what)
{
    note_failure(note->failed_step, &note->failed_errno, what);
    _exit(127);
}

static void default_signals(void)
{
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL); /* refused for KILL, STOP and libc's own */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The gate: the harness may still put this process into a cgroup or under a tracer. */
static void wait_for_gate(int gate_fd)
{
    char byte;
    ssize_t n;
    do
        n = read(gate_fd, &byte, 1);
    while (n < 0 && errno == EINTR);
    if (n != 1) _exit(127);
}

static _Noreturn void child_run(const struct job *job, int gate_fd, struct child_note *note)
{
    if (setpgid(0, 0) != 0) child_fail(note, "setpgid");
    if (!pb_namespaces_enter(&job->namespaces)) child_fail(note, "enter the namespace");
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* entering a user namespace takes it away */
    default_signals();
    umask(022);
    int null_fd = open("/dev/null", O_RDONLY);
    if (null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0) child_fail(note, "open /dev/null");
    int out_fd = open(job->output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
    if (out_fd < 0) child_fail(note, "open output");
    if (chdir(job->cwd) != 0) child_fail(note, "chdir");
    wait_for_gate(gate_fd);
    if (dup2(out_fd, STDOUT_FILENO) < 0 || dup2(out_fd, STDERR_FILENO) < 0)
        child_fail(note, "redirect output");
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    note->started_ns = now_ns();
    execv(job->argv[0], job->argv);
    child_fail(note, "exec");
}

/* Makes the root look as if it had run longer by a part of its time. */
static int64_t delay(const struct watch *w, int64_t now)
{
    int64_t left = (now - w->note->started_ns) / 1000 * w->delay_permille;
    struct timespec t = {left / NS_PER_S, left % NS_PER_S};
    while (left > 0 && nanosleep(&t, &t) != 0 && errno == EINTR) {
    }
    return left > 0 ? now_ns() : now;
}

static void note_exit(struct watch *w, pid_t pid, int status, int64_t now)
{
    struct pb_launch_result *r = &w->report->result;
    if (pid == w->root) now = delay(w, now);
    r->reaped++;
    r->tree_exit_ns = now;
    if (pid != w->root) return;
    w->root_over = true;
    w->root_status = status;
    r->root_exit_ns = now;
}

static void reap(struct watch *w, int64_t now)
{
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid > 0) {
            note_exit(w, pid, status, now);
        } else if (pid == 0) {
            return;
        } else if (errno != EINTR) {
            w->tree_over = true; /* ECHILD */
            return;
        }
    }
}

static void start_killing(struct watch *w, int64_t now)
{
    if (w->stage == KILLING) return;
    w->stage = KILLING;
    w->deadline_ns = now;
    w->give_up_ns = now + KILL_GIVE_UP_NS;
}

static void after_root_exit(struct watch *w, int64_t now)
{
    if (w->stage == RUNNING) {
        w->stage = LINGERING;
        w->deadline_ns = later(now, w->linger_ns);
    } else if (w->stage == TERMINATING) {
        start_killing(w, now);
    }
}

static void on_deadline(struct watch *w, int64_t now)
{
    struct pb_launch_result *r = &w->report->result;
    if (w->stage == RUNNING) {
        r->timed_out = true;
        kill(-w->root, SIGTERM);
        w->stage = TERMINATING;
        w->deadline_ns = now + TERM_GRACE_NS;
        return;
    }
    if (w->stage == LINGERING) r->strays = pb_descendants_signal(getpid(), 0);
    start_killing(w, now);
    pb_descendants_signal(getpid(), SIGKILL);
    w->deadline_ns = now + KILL_AGAIN_NS;
    if (now > w->give_up_ns) w->tree_over = true; /* something sleeps uninterruptibly */
}

static void on_control(struct watch *w, int64_t now)
{
    char byte = 0;
    ssize_t n = read(w->control_fd, &byte, 1);
    if (n < 0 || (n == 1 && byte != PB_LAUNCH_CANCEL)) return;
    w->report->cancelled = true;
    w->control_fd = -1; /* poll ignores it from now on */
    start_killing(w, now);
}

static void wait_for_event(struct watch *w)
{
    int64_t left = w->deadline_ns == NEVER ? NEVER : w->deadline_ns - now_ns();
    if (left < 0) left = 0;
    struct timespec limit = {left / NS_PER_S, left % NS_PER_S};
    struct pollfd fds[] = {{w->signal_fd, POLLIN, 0}, {w->control_fd, POLLIN, 0}};
    int n = ppoll(fds, 2, w->deadline_ns == NEVER ? NULL : &limit, NULL);
    int64_t now = now_ns();
    if (n > 0 && fds[0].revents) {
        struct signalfd_siginfo info[8];
        while (read(w->signal_fd, info, sizeof info) > 0) {
        }
    }
    reap(w, now);
    if (n > 0 && fds[1].revents) on_control(w, now);
    if (w->root_over) after_root_exit(w, now);
    if (!w->tree_over && now >= w->deadline_ns) on_deadline(w, now);
}

static void fill_result(const struct watch *w, const struct child_note *note)
{
    struct pb_launch_report *report = w->report;
    struct pb_launch_result *r = &report->result;
    r->started_ns = note->started_ns;
    r->signal = WIFSIGNALED(w->root_status) ? WTERMSIG(w->root_status) : 0;
    r->exit_code = WIFEXITED(w->root_status) ? WEXITSTATUS(w->root_status) : -1;
    getrusage(RUSAGE_CHILDREN, &r->usage);
    report->failed_errno = note->failed_errno;
    memcpy(report->failed_step, note->failed_step, sizeof report->failed_step);
}

static void parse_namespaces(const char *text, struct pb_namespaces *out)
{
    char *end;
    for (; *text && out->n < PB_NAMESPACES_MAX; text = *end ? end + 1 : end)
        out->fds[out->n++] = (int)strtol(text, &end, 10);
}

static bool parse_job(int argc, char **argv, struct job *job)
{
    if (argc < 8) return false;
    *job = (struct job){.output = argv[1],
                        .cwd = argv[2],
                        .timeout_ns = strtoll(argv[3], NULL, 10),
                        .linger_ns = strtoll(argv[4], NULL, 10),
                        .delay_permille = strtoll(argv[5], NULL, 10),
                        .argv = argv + 7};
    parse_namespaces(argv[6], &job->namespaces);
    return true;
}

static int block_child_signal(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Tells the harness that the command's process exists and waits for its go. */
static void open_gate(struct watch *w, pid_t root, int gate_fd)
{
    struct pb_launch_ready ready = {root};
    char byte = PB_LAUNCH_CANCEL;
    bool go =
        send_all(&ready, sizeof ready) && read(STDIN_FILENO, &byte, 1) == 1 && byte == PB_LAUNCH_GO;
    w->report->cancelled = !go;
    ssize_t ignored = go ? write(gate_fd, "g", 1) : 0; /* fails when the child failed before */
    (void)ignored;
    close(gate_fd); /* without a go the child ends by itself */
}

static int run(const struct job *job, struct pb_launch_report *report)
{
    struct child_note *note =
        mmap(NULL, sizeof *note, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int gate[2];
    int signal_fd = block_child_signal();
    if (note == MAP_FAILED || signal_fd < 0 || pipe2(gate, O_CLOEXEC) != 0 ||
        prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
        return -1;
    pid_t root = fork();
    if (root < 0) return -1;
    if (root == 0) {
        close(gate[1]);
        child_run(job, gate[0], note);
    }
    close(gate[0]);
    setpgid(root, root); /* also done by the child: whoever comes first */

    struct watch w = {.root = root,
                      .signal_fd = signal_fd,
                      .control_fd = STDIN_FILENO,
                      .linger_ns = job->linger_ns,
                      .delay_permille = job->delay_permille,
                      .note = note,
                      .report = report};
    open_gate(&w, root, gate[1]);
    w.deadline_ns = later(now_ns(), job->timeout_ns);
    while (!w.tree_over)
        wait_for_event(&w);
    fill_result(&w, note);
    return 0;
}

int main(int argc, char **argv)
{
    struct job job;
    if (!parse_job(argc, argv, &job)) {
        fprintf(stderr, "phasebench-launch is started by phasebench\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    struct pb_launch_report report = {0};
    if (run(&job, &report) != 0)
        note_failure(report.failed_step, &report.failed_errno, "start the command");
    return send_all(&report, sizeof report) ? 0 : 1;
}
