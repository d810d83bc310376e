/* SPDX-License-Identifier: MIT */
#include "installer/scheduler/scheduler_internal.h"

#include "base/buf.h"
#include "base/mem.h"

#define CHAIN_SHOWN_MAX 6

static void push(struct pl_sched *s, struct queue *q, pl_place id)
{
    place_at(s, id)->next = 0;
    if (q->tail)
        s->places[q->tail].next = id;
    else
        q->head = id;
    q->tail = id;
    q->n++;
}

static pl_place pop(struct pl_sched *s, struct queue *q)
{
    pl_place id = q->head;
    if (!id) return 0;
    struct place *place = place_at(s, id);
    q->head = place->next;
    if (!q->head) q->tail = 0;
    q->n--;
    place->next = 0;
    return id;
}

static void answer_waiters(struct pl_sched *s, struct place *place)
{
    if (!place->first_waiter) return;
    if (s->last_answer)
        s->waiters[s->last_answer].next = place->first_waiter;
    else
        s->first_answer = place->first_waiter;
    s->last_answer = place->last_waiter;
    place->first_waiter = place->last_waiter = 0;
}

static uint32_t take_waiter(struct pl_sched *s)
{
    uint32_t id = s->free_waiters;
    if (id) {
        s->free_waiters = s->waiters[id].next;
        return id;
    }
    PB_GROW(s->waiters, s->waiter_cap, s->waiter_count + 1);
    return (uint32_t)s->waiter_count++;
}

void pl_place_add_waiter(struct pl_sched *s, pl_place id, uint64_t token)
{
    uint32_t w = take_waiter(s);
    struct place *place = place_at(s, id);
    s->waiters[w] = (struct waiter){.token = token, .place = id};
    if (place->last_waiter)
        s->waiters[place->last_waiter].next = w;
    else
        place->first_waiter = w;
    place->last_waiter = w;
    if (place->state == PLACE_DONE || place->state == PLACE_FAILED) answer_waiters(s, place);
}

bool pl_place_next_answer(struct pl_sched *s, struct pl_act *out)
{
    uint32_t w = s->first_answer;
    if (!w) return false;
    struct waiter *waiter = &s->waiters[w];
    struct place *place = place_at(s, waiter->place);
    *out = (struct pl_act){.kind = PL_ACT_ANSWER,
                           .pkg = place->pkg,
                           .place = waiter->place,
                           .token = waiter->token,
                           .err = place->state == PLACE_FAILED ? place->err : NULL};
    s->first_answer = waiter->next;
    if (!s->first_answer) s->last_answer = 0;
    waiter->next = s->free_waiters;
    s->free_waiters = w;
    return true;
}

/* The parents from the nearest one to the one that failed by itself: "b@1 in a@2". */
static void print_chain(const struct pl_sched *s, const struct place *place, struct pb_buf *out)
{
    pl_place at = place->parent;
    for (unsigned shown = 0; shown == 0 || at != place->cause; shown++) {
        if (shown > 0) at = s->places[at].parent;
        const char *between = shown > 0 ? " in " : "";
        if (at == place->cause || shown < CHAIN_SHOWN_MAX)
            pb_buf_printf(out, "%s" PB_FMT, between, PB_ARG(s->pkgs[s->places[at].pkg].label));
        else if (shown == CHAIN_SHOWN_MAX)
            pb_buf_add_cstr(out, " in ...");
    }
}

static const struct pb_err *chain_error(struct pl_sched *s, pl_place id)
{
    const struct place *place = place_at(s, id);
    const struct pb_err *cause = place_at(s, place->cause)->err;
    PB_AUTO_BUF struct pb_buf chain = PB_BUF_INIT(384);
    print_chain(s, place, &chain);
    struct pb_err err = PB_ERR_INIT;
    pb_err_set(&err, cause->code, PB_FMT " (" PB_FMT "): its parent " PB_FMT " failed: %s",
               PB_ARG(s->pkgs[place->pkg].label), PB_ARG(place->target), PB_ARG(pb_buf_str(&chain)),
               cause->msg);
    err.sys = cause->sys;
    return pl_sched_keep_err(s, &err);
}

static void leave(struct pl_sched *s, const struct place *place)
{
    if (place->state == PLACE_BLOCKED) s->blocked--;
    if (place->state == PLACE_WAITING) s->waiting--;
}

/* Marks one place; its children stay in its list for the caller. */
static void mark_failed(struct pl_sched *s, pl_place id, pl_place cause, const struct pb_err *err)
{
    struct place *place = place_at(s, id);
    leave(s, place);
    place->state = PLACE_FAILED;
    place->cause = cause;
    place->err = err ? err : chain_error(s, id);
    s->counts.failed++;
    if (!s->failure) s->failure = place->err;
    answer_waiters(s, place);
}

