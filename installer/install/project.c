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

static bool are_same_deps(const struct pl_deps *a, const struct pl_deps *b)
{
    if (a->n != b->n) return false;
    for (size_t i = 0; i < a->n; i++) {
        bool found = false;
        for (size_t j = 0; j < b->n && !found; j++)
            found = pb_str_eq(a->items[i].name, b->items[j].name) &&
                    pb_str_eq(a->items[i].spec, b->items[j].spec);
        if (!found) return false;
    }
    return true;
}

static bool has_same_lists(const struct pl_manifest *a, const struct pl_manifest *b)
{
    return are_same_deps(&a->dependencies, &b->dependencies) &&
           are_same_deps(&a->dev_dependencies, &b->dev_dependencies) &&
           are_same_deps(&a->optional_dependencies, &b->optional_dependencies) &&
           are_same_deps(&a->peer_dependencies, &b->peer_dependencies);
}

static int check_member(const struct install *in, const struct pl_workspace *ws, struct pb_err *why)
{
    const struct pl_lock_entry *e = pl_lock_find(&in->old, ws->path);
    const struct pl_manifest *m = &ws->manifest;
    if (e && in->old.lockfile_version < 2) return 0; /* it has neither name nor lists */
    if (e && pb_str_eq(e->name, m->name) && has_same_lists(&e->manifest, m)) return 0;
    return pb_err_set(why, PB_E_CONFLICT,
                      "%s/package.json and %s are not in step: run an install to update the "
                      "lockfile",
                      ws->path.p, in->lock_name);
}

/* `ci` is content when the versions fit, as npm's is; an install brings the lock up to date, also
 * when a dependency has only moved to another list. Version 1 does not have the lists. */
static int check_root_lists(const struct install *in, struct pb_err *why)
{
    bool is_ci = in->set->action == PL_ACTION_CI;
    if (is_ci || in->old.lockfile_version < 2) return 0;
    if (has_same_lists(&in->old.entries[0].manifest, &in->manifest)) return 0;
    return pb_err_set(why, PB_E_CONFLICT, "package.json asks for other ranges or kinds than %s",
                      in->lock_name);
}

int pl_project_check_lock(const struct install *in, struct pb_err *why)
{
    if (pl_lock_check_root(&in->old, &in->manifest, why) != 0) return -1;
    if (check_root_lists(in, why) != 0) return -1;
    for (size_t i = 0; i < in->workspaces.n; i++)
        if (check_member(in, &in->workspaces.items[i], why) != 0) return -1;
    return 0;
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
