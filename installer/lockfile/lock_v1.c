/* SPDX-License-Identifier: MIT */
/*
 * Lockfiles of npm 6 and before: a tree of "dependencies" instead of a list of places. Kept are
 * placements, versions and what is required; the rest is not in such a file.
 */
#include "installer/lockfile/lock_internal.h"
#include "installer/lockfile/lock_path.h"
#include "installer/manifest/spec_path.h"
#include "installer/semver/semver.h"

static int read_tree(struct pl_lock_parser *parser, struct pb_str parent);

/* "1.2.3" of "name-1.2.3.tgz"; empty when the file is called otherwise. */
static struct pb_str version_of_file(struct pb_str file, struct pb_str name)
{
    struct pl_version ignored;
    struct pb_str base = pb_str_skip(name, (size_t)(pb_str_rfind(name, '/') + 1));
    if (!pb_str_ends(file, ".tgz") || file.n < base.n + sizeof "-.tgz" - 1 ||
        memcmp(file.p, base.p, base.n) != 0 || file.p[base.n] != '-')
        return (struct pb_str){0};
    struct pb_str version = pb_strn(file.p + base.n + 1, file.n - base.n - (sizeof "-.tgz" - 1));
    return pl_version_parse(version, false, &ignored) ? version : (struct pb_str){0};
}

/* The name before "/-/" in a registry's URL, with its scope; empty when it is no such URL. */
static struct pb_str name_in_url(struct pb_arena *arena, struct pb_str url, ptrdiff_t mark)
{
    struct pb_str before = pb_strn(url.p, (size_t)mark);
    ptrdiff_t slash = pb_str_rfind(before, '/');
    struct pb_str name = pb_str_skip(before, (size_t)(slash + 1)), rest;
    ptrdiff_t coded = pb_str_search(name, PB_LIT("%2f"));
    if (coded > 0)
        return pb_str(pb_arena_printf(arena, PB_FMT "/" PB_FMT, (int)coded, name.p,
                                      PB_ARG(pb_str_skip(name, (size_t)coded + 3))));
    rest = pb_strn(before.p, slash < 0 ? 0 : (size_t)slash);
    struct pb_str scope = pb_str_skip(rest, (size_t)(pb_str_rfind(rest, '/') + 1));
    return pb_str_starts(scope, "@") ? pb_strn(scope.p, (size_t)(before.p + before.n - scope.p))
                                     : name;
}

/* Name and version from what an archive is called, as far as that goes. */
static void read_file_name(struct pb_arena *arena, struct pb_str url, struct pl_lock_entry *e)
{
    struct pb_str file = pb_str_skip(url, (size_t)(pb_str_rfind(url, '/') + 1));
    if (pb_str_starts(file, "file:")) file = pb_str_skip(file, strlen("file:"));
    ptrdiff_t mark = pb_str_starts(url, "http") ? pb_str_search(url, PB_LIT("/-/")) : -1;
    struct pb_str name = mark > 0 ? name_in_url(arena, url, mark) : e->name;
    e->manifest.version = version_of_file(file, name);
    if (e->manifest.version.n) e->name = name;
}

/* Without "." and empty parts. */
static struct pb_str plain_path(struct pb_arena *arena, struct pb_str path)
{
    struct pb_str part;
    char *out = pb_arena_alloc(arena, path.n + 1);
    size_t n = 0;
    if (path.n && path.p[0] == '/') return pb_arena_str(arena, path);
    while (pb_str_split(&path, '/', &part)) {
        if (part.n == 0 || pb_str_is(part, ".")) continue;
        if (n) out[n++] = '/';
        memcpy(out + n, part.p, part.n);
        n += part.n;
    }
    return pb_strn(out, n);
}

/* "npm:other@1.0.0": another package under this name. "file:..": a link or an archive. */
static void read_version(struct pl_lock_parser *parser, struct pl_lock_entry *e)
{
    struct pb_str version = e->manifest.version;
    if (pb_str_starts(version, "npm:")) {
        struct pb_str target = pb_str_skip(version, 4);
        ptrdiff_t at = pb_str_rfind(target, '@');
        if (at <= 0) return;
        e->name = pb_strn(target.p, (size_t)at);
        e->manifest.version = pb_str_skip(target, (size_t)at + 1);
        return;
    }
    if (pb_str_find(version, ':') < 0) return;
    if (e->resolved.n == 0) e->resolved = version;
    read_file_name(parser->in.arena, version, e);
    if (!pb_str_starts(version, "file:") || pl_spec_is_tarball_name(version)) return;
    e->link = true;
    e->resolved = plain_path(parser->in.arena, pb_str_skip(version, 5));
}

