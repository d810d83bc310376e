/* SPDX-License-Identifier: MIT */
#ifndef PB_NETNS_CONFIG_H
#define PB_NETNS_CONFIG_H

#include <stdint.h>

/* Steps of a process inside a new network namespace, by the classic ioctls (netdevice(7)) and
 * rtnetlink(7). Each returns 0, or -1 with errno. Not for a process with other work: plain calls,
 * no messages. */

int pb_netns_interface_up(const char *name);
/* Gives a point-to-point interface its address, a network of four addresses around it, and a queue
 * that does not drop. */
int pb_netns_address(const char *name, const char *address);
/* How many segments the kernel may hand to the interface in one piece. */
int pb_netns_segments(const char *name, uint32_t segments);
/* The route to `peer`; connections by it begin with `segments` on their way each way. */
int pb_netns_wide_route(const char *name, const char *peer, uint32_t segments);
/* Writes below /proc/sys/net; these files show the caller's namespace. */
int pb_netns_set(const char *file, const char *value);
/* All addresses of the family (AF_INET, AF_INET6) are local ones. */
int pb_netns_all_local(int family);

#endif
