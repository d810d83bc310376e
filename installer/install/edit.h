/* SPDX-License-Identifier: MIT */
#ifndef PL_EDIT_H
#define PL_EDIT_H

#include "installer/install/package_file.h"
#include "installer/manifest/manifest.h"

/*
 * What `plumb add`, `remove` and `update` change: before resolving, the wishes are put into the
 * manifests (on disk nothing changes yet); after the packages stand in node_modules, the ranges
 * that fit them are written to package.json and to the lock. Rules: npm's add-rm-pkg-deps.js and
 * reify.js.
 */
struct pl_edit_request {
    struct pl_strs add;    /* "name", "name@spec", "./folder" */
    struct pl_strs remove; /* names */
    struct pl_strs update; /* names to be brought up to date, wherever they are */
    bool update_all;       /* all of them: the old lock is not looked at */
    enum pl_save_type save_type;
    bool save_bundle;
    bool save_manifest, save_lock;
    const char *save_prefix; /* "^", or "" for exact versions */
    /* Which package.json: names, paths or parent folders of workspaces; none: the root. */
    struct pl_strs workspaces;
    bool all_workspaces, include_root;
};

struct install;
struct pl_edit;

/* Changes in->manifest and the workspaces' manifests. NULL on failure. */
struct pl_edit *pl_edit_apply(struct install *in, const struct pl_edit_request *request,
                              struct pb_err *err);
/* Dependencies asked for now, as the resolver wants them. */
struct pl_wanted_now *pl_edit_wanted_now(const struct pl_edit *edit, struct pb_arena *arena,
                                         size_t *n);
/* With in->lock made: writes the package.json files, and their new ranges into in->lock. */
int pl_edit_save(struct pl_edit *edit, struct install *in, struct pb_err *err) PB_MUST_CHECK;
void pl_edit_free(struct pl_edit *edit);

#endif
