/* SPDX-License-Identifier: MIT */
#ifndef PB_NETNS_CONFIG_H
#define PB_NETNS_CONFIG_H

#include <stdbool.h>

/* Steps of a process inside a new network namespace, by the classic ioctls (netdevice(7)) and
 * rtnetlink(7). Each returns 0, or -1 with errno. Not for a process with other work: plain calls,
 * no messages. */

int pb_netns_interface_up(const char *name);
/* All addresses of the family (AF_INET, AF_INET6) are local ones. */
int pb_netns_all_local(int family);

#endif
