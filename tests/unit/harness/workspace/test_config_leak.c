/* SPDX-License-Identifier: MIT */
#include "harness/workspace/config_leak.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

static const char registry[] = "http://127.0.0.1:4000/";

static const struct {
    const char *npmrc, *says; /* NULL: nothing leaks */
} rows[] = {
    {"", NULL},
    {"legacy-peer-deps=true\n", NULL},
    {"registry=http://registry.example/\npackage-lock=false\n", NULL}, /* settled by arguments */
    {"@s:registry=http://127.0.0.1:4000\n", NULL},
    {"# proxy=http://p\n;proxy=x\nproxy\n", NULL},
    {"@s:registry = http://registry.example/\n", "@s:registry sends a scope to another registry"},
    {"a=b\r\nproxy=http://127.0.0.1:1\r\n", "proxy goes through a proxy"},
    {"modules-dir=elsewhere", "modules-dir moves the tree"},
};

Test(config_leak, of_an_npmrc)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[PB_CONFIG_LEAK_BYTES] = "";
        bool found = pb_npmrc_leak(pb_str(rows[i].npmrc), registry, text);
        cr_expect_eq(found, rows[i].says != NULL, "row %zu: %s", i, text);
        if (rows[i].says) cr_expect(strstr(text, rows[i].says), "row %zu: %s", i, text);
    }
}

static void put(const char *dir, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    cr_assert_eq(pb_write_file(AT_FDCWD, path, pb_str(text), 0644, NULL), 0);
}

static const struct {
    const char *file, *text, *says;
} files[] = {
    {"project/package.json", "{\"packageManager\":\"pnpm@9.1.0\"}",
     "names a package manager: pnpm@9.1.0"},
    {"project/package.json", "{\"devEngines\":{\"packageManager\":{\"name\":\"bun\"}}}", "bun"},
    {"project/.npmrc", "https-proxy=x\n", ".npmrc of the project"},
    {"package.json", "{\"workspaces\":[\"*\"]}", "has workspaces: choose another --out"},
    {"package.json", "{\"name\":\"above\"}", NULL},
    {"pnpm-workspace.yaml", "packages: []\n", "/pnpm-workspace.yaml above the project"},
    {"bunfig.toml", "", "/bunfig.toml above the project"},
};

Test(config_leak, of_files_above_and_in_the_project)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *dir, project[512], text[PB_CONFIG_LEAK_BYTES] = "";
        cr_assert_eq(pb_make_temp_dir("/tmp", "leak-", &dir, NULL), 0);
        snprintf(project, sizeof project, "%s/project", dir);
        cr_assert_eq(pb_mkdir_p(AT_FDCWD, project, NULL), 0);
        put(dir, "project/package.json", "{}");
        put(dir, files[i].file, files[i].text);
        bool found = pb_config_leak_find(project, registry, text);
        cr_expect_eq(found, files[i].says != NULL, "row %zu: %s", i, text);
        if (files[i].says) cr_expect(strstr(text, files[i].says), "row %zu: %s", i, text);
        cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, NULL), 0);
        free(dir);
    }
}
