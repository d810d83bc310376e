/* SPDX-License-Identifier: MIT */
#include "installer/install/install_internal.h"

#include <limits.h>
#include <stdio.h>

static bool are_same_deps(const struct pl_deps *a, const struct pl_deps *b)
{
    if (a->n != b->n) return false;
    for (size_t i = 0; i < a->n; i++) {
        bool found = false;
        for (size_t j = 0; j < b->n && !found; j++)
            found = pb_str_eq(a->items[i].name, b->items[j].name) &&
                    pb_str_eq(a->items[i].spec, b->items[j].spec);
        if (!found) return false;
    }
    return true;
}

static bool has_same_lists(const struct pl_manifest *a, const struct pl_manifest *b)
{
    return are_same_deps(&a->dependencies, &b->dependencies) &&
           are_same_deps(&a->dev_dependencies, &b->dev_dependencies) &&
           are_same_deps(&a->optional_dependencies, &b->optional_dependencies) &&
           are_same_deps(&a->peer_dependencies, &b->peer_dependencies);
}

static int lists_differ(const struct install *in, const char *folder, struct pb_err *why)
{
    return pb_err_set(why, PB_E_CONFLICT,
                      "%spackage.json and %s are not in step: run an install to update the "
                      "lockfile",
                      folder, in->lock_name);
}

/* Version 1 has neither names nor lists of folders. */
static int check_lists(const struct install *in, struct pb_err *why)
{
    if (in->old.lockfile_version < 2) return 0;
    if (!has_same_lists(&in->old.entries[0].manifest, &in->manifest))
        return lists_differ(in, "", why);
    for (size_t i = 0; i < in->workspaces.n; i++) {
        const struct pl_workspace *ws = &in->workspaces.items[i];
        const struct pl_lock_entry *e = pl_lock_find(&in->old, ws->path);
        if (e && pb_str_eq(e->name, ws->manifest.name) &&
            has_same_lists(&e->manifest, &ws->manifest))
            continue;
        char folder[PATH_MAX];
        snprintf(folder, sizeof folder, PB_FMT "/", PB_ARG(ws->path));
        return lists_differ(in, folder, why);
    }
    return 0;
}

/* By the manifests and overrides of today. Version 1 is resolved anyway. */
static int check_packages(const struct install *in, struct pb_err *why)
{
    if (in->old.lockfile_version < 2) return 0;
    const struct pl_resolve_options options = {
        .legacy_peer_deps = in->set->legacy_peer_deps,
        .install_links = in->set->install_links,
        .ignore_resolutions = in->set->ignore_resolutions,
        .resolutions_may_lack = in->set->action == PL_ACTION_CI,
    };
    struct pl_resolver *r = pl_resolver_new(&in->manifest, &in->old, &options);
    int rc = 0;
    for (size_t i = 0; i < in->workspaces.n && rc == 0; i++) {
        const struct pl_workspace *ws = &in->workspaces.items[i];
        rc = pl_resolver_add_workspace(r, ws->path, &ws->manifest, why);
    }
    for (size_t i = 0; i < in->folders.n && rc == 0; i++) {
        const struct pl_workspace *folder = &in->folders.items[i];
        rc = pl_resolver_add_folder(r, folder->path, &folder->manifest, why);
    }
    if (rc == 0) rc = pl_resolver_check_lock(r, why);
    pl_resolver_free(r);
    return rc;
}

int pl_lock_answers(const struct install *in, struct pb_err *why)
{
    if (pl_lock_check_root(&in->old, &in->manifest, why) != 0) return -1;
    return check_packages(in, why);
}

int pl_lock_fits(const struct install *in, struct pb_err *why)
{
    return check_lists(in, why) == 0 ? pl_lock_answers(in, why) : -1;
}

/* Version 1 does not tell the versions of folders. */
static bool is_in_modules(struct pb_str path)
{
    return pb_str_starts(path, "node_modules/") ||
           pb_str_search(path, PB_LIT("/node_modules/")) >= 0;
}

int pl_lock_covers(const struct install *in, struct pb_err *why)
{
    for (size_t i = 1; i < in->lock.n; i++) {
        const struct pl_lock_entry *now = &in->lock.entries[i];
        const struct pl_lock_entry *old = pl_lock_find(&in->old, now->path);
        bool has_version = in->old.lockfile_version >= 2 || is_in_modules(now->path);
        if (old && (!has_version || pb_str_eq(old->manifest.version, now->manifest.version)))
            continue;
        return pb_err_set(why, PB_E_CONFLICT,
                          "package.json and %s are not in step: " PB_FMT "@" PB_FMT
                          ": the lockfile has %s at " PB_FMT
                          ": run an install to update the lockfile",
                          in->lock_name, PB_ARG(now->name), PB_ARG(now->manifest.version),
                          old ? "another version" : "nothing", PB_ARG(now->path));
    }
    return 0;
}
