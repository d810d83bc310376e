/* SPDX-License-Identifier: MIT */
#include "installer/install/workspaces.h"

#include "base/fs.h"
#include "base/map.h"
#include "installer/pack/glob.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PARTS 32
#define MAX_MEMBERS 10000

struct glob {
    const char *parts[MAX_PARTS];
    size_t n;
};

struct walk {
    struct pb_arena *arena;
    int root_dirfd;
    struct pb_map members; /* path -> itself */
    struct pb_err *err;
};

static bool parse_glob(struct pb_arena *arena, struct pb_str text, struct glob *out)
{
    *out = (struct glob){0};
    for (struct pb_str part; pb_str_split(&text, '/', &part);) {
        if (part.n == 0 || pb_str_is(part, ".")) continue;
        if (pb_str_is(part, "..") || out->n == MAX_PARTS) return false;
        out->parts[out->n++] = pb_arena_cstr(arena, part);
    }
    return out->n > 0;
}

static bool parts_match(const struct glob *glob, size_t at, struct pb_str path)
{
    if (at == glob->n) return path.p == NULL;
    bool is_deep = strcmp(glob->parts[at], "**") == 0;
    if (is_deep && parts_match(glob, at + 1, path)) return true;
    struct pb_str part;
    if (!pb_str_split(&path, '/', &part) || part.n > NAME_MAX) return false;
    if (is_deep) return parts_match(glob, at, path);
    char name[NAME_MAX + 1];
    memcpy(name, part.p, part.n);
    name[part.n] = '\0';
    return fnmatch(glob->parts[at], name, FNM_PERIOD) == 0 && parts_match(glob, at + 1, path);
}

bool pl_workspace_glob_matches(struct pb_str glob, struct pb_str path)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct glob parsed;
    bool matches = parse_glob(&arena, glob, &parsed) && parts_match(&parsed, 0, path);
    pb_arena_release(&arena);
    return matches;
}

static bool has_magic(const char *part)
{
    return strpbrk(part, "*?[") != NULL;
}

static const char *join(struct pb_arena *arena, const char *folder, const char *name)
{
    return folder[0] ? pb_arena_printf(arena, "%s/%s", folder, name) : name;
}

static int add_member(struct walk *w, const char *path)
{
    const char *manifest = pb_arena_printf(w->arena, "%s/package.json", path);
    struct stat st;
    if (fstatat(w->root_dirfd, manifest, &st, 0) != 0 || !S_ISREG(st.st_mode)) return 0;
    if (w->members.n >= MAX_MEMBERS)
        return pb_err_set(w->err, PB_E_LIMIT, "workspaces: more than %d members", MAX_MEMBERS);
    pb_map_put(&w->members, pb_str(path), (void *)(uintptr_t)path);
    return 0;
}

static int walk_glob(struct walk *w, const struct glob *glob, size_t at, const char *folder);

static int visit(struct walk *w, const struct glob *glob, size_t at, const char *folder,
                 const struct dirent *entry)
{
    const char *name = entry->d_name;
    if (name[0] == '.' || strcmp(name, "node_modules") == 0) return 0;
    if (entry->d_type != DT_DIR && entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN) return 0;
    bool is_deep = strcmp(glob->parts[at], "**") == 0;
    if (is_deep && entry->d_type == DT_LNK) return 0; /* could be a circle */
    if (!is_deep && fnmatch(glob->parts[at], name, FNM_PERIOD) != 0) return 0;
    const char *path = join(w->arena, folder, pb_arena_cstr(w->arena, pb_str(name)));
    return walk_glob(w, glob, is_deep ? at : at + 1, path);
}

static int list_folder(struct walk *w, const struct glob *glob, size_t at, const char *folder)
{
    int fd = openat(w->root_dirfd, folder[0] ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return 0;
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        pb_cleanup_close(&fd);
        return pb_err_sys(w->err, errno, "workspaces: list %s", folder);
    }
    int rc = 0;
    for (struct dirent *entry; rc == 0 && (entry = readdir(dir)) != NULL;)
        rc = visit(w, glob, at, folder, entry);
    closedir(dir);
    return rc;
}

static int walk_glob(struct walk *w, const struct glob *glob, size_t at, const char *folder)
{
    if (at == glob->n) return folder[0] ? add_member(w, folder) : 0;
    const char *part = glob->parts[at];
    if (strcmp(part, "**") == 0 && walk_glob(w, glob, at + 1, folder) != 0) return -1;
    if (has_magic(part)) return list_folder(w, glob, at, folder);
    return walk_glob(w, glob, at + 1, join(w->arena, folder, part));
}

