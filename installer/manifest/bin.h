/* SPDX-License-Identifier: MIT */
#ifndef PL_MANIFEST_BIN_H
#define PL_MANIFEST_BIN_H

#include "installer/manifest/manifest.h"

/* A "bin" value as npm-normalize-package-bin leaves it: names without folders, targets below the
 * package's folder. `bin` may be NULL or of any type; `name` is the package's. */
struct pl_deps pl_bin_normalize(struct pb_arena *arena, const cJSON *bin, struct pb_str name);

#endif
