/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "installer/lockfile/lock.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static void expect_same_text(const char *name, struct pb_str text)
{
    struct pl_lock lock;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_lock_parse(text, name, &lock, &err), 0, "%s", err.msg);
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT((size_t)1 << 24);
    pl_lock_print(&lock, &out);
    pl_lock_release(&lock);
    size_t at = 0;
    while (at < out.n && at < text.n && out.p[at] == text.p[at])
        at++;
    cr_expect(pb_str_eq(pb_buf_str(&out), text), "%s: differs from byte %zu: %.60s", name, at,
              pb_str_skip(pb_buf_str(&out), at > 20 ? at - 20 : 0).p);
}

static const char *const files[] = {"npm_vite-react", "npm_workspaces"};

Test(lock_print, gives_back_what_npm_wrote_byte_for_byte)
{
    for (size_t i = 0; i < ROWS(files); i++) {
        char path[512];
        struct pb_err err = PB_ERR_INIT;
        PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT((size_t)1 << 24);
        snprintf(path, sizeof path, "%s/%s.json", LOCK_DIR, files[i]);
        cr_assert_eq(pb_read_file(AT_FDCWD, path, &text, &err), 0, "%s", err.msg);
        expect_same_text(files[i], pb_buf_str(&text));
    }
}

/* Made with json-stringify-nice as npm calls it: scalars first, known keys, numbers, locale. */
static const char *const kept[] = {
    "{\n  \"name\": \"p\",\n  \"lockfileVersion\": 3,\n  \"requires\": true,\n"
    "  \"packages\": {}\n}\n",
    "{\n\t\"name\": \"p\",\n\t\"lockfileVersion\": 3,\n\t\"requires\": true,\n\t\"packages\": {\n"
    "\t\t\"\": {\n\t\t\t\"name\": \"p\",\n\t\t\t\"devDependencies\": {}\n\t\t}\n\t}\n}",
    "{\n  \"name\": \"p\",\n  \"lockfileVersion\": 3,\n  \"requires\": true,\n  \"packages\": {\n"
    "    \"\": {\n      \"name\": \"p\",\n      \"license\": \"MIT\",\n      \"dependencies\": {\n"
    "        \"10\": \"1\",\n        \"name\": \"1\",\n        \"version\": \"1\",\n"
    "        \"@s/a\": \"1\",\n        \"a\": \"1\",\n        \"B\": \"1\"\n      },\n"
    "      \"bin\": {\n        \"p\": \"cli.js\"\n      }\n    },\n"
    "    \"node_modules/a\": {\n      \"version\": \"1.0.0\",\n      \"dev\": true,\n"
    "      \"engines\": [\n        \"node\"\n      ],\n      \"funding\": [\n        {\n"
    "          \"type\": \"x\",\n          \"url\": \"https://registry.example/\"\n        },\n"
    "        \"y\"\n      ],\n      \"license\": \"a \\\"b\\\" \xC3\xA9\"\n    }\n  }\n}\n",
};

Test(lock_print, keeps_order_indentation_and_end)
{
    for (size_t i = 0; i < ROWS(kept); i++)
        expect_same_text("row", pb_str(kept[i]));
}

/* What comes from manifests is put in npm's form: order of keys, license and funding texts. */
Test(lock_print, normalises_what_npm_normalises)
{
    static const char text[] =
        "{\"lockfileVersion\":2,\"packages\":{\"\":{},\"node_modules/a\":{\"version\":\"1.0.0\","
        "\"funding\":\"https://registry.example/\",\"license\":{\"url\":\"x\",\"type\":\"ISC\"},"
        "\"engines\":{},\"dependencies\":{\"b\":\"1\",\"a\":\"2\"},\"os\":[]}}}\n";
    static const char expected[] =
        "{\n  \"lockfileVersion\": 2,\n  \"requires\": true,\n  \"packages\": {\n"
        "    \"node_modules/a\": {\n      \"version\": \"1.0.0\",\n      \"license\": \"ISC\",\n"
        "      \"dependencies\": {\n        \"a\": \"2\",\n        \"b\": \"1\"\n      },\n"
        "      \"funding\": {\n        \"url\": \"https://registry.example/\"\n      }\n    }\n"
        "  }\n}\n";
    struct pl_lock lock;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_lock_parse(pb_str(text), "lock", &lock, &err), 0, "%s", err.msg);
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 20);
    pl_lock_print(&lock, &out);
    pl_lock_release(&lock);
    cr_expect_str_eq(out.p, expected);
}

static const struct {
    const char *text, *indent;
} indents[] = {
    {"{\n    \"a\": 1\n}", "    "},
    {"{\n\t\"a\": 1\n}", "\t"},
    {"{}", "  "},
    {"{\n}", "  "},
    {"{\n                    \"a\": 1}", "                "},
};

Test(lock_print, indentation_is_that_of_the_first_indented_line)
{
    for (size_t i = 0; i < ROWS(indents); i++) {
        char indent[17];
        pl_lock_indent_of(pb_str(indents[i].text), indent);
        cr_expect_str_eq(indent, indents[i].indent, "row %zu", i);
    }
}
