/* SPDX-License-Identifier: MIT */
#include "installer/store/untar.h"

#include "base/fs.h"
#include "installer/store/package_path.h"
#include "installer/store/shebang.h"
#include "installer/store/tar_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const struct pl_untar_limits pl_untar_default_limits = {
    .max_bytes = 2ULL << 30, .max_ratio = 1000, .max_entries = 1000 * 1000};

static int file_against_name(const void *name, const void *file)
{
    return pb_str_cmp(*(const struct pb_str *)name, ((const struct pl_tar_file *)file)->path);
}

/* Content in up to two pieces: a CR after a shebang line lies between them. */
struct content {
    struct pb_str head, tail;
};

static struct content repair_shebang(struct pb_str data)
{
    size_t cr = pl_shebang_cr(data);
    if (cr == 0) return (struct content){.head = data};
    return (struct content){.head = pb_strn(data.p, cr), .tail = pb_str_skip(data, cr + 1)};
}

/* A bin that the archive lacks, or whose path is bad, is bins.c's business. */
static void mark_bins(struct pl_tar_tree *tree, struct content *contents, const struct pl_deps *bin)
{
    for (size_t i = 0; bin && i < bin->n; i++) {
        char path[PL_PATH_MAX];
        struct pb_str name = {path, 0};
        if (pl_package_path(bin->items[i].spec, path, &name.n, NULL) != 0) continue;
        struct pl_tar_file *file =
            bsearch(&name, tree->files, tree->file_count, sizeof *tree->files, file_against_name);
        if (!file) continue;
        file->is_executable = true;
        contents[file - tree->files] = repair_shebang(file->data);
    }
}

static int write_file(int dirfd, const char *path, mode_t mode, const struct content *content,
                      struct pb_err *err)
{
    int fd = openat(dirfd, path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, mode);
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

static uint32_t checksum(const struct content *content)
{
    uint32_t crc = libdeflate_crc32(0, content->head.p, content->head.n);
    return content->tail.n ? libdeflate_crc32(crc, content->tail.p, content->tail.n) : crc;
}

static int write_tree(int dirfd, const struct pl_tar_tree *tree, const struct content *contents,
                      struct pl_store_file *files, struct pb_err *err)
{
    for (size_t i = 0; i < tree->dir_count; i++)
        if (mkdirat(dirfd, tree->dirs[i].p, 0777) != 0)
            return pb_err_sys(err, errno, "unpack: cannot create folder: %s", tree->dirs[i].p);
    for (size_t i = 0; i < tree->file_count; i++) {
        const struct pl_tar_file *from = &tree->files[i];
        mode_t mode = from->is_executable ? 0777 : 0666;
        if (write_file(dirfd, from->path.p, mode, &contents[i], err) != 0) return -1;
        files[i] = (struct pl_store_file){.path = from->path,
                                          .mode = from->is_executable ? 0755 : 0644,
                                          .crc32 = checksum(&contents[i]),
                                          .bytes = contents[i].head.n + contents[i].tail.n};
    }
    return 0;
}

static int unpack_tree(int dirfd, struct pl_tar_tree *tree, const struct pl_deps *bin,
                       struct pb_arena *arena, struct pl_store_package *out, struct pb_err *err)
{
    struct content *contents = PB_ARENA_ARRAY(arena, struct content, tree->file_count);
    for (size_t i = 0; i < tree->file_count; i++)
        contents[i].head = tree->files[i].data;
    mark_bins(tree, contents, bin);
    struct pl_store_file *files = PB_ARENA_ARRAY(arena, struct pl_store_file, tree->file_count);
    if (write_tree(dirfd, tree, contents, files, err) != 0) return -1;
    out->dirs = tree->dirs;
    out->dir_count = tree->dir_count;
    out->files = files;
    out->file_count = tree->file_count;
    for (size_t i = 0; i < tree->file_count; i++)
        out->bytes += files[i].bytes;
    return 0;
}

int pl_untar(int dirfd, const void *data, size_t n, const struct pl_untar_options *options,
             struct pl_inflater *inflater, struct pb_arena *arena, struct pl_store_package *out,
             struct pb_err *err)
{
    *out = (struct pl_store_package){0};
    const struct pl_untar_limits *limits =
        options && options->limits ? options->limits : &pl_untar_default_limits;
    const struct pl_inflate_limits inflate_limits = {limits->max_bytes, limits->max_ratio};
    struct pb_str tar;
    bool is_checked;
    if (pl_inflate(inflater, data, n, &inflate_limits, &tar, &is_checked, err) != 0) return -1;
    struct pl_tar_reader reader = PL_TAR_READER(tar, limits->max_entries);
    reader.needs_end_mark = !is_checked;
    struct pl_tar_tree tree;
    if (pl_tar_tree_read(&reader, arena, &tree, err) != 0) return -1;
    if (tree.file_count == 0) return pb_err_set(err, PB_E_BAD_INPUT, "archive: it holds no files");
    return unpack_tree(dirfd, &tree, options ? options->bin : NULL, arena, out, err);
}
