/* SPDX-License-Identifier: MIT */
#include "base/datadir.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Test(datadir, the_source_folder_serves_a_build_tree)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(unsetenv("PHASEBENCH_DATA"), 0);
    char *path = pb_datadir("fixtures/projects", &err);
    cr_assert(path, "%s", err.msg);
    cr_expect(path[0] == '/' && pb_is_dir(AT_FDCWD, path));
    free(path);
}

Test(datadir, the_variable_overrides)
{
    struct pb_err err = PB_ERR_INIT;
    char *dir = NULL;
    cr_assert_eq(pb_make_temp_dir("/tmp", "test_datadir-", &dir, &err), 0);
    cr_assert_eq(setenv("PHASEBENCH_DATA", dir, 1), 0);
    cr_expect_null(pb_datadir("phases", &err));
    cr_expect_eq(err.code, PB_E_NOT_FOUND);
    cr_expect(strstr(err.msg, "PHASEBENCH_DATA"), "says what to do: %s", err.msg);
    char sub[4096];
    snprintf(sub, sizeof sub, "%s/phases", dir);
    pb_err_clear(&err);
    cr_assert_eq(pb_mkdir_p(AT_FDCWD, sub, &err), 0);
    char *path = pb_datadir("phases", &err);
    cr_expect(path && strcmp(path, sub) == 0, "%s", path ? path : err.msg);
    free(path);
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, &err), 0);
    free(dir);
}

Test(datadir, the_folder_of_the_program)
{
    struct pb_err err = PB_ERR_INIT;
    char *dir = pb_exe_dir(&err);
    cr_assert(dir, "%s", err.msg);
    char program[4096];
    snprintf(program, sizeof program, "%s/test_datadir", dir);
    cr_expect(pb_exists(AT_FDCWD, program), "%s", program);
    free(dir);
}
