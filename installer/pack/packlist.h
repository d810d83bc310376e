/* SPDX-License-Identifier: MIT */
#ifndef PL_PACKLIST_H
#define PL_PACKLIST_H

#include "base/arena.h"
#include "base/err.h"
#include "installer/manifest/manifest.h"

/*
 * Which files of a source folder belong into its package, as npm-packlist 10 decides: `files` of
 * package.json, .npmignore or else .gitignore of each folder, what is always in (package.json,
 * README*, LICENSE*, main, bin) and what never is (.git, node_modules, lockfiles). Bundled
 * dependencies are not looked for. Paths are relative, in no given order; memory is the arena's.
 */
int pl_packlist(struct pb_arena *arena, int dirfd, struct pl_strs *out,
                struct pb_err *err) PB_MUST_CHECK;

#endif
