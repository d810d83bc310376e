/* SPDX-License-Identifier: MIT */
#include "fs.h"

#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_CHUNK_BYTES 65536

void pb_cleanup_close(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static int open_retry(int dirfd, const char *path, int flags, mode_t mode)
{
    int fd;
    do {
        fd = openat(dirfd, path, flags | O_CLOEXEC, mode);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

int pb_read_fd(int fd, struct pb_buf *out, struct pb_err *err)
{
    char chunk[READ_CHUNK_BYTES];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n == 0) return 0;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return pb_err_sys(err, errno, "cannot read");
        pb_buf_add(out, chunk, (size_t)n);
        if (!pb_buf_ok(out))
            return pb_err_set(err, PB_E_LIMIT, "cannot read: more than %zu bytes", out->max);
    }
}

/* One allocation for a file whose size is known; a wrong size only costs growth. */
static void reserve_for(int fd, struct pb_buf *out)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0) return;
    if (out->max < out->n || (uintmax_t)st.st_size > out->max - out->n) return;
    (void)pb_buf_reserve(out, (size_t)st.st_size);
}

int pb_read_file(int dirfd, const char *path, struct pb_buf *out, struct pb_err *err)
{
    PB_AUTO_FD int fd = open_retry(dirfd, path, O_RDONLY, 0);
    if (fd < 0) return pb_err_sys(err, errno, "cannot open: %s", path);
    reserve_for(fd, out);
    if (pb_read_fd(fd, out, err) != 0) return pb_err_wrap(err, "%s", path);
    return 0;
}

int pb_write_all(int fd, const void *data, size_t n, struct pb_err *err)
{
    const char *p = data;
    while (n > 0) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return pb_err_sys(err, errno, "cannot write");
        p += put;
        n -= (size_t)put;
    }
    return 0;
}

static int write_new(int dirfd, const char *path, int flags, struct pb_str data, mode_t mode,
                     struct pb_err *err)
{
    PB_AUTO_FD int fd = open_retry(dirfd, path, O_WRONLY | O_CREAT | flags, mode);
    if (fd < 0) return pb_err_sys(err, errno, "cannot create: %s", path);
    if (pb_write_all(fd, data.p, data.n, err) != 0) return pb_err_wrap(err, "%s", path);
    /* Some filesystems report a full disk only here. */
    if (close(pb_take_fd(&fd)) != 0 && errno != EINTR)
        return pb_err_sys(err, errno, "cannot write: %s", path);
    return 0;
}

int pb_write_file(int dirfd, const char *path, struct pb_str data, mode_t mode, struct pb_err *err)
{
    return write_new(dirfd, path, O_TRUNC, data, mode, err);
}

int pb_write_file_atomic(int dirfd, const char *path, struct pb_str data, mode_t mode,
                         struct pb_err *err)
{
    unsigned long long tag = 0;
    if (getrandom(&tag, sizeof tag, 0) != (ssize_t)sizeof tag)
        return pb_err_sys(err, errno, "cannot get random bytes");
    char temp[PATH_MAX];
    int n = snprintf(temp, sizeof temp, "%s.tmp-%016llx", path, tag);
    if (n < 0 || (size_t)n >= sizeof temp)
        return pb_err_set(err, PB_E_LIMIT, "cannot create: %s: path too long", path);
    if (write_new(dirfd, temp, O_EXCL, data, mode, err) != 0 ||
        (renameat(dirfd, temp, dirfd, path) != 0 &&
         pb_err_sys(err, errno, "cannot replace: %s", path) != 0)) {
        (void)unlinkat(dirfd, temp, 0);
        return -1;
    }
    return 0;
}

static int make_dir(int dirfd, const char *path)
{
    if (mkdirat(dirfd, path, 0777) == 0) return 0;
    int saved = errno;
    if (saved == EEXIST && pb_is_dir(dirfd, path)) return 0;
    errno = saved;
    return -1;
}

int pb_mkdir_p(int dirfd, const char *path, struct pb_err *err)
{
    if (path[0] == '\0') return pb_err_set(err, PB_E_BAD_INPUT, "cannot create folder: empty path");
    if (make_dir(dirfd, path) == 0) return 0;
    PB_AUTO_FREE char *part = pb_strdup(path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (make_dir(dirfd, part) != 0)
            return pb_err_sys(err, errno, "cannot create folder: %s", part);
        *slash = '/';
    }
    if (make_dir(dirfd, path) != 0) return pb_err_sys(err, errno, "cannot create folder: %s", path);
    return 0;
}

bool pb_exists(int dirfd, const char *path)
{
    struct stat st;
    return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

bool pb_is_dir(int dirfd, const char *path)
{
    struct stat st;
    return fstatat(dirfd, path, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

int pb_open_dir(int dirfd, const char *path, struct pb_err *err)
{
    int fd = open_retry(dirfd, path, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) return pb_err_sys(err, errno, "cannot open folder: %s", path);
    return fd;
}

int pb_make_temp_dir(const char *parent, const char *prefix, char **out, struct pb_err *err)
{
    size_t size = strlen(parent) + strlen(prefix) + sizeof "/XXXXXX";
    PB_AUTO_FREE char *path = pb_malloc(size);
    (void)snprintf(path, size, "%s/%sXXXXXX", parent, prefix);
    if (!mkdtemp(path)) return pb_err_sys(err, errno, "cannot create a temporary folder: %s", path);
    *out = path;
    path = NULL;
    return 0;
}

char *pb_real_path(const char *path, struct pb_err *err)
{
    char *real = realpath(path, NULL);
    if (!real) pb_err_sys(err, errno, "cannot resolve path: %s", path);
    return real;
}

static bool is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* Symbolic links stay: a program may look at the name it was called by. */
static char *absolute(const char *path)
{
    if (path[0] == '/') return pb_strdup(path);
    char cwd[PATH_MAX];
    if (!getcwd(cwd, sizeof cwd)) return NULL;
    size_t size = strlen(cwd) + strlen(path) + 2;
    char *full = pb_malloc(size);
    (void)snprintf(full, size, "%s/%s", cwd, path);
    return full;
}

char *pb_find_program(const char *name)
{
    if (name[0] == '\0') return NULL;
    if (strchr(name, '/')) return is_program(name) ? absolute(name) : NULL;
    const char *path = getenv("PATH");
    struct pb_str rest = pb_str(path ? path : "/usr/local/bin:/usr/bin:/bin"), dir;
    while (pb_str_split(&rest, ':', &dir)) {
        char candidate[PATH_MAX];
        if (dir.n == 0) dir = PB_LIT("."); /* POSIX: an empty entry is the current folder */
        int n = snprintf(candidate, sizeof candidate, PB_FMT "/%s", PB_ARG(dir), name);
        if (n > 0 && (size_t)n < sizeof candidate && is_program(candidate))
            return absolute(candidate);
    }
    return NULL;
}
