/* SPDX-License-Identifier: MIT */
#include "installer/install/direct.h"

#include "base/fs.h"
#include "base/mem.h"
#include "installer/git/git_repo.h"
#include "installer/pack/pack.h"
#include "installer/stages/download.h"
#include "installer/store/untar.h"

#include <stdlib.h>

#define WAIT_MS 1000
#define TARBALL_BYTES_MAX ((size_t)2 << 30)

struct pl_direct {
    struct install *in;
    struct pl_resolver *resolver; /* NULL: nobody wants answers any more */
    struct pl_downloader *downloader;
    struct fetch *fetches; /* all */
    size_t asked, answered, taken;
};

struct fetch {
    struct pl_job job;
    struct pl_direct *direct;
    struct fetch *next;
    struct pb_arena arena; /* the texts and the manifest */
    struct pl_direct_want want;
    struct pl_body body; /* REMOTE: what came */
    struct pl_manifest manifest;
    struct pl_direct_package package;
    bool is_there; /* answered, and no failure */
    struct pb_err err;
};

struct pl_direct *pl_direct_new(struct install *in)
{
    struct pl_direct *direct = pb_calloc(1, sizeof *direct);
    direct->in = in;
    return direct;
}

void pl_direct_attach(struct pl_direct *direct, struct pl_resolver *resolver)
{
    direct->resolver = resolver;
}

void pl_direct_free(struct pl_direct *direct)
{
    if (!direct) return;
    for (struct fetch *f = direct->fetches, *next; f; f = next) {
        next = f->next;
        pl_body_release(&f->body);
        pb_arena_release(&f->arena);
        free(f);
    }
    pl_downloader_free(direct->downloader);
    free(direct);
}

static void answer(struct fetch *f)
{
    struct pl_direct *direct = f->direct;
    bool failed = pb_err_is_set(&f->err);
    direct->answered++;
    f->is_there = !failed;
    if (!direct->resolver) return;
    pl_resolver_feed_direct(direct->resolver, f->want.key, failed ? NULL : &f->package,
                            failed ? &f->err : NULL);
}

/* --- on a worker --- */

static int add(struct fetch *f, struct pb_str key, const struct pl_packed *packed)
{
    struct pl_store *store = f->direct->in->store;
    struct pl_manifest *m = &f->manifest;
    bool reused;
    f->package.manifest = m;
    if (pl_untar_manifest(&f->arena, packed, m, &f->err) != 0) return -1;
    const struct pl_store_add how = {.has_scripts = m->has_install_script, .bin = &m->bin};
    if (pl_store_find(store, key, &f->arena)) return 0;
    return pl_store_add_archive(store, key, packed, &how, &reused, &f->err);
}

static int get_git(struct fetch *f)
{
    const struct pl_git_source source = {f->want.fetch, f->want.committish};
    PB_AUTO_BUF struct pb_buf tar = PB_BUF_INIT(TARBALL_BYTES_MAX);
    struct pb_str commit;
    const struct pl_git_prepare *prepare = f->direct->in->git_prepare;
    if (pl_git_pack(&f->arena, &source, prepare, &commit, &tar, &f->err) != 0) return -1;
    f->package.resolved = pl_git_resolved(&f->arena, &source, commit);
    struct pb_str key = pl_git_store_key(&f->arena, prepare, f->package.resolved);
    return add(f, key, &PL_PACKED(tar.p, tar.n));
}

static int get_file(struct fetch *f)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(TARBALL_BYTES_MAX);
    const char *path = pb_arena_cstr(&f->arena, f->want.fetch);
    const struct pl_download_spec spec = {.label = f->want.fetch, .url = path};
    int root = f->direct->in->root_dirfd;
    bool is_folder = f->want.kind == PL_SPEC_DIRECTORY;
    size_t n;
    if (is_folder ? pl_pack_path(root, path, &text, &f->err) != 0
                  : pb_read_file(root, path, &text, &f->err) != 0)
        return -1;
    char *data = pb_buf_take(&text, &n);
    if (pl_body_check(&spec, data, n, &f->body, &f->err) != 0) return -1;
    f->package.resolved = pb_str(pb_arena_printf(&f->arena, "file:%s", path));
    struct pb_str key = pb_arena_str(&f->arena, pb_str(f->body.integrity));
    if (!is_folder) f->package.integrity = key;
    const struct pl_packed packed = pl_body_packed(&f->body);
    return add(f, key, &packed);
}

static int get_body(struct fetch *f)
{
    f->package.resolved = f->want.fetch;
    f->package.integrity = pb_arena_str(&f->arena, pb_str(f->body.integrity));
    const struct pl_packed packed = pl_body_packed(&f->body);
    return add(f, f->package.integrity, &packed);
}

