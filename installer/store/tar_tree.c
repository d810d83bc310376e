/* SPDX-License-Identifier: MIT */
#include "installer/store/tar_tree.h"

#include "base/mem.h"
#include "installer/store/package_path.h"

#include <stdlib.h>

/* All paths and folders together. Real packages need a hundredth; without a bound, deep paths that
 * pack well would cost their length squared. */
#define PATHS_MAX ((size_t)256 << 20)

struct list {
    struct pl_tar_file *items;
    size_t n, cap, path_bytes;
};

/* npm packs .gitignore rules under the name that a package manager does not interpret. */
static bool rename_gitignore(char *path, size_t n)
{
    static const char from[] = ".gitignore", to[] = ".npmignore";
    size_t at = n - (sizeof from - 1);
    if (n < sizeof from - 1 || memcmp(path + at, from, sizeof from - 1) != 0) return false;
    if (at > 0 && path[at - 1] != '/') return false;
    memcpy(path + at, to, sizeof to);
    return true;
}

static int too_many_paths(struct pb_err *err)
{
    return pb_err_set(err, PB_E_LIMIT, "archive: its paths take more than %zu bytes", PATHS_MAX);
}

static int collect(struct pl_tar_reader *reader, const struct pl_tar_sink *sink,
                   struct pb_arena *arena, struct list *list, struct pb_err *err)
{
    struct pl_tar_entry entry;
    int got;
    while ((got = pl_tar_next(reader, &entry, err)) > 0) {
        char path[PL_PATH_MAX];
        size_t n;
        if (pl_package_path_stripped(entry.path, path, &n, err) != 0) return -1;
        if (n == 0 || entry.type != PL_TAR_FILE) continue;
        if ((list->path_bytes += n + 1) > PATHS_MAX) return too_many_paths(err);
        PB_GROW(list->items, list->cap, list->n + 1);
        struct pl_tar_file *file = &list->items[list->n];
        *file = (struct pl_tar_file){.data = sink ? (struct pb_str){"", 0} : entry.data,
                                     .exec_bits = entry.exec_bits,
                                     .is_renamed = rename_gitignore(path, n),
                                     .order = list->n};
        file->path = pb_arena_str(arena, pb_strn(path, n));
        list->n++;
        if (sink && sink->file(sink->user, reader, &entry, file->path, err) != 0) return -1;
    }
    return got;
}

/* Of entries with one path the one that wins comes last. */
static int by_path(const void *a, const void *b)
{
    const struct pl_tar_file *x = a, *y = b;
    int order = pb_str_cmp(x->path, y->path);
    if (order != 0) return order;
    if (x->is_renamed != y->is_renamed) return x->is_renamed ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

static void settle(struct list *list)
{
    if (list->n == 0) return;
    qsort(list->items, list->n, sizeof *list->items, by_path);
    size_t kept = 0;
    for (size_t i = 1; i < list->n; i++) {
        if (!pb_str_eq(list->items[i].path, list->items[kept].path)) kept++;
        list->items[kept] = list->items[i];
    }
    list->n = kept + 1;
}

/* Bytes that two paths have in common at their front. */
static size_t common(struct pb_str a, struct pb_str b)
{
    size_t n = a.n < b.n ? a.n : b.n, i = 0;
    while (i < n && a.p[i] == b.p[i])
        i++;
    return i;
}

/* Each folder that a path needs and the path before it did not: paths are sorted, so all that begin
 * with "<folder>/" stand together. Counts only when `out` is NULL. */
static void list_dirs(const struct pl_tar_tree *tree, struct pb_arena *arena, struct pb_str *out,
                      size_t *count, size_t *bytes)
{
    struct pb_str before = {"", 0};
    *count = *bytes = 0;
    for (size_t i = 0; i < tree->file_count; i++) {
        struct pb_str path = tree->files[i].path;
        for (size_t at = common(before, path); at < path.n; at++) {
            if (path.p[at] != '/') continue;
            if (out) out[*count] = pb_arena_str(arena, pb_strn(path.p, at));
            ++*count;
            *bytes += at + 1 + sizeof *out;
        }
        before = path;
    }
}

static int file_against_name(const void *name, const void *file)
{
    return pb_str_cmp(*(const struct pb_str *)name, ((const struct pl_tar_file *)file)->path);
}

static int check_names(const struct pl_tar_tree *tree, struct pb_err *err)
{
    for (size_t i = 0; i < tree->dir_count; i++)
        if (bsearch(&tree->dirs[i], tree->files, tree->file_count, sizeof *tree->files,
                    file_against_name))
            return pb_err_set(err, PB_E_BAD_INPUT,
                              "archive: \"" PB_FMT "\" is both a file and a folder",
                              PB_ARG(tree->dirs[i]));
    return 0;
}

static int build(const struct list *list, struct pb_arena *arena, struct pl_tar_tree *tree,
                 struct pb_err *err)
{
    tree->file_count = list->n;
    tree->files = PB_ARENA_ARRAY(arena, struct pl_tar_file, list->n);
    for (size_t i = 0; i < list->n; i++)
        tree->files[i] = list->items[i];
    size_t dir_bytes;
    list_dirs(tree, arena, NULL, &tree->dir_count, &dir_bytes);
    if (dir_bytes > PATHS_MAX) return too_many_paths(err);
    tree->dirs = PB_ARENA_ARRAY(arena, struct pb_str, tree->dir_count);
    list_dirs(tree, arena, tree->dirs, &tree->dir_count, &dir_bytes);
    return check_names(tree, err);
}

int pl_tar_tree_read(struct pl_tar_reader *reader, const struct pl_tar_sink *sink,
                     struct pb_arena *arena, struct pl_tar_tree *tree, struct pb_err *err)
{
    *tree = (struct pl_tar_tree){0};
    struct list list = {0};
    int result = collect(reader, sink, arena, &list, err);
    settle(&list);
    if (result == 0) result = build(&list, arena, tree, err);
    free(list.items);
    return result;
}
