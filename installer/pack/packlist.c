/* SPDX-License-Identifier: MIT */
#include "installer/pack/packlist.h"

#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"
#include "installer/pack/pack_rules.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 64, FILES_MAX = 200000 };

struct walk {
    struct pb_arena *arena;
    struct pb_str *items;
    size_t n, cap;
    struct pb_err *err;
};

static int add_file(struct walk *w, const char *path)
{
    if (w->n >= FILES_MAX)
        return pb_err_set(w->err, PB_E_LIMIT, "pack: more than %d files", FILES_MAX);
    PB_GROW(w->items, w->cap, w->n + 1);
    w->items[w->n++] = pb_str(path);
    return 0;
}

static int walk_folder(struct walk *w, int dirfd, const char *path, struct pl_pack_level *level);

static int enter(struct walk *w, int dirfd, const char *path, struct pl_pack_level *above,
                 const char *name, bool is_exact)
{
    struct pl_pack_level level = {.parent = above, .name = pb_str(name), .is_exact = is_exact};
    if (above->depth >= DEPTH_MAX)
        return pb_err_set(w->err, PB_E_LIMIT, "pack %s: folders nest too deeply", path);
    level.depth = above->depth + 1;
    PB_AUTO_FD int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return pb_err_sys(w->err, errno, "pack: open %s", path);
    if (pl_pack_rules_of_folder(w->arena, fd, &level, w->err) != 0) return -1;
    return walk_folder(w, fd, path, &level);
}

static int visit(struct walk *w, int dirfd, const char *folder, struct pl_pack_level *level,
                 const char *name)
{
    struct stat st;
    struct pb_str entry = pb_str(name);
    bool as_file = pl_pack_is_included(level, entry, false);
    bool as_folder = pl_pack_is_included(level, entry, true);
    if ((!as_file && !as_folder) || strchr(name, '*')) return 0;
    if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return pb_err_sys(w->err, errno, "pack: look at %s", name);
    name = pb_arena_cstr(w->arena, entry);
    const char *path = folder[0] ? pb_arena_printf(w->arena, "%s/%s", folder, name) : name;
    if (S_ISREG(st.st_mode)) return as_file ? add_file(w, path) : 0;
    if (!S_ISDIR(st.st_mode) || !as_folder) return 0;
    const char *slashed = pb_arena_printf(w->arena, "%s/", name);
    bool is_exact = as_file || pl_pack_is_included(level, pb_str(slashed), false);
    return enter(w, dirfd, path, level, name, is_exact);
}

static int walk_folder(struct walk *w, int dirfd, const char *path, struct pl_pack_level *level)
{
    int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        pb_cleanup_close(&fd);
        return pb_err_sys(w->err, errno, "pack: list %s", path);
    }
    int rc = 0;
    for (struct dirent *e; rc == 0 && (e = readdir(dir)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        rc = visit(w, dirfd, path, level, e->d_name);
    }
    (void)closedir(dir);
    return rc;
}

int pl_packlist(struct pb_arena *arena, int dirfd, struct pl_strs *out, struct pb_err *err)
{
    struct walk w = {.arena = arena, .err = err};
    struct pl_pack_level root = {.name = PB_LIT("")};
    int rc = pl_pack_rules_of_package(arena, dirfd, &root, err);
    if (rc == 0) rc = walk_folder(&w, dirfd, "", &root);
    out->n = w.n;
    out->items = PB_ARENA_ARRAY(arena, struct pb_str, w.n);
    if (w.n > 0) memcpy(out->items, w.items, w.n * sizeof *w.items);
    free(w.items);
    return rc;
}
