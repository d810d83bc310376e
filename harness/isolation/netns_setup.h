/* SPDX-License-Identifier: MIT */
#ifndef PB_NETNS_SETUP_H
#define PB_NETNS_SETUP_H

#include "harness/isolation/netns.h"

#include <stdbool.h>

/* Inside of netns.c: what the short-lived child does in its new namespace. */
enum { PB_NETNS_FD_NET, PB_NETNS_FD_OUTSIDE, PB_NETNS_FD_TUN, PB_NETNS_FD_USER, PB_NETNS_FDS };

struct pb_netns_note {
    int failed_errno; /* not 0: `step` failed */
    char step[48];
    bool came[PB_NETNS_FDS]; /* which descriptors go with it */
};

/* Leaves the caller's network, sets the new one up and opens what is kept of it. -1: see the note.
 */
int pb_netns_set_up(const struct pb_netns_link *link, struct pb_netns_note *note,
                    int fds[PB_NETNS_FDS]);

#endif
