/* SPDX-License-Identifier: MIT */
#include "installer/pack/pack.h"

#include "base/fs.h"
#include "installer/late_libraries/libarchive.h"
#include "installer/pack/packlist.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static la_ssize_t take_block(struct archive *a, void *user, const void *data, size_t n)
{
    struct pb_buf *out = user;
    pb_buf_add(out, data, n);
    if (pb_buf_ok(out)) return (la_ssize_t)n;
    archive_set_error(a, ENOSPC, "the package is larger than %zu bytes", out->max);
    return -1;
}

static int fail(struct archive *a, struct pb_err *err)
{
    const char *why = archive_error_string(a);
    return pb_err_set(err, PB_E_SYSTEM, "pack: %s", why ? why : "cannot write the archive");
}

static int add_file(struct archive *a, struct archive_entry *entry, int dirfd, const char *path,
                    struct pb_err *err)
{
    struct stat st;
    PB_AUTO_BUF struct pb_buf content = PB_BUF_INIT((size_t)1 << 31);
    PB_AUTO_BUF struct pb_buf name = PB_BUF_INIT((size_t)1 << 16);
    PB_AUTO_FD int fd = openat(dirfd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) return pb_err_sys(err, errno, "pack: open %s", path);
    if (pb_read_fd(fd, &content, err) != 0) return pb_err_wrap(err, "pack: read %s", path);
    pb_buf_printf(&name, "package/%s", path);
    archive_entry_clear(entry);
    archive_entry_set_pathname(entry, name.p);
    archive_entry_set_size(entry, (la_int64_t)content.n);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, st.st_mode & 0111 ? 0755 : 0644);
    archive_entry_set_mtime(entry, 499162500, 0); /* npm's own: 1985-10-26 */
    if (archive_write_header(a, entry) != ARCHIVE_OK) return fail(a, err);
    if (content.n == 0) return 0;
    la_ssize_t written = archive_write_data(a, content.p, content.n);
    return written == (la_ssize_t)content.n ? 0 : fail(a, err);
}

static int add_all(struct archive *a, int dirfd, const struct pl_strs *files, struct pb_err *err)
{
    struct archive_entry *entry = archive_entry_new();
    int rc = entry ? 0 : fail(a, err);
    for (size_t i = 0; i < files->n && rc == 0; i++)
        rc = add_file(a, entry, dirfd, files->items[i].p, err);
    archive_entry_free(entry);
    if (rc == 0 && archive_write_close(a) != ARCHIVE_OK) rc = fail(a, err);
    return rc;
}

int pl_pack_folder(int dirfd, struct pb_buf *out, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_strs files = {0};
    if (pl_libarchive_load(err) != 0) return pb_err_wrap(err, "pack");
    struct archive *a = archive_write_new();
    int rc = a ? pl_packlist(&arena, dirfd, &files, err)
               : pb_err_set(err, PB_E_LIMIT, "pack: no memory");
    bool is_open = rc == 0 && archive_write_set_format_pax_restricted(a) == ARCHIVE_OK &&
                   archive_write_open(a, out, NULL, take_block, NULL) == ARCHIVE_OK;
    if (rc == 0) rc = is_open ? add_all(a, dirfd, &files, err) : fail(a, err);
    archive_write_free(a);
    pb_arena_release(&arena);
    return rc;
}

int pl_pack_path(int dirfd, const char *path, struct pb_buf *out, struct pb_err *err)
{
    PB_AUTO_FD int folder = pb_open_dir(dirfd, path, err);
    return folder < 0 ? -1 : pl_pack_folder(folder, out, err);
}
