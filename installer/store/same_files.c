/* SPDX-License-Identifier: MIT */
#include "installer/store/same_files.h"

#include "base/fs.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct entry {
    uint64_t bytes; /* 0: free */
    uint64_t number;
    uint32_t crc32, mode;
};

struct pl_same_files {
    int dirfd;
    pthread_mutex_t lock;  /* guards the table */
    struct entry *entries; /* open addressing, at most half full */
    size_t n, cap;         /* cap: a power of two, or 0 */
};

struct pl_same_files *pl_same_files_new(int dirfd)
{
    struct pl_same_files *same = pb_calloc(1, sizeof *same);
    same->dirfd = dirfd;
    (void)pthread_mutex_init(&same->lock, NULL);
    return same;
}

void pl_same_files_free(struct pl_same_files *same)
{
    if (!same) return;
    (void)pthread_mutex_destroy(&same->lock);
    free(same->entries);
    free(same);
}

/* The entry of this kind of file, or the free one where it belongs. */
static struct entry *entry_of(const struct pl_same_files *same, const struct entry *wanted)
{
    size_t at = (wanted->crc32 ^ (size_t)wanted->bytes * 0x9e3779b1u) & (same->cap - 1);
    for (;; at = (at + 1) & (same->cap - 1)) {
        struct entry *e = &same->entries[at];
        if (e->bytes == 0 ||
            (e->crc32 == wanted->crc32 && e->bytes == wanted->bytes && e->mode == wanted->mode))
            return e;
    }
}

static void grow(struct pl_same_files *same)
{
    struct entry *old = same->entries;
    size_t old_cap = same->cap;
    same->cap = old_cap ? old_cap * 2 : 4096;
    same->entries = pb_calloc(same->cap, sizeof *same->entries);
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].bytes > 0) *entry_of(same, &old[i]) = old[i];
    free(old);
}

static struct entry describe(const struct pl_store_file *file)
{
    return (struct entry){
        .bytes = file->bytes, .crc32 = file->crc32, .number = file->number, .mode = file->mode};
}

void pl_same_files_add(struct pl_same_files *same, const struct pl_store_package *package)
{
    (void)pthread_mutex_lock(&same->lock);
    for (size_t i = 0; i < package->file_count; i++) {
        struct entry added = describe(&package->files[i]);
        if (added.bytes == 0) continue;
        if (same->n * 2 >= same->cap) grow(same);
        struct entry *e = entry_of(same, &added);
        if (e->bytes > 0) continue; /* the first one stays */
        *e = added;
        same->n++;
    }
    (void)pthread_mutex_unlock(&same->lock);
}

bool pl_file_holds(int dirfd, uint64_t number, struct pb_str content)
{
    char chunk[16384], name[PL_STORED_NAME_MAX];
    pl_stored_name(number, name);
    PB_AUTO_FD int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return false;
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n == 0 && content.n == 0;
        if ((size_t)n > content.n || memcmp(chunk, content.p, (size_t)n) != 0) return false;
        content = pb_str_skip(content, (size_t)n);
        if ((size_t)n < sizeof chunk) return content.n == 0; /* a regular file's end */
    }
}

bool pl_same_files_find(struct pl_same_files *same, const struct pl_store_file *file,
                        struct pb_str content, uint64_t *number)
{
    struct entry wanted = describe(file), found = {0};
    (void)pthread_mutex_lock(&same->lock);
    if (same->cap > 0) found = *entry_of(same, &wanted);
    (void)pthread_mutex_unlock(&same->lock);
    *number = found.number;
    return found.bytes > 0 && pl_file_holds(same->dirfd, found.number, content);
}
