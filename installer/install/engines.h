/* SPDX-License-Identifier: MIT */
#ifndef PL_ENGINES_H
#define PL_ENGINES_H

#include "base/map.h"
#include "installer/manifest/manifest.h"

/* "engines" of packages against the node of this machine, as npm-install-checks does it
 * (prereleases of node count as their release). Texts repeat: each is decided once. */
struct pl_engines {
    struct pb_str node_version; /* empty: unknown, then everything fits */
    struct pb_arena arena;
    struct pb_map decided; /* JSON text -> verdict */
};

bool pl_engines_fit(struct pl_engines *engines, const struct pl_manifest *manifest);
/* The range of node that "engines" names, empty without one. Slices the manifest's text. */
struct pb_str pl_engines_node_range(struct pl_engines *engines, const struct pl_manifest *manifest);
void pl_engines_release(struct pl_engines *engines);

#endif
