/* SPDX-License-Identifier: MIT */
#ifndef PL_GUNZIP_H
#define PL_GUNZIP_H

#include "base/buf.h"

/*
 * Inflates a whole gzip file (RFC 1952, several members allowed) with libdeflate. *out is replaced;
 * its memory is used again. Fails with BAD_INPUT when it is damaged or cut off, LIMIT when it
 * inflates to more than out->max bytes. Any thread.
 */
int pl_gunzip(const void *data, size_t n, struct pb_buf *out, struct pb_err *err) PB_MUST_CHECK;

#endif
