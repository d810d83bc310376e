/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "installer/lockfile/locale_cmp.h"
#include "installer/lockfile/lock_internal.h"
#include "installer/lockfile/lock_path.h"

#include <stdlib.h>

enum field_kind { STRING, FLAG, DEPS, STRINGS, JSON, BIN, PEER_META, LICENSE, WORKSPACES };

struct field {
    const char *key;
    enum field_kind kind;
    size_t offset; /* in struct pl_lock_entry */
};

#define AT(member) offsetof(struct pl_lock_entry, member)
/* The frequent ones first: the table is searched from the top. */
static const struct field fields[] = {
    {"version", STRING, AT(manifest.version)},
    {"resolved", STRING, AT(resolved)},
    {"integrity", STRING, AT(integrity)},
    {"license", LICENSE, AT(manifest.license_json)},
    {"dependencies", DEPS, AT(manifest.dependencies)},
    {"engines", JSON, AT(manifest.engines_json)},
    {"dev", FLAG, AT(dev)},
    {"funding", JSON, AT(manifest.funding_json)},
    {"peerDependencies", DEPS, AT(manifest.peer_dependencies)},
    {"bin", BIN, AT(manifest.bin)},
    {"peer", FLAG, AT(peer)},
    {"optional", FLAG, AT(optional)},
    {"devOptional", FLAG, AT(dev_optional)},
    {"os", STRINGS, AT(manifest.os)},
    {"cpu", STRINGS, AT(manifest.cpu)},
    {"libc", STRINGS, AT(manifest.libc)},
    {"name", STRING, AT(name)},
    {"link", FLAG, AT(link)},
    {"inBundle", FLAG, AT(in_bundle)},
    {"extraneous", FLAG, AT(extraneous)},
    {"deprecated", STRING, AT(manifest.deprecated)},
    {"hasInstallScript", FLAG, AT(manifest.has_install_script)},
    {"hasShrinkwrap", FLAG, AT(manifest.has_shrinkwrap)},
    {"peerDependenciesMeta", PEER_META, AT(manifest.peer_meta_json)},
    {"optionalDependencies", DEPS, AT(manifest.optional_dependencies)},
    {"devDependencies", DEPS, AT(manifest.dev_dependencies)},
    {"bundleDependencies", STRINGS, AT(manifest.bundled)},
    {"acceptDependencies", JSON, AT(manifest.accept_dependencies_json)},
    {"workspaces", WORKSPACES, AT(manifest.workspaces)},
};

static const struct field *find_field(struct pb_str key)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (pb_str_is(key, fields[i].key)) return &fields[i];
    return NULL;
}

/* Growing lists live on the heap while they grow, then move into the arena. */
int pl_lock_read_deps(struct pl_json_in *in, struct pl_deps *out)
{
    if (pl_json_peek(in) != '{') return pl_json_skip(in, NULL);
    PB_AUTO_FREE struct pl_dep *items = NULL;
    size_t cap = 0, n = 0;
    bool first = true, more;
    if (pl_json_enter(in, '{')) return -1;
    for (;;) {
        struct pl_dep dep = {0};
        if (pl_json_next(in, '}', &first, &dep.name, &more)) return -1;
        if (!more) break;
        if (pl_json_peek(in) != '"') {
            if (pl_json_skip(in, NULL)) return -1;
            continue;
        }
        if (pl_json_string(in, &dep.spec)) return -1;
        PB_GROW(items, cap, n + 1);
        items[n++] = dep;
    }
    out->items = PB_ARENA_ARRAY(in->arena, struct pl_dep, n);
    if (n) memcpy(out->items, items, n * sizeof *items);
    out->n = n;
    return 0;
}

