/* SPDX-License-Identifier: MIT */
/*
 * The published cases of arborist's place-dep and can-place-dep, played by npm 11 (made by
 * tests/oracle/npm/make_placements.mjs): a tree, a dependency with its peer set, for whom; and what
 * becomes of the tree, or what may be done at one target. The file lists what is left out and why.
 */
#include "base/json.h"
#include "base/mem.h"
#include "installer/lockfile/locale_cmp.h"
#include "installer/lockfile/lock_path.h"
#include "installer/resolve/edge.h"
#include "installer/resolve/ideal.h"
#include "installer/resolve/place.h"
#include "installer/resolve/tree.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#define BYTES_MAX ((size_t)1 << 22)

struct game {
    const char *about;
    struct pb_arena arena;
    struct pl_manifest root;
    struct pl_lock tree;
    struct pl_resolver *r;
    struct pl_node *dep;
    struct pl_edge *edge;
    bool is_explicit;
};

static struct pl_manifest *manifest_of(struct game *g, const cJSON *object)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_manifest *m = PB_ARENA_NEW(&g->arena, struct pl_manifest);
    cr_assert_eq(pl_manifest_from_json(&g->arena, object, m, &err), 0, "%s", err.msg);
    return m;
}

/* The tree as a lock has it. */
static void read_tree(struct game *g, const cJSON *tree)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(BYTES_MAX);
    struct pb_err err = PB_ERR_INIT;
    const cJSON *place;
    pb_buf_add_cstr(&text, "{\"lockfileVersion\":3,\"packages\":{");
    cJSON_ArrayForEach (place, tree) {
        cJSON *entry = cJSON_Duplicate(place, true);
        const char *target = pb_json_cstr(place, "link");
        if (target) {
            cJSON_ReplaceItemInObject(entry, "link", cJSON_CreateTrue());
            cJSON_AddStringToObject(entry, "resolved", target);
        }
        if (place != tree->child) pb_buf_add_char(&text, ',');
        pb_buf_add_json(&text, pb_str(place->string));
        pb_buf_add_char(&text, ':');
        pb_json_print(entry, &text);
        cJSON_Delete(entry);
    }
    pb_buf_add_cstr(&text, "}}");
    cr_assert_eq(pl_lock_parse(pb_buf_str(&text), g->about, &g->tree, &err), 0, "%s", err.msg);
}

static struct pl_node *node_at(struct game *g, const char *location)
{
    if (location[0] == '\0') return g->r->root;
    struct pl_node_list nodes = pl_tree_nodes(g->r);
    for (uint32_t i = 0; i < nodes.n; i++)
        if (pb_str_is(nodes.items[i]->location, location)) return nodes.items[i];
    cr_assert_fail("%s: nothing at %s", g->about, location);
    return NULL;
}

static struct pl_node *virtual_child(struct game *g, struct pl_node *root, const cJSON *object,
                                     const char *name)
{
    struct pl_package *pkg = pl_package_new(g->r, manifest_of(g, object));
    const char *resolved = pb_json_cstr(object, "resolved");
    const char *integrity = pb_json_cstr(object, "integrity");
    if (resolved) pkg->resolved = pb_str(resolved);
    if (integrity) pkg->integrity = pb_str(integrity);
    struct pl_name *as = pl_name_intern(&g->r->names, pb_str(name));
    struct pl_node *node = pl_node_new(g->r, as, pkg, false, NULL);
    pl_node_attach(g->r, root, node);
    return node;
}

/* What does not fit in the peer set was decided to be so before. */
static void accept_conflicts(struct game *g, struct pl_node *root)
{
    if (!pl_edge_satisfied_by(g->r, g->edge, g->dep)) g->edge->peer_conflicted = true;
    for (uint32_t i = 0; i < root->children.n; i++) {
        struct pl_node *child = root->children.slots[i].value;
        for (uint32_t j = 0; j < child->n_edges_in; j++)
            if (pl_edge_state(g->r, child->edges_in[j]) == PL_EDGE_INVALID)
                child->edges_in[j]->peer_conflicted = true;
    }
}

static void read_update(struct game *g, const cJSON *options, struct pl_resolve_options *out)
{
    const cJSON *name;
    cJSON_ArrayForEach (name, pb_json_get(options, "updateNames")) {
        pl_strs_add(&g->arena, &out->update, name->valuestring);
    }
}

