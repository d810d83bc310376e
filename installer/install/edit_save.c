/* SPDX-License-Identifier: MIT */
#include "installer/install/edit_internal.h"
#include "installer/lockfile/lock_path.h"
#include "installer/semver/semver.h"

struct place {
    const struct pl_lock_entry *entry; /* what stands under the name; a link's target */
    bool is_link;
};

/* Looks for `name` in the node_modules folders from `folder` upwards. */
static struct place find_place(struct install *in, struct pb_str folder, const char *name)
{
    for (struct pb_str at = folder;; at = pl_path_owner(at)) {
        const char *path = pb_arena_printf(&in->arena, PB_FMT "%snode_modules/%s", PB_ARG(at),
                                           at.n ? "/" : "", name);
        const struct pl_lock_entry *e = pl_lock_find(&in->lock, pb_str(path));
        if (e && e->link) return (struct place){pl_lock_find(&in->lock, e->resolved), true};
        if (e || at.n == 0) return (struct place){e, false};
    }
}

static bool is_subset(const char *sub, struct pb_str of)
{
    struct pb_arena arena = PB_ARENA_INIT;
    const struct pl_range *a = pl_range_parse(&arena, pb_str(sub), PL_RANGE_LOOSE);
    const struct pl_range *b = pl_range_parse(&arena, of, PL_RANGE_LOOSE);
    bool is = a && b && pl_range_subset(a, b);
    pb_arena_release(&arena);
    return is;
}

/* A range that was asked for stays when "^installed" would allow more than it does. */
static const char *registry_spec(struct pl_edit *edit, struct install *in,
                                 const struct pl_spec *spec, const char *name,
                                 const struct pl_lock_entry *e)
{
    const struct pl_spec *real = spec->kind == PL_SPEC_ALIAS ? spec->sub : spec;
    struct pb_str version = e->manifest.version;
    const char *prefixed = version.n ? pb_arena_printf(&in->arena, "%s" PB_FMT,
                                                       edit->request->save_prefix, PB_ARG(version))
                                     : "*";
    bool keeps_range = real->kind == PL_SPEC_RANGE && !pb_str_is(real->fetch, "*") &&
                       !is_subset(prefixed, real->fetch);
    const char *range = keeps_range ? pb_arena_cstr(&in->arena, real->raw) : prefixed;
    if (pb_str_is(e->name, name)) return range;
    return pb_arena_printf(&in->arena, "npm:" PB_FMT "@%s", PB_ARG(e->name), range);
}

static int settle(struct pl_edit *edit, struct install *in, struct edit_target *t, const char *name,
                  struct pb_err *err)
{
    const char *asked = pl_package_file_spec(&t->file, name);
    struct place place = find_place(in, t->folder, name);
    struct pl_spec spec;
    if (!asked || !place.entry) return 0; /* an optional one that could not be had */
    if (pl_spec_parse(&in->arena, pb_str(name), pb_str(asked), NULL, &spec, err) != 0) return -1;
    if (!pl_spec_is_registry(&spec)) return 0; /* kept as it was asked for */
    pl_package_file_settle(&t->file, edit->request->save_type, name,
                           registry_spec(edit, in, &spec, name, place.entry));
    t->is_changed = true;
    return 0;
}

/* An exact version in package.json is the user's decision: an update leaves it. */
static bool is_exact(const char *spec, struct pb_str version)
{
    struct pb_arena arena = PB_ARENA_INIT;
    bool is = spec && is_subset(spec, pb_str(pb_arena_cstr(&arena, version)));
    pb_arena_release(&arena);
    return is;
}

static bool is_updated(const struct pl_edit_request *request, struct pb_str name)
{
    for (size_t i = 0; i < request->update.n; i++)
        if (pb_str_eq(request->update.items[i], name)) return true;
    return request->update_all;
}

static int settle_list(struct pl_edit *edit, struct install *in, struct edit_target *t,
                       const struct pl_deps *deps, struct pb_err *err)
{
    for (size_t i = 0; i < deps->n; i++) {
        const char *name = pb_arena_cstr(&in->arena, deps->items[i].name);
        struct place place = find_place(in, t->folder, name);
        if (!is_updated(edit->request, deps->items[i].name) || !place.entry || place.is_link)
            continue;
        if (is_exact(pl_package_file_spec(&t->file, name), place.entry->manifest.version)) continue;
        if (settle(edit, in, t, name, err) != 0) return -1;
    }
    return 0;
}

static int settle_updates(struct pl_edit *edit, struct install *in, struct edit_target *t,
                          struct pb_err *err)
{
    const struct pl_manifest *m = t->manifest;
    if (settle_list(edit, in, t, &m->dependencies, err) != 0) return -1;
    if (settle_list(edit, in, t, &m->dev_dependencies, err) != 0) return -1;
    if (settle_list(edit, in, t, &m->optional_dependencies, err) != 0) return -1;
    return settle_list(edit, in, t, &m->peer_dependencies, err);
}

/* The lock says what package.json says. */
static int update_lock(struct install *in, struct edit_target *t, struct pb_err *err)
{
    struct pl_manifest m;
    if (pl_manifest_from_json(&in->arena, t->file.doc.root, &m, err) != 0) return -1;
    for (size_t i = 0; i < in->lock.n; i++) {
        struct pl_lock_entry *e = &in->lock.entries[i];
        if (!pb_str_eq(e->path, t->folder)) continue;
        e->manifest.dependencies = m.dependencies;
        e->manifest.dev_dependencies = m.dev_dependencies;
        e->manifest.optional_dependencies = m.optional_dependencies;
        e->manifest.peer_dependencies = m.peer_dependencies;
        e->manifest.bundled = m.bundled;
    }
    return 0;
}

int pl_edit_save(struct pl_edit *edit, struct install *in, struct pb_err *err)
{
    const struct pl_edit_request *request = edit->request;
    if (!request->save_manifest) return 0;
    for (size_t i = 0; i < edit->n_wishes; i++)
        if (settle(edit, in, &edit->targets[edit->wishes[i].target], edit->wishes[i].name, err) !=
            0)
            return -1;
    for (size_t i = 0; i < edit->n_targets; i++) {
        struct edit_target *t = &edit->targets[i];
        bool has_updates = request->update_all || request->update.n > 0;
        if (has_updates && settle_updates(edit, in, t, err) != 0) return -1;
        bool is_to_write = t->is_changed || edit->n_wishes > 0 || request->remove.n > 0;
        if (!is_to_write) continue;
        if (pl_package_file_save(in->root_dirfd, t->path, &t->file, err) != 0) return -1;
        if (update_lock(in, t, err) != 0) return -1;
    }
    return 0;
}
