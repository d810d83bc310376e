/* SPDX-License-Identifier: MIT */
#include "installer/install/prune.h"

#include "base/fs.h"
#include "base/map.h"
#include "installer/install/isolate.h"
#include "installer/lockfile/lock_path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct prune {
    int root_dirfd;
    const struct pl_wanted_tree *tree;
    size_t removed;
    struct pb_err *err;
};

static int prune_modules(struct prune *p, const char *folder);

/* Zero-terminated names of a folder; 0 and an empty list when there is no such folder. */
static int list(struct prune *p, const char *folder, struct pb_arena *arena, struct pl_strs *out)
{
    *out = (struct pl_strs){0};
    int fd = openat(p->root_dirfd, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)) return 0;
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        int why = errno;
        pb_cleanup_close(&fd);
        return pb_err_sys(p->err, why, "list %s", folder);
    }
    size_t cap = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        bool may_be_place =
            entry->d_type == DT_DIR || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
        if (entry->d_name[0] == '.' || !may_be_place) continue;
        if (out->n == cap) {
            size_t grown = cap ? 2 * cap : 64;
            struct pb_str *items = PB_ARENA_ARRAY(arena, struct pb_str, grown);
            if (out->n > 0) memcpy(items, out->items, out->n * sizeof *items);
            out->items = items;
            cap = grown;
        }
        out->items[out->n++] = pb_str(pb_arena_cstr(arena, pb_str(entry->d_name)));
    }
    closedir(dir);
    return 0;
}

static int remove_place(struct prune *p, const char *path)
{
    p->removed++;
    return pb_remove_tree(p->root_dirfd, path, p->err);
}

static int prune_place(struct prune *p, struct pb_arena *arena, const char *path)
{
    const struct pl_wanted *item = pl_wanted_find(p->tree, pb_str(path));
    if (!item || item->kind == PL_WANTED_SKIPPED) return remove_place(p, path);
    bool brings_its_own = item->entry->manifest.bundled.n > 0;
    if (item->kind != PL_WANTED_PACKAGE || brings_its_own) return 0;
    return prune_modules(p, pb_arena_printf(arena, "%s/node_modules", path));
}

static int prune_scope(struct prune *p, struct pb_arena *arena, const char *scope)
{
    struct pl_strs names;
    size_t removed_before = p->removed;
    struct stat st;
    if (fstatat(p->root_dirfd, scope, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(st.st_mode))
        return remove_place(p, scope);
    if (list(p, scope, arena, &names) != 0) return -1;
    for (size_t i = 0; i < names.n; i++)
        if (prune_place(p, arena, pb_arena_printf(arena, "%s/%s", scope, names.items[i].p)) != 0)
            return -1;
    /* Only an empty one goes. */
    if (p->removed > removed_before) (void)unlinkat(p->root_dirfd, scope, AT_REMOVEDIR);
    return 0;
}

static int prune_modules(struct prune *p, const char *folder)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_strs names;
    int rc = list(p, folder, &arena, &names);
    for (size_t i = 0; i < names.n && rc == 0; i++) {
        const char *path = pb_arena_printf(&arena, "%s/%s", folder, names.items[i].p);
        rc = names.items[i].p[0] == '@' ? prune_scope(p, &arena, path)
                                        : prune_place(p, &arena, path);
    }
    pb_arena_release(&arena);
    return rc;
}

/* "<key>" of a place in the virtual store; empty: elsewhere. */
static struct pb_str key_of(struct pb_str path)
{
    struct pb_str key = {0};
    if (!pb_str_starts(path, PL_VIRTUAL_STORE "/")) return key;
    path = pb_str_skip(path, strlen(PL_VIRTUAL_STORE "/"));
    return pb_str_split(&path, '/', &key) ? key : (struct pb_str){0};
}

/* Units nobody wants go, and in the others what is not theirs. Without units all of it goes. */
static int prune_virtual_store(struct prune *p, struct pb_arena *arena)
{
    struct pb_map keys = PB_MAP_INIT;
    struct pl_strs names;
    for (size_t i = 1; i < p->tree->n; i++) {
        const struct pl_wanted *item = &p->tree->items[i];
        struct pb_str key = key_of(item->entry->path);
        if (key.n > 0 && item->kind != PL_WANTED_SKIPPED) pb_map_put(&keys, key, p);
    }
    int rc = keys.n > 0 ? list(p, PL_VIRTUAL_STORE, arena, &names)
                        : pb_remove_tree(p->root_dirfd, PL_VIRTUAL_STORE, p->err);
    for (size_t i = 0; keys.n > 0 && rc == 0 && i < names.n; i++) {
        const char *folder = pb_arena_printf(arena, PL_VIRTUAL_STORE "/%s", names.items[i].p);
        bool is_own = strcmp(names.items[i].p, "node_modules") == 0;
        if (!pb_map_has(&keys, names.items[i]))
            rc = remove_place(p, folder);
        else
            rc = prune_modules(p,
                               is_own ? folder : pb_arena_printf(arena, "%s/node_modules", folder));
    }
    pb_map_release(&keys);
    return rc;
}

int pl_prune(int root_dirfd, const struct pl_wanted_tree *tree, size_t *removed, struct pb_err *err)
{
    struct prune p = {.root_dirfd = root_dirfd, .tree = tree, .err = err};
    struct pb_arena arena = PB_ARENA_INIT;
    int rc = prune_modules(&p, "node_modules");
    if (rc == 0) rc = prune_virtual_store(&p, &arena);
    for (size_t i = 1; i < tree->n && rc == 0; i++) {
        const struct pl_wanted *item = &tree->items[i];
        if (item->kind != PL_WANTED_LOCAL || item->entry->path.n == 0 ||
            pl_lock_path_is_outside(item->entry->path))
            continue;
        rc = prune_modules(
            &p, pb_arena_printf(&arena, PB_FMT "/node_modules", PB_ARG(item->entry->path)));
    }
    pb_arena_release(&arena);
    *removed = p.removed;
    return rc;
}
