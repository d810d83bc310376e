/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "base/map.h"
#include "installer/store/beneath.h"
#include "installer/store/store_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- verify --- */

#define CHUNK (256 * 1024)

static bool file_is_good(int folder, const struct pl_store_file *file, char *chunk)
{
    char name[PL_STORED_NAME_MAX];
    pl_stored_name(file->number, name);
    PB_AUTO_FD int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) return false;
    if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != file->bytes) return false;
    uint32_t crc = 0;
    ssize_t n;
    while ((n = read(fd, chunk, CHUNK)) > 0)
        crc = libdeflate_crc32(crc, chunk, (size_t)n);
    return n == 0 && crc == file->crc32;
}

static bool package_is_good(const struct pl_store *store, const struct pl_store_package *package,
                            char *chunk, struct pl_store_check *out)
{
    PB_AUTO_FD int folder = openat(store->dirfd, package->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool good = folder >= 0;
    for (size_t i = 0; good && i < package->file_count; i++) {
        good = file_is_good(folder, &package->files[i], chunk);
        out->files += good;
        out->bytes += good ? package->files[i].bytes : 0;
    }
    return good;
}

/* The next package known; records that turn out damaged are passed over (they count as absent). */
static const struct pl_store_package *next_package(struct pl_store *store, size_t *at)
{
    const struct pl_store_package *package = NULL;
    struct pl_store_key key;
    (void)pthread_mutex_lock(&store->lock);
    while (!package && pl_index_next(store->index, at, &key))
        package = pl_index_find(store->index, &key);
    (void)pthread_mutex_unlock(&store->lock);
    return package;
}

int pl_store_verify(struct pl_store *store, bool repair, struct pl_store_check *out,
                    struct pb_err *err)
{
    *out = (struct pl_store_check){0};
    (void)pthread_mutex_lock(&store->lock);
    int result = pl_index_refresh(store->index, err);
    (void)pthread_mutex_unlock(&store->lock);
    if (result != 0) return -1;
    char *chunk = malloc(CHUNK);
    if (!chunk) return pb_err_set(err, PB_E_LIMIT, "store: no memory to read files");
    size_t at = 0;
    for (const struct pl_store_package *p; (p = next_package(store, &at)) != NULL;) {
        out->packages++;
        if (package_is_good(store, p, chunk, out)) continue;
        out->damaged++;
        if (repair) pl_store_forget(store, p->key);
    }
    free(chunk);
    return 0;
}

/* --- prune: what goes is moved into the own staging folder under the index lock, and removed after
 * it was given back --- */

/* Calls fn(ctx, dirfd, name) for each entry of a folder. */
static int each_entry(int dirfd, const char *path,
                      int (*fn)(void *ctx, int dirfd, const char *name, struct pb_err *err),
                      void *ctx, struct pb_err *err)
{
    int fd = pb_open_dir(dirfd, path, err);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        pb_cleanup_close(&fd);
        return pb_err_sys(err, errno, "store: cannot read: %s", path);
    }
    int result = 0;
    struct dirent *e;
    while (result == 0 && (errno = 0, e = readdir(dir)) != NULL)
        if (e->d_name[0] != '.') result = fn(ctx, fd, e->d_name, err);
    if (result == 0 && errno != 0) result = pb_err_sys(err, errno, "store: cannot read: %s", path);
    (void)closedir(dir);
    return result;
}

struct prune {
    struct pl_store *store;
    struct pb_map known; /* folders that the index names */
    char shard[256];
};

static int move_away(struct pl_store *store, int dirfd, const char *name, struct pb_err *err)
{
    char slot[PL_SLOT_MAX];
    (void)snprintf(slot, sizeof slot, "%llu", (unsigned long long)store->next_slot++);
    if (renameat(dirfd, name, store->staging, slot) == 0 || errno == ENOENT) return 0;
    return pb_err_sys(err, errno, "store: cannot remove: %s", name);
}

static int prune_staging(void *ctx, int dirfd, const char *name, struct pb_err *err)
{
    struct prune *prune = ctx;
    const char *own = strchr(prune->store->staging_name, '/') + 1;
    if (strcmp(name, own) == 0) return 0;
    PB_AUTO_FD int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) return 0; /* somebody is at work there */
    return move_away(prune->store, dirfd, name, err);
}

static int prune_folder(void *ctx, int dirfd, const char *name, struct pb_err *err)
{
    struct prune *prune = ctx;
    char folder[PL_STORE_FOLDER_MAX + 256];
    (void)snprintf(folder, sizeof folder, "packages/%s/%s", prune->shard, name);
    if (pb_map_has(&prune->known, pb_str(folder))) return 0;
    return move_away(prune->store, dirfd, name, err);
}

static int prune_shard(void *ctx, int dirfd, const char *name, struct pb_err *err)
{
    struct prune *prune = ctx;
    (void)snprintf(prune->shard, sizeof prune->shard, "%s", name);
    if (!pl_is_real_dir(dirfd, name)) return move_away(prune->store, dirfd, name, err);
    return each_entry(dirfd, name, prune_folder, prune, err);
}

static int move_all_away(struct pl_store *store, struct pb_arena *arena, struct pb_err *err)
{
    struct prune prune = {.store = store};
    struct pl_store_key key;
    for (size_t at = 0; pl_index_next(store->index, &at, &key);) {
        char *folder = pb_arena_alloc(arena, PL_STORE_FOLDER_MAX);
        pl_store_key_folder(&key, folder);
        (void)pb_map_put(&prune.known, pb_str(folder), folder);
    }
    int result = each_entry(store->dirfd, "staging", prune_staging, &prune, err);
    if (result == 0) result = each_entry(store->dirfd, "packages", prune_shard, &prune, err);
    pb_map_release(&prune.known);
    return result;
}

static void count_tree(const struct pl_store *store, const char *slot, struct pl_store_check *out)
{
    char *path;
    if (asprintf(&path, "%s/v3/%s/%s", store->path, store->staging_name, slot) < 0) return;
    FTS *fts = fts_open((char *[]){path, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    for (FTSENT *e; fts && (e = fts_read(fts)) != NULL;) {
        if (e->fts_info != FTS_F) continue;
        out->files++;
        out->bytes += (uint64_t)e->fts_statp->st_size;
    }
    if (fts) (void)fts_close(fts);
    free(path);
}

int pl_store_prune(struct pl_store *store, struct pl_store_check *removed, struct pb_err *err)
{
    *removed = (struct pl_store_check){0};
    char slot[PL_SLOT_MAX];
    int staging;
    if (pl_store_slot(store, slot, &staging, err) != 0) return -1;
    struct pb_arena arena = PB_ARENA_INIT;
    (void)pthread_mutex_lock(&store->lock);
    uint64_t from = store->next_slot, to = from;
    int result = pl_index_lock(store->index, err);
    if (result == 0) {
        result = move_all_away(store, &arena, err);
        to = store->next_slot;
        pl_index_unlock(store->index);
    }
    (void)pthread_mutex_unlock(&store->lock);
    pb_arena_release(&arena);
    for (uint64_t i = from; i < to; i++) {
        (void)snprintf(slot, sizeof slot, "%llu", (unsigned long long)i);
        removed->packages++;
        count_tree(store, slot, removed);
        if (pb_remove_tree(staging, slot, result == 0 ? err : NULL) != 0) result = -1;
    }
    return result;
}
