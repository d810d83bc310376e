/* SPDX-License-Identifier: MIT */
#include "installer/store/untar.h"

#include "installer/store/package_path.h"
#include "installer/store/tar_stream.h"
#include "installer/store/tar_tree.h"
#include "installer/store/write_files.h"

#include <stdlib.h>
#include <unistd.h>

const struct pl_untar_limits pl_untar_default_limits = {
    .max_bytes = 2ULL << 30, .max_ratio = 1000, .max_entries = 1000 * 1000};

struct unpacking {
    struct pl_file_writer writer;
    struct pb_str *bins; /* paths, sorted */
    size_t bin_count;
};

static int compare_texts(const void *a, const void *b)
{
    return pb_str_cmp(*(const struct pb_str *)a, *(const struct pb_str *)b);
}

/* A bin that the archive lacks, or whose path is bad, is bins.c's business. */
static void list_bins(struct unpacking *u, const struct pl_deps *bin, struct pb_arena *arena)
{
    if (!bin) return;
    u->bins = PB_ARENA_ARRAY(arena, struct pb_str, bin->n);
    for (size_t i = 0; i < bin->n; i++) {
        char path[PL_PATH_MAX];
        size_t n;
        if (pl_package_path(bin->items[i].spec, path, &n, NULL) != 0) continue;
        u->bins[u->bin_count++] = pb_arena_str(arena, pb_strn(path, n));
    }
    qsort(u->bins, u->bin_count, sizeof *u->bins, compare_texts);
}

static int write_entry(void *user, struct pl_tar_reader *reader, const struct pl_tar_entry *entry,
                       struct pb_str path, struct pb_err *err)
{
    struct unpacking *u = user;
    bool is_bin =
        u->bin_count > 0 && bsearch(&path, u->bins, u->bin_count, sizeof *u->bins, compare_texts);
    return pl_write_file(&u->writer, reader, entry, is_bin, path.p, err);
}

/* Files that later entries of their name replaced, unless others of the package are the same. */
static void remove_replaced(const struct unpacking *u, const struct pl_tar_tree *tree,
                            struct pb_arena *arena, struct pl_unpacked *out)
{
    if (tree->file_count == u->writer.n) return;
    uint64_t *named = PB_ARENA_ARRAY(arena, uint64_t, tree->file_count);
    for (size_t i = 0; i < tree->file_count; i++)
        named[i] = u->writer.files[tree->files[i].order].number;
    qsort(named, tree->file_count, sizeof *named, pl_number_cmp);
    size_t kept = 0;
    for (size_t i = 0; i < out->made_count; i++)
        if (bsearch(&out->made[i], named, tree->file_count, sizeof *named, pl_number_cmp))
            out->made[kept++] = out->made[i];
        else
            pl_boxes_discard(u->writer.boxes, &out->made[i], 1);
    out->made_count = kept;
}

static void list_made(const struct unpacking *u, struct pb_arena *arena, struct pl_unpacked *out)
{
    out->made = PB_ARENA_ARRAY(arena, uint64_t, u->writer.n);
    for (size_t i = 0; i < u->writer.n; i++)
        if (u->writer.files[i].is_made) out->made[out->made_count++] = u->writer.files[i].number;
}

static void list_files(const struct unpacking *u, const struct pl_tar_tree *tree,
                       struct pb_arena *arena, struct pl_store_package *out)
{
    struct pl_store_file *files = PB_ARENA_ARRAY(arena, struct pl_store_file, tree->file_count);
    for (size_t i = 0; i < tree->file_count; i++) {
        const struct pl_written *written = &u->writer.files[tree->files[i].order];
        files[i] = (struct pl_store_file){.path = tree->files[i].path,
                                          .mode = written->mode,
                                          .crc32 = written->crc32,
                                          .bytes = written->bytes,
                                          .number = written->number};
        out->bytes += written->bytes;
    }
    out->dirs = tree->dirs;
    out->dir_count = tree->dir_count;
    out->files = files;
    out->file_count = tree->file_count;
}

static int unpack(struct unpacking *u, struct pl_inflater *inflater, size_t max_entries,
                  struct pb_arena *arena, struct pl_tar_tree *tree, struct pb_err *err)
{
    struct pl_tar_reader reader = pl_tar_stream(inflater, max_entries);
    const struct pl_tar_sink sink = {write_entry, u};
    if (pl_tar_tree_read(&reader, &sink, arena, tree, err) != 0) return -1;
    if (tree->file_count == 0) return pb_err_set(err, PB_E_BAD_INPUT, "archive: it holds no files");
    return pl_inflate_finish(inflater, err);
}

int pl_untar(struct pl_boxes *boxes, const struct pl_packed *packed,
             const struct pl_untar_options *options, struct pl_inflater *inflater,
             struct pb_arena *arena, struct pl_unpacked *out, struct pb_err *err)
{
    *out = (struct pl_unpacked){0};
    static const struct pl_untar_options none;
    if (!options) options = &none;
    const struct pl_untar_limits *limits =
        options->limits ? options->limits : &pl_untar_default_limits;
    const struct pl_inflate_limits inflate_limits = {limits->max_bytes, limits->max_ratio};
    if (pl_inflate_open(inflater, packed, &inflate_limits, err) != 0) return -1;
    struct unpacking u = {.writer = pl_file_writer(boxes, options->same)};
    list_bins(&u, options->bin, arena);
    struct pl_tar_tree tree;
    int result = unpack(&u, inflater, limits->max_entries, arena, &tree, err);
    list_made(&u, arena, out);
    if (result == 0) {
        remove_replaced(&u, &tree, arena, out);
        list_files(&u, &tree, arena, &out->package);
    } else {
        pl_boxes_discard(boxes, out->made, out->made_count);
    }
    pl_file_writer_release(&u.writer);
    return result;
}
