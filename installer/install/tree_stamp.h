/* SPDX-License-Identifier: MIT */
#ifndef PL_TREE_STAMP_H
#define PL_TREE_STAMP_H

#include "installer/install/layout.h"

/*
 * The short way of an install that has nothing to do. <cache>/trees/<hash of the project's path>
 * begins with that path and says what an install that left everything right was made from: the
 * settings that matter, and inode, size and times of package.json (the members', too), lockfile and
 * hidden lockfile; and which folders it looked at. When all of these are as they were, and no
 * folder is newer than the hidden lockfile (tree_state.h), neither lockfile is read. Anything else
 * takes the long way. The file may be deleted at any time.
 *
 * A file that may have changed while the install read it (its ctime is not before the install's
 * start) is not vouched for: then no stamp is written.
 */

/* With the manifests read, before the lockfile is. Sets the result's packages and warnings when it
 * holds. */
bool pl_tree_stamp_holds(struct install *in);
/* Notes what stands, while the layout is known; the text is in->stamp's. */
void pl_tree_stamp_note(struct install *in, const struct pl_layout *layout);
/* Removes the stamps of projects that are gone or have no tree any more. */
int pl_tree_stamps_prune(const char *cache_dir, uint64_t *removed,
                         struct pb_err *err) PB_MUST_CHECK;
/* Writes what was noted. A cache that cannot be written is only said in debug output. */
void pl_tree_stamp_write(struct install *in);

#endif
