/* SPDX-License-Identifier: MIT */
#include "harness/isolation/netns_setup.h"

#include "base/fs.h"
#include "fixtures/link/tun_line.h"
#include "harness/isolation/netns_config.h"
#include "harness/isolation/outside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINK_NAME "link0"
#define SEGMENT_BYTES 1448u
#define SEGMENTS_MAX 44u /* 64 KiB */
/* A socket shows half of its buffer as window; the rest is for what is queued on the way. */
#define ROOM_PER_FLIGHT 5u
#define TCP_MEMORY_DEFAULT 131072u
#define TCP_MEMORY_MAX 6291456u

static int fail(struct pb_netns_note *note, const char *step)
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

static int leave_network(struct pb_netns_note *note, bool *own_user)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    *own_user = unshare(CLONE_NEWNET) != 0;
    if (!*own_user) return 0;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return fail(note, "make a user namespace");
    return map_ids(uid, gid) == 0 ? 0 : fail(note, "map the user into its namespace");
}

/* TCP as the link wants it. Most is best effort, as a kernel may have no such setting per
 * namespace; what comes of it is measured (docs/isolation.md). */
static int tune_tcp(const struct pb_netns_link *link)
{
    char memory[64];
    uint64_t in_flight = pb_link_bytes_in_flight(link->spec);
    uint64_t room = ROOM_PER_FLIGHT * in_flight + TCP_MEMORY_DEFAULT;
    snprintf(memory, sizeof memory, "4096 %llu %llu", (unsigned long long)room,
             (unsigned long long)(room > TCP_MEMORY_MAX ? room : TCP_MEMORY_MAX));
    if (pb_netns_set("ipv4/tcp_congestion_control", "cubic") != 0)
        (void)pb_netns_set("ipv4/tcp_congestion_control", "reno");
    (void)pb_netns_set("ipv4/tcp_no_metrics_save", "1"); /* samples must not learn of others */
    if (link->spec->slow_start) return 0;
    (void)pb_netns_set("ipv4/tcp_slow_start_after_idle", "0");
    (void)pb_netns_set("ipv4/tcp_rmem", memory);
    (void)pb_netns_set("ipv4/tcp_wmem", memory);
    return pb_netns_wide_route(LINK_NAME, link->peer,
                               (uint32_t)(2 * in_flight / SEGMENT_BYTES + 10));
}

/* A piece blocks the bottleneck as a whole: it shall take a millisecond at most. */
static uint32_t segments_per_piece(const struct pb_link_spec *spec)
{
    uint64_t n = spec->bits_per_s / (8000ull * SEGMENT_BYTES);
    return n < 1 ? 1 : n > SEGMENTS_MAX ? SEGMENTS_MAX : (uint32_t)n;
}

static int open_link(struct pb_netns_note *note, const struct pb_netns_link *link, int *tun_fd)
{
    *tun_fd = pb_tun_open(LINK_NAME);
    if (*tun_fd < 0) return fail(note, "open a TUN interface (/dev/net/tun)");
    (void)pb_netns_set("ipv6/conf/" LINK_NAME "/disable_ipv6", "1"); /* it would talk by itself */
    if (pb_netns_address(LINK_NAME, link->address) != 0 || pb_netns_interface_up(LINK_NAME) != 0)
        return fail(note, "give the link its address");
    (void)pb_netns_segments(LINK_NAME, segments_per_piece(link->spec));
    return tune_tcp(link) == 0 ? 0 : fail(note, "set the route of the link");
}

static int keep_namespace(struct pb_netns_note *note, const char *path, int *fd)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    return *fd >= 0 ? 0 : fail(note, path);
}

int pb_netns_set_up(const struct pb_netns_link *link, struct pb_netns_note *note,
                    int fds[PB_NETNS_FDS])
{
    bool own_user;
    if (leave_network(note, &own_user) != 0) return -1;
    if (pb_netns_interface_up("lo") != 0) return fail(note, "bring the loopback interface up");
    if (pb_netns_all_local(AF_INET) != 0) return fail(note, "lead all addresses to loopback");
    (void)pb_netns_all_local(AF_INET6); /* without IPv6 there is nothing to lead */
    fds[PB_NETNS_FD_OUTSIDE] = pb_outside_open("lo");
    if (fds[PB_NETNS_FD_OUTSIDE] < 0) return fail(note, "watch for attempts to leave");
    if (link && open_link(note, link, &fds[PB_NETNS_FD_TUN]) != 0) return -1;
    if (keep_namespace(note, "/proc/self/ns/net", &fds[PB_NETNS_FD_NET]) != 0) return -1;
    if (own_user && keep_namespace(note, "/proc/self/ns/user", &fds[PB_NETNS_FD_USER]) != 0)
        return -1;
    note->came[PB_NETNS_FD_NET] = note->came[PB_NETNS_FD_OUTSIDE] = true;
    note->came[PB_NETNS_FD_TUN] = link != NULL;
    note->came[PB_NETNS_FD_USER] = own_user;
    return 0;
}
