/* SPDX-License-Identifier: MIT */
#include "harness/isolation/scratch_fs.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define GIB (1ull << 30)

Test(scratch_fs, size_is_most_of_what_is_free)
{
    static const struct {
        uint64_t free, size;
    } rows[] = {{0, 0},
                {GIB, 0},
                {GIB + GIB / 4, GIB},
                {10 * GIB, 8 * GIB},
                {100 * GIB, 80 * GIB},
                {10000 * GIB, 256 * GIB}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(pb_scratch_fs_size(rows[i].free), rows[i].size, "row %zu", i);
}

/* In a process of its own, as the mount namespace is left for good. The exit status is the test's:
 * 0 fine, 77 not possible here. */
static int mount_and_look(const char *kind, const char *dir)
{
    static const struct {
        const char *kind;
        long magic;
    } magics[] = {{"ext4", 0xEF53},
                  {"ext4-nojournal", 0xEF53},
                  {"xfs", 0x58465342},
                  {"btrfs", 0x9123683E},
                  {"tmpfs", 0x01021994}};
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pb_scratch_fs fs;
    struct statfs found;
    int status = 3;
    if (pb_scratch_fs_mount(&arena, kind, dir, &fs, &err) != 0) {
        fprintf(stderr, "%s: %s\n", kind, err.msg);
        pb_arena_release(&arena);
        return err.code == PB_E_USAGE ? 1 : 77;
    }
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (strcmp(magics[i].kind, kind) == 0 && statfs(dir, &found) == 0)
            status = found.f_type == magics[i].magic ? 0 : 4;
    if (pb_write_file(AT_FDCWD, pb_arena_printf(&arena, "%s/file", dir), PB_LIT("x"), 0644, &err))
        status = 5;
    pb_scratch_fs_unmount(&fs);
    if (pb_exists(AT_FDCWD, pb_arena_printf(&arena, "%s/file", dir))) status = 6;
    pb_arena_release(&arena);
    return status;
}

static int in_a_process(const char *kind, const char *dir)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) _exit(mount_and_look(kind, dir));
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void kind_works(const char *kind)
{
    char dir[] = "/tmp/scratch_fs-XXXXXX";
    cr_assert_not_null(mkdtemp(dir));
    int status = in_a_process(kind, dir);
    cr_expect_eq(rmdir(dir), 0, "something was left in %s", dir);
    if (status == 77) cr_skip_test("%s cannot be mounted here", kind);
    cr_expect_eq(status, 0, "%s", kind);
}

/* One test each, so that a missing mkfs skips its own alone. */
Test(scratch_fs, ext4)
{
    kind_works("ext4");
}
Test(scratch_fs, ext4_nojournal)
{
    kind_works("ext4-nojournal");
}
Test(scratch_fs, xfs)
{
    kind_works("xfs");
}
Test(scratch_fs, btrfs)
{
    kind_works("btrfs");
}
Test(scratch_fs, tmpfs)
{
    kind_works("tmpfs");
}

Test(scratch_fs, unknown_kinds_are_refused)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pb_scratch_fs fs;
    cr_expect_eq(pb_scratch_fs_mount(&arena, "ntfs", "/", &fs, &err), -1);
    cr_expect_eq(err.code, PB_E_USAGE);
    cr_expect_null(fs.dir);
    pb_arena_release(&arena);
}
