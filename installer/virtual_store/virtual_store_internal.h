/* SPDX-License-Identifier: MIT */
#ifndef PL_VIRTUAL_STORE_INTERNAL_H
#define PL_VIRTUAL_STORE_INTERNAL_H

#include "installer/virtual_store/virtual_store.h"

#include <dirent.h>

#define PL_VIRTUAL_STORE_FOLDER "links/v1"
#define PL_PROJECTS_FOLDER ".projects"
#define PL_PROJECT_RECORD_BYTES_MAX (64u << 20)
#define PL_STAGED_PREFIX ".new-"

struct pl_virtual_store {
    int dirfd;
    char *path;
    uint64_t unique;
    long boot_ns; /* nanoseconds of this boot's seals */
};

/* flock()'s LOCK_SH or LOCK_EX. */
struct pl_virtual_store *pl_virtual_store_open_locked(const char *store_path, int lock_kind,
                                                      struct pb_err *err);

/* Calls visit for each name in a folder but "." and ".."; a missing folder has none. */
typedef int pl_visit_name(void *user, int dirfd, const char *folder, const struct dirent *entry,
                          struct pb_err *err);
int pl_virtual_store_each(const struct pl_virtual_store *vs, const char *folder,
                          pl_visit_name *visit, void *user, struct pb_err *err) PB_MUST_CHECK;

#endif
