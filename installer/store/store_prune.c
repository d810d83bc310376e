/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "base/mem.h"
#include "installer/store/beneath.h"
#include "installer/store/store_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Racks that nobody has locked are listed first and the index is read then: whoever filled them has
 * gone, so the index has all records that will ever name their files, and no lock is needed while
 * the other files are removed. What is no rack at all goes too.
 */
struct prune {
    struct pl_store *store;
    struct pl_store_check *removed;
    char (*names)[256]; /* in the folder of racks, free to be pruned */
    size_t n, cap;
    uint64_t *known; /* numbers that the index names, sorted */
    size_t known_count, known_cap;
};

#define PATH_BYTES (3 * 256)

typedef int entry_fn(struct prune *prune, const char *path, unsigned depth, struct pb_err *err);

/* Calls fn for each entry of a folder, with its path and depth. */
static int each_entry(struct prune *prune, const char *folder, unsigned depth, entry_fn *fn,
                      struct pb_err *err)
{
    int fd = openat(prune->store->dirfd, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return 0; /* somebody else prunes, or it has its name by now */
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        (void)pb_err_sys(err, errno, "store: cannot read: %s", folder);
        pb_cleanup_close(&fd);
        return -1;
    }
    int result = 0;
    struct dirent *e;
    while (result == 0 && (errno = 0, e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        char path[PATH_BYTES];
        (void)snprintf(path, sizeof path, "%s%s%s", depth > 0 ? folder : "", depth > 0 ? "/" : "",
                       e->d_name);
        result = fn(prune, path, depth, err);
        errno = 0;
    }
    if (result == 0 && errno != 0)
        result = pb_err_sys(err, errno, "store: cannot read: %s", folder);
    (void)closedir(dir);
    return result;
}

/* --- what may be looked at --- */

static int list_free(struct prune *prune, const char *name, unsigned depth, struct pb_err *err)
{
    (void)depth, (void)err;
    int dirfd = prune->store->dirfd;
    PB_AUTO_FD int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) return 0; /* somebody fills it */
    PB_GROW(prune->names, prune->cap, prune->n + 1);
    (void)snprintf(prune->names[prune->n++], sizeof *prune->names, "%s", name);
    return 0;
}

/* A damaged record names nothing: it counts as absent. */
static void add_known(struct prune *prune, const struct pl_record_head *record)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_store_package package;
    if (pl_record_decode(record, &arena, &package)) {
        PB_GROW(prune->known, prune->known_cap, prune->known_count + package.file_count);
        for (size_t i = 0; i < package.file_count; i++)
            prune->known[prune->known_count++] = package.files[i].number;
    }
    pb_arena_release(&arena);
}

static int list_known(struct prune *prune, struct pb_err *err)
{
    struct pl_store *store = prune->store;
    struct pl_store_key key;
    (void)pthread_mutex_lock(&store->lock);
    int result = pl_index_refresh(store->index, err);
    for (size_t at = 0; result == 0 && pl_index_next(store->index, &at, &key);) {
        bool check_sizes;
        add_known(prune, pl_index_find(store->index, &key, &check_sizes));
    }
    (void)pthread_mutex_unlock(&store->lock);
    if (prune->known_count > 0)
        qsort(prune->known, prune->known_count, sizeof *prune->known, pl_number_cmp);
    return result;
}

/* --- removing --- */

/* The number of "<rack>/<box>/<file>"; false when that is no name of a file. */
static bool number_of(const char *path, uint64_t *number)
{
    char again[PL_STORED_NAME_MAX];
    unsigned rack, box, file;
    if (sscanf(path, "%8x/%2x/%2x", &rack, &box, &file) != 3) return false;
    *number = ((uint64_t)rack * PL_RACK_BOXES + box) * PL_BOX_FILES + file % PL_BOX_FILES;
    pl_stored_name(*number, again);
    return strcmp(path, again) == 0;
}

static bool is_known(const struct prune *prune, const char *path)
{
    uint64_t number;
    return prune->known_count > 0 && number_of(path, &number) &&
           bsearch(&number, prune->known, prune->known_count, sizeof number, pl_number_cmp);
}

static int remove_file(struct prune *prune, const char *path, struct pb_err *err)
{
    struct stat st;
    if (fstatat(prune->store->dirfd, path, &st, AT_SYMLINK_NOFOLLOW) != 0) return 0;
    if (pb_remove_tree(prune->store->dirfd, path, err) != 0) return -1;
    prune->removed->files++;
    prune->removed->bytes += S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    return 0;
}

/* A rack has depth 0, a box 1, a file 2. */
static int prune_entry(struct prune *prune, const char *path, unsigned depth, struct pb_err *err)
{
    int dirfd = prune->store->dirfd;
    if (depth == 2 || !pl_is_real_dir(dirfd, path))
        return depth == 2 && is_known(prune, path) ? 0 : remove_file(prune, path, err);
    int result = each_entry(prune, path, depth + 1, prune_entry, err);
    if (unlinkat(dirfd, path, AT_REMOVEDIR) == 0) prune->removed->packages++; /* it is empty */
    return result;
}

int pl_store_prune(struct pl_store *store, struct pl_store_check *removed, struct pb_err *err)
{
    *removed = (struct pl_store_check){0};
    struct prune prune = {.store = store, .removed = removed};
    int result = each_entry(&prune, ".", 0, list_free, err);
    if (result == 0) result = list_known(&prune, err);
    for (size_t i = 0; result == 0 && i < prune.n; i++)
        result = prune_entry(&prune, prune.names[i], 0, err);
    free(prune.names);
    free(prune.known);
    return result;
}
