/* SPDX-License-Identifier: MIT */
#include "installer/store/store.h"

#include "base/fs.h"
#include "base/mem.h"
#include "installer/store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_folder(struct pl_store *store, struct pb_err *err)
{
    PB_AUTO_FREE char *files = NULL;
    if (asprintf(&files, "%s/v4/files", store->path) < 0)
        return pb_err_set(err, PB_E_LIMIT, "store: no memory");
    if (pb_mkdir_p(AT_FDCWD, files, err) != 0) return -1;
    store->dirfd = pb_open_dir(AT_FDCWD, files, err);
    return store->dirfd >= 0 ? 0 : -1;
}

/* The first 64 bits of the kernel's random name of this boot; 0 where it gives none. */
static uint64_t running_boot(void)
{
    struct pb_buf text PB_AUTO_BUF = PB_BUF_INIT(64);
    if (pb_read_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id", &text, NULL) != 0) return 0;
    uint64_t boot = 0;
    for (size_t i = 0, digits = 0; i < text.n && digits < 16; i++) {
        uint8_t byte = 0;
        size_t n;
        char digit[2] = {'0', text.p[i]};
        if (!pb_unhex(pb_strn(digit, 2), &byte, 1, &n)) continue; /* a dash */
        boot = boot << 4 | byte;
        digits++;
    }
    return boot;
}

struct pl_store *pl_store_open(const char *path, struct pb_err *err)
{
    return pl_store_open_in_boot(path, running_boot(), err);
}

struct pl_store *pl_store_open_in_boot(const char *path, uint64_t boot, struct pb_err *err)
{
    struct pl_store *store = pb_calloc(1, sizeof *store);
    store->path = pb_strdup(path);
    store->dirfd = -1;
    (void)pthread_mutex_init(&store->lock, NULL);
    if (open_folder(store, err) == 0)
        store->index = pl_index_open(store->dirfd, "../index", boot, err);
    if (store->index) {
        store->boxes = pl_boxes_new(store->dirfd);
        store->same = pl_same_files_new(store->dirfd);
        return store;
    }
    (void)pb_err_wrap(err, "cannot open the package store %s", path);
    pl_store_close(store);
    return NULL;
}

void pl_store_close(struct pl_store *store)
{
    if (!store) return;
    for (size_t i = 0; i < store->idle_count; i++)
        pl_inflater_release(&store->idle[i]);
    pl_boxes_free(store->boxes);
    pl_same_files_free(store->same);
    pl_index_close(store->index);
    pb_cleanup_close(&store->dirfd);
    (void)pthread_mutex_destroy(&store->lock);
    free(store->path);
    free(store);
}

const char *pl_store_path(const struct pl_store *store)
{
    return store->path;
}

int pl_store_dirfd(const struct pl_store *store)
{
    return store->dirfd;
}

bool pl_store_has(struct pl_store *store, struct pb_str text)
{
    struct pl_store_key key = pl_store_key(text);
    (void)pthread_mutex_lock(&store->lock);
    bool has = pl_index_offset(store->index, &key) != 0;
    (void)pthread_mutex_unlock(&store->lock);
    return has;
}

static void drop_damaged(struct pl_store *store, const struct pl_store_key *key,
                         const struct pl_record_head *damaged)
{
    bool check_sizes;
    (void)pthread_mutex_lock(&store->lock);
    if (pl_index_find(store->index, key, &check_sizes) == damaged) pl_index_drop(store->index, key);
    (void)pthread_mutex_unlock(&store->lock);
}

/* Decodes outside the mutex: a record stays as and where it is. */
const struct pl_store_package *pl_store_read(struct pl_store *store, const struct pl_store_key *key,
                                             struct pb_arena *arena)
{
    bool check_sizes = false;
    (void)pthread_mutex_lock(&store->lock);
    const struct pl_record_head *record = pl_index_find(store->index, key, &check_sizes);
    (void)pthread_mutex_unlock(&store->lock);
    if (!record) return NULL;
    struct pl_store_package *package = PB_ARENA_NEW(arena, struct pl_store_package);
    if (!pl_record_decode(record, arena, package)) {
        drop_damaged(store, key, record);
        return NULL;
    }
    package->check_sizes = check_sizes;
    return package;
}

const struct pl_store_package *pl_store_find(struct pl_store *store, struct pb_str text,
                                             struct pb_arena *arena)
{
    struct pl_store_key key = pl_store_key(text);
    const struct pl_store_package *package = pl_store_read(store, &key, arena);
    if (package) return package;
    /* Another process may have added it. When that cannot be seen, it is fetched once more. */
    (void)pthread_mutex_lock(&store->lock);
    int result = pl_index_refresh(store->index, NULL);
    (void)pthread_mutex_unlock(&store->lock);
    return result == 0 ? pl_store_read(store, &key, arena) : NULL;
}

/* Only the record that this process knows: another one may have repaired the package meanwhile. A
 * record that cannot be taken back is at least forgotten here; adding again says what is wrong. */
void pl_store_forget(struct pl_store *store, struct pb_str text)
{
    struct pl_store_key key = pl_store_key(text);
    (void)pthread_mutex_lock(&store->lock);
    uint64_t known = pl_index_offset(store->index, &key);
    pl_index_drop(store->index, &key);
    if (known != 0 && pl_index_lock(store->index, NULL) == 0) {
        uint64_t now = pl_index_offset(store->index, &key);
        if (now == 0 && pl_index_forget(store->index, &key, NULL) != 0)
            pl_index_drop(store->index, &key);
        pl_index_unlock(store->index);
    }
    (void)pthread_mutex_unlock(&store->lock);
}

/* What cannot be written is compared again next time. */
void pl_store_settle(struct pl_store *store, const struct pl_store_package *package)
{
    struct pl_store_key key = pl_store_key(package->key);
    (void)pthread_mutex_lock(&store->lock);
    if (pl_index_lock(store->index, NULL) == 0) {
        (void)pl_index_settle(store->index, &key, NULL);
        pl_index_unlock(store->index);
    }
    (void)pthread_mutex_unlock(&store->lock);
}
