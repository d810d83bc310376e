/* SPDX-License-Identifier: MIT */
#include "data_dir.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>

char *make_data_dir(const char *name, const char *text)
{
    struct pb_err err = PB_ERR_INIT;
    char *dir = NULL;
    cr_assert_eq(pb_make_temp_dir("/tmp", "plan-", &dir, &err), 0, "%s", err.msg);
    int fd = pb_open_dir(AT_FDCWD, dir, &err);
    cr_assert_eq(pb_write_file(fd, name, pb_str(text), 0644, &err), 0, "%s", err.msg);
    pb_cleanup_close(&fd);
    return dir;
}

void remove_data_dir(char *dir)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_remove_tree(AT_FDCWD, dir, &err), 0, "%s", err.msg);
    free(dir);
}
