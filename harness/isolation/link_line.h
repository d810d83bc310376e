/* SPDX-License-Identifier: MIT */
#ifndef PB_LINK_LINE_H
#define PB_LINK_LINE_H

#include "base/err.h"
#include "fixtures/link/tun_line.h"
#include "harness/isolation/netns.h"

#include <sys/types.h>

/*
 * An emulated link: one private namespace for the registry, one for the commands, and a process
 * that carries the packets between them. The process ends with its maker.
 */
#define PB_LINK_SERVER_ADDRESS "198.18.0.1" /* of the block for benchmarks, RFC 2544 */
#define PB_LINK_CLIENT_ADDRESS "198.18.0.2"

struct pb_link_line {
    struct pb_netns server, client;
    pid_t pid;
    int control_fd; /* its end ends the process */
    struct pb_tun_line_stats *stats;
};

/* UNSUPPORTED where namespaces or TUN interfaces are not permitted. */
int pb_link_line_start(const struct pb_link_spec *spec, struct pb_link_line *out,
                       struct pb_err *err) PB_MUST_CHECK;
/* An error when the process has ended, which nothing but a defect or a kill makes it do. */
int pb_link_line_check(struct pb_link_line *line, struct pb_err *err) PB_MUST_CHECK;
void pb_link_line_stop(struct pb_link_line *line);

#endif
