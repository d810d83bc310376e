/* SPDX-License-Identifier: MIT */
#ifndef PL_BINS_H
#define PL_BINS_H

#include "base/err.h"
#include "installer/manifest/manifest.h"

/*
 * Bin links as npm's bin-links makes them: <bin_dir>/<name> -> relative path of the script, the
 * script made executable (0777 & ~umask added to its x bits) and a CRLF after a shebang repaired.
 * A script that is a hard link into the store is first replaced by a private copy when it must be
 * changed. Names with a separator, "." or "..", targets outside the package and symbolic links in
 * the way of node_modules/.bin are refused.
 */

/* `package_dir` ("node_modules/a") and `bin_dir` ("node_modules/.bin") are relative to root_dirfd.
 * Existing links of plumb or npm are replaced; a file that is no link is kept and is an error of
 * code CONFLICT. A bin whose target is missing is skipped, as npm does. */
int pl_bins_link(int root_dirfd, const char *package_dir, const char *bin_dir,
                 const struct pl_deps *bin, struct pb_err *err) PB_MUST_CHECK;

#endif
