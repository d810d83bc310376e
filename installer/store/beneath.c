/* SPDX-License-Identifier: MIT */
#include "installer/store/beneath.h"

#include "base/str.h"
#include "installer/store/package_path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FOLDER (O_PATH | O_DIRECTORY | O_CLOEXEC)

int pl_open_beneath(int root_dirfd, const char *path)
{
    struct open_how how = {.flags = FOLDER, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    long fd = syscall(SYS_openat2, root_dirfd, path[0] ? path : ".", &how, sizeof how);
    if (fd >= 0) return (int)fd;
    /* Sandboxes that do not know the call answer EPERM; a folder never does. */
    if (errno != ENOSYS && errno != EPERM) return -1;
    return pl_walk_beneath(root_dirfd, path, false);
}

static int step(int dirfd, struct pb_str part, bool create)
{
    char name[PL_NAME_MAX + 1];
    if (part.n > PL_NAME_MAX || pb_str_is(part, "..")) {
        errno = part.n > PL_NAME_MAX ? ENAMETOOLONG : EXDEV; /* as openat2 would */
        return -1;
    }
    memcpy(name, part.p, part.n);
    name[part.n] = '\0';
    int fd = openat(dirfd, name, FOLDER | O_NOFOLLOW);
    if (fd >= 0 || errno != ENOENT || !create) return fd;
    if (mkdirat(dirfd, name, 0777) != 0 && errno != EEXIST) return -1;
    return openat(dirfd, name, FOLDER | O_NOFOLLOW);
}

int pl_walk_beneath(int root_dirfd, const char *path, bool create)
{
    int fd = openat(root_dirfd, ".", FOLDER);
    struct pb_str rest = pb_str(path), part;
    while (fd >= 0 && pb_str_split(&rest, '/', &part)) {
        if (part.n == 0) continue;
        int next = step(fd, part, create), sys = errno;
        (void)close(fd);
        errno = sys;
        fd = next;
    }
    return fd;
}

int pl_mkdir_beneath(int root_dirfd, const char *path, struct pb_err *err)
{
    int fd = pl_open_beneath(root_dirfd, path);
    if (fd < 0 && errno == ENOENT) fd = pl_walk_beneath(root_dirfd, path, true);
    if (fd >= 0) return fd;
    if (errno == ELOOP || errno == ENOTDIR)
        return pb_err_set(err, PB_E_CONFLICT,
                          "cannot use folder: %s: a symbolic link or a file stands in its way: "
                          "remove it",
                          path);
    return pb_err_sys(err, errno, "cannot open folder: %s", path);
}

bool pl_is_real_dir(int dirfd, const char *path)
{
    struct stat st;
    return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}
