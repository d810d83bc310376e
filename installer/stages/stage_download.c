/* SPDX-License-Identifier: MIT */
#include "installer/stages/stages_internal.h"

#include "base/fs.h"
#include "base/mem.h"
#include "installer/git/git_repo.h"
#include "installer/pack/pack.h"

#include <stdlib.h>

#define MAX_LOCAL_TARBALL_BYTES (2ull << 30)

static void finish(struct pkg_work *work, struct pl_body *body, const struct pb_err *err)
{
    pl_trace_end(work->st->options.trace, PL_TRACE_WAIT, "download", work->source.label,
                 work->download_start_ns);
    if (!err) {
        work->body = *body;
        *body = PL_BODY_INIT;
        if (work->source.git.n == 0) pl_stage_set_key(work, work->body.integrity);
    }
    pl_sched_downloaded(work->st->sched, work->id, err ? 0 : work->body.n, err);
}

static void on_done(void *user, struct pl_body *body, const struct pb_err *err)
{
    struct pkg_work *work = user;
    bool is_missing = err && err->code == PB_E_NOT_FOUND;
    if (is_missing && work->source.other_url.n > 0 && !work->tried_other_url) {
        work->tried_other_url = true;
        work->source.url = work->source.other_url;
        pl_stage_download(work);
        return;
    }
    finish(work, body, err);
}

static struct pl_download_spec spec_of(struct pkg_work *work)
{
    return (struct pl_download_spec){
        .label = work->source.label,
        .url = work->source.url.p, /* zero-terminated in the arena */
        .integrity = work->source.integrity,
    };
}

static int read_local(struct pkg_work *work, struct pl_body *body, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_LOCAL_TARBALL_BYTES);
    const char *path = work->source.file.p;
    int root = work->st->options.root_dirfd;
    if (work->source.is_folder ? pl_pack_path(root, path, &text, err) != 0
                               : pb_read_file(root, path, &text, err) != 0)
        return pb_err_wrap(err, "read %s for " PB_FMT, path, PB_ARG(work->source.label));
    struct pl_download_spec spec = spec_of(work);
    spec.url = path;
    size_t n;
    char *data = pb_buf_take(&text, &n);
    return pl_body_check(&spec, data, n, body, err);
}

/* --- git: cloned and packed by a worker --- */

struct git_job {
    struct pl_job job;
    struct pkg_work *work;
    struct pl_body body;
    struct pb_err err;
};

static void run_git(struct pl_job *job)
{
    struct git_job *g = (struct git_job *)job;
    struct pb_arena arena = PB_ARENA_INIT;
    PB_AUTO_BUF struct pb_buf tar = PB_BUF_INIT(MAX_LOCAL_TARBALL_BYTES);
    struct pl_git_source source;
    struct pb_str commit, resolved = g->work->source.git;
    int rc =
        pl_git_source_of_resolved(&arena, resolved, &source)
            ? pl_git_pack(&arena, &source, g->work->st->options.git_prepare, &commit, &tar, &g->err)
            : pb_err_set(&g->err, PB_E_BAD_INPUT, PB_FMT ": no git commit", PB_ARG(resolved));
    if (rc == 0) g->body.data = pb_buf_take(&tar, &g->body.n);
    pb_arena_release(&arena);
}

static void done_git(struct pl_job *job)
{
    struct git_job *g = (struct git_job *)job;
    if (!job->cancelled) finish(g->work, &g->body, pb_err_is_set(&g->err) ? &g->err : NULL);
    pl_body_release(&g->body);
    free(g);
}

static void start_git(struct pkg_work *work)
{
    struct git_job *g = pb_calloc(1, sizeof *g);
    g->job = (struct pl_job){.lane = PL_LANE_EXTRACT, .run = run_git, .done = done_git};
    g->work = work;
    g->body = PL_BODY_INIT;
    pl_pool_add(work->st->options.pool, &g->job);
}

static int start(struct pkg_work *work, struct pb_err *err)
{
    struct pl_stages *st = work->st;
    if (st->options.offline)
        return pb_err_set(err, PB_E_NOT_FOUND,
                          "get " PB_FMT ": not in the store, and --offline forbids to download it",
                          PB_ARG(work->source.label));
    if (work->source.git.n > 0) {
        start_git(work);
        return 0;
    }
    struct pl_http *http = pl_loop_http(st->options.loop, err);
    if (!http) return -1;
    if (!st->downloader) st->downloader = pl_downloader_new(http, st->options.store);
    struct pl_download_spec spec = spec_of(work);
    if (st->options.authorization)
        spec.authorization = st->options.authorization(st->options.user, spec.url);
    return pl_download_start(st->downloader, &spec, on_done, work, err);
}

void pl_stage_download(struct pkg_work *work)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_body body = PL_BODY_INIT;
    if (!work->tried_other_url) work->download_start_ns = pl_trace_start(work->st->options.trace);
    if (work->source.file.n > 0) {
        int failed = read_local(work, &body, &err);
        finish(work, &body, failed ? &err : NULL);
    } else if (start(work, &err) != 0) {
        finish(work, &body, &err);
    }
}
