/* SPDX-License-Identifier: MIT */
#ifndef PB_NETNS_H
#define PB_NETNS_H

#include "base/err.h"
#include "base/namespaces.h"
#include "fixtures/link/link_spec.h"

/*
 * A private network namespace: loopback is all there is, so nothing reaches another host. Made by a
 * short-lived child process; root needs CAP_SYS_ADMIN, others a user namespace of their own, in
 * which they keep their user id. It lives as long as a process in it or this struct.
 *
 * Every address of the world leads to the loopback interface (a "local" default route, known as
 * AnyIP): the kernel itself refuses a connection to another host at once, and a packet socket on
 * that interface sees each attempt (outside.h).
 */
struct pb_netns {
    struct pb_namespaces enter; /* for the processes that shall live in it */
    int outside_fd;             /* the packet socket */
    int tun_fd;                 /* of its link, or -1 */
};

/* A link to another namespace: a TUN interface, whose packets its maker carries (tun_line.h). The
 * kernel's TCP in the namespace is set to begin with what the link holds in flight, or left to its
 * slow start, and to forget connections at their end. */
struct pb_netns_link {
    const char *address, *peer; /* IPv4 */
    const struct pb_link_spec *spec;
};

/* `link` may be NULL. UNSUPPORTED when it is not permitted here. */
int pb_netns_make(const struct pb_netns_link *link, struct pb_netns *out,
                  struct pb_err *err) PB_MUST_CHECK;
void pb_netns_close(struct pb_netns *netns);

#endif
