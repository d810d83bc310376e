/* SPDX-License-Identifier: MIT */
#include "harness/isolation/netns.h"

#include "base/fs.h"
#include "harness/isolation/netns_config.h"
#include "harness/isolation/outside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child says with its last breath; its descriptors come along (SCM_RIGHTS). */
enum { FD_NET, FD_OUTSIDE, FD_USER, FD_COUNT };
struct note {
    int failed_errno; /* not 0: `step` failed */
    char step[48];
    unsigned fds; /* how many came, in the order of the enum */
};

static int fail(struct note *note, const char *step)
{
    note->failed_errno = errno ? errno : EIO;
    snprintf(note->step, sizeof note->step, "%s", step);
    return -1;
}

static int write_text(const char *path, const char *text)
{
    PB_AUTO_FD int fd = open(path, O_WRONLY | O_CLOEXEC);
    size_t n = strlen(text);
    return fd >= 0 && write(fd, text, n) == (ssize_t)n ? 0 : -1;
}

/* One id on each side, the caller's own: what it makes belongs to it outside too. */
static int map_ids(uid_t uid, gid_t gid)
{
    char line[64];
    snprintf(line, sizeof line, "%u %u 1", uid, uid);
    if (write_text("/proc/self/setgroups", "deny") != 0 ||
        write_text("/proc/self/uid_map", line) != 0)
        return -1;
    snprintf(line, sizeof line, "%u %u 1", gid, gid);
    return write_text("/proc/self/gid_map", line);
}

static int leave_network(struct note *note, bool *own_user)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    *own_user = unshare(CLONE_NEWNET) != 0;
    if (!*own_user) return 0;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return fail(note, "make a user namespace");
    return map_ids(uid, gid) == 0 ? 0 : fail(note, "map the user into its namespace");
}

static int set_up(struct note *note, int fds[FD_COUNT])
{
    bool own_user;
    if (leave_network(note, &own_user) != 0) return -1;
    if (pb_netns_interface_up("lo") != 0) return fail(note, "bring the loopback interface up");
    if (pb_netns_all_local(AF_INET) != 0) return fail(note, "lead all addresses to loopback");
    (void)pb_netns_all_local(AF_INET6); /* without IPv6 there is nothing to lead */
    fds[FD_NET] = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (fds[FD_NET] < 0) return fail(note, "open /proc/self/ns/net");
    fds[FD_OUTSIDE] = pb_outside_open("lo");
    if (fds[FD_OUTSIDE] < 0) return fail(note, "watch for attempts to leave");
    note->fds = FD_USER;
    if (!own_user) return 0;
    fds[FD_USER] = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
    if (fds[FD_USER] < 0) return fail(note, "open /proc/self/ns/user");
    note->fds = FD_COUNT;
    return 0;
}

static _Noreturn void child(int to_parent)
{
    int fds[FD_COUNT];
    char control[CMSG_SPACE(sizeof fds)] = {0};
    struct note note = {0};
    struct iovec data = {&note, sizeof note};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    if (set_up(&note, fds) != 0) note.fds = 0;
    if (note.fds) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(note.fds * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(note.fds * sizeof(int));
        memcpy(CMSG_DATA(c), fds, note.fds * sizeof(int));
    }
    _exit(sendmsg(to_parent, &message, MSG_NOSIGNAL) == (ssize_t)sizeof note ? 0 : 1);
}

/* How many descriptors came. */
static unsigned receive(int from_child, struct note *note, int fds[FD_COUNT])
{
    char control[CMSG_SPACE(FD_COUNT * sizeof(int))];
    struct iovec data = {note, sizeof *note};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    ssize_t n;
    do
        n = recvmsg(from_child, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof *note) {
        *note = (struct note){.failed_errno = ECHILD, .step = "talk to its process"};
        return 0;
    }
    const struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    unsigned count =
        c && c->cmsg_type == SCM_RIGHTS ? (unsigned)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int)) : 0;
    if (count) memcpy(fds, CMSG_DATA(c), count * sizeof(int));
    return count;
}

static int refuse(const struct note *note, struct pb_err *err)
{
    pb_err_set(err, PB_E_UNSUPPORTED,
               "make a private network namespace: %s: %s: run as root, or allow user namespaces",
               note->step, strerror(note->failed_errno));
    if (err) err->sys = note->failed_errno;
    return -1;
}

int pb_netns_make(struct pb_netns *out, struct pb_err *err)
{
    int pair[2], fds[FD_COUNT];
    struct note note;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return pb_err_sys(err, errno, "make a private network namespace: socketpair");
    pid_t pid = fork();
    if (pid == 0) child(pair[1]);
    int fork_errno = errno;
    close(pair[1]);
    unsigned count = 0;
    if (pid > 0) count = receive(pair[0], &note, fds);
    close(pair[0]);
    if (pid < 0) return pb_err_sys(err, fork_errno, "make a private network namespace: fork");
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    if (note.failed_errno || count < FD_USER) return refuse(&note, err);
    *out = (struct pb_netns){.outside_fd = fds[FD_OUTSIDE]};
    if (count > FD_USER) out->enter.fds[out->enter.n++] = fds[FD_USER];
    out->enter.fds[out->enter.n++] = fds[FD_NET];
    return 0;
}

void pb_netns_close(struct pb_netns *netns)
{
    for (size_t i = 0; i < netns->enter.n; i++)
        close(netns->enter.fds[i]);
    if (netns->enter.n && netns->outside_fd >= 0) close(netns->outside_fd);
    netns->enter.n = 0;
}
