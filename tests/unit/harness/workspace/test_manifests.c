/* SPDX-License-Identifier: MIT */
#include "harness/workspace/manifests.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *dir;

static void put(const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    char folder[512];
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    cr_assert_eq(pb_mkdir_p(AT_FDCWD, folder, NULL), 0);
    cr_assert_eq(pb_write_file(AT_FDCWD, path, pb_str(text), 0644, NULL), 0);
}

static void set_up(void)
{
    cr_assert_eq(pb_make_temp_dir("/tmp", "manifests-", &dir, NULL), 0);
    put("package.json", "{\"name\":\"root\",\"packageManager\":\"pnpm@9.0.0\","
                        "\"devEngines\":{\"node\":\"20\",\"packageManager\":[]}}");
    put("apps/web/package.json", "{}");
}

static void tear_down(void)
{
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, NULL), 0);
    free(dir);
}

TestSuite(manifests, .init = set_up, .fini = tear_down);

static const struct {
    const char *file;
    bool counts;
} rows[] = {{"apps/web/package.json", true},        {"apps/new/package.json", true},
            {"node_modules/a/package.json", false}, {".cache/package.json", false},
            {"apps/web/other.json", false},         {"package.json", true}};

Test(manifests, digest_is_of_the_projects_own)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char before[65], after[65];
        cr_assert_eq(pb_manifests_digest(dir, before, NULL), 0);
        put(rows[i].file, "{\"changed\":true}");
        cr_assert_eq(pb_manifests_digest(dir, after, NULL), 0);
        cr_expect_eq(strcmp(before, after) != 0, rows[i].counts, "%s", rows[i].file);
    }
}

Test(manifests, moved_content_is_another_project)
{
    char before[65], after[65];
    put("a/package.json", "{\"x\":1}");
    put("b/package.json", "{\"y\":1}");
    cr_assert_eq(pb_manifests_digest(dir, before, NULL), 0);
    put("a/package.json", "{\"y\":1}");
    put("b/package.json", "{\"x\":1}");
    cr_assert_eq(pb_manifests_digest(dir, after, NULL), 0);
    cr_expect_str_neq(before, after);
}

Test(manifests, unpinning_takes_only_the_manager_out)
{
    char pin[64], path[512];
    bool removed;
    cr_expect(pb_manifest_pin(dir, pin));
    cr_expect_str_eq(pin, "pnpm@9.0.0");
    cr_assert_eq(pb_manifest_unpin(dir, &removed, NULL), 0);
    cr_expect(removed);
    cr_expect_not(pb_manifest_pin(dir, pin));
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(4096);
    snprintf(path, sizeof path, "%s/package.json", dir);
    cr_assert_eq(pb_read_file(AT_FDCWD, path, &text, NULL), 0);
    cr_expect_str_eq(text.p, "{\"name\":\"root\",\"devEngines\":{\"node\":\"20\"}}\n");
    cr_assert_eq(pb_manifest_unpin(dir, &removed, NULL), 0);
    cr_expect_not(removed);
}
