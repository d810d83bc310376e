/* SPDX-License-Identifier: MIT */
#ifndef PL_GUNZIP_H
#define PL_GUNZIP_H

#include "base/err.h"

#include <stddef.h>

/*
 * Inflates a whole gzip file (RFC 1952, several members allowed) into one block, with libdeflate.
 * *out is malloc'd and zero-terminated. Fails with BAD_INPUT when it is damaged or cut off, LIMIT
 * when it inflates to more than max_bytes. Any thread.
 */
int pl_gunzip(const void *data, size_t n, size_t max_bytes, char **out, size_t *out_n,
              struct pb_err *err) PB_MUST_CHECK;

#endif
