/* SPDX-License-Identifier: MIT */
#include "installer/store/write_files.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_file(int dirfd, const char *name, mode_t mode, const struct pl_content *content,
                      const char *path, struct pb_err *err)
{
    int fd = openat(dirfd, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0) return pb_err_sys(err, errno, "unpack: cannot create: %s", path);
    int result = 0;
    if (content->head.n > 0) result = pb_write_all(fd, content->head.p, content->head.n, err);
    if (result == 0 && content->tail.n > 0)
        result = pb_write_all(fd, content->tail.p, content->tail.n, err);
    if (result != 0) (void)pb_err_wrap(err, "unpack: %s", path);
    if (close(fd) != 0 && result == 0)
        result = pb_err_sys(err, errno, "unpack: cannot write: %s", path);
    return result;
}

static uint32_t checksum(const struct pl_content *content)
{
    uint32_t crc = libdeflate_crc32(0, content->head.p, content->head.n);
    return content->tail.n ? libdeflate_crc32(crc, content->tail.p, content->tail.n) : crc;
}

static struct pl_store_file describe(const struct pl_tar_file *from,
                                     const struct pl_content *content)
{
    return (struct pl_store_file){.path = from->path,
                                  .mode = 0644 | from->exec_bits,
                                  .crc32 = checksum(content),
                                  .bytes = content->head.n + content->tail.n};
}

static mode_t mode_of(const struct pl_store_file *file)
{
    return 0666 | (file->mode & 0111); /* & ~umask, as npm */
}

static int write_in_folders(const struct pl_write_job *job, struct pl_store_file *files,
                            struct pb_err *err)
{
    const struct pl_tar_tree *tree = job->tree;
    for (size_t i = 0; i < tree->dir_count; i++)
        if (mkdirat(job->dirfd, tree->dirs[i].p, 0777) != 0)
            return pb_err_sys(err, errno, "unpack: cannot create folder: %s", tree->dirs[i].p);
    for (size_t i = 0; i < tree->file_count; i++) {
        files[i] = describe(&tree->files[i], &job->contents[i]);
        files[i].number = (uint32_t)i;
        const char *path = files[i].path.p;
        if (write_file(job->dirfd, path, mode_of(&files[i]), &job->contents[i], path, err) != 0)
            return -1;
    }
    return 0;
}

/* Files of this package by content: open addressing, file index + 1. */
struct table {
    uint32_t *slots;
    size_t mask;
};

static struct table table_new(struct pb_arena *arena, size_t file_count)
{
    size_t n = 4;
    while (n < file_count * 2)
        n *= 2;
    return (struct table){PB_ARENA_ARRAY(arena, uint32_t, n), n - 1};
}

/* The file before `i` with its mode and bytes, or `i` itself, which is then entered. */
static size_t first_alike(const struct table *table, const struct pl_write_job *job,
                          const struct pl_store_file *files, size_t i)
{
    struct pb_str content = job->contents[i].head;
    for (size_t at = files[i].crc32 & table->mask;; at = (at + 1) & table->mask) {
        if (table->slots[at] == 0) {
            table->slots[at] = (uint32_t)i + 1;
            return i;
        }
        size_t other = table->slots[at] - 1;
        if (files[other].crc32 == files[i].crc32 && files[other].mode == files[i].mode &&
            pb_str_eq(job->contents[other].head, content))
            return other;
    }
}

/* Empty files stay apart: an edit of one would fill them all. */
static bool may_be_shared(const struct pl_content *content)
{
    return content->head.n > 0 && content->tail.n == 0;
}

static int write_numbered(const struct pl_write_job *job, struct pl_store_file *files,
                          struct pb_err *err)
{
    const struct pl_tar_tree *tree = job->tree;
    struct table table = table_new(job->arena, tree->file_count);
    uint32_t next = 0;
    for (size_t i = 0; i < tree->file_count; i++) {
        const struct pl_content *content = &job->contents[i];
        files[i] = describe(&tree->files[i], content);
        bool shared = job->same && may_be_shared(content);
        size_t alike = shared ? first_alike(&table, job, files, i) : i;
        files[i].number = alike < i ? files[alike].number : next++;
        if (alike < i) continue;
        char name[PL_STORED_NAME_MAX];
        pl_stored_name(&files[i], name);
        if (shared && pl_same_files_link(job->same, &files[i], content->head, job->dirfd, name))
            continue;
        mode_t mode = mode_of(&files[i]);
        if (write_file(job->dirfd, name, mode, content, files[i].path.p, err) != 0) return -1;
    }
    return 0;
}

int pl_write_files(const struct pl_write_job *job, struct pl_store_file *files, struct pb_err *err)
{
    return (job->is_numbered ? write_numbered : write_in_folders)(job, files, err);
}
