/* SPDX-License-Identifier: MIT */
#ifndef PB_LIMIT_RECEIVE_H
#define PB_LIMIT_RECEIVE_H

#include "base/err.h"

#include <stddef.h>

/*
 * Gets each path from a registry at "http://<IPv4>:<port>/..." and drops what comes: HTTP/1.1 on
 * a few connections kept open with several requests ahead on each, one epoll thread, nothing parsed
 * but the length (RFC 9112). An answer
 * without Content-Length or with another status than 200 is an error.
 */
int pb_limit_receive(const char *registry, const char *const *paths, size_t count,
                     struct pb_err *err) PB_MUST_CHECK;

#endif
