/* SPDX-License-Identifier: MIT */
/* Archives to trees. Whatever comes in, what comes out is clean, sorted and bounded. */
#include "installer/store/package_path.h"
#include "installer/store/tar_stream.h"
#include "installer/store/tar_tree.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static int read_all(void *user, struct pl_tar_reader *reader, const struct pl_tar_entry *entry,
                    struct pb_str path, struct pb_err *err)
{
    uint64_t *files = user, bytes = entry->data.n;
    struct pb_str piece;
    int got;
    require(path.p[path.n] == '\0');
    while ((got = pl_tar_rest(reader, &piece, err)) > 0)
        bytes += piece.n;
    require(got < 0 || bytes == entry->bytes);
    ++*files;
    return got;
}

static void check_tree(const struct pl_tar_tree *tree, uint64_t files)
{
    for (size_t i = 0; i < tree->file_count; i++) {
        const struct pl_tar_file *file = &tree->files[i];
        require(pl_path_is_clean(file->path) && file->path.p[file->path.n] == '\0');
        require(i == 0 || pb_str_cmp(tree->files[i - 1].path, file->path) < 0);
        require(file->order < files);
    }
    for (size_t i = 0; i < tree->dir_count; i++)
        require(pl_path_is_clean(tree->dirs[i]) && tree->dirs[i].p[tree->dirs[i].n] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pl_inflate_limits limits = {.max_bytes = 4 << 20, .max_ratio = 1000};
    struct pl_inflater inflater = PL_INFLATER_INIT;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    if (pl_inflate_open(&inflater, &PL_PACKED(data, size), &limits, &err) == 0) {
        struct pl_tar_reader reader = pl_tar_stream(&inflater, 10000);
        uint64_t files = 0;
        const struct pl_tar_sink sink = {read_all, &files};
        struct pl_tar_tree tree;
        int result = pl_tar_tree_read(&reader, &sink, &arena, &tree, &err);
        if (result == 0) result = pl_inflate_finish(&inflater, &err);
        require((result == 0) != pb_err_is_set(&err));
        require(inflater.total <= limits.max_bytes || pb_err_is_set(&err));
        if (result == 0) check_tree(&tree, files);
    } else {
        require(pb_err_is_set(&err));
    }
    pb_arena_release(&arena);
    pl_inflater_release(&inflater);
    return 0;
}
