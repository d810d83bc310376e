/* SPDX-License-Identifier: MIT */
/*
 * A lockfile's text as npm writes it (json-stringify-nice): in every object the scalars and arrays
 * come before the objects, a few known keys first, the rest by locale order.
 */
#include "base/mem.h"
#include "installer/lockfile/locale_cmp.h"
#include "installer/lockfile/lock_internal.h"
#include "installer/lockfile/lock_path.h"

#include <stdlib.h>

struct printer {
    struct pb_buf *out;
    const char *indent;
    unsigned level;
    bool first; /* nothing printed yet in the current object or array */
    struct pb_arena *scratch;
};

static void line(struct printer *pr)
{
    pb_buf_add_char(pr->out, '\n');
    for (unsigned i = 0; i < pr->level; i++)
        pb_buf_add_cstr(pr->out, pr->indent);
}

static void open_group(struct printer *pr, char c)
{
    pb_buf_add_char(pr->out, c);
    pr->level++;
    pr->first = true;
}

static void close_group(struct printer *pr, char c)
{
    pr->level--;
    if (!pr->first) line(pr);
    pb_buf_add_char(pr->out, c);
    pr->first = false;
}

static void next_item(struct printer *pr)
{
    if (!pr->first) pb_buf_add_char(pr->out, ',');
    pr->first = false;
    line(pr);
}

static void print_key(struct printer *pr, struct pb_str key)
{
    next_item(pr);
    pb_buf_add_json(pr->out, key);
    pb_buf_add(pr->out, ": ", 2);
}

/* JavaScript keeps whole-number keys of an object before all others, in numeric order. */
static bool is_index(struct pb_str key, uint64_t *value)
{
    if (key.n == 0 || key.n > 10 || (key.p[0] == '0' && key.n > 1)) return false;
    return pb_str_u64(key, value) && *value < UINT32_MAX;
}

static size_t known_rank(struct pb_str key)
{
    static const char *const known[] = {"name",      "version",  "lockfileVersion", "resolved",
                                        "integrity", "requires", "packages",        "dependencies"};
    size_t n = sizeof known / sizeof *known;
    for (size_t i = 0; i < n; i++)
        if (pb_str_is(key, known[i])) return i;
    return n;
}

static int key_cmp(struct pb_str a, struct pb_str b)
{
    uint64_t ia = UINT64_MAX, ib = UINT64_MAX;
    bool index_a = is_index(a, &ia), index_b = is_index(b, &ib);
    if (index_a || index_b) return index_a != index_b ? (index_a ? -1 : 1) : ia < ib ? -1 : ia > ib;
    size_t ra = known_rank(a), rb = known_rank(b);
    if (ra != rb) return ra < rb ? -1 : 1;
    return pl_locale_cmp(a, b);
}

static int dep_cmp(const void *a, const void *b)
{
    return key_cmp((*(const struct pl_dep *const *)a)->name,
                   (*(const struct pl_dep *const *)b)->name);
}

static void print_deps(struct printer *pr, const char *key, const struct pl_deps *deps)
{
    if (deps->n == 0) return;
    const struct pl_dep **order = PB_ARENA_ARRAY(pr->scratch, const struct pl_dep *, deps->n);
    bool sorted = true;
    for (size_t i = 0; i < deps->n; i++) {
        order[i] = &deps->items[i];
        sorted = sorted && (i == 0 || dep_cmp(&order[i - 1], &order[i]) < 0);
    }
    if (!sorted) qsort(order, deps->n, sizeof(const struct pl_dep *), dep_cmp);
    print_key(pr, pb_str(key));
    open_group(pr, '{');
    for (size_t i = 0; i < deps->n; i++) {
        print_key(pr, order[i]->name);
        pb_buf_add_json(pr->out, order[i]->spec);
    }
    close_group(pr, '}');
}

static void print_strs(struct printer *pr, const char *key, const struct pl_strs *strs)
{
    if (strs->n == 0) return;
    print_key(pr, pb_str(key));
    open_group(pr, '[');
    for (size_t i = 0; i < strs->n; i++) {
        next_item(pr);
        pb_buf_add_json(pr->out, strs->items[i]);
    }
    close_group(pr, ']');
}

static void print_str(struct printer *pr, const char *key, struct pb_str value)
{
    if (value.n == 0) return;
    print_key(pr, pb_str(key));
    pb_buf_add_json(pr->out, value);
}

