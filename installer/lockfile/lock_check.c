/* SPDX-License-Identifier: MIT */
#include "installer/lockfile/lock.h"
#include "installer/manifest/spec.h"
#include "installer/semver/semver.h"

/* What differs between two dependency lists, or NULL when they say the same in any order. */
static const struct pl_dep *first_difference(const struct pl_deps *a, const struct pl_deps *b)
{
    for (size_t i = 0; i < a->n; i++) {
        bool same = false;
        for (size_t j = 0; j < b->n && !same; j++)
            same = pb_str_eq(a->items[i].name, b->items[j].name) &&
                   pb_str_eq(a->items[i].spec, b->items[j].spec);
        if (!same) return &a->items[i];
    }
    return NULL;
}

static bool same_lists(const struct pl_manifest *a, const struct pl_manifest *b)
{
    const struct pl_deps *const pairs[][2] = {
        {&a->dependencies, &b->dependencies},
        {&a->dev_dependencies, &b->dev_dependencies},
        {&a->optional_dependencies, &b->optional_dependencies},
        {&a->peer_dependencies, &b->peer_dependencies},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i][0]->n != pairs[i][1]->n || first_difference(pairs[i][0], pairs[i][1]))
            return false;
    return true;
}

static int out_of_step(struct pb_err *err, const struct pl_dep *dep, const char *what)
{
    return pb_err_set(err, PB_E_CONFLICT,
                      "package.json and the lockfile are not in step: " PB_FMT "@" PB_FMT
                      ": %s: run an install to update the lockfile",
                      PB_ARG(dep->name), PB_ARG(dep->spec), what);
}

static bool satisfies(const struct pl_lock_entry *e, const struct pl_spec *spec)
{
    if (spec->kind == PL_SPEC_ALIAS)
        return spec->sub && pb_str_eq(e->name, spec->sub->name) && satisfies(e, spec->sub);
    if (spec->kind == PL_SPEC_RANGE || spec->kind == PL_SPEC_VERSION)
        return pl_semver_satisfies(e->manifest.version, spec->fetch, PL_RANGE_LOOSE);
    if (spec->kind == PL_SPEC_REMOTE) return pb_str_eq(e->resolved, spec->fetch);
    if (spec->kind == PL_SPEC_DIRECTORY) return e->link || pb_str_starts(e->resolved, "file:");
    if (spec->kind == PL_SPEC_WORKSPACE) return e->link;
    return true; /* a tag or a commit may have moved since: what was locked stays */
}

static int check_dep(const struct pl_lock *lock, const struct pl_dep *dep, bool optional,
                     struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    const char *path = pb_arena_printf(&arena, "node_modules/" PB_FMT, PB_ARG(dep->name));
    const struct pl_lock_entry *e = pl_lock_find(lock, pb_str(path));
    if (e && e->link) {
        const struct pl_lock_entry *target = pl_lock_find(lock, e->resolved);
        if (!target) e = NULL;
    }
    int rc = 0;
    struct pl_spec spec;
    if (!e)
        rc = optional ? 0 : out_of_step(err, dep, "missing in the lockfile");
    else if (pl_spec_parse(&arena, dep->name, dep->spec, "", &spec, err))
        rc = -1;
    else if (!e->link && !satisfies(e, &spec))
        rc = out_of_step(err, dep, "the lockfile has another version");
    pb_arena_release(&arena);
    return rc;
}

static bool is_optional_peer(const struct pl_manifest *m, struct pb_str name)
{
    for (size_t i = 0; i < m->peer_optional.n; i++)
        if (pb_str_eq(m->peer_optional.items[i], name)) return true;
    return false;
}

int pl_lock_check_root(const struct pl_lock *lock, const struct pl_manifest *root,
                       struct pb_err *err)
{
    const struct pl_manifest *recorded = &lock->entries[0].manifest;
    if (same_lists(recorded, root)) return 0;
    const struct pl_deps *const lists[] = {&root->dependencies, &root->dev_dependencies,
                                           &root->optional_dependencies, &root->peer_dependencies};
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
        for (size_t i = 0; i < lists[k]->n; i++) {
            const struct pl_dep *dep = &lists[k]->items[i];
            bool optional = k == 2 || (k == 3 && is_optional_peer(root, dep->name));
            if (check_dep(lock, dep, optional, err)) return -1;
        }
    }
    return 0;
}
