/* SPDX-License-Identifier: MIT */
#ifndef PL_RESOLVER_H
#define PL_RESOLVER_H

#include "base/arena.h"
#include "base/err.h"
#include "installer/lockfile/lock.h"
#include "installer/manifest/manifest.h"
#include "installer/manifest/spec.h"
#include "installer/registry/packument.h"

/*
 * From a root manifest (and an old lock, whose placements are kept) to a lock, as npm's arborist
 * does it: order, hoisting, conflicts, peer sets. Sans I/O: it never fetches. The caller takes
 * wanted packuments, feeds answers in any order, and calls step until done. The result does not
 * depend on the order of answers.
 */
struct pl_resolver;

/* A package that no registry has: in a git repository, at a URL, in a tarball. */
struct pl_direct_want {
    struct pb_str key;               /* for the answer */
    enum pl_spec_kind kind;          /* GIT, REMOTE, FILE or DIRECTORY */
    struct pb_str fetch, committish; /* as in struct pl_spec; a path is relative to the project */
};
struct pl_direct_package {
    const struct pl_manifest *manifest; /* must outlive the resolver */
    struct pb_str resolved, integrity;  /* for the lock; integrity is empty for GIT */
};

struct pl_wanted_now {
    struct pb_str folder, name; /* of the root ("") or a workspace */
};

struct pl_resolve_options {
    bool legacy_peer_deps, force, strict_peer_deps, prefer_dedupe;
    bool install_links;        /* folders are packed and installed like tarballs */
    bool ignore_resolutions;   /* yarn's in the root manifest, as npm ignores them */
    bool resolutions_may_lack; /* check_lock: a lock that was made without them will do */
    /* omit-lockfile-registry-resolved: the lock has no URLs of registry packages. */
    bool omit_registry_resolved;
    struct pl_pick_options pick;
    int lockfile_version; /* of the lock that is made: 1, 2 or 3; 0: 3 */
    bool has_crlf;        /* its lines end as package.json's */
    const char *indent;   /* of package.json, which the lock gets; NULL: the old lock's */
    const char *root_dir; /* its last part names a project without a name */
    /* Names whose locked versions are not kept wherever they are (npm update NAME). */
    struct pl_strs update;
    /* Direct dependencies that the user asked for now (npm install NAME): placed anew. */
    const struct pl_wanted_now *wanted_now;
    size_t n_wanted_now;
};

/* `root` and `old` (may be NULL) must outlive the resolver; option texts are borrowed too. */
struct pl_resolver *pl_resolver_new(const struct pl_manifest *root, const struct pl_lock *old,
                                    const struct pl_resolve_options *options);
void pl_resolver_free(struct pl_resolver *r);
/* Before the first step: the workspaces in npm's order, and folders that file: dependencies lead
 * to. `path` is relative to the root; the manifest must outlive the resolver. */
int pl_resolver_add_workspace(struct pl_resolver *r, struct pb_str path,
                              const struct pl_manifest *manifest, struct pb_err *err) PB_MUST_CHECK;
int pl_resolver_add_folder(struct pl_resolver *r, struct pb_str path,
                           const struct pl_manifest *manifest, struct pb_err *err) PB_MUST_CHECK;

/* Instead of steps: the tree as the lock has it, with nothing resolved, to be looked at through
 * model.h. */
int pl_resolver_load(struct pl_resolver *r, struct pb_err *err) PB_MUST_CHECK;

/* Instead of steps: loads, and tells whether every package of the lock finds what it asks for, by
 * the root's overrides and resolutions. -1: `why` says what not (CONFLICT), or that it cannot be
 * loaded. */
int pl_resolver_check_lock(struct pl_resolver *r, struct pb_err *why) PB_MUST_CHECK;

/* Next package name whose packument is wanted and was not handed out before; false: none now. */
bool pl_resolver_next_wanted(struct pl_resolver *r, struct pb_str *name);
/* Answer for a name: a packument (ownership passes) or a failure (copied). */
const struct pl_pick_options *pl_resolver_pick_options(const struct pl_resolver *r);
/* The specs that will be picked as soon as this name is fed, as far as they are known, for picking
 * ahead on another thread (pl_packument_warm). Copied into the arena. */
struct pl_strs pl_resolver_waiting_specs(struct pl_resolver *r, struct pb_str name,
                                         struct pb_arena *arena);
void pl_resolver_feed(struct pl_resolver *r, struct pb_str name, struct pl_packument *packument,
                      const struct pb_err *failure);

/* The same for packages that no registry has. */
bool pl_resolver_next_direct(struct pl_resolver *r, struct pl_direct_want *out);
/* `package` is copied; NULL: a failure (copied). */
void pl_resolver_feed_direct(struct pl_resolver *r, struct pb_str key,
                             const struct pl_direct_package *package, const struct pb_err *failure);

/* Speculative picks, in order of discovery: candidates for prefetching (they only warm the store).
 * The manifest lives as long as the resolver. */
bool pl_resolver_next_pick(struct pl_resolver *r, const struct pl_manifest **picked);

enum pl_resolve_state { PL_RESOLVE_WAITING, PL_RESOLVE_DONE, PL_RESOLVE_FAILED };
/* Works as far as the answers allow. FAILED fills err. */
enum pl_resolve_state pl_resolver_step(struct pl_resolver *r, struct pb_err *err);
/* After DONE or load: the lock (caller releases). */
int pl_resolver_lock(struct pl_resolver *r, struct pl_lock *out, struct pb_err *err) PB_MUST_CHECK;
/* After DONE: warnings (deprecations, overridden peers), one per line, for the user. */
struct pb_str pl_resolver_warnings(struct pl_resolver *r);

/* Whether os, cpu and libc lists allow this machine (npm-install-checks). */
bool pl_platform_matches(const struct pl_manifest *m);

#endif
