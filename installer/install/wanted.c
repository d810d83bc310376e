/* SPDX-License-Identifier: MIT */
#include "installer/install/wanted.h"

#include "base/buf.h"
#include "installer/install/optional_set.h"
#include "installer/lockfile/lock_path.h"
#include "installer/resolve/resolver.h"

#define MAX_PATH_BYTES 8192

/* Offset of the last "node_modules" part of a path, or -1. */
static ptrdiff_t last_modules(struct pb_str path)
{
    static const char part[] = "node_modules/";
    const size_t n = sizeof part - 1;
    for (size_t at = path.n >= n ? path.n - n + 1 : 0; at-- > 0;)
        if (memcmp(path.p + at, part, n) == 0 && (at == 0 || path.p[at - 1] == '/'))
            return (ptrdiff_t)at;
    return -1;
}

struct pb_str pl_path_owner(struct pb_str path)
{
    ptrdiff_t at = last_modules(path);
    return pb_strn(path.p, at > 0 ? (size_t)at - 1 : 0);
}

struct pb_str pl_path_modules_dir(struct pb_str path)
{
    ptrdiff_t at = last_modules(path);
    return pb_strn(path.p, at >= 0 ? (size_t)at + strlen("node_modules") : 0);
}

struct pl_wanted *pl_wanted_find(const struct pl_wanted_tree *tree, struct pb_str path)
{
    return pb_map_get(&tree->by_path, path);
}

struct pl_wanted *pl_wanted_resolve(const struct pl_wanted_tree *tree, struct pb_str from,
                                    struct pb_str name, bool with_skipped)
{
    static const char part[] = "node_modules/";
    PB_AUTO_BUF struct pb_buf path = PB_BUF_INIT(MAX_PATH_BYTES);
    for (struct pb_str at = from;; at = pl_path_owner(at)) {
        pb_buf_clear(&path);
        pb_buf_add_str(&path, at);
        pb_buf_add(&path, at.n > 0 ? "/" : "", at.n > 0);
        pb_buf_add(&path, part, sizeof part - 1);
        pb_buf_add_str(&path, name);
        struct pl_wanted *found = pl_wanted_find(tree, pb_buf_str(&path));
        if (found && (with_skipped || found->kind != PL_WANTED_SKIPPED)) return found;
        if (at.n == 0) return NULL;
    }
}

static bool is_omitted(const struct pl_lock_entry *e, const struct pl_wanted_filter *filter)
{
    return (e->peer && filter->omit_peer) || (e->dev && filter->omit_dev) ||
           (e->optional && filter->omit_optional) ||
           (e->dev_optional && filter->omit_dev && filter->omit_optional);
}

static enum pl_wanted_kind kind_of(const struct pl_lock_entry *e,
                                   const struct pl_wanted_filter *filter)
{
    bool is_place = e->path.n > 0 && last_modules(e->path) >= 0;
    if (!is_place || pl_lock_path_package(e->path).n > 0) return PL_WANTED_LOCAL;
    if ((e->extraneous && !filter->with_extraneous) || is_omitted(e, filter))
        return PL_WANTED_SKIPPED;
    if (e->link) return PL_WANTED_LINK;
    return e->in_bundle ? PL_WANTED_BUNDLED : PL_WANTED_PACKAGE;
}

/* Entries come parents first: a path sorts before what it is a prefix of. */
static void place_in_parent(struct pl_wanted_tree *tree, size_t i)
{
    struct pl_wanted *item = &tree->items[i];
    struct pb_str owner = pl_path_owner(item->entry->path);
    const struct pl_wanted *around = owner.n > 0 ? pl_wanted_find(tree, owner) : NULL;
    if (!around || item->kind == PL_WANTED_LOCAL) return;
    if (around->kind == PL_WANTED_SKIPPED) item->kind = PL_WANTED_SKIPPED;
    if (around->kind == PL_WANTED_PACKAGE)
        item->parent = (size_t)(around - tree->items);
    else if (around->kind == PL_WANTED_BUNDLED)
        item->parent = around->parent;
}

static void skip_what_lies_in_skipped(struct pl_wanted_tree *tree)
{
    for (size_t i = 1; i < tree->n; i++)
        if (tree->items[i].kind != PL_WANTED_LOCAL) place_in_parent(tree, i);
}

void pl_wanted_skip(struct pl_wanted_tree *tree, size_t index)
{
    tree->items[index].kind = PL_WANTED_SKIPPED;
    skip_what_lies_in_skipped(tree);
}

