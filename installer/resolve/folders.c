/* SPDX-License-Identifier: MIT */
#include "installer/resolve/folders.h"

#include "installer/lockfile/lock_path.h"
#include "installer/resolve/tree.h"

struct pl_folder *pl_folder_find(const struct pl_resolver *r, struct pb_str path)
{
    for (struct pl_folder *f = r->folders; f; f = f->next)
        if (pb_str_eq(f->path, path)) return f;
    return NULL;
}

struct pl_folder *pl_folder_add(struct pl_resolver *r, struct pb_str path,
                                const struct pl_manifest *manifest, bool is_workspace)
{
    struct pl_folder *folder = pl_folder_find(r, path);
    if (folder) return folder;
    folder = PB_ARENA_NEW(&r->arena, struct pl_folder);
    folder->path = pb_arena_str(&r->arena, path);
    folder->name = pl_name_intern(&r->names, pl_lock_path_name(folder->path));
    folder->pkg = pl_package_new(r, manifest);
    folder->is_workspace = is_workspace;
    *r->folders_end = folder;
    r->folders_end = &folder->next;
    return folder;
}

struct pl_node *pl_folder_node(struct pl_resolver *r, struct pl_folder *folder)
{
    if (folder->node) return folder->node;
    folder->node = pl_node_new(r, folder->name, folder->pkg, true, NULL);
    folder->node->folder = folder;
    folder->node->location = folder->path;
    return folder->node;
}

static bool is_inside(struct pb_str path, struct pb_str folder)
{
    return path.n > folder.n && path.p[folder.n] == '/' && memcmp(path.p, folder.p, folder.n) == 0;
}

void pl_folder_settle(struct pl_resolver *r, struct pl_folder *folder)
{
    struct pl_node *node = pl_folder_node(r, folder);
    if (pl_node_is_live(r, node)) return;
    struct pl_node *parent = r->root;
    for (struct pl_folder *f = r->folders; f; f = f->next) {
        if (!f->node || f->node == node || !pl_node_is_live(r, f->node)) continue;
        bool nearer = parent == r->root || f->path.n > parent->location.n;
        if (nearer && is_inside(node->location, f->path)) parent = f->node;
    }
    pl_node_attach_folder(r, parent, node, folder->path);
    for (struct pl_folder *f = r->folders; f; f = f->next) {
        if (!f->node || f->node->fs_parent != parent || !is_inside(f->path, node->location))
            continue;
        struct pl_node *inner = f->node;
        pl_node_detach(r, inner);
        pl_node_attach_folder(r, node, inner, f->path);
    }
}
