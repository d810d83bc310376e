/* SPDX-License-Identifier: MIT */
#include "installer/scheduler/scheduler_internal.h"

/* Long transfers that start late end the install late: from this size on they go first. */
#define LARGE_BYTES (1u << 20)

static void push(struct pl_sched *s, struct queue *q, pl_pkg id)
{
    struct pkg *pkg = pkg_at(s, id);
    pkg->next = 0;
    pkg->prev = q->tail;
    if (q->tail)
        s->pkgs[q->tail].next = id;
    else
        q->head = id;
    q->tail = id;
    q->n++;
}

static void unlink_pkg(struct pl_sched *s, struct queue *q, pl_pkg id)
{
    struct pkg *pkg = pkg_at(s, id);
    if (pkg->prev)
        s->pkgs[pkg->prev].next = pkg->next;
    else
        q->head = pkg->next;
    if (pkg->next)
        s->pkgs[pkg->next].prev = pkg->prev;
    else
        q->tail = pkg->prev;
    pkg->next = pkg->prev = 0;
    q->n--;
}

static struct queue *download_queue(struct pl_sched *s, const struct pkg *pkg)
{
    int size_class = pkg->expected_bytes >= LARGE_BYTES ? LARGE_FIRST : OTHERS;
    return &s->downloads[pkg->demanded ? DEMANDED : PREFETCHED][size_class];
}

static struct queue *extract_queue(struct pl_sched *s, const struct pkg *pkg)
{
    return &s->extracts[pkg->demanded ? DEMANDED : PREFETCHED];
}

/* The queue that the package stands in, or NULL. */
static struct queue *current_queue(struct pl_sched *s, const struct pkg *pkg)
{
    if (pkg->state == PKG_DOWNLOAD_QUEUED) return download_queue(s, pkg);
    if (pkg->state == PKG_EXTRACT_QUEUED) return extract_queue(s, pkg);
    return NULL;
}

static void promote(struct pl_sched *s, pl_pkg id)
{
    struct pkg *pkg = pkg_at(s, id);
    struct queue *from = current_queue(s, pkg);
    if (from) unlink_pkg(s, from, id);
    pkg->demanded = true;
    if (from) push(s, current_queue(s, pkg), id);
    if (pkg->state == PKG_FAILED && !s->failure) s->failure = pkg->err;
}

static void queue_download(struct pl_sched *s, pl_pkg id)
{
    struct pkg *pkg = pkg_at(s, id);
    pkg->state = PKG_DOWNLOAD_QUEUED;
    push(s, download_queue(s, pkg), id);
}

void pl_lane_request(struct pl_sched *s, pl_pkg id, bool demanded)
{
    struct pkg *pkg = pkg_at(s, id);
    if (pkg->requested) {
        s->counts.deduplicated++;
        if (demanded && !pkg->demanded) promote(s, id);
        return;
    }
    pkg->requested = true;
    pkg->demanded = demanded;
    if (pkg->state == PKG_READY)
        s->counts.reused++;
    else
        queue_download(s, id);
}

static bool bytes_allow(const struct pl_sched *s, const struct pkg *pkg)
{
    bool nothing_in_flight = s->downloading + extracts_pending(s) == 0;
    if (s->caps.max_bytes_in_flight == 0 || nothing_in_flight) return true;
    if (s->bytes_in_flight >= s->caps.max_bytes_in_flight) return false;
    return pkg->expected_bytes <= s->caps.max_bytes_in_flight - s->bytes_in_flight;
}

static struct queue *first_download_queue(struct pl_sched *s)
{
    for (int rank = 0; rank < RANKS; rank++)
        for (int size_class = 0; size_class < SIZE_CLASSES; size_class++)
            if (s->downloads[rank][size_class].n > 0) return &s->downloads[rank][size_class];
    return NULL;
}

/* Nobody overtakes a package that the bytes hold back: it would starve. */
pl_pkg pl_lane_next_download(struct pl_sched *s)
{
    if (s->downloading >= s->caps.download || extracts_pending(s) >= s->caps.download) return 0;
    struct queue *q = first_download_queue(s);
    if (!q || !bytes_allow(s, &s->pkgs[q->head])) return 0;

    pl_pkg id = q->head;
    struct pkg *pkg = pkg_at(s, id);
    unlink_pkg(s, q, id);
    pkg->state = PKG_DOWNLOADING;
    pl_lane_hold_bytes(s, pkg, pkg->expected_bytes);
    raise_peak(&s->counts.peak_download, ++s->downloading);
    if (!pkg->demanded) s->counts.prefetched++;
    return id;
}

void pl_lane_queue_extract(struct pl_sched *s, pl_pkg id)
{
    struct pkg *pkg = pkg_at(s, id);
    pkg->state = PKG_EXTRACT_QUEUED;
    push(s, extract_queue(s, pkg), id);
}

pl_pkg pl_lane_next_extract(struct pl_sched *s)
{
    if (s->extracting >= s->caps.extract) return 0;
    struct queue *q = &s->extracts[s->extracts[DEMANDED].n > 0 ? DEMANDED : PREFETCHED];
    if (q->n == 0) return 0;
    pl_pkg id = q->head;
    unlink_pkg(s, q, id);
    pkg_at(s, id)->state = PKG_EXTRACTING;
    raise_peak(&s->counts.peak_extract, ++s->extracting);
    return id;
}

void pl_lane_hold_bytes(struct pl_sched *s, struct pkg *pkg, uint64_t bytes)
{
    PB_INVARIANT(pkg->held_bytes == 0);
    pkg->held_bytes = bytes;
    s->bytes_in_flight += bytes;
    raise_peak(&s->counts.peak_bytes_in_flight, s->bytes_in_flight);
}

void pl_lane_release_bytes(struct pl_sched *s, struct pkg *pkg)
{
    PB_INVARIANT(s->bytes_in_flight >= pkg->held_bytes);
    s->bytes_in_flight -= pkg->held_bytes;
    pkg->held_bytes = 0;
}

void pl_lane_refetch(struct pl_sched *s, pl_pkg id)
{
    struct pkg *pkg = pkg_at(s, id);
    PB_INVARIANT(pkg->state == PKG_READY && pkg->demanded);
    pkg->fetches++;
    queue_download(s, id);
}

void pl_lane_drop_prefetches(struct pl_sched *s)
{
    for (int size_class = 0; size_class < SIZE_CLASSES; size_class++) {
        struct queue *q = &s->downloads[PREFETCHED][size_class];
        while (q->n > 0) {
            pl_pkg id = q->head;
            unlink_pkg(s, q, id);
            pkg_at(s, id)->state = PKG_ABSENT;
            pkg_at(s, id)->requested = false;
        }
    }
}

void pl_lane_fail_queued(struct pl_sched *s, const struct pb_err *why)
{
    for (pl_pkg id = 1; id < s->pkg_count; id++) {
        struct pkg *pkg = pkg_at(s, id);
        struct queue *q = current_queue(s, pkg);
        if (!q) continue;
        unlink_pkg(s, q, id);
        pl_lane_release_bytes(s, pkg);
        pl_sched_fail_pkg(s, id, why);
    }
}
