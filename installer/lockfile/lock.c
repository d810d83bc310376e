/* SPDX-License-Identifier: MIT */
#include "installer/lockfile/lock.h"

#include "base/fs.h"
#include "installer/lockfile/locale_cmp.h"

#define LOCK_BYTES_MAX ((size_t)256 << 20)

void pl_lock_release(struct pl_lock *lock)
{
    pb_arena_release(&lock->arena);
    *lock = (struct pl_lock){0};
}

int pl_lock_load(int dirfd, const char *path, struct pl_lock *out, struct pb_err *err)
{
    *out = (struct pl_lock){0};
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(LOCK_BYTES_MAX);
    if (pb_read_file(dirfd, path, &text, err)) return -1;
    return pl_lock_parse(pb_buf_str(&text), path, out, err);
}

const struct pl_lock_entry *pl_lock_find(const struct pl_lock *lock, struct pb_str path)
{
    if (path.n == 0) return lock->n ? &lock->entries[0] : NULL;
    size_t low = 1, high = lock->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = pl_locale_cmp(lock->entries[middle].path, path);
        if (order == 0) return &lock->entries[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
