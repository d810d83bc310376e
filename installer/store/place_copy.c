/* SPDX-License-Identifier: MIT */
#include "installer/store/place_copy.h"

#include "base/fs.h"
#include "installer/store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define CHUNK (64 * 1024)

/* What copy_file_range() answers where it does not work: between file systems of two kinds, in
 * sandboxes, on network mounts. */
static bool is_unsupported(int sys)
{
    return sys == EXDEV || sys == ENOSYS || sys == EOPNOTSUPP || sys == EINVAL || sys == EPERM ||
           sys == ETXTBSY;
}

static int copy_by_reading(int src, int dst, uint64_t *done, struct pb_err *err)
{
    char chunk[CHUNK];
    for (;;) {
        ssize_t n = read(src, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return pb_err_sys(err, errno, "cannot read");
        if (n == 0) return 0;
        if (pb_write_all(dst, chunk, (size_t)n, err) != 0) return -1;
        *done += (uint64_t)n;
    }
}

static int copy_content(int src, int dst, uint64_t *done, struct pb_err *err)
{
    for (;;) {
        ssize_t n = copy_file_range(src, NULL, dst, NULL, (size_t)1 << 30, 0);
        if (n > 0) {
            *done += (uint64_t)n;
            continue;
        }
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && !is_unsupported(errno)) return pb_err_sys(err, errno, "cannot copy");
        /* Also after 0, which is not the end on every file system; reading then finds it. */
        return copy_by_reading(src, dst, done, err);
    }
}

int pl_copy_store_file(int src_dirfd, const struct pl_store_file *file, int dst_dirfd,
                       const char *dst, bool *damaged, struct pb_err *err)
{
    PB_AUTO_FD int src = -1;
    char name[PL_STORED_NAME_MAX];
    pl_stored_name(file->number, name);
    if (file->bytes > 0) {
        src = openat(src_dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (src < 0) {
            *damaged = errno == ENOENT || errno == ELOOP;
            return pb_err_sys(err, errno, "cannot open the store's %s", file->path.p);
        }
    }
    mode_t mode = 0666 | (file->mode & 0111);
    int to = openat(dst_dirfd, dst, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, mode);
    if (to < 0) return pb_err_sys(err, errno, "cannot create: %s", dst);
    uint64_t done = 0;
    int result = src >= 0 ? copy_content(src, to, &done, err) : 0;
    if (result != 0) (void)pb_err_wrap(err, "%s", dst);
    if (close(to) != 0 && result == 0) result = pb_err_sys(err, errno, "cannot write: %s", dst);
    if (result != 0 || done == file->bytes) return result;
    *damaged = true;
    return pb_err_set(err, PB_E_INTEGRITY, "the store's %s has %llu bytes instead of %llu",
                      file->path.p, (unsigned long long)done, (unsigned long long)file->bytes);
}

int pl_store_renew_file(struct pl_store *store, const struct pl_store_file *file,
                        struct pb_err *err)
{
    struct pl_box box = pl_box_take(store->boxes);
    uint64_t number;
    int result = pl_box_number(store->boxes, &box, &number, err);
    if (result == 0) {
        char name[PL_STORED_NAME_MAX], new_name[PL_STORED_NAME_MAX];
        pl_stored_name(file->number, name);
        pl_stored_name(number, new_name);
        bool damaged = false;
        result = pl_copy_store_file(store->dirfd, file, store->dirfd, new_name, &damaged, err);
        if (result == 0 && renameat(store->dirfd, new_name, store->dirfd, name) != 0)
            result = pb_err_sys(err, errno, "store: cannot replace: %s", file->path.p);
        if (result != 0) pl_boxes_discard(store->boxes, &number, 1);
    }
    pl_box_give(store->boxes, &box);
    return result;
}
