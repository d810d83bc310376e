/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "installer/store/store_internal.h"
#include "installer/store/untar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct pl_inflater take_inflater(struct pl_store *store)
{
    struct pl_inflater inflater = PL_INFLATER_INIT;
    (void)pthread_mutex_lock(&store->lock);
    if (store->idle_count > 0) inflater = store->idle[--store->idle_count];
    (void)pthread_mutex_unlock(&store->lock);
    return inflater;
}

static void give_inflater(struct pl_store *store, struct pl_inflater *inflater)
{
    (void)pthread_mutex_lock(&store->lock);
    bool is_kept = store->idle_count < PL_IDLE_INFLATERS;
    if (is_kept) store->idle[store->idle_count++] = *inflater;
    (void)pthread_mutex_unlock(&store->lock);
    if (!is_kept) pl_inflater_release(inflater);
}

static int make_shard(const struct pl_store *store, const char *folder, struct pb_err *err)
{
    char shard[sizeof "packages/xx"];
    (void)snprintf(shard, sizeof shard, "%.11s", folder);
    if (mkdirat(store->dirfd, shard, 0777) == 0 || errno == EEXIST) return 0;
    return pb_err_sys(err, errno, "store: cannot create: %s", shard);
}

static void old_name(const char *slot, char out[PL_SLOT_MAX + 4])
{
    (void)snprintf(out, PL_SLOT_MAX + 4, "old%s", slot);
}

/* Puts the slot where the package belongs. Under the index lock and without a record, a folder that
 * stands there is a left-over of a crash or was forgotten as damaged: it makes room for ours. */
static int move_in(const struct pl_store *store, int staging, const char *slot, const char *folder,
                   struct pb_err *err)
{
    if (renameat(staging, slot, store->dirfd, folder) == 0) return 0;
    if (errno == ENOENT) {
        if (make_shard(store, folder, err) != 0) return -1;
        if (renameat(staging, slot, store->dirfd, folder) == 0) return 0;
    }
    if (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR) {
        char old[PL_SLOT_MAX + 4];
        old_name(slot, old);
        if (renameat(store->dirfd, folder, staging, old) == 0 &&
            renameat(staging, slot, store->dirfd, folder) == 0)
            return 0;
    }
    return pb_err_sys(err, errno, "store: cannot put in place: %s", folder);
}

/* Under the mutex. The record comes last: only what is complete is ever named. */
static int publish(struct pl_store *store, int staging, const char *slot,
                   const struct pl_store_key *key, const struct pl_store_package *package,
                   bool *reused, struct pb_err *err)
{
    if (pl_index_lock(store->index, err) != 0) return -1;
    int result = 0;
    *reused = pl_index_find(store->index, key) != NULL;
    if (!*reused) {
        result = move_in(store, staging, slot, package->folder, err);
        if (result == 0) result = pl_index_append(store->index, key, package, err);
    }
    pl_index_unlock(store->index);
    return result;
}

static int unpack(struct pl_store *store, int staging, const char *slot,
                  const struct pl_packed *packed, const struct pl_store_add *add,
                  struct pb_arena *arena, struct pl_store_package *package, struct pb_err *err)
{
    if (mkdirat(staging, slot, 0777) != 0)
        return pb_err_sys(err, errno, "store: cannot create a staging folder");
    PB_AUTO_FD int fd = pb_open_dir(staging, slot, err);
    if (fd < 0) return -1;
    bool may_share = !add || !add->has_scripts;
    const struct pl_untar_options options = {.bin = add ? add->bin : NULL,
                                             .same = may_share ? store->same : NULL};
    struct pl_inflater inflater = take_inflater(store);
    int result = pl_untar(fd, packed, &options, &inflater, arena, package, err);
    give_inflater(store, &inflater);
    return result;
}

/* What is left in staging: half a package, one that came second, or one that made room. */
static void clean_up(int staging, const char *slot)
{
    char old[PL_SLOT_MAX + 4];
    old_name(slot, old);
    pl_store_discard(staging, slot);
    pl_store_discard(staging, old);
}

const struct pl_store_package *pl_store_add_archive(struct pl_store *store, struct pb_str text,
                                                    const struct pl_packed *packed,
                                                    const struct pl_store_add *add, bool *reused,
                                                    struct pb_err *err)
{
    *reused = false;
    struct pl_store_key key = pl_store_key(text);
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_store_package package;
    const struct pl_store_package *stored = NULL;
    char slot[PL_SLOT_MAX];
    int staging;
    if (pl_store_slot(store, slot, &staging, err) != 0) return NULL;
    int result = unpack(store, staging, slot, packed, add, &arena, &package, err);
    if (result == 0) {
        package.key = text;
        pl_store_key_folder(&key, package.folder);
        (void)pthread_mutex_lock(&store->lock);
        result = publish(store, staging, slot, &key, &package, reused, err);
        if (result == 0) stored = pl_index_find(store->index, &key);
        (void)pthread_mutex_unlock(&store->lock);
        if (stored && !(add && add->has_scripts)) pl_same_files_add(store->same, stored);
    }
    clean_up(staging, slot);
    pb_arena_release(&arena);
    if (result == 0 && !stored)
        (void)pb_err_set(err, PB_E_INTERNAL, "store: the index lost a record it has just taken");
    return stored;
}
