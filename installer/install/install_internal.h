/* SPDX-License-Identifier: MIT */
#ifndef PL_INSTALL_INTERNAL_H
#define PL_INSTALL_INTERNAL_H

#include "installer/install/install.h"
#include "installer/install/wanted.h"
#include "installer/install/workspaces.h"
#include "installer/resolve/resolver.h"
#include "installer/stages/sri.h"
#include "installer/stages/stages.h"
#include "installer/trace/trace.h"

#include <time.h>

/*
 * One install, passed along its steps:
 *   project.c     the folder, its lock against other plumbs, manifests, the old lockfile
 *   lock_fits.c   whether that lockfile still answers the manifests
 *   engine.c      store, workers, loop: opened when first needed
 *   resolve_run.c the resolver fed from the registry, prefetching
 *   reify.c       the lock into node_modules
 *   install.c     the order of these
 */
struct install {
    const struct pl_install_settings *set;
    struct pl_install_result *result;
    struct pb_arena arena;

    int root_dirfd;
    struct pl_manifest manifest;
    struct pl_workspaces workspaces;
    struct pl_workspaces folders; /* that file: dependencies link to (local_folders.h) */
    const char *lock_name;        /* "package-lock.json" or "npm-shrinkwrap.json" */
    struct pl_lock old;           /* as read */
    bool has_old;
    struct pl_lock lock; /* to be installed; may be `old` moved */
    bool has_lock;

    struct pl_edit *edit; /* NULL: none was asked for */

    struct pl_store *store;
    struct pl_loop *loop;
    struct pl_pool *pool;
    struct pl_stages *stages;
    struct pl_direct *direct;     /* as metadata, for packages that no registry has */
    struct pl_metadata *metadata; /* lives on until the loop ends: answers may be on their way */
    unsigned workers;
    struct pl_trace *trace; /* NULL: none */

    struct timespec started; /* by the clock of file times */
    struct pl_strs unfit; /* warnings of packages for another node: an install says them always */
    struct pb_buf stamp;  /* tree_stamp.h: what was noted of the tree */

    struct pl_git_prepare *git_prepare;           /* with the stages, unless no scripts run */
    const struct pl_script_policy *script_policy; /* once it was asked for */

    struct reify *reify; /* while it runs: takes the stages' answers */
};

/* project.c: the folder and the manifests; the lockfile that stands there */
int pl_project_open(struct install *in, struct pb_err *err) PB_MUST_CHECK;
int pl_project_read_lock(struct install *in, struct pb_err *err) PB_MUST_CHECK;
void pl_project_close(struct install *in);
/* Writes in->lock when its text differs from what stands there. */
int pl_project_write_lock(struct install *in, struct pb_err *err) PB_MUST_CHECK;

/* lock_fits.c: the old lockfile against the manifests and the overrides; -1: `why` says what does
 * not hold. */
/* Its packages find what they ask for: what `ci` demands. */
int pl_lock_answers(const struct install *in, struct pb_err *why) PB_MUST_CHECK;
/* And it names the same dependencies as the manifests: it can be installed as it is. */
int pl_lock_fits(const struct install *in, struct pb_err *why) PB_MUST_CHECK;
/* All that in->lock has stands in it, in the same versions. */
int pl_lock_covers(const struct install *in, struct pb_err *why) PB_MUST_CHECK;

/* engine.c */
int pl_engine_open_loop(struct install *in, struct pb_err *err) PB_MUST_CHECK;
int pl_engine_open_stages(struct install *in, struct pb_err *err) PB_MUST_CHECK;
void pl_engine_drain(struct install *in);
void pl_engine_close(struct install *in);

/* source.c: where the package of a lock entry, or a picked version, comes from. The texts live in
 * in->arena. */
int pl_source_of_entry(struct install *in, const struct pl_lock_entry *entry, struct pl_source *out,
                       struct pb_err *err) PB_MUST_CHECK;
/* Whether it is a folder that is packed and installed (install-links). */
bool pl_is_packed_folder(const struct pl_lock_entry *entry);
/* False: nothing to prefetch. */
bool pl_source_of_pick(struct install *in, const struct pl_manifest *picked, struct pl_source *out);

/* resolve_run.c: fills in->lock. Prefetches when the stages are open. */
int pl_resolve_run(struct install *in, struct pb_err *err) PB_MUST_CHECK;

/* reify.c */
int pl_reify_run(struct install *in, struct pb_err *err) PB_MUST_CHECK;
void pl_reify_answer(void *install, uint64_t token, const struct pb_err *err);

/* result.c */
void pl_result_warn(struct pl_install_result *result, const char *fmt, ...) PB_PRINTF(2, 3);

#endif
