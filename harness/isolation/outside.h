/* SPDX-License-Identifier: MIT */
#ifndef PB_OUTSIDE_H
#define PB_OUTSIDE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Attempts to reach another host than the registry, seen by a packet socket (packet(7)) on the
 * loopback interface of a private namespace. A filter in the kernel lets pass only what matters:
 * TCP connections and UDP packets to addresses that are not loopback's, and DNS queries to any.
 */
#define PB_OUTSIDE_NAMED_MAX 4
#define PB_OUTSIDE_TEXT_BYTES 96

struct pb_outside {
    bool counted;      /* false: nothing watched, the rest says nothing */
    uint64_t attempts; /* packets: a look-up of a name is several */
    /* The first different ones: "tcp 203.0.113.7:443", "dns registry.example". */
    char named[PB_OUTSIDE_NAMED_MAX][PB_OUTSIDE_TEXT_BYTES];
    size_t named_count;
};

/* Puts the filter on a socket whose packets begin with the IP header; -1 with errno. */
int pb_outside_attach(int fd);
/* A watching socket on an interface of the caller's network namespace; -1 with errno. */
int pb_outside_open(const char *interface);
/* Takes what has been seen since the last call. */
int pb_outside_read(int fd, struct pb_outside *out, struct pb_err *err) PB_MUST_CHECK;
/* "3 attempts to reach another host: tcp 203.0.113.7:443, dns registry.example". */
void pb_outside_describe(const struct pb_outside *outside, char *out, size_t n);

#endif
