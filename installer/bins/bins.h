/* SPDX-License-Identifier: MIT */
#ifndef PL_BINS_H
#define PL_BINS_H

#include "base/err.h"
#include "installer/manifest/manifest.h"

/*
 * Bin links as npm's bin-links makes them: <bin_dir>/<name> -> relative path of the script, the
 * script made executable (an x for each r) and the CR of a shebang line ending in CRLF taken out.
 * A script that is a hard link into the store is first replaced by a private copy when it must be
 * changed. Names with a separator, "." or "..", targets outside the package and symbolic links in
 * the way of node_modules/.bin are refused.
 */

/* `package_dir` ("node_modules/a", or a link to a workspace's folder) and `bin_dir`
 * ("node_modules/.bin") are relative to root_dirfd, without "." and ".." parts. Existing links of
 * plumb or npm are replaced; a file that is no link is kept and is an error of code CONFLICT. A bin
 * whose target is missing is skipped, as npm does. Any thread, one call per bin_dir at a time. */
int pl_bins_link(int root_dirfd, const char *package_dir, const char *bin_dir,
                 const struct pl_deps *bin, struct pb_err *err) PB_MUST_CHECK;

#endif
