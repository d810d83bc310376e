/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "installer/store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Each open store has a staging folder of its own, locked (flock) for as long as it is in use:
 * prune removes those that nobody holds. It is made and locked under the index lock, which prune
 * holds too, so that it never sees one that is not locked yet.
 */
static int make_staging(struct pl_store *store, struct pb_err *err)
{
    uint64_t random;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return pb_err_sys(err, errno, "store: no random numbers");
    (void)snprintf(store->staging_name, sizeof store->staging_name, "staging/%ld-%016llx",
                   (long)getpid(), (unsigned long long)random);
    if (mkdirat(store->dirfd, store->staging_name, 0777) != 0)
        return pb_err_sys(err, errno, "store: cannot create: %s", store->staging_name);
    int fd = pb_open_dir(store->dirfd, store->staging_name, err);
    if (fd < 0) return -1;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)pb_err_sys(err, errno, "store: cannot lock: %s", store->staging_name);
        (void)close(fd);
        return -1;
    }
    store->staging = fd;
    return 0;
}

static int ensure_staging(struct pl_store *store, struct pb_err *err)
{
    if (store->staging >= 0) return 0;
    if (pl_index_lock(store->index, err) != 0) return -1;
    int result = make_staging(store, err);
    pl_index_unlock(store->index);
    return result;
}

int pl_store_slot(struct pl_store *store, char name[PL_SLOT_MAX], int *staging_dirfd,
                  struct pb_err *err)
{
    (void)pthread_mutex_lock(&store->lock);
    int result = ensure_staging(store, err);
    (void)snprintf(name, PL_SLOT_MAX, "%llu", (unsigned long long)store->next_slot++);
    *staging_dirfd = store->staging;
    (void)pthread_mutex_unlock(&store->lock);
    return result;
}

int pl_store_temp_file(struct pl_store *store, struct pb_err *err)
{
    int fd = openat(store->dirfd, "staging", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) return fd;
    /* Some file systems know no files without a name. */
    char name[PL_SLOT_MAX];
    int staging;
    if (pl_store_slot(store, name, &staging, err) != 0) return -1;
    fd = openat(staging, name, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return pb_err_sys(err, errno, "store: cannot create a temporary file");
    (void)unlinkat(staging, name, 0);
    return fd;
}

void pl_store_discard(int dirfd, const char *name)
{
    if (pb_remove_tree(dirfd, name, NULL) != 0) return; /* stays for prune */
}

void pl_store_drop_staging(struct pl_store *store)
{
    if (store->staging < 0) return;
    pl_store_discard(store->dirfd, store->staging_name);
    pb_cleanup_close(&store->staging);
}
