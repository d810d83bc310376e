/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "installer/lockfile/lock.h"

#include <criterion/criterion.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static const char text[] =
    "{\"lockfileVersion\":3,\"packages\":{\"\":{\"dependencies\":{\"a\":\"^1\",\"x\":\"1\"},"
    "\"devDependencies\":{\"d\":\"^2\"},\"optionalDependencies\":{\"o\":\"1\"}},"
    "\"node_modules/a\":{\"version\":\"1.2.0\"},\"node_modules/d\":{\"version\":\"2.0.0\"},"
    "\"node_modules/x\":{\"version\":\"1.0.0\"},"
    "\"node_modules/r\":{\"name\":\"real\",\"version\":\"3.0.0\"},"
    "\"node_modules/w\":{\"resolved\":\"packages/w\",\"link\":true},"
    "\"packages/w\":{\"version\":\"1.0.0\"}}}";

#define REST "\"devDependencies\":{\"d\":\"^2\"},\"optionalDependencies\":{\"o\":\"1\"}"

static const struct {
    const char *what, *root, *error; /* error: part of the message, or NULL */
} rows[] = {
    {"the same", "{\"dependencies\":{\"a\":\"^1\",\"x\":\"1\"}," REST "}", NULL},
    {"another order", "{\"dependencies\":{\"x\":\"1\",\"a\":\"^1\"}," REST "}", NULL},
    {"a wider range", "{\"dependencies\":{\"a\":\"*\",\"x\":\"1\"}," REST "}", NULL},
    {"moved between lists",
     "{\"dependencies\":{\"a\":\"^1\",\"x\":\"1\",\"d\":\"^2\"},"
     "\"optionalDependencies\":{\"o\":\"1\"}}",
     NULL},
    {"an alias", "{\"dependencies\":{\"a\":\"^1\",\"x\":\"1\",\"r\":\"npm:real@3\"}," REST "}",
     NULL},
    {"a link", "{\"dependencies\":{\"a\":\"^1\",\"x\":\"1\",\"w\":\"file:packages/w\"}," REST "}",
     NULL},
    {"a missing optional one",
     "{\"dependencies\":{\"a\":\"^1\",\"x\":\"1\"},\"devDependencies\":{\"d\":\"^2\"},"
     "\"optionalDependencies\":{\"o\":\"2\"}}",
     NULL},
    {"another version", "{\"dependencies\":{\"a\":\"^2\",\"x\":\"1\"}," REST "}",
     "a@^2: the lockfile has another version"},
    {"a new one", "{\"dependencies\":{\"a\":\"^1\",\"x\":\"1\",\"new\":\"1\"}," REST "}",
     "new@1: missing"},
    {"another alias", "{\"dependencies\":{\"a\":\"^1\",\"x\":\"1\",\"r\":\"npm:b@3\"}," REST "}",
     "r@npm:b@3"},
    {"one removed: the rest is there", "{\"dependencies\":{\"a\":\"^1\"}," REST "}", NULL},
};

Test(lock_check, compares_with_package_json)
{
    struct pl_lock lock;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_lock_parse(pb_str(text), "lock", &lock, &err), 0, "%s", err.msg);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct pb_arena arena = PB_ARENA_INIT;
        struct pb_json doc;
        struct pl_manifest root;
        err = PB_ERR_INIT;
        cr_assert_eq(pb_json_parse(&doc, pb_str(rows[i].root), "root", &err), 0, "%s", err.msg);
        cr_assert_eq(pl_manifest_from_json(&arena, doc.root, &root, &err), 0);
        int rc = pl_lock_check_root(&lock, &root, &err);
        cr_expect_eq(rc, rows[i].error ? -1 : 0, "%s: %s", rows[i].what, err.msg);
        if (rows[i].error)
            cr_expect_not_null(strstr(err.msg, rows[i].error), "%s: %s", rows[i].what, err.msg);
        pb_json_free(&doc);
        pb_arena_release(&arena);
    }
    pl_lock_release(&lock);
}
