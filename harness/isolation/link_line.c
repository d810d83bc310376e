/* SPDX-License-Identifier: MIT */
#include "harness/isolation/link_line.h"

#include "base/fs.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int make_namespaces(const struct pb_link_spec *spec, struct pb_link_line *line,
                           struct pb_err *err)
{
    struct pb_netns_link side = {
        .address = PB_LINK_SERVER_ADDRESS, .peer = PB_LINK_CLIENT_ADDRESS, .spec = spec};
    if (pb_netns_make(&side, &line->server, err) != 0) return -1;
    side.address = PB_LINK_CLIENT_ADDRESS;
    side.peer = PB_LINK_SERVER_ADDRESS;
    if (pb_netns_make(&side, &line->client, err) == 0) return 0;
    pb_netns_close(&line->server);
    return -1;
}

/* Keeps nothing of its maker's: neither locks nor the ends of other processes' pipes. */
static void close_others(const int *kept, size_t n)
{
    long top = sysconf(_SC_OPEN_MAX);
    for (int fd = 3; fd < (top > 0 && top < 65536 ? (int)top : 65536); fd++) {
        bool keep = false;
        for (size_t i = 0; i < n; i++)
            keep |= kept[i] == fd;
        if (!keep) close(fd);
    }
}

static _Noreturn void run(const struct pb_link_spec *spec, const struct pb_link_line *line,
                          int control_fd, pid_t parent)
{
    int fds[2] = {line->client.tun_fd, line->server.tun_fd};
    int kept[] = {fds[0], fds[1], control_fd};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGINT, &ignore, NULL); /* the maker decides when to end */
    sigaction(SIGTERM, &ignore, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    close_others(kept, sizeof kept / sizeof *kept);
    _exit(pb_tun_line_run(fds, control_fd, spec, line->stats) == 0 ? 0 : 1);
}

static int start_process(const struct pb_link_spec *spec, struct pb_link_line *line,
                         struct pb_err *err)
{
    int pair[2];
    pid_t self = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return pb_err_sys(err, errno, "emulate a link: socketpair");
    line->pid = fork();
    if (line->pid == 0) run(spec, line, pair[1], self);
    int saved = errno;
    close(pair[1]);
    line->control_fd = pair[0];
    if (line->pid > 0) return 0;
    close(pair[0]);
    return pb_err_sys(err, saved, "emulate a link: fork");
}

int pb_link_line_start(const struct pb_link_spec *spec, struct pb_link_line *out,
                       struct pb_err *err)
{
    *out = (struct pb_link_line){0};
    out->stats =
        mmap(NULL, sizeof *out->stats, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (out->stats == MAP_FAILED) return pb_err_sys(err, errno, "emulate a link: shared memory");
    if (make_namespaces(spec, out, err) == 0) {
        if (start_process(spec, out, err) == 0) return 0;
        pb_netns_close(&out->client);
        pb_netns_close(&out->server);
    }
    munmap(out->stats, sizeof *out->stats);
    return -1;
}

int pb_link_line_check(struct pb_link_line *line, struct pb_err *err)
{
    if (line->pid > 0 && waitpid(line->pid, NULL, WNOHANG) == 0) return 0;
    line->pid = 0;
    return pb_err_set(err, PB_E_SYSTEM, "the process that emulates the link has ended");
}

void pb_link_line_stop(struct pb_link_line *line)
{
    close(line->control_fd);
    while (line->pid > 0 && waitpid(line->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    pb_netns_close(&line->client);
    pb_netns_close(&line->server);
    munmap(line->stats, sizeof *line->stats);
}