static void run(struct pl_job *job)
{
    struct fetch *f = (struct fetch *)job;
    int rc = f->want.kind == PL_SPEC_GIT      ? get_git(f)
             : f->want.kind == PL_SPEC_REMOTE ? get_body(f)
                                              : get_file(f);
    pl_body_release(&f->body);
    bool is_named = f->want.kind == PL_SPEC_GIT; /* in the error already */
    if (rc != 0 && !is_named) (void)pb_err_wrap(&f->err, "get " PB_FMT, PB_ARG(f->want.fetch));
}

/* --- on the loop thread --- */

static void done(struct pl_job *job)
{
    if (!job->cancelled) answer((struct fetch *)job);
}

static void start_job(struct fetch *f)
{
    f->job = (struct pl_job){.lane = PL_LANE_EXTRACT, .run = run, .done = done};
    pl_pool_add(f->direct->in->pool, &f->job);
}

static void on_body(void *user, struct pl_body *body, const struct pb_err *err)
{
    struct fetch *f = user;
    if (err) {
        f->err = *err;
        answer(f);
        return;
    }
    f->body = *body;
    *body = PL_BODY_INIT;
    start_job(f);
}

static int start_download(struct fetch *f, struct pb_err *err)
{
    struct pl_direct *direct = f->direct;
    struct install *in = direct->in;
    struct pl_http *http = pl_loop_http(in->loop, err);
    if (!http) return -1;
    if (!direct->downloader) direct->downloader = pl_downloader_new(http, in->store);
    const char *url = pb_arena_cstr(&f->arena, f->want.fetch);
    const struct pl_download_spec spec = {.label = f->want.fetch,
                                          .url = url,
                                          .authorization =
                                              pl_config_authorization(in->set->config, url)};
    return pl_download_start(direct->downloader, &spec, on_body, f, err);
}

static const struct fetch *find_fetched(const struct pl_direct *direct,
                                        const struct pl_direct_want *want)
{
    const struct fetch *f = direct->fetches;
    while (f &&
           !(f->is_there && f->want.kind == want->kind && pb_str_eq(f->want.fetch, want->fetch) &&
             pb_str_eq(f->want.committish, want->committish)))
        f = f->next;
    return f;
}

int pl_direct_ask(struct pl_direct *direct, const struct pl_direct_want *want, struct pb_err *err)
{
    const struct fetch *known = direct->resolver ? find_fetched(direct, want) : NULL;
    if (known) {
        direct->asked++;
        direct->answered++;
        pl_resolver_feed_direct(direct->resolver, want->key, &known->package, NULL);
        return 0;
    }
    if (pl_engine_open_stages(direct->in, err) != 0) return -1;
    struct fetch *f = pb_calloc(1, sizeof *f);
    f->direct = direct;
    f->body = PL_BODY_INIT;
    f->want = (struct pl_direct_want){pb_arena_str(&f->arena, want->key), want->kind,
                                      pb_arena_str(&f->arena, want->fetch),
                                      pb_arena_str(&f->arena, want->committish)};
    f->next = direct->fetches;
    direct->fetches = f;
    direct->asked++;
    bool is_local = want->kind == PL_SPEC_FILE || want->kind == PL_SPEC_DIRECTORY;
    if (!is_local && direct->in->set->offline) {
        (void)pb_err_set(&f->err, PB_E_NOT_FOUND,
                         "get " PB_FMT ": --offline forbids to fetch it, and no lockfile says what "
                         "it was",
                         PB_ARG(want->fetch));
        answer(f);
        return 0;
    }
    if (want->kind == PL_SPEC_REMOTE) return start_download(f, err);
    start_job(f);
    return 0;
}

const struct pl_manifest *pl_direct_get(struct pl_direct *direct, const struct pl_direct_want *want,
                                        struct pb_err *err)
{
    struct install *in = direct->in;
    if (pl_direct_ask(direct, want, err) != 0) return NULL;
    const struct fetch *f = direct->fetches;
    while (pl_direct_open_count(direct) > 0) {
        pl_stages_drive(in->stages);
        if (pl_pool_finish(in->pool) > 0) continue;
        if (pl_loop_wait(in->loop, WAIT_MS, err) != 0) return NULL;
    }
    (void)pl_direct_take_answers(direct);
    if (f->is_there) return &f->manifest;
    *err = f->err;
    return NULL;
}

size_t pl_direct_take_answers(struct pl_direct *direct)
{
    size_t n = direct->answered - direct->taken;
    direct->taken = direct->answered;
    return n;
}

size_t pl_direct_open_count(const struct pl_direct *direct)
{
    return direct->asked - direct->answered;
}
