/* SPDX-License-Identifier: MIT */
#include "installer/resolve/resolver.h"

#include "base/mem.h"
#include "installer/lockfile/lock_path.h"
#include "installer/resolve/folders.h"
#include "installer/resolve/ideal.h"
#include "installer/resolve/overrides.h"
#include "installer/resolve/speculate.h"

#include <stdlib.h>

#define WARNINGS_BYTES_MAX ((size_t)1 << 20)

struct pl_resolver *pl_resolver_new(const struct pl_manifest *root, const struct pl_lock *old,
                                    const struct pl_resolve_options *options)
{
    struct pl_resolver *r = pb_calloc(1, sizeof *r);
    r->options = *options;
    r->root_manifest = root;
    r->old = old && old->n > 1 ? old : NULL;
    r->names.arena = &r->arena;
    r->folders_end = &r->folders;
    r->warnings = PB_BUF_INIT(WARNINGS_BYTES_MAX);
    r->state = PL_RESOLVE_WAITING;
    r->root_package = pl_package_new(r, root);
    return r;
}

static void free_sources(struct pl_resolver *r)
{
    PB_MAP_EACH (&r->names.by_text, entry) {
        struct pl_source *source = ((struct pl_name *)entry->value)->source;
        if (source && source->doc) pl_packument_free(source->doc);
    }
}

void pl_resolver_free(struct pl_resolver *r)
{
    if (!r) return;
    free_sources(r);
    pl_names_release(&r->names);
    pb_buf_release(&r->warnings);
    free(r->asked);
    free(r->picks);
    free(r->todo);
    free(r->queue);
    free(r->links);
    free(r->load_failures);
    pb_arena_release(&r->tree_arena);
    pb_arena_release(&r->arena);
    free(r);
}

static const struct pl_folder *workspace_named(const struct pl_resolver *r, struct pb_str name)
{
    for (const struct pl_folder *f = r->folders; f; f = f->next)
        if (f->is_workspace && pb_str_eq(f->pkg->name ? f->pkg->name->text : f->name->text, name))
            return f;
    return NULL;
}

static int add_folder(struct pl_resolver *r, struct pb_str path, const struct pl_manifest *manifest,
                      bool is_workspace, struct pb_err *err)
{
    if (r->is_started) PB_BUG("folders are added before the first step");
    if (path.n == 0 || !(is_workspace ? pl_lock_path_is_safe : pl_lock_folder_is_safe)(path))
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "cannot use the folder \"" PB_FMT "\": not inside the project",
                          PB_ARG(path));
    if (is_workspace && manifest->name.n && !pl_name_is_safe(manifest->name))
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "cannot use the workspace " PB_FMT ": \"" PB_FMT
                          "\" is not a package name",
                          PB_ARG(path), PB_ARG(manifest->name));
    const struct pl_folder *twin =
        workspace_named(r, manifest->name.n ? manifest->name : pl_lock_path_name(path));
    if (is_workspace && twin && !pb_str_eq(twin->path, path))
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "cannot use the workspace " PB_FMT ": " PB_FMT
                          " has the same name: give each its own",
                          PB_ARG(path), PB_ARG(twin->path));
    (void)pl_folder_add(r, path, manifest, is_workspace);
    return 0;
}

int pl_resolver_add_workspace(struct pl_resolver *r, struct pb_str path,
                              const struct pl_manifest *manifest, struct pb_err *err)
{
    return add_folder(r, path, manifest, true, err);
}

int pl_resolver_add_folder(struct pl_resolver *r, struct pb_str path,
                           const struct pl_manifest *manifest, struct pb_err *err)
{
    return add_folder(r, path, manifest, false, err);
}

bool pl_resolver_next_wanted(struct pl_resolver *r, struct pb_str *name)
{
    while (r->next_asked < r->n_asked) {
        const struct pl_source *source = r->asked[r->next_asked++];
        if (source->is_direct) continue;
        *name = source->name->text;
        return true;
    }
    return false;
}

bool pl_resolver_next_direct(struct pl_resolver *r, struct pl_direct_want *out)
{
    while (r->next_direct < r->n_asked) {
        const struct pl_source *source = r->asked[r->next_direct++];
        if (!source->is_direct) continue;
        *out = source->where;
        return true;
    }
    return false;
}

bool pl_resolver_next_pick(struct pl_resolver *r, const struct pl_manifest **picked)
{
    if (r->next_pick == r->n_picks) return false;
    *picked = r->picks[r->next_pick++];
    return true;
}

