/* SPDX-License-Identifier: MIT */
#include "installer/git/git_refs.h"
#include "installer/lockfile/lock_path.h"
#include "installer/manifest/spec_path.h"
#include "installer/resolve/edge.h"
#include "installer/resolve/folders.h"

/* ".." parts in front stay: the folder is beside the project. */
static bool is_all_up(const char *path, size_t n)
{
    return n == 0 ||
           (n >= 2 && memcmp(path + n - 2, "..", 2) == 0 && (n == 2 || path[n - 3] == '/'));
}

static struct pb_str spec_in(const struct pl_manifest *m, struct pb_str name)
{
    const struct pl_deps *const lists[] = {&m->dependencies, &m->optional_dependencies,
                                           &m->dev_dependencies, &m->peer_dependencies};
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++)
        for (size_t i = 0; i < lists[k]->n; i++)
            if (pb_str_eq(lists[k]->items[i].name, name)) return lists[k]->items[i].spec;
    return (struct pb_str){0};
}

/* What a branch or tag leads to is as it was locked, unless it was locked for another one. */
static bool is_other_ref(struct pl_resolver *r, const struct pl_node *node,
                         const struct pl_want *want, const struct pl_node *from)
{
    const struct pl_lock_entry *e =
        r->old && node->is_locked ? pl_lock_find(r->old, from->location) : NULL;
    struct pb_str spec = e ? spec_in(&e->manifest, want->name->text) : (struct pb_str){0};
    if (spec.n == 0 || pb_str_starts(want->committish, "semver:")) return false;
    const struct pl_want *before = pl_want_get(r, want->name, spec);
    return before->kind == PL_SPEC_GIT && !pl_git_is_commit(want->committish) &&
           !pb_str_eq(before->committish, want->committish);
}

static bool is_packed_folder(const struct pl_node *node)
{
    struct pb_str resolved = node->pkg->resolved;
    return !node->is_link && pb_str_starts(resolved, "file:") && !pl_spec_is_tarball_name(resolved);
}

/* What was packed somewhere means paths from there: a folder's own, a tarball's. */
static struct pb_str base_of(const struct pl_node *from)
{
    struct pb_str path = pb_str_skip(from->pkg->resolved, strlen("file:"));
    if (from->is_link || !pb_str_starts(from->pkg->resolved, "file:")) return from->location;
    if (is_packed_folder(from)) return path;
    ptrdiff_t slash = pb_str_rfind(path, '/');
    return pb_strn(path.p, slash > 0 ? (size_t)slash : 0);
}

/* As npm: never a workspace, nor what is written with dots and lies inside the project; whatever a
 * packed folder asks for. */
bool pl_is_packed(struct pl_resolver *r, const struct pl_want *want, const struct pl_node *from)
{
    if (!r->options.install_links || want->kind != PL_SPEC_DIRECTORY) return false;
    struct pb_str path = pl_local_path(r, want, from);
    const struct pl_folder *folder = path.n > 0 ? pl_folder_find(r, path) : NULL;
    if (path.n == 0 || (folder && folder->is_workspace)) return false;
    bool has_dots = pb_str_starts(want->raw, "file:./") || pb_str_starts(want->raw, "file:../");
    return is_packed_folder(from) || !has_dots || pl_lock_path_is_outside(path);
}

struct pb_str pl_local_path(struct pl_resolver *r, const struct pl_want *want,
                            const struct pl_node *from)
{
    struct pb_str rest = want->fetch, part;
    struct pb_str base = base_of(from);
    if (rest.n && rest.p[0] == '/') return (struct pb_str){0};
    char *path = pb_arena_alloc(&r->arena, base.n + rest.n + 2);
    size_t n = base.n;
    if (n) memcpy(path, base.p, n);
    while (pb_str_split(&rest, '/', &part)) {
        if (part.n == 0 || pb_str_is(part, ".")) continue;
        if (pb_str_is(part, "..") && !is_all_up(path, n)) {
            ptrdiff_t slash = pb_str_rfind(pb_strn(path, n), '/');
            n = slash < 0 ? 0 : (size_t)slash;
            continue;
        }
        if (n) path[n++] = '/';
        memcpy(path + n, part.p, part.n);
        n += part.n;
    }
    return pb_strn(path, n);
}