static int read_value(struct pl_lock_parser *parser, struct pb_str key, struct pl_lock_entry *e,
                      struct pb_str *inner)
{
    struct pl_json_in *in = &parser->in;
    char kind = pl_json_peek(in);
    if (kind == '"' && pb_str_is(key, "version")) return pl_json_string(in, &e->manifest.version);
    if (kind == '"' && pb_str_is(key, "resolved")) return pl_json_string(in, &e->resolved);
    if (kind == '"' && pb_str_is(key, "integrity")) return pl_json_string(in, &e->integrity);
    if (pb_str_is(key, "dev")) return pl_json_truthy(in, &e->dev);
    if (pb_str_is(key, "optional")) return pl_json_truthy(in, &e->optional);
    if (pb_str_is(key, "bundled")) return pl_json_truthy(in, &e->in_bundle);
    if (pb_str_is(key, "requires")) return pl_lock_read_deps(in, &e->manifest.dependencies);
    if (kind == '{' && pb_str_is(key, "dependencies")) return pl_json_skip(in, inner);
    return pl_json_skip(in, NULL);
}

/* Once a place: what is below a folder is listed with every link to it. What stands in the tree
 * itself counts more than what a link says of its folder. */
static int add_place(struct pl_lock_parser *parser, const struct pl_lock_entry *e, bool is_folder)
{
    uintptr_t number = (uintptr_t)pb_map_get(&parser->v1_places, e->path);
    if (number && is_folder) return 0;
    if (!number && !pl_lock_parser_add(parser)) return -1;
    if (!number) number = parser->out->n;
    parser->out->entries[number - 1] = *e;
    pb_map_put(&parser->v1_places, e->path, (void *)number);
    return 0;
}

/* A link's folder has a place of its own, with what the lock says of the package. */
static int add_folder(struct pl_lock_parser *parser, const struct pl_lock_entry *link)
{
    struct pb_str name = pl_lock_path_name(link->resolved);
    struct pl_lock_entry folder = {
        .path = link->resolved, .name = name, .dev = link->dev, .optional = link->optional};
    folder.manifest.name = name;
    folder.manifest.dependencies = link->manifest.dependencies;
    return add_place(parser, &folder, true);
}

static int read_node(struct pl_lock_parser *parser, struct pb_str path, struct pb_str name)
{
    struct pl_json_in *in = &parser->in;
    struct pl_lock_entry e = {.path = path, .name = name};
    struct pb_str key, inner = {0};
    bool first = true, more;
    if (pl_json_enter(in, '{')) return -1;
    for (;;) {
        if (pl_json_next(in, '}', &first, &key, &more)) return -1;
        if (!more) break;
        if (read_value(parser, key, &e, &inner)) return -1;
    }
    read_version(parser, &e);
    if (!pl_lock_folder_is_safe(path) || !pl_name_is_safe(e.name) ||
        (e.link && !pl_lock_folder_is_safe(e.resolved)))
        return pl_json_fail(in, "a place that leaves the project or has no proper package name");
    e.manifest.name = e.name;
    if (e.link && add_folder(parser, &e)) return -1;
    if (add_place(parser, &e, false)) return -1;
    if (!inner.p) return 0;
    if (e.link) path = e.resolved;
    struct pl_json_in outer = *in;
    in->p = inner.p;
    in->end = inner.p + inner.n;
    int rc = read_tree(parser, path);
    in->p = outer.p;
    in->end = outer.end;
    return rc;
}

static int read_tree(struct pl_lock_parser *parser, struct pb_str parent)
{
    struct pl_json_in *in = &parser->in;
    bool first = true, more;
    struct pb_str name;
    if (pl_json_enter(in, '{')) return -1;
    for (;;) {
        if (pl_json_next(in, '}', &first, &name, &more)) return -1;
        if (!more) return 0;
        const char *path = pb_arena_printf(in->arena, PB_FMT "%snode_modules/" PB_FMT,
                                           PB_ARG(parent), parent.n ? "/" : "", PB_ARG(name));
        if (read_node(parser, pb_str(path), name)) return -1;
    }
}

int pl_lock_parse_v1(struct pl_lock_parser *parser)
{
    struct pl_lock_entry *root = pl_lock_parser_add(parser);
    if (!root) return -1;
    root->name = root->manifest.name = parser->out->name;
    root->manifest.version = parser->out->version;
    if (!parser->v1_tree.p) return 0;
    struct pl_json_in *in = &parser->in, outer = *in;
    in->p = parser->v1_tree.p;
    in->end = in->p + parser->v1_tree.n;
    int rc = read_tree(parser, PB_LIT(""));
    pb_map_release(&parser->v1_places);
    in->p = outer.p;
    in->end = outer.end;
    return rc;
}
