/* SPDX-License-Identifier: MIT */
#ifndef PL_BIN_SCRIPT_H
#define PL_BIN_SCRIPT_H

#include "base/err.h"

#include <stdbool.h>

/* Makes the script `path` (clean, below the folder `package_dirfd`) executable and repairs its
 * shebang line. In place when it has one name; else it becomes a private copy, for the other names
 * are the store's. *found: there is such a file; anything else that stands there is left alone. */
int pl_bin_script_prepare(int package_dirfd, const char *path, bool *found,
                          struct pb_err *err) PB_MUST_CHECK;

#endif
