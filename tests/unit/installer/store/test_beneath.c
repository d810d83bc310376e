/* SPDX-License-Identifier: MIT */
#include "installer/store/beneath.h"

#include "base/fs.h"
#include "temp_dir.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int walk(int root, const char *path)
{
    return pl_walk_beneath(root, path, false);
}

/* Both ways of opening must agree. */
static int (*const ways[])(int, const char *) = {pl_open_beneath, walk};

Test(beneath, opens_folders_and_nothing_through_links)
{
    struct temp_dir dir = temp_dir_new();
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_mkdir_p(dir.fd, "a/b/c", &err), 0);
    cr_assert_eq(symlinkat("b", dir.fd, "a/link"), 0);
    cr_assert_eq(symlinkat("/", dir.fd, "root"), 0);
    write_text(dir.fd, "a/file", "");
    static const struct {
        const char *path;
        int sys[2]; /* as either way reports it; 0: opens */
    } cases[] = {{"", {0, 0}},
                 {"a", {0, 0}},
                 {"a/b/c", {0, 0}},
                 {"a/link", {ELOOP, ENOTDIR}},
                 {"a/link/c", {ELOOP, ENOTDIR}},
                 {"root", {ELOOP, ENOTDIR}},
                 {"root/tmp", {ELOOP, ENOTDIR}},
                 {"a/file", {ENOTDIR, ENOTDIR}},
                 {"a/nothing", {ENOENT, ENOENT}},
                 {"..", {EXDEV, EXDEV}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t w = 0; w < 2; w++) {
            int fd = ways[w](dir.fd, cases[i].path), sys = fd < 0 ? errno : 0;
            cr_assert_eq(sys, cases[i].sys[w], "\"%s\" way %zu: errno %d", cases[i].path, w, sys);
            if (fd >= 0) close(fd);
        }
    }
    temp_dir_remove(&dir);
}

Test(beneath, creates_what_is_missing)
{
    struct temp_dir dir = temp_dir_new();
    struct pb_err err = PB_ERR_INIT;
    int fd = pl_mkdir_beneath(dir.fd, "node_modules/@scope/a", &err);
    cr_assert_geq(fd, 0, "%s", err.msg);
    cr_assert_eq(mkdirat(fd, "sub", 0777), 0);
    close(fd);
    expect_tree(dir.fd, "node_modules", "@scope/\n@scope/a/\n@scope/a/sub/\n");
    fd = pl_mkdir_beneath(dir.fd, "node_modules/@scope/a", &err);
    cr_assert_geq(fd, 0);
    close(fd);
    cr_assert_eq(symlinkat("node_modules", dir.fd, "link"), 0);
    cr_assert_eq(pl_mkdir_beneath(dir.fd, "link/x", &err), -1);
    cr_assert_eq(err.code, PB_E_CONFLICT, "%s", err.msg);
    cr_assert(!pb_exists(dir.fd, "node_modules/x"));
    temp_dir_remove(&dir);
}