int pl_lock_read_strs(struct pl_json_in *in, struct pl_strs *out)
{
    PB_AUTO_FREE struct pb_str *items = NULL;
    size_t cap = 0, n = 0;
    bool first = true, more, is_array = pl_json_peek(in) == '[';
    if (is_array && pl_json_enter(in, '[')) return -1;
    for (;;) {
        if (is_array && pl_json_next(in, ']', &first, NULL, &more)) return -1;
        if (is_array && !more) break;
        PB_GROW(items, cap, n + 1);
        bool string = pl_json_peek(in) == '"';
        if (string ? pl_json_string(in, &items[n]) : pl_json_skip(in, NULL)) return -1;
        n += string;
        if (!is_array) break;
    }
    out->items = PB_ARENA_ARRAY(in->arena, struct pb_str, n);
    if (n) memcpy(out->items, items, n * sizeof *items);
    out->n = n;
    return 0;
}

/* The text is kept for printing; the optional names in it are what resolving needs. */
static int read_peer_meta(struct pl_json_in *in, struct pl_manifest *m)
{
    if (pl_json_peek(in) != '{') return pl_json_skip(in, NULL);
    const char *start = in->p;
    PB_AUTO_FREE struct pb_str *names = NULL;
    size_t cap = 0, n = 0;
    bool first = true, more;
    if (pl_json_enter(in, '{')) return -1;
    for (;;) {
        struct pb_str name, key;
        if (pl_json_next(in, '}', &first, &name, &more)) return -1;
        if (!more) break;
        if (pl_json_peek(in) != '{') {
            if (pl_json_skip(in, NULL)) return -1;
            continue;
        }
        bool inner_first = true, inner_more, optional = false;
        if (pl_json_enter(in, '{')) return -1;
        for (;;) {
            if (pl_json_next(in, '}', &inner_first, &key, &inner_more)) return -1;
            if (!inner_more) break;
            bool value;
            if (pl_json_truthy(in, &value)) return -1;
            if (pb_str_is(key, "optional")) optional = value;
        }
        if (!optional) continue;
        PB_GROW(names, cap, n + 1);
        names[n++] = name;
    }
    m->peer_meta_json = pb_strn(start, (size_t)(in->p - start));
    m->peer_optional.items = PB_ARENA_ARRAY(in->arena, struct pb_str, n);
    if (n) memcpy(m->peer_optional.items, names, n * sizeof *names);
    m->peer_optional.n = n;
    return 0;
}

/* A string stands for one program with the package's own name. */
static int read_bin(struct pl_json_in *in, struct pl_lock_entry *e)
{
    if (pl_json_peek(in) != '"') return pl_lock_read_deps(in, &e->manifest.bin);
    struct pl_dep *one = PB_ARENA_NEW(in->arena, struct pl_dep);
    one->name = e->name.n ? e->name : pl_lock_path_name(e->path);
    e->manifest.bin = (struct pl_deps){one, 1};
    return pl_json_string(in, &one->spec);
}

static int read_workspaces(struct pl_json_in *in, struct pl_manifest *m)
{
    struct pl_strs *out = &m->workspaces;
    if (pl_json_peek(in) != '{') return pl_lock_read_strs(in, out);
    const char *start = in->p;
    bool first = true, more;
    struct pb_str key;
    if (pl_json_enter(in, '{')) return -1;
    for (;;) {
        if (pl_json_next(in, '}', &first, &key, &more)) return -1;
        if (!more) break;
        if (pb_str_is(key, "packages") ? pl_lock_read_strs(in, out) : pl_json_skip(in, NULL))
            return -1;
    }
    m->workspaces_json = pb_strn(start, (size_t)(in->p - start));
    return 0;
}

static int read_field(struct pl_json_in *in, const struct field *f, struct pl_lock_entry *e)
{
    void *at = (char *)e + f->offset;
    switch (f->kind) {
    case STRING:
        return pl_json_peek(in) == '"' ? pl_json_string(in, at) : pl_json_skip(in, NULL);
    case FLAG:
        return pl_json_truthy(in, at);
    case DEPS:
        return pl_lock_read_deps(in, at);
    case STRINGS:
        return pl_lock_read_strs(in, at);
    case JSON:
    case LICENSE:
        return pl_json_skip(in, at);
    case BIN:
        return read_bin(in, e);
    case PEER_META:
        return read_peer_meta(in, &e->manifest);
    case WORKSPACES:
        return read_workspaces(in, &e->manifest);
    }
    return 0;
}

