/* SPDX-License-Identifier: MIT */
#include "harness/isolation/netns.h"

#include "harness/isolation/netns_setup.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Its last word is the note; the descriptors come along (SCM_RIGHTS, unix(7)). */
static _Noreturn void child(const struct pb_netns_link *link, int to_parent)
{
    int fds[PB_NETNS_FDS], sent[PB_NETNS_FDS];
    size_t n = 0;
    char control[CMSG_SPACE(sizeof fds)] = {0};
    struct pb_netns_note note = {0};
    struct iovec data = {&note, sizeof note};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    int rc = pb_netns_set_up(link, &note, fds);
    for (int i = 0; rc == 0 && i < PB_NETNS_FDS; i++)
        if (note.came[i]) sent[n++] = fds[i];
    if (n) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(n * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(n * sizeof(int));
        memcpy(CMSG_DATA(c), sent, n * sizeof(int));
    }
    _exit(sendmsg(to_parent, &message, MSG_NOSIGNAL) == (ssize_t)sizeof note ? 0 : 1);
}

/* What does not come stays -1. */
static void receive(int from_child, struct pb_netns_note *note, int fds[PB_NETNS_FDS])
{
    char control[CMSG_SPACE(PB_NETNS_FDS * sizeof(int))];
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
        *note = (struct pb_netns_note){.failed_errno = ECHILD, .step = "talk to its process"};
        return;
    }
    const struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    size_t bytes = c && c->cmsg_type == SCM_RIGHTS ? c->cmsg_len - CMSG_LEN(0) : 0;
    for (size_t i = 0, at = 0; i < PB_NETNS_FDS; i++) {
        if (!note->came[i] || at + sizeof(int) > bytes) continue;
        memcpy(&fds[i], CMSG_DATA(c) + at, sizeof(int));
        at += sizeof(int);
    }
}

static int refuse(const struct pb_netns_note *note, struct pb_err *err)
{
    pb_err_set(err, PB_E_UNSUPPORTED,
               "make a private network namespace: %s: %s: run as root, or allow user namespaces",
               note->step, strerror(note->failed_errno));
    if (err) err->sys = note->failed_errno;
    return -1;
}

int pb_netns_make(const struct pb_netns_link *link, struct pb_netns *out, struct pb_err *err)
{
    int pair[2], fds[PB_NETNS_FDS];
    struct pb_netns_note note = {0};
    for (int i = 0; i < PB_NETNS_FDS; i++)
        fds[i] = -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return pb_err_sys(err, errno, "make a private network namespace: socketpair");
    pid_t pid = fork();
    if (pid == 0) child(link, pair[1]);
    int fork_errno = errno;
    close(pair[1]);
    if (pid > 0) receive(pair[0], &note, fds);
    close(pair[0]);
    if (pid < 0) return pb_err_sys(err, fork_errno, "make a private network namespace: fork");
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    if (note.failed_errno) return refuse(&note, err);
    *out =
        (struct pb_netns){.outside_fd = fds[PB_NETNS_FD_OUTSIDE], .tun_fd = fds[PB_NETNS_FD_TUN]};
    if (note.came[PB_NETNS_FD_USER]) out->enter.fds[out->enter.n++] = fds[PB_NETNS_FD_USER];
    out->enter.fds[out->enter.n++] = fds[PB_NETNS_FD_NET];
    return 0;
}

void pb_netns_close(struct pb_netns *netns)
{
    for (size_t i = 0; i < netns->enter.n; i++)
        close(netns->enter.fds[i]);
    if (netns->enter.n) close(netns->outside_fd);
    if (netns->enter.n && netns->tun_fd >= 0) close(netns->tun_fd);
    netns->enter.n = 0;
}
