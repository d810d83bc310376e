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
    {"ext4", PB_DOCTOR_GOOD, "", NULL},
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

/* "data=ordered" and the like, of the ext4 on the device; NULL: not to be found out. The name of
 * the device is in its uevent file, the options in effect below /proc/fs/ext4. */
static const char *journal_mode(struct pb_arena *arena, dev_t device)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1 << 16);
    const char *path =
        pb_arena_printf(arena, "/sys/dev/block/%u:%u/uevent", major(device), minor(device));
    if (pb_read_file(AT_FDCWD, path, &text, NULL) != 0) return NULL;
    struct pb_str rest = pb_buf_str(&text), line, name = {0};
    while (pb_str_split(&rest, '\n', &line))
        if (pb_str_starts(line, "DEVNAME=")) name = pb_str_skip(line, strlen("DEVNAME="));
    if (!name.n) return NULL;
    path = pb_arena_printf(arena, "/proc/fs/ext4/" PB_FMT "/options", PB_ARG(name));
    pb_buf_clear(&text);
    if (pb_read_file(AT_FDCWD, path, &text, NULL) != 0) return NULL;
    rest = pb_buf_str(&text);
    while (pb_str_split(&rest, '\n', &line))
        if (pb_str_starts(line, "data=")) return pb_arena_cstr(arena, line);
    return NULL;
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
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strlen(kinds[i].type) != n || strncmp(fs, kinds[i].type, n) != 0) continue;
        const char *journal =
            strcmp(kinds[i].type, "ext4") == 0 ? journal_mode(arena, st->st_dev) : NULL;
        pb_doctor_add(out, "file system", kinds[i].state,
                      pb_arena_printf(arena, "%s%s%s%s", fs, kinds[i].note,
                                      journal ? ", journal " : "", journal ? journal : ""),
                      kinds[i].advice);
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
