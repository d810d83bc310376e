/* SPDX-License-Identifier: MIT */
#ifndef PL_STAGES_H
#define PL_STAGES_H

#include "installer/git/git_prepare.h"
#include "installer/manifest/manifest.h"
#include "installer/scheduler/scheduler.h"
#include "installer/stages/loop.h"
#include "installer/stages/pool.h"
#include "installer/store/store.h"
#include "installer/trace/trace.h"

/*
 * Carries out what the scheduler decides: downloads on the HTTP loop, extracts and clones on the
 * pool's workers, and brings their ends back as events. One thread (the loop's).
 */
struct pl_stages;

struct pl_stages_options {
    struct pl_loop *loop;
    bool offline; /* a package that is not in the store fails */
    struct pl_pool *pool;
    struct pl_store *store;
    int root_dirfd;                           /* local tarballs are relative to it */
    unsigned workers;                         /* of the pool: they size the lanes */
    struct pl_trace *trace;                   /* NULL: none */
    const struct pl_git_prepare *git_prepare; /* NULL: no clone is prepared */
    /* "Bearer ..." for a URL, or NULL. */
    const char *(*authorization)(void *user, const char *url);
    /* The end of a place that was asked for with a token. */
    void (*answer)(void *user, uint64_t token, const struct pb_err *err);
    void *user;
};

struct pl_stages *pl_stages_new(const struct pl_stages_options *options);
/* After the pool and the HTTP loop were freed. */
void pl_stages_free(struct pl_stages *st);

/* Where a package's tarball comes from. All is copied. */
struct pl_source {
    struct pb_str label;       /* "name@version" */
    struct pb_str integrity;   /* SRI or empty */
    struct pb_str url;         /* http(s) URL; empty when `file` is set */
    struct pb_str other_url;   /* tried when `url` is not found; may be empty */
    struct pb_str file;        /* path of a local tarball or folder, relative to root_dirfd */
    bool is_folder;            /* it is one: packed as `npm pack` would */
    struct pb_str git;         /* "git+<url>#<commit>" or empty; with its identity in the store: */
    struct pb_str git_key;     /* pl_git_store_key() */
    const struct pl_deps *bin; /* as in struct pl_store_add; may be NULL */
    uint64_t expected_bytes;   /* 0: unknown */
    bool has_scripts;          /* its files are shared with no other package */
    bool is_private;           /* scripts may run: targets get copies, never links */
};

/* The same content (by integrity, else by URL) gives the same package. */
pl_pkg pl_stages_package(struct pl_stages *st, const struct pl_source *source);
void pl_stages_prefetch(struct pl_stages *st, pl_pkg pkg);
/* Returns the place; the answer comes with `token`. The target is relative to `dirfd`, which stays
 * open as long as the stages; the same one in two folders is a bug. */
pl_place pl_stages_place(struct pl_stages *st, pl_pkg pkg, int dirfd, struct pb_str target,
                         pl_place parent, uint64_t token);
/* No more will be asked for. */
void pl_stages_close(struct pl_stages *st);

/* Starts what may be started and hands out answers. */
void pl_stages_drive(struct pl_stages *st);
bool pl_stages_is_idle(const struct pl_stages *st);
/* Integrity of a package after its download or as given; empty when not known. */
struct pb_str pl_stages_integrity(const struct pl_stages *st, pl_pkg pkg);
/* From a git repository or a folder: it may not come to the same again, and has no integrity. */
bool pl_stages_is_packed_here(const struct pl_stages *st, pl_pkg pkg);
const struct pl_sched *pl_stages_sched(const struct pl_stages *st);

#endif
