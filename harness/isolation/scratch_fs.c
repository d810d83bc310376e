/* SPDX-License-Identifier: MIT */
#include "harness/isolation/scratch_fs.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/process.h"
#include "harness/isolation/loop_device.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define GIB (1ull << 30)
#define SIZE_MIN_BYTES GIB
#define SIZE_MAX_BYTES (256 * GIB)
#define MKFS_TIMEOUT_NS (120 * PB_NS_PER_S)

struct kind {
    const char *name, *type, *package;
    const char *mkfs[10]; /* the image follows */
    const char *mount_options;
    bool deletes_cheaply; /* doctor/disk.c says why one does not */
};

/* The kernel must not go on making inode tables beside the samples: hence noinit_itable. */
#define EXT4_LATER "lazy_itable_init=1,lazy_journal_init=1,nodiscard"
/* node_modules are small files: inodes must not run out long before the blocks do, whatever this
 * machine's mke2fs.conf has. */
#define EXT4_BYTES_PER_INODE "4096"
static const struct kind kinds[] = {
    {"ext4",
     "ext4",
     "e2fsprogs",
     {"mkfs.ext4", "-q", "-F", "-i", EXT4_BYTES_PER_INODE, "-E", EXT4_LATER},
     "noinit_itable",
     true},
    {"ext4-nojournal",
     "ext4",
     "e2fsprogs",
     {"mkfs.ext4", "-q", "-F", "-O", "^has_journal", "-i", EXT4_BYTES_PER_INODE, "-E", EXT4_LATER},
     "noinit_itable",
     false},
    {"xfs", "xfs", "xfsprogs", {"mkfs.xfs", "-q", "-f", "-K"}, NULL, true},
    {"btrfs", "btrfs", "btrfs-progs", {"mkfs.btrfs", "-q", "-f", "-K"}, NULL, true},
    {"tmpfs", "tmpfs", NULL, {NULL}, NULL, true},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

const char *const pb_scratch_fs_kinds[] = {"ext4", "ext4-nojournal", "xfs", "btrfs", "tmpfs", NULL};

static const struct kind *find(const char *name)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(kinds[i].name, name) == 0) return &kinds[i];
    return NULL;
}

uint64_t pb_scratch_fs_size(uint64_t free_bytes)
{
    uint64_t size = free_bytes / 10 * 8;
    if (size < SIZE_MIN_BYTES) return 0;
    return size < SIZE_MAX_BYTES ? size / GIB * GIB : SIZE_MAX_BYTES;
}

static int free_disk(const char *dir, uint64_t *out, struct pb_err *err)
{
    struct statvfs fs;
    if (statvfs(dir, &fs) != 0) return pb_err_sys(err, errno, "look at the file system: %s", dir);
    *out = (uint64_t)fs.f_bavail * fs.f_frsize;
    return 0;
}

/* What the kernel says is available, page cache included; it is shared with what is measured. */
static int free_memory(uint64_t *out, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1 << 16);
    if (pb_read_file(AT_FDCWD, "/proc/meminfo", &text, err) != 0) return -1;
    const char *at = strstr(text.p, "MemAvailable:");
    *out = at ? strtoull(at + strlen("MemAvailable:"), NULL, 10) * 1024 : 0;
    return 0;
}

static int choose_size(const struct kind *kind, const char *dir, uint64_t *out, struct pb_err *err)
{
    uint64_t available = 0;
    int rc = kind->package ? free_disk(dir, &available, err) : free_memory(&available, err);
    if (rc != 0) return -1;
    *out = pb_scratch_fs_size(available);
    if (*out) return 0;
    return pb_err_set(err, PB_E_UNSUPPORTED,
                      "only %llu MiB of %s are free: free some, or choose another place with --out",
                      (unsigned long long)(available >> 20), kind->package ? "disk" : "memory");
}

/* mkfs is an administrator's program: PATH of a user may lack its folder. */
static char *find_mkfs(struct pb_arena *arena, const char *name)
{
    char *found = pb_find_program(name);
    return found ? found : pb_find_program(pb_arena_printf(arena, "/usr/sbin/%s", name));
}

