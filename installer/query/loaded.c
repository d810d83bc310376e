/* SPDX-License-Identifier: MIT */
#include "installer/query/loaded.h"

#include "base/fs.h"
#include "base/mem.h"
#include "installer/install/local_folders.h"
#include "installer/manifest/spec.h"
#include "installer/manifest/spec_path.h"
#include "installer/query/actual.h"
#include "installer/resolve/model.h"
#include "installer/semver/semver.h"

#include <fcntl.h>
#include <stdlib.h>

static int load_lock(struct pl_loaded *l, bool lock_only, struct pb_err *err)
{
    if (!lock_only) return pl_actual_load(l->root_dirfd, &l->lock, err);
    bool has_shrinkwrap = pb_exists(l->root_dirfd, "npm-shrinkwrap.json");
    return pl_lock_load(l->root_dirfd, has_shrinkwrap ? "npm-shrinkwrap.json" : "package-lock.json",
                        &l->lock, err);
}

static int load_project(struct pl_loaded *l, const struct pl_load_options *options,
                        struct pb_err *err)
{
    l->root_dirfd = pb_open_dir(AT_FDCWD, options->dir, err);
    if (l->root_dirfd < 0) return -1;
    PB_AUTO_FREE char *path = pb_real_path(options->dir, err);
    if (!path) return -1;
    l->root_path = pb_arena_cstr(&l->arena, pb_str(path));
    if (pb_exists(l->root_dirfd, "package.json") &&
        pl_manifest_load(&l->arena, l->root_dirfd, "package.json", &l->manifest, err) != 0)
        return -1;
    if (pl_workspaces_find(&l->arena, l->root_dirfd, &l->manifest.workspaces, &l->workspaces,
                           err) != 0)
        return -1;
    return pl_local_folders_find(&l->arena, l->root_dirfd, &l->manifest, &l->workspaces,
                                 &l->folders, err);
}

/* Whether it was made with install-links. */
static bool has_packed_folders(const struct pl_lock *lock)
{
    for (size_t i = 1; i < lock->n; i++) {
        const struct pl_lock_entry *e = &lock->entries[i];
        if (!e->link && pb_str_starts(e->resolved, "file:") &&
            !pl_spec_is_tarball_name(e->resolved))
            return true;
    }
    return false;
}

static int build_tree(struct pl_loaded *l, struct pb_err *err)
{
    const struct pl_resolve_options options = {.root_dir = l->root_path,
                                               .install_links = has_packed_folders(&l->lock)};
    l->resolver = pl_resolver_new(&l->manifest, &l->lock, &options);
    for (size_t i = 0; i < l->workspaces.n; i++) {
        const struct pl_workspace *ws = &l->workspaces.items[i];
        if (pl_resolver_add_workspace(l->resolver, ws->path, &ws->manifest, err) != 0) return -1;
    }
    for (size_t i = 0; i < l->folders.n; i++) {
        const struct pl_workspace *folder = &l->folders.items[i];
        if (pl_resolver_add_folder(l->resolver, folder->path, &folder->manifest, err) != 0)
            return -1;
    }
    return pl_resolver_load(l->resolver, err);
}

int pl_loaded_open(struct pl_loaded *out, const struct pl_load_options *options, struct pb_err *err)
{
    *out = (struct pl_loaded){.root_dirfd = -1};
    if (load_project(out, options, err) != 0) return -1;
    if (load_lock(out, options->lock_only, err) != 0) return -1;
    return build_tree(out, err);
}

void pl_loaded_close(struct pl_loaded *l)
{
    pl_resolver_free(l->resolver);
    pl_lock_release(&l->lock);
    pb_cleanup_close(&l->root_dirfd);
    pb_arena_release(&l->arena);
}

struct pb_str pl_node_id(struct pl_loaded *l, const struct pl_node *node)
{
    const struct pl_manifest *m = node->pkg->m;
    bool is_root = node == l->resolver->root;
    struct pb_str name = is_root && m->name.n ? m->name : node->name->text;
    bool is_alias = !is_root && m->name.n > 0 && !pb_str_eq(name, m->name);
    return pb_str(pb_arena_printf(&l->arena, PB_FMT "@%s" PB_FMT "%s" PB_FMT, PB_ARG(name),
                                  is_alias ? "npm:" : "", PB_ARG(is_alias ? m->name : PB_LIT("")),
                                  is_alias ? "@" : "", PB_ARG(m->version)));
}

int pl_loaded_choose(struct pl_loaded *l, const struct pl_strs *filters, struct pl_strs *paths,
                     struct pb_err *err)
{
    *paths = (struct pl_strs){PB_ARENA_ARRAY(&l->arena, struct pb_str, l->workspaces.n + 1), 0};
    for (size_t i = 0; i < l->workspaces.n; i++) {
        const struct pl_workspace *ws = &l->workspaces.items[i];
        for (size_t k = 0; k < filters->n; k++) {
            if (!pl_workspace_is_chosen(filters->items[k], ws)) continue;
            paths->items[paths->n++] = ws->path;
            break;
        }
    }
    if (paths->n > 0 || filters->n == 0) return 0;
    return pb_err_set(err, PB_E_NOT_FOUND,
                      "choose workspaces: none matches \"" PB_FMT
                      "\": give a name or path of a member",
                      PB_ARG(filters->items[0]));
}

bool pl_node_is_meant(struct pl_loaded *l, const struct pl_node *node, struct pb_str text)
{
    struct pl_spec spec;
    struct pb_err ignored = PB_ERR_INIT;
    if (pl_spec_parse(&l->arena, PB_LIT(""), text, NULL, &spec, &ignored) != 0) return false;
    if (!pb_str_eq(spec.name, node->name->text)) return false;
    bool has_range = spec.kind == PL_SPEC_RANGE || spec.kind == PL_SPEC_VERSION;
    if (!has_range || pb_str_is(spec.fetch, "*")) return true;
    return pl_semver_satisfies(node->pkg->m->version, spec.fetch, PL_RANGE_LOOSE);
}
