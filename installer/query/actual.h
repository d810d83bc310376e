/* SPDX-License-Identifier: MIT */
#ifndef PL_ACTUAL_H
#define PL_ACTUAL_H

#include "installer/lockfile/lock.h"

/*
 * What stands in node_modules, as a lock: from the hidden lockfile when no folder was changed since
 * it was written, else from each package's own package.json (a package without one is named after
 * its folder). Links lead to folders of the project; other links are left out. Release it also
 * after a failure.
 */
int pl_actual_load(int root_dirfd, struct pl_lock *out, struct pb_err *err) PB_MUST_CHECK;

#endif
