/* SPDX-License-Identifier: MIT */
#include "installer/query/actual.h"

#include "base/fs.h"
#include "base/map.h"
#include "base/mem.h"
#include "installer/install/local_folders.h"
#include "installer/install/tree_state.h"
#include "installer/lockfile/locale_cmp.h"
#include "installer/lockfile/lock_path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 64 };

struct scan {
    int root_dirfd;
    struct pb_arena *arena;
    struct pl_lock_entry *entries;
    size_t n, cap;
    struct pb_map known; /* paths */
    struct pb_err *err;
};

static bool is_current(int root_dirfd, const struct pl_lock *hidden)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_wanted_tree tree;
    struct pl_tree_state state;
    struct pb_err ignored = PB_ERR_INIT;
    const struct pl_wanted_filter all = {.with_extraneous = true, .force = true};
    bool current = pl_wanted_build(&arena, hidden, &all, &tree, &ignored) == 0 &&
                   pl_tree_state_read(root_dirfd, &tree, &state, &ignored) == 0 && state.is_known &&
                   state.is_clean && state.missing == 0;
    pl_wanted_release(&tree);
    pb_arena_release(&arena);
    return current;
}

static struct pl_lock_entry *add_entry(struct scan *s, const char *path)
{
    PB_GROW(s->entries, s->cap, s->n + 1);
    struct pl_lock_entry *e = &s->entries[s->n++];
    *e = (struct pl_lock_entry){.path = pb_str(path), .name = pl_lock_path_name(pb_str(path))};
    pb_map_put(&s->known, e->path, s);
    return e;
}

static void read_manifest(struct scan *s, const char *path, struct pl_manifest *out)
{
    struct pb_err ignored = PB_ERR_INIT;
    const char *file = pb_arena_printf(s->arena, "%s/package.json", path);
    if (pl_manifest_load(s->arena, s->root_dirfd, file, out, &ignored) != 0)
        *out = (struct pl_manifest){0};
}

static int scan_modules(struct scan *s, const char *folder, unsigned depth);

static int add_package(struct scan *s, const char *path, unsigned depth)
{
    if (pb_map_has(&s->known, pb_str(path))) return 0;
    struct pl_manifest manifest;
    read_manifest(s, path, &manifest);
    struct pl_lock_entry *e = add_entry(s, path);
    if (manifest.name.n > 0) e->name = manifest.name;
    e->manifest = manifest;
    return scan_modules(s, pb_arena_printf(s->arena, "%s/node_modules", path), depth + 1);
}

static int add_link(struct scan *s, const char *path, unsigned depth)
{
    char text[PATH_MAX];
    ssize_t n = readlinkat(s->root_dirfd, path, text, sizeof text);
    if (n <= 0 || n == (ssize_t)sizeof text || text[0] == '/') return 0;
    ptrdiff_t slash = pb_str_rfind(pb_str(path), '/');
    struct pb_str target =
        pl_path_join(s->arena, pb_strn(path, (size_t)slash), pb_strn(text, (size_t)n));
    if (target.n == 0 || !pl_lock_path_is_safe(target)) return 0;
    struct pl_lock_entry *e = add_entry(s, path);
    e->link = true;
    e->resolved = target;
    return add_package(s, pb_arena_cstr(s->arena, target), depth);
}

static int add_place(struct scan *s, const char *path, unsigned depth)
{
    struct stat st;
    if (fstatat(s->root_dirfd, path, &st, AT_SYMLINK_NOFOLLOW) != 0) return 0;
    if (S_ISLNK(st.st_mode)) return add_link(s, path, depth);
    return S_ISDIR(st.st_mode) ? add_package(s, path, depth) : 0;
}

static bool is_scope_folder(const char *folder)
{
    const char *slash = strrchr(folder, '/');
    return slash && slash[1] == '@';
}

static int scan_modules(struct scan *s, const char *folder, unsigned depth)
{
    int fd = openat(s->root_dirfd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || depth > DEPTH_MAX) {
        pb_cleanup_close(&fd);
        return 0;
    }
    DIR *dir = fdopendir(fd);
    if (!dir) {
        pb_cleanup_close(&fd);
        return pb_err_sys(s->err, errno, "list %s", folder);
    }
    int rc = 0;
    for (struct dirent *entry; rc == 0 && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        const char *path = pb_arena_printf(s->arena, "%s/%s", folder, entry->d_name);
        bool is_scope = entry->d_name[0] == '@' && !is_scope_folder(folder);
        rc = is_scope ? scan_modules(s, path, depth) : add_place(s, path, depth);
    }
    closedir(dir);
    return rc;
}

static int by_path(const void *a, const void *b)
{
    return pl_locale_cmp(((const struct pl_lock_entry *)a)->path,
                         ((const struct pl_lock_entry *)b)->path);
}

static int scan_all(int root_dirfd, struct pl_lock *out, struct pb_err *err)
{
    struct scan s = {.root_dirfd = root_dirfd, .arena = &out->arena, .err = err};
    (void)add_entry(&s, "");
    int rc = scan_modules(&s, "node_modules", 0);
    qsort(s.entries, s.n, sizeof *s.entries, by_path);
    out->entries = PB_ARENA_ARRAY(&out->arena, struct pl_lock_entry, s.n);
    memcpy(out->entries, s.entries, s.n * sizeof *s.entries);
    out->n = s.n;
    out->lockfile_version = 3;
    free(s.entries);
    pb_map_release(&s.known);
    return rc;
}

int pl_actual_load(int root_dirfd, struct pl_lock *out, struct pb_err *err)
{
    struct pb_err ignored = PB_ERR_INIT;
    *out = (struct pl_lock){0};
    if (pb_exists(root_dirfd, PL_HIDDEN_LOCK)) {
        if (pl_lock_load(root_dirfd, PL_HIDDEN_LOCK, out, &ignored) == 0 &&
            is_current(root_dirfd, out))
            return 0;
        pl_lock_release(out);
    }
    return scan_all(root_dirfd, out, err);
}
