/* SPDX-License-Identifier: MIT */
#ifndef PL_PLACE_COPY_H
#define PL_PLACE_COPY_H

#include "installer/store/store.h"

/* Makes `dst`, which must not exist, a copy of the store's file, mode as in the index & ~umask. On
 * file systems that can, the copy shares the blocks (copy_file_range). *damaged: the store's file
 * is missing or has another size. EEXIST comes back in err->sys. */
int pl_copy_store_file(int src_dirfd, const struct pl_store_file *file, int dst_dirfd,
                       const char *dst, bool *damaged, struct pb_err *err) PB_MUST_CHECK;

#endif
