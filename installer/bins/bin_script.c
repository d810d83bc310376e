/* SPDX-License-Identifier: MIT */
#include "installer/bins/bin_script.h"

#include "base/fs.h"
#include "installer/store/beneath.h"
#include "installer/store/package_path.h"
#include "installer/store/shebang.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRIPT_MAX ((size_t)512 << 20)

struct script {
    int folder; /* that it stands in */
    const char *name;
    int fd;
    struct stat st;
    size_t cr; /* offset of a CR to take out, or 0 */
};

/* An x wherever there is an r: what 0777 & ~umask comes to for a file that was made with 0666 &
 * ~umask, without asking for the umask, which no thread can do safely. */
static mode_t with_x(mode_t mode)
{
    return (mode & 07777) | (mode & 0444) >> 2;
}

static int inspect(struct script *s, struct pb_err *err)
{
    char head[PL_SHEBANG_MAX];
    ssize_t n = pread(s->fd, head, sizeof head, 0);
    if (n < 0) return pb_err_sys(err, errno, "cannot read script: %s", s->name);
    s->cr = pl_shebang_cr(pb_strn(head, (size_t)n));
    return 0;
}

/* The new content goes beside the script and is renamed over it: an inode that others share, or
 * that is being executed, is not touched. */
static int replace(const struct script *s, struct pb_err *err)
{
    struct pb_buf text PB_AUTO_BUF = PB_BUF_INIT(SCRIPT_MAX);
    if (pb_read_fd(s->fd, &text, err) != 0) return -1;
    if (s->cr > 0) {
        memmove(text.p + s->cr, text.p + s->cr + 1, text.n - s->cr - 1);
        text.n--;
    }
    mode_t mode = with_x(s->st.st_mode);
    if (pb_write_file_atomic(s->folder, s->name, pb_buf_str(&text), mode, err) != 0) return -1;
    /* A copy made under another umask than the original keeps the original's bits. */
    if (fchmodat(s->folder, s->name, mode, 0) != 0)
        return pb_err_sys(err, errno, "cannot make executable: %s", s->name);
    return 0;
}

static int prepare(struct script *s, struct pb_err *err)
{
    bool is_executable = with_x(s->st.st_mode) == (s->st.st_mode & 07777);
    if (inspect(s, err) != 0) return -1;
    if (is_executable && s->cr == 0) return 0;
    if (s->st.st_nlink > 1 || s->cr > 0) return replace(s, err);
    if (fchmod(s->fd, with_x(s->st.st_mode)) != 0)
        return pb_err_sys(err, errno, "cannot make executable: %s", s->name);
    return 0;
}

int pl_bin_script_prepare(int package_dirfd, const char *path, bool *found, struct pb_err *err)
{
    *found = false;
    const char *slash = strrchr(path, '/');
    char above[PL_PATH_MAX];
    (void)snprintf(above, sizeof above, "%.*s", (int)(slash ? slash - path : 0), path);
    PB_AUTO_FD int folder = pl_open_beneath(package_dirfd, above);
    if (folder < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)) return 0;
    if (folder < 0) return pb_err_sys(err, errno, "cannot open folder: %s", above);
    struct script s = {.folder = folder, .name = slash ? slash + 1 : path};
    /* O_NONBLOCK: a pipe that stands there must not hold the install up. */
    s.fd = openat(folder, s.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (s.fd < 0 && (errno == ENOENT || errno == ELOOP)) return 0;
    if (s.fd < 0) return pb_err_sys(err, errno, "cannot open script: %s", path);
    int result = 0;
    if (fstat(s.fd, &s.st) != 0) {
        result = pb_err_sys(err, errno, "cannot read script: %s", path);
    } else if (S_ISREG(s.st.st_mode)) {
        *found = true;
        result = prepare(&s, err);
    }
    (void)close(s.fd);
    return result;
}
