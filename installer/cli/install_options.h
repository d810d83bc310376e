/* SPDX-License-Identifier: MIT */
#ifndef PL_INSTALL_OPTIONS_H
#define PL_INSTALL_OPTIONS_H

#include "base/opt.h"
#include "installer/install/install.h"

/* What the commands that install have in common on the command line. */
struct pl_install_opts {
    const char *prefix, *store, *cache, *registry, *linker;
    const char *before, *min_release_age, *lockfile_version, *trace;
    struct pb_opt_list omit, include;
    enum pb_switch package_lock, legacy_peer_deps, strict_peer_deps, engine_strict, offline,
        prefer_offline, full_metadata, resolutions, install_links, http2;
    enum pb_switch ignore_scripts, allow_all_scripts;
    enum pb_switch audit, fund;    /* npm's; here nothing is asked */
    const struct pl_strs *rebuild; /* `plumb rebuild`: set by the command (install.h) */
    bool force, package_lock_only, stats, json, silent;
    long workers;
    /* Of pl_edit_opt_table alone: how package.json changes. */
    enum pb_switch save, save_exact, workspaces, include_workspace_root;
    bool save_prod, save_dev, save_optional, save_peer, save_bundle;
    const char *save_prefix, *tag;
    struct pb_opt_list workspace;
};
extern const struct pb_opt pl_install_opt_table[]; /* ci, resolve */
extern const struct pb_opt pl_edit_opt_table[];    /* install, add, remove, update */

/* Runs an install and reports it. `edit` may be NULL; of it the caller gives add, remove and
 * update, the rest is filled in from the options. Returns the exit status, -1 with `err`. */
int pl_cli_install(const struct pl_install_opts *opts, enum pl_install_action action,
                   struct pl_edit_request *edit, struct pb_err *err);

#endif
