/* SPDX-License-Identifier: MIT */
#include "harness/workspace/virtual_store.h"

#include "base/fs.h"
#include "base/mem.h"
#include "harness/workspace/tree_walk.h"

#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 500000u
#define FOLDER "/node_modules/"

/* What lies in the node_modules of a place, scopes included. */
struct beside {
    struct pb_arena *arena;
    const char *node_modules;
    size_t folders;
    const char **links;
    size_t n, cap;
};

static enum pb_walk_next look(void *user, const struct pb_walk_entry *e, struct pb_err *err)
{
    struct beside *b = user;
    (void)err;
    bool is_scope = e->name[0] == '@' && e->type == DT_DIR && !strchr(e->path, '/');
    if (is_scope) return PB_WALK_ENTER;
    if (e->name[0] == '.') return PB_WALK_SKIP;
    b->folders += e->type == DT_DIR;
    if (e->type == DT_LNK) {
        PB_GROW(b->links, b->cap, b->n + 2);
        b->links[b->n++] = pb_arena_printf(b->arena, "%s/%s", b->node_modules, e->path);
    }
    return PB_WALK_SKIP;
}

/* The last "/node_modules/" before a package's name, or NULL: the folder is no package's place. */
static const char *node_modules_of(const char *folder)
{
    const char *slash = strrchr(folder, '/');
    const char *found = NULL;
    for (const char *at = folder; (at = strstr(at, FOLDER)) != NULL; at++)
        found = at;
    if (!found || !slash) return NULL;
    const char *name = found + strlen(FOLDER), *inner = strchr(name, '/');
    bool is_place = name[0] == '@' ? inner && !strchr(inner + 1, '/') : !inner;
    return is_place && name[0] != '.' ? found : NULL;
}

/* 1: an entry, in *out; 0: none. */
static int read_entry(struct pb_virtual_store *store, const char *folder,
                      struct pb_virtual_entry *out, struct pb_err *err)
{
    const char *at = node_modules_of(folder);
    if (!at) return 0;
    struct beside b = {
        .arena = &store->arena,
        .node_modules = pb_arena_cstr(
            &store->arena, pb_strn(folder, (size_t)(at - folder) + strlen("/node_modules")))};
    const char *entry = at;
    while (entry > folder && entry[-1] != '/')
        entry--;
    int rc = pb_walk(b.node_modules, look, &b, err);
    if (rc == 0 && b.folders == 1) {
        const char **links = PB_ARENA_ARRAY(&store->arena, const char *, b.n + 1);
        if (b.n) memcpy(links, b.links, b.n * sizeof *links);
        *out =
            (struct pb_virtual_entry){.folder = folder,
                                      .shown = pb_arena_printf(&store->arena, "(linked)/%s", entry),
                                      .links = links};
    }
    free(b.links);
    return rc != 0 ? -1 : b.folders == 1;
}

static bool is_below(const char *path, const char *folder)
{
    size_t n = folder ? strlen(folder) : 0;
    return n && strncmp(path, folder, n) == 0 && path[n] == '/';
}

int pb_virtual_store_add(struct pb_virtual_store *store, const char *link, struct pb_err *err)
{
    struct pb_virtual_entry entry;
    PB_AUTO_FREE char *real = pb_real_path(link, NULL);
    if (!real || is_below(real, store->project)) return 0;
    if (pb_map_has(&store->seen, pb_str(real))) return 1;
    const char *folder = pb_arena_cstr(&store->arena, pb_str(real));
    int found = read_entry(store, folder, &entry, err);
    if (found <= 0) return found;
    if (store->n == ENTRIES_MAX)
        return pb_err_set(err, PB_E_LIMIT, "follow links: more than %u packages behind them",
                          ENTRIES_MAX);
    (void)pb_map_put(&store->seen, pb_str(folder), store);
    PB_GROW(store->entries, store->cap, store->n + 1);
    store->entries[store->n++] = entry;
    return 1;
}

int pb_virtual_store_follow(struct pb_virtual_store *store, struct pb_err *err)
{
    for (size_t i = 0; i < store->n; i++)
        for (const char *const *link = store->entries[i].links; *link; link++)
            if (pb_virtual_store_add(store, *link, err) < 0) return -1;
    return 0;
}

void pb_virtual_store_release(struct pb_virtual_store *store)
{
    free(store->entries);
    pb_map_release(&store->seen);
    pb_arena_release(&store->arena);
    *store = (struct pb_virtual_store){0};
}