const struct pl_pick_options *pl_resolver_pick_options(const struct pl_resolver *r)
{
    return &r->options.pick;
}

struct pl_strs pl_resolver_waiting_specs(struct pl_resolver *r, struct pb_str name,
                                         struct pb_arena *arena)
{
    const struct pl_source *source = pl_source_get(r, pl_name_intern(&r->names, name));
    struct pl_strs specs = {0};
    size_t n = 0;
    for (const struct pl_want *w = source->waiting; w; w = w->next_waiting)
        n++;
    specs.items = PB_ARENA_ARRAY(arena, struct pb_str, n);
    for (const struct pl_want *w = source->waiting; w; w = w->next_waiting)
        specs.items[specs.n++] = pb_arena_str(arena, w->fetch);
    return specs;
}

void pl_resolver_feed(struct pl_resolver *r, struct pb_str name, struct pl_packument *packument,
                      const struct pb_err *failure)
{
    struct pl_source *source = pl_source_get(r, pl_name_intern(&r->names, name));
    if (source->is_fed) {
        pl_packument_free(packument);
        return;
    }
    source->is_fed = true;
    source->doc = packument;
    if (!packument) {
        source->failure = PB_ARENA_NEW(&r->arena, struct pb_err);
        *source->failure = failure ? *failure : (struct pb_err){.code = PB_E_NOT_FOUND};
    }
    pl_speculate_fed(r, source);
}

void pl_resolver_feed_direct(struct pl_resolver *r, struct pb_str key,
                             const struct pl_direct_package *package, const struct pb_err *failure)
{
    struct pl_source *source = pl_source_get(r, pl_name_intern(&r->names, key));
    if (source->is_fed) return;
    source->is_fed = true;
    if (package) {
        source->package = pl_package_new(r, package->manifest);
        source->package->is_direct = true;
        source->package->resolved = pb_arena_str(&r->arena, package->resolved);
        source->package->integrity = pb_arena_str(&r->arena, package->integrity);
    } else {
        source->failure = PB_ARENA_NEW(&r->arena, struct pb_err);
        *source->failure = failure ? *failure : (struct pb_err){.code = PB_E_NOT_FOUND};
    }
    pl_speculate_fed(r, source);
}

static enum pl_resolve_state fail(struct pl_resolver *r, struct pb_err *err)
{
    r->state = PL_RESOLVE_FAILED;
    *err = r->err;
    return r->state;
}

static int start(struct pl_resolver *r)
{
    if (!r->is_started && pl_overrides_read(r, r->root_manifest, &r->override_rules, &r->err))
        return -1;
    if (!r->is_started) r->lasting_warnings = r->warnings.n;
    r->is_started = true;
    return pl_ideal_start(r, &r->err);
}

int pl_resolver_load(struct pl_resolver *r, struct pb_err *err)
{
    if (start(r) == 0) {
        r->state = PL_RESOLVE_DONE;
        return 0;
    }
    (void)fail(r, err);
    return -1;
}

enum pl_resolve_state pl_resolver_step(struct pl_resolver *r, struct pb_err *err)
{
    if (r->state == PL_RESOLVE_DONE) return r->state;
    if (r->state == PL_RESOLVE_FAILED) return fail(r, err);
    /* A pass that lacked a packument starts over once all that was asked for is here. */
    if (r->has_missed) {
        for (size_t i = r->n_asked; i-- > 0;)
            if (!r->asked[i]->is_fed) return PL_RESOLVE_WAITING;
        pl_ideal_drop(r);
        pb_err_clear(&r->err);
    }
    if (!r->root && start(r)) return fail(r, err);
    if (r->has_missed) return r->state;
    r->state = pl_ideal_run(r);
    if (r->has_missed) r->state = PL_RESOLVE_WAITING;
    return r->state == PL_RESOLVE_FAILED ? fail(r, err) : r->state;
}

int pl_resolver_lock(struct pl_resolver *r, struct pl_lock *out, struct pb_err *err)
{
    return pl_tree_to_lock(r, out, err);
}

void pl_warn_line(struct pl_resolver *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    pb_buf_vprintf(&r->warnings, fmt, ap);
    va_end(ap);
    pb_buf_add_char(&r->warnings, '\n');
}

struct pb_str pl_resolver_warnings(struct pl_resolver *r)
{
    return pb_buf_str(&r->warnings);
}
