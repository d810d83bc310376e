/* SPDX-License-Identifier: MIT */
#ifndef PL_SCHEDULER_H
#define PL_SCHEDULER_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

/*
 * The install scheduler: the one owner of all install state. A pure state machine without I/O,
 * threads or clock: events go in, actions come out. download -> extract -> clone, each a lane with
 * a cap. Rules (docs/design.md, section 8):
 *  - single flight per package key and per target path; everybody else waits in a list;
 *  - no download is admitted while extract queued + active reaches the download cap, or when its
 *    expected bytes would take the bytes in flight (expected or received, until extracted) over
 *    max_bytes_in_flight; one package is always admitted;
 *  - a clone whose parent target is not in place yet waits in blocked_by_parent; a failed parent
 *    fails its children with the chain named;
 *  - a prefetched package only warms the store; only pl_sched_clone() places anything;
 *  - what is queued first goes first, except that demanded packages go before prefetched ones and
 *    downloads known to be large (1 MiB) before others of their rank.
 * A call in the wrong state is a bug of the caller and aborts. One thread.
 */
struct pl_sched;

typedef uint32_t pl_pkg;   /* a package to be had once; 0 is none */
typedef uint32_t pl_place; /* a target path to be filled once; 0 is none */

struct pl_sched_caps {
    unsigned download, extract, clone; /* at least 1 each */
    uint64_t max_bytes_in_flight;      /* 0: no limit; one package is always admitted */
};

/* Owned by the scheduler, returned at the end. */
struct pl_install_counts {
    uint64_t downloaded;     /* packages received and extracted freshly */
    uint64_t reused;         /* packages that were in the store already */
    uint64_t deduplicated;   /* prefetches and clones that asked for what was asked for before */
    uint64_t cloned;         /* targets put in place */
    uint64_t linked, copied; /* files in those targets: hard links and copies */
    uint64_t failed;         /* packages and targets that failed, dependants included */
    uint64_t prefetched;     /* downloads begun by prefetch before anybody demanded them */
    uint64_t peak_download, peak_extract, peak_clone, peak_blocked;
    uint64_t peak_bytes_in_flight;
};

struct pl_sched *pl_sched_new(const struct pl_sched_caps *caps);
void pl_sched_free(struct pl_sched *s);

/* Registers a package (idempotent per key: the same id comes back). `key` identifies the content
 * (integrity, or the URL where there is none), `label` is "name@version" for messages; both are
 * copied. `in_store`: it needs no download. `expected_bytes` (0: unknown) orders the downloads and
 * bounds the memory. */
pl_pkg pl_sched_package(struct pl_sched *s, struct pb_str key, struct pb_str label, bool in_store,
                        uint64_t expected_bytes);

/* Commands. */
void pl_sched_prefetch(struct pl_sched *s, pl_pkg pkg);
/* `target` is the path (copied); `parent` a place returned before, or 0. A second command for the
 * same target with the same package joins the first (its place comes back); with another package
 * it is a bug. */
pl_place pl_sched_clone(struct pl_sched *s, pl_pkg pkg, struct pb_str target, pl_place parent);
/* A waiter: its token comes back in one PL_ACT_ANSWER when the place is filled or failed. */
void pl_sched_wait(struct pl_sched *s, pl_place place, uint64_t token);
/* No more commands will come; queued prefetches nobody demanded are dropped. */
void pl_sched_close(struct pl_sched *s);
/* As close, and nothing new is started: everything waiting fails with `why`. */
void pl_sched_abort(struct pl_sched *s, const struct pb_err *why);

/* Actions for the driver to carry out. */
enum pl_act_kind { PL_ACT_DOWNLOAD, PL_ACT_EXTRACT, PL_ACT_CLONE, PL_ACT_ANSWER };
struct pl_act {
    enum pl_act_kind kind;
    pl_pkg pkg;               /* DOWNLOAD, EXTRACT, CLONE */
    pl_place place;           /* CLONE, ANSWER */
    uint64_t token;           /* ANSWER */
    const struct pb_err *err; /* ANSWER: NULL on success; lives until the next call */
};
bool pl_sched_next(struct pl_sched *s, struct pl_act *out); /* false: nothing to do now */
/* Right after PL_ACT_EXTRACT: a place that waits for the package, to be cloned by the same worker
 * while the files that it wrote are in the processor's cache; as if PL_ACT_CLONE had come. Its end
 * is told after the package's; when that failed, with the same error. 0: none may be cloned. */
pl_place pl_sched_follow(struct pl_sched *s, pl_pkg pkg);

/* Events. `err` NULL: success. `bytes`: size of the body now held in memory. */
void pl_sched_downloaded(struct pl_sched *s, pl_pkg pkg, uint64_t bytes, const struct pb_err *err);
/* `reused`: another process had put it into the store meanwhile. */
void pl_sched_extracted(struct pl_sched *s, pl_pkg pkg, bool reused, const struct pb_err *err);
void pl_sched_cloned(struct pl_sched *s, pl_place place, uint64_t linked, uint64_t copied,
                     const struct pb_err *err);
/* Instead of pl_sched_cloned(): the store turned out not to hold (all of) the package after all. It
 * is fetched afresh, once, and the place is cloned again; damage after that fails the place. */
void pl_sched_damaged(struct pl_sched *s, pl_place place);

/* Closed and nothing queued, active or waiting. */
bool pl_sched_is_idle(const struct pl_sched *s);
struct pl_install_counts pl_sched_counts(const struct pl_sched *s);
/* The first failure of anything demanded, or NULL. A prefetch alone may fail unnoticed. */
const struct pb_err *pl_sched_failure(const struct pl_sched *s);

/* For tests: recounts all state and aborts when a rule or a counter is broken. Linear. */
void pl_sched_check(const struct pl_sched *s);

struct pb_str pl_sched_label(const struct pl_sched *s, pl_pkg pkg);
struct pb_str pl_sched_target(const struct pl_sched *s, pl_place place);

#endif
