/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "base/term.h"
#include "installer/install/install_internal.h"
#include "installer/install/local_folders.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#define MAX_LOCK_BYTES (256ull << 20)

/* The project's folder itself is locked: nothing is left behind, and a killed plumb lets go. */
static int lock_folder(int dirfd, const char *shown, struct pb_err *err)
{
    if (flock(dirfd, LOCK_EX | LOCK_NB) == 0) return 0;
    if (errno == EWOULDBLOCK) {
        pb_info("another plumb is at work in %s: waiting for it", shown);
        while (flock(dirfd, LOCK_EX) != 0)
            if (errno != EINTR) return pb_err_sys(err, errno, "lock %s", shown);
        return 0;
    }
    /* Network file systems may not lock a folder; a single user does not need it. */
    pb_debug("cannot lock %s: %s", shown, strerror(errno));
    return 0;
}

int pl_project_read_lock(struct install *in, struct pb_err *err)
{
    bool has_shrinkwrap = pb_exists(in->root_dirfd, "npm-shrinkwrap.json");
    in->lock_name = has_shrinkwrap ? "npm-shrinkwrap.json" : "package-lock.json";
    if (!in->set->use_lock || !pb_exists(in->root_dirfd, in->lock_name)) return 0;
    if (pl_lock_load(in->root_dirfd, in->lock_name, &in->old, err) != 0) return -1;
    in->has_old = in->old.n > 0;
    return 0;
}

int pl_project_open(struct install *in, struct pb_err *err)
{
    const char *dir = in->set->project_dir;
    in->root_dirfd = pb_open_dir(AT_FDCWD, dir, err);
    if (in->root_dirfd < 0) return -1;
    if (lock_folder(in->root_dirfd, dir, err) != 0) return -1;
    bool has_manifest = pb_exists(in->root_dirfd, "package.json");
    if (!has_manifest && in->set->edit) return 0; /* it is made */
    if (!has_manifest)
        return pb_err_set(err, PB_E_NOT_FOUND,
                          "read package.json: there is none in %s: go to a project or name it "
                          "with -C",
                          dir);
    if (pl_manifest_load(&in->arena, in->root_dirfd, "package.json", &in->manifest, err) != 0)
        return -1;
    if (pl_workspaces_find(&in->arena, in->root_dirfd, &in->manifest.workspaces, &in->workspaces,
                           err) != 0)
        return -1;
    return pl_local_folders_find(&in->arena, in->root_dirfd, &in->manifest, &in->workspaces,
                                 &in->folders, err);
}

void pl_project_close(struct install *in)
{
    pl_lock_release(&in->old);
    pl_lock_release(&in->lock);
    pb_cleanup_close(&in->root_dirfd); /* also unlocks */
}

int pl_project_write_lock(struct install *in, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_LOCK_BYTES);
    PB_AUTO_BUF struct pb_buf present = PB_BUF_INIT(MAX_LOCK_BYTES);
    pl_lock_print(&in->lock, &text);
    if (!pb_buf_ok(&text)) return pb_err_set(err, PB_E_LIMIT, "write %s: too large", in->lock_name);
    struct pb_err ignored = PB_ERR_INIT;
    if (in->has_old && pb_read_file(in->root_dirfd, in->lock_name, &present, &ignored) == 0 &&
        pb_str_eq(pb_buf_str(&present), pb_buf_str(&text)))
        return 0;
    in->result->lock_written = true;
    return pb_write_file_atomic(in->root_dirfd, in->lock_name, pb_buf_str(&text), 0666, err);
}
