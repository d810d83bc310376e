/* SPDX-License-Identifier: MIT */
#include "installer/install/wanted.h"

#include "installer/install/local_folders.h"
#include "installer/install/optional_set.h"

#include <criterion/criterion.h>

struct loaded {
    struct pb_arena arena;
    struct pl_lock lock;
    struct pl_wanted_tree tree;
};

static struct loaded load(const char *packages, const struct pl_wanted_filter *filter)
{
    static struct loaded l;
    l = (struct loaded){0};
    struct pb_err err = PB_ERR_INIT;
    const char *text = pb_arena_printf(
        &l.arena, "{\"name\":\"p\",\"lockfileVersion\":3,\"packages\":{\"\":{}%s}}", packages);
    cr_assert_eq(pl_lock_parse(pb_str(text), "lock", &l.lock, &err), 0, "%s", err.msg);
    cr_assert_eq(pl_wanted_build(&l.arena, &l.lock, filter, &l.tree, &err), 0, "%s", err.msg);
    return l;
}

static void unload(struct loaded *l)
{
    pl_wanted_release(&l->tree);
    pl_lock_release(&l->lock);
    pb_arena_release(&l->arena);
}

static enum pl_wanted_kind kind(const struct loaded *l, const char *path)
{
    const struct pl_wanted *item = pl_wanted_find(&l->tree, pb_str(path));
    cr_assert_not_null(item, "%s", path);
    return item->kind;
}