static int check_entry(struct pl_json_in *in, struct pl_lock_entry *e)
{
    struct pb_str own = pl_lock_path_name(e->path);
    if (e->name.n == 0 && e->path.n) e->name = own;
    if (e->path.n && !pl_lock_folder_is_safe(e->path))
        return pl_json_fail(in, "a place that leaves the project or has no proper package name");
    if (e->path.n && e->name.n && pb_str_search(e->path, PB_LIT("node_modules")) >= 0 &&
        !pl_name_is_safe(e->name))
        return pl_json_fail(in, "not a package name");
    if (e->link && e->resolved.n && !pl_lock_folder_is_safe(e->resolved))
        return pl_json_fail(in, "a link to something that is no plain folder");
    e->manifest.name = e->name;
    return 0;
}

static int read_entry(struct pl_json_in *in, struct pl_lock_entry *e)
{
    bool first = true, more;
    struct pb_str key;
    if (pl_json_enter(in, '{')) return -1;
    for (;;) {
        if (pl_json_next(in, '}', &first, &key, &more)) return -1;
        if (!more) return check_entry(in, e);
        const struct field *f = find_field(key);
        if (f ? read_field(in, f, e) : pl_json_skip(in, NULL)) return -1;
    }
}

struct pl_lock_entry *pl_lock_parser_add(struct pl_lock_parser *parser)
{
    struct pl_lock *out = parser->out;
    if (out->n >= PL_LOCK_ENTRIES_MAX) {
        (void)pl_json_fail(&parser->in, "too many packages");
        return NULL;
    }
    if (out->n == parser->entries_cap) {
        size_t cap = parser->entries_cap * 2;
        struct pl_lock_entry *grown = PB_ARENA_ARRAY(&out->arena, struct pl_lock_entry, cap);
        memcpy(grown, out->entries, out->n * sizeof *grown);
        out->entries = grown;
        parser->entries_cap = cap;
    }
    return &out->entries[out->n++];
}

static int read_packages(struct pl_lock_parser *parser)
{
    struct pl_json_in *in = &parser->in;
    bool first = true, more;
    struct pb_str path;
    if (pl_json_enter(in, '{')) return -1;
    for (;;) {
        if (pl_json_next(in, '}', &first, &path, &more)) return -1;
        if (!more) return 0;
        struct pl_lock_entry *e = pl_lock_parser_add(parser);
        if (!e) return -1;
        e->path = path;
        if (read_entry(in, e)) return -1;
    }
}

static int read_top_value(struct pl_lock_parser *parser, struct pb_str key)
{
    struct pl_json_in *in = &parser->in;
    char kind = pl_json_peek(in);
    if (pb_str_is(key, "packages") && kind == '{' && !parser->has_packages) {
        parser->has_packages = true;
        return read_packages(parser);
    }
    if (pb_str_is(key, "dependencies") && kind == '{') return pl_json_skip(in, &parser->v1_tree);
    if (pb_str_is(key, "name") && kind == '"') return pl_json_string(in, &parser->out->name);
    if (pb_str_is(key, "version") && kind == '"') return pl_json_string(in, &parser->out->version);
    if (pb_str_is(key, "requires")) return pl_json_truthy(in, &parser->out->requires);
    struct pb_str text;
    if (pl_json_skip(in, &text)) return -1;
    uint64_t number;
    if (pb_str_is(key, "lockfileVersion") && pb_str_u64(text, &number) && number < 100)
        parser->out->lockfile_version = (int)number;
    return 0;
}

