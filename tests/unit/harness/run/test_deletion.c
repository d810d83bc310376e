/* SPDX-License-Identifier: MIT */
#include "harness/run/deletion.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static char *dir;
static char doomed[512];

static void set_up(void)
{
    cr_assert_eq(pb_make_temp_dir("/tmp", "deletion-", &dir, NULL), 0);
    snprintf(doomed, sizeof doomed, "%s/doomed", dir);
}

static void tear_down(void)
{
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, NULL), 0);
    free(dir);
}

TestSuite(deletion, .init = set_up, .fini = tear_down, .timeout = 60);

Test(deletion, folder_is_gone_at_once_and_its_files_soon)
{
    char path[600];
    struct pb_err err = PB_ERR_INIT;
    snprintf(path, sizeof path, "%s/a/b", doomed);
    cr_assert_eq(pb_mkdir_p(AT_FDCWD, path, NULL), 0);
    snprintf(path, sizeof path, "%s/a/b/file", doomed);
    cr_assert_eq(pb_write_file(AT_FDCWD, path, PB_LIT("x"), 0644, NULL), 0);
    cr_assert_eq(pb_deletion_start(doomed, dir, &err), 0, "%s", err.msg);
    cr_expect_not(pb_exists(AT_FDCWD, doomed));
    int status;
    cr_assert(wait(&status) > 0);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    snprintf(path, sizeof path, "%s.deleting-%d", doomed, (int)getpid());
    cr_expect_not(pb_exists(AT_FDCWD, path));
    cr_expect_not(pb_deletion_under_way(dir));
}

Test(deletion, missing_folder_is_fine)
{
    cr_expect_eq(pb_deletion_start(doomed, dir, NULL), 0);
}

Test(deletion, one_under_way_is_seen)
{
    char path[600];
    snprintf(path, sizeof path, "%s/deleting.lock", dir);
    cr_expect_not(pb_deletion_under_way(dir));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    cr_assert(fd >= 0 && flock(fd, LOCK_SH) == 0);
    cr_expect(pb_deletion_under_way(dir));
    close(fd);
    cr_expect_not(pb_deletion_under_way(dir));
}
