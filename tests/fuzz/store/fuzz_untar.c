/* SPDX-License-Identifier: MIT */
/* Archives to trees, in memory. Whatever comes in, what comes out is clean, sorted and bounded. */
#include "installer/store/inflate.h"
#include "installer/store/package_path.h"
#include "installer/store/tar_tree.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static bool lies_in(struct pb_str part, struct pb_str whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_tree(const struct pl_tar_tree *tree, struct pb_str tar)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < tree->file_count; i++) {
        const struct pl_tar_file *file = &tree->files[i];
        require(pl_path_is_clean(file->path) && file->path.p[file->path.n] == '\0');
        require(i == 0 || pb_str_cmp(tree->files[i - 1].path, file->path) < 0);
        require(lies_in(file->data, tar));
        bytes += file->data.n;
    }
    require(bytes == tree->bytes);
    for (size_t i = 0; i < tree->dir_count; i++)
        require(pl_path_is_clean(tree->dirs[i]) && tree->dirs[i].p[tree->dirs[i].n] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pl_inflate_limits limits = {.max_bytes = 4 << 20, .max_ratio = 1000};
    struct pl_inflater inflater = PL_INFLATER_INIT;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pb_str tar;
    bool is_checked;
    if (pl_inflate(&inflater, data, size, &limits, &tar, &is_checked, &err) == 0) {
        require(tar.n <= limits.max_bytes || tar.p == (const char *)data);
        struct pl_tar_reader reader = PL_TAR_READER(tar, 10000);
        reader.needs_end_mark = !is_checked;
        struct pl_tar_tree tree;
        int result = pl_tar_tree_read(&reader, &arena, &tree, &err);
        require((result == 0) != pb_err_is_set(&err));
        if (result == 0) check_tree(&tree, tar);
    } else {
        require(pb_err_is_set(&err));
    }
    pb_arena_release(&arena);
    pl_inflater_release(&inflater);
    return 0;
}
