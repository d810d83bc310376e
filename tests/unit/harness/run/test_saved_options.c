/* SPDX-License-Identifier: MIT */
#include "harness/run/saved_options.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static char *dir;

static void set_up(void)
{
    cr_assert_eq(pb_make_temp_dir("/tmp", "options-", &dir, NULL), 0);
}

static void tear_down(void)
{
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, NULL), 0);
    free(dir);
}

TestSuite(saved_options, .init = set_up, .fini = tear_down);

Test(saved_options, come_back_as_they_were_with_absolute_paths)
{
    struct pb_run_options saved = {.project = ".",
                                   .title = "a \"title\"",
                                   .arms = {{"bun", "x=bun,A=1"}, 2},
                                   .manager_dirs = {{"."}, 1},
                                   .out = dir,
                                   .rounds = 7,
                                   .timeout_ns = 600000000000,
                                   .linger_ns = 1000000000,
                                   .seed = UINT64_MAX - 1,
                                   .strict = true,
                                   .netns = "on",
                                   .link = "50ms:200Mbit,slow-start",
                                   .fs = "xfs",
                                   .pin = "0-1",
                                   .cold_disk = true};
    struct pb_run_options read = {
        .out = dir, .resume = true, .project = "replaced", .phases = {{"p0"}, 1}};
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_saved_options_write(&saved, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_saved_options_read(&arena, &read, &err), 0, "%s", err.msg);
    cr_expect_eq(read.project[0], '/');
    cr_expect_eq(read.manager_dirs.items[0][0], '/');
    cr_expect_str_eq(read.title, saved.title);
    cr_expect_eq(read.arms.n, 2);
    cr_expect_str_eq(read.arms.items[1], "x=bun,A=1");
    cr_expect_eq(read.phases.n, 0);
    cr_expect_null(read.snapshot);
    cr_expect_eq(read.rounds, 7);
    cr_expect_eq(read.timeout_ns, saved.timeout_ns);
    cr_expect_eq(read.linger_ns, saved.linger_ns);
    cr_expect_eq(read.seed, saved.seed);
    cr_expect(read.strict && read.resume);
    cr_expect_str_eq(read.netns, saved.netns);
    cr_expect_str_eq(read.link, saved.link);
    cr_expect_str_eq(read.fs, saved.fs);
    cr_expect_str_eq(read.pin, saved.pin);
    cr_expect(read.cold_disk);
    pb_arena_release(&arena);
}

Test(saved_options, bundled_project_stays_a_name)
{
    struct pb_run_options saved = {
        .project = "no-such-folder", .out = dir, .rounds = 1, .timeout_ns = 1};
    struct pb_run_options read = {.out = dir};
    struct pb_arena arena = PB_ARENA_INIT;
    cr_assert_eq(pb_saved_options_write(&saved, NULL), 0);
    cr_assert_eq(pb_saved_options_read(&arena, &read, NULL), 0);
    cr_expect_str_eq(read.project, "no-such-folder");
    pb_arena_release(&arena);
}

static const char *const damaged[] = {
    "", "{", "[]", "{}", "{\"rounds\":0,\"timeout_ns\":1}", "{\"rounds\":\"many\"}"};

Test(saved_options, damaged_file_is_refused)
{
    struct pb_arena arena = PB_ARENA_INIT;
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        struct pb_run_options read = {.out = dir};
        struct pb_err err = PB_ERR_INIT;
        PB_AUTO_FD int fd = pb_open_dir(AT_FDCWD, dir, NULL);
        cr_assert_eq(pb_write_file(fd, "options.json", pb_str(damaged[i]), 0644, NULL), 0);
        cr_expect_eq(pb_saved_options_read(&arena, &read, &err), -1, "%s", damaged[i]);
        cr_expect(strstr(err.msg, "resume"), "%s", err.msg);
    }
    pb_arena_release(&arena);
}
