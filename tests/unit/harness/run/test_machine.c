/* SPDX-License-Identifier: MIT */
#include "harness/run/machine.h"

#include <criterion/criterion.h>
#include <string.h>

static const char mounts[] = "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
                             "22 21 0:20 / /proc rw,nosuid - proc proc rw\n"
                             "23 21 8:2 / /srv rw,noatime - xfs /dev/sdb rw\n"
                             "24 23 0:31 / /srv/data/fast rw - tmpfs tmpfs rw,size=1g\n"
                             "25 24 8:9 / /srv/data/fast ro - btrfs /dev/sdc rw\n"
                             "damaged line\n";

static const struct {
    const char *folder, *expect;
} rows[] = {
    {"/", "ext4 rw,relatime"},       {"/tmp", "ext4 rw,relatime"},
    {"/srv", "xfs rw,noatime"},      {"/srv/data", "xfs rw,noatime"},
    {"/server", "ext4 rw,relatime"}, {"/srv/data/fast/x", "btrfs ro"}}; /* mounted over the tmpfs */

Test(machine, file_system_is_the_one_of_the_longest_mount)
{
    struct pb_arena arena = PB_ARENA_INIT;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(pb_machine_filesystem(&arena, pb_str(mounts), rows[i].folder),
                         rows[i].expect);
    cr_expect_str_eq(pb_machine_filesystem(&arena, pb_str(""), "/"), "unknown");
    pb_arena_release(&arena);
}

Test(machine, this_one_is_described)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_journal_run run = {0};
    pb_machine_describe(&arena, "/", &run);
    cr_expect(strncmp(run.platform, "linux-", 6) == 0, "%s", run.platform);
    cr_expect(run.kernel && run.cpu && run.host_os && run.filesystem);
    cr_expect(run.cpus > 0 && run.memory_bytes > 0);
    pb_arena_release(&arena);
}
