/* SPDX-License-Identifier: MIT */
#include "installer/install/package_file.h"

#include "base/fs.h"

#include "base/mem.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>

enum action { NOTHING, ADD, REMOVE, SETTLE, BUNDLE };

/* What the npm of this machine (11.19) writes in the same case. */
static const struct row {
    const char *before;
    enum action action;
    enum pl_save_type type;
    const char *name, *spec;
    const char *after;
} rows[] = {
    {"{\"a\":1}", ADD, PL_SAVE_AS_IS, "x", "^1", "{\"a\":1,\"dependencies\":{\"x\":\"^1\"}}"},
    {"{\n  \"a\": 1\n}", ADD, PL_SAVE_DEV, "x", "^1",
     "{\n  \"a\": 1,\n  \"devDependencies\": {\n    \"x\": \"^1\"\n  }\n}\n"},
    {"{\r\n\t\"a\": []\r\n}\r\n", ADD, PL_SAVE_PROD, "x", "1",
     "{\r\n\t\"a\": [],\r\n\t\"dependencies\": {\r\n\t\t\"x\": \"1\"\r\n\t}\r\n}\r\n"},
    {"{\"dependencies\":{\"z\":\"1\",\"B\":\"1\"}}", ADD, PL_SAVE_AS_IS, "a", "1",
     "{\"dependencies\":{\"a\":\"1\",\"B\":\"1\",\"z\":\"1\"}}"},
    {"{\"devDependencies\":{\"x\":\"1\"}}", ADD, PL_SAVE_AS_IS, "x", "2",
     "{\"devDependencies\":{\"x\":\"2\"}}"},
    {"{\"devDependencies\":{\"x\":\"1\"}}", ADD, PL_SAVE_AS_IS, "x", "*",
     "{\"devDependencies\":{\"x\":\"1\"}}"},
    {"{\"devDependencies\":{\"x\":\"1\"},\"q\":0.1}", ADD, PL_SAVE_PROD, "x", "2",
     "{\"q\":0.1,\"dependencies\":{\"x\":\"2\"}}"},
    {"{\"dependencies\":{\"x\":\"1\",\"y\":\"1\"}}", ADD, PL_SAVE_OPTIONAL, "x", "2",
     "{\"dependencies\":{\"y\":\"1\"},\"optionalDependencies\":{\"x\":\"2\"}}"},
    {"{\"devDependencies\":{\"x\":\"1\"}}", ADD, PL_SAVE_PEER, "x", "2",
     "{\"devDependencies\":{\"x\":\"2\"},\"peerDependencies\":{\"x\":\"2\"}}"},
    {"{\"dependencies\":{\"x\":\"1\"},\"devDependencies\":{\"x\":\"1\",\"y\":\"1\"}}", REMOVE,
     PL_SAVE_AS_IS, "x", "", "{\"devDependencies\":{\"y\":\"1\"}}"},
    {"{\"dependencies\":{\"x\":\"1\"},\"bundleDependencies\":[\"x\"]}", REMOVE, PL_SAVE_AS_IS, "x",
     "", "{}"},
    {"{\"bundleDependencies\":[\"z\"]}", BUNDLE, PL_SAVE_AS_IS, "x", "",
     "{\"bundleDependencies\":[\"x\",\"z\"]}"},
    {"{\"devDependencies\":{\"x\":\"^1.0.0\"},\"peerDependencies\":{\"x\":\">=1\"}}", SETTLE,
     PL_SAVE_AS_IS, "x", "^1.2.0",
     "{\"devDependencies\":{\"x\":\"^1.2.0\"},\"peerDependencies\":{\"x\":\">=1\"}}"},
    {"{\"devDependencies\":{\"x\":\"^1.0.0\"},\"peerDependencies\":{\"x\":\"^1\"}}", SETTLE,
     PL_SAVE_AS_IS, "x", "^2.0.0",
     "{\"devDependencies\":{\"x\":\"^2.0.0\"},\"peerDependencies\":{\"x\":\"^2.0.0\"}}"},
    /* A name in both lists is optional, and one list says so. */
    {"{\"dependencies\":{\"x\":\"1\"},\"optionalDependencies\":{\"x\":\"1\"}}", NOTHING,
     PL_SAVE_AS_IS, "", "", "{\"optionalDependencies\":{\"x\":\"1\"}}"},
    /* The same text: not touched, whatever stands around it. */
    {"  {\"a\":1}\n\n", NOTHING, PL_SAVE_AS_IS, "", "", "  {\"a\":1}\n\n"},
    {"{}", ADD, PL_SAVE_AS_IS, "x", "1", "{\n  \"dependencies\": {\n    \"x\": \"1\"\n  }\n}\n"},
};

static void act(struct pl_package_file *file, const struct row *row)
{
    switch (row->action) {
    case ADD:
        pl_package_file_add(file, row->type, row->name, row->spec);
        break;
    case REMOVE:
        pl_package_file_remove(file, row->name);
        break;
    case SETTLE:
        pl_package_file_settle(file, row->type, row->name, row->spec);
        break;
    case BUNDLE:
        pl_package_file_bundle(file, row->name);
        break;
    case NOTHING:
        break;
    }
}

static void check(const struct row *row)
{
    struct pb_err err = PB_ERR_INIT;
    PB_AUTO_FREE char *dir = NULL;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(4096);
    cr_assert_eq(pb_make_temp_dir("/tmp", "package-file", &dir, &err), 0, "%s", err.msg);
    PB_AUTO_FD int fd = pb_open_dir(AT_FDCWD, dir, &err);
    cr_assert_eq(pb_write_file(fd, "package.json", pb_str(row->before), 0644, &err), 0);

    struct pl_package_file file;
    cr_assert_eq(pl_package_file_load(fd, "package.json", &file, &err), 0, "%s", err.msg);
    act(&file, row);
    cr_assert_eq(pl_package_file_save(fd, "package.json", &file, &err), 0, "%s", err.msg);
    pl_package_file_free(&file);

    cr_assert_eq(pb_read_file(fd, "package.json", &text, &err), 0, "%s", err.msg);
    cr_expect(pb_str_is(pb_buf_str(&text), row->after), "%s:\n" PB_FMT, row->before,
              PB_ARG(pb_buf_str(&text)));
    cr_assert_eq(pb_remove_tree(AT_FDCWD, dir, &err), 0);
}

Test(package_file, writes_as_npm_does)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(&rows[i]);
}

Test(package_file, a_missing_file_is_empty_and_a_damaged_one_an_error)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_package_file file;
    cr_assert_eq(pl_package_file_load(AT_FDCWD, "/nonexistent/package.json", &file, &err), 0);
    cr_expect_null(pl_package_file_spec(&file, "x"));
    pl_package_file_free(&file);
    cr_expect_eq(pl_package_file_load(AT_FDCWD, "/dev/null", &file, &err), -1);
    cr_expect_eq(err.code, PB_E_BAD_INPUT);
    pl_package_file_free(&file);
}