static void set_up(struct game *g, const cJSON *row)
{
    struct pb_err err = PB_ERR_INIT;
    const cJSON *options = pb_json_get(row, "options"), *tree = pb_json_get(row, "tree"), *peer;
    *g = (struct game){.about = pb_json_cstr(row, "about")};
    g->root = *manifest_of(g, pb_json_get(tree, ""));
    read_tree(g, tree);
    struct pl_resolve_options set = {.prefer_dedupe = pb_json_bool(options, "preferDedupe", false)};
    read_update(g, options, &set);
    g->r = pl_resolver_new(&g->root, &g->tree, &set);
    cr_assert_eq(pl_resolver_load(g->r, &err), 0, "%s: %s", g->about, err.msg);
    if (!g->r->root) cr_assert_fail("%s: no tree", g->about);

    struct pl_node *from = node_at(g, pb_json_cstr(row, "from"));
    const char *name = pb_json_cstr(row, "name");
    g->edge = pl_node_edge(g->r, from, pl_name_intern(&g->r->names, pb_str(name)));
    cr_assert_not_null(g->edge, "%s: no dependency on %s", g->about, name);
    struct pl_node *root = pl_virtual_root_new(g->r, from);
    cJSON_ArrayForEach (peer, pb_json_get(row, "peers")) {
        (void)virtual_child(g, root, peer, pb_json_cstr(peer, "name"));
    }
    /* With --legacy-peer-deps the trees have their peers, what is placed has none. */
    g->r->options.legacy_peer_deps = pb_json_bool(options, "legacyPeerDeps", false);
    g->dep = virtual_child(g, root, pb_json_get(row, "dep"), name);
    accept_conflicts(g, root);
    g->r->options.strict_peer_deps = pb_json_bool(options, "strictPeerDeps", false);
    g->r->options.force = pb_json_bool(options, "force", false);
    g->is_explicit = pb_json_bool(options, "explicitRequest", false);
}

static void tear_down(struct game *g)
{
    pl_resolver_free(g->r);
    pl_lock_release(&g->tree);
    pb_arena_release(&g->arena);
}

static void check_tree(struct game *g, const cJSON *expect)
{
    struct pl_node_list nodes = pl_tree_nodes(g->r);
    uint32_t count = 0;
    for (uint32_t i = 0; i < nodes.n; i++) {
        const struct pl_node *node = nodes.items[i];
        if (node == g->r->root) continue;
        count++;
        char text[256], location[256];
        const struct pl_manifest *m = node->pkg->m;
        bool is_alias = m->name.n && !pb_str_eq(m->name, node->name->text);
        snprintf(location, sizeof location, PB_FMT, PB_ARG(node->location));
        if (node->is_link)
            snprintf(text, sizeof text, "-> " PB_FMT, PB_ARG(node->target->location));
        else if (is_alias && !node->folder)
            snprintf(text, sizeof text, "npm:" PB_FMT "@" PB_FMT, PB_ARG(m->name),
                     PB_ARG(m->version));
        else
            snprintf(text, sizeof text, PB_FMT, PB_ARG(m->version));
        const char *wanted = pb_json_cstr(expect, location);
        cr_expect(wanted && strcmp(wanted, text) == 0, "%s: %s is %s, not %s", g->about, location,
                  text, wanted ? wanted : "empty");
    }
    cr_expect_eq(count, (uint32_t)cJSON_GetArraySize(expect), "%s: %u places, not %d", g->about,
                 count, cJSON_GetArraySize(expect));
}

static void open_table(struct pb_json *doc)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_json_load(doc, AT_FDCWD, SCENARIO_DIR "/placements.json", BYTES_MAX, &err), 0,
                 "%s", err.msg);
}

Test(placements, what_becomes_of_the_tree)
{
    struct pb_json doc;
    size_t count = 0;
    const cJSON *row;
    open_table(&doc);
    cJSON_ArrayForEach (row, pb_json_get(doc.root, "place")) {
        struct game g;
        bool fails = pb_json_get(row, "error") != NULL;
        set_up(&g, row);
        (void)pl_place_dep(g.r, g.dep, g.edge, NULL, g.is_explicit);
        cr_expect_eq(pb_err_is_set(&g.r->err), fails, "%s: %s", g.about,
                     fails ? "no conflict" : g.r->err.msg);
        if (fails)
            cr_expect_eq(g.r->err.code, PB_E_CONFLICT, "%s", g.about);
        else
            check_tree(&g, pb_json_get(row, "expect"));
        tear_down(&g);
        count++;
    }
    printf("%zu cases\n", count);
    cr_expect_gt(count, 60);
    pb_json_free(&doc);
}

static const char *can_name(enum pl_can can)
{
    static const char *const names[] = {[PL_CAN_UNKNOWN] = "undefined",
                                        [PL_CONFLICT] = "CONFLICT",
                                        [PL_OK] = "OK",
                                        [PL_REPLACE] = "REPLACE",
                                        [PL_KEEP] = "KEEP"};
    return names[can];
}

Test(placements, what_may_be_done_at_a_target)
{
    struct pb_json doc;
    size_t count = 0;
    const cJSON *row;
    open_table(&doc);
    cJSON_ArrayForEach (row, pb_json_get(doc.root, "can_place")) {
        struct game g;
        set_up(&g, row);
        struct pl_node *target = node_at(&g, pb_json_cstr(row, "target"));
        const struct pl_can_place *can =
            pl_can_place_check(g.r, g.dep, target, g.edge, NULL, g.is_explicit);
        cr_expect_str_eq(can_name(can->can), pb_json_cstr(row, "can"), "%s: %s", g.about,
                         can_name(can->can));
        cr_expect_str_eq(can_name(can->can_self), pb_json_cstr(row, "can_self"), "%s: alone %s",
                         g.about, can_name(can->can_self));
        tear_down(&g);
        count++;
    }
    printf("%zu cases\n", count);
    cr_expect_gt(count, 40);
    pb_json_free(&doc);
}
