/* SPDX-License-Identifier: MIT */
#ifndef PL_SCHEDULER_INTERNAL_H
#define PL_SCHEDULER_INTERNAL_H

#include "base/arena.h"
#include "base/map.h"
#include "installer/scheduler/scheduler.h"

/*
 * State of the scheduler, shared by its files alone:
 *   scheduler.c  commands, events, the next action
 *   lanes.c      packages: the download and extract queues, admission, back-pressure
 *   places.c     targets: waiting for a package or a parent, the clone queue, answers, failures
 *   check.c      the self-check
 * Packages and places are numbered from 1 and kept in arrays; lists link numbers, so that no event
 * allocates.
 */

enum pkg_state {
    PKG_ABSENT, /* nobody asked for it, or its prefetch was dropped */
    PKG_DOWNLOAD_QUEUED,
    PKG_DOWNLOADING,
    PKG_EXTRACT_QUEUED,
    PKG_EXTRACTING,
    PKG_READY, /* in the store */
    PKG_FAILED
};

enum place_state {
    PLACE_BLOCKED, /* its parent is not in place */
    PLACE_WAITING, /* its package is not in the store */
    PLACE_QUEUED,
    PLACE_CLONING,
    PLACE_DONE,
    PLACE_FAILED
};

/* A first-in first-out list over the numbers of packages or places. */
struct queue {
    uint32_t head, tail, n;
};

struct pkg {
    struct pb_str key, label;
    uint64_t expected_bytes;
    uint64_t held_bytes; /* its share of bytes_in_flight */
    const struct pb_err *err;
    struct queue waiting; /* places that wait for it */
    uint32_t next, prev;  /* in a download or extract queue */
    uint8_t state;
    uint8_t fetches; /* 1 more at each fresh fetch: a clone begun before it may be damaged again */
    bool requested, demanded;
};

struct place {
    struct pb_str target;
    const struct pb_err *err;
    struct queue blocked; /* places whose parent this is */
    uint32_t first_waiter, last_waiter;
    pl_pkg pkg;
    pl_place parent;
    pl_place cause; /* FAILED by an ancestor: the one whose own failure began it */
    uint32_t next;  /* in the one list that it is in */
    uint8_t state;
    uint8_t fetches; /* of the package, when the clone began */
};

struct waiter {
    uint64_t token;
    pl_place place;
    uint32_t next; /* in the place's list, the answer list, or the free list */
};

enum { LARGE_FIRST, OTHERS, SIZE_CLASSES };
enum { DEMANDED, PREFETCHED, RANKS };

struct pl_sched {
    struct pl_sched_caps caps;
    struct pb_arena arena; /* texts and errors */
    struct pb_map pkg_by_key, place_by_target;
    struct pkg *pkgs; /* [0] is unused, as in the other arrays */
    struct place *places;
    struct waiter *waiters;
    size_t pkg_count, pkg_cap, place_count, place_cap, waiter_count, waiter_cap;
    uint32_t free_waiters;

    struct queue downloads[RANKS][SIZE_CLASSES], extracts[RANKS], clones;
    uint32_t downloading, extracting, cloning;
    uint32_t blocked, waiting; /* places in these states */
    uint64_t bytes_in_flight;
    uint32_t first_answer, last_answer;

    struct pl_install_counts counts;
    const struct pb_err *failure;
    const struct pb_err *abort_why;
    bool closed;
};

static inline struct pkg *pkg_at(struct pl_sched *s, pl_pkg id)
{
    PB_INVARIANT(id > 0 && id < s->pkg_count);
    return &s->pkgs[id];
}

static inline struct place *place_at(struct pl_sched *s, pl_place id)
{
    PB_INVARIANT(id > 0 && id < s->place_count);
    return &s->places[id];
}

static inline void raise_peak(uint64_t *peak, uint64_t value)
{
    if (value > *peak) *peak = value;
}

static inline uint32_t downloads_queued(const struct pl_sched *s, int rank)
{
    return s->downloads[rank][LARGE_FIRST].n + s->downloads[rank][OTHERS].n;
}

static inline uint32_t extracts_pending(const struct pl_sched *s)
{
    return s->extracts[DEMANDED].n + s->extracts[PREFETCHED].n + s->extracting;
}

/* lanes.c */
void pl_lane_request(struct pl_sched *s, pl_pkg id, bool demanded);
pl_pkg pl_lane_next_download(struct pl_sched *s);
pl_pkg pl_lane_next_extract(struct pl_sched *s);
void pl_lane_queue_extract(struct pl_sched *s, pl_pkg id);
void pl_lane_hold_bytes(struct pl_sched *s, struct pkg *pkg, uint64_t bytes);
void pl_lane_release_bytes(struct pl_sched *s, struct pkg *pkg);
void pl_lane_refetch(struct pl_sched *s, pl_pkg id);
void pl_lane_drop_prefetches(struct pl_sched *s);
/* Forgets what is queued: all of it fails with `why` (already stored). */
void pl_lane_fail_queued(struct pl_sched *s, const struct pb_err *why);

/* places.c */
pl_place pl_place_add(struct pl_sched *s, pl_pkg pkg, struct pb_str target, pl_place parent);
/* Moves a place whose parent stands to the clone queue or to its package's list. */
void pl_place_advance(struct pl_sched *s, pl_place id);
pl_place pl_place_next_clone(struct pl_sched *s);
pl_place pl_place_follow(struct pl_sched *s, pl_pkg id);
void pl_place_finish(struct pl_sched *s, pl_place id);
/* Fails a place (in no list) and everything that waits below it. `err` is already stored. */
void pl_place_fail(struct pl_sched *s, pl_place id, const struct pb_err *err);
void pl_place_package_ready(struct pl_sched *s, pl_pkg id);
void pl_place_package_failed(struct pl_sched *s, pl_pkg id);
void pl_place_fail_unstarted(struct pl_sched *s, const struct pb_err *why);
void pl_place_add_waiter(struct pl_sched *s, pl_place id, uint64_t token);
bool pl_place_next_answer(struct pl_sched *s, struct pl_act *out);

/* scheduler.c */
const struct pb_err *pl_sched_keep_err(struct pl_sched *s, const struct pb_err *err);
void pl_sched_fail_pkg(struct pl_sched *s, pl_pkg id, const struct pb_err *err);

#endif
