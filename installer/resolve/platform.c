/* SPDX-License-Identifier: MIT */
#include "installer/manifest/platform.h"

#include "installer/resolve/resolver.h"

bool pl_platform_matches(const struct pl_manifest *m)
{
    return pl_platform_allows(pl_platform_current(), m);
}