void pl_place_fail(struct pl_sched *s, pl_place id, const struct pb_err *err)
{
    mark_failed(s, id, id, err);
    struct queue failing = s->places[id].blocked; /* grows by the children of what fails */
    s->places[id].blocked = (struct queue){0};
    for (pl_place child; (child = pop(s, &failing)) != 0;) {
        mark_failed(s, child, id, NULL);
        struct queue *below = &s->places[child].blocked;
        for (pl_place grandchild; (grandchild = pop(s, below)) != 0;)
            push(s, &failing, grandchild);
    }
}

static void block(struct pl_sched *s, pl_place id, pl_place parent)
{
    struct place *place = place_at(s, id);
    place->state = PLACE_BLOCKED;
    push(s, &s->places[parent].blocked, id);
    raise_peak(&s->counts.peak_blocked, ++s->blocked);
}

pl_place pl_place_add(struct pl_sched *s, pl_pkg pkg, struct pb_str target, pl_place parent)
{
    PB_GROW(s->places, s->place_cap, s->place_count + 1);
    pl_place id = (pl_place)s->place_count++;
    s->places[id] = (struct place){.target = pb_arena_str(&s->arena, target),
                                   .pkg = pkg,
                                   .parent = parent,
                                   .state = PLACE_QUEUED};
    pb_map_put(&s->place_by_target, s->places[id].target, (void *)(uintptr_t)id);

    struct place *above = parent ? place_at(s, parent) : NULL;
    if (above && above->state == PLACE_FAILED)
        mark_failed(s, id, above->cause, NULL);
    else if (above && above->state != PLACE_DONE)
        block(s, id, parent);
    else
        pl_place_advance(s, id);
    return id;
}

void pl_place_advance(struct pl_sched *s, pl_place id)
{
    struct place *place = place_at(s, id);
    struct pkg *pkg = pkg_at(s, place->pkg);
    leave(s, place);
    place->state = PLACE_QUEUED;
    if (pkg->state == PKG_READY) {
        push(s, &s->clones, id);
    } else if (pkg->state == PKG_FAILED) {
        pl_place_fail(s, id, pkg->err);
    } else {
        place->state = PLACE_WAITING;
        s->waiting++;
        push(s, &pkg->waiting, id);
    }
}

/* A package may have been found damaged after its places were queued: they go back to wait. */
static pl_place pop_clonable(struct pl_sched *s)
{
    pl_place id;
    while ((id = pop(s, &s->clones)) != 0) {
        if (pkg_at(s, place_at(s, id)->pkg)->state == PKG_READY) break;
        pl_place_advance(s, id);
    }
    return id;
}

static void begin_clone(struct pl_sched *s, pl_place id)
{
    struct place *place = place_at(s, id);
    leave(s, place);
    place->state = PLACE_CLONING;
    place->fetches = pkg_at(s, place->pkg)->fetches;
    raise_peak(&s->counts.peak_clone, ++s->cloning);
}

pl_place pl_place_next_clone(struct pl_sched *s)
{
    if (s->cloning >= s->caps.clone) return 0;
    pl_place id = pop_clonable(s);
    if (id) begin_clone(s, id);
    return id;
}

pl_place pl_place_follow(struct pl_sched *s, pl_pkg pkg)
{
    if (s->cloning >= s->caps.clone) return 0;
    pl_place id = pop(s, &pkg_at(s, pkg)->waiting);
    if (id) begin_clone(s, id);
    return id;
}

void pl_place_finish(struct pl_sched *s, pl_place id)
{
    struct place *place = place_at(s, id);
    place->state = PLACE_DONE;
    answer_waiters(s, place);
    for (pl_place child; (child = pop(s, &place->blocked)) != 0;)
        pl_place_advance(s, child);
}

void pl_place_package_ready(struct pl_sched *s, pl_pkg id)
{
    struct pkg *pkg = pkg_at(s, id);
    for (pl_place place; (place = pop(s, &pkg->waiting)) != 0;)
        pl_place_advance(s, place);
}

void pl_place_package_failed(struct pl_sched *s, pl_pkg id)
{
    struct pkg *pkg = pkg_at(s, id);
    for (pl_place place; (place = pop(s, &pkg->waiting)) != 0;)
        pl_place_fail(s, place, pkg->err);
}

/* All lists go at once: whatever is not cloning now fails by itself, not by its parent. */
void pl_place_fail_unstarted(struct pl_sched *s, const struct pb_err *why)
{
    s->clones = (struct queue){0};
    for (pl_place id = 1; id < s->place_count; id++) {
        struct place *place = place_at(s, id);
        place->blocked = (struct queue){0};
        pkg_at(s, place->pkg)->waiting = (struct queue){0};
        place->next = 0;
        if (place->state <= PLACE_QUEUED) mark_failed(s, id, id, why);
    }
}
