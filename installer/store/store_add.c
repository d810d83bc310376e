/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "installer/store/store_internal.h"
#include "installer/store/untar.h"

#include <errno.h>
#include <fcntl.h>
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

/* Under the mutex. */
static bool is_stored(const struct pl_store *store, const struct pl_store_key *key)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_store_package package;
    bool check_sizes;
    const struct pl_record_head *record = pl_index_find(store->index, key, &check_sizes);
    bool is_good = record && pl_record_decode(record, &arena, &package);
    pb_arena_release(&arena);
    return is_good;
}

/* The record comes last: only what is complete is ever named. */
static int publish(struct pl_store *store, const struct pl_store_key *key,
                   const struct pl_store_package *package, bool *reused, struct pb_err *err)
{
    (void)pthread_mutex_lock(&store->lock);
    int result = pl_index_lock(store->index, err);
    if (result == 0) {
        *reused = is_stored(store, key);
        if (!*reused) result = pl_index_append(store->index, key, package, err);
        pl_index_unlock(store->index);
    }
    (void)pthread_mutex_unlock(&store->lock);
    return result;
}

static int unpack(struct pl_store *store, const struct pl_packed *packed,
                  const struct pl_store_add *add, struct pb_arena *arena, struct pl_unpacked *out,
                  struct pb_err *err)
{
    bool may_share = !add || !add->has_scripts;
    const struct pl_untar_options options = {.bin = add ? add->bin : NULL,
                                             .same = may_share ? store->same : NULL};
    struct pl_inflater inflater = take_inflater(store);
    int result = pl_untar(store->boxes, packed, &options, &inflater, arena, out, err);
    give_inflater(store, &inflater);
    return result;
}

int pl_store_add_archive(struct pl_store *store, struct pb_str text, const struct pl_packed *packed,
                         const struct pl_store_add *add, bool *reused, struct pb_err *err)
{
    *reused = false;
    struct pl_store_key key = pl_store_key(text);
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_unpacked unpacked;
    int result = unpack(store, packed, add, &arena, &unpacked, err);
    if (result == 0) {
        unpacked.package.key = text;
        result = publish(store, &key, &unpacked.package, reused, err);
        if (result != 0 || *reused)
            pl_boxes_discard(store->boxes, unpacked.made, unpacked.made_count);
        else if (!(add && add->has_scripts))
            pl_same_files_add(store->same, &unpacked.package);
    }
    pb_arena_release(&arena);
    return result;
}

int pl_store_temp_file(struct pl_store *store, struct pb_err *err)
{
    int fd = openat(store->dirfd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) return fd;
    /* Some file systems know no files without a name. */
    struct pl_box box = pl_box_take(store->boxes);
    uint64_t number;
    if (pl_box_number(store->boxes, &box, &number, err) == 0) {
        char name[PL_STORED_NAME_MAX];
        pl_stored_name(number, name);
        fd = openat(store->dirfd, name, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0) (void)pb_err_sys(err, errno, "store: cannot create a temporary file");
        pl_boxes_discard(store->boxes, &number, 1);
    }
    pl_box_give(store->boxes, &box);
    return fd;
}