static int platform_error(const struct pl_lock_entry *e, struct pb_err *err)
{
    const struct pl_strs *list = e->manifest.os.n ? &e->manifest.os : &e->manifest.cpu;
    const char *what = e->manifest.os.n ? "os" : "cpu";
    if (list->n == 0) {
        list = &e->manifest.libc;
        what = "libc";
    }
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(256);
    for (size_t i = 0; i < list->n; i++)
        pb_buf_printf(&text, "%s" PB_FMT, i ? ", " : "", PB_ARG(list->items[i]));
    return pb_err_set(err, PB_E_UNSUPPORTED,
                      "install " PB_FMT "@" PB_FMT ": it is for other machines (%s: " PB_FMT
                      "): remove it or use --force",
                      PB_ARG(e->name), PB_ARG(e->manifest.version), what,
                      PB_ARG(pb_buf_str(&text)));
}

static int engine_error(const struct pl_lock_entry *e, struct pl_engines *engines,
                        struct pb_err *err)
{
    struct pb_str range = pl_engines_node_range(engines, &e->manifest);
    return pb_err_set(err, PB_E_UNSUPPORTED,
                      "install " PB_FMT "@" PB_FMT ": it wants node " PB_FMT ", this is " PB_FMT
                      ": use another node, or engine-strict=false",
                      PB_ARG(e->name), PB_ARG(e->manifest.version), PB_ARG(range),
                      PB_ARG(engines->node_version));
}

/* Something that must be here does not suit this machine. */
static int judge_needed(struct pl_wanted *item, bool fits_platform,
                        const struct pl_wanted_filter *filter, struct pb_err *err)
{
    if (filter->force) return 0;
    if (!fits_platform) return platform_error(item->entry, err);
    if (filter->engine_strict) return engine_error(item->entry, filter->engines, err);
    item->is_unfit = true;
    return 0;
}

/* npm drops an optional package for another platform or node together with what is only there for
 * it. */
static int filter_platforms(struct pl_wanted_tree *tree, const struct pl_wanted_filter *filter,
                            struct pb_err *err)
{
    struct pl_optional_graph *graph = NULL;
    int rc = 0;
    for (size_t i = 0; i < tree->n && rc == 0; i++) {
        struct pl_wanted *item = &tree->items[i];
        const struct pl_manifest *m = &item->entry->manifest;
        bool is_package = item->kind == PL_WANTED_PACKAGE;
        if (!is_package && item->kind != PL_WANTED_LOCAL) continue;
        bool fits_platform = !is_package || pl_platform_matches(m);
        if (fits_platform && (!filter->engines || pl_engines_fit(filter->engines, m))) continue;
        if (is_package && item->entry->optional) {
            if (!graph) graph = pl_optional_graph_new(tree);
            pl_optional_set_skip(graph, i);
        } else {
            rc = judge_needed(item, fits_platform, filter, err);
        }
    }
    pl_optional_graph_free(graph);
    return rc;
}

/* What the project itself bundles is marked as well, but no package brings it. */
static bool is_brought(const struct pl_wanted_tree *tree, struct pb_str path)
{
    while ((path = pl_path_owner(path)).n > 0) {
        const struct pl_wanted *around = pl_wanted_find(tree, path);
        if (!around || around->kind == PL_WANTED_LOCAL) return false;
        if (around->entry->manifest.bundled.n > 0) return true;
    }
    return false;
}

static void place_what_is_not_brought(struct pl_wanted_tree *tree)
{
    for (size_t i = 1; i < tree->n; i++)
        if (tree->items[i].kind == PL_WANTED_BUNDLED &&
            !is_brought(tree, tree->items[i].entry->path))
            tree->items[i].kind = PL_WANTED_PACKAGE;
}

int pl_wanted_build(struct pb_arena *arena, const struct pl_lock *lock,
                    const struct pl_wanted_filter *filter, struct pl_wanted_tree *out,
                    struct pb_err *err)
{
    *out = (struct pl_wanted_tree){.lock = lock, .n = lock->n};
    out->items = PB_ARENA_ARRAY(arena, struct pl_wanted, lock->n);
    for (size_t i = 0; i < lock->n; i++) {
        const struct pl_lock_entry *e = &lock->entries[i];
        out->items[i] = (struct pl_wanted){
            .entry = e, .path = pb_arena_cstr(arena, e->path), .kind = kind_of(e, filter)};
        pb_map_put(&out->by_path, e->path, &out->items[i]);
    }
    place_what_is_not_brought(out);
    if (filter_platforms(out, filter, err) != 0) return -1;
    skip_what_lies_in_skipped(out);
    return 0;
}

void pl_wanted_release(struct pl_wanted_tree *tree)
{
    pb_map_release(&tree->by_path);
    *tree = (struct pl_wanted_tree){0};
}
