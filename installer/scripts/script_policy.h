/* SPDX-License-Identifier: MIT */
#ifndef PL_SCRIPT_POLICY_H
#define PL_SCRIPT_POLICY_H

#include "installer/manifest/manifest.h"

/*
 * Which dependencies may run install scripts: npm's `allowScripts` (RFC 0054). Nobody may unless a
 * rule allows it. A rule names a package of the registry ("a", "a@1.0.0", "a@1.0.0 || 2.0.0") or,
 * letter by letter, another source ("file:x", a URL, a git URL with or without a commit). A package
 * from elsewhere never profits from a registry rule, whatever it calls itself. Deny wins.
 */
struct pl_script_rule {
    struct pb_str name, versions; /* versions: empty for all */
    struct pb_str source;         /* instead of a name */
    bool allow;
};

struct pl_script_policy {
    struct pl_script_rule *rules;
    size_t n;
    bool allow_all;
};

enum pl_script_verdict { PL_SCRIPTS_UNREVIEWED, PL_SCRIPTS_ALLOWED, PL_SCRIPTS_DENIED };

/* Where a package comes from, as far as it can be trusted. */
struct pl_script_subject {
    struct pb_str name, version; /* as the registry has it; name empty: not from the registry */
    struct pb_str source;        /* the lock's `resolved` */
};

/* `rules` is package.json's "allowScripts" (may be NULL); without one the configuration's list of
 * names counts. Rules that make no sense are left out with a warning. */
void pl_script_policy_load(struct pb_arena *arena, const cJSON *rules, const char *names,
                           struct pl_script_policy *out, struct pl_strs *warnings);
enum pl_script_verdict pl_script_judge(const struct pl_script_policy *policy,
                                       const struct pl_script_subject *subject);

#endif