static bool is_url(struct pb_str resolved)
{
    return pb_str_starts(resolved, "https://") || pb_str_starts(resolved, "http://");
}

static struct pb_str without_fragment(struct pb_str url)
{
    ptrdiff_t hash = pb_str_find(url, '#');
    return hash < 0 ? url : pb_strn(url.p, (size_t)hash);
}

/* A repository is the same when its URL without scheme, ".git" and commit is. */
static bool same_repository(struct pb_str a, struct pb_str b)
{
    ptrdiff_t host_a = pb_str_search(a, PB_LIT("://")), host_b = pb_str_search(b, PB_LIT("://"));
    a = without_fragment(pb_str_skip(a, host_a < 0 ? 0 : (size_t)host_a + 3));
    b = without_fragment(pb_str_skip(b, host_b < 0 ? 0 : (size_t)host_b + 3));
    if (pb_str_starts(a, "git@")) a = pb_str_skip(a, 4);
    if (pb_str_starts(b, "git@")) b = pb_str_skip(b, 4);
    if (pb_str_ends(a, ".git")) a.n -= strlen(".git");
    if (pb_str_ends(b, ".git")) b.n -= strlen(".git");
    return a.n && pb_str_eq(a, b);
}

/* A full commit must be that one, a range is held against the version; a branch may have moved. */
static bool has_commit(const struct pl_package *pkg, struct pb_str committish)
{
    if (pb_str_starts(committish, "semver:")) {
        struct pb_str range = pb_str_skip(committish, strlen("semver:"));
        return pl_semver_satisfies(pkg->m->version, range, PL_RANGE_LOOSE);
    }
    ptrdiff_t hash = pb_str_find(pkg->resolved, '#');
    return !pl_git_is_commit(committish) ||
           pb_str_eq(pb_str_skip(pkg->resolved, (size_t)(hash + 1)), committish);
}

bool pl_dep_valid(struct pl_resolver *r, const struct pl_node *node, const struct pl_want *want,
                  const struct pl_node *from)
{
    const struct pl_package *pkg = node->pkg;
    if (want->malformed) return false;
    switch (want->kind) {
    case PL_SPEC_RANGE:
        if (want->any) return true;
        return want->range && pkg->has_version && pl_range_test(want->range, &pkg->version);
    case PL_SPEC_VERSION:
        return want->range && pkg->has_version && pl_range_test(want->range, &pkg->version);
    case PL_SPEC_TAG:
        return is_url(pkg->resolved) && !node->is_link;
    case PL_SPEC_DIRECTORY:
        if (pl_is_packed(r, want, from))
            return is_packed_folder(node) && pb_str_eq(pb_str_skip(pkg->resolved, strlen("file:")),
                                                       pl_local_path(r, want, from));
        return node->is_link && node->folder &&
               pb_str_eq(node->folder->path, pl_local_path(r, want, from));
    case PL_SPEC_FILE: {
        struct pb_str path = pl_local_path(r, want, from);
        return !node->is_link && pb_str_starts(pkg->resolved, "file:") && path.n &&
               pb_str_eq(pb_str_skip(pkg->resolved, 5), path);
    }
    case PL_SPEC_REMOTE:
        return pb_str_eq(pkg->resolved, want->fetch);
    case PL_SPEC_GIT:
        return same_repository(pkg->resolved, want->fetch) && has_commit(pkg, want->committish) &&
               !is_other_ref(r, node, want, from);
    case PL_SPEC_WORKSPACE:
        return node->is_link && node->folder && node->folder->is_workspace;
    case PL_SPEC_ALIAS:
        break; /* never: wants carry the target's kind */
    }
    return false;
}