Test(wanted, paths_are_taken_apart)
{
    static const struct {
        const char *path, *owner, *modules;
    } cases[] = {
        {"", "", ""},
        {"packages/x", "", ""},
        {"node_modules/a", "", "node_modules"},
        {"node_modules/@s/a", "", "node_modules"},
        {"node_modules/a/node_modules/@s/b", "node_modules/a", "node_modules/a/node_modules"},
        {"packages/x/node_modules/b", "packages/x", "packages/x/node_modules"},
        {"packages/my_node_modules/b", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect(pb_str_is(pl_path_owner(pb_str(cases[i].path)), cases[i].owner), "%s",
                  cases[i].path);
        cr_expect(pb_str_is(pl_path_modules_dir(pb_str(cases[i].path)), cases[i].modules), "%s",
                  cases[i].path);
    }
}

Test(wanted, omitted_kinds_are_skipped_with_what_lies_in_them)
{
    static const char packages[] =
        ",\"node_modules/d\":{\"version\":\"1.0.0\",\"dev\":true}"
        ",\"node_modules/d/node_modules/in\":{\"version\":\"1.0.0\",\"dev\":true}"
        ",\"node_modules/do\":{\"version\":\"1.0.0\",\"devOptional\":true}"
        ",\"node_modules/o\":{\"version\":\"1.0.0\",\"optional\":true}"
        ",\"node_modules/p\":{\"version\":\"1.0.0\",\"peer\":true}"
        ",\"node_modules/x\":{\"version\":\"1.0.0\"}";
    static const struct {
        struct pl_wanted_filter filter;
        const char *kept; /* one letter per package */
    } cases[] = {
        {{0}, "dDopx"},
        {{.omit_dev = true}, "Dopx"},
        {{.omit_optional = true}, "dDpx"},
        {{.omit_peer = true}, "dDox"},
        {{.omit_dev = true, .omit_optional = true}, "px"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loaded l = load(packages, &cases[i].filter);
        char kept[8];
        size_t n = 0;
        if (kind(&l, "node_modules/d") == PL_WANTED_PACKAGE) kept[n++] = 'd';
        if (kind(&l, "node_modules/do") == PL_WANTED_PACKAGE) kept[n++] = 'D';
        if (kind(&l, "node_modules/o") == PL_WANTED_PACKAGE) kept[n++] = 'o';
        if (kind(&l, "node_modules/p") == PL_WANTED_PACKAGE) kept[n++] = 'p';
        if (kind(&l, "node_modules/x") == PL_WANTED_PACKAGE) kept[n++] = 'x';
        kept[n] = '\0';
        cr_expect_str_eq(kept, cases[i].kept);
        cr_expect_eq(kind(&l, "node_modules/d/node_modules/in"), kind(&l, "node_modules/d"));
        unload(&l);
    }
}

Test(wanted, links_local_folders_and_bundles_are_told_apart)
{
    struct loaded l =
        load(",\"node_modules/ui\":{\"resolved\":\"packages/ui\",\"link\":true}"
             ",\"node_modules/a\":{\"version\":\"1.0.0\",\"bundleDependencies\":[\"b\"]}"
             ",\"node_modules/a/node_modules/b\":{\"version\":\"1.0.0\",\"inBundle\":true}"
             ",\"node_modules/a/node_modules/b/node_modules/c\":{\"version\":\"1.0.0\"}"
             ",\"packages/ui\":{\"version\":\"1.0.0\"}"
             ",\"packages/ui/node_modules/d\":{\"version\":\"1.0.0\"}",
             &(struct pl_wanted_filter){0});
    cr_expect_eq(kind(&l, "node_modules/ui"), PL_WANTED_LINK);
    cr_expect_eq(kind(&l, "packages/ui"), PL_WANTED_LOCAL);
    cr_expect_eq(kind(&l, "node_modules/a/node_modules/b"), PL_WANTED_BUNDLED);
    cr_expect_eq(kind(&l, "packages/ui/node_modules/d"), PL_WANTED_PACKAGE);
    cr_expect_eq(pl_wanted_find(&l.tree, PB_LIT("packages/ui/node_modules/d"))->parent, 0);
    /* below a bundled package: waits for the package that brings it */
    const struct pl_wanted *c =
        pl_wanted_find(&l.tree, PB_LIT("node_modules/a/node_modules/b/node_modules/c"));
    cr_expect_str_eq(l.tree.items[c->parent].path, "node_modules/a");
    unload(&l);
}

Test(wanted, mandatory_package_for_another_platform_is_an_error_unless_forced)
{
    static const char lock_text[] =
        "{\"name\":\"p\",\"lockfileVersion\":3,\"packages\":{\"\":{},\"node_modules/m\":"
        "{\"version\":\"2.0.0\",\"os\":[\"nowhere\"]}}}";
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_lock lock;
    struct pl_wanted_tree tree;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_lock_parse(pb_str(lock_text), "lock", &lock, &err), 0);
    cr_expect_eq(pl_wanted_build(&arena, &lock, &(struct pl_wanted_filter){0}, &tree, &err), -1);
    cr_expect_eq(err.code, PB_E_UNSUPPORTED);
    cr_expect_not_null(strstr(err.msg, "m@2.0.0"));
    cr_expect_not_null(strstr(err.msg, "nowhere"));
    pl_wanted_release(&tree);
    pb_err_clear(&err);
    cr_expect_eq(
        pl_wanted_build(&arena, &lock, &(struct pl_wanted_filter){.force = true}, &tree, &err), 0);
    pl_wanted_release(&tree);
    pl_lock_release(&lock);
    pb_arena_release(&arena);
}

#define OPTIONAL(name, deps)                                                                       \
    ",\"node_modules/" name "\":{\"version\":\"1.0.0\",\"optional\":true,\"dependencies\":{" deps  \
    "}}"

Test(wanted, optional_set_goes_up_and_down_but_leaves_what_others_need)
{
    /* top -(optional)-> a -> bad -> only; a -> shared <- keep */
    struct loaded l = load(
        ",\"node_modules/"
        "top\":{\"version\":\"1.0.0\",\"optionalDependencies\":{\"a\":\"1\"}}" OPTIONAL(
            "a", "\"bad\":\"1\",\"shared\":\"1\"") OPTIONAL("bad", "\"only\":\"1\"")
            OPTIONAL("only", "\"bad\":\"1\"") ",\"node_modules/shared\":{\"version\":\"1.0.0\"}"
                                              ",\"node_modules/"
                                              "keep\":{\"version\":\"1.0.0\",\"dependencies\":{"
                                              "\"shared\":\"1\"}}",
        &(struct pl_wanted_filter){0});
    struct pl_optional_graph *graph = pl_optional_graph_new(&l.tree);
    const struct pl_wanted *bad = pl_wanted_find(&l.tree, PB_LIT("node_modules/bad"));
    pl_optional_set_skip(graph, (size_t)(bad - l.tree.items));
    cr_expect_eq(kind(&l, "node_modules/a"), PL_WANTED_SKIPPED);
    cr_expect_eq(kind(&l, "node_modules/bad"), PL_WANTED_SKIPPED);
    cr_expect_eq(kind(&l, "node_modules/only"), PL_WANTED_SKIPPED);
    cr_expect_eq(kind(&l, "node_modules/top"), PL_WANTED_PACKAGE);
    cr_expect_eq(kind(&l, "node_modules/shared"), PL_WANTED_PACKAGE);
    cr_expect_eq(kind(&l, "node_modules/keep"), PL_WANTED_PACKAGE);
    pl_optional_graph_free(graph);
    unload(&l);
}

Test(wanted, paths_are_joined_and_normalised)
{
    static const struct {
        const char *base, *path, *joined;
    } cases[] = {
        {"", "./lib/x", "lib/x"},
        {"packages/ui", "../core", "packages/core"},
        {"packages/ui", "../../other", "other"},
        {"", "../x", "../x"},
        {"a", "../../x", "../x"},
        {"../a", "../../x", "../../x"},
        {"a", ".", "a"},
        {"a", "..", ""},
    };
    struct pb_arena arena = PB_ARENA_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pb_str joined = pl_path_join(&arena, pb_str(cases[i].base), pb_str(cases[i].path));
        cr_expect(pb_str_is(joined, cases[i].joined), "%s + %s = " PB_FMT, cases[i].base,
                  cases[i].path, PB_ARG(joined));
    }
    pb_arena_release(&arena);
}