static void take_out(struct walk *w, const struct glob *glob)
{
    size_t at = 0;
    for (struct pb_map_entry *e; (e = pb_map_next(&w->members, &at)) != NULL;)
        if (parts_match(glob, 0, e->key)) pb_map_remove(&w->members, e->key);
}

static int apply_one(struct walk *w, struct pb_str text)
{
    bool is_negative = pb_str_starts(text, "!");
    struct glob glob;
    if (!parse_glob(w->arena, pb_str_skip(text, is_negative ? 1 : 0), &glob))
        return pb_err_set(w->err, PB_E_BAD_INPUT,
                          "package.json: workspaces: \"" PB_FMT "\" is no path below the project",
                          PB_ARG(text));
    if (is_negative) {
        take_out(w, &glob);
        return 0;
    }
    return walk_glob(w, &glob, 0, "");
}

static int apply(struct walk *w, struct pb_str text)
{
    struct pl_glob_texts texts;
    if (!pl_glob_expand(w->arena, text, &texts))
        return pb_err_set(w->err, PB_E_LIMIT, "package.json: workspaces: too many braces");
    for (size_t i = 0; i < texts.n; i++)
        if (apply_one(w, texts.items[i]) != 0) return -1;
    return 0;
}

static int by_path(const void *a, const void *b)
{
    const struct pl_workspace *x = a;
    const struct pl_workspace *y = b;
    return pb_str_cmp(x->path, y->path);
}

static int load_members(struct walk *w, struct pl_workspaces *out)
{
    out->items = PB_ARENA_ARRAY(w->arena, struct pl_workspace, w->members.n);
    size_t at = 0;
    for (struct pb_map_entry *e; (e = pb_map_next(&w->members, &at)) != NULL;)
        out->items[out->n++].path = e->key;
    if (out->n > 1) qsort(out->items, out->n, sizeof out->items[0], by_path);
    for (size_t i = 0; i < out->n; i++) {
        struct pl_workspace *ws = &out->items[i];
        const char *path = pb_arena_printf(w->arena, "%s/package.json", ws->path.p);
        if (pl_manifest_load(w->arena, w->root_dirfd, path, &ws->manifest, w->err) != 0) return -1;
        ptrdiff_t slash = pb_str_rfind(ws->path, '/');
        if (ws->manifest.name.n == 0)
            ws->manifest.name = pb_str_skip(ws->path, (size_t)(slash + 1));
    }
    return 0;
}

static int check_names(const struct pl_workspaces *workspaces, struct pb_err *err)
{
    struct pb_map names = PB_MAP_INIT;
    int rc = 0;
    for (size_t i = 0; i < workspaces->n && rc == 0; i++) {
        const struct pl_workspace *ws = &workspaces->items[i];
        const struct pl_workspace *other = pb_map_put(&names, ws->manifest.name, (void *)ws);
        if (!pl_name_is_safe(ws->manifest.name))
            rc = pb_err_set(err, PB_E_BAD_INPUT, "%s/package.json: \"" PB_FMT "\" is no valid name",
                            ws->path.p, PB_ARG(ws->manifest.name));
        else if (other)
            rc = pb_err_set(err, PB_E_BAD_INPUT,
                            "workspaces: two members are named " PB_FMT ": %s and %s",
                            PB_ARG(ws->manifest.name), other->path.p, ws->path.p);
    }
    pb_map_release(&names);
    return rc;
}

int pl_workspaces_find(struct pb_arena *arena, int root_dirfd, const struct pl_strs *globs,
                       struct pl_workspaces *out, struct pb_err *err)
{
    *out = (struct pl_workspaces){0};
    struct walk w = {.arena = arena, .root_dirfd = root_dirfd, .err = err};
    int rc = 0;
    for (size_t i = 0; i < globs->n && rc == 0; i++)
        rc = apply(&w, globs->items[i]);
    if (rc == 0) rc = load_members(&w, out);
    if (rc == 0) rc = check_names(out, err);
    pb_map_release(&w.members);
    return rc;
}

bool pl_workspace_is_chosen(struct pb_str filter, const struct pl_workspace *ws)
{
    while (pb_str_starts(filter, "./"))
        filter = pb_str_skip(filter, 2);
    while (filter.n > 0 && filter.p[filter.n - 1] == '/')
        filter.n--;
    if (pb_str_eq(filter, ws->manifest.name) || pb_str_eq(filter, ws->path)) return true;
    ptrdiff_t slash = pb_str_rfind(ws->path, '/');
    return slash > 0 && pb_str_eq(filter, pb_strn(ws->path.p, (size_t)slash));
}