static void print_flag(struct printer *pr, const char *key, bool value)
{
    if (!value) return;
    print_key(pr, pb_str(key));
    pb_buf_add_cstr(pr->out, "true");
}

struct member {
    struct pb_str key, value;
};

static int member_cmp(const void *a, const void *b)
{
    const struct member *ma = a, *mb = b;
    bool object_a = ma->value.p[0] == '{', object_b = mb->value.p[0] == '{';
    return object_a != object_b ? (object_a ? 1 : -1) : key_cmp(ma->key, mb->key);
}

static struct pl_json_in reader(struct printer *pr, struct pb_str text)
{
    return (struct pl_json_in){text.p, text.p + text.n, text.p, pr->scratch, "value", NULL, 0};
}

static void print_json(struct printer *pr, struct pb_str text);

static void print_object(struct printer *pr, struct pl_json_in *in)
{
    struct member *members = NULL;
    size_t cap = 0, n = 0;
    bool first = true, more;
    open_group(pr, '{');
    if (pl_json_enter(in, '{') == 0) {
        for (;; n++) {
            PB_GROW(members, cap, n + 1);
            if (pl_json_next(in, '}', &first, &members[n].key, &more) || !more) break;
            if (pl_json_skip(in, &members[n].value)) break;
        }
    }
    if (n) qsort(members, n, sizeof *members, member_cmp);
    for (size_t i = 0; i < n; i++) {
        print_key(pr, members[i].key);
        print_json(pr, members[i].value);
    }
    free(members);
    close_group(pr, '}');
}

static void print_array(struct printer *pr, struct pl_json_in *in)
{
    bool first = true, more;
    struct pb_str value;
    open_group(pr, '[');
    if (pl_json_enter(in, '[') == 0) {
        while (pl_json_next(in, ']', &first, NULL, &more) == 0 && more) {
            if (pl_json_skip(in, &value)) break;
            next_item(pr);
            print_json(pr, value);
        }
    }
    close_group(pr, ']');
}

/* Well-formed text: the parsers that keep it have read it before. */
static void print_json(struct printer *pr, struct pb_str text)
{
    struct pl_json_in in = reader(pr, text);
    struct pb_str string;
    switch (pl_json_peek(&in)) {
    case '{':
        print_object(pr, &in);
        return;
    case '[':
        print_array(pr, &in);
        return;
    case '"':
        if (pl_json_string(&in, &string) == 0) pb_buf_add_json(pr->out, string);
        return;
    default:
        pb_buf_add_str(pr->out, text);
    }
}

/* What npm leaves out: nothing, false, 0, "", {} and []. */
static bool is_empty_json(struct printer *pr, struct pb_str text)
{
    if (text.n == 0) return true;
    struct pl_json_in in = reader(pr, text);
    char c = pl_json_peek(&in);
    if (c == '{' || c == '[') {
        in.p++;
        return pl_json_peek(&in) == (c == '{' ? '}' : ']');
    }
    return c == '\0' || pb_str_is(text, "\"\"") || pb_str_is(text, "null") ||
           pb_str_is(text, "false") || pb_str_is(text, "0");
}

/* `objects` says which half of the entry is being printed. */
static void print_raw(struct printer *pr, const char *key, struct pb_str text, bool objects)
{
    if (text.n) text = pb_str_trim(text);
    if (is_empty_json(pr, text) || (text.p[0] == '{') != objects) return;
    print_key(pr, pb_str(key));
    print_json(pr, text);
}

/* npm turns a funding text into an object before it writes it. */
static void print_funding(struct printer *pr, struct pb_str text, bool objects)
{
    if (text.n) text = pb_str_trim(text);
    if (text.n < 3 || text.p[0] != '"') {
        print_raw(pr, "funding", text, objects);
        return;
    }
    if (!objects) return;
    print_key(pr, PB_LIT("funding"));
    open_group(pr, '{');
    print_key(pr, PB_LIT("url"));
    print_json(pr, text);
    close_group(pr, '}');
}

/* Of {"type": "MIT", ...} only the type is written. */
static void print_license(struct printer *pr, struct pb_str text, bool objects)
{
    if (text.n) text = pb_str_trim(text);
    if (text.n == 0 || text.p[0] != '{') {
        if (!objects) print_raw(pr, "license", text, false);
        return;
    }
    struct pl_json_in in = reader(pr, text);
    struct pb_str key, value, type = {0};
    bool first = true, more;
    if (pl_json_enter(&in, '{')) return;
    while (pl_json_next(&in, '}', &first, &key, &more) == 0 && more) {
        if (pl_json_skip(&in, &value)) return;
        if (pb_str_is(key, "type")) type = value;
    }
    bool has_type = type.p && !is_empty_json(pr, type);
    print_raw(pr, "license", has_type ? type : text, objects);
}

