/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "installer/install/links.h"
#include "installer/install/reify_internal.h"

/* One round: the entries that are missing now. */
struct fill {
    bool *is_missing; /* per unit */
    bool *has_failed;
    size_t missing;
    struct pl_lock lock; /* of the entries, below the store's folder */
    struct pl_wanted_tree tree;
    size_t *unit_of; /* its items' */
    bool lost;       /* an optional package failed */
};

static bool is_there(struct install *in, struct pb_str key, bool *proven)
{
    struct pb_arena arena = PB_ARENA_INIT;
    const struct pl_store_package *package = pl_store_find(in->store, key, &arena);
    *proven = package && !package->check_sizes;
    pb_arena_release(&arena);
    return package != NULL;
}

/* A package that came through the last start of the machine, or was checked since. */
static bool is_proven(struct install *in, const struct pl_unit *unit)
{
    struct pl_sri sri;
    char key[PL_SRI_TEXT_MAX];
    bool proven = false;
    const struct pl_lock_entry *e = unit->place->entry;
    if (e->integrity.n == 0) return is_there(in, e->resolved, &proven) && proven;
    for (size_t i = 0; pl_sri_parse(e->integrity, &sri) && i < sri.n; i++) {
        pl_sri_format(sri.kind, sri.digests[i], key);
        if (is_there(in, pb_str(key), &proven)) break;
    }
    return proven;
}

static int stands(struct reify *r, const struct pl_unit *unit, bool *stands, struct pb_err *err)
{
    struct pl_virtual_store *store = r->layout.share.store;
    struct pb_str name = unit->place->entry->name;
    enum pl_entry_state state = pl_virtual_store_look(store, unit->key, name);
    *stands = state == PL_ENTRY_GOOD;
    if (state != PL_ENTRY_UNPROVEN) return 0;
    if (pl_engine_open_stages(r->in, err) != 0) return -1;
    *stands = is_proven(r->in, unit);
    if (*stands) pl_virtual_store_prove(store, unit->key, name);
    return 0;
}

static int find_missing(struct reify *r, struct fill *f, struct pb_err *err)
{
    const struct pl_units *units = &r->layout.units;
    f->is_missing = PB_ARENA_ARRAY(&r->in->arena, bool, units->n);
    f->has_failed = PB_ARENA_ARRAY(&r->in->arena, bool, units->n);
    for (size_t u = 0; u < units->n; u++) {
        bool good;
        if (!r->layout.share.is_shared[u]) continue;
        if (stands(r, &units->items[u], &good, err) != 0) return -1;
        f->is_missing[u] = !good;
        f->missing += !good;
    }
    return 0;
}

static int ask(struct reify *r, struct fill *f, struct pb_err *err)
{
    const struct pl_wanted_filter all = {.with_extraneous = true, .force = true};
    struct pl_layout *l = &r->layout;
    int store = pl_virtual_store_dirfd(l->share.store);
    pl_isolate_shared(&r->in->arena, &l->wanted, &l->units, &l->share, f->is_missing, &f->lock,
                      &f->unit_of);
    if (pl_wanted_build(&r->in->arena, &f->lock, &all, &f->tree, err) != 0) return -1;
    for (size_t i = 1; i < f->tree.n; i++) {
        const struct pl_lock_entry *e = f->tree.items[i].entry;
        struct pl_source source;
        if (f->tree.items[i].kind != PL_WANTED_PACKAGE) continue;
        if (pl_source_of_entry(r->in, e, &source, err) != 0) return -1;
        r->asked++;
        (void)pl_stages_place(r->in->stages, pl_stages_package(r->in->stages, &source), store,
                              e->path, 0, PL_FILL_TOKEN | f->unit_of[i]);
    }
    return 0;
}

/* npm leaves out an optional package that cannot be had, with its set; all else ends the install.
 */
