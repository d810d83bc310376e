/* SPDX-License-Identifier: MIT */
#include "installer/stages/stages_internal.h"

#include "base/mem.h"

#include <stdlib.h>

/* More would be of no use: they share the wire, and the largest would end last. */
#define DOWNLOADS 48
#define MAX_BYTES_IN_FLIGHT (128ull << 20)
/* Enough in hand that workers do not run dry between two looks of the loop thread. */
#define EXTRACTS_PER_WORKER 8
#define CLONES_PER_WORKER 64

struct pl_stages *pl_stages_new(const struct pl_stages_options *options)
{
    struct pl_stages *st = pb_calloc(1, sizeof *st);
    st->options = *options;
    st->sched =
        pl_sched_new(&(struct pl_sched_caps){.download = DOWNLOADS,
                                             .extract = options->workers * EXTRACTS_PER_WORKER,
                                             .clone = options->workers * CLONES_PER_WORKER,
                                             .max_bytes_in_flight = MAX_BYTES_IN_FLIGHT});
    PB_GROW(st->works, st->work_cap, 1);
    st->works[0] = NULL; /* pl_pkg counts from 1 */
    st->work_count = 1;
    return st;
}

void pl_stages_free(struct pl_stages *st)
{
    if (!st) return;
    for (size_t i = 1; i < st->work_count; i++) {
        pl_body_release(&st->works[i]->body);
        free(st->works[i]);
    }
    free(st->works);
    free(st->place_dirfds);
    pl_downloader_free(st->downloader);
    pl_sched_free(st->sched);
    pb_arena_release(&st->arena);
    free(st);
}

static struct pb_str keep(struct pl_stages *st, struct pb_str s)
{
    return s.n > 0 ? pb_str(pb_arena_cstr(&st->arena, s)) : (struct pb_str){"", 0};
}

static const struct pl_deps *keep_deps(struct pl_stages *st, const struct pl_deps *deps)
{
    if (!deps || deps->n == 0) return NULL;
    struct pl_deps *copy = PB_ARENA_NEW(&st->arena, struct pl_deps);
    copy->items = PB_ARENA_ARRAY(&st->arena, struct pl_dep, deps->n);
    for (size_t i = 0; i < deps->n; i++)
        copy->items[copy->n++] = (struct pl_dep){.name = keep(st, deps->items[i].name),
                                                 .spec = keep(st, deps->items[i].spec)};
    return copy;
}

void pl_stage_set_key(struct pkg_work *work, const char *sri_text)
{
    if (!pb_str_is(work->store_key, sri_text)) work->store_key = keep(work->st, pb_str(sri_text));
}

/* The store's key of an SRI text: its first digest of the strongest algorithm that is stored, or
 * simply the first. Empty when there is no usable digest. */
static void choose_key(struct pl_stages *st, struct pb_str integrity, char out[PL_SRI_TEXT_MAX])
{
    struct pl_sri sri;
    out[0] = '\0';
    if (!pl_sri_parse(integrity, &sri)) return;
    for (size_t i = 0; i < sri.n; i++) {
        pl_sri_format(sri.kind, sri.digests[i], out);
        if (pl_store_has(st->options.store, pb_str(out))) return;
    }
    pl_sri_format(sri.kind, sri.digests[0], out);
}

static void add_work(struct pl_stages *st, pl_pkg id, const struct pl_source *source,
                     struct pb_str store_key)
{
    PB_INVARIANT(id == st->work_count);
    PB_GROW(st->works, st->work_cap, st->work_count + 1);
    struct pkg_work *work = pb_calloc(1, sizeof *work);
    st->works[st->work_count++] = work;
    *work = (struct pkg_work){.st = st,
                              .id = id,
                              .source = *source,
                              .store_key = keep(st, store_key),
                              .body = PL_BODY_INIT};
    work->source.label = keep(st, source->label);
    work->source.integrity = keep(st, source->integrity);
    work->source.url = keep(st, source->url);
    work->source.other_url = keep(st, source->other_url);
    work->source.file = keep(st, source->file);
    work->source.git = keep(st, source->git);
    work->source.git_key = keep(st, source->git_key);
    work->source.bin = keep_deps(st, source->bin);
}

pl_pkg pl_stages_package(struct pl_stages *st, const struct pl_source *source)
{
    char sri[PL_SRI_TEXT_MAX];
    choose_key(st, source->integrity, sri);
    struct pb_str key = source->git.n > 0 ? source->git_key : pb_str(sri);
    /* What another process adds meanwhile is found to be there when it would be added again. */
    bool in_store = key.n > 0 && pl_store_has(st->options.store, key);
    struct pb_str identity = key.n > 0 ? key : source->url.n > 0 ? source->url : source->file;
    pl_pkg id =
        pl_sched_package(st->sched, identity, source->label, in_store, source->expected_bytes);
    if (id == st->work_count) add_work(st, id, source, key);
    return id;
}

void pl_stages_prefetch(struct pl_stages *st, pl_pkg pkg)
{
    pl_sched_prefetch(st->sched, pkg);
}

pl_place pl_stages_place(struct pl_stages *st, pl_pkg pkg, int dirfd, struct pb_str target,
                         pl_place parent, uint64_t token)
{
    pl_place place = pl_sched_clone(st->sched, pkg, target, parent);
    PB_GROW(st->place_dirfds, st->place_cap, (size_t)place + 1);
    st->place_dirfds[place] = dirfd;
    pl_sched_wait(st->sched, place, token);
    return place;
}

void pl_stages_close(struct pl_stages *st)
{
    pl_sched_close(st->sched);
}

void pl_stages_drive(struct pl_stages *st)
{
    for (struct pl_act act; pl_sched_next(st->sched, &act);) {
        switch (act.kind) {
        case PL_ACT_DOWNLOAD:
            pl_stage_download(st->works[act.pkg]);
            break;
        case PL_ACT_EXTRACT:
            pl_stage_extract(st->works[act.pkg]);
            break;
        case PL_ACT_CLONE:
            pl_stage_clone(st->works[act.pkg], act.place);
            break;
        case PL_ACT_ANSWER:
            st->options.answer(st->options.user, act.token, act.err);
            break;
        }
    }
}

bool pl_stages_is_idle(const struct pl_stages *st)
{
    return pl_sched_is_idle(st->sched);
}

struct pb_str pl_stages_integrity(const struct pl_stages *st, pl_pkg pkg)
{
    PB_INVARIANT(pkg > 0 && pkg < st->work_count);
    const struct pkg_work *work = st->works[pkg];
    return work->source.integrity.n > 0 ? work->source.integrity : work->store_key;
}

bool pl_stages_is_packed_here(const struct pl_stages *st, pl_pkg pkg)
{
    PB_INVARIANT(pkg > 0 && pkg < st->work_count);
    const struct pl_source *source = &st->works[pkg]->source;
    return source->git.n > 0 || source->is_folder;
}

const struct pl_sched *pl_stages_sched(const struct pl_stages *st)
{
    return st->sched;
}
