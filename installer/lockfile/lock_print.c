/* SPDX-License-Identifier: MIT */
/* A lockfile's text as npm writes it, from the places. */
#include "installer/lockfile/lock_internal.h"
#include "installer/lockfile/lock_path.h"

/* `objects` says which half of the entry is being printed. */
static void print_raw(struct pl_lock_writer *w, const char *key, struct pb_str text, bool objects)
{
    if (text.n) text = pb_str_trim(text);
    if (pl_write_is_empty(w, text) || (text.p[0] == '{') != objects) return;
    pl_write_key(w, pb_str(key));
    pl_write_json(w, text);
}

/* npm turns a funding text into an object before it writes it. */
static void print_funding(struct pl_lock_writer *w, struct pb_str text, bool objects)
{
    if (text.n) text = pb_str_trim(text);
    if (text.n < 3 || text.p[0] != '"') {
        print_raw(w, "funding", text, objects);
        return;
    }
    if (!objects) return;
    pl_write_key(w, PB_LIT("funding"));
    pl_write_open(w, '{');
    pl_write_key(w, PB_LIT("url"));
    pl_write_json(w, text);
    pl_write_close(w, '}');
}

/* Of {"type": "MIT", ...} only the type is written. */
static void print_license(struct pl_lock_writer *w, struct pb_str text, bool objects)
{
    if (text.n) text = pb_str_trim(text);
    if (text.n == 0 || text.p[0] != '{') {
        if (!objects) print_raw(w, "license", text, false);
        return;
    }
    struct pl_json_in in = pl_write_reader(w, text);
    struct pb_str key, value, type = {0};
    bool first = true, more;
    if (pl_json_enter(&in, '{')) return;
    while (pl_json_next(&in, '}', &first, &key, &more) == 0 && more) {
        if (pl_json_skip(&in, &value)) return;
        if (pb_str_is(key, "type")) type = value;
    }
    bool has_type = type.p && !pl_write_is_empty(w, type);
    print_raw(w, "license", has_type ? type : text, objects);
}

static void print_scalars(struct pl_lock_writer *w, const struct pl_lock_entry *e)
{
    const struct pl_manifest *m = &e->manifest;
    bool named = e->path.n == 0 || !pb_str_eq(e->name, pl_lock_path_name(e->path));
    if (named) pl_write_str(w, "name", e->name);
    pl_write_str(w, "version", m->version);
    pl_write_str(w, "resolved", e->resolved);
    pl_write_str(w, "integrity", e->integrity);
    pl_write_strs(w, "bundleDependencies", &m->bundled);
    pl_write_strs(w, "cpu", &m->cpu);
    pl_write_str(w, "deprecated", m->deprecated);
    pl_write_flag(w, "dev", e->dev);
    pl_write_flag(w, "devOptional", e->dev_optional);
    print_raw(w, "engines", m->engines_json, false);
    pl_write_flag(w, "extraneous", e->extraneous);
    print_funding(w, m->funding_json, false);
    pl_write_flag(w, "hasInstallScript", m->has_install_script);
    pl_write_flag(w, "hasShrinkwrap", m->has_shrinkwrap);
    pl_write_flag(w, "inBundle", e->in_bundle);
    pl_write_strs(w, "libc", &m->libc);
    print_license(w, m->license_json, false);
    pl_write_flag(w, "optional", e->optional);
    pl_write_strs(w, "os", &m->os);
    pl_write_flag(w, "peer", e->peer);
    if (m->workspaces_json.n == 0) pl_write_strs(w, "workspaces", &m->workspaces);
}

static void print_objects(struct pl_lock_writer *w, const struct pl_lock_entry *e)
{
    const struct pl_manifest *m = &e->manifest;
    pl_write_deps(w, "dependencies", &m->dependencies);
    print_raw(w, "acceptDependencies", m->accept_dependencies_json, true);
    pl_write_deps(w, "bin", &m->bin);
    if (m->dev_dependencies.items && m->dev_dependencies.n == 0) {
        pl_write_key(w, PB_LIT("devDependencies")); /* the one list npm writes when it is empty */
        pb_buf_add_cstr(w->out, "{}");
    }
    pl_write_deps(w, "devDependencies", &m->dev_dependencies);
    print_raw(w, "engines", m->engines_json, true);
    print_funding(w, m->funding_json, true);
    print_license(w, m->license_json, true);
    pl_write_deps(w, "optionalDependencies", &m->optional_dependencies);
    pl_write_deps(w, "peerDependencies", &m->peer_dependencies);
    print_raw(w, "peerDependenciesMeta", m->peer_meta_json, true);
    print_raw(w, "workspaces", m->workspaces_json, true);
}

static void print_entry(struct pl_lock_writer *w, const struct pl_lock_entry *e)
{
    struct pb_buf before = *w->out;
    bool was_first = w->first;
    pl_write_key(w, e->path);
    pl_write_open(w, '{');
    if (e->link) {
        pl_write_str(w, "resolved", e->resolved);
        pl_write_flag(w, "link", true);
    } else {
        print_scalars(w, e);
        print_objects(w, e);
    }
    bool is_blank = w->first;
    pl_write_close(w, '}');
    if (!is_blank || e->path.n) return;
    /* A project that says nothing of itself has no entry. */
    w->out->n = before.n;
    w->first = was_first;
}

static void print_packages(struct pl_lock_writer *w, const struct pl_lock *lock)
{
    pl_write_key(w, PB_LIT("packages"));
    pl_write_open(w, '{');
    for (size_t i = 0; i < lock->n; i++)
        print_entry(w, &lock->entries[i]);
    pl_write_close(w, '}');
}

static void print_top(struct pl_lock_writer *w, const struct pl_lock *lock)
{
    int version = lock->lockfile_version == 1 || lock->lockfile_version == 2
                      ? lock->lockfile_version
                      : PL_LOCK_VERSION;
    pl_write_open(w, '{');
    pl_write_str(w, "name", lock->name);
    pl_write_str(w, "version", lock->version);
    pl_write_key(w, PB_LIT("lockfileVersion"));
    pb_buf_printf(w->out, "%d", version);
    pl_write_flag(w, "requires", true);
    if (version > 1) print_packages(w, lock);
    if (version < 3) pl_lock_print_v1(w, lock);
    pl_write_close(w, '}');
}

void pl_lock_print(const struct pl_lock *lock, struct pb_buf *out)
{
    struct pb_arena scratch = PB_ARENA_INIT;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(out->max);
    struct pb_buf *to = lock->has_crlf ? &text : out;
    struct pl_lock_writer w = {to, lock->indent[0] ? lock->indent : "  ", 0, true, &scratch};
    print_top(&w, lock);
    if (lock->final_newline || lock->lockfile_version == 0) pb_buf_add_char(to, '\n');
    if (lock->has_crlf) pb_buf_add_crlf(out, pb_buf_str(&text));
    pb_arena_release(&scratch);
}
