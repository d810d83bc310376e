/* SPDX-License-Identifier: MIT */
#include "installer/resolve/model.h"

#include "base/digest.h"

struct dep_list {
    struct pl_package_dep *items;
    size_t n;
    struct pl_name_map seen;
};

static bool is_in(const struct pl_strs *strs, struct pb_str name)
{
    for (size_t i = 0; i < strs->n; i++)
        if (pb_str_eq(strs->items[i], name)) return true;
    return false;
}

/* A name named again keeps one entry, the later one: also the order counts. */
static void add_dep(struct pl_resolver *r, struct dep_list *list, const struct pl_dep *dep,
                    enum pl_edge_type type)
{
    struct pl_name *name = pl_name_intern(&r->names, dep->name);
    struct pl_package_dep *before = pl_name_map_get(&list->seen, name);
    if (before) before->want = NULL;
    struct pl_package_dep *at = &list->items[list->n++];
    *at = (struct pl_package_dep){name, pl_want_get(r, name, dep->spec), type};
    pl_name_map_put(&list->seen, &r->arena, name, at);
}

/* Closes the gaps that entries named again left. */
static void compact(struct pl_resolver *r, struct dep_list *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].want) list->items[kept++] = list->items[i];
    if (kept == list->n) return;
    list->n = kept;
    list->seen = (struct pl_name_map){0};
    for (size_t i = 0; i < kept; i++)
        pl_name_map_put(&list->seen, &r->arena, list->items[i].name, &list->items[i]);
}

static void load(struct pl_resolver *r, const struct pl_manifest *m, bool with_dev,
                 struct dep_list *list)
{
    size_t most = m->dependencies.n + m->optional_dependencies.n + m->peer_dependencies.n +
                  (with_dev ? m->dev_dependencies.n : 0);
    list->items = PB_ARENA_ARRAY(&r->arena, struct pl_package_dep, most);
    const struct pl_deps *peers = &m->peer_dependencies;
    for (int optional = 0; optional < 2 && !r->options.legacy_peer_deps; optional++)
        for (size_t i = 0; i < peers->n; i++)
            if (is_in(&m->peer_optional, peers->items[i].name) == optional)
                add_dep(r, list, &peers->items[i], optional ? PL_PEER_OPTIONAL : PL_PEER);
    for (size_t i = 0; i < m->dependencies.n; i++)
        add_dep(r, list, &m->dependencies.items[i], PL_PROD);
    for (size_t i = 0; i < m->optional_dependencies.n; i++)
        add_dep(r, list, &m->optional_dependencies.items[i], PL_OPTIONAL);
    for (size_t i = 0; with_dev && i < m->dev_dependencies.n; i++)
        add_dep(r, list, &m->dev_dependencies.items[i], PL_DEV);
    compact(r, list);
}

/* Old publications have only a SHA-1 in hex: the same as an SRI text. */
static struct pb_str integrity_of(struct pl_resolver *r, const struct pl_manifest *m)
{
    uint8_t sha1[20];
    size_t n;
    if (m->integrity.n || !pb_unhex(m->shasum, sha1, sizeof sha1, &n) || n != sizeof sha1)
        return m->integrity;
    char text[4 * ((sizeof sha1 + 2) / 3) + 1];
    pb_base64(sha1, sizeof sha1, text);
    return pb_str(pb_arena_printf(&r->arena, "sha1-%s", text));
}

struct pl_package *pl_package_new(struct pl_resolver *r, const struct pl_manifest *m)
{
    struct pl_package *pkg = PB_ARENA_NEW(&r->arena, struct pl_package);
    struct dep_list list = {0};
    pkg->m = m;
    if (m->name.n) pkg->name = pl_name_intern(&r->names, m->name);
    pkg->has_version = pl_version_parse(m->version, true, &pkg->version);
    pkg->resolved = m->tarball;
    pkg->integrity = integrity_of(r, m);
    load(r, m, false, &list);
    pkg->deps = list.items;
    pkg->n_deps = list.n;
    return pkg;
}

void pl_package_load_top(struct pl_resolver *r, struct pl_package *pkg)
{
    if (pkg->top_deps) return;
    struct dep_list list = {0};
    load(r, pkg->m, true, &list);
    pkg->top_deps = list.items;
    pkg->n_top_deps = list.n;
    pkg->top_index = list.seen;
}