static int read_top(struct pl_lock_parser *parser)
{
    struct pl_json_in *in = &parser->in;
    bool first = true, more;
    struct pb_str key;
    if (pl_json_enter(in, '{')) return -1;
    for (;;) {
        if (pl_json_next(in, '}', &first, &key, &more)) return -1;
        if (!more) break;
        if (read_top_value(parser, key)) return -1;
    }
    if (pl_json_peek(in)) return pl_json_fail(in, "text after the end");
    return 0;
}

static int by_path(const void *a, const void *b)
{
    return pl_locale_cmp(((const struct pl_lock_entry *)a)->path,
                         ((const struct pl_lock_entry *)b)->path);
}

/* npm writes places in order; a lock merged by hand may not be. The root goes first. */
static int order_entries(struct pl_lock_parser *parser)
{
    struct pl_lock *out = parser->out;
    bool sorted = true;
    for (size_t i = 1; i < out->n && sorted; i++)
        sorted = by_path(&out->entries[i - 1], &out->entries[i]) < 0;
    if (!sorted) qsort(out->entries, out->n, sizeof *out->entries, by_path);
    for (size_t i = 1; i < out->n && !sorted; i++)
        if (pb_str_eq(out->entries[i - 1].path, out->entries[i].path))
            return pb_err_set(parser->in.err, PB_E_BAD_INPUT,
                              "cannot read lockfile: %s: the place \"" PB_FMT "\" is listed twice",
                              parser->in.shown, PB_ARG(out->entries[i].path));
    if (out->n && out->entries[0].path.n == 0) return 0;
    /* npm leaves the project itself out when its package.json says nothing. */
    if (!pl_lock_parser_add(parser)) return -1;
    memmove(&out->entries[1], &out->entries[0], (out->n - 1) * sizeof *out->entries);
    out->entries[0] = (struct pl_lock_entry){.path = PB_LIT("")};
    return 0;
}

void pl_lock_indent_of(struct pb_str text, char indent[17])
{
    memcpy(indent, "  ", 3);
    ptrdiff_t line = pb_str_find(text, '\n');
    if (line < 0) return;
    struct pb_str rest = pb_str_skip(text, (size_t)line + 1);
    size_t n = 0;
    while (n < rest.n && n < 16 && (rest.p[n] == ' ' || rest.p[n] == '\t'))
        n++;
    if (n == 0 || n == rest.n) return;
    memcpy(indent, rest.p, n);
    indent[n] = '\0';
}

/* So that the list seldom grows: what it grew out of stays in the arena. Entries take 300 bytes and
 * more of npm's text. */
static size_t guess_entries(struct pb_str text)
{
    static const char place[] = "\"node_modules/";
    size_t n = 16, most = text.n / 256 + n;
    for (const char *at = text.p, *end = at + text.n; at < end && n < most; n++) {
        at = memmem(at, (size_t)(end - at), place, sizeof place - 1);
        if (!at) break;
        at += sizeof place - 1;
    }
    return n;
}

int pl_lock_parse(struct pb_str text, const char *shown, struct pl_lock *out, struct pb_err *err)
{
    *out = (struct pl_lock){0};
    if (pb_str_starts(text, "\xEF\xBB\xBF")) text = pb_str_skip(text, 3);
    struct pb_str own = pb_arena_str(&out->arena, text);
    pl_lock_indent_of(own, out->indent);
    out->final_newline = own.n && own.p[own.n - 1] == '\n';
    out->has_crlf = pb_str_starts(own, "{\r\n");
    struct pl_lock_parser parser = {.in = {own.p, own.p + own.n, own.p, &out->arena, shown, err, 0},
                                    .out = out};
    parser.entries_cap = guess_entries(own);
    out->entries = PB_ARENA_ARRAY(&out->arena, struct pl_lock_entry, parser.entries_cap);
    if (read_top(&parser)) return -1;
    if (!parser.has_packages && pl_lock_parse_v1(&parser)) return -1;
    out->v1_text = parser.v1_tree;
    if (out->lockfile_version == 0) out->lockfile_version = parser.has_packages ? 3 : 1;
    return order_entries(&parser);
}
