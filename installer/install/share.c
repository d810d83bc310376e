/* SPDX-License-Identifier: MIT */
#include "installer/install/share.h"

#include "base/buf.h"
#include "base/fs.h"
#include "base/mem.h"
#include "installer/install/install_internal.h"
#include "installer/install/script_leave.h"

#include <limits.h>

/* Tools that refuse or do not see packages whose real path is outside of the project, or that use
 * what they do not declare and count on the project to have it. */
static const char *const needs_all_inside[] = {
    "@angular-devkit/build-angular", /* @angular/build loads tslib */
    "@angular/build",
    "expo",         /* Metro follows links into its watchFolders only */
    "next",         /* Turbopack: vercel/next.js issue 93556 */
    "nuxt",         /* pnpm issue 12437 */
    "react-native", /* Metro */
};

static bool asks_for(const struct pl_manifest *m, const char *name)
{
    const struct pl_deps *const lists[] = {&m->dependencies, &m->dev_dependencies,
                                           &m->optional_dependencies};
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++)
        for (size_t i = 0; i < lists[k]->n; i++)
            if (pb_str_is(lists[k]->items[i].name, name)) return true;
    return false;
}

static const char *find_tool(const struct pl_wanted_tree *tree)
{
    for (size_t i = 0; i < tree->n; i++) {
        if (tree->items[i].kind != PL_WANTED_LOCAL) continue;
        for (size_t t = 0; t < sizeof needs_all_inside / sizeof needs_all_inside[0]; t++)
            if (asks_for(&tree->items[i].entry->manifest, needs_all_inside[t]))
                return needs_all_inside[t];
    }
    return NULL;
}

static bool may_be_shared(struct install *in, const struct pl_unit *unit)
{
    const struct pl_lock_entry *e = unit->place->entry;
    bool is_git = pb_str_starts(e->resolved, "git");
    if (e->integrity.n == 0 && !is_git) return false;
    if ((e->manifest.has_install_script || is_git) && pl_may_run_scripts(in, e)) return false;
    for (size_t i = 0; i < unit->n_deps; i++)
        if (unit->deps[i].to->kind == PL_WANTED_LINK) return false;
    return true;
}

/* What depends on something local is local, too: until nothing changes. */
static void spread(const struct pl_units *units, bool *is_shared)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t u = 0; u < units->n; u++) {
            const struct pl_unit *unit = &units->items[u];
            for (size_t i = 0; i < unit->n_deps && is_shared[u]; i++) {
                size_t dep = unit->deps[i].unit;
                if (dep == PL_UNIT_NONE || is_shared[dep]) continue;
                is_shared[u] = false;
                changed = true;
            }
        }
    }
}

const char *pl_relative_path(struct pb_arena *arena, struct pb_str from, struct pb_str to)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT((size_t)2 * PATH_MAX);
    struct pb_str a, b, from_rest = from, to_rest = to;
    while (pb_str_split(&from_rest, '/', &a) && pb_str_split(&to_rest, '/', &b) &&
           pb_str_eq(a, b)) {
        from = from_rest;
        to = to_rest;
    }
    while (pb_str_split(&from, '/', &a))
        if (a.n > 0) pb_buf_add_cstr(&text, "../");
    pb_buf_add_str(&text, to);
    return pb_arena_cstr(arena, pb_buf_str(&text));
}

static int open_store(struct install *in, struct pl_share *share, struct pb_err *err)
{
    PB_AUTO_FREE char *project = pb_real_path(in->set->project_dir, err);
    if (!project) return -1;
    if (!share->store) share->store = pl_virtual_store_open(in->set->store_dir, err);
    if (!share->store) return -1;
    share->path =
        pl_relative_path(&in->arena, pb_str(project), pb_str(pl_virtual_store_path(share->store)));
    return 0;
}

int pl_share_decide(struct install *in, const struct pl_wanted_tree *tree,
                    const struct pl_units *units, struct pl_share *share, struct pb_err *err)
{
    share->is_shared = NULL;
    share->kept_by = find_tool(tree);
    if (share->kept_by) return 0;
    share->is_shared = PB_ARENA_ARRAY(&in->arena, bool, units->n);
    for (size_t u = 0; u < units->n; u++)
        share->is_shared[u] = may_be_shared(in, &units->items[u]);
    spread(units, share->is_shared);
    return open_store(in, share, err);
}

void pl_share_release(struct pl_share *share)
{
    pl_virtual_store_close(share->store);
    *share = (struct pl_share){0};
}
