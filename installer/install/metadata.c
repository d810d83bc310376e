/* SPDX-License-Identifier: MIT */
#include "installer/install/metadata.h"

#include "base/mem.h"
#include "base/term.h"
#include "installer/registry/registry.h"

#include <stdlib.h>

/* The resolver waits for metadata, tarballs are only fetched ahead of it. */
#define PRIORITY 10

struct pl_metadata {
    struct install *in;
    struct pl_resolver *resolver; /* NULL: nobody wants answers any more */
    struct pl_registry *registry;
    struct pl_pick_options pick; /* the resolver's; the texts outlive it */
    struct fetch *fetches;       /* all, for freeing what a stopped loop never answered */
    uint64_t answered, taken;
    struct batch *batch;   /* being filled; NULL: empty */
    struct batch *batches; /* all */
};

/* Answers that are written to the cache by one job. */
struct batch {
    struct pl_job job;
    struct pl_metadata *metadata;
    struct batch *next;
    size_t bytes, n;
    struct pl_registry_answer *answers[PL_REGISTRY_STORES_MAX];
};

/* Writing each answer alone takes five system calls; more than this is not held back for long. */
#define BATCH_BYTES ((size_t)256 << 10)

struct fetch {
    struct pl_job job;
    struct pl_metadata *metadata;
    struct fetch *next;
    struct pb_str name;
    int64_t start_ns; /* for the trace */
    struct pl_registry_wish wish;
    struct pl_registry_answer *answer; /* the packument may ask it: kept to the end */
    struct pl_packument *packument;
    struct pb_err *err;
};

struct pl_metadata *pl_metadata_new(struct install *in, struct pl_resolver *resolver,
                                    struct pb_err *err)
{
    struct pl_http *http = pl_loop_http(in->loop, err);
    if (!http) return NULL;
    const struct pl_registry_options options = {
        .config = in->set->config,
        .http = http,
        .cache_dir = in->set->cache_dir,
        /* What is asked for by name is asked for as it is now. */
        .fresh_s = in->edit ? -1 : 0,
    };
    struct pl_registry *registry = pl_registry_new(&options, err);
    if (!registry) return NULL;
    struct pl_metadata *metadata = pb_calloc(1, sizeof *metadata);
    metadata->in = in;
    metadata->resolver = resolver;
    metadata->registry = registry;
    metadata->pick = *pl_resolver_pick_options(resolver);
    return metadata;
}

void pl_metadata_free(struct pl_metadata *metadata)
{
    if (!metadata) return;
    for (struct fetch *f = metadata->fetches, *next; f; f = next) {
        next = f->next;
        pl_packument_free(f->packument);
        pl_registry_answer_free(f->answer);
        free(f->err);
        free(f);
    }
    for (struct batch *b = metadata->batches, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    pl_registry_free(metadata->registry);
    free(metadata);
}

static void hand_over(struct fetch *f)
{
    struct pl_metadata *md = f->metadata;
    md->answered++;
    if (!md->resolver) return;
    pl_resolver_feed(md->resolver, f->name, f->packument, f->err);
    f->packument = NULL;
}

static void run_store(struct pl_job *job)
{
    struct batch *b = (struct batch *)job;
    struct pb_err err = PB_ERR_INIT;
    if (pl_registry_store(b->metadata->registry, b->answers, b->n, &err) != 0)
        pb_debug("metadata cache: %s", err.msg);
}

static void done_store(struct pl_job *job)
{
    struct batch *b = (struct batch *)job;
    for (size_t i = 0; i < b->n; i++)
        pl_registry_let_go(b->answers[i]);
}

static void store_batch(struct pl_metadata *md)
{
    if (!md->batch) return;
    md->batch->job = (struct pl_job){.lane = PL_LANE_PARSE, .run = run_store, .done = done_store};
    pl_pool_add(md->in->pool, &md->batch->job);
    md->batch = NULL;
}

static void store_later(struct pl_metadata *md, struct pl_registry_answer *answer)
{
    struct batch *b = md->batch;
    if (!b) {
        b = md->batch = pb_calloc(1, sizeof *b);
        b->metadata = md;
        b->next = md->batches;
        md->batches = b;
    }
    b->answers[b->n++] = answer;
    b->bytes += pl_registry_answer_bytes(answer);
    bool is_last = !md->resolver; /* or may be: nobody waits for more */
    if (is_last || b->n == PL_REGISTRY_STORES_MAX || b->bytes >= BATCH_BYTES) store_batch(md);
}

void pl_metadata_detach(struct pl_metadata *metadata)
{
    store_batch(metadata);
    metadata->resolver = NULL;
}

static void keep_error(struct fetch *f, const struct pb_err *err)
{
    f->err = pb_malloc(sizeof *f->err);
    *f->err = *err;
}

static void run_parse(struct pl_job *job)
{
    struct fetch *f = (struct fetch *)job;
    struct pl_trace *trace = f->metadata->in->trace;
    int64_t start = pl_trace_start(trace);
    struct pb_err err = PB_ERR_INIT;
    f->packument = pl_registry_parse(f->answer, &f->wish, &err);
    if (!f->packument) keep_error(f, &err);
    pl_trace_end(trace, PL_TRACE_JOB, "parse", f->name, start);
}

static void done_parse(struct pl_job *job)
{
    struct fetch *f = (struct fetch *)job;
    if (job->cancelled) return;
    bool is_worth_storing = f->packument && !pl_registry_answer_is_cached(f->answer);
    hand_over(f);
    if (is_worth_storing)
        store_later(f->metadata, f->answer);
    else
        pl_registry_let_go(f->answer);
}

static void on_answer(void *user, struct pl_registry_answer *answer, const struct pb_err *err)
{
    struct fetch *f = user;
    struct install *in = f->metadata->in;
    f->answer = answer;
    pl_trace_end(in->trace, PL_TRACE_WAIT, "metadata", f->name, f->start_ns);
    if (!answer) {
        keep_error(f, err);
        hand_over(f);
        return;
    }
    if (pl_registry_answer_is_cached(answer))
        in->result->metadata_cached++;
    else
        in->result->metadata_fetched++;
    if (f->metadata->resolver)
        f->wish.specs = pl_resolver_waiting_specs(f->metadata->resolver, f->name, &in->arena);
    f->wish.pick = &f->metadata->pick;
    f->job = (struct pl_job){.lane = PL_LANE_PARSE, .run = run_parse, .done = done_parse};
    pl_pool_add(in->pool, &f->job);
}

void pl_metadata_ask(struct pl_metadata *md, struct pb_str name)
{
    struct fetch *f = pb_calloc(1, sizeof *f);
    f->metadata = md;
    f->name = pb_arena_str(&md->in->arena, name);
    f->start_ns = pl_trace_start(md->in->trace);
    f->next = md->fetches;
    md->fetches = f;
    pl_registry_fetch(md->registry, f->name, PRIORITY, on_answer, f);
}

size_t pl_metadata_take_answers(struct pl_metadata *md)
{
    size_t n = (size_t)(md->answered - md->taken);
    md->taken = md->answered;
    return n;
}

uint64_t pl_metadata_answered(const struct pl_metadata *md)
{
    return md->answered;
}
