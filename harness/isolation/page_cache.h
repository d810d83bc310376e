/* SPDX-License-Identifier: MIT */
#ifndef PB_PAGE_CACHE_H
#define PB_PAGE_CACHE_H

#include "base/err.h"

/* The kernel's caches of files, folders and inodes (proc(5), drop_caches): of the whole machine,
 * programs included. Written-back data only, so sync first. */

/* UNSUPPORTED when we may not drop them. */
int pb_page_cache_can_drop(struct pb_err *err) PB_MUST_CHECK;
int pb_page_cache_drop(struct pb_err *err) PB_MUST_CHECK;

#endif
