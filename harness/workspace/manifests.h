/* SPDX-License-Identifier: MIT */
#ifndef PB_MANIFESTS_H
#define PB_MANIFESTS_H

#include "base/err.h"

#include <stdbool.h>

/*
 * What a project asks for: its package.json files, of the root and of every folder below it but
 * node_modules and hidden ones.
 */

/* SHA-256 (hex) over their paths and contents. */
int pb_manifests_digest(const char *project, char digest[65], struct pb_err *err) PB_MUST_CHECK;

/* Takes out of the root's package.json what names one package manager ("packageManager",
 * "devEngines.packageManager"): a guard of the others would refuse to run, and another version than
 * the one under test might take over. *removed: whether there was one. */
int pb_manifest_unpin(const char *project, bool *removed, struct pb_err *err) PB_MUST_CHECK;

/* Text of the field that names a package manager, or false when there is none. */
bool pb_manifest_pin(const char *project, char out[64]);

#endif
