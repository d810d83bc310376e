/* SPDX-License-Identifier: MIT */
/* Where samples are made: the file system decides what links and copies cost. */
#include "harness/doctor/doctor.h"

#include "base/fs.h"
#include "base/mem.h"
#include "harness/run/machine.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#define LEAST_FREE_BYTES (10LL << 30) /* some rounds of several managers on a large project */

static const struct {
    const char *type;
    enum pb_doctor_state state;
    const char *note, *advice;
} kinds[] = {
    {"xfs", PB_DOCTOR_GOOD, ", can share file contents (reflinks)", NULL},
    {"btrfs", PB_DOCTOR_GOOD, ", can share file contents (reflinks)", NULL},
    {"tmpfs", PB_DOCTOR_NOTE, ": no disk is measured",
     "--out on a disk for times as users have them"},
    {"overlay", PB_DOCTOR_POOR, ": links and renames cost more than users have",
     "--out on a volume, not inside of the container's layers"},
    {"nfs", PB_DOCTOR_POOR, ": the network is measured", "--out on a local disk"},
    {"nfs4", PB_DOCTOR_POOR, ": the network is measured", "--out on a local disk"},
    {"9p", PB_DOCTOR_POOR, ": the host's file server is measured",
     "--out on a disk of this system"},
};

/* The options in effect of the ext4 on the device, a line each. False: not to be found out. The
 * name of the device is in its uevent file. */
static bool ext4_options(struct pb_arena *arena, dev_t device, struct pb_buf *options)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1 << 16);
    const char *path =
        pb_arena_printf(arena, "/sys/dev/block/%u:%u/uevent", major(device), minor(device));
    if (pb_read_file(AT_FDCWD, path, &text, NULL) != 0) return false;
    struct pb_str rest = pb_buf_str(&text), line, name = {0};
    while (pb_str_split(&rest, '\n', &line))
        if (pb_str_starts(line, "DEVNAME=")) name = pb_str_skip(line, strlen("DEVNAME="));
    if (!name.n) return false;
    path = pb_arena_printf(arena, "/proc/fs/ext4/" PB_FMT "/options", PB_ARG(name));
    return pb_read_file(AT_FDCWD, path, options, NULL) == 0;
}

/* Where ext4 keeps no journal it passes over inodes that were deleted in the last minutes when it
 * looks for a free one: find_inode_bit() in the kernel's fs/ext4/ialloc.c. The options name the
 * journal's mode only where there is a journal. */
static void examine_ext4(struct pb_arena *arena, const char *fs, dev_t device,
                         struct pb_doctor_report *out)
{
    PB_AUTO_BUF struct pb_buf options = PB_BUF_INIT(1 << 16);
    const char *mode = NULL;
    bool known = ext4_options(arena, device, &options);
    struct pb_str rest = pb_buf_str(&options), line;
    while (known && pb_str_split(&rest, '\n', &line))
        if (pb_str_starts(line, "data=")) mode = pb_arena_cstr(arena, line);
    if (known && !mode)
        pb_doctor_add(out, "file system", PB_DOCTOR_NOTE,
                      pb_arena_printf(arena,
                                      "%s, without a journal: for minutes after a large deletion "
                                      "it makes files several times slower",
                                      fs),
                      "delete nothing large in the five minutes before a run, or measure on a file "
                      "system with a journal: run --fs ext4 makes one");
    else
        pb_doctor_add(
            out, "file system", PB_DOCTOR_GOOD,
            pb_arena_printf(arena, "%s%s%s", fs, mode ? ", journal " : "", mode ? mode : ""), NULL);
}

static const char *filesystem_of(struct pb_arena *arena, const char *folder)
{
    PB_AUTO_BUF struct pb_buf mounts = PB_BUF_INIT(4u << 20);
    if (pb_read_file(AT_FDCWD, "/proc/self/mountinfo", &mounts, NULL) != 0) return "unknown";
    return pb_machine_filesystem(arena, pb_buf_str(&mounts), folder);
}

static void examine_kind(struct pb_arena *arena, const char *folder, const struct stat *st,
                         struct pb_doctor_report *out)
{
    const char *fs = filesystem_of(arena, folder);
    size_t n = strcspn(fs, " ");
    if (pb_str_is(pb_strn(fs, n), "ext4")) {
        examine_ext4(arena, fs, st->st_dev, out);
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!pb_str_is(pb_strn(fs, n), kinds[i].type)) continue;
        pb_doctor_add(out, "file system", kinds[i].state,
                      pb_arena_printf(arena, "%s%s", fs, kinds[i].note), kinds[i].advice);
        return;
    }
    pb_doctor_add(out, "file system", PB_DOCTOR_NOTE,
                  pb_arena_printf(arena, "%s: nothing is known of how it links", fs), NULL);
}

void pb_doctor_examine_disk(struct pb_arena *arena, const char *folder,
                            struct pb_doctor_report *out)
{
    PB_AUTO_FREE char *real = pb_real_path(folder, NULL);
    struct stat st;
    struct statvfs space;
    if (!real || stat(real, &st) != 0 || statvfs(real, &space) != 0) {
        pb_doctor_add(out, "file system", PB_DOCTOR_POOR,
                      pb_arena_printf(arena, "%s cannot be looked at", folder),
                      "choose a folder that exists with --out");
        return;
    }
    examine_kind(arena, real, &st, out);
    long long free_bytes = (long long)space.f_bavail * (long long)space.f_frsize;
    bool little = free_bytes < LEAST_FREE_BYTES;
    pb_doctor_add(out, "free disk", little ? PB_DOCTOR_POOR : PB_DOCTOR_GOOD,
                  pb_arena_printf(arena, "%.1f GB", (double)free_bytes / 1e9),
                  little ? "free some: a full disk makes a run delete in between, which disturbs it"
                         : NULL);
}
