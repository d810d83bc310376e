/* SPDX-License-Identifier: MIT */
#ifndef PL_RUN_SCRIPTS_H
#define PL_RUN_SCRIPTS_H

#include "installer/install/wanted.h"
#include "installer/scripts/lifecycle.h"

struct install;

/*
 * Lifecycle scripts of an install, in npm's order: of all packages that were placed now and may run
 * them, by depth and path: preinstall; then, when the bins are linked, install and postinstall;
 * then those of the folders the project links to, at every install; at last the project's.
 */
struct pl_package_scripts;

/* NULL: nothing is to run (--ignore-scripts), or err is set. */
struct pl_package_scripts *pl_package_scripts_new(struct install *in, struct pl_wanted_tree *tree,
                                                  struct pb_err *err);
void pl_package_scripts_free(struct pl_package_scripts *scripts);
/* Called with what failed; -1: not optional, the install fails. */
typedef int pl_script_lost(void *user, size_t index, const struct pb_err *why);
int pl_package_scripts_run(struct pl_package_scripts *scripts, const char *event,
                           pl_script_lost *lost, void *user, struct pb_err *err) PB_MUST_CHECK;
/* One event of what the project links to: workspaces and file: folders. *ran is set when any has
 * it. */
int pl_linked_scripts_run(struct install *in, const char *event, bool *ran,
                          struct pb_err *err) PB_MUST_CHECK;
/* prepare, in a folder that is about to be packed (install-links) and may run scripts: as npm does,
 * nothing is installed there first. */
int pl_packed_folder_prepare(struct install *in, const struct pl_lock_entry *entry,
                             struct pb_err *err) PB_MUST_CHECK;
/* preinstall ... postprepare of the project itself. */
int pl_root_scripts_run(struct install *in, struct pb_err *err) PB_MUST_CHECK;

/* What scripts find around them. */
int pl_script_host_open(struct install *in, struct pl_script_host *host,
                        struct pb_err *err) PB_MUST_CHECK;

#endif