static int make_fs(struct pb_arena *arena, const struct kind *kind, int image_fd,
                   struct pb_err *err)
{
    const char *argv[12] = {find_mkfs(arena, kind->mkfs[0])};
    if (!argv[0])
        return pb_err_set(err, PB_E_NOT_FOUND, "no %s: install the package %s", kind->mkfs[0],
                          kind->package);
    size_t n = 1;
    for (; kind->mkfs[n]; n++)
        argv[n] = kind->mkfs[n];
    argv[n] = pb_arena_printf(arena, "/proc/%d/fd/%d", (int)getpid(), image_fd);
    struct pb_process_spec spec = {.argv = argv, .timeout_ns = MKFS_TIMEOUT_NS};
    int rc = pb_process_check(&spec, err);
    free((void *)(uintptr_t)argv[0]);
    return rc;
}

/* An image without a name: it goes with its last user. */
static int open_image(struct pb_arena *arena, const char *dir, uint64_t size, struct pb_err *err)
{
    const char *path = pb_arena_printf(arena, "%s/image", dir);
    PB_AUTO_FD int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || unlink(path) != 0 || ftruncate(fd, (off_t)size) != 0)
        return pb_err_sys(err, errno, "make an image: %s", path);
    return pb_take_fd(&fd);
}

static int mount_image(struct pb_arena *arena, const struct kind *kind, const char *dir,
                       uint64_t size, struct pb_err *err)
{
    char device[PB_LOOP_PATH_BYTES];
    PB_AUTO_FD int image = open_image(arena, dir, size, err);
    if (image < 0 || make_fs(arena, kind, image, err) != 0) return -1;
    PB_AUTO_FD int loop = pb_loop_attach(image, device, err);
    if (loop < 0) return -1;
    if (mount(device, dir, kind->type, 0, kind->mount_options) != 0)
        return pb_err_sys(err, errno, "mount %s: its kernel module may be missing", kind->type);
    return 0; /* the mount keeps the device, and the device the image */
}

static int mount_memory(struct pb_arena *arena, const char *dir, uint64_t size, struct pb_err *err)
{
    const char *options =
        pb_arena_printf(arena, "size=%llu,nr_inodes=0,mode=755", (unsigned long long)size);
    if (mount("phasebench", dir, "tmpfs", 0, options) == 0) return 0;
    return pb_err_sys(err, errno, "mount tmpfs");
}

static int leave_mounts(struct pb_err *err)
{
    if (unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
        return 0;
    return pb_err_set(err, PB_E_UNSUPPORTED,
                      "make a mount namespace: %s: run as root, or choose the file system by the "
                      "place of the result folder (--out)",
                      strerror(errno));
}

int pb_scratch_fs_mount(struct pb_arena *arena, const char *name, const char *dir,
                        struct pb_scratch_fs *out, struct pb_err *err)
{
    const struct kind *kind = find(name);
    uint64_t size;
    *out = (struct pb_scratch_fs){0};
    if (!kind)
        return pb_err_set(err, PB_E_USAGE, "file system %s: none of those that can be made", name);
    if (leave_mounts(err) != 0 || choose_size(kind, dir, &size, err) != 0 ||
        (kind->package ? mount_image(arena, kind, dir, size, err)
                       : mount_memory(arena, dir, size, err)) != 0)
        return pb_err_wrap(err, "make a file system for the samples (%s)", name);
    out->dir = pb_arena_cstr(arena, pb_str(dir));
    out->deletes_cheaply = kind->deletes_cheaply;
    out->description =
        pb_arena_printf(arena, "%llu GiB %s", (unsigned long long)(size / GIB),
                        kind->package ? "in a sparse image on a loop device" : "of memory at most");
    return 0;
}

void pb_scratch_fs_unmount(struct pb_scratch_fs *fs)
{
    if (fs->dir) (void)umount2(fs->dir, MNT_DETACH); /* or it ends with the process */
    fs->dir = NULL;
}