void pl_fill_answer(struct reify *r, size_t unit, const struct pb_err *err)
{
    struct pl_wanted_tree *wanted = &r->layout.wanted;
    if (!err) return;
    r->fill->has_failed[unit] = true;
    for (size_t i = 1; i < wanted->n; i++) {
        if (r->layout.units.of_place[i] != unit || wanted->items[i].kind == PL_WANTED_SKIPPED)
            continue;
        if (!wanted->items[i].entry->optional) {
            if (!pb_err_is_set(&r->failure)) r->failure = *err;
            return;
        }
        r->fill->lost = true;
        r->in->result->skipped_optional++;
        pl_result_warn(r->in->result, "skipping optional %s: %s", wanted->items[i].path, err->msg);
        struct pl_optional_graph *graph = pl_optional_graph_new(wanted);
        pl_optional_set_skip(graph, i);
        pl_optional_graph_free(graph);
    }
}

/* Links first: an entry that stands is complete. */
static int publish(struct reify *r, struct fill *f, struct pb_err *err)
{
    struct pl_virtual_store *store = r->layout.share.store;
    int dirfd = pl_virtual_store_dirfd(store);
    for (size_t i = 1; i < f->tree.n; i++) {
        const struct pl_wanted *item = &f->tree.items[i];
        if (item->kind != PL_WANTED_LINK || f->has_failed[f->unit_of[i]]) continue;
        if (pl_link_make(dirfd, item->path, item->entry->resolved, err) != 0) return -1;
    }
    for (size_t u = 0; u < r->layout.units.n; u++) {
        const struct pl_unit *unit = &r->layout.units.items[u];
        if (!f->is_missing[u] || f->has_failed[u]) continue;
        if (pl_virtual_store_publish(store, unit->key, unit->place->entry->name, err) != 0)
            return -1;
    }
    return 0;
}

/* What was begun and did not come to its end. */
static void discard(struct reify *r, const struct fill *f)
{
    struct pl_virtual_store *store = r->layout.share.store;
    for (size_t u = 0; u < r->layout.units.n; u++) {
        char staged[PL_STAGED_KEY_MAX];
        if (!f->is_missing[u]) continue;
        pl_virtual_store_staged(store, r->layout.units.items[u].key, staged);
        /* What cannot be removed is left to prune. */
        if (pb_remove_tree(pl_virtual_store_dirfd(store), staged, NULL) != 0) return;
    }
}

static int fill_once(struct reify *r, struct fill *f, struct pb_err *err)
{
    if (find_missing(r, f, err) != 0) return -1;
    if (f->missing == 0) return 0;
    if (pl_engine_open_stages(r->in, err) != 0) return -1;
    if (ask(r, f, err) == 0 && pl_reify_run_stages(r, err) == 0 && publish(r, f, err) == 0)
        return 0;
    pl_engine_close(r->in); /* its jobs write there */
    discard(r, f);
    return -1;
}

/* A lock that is being made gets what is known of each package now. */
static void complete_lock(struct reify *r)
{
    struct pl_layout *l = &r->layout;
    PB_AUTO_BUF struct pb_buf folder = PB_BUF_INIT(8192);
    for (size_t i = 1; r->in->result->resolved && i < l->wanted.n; i++) {
        size_t u = l->units.of_place[i];
        if (u == PL_UNIT_NONE || !l->share.is_shared[u]) continue;
        pb_buf_clear(&folder);
        pb_buf_printf(&folder, "%s/node_modules/" PB_FMT, l->units.items[u].key,
                      PB_ARG(l->units.items[u].place->entry->name));
        if (pb_buf_ok(&folder))
            pl_reify_complete(r, &r->in->lock.entries[i], pl_virtual_store_dirfd(l->share.store),
                              folder.p);
    }
}

int pl_fill_virtual_store(struct reify *r, struct pb_err *err)
{
    for (bool again = true; again && r->layout.share.is_shared;) {
        struct fill f = {0};
        r->fill = &f;
        int rc = fill_once(r, &f, err);
        r->fill = NULL;
        again = f.lost;
        pl_wanted_release(&f.tree);
        pl_lock_release(&f.lock);
        if (rc != 0) return -1;
        if (again && pl_layout_again(r->in, &r->layout, err) != 0) return -1;
    }
    if (r->layout.share.is_shared) complete_lock(r);
    return 0;
}
