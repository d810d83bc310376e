/* SPDX-License-Identifier: MIT */
#include "installer/install/local_folders.h"

#include "base/buf.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/mem.h"
#include "installer/lockfile/lock_path.h"
#include "installer/manifest/spec.h"

#include <limits.h>
#include <stdlib.h>

#define MAX_FOLDERS 10000

struct search {
    struct pb_arena *arena;
    int root_dirfd;
    struct pb_map known; /* paths */
    struct pl_workspace *items;
    size_t n, cap;
    struct pb_err *err;
};

/* Takes the last part off a normalised path; ".." parts stay. */
static bool drop_last(struct pb_buf *path)
{
    struct pb_str text = pb_buf_str(path);
    ptrdiff_t slash = pb_str_rfind(text, '/');
    struct pb_str last = pb_str_skip(text, (size_t)(slash + 1));
    if (text.n == 0 || pb_str_is(last, "..")) return false;
    path->n = slash < 0 ? 0 : (size_t)slash;
    return true;
}

static void append_parts(struct pb_buf *out, struct pb_str path)
{
    for (struct pb_str part; pb_str_split(&path, '/', &part);) {
        if (part.n == 0 || pb_str_is(part, ".")) continue;
        if (pb_str_is(part, "..") && drop_last(out)) continue;
        if (out->n > 0) pb_buf_add_char(out, '/');
        pb_buf_add_str(out, part);
    }
}

struct pb_str pl_path_join(struct pb_arena *arena, struct pb_str base, struct pb_str path)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(PATH_MAX);
    append_parts(&out, base);
    append_parts(&out, path);
    return pb_arena_str(arena, pb_buf_str(&out));
}

static int add_folder(struct search *s, struct pb_str path)
{
    if (path.n == 0 || pb_map_has(&s->known, path)) return 0;
    const char *file = pb_arena_printf(s->arena, PB_FMT "/package.json", PB_ARG(path));
    struct pl_workspace folder = {.path = path};
    if (s->n >= MAX_FOLDERS)
        return pb_err_set(s->err, PB_E_LIMIT, "file: dependencies: more than %d", MAX_FOLDERS);
    pb_map_put(&s->known, path, s);
    if (!pb_exists(s->root_dirfd, file)) return 0; /* the resolver reports what is missing */
    if (pl_manifest_load(s->arena, s->root_dirfd, file, &folder.manifest, s->err) != 0) return -1;
    PB_GROW(s->items, s->cap, s->n + 1);
    s->items[s->n++] = folder;
    return 0;
}

static int follow_deps(struct search *s, struct pb_str from, const struct pl_deps *deps)
{
    for (size_t i = 0; i < deps->n; i++) {
        const struct pl_dep *dep = &deps->items[i];
        struct pl_spec spec;
        struct pb_err ignored = PB_ERR_INIT; /* the resolver reports what is malformed */
        bool may_be_folder = pb_str_find(dep->spec, '/') >= 0 ||
                             pb_str_starts(dep->spec, "file:") || pb_str_starts(dep->spec, ".");
        if (!may_be_folder) continue;
        if (pl_spec_parse(s->arena, dep->name, dep->spec, "", &spec, &ignored) != 0) continue;
        bool is_relative = spec.fetch.n > 0 && spec.fetch.p[0] != '/';
        if (spec.kind != PL_SPEC_DIRECTORY || !is_relative) continue;
        if (add_folder(s, pl_path_join(s->arena, from, spec.fetch)) != 0) return -1;
    }
    return 0;
}

static int follow(struct search *s, struct pb_str from, const struct pl_manifest *m, bool with_dev)
{
    if (follow_deps(s, from, &m->dependencies) != 0) return -1;
    if (follow_deps(s, from, &m->optional_dependencies) != 0) return -1;
    return with_dev ? follow_deps(s, from, &m->dev_dependencies) : 0;
}

static int search_all(struct search *s, const struct pl_manifest *root,
                      const struct pl_workspaces *members)
{
    for (size_t i = 0; i < members->n; i++)
        pb_map_put(&s->known, members->items[i].path, s);
    if (follow(s, (struct pb_str){"", 0}, root, true) != 0) return -1;
    for (size_t i = 0; i < members->n; i++)
        if (follow(s, members->items[i].path, &members->items[i].manifest, true) != 0) return -1;
    for (size_t i = 0; i < s->n; i++) { /* grows */
        struct pl_workspace folder = s->items[i];
        if (pl_lock_path_is_outside(folder.path)) continue; /* not ours to install */
        if (follow(s, folder.path, &folder.manifest, false) != 0) return -1;
    }
    return 0;
}

int pl_local_folders_find(struct pb_arena *arena, int root_dirfd, const struct pl_manifest *root,
                          const struct pl_workspaces *members, struct pl_workspaces *out,
                          struct pb_err *err)
{
    struct search s = {.arena = arena, .root_dirfd = root_dirfd, .err = err};
    int rc = search_all(&s, root, members);
    out->n = s.n;
    out->items = PB_ARENA_ARRAY(arena, struct pl_workspace, s.n);
    if (s.n > 0) memcpy(out->items, s.items, s.n * sizeof *s.items);
    free(s.items);
    pb_map_release(&s.known);
    return rc;
}
