/* SPDX-License-Identifier: MIT */
/*
 * The tree of "dependencies" that version 1 has for packages, and version 2 beside them: what is
 * below a place is listed in it, what is below a link's folder in the link.
 */
#include "installer/lockfile/lock_internal.h"
#include "installer/lockfile/lock_path.h"

#include <stdlib.h>

#define NONE SIZE_MAX

struct child {
    size_t parent, entry;
    struct pb_str name;
};

struct v1_tree {
    struct pl_lock_writer *w;
    const struct pl_lock *lock;
    struct child *children; /* by parent, then as npm orders members */
    size_t n;
};

/* The places on the way down: npm leaves out what leads back into one of them. */
struct above {
    const struct above *next;
    size_t folder;
};

static size_t index_of(const struct pl_lock *lock, struct pb_str path)
{
    const struct pl_lock_entry *e = pl_lock_find(lock, path);
    return e ? (size_t)(e - lock->entries) : NONE;
}

/* Entries are numbered with the missing ones behind the others. */
static const struct pl_lock_entry *entry_at(const struct pl_lock *lock, size_t i)
{
    return i < lock->n ? &lock->entries[i] : &lock->missing[i - lock->n];
}

/* NONE when it is in no node_modules of a place, as packages of other layouts are. */
static size_t parent_of(const struct pl_lock *lock, struct pb_str path, struct pb_str name)
{
    static const char folder[] = "node_modules/";
    size_t tail = sizeof folder - 1 + name.n;
    if (path.n < tail || memcmp(path.p + path.n - tail, folder, sizeof folder - 1) != 0)
        return NONE;
    if (path.n == tail) return 0;
    if (path.p[path.n - tail - 1] != '/') return NONE;
    return index_of(lock, pb_strn(path.p, path.n - tail - 1));
}

static int child_cmp(const void *a, const void *b)
{
    const struct child *ca = a, *cb = b;
    if (ca->parent != cb->parent) return ca->parent < cb->parent ? -1 : 1;
    return pl_write_key_cmp(ca->name, cb->name);
}

static void find_children(struct v1_tree *t)
{
    size_t n = t->lock->n + t->lock->n_missing;
    t->children = PB_ARENA_ARRAY(t->w->scratch, struct child, n);
    for (size_t i = 1; i < n; i++) {
        struct pb_str path = entry_at(t->lock, i)->path, name = pl_lock_path_name(path);
        size_t parent = parent_of(t->lock, path, name);
        if (parent != NONE) t->children[t->n++] = (struct child){parent, i, name};
    }
    if (t->n) qsort(t->children, t->n, sizeof *t->children, child_cmp);
}

static size_t first_child(const struct v1_tree *t, size_t parent)
{
    size_t low = 0, high = t->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->children[middle].parent < parent)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t folder_of(const struct v1_tree *t, size_t entry)
{
    const struct pl_lock_entry *e = entry_at(t->lock, entry);
    return e->link ? index_of(t->lock, e->resolved) : entry;
}

static bool is_above(const struct above *above, size_t folder)
{
    for (; above; above = above->next)
        if (above->folder == folder) return true;
    return false;
}

static void print_requires(struct pl_lock_writer *w, const struct pl_lock_v1 *v1)
{
    if (!v1->has_requires) return;
    pl_write_deps(w, "requires", &v1->requires);
    if (v1->requires.n > 0) return;
    pl_write_key(w, PB_LIT("requires"));
    pb_buf_add_cstr(w->out, "{}");
}

static void print_facts(struct pl_lock_writer *w, const struct pl_lock_entry *e)
{
    const struct pl_lock_v1 *v1 = e->v1;
    if (!v1) return;
    bool has_reasons = !v1->extraneous && !e->link;
    pl_write_str(w, "version", v1->version);
    if (v1->has_resolved) pl_write_str(w, "resolved", e->resolved);
    pl_write_str(w, "integrity", e->integrity);
    pl_write_flag(w, "bundled", v1->bundled);
    pl_write_flag(w, "dev", has_reasons && e->dev);
    pl_write_flag(w, "devOptional", has_reasons && e->dev_optional);
    pl_write_flag(w, "extraneous", v1->extraneous);
    pl_write_str(w, "from", v1->from);
    pl_write_flag(w, "optional", has_reasons && e->optional);
    pl_write_flag(w, "peer", has_reasons && e->peer);
    print_requires(w, v1);
}

static void print_children(const struct v1_tree *t, size_t parent, const struct above *above)
{
    struct pl_lock_writer *w = t->w;
    const struct above here = {above, parent};
    bool is_open = false;
    for (size_t i = first_child(t, parent); i < t->n && t->children[i].parent == parent; i++) {
        size_t entry = t->children[i].entry, folder = folder_of(t, entry);
        if (is_above(above, folder) || !pb_buf_ok(w->out)) continue;
        if (!is_open) {
            pl_write_key(w, PB_LIT("dependencies"));
            pl_write_open(w, '{');
            is_open = true;
        }
        pl_write_key(w, t->children[i].name);
        pl_write_open(w, '{');
        print_facts(w, entry_at(t->lock, entry));
        if (folder != NONE) print_children(t, folder, &here);
        pl_write_close(w, '}');
    }
    if (is_open) pl_write_close(w, '}');
}

static bool is_known(const struct pl_lock *lock)
{
    for (size_t i = 1; i < lock->n; i++)
        if (lock->entries[i].v1) return true;
    return false;
}

void pl_lock_print_v1(struct pl_lock_writer *w, const struct pl_lock *lock)
{
    if (is_known(lock)) {
        struct v1_tree tree = {.w = w, .lock = lock};
        find_children(&tree);
        print_children(&tree, 0, NULL);
    } else if (lock->v1_text.p && !pl_write_is_empty(w, lock->v1_text)) {
        pl_write_key(w, PB_LIT("dependencies"));
        pl_write_json(w, lock->v1_text);
    }
}
