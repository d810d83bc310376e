/* SPDX-License-Identifier: MIT */
#include "installer/store/untar.h"

#include "installer/store/package_path.h"
#include "installer/store/shebang.h"
#include "installer/store/tar_tree.h"
#include "installer/store/write_files.h"

#include <stdlib.h>

const struct pl_untar_limits pl_untar_default_limits = {
    .max_bytes = 2ULL << 30, .max_ratio = 1000, .max_entries = 1000 * 1000};

static int file_against_name(const void *name, const void *file)
{
    return pb_str_cmp(*(const struct pb_str *)name, ((const struct pl_tar_file *)file)->path);
}

/* A CR after a shebang line lies between the two pieces. */
static struct pl_content repair_shebang(struct pb_str data)
{
    size_t cr = pl_shebang_cr(data);
    if (cr == 0) return (struct pl_content){.head = data};
    return (struct pl_content){.head = pb_strn(data.p, cr), .tail = pb_str_skip(data, cr + 1)};
}

/* A bin that the archive lacks, or whose path is bad, is bins.c's business. */
static void mark_bins(struct pl_tar_tree *tree, struct pl_content *contents,
                      const struct pl_deps *bin)
{
    for (size_t i = 0; bin && i < bin->n; i++) {
        char path[PL_PATH_MAX];
        struct pb_str name = {path, 0};
        if (pl_package_path(bin->items[i].spec, path, &name.n, NULL) != 0) continue;
        struct pl_tar_file *file =
            bsearch(&name, tree->files, tree->file_count, sizeof *tree->files, file_against_name);
        if (!file) continue;
        file->exec_bits = 0111;
        contents[file - tree->files] = repair_shebang(file->data);
    }
}

static int unpack_tree(int dirfd, struct pl_tar_tree *tree, const struct pl_untar_options *options,
                       struct pb_arena *arena, struct pl_store_package *out, struct pb_err *err)
{
    struct pl_content *contents = PB_ARENA_ARRAY(arena, struct pl_content, tree->file_count);
    for (size_t i = 0; i < tree->file_count; i++)
        contents[i].head = tree->files[i].data;
    mark_bins(tree, contents, options->bin);
    struct pl_store_file *files = PB_ARENA_ARRAY(arena, struct pl_store_file, tree->file_count);
    const struct pl_write_job job = {.dirfd = dirfd,
                                     .tree = tree,
                                     .contents = contents,
                                     .is_numbered = options->is_numbered,
                                     .same = options->same,
                                     .arena = arena};
    if (pl_write_files(&job, files, err) != 0) return -1;
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
    static const struct pl_untar_options none;
    if (!options) options = &none;
    const struct pl_untar_limits *limits =
        options->limits ? options->limits : &pl_untar_default_limits;
    const struct pl_inflate_limits inflate_limits = {limits->max_bytes, limits->max_ratio};
    struct pb_str tar;
    bool is_checked;
    if (pl_inflate(inflater, data, n, &inflate_limits, &tar, &is_checked, err) != 0) return -1;
    struct pl_tar_reader reader = PL_TAR_READER(tar, limits->max_entries);
    reader.needs_end_mark = !is_checked;
    struct pl_tar_tree tree;
    if (pl_tar_tree_read(&reader, arena, &tree, err) != 0) return -1;
    if (tree.file_count == 0) return pb_err_set(err, PB_E_BAD_INPUT, "archive: it holds no files");
    return unpack_tree(dirfd, &tree, options, arena, out, err);
}
