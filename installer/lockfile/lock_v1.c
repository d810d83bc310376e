/* SPDX-License-Identifier: MIT */
/*
 * Lockfiles of npm 6 and before: a tree of "dependencies" instead of a list of places. Kept are
 * placements, versions and what is required; the rest is not in such a file.
 */
#include "installer/lockfile/lock_internal.h"
#include "installer/lockfile/lock_path.h"

static int read_tree(struct pl_lock_parser *parser, struct pb_str parent);

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
    e->manifest.version = (struct pb_str){0};
    if (!pb_str_starts(version, "file:") || pb_str_ends(version, ".tgz")) return;
    e->link = true;
    e->resolved = pb_arena_str(parser->in.arena, pb_str_skip(version, 5));
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
    if (!pl_lock_path_is_safe(path) || !pl_name_is_safe(e.name) ||
        (e.link && !pl_lock_path_is_safe(e.resolved)))
        return pl_json_fail(in, "a place that leaves the project or has no proper package name");
    e.manifest.name = e.name;
    struct pl_lock_entry *slot = pl_lock_parser_add(parser);
    if (!slot) return -1;
    *slot = e;
    if (!inner.p) return 0;
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
    in->p = outer.p;
    in->end = outer.end;
    return rc;
}
