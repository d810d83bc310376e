/* SPDX-License-Identifier: MIT */
#ifndef PL_SCRIPT_REVIEW_H
#define PL_SCRIPT_REVIEW_H

#include "installer/query/loaded.h"

/*
 * Decisions about install scripts, kept in package.json's "allowScripts" as npm keeps them:
 * approvals name the exact versions that are installed ("a@1.0.0": true), denials the package.
 */
struct pl_script_package_id {
    struct pb_str name, version;
};

/* Installed packages with install scripts that no rule speaks of yet. Returns their number; the
 * list is the arena's of `loaded`. `names`: "npmrc" rules, as configured, or NULL. */
size_t pl_scripts_pending(struct pl_loaded *loaded, const char *names,
                          struct pl_script_package_id **out);
/* Writes a decision for each. `pin`: with the version. *changed: rules that are new. */
int pl_scripts_decide(struct pl_loaded *loaded, const struct pl_script_package_id *packages,
                      size_t n, bool allow, bool pin, size_t *changed,
                      struct pb_err *err) PB_MUST_CHECK;

#endif
