/* SPDX-License-Identifier: MIT */
#include "installer/install/links.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/fs.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

/* Takes folders off the front that both paths go through; `path` keeps its last part. */
static void skip_common(const char **path, struct pb_str *target)
{
    for (const char *end; (end = strchr(*path, '/')) != NULL;) {
        size_t n = (size_t)(end - *path) + 1;
        if (target->n <= n || memcmp(*path, target->p, n) != 0) return;
        *path += n;
        *target = pb_str_skip(*target, n);
    }
}

/* The target as seen from the folder that holds the link. */
static bool link_text(const char *path, struct pb_str target, struct pb_buf *out)
{
    skip_common(&path, &target);
    for (const char *p = path; (p = strchr(p, '/')) != NULL; p++)
        pb_buf_add_cstr(out, "../");
    if (target.n == 0 && out->n > 0)
        out->n--; /* the project itself */
    else
        pb_buf_add_str(out, target);
    pb_buf_add_char(out, '\0');
    return pb_buf_ok(out);
}

bool pl_link_stands(int root_dirfd, const char *path, struct pb_str target)
{
    PB_AUTO_BUF struct pb_buf wanted = PB_BUF_INIT(PATH_MAX);
    char found[PATH_MAX];
    if (!link_text(path, target, &wanted)) return false;
    ssize_t n = readlinkat(root_dirfd, path, found, sizeof found);
    return n >= 0 && pb_str_eq(pb_strn(found, (size_t)n), pb_str(wanted.p));
}

static int make_folder_above(int root_dirfd, const char *path, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    ptrdiff_t slash = pb_str_rfind(pb_str(path), '/');
    const char *folder = pb_arena_cstr(&arena, pb_strn(path, slash > 0 ? (size_t)slash : 0));
    int rc = folder[0] ? pb_mkdir_p(root_dirfd, folder, err) : 0;
    pb_arena_release(&arena);
    return rc;
}

int pl_link_make(int root_dirfd, const char *path, struct pb_str target, struct pb_err *err)
{
    if (pl_link_stands(root_dirfd, path, target)) return 0;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(PATH_MAX);
    if (!link_text(path, target, &text))
        return pb_err_set(err, PB_E_LIMIT, "link %s: the target's path is too long", path);
    if (make_folder_above(root_dirfd, path, err) != 0) return -1;
    if (pb_remove_tree(root_dirfd, path, err) != 0) return -1;
    if (symlinkat(text.p, root_dirfd, path) == 0) return 0;
    return pb_err_sys(err, errno, "link %s to %s", path, text.p);
}
