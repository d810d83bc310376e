/* SPDX-License-Identifier: MIT */
#include "installer/scheduler/scheduler_internal.h"

#include "base/mem.h"

#include <stdlib.h>

struct pl_sched *pl_sched_new(const struct pl_sched_caps *caps)
{
    PB_INVARIANT(caps->download > 0 && caps->extract > 0 && caps->clone > 0);
    struct pl_sched *s = pb_calloc(1, sizeof *s);
    s->caps = *caps;
    PB_GROW(s->pkgs, s->pkg_cap, 1);
    PB_GROW(s->places, s->place_cap, 1);
    PB_GROW(s->waiters, s->waiter_cap, 1);
    s->pkg_count = s->place_count = s->waiter_count = 1;
    return s;
}

void pl_sched_free(struct pl_sched *s)
{
    if (!s) return;
    pb_map_release(&s->pkg_by_key);
    pb_map_release(&s->place_by_target);
    pb_arena_release(&s->arena);
    free(s->pkgs);
    free(s->places);
    free(s->waiters);
    free(s);
}

const struct pb_err *pl_sched_keep_err(struct pl_sched *s, const struct pb_err *err)
{
    struct pb_err *copy = PB_ARENA_NEW(&s->arena, struct pb_err);
    *copy = *err;
    return copy;
}

pl_pkg pl_sched_package(struct pl_sched *s, struct pb_str key, struct pb_str label, bool in_store,
                        uint64_t expected_bytes)
{
    void *known = pb_map_get(&s->pkg_by_key, key);
    if (known) return (pl_pkg)(uintptr_t)known;
    PB_INVARIANT(!s->closed && s->pkg_count < UINT32_MAX);

    PB_GROW(s->pkgs, s->pkg_cap, s->pkg_count + 1);
    pl_pkg id = (pl_pkg)s->pkg_count++;
    s->pkgs[id] = (struct pkg){.key = pb_arena_str(&s->arena, key),
                               .label = pb_arena_str(&s->arena, label),
                               .expected_bytes = expected_bytes,
                               .state = in_store ? PKG_READY : PKG_ABSENT};
    pb_map_put(&s->pkg_by_key, s->pkgs[id].key, (void *)(uintptr_t)id);
    return id;
}

void pl_sched_prefetch(struct pl_sched *s, pl_pkg pkg)
{
    PB_INVARIANT(!s->closed);
    pl_lane_request(s, pkg, false);
}

pl_place pl_sched_clone(struct pl_sched *s, pl_pkg pkg, struct pb_str target, pl_place parent)
{
    PB_INVARIANT(!s->closed && s->place_count < UINT32_MAX);
    void *known = pb_map_get(&s->place_by_target, target);
    if (known) {
        pl_place id = (pl_place)(uintptr_t)known;
        PB_INVARIANT(place_at(s, id)->pkg == pkg);
        s->counts.deduplicated++;
        return id;
    }
    pl_lane_request(s, pkg, true);
    return pl_place_add(s, pkg, target, parent);
}

void pl_sched_wait(struct pl_sched *s, pl_place place, uint64_t token)
{
    PB_INVARIANT(!s->closed);
    pl_place_add_waiter(s, place, token);
}

void pl_sched_close(struct pl_sched *s)
{
    if (s->closed) return;
    s->closed = true;
    pl_lane_drop_prefetches(s);
}

void pl_sched_abort(struct pl_sched *s, const struct pb_err *why)
{
    if (s->abort_why) return;
    pl_sched_close(s);
    s->abort_why = pl_sched_keep_err(s, why);
    if (!s->failure) s->failure = s->abort_why;
    pl_place_fail_unstarted(s, s->abort_why);
    pl_lane_fail_queued(s, s->abort_why);
}

bool pl_sched_next(struct pl_sched *s, struct pl_act *out)
{
    if (pl_place_next_answer(s, out)) return true;
    *out = (struct pl_act){0};
    if ((out->pkg = pl_lane_next_download(s)) != 0) {
        out->kind = PL_ACT_DOWNLOAD;
        return true;
    }
    if ((out->pkg = pl_lane_next_extract(s)) != 0) {
        out->kind = PL_ACT_EXTRACT;
        return true;
    }
    if ((out->place = pl_place_next_clone(s)) != 0) {
        out->kind = PL_ACT_CLONE;
        out->pkg = place_at(s, out->place)->pkg;
        return true;
    }
    return pl_place_next_answer(s, out); /* looking for a clone may have failed some */
}

