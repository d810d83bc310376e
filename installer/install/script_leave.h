/* SPDX-License-Identifier: MIT */
#ifndef PL_SCRIPT_LEAVE_H
#define PL_SCRIPT_LEAVE_H

#include "installer/install/wanted.h"

struct install;

/* Which packages may run scripts: allowScripts of the root's package.json (script_policy.h). */

/* Whether a package's scripts may run: then its files are its own, not the store's. */
bool pl_may_run_scripts(struct install *in, const struct pl_lock_entry *entry);
/* Reads the rules, which is needed before: */
void pl_scripts_read_policy(struct install *in);
/* Whether a git repository ("git+<url>#<commit>") may be prepared (git_prepare.h). `in` is the
 * install. Any thread. */
bool pl_may_prepare(void *in, struct pb_str resolved);

/* Lists in the result what has scripts and no leave to run them, unless none may run. */
void pl_package_scripts_list(struct install *in, const struct pl_wanted_tree *tree);
/* Warns of packages of git and of packed folders placed now that need to be built and were not, for
 * want of leave. */
void pl_warn_of_unprepared(struct install *in, const struct pl_wanted_tree *tree);
/* `rebuild`: what it means does not count as standing, nor does what lies in it. Returns how many
 * places these are. */
size_t pl_unkeep_for_scripts(struct install *in, struct pl_wanted_tree *tree);

#endif
