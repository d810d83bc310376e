/* SPDX-License-Identifier: MIT */
#ifndef PL_PLATFORM_H
#define PL_PLATFORM_H

#include "installer/manifest/manifest.h"

/* A machine in Node's words: process.platform, process.arch, "glibc" or "musl" (empty: unknown). */
struct pl_platform {
    struct pb_str os, cpu, libc;
};

/* The machine plumb runs on; found out once. Any thread. */
const struct pl_platform *pl_platform_current(void);

/* Whether the os, cpu and libc lists of `m` allow the platform (npm-install-checks). */
bool pl_platform_allows(const struct pl_platform *platform, const struct pl_manifest *m);

#endif
