/* SPDX-License-Identifier: MIT */
#ifndef PL_SHARE_H
#define PL_SHARE_H

#include "installer/install/units.h"
#include "installer/virtual_store/virtual_store.h"

struct install;

/*
 * Which units the global linker takes from the machine's virtual store. In the project stay, with
 * all that depends on them: packages whose scripts may run (they may write into themselves), those
 * that reach a folder of the project, and those without a digest of their content. Everything stays
 * there when the project uses a tool that does not build with packages outside of its root.
 */
struct pl_share {
    struct pl_virtual_store *store; /* NULL: another linker, or nothing is shared */
    bool *is_shared;                /* per unit; NULL as well */
    const char *path;               /* of the store, as seen from the project: "../../links/v1" */
    const char *kept_by;            /* the tool that keeps everything in the project, or NULL */
};

/* Opens the store. The arrays are of in->arena. Release it also after a failure. */
int pl_share_decide(struct install *in, const struct pl_wanted_tree *tree,
                    const struct pl_units *units, struct pl_share *share,
                    struct pb_err *err) PB_MUST_CHECK;
void pl_share_release(struct pl_share *share);

/* `to` as seen from `from`, both absolute and real. */
const char *pl_relative_path(struct pb_arena *arena, struct pb_str from, struct pb_str to);

#endif
