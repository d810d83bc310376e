/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "base/mem.h"
#include "harness/limit/plan.h"
#include "harness/limit/tree_work.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;
static int dirfd;

static void enter(void)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_make_temp_dir("/tmp", "limit-", &dir, &err), 0, "%s", err.msg);
    dirfd = pb_open_dir(AT_FDCWD, dir, &err);
    cr_assert_geq(dirfd, 0);
}

static void leave(void)
{
    struct pb_err err = PB_ERR_INIT;
    close(dirfd);
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, &err), 0, "%s", err.msg);
    free(dir);
}

TestSuite(limit, .init = enter, .fini = leave);

static void put(const char *path, const char *text, mode_t mode)
{
    char folder[256];
    struct pb_err err = PB_ERR_INIT;
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    cr_assert_eq(pb_mkdir_p(dirfd, folder, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_write_file(dirfd, path, pb_str(text), mode, &err), 0, "%s", err.msg);
}

/* Two packages of which one is scoped, nested and named otherwise; a file for another platform. */
static void make_project(void)
{
    put("p/package-lock.json",
        "{\"packages\":{\"\":{},\"node_modules/a\":{\"resolved\":\"http://r.example/a/-/a.tgz\"},"
        "\"node_modules/other\":{\"resolved\":\"http://r.example/other/-/o.tgz\"},"
        "\"node_modules/link\":{\"resolved\":\"folder\",\"link\":true},"
        "\"node_modules/a/node_modules/@s/b\":{\"resolved\":\"http://r.example/@s/b/-/b.tgz\"}}}",
        0644);
    put("p/node_modules/.package-lock.json",
        "{\"packages\":{\"node_modules/a\":{\"resolved\":\"http://r.example/a/-/a.tgz\"},"
        "\"node_modules/a/node_modules/@s/b\":{\"resolved\":\"http://r.example/@s/b/-/b.tgz\"}}}",
        0644);
    put("p/node_modules/a/package.json", "{\"name\":\"a\"}", 0644);
    put("p/node_modules/a/x.js", "same", 0644);
    put("p/node_modules/a/run", "same", 0755);
    put("p/node_modules/a/node_modules/@s/b/y.js", "same", 0644);
    put("p/node_modules/a/node_modules/@s/b/e1", "", 0644);
    put("p/node_modules/a/node_modules/@s/b/e2", "", 0644);
    cr_assert_eq(symlinkat("a/run", dirfd, "p/node_modules/run"), 0);
}

static struct pb_buf make_plan(void)
{
    char project[300];
    struct pb_err err = PB_ERR_INIT;
    struct pb_buf text = PB_BUF_INIT(PB_LIMIT_PLAN_MAX_BYTES);
    (void)snprintf(project, sizeof project, "%s/p", dir);
    cr_assert_eq(pb_limit_plan_make(project, &text, &err), 0, "%s", err.msg);
    return text;
}

static const char *path_of(char out[300], const char *name)
{
    (void)snprintf(out, 300, "%s/%s", dir, name);
    return out;
}

static off_t size_of(const char *path)
{
    struct stat st;
    cr_assert_eq(fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW), 0, "%s", path);
    return st.st_size;
}

static ino_t inode_of(const char *path)
{
    struct stat st;
    cr_assert_eq(fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW), 0, "%s", path);
    return st.st_ino;
}

static size_t count_of(const struct pb_limit_plan *plan, enum pb_limit_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->entry_count; i++)
        n += plan->entries[i].kind == kind;
    return n;
}

Test(limit, a_plan_counts_what_must_be_received_and_made)
{
    make_project();
    struct pb_buf text PB_AUTO_BUF = make_plan();
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_limit_plan plan;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_limit_plan_read(text.p, text.n, &arena, &plan, &err), 0, "%s", err.msg);
    cr_assert_eq(plan.metadata_count, 3);
    cr_expect_str_eq(plan.metadata[2], "/@s%2fb");
    cr_assert_eq(plan.tarball_count, 2, "what stands for this platform");
    cr_expect_eq(count_of(&plan, PB_LIMIT_DIR), 5);
    cr_expect_eq(count_of(&plan, PB_LIMIT_FILE), 7);
    /* the hidden lock, package.json, "same" twice by mode, two empty files */
    cr_expect_eq(plan.content_count, 6);
    cr_expect_eq(count_of(&plan, PB_LIMIT_SYMLINK), 1);
    pb_arena_release(&arena);
}

Test(limit, the_work_makes_the_planned_tree)
{
    make_project();
    struct pb_buf text PB_AUTO_BUF = make_plan();
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_limit_plan plan;
    struct pb_err err = PB_ERR_INIT;
    char store[300], project[300];
    cr_assert_eq(pb_limit_plan_read(text.p, text.n, &arena, &plan, &err), 0, "%s", err.msg);
    cr_assert_eq(mkdirat(dirfd, "q", 0777), 0);
    cr_assert_eq(pb_limit_make_store(&plan, path_of(store, "store"), &err), 0, "%s", err.msg);
    cr_assert_eq(pb_limit_make_tree(&plan, store, path_of(project, "q"), &err), 0, "%s", err.msg);
    cr_expect_eq(size_of("q/node_modules/a/x.js"), 4);
    cr_expect_eq(size_of("q/node_modules/a/package.json"), 12);
    cr_expect_eq(size_of("q/node_modules/a/node_modules/@s/b/e2"), 0);
    cr_expect_eq(size_of("q/node_modules/run"), 5, "a symbolic link of the same target");
    cr_expect_eq(inode_of("q/node_modules/a/x.js"),
                 inode_of("q/node_modules/a/node_modules/@s/b/y.js"));
    cr_expect_neq(inode_of("q/node_modules/a/x.js"), inode_of("q/node_modules/a/run"));
    cr_expect_eq(pb_limit_make_tree(&plan, store, project, &err), -1, "it stands already");
    pb_arena_release(&arena);
}

static const char *const bad_plans[] = {
    "",
    "limit-plan 2\n",
    PB_LIMIT_PLAN_HEAD "dir\t../x\n",
    PB_LIMIT_PLAN_HEAD "dir\t/x\n",
    PB_LIMIT_PLAN_HEAD "dir\tx",
    PB_LIMIT_PLAN_HEAD "file\tmany\tx\n",
    PB_LIMIT_PLAN_HEAD "same\t0\tx\n",
    PB_LIMIT_PLAN_HEAD "text\t9\tx\nshort\n",
    PB_LIMIT_PLAN_HEAD "text\t18446744073709551615\tx\nshort\n",
    PB_LIMIT_PLAN_HEAD "metadata\tno-slash\n",
    PB_LIMIT_PLAN_HEAD "symlink\ttarget\n",
    PB_LIMIT_PLAN_HEAD "other\tx\n",
    PB_LIMIT_PLAN_HEAD "no tab\n",
};

Test(limit, damaged_plans_are_refused)
{
    for (size_t i = 0; i < sizeof bad_plans / sizeof bad_plans[0]; i++) {
        PB_AUTO_FREE char *text = pb_strdup(bad_plans[i]);
        struct pb_arena arena = PB_ARENA_INIT;
        struct pb_limit_plan plan;
        struct pb_err err = PB_ERR_INIT;
        cr_expect_eq(pb_limit_plan_read(text, strlen(text), &arena, &plan, &err), -1, "plan %zu",
                     i);
        pb_arena_release(&arena);
    }
}