static void print_scalars(struct printer *pr, const struct pl_lock_entry *e)
{
    const struct pl_manifest *m = &e->manifest;
    bool named = e->path.n == 0 || !pb_str_eq(e->name, pl_lock_path_name(e->path));
    if (named) print_str(pr, "name", e->name);
    print_str(pr, "version", m->version);
    print_str(pr, "resolved", e->resolved);
    print_str(pr, "integrity", e->integrity);
    print_strs(pr, "bundleDependencies", &m->bundled);
    print_strs(pr, "cpu", &m->cpu);
    print_str(pr, "deprecated", m->deprecated);
    print_flag(pr, "dev", e->dev);
    print_flag(pr, "devOptional", e->dev_optional);
    print_raw(pr, "engines", m->engines_json, false);
    print_flag(pr, "extraneous", e->extraneous);
    print_funding(pr, m->funding_json, false);
    print_flag(pr, "hasInstallScript", m->has_install_script);
    print_flag(pr, "hasShrinkwrap", m->has_shrinkwrap);
    print_flag(pr, "inBundle", e->in_bundle);
    print_strs(pr, "libc", &m->libc);
    print_license(pr, m->license_json, false);
    print_flag(pr, "optional", e->optional);
    print_strs(pr, "os", &m->os);
    print_flag(pr, "peer", e->peer);
    if (m->workspaces_json.n == 0) print_strs(pr, "workspaces", &m->workspaces);
}

static void print_objects(struct printer *pr, const struct pl_lock_entry *e)
{
    const struct pl_manifest *m = &e->manifest;
    print_deps(pr, "dependencies", &m->dependencies);
    print_raw(pr, "acceptDependencies", m->accept_dependencies_json, true);
    print_deps(pr, "bin", &m->bin);
    if (m->dev_dependencies.items && m->dev_dependencies.n == 0) {
        print_key(pr, PB_LIT("devDependencies")); /* the one list npm writes when it is empty */
        pb_buf_add_cstr(pr->out, "{}");
    }
    print_deps(pr, "devDependencies", &m->dev_dependencies);
    print_raw(pr, "engines", m->engines_json, true);
    print_funding(pr, m->funding_json, true);
    print_license(pr, m->license_json, true);
    print_deps(pr, "optionalDependencies", &m->optional_dependencies);
    print_deps(pr, "peerDependencies", &m->peer_dependencies);
    print_raw(pr, "peerDependenciesMeta", m->peer_meta_json, true);
    print_raw(pr, "workspaces", m->workspaces_json, true);
}

static void print_entry(struct printer *pr, const struct pl_lock_entry *e)
{
    struct pb_buf before = *pr->out;
    bool was_first = pr->first;
    print_key(pr, e->path);
    open_group(pr, '{');
    if (e->link) {
        print_str(pr, "resolved", e->resolved);
        print_flag(pr, "link", true);
    } else {
        print_scalars(pr, e);
        print_objects(pr, e);
    }
    bool is_blank = pr->first;
    close_group(pr, '}');
    if (!is_blank || e->path.n) return;
    /* A project that says nothing of itself has no entry. */
    pr->out->n = before.n;
    pr->first = was_first;
}

void pl_lock_print(const struct pl_lock *lock, struct pb_buf *out)
{
    struct pb_arena scratch = PB_ARENA_INIT;
    struct printer pr = {out, lock->indent[0] ? lock->indent : "  ", 0, true, &scratch};
    open_group(&pr, '{');
    print_str(&pr, "name", lock->name);
    print_str(&pr, "version", lock->version);
    print_key(&pr, PB_LIT("lockfileVersion"));
    pb_buf_add_cstr(out, "3"); /* the one form written, whatever was read */
    print_flag(&pr, "requires", true);
    print_key(&pr, PB_LIT("packages"));
    open_group(&pr, '{');
    for (size_t i = 0; i < lock->n; i++)
        print_entry(&pr, &lock->entries[i]);
    close_group(&pr, '}');
    close_group(&pr, '}');
    if (lock->final_newline || lock->lockfile_version == 0) pb_buf_add_char(out, '\n');
    pb_arena_release(&scratch);
}
