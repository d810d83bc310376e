/* SPDX-License-Identifier: MIT */
#include "installer/install/units.h"

#include <criterion/criterion.h>

struct found {
    struct pb_arena arena;
    struct pl_lock lock;
    struct pl_wanted_tree tree;
    struct pl_units units;
};

static void find(struct found *f, const char *packages)
{
    struct pb_err err = PB_ERR_INIT;
    *f = (struct found){0};
    const char *text = pb_arena_printf(
        &f->arena, "{\"name\":\"p\",\"lockfileVersion\":3,\"packages\":{\"\":{}%s}}", packages);
    cr_assert_eq(pl_lock_parse(pb_str(text), "lock", &f->lock, &err), 0, "%s", err.msg);
    cr_assert_eq(
        pl_wanted_build(&f->arena, &f->lock, &(struct pl_wanted_filter){0}, &f->tree, &err), 0,
        "%s", err.msg);
    pl_units_find(&f->arena, &f->tree, &f->units);
}

static void release(struct found *f)
{
    pl_wanted_release(&f->tree);
    pl_lock_release(&f->lock);
    pb_arena_release(&f->arena);
}

static const char *key_of(const struct found *f, const char *path)
{
    const struct pl_wanted *item = pl_wanted_find(&f->tree, pb_str(path));
    cr_assert_not_null(item, "%s", path);
    size_t unit = f->units.of_place[item - f->tree.items];
    cr_assert_neq(unit, PL_UNIT_NONE, "%s", path);
    return f->units.items[unit].key;
}

#define PACKAGE(path, version, more)                                                               \
    ",\"node_modules/" path "\":{\"version\":\"" version "\",\"integrity\":\"sha512-" version      \
    "\"" more "}"
#define DEPS(list) ",\"dependencies\":{" list "}"

Test(units, places_that_mean_the_same_are_one)
{
    struct found f;
    find(&f, PACKAGE("a", "1.0.0", DEPS("\"c\":\"1\"")) PACKAGE("b", "1.0.0", "")
                 PACKAGE("b/node_modules/c", "1.0.0", "")
                     PACKAGE("b/node_modules/@s/d", "1.0.0", DEPS("\"c\":\"1\""))
                         PACKAGE("@s/d", "1.0.0", DEPS("\"c\":\"1\"")) PACKAGE("c", "2.0.0", ""));
    cr_expect_eq(f.units.n, 6); /* a, b, @s/d twice, c twice */
    cr_expect_str_neq(key_of(&f, "node_modules/@s/d"),
                      key_of(&f, "node_modules/b/node_modules/@s/d"));
    cr_expect(pb_str_starts(pb_str(key_of(&f, "node_modules/@s/d")), "@s+d@1.0.0-"));
    release(&f);
    find(&f, PACKAGE("b", "1.0.0", "") PACKAGE("b/node_modules/c", "1.0.0", "")
                 PACKAGE("c", "1.0.0", ""));
    cr_expect_eq(f.units.n, 2);
    cr_expect_str_eq(key_of(&f, "node_modules/c"), key_of(&f, "node_modules/b/node_modules/c"));
    release(&f);
}

/* What lies elsewhere in a project does not matter; what lies below does, however deep. */
Test(units, keys_are_the_same_in_every_project)
{
    struct found one, other, deeper;
    find(&one, PACKAGE("a", "1.0.0", DEPS("\"b\":\"1\"")) PACKAGE("b", "1.0.0", DEPS("\"c\":\"1\""))
                   PACKAGE("c", "1.0.0", ""));
    find(&other,
         PACKAGE("a", "1.0.0", DEPS("\"b\":\"1\"")) PACKAGE("b", "1.0.0", DEPS("\"c\":\"1\""))
             PACKAGE("b/node_modules/c", "1.0.0", "") PACKAGE("c", "3.0.0", "")
                 PACKAGE("x", "1.0.0", DEPS("\"c\":\"3\"")));
    find(&deeper, PACKAGE("a", "1.0.0", DEPS("\"b\":\"1\""))
                      PACKAGE("b", "1.0.0", DEPS("\"c\":\"1\"")) PACKAGE("c", "1.0.1", ""));
    cr_expect_str_eq(key_of(&one, "node_modules/a"), key_of(&other, "node_modules/a"));
    cr_expect_str_neq(key_of(&one, "node_modules/a"), key_of(&deeper, "node_modules/a"));
    release(&one);
    release(&other);
    release(&deeper);
}

/* Something more below one member makes it another circle for all of them. */
Test(units, circles_are_told_apart_by_all_of_their_members)
{
    struct found one, again, other;
    find(&one,
         PACKAGE("a", "1.0.0", DEPS("\"b\":\"1\"")) PACKAGE("b", "1.0.0", DEPS("\"a\":\"1\"")));
    find(&again, PACKAGE("a", "1.0.0", DEPS("\"b\":\"1\""))
                     PACKAGE("b", "1.0.0", DEPS("\"a\":\"1\"")) PACKAGE("z", "1.0.0", ""));
    find(&other, PACKAGE("a", "1.0.0", DEPS("\"b\":\"1\"")) PACKAGE(
                     "b", "1.0.0", DEPS("\"a\":\"1\",\"z\":\"1\"")) PACKAGE("z", "1.0.0", ""));
    cr_expect_str_eq(key_of(&one, "node_modules/a"), key_of(&again, "node_modules/a"));
    cr_expect_str_eq(key_of(&one, "node_modules/b"), key_of(&again, "node_modules/b"));
    cr_expect_str_neq(key_of(&one, "node_modules/a"), key_of(&other, "node_modules/a"));
    cr_expect_str_neq(key_of(&one, "node_modules/b"), key_of(&other, "node_modules/b"));
    release(&one);
    release(&again);
    release(&other);
}
