/* SPDX-License-Identifier: MIT */
/* Enough folders for two threads: whichever of them one is, it is looked at. */
#include "installer/install/stamp_folders.h"

#include "base/fs.h"
#include "installer/install/tree_state.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDERS = 3000 };

struct tree {
    char *dir;
    int fd;
    struct pb_buf paths;
    char names[FOLDERS][64];
};

static void set_time(const struct tree *t, const char *path, time_t seconds)
{
    struct timespec times[2] = {{seconds, 0}, {seconds, 0}};
    cr_assert_eq(utimensat(t->fd, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

static struct tree *make_tree(void)
{
    struct pb_err err = PB_ERR_INIT;
    struct tree *t = calloc(1, sizeof *t);
    t->paths = PB_BUF_INIT(1 << 20);
    cr_assert_eq(pb_make_temp_dir("/tmp", "stamp-folders-", &t->dir, &err), 0, "%s", err.msg);
    t->fd = pb_open_dir(AT_FDCWD, t->dir, &err);
    cr_assert_eq(mkdirat(t->fd, "node_modules", 0755), 0);
    cr_assert_eq(pb_write_file(t->fd, PL_HIDDEN_LOCK, PB_LIT("{}"), 0644, &err), 0);
    for (int i = 0; i < FOLDERS; i++) {
        /* Of many lengths, so that they begin anywhere in a step. */
        snprintf(t->names[i], sizeof t->names[i], "node_modules/%.*s%d", i % 23,
                 "abcdefghijklmnopqrstuvw", i);
        cr_assert_eq(mkdirat(t->fd, t->names[i], 0755), 0);
        set_time(t, t->names[i], 1000);
        pb_buf_add_cstr(&t->paths, t->names[i]);
        pb_buf_add_char(&t->paths, '\0');
    }
    set_time(t, PL_HIDDEN_LOCK, 1000);
    return t;
}

static bool all_stand(const struct tree *t)
{
    struct pl_stamp_look look;
    pl_stamp_look_begin(&look, t->fd, pb_buf_str(&t->paths));
    return pl_stamp_look_end(&look, true);
}

static void release(struct tree *t)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_remove_tree(AT_FDCWD, t->dir, &err), 0, "%s", err.msg);
    close(t->fd);
    pb_buf_release(&t->paths);
    free(t->dir);
    free(t);
}

Test(stamp_folders, each_one_is_looked_at)
{
    struct tree *t = make_tree();
    cr_assert(all_stand(t));
    for (int i = 0; i < FOLDERS; i += 61) {
        set_time(t, t->names[i], 1001);
        cr_assert_not(all_stand(t), "%s is newer", t->names[i]);
        set_time(t, t->names[i], 1000);
    }
    cr_assert(all_stand(t));
    release(t);
}

Test(stamp_folders, it_must_be_there_and_a_folder)
{
    struct pb_err err = PB_ERR_INIT;
    struct tree *t = make_tree();
    static const int some[] = {0, 1, 1499, 1500, 1501, FOLDERS - 1};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        const char *name = t->names[some[i]];
        cr_assert_eq(unlinkat(t->fd, name, AT_REMOVEDIR), 0);
        cr_expect_not(all_stand(t), "%s is gone", name);
        cr_assert_eq(pb_write_file(t->fd, name, PB_LIT(""), 0644, &err), 0);
        set_time(t, name, 1000);
        cr_expect_not(all_stand(t), "%s is a file", name);
        cr_assert_eq(unlinkat(t->fd, name, 0), 0);
        cr_assert_eq(mkdirat(t->fd, name, 0755), 0);
        set_time(t, name, 1000);
    }
    cr_expect(all_stand(t));
    release(t);
}

Test(stamp_folders, without_the_hidden_lockfile_none_stands)
{
    struct tree *t = make_tree();
    cr_assert_eq(unlinkat(t->fd, PL_HIDDEN_LOCK, 0), 0);
    cr_expect_not(all_stand(t));
    release(t);
}

Test(stamp_folders, a_look_that_is_not_wanted_ends)
{
    struct tree *t = make_tree();
    struct pl_stamp_look look;
    pl_stamp_look_begin(&look, t->fd, pb_buf_str(&t->paths));
    cr_expect_not(pl_stamp_look_end(&look, false));
    release(t);
}