static const char wants_other_nodes[] =
    ",\"node_modules/dep\":{\"version\":\"1.0.0\",\"optional\":true}"
    ",\"node_modules/list\":{\"version\":\"1.0.0\",\"engines\":[\"node >= 99\"]}"
    ",\"node_modules/new\":{\"version\":\"1.0.0\",\"engines\":{\"node\":\">=99\"}}"
    ",\"node_modules/old\":{\"version\":\"1.0.0\",\"engines\":{\"npm\":\"1\",\"node\":\">=18\"}}"
    ",\"node_modules/opt\":{\"version\":\"1.0.0\",\"optional\":true,\"engines\":{\"node\":\"<18\"},"
    "\"dependencies\":{\"dep\":\"*\"}}";

Test(wanted, another_node_drops_what_is_optional_and_marks_the_rest)
{
    struct pl_engines engines = {.node_version = PB_LIT_INIT("20.1.0")};
    const struct pl_wanted_filter filter = {.engines = &engines};
    struct loaded l = load(wants_other_nodes, &filter);
    cr_expect_eq(kind(&l, "node_modules/opt"), PL_WANTED_SKIPPED);
    cr_expect_eq(kind(&l, "node_modules/dep"), PL_WANTED_SKIPPED);
    cr_expect(pl_wanted_find(&l.tree, pb_str("node_modules/new"))->is_unfit);
    cr_expect_not(pl_wanted_find(&l.tree, pb_str("node_modules/old"))->is_unfit);
    cr_expect_not(pl_wanted_find(&l.tree, pb_str("node_modules/list"))->is_unfit);
    unload(&l);
    pl_engines_release(&engines);
}

Test(wanted, without_a_node_all_fits)
{
    struct pl_engines engines = {0};
    const struct pl_wanted_filter filter = {.engines = &engines, .engine_strict = true};
    struct loaded l = load(wants_other_nodes, &filter);
    cr_expect_eq(kind(&l, "node_modules/opt"), PL_WANTED_PACKAGE);
    unload(&l);
    pl_engines_release(&engines);
}

Test(wanted, strict_engines_are_an_error)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_lock lock = {0};
    struct pl_wanted_tree tree;
    struct pb_err err = PB_ERR_INIT;
    struct pl_engines engines = {.node_version = PB_LIT_INIT("20.1.0")};
    const struct pl_wanted_filter filter = {.engines = &engines, .engine_strict = true};
    const char *text = pb_arena_printf(&arena, "{\"lockfileVersion\":3,\"packages\":{\"\":{}%s}}",
                                       wants_other_nodes);
    cr_assert_eq(pl_lock_parse(pb_str(text), "lock", &lock, &err), 0, "%s", err.msg);
    cr_expect_eq(pl_wanted_build(&arena, &lock, &filter, &tree, &err), -1);
    cr_expect(strstr(err.msg, "new@1.0.0: it wants node >=99, this is 20.1.0"), "%s", err.msg);
    pl_wanted_release(&tree);
    pl_lock_release(&lock);
    pl_engines_release(&engines);
    pb_arena_release(&arena);
}
