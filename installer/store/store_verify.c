/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "installer/store/store_internal.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK ((size_t)256 << 10)

static bool file_is_good(int dirfd, const struct pl_store_file *file, char *chunk)
{
    char name[PL_STORED_NAME_MAX];
    pl_stored_name(file->number, name);
    PB_AUTO_FD int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
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
    bool good = true;
    for (size_t i = 0; good && i < package->file_count; i++) {
        good = file_is_good(store->dirfd, &package->files[i], chunk);
        out->files += good;
        out->bytes += good ? package->files[i].bytes : 0;
    }
    return good;
}

static bool next_key(struct pl_store *store, size_t *at, struct pl_store_key *key)
{
    (void)pthread_mutex_lock(&store->lock);
    bool is_there = pl_index_next(store->index, at, key);
    (void)pthread_mutex_unlock(&store->lock);
    return is_there;
}

/* A record that turns out damaged is passed over: it counts as absent. */
static void check_package(struct pl_store *store, const struct pl_store_key *key, bool repair,
                          char *chunk, struct pl_store_check *out)
{
    struct pb_arena arena = PB_ARENA_INIT;
    const struct pl_store_package *package = pl_store_read(store, key, &arena);
    if (package) {
        bool is_good = package_is_good(store, package, chunk, out);
        out->packages++;
        out->damaged += !is_good;
        if (!is_good && repair) pl_store_forget(store, package->key);
    }
    pb_arena_release(&arena);
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
    struct pl_store_key key;
    for (size_t at = 0; next_key(store, &at, &key);)
        check_package(store, &key, repair, chunk, out);
    free(chunk);
    return 0;
}
