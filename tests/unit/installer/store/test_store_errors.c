/* SPDX-License-Identifier: MIT */
/* Full disks, read-only disks and too few descriptors: an error that says where, no half package,
 * and work goes on when the cause is gone. */
#include "base/fs.h"
#include "installer/store/place.h"
#include "sample_package.h"
#include "tar_builder.h"
#include "temp_dir.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char *sub_path(const struct temp_dir *dir, const char *name)
{
    char *path;
    cr_assert_geq(asprintf(&path, "%s/%s", dir->path, name), 0);
    return path;
}

/* A small file system below `dir`, or the test is skipped. */
static char *mount_small(struct temp_dir *dir, const char *options)
{
    char *path = sub_path(dir, "small");
    cr_assert_eq(mkdirat(dir->fd, "small", 0777), 0);
    if (mount("tmpfs", path, "tmpfs", 0, options) == 0) return path;
    free(path);
    temp_dir_remove(dir);
    cr_skip_test("mounting a tmpfs needs root");
}

static void large_archive(struct pb_buf *tar)
{
    size_t n = 1 << 20;
    char *data = calloc(1, n);
    tar_add_file(tar, "package/first", "1");
    tar_add_header(tar, &(struct tar_header){.name = "package/huge", .size = n});
    tar_add_data(tar, data, n);
    tar_end(tar);
    free(data);
}

Test(store_errors, a_full_disk_leaves_no_half_package)
{
    struct temp_dir dir = temp_dir_new();
    char *path = mount_small(&dir, "size=512k");
    struct pl_store *store = sample_store(path);
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    large_archive(&tar);
    bool reused;
    struct pb_err err = PB_ERR_INIT;
    int added =
        pl_store_add_archive(store, pb_str("huge"), &PL_PACKED(tar.p, tar.n), NULL, &reused, &err);
    const struct pl_store_package *found = sample_read(store, "huge");
    const struct pl_store_package *small = sample_add(store, 1); /* the space is free again */
    struct pl_store_check check = {0};
    int verified = pl_store_verify(store, false, &check, NULL);
    bool has_sample = small != NULL;
    pl_store_close(store);
    (void)umount2(path, MNT_DETACH);
    free(path);
    temp_dir_remove(&dir);
    cr_assert_eq(added, -1);
    cr_assert_eq(err.sys, ENOSPC, "%s", err.msg);
    cr_assert(strstr(err.msg, "huge"), "%s", err.msg);
    cr_assert_null(found);
    cr_assert(has_sample);
    cr_assert_eq(verified, 0);
    cr_assert_eq(check.packages, 1);
    cr_assert_eq(check.damaged, 0);
}

Test(store_errors, a_full_project_disk_names_the_target)
{
    struct temp_dir dir = temp_dir_new();
    char *path = mount_small(&dir, "size=256k");
    struct pl_store *store = sample_store(dir.path);
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    large_archive(&tar);
    bool reused;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(
        pl_store_add_archive(store, pb_str("huge"), &PL_PACKED(tar.p, tar.n), NULL, &reused, &err),
        0, "%s", err.msg);
    const struct pl_store_package *p = sample_read(store, "huge");
    int project = open(path, O_RDONLY | O_DIRECTORY);
    struct pl_place_result result;
    const struct pl_place_target to = {project, "node_modules/huge", false};
    int placed = pl_place_package(store, p, &to, &result, &err);
    close(project);
    pl_store_close(store);
    (void)umount2(path, MNT_DETACH);
    free(path);
    temp_dir_remove(&dir);
    cr_assert_eq(placed, -1);
    cr_assert(!result.damaged, "the store is not to blame");
    cr_assert_eq(err.sys, ENOSPC);
    cr_assert(strstr(err.msg, "node_modules/huge"), "%s", err.msg);
}

Test(store_errors, a_read_only_store_says_so)
{
    struct temp_dir dir = temp_dir_new();
    char *path = mount_small(&dir, "size=512k,ro");
    char *inside = sub_path(&dir, "small/store");
    struct pb_err err = PB_ERR_INIT;
    struct pl_store *store = pl_store_open(inside, &err);
    (void)umount2(path, MNT_DETACH);
    cr_assert_null(store);
    cr_assert_eq(err.sys, EROFS, "%s", err.msg);
    cr_assert(strstr(err.msg, inside), "%s", err.msg);
    free(inside);
    free(path);
    temp_dir_remove(&dir);
}

/* Every number of free descriptors from none on: each step that opens one fails once. */
Test(store_errors, too_few_descriptors_are_no_damage)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    struct rlimit usual, few;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
    int lowest = dup(dir.fd);
    close(lowest);
    unsigned failed = 0;
    bool done = false;
    for (unsigned spare = 0; spare < 12 && !done; spare++) {
        struct pb_buf gz PB_AUTO_BUF = TAR_BUF;
        char key[128];
        bool reused;
        struct pb_err err = PB_ERR_INIT;
        struct pl_place_result result = {0};
        sample_archive(1, &gz);
        sample_key(1, key);
        few = usual;
        few.rlim_cur = (rlim_t)lowest + spare;
        cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
        const struct pl_place_target to = {dir.fd, "node_modules/a", false};
        const struct pl_store_package *p = NULL;
        if (pl_store_add_archive(store, pb_str(key), &PL_PACKED(gz.p, gz.n), NULL, &reused, &err) ==
            0)
            p = sample_read(store, key);
        done = p && pl_place_package(store, p, &to, &result, &err) == 0;
        cr_assert_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
        cr_assert(!result.damaged, "%u spare", spare);
        if (done) break;
        failed++;
        cr_assert_eq(err.sys, EMFILE, "%u spare: %s", spare, err.msg);
    }
    cr_assert(done);
    cr_assert_gt(failed, 2);
    expect_tree(dir.fd, "node_modules/a", SAMPLE_TREE);
    struct pl_store_check check;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_store_verify(store, false, &check, &err), 0);
    cr_assert_eq(check.packages, 1);
    cr_assert_eq(check.damaged, 0);
    pl_store_close(store);
    temp_dir_remove(&dir);
}
