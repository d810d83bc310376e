/* SPDX-License-Identifier: MIT */
#include "installer/scheduler/scheduler_internal.h"

/* Walks a list and checks that each member is in one of the allowed states. */
static uint32_t walk_pkgs(const struct pl_sched *s, const struct queue *q, enum pkg_state state,
                          bool demanded)
{
    uint32_t n = 0;
    uint32_t last = 0;
    for (pl_pkg id = q->head; id; id = s->pkgs[id].next) {
        PB_INVARIANT(s->pkgs[id].state == state && s->pkgs[id].demanded == demanded);
        PB_INVARIANT(s->pkgs[id].prev == last && n < s->pkg_count);
        last = id;
        n++;
    }
    PB_INVARIANT(n == q->n && last == q->tail);
    return n;
}

static uint32_t walk_places(const struct pl_sched *s, const struct queue *q, enum place_state state)
{
    uint32_t n = 0;
    uint32_t last = 0;
    for (pl_place id = q->head; id; id = s->places[id].next) {
        PB_INVARIANT(s->places[id].state == state && n < s->place_count);
        last = id;
        n++;
    }
    PB_INVARIANT(n == q->n && last == q->tail);
    return n;
}

static void check_packages(const struct pl_sched *s)
{
    uint32_t by_state[PKG_FAILED + 1] = {0};
    uint32_t waiting = 0;
    uint64_t bytes = 0;
    for (pl_pkg id = 1; id < s->pkg_count; id++) {
        const struct pkg *pkg = &s->pkgs[id];
        by_state[pkg->state]++;
        bytes += pkg->held_bytes;
        waiting += walk_places(s, &pkg->waiting, PLACE_WAITING);
        PB_INVARIANT((pkg->state == PKG_FAILED) == (pkg->err != NULL));
        PB_INVARIANT(pkg->waiting.n == 0 ||
                     (pkg->state >= PKG_DOWNLOAD_QUEUED && pkg->state <= PKG_EXTRACTING));
    }
    uint32_t downloads = 0;
    uint32_t extracts = 0;
    for (int rank = 0; rank < RANKS; rank++) {
        for (int size_class = 0; size_class < SIZE_CLASSES; size_class++)
            downloads += walk_pkgs(s, &s->downloads[rank][size_class], PKG_DOWNLOAD_QUEUED,
                                   rank == DEMANDED);
        extracts += walk_pkgs(s, &s->extracts[rank], PKG_EXTRACT_QUEUED, rank == DEMANDED);
    }
    PB_INVARIANT(downloads == by_state[PKG_DOWNLOAD_QUEUED]);
    PB_INVARIANT(extracts == by_state[PKG_EXTRACT_QUEUED]);
    PB_INVARIANT(s->downloading == by_state[PKG_DOWNLOADING]);
    PB_INVARIANT(s->extracting == by_state[PKG_EXTRACTING]);
    PB_INVARIANT(waiting == s->waiting && bytes == s->bytes_in_flight);
}

static void check_places(const struct pl_sched *s)
{
    uint32_t by_state[PLACE_FAILED + 1] = {0};
    uint32_t blocked = 0;
    for (pl_place id = 1; id < s->place_count; id++) {
        const struct place *place = &s->places[id];
        by_state[place->state]++;
        blocked += walk_places(s, &place->blocked, PLACE_BLOCKED);
        bool ended = place->state == PLACE_DONE || place->state == PLACE_FAILED;
        PB_INVARIANT(!ended || (place->blocked.n == 0 && place->first_waiter == 0));
        PB_INVARIANT((place->state == PLACE_FAILED) == (place->err != NULL));
        bool started = place->state >= PLACE_WAITING && place->state <= PLACE_DONE;
        PB_INVARIANT(!started || !place->parent || s->places[place->parent].state == PLACE_DONE);
    }
    PB_INVARIANT(blocked == s->blocked && by_state[PLACE_BLOCKED] == s->blocked);
    PB_INVARIANT(by_state[PLACE_WAITING] == s->waiting);
    PB_INVARIANT(walk_places(s, &s->clones, PLACE_QUEUED) == by_state[PLACE_QUEUED]);
    PB_INVARIANT(by_state[PLACE_CLONING] == s->cloning);
    PB_INVARIANT(by_state[PLACE_DONE] == s->counts.cloned);
}

void pl_sched_check(const struct pl_sched *s)
{
    check_packages(s);
    check_places(s);
    PB_INVARIANT(s->downloading <= s->caps.download && s->extracting <= s->caps.extract &&
                 s->cloning <= s->caps.clone);
}
