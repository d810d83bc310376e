/* SPDX-License-Identifier: MIT */
#ifndef PL_STORE_INTERNAL_H
#define PL_STORE_INTERNAL_H

#include "installer/store/inflate.h"
#include "installer/store/same_files.h"
#include "installer/store/store.h"
#include "installer/store/store_index.h"

#include <pthread.h>

/* Shared by store*.c and place*.c; not for other folders. */
#define PL_IDLE_INFLATERS 4

struct pl_store {
    char *path;
    int dirfd;
    struct pl_boxes *boxes; /* this and the next have locks of their own */
    struct pl_same_files *same;
    pthread_mutex_t lock; /* guards all below it */
    struct pl_index *index;
    struct pl_inflater idle[PL_IDLE_INFLATERS];
    size_t idle_count;
};

/* pl_store_open() as if the machine ran in this boot; 0: not known. */
struct pl_store *pl_store_open_in_boot(const char *path, uint64_t boot, struct pb_err *err);

/* pl_store_find() among the records that are known. */
const struct pl_store_package *pl_store_read(struct pl_store *store, const struct pl_store_key *key,
                                             struct pb_arena *arena);

/* Says in the index that the sizes of the package's files are right. */
void pl_store_settle(struct pl_store *store, const struct pl_store_package *package);

/* Gives a file of the store a new inode with the same content (for file systems that limit the
 * links of one). */
int pl_store_renew_file(struct pl_store *store, const struct pl_store_file *file,
                        struct pb_err *err) PB_MUST_CHECK;

#endif