pl_place pl_sched_follow(struct pl_sched *s, pl_pkg id)
{
    PB_INVARIANT(pkg_at(s, id)->state == PKG_EXTRACTING);
    return pl_place_follow(s, id);
}

/* The package is in no queue any more; `err` is already stored. */
void pl_sched_fail_pkg(struct pl_sched *s, pl_pkg id, const struct pb_err *err)
{
    struct pkg *pkg = pkg_at(s, id);
    pkg->state = PKG_FAILED;
    pkg->err = err;
    s->counts.failed++;
    if (pkg->demanded && !s->failure) s->failure = err;
    pl_place_package_failed(s, id);
}

void pl_sched_downloaded(struct pl_sched *s, pl_pkg id, uint64_t bytes, const struct pb_err *err)
{
    struct pkg *pkg = pkg_at(s, id);
    PB_INVARIANT(pkg->state == PKG_DOWNLOADING && s->downloading > 0);
    s->downloading--;
    pl_lane_release_bytes(s, pkg);
    if (err || s->abort_why) {
        pl_sched_fail_pkg(s, id, s->abort_why ? s->abort_why : pl_sched_keep_err(s, err));
        return;
    }
    pl_lane_hold_bytes(s, pkg, bytes);
    pl_lane_queue_extract(s, id);
}

void pl_sched_extracted(struct pl_sched *s, pl_pkg id, bool reused, const struct pb_err *err)
{
    struct pkg *pkg = pkg_at(s, id);
    PB_INVARIANT(pkg->state == PKG_EXTRACTING && s->extracting > 0);
    s->extracting--;
    pl_lane_release_bytes(s, pkg);
    if (err) {
        pl_sched_fail_pkg(s, id, pl_sched_keep_err(s, err));
        return;
    }
    if (reused)
        s->counts.reused++;
    else
        s->counts.downloaded++;
    pkg->state = PKG_READY;
    pl_place_package_ready(s, id);
}

static struct place *end_clone(struct pl_sched *s, pl_place id)
{
    struct place *place = place_at(s, id);
    PB_INVARIANT(place->state == PLACE_CLONING && s->cloning > 0);
    s->cloning--;
    return place;
}

void pl_sched_cloned(struct pl_sched *s, pl_place id, uint64_t linked, uint64_t copied,
                     const struct pb_err *err)
{
    end_clone(s, id);
    if (err) {
        pl_place_fail(s, id, pl_sched_keep_err(s, err));
        return;
    }
    s->counts.cloned++;
    s->counts.linked += linked;
    s->counts.copied += copied;
    pl_place_finish(s, id);
}

void pl_sched_damaged(struct pl_sched *s, pl_place id)
{
    struct place *place = end_clone(s, id);
    struct pkg *pkg = pkg_at(s, place->pkg);
    if (s->abort_why) {
        pl_place_fail(s, id, s->abort_why);
        return;
    }
    bool saw_latest_fetch = place->fetches == pkg->fetches && pkg->state == PKG_READY;
    if (saw_latest_fetch && pkg->fetches > 0) {
        struct pb_err err = PB_ERR_INIT;
        pb_err_set(&err, PB_E_SYSTEM,
                   "place " PB_FMT " in " PB_FMT
                   ": the store's copy is damaged again after a fresh fetch: check the disk",
                   PB_ARG(pkg->label), PB_ARG(place->target));
        pl_place_fail(s, id, pl_sched_keep_err(s, &err));
        return;
    }
    if (saw_latest_fetch) pl_lane_refetch(s, place->pkg);
    pl_place_advance(s, id);
}

bool pl_sched_is_idle(const struct pl_sched *s)
{
    return s->closed && s->first_answer == 0 && s->downloading + s->extracting + s->cloning == 0 &&
           downloads_queued(s, DEMANDED) + downloads_queued(s, PREFETCHED) == 0 &&
           extracts_pending(s) == 0 && s->clones.n == 0 && s->blocked + s->waiting == 0;
}

struct pl_install_counts pl_sched_counts(const struct pl_sched *s)
{
    return s->counts;
}

const struct pb_err *pl_sched_failure(const struct pl_sched *s)
{
    return s->failure;
}

struct pb_str pl_sched_label(const struct pl_sched *s, pl_pkg pkg)
{
    PB_INVARIANT(pkg > 0 && pkg < s->pkg_count);
    return s->pkgs[pkg].label;
}

struct pb_str pl_sched_target(const struct pl_sched *s, pl_place place)
{
    PB_INVARIANT(place > 0 && place < s->place_count);
    return s->places[place].target;
}
