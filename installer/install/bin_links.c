/* SPDX-License-Identifier: MIT */
#include "installer/install/bin_links.h"

#include "base/mem.h"
#include "installer/bins/bins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct owner {
    const struct pl_wanted *item;
    size_t depth, order;
};

struct bin_links {
    int root_dirfd;
    const struct pl_wanted_tree *tree;
    struct pb_arena arena;
    struct pb_map taken;   /* "node_modules/.bin/name" */
    struct pb_map folders; /* "node_modules/.bin" -> zero-terminated */
};

/* A link has the bins of the folder it points to. */
static const struct pl_deps *bins_of(const struct pl_wanted_tree *tree,
                                     const struct pl_wanted *item)
{
    if (item->kind != PL_WANTED_LINK) return &item->entry->manifest.bin;
    const struct pl_wanted *target = pl_wanted_find(tree, item->entry->resolved);
    return target ? &target->entry->manifest.bin : &item->entry->manifest.bin;
}

static bool may_have_bins(const struct pl_wanted *item)
{
    return item->kind == PL_WANTED_PACKAGE || item->kind == PL_WANTED_LINK ||
           item->kind == PL_WANTED_BUNDLED;
}

static size_t depth_of(struct pb_str path)
{
    size_t n = 0;
    for (; path.n > 0; path = pl_path_owner(path))
        n++;
    return n;
}

static int by_depth(const void *a, const void *b)
{
    const struct owner *x = a;
    const struct owner *y = b;
    if (x->depth != y->depth) return x->depth < y->depth ? -1 : 1;
    return x->order < y->order ? -1 : 1; /* the lock's order of paths */
}

static struct owner *list_owners(const struct pl_wanted_tree *tree, size_t *n)
{
    struct owner *owners = pb_calloc(tree->n, sizeof *owners);
    *n = 0;
    for (size_t i = 0; i < tree->n; i++) {
        const struct pl_wanted *item = &tree->items[i];
        if (!may_have_bins(item) || bins_of(tree, item)->n == 0) continue;
        owners[(*n)++] =
            (struct owner){.item = item, .depth = depth_of(item->entry->path), .order = i};
    }
    if (*n > 1) qsort(owners, *n, sizeof *owners, by_depth);
    return owners;
}

static const char *folder_of(struct bin_links *b, const struct pl_wanted *item)
{
    struct pb_str modules = pl_path_modules_dir(item->entry->path);
    const char *folder = pb_arena_printf(&b->arena, PB_FMT "/.bin", PB_ARG(modules));
    const char *known = pb_map_get(&b->folders, pb_str(folder));
    if (known) return known;
    pb_map_put(&b->folders, pb_str(folder), (void *)(uintptr_t)folder);
    return folder;
}

static int link_owner(struct bin_links *b, const struct pl_wanted *item, struct pb_err *err)
{
    const struct pl_deps *all = bins_of(b->tree, item);
    const char *folder = folder_of(b, item);
    struct pl_deps mine = {.items = PB_ARENA_ARRAY(&b->arena, struct pl_dep, all->n)};
    for (size_t i = 0; i < all->n; i++) {
        const char *path =
            pb_arena_printf(&b->arena, "%s/" PB_FMT, folder, PB_ARG(all->items[i].name));
        if (pb_map_put(&b->taken, pb_str(path), (void *)(uintptr_t)item)) continue;
        mine.items[mine.n++] = all->items[i];
    }
    if (mine.n == 0) return 0;
    return pl_bins_link(b->root_dirfd, item->path, folder, &mine, err);
}

static int remove_dangling(int root_dirfd, const char *folder, struct pb_err *err)
{
    int fd = openat(root_dirfd, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)) return 0;
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        int why = errno;
        if (fd >= 0) close(fd);
        return pb_err_sys(err, why, "list %s", folder);
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        struct stat st;
        if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN) continue;
        bool is_link =
            fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
        bool is_dangling = is_link && fstatat(fd, entry->d_name, &st, 0) != 0 && errno == ENOENT;
        if (is_dangling) (void)unlinkat(fd, entry->d_name, 0);
    }
    closedir(dir);
    return 0;
}

static int clean_folders(struct bin_links *b, struct pb_err *err)
{
    int rc = pb_map_has(&b->folders, PB_LIT("node_modules/.bin"))
                 ? 0
                 : remove_dangling(b->root_dirfd, "node_modules/.bin", err);
    size_t at = 0;
    for (struct pb_map_entry *e; rc == 0 && (e = pb_map_next(&b->folders, &at)) != NULL;)
        rc = remove_dangling(b->root_dirfd, e->value, err);
    return rc;
}

int pl_bin_links_make(int root_dirfd, const struct pl_wanted_tree *tree, struct pb_err *err)
{
    struct bin_links b = {.root_dirfd = root_dirfd, .tree = tree};
    size_t n;
    struct owner *owners = list_owners(tree, &n);
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = link_owner(&b, owners[i].item, err);
    if (rc == 0) rc = clean_folders(&b, err);
    free(owners);
    pb_map_release(&b.taken);
    pb_map_release(&b.folders);
    pb_arena_release(&b.arena);
    return rc;
}
