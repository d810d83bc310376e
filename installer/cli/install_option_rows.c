/* SPDX-License-Identifier: MIT */
#include "installer/cli/install_options.h"

#define ROW_RANGE(name_, key_, kind_, member_, arg_, def_, help_, min_, max_)                      \
    {                                                                                              \
        .name = (name_), .key = (key_), .kind = PB_OPT_##kind_,                                    \
        .offset = offsetof(struct pl_install_opts, member_), .arg = (arg_), .def = (def_),         \
        .help = (help_), .min = (min_), .max = (max_)                                              \
    }
#define ROW(name_, key_, kind_, member_, arg_, def_, help_)                                        \
    ROW_RANGE(name_, key_, kind_, member_, arg_, def_, help_, 0, 0)

/* npm's own names where npm has them. */
#define COMMON_ROWS                                                                                \
    ROW("prefix", 'C', STRING, prefix, "DIR", "the project around the current folder",             \
        "The project's folder"),                                                                   \
        ROW("registry", 0, STRING, registry, "URL", "from npm's configuration",                    \
            "Where packages come from"),                                                           \
        ROW("store", 0, STRING, store, "DIR", "$PLUMB_STORE or the user's data folder",            \
            "The package store"),                                                                  \
        ROW("cache", 0, STRING, cache, "DIR", "$PLUMB_CACHE or the user's cache folder",           \
            "The metadata cache"),                                                                 \
        ROW("linker", 0, STRING, linker, "KIND", "hoisted",                                        \
            "hoisted: folders as npm; isolated: links into node_modules/.plumb; global: links "    \
            "into "                                                                                \
            "a store that all projects share"),                                                    \
        ROW("omit", 0, LIST, omit, "KIND", NULL,                                                   \
            "Leave out dependencies of a kind: dev, optional or peer (repeatable)"),               \
        ROW("include", 0, LIST, include, "KIND", NULL,                                             \
            "Have a kind even if --omit or the configuration leaves it out"),                      \
        ROW("package-lock", 0, SWITCH, package_lock, NULL, "true",                                 \
            "Read and write package-lock.json"),                                                   \
        ROW("package-lock-only", 0, FLAG, package_lock_only, NULL, NULL,                           \
            "Write the lockfile and nothing else"),                                                \
        ROW("lockfile-version", 0, STRING, lockfile_version, "N", "as it is; 3 for a new one",     \
            "Write version 1, 2 or 3 of the lockfile"),                                            \
        ROW("full-metadata", 0, SWITCH, full_metadata, NULL, "false",                              \
            "Read full metadata: new locks are npm's to the byte, for more bytes to receive"),     \
        ROW("install-links", 0, SWITCH, install_links, NULL, "false",                              \
            "Pack and install file: folders instead of linking to them"),                          \
        ROW("resolutions", 0, SWITCH, resolutions, NULL, "true",                                   \
            "Apply yarn's resolutions of package.json, which npm ignores"),                        \
        ROW("legacy-peer-deps", 0, SWITCH, legacy_peer_deps, NULL, NULL,                           \
            "Ignore peer dependencies while resolving"),                                           \
        ROW("strict-peer-deps", 0, SWITCH, strict_peer_deps, NULL, NULL,                           \
            "Fail on any peer conflict"),                                                          \
        ROW("engine-strict", 0, SWITCH, engine_strict, NULL, NULL,                                 \
            "Fail on packages for another node, instead of a warning"),                            \
        ROW("force", 'f', FLAG, force, NULL, NULL,                                                 \
            "Go on at peer conflicts and packages for other machines"),                            \
        ROW("offline", 0, SWITCH, offline, NULL, NULL, "Use the store and the cache alone"),       \
        ROW("prefer-offline", 0, SWITCH, prefer_offline, NULL, NULL,                               \
            "Take cached metadata without asking whether it is current"),                          \
        ROW("http2", 0, SWITCH, http2, NULL, "false",                                              \
            "Speak HTTP/2 with registries over TLS that know it"),                                 \
        ROW("before", 0, STRING, before, "DATE", NULL,                                             \
            "Only versions that were published by then"),                                          \
        ROW("min-release-age", 0, STRING, min_release_age, "DAYS", NULL,                           \
            "Only versions that are this old"),                                                    \
        ROW_RANGE("workers", 0, LONG, workers, "N", "processors, at most 4",                       \
                  "Threads that unpack and link", 1, 64),                                          \
        ROW("ignore-scripts", 0, SWITCH, ignore_scripts, NULL, NULL,                               \
            "Run no scripts, not even those that are allowed"),                                    \
        ROW("dangerously-allow-all-scripts", 0, SWITCH, allow_all_scripts, NULL, NULL,             \
            "Run the install scripts of every package"),                                           \
        ROW("audit", 0, SWITCH, audit, NULL, NULL, "Accepted for npm's sake: there is no audit"),  \
        ROW("fund", 0, SWITCH, fund, NULL, NULL,                                                   \
            "Accepted for npm's sake: nothing is said about funding"),                             \
        ROW("stats", 0, FLAG, stats, NULL, NULL,                                                   \
            "Print counts and times as one JSON object, and no summary"),                          \
        ROW("trace", 0, STRING, trace, "FILE", NULL,                                               \
            "Write when each package passed each stage (Chrome trace JSON)"),                      \
        ROW("json", 0, FLAG, json, NULL, NULL, "As --stats"),                                      \
        ROW("silent", 's', FLAG, silent, NULL, NULL, "Print errors only")

#define SAVE_ROWS                                                                                  \
    ROW("save", 'S', SWITCH, save, NULL, "true, update: false",                                    \
        "Write the new ranges to package.json"),                                                   \
        ROW("save-prod", 'P', FLAG, save_prod, NULL, NULL, "Save to dependencies"),                \
        ROW("save-dev", 'D', FLAG, save_dev, NULL, NULL, "Save to devDependencies"),               \
        ROW("save-optional", 'O', FLAG, save_optional, NULL, NULL,                                 \
            "Save to optionalDependencies"),                                                       \
        ROW("save-peer", 0, FLAG, save_peer, NULL, NULL, "Save to peerDependencies"),              \
        ROW("save-bundle", 'B', FLAG, save_bundle, NULL, NULL, "Add to bundleDependencies too"),   \
        ROW("save-exact", 'E', SWITCH, save_exact, NULL, NULL,                                     \
            "Save the version itself, not a range"),                                               \
        ROW("save-prefix", 0, STRING, save_prefix, "TEXT", "^", "What a saved range begins with"), \
        ROW("tag", 0, STRING, tag, "TAG", "latest",                                                \
            "The tag that a name without a version stands for"),                                   \
        ROW("workspace", 'w', LIST, workspace, "NAME", NULL,                                       \
            "Change this member's package.json: its name, path or parent folder (repeatable)"),    \
        ROW("workspaces", 0, SWITCH, workspaces, NULL, NULL,                                       \
            "Change every member's package.json"),                                                 \
        ROW("include-workspace-root", 0, SWITCH, include_workspace_root, NULL, NULL,               \
            "The root's as well as the members'")

const struct pb_opt pl_install_opt_table[] = {COMMON_ROWS, {0}};
const struct pb_opt pl_edit_opt_table[] = {SAVE_ROWS, COMMON_ROWS, {0}};
