/* SPDX-License-Identifier: MIT */
#include "installer/bins/bins.h"

#include "base/buf.h"
#include "base/fs.h"
#include "installer/bins/bin_script.h"
#include "installer/store/beneath.h"
#include "installer/store/package_path.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool is_name_safe(struct pb_str name)
{
    if (name.n == 0 || name.n > PL_NAME_MAX) return false;
    if (pb_str_is(name, ".") || pb_str_is(name, "..")) return false;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '/' || name.p[i] == '\\' || name.p[i] == '\0') return false;
    return true;
}

/* From inside bin_dir to <package_dir>/<script>: up to their common folder, then down. */
static void relative_path(struct pb_str bin_dir, struct pb_str package_dir, const char *script,
                          struct pb_buf *out)
{
    struct pb_str from = bin_dir, to = package_dir, a, b;
    for (;;) {
        struct pb_str from_rest = from, to_rest = to;
        if (!pb_str_split(&from_rest, '/', &a) || !pb_str_split(&to_rest, '/', &b)) break;
        if (!pb_str_eq(a, b)) break;
        from = from_rest;
        to = to_rest;
    }
    while (pb_str_split(&from, '/', &a))
        if (a.n > 0) pb_buf_add_cstr(out, "../");
    if (to.n > 0) {
        pb_buf_add_str(out, to);
        pb_buf_add_char(out, '/');
    }
    pb_buf_add_cstr(out, script);
}

static bool points_to(int dirfd, const char *name, const char *target)
{
    char now[PL_PATH_MAX];
    ssize_t n = readlinkat(dirfd, name, now, sizeof now);
    return n >= 0 && pb_str_is(pb_strn(now, (size_t)n), target);
}

static bool is_link(int dirfd, const char *name)
{
    char c;
    return readlinkat(dirfd, name, &c, 1) >= 0;
}

static int make_link(int bin_dirfd, const char *name, const char *target, struct pb_err *err)
{
    if (symlinkat(target, bin_dirfd, name) == 0) return 0;
    if (errno != EEXIST) return pb_err_sys(err, errno, "cannot link");
    if (points_to(bin_dirfd, name, target)) return 0;
    if (!is_link(bin_dirfd, name))
        return pb_err_set(err, PB_E_CONFLICT,
                          "a file that is no link stands there: remove it to have the bin");
    if (unlinkat(bin_dirfd, name, 0) != 0 || symlinkat(target, bin_dirfd, name) != 0)
        return pb_err_sys(err, errno, "cannot replace the old link");
    return 0;
}

struct bins {
    int package_dirfd;
    int bin_dirfd; /* -1: not needed yet */
    int root_dirfd;
    const char *package_dir, *bin_dir;
};

static int link_one(struct bins *b, const struct pl_dep *bin, struct pb_err *err)
{
    if (!is_name_safe(bin->name)) return pb_err_set(err, PB_E_BAD_INPUT, "not a name for a bin");
    char script[PL_PATH_MAX], name[PL_NAME_MAX + 1];
    size_t n;
    if (pl_package_path(bin->spec, script, &n, err) != 0) return -1;
    if (n == 0) return pb_err_set(err, PB_E_BAD_INPUT, "it names the package's own folder");
    bool found;
    if (pl_bin_script_prepare(b->package_dirfd, script, &found, err) != 0) return -1;
    if (!found) return 0;
    if (b->bin_dirfd < 0) b->bin_dirfd = pl_mkdir_beneath(b->root_dirfd, b->bin_dir, err);
    if (b->bin_dirfd < 0) return -1;
    struct pb_buf target PB_AUTO_BUF = PB_BUF_INIT(PL_PATH_MAX - 1);
    relative_path(pb_str(b->bin_dir), pb_str(b->package_dir), script, &target);
    if (!pb_buf_ok(&target)) return pb_err_set(err, PB_E_LIMIT, "its path is too long");
    memcpy(name, bin->name.p, bin->name.n);
    name[bin->name.n] = '\0';
    return make_link(b->bin_dirfd, name, target.p, err);
}

int pl_bins_link(int root_dirfd, const char *package_dir, const char *bin_dir,
                 const struct pl_deps *bin, struct pb_err *err)
{
    if (bin->n == 0) return 0;
    /* Not O_NOFOLLOW: node_modules/<workspace> is a link of ours. What is below it is not left. */
    PB_AUTO_FD int package = openat(root_dirfd, package_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (package < 0) return pb_err_sys(err, errno, "cannot link bins of %s", package_dir);
    struct bins b = {package, -1, root_dirfd, package_dir, bin_dir};
    int result = 0;
    for (size_t i = 0; result == 0 && i < bin->n; i++) {
        result = link_one(&b, &bin->items[i], err);
        if (result != 0)
            (void)pb_err_wrap(err, "bin \"" PB_FMT "\" of %s", PB_ARG(bin->items[i].name),
                              package_dir);
    }
    pb_cleanup_close(&b.bin_dirfd);
    return result;
}
