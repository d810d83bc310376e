/* SPDX-License-Identifier: MIT */
#ifndef PL_INSTALL_OPTIONS_H
#define PL_INSTALL_OPTIONS_H

#include "base/opt.h"
#include "installer/install/install.h"

/* What install, ci and resolve have in common on the command line. */
struct pl_install_opts {
    const char *prefix, *store, *cache, *registry;
    struct pb_opt_list omit, include;
    enum pb_switch package_lock, legacy_peer_deps, strict_peer_deps, offline, prefer_offline;
    enum pb_switch ignore_scripts, audit,
        fund; /* npm's; here scripts never run, nothing is asked */
    bool force, package_lock_only, stats, json, silent;
    long workers;
};
extern const struct pb_opt pl_install_opt_table[];

/* Runs an install and reports it. Returns the exit status, -1 with `err`. */
int pl_cli_install(const struct pl_install_opts *opts, enum pl_install_action action,
                   struct pb_err *err);

#endif
